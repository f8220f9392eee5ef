"""Pictures of how far a ranking can be trusted: arrays and labels in, a matplotlib Figure out (extra ``plot``).

A figure shows nothing by itself, and pyplot does not know it. What it shows, in a sentence or two, is its label,
``figure.get_label()``; :func:`save` writes that into the file, for those who do not see the picture. Marks differ
in lightness and shape, so that they are told apart in print and by the colour-blind.

Where matplotlib is not installed all raise MissingExtra; where there is not one number, or one row, for each name,
PiiError.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path
from textwrap import fill
from typing import TYPE_CHECKING, TypeAlias

import numpy as np
from numpy.typing import ArrayLike, NDArray

from pii.arrays import Matrix, Vector
from pii.errors import MissingExtra, PiiError, Problem

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

__all__ = ["acceptability", "effects", "hasse", "pair_robustness", "rank_intervals", "save"]

_INK, _GREY, _PALE, _BAR = "#222222", "#666666", "#dddddd", "#8fbbe0"
_MAP = "cividis_r"  # even steps of lightness, and the same order of colours for the colour-blind
_ROW = 0.19  # inches that a line of names takes
_BEND = 0.1  # inches that a line takes which passes a tier
_SWEEPS = 80
# What a format calls the date that it is not to have.
_DATES = {"pdf": {"CreationDate": None}, "png": {"Software": None}, "svg": {"Date": None}}

_Levels: TypeAlias = NDArray[np.intp]
_Links: TypeAlias = list[tuple[int, int]]


def rank_intervals(
    names: Sequence[str],
    ranks: ArrayLike,
    low: ArrayLike,
    high: ArrayLike,
    possible: tuple[ArrayLike, ArrayLike] | None = None,
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

    Examples
    --------
    >>> rank_intervals(["x", "y"], [2, 1], [1, 1], [2, 1]).get_label()
    'Ranks of 2 units and their probable ranks. The widest probable ranks are of x, 1 from end to end.'
    """
    n = len(names)
    rank = _vector("ranks", ranks, n)
    start, stop = (np.where(ends < 1, np.nan, ends) for ends in (_vector("low", low, n), _vector("high", high, n)))
    figure, axes = _axes(7.0, 1.1 + _ROW * n)
    y = _places(rank)
    last = np.nanmax([n, *rank, *stop])
    pad = 0.35  # on either side, so that one rank alone is a bar too
    axes.barh(y, stop - start + 2 * pad, left=start - pad, height=0.7, color=_BAR, label="probable ranks", zorder=2)
    if possible is not None:
        best, worst = (_vector("possible ranks", ends, n) for ends in possible)
        last = np.nanmax([last, *worst])
        axes.hlines(y, best - pad, worst + pad, color=_INK, linewidth=1.0, label="possible ranks", zorder=3)
        axes.plot([best - pad, worst + pad], [y, y], "|", color=_INK, markersize=6, zorder=3)
    axes.plot(rank, y, "D", color=_INK, markeredgecolor="white", markersize=5, label="rank", zorder=4)
    axes.set_yticks(y, _numbered(names, rank))
    axes.set_ylim(n - 0.4, -0.6)
    axes.set_xlim(0.2, last + 0.8)
    _across(axes, int(last))
    _frame(axes)
    figure.legend(loc="outside upper center", ncols=3, frameon=False)
    said = "possible and probable" if possible is not None else "probable"
    widest = _most(names, stop - start, "The widest probable ranks are of {}, {:g} from end to end.")
    figure.set_label(f"Ranks of {n} units and their {said} ranks.{widest}")
    return figure


def acceptability(shares: ArrayLike, names: Sequence[str], ranks: ArrayLike) -> Figure:
    """How often each unit, down, has each rank, across; the best first, with a mark at the rank as it stands.

    Parameters
    ----------
    shares
        As of ``Study.acceptability``, (units, ranks), from 0 to 1. A cell is white where it is 0, or NaN.
    names, ranks
        The units, and their ranks as the index stands; a unit with NaN comes last.

    Examples
    --------
    >>> acceptability([[0.25, 0.75], [0.75, 0.25]], ["x", "y"], [2, 1]).get_label()
    'How often each of 2 units has each rank. The most often first is y, in 75% of draws.'
    """
    n = len(names)
    share, rank = _parts("shares", shares, n), _vector("ranks", ranks, n)
    figure, axes = _axes(2.8 + 0.14 * share.shape[1], 1.1 + _ROW * n)
    _heat(figure, axes, np.where(share > 0, share, np.nan)[np.argsort(rank, kind="stable")], "share of draws")
    y = 1 + _places(rank)
    axes.plot(rank, y, "D", color=_INK, markeredgecolor="white", markersize=4, label="rank", zorder=4)
    axes.set_yticks(y, _numbered(names, rank))
    _across(axes, share.shape[1])
    figure.legend(loc="outside upper center", frameon=False)
    first = _most(names, share[:, 0], "The most often first is {}, in {:.0%} of draws.")
    figure.set_label(f"How often each of {n} units has each rank.{first}")
    return figure


