"""The weights that a tree admits, as one polytope, and the least value of a weighted sum over it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from pii.arrays import Matrix, Vector

if TYPE_CHECKING:
    from scipy.sparse import csr_array

__all__ = ["Polytope", "Rows", "Siblings", "Solution", "least_share_sum", "least_weight_sum", "minimise"]


class Siblings(NamedTuple):
    r"""The shares that the children of one group may have: all that meet every condition at once, summing to 1."""

    group: int
    """The number of their group's node."""
    children: tuple[int, ...]
    """The numbers of their own nodes."""
    low: Vector
    """The least share of each."""
    high: Vector
    """The largest share of each."""
    weights: tuple[Vector, Vector] | None = None
    """The least and the largest weight of each, where shares are weights scaled to sum to 1."""
    at_least: Matrix = np.empty((0, 0))
    """Rows of coefficients, (conditions, children), whose sum with the shares is not negative."""

    def admits_some(self) -> bool:
        """Whether there are shares that meet every condition."""
        if (self.low > self.high).any() or self.low.sum() > 1 + _ROUNDING or self.high.sum() < 1 - _ROUNDING:
            return False
        alone = self.alone().conditions
        return minimise(np.zeros(alone.matrix.shape[1]), alone) is not None

    def alone(self) -> Polytope:
        """The polytope of this group, which is its top."""
        return Polytope((self._replace(group=0, children=tuple(range(1, 1 + len(self.low)))),))

    @property
    def is_fixed(self) -> bool:
        """Whether one set of shares is all there is."""
        return self.weights is None and bool((self.low == self.high).all())


class Rows(NamedTuple):
    """Linear conditions: ``low <= matrix @ z <= high``."""

    matrix: csr_array[Any]
    low: Vector
    high: Vector


class Solution(NamedTuple):
    """Where a linear cost is least."""

    values: Vector
    """Of the variables."""
    pressure: Vector
    """How fast the least cost rises as each condition tightens; 0 for those that do not bind."""


def minimise(cost: Vector, rows: Rows, *, free: Sequence[int] = ()) -> Solution | None:
    """The variables, not negative but for the free ones, that cost least; None where no variables meet the rows.

    Raises
    ------
    ArithmeticError
        The solver stopped without an answer.
    """
    from scipy.optimize import linprog
    from scipy.sparse import vstack

    equal = rows.low == rows.high
    above, below = ~equal & np.isfinite(rows.low), ~equal & np.isfinite(rows.high)
    limits: Any = np.tile([0.0, np.inf], (len(cost), 1))
    limits[list(free), 0] = -np.inf
    # The stubs know nothing of sparse matrices here.
    unequal: Any = vstack([rows.matrix[below], -rows.matrix[above]])
    equations: Any = rows.matrix[equal]
    found = linprog(
        cost,
        A_ub=unequal,
        b_ub=np.concatenate([rows.high[below], -rows.low[above]]),
        A_eq=equations,
        b_eq=rows.low[equal],
        bounds=limits,
        options={"primal_feasibility_tolerance": _EXACT, "dual_feasibility_tolerance": _EXACT},
    )
    if found.status == _INFEASIBLE:
        return None
    if found.status != 0:
        raise ArithmeticError(f"the linear solver stopped: {found.message}")
    pressure = np.zeros(len(equal))
    pressure[below] = -found.ineqlin.marginals[: below.sum()]
    pressure[above] -= found.ineqlin.marginals[below.sum() :]
    pressure[equal] = np.abs(found.eqlin.marginals)
    return Solution(np.asarray(found.x, dtype=np.float64), pressure)


