"""Normalise: a common scale on which more is better."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Annotated, ClassVar, Literal, NamedTuple, Self, final

import numpy as np
from numpy.typing import NDArray
from pydantic import Field, model_validator

from pii.arrays import Matrix
from pii.errors import Undefined
from pii.spec import Family, Method, Positive

__all__ = [
    "NO_MARKS",
    "AbstractNormaliser",
    "DistanceToTarget",
    "FixedGoalposts",
    "Marks",
    "MinMax",
    "NoNormalisation",
    "Normaliser",
    "PercentileRank",
    "Rank",
    "ZScore",
]


class Marks(NamedTuple):
    """The fixed points of each indicator's scale, (indicators, 1), already turned so that more is better."""

    worst: Matrix
    """The goalpost that scores lowest; NaN where none is declared."""
    best: Matrix
    """The goalpost that scores highest; NaN where none is declared."""
    target: Matrix
    """The value aimed at, or the worse end of a band aimed at; NaN where none is declared."""
    band: Matrix = np.full((1, 1), np.nan)
    """The better end of a band aimed at; NaN where the target is one value."""
    base: Matrix = np.full((1, 1), np.nan)
    """The value that scores are relative to; NaN where none is declared."""


class AbstractNormaliser(Method, ABC):
    """Puts indicators on a common scale, keeping the order of units and what is missing."""

    needs: ClassVar[Literal["nothing", "goalposts", "target"]] = "nothing"
    """What an indicator must declare to be put on this scale."""

    @property
    def base_unit(self) -> str | None:
        """The unit whose value scores are relative to, by code, if one is."""
        return None

    @property
    def lowest(self) -> float | None:
        """The score that the worst unit is sure to get; None where that depends on the data."""
        return None

    @abstractmethod
    def __call__(self, x: Matrix, /, *, reference: Matrix, marks: Marks) -> Matrix:
        """Normalise.

        Parameters
        ----------
        x
            Values times direction, (indicators, units): more is better; NaN where not measured.
        reference
            What fixes the scale, (indicators, any number): the values themselves, a base year's, a pooled panel's.
        marks
            Goalposts and targets, for the methods that need them.

        Raises
        ------
        Undefined
            A reference without width, or without any value, where one is needed.
        """


@final
class MinMax(AbstractNormaliser):
    r"""From ``floor`` at the worst of the reference to ``ceiling`` at its best.

    .. math:: \text{floor} + \frac{x^* - \min}{\max - \min} (\text{ceiling} - \text{floor})

    References
    ----------
    OECD and JRC (2008), *Handbook on Constructing Composite Indicators*, step 5. doi:10.1787/9789264043466-en

    Examples
    --------
    >>> x = np.array([[3.0, 1.0, np.nan, 5.0]])
    >>> MinMax()(x, reference=x, marks=NO_MARKS)
    array([[ 50.,   0.,  nan, 100.]])
    """

    method: Literal["minmax"] = "minmax"
    floor: float = 0.0
    """The worst unit's score."""
    ceiling: float = 100.0
    """The best unit's score."""
    constant: float | None = None
    """The score of all units when the reference has no width; null refuses such an indicator."""

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        _refuse_reversed(self.floor, self.ceiling)
        return self

    @property
    def lowest(self) -> float:
        """The worst unit's score."""
        return self.floor

    def __call__(self, x: Matrix, /, *, reference: Matrix, marks: Marks) -> Matrix:
        low, high = _ends(reference)
        return _scaled(x, low, high, self.floor, self.ceiling, self.constant)


@final
class ZScore(AbstractNormaliser):
    r"""Standard deviations from the reference's mean: :math:`m + s\,(x^* - \bar x) / \sigma`, with :math:`n - 1`.

    References
    ----------
    OECD and JRC (2008), *Handbook on Constructing Composite Indicators*, step 5. doi:10.1787/9789264043466-en

    Examples
    --------
    >>> x = np.array([[1.0, 2.0, 3.0]])
    >>> ZScore()(x, reference=x, marks=NO_MARKS)
    array([[-1.,  0.,  1.]])
    """

    method: Literal["zscore"] = "zscore"
    mean: float = 0.0
    """The mean of the scores."""
    sd: Positive = 1.0
    """The standard deviation of the scores."""
    constant: float | None = None
    """The score of all units when the reference has no width; null refuses such an indicator."""

    @property
    def lowest(self) -> float | None:
        """Below 0 when the scores are centred there; otherwise it depends on the data."""
        return -np.inf if self.mean <= 0 else None

    def __call__(self, x: Matrix, /, *, reference: Matrix, marks: Marks) -> Matrix:
        low, high = _ends(reference)
        flat = _refuse_flat(low, high, self.constant)
        present = ~np.isnan(reference)
        n = np.count_nonzero(present, axis=-1)[:, None]
        with np.errstate(divide="ignore", invalid="ignore"):
            centre = np.where(present, reference, 0.0).sum(axis=-1, keepdims=True) / n
            away = np.where(present, reference - centre, 0.0)
            spread = np.sqrt(np.einsum("ij,ij->i", away, away)[:, None] / (n - 1))
            scores = self.mean + (x - centre) / spread * self.sd
        return _constant_where(flat, x, scores, self.constant)


