"""What differs between two results: every field, cell and place that does, and nothing that does not."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pii.compute import compute
from pii.difference import (
    CellChange,
    SchemeChange,
    TextChange,
    cell_changes,
    difference,
    differing,
    scheme_changes,
    text_changes,
)
from pii.scheme import Scheme
from pii.table import Table, Units
from tests.shared import group, leaf, scheme
from tests.strategies import indices, quick, trees

NAN = float("nan")
FIRST = leaf("a", name={"vi": "Một", "en": "One"})
TREE = group("i", group("g", FIRST, leaf("b", weight=3)), leaf("c"))


def test_no_number_differs_from_itself() -> None:
    """Nor from one that another order of sums gives; a gap differs from any number."""
    assert differing([1e9, NAN, 1.0, NAN, 0.0], [1e9 + 1e-4, NAN, 1.0 + 1e-11, 1.0, 1e-13]).tolist() == [
        False,
        False,
        True,
        True,
        False,
    ]


# --- Schemes


@pytest.mark.parametrize(
    ("before", "after", "found"),
    [
        ({}, {"normalise": "zscore"}, [("", "normalise", "minmax", "zscore")]),
        ({}, {"decimals": 3, "edition": "2030"}, [("", "edition", "", "2030"), ("", "decimals", 2, 3)]),
        (
            {"treat": {"method": "winsorise", "limit": 1}},
            {"treat": {"method": "winsorise", "limit": 2}},
            [("", "treat.limit", 1, 2)],
        ),
        ({"name": {"vi": "Một"}}, {"name": {"vi": "Hai", "en": "Two"}}, [("", "name[vi]", "Một", "Hai"), ("", "name[en]", None, "Two")]),
        ({"name": {"vi": "1", "en": "2"}}, {"name": {"en": "2", "vi": "1"}}, [("", "name.order", ("vi", "en"), ("en", "vi"))]),
        (
            {"labels": [{"code": "r"}]},
            {"labels": [{"code": "r", "unit": "x"}, {"code": "s"}]},
            [("", "labels[r].unit", "", "x"), ("", "labels[s]", None, {"code": "s"})],
        ),
        ({}, {"screen": {"measured": 0.5}}, [("", "screen.measured", 2 / 3, 0.5)]),
        (
            {"normalise": {"method": "categorical", "scores": {0: 0, 1: 100}}},
            {"normalise": {"method": "categorical", "scores": {0: 0, 2: 100}}},
            [("", "normalise.scores.pairs", ((0.0, 0.0), (1.0, 100.0)), ((0.0, 0.0), (2.0, 100.0)))],
        ),
    ],
)  # fmt: skip
def test_a_field_of_a_scheme_that_differs_is_named(before: Any, after: Any, found: Any) -> None:
    """With its path and both values; a setting of a method where the method is the same."""
    changes = scheme_changes(scheme(TREE, **before), scheme(TREE, **after))
    assert changes == tuple(SchemeChange(*change) for change in found)


@pytest.mark.parametrize(
    ("after", "found"),
    [
        (group("i", group("g", leaf("a", name="One"), leaf("b", weight=2)), leaf("c")),
         [("a", "name[vi]", "Một", None), ("a", "name[en]", "One", None), ("a", "name[]", None, "One"), ("b", "weight", 3.0, 2.0)]),
        (group("i", group("g", FIRST), leaf("b", weight=3), leaf("c")), [("b", "parent", "g", "i")]),
        (group("i", leaf("c"), TREE.children[0]), [("i", "order", ("g", "c"), ("c", "g"))]),
        (group("i", TREE.children[0]), [("c", "", "c", None)]),
        (group("i", TREE.children[0], group("c", leaf("d"))), [("c", "kind", "indicator", "group"), ("d", "", None, "d")]),
        (group("i", TREE.children[0], leaf("c", treat={"method": "winsorise", "limit": 2})),
         [("c", "treat", None, {"method": "winsorise", "limit": 2})]),
    ],
)  # fmt: skip
def test_a_node_that_differs_is_named(after: Any, found: Any) -> None:
    """By its code, wherever it hangs."""
    assert scheme_changes(scheme(TREE), scheme(after)) == tuple(SchemeChange(*change) for change in found)


@given(trees(), trees())
@quick
def test_schemes_have_changes_when_they_are_not_equal(one: Any, other: Any) -> None:
    """And the other way round, each is turned."""
    schemes = [scheme(tree, normalise="rank", denominators=[{"code": "people"}]) for tree in (one, other)]
    forth, back = scheme_changes(*schemes), scheme_changes(*reversed(schemes))
    assert bool(forth) == (schemes[0] != schemes[1])
    assert not scheme_changes(schemes[0], schemes[0])
    turned = {repr((c.node, c.field, c.after, c.before)) for c in back}
    assert turned == {repr(tuple(c)) for c in forth}


# --- Tables


@given(indices(), st.data())
@quick
def test_the_cell_that_was_changed_is_found(drawn: tuple[Scheme, Table], data: st.DataObject) -> None:
    """It alone, in whatever order units and columns stand."""
    table = drawn[1]
    row = data.draw(st.integers(0, len(table.units) - 1))
    at = data.draw(st.integers(0, len(table.columns) - 1))
    value = data.draw(st.sampled_from([NAN, 0.125, -7.0, float(table.values[row, at])]))
    values = table.values.copy()
    values[row, at] = value
    other = table.holding(values).take(np.arange(len(table.units))[::-1]).select(table.columns[::-1])
    was = float(table.values[row, at])
    changed = was != value and not (np.isnan(was) and np.isnan(value))
    unit = table.units.codes[row]
    assert repr(cell_changes(table, other)) == repr(
        (CellChange(unit, unit, table.columns[at], was, value),) if changed else ()
    )
    assert text_changes(table, other)[changed and len(table.columns) :] == () or len(table.columns) > 0


def test_units_and_texts_that_differ_are_named() -> None:
    """Columns of one side, units of one side, names, labels, titles."""
    before = Table.of({"a": [1.0, 2.0], "b": [1.0, 2.0]}, units=Units(("x", "y"), ("X", "Y"), {"r": ("1", "")}))
    after = Table.of(
        {"c": [1.0, 2.0], "a": [1.0, 2.0]},
        units=Units(("y", "z"), ("Why", "Z"), {"r": ("2", "3"), "s": ("", "q")}, "VN34"),
        title="T",
        notes=["n"],
    )
    assert text_changes(before, after) == tuple(
        TextChange(*change)
        for change in [
            ("", "title", "", "T"),
            ("", "system", None, "VN34"),
            ("", "notes", "", "n"),
            ("", "column b", "b", None),
            ("", "column c", None, "c"),
            ("x", "unit", "X", None),
            ("y", "name", "Y", "Why"),
            ("y", "r", "", "2"),
            ("y", "s", None, ""),
            ("z", "unit", None, "Z"),
        ]
    )
    assert cell_changes(before, after) == (CellChange("y", "Why", "a", 2.0, 1.0),)


# --- Results


@given(indices(), st.data())
@quick
def test_scores_and_ranks_are_those_that_differ(drawn: tuple[Scheme, Table], data: st.DataObject) -> None:
    """Unit by unit and node by node, as a loop finds them."""
    rules, table = drawn
    values = table.values.copy()
    row = data.draw(st.integers(0, len(table.units) - 1))
    values[row] = data.draw(st.sampled_from([2.0, 4.5, 30.0]))
    before, after = compute(rules, table), compute(rules, table.holding(values))
    found = difference(before, after)
    expected = []
    for unit in table.units.codes:
        for node in rules.nodes:
            old, new = (_score(result, unit, node.code) for result in (before, after))
            if bool(differing(old, new)):
                expected.append(CellChange(unit, unit, node.code, old, new))
    assert sorted(map(repr, found.scores)) == sorted(map(repr, expected))
    places = [
        dict(zip(r.composite.units.codes, r.ranking.values[:, 0].tolist(), strict=True)) for r in (before, after)
    ]
    moved = {unit for unit in table.units.codes if repr(places[0].get(unit, NAN)) != repr(places[1].get(unit, NAN))}
    assert {change.unit for change in found.ranks} == moved
    assert not difference(before, before)
    assert bool(found) == bool(found.cells)


def _score(result: Any, unit: str, node: str) -> float:
    if unit not in result.composite.units.codes:
        return NAN
    at = result.composite.units.codes.index(unit)
    grid = result.composite if node in result.composite.columns else result.scores
    return float(grid.column(node)[at])


def test_another_scale_is_said() -> None:
    """Which values fixed it, where they were others; that they did, where only one had them."""
    rules = scheme(group("i", leaf("a")))
    years = [
        Table.of({"a": [1.0, top]}, units=["x", "y"], period=year) for year, top in (("2029", 4.0), ("2030", 9.0))
    ]
    bases = [compute(rules, year) for year in years]
    alone, first, second = (compute(rules, years[1], reference=base) for base in (None, *bases))
    assert difference(alone, first).texts == (TextChange("", "scale", None, "2029"),)
    found = difference(first, second)
    assert found.texts == (TextChange("", "scale: period", "2029", "2030"),)
    assert found.scale == (CellChange("y", "y", "a", 4.0, 9.0),)
    assert not found.cells
    assert found.scores
    assert list(found.to_frame("scale").columns) == ["unit", "name", "column", "before", "after"]


def test_frames_have_their_columns_even_when_nothing_differs() -> None:
    """For programs that select them."""
    result = compute(scheme(group("i", leaf("a"))), Table.of({"a": [1.0, 2.0]}, units=["x", "y"]))
    found = difference(result, result)
    assert list(found.to_frame("scheme").columns) == ["node", "field", "before", "after"]
    assert list(found.to_frame("texts").columns) == ["unit", "field", "before", "after"]
    assert len(found.to_frame("scores")) == 0


def test_a_unit_that_is_no_longer_ranked_has_no_place() -> None:
    """It is in the frame all the same, and so is the index under its new name."""
    rules = scheme(group("i", leaf("a"), leaf("b")), screen={"measured": 1.0})
    before = compute(rules, Table.of({"a": [1.0, 2.0, 3.0], "b": [1.0, 2.0, 0.0]}, units=["x", "y", "z"]))
    table = Table.of({"a": [1.0, 2.0, 3.0], "b": [1.0, NAN, 0.0]}, units=["x", "y", "z"])
    after = compute(rules.replace(index=group("j", *rules.index.children)), table)
    places = {
        change.unit: (change.column, change.before, change.after) for change in difference(before, after).ranks
    }
    assert places["y"][:2] == ("j", 1.0)
    assert np.isnan(places["y"][2])
