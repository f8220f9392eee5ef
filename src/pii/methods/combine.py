"""Combine: what a unit has that is made of several others, or of a part of one, after a change of borders."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from typing import Annotated, Literal, NamedTuple, TypeAlias, final

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from pii.arrays import Matrix, Vector
from pii.errors import Undefined
from pii.spec import Code, Family, Method, Positive, Share

__all__ = [
    "AbstractCombiner",
    "Beside",
    "Combined",
    "Combiner",
    "Maximum",
    "Minimum",
    "NotComparable",
    "RatioOfSums",
    "Sum",
    "WeightedMean",
]

Beside: TypeAlias = Mapping[str, Matrix]
"""The columns that a rule reads, by code, each of the shape of what it combines."""

_ROUNDING = 1e-12  # a share is below a limit by more than its division's rounding error
_OTHER_UNITS = 2.0  # old values so many times the ratio recomputed, in the middle, are of another scale


class Combined(NamedTuple):
    """What the new units have."""

    values: Matrix
    """(k, targets); NaN where missing."""
    coverage: Matrix
    """The share of each that was measured, (k, targets): 1 is all of it, missing or not."""


class AbstractCombiner(Method, ABC):
    """Gives new units values, from those of the units that they are made of.

    A unit that is one whole old unit keeps its value whatever the rule. How much of a new unit was measured is its
    coverage: the share of its weight where the rule has weights, else of its parts, each counting by the share of
    it that goes there.
    """

    @property
    def reads(self) -> tuple[str, ...]:
        """The columns that the rule needs besides the one that it combines."""
        return ()

    @property
    def merges(self) -> bool:
        """Whether the rule gives a value to a unit that is not one whole old one."""
        return True

    @abstractmethod
    def __call__(self, x: Matrix, /, *, shares: Matrix, beside: Beside) -> Combined:
        """Combine.

        Parameters
        ----------
        x
            Values of the old units, (k, parts); NaN where not measured.
        shares
            What share of each old unit goes to each new one, (targets, parts): every column sums to 1, and no row
            is all 0.
        beside
            What ``reads`` names.

        Returns
        -------
        Combined
            Values and coverage, both (k, targets).

        Raises
        ------
        Undefined
            A weight is below 0, or the values are on another scale than the ratio that is to replace them.
        """


class _Merger(AbstractCombiner, ABC):
    """Below ``at_least`` the value is missing; from there to 1 it is that of the parts measured."""

    at_least: Share = 1.0
    """The least share that must be measured for a value; below 1, partial values are let through and listed."""

    def __call__(self, x: Matrix, /, *, shares: Matrix, beside: Beside) -> Combined:
        values, coverage = self._merged(x, shares, beside)
        values = np.where(coverage < self.at_least - _ROUNDING, np.nan, values)
        alone = np.flatnonzero(np.count_nonzero(shares, axis=-1) == 1)
        part = shares[alone].argmax(axis=-1)
        values[:, alone] = self._of_one(x[:, part], shares[alone, part])
        coverage[:, alone] = ~np.isnan(x[:, part])
        return Combined(values, coverage)

    def _of_one(self, x: Matrix, share: Vector) -> Matrix:
        """What a unit made of a share of one part has of its value."""
        return x

    @abstractmethod
    def _merged(self, x: Matrix, shares: Matrix, beside: Beside) -> Combined:
        """Values of the parts measured, NaN where there are none, and coverage."""


def _pairs(shares: Matrix) -> tuple[NDArray[np.intp], Vector, NDArray[np.intp]]:
    """The parts of one target after another, the share of each, and where every target begins."""
    target, part = np.nonzero(shares)
    return part, shares[target, part], np.searchsorted(target, np.arange(len(shares)))


def _added(x: Matrix, shares: Matrix) -> Matrix:
    """The sum of shares times parts. Not a product of matrices, whose last digit depends on the machine."""
    part, share, starts = _pairs(shares)
    return np.asarray(np.add.reduceat(x[:, part] * share, starts, axis=-1), dtype=np.float64)


def _measured(known: NDArray[np.bool_], shares: Matrix) -> Matrix:
    """The share of the parts that is measured; exactly 1 where all is."""
    absent = _added(np.where(known, 0.0, 1.0), shares)
    return np.asarray(1 - absent / _added(np.ones((1, known.shape[-1])), shares), dtype=np.float64)


def _weighed(known: NDArray[np.bool_], weights: Matrix, shares: Matrix) -> tuple[Matrix, Matrix]:
    """The weight of what is known in each target, and its share of all; of the parts where a weight is missing."""
    lacking = np.isnan(weights)
    filled = np.where(lacking, 0.0, weights)
    total, absent = _added(filled, shares), _added(np.where(known, 0.0, filled), shares)
    with np.errstate(divide="ignore", invalid="ignore"):
        coverage = np.where(total > 0, 1 - absent / total, 0.0)
    if lacking.any():
        coverage = np.where(_added(lacking.astype(np.float64), shares) > 0, _measured(known, shares), coverage)
    return _added(np.where(known, filled, 0.0), shares), coverage


def _refuse_negative(weights: Matrix, code: str) -> None:
    rows, columns = np.nonzero(weights < 0)
    if rows.size:
        raise Undefined(
            [f"{code} is {value:g} there" for value in weights[rows, columns]],
            rule="what values are weighed by is not negative",
            remedy="correct it, or leave the cell empty",
            rows=rows.tolist(),
            columns=columns.tolist(),
        )


@final
class Sum(_Merger):
    r"""The parts added: :math:`y_t = \sum_p s_{tp} x_p`, for counts and amounts.

    A part that is split gives each new unit its share. With all shares given out, totals stay what they were.

    References
    ----------
    Goodchild and Lam (1980), Areal interpolation: a variant of the traditional spatial problem

    Examples
    --------
    >>> two = np.array([[1.0, 1.0]])
    >>> Sum()(np.array([[30.0, 12.0], [30.0, np.nan]]), shares=two, beside={}).values.ravel()
    array([42., nan])
    >>> Sum(at_least=0.5)(np.array([[30.0, np.nan]]), shares=two, beside={})
    Combined(values=array([[30.]]), coverage=array([[0.5]]))
    """

    method: Literal["sum"] = "sum"

    def _of_one(self, x: Matrix, share: Vector) -> Matrix:
        return x * share

    def _merged(self, x: Matrix, shares: Matrix, beside: Beside) -> Combined:
        known = ~np.isnan(x)
        coverage = _measured(known, shares)
        return Combined(np.where(coverage > 0, _added(np.where(known, x, 0.0), shares), np.nan), coverage)


@final
class RatioOfSums(_Merger):
    r"""The sum of the numerators over that of the denominators: for a ratio whose two sides are columns too.

    .. math:: y_t = \frac{\sum_p s_{tp} n_p}{\sum_p s_{tp} d_p / \text{scale}}

    A part is measured where both sides are, and weighs by its denominator. Units that stay whole keep their
    published ratio.

    References
    ----------
    OECD and JRC (2008), *Handbook on Constructing Composite Indicators*, step 5. doi:10.1787/9789264043466-en

    Examples
    --------
    >>> rule = RatioOfSums(numerator="trained", denominator="workers", scale=100)
    >>> sides = {"trained": np.array([[30.0, 10.0]]), "workers": np.array([[100.0, 300.0]])}
    >>> rule(np.array([[30.0, 3.3]]), shares=np.array([[1.0, 1.0]]), beside=sides).values
    array([[10.]])
    """

    method: Literal["ratio"] = "ratio"
    numerator: Code
    """The column of what is counted."""
    denominator: Code
    """The column of what it is put per."""
    scale: Positive = 1.0
    """How many of the denominator's units the ratio is put per: 100 for a percentage."""

    @property
    def reads(self) -> tuple[str, ...]:
        """Both sides of the ratio."""
        return self.numerator, self.denominator

    def _merged(self, x: Matrix, shares: Matrix, beside: Beside) -> Combined:
        above, below = beside[self.numerator], beside[self.denominator]
        _refuse_negative(below, self.denominator)
        self._refuse_other_scale(x, above, below)
        known = ~np.isnan(above) & ~np.isnan(below)
        total, coverage = _weighed(known, below, shares)
        with np.errstate(divide="ignore", invalid="ignore"):
            ratio = _added(np.where(known, above, 0.0), shares) / (total / self.scale)
        return Combined(np.where(total > 0, ratio, np.nan), coverage)

    def _refuse_other_scale(self, x: Matrix, above: Matrix, below: Matrix) -> None:
        """Values a hundred times the ratio say that the scale was forgotten."""
        with np.errstate(divide="ignore", invalid="ignore"):
            times = np.abs(x / (above / (below / self.scale)))
        times[~((times > 0) & (times < np.inf))] = np.nan
        told = np.flatnonzero(~np.isnan(times).all(axis=-1))
        middle = np.nanmedian(times[told], axis=-1)
        off = (middle > _OTHER_UNITS) | (middle < 1 / _OTHER_UNITS)
        if off.any():
            raise Undefined(
                [
                    f"the values are about {m:.3g} times {self.numerator} / {self.denominator} x {self.scale:g}"
                    for m in middle[off]
                ],
                rule="the ratio that is recomputed is on the scale of the values",
                remedy="correct scale: 100 for a percentage; or name the two columns that the values are made of",
                rows=told[off].tolist(),
            )


