"""A difference between two results in words: for a terminal, and as a notice of correction in two languages."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from math import isnan
from types import MappingProxyType
from typing import Any, Literal, TypeAlias

from pii.difference import CellChange, Difference, SchemeChange, TextChange
from pii.figures.words import decimal, number
from pii.report.markdown import escaped
from pii.report.terminal import printable
from pii.report.words import known
from pii.result import Result

__all__ = ["Language", "difference_lines", "notice"]

Language: TypeAlias = Literal["en", "vi"]
"""A language that notices are written in."""

_WORDS: Mapping[Language, Mapping[str, str]] = MappingProxyType(
    {
        "en": {
            "title": "Correction notice: {title}",
            "same": "Nothing differs from what was published.",
            "replaces": "This replaces what was published as “{title}”.",
            "data": "What changed in the data",
            "texts": "What changed in units, names and labels",
            "scale": "What changed in the values that fix the scale",
            "scheme": "What changed in the scheme",
            "provenance": "What changed in where values come from",
            "results": "What this changes in the ranking",
            "value": "{unit}, {column}: {before} before, {after} now.",
            "none": "not measured",
            "nothing": "nothing",
            "new": "{what}: new.",
            "gone": "{what}: removed.",
            "changed": "{what}: {before} before, {after} now.",
            "table": "table",
            "index": "scheme",
            "ranks": "{moved} of {of} units change rank; the scores of {scored} units change.",
            "no ranks": "No unit changes rank; the scores of {scored} units change.",
            "no results": "No score and no rank changes.",
            "rank": "{unit}: rank {before} before, {after} now; score {old} before, {new} now.",
            "unranked": "none",
            "units": "{n} units",
        },
        "vi": {
            "title": "Thông báo đính chính: {title}",
            "same": "Không có gì khác so với bản đã công bố.",
            "replaces": "Bản này thay thế bản đã công bố “{title}”.",
            "data": "Thay đổi về số liệu",
            "texts": "Thay đổi về đơn vị, tên gọi và phân nhóm",
            "scale": "Thay đổi về các giá trị làm chuẩn thang điểm",
            "scheme": "Thay đổi về khung chỉ số",
            "provenance": "Thay đổi về nguồn gốc số liệu",
            "results": "Ảnh hưởng đến xếp hạng",
            "value": "{unit}, {column}: trước đây {before}, nay {after}.",
            "none": "không có số liệu",
            "nothing": "không có",
            "new": "{what}: bổ sung.",
            "gone": "{what}: bỏ ra.",
            "changed": "{what}: trước đây {before}, nay {after}.",
            "table": "bảng số liệu",
            "index": "khung chỉ số",
            "ranks": "{moved} trong {of} đơn vị đổi hạng; {scored} đơn vị đổi điểm.",
            "no ranks": "Không đơn vị nào đổi hạng; {scored} đơn vị đổi điểm.",
            "no results": "Không có điểm và thứ hạng nào thay đổi.",
            "rank": "{unit}: trước đây hạng {before}, nay hạng {after}; trước đây {old} điểm, nay {new} điểm.",
            "unranked": "không xếp hạng",
            "units": "{n} đơn vị",
        },
    }
)


_NAMED = 5  # units that share a change of provenance and are still named


def notice(found: Difference, language: Language = "en") -> str:
    """A notice of correction in Markdown: each cell and field that changed, and what this does to the ranking.

    Parameters
    ----------
    found
        What was published, and what replaces it.
    language
        The language; names of indicators are those that the scheme has in it.

    Examples
    --------
    >>> from pii.compute import compute
    >>> from pii.difference import difference
    >>> from pii.scheme import Scheme
    >>> from pii.table import Table
    >>> from pii.tree import Group, Indicator
    >>> index = Group(code="i", name="Index", children=[Indicator(code="a", name="Area")])
    >>> scheme = Scheme(code="demo", index=index)
    >>> results = [compute(scheme, Table.of({"a": values}, units=["x", "y", "z"]))
    ...            for values in ([1.0, 2.0, 3.0], [1.0, 4.0, 3.0])]
    >>> print(notice(difference(*results)).split("## ")[1])
    What changed in the data
    <BLANKLINE>
    - y, Area (a): 2 before, 4 now.
    <BLANKLINE>
    """
    say = _WORDS[language]
    lines = [f"# {say['title'].format(title=escaped(found.after.title))}", ""]
    if not found:
        return "\n".join([*lines, say["same"], ""])
    lines += [say["replaces"].format(title=escaped(found.before.title)), ""]
    parts = {
        "data": [_value(found, change, language) for change in found.cells],
        "texts": [_text(change, say) for change in found.texts],
        "scale": [_value(found, change, language) for change in found.scale],
        "scheme": [_field(found, change, language) for change in found.scheme],
        "provenance": list(_origins(found, language)),
        "results": list(_results(found, language)),
    }
    for part, said in parts.items():
        if said:
            lines += [f"## {say[part]}", "", *(f"- {line}" for line in said), ""]
    return "\n".join(lines)


def difference_lines(found: Difference) -> list[str]:
    """What differs, a line a change, and how many scores do; in English, for a terminal."""
    say = _WORDS["en"]
    lines = [f"{printable(found.before.title)} -> {printable(found.after.title)}"]
    parts: dict[str, Iterator[str]] = {
        "scheme": (f"{_owner(change.node)}{change.field or 'node'}: {_arrow(change)}" for change in found.scheme),
        "cells": (_cell_line(change) for change in found.cells),
        "texts": (
            f"{change.unit + ' ' if change.unit else ''}{change.field}: {_arrow(change)}" for change in found.texts
        ),
        "scale": (_cell_line(change) for change in found.scale),
        "provenance": (
            f"{names}, {column}: {field}: {before or '-'} -> {after or '-'}"
            for column, field, before, after, names in _together(found, "en")
        ),
        "ranks": (_cell_line(change) for change in found.ranks),
    }
    for part, said in parts.items():
        listed = [f"  {printable(line)}" for line in said]
        lines += [f"{part}: {len(listed)}", *listed] if listed else []
    if found.scores:
        units = len({change.unit for change in found.scores})
        lines.append(f"scores: {len(found.scores)}, of {units} unit{'' if units == 1 else 's'}")
    return lines if found else [*lines, say["same"]]


def _owner(node: str) -> str:
    return f"{node}: " if node else ""


def _arrow(change: SchemeChange | TextChange) -> str:
    return f"{_plain(change.before)} -> {_plain(change.after)}"


def _cell_line(change: CellChange) -> str:
    return f"{change.name}, {change.column}: {_number(change.before, '-')} -> {_number(change.after, '-')}"


def _number(value: float, none: str) -> str:
    return none if isnan(value) else repr(int(value) if value.is_integer() and abs(value) < 1e15 else value)


def _plain(value: Any) -> str:
    if value is None:
        return "-"
    if isinstance(value, float):
        return _number(value, "-")
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key}: {_plain(item)}" for key, item in value.items()) + "}"
    return ", ".join(map(_plain, value)) if isinstance(value, tuple | list) else str(value)


def _called(found: Difference, code: str, language: Language) -> str:
    """What a node or column is called, with its code."""
    schemes = (found.after.scheme, found.before.scheme)
    owners = (one for scheme in schemes for one in (*scheme.nodes, *scheme.denominators))
    names = dict(next(one.name for one in owners if one.code == code))  # a scheme declares all that it reads
    name = names.get(language) or next(iter(names.values()), "")
    return f"{escaped(name)} ({escaped(code)})" if name else escaped(code)


def _value(found: Difference, change: CellChange, language: Language) -> str:
    say = _WORDS[language]
    return say["value"].format(
        unit=escaped(change.name),
        column=_called(found, change.column, language),
        before=decimal(_number(change.before, say["none"]), language),
        after=decimal(_number(change.after, say["none"]), language),
    )


def _changed(what: str, change: SchemeChange | TextChange, say: Mapping[str, str], *, whole: bool) -> str:
    """A change in words: of something as a whole, that it is new or gone."""
    if whole and (change.before is None or change.after is None):
        return say["new" if change.before is None else "gone"].format(what=what)
    sides = (
        say["nothing"] if value in (None, "") else escaped(_plain(value)) for value in (change.before, change.after)
    )
    before, after = sides
    return say["changed"].format(what=what, before=before, after=after)


def _text(change: TextChange, say: Mapping[str, str]) -> str:
    whole = change.field == "unit" or change.field.startswith("column ")
    name = change.after or change.before or ""
    if change.field == "unit":
        return _changed(escaped(f"{name} ({change.unit})"), change, say, whole=True)
    what = f"{change.unit or say['table']}, {change.field}"
    return _changed(escaped(what), change, say, whole=whole)


def _field(found: Difference, change: SchemeChange, language: Language) -> str:
    say = _WORDS[language]
    owner = _called(found, change.node, language) if change.node else say["index"]
    what = f"{owner}, `{change.field}`" if change.field else owner
    return _changed(what, change, say, whole=not change.field)


def _together(found: Difference, language: Language) -> Iterator[tuple[str, str, str, str, str]]:
    """Column, field, before, after and the units of changes of provenance that are the same; many only counted."""
    same: dict[tuple[str, str, str, str], list[str]] = {}
    for change in found.provenance:
        same.setdefault((change.column, change.field, change.before, change.after), []).append(change.name)
    for key, names in same.items():
        yield *key, _WORDS[language]["units"].format(n=len(names)) if len(names) > _NAMED else ", ".join(names)


def _origins(found: Difference, language: Language) -> Iterator[str]:
    """Changes of provenance in words: statuses and fields by their names in the language."""
    say = _WORDS[language]
    for column, field, before, after, names in _together(found, language):
        what = f"{escaped(names)}, {_called(found, column, language)}, {known('provenance', field, language)}"
        old, new = (escaped(known("status", text, language)) or say["nothing"] for text in (before, after))
        yield say["changed"].format(what=what, before=old, after=new)


def _results(found: Difference, language: Language) -> Iterator[str]:
    """How many units move, then every one that does."""
    say = _WORDS[language]
    scored = len({change.unit for change in found.scores})
    if not found.ranks:
        yield say["no ranks" if scored else "no results"].format(scored=scored)
        return
    units = {*found.before.composite.units.codes, *found.after.composite.units.codes}
    yield say["ranks"].format(moved=len(found.ranks), of=len(units), scored=scored)
    scores = [_index_scores(result, language) for result in (found.before, found.after)]
    for change in sorted(found.ranks, key=lambda one: (isnan(one.after), one.after)):
        yield say["rank"].format(
            unit=escaped(change.name),
            before=_number(change.before, say["unranked"]),
            after=_number(change.after, say["unranked"]),
            old=scores[0].get(change.unit, "") or say["unranked"],
            new=scores[1].get(change.unit, "") or say["unranked"],
        )


def _index_scores(result: Result, language: Language) -> dict[str, str]:
    """The index's score of each ranked unit, as published."""
    units, values = result.composite.units.codes, result.composite.values[:, 0].tolist()
    return {
        code: number(value, language, result.scheme.decimals) for code, value in zip(units, values, strict=True)
    }
