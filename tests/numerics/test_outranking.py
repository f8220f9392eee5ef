"""Pairs of units: the matrix, what its sums are, and that many units need little memory."""

import tracemalloc

import numpy as np
from hypothesis import given

from pii.arrays import Matrix, Vector
from pii.numerics.outranking import copeland, net_outranking, outranking
from tests import strategies
from tests.shared import same


@given(strategies.siblings())
@strategies.quick
def test_the_two_sides_of_a_pair_sum_to_1(drawn: tuple[Matrix, Vector]) -> None:
    """Whatever the gaps; a unit does not stand above itself."""
    o = outranking(*drawn)
    assert same(o + o.T, 1.0 - np.eye(len(o)), 1e-13)
    assert ((o >= -1e-15) & (o <= 1 + 1e-15)).all()


@given(strategies.siblings())
@strategies.quick
def test_scores_are_sums_of_the_matrix(drawn: tuple[Matrix, Vector]) -> None:
    """Over the units that have a child with a weight."""
    x, w = drawn
    there = ~np.isnan(x[w > 0]).all(axis=0)
    o = outranking(x[:, there], w)
    assert same(net_outranking(x, w)[there], o.sum(axis=1), 1e-12)
    assert same(copeland(x, w)[there], np.sign(np.round(o - o.T, 9)).sum(axis=1))
    assert np.isnan(copeland(x, w)[~there]).all()
    assert np.isnan(net_outranking(x, w)[~there]).all()


def test_a_pair_without_a_child_in_common_is_even() -> None:
    """Nothing tells them apart."""
    x = np.array([[1.0, np.nan], [np.nan, 2.0]])
    assert outranking(x, np.ones(2)).tolist() == [[0.0, 0.5], [0.5, 0.0]]
    assert copeland(x, np.ones(2)).tolist() == [0.0, 0.0]
    assert net_outranking(x, np.ones(2)).tolist() == [0.5, 0.5]


def test_memory_does_not_grow_with_the_square_of_the_units() -> None:
    """Three thousand units would have a matrix of 72 MB; blocks of it are compared."""
    x = np.random.default_rng(0).normal(size=(3, 3000))
    x[0, ::7] = np.nan
    for score in (copeland, net_outranking):
        tracemalloc.start()
        score(x, np.ones(3))
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        assert peak < 12e6
