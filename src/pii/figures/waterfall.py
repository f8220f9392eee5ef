"""What moved a unit, step by step."""

from __future__ import annotations

from collections.abc import Sequence
from textwrap import fill
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike

from pii.figures.style import GREY, INK, ROW, axes_of, finish, frame, refused, ticks
from pii.figures.words import Language, decimal, number, said

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = ["waterfall"]

_GAIN, _LOSS, _END = "#8fbbe0", "#c8553d", "#888888"
_WIDE = 34  # letters of a line of names


def waterfall(
    labels: Sequence[str],
    reached: ArrayLike,
    *,
    is_rank: bool = False,
    title: str = "",
    language: Language = "en",
) -> Figure:
    """From before to after in steps, from the top down: each bar goes from where the last one ended.

    Gains are light and losses dark, and each bar has its number, so that they are told apart in print as well.

    Parameters
    ----------
    labels
        What each bar is called: the first and the last are where the unit stood, those between what moved it.
    reached
        Where the unit stands after each, as of ``Comparison.waterfall``; the last is the end itself.
    is_rank
        Whether the numbers are places: the axis then runs from the last to the first.
    title, language
        What stands above the figure, and in which language its words are.

    Raises
    ------
    PiiError
        There are not as many numbers as labels, or fewer than two, or one is missing.

    Examples
    --------
    >>> figure = waterfall(["2023", "own data", "others", "2024"], [17, 21, 23, 23], is_rank=True)
    >>> figure.get_label()
    'The rank goes from 17 to 23: own data -4, others -2.'
    """
    end = np.array(reached, dtype=np.float64)
    if end.shape != (len(labels),) or len(end) < 2 or np.isnan(end).any():
        found = f"numbers of shape {end.shape} for {len(labels)} labels"
        raise refused(found, "a waterfall has a number for each label, and two ends")
    start = np.append(end[0], end[:-1])
    steps = np.diff(end)[:-1]
    gained = -steps if is_rank else steps
    ends = [number(round(value, 2), language) for value in end[[0, -1]].tolist()]
    texts = [ends[0], *(_signed(step, language) for step in gained.tolist()), ends[1]]
    figure, axes = axes_of(7.0, 0.9 + 1.4 * ROW * len(end))
    y = np.arange(len(end))
    middle = y[1:-1]
    colours = [_GAIN if step >= 0 else _LOSS for step in gained]
    axes.barh(middle, steps, left=start[1:-1], height=0.62, color=colours, edgecolor=INK, linewidth=0.6, zorder=2)
    axes.plot(end[[0, -1]], y[[0, -1]], "D", color=_END, markeredgecolor=INK, markersize=9, zorder=3)
    for at in y[:-1]:
        axes.plot([end[at]] * 2, [at, at + 1], color=GREY, linewidth=0.8, zorder=1)
    room = float(np.ptp(end)) or 1.0
    for at, text in enumerate(texts):
        side = max(start[at], end[at])
        axes.annotate(
            text,
            (min(start[at], end[at]) if is_rank else side, at),
            xytext=(8, 0),
            textcoords="offset points",
            va="center",
            fontsize=9,
            zorder=4,
        )
    low, high = end.min() - 0.12 * room, end.max() + 0.12 * room
    axes.set_xlim((high, low - 0.12 * room) if is_rank else (low, high + 0.12 * room))
    axes.set_yticks(y, [fill(label, _WIDE) for label in labels])
    axes.set_ylim(len(end) - 0.4, -0.6)
    axis = said("rank" if is_rank else "score", language)
    axes.set_xlabel(axis)
    ticks(axes.xaxis, language)
    frame(axes)
    axes.grid(axis="y", visible=False)
    steps_said = ", ".join(f"{label} {text}" for label, text in zip(labels[1:-1], texts[1:-1], strict=True))
    return finish(
        figure, title, said("from to", language, axis=axis, first=ends[0], last=ends[1], steps=steps_said)
    )


def _signed(value: float, language: Language) -> str:
    rounded = round(value, 2)
    return decimal(f"{rounded:+.3g}" if rounded else "0", language)
