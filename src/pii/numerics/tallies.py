r"""What is counted over many draws: acceptabilities, rank intervals, winners, each with its sampling error.

Errors are those of independent draws; those of scrambled low-discrepancy sequences are smaller, so overstated.

References
----------
Lahdelma and Salminen (2001), SMAA-2: Stochastic multicriteria acceptability analysis for group decision making.
doi:10.1287/opre.49.3.444.11220, for acceptabilities, central weights and what places are worth.
"""

from __future__ import annotations

from collections.abc import Callable
from threading import Lock
from typing import Literal, NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

from pii.arrays import Matrix, Vector
from pii.numerics.draws import Places, in_chunks

__all__ = [
    "Counts",
    "Estimate",
    "MetaWeights",
    "RankQuantile",
    "acceptability",
    "acceptances",
    "central_weights",
    "holistic_acceptability",
    "mean_place",
    "meta_weights",
    "order_statistics",
    "place_quantile",
    "stable",
    "tiers",
    "top",
    "winning",
]

Counts: TypeAlias = NDArray[np.int64]
"""In how many draws each unit has each place, (units, places + 1); column 0 counts the draws without one."""
MetaWeights: TypeAlias = Literal["linear", "inverse", "centroid"]

_ROUNDING = 1e-12  # a share of the draws passes a whole number by more than the product's rounding error
_WIDTH = 64  # numbers a draw for `in_chunks`: 1,024 draws are counted at a time, and adding up is rare


class Estimate(NamedTuple):
    """What the draws say, and how far chance may have it off."""

    value: Matrix
    error: Matrix
    """Standard error, of the same shape."""


class RankQuantile(NamedTuple):
    """A quantile of each unit's places, (units,); 0 where a unit never has one."""

    place: NDArray[np.int64]
    low: NDArray[np.int64]
    high: NDArray[np.int64]
    """The ends of its confidence interval: a place, from the best possible to the last."""


def acceptability(places: Places, *, threads: int = 1) -> Counts:
    """In how many draws each unit has each place.

    Counts of some draws and of others add up, so places need not be held all at once.

    Parameters
    ----------
    places
        From 1, (draws, units); 0 where there is none.

    Examples
    --------
    >>> acceptability(np.array([[1, 2], [1, 1], [2, 1], [1, 0]]))
    array([[0, 3, 1],
           [1, 2, 1]])
    """
    n = places.shape[1]
    first = np.arange(n) * (n + 1)

    def count(rows: slice) -> Counts:
        return np.bincount((places[rows] + first).reshape(-1), minlength=n * (n + 1)).reshape(n, n + 1)

    return _summed(count, places, (n, n + 1), threads)


def acceptances(counts: Counts) -> Estimate:
    r"""The share of the draws at each place, :math:`b_i^r`, (units, places).

    A unit without a place in some draws has shares that sum to less than 1.

    Examples
    --------
    >>> acceptances(np.array([[0, 3, 1], [0, 1, 3]])).value
    array([[0.75, 0.25],
           [0.25, 0.75]])
    """
    return _share(counts[:, 1:], _draws(counts))


def top(counts: Counts, k: int) -> Estimate:
    """How probable a place among the best k is, (units,).

    Examples
    --------
    >>> top(np.array([[0, 3, 1], [0, 1, 3]]), 1).value
    array([0.75, 0.25])
    """
    return _share(counts[:, 1 : k + 1].sum(axis=1), _draws(counts))


def tiers(counts: Counts, last: Vector) -> Estimate:
    """How probable each tier of places is, (units, tiers).

    Tiers end after the places in ``last``, which ascend; a tier of all places below is added.

    Examples
    --------
    >>> tiers(np.array([[0, 3, 1, 0], [0, 1, 2, 1], [0, 0, 1, 3]]), np.array([1])).value
    array([[0.75, 0.25],
           [0.25, 0.75],
           [0.  , 1.  ]])
    """
    up_to = np.cumsum(counts, axis=1) - counts[:, :1]
    ends = [*np.minimum(last, counts.shape[1] - 1).astype(np.intp).tolist(), counts.shape[1] - 1]
    return _share(np.diff(up_to[:, ends], axis=1, prepend=0), _draws(counts))


def mean_place(counts: Counts) -> Estimate:
    r"""The mean place over the draws in which a unit has one, with :math:`s / \sqrt{N}`; NaN where it never has.

    Examples
    --------
    >>> mean_place(np.array([[0, 3, 1], [0, 1, 3]])).value
    array([1.25, 1.75])
    """
    place = np.arange(1.0, counts.shape[1])
    n = counts[:, 1:].sum(axis=1)
    with np.errstate(divide="ignore", invalid="ignore"):
        mean = counts[:, 1:] @ place / n
        squares = (counts[:, 1:] * (place - mean[:, None]) ** 2).sum(axis=1)
        return Estimate(mean, np.sqrt(squares / (n - 1) / n))