@final
class FixedGoalposts(AbstractNormaliser):
    r"""From ``floor`` at the indicator's worse goalpost to ``ceiling`` at its better one.

    Goalposts are given in the indicator's own units, low before high, whatever its direction.

    .. math:: \text{floor} + \frac{x^* - \text{worst}}{\text{best} - \text{worst}} (\text{ceiling} - \text{floor})

    References
    ----------
    UNDP (2022), *Human Development Report 2021/2022*, technical note 1.

    Examples
    --------
    >>> posts = Marks(np.array([[20.0]]), np.array([[85.0]]), np.array([[np.nan]]))
    >>> x = np.array([[52.5, 85.0, 98.0]])
    >>> FixedGoalposts()(x, reference=x, marks=posts)
    array([[ 50., 100., 100.]])
    >>> FixedGoalposts(clip=False)(x, reference=x, marks=posts)
    array([[ 50., 100., 120.]])
    """

    needs: ClassVar[Literal["nothing", "goalposts", "target"]] = "goalposts"
    method: Literal["goalposts"] = "goalposts"
    floor: float = 0.0
    """The score at the worse goalpost."""
    ceiling: float = 100.0
    """The score at the better goalpost."""
    clip: bool = True
    """Whether values beyond a goalpost score as the goalpost."""

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        _refuse_reversed(self.floor, self.ceiling)
        return self

    def __call__(self, x: Matrix, /, *, reference: Matrix, marks: Marks) -> Matrix:
        scores = _scaled(x, marks.worst, marks.best, self.floor, self.ceiling, None)
        return np.clip(scores, self.floor, self.ceiling) if self.clip else scores


@final
class DistanceToTarget(AbstractNormaliser):
    r"""The share of the way from the reference's worst to the indicator's target.

    .. math:: \text{ceiling}\, \frac{x^* - \min}{\text{target} - \min}

    References
    ----------
    Becker, Caperna, Del Sorbo, Norlén, Papadimitriou and Saisana (2022), COINr (``n_dist2targ``).
    doi:10.21105/joss.04567

    Examples
    --------
    >>> target = Marks(np.array([[np.nan]]), np.array([[np.nan]]), np.array([[2.0]]))
    >>> x = np.array([[0.0, 0.5, 3.0]])
    >>> DistanceToTarget()(x, reference=x, marks=target)
    array([[  0.,  25., 100.]])
    """

    needs: ClassVar[Literal["nothing", "goalposts", "target"]] = "target"
    method: Literal["distance_to_target"] = "distance_to_target"
    ceiling: Positive = 100.0
    """The score at the target."""
    cap: bool = True
    """Whether values beyond the target score as the target."""

    def __call__(self, x: Matrix, /, *, reference: Matrix, marks: Marks) -> Matrix:
        low, _ = _ends(reference)
        # A target that the worst unit has already passed leaves no way to measure along.
        scores = _scaled(x, low, marks.target, 0.0, self.ceiling, None)
        return np.minimum(scores, self.ceiling) if self.cap else scores


@final
class Rank(AbstractNormaliser):
    """The place among the reference counted from the worst: the worst is 1, the best of n is n.

    References
    ----------
    OECD and JRC (2008), *Handbook on Constructing Composite Indicators*, step 5. doi:10.1787/9789264043466-en

    Examples
    --------
    >>> x = np.array([[10.0, 30.0, 30.0, np.nan]])
    >>> Rank()(x, reference=x, marks=NO_MARKS)
    array([[ 1.,  2.,  2., nan]])
    """

    method: Literal["rank"] = "rank"
    ties: Literal["min", "average", "max"] = "min"
    """Which of the tied places equal values get."""

    @property
    def lowest(self) -> float:
        """The worst unit's place."""
        return 1.0

    def __call__(self, x: Matrix, /, *, reference: Matrix, marks: Marks) -> Matrix:
        return _places(x, reference, self.ties)


@final
class PercentileRank(AbstractNormaliser):
    r"""The share of the other units that are worse: :math:`(\text{rank} - 1) / (n - 1)`, times ``ceiling``.

    A value better than all of another reference scores the ceiling.

    References
    ----------
    Becker, Caperna, Del Sorbo, Norlén, Papadimitriou and Saisana (2022), COINr (``n_prank``).
    doi:10.21105/joss.04567

    Examples
    --------
    >>> x = np.array([[10.0, 30.0, 20.0]])
    >>> PercentileRank()(x, reference=x, marks=NO_MARKS)
    array([[  0., 100.,  50.]])
    """

    method: Literal["percentile_rank"] = "percentile_rank"
    ceiling: Positive = 100.0
    """The best unit's score."""
    ties: Literal["min", "average", "max"] = "min"
    """Which of the tied places equal values get."""

    @property
    def lowest(self) -> float:
        """The worst unit's score."""
        return 0.0

    def __call__(self, x: Matrix, /, *, reference: Matrix, marks: Marks) -> Matrix:
        n = np.count_nonzero(~np.isnan(reference), axis=-1)[:, None]
        if (alone := np.flatnonzero(n < 2)).size:
            raise Undefined(
                ["there are fewer than 2 measured values"] * alone.size,
                rule="a percentile rank needs others to compare with",
                remedy="measure more units, or leave the indicator out",
                rows=alone.tolist(),
            )
        share = (_places(x, reference, self.ties) - 1) / (n - 1)
        return np.asarray(np.minimum(share, 1.0) * self.ceiling, dtype=np.float64)


