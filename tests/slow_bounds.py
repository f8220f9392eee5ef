"""Possible ranks the slow way: all places where two units are level, or a condition binds, and what lies between."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import combinations

import numpy as np

from pii.arrays import Matrix, Vector

CLOSE = 1e-9


def box_rows(nodes: Iterable[Vector], w: Sequence[float], spread: float) -> list[Vector]:
    """Rows over the weights of the leaves, not negative, of siblings whose weights are spread and scaled to 1.

    Each node is a sum of leaves. Two shares differ at most as the largest weight of one and the least of the other.
    """
    named = list(zip(nodes, w, strict=True))
    rows = [a * (1 + spread) * other - b * (1 - spread) * node for node, a in named for other, b in named]
    return [*rows, *(-node for node, a in named if a == 0)]


def corners(x: Matrix, rows: Sequence[Vector]) -> Matrix:
    """Admissible weights of three leaves or two at which as many as there are leaves, less one, of the lines meet.

    A line is a condition that binds, or two units that are level; x is (units, leaves).
    """
    k = x.shape[1]
    lines = [*np.eye(k), *rows, *(a - b for a, b in combinations(x, 2))]
    found = []
    for some in combinations(lines, k - 1):
        equations = np.vstack([*some, np.ones(k)])
        if abs(np.linalg.det(equations)) > CLOSE:
            v = np.linalg.solve(equations, np.append(np.zeros(k - 1), 1.0))
            if all(row @ v >= -CLOSE for row in [*np.eye(k), *rows]):
                found.append(v)
    return np.unique(np.round(found, 10), axis=0)


def extreme_ranks(x: Matrix, rows: Sequence[Vector]) -> tuple[list[int], list[int]]:
    """The best and worst rank of each unit: best at a corner, worst inside the simplex of some corners."""
    points = corners(x, rows)
    at = [np.mean(some, axis=0) for size in range(1, x.shape[1] + 1) for some in combinations(points, size)]
    scores = np.array(at) @ x.T
    ranks = 1 + np.count_nonzero(scores[:, None, :] > scores[:, :, None] + CLOSE, axis=2)
    return ranks.min(axis=0).tolist(), ranks.max(axis=0).tolist()
