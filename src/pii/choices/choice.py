"""What an uncertain choice is: what it varies, from which stage on, and what it names in the tree."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping
from typing import Annotated, Any, Literal, NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray
from pydantic import Field, SerializerFunctionWrapHandler, model_serializer

from pii.arrays import Vector, shares
from pii.spec import Code, Many, Positive, Spec
from pii.tree import Group

__all__ = ["AbstractAlternatives", "AbstractChoice", "AbstractOnGroups", "AbstractPick", "Edit", "Stage"]

Stage: TypeAlias = Literal["data", "denominate", "impute", "treat", "normalise", "weigh", "aggregate"]
"""The first stage that a choice changes."""


class Edit(NamedTuple):
    """What an alternative changes in a scheme."""

    fields: Mapping[str, Any] = {}
    """Fields of the scheme."""
    nodes: Mapping[str, Mapping[str, Any]] = {}
    """Fields of nodes, by code."""
    dropped: str = ""
    """A node that is left out, by code."""


class AbstractChoice(Spec, ABC):
    """Something that the maker of the index could have chosen otherwise."""

    name: str = ""
    """What outputs call it."""

    @model_serializer(mode="wrap")
    def _with_its_kind(self, handler: SerializerFunctionWrapHandler) -> dict[str, Any]:
        # A file that leaves out defaults would leave out what kind of choice it is.
        fields: dict[str, Any] = handler(self)
        return {"vary": type(self).model_fields["vary"].default, **fields}

    @property
    @abstractmethod
    def stage(self) -> Stage:
        """The first stage that it changes."""

    def title(self) -> str:
        """Its name, or what it varies."""
        return self.name or str(type(self).model_fields["vary"].default)

    @property
    def reads(self) -> tuple[str, ...]:
        """Columns of the table that it needs besides the indicators."""
        return ()

    def concerns(self) -> Iterator[tuple[str, str]]:
        """What it names in the tree: pairs of ``group``, ``indicator`` or ``node``, and the code."""
        yield from ()


class AbstractPick(AbstractChoice):
    """One of several: a number from 0 to 1 picks it."""

    probabilities: Many[Positive] = ()
    """How likely each alternative is, in any unit; all alike when not given."""

    @abstractmethod
    def labels(self, index: Group, /) -> tuple[str, ...]:
        """What each alternative is called, in a scheme with this tree."""

    def size(self, index: Group, /) -> int:
        """How many alternatives there are."""
        return len(self.labels(index))

    def picked(self, u: Vector, index: Group, /) -> NDArray[np.intp]:
        """The number of the alternative for every number in [0, 1)."""
        n = self.size(index)
        odds = shares(np.array(self.probabilities or [1.0] * n, dtype=np.float64))
        return np.minimum(np.searchsorted(odds.cumsum(), u, side="right"), n - 1)


class AbstractAlternatives(AbstractPick):
    """One of several schemes."""

    @abstractmethod
    def edits(self, index: Group, /) -> tuple[Edit, ...]:
        """What each alternative changes in the scheme with this tree."""

    def labels(self, index: Group, /) -> tuple[str, ...]:
        """What each alternative is called."""
        return tuple(_said(edit) for edit in self.edits(index))

    def size(self, index: Group, /) -> int:
        """How many they are."""
        return len(self.edits(index))  # what they are called takes longer


def _said(edit: Edit) -> str:
    if edit.dropped:
        return f"without {edit.dropped}"
    methods = [*edit.fields.values(), *(value for fields in edit.nodes.values() for value in fields.values())]
    declared = [method.declaration() for method in methods[:1]]
    return "as it is" if not declared else str(declared[0]) if isinstance(declared[0], str) else _short(declared[0])


def _short(declared: Mapping[str, Any]) -> str:
    fields = [f"{name} {value}" for name, value in declared.items() if name != "method"]
    return f"{declared['method']} ({', '.join(fields)})"


class AbstractOnGroups(AbstractChoice):
    """A choice about some groups."""

    groups: Many[Code] = ()
    """The groups that it is about."""
    levels: Many[Annotated[int, Field(ge=0)]] = ()
    """All groups on these levels, the index being 0; every group when neither is given."""

    def concerns(self) -> Iterator[tuple[str, str]]:
        """Its groups."""
        yield from (("group", code) for code in self.groups)

    def among_groups(self, index: Group, /) -> tuple[Group, ...]:
        """The groups that it is about, in the order of the tree."""
        levels = {index.code: 0}
        found = []
        for node in index.walk():
            if not isinstance(node, Group):
                continue
            levels |= {child.code: levels[node.code] + 1 for child in node.children}
            everywhere = not self.groups and not self.levels
            if everywhere or node.code in self.groups or levels[node.code] in self.levels:
                found.append(node)
        return tuple(found)
