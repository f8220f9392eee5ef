"""Stages: each aligns by label, says all that is wrong at once by name, and leaves its input alone."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pii import stages
from pii.align import align
from pii.errors import MethodError, PiiError, TableError
from pii.methods.aggregate import Arithmetic
from pii.scheme import Scheme
from pii.scores import Composite, Scores, Weights
from pii.table import Table, Units
from tests import strategies
from tests.shared import group, leaf, same, scheme

UNITS = Units(
    ("01", "02", "03", "04"),
    ("Hà Nội", "Hà Giang", "Cao Bằng", "Bắc Kạn"),
    {"region": ("delta", "mountains", "mountains", "")},
)
NAN = float("nan")


def table(**columns: Any) -> Table:
    """Values of the four units."""
    return Table.of(columns, units=UNITS)


def said(error: PiiError) -> list[str]:
    """Every problem as text."""
    return [str(problem) for problem in error.problems]


PAIR = scheme(group("g", leaf("a"), leaf("b")))


# Denominate


def test_every_indicator_is_put_per_its_own_denominator() -> None:
    """By the scheme's method or its own; a denominator may be an indicator itself."""
    read = scheme(
        group(
            "g",
            leaf("a", denominator="people"),
            leaf("b", denominator="a", denominate={"method": "ratio", "scale": 100.0}),
            leaf("c"),
            leaf("d", denominator="people", denominate="none"),
        ),
        denominators=[{"code": "people"}],
    )
    raw = table(c=[7, 7, 7, 8], a=[2, 4, 6, NAN], people=[1, 2, 3, NAN], b=[1, 1, 3, NAN], d=[1, 2, 3, 4])
    measured = align(raw, read)
    ratios = stages.denominate(measured, read)
    assert ratios.columns == ("a", "b", "c", "d")
    assert same(ratios.values.T, np.array([[2, 2, 2, NAN], [50, 25, 50, NAN], [7, 7, 7, 8], [1, 2, 3, 4]]))
    assert stages.denominate(measured.select(["c"]), scheme(group("g", leaf("c")))).columns == ("c",)


def test_unfit_denominators_are_said_by_unit_and_indicator() -> None:
    """All at once, from every block and method."""
    read = scheme(
        group(
            "g",
            leaf("a", denominator="people"),
            leaf("b", denominator="people", denominate={"method": "ratio", "scale": 10.0}),
        ),
        denominators=[{"code": "people"}],
    )
    measured = align(table(a=[1, 2, 3, 4], b=[1, NAN, 3, 4], people=[1, 0, -5, NAN]), read)
    with pytest.raises(MethodError) as refused:
        stages.denominate(measured, read)
    rest = (
        "a measured quantity needs a denominator above 0; "
        "give it one, leave the indicator's cell empty, or declare gap: missing for a missing one"
    )
    assert said(refused.value) == [
        f"a: Hà Giang: the denominator is 0 (people); {rest}",
        f"a: Cao Bằng: the denominator is -5 (people); {rest}",
        f"a: Bắc Kạn: the denominator is missing (people); {rest}",
        f"b: Cao Bằng: the denominator is -5 (people); {rest}",
        f"b: Bắc Kạn: the denominator is missing (people); {rest}",
    ]


def test_ratios_too_large_to_compute_with_are_named() -> None:
    """Though neither side is; indicators without a denominator are not looked at again."""
    read = scheme(group("g", leaf("b"), leaf("a", denominator="people")), denominators=[{"code": "people"}])
    measured = align(table(a=[1, 2, 1e60, 4], b=[1, 2, 3, 4], people=[1, 1, 1e-60, 1]), read)
    with pytest.raises(MethodError) as refused:
        stages.denominate(measured, read)
    assert [(p.indicator, p.unit, p.found) for p in refused.value.problems] == [
        ("a", "Cao Bằng", "the value is 1e+120")
    ]


# Screen