@final
class NoNormalisation(AbstractNormaliser):
    """The value times its direction, as it is: already a score on the scheme's scale.

    With ``low`` and ``high``, a value outside that scale is refused.

    Examples
    --------
    >>> x = np.array([[7.3, 2.5]])
    >>> NoNormalisation(low=0, high=10)(x, reference=x, marks=NO_MARKS)
    array([[7.3, 2.5]])
    """

    method: Literal["none"] = "none"
    low: float | None = None
    """The lowest score that the scale has."""
    high: float | None = None
    """The highest score that the scale has."""

    def __call__(self, x: Matrix, /, *, reference: Matrix, marks: Marks) -> Matrix:
        low, high = (-np.inf if self.low is None else self.low), (np.inf if self.high is None else self.high)
        rows, columns = np.nonzero((x < low) | (x > high))
        if rows.size:
            raise Undefined(
                [f"{value:g} is off the scale" for value in x[rows, columns]],
                rule=f"scores lie from {low:g} to {high:g}",
                remedy="correct the value or the scale, or normalise the indicator",
                rows=rows.tolist(),
                columns=columns.tolist(),
            )
        return x


def _refuse_reversed(floor: float, ceiling: float) -> None:
    if not floor < ceiling:
        raise ValueError(f"floor {floor:g} is not below ceiling {ceiling:g}")


def _ends(reference: Matrix) -> tuple[Matrix, Matrix]:
    """The lowest and highest measured value of each row, (rows, 1); NaN for a row without any."""
    low = np.fmin.reduce(reference, axis=-1, keepdims=True, initial=np.nan)
    return low, np.fmax.reduce(reference, axis=-1, keepdims=True, initial=np.nan)


def _scaled(x: Matrix, low: Matrix, high: Matrix, floor: float, ceiling: float, constant: float | None) -> Matrix:
    """Map low to floor and high to ceiling along a straight line."""
    flat = _refuse_flat(low, high, constant)
    with np.errstate(divide="ignore", invalid="ignore"):
        scores = x - low
        scores /= high - low  # before the range: the best unit scores exactly the ceiling
        scores *= ceiling - floor
        scores += floor
    return _constant_where(flat, x, scores, constant)


def _refuse_flat(low: Matrix, high: Matrix, constant: float | None) -> NDArray[np.bool_]:
    """Which rows have no width, when a constant score is declared for them; else refuse them."""
    flat = ~(low < high)[:, 0]
    if constant is None and (rows := np.flatnonzero(flat)).size:
        ends = zip(low[rows, 0].tolist(), high[rows, 0].tolist(), strict=True)
        raise Undefined(
            [
                f"every value is {a:g}"
                if a == b
                else f"the scale runs from {a:g} down to {b:g}"
                if a > b
                else "no value is measured"
                for a, b in ends
            ],
            rule="a scale needs a width",
            remedy="leave the indicator out, or declare the constant score it is to have",
            rows=rows.tolist(),
        )
    return flat


def _constant_where(flat: NDArray[np.bool_], x: Matrix, scores: Matrix, constant: float | None) -> Matrix:
    if constant is not None and flat.any():
        scores[flat] = np.where(np.isnan(x[flat]), np.nan, constant)
    return scores


def _places(x: Matrix, reference: Matrix, ties: Literal["min", "average", "max"]) -> Matrix:
    """Each value's place among its row of the reference, from 1 at the worst."""
    places = np.full_like(x, np.nan)
    for row in range(len(x)):
        measured = ~np.isnan(x[row])
        ordered = np.sort(reference[row][~np.isnan(reference[row])])
        value = x[row, measured]
        first = np.searchsorted(ordered, value, side="left") + 1
        last = np.maximum(np.searchsorted(ordered, value, side="right"), first)
        places[row, measured] = {"min": first, "average": (first + last) / 2, "max": last}[ties]
    return places


NO_MARKS = Marks(*[np.full((1, 1), np.nan)] * 3)
"""Of indicators that declare none."""

Normaliser = Annotated[
    MinMax | ZScore | FixedGoalposts | DistanceToTarget | Rank | PercentileRank | NoNormalisation,
    Field(discriminator="method"),
    Family(AbstractNormaliser),
]
