"""A weighted sum on the powered scale is the power mean, and the order of scores stays."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pii.errors import Undefined
from pii.methods.aggregate import Aggregator, Arithmetic, Geometric, Harmonic, Power
from pii.numerics.power_means import powered, unpowered
from pii.spec import members
from tests.shared import same

MEANS = [Arithmetic(), Geometric(), Harmonic(), Power(p=0.5), Power(p=3.0), Power(p=-2.0), Power(p=0.0)]
positive = st.lists(st.floats(0.1, 100), min_size=6, max_size=6).map(lambda x: np.array(x).reshape(3, 2))


@pytest.mark.parametrize("mean", MEANS, ids=repr)
@given(positive)
def test_a_weighted_sum_of_powered_scores_is_the_mean(mean: Arithmetic | Geometric, x: np.ndarray) -> None:
    """By its exponent, for every mean that has one."""
    w = np.array([0.2, 0.3, 0.5])
    assert same(unpowered(w @ powered(x, mean.exponent), mean.exponent), mean(x, w), 1e-9)
    assert ((x[0] < x[1]) <= (powered(x, mean.exponent)[0] <= powered(x, mean.exponent)[1])).all()


def test_powers_that_lose_their_digits_are_refused() -> None:
    """By their place; 0 stays 0, and what is missing is missing."""
    with pytest.raises(Undefined) as refused:
        powered(np.array([[1.0, 1e100], [np.nan, 1e-100]]), 3.0)
    assert (refused.value.rows, refused.value.columns) == ((0, 1), (1, 1))
    assert "its power with exponent 3 is to keep its digits in a sum" in str(refused.value)
    assert powered(np.array([[0.0, 2.0]]), 3.0).tolist() == [[0.0, 8.0]]
    with pytest.raises(Undefined, match="the score is 0; its power with exponent -1"):
        powered(np.array([[0.0, 2.0]]), -1.0)


def test_every_method_says_whether_it_is_a_power_mean() -> None:
    """Those listed here are, and no other."""
    ours = {type(mean) for mean in MEANS}
    others = [method for method in members(Aggregator) if method not in ours]
    assert {name.method_name() for name in ours} == {"arithmetic", "geometric", "harmonic", "power"}
    plain = [method for method in others if not any(f.is_required() for f in method.model_fields.values())]
    assert plain
    assert all(getattr(method(), "exponent") is None for method in plain)  # noqa: B009 - of the family's base