TWO_GROUPS = group(
    "index",
    group("in", leaf("a"), leaf("b"), leaf("c")),
    group("out", group("p", leaf("d")), group("q", leaf("e"), leaf("f"))),
)
GAPPY = table(
    a=[1, NAN, 1, 0], b=[1, NAN, 1, 0], c=[1, 1, 1, 0], d=[1, 1, NAN, 0], e=[1, 1, 1, 0], f=[1, 1, NAN, 0]
)


def screened(**screen: Any) -> dict[str, tuple[str, ...]]:
    """Who is not ranked, and why, by a rule."""
    return dict(stages.screen(GAPPY, scheme(TWO_GROUPS, screen={"measured": 0.0, **screen})).reasons)


def test_nobody_is_screened_out_without_a_rule() -> None:
    """Whatever is missing."""
    assert screened() == {}


def test_the_overall_share_is_of_indicators_measured() -> None:
    """A unit that has exactly the share is ranked."""
    assert screened(measured=4 / 6) == {}
    assert screened(measured=0.7) == {
        "02": ("4 of 6 indicators measured, 0.7 of them needed",),
        "03": ("4 of 6 indicators measured, 0.7 of them needed",),
    }


def test_the_share_of_values_that_are_not_0_is_of_those_measured() -> None:
    """Gaps are not zeros."""
    assert screened(nonzero=0.5) == {"04": ("0 of its values are not 0, 0.5 needed",)}


def test_rules_within_groups_name_the_group() -> None:
    """Several reasons of one unit stand together."""
    within = [{"groups": ["in", "out"], "measured": 0.66}, {"groups": ["out"], "scorable": 2}]
    assert screened(within=within) == {
        "02": ("in: 1 of 3 indicators measured, 0.66 needed",),
        "03": ("out: 1 of 3 indicators measured, 0.66 needed", "out: 1 of its children have data, 2 needed"),
    }


def test_units_are_let_in_and_left_out_by_code() -> None:
    """Those let in that needed it are recorded; others have no need to be."""
    read = scheme(TWO_GROUPS, screen={"measured": 0.7, "include": ["02", "01"], "exclude": ["04"]})
    screening = stages.screen(GAPPY, read)
    assert screening.forced == ("02",)
    assert dict(screening.reasons) == {
        "03": ("4 of 6 indicators measured, 0.7 of them needed",),
        "04": ("excluded by the scheme",),
    }
    assert screening.eligible.tolist() == [0, 1]
    assert same(screening.measured, [1, 4 / 6, 4 / 6, 1])


def test_a_unit_that_the_table_has_not_is_let_in_and_left_out_without_effect() -> None:
    """An edition may lack it."""
    screening = stages.screen(GAPPY, scheme(TWO_GROUPS, screen={"include": ["98"], "exclude": ["99"]}))
    assert (screening.forced, dict(screening.reasons)) == ((), {})


def test_where_nobody_has_data_enough_every_unit_is_said_with_its_reasons() -> None:
    """By name, with the rule and what to do."""
    few = table(a=[1, NAN, NAN, 0], b=[NAN, 1, 1, NAN])
    read = scheme(PAIR.index, screen={"measured": 0.9, "nonzero": 0.5, "exclude": ["02"]})
    with pytest.raises(TableError) as refused:
        stages.screen(few, read)
    short = "1 of 2 indicators measured, 0.9 of them needed"
    rest = "no unit has data enough to be ranked; measure more, or lower what screen asks for"
    assert said(refused.value) == [
        f"Hà Nội: {short}; {rest}",
        f"Hà Giang: excluded by the scheme; {rest}",
        f"Cao Bằng: {short}; {rest}",
        f"Bắc Kạn: {short}; 0 of its values are not 0, 0.5 needed; {rest}",
    ]


def exact_shares() -> list[tuple[int, int]]:
    """Shares that two decimals give exactly, such as 11 of 20."""
    return [(count, n) for n in range(1, 41) for count in range(1, n) if 100 * count % n == 0]


def screen_rules(share: float) -> dict[str, dict[str, Any]]:
    """Each rule by a share, the others off."""
    off = {"measured": 0.0}
    return {
        "measured": {"measured": share},
        "nonzero": {**off, "nonzero": share},
        "within": {**off, "within": [{"groups": ["g"], "measured": share}]},
    }


