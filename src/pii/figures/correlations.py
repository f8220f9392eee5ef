"""Which nodes of an index go together, and which apart."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike

from pii.figures.style import INK, axes_of, crosses, finish, heat, readable, refused, table, width_of
from pii.figures.words import Language, number, said

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

__all__ = ["correlation_map"]

_SMALL = 7.5  # points of what stands in a cell
_DIVERGING = "PuOr"  # brown and purple are told apart in every kind of colour blindness


def correlation_map(
    labels: Sequence[str],
    coefficients: ArrayLike,
    groups: Sequence[str] = (),
    *,
    title: str = "",
    language: Language = "en",
) -> Figure:
    """The correlation of every two nodes: purple where they go together, brown where they go apart.

    Below 0 a cell has a stroke, for print without colours; few nodes have their numbers instead. A pair without a
    coefficient has a cross.

    Parameters
    ----------
    labels
        The nodes.
    coefficients
        (nodes, nodes), from -1 to 1, as of ``pii.numerics.correlation``; NaN where not known.
    groups
        What each node belongs to; lines are drawn between one group and the next.
    title, language
        What stands above the figure, and in which language its words are.

    Examples
    --------
    >>> correlation_map(["a", "b"], [[1, -0.4], [-0.4, 1]]).get_label()
    'Correlations of 2 nodes. 1 of 1 pairs are negative. The strongest is of a with b, -0.40.'
    """
    n = len(labels)
    r = table("coefficients", coefficients, n, n)
    if (np.abs(r) > 1 + 1e-9).any():
        raise refused(f"coefficients from {np.nanmin(r):g} to {np.nanmax(r):g}", "they are from -1 to 1")
    if groups and len(groups) != n:
        raise refused(f"{len(groups)} groups for {n} names", "there is one for each, or none at all")
    few = n <= 15
    cell = 0.42 if few else 0.165
    figure, axes = axes_of(max(4.5, 2.6 + cell * n), max(3.6, 1.7 + cell * n))
    cells = heat(
        figure,
        axes,
        r,
        said("coefficient" if few else "coefficient and stroke", language),
        language,
        limits=(-1.0, 1.0),
        colour_map=_DIVERGING,
    )
    crosses(figure, axes, r, said("no coefficient", language))
    down, over = np.nonzero(~np.isnan(r) if few else r < 0)
    shown = r[down, over]
    for i, j, value, colour in zip(down.tolist(), over.tolist(), shown, readable(cells, shown), strict=True):
        text = number(value, language, 2) if few else "\N{MINUS SIGN}"
        axes.text(j + 1, i + 1, text, ha="center", va="center", fontsize=_SMALL if few else 6, color=colour)
    axes.set_yticks(range(1, n + 1), list(labels), fontsize=_SMALL)
    axes.set_xticks(range(1, n + 1), list(labels), fontsize=_SMALL, rotation=90)
    axes.grid(visible=False)
    axes.set_aspect("equal")
    _between(axes, groups, cell)
    first, second = np.triu_indices(n, 1)
    pairs = [
        said("a correlation", language, upper=labels[i], lower=labels[j])
        for i, j in zip(first.tolist(), second.tolist(), strict=True)
    ]
    found = r[first, second]
    strongest = ""
    if (~np.isnan(found)).any():
        at = int(np.nanargmax(np.abs(found)))
        strongest = said("strongest", language, name=pairs[at], value=number(found[at], language, 2))
    return finish(
        figure,
        title,
        said(
            "correlations of", language, n=n, negative=int((found < 0).sum()), pairs=int((~np.isnan(found)).sum())
        ),
        strongest,
    )


def _between(axes: Axes, groups: Sequence[str], cell: float) -> None:
    """Lines from one group to the next, and their names above."""
    runs = [(name, len(list(run))) for name, run in groupby(groups)]
    ends = np.cumsum([0, *(wide for _, wide in runs)]) + 0.5
    for end in ends[1:-1]:
        axes.axhline(end, color=INK, linewidth=1.2)
        axes.axvline(end, color=INK, linewidth=1.2)
    fits = all(width_of(name, 8) <= wide * cell for name, wide in runs)
    for (name, wide), start in zip(runs, ends, strict=False):
        axes.annotate(
            name,
            (start + wide / 2, 0.5),
            (0, 4),
            textcoords="offset points",
            ha="center",
            va="bottom",
            fontsize=8,
            rotation=0 if fits else 90,
        )
