"""Rankers: what every one keeps, then how each shares places."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pii.arrays import Matrix
from pii.methods.rank import AbstractRanker, Average, Competition, Dense, Ranker
from tests import slow, strategies
from tests.shared import instances, same

every = pytest.mark.parametrize("method", instances(Ranker))
scores = strategies.matrices(strategies.FEW, units=(1, 12))


@every
@given(scores)
@strategies.quick
def test_equals_the_slow_formula(method: AbstractRanker, x: Matrix) -> None:
    """Every place is what counting gives."""
    assert same(method(x), [slow.rank(method, row.tolist()) for row in x], 0.0)


@every
@given(scores, st.data())
@strategies.quick
def test_permuting_units_permutes_places(method: AbstractRanker, x: Matrix, data: st.DataObject) -> None:
    """A unit's place does not depend on where it stands."""
    order = data.draw(strategies.shuffled(x.shape[1]))
    assert same(method(x[:, order]), method(x)[:, order], 0.0)


@every
@given(scores)
@strategies.quick
def test_a_higher_score_has_a_lower_place(method: AbstractRanker, x: Matrix) -> None:
    """Equal scores share a place; no score, no place."""
    places = method(x)
    for row, place in zip(x, places, strict=True):
        assert np.array_equal(np.isnan(row), np.isnan(place))
        higher = row[:, None] > row[None, :]
        assert (place[:, None] < place[None, :])[higher].all()
        equal = row[:, None] == row[None, :]
        assert (place[:, None] == place[None, :])[equal].all()


@every
@given(scores)
@strategies.quick
def test_leading_axes_are_draws(method: AbstractRanker, x: Matrix) -> None:
    """Rows are ranked one by one, in any number of axes."""
    assert same(method(np.array([x, -x])), [method(x), method(-x)], 0.0)
    assert same([method(row) for row in x], method(x), 0.0)


@every
def test_the_input_is_not_written_into(method: AbstractRanker) -> None:
    """Writable scores come out of the call as they went in."""
    x = np.array([[3.0, np.nan, 5.0]])
    method(x)
    assert same(x, [[3.0, np.nan, 5.0]])


@every
def test_no_units_have_no_places(method: AbstractRanker) -> None:
    """Of no units, for any number of nodes."""
    assert method(np.empty((3, 0))).shape == (3, 0)


@pytest.mark.parametrize(
    ("method", "places"),
    [
        (Competition(), [1.0, 2.0, 2.0, 4.0]),
        (Dense(), [1.0, 2.0, 2.0, 3.0]),
        (Average(), [1.0, 2.5, 2.5, 4.0]),
    ],
    ids=repr,
)
def test_ties_share_places(method: AbstractRanker, places: list[float]) -> None:
    """Of 90, 70, 70 and 50; minus 0 equals 0."""
    assert method(np.array([90.0, 70.0, 70.0, 50.0])).tolist() == places
    assert method(np.array([1.0, 0.0, -0.0, -1.0])).tolist() == places