@final
class WeightedMean(_Merger):
    r"""The mean of the parts, each weighing by a column such as its population.

    .. math:: y_t = \frac{\sum_p s_{tp} w_p x_p}{\sum_p s_{tp} w_p}

    For a ratio, the weight is its denominator, and the mean is then exact. For survey scores and indices it is an
    approximation, to be called so. A part with weight 0 counts for nothing, measured or not; one whose weight is
    missing counts as not measured, and coverage is then of the parts. Weights that sum to 0 give no value.

    References
    ----------
    OECD and JRC (2008), *Handbook on Constructing Composite Indicators*, step 5. doi:10.1787/9789264043466-en

    Examples
    --------
    >>> rule = WeightedMean(by="people")
    >>> people = {"people": np.array([[900.0, 100.0]])}
    >>> rule(np.array([[70.0, 80.0]]), shares=np.array([[1.0, 1.0]]), beside=people).values
    array([[71.]])
    """

    method: Literal["weighted_mean"] = "weighted_mean"
    by: Code
    """The column of weights: the denominator of a ratio, else population or the like."""

    @property
    def reads(self) -> tuple[str, ...]:
        """The weights."""
        return (self.by,)

    def _merged(self, x: Matrix, shares: Matrix, beside: Beside) -> Combined:
        weights = beside[self.by]
        _refuse_negative(weights, self.by)
        known = ~np.isnan(x) & ~np.isnan(weights)
        total, coverage = _weighed(known, weights, shares)
        with np.errstate(divide="ignore", invalid="ignore"):
            mean = _added(np.where(known, x * weights, 0.0), shares) / total
        return Combined(np.where(total > 0, mean, np.nan), coverage)


