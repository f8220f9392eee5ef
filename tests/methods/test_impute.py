"""Imputers: what every one keeps, then the rules of each."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from pii.arrays import Matrix
from pii.errors import Undefined
from pii.methods.impute import (
    AbstractImputer,
    Around,
    Constant,
    ExpectationMaximisation,
    GroupMean,
    GroupMedian,
    Imputer,
    Mean,
    Median,
    NearestUnits,
    Regression,
    RowMean,
    RowMedian,
)
from pii.table import Units
from tests import (
    slow,
    slow_impute,  # noqa: F401 - it registers transcriptions
    strategies,
)
from tests.shared import instances, same

every = pytest.mark.parametrize("method", instances(Imputer))
across = pytest.mark.parametrize("method", [p for p in instances(Imputer) if p.values[0].looks_across])
NAN = float("nan")


class Case(NamedTuple):
    """What a method is called with."""

    x: Matrix
    labels: tuple[str, ...]
    around: Around


def numbered(labels: Sequence[str]) -> dict[str, NDArray[np.intp]]:
    """Labels as a stage hands them to a method."""
    codes = tuple(map(str, range(len(labels))))
    return {"region": Units(codes, labels={"region": tuple(labels)}).numbered("region")}


def around(k: int, n: int, seed: int = 0) -> Around:
    """A tree of two levels, the lower with groups of two; directions in turn; two covariates, one with a gap."""
    random = np.random.default_rng(seed)
    income, people = random.normal(size=n), random.normal(size=n)
    people[n // 2 :: n] = np.nan
    lineage = np.array([[0] * k, [1 + at // 2 for at in range(k)]], dtype=np.intp)
    direction = np.array([[1.0 if at % 2 else -1.0] for at in range(k)])
    return Around(lineage, direction, {"income": income, "people": people})


@st.composite
def anything(draw: st.DrawFn) -> Case:
    """Values with gaps, and a label of the units."""
    x = draw(strategies.matrices(rows=(1, 4)))
    return Case(x, draw(strategies.labels(x.shape[1])), around(len(x), x.shape[1], draw(st.integers(0, 99))))


@st.composite
def related(draw: st.DrawFn) -> Case:
    """Indicators that go together, of units of which half have all and the others all but one."""
    seed = draw(st.integers(0, 999))
    random = np.random.default_rng(seed)
    k, n = draw(st.integers(2, 4)), draw(st.integers(16, 22))
    x = random.normal(size=n) + random.normal(size=(k, n))
    x = x * 10.0 ** random.integers(-3, 4, size=(k, 1)) + random.normal(size=(k, 1))
    short = np.arange(n)[1::2]
    x[random.integers(0, k, size=short.size), short] = np.nan
    return Case(x, draw(strategies.labels(n)), around(k, n, seed))


def fits(method: AbstractImputer) -> bool:
    """Whether the method fits a model, and refuses what is too thin for it."""
    return isinstance(method, Regression | ExpectationMaximisation)


def cases(method: AbstractImputer) -> st.SearchStrategy[Case]:
    """Any data, or for a method that fits a model, data that it has an answer for."""
    return related() if fits(method) else anything()


def filled(method: AbstractImputer, case: Case) -> Matrix:
    """The method's values."""
    return method(case.x, labels=numbered(case.labels), around=case.around)


@every
@given(st.data())
@strategies.quick
def test_equals_the_slow_formula(method: AbstractImputer, data: st.DataObject) -> None:
    """Every cell is what the scalar formula gives."""
    case = data.draw(cases(method))
    expected = slow.impute_together(method, case.x.tolist(), case.labels, case.around)
    assert same(filled(method, case), expected, 1e-8 if fits(method) else 1e-12)


@every
@given(st.data())
@strategies.quick
def test_what_was_measured_is_unchanged(method: AbstractImputer, data: st.DataObject) -> None:
    """Only gaps are filled; unless a method extrapolates, with numbers between the lowest and highest measured."""
    case = data.draw(cases(method))
    after = filled(method, case)
    measured = ~np.isnan(case.x)
    assert np.array_equal(after[measured], case.x[measured])
    for row, was in zip(after, case.x, strict=True):
        new = row[np.isnan(was) & ~np.isnan(row)]
        if new.size and not method.extrapolates:
            assert (new >= np.nanmin(was) - 1e-12).all()
            assert (new <= np.nanmax(was) + 1e-12).all()


