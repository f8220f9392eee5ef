"""Parts add up, do not depend on order, and are what the definition says."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from pii.numerics.shapley import Orders, all_orders, drawn_orders, precedence, shapley
from tests.shared import same
from tests.slow_shapley import brought
from tests.strategies import quick

Values = NDArray[np.float64]


@st.composite
def games(draw: st.DrawFn, most: int = 4) -> tuple[int, Values]:
    """How many steps there are, and what each set of them gives two units."""
    n = draw(st.integers(1, most))
    drawn = draw(st.binary(min_size=2 ** (n + 1), max_size=2 ** (n + 1)))
    return n, np.frombuffer(drawn, dtype=np.uint8).astype(np.float64).reshape((2,) * n + (2,))


def bits(taken: frozenset[str], n: int) -> tuple[int, ...]:
    """A set of steps as the index of an array."""
    return tuple(int(str(step) in taken) for step in range(n))


@quick
@given(game=games())
def test_parts_are_means_over_all_orders(game: tuple[int, Values]) -> None:
    """Sets weighed by their chance give what going through every order gives."""
    n, values = game
    slow = brought(lambda taken: float(values[bits(taken, n)][0]), tuple(map(str, range(n))))
    assert same(shapley(values, n)[:, 0], list(slow.values()))


@quick
@given(game=games())
def test_parts_add_up_to_the_whole(game: tuple[int, Values]) -> None:
    """Efficiency."""
    n, values = game
    assert same(shapley(values, n).sum(axis=0), values[(1,) * n] - values[(0,) * n])


@quick
@given(game=games(), data=st.data())
def test_the_names_of_steps_do_not_matter(game: tuple[int, Values], data: st.DataObject) -> None:
    """Symmetry: steps in another order bring what they brought."""
    n, values = game
    order = data.draw(st.permutations(range(n)))
    turned = np.transpose(values, [*order, n])
    assert same(shapley(turned, n), shapley(values, n)[list(order)])


@quick
@given(game=games())
def test_a_step_that_changes_nothing_brings_nothing(game: tuple[int, Values]) -> None:
    """Null player: it brings 0, and the others what they brought without it."""
    n, values = game
    found = shapley(np.stack([values, values]), n + 1)
    assert (found[0] == 0).all()
    assert same(found[1:], shapley(values, n))


@quick
@given(first=games(3), second=games(3))
def test_what_two_games_bring_together_is_the_sum(first: tuple[int, Values], second: tuple[int, Values]) -> None:
    """Additivity, of games of as many steps."""
    n = min(first[0], second[0])
    one, other = (np.array(values[(0,) * (m - n)]) for m, values in (first, second))
    assert same(shapley(one + other, n), shapley(one, n) + shapley(other, n))


@pytest.mark.parametrize("n", range(6))
def test_the_chances_of_what_comes_before_sum_to_one(n: int) -> None:
    """Some set comes before."""
    assert precedence(n).shape == (2,) * n
    assert abs(float(precedence(n).sum()) - 1) < 1e-15


def held(orders: Orders, values: Values) -> Values:
    """What each step brings by the comparisons of some orders."""
    k = orders.sets.shape[1]
    at = [values[tuple(taken.astype(int))] for taken in orders.sets]
    of = np.array(at)[:, 0]
    return np.array([(orders.chances * (of[orders.with_it[j]] - of[orders.without[j]])).sum() for j in range(k)])


@quick
@given(game=games())
def test_all_orders_give_the_exact_parts(game: tuple[int, Values]) -> None:
    """The comparisons of all sets are the definition."""
    n, values = game
    assert same(held(all_orders(n), values), shapley(values, n)[:, 0])


@quick
@given(game=games(), seed=st.integers(0, 99))
def test_drawn_orders_add_up_too(game: tuple[int, Values], seed: int) -> None:
    """Whatever orders are drawn, along each the parts sum to the whole."""
    n, values = game
    found = held(drawn_orders(n, 3, np.random.default_rng(seed)), values)
    assert same(found.sum(), values[(1,) * n][0] - values[(0,) * n][0])


def test_many_drawn_orders_come_near_the_exact_parts() -> None:
    """Within four standard errors of what all orders give."""
    values = np.random.default_rng(1).normal(size=(2,) * 4 + (1,))
    drawn = held(drawn_orders(4, 20_000, np.random.default_rng(2)), values)
    assert np.abs(drawn - shapley(values, 4)[:, 0]).max() < 4 * 2.0 / np.sqrt(40_000)


def test_the_second_order_of_a_pair_is_the_reverse_of_the_first() -> None:
    """What comes before a step in one comes after it in the other."""
    found = drawn_orders(5, 4, np.random.default_rng(0))
    before = found.sets[found.without].reshape(5, 4, 2, 5)
    itself = np.eye(5, dtype=np.bool_)[:, None]
    assert (before[:, :, 0] ^ before[:, :, 1] ^ itself).all()
