"""A correlation map has a cell for every pair, its sign also without colour, and lines between groups."""

from __future__ import annotations

import numpy as np

from pii.figures.correlations import correlation_map
from tests.figures.drawn import axes_of, cells, downwards, labels

NAN = float("nan")


def test_every_pair_has_its_cell_and_number() -> None:
    """In the order given; a cross where there is no coefficient."""
    figure = correlation_map(["a", "b", "c"], [[1, 0.5, -0.4], [0.5, 1, NAN], [-0.4, NAN, 1]])
    axes = axes_of(figure)
    assert downwards(axes) == labels(axes, "x") == ["a", "b", "c"]
    assert cells(axes)[(1, 3)] == cells(axes)[(3, 1)] == -0.4
    assert len(cells(axes)) == 7
    assert np.asarray(axes.lines[0].get_xydata()).tolist() == [[3, 2], [2, 3]]
    assert [text.get_text() for text in axes.texts][:3] == ["1.00", "0.50", "-0.40"]
    assert [text.get_text() for text in figure.legends[0].get_texts()] == ["no coefficient"]


def test_negative_cells_of_many_nodes_have_a_stroke() -> None:
    """Both ends of the colours are dark, and the same in grey."""
    r = np.eye(20)
    r[3, 7] = r[7, 3] = -0.9
    axes = axes_of(correlation_map([str(at) for at in range(20)], r))
    strokes = [text.get_position() for text in axes.texts if text.get_text() == "\N{MINUS SIGN}"]
    assert strokes == [(8, 4), (4, 8)]


def test_groups_are_separated_and_named() -> None:
    """By a line down and one across."""
    axes = axes_of(correlation_map(["a", "b", "c"], np.eye(3), ["I", "I", "II"]))
    assert sorted(np.unique(np.asarray(line.get_xydata())).tolist() for line in axes.lines) == [
        [0, 1, 2.5],
        [0, 1, 2.5],
    ]
    assert [(text.get_text(), text.xy) for text in axes.texts[-2:]] == [("I", (1.5, 0.5)), ("II", (3.0, 0.5))]  # type: ignore[attr-defined]
