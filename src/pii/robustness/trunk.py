"""The part of a tree in which shares are drawn, from a wanted group down to scores that stay as they are."""

from __future__ import annotations

from collections.abc import Set
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pii.arrays import Matrix, Vector
from pii.numerics.draws import Siblings, linear_scores, tree_scores
from pii.numerics.power_means import powered, unpowered
from pii.robustness.variants import Variant
from pii.scheme import Scheme
from pii.scores import Weights
from pii.tree import Group

__all__ = ["Trunk", "at_or_above", "trunk"]


@dataclass(frozen=True, eq=False)
class Trunk:
    """A trunk whose groups all take the same power mean, so that sums of powered scores are matrix products."""

    codes: tuple[str, ...]
    """Its leaves, which may be groups whose scores stay, then its groups below the top."""
    tree: tuple[Siblings, ...]
    """Children before their parents, the top last; numbered as ``codes``."""
    paths: NDArray[np.intp]
    """Of each leaf the nodes from it up to a child of the top, (depth, leaves); filled up with -1."""
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
        drawn = np.hstack([shares.of(self.codes), np.ones((len(shares.shares), 1))])  # the last is that of no node
        counted: Matrix = drawn[:, self.paths[0]]
        for nodes in self.paths[1:]:
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
            sums = tree_scores(self.tree, shares.of(self.codes), self.x)
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


def trunk(way: Variant, top: str, above: Set[str]) -> Trunk | None:
    """The trunk of a wanted group; None where its sums are not all that its groups take.

    That is where they take different means, where scores change on their way up, or have no power.

    Parameters
    ----------
    way
        The index computed one way.
    top
        The wanted group, by code.
    above
        The groups that have drawn shares, or such a group below.
    """
    group = way.scheme.node(top)
    assert isinstance(group, Group)  # noqa: S101 - indicators are not wanted
    inner = [node for node in group.walk() if isinstance(node, Group) and node.code in above]
    exponents = {way.scheme.aggregator_of(one).exponent for one in inner}
    changed = any(one.impute is not None or one.normalise is not None for one in inner)
    if changed or len(exponents) > 1 or (exponent := exponents.pop()) is None:
        return None
    inner.reverse()  # children before their parents
    leaves = [child.code for one in inner for child in one.children if child.code not in above]
    number = {code: at for at, code in enumerate([*leaves, *(one.code for one in inner)])}
    tree = tuple(
        Siblings(np.array([number[child.code] for child in one.children]), way.scheme.coverage_of(one))
        for one in inner
    )
    paths = []
    for code in leaves:
        path = [number[code]]
        while (code := way.scheme.parents[code]) != top:
            path.append(number[code])
        paths.append(path)
    depth = max(map(len, paths))
    filled = np.array([path + [-1] * (depth - len(path)) for path in paths], dtype=np.intp).T
    x = np.array([_score(way, code) for code in leaves])
    if exponent != 1 and (x <= 0).any():
        return None  # powers of such scores are infinite, or not defined: that is for the groups' methods to say
    codes = (*leaves, *(one.code for one in inner[:-1]))
    return Trunk(codes, tree, filled, powered(x, exponent), exponent)


def _score(way: Variant, code: str) -> Vector:
    return way.scores.column(code) if code in way.scores.columns else way.groups[code]
