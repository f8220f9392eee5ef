"""The units that are most like one another, by what both were measured on."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from pii.arrays import Matrix, Vector, blocks

__all__ = ["distances", "imputed"]

_TIED = 1 + 1e-9  # distances closer than decimals are stored are equal


def distances(x: Matrix, units: Iterable[int] | None = None) -> Matrix:
    r"""Measure how unlike every two units are.

    .. math::
        d_{ij} = \sqrt{\frac{1}{|C_{ij}|} \sum_{k \in C_{ij}} \frac{(x_{ki} - x_{kj})^2}{s_k^2}}

    over the indicators :math:`C_{ij}` that both were measured on; :math:`s_k` is the standard deviation (n - 1). An
    indicator that does not vary tells no two units apart.

    Parameters
    ----------
    x
        Values, (indicators, units); NaN where not measured.
    units
        The units i, by place; all where not given.

    Returns
    -------
    Matrix
        (units i, units); infinite between units without a common indicator.

    Examples
    --------
    >>> distances(np.array([[0.0, 2.0], [5.0, np.nan]])).round(6)
    array([[0.      , 1.414214],
           [1.414214, 0.      ]])
    """
    chosen = range(x.shape[-1]) if units is None else units
    return _distances(x, _spreads(x), np.array(chosen, dtype=np.intp))


def _spreads(x: Matrix) -> Vector:
    """Standard deviations; infinite where nothing varies, NaN with fewer than two values."""
    found = np.full(len(x), np.nan)
    for at, row in enumerate(x):
        known = np.sort(row[~np.isnan(row)])
        if known.size > 1:
            found[at] = known.std(ddof=1) if known[0] < known[-1] else np.inf
    return found


def _distances(x: Matrix, spreads: Vector, units: NDArray[np.intp]) -> Matrix:
    total, common = np.zeros((units.size, x.shape[-1])), np.zeros((units.size, x.shape[-1]))
    for row, spread in zip(x, spreads, strict=True):
        if not np.isnan(spread):
            apart = (row[units, None] - row) / spread
            both = ~np.isnan(apart)
            total += np.where(both, apart**2, 0.0)
            common += both
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(common > 0, np.sqrt(total / common), np.inf)


def imputed(x: Matrix, k: int, *, by_distance: bool) -> Matrix:
    """Fill each gap with the mean of the k nearest units that were measured on the indicator.

    Units as near as the k-th count too, so that the order of units decides nothing.

    Parameters
    ----------
    x
        Values, (indicators, units); NaN where not measured.
    k
        How many units; where fewer have a common indicator, those.
    by_distance
        Weigh each by 1 / distance; units at distance 0 then count alone.

    Examples
    --------
    >>> x = np.array([[1.0, 2.0, 9.0, 10.0], [1.0, 2.0, 9.0, np.nan]])
    >>> imputed(x, 1, by_distance=False)
    array([[ 1.,  2.,  9., 10.],
           [ 1.,  2.,  9.,  9.]])
    """
    filled = x.copy()
    missing = np.isnan(x)
    spreads = _spreads(x)
    for block in blocks(np.flatnonzero(missing.any(axis=0)).tolist(), x.shape[-1]):
        units = np.array(block, dtype=np.intp)
        apart = _distances(x, spreads, units)
        for row, value in enumerate(x):
            gaps, known = missing[row, units], ~missing[row]
            if gaps.any() and known.any():
                filled[row, units[gaps]] = _means(value[known], apart[gaps][:, known], k, by_distance=by_distance)
    return filled


def _means(values: Vector, apart: Matrix, k: int, *, by_distance: bool) -> Vector:
    """Mean of the values of the k nearest, one a row of distances; NaN where none is at any."""
    place = min(k, values.size) - 1
    farthest = np.partition(apart, place, axis=1)[:, [place]]
    near = (apart <= farthest * _TIED) & np.isfinite(apart)
    weights = near.astype(np.float64)
    if by_distance:
        same = near & (apart == 0)
        with np.errstate(divide="ignore"):
            weights = np.where(same.any(axis=1, keepdims=True), same, np.where(near, 1 / apart, 0.0))
    total = weights.sum(axis=1)
    with np.errstate(divide="ignore", invalid="ignore"):
        means = (weights * values).sum(axis=1) / total
    lowest = np.where(weights > 0, values, np.inf).min(axis=1)
    highest = np.where(weights > 0, values, -np.inf).max(axis=1)
    return np.where(total > 0, np.clip(means, lowest, highest), np.nan)
