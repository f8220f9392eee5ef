"""A file of nested data as read: every key and value with its line and column, and what could not be read."""

from __future__ import annotations

import re
from codecs import BOM_UTF8
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import Enum
from math import isfinite
from pathlib import Path
from typing import Any, Final, TypeAlias

from pii.errors import Problem, SchemeError

__all__ = [
    "MAX_BYTES",
    "MAX_DEPTH",
    "NUMBER",
    "REFUSED",
    "Address",
    "Document",
    "Node",
    "Place",
    "Unreadable",
    "Words",
    "dotted",
    "lay_out",
    "number",
    "paired",
    "read_text",
    "refuse_deep",
    "shorten",
    "spot",
    "unread",
]

Address: TypeAlias = tuple[str | int, ...]
"""Where a value is in nested data: the keys and positions that lead to it."""

Words: TypeAlias = tuple[str, str, str]
"""What was found, the rule, what to do."""

MAX_BYTES: Final = 10_000_000
"""The largest file that is read."""
MAX_DEPTH: Final = 64
"""The deepest nesting that is read."""


class Refused(Enum):
    """The kind of ``REFUSED``."""

    VALUE = "refused"


REFUSED: Final = Refused.VALUE
"""Stands where a value was that could not be read; a problem says why."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where something begins, counted from 1 as editors do, and a scalar's text as written."""

    line: int
    column: int
    text: str = ""


@dataclass(frozen=True, slots=True)
class Document:
    """Nested data, where each part of it was written, and what could not be read."""

    data: Any
    keys: Mapping[Address, Place] = field(default_factory=dict)
    values: Mapping[Address, Place] = field(default_factory=dict)
    problems: tuple[Problem, ...] = ()
    file: str = ""
    rows: Mapping[int, str] = field(default_factory=dict)
    """For a list, which node is on which line; its problems name the node, not the address."""

    def place(self, address: Address) -> Place | None:
        """Where to point for an address: a scalar itself, else its key, else whatever encloses it."""
        for length in range(len(address), -1, -1):
            at = address[:length]
            value, key = self.values.get(at), self.keys.get(at)
            if value is not None and (value.text or key is None):
                return value
            if key is not None:
                return key
        return None


def shorten(text: str, width: int) -> str:
    """Cut a text that is too long to quote."""
    return text if len(text) <= width else f"{text[: width - 1]}…"


def dotted(address: Address) -> str:
    """Write an address as messages show it.

    Examples
    --------
    >>> dotted(("index", "children", 0, "weight"))
    'index.children[0].weight'
    """
    return "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in address).removeprefix(".")


def read_text(path: Path) -> str:
    """Return a file's text, refusing what is too large, not there or not UTF-8.

    Raises
    ------
    SchemeError
        The file cannot be read, with the place of the first byte that is not text.
    """
    file = str(path)
    try:
        if path.stat().st_size > MAX_BYTES:
            found = f"the file has {path.stat().st_size:,} bytes"
            raise SchemeError(Problem(found=found, rule=f"at most {MAX_BYTES:,} are read", file=file))
        raw = path.read_bytes()
    except OSError as error:
        raise SchemeError(Problem(found=f"the file cannot be read: {error.strerror}", file=file)) from error
    text = raw.removeprefix(BOM_UTF8)
    try:
        return text.decode("utf-8")
    except UnicodeDecodeError as error:
        before = text[: error.start].decode("utf-8")
        line, column = spot(before, len(before))
        problem = Problem(
            found="the file is not UTF-8 text",
            rule="files are saved as UTF-8",
            remedy="save it again as UTF-8",
            file=file,
            line=line,
            column=column,
        )
        raise SchemeError(problem) from error


def number(text: str) -> int | float | str:
    """Read a number written as JSON has it, a plus sign allowed; any other text comes back as it is.

    Too large a number is infinite.

    Examples
    --------
    >>> number("+1"), number("1e-7"), number("1e999"), number("01"), number("1_000")
    (1, 1e-07, inf, '01', '1_000')
    """
    if NUMBER.fullmatch(text):
        value = float(text)
        return int(text) if _WHOLE.fullmatch(text) and isfinite(value) else value
    return float(text.lower().replace(".", "")) if _NOT_FINITE.fullmatch(text) else text


NUMBER = re.compile(r"[-+]?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][-+]?[0-9]+)?")
_WHOLE = re.compile(r"[-+]?[0-9]+")
_NOT_FINITE = re.compile(r"[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN)")


