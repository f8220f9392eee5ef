"""Normalisers: what every one keeps, then the rules of each."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from pii.arrays import Matrix
from pii.errors import Undefined
from pii.methods.normalise import (
    AbstractNormaliser,
    DistanceToTarget,
    FixedGoalposts,
    Marks,
    MinMax,
    NoNormalisation,
    Normaliser,
    PercentileRank,
    Rank,
    ZScore,
)
from tests import slow, strategies
from tests.shared import instances, same

every = pytest.mark.parametrize("method", instances(Normaliser))

WORST, BEST, TARGET = -30.0, 60.0, 150.0  # the data run from -100 to 100


def marks(n: int, worst: float = WORST, best: float = BEST, target: float = TARGET) -> Marks:
    """The same goalposts and target for n indicators."""
    return Marks(*(np.full((n, 1), mark) for mark in (worst, best, target)))


def scored(method: AbstractNormaliser, x: Matrix, reference: Matrix | None = None) -> Matrix:
    """Scores of values against a reference, themselves where none is given."""
    return method(x, reference=x if reference is None else reference, marks=marks(len(x)))


@every
@given(strategies.wide())
@strategies.quick
def test_equals_the_slow_formula(method: AbstractNormaliser, x: Matrix) -> None:
    """Every row is what the scalar formula gives."""
    expected = [slow.normalise(method, r.tolist(), r.tolist(), WORST, BEST, TARGET) for r in x]
    assert same(scored(method, x), expected, 1e-11)


@every
@given(strategies.wide(), st.data())
@strategies.quick
def test_equals_the_slow_formula_on_another_reference(
    method: AbstractNormaliser, reference: Matrix, data: st.DataObject
) -> None:
    """The scale is the reference's, whatever is put on it."""
    x = data.draw(strategies.matrices(rows=(len(reference), len(reference))))
    expected = [
        slow.normalise(method, row.tolist(), fixed.tolist(), WORST, BEST, TARGET)
        for row, fixed in zip(x, reference, strict=True)
    ]
    assert same(scored(method, x, reference), expected, 1e-9)


@every
@given(strategies.wide())
@strategies.quick
def test_keeps_gaps_and_the_order(method: AbstractNormaliser, x: Matrix) -> None:
    """A better value never scores lower, equal ones score equal, and nothing is filled."""
    scores = scored(method, x)
    assert np.array_equal(np.isnan(scores), np.isnan(x))
    for row, was in zip(scores, x, strict=True):
        measured = ~np.isnan(was)
        order = np.argsort(was[measured], kind="stable")
        assert (np.diff(row[measured][order]) >= 0).all()
        for value in np.unique(was[measured]):
            assert len(np.unique(row[was == value])) == 1


@every
@given(strategies.wide(), st.data())
@strategies.quick
def test_a_fixed_reference_makes_scores_independent_of_who_else_is_scored(
    method: AbstractNormaliser, x: Matrix, data: st.DataObject
) -> None:
    """Some units scored alone against all of them get the scores that they get among all."""
    some = data.draw(strategies.shuffled(x.shape[1]))[: data.draw(st.integers(1, x.shape[1]))]
    assert same(scored(method, x[:, some], x), scored(method, x)[:, some], 1e-13)


@every
@given(strategies.wide(), st.data())
@strategies.quick
def test_permuting_units_permutes_scores(method: AbstractNormaliser, x: Matrix, data: st.DataObject) -> None:
    """A unit's score does not depend on where it stands, nor where the reference's units do."""
    order = data.draw(strategies.shuffled(x.shape[1]))
    assert same(scored(method, x[:, order]), scored(method, x)[:, order], 1e-12)


@every
@given(strategies.wide())
@strategies.quick
def test_rows_do_not_mix(method: AbstractNormaliser, x: Matrix) -> None:
    """An indicator alone scores as among others."""
    together = scored(method, x)
    for at in range(len(x)):
        assert same(scored(method, x[[at]]), together[[at]], 1e-13)


@every
def test_the_input_is_not_written_into(method: AbstractNormaliser) -> None:
    """Writable values, reference and marks come out of the call as they went in."""
    x, reference, posts = np.array([[3.0, np.nan, 5.0]]), np.array([[0.0, 9.0]]), marks(1)
    method(x, reference=reference, marks=posts)
    assert same(x, [[3.0, np.nan, 5.0]])
    assert same(reference, [[0.0, 9.0]])
    assert [float(mark[0, 0]) for mark in posts[:3]] == [WORST, BEST, TARGET]


@every
@given(strategies.wide())
@strategies.quick
def test_nothing_scores_below_lowest(method: AbstractNormaliser, x: Matrix) -> None:
    """Where a method names the lowest score of its scale, the data do not go under it."""
    if method.lowest is not None:
        assert np.nanmin(scored(method, x)) >= method.lowest


# Scales that need a width


@pytest.mark.parametrize("method", [MinMax(), ZScore()], ids=repr)
@pytest.mark.parametrize(
    ("row", "said"),
    [([4.0, 4.0, np.nan], "every value is 4"), ([np.nan, np.nan, np.nan], "no value is measured")],
)
def test_a_reference_without_width_is_refused(method: AbstractNormaliser, row: list[float], said: str) -> None:
    """The row is named by position, with the rule and what to do."""
    with pytest.raises(Undefined) as refused:
        scored(method, np.array([[1.0, 2.0, 3.0], row]))
    assert refused.value.rows == (1,)
    assert str(refused.value) == (
        f"{said}; a scale needs a width; leave the indicator out, or declare the constant score it is to have"
    )


