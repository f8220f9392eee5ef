"""Normalise: a common scale on which more is better."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping
from typing import Annotated, Any, ClassVar, Literal, NamedTuple, Self, final

import numpy as np
from numpy.typing import NDArray
from pydantic import Field, GetJsonSchemaHandler, field_validator, model_serializer, model_validator
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema

from pii.arrays import Matrix
from pii.errors import Undefined
from pii.spec import Code, Family, Method, Positive, Spec, Weight

__all__ = [
    "NO_MARKS",
    "AbstractNormaliser",
    "Balance",
    "Borda",
    "Categorical",
    "DistanceToReference",
    "DistanceToTarget",
    "EmpiricalCdf",
    "FixedGoalposts",
    "FractionOfMax",
    "Logistic",
    "Marks",
    "MinMax",
    "NoNormalisation",
    "NormalCdf",
    "Normaliser",
    "PercentileRank",
    "Rank",
    "Robust",
    "Rubric",
    "ZScore",
]


class Rubric(Spec):
    """The score of each value that may occur, in a scheme file a mapping: ``{0: 0, 1: 100}``."""

    pairs: tuple[tuple[float, float], ...] = Field(min_length=1)
    """Values and their scores, in the order of the values."""

    @model_validator(mode="before")
    @classmethod
    def _from_mapping(cls, value: Any) -> Any:
        if not isinstance(value, Mapping) or "pairs" in value:
            return value
        return {"pairs": tuple((float(key), score) for key, score in value.items())}

    @field_validator("pairs")
    @classmethod
    def _sorted_once(cls, pairs: tuple[tuple[float, float], ...]) -> tuple[tuple[float, float], ...]:
        if len(dict(pairs)) < len(pairs):
            raise ValueError("a value is given twice; it has one score")
        return tuple(sorted(pairs))

    @model_serializer
    def _as_mapping(self) -> dict[str, float]:
        return {f"{key:g}" if float(f"{key:g}") == key else repr(key): score for key, score in self.pairs}

    @classmethod
    def __get_pydantic_json_schema__(cls, schema: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        return {"type": "object", "properties": {}, "additionalProperties": {"type": "number"}, "minProperties": 1}


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
    direction: Matrix = np.full((1, 1), np.nan)
    """1 where values are as measured, -1 where they were turned; NaN where it is not said."""


class AbstractNormaliser(Method, ABC):
    """Puts indicators on a common scale, keeping the order of units and what is missing."""

    needs: ClassVar[Literal["nothing", "goalposts", "target"]] = "nothing"
    """What an indicator must declare to be put on this scale."""

    @property
    def domain(self) -> Literal["any", "dispersed", "above 0", "listed"]:
        """What it is sure to be defined for: any values, any whose middle half differ, above 0, those it lists."""
        return "any"

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
        flat = _refuse_flat(low, high, self.constant, marks)
        return _constant_where(flat, x, _scaled(x, low, high, self.floor, self.ceiling), self.constant)


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
        flat, z = _standardised(x, reference, self.constant, marks)
        return _constant_where(flat, x, self.mean + z * self.sd, self.constant)


@final
class Robust(AbstractNormaliser):
    r"""Spreads from the reference's median, which a few outliers do not move: :math:`m + w\,(x^* - \tilde x) / s`.

    :math:`s` is the median absolute deviation (MAD) or the distance between the quartiles (IQR), both without a
    factor that would make them a standard deviation of normal data. Quartiles are interpolated as Excel does.

    References
    ----------
    Rousseeuw and Croux (1993), Alternatives to the median absolute deviation. doi:10.1080/01621459.1993.10476408

    Examples
    --------
    >>> x = np.array([[1.0, 2.0, 3.0, 4.0, 90.0]])
    >>> Robust()(x, reference=x, marks=NO_MARKS)
    array([[-2., -1.,  0.,  1., 87.]])
    """

    method: Literal["robust"] = "robust"
    spread: Literal["mad", "iqr"] = "mad"
    """Whether a step is the median absolute deviation or the distance between the quartiles."""
    median: float = 0.0
    """The median of the scores."""
    width: Positive = 1.0
    """The spread of the scores."""
    constant: float | None = None
    """The score of all units when the reference has no width; null refuses such an indicator."""

    @property
    def domain(self) -> Literal["dispersed"]:
        """Any values of which more than half differ from the median, and the quartiles from each other."""
        return "dispersed"

    @property
    def lowest(self) -> float | None:
        """Below 0 when the scores are centred there; otherwise it depends on the data."""
        return -np.inf if self.median <= 0 else None

    def __call__(self, x: Matrix, /, *, reference: Matrix, marks: Marks) -> Matrix:
        low, high = _ends(reference)
        flat = _refuse_flat(low, high, self.constant, marks)
        centre = _quantile(reference, 0.5)
        if self.spread == "mad":
            spread = _quantile(np.abs(reference - centre), 0.5)
        else:
            spread = _quantile(reference, 0.75) - _quantile(reference, 0.25)
        _refuse(
            (spread == 0)[:, 0] & ~flat,
            f"the {self.spread.upper()} is 0: about half of the values are the same",
            rule="a scale needs a width",
            remedy="use zscore or minmax for this indicator",
        )
        with np.errstate(divide="ignore", invalid="ignore"):
            scores = self.median + (x - centre) / spread * self.width
        return _constant_where(flat, x, scores, self.constant)


@final
class Logistic(AbstractNormaliser):
    r"""From 0 to ``ceiling`` along an S through half of it at the mean: :math:`c / (1 + e^{-k z})`.

    :math:`z` counts the reference's standard deviations (with :math:`n - 1`) from its mean. Values far out differ
    little, and none reaches an end.

    References
    ----------
    Theodoridis and Koutroumbas (2009), *Pattern Recognition*, 4th edition, chapter 5 (softmax scaling).
    doi:10.1016/B978-1-59749-272-0.X0001-2

    Examples
    --------
    >>> x = np.array([[1.0, 2.0, 3.0]])
    >>> Logistic()(x, reference=x, marks=NO_MARKS).round(2)
    array([[26.89, 50.  , 73.11]])
    """

    method: Literal["logistic"] = "logistic"
    steepness: Positive = 1.0
    """How steep the S is: :math:`k`, a standard deviation from the mean."""
    ceiling: Positive = 100.0
    """The score that the best values come near."""
    constant: float | None = None
    """The score of all units when the reference has no width; null refuses such an indicator."""

    def __call__(self, x: Matrix, /, *, reference: Matrix, marks: Marks) -> Matrix:
        flat, z = _standardised(x, reference, self.constant, marks)
        with np.errstate(over="ignore"):  # far below the mean the score is 0
            scores = self.ceiling / (1 + np.exp(-self.steepness * z))
        return _constant_where(flat, x, np.asarray(scores, dtype=np.float64), self.constant)


@final
class NormalCdf(AbstractNormaliser):
    r"""The share of a normal population that is worse: :math:`c\,\Phi(z)`.

    :math:`z` counts the reference's standard deviations (with :math:`n - 1`) from its mean.

    References
    ----------
    Johnson, Kotz and Balakrishnan (1994), *Continuous Univariate Distributions*, volume 1, chapter 13.

    Examples
    --------
    >>> x = np.array([[1.0, 2.0, 3.0]])
    >>> NormalCdf()(x, reference=x, marks=NO_MARKS).round(2)
    array([[15.87, 50.  , 84.13]])
    """

    method: Literal["normal_cdf"] = "normal_cdf"
    ceiling: Positive = 100.0
    """The score that the best values come near."""
    constant: float | None = None
    """The score of all units when the reference has no width; null refuses such an indicator."""

    def __call__(self, x: Matrix, /, *, reference: Matrix, marks: Marks) -> Matrix:
        from scipy.special import ndtr

        flat, z = _standardised(x, reference, self.constant, marks)
        return _constant_where(flat, x, np.asarray(ndtr(z) * self.ceiling, dtype=np.float64), self.constant)


@final
class EmpiricalCdf(AbstractNormaliser):
    r"""The share of the reference that is not better: :math:`c\,\#\{j : x^*_j \le x^*\} / n`.

    The worst of n different values scores :math:`c / n`, not 0; the best scores the ceiling.

    References
    ----------
    van der Vaart (1998), *Asymptotic Statistics*, chapter 19. doi:10.1017/CBO9780511802256

    Examples
    --------
    >>> x = np.array([[10.0, 30.0, 20.0, 30.0]])
    >>> EmpiricalCdf()(x, reference=x, marks=NO_MARKS)
    array([[ 25., 100.,  50., 100.]])
    """

    method: Literal["empirical_cdf"] = "empirical_cdf"
    ceiling: Positive = 100.0
    """The best unit's score."""

    def __call__(self, x: Matrix, /, *, reference: Matrix, marks: Marks) -> Matrix:
        n = np.count_nonzero(~np.isnan(reference), axis=-1)[:, None]
        _refuse_empty(n[:, 0] == 0)
        return np.asarray(_counted(x, reference, "right") / n * self.ceiling, dtype=np.float64)


