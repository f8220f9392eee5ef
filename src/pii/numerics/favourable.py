"""The weights that put a unit first: whether there are any, their limits, their part of all admitted ones."""

from __future__ import annotations

from math import factorial
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from pii.arrays import Matrix, Vector
from pii.numerics.polytope import Polytope, Rows, Siblings, minimise
from pii.numerics.possible_ranks import TIE

__all__ = ["Body", "Measured", "body_of", "cut", "firsts", "measured", "weight_limits"]

THIN = 1e-9
"""A body is flat where the largest ball in it has no larger radius."""

_ON = (
    1e-9  # how far a corner may seem to be from the conditions that meet there, where the largest ball has radius 1
)


def firsts(x: Matrix, polytope: Polytope, leads: Matrix) -> NDArray[np.bool_]:
    r"""Whether some admissible weights put each unit first, alone or tied.

    A unit that another is above for all weights cannot be. For each other one, a linear program finds the weights
    at which its least lead over those that are left is largest,

    .. math:: \max_{v, t} t, \quad v \cdot (x_i - x_j) \ge t

    and it can be first where that lead is not negative.

    Parameters
    ----------
    x
        Values of the leaves, (units, leaves), on a scale on which the widest difference is about 1.
    polytope
        The admissible weights.
    leads
        The least lead of each unit over each other, (units, units).

    Examples
    --------
    >>> any_shares = Polytope((Siblings(0, (1, 2), np.zeros(2), np.ones(2)),))
    >>> x = np.array([[1.0, 0.0], [0.0, 1.0], [0.4, 0.4]])
    >>> firsts(x, any_shares, np.array([any_shares.least(row - x) for row in x])).tolist()
    [True, True, False]
    """
    left = np.flatnonzero(~(leads > TIE).any(axis=0))
    found = np.zeros(len(x), dtype=np.bool_)
    for unit in left:
        found[unit] = _largest_lead(x[unit] - x[left[left != unit]], polytope) >= -TIE
    return found


def weight_limits(d: Matrix, polytope: Polytope) -> tuple[Vector, Vector]:
    """The least and the largest weight of each leaf, over the admissible weights that put a unit first.

    Parameters
    ----------
    d
        How far the unit is above each rival on each leaf, (rivals, leaves), on a scale as in :func:`firsts`. Units
        that cannot be first are no rivals: whatever the weights, the first of the others is one that can be.
    polytope
        The admissible weights, some of which put the unit first.

    Raises
    ------
    ValueError
        No admissible weights put the unit first.

    Examples
    --------
    >>> any_shares = Polytope((Siblings(0, (1, 2), np.zeros(2), np.ones(2)),))
    >>> low, high = weight_limits(np.array([[1.0, -3.0]]), any_shares)
    >>> low.round(6).tolist(), high.round(6).tolist()
    ([0.75, 0.0], [1.0, 0.25])
    """
    # A unit that is first by a tie only, level to rounding error, is let through by as much.
    rows = _ahead(d, polytope, 0.0 if _largest_lead(d, polytope) >= 0 else -TIE)
    low, high = np.empty(d.shape[1]), np.empty(d.shape[1])
    for leaf, node in enumerate(polytope.leaves):
        for limits, sign in ((low, 1.0), (high, -1.0)):
            cost = np.zeros(rows.matrix.shape[1])
            cost[node] = sign
            found = minimise(cost, rows)
            if found is None:
                raise ValueError("no admissible weights put the unit first")
            limits[leaf] = found.values[node]
    return np.clip(low, 0.0, 1.0), np.clip(high, 0.0, 1.0)


def _largest_lead(d: Matrix, polytope: Polytope) -> float:
    """The largest that the least lead of a unit can be; at most 1, so that there is one without rivals too."""
    from scipy.sparse import block_array, csr_array

    rows, n = _ahead(d, polytope, 0.0), polytope.conditions.matrix.shape[1]
    lead = np.concatenate([np.zeros(rows.matrix.shape[0] - len(d)), -np.ones(len(d))])[:, None]
    matrix = block_array([[rows.matrix, csr_array(lead)], [None, csr_array(np.ones((1, 1)))]], format="csr")
    cost = np.zeros(n + 1)
    cost[n] = -1.0
    found = minimise(cost, Rows(matrix, np.append(rows.low, -np.inf), np.append(rows.high, 1.0)), free=[n])
    if found is None:
        raise ValueError("no weights are admissible")
    return float(found.values[n])


