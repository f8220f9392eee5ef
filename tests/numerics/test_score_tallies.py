"""Means and quantiles of scores over draws."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binom

from pii.arrays import Matrix
from pii.numerics.score_tallies import mean_score, score_quantiles
from tests.shared import same

drawn = st.lists(
    st.lists(st.sampled_from([np.nan, 1.0, 2.0, 5.0]), min_size=3, max_size=3), min_size=1, max_size=30
)


@given(drawn.map(np.array))
def test_means_and_quantiles_equal_numpys_on_what_is_there(scores: Matrix) -> None:
    """Unit by unit; the quantile is the inverse of the distribution function."""
    mean, (middle, high) = mean_score(scores), score_quantiles(scores, (0.5, 0.9))
    for unit, column in enumerate(scores.T):
        some = column[~np.isnan(column)]
        if not some.size:
            assert np.isnan([mean.value[unit], middle.score[unit], middle.low[unit], high.high[unit]]).all()
            continue
        assert same(mean.value[unit], some.mean(), 1e-12)
        assert middle.score[unit] == np.quantile(some, 0.5, method="inverted_cdf")
        assert high.score[unit] == np.quantile(some, 0.9, method="inverted_cdf")
        assert middle.low[unit] <= middle.score[unit] <= middle.high[unit]
        if some.size > 1:
            assert same(mean.error[unit], some.std(ddof=1) / np.sqrt(some.size), 1e-12)


def test_an_interval_holds_a_quantile_as_often_as_it_says() -> None:
    """The median of a normal, over 2,000 samples of 60; its coverage by the binomial is known exactly."""
    samples = np.random.default_rng(0).normal(size=(60, 2000))
    (median,) = score_quantiles(samples, (0.5,))
    share = np.mean((median.low <= 0) & (median.high >= 0))
    below = binom.cdf(np.arange(61), 60, 0.5)
    assert 0.95 <= share <= 0.99
    assert below[21] < 0.025 < below[22]  # so the interval runs from the 22nd of 60 draws


def test_few_draws_bound_nothing() -> None:
    """The end of the interval is infinite, not the largest score seen."""
    (end,) = score_quantiles(np.array([[1.0], [2.0], [3.0]]), (0.95,))
    assert (end.score[0], end.high[0]) == (3.0, np.inf)
