"""Bodies of weights: their volume is what clipping and arithmetic say, in as many dimensions as they have."""

from __future__ import annotations

from itertools import pairwise
from math import factorial, sqrt

import numpy as np
import pytest
import scipy.spatial

from pii.arrays import Matrix
from pii.numerics import favourable
from pii.numerics.favourable import body_of, cut, firsts, measured, weight_limits
from pii.numerics.polytope import Polytope, Siblings
from pii.numerics.possible_ranks import least_leads
from tests.shared import same


def any_shares(k: int) -> Siblings:
    """Of k children."""
    return Siblings(0, tuple(range(1, k + 1)), np.zeros(k), np.ones(k))


def clipped(corners: Matrix, rows: Matrix) -> Matrix:
    """The part of a polygon on which no row's sum is above 0, edge by edge."""
    for row in rows:
        level = corners @ row
        kept = []
        for at in range(len(corners)):
            a, b, p, q = level[at - 1], level[at], corners[at - 1], corners[at]
            if (a > 0) != (b > 0):
                kept.append(p + (q - p) * a / (a - b))
            if b <= 0:
                kept.append(q)
        corners = np.array(kept).reshape(-1, 3)
    return corners


def area(corners: Matrix) -> float:
    """Of a polygon in the plane of shares of three, as triangles around its first corner."""
    edges = corners[1:] - corners[0]
    return float(sum(np.linalg.norm(np.cross(a, b)) / 2 for a, b in pairwise(edges)))


@pytest.mark.parametrize("k", range(2, 9))
def test_the_volume_of_all_shares_is_in_closed_form(k: int) -> None:
    """The root of k over the factorial of k - 1, around equal shares."""
    found = measured(body_of(any_shares(k)))
    assert same(found.volume * factorial(k - 1), sqrt(k), 1e-12)
    assert same(found.centroid, np.full(k, 1 / k), 1e-12)


@pytest.mark.parametrize("seed", range(8))
def test_the_parts_of_three_children_are_what_clipping_leaves(seed: int) -> None:
    """One area a unit, by clipping the triangle with each rival."""
    x = np.random.default_rng(seed).uniform(size=(6, 3))
    can = firsts(x, (polytope := Polytope((any_shares(3),))), least_leads(x, polytope))
    for unit in range(6):
        left = clipped(np.eye(3), np.delete(x, unit, axis=0) - x[unit])
        assert can[unit] == (len(left) > 0)
        if can[unit]:
            body = cut(body_of(any_shares(3)), x - x[unit], np.zeros(6))
            assert same(measured(body).volume, area(left), 1e-12)
            low, high = weight_limits(x[unit] - np.delete(x, unit, axis=0), polytope)
            assert same(low, left.min(axis=0), 1e-9)
            assert same(high, left.max(axis=0), 1e-9)


def test_a_cut_in_two_keeps_the_whole_in_seven_dimensions() -> None:
    """Volumes add up, and centroids by volume, where the corners are many and not simple."""
    box = Siblings(0, tuple(range(1, 9)), np.zeros(8), np.full(8, 0.25))
    whole, row = measured(body_of(box)), np.random.default_rng(3).normal(size=(1, 8))
    parts = [measured(cut(whole.body, sign * (row - row.mean()), np.zeros(1))) for sign in (1, -1)]
    assert same(sum(one.volume for one in parts), whole.volume, 1e-12)
    centre = sum((one.volume * one.centroid for one in parts), np.zeros(8)) / whole.volume
    assert same(centre, whole.centroid, 1e-12)


def test_a_flat_body_is_measured_in_the_dimensions_that_it_has() -> None:
    """The line on which the first two of three children have the same share, and one point of it."""
    line = cut(body_of(any_shares(3)), np.array([[1.0, -1.0, 0.0], [-1.0, 1.0, 0.0]]), np.zeros(2))
    found = measured(line)
    assert found.body.dimension == 1
    assert same(found.volume, sqrt(1.5), 1e-8)
    assert same(found.centroid, [0.25, 0.25, 0.5], 1e-8)
    point = measured(cut(line, np.array([[0.0, 0.0, 1.0]]), np.zeros(1)))
    assert point.body.dimension == 0
    assert same(point.centroid, [0.5, 0.5, 0.0], 1e-8)


def test_weights_between_bounds_are_scaled_to_shares() -> None:
    """Two weights from 1 to 3: shares from a quarter to three quarters."""
    weights = np.ones(2), np.full(2, 3.0)
    found = measured(body_of(any_shares(2)._replace(weights=weights)))
    assert same(found.volume, sqrt(2) / 2, 1e-12)


def test_where_qhull_fails_the_volume_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    """And not 0: the body is wide."""

    def fail(*_: object) -> None:
        raise scipy.spatial.QhullError("QH6297")

    monkeypatch.setattr(scipy.spatial, "HalfspaceIntersection", fail)
    found = measured(body_of(any_shares(4)))
    assert np.isnan(found.volume)
    assert np.isnan(found.centroid).all()


def test_where_the_corners_make_no_faces_the_volume_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    """Qhull may lose some of them: one point inside is on no side."""
    monkeypatch.setattr(favourable, "_corners", lambda matrix, _: np.zeros((1, matrix.shape[1])))
    found = measured(body_of(any_shares(4)))
    assert np.isnan(found.volume)
    assert np.isnan(found.centroid).all()


def test_units_level_to_rounding_error_are_first_together() -> None:
    """And have the limits of weights of a tie; where none are first, there are no limits."""
    polytope = Polytope((any_shares(2),))
    x = np.array([[1.0, 0.0], [1.0 - 1e-12, 0.0], [0.0, 0.5]])
    assert firsts(x, polytope, least_leads(x, polytope)).all()
    low, high = weight_limits(x[1] - x[[0, 2]], polytope)
    assert same([low, high], [[1 / 3, 0.0], [1.0, 2 / 3]], 1e-8)
    with pytest.raises(ValueError, match="no admissible weights put the unit first"):
        weight_limits(np.array([[-0.5, -0.5]]), polytope)


def test_without_admissible_weights_there_are_no_limits() -> None:
    """Whatever the leads: three shares of at least a half do not sum to 1."""
    none = Polytope((any_shares(3)._replace(low=np.full(3, 0.5)),))
    with pytest.raises(ValueError, match="no weights are admissible"):
        weight_limits(np.array([[1.0, 1.0, 1.0]]), none)