@every
@given(st.data())
@strategies.quick
def test_permuting_units_permutes_fills(method: AbstractImputer, data: st.DataObject) -> None:
    """A unit's fill does not depend on where it stands."""
    case = data.draw(cases(method))
    order = data.draw(strategies.shuffled(len(case.labels)))
    columns = {code: column[order] for code, column in case.around.columns.items()}
    turned = Case(case.x[:, order], tuple(case.labels[at] for at in order), case.around._replace(columns=columns))
    assert same(filled(method, turned), filled(method, case)[:, order], 1e-12)


@every
@given(st.data())
@strategies.quick
def test_groups_of_indicators_do_not_mix(method: AbstractImputer, data: st.DataObject) -> None:
    """What looks across fills a group alone as among others; what does not, an indicator."""
    case = data.draw(cases(method))
    together = filled(method, case)
    k = len(case.x)
    groups = case.around.lineage[getattr(method, "level", 0)] if method.looks_across else np.arange(k)
    for group in np.unique(groups):
        rows = groups == group
        alone = case.around._replace(lineage=case.around.lineage[:, rows], direction=case.around.direction[rows])
        assert same(filled(method, Case(case.x[rows], case.labels, alone)), together[rows], 1e-12)


@pytest.mark.parametrize(
    "method",
    [
        p
        for p in instances(Imputer)
        if p.values[0].method != "constant" and getattr(p.values[0], "scale", "") != "none"
    ],
)
@given(st.data())
@strategies.quick
def test_fills_follow_the_unit_of_measurement(method: AbstractImputer, data: st.DataObject) -> None:
    """Twice as large and 3 more, they are twice as large and 3 more; except where numbers are taken as they are."""
    case = data.draw(related())
    scale, shift = np.arange(2.0, 2.0 + len(case.x))[:, None], np.arange(3.0, 3.0 + len(case.x))[:, None]
    there = filled(method, case._replace(x=case.x * scale + shift))
    assert same((there - shift) / scale, filled(method, case), 1e-8)


@every
def test_the_input_is_not_written_into(method: AbstractImputer) -> None:
    """A writable input comes out of the call as it went in."""
    x = np.array([[1.0, np.nan, 3.0, 4.0, 2.0, 2.5]])
    filled(method, Case(x, ("a", "a", "b", "", "", ""), around(1, 6)))
    assert same(x, [[1.0, np.nan, 3.0, 4.0, 2.0, 2.5]])


@every
def test_a_row_with_nothing_to_go_by_stays_missing(method: AbstractImputer) -> None:
    """No warning, no invented number; a constant goes by its declaration."""
    after = filled(method, Case(np.full((1, 3), np.nan), ("a", "a", "b"), around(1, 3)))
    assert same(after, np.full((1, 3), method.value if isinstance(method, Constant) else np.nan))


@across
def test_an_indicator_never_measured_stays_missing_among_others(method: AbstractImputer) -> None:
    """And the others are filled as if it were not there."""
    x = np.random.default_rng(1).normal(size=(3, 12))
    x[0, 3], x[2] = np.nan, np.nan
    after = filled(method, Case(x, ("",) * 12, around(3, 12)))
    assert np.isnan(after[2]).all()
    assert same(after[:2], filled(method, Case(x[:2], ("",) * 12, around(2, 12))), 1e-12)
    assert np.isfinite(after[:2]).all()


@across
def test_an_indicator_that_does_not_vary_is_filled_with_its_value(method: AbstractImputer) -> None:
    """Unless indicators are declared to share a scale."""
    x = np.random.default_rng(1).normal(size=(2, 12))
    x[1] = 7.0
    x[1, 3] = np.nan
    after = filled(method, Case(x, ("",) * 12, around(2, 12)))
    assert after[1, 3] == (x[0, 3] if getattr(method, "scale", "minmax") == "none" else 7.0)


@across
def test_a_level_that_the_tree_has_not_is_refused(method: AbstractImputer) -> None:
    """With the levels that it has."""
    with pytest.raises(Undefined) as refused:
        filled(method.replace(level=2), Case(np.array([[1.0, NAN]]), ("", ""), around(1, 2)))
    assert str(refused.value) == (
        "the level is 2, and the tree's groups are on levels 0 to 1; a level is one of the tree's; choose a level"
        " nearer the index"
    )
    assert (refused.value.rows, refused.value.columns) == ((0,), ())


