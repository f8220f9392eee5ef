"""One change at a time: by shares alone or by schemes edited, the scores are those of an index without it."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from pii.choices.alternatives import VaryAggregation, VaryNormalisation
from pii.choices.choice import Edit
from pii.choices.weights import WeightBox
from pii.compute import compute
from pii.errors import MethodError, PiiError, SchemeError
from pii.methods.aggregate import Aggregator
from pii.methods.weigh import Equal, Given
from pii.result import Result
from pii.robustness.one_at_a_time import Swaps, _computed, _gone_with, _reweighted, leave_out, swap
from pii.screen import Screen
from pii.table import Table
from pii.tree import Group
from tests.robustness.test_plan import lightened
from tests.shared import group, leaf, same, scheme
from tests.slow_study import chosen
from tests.strategies import any_of, indices, quick

GAP = float("nan")


def index(tree: Group, columns: dict[str, list[float]], **fields: Any) -> Result:
    """An index of units u0, u1, ... of which every one is ranked."""
    units = [f"u{at}" for at in range(len(next(iter(columns.values()))))]
    return compute(
        scheme(tree, screen={"measured": 0.0, "empty": "exclude"}, **fields), Table.of(columns, units=units)
    )


@st.composite
def results(draw: st.DrawFn) -> Result:
    """A small index with gaps, only children, groups in groups and weights 0, whose shares are of themselves."""
    read, table = draw(indices())
    light = draw(st.sets(st.sampled_from([node.code for node in read.nodes])))
    tree = lightened(_by_shares(read.index), light)
    read = read.replace(
        index=tree,
        weigh=draw(st.sampled_from([Given(), Equal()])),
        coverage=0.0,
        aggregate=draw(any_of(Aggregator).filter(lambda method: method.is_mean)),
        screen=Screen(measured=0.0, empty="exclude"),
    )
    try:
        return compute(read, table)
    except PiiError:
        assume(False)
        raise


def _by_shares(tree: Group) -> Group:
    children = tuple(_by_shares(child) if isinstance(child, Group) else child for child in tree.children)
    weigh = tree.weigh if isinstance(tree.weigh, Given | Equal) else None
    return tree.replace(children=children, coverage=None, weigh=weigh)


@given(results())
@quick
def test_leaving_out_by_shares_equals_leaving_out_of_the_scheme(result: Result) -> None:
    """With gaps, weights 0, only children and groups in groups."""
    read = result.scheme
    gone = {node.code: _gone_with(read, node.code) for node in read.nodes[1:]}
    codes = [code for code in gone if gone[code] != read.index.code]
    assume(codes)
    slow = _computed(result, {code: Edit(dropped=gone[code]) for code in codes})
    assert same(_reweighted(result, [gone[code] for code in codes]), slow, 1e-12)


def tree() -> Group:
    """Two pillars of two, and an indicator beside them."""
    return group("i", group("p", leaf("a"), leaf("b")), group("q", leaf("c", weight=3.0), leaf("d")), leaf("e"))


def values(n: int = 7) -> dict[str, list[float]]:
    """Columns a to e."""
    x = np.random.default_rng(1).uniform(1, 9, size=(5, n))
    return {code: row.tolist() for code, row in zip("abcde", x, strict=True)}


@pytest.mark.parametrize("fields", [{}, {"coverage": 0.5}, {"weigh": "standard_deviation"}, {"impute": "em"}])
def test_leaving_out_is_computing_without(fields: dict[str, Any]) -> None:
    """Each indicator, and each group; with weights made anew and gaps filled anew."""
    columns = values(12)
    columns["a"][3] = columns["c"][5] = columns["d"][5] = GAP
    result = index(tree(), columns, **fields)
    for found, codes in ((leave_out(result), "abcde"), (leave_out(result, "groups"), "pq")):
        assert found.changes == tuple(f"without {code}" for code in codes)
        for code, scores in zip(codes, found.scores, strict=True):
            assert same(scores, index(without(tree(), code), columns, **fields).composite.values[:, 0], 1e-12)


def without(node: Group, code: str) -> Group:
    """A tree without a node."""
    children = [without(c, code) if isinstance(c, Group) else c for c in node.children if c.code != code]
    return node.replace(children=tuple(children))


def test_a_group_goes_with_all_that_counts_in_it() -> None:
    """An only child, or one whose siblings have weight 0; the index does not."""
    top = group("i", group("p", group("q", leaf("a")), leaf("b", weight=0.0)), leaf("c"))
    for fields in ({}, {"impute": "row_mean"}):
        columns = {"a": [1.0, 2, 3, 4], "b": [4.0, 3, 5, 1], "c": [1.0, 9, 3, GAP]}
        found = leave_out(index(top, columns, **fields))
        assert found.changes == ("without a", "without b", "without c")
        assert same(found.scores[0], index(group("i", leaf("c")), columns, **fields).composite.values[:, 0], 1e-12)
    single = index(
        group("i", group("p", leaf("a", weight=1.0), leaf("b", weight=0.0))), {"a": [1.0, 2], "b": [2.0, 1]}
    )
    assert leave_out(single).changes == ("without b",)
    assert leave_out(single, "groups").changes == ()
    assert leave_out(single, "groups").scores.shape == (0, 2)


def test_leaving_out_a_unit_may_move_the_scale_of_the_others() -> None:
    """It has no score itself, and the others' are those of an index of them."""
    columns = values()
    result = index(tree(), columns)
    found = leave_out(result, "units")
    assert found.changes[2] == "without u2"
    assert np.isnan(found.scores.diagonal()).all()
    others = [at for at in range(7) if at != 2]
    alone = index(tree(), {code: [column[at] for at in others] for code, column in columns.items()})
    assert same(found.scores[2, others], alone.composite.values[:, 0], 0.0)
    assert not np.allclose(found.scores[2, others], result.composite.values[others, 0])


