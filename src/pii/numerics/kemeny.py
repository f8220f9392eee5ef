"""The ranking that agrees most with comparisons of pairs, exactly."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from pii.arrays import Matrix, Vector

__all__ = ["MOST", "SETS", "Unsettled", "kemeny", "kemeny_score", "largest_circle"]

MOST = 64
"""How many units a circle of majorities may hold."""
SETS = 1 << 18
"""How many sets of units may have to be weighed up as the lower end of a best ranking: all those of 18 units."""
_PLAIN = 12  # so few units have so few sets that none need be ruled out
_STARTS = 30
_ROWS = 2000  # triangles that a programme gains at a time
_TIE = 1e-9
_BROKEN = 1e-6  # above what the solver lets pass, so that no triangle is added twice


class Unsettled(ArithmeticError):
    """A circle of which not all best rankings are known, only a ranking and how near the best it is.

    Parameters
    ----------
    units
        How many units the circle holds.
    found
        How much the best ranking found agrees with the pairs of the circle.
    bound
        What no ranking of it exceeds.
    """

    def __init__(self, units: int, found: float, bound: float) -> None:
        self.units, self.found, self.bound = units, found, bound
        super().__init__(
            f"a circle of {units} units; a ranking agrees by {found:.6g}, none by more than {bound:.6g}"
        )


def kemeny(outranking: Matrix, alike: NDArray[np.intp]) -> Vector:
    """Each unit's place from the bottom in the ranking with the largest sum of ``outranking[i, j]``, i above j.

    A set of units of which each beats every other unit stands first in every best ranking. So only within circles
    of majorities (a beats b, b beats c, c beats a) are orders weighed up, by dynamic programming over the sets of
    units that can be the lower end of a best ranking. In a larger circle most sets are ruled out beforehand: the
    linear programme that asks of every three units only that they are no circle bounds what any ranking can reach,
    and what it loses when a pair is turned round; a pair that loses more than the bound is above a ranking at hand
    stands one way in every best ranking.

    Where several rankings are best, a place is the mean over all of them, so that the order of the units is
    nothing. Units that are alike stand together and share the mean of their places.

    Parameters
    ----------
    outranking
        By how much each unit stands above each other one, (units, units), the two of a pair summing to 1.
    alike
        A number for each unit, the same for units that have all scores in common. Units are worked through in this
        order, so that numbers that go with the units make the order of the rows nothing, to the last bit.

    Returns
    -------
    Vector
        Places from 1 for the last.

    Raises
    ------
    Unsettled
        More than `SETS` sets are left of a circle.
    ValueError
        A circle holds more than `MOST` units.

    References
    ----------
    Grötschel, Jünger and Reinelt (1984), A cutting plane algorithm for the linear ordering problem. *Operations
    Research* 32(6), 1195-1220. doi:10.1287/opre.32.6.1195

    Examples
    --------
    >>> kemeny(np.array([[0.0, 0.7, 0.6], [0.3, 0.0, 0.9], [0.4, 0.1, 0.0]]), np.arange(3))
    array([3., 2., 1.])
    """
    _, first, which, size = np.unique(alike, return_index=True, return_inverse=True, return_counts=True)
    o = outranking[np.ix_(first, first)]
    places = np.empty(len(first))
    reached = _beaten(o)
    for circle in _circles(o):
        if len(circle) > MOST:
            raise ValueError(f"a circle of {len(circle)} units")
        below = reached[circle[0]].copy()
        below[circle] = False
        # The best stands first, so that the order of the children does not lead the search either.
        members = circle[np.argsort(-o[np.ix_(circle, circle)].sum(axis=1).round(9), kind="stable")]
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

    The best order of a set depends on no other: of each set, its best sum is known when it stands below the rest,
    and ``ways`` counts the best orders of it, and then those of what stands above it.
    """
    k = len(o)
    o = o * size[:, None] * size
    found, bound, below = 0.0, 0.0, np.zeros((k, k), dtype=np.bool_)
    if k > _PLAIN:
        found, bound, below = _settled(o)
    bit = np.uint64(1) << np.arange(k, dtype=np.uint64)
    needed = (below * bit).sum(axis=1, dtype=np.uint64)
    sets, best = np.zeros(1, dtype=np.uint64), np.zeros(1)
    ways: Vector = np.ones(1)
    steps: list[tuple[NDArray[np.intp], NDArray[np.intp], NDArray[np.intp], Vector, NDArray[Any]]] = []
    total = 1
    for _ in range(k):
        holds = (sets[:, None] & bit) > 0
        under = holds @ size.astype(np.float64)
        start, unit = np.nonzero(~holds & ((sets[:, None] & needed) == needed))
        values = best[start] + (holds @ o.T)[start, unit]
        sets, end = np.unique(sets[start] | bit[unit], return_inverse=True)
        total += len(sets)
        if total > SETS:
            raise Unsettled(k, found, bound)
        best = np.full(len(sets), -np.inf)
        np.maximum.at(best, end, values)
        chosen = values >= best[end] - _TIE
        start, unit, end = start[chosen], unit[chosen], end[chosen]
        steps.append((start, unit, end, ways, under))
        ways = np.bincount(end, ways[start], len(sets)).astype(np.float64)
    whole = ways[0]
    sums: Vector = np.zeros(k)
    onward: Vector = np.ones(1)
    for start, unit, end, up, under in reversed(steps):
        through = up[start] * onward[end]  # best rankings in which the unit stands right above the set
        sums += np.bincount(unit, through * (under[start] + (size[unit] + 1) / 2), k)
        onward = np.bincount(start, onward[end], len(up)).astype(np.float64)
    places: Vector = sums / whole
    return places


