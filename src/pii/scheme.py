"""What is computed: the tree, and the method of every stage."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from functools import cached_property
from math import isinf
from types import MappingProxyType
from typing import Annotated, Any, Literal, Self

import numpy as np
from numpy.typing import NDArray
from pydantic import Field, model_validator

from pii.arrays import Matrix, sealed
from pii.choices.design import Uncertainty
from pii.errors import Problem
from pii.methods.aggregate import AbstractAggregator, Aggregator, Arithmetic
from pii.methods.combine import AbstractCombiner, Combiner
from pii.methods.denominate import AbstractDenominator, Denominator, Ratio
from pii.methods.impute import AbstractImputer, Imputer, NoImputation
from pii.methods.normalise import AbstractNormaliser, MinMax, Normaliser
from pii.methods.rank import Competition, Ranker
from pii.methods.treat import AbstractTreater, NoTreatment, Treater
from pii.methods.weigh import AbstractWeigher, Given, Weigher
from pii.outline import outline
from pii.screen import Screen
from pii.spec import Code, Many, Names, Share, Spec
from pii.spelling import did_you_mean
from pii.tree import Column, Group, Indicator, Node, scale_faults

__all__ = ["FAMILIES", "Column", "Faults", "Scheme"]

FAMILIES: Mapping[str, Any] = {
    "combine": Combiner,
    "denominate": Denominator,
    "impute": Imputer,
    "treat": Treater,
    "normalise": Normaliser,
    "weigh": Weigher,
    "aggregate": Aggregator,
    "rank": Ranker,
}
"""The family of methods of each field that takes one, in the order of the stages."""


class Faults(ValueError):
    """Every rule that a scheme breaks as a whole, each with the path of its field."""

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        self.problems = problems
        super().__init__("; ".join(map(str, problems)))


class Scheme(Spec):
    """An index as declared: hashable, equal by value, the same in memory, YAML and JSON.

    Examples
    --------
    >>> pillar = Group(code="P1", children=[Indicator(code="a"), Indicator(code="b", direction=-1)])
    >>> scheme = Scheme(code="demo", index=pillar, normalise="zscore")
    >>> [indicator.code for indicator in scheme.indicators], scheme.normalise
    (['a', 'b'], ZScore(method='zscore', mean=0.0, sd=1.0, constant=None))
    """

    code: Code
    """A short name for files and citations."""
    name: Names = ()
    """What people call the index."""
    edition: str = ""
    """Which edition or year the scheme is for."""
    about: str = ""
    """What is official, what follows a published model and what is our choice."""
    citation: str = ""
    """How to cite the index."""
    units: Literal["VN63", "VN34"] | None = None
    """The system of provinces that units belong to; null for units of any other kind."""
    screen: Screen = Screen()
    """Which units have data enough to be ranked."""
    combine: Combiner | None = None
    """What units made of several others have of an indicator, after a change of borders; null says nothing."""
    denominate: Denominator = Ratio()
    """How indicators with a denominator are put per it."""
    impute: Imputer = NoImputation()
    """How gaps are filled."""
    treat: Treater = NoTreatment()
    """How outliers and skew are tempered."""
    normalise: Normaliser = MinMax()
    """How indicators are put on one scale."""
    weigh: Weigher = Given()
    """How children are weighed."""
    aggregate: Aggregator = Arithmetic()
    """How children are made one score."""
    coverage: Share = 0.0
    """The least share of a group's children that a unit needs for a score."""
    rank: Ranker = Competition()
    """How ties share places."""
    decimals: Annotated[int, Field(ge=0, le=12)] = 2
    """Digits after the point in what is published (half-up); ranks are of unrounded scores."""
    denominators: Many[Column] = ()
    """Columns that indicators are put per."""
    labels: Many[Column] = ()
    """Columns that group units."""
    uncertainty: Uncertainty | None = None
    """What could have been chosen otherwise, for a study of how far the ranking can be trusted."""
    index: Group
    """The tree."""

    @model_validator(mode="after")
    def _sound(self) -> Self:
        problems = tuple(_faults(self))
        if problems:
            raise Faults(problems)
        return self

    @cached_property
    def nodes(self) -> tuple[Node, ...]:
        """Every node, parents first, in the order declared."""
        return tuple(self.index.walk())

    @cached_property
    def indicators(self) -> tuple[Indicator, ...]:
        """The leaves, in the order declared; arrays follow it."""
        return tuple(node for node in self.nodes if isinstance(node, Indicator))

    @cached_property
    def groups(self) -> tuple[Group, ...]:
        """The groups, the index first; arrays follow it, and reversed it visits children before parents."""
        return tuple(node for node in self.nodes if isinstance(node, Group))

    @cached_property
    def parents(self) -> Mapping[str, str]:
        """The code of each node's group; the index has none."""
        return MappingProxyType({child.code: group.code for group in self.groups for child in group.children})

    @cached_property
    def levels(self) -> Mapping[str, int]:
        """How far below the index each node is: the index 0, its children 1."""
        levels = {self.index.code: 0}
        for code, parent in self.parents.items():
            levels[code] = levels[parent] + 1
        return MappingProxyType(levels)

    @cached_property
    def directions(self) -> Matrix:
        """1 for indicators of which more is better, -1 for those of which less is, (indicators, 1)."""
        return sealed(np.array([[float(indicator.direction)] for indicator in self.indicators]))

    @cached_property
    def lineage(self) -> NDArray[np.intp]:
        """For each level from the index down, the number of every indicator's group there: (levels, indicators).

        An indicator that hangs higher is in its own group on the levels below it.
        """
        chains = []
        for indicator in self.indicators:
            chain = [indicator.code]
            while (parent := self.parents.get(chain[0])) is not None:
                chain.insert(0, parent)
            chains.append(chain[:-1])
        depth = max(map(len, chains))
        padded = [chain + chain[-1:] * (depth - len(chain)) for chain in chains]
        number = {group.code: at for at, group in enumerate(self.groups)}
        return sealed(np.array([[number[code] for code in chain] for chain in padded], dtype=np.intp)).T

    @cached_property
    def columns(self) -> tuple[str, ...]:
        """The numeric columns that a table needs: indicators, then denominators and covariates."""
        codes = [indicator.code for indicator in self.indicators]
        needed = [i.denominator for i in self.indicators if i.denominator]
        needed += [code for i in self.indicators for code in self.imputer_of(i).reads]
        choices = self.uncertainty.choices if self.uncertainty else ()
        needed += [code for choice in choices for code in choice.reads]
        return tuple(dict.fromkeys([*codes, *needed]))

    @cached_property
    def combined_by(self) -> Mapping[str, AbstractCombiner | None]:
        """The rule for each indicator and denominator when units are merged; None where there is none."""
        rules: dict[str, AbstractCombiner | None] = {i.code: i.combine for i in self.indicators}
        common = self.combine
        rules |= {c: common for c, own in rules.items() if common and not own and c not in common.reads}
        return MappingProxyType(rules | {column.code: column.combine for column in self.denominators})

    def node(self, code: str) -> Node:
        """Find a node by its code; a KeyError suggests the nearest."""
        for node in self.nodes:
            if node.code == code:
                return node
        hint = did_you_mean(code, [node.code for node in self.nodes]) or "nodes has all"
        raise KeyError(f"{code!r} is not a node; {hint}")

    def denominator_of(self, indicator: Indicator) -> AbstractDenominator:
        """The indicator's own method, or the scheme's."""
        return indicator.denominate or self.denominate

    def imputer_of(self, indicator: Indicator) -> AbstractImputer:
        """The indicator's own method, or the scheme's."""
        return indicator.impute or self.impute

    def treater_of(self, indicator: Indicator) -> AbstractTreater:
        """The indicator's own method, or the scheme's."""
        return indicator.treat or self.treat

    def normaliser_of(self, indicator: Indicator) -> AbstractNormaliser:
        """The indicator's own method, or the scheme's."""
        return indicator.normalise or self.normalise

    def weigher_of(self, group: Group) -> AbstractWeigher:
        """The group's own method, or the scheme's."""
        return group.weigh or self.weigh

    def aggregator_of(self, group: Group) -> AbstractAggregator:
        """The group's own method, or the scheme's."""
        return group.aggregate or self.aggregate

    def coverage_of(self, group: Group) -> float:
        """The least share of a group's children: its own limit or the scheme's, and its least number."""
        share = self.coverage if group.coverage is None else group.coverage
        return max(share, (group.at_least or 0) / len(group.children))

    def _repr_html_(self) -> str:
        title = " ".join(filter(None, (self.index.title(), self.edition)))
        return outline(f"{title} ({self.code})", self.index, self.weigher_of)


