"""Uncertain weights: shares that sum to 1, in their box before they are scaled, with the moments of the formula."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError
from scipy.stats import gamma, triang

from pii.arrays import Matrix, Vector, shares
from pii.choices.weights import AbstractWeights, WeightBox, WeightDirichlet, WeightExperts
from pii.methods.sample import RandomPoints, SobolSequence
from pii.tree import Group
from tests import strategies
from tests.shared import group, leaf, same
from tests.strategies import quick

KINDS = [
    WeightBox(),
    WeightBox(spread=1.0),
    WeightBox(spread=0.4, shape="triangular"),
    WeightBox(margin=0.0),
    WeightBox(margin=0.9),
    WeightDirichlet(),
    WeightDirichlet(concentration=0.01),
    WeightDirichlet(concentration=500.0),
]


def siblings(k: int, **fields: Any) -> Group:
    """A group of so many indicators."""
    return group("g", *(leaf(f"c{at}") for at in range(k)), **fields)


def cube(k: int, n: int = 256) -> Matrix:
    """Points, corners at 0 among them."""
    points = SobolSequence().points(n, k, seed=1)
    points[0] = 0.0
    return points


def draws(choice: AbstractWeights, nominal: Any, n: int = 1 << 16) -> Matrix:
    """Many shares of siblings with these nominal ones."""
    nominal = np.array(nominal)
    u = RandomPoints().points(n, len(nominal), seed=0)
    return choice.shares(nominal, u, group=siblings(len(nominal)))


@given(st.integers(2, 6).flatmap(strategies.weights), st.sampled_from(KINDS))
@quick
def test_shares_sum_to_1_and_a_weight_of_0_stays_0(weights: Vector, choice: AbstractWeights) -> None:
    """And none is below 0, at the corners of the cube too."""
    nominal = shares(weights)
    found = choice.shares(nominal, cube(len(weights)), group=siblings(len(weights)))
    assert same(found.sum(axis=1), np.ones(len(found)), 1e-12)
    assert (found >= 0).all()
    assert (found[:, nominal == 0] == 0).all()


@pytest.mark.parametrize("choice", KINDS)
def test_shares_of_a_draw_do_not_depend_on_the_draws_beside_it(choice: AbstractWeights) -> None:
    """To the bit, one or many at a time, and whether the numbers of a draw or of a child are neighbours."""
    nominal, u = shares(np.arange(1.0, 12.0)), cube(11)
    whole = choice.shares(nominal, u, group=siblings(11))
    for some in (u[:1], u[7:9], np.asfortranarray(u), np.asfortranarray(u[:1])):
        found = choice.shares(nominal, some, group=siblings(11))
        start = 7 if len(some) == 2 else 0
        assert np.array_equal(found, whole[start : start + len(some)])


@given(st.integers(2, 6).flatmap(strategies.weights), st.floats(0, 1))
@quick
def test_weights_stay_in_their_box_before_they_are_scaled(weights: Vector, spread: float) -> None:
    """So the ratio of two of them is between those of opposite corners."""
    nominal = shares(weights)[shares(weights) > 0]
    drawn = WeightBox(spread=spread).shares(nominal, cube(len(nominal)), group=siblings(len(nominal)))
    ratio = drawn[:, :, None] * nominal[None, None, :] * (1 - spread)
    assert (ratio <= drawn[:, None, :] * nominal[None, :, None] * (1 + spread) + 1e-12).all()


@pytest.mark.parametrize(
    ("box", "reach"),
    [
        (WeightBox(), [0.125, 0.075, 0.05, 0.0]),
        (WeightBox(spread=0.4), [0.2, 0.12, 0.08, 0.0]),
        (WeightBox(margin=0.1), [0.1, 0.1, 0.1, 0.0]),
    ],
)
def test_a_box_is_a_part_of_each_weight_or_as_wide_for_all(box: WeightBox, reach: list[float]) -> None:
    """A quarter when nothing is said; a child that does not count stays at 0."""
    assert same(box.reach(np.array([0.5, 0.3, 0.2, 0.0])), reach, 1e-15)


@pytest.mark.parametrize("shape", ["uniform", "triangular"])
def test_a_box_is_filled_evenly_or_mostly_in_the_middle(shape: Any) -> None:
    """The inverse distribution function of either, seen where the others' weights stay as they are."""
    u = np.linspace(0, 1, 101)[:-1]
    points = np.column_stack([u, np.full((100, 1), 0.5)])
    drawn = WeightBox(margin=0.2, shape=shape).shares(np.array([0.3, 0.7]), points, group=siblings(2))
    w = 0.7 * drawn[:, 0] / drawn[:, 1]
    assert same(w, 0.1 + 0.4 * (u if shape == "uniform" else triang.ppf(u, 0.5)), 1e-12)


