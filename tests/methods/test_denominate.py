"""Denominators: what every one keeps, then the rules of each."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pii.arrays import Matrix
from pii.errors import Undefined
from pii.methods.denominate import AbstractDenominator, Denominator, NoDenominator, Ratio
from tests import slow, strategies
from tests.shared import instances, same

every = pytest.mark.parametrize("method", instances(Denominator))


@st.composite
def quantities(draw: st.DrawFn) -> tuple[Matrix, Matrix]:
    """Quantities with gaps, and a denominator above 0 for each."""
    x = draw(strategies.matrices())
    rows, units = x.shape
    d = draw(strategies.matrices(strategies.MEASURED, rows=(rows, rows), units=(units, units)))
    return x, d


@every
@given(quantities())
@strategies.quick
def test_equals_the_slow_formula(method: AbstractDenominator, drawn: tuple[Matrix, Matrix]) -> None:
    """Every cell is what the scalar formula gives."""
    x, d = drawn
    expected = [
        [slow.denominate(method, v, u) for v, u in zip(*rows, strict=True)] for rows in zip(x, d, strict=True)
    ]
    assert same(method(x, denominator=d), expected, 1e-14)


@every
@given(quantities(), st.data())
@strategies.quick
def test_permuting_units_permutes_ratios(
    method: AbstractDenominator, drawn: tuple[Matrix, Matrix], data: st.DataObject
) -> None:
    """A unit's ratio does not depend on where it stands, and gaps stay."""
    x, d = drawn
    order = data.draw(strategies.shuffled(x.shape[1]))
    ratios = method(x, denominator=d)
    assert np.array_equal(method(x[:, order], denominator=d[:, order]), ratios[:, order], equal_nan=True)
    assert np.array_equal(np.isnan(ratios), np.isnan(x))


def test_scale_says_per_how_many() -> None:
    """With scale 1000 and people, 30 in 6000 people are 5 per thousand."""
    assert Ratio(scale=1000)(np.array([[30.0]]), denominator=np.array([[6000.0]])).tolist() == [[5.0]]


@pytest.mark.parametrize(
    ("denominator", "said"),
    [
        (0.0, "the denominator is 0"),
        (-2.0, "the denominator is -2"),
        (np.nan, "the denominator is missing"),
    ],
)
def test_a_measured_quantity_without_a_positive_denominator_is_refused(denominator: float, said: str) -> None:
    """The cell is named by position, with the rule and what to do."""
    x = np.array([[1.0, 2.0], [3.0, 4.0]])
    d = np.array([[5.0, 5.0], [5.0, denominator]])
    with pytest.raises(Undefined) as refused:
        Ratio()(x, denominator=d)
    error = refused.value
    assert (error.found, error.rows, error.columns) == ((said,), (1,), (1,))
    assert str(error) == (
        f"{said}; a measured quantity needs a denominator above 0; give it one, "
        + (
            "leave the indicator's cell empty, or declare gap: missing for a missing one"
            if np.isnan(denominator)
            else "or leave the indicator's cell empty"
        )
    )


def test_a_denominator_that_is_not_needed_may_be_anything() -> None:
    """Where the quantity is not measured, no denominator is asked for, and no warning is given."""
    x, d = np.full((1, 3), np.nan), np.array([[0.0, np.nan, -1.0]])
    assert np.isnan(Ratio()(x, denominator=d)).all()


def test_gap_missing_leaves_the_ratio_missing() -> None:
    """A missing denominator then gives a gap; zero is still refused, and a part of one is not."""
    method = Ratio(gap="missing")
    x, d = np.array([[4.0, 6.0, 3.0, 5.0]]), np.array([[np.nan, 2.0, 0.5, 1.0]])
    assert same(method(x, denominator=d), [[np.nan, 3.0, 6.0, 5.0]])
    with pytest.raises(Undefined) as refused:
        method(np.array([[4.0]]), denominator=np.array([[0.0]]))
    assert str(refused.value) == (
        "the denominator is 0; a measured quantity needs a denominator above 0; give it one, or leave the "
        "indicator's cell empty"
    )
    assert (refused.value.rows, refused.value.columns) == ((0,), (0,))


def test_ratios_beyond_what_numbers_hold_give_no_warning() -> None:
    """They are infinite or 0, and the stage refuses what is too large or too small."""
    assert Ratio(scale=1e-10)(np.array([[1.0]]), denominator=np.array([[1e300]])).tolist() == [[0.0]]
    assert Ratio()(np.array([[1e300]]), denominator=np.array([[1e-10]])).tolist() == [[np.inf]]


def test_every_unfit_cell_is_listed() -> None:
    """All refusals come at once."""
    with pytest.raises(Undefined) as refused:
        Ratio()(np.ones((2, 2)), denominator=np.array([[0.0, 1.0], [-1.0, np.nan]]))
    assert refused.value.rows == (0, 1, 1)
    assert refused.value.columns == (0, 0, 1)


def test_none_leaves_the_quantity_alone() -> None:
    """Whatever the denominator."""
    assert NoDenominator()(np.array([[30.0]]), denominator=np.array([[0.0]])).tolist() == [[30.0]]
