"""Hold a table against a scheme: the columns that it needs, in its order, or all that is wrong."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from pii.errors import Problem, TableError
from pii.naming import unwieldy
from pii.scheme import Scheme
from pii.spelling import did_you_mean
from pii.table import Table, Units

__all__ = ["align"]


def align(table: Table, scheme: Scheme) -> Table:
    """The scheme's columns in the scheme's order, once the table is known to fit it.

    Raises
    ------
    TableError
        Columns or labels that the scheme needs are absent, the units belong to another system of provinces, a value
        lies outside its valid range or is too large to compute with, or a unit has no value at all: all that is
        wrong, at once.
    """
    if not isinstance(table, Table):
        what = type(table).__name__
        raise TableError(
            Problem(found=f"it is a {what}", rule="an index is of a Table", remedy="read it with read_table")
        )
    problems = [*_absent(table, scheme), *_foreign(table.units, scheme), *_nobody(table.units)]
    if problems:
        raise TableError(problems)
    measured = table.select(scheme.columns)
    problems = [*_invalid(measured, scheme), *_empty(measured, scheme)]
    problems += unwieldy(measured.values.T, measured.columns, measured.units)
    if problems:
        raise TableError(problems)
    return measured


def _absent(table: Table, scheme: Scheme) -> Iterator[Problem]:
    """Columns and labels that the scheme needs and the table has not."""
    known = set(table.columns)
    for code in scheme.columns:
        if code not in known:
            yield Problem(
                indicator=code,
                found="the table has no such column",
                rule=f"the scheme {scheme.code} needs it",
                remedy=did_you_mean(code, sorted(known - set(scheme.columns)))
                or "add the column; cells may be empty",
            )
    for code in (*scheme.screen.include, *scheme.screen.exclude):
        if code not in table.units.codes:
            yield Problem(
                unit=code,
                found="the table has no such unit",
                rule="the scheme's screen includes and excludes units by code",
                remedy=did_you_mean(code, table.units.codes) or "correct it, or take it out of the scheme",
            )
    imputers = [scheme.imputer_of(indicator) for indicator in scheme.indicators]
    imputers += [group.impute for group in scheme.groups if group.impute]
    needed = dict.fromkeys(imputer.groups_by for imputer in imputers)
    for label in filter(None, needed):
        if label not in table.units.labels:
            yield Problem(
                indicator=label,
                found="the table has no such label",
                rule="the imputation groups units by it",
                remedy=did_you_mean(label, table.units.labels) or "add the column",
            )


def _nobody(units: Units) -> Iterator[Problem]:
    if not len(units):
        yield Problem(found="the table has no unit", rule="an index ranks units", remedy="add a row for each")


def _foreign(units: Units, scheme: Scheme) -> Iterator[Problem]:
    if scheme.units is not None and units.system != scheme.units:
        yield Problem(
            found=f"the units are of {units.system or 'no system of provinces'}",
            rule=f"the scheme {scheme.code} is for {scheme.units}: places of two systems share codes and names",
            remedy=f"read the table as {scheme.units}, or choose the scheme of its edition",
        )


def _invalid(measured: Table, scheme: Scheme) -> Iterator[Problem]:
    for at, indicator in enumerate(scheme.indicators):
        if (valid := indicator.valid) is None:
            continue
        column = measured.values[:, at]
        for row in np.flatnonzero((column < valid.low) | (column > valid.high)).tolist():
            yield Problem(
                indicator=indicator.code,
                unit=measured.units.names[row],
                found=f"the value is {column[row]:g}",
                rule=f"its valid range is {valid.low:g} to {valid.high:g}",
                remedy="correct it, or leave the cell empty",
            )


def _empty(measured: Table, scheme: Scheme) -> Iterator[Problem]:
    if scheme.screen.empty == "exclude":
        return
    indicators = measured.values[:, : len(scheme.indicators)]
    for row in np.flatnonzero(np.isnan(indicators).all(axis=1)).tolist():
        yield Problem(
            unit=measured.units.names[row],
            found="no indicator is measured",
            rule="a row is there for its values",
            remedy="fill it, remove the row, or declare screen: {empty: exclude} to list such units as not ranked",
        )
