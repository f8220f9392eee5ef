"""Growth and trends of series with gaps: compound growth, the least-squares line, Sen's robust slope."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from pii.arrays import Vector
from pii.numerics.panel import along, rising

__all__ = ["Growth", "Line", "SenSlope", "growth", "least_squares", "sen_slope"]

_SERIES = 1 << 20  # slopes of pairs held at a time: 8 MB


class Growth(NamedTuple):
    """Compound growth of each series, of the shape of one year."""

    rate: NDArray[np.float64]
    """A year, 0.02 for 2 %; NaN where there is none."""
    first: NDArray[np.float64]
    """The first year measured; NaN where no year is."""
    last: NDArray[np.float64]
    reason: NDArray[np.str_]
    """Why there is no rate; empty where there is one."""


class Line(NamedTuple):
    """The least-squares line of each series."""

    slope: NDArray[np.float64]
    """Change a year; NaN with fewer than two values."""
    intercept: NDArray[np.float64]
    """Where the line is in the year 0."""
    error: NDArray[np.float64]
    """Standard error of the slope; NaN with fewer than three values."""
    measured: NDArray[np.int64]
    """How many years are."""


class SenSlope(NamedTuple):
    """The median of the slopes between all pairs of years, and its confidence interval."""

    slope: NDArray[np.float64]
    """Change a year; NaN with fewer than two values."""
    low: NDArray[np.float64]
    """-inf where so few values cannot bound it; NaN where there is no slope."""
    high: NDArray[np.float64]


def growth(x: NDArray[np.float64], years: ArrayLike) -> Growth:
    r"""Compound annual growth from the first to the last year measured.

    .. math:: g = (x_b / x_a)^{1 / (b - a)} - 1

    Parameters
    ----------
    x
        Values, (years, ...); NaN where not measured. A value that is not above 0 at either end has no rate: growth
        multiplies, and nothing multiplied makes it out of 0 or changes its sign.
    years
        When, rising.

    References
    ----------
    OECD and JRC (2008), *Handbook on Constructing Composite Indicators*. doi:10.1787/9789264043466-en

    Examples
    --------
    >>> growth(np.array([[100.0, 0.0], [np.nan, 1.0], [121.0, 2.0]]), [2020, 2021, 2022]).rate.round(6)
    array([0.1, nan])
    """
    when = rising(years, len(x))
    measured = ~np.isnan(x)
    some, start = measured.any(axis=0), measured.argmax(axis=0)
    stop = len(x) - 1 - measured[::-1].argmax(axis=0)
    ends = (np.take_along_axis(x, at[None], axis=0)[0] for at in (start, stop))
    a, b = (np.where(some, end, np.nan) for end in ends)
    span = np.where(some, when[stop] - when[start], 0.0)
    sound = (span > 0) & (a > 0) & (b > 0)
    ratio = np.where(sound, b, 1.0) / np.where(sound, a, 1.0)
    rate = np.where(sound, ratio ** (1 / np.where(sound, span, 1.0)) - 1, np.nan)
    reason = np.where(sound, "", np.where(span > 0, "a value at the ends is not above 0", "fewer than two values"))
    return Growth(rate, np.where(some, when[start], np.nan), np.where(some, when[stop], np.nan), reason)


def least_squares(x: NDArray[np.float64], years: ArrayLike) -> Line:
    r"""The line that is nearest to each series.

    .. math::
        \hat{b} = \frac{\sum_t (t - \bar{t}) (x_t - \bar{x})}{\sum_t (t - \bar{t})^2}, \qquad
        s_{\hat{b}} = \sqrt{\frac{\sum_t (x_t - \hat{x}_t)^2}{(n - 2) \sum_t (t - \bar{t})^2}}

    over the years measured.

    Parameters
    ----------
    x
        Values, (years, ...); NaN where not measured.
    years
        When, rising.

    Examples
    --------
    >>> line = least_squares(np.array([1.0, np.nan, 5.0, 6.0]), [2020, 2021, 2022, 2023])
    >>> round(float(line.slope), 6), int(line.measured)
    (1.714286, 3)
    """
    when = along(rising(years, len(x)), x.ndim)
    measured = ~np.isnan(x)
    count: NDArray[np.int64] = np.count_nonzero(measured, axis=0)
    n = np.maximum(count, 1)
    centre, mean = (np.where(measured, v, 0.0).sum(axis=0) / n for v in (when, x))
    t, y = (np.where(measured, v - about, 0.0) for v, about in ((when, centre), (x, mean)))
    squares, two = (t * t).sum(axis=0), count > 1
    slope = np.where(two, (t * y).sum(axis=0) / np.where(two, squares, 1.0), np.nan)
    left = ((y - slope * t) ** 2 * measured).sum(axis=0)
    three = count > 2
    error = np.where(three, np.sqrt(left / np.where(three, (count - 2) * squares, 1.0)), np.nan)
    return Line(slope, mean - slope * centre, error, count)


def sen_slope(x: NDArray[np.float64], years: ArrayLike, *, level: float = 0.9) -> SenSlope:
    r"""The median slope between two years, which a few odd years do not move.

    .. math::
        \hat{b} = \operatorname{median}_{a < b} \frac{x_b - x_a}{b - a}, \qquad
        C = z \sqrt{\tfrac{1}{18} ( n (n - 1) (2 n + 5) - \sum_j u_j (u_j - 1) (2 u_j + 5) )}

    with u the sizes of ties. Of the N slopes in order, the interval runs from number :math:`(N - C) / 2` to number
    :math:`(N + C) / 2 + 1`, rounded.

    Parameters
    ----------
    x
        Values, (years, ...); NaN where not measured.
    years
        When, rising.
    level
        Of the confidence interval, from 0 to 1.

    References
    ----------
    Sen (1968), Estimates of the regression coefficient based on Kendall's tau. doi:10.1080/01621459.1968.10480934

    Examples
    --------
    >>> found = sen_slope(np.array([1.0, 2.0, 3.0, 4.0, 50.0]), [2020, 2021, 2022, 2023, 2024])
    >>> [float(end) for end in found]
    [1.0, 1.0, 23.5]
    """
    when = rising(years, len(x))
    flat = x.reshape(len(x), -1)
    found = np.empty((3, flat.shape[1]))
    step = max(1, _SERIES // max(1, len(x) ** 2))
    for start in range(0, flat.shape[1], step):
        found[:, start : start + step] = _sen(flat[:, start : start + step], when, level)
    return SenSlope(*found.reshape(3, *x.shape[1:]))


def _sen(x: NDArray[np.float64], when: Vector, level: float) -> NDArray[np.float64]:
    """Slope and ends of every series, (3, series)."""
    from scipy.special import ndtri

    a, b = np.triu_indices(len(x), 1)
    slopes = np.sort((x[b] - x[a]) / (when[b] - when[a])[:, None], axis=0)  # NaN goes last
    if not len(slopes):
        return np.full((3, x.shape[1]), np.nan)
    count = np.count_nonzero(~np.isnan(slopes), axis=0)
    n = np.count_nonzero(~np.isnan(x), axis=0)

    def number(at: NDArray[np.intp]) -> Vector:
        found: Vector = np.take_along_axis(slopes, np.clip(at, 0, len(slopes) - 1)[None], axis=0)[0]
        return found

    # Each value of a tie of u counts (u - 1) (2 u + 5).
    ties = np.count_nonzero(x[:, None] == x[None], axis=1)
    tied = np.where(np.isnan(x), 0, (ties - 1) * (2 * ties + 5)).sum(axis=0)
    reach = ndtri((1 + level) / 2) * np.sqrt((n * (n - 1) * (2 * n + 5) - tied) / 18)
    low, high = (np.round((count + side * reach) / 2).astype(np.intp) for side in (-1, 1))
    some = count > 0
    middle = (number((count - 1) // 2) + number(count // 2)) / 2
    return np.array(
        [
            np.where(some, middle, np.nan),
            np.where(some, np.where(low > 0, number(low - 1), -np.inf), np.nan),
            np.where(some, np.where(high < count, number(high), np.inf), np.nan),
        ]
    )
