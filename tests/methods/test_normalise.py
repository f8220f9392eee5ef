"""Normalisers: what every one keeps, then the rules of each."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from pii import stages
from pii.arrays import Matrix
from pii.errors import MethodError, Undefined
from pii.io.schemes import dump_scheme, parse_scheme
from pii.methods.normalise import (
    AbstractNormaliser,
    Balance,
    Borda,
    Categorical,
    DistanceToReference,
    DistanceToTarget,
    EmpiricalCdf,
    FixedGoalposts,
    FractionOfMax,
    Logistic,
    Marks,
    MinMax,
    NoNormalisation,
    NormalCdf,
    Normaliser,
    PercentileRank,
    Rank,
    Robust,
    ZScore,
)
from pii.table import Table, Units
from tests import slow, slow_normalise, strategies
from tests.shared import group, instances, leaf, same, scheme

every = pytest.mark.parametrize("method", instances(Normaliser))

WORST, BEST, TARGET = -30.0, 60.0, 150.0  # the data run from -100 to 100
NO_MARK = float("nan")


def marks(
    n: int,
    worst: float = WORST,
    best: float = BEST,
    target: float = TARGET,
    band: float = NO_MARK,
    base: float = NO_MARK,
) -> Marks:
    """The same goalposts, target and base for n indicators."""
    return Marks(*(np.full((n, 1), mark) for mark in (worst, best, target, band, base)))


def posts(method: AbstractNormaliser) -> tuple[float, float, float]:
    """Goalposts and target that a method is defined for."""
    return (10.0 if method.domain == "above 0" else WORST), BEST, TARGET


def scored(method: AbstractNormaliser, x: Matrix, reference: Matrix | None = None) -> Matrix:
    """Scores of values against a reference, themselves where none is given."""
    return method(x, reference=x if reference is None else reference, marks=marks(len(x), *posts(method)))


def by_formula(method: AbstractNormaliser, x: Matrix, reference: Matrix) -> list[list[float]]:
    """What the scalar formula gives."""
    return [
        slow.normalise(method, row.tolist(), fixed.tolist(), *posts(method))
        for row, fixed in zip(x, reference, strict=True)
    ]


PALETTES = {
    "any": strategies.ANY,
    "dispersed": strategies.ANY,
    "above 0": strategies.POSITIVE,
    "listed": strategies.FEW,  # those that the instance in tests.shared lists
}


def _has_a_width(method: AbstractNormaliser, row: Matrix) -> bool:
    known = row[~np.isnan(row)]
    if method.domain != "dispersed":
        return len(np.unique(known)) > 1
    if known.size == 0:
        return False
    quartiles = np.percentile(known, [25, 75])
    return bool(quartiles[0] < quartiles[1] and np.median(np.abs(known - np.median(known))) > 0)


def fitting(method: AbstractNormaliser) -> st.SearchStrategy[Matrix]:
    """Values that the method says that it is defined for, of which no row is flat."""
    drawn = strategies.matrices(PALETTES[method.domain], units=(3, 9))
    return drawn.filter(lambda x: all(_has_a_width(method, row) for row in x))


@every
@given(st.data())
@strategies.quick
def test_equals_the_slow_formula(method: AbstractNormaliser, data: st.DataObject) -> None:
    """Every row is what the scalar formula gives."""
    x = data.draw(fitting(method))
    assert same(scored(method, x), by_formula(method, x, x), 1e-11)


@every
@given(st.data())
@strategies.quick
def test_equals_the_slow_formula_on_another_reference(method: AbstractNormaliser, data: st.DataObject) -> None:
    """The scale is the reference's, whatever is put on it."""
    reference = data.draw(fitting(method))
    x = data.draw(strategies.matrices(PALETTES[method.domain], rows=(len(reference), len(reference))))
    assert same(scored(method, x, reference), by_formula(method, x, reference), 1e-9)


@every
@given(st.data())
@strategies.quick
def test_keeps_gaps_and_the_order(method: AbstractNormaliser, data: st.DataObject) -> None:
    """A better value never scores lower, equal ones score equal, and nothing is filled."""
    x = data.draw(fitting(method))
    scores = scored(method, x)
    assert np.array_equal(np.isnan(scores), np.isnan(x))
    for row, was in zip(scores, x, strict=True):
        measured = ~np.isnan(was)
        order = np.argsort(was[measured], kind="stable")
        assert (np.diff(row[measured][order]) >= 0).all()
        for value in np.unique(was[measured]):
            assert len(np.unique(row[was == value])) == 1


