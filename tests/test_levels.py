"""Levels are refused in words wherever one is asked for."""

from __future__ import annotations

from typing import Any

import pytest

from pii.compute import compute
from pii.editions.compute import compute_panel
from pii.errors import MethodError
from pii.expectation import expectation
from pii.levels import refuse_level
from pii.table import Panel, Table
from tests.shared import group, leaf, scheme


def tables() -> list[Table]:
    """Two years."""
    columns = {"a": [1.0, 5.0, 3.0, 2.0]}
    return [Table.of(columns, units=list("wxyz"), period=period) for period in ("2023", "2024")]


@pytest.mark.parametrize("level", [90, 1, 0, -0.5, float("nan"), "0.9"])
def test_a_level_lies_above_0_and_below_1(level: Any) -> None:
    """Of a band, of a trend, and by itself."""
    rules = scheme(group("g", leaf("a")))
    calls = (
        lambda: refuse_level(level),
        lambda: expectation(compute(rules, tables()[0]), [1.0, 2.0, 3.0, 4.0], level=level),
        lambda: compute_panel(rules, Panel(tuple(tables()))).trends(level=level),
    )
    for call in calls:
        with pytest.raises(MethodError, match=r"^level: it is .*; it lies above 0 and below 1; 90 % is 0.9$"):
            call()
