"""Treaters: what every one keeps, then the rules of each."""

from typing import Literal, get_args

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from pii.arrays import Matrix, skewness_and_kurtosis
from pii.errors import Undefined
from pii.methods.treat import (
    AbstractTreater,
    BoxCox,
    ClipFences,
    ClipPercentiles,
    ClipSpread,
    Ln,
    Log,
    LogGii,
    LogPlus,
    LogShift,
    Root,
    TransformName,
    Treater,
    Winsorise,
    WinsoriseThenLog,
    YeoJohnson,
    form,
    is_fitted,
)
from tests import slow, slow_treat, strategies
from tests.shared import instances, same

every = pytest.mark.parametrize("method", instances(Treater))


def fit(method: AbstractTreater, x: Matrix) -> Matrix:
    """Values that the method treats: where it refuses some, all from 1 up."""
    return np.abs(x) + 1 if method.positive_only else x


@every
@given(strategies.skewed())
@strategies.quick
def test_equals_the_slow_formula(method: AbstractTreater, x: Matrix) -> None:
    """Every row is what the scalar formula gives, step by step."""
    x = fit(method, x)
    assert same(method(x).values, [slow.treat(method, row.tolist()) for row in x], 1e-9)


@every
@given(strategies.skewed())
@strategies.quick
def test_keeps_gaps_and_weakly_the_order(method: AbstractTreater, x: Matrix) -> None:
    """A unit that was not ahead does not get ahead."""
    x = fit(method, x)
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
    x = fit(method, x)
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
    x = fit(method, x)
    values, rules = method(x)
    for row, was, rule in zip(values, x, rules, strict=True):
        if rule:
            assert not np.array_equal(row, was, equal_nan=True)


@every
@given(strategies.skewed(), st.data())
@strategies.quick
def test_permuting_units_permutes_values(method: AbstractTreater, x: Matrix, data: st.DataObject) -> None:
    """A unit's treated value does not depend on where it stands, nor does the rule."""
    x, order = fit(method, x), data.draw(strategies.shuffled(x.shape[1]))
    here, there = method(x), method(x[:, order])
    assert same(there.values, here.values[:, order], 1e-9)
    assert there.rules == here.rules


@every
@given(strategies.skewed())
@strategies.quick
def test_rows_do_not_mix(method: AbstractTreater, x: Matrix) -> None:
    """An indicator alone is treated as among others."""
    x = fit(method, x)
    together = method(x)
    for at in range(len(x)):
        alone = method(x[[at]])
        assert same(alone.values, together.values[[at]], 1e-12)
        assert alone.rules == (together.rules[at],)


@every
@given(strategies.skewed())
@strategies.quick
def test_order_is_kept_whatever_the_direction(method: AbstractTreater, x: Matrix) -> None:
    """A method that looks at the direction does not turn the indicator: that is for normalisation."""
    x = fit(method, x)
    for direction in (1.0, -1.0):
        values = method(x, direction=np.full((len(x), 1), direction)).values
        for row, was in zip(values, x, strict=True):
            order = np.argsort(was[~np.isnan(was)], kind="stable")
            assert (np.diff(row[~np.isnan(was)][order]) >= 0).all()


@every
@given(strategies.matrices(units=(1, 9)))
@strategies.quick
def test_only_a_method_for_positive_values_refuses(method: AbstractTreater, x: Matrix) -> None:
    """It refuses whole rows, or names the values, none of which is above 0."""
    try:
        method(x)
    except Undefined as error:
        refusal = error
    else:
        return
    assert method.positive_only
    assert len(refusal.found) == len(refusal.rows)
    assert (x[list(refusal.rows[: len(refusal.columns)]), list(refusal.columns)] <= 0).all()


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