@every
@given(st.data())
@strategies.quick
def test_a_fixed_reference_makes_scores_independent_of_who_else_is_scored(
    method: AbstractNormaliser, data: st.DataObject
) -> None:
    """Some units scored alone against all of them get the scores that they get among all."""
    x = data.draw(fitting(method))
    some = data.draw(strategies.shuffled(x.shape[1]))[: data.draw(st.integers(1, x.shape[1]))]
    assert same(scored(method, x[:, some], x), scored(method, x)[:, some], 1e-13)


@every
@given(st.data())
@strategies.quick
def test_permuting_units_permutes_scores(method: AbstractNormaliser, data: st.DataObject) -> None:
    """A unit's score does not depend on where it stands, nor where the reference's units do."""
    x = data.draw(fitting(method))
    order = data.draw(strategies.shuffled(x.shape[1]))
    assert same(scored(method, x[:, order]), scored(method, x)[:, order], 1e-12)


@every
@given(st.data())
@strategies.quick
def test_rows_do_not_mix(method: AbstractNormaliser, data: st.DataObject) -> None:
    """An indicator alone scores as among others."""
    x = data.draw(fitting(method))
    together = scored(method, x)
    for at in range(len(x)):
        assert same(scored(method, x[[at]]), together[[at]], 1e-13)


@every
def test_the_input_is_not_written_into(method: AbstractNormaliser) -> None:
    """Writable values, reference and marks come out of the call as they went in."""
    x, reference, fixed = np.array([[1.0, np.nan, 1.5]]), np.array([[0.0, 1.0, 1.5]]), marks(1, *posts(method))
    method(x, reference=reference, marks=fixed)
    assert same(x, [[1.0, np.nan, 1.5]])
    assert same(reference, [[0.0, 1.0, 1.5]])
    assert tuple(float(mark[0, 0]) for mark in fixed[:3]) == posts(method)


@every
@given(st.data())
@strategies.quick
def test_nothing_scores_below_lowest(method: AbstractNormaliser, data: st.DataObject) -> None:
    """Where a method names the lowest score of its scale, the data do not go under it."""
    if method.lowest is not None:
        assert np.nanmin(scored(method, data.draw(fitting(method)))) >= method.lowest


# Scales that need a width


@pytest.mark.parametrize("method", [MinMax(), ZScore(), Robust(), Logistic(), NormalCdf()], ids=repr)
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


@pytest.mark.parametrize(
    ("declared", "said"),
    [
        ({"normalise": "minmax"}, "every value is 31.8; "),
        ({"normalise": "zscore"}, "every value is 31.8; "),
        ({"normalise": "robust"}, "every value is 31.8; "),
        ({"normalise": "distance_to_target", "target": 40.0}, "the scale runs from 31.8 up to 40; "),
        (
            {"normalise": {"method": "categorical", "scores": {31.8: 1.0}}},
            "31.8 with its sign turned is not in the list of scores; ",
        ),
        ({"normalise": {"method": "none", "low": 0.0}}, "31.8 with its sign turned is off the scale; "),
    ],
    ids=lambda value: str(value)[:40],
)
def test_values_are_said_as_the_table_has_them(declared: dict[str, object], said: str) -> None:
    """Where less is better, methods see them with their sign turned."""
    with pytest.raises(MethodError) as refused:
        normalised([31.8, 31.8, 31.8], direction=-1, **declared)
    assert f": {said}" in str(refused.value)


@pytest.mark.parametrize("family", [MinMax, ZScore, Robust, Logistic, NormalCdf])
def test_a_declared_constant_takes_the_place_of_a_width(
    family: type[MinMax | ZScore | Robust | Logistic | NormalCdf],
) -> None:
    """Measured values score the constant, gaps stay, other rows are as ever."""
    method = family(constant=50.0)
    x = np.array([[4.0, 4.0, np.nan], [1.0, 2.0, 3.0]])
    scores = scored(method, x)
    assert same(scores[0], [50.0, 50.0, np.nan])
    assert same(scores[1], scored(method, x[[1]])[0], 1e-14)


