"""Scores and places of many draws of weights at once: kept in the cache, on as many threads as asked for."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from math import isfinite
from typing import Any, NamedTuple, TypeAlias, TypeVar

import numpy as np
from numpy.typing import NDArray

from pii.arrays import Matrix, Vector

__all__ = ["Places", "Siblings", "in_chunks", "linear_scores", "places", "tree_scores"]

Places: TypeAlias = NDArray[np.integer[Any]]
"""Places from 1 for the best, (draws, units); 0 where there is no score."""

T = TypeVar("T")

_CHUNK = 1 << 16  # numbers a chunk of draws holds: half a megabyte of float64
_STEP = 64  # draws that a matrix product takes: chunks begin at a multiple of it
_SMALL = 1 << 18  # multiplications up to which OpenBLAS keeps to one thread
_KEYED = 255  # units up to which a place fits a byte, and a rounded score with its unit's number a 32-bit key
_ROUNDING = 1e-12  # a share is below a limit by more than its division's rounding error


class Siblings(NamedTuple):
    """The children of one group."""

    children: NDArray[np.intp]
    """Which nodes: 0 to k - 1 are the indicators, k is the first group, k + 1 the second."""
    coverage: float = 0.0
    """The least share of its children that a unit needs for a score."""


def in_chunks(work: Callable[[slice], T], n_draws: int, width: int, *, threads: int = 1) -> list[T]:
    """What a piece of work gives for one chunk of draws after the other, in their order whatever the threads.

    A chunk fits the cache, and which draws it holds does not depend on the threads. So work that writes to its own
    rows, or gives back whole numbers to be summed, has the same outcome on any number of them.

    Parameters
    ----------
    work
        Called with the rows of a chunk, from several threads at once.
    n_draws
        How many draws there are.
    width
        Numbers a draw, such as the units.
    threads
        How many chunks are worked on at a time.

    Examples
    --------
    >>> in_chunks(lambda rows: rows.stop - rows.start, 2500, 63, threads=2)
    [1024, 1024, 452]
    """
    step = max(_STEP, _CHUNK // max(1, width) // _STEP * _STEP)
    chunks = [slice(start, min(start + step, n_draws)) for start in range(0, n_draws, step)]
    if threads == 1 or len(chunks) < 2:
        return [work(chunk) for chunk in chunks]
    with ThreadPoolExecutor(threads) as pool:
        return list(pool.map(work, chunks))


def places(scores: Matrix, *, threads: int = 1) -> Places:
    r"""Places in each draw: 1 and the number of units strictly above, so that ties share the best place.

    Every score is rounded to a whole number, with the unit's number in the last bits, and these keys are sorted.
    Rounding never turns an order round, so places can be wrong only where two rounded scores are the same; such
    draws, with units tied or almost tied, are ranked again by the scores themselves.

    Parameters
    ----------
    scores
        Not rounded, (draws, units); NaN where there is none.

    Returns
    -------
    Places
        Of the same shape, in the smallest of uint8, int16 and int32 that holds the number of units; 0 for NaN.

    Examples
    --------
    >>> places(np.array([[90.0, 70.0, 70.0, np.nan, 50.0]]))
    array([[1, 2, 2, 0, 4]], dtype=uint8)
    """
    n = scores.shape[1]
    ranks = np.empty(scores.shape, dtype=np.uint8 if n <= _KEYED else np.int16 if n <= 32767 else np.int32)

    def rank(rows: slice) -> None:
        _rank(scores[rows], ranks[rows])

    in_chunks(rank, len(scores), n, threads=threads)
    return ranks


def linear_scores(weights: Matrix, x: Matrix, *, threads: int = 1) -> Matrix:
    r"""Weighted sums :math:`\sum_j w_{dj} x_{ji}` of complete scores; units with the same scores get the same sum.

    A draw's scores depend neither on the draws beside it nor on the threads.

    Parameters
    ----------
    weights
        Shares of the index, (draws, indicators).
    x
        Scores, (indicators, units), all finite.

    Examples
    --------
    >>> linear_scores(np.array([[0.5, 0.5], [1.0, 0.0]]), np.array([[2.0, 4.0], [6.0, 0.0]]))
    array([[4., 2.],
           [2., 4.]])
    """
    different, back = _different(x)
    found = np.empty((len(weights), x.shape[1]))

    def score(rows: slice) -> None:
        product = found[rows] if back is None else np.empty((rows.stop - rows.start, different.shape[1]))
        _product(weights[rows], different, product)
        if back is not None:
            found[rows] = product[:, back]

    in_chunks(score, len(weights), x.shape[1], threads=threads)
    return found


def tree_scores(groups: Sequence[Siblings], shares: Matrix, scores: Matrix, *, threads: int = 1) -> Matrix:
    r"""Scores of the index by weighted means up a tree: what is missing drops out, and its siblings' shares grow.

    .. math:: s_g = \frac{\sum_{c \in P} w_c s_c}{\sum_{c \in P} w_c}

    over the present children :math:`P` of a group. Where none is missing the sum is linear in the indicators, so
    only the groups with gaps are computed for themselves, and only for the units that have the gaps.

    Parameters
    ----------
    groups
        Children before their parents, the index last.
    shares
        Each node's share of its group, (draws, indicators and groups but the index), numbered as in `Siblings`; not
        negative, and summing to 1 in every group.
    scores
        Of the indicators, (indicators, units); NaN where missing.

    Returns
    -------
    Matrix
        Scores of the index, (draws, units); NaN where no child with a share is present, or too few children are.

    Examples
    --------
    >>> tree = [Siblings(np.array([0, 1])), Siblings(np.array([3, 2]))]
    >>> tree_scores(tree, np.array([[0.5, 0.5, 0.25, 0.75]]), np.array([[1.0, 1.0], [3.0, np.nan], [6.0, 6.0]]))
    array([[3.  , 2.25]])
    """
    different, back = _different(scores)
    found = np.empty((len(shares), scores.shape[1]))
    # What is present with a share depends on the draw only where there are both gaps and shares of 0.
    positive = shares > 0 if np.isnan(scores).any() else np.ones((1, shares.shape[1]), dtype=np.bool_)
    patterns, which = (positive[:1], None) if positive.all() else np.unique(positive, axis=0, return_inverse=True)
    plans = [_plan(groups, different, pattern) for pattern in patterns]

    def score(rows: slice) -> None:
        if which is None:
            made = _scored(plans[0], shares[rows])
        else:
            made = np.empty((rows.stop - rows.start, different.shape[1]))
            here = which.reshape(-1)[rows]
            for pattern in np.unique(here):
                of_pattern = here == pattern
                made[of_pattern] = _scored(plans[pattern], shares[rows][of_pattern])
        found[rows] = made if back is None else made[:, back]

    in_chunks(score, len(shares), scores.shape[1], threads=threads)
    return found


# Places


def _rank(scores: Matrix, ranks: Places) -> None:
    """Write the places of a chunk of draws."""
    low, high = (float(end) for end in (scores.min(initial=np.inf), scores.max(initial=-np.inf)))
    if np.isnan(low):
        some = ~np.isnan(scores).all(axis=0)
        if not some.all():  # a unit that never has a score does not slow down the others
            few = np.empty((len(scores), np.count_nonzero(some)), dtype=ranks.dtype)
            _rank(scores[:, some], few)
            ranks[:] = 0
            ranks[:, some] = few
            return
    n = scores.shape[1]
    bits = max(1, (n - 1).bit_length())
    scale = ((1 << (31 - bits)) - 1) / (high - low) if low < high else np.inf
    if n > _KEYED or not isfinite(scale) or scale == 0:
        ranks[:] = _exactly(scores)
        return
    rounded = np.subtract(high, scores)
    rounded *= scale
    keys = rounded.astype(np.int32)
    keys <<= bits
    keys |= np.arange(n, dtype=np.int32)
    keys.sort(axis=1)
    alike = _alike(keys, bits)
    # The numbers of the units, best first; sorted again with their places in the last bits, the places by unit.
    keys &= (1 << bits) - 1
    keys <<= 8
    keys |= np.arange(1, n + 1, dtype=np.int32)
    keys.sort(axis=1)
    keys &= 255
    ranks[:] = keys
    if alike.size:
        ranks[alike] = _exactly(scores[alike])


def _alike(keys: NDArray[np.int32], bits: int) -> NDArray[np.intp]:
    """Draws in which two keys have the same rounded score."""
    flat = keys.reshape(-1)
    near = (flat[1:] ^ flat[:-1]) < (1 << bits)
    # A pair across two draws is taken for one of the first: to rank a draw again changes nothing.
    return np.unique(np.flatnonzero(near) // keys.shape[1])


def _exactly(scores: Matrix) -> NDArray[np.intp]:
    """Places by sorting the scores themselves."""
    order = np.argsort(-scores, axis=1)
    ordered = np.take_along_axis(scores, order, axis=1)
    starts = np.tile(np.arange(scores.shape[1]), (len(scores), 1))
    starts[:, 1:][ordered[:, 1:] == ordered[:, :-1]] = 0
    np.maximum.accumulate(starts, axis=1, out=starts)
    ranks = np.empty_like(starts)
    np.put_along_axis(ranks, order, starts + 1, axis=1)
    ranks[np.isnan(scores)] = 0
    return ranks


# Scores


def _different(x: Matrix) -> tuple[Matrix, NDArray[np.intp] | None]:
    """The columns that differ, and which of them each unit has; None where each has its own.

    A matrix product may sum one column in another way than the next, and break a tie by a bit.
    """
    if any((np.diff(np.sort(row)) > 0).all() for row in x[:8]):  # one row tells all units apart, quickly seen
        return x, None
    columns = np.where(np.isnan(x), np.nan, x + 0.0).T  # one pattern of bits for NaN, one for 0
    _, first, back = np.unique(
        np.ascontiguousarray(columns).view(np.int64), axis=0, return_index=True, return_inverse=True
    )
    if len(first) == x.shape[1]:
        return x, None
    return np.ascontiguousarray(x[:, first]), back.reshape(-1)


def _step(size: int) -> int:
    """How many draws a product with a matrix of so many numbers takes: 8 to 64."""
    fits = max(1, _SMALL // max(1, size))
    return min(_STEP, max(8, 1 << (fits.bit_length() - 1)))


def _product(w: Matrix, x: Matrix, found: Matrix) -> None:
    """Write a matrix product in steps of as many draws, each too small for BLAS to start threads of its own.

    Threads of BLAS beside threads over chunks would wait for one another. The last step is filled up, so that every
    product has the same shape, and a draw's scores do not depend on how many draws there are.
    """
    n, width, step = w.shape[0], x.shape[1], _step(x.size)
    whole = n // step * step
    if whole:
        np.matmul(w[:whole].reshape(-1, step, w.shape[1]), x, out=found[:whole].reshape(-1, step, width))
    if whole < n:
        last = np.zeros_like(w, shape=(step, w.shape[1]))
        last[: n - whole] = w[whole:]
        found[whole:] = (last @ x)[: n - whole]


class _Carried(NamedTuple):
    """Scores of a group that was computed for itself, on their way up to the next group that is."""

    step: int
    units: NDArray[np.intp]
    path: tuple[int, ...]
    """The nodes from it up, whose shares the scores are multiplied with."""


@dataclass(frozen=True)
class _Step:
    """A group computed for itself: the index, and each that rescales its shares for some unit."""

    units: NDArray[np.intp]
    """For whom, in order."""
    x: Matrix
    """Scores of the indicators below it, 0 where they are missing or come with a carried group's."""
    paths: NDArray[np.intp]
    """Of each indicator the nodes up to a child of the group, (depth, indicators); filled up with -1."""
    carried: tuple[_Carried, ...]
    short: NDArray[np.intp]
    """At which of its units a child is missing."""
    children: NDArray[np.intp]
    present: Matrix
    """1 for a child that is present at those units and 0 for one that is not."""


