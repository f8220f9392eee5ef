"""Scores along a path are those of ``compute``, at every value, for every scale and treatment."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pii.compute import compute
from pii.improve.levers import levers
from pii.improve.paths import Path, outward, paths, scores_at
from pii.methods.normalise import Normaliser
from pii.methods.treat import Treater
from pii.result import Result
from pii.table import Table
from tests.shared import group, instances, leaf, same, scheme
from tests.strategies import quick

POSTS = {"low": -30.0, "high": 60.0}
VALUES = [3.0, 1, 4, 15, 9, 26, 5, 35, 8, 90]
UNITS = [f"u{at}" for at in range(len(VALUES))]


def built(normalise: Any = "minmax", treat: Any = "none", values: Any = VALUES, **fields: Any) -> Result:
    """One indicator of ten units, and another that does not move."""
    plan = scheme(group("t", leaf("a", normalise=normalise, **fields), leaf("b")), treat=treat)
    return compute(plan, Table.of({"a": values, "b": range(1, 1 + len(values))}, units=UNITS[: len(values)]))


def computed(result: Result, value: float) -> Any:
    """Scores of all units when the first one's value is another."""
    values = np.array(result.measured.values)
    values[0, 0] = value
    return compute(result.scheme, result.measured.holding(values)).scores.values[:, 0]


def only(result: Result, **fields: Any) -> Path:
    """The path of the first unit."""
    (path,) = paths(result, "u0", levers(result, "u0", fixed=["b"], **fields).moving)
    return path


@quick
@given(
    st.lists(st.integers(0, 30), min_size=4, max_size=8).filter(lambda some: len(set(some)) > 3), st.floats(0, 1)
)
def test_between_the_kinks_of_min_max_scores_are_on_straight_lines(values: list[int], part: float) -> None:
    """Exactly, where the path says so; the unit may be an end of the scale and leave it."""
    result = built(values=values)
    if values[0] == max(values):
        assert paths(result, "u0", levers(result, "u0", fixed=["b"]).moving) == ()
        return
    path = only(result)
    value = float(path.values[0] + part * (path.values[-1] - path.values[0]))
    assert same(path.at(value), computed(result, value), 1e-9 if path.is_exact else 0.2)


@pytest.mark.parametrize("method", instances(Normaliser))
def test_every_scale_at_its_kinks(method: Any) -> None:
    """Scores at the points of a path are those of ``compute``, and the last is the best."""
    values = [0, 1, 1.5, -2, 1, 0, 1.5, 0, 1, -2] if method.method_name() == "categorical" else VALUES
    fields: dict[str, Any] = {"goalposts": POSTS} if method.needs == "goalposts" else {}
    if getattr(method, "logarithmic", False):
        fields = {"goalposts": {"low": 0.5, "high": 120.0}}
    fields |= {"target": 60.0} if method.needs == "target" else {}
    if getattr(method, "unit", None):
        method = method.replace(unit="u4")
    result = built(method, values=values, **fields)
    path = only(result)
    for value, scores in zip(path.values, path.scores, strict=True):
        assert same(scores, computed(result, float(value)), 1e-9)
    assert path.scores[-1, 0] == pytest.approx(path.scores[:, 0].max())


@pytest.mark.parametrize("method", instances(Treater))
def test_every_treatment_at_its_kinks(method: Any) -> None:
    """The treatment moves with the unit."""
    result = built(treat=method)
    path = only(result)
    for value, scores in zip(path.values, path.scores, strict=True):
        assert same(scores, computed(result, float(value)), 1e-9)


def test_min_max_has_one_piece_where_the_unit_is_no_end() -> None:
    """From the value to the best."""
    path = only(built())
    assert (path.values.tolist(), path.is_exact) == ([3.0, 90.0], True)