def test_a_target_that_the_worst_unit_has_passed_is_refused() -> None:
    """There is no way to measure along."""
    with pytest.raises(Undefined) as refused:
        DistanceToTarget()(np.array([[5.0, 9.0]]), reference=np.array([[5.0, 9.0]]), marks=marks(1, target=2.0))
    assert str(refused.value) == (
        "the scale runs from 5 down to 2; a scale needs a width; leave the indicator out, or declare the constant"
        " score it is to have"
    )
    assert (refused.value.rows, refused.value.columns) == ((0,), ())


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
    assert str(error) == (
        "10.5 is off the scale; scores lie from 0 to 10; correct the value or the scale, or normalise the indicator"
    )


def test_robust_is_not_moved_by_an_outlier() -> None:
    """The other scores stay, however far the outlier is."""
    x = np.array([[1.0, 2.0, 3.0, 4.0, 5.0], [1.0, 2.0, 3.0, 4.0, 1e6]])
    for method in (Robust(), Robust(spread="iqr")):
        near, far = scored(method, x)
        assert same(near[:4], far[:4])


@pytest.mark.parametrize(
    ("spread", "row"), [("mad", [3.0, 3.0, 3.0, 9.0]), ("iqr", [0.0, 3.0, 3.0, 3.0, 3.0, 9.0])]
)
def test_robust_refuses_values_of_which_half_are_the_same(spread: str, row: list[float]) -> None:
    """By row and with what to do, also where a constant is declared: the indicator is not constant."""
    for constant in (None, 50.0):
        method = Robust.model_validate({"spread": spread, "constant": constant})
        with pytest.raises(Undefined) as refused:
            scored(method, np.array([row]))
        assert str(refused.value) == (
            f"the {spread.upper()} is 0: about half of the values are the same; a scale needs a width; "
            "use zscore or minmax for this indicator"
        )
        assert (refused.value.rows, refused.value.columns) == ((0,), ())


def test_scores_below_0_are_foreseen_where_the_centre_is_0() -> None:
    """So that a scheme refuses them in a geometric mean."""
    assert (Robust().lowest, Robust(median=100.0).lowest) == (-np.inf, None)
    assert Balance().lowest == -1.0
    assert DistanceToReference(origin="worst").lowest == 0.0
    assert DistanceToReference().lowest is None
    assert (Borda().lowest, FractionOfMax().lowest, NormalCdf().lowest) == (0.0, None, None)


def test_logistic_and_normal_scores_stay_on_their_scale_far_out() -> None:
    """Nothing overflows, and the ends are not passed."""
    x, reference = np.array([[-1e9, 0.0, 1e9]]), np.array([[-1.0, 0.0, 1.0]])
    for method in (Logistic(), NormalCdf()):
        assert same(scored(method, x, reference), [[0.0, 50.0, 100.0]])


def test_empirical_cdf_counts_equal_values() -> None:
    """The share that is not better; ties score alike, and a value below another reference scores 0."""
    assert same(
        scored(EmpiricalCdf(), np.array([[1.0, 1.0, 4.0, np.nan, 9.0]])), [[50.0, 50.0, 75.0, np.nan, 100.0]]
    )
    assert same(scored(EmpiricalCdf(), np.array([[0.0, 2.5]]), np.array([[1.0, 2.0, 3.0, 4.0]])), [[0.0, 50.0]])


# Logarithmic goalposts


@pytest.mark.parametrize("direction", [1, -1])
def test_logarithmic_goalposts_are_of_the_values_own_units(direction: int) -> None:
    """Whichever way the indicator is turned."""
    own = np.array([[2.0, 8.0, 100.0, 5.5, np.nan]])
    worst, best = sorted((direction * 2.0, direction * 200.0))
    method = FixedGoalposts(logarithmic=True)
    scores = method(direction * own, reference=direction * own, marks=marks(1, worst, best))
    assert same(scores[0], slow_normalise.logarithmic(own[0].tolist(), 2.0, 200.0, direction), 1e-13)


def test_logarithmic_goalposts_clip_unless_told_not_to() -> None:
    """Ten times beyond a goalpost of a scale a hundred wide is half a scale beyond."""
    x = np.array([[0.1, 10.0, 1000.0]])
    for clip, scores in [(True, [[0.0, 50.0, 100.0]]), (False, [[-50.0, 50.0, 150.0]])]:
        method = FixedGoalposts(logarithmic=True, clip=clip)
        assert same(method(x, reference=x, marks=marks(1, 1.0, 100.0)), scores)


