"""Weighers: what every one keeps, then the rules of each."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pii.arrays import Matrix, Vector
from pii.methods.weigh import AbstractWeigher, Equal, EqualOverIndicators, Given, Weigher
from tests import slow, strategies
from tests.shared import instances, same

every = pytest.mark.parametrize("method", instances(Weigher))


@st.composite
def families(draw: st.DrawFn) -> tuple[Vector, Vector, Matrix]:
    """Given weights, sizes and scores of some siblings."""
    scores, given = draw(strategies.siblings(strategies.MEASURED))
    sizes = draw(st.binary(min_size=len(given), max_size=len(given)))
    return given, np.array([1.0 + byte % 9 for byte in sizes]), scores


@every
@given(families())
@strategies.quick
def test_gives_shares(method: AbstractWeigher, drawn: tuple[Vector, Vector, Matrix]) -> None:
    """One a child, none negative, summing to 1."""
    given_weights, sizes, scores = drawn
    shares = method(given_weights, sizes=sizes, scores=lambda: scores)
    assert shares.shape == given_weights.shape
    assert (shares >= 0).all()
    assert shares.sum() == pytest.approx(1.0, abs=1e-12)


@every
@given(families())
@strategies.quick
def test_equals_the_slow_formula(method: AbstractWeigher, drawn: tuple[Vector, Vector, Matrix]) -> None:
    """Every share is what the scalar formula gives."""
    given_weights, sizes, scores = drawn
    shares = method(given_weights, sizes=sizes, scores=lambda: scores)
    assert same(shares, slow.weigh(method, given_weights.tolist(), sizes.tolist()), 1e-14)


@every
@given(families(), st.data())
@strategies.quick
def test_permuting_children_permutes_shares(
    method: AbstractWeigher, drawn: tuple[Vector, Vector, Matrix], data: st.DataObject
) -> None:
    """A child's share does not depend on where it stands."""
    given_weights, sizes, scores = drawn
    order = data.draw(strategies.shuffled(len(given_weights)))
    here = method(given_weights, sizes=sizes, scores=lambda: scores)
    there = method(given_weights[order], sizes=sizes[order], scores=lambda: scores[order])
    assert same(there, here[order], 1e-12)


@every
@given(families())
@strategies.quick
def test_only_ratios_of_weights_count(method: AbstractWeigher, drawn: tuple[Vector, Vector, Matrix]) -> None:
    """Doubling every given weight changes nothing."""
    given_weights, sizes, scores = drawn
    once = method(given_weights, sizes=sizes, scores=lambda: scores)
    assert same(method(2 * given_weights, sizes=sizes, scores=lambda: scores), once, 1e-15)


def unused() -> Matrix:
    """Scores that a method of fixed weights has no reason to ask for."""
    raise AssertionError("the scores were computed in vain")


@pytest.mark.parametrize(
    ("method", "shares"),
    [(Given(), [0.25, 0.75, 0.0]), (Equal(), [1 / 3] * 3), (EqualOverIndicators(), [0.5, 0.3, 0.2])],
    ids=repr,
)
def test_fixed_weights_do_not_ask_for_scores(method: AbstractWeigher, shares: list[float]) -> None:
    """Given 1, 3, 0 and sizes 5, 3, 2."""
    found = method(np.array([1.0, 3.0, 0.0]), sizes=np.array([5.0, 3.0, 2.0]), scores=unused)
    assert same(found, shares, 1e-15)
