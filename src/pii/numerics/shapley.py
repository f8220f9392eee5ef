"""What each of several steps brings, on average over the orders in which they can be taken."""

from __future__ import annotations

from math import factorial
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from pii.arrays import Vector

__all__ = ["Orders", "all_orders", "drawn_orders", "precedence", "shapley"]


def precedence(n: int) -> NDArray[np.float64]:
    r"""How likely each set of n steps is to come before one more step, all orders being as likely as each other.

    .. math:: p(S) = \frac{|S|! \, (n - |S|)!}{(n + 1)!}

    Returns
    -------
    ndarray
        One axis of two a step: 1 where the step is in the set. It sums to 1.

    Examples
    --------
    >>> precedence(2)
    array([[0.33333333, 0.16666667],
           [0.16666667, 0.33333333]])
    """
    size = np.indices((2,) * n).sum(axis=0) if n else np.zeros((), dtype=np.intp)
    chances = np.array([factorial(k) * factorial(n - k) / factorial(n + 1) for k in range(n + 1)])
    return np.asarray(chances[size], dtype=np.float64)


def shapley(values: NDArray[np.float64], n: int) -> NDArray[np.float64]:
    r"""What each of n steps brings: its mean difference over all orders. They add up to what all bring together.

    .. math:: \phi_i = \sum_{S \not\ni i} p(S) \, [v(S \cup i) - v(S)]

    Parameters
    ----------
    values
        What each set of steps gives: n axes of two, 1 where the step is taken, then any others, such as units.

    Returns
    -------
    ndarray
        One row a step, with the other axes.

    References
    ----------
    Shapley (1953), A value for n-person games. doi:10.1515/9781400881970-018

    Examples
    --------
    Two steps that bring 1 and 2, and 3 more where both are taken:

    >>> shapley(np.array([[0.0, 2.0], [1.0, 6.0]]), 2).tolist()
    [2.5, 3.5]
    """
    parts = np.empty((n, *values.shape[n:]))
    chances = precedence(n - 1) if n else np.ones(())
    for step in range(n):
        without, with_it = (np.take(values, at, axis=step) for at in (0, 1))
        parts[step] = np.tensordot(chances, with_it - without, axes=n - 1)
    return parts


class Orders(NamedTuple):
    """Orders of k steps as the sets that come up in them: what a step brings is told from two of these."""

    sets: NDArray[np.bool_]
    """Which steps are taken, (sets, k)."""
    without: NDArray[np.intp]
    """For each step, the sets that come just before it: (k, comparisons)."""
    with_it: NDArray[np.intp]
    """The same sets with it, (k, comparisons)."""
    chances: Vector
    """How much each comparison counts, (comparisons,); they sum to 1."""


def all_orders(k: int) -> Orders:
    """Every set of k steps: 2 to the power of k.

    Examples
    --------
    >>> all_orders(2).without.tolist(), all_orders(2).with_it.tolist(), all_orders(2).chances.tolist()
    ([[0, 1], [0, 2]], [[2, 3], [1, 3]], [0.5, 0.5])
    """
    numbers = np.arange(2**k)
    bits = 2 ** np.arange(k)[::-1]
    sets = (numbers[:, None] & bits) > 0
    without = np.array([numbers[~sets[:, step]] for step in range(k)], dtype=np.intp)
    return Orders(sets, without, without + bits[:, None], precedence(k - 1).ravel())


def drawn_orders(k: int, pairs: int, rng: np.random.Generator) -> Orders:
    """So many pairs of orders drawn at random, the second of a pair the reverse of the first.

    What a step brings in one order and in its reverse mostly errs in opposite ways, so a pair tells more than two
    orders drawn apart. Comparisons come pair by pair.

    References
    ----------
    Mitchell, Cooper, Frank and Holmes (2022), Sampling permutations for Shapley value estimation.

    Examples
    --------
    >>> drawn = drawn_orders(3, 1, np.random.default_rng(0))
    >>> drawn.sets[drawn.without[:, 0]].sum(axis=1) + drawn.sets[drawn.without[:, 1]].sum(axis=1)
    array([2, 2, 2])
    """
    first = rng.permuted(np.tile(np.arange(k), (pairs, 1)), axis=1)
    pair = np.empty((pairs, 2, k), dtype=np.intp)  # where each step stands in each order
    np.put_along_axis(pair[:, 0], first, np.broadcast_to(np.arange(k), first.shape), axis=1)
    pair[:, 1] = k - 1 - pair[:, 0]
    place = pair.reshape(2 * pairs, k)
    sets = place[:, None, :] < np.arange(k + 1)[:, None]
    without = (np.arange(2 * pairs)[:, None] * (k + 1) + place).T
    return Orders(sets.reshape(-1, k), without, without + 1, np.full(2 * pairs, 1 / (2 * pairs)))
