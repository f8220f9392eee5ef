"""Sobol' points: those of scipy, and of the definition, from any place in the sequence."""

from __future__ import annotations

import warnings

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import qmc

from pii.arrays import Matrix
from pii.numerics.sobol import BITS, Net, directions, scrambled
from tests import strategies
from tests.shared import same
from tests.slow_draws import sobol_point


def of_scipy(columns: int, start: int, stop: int, seed: int) -> Matrix:
    """The same points by scipy's own sequence."""
    engine = qmc.Sobol(columns, bits=BITS, seed=np.random.default_rng(seed))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)  # of first draws that are no power of two
        return (engine.random(stop)[start:] + 0.5 / 2.0**BITS).T


def net(columns: int, stop: int, seed: int) -> Net:
    """A sequence that is long enough, scrambled as scipy does."""
    return scrambled(directions(columns, (stop - 1).bit_length()), np.random.default_rng(seed).spawn(1)[0])


@given(columns=st.integers(1, 70), start=st.integers(0, 3000), count=st.integers(1, 3000), seed=st.integers(0, 9))
@strategies.quick
def test_points_are_those_of_scipy(columns: int, start: int, count: int, seed: int) -> None:
    """From any place on, to the last bit."""
    points = net(columns, start + count, seed).points(start, start + count)
    assert same(points, of_scipy(columns, start, start + count, seed), 0.0)


@given(start=st.integers(0, 2**16 - 40), count=st.integers(1, 40), seed=st.integers(0, 9))
@strategies.quick
def test_points_are_those_of_the_definition(start: int, count: int, seed: int) -> None:
    """Each added up by itself from the direction numbers of the bits of its number."""
    made = net(3, 2**16, seed)
    slow = [
        [sobol_point(v, s, n) for n in range(start, start + count)]
        for v, s in zip(*map(np.ndarray.tolist, made), strict=True)
    ]
    assert made.points(start, start + count).tolist() == slow


def test_columns_that_do_not_fit_the_cache_together_are_the_same() -> None:
    """Many columns are made a few at a time."""
    many = net(1100, 2048, 3)
    few = Net(many.directions[1000:], many.shift[1000:])
    assert same(many.points(0, 2048)[1000:], few.points(0, 2048), 0.0)


def test_direction_numbers_are_those_that_scipy_begins_with() -> None:
    """Fewer columns or bits are the first of more, and nobody can write over them."""
    assert np.array_equal(directions(40, 12)[:7, :5], directions(7, 5))
    assert directions(1, 6)[0].tolist() == [1 << (BITS - 1 - bit) for bit in range(6)]  # van der Corput's
    with pytest.raises(ValueError, match="read-only"):
        directions(7, 5)[0, 0] = 1


def test_scrambling_keeps_the_strata_and_mixes_the_digits() -> None:
    """Each column still has one point in each of 256 strata, in another order for another generator."""
    orders = []
    for seed in (0, 1):
        cells = np.floor(net(9, 256, seed).points(0, 256) * 256).astype(int)
        assert (np.sort(cells, axis=1) == np.arange(256)).all()
        orders.append(cells)
    assert (orders[0] != orders[1]).mean() > 0.9