@final
class FixedGoalposts(AbstractNormaliser):
    r"""From ``floor`` at the indicator's worse goalpost to ``ceiling`` at its better one.

    Goalposts are given in the indicator's own units, low before high, whatever its direction.

    .. math:: \text{floor} + \frac{x^* - \text{worst}}{\text{best} - \text{worst}} (\text{ceiling} - \text{floor})

    ``logarithmic`` takes natural logarithms of the value and of both goalposts in the indicator's own units. All
    three are to be above 0, so that goalposts below 0 are seen to have been turned.

    References
    ----------
    UNDP (2022), *Human Development Report 2021/2022*, technical note 1 (``logarithmic``: income).

    Examples
    --------
    >>> posts = Marks(np.array([[20.0]]), np.array([[85.0]]), np.array([[np.nan]]))
    >>> x = np.array([[52.5, 85.0, 98.0]])
    >>> FixedGoalposts()(x, reference=x, marks=posts)
    array([[ 50., 100., 100.]])
    >>> FixedGoalposts(clip=False)(x, reference=x, marks=posts)
    array([[ 50., 100., 120.]])
    >>> income = Marks(np.array([[100.0]]), np.array([[75000.0]]), np.array([[np.nan]]))
    >>> FixedGoalposts(logarithmic=True)(np.array([[100.0, 7867.0]]), reference=x, marks=income).round(1)
    array([[ 0. , 65.9]])
    """

    needs: ClassVar[Literal["nothing", "goalposts", "target"]] = "goalposts"
    method: Literal["goalposts"] = "goalposts"
    floor: float = 0.0
    """The score at the worse goalpost."""
    ceiling: float = 100.0
    """The score at the better goalpost."""
    clip: bool = True
    """Whether values beyond a goalpost score as the goalpost."""
    logarithmic: bool = False
    """Whether the scale is of the logarithm, so that doubling counts the same anywhere on it."""

    @property
    def domain(self) -> Literal["any", "above 0"]:
        """Any values; with a logarithm, those above 0."""
        return "above 0" if self.logarithmic else "any"

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        _refuse_reversed(self.floor, self.ceiling)
        return self

    def __call__(self, x: Matrix, /, *, reference: Matrix, marks: Marks) -> Matrix:
        worst, best = marks.worst, marks.best
        if self.logarithmic:
            x, worst, best = _logarithms(x, worst, best)
        _refuse_flat(worst, best, None, marks)
        scores = _scaled(x, worst, best, self.floor, self.ceiling)
        return np.clip(scores, self.floor, self.ceiling) if self.clip else scores


