"""How far ranks can be trusted: intervals, acceptability, what drives them, which pairs hold."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike

from pii.figures.style import (
    BAR,
    GREY,
    INK,
    ROW,
    across,
    axes_of,
    finish,
    frame,
    heat,
    key,
    most,
    numbered,
    parts,
    places,
    ticks,
    vector,
)
from pii.figures.words import Language, said

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = ["acceptability", "effects", "pair_robustness", "rank_intervals"]


def rank_intervals(
    names: Sequence[str],
    ranks: ArrayLike,
    low: ArrayLike,
    high: ArrayLike,
    possible: tuple[ArrayLike, ArrayLike] | None = None,
    *,
    title: str = "",
    language: Language = "en",
) -> Figure:
    """Each unit's rank, the ranks that are probable and, as a line, those that are possible; the best first.

    Parameters
    ----------
    names, ranks
        The units, and their ranks as the index stands; a unit with NaN comes last.
    low, high
        Ends of the probable ranks, as of ``Study.intervals``; no bar where NaN, or 0 for want of a score.
    possible
        Best and worst ranks, as of ``Bounds.to_frame``.
    title, language
        What stands above the figure, and in which language its words are.

    Examples
    --------
    >>> rank_intervals(["x", "y"], [2, 1], [1, 1], [2, 1]).get_label()
    'Ranks of 2 units and their probable ranks. The widest probable ranks are of x, 1 from end to end.'
    """
    n = len(names)
    rank = vector("ranks", ranks, n)
    start, stop = (np.where(ends < 1, np.nan, ends) for ends in (vector("low", low, n), vector("high", high, n)))
    figure, axes = axes_of(7.0, 1.1 + ROW * n)
    y = places(rank)
    last = np.nanmax([n, *rank, *stop])
    pad = 0.35  # on either side, so that one rank alone is a bar too
    axes.barh(
        y,
        stop - start + 2 * pad,
        left=start - pad,
        height=0.7,
        color=BAR,
        label=said("probable", language),
        zorder=2,
    )
    if possible is not None:
        best, worst = (vector("possible ranks", ends, n) for ends in possible)
        last = np.nanmax([last, *worst])
        axes.hlines(
            y, best - pad, worst + pad, color=INK, linewidth=1.0, label=said("possible", language), zorder=3
        )
        axes.plot([best - pad, worst + pad], [y, y], "|", color=INK, markersize=6, zorder=3)
    axes.plot(
        rank, y, "D", color=INK, markeredgecolor="white", markersize=5, label=said("rank", language), zorder=4
    )
    axes.set_yticks(y, numbered(names, rank))
    axes.set_ylim(n - 0.4, -0.6)
    axes.set_xlim(0.2, last + 0.8)
    across(axes, int(last), language)
    frame(axes)
    key(figure)
    shown = said("ranks of" if possible is None else "possible ranks of", language, n=n)
    return finish(figure, title, shown, most("widest", names, stop - start, language))


def acceptability(
    shares: ArrayLike, names: Sequence[str], ranks: ArrayLike, *, title: str = "", language: Language = "en"
) -> Figure:
    """How often each unit, down, has each rank, across; the best first, with a mark at the rank as it stands.

    Parameters
    ----------
    shares
        As of ``Study.acceptability``, (units, ranks), from 0 to 1. A cell is white where it is 0, or NaN.
    names, ranks
        The units, and their ranks as the index stands; a unit with NaN comes last.
    title, language
        What stands above the figure, and in which language its words are.

    Examples
    --------
    >>> acceptability([[0.25, 0.75], [0.75, 0.25]], ["x", "y"], [2, 1]).get_label()
    'How often each of 2 units has each rank. The most often first is y, in 75% of draws.'
    """
    n = len(names)
    share, rank = parts("shares", shares, n), vector("ranks", ranks, n)
    figure, axes = axes_of(2.8 + 0.14 * share.shape[1], 1.1 + ROW * n)
    heat(
        figure,
        axes,
        np.where(share > 0, share, np.nan)[np.argsort(rank, kind="stable")],
        said("share of draws", language),
        language,
    )
    y = 1 + places(rank)
    axes.plot(
        rank, y, "D", color=INK, markeredgecolor="white", markersize=4, label=said("rank", language), zorder=4
    )
    axes.set_yticks(y, numbered(names, rank))
    across(axes, share.shape[1], language)
    key(figure)
    first = most("most often first", names, share[:, 0], language, is_share=True)
    return finish(figure, title, said("how often", language, n=n), first)


def effects(
    names: Sequence[str],
    first: ArrayLike,
    total: ArrayLike,
    first_interval: tuple[ArrayLike, ArrayLike] | None = None,
    total_interval: tuple[ArrayLike, ArrayLike] | None = None,
    *,
    title: str = "",
    language: Language = "en",
) -> Figure:
    """What each choice accounts for, alone and in all, as parts of the variance; what counts most on top.

    Parameters
    ----------
    names
        The choices.
    first, total
        Effects, (choices,), as of ``Sensitivity.overall``; no bar where NaN.
    first_interval, total_interval
        Low and high ends of the effects.
    title, language
        What stands above the figure, and in which language its words are.

    Examples
    --------
    >>> effects(["weights", "gaps"], [0.6, 0.1], [0.8, 0.4]).get_label()
    'Effects of 2 choices, alone and in all. The largest in all is of weights, 0.80.'
    """
    n = len(names)
    alone, whole = vector("first", first, n), vector("total", total, n)
    figure, axes = axes_of(6.5, 1.2 + 0.6 * n)
    y = places(-whole)
    for values, interval, down, colour, called in (
        (alone, first_interval, y - 0.2, GREY, "alone"),
        (whole, total_interval, y + 0.2, BAR, "in all"),
    ):
        axes.barh(
            down,
            values,
            height=0.38,
            color=colour,
            edgecolor=INK,
            linewidth=0.6,
            label=said(called, language),
            zorder=2,
        )
        if interval is not None:
            low, high = (vector("ends of an interval", ends, n) for ends in interval)
            # White around black is seen on any bar.
            axes.hlines(down, low, high, color="white", linewidth=4, zorder=3)
            axes.hlines(down, low, high, color=INK, linewidth=1.5, zorder=4)
            axes.plot([low, high], [down, down], "|", color=INK, markersize=7, zorder=4)
    axes.set_yticks(y, list(names))
    axes.set_ylim(n - 0.4, -0.6)
    axes.set_xlabel(said("part of variance", language))
    ticks(axes.xaxis, language)
    frame(axes)
    axes.axvline(0, color=INK, linewidth=0.8, zorder=5)
    key(figure)
    largest = most("largest effect", names, whole, language, decimals=2)
    return finish(figure, title, said("effects of", language, n=n), largest)


def pair_robustness(
    matrix: ArrayLike, names: Sequence[str], *, title: str = "", language: Language = "en"
) -> Figure:
    """How far weights may move before the unit down falls behind the unit across; the best first.

    Parameters
    ----------
    matrix, names
        As of ``bounds.pair_robustness``, from 0 to 1, NaN where the unit down is the lower one; and its units.
    title, language
        What stands above the figure, and in which language its words are.

    Examples
    --------
    >>> pair_robustness([[float("nan"), 0.2], [float("nan"), float("nan")]], ["x", "y"]).get_label()
    'How far weights may move before two of 2 units change places. The closest pair is x above y, 0.20.'
    """
    n = len(names)
    limit = parts("a matrix", matrix, n, columns=n)
    np.fill_diagonal(limit, np.nan)
    order = np.argsort(-np.count_nonzero(~np.isnan(limit), axis=1), kind="stable")
    figure, axes = axes_of(3.4 + 0.16 * n, 2.2 + 0.16 * n)
    heat(figure, axes, limit[np.ix_(order, order)], said("may move", language), language)
    axes.set_yticks(range(1, n + 1), [names[at] for at in order], fontsize=8)
    axes.set_xticks(range(1, n + 1), [names[at] for at in order], fontsize=8, rotation=90)
    axes.set_ylabel(said("above", language))
    axes.set_xlabel(said("below", language))
    pairs = [said("a pair", language, upper=upper, lower=lower) for upper in names for lower in names]
    closest = most("closest pair", pairs, -limit.ravel(), language, decimals=2)
    return finish(figure, title, said("pairs of", language, n=n), closest)
