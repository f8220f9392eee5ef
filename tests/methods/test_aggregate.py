"""Aggregators: what every one keeps, then the rules of each."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.special import logsumexp

from pii.arrays import Matrix, Vector
from pii.errors import Undefined
from pii.methods.aggregate import (
    AbstractAggregator,
    Aggregator,
    Arithmetic,
    BenefitOfTheDoubt,
    Copeland,
    Geometric,
    Harmonic,
    Kemeny,
    Maximum,
    MazziottaPareto,
    MeanMin,
    Median,
    Minimum,
    NetOutranking,
    OrderedWeights,
    Power,
    Wroclaw,
)
from tests import (
    slow,
    slow_aggregate,  # noqa: F401 - registers the transcriptions
    strategies,
)
from tests.shared import instances, same

METHODS = instances(Aggregator)
every = pytest.mark.parametrize("method", METHODS)
every_mean = pytest.mark.parametrize("method", [one for one in METHODS if one.values[0].is_mean])
every_that_adds_up = pytest.mark.parametrize("method", [one for one in METHODS if one.values[0].adds_up])
every_other = pytest.mark.parametrize("method", [one for one in METHODS if not one.values[0].adds_up])
every_of_one_unit = pytest.mark.parametrize("method", [one for one in METHODS if not one.values[0].compares_units])
Siblings = tuple[Matrix, Vector]


@every
@given(strategies.siblings())
@strategies.quick
def test_equals_the_slow_formula(method: AbstractAggregator, drawn: Siblings) -> None:
    """Every unit's score is what the scalar formula gives, gaps dropped."""
    x, w = drawn
    units = x.T.tolist()
    assert same(method(x, w), [slow.aggregate(method, unit, w.tolist(), units) for unit in units], 1e-12)


@every
@given(strategies.siblings())
@strategies.quick
def test_who_has_no_child_with_a_weight_has_no_score(method: AbstractAggregator, drawn: Siblings) -> None:
    """And everyone else has one."""
    x, w = drawn
    assert np.array_equal(np.isnan(method(x, w)), np.isnan(x[w > 0]).all(axis=0))


@every_mean
@given(strategies.siblings())
@strategies.quick
def test_lies_between_the_lowest_and_the_highest(method: AbstractAggregator, drawn: Siblings) -> None:
    """Of the scores that are there and have a weight."""
    x, w = drawn
    weighted = np.where((w > 0)[:, None], x, np.nan)
    score = method(x, w)
    low, high = np.fmin.reduce(weighted), np.fmax.reduce(weighted)
    assert np.array_equal(np.isnan(score), np.isnan(low))
    known = ~np.isnan(score)
    assert (score[known] >= low[known] * (1 - 1e-14)).all()
    assert (score[known] <= high[known] * (1 + 1e-14)).all()


@every_mean
@given(st.sampled_from(strategies.MEASURED.tolist()), st.integers(1, 5).flatmap(strategies.weights))
@strategies.quick
def test_equal_scores_come_out_unchanged(method: AbstractAggregator, score: float, w: Vector) -> None:
    """Whatever the weights, to the last digits."""
    assert method(np.full((len(w), 1), score), w)[0] == pytest.approx(score, rel=4e-16)


@every_of_one_unit
@given(strategies.siblings())
@strategies.quick
def test_a_missing_child_is_as_if_it_did_not_exist(method: AbstractAggregator, drawn: Siblings) -> None:
    """The others' weights are scaled up; where none is left the score is missing."""
    x, w = drawn
    score = method(x, w)
    for at, unit in enumerate(x.T):
        there = ~np.isnan(unit)
        if w[there].sum() > 0:
            assert same(method(unit[there][:, None], w[there])[0], score[at], 1e-13)
        else:
            assert np.isnan(score[at])


@every
@given(strategies.siblings())
@strategies.quick
def test_a_child_that_nobody_has_or_that_has_no_weight_is_as_if_it_did_not_exist(
    method: AbstractAggregator, drawn: Siblings
) -> None:
    """Also for methods that compare units, of which a gap of one unit concerns the others."""
    x, w = drawn
    more = np.vstack([x, np.full_like(x[:1], np.nan), x[:1] + 7])
    assert same(method(more, np.array([*w, 2.0, 0.0])), method(x, w), 1e-13)