@pytest.mark.parametrize(
    "rule",
    ["measured", "nonzero", "within"],
)
def test_a_unit_that_has_exactly_the_share_asked_for_is_ranked(rule: str) -> None:
    """For every share that can be typed in two decimals."""
    short = []
    for count, n in exact_shares():
        codes = tuple(f"i{at}" for at in range(n))
        read = scheme(group("g", *map(leaf, codes)), screen=screen_rules(round(count / n, 2))[rule])
        values = np.where(np.arange(n) < count, 1.0, 0.0 if rule == "nonzero" else np.nan)[None, :]
        if stages.screen(Table(Units(("x",)), codes, values), read).reasons:
            short.append((count, n))
    assert not short


# Impute, treat


def test_labels_reach_the_imputer_by_name() -> None:
    """Every indicator by its own method; one without a gap is left as it is."""
    index = group(
        "g",
        leaf("a", impute={"method": "group_mean", "by": "region"}),
        leaf("b", impute="mean"),
        leaf("c", impute="median"),
        leaf("d"),
    )
    read = scheme(index, labels=[{"code": "region"}])
    gaps = table(a=[1, 2, NAN, NAN], b=[1, 2, NAN, 6], c=[1, 2, 3, 4], d=[NAN, 2, 3, 4])
    completed = stages.impute(gaps, read)
    assert same(completed.values.T, np.array([[1, 2, 2, NAN], [1, 2, 3, 6], [1, 2, 3, 4], [NAN, 2, 3, 4]]))
    assert np.isnan(gaps.column("a")[2])
    full = table(a=[1, 2, 3, 4], b=[1, 2, 3, 4], c=[1, 2, 3, 4], d=[1, 2, 3, 4])
    assert stages.impute(full, read) is full


def test_a_covariate_reaches_the_imputer_from_beside() -> None:
    """It is one of the columns of the aligned table, of the same units; other indicators are filled their own way."""
    index = group("g", leaf("a", impute={"method": "regression", "on": ["people"]}), leaf("b", impute="mean"))
    read = scheme(index, denominators=[{"code": "people"}])
    aligned = align(table(people=[1, 2, 3, 10], a=[3, 5, 7, NAN], b=[1, 2, NAN, 6]), read)
    completed = stages.impute(stages.denominate(aligned, read), read, beside=aligned)
    assert completed.columns == ("a", "b")
    assert same(completed.values.T, [[3, 5, 7, 21], [1, 2, 3, 6]], 1e-12)


def test_a_method_that_looks_across_sees_those_that_share_it() -> None:
    """With their directions and their groups; not indicators with a method of their own."""
    index = group(
        "g",
        group("h", leaf("a"), leaf("b", direction=-1), leaf("c", impute="none")),
        group("i", leaf("d"), leaf("e")),
    )
    gaps = table(a=[0, 10, 4, NAN], b=[0, 5, NAN, 1], c=[9, 8, 7, NAN], d=[0, 4, 3, 2], e=[NAN, 0, 2, 8])
    within = stages.impute(gaps, scheme(index, impute={"method": "row_mean", "level": 1}))
    expected = np.array([[0, 10, 4, 8], [0, 5, 3, 1], [9, 8, 7, NAN], [0, 4, 3, 2], [0, 0, 2, 8]])
    assert same(within.values.T, expected, 1e-14)
    over = stages.impute(gaps, scheme(index, impute="row_mean"))
    assert same(over.column("a"), [0, 10, 4, 10 * (0.8 + 0.5 + 1) / 3], 1e-14)