def test_values_with_no_number_between_them_are_not_parted() -> None:
    """Pieces between them are taken whole."""
    next_to_1, best = 1 + np.spacing(1.0), 1 + 2 * np.spacing(1.0)
    path = only(built(values=[1.0, next_to_1, best, next_to_1]))
    assert path.values.tolist() == [1.0, next_to_1, best]
    assert path.jumps.all()
    assert same(path.scores[:, 0], [0.0, 0.0, 100.0])


def test_of_very_many_rivals_some_mark_the_path() -> None:
    """Each of its points has the score that compute gives it."""
    values = np.arange(1.0, 101.0)
    units = [f"u{at}" for at in range(100)]
    plan = scheme(group("t", leaf("a", normalise="rank"), leaf("b")))
    result = compute(plan, Table.of({"a": values, "b": values}, units=units))
    path = only(result)
    assert 32 < len(path.values) < 100
    for at in (1, 20, len(path.values) - 1):
        assert same(path.scores[at], computed(result, path.values[at]), 1e-9)


def test_goalposts_have_a_kink_where_scores_are_cut() -> None:
    """Beyond it nothing is gained, so the path ends there."""
    path = only(built({"method": "goalposts"}, goalposts=POSTS))
    assert path.values.tolist() == [3.0, 60.0]
    path = only(built({"method": "goalposts"}, goalposts={"low": 9.0, "high": 60.0}))
    assert path.values.tolist() == [3.0, 9.0, 60.0]


def test_where_only_order_counts_a_piece_is_taken_whole() -> None:
    """A point just beyond every rival."""
    path = only(built("rank", values=[3, 1, 4, 15, 9]))
    assert path.values.tolist() == pytest.approx([3, 4, 9, 15], abs=1e-4)
    assert path.jumps.all()
    assert path.scores[:, 0].tolist() == [2, 3, 4, 4]  # level with the best is not beyond it


def test_bounds_open_the_side_on_which_the_unit_scores_best() -> None:
    """Down where less is better, and no further than the bound."""
    path = only(built(direction=-1), bounds={"a": (-5.0, 20.0)})
    assert (path.values[0], path.values[-1], path.side) == (3.0, -5.0, -1.0)


def test_a_few_steps_are_points_of_their_own() -> None:
    """Of many, only the size is kept."""
    assert only(built(), steps={"a": 20.0}).values.tolist() == [3, 23, 43, 63, 83]
    assert only(built(), steps={"a": 1.0}).values.tolist() == [3, 90]


def test_what_is_taken_in_part_goes_to_the_next_step() -> None:
    """Outwards, and not beyond the end."""
    path = only(built(), steps={"a": 20.0})
    assert [outward(path, value) for value in (3.0, 4.0, 23.0, 90.0)] == [3, 23, 23, 83]
    path = only(built(), steps={"a": 1.0})
    assert [outward(path, value) for value in (3.0, 4.5, 89.5)] == [3, 5, 90]
    assert outward(only(built()), 4.5) == 4.5


def test_a_path_is_bent_through_what_was_computed() -> None:
    """A new point, or another score at a point; it says that it is no longer exact."""
    path = only(built())
    scores = path.at(50.0) + 1
    through = path.through(50.0, scores)
    assert through.values.tolist() == [3, 50, 90]
    assert same(through.at(50.0), scores)
    assert (through.is_exact, through.jumps.tolist()) == (False, [False, False])
    assert same(through.through(50.0, scores + 1).at(50.0), scores + 1)


def test_gaps_that_are_filled_from_other_indicators_stay_as_they_are() -> None:
    """Moving several indicators in one run does not mix them."""
    columns = {"a": [1.0, 2, np.nan, 4, 8], "b": [2.0, 1, 4, 3, 9]}
    plan = scheme(group("t", leaf("a"), leaf("b")), impute={"method": "nearest_units", "k": 1})
    result = compute(plan, Table.of(columns, units=UNITS[:5]))
    found = scores_at(result, "u0", {0: np.array([1.0, 4.0]), 1: np.array([2.0])})
    assert same(found[0][0], result.scores.values[:, 0])
    assert [len(found[0]), len(found[1])] == [2, 1]
