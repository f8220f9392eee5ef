"""Tables and panels read from files and data frames, with everything that is wrong said at once."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from pii.errors import Problem, TableError
from pii.io.cells import ONE_MARK, Conflict, Mark, Numbers, as_text, decimal_mark, numbers
from pii.io.columns import Chosen, choose, find_roles
from pii.io.grids import read_grid
from pii.io.headers import Roles
from pii.io.layout import Grid
from pii.io.pivot import widen
from pii.io.units import Named, deduce, identify
from pii.io.writing import write_table
from pii.places.registry import DESCRIPTIONS, System, provinces
from pii.scheme import Scheme
from pii.table import Panel, Table, Units

__all__ = ["read_panel", "read_table", "write_table"]

_NAMED = 3  # places without a row that are named; the others are counted


def read_table(
    source: object,
    scheme: Scheme | None = None,
    *,
    period: str | None = None,
    sheet: str | None = None,
    system: System | None = None,
    strict: bool = False,
    decimal: Mark | None = None,
) -> Table:
    """The table of one period in a file or a data frame, its units in the order of the rows.

    Parameters
    ----------
    source
        A path (.csv, .tsv, .txt, also .gz; .xlsx, .xlsm, .xls, .ods; .parquet, .arrow, .feather), a pandas
        frame, or any object with the Arrow PyCapsule interface, such as a polars frame. One row a unit, or one
        a value (columns ``indicator`` and ``value``).
    scheme
        What is needed of it. Without one every column of numbers is read, and every other is a label.
    period
        Which period to read, where there are many; the period of the table, where no column says it.
    sheet
        The sheet of a workbook; by default the first that is not empty.
    system
        The system of provinces that the units belong to; by default the scheme's, else what the file declares,
        else, without a scheme, what the names tell.
    strict
        Whether columns unknown to the scheme are refused; else each is left out with a remark.
    decimal
        The decimal mark, where the cells leave it in doubt.

    Raises
    ------
    TableError
        Every problem found, with file, line, column, unit and indicator.

    Examples
    --------
    >>> import pandas as pd
    >>> table = read_table(pd.DataFrame({"province": ["Ha Giang", "TP. Hà Nội"], "rd": ["0,5", ".."]}))
    >>> table.units.names, table.units.system, table.column("rd")
    (('Hà Giang', 'Hà Nội'), 'VN63', array([0.5, nan]))
    >>> table.remarks[1:]
    ("decimal mark ','", "'..' is read as missing: 1 cell")
    """
    grid = read_grid(source, sheet=sheet, known=_known(scheme))
    return _tables(grid, scheme, period, system=system, strict=strict, decimal=decimal)[0]


def read_panel(
    source: object,
    scheme: Scheme | None = None,
    *,
    sheet: str | None = None,
    system: System | None = None,
    strict: bool = False,
    decimal: Mark | None = None,
) -> Panel:
    """The tables of every period in a file or a data frame; units may differ between periods.

    Parameters
    ----------
    source, scheme, sheet, system, strict, decimal
        As for ``read_table``.

    Raises
    ------
    TableError
        Every problem found in any period.

    Examples
    --------
    >>> import pandas as pd
    >>> frame = pd.DataFrame({"country": ["A", "B", "A"], "year": [2023, 2023, 2024], "rd": [1.0, 2.0, 3.0]})
    >>> {period: table.units.codes for period, table in read_panel(frame).items()}
    {'2023': ('A', 'B'), '2024': ('A',)}
    """
    grid = read_grid(source, sheet=sheet, known=_known(scheme))
    return Panel(tuple(_tables(grid, scheme, None, many=True, system=system, strict=strict, decimal=decimal)))


@dataclass(frozen=True)
class _Reading:
    """What is the same in every period of a file."""

    grid: Grid
    named: Named
    chosen: Chosen
    measured: dict[str, Numbers]
    valid: dict[str, tuple[float, float]]
    remarks: tuple[str, ...]


def _known(scheme: Scheme | None) -> frozenset[str]:
    """The headers that are the scheme's own."""
    return frozenset((*scheme.columns, *(label.code for label in scheme.labels)) if scheme else ())


