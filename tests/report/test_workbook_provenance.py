"""The sheet of a workbook about where cells come from, and the marks of values that are not final."""

from __future__ import annotations

from io import BytesIO
from typing import Any

import pytest
from openpyxl import load_workbook

from pii.compute import compute
from pii.provenance import Origin, Provenance
from pii.report.words import Language
from pii.report.workbook import workbook
from pii.report.workbook_provenance import unsettled
from pii.result import Result
from tests.report.results import FORMULA, small


def noted() -> Result:
    """Awkward names, a formula in every text, a status of each kind."""
    result = small()
    notes = {
        ("01", "1.1"): Origin("provisional", FORMULA, "2030", FORMULA, "http://x.example", "=1+1"),
        ("02", "1.1"): Origin("final", "Yearbook"),
        ("02", "2"): Origin("estimated"),
        ("04", "1.1"): Origin("imputed"),  # has no value, so that nothing is said of it
    }
    return compute(result.scheme, result.measured.noting(Provenance.of(notes)))


def sheets(result: Result, language: Language = "en") -> Any:
    """The workbook, opened."""
    return load_workbook(BytesIO(workbook(result, language=language)))


def test_every_noted_cell_has_a_row() -> None:
    """With its value, and every text as text."""
    sheet = sheets(noted())["Provenance"]
    rows = [[cell.value for cell in row] for row in sheet.iter_rows(min_row=3)]
    assert rows == [
        ["Code", "Unit", "Column", "Name", "Value", "Status", "Source", "Date", "Supplier", "Evidence", "Footnote"],
        ["01", "Đắk Lắk", "1.1", "Rate", 10, "provisional", FORMULA, "2030", FORMULA, "http://x.example", "=1+1"],
        ["02", FORMULA, "1.1", "Rate", 20, "final", "Yearbook", None, None, None, None],
        ["02", FORMULA, "2", "Cost", 3, "estimated", None, None, None, None, None],
    ]
    assert {cell.data_type for row in sheet.iter_rows(min_row=4) for cell in row if cell.value} == {"s", "n"}
    assert not any(cell.hyperlink for row in sheet.iter_rows() for cell in row)


def test_values_that_are_not_final_are_shaded() -> None:
    """In the sheet of what was measured, which says so, and in its own."""
    book = sheets(noted())
    measured = book["Measured"]
    assert "Shaded: not final" in measured["A2"].value
    shaded = {cell.coordinate for row in measured.iter_rows(min_row=4) for cell in row if cell.fill.fill_type}
    assert shaded == {"C4", "E5"}
    assert unsettled(noted()).tolist()[0] == ["unsettled", "value", "value"]
    own = book["Provenance"]
    assert [bool(own.cell(row, 5).fill.fill_type) for row in (4, 5, 6)] == [True, False, True]


def test_it_speaks_the_language_of_the_workbook() -> None:
    """In headings, statuses and names."""
    sheet = sheets(noted(), "vi")["Nguồn gốc"]
    row = [cell.value for cell in sheet[4]]
    assert row[3:6] == ["Tỷ lệ", 10, "sơ bộ"]
    assert [cell.value for cell in sheet[3]][5:7] == ["Tình trạng", "Nguồn"]


@pytest.mark.parametrize("language", ["en", "vi"])
def test_without_any_there_is_no_such_sheet(language: Language) -> None:
    """And the workbook is what it was."""
    plain = sheets(small(), language)
    assert len(plain.sheetnames) == 10
    assert not {"Provenance", "Nguồn gốc"} & set(plain.sheetnames)
    assert "hade" not in sheets(small())["Measured"]["A2"].value
