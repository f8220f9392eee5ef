"""One unit on one sheet, in the manner of the country profiles of the Global Innovation Index."""

from __future__ import annotations

import re
from base64 import b64encode
from collections.abc import Iterable, Iterator, Mapping, Sequence
from hashlib import sha256
from html import escape
from math import isnan
from typing import Any

import numpy as np

from pii.compare.comparison import Comparison
from pii.peers import Peers
from pii.report.change_text import differences_said, sentence
from pii.report.elements import Inside, Markup, element, joined
from pii.report.page_record import Language
from pii.report.profile_sheet import Sheet, front
from pii.result import Result
from pii.robustness.study import Study
from pii.tree import Group, Indicator, Node

__all__ = ["profile_page"]

_SLOT = re.compile(r"\{\{(\w+)\}\}")
_WIDE, _HIGH = 200.0, 14.0  # of a strip, in its own units


def profile_page(
    result: Result,
    unit: str,
    *,
    study: Study | None = None,
    level: float = 0.9,
    comparison: Comparison | None = None,
    peers: Peers | None = None,
    provenance: Mapping[str, Any] | None = None,
    language: Language = "vi",
) -> str:
    """One ranked unit as one HTML file, which prints on two sheets of A4 where the index has fifty indicators.

    It holds rank and score, by sub-index and pillar with the mean of the ranked units and the leader; what the unit
    is best and worst at; every indicator; units like it; what moved; notes on the data. The same arguments give the
    same text. There is no script, everything that data says is escaped, and a content security policy allows no
    request to anywhere.

    Parameters
    ----------
    result
        What was computed.
    unit
        Its code, or its name in any spelling.
    study
        How far ranks can be trusted: intervals of rank and score for every group that it studied.
    level
        The share of the draws between the ends of an interval.
    comparison
        With the edition before, for what moved.
    peers
        The units that it is held against.
    provenance
        A build's manifest.
    language
        ``vi`` or ``en``.

    Raises
    ------
    TableError
        No ranked unit is called that.
    MethodError
        The change since the edition before has no parts.

    References
    ----------
    WIPO (2024), *Global Innovation Index 2024*, economy profiles.

    Examples
    --------
    >>> from pii.compute import compute
    >>> from pii.scheme import Scheme
    >>> from pii.table import Table
    >>> scheme = Scheme(code="demo", index=Group(code="demo", children=[Indicator(code="a")]))
    >>> made = profile_page(compute(scheme, Table.of({"a": [1.0, 3.0]}, units=["<b>", "y"])), "<b>", language="en")
    >>> made[:15], "<h1>&lt;b&gt;</h1>" in made
    ('<!DOCTYPE html>', True)
    """
    at = result.explain(unit).position
    sheet = Sheet(result, at, language, study, level, comparison, peers, provenance)
    style = front("profile.css")
    digest = b64encode(sha256(style.encode()).digest()).decode()
    slots = {
        "language": language,
        "policy": f"default-src 'none'; style-src 'sha256-{digest}'; img-src data:; base-uri 'none'; "
        "form-action 'none'",
        "title": escape(f"{sheet.say('title', sheet.name)}, {sheet.edition}"),
        "style": style,
        "body": "\n".join(_body(sheet)),
    }
    return _SLOT.sub(lambda slot: slots[slot[1]], front("profile.html"))


def _body(sheet: Sheet) -> Iterator[Markup]:
    """From top to bottom; the notes stand beside peers or changes where only one of the two is known."""
    yield _head(sheet)
    if sheet.result.is_synthetic:
        yield element("p", sheet.say("synthetic"), class_="warning", role="note")
    notes = _notes(sheet)
    beside = [part for part in (_peers(sheet), _moved(sheet)) if part is not None]
    pair = [*beside, notes] if len(beside) == 1 else beside
    yield element(
        "main",
        _standing(sheet),
        element("div", [_listed(sheet, kind) for kind in ("strengths", "weaknesses")], class_="two"),
        element("div", pair, class_="two") if pair else None,
        None if notes in pair else notes,
        _indicators(sheet),
    )


def _head(sheet: Sheet) -> Markup:
    """Who, in which edition, and the three figures that are looked for first."""
    index, result = sheet.scheme.index.code, sheet.result
    labels = [(label, column[sheet.at]) for label, column in result.composite.units.labels.items()]
    own, n = sheet.figures[index], len(sheet.column)
    places, scores = sheet.intervals.get(index), sheet.score_intervals.get(index)
    between = "" if places is None else sheet.say("rank.interval", _ends(sheet.place, places), sheet.share)
    measured = n - len(sheet.missing) - len(sheet.imputed)
    figures = (
        ("rank", sheet.place(own["rank"]), sheet.say("rank.of", str(len(result.best_first))), between),
        ("score", sheet.score(own["score"]), "", "" if scores is None else _ends(sheet.score, scores)),
        ("measured", str(measured), sheet.say("measured.of", str(n)), ""),
    )
    return element(
        "header",
        element(
            "div",
            element("h1", sheet.name),
            element("p", sheet.edition, class_="edition"),
            element("p", " · ".join(sheet.known(label, name) for label, name in labels if name), class_="soft"),
        ),
        element(
            "dl",
            (
                element(
                    "div",
                    element("dt", sheet.say(key)),
                    element("dd", figure, element("small", beside) if beside else None),
                    element("dd", under, class_="between"),
                )
                for key, figure, beside, under in figures
            ),
            class_="figures",
        ),
    )


