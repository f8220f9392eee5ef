"""Read YAML 1.2 and JSON strictly, with the line and column of every key and value; write YAML."""

from __future__ import annotations

import json
import re
from bisect import bisect_right
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from enum import Enum
from math import isfinite
from pathlib import Path
from typing import Any, Final, Literal, TypeAlias

from pii.errors import Problem, SchemeError

__all__ = [
    "MAX_BYTES",
    "MAX_DEPTH",
    "REFUSED",
    "Address",
    "Document",
    "Place",
    "Words",
    "dotted",
    "dump_yaml",
    "number",
    "parse",
    "read_text",
    "shorten",
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
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line, column = _spot(raw[: error.start].decode("utf-8-sig"), error.start)
        problem = Problem(
            found="the file is not UTF-8 text",
            rule="files are saved as UTF-8",
            remedy="save it again as UTF-8",
            file=file,
            line=line,
            column=column,
        )
        raise SchemeError(problem) from error


def parse(text: str, *, file: str = "", language: Literal["yaml", "json"] = "yaml") -> Document:
    r"""Read a text of one mapping; what is wrong with it is in ``problems``, all that can be seen at once.

    In YAML, plain ``null``, ``~`` and nothing are null, ``true`` and ``false`` are booleans, and numbers are as in
    JSON, with a plus sign if you like. All else is text: ``NO``, ``yes``, ``01``, ``1_000``, ``0x1F``,
    ``2024-01-01``. Anchors, aliases, tags, merge keys and second documents are refused, and in either language
    duplicate keys, numbers that are not finite and nesting deeper than ``MAX_DEPTH``.

    Parameters
    ----------
    text
        The file's content.
    file
        Its name, for problems.
    language
        ``yaml`` or ``json``.

    Examples
    --------
    >>> parse("code: NO\nweights: [1, 1e3, 01]").data
    {'code': 'NO', 'weights': [1, 1000.0, '01']}
    >>> print(*parse("code: a\ncode: b", file="pii.yaml").problems)
    pii.yaml:2:1: code: the key 'code' is already given on line 1; a key is given once; remove one of them
    """
    try:
        root = _from_json(text) if language == "json" else _from_yaml(text)
    except _Unreadable as error:
        return Document(REFUSED, problems=(replace(error.problem, file=file),), file=file)
    laid = _Layout(file)
    data = laid.data(root, ())
    if not isinstance(data, dict | Refused):
        found = "the file is empty" if data is None else "the file does not hold a mapping"
        laid.problems.append(
            Problem(found=found, rule="a file is one mapping of keys to values", file=file, line=1, column=1)
        )
        data = REFUSED
    return Document(data, laid.keys, laid.values, tuple(laid.problems), file)


def number(text: str) -> int | float | str:
    """Read a number written as JSON has it, a plus sign allowed; any other text comes back as it is.

    Too large a number is infinite.

    Examples
    --------
    >>> number("+1"), number("1e-7"), number("1e999"), number("01"), number("1_000")
    (1, 1e-07, inf, '01', '1_000')
    """
    if _NUMBER.fullmatch(text):
        value = float(text)
        return int(text) if _WHOLE.fullmatch(text) and isfinite(value) else value
    return float(text.lower().replace(".", "")) if _NOT_FINITE.fullmatch(text) else text


def dump_yaml(data: Mapping[str, Any]) -> str:
    """Write nested data so that ``parse`` reads the same, and YAML 1.1 too: text is quoted where it needs to be.

    A mapping or list of plain values stands on one line, unless it has a ``code``.

    Examples
    --------
    >>> print(dump_yaml({"code": "NO", "name": {"vi": "Thể chế"}, "weight": 1e-7}), end="")
    code: 'NO'
    name: {vi: Thể chế}
    weight: 1.0e-07
    """
    import yaml

    class Dumper(yaml.SafeDumper):
        def ignore_aliases(self, data: Any) -> bool:  # noqa: ARG002 - what is equal is written out each time
            return True

        def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:  # noqa: ARG002
            super().increase_indent(flow, False)  # the items of a list stand inside its key

    def text(dumper: yaml.SafeDumper, value: str) -> yaml.ScalarNode:
        style = "|" if "\n" in value else None
        # YAML 1.1 took these three for line ends, YAML 1.2 does not: escaped, they are safe with both.
        style = '"' if re.search("[\x85\u2028\u2029]", value) else style
        return dumper.represent_scalar("tag:yaml.org,2002:str", value, style=style)

    def mapping(dumper: yaml.SafeDumper, value: dict[str, Any]) -> yaml.MappingNode:
        flow = "code" not in value and not any(isinstance(item, dict | list) for item in value.values())
        return dumper.represent_mapping("tag:yaml.org,2002:map", value.items(), flow_style=flow)

    def sequence(dumper: yaml.SafeDumper, value: list[Any]) -> yaml.SequenceNode:
        flow = not any(isinstance(item, dict | list) for item in value)
        return dumper.represent_sequence("tag:yaml.org,2002:seq", value, flow_style=flow)

    Dumper.add_representer(str, text)
    Dumper.add_representer(dict, mapping)
    Dumper.add_representer(list, sequence)
    # PyYAML knows the numbers of YAML 1.1; text such as 1e5 must be quoted for ours too.
    Dumper.add_implicit_resolver("tag:yaml.org,2002:float", _NUMBER, list("+-0123456789"))
    written: str = yaml.dump(data, Dumper=Dumper, allow_unicode=True, sort_keys=False, width=110)
    return written


_NUMBER = re.compile(r"[-+]?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][-+]?[0-9]+)?")
_WHOLE = re.compile(r"[-+]?[0-9]+")
_NOT_FINITE = re.compile(r"[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN)")
_PLAIN = {"": None, "~": None, "null": None, "true": True, "false": False}


@dataclass(frozen=True, slots=True)
class _Node:
    """A value as written: a scalar, a list of nodes, or a mapping of nodes as pairs."""

    place: Place
    value: Any
    complaints: tuple[Words, ...] = ()


class _Pairs(tuple[tuple[_Node, _Node], ...]):
    __slots__ = ()


class _Unreadable(Exception):
    """What stops the reading of a text."""

    def __init__(self, line: int, column: int, found: str, rule: str = "", remedy: str = "") -> None:
        self.problem = Problem(found=found, rule=rule, remedy=remedy, line=line, column=column)
        super().__init__(found)


class _Layout:
    """Nodes laid out as plain data, with their places and what is wrong with them."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.keys: dict[Address, Place] = {}
        self.values: dict[Address, Place] = {}
        self.problems: list[Problem] = []

    def data(self, node: _Node, address: Address) -> Any:
        self.values[address] = node.place
        for words in node.complaints:
            self._add(node.place, address, *words)
        if isinstance(node.value, _Pairs):
            return self._mapping(node.value, address)
        if isinstance(node.value, list):
            return [self.data(item, (*address, position)) for position, item in enumerate(node.value)]
        if complaint := _unfit(node):
            self._add(node.place, address, *complaint)
            return REFUSED
        return node.value

    def _mapping(self, pairs: _Pairs, address: Address) -> dict[str, Any]:
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
        at = {"file": self.file, "line": place.line, "column": place.column, "path": dotted(address)}
        self.problems.append(Problem(found=found, rule=rule, remedy=remedy, **at))  # type: ignore[arg-type]


def _unfit(node: _Node) -> Words | None:
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


def _unfit_key(key: _Node) -> Words | None:
    if key.value == "<<" and key.place.text == "<<":
        return "'<<' merges another mapping", "a file says everything where it is used", "write the keys out"
    if not isinstance(key.value, str):
        return f"the key {key.place.text or 'here'} is not text", "keys are text", "put it in quotes"
    return None


def _spot(text: str, at: int) -> tuple[int, int]:
    """The line and column of a position, counted from 1."""
    return text.count("\n", 0, at) + 1, at - text.rfind("\n", 0, at)


def _refuse_deep(line: int, column: int, depth: int) -> None:
    if depth >= MAX_DEPTH:
        raise _Unreadable(line, column, "the nesting is too deep", f"at most {MAX_DEPTH} levels are read")


def _paired(nodes: list[_Node]) -> _Pairs:
    return _Pairs(zip(nodes[::2], nodes[1::2], strict=True))


_HALF = re.compile("[\ud800-\udfff]")
# What a text file has no use for, and PyYAML refuses without saying the line.
_CONTROL = re.compile("[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufefe\uff00-\ufffd\U00010000-\U0010ffff]")
_QUOTING = "text with ': ' or ' #' in it, or a special character at its head, stands in quotes"
_YAML_WORDS = (
    (
        "values are not allowed",
        "a ': ' is out of place",
        _QUOTING,
        "quote the text, or align it with the lines above",
    ),
    (
        "scalar.*end of stream",
        "the quotation mark is not closed",
        "text ends with the mark it begins with",
        "close it",
    ),
    (
        "quoted scalar",
        "the backslash begins no known escape",
        "\\ is special in double quotes",
        "use single quotes",
    ),
    ("flow sequence", "the bracket is not closed, or a comma is missing", "a list is [a, b]", "close it"),
    ("flow mapping", "the brace is not closed, or a comma is missing", "a mapping is {a: 1, b: 2}", "close it"),
    ("find expected ':'", "the line has no ': '", "a key is followed by a colon and a blank", "add them"),
    (
        "block",
        "this does not fit what stands before it",
        "keys of a mapping begin in one column, one a line",
        "align it",
    ),
    ("document start", "a second document begins", "a file holds one", "remove the line before"),
    ("alias|anchor|tag", "'*', '&' or '!' is special here", _QUOTING, "put the text in quotes"),
)


def _from_yaml(text: str) -> _Node:
    import yaml

    if (bad := _CONTROL.search(text)) is not None:
        found = f"the text has the invisible character U+{ord(bad.group()):04X}"
        raise _Unreadable(*_spot(text, bad.start()), found, "a file holds visible text", "delete it")
    try:
        return _only_document(yaml.parse(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader)))
    except yaml.MarkedYAMLError as error:
        raise _in_plain_words(error, text) from None


def _only_document(events: Iterator[Any]) -> _Node:
    import yaml

    root = None
    for event in events:
        if isinstance(event, yaml.DocumentStartEvent):
            if root is not None:
                raise _Unreadable(*_line_column(event.start_mark), "a second document begins", "a file holds one")
            root = _yaml_node(next(events), events, 0)
    return root or _Node(Place(1, 1), None)


def _yaml_node(event: Any, events: Iterator[Any], depth: int) -> _Node:
    """The node that begins with an event; the events up to its end are used up."""
    import yaml

    line, column = _line_column(event.start_mark)
    complaints = _references(event)
    if isinstance(event, yaml.AliasEvent):
        return _Node(Place(line, column), REFUSED, complaints)
    if isinstance(event, yaml.ScalarEvent) and event.style:
        return _Node(Place(line, column, repr(event.value)), event.value, complaints)
    if isinstance(event, yaml.ScalarEvent):
        value = _PLAIN[event.value] if event.value in _PLAIN else number(event.value)
        return _Node(Place(line, column, event.value), value, complaints)
    _refuse_deep(line, column, depth)
    nodes: list[_Node] = []
    while not isinstance(event := next(events), yaml.SequenceEndEvent | yaml.MappingEndEvent):
        nodes.append(_yaml_node(event, events, depth + 1))
    is_mapping = isinstance(event, yaml.MappingEndEvent)
    return _Node(Place(line, column), _paired(nodes) if is_mapping else nodes, complaints)


def _line_column(mark: Any) -> tuple[int, int]:
    return mark.line + 1, mark.column + 1


def _references(event: Any) -> tuple[Words, ...]:
    """Why a node that refers to another, or to a type, cannot be taken."""
    tag = getattr(event, "tag", None)
    used = [f"the anchor or alias {event.anchor!r}"] if event.anchor else []
    used += [f"the tag {'!' + tag.rpartition(':')[2].lstrip('!')!r}"] if tag else []
    rule, remedy = "a file says everything where it is used", "write the value out, or put text in quotes"
    return tuple((f"{found} is not read", rule, remedy) for found in used)


def _in_plain_words(error: Any, text: str) -> _Unreadable:
    """What PyYAML says about its parsing, said about the text."""
    said = f"{error.context}; {error.problem}"
    mark = error.problem_mark or error.context_mark
    here = text[mark.index : mark.index + 1]
    if here == "\t" or "tab character" in said:
        return _Unreadable(
            *_line_column(mark), "a tab indents the line", "YAML is indented with blanks", "use blanks"
        )
    if "cannot start any token" in said:
        return _Unreadable(*_line_column(mark), f"{here!r} is special here", _QUOTING, "put the text in quotes")
    for pattern, found, rule, remedy in _YAML_WORDS:
        if re.search(pattern, said):
            opened = error.context_mark if "not closed" in found else mark
            return _Unreadable(*_line_column(opened or mark), found, rule, remedy)
    return _Unreadable(*_line_column(mark), "the text is not YAML from here on", _QUOTING)


_JSON = json.JSONDecoder(parse_int=number, parse_float=number, parse_constant=float)
_BETWEEN = re.compile(r"[ \t\r\n,:]*")
_JSON_WORDS = {
    "Expecting property name": "a key in double quotes is missing, or a comma is too many",
    "Illegal trailing comma": "a comma is too many",
    "Expecting ',' delimiter": "a comma or a closing bracket is missing",
    "Expecting ':' delimiter": "the colon after the key is missing",
    "Expecting value": "a value is missing, or text has no double quotes",
    "Unterminated string": "the quotation mark is not closed",
    "Invalid control character": "the text has a line break or tab; write \\n or \\t",
    "Invalid \\": "the backslash begins no known escape; write two for one",
    "Extra data": "something follows the end",
}


def _from_json(text: str) -> _Node:
    """Read JSON; Python's own reader finds its mistakes, and a second pass the places."""
    if not text.strip():
        return _Node(Place(1, 1), None)
    try:
        _JSON.decode(text)
    except json.JSONDecodeError as error:
        found = next(
            (words for said, words in _JSON_WORDS.items() if error.msg.startswith(said)), "this is not JSON"
        )
        raise _Unreadable(error.lineno, error.colno, found) from None
    except RecursionError:
        pass  # the second pass refuses the nesting, with its place
    ends = [match.end() for match in re.finditer("\n", text)]
    return _json_node(text, _next(text, 0), ends, 0)[0]


def _json_node(text: str, at: int, ends: list[int], depth: int) -> tuple[_Node, int]:
    """The node at a position of a text known to be JSON, and where it ends."""
    row = bisect_right(ends, at)
    line, column = row + 1, at - (ends[row - 1] if row else 0) + 1
    opening = text[at]
    if opening not in "[{":
        value, end = _JSON.raw_decode(text, at)
        return _Node(Place(line, column, text[at:end]), value), end
    _refuse_deep(line, column, depth)
    nodes: list[_Node] = []
    at = _next(text, at + 1)
    while text[at] not in "]}":
        node, end = _json_node(text, at, ends, depth + 1)
        nodes.append(node)
        at = _next(text, end)
    return _Node(Place(line, column), _paired(nodes) if opening == "{" else nodes), at + 1


def _next(text: str, at: int) -> int:
    """Where the next value or closing bracket is."""
    between = _BETWEEN.match(text, at)
    return between.end() if between else at