def place_quantile(counts: Counts, level: float, *, confidence: float = 0.95) -> RankQuantile:
    r"""The least place that a share ``level`` of the draws does not exceed: the inverse distribution function.

    .. math:: q = \min\{r : F(r) \ge p\}

    It is always a place that was taken. Its interval runs between two of the ordered draws, whatever the
    distribution: of :math:`N` draws, the number below a quantile is binomial with :math:`(N, p)`. With places,
    which are whole, it covers with at least the probability named. Draws without a place do not count.

    Parameters
    ----------
    level
        From 0 to 1: 0.5 is the median; 0.05 and 0.95 the ends of a 90 % rank interval.
    confidence
        Of the interval, half of what is left on either side.

    References
    ----------
    Hyndman and Fan (1996), Sample quantiles in statistical packages, definition 1.
    doi:10.1080/00031305.1996.10473566. David and Nagaraja (2003), *Order Statistics*, 7.1.

    Examples
    --------
    >>> place_quantile(np.array([[0, 30, 70], [0, 70, 30]]), 0.5)
    RankQuantile(place=array([2, 1]), low=array([2, 1]), high=array([2, 1]))
    """
    n = counts[:, 1:].sum(axis=1)
    cumulated = np.cumsum(counts[:, 1:], axis=1)
    at = np.clip(np.ceil(level * n * (1 - _ROUNDING)), 1, np.maximum(n, 1))
    low, high = order_statistics(n, level, (1 - confidence) / 2)

    def placed(draw: Vector) -> NDArray[np.int64]:
        return np.where(n > 0, 1 + np.count_nonzero(cumulated < draw[:, None], axis=1), 0)

    last = counts.shape[1] - 1
    return RankQuantile(
        placed(at),
        np.where((n > 0) & (low < 1), 1, placed(low)),
        np.where((n > 0) & (high > n), last, np.minimum(placed(high), last)),
    )


def stable(counts: Counts, *, level: float = 0.9, confidence: float = 0.95, within: int = 1) -> bool:
    """Whether both ends of every unit's rank interval are known to within a place: draws may stop.

    Parameters
    ----------
    level
        Of the rank interval: 0.9 runs from the 5 % to the 95 % quantile.
    confidence
        With which each end is known.
    within
        Places by which an end's confidence interval may pass the end on either side.

    Examples
    --------
    >>> few = np.array([[0] + [1] * 50])  # a unit that was at each of 50 places once
    >>> stable(few), stable(few * 10_000)
    (False, True)
    """
    for end in ((1 - level) / 2, (1 + level) / 2):
        found = place_quantile(counts, end, confidence=confidence)
        if max((found.place - found.low).max(initial=0), (found.high - found.place).max(initial=0)) > within:
            return False
    return True


def winning(places: Places, *, threads: int = 1) -> Estimate:
    """How probable it is that one unit stands above another, (units, units): wins and half the ties.

    Counted over the draws in which both have a place; NaN where there is none. A unit beside itself has a half.

    Examples
    --------
    >>> winning(np.array([[1, 2], [1, 1], [2, 1], [1, 2]])).value
    array([[0.5  , 0.625],
           [0.375, 0.5  ]])
    """
    n = places.shape[1]

    def count(rows: slice) -> Counts:
        ranks = places[rows].T
        ranked = ranks > 0
        both = np.full((n, n), ranks.shape[1])
        if not ranked.all():
            # Last, so that none stands below: a place as high as this is taken only where all have one.
            ranks = np.where(ranked, ranks, np.iinfo(ranks.dtype).max)
            both = np.rint(ranked.astype(np.float64) @ ranked.T.astype(np.float64)).astype(np.int64)
        return np.stack([_above(ranks) - (both.diagonal()[:, None] - both), both])

    wins, both = _summed(count, places, (2, n, n), threads)
    ties = both - wins - wins.T
    with np.errstate(divide="ignore", invalid="ignore"):
        value = (wins + ties / 2) / both
        spread = (wins + ties / 4) / both - value * value  # of a win counted 1 and a tie 1/2
        return Estimate(value, np.sqrt(np.maximum(spread, 0.0) / both))


