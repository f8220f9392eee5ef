"""Sheets of a workbook as rows, with the cells that hold an error or a formula never computed."""

from __future__ import annotations

import re
from dataclasses import replace
from html import unescape
from pathlib import Path
from typing import TYPE_CHECKING
from zipfile import BadZipFile, ZipFile, is_zipfile

from pii.errors import Problem, TableError
from pii.io.about import NOTHING, About
from pii.io.cells import Cell, as_text
from pii.io.layout import Rows
from pii.io.limits import refuse_vast
from pii.spelling import did_you_mean

if TYPE_CHECKING:
    from python_calamine import CalamineWorkbook

__all__ = ["ABOUT_SHEET", "read_sheet"]

ABOUT_SHEET = "notes"
"""The sheet in which ``write_table`` puts what belongs to the table and is not a cell."""

# calamine gives an empty cell for an error and for a formula without a result; the file's own text tells them.
_CELL = re.compile(r"<(?:\w+:)?c\b([^>]*?)(?:/>|>(.*?)</(?:\w+:)?c>)", re.DOTALL)
_VALUE = re.compile(r"<(?:\w+:)?v\b[^>]*>([^<]+)<")
_FORMULA = re.compile(r"<(?:\w+:)?f\b[^>]*?(?:/>|>([^<]*)<)")
_REFERENCE = re.compile(r"([A-Z]{1,3})([1-9][0-9]{0,6})")
_ATTRIBUTE = re.compile(r"""([\w:]+)\s*=\s*(["'])(.*?)\2""", re.DOTALL)


def read_sheet(path: Path, file: str, sheet: str | None = None) -> Rows:
    """Read the rows of a sheet; without a name, of the first sheet that is not empty.

    Parameters
    ----------
    path, file
        The workbook, and what messages call it.
    sheet
        The sheet's name.

    Raises
    ------
    TableError
        The file is not a workbook, or has no such sheet.
    """
    from python_calamine import CalamineError, CalamineWorkbook

    if not is_zipfile(path) and path.suffix.lower() != ".xls":
        raise TableError(
            Problem(
                file=file, found=f"the file is no workbook, though called {path.suffix}", remedy="save it again"
            )
        )
    try:
        if is_zipfile(path):
            refuse_vast(path, file)
        with CalamineWorkbook.from_path(path) as book:
            name, remarks = _choose(book, file, sheet)
            filled = _filled(book)
            cells: list[list[Cell]] = [
                [*row] for row in book.get_sheet_by_name(name).to_python(skip_empty_area=False)
            ]
            about = _about(book) if name != ABOUT_SHEET else NOTHING
    except (CalamineError, BadZipFile, NotImplementedError) as error:
        raise TableError(
            Problem(file=file, found=f"the workbook cannot be read: {error}", remedy="save it again as .xlsx")
        ) from None
    rows = [[cell.strip() if isinstance(cell, str) else cell for cell in row] for row in cells]
    if path.suffix.lower() in {".xlsx", ".xlsm"}:
        for (row, column), text in _unread(path, name).items():
            rows += [[] for _ in range(row + 1 - len(rows))]
            rows[row] += [""] * (column + 1 - len(rows[row]))
            rows[row][column] = text
    else:
        remarks += ("in this format a cell with an error, such as #DIV/0!, cannot be told from an empty one",)
    # Notes that somebody else wrote have no title line, and none of them is the title.
    tail = about.notes if about.title is None else ()
    about = replace(about, notes=()) if tail else about
    sheets = (name, *(other for other in filled if other != name))
    lines = range(1, len(rows) + 1)
    return Rows(file=file, rows=rows, lines=lines, about=about, tail=tail, remarks=remarks, sheets=sheets)


def _choose(book: CalamineWorkbook, file: str, sheet: str | None) -> tuple[str, tuple[str, ...]]:
    names = book.sheet_names
    if sheet is not None:
        if sheet not in names:
            raise TableError(
                Problem(
                    file=file,
                    found=f"the workbook has no sheet {sheet!r}",
                    rule=f"its sheets are {', '.join(names)}",
                    remedy=did_you_mean(sheet, names),
                )
            )
        return sheet, ()
    if not names:
        raise TableError(Problem(file=file, found="the workbook has no sheet", remedy="save it again as .xlsx"))
    filled = _filled(book)
    if len(filled) < 2:
        return (filled or names)[0], ()
    return filled[0], (f"read from sheet {filled[0]!r}; the workbook also has {', '.join(filled[1:])}",)


def _filled(book: CalamineWorkbook) -> list[str]:
    """The sheets that hold something, but for the notes of a table."""
    return [name for name in book.sheet_names if name != ABOUT_SHEET and book.get_sheet_by_name(name).height]


def _about(book: CalamineWorkbook) -> About:
    if ABOUT_SHEET not in book.sheet_names:
        return NOTHING
    rows = book.get_sheet_by_name(ABOUT_SHEET).to_python()
    return About.of(as_text(row[0]) for row in rows if row)


def _unread(path: Path, sheet: str) -> dict[tuple[int, int], str]:
    """The cells of a sheet whose error or unfinished formula is lost in reading, by row and column from 0."""
    with ZipFile(path) as archive:
        try:
            text = archive.read(_member(archive, sheet)).decode("utf-8", "replace")
        except (KeyError, StopIteration):
            raise ValueError(f"the workbook does not say where its sheet {sheet!r} is") from None
    found: dict[tuple[int, int], str] = {}
    if 't="e"' not in text and not _FORMULA.search(text):
        return found
    for cell in _CELL.finditer(text):
        attributes, content = _attributes(cell[1]), cell[2] or ""
        value, formula = _VALUE.search(content), _FORMULA.search(content)
        if attributes.get("t") == "e" and value:
            found[_position(attributes.get("r", ""))] = unescape(value[1])
        elif formula and not value and attributes.get("t") != "str":
            found[_position(attributes.get("r", ""))] = f"={unescape(formula[1] or '')}"
    return found


def _member(archive: ZipFile, sheet: str) -> str:
    """Where in the archive a sheet is."""
    book = archive.read("xl/workbook.xml").decode("utf-8", "replace")
    links = archive.read("xl/_rels/workbook.xml.rels").decode("utf-8", "replace")
    sheets = map(_attributes, re.findall(r"<(?:\w+:)?sheet\b([^>]*)>", book))
    tags = map(_attributes, re.findall(r"<(?:\w+:)?Relationship\b([^>]*)>", links))
    identity = next(tag["r:id"] for tag in sheets if unescape(tag["name"]) == sheet)
    target = next(tag["Target"] for tag in tags if tag["Id"] == identity)
    return target.lstrip("/") if target.startswith("/") else f"xl/{target}"


def _attributes(tag: str) -> dict[str, str]:
    return {name: value for name, _, value in _ATTRIBUTE.findall(tag)}


def _position(reference: str) -> tuple[int, int]:
    """Row and column, from 0, of a reference such as B3."""
    if not (parts := _REFERENCE.fullmatch(reference)):
        raise ValueError(f"a cell with an error or a formula stands at {reference!r}, which is no place")
    column = 0
    for letter in parts[1]:
        column = column * 26 + ord(letter) - ord("A") + 1
    return int(parts[2]) - 1, column - 1
