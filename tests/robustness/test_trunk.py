"""The trunk of a tree: scores by matrix products equal the aggregation, and where there is none it is said."""

from __future__ import annotations

import numpy as np
import pytest

from pii import stages
from pii.arrays import shares
from pii.compute import compute
from pii.robustness.trunk import at_or_above, neighbours, shape, trunk
from pii.robustness.variants import Variant
from pii.scores import Scores, Weights
from pii.table import Table
from pii.tree import Group
from tests.shared import group, leaf, same, scheme

TREE = group("i", group("p", leaf("a"), leaf("b")), group("q", group("r", leaf("c"), leaf("d")), leaf("e")))


def way(*, gaps: bool = False, index: Group = TREE, **fields: object) -> Variant:
    """Five indicators of seven units, one way."""
    x = np.random.default_rng(0).uniform(1, 9, size=(5, 7))
    if gaps:
        x[0, 2] = x[2, 3] = x[3, 3] = np.nan
    rules = scheme(index, normalise={"method": "minmax", "floor": 1.0}, screen={"measured": 0}, **fields)
    found = compute(rules, Table.of(dict(zip("abcde", x, strict=True)), units=list("tuvwxyz")))
    return Variant(rules, found.scores, found.weights)


@pytest.mark.parametrize("gaps", [False, True])
@pytest.mark.parametrize("mean", ["arithmetic", "geometric", "harmonic", {"method": "power", "p": 2.0}])
def test_scores_equal_the_aggregation_of_every_draw(mean: object, gaps: bool) -> None:
    """With groups that keep their shares as leaves, whatever mean they take."""
    one = way(gaps=gaps, aggregate=mean)
    above = at_or_above(one.scheme, {"p", "i"})
    assert above == {"i", "p"}
    found = trunk(one, shape(one.scheme, "i", above))
    assert found is not None
    assert found.shape.codes == ("a", "b", "q", "p")
    assert found.is_complete is not gaps
    drawn = np.repeat(one.weights.shares[None], 5, axis=0)
    at = [one.weights.nodes.index(code) for code in ("a", "b")]
    drawn[:, at] = shares(np.random.default_rng(1).uniform(size=(5, 2)))
    weights = Weights(one.weights.nodes, one.weights.parents, drawn)
    made = [found.scores(weights)]
    if not gaps:
        made.append(found.linear(found.shape.effective(weights.of(found.shape.codes).T)))
    for row, own in enumerate(drawn):
        nominal = Weights(weights.nodes, weights.parents, own)
        expected = stages.aggregate(one.scores, nominal, one.scheme).column("i")
        assert all(same(scores[row], expected, 1e-12) for scores in made)


def test_powers_that_lose_their_digits_make_no_trunk() -> None:
    """The groups' methods score such draws."""
    one = way(aggregate={"method": "power", "p": -300.0})
    codes = {"p", "i"}
    assert trunk(one, shape(one.scheme, "i", at_or_above(one.scheme, codes))) is None


def test_effective_shares_are_products_down_the_tree() -> None:
    """Draw by draw, of a group beside an indicator too."""
    one = way()
    found = trunk(one, shape(one.scheme, "i", at_or_above(one.scheme, {"p", "r"})))
    assert found is not None
    drawn = np.random.default_rng(2).uniform(size=(3, len(one.weights.nodes)))
    weights = Weights(one.weights.nodes, one.weights.parents, drawn)
    at = [weights.nodes.index(code) for code in found.shape.leaves]
    counted = found.shape.effective(weights.of(found.shape.codes).T)
    assert same(counted.T, weights.effective[:, at], 1e-15)


@pytest.mark.parametrize("rows", [[0], [2, 3, 4], [4, 3], [1, 3], [1, 1]])
def test_neighbours_are_the_same_rows(rows: list[int]) -> None:
    """As a slice only where they follow one another."""
    x = np.arange(5)
    found = neighbours(rows)
    assert x[found].tolist() == rows
    assert isinstance(found, slice) == (rows in ([0], [2, 3, 4]))


def test_effective_shares_sum_to_1() -> None:
    """Over the leaves, at every wanted group."""
    one = way()
    for top in ("i", "q"):
        found = trunk(one, shape(one.scheme, top, at_or_above(one.scheme, {"r", "p"})))
        assert found is not None
        shares = np.array(one.weights.of(found.shape.codes))[:, None]
        assert same(found.shape.effective(shares).sum(axis=0), [1.0], 1e-15)


@pytest.mark.parametrize(
    "index",
    [
        group("i", group("p", leaf("a"), leaf("b"), aggregate="geometric"), *TREE.children[1:]),
        group("i", group("p", leaf("a"), leaf("b"), impute="mean"), *TREE.children[1:]),
        group("i", group("p", leaf("a"), leaf("b"), normalise="rank"), *TREE.children[1:]),
        group("i", group("p", leaf("a"), leaf("b")), *TREE.children[1:], aggregate="median"),
    ],
)
def test_where_sums_are_not_all_there_is_no_trunk(index: Group) -> None:
    """Different means, gaps filled or scores scaled on their way up, and what is no power mean."""
    one = way(index=index)
    assert trunk(one, shape(one.scheme, "i", at_or_above(one.scheme, {"p"}))) is None


@pytest.mark.parametrize("score", [0.0, -1.0])
@pytest.mark.parametrize(("mean", "there"), [("arithmetic", True), ("geometric", False), ("harmonic", False)])
def test_scores_that_have_no_power_have_no_trunk(mean: str, there: bool, score: float) -> None:
    """From 0 down, by any mean but the arithmetic one: the groups' methods say so."""
    one = way(aggregate=mean)
    values = np.array(one.scores.values)
    values[3, 1] = score
    low = Variant(one.scheme, Scores(one.scores.units, one.scores.columns, values), one.weights)
    assert (trunk(low, shape(one.scheme, "i", at_or_above(one.scheme, {"p", "r"}))) is not None) == there