@final
class DistanceToTarget(AbstractNormaliser):
    r"""The share of the way from the reference's worst to the indicator's target.

    .. math:: \text{ceiling}\, \frac{x^* - \min}{\text{target} - \min}

    Where the target is a band, values inside it score the ceiling; beyond its far end the score falls again, to 0
    at the reference's highest: :math:`\text{ceiling}\, (\max - x^*) / (\max - \text{band})`.

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
    >>> band = target._replace(band=np.array([[2.5]]))
    >>> DistanceToTarget()(np.array([[0.5, 2.2, 2.75]]), reference=x, marks=band)
    array([[ 25., 100.,  50.]])
    """

    needs: ClassVar[Literal["nothing", "goalposts", "target"]] = "target"
    method: Literal["distance_to_target"] = "distance_to_target"
    ceiling: Positive = 100.0
    """The score at the target."""
    cap: bool = True
    """Whether values beyond the target score as the target; nothing scores above a band."""

    def __call__(self, x: Matrix, /, *, reference: Matrix, marks: Marks) -> Matrix:
        low, high = _ends(reference)
        target, band = np.broadcast_to(marks.target, low.shape), np.broadcast_to(marks.band, low.shape)
        falling: NDArray[np.bool_] = x > band
        rising: NDArray[np.bool_] = np.isnan(band) | (x < target)
        # A target that the worst unit has already passed leaves no way to measure along; a band's far side may.
        _refuse_flat_where(rising, low, target, marks)
        _refuse_flat_where(falling, band, high, marks)
        with np.errstate(divide="ignore", invalid="ignore"):
            up, down = (x - low) / (target - low), (high - x) / (high - band)
        shares = np.where(np.isnan(x), np.nan, np.where(rising, up, np.where(falling, down, 1.0)))
        scores = np.asarray(shares * self.ceiling, dtype=np.float64)
        return np.minimum(scores, self.ceiling) if self.cap else scores


