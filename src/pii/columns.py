"""A column of a table as a user gives it, made numbers."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from numbers import Real
from typing import Any

import numpy as np

from pii.arrays import Vector
from pii.errors import Problem
from pii.spelling import did_you_mean

__all__ = ["numbers"]

_NO_VALUE = "<NA>"  # how pandas writes its own mark for it


def numbers(code: str, column: Any, codes: Sequence[str], names: Sequence[str], problems: list[Problem]) -> Vector:
    """The values of a column, one a unit; NaN where not measured.

    Parameters
    ----------
    code
        What the column is called.
    column
        Values in the order of the units, or by their codes, as a mapping or a data series has them.
    codes, names
        Of the units.
    problems
        What is wrong is added to them: a code that no unit has, another length, a cell that is no number.

    Examples
    --------
    >>> problems = []
    >>> numbers("a", {"y": 1, "x": 2.5}, ["x", "y", "z"], ["X", "Y", "Z"], problems)
    array([2.5, 1. , nan])
    >>> _ = numbers("a", [1.0, "two", None], ["x", "y", "z"], ["X", "Y", "Z"], problems)
    >>> print(problems[0])
    a: Y: the cell is 'two'; values are numbers, None where not measured; make it one, or read it with read_table
    """
    given = _in_order(code, column, codes, problems)
    cells = np.asarray(given)
    if cells.dtype.kind in "SU":
        cells = np.asarray(given, dtype=object)  # with one text, all would be texts
    values = np.full(len(codes), np.nan)
    if cells.shape != values.shape:
        found = f"the column has values of shape {cells.shape}"
        problems.append(Problem(indicator=code, found=found, rule=f"there are {len(codes)} units"))
    elif cells.dtype.kind in "biuf":
        values[:] = cells
    else:
        for at, cell in enumerate(cells.tolist()):
            if isinstance(cell, Real | Decimal):
                values[at] = float(cell)
            elif cell is not None and str(cell) != _NO_VALUE:
                problems.append(
                    Problem(
                        indicator=code,
                        unit=names[at],
                        found=f"the cell is {cell!r}",
                        rule="values are numbers, None where not measured",
                        remedy="make it one, or read it with read_table",
                    )
                )
    return values


def _in_order(code: str, column: Any, codes: Sequence[str], problems: list[Problem]) -> Any:
    """The cells in the order of the units; None for a unit that a column by codes has not."""
    if not hasattr(column, "keys") or list(column.keys()) == list(range(len(codes))):
        return column
    given = dict(column.items())
    problems += (
        Problem(
            indicator=code,
            unit=str(one),
            found="the column has a value of a unit that is not in the table",
            rule="a column that names units does so by their codes",
            remedy=did_you_mean(str(one), codes),
        )
        for one in given
        if one not in codes
    )
    return [given.get(one) for one in codes]