def effects(
    names: Sequence[str],
    first: ArrayLike,
    total: ArrayLike,
    first_interval: tuple[ArrayLike, ArrayLike] | None = None,
    total_interval: tuple[ArrayLike, ArrayLike] | None = None,
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

    Examples
    --------
    >>> effects(["weights", "gaps"], [0.6, 0.1], [0.8, 0.4]).get_label()
    'Effects of 2 choices, alone and in all. The largest in all is of weights, 0.80.'
    """
    n = len(names)
    alone, whole = _vector("first", first, n), _vector("total", total, n)
    figure, axes = _axes(6.5, 1.2 + 0.6 * n)
    y = _places(-whole)
    for values, interval, down, colour, title in (
        (alone, first_interval, y - 0.2, _GREY, "alone (first-order effect)"),
        (whole, total_interval, y + 0.2, _BAR, "in all (total effect)"),
    ):
        axes.barh(down, values, height=0.38, color=colour, edgecolor=_INK, linewidth=0.6, label=title, zorder=2)
        if interval is not None:
            low, high = (_vector("ends of an interval", ends, n) for ends in interval)
            # White around black is seen on any bar.
            axes.hlines(down, low, high, color="white", linewidth=4, zorder=3)
            axes.hlines(down, low, high, color=_INK, linewidth=1.5, zorder=4)
            axes.plot([low, high], [down, down], "|", color=_INK, markersize=7, zorder=4)
    axes.set_yticks(y, list(names))
    axes.set_ylim(n - 0.4, -0.6)
    axes.set_xlabel("part of the variance")
    _frame(axes)
    axes.axvline(0, color=_INK, linewidth=0.8, zorder=5)
    figure.legend(loc="outside upper center", ncols=2, frameon=False)
    largest = _most(names, whole, "The largest in all is of {}, {:.2f}.")
    figure.set_label(f"Effects of {n} choices, alone and in all.{largest}")
    return figure


def pair_robustness(matrix: ArrayLike, names: Sequence[str]) -> Figure:
    """How far weights may move before the unit down falls behind the unit across; the best first.

    Parameters
    ----------
    matrix, names
        As of ``bounds.pair_robustness``, from 0 to 1, NaN where the unit down is the lower one; and its units.

    Examples
    --------
    >>> pair_robustness([[float("nan"), 0.2], [float("nan"), float("nan")]], ["x", "y"]).get_label()
    'How far weights may move before two of 2 units change places. The closest pair is x above y, 0.20.'
    """
    n = len(names)
    limit = _parts("a matrix", matrix, n, columns=n)
    np.fill_diagonal(limit, np.nan)
    order = np.argsort(-np.count_nonzero(~np.isnan(limit), axis=1), kind="stable")
    figure, axes = _axes(3.4 + 0.16 * n, 2.2 + 0.16 * n)
    _heat(figure, axes, limit[np.ix_(order, order)], "part of the weights that may move")
    axes.set_yticks(range(1, n + 1), [names[at] for at in order], fontsize=8)
    axes.set_xticks(range(1, n + 1), [names[at] for at in order], fontsize=8, rotation=90)
    axes.set_ylabel("above")
    axes.set_xlabel("below")
    pairs = [f"{upper} above {lower}" for upper in names for lower in names]
    closest = _most(pairs, -limit.ravel(), "The closest pair is {}, {:.2f}.")
    figure.set_label(f"How far weights may move before two of {n} units change places.{closest}")
    return figure


def hasse(
    names: Sequence[str], edges: Sequence[tuple[str, str]], tiers: ArrayLike, codes: Sequence[str] | None = None
) -> Figure:
    """Which units are always above which: lines lead down from a unit to those that it is always above.

    A pair without a way down from one to the other is in no order that all weights agree on. Lines that pass a tier
    are lighter. In a tier units stand where few lines cross, and not by rank.

    Parameters
    ----------
    names, tiers
        The units, and the tier of each, from 1 for the top, as of ``Dominance.tiers``.
    edges
        Pairs of codes, upper and lower, as of ``Dominance.edges``.
    codes
        What edges call the units; their names when not given.

    References
    ----------
    Sugiyama, Tagawa and Toda (1981), Methods for visual understanding of hierarchical system structures.

    Examples
    --------
    >>> hasse(["x", "y", "z"], [("x", "y"), ("x", "z")], [1, 2, 2]).get_label()
    'Hasse diagram of 3 units in 2 tiers. On top: x.'
    """
    n = len(names)
    tier = _vector("tiers", tiers, n)
    if not ((tier >= 1) & (tier % 1 == 0)).all():
        raise _refused("a tier is not a whole number from 1", "every unit has one")
    level = tier.astype(np.intp) - 1
    texts = [fill(name, 12, break_long_words=False) for name in names]
    widths = np.array([0.3 + 0.075 * max(map(len, text.split("\n"))) for text in texts])
    ways, x, y = _layered(level, _links(edges, names if codes is None else codes, level), widths)
    side = float(widths.max()) / 2
    figure, axes = _axes(float(np.ptp(x)) + 2 * side + 0.7, 0.6 * (level.max() + 1) + 0.3)
    for way in ways:
        near = len(way) == 2
        axes.plot(x[way], y[way], color=_GREY if near else "#bbbbbb", linewidth=0.9, zorder=1 + near)
    box = {"boxstyle": "round,pad=0.25", "facecolor": "white", "edgecolor": _GREY, "linewidth": 0.6}
    for at, text in enumerate(texts):
        axes.text(x[at], y[at], text, ha="center", va="center", fontsize=8, bbox=box, zorder=3)
    axes.set_yticks(range(level.max() + 1), [str(at + 1) for at in range(level.max() + 1)])
    axes.set_ylim(level.max() + 0.45, -0.45)
    axes.set_xlim(x.min() - side, x.max() + side)
    axes.set_ylabel("tier")
    axes.set_xticks([])
    _frame(axes)
    axes.grid(visible=False)
    top = ", ".join(name for name, at in zip(names, level, strict=True) if at == 0)
    figure.set_label(f"Hasse diagram of {n} units in {level.max() + 1} tiers. On top: {top}.")
    return figure


def save(figure: Figure, path: str | Path) -> None:
    """Write a figure as SVG, PNG or PDF, by the path's suffix: the same bytes every time, with no date in them.

    Its label, after its ``suptitle`` if it has one, is the file's title. Another suffix raises PiiError.
    """
    import matplotlib

    kind = Path(path).suffix.lower().removeprefix(".")
    if kind not in _DATES:
        raise _refused(f"{str(path)!r} ends in none of {', '.join(_DATES)}", "the suffix says the format")
    title = ". ".join(text for text in (figure.get_suptitle(), str(figure.get_label())) if text)
    with matplotlib.rc_context({"svg.hashsalt": "pii"}):  # without it an SVG names its parts at random
        figure.savefig(path, format=kind, dpi=150, metadata={"Title": title, **_DATES[kind]})


def _axes(width: float, height: float) -> tuple[Figure, Axes]:
    """A figure of so many inches, and its axes."""
    try:
        from matplotlib.figure import Figure
    except ImportError as error:
        remedy = "pip install 'provincial-innovation-index[plot]'"
        raise MissingExtra(
            Problem(found="matplotlib is not installed", rule="pictures need the extra pii[plot]", remedy=remedy)
        ) from error
    return (figure := Figure(figsize=(width, height), layout="constrained")), figure.add_subplot()


def _refused(found: str, rule: str) -> PiiError:
    return PiiError(Problem(found=found, rule=rule))


def _vector(what: str, values: ArrayLike, n: int) -> Vector:
    found = np.array(values, dtype=np.float64)
    if found.shape != (n,) or n == 0:
        raise _refused(f"{what} of shape {found.shape} for {n} names", "there is one number for each, and one name")
    return found


def _parts(what: str, values: ArrayLike, n: int, columns: int | None = None) -> Matrix:
    found = np.array(values, dtype=np.float64)
    if found.ndim != 2 or len(found) != n or found.size == 0 or columns not in (None, found.shape[1]):
        raise _refused(f"{what} of shape {found.shape} for {n} names", "there is a row, or both, for each name")
    if (found < 0).any() or (found > 1).any():
        raise _refused(f"{what} from {np.nanmin(found):g} to {np.nanmax(found):g}", "parts are from 0 to 1")
    return found


def _most(names: Sequence[str], values: Vector, said: str) -> str:
    """A sentence about the one with the largest value; none where nothing is known."""
    if np.isnan(values).all():
        return ""
    at = int(np.nanargmax(values))
    return " " + said.format(names[at], abs(values[at]))


def _places(values: Vector) -> NDArray[np.intp]:
    """The line of each, from 0 for the smallest; NaN last."""
    return np.argsort(np.argsort(values, kind="stable"))


def _numbered(names: Sequence[str], ranks: Vector) -> list[str]:
    return [name if np.isnan(rank) else f"{name}  {rank:g}" for name, rank in zip(names, ranks, strict=True)]


def _across(axes: Axes, last: int) -> None:
    """Ranks, numbered at both ends of a picture that may be long."""
    axes.set_xticks([1, *range(5, last + 1, 5)])
    axes.tick_params(labeltop=True)
    axes.set_xlabel("rank")


def _frame(axes: Axes) -> None:
    """A light grid behind all, and no box."""
    axes.grid(color=_PALE, linewidth=0.6)
    axes.set_axisbelow(True)
    axes.tick_params(length=0)
    axes.spines[:].set_visible(False)


def _heat(figure: Figure, axes: Axes, values: Matrix, said: str) -> None:
    """Cells numbered from 1, the darker the more; white where NaN."""
    from matplotlib.collections import PolyCollection

    down, across = np.nonzero(~np.isnan(values))
    corners = np.array([[0.5, 0.5], [1.5, 0.5], [1.5, 1.5], [0.5, 1.5]])
    cells = PolyCollection(np.stack([across, down], axis=1)[:, None] + corners, edgecolors="white", linewidths=0.3)
    cells.set(array=values[down, across], cmap=_MAP, clim=(0, 1))
    axes.add_collection(cells)
    axes.set(xlim=(0.5, values.shape[1] + 0.5), ylim=(len(values) + 0.5, 0.5))
    _frame(axes)
    figure.colorbar(cells, ax=axes, label=said, shrink=min(1.0, 3 / (_ROW * len(values))), aspect=18)


def _links(edges: Sequence[tuple[str, str]], codes: Sequence[str], level: _Levels) -> _Links:
    """Edges by the positions of their units."""
    at = {code: position for position, code in enumerate(codes)}
    if not len(at) == len(codes) == len(level):
        raise _refused(f"{len(at)} different codes for {len(level)} names", "there is one for each name")
    for upper, lower in edges:
        if not {upper, lower} <= at.keys():
            raise _refused(f"an edge from {upper!r} to {lower!r}", f"edges join {', '.join(codes)}")
        if level[at[upper]] >= level[at[lower]]:
            raise _refused(f"{upper!r} is not in a higher tier than {lower!r}", "an edge leads down")
    return [(at[upper], at[lower]) for upper, lower in edges]


def _layered(level: _Levels, links: _Links, widths: Vector) -> tuple[list[list[int]], Vector, _Levels]:
    """The points that each link joins, and where points are: the units, then a bend for each tier passed."""
    bends: dict[tuple[int, int], int] = {}
    ways: list[list[int]] = []
    for upper, lower in links:
        passed = range(level[upper] + 1, level[lower])
        ways.append([upper, *(bends.setdefault((upper, at), len(level) + len(bends)) for at in passed), lower])
    y = np.array([*level, *(at for _, at in bends)], dtype=np.intp)
    width = np.append(widths, np.full(len(bends), _BEND))
    joined = np.zeros((len(y), len(y)))
    for upper, lower in (step for way in ways for step in pairwise(way)):
        joined[upper, lower] = joined[lower, upper] = 1.0
    rows = [np.flatnonzero(y == at) for at in range(level.max() + 1)]
    x = np.zeros(len(y))
    for sweep in range(_SWEEPS):
        ordering, step = sweep < _SWEEPS // 2, 1 - 2 * (sweep % 2)  # down and up again
        for at in range(len(rows))[::step]:
            # The middle of those that a point is joined to: in the row before to find the order, then in both.
            to = joined[rows[at]] * ((y == at - step) | (not ordering))
            middle = np.where(to.any(axis=1), to @ x / np.maximum(to.sum(axis=1), 1), x[rows[at]])
            order = np.argsort(middle, kind="stable") if ordering else np.arange(len(middle))
            rows[at] = rows[at][order]
            wide = width[rows[at]]
            x[rows[at]] = _spaced(middle[order], (wide[:-1] + wide[1:]) / 2)
    return ways, x, y


def _spaced(wanted: Vector, gaps: Vector) -> Vector:
    """The places nearest to those wanted, in order and no closer than the gaps: an isotonic regression."""
    offset = np.append(0.0, gaps.cumsum())
    total = np.append(0.0, (wanted - offset).cumsum())
    at = np.arange(len(wanted))
    ordered = at[:, None] <= at
    mean = np.where(ordered, (total[1:] - total[:-1, None]) / np.maximum(at - at[:, None] + 1, 1), np.inf)
    least = np.minimum.accumulate(mean[:, ::-1], axis=1)[:, ::-1]
    nearest: Vector = np.where(ordered, least, -np.inf).max(axis=0) + offset
    return nearest
