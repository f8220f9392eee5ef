"""Convergence: by hand, equal to the slow formulas and to scipy's regression."""

from math import exp, log, nan

import numpy as np
import pytest
from hypothesis import given
from scipy import stats

from pii.arrays import Matrix
from pii.numerics.convergence import beta, sigma
from tests import slow_trend, strategies
from tests.shared import same


def test_sigma_by_hand() -> None:
    """Over the units measured; one unit has no spread, and a mean of 0 no coefficient of variation."""
    found = sigma(np.array([[1.0, 3.0, nan], [2.0, 2.0, 5.0], [nan, nan, 4.0], [-1.0, 1.0, nan], [nan, nan, nan]]))
    assert found.units.tolist() == [2, 3, 1, 2, 0]
    assert same(found.mean, [2, 3, 4, 0, nan])
    assert same(found.sd, [2**0.5, 3**0.5, nan, 2**0.5, nan])
    assert same(found.variation, [2**0.5 / 2, 3**0.5 / 3, nan, nan, nan])


def test_a_gap_that_closes_at_a_constant_speed_is_found() -> None:
    """Logarithms go to 5 at 8 % a year: every unit lies on the line, half the gap closes in log 2 / 0.08 years."""
    first = np.array([1.0, 3.0, 10.0, 50.0])
    spans = np.array([1.0, 7.0, 13.0])
    left = np.exp(-0.08 * spans)[:, None]
    found = beta(first, np.exp(5 + left * (np.log(first) - 5)), spans)
    assert same(found.speed, [0.08] * 3)
    assert same(found.half_life, [log(2) / 0.08] * 3)
    assert same(found.slope, -(1 - np.exp(-0.08 * spans)) / spans)
    assert same(found.error, [0.0] * 3, 1e-9)
    assert same(found.r_squared, [1.0] * 3)


def test_what_diverges_has_no_half_life() -> None:
    """And what turns round within the span has no speed."""
    first = np.array([1.0, 2.0, 4.0])
    apart = beta(first, first**1.5, 10)
    assert apart.slope > 0 > apart.speed
    assert np.isnan(apart.half_life)
    turned = beta(first, 1 / first, 1)
    assert same(turned.slope, -2.0)
    assert np.isnan(turned.speed)


@given(strategies.matrices(rows=(3, 3), units=(1, 8)))
@strategies.quick
def test_beta_equals_the_slow_formula(x: Matrix) -> None:
    """With gaps, ties and values that have no logarithm."""
    found = beta(x[0], x[1:], [2.0, 5.0])
    for at, span in enumerate((2.0, 5.0)):
        slow = slow_trend.beta(x[0].tolist(), x[at + 1].tolist(), span)
        ours = (found.slope, found.intercept, found.error, found.speed, found.half_life)
        assert found.pairs[at] == slow[0]
        assert same([one[at] for one in ours[:3]], slow[1:4], 1e-8)
        if abs(1 + slow[1] * span) > 1e-6 and not abs(slow[4]) < 1e-6:  # where rounding does not decide
            assert same([one[at] for one in ours[3:]], slow[4:], 1e-6)


def test_beta_equals_scipys_regression() -> None:
    """Slope, intercept, standard error, explained part."""
    rng = np.random.default_rng(0)
    first, last = rng.uniform(20, 80, size=60), rng.uniform(20, 80, size=60)
    last[:3], first[3:5] = nan, 0.0
    found = beta(first, last, 12)
    both = (first > 0) & (last > 0)
    theirs = stats.linregress(np.log(first[both]), np.log(last[both] / first[both]) / 12)
    assert found.pairs == both.sum() == 55
    assert same(
        [found.slope, found.intercept, found.error, found.r_squared],
        [theirs.slope, theirs.intercept, theirs.stderr, theirs.rvalue**2],
    )


def test_units_that_began_alike_have_no_slope() -> None:
    """Whatever they did since."""
    found = beta(np.full(4, 0.1) * 3, np.array([1.0, 2.0, 3.0, 4.0]), exp(1))
    assert np.isnan([found.slope, found.error, found.r_squared, found.speed, found.half_life]).all()


@pytest.mark.parametrize("years", [[0.0], [-1.0], [nan], 1.0])
def test_years_lie_ahead(years: object) -> None:
    """One a later period."""
    with pytest.raises(ValueError, match="years above 0 are needed"):
        beta(np.ones(3), np.ones((1, 3)), years)  # type: ignore[arg-type]
