"""Columns as a user gives them: by position or by code, with what is no number said by its place."""

from __future__ import annotations

from decimal import Decimal

import numpy as np
import pandas as pd
import pytest

from pii.compute import compute
from pii.errors import TableError
from pii.table import Panel, Table
from tests.shared import group, leaf, same, scheme

UNITS = ["x", "y", "z"]
NAN = float("nan")


@pytest.mark.parametrize(
    ("column", "values"),
    [
        ([1, 2.5, None], [1.0, 2.5, NAN]),
        ([Decimal("1.5"), np.float32(2), True], [1.5, 2.0, 1.0]),
        (np.array([1, 2, 3], dtype=np.int8), [1.0, 2.0, 3.0]),
        (pd.Series([3.0, 1.0, 2.0], index=["z", "x", "y"]), [1.0, 2.0, 3.0]),
        (pd.Series([1.0, 2.0, 3.0]), [1.0, 2.0, 3.0]),
        (pd.Series([1, None, 3], dtype="Int64"), [1.0, NAN, 3.0]),
        ({"z": 3.0, "x": 1.0}, [1.0, NAN, 3.0]),
    ],
    ids=["list", "kinds", "array", "series by code", "series by position", "series with gaps", "mapping"],
)
def test_a_column_is_put_in_the_order_of_the_units(column: object, values: list[float]) -> None:
    """By code where it has codes; what is missing is not measured."""
    assert same(Table.of({"a": column}, units=UNITS).column("a"), values)  # type: ignore[dict-item]


def test_all_that_is_no_number_is_said_at_once() -> None:
    """With the column and the unit."""
    columns = {
        "a": [1.0, "two", "3"],
        "b": [1.0, 2.0],
        "c": {"x": 1.0, "Y": 2.0},
        "d": np.array(["2020-01-01", "NaT", "2021-01-01"], dtype="datetime64[D]"),
        "e": [1 + 2j, 2.0, 3.0],
    }
    with pytest.raises(TableError) as refused:
        Table.of(columns, units=UNITS)  # type: ignore[arg-type]
    said = [(problem.indicator, problem.unit) for problem in refused.value.problems]
    assert said == [
        ("a", "y"),
        ("a", "z"),
        ("b", ""),
        ("c", "Y"),
        ("d", "x"),
        ("d", "z"),
        *zip("eee", UNITS, strict=True),
    ]


def test_codes_are_texts() -> None:
    """So that a unit is found by what is written."""
    with pytest.raises(TableError, match="1: the code is 1; codes are texts; write '1'"):
        Table.of({"a": [1.0, 2.0]}, units=[1, "2"])  # type: ignore[list-item]


def test_what_is_no_table_or_empty_is_refused() -> None:
    """Before anything is computed."""
    rules = scheme(group("g", leaf("a")))
    with pytest.raises(TableError, match="it is a DataFrame; an index is of a Table; read it with read_table"):
        compute(rules, pd.DataFrame({"a": [1.0]}))  # type: ignore[arg-type]
    with pytest.raises(TableError, match="the table has no unit; an index ranks units"):
        compute(rules, Table.of({"a": []}, units=[]))
    with pytest.raises(TableError, match="a panel without a table has nothing to pool"):
        Panel(()).pooled()
