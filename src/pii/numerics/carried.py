"""A change of scale learnt from some values, carried to others."""

from __future__ import annotations

import numpy as np

from pii.arrays import Matrix, Vector

__all__ = ["carried"]

_MOST = 0.5  # a row most of whose values are as they were was pulled in at its ends


def carried(x: Matrix, before: Matrix, after: Matrix) -> Matrix:
    """Values changed as others of their rows were: by straight lines between the points that are known.

    A row that was not changed changes nothing. Beyond the last point the last line goes on, as a logarithm does;
    at an end that was pulled in (most of the row is as it was), nothing goes further than the outermost did.

    Parameters
    ----------
    x
        Values to be changed, (rows, any number); NaN where missing.
    before, after
        What is known: values, and what was made of them in the same order, (rows, units).

    Examples
    --------
    >>> before, after = np.array([[1.0, 2.0, 3.0, 90.0]]), np.array([[1.0, 2.0, 3.0, 3.0]])
    >>> carried(np.array([[1.5, 40.0, 500.0, np.nan]]), before, after)
    array([[1.5, 3. , 3. , nan]])
    """
    changed = (before != after) & ~np.isnan(before)
    if not changed.any():
        return x
    found = np.array(x)
    for row in np.flatnonzero(changed.any(axis=1)).tolist():
        known = ~np.isnan(before[row])
        points, first = np.unique(before[row][known], return_index=True)
        images = after[row][known][first]
        pulled = np.count_nonzero(changed[row]) < _MOST * np.count_nonzero(known)
        found[row] = _along(x[row], points, images, pulled=bool(pulled))
    return found


def _along(x: Vector, points: Vector, images: Vector, *, pulled: bool) -> Vector:
    """The image of each value on the lines between the points."""
    inside: Vector = np.interp(x, points, images)
    inside[np.isnan(x)] = np.nan
    if len(points) < 2:
        return inside
    for beyond, end, inner in ((x < points[0], 0, 1), (x > points[-1], -1, -2)):
        if pulled and images[end] != points[end]:
            continue
        slope = (images[end] - images[inner]) / (points[end] - points[inner])
        inside[beyond] = images[end] + slope * (x[beyond] - points[end])
    return inside
