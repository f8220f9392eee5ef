"""Scores of groups as sums of those of indicators: exact where they can be, tangents elsewhere."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from pii.compute import compute
from pii.errors import MethodError
from pii.improve.lines import common_exponent, is_concave, lines
from pii.numerics.power_means import powered
from pii.result import Result
from pii.scheme import Scheme
from pii.table import Table
from tests.shared import group, leaf, same, scheme


def plan(index: Any = None, **fields: Any) -> Scheme:
    """Two pillars, weighed 1 to 2."""
    pillars = group("P", leaf("a"), leaf("b")), group("Q", leaf("c"), weight=2)
    return scheme(index or group("t", *pillars), normalise={"method": "minmax", "floor": 1.0}, **fields)


def made(rules: Scheme, **moved: float) -> Result:
    """Four units, of the first of which some values are others."""
    columns = {"a": [3.0, 1, 9, 4], "b": [1.0, 7, 5, 2], "c": [2.0, 6, 1, 8]}
    for code, value in moved.items():
        columns[code][0] = value
    return compute(rules, Table.of(columns, units=["u", "v", "w", "x"]))


@pytest.mark.parametrize("mean", ["arithmetic", "geometric", "harmonic", {"method": "power", "p": 2.0}])
def test_where_all_groups_take_one_mean_the_sums_are_exact(mean: Any) -> None:
    """Far from where they were taken, on the scale on which that mean is a sum."""
    rules = plan(aggregate=mean)
    exponent = common_exponent(rules)
    assert exponent is not None
    found = lines(made(rules), (rules.index, rules.groups[1]))
    assert found is not None
    there = made(rules, a=8.5, c=7.0)
    change = powered(there.scores.values.T, exponent) - found.scores
    sums = found.groups + (found.slopes * change).sum(axis=1)
    assert same(sums, powered(there.composite.values.T[[0, 1]], exponent))


def test_where_groups_take_different_means_they_are_tangents() -> None:
    """Slopes are those of small changes."""
    rules = plan(aggregate="geometric", index=group("t", *plan().index.children, aggregate="arithmetic"))
    assert common_exponent(rules) is None
    found = lines(made(rules), (rules.index,))
    assert found is not None
    there = made(rules, a=3.0 + 1e-6)
    rise = (there.composite.values[0, 0] - found.groups[0, 0]) / (there.scores.values[0, 0] - found.scores[0, 0])
    assert rise == pytest.approx(found.slopes[0, 0, 0], rel=1e-4)


def test_what_compares_units_has_none() -> None:
    """Nor has a group whose scores are scaled anew."""
    for rules in (
        plan(aggregate="copeland"),
        plan(index=group("t", leaf("a"), leaf("b"), leaf("c"), normalise="rank")),
    ):
        assert lines(made(rules), (rules.index,)) is None


def test_gaps_leave_the_others_their_weight() -> None:
    """Each unit has slopes of its own."""
    rules = plan()
    found = lines(made(rules, a=np.nan), (rules.index,))
    assert found is not None
    assert same(found.slopes[0, :, 0], [0, 1 / 3, 2 / 3])
    assert same(found.slopes[0, :, 1], [1 / 6, 1 / 6, 2 / 3])


@pytest.mark.parametrize(
    ("fields", "exponent", "concave"),
    [
        ({}, 1.0, True),
        ({"aggregate": "geometric"}, 0.0, True),
        ({"aggregate": {"method": "power", "p": 3.0}}, 3.0, False),
        ({"aggregate": "median"}, None, False),
        ({"weigh": "standard_deviation"}, None, False),
    ],
)
def test_what_a_scheme_s_index_is_like(fields: dict[str, Any], exponent: float | None, concave: bool) -> None:
    """Weights that the data move leave nothing sure."""
    assert (common_exponent(plan(**fields)), is_concave(plan(**fields))) == (exponent, concave)


def test_powers_that_lose_their_digits_are_refused() -> None:
    """By indicator and unit."""
    index = group("total", leaf("a"), leaf("b"), aggregate={"method": "power", "p": -200.0})
    rules = scheme(index, normalise="none")
    result = compute(rules, Table.of({"a": [60.0, 1.0], "b": [100.0, 1.0]}, units=["x", "y"]))
    with pytest.raises(MethodError, match="a: x: the score is 60; its power with exponent -200"):
        lines(result, (result.scheme.index,))
