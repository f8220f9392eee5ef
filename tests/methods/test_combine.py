"""Combiners: what every one keeps, then the rules of each."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pii.arrays import Matrix
from pii.errors import Undefined
from pii.methods.combine import (
    AbstractCombiner,
    Beside,
    Combiner,
    Maximum,
    NotComparable,
    RatioOfSums,
    Sum,
    WeightedMean,
)
from tests import slow_combine, strategies
from tests.shared import instances, same

every = pytest.mark.parametrize("method", instances(Combiner))
TWO = np.array([[1.0, 1.0]])


@st.composite
def crosswalks(draw: st.DrawFn, parts: int, *, split: bool = True) -> Matrix:
    """Shares of old units in new ones: many to many, or each whole; columns sum to 1 and no row is empty."""
    targets = draw(st.integers(1, 4))
    shares = np.zeros((targets, parts))
    for part in range(parts):
        drawn = draw(st.lists(st.integers(0, targets - 1), min_size=1, max_size=3 if split else 1, unique=True))
        shares[drawn, part] = 1 / len(drawn) if len(drawn) != 2 else [0.25, 0.75]
    return shares[shares.any(axis=1)]


@st.composite
def merged(draw: st.DrawFn, *, split: bool = True) -> tuple[Matrix, Matrix, dict[str, Matrix]]:
    """Values with gaps, a crosswalk, and weights with gaps and zeros for every rule."""
    x = draw(strategies.matrices(units=(1, 7)))
    k, parts = x.shape
    shares = draw(crosswalks(parts, split=split))
    weights = np.abs(draw(strategies.matrices(strategies.FEW, rows=(k, k), units=(parts, parts))))
    return x, shares, {"people": weights, "above": x * weights, "workers": np.array(weights)}


@every
@given(merged())
@strategies.quick
def test_equals_the_slow_formula(method: AbstractCombiner, drawn: tuple[Matrix, Matrix, dict[str, Matrix]]) -> None:
    """Every value, and the share of it that was measured."""
    x, shares, beside = drawn
    found = method(x, shares=shares, beside=beside)
    for row in range(len(x)):
        slow: Any = {code: column[row].tolist() for code, column in beside.items()}
        expected = slow_combine.combine(method, x[row].tolist(), shares.tolist(), slow)
        assert same(found.values[row], [value for value, _ in expected], 1e-12)
        assert same(found.coverage[row], [share for _, share in expected], 1e-12)


@every
@given(merged())
@strategies.quick
def test_units_that_stay_whole_keep_their_values(
    method: AbstractCombiner, drawn: tuple[Matrix, Matrix, dict[str, Matrix]]
) -> None:
    """To the last digit, gaps too, whatever their weights."""
    x, _, beside = drawn
    found = method(x, shares=np.eye(x.shape[1]), beside=beside)
    assert np.array_equal(found.values, x, equal_nan=True)
    assert np.array_equal(found.coverage, ~np.isnan(x))


@every
@given(merged(), st.data())
@strategies.quick
def test_neither_order_matters(
    method: AbstractCombiner, drawn: tuple[Matrix, Matrix, dict[str, Matrix]], data: st.DataObject
) -> None:
    """Of old units, nor of new ones."""
    x, shares, beside = drawn
    old, new = (data.draw(strategies.shuffled(n)) for n in (shares.shape[1], shares.shape[0]))
    found = method(x, shares=shares, beside=beside)
    moved = method(x[:, old], shares=shares[new][:, old], beside={c: w[:, old] for c, w in beside.items()})
    assert same(moved.values, found.values[:, new], 1e-12)
    assert same(moved.coverage, found.coverage[:, new], 1e-12)


@given(merged(split=False))
@strategies.quick
def test_sums_keep_whole_totals(drawn: tuple[Matrix, Matrix, dict[str, Matrix]]) -> None:
    """Whole numbers add up to the same total exactly, where all is measured."""
    x, shares, _ = drawn
    whole = np.where(np.isnan(x), 7.0, np.rint(x))
    found = Sum()(whole, shares=shares, beside={})
    assert np.array_equal(found.values.sum(axis=1), whole.sum(axis=1))
    assert (found.coverage == 1).all()


@given(merged())
@strategies.quick
def test_sums_of_split_units_keep_totals(drawn: tuple[Matrix, Matrix, dict[str, Matrix]]) -> None:
    """To rounding, by any shares; with gaps, what is there is neither lost nor counted twice."""
    x, shares, _ = drawn
    partial = Sum(at_least=0)(x, shares=shares, beside={}).values
    assert same(np.nansum(partial, axis=1), np.nansum(x, axis=1), 1e-12)


@given(merged())
@strategies.quick
def test_weighted_means_keep_weighted_totals(drawn: tuple[Matrix, Matrix, dict[str, Matrix]]) -> None:
    """Mean times summed weight adds up to what value times weight did."""
    x, shares, _ = drawn
    values = np.where(np.isnan(x), 1.0, x)
    weights = 1.0 + np.abs(np.rint(values))
    means = WeightedMean(by="people")(values, shares=shares, beside={"people": weights}).values
    sizes = Sum()(weights, shares=shares, beside={}).values
    assert same((means * sizes).sum(axis=1), (values * weights).sum(axis=1), 1e-10)


@given(merged(), st.sampled_from([0.25, 0.5, 0.75]))
@strategies.quick
def test_a_value_is_there_when_enough_is_measured(
    drawn: tuple[Matrix, Matrix, dict[str, Matrix]], limit: float
) -> None:
    """And only then: what is missing by the rule is not there, and what is partial has a coverage below 1."""
    x, shares, beside = drawn
    strict, lenient = (Sum(at_least=share)(x, shares=shares, beside=beside) for share in (1.0, limit))
    several = np.count_nonzero(shares, axis=1) > 1
    assert np.array_equal(~np.isnan(strict.values[:, several]), (strict.coverage == 1)[:, several])
    enough = lenient.coverage >= limit - 1e-12
    assert np.array_equal(~np.isnan(lenient.values[:, several]), enough[:, several])


def test_a_weight_that_is_missing_counts_its_part_as_not_measured() -> None:
    """Coverage is then of the parts, since nobody knows what share of the weight is there."""
    x, people = np.array([[10.0, 20.0, 30.0]]), {"people": np.array([[1.0, np.nan, 3.0]])}
    found = WeightedMean(by="people", at_least=0.5)(x, shares=np.ones((1, 3)), beside=people)
    assert found.values.tolist() == [[25.0]]
    assert same(found.coverage, [[2 / 3]])


def test_a_part_without_weight_counts_for_nothing() -> None:
    """Measured or not; weights that are all 0 give no value."""
    weights = {"people": np.array([[4.0, 0.0]])}
    found = WeightedMean(by="people")(np.array([[10.0, np.nan]]), shares=TWO, beside=weights)
    assert (found.values.tolist(), found.coverage.tolist()) == ([[10.0]], [[1.0]])
    nothing = WeightedMean(by="people")(np.array([[1.0, 2.0]]), shares=TWO, beside={"people": np.zeros((1, 2))})
    assert same(nothing.values, [[np.nan]])
    assert nothing.coverage.tolist() == [[0.0]]


def test_coverage_is_by_weight() -> None:
    """A small part that is missing leaves most of the weight measured."""
    x, people = np.array([[10.0, np.nan]]), {"people": np.array([[9.0, 1.0]])}
    found = WeightedMean(by="people", at_least=0.9)(x, shares=TWO, beside=people)
    assert (found.values.tolist(), found.coverage.tolist()) == ([[10.0]], [[0.9]])
    assert same(WeightedMean(by="people", at_least=0.95)(x, shares=TWO, beside=people).values, [[np.nan]])


@pytest.mark.parametrize(
    "method", [WeightedMean(by="people"), RatioOfSums(numerator="above", denominator="people")]
)
def test_a_weight_below_0_is_refused(method: AbstractCombiner) -> None:
    """By position, with the rule."""
    beside: Beside = {"people": np.array([[5.0, -2.0]]), "above": np.array([[5.0, 2.0]])}
    with pytest.raises(Undefined) as refused:
        method(np.array([[1.0, 1.0]]), shares=TWO, beside=beside)
    assert str(refused.value) == (
        "people is -2 there; what values are weighed by is not negative; correct it, or leave the cell empty"
    )
    assert (refused.value.rows, refused.value.columns) == ((0,), (1,))


def test_a_ratio_on_another_scale_is_refused() -> None:
    """A percentage that is recomputed without its hundred would be a hundredth of the others."""
    sides: Beside = {"above": np.array([[30.0, 10.0]]), "people": np.array([[100.0, 300.0]])}
    percent = np.array([[30.0, 3.3]])
    with pytest.raises(Undefined) as refused:
        RatioOfSums(numerator="above", denominator="people")(percent, shares=TWO, beside=sides)
    assert str(refused.value) == (
        "the values are about 99.5 times above / people x 1; the ratio that is recomputed is on the scale of the "
        "values; correct scale: 100 for a percentage; or name the two columns that the values are made of"
    )
    assert (refused.value.rows, refused.value.columns) == ((0,), ())
    method = RatioOfSums(numerator="above", denominator="people", scale=100)
    assert method(percent, shares=TWO, beside=sides).values.tolist() == [[10.0]]


@pytest.mark.parametrize(("times", "refused"), [(0.49, True), (0.5, False), (2.0, False), (2.01, True)])
def test_twice_and_half_the_ratio_are_still_its_scale(times: float, refused: bool) -> None:
    """Beyond, the row is named, with the columns, the scale and what to do; other rows are not."""
    sides: Beside = {"above": np.array([[30.0, 10.0]] * 2), "people": np.array([[120.0, 40.0]] * 2)}
    method = RatioOfSums(numerator="above", denominator="people", scale=2)
    x = np.array([[0.5, 0.5], [0.5 * times, 0.5 * times]])
    if not refused:
        assert method(x, shares=TWO, beside=sides).values.tolist() == [[0.5], [0.5]]
        return
    with pytest.raises(Undefined) as error:
        method(x, shares=TWO, beside=sides)
    assert str(error.value) == (
        f"the values are about {times:.3g} times above / people x 2; the ratio that is recomputed is on the scale of "
        "the values; correct scale: 100 for a percentage; or name the two columns that the values are made of"
    )
    assert (error.value.rows, error.value.columns) == ((1,), ())


def test_values_and_ratios_of_0_do_not_tell_the_scale() -> None:
    """Nor do gaps; what is told by the others counts, and by none, nothing is refused."""
    sides: Beside = {
        "above": np.array([[0.0, 0.0, 30.0, 30.0, 30.0]] * 2),
        "people": np.array([[60.0] * 4 + [np.nan], [60.0, 60.0, np.nan, np.nan, 60.0]]),
    }
    x = np.array([[5.0, 5.0, 0.0, 0.5, 0.5], [5.0, 5.0, 0.5, 0.5, 0.0]])
    method = RatioOfSums(numerator="above", denominator="people", at_least=0)
    values = method(x, shares=np.ones((1, 5)), beside=sides).values
    assert values.tolist() == [[60 / 240], [30 / 180]]


def test_what_is_not_comparable_stays_with_whole_units_only() -> None:
    """Neither a merged unit nor a piece of one has it; a maximum would be kept by the piece."""
    shares = np.array([[1.0, 1.0, 0.0, 0.0], [0.0, 0.0, 1.0, 0.0], [0.0, 0.0, 0.0, 0.4], [0.0, 0.0, 0.0, 0.6]])
    x = np.array([[1.0, 2.0, 3.0, 4.0]])
    assert same(NotComparable()(x, shares=shares, beside={}).values, [[np.nan, 3.0, np.nan, np.nan]])
    assert same(Maximum()(x, shares=shares, beside={}).values, [[2.0, 3.0, 4.0, 4.0]])
    assert [NotComparable().merges, Maximum().merges] == [False, True]


def test_rules_name_the_columns_that_they_read() -> None:
    """Weights, and both sides of a ratio."""
    assert Sum().reads == ()
    assert WeightedMean(by="people").reads == ("people",)
    assert RatioOfSums(numerator="a", denominator="b").reads == ("a", "b")
