"""Files and frames made grids: delimiters, encodings, comments, and files that are no tables."""

import gzip
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from pyarrow import ipc, parquet

from pii.errors import TableError
from pii.io.grids import read_grid

# As Windows-1258 writes it: a base letter, then its tone.
CP1258 = "Ti\u0309nh;a\nThừa Thiên Huê\u0301;1\n".replace("ừ", "ư\u0300").encode("cp1258")


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder to work in, so that messages have short names."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


def refused(source: object, sheet: str | None = None) -> str:
    """Say why a source is refused."""
    with pytest.raises(TableError) as error:
        read_grid(source, sheet=sheet)
    return str(error.value)


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_delimiters_encodings_and_line_ends(folder: Path, delimiter: str, encoding: str, end: str) -> None:
    """Each is found from the file itself."""
    lines = ["# x,y", f"tỉnh{delimiter}a", f'"Hà\nNội"{delimiter}1', f"Huế{delimiter}2", ""]
    (folder / "t.csv").write_bytes(end.join(lines).encode(encoding))
    grid = read_grid("t.csv")
    assert (grid.headers, grid.columns) == (("tỉnh", "a"), (("Hà\nNội", "Huế"), ("1", "2")))
    assert (grid.header_line, list(grid.lines), grid.about.title) == (2, [3, 5], "x,y")
    assert grid.remarks == ()


def test_decimal_commas_are_no_delimiters(folder: Path) -> None:
    """Semicolons win where commas stand in every row but the header."""
    (folder / "t.txt").write_text("name;a;b\nX;1,5;2,5\nY;2,5;3,5\n", "utf-8")
    assert read_grid("t.txt").headers == ("name", "a", "b")


def test_windows_1258(folder: Path) -> None:
    """The old Vietnamese code page is read, its tones joined to their letters, and said to have been used."""
    (folder / "t.csv").write_bytes(CP1258)
    grid = read_grid("t.csv")
    assert (grid.headers[0], grid.texts(0)) == ("Tỉnh", ["Thừa Thiên Huế"])
    assert grid.remarks == ("not UTF-8: read as Windows-1258",)


def test_comments_before_and_behind(folder: Path) -> None:
    """The first comment is the title; a # inside quotes or after other text is no comment."""
    text = '# title: T\n# made up\nname,a\n"#1",1\n"x\n# y",2\nA # b,3\n# end\n'
    (folder / "t.csv").write_text(text, "utf-8")
    grid = read_grid("t.csv")
    assert (grid.about.title, grid.about.notes) == ("T", ("made up", "end"))
    assert grid.texts(0) == ["#1", "x\n# y", "A # b"]


def test_gzip(folder: Path) -> None:
    """A packed text is read; a broken one is refused."""
    (folder / "t.csv.gz").write_bytes(gzip.compress(b"name,a\nX,1\n"))
    assert read_grid("t.csv.gz").columns == (("X",), ("1",))
    (folder / "t.csv.gz").write_bytes(b"name,a\nX,1\n")
    assert refused("t.csv.gz") == "t.csv.gz: the file cannot be read: Not a gzipped file (b'na')"
    (folder / "t.csv.gz").write_bytes(gzip.compress(b"name,a\nX,1\n")[:-9])
    assert refused("t.csv.gz").startswith("t.csv.gz: the file cannot be read: ")


def test_files_that_are_no_tables(folder: Path) -> None:
    """Each is refused with what it is and what to do."""
    for name, content in {
        "empty.csv": b"",
        "comment.csv": b"# a\n\n",
        "zip.csv": b"PK\x03\x04\x00\xff",
        "latin.csv": b"name,a\nX\x8a\xff,1\n",
        "open.csv": b'name,a\n"X,1\nY,2\n',
        "t.docx": b"x",
        "t.parquet": b"PAR1",
        "t.arrow": b"x",
    }.items():
        (folder / name).write_bytes(content)
    (folder / "d.csv").mkdir()
    assert refused("empty.csv") == "empty.csv: the file is empty; give a table with a header row"
    assert refused("comment.csv") == "comment.csv: the file is empty; give a table with a header row"
    for name in ("zip.csv", "latin.csv"):
        assert refused(name) == (
            f"{name}: the file is not text in a known encoding; "
            "text is UTF-8, UTF-16 with its mark, or Windows-1258; save it as CSV in UTF-8"
        )
    assert refused("open.csv") == (
        "open.csv:2: the row cannot be read: unexpected end of data; "
        "a quotation mark that opens a cell is closed at its end; close it, or write two for one inside a cell"
    )
    assert refused("t.docx") == (
        "t.docx: the ending '.docx' is not one of a table; a table is .csv, .tsv, .txt, .xlsx, .xlsm, .xls, .ods, "
        ".parquet, .arrow, .feather, or text with .gz behind"
    )
    assert refused("t.arrow") == (
        "t.arrow: the file is not what its ending .arrow says; write it again, or give it the ending of what it is"
    )
    for name in ("t.parquet", "d.csv"):
        assert refused(name).startswith(f"{name}: the file cannot be read: ")
    assert refused("t.doc") == refused("t.docx").replace("docx", "doc")
    assert refused("emty.csv") == "emty.csv: there is no such file; did you mean empty.csv?"
    assert refused("open.csv", "A") == "open.csv: there is no sheet 'A'; only a workbook has sheets"
    assert refused(3) == (
        "int is neither a path nor a data frame; "
        "a table is a file, a pandas frame or anything with the Arrow PyCapsule interface"
    )


