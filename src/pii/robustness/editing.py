"""A scheme with alternatives in place."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from pydantic import ValidationError

from pii.choices.choice import Edit
from pii.errors import Problem, SchemeError
from pii.scheme import Column, Faults, Scheme
from pii.screen import Screen
from pii.tree import Group, Node

__all__ = ["edited", "is_free", "replaced", "with_free"]

_FREE = frozenset({"denominate", "treat"})  # fields of a scheme that none of its rules looks at


def edited(scheme: Scheme, edits: Sequence[Edit]) -> Scheme:
    """The scheme with alternatives in place, without its rules of screening, which are applied once.

    Where a node is left out, its group needs no more children for a score than it has left.

    Raises
    ------
    SchemeError
        The alternatives do not go together.
    """
    dropped = {edit.dropped for edit in edits if edit.dropped}
    nodes: dict[str, dict[str, object]] = {}
    fields: dict[str, object] = {"uncertainty": None, "screen": Screen(measured=0)}
    for edit in edits:
        fields |= edit.fields
        for code, changes in edit.nodes.items():
            nodes[code] = {**nodes.get(code, {}), **changes}
    if dropped or nodes:
        index = _rebuilt(scheme.index, nodes, dropped)
        if not isinstance(index, Group):
            found = "all that the index is made of is left out"
            raise SchemeError(Problem(found=found, rule="something stays in it", remedy="leave less out at a time"))
        fields |= {"index": index, "denominators": _columns(scheme, index)}
    return replaced(scheme, **fields)


def is_free(edit: Edit) -> bool:
    """Whether no rule of a scheme looks at what an alternative changes, so that it goes with all others."""
    return not edit.dropped and not edit.nodes and edit.fields.keys() <= _FREE


def with_free(scheme: Scheme, edits: Sequence[Edit]) -> Scheme:
    """A sound scheme with free alternatives in place, which is not checked again, and knows its nodes already."""
    fields = {field: method for edit in edits for field, method in edit.fields.items()}
    return scheme.model_copy(update=fields) if fields else scheme


def replaced(scheme: Scheme, **fields: object) -> Scheme:
    """The scheme with other fields.

    Raises
    ------
    SchemeError
        It breaks a rule.
    """
    try:
        return scheme.replace(**fields)
    except ValidationError as error:
        raised = error.errors()[0].get("ctx", {}).get("error")
        raise SchemeError(raised.problems if isinstance(raised, Faults) else Problem(found=str(error))) from None


def _rebuilt(node: Node, nodes: Mapping[str, Mapping[str, object]], dropped: set[str]) -> Node | None:
    if node.code in dropped:
        return None
    changes = dict(nodes.get(node.code, {}))
    if isinstance(node, Group):
        children = [_rebuilt(child, nodes, dropped) for child in node.children]
        left = tuple(child for child in children if child is not None)
        if not left:
            return None
        if any(old is not new for old, new in zip(node.children, children, strict=True)):
            changes["children"] = left
            changes["at_least"] = node.at_least and min(node.at_least, len(left))
    return node.replace(**changes) if changes else node


def _columns(scheme: Scheme, index: Group) -> tuple[Column, ...]:
    """The declared ones, and indicators left out, which others may be put per or filled by."""
    there = {indicator.code for indicator in index.indicators()}
    gone = (indicator.code for indicator in scheme.indicators if indicator.code not in there)
    return (*scheme.denominators, *(Column(code=code) for code in gone))
