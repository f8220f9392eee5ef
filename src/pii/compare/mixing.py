"""Schemes between two: the indicators of one edition, the weights of one, the methods of one."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, TypeAlias, TypeVar

from pydantic import ValidationError

from pii.errors import Problem, SchemeError
from pii.scheme import Column, Scheme
from pii.tree import Group, Indicator, Node

__all__ = [
    "DATA_FIELDS",
    "DEFINITION",
    "METHODS_OF_GROUPS",
    "METHODS_OF_INDICATORS",
    "STAGES",
    "TOP",
    "Mixer",
    "Which",
    "proportions",
]

DATA_FIELDS = ("unit", "denominator")
"""What makes an indicator another one: its data before and after are then not of the same thing."""
DEFINITION = ("direction", "goalposts", "target", "base")
"""What else an indicator is defined by, besides its place; its data can be told apart from these."""
METHODS_OF_INDICATORS = ("denominate", "impute", "treat", "normalise")
METHODS_OF_GROUPS = ("aggregate", "impute", "normalise", "coverage", "at_least")
STAGES = ("denominate", "impute", "treat", "normalise", "aggregate", "rank", "coverage")
"""Fields of a scheme that say how it is computed, but for weights."""
TOP = ""
"""What the index is called here, whatever its code."""
_FIXED = ("goalposts", "target")  # what some normalisers need, and others refuse

Which: TypeAlias = int
"""0 for the edition before, 1 for the one after."""
N = TypeVar("N", Indicator, Group)


@dataclass(frozen=True)
class Mixer:
    """Two schemes, and all that lie between them."""

    before: Scheme
    after: Scheme

    @property
    def editions(self) -> tuple[Scheme, Scheme]:
        """Both schemes."""
        return self.before, self.after

    @cached_property
    def nodes(self) -> tuple[dict[str, Node], dict[str, Node]]:
        """The nodes of each edition by code, the index under ``TOP``."""
        old, new = self.editions
        return _by_code(old), _by_code(new)

    def both(self, kind: type[N]) -> Iterator[tuple[str, N, N]]:
        """Nodes of one kind that both editions have, in the order of after: code, before, after."""
        old, new = self.nodes
        for code, node in new.items():
            twin = old.get(code)
            if isinstance(node, kind) and isinstance(twin, kind):
                yield code, twin, node

    def only(self, which: Which) -> tuple[Node, ...]:
        """Nodes that one edition has and the other has not."""
        mine, theirs = self.nodes[which], self.nodes[1 - which]
        return tuple(node for code, node in mine.items() if type(theirs.get(code)) is not type(node))

    @cached_property
    def common(self) -> tuple[str, ...]:
        """Indicators whose data before and after are of the same thing, in the order of after."""
        return tuple(
            code
            for code, old, new in self.both(Indicator)
            if all(getattr(old, field) == getattr(new, field) for field in DATA_FIELDS)
        )

    @staticmethod
    def shared(before: Group, after: Group) -> tuple[str, ...]:
        """The children that a group has in both editions, in the order of after."""
        kinds = {child.code: type(child) for child in before.children}
        return tuple(child.code for child in after.children if kinds.get(child.code) is type(child))

    @cached_property
    def reshaped(self) -> bool:
        """Whether indicators or groups were added, dropped, moved or defined anew."""
        return self._shape(0) != self._shape(1)

    @cached_property
    def reweighed(self) -> bool:
        """Whether children that a group has in both editions weigh otherwise, or are weighed otherwise."""
        if self.before.weigh != self.after.weigh:
            return True
        for _, old, new in self.both(Group):
            shared = self.shared(old, new)
            if self.before.weigher_of(old) != self.after.weigher_of(new):
                return True
            if proportions(old, shared) != proportions(new, shared):
                return True
        return False

    @cached_property
    def remade(self) -> bool:
        """Whether a method of a stage, or a limit of coverage, is another one."""
        return (
            any(getattr(self.before, field) != getattr(self.after, field) for field in STAGES)
            or any(_differ(old, new, METHODS_OF_INDICATORS) for _, old, new in self.both(Indicator))
            or any(_differ(old, new, METHODS_OF_GROUPS) for _, old, new in self.both(Group))
        )

    @cached_property
    def recompleted(self) -> bool:
        """Whether denominators or gaps are dealt with otherwise."""
        fields = ("denominate", "impute")
        return _differ(self.before, self.after, fields) or any(
            _differ(old, new, fields) for _, old, new in self.both(Indicator)
        )

    def scheme(self, indicators: Which, weights: Which, methods: Which) -> Scheme:
        """The indicators, weights and methods of the editions named.

        Children that a group has in both editions weigh together what they do in the edition of the indicators, and
        among them what they do in the edition of the weights.

        Raises
        ------
        SchemeError
            They do not go together.
        """
        base, ways = self.editions[indicators], self.editions[methods]
        if indicators == weights == methods:
            return base
        taken = {node.code for node in base.nodes}
        try:
            return base.replace(
                index=self._mixed(TOP, base.index, indicators, weights, methods),
                weigh=self.editions[weights].weigh,
                denominators=_columns(base.denominators, ways.denominators, taken),
                labels=_columns(base.labels, ways.labels, taken),
                uncertainty=None,
                **{field: getattr(ways, field) for field in STAGES},
            )
        except ValidationError as error:
            said = "; ".join(str(each["msg"]) for each in error.errors())
            remedy = "change one thing at a time"
            raise SchemeError(Problem(found="the two schemes cannot be mixed", rule=said, remedy=remedy)) from error

    def _mixed(self, code: str, node: Node, s: Which, w: Which, m: Which) -> Node:
        """A node of edition s with the methods of edition m, and children weighed as in edition w."""
        ways = self.nodes[m].get(code)
        if isinstance(node, Indicator):
            changes: dict[str, Any] = {}
            if isinstance(ways, Indicator):
                changes = {field: getattr(ways, field) for field in METHODS_OF_INDICATORS}
                if self._needs(s, node) != self._needs(m, ways):
                    changes |= {field: getattr(ways, field) for field in _FIXED}
            return node.replace(**changes)
        changes = {field: getattr(ways, field) for field in METHODS_OF_GROUPS} if isinstance(ways, Group) else {}
        given = {child.code: child.weight for child in node.children}
        weighed = self.nodes[w].get(code)
        if isinstance(weighed, Group):
            changes["weigh"] = weighed.weigh
            given |= self._spread(node, weighed)
        children = [
            self._mixed(child.code, child, s, w, m).replace(weight=given[child.code]) for child in node.children
        ]
        return node.replace(children=children, **changes)

    def _needs(self, which: Which, indicator: Indicator) -> str:
        return self.editions[which].normaliser_of(indicator).needs

    def _spread(self, group: Group, weighed: Group) -> dict[str, float]:
        """Weights of children that both have: together as here, among them as in the other edition."""
        shared = self.shared(weighed, group)
        theirs = {child.code: child.weight for child in weighed.children}
        if len(shared) == len(group.children) == len(weighed.children):
            return theirs
        ours = {child.code: child.weight for child in group.children}
        whole, part = sum(ours[code] for code in shared), sum(theirs[code] for code in shared)
        return {code: theirs[code] * whole / part for code in shared} if part > 0 else {}

    def _shape(self, which: Which) -> list[tuple[Any, ...]]:
        """What the tree is, and what its indicators are."""
        parents = {
            child.code: code
            for code, node in self.nodes[which].items()
            if isinstance(node, Group)
            for child in node.children
        }
        fields = (*DATA_FIELDS, *DEFINITION)
        return [
            (code, type(node), parents.get(code), *(getattr(node, field, None) for field in fields))
            for code, node in self.nodes[which].items()
        ]


def _by_code(scheme: Scheme) -> dict[str, Node]:
    return {TOP: scheme.index, **{node.code: node for node in scheme.nodes[1:]}}


def proportions(group: Group, shared: Sequence[str]) -> list[float]:
    """What some children of a group weigh, as parts of what they weigh together."""
    given = {child.code: child.weight for child in group.children}
    whole = sum(given[code] for code in shared)
    return [given[code] / whole if whole else 0.0 for code in shared]


def _differ(old: Any, new: Any, fields: Sequence[str]) -> bool:
    return any(getattr(old, field) != getattr(new, field) for field in fields)


def _columns(first: Sequence[Column], second: Sequence[Column], taken: set[str]) -> tuple[Column, ...]:
    """Columns that either declares, so far as their codes are no node's."""
    found = {column.code: column for column in (*second, *first)}
    return tuple(column for code, column in found.items() if code not in taken)
