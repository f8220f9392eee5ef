"""Curves of expectation: what every one keeps, then each by itself."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.interpolate import CubicSpline
from scipy.stats import t as student

from pii.arrays import Matrix, Vector
from pii.errors import Undefined
from pii.methods.expect import AbstractCurve, Band, Curve, Line, NaturalSpline
from tests import slow_expect, strategies
from tests.shared import instances, same

NUMBERS = [3, 7]
every = pytest.mark.parametrize(
    "method",
    [*instances(Curve), *(pytest.param(NaturalSpline(knots=k), id=f"natural_spline-{k}") for k in NUMBERS)],
)


@st.composite
def data(draw: st.DrawFn) -> tuple[Vector, Matrix]:
    """A covariate of different values in any order, and scores of two nodes with ties."""
    drawn = draw(strategies.matrices(strategies.MEASURED, rows=(3, 3), units=(9, 14)))
    x = np.cumsum(drawn[0])[draw(strategies.shuffled(drawn.shape[1]))]
    return x, drawn[1:]


@every
@given(data())
@strategies.quick
def test_equals_the_slow_formula(method: AbstractCurve, drawn: tuple[Vector, Matrix]) -> None:
    """Curve, leverage, spread and degrees of freedom, held against fractions."""
    x, y = drawn
    found = method(x, y)
    for row, scores in enumerate(y):
        mean, leverage, spread, freedom = slow_expect.expected(method, x.tolist(), scores.tolist())
        assert same(found.mean[row], mean, 1e-9)
        assert same(found.leverage, leverage, 1e-9)
        assert same(found.spread[row], spread, 1e-9)
        assert found.freedom == freedom


@pytest.mark.parametrize("knots", [5, 6])
def test_other_numbers_of_knots_equal_the_slow_formula(knots: int) -> None:
    """At Harrell's quantiles for each."""
    random = np.random.default_rng(4)
    x, y = random.lognormal(size=34), random.normal(size=34)
    method = NaturalSpline(knots=knots)
    mean, leverage, spread, freedom = slow_expect.expected(method, x.tolist(), y.tolist())
    found = method(x, y)
    assert same(found.mean, mean, 1e-9)
    assert same(found.leverage, leverage, 1e-9)
    assert same(found.spread, spread, 1e-9)
    assert found.freedom == freedom


@every
@given(data(), st.data())
@strategies.quick
def test_permuting_units_permutes_expectations(
    method: AbstractCurve, drawn: tuple[Vector, Matrix], data: st.DataObject
) -> None:
    """What is expected of a unit does not depend on where it stands."""
    x, y = drawn
    order = data.draw(strategies.shuffled(len(x)))
    found, permuted = method(x, y), method(x[order], y[:, order])
    assert same(permuted.mean, found.mean[:, order], 1e-9)
    assert same(permuted.leverage, found.leverage[order], 1e-9)


@every
@given(data())
@strategies.quick
def test_a_straight_line_is_expected_as_it_is(method: AbstractCurve, drawn: tuple[Vector, Matrix]) -> None:
    """Nothing is left over, and bands have no width."""
    x, _ = drawn
    found = method(x, 3.0 - 0.5 * x)
    assert same(found.mean, 3.0 - 0.5 * x, 0.0)
    assert found.spread == 0
    assert not found.margin(0.9).any()


@every
@given(data())
@strategies.quick
def test_residuals_add_up_to_nothing(method: AbstractCurve, drawn: tuple[Vector, Matrix]) -> None:
    """Nor do they go with the covariate; leverages add up to the number of terms."""
    x, y = drawn
    found = method(x, y)
    residual = y - found.mean
    assert same(residual.sum(axis=1), [0.0, 0.0], 1e-8)
    assert same(residual @ (x - x.mean()) / len(x), [0.0, 0.0], 1e-6)
    assert same(found.leverage.sum(), len(x) - found.freedom, 1e-9)
    assert (found.leverage >= 1 / len(x) - 1e-12).all()
    assert (found.leverage <= 1 + 1e-12).all()


@every
@given(data(), st.sampled_from([1e-3, 1e6, -2.0]), st.sampled_from([0.0, -40.0, 1e3]))
@strategies.quick
def test_the_unit_of_the_covariate_does_not_matter(
    method: AbstractCurve, drawn: tuple[Vector, Matrix], factor: float, shift: float
) -> None:
    """Logarithms of millions and of billions differ by a shift."""
    x, y = drawn
    assert same(method(shift + factor * x, y).mean, method(x, y).mean, 1e-8)