@final
class DistanceToReference(AbstractNormaliser):
    r"""Relative to a base, which scores the ceiling: a unit's value, the indicator's own ``base``, or the mean.

    With ``origin: zero`` a unit as far above the base as the base is above 0 scores twice the ceiling, and for
    indicators of which less is better the difference counts the other way:

    .. math:: \text{ceiling} \left(1 + \frac{x^* - \text{base}^*}{|\text{base}^*|}\right)

    With ``origin: worst`` the score is the share of the way from the reference's worst to the base, as in COINr:

    .. math:: \text{ceiling}\, \frac{x^* - \min}{\text{base}^* - \min}

    References
    ----------
    OECD and JRC (2008), *Handbook on Constructing Composite Indicators*, step 5. doi:10.1787/9789264043466-en

    Becker, Caperna, Del Sorbo, Norlén, Papadimitriou and Saisana (2022), COINr (``n_dist2ref``).
    doi:10.21105/joss.04567

    Examples
    --------
    >>> x = np.array([[10.0, 20.0, 30.0]])
    >>> DistanceToReference()(x, reference=x, marks=NO_MARKS)
    array([[ 50., 100., 150.]])
    >>> DistanceToReference()(-x, reference=-x, marks=NO_MARKS)
    array([[150., 100.,  50.]])
    """

    method: Literal["distance_to_reference"] = "distance_to_reference"
    unit: Code | None = None
    """The unit, by code, whose value is the base; null takes the indicator's ``base``, else the mean."""
    origin: Literal["zero", "worst"] = "zero"
    """Whether the way to the base is counted from 0 or from the reference's worst."""
    ceiling: Positive = 100.0
    """The score at the base."""
    cap: bool = False
    """Whether values better than the base score as the base."""

    @property
    def domain(self) -> Literal["any", "above 0"]:
        """Any values; from 0, those above 0, whose mean is not 0."""
        return "above 0" if self.origin == "zero" else "any"

    @property
    def base_unit(self) -> str | None:
        """The unit whose value is the base."""
        return self.unit

    @property
    def lowest(self) -> float | None:
        """The worst unit's score, where the way is counted from it."""
        return 0.0 if self.origin == "worst" else None

    def __call__(self, x: Matrix, /, *, reference: Matrix, marks: Marks) -> Matrix:
        low, _ = _ends(reference)
        _refuse_empty(np.isnan(low)[:, 0])
        base = np.broadcast_to(marks.base, low.shape)
        if self.unit is None:
            base = np.where(np.isnan(base), _mean(reference), base)
        _refuse(
            np.isnan(base)[:, 0],
            f"the unit {self.unit!r} has no value here",
            rule="scores are relative to its value",
            remedy="measure it, name another unit, or declare the indicator's base",
        )
        if self.origin == "zero":
            _refuse(
                (base == 0)[:, 0],
                "the base is 0",
                rule="a score relative to 0 is not defined",
                remedy="count from the worst (origin: worst), or choose another base",
            )
            scores = (1 + (x - base) / np.abs(base)) * self.ceiling
        else:
            _refuse(
                ~(low < base)[:, 0],
                "the base is no better than the worst value",
                rule="a scale needs a width",
                remedy="choose another base, or leave the indicator out",
            )
            scores = (x - low) / (base - low) * self.ceiling
        return np.asarray(np.minimum(scores, self.ceiling) if self.cap else scores, dtype=np.float64)


