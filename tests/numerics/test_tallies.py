"""Tallies: equal to counting draw by draw; errors that cover what they should; units that are never ranked."""

from __future__ import annotations

from fractions import Fraction
from math import nan, sqrt
from statistics import mean, stdev

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy import stats

from pii.arrays import Vector
from pii.numerics.draws import Places, places
from pii.numerics.tallies import (
    MetaWeights,
    acceptability,
    acceptances,
    central_weights,
    holistic_acceptability,
    mean_place,
    meta_weights,
    place_quantile,
    stable,
    tiers,
    top,
    winning,
)
from tests import slow_draws
from tests.shared import same
from tests.strategies import FEW, matrices, quick


def drawn() -> st.SearchStrategy[Places]:
    """Places of a few draws, with ties and gaps."""
    return matrices(FEW, rows=(1, 9), units=(1, 6)).map(places)


def evenly(n: int, draws: int) -> NDArray[np.int64]:
    """Counts of a unit that is at every place as often."""
    return np.array([[0] + [draws] * n])


# Counts and shares


@given(drawn())
@quick
def test_every_draw_is_counted_once(ranks: Places) -> None:
    """At its place, or in column 0."""
    found = acceptability(ranks)
    assert found.tolist() == [slow_draws.counted(ranks.tolist(), unit) for unit in range(ranks.shape[1])]
    assert (found.sum(axis=1) == len(ranks)).all()


@given(drawn(), st.integers(1, 6))
@quick
def test_shares_are_of_all_draws(ranks: Places, k: int) -> None:
    """At a place, among the best k and in tiers, with the binomial error."""
    counts, total = acceptability(ranks), len(ranks)
    shares = acceptances(counts)
    at_best = [sum(0 < place <= k for place in unit) / total for unit in ranks.T.tolist()]
    assert same(shares.value, counts[:, 1:] / total)
    assert same(top(counts, k).value, at_best)
    assert same(top(counts, k).error, [sqrt(p * (1 - p) / total) for p in at_best])
    below = (counts[:, 1:].sum(axis=1) / total - at_best).tolist()
    assert same(tiers(counts, np.array([k])).value, list(zip(at_best, below, strict=True)))


def test_tiers_are_cut_after_their_last_places() -> None:
    """Each begins where the one before ends, and draws without a place are in none."""
    counts = np.array([[5, 1, 2, 3, 4, 5]])
    assert same(tiers(counts, np.array([1, 3])).value, [[0.05, 0.25, 0.45]])
    assert same(tiers(counts, np.array([2])).error, [[sqrt(0.15 * 0.85 / 20), sqrt(0.6 * 0.4 / 20)]])


@pytest.mark.parametrize("gaps", [0.0, 0.1])
def test_threads_and_chunks_count_alike(gaps: float) -> None:
    """Of places or of pairs, and parts of the draws add up."""
    random = np.random.default_rng(1)
    x = np.round(random.normal(size=(3000, 12)), 1)
    x[random.random(x.shape) < gaps] = nan
    ranks = places(x)
    counts = acceptability(ranks)
    assert np.array_equal(counts, acceptability(ranks, threads=2))
    assert np.array_equal(counts, acceptability(ranks[:700]) + acceptability(ranks[700:]))
    assert np.array_equal(winning(ranks).value, winning(ranks, threads=2).value)
    x[:, 0] = 9.0  # above all others, in more draws than a byte counts
    assert (winning(places(x)).value[0, 1:] == 1.0).all()
    one = slow_draws.wins(ranks.tolist(), 3, 7)
    assert winning(ranks).value[3, 7] == pytest.approx(mean(one), abs=1e-12)


# Means and quantiles


@given(drawn())
@quick
def test_the_mean_place_is_over_the_draws_with_a_place(ranks: Places) -> None:
    """With the standard deviation over the root of their number; NaN where it has no meaning."""
    found = mean_place(acceptability(ranks))
    lists = [[place for place in unit if place] for unit in ranks.T.tolist()]
    assert same(found.value, [mean(own) if own else nan for own in lists])
    assert same(found.error, [stdev(own) / sqrt(len(own)) if len(own) > 1 else nan for own in lists])


