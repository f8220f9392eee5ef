"""Read indicator lists, one row a node: CSV or Excel, with our headers or those of COINr's ``iMeta``."""

from __future__ import annotations

import csv
import re
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from io import StringIO
from math import isfinite
from pathlib import Path
from typing import Any, Final
from zipfile import BadZipFile, is_zipfile

from pii.errors import Problem, SchemeError, TableError
from pii.io.documents import MAX_BYTES, MAX_DEPTH, REFUSED, Address, Document, Place, number, read_text
from pii.io.limits import refuse_vast
from pii.spelling import did_you_mean, nearest

__all__ = ["read_indicator_list"]

HEADERS: Final[Mapping[str, Address]] = {
    "code": ("code",),
    "parent": (),
    "name": (),
    "weight": ("weight",),
    "direction": ("direction",),
    "unit": ("unit",),
    "source": ("source",),
    "note": ("note",),
    "denominator": ("denominator",),
    "goalpost_low": ("goalposts", "low"),
    "goalpost_high": ("goalposts", "high"),
    "target": ("target",),
    "valid_low": ("valid", "low"),
    "valid_high": ("valid", "high"),
    "denominate": ("denominate",),
    "impute": ("impute",),
    "treat": ("treat",),
    "normalise": ("normalise",),
    "weigh": ("weigh",),
    "aggregate": ("aggregate",),
    "coverage": ("coverage",),
}
"""Our headers, and the field of the scheme that each fills; ``name_vi``, ``name_en`` ... name it in a language."""

COINR_HEADERS: Final[Mapping[str, str]] = {
    "icode": "code",
    "parent": "parent",
    "iname": "name",
    "weight": "weight",
    "direction": "direction",
    "unit": "unit",
    "denominator": "denominator",
    "target": "target",
    "goalpost_lower": "goalpost_low",
    "goalpost_upper": "goalpost_high",
    "type": "type",
    "level": "level",
}
"""The headers of COINr's ``iMeta`` in lower case, and ours."""

_DAMAGE = (OSError, EOFError, UnicodeDecodeError, NotImplementedError, zlib.error, BadZipFile)
"""What comes of opening an archive that is damaged, by where the damage is."""
_NUMBERS = {"weight", "goalpost_low", "goalpost_high", "target", "valid_low", "valid_high", "coverage"}
_DIRECTIONS = {"1": 1, "+1": 1, "+": 1, "positive": 1, "-1": -1, "-": -1, "−1": -1, "−": -1, "negative": -1}
_TYPES = ("Indicator", "Aggregate", "Group", "Denominator", "Other")
_OF_GROUPS = {"code", "name", "weight", "note", "weigh", "aggregate", "coverage"}


@dataclass(frozen=True, slots=True)
class _Row:
    """A node as listed: its cells by our headers, and where they stand."""

    line: int
    cells: dict[str, str]
    columns: Mapping[str, int]

    @property
    def code(self) -> str:
        return self.cells.get("code", "")

    @property
    def parent(self) -> str:
        return self.cells.get("parent", "")

    @property
    def kind(self) -> str:
        return self.cells.get("type", "")

    def place(self, header: str) -> Place:
        return Place(self.line, self.columns.get(header, 1), self.cells.get(header, ""))


@dataclass(slots=True)
class _List:
    """A list on its way to a document."""

    file: str
    is_coinr: bool = False
    rows: list[_Row] = field(default_factory=list)
    by_code: dict[str, _Row] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    values: dict[Address, Place] = field(default_factory=dict)
    children: dict[str, list[_Row]] = field(default_factory=dict)

    def of_kind(self, kind: str) -> list[_Row]:
        return [row for row in self.rows if row.kind == kind]

    def add(self, row: _Row, header: str, found: str, rule: str, remedy: str = "") -> None:
        """Note a problem with a cell."""
        place = row.place(header)
        self.problems.append(
            Problem(
                found=found,
                rule=rule,
                remedy=remedy,
                file=self.file,
                line=place.line,
                column=place.column,
                indicator=row.code,
            )
        )


