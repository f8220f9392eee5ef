"""Read JSON with the place of every key and value."""

from __future__ import annotations

import json
import re
from bisect import bisect_right

from pii.io.documents import MAX_DEPTH, Node, Place, Unreadable, number, paired, refuse_deep, spot

__all__ = ["from_json"]

_JSON = json.JSONDecoder(parse_int=number, parse_float=number, parse_constant=float)
_BRACKETS = re.compile(r'"(?:[^"\\]|\\.)*"|[\[\]{}]')
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


def from_json(text: str) -> Node:
    """Read JSON; Python's own reader finds its mistakes, and a second pass the places."""
    if not text.strip():
        return Node(Place(1, 1), None)
    _refuse_nesting(text)
    try:
        _JSON.decode(text)
    except json.JSONDecodeError as error:
        found = next(
            (words for said, words in _JSON_WORDS.items() if error.msg.startswith(said)), "this is not JSON"
        )
        raise Unreadable(error.lineno, error.colno, found) from None
    ends = [match.end() for match in re.finditer("\n", text)]
    return _json_node(text, _next(text, 0), ends)[0]


def _refuse_nesting(text: str) -> None:
    """Refuse what is nested too deep before anything recurses into it."""
    depth = 0
    for part in _BRACKETS.finditer(text):
        if part.group() in "[{":
            if depth >= MAX_DEPTH:
                refuse_deep(*spot(text, part.start()), depth)
            depth += 1
        elif part.group() in "]}":
            depth -= 1


def _json_node(text: str, at: int, ends: list[int]) -> tuple[Node, int]:
    """The node at a position of a text known to be JSON, and where it ends."""
    row = bisect_right(ends, at)
    line, column = row + 1, at - (ends[row - 1] if row else 0) + 1
    opening = text[at]
    if opening not in "[{":
        value, end = _JSON.raw_decode(text, at)
        return Node(Place(line, column, text[at:end]), value), end
    nodes: list[Node] = []
    at = _next(text, at + 1)
    while text[at] not in "]}":
        node, end = _json_node(text, at, ends)
        nodes.append(node)
        at = _next(text, end)
    return Node(Place(line, column), paired(nodes) if opening == "{" else nodes), at + 1


def _next(text: str, at: int) -> int:
    """Where the next value or closing bracket is."""
    between = _BETWEEN.match(text, at)
    return between.end() if between else at