@given(drawn(), st.integers(0, 20))
@quick
def test_a_quantile_is_one_of_the_sorted_places(ranks: Places, twentieths: int) -> None:
    """The one at position p N, rounded up; its interval is about it."""
    found = place_quantile(acceptability(ranks), twentieths / 20)
    expected = [slow_draws.quantile(unit, Fraction(twentieths, 20)) for unit in ranks.T.tolist()]
    assert found.place.tolist() == expected
    assert (found.low <= found.place).all()
    assert (found.place <= found.high).all()


@pytest.mark.parametrize("level", [0.05, 0.1, 0.15, 0.35, 0.55, 0.7, 0.95])
@pytest.mark.parametrize("draws", [20, 100, 1000, 100_000])
def test_a_quantile_at_a_whole_number_of_draws_is_that_draws_place(level: float, draws: int) -> None:
    """Not the next one, because of a digit."""
    counts = evenly(draws, 1)
    assert place_quantile(counts, level).place.tolist() == [round(level * draws)]


@pytest.mark.parametrize(("n", "level"), [(10, 0.5), (100, 0.05), (100, 0.5), (1000, 0.95)])
def test_the_interval_of_a_quantile_is_the_narrowest_that_covers(n: int, level: float) -> None:
    """Of n different places: one draw less on either side would leave out more than half of what is allowed."""
    found = place_quantile(evenly(n, 1), level)
    low, high = int(found.low[0]), int(found.high[0])
    below = stats.binom(n, level)
    assert below.cdf(low - 1) <= 0.025 < below.cdf(low) or (low == 1 and below.cdf(0) > 0.025)
    assert below.cdf(high - 1) >= 0.975 > below.cdf(high - 2) or high == n


def test_the_interval_covers_the_quantile_as_often_as_it_says() -> None:
    """Of many small studies of one unit whose places are known."""
    random = np.random.default_rng(2)
    true = random.permutation(np.repeat(np.arange(1, 21), 5))
    level_of = {level: np.sort(true)[int(level * 100) - 1] for level in (0.05, 0.5, 0.95)}
    for level, place in level_of.items():
        found = [
            place_quantile(np.bincount(random.choice(true, 60), minlength=21)[None, :], level) for _ in range(400)
        ]
        assert np.mean([one.low[0] <= place <= one.high[0] for one in found]) > 0.94


def test_a_unit_without_a_place_has_no_quantile() -> None:
    """And one with it in a few draws has its own number of them."""
    found = place_quantile(np.array([[9, 0, 0], [7, 1, 1]]), 0.5)
    assert found.place.tolist() == [0, 1]
    assert found.low.tolist() == [0, 1]
    assert found.high.tolist() == [0, 2]


# When to stop


def test_draws_may_stop_when_every_end_is_known_to_a_place() -> None:
    """One unit that is not settled is enough to go on."""
    settled, unsettled = np.array([[0, 1000, 0, 0] + [0] * 27]), evenly(30, 3)
    unsettled[0, 0] = 10
    assert stable(settled)
    assert not stable(unsettled)
    assert not stable(np.vstack([settled, unsettled]))
    assert stable(unsettled * 100)
    assert stable(unsettled, within=3)
    assert not stable(unsettled, within=3, confidence=0.999999)


def test_too_few_draws_settle_nothing() -> None:
    """Ends that no draw bounds run to the best and the last place."""
    assert not stable(np.array([[0, 0, 0, 0, 1, 0, 0, 0]]))


# Pairs


@given(drawn())
@quick
def test_a_pair_is_won_by_who_stands_above_in_draws_of_both(ranks: Places) -> None:
    """A tie counts half; the error is that of the mean of such wins."""
    found = winning(ranks)
    n = ranks.shape[1]
    wins = [[slow_draws.wins(ranks.tolist(), i, j) for j in range(n)] for i in range(n)]
    assert same(found.value, [[mean(one) if one else nan for one in row] for row in wins])
    variance = [[float(np.var(one)) / len(one) if one else nan for one in row] for row in wins]
    assert same(found.error**2, variance)


