"""Panels computed: on own scales as alone, on a base period's, on one that all periods give."""

from __future__ import annotations

import pickle
from collections.abc import Mapping

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from pii.compute import compute
from pii.editions.compute import compute_panel
from pii.editions.results import Editions
from pii.errors import MethodError, PiiError, TableError
from pii.result import Result
from pii.scheme import Scheme
from pii.table import Panel, Table
from pii.tree import Group
from tests import strategies
from tests.editions.panels import GAP, PERIODS, drawn_panels, index, panel
from tests.shared import group, leaf, same, scheme

Drawn = tuple[Scheme, Panel]


def alike(one: Result, other: Result, tolerance: float = 0.0) -> bool:
    """Whether two results say the same of the same units."""
    assert one.composite.units.codes == other.composite.units.codes
    same(one.treatment.table.values, other.treatment.table.values, tolerance)
    same(one.scores.values, other.scores.values, tolerance)
    same(one.weights.shares, other.weights.shares, tolerance)
    same(one.composite.values, other.composite.values, tolerance)
    return same(one.ranking.values, other.ranking.values, tolerance)


def computed(read: Scheme, drawn: Panel, scale: str = "own") -> Editions:
    """The panel; what some period cannot be computed for is not a case."""
    try:
        return compute_panel(read, drawn, scale=scale)
    except PiiError:
        assume(False)
        raise


# --- Contracts


@given(drawn_panels())
@strategies.quick
def test_on_own_scales_every_period_is_computed_as_alone(drawn: Drawn) -> None:
    """Nothing of another period comes in."""
    read, years = drawn
    for period, result in computed(read, years).items():
        alike(result, compute(read, years[period]))
        assert result.reference is None


@given(drawn_panels())
@strategies.quick
def test_on_a_base_period_it_is_computed_as_alone_and_others_against_it(drawn: Drawn) -> None:
    """The base period on its own scale is itself."""
    read, years = drawn
    editions = computed(read, years, "2020")
    base = compute(read, years["2020"])
    alike(editions["2020"], base)
    alike(editions["2021"], compute(read, years["2021"], reference=base))
    assert editions["2021"].reference is editions["2020"].treatment.table


@given(drawn_panels())
@strategies.quick
def test_pooled_is_one_table_of_all_completed_periods(drawn: Drawn) -> None:
    """Treated, scaled, weighed and aggregated as one; screened, filled and ranked within each."""
    read, years = drawn
    pooled, own = computed(read, years, "pooled"), computed(read, years)
    together = Panel(tuple(result.completed for result in own.values())).pooled()
    plain = scheme(
        bare(read.index), **{name: getattr(read, name) for name in ("treat", "normalise", "weigh", "aggregate")},
        coverage=read.coverage, screen={"measured": 0, "empty": "exclude"},
    )  # fmt: skip
    at_once = compute(plain, together.take(np.flatnonzero(~np.isnan(together.values).all(axis=1))))
    position = {code: at for at, code in enumerate(at_once.composite.units.codes)}
    for period, result in pooled.items():
        assert result.screening.reasons == own[period].screening.reasons
        assert same(result.completed.values, own[period].completed.values, 0.0)
        for at, code in enumerate(result.composite.units.codes):
            if (row := position.get(f"{code}@{period}")) is not None:
                assert same(result.composite.values[at], at_once.composite.values[row], 1e-12)
                assert same(result.treatment.table.values[at], at_once.treatment.table.values[row], 0.0)
        assert same(result.ranking.values, read.rank(result.composite.values.T).T, 0.0)
        assert same(result.weights.shares, at_once.weights.shares, 1e-12)


def bare(node: Group) -> Group:
    """The tree without denominators, whose ratios are in the table already."""
    children = [
        bare(child) if isinstance(child, Group) else child.replace(denominator=None) for child in node.children
    ]
    return node.replace(children=children)


@given(drawn_panels(), st.sampled_from(["own", "2020", "pooled"]))
@strategies.quick
def test_a_panel_of_one_period_is_that_period_on_any_scale(drawn: Drawn, scale: str) -> None:
    """There is nothing else to take a scale from."""
    read, years = drawn
    alike(computed(read, Panel((years["2020"],)), scale)["2020"], compute(read, years["2020"]))


@pytest.mark.parametrize("scale", ["own", "2023", "pooled"])
@pytest.mark.parametrize(
    "fields", [{}, {"treat": "winsorise", "impute": "mean"}, {"weigh": "critic", "normalise": "zscore"}]
)
def test_the_order_of_tables_and_units_does_not_matter(scale: str, fields: Mapping[str, object]) -> None:
    """Results go with the period and the unit's code."""
    read, years = index(**fields), panel()
    turned = Panel(tuple(table.take(np.arange(len(table.units))[::-1]) for table in reversed(years.tables)))
    here, there = compute_panel(read, years, scale=scale), compute_panel(read, turned, scale=scale)
    assert list(there) == list(here) == list(PERIODS)
    for period, result in here.items():
        assert same(result.composite.values, there[period].composite.values[::-1], 1e-12)
        assert same(result.ranking.values, there[period].ranking.values[::-1], 0.0)


# --- By hand


def test_the_pooled_scale_runs_from_the_worst_to_the_best_of_all_periods() -> None:
    """0 and 100 occur once in the whole panel, not in each period."""
    editions = compute_panel(index(), panel(), scale="pooled")
    scores = np.vstack([result.scores.values for result in editions.values()])
    assert same(scores.min(axis=0), np.zeros(4), 0.0)
    assert same(scores.max(axis=0), np.full(4, 100.0), 0.0)
    own = [result.scores.values for result in compute_panel(index(), panel()).values()]
    assert all((one.min(axis=0) == 0).all() and (one.max(axis=0) == 100).all() for one in own)