def test_logarithm_of_what_is_not_above_0_is_refused_by_cell() -> None:
    """Every cell, in its own units."""
    x = np.array([[5.0, 0.0, -3.0], [-5.0, np.nan, 4.0]])
    fixed = marks(2)._replace(worst=np.array([[1.0], [-9.0]]), best=np.array([[9.0], [-1.0]]))
    with pytest.raises(Undefined) as refused:
        FixedGoalposts(logarithmic=True)(x, reference=x, marks=fixed)
    error = refused.value
    assert error.found == ("the value is 0", "the value is -3", "the value is -4")
    assert (error.rows, error.columns) == ((0, 0, 1), (1, 2, 2))
    assert str(error) == (
        "the value is 0; a logarithmic scale is of numbers above 0; correct the value, leave the cell empty, or leave "
        "logarithmic out"
    )


@pytest.mark.parametrize(("worst", "best"), [(0.0, 5.0), (-5.0, 0.0), (-1.0, 1.0), (NO_MARK, NO_MARK)])
def test_logarithm_of_goalposts_that_are_not_above_0_is_refused(worst: float, best: float) -> None:
    """By row: no value can put it right."""
    x = np.array([[2.0, 3.0]])
    with pytest.raises(Undefined) as refused:
        FixedGoalposts(logarithmic=True)(x, reference=x, marks=marks(1, worst, best))
    assert str(refused.value) == (
        "the goalposts are not both above 0; a logarithmic scale is of numbers above 0; move the goalposts, or "
        "leave logarithmic out"
    )
    assert refused.value.rows == (0,)
    assert refused.value.columns == ()


# A band as a target


@given(strategies.matrices(rows=(1, 1), units=(1, 9)))
@strategies.quick
def test_a_band_scores_best_inside_and_falls_off_on_both_sides(x: Matrix) -> None:
    """As the scalar formula gives, with the reference wider than the band."""
    reference = np.array([[-100.0, 0.0, np.nan, 120.0]])
    scores = DistanceToTarget(ceiling=10.0)(x, reference=reference, marks=marks(1, target=-5.0, band=8.0))
    assert same(scores[0], slow_normalise.banded(10.0, x[0].tolist(), reference[0].tolist(), -5.0, 8.0), 1e-13)
    assert np.nanmax(scores, initial=-np.inf) <= 10.0


def test_a_band_falls_to_0_at_the_worst_on_either_side() -> None:
    """The two sides have scales of their own."""
    x = np.array([[0.0, 5.0, 10.0, 15.0, 20.0, 60.0, 100.0, np.nan]])
    expected = [[0.0, 50.0, 100.0, 100.0, 100.0, 50.0, 0.0, np.nan]]
    for cap in (True, False):
        assert same(DistanceToTarget(cap=cap)(x, reference=x, marks=marks(1, target=10.0, band=20.0)), expected)


def test_a_band_needs_a_width_only_on_a_side_where_a_unit_is() -> None:
    """All inside score the ceiling; a unit beyond the whole reference, on a side without any, is refused."""
    fixed = marks(1, target=10.0, band=20.0)
    inside = np.array([[12.0, 15.0]])
    assert same(DistanceToTarget()(inside, reference=inside, marks=fixed), [[100.0, 100.0]])
    for beyond in (5.0, 25.0):
        with pytest.raises(Undefined, match="a scale needs a width"):
            DistanceToTarget()(np.array([[beyond]]), reference=inside, marks=fixed)


def test_bands_and_single_targets_stand_side_by_side() -> None:
    """Row by row."""
    x = np.array([[0.0, 10.0, 20.0, 30.0]] * 2)
    target, band = np.array([[10.0], [10.0]]), np.array([[20.0], [np.nan]])
    fixed = marks(2)._replace(target=target, band=band)
    assert same(
        DistanceToTarget()(x, reference=x, marks=fixed), [[0.0, 100.0, 100.0, 0.0], [0.0, 100.0, 100.0, 100.0]]
    )
    uncapped = DistanceToTarget(cap=False)(x, reference=x, marks=fixed)
    assert same(uncapped, [[0.0, 100.0, 100.0, 0.0], [0.0, 100.0, 200.0, 300.0]])


