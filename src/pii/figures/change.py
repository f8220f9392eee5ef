"""What changed: ranks before and after."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike

from pii.figures.style import (
    GREY,
    INK,
    ROW,
    across,
    axes_of,
    finish,
    frame,
    key,
    most,
    numbered,
    places,
    refused,
    vector,
)
from pii.figures.words import Language, said

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = ["change_arrows"]


def change_arrows(
    names: Sequence[str],
    before: ArrayLike,
    after: ArrayLike,
    editions: Sequence[str],
    *,
    title: str = "",
    language: Language = "en",
) -> Figure:
    """An arrow from each unit's rank before to its rank after; the best after is on top.

    Who fell has a dark arrow to the right, who rose a lighter one to the left. A unit with one rank only has the
    mark of that rank and no arrow.

    Parameters
    ----------
    names
        The units.
    before, after
        Their ranks, (units,); NaN where there is none. Units without one after come last.
    editions
        What the two are called, such as years.
    title, language
        What stands above the figure, and in which language its words are.

    Examples
    --------
    >>> print(change_arrows(["x", "y", "z"], [1, 3, 2], [2, 1, 3], ["2023", "2024"]).get_label())
    Ranks of 3 units, 2023 and 2024: 1 rose, 2 fell, 0 stayed. The furthest up is y, by 2. The furthest down
    is x, by 1.
    """
    n = len(names)
    if len(editions) != 2:
        raise refused(f"{len(editions)} names of editions", "a change has one before and one after")
    old, new = vector("ranks before", before, n), vector("ranks after", after, n)
    rose = old - new
    y = places(np.where(np.isnan(new), np.nanmax([n, *new]) + old, new))
    figure, axes = axes_of(7.0, 1.1 + ROW * n)
    axes.plot(old, y, "o", color="white", markeredgecolor=GREY, markersize=7, label=editions[0], zorder=3)
    for here, mark, colour, label in (
        (rose > 0, "<", "#3b82c4", "rose"),
        (rose < 0, ">", "#7a1f2b", "fell"),
        (~(rose != 0) | (np.isnan(rose) & ~np.isnan(new)), "D", INK, "stayed"),
    ):
        axes.hlines(y[here], old[here], new[here], color=colour, linewidth=2.2, zorder=2)
        axes.plot(
            new[here],
            y[here],
            mark,
            color=colour,
            markersize=4 if mark == "D" else 7,
            label=f"{editions[1]}: {said(label, language)}",
            zorder=4,
        )
    last = int(np.nanmax([n, *old, *new]))
    side = axes.get_yaxis_transform()
    for at in np.flatnonzero(~np.isnan(rose)):
        text = f"{rose[at]:+g}".replace("-", "\N{MINUS SIGN}") if rose[at] else "="
        axes.text(1.015, y[at], text, transform=side, va="center", fontsize=8)
    axes.set_yticks(y, numbered(names, new))
    axes.set_ylim(n - 0.4, -0.6)
    axes.set_xlim(0.2, last + 0.8)
    across(axes, last, language)
    frame(axes)
    key(figure)
    counts = {word: int(found.sum()) for word, found in (("up", rose > 0), ("down", rose < 0), ("same", rose == 0))}
    first, second = editions
    return finish(
        figure,
        title,
        said("changes of", language, n=n, before=first, after=second, **counts),
        most("furthest up", names, np.where(rose > 0, rose, np.nan), language),
        most("furthest down", names, np.where(rose < 0, -rose, np.nan), language),
    )
