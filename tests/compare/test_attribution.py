"""A change is split as the definition says: parts add up, and only what changed brings anything."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pii.compare import attribution, owned
from pii.compare.attribution import Attribution, attribute
from pii.compare.hybrids import Hybrids
from pii.compute import compute
from pii.errors import MethodError
from pii.methods.normalise import MinMax, ZScore
from pii.result import Result
from pii.scheme import Scheme
from pii.table import Table
from tests.compare.editions import CODES, UNITS, Numbers, pairs, plan, results, slow_parts, table
from tests.shared import group, leaf, same, scheme
from tests.strategies import quick

YEARS = (
    np.array(
        [[0, 0, 0, 0, 0], [99, 99, 99, 99, 99], [50, 20, 70, 30, 40], [40, 60, 10, 45, 80], [44, 33, 22, 66, 5.0]]
    ),
    np.array(
        [[1, 2, 0, 0, 3], [99, 90, 99, 95, 99], [20, 25, 80, 50, 10], [45, 61, 20, 45, 85], [70, 33, 12, 60, 9.0]]
    ),
)


def split(before: Result, after: Result, samples: int = 1000, seed: int = 0) -> Attribution:
    """The parts."""
    return attribute(Hybrids(before, after), samples=samples, seed=seed)


def parts(found: Attribution, unit: int, what: str) -> dict[str, float]:
    """The parts of a unit by step and indicator."""
    own, coarse = (getattr(each, what)[:, unit] for each in (found.own, found.coarse))
    return dict(zip(found.indicators, own.tolist(), strict=True)) | dict(
        zip(found.steps[1:], coarse[1:].tolist(), strict=True)
    )


METHODS: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "nothing": ({}, {}),
    "methods": ({}, {"normalise": ZScore(mean=50, sd=20)}),
    "weights": ({}, {"weights": {"P": (1.0, 3.0), "i": (2.0, 1.0)}}),
    "indicators": ({}, {"extra": True}),
    "dropped": ({"extra": True}, {}),
    "turned": ({}, {"directions": (1, -1, -1, 1)}),
    "all": ({}, {"extra": True, "weights": {"P": (1.0, 3.0)}, "aggregate": "median"}),
}


def between(before: dict[str, Any], after: dict[str, Any], taken: frozenset[str]) -> Scheme:
    """The scheme once some steps are taken."""
    steps = {"extra": "indicators", "directions": "indicators", "weights": "weights"}
    fields = set(before) | set(after)
    chosen = {field: (after if steps.get(field, "methods") in taken else before).get(field) for field in fields}
    return plan(**{field: value for field, value in chosen.items() if value is not None})


@pytest.mark.parametrize("what", ["score", "rank"])
@pytest.mark.parametrize("changed", METHODS)
def test_parts_are_what_every_order_of_steps_gives(changed: str, what: str) -> None:
    """Held against an index computed anew at every step of every order."""
    before, after = METHODS[changed]
    found = split(*results(YEARS, plan(**before), plan(**after)))
    for unit in (2, 4):
        slow = slow_parts(YEARS, partial(between, before, after), found.steps[2:], unit, what)
        assert same([parts(found, unit, what)[step] for step in slow], list(slow.values()), 1e-9)


@settings(quick, max_examples=6)
@given(years=pairs())
def test_parts_of_any_data_are_what_every_order_gives(years: tuple[Numbers, Numbers]) -> None:
    """Scores and places, with nothing else changed."""
    found = split(*results(years, plan(), plan()))
    for what in ("score", "rank"):
        slow = slow_parts(years, lambda _: plan(), found.steps[2:], 3, what)
        assert same([parts(found, 3, what)[step] for step in slow], list(slow.values()), 1e-9)


@quick
@given(
    years=pairs(gaps=True),
    aggregate=st.sampled_from(["arithmetic", "median", "minimum"]),
    rank=st.sampled_from(["competition", "dense", "modified_competition", "average"]),
    changed=st.sampled_from(sorted(METHODS)),
)
def test_parts_add_up_to_the_change(
    years: tuple[Numbers, Numbers], aggregate: str, rank: str, changed: str
) -> None:
    """Of scores and of places, with gaps that open and close, whatever else changed."""
    first, second = ({"rank": rank, "aggregate": aggregate} | fields for fields in METHODS[changed])
    before, after = results(years, plan(**first), plan(**second))
    found = split(before, after)
    old, new = ([result.composite.units.codes.index(code) for code in found.units] for result in (before, after))
    for what, grid in (("score", "composite"), ("rank", "ranking")):
        change = getattr(after, grid).values[new, 0] - getattr(before, grid).values[old, 0]
        coarse = getattr(found.coarse, what)
        assert same(coarse.sum(axis=0), change, 1e-9)
        assert same(getattr(found.own, what).sum(axis=0), coarse[0], 1e-9)


def test_a_unit_without_a_score_in_between_has_no_parts() -> None:
    """Where its own data of one year by the methods of the other are too few; the others' parts stand."""
    years = [np.array(x) for x in YEARS]
    years[0][2, 0] = np.nan
    before, after = results((years[0], years[1]), plan(coverage=0.5), plan(coverage=1.0))
    found = split(before, after)
    assert found.split.tolist() == [True, True, False, True, True]
    assert np.isnan(found.own.rank[:, 2]).all()
    assert not np.isnan(found.own.rank[:, [0, 1, 3, 4]]).any()


