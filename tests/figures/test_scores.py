"""Parts add up, cells hold their scores, and a profile has a mark for every node."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from matplotlib.collections import PolyCollection

from pii.errors import PiiError
from pii.figures.scores import heat_map, profile, stacked
from tests.figures.drawn import axes_of, bars, cells, downwards, labels

NAN = float("nan")
NAMES = ["Đắk Lắk", "Huế", "Quảng Ngãi"]
PARTS = ["Đầu vào", "Đầu ra"]


def test_parts_are_stacked_end_to_end_up_to_the_sum() -> None:
    """The best unit is on top, with its place."""
    axes = axes_of(stacked(NAMES, [[2, 1], [4, 3], [1, 1]], PARTS))
    assert downwards(axes) == ["Huế  1", "Đắk Lắk  2", "Quảng Ngãi  3"]
    assert bars(axes) == [(0, 2), (0, 4), (0, 1), (2, 3), (4, 7), (1, 2)]
    assert [text.get_text() for text in axes.texts] == ["3.0", "7.0", "2.0"]


def test_parts_below_zero_lie_on_its_other_side() -> None:
    """So that no part covers another."""
    axes = axes_of(stacked(["x"], [[2, -1, 3, -2]], list("abcd")))
    found = sorted(tuple(sorted(bar)) for bar in bars(axes))
    assert found == [(-3, -1), (-1, 0), (0, 2), (2, 5)]
    assert [text.get_text() for text in axes.texts] == ["2.0"]


def test_a_unit_with_a_gap_has_no_sum_and_comes_last() -> None:
    """Nothing is put in its place."""
    axes = axes_of(stacked(["x", "y"], [[9.0, NAN], [1.0, 1.0]], PARTS))
    assert downwards(axes) == ["y  1", "x"]
    assert [text.get_text() for text in axes.texts] == ["no score", "2.0"]
    assert np.isnan(bars(axes)).any(axis=1).tolist() == [False, False, True, False]


def test_units_of_one_sum_share_a_place() -> None:
    """As the sums say."""
    assert downwards(axes_of(stacked(["x", "y", "z"], [[1], [2], [2]], ["a"]))) == ["y  1", "z  1", "x  3"]


def test_a_heat_map_has_a_cell_for_every_score_and_a_cross_for_every_gap() -> None:
    """Rows by rank, with numbers."""
    figure = heat_map(NAMES, [[2.0, 1.0], [4.0, NAN], [1.0, 1.5]], PARTS, [2, 1, NAN], decimals=1)
    axes = axes_of(figure)
    assert downwards(axes) == ["Huế  1", "Đắk Lắk  2", "Quảng Ngãi"]
    assert labels(axes, "x") == PARTS
    assert cells(axes) == {(1, 1): 4.0, (2, 1): 2.0, (2, 2): 1.0, (3, 1): 1.0, (3, 2): 1.5}
    assert np.asarray(axes.lines[0].get_xydata()).tolist() == [[2, 1]]
    assert [text.get_text() for text in axes.texts] == ["4.0", "2.0", "1.0", "1.0", "1.5"]
    assert [text.get_text() for text in figure.legends[0].get_texts()] == ["no score"]


def test_a_heat_map_without_gaps_has_no_crosses() -> None:
    """Nor a word of them."""
    figure = heat_map(["x"], [[1, 2]], PARTS, [1])
    assert not axes_of(figure).lines
    assert not figure.legends


def test_cells_of_many_nodes_have_no_numbers() -> None:
    """They would not fit."""
    axes = axes_of(heat_map(["x"], np.ones((1, 40)), [str(at) for at in range(40)], [1]))
    assert not axes.texts
    assert len(next(one for one in axes.collections if isinstance(one, PolyCollection)).get_paths()) == 40


def test_a_profile_has_a_range_a_mean_and_a_mark_for_every_node() -> None:
    """From the top down; the unit's own has none where it has no score."""
    axes = axes_of(profile(NAMES, [4, NAN, 6], [1, 2, 3], [3, 5, 5], [9, 8, 7], unit="Gia Lai"))
    assert downwards(axes) == NAMES
    assert bars(axes) == [(1, 9), (2, 8), (3, 7)]
    mean, own = (np.asarray(line.get_xdata()) for line in axes.lines)
    assert mean.tolist() == [3, 5, 5]
    assert own == pytest.approx([4, NAN, 6], nan_ok=True)
    assert [text.get_text() for text in axes.texts] == ["score", "4.0", "no score", "6.0"]


def test_a_profile_names_places_and_leaders_where_they_are_given() -> None:
    """In columns of their own; groups further in stand further in."""
    figure = profile(
        PARTS,
        [1, 2],
        [0, 0],
        [1, 1],
        [3, 3],
        unit="x",
        levels=[0, 1],
        ranks=["1 of 2", "2 of 2"],
        leaders=["y", "z"],
    )
    axes = axes_of(figure)
    assert [text.get_text() for text in axes.texts][3:] == ["rank", "1 of 2", "2 of 2", "highest", "y", "z"]
    assert labels(axes) == ["Đầu vào", "    Đầu ra"]
    assert figure.get_suptitle() == "x"


@pytest.mark.parametrize("column", ["levels", "leaders", "ranks"])
def test_a_profile_takes_one_of_each_column_for_every_name(column: str) -> None:
    """Or none at all."""
    one: Any = {column: [1]}
    with pytest.raises(PiiError, match=f"^1 {column} for 2 names; there is one for each, or none at all$"):
        profile(PARTS, [1, 2], [0, 0], [1, 1], [3, 3], unit="x", **one)
