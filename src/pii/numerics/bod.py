"""The benefit of the doubt: every unit weighed as suits it best."""

from __future__ import annotations

from typing import Literal

import numpy as np

from pii.arrays import Matrix, Vector

__all__ = ["benefit_of_the_doubt", "fits"]


def benefit_of_the_doubt(
    x: Matrix, least: float = 0.0, most: float = 1.0, bounded: Literal["weights", "parts"] = "weights"
) -> Vector:
    r"""The highest weighted sum that a unit can reach with weights by which no unit passes 1.

    .. math:: \max_{w \ge 0} \sum_c w_c x_{ci} \quad\text{such that}\quad \sum_c w_c x_{cj} \le 1\ \text{for all } j

    and to bounds on each child's share of the weights, :math:`l \le w_c / \sum_d w_d \le u`, or on its part of the
    unit's own sum, :math:`l \le w_c x_{ci} / \sum_d w_d x_{di} \le u`.

    One linear programme a unit. A unit has weights for the children that it has scores of; a gap of another unit
    brings that unit nothing.

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
    top = float(np.fmax.reduce(x, axis=None, initial=0.0)) or 1.0
    # Units with the same scores have the same programme; weights near 1 suit the solver's tolerances.
    coded, which = np.unique(np.where(np.isnan(x), -1.0, x / top), axis=1, return_inverse=True)
    filled = np.maximum(coded, 0.0)
    found = np.full(coded.shape[1], np.nan)
    for at in range(coded.shape[1]):
        has = np.flatnonzero(coded[:, at] >= 0)
        if not has.size or not fits(has.size, least, most):
            continue
        own, others = filled[has, at], filled[has].T
        held = _between(own if bounded == "parts" else np.ones(has.size), least, most)
        found[at] = min(max(_most(own, others, held), 0.0), 1.0)
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


def _between(size: Vector, least: float, most: float) -> list[Matrix]:
    """Rows that are not positive where each weight times size is between the bounds of their sum."""
    k = len(size)
    rows = []
    if least > 0:
        rows.append(least * np.tile(size, (k, 1)) - np.diag(size))
    if most < 1:
        rows.append(np.diag(size) - most * np.tile(size, (k, 1)))
    return rows


def _most(own: Vector, others: Matrix, held: list[Matrix]) -> float:
    """The largest sum, with only those other units in the programme that pass 1 without being in it."""
    from scipy.optimize import linprog

    among = np.zeros(len(others), dtype=bool)
    among[others.argmax(axis=0)] = True  # each weight is bounded by the best on its child
    while True:
        a = np.vstack([others[among], *held])
        b = np.zeros(len(a))
        b[: np.count_nonzero(among)] = 1.0
        weights: Vector = np.asarray(linprog(-own, A_ub=a, b_ub=b, method="highs-ds").x, dtype=np.float64)
        sums: Vector = others @ weights
        sums[among] = 0.0
        beyond = np.argsort(-sums)[: own.size]
        beyond = beyond[sums[beyond] > 1 + 1e-13]
        if not beyond.size:
            return float(own @ weights)
        among[beyond] = True