def test_mean_and_median_fill_with_their_statistic() -> None:
    """Of 1, 3 and 8: 4 and 3."""
    x = np.array([[1.0, 3.0, 8.0, np.nan]])
    assert Mean()(x, labels={})[0, 3] == 4.0
    assert Median()(x, labels={})[0, 3] == 3.0


@pytest.mark.parametrize("method", [Mean(), GroupMean(by="region")], ids=repr)
def test_the_mean_of_equal_values_is_that_value(method: AbstractImputer) -> None:
    """To the last bit: else rounding gives a constant indicator a width, and min-max makes 0 and 100 of it."""
    x = np.array([[0.1, 0.1, 0.1, np.nan]])
    assert np.unique(method(x, labels=numbered(["a"] * 4))).tolist() == [0.1]


@pytest.mark.parametrize(("method", "fill"), [(GroupMean(by="region"), 5.0), (GroupMedian(by="region"), 3.0)])
def test_groups_fill_from_their_own(method: AbstractImputer, fill: float) -> None:
    """Units without a label, and groups with nothing measured, keep their gaps."""
    x = np.array([[2.0, 3.0, 10.0, np.nan, np.nan, 7.0, np.nan]])
    filled = method(x, labels=numbered(["n", "n", "n", "n", "s", "", ""]))
    assert same(filled, [[2.0, 3.0, 10.0, fill, np.nan, 7.0, np.nan]])


def test_only_methods_by_a_label_ask_for_one() -> None:
    """The stage reads from groups_by which label to hand over."""
    assert (Mean().groups_by, GroupMean(by="zone").groups_by) == (None, "zone")


def test_a_constant_fills_every_gap() -> None:
    """In the indicator's units."""
    assert same(Constant(value=-1.5)(np.array([[1.0, NAN], [NAN, NAN]]), labels={}), [[1, -1.5], [-1.5, -1.5]])


def test_row_means_turn_with_the_direction() -> None:
    """Best on one indicator is lowest on another where less is better."""
    x = np.array([[0.0, 10.0, 5.0], [NAN, NAN, 7.0], [1.0, 3.0, 2.0], [4.0, 8.0, 5.0]])
    x[1, 2], x[1, 0] = NAN, 3.0
    x = np.vstack([x, [[2.0, NAN, 6.0]]])
    facing = Around(np.zeros((1, 5), dtype=np.intp), np.array([[1.0], [1.0], [1.0], [1.0], [-1.0]]))
    assert same(RowMean()(x, labels={}, around=facing)[4], [2.0, 2.0, 6.0])
    assert same(RowMedian()(x, labels={}, around=facing)[4], [2.0, 2.0, 6.0])
    assert same(RowMean(scale="none")(x, labels={}, around=facing)[4], [2.0, 7.0, 6.0])


def test_row_means_stay_within_their_group() -> None:
    """A unit with nothing in the group keeps its gap."""
    x = np.array([[0.0, 10.0, 5.0], [0.0, 10.0, NAN], [1.0, 3.0, NAN], [1.0, 3.0, NAN]])
    tree = Around(np.array([[0, 0, 0, 0], [1, 1, 2, 2]]), np.ones((4, 1)))
    assert same(RowMean(level=1)(x, labels={}, around=tree)[:, 2], [5, 5, NAN, NAN])
    assert same(RowMean()(x, labels={}, around=tree)[:, 2], [5, 5, 2, 2])


def test_a_regression_finds_the_line() -> None:
    """Units without the covariate keep their gap; the line goes beyond what was measured."""
    income = Around(columns={"income": np.array([1.0, 2.0, 3.0, 10.0, NAN])})
    x = np.array([[1.0, 3.0, 5.0, NAN, NAN]])
    assert same(Regression(on=["income"])(x, labels={}, around=income), [[1, 3, 5, 19, NAN]], 1e-12)


