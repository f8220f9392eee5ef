"""Rows made a grid: header, titles, footnotes, blank rows, and two header rows refused."""

import pytest

from pii.errors import TableError
from pii.io.layout import Grid, Rows, lay_out


def laid(*rows: list[object], known: tuple[str, ...] = (), ragged: bool = True) -> Grid:
    """Lay out rows numbered from 1."""
    return lay_out(Rows(file="t", rows=rows, lines=range(1, len(rows) + 1), ragged=ragged), known)


def refused(*rows: list[object], known: tuple[str, ...] = ()) -> str:
    """Say why rows are refused."""
    with pytest.raises(TableError) as error:
        laid(*rows, known=known)
    return str(error.value)


def test_titles_and_footnotes_are_set_apart() -> None:
    """The first line is the title, the others are notes; blank rows are skipped, lines are kept."""
    grid = laid(
        ["Bảng 1"], ["Đơn vị: %"], [], ["name", "a"], ["X", "1"], [], ["Y", "2"], ["* sơ bộ"], [], ["GSO"], ["2024"]
    )
    assert grid.about.title == "Bảng 1"
    assert grid.about.notes == ("Đơn vị: %", "* sơ bộ", "GSO", "2024")
    assert (grid.header_line, list(grid.lines), grid.columns) == (4, [5, 7], (("X", "Y"), ("1", "2")))


@pytest.mark.parametrize("note", ["Ghi chú: x, y", "Nguồn: GSO, 2024", "Note: a", "Source: b", "(1) Preliminary"])
def test_notes_by_their_first_word(note: str) -> None:
    """Commas in a footnote make no unit of it."""
    assert laid(["name", "a"], ["X", "1"], [cell.strip() for cell in note.split(",")]).about.notes == (note,)


def test_a_unit_without_values_is_no_footnote() -> None:
    """A single cell is a unit unless a blank row came before; a province is one even then."""
    assert laid(["name", "a"], ["X", "1"], ["Y", ""], [], [], ["Hà Nội", ""], ["z"]).columns[0] == (
        "X",
        "Y",
        "Hà Nội",
        "z",
    )
    assert laid(["name", "a"], ["X", "1"], [], ["z"]).columns[0] == ("X",)


def test_the_header_has_the_schemes_codes() -> None:
    """A title row with more texts is no header when the scheme's codes stand below."""
    grid = laid(["A title", "of two"], ["where", "rd"], ["X", "1"], known=("rd",))
    assert (grid.headers, grid.about.title) == (("where", "rd"), "A title of two")


def test_two_header_rows() -> None:
    """Merged groups, units of measurement, and names above codes: both rows are shown."""
    tail = (
        "a table has one header row, with the code of each column; keep one of the two rows; groups and units of "
    )
    assert refused(["Tỉnh", "Kinh tế", ""], ["", "GRDP", "FDI"], ["X", "1", "2"], ["Y", "3", "4"]) == (
        f"t:2: lines 1 and 2 both look like headers: 'Tỉnh | Kinh tế | ' and ' | GRDP | FDI'; {tail}"
        "measurement belong in the scheme"
    )
    assert "'Tỉnh | a | b' and 'Đơn vị | % | USD'" in refused(
        ["Tỉnh", "a", "b"], ["Đơn vị", "%", "USD"], ["X", "1", "2"], ["Y", "3", "4"]
    )
    assert "'Tỉnh | Chi | Dân' and ' | rd | pop'" in refused(
        ["Tỉnh", "Chi", "Dân"], ["", "rd", "pop"], ["X", "1", "2"], known=("rd", "pop")
    )


def test_nothing_to_read() -> None:
    """No row, and no row but the header."""
    assert refused() == refused([], ["", ""]) == "t: the file is empty; give a table with a header row"
    assert refused(["name", "a"]) == "t:1: no row stands under the header"


def test_a_sheet_of_nothing_but_a_note() -> None:
    """It is named, and the other sheets of the workbook; with no other there is nothing to choose."""
    for sheets, said in (
        (
            ("Notes", "Bảng 1", "Data"),
            " in the sheet 'Notes'; the workbook also has Bảng 1, Data; "
            "name the table's sheet: --sheet 'Bảng 1' (sheet='Bảng 1' in Python)",
        ),
        (("Notes",), " in the sheet 'Notes'"),
    ):
        with pytest.raises(TableError) as error:
            lay_out(Rows(file="t", rows=[["made by hand"]], lines=[1], sheets=sheets))
        assert str(error.value) == f"t:1: no row stands under the header{said}"


def test_rows_longer_and_shorter_than_the_header() -> None:
    """All long rows are named; short ones are read and said to be so."""
    assert refused(["name", "a"], ["X", "12", "5"], ["Y", "1", ""], ["Z", "2", "5"]) == (
        "2 problems"
        "\n  t:2: the row has 3 cells, the header on line 1 2; a row has a cell for each header; "
        "put cells that hold the delimiter, such as 12,5, in quotes"
        "\n  t:4: the row has 3 cells, the header on line 1 2; a row has a cell for each header; "
        "put cells that hold the delimiter, such as 12,5, in quotes"
    )
    grid = laid(["name", "a", "b"], ["X", "1"], ["Y", "2", "3"])
    assert grid.columns[2] == (None, "3")
    assert grid.remarks == ("shorter than the header, the last cells taken as empty: line 2",)


def test_the_apostrophe_before_a_formula_is_taken_off() -> None:
    """In CSV only: a workbook needs none."""
    rows: tuple[list[object], ...] = (["name", "'=a"], ["'-X", "1"], ["'Y", "2"])
    assert (laid(*rows).headers[1], laid(*rows).texts(0)) == ("=a", ["-X", "'Y"])
    assert (laid(*rows, ragged=False).headers[1], laid(*rows, ragged=False).texts(0)) == ("'=a", ["'-X", "'Y"])