def central_weights(weights: Matrix, places: Places) -> Estimate:
    r"""The mean of the weights that put a unit first, (units, weights): what its supporter would think important.

    Tied units are all first. NaN where a unit never is.

    Examples
    --------
    >>> central_weights(np.array([[0.9, 0.1], [0.7, 0.3], [0.2, 0.8]]), np.array([[1, 2], [1, 2], [2, 1]])).value
    array([[0.8, 0.2],
           [0.2, 0.8]])
    """
    n, k = places.shape[1], weights.shape[1]
    count, total, squares = np.zeros((n, 1)), np.zeros((n, k)), np.zeros((n, k))
    centre = weights.mean(axis=0)

    def add(rows: slice) -> None:
        first = (places[rows] == 1).T.astype(np.float64)
        away = weights[rows] - centre
        count[:, 0] += first.sum(axis=1)
        total[:] += first @ away
        squares[:] += first @ (away * away)

    in_chunks(add, len(places), _WIDTH)
    with np.errstate(divide="ignore", invalid="ignore"):
        mean = total / count
        variance = np.maximum(squares / count - mean * mean, 0.0) * count / (count - 1)
        return Estimate(centre + mean, np.sqrt(variance / count))


def meta_weights(n: int, kind: MetaWeights) -> Vector:
    r"""How much each place is worth, from 1 for the first.

    ``linear``: :math:`(n - r) / (n - 1)`; ``inverse``: :math:`1 / r`; ``centroid``:
    :math:`\sum_{i=r}^n i^{-1} / \sum_{i=1}^n i^{-1}`.

    Examples
    --------
    >>> meta_weights(3, "linear"), meta_weights(2, "inverse"), meta_weights(2, "centroid").round(4)
    (array([1. , 0.5, 0. ]), array([1. , 0.5]), array([1.    , 0.3333]))
    """
    inverse: Vector = 1.0 / np.arange(1, n + 1)
    if kind == "linear":
        return np.linspace(1.0, 0.0, n)
    if kind == "inverse":
        return inverse
    return np.asarray(np.cumsum(inverse[::-1])[::-1] / inverse.sum(), dtype=np.float64)


def holistic_acceptability(counts: Counts, meta: Vector) -> Estimate:
    r"""One number a unit from all its places, :math:`a_i^h = \sum_r \alpha_r b_i^r`, (units,).

    ``meta`` says what each place is worth, such as `meta_weights`; a draw without a place is worth nothing.

    Examples
    --------
    >>> holistic_acceptability(np.array([[0, 3, 1], [0, 1, 3]]), meta_weights(2, "linear")).value
    array([0.75, 0.25])
    """
    n = _draws(counts)
    shares = counts[:, 1:] / n
    value = shares @ meta
    return Estimate(value, np.sqrt(np.maximum(shares @ (meta * meta) - value * value, 0.0) / n))


def _above(ranks: Places) -> Counts:
    """In how many of up to 2,040 draws a unit's place is a smaller number than another's; (units, draws) given."""
    n, draws = ranks.shape
    filled = np.zeros((n, -(-draws // 8) * 8), dtype=ranks.dtype)
    filled[:, :draws] = ranks
    is_above, sums = np.empty(filled.shape, dtype=np.bool_), np.empty((n, n), dtype=np.uint64)
    for own, total in zip(filled, sums, strict=True):
        np.less(own, filled, out=is_above)
        # Eight draws a word, three times as fast as bit by bit: no byte of a sum passes 255.
        np.add.reduce(is_above.view(np.uint64), axis=1, out=total)
    return np.asarray(sums.view(np.uint8).reshape(n, n, 8).sum(axis=2), dtype=np.int64)


def _draws(counts: Counts) -> int:
    return int(counts[:1].sum())


def _summed(count: Callable[[slice], Counts], places: Places, shape: tuple[int, ...], threads: int) -> Counts:
    """The sum of what is counted chunk by chunk; sums of whole numbers do not depend on their order."""
    total, one_at_a_time = np.zeros(shape, dtype=np.int64), Lock()

    def add(rows: slice) -> None:
        counts = count(rows)
        with one_at_a_time:
            np.add(total, counts, out=total)

    in_chunks(add, len(places), _WIDTH, threads=threads)
    return total


def _share(counts: Counts, n: int) -> Estimate:
    r"""A share of the draws with its binomial error, :math:`\sqrt{p (1 - p) / N}`."""
    value = np.asarray(counts / n, dtype=np.float64)
    return Estimate(value, np.sqrt(value * (1 - value) / n))


def order_statistics(n: Counts, level: float, tail: float) -> tuple[Vector, Vector]:
    """Which of the ordered draws bound a quantile: 0 for none below, n + 1 for none above."""
    from scipy.special import bdtr

    bounds = np.empty((2, len(n)))
    for total in np.unique(n):
        below = bdtr(np.arange(total + 1), total, level)  # at most so many draws are below the quantile
        bounds[0, n == total] = np.searchsorted(below, tail, side="right")
        bounds[1, n == total] = np.searchsorted(below, 1 - tail) + 1
    return bounds[0], bounds[1]
