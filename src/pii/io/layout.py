"""Rows of a text file or a sheet made a grid: the header found, titles and footnotes set apart."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import zip_longest

from pii.errors import Problem, TableError
from pii.io.about import NOTHING, About
from pii.io.cells import Cell, Cells, as_text, is_missing, is_number, is_numeric
from pii.io.headers import Roles, names_units
from pii.places.registry import find

__all__ = ["NEUTRALISED", "Grid", "Rows", "lay_out", "restored"]

NEUTRALISED = re.compile(r"'*[=+\-@\t\r#]")
"""Text that a spreadsheet would run as a formula, or a reader of CSV take for a comment."""

_SEARCHED = 40  # rows in which the header is looked for
_COMPARED = 20  # rows under a doubtful one that show what a row of values looks like
_NOTE = re.compile(r"\*|\(?\d\)|\(\*|(?:ghi chú|chú thích|nguồn|notes?|sources?)\b(?P<colon>\s*:)?", re.IGNORECASE)


@dataclass(frozen=True, kw_only=True)
class Rows:
    """Rows as a file has them, blank ones too, with their line numbers; texts have no blanks at their ends."""

    file: str
    rows: Sequence[Sequence[Cell]]
    lines: Sequence[int]
    about: About = NOTHING
    tail: tuple[str, ...] = ()
    remarks: tuple[str, ...] = ()
    sheets: tuple[str, ...] = ()
    """The sheet of a workbook that was read, then the others that hold something."""
    ragged: bool = False
    """Whether the format lets rows differ in length, and has its texts neutralised: CSV does both."""


@dataclass(frozen=True, kw_only=True)
class Grid:
    """Columns under headers, and where each cell stands in its file."""

    file: str
    headers: tuple[str, ...]
    columns: tuple[Cells, ...]
    lines: Sequence[int]
    numbers: Sequence[int]
    """The position in the file of each column, from 1."""
    header_line: int | None = None
    about: About = NOTHING
    remarks: tuple[str, ...] = ()
    neutralised: bool = False
    places: Mapping[tuple[int, int], tuple[int, int]] = field(default_factory=dict)
    """Line and column of cells that moved, by row and column."""

    def place(self, row: int, column: int) -> tuple[int, int]:
        """The line and the column of a cell, from 1."""
        return self.places.get((row, column), (self.lines[row], self.numbers[column]))

    def texts(self, column: int | None) -> list[str]:
        """The cells of a column as text; empty texts for no column."""
        if column is None:
            return [""] * len(self.lines)
        texts = [as_text(cell) for cell in self.columns[column]]
        return list(map(restored, texts)) if self.neutralised else texts


def lay_out(found: Rows, known: Collection[str] = ()) -> Grid:
    """Find the header, set titles and footnotes apart, skip blank rows, and turn rows to columns.

    Parameters
    ----------
    found
        The rows of the file.
    known
        Codes of the scheme, which tell the header from titles.

    Raises
    ------
    TableError
        Nothing is there, or there are two header rows, or rows longer than the header.

    Examples
    --------
    >>> rows = [["Bảng 1"], ["name", "a"], ["X", "1"], [], ["Nguồn: GSO"]]
    >>> grid = lay_out(Rows(file="t.csv", rows=rows, lines=[1, 2, 3, 4, 5], ragged=True))
    >>> grid.headers, grid.columns, grid.lines, grid.about.title, grid.about.notes
    (('name', 'a'), (('X',), ('1',)), (3,), 'Bảng 1', ('Nguồn: GSO',))
    """
    at = _header_row(found.rows, known)
    if at is None:
        raise TableError(
            Problem(file=found.file, found="the file is empty", remedy="give a table with a header row")
        )
    above = [place for place in range(at) if _filled(found.rows[place])]
    for place in above:
        _refuse_header_above(found, place, at)
    width = len(found.rows[at])
    body, footnotes = _split(found, at + 1, width)
    if not body:
        raise TableError(_no_row(found, at))
    if _is_second_header(found.rows, body, width):
        raise TableError(_two_headers(found, at, body[0]))
    _refuse_long(found, at, body, width)
    titles = [*found.about.notes, *(_joined(found.rows[place]) for place in above)]
    return _grid(found, at, body, _about(found.about, titles, (*footnotes, *found.tail)))


def _no_row(found: Rows, at: int) -> Problem:
    """Where the sheet of a workbook holds nothing but a header, or a note taken for one, another may be meant."""
    sheet, *others = found.sheets or ("",)
    return Problem(
        file=found.file,
        line=found.lines[at],
        found="no row stands under the header" + (f" in the sheet {sheet!r}" if sheet else ""),
        rule=f"the workbook also has {', '.join(others)}" if others else "",
        remedy=f"name the table's sheet: --sheet {others[0]!r} (sheet={others[0]!r} in Python)" if others else "",
    )


def _about(about: About, titles: list[str], footnotes: Iterable[str]) -> About:
    """The first line above the table is its title, unless the file names one."""
    title, rest = (about.title, titles) if about.title is not None or not titles else (titles[0], titles[1:])
    return About(
        title=title, notes=(*rest, *footnotes), system=about.system, labels=about.labels, decimal=about.decimal
    )


def _grid(found: Rows, at: int, body: Sequence[int], about: About) -> Grid:
    header = [as_text(cell) for cell in found.rows[at]]
    if found.ragged:
        header = list(map(restored, header))
    short = [found.lines[place] for place in body if len(found.rows[place]) < len(header)]
    columns = list(zip_longest(*(found.rows[place] for place in body), fillvalue=None))
    columns += [(None,) * len(body)] * (len(header) - len(columns))
    kept = [
        column
        for column, text in enumerate(header)
        if text or any(cell not in ("", None) for cell in columns[column])
    ]
    remarks = found.remarks
    if short:
        remarks += (f"shorter than the header, the last cells taken as empty: line {', '.join(map(str, short))}",)
    return Grid(
        file=found.file,
        headers=tuple(header[column] for column in kept),
        columns=tuple(columns[column] for column in kept),
        lines=tuple(found.lines[place] for place in body),
        numbers=[column + 1 for column in kept],
        header_line=found.lines[at],
        about=about,
        remarks=remarks,
        neutralised=found.ragged,
    )


def restored(text: str) -> str:
    """Take off the apostrophe that was put before a text so that no spreadsheet runs it.

    Examples
    --------
    >>> restored("'=1+1"), restored("'t Hooft")
    ('=1+1', "'t Hooft")
    """
    return text[1:] if text.startswith("'") and NEUTRALISED.match(text) else text


def _filled(row: Sequence[Cell]) -> int:
    return len(row) - row.count("") - row.count(None)


def _joined(row: Sequence[Cell], between: str = " ") -> str:
    return between.join(text for text in map(as_text, row) if text)


def _is_text(cell: Cell) -> bool:
    return isinstance(cell, str) and not is_missing(cell) and not is_number(cell)


def _header_row(rows: Sequence[Sequence[Cell]], known: Collection[str]) -> int | None:
    """The row of the long form's headers, else that with most codes of the scheme, else one that names units.

    Where none does, it is the row with most texts.
    """
    best, header = (False, -1, False, -1), None
    for at, row in enumerate(rows[:_SEARCHED]):
        if not _filled(row):
            continue
        texts = [as_text(cell) for cell in row if isinstance(cell, str)]
        score = (
            Roles.of(texts).long,  # its rows hold codes of the scheme as well
            sum(text in known for text in texts),
            _filled(row) > 1 and any(map(names_units, texts)),
            sum(map(_is_text, texts)),
        )
        if score > best:
            best, header = score, at
    return header


def _refuse_header_above(found: Rows, above: int, at: int) -> None:
    """A title has one or two cells; a row with more of them, or with a unit's header, is a header itself."""
    row = found.rows[above]
    if _filled(row) > 2 or (_filled(row) > 1 and any(names_units(as_text(cell)) for cell in row)):
        raise TableError(_two_headers(found, above, at))