def test_gaps_that_no_method_fills_are_said_by_indicator() -> None:
    """Of every method at once."""
    index = group(
        "g",
        leaf("c"),
        leaf("a", impute={"method": "regression", "on": ["people"]}),
        leaf("b", impute={"method": "regression", "on": ["people", "area"]}),
        leaf("d", impute={"method": "regression", "on": ["area"]}),
    )
    read = scheme(index, denominators=[{"code": "people"}, {"code": "area"}])
    columns = {"people": [1, 2, 3, 4], "area": [2, 1, 2, 2], "c": [1, 2, 3, 4], "d": [1, 2, 3, NAN]}
    aligned = align(table(a=[1, 2, NAN, NAN], b=[1, 2, 3, NAN], **columns), read)
    with pytest.raises(MethodError) as refused:
        stages.impute(stages.denominate(aligned, read), read, beside=aligned)
    assert [(p.indicator, p.unit, p.found) for p in refused.value.problems] == [
        ("a", "", "2 units have it and 1 covariates"),
        ("b", "", "3 units have it and 2 covariates"),
    ]


def test_a_groups_own_method_fills_its_score_after_aggregation() -> None:
    """The indicators' gaps stay as they are."""
    index = group("g", group("h", leaf("a"), leaf("b"), impute="median"), leaf("c"))
    read = scheme(index, normalise="rank")
    scores = Scores(UNITS, ("a", "b", "c"), np.array([[1, 3, 2], [NAN, NAN, 4], [5, 5, 6], [9, NAN, 1]]))
    composite = stages.aggregate(scores, stages.weigh(scores, read), read)
    assert same(composite.column("h"), [2, 5, 5, 9])
    assert same(composite.column("g"), [2, 4.5, 5.5, 5])


def test_treatment_is_recorded_by_indicator() -> None:
    """Those left as they are are not in it; without any, the table itself goes on."""
    read = scheme(group("g", leaf("a", treat="log"), leaf("b", treat="winsorise"), leaf("c")))
    values = table(a=[1, 2, 3, 4], b=[1, 2, 3, 4], c=[1, 2, 3, 90])
    treatment = stages.treat(values, read)
    assert dict(treatment.rules) == {"a": "log"}
    assert same(treatment.table.select(["b", "c"]).values, values.select(["b", "c"]).values)
    assert stages.treat(values, scheme(group("g", leaf("a"), leaf("b"), leaf("c")))).table is values


def test_a_treater_is_told_which_way_is_better() -> None:
    """Each indicator's own: the log of the GII starts from the worst."""
    read = scheme(group("g", leaf("a"), leaf("b", direction=-1), leaf("c")), treat="log_gii")
    values = table(a=[0, 50, 100, NAN], b=[0, 50, 100, NAN], c=[0, 50, 100, NAN])
    worst, middle = np.log(100), np.log(50.5)
    expected = [[0, middle, worst, NAN], [-worst, -middle, 0, NAN], [0, middle, worst, NAN]]
    assert same(stages.treat(values, read).table.values.T, expected, 1e-12)


# Normalise


def test_direction_turns_values_goalposts_and_targets() -> None:
    """Goalposts and targets are in the indicator's own units, whatever its direction."""
    index = group(
        "g",
        leaf("a", direction=-1),
        leaf("b", direction=-1, normalise="goalposts", goalposts={"low": 0.0, "high": 10.0}),
        leaf("c", direction=-1, normalise="distance_to_target", target=0.0),
        leaf("d", normalise="goalposts", goalposts={"low": 0.0, "high": 10.0}),
    )
    values = table(a=[1, 2, 3, 5], b=[0, 10, 5, 12], c=[10, 5, 0, 2.5], d=[0, 10, 5, 12])
    scores = stages.normalise(values, scheme(index))
    expected = [[100, 75, 50, 0], [100, 0, 50, 0], [0, 50, 100, 75], [0, 100, 50, 100]]
    assert same(scores.values.T, expected, 1e-13)


@pytest.mark.parametrize("direction", [1, -1])
def test_a_band_may_be_missed_on_either_side(direction: int) -> None:
    """Its ends are in the indicator's own units, whichever way is better."""
    band = {"low": 4.0, "high": 6.0}
    read = scheme(group("g", leaf("a", direction=direction, normalise="distance_to_target", target=band)))
    scores = stages.normalise(table(a=[0, 3, 7, 10]), read).values[:, 0]
    assert same(scores, [0, 75, 75, 0], 1e-12)
    assert same(stages.normalise(table(a=[4, 5, 6, 10]), read).values[:3, 0], [100, 100, 100], 1e-12)


