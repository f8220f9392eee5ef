"""Ranks, how often, effects and pairs: a mark for every number."""

from __future__ import annotations

import numpy as np
from matplotlib.collections import LineCollection
from matplotlib.figure import Figure

from pii.figures.ranks import acceptability, effects, pair_robustness, rank_intervals
from tests.figures.drawn import axes_of, bars, cells, downwards, labels, lines

NAN = float("nan")
NAMES = ["Đắk Lắk", "Huế", "Quảng Ngãi"]


def _rank_intervals() -> Figure:
    return rank_intervals(NAMES, [2, 1, 3], [1, 1, 2], [3, 2, 3], ([1, 1, 1], [3, 3, 3]))


def _acceptability() -> Figure:
    return acceptability([[0.2, 0.6, 0.2], [0.8, 0.2, 0], [0, 0.2, 0.8]], NAMES, [2, 1, 3])


def _effects() -> Figure:
    return effects(NAMES, [0.1, 0.5, 0.2], [0.2, 0.7, 0.3], ([0, 0.4, 0.1], [0.2, 0.6, 0.3]))


def _pair_robustness() -> Figure:
    return pair_robustness([[1, NAN, 0.4], [0.1, 1, 0.9], [NAN, NAN, 1]], NAMES)


def test_ranks_are_drawn_from_the_best_down_with_their_numbers() -> None:
    """Names are at the marks, whatever the order given."""
    axes = axes_of(_rank_intervals())
    assert downwards(axes) == ["Huế  1", "Đắk Lắk  2", "Quảng Ngãi  3"]
    mark = next(line for line in axes.lines if line.get_label() == "rank")
    assert np.asarray(mark.get_xydata()).tolist() == [[2, 1], [1, 0], [3, 2]]


def test_probable_ranks_are_bars_inside_the_lines_of_possible_ones() -> None:
    """Both reach as far beyond their ends, so that one never seems to pass the other."""
    axes = axes_of(_rank_intervals())
    assert np.allclose(bars(axes), [(0.65, 3.35), (0.65, 2.35), (1.65, 3.35)])
    assert np.allclose(lines(axes), [[[0.65, y], [3.35, y]] for y in (1, 0, 2)])


def test_without_possible_ranks_there_is_no_line() -> None:
    """Nor a word of them in the legend."""
    figure = rank_intervals(NAMES, [1, 2, 3], [1, 2, 3], [1, 2, 3])
    assert [text.get_text() for text in figure.legends[0].get_texts()] == ["rank", "probable ranks"]
    assert not [one for one in axes_of(figure).collections if isinstance(one, LineCollection)]
    assert "possible" not in str(figure.get_label())


def test_a_unit_without_a_rank_comes_last_by_its_name_alone() -> None:
    """It has no bar: neither for NaN, nor for the 0 of a study without a score."""
    for gap in (NAN, 0):
        figure = rank_intervals(NAMES, [NAN, 2, 1], [gap, 2, 1], [gap, 2, 2], ([NAN, 1, 1], [NAN, 2, 2]))
        assert downwards(axes_of(figure)) == ["Quảng Ngãi  1", "Huế  2", "Đắk Lắk"]
        assert np.isnan(bars(axes_of(figure))).any(axis=1).tolist() == [True, False, False]


def test_acceptability_has_a_cell_for_every_rank_that_a_unit_ever_has() -> None:
    """Rows are in the order of the ranks; what never happens stays white."""
    axes = axes_of(_acceptability())
    assert downwards(axes) == ["Huế  1", "Đắk Lắk  2", "Quảng Ngãi  3"]
    first, second, third = (
        {(1, 1): 0.8, (1, 2): 0.2},
        {(2, 1): 0.2, (2, 2): 0.6, (2, 3): 0.2},
        {(3, 2): 0.2, (3, 3): 0.8},
    )
    assert cells(axes) == first | second | third


def test_acceptability_of_a_unit_without_scores_is_white() -> None:
    """NaN is no share."""
    axes = axes_of(acceptability([[NAN, NAN], [1.0, 0.0]], ["x", "y"], [NAN, 1]))
    assert cells(axes) == {(1, 1): 1.0}
    assert downwards(axes) == ["y  1", "x"]


def test_acceptability_may_have_more_ranks_than_units() -> None:
    """A part of a table can be drawn."""
    assert axes_of(acceptability(np.full((2, 7), 1 / 7), ["x", "y"], [1, 2])).get_xlim() == (0.5, 7.5)


def test_effects_are_two_bars_a_choice_the_largest_total_on_top() -> None:
    """Alone above in all, with a line for an interval."""
    axes = axes_of(_effects())
    assert downwards(axes) == ["Huế", "Quảng Ngãi", "Đắk Lắk"]
    assert np.allclose(bars(axes), [(0, 0.1), (0, 0.5), (0, 0.2), (0, 0.2), (0, 0.7), (0, 0.3)])
    assert np.allclose([[a[0], b[0]] for a, b in lines(axes)], [(0, 0.2), (0.4, 0.6), (0.1, 0.3)])


def test_an_effect_on_what_never_changes_has_no_bar() -> None:
    """It is unknown, and its choice stands last."""
    figure = effects(["x", "y"], [NAN, 0.5], [NAN, 0.5])
    assert downwards(axes_of(figure)) == ["y", "x"]
    assert "y, 0.50" in str(figure.get_label())
    assert str(effects(["x"], [NAN], [NAN]).get_label()) == "Effects of 1 choices, alone and in all."


def test_pairs_are_drawn_once_and_no_unit_against_itself() -> None:
    """Who is above most others is on top, and first across."""
    axes = axes_of(_pair_robustness())
    assert downwards(axes) == labels(axes, "x") == ["Huế", "Đắk Lắk", "Quảng Ngãi"]
    assert cells(axes) == {(1, 2): 0.1, (1, 3): 0.9, (2, 3): 0.4}


def test_the_matrix_given_is_left_as_it_is() -> None:
    """Leaving the diagonal out changes nothing for the caller."""
    matrix = np.ones((2, 2))
    pair_robustness(matrix, ["x", "y"])
    assert (matrix == 1).all()
