"""What is promised is what ``compute`` gives, and no combination of steps gives it for less."""

from __future__ import annotations

import pickle
from functools import cache
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pii.choices.weights import WeightBox
from pii.compute import compute
from pii.errors import SchemeError, TableError
from pii.improve.improvement import Improvement, improve
from pii.improve.levers import levers
from pii.improve.targets import Target, standing
from pii.io.samples import read_sample
from pii.result import Result
from pii.scheme import Scheme
from pii.table import Table
from tests import slow_improve
from tests.shared import group, leaf, same, scheme
from tests.strategies import quick

UNITS = ["u", "v", "w", "x", "y"]
SCALES: list[Any] = [
    {"method": "minmax", "floor": 1.0},
    {"method": "zscore", "mean": 100.0, "sd": 10.0},
    "rank",
    "empirical_cdf",
    {"method": "goalposts", "floor": 1.0},
]


def rules(normalise: Any = "minmax", **fields: Any) -> Scheme:
    """Two pillars of two indicators and one, of one of which less is better."""
    goals = (
        {"goalposts": {"low": -5, "high": 25}}
        if isinstance(normalise, dict) and "goalposts" in normalise.values()
        else {}
    )
    own = [leaf("a", **goals), leaf("b", direction=-1, **goals), leaf("c", weight=2, **goals)]
    return scheme(group("t", group("P", *own[:2]), group("Q", own[2])), normalise=normalise, **fields)


def table(values: Any) -> Table:
    """Values of a, b, c by unit."""
    return Table.of(dict(zip("abc", np.asarray(values, dtype=np.float64), strict=True)), units=UNITS)


@st.composite
def tables(draw: st.DrawFn) -> Table:
    """Whole numbers in which every column has width."""
    column = st.lists(st.integers(0, 20), min_size=5, max_size=5).filter(lambda some: len(set(some)) > 2)
    return table([draw(column) for _ in range(3)])


@st.composite
def targets(draw: st.DrawFn) -> dict[str, Any]:
    """What may be asked of the first unit."""
    return draw(
        st.sampled_from(
            [
                {"to_rank": 1},
                {"to_rank": 2},
                {"to_score": 60.0},
                {"pillars_above_mean": 2, "level": 1},
                {"indicators_above_mean": 0.6},
                {"to_rank": 3, "indicators_above_mean": 0.3},
            ]
        )
    )


def kept(found: Improvement) -> None:
    """Hold an improvement to what it says, by computing again what its changes are."""
    again = compute(found.start.scheme, changed(found), reference=found.start.reference)
    assert same(again.composite.values, found.result.composite.values, 0.0)
    reached = standing(again, found.unit, found.target.level)
    assert found.after == reached
    if found.method != "no change helps":
        assert (found.nearest or found.target).is_met(reached, found.start.scheme)
    assert found.reached == found.target.is_met(reached, found.start.scheme)
    assert found.cost == pytest.approx(found.to_frame()["cost"].sum())


def changed(found: Improvement) -> Table:
    """The table with the changes that are listed, and nothing else."""
    values = np.array(found.start.measured.values)
    at = found.start.measured.units.codes.index(found.unit)
    for code, to in found.to_frame()["to"].items():
        values[at, found.start.measured.columns.index(str(code))] = to
    return found.start.measured.holding(values)


@quick
@given(
    tables(), targets(), st.sampled_from(SCALES), st.sampled_from(["arithmetic", "geometric", "median", "copeland"])
)
def test_what_is_promised_is_what_compute_gives(data: Table, aim: dict[str, Any], scale: Any, mean: str) -> None:
    """For any scale and any mean; and what is out of reach is said to be."""
    result = compute(rules(scale, aggregate=mean), data)
    found = improve(result, "u", **aim)
    kept(found)
    assert found.target.is_met(found.before, result.scheme) == (found.cost == 0 and found.reached)


@quick
@given(tables(), targets(), st.sampled_from(SCALES), st.sampled_from([3.0, 5.0]))
def test_no_combination_of_steps_is_cheaper(data: Table, aim: dict[str, Any], scale: Any, step: float) -> None:
    """Against every combination of steps, each computed; where none reaches the target, it is out of reach."""
    result = compute(rules(scale), data)
    steps = dict.fromkeys("abc", step)
    found = improve(result, "u", steps=steps, **aim)
    kept(found)
    if found.method == "nothing to do":
        return
    names = {
        "to_rank": "rank",
        "to_score": "score",
        "pillars_above_mean": "groups",
        "indicators_above_mean": "indicators",
    }
    target = Target(**{names.get(key, key): value for key, value in aim.items()})
    best = slow_improve.cheapest(result, "u", levers(result, "u", steps=steps).moving, target)
    if np.isfinite(best):
        assert found.reached
        assert found.cost <= best * (1 + 1e-3)
        assert found.is_exact or scale["method"] == "zscore"


@cache
def sample() -> Result:
    """34 units, 52 indicators, some put per something, gaps."""
    return compute(*read_sample())


# --- By hand