def _standing(sheet: Sheet) -> Markup:
    """The index, sub-indices and pillars: every ranked unit on a strip, and the figures beside it."""
    low, high = map(sheet.plain, sheet.ends)
    heads = [
        (sheet.say("node"), None),
        (sheet.say("scale", low, high), "strip"),
        *((sheet.say(key), "number") for key in ("score", "rank")),
        *([(sheet.say("interval"), "number")] if sheet.intervals else []),
        (sheet.say("mean"), "number"),
        (sheet.say("leader"), None),
    ]
    rows = (
        element(
            "tr",
            element("th", _titled(sheet, group), scope="row"),
            element("td", _strip(sheet, group), class_="strip"),
            _number(sheet.score(sheet.figures[group.code]["score"])),
            _number(sheet.rank(group.code)),
            _number(_ends(sheet.place, sheet.intervals.get(group.code))) if sheet.intervals else None,
            _number(sheet.score(sheet.figures[group.code]["mean"])),
            element("td", sheet.leader(group.code)),
            class_=f"level-{sheet.scheme.levels[group.code]}",
        )
        for group in sheet.upper
    )
    keys = [("unit", "one"), ("each", "tick"), ("mean", "mean")]
    keys += [("interval", "between-ends")] if sheet.score_intervals else []
    said = (element("span", _key(kind), sheet.say(f"key.{key}", sheet.share)) for key, kind in keys)
    return element(
        "section",
        element("h2", sheet.say("standing")),
        _table(heads, rows),
        element("p", said, class_="keys"),
        id="standing",
    )


def _strip(sheet: Sheet, group: Group) -> Markup:
    """Every ranked unit a tick, the mean a line, the unit a dot, its interval a bar."""
    low, high = sheet.ends
    scores, middle = sheet.scores[group.code], _HIGH / 2
    own, mean = (sheet.figures[group.code][column] for column in ("score", "mean"))

    def across(value: float) -> float:
        return round(float(np.clip((value - low) / (high - low), 0, 1)) * _WIDE, 1)

    ticks = "".join(f"M{across(score):g} {middle - 3:g}v6" for score in np.unique(scores[~np.isnan(scores)]))
    start, end = map(across, sheet.score_intervals.get(group.code, (low, low)))
    return element(
        "svg",
        element("path", d=f"M0 {middle:g}H{_WIDE:g}", class_="axis"),
        element("rect", x=start, y=middle - 4, width=round(end - start, 1), height=8, class_="between-ends")
        if end > start
        else None,
        element("path", d=ticks, class_="tick"),
        None if isnan(mean) else element("path", d=f"M{across(mean):g} 0v{_HIGH:g}", class_="mean"),
        None if isnan(own) else element("circle", cx=across(own), cy=middle, r=4, class_="one"),
        viewBox=f"0 0 {_WIDE:g} {_HIGH:g}",
        role="img",
        aria_label=sheet.say(
            "strip",
            group.title(sheet.language),
            sheet.score(own),
            sheet.score(mean),
            sheet.score(sheet.top(group.code)),
        ),
    )


def _listed(sheet: Sheet, kind: str) -> Markup:
    """Strengths or weaknesses, the most telling first."""
    codes = sheet.best if kind == "strengths" else sheet.worst
    heads = [(sheet.say("indicator"), None), *((sheet.say(key), "number") for key in ("value", "rank"))]
    rows = [
        element(
            "tr",
            element("th", _whole(sheet, sheet.scheme.indicators[sheet.column[code]]), scope="row"),
            _number(sheet.plain(sheet.values[sheet.column[code]])),
            _number(sheet.rank(code)),
        )
        for code in codes
    ]
    inside = _table(heads, rows) if rows else element("p", sheet.say("nothing"), class_="soft")
    return element("section", element("h2", sheet.say(kind)), inside)


def _peers(sheet: Sheet) -> Markup | None:
    if sheet.peers is None:
        return None
    frame = sheet.peers.to_frame()
    heads = [(sheet.say("unit"), None), *((sheet.say(key), "number") for key in ("score", "rank"))]
    rows = (
        element("tr", element("th", sheet.names[code], scope="row"), _number(sheet.score(score)), _number(place))
        for code, score, place in zip(frame.index, frame["score"], map(sheet.place, frame["rank"]), strict=True)
    )
    return element("section", element("h2", sheet.say("peers")), _table(heads, rows))