@pytest.mark.parametrize(("share", "moved"), [(0.04, 1), (0.15, 1), (0.16, 4), (0.99, 4)])
def test_a_limit_below_1_is_a_share_of_the_measured_units(share: float, moved: int) -> None:
    """Of 25, 0.04 are one, without a rounding error, and 0.16 four; gaps do not count."""
    x = np.append(TIED, np.full((1, 30), np.nan), axis=1)
    values, rules = Winsorise(limit=share, skewness=0.1, kurtosis=0.1)(x)
    assert rules == (f"winsorise: {moved} high",)
    assert np.count_nonzero(values[:, :25] != TIED) == moved


def test_a_share_may_be_less_than_one_unit() -> None:
    """Then nothing moves."""
    assert Winsorise(limit=0.03)(np.array([[*TAIL, 400.0]])).rules == ("",)


STUBBORN = np.array([[0.0] * 20 + [1.0, 3.0, 9.0, 27.0, 81.0], [1.0] * 24 + [2.0], [*range(25)]])


@pytest.mark.parametrize("name", get_args(TransformName))
def test_a_stubborn_indicator_is_transformed_as_the_chain_says(name: TransformName) -> None:
    """By the transform of that name with its defaults, and no other indicator is."""
    x = STUBBORN + 1.0
    values, rules = WinsoriseThenLog(limit=1, then=name)(x)
    alone = slow_treat.CHAINED[name]
    assert alone.method_name() == name
    assert same(values[:2], alone(x[:2]).values, 1e-15)
    assert (rules[:2], rules[2]) == (alone(x[:2]).rules, "")


def test_a_chain_may_go_on_from_what_winsorising_left() -> None:
    """And says both."""
    values, rules = WinsoriseThenLog(limit=1, of="winsorised")(STUBBORN[:1])
    assert rules == ("winsorise: 1 high, then log",)
    assert same(values, Log()(np.minimum(STUBBORN[:1], 27.0)).values, 1e-15)


def test_a_chain_without_points_to_move_transforms_at_once() -> None:
    """Only what fails."""
    x = np.array([[*TAIL, 400.0], [*range(12)]])
    values, rules = WinsoriseThenLog(limit=0)(x)
    assert rules == ("log", "")
    assert same(values[0], Log()(x).values[0], 1e-15)


def test_a_chain_names_the_rows_that_its_transform_refuses() -> None:
    """By their place among all."""
    x = np.array([[*range(25)], STUBBORN[0]], dtype=np.float64)
    with pytest.raises(Undefined) as refusal:
        WinsoriseThenLog(limit=1, then="ln")(x)
    assert str(refusal.value) == (
        "the value is 0; ln is of values above 0; take log, which shifts them, or mend the value"
    )
    assert set(refusal.value.rows) == {1}
    assert refusal.value.columns == tuple(range(20))


def test_a_chain_hands_on_the_direction() -> None:
    """Of the rows that it transforms."""
    x = np.array([[*range(1, 26)], STUBBORN[0] + 1.0], dtype=np.float64)
    ways = np.array([[1.0], [-1.0]])
    values = WinsoriseThenLog(limit=1, then="log_gii")(x, direction=ways).values
    assert same(values[1:], LogGii()(x[1:], direction=-1.0).values, 1e-15)


@pytest.mark.parametrize("direction", [1, -1])
@given(strategies.skewed())
@strategies.quick
def test_the_logarithm_of_the_gii_equals_the_slow_formula(direction: int, x: Matrix) -> None:
    """Either way round."""
    x = np.abs(x) + 1
    for method, scale in ((LogGii(factor=1.0), 1.0), (LogGii(factor=100.0), 1.0), (LogGii(), 1e-3)):
        x = x * scale
        expected = [slow.treat.dispatch(LogGii)(method, row.tolist(), direction) for row in x]
        assert same(method(x, direction=float(direction)).values, expected, 1e-9)


