"""Files and data frames made grids: text of any delimiter and encoding, workbooks, Parquet, Arrow, pandas."""

from __future__ import annotations

import csv
import os
import re
import sys
import unicodedata
import zlib
from codecs import BOM_UTF8, BOM_UTF16_BE, BOM_UTF16_LE
from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from io import StringIO
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from pii.errors import Problem, TableError
from pii.io.about import NOTHING, About
from pii.io.cells import Cell, Cells
from pii.io.columnar import ARROW, read_columnar
from pii.io.layout import Grid, Rows, lay_out
from pii.io.limits import columns_bytes, read_bounded, refuse_unfit, text_bytes
from pii.io.workbooks import read_sheet
from pii.spelling import did_you_mean

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["ARROW_KEY", "DELIMITED", "read_grid"]

DELIMITED = {".csv": ",", ".tsv": "\t", ".txt": ""}
"""Suffixes of text files, each with the delimiter that it is written with."""
ARROW_KEY = b"pii"
"""The key of the schema's metadata under which a table says what it is."""

_WORKBOOKS = (".xlsx", ".xlsm", ".xls", ".ods")
_DELIMITERS = ("\t", ";", ",", "|")
_SAMPLED = 50  # lines that show which delimiter a file has
_BINARY = re.compile(r"[\x00-\x08\x0b\x0e-\x1f\x7f-\x9f]")
_FRAME = "data frame"


def read_grid(source: object, *, sheet: str | None = None, known: Collection[str] = ()) -> Grid:
    """Read a file or a data frame to a grid.

    Parameters
    ----------
    source
        A path, a pandas frame, or any object with the Arrow PyCapsule interface.
    sheet
        The sheet of a workbook.
    known
        Codes of the scheme, which tell the header from titles.

    Raises
    ------
    TableError
        The source is not there, or is not a table.
    """
    if isinstance(source, str | os.PathLike):
        return _read_file(Path(source), str(source), sheet, known)
    if sheet is not None:
        raise TableError(_no_sheets(_FRAME, sheet))
    pandas: Any = sys.modules.get("pandas")
    if pandas is not None and isinstance(source, pandas.DataFrame):
        return _from_pandas(source)
    if hasattr(source, "__arrow_c_stream__") or hasattr(source, "__arrow_c_array__"):
        import pyarrow as pa

        capsule: Any = source
        return _from_arrow(pa.table(capsule), _FRAME)
    raise TableError(
        Problem(
            found=f"{type(source).__name__} is neither a path nor a data frame",
            rule="a table is a file, a pandas frame or anything with the Arrow PyCapsule interface",
        )
    )


def _no_sheets(file: str, sheet: str) -> Problem:
    return Problem(file=file, found=f"there is no sheet {sheet!r}", rule="only a workbook has sheets")


def _read_file(path: Path, file: str, sheet: str | None, known: Collection[str]) -> Grid:
    suffix = path.with_suffix("").suffix.lower() if path.suffix.lower() == ".gz" else path.suffix.lower()
    if suffix not in {*DELIMITED, *_WORKBOOKS, *ARROW} or (
        suffix not in DELIMITED and path.suffix.lower() == ".gz"
    ):
        raise TableError(
            Problem(
                file=file,
                found=f"the ending {path.suffix!r} is not one of a table",
                rule=f"a table is {', '.join([*DELIMITED, *_WORKBOOKS, *ARROW])}, or text with .gz behind",
            )
        )
    if sheet is not None and suffix not in _WORKBOOKS:
        raise TableError(_no_sheets(file, sheet))
    try:
        if path.stat().st_size == 0:
            raise TableError(Problem(file=file, found="the file is empty", remedy="give a table with a header row"))
        if suffix in DELIMITED:
            content = read_bounded(path, file)
            refuse_unfit(text_bytes(content), file)
            return lay_out(_from_text(content, file, DELIMITED[suffix] if suffix == ".tsv" else ""), known)
        if suffix in _WORKBOOKS:
            return lay_out(read_sheet(path, file, sheet), known)
        table = read_columnar(path, suffix, file)
        texts = sum(not _is_number(kind) for kind in table.schema.types)
        refuse_unfit(columns_bytes(len(table), table.num_columns - texts, texts, table.nbytes), file)
        return _from_arrow(table, file)
    except FileNotFoundError:
        raise TableError(_not_found(path, file)) from None
    except MemoryError:
        raise TableError(
            Problem(file=file, found="the file does not fit memory", remedy="split it, or leave columns out")
        ) from None
    except (OSError, EOFError, ValueError, zlib.error) as error:
        if isinstance(error, TableError):
            raise
        raise TableError(Problem(file=file, found=f"the file cannot be read: {error}")) from None


def _not_found(path: Path, file: str) -> Problem:
    beside = [other.name for other in path.parent.iterdir()] if path.parent.is_dir() else []
    remedy = did_you_mean(path.name, beside)
    return Problem(file=file, found="there is no such file", remedy=remedy if remedy.startswith("did") else "")