def _faults(scheme: Scheme) -> Iterator[Problem]:
    """Every rule that is about more than one field."""
    places = dict(_places(scheme.index, "index"))
    yield from _repeated_codes(scheme, places)
    yield from _reserved_labels(scheme)
    yield from _unknown_codes(scheme, places)
    for path, node in places.items():
        if isinstance(node, Group):
            yield from _group_faults(scheme, node, path)
        else:
            yield from scale_faults(node, scheme.normaliser_of(node), path)


def _places(node: Node, path: str) -> Iterator[tuple[str, Node]]:
    yield path, node
    if isinstance(node, Group):
        for position, child in enumerate(node.children):
            yield from _places(child, f"{path}.children[{position}]")


def _repeated_codes(scheme: Scheme, places: dict[str, Node]) -> Iterator[Problem]:
    named: list[tuple[str, str]] = [(path, node.code) for path, node in places.items()]
    for field in ("denominators", "labels"):
        columns: tuple[Column, ...] = getattr(scheme, field)
        named += [(f"{field}[{position}]", column.code) for position, column in enumerate(columns)]
    count = Counter(code for _, code in named)
    first = {code: path for path, code in reversed(named)}
    for path, code in named:
        if count[code] > 1 and path != first[code]:
            yield Problem(
                path=f"{path}.code",
                found=f"the code {code!r} is already used at {first[code]}",
                rule="every node and column has a code of its own",
                remedy="rename one of them",
            )


