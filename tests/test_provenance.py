"""Provenance: a mapping by codes that survives cutting, stacking, merging and pickling; what an origin may say."""

from __future__ import annotations

import pickle
from itertools import product
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pii.errors import TableError
from pii.provenance import (
    STATUSES,
    UNSETTLED,
    Origin,
    Provenance,
    origin_changes,
    origin_faults,
    statuses,
)
from tests.strategies import quick

FINAL, PROVISIONAL, ESTIMATED = Origin("final"), Origin("provisional", source="Survey"), Origin("estimated")
NOTES = Provenance.of({("x", "a"): FINAL, ("x", "b"): PROVISIONAL, ("y", "a"): ESTIMATED})

texts = st.text(max_size=6)
origins = st.builds(Origin, st.sampled_from(STATUSES), texts, st.sampled_from(["", "2025", "2025-06-30"]), texts)
cells = st.dictionaries(st.tuples(st.sampled_from("wxyz"), st.sampled_from("abc")), origins)


# --- what an origin may say


@pytest.mark.parametrize("when", ["", "2025", "2025-06", "2024-02-29"])
def test_a_date_is_a_year_a_month_or_a_day(when: str) -> None:
    """Or is not known."""
    assert Origin("final", date=when).date == when


@pytest.mark.parametrize(
    "when", ["25", "2025-13", "2025-02-30", "30/06/2025", "0000", "2025-6-3", "２０２５", "2025-"]
)
def test_another_date_is_refused(when: str) -> None:
    """With what to write."""
    with pytest.raises(TableError, match="is not a date; a date is a year, a month or a day; write it as 2025"):
        Origin("final", date=when)


def test_a_status_is_one_of_four() -> None:
    """The nearest is suggested, and every fault is said."""
    faults = list(origin_faults("estimate", "soon"))
    assert [fault.field for fault in faults] == ["status", "date"]
    assert faults[0].remedy == "did you mean estimated?"
    with pytest.raises(TableError, match="there is no status"):
        Origin("")  # type: ignore[arg-type]


def test_statuses_are_asked_for_by_one_or_several() -> None:
    """Each once; none at all, or an unknown one, is refused."""
    assert statuses("final") == ("final",)
    assert statuses(["imputed", "final", "imputed"]) == ("imputed", "final")
    for asked in ((), "finale", ["final", "x"]):
        with pytest.raises(TableError):
            statuses(asked)  # type: ignore[arg-type]


# --- a mapping


@quick
@given(cells)
def test_it_is_the_mapping_that_it_is_made_of(said: dict[tuple[str, str], Origin]) -> None:
    """In length, keys and values; also after a pickle, which keeps it read-only."""
    notes = Provenance.of(said)
    assert dict(notes) == said
    assert len(notes) == len(said)
    again = pickle.loads(pickle.dumps(notes))  # noqa: S301 - what was just made
    assert again == notes == said
    assert not again.which.flags.writeable
    assert sum(notes.counts().values()) == len(said)


def test_a_cell_that_nothing_is_said_of_is_not_in_it() -> None:
    """Whether its unit and column are known or not."""
    assert ("y", "b") not in NOTES
    assert ("z", "a") not in NOTES
    assert NOTES["x", "b"].source == "Survey"
    assert not Provenance()
    assert repr(NOTES) == "<Provenance of 3 cells: 1 final, 1 provisional, 1 estimated>"


def test_cells_of_one_origin_share_it() -> None:
    """A large table costs four bytes a cell."""
    notes = Provenance.of({(f"u{row}", f"c{at}"): PROVISIONAL for row, at in product(range(100), range(50))})
    assert notes.origins == (PROVISIONAL,)
    assert notes.which.nbytes == 4 * 100 * 50


@quick
@given(cells, st.permutations("wxyzv"), st.permutations("abcd"))
def test_a_grid_has_each_cell_s_origin(
    said: dict[tuple[str, str], Origin], rows: list[str], across: list[str]
) -> None:
    """For units and columns in any order, known or not."""
    notes = Provenance.of(said)
    grid, marked = notes.grid(rows, across), notes.marked(rows, across, UNSETTLED)
    for (row, unit), (at, column) in product(enumerate(rows), enumerate(across)):
        origin = said.get((unit, column))
        assert (notes.origins[grid[row, at]] if grid[row, at] >= 0 else None) == origin
        assert marked[row, at] == (origin is not None and origin.status != "final")


