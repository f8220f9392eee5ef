"""What must not matter, and what must only go one way, for whole indices."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from pii.borders import harmonise
from pii.compute import compute
from pii.errors import MethodError, TableError
from pii.methods.aggregate import (
    Aggregator,
    BenefitOfTheDoubt,
    Copeland,
    NetOutranking,
    Wroclaw,
)
from pii.methods.combine import Sum, WeightedMean
from pii.methods.impute import Mean, Median, NoImputation, RowMean
from pii.methods.normalise import (
    Borda,
    EmpiricalCdf,
    FixedGoalposts,
    Logistic,
    MinMax,
    NormalCdf,
    PercentileRank,
    Rank,
    ZScore,
)
from pii.methods.treat import ClipFences, ClipSpread, Log, NoTreatment, Winsorise, WinsoriseThenLog
from pii.methods.weigh import Equal, EqualOverIndicators, Given
from pii.places.crosswalk import Crosswalk
from pii.result import Result
from pii.scheme import Scheme
from pii.table import Table, Units
from pii.tree import Group, Indicator
from tests import strategies
from tests.properties.wholes import Index, every, indices, tame
from tests.shared import same

MEANS = [method for method in every(Aggregator) if method.is_mean]
MONOTONE = [*MEANS, Copeland(), NetOutranking(), Wroclaw(), BenefitOfTheDoubt()]
ABOVE_0 = [MinMax(floor=1.0, constant=50.0), ZScore(mean=200.0, sd=10.0, constant=200.0)]
RISING = [
    *ABOVE_0,
    Logistic(constant=50.0),
    NormalCdf(constant=50.0),
    EmpiricalCdf(),
    FixedGoalposts(floor=1.0),
    Rank(),
    Borda(),
    PercentileRank(),
]


def answered(rules: Scheme, table: Table) -> Result | None:
    """The result, or None where the methods have none for these values."""
    try:
        return compute(rules, table)
    except (MethodError, TableError):
        return None


def of_each(result: Result) -> dict[str, dict[str, float]]:
    """The scores of every group by the unit's code."""
    composite = result.composite
    return {
        code: dict(zip(composite.columns, row, strict=True))
        for code, row in zip(composite.units.codes, composite.values.tolist(), strict=True)
    }


def agree(found: Result | None, expected: Result | None, tolerance: float = 1e-9) -> bool:
    """Whether two results have the same scores, unit by unit and group by group; or there is none of either."""
    assert (found is None) == (expected is None)
    if found is None or expected is None:
        return True
    here, there = of_each(found), of_each(expected)
    assert here.keys() == there.keys()
    codes = expected.composite.columns
    return same(
        [[here[u][c] for c in codes] for u in there], [[there[u][c] for c in codes] for u in there], tolerance
    )


def changed(tree: Group, change: Callable[[Group | Indicator], Group | Indicator]) -> Group:
    """A tree of which every node below the top is changed."""
    children = [change(changed(child, change) if isinstance(child, Group) else child) for child in tree.children]
    return tree.replace(children=children)


# --- What must not matter


@given(indices(), st.data())
@settings(strategies.quick, max_examples=50)
def test_the_order_of_units(drawn: Index, data: st.DataObject) -> None:
    """Of any scheme; what is refused in one order is refused in another."""
    rules, table = drawn
    order = data.draw(strategies.shuffled(len(table.units)))
    assert agree(answered(rules, table.take(order)), answered(rules, table), 1e-7)


@given(indices(), st.data())
@settings(strategies.quick, max_examples=50)
def test_the_order_of_indicators_and_columns(drawn: Index, data: st.DataObject) -> None:
    """Of siblings in the tree, and of the table's columns."""
    rules, table = drawn
    order = data.draw(strategies.shuffled(len(table.columns)))
    moved = table.select([table.columns[at] for at in order])

    def turned(tree: Group) -> Group:
        children = [turned(child) if isinstance(child, Group) else child for child in tree.children]
        return tree.replace(children=children[::-1])

    assert agree(answered(rules.replace(index=turned(rules.index)), moved), answered(rules, table), 1e-7)