# Relative to a base


@pytest.mark.parametrize("base", [40.0, -40.0])
@pytest.mark.parametrize("cap", [True, False])
def test_a_declared_base_scores_the_ceiling(base: float, cap: bool) -> None:
    """And the others by their distance to it, turned or not; 0 and gaps are values like any other."""
    x = np.sign(base) * np.array([[40.0, 20.0, 0.0, 100.0, np.nan]])
    method = DistanceToReference(cap=cap)
    scores = method(x, reference=x, marks=marks(1, base=base))
    expected = slow_normalise.relative(method, x[0].tolist(), x[0].tolist(), base)
    assert same(scores[0], expected, 1e-13)
    assert scores[0, 0] == 100.0


def test_a_declared_base_fixes_the_way_from_the_worst() -> None:
    """The worst of the reference scores 0, the base the ceiling."""
    x, method = np.array([[10.0, 30.0, 50.0]]), DistanceToReference(origin="worst")
    assert same(method(x, reference=x, marks=marks(1, base=30.0)), [[0.0, 100.0, 200.0]])
    capped = method.replace(cap=True)
    assert same(capped(x, reference=x, marks=marks(1, base=30.0)), [[0.0, 100.0, 100.0]])


def test_the_mean_is_the_base_where_none_is_declared() -> None:
    """Row by row; a named unit whose value is missing is not replaced by the mean."""
    x = np.array([[10.0, 30.0], [10.0, 30.0]])
    fixed = marks(2)._replace(base=np.array([[10.0], [np.nan]]))
    assert same(DistanceToReference()(x, reference=x, marks=fixed), [[100.0, 300.0], [50.0, 150.0]])
    named = DistanceToReference(unit="VN")
    assert (named.base_unit, DistanceToReference().base_unit) == ("VN", None)
    with pytest.raises(Undefined) as refused:
        named(x, reference=x, marks=fixed)
    assert str(refused.value) == (
        "the unit 'VN' has no value here; scores are relative to its value; measure it, name another unit, or "
        "declare the indicator's base"
    )
    assert refused.value.rows == (1,)


def test_a_base_that_gives_no_scale_is_refused() -> None:
    """0 where the way is counted from 0, and the worst where it is counted from the worst."""
    x = np.array([[1.0, 2.0, 3.0]])
    with pytest.raises(Undefined) as refused:
        DistanceToReference()(x, reference=x, marks=marks(1, base=0.0))
    assert str(refused.value) == (
        "the base is 0; a score relative to 0 is not defined; count from the worst (origin: worst), or choose "
        "another base"
    )
    assert (refused.value.rows, refused.value.columns) == ((0,), ())
    for base in (1.0, 0.5):
        with pytest.raises(Undefined) as refused:
            DistanceToReference(origin="worst")(x, reference=x, marks=marks(1, base=base))
        assert str(refused.value) == (
            "the base is no better than the worst value; a scale needs a width; choose another base, or leave the"
            " indicator out"
        )
        assert (refused.value.rows, refused.value.columns) == ((0,), ())


@pytest.mark.parametrize(
    "method", [DistanceToReference(), FractionOfMax(), Balance(), EmpiricalCdf()], ids=lambda method: method.method
)
def test_a_reference_without_any_value_is_refused(method: AbstractNormaliser) -> None:
    """By row."""
    with pytest.raises(Undefined) as refused:
        scored(method, np.array([[1.0, 2.0], [np.nan, np.nan]]))
    assert str(refused.value) == (
        "no value is measured; a scale needs values to be fixed by; measure the indicator, or leave it out"
    )
    assert refused.value.rows == (1,)


# Shares of the best


@given(strategies.matrices(strategies.POSITIVE, rows=(1, 1)).filter(lambda x: not np.isnan(x).all()))
@strategies.quick
def test_fraction_of_max_is_min_over_value_where_less_is_better(own: Matrix) -> None:
    """The best scores the ceiling, twice as much half of it."""
    scores = scored(FractionOfMax(), -own)
    assert same(scores, by_formula(FractionOfMax(), -own, -own), 1e-13)
    assert same(scores, 100 * np.nanmin(own) / own, 1e-13)