def _ahead(d: Matrix, polytope: Polytope, least: float) -> Rows:
    """The admissible weights that give all leads at least so much."""
    from scipy.sparse import csr_array, vstack

    conditions = polytope.conditions
    wide = np.zeros((len(d), conditions.matrix.shape[1]))
    wide[:, polytope.leaves] = d
    return Rows(
        vstack([conditions.matrix, csr_array(wide)], format="csr"),
        np.concatenate([conditions.low, np.full(len(d), least)]),
        np.concatenate([conditions.high, np.full(len(d), np.inf)]),
    )


class Body(NamedTuple):
    """The points ``origin + basis @ y`` for which ``matrix @ y <= limits``."""

    origin: Vector
    basis: Matrix
    """Directions of length 1 at right angles, (coordinates, dimension)."""
    matrix: Matrix
    """Rows of length 1, (conditions, dimension)."""
    limits: Vector

    @property
    def dimension(self) -> int:
        """How many directions there are."""
        return int(self.basis.shape[1])


class Measured(NamedTuple):
    """A body in the directions that it has a width in."""

    body: Body
    volume: float
    """In those directions; 1 of a point, NaN where Qhull fails."""
    centroid: Vector
    """Its mean point, in the coordinates that it lies in."""


def body_of(one: Siblings) -> Body:
    r"""The admissible shares of one group.

    Weights between bounds, scaled to sum to 1, are shares of which no two are further apart than their bounds:
    :math:`s_a \, \underline{w}_b \le s_b \, \overline{w}_a`.
    """
    k = len(one.low)
    unit = np.eye(k)
    rows = [-unit, unit, -one.at_least.reshape(-1, k)]
    limits = [-one.low, one.high, np.zeros(len(one.at_least))]
    if one.weights is not None:
        low, high = one.weights
        a, b = np.nonzero(~np.eye(k, dtype=bool))
        rows.append(low[b, None] * unit[a] - high[a, None] * unit[b])
        limits.append(np.zeros(len(a)))
    simplex = Body(np.full(k, 1 / k), _across(np.ones(k)), np.empty((0, k - 1)), np.empty(0))
    return cut(simplex, np.vstack(rows), np.concatenate(limits))


def cut(body: Body, rows: Matrix, limits: Vector) -> Body:
    """The part of a body whose points meet further conditions, ``rows @ point <= limits``."""
    return _scaled(
        body.origin,
        body.basis,
        np.vstack([body.matrix, rows @ body.basis]),
        np.append(body.limits, limits - rows @ body.origin),
    )


def measured(body: Body) -> Measured:
    r"""The volume and the centroid of a body that is not empty, in as many dimensions as it has.

    Its corners are where the conditions meet that Qhull finds to bind. Which of them lie on the same conditions
    says what its faces are. They split it into simplices :math:`S`, of which the volume is :math:`|\det S| / d!`,
    and the centroid the mean of their own by volume.

    Parameters
    ----------
    body
        Bounded. A direction in which the body is no wider than rounding error is left out.

    References
    ----------
    Barber, Dobkin and Huhdanpaa (1996), The Quickhull algorithm for convex hulls. doi:10.1145/235815.235821

    Examples
    --------
    >>> any_shares = body_of(Siblings(0, (1, 2), np.zeros(2), np.ones(2)))
    >>> half = measured(cut(any_shares, np.array([[1.0, 0.0]]), np.array([0.5])))
    >>> round(half.volume, 6), half.centroid.round(6).tolist()
    (0.707107, [0.25, 0.75])
    """
    body, centre, radius = _with_width(body)
    d = body.dimension
    if d == 0:
        return Measured(body, 1.0, body.origin)
    # The ball is made the unit ball around 0.
    limits = (body.limits - body.matrix @ centre) / radius
    volume, y = _around_0(body.matrix, limits)
    return Measured(body, volume * radius**d, body.origin + body.basis @ (centre + radius * y))


