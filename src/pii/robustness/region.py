"""Declare which weights are admissible, and make of them one polytope for a result."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import Annotated, Any, Literal, Self

import numpy as np
from pydantic import BeforeValidator, Field, PlainSerializer, model_validator

from pii.arrays import Matrix, Vector, sealed
from pii.errors import MethodError, Problem, SchemeError, Undefined
from pii.naming import named
from pii.numerics.polytope import Polytope, Siblings
from pii.numerics.power_means import powered, unpowered
from pii.result import Result
from pii.scheme import Scheme
from pii.scores import Weights
from pii.spec import Code, Many, Positive, Share, Spec
from pii.spelling import did_you_mean
from pii.table import Units
from pii.tree import Group, Node

__all__ = ["FreePart", "Ratio", "Region", "free_part"]


class Ratio(Spec):
    """One node weighs at least so many times another of its group.

    Examples
    --------
    >>> Ratio(node="health", times=2, other="income").times
    2.0
    """

    node: Code
    times: Positive
    other: Code


def _pairs(value: Any) -> Any:
    if isinstance(value, Mapping):
        return tuple(
            (code, tuple(limits) if isinstance(limits, list) else limits) for code, limits in value.items()
        )
    return value


Limits = Annotated[tuple[tuple[Code, tuple[Share, Share]], ...], BeforeValidator(_pairs), PlainSerializer(dict)]
"""The least and the largest share of nodes: ``{health: [0.1, 0.3]}``."""


class Region(Spec):
    r"""The weights held to be as good as the nominal ones: a spread around them, bounds, ratios, an order.

    Every condition is of the shares of siblings, and several hold at once. In the groups that vary, ``spread``
    :math:`s` lets each child's weight be any in :math:`w (1 \pm s)`. A group with bounds, ratios or an order varies
    too, anywhere within them. All other groups keep their weights.

    Examples
    --------
    >>> Region(spread=0.25).varies(0), Region(spread=0.25, levels=[1]).varies(0)
    (True, False)
    >>> Region(shares={"a": [0.2, 0.6]}, order=[["a", "b"]]).shares
    (('a', (0.2, 0.6)),)
    """

    spread: Share | None = None
    """How far weights may be from the nominal ones, as a part of them; weights spread by 1 have any shares."""
    box: Literal["weights", "shares"] = "weights"
    """What is spread: weights, which are then scaled to sum to 1, as studies that sample have it; or the shares."""
    levels: Many[Annotated[int, Field(ge=0)]] | Literal["all"] | None = None
    """Whose weights are spread: children of the groups so far below the index; when not said, of the index."""
    groups: Many[Code] = ()
    """Whose weights are spread: children of these groups, by code."""
    shares: Limits = ()
    """The least and the largest share of single nodes in their group."""
    ratios: Many[Ratio] = ()
    """How many times one node weighs at least what another of its group does."""
    order: Many[Many[Code]] = ()
    """Nodes of one group from the one that weighs most down."""

    @model_validator(mode="after")
    def _sound(self) -> Self:
        if self.spread is None and (self.levels is not None or self.groups):
            raise ValueError("levels and groups say where the spread holds; give spread, such as 0.25")
        if self.spread is None and not (self.shares or self.ratios or self.order):
            raise ValueError("no weight may vary; give spread, shares, ratios or order")
        for code, (low, high) in self.shares:
            if low > high:
                raise ValueError(f"the least share of {code!r}, {low:g}, is above its largest, {high:g}; swap them")
        return self

    def varies(self, level: int, code: str = "") -> bool:
        """Whether the spread holds for a group of a level and code."""
        if self.spread is None:
            return False
        if self.levels is None:
            return code in self.groups if self.groups else level == 0
        return self.levels == "all" or level in self.levels or code in self.groups


@dataclass(frozen=True, eq=False)
class FreePart:
    """The tree from the index down to where weights no longer vary, as numbers."""

    result: Result
    polytope: Polytope
    """Its nodes are numbered as ``nodes``."""
    nodes: tuple[str, ...]
    """Codes of the nodes, the index first."""
    units: Units
    """The units that are ranked."""
    x: Matrix
    """Scores of the leaves, (units, leaves), on the scale on which weighted sums order the units."""
    exponent: float
    """Of the power mean that all groups take: 1 arithmetic, 0 geometric."""

    @cached_property
    def scaled(self) -> Matrix:
        """The same as parts of the widest difference of a leaf, so that tolerances have a scale."""
        return sealed(self.x / (float(np.ptp(self.x, axis=0).max(initial=0.0)) or 1.0))

    @property
    def leaves(self) -> tuple[str, ...]:
        """Codes of the nodes whose scores are fixed."""
        return tuple(self.nodes[at] for at in self.polytope.leaves)

    @property
    def nominal(self) -> Vector:
        """The nominal weights of the leaves in the index."""
        effective = dict(zip(self.result.weights.nodes, self.result.weights.effective.tolist(), strict=True))
        return np.array([effective[code] for code in self.leaves])

    def scores(self, sums: Vector) -> Vector:
        """Scores of the index, from the weighted sums of the leaves."""
        return unpowered(sums, self.exponent)

    def weights(self, shares: Vector) -> Weights:
        """All weights of the scheme, from the shares of the nodes of this part."""
        given = self.result.weights
        changed = dict(zip(self.nodes, shares.tolist(), strict=True))
        return Weights(
            given.nodes,
            given.parents,
            np.array([changed.get(code, share) for code, share in zip(given.nodes, given.shares, strict=True)]),
        )


def free_part(result: Result, region: Region) -> FreePart:
    """The polytope of a region for a result, with the scores that its weights are of.

    Raises
    ------
    SchemeError
        The region names what the scheme has not, frees no weight, or cannot be met.
    MethodError
        A group whose weights vary does not take a mean that is linear in them, or a unit lacks a score there.
    """
    scheme = result.scheme
    _refuse_unknown(region, scheme)
    limits = {group.code: _siblings(region, result, group) for group in scheme.groups}
    freed = {code for code, one in limits.items() if one is not None}
    if not freed:
        raise SchemeError(
            Problem(
                path="region",
                found="no group has two children whose weights may vary",
                rule="a region frees some weights",
                remedy="name groups or levels with several children, and a spread above 0",
            )
        )
    above = {code for code in freed for code in _lineage(code, scheme)}
    nodes: list[Node] = [scheme.index]
    siblings: list[Siblings] = []
    for group in (group for group in scheme.groups if group.code in above):
        first = len(nodes)
        nodes += group.children
        one = limits[group.code] or _fixed(result, group)
        number = next(at for at, node in enumerate(nodes) if node.code == group.code)
        siblings.append(one._replace(group=number, children=tuple(range(first, len(nodes)))))
    polytope = Polytope(tuple(siblings))
    groups = [group for group in scheme.groups if group.code in above]
    exponent = _exponent(scheme, groups)
    leaves = [nodes[at] for at in polytope.leaves]
    ranked = np.flatnonzero(~np.isnan(result.composite.values[:, 0]))
    scores = np.array([_column(result, node) for node in leaves])[:, ranked]
    units = result.composite.units.take(ranked)
    _refuse_gaps(scores, leaves, units)
    try:
        x = sealed(powered(scores, exponent)).T
    except Undefined as refusal:
        raise MethodError(named(refusal, [leaf.code for leaf in leaves], units)) from None
    return FreePart(result, polytope, tuple(node.code for node in nodes), units, x, exponent)


def _refuse_unknown(region: Region, scheme: Scheme) -> None:
    problems = list(_unknown(region, scheme))
    if problems:
        raise SchemeError(problems)


def _unknown(region: Region, scheme: Scheme) -> Iterator[Problem]:
    groups = [group.code for group in scheme.groups]
    children = list(scheme.parents)
    named = [("groups", code, "group", groups) for code in region.groups]
    named += [("shares", code, "node below the index", children) for code, _ in region.shares]
    named += [("ratios", code, "node below the index", children) for one in region.ratios for code in _both(one)]
    named += [("order", code, "node below the index", children) for run in region.order for code in run]
    for field, code, kind, known in named:
        if code not in known:
            yield Problem(
                path=f"region.{field}",
                found=f"{code!r} is not a {kind}",
                rule="a region is of the groups and nodes of the scheme",
                remedy=did_you_mean(code, known),
            )
    together = [("ratios", _both(one)) for one in region.ratios] + [("order", tuple(run)) for run in region.order]
    for field, codes in together:
        homes = {scheme.parents[code] for code in codes if code in scheme.parents}
        if len(homes) > 1:
            yield Problem(
                path=f"region.{field}",
                found=f"{', '.join(codes)} are of different groups: {', '.join(sorted(homes))}",
                rule="shares compare inside one group",
                remedy="compare the groups instead",
            )
    deepest = max(scheme.levels[code] for code in groups)
    for level in () if region.levels in (None, "all") else region.levels or ():
        if int(level) > deepest:
            yield Problem(
                path="region.levels",
                found=f"there is no group on level {level}",
                rule="the index is on level 0, and every level has its groups",
                remedy=f"the lowest groups are on level {deepest}",
            )


def _both(one: Ratio) -> tuple[str, str]:
    return one.node, one.other


def _lineage(code: str, scheme: Scheme) -> Iterator[str]:
    """A group and the groups above it."""
    yield code
    while code in scheme.parents:
        code = scheme.parents[code]
        yield code


def _fixed(result: Result, group: Group) -> Siblings:
    shares = result.weights.of([child.code for child in group.children])
    return Siblings(0, (), shares, shares)


def _siblings(region: Region, result: Result, group: Group) -> Siblings | None:
    """What a region says of one group's shares; None where they keep their weights."""
    codes = [child.code for child in group.children]
    k, position = len(codes), {code: at for at, code in enumerate(codes)}
    w = result.weights.of(codes)
    spread = region.spread if region.varies(result.scheme.levels[group.code], group.code) else None
    low, high, weights = np.zeros(k), np.ones(k), None
    conditions = list(_conditions(region, position))
    if k == 1 or not (conditions or spread):
        return None
    if spread is not None:
        if spread == 1 and region.box == "weights":
            high = np.where(w > 0, 1.0, 0.0)  # scaled to sum to 1, they may be anything
        elif region.box == "weights":
            weights = (w * (1 - spread), w * (1 + spread))
        else:
            low, high = w * (1 - spread), np.minimum(w * (1 + spread), 1.0)
    for code, (least, most) in region.shares:
        if code in position:
            at = position[code]
            low[at], high[at] = max(low[at], least), min(high[at], most)
    at_least = [row for _, row in conditions if row is not None]
    one = Siblings(0, (), low, high, weights, np.array(at_least).reshape(len(at_least), k))
    _refuse_empty(one, group, [said for said, _ in conditions], spread)
    return one


