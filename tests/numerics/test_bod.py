"""The benefit of the doubt: what its linear programme keeps."""

from typing import Literal

import numpy as np
import pytest
from hypothesis import given
from scipy.optimize import linprog

from pii.arrays import Matrix, Vector
from pii.numerics import bod
from pii.numerics.bod import benefit_of_the_doubt, fits
from tests import strategies
from tests.shared import same

FEW = np.resize([0.0, 1.0, 2.0, 4.0, np.nan], 256)


def one_by_one(x: Matrix, least: float, most: float, bounded: Literal["weights", "parts"]) -> list[float]:
    """A programme a unit, with a row for every unit, by another solver."""
    found = []
    for unit in x.T:
        has = ~np.isnan(unit)
        k = int(np.count_nonzero(has))
        if not k or not fits(k, least, most):
            found.append(np.nan)
            continue
        own = unit[has]
        size = own if bounded == "parts" else np.ones(k)
        rows = np.vstack([np.nan_to_num(x[has]).T, least * size - np.diag(size), np.diag(size) - most * size])
        limits = np.append(np.ones(x.shape[1]), np.zeros(2 * k))
        found.append(float(own @ np.asarray(linprog(-own, A_ub=rows, b_ub=limits, method="highs-ds").x)))
    return found


@pytest.mark.parametrize(
    ("least", "most", "bounded"),
    [
        (0.0, 1.0, "weights"),
        (0.1, 1.0, "weights"),
        (0.0, 0.4, "weights"),
        (0.1, 0.5, "weights"),
        (0.1, 0.5, "parts"),
    ],
)
@given(strategies.siblings(FEW) | strategies.siblings())
@strategies.quick
def test_equals_a_programme_a_unit(
    least: float, most: float, bounded: Literal["weights", "parts"], drawn: tuple[Matrix, Vector]
) -> None:
    """Of few different scores, so that many units share a corner, and of many; with gaps."""
    x = drawn[0] + (bounded == "parts")
    assert same(benefit_of_the_doubt(x, least, most, bounded), one_by_one(x, least, most, bounded), 1e-9)


@pytest.mark.parametrize("least", [0.0, 0.05])
def test_many_units_are_as_a_programme_a_unit(least: float) -> None:
    """Of eight children from 0, in several blocks; units that another passes throughout change no other's score."""
    random = np.random.default_rng(8)
    x = np.abs(random.normal(size=(8, 400)))
    x -= x.min(axis=1, keepdims=True)
    found = benefit_of_the_doubt(x, least)
    some = np.arange(0, 400, 16)
    best = found > 1 - 1e-12
    assert 8 <= np.count_nonzero(best) < 400
    expected = one_by_one(np.hstack([x[:, some], x[:, best]]), least, 1.0, "weights")[: len(some)]
    assert same(found[some], expected, 1e-9)
    if not least:
        assert same(benefit_of_the_doubt(x[:, ::-1])[::-1], found, 1e-12)


@pytest.mark.parametrize(("least", "bounded"), [(0.0, "weights"), (0.1, "weights"), (0.1, "parts")])
def test_a_unit_that_does_not_settle_is_solved_alone(
    monkeypatch: pytest.MonkeyPatch, least: float, bounded: Literal["weights", "parts"]
) -> None:
    """To the same score."""
    x = np.random.default_rng(2).integers(1, 6, (4, 12)).astype(float)
    x[1, 3] = np.nan
    settled = benefit_of_the_doubt(x, least, 0.8, bounded)
    monkeypatch.setattr(bod, "_ROUNDS", 0)
    assert same(benefit_of_the_doubt(x, least, 0.8, bounded), settled, 1e-9)


def test_units_at_a_corner_too_sharp_to_compute_are_solved_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """To the same score: rows of a basis that depend on each other are not the end."""
    x = np.random.default_rng(3).integers(1, 6, (4, 12)).astype(float)
    settled = benefit_of_the_doubt(x, 0.1)

    def singular(*_: object) -> None:
        raise np.linalg.LinAlgError("Singular matrix")

    monkeypatch.setattr(np.linalg, "solve", singular)
    assert same(benefit_of_the_doubt(x, 0.1), settled, 1e-9)


def test_a_child_that_nobody_has_any_of_takes_weight_where_bounds_want_it() -> None:
    """Half of the weight is lost on it, so sums are by the other half, and so are those they are beside."""
    x = np.array([[4.0, 2.0, 1.0], [0.0, 0.0, 0.0]])
    assert same(benefit_of_the_doubt(x, 0.0, 0.6), [1.0, 0.5, 0.25], 1e-12)
    assert same(benefit_of_the_doubt(x, 0.5, 0.5), [1.0, 0.5, 0.25], 1e-12)


@given(strategies.siblings())
@strategies.quick
def test_bounds_never_raise_a_score(drawn: tuple[Matrix, Vector]) -> None:
    """They take weights away; scores lie from 0 to 1."""
    x, _ = drawn
    free = benefit_of_the_doubt(x)
    for bounded in ("weights", "parts"):
        held = benefit_of_the_doubt(x, 0.1, 1.0, bounded)
        known = ~np.isnan(held)
        assert np.array_equal(known, ~np.isnan(free))
        assert (held[known] <= free[known] + 1e-9).all()
        assert (held[known] >= 0).all()


def test_without_bounds_units_of_measurement_are_nothing() -> None:
    """Each child may be counted in anything; with bounds on parts too, with bounds on weights not."""
    x = np.array([[1.0, 5.0, 2.0], [4.0, 1.0, 3.0]])
    other = x * [[1.0], [1000.0]]
    assert same(benefit_of_the_doubt(other), benefit_of_the_doubt(x), 1e-9)
    parts = benefit_of_the_doubt(x, 0.3, 1.0, "parts")
    assert same(benefit_of_the_doubt(other, 0.3, 1.0, "parts"), parts, 1e-9)
    assert not np.allclose(benefit_of_the_doubt(other, 0.3), benefit_of_the_doubt(x, 0.3))


def test_equal_bounds_leave_the_mean_beside_the_best_mean() -> None:
    """There is only one choice of weights."""
    x = np.array([[1.0, 5.0, 2.0], [4.0, 2.0, 3.0]])
    assert same(benefit_of_the_doubt(x, 0.5, 0.5), x.mean(axis=0) / 3.5, 1e-12)


def test_who_is_best_on_one_child_scores_1_without_bounds() -> None:
    """And one that has half of everyone's best, half."""
    x = np.array([[8.0, 0.0, 4.0], [0.0, 6.0, 3.0]])
    assert same(benefit_of_the_doubt(x), [1.0, 1.0, 1.0], 1e-12)
    assert same(benefit_of_the_doubt(np.hstack([x, [[2.0], [1.5]]])), [1.0, 1.0, 1.0, 0.5], 1e-12)


def test_nothing_but_zeros_scores_0() -> None:
    """As does a child that nobody has any of; too few scores for the bounds have no score."""
    assert benefit_of_the_doubt(np.zeros((2, 2))).tolist() == [0.0, 0.0]
    assert np.isnan(benefit_of_the_doubt(np.array([[1.0], [np.nan]]), 0.0, 0.6)).all()


@pytest.mark.parametrize(
    ("k", "least", "most", "can"),
    [(3, 0.0, 1.0, True), (10, 0.1, 0.1, True), (3, 0.4, 1.0, False), (3, 0.0, 0.3, False)],
)
def test_parts_between_bounds_can_sum_to_1_or_not(k: int, least: float, most: float, can: bool) -> None:
    """Rounding aside."""
    assert fits(k, least, most) is can
