"""Trends and convergence the obvious way: one series, one pair of years, one sum at a time."""

from __future__ import annotations

from collections.abc import Sequence
from math import exp, isnan, log, nan, sqrt
from statistics import NormalDist, median

__all__ = ["beta", "growth", "least_squares", "sen_slope"]


def _known(x: Sequence[float], years: Sequence[float]) -> list[tuple[float, float]]:
    return [(year, value) for year, value in zip(years, x, strict=True) if not isnan(value)]


def growth(x: Sequence[float], years: Sequence[float]) -> tuple[float, str]:
    """Compound growth, and why there is none."""
    known = _known(x, years)
    if len(known) < 2:
        return nan, "fewer than two values"
    (a, first), (b, last) = known[0], known[-1]
    if first <= 0 or last <= 0:
        return nan, "a value at the ends is not above 0"
    return exp((log(last) - log(first)) / (b - a)) - 1, ""


def least_squares(x: Sequence[float], years: Sequence[float]) -> tuple[float, float, float]:
    """Slope, intercept and the slope's standard error."""
    known = _known(x, years)
    n = len(known)
    if n < 2:
        return nan, nan, nan
    t, y = sum(year for year, _ in known) / n, sum(value for _, value in known) / n
    squares = sum((year - t) ** 2 for year, _ in known)
    slope = sum((year - t) * (value - y) for year, value in known) / squares
    left = sum((value - y - slope * (year - t)) ** 2 for year, value in known)
    return slope, y - slope * t, sqrt(left / (n - 2) / squares) if n > 2 else nan


def sen_slope(x: Sequence[float], years: Sequence[float], level: float) -> tuple[float, float, float]:
    """The median slope and the ends of its interval."""
    known = _known(x, years)
    n = len(known)
    slopes = sorted((v - u) / (b - a) for at, (a, u) in enumerate(known) for b, v in known[at + 1 :])
    if not slopes:
        return nan, nan, nan
    values = [value for _, value in known]
    sizes = [values.count(value) for value in set(values)]
    variance = (n * (n - 1) * (2 * n + 5) - sum(u * (u - 1) * (2 * u + 5) for u in sizes)) / 18
    reach = NormalDist().inv_cdf((1 + level) / 2) * sqrt(variance)
    low, high = round((len(slopes) - reach) / 2), round((len(slopes) + reach) / 2) + 1
    return (
        median(slopes),
        slopes[low - 1] if low >= 1 else -float("inf"),
        slopes[high - 1] if high <= len(slopes) else float("inf"),
    )


def beta(
    first: Sequence[float], last: Sequence[float], span: float
) -> tuple[int, float, float, float, float, float]:
    """Units counted, slope, intercept, standard error, speed and half-life."""
    pairs = [(a, b) for a, b in zip(first, last, strict=True) if a > 0 and b > 0]
    starts = [log(a) for a, _ in pairs]
    rates = [log(b / a) / span for a, b in pairs]
    if len(set(starts)) < 2:
        return len(pairs), nan, nan, nan, nan, nan
    slope, intercept, error = _line(starts, rates)
    kept = 1 + slope * span
    speed = -log(kept) / span if kept > 0 else nan
    return len(pairs), slope, intercept, error, speed, log(2) / speed if speed > 0 else nan


def _line(t: Sequence[float], y: Sequence[float]) -> tuple[float, float, float]:
    n = len(t)
    about, mean = sum(t) / n, sum(y) / n
    squares = sum((one - about) ** 2 for one in t)
    slope = sum((a - about) * (b - mean) for a, b in zip(t, y, strict=True)) / squares
    left = sum((b - mean - slope * (a - about)) ** 2 for a, b in zip(t, y, strict=True))
    return slope, mean - slope * about, sqrt(left / (n - 2) / squares) if n > 2 else nan
