"""The search: corrected until what it promises is so, and with an answer where programs have none."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from pii.compute import compute
from pii.improve import program
from pii.improve import search as searching
from pii.improve.levers import levers
from pii.improve.program import LEAD, cheapest
from pii.improve.search import Found, Search
from pii.improve.targets import Target
from pii.result import Result
from pii.table import Table
from tests.shared import group, leaf, scheme

COLUMNS = {"a": [3.0, 1, 9, 4], "b": [1.0, 7, 5, 2], "c": [2.0, 6, 1, 8]}


def made(**fields: Any) -> Result:
    """Two pillars of two indicators and one."""
    index = group("t", group("P", leaf("a"), leaf("b")), group("Q", leaf("c")))
    rules: dict[str, Any] = {"normalise": {"method": "minmax", "floor": 1.0}}
    return compute(
        scheme(fields.pop("index", index), **rules | fields), Table.of(COLUMNS, units=["u", "v", "w", "x"])
    )


def search(result: Result, **fields: Any) -> Search:
    """Of the first unit."""
    return Search(result, "u", levers(result, "u", **fields).moving)


def found(result: Result, target: Target, **fields: Any) -> Found:
    """What is found, held to the target."""
    one = search(result, **fields)
    best = one.cheapest(target)
    assert best is not None
    assert target.is_met(one.standing(best.result), result.scheme)
    assert best.cost == pytest.approx(one.cost(best.values))
    return best


def test_a_linear_index_is_solved_exactly() -> None:
    """At once."""
    best = found(made(), Target(score=40.0))
    assert (best.method, best.is_exact) == ("linear program", True) or best.method == "mixed-integer program"


def test_an_index_of_one_mean_is_solved_on_the_scale_of_its_sums() -> None:
    """A geometric mean as a sum of logarithms."""
    best = found(made(aggregate="geometric"), Target(rank=1))
    assert best.method == "mixed-integer program"
    assert not best.is_exact


def test_an_index_of_several_means_goes_along_tangents() -> None:
    """Each round nearer; the cost is that of the best of many tries, or less."""
    pillars = group("P", leaf("a"), leaf("b")), group("Q", leaf("c"))
    result = made(index=group("t", *pillars, aggregate="geometric"))
    target = Target(score=60.0)
    best = found(result, target)
    assert best.method.startswith("local: ")
    one = search(result)
    rng = np.random.default_rng(0)
    tried = [one.moving[at].start + rng.random(600) * (one.ends[at] - one.moving[at].start) for at in range(3)]
    reached = [values for values in np.array(tried).T.tolist() if one.standing(one.computed(values)).score >= 60]
    assert best.cost <= min(map(one.cost, reached)) * (1 + 1e-3)


@pytest.mark.parametrize(
    "fields", [{"aggregate": "copeland"}, {"weigh": "standard_deviation"}, {"aggregate": "minimum"}]
)
def test_what_has_no_program_is_drawn_back_from_the_bounds(fields: dict[str, Any]) -> None:
    """By compute alone; whole steps stay whole."""
    best = found(made(**fields), Target(rank=1), steps={"a": 1.0, "b": 1.0, "c": 1.0})
    assert best.method.startswith("local")
    assert all(value == int(value) for value in best.values)


def test_what_was_moved_for_nothing_goes_back_to_where_it_was() -> None:
    """On the way to all bounds every indicator moves; Copeland scores want two of the three."""
    one = search(made(aggregate="copeland"))
    best = found(made(aggregate="copeland"), Target(rank=1))
    starts = [lever.start for lever in one.moving]
    assert [value == start for value, start in zip(best.values, starts, strict=True)] == [False, False, True]


def test_a_search_that_runs_out_of_rounds_is_drawn_back_from_the_bounds(monkeypatch: pytest.MonkeyPatch) -> None:
    """One tangent of several means falls short."""
    monkeypatch.setattr(searching, "_ROUNDS", 1)
    pillars = group("P", leaf("a"), leaf("b")), group("Q", leaf("c"))
    best = found(made(index=group("t", *pillars, aggregate="geometric")), Target(score=60.0))
    assert best.method == "local: each indicator drawn back from its bound"


def test_a_lead_that_the_solver_loses_is_widened(monkeypatch: pytest.MonkeyPatch) -> None:
    """Once, and then the rank is had."""
    leads: list[float] = []

    def short(known: Any, cuts: Any, aim: Any, *, seconds: float) -> Any:
        leads.append(aim.lead)
        return cheapest(known, cuts, aim if len(leads) > 1 else aim._replace(lead=-1e-3), seconds=seconds)

    monkeypatch.setattr(searching, "cheapest", short)
    best = found(made(), Target(rank=1))
    assert best.is_exact is False
    assert leads[:2] == [LEAD, 4 * LEAD]


def test_pieces_that_were_mixed_are_taken_no_further_than_is_needed(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where jumps are too many to be taken whole, the furthest of a mix is taken, and then less of it."""
    monkeypatch.setattr(program, "_MOST_JUMPS", 2)
    result, target = made(normalise="rank"), Target(rank=1)
    one, best = search(result), found(result, target)
    points = one.paths[2].values.tolist()
    at = points.index(best.values[2])
    assert 0 < at < len(points) - 1
    less = one.computed((*best.values[:2], points[at - 1]))
    assert not target.is_met(one.standing(less), result.scheme)


def test_a_bound_that_whole_steps_do_not_meet_is_out_of_reach() -> None:
    """Level with the best at 9, which is no whole number of steps from 3."""
    columns = {"a": [3.0, 1, 9, 4], "b": [5.0, 1, 5, 2]}
    plan = scheme(group("t", leaf("a"), leaf("b")), aggregate="copeland")
    result = compute(plan, Table.of(columns, units=["u", "v", "w", "x"]))
    one = search(result, fixed=["b"], steps={"a": 0.148})
    assert one.ends == (9.0,)
    assert one.furthest.rank == 1
    assert one.cheapest(Target(rank=1)) is None


def test_dense_places_are_shared_by_those_before() -> None:
    """Second is below one score, however many units have it."""
    columns = {"a": [3.0, 9, 9, 4], "b": [3.0, 9, 9, 4]}
    result = compute(
        scheme(group("t", leaf("a"), leaf("b")), rank="dense"), Table.of(columns, units=["u", "v", "w", "x"])
    )
    one = Search(result, "u", levers(result, "u").moving)
    best = one.cheapest(Target(rank=2))
    assert best is not None
    assert one.standing(best.result).rank == 2
    assert best.cost < 0.4


def test_out_of_reach_is_none() -> None:
    """Where the furthest ways do not reach it."""
    one = search(made(), fixed=["a", "b"])
    assert one.cheapest(Target(score=99.0)) is None
    assert one.furthest.score < 99


def test_ways_on_which_the_index_is_not_defined_are_not_taken() -> None:
    """A value off its declared scale is refused by compute."""
    index = group("t", leaf("a", normalise={"method": "none", "low": 0, "high": 10}), leaf("b"), leaf("c"))
    one = search(made(index=index))
    at = [lever.indicator.code for lever in one.moving].index("a")
    values = list(one.ends)
    values[at] = 11.0
    assert one.computed(values) is None
    assert np.isnan(one.standing(None).rank)
