"""Provenance read from files and data frames, by cell, column or row; and kept with a build, cell by cell."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from io import StringIO
from operator import attrgetter
from typing import NamedTuple

import numpy as np

from pii.errors import BuildError, Problem, TableError
from pii.io.grids import read_grid
from pii.io.layout import Grid, restored
from pii.io.writing import csv_line, defused
from pii.places.registry import SYSTEMS, find
from pii.provenance import ORIGIN, Origin, Provenance, origin_faults
from pii.spelling import did_you_mean, fold
from pii.table import Table

__all__ = ["PROVENANCE", "kept_provenance", "provenance_bytes", "read_provenance"]

PROVENANCE = "provenance.csv"
"""The file of a build that says where cells come from; a build whose table does not say has none."""

_HEADERS = ("unit", "column", "period", *ORIGIN)
_texts = attrgetter(*ORIGIN)
_LONGEST = 10_000  # letters of a text; a cell of a workbook takes 32,767


class _Line(NamedTuple):
    """A line of the file: which cells, where they come from, and where it stands."""

    unit: str
    """A code; empty for every unit."""
    column: str
    """A code; empty for every column."""
    origin: Origin
    row: int

    @property
    def exactness(self) -> int:
        return bool(self.unit) + bool(self.column)


@dataclass(frozen=True)
class _Reading:
    """A file on its way to a provenance."""

    grid: Grid
    table: Table
    at: Mapping[str, int]
    """Where each header stands."""
    problems: list[Problem]

    def add(self, row: int, header: str, found: str, rule: str = "", remedy: str = "") -> None:
        """Note a problem with a cell."""
        line, column = self.grid.place(row, self.at[header])
        self.problems.append(
            Problem(file=self.grid.file, line=line, column=column, found=found, rule=rule, remedy=remedy)
        )

    def texts(self, header: str) -> list[str]:
        """The cells under a header; empty texts where it is not there."""
        if header not in self.at:
            return [""] * len(self.grid.lines)
        cells = self.grid.columns[self.at[header]]
        days = {row: str(cell.date()) for row, cell in enumerate(cells) if isinstance(cell, datetime)}
        return [days.get(row, text) for row, text in enumerate(self.grid.texts(self.at[header]))]


def read_provenance(source: object, table: Table, *, sheet: str | None = None) -> Provenance:
    """Where the cells of a table come from, by a companion file in long form.

    A line is about a cell; without a unit about a whole column, without a column about a whole row, and without
    both about the whole table. The more exact line wins, whole; two of the same exactness for one cell are a
    mistake. What is said of rows and columns is said of the cells that have a value. A line about one cell needs a
    value there: what the scheme fills in is no part of the table.

    Parameters
    ----------
    source
        A path, a data frame, or any object with the Arrow PyCapsule interface. Columns: ``unit`` (a code, or a name
        in any spelling), ``column`` (the code of an indicator or a denominator), ``status``, and where wanted
        ``period``, ``source``, ``date``, ``supplier``, ``evidence``, ``footnote``.
    table
        What was measured. Where it is of a period, lines of other periods are left to the tables of these.
    sheet
        The sheet of a workbook.

    Raises
    ------
    TableError
        Every problem found, with file and line: a header, a unit, a column, a status or a date that there is not, a
        cell without a value, two lines about one cell.

    Examples
    --------
    >>> import pandas as pd
    >>> table = Table.of({"a": [1, 2], "b": [3, None]}, units=["x", "y"])
    >>> lines = [("", "a", "provisional"), ("y", "a", "estimated"), ("", "b", "final")]
    >>> notes = read_provenance(pd.DataFrame(lines, columns=["unit", "column", "status"]), table)
    >>> {cell: origin.status for cell, origin in notes.items()}
    {('x', 'a'): 'provisional', ('x', 'b'): 'final', ('y', 'a'): 'estimated'}
    """
    grid = read_grid(source, sheet=sheet, known=frozenset(_HEADERS))
    reading = _Reading(grid, table, _headers(grid), [])
    lines = list(_lines(reading))
    found = _resolved(reading, lines)
    if reading.problems:
        raise TableError(sorted(reading.problems, key=lambda one: (one.line or 0, one.column or 0)))
    return found


def _headers(grid: Grid) -> dict[str, int]:
    """Where each column stands, by its name."""
    at: dict[str, int] = {}
    problems: list[Problem] = []
    for position, header in enumerate(grid.headers):
        name = header.casefold()
        if name not in _HEADERS or name in at:
            found = f"the column {header!r} stands twice" if name in at else f"there is a column {header!r}"
            rule = f"the columns of a provenance are {', '.join(_HEADERS)}"
            hint = did_you_mean(header, _HEADERS) if name not in at else ""
            remedy = hint if hint.startswith("did") else "take it out"
            line, column = grid.header_line, grid.numbers[position]
            problems.append(
                Problem(file=grid.file, line=line, column=column, found=found, rule=rule, remedy=remedy)
            )
        at.setdefault(name, position)
    for header in ("unit", "column", "status"):
        if header not in at:
            rule = "a line says which unit, which column and which status; a unit or a column may be left empty"
            found = f"there is no column {header}"
            problems.append(Problem(file=grid.file, line=grid.header_line, found=found, rule=rule))
    if problems:
        raise TableError(problems)
    return at


def _lines(reading: _Reading) -> Iterator[_Line]:
    """The lines that are of the table's period, and that nothing is wrong with."""
    texts = {header: reading.texts(header) for header in _HEADERS}
    rows = _rows(reading, texts["period"])
    units = _unit_codes(reading.table, (texts["unit"][row] for row in rows))
    for row in rows:
        before = len(reading.problems)
        unit, column = texts["unit"][row], texts["column"][row]
        said = {header: texts[header][row] for header in ORIGIN}
        if isinstance(code := units[unit], Problem):
            reading.add(row, "unit", f"{unit!r}: {code.found}", code.rule, code.remedy)
        if column and column not in reading.table.columns:
            hint = did_you_mean(column, reading.table.columns)
            reading.add(row, "column", f"the table has no column {column!r}", "a column is named by its code", hint)
        for fault in origin_faults(said["status"], said["date"]):
            reading.add(row, *fault)
        for header, text in said.items():
            if len(text) > _LONGEST:
                rule = f"a text has at most {_LONGEST:,} letters"
                reading.add(
                    row, header, f"the text has {len(text):,} letters", rule, "say less, and where the rest is"
                )
        if len(reading.problems) == before:
            yield _Line(str(code), column, Origin(**said), row)  # type: ignore[arg-type]


