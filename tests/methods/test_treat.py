"""Treaters: what every one keeps, then the rules of each."""

from typing import Literal

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pii.arrays import Matrix, skewness_and_kurtosis
from pii.methods.treat import (
    AbstractTreater,
    ClipFences,
    ClipPercentiles,
    ClipSpread,
    Log,
    Treater,
    Winsorise,
    WinsoriseThenLog,
)
from tests import slow, strategies
from tests.shared import instances, same

every = pytest.mark.parametrize("method", instances(Treater))


@every
@given(strategies.skewed())
@strategies.quick
def test_equals_the_slow_formula(method: AbstractTreater, x: Matrix) -> None:
    """Every row is what the scalar formula gives, step by step."""
    assert same(method(x).values, [slow.treat(method, row.tolist()) for row in x], 1e-9)


@every
@given(strategies.skewed())
@strategies.quick
def test_keeps_gaps_and_weakly_the_order(method: AbstractTreater, x: Matrix) -> None:
    """A unit that was not ahead does not get ahead."""
    values = method(x).values
    assert np.array_equal(np.isnan(values), np.isnan(x))
    for row, was in zip(values, x, strict=True):
        measured = ~np.isnan(was)
        order = np.argsort(was[measured], kind="stable")
        assert (np.diff(row[measured][order]) >= 0).all()
        for value in np.unique(was[measured]):
            assert len(np.unique(row[was == value])) == 1, "equal values stay equal"


@every
@given(strategies.skewed())
@strategies.quick
def test_a_rule_is_said_where_something_changed(method: AbstractTreater, x: Matrix) -> None:
    """There is one rule a row, and it is empty only where the row is untouched."""
    values, rules = method(x)
    assert len(rules) == len(x)
    for row, was, rule in zip(values, x, rules, strict=True):
        if not np.array_equal(row, was, equal_nan=True):
            assert rule


@pytest.mark.parametrize("method", instances(Treater))
@given(strategies.skewed())
@strategies.quick
def test_no_rule_is_said_where_nothing_changed(method: AbstractTreater, x: Matrix) -> None:
    """A row said to be treated has been."""
    values, rules = method(x)
    for row, was, rule in zip(values, x, rules, strict=True):
        if rule:
            assert not np.array_equal(row, was, equal_nan=True)


@every
@given(strategies.skewed(), st.data())
@strategies.quick
def test_permuting_units_permutes_values(method: AbstractTreater, x: Matrix, data: st.DataObject) -> None:
    """A unit's treated value does not depend on where it stands, nor does the rule."""
    order = data.draw(strategies.shuffled(x.shape[1]))
    here, there = method(x), method(x[:, order])
    assert same(there.values, here.values[:, order], 1e-9)
    assert there.rules == here.rules


@every
@given(strategies.skewed())
@strategies.quick
def test_rows_do_not_mix(method: AbstractTreater, x: Matrix) -> None:
    """An indicator alone is treated as among others."""
    together = method(x)
    for at in range(len(x)):
        alone = method(x[[at]])
        assert same(alone.values, together.values[[at]], 1e-12)
        assert alone.rules == (together.rules[at],)


@every
def test_the_input_is_not_written_into(method: AbstractTreater) -> None:
    """A writable input comes out of the call as it went in."""
    x = np.array([[1.0, 2.0, 3.0, 4.0, np.nan, 5.0, 90.0, 1000.0]])
    before = x.copy()
    method(x)
    assert np.array_equal(x, before, equal_nan=True)


@every
@pytest.mark.parametrize("row", [[5.0, 5.0, 5.0, 5.0, 5.0], [np.nan, np.nan], [7.0, np.nan], [1.0, 2.0]])
def test_constant_short_and_empty_rows_are_let_through(method: AbstractTreater, row: list[float]) -> None:
    """Nothing warns or fails where there is no shape to speak of."""
    values = method(np.array([row])).values
    assert np.array_equal(np.isnan(values[0]), np.isnan(row))


TAIL = [1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0, 9.0, 40.0, 60.0]


def test_winsorising_moves_the_worst_points_one_by_one() -> None:
    """The highest goes to the next below; the mirror image moves at the other end."""
    x = np.array([[*TAIL, 400.0]])
    high, low = Winsorise()(x), Winsorise()(-x)
    assert high.values[0].tolist() == [*TAIL, 60.0]
    assert np.array_equal(low.values, -high.values)
    assert (high.rules, low.rules) == (("winsorise: 1 high",), ("winsorise: 1 low",))


