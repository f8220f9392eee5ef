"""Cells of a sheet: text stays text, gaps stay empty, formulas are written where they are wanted."""

from __future__ import annotations

from collections.abc import Callable
from io import BytesIO

import numpy as np
import pytest
from openpyxl import load_workbook
from openpyxl.worksheet.formula import ArrayFormula
from openpyxl.worksheet.worksheet import Worksheet
from xlsxwriter import Workbook

from pii.errors import BuildError
from pii.report.workbook_sheet import Cell, Formula, Sheet, decimals, styles
from tests.report.results import NAN


def written(fill: Callable[[Sheet], None], *, live: bool = False, given: bool = False) -> Worksheet:
    """One sheet, written and read again: formulas, or what stands beside them."""
    buffer = BytesIO()
    with Workbook(buffer, {"in_memory": True}) as book:
        fill(Sheet(book.add_worksheet("one"), styles(book, 2), "Title", "About", live=live))
    found = load_workbook(BytesIO(buffer.getvalue()), data_only=given)["one"]
    assert isinstance(found, Worksheet)
    return found


def row_of_three(sheet: Sheet) -> None:
    """A header, and under it a text, a gap, two formulas and an empty one."""
    sheet.header(["a", "b", "c", "d", "e"], freeze=1, widths=[10] * 5)
    formulas = [Formula("=1+1", 2.0), Formula("=SUM(IF(1,2))", 2.0, array=True), Formula('=""', NAN)]
    sheet.row(0, ["=1+1", NAN, *formulas], ["text", *["value 0"] * 4])


def test_texts_stay_texts_and_gaps_stay_empty() -> None:
    """Even a text that begins with an equals sign."""
    text, gap, *_ = written(row_of_three, live=True)[4]
    assert (text.value, text.data_type) == ("=1+1", "s")
    assert gap.value is None


def test_formulas_are_written_where_they_are_wanted() -> None:
    """With what they give beside them; else only that is written."""
    _, _, plain, array, empty = written(row_of_three, live=True)[4]
    assert (plain.value, plain.data_type) == ("=1+1", "f")
    assert isinstance(array.value, ArrayFormula)
    assert (array.value.ref, array.value.text) == ("D4", "=SUM(IF(1,2))")
    assert empty.data_type == "f"
    assert [cell.value for cell in written(row_of_three, live=True, given=True)[4][2:4]] == [2, 2]
    assert [cell.value for cell in written(row_of_three)[4]] == ["=1+1", None, 2, 2, None]


def test_a_row_above_the_header_moves_it_down() -> None:
    """And what is frozen and printed again with it."""

    def fill(sheet: Sheet) -> None:
        sheet.header(["a", "b"], freeze=1, widths=[10, 10], above=["", 0.5])
        sheet.row(0, ["x", 1.0], ["text", "share"])
        sheet.filters(1)

    page = written(fill)
    assert [[cell.value for cell in row] for row in page["A3":"B5"]] == [[None, 0.5], ["a", "b"], ["x", 1]]
    assert (page.freeze_panes, page.print_title_rows, page.auto_filter.ref) == ("B5", "$1:$4", "A4:B5")


@pytest.mark.parametrize(("live", "named", "expected"), [
    (False, False, "A3:A4"), (False, True, "A3:A4"), (True, False, "A3:A4"), (True, True, None),
])  # fmt: skip
def test_rows_that_formulas_name_are_not_sorted(live: bool, named: bool, expected: str | None) -> None:
    """Elsewhere readers filter and sort."""

    def fill(sheet: Sheet) -> None:
        sheet.header(["a"], freeze=1, widths=[10])
        sheet.filters(1, named=named)

    assert written(fill, live=live).auto_filter.ref == expected


def test_rows_are_as_high_as_their_text() -> None:
    """As far as a program allows."""

    def fill(sheet: Sheet) -> None:
        sheet.header(["a"], freeze=1, widths=[10])
        for at, words in enumerate((2, 4, 1000)):
            sheet.row(at, ["123456789 " * words], ["wrapped"])

    page = written(fill)
    heights = [page.row_dimensions[row].height for row in (4, 5, 6)]
    assert heights == pytest.approx([30, 60, 409], abs=0.5)  # to a pixel, where the library rounds


@pytest.mark.parametrize(
    ("column", "expected"),
    [
        ([1000.0, 2.0, 3.0], 0),
        ([1.5, 2.0, 3.0], 1),
        ([100 / 3, 1 / 3, 2 / 3], 2),
        ([1 / 3000, 2 / 3000, 5 / 3000], 6),
        ([1e-12, 2e-12], 8),
        ([0.0, 0.0, NAN], 0),
        ([NAN], 0),
    ],
)
def test_values_show_as_many_decimals_as_they_have(column: list[float], expected: int) -> None:
    """None for counts; the digits of the largest decide for long fractions."""
    assert decimals(np.array(column)) == expected


def test_thousands_are_set_apart() -> None:
    """In values, and not in scores."""

    def fill(sheet: Sheet) -> None:
        sheet.header(["a", "b"], freeze=1, widths=[10, 10])
        sheet.row(0, [1234.5, 1234.5], ["value 1", "score"])

    assert [cell.number_format for cell in written(fill)[4]] == ["#,##0.0", "0.00"]


@pytest.mark.parametrize(
    ("row", "cells", "found"),
    [
        (1_048_575, ["a"], "sheet 'Sheet1' would have a cell in row 1,048,579, column 1, of 1 characters"),
        (1_048_575, [1.5], "sheet 'Sheet1' would have a cell in row 1,048,579, column 1"),
        (0, ["a" * 32_768], "sheet 'Sheet1' would have a cell in row 4, column 1, of 32,768 characters"),
    ],
)
def test_what_a_sheet_has_no_room_for_is_refused(row: int, cells: list[Cell], found: str) -> None:
    """The library itself would say nothing, and leave the cell out."""
    book = Workbook(BytesIO(), {"in_memory": True})
    sheet = Sheet(book.add_worksheet(), styles(book, 2), "title", "about")
    sheet.header(["a"], freeze=1, widths=[9])
    with pytest.raises(BuildError) as refused:
        sheet.row(row, cells, ["text"])
    assert refused.value.problems[0].found == found
    book.close()