def _reserved_labels(scheme: Scheme) -> Iterator[Problem]:
    for position, column in enumerate(scheme.labels):
        if column.code in _RESERVED:
            yield Problem(
                path=f"labels[{position}].code",
                found=f"the label is called {column.code!r}, as a column of the outputs is",
                rule=f"labels stand beside the columns {', '.join(_RESERVED)}",
                remedy="call it otherwise, in the table too",
            )


_RESERVED = ("rank", "unit", "name", "code", "period", "reason")
"""Columns of tables and rankings that no label can be told from."""


def _unknown_codes(scheme: Scheme, places: dict[str, Node]) -> Iterator[Problem]:
    known = {column.code for column in scheme.denominators} | {i.code for i in scheme.indicators}
    groups = {group.code for group in scheme.groups}
    for path, node in places.items():
        if isinstance(node, Indicator) and node.denominator is not None:
            if node.denominator == node.code:
                yield Problem(
                    path=f"{path}.denominator",
                    found=f"{node.code!r} is put per itself",
                    rule="a denominator is another column",
                    remedy="name it, or leave the field out",
                )
            elif node.denominator not in known:
                yield _unknown(f"{path}.denominator", "denominator", node.denominator, known, "denominators")
    yield from _unknown_to_methods(scheme, places, known)
    yield from _unknown_to_choices(scheme, known)
    for i, within in enumerate(scheme.screen.within):
        for j, code in enumerate(within.groups):
            if code not in groups:
                yield _unknown(f"screen.within[{i}].groups[{j}]", "group", code, groups, "the tree")


def _unknown_to_methods(scheme: Scheme, places: dict[str, Node], known: set[str]) -> Iterator[Problem]:
    labels = {column.code for column in scheme.labels} | ({"region"} if scheme.units else set())
    owners: list[tuple[str, Spec]] = [("", scheme), *((f"{path}.", node) for path, node in places.items())]
    owners += [(f"denominators[{at}].", column) for at, column in enumerate(scheme.denominators)]
    for path, owner in owners:
        for field in ("impute", "combine"):
            method = getattr(owner, field, None)
            by = getattr(method, "groups_by", None)
            if by is not None and by not in labels:
                yield _unknown(f"{path}{field}.by", "label", by, labels, "labels")
            for code in method.reads if method else ():
                if code not in known:
                    yield _unknown(f"{path}{field}", "column", code, known, "denominators")


