"""The best ranking, held against all rankings; circles, ties, units that are alike, and what cannot be settled."""

from functools import cache
from itertools import combinations, permutations

import numpy as np
import pytest

from pii.arrays import Matrix, Vector
from pii.numerics.kemeny import MOST, SETS, Unsettled, kemeny, kemeny_score, largest_circle
from pii.numerics.outranking import outranking
from tests.shared import same
from tests.slow_aggregate import kemeny_by_subsets


@cache
def every_order(k: int) -> list[tuple[int, ...]]:
    """All orders of so many units."""
    return list(permutations(range(k)))


def best_orders(o: Matrix) -> tuple[float, Vector]:
    """The best sum over all orders, and mean places from the bottom over the best ones."""
    scored = [(sum(o[i, j] for i, j in combinations(order, 2)), order) for order in every_order(len(o))]
    best = max(score for score, _ in scored)
    winners = [order for score, order in scored if score > best - 1e-9]
    places = np.array([[len(o) - order.index(i) for i in range(len(o))] for order in winners])
    return best, places.mean(axis=0)


def on_children(seed: int, k: int, units: int) -> Matrix:
    """Units compared on a few children of whole weights, so that circles and ties are frequent."""
    random = np.random.default_rng(seed)
    x = np.array([random.permutation(units) for _ in range(k)], dtype=float)
    return outranking(x, random.integers(1, 4, k).astype(float))


def tournament(units: int, seed: int = 0) -> Matrix:
    """Shares that have nothing in common."""
    above = np.triu(np.random.default_rng(seed).uniform(size=(units, units)), 1)
    return above + np.tril(1 - above.T, -1)


def round_table(n: int) -> Matrix:
    """Each beats the next, the last the first."""
    return outranking(np.array([np.roll(np.arange(float(n)), at) for at in range(n)]), np.ones(n))


@pytest.mark.parametrize("seed", range(12))
def test_no_order_agrees_more(seed: int) -> None:
    """Six units on a few children, all 720 orders."""
    o = on_children(seed, 2 + seed % 3, 6)
    best, places = best_orders(o)
    found = kemeny(o, np.arange(6))
    assert same(found, places, 1e-12)
    if sorted(found.tolist()) == [1, 2, 3, 4, 5, 6]:
        assert kemeny_score(o, found) == pytest.approx(best, rel=1e-14)


@pytest.mark.parametrize("seed", [0, 1, 2, 3, 4, 7, 10])
def test_what_the_bound_rules_out_is_no_best_ranking(seed: int) -> None:
    """In circles of 14 and 15 units all sets of units, in whole numbers, give the same means over the best orders."""
    o = on_children(seed, 3 + seed % 5, 15)
    found = kemeny(o, np.arange(15))
    assert largest_circle(o) >= 14
    assert same(found, kemeny_by_subsets(o), 1e-9)


@pytest.mark.parametrize("seed", range(3))
def test_also_where_pairs_have_nothing_in_common(seed: int) -> None:
    """The bound is then above the best ranking, and many sets are left."""
    o = tournament(15, seed)
    assert largest_circle(o) == 15
    assert same(kemeny(o, np.arange(15)), kemeny_by_subsets(o), 1e-9)


def test_units_that_are_alike_weigh_by_their_number_in_a_large_circle() -> None:
    """Every unit of 13 twice."""
    o = on_children(4, 5, 13)
    alike = np.repeat(np.arange(13), 2)
    twice = o[np.ix_(alike, alike)]
    twice[alike[:, None] == alike] = 0.5
    np.fill_diagonal(twice, 0.0)
    assert largest_circle(o) > 12
    assert same(kemeny(twice, alike), np.repeat(np.array(kemeny_by_subsets(o)) * 2 - 0.5, 2), 1e-9)


