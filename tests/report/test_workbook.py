"""The workbook, opened again: what stands in its sheets, as what, and how it looks."""

from __future__ import annotations

import csv
import zipfile
from functools import cache
from io import BytesIO
from math import isnan
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from openpyxl import load_workbook
from openpyxl.cell import Cell, MergedCell
from openpyxl.workbook import Workbook
from openpyxl.worksheet.worksheet import Worksheet

from pii.arrays import Matrix
from pii.compute import compute
from pii.report.publication import method_rows, notes, published_rows
from pii.report.workbook import workbook
from pii.report.workbook_formulas import breadth_first
from pii.table import Table, Units
from tests.report.office import converted, needs_office
from tests.report.results import FORMULA, NAN, based, every_score, half, negative, small, synthetic, twins
from tests.shared import group, leaf, same, scheme

SHEETS = [
    "Ranking", "Pillars", "Scores", "Treated", "Indicators", "Measured", "Weights", "Scale", "Methods", "Notes"
]  # fmt: skip
OF_UNITS = SHEETS[:6]
HEADER = 3
Any_Cell = Cell | MergedCell


@cache
def opened(make: Any) -> Workbook:
    """A result's workbook as openpyxl reads it."""
    return load_workbook(BytesIO(workbook(make())))


def sheet(make: Any, name: str) -> Worksheet:
    """One sheet of it."""
    found = opened(make)[name]
    assert isinstance(found, Worksheet)
    return found


def head(page: Worksheet) -> int:
    """The row of the header: the sheet Scores has the shares above it."""
    return HEADER + (page.title == "Scores")


def header(page: Worksheet) -> list[Any]:
    """The header's texts."""
    return [cell.value for cell in page[head(page)]]


def column(page: Worksheet, at: int) -> list[Any_Cell]:
    """The cells of a column under its header."""
    return [row[at] for row in page.iter_rows(min_row=head(page) + 1)]


def numbers(rows: list[tuple[Any, ...]]) -> Matrix:
    """The numbers beside code and name; gaps are NaN."""
    return np.array([[NAN if value is None else value for value in row[2:]] for row in rows], dtype=float)


def shade(cell: Any_Cell) -> str:
    """The colour that a cell is filled with, without its alpha; empty when it is not."""
    return str(cell.fill.fgColor.rgb)[2:] if cell.fill.patternType == "solid" else ""


def test_it_has_its_sheets() -> None:
    """In the order in which they are read; another edition's values where they fix the scale."""
    assert opened(small).sheetnames == SHEETS
    assert opened(based).sheetnames == [*SHEETS[:8], "Reference", *SHEETS[8:]]


@pytest.mark.parametrize("name", SHEETS)
def test_every_sheet_is_ready_to_read_and_to_print(name: str) -> None:
    """A title, a line of what it shows, a frozen header, A4 across, titles again on every page."""
    page = sheet(small, name)
    assert page["A1"].value == "Trial index 2030"
    assert page["A1"].font.bold
    assert isinstance(page["A2"].value, str)
    assert page.freeze_panes is not None
    assert page.freeze_panes.endswith(str(head(page) + 1))
    assert (page.page_setup.orientation, page.page_setup.paperSize) == ("landscape", 9)
    assert page.print_title_rows == f"$1:${head(page)}"
    assert all(cell.font.bold and cell.alignment.wrap_text for cell in page[head(page)])


@pytest.mark.parametrize(
    ("name", "frozen"), [("Ranking", "D4"), ("Pillars", "C4"), ("Scores", "C5"), ("Indicators", "C4")]
)
def test_codes_and_names_stay_in_sight(name: str, frozen: str) -> None:
    """However far to the right one reads."""
    assert sheet(small, name).freeze_panes == frozen


@pytest.mark.parametrize("name", SHEETS[:-1])
def test_rows_can_be_filtered(name: str) -> None:
    """The filter spans the header and everything under it."""
    page = sheet(small, name)
    assert page.auto_filter.ref == f"A{head(page)}:{page.cell(page.max_row, page.max_column).coordinate}"


@pytest.mark.parametrize("name", SHEETS)
def test_synthetic_data_is_in_every_title(name: str) -> None:
    """And in the properties of the file."""
    assert str(sheet(synthetic, name)["A1"].value).startswith("SYNTHETIC")
    assert str(opened(synthetic).properties.title).startswith("SYNTHETIC")


