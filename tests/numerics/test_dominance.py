"""Orders and limits: reductions keep what they reduce, tiers are antichains, limits are where two units meet."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from numpy.typing import NDArray

from pii.arrays import Matrix, Vector
from pii.numerics.dominance import direct, largest_spread, mixture_limits, tiers
from tests.shared import same
from tests.strategies import matrices, quick

FIFTHS = np.resize(np.arange(6) / 5, 256)


def order_of(x: Matrix) -> NDArray[np.bool_]:
    """Above on every row."""
    return np.asarray((x[:, :, None] > x[:, None, :]).all(axis=0))


@quick
@given(matrices(FIFTHS, rows=(2, 2), units=(1, 9)))
def test_direct_pairs_give_back_the_order_and_none_can_be_left_out(x: Matrix) -> None:
    """Their transitive closure is the order; a direct pair has nothing between."""
    above = order_of(x)
    lines = direct(above)
    closed = lines.astype(int)
    for _ in range(len(above)):
        closed = np.minimum(closed + closed @ closed, 1)
    assert np.array_equal(closed > 0, above)
    for a, b in np.argwhere(lines):
        assert not (above[a] & above[:, b]).any()


@quick
@given(matrices(FIFTHS, rows=(2, 2), units=(1, 9)))
def test_no_two_of_a_tier_are_in_order_and_each_hangs_from_the_tier_above(x: Matrix) -> None:
    """The tier is the length of the longest chain from the top."""
    above = order_of(x)
    found = tiers(above)
    for a in range(len(above)):
        assert not (above[a] & (found <= found[a])).any()
        if found[a] > 1:
            assert (above[:, a] & (found == found[a] - 1)).any()


@quick
@given(matrices(FIFTHS, rows=(3, 3), units=(2, 6)))
def test_a_mixture_up_to_the_limit_keeps_the_order_and_beyond_it_does_not(x: Matrix) -> None:
    """At the criterion that is worst for the upper unit."""
    w = np.array([0.5, 0.3, 0.2])
    limits = mixture_limits(x.T, w)
    for i in range(x.shape[1]):
        for j in range(x.shape[1]):
            d = x[:, i] - x[:, j]
            lead = d @ w
            if lead < -1e-9:
                assert np.isnan(limits[i, j])
                continue
            e = limits[i, j]
            assert 0 <= e <= 1
            assert min((1 - e) * lead + e * d) >= -1e-9
            if e < 1:
                assert min((1 - e - 1e-4) * lead + (e + 1e-4) * d) < 0


def test_level_units_part_at_once() -> None:
    """Unless they are level on every criterion."""
    x = np.array([[1.0, 0.0], [0.0, 1.0], [1.0, 0.0]])
    assert same(mixture_limits(x, np.array([0.5, 0.5])), [[1, 0, 1], [0, 1, 0], [1, 0, 1]])


def test_the_largest_spread_is_exact_to_the_last_digit() -> None:
    """Where a lead meets 0; 0 without a lead; 1 where nothing meets."""
    start = np.array([1 / 3, 0.0, 5.0, 0.7])

    def lead(spread: Vector) -> Vector:
        return start - spread

    assert largest_spread(lead, 4) == pytest.approx([1 / 3, 0.0, 1.0, 0.7], abs=3e-16)


def test_a_unit_behind_on_all_criteria_alike_has_no_limit() -> None:
    """Its lead is its least difference, so that nothing is left to divide by: no warning, no number."""
    x = np.array([[9.0, 9.0], [5.0, 5.0], [0.0, 0.0]])
    assert same(mixture_limits(x, np.array([0.5, 0.5])), np.where(np.tri(3, k=-1) == 1, np.nan, 1.0))