def _rows(reading: _Reading, periods: Sequence[str]) -> list[int]:
    """The lines of the table's period, and those of no period."""
    own = reading.table.period
    rows = [row for row, period in enumerate(periods) if period in {"", own}]
    others = sorted({*periods} - {"", own})
    if others and not (own and rows):
        rule = f"the table is of {own}" if own else "the table says no period"
        reading.add(
            periods.index(others[0]),
            "period",
            f"the line is of {others[0]}",
            rule,
            "name the period with --period, or leave the cells empty",
        )
    return rows


def _unit_codes(table: Table, spellings: Iterable[str]) -> dict[str, str | Problem]:
    """The code of each unit that is spelt so, or why there is none."""
    units = table.units
    codes = frozenset(units.codes)
    system = next((known for known in SYSTEMS if known == units.system), None)
    named: dict[str, list[str]] = {}
    for code, name in zip(units.codes, units.names, strict=True):
        named.setdefault(fold(name), []).append(code)
    found: dict[str, str | Problem] = {"": ""}
    for text in dict.fromkeys(spellings):
        province = find(text, system) if system else None
        alike = named.get(fold(text), [])
        if not text or text in codes:
            found[text] = text
        elif province and province.code in codes:
            found[text] = province.code
        elif len(alike) == 1:
            found[text] = alike[0]
        else:
            try:
                found[text] = units.codes[units.locate(text)]
            except TableError as error:
                found[text] = error.problems[0]
    return found


def _resolved(reading: _Reading, lines: Sequence[_Line]) -> Provenance:
    """Each cell with the most exact line about it."""
    table, units = reading.table, reading.table.units.codes
    there = ~np.isnan(table.values)
    rows, columns = ({code: slice(at, at + 1) for at, code in enumerate(codes)} for codes in (units, table.columns))
    owner = np.full(there.shape, -1, dtype=np.int32)
    for exactness in (2, 1, 0):
        free = there & (owner < 0)
        for number, line in enumerate(lines):
            if line.exactness != exactness:
                continue
            block = rows.get(line.unit, slice(None)), columns.get(line.column, slice(None))
            if exactness == 2 and not there[block].all():
                _refuse_empty(reading, line)
            twice = free[block] & (owner[block] >= 0)
            if twice.any():
                _refuse_twice(reading, line, lines[owner[block][twice][0]])
            owner[block] = np.where(free[block] & ~twice, number, owner[block])
    origins = {line.origin: at for at, line in enumerate(lines)}
    at = np.array([*(origins[line.origin] for line in lines), -1], dtype=np.int32)
    whole = Provenance(units, table.columns, tuple(line.origin for line in lines), at[owner])
    return whole.on(units, table.columns, there)


