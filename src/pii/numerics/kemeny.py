"""The ranking that agrees most with comparisons of pairs, exactly."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from pii.arrays import Matrix, Vector

__all__ = ["MOST", "kemeny", "kemeny_score", "largest_circle"]

MOST = 14
"""How many units a circle of majorities may hold: all its subsets are weighed up, 16,384 of them."""
_TIE = 1e-9


def kemeny(outranking: Matrix, alike: NDArray[np.intp]) -> Vector:
    """Each unit's place from the bottom in the ranking with the largest sum of ``outranking[i, j]``, i above j.

    A set of units of which each beats every other unit stands first in every best ranking. So only within circles
    of majorities (a beats b, b beats c, c beats a) are all orders weighed up, by dynamic programming over subsets.
    Where several rankings are best, a place is the mean over all of them, so that the order of the units is
    nothing. Units that are alike stand together and share the mean of their places.

    Parameters
    ----------
    outranking
        By how much each unit stands above each other one, (units, units), the two of a pair summing to 1.
    alike
        A number for each unit, the same for units that have all scores in common.

    Returns
    -------
    Vector
        Places from 1 for the last.

    Raises
    ------
    ValueError
        A circle holds more than `MOST` units.

    Examples
    --------
    >>> kemeny(np.array([[0.0, 0.7, 0.6], [0.3, 0.0, 0.9], [0.4, 0.1, 0.0]]), np.arange(3))
    array([3., 2., 1.])
    """
    _, first, which, size = np.unique(alike, return_index=True, return_inverse=True, return_counts=True)
    o = outranking[np.ix_(first, first)]
    places = np.empty(len(first))
    for members in _circles(o):
        if len(members) > MOST:
            raise ValueError(f"a circle of {len(members)} units")
        below = _beaten(o)[members[0]]
        below[members] = False
        places[members] = size[below].sum() + _places(o[np.ix_(members, members)], size[members])
    found: Vector = places[which]
    return found


def largest_circle(outranking: Matrix) -> int:
    """The number of units of the largest circle of majorities; 1 where there is none.

    Examples
    --------
    >>> largest_circle(np.array([[0.0, 0.7, 0.4], [0.3, 0.0, 0.9], [0.6, 0.1, 0.0]]))
    3
    """
    return max(len(members) for members in _circles(outranking))


def kemeny_score(outranking: Matrix, places: Vector) -> float:
    """How much a ranking agrees with the pairs: the sum of ``outranking[i, j]`` over i placed above j.

    Parameters
    ----------
    places
        From the bottom, as `kemeny` gives them.

    Examples
    --------
    >>> kemeny_score(np.array([[0.0, 0.7], [0.3, 0.0]]), np.array([2.0, 1.0]))
    0.7
    """
    return float(outranking[places[:, None] > places].sum())


def _beaten(o: Matrix) -> NDArray[np.bool_]:
    """Whom each unit reaches by steps to units that do not beat it."""
    reached = o >= o.T - _TIE
    while True:
        further = (reached.astype(np.float32) @ reached.astype(np.float32)) > 0
        if np.array_equal(further, reached):
            return reached
        reached = further


def _circles(o: Matrix) -> list[NDArray[np.intp]]:
    """Sets of units that reach one another, each one whole."""
    reached = _beaten(o)
    _, label = np.unique(reached & reached.T, axis=0, return_inverse=True)
    label = label.ravel()
    return [np.flatnonzero(label == at) for at in range(label.max(initial=-1) + 1)]


def _places(o: Matrix, size: NDArray[np.intp]) -> Vector:
    """Mean places from the bottom over the best rankings of one circle, built up from the last unit.

    The best order of a set depends on no other: ``best[S]`` is the most that S can bring when it stands below the
    rest. ``up`` and ``down`` count the best ways to build S and to go on from it.
    """
    k = len(o)
    subset = np.arange(1 << k)
    holds = (subset[:, None] >> np.arange(k)) & 1 == 1
    gain = (holds * size) @ (o * size[:, None]).T  # of a unit placed right above a subset, (subsets, units)
    count = holds.sum(axis=1)
    best = np.full(1 << k, -np.inf)
    best[0] = 0.0
    up, down = np.zeros(1 << k), np.zeros(1 << k)
    up[0] = down[-1] = 1.0
    for n in range(1, k + 1):
        here = subset[count == n]
        values = np.where(holds[here], best[here[:, None] & ~(1 << np.arange(k))], -np.inf)
        values += gain[here[:, None] & ~(1 << np.arange(k)), np.arange(k)]
        best[here] = values.max(axis=1)
        chosen = values >= best[here, None] - _TIE
        up[here] = np.where(chosen, up[here[:, None] & ~(1 << np.arange(k))], 0.0).sum(axis=1)
    ways = np.zeros((1 << k, k))  # in how many best rankings a unit stands right above a subset
    for n in range(k - 1, -1, -1):
        here = subset[count == n]
        above = here[:, None] | (1 << np.arange(k))
        fits = ~holds[here] & (best[above] <= best[here, None] + gain[here] + _TIE)
        onward = np.where(fits, down[above], 0.0)
        down[here] = onward.sum(axis=1)
        ways[here] = up[here, None] * onward
    place = (holds @ size)[:, None] + (size + 1) / 2
    found: Vector = (ways * place).sum(axis=0) / up[-1]
    return found
