"""The frontier: scores are those of the benefit of the doubt, and the parts make them."""

from __future__ import annotations

import numpy as np
import pytest

from pii.arrays import Matrix
from pii.numerics.bod import benefit_of_the_doubt
from pii.numerics.frontier import favour


def scores(k: int, n: int, seed: int, gaps: int = 0) -> Matrix:
    """Scores from 5 to 95, some missing."""
    rng = np.random.default_rng(seed)
    x = rng.uniform(5, 95, size=(k, n))
    x[rng.integers(k, size=gaps), rng.integers(n, size=gaps)] = np.nan
    return x


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize(("least", "most"), [(0.0, 1.0), (0.05, 0.5), (0.1, 0.4)])
def test_scores_are_those_of_the_benefit_of_the_doubt(least: float, most: float, seed: int) -> None:
    """Another programme in other unknowns, with gaps."""
    x = scores(5, 20, seed, gaps=8)
    assert favour(x, least, most).scores == pytest.approx(
        benefit_of_the_doubt(x, least, most, "parts"), abs=1e-9, nan_ok=True
    )


def test_parts_are_within_bounds_and_let_no_unit_pass_1() -> None:
    """They sum to 1, and by the weights that they stand for the best unit has 1."""
    x = scores(5, 20, seed=1)
    found = favour(x, 0.05, 0.5)
    assert found.parts.sum(axis=0) == pytest.approx(np.ones(20))
    assert found.parts.min() > 0.05 - 1e-9
    assert found.parts.max() < 0.5 + 1e-9
    weights = found.parts * found.scores / x
    assert (weights.T @ x).max(axis=1) == pytest.approx(np.ones(20))


def test_a_unit_that_is_best_on_one_row_is_on_the_free_frontier() -> None:
    """However bad it is on others; within bounds it is not."""
    x = np.array([[90.0, 80.0, 50.0], [1.0, 80.0, 50.0], [1.0, 80.0, 50.0]])
    assert favour(x).scores.tolist() == pytest.approx([1.0, 1.0, 0.625])
    assert favour(x, 0.2, 0.5).scores[0] < 0.1


def test_a_score_of_0_brings_nothing() -> None:
    """Freely weighed it is left out; where each row must bring something, nothing can be reached."""
    x = np.array([[0.0, 50.0], [80.0, 40.0]])
    assert favour(x).scores.tolist() == [1.0, 1.0]
    assert favour(x, 0.1, 0.9).scores.tolist() == [0.0, 1.0]


def test_a_unit_without_scores_has_no_place() -> None:
    """Nor has one with too few rows for the bounds."""
    x = np.array([[np.nan, 50.0, 20.0], [np.nan, np.nan, 40.0], [np.nan, np.nan, 40.0]])
    found = favour(x, 0.2, 0.5)
    assert np.isnan(found.scores).tolist() == [True, True, False]
    assert np.isnan(found.parts[:, :2]).all()