def _tables(
    grid: Grid,
    scheme: Scheme | None,
    period: str | None,
    *,
    many: bool = False,
    system: System | None,
    strict: bool,
    decimal: Mark | None,
) -> list[Table]:
    problems: list[Problem] = []
    roles = find_roles(grid, _known(scheme))
    if roles.long:
        grid, roles = widen(grid, roles, problems)
    chosen = choose(grid, roles, scheme, strict=strict, problems=problems)
    groups = _by_period(grid, roles, None if many else period, many=many, problems=problems)
    named = Named(grid.texts(roles.code), grid.texts(roles.name), grid.lines, grid.file)
    wanted = named.take([row for rows in groups.values() for row in rows])
    before = len(problems)
    used, said = _system(grid, scheme, system, wanted, problems)
    doubtful = len(problems) > before
    mark = _mark(grid, chosen, decimal, problems)
    measured = {code: numbers(grid.columns[at], mark or ".") for code, at in chosen.values.items()}
    said += (f"decimal mark {mark!r}",) if mark == "," else ()
    valid = _ranges(scheme) if scheme and mark else {}
    said += () if many or roles.period is not None else _other_period(grid, period)
    reading = _Reading(grid, named, chosen, measured, valid, (*grid.remarks, *said, *chosen.remarks))
    # Names are not looked up in a system that is itself in doubt.
    units = {
        name: None if doubtful else identify(named.take(rows), used, problems) for name, rows in groups.items()
    }
    for rows in groups.values():
        problems += _cell_problems(reading, rows, lenient=mark is None)
        problems += _empty_rows(reading, rows, scheme)
    if problems:
        raise TableError(sorted(problems, key=lambda found: (found.line or 0, found.column or 0)))
    whole = scheme.units if scheme else None
    return [_table(reading, name, rows, found, whole) for name, rows in groups.items() if (found := units[name])]


def _table(reading: _Reading, period: str, rows: Sequence[int], units: Units, whole: System | None) -> Table:
    about = reading.grid.about
    own = {label: reading.grid.texts(at) for label, at in reading.chosen.labels.items()}
    labels = dict(units.labels) | {label: tuple(texts[row] for row in rows) for label, texts in own.items()}
    columns = [read.values[list(rows)] for read in reading.measured.values()]
    return Table(
        Units(units.codes, units.names, labels, units.system),
        tuple(reading.measured),
        np.array(columns).T.reshape(len(rows), len(columns)),
        period,
        about.title or "",
        about.notes,
        (*reading.remarks, *_gaps(reading, rows), *_no_rows(units, whole)),
    )


def _by_period(
    grid: Grid, roles: Roles, wanted: str | None, *, many: bool, problems: list[Problem]
) -> dict[str, list[int]]:
    """The rows of each period to read."""
    if roles.period is None:
        if many:
            problems.append(
                Problem(
                    file=grid.file,
                    line=grid.header_line,
                    found="no column holds the period",
                    rule="a panel has a column for it, such as year",
                    remedy="add the column, or say of which period the file is: PERIOD=FILE, such as 2023=FILE "
                    "(read_table(file, period='2023') in Python)",
                )
            )
        return {wanted or "": list(range(len(grid.lines)))}
    groups: dict[str, list[int]] = {}
    for row, period in enumerate(grid.texts(roles.period)):
        groups.setdefault(period, []).append(row)
    for row in groups.pop("", ()):
        line, column = grid.place(row, roles.period)
        found = f"the row has no {grid.headers[roles.period]}"
        problems.append(Problem(file=grid.file, line=line, column=column, found=found, remedy="fill in the cell"))
    if many:
        return groups
    if wanted is None and len(groups) < 2:
        return groups
    if wanted in groups:
        return {wanted: groups[wanted]}
    problems.append(_wrong_period(grid, wanted, sorted(groups)))
    return {}


def _other_period(grid: Grid, asked: str | None) -> tuple[str, ...]:
    """A remark where the title of a table without a column for the period has another year than it is read as."""
    years = re.findall(r"\b(?:19|20)\d\d\b", grid.about.title or "")
    if asked is None or not years or asked in years:
        return ()
    return (f"the title says {' and '.join(dict.fromkeys(years))}: read as of the period {asked}",)


def _wrong_period(grid: Grid, wanted: str | None, periods: list[str]) -> Problem:
    if wanted is None:
        return Problem(
            file=grid.file,
            found=f"the table holds {len(periods)} periods: {', '.join(periods)}",
            rule="a table is of one period",
            remedy=f"choose one, with --period {periods[-1]} or period={periods[-1]!r}, or read a panel",
        )
    return Problem(
        file=grid.file,
        found=f"no row is of the period {wanted!r}",
        rule=f"the table holds {', '.join(periods)}",
        remedy="name one of them",
    )


def _system(
    grid: Grid, scheme: Scheme | None, asked: System | None, named: Named, problems: list[Problem]
) -> tuple[System | None, tuple[str, ...]]:
    """The system of provinces, if any, and a remark when the names had to tell it."""
    declared = grid.about.system
    system = asked or (scheme.units if scheme else None)
    if system and declared and system != declared:
        problems.append(
            Problem(
                file=grid.file,
                found=f"the file says that its units are of the system {declared}, and it is read as {system}",
                rule="a place has one system",
                remedy="use the table of the other system, or correct the line 'system:' of the file",
            )
        )
    if system or declared or scheme:
        return system or declared, ()
    deduced = deduce(named, problems)
    return deduced, (f"units taken for {DESCRIPTIONS[deduced]} ({deduced}), by their names",) if deduced else ()


