"""Read YAML 1.2 strictly, with the place of every key and value; write YAML."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, Literal

from pii.io.documents import (
    NUMBER,
    REFUSED,
    Document,
    Node,
    Place,
    Unreadable,
    Words,
    lay_out,
    number,
    paired,
    refuse_deep,
    spot,
    unread,
)
from pii.io.json_text import from_json

__all__ = ["dump_yaml", "parse"]


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
        return lay_out(from_json(text) if language == "json" else _from_yaml(text), file)
    except Unreadable as error:
        return unread(error, file)


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
    Dumper.add_implicit_resolver("tag:yaml.org,2002:float", NUMBER, list("+-0123456789"))
    written: str = yaml.dump(data, Dumper=Dumper, allow_unicode=True, sort_keys=False, width=110)
    return written


_PLAIN = {"": None, "~": None, "null": None, "true": True, "false": False}


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


def _from_yaml(text: str) -> Node:
    import yaml

    if (bad := _CONTROL.search(text)) is not None:
        found = f"the text has the invisible character U+{ord(bad.group()):04X}"
        raise Unreadable(*spot(text, bad.start()), found, "a file holds visible text", "delete it")
    try:
        return _only_document(yaml.parse(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader)))
    except yaml.MarkedYAMLError as error:
        raise _in_plain_words(error, text) from None


def _only_document(events: Iterator[Any]) -> Node:
    import yaml

    root = None
    for event in events:
        if isinstance(event, yaml.DocumentStartEvent):
            if root is not None:
                raise Unreadable(*_line_column(event.start_mark), "a second document begins", "a file holds one")
            root = _yaml_node(next(events), events, 0)
    return root or Node(Place(1, 1), None)


def _yaml_node(event: Any, events: Iterator[Any], depth: int) -> Node:
    """The node that begins with an event; the events up to its end are used up."""
    import yaml

    line, column = _line_column(event.start_mark)
    complaints = _references(event)
    if isinstance(event, yaml.AliasEvent):
        return Node(Place(line, column), REFUSED, complaints)
    if isinstance(event, yaml.ScalarEvent) and event.style:
        return Node(Place(line, column, repr(event.value)), event.value, complaints)
    if isinstance(event, yaml.ScalarEvent):
        value = _PLAIN[event.value] if event.value in _PLAIN else number(event.value)
        return Node(Place(line, column, event.value), value, complaints)
    refuse_deep(line, column, depth)
    nodes: list[Node] = []
    while not isinstance(event := next(events), yaml.SequenceEndEvent | yaml.MappingEndEvent):
        nodes.append(_yaml_node(event, events, depth + 1))
    is_mapping = isinstance(event, yaml.MappingEndEvent)
    return Node(Place(line, column), paired(nodes) if is_mapping else nodes, complaints)


def _line_column(mark: Any) -> tuple[int, int]:
    return mark.line + 1, mark.column + 1


def _references(event: Any) -> tuple[Words, ...]:
    """Why a node that refers to another, or to a type, cannot be taken."""
    tag = getattr(event, "tag", None)
    used = [f"the anchor or alias {event.anchor!r}"] if event.anchor else []
    used += [f"the tag {'!' + tag.rpartition(':')[2].lstrip('!')!r}"] if tag else []
    rule, remedy = "a file says everything where it is used", "write the value out, or put text in quotes"
    return tuple((f"{found} is not read", rule, remedy) for found in used)


def _in_plain_words(error: Any, text: str) -> Unreadable:
    """What PyYAML says about its parsing, said about the text."""
    said = f"{error.context}; {error.problem}"
    mark = error.problem_mark or error.context_mark
    here = text[mark.index : mark.index + 1]
    if here == "\t" or "tab character" in said:
        return Unreadable(
            *_line_column(mark), "a tab indents the line", "YAML is indented with blanks", "use blanks"
        )
    if "cannot start any token" in said:
        return Unreadable(*_line_column(mark), f"{here!r} is special here", _QUOTING, "put the text in quotes")
    for pattern, found, rule, remedy in _YAML_WORDS:
        if re.search(pattern, said):
            opened = error.context_mark if "not closed" in found else mark
            return Unreadable(*_line_column(opened or mark), found, rule, remedy)
    return Unreadable(*_line_column(mark), "the text is not YAML from here on", _QUOTING)
