"""Which units stay above which whatever the weights, and how far weights may move before two change places."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from pii.arrays import Matrix, Vector

__all__ = ["direct", "largest_spread", "mixture_limits", "tiers"]


def direct(above: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """The pairs of an order that follow from no other two: its transitive reduction, the lines of a Hasse diagram.

    Parameters
    ----------
    above
        Whether each is above each other, (units, units): a strict partial order.

    References
    ----------
    Aho, Garey and Ullman (1972), The transitive reduction of a directed graph. doi:10.1137/0201008

    Examples
    --------
    >>> direct(np.triu(np.ones((3, 3), dtype=bool), 1)).astype(int).tolist()
    [[0, 1, 0], [0, 0, 1], [0, 0, 0]]
    """
    between = above.astype(np.float64) @ above.astype(np.float64) > 0
    return np.asarray(above & ~between, dtype=np.bool_)


def tiers(above: NDArray[np.bool_]) -> NDArray[np.int64]:
    """The length of the longest chain from the top down to each unit, from 1: no two of a tier are in order.

    Examples
    --------
    >>> above = np.zeros((4, 4), dtype=bool)
    >>> above[0, 2] = above[2, 3] = above[0, 3] = True
    >>> tiers(above).tolist()
    [1, 1, 2, 3]
    """
    found = np.ones(len(above), dtype=np.int64)
    # What is above a unit has fewer above it, so that it is settled before.
    for unit in np.argsort(above.sum(axis=0), kind="stable"):
        found[unit] = 1 + found[above[:, unit]].max(initial=0)
    return found


def mixture_limits(x: Matrix, w: Vector) -> Matrix:
    r"""How much of the weights may be replaced by any others before two units change places.

    Weights :math:`(1 - e) w + e v` keep unit :math:`i` above :math:`j` for every :math:`v` up to

    .. math:: e = \frac{d \cdot w}{d \cdot w - \min_k d_k}, \qquad d = x_i - x_j

    and for every :math:`e` up to 1 where no :math:`d_k` is negative.

    Parameters
    ----------
    x
        Scores, (units, criteria).
    w
        Weights that sum to 1, (criteria,).

    Returns
    -------
    Matrix
        (units, units); NaN where the first is not above the second, nor level with it.

    References
    ----------
    Foster, McGillivray and Seth (2013), Composite indices: rank robustness, statistical association, and
    redundancy. doi:10.1080/07474938.2012.690647

    Examples
    --------
    >>> mixture_limits(np.array([[3.0, 1.0], [1.0, 2.0]]), np.array([0.5, 0.5])).round(6).tolist()
    [[1.0, 0.333333], [nan, 1.0]]
    """
    limits = np.ones((len(x), len(x)))
    for unit, own in enumerate(x):
        d = own - x
        lead, least = d @ w, np.minimum(d.min(axis=1), 0.0)
        lead[np.abs(lead) <= _ROUNDING * np.abs(d).max(axis=1)] = 0.0
        open_to_change = (least < 0) & (lead >= 0)
        limits[unit, open_to_change] = lead[open_to_change] / (lead - least)[open_to_change]
        limits[unit, lead < 0] = np.nan
    return limits


def largest_spread(lead: Callable[[Vector], Vector], n: int) -> Vector:
    """The largest spread, from 0 to 1, at which a lead that only falls with it is not negative.

    Parameters
    ----------
    lead
        The least leads of n pairs at a spread for each, with nothing below 0 that is rounding error.
    n
        How many pairs there are.

    Returns
    -------
    Vector
        To the last digit, by halving; 0 where there is no lead to begin with.

    Examples
    --------
    >>> largest_spread(lambda spread: np.array([0.25, 2.0]) - spread, 2).tolist()
    [0.25, 1.0]
    """
    low, high = np.zeros(n), np.ones(n)
    kept = lead(high) >= 0
    low[kept] = 1.0
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        holds = lead(middle) >= 0
        low, high = np.where(holds, middle, low), np.where(holds, high, middle)
    return low


_ROUNDING = 1e-14
_HALVINGS = 53
