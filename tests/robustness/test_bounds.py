"""What is exact: bounds hold for what is sampled, weights give what they are said to, limits are where units meet."""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
import pytest

from pii import stages
from pii.arrays import Matrix, Vector
from pii.compute import compute
from pii.errors import SchemeError, TableError
from pii.result import Result
from pii.robustness.bounds import Bounds, bounds, dominance, pair_robustness, smallest_change
from pii.robustness.region import Region, free_part
from pii.scores import Weights
from pii.table import Table
from tests.reference.coinr import asem
from tests.shared import group, leaf, same, scheme
from tests.slow_bounds import box_rows, extreme_ranks


def built(x: Matrix, tree: Any = None, **fields: Any) -> Result:
    """An index of columns a, b, ... of one group, or of a tree of them, on their own scale of 1 to 10."""
    codes = "abcdefgh"[: len(x)]
    fields = {"normalise": "goalposts", "screen": {"measured": 0.0}} | fields
    own = [leaf(code, goalposts={"low": 1.0, "high": 10.0}) for code in codes]
    goals = {"method": "goalposts", "floor": 1.0, "ceiling": 10.0}
    index = tree(dict(zip(codes, own, strict=True))) if tree else group("g", *own)
    units = [f"u{at}" for at in range(x.shape[1])]
    return compute(
        scheme(index, **fields | {"normalise": goals}), Table.of(dict(zip(codes, x, strict=True)), units=units)
    )


def two_levels(leaves: Any) -> Any:
    """Two pillars of three and two."""
    pillars = group("P", *(leaves[c] for c in "abc")), group("Q", *(leaves[c] for c in "de"), weight=2.0)
    return group("g", *pillars)


def drawn(k: int, n: int, seed: int = 0) -> Matrix:
    """Values from 1 to 10 with one common factor."""
    rng = np.random.default_rng(seed)
    raw = rng.normal(size=(k, n)) + rng.normal(size=n)
    return np.asarray(1 + 9 * (raw - raw.min()) / np.ptp(raw), dtype=np.float64)


def index_of(result: Result, weights: Weights) -> Vector:
    """Scores of the index with other weights, by the library's own stage."""
    return stages.aggregate(result.scores, weights, result.scheme).values[:, 0]


def rank_of(scores: Vector, unit: int) -> int:
    """A unit's rank; leads of rounding error are ties."""
    return 1 + int(np.count_nonzero(scores > scores[unit] + 1e-8))


def sampled(result: Result, region: Region, draws: int, seed: int = 0) -> Matrix:
    """Scores of the index with weights drawn as a study draws them, (draws, units)."""
    rng = np.random.default_rng(seed)
    given = result.weights
    scores = []
    for _ in range(draws):
        shares = np.array(given.shares)
        for one in result.scheme.groups:
            if region.varies(result.scheme.levels[one.code], one.code):
                at = [given.nodes.index(child.code) for child in one.children]
                assert region.spread is not None
                raw = shares[at] * rng.uniform(1 - region.spread, 1 + region.spread, len(at))
                shares[at] = raw / raw.sum()
        scores.append(index_of(result, Weights(given.nodes, given.parents, shares)))
    return np.array(scores)


def attained(result: Result, found: Bounds) -> None:
    """Hold every rank to the weights that are said to give it."""
    for at, code in enumerate(found.part.units.codes):
        assert rank_of(index_of(result, found.weights(code)), at) == found.ranks.best_found[at]
        assert rank_of(index_of(result, found.weights(code, "worst")), at) == found.ranks.worst_found[at]


@pytest.mark.parametrize("mean", ["arithmetic", "geometric", "harmonic", {"method": "power", "p": 2.0}])
@pytest.mark.parametrize("levels", [[0], [1], "all"])
def test_bounds_hold_for_all_that_is_sampled_and_are_reached(mean: Any, levels: Any) -> None:
    """Ranks and scores, with the library's own aggregation on both sides."""
    result = built(drawn(5, 12), two_levels, aggregate=mean)
    region = Region(spread=0.4, levels=levels)
    found = bounds(result, region)
    scores = sampled(result, region, 300)
    ranks = 1 + np.count_nonzero(scores[:, None, :] > scores[:, :, None], axis=2)
    frame = found.to_frame()
    assert (ranks.min(axis=0) >= frame["best"]).all()
    assert (ranks.max(axis=0) <= frame["worst"]).all()
    assert (scores.min(axis=0) >= frame["lowest"] - 1e-9).all()
    assert (scores.max(axis=0) <= frame["highest"] + 1e-9).all()
    assert frame["proven"].all()
    attained(result, found)