def _mark(grid: Grid, chosen: Chosen, asked: Mark | None, problems: list[Problem]) -> Mark | None:
    """The decimal mark of the file; None when its cells leave it in doubt, or have another than was asked for."""
    columns = list(chosen.values.items())
    mark = decimal_mark([grid.columns[at] for _, at in columns], asked or grid.about.decimal)
    if isinstance(mark, Conflict) and asked:
        return asked
    if not isinstance(mark, Conflict):
        if asked in (None, mark):
            return mark
        problems.append(_other_mark(grid, chosen, asked, mark))
        return None
    places = [(text, *grid.place(row, columns[at][1]), columns[at][0]) for at, row, text in mark.cells]
    shown = [f"{text!r} (line {line}, column {column}, {code})" for text, line, column, code in places]
    problems.append(
        Problem(
            file=grid.file,
            line=places[0][1],
            column=places[0][2],
            found=f"the decimal mark differs: {' and '.join(shown)}"
            if mark.contradict
            else f"the decimal mark is in doubt: {shown[0]} may have thousands or decimals; no cell tells which",
            rule=ONE_MARK,
            remedy="say --decimal . or --decimal , (decimal='.' or decimal=',' in Python)",
        )
    )
    return None


def _other_mark(grid: Grid, chosen: Chosen, asked: Mark, mark: Mark) -> Problem:
    """All that is said of a file with one decimal mark that is to be read with the other."""
    cells = sorted(
        (*grid.place(row, at), code, as_text(grid.columns[at][row]))
        for code, at in chosen.values.items()
        for row, fault in numbers(grid.columns[at], asked).faults.items()
        if fault.rule == ONE_MARK
    )
    shown = [f"{text!r} (line {line}, column {column}, {code})" for line, column, code, text in cells[:3]]
    are = "1 cell is no number" if len(cells) == 1 else f"{len(cells)} cells are no numbers"
    return Problem(
        file=grid.file,
        line=cells[0][0],
        column=cells[0][1],
        found=f"{are} where the decimal mark is {asked!r}: {', '.join(shown)}"
        + (f" and {len(cells) - 3} more" if len(cells) > 3 else ""),
        rule=ONE_MARK,
        remedy=f"say --decimal {mark} (decimal={mark!r} in Python), or nothing: the cells tell it",
    )


def _ranges(scheme: Scheme) -> dict[str, tuple[float, float]]:
    return {i.code: (i.valid.low, i.valid.high) for i in scheme.indicators if i.valid}


def _cell_problems(reading: _Reading, rows: Sequence[int], *, lenient: bool) -> Iterator[Problem]:
    """What is wrong with the cells of a period; leniently, not those that the decimal mark decides."""
    wanted = set(rows)
    for code, read in reading.measured.items():
        for row, fault in read.faults.items():
            if row in wanted and not (lenient and fault.rule == ONE_MARK):
                yield _cell_problem(reading, row, code, *fault)
        if code in reading.valid:
            low, high = reading.valid[code]
            values = read.values[list(rows)]
            for at in np.flatnonzero((values < low) | (values > high)).tolist():
                found = f"the value {float(values[at])!r} is outside {low:g} to {high:g}"
                rule = "the scheme declares which values are valid"
                yield _cell_problem(reading, rows[at], code, found, rule, "correct it, or the range in the scheme")


def _empty_rows(reading: _Reading, rows: Sequence[int], scheme: Scheme | None) -> Iterator[Problem]:
    """Units without any indicator, unless the scheme expects them."""
    if scheme is None or scheme.screen.empty == "exclude":
        return
    read = [reading.measured[i.code] for i in scheme.indicators if i.code in reading.measured]
    if len(read) < len(scheme.indicators):
        return  # absent columns are said already
    for row in rows:
        if all(np.isnan(column.values[row]) and row not in column.faults for column in read):
            line, _ = reading.grid.place(row, 0)
            yield Problem(
                file=reading.grid.file,
                line=line,
                unit=reading.named.label(row),
                found="no indicator is measured",
                rule="a row is there for its values",
                remedy="fill it in, remove it, or declare screen: {empty: exclude} to list such units unranked",
            )


def _cell_problem(reading: _Reading, row: int, code: str, found: str, rule: str, remedy: str) -> Problem:
    line, column = reading.grid.place(row, reading.chosen.values[code])
    return Problem(
        file=reading.grid.file,
        line=line,
        column=column,
        unit=reading.named.label(row),
        indicator=code,
        found=found,
        rule=rule,
        remedy=remedy,
    )


def _no_rows(units: Units, whole: System | None) -> Iterator[str]:
    """A remark for the places of the scheme's system of which the table has no row."""
    places = provinces(whole) if whole is not None and whole == units.system else ()
    codes = set(units.codes)
    gone = [place.name for place in places if place.code not in codes]
    if gone:
        more = f" and {len(gone) - _NAMED} more" if len(gone) > _NAMED else ""
        yield f"no row for {len(gone)} of the {len(places)} places of {whole}: {', '.join(gone[:_NAMED])}{more}"


def _gaps(reading: _Reading, rows: Sequence[int]) -> Iterator[str]:
    """A remark for each missing code met."""
    wanted = set(rows)
    met = Counter(text for read in reading.measured.values() for row, text in read.codes.items() if row in wanted)
    for text, n in met.items():
        yield f"{text!r} is read as missing: {n} cell{'s' if n > 1 else ''}"
