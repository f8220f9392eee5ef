"""Crosswalks read from files and data frames, with everything that is wrong said at once, by line."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from pii.errors import Problem, TableError
from pii.io.cells import numbers
from pii.io.grids import read_grid
from pii.io.layout import Grid
from pii.places.crosswalk import Crosswalk
from pii.places.registry import System, find, match
from pii.spelling import fold

__all__ = ["read_crosswalk"]

_COLUMNS = ("from", "to", "share")


def read_crosswalk(
    source: object,
    *,
    source_system: System | None = None,
    system: System | None = None,
    sheet: str | None = None,
) -> Crosswalk:
    """The crosswalk in a table of three columns: from (an old unit), to (a new one), share (of the old one).

    Provinces of a named system may be spelt in any way; all other units are codes, as the table to be harmonised
    has them. Other columns are not read. Without a column of shares, every old unit goes whole to the one new unit.

    Parameters
    ----------
    source
        A path, a data frame, or any object with the Arrow PyCapsule interface.
    source_system, system
        The systems of provinces of the old and of the new units, if they are provinces.
    sheet
        The sheet of a workbook.

    Raises
    ------
    TableError
        Every problem found, with file and line: a column that is not there, a share that is no number or is not
        above 0, a pair given twice, an old unit whose shares do not sum to 1, a province that the system has not.

    Examples
    --------
    >>> import pandas as pd
    >>> read_crosswalk(pd.DataFrame({"from": ["a", "b", "b"], "to": ["x", "x", "y"], "share": [1, 0.25, 0.75]}))
    <Crosswalk: 2 units, 1 of them split, to 2>
    """
    grid = read_grid(source, sheet=sheet, known=frozenset(_COLUMNS))
    headers = [fold(header) for header in grid.headers]
    absent = [column for column in _COLUMNS[:2] if column not in headers]
    if absent:
        raise TableError(
            Problem(
                file=grid.file,
                line=grid.header_line,
                found=f"there is no column {column}",
                rule="a crosswalk has the columns from, to and share",
                remedy="call the column of old units from, that of new ones to",
            )
            for column in absent
        )
    problems: list[Problem] = []
    old = _units(grid, headers.index("from"), source_system, problems)
    new = _units(grid, headers.index("to"), system, problems)
    shares = _shares(grid, headers.index("share"), problems) if "share" in headers else [1.0] * len(grid.lines)
    if problems:
        raise TableError(sorted(problems, key=lambda found: (found.line or 0, found.column or 0)))
    return Crosswalk.of(
        zip(old, new, shares, strict=True),
        source_system=source_system,
        system=system,
        file=grid.file,
        lines=grid.lines,
    )


def _units(grid: Grid, at: int, system: System | None, problems: list[Problem]) -> list[str]:
    """The codes of a column's units."""
    codes: dict[str, str] = {}
    texts = grid.texts(at)
    for row, text in enumerate(texts):
        line, column = grid.place(row, at)
        if not text:
            found = f"the row has no {grid.headers[at]}"
            problems.append(Problem(file=grid.file, line=line, column=column, found=found, remedy="fill it in"))
        elif text not in codes:
            province = find(text, system) if system else None
            if system and province is None:
                try:
                    match([text], system=system, file=grid.file, lines=[line])
                except TableError as error:
                    problems += error.problems
            codes[text] = province.code if province else text
    return [codes.get(text, "") for text in texts]


def _shares(grid: Grid, at: int, problems: list[Problem]) -> Sequence[float]:
    # No share has thousands, so a comma in it is the decimal mark.
    read = numbers(grid.columns[at], "," if any("," in text for text in grid.texts(at)) else ".")
    for row in np.flatnonzero(np.isnan(read.values)).tolist():
        line, column = grid.place(row, at)
        found = read.faults[row].found if row in read.faults else "the row has no share"
        rule, remedy = "a share is a number", "write the part of the old unit that goes there: 1, or 0.25"
        problems.append(Problem(file=grid.file, line=line, column=column, found=found, rule=rule, remedy=remedy))
    shares: list[float] = read.values.tolist()
    return shares
