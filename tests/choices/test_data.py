"""Errors of measurement: their size, their distribution, and what is not measured."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError
from scipy.stats import norm

from pii.arrays import Matrix
from pii.choices.data import DataError
from pii.methods.sample import RandomPoints
from tests.shared import same
from tests.strategies import matrices, quick


@given(matrices(), st.sampled_from(["normal", "uniform"]))
@quick
def test_what_is_not_measured_stays_so_and_the_middle_is_the_value(x: Matrix, shape: Any) -> None:
    """A number of a half is an error of 0."""
    found = DataError(relative=0.3, shape=shape).disturbed(x, np.full(x.shape, 0.5))
    assert same(found, x, 1e-15)


@pytest.mark.parametrize("shape", ["normal", "uniform"])
def test_errors_have_the_size_asked_for(shape: Any) -> None:
    """The same variance by either distribution, relative to the value's size or as a column has it."""
    x = np.array([[10.0], [-4.0], [0.0]]) * np.ones((1, 4000))
    u = RandomPoints().points(4000, 3, seed=0).T
    found = DataError(relative=0.1, shape=shape).disturbed(x, u)
    assert same(found.mean(axis=1), [10, -4, 0], 0.03)
    assert same(found.std(axis=1), [1.0, 0.4, 0.0], 0.03)
    errors = np.full(4000, 2.0)
    told = DataError(standard_errors="se", indicators=["a"], shape=shape).disturbed(x[:1], u[:1], errors)
    assert same(told - 10, (found[:1] - 10) * 2, 1e-12)


def test_errors_are_quantiles_of_their_distribution() -> None:
    """A larger number is a larger value, of a value below 0 too."""
    u = np.array([[0.025, 0.5, 0.975]])
    x = np.array([[-10.0, -10.0, -10.0]])
    assert same(DataError(relative=0.1).disturbed(x, u), -10 + norm.ppf(u), 1e-12)
    assert same(DataError(relative=0.1, shape="uniform").disturbed(x, u), -10 + 12**0.5 * (u - 0.5), 1e-12)


def test_the_ends_of_the_numbers_are_finite() -> None:
    """0 is one; 1 is none."""
    u = np.array([[0.0, np.nextafter(1.0, 0.0)]])
    found = DataError(relative=1.0).disturbed(np.ones((1, 2)), u)
    assert np.isfinite(found).all()
    assert found[0, 0] < -6 < 8 < found[0, 1]


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({}, "either relative"),
        ({"relative": 0.1, "standard_errors": "se", "indicators": ["a"]}, "either relative"),
        ({"standard_errors": "se"}, "of one indicator"),
        ({"standard_errors": "se", "indicators": ["a", "b"]}, "of one indicator"),
        ({"relative": 0.0}, "relative"),
    ],
)
def test_errors_of_no_size_or_of_two_are_refused(fields: dict[str, Any], said: str) -> None:
    """And a column of standard errors without its one indicator."""
    with pytest.raises(ValidationError, match=said):
        DataError(**fields)


def test_a_choice_of_data_is_of_the_first_stage() -> None:
    """All stages follow from it."""
    assert DataError(relative=0.1).stage == "data"
