"""Impute: fill what was not measured, and only that."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Annotated, Literal, NamedTuple, TypeAlias, final

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from pii.arrays import Matrix, Vector
from pii.spec import Code, Family, Method

__all__ = [
    "ALONE",
    "AbstractImputer",
    "Around",
    "GroupMean",
    "GroupMedian",
    "Imputer",
    "Labels",
    "Mean",
    "Median",
    "NoImputation",
]

Labels: TypeAlias = Mapping[str, NDArray[np.intp]]
"""For each label of the table (region ...), the number of every unit's group; -1 where it has none."""


class Around(NamedTuple):
    """What is known of the indicators besides their values."""

    lineage: NDArray[np.intp] = np.zeros((1, 1), dtype=np.intp)
    """For each level from the index down, the number of every indicator's group there: (levels, indicators)."""
    direction: Matrix = np.ones((1, 1))
    """1 where more is better, -1 where less is, (indicators, 1)."""
    columns: Mapping[str, Vector] = MappingProxyType({})
    """Columns that the method reads besides the indicators, by code."""


ALONE = Around()
"""Of indicators that have nothing around them."""


class AbstractImputer(Method, ABC):
    """Fills missing cells; what was measured comes out unchanged."""

    @property
    def reads(self) -> tuple[str, ...]:
        """Columns of the table that the method needs besides the indicators that it fills."""
        return ()

    @property
    def groups_by(self) -> str | None:
        """The label of the table that the method groups units by, if it does."""
        found: str | None = getattr(self, "by", None)
        return found

    @abstractmethod
    def __call__(self, x: Matrix, /, *, labels: Labels, around: Around = ALONE) -> Matrix:
        """Fill.

        Parameters
        ----------
        x
            Values, (indicators, units); NaN where not measured.
        labels
            Which group every unit belongs to, by label.
        around
            What else is known of the indicators, for methods that look across them.

        Returns
        -------
        Matrix
            The values; a cell with nothing to go by stays NaN.
        """


@final
class NoImputation(AbstractImputer):
    """Leaves gaps as they are: a mean is then over what is there.

    References
    ----------
    WIPO (2023), *Global Innovation Index 2023*, appendix I: missing values stay missing.

    Examples
    --------
    >>> NoImputation()(np.array([[1.0, np.nan]]), labels={})
    array([[ 1., nan]])
    """

    method: Literal["none"] = "none"

    def __call__(self, x: Matrix, /, *, labels: Labels, around: Around = ALONE) -> Matrix:
        return x


@final
class Mean(AbstractImputer):
    """The mean of the units that were measured.

    References
    ----------
    OECD and JRC (2008), *Handbook on Constructing Composite Indicators*, step 3. doi:10.1787/9789264043466-en

    Examples
    --------
    >>> Mean()(np.array([[1.0, np.nan, 3.0]]), labels={})
    array([[1., 2., 3.]])
    """

    method: Literal["mean"] = "mean"

    def __call__(self, x: Matrix, /, *, labels: Labels, around: Around = ALONE) -> Matrix:
        return _filled(x, np.mean)


@final
class Median(AbstractImputer):
    """The median of the units that were measured.

    References
    ----------
    OECD and JRC (2008), *Handbook on Constructing Composite Indicators*, step 3. doi:10.1787/9789264043466-en

    Examples
    --------
    >>> Median()(np.array([[1.0, np.nan, 3.0, 9.0]]), labels={})
    array([[1., 3., 3., 9.]])
    """

    method: Literal["median"] = "median"

    def __call__(self, x: Matrix, /, *, labels: Labels, around: Around = ALONE) -> Matrix:
        return _filled(x, np.median)


@final
class GroupMean(AbstractImputer):
    """The mean of the measured units with the same label; a group without any stays missing.

    References
    ----------
    Becker, Caperna, Del Sorbo, Norlén, Papadimitriou and Saisana (2022), COINr. doi:10.21105/joss.04567

    Examples
    --------
    >>> GroupMean(by="region")(np.array([[1.0, np.nan, 3.0, np.nan]]),
    ...                        labels={"region": np.array([0, 0, 1, 2])})
    array([[ 1.,  1.,  3., nan]])
    """

    method: Literal["group_mean"] = "group_mean"
    by: Code = "region"
    """The label that groups units."""

    def __call__(self, x: Matrix, /, *, labels: Labels, around: Around = ALONE) -> Matrix:
        return _filled_within(x, labels[self.by], np.mean)


@final
class GroupMedian(AbstractImputer):
    """The median of the measured units with the same label; a group without any stays missing.

    References
    ----------
    Becker, Caperna, Del Sorbo, Norlén, Papadimitriou and Saisana (2022), COINr. doi:10.21105/joss.04567

    Examples
    --------
    >>> GroupMedian(by="region")(np.array([[1.0, np.nan, 3.0, 9.0]]),
    ...                          labels={"region": np.array([0, 0, 0, 0])})
    array([[1., 3., 3., 9.]])
    """

    method: Literal["group_median"] = "group_median"
    by: Code = "region"
    """The label that groups units."""

    def __call__(self, x: Matrix, /, *, labels: Labels, around: Around = ALONE) -> Matrix:
        return _filled_within(x, labels[self.by], np.median)


def _filled(x: Matrix, statistic: Callable[[Matrix], np.float64]) -> Matrix:
    """Fill each row's gaps with a statistic of what it has; a row without any stays as it is."""
    missing = np.isnan(x)
    gaps = np.flatnonzero(missing.any(axis=-1) & ~missing.all(axis=-1))
    if not gaps.size:
        return x
    filled = x.copy()
    for row in gaps:
        known = x[row, ~missing[row]]
        # The mean of equal values may miss them by a digit, and must not stretch the scale.
        filled[row, missing[row]] = np.clip(statistic(known), known.min(), known.max())
    return filled


def _filled_within(x: Matrix, groups: NDArray[np.intp], statistic: Callable[[Matrix], np.float64]) -> Matrix:
    """Fill each row's gaps group by group; units without a group keep theirs."""
    filled = x.copy()
    for group in range(int(groups.max(initial=-1)) + 1):
        among = groups == group
        filled[:, among] = _filled(x[:, among], statistic)
    return filled


Imputer = Annotated[
    NoImputation | Mean | Median | GroupMean | GroupMedian,
    Field(discriminator="method"),
    Family(AbstractImputer),
]