@dataclass(frozen=True, slots=True)
class Node:
    """A value as written: a scalar, a list of nodes, or a mapping of nodes as pairs."""

    place: Place
    value: Any
    complaints: tuple[Words, ...] = ()


class Pairs(tuple[tuple[Node, Node], ...]):
    """The keys of a mapping with their values, as often as they are given."""

    __slots__ = ()


class Unreadable(Exception):
    """What stops the reading of a text."""

    def __init__(self, line: int, column: int, found: str, rule: str = "", remedy: str = "") -> None:
        self.problem = Problem(found=found, rule=rule, remedy=remedy, line=line, column=column)
        super().__init__(found)


def unread(error: Unreadable, file: str) -> Document:
    """The document of a text that could not be read to its end."""
    return Document(REFUSED, problems=(replace(error.problem, file=file),), file=file)


def lay_out(root: Node, file: str) -> Document:
    """A tree of nodes as plain data with its places; anything but one mapping is a problem."""
    laid = _Layout(file)
    data = laid.data(root, ())
    if not isinstance(data, dict | Refused):
        found = "the file is empty" if data is None else "the file does not hold a mapping"
        laid.problems.append(
            Problem(found=found, rule="a file is one mapping of keys to values", file=file, line=1, column=1)
        )
        data = REFUSED
    return Document(data, laid.keys, laid.values, tuple(laid.problems), file)


class _Layout:
    """Nodes laid out as plain data, with their places and what is wrong with them."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.keys: dict[Address, Place] = {}
        self.values: dict[Address, Place] = {}
        self.problems: list[Problem] = []

    def data(self, node: Node, address: Address) -> Any:
        self.values[address] = node.place
        for words in node.complaints:
            self._add(node.place, address, *words)
        if isinstance(node.value, Pairs):
            return self._mapping(node.value, address)
        if isinstance(node.value, list):
            return [self.data(item, (*address, position)) for position, item in enumerate(node.value)]
        if complaint := _unfit(node):
            self._add(node.place, address, *complaint)
            return REFUSED
        return node.value

    def _mapping(self, pairs: Pairs, address: Address) -> dict[str, Any]:
        mapping: dict[str, Any] = {}
        for key, value in pairs:
            at = (*address, str(key.value))
            for words in key.complaints:
                self._add(key.place, address, *words)
            complaint = _unfit_key(key) or _unfit(key)
            if complaint:
                self._add(key.place, address, *complaint)
            elif at in self.keys:
                found = f"the key {key.value!r} is already given on line {self.keys[at].line}"
                self._add(key.place, at, found, "a key is given once", "remove one of them")
            else:
                self.keys[at] = key.place
                mapping[key.value] = self.data(value, at)
        return mapping

    def _add(self, place: Place, address: Address, found: str, rule: str, remedy: str) -> None:
        self.problems.append(
            Problem(
                found=found,
                rule=rule,
                remedy=remedy,
                file=self.file,
                line=place.line,
                column=place.column,
                path=dotted(address),
            )
        )


def _unfit(node: Node) -> Words | None:
    """Why a scalar cannot be taken."""
    if isinstance(node.value, float) and not isfinite(node.value):
        return (
            f"{shorten(node.place.text, 40)} is not finite",
            "numbers are finite",
            "write a number, or leave the key out",
        )
    if isinstance(node.value, str) and _HALF.search(node.value):
        return "the text has half a character (a lone surrogate)", "text is Unicode", "write the character itself"
    return None


def _unfit_key(key: Node) -> Words | None:
    if key.value == "<<" and key.place.text == "<<":
        return "'<<' merges another mapping", "a file says everything where it is used", "write the keys out"
    if not isinstance(key.value, str):
        return f"the key {key.place.text or 'here'} is not text", "keys are text", "put it in quotes"
    return None


def spot(text: str, at: int) -> tuple[int, int]:
    """The line and column of a position, counted from 1."""
    return text.count("\n", 0, at) + 1, at - text.rfind("\n", 0, at)


def refuse_deep(line: int, column: int, depth: int) -> None:
    """Stop at nesting that nobody writes by hand."""
    if depth >= MAX_DEPTH:
        raise Unreadable(line, column, "the nesting is too deep", f"at most {MAX_DEPTH} levels are read")


def paired(nodes: list[Node]) -> Pairs:
    """Keys and values in turn, as pairs."""
    return Pairs(zip(nodes[::2], nodes[1::2], strict=True))


_HALF = re.compile("[\ud800-\udfff]")