def test_goalposts_are_the_same_on_any_scale() -> None:
    """They are declared."""
    fixed = scheme(group("i", leaf("a", goalposts={"low": 0, "high": 20})), normalise="goalposts")
    found = [compute_panel(fixed, panel(), scale=scale).scores().to_numpy() for scale in ("own", "2023", "pooled")]
    assert same(found[1], found[0], 0.0)
    assert same(found[2], found[0], 0.0)


def test_pooled_limits_of_outliers_come_from_all_periods() -> None:
    """A value that is an outlier of its year, but not of the panel, stays."""
    rules = scheme(group("i", leaf("a")), treat={"method": "winsorise", "limit": 1, "skewness": 1, "kurtosis": 1})
    low, high = [1.0, 2, 3, 4, 5, 6, 7, 90], [90.0, 91, 92, 93, 94, 95, 96, 97]
    units = [f"u{at}" for at in range(8)]
    years = Panel(tuple(Table.of({"a": a}, units=units, period=p) for p, a in (("2023", low), ("2024", high))))
    assert compute_panel(rules, years)["2023"].treatment.table.column("a")[7] == 7
    pooled = compute_panel(rules, years, scale="pooled")
    assert pooled["2023"].treatment.table.column("a")[7] == 90
    assert pooled["2023"].treatment.table.units.codes == tuple(units)
    assert pooled["2024"].reference is pooled["2023"].reference
    assert pooled["2024"].reference is not None
    assert len(pooled["2024"].reference.units) == 16


def test_gaps_are_filled_within_their_period_on_any_scale() -> None:
    """The mean of that year, not of all."""
    rules = scheme(group("i", leaf("a"), leaf("b")), impute="mean", screen={"measured": 0.5})
    x = {"2023": [0.0, 2.0, GAP], "2024": [10.0, 20.0, GAP]}
    years = Panel(
        tuple(Table.of({"a": a, "b": [1, 2, 3]}, units=["x", "y", "z"], period=period) for period, a in x.items())
    )
    for scale in ("own", "2023", "pooled"):
        editions = compute_panel(rules, years, scale=scale)
        assert [result.completed.column("a")[2] for result in editions.values()] == [1.0, 15.0]


def test_weights_made_from_data_are_one_set_when_pooled_and_each_its_own_else() -> None:
    """By the scores of all periods together."""
    read = index(weigh="critic")
    own, pooled = compute_panel(read, panel()), compute_panel(read, panel(), scale="pooled")
    first, *others = (result.weights.shares.tolist() for result in pooled.values())
    assert all(other == first for other in others)
    assert len({tuple(result.weights.shares.tolist()) for result in own.values()}) == 3


def test_schemes_of_their_own_share_a_scale_where_indicators_are_alike() -> None:
    """Trees, weights and names may differ."""
    other = scheme(group("j", leaf("d"), leaf("c"), leaf("b", direction=-1), leaf("a", weight=5.0)))
    rules = {"2021": index(), "2023": other, "2024": index()}
    pooled, alone = compute_panel(rules, panel(), scale="pooled"), compute_panel(index(), panel(), scale="pooled")
    for code in "abcd":
        assert same(pooled["2023"].scores.column(code), alone["2023"].scores.column(code), 0.0)
    assert pooled["2023"].composite.columns == ("j",)
    assert same(pooled["2024"].composite.values, alone["2024"].composite.values, 0.0)
    based = compute_panel(rules, panel(), scale="2021")
    assert same(
        based["2023"].scores.column("b"), compute_panel(index(), panel(), scale="2021")["2023"].scores.column("b")
    )


def test_an_indicator_without_any_value_in_a_period_takes_the_scale_of_others() -> None:
    """It has no width of its own; pooled, the other periods give one."""
    years = panel()
    values = np.array(years["2023"].values)
    values[:, 0] = GAP
    broken = Panel((years["2021"], years["2023"].holding(values), years["2024"]))
    with pytest.raises(MethodError, match="2023: a: no value is measured; a scale needs a width"):
        compute_panel(index(), broken)
    for scale in ("2021", "pooled"):
        result = compute_panel(index(), broken, scale=scale)["2023"]
        assert np.isnan(result.scores.column("a")).all()
        assert not np.isnan(result.composite.column("i")).any()


# --- Refusals


def test_what_periods_cannot_be_computed_for_is_said_of_all_at_once() -> None:
    """With the period."""
    years = panel()
    lacking = Panel(tuple(table.select(("a", "b", "c")) for table in years.values()))
    with pytest.raises(TableError) as refused:
        compute_panel(index(), lacking, scale="pooled")
    assert [(one.path, one.indicator) for one in refused.value.problems] == [(period, "d") for period in PERIODS]


def test_a_base_period_that_cannot_be_computed_is_said_once() -> None:
    """Not of every period that would be scaled by it."""
    with pytest.raises(PiiError) as refused:
        compute_panel(index(), Panel((panel()["2021"].select(("a", "b", "c")), panel()["2023"])), scale="2021")
    assert [(one.path, one.indicator) for one in refused.value.problems] == [("2021", "d")]


def test_editions_stay_read_only_on_the_way_to_another_process() -> None:
    """And say the same there."""
    editions = compute_panel(index(), panel(), scale="pooled")
    again = pickle.loads(pickle.dumps(editions))  # noqa: S301 - our own bytes
    assert again.scale == "pooled"
    assert again.scores().equals(editions.scores())
    with pytest.raises(TypeError):
        again.results["2025"] = again["2024"]
