"""Polytopes of weights: closed forms equal linear programs, shares meet their conditions, emptiness is found."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pii.arrays import Matrix, Vector
from pii.numerics.polytope import Polytope, Rows, Siblings, least_share_sum, least_weight_sum, minimise
from tests.shared import same
from tests.strategies import ANY, matrices, quick

NUMBERS = np.resize(ANY[~np.isnan(ANY)], 256)


def siblings(k: int, *, group: int = 0, first: int = 1, **fields: Any) -> Siblings:
    """Siblings with any shares, but for what is said."""
    one = Siblings(group, tuple(range(first, first + k)), np.zeros(k), np.ones(k))
    return one._replace(**fields)


def by_program(polytope: Polytope, d: Vector) -> float:
    """The least sum by one linear program over the weights of all nodes."""
    conditions = polytope.conditions
    cost = np.zeros(conditions.matrix.shape[1])
    cost[polytope.leaves] = d
    found = minimise(cost, conditions)
    assert found is not None
    return float(cost @ found.values)


def trees(kind: str, spread: float) -> Polytope:
    """Three children of the top, of which the second has four; by weights, shares, both, or ratios too."""
    groups = []
    for group, first, w in ((0, 1, np.array([0.5, 0.2, 0.3])), (2, 4, np.array([0.4, 0.1, 0.5, 0.0]))):
        box = (w * (1 - spread), w * (1 + spread))
        one = siblings(len(w), group=group, first=first)
        one = one._replace(low=box[0], high=box[1]) if kind == "shares" else one._replace(weights=box)
        if kind == "both":
            one = one._replace(high=np.where(w > 0.45, 0.48, 1.0))
        if kind == "ratio":
            one = one._replace(at_least=np.array([[1.0, -1.5, *np.zeros(len(w) - 2)]]))
        groups.append(one)
    return Polytope(tuple(groups))


@quick
@given(
    matrices(NUMBERS, rows=(6, 6), units=(1, 4)),
    st.sampled_from(["weights", "shares", "both", "ratio"]),
    st.sampled_from([0.0, 0.1, 0.5, 1.0]),
)
def test_the_least_sum_of_a_tree_is_that_of_a_linear_program(d: Matrix, kind: str, spread: float) -> None:
    """Group by group from the leaves up, for many rows of values at once."""
    polytope = trees(kind, spread if kind in ("weights", "shares") else max(spread, 0.1))
    assert same(polytope.least(d.T), [by_program(polytope, row) for row in d.T], 1e-8)


@quick
@given(matrices(NUMBERS, rows=(4, 4), units=(1, 5)))
def test_bounds_may_differ_from_row_to_row(d: Matrix) -> None:
    """As when each pair of units has a spread of its own."""
    w, spread = np.array([0.4, 0.3, 0.2, 0.1]), np.linspace(0.0, 0.9, d.shape[1])[:, None]
    low, high = w * (1 - spread), w * (1 + spread)
    for form in (least_share_sum, least_weight_sum):
        each = [form(row, a, b) for row, a, b in zip(d.T, low, high, strict=True)]
        assert same(form(d.T, low, high), each, 1e-12)


@pytest.mark.parametrize("kind", ["weights", "shares", "ratio"])
def test_no_values_have_no_sums(kind: str) -> None:
    """Also where a solver is asked."""
    assert trees(kind, 0.5).least(np.empty((0, 6))).shape == (0,)


def test_a_weight_without_room_is_left_out() -> None:
    """The lowest value does not count where its weight is 0."""
    w = np.array([0.0, 1.0, 1.0])
    assert least_weight_sum(np.array([-9.0, 1.0, 2.0]), w * 0, w) == pytest.approx(1.0)


def test_fixed_siblings_keep_their_shares() -> None:
    """Above groups that vary."""
    shares = np.array([0.25, 0.75])
    top = siblings(2, low=shares, high=shares)
    assert top.is_fixed
    polytope = Polytope((top, siblings(2, group=2, first=3)))
    assert polytope.leaves.tolist() == [1, 3, 4]
    assert polytope.least(np.array([4.0, 8.0, 0.0])) == pytest.approx(1.0)


def test_shares_and_weights_of_nodes_come_to_each_other() -> None:
    """A group without weight has shares that are admitted."""
    polytope = trees("weights", 0.2)
    shares = np.array([1.0, 0.5, 0.2, 0.3, 0.4, 0.1, 0.5, 0.0])
    assert same(polytope.shares(polytope.effective(shares)), shares)
    some = polytope.shares(np.array([1.0, 1.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0]))[4:]
    assert some.sum() == pytest.approx(1.0)
    assert some[0] / some[2] <= 0.48 / 0.4 + 1e-9
    assert some[3] == 0


@pytest.mark.parametrize(
    ("fields", "some"),
    [
        ({}, True),
        ({"low": np.array([0.5, 0.5])}, True),
        ({"low": np.array([0.6, 0.5])}, False),
        ({"high": np.array([0.4, 0.5])}, False),
        ({"low": np.array([0.6, 0.0]), "high": np.array([0.5, 1.0])}, False),
        ({"low": np.array([0.0, 0.6]), "at_least": np.array([[1.0, -1.0]])}, False),
        ({"low": np.array([0.0, 0.4]), "at_least": np.array([[1.0, -1.0]])}, True),
        ({"high": np.array([0.2, 1.0]), "weights": (np.array([0.4, 0.4]), np.array([0.6, 0.6]))}, False),
    ],
)
def test_conditions_that_no_shares_meet_are_found(fields: dict[str, Any], some: bool) -> None:
    """By sums where they tell, else by a linear program; such siblings have no least sum and no shares."""
    one = siblings(2, **fields)
    assert one.admits_some() is some
    if not some and (one.at_least.size or one.weights):
        with pytest.raises(ValueError, match="no shares meet every condition"):
            Polytope((one,)).least(np.ones(2))
        with pytest.raises(ValueError, match="no shares meet every condition"):
            Polytope((one,)).shares(np.zeros(3))


def test_pressure_is_what_a_condition_costs() -> None:
    """From above, from below, and of an equation; a condition that does not bind costs nothing."""
    from scipy.sparse import csr_array

    rows = Rows(
        csr_array(np.array([[1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0], [1.0, 1.0, 0.0]])),
        np.array([2.0, -np.inf, 5.0, -np.inf]),
        np.array([np.inf, 3.0, 5.0, 99.0]),
    )
    found = minimise(np.array([7.0, -11.0, 13.0]), rows)
    assert found is not None
    assert same(found.values, [2.0, 3.0, 5.0])
    assert same(found.pressure, [7.0, 11.0, 13.0, 0.0])


def test_a_solver_without_an_answer_is_an_error() -> None:
    """A cost that can fall for ever."""
    from scipy.sparse import csr_array

    rows = Rows(csr_array(np.array([[1.0, -1.0], [0.0, 1.0]])), np.array([0.0, 0.0]), np.array([0.0, np.inf]))
    with pytest.raises(ArithmeticError, match="the linear solver stopped"):
        minimise(np.array([-1.0, 0.0]), rows)
