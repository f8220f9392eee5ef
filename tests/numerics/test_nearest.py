"""Distances between units with gaps."""

import numpy as np

from pii.numerics import nearest
from tests.shared import same

NAN = np.nan


def test_distances_are_over_common_indicators() -> None:
    """In standard deviations; a mean, so that few common indicators bring no two units nearer."""
    x = np.array([[0.0, 1.0, 2.0], [0.0, NAN, 10.0], [5.0, 5.0, 5.0]])
    spread = np.sqrt(50)
    far = np.sqrt((4 + (10 / spread) ** 2 + 0) / 3)
    near = np.sqrt(1 / 2)
    every = np.array([[0, near, far], [near, 0, near], [far, near, 0]])
    assert same(nearest.distances(x), every, 1e-14)
    assert same(nearest.distances(x, [2, 0]), every[[2, 0]], 1e-14)


def test_units_without_a_common_indicator_are_infinitely_far() -> None:
    """An indicator of one unit tells nothing; nor is such a unit a neighbour."""
    x = np.array([[0.0, 1.0, NAN], [NAN, NAN, 10.0]])
    assert np.isinf(nearest.distances(x)[2]).all()
    assert same(nearest.imputed(x, 2, by_distance=False), x)


def test_numbers_as_typed_tie() -> None:
    """0.3 - 0.2 is not 0.2 - 0.1 in binary, and both neighbours count."""
    x = np.array([[0.1, 0.2, 0.3], [10.0, NAN, 30.0]])
    assert same(nearest.imputed(x, 1, by_distance=False)[1, 1], 20.0, 1e-12)


def test_many_units_are_compared_in_blocks() -> None:
    """With the same fills as of each unit alone."""
    x = np.random.default_rng(0).normal(size=(3, 700))
    x[0, ::2] = NAN
    filled = nearest.imputed(x, 4, by_distance=True)
    for unit in (0, 2, 350, 698):
        measured = np.flatnonzero(~np.isnan(x[0]))
        apart = nearest.distances(x)[unit, measured]
        order = np.argsort(apart)[:4]
        expected = np.average(x[0, measured[order]], weights=1 / apart[order])
        assert same(filled[0, unit], expected, 1e-12)
