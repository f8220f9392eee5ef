"""Treat: temper outliers and skew, so that one unit does not fix an indicator's scale alone."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from math import floor
from typing import Annotated, Literal, NamedTuple, TypeAlias, final

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from pii.arrays import Matrix, Vector, skewness_and_kurtosis
from pii.errors import Undefined
from pii.numerics.powers import boxcox, likeliest_boxcox, likeliest_yeojohnson, yeojohnson
from pii.numerics.tails import Tails, Thresholds, pull_in
from pii.spec import Family, Many, Method, Positive

__all__ = [
    "AbstractTreater",
    "BoxCox",
    "ClipFences",
    "ClipPercentiles",
    "ClipSpread",
    "Ln",
    "Log",
    "LogGii",
    "LogPlus",
    "LogShift",
    "NoTreatment",
    "Root",
    "Treated",
    "Treater",
    "Winsorise",
    "WinsoriseThenLog",
    "YeoJohnson",
    "form",
    "is_fitted",
]

_Fraction: TypeAlias = Annotated[float, Field(gt=0, lt=1)]


class Treated(NamedTuple):
    """Treated values, and in words what was done to each indicator."""

    values: Matrix
    """(indicators, units); NaN stays NaN."""
    rules: tuple[str, ...]
    """One a row: empty where nothing was done, else such as ``winsorise: 2 high``."""


def form(rule: str) -> str:
    """What a treatment makes of every value, by what was done: empty where it only pulls some values in.

    Examples
    --------
    >>> form("winsorise: 2 high, then boxcox: exponent 0.5"), form("winsorise: 2 high"), form("")
    ('boxcox: exponent 0.5', '', '')
    """
    made = [part for part in rule.split(", then ") if part.partition(":")[0] not in _PULLING]
    return made[-1] if made else ""


def is_fitted(form: str) -> bool:
    """Whether a form depends on the data that it was made for, so that of other data it is another.

    Examples
    --------
    >>> is_fitted("log"), is_fitted("boxcox: exponent 0.5"), is_fitted("ln"), is_fitted("power: 0.5")
    (True, True, False, False)
    """
    return form.partition(":")[0] not in _FIXED


_PULLING = ("", "winsorise", "clip")  # rules by which values stay in their own units
_FIXED = ("", "ln", "power")  # forms that any data has in common


class AbstractTreater(Method, ABC):
    """Changes the values of indicators whose shape would distort their scale, keeping order and gaps."""

    @property
    def positive_only(self) -> bool:
        """Whether it refuses some indicators with values of 0 or below, or of which none is above 1."""
        return False

    @abstractmethod
    def __call__(self, x: Matrix, /, *, direction: Matrix | float = 1.0) -> Treated:
        """Treat.

        Parameters
        ----------
        x
            Values, (indicators, units), in their own units; NaN where not measured.
        direction
            1 where more is better, -1 where less is, (indicators, 1); for methods that look at one end only.

        Raises
        ------
        Undefined
            A value without a logarithm or a root, or a transform of which no float64 comes.
        """


@final
class NoTreatment(AbstractTreater):
    """Leaves every value as it is.

    Examples
    --------
    >>> NoTreatment()(np.array([[1.0, 90.0]])).values
    array([[ 1., 90.]])
    """

    method: Literal["none"] = "none"

    def __call__(self, x: Matrix, /, *, direction: Matrix | float = 1.0) -> Treated:
        return Treated(x, ("",) * len(x))


@final
class Winsorise(AbstractTreater):
    r"""Pulls the most extreme points to the next value, one at a time, until the shape passes.

    An indicator passes when :math:`|G_1| <` ``skewness`` or :math:`G_2 <` ``kurtosis`` (type 2). While it does not,
    every point equal to the maximum (the minimum, when skewness is negative) moves to the next value. It stops
    before more than ``limit`` points would have moved, and before all values would be equal.

    A ``kurtosis`` far below 0, which no indicator is below, leaves the test to skewness alone.

    References
    ----------
    WIPO (2023), *Global Innovation Index 2023*, appendix I; thresholds of Becker et al. (2022), COINr,
    doi:10.21105/joss.04567

    Examples
    --------
    >>> Winsorise()(np.array([[1.0, 2.0, 3.0, 4.0, 5.0, 90.0]]))
    Treated(values=array([[1., 2., 3., 4., 5., 5.]]), rules=('winsorise: 1 high',))
    """

    method: Literal["winsorise"] = "winsorise"
    limit: Annotated[int, Field(ge=1)] | _Fraction | None = 5
    """How many points of an indicator may move; below 1, which share of the measured; null for all it takes."""
    skewness: Positive = 2.0
    """Below this absolute skewness an indicator passes."""
    kurtosis: float = 3.5
    """Below this excess kurtosis an indicator passes."""
    ties: Literal["keep_limit", "pass_limit"] = "keep_limit"
    """``pass_limit`` moves all tied points though that passes the limit, as COINr 1.1.14 does."""

    def __call__(self, x: Matrix, /, *, direction: Matrix | float = 1.0) -> Treated:
        values, rules, _ = _winsorised(self, x)
        return Treated(values, tuple(rules))


@final
class Log(AbstractTreater):
    r"""The natural logarithm, shifted: :math:`\ln(x - \min x + 0.01 (\max x - \min x))`.

    A constant indicator stays as it is.

    References
    ----------
    Becker, Caperna, Del Sorbo, Norlén, Papadimitriou and Saisana (2022), COINr (``log_CT``).
    doi:10.21105/joss.04567

    Examples
    --------
    >>> Log()(np.array([[0.0, 100.0]])).values.round(4)
    array([[0.    , 4.6151]])
    """

    method: Literal["log"] = "log"

    def __call__(self, x: Matrix, /, *, direction: Matrix | float = 1.0) -> Treated:
        return _transformed(x, _logged, "log")


@final
class LogPlus(AbstractTreater):
    r"""As ``log``, from the end where the long tail is not: mirrored where skewness is negative.

    .. math::
        \ln(x - \min x + 0.01 (\max x - \min x)) \text{ if } G_1 \ge 0, \text{ else }
        -\ln(\max x - x + 0.01 (\max x - \min x))

    Skewness is of type 2. Where it cannot be told, below four values, it counts as 0. A constant indicator stays as
    it is.

    References
    ----------
    Becker, Caperna, Del Sorbo, Norlén, Papadimitriou and Saisana (2022), COINr (``log_CT_plus``).
    doi:10.21105/joss.04567

    Examples
    --------
    >>> LogPlus()(np.array([[1.0, 98.0, 99.0, 100.0, 101.0]])).values.round(4)
    array([[-4.6151, -1.3863, -1.0986, -0.6931,  0.    ]])
    """

    method: Literal["log_plus"] = "log_plus"

    def __call__(self, x: Matrix, /, *, direction: Matrix | float = 1.0) -> Treated:
        mirror = np.where(skewness_and_kurtosis(x)[0] < 0, -1.0, 1.0)[:, None]
        return _transformed(x, lambda wide: mirror * _logged(mirror * wide) + 0.0, "log_plus")


@final
class LogShift(AbstractTreater):
    r"""The natural logarithm, shifted so that the lowest value is 0: :math:`\ln(x - \min x + 1)`.

    How much it bends depends on the unit of measurement. A constant indicator stays as it is.

    References
    ----------
    Becker, Caperna, Del Sorbo, Norlén, Papadimitriou and Saisana (2022), COINr (``log_CT_orig``).
    doi:10.21105/joss.04567

    Examples
    --------
    >>> LogShift()(np.array([[5.0, 6.0, 104.0]])).values.round(4)
    array([[0.    , 0.6931, 4.6052]])
    """

    method: Literal["log_shift"] = "log_shift"

    def __call__(self, x: Matrix, /, *, direction: Matrix | float = 1.0) -> Treated:
        return _transformed(x, lambda wide: np.log(wide - _low(wide) + 1.0), "log_shift")


@final
class LogGii(AbstractTreater):
    r"""The logarithm of values put on a scale from 1 at the worst to the maximum times ``factor`` at the best.

    .. math::
        \ln\left(\frac{(f \max x - 1)(x - \min x)}{\max x - \min x} + 1\right) \text{ where more is better, else }
        -\ln\left(\frac{(f \max x - 1)(\max x - x)}{\max x - \min x} + 1\right)

    As published, the second has no minus sign, and turns the indicator: less becomes more. Here it has one, so that
    an indicator's direction holds before and after, and normalisation turns it once. A constant indicator stays as
    it is.

    References
    ----------
    WIPO (2023), *Global Innovation Index 2023*, appendix I.

    Examples
    --------
    >>> x = np.array([[0.0, 50.0, 100.0]])
    >>> LogGii()(x).values.round(4)
    array([[0.    , 3.922 , 4.6052]])
    >>> LogGii()(x, direction=-1.0).values.round(4)
    array([[-4.6052, -3.922 ,  0.    ]])
    """

    method: Literal["log_gii"] = "log_gii"
    factor: Positive | None = None
    """A power of ten that brings the maximum above 1; the least from 1 on when not given."""

    @property
    def positive_only(self) -> bool:
        """The maximum times the factor is above 1."""
        return True

    def __call__(self, x: Matrix, /, *, direction: Matrix | float = 1.0) -> Treated:
        low, high = _low(x), np.fmax.reduce(x, axis=-1, keepdims=True)
        factor = _least_power(high) if self.factor is None else np.full_like(high, self.factor)
        refused = np.flatnonzero((high > low) & (high * factor <= 1.0)).tolist()
        if refused:
            raise Undefined(
                [f"the highest value times the factor is {high[row, 0] * factor[row, 0]:.4g}" for row in refused],
                rule="the logarithm of the GII needs it above 1",
                remedy="take log, or leave the factor out where values are above 0",
                rows=refused,
            )
        way = np.broadcast_to(direction, (len(x), 1))

        def logarithm(wide: Matrix) -> Matrix:
            from_worst = np.where(way > 0, wide - low, high - wide)
            stretch = (high * factor - 1.0) / np.where(high > low, high - low, 1.0)
            return way * np.log1p(np.where(high > low, stretch * from_worst, 0.0)) + 0.0

        return _transformed(x, logarithm, "log_gii")


def _least_power(high: Matrix) -> Matrix:
    """The least power of ten, from 1 on, that brings a maximum above 1; 1 where none does."""
    with np.errstate(divide="ignore", invalid="ignore"):
        exponent = np.where((high > 0) & (high <= 1), np.floor(-np.log10(high)) + 1, 0.0)
    # A logarithm may be off by a bit at a power of ten.
    near = [10.0 ** np.maximum(exponent + step, 0.0) for step in (-1, 0, 1)]
    least = np.where((high * near[1] > 1) | (high <= 0), near[1], near[2])
    return np.asarray(np.where(high * near[0] > 1, near[0], least), dtype=np.float64)


@final
class Ln(AbstractTreater):
    r"""The natural logarithm as it is: :math:`\ln x`.

    References
    ----------
    UNDP (2023), *Human Development Report: technical notes*: income enters by its logarithm.

    Examples
    --------
    >>> Ln()(np.array([[1.0, np.e]]))
    Treated(values=array([[0., 1.]]), rules=('ln',))
    """

    method: Literal["ln"] = "ln"

    @property
    def positive_only(self) -> bool:
        """Values of 0 and below are refused."""
        return True

    def __call__(self, x: Matrix, /, *, direction: Matrix | float = 1.0) -> Treated:
        _refuse(x <= 0, x, rule="ln is of values above 0", remedy="take log, which shifts them, or mend the value")
        values = np.log(x)
        return Treated(values, _said(x, values, ["ln"] * len(x)))


@final
class BoxCox(AbstractTreater):
    r"""The power transform of Box and Cox, by a given exponent or by the one that makes a normal shape likeliest.

    .. math:: \frac{x^\lambda - 1}{\lambda}, \qquad \ln x \text{ where } \lambda = 0

    An estimated :math:`\lambda` is the maximum of the likelihood from -5 to 5, to the last digit. A constant
    indicator stays as it is.

    References
    ----------
    Box and Cox (1964), An analysis of transformations. doi:10.1111/j.2517-6161.1964.tb00553.x; the shift is that of
    Becker et al. (2022), COINr (``boxcox``), doi:10.21105/joss.04567

    Examples
    --------
    >>> BoxCox(exponent=0.5)(np.array([[10.0, 13.0, 18.0]]))
    Treated(values=array([[0., 2., 4.]]), rules=('boxcox: exponent 0.5',))
    """

    method: Literal["boxcox"] = "boxcox"
    exponent: float | None = None
    """Lambda; null estimates it for each indicator by maximum likelihood."""
    shift: bool = True
    """Whether values are first shifted so that the lowest is 1; otherwise those not above 0 are refused."""

    @property
    def positive_only(self) -> bool:
        """Unless values are shifted."""
        return not self.shift

    def __call__(self, x: Matrix, /, *, direction: Matrix | float = 1.0) -> Treated:
        shifted = x - _low(x) + 1.0 if self.shift else x
        _refuse(shifted <= 0, x, rule="boxcox is of values above 0", remedy="shift them, or take yeojohnson")
        return _powered(x, shifted, self.exponent, likeliest_boxcox, boxcox, "boxcox")


@final
class YeoJohnson(AbstractTreater):
    r"""The power transform of Yeo and Johnson: Box and Cox's of :math:`1 + x`, mirrored below 0.

    .. math::
        \frac{(1 + x)^\lambda - 1}{\lambda} \text{ if } x \ge 0, \text{ else }
        -\frac{(1 - x)^{2 - \lambda} - 1}{2 - \lambda},

    with logarithms where a denominator is 0. An estimated :math:`\lambda` is the maximum of the likelihood from -3
    to 5, to the last digit. A constant indicator stays as it is.

    References
    ----------
    Yeo and Johnson (2000), A new family of power transformations to improve normality or symmetry.
    doi:10.1093/biomet/87.4.954

    Examples
    --------
    >>> YeoJohnson(exponent=0.5)(np.array([[0.0, 3.0, 8.0]]))
    Treated(values=array([[0., 2., 4.]]), rules=('yeojohnson: exponent 0.5',))
    """

    method: Literal["yeojohnson"] = "yeojohnson"
    exponent: float | None = None
    """Lambda; null estimates it for each indicator by maximum likelihood."""

    def __call__(self, x: Matrix, /, *, direction: Matrix | float = 1.0) -> Treated:
        return _powered(x, x, self.exponent, likeliest_yeojohnson, yeojohnson, "yeojohnson")


@final
class Root(AbstractTreater):
    """Takes the square root, then the fourth root, while type 2 skewness is above ``skewness``.

    A root lengthens a low tail, so negative skewness is left as it is.

    References
    ----------
    European Commission (2021), *Regional Innovation Scoreboard 2021 methodology report*.

    Examples
    --------
    >>> Root()(np.array([[0.0, 1.0, 1.0, 4.0, 4.0, 100.0]])).rules
    ('power: 0.25',)
    >>> Root(exponents=[0.5])(np.array([[0.0, 1.0, 1.0, 4.0, 4.0, 100.0]])).values
    array([[ 0.,  1.,  1.,  2.,  2., 10.]])
    """

    method: Literal["power"] = "power"
    skewness: Positive = 1.0
    """Above this skewness the next root is taken."""
    exponents: Annotated[Many[_Fraction], Field(min_length=1)] = (0.5, 0.25)
    """The roots, each of the original values, in the order in which they are tried."""

    @property
    def positive_only(self) -> bool:
        """Values below 0 are refused where a root is to be taken."""
        return True

    def __call__(self, x: Matrix, /, *, direction: Matrix | float = 1.0) -> Treated:
        rows = np.flatnonzero(skewness_and_kurtosis(x)[0] > self.skewness)
        skewed = np.isin(np.arange(len(x)), rows)[:, None]
        _refuse(skewed & (x < 0), x, rule="a root is of values from 0", remedy="take log_plus or yeojohnson")
        values, rules = np.array(x), [""] * len(x)
        for exponent in self.exponents:
            values[rows] = x[rows] ** exponent
            for row in rows.tolist():
                rules[row] = f"power: {exponent:g}"
            rows = rows[skewness_and_kurtosis(values[rows])[0] > self.skewness]
        return Treated(values, _said(x, values, rules))


TransformName: TypeAlias = Literal["log", "log_plus", "log_shift", "log_gii", "ln", "boxcox", "yeojohnson"]
_TRANSFORMS: Mapping[str, AbstractTreater] = {
    transform.method_name(): transform
    for transform in (Log(), LogPlus(), LogShift(), LogGii(), Ln(), BoxCox(), YeoJohnson())
}


@final
class WinsoriseThenLog(AbstractTreater):
    """Winsorises; where that does not pass, takes the logarithm of the original values, or another transform.

    The *Global Innovation Index* winsorises where five points or fewer are enough, else takes its own logarithm:
    ``{method: winsorise_then_log, skewness: 2.25, kurtosis: 3.5, limit: 5, then: log_gii}``. A ``limit`` of 0 takes
    the transform at once where the test fails, and leaves the other indicators as they are. A transform that needs
    parameters other than its defaults is the indicator's own ``treat``.

    References
    ----------
    WIPO (2023), *Global Innovation Index 2023*, appendix I; Becker et al. (2022), COINr, doi:10.21105/joss.04567

    Examples
    --------
    >>> x = np.array([[0.0] * 20 + [1.0, 3.0, 9.0, 27.0, 81.0]])
    >>> WinsoriseThenLog(limit=1)(x).rules, WinsoriseThenLog(limit=3)(x).rules
    (('log',), ('winsorise: 3 high',))
    """

    method: Literal["winsorise_then_log"] = "winsorise_then_log"
    limit: Annotated[int, Field(ge=0)] | _Fraction | None = 5
    """How many points of an indicator may move; below 1, which share of the measured; null for all it takes."""
    skewness: Positive = 2.0
    """Below this absolute skewness an indicator passes."""
    kurtosis: float = 3.5
    """Below this excess kurtosis an indicator passes."""
    then: TransformName = "log"
    """The transform, with its defaults, of indicators that winsorising does not make pass."""
    of: Literal["original", "winsorised"] = "original"
    """What is transformed: the values that came in, or what winsorising left of them."""
    ties: Literal["keep_limit", "pass_limit"] = "keep_limit"
    """``pass_limit`` moves all tied points though that passes the limit, as COINr 1.1.14 does."""

    @property
    def positive_only(self) -> bool:
        """As the transform."""
        return _TRANSFORMS[self.then].positive_only

    def __call__(self, x: Matrix, /, *, direction: Matrix | float = 1.0) -> Treated:
        values, rules, stubborn = _winsorised(self, x)
        if not stubborn:
            return Treated(values, tuple(rules))
        start = (x if self.of == "original" else values)[stubborn]
        ways = np.broadcast_to(direction, (len(x), 1))[stubborn]
        try:
            transformed, said = _TRANSFORMS[self.then](start, direction=ways)
        except Undefined as refusal:
            rows = [stubborn[row] for row in refusal.rows]
            raise Undefined(
                refusal.found, rule=refusal.rule, remedy=refusal.remedy, rows=rows, columns=refusal.columns
            ) from None
        values[stubborn] = transformed
        for row, rule in zip(stubborn, said, strict=True):
            before = (rules[row],) if self.of == "winsorised" else ()
            rules[row] = ", then ".join(filter(None, [*before, rule]))
        return Treated(values, tuple(rules))


@final
class ClipSpread(AbstractTreater):
    r"""Clips to the mean plus and minus ``width`` standard deviations (:math:`n - 1`).

    References
    ----------
    European Commission (2023), *European Innovation Scoreboard 2023 methodology report*: outliers beyond two
    standard deviations.

    Examples
    --------
    >>> ClipSpread(width=1)(np.array([[1.0, 2.0, 3.0]])).values
    array([[1., 2., 3.]])
    >>> ClipSpread(width=1)(np.array([[0.0, 0.0, 3.0]]))
    Treated(values=array([[0.        , 0.        , 2.73205081]]), rules=('clip: 1 high',))
    """

    method: Literal["clip_sd"] = "clip_sd"
    width: Positive = 2.0
    """Standard deviations on either side of the mean."""

    def __call__(self, x: Matrix, /, *, direction: Matrix | float = 1.0) -> Treated:
        mean = _by_row(lambda row: float(np.mean(row)), x)
        reach = self.width * _by_row(lambda row: float(np.std(row, ddof=1)) if row.size > 1 else np.inf, x)
        return _clipped(x, mean - reach, mean + reach)


@final
class ClipFences(AbstractTreater):
    """Clips to Tukey's fences: ``width`` interquartile ranges beyond the quartiles.

    References
    ----------
    Tukey (1977), *Exploratory Data Analysis*. Addison-Wesley.

    Examples
    --------
    >>> ClipFences()(np.array([[1.0, 2.0, 3.0, 4.0, 50.0]])).values
    array([[1., 2., 3., 4., 7.]])
    """

    method: Literal["clip_fences"] = "clip_fences"
    width: Positive = 1.5
    """Interquartile ranges beyond the first and third quartile."""

    def __call__(self, x: Matrix, /, *, direction: Matrix | float = 1.0) -> Treated:
        first, third = _percentile(x, 25), _percentile(x, 75)
        reach = self.width * (third - first)
        return _clipped(x, first - reach, third + reach)


@final
class ClipPercentiles(AbstractTreater):
    """Clips to a low and a high percentile (linear interpolation) of the measured values.

    References
    ----------
    Lafortune, Fuller, Moreno, Schmidt-Traub and Kroll (2018), *SDG Index and Dashboards: detailed methodological
    paper*: the 2.5th percentile as lower bound.

    Examples
    --------
    >>> ClipPercentiles(low=25, high=75)(np.array([[1.0, 2.0, 3.0, 4.0, 50.0]])).values
    array([[2., 2., 3., 4., 4.]])
    """

    method: Literal["clip_percentiles"] = "clip_percentiles"
    low: Annotated[float, Field(ge=0, lt=50)] = 2.5
    """The lower percentile."""
    high: Annotated[float, Field(gt=50, le=100)] = 97.5
    """The upper percentile."""

    def __call__(self, x: Matrix, /, *, direction: Matrix | float = 1.0) -> Treated:
        return _clipped(x, _percentile(x, self.low), _percentile(x, self.high))


def _by_row(statistic: Callable[[Vector], float], x: Matrix) -> Vector:
    """A statistic of the measured values of each row; NaN for a row without any."""
    measured = (row[~np.isnan(row)] for row in x)
    return np.array([statistic(row) if row.size else np.nan for row in measured])


def _percentile(x: Matrix, q: float) -> Vector:
    return _by_row(lambda row: float(np.percentile(row, q)), x)


def _clipped(x: Matrix, low: Vector, high: Vector) -> Treated:
    n_low = np.count_nonzero(x < low[:, None], axis=-1)
    n_high = np.count_nonzero(x > high[:, None], axis=-1)
    rules = tuple(_moved("clip", a, b) for a, b in zip(n_low.tolist(), n_high.tolist(), strict=True))
    return Treated(np.clip(x, low[:, None], high[:, None]), rules)


def _moved(rule: str, n_low: int, n_high: int) -> str:
    ends = [f"{n} {end}" for n, end in ((n_low, "low"), (n_high, "high")) if n]
    return f"{rule}: {', '.join(ends)}" if ends else ""


def _said(x: Matrix, values: Matrix, rules: Sequence[str]) -> tuple[str, ...]:
    """The rules of the rows in which a value changed."""
    changed = ((values != x) & ~np.isnan(x)).any(axis=-1)
    return tuple(rule if row else "" for rule, row in zip(rules, changed.tolist(), strict=True))


def _low(x: Matrix) -> Matrix:
    lowest: Matrix = np.fmin.reduce(x, axis=-1, keepdims=True)
    return lowest


def _is_wide(x: Matrix) -> NDArray[np.bool_]:
    """Which rows have two values that differ, (indicators, 1)."""
    wide: NDArray[np.bool_] = np.fmax.reduce(x, axis=-1, keepdims=True) > _low(x)
    return wide


def _transformed(x: Matrix, transform: Callable[[Matrix], Matrix], rule: str) -> Treated:
    """All rows but constant ones transformed."""
    values = np.where(_is_wide(x), transform(x), x)
    return Treated(values, _said(x, values, [rule] * len(x)))


def _logged(x: Matrix) -> Matrix:
    low, high = _low(x), np.fmax.reduce(x, axis=-1, keepdims=True)
    logged: Matrix = np.log(np.where(high > low, x - low + 0.01 * (high - low), 1.0))
    return logged


def _refuse(refused: NDArray[np.bool_], x: Matrix, *, rule: str, remedy: str) -> None:
    rows, columns = (at.tolist() for at in np.nonzero(refused))
    if rows:
        found = [f"the value is {x[row, column]:g}" for row, column in zip(rows, columns, strict=True)]
        raise Undefined(found, rule=rule, remedy=remedy, rows=rows, columns=columns)


def _powered(
    x: Matrix,
    shifted: Matrix,
    exponent: float | None,
    likeliest: Callable[[Matrix], Vector],
    transform: Callable[[Matrix, Vector], Matrix],
    name: str,
) -> Treated:
    """Rows that are not constant transformed by their exponents, so far as they stay apart and finite."""
    rows = np.flatnonzero(_is_wide(x))
    values, rules = np.array(x), [""] * len(x)
    if not rows.size:
        return Treated(values, tuple(rules))
    if flat := rows[~_is_wide(shifted[rows])[:, 0]].tolist():
        raise Undefined(
            ["its values are so near each other that they are equal once they are shifted" for _ in flat],
            rule=f"{name} has to keep two of them apart",
            remedy="measure it in another unit, or take yeojohnson",
            rows=flat,
        )
    exponents = likeliest(shifted[rows]) if exponent is None else np.full(rows.size, exponent)
    with np.errstate(over="ignore"):
        values[rows] = transform(shifted[rows], exponents)
    refused = np.flatnonzero(np.isinf(values[rows]).any(axis=-1) | ~_is_wide(values[rows])[:, 0]).tolist()
    if refused:
        raise Undefined(
            [f"the exponent {exponents[at]:.4g} makes its values equal or infinite" for at in refused],
            rule=f"{name} has to keep two of them apart",
            remedy="measure it in another unit, or take boxcox with its shift",
            rows=rows[refused].tolist(),
        )
    for row, power in zip(rows.tolist(), exponents.tolist(), strict=True):
        rules[row] = f"{name}: exponent {power + 0.0:.4g}"
    return Treated(values, _said(x, values, rules))


def _winsorised(rule: Winsorise | WinsoriseThenLog, x: Matrix) -> tuple[Matrix, list[str], list[int]]:
    """Winsorise the rows that fail; say what moved, and which rows fail even so."""
    skew, kurtosis = skewness_and_kurtosis(x)
    failing = np.flatnonzero((np.abs(skew) >= rule.skewness) & (kurtosis >= rule.kurtosis)).tolist()
    rules = [""] * len(x)
    if not failing:
        return x, rules, []
    stubborn = []
    thresholds = Thresholds(rule.skewness, rule.kurtosis)
    every = Tails.of(x[failing])
    for row, tails in zip(failing, every, strict=True):
        limit = rule.limit
        if isinstance(limit, float):
            limit = floor(limit * tails.n + 1e-9)  # a share of them all is not short of one by rounding
        if not pull_in(tails, thresholds, limit, pass_limit=rule.ties == "pass_limit"):
            stubborn.append(row)
        rules[row] = _moved("winsorise", tails.n_low, tails.n_high)
    low, high = (np.array(ends)[:, None] for ends in zip(*((one.low, one.high) for one in every), strict=True))
    values = x.copy()
    values[failing] = np.clip(x[failing], low, high)
    return values, rules, stubborn


Treater = Annotated[
    NoTreatment
    | Winsorise
    | Log
    | LogPlus
    | LogShift
    | LogGii
    | Ln
    | BoxCox
    | YeoJohnson
    | Root
    | WinsoriseThenLog
    | ClipSpread
    | ClipFences
    | ClipPercentiles,
    Field(discriminator="method"),
    Family(AbstractTreater),
]