@pytest.mark.parametrize("n", [255, 256])
def test_pairs_of_as_many_units_as_a_byte_holds_are_told_apart(n: int) -> None:
    """The last place is not taken for none."""
    scores = np.tile(-np.arange(float(n)), (3, 1))
    scores[1, 4] = nan
    found = winning(places(scores)).value
    assert found[0, n - 1] == 1.0
    assert found[n - 1, 0] == 0.0
    assert found[4, n - 1] == 1.0
    assert found[n - 1, 4] == 0.0


# SMAA-2


@given(drawn(), st.integers(0, 1000))
@quick
def test_central_weights_are_the_mean_of_those_that_put_a_unit_first(ranks: Places, seed: int) -> None:
    """NaN for a unit that none puts first."""
    weights = np.random.default_rng(seed).dirichlet(np.ones(3), size=len(ranks))
    expected = [slow_draws.central(weights.tolist(), ranks.tolist(), unit) for unit in range(ranks.shape[1])]
    found = central_weights(weights, ranks)
    assert same(found.value, expected)
    for unit, error in enumerate(found.error):
        chosen = weights[ranks[:, unit] == 1]
        if len(chosen) > 1:
            assert same(error, chosen.std(axis=0, ddof=1) / sqrt(len(chosen)), 1e-7)
        else:
            assert np.isnan(error).all()


def test_a_unit_at_one_place_is_worth_what_the_place_is() -> None:
    """And one at two places the mean, less the draws in which it has none."""
    counts = np.array([[0, 4, 0, 0], [0, 0, 2, 2], [2, 0, 0, 2]])
    found = holistic_acceptability(counts, np.array([1.0, 0.5, 0.1]))
    assert same(found.value, [1.0, 0.3, 0.05])
    assert same(found.error, [0.0, 0.1, 0.025])


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        ("linear", [1, 2 / 3, 1 / 3, 0]),
        ("inverse", [1, 1 / 2, 1 / 3, 1 / 4]),
        ("centroid", [1, 13 / 25, 7 / 25, 3 / 25]),
    ],
)
def test_the_first_place_is_worth_most(kind: MetaWeights, expected: Vector) -> None:
    """And one place among one is worth 1."""
    assert same(meta_weights(4, kind), expected)
    assert meta_weights(1, kind).tolist() == [1.0]


@pytest.mark.parametrize("kind", ["linear", "inverse", "centroid"])
@pytest.mark.parametrize("n", [1, 4, 9])
def test_worths_of_places_equal_pysensmcda(n: int, kind: MetaWeights) -> None:
    """Its release 2.0.0, ``pysensmcda.smaa.metaweights.metaweights(n, kind)``, as it prints them."""
    assert same(meta_weights(n, kind), PYSENSMCDA[n, kind], 1e-15)


PYSENSMCDA: dict[tuple[int, str], list[float]] = {
    (1, "linear"): [1.0],
    (1, "inverse"): [1.0],
    (1, "centroid"): [1.0],
    (4, "linear"): [1.0, 0.6666666666666666, 0.3333333333333333, 0.0],
    (4, "inverse"): [1.0, 0.5, 0.3333333333333333, 0.25],
    (4, "centroid"): [1.0, 0.52, 0.28, 0.12000000000000002],
    (9, "linear"): [1.0, 0.875, 0.75, 0.625, 0.5, 0.375, 0.25, 0.125, 0.0],
    (9, "inverse"): [
        1.0,
        0.5,
        0.3333333333333333,
        0.25,
        0.2,
        0.16666666666666666,
        0.14285714285714285,
        0.125,
        0.1111111111111111,
    ],
    (9, "centroid"): [
        1.0,
        0.6465142376209847,
        0.469771356431477,
        0.35194276897180526,
        0.2635713283770515,
        0.1928741759012484,
        0.13395988217141253,
        0.0834619161172675,
        0.039276195819890586,
    ],
}
