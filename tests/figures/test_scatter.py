"""A scatter has a mark for every unit, its residual, and names that cover nothing."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from matplotlib.collections import LineCollection
from matplotlib.figure import Figure

from pii.figures.scatter import scatter
from tests.figures.drawn import axes_of, overlaps

NAN = float("nan")
LINE = ([1, 3], [10, 30], [8, 28], [12, 32])


def marks(figure: Figure) -> dict[str, list[list[float]]]:
    """Where the marks of each kind are."""
    found = [line for line in axes_of(figure).lines if line.get_marker() in ("^", "o", "v")]
    return {str(line.get_marker()): np.asarray(line.get_xydata()).tolist() for line in found}


def test_marks_say_above_within_or_below_the_band() -> None:
    """By their shape."""
    assert marks(scatter(["x", "y", "z"], [1, 2, 3], [11, 27, 22], LINE)) == {
        "^": [[2, 27]],
        "o": [[1, 11]],
        "v": [[3, 22]],
    }


def test_a_line_leads_from_each_mark_to_what_is_expected() -> None:
    """That is its residual; between the points of a curve it is straight."""
    axes = axes_of(scatter(["x", "y"], [1, 2], [11, 27], LINE))
    sticks = next(one for one in axes.collections if isinstance(one, LineCollection))
    assert [np.asarray(one).tolist() for one in sticks.get_segments()] == [[[1, 10], [1, 11]], [[2, 20], [2, 27]]]


def test_on_a_scale_of_parts_the_curve_is_straight_in_parts() -> None:
    """As it is drawn."""
    figure = scatter(["x"], [10], [5], ([1, 100], [0, 4], [0, 4], [0, 4]), is_log=True)
    assert "by 3.00" in str(figure.get_label())
    assert axes_of(figure).get_xscale() == "log"


def test_who_has_no_covariate_or_score_is_left_out_and_counted() -> None:
    """In words."""
    figure = scatter(["x", "y", "z"], [1, NAN, 3], [NAN, 27, 22], LINE)
    assert sum(map(len, marks(figure).values())) == 1
    assert "score of 1 units against covariate. 2 without one of them are left out." in str(figure.get_label())


def test_beyond_the_curve_nothing_is_expected() -> None:
    """A mark there has no residual, and is nobody's exception."""
    figure = scatter(["x", "y"], [9, 2], [99, 21], LINE)
    assert marks(figure)["o"] == [[9, 99], [2, 21]]
    assert "is y, by 1.00" in str(figure.get_label())


def test_the_ten_furthest_are_named() -> None:
    """And no others."""
    x = np.linspace(1, 3, 30)
    y = 10 * x + np.where(np.arange(30) % 3 == 0, 6, 0.5)
    texts = [text.get_text() for text in axes_of(scatter([f"U{at}" for at in range(30)], x, y, LINE)).texts]
    assert sorted(texts) == sorted(f"U{at}" for at in range(0, 30, 3))


@settings(max_examples=8)
@given(st.integers(5, 63), st.integers(0, 2**32 - 1))
def test_no_name_covers_another(n: int, seed: int) -> None:
    """However the units lie."""
    rng = np.random.default_rng(seed)
    x = rng.uniform(1, 3, n)
    figure = scatter([f"Bà Rịa - Vũng Tàu {at}" for at in range(n)], x, 10 * x + rng.normal(size=n), LINE)
    assert overlaps(figure) == []


@pytest.mark.parametrize(("low", "high"), [(50, 140), (1, 300), (1, 1e6)])
def test_numbers_on_a_scale_of_parts_have_room(low: float, high: float) -> None:
    """At least two, and none over another."""
    figure = scatter(["x", "y"], [low, high], [1, 2], ([low, high], [1, 2], [1, 2], [1, 2]), is_log=True)
    assert overlaps(figure) == []
    axes = axes_of(figure)
    assert sum(axes.get_xlim()[0] <= tick <= axes.get_xlim()[1] for tick in axes.get_xticks()) >= 2
