"""Gaps of a panel filled from the same unit's other periods, before any index is computed."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from pii.arrays import Vector
from pii.errors import Problem, TableError
from pii.numerics import panel as series
from pii.table import Panel, Table

__all__ = ["carry", "interpolate", "refuse_two_systems", "years"]


def carry(panel: Panel, *, limit: float = np.inf, columns: Sequence[str] | None = None) -> Panel:
    """Fill gaps with the value of the nearest earlier period.

    Every table says in its remarks what was filled, and from when. A unit or column that a period's table has not
    is not added to it.

    Parameters
    ----------
    panel
        Tables of one system of units, by year.
    limit
        How many years back a value may come from, itself included.
    columns
        Which columns to fill; all where not given.

    Raises
    ------
    TableError
        A period is no year, or the tables have units of different systems.

    Examples
    --------
    >>> years = [Table.of({"a": a}, units=["01"], period=year) for year, a in (("2023", [1.0]), ("2024", [None]))]
    >>> filled = carry(Panel(tuple(years)))["2024"]
    >>> filled.column("a"), filled.remarks
    (array([1.]), ("a: 1 gap filled with an earlier year's value (01 from 2023)",))
    """

    def fill(x: NDArray[np.float64], years: Vector) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        return series.carried(x, years, limit=limit)

    return _filled(panel, columns, fill, "with an earlier year's value")


def interpolate(panel: Panel, *, limit: float = np.inf, columns: Sequence[str] | None = None) -> Panel:
    """Fill gaps on the straight line between the nearest measured periods, and flat before and after all of them.

    Every table says in its remarks what was filled. A unit or column that a period's table has not is not added to
    it.

    Parameters
    ----------
    panel
        Tables of one system of units, by year.
    limit
        How many years a gap may be from the nearest measured year, itself included.
    columns
        Which columns to fill; all where not given.

    Raises
    ------
    TableError
        A period is no year, or the tables have units of different systems.

    Examples
    --------
    >>> measured = {"2022": [1.0], "2023": [None], "2024": [3.0]}
    >>> panel = Panel(tuple(Table.of({"a": a}, units=["01"], period=year) for year, a in measured.items()))
    >>> interpolate(panel)["2023"].column("a")
    array([2.])
    """

    def fill(x: NDArray[np.float64], years: Vector) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        return series.interpolated(x, years, limit=limit), np.full(x.shape, np.nan)

    return _filled(panel, columns, fill, "linearly in time")


def _filled(
    panel: Panel,
    columns: Sequence[str] | None,
    fill: Callable[[NDArray[np.float64], Vector], tuple[NDArray[np.float64], NDArray[np.float64]]],
    how: str,
) -> Panel:
    refuse_two_systems(panel)
    when = years(panel)
    units = list(dict.fromkeys(code for table in panel.tables for code in table.units.codes))
    codes = list(dict.fromkeys(code for table in panel.tables for code in table.columns))
    if columns is not None:
        if absent := [code for code in columns if code not in codes]:
            raise TableError(
                Problem(indicator=code, found="no table of the panel has this column") for code in absent
            )
        codes = [code for code in codes if code in columns]
    if not codes:
        return panel
    at_unit = {code: at for at, code in enumerate(units)}
    cube = np.full((len(when), len(codes), len(units)), np.nan)
    for year, table in enumerate(panel.tables):
        across = [at_unit[code] for code in table.units.codes]
        for row, code in enumerate(codes):
            if code in table.columns:
                cube[year, row, across] = table.column(code)
    values, origin = fill(cube, when)
    return Panel(
        tuple(
            _holding(
                table,
                {code: values[year, row, across] for row, code in enumerate(codes) if code in table.columns},
                {code: origin[year, row, across] for row, code in enumerate(codes)},
                how,
            )
            for year, table in enumerate(panel.tables)
            for across in [[at_unit[code] for code in table.units.codes]]
        )
    )


def _holding(table: Table, filled: dict[str, Vector], origin: dict[str, Vector], how: str) -> Table:
    """The table with some columns filled, and remarks on it; itself where nothing was."""
    values = np.array(table.values)
    remarks = []
    for code, column in filled.items():
        at = table.columns.index(code)
        new = np.flatnonzero(np.isnan(values[:, at]) & ~np.isnan(column)).tolist()
        if new:
            values[:, at] = column
            of = [origin[code][unit] for unit in new]
            said = [
                f"{table.units.names[unit]}{'' if np.isnan(year) else f' from {year:g}'}"
                for unit, year in zip(new, of, strict=True)
            ]
            remarks.append(f"{code}: {len(new)} gap{'s' * (len(new) > 1)} filled {how} ({', '.join(said)})")
    return replace(table, values=values, remarks=(*table.remarks, *remarks)) if remarks else table


def refuse_two_systems(panel: Panel) -> None:
    """Refuse a panel whose tables have units of different systems of provinces.

    Raises
    ------
    TableError
        They have; which period has which is said.
    """
    systems: dict[str, list[str]] = {}
    for table in panel.tables:
        systems.setdefault(table.units.system or "no system of provinces", []).append(table.period)
    if len(systems) > 1:
        said = "; ".join(f"{system} in {', '.join(periods)}" for system, periods in sorted(systems.items()))
        raise TableError(
            Problem(
                found=f"the units are of {len(systems)} systems: {said}",
                rule="a series is of one unit; a code may mean another province in another system",
                remedy="bring the tables to one system first, with harmonise_panel",
            )
        )


def years(periods: Iterable[str]) -> Vector:
    """Periods as numbers.

    Raises
    ------
    TableError
        Some are no years.

    Examples
    --------
    >>> years(["2023", "2024"])
    array([2023., 2024.])
    """
    found = list(periods)
    if wrong := [period for period in found if not (period.isascii() and period.isdigit() and len(period) == 4)]:
        raise TableError(
            Problem(found=f"the period is {period!r}", rule="periods are years, to know how far apart they are")
            for period in wrong
        )
    return np.array(found, dtype=np.float64)