def test_a_base_is_the_indicators_own_or_that_of_a_unit() -> None:
    """It is turned with the values, and a unit's is that of the reference."""
    to_unit = {"method": "distance_to_reference", "unit": "02"}
    index = group(
        "g",
        leaf("a", direction=-1, normalise="distance_to_reference", base=2.0),
        leaf("b", direction=-1, normalise=to_unit, base=3.0),
        leaf("c", normalise=to_unit),
        leaf("d", normalise="distance_to_reference"),
    )
    values = table(a=[1, 2, 3, 4], b=[1, 2, 3, 4], c=[1, 2, 3, 4], d=[1, 2, 3, 4])
    scores = stages.normalise(values, scheme(index))
    assert same(
        scores.values.T, [[150, 100, 50, 0], [150, 100, 50, 0], [50, 100, 150, 200], [40, 80, 120, 160]], 1e-12
    )
    then = stages.normalise(
        values, scheme(index), reference=table(a=[8] * 4, b=[0, 4, 9, 9], c=[0, 1, 9, 9], d=[5] * 4)
    )
    assert same(
        then.values.T, [[150, 100, 50, 0], [175, 150, 125, 100], [100, 200, 300, 400], [20, 40, 60, 80]], 1e-12
    )


def test_a_base_year_fixes_the_scale() -> None:
    """Columns of the base year are found by code, its units may be others."""
    base = Table.of({"b": [0.0, 10.0], "a": [0.0, 2.0]}, units=["x", "y"])
    scores = stages.normalise(table(a=[0, 1, 2, 3], b=[0, 5, 10, 20]), PAIR, reference=base)
    assert same(scores.values.T, [[0, 50, 100, 150], [0, 50, 100, 200]])


def test_indicators_without_width_are_named_all_at_once() -> None:
    """From every method."""
    index = group("g", leaf("a"), leaf("b", normalise="zscore"), leaf("c", normalise="percentile_rank"))
    values = table(a=[3, 3, 3, NAN], b=[NAN] * 4, c=[1, NAN, NAN, NAN])
    with pytest.raises(MethodError) as refused:
        stages.normalise(values, scheme(index))
    assert [problem.indicator for problem in refused.value.problems] == ["a", "b", "c"]
    assert [problem.found for problem in refused.value.problems] == [
        "every value is 3",
        "no value is measured",
        "there are fewer than 2 measured values",
    ]


def test_values_off_their_scale_are_named_by_cell() -> None:
    """Unit and indicator."""
    read = scheme(group("g", leaf("a"), leaf("b")), normalise={"method": "none", "low": 0.0, "high": 10.0})
    with pytest.raises(MethodError) as refused:
        stages.normalise(table(a=[1, 11, 3, 4], b=[1, 2, 3, -1]), read)
    assert [(problem.indicator, problem.unit) for problem in refused.value.problems] == [
        ("a", "Hà Giang"),
        ("b", "Bắc Kạn"),
    ]


# Weigh, aggregate, rank

TREE = group("g", group("h", leaf("a", weight=1), leaf("b", weight=3), weight=1), leaf("c", weight=4))
SCORES = Scores(UNITS, ("a", "b", "c"), np.array([[0, 40, 10], [80, 40, NAN], [NAN, NAN, 30], [NAN] * 3]))


def test_weights_are_shares_of_siblings() -> None:
    """And through the groups above, of the index."""
    weights = stages.weigh(SCORES, scheme(TREE))
    assert dict(zip(weights.nodes, weights.shares.tolist(), strict=True)) == {
        "h": 0.2,
        "c": 0.8,
        "a": 0.25,
        "b": 0.75,
    }
    assert weights.parents == ("g", "h", "h", "g")
    assert same(weights.effective, [0.2, 0.05, 0.15, 0.8], 1e-15)
    assert weights.of(["c", "a"]).tolist() == [0.8, 0.25]
    frame = weights.to_frame()
    assert frame.index.tolist() == ["h", "a", "b", "c"]
    assert frame.columns.tolist() == ["parent", "share", "effective"]


