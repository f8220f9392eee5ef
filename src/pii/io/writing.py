"""Tables and panels written so that reading gives them back, whole and in order."""

from __future__ import annotations

import gzip
import os
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from io import BytesIO, StringIO
from pathlib import Path

import numpy as np

from pii.arrays import Vector
from pii.errors import Problem, TableError
from pii.io.about import About
from pii.io.grids import ARROW_KEY, DELIMITED
from pii.io.layout import NEUTRALISED
from pii.io.workbooks import ABOUT_SHEET
from pii.places.registry import System
from pii.table import Panel, Table

__all__ = ["csv_line", "defused", "write_table"]

_CREATED = datetime(2000, 1, 1)  # of every workbook, so that the same table gives the same bytes
_SUFFIXES = (".csv", ".csv.gz", ".tsv", ".tsv.gz", ".xlsx", ".parquet", ".arrow", ".feather")


def write_table(table: Table | Panel, path: str | os.PathLike[str]) -> None:
    """A file from which ``read_table``, or ``read_panel``, makes the same table; the ending says of what kind.

    Columns are the unit's code and name, the period if there is one, labels, then values. Title, notes, the system
    of provinces and which columns are labels stand in ``#`` lines above a text, in a sheet ``notes`` of a workbook,
    in the metadata of Parquet and Arrow. In CSV, text that a spreadsheet would run gets an apostrophe before it.

    Parameters
    ----------
    table
        What to write.
    path
        Where: .csv, .tsv (also .gz), .xlsx, .parquet, .arrow or .feather. The same table gives the same bytes.

    Raises
    ------
    TableError
        The ending is unknown, the file cannot be written, or a column has the header of the unit's own.

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> table = Table.of({"rd": [0.5, None]}, units=["X", "Y"], period="2024", title="Synthetic trial")
    >>> with TemporaryDirectory() as folder:
    ...     write_table(table, f"{folder}/trial.csv")
    ...     print(Path(folder, "trial.csv").read_text("utf-8"))
    # title: Synthetic trial
    # decimal: .
    code,name,period,rd
    X,X,2024,0.5
    Y,Y,2024,
    """
    path = Path(path)
    sheet = _lay_out(table, str(path))
    name = path.name.lower()
    suffix = next((suffix for suffix in _SUFFIXES if name.endswith(suffix)), "")
    if not suffix:
        raise TableError(
            Problem(
                file=str(path),
                found=f"tables are not written as {path.suffix!r}",
                rule=f"the ending is {', '.join(_SUFFIXES)}",
            )
        )
    try:
        path.write_bytes(_encode(sheet, suffix))
    except OSError as error:
        raise TableError(Problem(file=str(path), found=f"the file cannot be written: {error.strerror}")) from None


@dataclass(frozen=True)
class _Sheet:
    """Columns of text, then columns of numbers, and what is said about them."""

    texts: dict[str, list[str]]
    values: dict[str, Vector]
    about: About

    def rows(self) -> Iterator[tuple[tuple[str, ...], list[float | None]]]:
        """The texts and the numbers of each row, None where not measured."""
        n = len(self.texts["code"])
        numbers = np.column_stack([*self.values.values(), np.empty((n, 0))])
        cells = numbers.astype(object)
        cells[np.isnan(numbers)] = None
        return zip(zip(*self.texts.values(), strict=True), cells.tolist(), strict=True)


def _lay_out(table: Table | Panel, file: str) -> _Sheet:
    tables = (table,) if isinstance(table, Table) else table.tables
    labels = list(dict.fromkeys(label for one in tables for label in one.units.labels))
    columns = list(dict.fromkeys(code for one in tables for code in one.columns))
    texts: dict[str, list[str]] = {
        "code": [code for one in tables for code in one.units.codes],
        "name": [name for one in tables for name in one.units.names],
    }
    if any(one.period for one in tables):
        texts["period"] = [one.period for one in tables for _ in one.units.codes]
    _refuse_twins([*texts, *labels, *columns], file)
    for label in labels:
        texts[label] = [group for one in tables for group in one.units.labels.get(label, ("",) * len(one.units))]
    values = {code: np.concatenate([_column(one, code) for one in tables]) for code in columns}
    notes = dict.fromkeys(note for one in tables for note in one.notes)
    title = next((one.title for one in tables if one.title), "")
    return _Sheet(
        texts, values, About(title=title, notes=tuple(notes), system=_system(tables, file), labels=tuple(labels))
    )


def _column(table: Table, code: str) -> Vector:
    return table.column(code) if code in table.columns else np.full(len(table.units), np.nan)


