"""What each indicator's own change brings to a unit, as the tree gathers them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from pii.arrays import Matrix, Vector
from pii.numerics.shapley import Orders, all_orders, drawn_orders
from pii.scheme import Scheme
from pii.scores import Weights
from pii.tree import Group, Indicator

__all__ = ["Gathering"]

_MOST = 1 << 13  # sets of changed nodes that are weighed for one group; beyond, orders are drawn
_NUMBERS = 1 << 19  # numbers that a work array holds: 4 MB
_ROUNDING = 1e-12  # a share is below a limit by more than its division's rounding error


@dataclass(frozen=True, eq=False)
class Gathering:
    """One tree, and the orders in which its indicators change: those of a group follow one another.

    So what a group brings is what its indicators bring, and what an indicator brings does not depend on how finely
    other groups are divided (Winter 1989, the value of a game whose players are in nested unions). All orders are
    weighed where they are few; otherwise pairs of orders are drawn.
    """

    top: Group
    """The index."""
    pairs: int
    """How many pairs of orders are drawn where there are too many."""
    seed: int

    @cached_property
    def above(self) -> Mapping[str, tuple[tuple[Group, int], ...]]:
        """For each node, the groups above it from the nearest up, each with the child that leads down."""
        found: dict[str, tuple[tuple[Group, int], ...]] = {self.top.code: ()}
        for group in self._groups:
            for at, child in enumerate(group.children):
                found[child.code] = ((group, at), *found[group.code])
        return found

    @cached_property
    def codes(self) -> tuple[str, ...]:
        """Of all nodes."""
        return tuple(node.code for node in self.top.walk())

    @cached_property
    def _groups(self) -> tuple[Group, ...]:
        return tuple(node for node in self.top.walk() if isinstance(node, Group))

    @cached_property
    def last(self) -> tuple[Group, ...]:
        """Groups that have indicators among their children."""
        return tuple(g for g in self._groups if any(isinstance(child, Indicator) for child in g.children))

    @cached_property
    def is_exact(self) -> bool:
        """Whether all orders are weighed."""

        def sets(group: Group) -> int:
            bits = len(group.children) + sum(len(parent.children) - 1 for parent, _ in self.above[group.code])
            return int(2 ** min(bits, 62))

        return max(map(sets, self.last)) <= _MOST

    @cached_property
    def orders(self) -> Mapping[str, Orders]:
        """Of the children of each group."""
        rng = np.random.default_rng(self.seed)
        sizes = {group.code: len(group.children) for group in self._groups}
        if self.is_exact:
            made = {size: all_orders(size) for size in set(sizes.values())}
            return {code: made[size] for code, size in sizes.items()}
        return {code: drawn_orders(size, self.pairs, rng) for code, size in sizes.items()}

    def parts(self, group: Group, units: int) -> Iterator[slice]:
        """Units in runs that are worked on at a time."""
        rows = len(self.orders[group.code].sets)
        most = rows * len(group.children)
        for parent, _ in self.above[group.code]:
            rows *= self.orders[parent.code].without.shape[1] if self.is_exact else 1
            most = max(most, rows * len(parent.children))
        step = max(1, _NUMBERS // most)
        yield from (slice(start, min(start + step, units)) for start in range(0, units, step))

    def index(
        self,
        group: Group,
        scheme: Scheme,
        before: Mapping[str, Vector],
        after: Mapping[str, Vector],
        weights: Weights,
    ) -> NDArray[np.float64]:
        """The index of every unit for every set of changed children of a group, and of nodes beside those above it.

        Parameters
        ----------
        scheme
            How the tree is computed.
        before, after
            Scores of every node, (units,), with no own value changed and with all.
        weights
            Shares of siblings.

        Returns
        -------
        ndarray
            Axes: the sets of each level above from the highest down, the sets of the group's own children, units.
            Where orders are drawn: orders, sets in their order, units.
        """

        def changed(sets: NDArray[np.bool_], code: str) -> Matrix:
            return np.where(sets[..., None], after[code], before[code])

        sets = self.orders[group.code].sets
        if not self.is_exact:
            sets = sets.reshape(2 * self.pairs, -1, len(group.children))
        x = np.stack([changed(sets[..., at], child.code) for at, child in enumerate(group.children)], axis=-2)
        score = _scored(scheme, group, x, weights)
        for parent, leading in self.above[group.code]:
            orders = self.orders[parent.code]
            sets = orders.sets[orders.without[leading]]
            if self.is_exact:
                score = score[None]
            sets = sets.reshape(len(sets), *[1] * (score.ndim - 2), len(parent.children))
            shape = np.broadcast_shapes(sets.shape[:-1], score.shape[:-1])
            x = np.empty((*shape, len(parent.children), score.shape[-1]))
            for at, child in enumerate(parent.children):
                x[..., at, :] = score if at == leading else changed(sets[..., at], child.code)
            score = _scored(scheme, parent, x, weights)
        return score

    def brought(self, group: Group, values: NDArray[np.float64]) -> NDArray[np.float64]:
        """What each child of a group brings, (children, units); where orders are drawn, for each pair of them.

        Parameters
        ----------
        values
            Of the index, or of what follows from it, as ``index`` gives it.
        """
        orders = self.orders[group.code]
        if not self.is_exact:
            k = len(group.children)
            steps = np.diff(values, axis=1)
            place = orders.without.T - np.arange(2 * self.pairs)[:, None] * (k + 1)
            each = np.take_along_axis(steps, place[:, :, None], axis=1)
            return np.asarray(each.reshape(self.pairs, 2, k, -1).mean(axis=1), dtype=np.float64)
        for parent, _ in reversed(self.above[group.code]):
            values = np.tensordot(self.orders[parent.code].chances, values, axes=1)
        brought: Matrix = np.einsum("q,cqu->cu", orders.chances, values[orders.with_it] - values[orders.without])
        return brought


def _scored(scheme: Scheme, group: Group, x: Matrix, weights: Weights) -> Matrix:
    """A group's score, as a build gives it."""
    codes = [child.code for child in group.children]
    score: Matrix = scheme.aggregator_of(group)(x, weights.of(codes))
    limit = scheme.coverage_of(group)
    if limit > 0:
        few = np.count_nonzero(~np.isnan(x), axis=-2) / len(codes) < limit - _ROUNDING
        score[few] = np.nan
    return score
