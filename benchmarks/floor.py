"""The floor: the same index in plain NumPy, without names, checks, records or a choice of methods."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

__all__ = ["index", "scores"]

Floats = NDArray[np.float64]


def index(x: Floats, direction: Floats, groups: int) -> Floats:
    """Winsorise (or log), min-max, three equal-weight means and all ranks of a complete table.

    Parameters
    ----------
    x
        Values, (indicators, units).
    direction
        1 or -1 by indicator.
    groups
        How many groups of as many indicators; the first half of them is one sub-index, the rest the other.
    """
    means = scores(x, direction).reshape(groups, -1, x.shape[1]).mean(axis=1)
    halves = means.reshape(2, -1, x.shape[1]).mean(axis=1)
    composite = np.vstack([halves.mean(axis=0, keepdims=True), halves, means])
    order = np.argsort(-composite, axis=1)
    ranks = np.empty_like(composite)
    np.put_along_axis(ranks, order, np.arange(1.0, x.shape[1] + 1)[None, :], axis=1)
    return ranks


def scores(x: Floats, direction: Floats, limit: int = 5) -> Floats:
    """Winsorise (or log) and min-max, (indicators, units)."""
    skew, kurtosis = _shape(x)
    treated = x.copy()
    for row in np.flatnonzero((np.abs(skew) >= 2) & (kurtosis >= 3.5)):
        treated[row] = _winsorised(x[row], limit)
    turned = treated * direction[:, None]
    low = turned.min(axis=1, keepdims=True)
    return np.asarray((turned - low) / (turned.max(axis=1, keepdims=True) - low) * 100, dtype=np.float64)


def _shape(x: Floats) -> tuple[Floats, Floats]:
    n = x.shape[-1]
    away = x - x.mean(axis=-1, keepdims=True)
    squares = away * away
    m2, m3, m4 = squares.mean(axis=-1), (squares * away).mean(axis=-1), (squares * squares).mean(axis=-1)
    skew = m3 / m2**1.5 * np.sqrt(n * (n - 1)) / (n - 2)
    kurtosis = ((n + 1) * (m4 / m2**2 - 3) + 6) * (n - 1) / ((n - 2) * (n - 3))
    return skew, kurtosis


def _winsorised(row: Floats, limit: int) -> Floats:
    """The textbook loop: each step looks at every value again."""
    treated = row.copy()
    for _ in range(limit):
        skew, kurtosis = _shape(treated)
        if abs(skew) < 2 or kurtosis < 3.5:
            return treated
        end = treated.max() if skew >= 0 else treated.min()
        rest = treated[treated != end]
        treated[treated == end] = rest.max() if skew >= 0 else rest.min()
    skew, kurtosis = _shape(treated)
    if abs(skew) < 2 or kurtosis < 3.5:
        return treated
    low, high = row.min(), row.max()
    return np.asarray(np.log(row - low + 0.01 * (high - low)), dtype=np.float64)