def test_fraction_of_max_takes_0_only_where_more_is_better() -> None:
    """Nothing is any share of the way to a best of 0."""
    assert same(scored(FractionOfMax(), np.array([[0.0, 4.0, 8.0, np.nan]])), [[0.0, 50.0, 100.0, np.nan]])
    for row in ([-0.0, -4.0], [0.0, 0.0]):
        with pytest.raises(Undefined) as refused:
            scored(FractionOfMax(), np.array([row]))
        assert str(refused.value) == (
            "the best value is 0; a fraction of the best needs values above 0; use minmax for this indicator"
        )
        assert (refused.value.rows, refused.value.columns) == ((0,), ())


def test_fraction_of_max_refuses_values_on_the_other_side_of_0() -> None:
    """By cell, also those met on another reference."""
    reference = np.array([[2.0, 4.0], [-2.0, -4.0]])
    with pytest.raises(Undefined) as refused:
        scored(FractionOfMax(), np.array([[1.0, -1.0], [0.0, 3.0]]), reference)
    assert refused.value.found == ("the value is -1", "the value is 0", "the value is -3")
    assert (refused.value.rows, refused.value.columns) == ((0, 1, 1), (1, 0, 1))


# Round the mean


def test_balance_counts_the_bands_ends_as_within() -> None:
    """Whatever the rounding: the mean of 0.7, 0.8 and 0.9 is not 0.8 to the last digit."""
    x = np.array([[0.7, 0.8, 0.9]])
    assert same(scored(Balance(width=0.125), x), [[0.0, 0.0, 0.0]])
    assert same(scored(Balance(width=0.12), x), [[-1.0, 0.0, 1.0]])
    assert same(scored(Balance(width=1.0, of="sd"), x), [[0.0, 0.0, 0.0]])
    assert same(scored(Balance(width=0.0), -x), [[1.0, 0.0, -1.0]])


def test_balance_of_equal_values_is_0() -> None:
    """They are at the mean; a standard deviation needs two of them."""
    assert same(scored(Balance(), np.array([[4.0, 4.0, np.nan]])), [[0.0, 0.0, np.nan]])
    assert same(scored(Balance(of="sd"), np.array([[4.0, 4.0, np.nan]])), [[0.0, 0.0, np.nan]])
    with pytest.raises(Undefined) as refused:
        scored(Balance(of="sd"), np.array([[4.0, np.nan]]))
    assert str(refused.value) == (
        "there are fewer than 2 measured values; one value has no standard deviation; measure more units, or give"
        " the width as a share of the mean"
    )
    assert (refused.value.rows, refused.value.columns) == ((0,), ())


# Ranks


def test_borda_is_the_rank_less_1() -> None:
    """With any treatment of ties."""
    x = np.array([[1.0, 5.0, 5.0, 7.0, np.nan]])
    for ties in ("min", "average", "max"):
        places = scored(Rank.model_validate({"ties": ties}), x)
        assert same(scored(Borda.model_validate({"ties": ties}), x), places - 1)


@given(strategies.matrices(strategies.FEW, rows=(1, 1), units=(2, 9)).filter(lambda x: (~np.isnan(x)).sum() > 1))
@strategies.quick
def test_one_less_the_percentile_rank_is_that_of_the_turned_values_with_ties_max(own: Matrix) -> None:
    """So the Social Vulnerability Index's turned indicators need no method of their own."""
    before = scored(PercentileRank(ceiling=1.0), own)
    assert same(scored(PercentileRank(ceiling=1.0, ties="max"), -own), 1 - before, 1e-15)


# A list of scores


def test_categorical_reads_a_mapping_in_any_order_and_writes_it() -> None:
    """Numbers or their texts are keys; equal lists are equal methods."""
    method = Categorical.model_validate({"scores": {"1": 100, 0.5: 40, 0: 0}})
    assert method == Categorical.model_validate({"scores": {0: 0, "0.5": 40, 1.0: 100}})
    assert hash(method) == hash(method.replace())
    assert method.declaration() == {"method": "categorical", "scores": {"0": 0.0, "0.5": 40.0, "1": 100.0}}
    third = Categorical.model_validate({"scores": {1 / 3: 1}})
    assert Categorical.model_validate(third.declaration()) == third


