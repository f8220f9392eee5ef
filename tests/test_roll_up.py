"""Scores of groups from those of their children: for many draws at once as for each alone, and as worked by hand."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from pii.arrays import Matrix, sealed, shares
from pii.compute import compute
from pii.errors import MethodError, PiiError
from pii.result import Result
from pii.roll_up import children_scores, roll_up
from pii.scheme import Scheme
from pii.scores import Scores, Weights
from pii.table import Table, Units
from tests.shared import group, leaf, same, scheme
from tests.strategies import indices, quick

GAP = float("nan")


@st.composite
def results(draw: st.DrawFn) -> Result:
    """A small index that can be computed."""
    read, table = draw(indices())
    try:
        return compute(read, table)
    except PiiError:
        assume(False)
        raise


def drawn(result: Result, n: int) -> Weights:
    """Random shares, (draws, nodes), of which a few are 0."""
    random = np.random.default_rng(n)
    nominal = result.weights
    x = random.random((n, len(nominal.nodes)))
    x[random.random(x.shape) < 0.1] = 0.0
    for parent in dict.fromkeys(nominal.parents):
        among = np.array(nominal.parents) == parent
        x[:, among] = shares(x[:, among] + (x[:, among].sum(axis=1, keepdims=True) == 0))
    return Weights(nominal.nodes, nominal.parents, sealed(x))


@given(results(), st.integers(1, 4))
@quick
def test_many_draws_are_scored_as_each_alone(result: Result, n: int) -> None:
    """Every group, with gaps, coverage and groups in groups."""
    weights = drawn(result, n)
    read = result.scheme
    together = roll_up(result.scores, weights, read, read.index)
    for row in range(n):
        one = Weights(weights.nodes, weights.parents, sealed(weights.shares[row].copy()))
        alone = roll_up(result.scores, one, read, read.index)
        assert together.keys() == alone.keys() == {node.code for node in read.groups}
        for code in alone:
            assert same(together[code][row], alone[code], 1e-12)


@given(results())
@quick
def test_groups_that_are_known_are_not_computed_again(result: Result) -> None:
    """Nor what is below them; those above have the same scores."""
    read, weights = result.scheme, result.weights
    whole = roll_up(result.scores, weights, read, read.index)
    for node in read.groups[1:]:
        part = roll_up(result.scores, weights, read, node)
        assert same(part[node.code], whole[node.code], 0.0)
        again = roll_up(result.scores, weights, read, read.index, known=part)
        assert all(same(again[code], whole[code], 0.0) for code in whole)
    changed = {code: np.ones_like(score) for code, score in whole.items() if code != read.index.code}
    if changed:
        again = roll_up(result.scores, weights, read, read.index, known=changed)
        assert all((again[code] == 1).all() for code in changed)


def scores(x: Any, codes: str = "abc") -> Scores:
    """Scores of three indicators."""
    values: Matrix = np.array(x, dtype=np.float64)
    units = Units(
        tuple(f"u{at}" for at in range(values.shape[1])), labels={"region": ("n", "n", "s")[: values.shape[1]]}
    )
    return Scores(units, tuple(codes), sealed(values).T)


def weights(*w: float) -> Weights:
    """Of a and b in p, then p and c in i."""
    return Weights(("p", "a", "b", "c"), ("i", "p", "p", "i"), sealed(np.array([w[2], w[0], w[1], w[3]])))


def two(**fields: Any) -> Scheme:
    """A group of two beside an indicator."""
    return scheme(group("i", group("p", leaf("a"), leaf("b"), **fields), leaf("c")), labels=[{"code": "region"}])


def test_a_mean_of_a_mean() -> None:
    """What is missing drops out, group by group."""
    found = roll_up(
        scores([[1.0, 2, GAP], [3, GAP, GAP], [5, 6, 7]]), weights(0.25, 0.75, 0.5, 0.5), two(), two().index
    )
    assert same(found["p"], [2.5, 2.0, GAP], 1e-15)
    assert same(found["i"], [3.75, 4.0, 7.0], 1e-15)


def test_a_group_with_too_few_children_has_no_score() -> None:
    """By its own limit; children without weight are children."""
    x = scores([[1.0, 2, GAP], [3, GAP, GAP], [5, 6, 7]])
    found = roll_up(x, weights(1.0, 0.0, 0.5, 0.5), two(coverage=1.0), two(coverage=1.0).index)
    assert same(found["p"], [1.0, GAP, GAP], 1e-15)
    assert same(found["i"], [3.0, 6.0, 7.0], 1e-15)


def test_a_group_fills_its_own_gaps_after_it_is_scored() -> None:
    """By its method, with labels, draw by draw."""
    read = two(impute={"method": "group_mean", "by": "region"}, coverage=1.0)
    x = scores([[1.0, 2, 3], [3, GAP, 3], [5, 6, 7]])
    assert same(roll_up(x, weights(0.5, 0.5, 0.5, 0.5), read, read.index)["p"], [2.0, 2.0, 3.0], 1e-15)
    many = weights(0.5, 0.5, 0.5, 0.5)
    drawn = Weights(many.nodes, many.parents, sealed(np.array([many.shares, [0.5, 1.0, 0.0, 0.5]])))
    assert same(roll_up(x, drawn, read, read.index)["p"], [[2.0, 2.0, 3.0], [1.0, 1.0, 3.0]], 1e-15)


def test_scores_that_a_method_is_not_defined_for_are_all_named() -> None:
    """By child and unit, of every group."""
    read = scheme(
        group("i", group("p", leaf("a"), leaf("b"), aggregate="geometric"), leaf("c")), normalise="none"
    ).replace(aggregate="harmonic")
    with pytest.raises(MethodError) as caught:
        roll_up(scores([[1.0, -2, 3], [3, 1, 3], [5, 6, 0]]), weights(0.5, 0.5, 0.5, 0.5), read, read.index)
    assert [(problem.indicator, problem.unit) for problem in caught.value.problems] == [("a", "u1"), ("c", "u2")]


def test_a_group_whose_scores_cannot_be_scaled_is_named() -> None:
    """It is scored, and then there is no width to scale by."""
    read = scheme(group("i", group("p", leaf("a"), leaf("b"), normalise="minmax"), leaf("c")), normalise="none")
    with pytest.raises(MethodError) as caught:
        roll_up(scores([[1.0, 1, 1], [3, 3, 3], [5, 6, 0]]), weights(0.5, 0.5, 0.5, 0.5), read, read.index)
    assert [(problem.indicator, problem.found) for problem in caught.value.problems] == [("p", "every value is 2")]


def test_children_stand_in_the_order_of_the_group() -> None:
    """Indicators beside groups, and draws beside what does not vary."""
    x = scores([[1.0, 2], [3, 4], [5, 6]])
    read = two()
    assert same(children_scores(read.groups[1], {}, x), [[1, 2], [3, 4]], 0.0)
    assert np.shares_memory(children_scores(read.groups[1], {}, x), x.values)
    found = children_scores(read.index, {"p": np.array([[7.0, 8.0], [9.0, 0.0]])}, x)
    assert same(found, [[[7, 8], [5, 6]], [[9, 0], [5, 6]]], 0.0)


def test_the_index_of_a_table_is_what_rolling_up_gives() -> None:
    """As ``compute`` has it."""
    columns = {"a": [1.0, 2, 3], "b": [3.0, GAP, 1], "c": [5.0, 6, 7]}
    result = compute(two(), Table.of(columns, units=Units(("u", "v", "w"), labels={"region": ("n", "n", "s")})))
    found = roll_up(result.scores, result.weights, two(), two().index)
    assert all(same(found[code], result.composite.column(code), 0.0) for code in ("i", "p"))