def test_each_group_is_weighed_by_its_own_method() -> None:
    """Equal over indicators counts a group by its size."""
    index = TREE.replace(weigh="equal_over_indicators")
    weights = stages.weigh(SCORES, scheme(index, weigh="equal"))
    assert same(weights.of(["h", "c", "a", "b"]), [2 / 3, 1 / 3, 0.5, 0.5], 1e-15)


def test_a_group_is_weighed_by_the_scores_of_its_children() -> None:
    """Those of groups are rolled up by the weights found below."""
    index = group(
        "g",
        group("h", leaf("a", weight=1), leaf("b", weight=3)),
        leaf("c"),
        group("i", leaf("d"), leaf("e"), weigh="standard_deviation"),
    )
    read = scheme(index.replace(weigh="standard_deviation"), normalise="rank")
    columns = np.array([[0, 4, 8, 4], [0, 0, 0, 0], [0, 1, 2, 1], [0, 2, 4, 2], [0, 6, 12, 6]], dtype=float)
    weights = stages.weigh(Scores(UNITS, ("a", "b", "c", "d", "e"), columns.T), read)
    assert same(weights.of(["a", "b", "d", "e"]), [0.25, 0.75, 0.25, 0.75], 1e-14)
    assert same(weights.of(["h", "c", "i"]), np.array([2, 2, 10]) / 14, 1e-14)  # spreads of 2, 2 and 10 at the top


def test_scores_that_a_group_cannot_be_weighed_by_are_said_by_node() -> None:
    """Of every group at once, from below."""
    index = group("g", group("h", leaf("a"), leaf("b"), weigh="entropy"), leaf("c"), weigh="entropy")
    scores = Scores(UNITS, ("a", "b", "c"), np.array([[1, 2, 1], [2, -1, 1], [3, 2, -3], [1, 1, 1]], dtype=float))
    with pytest.raises(MethodError) as refused:
        stages.weigh(scores, scheme(index, normalise="zscore"))
    assert [(p.indicator, p.unit, p.found) for p in refused.value.problems] == [
        ("b", "Hà Giang", "the score is -1"),
        ("c", "Cao Bằng", "the score is -3"),
    ]


def aggregated(**fields: Any) -> Composite:
    """Scores of both groups."""
    read = scheme(TREE, normalise="rank", **fields)
    return stages.aggregate(SCORES, stages.weigh(SCORES, read), read)


def test_groups_are_scored_from_the_leaves_up() -> None:
    """What is missing drops out; where nothing is left the group is missing."""
    composite = aggregated()
    assert composite.columns == ("g", "h")
    assert same(composite.column("h"), [30, 50, NAN, NAN])
    assert same(composite.column("g"), [14, 50, 30, NAN], 1e-14)


def test_below_its_coverage_a_group_has_no_score() -> None:
    """The share is of its children, in the scheme or the group's own; it is reached by equality."""
    assert same(aggregated(coverage=0.5).column("g"), [14, 50, 30, NAN], 1e-14)
    assert same(aggregated(coverage=0.51).column("g"), [14, NAN, NAN, NAN], 1e-14)
    assert same(aggregated(coverage=0.51).column("h"), [30, 50, NAN, NAN], 1e-14)


def test_a_group_that_has_exactly_its_coverage_is_scored() -> None:
    """For every share that can be typed in two decimals."""
    short = []
    for count, n in exact_shares():
        codes = tuple(f"i{at}" for at in range(n))
        read = scheme(group("g", *map(leaf, codes)), coverage=round(count / n, 2))
        scores = Scores(Units(("x",)), codes, np.where(np.arange(n) < count, 1.0, np.nan)[None, :])
        if np.isnan(stages.aggregate(scores, stages.weigh(scores, read), read).values).any():
            short.append((count, n))
    assert not short


