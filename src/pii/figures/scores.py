"""What scores are made of: parts that add up, all scores at once, one unit against the others."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike

from pii.arrays import Matrix, Vector
from pii.figures.style import (
    BAR,
    GREY,
    INK,
    ROW,
    axes_of,
    colours,
    crosses,
    finish,
    frame,
    heat,
    key,
    most,
    numbered,
    places,
    readable,
    refused,
    table,
    ticks,
    vector,
    width_of,
    wrapped,
)
from pii.figures.words import Language, number, said

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = ["heat_map", "profile", "stacked"]

_SMALL = 7.5  # points of what stands in a cell
_CELL = 0.16  # inches of a cell without a number
_NAMES = 3.2  # inches for the names of nodes in a profile


def stacked(
    names: Sequence[str],
    brought: ArrayLike,
    labels: Sequence[str],
    *,
    decimals: int = 1,
    title: str = "",
    language: Language = "en",
) -> Figure:
    """What each part brings to each unit's score; the parts add up, and the highest sum is on top.

    Parts below 0 lie to the left of it. A unit with a gap has no sum, and comes last.

    Parameters
    ----------
    names, labels
        The units, and the parts, which are stacked in this order.
    brought
        (units, parts), as of ``Result.contributions``; NaN where not known.
    decimals
        Of the sums, which stand at the ends of the bars.
    title, language
        What stands above the figure, and in which language its words are.

    Examples
    --------
    >>> print(stacked(["x", "y"], [[1, 2], [4, 3]], ["inputs", "outputs"]).get_label())
    What 2 parts bring to the scores of 2 units. The highest score is of y, 7.0. Most is brought by inputs, 50%
    of all.
    """
    n, k = len(names), len(labels)
    part = table("parts", brought, n, k)
    whole = part.sum(axis=1)
    y = places(-whole)
    known = np.nan_to_num(part)
    ends = [_ends(known, sign) for sign in (1, -1)]
    figure, axes = axes_of(7.5, 1.5 + ROW * n)
    for at, (label, colour) in enumerate(zip(labels, colours(k), strict=True)):
        start = np.where(known[:, at] < 0, ends[1][:, at], ends[0][:, at])
        wide = part[:, at]
        axes.barh(
            y, wide, left=start, height=0.8, color=colour, edgecolor="white", linewidth=0.5, label=label, zorder=2
        )
    sums = [number(value, language, decimals) or said("not measured", language) for value in whole]
    for at, text in enumerate(sums):
        right = ends[0][at, -1]
        axes.annotate(
            text, (right, y[at]), (4, 0), textcoords="offset points", va="center", fontsize=_SMALL, color=INK
        )
    low, high = min(0.0, ends[1].min()), max(0.0, ends[0].max())
    axes.set_xlim(low, high + 0.09 * ((high - low) or 1.0))
    axes.set_yticks(y, _placed(names, whole))
    axes.set_ylim(n - 0.4, -0.6)
    axes.set_xlabel(said("score", language))
    ticks(axes.xaxis, language)
    frame(axes)
    axes.grid(visible=False, axis="y")
    key(figure)
    total = np.nansum(part)
    share = np.nansum(part, axis=0) / total if total > 0 else np.full(k, np.nan)
    return finish(
        figure,
        title,
        said("stacked of", language, n=n, k=k),
        most("highest", names, whole, language, decimals=decimals),
        most("largest part", labels, share, language, is_share=True),
    )


def _ends(known: Matrix, sign: int) -> Matrix:
    """Where the parts of one sign begin, one after the other, and where the last of them ends."""
    steps = np.where(known * sign > 0, known, 0.0).cumsum(axis=1)
    ends: Matrix = np.concatenate([np.zeros((len(steps), 1)), steps], axis=1)
    return ends


def _placed(names: Sequence[str], whole: Vector) -> list[str]:
    """Names with their places by a sum; those of equal sums have the same."""
    ranks = np.where(np.isnan(whole), np.nan, 1.0 + np.count_nonzero(whole > whole[:, None], axis=1))
    return numbered(names, ranks)


def heat_map(
    names: Sequence[str],
    scores: ArrayLike,
    labels: Sequence[str],
    ranks: ArrayLike,
    *,
    decimals: int = 0,
    title: str = "",
    language: Language = "en",
) -> Figure:
    """The score of every unit, down, on every node, across; the darker the higher, and the best unit on top.

    Cells have their numbers where there are few nodes. One without a score has a cross.

    Parameters
    ----------
    names, labels
        The units, and the nodes from left to right.
    scores
        (units, nodes), all on one scale; NaN where missing.
    ranks
        The units' ranks; a unit with NaN comes last.
    decimals
        Of the numbers in cells.
    title, language
        What stands above the figure, and in which language its words are.

    Examples
    --------
    >>> heat_map(["x", "y"], [[1, 2], [4, float("nan")]], ["inputs", "outputs"], [2, 1]).get_label()
    'Scores of 2 units on 2 nodes, from 1 to 4. 1 scores are missing.'
    """
    n, k = len(names), len(labels)
    x, rank = table("scores", scores, n, k), vector("ranks", ranks, n)
    order = np.argsort(rank, kind="stable")
    x = x[order]
    few = k <= 12
    widest = max(width_of(word, _SMALL) for label in labels for word in label.split() or [""])
    cell = min(max(0.8, widest + 0.08), 1.15) if few else _CELL
    level = few and widest < cell  # whether names of nodes are read without turning one's head
    texts = [wrapped(label, cell - 0.08, _SMALL) if level else label for label in labels]
    head = (
        0.12 * max(text.count("\n") + 1 for text in texts)
        if level
        else max(width_of(text, _SMALL) for text in texts)
    )
    both = n > 20  # so that a long picture is read at either end
    figure, axes = axes_of(max(4.0, 3.1 + cell * k), 0.7 + ROW * n + head * (1 + both))
    low, high = _limits(x)
    cells = heat(figure, axes, x, said("score", language), language, limits=(low, high))
    crosses(figure, axes, x, said("not measured", language))
    if few:
        down, over = np.nonzero(~np.isnan(x))
        shown = x[down, over]
        for i, j, value, colour in zip(down.tolist(), over.tolist(), shown, readable(cells, shown), strict=True):
            text = number(value, language, decimals)
            axes.text(j + 1, i + 1, text, ha="center", va="center", fontsize=_SMALL, color=colour)
    axes.set_yticks(range(1, n + 1), [numbered(names, rank)[at] for at in order])
    axes.set_xticks(range(1, k + 1), texts, fontsize=_SMALL, rotation=0 if level else 90)
    axes.tick_params(labeltop=True, labelbottom=both)
    axes.grid(visible=False)
    gaps = int(np.isnan(x).sum())
    ends = {"low": number(low, language, decimals), "high": number(high, language, decimals)}
    return finish(
        figure,
        title,
        said("heat map of", language, n=n, k=k, **ends),
        said("gaps", language, n=gaps) if gaps else "",
    )


def _limits(x: Matrix) -> tuple[float, float]:
    """The least and the most that is known."""
    if np.isnan(x).all():
        return 0.0, 1.0
    low, high = float(np.nanmin(x)), float(np.nanmax(x))
    return low, high


def profile(
    labels: Sequence[str],
    scores: ArrayLike,
    low: ArrayLike,
    mean: ArrayLike,
    high: ArrayLike,
    *,
    unit: str,
    levels: Sequence[int] = (),
    leaders: Sequence[str] = (),
    ranks: Sequence[str] = (),
    decimals: int = 1,
    title: str = "",
    language: Language = "en",
) -> Figure:
    """One unit's score on every node against the lowest, the mean and the highest of all units.

    Parameters
    ----------
    labels
        The nodes, from the top down.
    scores
        The unit's, (nodes,); no mark where NaN.
    low, mean, high
        Of all units, (nodes,), in the same order.
    unit
        Whose profile it is.
    levels
        How far each node stands in, 0 for the index.
    leaders
        Who has the highest score on each node.
    ranks
        The unit's place on each node, such as ``3 of 34``.
    decimals
        Of the numbers.
    title, language
        What stands above the figure, and in which language its words are.

    Examples
    --------
    >>> print(profile(["inputs", "outputs"], [40, 60], [10, 20], [30, 70], [50, 90], unit="Huế").get_label())
    Huế on 2 nodes: above the mean on 1. Furthest above it: inputs, by 10.0. Furthest below it: outputs, by
    10.0.
    """
    n = len(labels)
    own, least, middle, best = (
        vector(what, values, n)
        for what, values in (("scores", scores), ("lowest", low), ("means", mean), ("highest", high))
    )
    for what, given in (("levels", levels), ("leaders", leaders), ("ranks", ranks)):
        if given and len(given) != n:
            raise refused(f"{len(given)} {what} for {n} names", "there is one for each, or none at all")
    depth = list(levels) or [0] * n
    leader = said("highest is", language)
    texts = [wrapped(label, _NAMES - 0.14 * at, 9) for label, at in zip(labels, depth, strict=True)]
    lines = np.array([text.count("\n") + 1 for text in texts])
    tall = 0.09 + 0.15 * lines
    y = tall.cumsum() - tall / 2
    figure, axes = axes_of(8.6, 1.3 + float(tall.sum()))
    axes.barh(y, best - least, left=least, height=0.15, color=BAR, label=said("all units", language), zorder=2)
    axes.plot(middle, y, "|", color=INK, markersize=13, markeredgewidth=1.6, label=said("mean", language), zorder=3)
    axes.plot(own, y, "D", color=INK, markeredgecolor="white", markersize=6.5, label=unit, zorder=4)
    axes.set_yticks(
        y,
        ["\n".join("    " * at + line for line in text.split("\n")) for text, at in zip(texts, depth, strict=True)],
        ha="left",
        fontsize=9,
    )
    for label, at in zip(axes.get_yticklabels(), depth, strict=True):
        label.set_fontweight("bold" if at == 0 and levels else "normal")
    axes.tick_params(axis="y", pad=72 * _NAMES + 15)
    axes.set_ylim(float(tall.sum()), 0)
    axes.margins(x=0.03)
    axes.use_sticky_edges = False
    values = [number(value, language, decimals) or said("not measured", language) for value in own]
    beside = 8.0  # points from the axes
    for head, column in ((said("score", language), values), (said("rank", language), ranks), (leader, leaders)):
        if column:
            for text, at in zip([head, *column], [-0.08, *y], strict=True):
                axes.annotate(
                    text,
                    (1, at),
                    (beside, 0),
                    xycoords=axes.get_yaxis_transform(),
                    textcoords="offset points",
                    va="center",
                    fontsize=8,
                    color=GREY if text is head else INK,
                    annotation_clip=False,
                )
            beside += 72 * max(width_of(text, 8) for text in [head, *column]) + 12
    axes.set_xlabel(said("score", language))
    ticks(axes.xaxis, language)
    frame(axes)
    axes.grid(visible=False, axis="y")
    key(figure)
    ahead = own - middle
    return finish(
        figure,
        title or unit,
        said("profile of", language, unit=unit, n=n, above=int((ahead > 0).sum())),
        most("furthest above", labels, np.where(ahead > 0, ahead, np.nan), language, decimals=decimals),
        most("furthest below", labels, np.where(ahead < 0, -ahead, np.nan), language, decimals=decimals),
    )
