"""Terms of natural cubic splines: the printed equations, and the space that scipy's splines span."""

from fractions import Fraction

import numpy as np
import pytest
from scipy.interpolate import CubicSpline

from pii.arrays import Matrix, Vector
from pii.numerics.spline import natural_terms
from tests import slow_expect
from tests.shared import same

KNOTS = [
    np.array([-2.0, 0.5, 3.0]),
    np.array([0.0, 1.0, 2.5, 3.0, 7.0]),
    np.array([9.1, 9.4, 9.9, 11.0, 11.2, 12.0]),
]
every = pytest.mark.parametrize("knots", KNOTS, ids=len)


def points(knots: Vector) -> Vector:
    """Places among the knots and beyond them."""
    return np.linspace(2 * knots[0] - knots[-1], 2 * knots[-1] - knots[0], 61)


def cardinal(knots: Vector, at: Vector) -> Matrix:
    """Scipy's natural splines that are 1 at one knot and 0 at the others, continued in straight lines."""
    spline = CubicSpline(knots, np.eye(len(knots)), bc_type="natural")
    inside = np.clip(at, knots[0], knots[-1])
    return np.asarray(spline(inside) + (at - inside)[:, None] * spline(inside, 1))


@every
def test_terms_are_the_printed_equations(knots: Vector) -> None:
    """On the scale on which the outer knots are 0 and 1."""
    scaled = [(Fraction(knot) - Fraction(knots[0])) / Fraction(knots[-1] - knots[0]) for knot in knots]
    at = points(knots)
    expected = [
        slow_expect.natural((Fraction(v) - Fraction(knots[0])) / Fraction(knots[-1] - knots[0]), scaled) for v in at
    ]
    assert same(natural_terms(at, knots), [[float(term) for term in row[1:]] for row in expected], 1e-12)


@every
def test_terms_and_a_constant_span_the_natural_splines_of_scipy(knots: Vector) -> None:
    """Each is a mix of the others, and there are as many."""
    at = points(knots)
    ours = np.column_stack([np.ones(len(at)), natural_terms(at, knots)])
    theirs = cardinal(knots, at)
    assert ours.shape == theirs.shape
    for one, other in ((ours, theirs), (theirs, ours)):
        mixed = one @ np.linalg.lstsq(one, other, rcond=None)[0]
        assert same(mixed, other, 1e-9)


@every
def test_beyond_the_outer_knots_terms_are_straight(knots: Vector) -> None:
    """Second differences are 0 there."""
    for start, end in ((knots[0] - 9, knots[0]), (knots[-1], knots[-1] + 9)):
        terms = natural_terms(np.linspace(start, end, 7), knots)
        assert same(np.diff(terms, 2, axis=0), np.zeros((5, len(knots) - 1)), 1e-8 * float(np.abs(terms).max() + 1))
