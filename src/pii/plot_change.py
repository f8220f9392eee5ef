"""A picture of what moved a unit: arrays and labels in, a matplotlib Figure out (extra ``plot``)."""

from __future__ import annotations

from collections.abc import Sequence
from textwrap import fill
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike

from pii.errors import MissingExtra, PiiError, Problem

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = ["waterfall"]

_INK, _GREY, _PALE = "#222222", "#666666", "#dddddd"
_GAIN, _LOSS, _END = "#8fbbe0", "#c8553d", "#888888"
_ROW = 0.34  # inches that a bar takes
_WIDE = 34  # letters of a line of names


def waterfall(
    labels: Sequence[str], reached: ArrayLike, *, title: str = "", axis: str = "score", is_rank: bool = False
) -> Figure:
    """From before to after in steps, from the top down: each bar goes from where the last one ended.

    Gains are light and losses dark, and each bar has its number, so that they are told apart in print as well.

    Parameters
    ----------
    labels
        What each bar is called: the first and the last are where the unit stood, those between what moved it.
    reached
        Where the unit stands after each, as of ``Comparison.waterfall``; the last is the end itself.
    title, axis
        What the figure and its numbers are about.
    is_rank
        Whether a lower number is better; the axis then runs from the last place to the first.

    Raises
    ------
    PiiError
        There are not as many numbers as labels, or fewer than two, or one is missing.
    MissingExtra
        Matplotlib is not installed.

    Examples
    --------
    >>> figure = waterfall(["2023", "own data", "others", "2024"], [17, 21, 23, 23], axis="rank", is_rank=True)
    >>> figure.get_label()
    'rank from 17 to 23: own data -4, others -2.'
    """
    end = np.array(reached, dtype=np.float64)
    if end.shape != (len(labels),) or len(end) < 2 or np.isnan(end).any():
        rule = "a waterfall has a number for each label, and two ends"
        raise PiiError(Problem(found=f"numbers of shape {end.shape} for {len(labels)} labels", rule=rule))
    try:
        from matplotlib.figure import Figure
    except ImportError as error:
        rule, remedy = "pictures need the extra pii[plot]", "pip install 'provincial-innovation-index[plot]'"
        raise MissingExtra(Problem(found="matplotlib is not installed", rule=rule, remedy=remedy)) from error
    start = np.append(end[0], end[:-1])
    steps = np.diff(end)[:-1]
    gained = -steps if is_rank else steps
    texts = [f"{end[0]:.4g}", *(_signed(step) for step in gained), f"{end[-1]:.4g}"]
    figure = Figure(figsize=(7.0, 0.9 + _ROW * len(end)), layout="constrained")
    axes = figure.add_subplot()
    y = np.arange(len(end))
    middle = y[1:-1]
    colours = [_GAIN if step >= 0 else _LOSS for step in gained]
    axes.barh(middle, steps, left=start[1:-1], height=0.62, color=colours, edgecolor=_INK, linewidth=0.6, zorder=2)
    axes.plot(end[[0, -1]], y[[0, -1]], "D", color=_END, markeredgecolor=_INK, markersize=9, zorder=3)
    for at in y[:-1]:
        axes.plot([end[at]] * 2, [at, at + 1], color=_GREY, linewidth=0.8, zorder=1)
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
    axes.set_xlabel(axis)
    axes.grid(axis="x", color=_PALE, linewidth=0.6)
    axes.set_axisbelow(True)
    axes.tick_params(length=0)
    axes.spines[:].set_visible(False)
    if title:
        figure.suptitle(title, fontsize=11)
    said = ", ".join(f"{label} {text}" for label, text in zip(labels[1:-1], texts[1:-1], strict=True))
    figure.set_label(f"{axis} from {texts[0]} to {texts[-1]}: {said}.")
    return figure


def _signed(value: float) -> str:
    rounded = round(value, 2)
    return f"{rounded:+.3g}" if rounded else "0"
