"""A waterfall leads in bars from one end to the other."""

from __future__ import annotations

import numpy as np
import pytest

from pii.errors import PiiError
from pii.figures.waterfall import waterfall

LABELS = ["2023", "Đầu vào", "Đầu ra", "others", "2024"]
REACHED = [17.0, 18.5, 22.0, 21.0, 21.0]


def bars() -> list[tuple[float, float]]:
    """Where each bar begins and ends."""
    axes = waterfall(LABELS, REACHED).axes[0]
    return [(bar.get_x(), bar.get_x() + bar.get_width()) for bar in axes.patches]  # type: ignore[attr-defined]


def test_each_bar_goes_from_where_the_last_one_ended() -> None:
    """And the last ends where the unit then stands."""
    assert bars() == [(17.0, 18.5), (18.5, 22.0), (22.0, 21.0)]


def test_gains_and_losses_differ_in_colour_and_sign() -> None:
    """A lower rank is a gain, a lower score a loss."""
    for is_rank, signs in ((True, ["-1.5", "-3.5", "+1"]), (False, ["+1.5", "+3.5", "-1"])):
        axes = waterfall(LABELS, REACHED, is_rank=is_rank).axes[0]
        assert [text.get_text() for text in axes.texts] == ["17", *signs, "21"]
        colours = [bar.get_facecolor() for bar in axes.patches]
        assert colours[0] == colours[1] != colours[2]


def test_a_better_rank_is_to_the_right() -> None:
    """As a better score is."""
    low, high = waterfall(LABELS, REACHED, is_rank=True).axes[0].get_xlim()
    assert high < 17
    assert low > 22
    low, high = waterfall(LABELS, REACHED).axes[0].get_xlim()
    assert low < 17
    assert high > 22


def test_steps_stand_from_the_top_down_under_their_names() -> None:
    """The first on top."""
    axes = waterfall(LABELS, REACHED).axes[0]
    assert [label.get_text() for label in axes.get_yticklabels()] == LABELS
    bottom, top = axes.get_ylim()
    assert bottom > top


def test_what_it_shows_is_said_in_words() -> None:
    """For those who do not see it."""
    figure = waterfall(LABELS, REACHED, title="Gia Lai", is_rank=True)
    assert figure.get_label() == "The rank goes from 17 to 21: Đầu vào -1.5, Đầu ra -3.5, others +1."
    assert figure.get_suptitle() == "Gia Lai"


def test_a_part_of_nothing_has_no_sign() -> None:
    """Nor a bar."""
    axes = waterfall(["a", "b", "c"], [1.0, 1.0, 1.0]).axes[0]
    assert [text.get_text() for text in axes.texts] == ["1", "0", "1"]


@pytest.mark.parametrize("reached", [[1.0, 2.0], [1.0], [1.0, np.nan, 2.0]])
def test_numbers_that_do_not_fit_are_refused(reached: list[float]) -> None:
    """One a label, two at least, none missing."""
    with pytest.raises(PiiError, match="a number for each label"):
        waterfall(["a", "b", "c"] if len(reached) != 1 else ["a"], reached)
