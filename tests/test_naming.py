"""A method's refusal by position, said again in the names of indicators and units."""

from __future__ import annotations

import numpy as np

from pii.errors import Problem, Undefined
from pii.naming import named, unwieldy
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


def test_what_squares_to_infinity_or_to_nothing_is_said() -> None:
    """Each value that is too large, and an indicator whose largest is too small; 0 and gaps are neither."""
    x = np.array([[1e100, -1.1e100, np.nan], [0.0, 0.0, 0.0], [1e-101, -5e-324, 0.0], [1e-100, 1e-300, 1.0]])
    found = [str(problem) for problem in unwieldy(x, ["a", "b", "c", "d"], Units(("X", "Y", "Z")))]
    rule = "computing squares values, so they are from 1e-100 to 1e+100 in size, or 0"
    assert found == [
        f"a: Y: the value is -1.1e+100; {rule}; correct it, or measure the indicator in a larger unit",
        f"c: no value is above 1e-101 in size; {rule}; measure the indicator in a smaller unit",
    ]
    assert list(unwieldy(np.full((1, 2), np.nan), ["a"], Units(("X", "Y")))) == []
