"""Correlation ratios by lines and splines, and the weights that reach given ones."""

import numpy as np
import pytest

from pii.numerics.influence import Regression, influence, influence_weights, weighted_mean
from tests import slow_weigh
from tests.shared import same


def inputs(k: int = 5, n: int = 51) -> np.ndarray[tuple[int, ...], np.dtype[np.float64]]:
    """Related inputs."""
    random = np.random.default_rng(7)
    return np.asarray(50 + random.uniform(2, 9, (k, 1)) * (random.normal(size=n) + random.normal(size=(k, n))))


def test_by_lines_it_is_the_squared_correlation() -> None:
    """As numpy has it."""
    x = inputs()
    y = x.mean(axis=0) ** 2
    assert same(influence(x, y), [np.corrcoef(row, y)[0, 1] ** 2 for row in x], 1e-12)


def test_by_splines_it_is_the_share_that_the_slow_formula_explains() -> None:
    """And never less than by lines, of which a spline is made."""
    x = inputs()
    y = np.abs(x[0] - 50) + x[1]
    found = influence(x, y, regression="spline", knots=5)
    scaled = (x - x.min(axis=1, keepdims=True)) / np.ptp(x, axis=1)[:, None]
    assert same(
        found, [slow_weigh.explained(slow_weigh.spline_terms(z.tolist(), 5), y.tolist()) for z in scaled], 1e-9
    )
    assert (found >= influence(x, y) - 1e-12).all()


def test_a_spline_through_two_values_is_a_line() -> None:
    """There are no knots to bend at."""
    x = (inputs() > 50).astype(float)
    y = inputs().sum(axis=0)
    assert same(influence(x, y, regression="spline"), influence(x, y), 1e-12)


def test_gaps_drop_out_and_constants_have_none() -> None:
    """An input is regressed over the units that have both; NaN where nothing can be said."""
    x = inputs(3)
    y = x.sum(axis=0)
    x[0, :5], x[1], y[-1] = np.nan, 0.1, np.nan
    found = influence(x, y)
    assert found[0] == pytest.approx(np.corrcoef(x[0, 5:-1], y[5:-1])[0, 1] ** 2)
    assert np.isnan(found[1])
    assert np.isnan(influence(x, np.full(y.shape, 0.1))).all()
    assert np.isnan(influence(x[:, :2], y[:2])).all()


def test_a_small_target_is_reached_to_the_same_part_of_it() -> None:
    """Not only to within what is small beside the others: a weight goes with the root of its share."""
    random = np.random.default_rng(7)
    x = random.normal(size=(2, 12)) + random.choice([0, 1]) * random.normal(size=12)
    x[1, :2] = np.nan
    targets = np.array([1 - 1e-9, 1e-9])
    weights, reached = influence_weights(x, targets)
    assert same(reached / targets, np.ones(2), 1e-8)
    assert (weights > 0).all()


@pytest.mark.parametrize("regression", ["linear", "spline"])
def test_weights_reach_their_targets(regression: Regression) -> None:
    """Measured anew on the mean that they make, with gaps."""
    x = inputs()
    x[1, 3:6] = np.nan
    targets = np.full(5, 0.2)
    weights, reached = influence_weights(x, targets, regression=regression)
    found = influence(x, weighted_mean(x, weights), regression=regression)
    assert same(reached, found / found.sum(), 1e-12)
    assert same(reached, targets, 1e-8)
    assert (weights >= 0).all()


def test_targets_that_no_weights_reach_are_missed_by_little() -> None:
    """The influence that was reached is said, and is nearer than with equal weights."""
    x = inputs(3)
    x[1] = -x[0] + 0.1 * x[2]
    targets = np.array([0.8, 0.1, 0.1])
    weights, reached = influence_weights(x, targets)
    found, even = (influence(x, weighted_mean(x, w)) for w in (weights, np.full(3, 1 / 3)))
    assert same(reached, found / found.sum(), 1e-12)
    assert 0.01 < np.abs(reached - targets).max() < np.abs(even / even.sum() - targets).max()


def test_one_input_has_all_influence_whatever_is_asked_of_it() -> None:
    """From wherever the search starts."""
    weights, reached = influence_weights(inputs(1), np.array([0.5]))
    assert (weights.tolist(), reached.tolist()) == ([1.0], [pytest.approx(1.0)])