@pytest.mark.parametrize("units", [40, 63])
def test_a_circle_of_many_units_is_settled_whatever_their_order(units: int) -> None:
    """By indicators that have something in common: no single unit can move and make the sum larger."""
    random = np.random.default_rng(units)
    x = random.normal(size=units) + random.normal(size=(7, units))
    o = outranking(x, random.uniform(0.5, 1.5, 7))
    assert largest_circle(o) > 24
    places = kemeny(o, np.arange(units))
    assert sorted(places.tolist()) == list(range(1, units + 1))
    order = random.permutation(units)
    assert (kemeny(o[np.ix_(order, order)], order) == places[order]).all()
    assert (kemeny(o[np.ix_(order, order)], np.arange(units)) == places[order]).all()
    best = kemeny_score(o, places)
    for unit in range(units):
        for to in range(units + 1):
            moved = places.copy()
            moved[unit] = to + 0.5
            assert kemeny_score(o, moved) <= best + 1e-9


def test_sets_of_units_that_beat_all_others_stand_first() -> None:
    """Two circles of three, one above the other, and a last unit."""
    circle = np.array([[0.0, 0.7, 0.45], [0.3, 0.0, 0.6], [0.55, 0.4, 0.0]])
    o = np.full((7, 7), 0.9)
    o[np.tril_indices(7)] = 0.1
    np.fill_diagonal(o, 0.0)
    o[:3, :3] = o[3:6, 3:6] = circle
    assert largest_circle(o) == 3
    assert kemeny(o, np.arange(7)).tolist() == [7, 6, 5, 4, 3, 2, 1]


def test_units_that_are_alike_share_the_mean_of_their_places() -> None:
    """However many."""
    x = np.repeat([[1.0, 2.0]], 20, axis=1)
    places = kemeny(outranking(x, np.ones(1)), np.repeat([0, 1], 20))
    assert places.tolist() == [10.5] * 20 + [30.5] * 20


def test_all_even_units_share_the_middle() -> None:
    """Every ranking is best."""
    assert kemeny(np.full((4, 4), 0.5), np.arange(4)).tolist() == [2.5] * 4


@pytest.mark.parametrize("n", [12, 13, 17])
def test_a_round_table_shares_the_middle(n: int) -> None:
    """All ways round are alike best."""
    assert same(kemeny(round_table(n), np.arange(n)), np.full(n, (n + 1) / 2), 1e-9)


def test_what_is_not_settled_is_refused_between_two_sums() -> None:
    """The same whatever the order of the rows; nothing is printed meanwhile."""
    o = tournament(30)
    with pytest.raises(Unsettled, match="a circle of 30 units; a ranking agrees by") as caught:
        kemeny(o, np.arange(30))
    beside = np.maximum(o, o.T)[np.triu_indices(30, 1)].sum()
    assert 30 * 29 / 4 < caught.value.found < caught.value.bound < beside
    order = np.random.default_rng(1).permutation(30)
    with pytest.raises(Unsettled) as other:
        kemeny(o[np.ix_(order, order)], order)
    assert str(other.value) == str(caught.value)


def test_all_sets_of_18_units_are_weighed_up() -> None:
    """Even where every ranking is best and no pair is settled; one unit more is too many."""
    assert SETS == 2**18
    assert same(kemeny(np.full((18, 18), 0.5), np.arange(18)), np.full(18, 9.5), 1e-9)
    with pytest.raises(Unsettled) as caught:
        kemeny(np.full((19, 19), 0.5), np.arange(19))
    assert (caught.value.found, caught.value.bound) == (85.5, 85.5)


def test_a_circle_of_more_than_the_most_units_is_refused() -> None:
    """However much its units have in common."""
    assert MOST == 64
    with pytest.raises(ValueError, match="a circle of 65 units"):
        kemeny(round_table(65), np.arange(65))


def test_nothing_is_printed(capfd: pytest.CaptureFixture[str]) -> None:
    """Not by the solver either, which writes past Python."""
    kemeny(tournament(14), np.arange(14))
    assert capfd.readouterr() == ("", "")