@every
@given(strategies.siblings(), st.data())
@strategies.quick
def test_order_of_children_and_units_is_nothing(
    method: AbstractAggregator, drawn: Siblings, data: st.DataObject
) -> None:
    """Permuting children changes no score, permuting units permutes them."""
    x, w = drawn
    down, across = data.draw(strategies.shuffled(len(x))), data.draw(strategies.shuffled(x.shape[1]))
    assert same(method(x[down], w[down]), method(x, w), 1e-13)
    assert same(method(x[:, across], w), method(x, w)[across], 1e-13)


@every
@given(strategies.siblings(), st.data())
@strategies.quick
def test_only_ratios_of_weights_count(method: AbstractAggregator, drawn: Siblings, data: st.DataObject) -> None:
    """Weights times a number give the same scores."""
    x, w = drawn
    assert same(method(x, w * data.draw(st.sampled_from([2.0, 0.125, 3.7]))), method(x, w), 1e-13)


@every
@given(strategies.siblings(), st.data())
@strategies.quick
def test_leading_axes_are_draws(method: AbstractAggregator, drawn: Siblings, data: st.DataObject) -> None:
    """Many weights, or many scores, or both at once, give what each gives alone; so do slopes."""
    x, w = drawn
    others = data.draw(strategies.weights(len(w)))
    draws, copies = np.array([w, others, w]), np.array([x, x * 2, x + 1])
    expected = [method(x, one) for one in draws]
    assert same(method(x, draws), expected, 1e-13)
    assert same(method(copies, w), [method(one, w) for one in copies], 1e-13)
    assert same(method(copies, draws), [method(*pair) for pair in zip(copies, draws, strict=True)], 1e-13)
    assert same(method.slopes(x, draws), [method.slopes(x, one) for one in draws], 1e-12)
    assert same(method.slopes(copies, w), [method.slopes(one, w) for one in copies], 1e-12)


@every_mean
@given(strategies.siblings())
@strategies.quick
def test_a_better_child_never_lowers_the_score(method: AbstractAggregator, drawn: Siblings) -> None:
    """A mean is monotone in every child."""
    x, w = drawn
    score = method(x, w)
    for at in range(len(x)):
        better = x.copy()
        better[at] += 1.5
        higher = method(better, w)
        known = ~np.isnan(score)
        assert (higher[known] >= score[known] * (1 - 1e-14)).all()


@every_that_adds_up
@given(strategies.siblings())
@strategies.quick
def test_slopes_equal_finite_differences(method: AbstractAggregator, drawn: Siblings) -> None:
    """They are how fast the score rises; a missing child has none. Of corners, only the sides have slopes."""
    x, w = drawn
    slopes, scored = method.slopes(x, w), ~np.isnan(method(x, w))
    for unit, found in zip(x.T[scored], slopes.T[scored], strict=True):
        if method.is_smooth or (np.diff(np.sort(unit[~np.isnan(unit)])) > 0.01).all():
            assert same(found, slow.slopes(method, unit.tolist(), w.tolist()), 1e-5)


@every_that_adds_up
@given(strategies.siblings())
@strategies.quick
def test_slopes_times_scores_add_up_to_the_score(method: AbstractAggregator, drawn: Siblings) -> None:
    """By Euler's theorem, for every unit that has a score."""
    x, w = drawn
    score, parts = method(x, w), method.slopes(x, w) * np.where(np.isnan(x), 0.0, x)
    known = ~np.isnan(score)
    assert same(parts.sum(axis=0)[known], score[known], 1e-12)
    assert not method.is_mean or (parts[:, known] >= 0).all()


@every_that_adds_up
@given(strategies.siblings(), st.data())
@strategies.quick
def test_slopes_go_with_their_children(method: AbstractAggregator, drawn: Siblings, data: st.DataObject) -> None:
    """Also where children score alike: they share by their weights, not by their order."""
    x, w = drawn
    down = data.draw(strategies.shuffled(len(x)))
    assert same(method.slopes(x[down], w[down]), method.slopes(x, w)[down], 1e-12)