def read_indicator_list(path: Path) -> Document:
    """Return the scheme that a list declares, as nested data with the line and column of every cell.

    A row that another names as its parent is a group, any other an indicator; exactly one row, the index, has
    no parent. The scheme takes the index's code and name. A direction is ``1``, ``+`` or ``positive``, or ``-1``,
    ``-`` or ``negative``. Methods are bare names. Goalposts imply the method ``goalposts`` for their indicator,
    unless its row names another. A denominator that is no indicator of the list is declared as a column.

    From ``iMeta``, told by its header ``iCode``, rows of the types Denominator and Group become the scheme's
    denominators and labels, and ``NA`` is an empty cell; levels follow from the parents. Other columns are ignored,
    as COINr does, but for those that look like a misspelling. Columns of a file count from 1, in cells.
    """
    rows = list(_grid(path))
    found = _List(file=str(path))
    if not rows:
        raise SchemeError(Problem(found="the list is empty", rule="its first row has the headers", file=str(path)))
    columns = _columns(found, *rows[0])
    if not {"code", "parent"} <= columns.keys():
        raise SchemeError(found.problems)
    for line, cells in rows[1:]:
        _take(found, line, cells, columns)
    return _document(found)


def _grid(path: Path) -> Iterator[tuple[int, list[str]]]:
    """The rows that hold anything, with their line."""
    rows = _excel(path) if path.suffix.lower() == ".xlsx" else _csv(path)
    return ((line, cells) for line, cells in rows if any(cells))


def _csv(path: Path) -> Iterator[tuple[int, list[str]]]:
    text = read_text(path)
    delimiter = max(",;\t", key=text.partition("\n")[0].count)
    reader = csv.reader(StringIO(text, newline=""), delimiter=delimiter, strict=True)
    line = 1
    try:
        for cells in reader:
            yield line, [cell.strip() for cell in cells]
            line = reader.line_num + 1
    except csv.Error as error:
        found = "a quotation mark is out of place, or not closed"
        raise SchemeError(Problem(found=found, rule="the file is CSV", file=str(path), line=line)) from error


def _excel(path: Path) -> Iterator[tuple[int, list[str]]]:
    import python_calamine as calamine

    try:
        if (size := path.stat().st_size) > MAX_BYTES:
            found = f"the file has {size:,} bytes"
            raise SchemeError(Problem(found=found, rule=f"at most {MAX_BYTES:,} are read", file=str(path)))
        if is_zipfile(path):
            refuse_vast(path, str(path))
        sheet = calamine.CalamineWorkbook.from_path(path).get_sheet_by_index(0)
    except (*_DAMAGE, calamine.CalamineError) as error:
        problem = Problem(found="the file cannot be read as an Excel workbook", file=str(path))
        raise SchemeError(problem) from error
    except TableError as error:
        raise SchemeError(error.problems) from None
    for line, cells in enumerate(sheet.to_python(skip_empty_area=False), start=1):
        yield line, [_written(cell) for cell in cells]


def _written(cell: Any) -> str:
    """A cell of a workbook as one would write it: Excel keeps 1 as 1.0."""
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return str(cell).strip()


def _columns(found: _List, line: int, headers: list[str]) -> dict[str, int]:
    """Where each of our headers stands, from 1."""
    names = [header.casefold() for header in headers]
    found.is_coinr = "icode" in names
    columns: dict[str, int] = {}
    suggested: list[str] = []
    for position, name in enumerate(names, start=1):
        known = COINR_HEADERS.get(name) if found.is_coinr else _ours(name)
        row = _Row(line, {"": headers[position - 1]}, {"": position})
        if known in columns:
            found.add(
                row, "", f"the header {row.cells['']!r} is already in column {columns[known]}", "one is enough"
            )
        elif known is not None:
            columns[known] = position
        elif name:
            suggested += _refuse_header(found, row)
    for needed in ("code", "parent"):
        if needed not in (*columns, *suggested):
            row = _Row(line, {}, {})
            found.add(row, "", f"there is no column {needed!r}", "a list has the columns code and parent", "add it")
    return columns