def _moved(sheet: Sheet) -> Markup | None:
    found = sheet.comparison
    if found is None:
        return None
    ranked = sheet.code in found.attribution.units
    said = sentence(found, sheet.code, sheet.language) if ranked else sheet.say("moved.absent")
    return element(
        "section",
        element("h2", sheet.say("moved")),
        element("p", said),
        element("p", differences_said(found, sheet.language)[0], class_="soft"),
    )


def _indicators(sheet: Sheet) -> Markup:
    """Every indicator once, in the block of the lowest group above it that has a strip."""
    blocks: dict[str, list[Node]] = {group.code: [] for group in sheet.upper}
    for node in sheet.scheme.nodes:
        if node.code not in blocks:
            above = sheet.scheme.parents[node.code]
            while above not in blocks:
                above = sheet.scheme.parents[above]
            blocks[above].append(node)
    sections = [_block(sheet, sheet.scheme.node(code), nodes) for code, nodes in blocks.items() if nodes]
    indicators = sheet.scheme.indicators
    keys = (
        ("●", "strength", sheet.best),
        ("○", "weakness", sheet.worst),
        ("*", "imputed", sheet.imputed),
        (sheet.say("none"), "missing", sheet.missing),
        ("↓", "down", [one for one in indicators if one.direction < 0]),
        ("†", "ours", sheet.ours),
    )
    said = (
        element("span", element("b", sign, class_=key), sheet.say(f"mark.{key}"))
        for sign, key, where in keys
        if where
    )
    return element(
        "section",
        element("h2", sheet.say("indicators"), element("small", f"{sheet.name} · {sheet.edition}")),
        element("div", sections, class_="pillars"),
        element("p", said, class_="keys"),
        id="indicators",
    )


def _block(sheet: Sheet, group: Node, nodes: Sequence[Node]) -> Markup:
    """A pillar: its own score and rank, then what is below it."""
    heads = [
        ("", None),
        *((sheet.say(key), f"number {key}") for key in ("value", "score", "rank")),
        ("", "mark"),
    ]
    kinds = ("whole", *("group" if isinstance(node, Group) else None for node in nodes))
    rows = (
        element("tr", _cells(sheet, node), class_=kind) for node, kind in zip((group, *nodes), kinds, strict=True)
    )
    return element("section", _table(heads, rows))


def _cells(sheet: Sheet, node: Node) -> Iterator[Markup]:
    if isinstance(node, Indicator):
        value = sheet.plain(sheet.values[sheet.column[node.code]]) + "*" * (node.code in sheet.imputed)
        yield element("th", _whole(sheet, node), scope="row")
    else:
        value = ""
        yield element("th", _titled(sheet, node), scope="row")
    yield _number(value)
    yield _number(sheet.score(sheet.figures[node.code]["score"]))
    yield _number(sheet.rank(node.code))
    yield element("td", _mark(sheet, node.code), class_="mark")


def _mark(sheet: Sheet, code: str) -> Markup | None:
    for kind, sign, codes in (("strength", "●", sheet.best), ("weakness", "○", sheet.worst)):
        if code in codes:
            return element("span", sign, class_=kind, role="img", aria_label=sheet.say(f"mark.{kind}"))
    return None


def _titled(sheet: Sheet, node: Node) -> Markup:
    """A node's code and title, or its code alone; what is nobody's but the scheme's is marked."""
    title = node.title(sheet.language)
    code = None if title == node.code else element("span", node.code, class_="code")
    return joined([code, title, " †" if node.code in sheet.ours else ""])


def _whole(sheet: Sheet, indicator: Indicator) -> Markup:
    """An indicator with its direction, where less is better, and its unit of measurement."""
    unit = sheet.unit_of(indicator)
    return joined(
        [
            _titled(sheet, indicator),
            " ↓" if indicator.direction < 0 else "",
            element("span", f" ({unit})", class_="soft") if unit else None,
        ]
    )


def _notes(sheet: Sheet) -> Markup:
    notes = (element("li", note) for note in sheet.notes())
    return element("section", element("h2", sheet.say("notes")), element("ul", notes, class_="notes"))


def _ends(shown: Any, ends: tuple[float, float] | None) -> str:
    """Two numbers as an interval; nothing where there is none."""
    return "" if ends is None else "–".join(map(shown, ends))


def _table(heads: Sequence[tuple[str, str | None]], rows: Iterable[Inside]) -> Markup:
    """A table; a column without a head has a plain cell there."""
    cells = (
        element("th", head, class_=kind, scope="col") if head else element("td", class_=kind)
        for head, kind in heads
    )
    return element("table", element("thead", element("tr", cells)), element("tbody", rows))


def _number(text: str) -> Markup:
    return element("td", text, class_="number")


def _key(kind: str) -> Markup:
    """What a mark on a strip looks like."""
    drawn = {
        "one": element("circle", cx=5, cy=5, r=4, class_=kind),
        "between-ends": element("rect", x=0, y=2, width=10, height=6, class_=kind),
    }.get(kind, element("path", d="M5 0v10", class_=kind))
    return element("svg", drawn, viewBox="0 0 10 10", aria_hidden="true")