def test_the_cheapest_indicator_is_moved_as_far_as_the_rival() -> None:
    """Two indicators count alike; the one of the smaller cost goes until the unit passes the first."""
    data = Table.of({"a": [0.0, 40, 100], "b": [100.0, 50, 0]}, units=["x", "y", "z"])
    result = compute(scheme(group("t", leaf("a"), leaf("b"))), data)
    found = improve(result, "y", to_rank=1, costs={"a": 2.0, "b": 1.0})
    assert list(found.to_frame().index) == ["b"]
    assert found.to_frame()["to"].tolist() == pytest.approx([60.0], abs=1e-3)
    assert found.said == "exact (linear program)"
    assert (found.reached, found.after.rank, found.before.rank) == (True, 1, 3)


def test_whole_steps_are_kept() -> None:
    """A value moves by multiples of the step, from where it is."""
    data = Table.of({"a": [0.0, 41, 100], "b": [100.0, 50, 0]}, units=["x", "y", "z"])
    result = compute(scheme(group("t", leaf("a"), leaf("b"))), data)
    for step, to in ((4.0, 53.0), (1.0, 51.0), (0.5, 50.5)):
        found = improve(result, "y", to_rank=1, fixed=["b"], steps={"a": step})
        kept(found)
        assert found.to_frame()["to"].tolist() == pytest.approx([to])


def test_what_moves_is_the_count_that_is_reported() -> None:
    """The denominator stays; the cost is of the ratio's width."""
    own = [leaf("a", denominator="people", denominate={"method": "ratio", "scale": 10.0}), leaf("b")]
    rules = scheme(group("t", *own), denominators=[{"code": "people"}])
    columns = {"a": [0.0, 40, 300], "b": [100.0, 50, 0], "people": [10.0, 10.0, 30.0]}
    result = compute(rules, Table.of(columns, units=["x", "y", "z"]))
    found = improve(result, "y", to_rank=1, fixed=["b"])
    assert found.to_frame()[["from", "to", "share"]].to_numpy().tolist() == [pytest.approx([40, 50, 0.1], abs=1e-3)]
    kept(found)


def test_a_target_out_of_reach_says_what_is_nearest() -> None:
    """The best rank within the bounds, at the least cost."""
    data = Table.of({"a": [90.0, 40, 100, 0], "b": [100.0, 50, 60, 0]}, units=["x", "y", "z", "w"])
    result = compute(scheme(group("t", leaf("a"), leaf("b"))), data)
    found = improve(result, "y", to_rank=1, bounds={"a": (40.0, 75.0)}, fixed=["b"])
    assert (found.reached, found.nearest) == (False, Target(rank=3))
    assert found.said == "no change helps"
    assert repr(found) == "<Improvement y: rank 3, rank 1 is out of reach, no change helps>"
    found = improve(result, "y", to_rank=1, bounds={"a": (40.0, 75.0), "b": (50.0, 100.0)})
    assert (found.reached, found.nearest) == (False, Target(rank=2))
    assert found.after.rank == 2
    kept(found)
    found = improve(result, "y", to_score=99.0, bounds={"a": (40.0, 75.0)}, fixed=["b"])
    assert found.after.score == pytest.approx(62.5, abs=1e-3)
    assert "out of reach" in repr(found)


def test_a_target_that_is_reached_needs_no_change() -> None:
    """Nothing is moved, at no cost."""
    found = improve(sample(), sample().composite.units.codes[int(sample().best_first[0])], to_rank=3)
    assert (found.cost, found.said, len(found.to_frame())) == (0.0, "nothing to do", 0)
    assert found.reached
    assert repr(found) == f"<Improvement {found.name}: rank 1, nothing to do>"


def test_others_may_stand_elsewhere_by_then() -> None:
    """The rank is among them; the unit's own row of their table is not read."""
    data = Table.of({"a": [0.0, 40, 100], "b": [100.0, 50, 0]}, units=["x", "y", "z"])
    result = compute(scheme(group("t", leaf("a"), leaf("b"))), data)
    later = Table.of({"a": [20.0, 7, 100], "b": [100.0, 7, 0]}, units=["x", "y", "z"])
    found = improve(result, "y", to_rank=1, others=later)
    kept(found)
    assert found.start.measured.values.tolist() == [[20, 100], [40, 50], [100, 0]]
    assert found.after.rank == 1
    with pytest.raises(TableError, match="no row of the unit"):
        improve(result, "y", to_rank=1, others=later.take(np.array([0, 2])))


def test_a_fixed_scale_stays_fixed() -> None:
    """The reference of the result is that of what is computed again, and of the study."""
    data = Table.of({"a": [0.0, 40, 100], "b": [100.0, 50, 0]}, units=["x", "y", "z"])
    plan = scheme(group("t", leaf("a"), leaf("b")))
    base = compute(plan, Table.of({"a": [-100.0, 300], "b": [-100.0, 100]}, units=["p", "q"]))
    result = compute(plan, data, reference=base)
    found = improve(result, "y", to_rank=1)
    kept(found)
    assert found.result.reference is result.reference
    assert found.safety([WeightBox(spread=0.0)], draws=8, seed=0).probability == 1.0


