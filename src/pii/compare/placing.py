"""The places that scores of one unit would have among the scores of the others."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from pii.arrays import Matrix, Vector
from pii.methods.rank import AbstractRanker, Average, Competition, Dense, Modified

__all__ = ["places_among"]


def places_among(
    rank: AbstractRanker, own: NDArray[np.float64], rivals: Vector, at: NDArray[np.intp]
) -> NDArray[np.float64]:
    """The place of each score among the rivals', the unit's own left out of them.

    Parameters
    ----------
    rank
        How ties share places.
    own
        Scores that units would have, (..., units); NaN where there is none.
    rivals
        Scores of all units as they stand; NaN where there is none.
    at
        Where each of the units stands among all.

    Examples
    --------
    The second of three with 5 would be first with 9, and last with 1:

    >>> places_among(Competition(), np.array([[9.0], [1.0]]), np.array([8.0, 5.0, 2.0]), np.array([1])).tolist()
    [[1.0], [3.0]]
    """
    if not isinstance(rank, Competition | Dense | Modified | Average):
        return _one_by_one(rank, own, rivals, at)
    left_out = rivals[at]
    known, count = np.unique(rivals[~np.isnan(rivals)], return_counts=True)
    if isinstance(rank, Dense):
        alone = np.append(count, 0)[np.searchsorted(known, left_out)] == 1
        left_out = np.where(alone, left_out, np.nan)
        count = np.ones_like(count)
    reached = np.append(0, count.cumsum())  # how many stand below each score, and below all
    above = reached[-1] - reached[np.searchsorted(known, own, side="right")] - (left_out > own)
    if isinstance(rank, Competition | Dense):
        place = 1.0 + above
    else:
        level = reached[-1] - reached[np.searchsorted(known, own, side="left")] - (left_out >= own)
        place = 1.0 + (level if isinstance(rank, Modified) else (above + level) / 2)
    return np.where(np.isnan(own), np.nan, place)


def _one_by_one(
    rank: AbstractRanker, own: NDArray[np.float64], rivals: Vector, at: NDArray[np.intp]
) -> NDArray[np.float64]:
    """By a ranker that is not the library's own: the whole column anew for every score."""
    places = np.empty_like(own)
    for unit, position in enumerate(at.tolist()):
        for where in np.ndindex(own.shape[:-1]):
            column: Matrix = np.array(rivals)
            column[position] = own[(*where, unit)]
            places[(*where, unit)] = rank(column)[position]
    return places