def test_on_some_cells_only_these_are_left() -> None:
    """And origins that none of them has are gone."""
    there = np.array([[True, False], [True, True]])
    found = NOTES.on(("y", "x"), ("a", "b"), there)
    assert dict(found) == {("y", "a"): ESTIMATED, ("x", "a"): FINAL, ("x", "b"): PROVISIONAL}
    assert dict(NOTES.on(("x",), ("b",), np.array([[True]]))) == {("x", "b"): PROVISIONAL}
    assert NOTES.on(("x",), ("b",), np.array([[True]])).origins == (PROVISIONAL,)


def test_stacked_they_go_with_their_units() -> None:
    """Under the new codes."""
    other = Provenance.of({("x", "a"): PROVISIONAL})
    found = Provenance.stacked([(NOTES, "xy", ["x1", "y1"]), (other, "xy", ["x2", "y2"])], ("a",))
    assert dict(found) == {("x1", "a"): FINAL, ("y1", "a"): ESTIMATED, ("x2", "a"): PROVISIONAL}
    assert Provenance.stacked([(Provenance(), "x", ["x1"])], ("a",)) == Provenance()


# --- units made of several


@pytest.mark.parametrize(
    ("of", "expected"),
    [
        ([FINAL, FINAL], FINAL),
        ([FINAL, PROVISIONAL], Origin("provisional")),
        ([PROVISIONAL, PROVISIONAL], PROVISIONAL),
        ([PROVISIONAL, ESTIMATED, FINAL], ESTIMATED),
        ([FINAL, None], None),
        ([PROVISIONAL, None], Origin("provisional")),
        ([None, None], None),
    ],
)
def test_a_merged_cell_is_as_unsettled_as_its_worst_part(of: list[Origin | None], expected: Origin | None) -> None:
    """What all say alike is kept; where nothing is known of a part, it is not said to be final."""
    notes = Provenance.of({(f"p{at}", "a"): origin for at, origin in enumerate(of) if origin})
    parts = {"whole": [f"p{at}" for at in range(len(of))]}
    assert notes.merged(parts, {"a": ()}).get(("whole", "a")) == expected


def test_a_rule_that_reads_another_column_rests_on_it() -> None:
    """But for a unit that stays whole, whose value is its own."""
    notes = Provenance.of(dict.fromkeys(product("xyz", "ab"), FINAL) | {("x", "b"): PROVISIONAL})
    found = notes.merged({"xy": "xy", "z": "z", "x": "x"}, {"a": ("b",), "b": ()})
    assert {cell: origin.status for cell, origin in found.items()} == {
        ("xy", "a"): "provisional",
        ("xy", "b"): "provisional",
        ("z", "a"): "final",
        ("z", "b"): "final",
        ("x", "a"): "final",
        ("x", "b"): "provisional",
    }


# --- plain data and changes


def test_plain_data_has_what_is_said() -> None:
    """By unit, then by column."""
    assert NOTES.to_dict() == {
        "x": {"a": {"status": "final"}, "b": {"status": "provisional", "source": "Survey"}},
        "y": {"a": {"status": "estimated"}},
    }


def test_changes_are_said_field_by_field() -> None:
    """Of cells that either has."""
    after = Provenance.of({("x", "b"): Origin("final", "Yearbook"), ("x", "a"): FINAL})
    names: dict[str, Any] = {"x": "Huế", "y": "Lào Cai"}
    assert [tuple(change) for change in origin_changes(NOTES, after, names)] == [
        ("x", "Huế", "b", "status", "provisional", "final"),
        ("x", "Huế", "b", "source", "Survey", "Yearbook"),
        ("y", "Lào Cai", "a", "status", "estimated", ""),
    ]
    assert not list(origin_changes(NOTES, NOTES, names))