def test_bounds_of_three_indicators_are_those_of_every_cell() -> None:
    """One group, weights 3, 2, 1 spread by a quarter."""
    x = drawn(3, 6, seed=2)

    def tree(leaves: Any) -> Any:
        return group("g", *(leaves[c].replace(weight=w) for c, w in zip("abc", (3.0, 2.0, 1.0), strict=True)))

    found = bounds(built(x, tree), Region(spread=0.25)).to_frame()
    best, worst = extreme_ranks(x.T, box_rows(np.eye(3), [3.0, 2.0, 1.0], 0.25))
    assert found["best"].tolist() == best
    assert found["worst"].tolist() == worst
    assert found["best"].tolist() != found["worst"].tolist()


def test_shares_ratios_and_orders_bind_the_weights_that_are_given_back() -> None:
    """Every set of weights meets the conditions."""
    conditions = {
        "shares": {"a": [0.1, 0.4]},
        "ratios": [{"node": "a", "times": 1.2, "other": "b"}],
        "order": [["Q", "P"], ["d", "e"]],
    }
    result = built(drawn(5, 8), two_levels)
    found = bounds(result, Region.model_validate(conditions))
    attained(result, found)
    for code in found.part.units.codes:
        for end in ("best", "worst"):
            w = dict(zip(result.weights.nodes, found.weights(code, end).shares, strict=True))
            assert 0.1 - 1e-8 <= w["a"] <= 0.4 + 1e-8
            assert w["a"] >= 1.2 * w["b"] - 1e-8
            assert w["Q"] >= w["P"] - 1e-8
            assert w["d"] >= w["e"] - 1e-8
            assert same([w["P"] + w["Q"], w["a"] + w["b"] + w["c"], w["d"] + w["e"]], [1.0, 1.0, 1.0])


def test_a_unit_can_be_first_where_its_favourable_weights_are_not_empty() -> None:
    """For a flat additive index, by the linear program of that polytope."""
    from scipy.optimize import linprog

    x = drawn(4, 15, seed=5)
    found = bounds(built(x), Region(spread=1.0)).to_frame()
    feasible = [
        linprog(np.zeros(4), A_ub=(x - x[:, [unit]]).T, b_ub=np.zeros(15), A_eq=np.ones((1, 4)), b_eq=[1.0]).status
        == 0
        for unit in range(15)
    ]
    assert found["can_be_first"].tolist() == feasible
    assert 1 < sum(feasible) < 15


def test_the_frame_says_what_is_open() -> None:
    """Without time, whether some units can be first is missing, and their ranks are not proven."""
    result = built(drawn(6, 20, seed=1) * 0.1 + 5)
    exact, cut = bounds(result, Region(spread=1.0)), bounds(result, Region(spread=1.0), seconds=0.0)
    known, frame = exact.to_frame(), cut.to_frame()
    assert frame["can_be_first"].isna().any()
    decided = frame["can_be_first"].notna()
    assert (frame.loc[decided, "can_be_first"] == known.loc[decided, "can_be_first"]).all()
    assert (~frame["proven"]).any()
    assert "bounded, not proven" in repr(cut)
    assert f"{known['can_be_first'].sum()} can be first, all ranks proven" in repr(exact)
    attained(result, cut)


def test_nominal_ranks_and_scores_are_those_of_the_result() -> None:
    """Units that are not ranked are left out, and refused by name."""
    x = drawn(5, 7)
    x[:, 3] = np.nan
    result = built(x, two_levels, screen={"measured": 0.5, "empty": "exclude"})
    found = bounds(result, Region(spread=0.1))
    assert found.region == Region(spread=0.1)
    ranks = result.ranking.to_frame()["g"].dropna()
    frame = found.to_frame()
    assert frame.index.name == "unit"
    possible = ("best", "worst", "can_be_first", "proven", "best_found", "worst_found")
    assert frame.columns.tolist() == ["name", "rank", *possible, "lowest", "score", "highest"]
    assert frame["name"].tolist() == list(found.part.units.names)
    assert frame["rank"].tolist() == ranks.tolist()
    assert frame.index.tolist() == ["u0", "u1", "u2", "u4", "u5", "u6"]
    assert same(frame["score"], result.composite.values[:, 0])
    with pytest.raises(TableError) as refused:
        found.weights("u3")
    assert str(refused.value) == ("u3: the unit is not ranked; 0 of 5 indicators measured, 0.5 of them needed")


