"""The part of a tree in which shares are drawn, from a wanted group down to scores that stay as they are."""

from __future__ import annotations

from collections.abc import Set
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple, TypeAlias

import numpy as np

from pii.arrays import Matrix
from pii.errors import Undefined
from pii.numerics.draws import Siblings, linear_scores, tree_scores
from pii.numerics.power_means import powered, unpowered
from pii.robustness.variants import Variant
from pii.scheme import Scheme
from pii.scores import Weights
from pii.tree import Group

__all__ = ["Rows", "Shape", "Trunk", "at_or_above", "neighbours", "shape", "trunk"]

Rows: TypeAlias = slice | list[int]
"""Rows of an array."""


class Shape(NamedTuple):
    """Which nodes a trunk has; the same for all ways that have the same tree."""

    leaves: tuple[str, ...]
    """Nodes whose scores stay, by code."""
    groups: tuple[str, ...]
    """Groups that have drawn shares or such a group below, children before their parents, the top last."""
    tree: tuple[Siblings, ...]
    """The same, numbered: leaves first, then groups."""

    @property
    def codes(self) -> tuple[str, ...]:
        """All its nodes but the top."""
        return (*self.leaves, *self.groups[:-1])

    def effective(self, shares: Matrix) -> Matrix:
        """What each leaf counts at the top: its share times those above it.

        Parameters
        ----------
        shares
            Of the nodes in the order of ``codes``, (nodes, draws); what the nodes count is written over them.

        Returns
        -------
        Matrix
            (leaves, draws), a view.
        """
        k = len(self.leaves)
        for group in reversed(range(k, len(shares))):  # parents before their children
            shares[neighbours(self.tree[group - k].children.tolist())] *= shares[group]
        return shares[:k]


@dataclass(frozen=True, eq=False)
class Trunk:
    """A trunk whose groups all take the same power mean, so that sums of powered scores are matrix products."""

    shape: Shape
    x: Matrix
    """Powered scores of the leaves, (leaves, units)."""
    exponent: float
    """Of the mean."""

    @cached_property
    def is_complete(self) -> bool:
        """Whether no unit has a gap in it."""
        return not np.isnan(self.x).any()

    def scores(self, shares: Weights) -> Matrix:
        """Scores of the top for draws of shares, (draws, units); what is missing drops out.

        Parameters
        ----------
        shares
            (draws, nodes).
        """
        return unpowered(tree_scores(self.shape.tree, shares.of(self.shape.codes), self.x), self.exponent)

    def linear(self, effective: Matrix) -> Matrix:
        """The same where nothing is missing, by what each leaf counts at the top, (leaves, draws)."""
        return unpowered(linear_scores(effective.T, self.x), self.exponent)


def neighbours(rows: list[int]) -> Rows:
    """Rows as a slice, which takes no copy, where they follow one another.

    Examples
    --------
    >>> neighbours([2, 3, 4]), neighbours([2, 4])
    (slice(2, 5, None), [2, 4])
    """
    return slice(rows[0], rows[-1] + 1) if rows == list(range(rows[0], rows[-1] + 1)) else rows


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
    return Shape(tuple(leaves), tuple(one.code for one in inner), tree)


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
    try:
        return Trunk(shape, powered(x, exponent), exponent)
    except Undefined:  # the groups' methods can tell such scores apart
        return None