def _conditions(region: Region, position: Mapping[str, int]) -> Iterator[tuple[str, Vector | None]]:
    """Conditions of one group in words, with their coefficients where they compare two nodes."""
    for code, (least, most) in region.shares:
        if code in position:
            yield f"{code} from {least:g} to {most:g}", None
    pairs = [(one.node, one.times, one.other) for one in region.ratios]
    pairs += [(first, 1.0, second) for run in region.order for first, second in pairwise(run)]
    for first, times, second in pairs:
        if first in position:
            row = np.zeros(len(position))
            row[position[first]] += 1.0
            row[position[second]] -= times
            yield f"{first} at least {times:g} times {second}", row


def _refuse_empty(one: Siblings, group: Group, said: list[str], spread: float | None) -> None:
    if (one.low <= one.high).all() and one.admits_some():
        return
    held = [*said, *([f"all within {spread:g} of their weights"] if spread else [])]
    raise SchemeError(
        Problem(
            path=f"region: {group.code}",
            found="no shares of its children meet every condition: " + "; ".join(held),
            rule="shares sum to 1, and all conditions hold at once"
            + (f"; the least shares sum to {one.low.sum():g}" if one.low.sum() > 1 else "")
            + (f"; the largest shares sum to {one.high.sum():g}" if one.high.sum() < 1 else ""),
            remedy="widen one of them",
        )
    )


