"""A difference in words: every change in both languages, nothing that markup or a terminal could take for its own."""

from __future__ import annotations

import re
from string import Formatter
from typing import Any

import pytest

from pii.compute import compute
from pii.difference import Difference, difference
from pii.provenance import Origin, Provenance
from pii.report import notice_text
from pii.report.notice_text import difference_lines, notice
from pii.table import Table, Units
from tests.report.results import small
from tests.shared import group, leaf, scheme

NAN = float("nan")


def corrected(**fields: Any) -> Difference:
    """A value corrected, another filled, a unit added, a weight changed, a node renamed."""
    before = small()
    values = {code: before.measured.column(code).tolist() for code in before.measured.columns}
    values["1.1"][0] = 90.5
    values["1.2"][5] = 1.0
    units = before.measured.units
    table = Table.of(
        {code: [*column, 7.0] for code, column in values.items()},
        units=Units(
            (*units.codes, "07"), (*units.names[:3], "Hue", *units.names[4:], "New"), {"region": (*units.labels["region"], "")}
        ),
        period="2030",
        title="Trial table",
        notes=["A footnote"],
    )  # fmt: skip
    index = group(
        "total",
        group("P1", leaf("1.1", name={"vi": "Tỷ lệ", "en": "Rate"}, unit="%", weight=2), leaf("1.2")),
        leaf("2", name="Cost", direction=-1),
        name={"vi": "Chỉ số thử", "en": "Trial index"},
    )
    return difference(before, compute(before.scheme.replace(index=index, **fields), table))


def test_a_notice_says_every_change() -> None:
    """Cells, units, names, fields, then who moves."""
    text = notice(corrected(normalise="zscore"))
    assert text.startswith("# Correction notice: Trial index 2030\n")
    for line in (
        "- Đắk Lắk, Rate (1.1): 10 before, 90.5 now.",
        "- Nghệ An, 1.2: not measured before, 1 now.",
        "- 04, name: Huế before, Hue now.",
        "- New (07): new.",
        "- scheme, `normalise`: minmax before, zscore now.",
        "- Rate (1.1), `weight`: 1 before, 2 now.",
        "- Cost (2), `note`: Chosen \\| by us before, nothing now.",
    ):
        assert line in text.splitlines()
    assert re.search(r"- \d of 6 units change rank; the scores of \d units change\.", text)
    assert re.search(r"- New: rank none before, \d now; score none before, -?[\d.]+ now\.", text)
    assert [line for line in text.splitlines() if line.startswith("## ")] == [
        "## What changed in the data",
        "## What changed in units, names and labels",
        "## What changed in the scheme",
        "## What this changes in the ranking",
    ]


def test_a_notice_in_vietnamese_says_the_same() -> None:
    """As many lines, with the scheme's Vietnamese names."""
    found = corrected(normalise="zscore")
    text = notice(found, "vi")
    assert text.startswith("# Thông báo đính chính: ")
    assert "- Đắk Lắk, Tỷ lệ (1.1): trước đây 10, nay 90,5." in text.splitlines()
    assert len(text.splitlines()) == len(notice(found).splitlines())
    assert not re.search(r"\b(before|now|rank|score)\b", text.replace("zscore", ""))


def test_both_languages_say_the_same_things() -> None:
    """Each phrase has the same blanks to fill."""
    english, vietnamese = (notice_text._WORDS[language] for language in ("en", "vi"))
    assert english.keys() == vietnamese.keys()
    for key, phrase in english.items():
        blanks = [
            sorted(str(part[1]) for part in Formatter().parse(text) if part[1])
            for text in (phrase, vietnamese[key])
        ]
        assert blanks[0] == blanks[1]  # fmt: skip


def test_nothing_is_said_to_differ_when_nothing_does() -> None:
    """In either form."""
    found = difference(small(), small())
    assert "Nothing differs" in notice(found)
    assert "Không có gì khác" in notice(found, "vi")
    assert difference_lines(found) == [
        "Trial index 2030 -> Trial index 2030",
        "Nothing differs from what was published.",
    ]


def test_another_scale_is_said() -> None:
    """In words and in lines."""
    rules = scheme(group("total", leaf("a")))
    tables = [
        Table.of({"a": [1.0, top]}, units=["x", "y"], period=year) for year, top in (("2029", 4.0), ("2030", 9.0))
    ]
    first, second = (compute(rules, tables[1], reference=compute(rules, table)) for table in tables)
    found = difference(first, second)
    assert "## What changed in the values that fix the scale\n\n- y, a: 4 before, 9 now." in notice(found)
    assert "scale: 1" in difference_lines(found)