def _unknown_to_choices(scheme: Scheme, known: set[str]) -> Iterator[Problem]:
    nodes = {"group": scheme.groups, "indicator": scheme.indicators, "node": scheme.nodes[1:]}
    for i, choice in enumerate(scheme.uncertainty.choices if scheme.uncertainty else ()):
        path = f"uncertainty.choices[{i}]"
        for kind, code in choice.concerns():
            there = {node.code for node in nodes[kind]}
            if code not in there:
                yield _unknown(path, kind, code, there, "the tree")
        for code in choice.reads:
            if code not in known:
                yield _unknown(path, "column", code, known, "denominators")


def _unknown(path: str, kind: str, code: str, known: set[str], where: str) -> Problem:
    return Problem(
        path=path,
        found=f"{code!r} is not a {kind} of the scheme",
        rule=f"every {kind} is declared under {where}",
        remedy=did_you_mean(code, sorted(known)) or f"declare it under {where}",
    )


def _group_faults(scheme: Scheme, group: Group, path: str) -> Iterator[Problem]:
    if group.impute is not None and (group.impute.reads or group.impute.looks_across):
        yield Problem(
            path=f"{path}.impute",
            found=f"{group.code!r} is to be filled by {group.impute.method_name()}",
            rule="a group has one score, and that method looks across several columns",
            remedy="use one that looks at the score alone, such as group_mean",
        )
    scale = group.normalise
    if scale is not None and (scale.needs != "nothing" or scale.base_unit is not None):
        yield Problem(
            path=f"{path}.normalise",
            found=f"{group.code!r} is to be scaled by {scale.method_name()}",
            rule="a group has no goalposts, target or base of its own",
            remedy="use one that looks at the scores alone, such as percentile_rank",
        )
    if group.at_least is not None and group.at_least > len(group.children):
        yield Problem(
            path=f"{path}.at_least",
            found=f"{group.code!r} has {len(group.children)} children, and {group.at_least} are needed for a score",
            rule="a unit can have as many scores as there are children",
            remedy="ask for fewer",
        )
    weigher = scheme.weigher_of(group)
    if isinstance(weigher, Given) and not any(child.weight for child in group.children):
        yield Problem(
            path=f"{path}.children",
            found=f"the weights of the children of {group.code!r} sum to 0",
            rule="weights are shares of their sum",
            remedy="give at least one child a weight above 0",
        )
    aggregator = scheme.aggregator_of(group)
    for position, child in enumerate(group.children if aggregator.domain != "any" else ()):
        lowest = _lowest(scheme, child)
        if lowest is None:
            continue
        if lowest < 0 or (lowest == 0 and aggregator.domain == "positive"):
            what = "mean" if aggregator.is_mean else "score"
            taken = f"{aggregator.method_name()} {what}"
            scores = "scores below 0" if isinf(lowest) else f"a lowest score of {lowest:g}"
            yield Problem(
                path=f"{path}.children[{position}]",
                found=f"{child.code!r} has {scores}, and {group.code!r} takes the {taken}",
                rule=f"that {what} needs scores "
                + ("above 0" if aggregator.domain == "positive" else "that are not negative"),
                remedy="use min-max with floor 1, or the arithmetic mean",
            )


def _lowest(scheme: Scheme, node: Node) -> float | None:
    """The lowest score a node is sure to have for some unit; None where that depends on the data.

    Below a group only a sign is sure: the mean of indicators that are each 0 somewhere need not be 0 anywhere.
    """
    if isinstance(node, Indicator):
        return scheme.normaliser_of(node).lowest
    if node.normalise is not None:
        return node.normalise.lowest
    bounds = [_lowest(scheme, child) for child in node.children]
    return min((b for b in bounds if b is not None and b < 0), default=None)