def test_frames_of_every_kind() -> None:
    """Polars, Arrow tables and batches, and pandas give the same grid; whole numbers and gaps included."""
    data: dict[str, list[Any]] = {"name": ["X", None], "a": [1, None], "b": [0.5, float("nan")]}
    batch = pa.record_batch(data)
    for frame in (pl.DataFrame(data, strict=False), pa.table(data), batch, pd.DataFrame(data)):
        grid = read_grid(frame)
        assert (grid.headers, list(grid.columns[0]), grid.file) == (("name", "a", "b"), ["X", None], "data frame")
        np.testing.assert_array_equal(np.array(grid.columns[1:]), [[1, np.nan], [0.5, np.nan]])
    assert refused(pd.DataFrame(data), "A") == "data frame: there is no sheet 'A'; only a workbook has sheets"
    assert refused(pl.DataFrame({"a": []})) == "data frame: the table is empty"


def test_the_index_of_a_pandas_frame() -> None:
    """One with a name or of texts is a column; one of bare numbers is not."""
    frame = pd.DataFrame({"a": [1.0, 2.0]})
    assert read_grid(frame.iloc[1:]).headers == ("a",)
    assert read_grid(frame.set_axis(["X", "Y"])).headers == ("", "a")
    both = pd.MultiIndex.from_tuples([("X", 2023), ("X", 2024)], names=["unit", "year"])
    assert read_grid(frame.set_axis(both)).headers == ("unit", "year", "a")
    assert refused(frame.set_axis(pd.MultiIndex.from_tuples([("a", "b")]), axis=1)) == (
        "data frame: the columns have several levels; a table has one header row"
    )


def test_cells_of_pandas_and_arrow_keep_their_kind() -> None:
    """Dates, truth values and texts come as they are, every kind of gap as None."""
    moment = pd.Timestamp("2024-01-02")
    frame = pd.DataFrame({"a": [True, pd.NA, " x "], "b": [moment, pd.NaT, None]})
    assert [list(column) for column in read_grid(frame).columns] == [[True, None, "x"], [moment, None, None]]
    grid = read_grid(pa.table({"a": [True, None], "b": pa.array(["1", None]).dictionary_encode()}))
    assert [list(column) for column in grid.columns] == [[True, None], ["1", None]]


def test_parquet_and_arrow_files(folder: Path) -> None:
    """Those of others are read too: streams, and an index that pandas stored without a name."""
    table = pa.table({"name": ["X"], "a": [1]})
    parquet.write_table(table, "t.parquet")
    with ipc.new_stream("t.arrow", table.schema) as stream:
        stream.write_table(table)
    for name in ("t.parquet", "t.arrow"):
        assert read_grid(folder / name).headers == ("name", "a")
    pd.DataFrame({"a": [1]}, index=["X"]).to_parquet("i.parquet")
    assert read_grid("i.parquet").headers == ("a", "")


@pytest.mark.parametrize("new", [ipc.new_file, ipc.new_stream])
@pytest.mark.usefixtures("folder")
def test_an_arrow_file_whose_offsets_lead_outside_it_is_refused(new: Any) -> None:
    """They would be read as they are, from memory that holds something else or nothing."""
    table = pa.table({"code": ["X", "Y"], "a": [1.0, 2.0]})
    with new("t.arrow", table.schema) as sink:
        sink.write_table(table)
    content = Path("t.arrow").read_bytes()
    offsets = np.array([0, 1, 2], dtype="<i4").tobytes()
    assert content.count(offsets) == 1
    Path("t.arrow").write_bytes(content.replace(offsets, np.array([0, 1, 1 << 30], dtype="<i4").tobytes()))
    assert "the file cannot be read: In column 0: Invalid: " in refused("t.arrow")