@given(
    tame(
        normalise=ABOVE_0,
        aggregate=every(Aggregator),
        treat=[NoTreatment(), Winsorise(limit=1), WinsoriseThenLog(limit=1), Log(), ClipSpread(), ClipFences()],
        impute=[NoImputation(), Mean(), Median(), RowMean()],
        gaps=True,
    ),
    st.data(),
)
@settings(strategies.quick, max_examples=60)
def test_an_indicators_unit_of_measurement(drawn: Index, data: st.DataObject) -> None:
    """Under min-max and z-scores, with any aggregation, and whatever treatment and imputation do not name a number."""
    rules, table = drawn
    k = len(rules.indicators)
    factors = data.draw(st.lists(st.sampled_from([1.0, 2.0**40, 2.0**-40, 0.25]), min_size=k, max_size=k))
    beside = np.ones(len(table.columns) - k)
    rescaled = table.holding(table.values * np.append(factors, beside))
    assert agree(answered(rules, rescaled), answered(rules, table))


@given(tame(normalise=ABOVE_0, aggregate=MEANS), st.sampled_from([1000.0, 1e-3, 3.0]))
@settings(strategies.quick, max_examples=30)
def test_a_unit_of_measurement_that_is_no_power_of_two(drawn: Index, factor: float) -> None:
    """Where rounding does not decide between what is tied."""
    rules, table = drawn
    assert agree(answered(rules, table.holding(table.values * factor)), answered(rules, table), 1e-8)


def _heavier(rules: Scheme, factor: float) -> Scheme:
    return rules.replace(index=changed(rules.index, lambda node: node.replace(weight=node.weight * factor)))


@given(indices(), st.sampled_from([2.0, 2.0**-23, 2.0**30]))
@settings(strategies.quick, max_examples=50)
def test_the_scale_of_weights(drawn: Index, factor: float) -> None:
    """Only ratios among siblings count: a factor that rounds no weight changes not a bit."""
    rules, table = drawn
    assert agree(answered(_heavier(rules, factor), table), answered(rules, table), 0.0)


@given(indices(), st.sampled_from([0.1, 1e-7, 1e9, 3.0]))
@settings(strategies.quick, max_examples=50)
def test_a_scale_of_weights_that_rounds(drawn: Index, factor: float) -> None:
    """Where no method looks at how the scores of groups differ.

    By weights of 1 and 1e9 they may differ in their last digits only, which a scale of their own makes large.
    """
    rules, table = drawn
    assume(not any(_looks_at_groups(rules, group) for group in rules.groups))
    assert agree(answered(_heavier(rules, factor), table), answered(rules, table), 1e-7)


def _looks_at_groups(rules: Scheme, group: Group) -> bool:
    inner = any(isinstance(child, Group) for child in group.children)
    return group.normalise is not None or (inner and rules.weigher_of(group).needs == "scores")


# --- What goes one way


@given(
    tame(normalise=RISING, aggregate=MONOTONE, weigh=[Given(), Equal(), EqualOverIndicators()]),
    st.data(),
)
@settings(strategies.quick, max_examples=80)
def test_a_dominated_unit_is_never_above_its_dominator(drawn: Index, data: st.DataObject) -> None:
    """A unit added that is nowhere better than another scores no higher, in any group."""
    rules, table = drawn
    k, above = len(rules.indicators), data.draw(st.integers(0, len(table.units) - 1))
    worse = np.array(data.draw(st.lists(st.sampled_from([0.0, 0.0, 1.0, 7.5]), min_size=k, max_size=k)))
    direction = np.array([indicator.direction for indicator in rules.indicators])
    row = table.values[above].copy()
    row[:k] -= worse * direction * row[k] if _put_per(rules) else worse * direction
    units = Units(
        (*table.units.codes, "below"),
        labels={name: (*groups, "") for name, groups in table.units.labels.items()},
    )
    result = answered(rules, Table(units, table.columns, np.vstack([table.values, row])))
    assume(result is not None)
    assert result is not None
    scores = of_each(result)
    better = scores[table.units.codes[above]]
    for code, score in scores["below"].items():
        assert score <= better[code] + 1e-9 * max(1.0, abs(score)), code