class _Extreme(_Merger, ABC):
    """One of the parts' values."""

    def _merged(self, x: Matrix, shares: Matrix, beside: Beside) -> Combined:
        part, _, starts = _pairs(shares)
        return Combined(self._pick(x[:, part], starts), _measured(~np.isnan(x), shares))

    @abstractmethod
    def _pick(self, x: Matrix, starts: NDArray[np.intp]) -> Matrix:
        """The value of each run of columns, gaps aside."""


@final
class Maximum(_Extreme):
    r"""The largest value of the parts: :math:`y_t = \max_{p: s_{tp} > 0} x_p`, such as the best rating held.

    Examples
    --------
    >>> Maximum()(np.array([[3.0, 5.0]]), shares=np.array([[1.0, 1.0]]), beside={}).values
    array([[5.]])
    """

    method: Literal["max"] = "max"

    def _pick(self, x: Matrix, starts: NDArray[np.intp]) -> Matrix:
        return np.asarray(np.fmax.reduceat(x, starts, axis=-1), dtype=np.float64)


@final
class Minimum(_Extreme):
    r"""The smallest value of the parts: :math:`y_t = \min_{p: s_{tp} > 0} x_p`, such as the distance to a port.

    Examples
    --------
    >>> Minimum()(np.array([[3.0, 5.0]]), shares=np.array([[1.0, 1.0]]), beside={}).values
    array([[3.]])
    """

    method: Literal["min"] = "min"

    def _pick(self, x: Matrix, starts: NDArray[np.intp]) -> Matrix:
        return np.asarray(np.fmin.reduceat(x, starts, axis=-1), dtype=np.float64)


@final
class NotComparable(AbstractCombiner):
    """No value for a unit that is not one whole old one, such as a rank or a mark that somebody gave to a province.

    Examples
    --------
    >>> shares = np.array([[1.0, 1.0, 0.0], [0.0, 0.0, 1.0]])
    >>> NotComparable()(np.array([[3.0, 5.0, 4.0]]), shares=shares, beside={}).values
    array([[nan,  4.]])
    """

    method: Literal["not_comparable"] = "not_comparable"

    @property
    def merges(self) -> bool:
        """Never."""
        return False

    def __call__(self, x: Matrix, /, *, shares: Matrix, beside: Beside) -> Combined:
        coverage = _measured(~np.isnan(x), shares)
        values = np.full(coverage.shape, np.nan)
        whole = np.flatnonzero((shares == 1).any(axis=-1) & (np.count_nonzero(shares, axis=-1) == 1))
        values[:, whole] = x[:, shares[whole].argmax(axis=-1)]
        return Combined(values, coverage)


Combiner = Annotated[
    Sum | RatioOfSums | WeightedMean | Maximum | Minimum | NotComparable,
    Field(discriminator="method"),
    Family(AbstractCombiner),
]