def test_no_cell_runs() -> None:
    """A name like a formula is text, and no cell of any sheet is a formula or a link."""
    names = column(sheet(small, "Ranking"), 2)
    cell = next(cell for cell in names if cell.value == FORMULA)
    assert cell.data_type == "s"
    for page in opened(small).worksheets:
        cells = [cell for row in page.iter_rows() for cell in row]
        assert {cell.data_type for cell in cells} <= {"s", "n"}
        assert not any(cell.hyperlink for cell in cells)


def test_codes_stay_text() -> None:
    """01 keeps its 0 on every sheet of units; so does a code such as -1."""
    for name in OF_UNITS:
        at = 1 if name == "Ranking" else 0
        cell = next(cell for cell in column(sheet(small, name), at) if cell.value == "01")
        assert (cell.data_type, cell.number_format) == ("s", "@")
    assert {cell.value for cell in column(sheet(negative, "Ranking"), 1)} == {"-1", "@x", "z"}


def test_the_ranking_is_the_published_one() -> None:
    """Rank, code, name, labels, rounded scores and reason, row by row."""
    page = sheet(small, "Ranking")
    assert header(page) == ["Rank", "Code", "Unit", "region", "total Trial index", "P1", "Why not ranked"]
    for row, cells in zip(published_rows(small()), page.iter_rows(min_row=HEADER + 1), strict=True):
        scores = [None if isnan(score) else score for score in row.scores]
        expected = [None if isnan(row.rank) else row.rank, row.code, row.name, *row.labels, *scores, row.reason]
        assert [cell.value for cell in cells] == [None if value == "" else value for value in expected]


def test_published_scores_show_their_decimals() -> None:
    """The number is the rounded one, and its format shows both digits."""
    cells = column(sheet(half, "Ranking"), 3)
    assert [(cell.value, cell.number_format) for cell in cells] == [(49.37, "0.00"), (10.01, "0.00")]


def test_ranks_show_no_stray_point() -> None:
    """A format such as 0.## would show 1 as "1."."""
    assert {cell.number_format for cell in column(sheet(small, "Ranking"), 0)} == {"General"}


def test_bars_begin_at_zero() -> None:
    """Their lengths compare as the scores do, below 0 too."""
    for make, lowest in ((small, 0.0), (negative, -1.0)):
        page = sheet(make, "Ranking")
        ((area, rules),) = ((area, area.rules) for area in page.conditional_formatting)
        assert str(area.sqref) == ("E4:E9" if make is small else "D4:D6")
        (rule,) = rules
        assert rule.type == "dataBar"
        low = rule.dataBar.cfvo[0]
        assert (low.type, float(low.val)) == ("num", lowest)


def test_pillars_hold_score_and_rank_of_every_group() -> None:
    """Of the units in the order of the ranking; of one that is not ranked, nothing."""
    result, page = synthetic(), sheet(synthetic, "Pillars")
    codes = list(result.composite.units.codes)
    rows = list(page.iter_rows(min_row=HEADER + 1, values_only=True))
    assert [row[0] for row in rows] == [row.code for row in published_rows(result)]
    for row in rows:
        at = codes.index(str(row[0]))
        assert list(row[3::2]) == result.ranking.values[at].tolist()
        assert np.allclose(np.array(row[2::2], dtype=float), result.composite.values[at], atol=0.005 + 1e-9)
    *_, last = sheet(small, "Pillars").iter_rows(min_row=HEADER + 1, values_only=True)
    assert last == ("06", "Nghệ An", None, None, None, None)


def test_indicators_are_the_values_behind_the_scores() -> None:
    """Unrounded, per their denominators, gaps empty, with their units of measurement."""
    result, page = synthetic(), sheet(synthetic, "Indicators")
    expected = result.ratios.values
    rows = list(page.iter_rows(min_row=HEADER + 1, min_col=3, values_only=True))
    found = np.array([[NAN if value is None else value for value in row] for row in rows], dtype=float)
    assert np.array_equal(np.isnan(found), np.isnan(expected))
    assert np.allclose(found, expected, rtol=1e-14, equal_nan=True)
    assert header(sheet(small, "Indicators"))[2:] == ["1.1 Rate (%)", "1.2", "2 Cost"]