def test_how_safe_a_rank_is() -> None:
    """The share of the draws in which the unit has the rank, with the ends of most of them."""
    found = improve(sample(), "Huế", to_rank=5)
    safe = found.safety([WeightBox(spread=0.25)], draws=256, seed=0)
    assert safe.rank == 5
    assert 0 < safe.probability < 1
    assert safe.low <= 5 <= safe.high
    assert found.safety([WeightBox(spread=0.25)], rank=34, draws=16, seed=0).probability == 1
    with pytest.raises(SchemeError, match="seed"):
        found.safety([WeightBox(spread=0.25)])


def test_the_sample_s_provinces_reach_what_they_name() -> None:
    """Rank 23, four pillars and half of the indicators above the mean, of 34 units and 52 indicators."""
    found = improve(
        sample(), "Bắc Ninh", to_rank=23, pillars_above_mean=4, indicators_above_mean=0.5, fixed=["1.1.1"]
    )
    kept(found)
    assert found.after.rank <= 23
    assert (found.after.groups >= 4, found.after.indicators >= 26) == (True, True)
    assert found.held["1.1.1"] == "fixed"
    assert "1.1.1" not in found.to_frame().index


def test_an_improvement_goes_to_another_process_and_back() -> None:
    """Pickled as its fields."""
    found = improve(sample(), "Huế", to_rank=5)
    again = pickle.loads(pickle.dumps(found))  # noqa: S301 - what was just made
    assert repr(again) == repr(found)
    with pytest.raises(TypeError):
        again.held["a"] = ""


# --- Bad input


@pytest.mark.parametrize(
    ("unit", "fields", "said"),
    [
        ("Hue City", {"to_rank": 1}, "no unit is called that"),
        ("Huế", {"to_rank": 0}, "rank 0 is better than the first"),
        ("Huế", {"to_rank": 35}, "rank 35 is worse than the last; ranks go from 1 to 34"),
        ("Huế", {}, "no target is named"),
        ("Huế", {"to_score": float("inf")}, "finite"),
        ("Huế", {"to_rank": 1, "fixed": ["1.1.9"]}, "'1.1.9' is not an indicator"),
    ],
)
def test_what_cannot_be_asked_is_refused_before_any_work(unit: str, fields: dict[str, Any], said: str) -> None:
    """Each with its own error."""
    with pytest.raises(TableError, match=said):
        improve(sample(), unit, **fields)


def test_an_unranked_unit_is_refused_with_its_reasons() -> None:
    """It has no rank to improve."""
    plan = scheme(group("t", leaf("a"), leaf("b")), screen={"measured": 0.6})
    columns = {"a": [0.0, 40, 100, 3], "b": [100.0, 50, 0, np.nan]}
    result = compute(plan, Table.of(columns, units=["x", "y", "z", "w"]))
    with pytest.raises(TableError, match="not ranked; 1 of 2 indicators"):
        improve(result, "w", to_rank=1)


@pytest.mark.parametrize("value", [np.nan, np.inf])
def test_a_target_without_a_number_is_refused(value: float) -> None:
    """It would hold for nobody, or never."""
    with pytest.raises(TableError, match="a target is a finite number"):
        improve(sample(), "Huế", to_score=value)


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"to_rank": 1.5}, "to_rank: it is 1.5; it is a whole number; give one without a point"),
        ({"to_rank": "a"}, "to_rank: it is 'a'; it is a whole number"),
        ({"pillars_above_mean": 1.5}, "pillars_above_mean: it is 1.5; it is a whole number"),
        ({"to_rank": 1, "level": 1.5}, "level: it is 1.5; it is a whole number"),
        ({"to_score": "a"}, "to_score: it is 'a'; a target is a finite number"),
    ],
)
def test_targets_of_another_kind_are_refused_by_what_they_are_called(fields: dict[str, Any], said: str) -> None:
    """As all targets that no unit can have."""
    with pytest.raises(TableError, match="^" + said):
        improve(sample(), "Huế", **fields)


def test_a_rank_of_numpy_is_a_rank() -> None:
    """The same target."""
    rank: Any = np.int64(5)
    assert improve(sample(), "Huế", to_rank=rank).target == Target(rank=5)


@pytest.mark.parametrize(
    ("choices", "fields", "said"),
    [
        ([WeightBox(spread=0.25)], {"rank": 0}, "rank: it is 0; it is a whole number, at least 1 and at most 34"),
        ([WeightBox(spread=0.25)], {"rank": 35}, "rank: it is 35; it is a whole number, at least 1 and at most 34"),
        ([WeightBox(spread=0.25)], {"rank": 1.5}, "rank: it is 1.5; it is a whole number"),
        ([WeightBox(spread=0.25)], {"draws": 0}, "draws: it is 0; it is at least 1"),
        (WeightBox(spread=0.25), {}, "choices: what is given is of type WeightBox; .* give a list of choices"),
    ],
)
def test_a_safety_that_cannot_be_told_is_refused(choices: Any, fields: dict[str, Any], said: str) -> None:
    """As a study is."""
    with pytest.raises(SchemeError, match="^" + said):
        improve(sample(), "Huế", to_rank=5).safety(choices, **({"draws": 8, "seed": 0} | fields))