@every_other
def test_what_does_not_add_up_has_no_slopes(method: AbstractAggregator) -> None:
    """They are NaN, in the shape of the scores and the draws of weights."""
    x = np.array([[1.0, np.nan], [4.0, 9.0]])
    assert same(method.slopes(x, np.ones(2)), np.full((2, 2), np.nan))
    assert same(method.slopes(x, np.ones((3, 2))), np.full((3, 2, 2), np.nan))


@every
def test_the_input_is_not_written_into(method: AbstractAggregator) -> None:
    """Writable scores and weights come out of the calls as they went in."""
    x, w = np.array([[1.0, np.nan], [4.0, 9.0]]), np.array([1.0, 3.0])
    method(x, w)
    method.slopes(x, w)
    assert same(x, [[1.0, np.nan], [4.0, 9.0]])
    assert w.tolist() == [1.0, 3.0]


@every
def test_units_with_equal_scores_get_equal_scores(method: AbstractAggregator) -> None:
    """To the last bit, wherever they stand: so that they share their rank."""
    random = np.random.default_rng(0)
    for n in (5, 34, 51, 63):
        for k in (2, 3, 5, 7, 9):
            x = np.repeat(random.uniform(1, 100, (k, 1)), n, axis=1)
            assert len(np.unique(method(x, np.ones(k) / k))) == 1
            assert len(np.unique(method(x, random.uniform(0.1, 1, k)))) == 1


# Each method's own rules


@pytest.mark.parametrize(
    ("method", "x", "score"),
    [
        (Arithmetic(), [2.0, 8.0], 5.0),
        (Geometric(), [2.0, 8.0], 4.0),
        (Harmonic(), [2.0, 6.0], 3.0),
        (Power(p=2), [1.0, 7.0], 5.0),
        (Power(p=0), [2.0, 8.0], 4.0),
        (Power(p=-1), [2.0, 6.0], 3.0),
        (Power(p=0.5), [1.0, 9.0], 4.0),
        (Power(p=0.5), [0.0, 16.0], 4.0),
    ],
    ids=repr,
)
def test_known_means(method: AbstractAggregator, x: list[float], score: float) -> None:
    """Of two children that count alike."""
    assert method(np.array([x]).T, np.ones(2))[0] == pytest.approx(score)


@pytest.mark.parametrize("p", [-5000.0, -200.0, -4.0, 3.0, 200.0, 5000.0])
@pytest.mark.parametrize("size", [1e-90, 1.0, 1e90])
def test_a_power_mean_of_any_size_keeps_its_digits(p: float, size: float) -> None:
    """Held to sums of logarithms; a child without a share does not count, however large it is."""
    x = np.array([[60.0, 99.0, 1.0], [100.0, 2.0, 85.0], [30.0, 50.0, np.nan], [1e4, 1e-4, 1.0]])
    w = np.array([0.99, 0.005, 0.005, 0.0])
    for unit, column in enumerate(x[:3].T):
        some = ~np.isnan(column)
        logs, share = np.log(column[some]), w[:3][some] / w[:3][some].sum()
        expected = np.exp(logsumexp(p * logs, b=share) / p) * size
        assert Power(p=p)(x * size, w)[unit] == pytest.approx(expected, rel=1e-12)