def test_what_was_done_to_a_value_can_be_seen() -> None:
    """The outlier is shaded, the filled gap is in italics and has its value, the rest is plain."""
    page = sheet(small, "Indicators")
    rate, _, cost = (column(page, at) for at in (2, 3, 4))
    assert [cell.font.italic for cell in rate] == [False, False, False, True, False, False]
    assert rate[3].value == 22.5
    assert [bool(shade(cell)) for cell in cost] == [False, False, False, True, False, False]
    assert cost[3].value == 90
    assert not any(shade(cell) for cell in rate)
    assert "Shaded" in str(page["A2"].value)


def test_scores_are_those_of_every_node() -> None:
    """Of the units with data enough, unrounded, level by level, under their shares."""
    result, page = synthetic(), sheet(synthetic, "Scores")
    nodes = breadth_first(result.scheme)
    assert [text.partition(" ")[0] for text in header(page)[2:]] == [node.code for node in nodes]
    rows = list(page.iter_rows(min_row=HEADER + 2, values_only=True))
    assert [row[0] for row in rows] == list(result.scores.units.codes)
    assert same(numbers(rows), every_score(result), 1e-14)
    shares = [cell.value for cell in page[HEADER]]
    assert shares[:3] == [None, "Share of its group", None]
    assert same(np.array(shares[3:], dtype=float), result.weights.of([node.code for node in nodes[1:]]), 1e-14)


def test_treated_values_are_marked() -> None:
    """The outlier was pulled in to 4 and is shaded; the filled gap is in italics."""
    page = sheet(small, "Treated")
    rate, _, cost = (column(page, at) for at in (2, 3, 4))
    assert [cell.value for cell in cost] == small().treatment.table.column("2").tolist()
    assert [bool(shade(cell)) for cell in cost] == [False, False, False, True, False]
    assert [cell.font.italic for cell in rate] == [False, False, False, True, False]


def test_measured_values_are_as_they_were_read() -> None:
    """Before they are put per their denominators, which have columns of their own; gaps stay empty."""
    page = sheet(based, "Measured")
    assert header(page) == ["Code", "Unit", "a", "b", "people"]
    rows = list(page.iter_rows(min_row=HEADER + 1, values_only=True))
    assert same(numbers(rows), based().measured.values, 1e-14)
    assert "4" not in header(page)
    assert column(sheet(small, "Measured"), 2)[3].value is None


def test_weights_make_shares() -> None:
    """As given, of the group, and of the index, with the method that weighs."""
    page = sheet(based, "Weights")
    assert [[cell.value for cell in row] for row in page.iter_rows(min_row=HEADER + 1)] == [
        ["a", None, "total", 3, 0.75, 0.75, "given"],
        ["b", None, "total", 1, 0.25, 0.25, "given"],
    ]


def test_scales_are_those_of_what_fixes_them() -> None:
    """Another edition's ends, mean and spread, in own units: the worst is the highest where less is better."""
    rows = list(sheet(based, "Scale").iter_rows(min_row=HEADER + 1, values_only=True))
    assert [row[:6] for row in rows] == [
        ("a", None, "minmax", "more is better", 1, 5),
        ("b", None, "minmax", "less is better", 60, 20),
    ]
    assert [row[6:] for row in rows] == [(3, 2), (40, 20)]
    reference = list(sheet(based, "Reference").iter_rows(min_row=HEADER + 1, min_col=3, values_only=True))
    assert reference == [(1, 60), (3, 40), (5, 20)]


def test_methods_hold_every_field() -> None:
    """One row a node; what is our choice is said beside it."""
    page = sheet(small, "Methods")
    assert header(page)[:3] == ["code", "name vi", "name en"]
    found = list(page.iter_rows(min_row=HEADER + 1, values_only=True))
    assert found == [tuple(None if cell == "" else cell for cell in row) for row in method_rows(small())]
    assert "our choice, not official" in found[-1]


def test_notes_hold_every_note() -> None:
    """Heading and text, in rows high enough for their text."""
    page = sheet(synthetic, "Notes")
    rows = list(page.iter_rows(min_row=HEADER + 1, values_only=True))
    assert rows == list(notes(synthetic()))
    longest = max(range(len(rows)), key=lambda at: len(str(rows[at][1])))
    height = page.row_dimensions[HEADER + 1 + longest].height
    assert height is not None
    assert height >= 15 * len(str(rows[longest][1])) / 110