def least_share_sum(d: Matrix, low: Vector, high: Vector) -> Vector:
    r"""The least :math:`\sum s_c d_c` over shares between bounds: what is left goes to the lowest first.

    Parameters
    ----------
    d
        Values, (..., children).
    low, high
        Bounds of the shares, (children,) or as the values, with sums not above and not below 1.

    References
    ----------
    Dantzig (1957), Discrete-variable extremum problems (the fractional knapsack). doi:10.1287/opre.5.2.266

    Examples
    --------
    >>> least_share_sum(np.array([5.0, 1.0, 3.0]), np.full(3, 0.2), np.full(3, 0.5)).round(6)
    np.float64(2.4)
    """
    order = np.argsort(d, axis=-1)
    floor, ordered = _reordered(low, order), np.take_along_axis(d, order, axis=-1)
    room = _reordered(high, order) - floor
    before = np.cumsum(room, axis=-1) - room
    left = 1.0 - low.sum(axis=-1)[..., None]
    return np.asarray(((floor + np.clip(left - before, 0.0, room)) * ordered).sum(axis=-1), dtype=np.float64)


def least_weight_sum(d: Matrix, low: Vector, high: Vector) -> Vector:
    r"""The least :math:`\sum r_c d_c / \sum r_c` over weights between bounds.

    It is where the lowest values have their largest weight and the others their least, for one of the cuts.

    Parameters
    ----------
    d
        Values, (..., children).
    low, high
        Bounds of the weights, (children,) or as the values, not negative, some upper bound above 0.

    References
    ----------
    Charnes and Cooper (1962), Programming with linear fractional functionals. doi:10.1002/nav.3800090303

    Examples
    --------
    >>> least_weight_sum(np.array([5.0, 1.0, 3.0]), np.full(3, 0.5), np.full(3, 1.5)).round(6)
    np.float64(2.2)
    """
    order = np.argsort(d, axis=-1)
    ordered, added = np.take_along_axis(d, order, axis=-1), _reordered(high - low, order)
    sums = (low * d).sum(axis=-1)[..., None] + np.cumsum(added * ordered, axis=-1)
    totals = low.sum(axis=-1)[..., None] + np.cumsum(added, axis=-1)
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.asarray(np.where(totals > 0, sums / totals, np.inf).min(axis=-1), dtype=np.float64)


def _reordered(bounds: Matrix, order: NDArray[np.intp]) -> Matrix:
    return np.take_along_axis(np.broadcast_to(bounds, order.shape), order, axis=-1)


@dataclass(frozen=True, eq=False)
class Polytope:
    """Weights of the nodes of a tree: the top weighs 1, and shares of siblings meet their conditions.

    Conditions bind the shares inside one group, so they are linear in the weights of the nodes (a node's share
    times its group's weight), and several levels at once are one polytope.
    """

    siblings: tuple[Siblings, ...]
    """Groups before the groups below them; the node 0 is the top."""

    @cached_property
    def n_nodes(self) -> int:
        """How many nodes there are, the top among them."""
        return 1 + sum(len(one.children) for one in self.siblings)

    @cached_property
    def leaves(self) -> NDArray[np.intp]:
        """Nodes without children, in the order of their numbers; scores follow it."""
        groups = {one.group for one in self.siblings}
        return np.array([node for node in range(self.n_nodes) if node not in groups], dtype=np.intp)

    def least(self, d: Matrix) -> Vector:
        """The least weighted sum of values of the leaves, (..., leaves) to (...).

        Groups do not bind each other, so the least sum of a group is made of the least sums of its children.
        """
        values = np.empty((*d.shape[:-1], self.n_nodes))
        values[..., self.leaves] = d
        for one in reversed(self.siblings):
            values[..., one.group] = _least(one, values[..., list(one.children)])
        return np.asarray(values[..., 0], dtype=np.float64)

    @cached_property
    def conditions(self) -> Rows:
        """Every condition on the weights of the nodes, followed by one scale for each group given by weights."""
        from scipy.sparse import csr_array

        scales = {one.group: self.n_nodes + at for at, one in enumerate(self._weighted)}
        entries: list[dict[int, float]] = [{0: 1.0}]
        limits: list[tuple[float, float]] = [(1.0, 1.0)]
        for one in self.siblings:
            for entry, limit in _conditions(one, scales.get(one.group, -1)):
                entries.append(entry)
                limits.append(limit)
        at = [(row, column, value) for row, entry in enumerate(entries) for column, value in entry.items()]
        row, column, value = zip(*at, strict=True)
        matrix = csr_array((value, (row, column)), shape=(len(entries), self.n_nodes + len(scales)))
        low, high = np.array(limits).T
        return Rows(matrix, low, high)

    @cached_property
    def _weighted(self) -> tuple[Siblings, ...]:
        return tuple(one for one in self.siblings if one.weights is not None)

    def shares(self, weights: Vector) -> Vector:
        """Each node's share of its group, from the weights of the nodes; 1 for the top.

        The children of a group without weight get shares that are admitted.
        """
        shares = np.ones(self.n_nodes)
        for one in self.siblings:
            found = np.maximum(weights[list(one.children)], 0.0)
            if found.sum() <= _NOTHING:
                found = _any_shares(one)
            shares[list(one.children)] = found / found.sum()
        return shares

    def effective(self, shares: Vector) -> Vector:
        """Weights of the nodes, from the shares of their groups."""
        weights = np.array(shares)
        for one in self.siblings:
            weights[list(one.children)] *= weights[one.group]
        return weights


