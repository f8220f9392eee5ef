"""Possible ranks: equal to those of every cell of small arrangements, reached by the weights, honest when cut short."""

from __future__ import annotations

import os
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pii.arrays import Matrix, Vector
from pii.numerics.polytope import Polytope, Siblings
from pii.numerics.possible_ranks import TIE, PossibleRanks, least_leads, possible_ranks, silenced
from tests.slow_bounds import box_rows, extreme_ranks
from tests.strategies import matrices, quick

TENTHS = np.resize(np.arange(11) / 10, 256)
FEW = np.resize(np.arange(3) / 2, 256)


def box(w: Vector, spread: float, *, group: int = 0, first: int = 1) -> Siblings:
    """Siblings whose weights are spread and scaled to sum to 1."""
    k = len(w)
    limits = (w * (1 - spread), w * (1 + spread))
    return Siblings(group, tuple(range(first, first + k)), np.zeros(k), np.ones(k), limits)


def ranked(x: Matrix, polytope: Polytope, seconds: float | None = None) -> PossibleRanks:
    """Possible ranks with their own least leads."""
    return possible_ranks(x, polytope, least_leads(x, polytope), seconds=seconds)


def rank_at(x: Matrix, polytope: Polytope, shares: Vector, unit: int) -> int:
    """A unit's rank at some shares."""
    scores = x @ polytope.effective(shares)[polytope.leaves]
    return 1 + int(np.count_nonzero(scores > scores[unit] + TIE))


def agree(x: Matrix, polytope: Polytope, rows: list[Vector]) -> None:
    """Hold the ranks to those of the arrangement, and to the weights that are said to give them."""
    found = ranked(x, polytope)
    best, worst = extreme_ranks(x, rows)
    assert found.best.tolist() == best == found.best_found.tolist()
    assert found.worst.tolist() == worst == found.worst_found.tolist()
    for unit in range(len(x)):
        assert rank_at(x, polytope, found.best_shares[unit], unit) == best[unit]
        assert rank_at(x, polytope, found.worst_shares[unit], unit) == worst[unit]


drawn = st.one_of(matrices(TENTHS, rows=(3, 3), units=(2, 5)), matrices(FEW, rows=(3, 3), units=(2, 5)))
spreads = st.sampled_from([0.1, 0.25, 0.5, 0.9, 1.0])
unequal = st.sampled_from([np.ones(3) / 3, np.array([0.5, 0.3, 0.2]), np.array([0.6, 0.4, 0.0])])


@quick
@given(drawn, unequal, spreads)
def test_ranks_of_one_group_are_those_of_every_cell(x: Matrix, w: Vector, spread: float) -> None:
    """Weights spread and scaled; ties at corners included."""
    agree(x.T, Polytope((box(w, spread),)), box_rows(np.eye(3), w.tolist(), spread))


@quick
@given(drawn, spreads, spreads)
def test_ranks_of_two_levels_are_those_of_every_cell(x: Matrix, upper: float, lower: float) -> None:
    """One leaf beside a group of two: nodes 1 and 2, then 3 and 4."""
    a, b = np.array([0.3, 0.7]), np.array([0.5, 0.5])
    polytope = Polytope((box(a, upper), box(b, lower, group=2, first=3)))
    leaf, first, second = np.eye(3)
    rows = [*box_rows([leaf, first + second], a.tolist(), upper), *box_rows([first, second], b.tolist(), lower)]
    agree(x.T, polytope, rows)


@quick
@given(drawn, st.sampled_from([(0.0, 1.0), (0.2, 0.5), (1 / 3, 1 / 3)]), st.sampled_from([0.5, 1.0, 2.0]))
def test_ranks_within_bounds_and_ratios_are_those_of_every_cell(
    x: Matrix, limits: tuple[float, float], times: float
) -> None:
    """Every share between two limits, and one at least so many times another."""
    low, high = limits
    ratio = np.array([1.0, -min(times, 1.0 if low == high else times), 0.0])
    one = Siblings(0, (1, 2, 3), np.full(3, low), np.full(3, high), None, ratio[None])
    total = np.ones(3)
    rows = [*(e - low * total for e in np.eye(3)), *(high * total - e for e in np.eye(3)), ratio]
    agree(x.T, Polytope((one,)), rows)


