"""SMAA-2: central weights are the mean of those that put a unit first, and confidence how often they do."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from pii.choices.alternatives import LeaveOut, MultipleImputation, VaryAggregation, VaryNormalisation
from pii.choices.data import DataError
from pii.choices.weights import WeightBox, WeightDirichlet
from pii.compute import compute
from pii.robustness.smaa import _central_shares
from pii.robustness.study import Study, study
from pii.scheme import Scheme
from pii.table import Table
from pii.tree import Group
from tests.shared import group, leaf, same, scheme
from tests.slow_study import chosen

SCALES = chosen(VaryNormalisation, among=["rank", {"method": "minmax", "floor": 1.0}], probabilities=[1, 3])
MEANS = chosen(VaryAggregation, among=["arithmetic", "geometric"])


def read() -> Scheme:
    """Two pillars, one of three."""
    tree = group("i", group("p", leaf("a"), leaf("b"), leaf("c", weight=2.0)), group("q", leaf("d"), leaf("e")))
    return scheme(tree, normalise={"method": "minmax", "floor": 1.0})


def table() -> Table:
    """Six units, the last below another everywhere."""
    x = np.random.default_rng(8).uniform(1, 9, size=(5, 6))
    x[:, 5] = x[:, 0] / 2
    return Table.of(dict(zip("abcde", x, strict=True)), units=list("uvwxyz"))


def made(*choices: Any, draws: int = 256, **more: Any) -> Study:
    """A study of it."""
    return study(read(), table(), list(choices), draws=draws, seed=3, **more)


def weighted(node: Group, shares: dict[str, float]) -> Group:
    """The tree with shares as weights."""
    children = [weighted(child, shares) if isinstance(child, Group) else child for child in node.children]
    return node.replace(
        weigh="given", children=tuple(child.replace(weight=shares[child.code]) for child in children)
    )


@pytest.mark.parametrize("choices", [[WeightDirichlet()], [WeightBox(spread=1.0, groups=["p"]), SCALES, MEANS]])
def test_central_weights_are_the_mean_of_those_that_put_a_unit_first(choices: list[Any]) -> None:
    """And confidence the share of the draws of all else in which it is first by them."""
    found = made(*choices)
    frame: Any = found.central_weights()
    plan = found.plan
    u = plan.points(0, 256)
    shares = np.empty((256, 7))
    for way, rows in plan.ways_of(u):
        shares[rows] = plan.shares(way, u[rows]).shares
    codes = list(plan.nominal.weights.nodes)
    varied = codes if len(choices) == 1 else ["a", "b", "c"]
    assert sorted(frame.columns) == sorted(["name", "first", "confidence", *varied])
    nominal = dict(zip(codes, plan.nominal.weights.shares.tolist(), strict=True))
    for at, code in enumerate("uvwxyz"):
        first = found.places[0, :, at] == 1
        assert frame.loc[code, "first"] == first.mean()
        if not first.any():
            assert frame.loc[code, ["confidence", *varied]].isna().all()
            continue
        central = dict(zip(codes, shares[first].mean(axis=0).tolist(), strict=True))
        assert same([frame.loc[code, name] for name in varied], [central[name] for name in varied], 1e-12)
        index = weighted(read().index, nominal | {name: central[name] for name in varied})
        confidence = 0.0
        for combination, count in zip(*np.unique(plan.combinations(u), axis=0, return_counts=True), strict=True):
            fields: dict[str, Any] = {"index": index}
            if combination.size:
                fields |= {"normalise": SCALES.among[combination[0]], "aggregate": MEANS.among[combination[1]]}
            places = compute(read().replace(**fields), table()).ranking.values[:, 0]
            confidence += count / 256 * (places[at] == 1)
        assert abs(frame.loc[code, "confidence"] - confidence) < 1e-12
    assert np.isnan(frame.loc["z", "confidence"])


def test_central_weights_are_shares_of_their_group() -> None:
    """They sum to 1 in each whose weights vary."""
    frame = made(WeightDirichlet()).central_weights()
    ever = frame["first"] > 0
    for codes in (["p", "q"], ["a", "b", "c"], ["d", "e"]):
        assert same(frame.loc[ever, codes].sum(axis=1), np.ones(ever.sum()), 1e-12)


def test_weights_alone_leave_nothing_uncertain_by_central_weights() -> None:
    """Means of weights that put a unit first by an arithmetic mean put it first, in one group."""
    flat = scheme(group("i", *map(leaf, "abcde")))
    frame = study(flat, table(), [WeightDirichlet()], draws=256, seed=3).central_weights()
    assert set(frame.loc[frame["first"] > 0, "confidence"]) == {1.0}


def test_a_node_that_is_left_out_counts_nothing() -> None:
    """Its siblings' central weights are scaled up in the draws without it."""
    found = made(WeightDirichlet(groups=["p"]), LeaveOut(nodes=["a"]))
    frame: Any = found.central_weights()
    u = found.plan.points(0, 256)
    without = found.plan.combinations(u)[:, 0] == 1
    shares = np.zeros((256, 3))
    for way, rows in found.plan.ways_of(u):
        codes = [code for code in "abc" if code in way.weights.nodes]
        there = np.array(["abc".index(code) for code in codes])
        shares[np.ix_(rows, there)] = found.plan.shares(way, u[rows]).of(codes)
    assert (shares[without, 0] == 0).all()
    for at, code in enumerate("uvwxyz"):
        first = found.places[0, :, at] == 1
        if first.any():
            assert same(frame.loc[code, ["a", "b", "c"]].to_numpy(dtype=float), shares[first].mean(axis=0), 1e-12)
    way = found.plan.ways[1,]
    central = _central_shares(way, np.array([[0.5, 0.2, 0.3]]), ["a", "b", "c"])
    assert same(central.of(["b", "c"])[0], [0.4, 0.6], 1e-15)
    assert same(central.of(["d", "e"])[0], [0.5, 0.5], 1e-15)


def test_a_wanted_group_that_is_left_out_makes_nobody_first() -> None:
    """In the draws without it, of 256 the half."""
    found = made(WeightDirichlet(), LeaveOut(nodes=["q"]), nodes=["q", "i"])
    frame = found.central_weights("q")
    assert frame["first"].sum() == 0.5
    assert frame["confidence"].max() <= 0.5


def test_errors_of_data_and_weights_that_do_not_vary_have_no_confidence_to_tell() -> None:
    """Missing with the first; without columns of weights with the second."""
    frame: Any = made(WeightBox(), DataError(relative=0.1), draws=16).central_weights()
    assert frame["confidence"].isna().all()
    assert frame["first"].sum() == 1
    assert list(made(MEANS, draws=16).central_weights().columns) == ["name", "first", "confidence"]


def test_imputations_are_part_of_all_else() -> None:
    """Each as often as it is drawn."""
    columns = {code: np.array(table().column(code)) for code in "abcde"}
    random = np.random.default_rng(0)
    columns = {code: np.append(x, random.uniform(1, 9, size=14)) for code, x in columns.items()}
    columns["a"][:3] = np.nan
    rows = Table.of(columns, units=[f"u{at}" for at in range(20)])
    choices: list[Any] = [WeightDirichlet(), MultipleImputation(n=4)]
    frame = study(read(), rows, choices, draws=256, seed=0).central_weights()
    parts = frame["confidence"].dropna() * 4
    assert same(parts, parts.round(), 1e-12)