_EXACT = 1e-10  # the tightest tolerance that the solver takes
_INFEASIBLE = 2  # the status of linprog
_ROUNDING = 1e-12
_NOTHING = 1e-9  # a group's weight that is rounding error of the solver


def _least(one: Siblings, d: Matrix) -> Vector:
    if one.is_fixed:
        return np.asarray(d @ one.low, dtype=np.float64)
    if one.at_least.size or (one.weights is not None and _bound(one)):
        return _least_by_solver(one, d)
    if one.weights is not None:
        return least_weight_sum(d, *one.weights)
    return least_share_sum(d, one.low, one.high)


def _bound(one: Siblings) -> bool:
    return bool((one.low > 0).any() or (one.high < 1).any())


def _least_by_solver(one: Siblings, d: Matrix) -> Vector:
    """One linear program for all rows of values: blocks that have nothing to do with one another."""
    from scipy.sparse import block_diag

    if not d.size:
        return np.empty(d.shape[:-1])
    rows = d.reshape(-1, d.shape[-1])
    matrix, low, high = one.alone().conditions
    costs = np.zeros((len(rows), matrix.shape[1]))
    costs[:, 1 : 1 + d.shape[-1]] = rows
    blocks = block_diag([matrix] * len(rows), format="csr")
    found = minimise(costs.ravel(), Rows(blocks, np.tile(low, len(rows)), np.tile(high, len(rows))))
    if found is None:
        raise ValueError("no shares meet every condition")
    sums: Vector = (costs * found.values.reshape(costs.shape)).sum(axis=1)
    return sums.reshape(d.shape[:-1])


def _conditions(one: Siblings, scale: int) -> list[tuple[dict[int, float], tuple[float, float]]]:
    """Rows of one group: coefficients by variable, and the limits of their sum."""
    found: list[tuple[dict[int, float], tuple[float, float]]] = [
        ({one.group: -1.0, **dict.fromkeys(one.children, 1.0)}, (0.0, 0.0))
    ]
    for child, low, high in zip(one.children, one.low.tolist(), one.high.tolist(), strict=True):
        if low == high:
            found.append(({child: 1.0, one.group: -low}, (0.0, 0.0)))
            continue
        if low > 0:
            found.append(({child: 1.0, one.group: -low}, (0.0, np.inf)))
        if high < 1:
            found.append(({child: 1.0, one.group: -high}, (-np.inf, 0.0)))
    if one.weights is not None:
        for child, low, high in zip(one.children, *(bound.tolist() for bound in one.weights), strict=True):
            found.append(({child: 1.0, scale: -low}, (0.0, np.inf)))
            found.append(({child: 1.0, scale: -high}, (-np.inf, 0.0)))
    found += [(dict(zip(one.children, row.tolist(), strict=True)), (0.0, np.inf)) for row in one.at_least]
    return found


def _any_shares(one: Siblings) -> Vector:
    alone = one.alone().conditions
    found = minimise(np.zeros(alone.matrix.shape[1]), alone)
    if found is None:
        raise ValueError("no shares meet every condition")
    return found.values[1 : 1 + len(one.children)]