def test_the_logarithm_of_the_gii_needs_a_maximum_above_1() -> None:
    """Else it would turn the order; the least power of ten that brings it there is taken by itself."""
    x = np.array([[0.1, 0.2, 0.4], [1.0, 2.0, 3.0]])
    with pytest.raises(Undefined) as found:
        LogGii(factor=1.0)(x)
    assert str(found.value) == (
        "the highest value times the factor is 0.4; the logarithm of the GII needs it above 1; take log, or leave"
        " the factor out where values are above 0"
    )
    assert (found.value.rows, found.value.columns) == ((0,), ())
    assert same(LogGii()(x).values[0], np.log([1.0, 2.0, 4.0]), 1e-12)
    for at in range(8):  # a power of ten times its inverse may be 1 and no more
        high = 10.0**-at
        assert LogGii()(np.array([[0.0, high / 2, high]])).values[0, 2] == pytest.approx(np.log(10), abs=1e-12)
    with pytest.raises(Undefined) as refused:
        LogGii()(np.array([[-3.0, -2.0, -1.0]]))
    assert str(refused.value) == (
        "the highest value times the factor is -1; the logarithm of the GII needs it above 1; take log, or leave "
        "the factor out where values are above 0"
    )
    assert (refused.value.rows, refused.value.columns) == ((0,), ())


def test_log_plus_mirrors_what_is_skewed_to_the_left() -> None:
    """Short rows have no skewness, and are taken as they stand."""
    x = np.array([[*TAIL, 400.0]])
    assert same(LogPlus()(x).values, Log()(x).values, 1e-15)
    assert same(LogPlus()(-x).values, -Log()(x).values, 1e-15)
    assert same(LogPlus()(-x[:, -3:]).values, Log()(-x[:, -3:]).values, 1e-15)


def test_log_shift_puts_the_lowest_at_0() -> None:
    """One unit of measurement above it is the logarithm of 2."""
    assert same(LogShift()(np.array([[-7.0, -6.0, 93.0]])).values, [[0.0, np.log(2), np.log(101)]], 1e-14)


def test_ln_names_every_value_without_a_logarithm() -> None:
    """All of them, not the first."""
    with pytest.raises(Undefined) as refusal:
        Ln()(np.array([[1.0, 0.0], [np.nan, -2.5]]))
    assert str(refusal.value) == (
        "the value is 0; ln is of values above 0; take log, which shifts them, or mend the value"
    )
    assert refusal.value.found == ("the value is 0", "the value is -2.5")
    assert (refusal.value.rows, refusal.value.columns) == ((0, 1), (1, 1))


@pytest.mark.parametrize("method", [BoxCox(shift=False), BoxCox(), YeoJohnson()])
def test_power_transforms_equal_scipys(method: AbstractTreater) -> None:
    """With the exponent that scipy finds, to the precision with which it searches."""
    from scipy import stats

    x = np.random.default_rng(3).lognormal(1.0, 0.8, (3, 40))
    for row, found in zip(x, method(x).values, strict=True):
        if isinstance(method, YeoJohnson):
            expected, _ = stats.yeojohnson(row)
        else:
            expected, _ = stats.boxcox(row - row.min() + 1 if method == BoxCox() else row)
        assert same(found, expected, 1e-5)


def test_power_transforms_make_the_shape_less_skewed() -> None:
    """And say by which exponent."""
    x = np.random.default_rng(4).lognormal(0.0, 1.0, (1, 60))
    for method in (BoxCox(shift=False), YeoJohnson()):
        values, (rule,) = method(x)
        assert abs(skewness_and_kurtosis(values)[0][0]) < 0.5
        assert rule.startswith(f"{method.method_name()}: exponent ")


def test_box_cox_without_a_shift_refuses_by_cell() -> None:
    """Values of 0 and below."""
    with pytest.raises(Undefined) as refusal:
        BoxCox(shift=False)(np.array([[1.0, 2.0], [3.0, -1.0]]))
    assert str(refusal.value) == ("the value is -1; boxcox is of values above 0; shift them, or take yeojohnson")
    assert (refusal.value.rows, refusal.value.columns) == ((1,), (1,))


