"""The best ranking, held against all rankings; circles, ties and units that are alike."""

from itertools import combinations, permutations

import numpy as np
import pytest

from pii.arrays import Matrix, Vector
from pii.numerics.kemeny import MOST, kemeny, kemeny_score, largest_circle
from pii.numerics.outranking import outranking
from tests.shared import same


def every_order(o: Matrix) -> tuple[float, Vector]:
    """The best sum over all orders, and mean places from the bottom over the best ones."""
    scored = [(sum(o[i, j] for i, j in combinations(order, 2)), order) for order in permutations(range(len(o)))]
    best = max(score for score, _ in scored)
    winners = [order for score, order in scored if score > best - 1e-9]
    places = np.array([[len(o) - order.index(i) for i in range(len(o))] for order in winners])
    return best, places.mean(axis=0)


@pytest.mark.parametrize("seed", range(12))
def test_no_order_agrees_more(seed: int) -> None:
    """Six units on a few children, so that circles and ties are frequent."""
    random = np.random.default_rng(seed)
    x = np.array([random.permutation(6) for _ in range(random.integers(2, 5))], dtype=float)
    o = outranking(x, random.integers(1, 4, len(x)).astype(float))
    best, places = every_order(o)
    found = kemeny(o, np.arange(6))
    assert same(found, places, 1e-12)
    if sorted(found.tolist()) == [1, 2, 3, 4, 5, 6]:
        assert kemeny_score(o, found) == pytest.approx(best, rel=1e-14)


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


def test_a_circle_of_the_most_units_is_ranked_and_of_one_more_refused() -> None:
    """All ways round are alike best."""

    def round_table(n: int) -> Matrix:
        return outranking(np.array([np.roll(np.arange(float(n)), at) for at in range(n)]), np.ones(n))

    assert same(kemeny(round_table(MOST), np.arange(MOST)), np.full(MOST, (MOST + 1) / 2), 1e-9)
    with pytest.raises(ValueError, match="a circle of 15 units"):
        kemeny(round_table(MOST + 1), np.arange(MOST + 1))
