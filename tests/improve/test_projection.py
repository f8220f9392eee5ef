"""Where units will stand: on the straight lines of their own years."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pii.errors import TableError
from pii.improve.projection import project
from pii.table import Panel, Table, Units
from tests.shared import same
from tests.strategies import quick

NAN = float("nan")


def panel(years: dict[str, list[float]], **fields: Any) -> Panel:
    """One column of several units by year."""
    some = [f"u{at}" for at in range(len(next(iter(years.values()))))]
    return Panel(tuple(Table.of({"a": row}, units=some, period=year, **fields) for year, row in years.items()))


@quick
@given(st.lists(st.integers(-50, 50), min_size=2, max_size=6), st.integers(1, 5))
def test_the_line_is_that_of_least_squares(values: list[int], ahead: int) -> None:
    """As NumPy fits it."""
    years = list(range(2020, 2020 + len(values)))
    found = project(
        panel({str(y): [float(v)] for y, v in zip(years, values, strict=True)}), years[-1] + ahead, lowest=None
    )
    slope, level = np.polyfit(np.array(years) - 2020.0, np.array(values, dtype=np.float64), 1)
    assert same(found.column("a"), [level + slope * (years[-1] + ahead - 2020)], 1e-8)


def test_gaps_and_single_years() -> None:
    """A line through the years that there are; one value stays; none stays a gap."""
    found = project(panel({"2022": [1.0, 5, NAN], "2023": [NAN, NAN, NAN], "2024": [3.0, NAN, NAN]}), 2026)
    assert same(found.column("a"), [5.0, 5.0, NAN])
    assert found.period == "2026"
    assert found.remarks == ("values of 2026 are on the straight lines of 2022 to 2024",)


def test_what_never_was_below_the_lowest_does_not_fall_below_it() -> None:
    """A share does not become negative; a balance may."""
    years = {"2023": [4.0], "2024": [1.0]}
    assert project(panel(years), 2026).column("a").tolist() == [0.0]
    assert project(panel(years), 2026, lowest=None).column("a").tolist() == [-5.0]
    assert project(panel({"2023": [-1.0], "2024": [-2.0]}), 2026).column("a").tolist() == [-4.0]


def test_units_are_those_of_the_last_year() -> None:
    """Found by code in each year."""
    first = Table.of({"a": [10.0, 1.0], "b": [0.0, 0.0]}, units=["v", "u"], period="2023")
    last = Table.of({"a": [2.0, 20.0, 7.0]}, units=["u", "v", "w"], period="2024")
    found = project(Panel((first, last)), 2025)
    assert (found.units.codes, found.columns) == (("u", "v", "w"), ("a",))
    assert same(found.column("a"), [3.0, 30.0, 7.0])


def test_a_column_of_the_last_year_alone_stays_as_it_is() -> None:
    """One value has no trend."""
    first = Table.of({"a": [1.0, 2.0]}, units=["u", "v"], period="2023")
    last = Table.of({"a": [2.0, 4.0], "b": [5.0, 6.0]}, units=["u", "v"], period="2024")
    found = project(Panel((first, last)), 2026)
    assert same(found.column("a"), [4.0, 8.0])
    assert same(found.column("b"), [5.0, 6.0])


def test_what_has_no_trend_is_refused() -> None:
    """Periods that are no years, a year that has been, units of two systems."""
    with pytest.raises(TableError, match="the period is 'now'"):
        project(panel({"now": [1.0]}), 2026)
    with pytest.raises(TableError, match="a year after the last, 2024"):
        project(panel({"2024": [1.0]}), 2024)
    tables = [
        Table.of({"a": [1.0]}, units=Units(("01",), system=system), period=f"202{at}")
        for at, system in enumerate(("VN63", "VN34"))
    ]
    with pytest.raises(TableError, match="the systems VN34, VN63"):
        project(Panel(tuple(tables)), 2026)