def _two_headers(found: Rows, first: int, second: int) -> Problem:
    shown = [" | ".join(map(as_text, found.rows[place])) for place in (first, second)]
    return Problem(
        file=found.file,
        line=found.lines[second],
        found=f"lines {found.lines[first]} and {found.lines[second]} both look like headers: "
        f"{shown[0]!r} and {shown[1]!r}",
        rule="a table has one header row, with the code of each column",
        remedy="keep one of the two rows; groups and units of measurement belong in the scheme",
    )


def _is_second_header(rows: Sequence[Sequence[Cell]], body: Sequence[int], width: int) -> bool:
    """Whether the first row under the header has text in every column that holds numbers further down."""
    first = [*rows[body[0]], *[None] * width][:width]
    following = [rows[place] for place in body[1 : _COMPARED + 1]]
    columns = list(zip_longest(*following, fillvalue=None))[:width]
    measured = [at for at, column in enumerate(columns) if any(map(is_number, column)) and is_numeric(column)]
    filled = [first[at] for at in measured if not is_missing(first[at])]
    others = [cell for at, cell in enumerate(first) if at not in measured and cell not in ("", None)]
    whole = len(filled) == len(measured) > 1 and not any(find(as_text(cell), "VN63") for cell in others)
    return bool(filled) and all(map(_is_text, filled)) and (not others or whole)


def _split(found: Rows, start: int, width: int) -> tuple[list[int], list[str]]:
    """Tell the rows of units from footnotes: a note by its first word, or one cell alone after a blank row."""
    filled = [_filled(row) for row in found.rows]
    units = (at for at in range(len(filled) - 1, start, -1) if _is_unit(found.rows[at], filled[at], width))
    last = next(units, start)
    body: list[int] = []
    notes: list[str] = []
    ended = False
    for at in range(start, len(filled)):
        if not filled[at]:
            ended = at > last
        elif width > 1 and (_is_note(found.rows[at], filled[at], width) or (ended and filled[at] == 1)):
            notes.append(_joined(found.rows[at], ", "))
        else:
            body.append(at)
    return body, notes


def _is_unit(row: Sequence[Cell], n: int, width: int) -> bool:
    if n and width > 1 and _is_note(row, n, width):
        return False
    return n > 1 or (n == 1 and (width == 1 or find(_joined(row), "VN63") is not None))


def _is_note(row: Sequence[Cell], n: int, width: int) -> bool:
    """A note fills one cell; in CSV a comma makes several of it, seldom as many as the header has."""
    note = _NOTE.match(as_text(row[0]) or _joined(row))
    return note is not None and (n == 1 or n == len(row) < width or note["colon"] is not None)


def _refuse_long(found: Rows, at: int, body: Sequence[int], width: int) -> None:
    long = [place for place in body if len(found.rows[place]) > width and _filled(found.rows[place][width:])]
    if long:
        raise TableError(
            Problem(
                file=found.file,
                line=found.lines[place],
                found=f"the row has {len(found.rows[place])} cells, the header on line {found.lines[at]} {width}",
                rule="a row has a cell for each header",
                remedy="put cells that hold the delimiter, such as 12,5, in quotes",
            )
            for place in long
        )