@pytest.mark.parametrize(
    ("method", "x", "w", "score"),
    [
        (Median(), [1.0, 5.0, 2.0], [1.0, 1.0, 1.0], 2.0),
        (Median(), [1.0, 5.0, 2.0, 3.0], [0.1, 0.2, 0.3, 0.4], 3.0),
        (Median(), [1.0, 5.0, 2.0, 3.0], [0.1, 0.2, 0.4, 0.3], 2.5),
        (Median(), [1.0, 5.0, np.nan, 3.0], [1.0, 1.0, 1.0, 0.0], 3.0),
        (Minimum(), [1.0, 5.0], [0.0, 1.0], 5.0),
        (Maximum(), [1.0, 5.0], [1.0, 0.0], 1.0),
        (OrderedWeights(weights=(0.2, 0.3, 0.5)), [1.0, 9.0, 5.0], [1.0, 1.0, 1.0], 3.8),
        (OrderedWeights(weights=(4.0,)), [2.0, 8.0], [1.0, 2.0], 6.0),
        (OrderedWeights(weights=(1.0, 0.0)), [1.0, 9.0, 5.0], [1.0, 1.0, 2.0], 7.0),
        (OrderedWeights(weights=(0.0, 1.0)), [1.0, 9.0], [1.0, 3.0], 5.0),
        (MazziottaPareto(), [80.0, 120.0], [1.0, 1.0], 96.0),
        (MazziottaPareto(), [8.0, 12.0], [1.0, 1.0], 9.6),
        (MazziottaPareto(penalty="add"), [80.0, 120.0], [1.0, 1.0], 104.0),
        (MazziottaPareto(), [1.0, 9.0], [1.0, 1.0], 1.8),
        (MeanMin(alpha=0.0, beta=3.0), [2.0, 8.0], [1.0, 1.0], 5.0),
        (MeanMin(alpha=1.0), [2.0, 8.0], [1.0, 1.0], 2.0),
        (MeanMin(alpha=0.5, beta=4.0), [2.0, 8.0], [1.0, 1.0], 4.5),
    ],
    ids=repr,
)
def test_known_scores(method: AbstractAggregator, x: list[float], w: list[float], score: float) -> None:
    """Worked by hand."""
    assert method(np.array([x]).T, np.array(w))[0] == pytest.approx(score, rel=1e-14)


@pytest.mark.parametrize("scale", [0.01, 7.0, 1e6])
def test_the_penalty_of_mazziotta_and_pareto_is_on_any_scale(scale: float) -> None:
    """It scales with the scores, so goalposts 70 to 130 are a convention of the normalisation."""
    x, w = np.array([[70.0, 130.0, 88.0], [101.0, 95.0, 90.0]]), np.array([1.0, 2.0])
    assert same(MazziottaPareto()(x * scale, w) / scale, MazziottaPareto()(x, w), 1e-13)


def test_a_single_ordered_weight_is_the_arithmetic_mean() -> None:
    """Also with weights and gaps."""
    x, w = np.array([[1.0, 5.0, 3.0], [2.0, np.nan, 8.0], [9.0, 7.0, 4.0]]), np.array([1.0, 2.0, 4.0])
    for weights in ([5.0], [1.0, 1.0], [2.0] * 7):
        assert same(OrderedWeights(weights=weights)(x, w), Arithmetic()(x, w), 1e-14)


def test_ordered_weights_that_are_all_0_are_refused() -> None:
    """They have no shares."""
    for weights in ([], [0.0, 0.0]):
        with pytest.raises(ValueError, match="give at least one above 0"):
            OrderedWeights(weights=weights)


# Methods that compare units

COMPARED = [Copeland(), NetOutranking(), Kemeny()]


@pytest.mark.parametrize("method", COMPARED, ids=repr)
@given(strategies.siblings())
@strategies.quick
def test_only_the_order_on_each_child_counts(method: AbstractAggregator, drawn: Siblings) -> None:
    """Any scale that keeps it gives the same."""
    x, w = drawn
    assert same(method(np.log(x) - 5, w), method(x, w), 1e-12)


@pytest.mark.parametrize("method", [*COMPARED, Wroclaw(), BenefitOfTheDoubt()], ids=repr)
@given(strategies.siblings())
@strategies.quick
def test_who_is_best_on_every_child_comes_first(method: AbstractAggregator, drawn: Siblings) -> None:
    """Nobody scores higher."""
    x, w = drawn
    whole = np.where(np.isnan(x), 1.0, x)
    crowned = np.hstack([whole, whole.max(axis=1, keepdims=True) + 1])
    score = method(crowned, w)
    assert (score[-1] >= score - 1e-12).all()