def _put_per(rules: Scheme) -> bool:
    return any(indicator.denominator for indicator in rules.indicators)


@given(tame(normalise=RISING, aggregate=MEANS, weigh=[Given(), Equal(), EqualOverIndicators()]), st.data())
@settings(strategies.quick, max_examples=80)
def test_doing_better_never_lowers_a_score(drawn: Index, data: st.DataObject) -> None:
    """One value of one unit improved, under methods that keep order and weights that do not look at the data."""
    rules, table = drawn
    at = data.draw(st.integers(0, len(rules.indicators) - 1))
    unit = data.draw(st.integers(0, len(table.units) - 1))
    values = table.values.copy()
    values[unit, at] += rules.indicators[at].direction * data.draw(st.sampled_from([0.001, 1.0, 50.0, 1e4]))
    before, after = answered(rules, table), answered(rules, table.holding(values))
    assume(before is not None and after is not None)
    assert before is not None
    assert after is not None
    code = table.units.codes[unit]
    for group, score in of_each(before)[code].items():
        assert of_each(after)[code][group] >= score - 1e-9 * max(1.0, abs(score)), group


# --- Borders


@st.composite
def mergers(draw: st.DrawFn) -> tuple[Table, Crosswalk]:
    """Counts and a rate of units, each of which goes whole or in parts to new ones."""
    n = draw(st.integers(1, 9))
    x = np.array(draw(strategies.matrices(strategies.MEASURED, rows=(3, 3), units=(n, n))))
    codes = [f"u{at}" for at in range(n)]
    rows: list[tuple[str, str, float]] = []
    for code in codes:
        parts = draw(st.sampled_from([(1.0,), (1.0,), (0.25, 0.75), (0.5, 0.3, 0.2)]))
        first = draw(st.integers(0, 3))
        rows += [(code, f"new{(first + at) % 5}", part) for at, part in enumerate(parts)]
    table = Table.of(dict(zip(("count", "people", "rate"), x, strict=True)), units=codes)
    return table, Crosswalk.of(rows)


RULES = {"count": Sum(), "people": Sum(), "rate": WeightedMean(by="people")}


@given(mergers())
@settings(strategies.quick, max_examples=60)
def test_harmonising_then_summing_is_summing(drawn: tuple[Table, Crosswalk]) -> None:
    """Totals of counts stay what they were, and so does the mean of a rate over all people."""
    table, walk = drawn
    found = harmonise(table, to=walk, rules=RULES).table
    for code in ("count", "people"):
        assert same(found.column(code).sum(), table.column(code).sum(), 1e-12)
    means = [np.average(one.column("rate"), weights=one.column("people")) for one in (found, table)]
    assert same(means[0], means[1], 1e-12)


@given(mergers(), st.data())
@settings(strategies.quick, max_examples=60)
def test_harmonising_in_two_steps_is_harmonising_in_one(
    drawn: tuple[Table, Crosswalk], data: st.DataObject
) -> None:
    """From old units to new, and from new to all in one or two, whatever the order of the rows."""
    table, walk = drawn
    halves = {target: data.draw(st.sampled_from(["north", "south"])) for target in walk.targets}
    onwards = Crosswalk.of([(target, half, 1.0) for target, half in halves.items()])
    order = data.draw(strategies.shuffled(len(table.units)))
    once = harmonise(table, to=walk, rules=RULES).table
    twice = harmonise(once, to=onwards, rules=RULES).table
    shares: dict[tuple[str, str], float] = {}
    for source in walk.sources:
        for target in walk.targets:
            share = walk.parts(target).get(source, 0.0)
            if share:
                key = (source, halves[target])
                shares[key] = shares.get(key, 0.0) + share
    direct = Crosswalk.of([(source, half, share) for (source, half), share in shares.items()])
    straight = harmonise(table.take(order), to=direct, rules=RULES).table
    for code in ("count", "people"):
        for half in twice.units.codes:
            there = twice.column(code)[twice.units.locate(half)]
            assert same(straight.column(code)[straight.units.locate(half)], there, 1e-12)