def test_dirichlet_shares_have_the_nominal_mean_and_the_deviation_of_the_formula() -> None:
    """sqrt(w (1 - w) / (c + 1))."""
    w = np.array([0.6, 0.3, 0.1])
    for concentration in (1.0, 10.0, 200.0):
        found = draws(WeightDirichlet(concentration=concentration), w)
        sd = np.sqrt(w * (1 - w) / (concentration + 1))
        assert (np.abs(found.mean(axis=0) - w) < 5 * sd / 256).all()
        assert same(found.std(axis=0), sd, 0.004)


def test_all_weights_are_alike_likely_without_a_concentration() -> None:
    """Each share is then beta(1, k - 1), whatever the nominal ones are."""
    found = draws(WeightDirichlet(), [0.9, 0.06, 0.04])
    for p in (0.1, 0.5, 0.9):
        assert same(np.quantile(found, p, axis=0), np.full(3, 1 - np.sqrt(1 - p)), 0.01)


def test_dirichlet_shares_are_gamma_variables_scaled() -> None:
    """Number by number, so that a column of the cube is one child's."""
    w, u = np.array([0.6, 0.3, 0.1]), cube(3)[1:]
    drawn = np.asarray(gamma.ppf(u, 8 * w))
    found = WeightDirichlet(concentration=8.0).shares(w, u, group=siblings(3))
    assert same(found, drawn / drawn.sum(axis=1, keepdims=True), 1e-10)


def test_dirichlet_shares_of_no_numbers_above_0_are_the_nominal_ones() -> None:
    """Where a tiny concentration lets all of them vanish."""
    w = np.array([0.25, 0.75])
    for choice in (WeightDirichlet(concentration=1e-3), WeightDirichlet()):
        assert same(choice.shares(w, np.zeros((1, 2)), group=siblings(2)), [w], 0.0)


def panel(k: int = 3) -> Group:
    """Three experts, whose children are in another order than the group's."""
    points = [[60.0, 40.0, 0.0], [20.0, 30.0, 50.0], [10.0, 10.0, 80.0]]
    return siblings(k, weigh={"method": "budget_allocation", "children": ["c2", "c0", "c1"], "points": points})


def test_each_expert_is_as_likely_as_another() -> None:
    """One number picks one, whose shares come in the order of the group."""
    u = np.array([[0.0], [0.33], [0.34], [0.67], [np.nextafter(1.0, 0.0)]])
    found = WeightExperts().shares(np.full(3, 1 / 3), u, group=panel())
    first, second, third = [0.4, 0.0, 0.6], [0.3, 0.5, 0.2], [0.1, 0.8, 0.1]
    assert same(found, [first, first, second, third, third], 1e-15)


def test_a_group_takes_as_many_numbers_as_it_has_children_and_a_panel_one() -> None:
    """None where there is nothing to share out, or no panel."""
    assert [WeightBox().width(siblings(k)) for k in (1, 2, 5)] == [0, 2, 5]
    assert WeightDirichlet().width(siblings(3)) == 3
    assert (WeightExperts().width(panel()), WeightExperts().width(siblings(3))) == (1, 0)
    assert WeightBox().stage == "weigh"


@pytest.mark.parametrize(
    ("kind", "fields", "said"),
    [
        (WeightBox, {"spread": 0.1, "margin": 0.1}, "spread and margin both"),
        (WeightBox, {"spread": 1.5}, "spread"),
        (WeightBox, {"margin": -0.1}, "margin"),
        (WeightBox, {"shape": "normal"}, "shape"),
        (WeightDirichlet, {"concentration": 0.0}, "concentration"),
    ],
)
def test_what_is_no_distribution_of_weights_is_refused(kind: type[Any], fields: dict[str, Any], said: str) -> None:
    """Two widths, weights below 0, no concentration."""
    with pytest.raises(ValidationError, match=said):
        kind(**fields)
