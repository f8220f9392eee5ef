"""Aggregators: what every one keeps, then the rules of each."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pii.arrays import Matrix, Vector
from pii.errors import Undefined
from pii.methods.aggregate import AbstractAggregator, Aggregator, Arithmetic, Geometric, Harmonic, Power
from tests import slow, strategies
from tests.shared import instances, same

every = pytest.mark.parametrize("method", instances(Aggregator))
Siblings = tuple[Matrix, Vector]


@every
@given(strategies.siblings())
@strategies.quick
def test_equals_the_slow_formula(method: AbstractAggregator, drawn: Siblings) -> None:
    """Every unit's score is what the scalar formula gives, gaps dropped."""
    x, w = drawn
    assert same(method(x, w), [slow.aggregate(method, unit.tolist(), w.tolist()) for unit in x.T], 1e-12)


@every
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


@every
@given(st.sampled_from(strategies.MEASURED.tolist()), st.integers(1, 5).flatmap(strategies.weights))
@strategies.quick
def test_equal_scores_come_out_unchanged(method: AbstractAggregator, score: float, w: Vector) -> None:
    """Whatever the weights, to the last digits."""
    assert method(np.full((len(w), 1), score), w)[0] == pytest.approx(score, rel=4e-16)


@every
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


@every
@given(strategies.siblings())
@strategies.quick
def test_a_better_child_never_lowers_the_score(method: AbstractAggregator, drawn: Siblings) -> None:
    """The score is monotone in every child."""
    x, w = drawn
    score = method(x, w)
    for at in range(len(x)):
        better = x.copy()
        better[at] += 1.5
        higher = method(better, w)
        known = ~np.isnan(score)
        assert (higher[known] >= score[known] * (1 - 1e-14)).all()


@every
@given(strategies.siblings())
@strategies.quick
def test_slopes_equal_finite_differences(method: AbstractAggregator, drawn: Siblings) -> None:
    """They are how fast the score rises; a missing child has none."""
    x, w = drawn
    slopes, scored = method.slopes(x, w), ~np.isnan(method(x, w))
    for unit, found in zip(x.T[scored], slopes.T[scored], strict=True):
        assert same(found, slow.slopes(method, unit.tolist(), w.tolist()), 1e-5)


@every
@given(strategies.siblings())
@strategies.quick
def test_slopes_times_scores_add_up_to_the_score(method: AbstractAggregator, drawn: Siblings) -> None:
    """By Euler's theorem, for every unit that has a score."""
    x, w = drawn
    score, parts = method(x, w), method.slopes(x, w) * np.where(np.isnan(x), 0.0, x)
    known = ~np.isnan(score)
    assert same(parts.sum(axis=0)[known], score[known], 1e-12)
    assert (parts[:, known] >= 0).all()


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