@final
class FractionOfMax(AbstractNormaliser):
    r"""The share of the best value: :math:`x / \max` where more is better, :math:`\min / x` where less is.

    Values are above 0 in the indicator's own units. Where more is better a value may also be 0.

    References
    ----------
    Hwang and Yoon (1981), *Multiple Attribute Decision Making* (linear scale transformation).
    doi:10.1007/978-3-642-48318-9

    Becker, Caperna, Del Sorbo, Norlén, Papadimitriou and Saisana (2022), COINr (``n_fracmax``, which scores the
    worst highest where less is better). doi:10.21105/joss.04567

    Examples
    --------
    >>> x = np.array([[10.0, 20.0, 40.0]])
    >>> FractionOfMax()(x, reference=x, marks=NO_MARKS)
    array([[ 25.,  50., 100.]])
    >>> FractionOfMax()(-x, reference=-x, marks=NO_MARKS)
    array([[100.,  50.,  25.]])
    """

    method: Literal["fraction_of_max"] = "fraction_of_max"
    ceiling: Positive = 100.0
    """The best unit's score."""

    @property
    def domain(self) -> Literal["above 0"]:
        """Values above 0 in their own units."""
        return "above 0"

    def __call__(self, x: Matrix, /, *, reference: Matrix, marks: Marks) -> Matrix:
        _, best = _ends(reference)
        _refuse_empty(np.isnan(best)[:, 0])
        rule, remedy = "a fraction of the best needs values above 0", "use minmax for this indicator"
        _refuse((best == 0)[:, 0], "the best value is 0", rule=rule, remedy=remedy)
        good = np.where(np.isnan(marks.direction), best > 0, marks.direction > 0)
        shown = np.where(good, x, np.where(x == 0, 0.0, -x))
        _refuse_cells(np.where(good, x < 0, x >= 0), shown, "the value is {}", rule=rule, remedy=remedy)
        with np.errstate(divide="ignore"):
            return np.asarray(np.where(good, x / best, best / x) * self.ceiling, dtype=np.float64)


@final
class Balance(AbstractNormaliser):
    r"""1 above a band round the reference's mean, 0 within it, -1 below it; ends of the band are within.

    .. math:: \operatorname{sign}(x^* - \bar x)\, [\,|x^* - \bar x| > p\,u\,]

    with :math:`u` the size of the mean, or the standard deviation (with :math:`n - 1`).

    References
    ----------
    OECD and JRC (2008), *Handbook on Constructing Composite Indicators*, step 5 (indicators above or below the
    mean). doi:10.1787/9789264043466-en

    Examples
    --------
    >>> x = np.array([[80.0, 95.0, 110.0, 115.0]])
    >>> Balance()(x, reference=x, marks=NO_MARKS)
    array([[-1.,  0.,  0.,  1.]])
    """

    method: Literal["balance"] = "balance"
    width: Weight = 0.1
    """How far the band reaches on either side of the mean: :math:`p`."""
    of: Literal["mean", "sd"] = "mean"
    """Whether the width is a share of the mean's size, or counts standard deviations."""

    @property
    def lowest(self) -> float:
        """The score below the band."""
        return -1.0

    def __call__(self, x: Matrix, /, *, reference: Matrix, marks: Marks) -> Matrix:
        mean = _mean(reference)
        _refuse_empty(np.isnan(mean)[:, 0])
        if self.of == "sd":
            _refuse(
                np.count_nonzero(~np.isnan(reference), axis=-1) < 2,
                "there are fewer than 2 measured values",
                rule="one value has no standard deviation",
                remedy="measure more units, or give the width as a share of the mean",
            )
        away = x - mean
        reach = self.width * (np.abs(mean) if self.of == "mean" else _sd(reference, mean))
        # What lies on the band's edge is within, whatever the rounding error of the mean.
        beyond = np.abs(away) > reach + 1e-12 * np.maximum(np.abs(x), np.abs(mean))
        return np.asarray(np.where(np.isnan(x), np.nan, np.sign(away) * beyond) + 0.0, dtype=np.float64)


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
class Borda(AbstractNormaliser):
    """How many of the reference are worse: the place counted from the worst, less 1.

    References
    ----------
    Becker, Caperna, Del Sorbo, Norlén, Papadimitriou and Saisana (2022), COINr (``n_borda``).
    doi:10.21105/joss.04567

    Examples
    --------
    >>> x = np.array([[10.0, 30.0, 30.0, np.nan]])
    >>> Borda()(x, reference=x, marks=NO_MARKS)
    array([[ 0.,  1.,  1., nan]])
    """

    method: Literal["borda"] = "borda"
    ties: Literal["min", "average", "max"] = "min"
    """Which of the tied places equal values get."""

    @property
    def lowest(self) -> float:
        """The worst unit's score."""
        return 0.0

    def __call__(self, x: Matrix, /, *, reference: Matrix, marks: Marks) -> Matrix:
        return _places(x, reference, self.ties) - 1


