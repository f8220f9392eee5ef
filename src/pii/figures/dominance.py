"""Who is always above whom: the units in tiers, joined where all weights agree."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from textwrap import fill
from typing import TYPE_CHECKING, TypeAlias

import numpy as np
from numpy.typing import ArrayLike, NDArray

from pii.arrays import Vector
from pii.figures.style import GREY, axes_of, finish, frame, refused, vector
from pii.figures.words import Language, said

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = ["hasse"]

_BEND = 0.1  # inches that a line takes which passes a tier
_SWEEPS = 80

_Levels: TypeAlias = NDArray[np.intp]
_Links: TypeAlias = list[tuple[int, int]]


def hasse(
    names: Sequence[str],
    edges: Sequence[tuple[str, str]],
    tiers: ArrayLike,
    codes: Sequence[str] | None = None,
    *,
    title: str = "",
    language: Language = "en",
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
    title, language
        What stands above the figure, and in which language its words are.

    References
    ----------
    Sugiyama, Tagawa and Toda (1981), Methods for visual understanding of hierarchical system structures.

    Examples
    --------
    >>> hasse(["x", "y", "z"], [("x", "y"), ("x", "z")], [1, 2, 2]).get_label()
    'Hasse diagram of 3 units in 2 tiers. On top: x.'
    """
    n = len(names)
    tier = vector("tiers", tiers, n)
    if not ((tier >= 1) & (tier % 1 == 0)).all():
        raise refused("a tier is not a whole number from 1", "every unit has one")
    level = tier.astype(np.intp) - 1
    texts = [fill(name, 12, break_long_words=False) for name in names]
    widths = np.array([0.3 + 0.075 * max(map(len, text.split("\n"))) for text in texts])
    ways, x, y = _layered(level, _links(edges, names if codes is None else codes, level), widths)
    side = float(widths.max()) / 2
    figure, axes = axes_of(float(np.ptp(x)) + 2 * side + 0.7, 0.6 * (level.max() + 1) + 0.3)
    for way in ways:
        near = len(way) == 2
        axes.plot(x[way], y[way], color=GREY if near else "#bbbbbb", linewidth=0.9, zorder=1 + near)
    box = {"boxstyle": "round,pad=0.25", "facecolor": "white", "edgecolor": GREY, "linewidth": 0.6}
    for at, text in enumerate(texts):
        axes.text(x[at], y[at], text, ha="center", va="center", fontsize=8, bbox=box, zorder=3)
    axes.set_yticks(range(level.max() + 1), [str(at + 1) for at in range(level.max() + 1)])
    axes.set_ylim(level.max() + 0.45, -0.45)
    axes.set_xlim(x.min() - side, x.max() + side)
    axes.set_ylabel(said("tier", language))
    axes.set_xticks([])
    frame(axes)
    axes.grid(visible=False)
    top = ", ".join(name for name, at in zip(names, level, strict=True) if at == 0)
    return finish(figure, title, said("hasse of", language, n=n, tiers=level.max() + 1, top=top))


def _links(edges: Sequence[tuple[str, str]], codes: Sequence[str], level: _Levels) -> _Links:
    """Edges by the positions of their units."""
    at = {code: position for position, code in enumerate(codes)}
    if not len(at) == len(codes) == len(level):
        raise refused(f"{len(at)} different codes for {len(level)} names", "there is one for each name")
    for upper, lower in edges:
        if not {upper, lower} <= at.keys():
            raise refused(f"an edge from {upper!r} to {lower!r}", f"edges join {', '.join(codes)}")
        if level[at[upper]] >= level[at[lower]]:
            raise refused(f"{upper!r} is not in a higher tier than {lower!r}", "an edge leads down")
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