@every
def test_the_input_is_not_written_into(method: AbstractCurve) -> None:
    """Writable arrays come out of the call as they went in."""
    x, y = np.arange(12.0), np.arange(12.0) % 5
    method(x, y)
    assert same(x, np.arange(12.0))
    assert same(y, np.arange(12.0) % 5)


@every
@pytest.mark.parametrize("x", [[], [1.0], [1.0, 2.0], [5.0] * 20, [0.1] * 20], ids=str)
def test_too_little_to_lay_a_curve_through_is_refused(method: AbstractCurve, x: list[float]) -> None:
    """Fewer units than terms and one more, or one value only."""
    with pytest.raises(Undefined, match="differ") as refused:
        method(np.array(x), np.zeros(len(x)))
    assert (refused.value.rows, refused.value.columns) == ((0,), ())


def test_values_that_do_not_tell_the_terms_apart_are_refused() -> None:
    """Knots between values may differ where there are fewer values than terms."""
    x = np.array([0.0, 1.0, 1.0, 1.0, 2.0, 2.0, 3.0, 3.0, 3.0])
    with pytest.raises(Undefined) as refused:
        NaturalSpline(knots=5)(x, x)
    assert str(refused.value) == (
        "9 units with 4 different values of the covariate; a curve of 5 terms needs more units than terms, and "
        "values that tell the terms apart; take a curve of fewer terms, or give the covariate of more units"
    )
    assert (refused.value.rows, refused.value.columns) == ((0,), ())
    x = np.repeat([2.0, 3.0, 101.0, 400.0, 1000.0], [7, 6, 3, 3, 4])
    with pytest.raises(Undefined) as refused:
        NaturalSpline(knots=5)(x, x)
    assert str(refused.value) == (
        "23 units with 5 different values of the covariate; a curve of 5 terms needs more units than terms, and "
        "values that tell the terms apart; take a curve of fewer terms, or give the covariate of more units"
    )
    assert (refused.value.rows, refused.value.columns) == ((0,), ())
    assert Line()(x, np.sqrt(x)).freedom == 21


def test_knots_that_coincide_are_refused() -> None:
    """Most units have the same value."""
    x = np.array([1.0] * 12 + [2.0, 3.0, 4.0, 5.0])
    with pytest.raises(Undefined) as refused:
        NaturalSpline()(x, x)
    assert str(refused.value) == (
        "2 of 4 knots differ; knots lie at different values of the covariate; ask for fewer knots, or take a line"
    )
    assert (refused.value.rows, refused.value.columns) == ((0,), ())


def test_a_spline_is_the_least_squares_mix_of_scipys() -> None:
    """Natural cubic splines through the same knots, straight beyond."""
    random = np.random.default_rng(3)
    x = np.sort(random.lognormal(size=63))
    y = np.sin(x) + random.normal(size=63)
    knots = np.quantile(x, [0.05, 0.35, 0.65, 0.95])
    spline = CubicSpline(knots, np.eye(4), bc_type="natural")
    inside = np.clip(x, knots[0], knots[-1])
    theirs = spline(inside) + (x - inside)[:, None] * spline(inside, 1)
    assert same(NaturalSpline()(x, y).mean, theirs @ np.linalg.lstsq(theirs, y, rcond=None)[0], 1e-9)


@pytest.mark.parametrize(("band", "more"), [("mean", 0.0), ("unit", 1.0)])
def test_bands_of_a_line_are_the_textbooks(band: Band, more: float) -> None:
    """By the sum of squares of the covariate, with Student's t of n - 2 degrees of freedom."""
    random = np.random.default_rng(5)
    x, y = random.normal(size=30), random.normal(size=30)
    found = Line()(x, y)
    spread = np.sqrt(((y - found.mean) ** 2).sum() / 28)
    about = more + 1 / 30 + (x - x.mean()) ** 2 / ((x - x.mean()) ** 2).sum()
    assert same(found.margin(0.9, band=band), student.ppf(0.95, 28) * spread * np.sqrt(about), 1e-10)


@every
def test_bands_hold_as_often_as_they_say(method: AbstractCurve) -> None:
    """Of 4,000 draws about a line: the line lies in the band of the mean, and a further unit in the other."""
    random = np.random.default_rng(11)
    x = random.normal(size=34)
    true = 40 + 5 * x
    found = method(x, true + 8 * random.normal(size=(4000, 34)))
    further = true + 8 * random.normal(size=(4000, 34))
    error = 4 * np.sqrt(0.9 * 0.1 / 4000)
    bands: list[tuple[Vector, Band]] = [(true, "mean"), (further, "unit")]
    for target, band in bands:
        inside = np.abs(target - found.mean) <= found.margin(0.9, band=band)
        assert (np.abs(inside.mean(axis=0) - 0.9) < error).all()
