"""The part of a tree in which shares are drawn, from a wanted group down to scores that stay as they are."""

from __future__ import annotations

from collections.abc import Set
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from pii.arrays import Matrix
from pii.numerics.draws import Siblings, linear_scores, tree_scores
from pii.numerics.power_means import powered, unpowered
from pii.robustness.variants import Variant
from pii.scheme import Scheme
from pii.scores import Weights
from pii.tree import Group

__all__ = ["Shape", "Trunk", "at_or_above", "shape", "trunk"]


class Shape(NamedTuple):
    """Which nodes a trunk has; the same for all ways that have the same tree."""

    leaves: tuple[str, ...]
    """Nodes whose scores stay, by code."""
    groups: tuple[str, ...]
    """Groups that have drawn shares or such a group below, children before their parents, the top last."""
    tree: tuple[Siblings, ...]
    """The same, numbered: leaves first, then groups."""
    paths: NDArray[np.intp]
    """Of each leaf the nodes from it up to a child of the top, (depth, leaves); filled up with -1."""

    @property
    def codes(self) -> tuple[str, ...]:
        """All its nodes but the top."""
        return (*self.leaves, *self.groups[:-1])


@dataclass(frozen=True, eq=False)
class Trunk:
    """A trunk whose groups all take the same power mean, so that sums of powered scores are matrix products."""

    shape: Shape
    x: Matrix
    """Powered scores of the leaves, (leaves, units)."""
    exponent: float
    """Of the mean."""

    @property
    def is_complete(self) -> bool:
        """Whether no unit has a gap in it."""
        return not np.isnan(self.x).any()

    def effective(self, shares: Weights) -> Matrix:
        """What each leaf counts at the top, (draws, leaves): its share times those above it."""
        # The last column is that of no node.
        drawn = np.hstack([shares.of(self.shape.codes), np.ones((len(shares.shares), 1))])
        counted: Matrix = drawn[:, self.shape.paths[0]]
        for nodes in self.shape.paths[1:]:
            counted *= drawn[:, nodes]
        return counted

    def scores(self, shares: Weights, effective: Matrix | None = None) -> Matrix:
        """Scores of the top for draws of shares, (draws, units); what is missing drops out.

        Parameters
        ----------
        shares
            (draws, nodes).
        effective
            As above, where it is known and nothing is missing.
        """
        if effective is None:
            sums = tree_scores(self.shape.tree, shares.of(self.shape.codes), self.x)
        else:
            sums = linear_scores(effective, self.x)
        return unpowered(sums, self.exponent)


def at_or_above(scheme: Scheme, codes: Set[str]) -> set[str]:
    """Some groups and all that they are in."""
    found = set()
    for code in codes:
        at: str | None = code
        while at is not None:
            found.add(at)
            at = scheme.parents.get(at)
    return found


def shape(scheme: Scheme, top: str, above: Set[str]) -> Shape:
    """The shape of a wanted group's trunk.

    Parameters
    ----------
    scheme
        With the tree.
    top
        The wanted group, by code.
    above
        The groups that have drawn shares, or such a group below.
    """
    group = scheme.node(top)
    assert isinstance(group, Group)  # noqa: S101 - indicators are not wanted
    inner = [node for node in group.walk() if isinstance(node, Group) and node.code in above]
    inner.reverse()  # children before their parents
    leaves = [child.code for one in inner for child in one.children if child.code not in above]
    number = {code: at for at, code in enumerate([*leaves, *(one.code for one in inner)])}
    tree = tuple(
        Siblings(np.array([number[child.code] for child in one.children]), scheme.coverage_of(one)) for one in inner
    )
    paths = []
    for code in leaves:
        path = [number[code]]
        while (code := scheme.parents[code]) != top:
            path.append(number[code])
        paths.append(path)
    depth = max(map(len, paths))
    filled = np.array([path + [-1] * (depth - len(path)) for path in paths], dtype=np.intp).T
    return Shape(tuple(leaves), tuple(one.code for one in inner), tree, filled)


def trunk(way: Variant, shape: Shape) -> Trunk | None:
    """The trunk of a wanted group; None where its sums are not all that its groups take.

    That is where they take different means, where scores change on their way up, or have no power.

    Parameters
    ----------
    way
        The index computed one way.
    shape
        Of the trunk, in the tree of that way.
    """
    inner = [group for group in way.scheme.groups if group.code in shape.groups]
    exponents = {way.scheme.aggregator_of(one).exponent for one in inner}
    changed = any(one.impute is not None or one.normalise is not None for one in inner)
    if changed or len(exponents) > 1 or (exponent := exponents.pop()) is None:
        return None
    position = {code: at for at, code in enumerate(way.scores.columns)}
    scores = way.scores.values.T
    x = np.array([scores[position[code]] if code in position else way.groups[code] for code in shape.leaves])
    if exponent != 1 and (x <= 0).any():
        return None  # powers of such scores are infinite, or not defined: that is for the groups' methods to say
    return Trunk(shape, powered(x, exponent), exponent)