def test_every_regression_on_too_little_is_said_at_once() -> None:
    """Each by its own reason; those that can be had are not."""
    known = Around(columns={"z": np.array([5.0, 5.0, 5.0, 4.0, 6.0])})
    x = [[1, 2, 3, NAN, NAN], [1, NAN, NAN, NAN, 2], [1, 2, NAN, 4, 5], [NAN, 2, NAN, NAN, 5], [3, 2, 1, NAN, NAN]]
    with pytest.raises(Undefined) as refused:
        Regression(on=["z"])(np.array(x), labels={}, around=known)
    few, flat = "2 units have it and 1 covariates", "its covariates do not vary apart from one another"
    assert (refused.value.found, refused.value.rows) == ((flat, few, few, flat), (0, 1, 3, 4))


@pytest.mark.parametrize(
    ("x", "columns", "said"),
    [
        (
            [1.0, 2.0, NAN, NAN],
            {"z": [1.0, 2.0, 3.0, 4.0]},
            "2 units have it and 1 covariates; a regression needs two units more than covariates, which "
            "vary independently; name fewer covariates, or choose another method",
        ),
        (
            [1.0, 2.0, 3.0, NAN],
            {"z": [5.0, 5.0, 5.0, 4.0]},
            "its covariates do not vary apart from one another; a regression needs two units more than "
            "covariates, which vary independently; name fewer covariates, or choose another method",
        ),
        (
            [1.0, 2.0, 3.0, NAN],
            {},
            "there is no column 'z' here; a regression is on columns of the table; choose another method",
        ),
    ],
)
def test_a_regression_on_too_little_is_refused(x: list[float], columns: dict[str, list[float]], said: str) -> None:
    """By the indicator's place."""
    known = Around(columns={code: np.array(column) for code, column in columns.items()})
    with pytest.raises(Undefined) as refused:
        Regression(on=["z"])(np.array([x]), labels={}, around=known)
    assert str(refused.value) == said
    assert refused.value.rows == (0,)


def test_a_joint_normal_of_too_few_units_is_refused_by_name() -> None:
    """Those of the group that it was fitted to."""
    x = np.random.default_rng(0).normal(size=(5, 5))
    x[4, 0] = NAN
    tree = Around(np.array([[0] * 5, [1, 1, 2, 2, 2]]), np.ones((5, 1)))
    with pytest.raises(Undefined) as refused:
        ExpectationMaximisation()(x, labels={}, around=tree)
    assert str(refused.value) == (
        "5 units were measured on any of 5 indicators; a joint normal is fitted to more units than indicators, "
        "none of them determined by the others; fit fewer indicators together (a deeper level), or choose another"
        " method"
    )
    assert refused.value.rows == (0, 1, 2, 3, 4)
    with pytest.raises(Undefined) as refused:
        ExpectationMaximisation(level=1, most_steps=1)(x, labels={}, around=tree)
    assert str(refused.value) == (
        "the fit has not settled after 1 steps; a joint normal is fitted to more units than indicators, none of "
        "them determined by the others; fit fewer indicators together (a deeper level), or choose another method"
    )
    assert refused.value.rows == (2, 3, 4)
    assert np.isfinite(ExpectationMaximisation(level=1)(x, labels={}, around=tree)).all()


def test_nearest_units_that_tie_all_count() -> None:
    """Two at the same distance stand on either side."""
    x = np.array([[1.0, 2.0, 3.0, 9.0], [10.0, NAN, 30.0, 50.0]])
    assert same(NearestUnits(k=1)(x, labels={})[1, 1], 20.0)
    assert same(NearestUnits(k=9)(x, labels={})[1, 1], 30.0)


def test_nearest_units_weighted_by_distance() -> None:
    """At distances 1 and 3, as 3 to 1; one at distance 0 counts alone."""
    x = np.array([[1.0, 2.0, 5.0], [10.0, NAN, 50.0]])
    assert same(NearestUnits(k=2, weights="distance")(x, labels={})[1, 1], 20.0)
    twin = np.array([[1.0, 2.0, 5.0, 2.0], [10.0, NAN, 50.0, 7.0]])
    assert same(NearestUnits(k=2, weights="distance")(twin, labels={})[1, 1], 7.0)


def test_only_regressions_read_columns() -> None:
    """The stage reads from it which to hand over."""
    assert (Mean().reads, Regression(on=["people", "income"]).reads) == ((), ("people", "income"))
