"""How good every unit looks with the weights that suit it best, and which weights those are."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from pii.arrays import Matrix, Vector
from pii.numerics.bod import fits

__all__ = ["Favour", "favour"]


class Favour(NamedTuple):
    """The best that each unit can reach, and by what."""

    scores: Vector
    """From 0 to 1; 1 on the frontier, NaN for a unit without any score."""
    parts: Matrix
    """What each row brings to the unit's own sum, (rows, units), summing to 1; NaN where the unit has no score."""


def favour(x: Matrix, least: float = 0.0, most: float = 1.0) -> Favour:
    r"""The highest weighted sum that a unit can reach where no unit passes 1, with its parts.

    With :math:`p_c = w_c x_{ci}`, what row c brings to unit i,

    .. math:: \max_{p \ge 0} \sum_c p_c \quad\text{such that}\quad
        \sum_c p_c \frac{x_{cj}}{x_{ci}} \le 1\ \text{for all } j, \qquad l \sum_d p_d \le p_c \le u \sum_d p_d

    It is :func:`pii.numerics.bod.benefit_of_the_doubt` bounded by parts. Where several sets of parts are equally
    good they are those of one of them. A unit with a score of 0 reaches 0 when each row must bring something.

    Parameters
    ----------
    x
        Scores, not negative, (rows, units); NaN where missing.
    least, most
        The bounds of each row's part of the unit's own sum.

    References
    ----------
    Cherchye, Moesen, Rogge and Van Puyenbroeck (2007), An introduction to 'benefit of the doubt' composite
    indicators. doi:10.1007/s11205-006-9029-7

    Examples
    --------
    >>> found = favour(np.array([[4.0, 1.0, 2.0], [1.0, 4.0, 2.0]]))
    >>> found.scores.round(6).tolist(), found.parts[:, 2].round(6).tolist()
    ([1.0, 1.0, 0.8], [0.5, 0.5])
    """
    scores, parts = np.full(x.shape[1], np.nan), np.full(x.shape, np.nan)
    others = np.nan_to_num(x)
    for at in range(x.shape[1]):
        has = np.flatnonzero(~np.isnan(x[:, at]))
        if not has.size or not fits(has.size, least, most):
            continue
        above = has[x[has, at] > 0]
        if (least > 0 and len(above) < len(has)) or not fits(len(above), least, most):
            scores[at] = 0.0
            continue
        found = _best(others[above] / x[above, at][:, None], least, most)
        scores[at] = min(float(found.sum()), 1.0)
        parts[has, at] = 0.0
        parts[above, at] = found / found.sum()
    return Favour(scores, parts)


def _best(times: Matrix, least: float, most: float) -> Vector:
    """The parts that sum to most, given how many times the unit's own score every unit has."""
    from scipy.optimize import LinearConstraint, milp  # without whole numbers the quickest way into the solver

    k, n = times.shape
    rows = [times.T]
    if least > 0:
        rows.append(least - np.eye(k))
    if most < 1:
        rows.append(np.eye(k) - most)
    limits = np.zeros(sum(map(len, rows)))
    limits[:n] = 1.0
    found = milp(-np.ones(k), constraints=LinearConstraint(np.vstack(rows), -np.inf, limits))
    return np.maximum(np.asarray(found.x, dtype=np.float64), 0.0)