def _ours(name: str) -> str | None:
    return name if name in HEADERS or re.fullmatch("name_[a-z]{2,3}", name) else None


def _refuse_header(found: _List, row: _Row) -> tuple[str, ...]:
    """Say that a header is not known; return those that it may stand for."""
    header = row.cells[""]
    known = COINR_HEADERS if found.is_coinr else HEADERS
    if found.is_coinr and not get_close_matches(header.casefold(), known, n=1, cutoff=0.8):
        return ()
    near = nearest(header, known)
    remedy = did_you_mean(header, known) if near else "remove the column"
    rule = "" if near else f"headers are {', '.join(known)}"
    found.add(row, "", f"the header {header!r} is not known", rule, remedy)
    return near


def _take(found: _List, line: int, cells: list[str], columns: Mapping[str, int]) -> None:
    """Take a row in, unless it has no code or one that is taken."""
    empty = {"", "NA"} if found.is_coinr else {""}
    named = {header: cells[at - 1] for header, at in columns.items() if at <= len(cells)}
    row = _Row(line, {header: cell for header, cell in named.items() if cell not in empty}, columns)
    before = found.by_code.get(row.code)
    if not row.code:
        found.add(row, "code", "the row has no code", "every row has one", "give it one, or empty the row")
    elif before:
        words = f"the code {row.code!r} is already used on line {before.line}", "every row has a code of its own"
        found.add(row, "code", *words, "rename one of them")
    else:
        found.rows.append(row)
        found.by_code[row.code] = row
    if found.is_coinr and row.kind not in _TYPES:
        words = f"the type is {row.kind!r}", f"a type is {', '.join(_TYPES)}"
        found.add(row, "type", *words, did_you_mean(row.kind, nearest(row.kind, _TYPES)))


def _document(found: _List) -> Document:
    """The list as a scheme's data."""
    nodes = [row for row in found.rows if row.kind not in {"Group", "Denominator", "Other"}]
    if not nodes:
        found.problems += [Problem(found="the list has no nodes", file=found.file)] * (not found.problems)
        raise SchemeError(found.problems)
    root = _grow(found, nodes)
    index = _node(found, root, ("index",))
    data: dict[str, Any] = {key: index[key] for key in ("code", "name") if key in index}
    for key, columns in (("denominators", _denominators(found, nodes)), ("labels", found.of_kind("Group"))):
        if columns:
            data[key] = [_column(found, row, (key, position)) for position, row in enumerate(columns)]
    lines = {row.line: row.code for row in (root, *found.rows)}
    return Document({**data, "index": index}, {}, found.values, tuple(found.problems), found.file, lines)


def _denominators(found: _List, nodes: list[_Row]) -> list[_Row]:
    """The rows that declare denominators; in our form, those that name one that is no indicator."""
    if found.is_coinr:
        return found.of_kind("Denominator")
    codes = {row.code for row in nodes}
    first = {row.cells["denominator"]: row for row in reversed(nodes) if "denominator" in row.cells}
    return [_Row(row.line, {"code": code}, row.columns) for code, row in first.items() if code not in codes]


def _grow(found: _List, nodes: list[_Row]) -> _Row:
    """Hang every row under its parent, saying which cannot be; return the index."""
    by_code = {row.code: row for row in nodes}
    parents: dict[str, str | None] = {row.code: row.parent for row in nodes}
    _name_strangers(found, by_code, parents)
    _cut_cycles(found, by_code, parents)
    root = _only_root(found, by_code, parents)
    for code, parent in parents.items():
        if code != root.code:
            found.children.setdefault(root.code if parent is None else parent, []).append(by_code[code])
    return root


def _name_strangers(found: _List, by_code: dict[str, _Row], parents: dict[str, str | None]) -> None:
    """Say which parents have no row; their children go to the nearest spelling, or wherever the index is."""
    strangers = [row for row in by_code.values() if row.parent and row.parent not in by_code]
    wanted = {row.parent for row in strangers}
    if len(wanted) == 1 and "" not in parents.values():
        (code,), row = wanted, strangers[0]
        remedy = f"add a row with the code {code!r} and no parent"
        found.add(row, "parent", "no row is without a parent", "exactly one, the index, has none", remedy)
        by_code[code], parents[code] = _Row(row.line, {"code": code}, row.columns), ""
        return
    for row in strangers:
        near = nearest(row.parent, by_code.keys() - {row.code})
        remedy = did_you_mean(row.parent, near) if near else "add its row, or leave the parent of the index empty"
        found.add(row, "parent", f"the parent {row.parent!r} is no node of the list", "a parent has a row", remedy)
        parents[row.code] = near[0] if near else None