def _refuse_twins(headers: Sequence[str], file: str) -> None:
    twins = sorted({header for header in headers if headers.count(header) > 1})
    if twins:
        raise TableError(
            Problem(
                file=file,
                indicator=header,
                found=f"two columns would have the header {header!r}",
                rule="code, name and period are the headers of the unit",
                remedy="rename the column",
            )
            for header in twins
        )


def _system(tables: Sequence[Table], file: str) -> System | None:
    systems = {table.units.system for table in tables}
    if len(systems) > 1:
        found = f"the tables are of different systems: {', '.join(sorted(map(str, systems)))}"
        raise TableError(
            Problem(file=file, found=found, rule="a file has units of one system", remedy="write two files")
        )
    system = next(iter(systems), None)
    return "VN63" if system == "VN63" else "VN34" if system == "VN34" else None


def _encode(sheet: _Sheet, suffix: str) -> bytes:
    if suffix == ".xlsx":
        return _workbook(sheet)
    if suffix in {".parquet", ".arrow", ".feather"}:
        return _arrow(sheet, suffix)
    kind, _, packed = suffix[1:].partition(".")
    text = _text(sheet, DELIMITED[f".{kind}"]).encode("utf-8")
    return gzip.compress(text, mtime=0) if packed else text


def _text(sheet: _Sheet, delimiter: str) -> str:
    about = sheet.about
    declared = About(title=about.title, notes=about.notes, system=about.system, labels=about.labels, decimal=".")
    written = StringIO(newline="")
    written.writelines(f"# {line}\n" for line in declared.lines())
    written.write(csv_line(map(defused, (*sheet.texts, *sheet.values)), delimiter))
    for texts, numbers in sheet.rows():
        cells = ("" if number is None else repr(number) for number in numbers)
        written.write(csv_line((*map(defused, texts), *cells), delimiter))
    return written.getvalue()


def csv_line(cells: Iterable[str], delimiter: str = ",") -> str:
    r"""One line of CSV: cells that hold the delimiter, a quotation mark or any line end stand in quotes.

    ``csv.writer`` leaves a carriage return as it is, after which a spreadsheet sees a new row.

    Examples
    --------
    >>> csv_line(["a,b", "c\rd", 'e"f', "g"])
    '"a,b","c\rd","e""f",g\n'
    """
    special = (delimiter, '"', "\r", "\n")
    quoted = (
        '"{}"'.format(cell.replace('"', '""')) if any(map(cell.__contains__, special)) else cell for cell in cells
    )
    return delimiter.join(quoted) + "\n"


def defused(text: str) -> str:
    """Text that a spreadsheet opening a CSV file shows, and does not run.

    Examples
    --------
    >>> defused("=1+1"), defused("Hà Nội")
    ("'=1+1", 'Hà Nội')
    """
    return f"'{text}" if NEUTRALISED.match(text) else text


class _Exact(float):
    """A number that keeps all its digits when xlsxwriter formats it with 16."""

    def __format__(self, spec: str) -> str:
        return repr(float(self))


def _workbook(sheet: _Sheet) -> bytes:
    from xlsxwriter import Workbook

    written = BytesIO()
    with Workbook(written, {"in_memory": True}) as book:
        book.set_properties({"created": _CREATED})
        cells = book.add_worksheet("table")
        for column, header in enumerate((*sheet.texts, *sheet.values)):
            cells.write_string(0, column, header)
        for row, (texts, numbers) in enumerate(sheet.rows(), 1):
            for column, text in enumerate(texts):
                cells.write_string(row, column, text)
            for column, value in enumerate(numbers, len(texts)):
                if value is not None:
                    cells.write_number(row, column, _Exact(value))
        notes = book.add_worksheet(ABOUT_SHEET)
        for row, line in enumerate(sheet.about.lines()):
            notes.write_string(row, 0, line)
    return written.getvalue()


def _arrow(sheet: _Sheet, suffix: str) -> bytes:
    import pyarrow as pa
    from pyarrow import ipc, parquet

    texts = {header: pa.array(column, pa.string()) for header, column in sheet.texts.items()}
    values = {
        header: pa.array(column, pa.float64(), mask=np.isnan(column)) for header, column in sheet.values.items()
    }
    said = "\n".join(sheet.about.lines()).encode("utf-8")
    table = pa.table({**texts, **values}).replace_schema_metadata({ARROW_KEY: said})
    written = BytesIO()
    if suffix == ".parquet":
        parquet.write_table(table, written)
    else:
        with ipc.new_file(written, table.schema) as writer:
            writer.write_table(table)
    return written.getvalue()