def test_dominance_is_what_linear_programs_say() -> None:
    """Above whatever the weights where the least lead is above 0."""
    from scipy.optimize import linprog

    result = built(drawn(5, 9), two_levels)
    region = Region(spread=0.3, levels="all")
    part, found = free_part(result, region), dominance(result, region)
    rows = part.polytope.conditions
    equal = rows.low == rows.high
    dense = rows.matrix.toarray()
    below, above = np.isfinite(rows.high) & ~equal, np.isfinite(rows.low) & ~equal
    for i in range(9):
        for j in range(9):
            cost = np.zeros(dense.shape[1])
            cost[part.polytope.leaves] = part.x[i] - part.x[j]
            program = linprog(
                cost,
                A_ub=np.vstack([dense[below], -dense[above]]),
                b_ub=np.concatenate([rows.high[below], -rows.low[above]]),
                A_eq=dense[equal],
                b_eq=rows.low[equal],
            )
            assert program.fun is not None
            assert found.above[i, j] == (program.fun > 1e-9)
    assert np.array_equal(bounds(result, region).dominance.above, found.above)


def test_tiers_and_lines_read_the_same_order() -> None:
    """By hand: x above y above z, w beside them."""
    result = built(np.array([[9.0, 8.0, 7.0, 1.0], [9.0, 8.0, 7.0, 10.0]]))
    found = dominance(result, Region(spread=1.0))
    assert found.edges == (("u0", "u1"), ("u1", "u2"))
    frame = found.to_frame()
    assert (frame.index.name, frame.index.tolist()) == ("unit", ["u0", "u1", "u2", "u3"])
    assert frame.columns.tolist() == ["name", "tier", "below", "above"]
    assert frame["name"].tolist() == list(found.part.units.names)
    assert frame["tier"].tolist() == [1, 2, 3, 1]
    assert frame["below"].tolist() == [2, 1, 0, 0]
    assert frame["above"].tolist() == [0, 1, 2, 0]
    assert repr(found) == "<Dominance g: 3 of 6 pairs in the same order for all weights, 3 tiers>"
    with pytest.raises(ValueError, match="read-only"):
        found.above[0, 0] = True


def test_the_spread_of_one_group_is_in_closed_form() -> None:
    """The lead over its size, both weighted: what each weight can take away."""
    x = drawn(4, 8)
    limits = pair_robustness(built(x), by="weights").to_numpy()
    d = x.T[:, None, :] - x.T[None, :, :]
    lead, size = d.mean(axis=2), np.abs(d).mean(axis=2)
    expected = np.divide(lead, size, out=np.ones_like(lead), where=size > 0)
    assert same(limits, np.where(lead < 0, np.nan, expected), 1e-9)


@pytest.mark.parametrize("by", ["weights", "shares"])
@pytest.mark.parametrize("levels", [None, [1], "all"])
def test_pairs_keep_their_order_up_to_the_spread_and_not_beyond(by: Any, levels: Any) -> None:
    """By the least lead of a region of that spread."""
    result = built(drawn(5, 6, seed=4), two_levels)
    limits = pair_robustness(result, by=by, levels=levels)
    nominal = result.composite.values[:, 0]
    for i in range(6):
        for j in range(6):
            s = limits.to_numpy()[i, j]
            assert np.isnan(s) == (nominal[i] < nominal[j])
            if np.isnan(s) or i == j:
                continue
            for spread, holds in ((s * 0.999, True), (min(s * 1.001, 1.0), s == 1.0)):
                part = free_part(result, Region(spread=spread, box=by, levels=levels))
                assert (part.polytope.least(part.x[i] - part.x[j]) >= -1e-12) == holds


def test_a_mixture_is_of_the_nodes_that_are_weighed() -> None:
    """Pillars by default, indicators where all levels move."""
    result = built(drawn(5, 6), two_levels)
    index, pillars = result.composite.values[:, 0], result.composite.values[:, 1:]
    limits = pair_robustness(result)
    i, j = np.argsort(-index)[:2]
    d = pillars[i] - pillars[j]
    lead = index[i] - index[j]
    assert limits.iloc[i, j] == pytest.approx(1.0 if d.min() >= 0 else lead / (lead - d.min()))
    assert (pair_robustness(result, levels="all") <= limits + 1e-12).to_numpy()[~np.isnan(limits)].all()


