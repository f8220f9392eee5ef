"""The benefit of the doubt: what its linear programme keeps."""

import numpy as np
import pytest
from hypothesis import given

from pii.arrays import Matrix, Vector
from pii.numerics.bod import benefit_of_the_doubt, fits
from tests import strategies
from tests.shared import same


@given(strategies.siblings())
@strategies.quick
def test_bounds_never_raise_a_score(drawn: tuple[Matrix, Vector]) -> None:
    """They take weights away; scores lie from 0 to 1."""
    x, _ = drawn
    free = benefit_of_the_doubt(x)
    for bounded in ("weights", "parts"):
        held = benefit_of_the_doubt(x, 0.1, 1.0, bounded)
        known = ~np.isnan(held)
        assert np.array_equal(known, ~np.isnan(free))
        assert (held[known] <= free[known] + 1e-9).all()
        assert (held[known] >= 0).all()


def test_without_bounds_units_of_measurement_are_nothing() -> None:
    """Each child may be counted in anything; with bounds on parts too, with bounds on weights not."""
    x = np.array([[1.0, 5.0, 2.0], [4.0, 1.0, 3.0]])
    other = x * [[1.0], [1000.0]]
    assert same(benefit_of_the_doubt(other), benefit_of_the_doubt(x), 1e-9)
    parts = benefit_of_the_doubt(x, 0.3, 1.0, "parts")
    assert same(benefit_of_the_doubt(other, 0.3, 1.0, "parts"), parts, 1e-9)
    assert not np.allclose(benefit_of_the_doubt(other, 0.3), benefit_of_the_doubt(x, 0.3))


def test_equal_bounds_leave_the_mean_beside_the_best_mean() -> None:
    """There is only one choice of weights."""
    x = np.array([[1.0, 5.0, 2.0], [4.0, 2.0, 3.0]])
    assert same(benefit_of_the_doubt(x, 0.5, 0.5), x.mean(axis=0) / 3.5, 1e-12)


def test_who_is_best_on_one_child_scores_1_without_bounds() -> None:
    """And one that has half of everyone's best, half."""
    x = np.array([[8.0, 0.0, 4.0], [0.0, 6.0, 3.0]])
    assert same(benefit_of_the_doubt(x), [1.0, 1.0, 1.0], 1e-12)
    assert same(benefit_of_the_doubt(np.hstack([x, [[2.0], [1.5]]])), [1.0, 1.0, 1.0, 0.5], 1e-12)


def test_nothing_but_zeros_scores_0() -> None:
    """As does a child that nobody has any of; too few scores for the bounds have no score."""
    assert benefit_of_the_doubt(np.zeros((2, 2))).tolist() == [0.0, 0.0]
    assert np.isnan(benefit_of_the_doubt(np.array([[1.0], [np.nan]]), 0.0, 0.6)).all()


@pytest.mark.parametrize(
    ("k", "least", "most", "can"),
    [(3, 0.0, 1.0, True), (10, 0.1, 0.1, True), (3, 0.4, 1.0, False), (3, 0.0, 0.3, False)],
)
def test_parts_between_bounds_can_sum_to_1_or_not(k: int, least: float, most: float, can: bool) -> None:
    """Rounding aside."""
    assert fits(k, least, most) is can