def test_a_score_outside_the_means_domain_is_named_by_cell() -> None:
    """Of every group, at once."""
    index = TREE.replace(
        aggregate="geometric", children=(TREE.children[0].replace(aggregate="harmonic"), TREE.children[1])
    )
    read = scheme(index, normalise="rank")
    scores = Scores(UNITS, ("a", "b", "c"), np.array([[0, 4, 1], [8, 4, -1], [1, 1, 1], [2, 2, 2]]))
    with pytest.raises(MethodError) as refused:
        stages.aggregate(scores, stages.weigh(scores, read), read)
    assert [(p.indicator, p.unit, p.found) for p in refused.value.problems] == [
        ("a", "Hà Nội", "the score is 0"),
        ("c", "Hà Giang", "the score is -1"),
    ]


def test_places_within_a_label_are_among_those_who_share_it() -> None:
    """Units without one have none."""
    composite = Composite(UNITS, ("g",), np.array([[1.0], [2.0], [3.0], [4.0]]))
    assert stages.rank(composite, PAIR).column("g").tolist() == [4.0, 3.0, 2.0, 1.0]
    assert same(stages.rank(composite, PAIR, within="region").column("g"), [1, 2, 1, NAN])
    with pytest.raises(TableError) as refused:
        stages.rank(composite, PAIR, within="zone")
    assert said(refused.value) == ["the units have no label 'zone'; use one of region"]
    without = Composite(Units(UNITS.codes), ("g",), composite.values)
    with pytest.raises(TableError) as refused:
        stages.rank(without, PAIR, within="zone")
    assert said(refused.value) == ["the units have no label 'zone'; they have none"]


# What holds for every stage

Index = tuple[Scheme, Table]


def through(read: Scheme, measured: Table) -> list[Any]:
    """The output of every stage."""
    aligned = align(measured, read)
    ratios = stages.denominate(aligned, read)
    screening = stages.screen(ratios, read)
    completed = stages.impute(ratios.take(screening.eligible), read)
    treatment = stages.treat(completed, read)
    scores = stages.normalise(treatment.table, read)
    weights = stages.weigh(scores, read)
    composite = stages.aggregate(scores, weights, read)
    return [aligned, ratios, completed, treatment.table, scores, composite, stages.rank(composite, read)]


@given(strategies.indices(), st.data())
@strategies.quick
def test_permuting_columns_changes_nothing(drawn: Index, data: st.DataObject) -> None:
    """Columns are found by code, never by place."""
    read, measured = drawn
    order = data.draw(strategies.shuffled(len(measured.columns)))
    turned = measured.select([measured.columns[at] for at in order])
    for here, there in zip(through(read, measured), through(read, turned), strict=True):
        assert here.columns == there.columns
        assert same(there.values, here.values, 0.0)


@given(strategies.indices(), st.data())
@strategies.quick
def test_permuting_units_permutes_every_stage(drawn: Index, data: st.DataObject) -> None:
    """A unit's numbers go with its code."""
    read, measured = drawn
    turned = measured.take(data.draw(strategies.shuffled(len(measured.units))))
    for here, there in zip(through(read, measured)[:-1], through(read, turned)[:-1], strict=True):
        assert set(there.units.codes) == set(here.units.codes)
        order = [here.units.codes.index(code) for code in there.units.codes]
        assert same(there.values, here.values[order], 1e-9)


@given(strategies.indices())
@strategies.quick
def test_no_stage_changes_what_it_was_given(drawn: Index) -> None:
    """Every output is read-only, and the table holds what it held."""
    read, measured = drawn
    before = measured.values.copy()
    for output in through(read, measured):
        assert not output.values.flags.writeable
    assert np.array_equal(measured.values, before, equal_nan=True)


def test_a_notebooks_own_method_goes_through_its_stage() -> None:
    """Stages take any method of the family."""
    own: Any = Arithmetic()
    read = scheme(group("g", leaf("a"), leaf("b")), aggregate=own)
    scores = Scores(Units(("x",)), ("a", "b"), np.array([[1.0, 3.0]]))
    weights = Weights(("a", "b"), ("g", "g"), np.array([0.5, 0.5]))
    assert stages.aggregate(scores, weights, read).values.tolist() == [[2.0]]
