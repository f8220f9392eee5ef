"""Where units will stand if each indicator goes on along its straight trend."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from pii.arrays import Matrix, Vector
from pii.errors import Problem, TableError
from pii.table import Panel, Table

__all__ = ["project"]


def project(panel: Panel, year: int, *, lowest: float | None = 0.0) -> Table:
    """The table of a year to come: every value on the least-squares line through its own years.

    A value that is measured in one year only stays; one that never is stays a gap. Units and columns are those of
    the last table. What is extrapolated is said in the table's remarks.

    Parameters
    ----------
    panel
        Tables of one system of units; the periods are years.
    year
        Which year.
    lowest
        Values of columns that were never below it do not fall below it; none when not given.

    Raises
    ------
    TableError
        A period is no year, the year is not after the last, or the tables have units of different systems.

    Examples
    --------
    >>> years = [Table.of({"a": [value]}, units=["01"], period=f"202{value}") for value in (1, 2, 3)]
    >>> project(Panel(tuple(years)), 2025).column("a")
    array([5.])
    """
    _refuse_unfit(panel, year)
    last = panel.tables[-1]
    values = np.full((len(panel.tables), len(last.columns), len(last.units)), np.nan)
    for at, table in enumerate(panel.tables):
        across = {code: unit for unit, code in enumerate(table.units.codes)}
        here = [unit for unit, code in enumerate(last.units.codes) if code in across]
        there = [across[last.units.codes[unit]] for unit in here]
        for row, column in enumerate(last.columns):
            if column in table.columns:
                values[at, row, here] = table.column(column)[there]
    years = np.array([float(period) for period in panel])
    found = _on_the_line(values, years, float(year))
    if lowest is not None:
        least = np.nanmin(np.where(np.isnan(values), np.inf, values), axis=(0, 2))
        bounded = (least >= lowest)[:, None] & (found < lowest)
        found = np.where(bounded, lowest, found)
    remark = f"values of {year} are on the straight lines of {panel.tables[0].period} to {last.period}"
    return replace(last, values=found.T, period=str(year), remarks=(*last.remarks, remark))


def _on_the_line(values: Matrix, years: Vector, year: float) -> Matrix:
    """Values of a year on the least-squares lines of (years, columns, units)."""
    known = ~np.isnan(values)
    count = np.maximum(known.sum(axis=0), 1)
    when = np.where(known, years[:, None, None], 0.0)
    middle = when.sum(axis=0) / count
    mean = np.where(known, values, 0.0).sum(axis=0) / count
    away = np.where(known, when - middle, 0.0)
    spread = (away**2).sum(axis=0)
    slope = (away * np.where(known, values - mean, 0.0)).sum(axis=0) / np.where(spread > 0, spread, 1.0)
    return np.asarray(np.where(known.any(axis=0), mean + slope * (year - middle), np.nan), dtype=np.float64)


def _refuse_unfit(panel: Panel, year: int) -> None:
    systems = {table.units.system for table in panel.tables}
    if len(systems) > 1:
        raise TableError(
            Problem(
                found=f"the units are of the systems {', '.join(sorted(map(str, systems)))}",
                rule="a trend is of one unit; a code may mean another province in another system",
                remedy="bring the tables to one system first",
            )
        )
    wrong = [period for period in panel if not (period.isascii() and period.isdigit() and len(period) == 4)]
    if wrong:
        raise TableError(Problem(found=f"the period is {one!r}", rule="a trend is over years") for one in wrong)
    if year <= int(panel.tables[-1].period):
        raise TableError(
            Problem(
                path="year",
                found=f"the year is {year}",
                rule=f"a projection is for a year after the last, {panel.tables[-1].period}",
            )
        )