def _refuse_empty(reading: _Reading, line: _Line) -> None:
    name = reading.table.units.names[reading.table.units.codes.index(line.unit)]
    found = f"{name} has no value of {line.column}"
    rule = "what is said of a cell is said of its value; what the scheme fills in, the build itself says"
    reading.add(line.row, "column", found, rule, "take the line out, or fill in the cell of the table")


def _refuse_twice(reading: _Reading, line: _Line, other: _Line) -> None:
    number, _ = reading.grid.place(other.row, 0)
    if (line.unit, line.column) == (other.unit, other.column):
        found, remedy = f"line {number} is about the same", "remove one of the two"
        rule = "a cell, a row and a column have one line each"
    else:
        found, remedy = f"line {number} is about some of the same cells", "write a line for each of these cells"
        rule = "of a whole row and a whole column neither is the more exact"
    reading.add(line.row, "unit", found, rule, remedy)


def provenance_bytes(table: Table) -> bytes:
    """The provenance of a table's cells as CSV, a line a cell; ``read_provenance`` reads it too.

    Texts that a spreadsheet would run have an apostrophe before them.

    Examples
    --------
    >>> table = Table.of({"a": [1.0]}, units=["x"])
    >>> print(provenance_bytes(table.noting(Provenance.of({("x", "a"): Origin("final", "=Survey")}))).decode()[1:])
    unit,column,status,source,date,supplier,evidence,footnote
    x,a,final,'=Survey,,,,
    <BLANKLINE>
    """
    known = table.noted
    period = [table.period] if table.period else []
    ends = [csv_line(map(defused, [*period, *_texts(origin)])) for origin in known.origins]
    units, columns = ([csv_line([defused(code)])[:-1] for code in codes] for codes in (known.units, known.columns))
    lines = (
        f"{unit},{column},{ends[at]}"
        for unit, row in zip(units, known.which.tolist(), strict=True)
        for column, at in zip(columns, row, strict=True)
        if at >= 0
    )
    return "".join((csv_line(_header(table.period)), *lines)).encode("utf-8-sig")


def _header(period: str) -> list[str]:
    return [header for header in _HEADERS if header != "period" or period]


def kept_provenance(content: bytes, period: str, file: str) -> Provenance:
    """The provenance that ``provenance_bytes`` wrote, equal in every text.

    Parameters
    ----------
    content
        The file.
    period
        That of the table.
    file
        What to call the file in problems.

    Raises
    ------
    BuildError
        The file does not hold such a provenance, with the line of what is wrong.
    """
    reader = csv.reader(StringIO(content.decode("utf-8-sig", errors="replace"), newline=""), strict=True)
    found: dict[tuple[str, str], Origin] = {}
    origins: dict[tuple[str, ...], Origin] = {}  # most cells share theirs with others
    due = _header(period)
    try:
        if next(reader, []) != due:
            raise ValueError(f"the header is not {','.join(due)}")
        for row in reader:
            if len(row) != len(due):
                raise ValueError(f"the line has {len(row)} cells, the header {len(due)}")
            unit, column, *rest = row
            cell = restored(unit), restored(column)
            if cell in found:
                raise ValueError(f"{column} of {unit} stands twice")
            if (said := tuple(rest)) not in origins:
                cells = dict(zip(due[2:], map(restored, said), strict=True))
                if cells.pop("period", period) != period:
                    raise ValueError(f"the line is not of {period}")
                origins[said] = Origin(**cells)  # type: ignore[arg-type]
            found[cell] = origins[said]
    except (csv.Error, ValueError) as error:
        rule = "the provenance of a build is as it was written"
        raise BuildError(Problem(file=file, line=reader.line_num, found=str(error), rule=rule)) from None
    return Provenance.of(found)