@pytest.mark.parametrize("method", COMPARED, ids=repr)
def test_row_order_is_nothing_with_gaps(method: AbstractAggregator) -> None:
    """Where COINr's Copeland score depends on it: two units are compared on the children that both have."""
    random = np.random.default_rng(3)
    x = random.integers(0, 9, (5, 12)).astype(float)
    x[random.random(x.shape) < 0.3] = np.nan
    w = np.array([0.1, 0.2, 0.3, 0.25, 0.15])
    for order in (np.arange(12)[::-1], random.permutation(12)):
        assert same(method(x[:, order], w), method(x, w)[order], 1e-12)


def test_weights_that_are_even_on_paper_are_a_tie() -> None:
    """0.1 + 0.2 against 0.3, which differ in the last bit."""
    x = np.array([[1.0, 0.0], [1.0, 0.0], [0.0, 1.0]])
    assert Copeland()(x, np.array([0.1, 0.2, 0.3])).tolist() == [0.0, 0.0]
    assert Kemeny()(x, np.array([0.1, 0.2, 0.3])).tolist() == [1.5, 1.5]


def test_units_without_any_score_have_no_place_in_a_ranking() -> None:
    """Also where that is all of them."""
    x = np.full((2, 3), np.nan)
    assert np.isnan(Kemeny()(x, np.ones(2))).all()
    x[0, 1] = 5.0
    assert same(Kemeny()(x, np.ones(2)), [np.nan, 1.0, np.nan])


def test_a_circle_too_large_for_the_exact_ranking_is_refused() -> None:
    """With its size, and what to do."""
    x = np.array([np.roll(np.arange(65.0), at) for at in range(65)])
    with pytest.raises(Undefined) as refused:
        Kemeny()(x, np.ones(65))
    assert str(refused.value) == (
        "65 units beat one another in a circle; the exact Kemeny ranking is found for circles of up to 64 units; "
        "use copeland, or rank fewer units"
    )
    assert (refused.value.rows, refused.value.columns) == ((0,), ())
    assert Kemeny()(x[:1], np.ones(1)).tolist() == [*range(1, 66)]


def test_a_circle_that_is_not_settled_is_refused_with_what_is_known_of_it() -> None:
    """Whatever the order of the units: 30 on whole scores that have nothing in common, each even with most others."""
    x = np.array([np.roll(np.arange(30.0), at * 7) for at in range(30)])
    x = np.vstack([x, x[:, ::-1]])
    refused = []
    for order in (np.arange(30), np.random.default_rng(0).permutation(30)):
        with pytest.raises(Undefined) as caught:
            Kemeny()(x[:, order], np.ones(60))
        assert str(caught.value) == (
            "30 units beat one another in a circle; the best ranking found of them agrees with their pairs by "
            "217.5, and none does by more than 217.5; the exact Kemeny ranking is found where at most 262,144 "
            "sets of units are left to weigh up; use copeland, or rank fewer units"
        )
        assert (caught.value.rows, caught.value.columns) == ((0,), ())
        refused.append(str(caught.value))
    assert refused[0] == refused[1]
    assert refused[0].endswith(
        "the best ranking found of them agrees with their pairs by 217.5, and none does by more than 217.5; "
        "the exact Kemeny ranking is found where at most 262,144 sets of units are left to weigh up; "
        "use copeland, or rank fewer units"
    )


@pytest.mark.parametrize("k", [5, 8])
def test_a_large_circle_is_ranked_whatever_the_order_of_units_and_children(k: int) -> None:
    """Some of 24 units are even, and rankings alike best."""
    random = np.random.default_rng(k)
    x = np.round(random.normal(size=24) + random.normal(size=(k, 24)), 1)
    expected = Kemeny()(x, np.ones(k))
    assert expected.sum() == pytest.approx(300)
    units, children = random.permutation(24), random.permutation(k)
    assert np.array_equal(Kemeny()(x[:, units], np.ones(k)), expected[units])
    assert same(Kemeny()(x[children], np.ones(k)), expected, 1e-12)


def test_units_that_are_alike_are_the_ideal_together() -> None:
    """No distance has a scale then."""
    assert Wroclaw()(np.full((2, 3), 4.0), np.ones(2)).tolist() == [1.0, 1.0, 1.0]