@quick
@given(years=pairs(), order=st.permutations(range(5)))
def test_the_order_of_units_changes_nothing(years: tuple[Numbers, Numbers], order: list[int]) -> None:
    """A unit has its parts wherever it stands in the table."""
    found = split(*results(years, plan(), plan()))
    turned = [table(x).take(np.array(order)) for x in years]
    other = split(compute(plan(), turned[0]), compute(plan(), turned[1]))
    assert [UNITS[at] for at in order] == list(other.units)
    assert same(other.own.rank, found.own.rank[:, order])
    assert same(other.coarse.score, found.coarse.score[:, order])


def test_the_order_of_indicators_changes_nothing() -> None:
    """An indicator has its part wherever it stands in its group."""
    turned = scheme(
        group("i", group("Q", leaf("d"), leaf("c", direction=-1)), group("P", leaf("b"), leaf("a"))),
    )
    first, second = split(*results(YEARS, plan(), plan())), split(*results(YEARS, turned, turned))
    order = [second.indicators.index(code) for code in first.indicators]
    assert same(second.own.rank[order], first.own.rank, 1e-9)
    assert same(second.own.score[order], first.own.score, 1e-9)


def only(found: Attribution, *steps: str) -> bool:
    """Whether all other parts are 0."""
    names = [*found.indicators, *found.steps[1:]]
    rows = (
        np.concatenate([found.own.score, found.coarse.score[1:]]),
        np.concatenate([found.own.rank, found.coarse.rank[1:]]),
    )
    others = [at for at, name in enumerate(names) if name not in steps]
    return all(np.abs(each[others]).max() < 1e-12 for each in rows) and any(
        np.abs(each).max() > 0.1 for each in rows
    )


def test_other_methods_alone_bring_all() -> None:
    """The same data, weights and indicators by another aggregation."""
    same_year = (YEARS[0], YEARS[0])
    assert only(split(*results(same_year, plan(), plan(aggregate="minimum"))), "methods")


def test_other_weights_alone_bring_all() -> None:
    """The same data by other weights."""
    same_year = (YEARS[0], YEARS[0])
    assert only(split(*results(same_year, plan(), plan(weights={"P": (1.0, 9.0)}))), "weights")


def test_weights_in_another_measure_are_no_other_weights() -> None:
    """Only proportions count: ten times as much of everything is no step."""
    before, after = results(YEARS, plan(), plan(weights={"P": (10.0, 10.0), "i": (3.0, 3.0)}))
    assert Hybrids(before, after).steps == ("scale",)


def test_another_indicator_alone_brings_all() -> None:
    """The same data and one indicator more; what it weighs is a matter of the indicators."""
    same_year = (YEARS[0], YEARS[0])
    assert only(split(*results(same_year, plan(), plan(extra=True))), "indicators")


def test_one_cell_inside_the_scale_is_its_indicators() -> None:
    """Nothing but the unit's own indicator moves its score; others move in rank only."""
    later = np.array(YEARS[0])
    later[2, 1] = 80.0
    found = split(*results((YEARS[0], later), plan(), plan()))
    assert same(parts(found, 2, "score")["b"], 60 / 99 * 100 / 4)
    assert only(found, "b", "others")


def test_one_cell_that_is_the_end_of_the_scale_moves_the_scale() -> None:
    """The best unit falls: its own score changes little, and the others' rise with the scale."""
    later = np.array(YEARS[0])
    later[1, 1] = 70.0
    found = split(*results((YEARS[0], later), plan(), plan()))
    assert parts(found, 1, "score")["b"] < 0 < parts(found, 1, "score")["scale"]
    assert parts(found, 2, "score")["scale"] > 0
    assert parts(found, 2, "score")["b"] == 0
    assert only(found, "b", "others", "scale")


def test_on_one_scale_only_own_data_move_a_score() -> None:
    """Both editions on the scale of the first: no scale moves."""
    before = compute(plan(), table(YEARS[0]))
    after = compute(plan(), table(YEARS[1]), reference=before)
    before = compute(plan(), table(YEARS[0]), reference=before)
    assert only(split(before, after), *CODES, "others")


def test_treatment_that_others_cause_is_the_scale() -> None:
    """A value that is pulled in because others changed is no change of the unit's own."""
    rng = np.random.default_rng(0)
    x = rng.normal(50, 5, size=(12, 4))
    units = [f"u{at}" for at in range(12)]
    x[0, 0] = 400.0
    later = np.array(x)
    later[0, 0] = 60.0
    plain = plan(treat={"method": "winsorise", "limit": 1})

    def made(values: Numbers) -> Result:
        return compute(plain, Table.of({c: values[:, at] for at, c in enumerate(CODES)}, units=units))

    found = split(made(x), made(later))
    assert Hybrids(made(x), made(later)).before.treatment.rules
    assert np.abs(found.own.score[:, 1:]).max() == 0