def _from_text(content: bytes, file: str, delimiter: str) -> Rows:
    text, remarks = _decode(content, file)
    lines = list(StringIO(text, newline=""))
    comments: list[tuple[int, str]] = []
    reader = _Records(lines, comments)
    delimiter = delimiter or _delimiter(lines)
    rows: list[list[str]] = []
    numbers: list[int] = []
    try:
        for row in csv.reader(reader, delimiter=delimiter, strict=True):
            rows.append(list(map(str.strip, row)))
            numbers.append(reader.start)
    except csv.Error as error:
        raise TableError(
            Problem(
                file=file,
                line=reader.start,
                found=f"the row cannot be read: {error}",
                rule="a quotation mark that opens a cell is closed at its end",
                remedy="close it, or write two for one inside a cell",
            )
        ) from None
    begun = next((number for number, row in zip(numbers, rows, strict=True) if row), 0)
    return Rows(
        file=file,
        rows=rows,
        lines=numbers,
        about=About.of(comment for line, comment in comments if line < begun),
        tail=tuple(comment for line, comment in comments if line > begun and comment),
        remarks=remarks,
        ragged=True,
    )


class _Records(Iterator[str]):
    """The lines of a text for ``csv.reader``, comments set apart; ``start`` is the line its record began on."""

    def __init__(self, lines: Sequence[str], comments: list[tuple[int, str]]) -> None:
        self._lines = iter(enumerate(lines, 1))
        self._comments = comments
        self._quoted = False
        self.start = 0

    def __next__(self) -> str:
        for number, line in self._lines:
            if not self._quoted:
                if line.startswith("#"):
                    self._comments.append((number, line.lstrip("#").strip()))
                    continue
                self.start = number
            self._quoted ^= line.count('"') % 2 == 1
            return line
        raise StopIteration


def _decode(content: bytes, file: str) -> tuple[str, tuple[str, ...]]:
    """The text, its accents as one letter, and a remark when its encoding was found by trial."""
    encodings = ["utf-8", "cp1258"]
    if content.startswith((BOM_UTF16_LE, BOM_UTF16_BE)):
        encodings = ["utf-16"]
    elif content.startswith(BOM_UTF8):
        encodings = ["utf-8-sig"]
    for encoding in encodings:
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if not _BINARY.search(text):
            remarks = ("not UTF-8: read as Windows-1258",) if encoding == "cp1258" else ()
            return unicodedata.normalize("NFC", text), remarks
    raise TableError(
        Problem(
            file=file,
            found="the file is not text in a known encoding",
            rule="text is UTF-8, UTF-16 with its mark, or Windows-1258",
            remedy="save it as CSV in UTF-8",
        )
    )


def _delimiter(lines: Sequence[str]) -> str:
    """The delimiter that gives most lines the same number of cells, more than one."""
    sample = list(islice((line for line in lines if line.strip() and not line.startswith("#")), _SAMPLED))

    def alike(delimiter: str) -> int:
        widths = Counter(len(row) for row in csv.reader(sample, delimiter=delimiter) if len(row) > 1)
        return max(widths.values(), default=0)

    return max(_DELIMITERS, key=alike) if any(map(alike, _DELIMITERS)) else ","


def _from_arrow(table: Any, file: str) -> Grid:
    said = (table.schema.metadata or {}).get(ARROW_KEY, b"").decode("utf-8")
    # pandas writes an index without a name under this one.
    headers = ["" if name.startswith("__index_level_") else str(name).strip() for name in table.column_names]
    return _framed(file, headers, [_arrow_column(column) for column in table.columns], About.of(said.splitlines()))


def _arrow_column(column: Any) -> Cells:
    import pyarrow as pa

    if _is_number(column.type):
        return np.asarray(column.cast(pa.float64(), safe=False).to_numpy(), dtype=np.float64)
    return [_stripped(cell) for cell in column.to_pylist()]


def _is_number(kind: Any) -> bool:
    import pyarrow as pa

    return bool(pa.types.is_integer(kind) or pa.types.is_floating(kind) or pa.types.is_decimal(kind))


def _from_pandas(frame: pd.DataFrame) -> Grid:
    if frame.columns.nlevels > 1:
        raise TableError(
            Problem(file=_FRAME, found="the columns have several levels", rule="a table has one header row")
        )
    headers = [str(name).strip() for name in frame.columns]
    columns = [_pandas_column(frame.iloc[:, at]) for at in range(frame.shape[1])]
    for level in reversed(range(frame.index.nlevels)):
        values = frame.index.get_level_values(level)
        if values.name is not None or values.dtype.kind not in "iu":
            headers.insert(0, "" if values.name is None else str(values.name).strip())
            columns.insert(0, _pandas_column(values.to_series()))
    return _framed(_FRAME, headers, columns, NOTHING)


def _pandas_column(series: pd.Series[Any]) -> Cells:
    if series.dtype.kind in "iuf":
        return series.to_numpy(dtype=np.float64, na_value=np.nan)
    cells: list[Cell] = series.astype(object).tolist()
    gaps: list[bool] = series.isna().tolist()
    return [None if gap else _stripped(cell) for cell, gap in zip(cells, gaps, strict=True)]


def _stripped(cell: Cell) -> Cell:
    return cell.strip() if isinstance(cell, str) else cell


def _framed(file: str, headers: Sequence[str], columns: Sequence[Cells], about: About) -> Grid:
    n = len(columns[0]) if columns else 0
    if not n:
        raise TableError(Problem(file=file, found="the table is empty"))
    return Grid(
        file=file,
        headers=tuple(unicodedata.normalize("NFC", header) for header in headers),
        columns=tuple(columns),
        lines=range(1, n + 1),
        numbers=range(1, len(columns) + 1),
        about=about,
    )