def test_a_unit_without_which_there_is_no_scale_is_named() -> None:
    """The one that differs."""
    result = index(group("i", leaf("a"), leaf("b")), {"a": [1.0, 1, 2], "b": [1.0, 2, 3]})
    with pytest.raises(MethodError) as refused:
        leave_out(result, "units")
    assert str(refused.value) == (
        "without u2: a: every value is 1; a scale needs a width; leave the indicator out, or declare the constant"
        " score it is to have"
    )


def test_units_that_are_not_ranked_are_in_no_change() -> None:
    """Whatever is left out."""
    columns = values()
    for code in "abcd":
        columns[code][4] = GAP
    units = [f"u{at}" for at in range(7)]
    result = compute(scheme(tree(), screen={"measured": 0.5}), Table.of(columns, units=units))
    for found in (leave_out(result), leave_out(result, "units")):
        assert found.scores.shape[1] == 6
        assert "u4" not in set(found.to_frame()["unit"])


def test_swaps_compute_each_alternative_in_turn() -> None:
    """All else as it stands; weights have none, and are passed over."""
    result = index(tree(), values(), normalise={"method": "minmax", "floor": 1.0})
    choices = [
        WeightBox(),
        chosen(VaryNormalisation, among=["rank", "zscore"], name="scale"),
        chosen(VaryAggregation, among=["geometric"], groups=["p"]),
    ]
    found = swap(result, choices)
    assert found.changes == ("scale: rank", "scale: zscore", "aggregate: geometric")
    own = tree().replace(children=(tree().children[0].replace(aggregate="geometric"), *tree().children[1:]))
    changes: list[dict[str, Any]] = [{"normalise": "rank"}, {"normalise": "zscore"}, {"index": own}]
    for scores, fields in zip(found.scores, changes, strict=True):
        assert same(scores, compute(result.scheme.replace(**fields), result.measured).composite.values[:, 0], 0.0)
    declared = result.scheme.replace(uncertainty={"choices": choices})
    assert same(swap(compute(declared, result.measured)).scores, found.scores, 0.0)


def test_an_alternative_that_cannot_be_had_is_named() -> None:
    """By its rule, or by its data."""
    result = index(tree(), values())
    with pytest.raises(SchemeError) as against:
        swap(result, [chosen(VaryAggregation, among=["median", "geometric"])])
    rule = "that mean needs scores above 0; use min-max with floor 1, or the arithmetic mean"
    assert [str(problem) for problem in against.value.problems] == [
        f"aggregate: geometric: {code!r} has a lowest score of 0, and {above!r} takes the geometric mean; {rule}"
        for code, above in zip("eabcd", "ippqq", strict=True)
    ]
    columns = values()
    columns["b"][1] = 0.0
    with pytest.raises(MethodError) as refused:
        swap(index(tree(), columns, normalise="none"), [chosen(VaryAggregation, among=["geometric"])])
    assert str(refused.value) == (
        "aggregate: geometric: b: u1: the score is 0; a geometric mean needs scores above 0; normalise to a scale"
        " above 0 (such as min-max with floor 1), or aggregate another way"
    )
    with pytest.raises(SchemeError) as nothing:
        swap(result)
    assert str(nothing.value) == (
        "uncertainty: nothing is said to be uncertain; a study varies something; add uncertainty: {choices: "
        "[...], seed: ...} to the scheme"
    )


def test_the_summary_counts_who_moves_and_says_who_moves_most() -> None:
    """From ranks as they stand; a change that moves nobody has nobody."""
    columns = {"a": [4.0, 3, 2, 1], "b": [1.0, 4, 2, 3]}
    result = index(group("i", leaf("a", weight=3.0), leaf("b")), columns)
    found = Swaps(result, ("x", "y"), np.array([result.composite.values[:, 0], [1.0, 2.0, 3.0, np.nan]]))
    assert result.ranking.values[:, 0].tolist() == [1.0, 1.0, 3.0, 4.0]
    assert found.ranks[1].tolist()[:3] == [3.0, 2.0, 1.0]
    summary: Any = found.summary()
    assert (summary.index.name, summary.index.tolist()) == ("change", ["x", "y"])
    assert summary.columns.tolist() == ["mean_shift", "largest", "whose", "moved"]
    assert summary.loc["x"].tolist() == [0.0, 0.0, "", 0]
    assert summary.loc["y"].tolist() == [5 / 3, 2.0, "u0", 3]
    frame: Any = found.to_frame()
    assert frame[frame["change"] == "y"]["shift"].tolist()[:3] == [2.0, 1.0, -2.0]
    assert np.isnan(frame["new_rank"].iloc[-1])
    assert list(frame.columns) == ["change", "unit", "name", "rank", "new_rank", "shift", "score"]
    assert frame["name"].tolist() == list(result.composite.units.names) * 2
    assert repr(found) == "<Swaps of i: 2 changes>"
