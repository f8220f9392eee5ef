"""Small files that unpack to vast ones are refused, and what is read stays within bounds."""

from __future__ import annotations

import gzip
import struct
import subprocess
import sys
import tracemalloc
from collections.abc import Callable
from pathlib import Path
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile

import numpy as np
import pyarrow as pa
import pytest
import xlsxwriter
from pyarrow import parquet

from pii.errors import TableError
from pii.io import grids, limits
from pii.io.tables import read_table, write_table
from pii.table import Table
from tests.shared import leave_memory


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
    with pytest.raises(TableError, match=r"unpacks to more than it may|the file has .* bytes; at most 25,000"):
        read_table(path)


BOMBS = {
    "a packed column of zeros": """
import numpy as np
batch = pa.record_batch({"a": np.zeros(60_000_000)})
with kind(path, batch.schema, options=pa.ipc.IpcWriteOptions(compression="zstd")) as sink:
    for _ in range(3):
        sink.write_batch(batch)
""",
    "a long text in every row": """
import numpy as np
text = pa.DictionaryArray.from_arrays(pa.array(np.zeros(30_000, np.int32)), pa.array(["x" * 1_000_000]))
table = pa.table({"code": list(map(str, range(30_000))), "a": text})
if kind is None:
    pa.parquet.write_table(table, path, store_schema=False)
else:
    with kind(path, table.schema, options=pa.ipc.IpcWriteOptions(compression="lz4")) as sink:
        sink.write_table(table)
""",
}
READ = """
import resource, sys
from pii.errors import TableError
from pii.io.tables import read_table
import pyarrow.parquet, pyarrow.compute
used = int(open("/proc/self/statm").read().split()[0]) * resource.getpagesize()
resource.setrlimit(resource.RLIMIT_AS, (used + 700_000_000,) * 2)
try:
    read_table(sys.argv[1])
except TableError as refusal:
    print(refusal)
"""


@pytest.mark.skipif(not Path("/proc/self/statm").exists(), reason="the system does not say how much is used")
@pytest.mark.parametrize(
    ("what", "ending", "kind"),
    [
        ("a packed column of zeros", ".feather", "pa.ipc.new_file"),
        ("a packed column of zeros", ".arrow", "pa.ipc.new_stream"),
        ("a long text in every row", ".arrow", "pa.ipc.new_file"),
        ("a long text in every row", ".feather", "pa.ipc.new_stream"),
        ("a long text in every row", ".parquet", "None"),
    ],
)
def test_a_bomb_is_refused_in_little_memory(tmp_path: Path, what: str, ending: str, kind: str) -> None:
    """In a process that may take 700 MB more than it has, a file of less than 1 MB that unpacks to 1.4 GB or more."""
    path = tmp_path / f"table{ending}"
    written = f"import pyarrow as pa, pyarrow.parquet\npath, kind = {str(path)!r}, {kind}\n{BOMBS[what]}"
    subprocess.run([sys.executable, "-c", written], check=True)
    assert path.stat().st_size < 1_000_000
    read = subprocess.run([sys.executable, "-c", READ, path], capture_output=True, text=True, check=True)
    assert "the file unpacks to more than it may; at most 1,000,000,000 bytes are read" in read.stdout


@pytest.mark.parametrize("ending", [".csv", ".xlsx", ".parquet"])
def test_a_table_that_does_not_fit_memory_is_refused_with_both_figures(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, ending: str
) -> None:
    """Before any of its cells is made."""
    path = tmp_path / f"table{ending}"
    write_table(
        Table.of({"a": np.arange(1_000.0), "b": np.arange(1_000.0)}, units=[f"u{at}" for at in range(1_000)]), path
    )
    assert len(read_table(path).units) == 1_000
    leave_memory(monkeypatch, 50_000)
    with pytest.raises(TableError, match=r"the table needs 0\.\d MB of memory; 0\.1 MB are available; split it"):
        read_table(path)


def test_a_file_for_which_memory_gives_out_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the figure was too low."""

    def none_left(*_: object) -> None:
        raise MemoryError

    path = tmp_path / "table.csv"
    path.write_text("code,a\nx,1\n")
    monkeypatch.setattr(grids, "read_bounded", none_left)
    with pytest.raises(TableError, match="the file does not fit memory; split it"):
        read_table(path)


def test_figures_of_texts_are_near_what_reading_takes(tmp_path: Path) -> None:
    """Within a factor of two."""
    path, random = tmp_path / "table.csv", np.random.default_rng(0)
    rows = (",".join(map(str, [at, *row])) for at, row in enumerate(random.normal(50, 10, (4_000, 20)).round(3)))
    path.write_text("\n".join(["code," + ",".join(f"c{at}" for at in range(20)), *rows]))
    read_table(path)
    tracemalloc.start()
    read_table(path)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert 0.5 < limits.text_bytes(path.read_bytes()) / peak < 2
