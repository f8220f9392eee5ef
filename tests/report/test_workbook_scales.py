"""Formulas of scores as they stand in a cell; that they give the right numbers is tested with a spreadsheet."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import TypeAdapter

from pii.methods.normalise import AbstractNormaliser, Normaliser
from pii.report.workbook_scales import Cells, number, score_formula
from tests.shared import leaf

UP = Cells("x", "w", "b", "m", "s", "all", leaf("a", target=8))
DOWN = UP._replace(indicator=leaf("a", direction=-1, target={"low": 3, "high": 4}))
WORSE, NOT_BETTER = "(SUMPRODUCT(ISNUMBER(all)*(all<x))+1)", "SUMPRODUCT(ISNUMBER(all)*(all<=x))"


def method(declared: dict[str, Any] | str) -> AbstractNormaliser:
    """A method as a scheme file declares it."""
    known = declared if isinstance(declared, dict) else {"method": declared}
    found: AbstractNormaliser = TypeAdapter(Normaliser).validate_python(known)
    return found


@pytest.mark.parametrize(
    ("declared", "at", "expected"),
    [
        ("minmax", DOWN, "(x-w)/(b-w)*100"),
        ({"method": "minmax", "floor": 1, "constant": -5}, UP, "IF(w=b,(-5),1+(x-w)/(b-w)*99)"),
        ({"method": "zscore", "mean": 10, "sd": 2.5}, UP, "10+2.5*(x-m)/s"),
        ("zscore", DOWN, "0+1*(m-x)/s"),
        ("logistic", UP, "100/(1+EXP((-1)*(x-m)/s))"),
        ("normal_cdf", UP, "NORMSDIST((x-m)/s)*100"),
        ("goalposts", UP, "MAX(0,MIN(100,(x-w)/(b-w)*100))"),
        (
            {"method": "goalposts", "logarithmic": True, "clip": False},
            UP,
            "(LN(x)-LN(w))/(LN(b)-LN(w))*100",
        ),
        ("distance_to_target", UP, "MIN(100,(x-w)/(8-w)*100)"),
        ({"method": "distance_to_target", "cap": False}, UP, "(x-w)/(8-w)*100"),
        ("distance_to_target", DOWN, ""),
        ("fraction_of_max", UP, "x/b*100"),
        ("fraction_of_max", DOWN, "b/x*100"),
        ("rank", UP, WORSE),
        ("rank", DOWN, WORSE.replace("<", ">")),
        ({"method": "borda", "ties": "max"}, UP, f"MAX({WORSE},{NOT_BETTER})-1"),
        ({"method": "rank", "ties": "average"}, UP, f"({WORSE}+MAX({WORSE},{NOT_BETTER}))/2"),
        ("percentile_rank", UP, f"MIN(1,({WORSE}-1)/(COUNT(all)-1))*100"),
        ("empirical_cdf", DOWN, f"{NOT_BETTER.replace('<', '>')}/COUNT(all)*100"),
        ("none", UP, "x"),
        ("none", DOWN, "-x"),
        ("robust", UP, ""),
        ("balance", UP, ""),
    ],
)
def test_formulas_are_as_one_would_write_them(declared: dict[str, Any] | str, at: Cells, expected: str) -> None:
    """And empty where there is none."""
    assert score_formula(method(declared), at) == expected


@pytest.mark.parametrize(
    ("value", "said"), [(1.0, "1"), (0.1, "0.1"), (-2.0, "(-2)"), (1e-05, "1E-05"), (1 / 3, "0.3333333333333333")]
)
def test_numbers_keep_their_digits(value: float, said: str) -> None:
    """And a sign never follows another."""
    assert number(value) == said
