"""A description of a build's CSV files by which other tools read types and units: a Frictionless data package."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping
from typing import Any

from pii.io.folders import json_bytes
from pii.io.kept import REFERENCE, TABLE
from pii.io.provenance import PROVENANCE
from pii.io.writing import defused
from pii.provenance import STATUSES
from pii.report.publication import ranking_heads, score_heads
from pii.report.words import known
from pii.result import Result
from pii.spelling import fold
from pii.tree import Column, Indicator, Node

__all__ = ["PACKAGE", "data_package", "package_bytes"]

PACKAGE = "datapackage.json"
"""The name of the file; tools look for it."""

_COMMENTS = re.compile(rb"\A(?:\xef\xbb\xbf)?(?:#[^\n]*\n)*")
_UTF8 = "UTF-8 with a byte order mark. A text that a spreadsheet would run has an apostrophe before it."
_ABOUT = {
    "ranking.csv": (
        "Ranking",
        "As published: the best first, scores rounded half-up; the units not ranked last, with the reason.",
    ),
    "scores.csv": ("Scores", "Scores of all groups and indicators of the ranked units, unrounded."),
    TABLE: ("Table", "What was measured, with all digits."),
    REFERENCE: ("Reference", "The values that fixed the scale: per their denominators, outliers tempered."),
    PROVENANCE: ("Provenance", "Where single cells of the table come from, and how settled they are."),
}
_KEYS: dict[str, str | list[str]] = {TABLE: "code", REFERENCE: "code", PROVENANCE: ["unit", "column"]}


def data_package(result: Result, contents: Mapping[str, bytes]) -> dict[str, Any]:
    """What a data package (version 1 of the specification) says of the CSV files of a build.

    The unit of measurement of a field is its property ``unit``, and whether more or less is better ``direction``;
    the specification leaves properties open and has none for these.

    Parameters
    ----------
    result
        What was computed.
    contents
        The files of its build, by name; those that are not CSV are left out.

    References
    ----------
    Frictionless Data (2017), Data Package, Tabular Data Resource and Table Schema, version 1.

    Examples
    --------
    >>> from pii.compute import compute
    >>> from pii.io.samples import read_sample
    >>> package = data_package(compute(*read_sample()), {"ranking.csv": b"rank,unit"})
    >>> package["name"], [field["name"] for field in package["resources"][0]["schema"]["fields"]][:4]
    ('pii-2025', ['rank', 'unit', 'name', 'region'])
    """
    scheme = result.scheme
    owners: tuple[Indicator | Column, ...] = (*scheme.indicators, *scheme.denominators)
    said = {
        "description": scheme.about,
        "sources": [{"title": source} for source in dict.fromkeys(owner.source for owner in owners) if source],
    }
    return {
        "profile": "tabular-data-package",
        "name": _slug(scheme.code),
        "title": result.title,
        **{key: value for key, value in said.items() if value},
        "synthetic": result.is_synthetic,
        "resources": [_resource(result, name, contents[name]) for name in _ABOUT if name in contents],
    }


def _slug(code: str) -> str:
    """A name of plain letters, digits and hyphens, which is all that a package may have."""
    words = (re.sub(r"[^a-z0-9]", "", fold(word)) for word in re.split(r"[\W_]+", code))
    return "-".join(filter(None, words)) or "index"


def package_bytes(result: Result, contents: Mapping[str, bytes]) -> bytes:
    """The same as a file."""
    return json_bytes(data_package(result, contents))


def _resource(result: Result, name: str, content: bytes) -> dict[str, Any]:
    title, about = _ABOUT[name]
    above = _COMMENTS.match(content)
    header = above[0].count(b"\n") + 1 if above else 1
    return {
        "profile": "tabular-data-resource",
        "name": name.removesuffix(".csv"),
        "path": name,
        "title": title,
        "description": f"{about} {_UTF8}",
        "format": "csv",
        "mediatype": "text/csv",
        "encoding": "utf-8",
        "bytes": len(content),
        "hash": f"sha256:{hashlib.sha256(content).hexdigest()}",
        # Version 1 knows comments; by the row of the header, of version 2, it is found under many of them.
        "dialect": {"delimiter": ",", "lineTerminator": "\n", "commentChar": "#", "headerRows": [header]},
        "schema": {
            "fields": list(_FIELDS[name](result)),
            "missingValues": [""],
            "primaryKey": _KEYS.get(name, "unit"),
        },
    }


def _ranking(result: Result) -> Iterator[dict[str, Any]]:
    whole = all(place.is_integer() for place in result.ranking.values[result.best_first, 0].tolist())
    rank = _field("rank", "integer" if whole else "number", "Rank", "1 is the best; empty where not ranked.")
    yield rank | {"constraints": {"minimum": 1}}
    yield from _unit("unit")
    yield from _labels(result)
    heads = ranking_heads(result)[-len(result.scheme.groups) - 1 :]
    for group, head in zip(result.scheme.groups, heads, strict=False):
        yield _score(group, head)
    yield _field("reason", "string", "Reason", "Why the unit is not ranked; empty where it is.")


def _scores(result: Result) -> Iterator[dict[str, Any]]:
    yield from _unit("unit")
    node = {node.code: node for node in result.scheme.nodes}
    codes = (*result.composite.columns, *result.scores.columns)
    for code, head in zip(codes, score_heads(result)[-len(codes) :], strict=True):
        yield _score(node[code], head)


def _measured(result: Result) -> Iterator[dict[str, Any]]:
    yield from _unit("code")
    if result.measured.period:
        yield _period()
    yield from _labels(result)
    columns = _columns(result)
    for code in result.measured.columns:
        yield _value(columns[code])


def _reference(result: Result) -> Iterator[dict[str, Any]]:
    fixed = result.reference
    assert fixed is not None  # noqa: S101 - without one there is no such file
    yield from _unit("code")
    if fixed.period:
        yield _period()
    for label in fixed.units.labels:
        yield _field(label, "string", label)
    columns = _columns(result)
    for code in fixed.columns:
        owner = columns[code]
        per = owner.denominator if isinstance(owner, Indicator) else None
        found = _value(owner)
        if per is not None:  # no longer in the unit that it was measured in
            del found["unit"]
            found["description"] = " ".join(filter(None, (found.get("description"), f"Put per {per}.")))
        yield found


def _provenance(result: Result) -> Iterator[dict[str, Any]]:
    required = {"constraints": {"required": True}}
    yield _field("unit", "string", "Code", "What programs call the unit.") | required
    yield _field("column", "string", "Column", "The column of the table that the cell is in.") | required
    if result.measured.period:
        yield _period()
    status = _field("status", "string", "Status", "How settled the value is.")
    yield status | {"constraints": {"required": True, "enum": list(STATUSES)}}
    yield _field("source", "string", "Source", "What it was taken from.")
    yield _field("date", "string", "Date", "When it was released or taken: a year, a month or a day.")
    yield _field("supplier", "string", "Supplier", "Who handed it in.")
    yield _field("evidence", "string", "Evidence", "What shows it: a page, an address, a document.")
    yield _field("footnote", "string", "Footnote", "What a reader of the value should know.")


_FIELDS = {
    "ranking.csv": _ranking,
    "scores.csv": _scores,
    TABLE: _measured,
    REFERENCE: _reference,
    PROVENANCE: _provenance,
}


def _columns(result: Result) -> dict[str, Indicator | Column]:
    owners: tuple[Indicator | Column, ...] = (*result.scheme.denominators, *result.scheme.indicators)
    return {owner.code: owner for owner in owners}


def _field(name: str, kind: str, title: str, description: str = "") -> dict[str, Any]:
    """A field as the header of the file calls it."""
    said = {"name": defused(name), "type": kind, "title": title}
    return said | ({"description": description} if description else {})


def _unit(key: str) -> Iterator[dict[str, Any]]:
    code = _field(key, "string", "Code", "What programs call the unit.")
    yield code | {"constraints": {"required": True, "unique": True}}
    yield _field("name", "string", "Name", "What people call the unit.")


def _period() -> dict[str, Any]:
    return _field("period", "string", "Period", "The year or edition that the values are for.")


def _labels(result: Result) -> Iterator[dict[str, Any]]:
    title = {column.code: _name(column) for column in result.scheme.labels}
    for label in result.measured.units.labels:
        yield _field(label, "string", title.get(label, label), "A label that groups units.")


def _score(node: Node, head: str) -> dict[str, Any]:
    standing = known("standing", node.standing, "en")
    kind = "the indicator" if isinstance(node, Indicator) else "the group"
    text = f"Score of {kind}{f' ({standing})' if standing else ''}."
    return _field(head, "number", node.title(), " ".join(filter(None, (text, node.note)))) | {"unit": "score"}


def _value(owner: Indicator | Column) -> dict[str, Any]:
    if isinstance(owner, Column):
        return _field(owner.code, "number", _name(owner)) | {"unit": owner.unit}
    better = {"direction": "more is better" if owner.direction > 0 else "less is better"}
    return _field(owner.code, "number", owner.title(), owner.note) | {"unit": owner.unit} | better


def _name(column: Column) -> str:
    names = dict(column.name)
    return names.get("en") or next(iter(names.values()), "") or column.code