def test_units_that_enter_or_leave_are_others() -> None:
    """They move places, and have no parts."""
    before = compute(plan(normalise={"method": "none"}), table(YEARS[0]))
    fewer = table(YEARS[0]).take(np.array([0, 1, 2]))
    found = split(before, compute(plan(normalise={"method": "none"}), fewer))
    assert found.units == ("u", "v", "w")
    assert only(found, "others")


def wide(n: int = 16) -> tuple[Result, Result]:
    """Editions of one group with too many indicators for all their orders."""
    rng = np.random.default_rng(3)
    codes = [f"n{at}" for at in range(n)]
    declared = scheme(group("i", *(leaf(code) for code in codes)))
    first = rng.normal(size=(6, n))
    second = first + rng.normal(size=(6, n))
    old, new = (table(x, codes) for x in (first[:5], second[:5]))
    return compute(declared, old), compute(declared, new)


def test_drawn_orders_add_up_and_say_their_error() -> None:
    """Too many orders to weigh them all: errors are stated, and parts add up all the same."""
    before, after = wide()
    found = split(before, after, samples=400)
    assert not found.is_exact
    assert found.own.rank_error.max() > 0
    change = after.ranking.values[:, 0] - before.ranking.values[:, 0]
    assert same(found.own.rank.sum(axis=0) + found.coarse.rank[1:].sum(axis=0), change, 1e-9)
    again = split(before, after, samples=400)
    assert np.array_equal(again.own.rank, found.own.rank)


def test_stated_errors_are_those_of_other_seeds() -> None:
    """Estimates from many seeds spread about as their errors say, and scores of means are exact."""
    before, after = wide()
    found = [split(before, after, samples=100, seed=seed * 10) for seed in range(40)]
    spread = np.std([one.own.rank for one in found], axis=0, ddof=1)
    stated = np.sqrt(np.mean([one.own.rank_error**2 for one in found], axis=0))
    known = stated > 1e-3
    assert 0.8 < float(np.median(spread[known] / stated[known])) < 1.25


def test_drawn_orders_come_near_those_that_are_all_weighed(monkeypatch: pytest.MonkeyPatch) -> None:
    """The same game by both ways agrees within five standard errors."""
    exact = split(*results(YEARS, plan(), plan()))
    monkeypatch.setattr(owned, "_MOST", 1)
    drawn = split(*results(YEARS, plan(), plan()), samples=4000)
    assert exact.is_exact
    assert not drawn.is_exact
    for what in ("score", "rank"):
        error = getattr(drawn.own, f"{what}_error")
        assert (np.abs(getattr(drawn.own, what) - getattr(exact.own, what)) <= 5 * error + 1e-9).all()


@pytest.mark.parametrize(
    ("fields", "said"),
    [({"aggregate": "copeland"}, "takes the copeland score"), ({"aggregate": "kemeny"}, "takes the kemeny score")],
)
def test_scores_that_compare_units_are_refused(fields: dict[str, Any], said: str) -> None:
    """What a unit's own data bring is then not to be told from what the others' do."""
    with pytest.raises(MethodError, match=said):
        split(*results(YEARS, plan(**fields), plan(**fields)))


def test_a_geometric_mean_is_split_too() -> None:
    """Data off the other edition's scale score as its ends do, for which the mean is defined."""
    fields: dict[str, Any] = {"aggregate": "geometric", "normalise": MinMax(floor=1.0)}
    before, after = results(YEARS, plan(normalise=MinMax(floor=1.0)), plan(**fields))
    found = split(before, after)
    assert found.steps == ("own", "others", "scale", "methods")
    change = after.composite.values[:, 0] - before.composite.values[:, 0]
    assert same(found.coarse.score.sum(axis=0), change, 1e-9)


def test_a_score_that_is_not_defined_in_between_is_refused_with_a_remedy() -> None:
    """A share of the best, where the other edition's best is below 0."""
    years = [np.array(x) for x in YEARS]
    years[1][:, 0] -= 200.0
    ways = (1, 1, 1, 1)
    first, second = plan(normalise="fraction_of_max", directions=ways), plan(directions=ways)
    before, after = results((years[0], years[1]), first, second)
    with pytest.raises(MethodError, match=r"between the two editions.*compute both with one reference"):
        split(before, after)


@pytest.mark.parametrize("name", ["places_among", "shapley"])
def test_parts_that_do_not_add_up_are_never_given_out(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A mistake inside is found when it happens."""
    right: Callable[..., Any] = getattr(attribution, name)
    monkeypatch.setattr(attribution, name, lambda *given: right(*given) + 1.0)
    with pytest.raises(MethodError, match="parts add up"):
        split(*results(YEARS, plan(), plan()))
