"""The benefit of the doubt: every unit weighed as suits it best."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from pii.arrays import Matrix, Vector, blocks

__all__ = ["benefit_of_the_doubt", "fits"]

_ROUNDS = 50  # exchanges for each child; a few are enough but where a corner is shared by many rows
_EXACT = 1e-13
_PIVOT = 1e-10


def benefit_of_the_doubt(
    x: Matrix, least: float = 0.0, most: float = 1.0, bounded: Literal["weights", "parts"] = "weights"
) -> Vector:
    r"""The highest weighted sum that a unit can reach with weights by which no unit passes 1.

    .. math:: \max_{w \ge 0} \sum_c w_c x_{ci} \quad\text{such that}\quad \sum_c w_c x_{cj} \le 1\ \text{for all } j

    and to bounds on each child's share of the weights, :math:`l \le w_c / \sum_d w_d \le u`, or on its part of the
    unit's own sum, :math:`l \le w_c x_{ci} / \sum_d w_d x_{di} \le u`.

    One linear programme a unit, all of them solved at once. A unit has weights for the children that it has scores
    of; a gap of another unit brings that unit nothing.

    Parameters
    ----------
    x
        Scores, not negative, (children, units); NaN where missing.
    least, most
        The bounds; a unit needs scores enough that parts between them can sum to 1.
    bounded
        What lies between them.

    Returns
    -------
    Vector
        Scores from 0 to 1; NaN for a unit without any score, or with too few for the bounds.

    References
    ----------
    Cherchye, Moesen, Rogge and Van Puyenbroeck (2007), An introduction to 'benefit of the doubt' composite
    indicators. doi:10.1007/s11205-006-9029-7

    Examples
    --------
    >>> benefit_of_the_doubt(np.array([[4.0, 2.0, 1.0], [1.0, 2.0, 1.0]])).round(6)
    array([1. , 1. , 0.5])
    """
    # Units with the same scores have the same programme.
    coded, which = np.unique(np.where(np.isnan(x), -1.0, x), axis=1, return_inverse=True)
    has = (coded >= 0).T
    found = np.full(len(has), np.nan)
    ready = np.flatnonzero([k > 0 and fits(k, least, most) for k in has.sum(axis=1).tolist()])
    others = np.maximum(coded, 0.0).T
    top = others.max(axis=0, initial=0.0)
    if not top.any():
        found[ready] = 0.0
        ready = ready[:0]
    # Each child is measured by the best on it. A child that nobody has any of may need a weight between bounds; so
    # small a measure leaves room for any that it can need.
    top[top == 0] = top.min(initial=np.inf, where=top > 0) * most / len(top)
    others = others / top
    best = _frontier(others)
    size = others if bounded == "parts" else 1.0 / np.broadcast_to(top, others.shape)
    for block in blocks(ready.tolist(), len(best)):
        parts = np.where(has[block], size[block], 0.0)
        programme = _Programme(
            best, others[block], has[block], parts / parts.max(axis=1, keepdims=True), least, most
        )
        found[block] = np.clip(programme.solved(), 0.0, 1.0)
    score: Vector = found[which.ravel()]
    return score


def fits(k: int, least: float, most: float) -> bool:
    """Whether k parts between the bounds can sum to 1.

    Examples
    --------
    >>> fits(8, 0.1, 0.15), fits(11, 0.1, 0.15), fits(6, 0.1, 0.15)
    (True, False, False)
    """
    return k * least <= 1 + 1e-12 and k * most >= 1 - 1e-12


def _frontier(rows: Matrix) -> Matrix:
    """The different rows of which no other is at least as large throughout; only they can hold a sum to 1."""
    rows = np.unique(rows, axis=0)
    kept: list[int] = []
    for block in blocks(range(len(rows)), len(rows)):
        within = np.ones((len(block), len(rows)), dtype=np.bool_)
        for column in rows.T:
            within &= column[block, None] <= column
        kept += [at for at, count in zip(block, within.sum(axis=1).tolist(), strict=True) if count == 1]
    return np.asarray(rows[kept])


@dataclass(frozen=True)
class _Programme:
    """Programmes of several units, solved together by the dual simplex method.

    The rows that may hold a unit's weights are numbered: its k upper limits (1, or 0 where it has no score, as the
    best on a child passes 1 beyond it), k for not being negative, k lower and k upper bounds of its parts, then a
    row for every unit. A unit's corner is where k of its rows, its basis, hold with equality. Starting from the
    upper limits, the row that is most broken comes in and one goes out, such that the weights stay the best by
    the basis alone, until no row is broken.
    """

    others: Matrix
    own: Matrix
    has: NDArray[np.bool_]
    size: Matrix
    least: float
    most: float

    def solved(self) -> Vector:
        """The largest sums."""
        n, k = self.own.shape
        # Without bounds a score of 0 needs no weight. What has a limit of 0 adds nothing, whatever it is worth, and
        # worth so much it stays at its limit.
        free = self.least == 0 and self.most == 1
        counted = self.has & (self.own > 0) if free else self.has
        worth = np.where(counted, self.own, k + 1.0)
        basis = np.tile(np.arange(k), (n, 1))
        found = np.full(n, np.nan)
        left = np.arange(n)
        for _ in range(_ROUNDS * k):
            rows, limits = self._rows(basis[left], left[:, None], counted)
            try:
                weights = np.asarray(np.linalg.solve(rows, limits[..., None])[..., 0], dtype=np.float64)
            except np.linalg.LinAlgError:
                break
            broken = self._broken(weights, left, counted)
            np.put_along_axis(broken, basis[left], 0.0, axis=1)
            entering = broken.argmax(axis=1)
            done = broken[np.arange(len(left)), entering] <= _EXACT
            found[left[done]] = (self.own[left] * weights).sum(axis=1)[done]
            left, rows, entering = left[~done], rows[~done], entering[~done]
            if not left.size:
                return found
            row, _ = self._rows(entering, left, counted)
            prices, steps = np.linalg.solve(np.swapaxes(rows, 1, 2), np.stack([worth[left], row], axis=2)).T
            can = steps >= np.minimum(_PIVOT, steps.max(axis=0))
            ratio = np.where(can, np.maximum(prices, 0.0) / np.where(can, steps, 1.0), np.inf)
            # Of those that go out first the one that leaves the corner the least sharp.
            first = ratio <= ratio.min(axis=0) + _EXACT
            basis[left, np.where(first, steps, -np.inf).argmax(axis=0)] = entering
        # Corners that many rows share can be gone round without an end, and be too sharp to compute.
        for at in left.tolist():
            found[at] = self._alone(at, counted)
        return found

    def _rows(
        self, number: NDArray[np.intp], at: NDArray[np.intp], counted: NDArray[np.bool_]
    ) -> tuple[Matrix, Vector]:
        """Rows by number, of the units at these places, and what they may not pass."""
        k = self.own.shape[1]
        kind, child = np.minimum(number // k, 4), number % k
        one = np.eye(k)[child]
        size = self.size[at]
        part = size * one
        rows = np.select(
            [(kind == which)[..., None] for which in range(4)],
            [one, -one, self.least * size - part, part - self.most * size],
            self.others[np.maximum(number - 4 * k, 0)],
        )
        limits = np.where(kind == 0, counted[at, child], np.where(kind == 4, 1.0, 0.0))
        return rows, limits

    def _broken(self, weights: Matrix, at: NDArray[np.intp], counted: NDArray[np.bool_]) -> Matrix:
        """By how much each row is passed, (units, rows)."""
        k = self.own.shape[1]
        part = self.size[at] * weights
        whole = part.sum(axis=1, keepdims=True)
        broken: Matrix = np.empty((len(weights), 4 * k + len(self.others)))
        broken[:, :k], broken[:, k : 2 * k] = weights - counted[at], -weights
        broken[:, 2 * k : 3 * k] = np.where(self.has[at], self.least * whole - part, 0.0)
        broken[:, 3 * k : 4 * k] = np.where(self.has[at], part - self.most * whole, 0.0)
        np.matmul(weights, self.others.T, out=broken[:, 4 * k :])
        broken[:, 4 * k :] -= 1.0
        return broken

    def _alone(self, at: int, counted: NDArray[np.bool_]) -> float:
        """The largest sum of one unit, by another solver."""
        from scipy.optimize import linprog

        k = self.own.shape[1]
        number = np.append(np.arange(2 * k), 4 * k + np.arange(len(self.others)))
        number = np.append(number, [2 * k + np.flatnonzero(self.has[at]), 3 * k + np.flatnonzero(self.has[at])])
        rows, limits = self._rows(number, np.full(len(number), at), counted)
        solved = linprog(-self.own[at], A_ub=rows, b_ub=limits, bounds=(None, None), method="highs-ds")
        return float(-np.asarray(solved.fun))
