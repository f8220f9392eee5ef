"""Winsorising step by step: shapes told from running sums are those of the values."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pii.arrays import Vector, skewness_and_kurtosis
from pii.numerics.tails import Tails, Thresholds, pull_in
from tests import strategies
from tests.shared import same

NEVER = Thresholds(1e-12, -1e9)
Rows = st.lists(st.sampled_from([0.0, 1.0, 2.0, 3.5, -4.0, 50.0, 1e4, -700.0]), min_size=4, max_size=15).filter(
    lambda row: len(set(row)) > 2
)


def clipped(x: Vector, tails: Tails) -> Vector:
    """The indicator with its ends pulled in."""
    return np.clip(x, tails.low, tails.high)


@given(Rows, st.integers(1, 6))
@strategies.quick
def test_the_running_shape_is_the_shape_of_what_is_left(row: list[float], limit: int) -> None:
    """After any number of steps."""
    x = np.array(row)
    tails = Tails.of(x[None])[0]
    pull_in(tails, NEVER, limit)
    skew, kurtosis = skewness_and_kurtosis(clipped(x, tails)[None])
    assert same(tails.shape(), [skew[0], kurtosis[0]], 1e-7)


@given(Rows)
@strategies.quick
def test_more_is_never_undone_by_a_higher_limit(row: list[float]) -> None:
    """Moves of a lower limit are the first moves of a higher one, and two values at least are left."""
    x = np.array(row)
    moved = []
    for limit in (1, 2, 4, 8, None):
        tails = Tails.of(x[None])[0]
        pull_in(tails, NEVER, limit)
        moved.append((tails.n_low, tails.n_high))
        assert limit is None or tails.n_low + tails.n_high <= limit
        assert tails.low < tails.high
    assert all(a[0] <= b[0] and a[1] <= b[1] for a, b in pairwise(moved))


def test_a_limit_of_none_moves_nothing() -> None:
    """Nothing moves where 0 points may, however ties are read."""
    for pass_limit in (True, False):
        tails = Tails.of(np.array([[1.0, 2.0, 3.0, 4.0, 5.0, 90.0]]))[0]
        assert not pull_in(tails, Thresholds(2.0, 3.5), 0, pass_limit=pass_limit)
        assert (tails.n_low, tails.n_high) == (0, 0)


@pytest.mark.parametrize(("shape", "passes"), [((2.5, 3.0), True), ((-1.0, 9.0), True), ((-2.5, 4.0), False)])
def test_one_of_two_numbers_is_enough_to_pass(shape: tuple[float, float], passes: bool) -> None:
    """Skewness at either end, or kurtosis."""
    assert Thresholds(2.0, 3.5).passes(*shape) is passes