def test_the_shape_passes_when_winsorising_says_it_does() -> None:
    """The values that come out meet the thresholds asked for."""
    x = np.array([[*TAIL, 400.0, 5000.0, np.nan]])
    values, rules = Winsorise(limit=None)(x)
    skew, kurtosis = skewness_and_kurtosis(values)
    assert rules[0].startswith("winsorise: ")
    assert abs(skew[0]) < 2.0 or kurtosis[0] < 3.5


TIED = np.array([[0.0] * 20 + [1.0, 80.0, 80.0, 80.0, 90.0]])


def eager(limit: int, ties: Literal["keep_limit", "pass_limit"]) -> Winsorise:
    """Winsorising that no indicator of TIED's shape ever satisfies."""
    return Winsorise(limit=limit, ties=ties, skewness=0.1, kurtosis=0.1)


@pytest.mark.parametrize(("limit", "moved"), [(1, 1), (2, 1), (3, 1), (4, 4)])
def test_ties_do_not_carry_winsorising_past_its_limit(limit: int, moved: int) -> None:
    """Once 90 is pulled to 80, four points are tied: they move together or not at all."""
    values, rules = eager(limit, "keep_limit")(TIED)
    assert rules == (f"winsorise: {moved} high",)
    assert np.count_nonzero(values != TIED) == moved


@pytest.mark.parametrize(("limit", "moved"), [(1, 1), (2, 4), (4, 4)])
def test_coinrs_way_with_ties_can_be_asked_for(limit: int, moved: int) -> None:
    """It looks at the limit before a step, and then moves all that are tied."""
    assert eager(limit, "pass_limit")(TIED).rules == (f"winsorise: {moved} high",)


def test_winsorising_never_makes_all_values_equal() -> None:
    """One point apart from many equal ones stays where it is."""
    x = np.array([[0.0] * 30 + [9.0]])
    for limit in (1, None):
        values, rules = Winsorise(limit=limit)(x)
        assert rules == ("",)
        assert np.array_equal(values, x)


def test_a_stubborn_indicator_is_logged_from_its_original_values() -> None:
    """What winsorising moved in vain is not left moved before the logarithm."""
    x = np.array([[0.0] * 20 + [1.0, 3.0, 9.0, 27.0, 81.0]])
    values, rules = WinsoriseThenLog(limit=1)(x)
    assert rules == ("log",)
    assert same(values, Log()(x).values, 1e-15)
    assert values[0, -1] == pytest.approx(np.log(81.81))


def test_a_shape_that_passes_is_not_touched() -> None:
    """Both skewness and kurtosis must be beyond their thresholds."""
    x = np.array([[1.0, 2.0, 3.0, 4.0, 5.0, 6.0]])
    assert Winsorise()(x).rules == WinsoriseThenLog()(x).rules == ("",)


def test_log_is_shifted_by_a_hundredth_of_the_range() -> None:
    """The lowest value maps to the logarithm of that shift."""
    values = Log()(np.array([[-50.0, 50.0, np.nan]])).values
    assert same(values, [[0.0, np.log(101.0), np.nan]], 1e-14)


def test_log_leaves_a_constant_indicator_and_says_nothing() -> None:
    """There is no range to take a hundredth of, so nothing was done."""
    values, rules = Log()(np.array([[3.0, 3.0, np.nan], [1.0, 2.0, 3.0]]))
    assert same(values[0], [3.0, 3.0, np.nan])
    assert rules == ("", "log")


def test_clips_count_what_they_move_at_either_end() -> None:
    """And say nothing where all values lie within."""
    values, rules = ClipPercentiles(low=10, high=90)(np.array([np.arange(11.0), [5.0] * 11]))
    assert values[0].tolist() == [1.0, *range(1, 10), 9.0]
    assert rules == ("clip: 1 low, 1 high", "")


def test_fences_are_tukeys() -> None:
    """Quartiles 2 and 4 of 1, 2, 3, 4, 50: fences at -1 and 7."""
    assert ClipFences()(np.array([[1.0, 2.0, 3.0, 4.0, 50.0]])).values[0].tolist() == [1.0, 2.0, 3.0, 4.0, 7.0]


def test_spread_is_with_n_minus_1() -> None:
    """Of 0, 0, 3 the mean is 1 and the standard deviation the square root of 3."""
    assert ClipSpread(width=1)(np.array([[0.0, 0.0, 3.0]])).values[0, 2] == pytest.approx(1 + np.sqrt(3))
