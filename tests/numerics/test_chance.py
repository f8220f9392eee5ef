"""What chance would show: corrections against the slow way and scipy, eigenvalues of random tables."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import false_discovery_control

from pii.numerics.chance import false_discovery, holm, parallel

P_VALUES = st.lists(st.floats(0, 1), min_size=1, max_size=12)


@given(P_VALUES)
def test_holm_is_the_largest_product_so_far(values: list[float]) -> None:
    """Each p-value times how many are not below it, and never less than that of a smaller one."""
    ordered = sorted(values)
    products = [value * (len(ordered) - at) for at, value in enumerate(ordered)]
    expected = [min(max(products[: at + 1]), 1.0) for at in range(len(ordered))]
    assert sorted(holm(np.array(values)).tolist()) == pytest.approx(expected)


@given(P_VALUES)
def test_false_discovery_equals_scipy(values: list[float]) -> None:
    """Benjamini and Hochberg's."""
    p = np.array(values)
    assert false_discovery(p) == pytest.approx(false_discovery_control(p))


@pytest.mark.parametrize("correct", [holm, false_discovery])
def test_a_test_that_was_not_made_counts_for_nothing(correct: type) -> None:
    """NaN stays NaN and makes no other p-value larger; none at all is none."""
    p = np.array([0.01, np.nan, 0.04])
    found = correct(p)
    assert np.isnan(found[1])
    assert found[[0, 2]] == pytest.approx(correct(p[[0, 2]]))
    assert correct(np.array([])).size == 0


def test_random_eigenvalues_shrink_with_more_units() -> None:
    """With many units random rows are almost uncorrelated, and every eigenvalue is near 1."""
    few, many = parallel(5, 30, seed=0), parallel(5, 3000, seed=0)
    assert few[0] > many[0] > 1
    assert list(few) == sorted(few, reverse=True)
    assert many[0] < 1.1


def test_random_eigenvalues_repeat_on_a_seed() -> None:
    """The seed 0 counts."""
    assert parallel(3, 20, seed=0) == parallel.__wrapped__(3, 20, seed=0) != parallel(3, 20, seed=1)