@pytest.mark.parametrize("make", [small, synthetic])
def test_the_same_result_gives_the_same_bytes(make: Any) -> None:
    """Nothing in the file tells when it was made."""
    assert workbook(make()) == workbook(make())


def test_the_date_of_the_file_can_be_set(monkeypatch: pytest.MonkeyPatch) -> None:
    """By SOURCE_DATE_EPOCH, as other reproducible builds do."""
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "86400")
    with zipfile.ZipFile(BytesIO(workbook(half()))) as package:
        assert "1970-01-02T00:00:00Z" in package.read("docProps/core.xml").decode()


@needs_office
def test_another_program_reads_what_was_written(tmp_path: Path) -> None:
    """LibreOffice shows the ranking as published: codes with their 0, formulas as text."""
    text = converted({"index": workbook(small())}, tmp_path, "csv:Text - txt - csv (StarCalc):44,34,76")["index"]
    rows = list(csv.reader(text.decode().splitlines()))[HEADER:]
    shown = [[row.code, row.name, f"{row.scores[0]:.2f}"] for row in published_rows(small()) if not row.reason]
    assert [[row[1], row[2], row[4]] for row in rows[:-1]] == shown


# In Vietnamese


def vietnamese(make: Any, *, formulas: bool = False) -> Workbook:
    """The workbook in Vietnamese."""
    return load_workbook(BytesIO(workbook(make(), formulas=formulas, language="vi")))


@pytest.mark.parametrize("make", [small, based, synthetic])
def test_a_workbook_in_vietnamese_has_the_same_cells(make: Any) -> None:
    """Every number where it stands in English, and no heading left in it."""
    english = opened(make)
    other = vietnamese(make)
    assert len(other.sheetnames) == len(english.sheetnames)
    for name, again in zip(english.sheetnames, other.sheetnames, strict=True):
        if name == "Notes":
            continue
        cells = [[cell.value for row in book.iter_rows() for cell in row] for book in (english[name], other[again])]
        assert [value for value in cells[0] if isinstance(value, int | float)] == [
            value for value in cells[1] if isinstance(value, int | float)
        ]
        assert [value is None for value in cells[0]] == [value is None for value in cells[1]]
        about = str(english[name]["A2"].value), str(other[again]["A2"].value)
        assert about[0] != about[1]


def test_sheets_and_headings_are_in_the_language() -> None:
    """With the scheme's own names in it, and the words of the page for labels, regions and units of measurement."""
    book = vietnamese(synthetic)
    assert book.sheetnames[:3] == ["Xếp hạng", "Trụ cột", "Điểm"]
    heads = [cell.value for cell in book["Xếp hạng"][HEADER]]
    assert heads[:4] == ["Hạng", "Mã", "Địa phương", "Vùng"]
    assert heads[4:] == [
        "PII Chỉ số đổi mới sáng tạo cấp địa phương",
        "input Đầu vào đổi mới sáng tạo",
        "output Đầu ra đổi mới sáng tạo",
        "Lý do không xếp hạng",
    ]
    assert book["Xếp hạng"]["D4"].value == "Trung du và miền núi phía Bắc"
    assert any(str(cell.value).endswith("(phút)") for cell in book["Chỉ số"][HEADER])
    assert [row[2].value for row in book["Thang điểm"].iter_rows(min_row=4, max_row=4)] == ["min-max"]
    assert book["Trọng số"]["G4"].value == "theo khai báo"


def test_labels_are_called_as_the_scheme_calls_them() -> None:
    """Before any other word; in English by their codes."""
    rules = scheme(group("i", leaf("a")), labels=[{"code": "zone", "name": {"vi": "Khu vực", "en": "Zone"}}])
    table = Table.of({"a": [1.0, 2.0]}, units=Units(("x", "y"), labels={"zone": ("A", "B")}))
    result = compute(rules, table)
    assert vietnamese(lambda: result)["Xếp hạng"]["D3"].value == "Khu vực"
    assert load_workbook(BytesIO(workbook(result)))["Ranking"]["D3"].value == "zone"


def test_no_two_columns_are_called_the_same() -> None:
    """Whatever groups and indicators are coded."""
    for book in (opened(twins), vietnamese(twins)):
        for page in book.worksheets[:3]:
            heads = [str(cell.value) for cell in page[HEADER + (page.title in {"Scores", "Điểm"})]]
            assert len(set(heads)) == len(heads), page.title