def _cut_cycles(found: _List, by_code: Mapping[str, _Row], parents: dict[str, str | None]) -> None:
    seen: set[str] = set()
    for start in list(parents):
        trail: list[str] = []
        code: str | None = start
        while code and code not in seen:
            seen.add(code)
            trail.append(code)
            code = parents[code]
        if code in trail:
            cycle = trail[trail.index(code) :]
            way = " -> ".join((*cycle, code))
            words = f"the parents go round in a circle: {way}", "parents lead to the index", "change one of them"
            found.add(by_code[code], "parent", *words)
            parents[code] = None


def _only_root(found: _List, by_code: Mapping[str, _Row], parents: dict[str, str | None]) -> _Row:
    """The row without a parent; of several, the first that has children."""
    roots = [code for code, parent in parents.items() if parent == ""]
    roots = roots or [code for code, parent in parents.items() if parent is None][:1]
    named = set(parents.values())
    root = by_code[max(roots, key=lambda code: code in named)]
    for code in roots:
        if code != root.code:
            words = f"the row has no parent, and neither has {root.code!r} on line {root.line}"
            found.add(by_code[code], "parent", words, "exactly one row, the index, has none", "give it a parent")
            parents[code] = None
    return root


def _node(found: _List, row: _Row, address: Address) -> dict[str, Any]:
    """A row as a node of the scheme, with its children."""
    children = found.children.get(row.code, [])
    is_group = bool(children) or row.kind == "Aggregate" or address == ("index",)
    found.values[address] = Place(row.line, 1)
    data: dict[str, Any] = {}
    for header in row.cells:
        field_ = HEADERS.get(header)
        if field_ and not (found.is_coinr and is_group and field_[0] not in _OF_GROUPS):
            _put(found, row, header, data, (*address, *field_))
    if name := _name(row.cells):
        data["name"] = name
    if "goalposts" in data:
        data.setdefault("normalise", "goalposts")
    if len(address) > 2 * MAX_DEPTH:
        words = "the row is too deep in the tree", f"a tree has at most {MAX_DEPTH} levels"
        found.add(row, "parent", *words)
    elif is_group:
        data["children"] = [_node(found, child, (*address, "children", i)) for i, child in enumerate(children)]
    return data


def _put(found: _List, row: _Row, header: str, data: dict[str, Any], address: Address) -> None:
    """Put a cell in its field, and note its place."""
    *_, outer, inner = address
    found.values[address] = row.place(header)
    if outer in {"goalposts", "valid"}:
        found.values.setdefault(address[:-1], row.place(header))
        data = data.setdefault(str(outer), {})
    cell = row.cells[header]
    value: Any = number(cell) if header in _NUMBERS else cell
    if header == "direction":
        value = _DIRECTIONS.get(cell.casefold(), cell)
    if isinstance(value, float) and not isfinite(value):
        found.add(row, header, f"{cell} is not finite", "numbers are finite", "write a number, or empty the cell")
        value = REFUSED
    data[str(inner)] = value


def _column(found: _List, row: _Row, address: Address) -> dict[str, Any]:
    """A row as a column that is not an indicator."""
    found.values[address] = Place(row.line, 1)
    for header in ("code", "name", "unit"):
        found.values[*address, header] = row.place(header)
    return {header: row.cells[header] for header in ("code", "name", "unit") if header in row.cells}


def _name(cells: Mapping[str, str]) -> str | dict[str, str]:
    """One text, or one a language."""
    names = {header[5:]: cell for header, cell in cells.items() if header == "name" or header.startswith("name_")}
    return names[""] if list(names) == [""] else names
