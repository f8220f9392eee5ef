"""A method's refusal by position, said again in the names of indicators and units."""

from __future__ import annotations

from pii.errors import Problem, Undefined
from pii.naming import named
from pii.table import Units

UNITS = Units(("x", "y"), ("Ex", "Why"))


def test_cells_are_named_by_indicator_and_unit() -> None:
    """With what was found there, and the rule and remedy of all."""
    error = Undefined(["0", "-1"], rule="above 0", remedy="raise it", rows=[1, 0], columns=[0, 1])
    assert list(named(error, ["a", "b"], UNITS)) == [
        Problem(indicator="b", unit="Ex", found="0", rule="above 0", remedy="raise it"),
        Problem(indicator="a", unit="Why", found="-1", rule="above 0", remedy="raise it"),
    ]


def test_rows_are_named_by_indicator_alone() -> None:
    """Where a whole row is meant."""
    error = Undefined(["constant"], rule="a scale has width", remedy="", rows=[1])
    assert list(named(error, ["a", "b"], UNITS)) == [
        Problem(indicator="b", found="constant", rule="a scale has width")
    ]
