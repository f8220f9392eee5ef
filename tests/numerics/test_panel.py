"""Series with gaps: carried on, or joined by straight lines."""

from math import inf, isnan, nan

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pii.arrays import Matrix
from pii.numerics.panel import carried, interpolated
from tests import strategies
from tests.shared import same

YEARS = [2015.0, 2016.0, 2018.0, 2019.0, 2024.0]


def slow_carried(x: list[float], limit: float) -> list[float]:
    """One series, year by year."""
    filled: list[float] = []
    for at, year in enumerate(YEARS[: len(x)]):
        known = [(then, v) for then, v in zip(YEARS, x[: at + 1], strict=False) if not isnan(v)]
        filled.append(known[-1][1] if known and year - known[-1][0] <= limit else nan)
    return filled


def slow_interpolated(x: list[float], limit: float) -> list[float]:
    """One series, year by year."""
    known = [(year, v) for year, v in zip(YEARS, x, strict=False) if not isnan(v)]
    filled: list[float] = []
    for year, v in zip(YEARS, x, strict=False):
        before, after = [p for p in known if p[0] < year], [p for p in known if p[0] > year]
        if not isnan(v):
            filled.append(v)
        elif not known or min(abs(year - when) for when, _ in known) > limit:
            filled.append(nan)
        elif before and after:
            (a, low), (b, high) = before[-1], after[0]
            filled.append(low + (high - low) * (year - a) / (b - a))
        else:
            filled.append(before[-1][1] if before else after[0][1])
    return filled


@given(strategies.matrices(rows=(1, 5), units=(1, 6)), st.sampled_from([0.0, 1.0, 2.0, inf]))
@strategies.quick
def test_they_equal_the_slow_formulas(x: Matrix, limit: float) -> None:
    """Every series; measured values unchanged; nothing depends on the other units."""
    years = YEARS[: len(x)]
    on, joined = carried(x, years, limit=limit)[0], interpolated(x, years, limit=limit)
    for unit in range(x.shape[1]):
        series: list[float] = x[:, unit].tolist()
        assert same(on[:, unit], slow_carried(series, limit), 0.0)
        assert same(joined[:, unit], slow_interpolated(series, limit), 1e-13)
    measured = ~np.isnan(x)
    assert np.array_equal(on[measured], x[measured])
    assert np.array_equal(joined[measured], x[measured])


def test_the_year_of_a_carried_value_is_told() -> None:
    """Its own where it was measured, none where there is nothing."""
    x = np.array([[nan, 1.0], [5.0, nan], [nan, nan]])
    values, of = carried(x, [2020, 2021, 2023], limit=2)
    assert same(values, np.array([[nan, 1], [5, 1], [5, nan]]))
    assert same(of, np.array([[nan, 2020], [2021, 2020], [2021, nan]]))


def test_years_indicators_and_units() -> None:
    """Three dimensions are many series."""
    x = np.full((3, 2, 4), nan)
    x[0], x[2, 0] = 1.0, 3.0
    assert same(interpolated(x, [2020, 2021, 2022])[1], np.repeat([[2.0], [1.0]], 4, axis=1))
    assert same(carried(x, [2020, 2021, 2022])[0][1], np.ones((2, 4)))


@pytest.mark.parametrize("years", [[2020, 2020], [2021, 2020], [2020], [2020, nan]])
def test_years_rise(years: list[float]) -> None:
    """One each."""
    for fill in (carried, interpolated):
        with pytest.raises(ValueError, match="2 rising years are needed"):
            fill(np.zeros((2, 1)), years)