def test_a_list_of_scores_is_taken_over_from_another_method() -> None:
    """As it is; a schema knows it as a mapping of numbers."""
    method = Categorical.model_validate({"scores": {0: 0, 1: 100}})
    assert Categorical(scores=method.scores) == method
    schema = Categorical.model_json_schema()
    found = schema["$defs"][schema["properties"]["scores"]["$ref"].rpartition("/")[2]]
    assert (found["type"], found["additionalProperties"], found["minProperties"]) == (
        "object",
        {"type": "number"},
        1,
    )


@pytest.mark.parametrize(
    ("scores", "said"),
    [
        ({}, "at least 1 item"),
        ({"1": 5, 1: 6}, "a value is given twice"),
        ({"yes": 1}, "could not convert string to float: 'yes'"),
        (5, "valid dictionary or instance of Rubric"),
        ({"nan": 1}, "finite number"),
        ({1: "high"}, "valid number"),
    ],
)
def test_a_list_of_scores_that_cannot_be_read_is_refused(scores: object, said: str) -> None:
    """When it is declared."""
    with pytest.raises(ValidationError, match=said):
        Categorical.model_validate({"scores": scores})


def test_categorical_refuses_values_that_are_not_in_its_list() -> None:
    """By cell; gaps stay."""
    method = Categorical.model_validate({"scores": {0: 0, 1: 100}})
    assert same(scored(method, np.array([[1.0, -0.0, np.nan]])), [[100.0, 0.0, np.nan]])
    with pytest.raises(Undefined) as refused:
        scored(method, np.array([[1.0, 0.5, 7.0], [np.nan, -1.0, 0.0]]))
    error = refused.value
    assert error.found == tuple(f"{v} is not in the list of scores" for v in ("0.5", "7", "-1"))
    assert error.rule == "every value has its score there"
    assert error.remedy == "correct the value, add it to scores, or give the indicator direction 1"
    assert (error.rows, error.columns) == ((0, 0, 1), (1, 2, 1))


# Through a scheme


def normalised(column: list[float], **indicator: object) -> list[float]:
    """The scores of one indicator of some units, by its declaration in a scheme file's form."""
    declared = scheme(group("index", leaf("a", **indicator)))
    assert parse_scheme(dump_scheme(declared)) == declared
    assert parse_scheme(dump_scheme(declared, "json"), "json") == declared
    units = Units(tuple("uvwxyz"[: len(column)]))
    scores: list[float] = (
        stages.normalise(Table(units, ("a",), np.array([column]).T), declared).values[:, 0].tolist()
    )
    return scores


@pytest.mark.parametrize(
    ("column", "declared", "scores"),
    [
        ([1.0, 10.0, 100.0], {"goalposts": {"low": 1.0, "high": 100.0}}, [100.0, 50.0, 0.0]),
        (
            [0.0, 4.0, 5.0, 7.0, 8.0, 10.0],
            {"target": {"low": 5.0, "high": 8.0}},
            [0.0, 80.0, 100.0, 100.0, 100.0, 0.0],
        ),
        ([10.0, 20.0, 40.0], {"base": 20.0}, [150.0, 100.0, 0.0]),
        ([10.0, 20.0, 40.0], {}, [100.0, 50.0, 25.0]),
        ([10.0, 20.0, 40.0], {"unit": "w"}, [175.0, 150.0, 100.0]),
        ([0.0, 1.0, 2.0], {"scores": {0: 90.0, -1: 50.0, -2: 20.0}}, [90.0, 50.0, 20.0]),
    ],
    ids=["logarithmic", "band", "base", "fraction", "unit", "categorical"],
)
def test_where_less_is_better(column: list[float], declared: dict[str, object], scores: list[float]) -> None:
    """Marks are given in the indicator's own units, and turn with it."""
    method: object = {
        "goalposts": {"method": "goalposts", "logarithmic": True},
        "target": "distance_to_target",
        "base": "distance_to_reference",
        "unit": {"method": "distance_to_reference", "unit": "w"},
        "scores": {"method": "categorical", **declared},
    }.get(next(iter(declared), ""), "fraction_of_max")
    marked = {key: value for key, value in declared.items() if key in ("goalposts", "target", "base")}
    assert same(normalised(column, direction=-1, normalise=method, **marked), scores)
