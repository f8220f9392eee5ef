"""How large a table may be once unpacked: small files that unpack to vast ones are refused in bounded memory."""

from __future__ import annotations

import gzip
import re
from collections.abc import Iterable
from pathlib import Path
from typing import Final, NoReturn
from zipfile import BadZipFile, ZipFile

from pii.errors import Problem, TableError
from pii.numerics.memory import unfit

__all__ = [
    "MAX_BYTES",
    "MAX_CELLS",
    "MAX_WORKBOOK_BYTES",
    "Total",
    "columns_bytes",
    "read_bounded",
    "refuse_large",
    "refuse_many_cells",
    "refuse_unfit",
    "refuse_vast",
    "refuse_vast_parts",
    "text_bytes",
]

MAX_BYTES: Final = 1_000_000_000
"""The most bytes of a file, unpacked."""
MAX_WORKBOOK_BYTES: Final = 200_000_000
"""The most bytes of a workbook, unpacked; its text takes many times as much memory to read."""
MAX_CELLS: Final = 100_000_000
"""The most cells of a sheet, from its first to its last, or of a columnar file."""

# Bytes that a cell takes while a table is read, as measured: a number of a columnar file, one of a text file (a
# text itself, until all are seen), any of a sheet.
_FLOAT = 32
_TEXT = 80
_SHEET = 120
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
        refuse_large(path, file)
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
        It unpacks to too many bytes, or has too many cells, for a table or for the memory that there is.
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
            refuse_unfit(sheet_bytes(extent.cells), file)


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


class Total:
    """Bytes unpacked so far, refused as soon as they are more than a file may unpack to."""

    def __init__(self, file: str) -> None:
        self._file, self._size = file, 0

    def add(self, size: int) -> None:
        """Take in what is unpacked next.

        Raises
        ------
        TableError
            It is too much.
        """
        self._size += size
        if self._size > MAX_BYTES:
            _refuse(self._file, "the file unpacks to more than it may", f"at most {MAX_BYTES:,} bytes are read")


def refuse_vast_parts(sizes: Iterable[int], file: str) -> None:
    """Refuse a file whose parts, by what they say before they are unpacked, come to too many bytes.

    Raises
    ------
    TableError
        They do.
    """
    total = Total(file)
    for size in sizes:
        total.add(size)


def refuse_many_cells(cells: int, file: str) -> None:
    """Refuse a columnar file with too many cells.

    Raises
    ------
    TableError
        It has.
    """
    if cells > MAX_CELLS:
        _refuse(file, "the file unpacks to more than it may", f"at most {MAX_CELLS:,} cells are read")


def refuse_large(path: Path, file: str) -> None:
    """Refuse a file that is too large as it is.

    Raises
    ------
    TableError
        It is.
    """
    size = path.stat().st_size
    if size > MAX_BYTES:
        _refuse(file, f"the file has {size:,} bytes", f"at most {MAX_BYTES:,} are read")


def text_bytes(content: bytes) -> int:
    r"""What the cells of a text take in memory: each a text of its own, and the whole three times over.

    Examples
    --------
    >>> text_bytes(b"code,a\nx,12\n" * 1_000_000)
    356000000
    """
    cells = max(map(content.count, (b",", b";", b"\t", b"|"))) + content.count(b"\n")
    return _TEXT * cells + 3 * len(content)


def columns_bytes(rows: int, numbers: int, texts: int, size: int) -> int:
    """What the columns of a columnar file take, so many of numbers and so many of texts.

    Parameters
    ----------
    size
        Bytes of the columns once unpacked.

    Examples
    --------
    >>> columns_bytes(1_000_000, 50, 1, 408_000_000)
    2088000000
    """
    return rows * (_FLOAT * numbers + _TEXT * texts) + size


def sheet_bytes(cells: int) -> int:
    """What a sheet takes, empty cells between others included.

    Examples
    --------
    >>> sheet_bytes(1_000_000)
    120000000
    """
    return _SHEET * cells


def refuse_unfit(needed: int, file: str) -> None:
    """Refuse a table whose cells need more memory than there is.

    Raises
    ------
    TableError
        With both figures.
    """
    if problem := unfit(needed, "the table", file=file, remedy="split it, or leave columns out"):
        raise TableError(problem)


def _refuse(file: str, found: str, rule: str, remedy: str = "") -> NoReturn:
    raise TableError(Problem(file=file, found=found, rule=rule, remedy=remedy))