@pytest.mark.parametrize("direction", [1, -1])
def test_lines_count_what_differs(direction: int) -> None:
    """A line a change; scores are counted only."""
    rules = scheme(group("total", leaf("a", direction=direction), leaf("b")))
    results = [
        compute(rules, Table.of({"a": a, "b": [1.0, 2.0, 3.0]}, units=["x", "y", "z"]))
        for a in ([1.0, 2.0, 3.0], [1.0, NAN, 3.0])
    ]
    lines = difference_lines(difference(*results))  # fmt: skip
    assert lines[1:3] == ["cells: 1", "  y, a: 2 -> -"]


def test_what_stands_in_a_name_is_neither_run_nor_set() -> None:
    """Escaped in Markdown, printable on a terminal."""
    rules = scheme(group("total", leaf("a", name="<b>*x*</b>|")))
    units = Units(("x", "y"), ("[z](u)\x1b[31m", "y"))
    results = [compute(rules, Table.of({"a": values}, units=units)) for values in ([1.0, 2.0], [3.0, 2.0])]
    found = difference(*results)
    assert "<b>" not in notice(found)
    assert "\x1b" not in "".join(difference_lines(found))


def test_lines_say_nodes_and_settings_of_every_kind() -> None:
    """A node more, one that is gone, a weight, a method with its settings, an order."""
    table = Table.of({"a": [1.0, 2.0, 4.0], "b": [1.0, 3.0, 2.0], "c": [2.0, 1.0, 5.0]}, units=["x", "y", "z"])
    before = scheme(group("total", leaf("a"), leaf("b"), leaf("c", name="Third")))
    tree = group("total", leaf("b", weight=1.5), leaf("a"), leaf("d", name="Fourth"))
    after = scheme(tree, normalise={"method": "zscore", "mean": 10.0})
    found = difference(compute(before, table), compute(after, table.holding(table.values, ("a", "b", "d"))))
    lines = difference_lines(found)
    assert lines[1:7] == [
        "scheme: 5",
        "  normalise: minmax -> {method: zscore, mean: 10}",
        "  total: order: a, b -> b, a",
        "  b: weight: 1 -> 1.5",
        "  c: node: Third -> -",
        "  d: node: - -> Fourth",
    ]
    said = notice(found).splitlines()
    assert "- Third (c): removed." in said  # by the name that only the earlier scheme has
    assert "- Fourth (d): new." in said


def test_a_column_that_only_fills_gaps_is_called_by_its_name() -> None:
    """As the scheme declares it; by its code where it has no name."""
    filled = leaf("a", impute={"method": "regression", "on": ["help_"]})
    rules = scheme(group("total", filled, leaf("b")), denominators=[{"code": "help_"}], screen={"measured": 0.5})
    columns = {"a": [1.0, 2.0, 4.0, NAN], "b": [1.0, 3.0, 2.0, 5.0]}
    results = [
        compute(rules, Table.of(columns | {"help_": [1.0, 2.0, 3.0, last]}, units=list("wxyz")))
        for last in (4.0, 6.0)
    ]
    assert "- z, help\\_: 4 before, 6 now." in notice(difference(*results)).splitlines()


def test_changes_of_provenance_are_said_together() -> None:
    """Units that share one are named, many only counted; statuses and fields in the language."""
    before = small()
    notes = {(code, "1.2"): Origin("provisional") for code in before.measured.units.codes if code != "06"}
    settled = {cell: Origin("final", "Yearbook") for cell in notes} | {("05", "2"): Origin("estimated")}
    found = difference(
        compute(before.scheme, before.measured.noting(Provenance.of(notes | {("01", "2"): Origin("final")}))),
        compute(before.scheme, before.measured.noting(Provenance.of(settled))),
    )
    names = "Đắk Lắk, =cmd|' /C calc'!A0, a|b <b>*x*</b> `y` [z](u) _v_ # & ~~w~~, Huế, Cà Mau"
    lines = difference_lines(found)
    assert lines[1] == "provenance: 4"
    assert f"  {names}, 1.2: status: provisional -> final" in lines
    assert "  Cà Mau, 2: status: - -> estimated" in lines
    said = notice(found, "vi").splitlines()
    assert "## Thay đổi về nguồn gốc số liệu" in said
    assert "- Đắk Lắk, Cost (2), tình trạng: trước đây chính thức, nay không có." in said
    many = Table.of({"a": range(6)}, units=list("uvwxyz"))
    rules = scheme(group("total", leaf("a")))
    noted = many.noting(Provenance.of({(code, "a"): Origin("final") for code in "uvwxyz"}))
    lines = difference_lines(difference(compute(rules, many), compute(rules, noted)))
    assert lines[1:] == ["provenance: 1", "  6 units, a: status: - -> final"]
