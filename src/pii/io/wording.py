"""What a scheme's fields have wrong, in words for a statistician: what was found, the rule, what to do."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from pii.io.documents import Address, Words, shorten
from pii.scheme import FAMILIES
from pii.spec import members
from pii.spelling import did_you_mean, nearest
from pii.tree import Group, Indicator

__all__ = ["Mistake", "unknown_key", "words"]


@dataclass(frozen=True, slots=True)
class Mistake:
    """One of pydantic's errors, by its place in the data."""

    kind: str
    address: Address
    value: Any
    context: Mapping[str, Any]
    known: tuple[str, ...] = ()
    """For an unknown key, those that are known beside it; for an unknown method or choice, all that there are."""

    @property
    def field(self) -> str:
        """The key that the mistake is in, or the list for one of its items."""
        return next((part for part in reversed(self.address) if isinstance(part, str)), "")


_NOUNS = {"code", "name", "weight", "note", "unit", "direction", "source", "target", "denominator", "citation"}
_CODED = {"children", "denominators", "labels"}
"""Keys whose items are told by their code."""
_RULES: dict[str, str] = {
    "code": "a code is text of 1 to 120 characters on one line, without blanks at its ends",
    "children": "they are a list of groups and indicators, each with a code",
    "choices": "they are a list, each written {vary: ...} with what it needs",
    "coverage": "it is a share, from 0 to 1",
    "direction": "a direction is 1 (more is better) or -1 (less is better)",
    "goalposts": "they are written {low: ..., high: ...}",
    "measured": "it is a share, from 0 to 1",
    "name": "a name is text, or one text for each language: {vi: ..., en: ...}",
    "nonzero": "it is a share, from 0 to 1",
    "valid": "it is written {low: ..., high: ...}",
}
_KIND_RULES: dict[str, tuple[str, str]] = {
    "bool_type": ("it is true or false", "write it without quotes"),
    "finite_number": ("numbers are finite", ""),
    "float_type": ("it is a number", "write it with a point and without quotes, such as 0.5"),
    "greater_than": ("it is above {gt:g}", ""),
    "greater_than_equal": ("it is at least {ge:g}", ""),
    "int_type": ("it is a whole number", "write it without a point and without quotes, such as 2"),
    "less_than": ("it is below {lt:g}", ""),
    "less_than_equal": ("it is at most {le:g}", ""),
    "literal_error": ("it is {expected}", ""),
    "model_type": ("it is a mapping of keys to values", ""),
    "string_type": ("it is text", "put it in quotes"),
    "tuple_type": ("it is a list", "begin each item with '- '"),
}
_REQUIRED = {
    "code": "every scheme, node and column has one",
    "children": "a group has at least one",
    "groups": "a rule within groups names them",
    "high": "a range has both ends",
    "index": "it is the group at the top of the tree",
    "low": "a range has both ends",
}


def words(mistake: Mistake, text: str) -> Words:
    """What is wrong, the rule and the remedy, for a statistician."""
    special = _SPECIAL.get(mistake.kind)
    if special is not None:
        return special(mistake)
    if mistake.address[-1] in FAMILIES:
        _, rule, remedy = _no_method(mistake)
        return f"{mistake.field} is {_said(mistake.value, text)}", rule, remedy
    field, last = mistake.field, mistake.address[-1]
    subject = f"the {field}" if field in _NOUNS else field
    subject = f"item {last + 1} of {field}" if isinstance(last, int) else subject
    rule, remedy = _KIND_RULES.get(mistake.kind, ("it does not take this", ""))
    rule = _RULES.get(field, rule.format(**mistake.context))
    if field == "weight":
        rule = "weights are not negative" if mistake.kind == "greater_than_equal" else "a weight is a number"
    if mistake.value is None:
        remedy = "give it a value, or remove the line"
    elif mistake.kind == "literal_error":
        remedy = did_you_mean(str(mistake.value), re.findall(r"'([^']*)'", mistake.context["expected"]))
    elif mistake.kind == "model_type" and isinstance(mistake.value, str) and field in _CODED:
        remedy = f"write {{code: {shorten(mistake.value, 60)}}}"
    elif isinstance(mistake.value, dict | list | tuple):
        remedy = ""
    return f"{subject} is {_said(mistake.value, text)}", rule, remedy


def _said(value: Any, text: str) -> str:
    if value is None:
        return "empty"
    if isinstance(value, str):
        return repr(shorten(value, 60))
    if isinstance(value, dict):
        return "a mapping"
    return "a list" if isinstance(value, list | tuple) else text or json.dumps(value)


def unknown_key(mistake: Mistake) -> Words:
    """What to say of a key that nothing here takes."""
    key = str(mistake.address[-1])
    if key in Group.model_fields and "direction" in mistake.known:
        return f"an indicator has no {key}", "only a group has", "remove the key, or give the node children"
    if key in Indicator.model_fields and "children" in mistake.known:
        return f"a group has no {key}", "only an indicator has", "remove the key, or put it on the indicators"
    near = nearest(key, mistake.known)
    rule = "" if near else f"the keys here are {', '.join(mistake.known)}"
    return f"the key {key!r} is not known here", rule, did_you_mean(key, mistake.known) if near else "remove it"


def _empty(mistake: Mistake) -> Words:
    if mistake.field == "children":
        return "the group is empty", "a group has at least one child", "add a node to it, or remove it"
    return f"{mistake.field} is empty", "it names at least one", "add one"


def _unknown_method(mistake: Mistake) -> Words:
    stage, tag = mistake.field, mistake.context["tag"]
    if stage == "vary":
        remedy = did_you_mean(tag, mistake.known) or f"use one of {', '.join(mistake.known)}"
        return f"nothing that can vary is called {tag!r}", "", remedy
    return f"there is no method {tag!r} for {stage}", "", did_you_mean(tag, _methods(mistake))


def _no_method(mistake: Mistake) -> Words:
    if mistake.field == "choices":
        return "the choice does not say what it varies", "", f"add vary: one of {', '.join(mistake.known)}"
    remedy = f"use one of {', '.join(_methods(mistake))}"
    return f"{mistake.field} names no method", "it is a method's name, or {method: ...} with its parameters", remedy


def _methods(mistake: Mistake) -> tuple[str, ...]:
    if mistake.field not in FAMILIES:
        return mistake.known
    return tuple(member.method_name() for member in members(FAMILIES[mistake.field]))


def _own_words(mistake: Mistake) -> Words:
    found, _, rule = str(mistake.context["error"]).partition("; ")
    return found, rule, ""


_SPECIAL: dict[str, Callable[[Mistake], Words]] = {
    "missing": lambda mistake: (
        f"{mistake.field} is missing",
        _REQUIRED.get(mistake.field, "it is needed"),
        "add it",
    ),
    "too_short": _empty,
    "union_tag_invalid": _unknown_method,
    "union_tag_not_found": _no_method,
    "value_error": _own_words,
}
