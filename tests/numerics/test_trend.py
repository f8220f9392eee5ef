"""Trends of series with gaps: equal to the slow formulas and to scipy's, series by series."""

from math import inf, isnan, nan

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from pii.arrays import Matrix
from pii.numerics.trend import growth, least_squares, sen_slope
from tests import slow_trend, strategies
from tests.shared import same

YEARS = [2011.0, 2012.0, 2014.0, 2015.0, 2019.0, 2020.0, 2021.0, 2024.0]
series = strategies.matrices(rows=(1, 8), units=(1, 6))


@given(series)
@strategies.quick
def test_growth_equals_the_slow_formula(x: Matrix) -> None:
    """With the reason where there is none."""
    years = YEARS[: len(x)]
    found = growth(x, years)
    for unit in range(x.shape[1]):
        rate, reason = slow_trend.growth(x[:, unit].tolist(), years)
        assert same(found.rate[unit], rate)
        assert found.reason[unit] == reason
        assert isnan(found.rate[unit]) == bool(reason)


def test_growth_says_from_when_to_when() -> None:
    """The first and the last year measured; none where no year is."""
    x = np.array([[nan, 4.0, nan], [2.0, nan, nan], [8.0, nan, nan]])
    found = growth(x, [2020, 2022, 2024])
    assert same(found.rate, [1.0, nan, nan])
    assert same(found.first, [2022, 2020, nan])
    assert same(found.last, [2024, 2020, nan])


def test_growth_multiplies_to_the_last_value() -> None:
    """100 that grows by 3 % a year for 12 years."""
    assert same(growth(np.array([100.0, 100 * 1.03**12]), [2012, 2024]).rate, 0.03)


@given(series)
@strategies.quick
def test_the_line_equals_the_slow_formula(x: Matrix) -> None:
    """Slope, where it starts, and the error of the slope."""
    years = YEARS[: len(x)]
    found = least_squares(x, years)
    for unit in range(x.shape[1]):
        slow = slow_trend.least_squares(x[:, unit].tolist(), years)
        assert same([found.slope[unit], found.error[unit]], [slow[0], slow[2]], 1e-9)
        assert same(found.intercept[unit], slow[1], 1e-9)
    assert found.measured.tolist() == np.count_nonzero(~np.isnan(x), axis=0).tolist()


def test_the_line_equals_scipys() -> None:
    """For complete series and for one with gaps."""
    x = np.random.default_rng(0).normal(size=(8, 5)).cumsum(axis=0)
    x[[2, 5], 4] = nan
    found = least_squares(x, YEARS)
    for unit in range(5):
        known = ~np.isnan(x[:, unit])
        theirs = stats.linregress(np.array(YEARS)[known], x[known, unit])
        assert same([found.slope[unit], found.error[unit]], [theirs.slope, theirs.stderr])
        assert same(found.intercept[unit], theirs.intercept)


@given(series, st.sampled_from([0.5, 0.9, 0.95]))
@strategies.quick
def test_sens_slope_equals_the_slow_formula(x: Matrix, level: float) -> None:
    """And both ends of its interval, with ties and gaps."""
    years = YEARS[: len(x)]
    found = np.array(sen_slope(x, years, level=level))
    for unit in range(x.shape[1]):
        slow = slow_trend.sen_slope(x[:, unit].tolist(), years, level)
        bounded = np.isfinite(slow) | np.isnan(slow)
        assert same(found[bounded, unit], np.array(slow)[bounded])
        assert found[~bounded, unit].tolist() == np.array(slow)[~bounded].tolist()


@pytest.mark.parametrize("step", [1e-9, 0.5])
def test_sens_slope_equals_scipys(step: float) -> None:
    """Where there are values enough to bound it: scipy gives the outermost slopes otherwise."""
    rng = np.random.default_rng(1)
    years = np.arange(2011.0, 2025.0)
    x = np.round((rng.normal(size=(14, 20)) + 0.1 * np.arange(14)[:, None]) / step) * step
    x[rng.random(x.shape) < 0.2] = nan
    found = sen_slope(x, years, level=0.9)
    for unit in range(20):
        known = ~np.isnan(x[:, unit])
        theirs = stats.theilslopes(x[known, unit], years[known], alpha=0.9)
        assert same([found.slope[unit], found.low[unit], found.high[unit]], [theirs[0], theirs[2], theirs[3]])


def test_few_values_bound_no_slope() -> None:
    """Three cannot at 90 %; one has none."""
    found = sen_slope(np.array([[1.0, nan], [2.0, 5.0], [4.0, nan]]), [2022, 2023, 2024])
    assert found.slope.tolist()[0] == 1.5
    assert (found.low[0], found.high[0]) == (-inf, inf)
    assert np.isnan([one[1] for one in found]).all()


def test_one_odd_year_moves_the_line_but_not_the_median() -> None:
    """The use of a robust slope."""
    x = np.arange(8.0)
    odd = x.copy()
    odd[7] = 100.0
    years = range(2017, 2025)
    assert same(sen_slope(odd, years).slope, 1.0)
    assert least_squares(odd, years).slope > 8


def test_years_indicators_and_units_are_many_series() -> None:
    """Any shape with years first; in blocks as alone."""
    x = np.random.default_rng(2).uniform(1, 2, size=(5, 3, 4))
    years = YEARS[:5]
    assert same(growth(x, years).rate[1, 2], growth(x[:, 1, 2], years).rate)
    assert same(least_squares(x, years).slope[1, 2], least_squares(x[:, 1, 2], years).slope)
    assert same(np.array(sen_slope(x, years))[:, 1, 2], np.array(sen_slope(x[:, 1, 2], years)))


def test_many_series_are_done_in_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    """The same numbers."""
    x = np.random.default_rng(3).normal(size=(6, 50))
    whole = np.array(sen_slope(x, YEARS[:6]))
    monkeypatch.setattr("pii.numerics.trend._SERIES", 36 * 7)
    assert np.array_equal(np.array(sen_slope(x, YEARS[:6])), whole)


@pytest.mark.parametrize("years", [[2020, 2020], [2021, 2020], [2020], [2020, nan], [2020, inf]])
def test_years_rise(years: list[float]) -> None:
    """One each."""
    for trend in (growth, least_squares, sen_slope):
        with pytest.raises(ValueError, match="2 rising years are needed"):
            trend(np.zeros((2, 1)), years)
