"""Parquet and Arrow files as tables: every kind of column, and texts that many rows share."""

from __future__ import annotations

import struct
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from pyarrow import parquet

from pii.errors import TableError
from pii.io import limits
from pii.io.columnar import read_columnar

WORDS = pa.array(["north", None, "south", "north"])
STARTS: Any = pa.array([0, 1, 1, 3, 4], pa.int32())
NUMBERS = pa.array([1.5, None, 2.0, 1.5])
KINDS: dict[str, Any] = {
    "texts": WORDS,
    "views": pa.array(WORDS.to_pylist(), pa.string_view()),
    "dictionary of texts": WORDS.dictionary_encode(),
    "dictionary of numbers": NUMBERS.dictionary_encode(),
    "dictionary of lists": pa.DictionaryArray.from_arrays(pa.array([0, 1, 1, 0]), pa.array([["a"], ["b", "c"]])),
    "runs": pa.RunEndEncodedArray.from_arrays(pa.array([1, 4], pa.int32()), pa.array(["north", "south"])),
    "lists": pa.array([["north"], None, ["south", "north"], []]),
    "lists of a dictionary": pa.ListArray.from_arrays(STARTS, WORDS.dictionary_encode()),
    "overlapping lists": pa.array([["north"], None, ["south"], []], pa.list_view(pa.string())),
    "structures": pa.array([{"a": "north"}, None, {"a": "south"}, {"a": "north"}]),
    "maps": pa.array([[("a", "north")], None, [], []], pa.map_(pa.string(), pa.string())),
    "bytes": WORDS.cast(pa.binary()),
    "nothing": pa.nulls(4),
}


def written(path: Path, column: Any) -> Path:
    """A table with one column, and a code beside it."""
    table = pa.table({"code": list("wxyz"), "column": column})
    if path.suffix == ".parquet":
        parquet.write_table(table, path)
    else:
        with pa.ipc.new_file(str(path), table.schema) as sink:
            sink.write_table(table)
    return path


@pytest.mark.parametrize("ending", [".arrow", ".parquet"])
@pytest.mark.parametrize("kind", KINDS)
def test_a_column_of_any_kind_is_read_as_it_is(tmp_path: Path, kind: str, ending: str) -> None:
    """From Arrow; and from Parquet, where it has such columns."""
    column = KINDS[kind]
    try:
        path = written(tmp_path / f"table{ending}", column)
    except pa.ArrowNotImplementedError:
        pytest.skip("such columns are not written to Parquet")
    table = read_columnar(path, ending, "table")
    assert table.column("column").to_pylist() == column.to_pylist()


LONG = "x" * 100_000
SHARED = pa.DictionaryArray.from_arrays(pa.array([0] * 400, pa.int32()), pa.array([LONG]))
WHERE: Any = pa.array([*range(401)], pa.int32())
ALIKE: Any = pa.array([0] * 400, pa.int32())
SEVENS: Any = pa.array([7] * 50_000, pa.int16())
VIEWS: Any = pa.ListViewArray
LENGTHS: Any = pa.array([50_000] * 400, pa.int32())
REPEATED: dict[str, Any] = {
    "dictionary": SHARED,
    "lists of a dictionary": pa.ListArray.from_arrays(WHERE, SHARED),
    "structures of a dictionary": pa.StructArray.from_arrays([SHARED], ["a"]),
    "maps to a dictionary": pa.MapArray.from_arrays(WHERE, pa.array([*map(str, range(400))]), SHARED),
    "runs": pa.RunEndEncodedArray.from_arrays(pa.array([400], pa.int32()), pa.array([LONG])),
    "overlapping lists": VIEWS.from_arrays(ALIKE, LENGTHS, SEVENS),
}
if int(pa.__version__.split(".")[0]) >= 20:  # earlier ones make no array of views from buffers
    EACH = struct.pack("<i4sii", len(LONG), b"xxxx", 0, 0) * 400
    BUFFERS = [None, pa.py_buffer(EACH), pa.py_buffer(LONG.encode())]
    REPEATED["views"] = pa.Array.from_buffers(pa.string_view(), 400, BUFFERS)


@pytest.mark.parametrize("kind", REPEATED)
def test_a_long_text_that_all_rows_share_counts_once_a_row(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    """A file of 100 kB holds 40 MB."""
    path = tmp_path / "table.arrow"
    table = pa.table({"column": REPEATED[kind]})
    with pa.ipc.new_file(str(path), table.schema) as sink:
        sink.write_table(table)
    assert path.stat().st_size < 300_000
    assert len(read_columnar(path, ".arrow", "table")) == 400
    monkeypatch.setattr(limits, "MAX_BYTES", 30_000_000)
    with pytest.raises(TableError, match="the file unpacks to more than it may; at most 30,000,000 bytes"):
        read_columnar(path, ".arrow", "table")


def test_a_file_without_rows_has_its_columns(tmp_path: Path) -> None:
    """As its schema names them."""
    for ending in (".arrow", ".parquet"):
        path = written(tmp_path / f"table{ending}", WORDS.slice(0, 4))
        table = read_columnar(path, ending, "table").slice(0, 0)
        if ending == ".parquet":
            parquet.write_table(table, path)
        else:
            pa.ipc.new_file(str(path), table.schema).close()
        assert read_columnar(path, ending, "table").column_names == ["code", "column"]
