"""Arrows lead from the rank before to the rank after."""

from __future__ import annotations

import numpy as np

from pii.figures.change import change_arrows
from tests.figures.drawn import axes_of, downwards, labels

NAN = float("nan")


def test_each_arrow_leads_from_before_to_after() -> None:
    """Who rose, fell and stayed have marks of their own."""
    axes = axes_of(change_arrows(["x", "y", "z", "w"], [1, 3, 2, 4], [2, 1, 3, 4], ["2023", "2024"]))
    assert downwards(axes) == ["y  1", "x  2", "z  3", "w  4"]
    old, rose, fell, stayed = ((line.get_marker(), np.asarray(line.get_xydata()).tolist()) for line in axes.lines)
    assert old == ("o", [[1, 1], [3, 0], [2, 2], [4, 3]])
    assert rose == ("<", [[1, 0]])
    assert fell == (">", [[2, 1], [3, 2]])
    assert stayed == ("D", [[4, 3]])
    shafts = [np.asarray(one).tolist() for found in axes.collections for one in found.get_segments()]  # type: ignore[attr-defined]
    assert shafts[:3] == [[[3, 0], [1, 0]], [[1, 1], [2, 1]], [[2, 2], [3, 2]]]
    assert [text.get_text() for text in axes.texts] == ["\N{MINUS SIGN}1", "+2", "\N{MINUS SIGN}1", "="]


def test_a_unit_of_one_edition_has_its_mark_alone() -> None:
    """Those without a rank after come last, by their rank before."""
    axes = axes_of(change_arrows(["new", "gone", "also", "none"], [NAN, 2, 1, NAN], [1, NAN, NAN, NAN], ["a", "b"]))
    assert downwards(axes) == ["new  1", "also", "gone", "none"]
    assert not axes.texts
    stayed = np.asarray(axes.lines[3].get_xydata())
    assert stayed[~np.isnan(stayed).any(axis=1)].tolist() == [[1, 0]]


def test_the_key_names_both_editions() -> None:
    """By what they are called."""
    figure = change_arrows(["x"], [1], [1], ["2023", "2024"], language="vi")
    said = [text.get_text() for text in figure.legends[0].get_texts()]
    assert said == ["2023", "2024: lên hạng", "2024: xuống hạng", "2024: giữ hạng, hoặc mới"]
    assert labels(axes_of(figure)) == ["x  1"]
