"""The whole index: equal to the slow transcription, and indifferent to what should not matter."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pii.compute import compute
from pii.errors import TableError
from pii.scheme import Scheme
from pii.table import Table, Units
from pii.tree import Group
from tests import (
    slow,
    slow_aggregate,  # noqa: F401 - registers its transcriptions
    slow_treat,  # noqa: F401 - registers its transcriptions
    strategies,
)
from tests.shared import group, leaf, same, scheme

Index = tuple[Scheme, Table]


@given(strategies.indices())
@settings(strategies.quick, max_examples=120)
def test_equals_the_slow_transcription(drawn: Index) -> None:
    """Scores of every node of every unit, who is ranked, and the ranks."""
    read, measured = drawn
    found, expected = compute(read, measured), slow.compute(read, measured)
    assert list(found.composite.units.codes) == expected.ranked
    for part in (found.scores, found.composite):
        for code in part.columns:
            assert same(part.column(code), expected.scores[code], 1e-9)
    scores = found.composite.values[:, 0]
    gaps = np.diff(np.sort(scores[~np.isnan(scores)]))
    if not ((gaps > 0) & (gaps < 1e-9)).any():  # a tie by the formula may differ in the last digit
        assert same(found.ranking.values[:, 0], slow.rank(read.rank, scores.tolist()), 0.0)


@given(strategies.indices())
@strategies.quick
def test_doubling_all_weights_changes_nothing(drawn: Index) -> None:
    """Only ratios among siblings count."""

    def doubled(node: Group) -> Group:
        children = [
            (doubled(child) if isinstance(child, Group) else child).replace(weight=2 * child.weight)
            for child in node.children
        ]
        return node.replace(children=children)

    read, measured = drawn
    twice = read.replace(index=doubled(read.index))
    assert same(compute(twice, measured).composite.values, compute(read, measured).composite.values, 0.0)


@given(strategies.indices(), st.data())
@strategies.quick
def test_permuting_units_permutes_the_result(drawn: Index, data: st.DataObject) -> None:
    """Scores and ranks go with the unit's code."""
    read, measured = drawn
    here = compute(read, measured)
    there = compute(read, measured.take(data.draw(strategies.shuffled(len(measured.units)))))
    order = [here.composite.units.codes.index(code) for code in there.composite.units.codes]
    assert same(there.composite.values, here.composite.values[order], 1e-9)


@given(strategies.indices())
@strategies.quick
def test_the_input_is_not_changed(drawn: Index) -> None:
    """The scheme and the table are what they were, and computing again gives the same bits."""
    read, measured = drawn
    before, text = measured.values.copy(), read.model_dump_json()
    first, second = compute(read, measured), compute(read, measured)
    assert np.array_equal(measured.values, before, equal_nan=True)
    assert read.model_dump_json() == text
    assert np.array_equal(first.composite.values, second.composite.values, equal_nan=True)


PAIR = scheme(group("g", leaf("a"), leaf("b", direction=-1)))


def test_units_with_the_same_data_share_their_rank() -> None:
    """Wherever they stand in the table."""
    codes = tuple(f"i{at}" for at in range(9))
    units = Units(tuple(f"{at:02}" for at in range(63)))
    for seed in range(20):
        random = np.random.default_rng(seed)
        index = group("g", *(leaf(code, weight=float(random.uniform(0.1, 1))) for code in codes))
        values = random.uniform(0, 100, (63, 9))
        values[2::5] = values[2]
        ranks = compute(scheme(index), Table(units, codes, values)).ranking.column("g")
        assert len(set(ranks[2::5].tolist())) == 1


def test_a_base_year_makes_two_editions_compare() -> None:
    """The same values score the same in both, and better ones than the base year's best score above it."""
    base = compute(PAIR, Table.of({"a": [0, 10], "b": [5, 0]}, units=["x", "y"], period="2023"))
    later = Table.of({"b": [5, 0, 5], "a": [0, 10, 20]}, units=["x", "y", "z"], period="2024")
    result = compute(PAIR, later, reference=base)
    assert same(result.composite.column("g"), [0.0, 100.0, 100.0])
    assert same(result.composite.values[:2], base.composite.values)


def test_a_base_year_without_an_indicator_is_refused() -> None:
    """With the name of the column."""
    base = compute(scheme(group("g", leaf("a"))), Table.of({"a": [0, 10]}, units=["x", "y"]))
    with pytest.raises(ValueError, match="b"):
        compute(PAIR, Table.of({"a": [0, 10], "b": [5, 0]}, units=["x", "y"]), reference=base)


def test_units_that_are_not_ranked_do_not_fix_the_scale() -> None:
    """An outlier with too few data has no say in what the others score."""
    read = scheme(group("g", leaf("a"), leaf("b"), leaf("c")))
    nan = float("nan")
    table = Table.of({"a": [0, 10, 900], "b": [0, 10, nan], "c": [0, 10, nan]}, units=["x", "y", "z"])
    result = compute(read, table)
    assert result.composite.units.codes == ("x", "y")
    assert same(result.composite.column("g"), [0.0, 100.0], 1e-15)
    assert result.unranked == {"z": ("1 of 3 indicators measured, 0.6667 of them needed",)}


def test_an_index_that_nobody_can_be_ranked_in_is_refused() -> None:
    """With the reasons of every unit, and not with an error of arrays."""
    read = scheme(group("g", leaf("a"), leaf("b")), screen={"exclude": ["y"]})
    with pytest.raises(TableError) as caught:
        compute(read, Table.of({"a": [1.0, 2.0], "b": [None, 3.0]}, units=["x", "y"]))
    assert [str(problem).split("; ")[:2] for problem in caught.value.problems] == [
        ["x: 1 of 2 indicators measured, 0.6667 of them needed", "no unit has data enough to be ranked"],
        ["y: excluded by the scheme", "no unit has data enough to be ranked"],
    ]
