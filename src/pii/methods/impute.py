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
from pii.errors import Undefined
from pii.numerics import em, nearest
from pii.spec import Code, Family, Many, Method, Positive

__all__ = [
    "ALONE",
    "AbstractImputer",
    "Around",
    "Constant",
    "ExpectationMaximisation",
    "GroupMean",
    "GroupMedian",
    "Imputer",
    "Labels",
    "Mean",
    "Median",
    "NearestUnits",
    "NoImputation",
    "Regression",
    "RowMean",
    "RowMedian",
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

    @property
    def looks_across(self) -> bool:
        """Whether a fill depends on other indicators that share the method; else each is filled as if alone."""
        return "level" in type(self).model_fields

    @property
    def extrapolates(self) -> bool:
        """Whether a fill may be below the lowest or above the highest value measured of the indicator."""
        return False

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


@final
class Constant(AbstractImputer):
    """One number for every gap, such as 0 where no record means none.

    Of an indicator that nobody was measured on, too. It is for data whose gaps have a known meaning; a gap is
    otherwise not 0.

    References
    ----------
    OECD and JRC (2008), *Handbook on Constructing Composite Indicators*, step 3. doi:10.1787/9789264043466-en

    Examples
    --------
    >>> Constant(value=0.0)(np.array([[1.0, np.nan, 3.0]]), labels={})
    array([[1., 0., 3.]])
    """

    method: Literal["constant"] = "constant"
    value: float
    """What stands in every gap, in the indicator's units."""

    @property
    def extrapolates(self) -> bool:
        return True

    def __call__(self, x: Matrix, /, *, labels: Labels, around: Around = ALONE) -> Matrix:
        return np.where(np.isnan(x), self.value, x)


@final
class RowMean(AbstractImputer):
    r"""What makes the unit as good on the indicator as it is on average on those it was measured on.

    .. math::
        z_{ki} = \frac{d_k x_{ki} - \min_j d_k x_{kj}}{\max_j d_k x_{kj} - \min_j d_k x_{kj}}, \qquad
        \hat{z}_{ki} = \frac{1}{|M_i|} \sum_{l \in M_i} z_{li}

    over the indicators :math:`M_i` of the same group that unit i was measured on; :math:`d_k` is the direction. The
    mean is turned back into the indicator's units.

    References
    ----------
    Becker, Caperna, Del Sorbo, Norlén, Papadimitriou and Saisana (2022), COINr. doi:10.21105/joss.04567

    Examples
    --------
    >>> x = np.array([[0.0, 5.0, 10.0], [100.0, np.nan, 300.0]])
    >>> RowMean()(x, labels={})
    array([[  0.,   5.,  10.],
           [100., 200., 300.]])
    """

    method: Literal["row_mean"] = "row_mean"
    level: int = Field(default=0, ge=0)
    """The level of the groups whose indicators are averaged: 0 the whole index, 1 its children."""
    scale: Literal["minmax", "none"] = "minmax"
    """Whether indicators are put on one scale first; ``none`` only for indicators that share one already."""

    @property
    def extrapolates(self) -> bool:
        return self.scale == "none"

    def __call__(self, x: Matrix, /, *, labels: Labels, around: Around = ALONE) -> Matrix:
        return _across(x, around, self.level, np.mean, scaled=self.scale == "minmax")


@final
class RowMedian(AbstractImputer):
    """What makes the unit as good on the indicator as it is in the median of those it was measured on.

    As the mean of ``row_mean``, with the median in its place.

    References
    ----------
    Becker, Caperna, Del Sorbo, Norlén, Papadimitriou and Saisana (2022), COINr. doi:10.21105/joss.04567

    Examples
    --------
    >>> x = np.array([[0.0, 5.0, 10.0], [100.0, np.nan, 300.0]])
    >>> RowMedian()(x, labels={})
    array([[  0.,   5.,  10.],
           [100., 200., 300.]])
    """

    method: Literal["row_median"] = "row_median"
    level: int = Field(default=0, ge=0)
    """The level of the groups whose indicators are compared: 0 the whole index, 1 its children."""
    scale: Literal["minmax", "none"] = "minmax"
    """Whether indicators are put on one scale first; ``none`` only for indicators that share one already."""

    @property
    def extrapolates(self) -> bool:
        return self.scale == "none"

    def __call__(self, x: Matrix, /, *, labels: Labels, around: Around = ALONE) -> Matrix:
        return _across(x, around, self.level, np.median, scaled=self.scale == "minmax")


@final
class Regression(AbstractImputer):
    r"""What a linear regression on other columns expects of the unit.

    .. math::
        \hat{x}_i = b_0 + \sum_p b_p z_{pi}, \qquad
        b = \arg\min_b \sum_{i \text{ measured}} (x_i - b_0 - \sum_p b_p z_{pi})^2

    by least squares over the units that have the indicator and all covariates. A unit without a covariate keeps its
    gap.

    References
    ----------
    Little and Rubin (2019), *Statistical Analysis with Missing Data*, section 4.2. doi:10.1002/9781119482260

    Examples
    --------
    >>> income = Around(columns={"income": np.array([1.0, 2.0, 3.0, 4.0, 5.0])})
    >>> Regression(on=["income"])(np.array([[2.0, 4.0, 6.0, np.nan, 10.0]]), labels={}, around=income).round(6)
    array([[ 2.,  4.,  6.,  8., 10.]])
    """

    method: Literal["regression"] = "regression"
    on: Many[Code] = Field(min_length=1)
    """The covariates: columns of the table, declared under ``denominators`` or among the indicators."""

    @property
    def reads(self) -> tuple[str, ...]:
        return tuple(self.on)

    @property
    def extrapolates(self) -> bool:
        return True

    def __call__(self, x: Matrix, /, *, labels: Labels, around: Around = ALONE) -> Matrix:
        if absent := [code for code in self.on if code not in around.columns]:
            raise _refused(x, f"there is no column {absent[0]!r} here", "a regression is on columns of the table")
        return _regressed(x, np.array([around.columns[code] for code in self.on]))


@final
class ExpectationMaximisation(AbstractImputer):
    r"""What a multivariate normal expects of the unit, given all it was measured on.

    .. math::
        \hat{x}_{m} = \mu_m + \Sigma_{mo} \Sigma_{oo}^{-1} (x_o - \mu_o)

    at the :math:`\mu, \Sigma` of maximum likelihood, found by expectation and maximisation; o is what unit i was
    measured on, m what is missing. A unit without any has the mean. Fills are expectations, so they vary less than
    measured values do; for a study of uncertainty see ``pii.numerics.em.draws``.

    References
    ----------
    Dempster, Laird and Rubin (1977), Maximum likelihood from incomplete data via the EM algorithm.
    doi:10.1111/j.2517-6161.1977.tb01600.x

    Examples
    --------
    >>> x = np.array([[1.0, 2.0, 3.0, 4.0], [2.0, 3.0, 7.0, np.nan]])
    >>> ExpectationMaximisation()(x, labels={}).round(6)
    array([[1., 2., 3., 4.],
           [2., 3., 7., 9.]])
    """

    method: Literal["em"] = "em"
    level: int = Field(default=0, ge=0)
    """The level of the groups whose indicators are fitted together: 0 the whole index, 1 its children."""
    tolerance: Positive = 1e-10
    """The largest move of a mean or covariance, in standard deviations, that counts as settled."""
    most_steps: int = Field(default=10_000, ge=1)
    """Steps after which the fit is refused."""

    @property
    def extrapolates(self) -> bool:
        return True

    def __call__(self, x: Matrix, /, *, labels: Labels, around: Around = ALONE) -> Matrix:
        def fill(some: Matrix) -> Matrix:
            return em.imputed(some, tolerance=self.tolerance, most_steps=self.most_steps)

        return _within_groups(x, around, self.level, fill)


@final
class NearestUnits(AbstractImputer):
    r"""The mean of the units most like it that were measured.

    .. math::
        d_{ij} = \sqrt{\frac{1}{|C_{ij}|} \sum_{k \in C_{ij}} \frac{(x_{ki} - x_{kj})^2}{s_k^2}}

    over the indicators :math:`C_{ij}` of the same group that both units were measured on. Units as near as the k-th
    count too, so that the order of units decides nothing.

    References
    ----------
    Troyanskaya, Cantor, Sherlock, Brown, Hastie, Tibshirani, Botstein and Altman (2001), Missing value estimation
    methods for DNA microarrays. doi:10.1093/bioinformatics/17.6.520

    Examples
    --------
    >>> x = np.array([[1.0, 2.0, 9.0, 10.0], [1.0, 2.0, 9.0, np.nan]])
    >>> NearestUnits(k=1)(x, labels={})
    array([[ 1.,  2.,  9., 10.],
           [ 1.,  2.,  9.,  9.]])
    """

    method: Literal["nearest_units"] = "nearest_units"
    k: int = Field(default=5, ge=1)
    """How many units."""
    level: int = Field(default=0, ge=0)
    """The level of the groups whose indicators tell units apart: 0 the whole index, 1 its children."""
    weights: Literal["equal", "distance"] = "equal"
    """Whether the nearest count alike, or each by 1 / distance."""

    def __call__(self, x: Matrix, /, *, labels: Labels, around: Around = ALONE) -> Matrix:
        def fill(some: Matrix) -> Matrix:
            return nearest.imputed(some, self.k, by_distance=self.weights == "distance")

        return _within_groups(x, around, self.level, fill)


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


def _across(x: Matrix, around: Around, level: int, statistic: Callable[..., Vector], *, scaled: bool) -> Matrix:
    """Fill each unit's gaps with a statistic of its other indicators of the group."""

    def fill(z: Matrix) -> Matrix:
        return np.where(np.isnan(z), _of_each_unit(z, statistic), z)

    missing = np.isnan(x)
    turned = x * around.direction
    low = np.where(missing, np.inf, turned).min(axis=-1, keepdims=True)
    high = np.where(missing, -np.inf, turned).max(axis=-1, keepdims=True)
    if not scaled:
        return np.where(missing & (low <= high), _within_groups(x, around, level, fill), x)
    # What does not vary says nothing of how good a unit is, and is filled with its value.
    flat = low >= high
    start, width = np.where(low <= high, low, np.nan), np.where(flat, 1.0, high - low)
    z = _within_groups(np.where(flat, np.nan, (turned - start) / width), around, level, fill)
    back = np.clip(start + np.where(flat, 0.0, z) * width, low, high) * around.direction
    return np.where(missing, back + 0.0, x)


def _of_each_unit(z: Matrix, statistic: Callable[..., Vector]) -> Vector:
    """A statistic of what each unit was measured on; NaN where nothing."""
    found = np.full(z.shape[-1], np.nan)
    masks, which = np.unique(np.isnan(z), axis=1, return_inverse=True)
    for at, missing in enumerate(masks.T):
        if not missing.all():
            units = which.reshape(-1) == at
            found[units] = statistic(z[np.ix_(~missing, units)], axis=0)
    return found


def _within_groups(x: Matrix, around: Around, level: int, fill: Callable[[Matrix], Matrix]) -> Matrix:
    """Fill together the indicators of each group of a level; a refusal names them by their place among all."""
    if level >= len(around.lineage):
        found = f"the level is {level}, and the tree's groups are on levels 0 to {len(around.lineage) - 1}"
        raise _refused(x, found, "a level is one of the tree's", "choose a level nearer the index")
    groups = np.broadcast_to(around.lineage[level], len(x))
    filled = x.copy()
    for group in np.unique(groups):
        rows = np.flatnonzero(groups == group)
        try:
            filled[rows] = fill(x[rows])
        except Undefined as refusal:
            place = rows[list(refusal.rows)].tolist()
            raise Undefined(refusal.found, rule=refusal.rule, remedy=refusal.remedy, rows=place) from None
    return filled


def _regressed(x: Matrix, covariates: Matrix) -> Matrix:
    """Fill each row's gaps with its regression on covariates, (covariates, units)."""
    filled = x.copy()
    told = ~np.isnan(covariates).any(axis=0)
    short: dict[int, str] = {}
    for row in np.flatnonzero((np.isnan(x) & told).any(axis=-1) & ~np.isnan(x).all(axis=-1)).tolist():
        gaps, both = np.isnan(x[row]) & told, ~np.isnan(x[row]) & told
        # Standardised over the units in the regression, which is then solved without loss of digits.
        known = covariates[:, both]
        centre, spread = known.mean(axis=1), known.std(axis=1)
        if known.shape[1] < len(covariates) + 2:
            short[row] = f"{known.shape[1]} units have it and {len(covariates)} covariates"
            continue
        z = (covariates - centre[:, None]) / np.where(spread > 0, spread, 1.0)[:, None]
        design = np.vstack([np.ones_like(told, dtype=np.float64), np.where(told, z, 0.0)])
        slopes, _, rank, _ = np.linalg.lstsq(design[:, both].T, x[row, both], rcond=1e-10)
        if rank < len(design):
            short[row] = "its covariates do not vary apart from one another"
            continue
        filled[row, gaps] = slopes @ design[:, gaps]
    if short:
        raise Undefined(
            short.values(),
            rule="a regression needs two units more than covariates, which vary independently",
            remedy="name fewer covariates, or choose another method",
            rows=short,
        )
    return filled


def _refused(x: Matrix, found: str, rule: str, remedy: str = "choose another method") -> Undefined:
    return Undefined([found] * len(x), rule=rule, remedy=remedy, rows=range(len(x)))


Imputer = Annotated[
    NoImputation
    | Constant
    | Mean
    | Median
    | GroupMean
    | GroupMedian
    | RowMean
    | RowMedian
    | Regression
    | ExpectationMaximisation
    | NearestUnits,
    Field(discriminator="method"),
    Family(AbstractImputer),
]