@final
class PercentileRank(AbstractNormaliser):
    r"""The share of the other units that are worse: :math:`(\text{rank} - 1) / (n - 1)`, times ``ceiling``.

    A value better than all of another reference scores the ceiling.

    The Social Vulnerability Index ranks before it turns: :math:`1 - p` where less is better. That differs only when
    values tie, and is ``ties: max`` for these indicators beside ``ties: min`` for the others.

    References
    ----------
    Becker, Caperna, Del Sorbo, Norlén, Papadimitriou and Saisana (2022), COINr (``n_prank``).
    doi:10.21105/joss.04567

    Flanagan, Gregory, Hallisey, Heitgerd and Lewis (2011), A Social Vulnerability Index for disaster management.
    doi:10.2202/1547-7355.1792

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
        _refuse(
            n[:, 0] < 2,
            "there are fewer than 2 measured values",
            rule="a percentile rank needs others to compare with",
            remedy="measure more units, or leave the indicator out",
        )
        share = (_places(x, reference, self.ties) - 1) / (n - 1)
        return np.asarray(np.minimum(share, 1.0) * self.ceiling, dtype=np.float64)


@final
class Categorical(AbstractNormaliser):
    """The score that a list gives to each value: a policy's yes and no, a rubric's steps.

    The list says which value is better, so the indicator's direction is 1; with -1, values are read with their sign
    turned. A value that is not in the list is refused.

    References
    ----------
    OECD and JRC (2008), *Handbook on Constructing Composite Indicators*, step 5 (categorical scales).
    doi:10.1787/9789264043466-en

    Examples
    --------
    >>> x = np.array([[0.0, 2.0, np.nan, 1.0]])
    >>> Categorical(scores=Rubric(pairs=((0, 0), (1, 60), (2, 100))))(x, reference=x, marks=NO_MARKS)
    array([[  0., 100.,  nan,  60.]])
    """

    method: Literal["categorical"] = "categorical"
    scores: Rubric
    """The score of each value."""

    @property
    def domain(self) -> Literal["listed"]:
        """The values of the list."""
        return "listed"

    def __call__(self, x: Matrix, /, *, reference: Matrix, marks: Marks) -> Matrix:
        values, scores = np.array(self.scores.pairs).T
        at = np.minimum(np.searchsorted(values, x), values.size - 1)
        gap = np.isnan(x)
        _refuse_cells(
            (values[at] != x) & ~gap,
            x,
            "{} is not in the list of scores",
            rule="every value has its score there",
            remedy="correct the value, add it to scores, or give the indicator direction 1",
            marks=marks,
        )
        return np.asarray(np.where(gap, np.nan, scores[at]), dtype=np.float64)


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
        _refuse_cells(
            (x < low) | (x > high),
            x,
            "{} is off the scale",
            rule=f"scores lie from {low:g} to {high:g}",
            remedy="correct the value or the scale, or normalise the indicator",
            marks=marks,
        )
        return x


def _refuse_reversed(floor: float, ceiling: float) -> None:
    if not floor < ceiling:
        raise ValueError(f"floor {floor:g} is not below ceiling {ceiling:g}")


def _refuse(bad: NDArray[np.bool_], found: str | Iterable[str], *, rule: str, remedy: str) -> None:
    """Refuse the rows where something holds."""
    if (rows := np.flatnonzero(bad)).size:
        said = [found] * rows.size if isinstance(found, str) else found
        raise Undefined(said, rule=rule, remedy=remedy, rows=rows.tolist())


def _refuse_empty(empty: NDArray[np.bool_]) -> None:
    _refuse(
        empty,
        "no value is measured",
        rule="a scale needs values to be fixed by",
        remedy="measure the indicator, or leave it out",
    )


def _refuse_cells(
    bad: NDArray[np.bool_], x: Matrix, found: str, *, rule: str, remedy: str, marks: Marks | None = None
) -> None:
    """Refuse the cells where something holds, showing each one's number; with marks, as it was before its turn."""
    rows, columns = np.nonzero(bad)
    if rows.size:
        cells = zip(x[rows, columns].tolist(), _way(marks, x)[rows, 0].tolist(), strict=True)
        said = [found.format(f"{v:g}" if way > 0 else f"{-v:g} with its sign turned") for v, way in cells]
        raise Undefined(said, rule=rule, remedy=remedy, rows=rows.tolist(), columns=columns.tolist())


