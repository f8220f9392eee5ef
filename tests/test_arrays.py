"""Arrays that do not change, and the sums that know what is not measured."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pii.arrays import Matrix, blocks, frozen, sealed, shares, skewness_and_kurtosis
from tests import slow, strategies
from tests.shared import same


def test_frozen_copies_what_can_be_written() -> None:
    """What its maker does to an array later does not reach the copy."""
    mine = np.arange(4.0)
    kept = frozen(mine)
    mine[0] = 99.0
    assert kept.tolist() == [0.0, 1.0, 2.0, 3.0]
    with pytest.raises(ValueError, match="read-only"):
        kept[0] = 1.0


def test_frozen_does_not_trust_a_read_only_view_of_a_writable_array() -> None:
    """It would still change with what it is a view of."""
    mine = np.arange(4.0)
    view = mine[:2]
    view.flags.writeable = False
    kept = frozen(view)
    mine[0] = 99.0
    assert kept.tolist() == [0.0, 1.0]


def test_frozen_returns_what_is_frozen() -> None:
    """No copy of a copy; but another type or layout is copied."""
    kept = frozen([[1, 2], [3, 4]])
    assert kept.dtype == np.float64
    assert frozen(kept) is kept
    assert frozen(kept.T) is not kept.T
    assert frozen(kept.T).flags.c_contiguous


def test_sealed_hands_over_without_a_copy() -> None:
    """The same array, no longer writable."""
    mine = np.arange(3.0)
    assert sealed(mine) is mine
    assert not mine.flags.writeable


@given(st.integers(1, 5).flatmap(strategies.weights))
@strategies.quick
def test_shares_sum_to_1(weights: Matrix) -> None:
    """Along the last axis, whatever stands before it."""
    assert shares(weights).sum() == pytest.approx(1.0)
    assert same(shares(np.array([weights, 3 * weights])), [shares(weights)] * 2, 1e-14)


@given(st.integers(0, 500), st.integers(0, 300_000))
@strategies.quick
def test_blocks_hold_every_row_once(rows: int, width: int) -> None:
    """In order, and none is larger than the cache unless one row is."""
    cut = list(blocks(range(rows), width))
    assert [row for block in cut for row in block] == list(range(rows))
    assert all(len(block) == 1 or len(block) * width <= 1 << 17 for block in cut)


@given(strategies.skewed())
@strategies.quick
def test_shape_equals_the_slow_formula(x: Matrix) -> None:
    """Type 2 skewness and kurtosis; missing with fewer than four values, or all equal."""
    skew, kurtosis = skewness_and_kurtosis(x)
    assert same(skew, [slow.skewness(row.tolist()) for row in x], 1e-9)
    assert same(kurtosis, [slow.kurtosis(row.tolist()) for row in x], 1e-9)


def test_shape_of_a_known_sample() -> None:
    """As SAS and Excel print for 1, 2, 3, 4, 10."""
    skew, kurtosis = skewness_and_kurtosis(np.array([[1.0, 2.0, np.nan, 3.0, 4.0, 10.0]]))
    assert (skew[0], kurtosis[0]) == (pytest.approx(1.69705627484771), pytest.approx(3.152))


@pytest.mark.parametrize("factor", [1e-160, 1e-9, 1e9, 1e160])
def test_shape_does_not_depend_on_the_unit_of_measurement(factor: float) -> None:
    """Nor overflow in the powers of large numbers, nor vanish in those of small ones."""
    x = np.array([[1.0, 2.0, 3.0, 4.0, 10.0, 55.0]])
    for here, there in zip(skewness_and_kurtosis(x), skewness_and_kurtosis(x * factor), strict=True):
        assert same(there, here, 1e-12)


def test_rounding_error_in_a_constant_row_is_not_a_shape() -> None:
    """A third, however it came about, is a constant."""
    x = np.full((1, 7), 0.1 + 0.2)
    skew, kurtosis = skewness_and_kurtosis(x)
    assert np.isnan([skew[0], kurtosis[0]]).all()