def _exponent(scheme: Scheme, groups: list[Group]) -> float:
    """The exponent of the power mean that all groups take."""
    found: dict[float, str] = {}
    problems: list[Problem] = []
    for group in groups:
        aggregator = scheme.aggregator_of(group)
        exponent = aggregator.exponent
        if group.normalise is not None:
            problems.append(
                Problem(
                    path=group.code,
                    found=f"its weights, or weights below it, vary, and its scores are scaled by "
                    f"{group.normalise.method_name()}",
                    rule="possible ranks are exact where scores go up the tree as they are",
                    remedy="vary weights of groups above it only, or sample",
                )
            )
        elif exponent is None:
            problems.append(
                Problem(
                    path=group.code,
                    found=f"its weights, or weights below it, vary, and its method is {aggregator.method_name()}",
                    rule="possible ranks are exact for weighted means: arithmetic, geometric, harmonic, power",
                    remedy="vary weights of other groups, or sample",
                )
            )
        else:
            found.setdefault(exponent, group.code)
    if not problems and len(found) > 1:
        problems.append(
            Problem(
                path=", ".join(found.values()),
                found="the groups take different means",
                rule="where weights vary, and above, one mean makes differences linear in them",
                remedy="vary the weights of the higher groups only, or sample",
            )
        )
    if problems:
        raise MethodError(problems)
    return next(iter(found))


def _column(result: Result, node: Node) -> Vector:
    return (result.composite if isinstance(node, Group) else result.scores).column(node.code)


def _refuse_gaps(scores: Matrix, leaves: list[Node], units: Units) -> None:
    problems = [_gap(scores[leaf], node, units) for leaf, node in enumerate(leaves) if np.isnan(scores[leaf]).any()]
    if problems:
        raise MethodError(problem for some in problems for problem in some)


def _gap(scores: Vector, node: Node, units: Units) -> list[Problem]:
    if np.isnan(scores).all():
        return [
            Problem(
                indicator=node.code,
                found="no unit has a score",
                rule="where weights vary, every node has one",
                remedy="take it out of the scheme, or vary the weights of groups above it only",
            )
        ]
    return [
        Problem(
            unit=units.names[at],
            indicator=node.code,
            found="there is no score",
            rule="where weights vary, a gap would give each unit weights of its own",
            remedy="impute it, or vary the weights of groups above it only",
        )
        for at in np.flatnonzero(np.isnan(scores))
    ]