def _way(marks: Marks | None, x: Matrix) -> Matrix:
    """-1 for rows whose values were turned, else 1, (rows, 1): messages have values as the table has them."""
    return np.broadcast_to(np.where(marks.direction < 0, -1.0, 1.0) if marks else 1.0, (len(x), 1))


def _mean(reference: Matrix) -> Matrix:
    """The mean of each row, (rows, 1); NaN for a row without any value."""
    present = ~np.isnan(reference)
    with np.errstate(invalid="ignore"):
        total = np.where(present, reference, 0.0).sum(axis=-1, keepdims=True)
        return np.asarray(total / np.count_nonzero(present, axis=-1)[:, None], dtype=np.float64)


def _sd(reference: Matrix, mean: Matrix) -> Matrix:
    """The standard deviation of each row with n - 1, (rows, 1); 0 for a row of one value."""
    present = ~np.isnan(reference)
    n = np.count_nonzero(present, axis=-1)[:, None]
    away = np.where(present, reference - mean, 0.0)
    return np.asarray(np.sqrt(np.einsum("ij,ij->i", away, away)[:, None] / np.maximum(n - 1, 1)), dtype=np.float64)


def _standardised(
    x: Matrix, reference: Matrix, constant: float | None, marks: Marks
) -> tuple[NDArray[np.bool_], Matrix]:
    """Rows without width, when a constant score is declared for them, and z-scores; else such rows are refused."""
    low, high = _ends(reference)
    flat = _refuse_flat(low, high, constant, marks)
    mean = _mean(reference)
    away = reference - mean
    rest = _mean(away)  # the digits that the mean of large values lacks
    with np.errstate(divide="ignore", invalid="ignore"):
        z = (away if x is reference else x - mean) - rest
        z /= _sd(away, rest)
        return flat, z


def _quantile(reference: Matrix, q: float) -> Matrix:
    """A quantile of each row, interpolated at position q (n - 1), (rows, 1); NaN for a row without any value."""
    ordered = np.sort(reference, axis=-1)  # what is missing goes last
    last = np.maximum(np.count_nonzero(~np.isnan(reference), axis=-1)[:, None] - 1, 0)
    position = q * last
    below = np.floor(position).astype(np.intp)
    a = np.take_along_axis(ordered, below, axis=-1)
    b = np.take_along_axis(ordered, np.minimum(below + 1, last), axis=-1)
    return np.asarray(a + (position - below) * (b - a), dtype=np.float64)


