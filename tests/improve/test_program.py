"""The program by itself: the cheapest way along given paths."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from pii.improve.levers import Lever
from pii.improve.lines import Lines
from pii.improve.paths import Path
from pii.improve.program import LEAD, Aim, cheapest
from pii.tree import Indicator

# Three units; the first moves. The index is the mean of two indicators.
START = np.array([[10.0, 50.0, 90.0], [20.0, 60.0, 40.0]])


def lever(row: int, cost: float, step: float | None = None) -> Lever:
    """From 0 to 100."""
    return Lever(Indicator(code="ab"[row]), row, 0.0, 0.0, 100.0, cost, step, None, 1.0)


def path(row: int, own: list[float], cost: float = 1.0, **fields: Any) -> Path:
    """The unit's score rises to each of these in even pieces; the others keep theirs."""
    scores = np.tile(START[row], (len(own) + 1, 1))
    scores[1:, 0] = own
    values = np.linspace(0, 100, len(own) + 1)
    jumps = np.full(len(own), fields.pop("jumps", False))
    return Path(lever(row, cost, **fields), values, scores, jumps, True)


def cut() -> Lines:
    """The mean of both, and each by itself as a group."""
    slopes = np.zeros((3, 2, 3))
    slopes[0], slopes[1, 0], slopes[2, 1] = 0.5, 1.0, 1.0
    return Lines(slopes, np.vstack([START.mean(axis=0), START]), START, 1.0)


def aim(**fields: Any) -> Aim:
    """Nothing is asked but what is named."""
    asked = {"ahead": None, "score": None, "groups": 0, "indicators": 0, "above": 0}
    return Aim(unit=0, width=50.0, lead=LEAD, **asked | fields)


def solved(*paths: Path, seconds: float = 5.0, **fields: Any) -> Any:
    """The plan."""
    return cheapest(paths, [cut()], aim(**fields), seconds=seconds)


def test_the_path_that_brings_most_for_its_cost_is_taken() -> None:
    """A linear program where every piece brings less than the one before."""
    found = solved(path(0, [70.0, 100.0]), path(1, [60.0, 80.0], cost=0.1), score=47.0)
    assert found.values == pytest.approx((4 / 1.2, 100.0), abs=1e-4)
    assert found.cost == pytest.approx(4 / 1.2 + 10, abs=1e-4)
    assert (found.is_integer, found.proven, found.rounded) == (False, True, ())


def test_pieces_are_taken_in_their_order() -> None:
    """A steep piece comes after a flat one, and costs that too."""
    found = solved(path(0, [10.0, 100.0]), score=30.0)
    assert found.values == pytest.approx((50 + 50 * 30 / 90,), abs=1e-4)
    assert found.is_integer


def test_a_jump_is_taken_whole() -> None:
    """Half of it is worth nothing."""
    assert solved(path(0, [30.0, 100.0], jumps=True), score=20.0).values == (50.0,)
    assert solved(path(0, [30.0, 100.0], jumps=True), score=26.0).values == (100.0,)


def test_whole_steps() -> None:
    """Along a straight path."""
    assert solved(path(0, [90.0], step=8.0), score=30.0).values == pytest.approx((40.0,))


def test_rivals_that_stand_still_are_passed_from_the_weakest() -> None:
    """55 and 65 are to be passed, from 15."""
    assert solved(path(0, [110.0]), ahead=1).values == pytest.approx((80.0,), abs=1e-3)
    assert solved(path(0, [130.0]), ahead=0).values == pytest.approx((100 * 100 / 120,), abs=1e-3)
    assert solved(path(0, [90.0]), ahead=0) is None


def test_where_all_rivals_may_stay_ahead_nothing_is_moved() -> None:
    """The rank is had."""
    found = solved(path(0, [110.0]), ahead=2)
    assert (found.values, found.cost) == ((0.0,), 0.0)


def test_rivals_that_move_with_the_unit_are_chosen_among() -> None:
    """Of two, the one that falls on the way is the one to pass."""
    falling = path(0, [50.0])
    falling.scores[1, 2] = 10.0
    found = solved(falling, ahead=1)
    assert found.is_integer
    # 15 + 20 t > 65 - 40 t
    assert found.values == pytest.approx((100 * 50 / 60,), abs=1e-3)


def test_groups_above_the_mean() -> None:
    """The cheaper one; its mean moves with the unit. Of both, both."""
    ways = path(0, [110.0]), path(1, [120.0], cost=0.9)
    assert solved(*ways, groups=1).values == pytest.approx((0, 30.0), abs=1e-3)
    assert solved(*ways, groups=2).values == pytest.approx((60.0, 30.0), abs=1e-3)
    assert solved(ways[0], groups=2) is None


def test_indicators_above_the_mean() -> None:
    """Those that do not move, or are above it to begin with, count."""
    ways = path(0, [110.0]), path(1, [120.0], cost=0.9)
    assert solved(*ways, indicators=1).values == pytest.approx((0, 30.0), abs=1e-3)
    assert solved(*ways, indicators=2).values == pytest.approx((60.0, 30.0), abs=1e-3)
    assert solved(*ways, indicators=2, above=1).values == pytest.approx((0, 30.0), abs=1e-3)
    assert solved(*ways, indicators=1, above=1).values == (0, 0)
    assert solved(*ways, indicators=3) is None


def test_an_indicator_that_stays_below_the_mean_is_not_counted_on() -> None:
    """30 is the furthest that it goes, and the mean then is 56.7."""
    ways = path(0, [30.0]), path(1, [120.0])
    assert solved(*ways, indicators=1).values == pytest.approx((0, 30.0), abs=1e-3)
    assert solved(*ways, indicators=2) is None


def test_an_indicator_that_jumps_above_the_mean_is_taken_so_far() -> None:
    """At 30 it is below, at 100 above."""
    assert solved(path(0, [30.0, 100.0, 130.0], jumps=True), indicators=1).values == pytest.approx((200 / 3,))


def test_very_many_jumps_are_taken_in_part_and_then_whole() -> None:
    """To the furthest that the mix of ways has; it is said that this was not proven."""
    own = [10 + 0.2 * at for at in range(1, 451)]
    found = solved(path(0, own, jumps=True), score=30.0)
    assert (found.rounded, found.proven) == ((0,), False)
    assert found.values[0] >= 100 * 150 / 450


def test_nothing_to_move() -> None:
    """Either it is so already, or it cannot be."""
    assert solved(score=10.0).values == ()
    assert solved(score=20.0) is None