def _around_0(matrix: Matrix, limits: Vector) -> tuple[float, Vector]:
    """Volume and centroid of a body around 0; NaN where Qhull, or what it gives, has no corners that make faces."""
    d = matrix.shape[1]
    try:
        corners = _corners(matrix, limits)
        size = 1 + np.linalg.norm(corners, axis=1)[:, None]
        on, kept = np.unique(np.abs(corners @ matrix.T - limits) <= _ON * size, axis=0, return_index=True)
        corners = corners[kept]
        sides = [sum(1 << int(corner) for corner in np.flatnonzero(one)) for one in on.T]
        simplices = corners[np.array(_simplices((1 << len(corners)) - 1, d, sides, {}))]
    except ArithmeticError:
        return float("nan"), np.full(d, np.nan)
    volumes = np.abs(np.linalg.det(simplices[:, 1:] - simplices[:, :1])) / factorial(d)
    return float(volumes.sum()), volumes @ simplices.mean(axis=1) / volumes.sum()


def _corners(matrix: Matrix, limits: Vector) -> Matrix:
    from scipy.spatial import HalfspaceIntersection, QhullError

    if matrix.shape[1] == 1:
        signs = matrix[:, 0]
        return np.array([[-limits[signs < 0].min()], [limits[signs > 0].min()]])
    try:
        found = HalfspaceIntersection(np.column_stack([matrix, -limits]), np.zeros(matrix.shape[1]))
    except QhullError as error:
        raise ArithmeticError("Qhull found no corners") from error
    return np.asarray(found.intersections, dtype=np.float64)


def _simplices(
    face: int, k: int, sides: list[int], known: dict[int, list[tuple[int, ...]]]
) -> list[tuple[int, ...]]:
    """Split a face of k dimensions into simplices: its first corner with those of its sides that have it not.

    A set of corners is a number, with a bit for each. Qhull would split the hull of the corners, but fails, or errs
    by parts in a thousand, in seven dimensions.
    """
    first = (face & -face).bit_length() - 1
    if k == 0:
        return [(first,)]
    if face not in known:
        some = {face & side for side in sides} - {face, 0}
        # The largest of what conditions cut out of a face are its sides.
        largest = [one for one in some if not any(one & other == one != other for other in some)]
        known[face] = [
            (first, *rest)
            for side in largest
            if not side >> first & 1
            for rest in _simplices(side, k - 1, sides, known)
        ]
        if not known[face]:
            raise ArithmeticError("the corners make no faces")
    return known[face]


def _with_width(body: Body) -> tuple[Body, Vector, float]:
    r"""The body in the directions that it has a width in, with the centre and radius of the largest ball there.

    How hard each condition presses on a ball that can grow no more adds up to 1, and balances. So the body is at
    most :math:`r / p` wide across a condition with pressure :math:`p`, and some condition has
    :math:`p \ge 1 / (d + 1)`.
    """
    while body.dimension:
        centre, radius, pressure = _largest_ball(body)
        if radius > THIN:
            return body, centre, radius
        flat = body.basis @ _across(body.matrix[int(pressure.argmax())])
        lifted = body.basis @ centre
        body = _scaled(
            body.origin + lifted, flat, body.matrix @ (body.basis.T @ flat), body.limits - body.matrix @ centre
        )
    return body, np.empty(0), 0.0


def _largest_ball(body: Body) -> tuple[Vector, float, Vector]:
    from scipy.sparse import csr_array

    d = body.dimension
    matrix = csr_array(np.column_stack([body.matrix, np.ones(len(body.matrix))]))
    cost = np.append(np.zeros(d), -1.0)
    found = minimise(cost, Rows(matrix, np.full(len(body.limits), -np.inf), body.limits), free=range(d + 1))
    assert found is not None  # noqa: S101 - a ball of negative radius is in any body
    return found.values[:d], float(found.values[d]), found.pressure


def _scaled(origin: Vector, basis: Matrix, matrix: Matrix, limits: Vector) -> Body:
    """A body with rows of length 1; without those that say the same of all its points."""
    length = np.linalg.norm(matrix, axis=1)
    kept = length > THIN
    return Body(origin, basis, matrix[kept] / length[kept, None], limits[kept] / length[kept])


def _across(row: Vector) -> Matrix:
    """Directions of length 1 at right angles to a row and to each other, (coordinates, coordinates less 1)."""
    return np.asarray(np.linalg.svd(row[None])[2][1:].T, dtype=np.float64)