def _logarithms(x: Matrix, worst: Matrix, best: Matrix) -> tuple[Matrix, Matrix, Matrix]:
    """Logarithms of values and goalposts in their own units, turned as the goalposts were."""
    side = np.sign(best)
    rule, remedy = "a logarithmic scale is of numbers above 0", "move the goalposts, or leave logarithmic out"
    bad = ((np.sign(worst) != side) | (side == 0))[:, 0]
    _refuse(bad, "the goalposts are not both above 0", rule=rule, remedy=remedy)
    remedy = "correct the value, leave the cell empty, or leave logarithmic out"
    _refuse_cells(side * x <= 0, side * x, "the value is {}", rule=rule, remedy=remedy)
    turned = [np.asarray(side * np.log(side * part), dtype=np.float64) for part in (x, worst, best)]
    return turned[0], turned[1], turned[2]


def _ends(reference: Matrix) -> tuple[Matrix, Matrix]:
    """The lowest and highest measured value of each row, (rows, 1); NaN for a row without any."""
    low = np.fmin.reduce(reference, axis=-1, keepdims=True, initial=np.nan)
    return low, np.fmax.reduce(reference, axis=-1, keepdims=True, initial=np.nan)


def _scaled(x: Matrix, low: Matrix, high: Matrix, floor: float, ceiling: float) -> Matrix:
    """Map low to floor and high to ceiling along a straight line."""
    with np.errstate(divide="ignore", invalid="ignore"):
        scores = x - low
        scores /= high - low  # before the range: the best unit scores exactly the ceiling
        scores *= ceiling - floor
        scores += floor
    return scores


def _refuse_flat(low: Matrix, high: Matrix, constant: float | None, marks: Marks) -> NDArray[np.bool_]:
    """Which rows have no width, when a constant score is declared for them; else refuse them."""
    flat = ~(low < high)[:, 0]
    if constant is None and (rows := np.flatnonzero(flat)).size:
        ends = (np.hstack([low, high]) * _way(marks, low))[rows].tolist()
        raise Undefined(
            [
                "no value is measured"
                if np.isnan(a + b)
                else f"every value is {a:g}"
                if a == b
                else f"the scale runs from {a:g} {'down' if a > b else 'up'} to {b:g}"
                for a, b in ends
            ],
            rule="a scale needs a width",
            remedy="leave the indicator out, or declare the constant score it is to have",
            rows=rows.tolist(),
        )
    return flat


def _refuse_flat_where(used: NDArray[np.bool_], low: Matrix, high: Matrix, marks: Marks) -> None:
    """Refuse the rows without width among those where the scale is used for any unit."""
    rows = np.asarray(used.any(axis=-1))[:, None]
    _refuse_flat(np.where(rows, low, 0.0), np.where(rows, high, 1.0), None, marks)


def _constant_where(flat: NDArray[np.bool_], x: Matrix, scores: Matrix, constant: float | None) -> Matrix:
    if constant is not None and flat.any():
        scores[flat] = np.where(np.isnan(x[flat]), np.nan, constant)
    return scores


def _places(x: Matrix, reference: Matrix, ties: Literal["min", "average", "max"]) -> Matrix:
    """Each value's place among its row of the reference, from 1 at the worst."""
    first = _counted(x, reference, "left") + 1
    if ties == "min":
        return first
    last = np.maximum(_counted(x, reference, "right"), first)
    return last if ties == "max" else (first + last) / 2


def _counted(x: Matrix, reference: Matrix, side: Literal["left", "right"]) -> Matrix:
    """How many of its row of the reference each value is above (left), or not below (right)."""
    counts = np.full_like(x, np.nan)
    for row in range(len(x)):
        measured = ~np.isnan(x[row])
        ordered = np.sort(reference[row][~np.isnan(reference[row])])
        counts[row, measured] = np.searchsorted(ordered, x[row, measured], side=side)
    return counts


NO_MARKS = Marks(*[np.full((1, 1), np.nan)] * 3)
"""Of indicators that declare none."""

Normaliser = Annotated[
    MinMax
    | ZScore
    | Robust
    | Logistic
    | NormalCdf
    | EmpiricalCdf
    | FixedGoalposts
    | DistanceToTarget
    | DistanceToReference
    | FractionOfMax
    | Balance
    | Rank
    | Borda
    | PercentileRank
    | Categorical
    | NoNormalisation,
    Field(discriminator="method"),
    Family(AbstractNormaliser),
]
