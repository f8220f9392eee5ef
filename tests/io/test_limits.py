"""Small files that unpack to vast ones are refused, and what is read stays within bounds."""

from __future__ import annotations

import gzip
import struct
from collections.abc import Callable
from pathlib import Path
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile

import pyarrow as pa
import pytest
import xlsxwriter
from pyarrow import parquet

from pii.errors import TableError
from pii.io import limits
from pii.io.tables import read_table


@pytest.fixture
def book(tmp_path: Path) -> Callable[..., Path]:
    """Writes a workbook with a few cells, and with a sheet's text in the place of its own."""

    def write(cells: dict[tuple[int, int], object], text: str = "") -> Path:
        path, sound = tmp_path / "table.xlsx", tmp_path / "sound.xlsx"
        written = xlsxwriter.Workbook(sound)
        sheet = written.add_worksheet()
        for (row, column), value in cells.items():
            sheet.write(row, column, value)
        written.close()
        with ZipFile(sound) as old, ZipFile(path, "w", ZIP_DEFLATED) as new:
            for name in old.namelist():
                replaced = text and name.startswith("xl/worksheets/")
                new.writestr(name, text.encode() if replaced else old.read(name))
        return path

    return write


def test_a_sheet_of_two_cells_far_apart_is_refused(book: Callable[..., Path]) -> None:
    """It would be 17 billion cells in memory."""
    path = book({(0, 0): "code", (1_048_575, 16_383): 1})
    with pytest.raises(TableError, match="reaches to row 1,048,576 and column 16,384; at most 100,000,000 cells"):
        read_table(path)


def test_cells_without_places_are_counted(book: Callable[..., Path]) -> None:
    """The width of a sheet is found where its cells say no column."""
    cells = "<c><v>1</v></c>" * 200
    path = book({}, f'<worksheet><sheetData><row>{cells}</row><row r="1000000"/></sheetData></worksheet>')
    with pytest.raises(TableError, match="row 1,000,000 and column 200"):
        read_table(path)


def test_the_reach_of_a_sheet_does_not_depend_on_where_it_is_cut() -> None:
    """A reference, and a row, may lie across two pieces."""
    text = b'<row r="7">' + b"<c/>" * 9 + b'</row><row r="41"><c r="AB41"><v>1</v></c></row>'
    whole = limits._Extent()
    whole.see(text)
    assert (whole.rows, whole.columns) == (41, 28)
    for cut in range(len(text)):
        pieces = limits._Extent()
        pieces.see(text[:cut])
        pieces.see(text[cut:])
        assert (pieces.rows, pieces.columns) == (41, 28)


def test_a_workbook_that_unpacks_to_too_much_is_refused(
    book: Callable[..., Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever its headers say of its size."""
    monkeypatch.setattr(limits, "MAX_WORKBOOK_BYTES", 100_000)
    path = book({}, "<worksheet>" + "a" * 1_000_000 + "</worksheet>")
    with pytest.raises(TableError, match="the workbook unpacks to more than it may; at most 100,000 bytes"):
        read_table(path)
    content = path.read_bytes()
    size = struct.pack("<I", 1_000_023)
    assert content.count(size) == 2
    path.write_bytes(content.replace(size, struct.pack("<I", 10)))
    with pytest.raises(TableError, match="the workbook unpacks to more than it may"):
        read_table(path)


def test_a_workbook_with_a_password_is_said(tmp_path: Path) -> None:
    """Its members cannot be opened."""
    path = tmp_path / "table.xlsx"
    with ZipFile(path, "w") as archive:
        archive.writestr("xl/workbook.xml", "x")
    content = bytearray(path.read_bytes())
    content[6] |= 1  # the flag of encryption, in the local header and in the directory
    content[content.rindex(b"PK\x01\x02") + 8] |= 1
    path.write_bytes(content)
    with pytest.raises(
        TableError, match=r"cannot be read: .*encrypted.*; a workbook is an archive without a password"
    ):
        read_table(path)


def test_entities_are_not_expanded(book: Callable[..., Path]) -> None:
    """No text of a sheet is made of declarations of its own."""
    declared = '<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]>'
    path = book(
        {},
        f'{declared}<worksheet><sheetData><row><c t="inlineStr"><is><t>&b;</t></is></c></row></sheetData></worksheet>',
    )
    with pytest.raises(TableError, match="the workbook cannot be read"):
        read_table(path)


def test_a_packed_text_is_unpacked_within_bounds(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """And a plain one is not read at all."""
    packed, plain = tmp_path / "table.csv.gz", tmp_path / "table.csv"
    packed.write_bytes(gzip.compress(b"code,a\n" + b"x,1\n" * 1_000))
    plain.write_bytes(b"code,a\n" + b"x,1\n" * 1_000)
    monkeypatch.setattr(limits, "MAX_BYTES", 1_000)
    with pytest.raises(TableError, match="unpacks to more than it may; at most 1,000 bytes"):
        read_table(packed)
    with pytest.raises(TableError, match="the file has 4,007 bytes; at most 1,000 are read"):
        read_table(plain)


@pytest.mark.parametrize("limit", ["MAX_BYTES", "MAX_CELLS"])
@pytest.mark.parametrize("ending", [".parquet", ".arrow", ".feather"])
def test_a_columnar_file_is_unpacked_within_bounds(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, ending: str, limit: str
) -> None:
    """Batch by batch."""
    table = pa.table({"code": list(map(str, range(30_000))), "a": [0.0] * 30_000})
    path = tmp_path / f"table{ending}"
    if ending == ".parquet":
        parquet.write_table(table, path)
    else:
        opened: Any = pa.ipc.new_file if ending == ".arrow" else pa.ipc.new_stream
        with opened(path, table.schema) as sink:
            sink.write_table(table, max_chunksize=10_000)
    assert len(read_table(path).units) == 30_000
    monkeypatch.setattr(limits, limit, 25_000)
    with pytest.raises(TableError, match="unpacks to more than it may"):
        read_table(path)
