"""Whether units come closer to one another: less spread (sigma), and faster growth of those behind (beta)."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from pii.arrays import Matrix, Vector

__all__ = ["Beta", "Sigma", "beta", "sigma"]


class Sigma(NamedTuple):
    """The spread of each period, (periods,)."""

    units: NDArray[np.int64]
    """How many are measured."""
    mean: Vector
    sd: Vector
    """Standard deviation with n - 1; NaN with fewer than two units."""
    variation: Vector
    """The standard deviation as a part of the mean; NaN where the mean is not above 0."""


class Beta(NamedTuple):
    """The regression of growth on where units began, of the shape of the spans."""

    pairs: NDArray[np.int64]
    """Units counted: measured and above 0 at both ends."""
    slope: NDArray[np.float64]
    """Below 0 where those behind grow faster; NaN with fewer than two units, or where all began alike."""
    intercept: NDArray[np.float64]
    error: NDArray[np.float64]
    """Standard error of the slope; NaN with fewer than three units."""
    r_squared: NDArray[np.float64]
    """What part of the variance of growth it explains."""
    speed: NDArray[np.float64]
    """The part of the gap that closes a year; NaN where the slope says that gaps turn round within the span."""
    half_life: NDArray[np.float64]
    """Years until half of the gap is closed; NaN where it does not close."""


def sigma(x: Matrix) -> Sigma:
    r"""Sigma convergence: whether the spread among units falls from period to period.

    .. math:: s_t = \sqrt{\frac{1}{n_t - 1} \sum_i (x_{ti} - \bar{x}_t)^2}, \qquad c_t = s_t / \bar{x}_t

    Parameters
    ----------
    x
        Values, (periods, units); NaN where not measured.

    References
    ----------
    Barro and Sala-i-Martin (1992), Convergence, *Journal of Political Economy* 100(2). doi:10.1086/261816

    Examples
    --------
    >>> sigma(np.array([[1.0, 3.0, np.nan], [2.0, 3.0, 4.0]])).sd.round(4)
    array([1.4142, 1.    ])
    """
    measured = ~np.isnan(x)
    count: NDArray[np.int64] = np.count_nonzero(measured, axis=1)
    mean = np.where(count > 0, np.where(measured, x, 0.0).sum(axis=1) / np.maximum(count, 1), np.nan)
    away = np.where(measured, x - mean[:, None], 0.0)
    sd = np.where(count > 1, np.sqrt((away * away).sum(axis=1) / np.maximum(count - 1, 1)), np.nan)
    positive = mean > 0
    return Sigma(count, mean, sd, np.where(positive, sd / np.where(positive, mean, 1.0), np.nan))


def beta(first: Vector, last: NDArray[np.float64], years: ArrayLike) -> Beta:
    r"""Absolute beta convergence: whether units that began low grew faster.

    .. math::
        \frac{1}{T} \log \frac{x_{iT}}{x_{i0}} = a + b \log x_{i0} + \varepsilon_i, \qquad
        b = -\frac{1 - e^{-\lambda T}}{T}, \qquad \lambda = -\frac{\log(1 + b T)}{T}

    by least squares; half of a gap closes in :math:`\log 2 / \lambda` years. A slope below 0 is also what chance
    alone gives where values are measured with error (regression to the mean): hold it against the spread.

    Parameters
    ----------
    first
        Values in the first period, (units,); NaN where not measured. Units without a value above 0 at both ends do
        not count.
    last
        Values in later periods, (..., units).
    years
        From the first period to each, above 0, (...).

    References
    ----------
    Barro and Sala-i-Martin (1992), Convergence, *Journal of Political Economy* 100(2). doi:10.1086/261816

    Examples
    --------
    >>> found = beta(np.array([1.0, 2.0, 4.0]), np.array([2.0, 2.8284271247461903, 4.0]), 10)
    >>> round(float(found.slope), 6), round(float(found.half_life), 6)
    (-0.05, 10.0)
    """
    span = np.asarray(years, dtype=np.float64)
    if span.shape != last.shape[:-1] or not (span > 0).all():
        raise ValueError(f"years above 0 are needed, one a later period; not {span.tolist()}")
    sound = (first > 0) & (last > 0)
    count: NDArray[np.int64] = np.count_nonzero(sound, axis=-1)
    n = np.maximum(count, 1)
    start = np.log(np.where(sound, first, 1.0))
    rate = (np.log(np.where(sound, last, 1.0)) - start) / span[..., None]
    means = [v.sum(axis=-1) / n for v in (start, rate)]
    t, y = (np.where(sound, v - mean[..., None], 0.0) for v, mean in zip((start, rate), means, strict=True))
    squares, total = (t * t).sum(axis=-1), (y * y).sum(axis=-1)
    # All that began alike differ by rounding.
    spread = (count > 1) & (squares > 1e-24 * n * np.maximum(1.0, np.abs(means[0])) ** 2)
    slope = np.where(spread, (t * y).sum(axis=-1) / np.where(spread, squares, 1.0), np.nan)
    left = ((y - slope[..., None] * t) ** 2).sum(axis=-1)
    enough = spread & (count > 2)
    error = np.where(enough, np.sqrt(left / np.where(enough, (count - 2) * squares, 1.0)), np.nan)
    explained = np.where(spread & (total > 0), 1 - left / np.where(total > 0, total, 1.0), np.nan)
    kept = 1 + slope * span
    speed = np.where(kept > 0, -np.log(np.where(kept > 0, kept, 1.0)) / span, np.nan)
    half_life = np.where(speed > 0, np.log(2) / np.where(speed > 0, speed, 1.0), np.nan)
    return Beta(count, slope, means[1] - slope * means[0], error, explained, speed, half_life)
