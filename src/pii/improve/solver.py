"""Linear and mixed-integer programs: variables from 0 up, sums that are at least so much, the least cost."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from pii.arrays import Vector
from pii.numerics.possible_ranks import silenced

if TYPE_CHECKING:
    from scipy.sparse import csr_array

__all__ = ["Row", "solved"]

Row: TypeAlias = tuple[dict[int, float], float]
"""Coefficients by the number of their variable, and what their sum is at least."""

_EXACT = 1e-9
_GAP = 1e-4  # an answer is the cheapest to within this part of its cost


def solved(
    cost: Vector, rows: Sequence[Row], high: Vector, whole: NDArray[np.bool_], *, seconds: float
) -> tuple[Vector, bool] | None:
    """The variables that cost least, and whether that is proven; None where none meet the rows, or in time.

    Parameters
    ----------
    cost
        Of each variable.
    rows
        What is to hold.
    high
        The largest value of each variable.
    whole
        Which are whole numbers. Once these are found, the others are found again to a tighter tolerance.
    seconds
        Time after which the best answer found is given.

    Examples
    --------
    >>> cost, high, whole = np.array([3.0, 1.0]), np.array([9.0, 1.5]), np.array([True, False])
    >>> taken, proven = solved(cost, [({0: 2.0, 1: 1.0}, 3.0)], high, whole, seconds=1)
    >>> taken.tolist(), proven
    ([1.0, 1.0], True)
    """
    matrix, least = _matrix(rows, len(cost))
    low, proven = np.zeros(len(cost)), True
    if whole.any():
        found, proven = _whole_numbers(cost, matrix, least, high, whole, seconds)
        if found is None:
            return None
        low = np.where(whole, np.round(found), 0.0)
        again = _continuous(cost, matrix, least, low, np.where(whole, low, high))
        return (found if again is None else again), proven
    exact = _continuous(cost, matrix, least, low, high)
    return None if exact is None else (exact, True)


def _matrix(rows: Sequence[Row], n: int) -> tuple[csr_array[Any], Vector]:
    from scipy.sparse import csr_array

    data: list[float] = []
    indices: list[int] = []
    ends = [0]
    for row, _ in rows:
        known = {column: value for column, value in row.items() if value}
        data += known.values()
        indices += known
        ends.append(len(indices))
    matrix: csr_array[Any] = csr_array(
        (np.array(data, dtype=np.float64), np.array(indices, dtype=np.int32), np.array(ends, dtype=np.int32)),
        shape=(len(rows), n),
    )
    return matrix, np.array([least for _, least in rows], dtype=np.float64)


def _continuous(cost: Vector, matrix: csr_array[Any], least: Vector, low: Vector, high: Vector) -> Vector | None:
    from scipy.optimize import linprog

    # The stubs know nothing of sparse matrices, or of bounds in an array, here.
    unequal: Any = -matrix if len(least) else None
    limits: Any = np.column_stack([low, high])
    found = linprog(
        cost,
        A_ub=unequal,
        b_ub=-least if len(least) else None,
        bounds=limits,
        options={"primal_feasibility_tolerance": _EXACT, "dual_feasibility_tolerance": _EXACT},
    )
    return np.asarray(found.x, dtype=np.float64) if found.status == 0 else None


def _whole_numbers(
    cost: Vector, matrix: csr_array[Any], least: Vector, high: Vector, whole: NDArray[np.bool_], seconds: float
) -> tuple[Vector | None, bool]:
    from scipy.optimize import Bounds, LinearConstraint, milp

    with silenced():
        found = milp(
            cost,
            integrality=whole.astype(np.float64),
            bounds=Bounds(0.0, high),
            constraints=LinearConstraint(matrix, least, np.inf),
            options={"time_limit": seconds, "mip_rel_gap": _GAP},
        )
    return (None if found.x is None else np.asarray(found.x, dtype=np.float64)), bool(found.status == 0)