@quick
@given(matrices(TENTHS, rows=(5, 5), units=(12, 12)), st.integers(0, 9))
def test_no_sampled_rank_lies_outside(x: Matrix, seed: int) -> None:
    """Of 2,000 draws of five weights in a box."""
    polytope = Polytope((box(np.ones(5) / 5, 0.4),))
    found = ranked(x.T, polytope)
    weights = np.random.default_rng(seed).uniform(0.6, 1.4, size=(2000, 5))
    scores = (weights / weights.sum(axis=1, keepdims=True)) @ x
    ranks = 1 + np.count_nonzero(scores[:, None, :] > scores[:, :, None] + TIE, axis=2)
    assert (ranks.min(axis=0) >= found.best).all()
    assert (ranks.max(axis=0) <= found.worst).all()
    for unit in range(12):
        assert rank_at(x.T, polytope, found.best_shares[unit], unit) == found.best[unit]
        assert rank_at(x.T, polytope, found.worst_shares[unit], unit) == found.worst[unit]


def spread_out(n: int = 20, k: int = 6) -> tuple[Matrix, Polytope]:
    """Units whose order depends on the weights, with any weights admissible."""
    x = np.random.default_rng(1).uniform(size=(n, k))
    return x, Polytope((box(np.ones(k) / k, 1.0),))


def test_without_time_bounds_hold_and_are_not_proven() -> None:
    """What is bounded contains what is exact, and what was found lies inside."""
    x, polytope = spread_out()
    exact, cut = ranked(x, polytope), ranked(x, polytope, seconds=0.0)
    assert (cut.best <= exact.best).all()
    assert (cut.worst >= exact.worst).all()
    assert (cut.best_found >= exact.best).all()
    assert (cut.worst_found <= exact.worst).all()
    assert (cut.best < cut.best_found).any()
    assert (exact.best == exact.best_found).all()


def test_a_search_cut_short_gives_the_bound_of_the_solver(monkeypatch: pytest.MonkeyPatch) -> None:
    """No solution and no finite bound leave all rivals open."""
    import scipy.optimize

    class Stopped:
        status, x, mip_dual_bound = 1, None, -np.inf

    def stop(*_: Any, **__: Any) -> Stopped:
        return Stopped()

    x, polytope = spread_out(8, 4)
    exact = ranked(x, polytope)
    monkeypatch.setattr(scipy.optimize, "milp", stop)
    cut = ranked(x, polytope)
    assert (cut.best <= exact.best).all()
    assert (cut.best < exact.best).any()
    assert (cut.worst >= exact.worst).all()


def test_a_loose_bound_of_the_solver_is_closed_by_another_search(monkeypatch: pytest.MonkeyPatch) -> None:
    """As when it stops at an answer that it has not proven: what was found counts for the next search."""
    import scipy.optimize

    solve = scipy.optimize.milp

    def loose(*given: Any, **options: Any) -> Any:
        found = solve(*given, **options)
        if found.x is not None:
            found.mip_dual_bound -= 1
        return found

    x, polytope = spread_out(8, 4)
    exact = ranked(x, polytope)
    monkeypatch.setattr(scipy.optimize, "milp", loose)
    found = ranked(x, polytope)
    assert found.best.tolist() == found.best_found.tolist() == exact.best.tolist()
    assert found.worst.tolist() == found.worst_found.tolist() == exact.worst.tolist()


def test_one_unit_is_first_and_equal_units_are_level() -> None:
    """No rivals, or none that is ever ahead."""
    polytope = Polytope((box(np.ones(2) / 2, 0.5),))
    assert ranked(np.array([[0.3, 0.7]]), polytope).worst.tolist() == [1]
    twins = ranked(np.array([[0.3, 0.7], [0.3, 0.7], [0.0, 0.0]]), polytope)
    assert twins.best.tolist() == twins.worst.tolist() == [1, 1, 3]


def test_the_solver_writes_nothing(capfd: pytest.CaptureFixture[str]) -> None:
    """Not through C either; what is written before and after comes through."""
    os.write(1, b"before")
    with silenced():
        os.write(1, b"hidden")
    os.write(1, b"after")
    assert capfd.readouterr().out == "beforeafter"


def test_silence_needs_no_standard_output(monkeypatch: pytest.MonkeyPatch) -> None:
    """A process may run without one."""

    def closed(_: int) -> int:
        raise OSError

    monkeypatch.setattr(os, "dup", closed)
    with silenced():
        done = True
    assert done