def test_bounds_that_cannot_be_met_are_refused() -> None:
    """For the units that have too few scores, by position."""
    x = np.array([[1.0, 2.0], [3.0, np.nan], [2.0, 5.0]])
    with pytest.raises(Undefined) as refused:
        BenefitOfTheDoubt(most=0.4)(x, np.ones(3))
    assert refused.value.columns == (1,)
    assert str(refused.value) == (
        "it has scores of 2 of the children; parts from 0 to 0.4 of so many cannot sum to 1; "
        "widen the bounds, or ask for more coverage"
    )
    with pytest.raises(Undefined) as refused:
        BenefitOfTheDoubt(least=0.5)(x, np.ones(3))
    assert str(refused.value) == (
        "it has scores of 3 of the children; parts from 0.5 to 1 of so many cannot sum to 1; widen the bounds, or"
        " ask for more coverage"
    )
    assert (refused.value.rows, refused.value.columns) == ((0,), (0,))
    with pytest.raises(ValueError, match=r"the least part, 0\.5, is above the most, 0\.2; swap them"):
        BenefitOfTheDoubt(least=0.5, most=0.2)


def test_bounds_on_parts_need_scores_above_0() -> None:
    """A 0 has no part of the sum."""
    with pytest.raises(Undefined) as refused:
        BenefitOfTheDoubt(least=0.1, bounded="parts")(np.array([[0.0], [1.0]]), np.ones(2))
    assert str(refused.value) == (
        "the score is 0; the benefit of the doubt with bounds on parts needs scores above 0; normalise to a scale"
        " above 0 (such as min-max with floor 1), or aggregate another way"
    )
    assert (refused.value.rows, refused.value.columns) == ((0,), (0,))


def test_arithmetic_takes_any_score() -> None:
    """Negative ones too, as of z-scores."""
    assert Arithmetic()(np.array([[-1.0], [3.0]]), np.array([3.0, 1.0])).tolist() == [0.0]


REMEDY = "normalise to a scale above 0 (such as min-max with floor 1), or aggregate another way"


@pytest.mark.parametrize(
    ("method", "score", "rule"),
    [
        (Geometric(), 0.0, "a geometric mean needs scores above 0"),
        (Harmonic(), 0.0, "a harmonic mean needs scores above 0"),
        (Power(p=0), 0.0, "a geometric mean needs scores above 0"),
        (Power(p=-1), 0.0, "a power mean with exponent -1 needs scores above 0"),
        (Power(p=0.5), -1.0, "a power mean needs scores that are not negative"),
        (MazziottaPareto(), 0.0, "a Mazziotta-Pareto index needs scores above 0"),
        (BenefitOfTheDoubt(), -1.0, "the benefit of the doubt needs scores that are not negative"),
    ],
    ids=repr,
)
def test_a_score_outside_the_domain_is_refused(method: AbstractAggregator, score: float, rule: str) -> None:
    """The cell is named by position, with the rule and what to do."""
    with pytest.raises(Undefined) as refused:
        method(np.array([[5.0, 5.0], [5.0, score]]), np.ones(2))
    assert (refused.value.rows, refused.value.columns) == ((1,), (1,))
    assert str(refused.value) == f"the score is {score:g}; {rule}; {REMEDY}"


@every
def test_the_domain_is_what_the_call_refuses(method: AbstractAggregator) -> None:
    """A scheme that knows the domain refuses what the call would."""
    w = np.ones(2)
    for score, allowed in [(-1.0, {"any"}), (0.0, {"any", "not_negative"})]:
        x = np.array([[score], [5.0]])
        if method.domain in allowed:
            assert np.isfinite(method(x, w)).all()
        else:
            with pytest.raises(Undefined):
                method(x, w)


def test_a_score_of_0_brings_nothing() -> None:
    """Where a slope would be infinite, it is said to be 0, and the parts still add up."""
    x, w = np.array([[0.0, 0.0], [16.0, 0.0]]), np.ones(2)
    assert same(Power(p=0.5).slopes(x, w), [[0.0, 0.0], [0.25, 0.0]])