class _Plan(NamedTuple):
    """What has to be computed for which units; the last step is the index."""

    steps: list[_Step]
    low: Vector
    high: Vector
    """The lowest and the highest score that a unit's index is a mean of; NaN where it has none."""


def _plan(groups: Sequence[Siblings], scores: Matrix, positive: NDArray[np.bool_]) -> _Plan:
    """Plan a tree of given gaps, where given nodes have a share."""
    k, n = scores.shape
    known = np.vstack([~np.isnan(scores), np.zeros((len(groups), n), dtype=np.bool_)])
    low, high = (np.vstack([scores, np.full((len(groups), n), np.nan)]) for _ in range(2))
    filled = np.where(known[:k], scores, 0.0)
    # Of each node the indicators below, as the nodes from them up and their scores, and what is carried.
    leaves: list[list[tuple[tuple[int, ...], Vector]]] = [[((j,), filled[j])] for j in range(k)]
    carried: list[list[_Carried]] = [[] for _ in range(k)]
    steps: list[_Step] = []
    for node, (children, coverage) in enumerate(groups, k):
        below = known[children]
        enough = np.count_nonzero(below, axis=0) / len(children) >= coverage - _ROUNDING
        known[node] = enough & below[positive[children]].any(axis=0)
        low[node] = np.where(known[node], np.fmin.reduce(low[children], axis=0), np.nan)
        high[node] = np.where(known[node], np.fmax.reduce(high[children], axis=0), np.nan)
        mine = [leaf for child in children for leaf in leaves[child]]
        brought = [one for child in children for one in carried[child]]
        short = known[node] & ~below.all(axis=0)
        last = node == len(known) - 1
        through = known[node] & ~short
        up = [*_up(brought, through, node)]
        if last or short.any():
            units = np.flatnonzero(short | last)
            at = np.flatnonzero(short[units])
            depth = max(len(path) for path, _ in mine)
            steps.append(
                _Step(
                    units,
                    np.array([x[units] for _, x in mine]),
                    np.array([path + (-1,) * (depth - len(path)) for path, _ in mine]).T,
                    tuple(_up(brought, known[node] & (short | last), None)),
                    at,
                    children,
                    below[:, units[at]].astype(np.float64),
                )
            )
            up.append(_Carried(len(steps) - 1, np.flatnonzero(short), (node,)))
        leaves.append([((*path, node), np.where(through, x, 0.0)) for path, x in mine])
        carried.append(up)
    return _Plan(steps, low[-1], high[-1])


