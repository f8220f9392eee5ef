"""Panels: gaps filled in time by code, and every table says so."""

from __future__ import annotations

import numpy as np
import pytest

from pii.errors import TableError
from pii.panels import carry, interpolate
from pii.table import Panel, Table, Units
from tests.shared import same

NAN = float("nan")
NAMED = Units(("01", "02"), ("Hà Nội", "Hà Giang"))
LATER = Units(("02", "04", "01"), ("Hà Giang", "Cao Bằng", "Hà Nội"))


def panel() -> Panel:
    """Three years; the last lists other units in another order, and its columns too."""
    return Panel(
        (
            Table.of({"a": [1, 2], "b": [5, NAN]}, units=NAMED, period="2020"),
            Table.of({"a": [NAN, 4], "b": [NAN, NAN]}, units=NAMED, period="2022", title="synthetic"),
            Table.of({"b": [7, NAN, NAN], "a": [NAN, NAN, 9]}, units=LATER, period="2024", notes=("seen",)),
        )
    )


def test_values_are_carried_by_code() -> None:
    """Whatever the order of units and columns; a unit that was not there has nothing to go by."""
    filled = carry(panel())
    assert same(filled["2020"].values, np.array([[1, 5], [2, NAN]]))
    assert same(filled["2022"].values, np.array([[1, 5], [4, NAN]]))
    assert filled["2024"].columns == ("b", "a")
    assert same(filled["2024"].values, np.array([[7, 4], [NAN, NAN], [5, 9]]))


def test_tables_say_what_was_filled() -> None:
    """From when; what else they hold stays, and a table without a fill is itself."""
    before, filled = panel(), carry(panel())
    assert filled["2022"].remarks == (
        "a: 1 gap filled with an earlier year's value (Hà Nội from 2020)",
        "b: 1 gap filled with an earlier year's value (Hà Nội from 2020)",
    )
    assert (filled["2022"].title, filled["2024"].notes) == ("synthetic", ("seen",))
    assert carry(before)["2020"] is before["2020"]
    assert interpolate(panel())["2020"].remarks == ("b: 1 gap filled linearly in time (Hà Giang)",)


def test_values_are_carried_no_further_than_the_limit() -> None:
    """In years, not in tables; only in the columns named."""
    assert same(carry(panel(), limit=1)["2022"].values, panel()["2022"].values)
    assert same(carry(panel(), limit=2)["2024"].values, np.array([[7, 4], [NAN, NAN], [NAN, 9]]))
    assert same(carry(panel(), columns=["a"])["2022"].values, np.array([[1, NAN], [4, NAN]]))


def test_lines_join_measured_years() -> None:
    """Flat before the first and after the last."""
    filled = interpolate(panel())
    assert same(filled["2022"].values, np.array([[5, 5], [4, 7]]))
    assert same(filled["2020"].values, np.array([[1, 5], [2, 7]]))
    assert same(filled["2024"].values, np.array([[7, 4], [NAN, NAN], [5, 9]]))
    assert same(interpolate(panel(), limit=2)["2020"].values, np.array([[1, 5], [2, NAN]]))


def test_the_panel_given_is_unchanged() -> None:
    """Its tables are read-only, and so are the new ones."""
    given = panel()
    filled = interpolate(given)
    assert same(given["2022"].values, panel()["2022"].values)
    assert not filled["2022"].values.flags.writeable


def test_a_column_that_a_year_has_not_is_not_made() -> None:
    """The others go by the years that have it; no column named is nothing filled."""
    first = Table.of({"a": [1.0, 2.0]}, units=["u", "v"], period="2023")
    last = Table.of({"a": [NAN, 4.0], "b": [5.0, NAN]}, units=["u", "v"], period="2024")
    given = Panel((first, last))
    filled = carry(given)
    assert filled["2023"].columns == ("a",)
    assert same(filled["2024"].values, np.array([[1, 5], [4, NAN]]))
    assert carry(given, columns=[]) is given


def test_what_is_no_series_is_refused() -> None:
    """Other systems, periods that are no years, columns that nobody has."""
    old = Table.of({"a": [1]}, units=Units(("01",), system="VN63"), period="2024")
    new = Table.of({"a": [1]}, units=Units(("01",), system="VN34"), period="2025")
    with pytest.raises(TableError, match="the units are of 2 systems: VN34 in 2025; VN63 in 2024"):
        carry(Panel((old, new)))
    spring = Table.of({"a": [1]}, units=["01"], period="2024 spring")
    with pytest.raises(TableError, match="the period is '2024 spring'; periods are years"):
        interpolate(Panel((spring,)))
    with pytest.raises(TableError, match="c: no table of the panel has this column"):
        carry(panel(), columns=["a", "c"])