@pytest.mark.parametrize("method", [MinMax(constant=50.0), ZScore(constant=50.0)], ids=repr)
def test_a_declared_constant_takes_the_place_of_a_width(method: AbstractNormaliser) -> None:
    """Measured values score the constant, gaps stay, other rows are as ever."""
    x = np.array([[4.0, 4.0, np.nan], [1.0, 2.0, 3.0]])
    scores = scored(method, x)
    assert same(scores[0], [50.0, 50.0, np.nan])
    assert same(scores[1], scored(method, x[[1]])[0], 1e-14)


def test_a_target_that_the_worst_unit_has_passed_is_refused() -> None:
    """There is no way to measure along."""
    with pytest.raises(Undefined, match="the scale runs from 5 down to 2; a scale needs a width"):
        DistanceToTarget()(np.array([[5.0, 9.0]]), reference=np.array([[5.0, 9.0]]), marks=marks(1, target=2.0))


# Each method's own rules


def test_minmax_gives_the_ends_exactly() -> None:
    """The worst unit scores the floor and the best the ceiling, to the last digit."""
    x = np.array([[0.1, 0.7, 0.3]])
    for floor, ceiling in [(0.0, 100.0), (1.0, 100.0), (70.0, 130.0)]:
        scores = scored(MinMax(floor=floor, ceiling=ceiling), x)
        assert (scores.min(), scores.max()) == (floor, ceiling)


@pytest.mark.parametrize("method", [MinMax, FixedGoalposts])
def test_floor_lies_below_ceiling(method: type[MinMax] | type[FixedGoalposts]) -> None:
    """A scale upside down is refused when declared."""
    with pytest.raises(ValidationError, match="floor 100 is not below ceiling 100"):
        method(floor=100.0)


def test_zscore_has_the_mean_and_deviation_asked_for() -> None:
    """With n - 1."""
    scores = scored(ZScore(mean=100.0, sd=15.0), np.array([[1.0, 2.0, 4.0, 9.0]]))
    assert scores.mean() == pytest.approx(100.0)
    assert scores.std(ddof=1) == pytest.approx(15.0)


def test_goalposts_clip_unless_told_not_to() -> None:
    """Values beyond a goalpost score as the goalpost."""
    x = np.array([[-40.0, 15.0, 105.0]])
    assert same(scored(FixedGoalposts(), x), [[0.0, 50.0, 100.0]])
    assert same(scored(FixedGoalposts(clip=False), x), [[-1000 / 90, 50.0, 150.0]], 1e-13)


def test_distance_to_target_caps_unless_told_not_to() -> None:
    """Values beyond the target score as the target; the worst scores 0."""
    x = np.array([[0.0, 75.0, 300.0]])
    assert same(scored(DistanceToTarget(), x), [[0.0, 50.0, 100.0]])
    assert same(scored(DistanceToTarget(cap=False), x), [[0.0, 50.0, 200.0]])


@pytest.mark.parametrize(
    ("ties", "places"),
    [("min", [1.0, 2.0, 2.0, 4.0]), ("average", [1.0, 2.5, 2.5, 4.0]), ("max", [1.0, 3.0, 3.0, 4.0])],
)
def test_rank_counts_from_the_worst(ties: str, places: list[float]) -> None:
    """Tied values share the place that is asked for."""
    method = Rank.model_validate({"ties": ties})
    assert same(scored(method, np.array([[1.0, 5.0, 5.0, 7.0, np.nan]])), [[*places, np.nan]])


def test_percentile_rank_is_the_share_of_the_others_that_are_worse() -> None:
    """From 0 for the worst to the ceiling for the best."""
    assert same(scored(PercentileRank(), np.array([[10.0, 30.0, 20.0]])), [[0.0, 100.0, 50.0]])


@pytest.mark.parametrize("row", [[3.0, np.nan], [np.nan, np.nan]])
def test_percentile_rank_of_one_unit_is_refused(row: list[float]) -> None:
    """There are no others to be better than."""
    with pytest.raises(Undefined) as refused:
        scored(PercentileRank(), np.array([[1.0, 2.0], row]))
    assert refused.value.rows == (1,)
    assert str(refused.value) == (
        "there are fewer than 2 measured values; a percentile rank needs others to compare with; "
        "measure more units, or leave the indicator out"
    )


def test_percentile_rank_stays_on_its_scale_on_another_reference() -> None:
    """A unit better than all of the reference still has at most the ceiling."""
    x, reference = np.array([[0.0, 99.0]]), np.array([[1.0, 2.0, 3.0]])
    scores = PercentileRank()(x, reference=reference, marks=marks(1))
    assert scores.min() >= 0.0
    assert scores.max() <= 100.0


def test_none_refuses_values_off_its_scale() -> None:
    """All of them at once, by position; values on its ends are on it."""
    method = NoNormalisation(low=0.0, high=10.0)
    assert same(scored(method, np.array([[0.0, 10.0, np.nan]])), [[0.0, 10.0, np.nan]])
    with pytest.raises(Undefined) as refused:
        scored(method, np.array([[1.0, 10.5], [-2.0, np.nan]]))
    error = refused.value
    assert error.found == ("10.5 is off the scale", "-2 is off the scale")
    assert (error.rows, error.columns) == ((0, 1), (1, 0))
    assert "scores lie from 0 to 10; correct the value or the scale, or normalise the indicator" in str(error)
