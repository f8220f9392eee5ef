"""Sheets of workbooks: chosen, refused, and read with the errors that a reader would lose."""

from pathlib import Path
from zipfile import ZipFile

import openpyxl
import pytest
import xlsxwriter

from pii.errors import TableError
from pii.io.layout import Rows
from pii.io.tables import read_table
from pii.io.workbooks import read_sheet


def read(path: Path, sheet: str | None = None) -> Rows:
    """Read a sheet of a workbook called by its name."""
    return read_sheet(path, path.name, sheet)


@pytest.fixture
def book(tmp_path: Path) -> Path:
    """A workbook with an empty sheet, two filled ones and notes."""
    path = tmp_path / "b.xlsx"
    with xlsxwriter.Workbook(path) as written:
        for name in ("Empty", "Số liệu & 2024", "Other", "notes"):
            sheet = written.add_worksheet(name)
            if name != "Empty":
                sheet.write_string(0, 0, f"title: {name} ")
    return path


def test_the_first_filled_sheet_is_read(book: Path) -> None:
    """The others are said to be there; the sheet of notes is read beside it."""
    rows = read(book)
    assert [list(row) for row in rows.rows] == [["title: Số liệu & 2024"]]
    assert rows.remarks == ("read from sheet 'Số liệu & 2024'; the workbook also has Other",)
    assert rows.about.title == "notes"
    assert rows.sheets == ("Số liệu & 2024", "Other")
    assert read(book, "Other").sheets == ("Other", "Số liệu & 2024")


def test_a_sheet_by_name(book: Path) -> None:
    """A wrong name is refused with the names that there are, and the nearest."""
    assert [list(row) for row in read(book, "Other").rows] == [["title: Other"]]
    assert read(book, "Other").remarks == ()
    with pytest.raises(TableError) as refused:
        read(book, "other ")
    assert str(refused.value) == (
        "b.xlsx: the workbook has no sheet 'other '; its sheets are Empty, Số liệu & 2024, Other, notes; "
        "did you mean Other?"
    )


def test_errors_and_unfinished_formulas_are_not_lost(tmp_path: Path) -> None:
    """An error is no empty cell, nor is a formula that no spreadsheet has computed; empty text is."""
    with xlsxwriter.Workbook(tmp_path / "e.xlsx") as written:
        sheet = written.add_worksheet("A")
        sheet.write_row(0, 0, ["name", "a"])
        sheet.write_formula(1, 1, "=1/0", None, "#DIV/0!")
        sheet.write_formula(2, 1, "=1+1", None, 2)
        sheet.write_formula(3, 1, '=" "', None, " ")
    assert [row[1] for row in read(tmp_path / "e.xlsx").rows] == ["a", "#DIV/0!", 2.0, ""]
    unfinished = openpyxl.Workbook()
    unfinished.worksheets[0]["AB2"] = "=1<2"
    unfinished.save(tmp_path / "f.xlsx")
    assert read(tmp_path / "f.xlsx").rows[1][27] == "=1<2"


def test_notes_of_somebody_else_are_no_title(tmp_path: Path) -> None:
    """Without a title line, the lines of the sheet of notes are footnotes."""
    with xlsxwriter.Workbook(tmp_path / "n.xlsx") as written:
        written.add_worksheet("A").write_string(0, 0, "x")
        written.add_worksheet("notes").write_string(0, 0, "Preliminary")
    rows = read(tmp_path / "n.xlsx")
    assert (rows.about.title, rows.about.notes, rows.tail) == (None, (), ("Preliminary",))


def test_no_workbook(tmp_path: Path) -> None:
    """A file that only has the ending is refused."""
    (tmp_path / "b.xlsx").write_bytes(b"name,a\nX,1\n")
    with pytest.raises(TableError) as refused:
        read(tmp_path / "b.xlsx")
    assert str(refused.value) == "b.xlsx: the file is no workbook, though called .xlsx; save it again"
    with ZipFile(tmp_path / "b.xlsx", "w") as archive:
        archive.writestr("other.txt", "x")
    with pytest.raises(TableError, match=r"b\.xlsx: the workbook cannot be read: .*; save it again as \.xlsx"):
        read(tmp_path / "b.xlsx")


def test_an_old_workbook_is_tried_whatever_it_is_packed_in(tmp_path: Path) -> None:
    """It is no archive, and need not be."""
    (tmp_path / "b.xls").write_bytes(b"name,a\nX,1\n")
    with pytest.raises(TableError, match=r"b\.xls: the workbook cannot be read: .*; save it again as \.xlsx"):
        read(tmp_path / "b.xls")


