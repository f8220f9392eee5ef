"""Gaps in a series of years, filled from the same unit's other years."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from pii.arrays import Vector

__all__ = ["along", "carried", "interpolated", "rising"]


def carried(
    x: NDArray[np.float64], years: ArrayLike, *, limit: float = np.inf
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Fill each gap with the nearest earlier year's value.

    Parameters
    ----------
    x
        Values, (years, indicators, units) or any shape with years first; NaN where not measured.
    years
        When, rising.
    limit
        How many years back a value may come from, itself included.

    Returns
    -------
    tuple of arrays
        The values; a gap without an earlier value within the limit stays. And the year that every value is of, NaN
        where there is none.

    References
    ----------
    OECD and JRC (2008), *Handbook on Constructing Composite Indicators*, step 3. doi:10.1787/9789264043466-en

    Examples
    --------
    >>> carried(np.array([1.0, np.nan, np.nan, 4.0]), [2020, 2021, 2022, 2023], limit=1)[0]
    array([ 1.,  1., nan,  4.])
    """
    when = rising(years, len(x))
    before = _latest(~np.isnan(x))
    found = before >= 0
    taken = np.where(found, before, 0)
    since = along(when, x.ndim) - when[taken]
    used = found & (since <= limit)
    values = np.where(used, np.take_along_axis(x, taken, axis=0), np.nan)
    return values, np.where(used, when[taken], np.nan)


def interpolated(x: NDArray[np.float64], years: ArrayLike, *, limit: float = np.inf) -> NDArray[np.float64]:
    r"""Fill each gap on the straight line between its nearest measured years; flat at the ends.

    .. math::
        x_t = x_a + \frac{t - a}{b - a} (x_b - x_a), \qquad a < t < b

    Parameters
    ----------
    x
        Values, (years, indicators, units) or any shape with years first; NaN where not measured.
    years
        When, rising.
    limit
        How many years a gap may be from the nearest measured year, itself included.

    References
    ----------
    OECD and JRC (2008), *Handbook on Constructing Composite Indicators*, step 3. doi:10.1787/9789264043466-en

    Examples
    --------
    >>> interpolated(np.array([np.nan, 1.0, np.nan, 4.0, np.nan]), [2019, 2020, 2022, 2023, 2024])
    array([1., 1., 3., 4., 4.])
    """
    when = rising(years, len(x))
    measured = ~np.isnan(x)
    before = _latest(measured)
    after = len(x) - 1 - _latest(measured[::-1])[::-1]
    has_before, has_after = before >= 0, after < len(x)
    a, b = np.where(has_before, before, after), np.where(has_after, after, before)
    some = has_before | has_after
    a, b = np.where(some, a, 0), np.where(some, b, 0)
    low, high = np.take_along_axis(x, a, axis=0), np.take_along_axis(x, b, axis=0)
    at = along(when, x.ndim)
    span = when[b] - when[a]
    share = np.where(span > 0, (at - when[a]) / np.where(span > 0, span, 1.0), 0.0)
    line = np.clip(low + share * (high - low), np.minimum(low, high), np.maximum(low, high))
    near = np.minimum(np.abs(at - when[a]), np.abs(at - when[b])) <= limit
    return np.where(measured, x, np.where(near & some, line, np.nan))


def rising(years: ArrayLike, n: int) -> Vector:
    """Years as numbers, once they are known to be as many as there should be, and rising."""
    when: Vector = np.asarray(years, dtype=np.float64)
    if when.shape != (n,) or not (np.diff(when) > 0).all() or not np.isfinite(when).all():
        raise ValueError(f"{n} rising years are needed, one a table; not {when.tolist()}")
    return when


def along(when: NDArray[Any], dimensions: int) -> NDArray[Any]:
    """A value a year, shaped to go with arrays of so many dimensions, years first."""
    return when.reshape(-1, *[1] * (dimensions - 1))


def _latest(measured: NDArray[np.bool_]) -> NDArray[np.intp]:
    """The position of the last measured year up to each; -1 before the first."""
    position = along(np.arange(len(measured)), measured.ndim)
    found: NDArray[np.intp] = np.maximum.accumulate(np.where(measured, position, -1), axis=0)
    return found