def _settled(o: Matrix) -> tuple[float, float, NDArray[np.bool_]]:
    """A good ranking's sum, what no ranking exceeds, and of whom each unit stands above in every best ranking."""
    bound, loss, share = _relaxed(o)
    random = np.random.default_rng(0)
    order = np.argsort(-share.sum(axis=1).round(9), kind="stable")
    found = 0.0
    for _ in range(_STARTS):
        found = max(found, _improved(o, order))
        if found >= bound - _TIE:
            break
        order = np.argsort(-(share + random.normal(0.0, 0.3, o.shape)).sum(axis=1), kind="stable")
    return found, bound, np.asarray(loss.T + found > bound + _TIE)


def _relaxed(o: Matrix) -> tuple[float, Matrix, Matrix]:
    """A bound on the sum of any ranking, by how much each pair lowers it, and how far i stands above j.

    Maximise the sum with each pair's share between 0 and 1 and no circle of three, these added as they are broken.
    Any multipliers of them that are not negative give a bound, so it does not rest on how exactly the programme is
    solved.
    """
    from scipy.optimize import linprog
    from scipy.sparse import csr_array

    k = len(o)
    i, j = np.triu_indices(k, 1)
    number = np.zeros((k, k), dtype=np.intp)
    number[i, j] = np.arange(len(i))
    gain = (o - o.T)[i, j]
    at = np.arange(k)
    a, b, c = np.nonzero((at[:, None, None] < at[:, None]) & (at[:, None] < at))
    # Of a before b before c: ab + bc - ac is at most 1, and at least 0.
    triples = np.stack([number[a, b], number[b, c], number[a, c]], axis=1)
    signs = np.repeat([[1.0, 1.0, -1.0], [-1.0, -1.0, 1.0]], len(triples), axis=0)
    triples = np.vstack([triples, triples])
    limits: Vector = np.repeat([1.0, 0.0], len(a))
    share = np.where(np.abs(gain) <= _TIE, 0.5, gain > 0)
    rows, price = np.zeros(0, dtype=np.intp), np.zeros(0)
    while True:
        over = (signs * share[triples]).sum(axis=1) - limits
        broken = np.flatnonzero(over > _BROKEN)
        if not broken.size:
            break
        rows = np.append(rows, broken[np.argsort(-over[broken], kind="stable")[:_ROWS]])
        where = np.repeat(np.arange(len(rows)), 3), triples[rows].ravel()
        held: Any = csr_array((signs[rows].ravel(), where), shape=(len(rows), len(gain)))
        solved = linprog(-gain, A_ub=held, b_ub=limits[rows], bounds=(0, 1), method="highs-ds")
        share, price = np.asarray(solved.x), np.maximum(-np.asarray(solved.ineqlin.marginals), 0.0)
    left = gain - np.bincount(triples[rows].ravel(), (signs[rows] * price[:, None]).ravel(), len(gain))
    bound = o[j, i].sum() + np.maximum(left, 0.0).sum() + price @ limits[rows]
    loss, shares = np.zeros((k, k)), np.zeros((k, k))
    loss[i, j], loss[j, i] = np.maximum(-left, 0.0), np.maximum(left, 0.0)
    shares[i, j], shares[j, i] = share, 1.0 - share
    return float(bound), loss, shares


def _improved(o: Matrix, order: NDArray[np.intp]) -> float:
    """The sum of a ranking, from the first unit, after the best moves of one unit until none brings more."""
    k = len(order)
    while True:
        margin = (o - o.T)[np.ix_(order, order)]
        # What the unit in a row brings when it passes all from its place to the column's.
        up = np.cumsum(np.tril(margin)[:, ::-1], axis=1)[:, ::-1]
        down = -np.cumsum(np.triu(margin), axis=1)
        moved = np.where(np.tri(k, k=-1, dtype=np.bool_), up, down)
        unit, to = np.unravel_index(moved.argmax(), moved.shape)
        if moved[unit, to] <= _TIE:
            return float(np.triu(o[np.ix_(order, order)], 1).sum())
        order = np.insert(np.delete(order, unit), to, order[unit])