def test_the_smallest_change_brings_two_units_level() -> None:
    """By hand: a lead of 1 at equal weights, and each part of the weight moved is worth 8."""
    result = built(np.array([[9.0, 4.0], [3.0, 6.0]]))
    found = smallest_change(result, "u1", "u0")
    assert found.is_possible
    assert found.moved == pytest.approx(1 / 8)
    assert found.weights is not None
    assert same(found.weights.shares, [0.375, 0.625], 1e-8)
    level = index_of(result, found.weights)
    assert same(level[0], level[1], 1e-8)
    assert repr(found) == "<Change: u1 is level with u0 once 0.125 of the weight has moved>"
    assert smallest_change(result, "u0", "u1").moved == pytest.approx(0.0)


def test_no_change_within_a_region_may_be_enough() -> None:
    """And it says so."""
    result = built(np.array([[9.0, 4.0], [3.0, 6.0]]))
    found = smallest_change(result, "u1", "u0", Region(spread=0.2))
    assert not found.is_possible
    assert np.isnan(found.moved)
    assert repr(found) == "<Change: no admissible weights put u1 above u0>"


def test_no_smaller_change_is_found_by_search() -> None:
    """On a fine grid of shares of three indicators."""
    x = drawn(3, 5, seed=7)
    result = built(x)
    order = np.argsort(-x.mean(axis=0))
    unit, rival = order[1], order[0]
    found = smallest_change(result, f"u{unit}", f"u{rival}")
    a, b = np.meshgrid(np.linspace(0, 1, 201), np.linspace(0, 1, 201))
    grid = np.column_stack([a.ravel(), b.ravel(), 1 - a.ravel() - b.ravel()])
    grid = grid[grid[:, 2] >= 0]
    level = grid @ (x[:, unit] - x[:, rival]) >= 0
    least = np.abs(grid[level] - 1 / 3).sum(axis=1).min() / 2
    assert found.moved <= least + 1e-9
    assert found.moved == pytest.approx(least, abs=0.01)


@cache
def asem_result() -> Result:
    """COINr's example."""
    return compute(asem.scheme(), asem.raw())


def test_real_economies_keep_within_bounds_that_draws_do_not_reach() -> None:
    """Sub-indices and pillars of 51 economies: 2,000 draws stay inside, and miss extremes that weights give."""
    result = asem_result()
    region = Region(spread=0.25, levels=[0, 1])
    found = bounds(result, region)
    assert found.proven.all()
    attained(result, found)
    scores = sampled(result, region, 2000)
    ranks = 1 + np.count_nonzero(scores[:, None, :] > scores[:, :, None], axis=2)
    best, worst = ranks.min(axis=0), ranks.max(axis=0)
    assert (best >= found.ranks.best).all()
    assert (worst <= found.ranks.worst).all()
    missed = (best > found.ranks.best) | (worst < found.ranks.worst)
    assert missed.sum() > 10


def test_what_is_asked_of_pairs_and_bounds_is_one_of_the_words_there_are() -> None:
    """An unknown one is not taken for another."""
    result = built(drawn(3, 5))
    word: Any = "weight"
    with pytest.raises(SchemeError) as refused:
        pair_robustness(result, by=word)
    assert str(refused.value) == (
        "by: it is 'weight'; it is one of mixture, weights, shares; did you mean weights?"
    )
    word = "wrost"
    with pytest.raises(SchemeError) as refused:
        bounds(result, Region(spread=0.5)).weights("u0", word)
    assert str(refused.value) == "end: it is 'wrost'; it is one of best, worst; did you mean worst?"


def test_levels_that_no_region_has_are_refused_by_name() -> None:
    """Below the index, counted from 0."""
    with pytest.raises(SchemeError, match=r"levels.*: it is -1; it is at least 0; give 0 or more"):
        pair_robustness(built(drawn(3, 5)), levels=[-1])


def test_units_in_the_same_order_on_all_criteria_are_never_parted() -> None:
    """By equal differences or not: nothing is divided where the row is the lower one."""
    limits = pair_robustness(built(np.array([[10.0, 5.0, 1.0], [10.0, 2.0, 1.0]])))
    assert same(limits, np.where(np.tri(3, k=-1) == 1, np.nan, 1.0), 0.0)


def test_what_bounds_hold_does_not_change() -> None:
    """Ranks, weights, leads and the scores that are weighed."""
    found = bounds(built(drawn(3, 5)), Region(spread=0.5))
    for values in (*found.ranks, found.leads, found.part.x):
        with pytest.raises(ValueError, match="read-only"):
            values[0] = 0