def _up(carried: list[_Carried], among: NDArray[np.bool_], node: int | None) -> Iterator[_Carried]:
    """What is carried for some units, and past which node."""
    for one in carried:
        units = one.units[among[one.units]]
        if units.size:
            yield _Carried(one.step, units, one.path if node is None else (*one.path, node))


def _scored(plan: _Plan, shares: Matrix) -> Matrix:
    """Scores of the index for a chunk of draws; inside, arrays are (steps, units, draws of a step)."""
    n, nodes = shares.shape
    step = _step(max(one.x.size for one in plan.steps))
    filled = np.ones((-(-n // step), step, nodes + 1))  # the last column is that of no node, -1
    filled.reshape(-1, nodes + 1)[:n, :-1] = shares
    w = np.ascontiguousarray(filled.swapaxes(1, 2))
    made: list[NDArray[np.float64]] = []
    for one in plan.steps:
        found = one.x.T @ _along(w, one.paths)
        for part in one.carried:
            scores = made[part.step].take(np.searchsorted(plan.steps[part.step].units, part.units), axis=1)
            scores *= _along(w, np.array([part.path]).T)
            found[:, np.searchsorted(one.units, part.units)] += scores
        if one.short.size:
            present = one.present.T @ w.take(one.children, axis=1)
            if len(one.short) == len(one.units):
                found /= present
            else:
                found[:, one.short] /= present
        made.append(found)
    index = made[-1].swapaxes(1, 2).reshape(-1, made[-1].shape[1])[:n]
    return np.asarray(np.clip(index, plan.low, plan.high, out=index), dtype=np.float64)


def _along(shares: NDArray[np.float64], paths: NDArray[np.intp]) -> NDArray[np.float64]:
    """Products of the shares along paths, (steps, paths, draws of a step)."""
    product: NDArray[np.float64] = shares.take(paths[0], axis=1)
    for nodes in paths[1:]:
        product *= shares.take(nodes, axis=1)
    return product