def test_a_power_that_drowns_differences_is_refused() -> None:
    """Millions that differ by a little, to the power -3, are all the same number; a large power is infinite."""
    x = np.array([[1.0, 2.0, 3.0], [1e9, 1.1e9, 1.2e9]])
    for method in (YeoJohnson(exponent=-3.0), YeoJohnson(exponent=200.0)):
        with pytest.raises(Undefined) as refusal:
            method(x)
        assert str(refusal.value) == (
            f"the exponent {method.exponent:g} makes its values equal or infinite; yeojohnson has to keep two of them "
            "apart; measure it in another unit, or take boxcox with its shift"
        )
        assert (refusal.value.rows, refusal.value.columns) == ((1,), ())


def test_a_shift_that_drowns_differences_is_refused() -> None:
    """Beside 1, numbers that differ by 1e-17 are all the same."""
    for method in (BoxCox(), BoxCox(exponent=0.5)):
        with pytest.raises(Undefined) as refusal:
            method(np.array([[1.0, 2.0, 3.0], [0.0, 1e-17, 2e-17]]))
        assert str(refusal.value) == (
            "its values are so near each other that they are equal once they are shifted; boxcox has to keep two of "
            "them apart; measure it in another unit, or take yeojohnson"
        )
        assert refusal.value.rows == (1,)


def test_roots_are_taken_while_the_tail_is_long() -> None:
    """Not at all, a square root, a fourth root; a long low tail is left."""
    even, tail = [*range(1, 13)], [*range(1, 12), 22]
    x = np.array([even, tail, [*range(1, 12), 4000], [40 - v for v in tail]], dtype=np.float64)
    values, rules = Root()(x)
    assert rules == ("", "power: 0.5", "power: 0.25", "")
    assert same(values, [x[0], x[1] ** 0.5, x[2] ** 0.25, x[3]], 1e-14)


def test_roots_refuse_values_below_0_only_where_one_is_taken() -> None:
    """By cell."""
    x = np.array([[-1.0, *TAIL, 400.0], [*range(-1, 12)]])
    with pytest.raises(Undefined) as refusal:
        Root()(x)
    assert str(refusal.value) == ("the value is -1; a root is of values from 0; take log_plus or yeojohnson")
    assert (refusal.value.rows, refusal.value.columns) == ((0,), (0,))
    assert Root()(x[1:]).rules == ("",)


@pytest.mark.parametrize(
    "wrong",
    [
        {"method": "winsorise", "limit": 0},
        {"method": "winsorise", "limit": 1.5},
        {"method": "winsorise_then_log", "limit": -1},
        {"method": "winsorise_then_log", "then": "none"},
        {"method": "log_gii", "factor": 0.0},
        {"method": "power", "exponents": []},
        {"method": "power", "exponents": [2.0]},
    ],
)
def test_settings_that_say_nothing_are_refused(wrong: dict[str, object]) -> None:
    """No point to move, a share above all, no root."""
    with pytest.raises(ValidationError):
        TypeAdapter(Treater).validate_python(wrong)


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


# The form that values have


@pytest.mark.parametrize(
    ("rule", "made", "fitted"),
    [
        ("", "", False),
        ("winsorise: 2 high", "", False),
        ("clip: 1 low", "", False),
        ("log", "log", True),
        ("ln", "ln", False),
        ("power: 0.5", "power: 0.5", False),
        ("boxcox: exponent 0.5", "boxcox: exponent 0.5", True),
        ("winsorise: 2 high, then log", "log", True),
    ],
)
def test_a_rule_says_what_form_its_values_have(rule: str, made: str, fitted: bool) -> None:
    """None where they stay in their own units; fitted where other data would have another."""
    assert form(rule) == made
    assert is_fitted(made) == fitted
