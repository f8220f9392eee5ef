"""An index as one page: a single file that opens from a disk or a mail, asks no server, and works offline."""

from __future__ import annotations

import json
import re
from base64 import b64encode
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from hashlib import sha256
from html import escape
from importlib import resources
from typing import Any

from pii.audit import Audit
from pii.report.page_evidence import audit_part, bounds_part, earlier_part, provenance_part, study_part
from pii.report.page_map import Boundaries, map_part
from pii.report.page_method import method_part
from pii.report.page_provenance import origins_part
from pii.report.page_record import Language, index_part, lacking
from pii.report.words import method_words, page_words
from pii.result import Result
from pii.robustness.bounds import Bounds
from pii.robustness.sensitivity import Sensitivity
from pii.robustness.study import Study
from pii.rounding import published

__all__ = ["Beside", "drawn", "page", "page_record"]

_SCRIPTS = (
    "base",
    "words",
    "arithmetic",
    "link",
    "table",
    "origins",
    "ranking",
    "explorer",
    "changes",
    "profile",
    "map",
    "evidence",
    "main",
)  # in the order in which they need one another
_SLOT = re.compile(r"\{\{(\w+)\}\}")


@dataclass(frozen=True, eq=False)
class Beside:
    """What is known beside a result; what is not given the page says that it lacks."""

    study: Study | None = None
    """How far its ranks can be trusted."""
    drivers: Sensitivity | None = None
    """What drives that; shown with the study."""
    level: float = 0.9
    """The share of the draws between the ends of an interval."""
    bounds: Bounds | None = None
    """The ranks that any admissible weights give."""
    audit: Audit | None = None
    """What an audit found."""
    earlier: Result | None = None
    """The edition before, for what moved; said not to compare where it is of another system of units."""
    alternatives: Mapping[str, Result] = field(default_factory=dict)
    """The same table by other methods, by name, as ``pii.report.page_bases.alternatives`` gives them."""
    boundaries: Boundaries | None = None
    """A GeoJSON object, drawn in place of the map of tiles."""
    provenance: Mapping[str, Any] | None = None
    """A build's manifest."""
    peers: Mapping[str, Sequence[str]] | None = None
    """The codes of each unit's peers, by code."""
    changes: Mapping[str, Mapping[Language, str]] | None = None
    """Why each unit moved since the edition before, in a sentence, by code and language."""


def page(result: Result, beside: Beside | None = None, *, language: Language = "vi") -> str:
    """An index as one HTML file: ranking, explorer, profiles, map, indicators, robustness, audit, method.

    The same arguments give the same text. The explorer computes with the library's arithmetic. Everything that data
    says is shown as text, never as markup, and a content security policy allows no request to anywhere.

    Parameters
    ----------
    result
        What was computed.
    beside
        What is known beside it.
    language
        In which it opens; it can be switched.

    Examples
    --------
    >>> from pii.compute import compute
    >>> from pii.scheme import Scheme
    >>> from pii.table import Table
    >>> from pii.tree import Group, Indicator
    >>> scheme = Scheme(code="demo", index=Group(code="demo", children=[Indicator(code="a")]))
    >>> made = page(compute(scheme, Table.of({"a": [1.0, 3.0]}, units=["<b>", "y"])), language="en")
    >>> made[:15], "<b>" in made
    ('<!DOCTYPE html>', False)
    """
    return drawn(page_record(result, beside, language=language))


def drawn(record: Mapping[str, Any]) -> str:
    """The file that shows a record."""
    style, script = _file("page.css"), _script()
    # In a script element only the end tag and comments mean anything, and both begin with <.
    plain = json.dumps(record, ensure_ascii=False, separators=(",", ":"), allow_nan=False).replace("<", "\\u003c")
    slots = {
        "language": record["language"],
        "policy": _policy(style, script),
        "title": escape(record["about"]["title"][record["language"]]),
        "style": style,
        "script": script,
        "plain": "".join(_plain(record)),
        "record": plain,
    }
    return _SLOT.sub(lambda slot: slots[slot[1]], _file("page.html"))


def page_record(result: Result, beside: Beside | None = None, *, language: Language = "vi") -> dict[str, Any]:
    """All that the page is drawn from, as plain data; parameters as for :func:`page`."""
    beside = beside or Beside()
    study, bounds, audit, earlier = beside.study, beside.bounds, beside.audit, beside.earlier
    chart, lacks = map_part(result.measured.units, beside.boundaries)
    return {
        "format": 1,
        "language": language,
        **index_part(result, beside.alternatives),
        "study": None if study is None else study_part(study, beside.drivers, beside.level),
        "bounds": None if bounds is None else bounds_part(bounds),
        "audit": None if audit is None else audit_part(audit),
        "earlier": None if earlier is None else earlier_part(earlier, result),
        "origins": origins_part(result),
        "provenance": None if beside.provenance is None else provenance_part(beside.provenance),
        "peers": None if beside.peers is None else {code: list(found) for code, found in beside.peers.items()},
        "changes": beside.changes and {code: dict(said) for code, said in beside.changes.items()},
        "map": chart,
        "method": method_part(result),
        "words": {**page_words(), **method_words()},
        "lacks": [*lacks, *(said for what, said in _LACKS.items() if getattr(beside, what) is None)],
    }


_LACKS = {
    one["what"]: one
    for one in (
        lacking(
            "study",
            "Trang không có khoảng hạng: chưa có nghiên cứu độ bất định.",
            "The page has no rank intervals: no study of the uncertainty was given.",
        ),
        lacking(
            "drivers",
            "Chưa phân tích điều gì gây ra độ bất định.",
            "What drives the uncertainty was not worked out.",
        ),
        lacking("bounds", "Chưa tính hạng có thể đạt.", "Possible ranks were not computed."),
        lacking("audit", "Trang không có kết quả kiểm định.", "The page has no audit."),
        lacking("earlier", "Chưa có kỳ trước để so sánh.", "No earlier edition was given to compare with."),
        lacking(
            "provenance",
            "Không có tệp kê khai nguồn gốc (manifest).",
            "No manifest was given, so hashes and versions are not known.",
        ),
        lacking("peers", "Chưa xác định đơn vị tương đồng.", "No peers were given."),
    )
}


def _plain(record: Mapping[str, Any]) -> Iterator[str]:
    """The ranking for those who read without scripts, best first."""
    units, places = record["units"], record["places"][0]
    scores = record["bases"][0]["groups"][0]
    yield "<table><tbody>"
    for at in sorted((at for at, place in enumerate(places) if place is not None), key=lambda at: places[at]):
        name = escape(units["names"][record["ranked"][at]])
        score = published(scores[at], record["about"]["decimals"])
        yield f"<tr><td>{places[at]:g}</td><th>{name}</th><td>{score}</td></tr>"
    yield "</tbody></table>"


def _policy(style: str, script: str) -> str:
    """No source but the page's own style and script, by their hashes, and images within it."""
    return (
        f"default-src 'none'; style-src '{_hashed(style)}'; script-src '{_hashed(script)}'; img-src data:; "
        "base-uri 'none'; form-action 'none'"
    )


def _hashed(text: str) -> str:
    return f"sha256-{b64encode(sha256(text.encode()).digest()).decode()}"


@cache
def _script() -> str:
    """All scripts in one scope of their own."""
    parts = "\n".join(_file(f"js/{name}.js") for name in _SCRIPTS)
    return f'"use strict";\n(() => {{\n{parts}\n}})();\n'


@cache
def _file(name: str) -> str:
    return resources.files("pii.report").joinpath(f"front/{name}").read_text(encoding="utf-8")
