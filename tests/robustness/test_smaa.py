"""SMAA-2: central weights are the mean of those that put a unit first; confidence is how often they do, and whom."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from pii.choices.alternatives import LeaveOut, MultipleImputation, VaryAggregation, VaryNormalisation
from pii.choices.data import DataError
from pii.choices.design import Uncertainty
from pii.choices.weights import WeightBox, WeightDirichlet
from pii.compute import compute
from pii.errors import SchemeError
from pii.methods.sample import RandomPoints
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
    """And confidence the share of the draws of all else in which it, or another, is first by them."""
    found = made(*choices)
    frame: Any = found.central_weights()
    cross: Any = found.cross_confidence()
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
            assert cross.loc[code].isna().all()
            continue
        central = dict(zip(codes, shares[first].mean(axis=0).tolist(), strict=True))
        assert same([frame.loc[code, name] for name in varied], [central[name] for name in varied], 1e-12)
        index = weighted(read().index, nominal | {name: central[name] for name in varied})
        confidence = np.zeros(6)
        for combination, count in zip(*np.unique(plan.combinations(u), axis=0, return_counts=True), strict=True):
            fields: dict[str, Any] = {"index": index}
            if combination.size:
                fields |= {"normalise": SCALES.among[combination[0]], "aggregate": MEANS.among[combination[1]]}
            places = compute(read().replace(**fields), table()).ranking.values[:, 0]
            confidence += count / 256 * (places == 1)
        assert same(cross.loc[code], confidence, 1e-12)
        assert frame.loc[code, "confidence"] == cross.loc[code, code]
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
    cross = found.cross_confidence("q")
    assert same(cross.loc[frame["first"] > 0].sum(axis=1), np.full((frame["first"] > 0).sum(), 0.5), 1e-12)


def test_errors_of_data_and_weights_that_do_not_vary_have_no_confidence_to_tell() -> None:
    """Missing with the first; without columns of weights with the second, where it is how often a unit is first."""
    found = made(WeightBox(), DataError(relative=0.1), draws=16)
    frame: Any = found.central_weights()
    assert frame["confidence"].isna().all()
    assert frame["first"].sum() == 1
    assert found.cross_confidence().isna().all(axis=None)
    found = made(MEANS, draws=16)
    frame = found.central_weights()
    assert list(frame.columns) == ["name", "first", "confidence"]
    first = frame["first"]
    assert 0 < (first > 0).sum() < 6
    assert same(frame["confidence"], first.where(first > 0), 1e-12)
    assert same(found.cross_confidence()[first > 0], np.tile(first, ((first > 0).sum(), 1)), 1e-12)


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


def test_units_that_are_alike_are_both_first_by_eithers_weights() -> None:
    """And each is the other's rival in every draw."""
    rows = Table.of({"a": [9.0, 9.0, 1.0], "b": [5.0, 5.0, 8.0]}, units=list("xyz"))
    found = study(scheme(group("i", leaf("a"), leaf("b"))), rows, [WeightDirichlet()], draws=64, seed=0)
    cross: Any = found.cross_confidence()
    assert list(cross.index) == list(cross.columns) == list("xyz")
    assert cross.index.name == "unit"
    assert cross.loc[["x", "y"], ["x", "y"]].to_numpy().tolist() == [[1.0, 1.0], [1.0, 1.0]]
    assert cross.loc["z"].tolist() == [0.0, 0.0, 1.0]


def test_draws_that_are_left_out_are_not_among_all_else() -> None:
    """Shares are of those that are counted."""
    scales = chosen(VaryNormalisation, among=["rank", "zscore"])
    uncertain = chosen(Uncertainty, choices=[WeightBox(), scales, MEANS], draws=256, seed=0, conflicts="exclude")
    found = study(read(), table(), uncertain)
    assert 0 < found.left_out < 256
    cross = found.cross_confidence().dropna()
    assert same(cross.sum(axis=1), np.ones(len(cross)), 1e-12)
    parts = cross.to_numpy() * found.draws
    assert same(parts, parts.round(), 1e-9)


def test_chunks_of_draws_count_all_else_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """However few draws are in each."""
    whole: Any = made(WeightDirichlet(), SCALES, sampler=RandomPoints()).cross_confidence()
    monkeypatch.setattr("pii.robustness.plan._NUMBERS", 300)
    found = made(WeightDirichlet(), SCALES, sampler=RandomPoints())
    assert found.plan.chunk < 256
    assert 0.5 < whole.loc["u", "u"] < 1
    assert same(found.cross_confidence(), whole, 1e-12)


@pytest.mark.parametrize(("worth", "values"), [("linear", [1, 0.5, 0]), ("inverse", [1, 1 / 2, 1 / 3])])
def test_the_holistic_index_is_the_mean_worth_of_a_units_ranks(worth: Any, values: list[float]) -> None:
    """Its error the standard error of that mean; 1 for who is first in every draw."""
    rows = Table.of({"a": [9.0, 1.0, 2.0], "b": [9.0, 8.0, 2.0]}, units=list("xyz"))
    found = study(scheme(group("i", leaf("a"), leaf("b"))), rows, [WeightDirichlet()], draws=64, seed=0)
    frame: Any = found.holistic(worth=worth)
    assert list(frame.columns) == ["name", "index", "error"]
    assert frame["name"].tolist() == list(found.units.names)
    worths = np.array(values)[found.places[0] - 1]
    assert same(frame["index"], worths.mean(axis=0), 1e-12)
    assert same(frame["error"], worths.std(axis=0) / 8, 1e-12)
    assert frame["index"].iloc[0] == 1
    assert frame["error"].iloc[1] > 0


def test_a_worth_of_another_name_is_refused() -> None:
    """With the names there are."""
    name: Any = "quadratic"
    with pytest.raises(SchemeError) as refused:
        made(WeightBox(), draws=4).holistic(worth=name)
    assert str(refused.value) == (
        "worth: it is 'quadratic'; it is one of linear, inverse, centroid; name one of them"
    )
