"""Treat: temper outliers and skew, so that one unit does not fix an indicator's scale alone."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from math import sqrt
from typing import Annotated, Literal, NamedTuple, final

import numpy as np
from pydantic import Field

from pii.arrays import Matrix, Vector, skewness_and_kurtosis
from pii.spec import Family, Method, Positive

__all__ = [
    "AbstractTreater",
    "ClipFences",
    "ClipPercentiles",
    "ClipSpread",
    "Log",
    "NoTreatment",
    "Treated",
    "Treater",
    "Winsorise",
    "WinsoriseThenLog",
]


class Treated(NamedTuple):
    """Treated values, and in words what was done to each indicator."""

    values: Matrix
    """(indicators, units); NaN stays NaN."""
    rules: tuple[str, ...]
    """One a row: empty where nothing was done, else such as ``winsorise: 2 high``."""


class AbstractTreater(Method, ABC):
    """Changes the values of indicators whose shape would distort their scale."""

    @abstractmethod
    def __call__(self, x: Matrix, /, *, direction: Matrix | float = 1.0) -> Treated:
        """Treat.

        Parameters
        ----------
        x
            Values, (indicators, units), in their own units; NaN where not measured.
        direction
            1 where more is better, -1 where less is, (indicators, 1); for methods that look at one end only.
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
    limit: Annotated[int, Field(ge=1)] | None = 5
    """How many points of an indicator may move; null for as many as it takes."""
    skewness: Positive = 2.0
    """Below this absolute skewness an indicator passes."""
    kurtosis: Positive = 3.5
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
        logged = _logged(x)
        changed = (logged != x) & ~np.isnan(x)
        return Treated(logged, tuple("log" if row else "" for row in changed.any(axis=-1)))


@final
class WinsoriseThenLog(AbstractTreater):
    """Winsorises; where that does not pass, takes the logarithm of the original values instead.

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
    limit: Annotated[int, Field(ge=1)] | None = 5
    """How many points of an indicator may move; null for as many as it takes."""
    skewness: Positive = 2.0
    """Below this absolute skewness an indicator passes."""
    kurtosis: Positive = 3.5
    """Below this excess kurtosis an indicator passes."""
    ties: Literal["keep_limit", "pass_limit"] = "keep_limit"
    """``pass_limit`` moves all tied points though that passes the limit, as COINr 1.1.14 does."""

    def __call__(self, x: Matrix, /, *, direction: Matrix | float = 1.0) -> Treated:
        values, rules, stubborn = _winsorised(self, x)
        if stubborn:
            values[stubborn] = _logged(x[stubborn])
            for row in stubborn:
                rules[row] = "log"
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


def _logged(x: Matrix) -> Matrix:
    low, high = np.fmin.reduce(x, axis=-1), np.fmax.reduce(x, axis=-1)
    wide = (high > low)[:, None]
    shifted = x - low[:, None] + 0.01 * (high - low)[:, None]
    return np.where(wide, np.log(np.where(wide, shifted, 1.0)), x)


def _winsorised(rule: Winsorise | WinsoriseThenLog, x: Matrix) -> tuple[Matrix, list[str], list[int]]:
    """Winsorise the rows that fail; say what moved, and which rows fail even so."""
    skew, kurtosis = skewness_and_kurtosis(x)
    failing = np.flatnonzero((np.abs(skew) >= rule.skewness) & (kurtosis >= rule.kurtosis)).tolist()
    values, rules, stubborn = x, [""] * len(x), []
    if failing:
        values = x.copy()
    for row in failing:
        tails = _Tails(x[row])
        if not _tempered(tails, rule):
            stubborn.append(row)
        np.clip(x[row], tails.low, tails.high, out=values[row])
        rules[row] = _moved("winsorise", tails.n_low, tails.n_high)
    return values, rules, stubborn


def _tempered(tails: _Tails, rule: Winsorise | WinsoriseThenLog) -> bool:
    """Move points until the shape passes or the rule forbids another step; whether it passes."""
    while True:
        skew, kurtosis = tails.shape()
        if abs(skew) < rule.skewness or kurtosis < rule.kurtosis:
            return True
        n_low, n_high = tails.next_step(top=skew >= 0)
        if rule.limit is not None:
            reached = n_low + n_high if rule.ties == "keep_limit" else tails.n_low + tails.n_high + 1
            if reached > rule.limit:
                return False
        if tails.would_flatten(n_low, n_high):
            return False
        tails.n_low, tails.n_high = n_low, n_high


class _Tails:
    """A sorted indicator whose ends are pulled in: each step's shape costs O(1), not a pass.

    Power sums are cumulated outwards from the middle, so an extreme point's powers never enter, and never have to
    be cancelled from, the sums of the points within.
    """

    def __init__(self, x: Vector) -> None:
        self.sorted = np.sort(x[~np.isnan(x)])
        self.n = self.sorted.size
        self.n_low = self.n_high = 0
        middle = self.n // 2
        away = self.sorted - self.sorted[middle]
        self.away = away / np.abs(away).max()
        powers = np.multiply.accumulate(np.broadcast_to(self.away, (4, self.n)), axis=0)
        self.sums = np.zeros((4, self.n + 1))
        np.cumsum(powers[:, middle:], axis=1, out=self.sums[:, middle + 1 :])
        self.sums[:, :middle] = -np.cumsum(powers[:, :middle][:, ::-1], axis=1)[:, ::-1]

    @property
    def low(self) -> float:
        """The value that the low end is pulled to."""
        return float(self.sorted[self.n_low])

    @property
    def high(self) -> float:
        """The value that the high end is pulled to."""
        return float(self.sorted[self.n - 1 - self.n_high])

    def next_step(self, *, top: bool) -> tuple[int, int]:
        """How many points will have moved at either end when every point at one end moves again."""
        if top:
            next_down = int(np.searchsorted(self.sorted, self.high, side="left")) - 1
            return self.n_low, self.n - 1 - next_down
        return int(np.searchsorted(self.sorted, self.low, side="right")), self.n_high

    def would_flatten(self, n_low: int, n_high: int) -> bool:
        """Whether a step would leave one value only."""
        last = self.n - 1 - n_high
        return n_low >= last or bool(self.sorted[n_low] >= self.sorted[last])

    def shape(self) -> tuple[float, float]:
        """Type 2 skewness and excess kurtosis as they now stand."""
        n, first, last = self.n, self.n_low, self.n - 1 - self.n_high
        within = self.sums[:, last + 1] - self.sums[:, first]
        a, b = float(self.away[first]), float(self.away[last])
        s1, s2, s3, s4 = (
            (float(s) + self.n_low * a**p + self.n_high * b**p) / n for p, s in enumerate(within, start=1)
        )
        m2 = s2 - s1**2
        m3 = s3 - 3 * s1 * s2 + 2 * s1**3
        m4 = s4 - 4 * s1 * s3 + 6 * s1**2 * s2 - 3 * s1**4
        skew = m3 / m2**1.5 * sqrt(n * (n - 1)) / (n - 2)
        kurtosis = ((n + 1) * (m4 / m2**2 - 3) + 6) * (n - 1) / ((n - 2) * (n - 3))
        return skew, kurtosis


Treater = Annotated[
    NoTreatment | Winsorise | Log | WinsoriseThenLog | ClipSpread | ClipFences | ClipPercentiles,
    Field(discriminator="method"),
    Family(AbstractTreater),
]