def test_a_workbook_of_another_format_says_what_cannot_be_told(tmp_path: Path) -> None:
    """OpenDocument: an error is an empty cell there."""
    spaces = " ".join(
        f'xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"' for name in ("office", "table", "text")
    )
    cells = "".join(
        f'<table:table-cell office:value-type="string"><text:p>{text}</text:p></table:table-cell>'
        for text in ("code", "a")
    )
    sheet = f'<table:table table:name="Data"><table:table-row>{cells}</table:table-row></table:table>'
    body = f"<office:body><office:spreadsheet>{sheet}</office:spreadsheet></office:body>"
    files = '<manifest xmlns="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"/>'
    with ZipFile(tmp_path / "b.ods", "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr("META-INF/manifest.xml", files)
        archive.writestr("content.xml", f"<office:document-content {spaces}>{body}</office:document-content>")
    rows = read(tmp_path / "b.ods")
    assert [list(row) for row in rows.rows] == [["code", "a"]]
    assert rows.remarks == (
        "in this format a cell with an error, such as #DIV/0!, cannot be told from an empty one",
    )


def repacked(path: Path, member: str, *changes: tuple[str, str]) -> None:
    """One file inside a workbook changed."""
    with ZipFile(path) as archive:
        texts = {name: archive.read(name) for name in archive.namelist()}
    for old, new in changes:
        assert old.encode() in texts[member]
        texts[member] = texts[member].replace(old.encode(), new.encode())
    with ZipFile(path, "w") as archive:
        for name, text in texts.items():
            archive.writestr(name, text)


def test_a_workbook_without_sheets(book: Path) -> None:
    """Spreadsheets write none; one whose list of sheets is lost is refused."""
    repacked(book, "xl/workbook.xml", ("<sheet ", "<lost "))
    with pytest.raises(TableError, match=r"b\.xlsx: the workbook has no sheet; save it again as \.xlsx"):
        read(book)


@pytest.mark.parametrize(
    ("mark", "offset", "byte", "said"),
    [
        (b"PK\x01\x02", 0, 0x00, "Bad magic number for central directory"),
        (b"PK\x01\x02", 6, 0xFF, "zip file version 25.5"),
    ],
)
def test_a_damaged_archive_is_said(book: Path, mark: bytes, offset: int, byte: int, said: str) -> None:
    """Where it still ends as an archive does."""
    content = bytearray(book.read_bytes())
    content[content.index(mark) + offset] = byte
    book.write_bytes(content)
    with pytest.raises(TableError, match=f"the workbook cannot be read: {said}"):
        read(book)


@pytest.mark.parametrize(
    ("member", "old", "new"),
    [
        ("xl/_rels/workbook.xml.rels", "<Relationship ", "<Relationship\n "),
        ("xl/workbook.xml", 'name="Other" sheetId="3" r:id="rId3"', "r:id='rId3' name='Other' sheetId='3'"),
    ],
)
def test_marks_and_blanks_may_be_others(book: Path, member: str, old: str, new: str) -> None:
    """As XML has it, and some programs write it."""
    repacked(book, member, (old, new))
    assert [list(row) for row in read(book, "Other").rows] == [["title: Other"]]


def test_a_sheet_that_is_not_found_again_is_refused(book: Path) -> None:
    """Its errors could not be told from empty cells."""
    repacked(book, "xl/workbook.xml", ('name="Other"', 'name="Oth>er"'))
    with pytest.raises(TableError, match="the workbook does not say where its sheet 'Oth>er' is"):
        read_table(book, sheet="Oth>er")


@pytest.mark.parametrize("reference", ["", "A0", "7", "a1", "A٣"])
def test_an_error_in_no_place_is_refused(tmp_path: Path, reference: str) -> None:
    """It cannot be put back where it was."""
    with xlsxwriter.Workbook(tmp_path / "e.xlsx") as written:
        sheet = written.add_worksheet("A")
        sheet.write_row(0, 0, ["name", "a"])
        sheet.write_formula(1, 1, "=1/0", None, "#DIV/0!")
    repacked(tmp_path / "e.xlsx", "xl/worksheets/sheet1.xml", ('r="B2"', f'r="{reference}"'))
    with pytest.raises(TableError, match="cannot be read"):
        read_table(tmp_path / "e.xlsx")
