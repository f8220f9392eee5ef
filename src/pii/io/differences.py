"""Where two files of a build differ: cells of tables and workbooks, fields of JSON, lines of text."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from io import BytesIO, StringIO
from itertools import zip_longest
from math import isnan
from typing import Any, NamedTuple

from pii.difference import differing
from pii.errors import PiiError
from pii.io.kept import REFERENCE, TABLE, kept_table
from pii.io.layout import restored
from pii.io.manifests import Manifest
from pii.io.provenance import PROVENANCE, kept_provenance
from pii.table import Table

__all__ = ["Cell", "contradictions", "differences"]


_AT_ODDS = "the cell is not as index.json has it"


class Cell(NamedTuple):
    """A place in a file of a build that differs from what it ought to be."""

    file: str
    found: str
    """What differs."""
    place: str = ""
    """Where in the file: a line, a cell of a workbook, a field."""
    unit: str = ""
    """The code of the unit that it is of, if it is of one."""
    column: str = ""
    """The column that it is in."""
    recorded: str = ""
    """What the file says."""
    expected: str = ""
    """What it ought to say."""


def differences(name: str, recorded: bytes, expected: bytes, *, exact: bool) -> list[Cell]:
    r"""The cells in which a file differs from what it ought to be.

    Parameters
    ----------
    name
        What the file is called; its ending says how it is read.
    recorded, expected
        The file, and what it ought to be.
    exact
        Whether numbers that differ by rounding alone differ too.

    Examples
    --------
    >>> print(*differences("scores.csv", b"unit,a\nx,1.5\n", b"unit,a\nx,1.25\n", exact=True)[0], sep=" | ")
    scores.csv | the cell differs | line 2 | x | a | 1.5 | 1.25
    """
    if recorded == expected:
        return []
    ending = name.rpartition(".")[2]
    try:
        found = list(_COMPARED[ending](name, recorded, expected))
    except (ValueError, OSError, LookupError, TypeError, csv.Error) as error:
        return [Cell(name, f"the file cannot be read: {error}")]
    return [cell for cell in found if exact or not _rounding(cell)]


def _rounding(cell: Cell) -> bool:
    """Whether a cell has two numbers that are the same but for rounding."""
    try:
        one, other = float(cell.recorded), float(cell.expected)
    except ValueError:
        return False
    return not bool(differing(one, other))


def _csv(name: str, recorded: bytes, expected: bytes) -> Iterator[Cell]:
    one, other = _Csv(recorded), _Csv(expected)
    if one.comments != other.comments:
        yield Cell(
            name, "the lines above the table differ", "", "", "", *("\n".join(s.comments) for s in (one, other))
        )
    for found, due in zip_longest(one.header, other.header, fillvalue=""):
        if found != due:
            yield Cell(name, "the header differs", "", "", due, found, due)
    if len(one.rows) != len(other.rows):
        yield Cell(name, "the number of rows differs", "", "", "", str(len(one.rows)), str(len(other.rows)))
    at = other.header.index("unit" if "unit" in other.header else "code")
    for line, row, due_row in zip(one.lines, one.rows, other.rows, strict=False):
        of = f" of {due_row[1]}" if name == PROVENANCE else ""
        for column, found, due in zip_longest(other.header, row, due_row, fillvalue=""):
            if found != due:
                yield Cell(name, "the cell differs", f"line {line}", due_row[at], f"{column}{of}", found, due)


class _Csv:
    """Comments, header and rows of a file, and the line that each row ends on."""

    def __init__(self, content: bytes) -> None:
        lines = content.decode("utf-8-sig", errors="replace").split("\n")
        self.comments = [line for line in lines if line.startswith("#")]
        reader = csv.reader(StringIO("\n".join(lines[len(self.comments) :]), newline=""), strict=True)
        self.header = list(map(restored, next(reader, [])))
        self.rows: list[list[str]] = []
        self.lines: list[int] = []
        for row in reader:
            self.rows.append(list(map(restored, row)))
            self.lines.append(len(self.comments) + reader.line_num)


def _json(name: str, recorded: bytes, expected: bytes) -> Iterator[Cell]:
    sides = [dict(_leaves((), json.loads(content))) for content in (recorded, expected)]
    ranked = {("ranking", at): entry["unit"] for at, entry in enumerate(json.loads(expected).get("ranking", []))}
    found = False
    for path in dict.fromkeys((*sides[0], *sides[1])):
        one, other = (side.get(path, "") for side in sides)
        if one != other:
            found = True
            by_unit = path[0] in {"measured", "indicator_scores", "reference"} and len(path) == 3
            unit = str(path[1]) if by_unit else ranked.get(path[:2], "")
            yield Cell(name, "the value differs", ".".join(map(str, path)), unit, str(path[-1]), one, other)
    if not found and recorded != expected:
        yield Cell(name, "the file is laid out otherwise")


def _leaves(path: tuple[Any, ...], value: Any) -> Iterator[tuple[tuple[Any, ...], str]]:
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else None
    if items is None or not value:
        yield path, json.dumps(value, ensure_ascii=False)
        return
    for key, item in items:
        yield from _leaves((*path, key), item)


def _text(name: str, recorded: bytes, expected: bytes) -> Iterator[Cell]:
    sides = [content.decode("utf-8", errors="replace").split("\n") for content in (recorded, expected)]
    for number, (one, other) in enumerate(zip_longest(*sides, fillvalue=""), 1):
        if one != other:
            yield Cell(name, "the line differs", f"line {number}", "", "", one, other)


def _parquet(name: str, recorded: bytes, expected: bytes) -> Iterator[Cell]:
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        sides = [pq.read_table(BytesIO(content)).to_pydict() for content in (recorded, expected)]
    except pa.ArrowException as error:
        raise ValueError(str(error)) from None
    one, other = sides
    if list(one) != list(other) or len(one["unit"]) != len(other["unit"]):
        yield Cell(name, "the columns or the number of rows differ")
        return
    for column in other:
        for row, (a, b) in enumerate(zip(one[column], other[column], strict=True)):
            found, due = _shown(a), _shown(b)
            if found != due:
                yield Cell(name, "the value differs", other["node"][row], other["unit"][row], column, found, due)


def _shown(value: Any) -> str:
    return "" if value is None or (isinstance(value, float) and isnan(value)) else str(value)


def _workbook(name: str, recorded: bytes, expected: bytes) -> Iterator[Cell]:
    sides = [_sheets(content) for content in (recorded, expected)]
    for sheet in dict.fromkeys((*sides[0], *sides[1])):
        if sheet not in sides[0] or sheet not in sides[1]:
            yield Cell(name, "the sheet is only in one of the two", sheet)
            continue
        rows: Iterator[tuple[list[Any], list[Any]]] = zip_longest(sides[0][sheet], sides[1][sheet], fillvalue=[])
        for row, pair in enumerate(rows, 1):
            cells = zip_longest(pair[0], pair[1], fillvalue="")
            for column, (one, other) in enumerate(cells):
                if one != other:
                    place = f"{sheet}!{_letters(column)}{row}"
                    yield Cell(name, "the cell differs", place, "", "", _shown(one), _shown(other))


def _sheets(content: bytes) -> dict[str, list[list[Any]]]:
    from python_calamine import CalamineError, CalamineWorkbook

    try:
        with CalamineWorkbook.from_filelike(BytesIO(content)) as book:
            return {
                name: book.get_sheet_by_name(name).to_python(skip_empty_area=False) for name in book.sheet_names
            }
    except CalamineError as error:
        raise ValueError(str(error)) from None


def _letters(column: int) -> str:
    """What a spreadsheet calls a column, from 0.

    Examples
    --------
    >>> [_letters(at) for at in (0, 25, 26, 701, 702)]
    ['A', 'Z', 'AA', 'ZZ', 'AAA']
    """
    letters = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


_COMPARED = {"csv": _csv, "json": _json, "md": _text, "parquet": _parquet, "tex": _text, "xlsx": _workbook}


def contradictions(contents: Mapping[str, bytes], manifest: Manifest) -> list[Cell]:
    """Where a build's tables are at odds with what ``index.json`` says was measured.

    For tables that are no longer as they were written, from which nothing can be computed again.
    """
    try:
        record = _mapping(json.loads(contents["index.json"]))
    except (LookupError, ValueError):
        return []
    found: list[Cell] = []
    for name, said, part in ((TABLE, manifest.table, "measured"), (REFERENCE, manifest.reference, "reference")):
        if said is None or name not in contents:
            continue
        try:
            table = kept_table(contents[name], said, name)
        except PiiError as error:
            found += (Cell(name, str(problem)) for problem in error.problems)
            continue
        found += _at_odds(name, table, record.get(part))
        if name == TABLE:
            found += _texts_at_odds(name, table, record.get("ranking"))
    if PROVENANCE in contents and PROVENANCE in manifest.hashes:
        found += _origins_at_odds(contents[PROVENANCE], manifest, record.get("provenance"))
    return found


def _mapping(value: Any) -> dict[str, Any]:
    """A mapping of index.json; empty where it has something else, as one that was tampered with may."""
    return value if isinstance(value, dict) else {}


def _origins_at_odds(content: bytes, manifest: Manifest, record: Any) -> Iterator[Cell]:
    """Origins of cells that are not those of index.json."""
    try:
        notes = kept_provenance(content, manifest.table.period, PROVENANCE)
    except PiiError as error:
        yield from (Cell(PROVENANCE, str(problem)) for problem in error.problems)
        return
    rows = {unit: _mapping(row) for unit, row in _mapping(record).items()}
    due = {(unit, column): _mapping(said) for unit, row in rows.items() for column, said in row.items()}
    sides = [{cell: asdict(origin) for cell, origin in notes.items()}, due]
    for unit, column in dict.fromkeys((*sides[0], *sides[1])):
        one, other = (side.get((unit, column), {}) for side in sides)
        for field in dict.fromkeys((*one, *other)):
            if one.get(field, "") != other.get(field, ""):
                said = f"{field} of {column}"
                yield Cell(PROVENANCE, _AT_ODDS, "", unit, said, one.get(field, ""), _shown(other.get(field)))


def _texts_at_odds(name: str, table: Table, records: Any) -> Iterator[Cell]:
    """Names and labels that are not those of the ranking."""
    entries = map(_mapping, records if isinstance(records, list) else ())
    known = {str(entry.get("unit")): entry for entry in entries}
    for at, code in enumerate(table.units.codes):
        if code in known:
            labels = {label: column[at] for label, column in table.units.labels.items()}
            due = {"name": known[code].get("name"), **_mapping(known[code].get("labels"))}
            for column, text in {"name": table.units.names[at], **labels}.items():
                expected = _shown(due.get(column))
                if text != expected:
                    yield Cell(name, _AT_ODDS, "", code, column, text, expected)


def _at_odds(name: str, table: Table, record: Any) -> Iterator[Cell]:
    if not isinstance(record, dict):
        return
    for code, row in zip(table.units.codes, table.values.tolist(), strict=True):
        values = record.get(code)
        if not isinstance(values, dict):
            yield Cell(name, "index.json does not know the unit", "", code)
            continue
        yield from _row_at_odds(name, code, table.columns, row, values)


def _row_at_odds(
    name: str, code: str, columns: Sequence[str], row: Sequence[float], values: Mapping[str, Any]
) -> Iterator[Cell]:
    for column, value in zip(columns, row, strict=True):
        shown, due = _shown(value), _shown(values.get(column))
        if shown != due:
            yield Cell(name, _AT_ODDS, "", code, column, shown, due)
