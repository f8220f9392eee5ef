"""The long form, a row for every value, made wide: a row for every unit and period."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from pii.errors import Problem
from pii.io.cells import Cell
from pii.io.headers import Roles
from pii.io.layout import Grid

__all__ = ["widen"]


def widen(grid: Grid, roles: Roles, problems: list[Problem]) -> tuple[Grid, Roles]:
    """The wide form of a long grid, in the order in which units, periods and indicators first appear.

    Parameters
    ----------
    grid, roles
        The long form, and which of its columns are what.
    problems
        Where values without an indicator, and values given twice, are added.

    Examples
    --------
    >>> headers, columns = ("name", "indicator", "value"), (["X", "X", "Y"], ["a", "b", "a"], ["1", "2", "3"])
    >>> long = Grid(file="t.csv", headers=headers, columns=columns, lines=(2, 3, 4), numbers=(1, 2, 3))
    >>> wide, roles = widen(long, Roles.of(headers), [])
    >>> wide.headers, wide.columns
    (('name', 'a', 'b'), (['X', 'Y'], ['1', '3'], ['2', None]))
    """
    parts = {part: at for part in ("code", "name", "period") if (at := getattr(roles, part)) is not None}
    keys = list(zip(*(grid.texts(at) for at in parts.values()), strict=True))
    first: dict[tuple[str, ...], int] = {}
    for row, key in enumerate(keys):
        first.setdefault(key, row)
    starts = list(first.values())
    position = {key: at for at, key in enumerate(first)}
    rows = [position[key] for key in keys]
    steady, varying = _others(grid, roles, rows, starts)
    about = [*parts.values(), *steady]
    columns, places = _spread(grid, roles, rows, len(starts), problems)
    wide = replace(
        grid,
        headers=(*(grid.headers[at] for at in about), *columns),
        columns=(*([grid.columns[at][row] for row in starts] for at in about), *columns.values()),
        lines=tuple(grid.lines[row] for row in starts),
        numbers=(*(grid.numbers[at] for at in about), *[grid.numbers[roles.value or 0]] * len(columns)),
        remarks=(
            *grid.remarks,
            *(f"column {header!r} differs from value to value: left out" for header in varying),
        ),
        places={(row, len(about) + at): place for (row, at), place in places.items()},
    )
    return wide, Roles(**{part: at for at, part in enumerate(parts)})


def _others(grid: Grid, roles: Roles, rows: Sequence[int], first: Sequence[int]) -> tuple[list[int], list[str]]:
    """The columns that play no part: those that say one thing of a unit and period, and those that do not."""
    steady: list[int] = []
    varying: list[str] = []
    for at in range(len(grid.headers)):
        if at in roles.positions:
            continue
        texts = grid.texts(at)
        if all(text == texts[first[row]] for text, row in zip(texts, rows, strict=True)):
            steady.append(at)
        else:
            varying.append(grid.headers[at])
    return steady, varying


def _spread(
    grid: Grid,
    roles: Roles,
    rows: Sequence[int],
    n_rows: int,
    problems: list[Problem],
) -> tuple[dict[str, list[Cell]], dict[tuple[int, int], tuple[int, int]]]:
    """The cells of each indicator, and where each stood."""
    value = roles.value or 0
    indicators = grid.texts(roles.indicator)
    cells = grid.columns[value]
    units = grid.texts(roles.name if roles.name is not None else roles.code)
    order = {code: at for at, code in enumerate(dict.fromkeys(filter(None, indicators)))}
    columns: dict[str, list[Cell]] = {code: [None] * n_rows for code in order}
    places: dict[tuple[int, int], tuple[int, int]] = {}
    for at, (row, code) in enumerate(zip(rows, indicators, strict=True)):
        line, column = grid.place(at, value)
        if not code:
            found = "the value has no indicator"
            problems.append(Problem(file=grid.file, line=line, unit=units[at], found=found, remedy="name it"))
        elif (row, order[code]) in places:
            problems.append(
                Problem(
                    file=grid.file,
                    line=line,
                    column=column,
                    unit=units[at],
                    indicator=code,
                    found=f"the value is on line {places[row, order[code]][0]} already",
                    rule="a unit has one value of an indicator in a period",
                    remedy="remove one of the two",
                )
            )
        else:
            places[row, order[code]] = (line, column)
            columns[code][row] = cells[at]
    return columns, places
