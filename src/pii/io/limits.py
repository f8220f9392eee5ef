"""How large a table may be once unpacked: small files that unpack to vast ones are refused in bounded memory."""

from __future__ import annotations

import gzip
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final, NoReturn
from zipfile import BadZipFile, ZipFile

from pii.errors import Problem, TableError

__all__ = ["MAX_BYTES", "MAX_CELLS", "MAX_WORKBOOK_BYTES", "read_arrow_batches", "read_bounded", "refuse_vast"]

MAX_BYTES: Final = 1_000_000_000
"""The most bytes of a file, unpacked."""
MAX_WORKBOOK_BYTES: Final = 200_000_000
"""The most bytes of a workbook, unpacked; its text takes many times as much memory to read."""
MAX_CELLS: Final = 100_000_000
"""The most cells of a sheet, from its first to its last, or of a columnar file."""

_CHUNK = 1 << 20
_CELL = re.compile(rb"<(?:\w+:)?c[ />]")
_REFERENCE = re.compile(rb'\br="([A-Z]{0,3})([0-9]{1,7})"')
_OVERLAP = 64  # bytes; no reference is longer


def read_bounded(path: Path, file: str) -> bytes:
    """The bytes of a text file, unpacked where its name ends in .gz.

    Raises
    ------
    TableError
        They are more than a table may have.
    """
    if path.suffix.lower() != ".gz":
        if path.stat().st_size > MAX_BYTES:
            _refuse(file, f"the file has {path.stat().st_size:,} bytes", f"at most {MAX_BYTES:,} are read")
        return path.read_bytes()
    with gzip.open(path) as unpacked:
        content = unpacked.read(MAX_BYTES + 1)
    if len(content) > MAX_BYTES:
        _refuse(file, "the file unpacks to more than it may", f"at most {MAX_BYTES:,} bytes are read")
    return content


def refuse_vast(path: Path, file: str) -> None:
    """Refuse a zipped workbook that unpacks to too much, or one with cells too far apart.

    A reader makes a cell for every place between the first and the last one of a sheet, however few are filled.
    What the archive's headers say of sizes is not believed.

    Raises
    ------
    TableError
        It unpacks to too many bytes, or has too many cells.
    """
    left = MAX_WORKBOOK_BYTES
    with ZipFile(path) as archive:
        for member in archive.infolist():
            member.file_size = MAX_WORKBOOK_BYTES + 2 * _CHUNK
            is_sheet = member.filename.startswith("xl/worksheets/")
            extent = _Extent()
            try:
                with archive.open(member) as packed:
                    for chunk in iter(lambda packed=packed: packed.read(_CHUNK), b""):  # type: ignore[misc]
                        left -= len(chunk)
                        if left < 0:
                            _refuse(
                                file,
                                "the workbook unpacks to more than it may",
                                f"at most {MAX_WORKBOOK_BYTES:,} bytes are read",
                                "save the table as CSV or Parquet",
                            )
                        if is_sheet:
                            extent.see(chunk)
            except (BadZipFile, RuntimeError, NotImplementedError) as error:
                _refuse(
                    file, f"the workbook cannot be read: {error}", "a workbook is an archive without a password"
                )
            if extent.cells > MAX_CELLS:
                _refuse(
                    file,
                    f"the sheet {member.filename} reaches to row {extent.rows:,} and column {extent.columns:,}",
                    f"at most {MAX_CELLS:,} cells are read, empty ones between others included",
                    "delete the stray cells far below or to the right, and save it again",
                )


class _Extent:
    """How far a sheet reaches, from its text piece by piece."""

    def __init__(self) -> None:
        self.rows = self.columns = 0
        self._in_row = 0
        self._before = b""

    @property
    def cells(self) -> int:
        return self.rows * self.columns

    def see(self, chunk: bytes) -> None:
        """Take in the next piece."""
        text = self._before + chunk
        self._before = chunk[-_OVERLAP:]
        for letters, number in set(_REFERENCE.findall(text)):
            self.rows = max(self.rows, int(number))
            self.columns = max(self.columns, _column(letters))
        # Cells may also come one after another without saying where they are.
        first, *others = chunk.split(b"<row")
        counts = [self._in_row + len(_CELL.findall(first)), *(len(_CELL.findall(row)) for row in others)]
        self.columns = max(self.columns, *counts)
        self._in_row = counts[-1]


def _column(letters: bytes) -> int:
    column = 0
    for letter in letters:
        column = column * 26 + letter - ord("A") + 1
    return column


def read_arrow_batches(batches: Iterator[Any], schema: Any, file: str) -> Any:
    """Batches of a columnar file as one table, as long as they stay within bounds.

    Raises
    ------
    TableError
        They have too many cells or bytes.
    """
    import pyarrow as pa

    kept: list[Any] = []
    rows = size = 0
    for batch in batches:
        kept.append(batch)
        rows += batch.num_rows
        size += batch.nbytes
        if size > MAX_BYTES or rows * len(schema) > MAX_CELLS:
            _refuse(
                file,
                "the file unpacks to more than it may",
                f"at most {MAX_BYTES:,} bytes and {MAX_CELLS:,} cells are read",
            )
    return pa.Table.from_batches(kept, schema)


def _refuse(file: str, found: str, rule: str, remedy: str = "") -> NoReturn:
    raise TableError(Problem(file=file, found=found, rule=rule, remedy=remedy))
