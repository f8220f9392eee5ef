"""What may move, how far and at what cost; what stays says why."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from pii.compute import compute
from pii.errors import TableError
from pii.improve.levers import Lever, levers
from pii.result import Result
from pii.table import Table
from tests.shared import group, leaf, scheme

NAN = float("nan")


def result(*leaves: Any, **columns: list[float]) -> Result:
    """One group of leaves over four units."""
    plan = scheme(group("t", *leaves), denominators=[{"code": "people"}] if "people" in columns else [])
    return compute(plan, Table.of(columns, units=["u", "v", "w", "x"]))


def only(made: Result, unit: str = "u", **fields: Any) -> Lever:
    """The only lever."""
    (one,) = levers(made, unit, **fields).moving
    return one


def test_a_value_goes_as_far_as_the_best_there_is() -> None:
    """Up where more is better, down where less is; the whole width costs 1."""
    up = only(result(leaf("a"), a=[2.0, 0, 10, 4]))
    assert (up.start, up.low, up.high, up.cost, up.factor) == (2, 2, 10, 0.1, 1)
    down = only(result(leaf("a", direction=-1), a=[6.0, 0, 10, 4]))
    assert (down.low, down.high) == (0, 6)


def test_a_band_is_entered_from_the_side_on_which_the_unit_is() -> None:
    """The nearest of several that score best is far enough."""
    band = leaf("a", target={"low": 4, "high": 8}, normalise="distance_to_target")
    above = only(result(band, a=[10.0, 0, 5, 7]))
    assert (above.low, above.high) == (7, 10)
    below = only(result(band, a=[1.0, 0, 5, 7]))
    assert (below.low, below.high) == (1, 5)


def test_the_leader_stays_unless_bounds_let_it_go() -> None:
    """Nobody has done better."""
    made = result(leaf("a"), a=[10.0, 0, 5, 7])
    assert levers(made, "u").held == {"a": "no unit scores higher"}
    lever = only(made, bounds={"a": (10.0, 12.0)})
    assert (lever.low, lever.high) == (10, 12)


def test_the_valid_range_holds_in_any_case() -> None:
    """Bounds go no further."""
    made = result(leaf("a", valid={"low": 0, "high": 100}), a=[10.0, 0, 5, 7])
    assert only(made, bounds={"a": (0.0, 200.0)}).high == 100


def test_counts_move_and_their_denominators_stay() -> None:
    """The end and the cost are those of the ratio, in counts of the unit."""
    made = result(leaf("a", denominator="people"), a=[4.0, 0, 30, 4], people=[2.0, 1, 3, 4])
    lever = only(made)
    assert (lever.start, lever.high, lever.factor) == (4, 20, 0.5)
    assert lever.cost == pytest.approx(1 / 20)


def test_what_does_not_move_says_why() -> None:
    """A gap, what is fixed, what others are put per or filled from."""
    leaves = (
        leaf("a"),
        leaf("b", denominator="a"),
        leaf("c"),
        leaf("d", impute={"method": "regression", "on": ["e"]}),
    )
    columns = {
        "a": [1.0, 2, 3, 4],
        "b": [3.0, 4, 9, 16],
        "c": [NAN, 1, 2, 3],
        "d": [1.0, 2, 4, 3],
        "e": [1.0, 2, 3, 4],
    }
    found = levers(result(*leaves, leaf("e"), **columns), "u", fixed=["b"])
    assert [lever.indicator.code for lever in found.moving] == ["d"]
    read = "other indicators are put per it or filled from it"
    assert found.held == {"a": read, "b": "fixed", "c": "not measured", "e": read}


def test_costs_and_steps_are_those_given() -> None:
    """By code; the others keep what they have."""
    made = result(leaf("a"), leaf("b"), a=[2.0, 0, 10, 4], b=[2.0, 0, 10, 4])
    first, second = levers(made, "u", costs={"a": 3.0}, steps={"b": 2.0}).moving
    assert (first.cost, first.step, second.cost, second.step) == (3.0, None, 0.1, 2.0)


def test_a_scale_that_lists_its_values_has_no_others() -> None:
    """In the units in which they are reported."""
    rubric = {"method": "categorical", "scores": {-1: 50, 0: 100, -2: 0}}
    lever = only(result(leaf("a", direction=-1, normalise=rubric), a=[2.0, 0, 1, 2]))
    assert sorted(lever.listed or ()) == [0, 1, 2]


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"fixed": ["aa"]}, "fixed: 'aa' is not an indicator"),
        ({"costs": {"b": 1.0}}, "costs: 'b' is not an indicator"),
        ({"costs": {"a": -1.0}}, "costs: a: the cost is -1"),
        ({"costs": {"a": np.nan}}, "costs: a: the cost is nan"),
        ({"steps": {"a": 0.0}}, "steps: a: the step is 0; a step is above 0"),
        ({"bounds": {"a": (3.0, 4.0)}}, "bounds: a: u: the value is 2, outside 3 to 4"),
        ({"bounds": {"a": (4.0, 1.0)}}, "outside 4 to 1"),
        ({"bounds": {"a": (np.nan, 1.0)}}, "outside"),
    ],
)
def test_what_does_not_fit_is_refused(fields: dict[str, Any], said: str) -> None:
    """By the name of the argument, and the code."""
    with pytest.raises(TableError) as refusal:
        levers(result(leaf("a"), a=[2.0, 0, 10, 4]), "u", **fields)
    assert said in str(refusal.value)
