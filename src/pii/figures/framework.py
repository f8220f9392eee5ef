"""How an index is built: the tree of its groups, with what each node is worth."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike, NDArray

from pii.arrays import Vector
from pii.figures.style import BAR, INK, blank, finish, most, refused, vector, width_of, wrapped
from pii.figures.words import Language, percent, said

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = ["framework"]

_SMALL = 7.5  # points of all texts
_LINE = 0.135  # inches from one line of them to the next
_EDGE = 0.05  # inches about a text
_LEAF, _BARS, _GROUP, _NARROW = 3.3, 1.3, 1.45, 0.3  # inches: columns of indicators, bars, groups, groups turned
# From the index to the indicators: dark to pale.
_SHADES = ("#1f3b5c", "#41688f", "#8fb2d3", "#bcd3e8", "#dde9f4")
_ON_DARK = 2  # shades so dark that their letters are white
_LAST = "#f3f6fa"


def framework(
    labels: Sequence[str],
    parents: Sequence[int],
    weights: ArrayLike,
    *,
    title: str = "",
    language: Language = "en",
) -> Figure:
    """The tree of an index from left to right: each group beside what it is made of, with its share of the index.

    Indicators have a bar for their share. Rows are as tall as their texts need, not as the shares.

    Parameters
    ----------
    labels
        All nodes, each group before what is below it, as of ``Scheme.nodes``.
    parents
        The position of each node's group; -1 for the index, which comes first.
    weights
        Each node's share of the index, (nodes,), as of ``Weights.effective``; no number where NaN.
    title, language
        What stands above the figure, and in which language its words are.

    Examples
    --------
    >>> framework(["PII", "inputs", "a", "b"], [-1, 0, 1, 1], [1, 1, 0.7, 0.3]).get_label()
    'The framework of PII: 2 indicators in 2 levels of groups. The heaviest is a, 70% of the index.'
    """
    n = len(labels)
    share = vector("weights", weights, n)
    if (
        n < 2
        or len(parents) != n
        or parents[0] != -1
        or any(not 0 <= up < at for at, up in enumerate(parents) if at)
    ):
        raise refused(
            f"parents {list(parents)[:9]} for {n} names", "the index is first, and groups before what they hold"
        )
    level = np.zeros(n, dtype=np.intp)
    for at in range(1, n):
        level[at] = level[parents[at]] + 1
    leaf = ~np.isin(np.arange(n), parents)
    texts = [_with_share(label, value, language) for label, value in zip(labels, share, strict=True)]
    found = _rows(labels, texts, parents, level, leaf)
    edges = np.append(0.0, found.widths.cumsum())
    right, depth = edges[-1] + _LEAF, float(found.bottom.max())
    head = 0.35
    figure = blank(right + _BARS + 0.3, depth + head + 0.15)
    wide, high = figure.get_size_inches()
    axes = figure.add_axes((0.15 / wide, 0.15 / high, (wide - 0.3) / wide, depth / high))
    axes.set(xlim=(0, right + _BARS), ylim=(depth, 0))
    axes.set_axis_off()
    scale = (_BARS - 0.55) / max(np.nanmax(np.where(leaf, share, 0.0)), 1e-9)
    for at in range(n):
        top, tall = found.top[at], found.bottom[at] - found.top[at]
        start = edges[level[at]]
        end = right if leaf[at] else edges[level[at] + 1]
        colour = _LAST if leaf[at] else _SHADES[min(int(level[at]), len(_SHADES) - 1)]
        axes.barh(top, end - start, tall, left=start, align="edge", color=colour, edgecolor="white", linewidth=1.0)
        turned = not leaf[at] and found.turned[level[at]]
        axes.text(
            (start + end) / 2 if turned else start + _EDGE,
            top + tall / 2,
            found.texts[at],
            ha="center" if turned else "left",
            va="center",
            rotation=90 if turned else 0,
            fontsize=_SMALL,
            linespacing=1.15,
            color="white" if not leaf[at] and level[at] < _ON_DARK else INK,
        )
        if leaf[at] and not np.isnan(share[at]):
            length = scale * share[at]
            axes.barh(top + tall / 2, length, 0.12, left=right + 0.05, color=BAR, edgecolor=INK, linewidth=0.4)
            axes.text(
                right + 0.1 + length, top + tall / 2, percent(share[at], language, 1), va="center", fontsize=_SMALL
            )
    axes.text(right + 0.05, -0.06, said("share of index", language), va="bottom", fontsize=_SMALL)
    leaves = int(leaf.sum())
    return finish(
        figure,
        title,
        said("framework of", language, root=labels[0], leaves=leaves, levels=int(level[~leaf].max()) + 1),
        most("heaviest", labels, np.where(leaf, share, np.nan), language, is_share=True),
    )


def _with_share(label: str, share: float, language: Language) -> str:
    return label if np.isnan(share) else f"{label} ·\N{NO-BREAK SPACE}{percent(share, language, 1)}"


@dataclass(frozen=True, eq=False)
class _Rows:
    """Where everything is, in inches from the left and from the top."""

    texts: list[str]
    """What stands in each box, in lines."""
    top: Vector
    bottom: Vector
    widths: Vector
    """Of the columns of groups."""
    turned: NDArray[np.bool_]
    """Which columns are read from below."""


def _rows(
    labels: Sequence[str],
    texts: Sequence[str],
    parents: Sequence[int],
    level: NDArray[np.intp],
    leaf: NDArray[np.bool_],
) -> _Rows:
    """Rows of indicators as tall as their texts, or as those of their groups if these need more."""
    n, columns = len(labels), int(level[~leaf].max()) + 1
    lines = [
        wrapped(label if leaf[at] else texts[at], (_LEAF if leaf[at] else _GROUP) - 2 * _EDGE, _SMALL)
        for at, label in enumerate(labels)
    ]
    need = np.array([2 * _EDGE + _LINE * (text.count("\n") + 1) for text in lines])
    below = _below(parents, leaf)
    tall = np.where(leaf, need, 0.0)
    turned = np.zeros(columns, dtype=np.bool_)
    for depth in reversed(range(columns)):
        groups = np.flatnonzero(~leaf & (level == depth)).tolist()
        spans = below[groups] @ tall
        # Texts of the highest groups are turned where they fit; the columns are then narrow.
        if depth < _ON_DARK and all(
            width_of(texts[at], _SMALL) + 2 * _EDGE <= span for at, span in zip(groups, spans, strict=True)
        ):
            turned[depth] = True
            for at in groups:
                lines[at] = texts[at]
            continue
        for at, span in zip(groups, spans, strict=True):
            tall[below[at]] *= max(1.0, need[at] / span)
    ends = tall.cumsum()
    top = np.array([(ends - tall)[below[at]].min() for at in range(n)])
    bottom = np.array([ends[below[at]].max() for at in range(n)])
    return _Rows(lines, top, bottom, np.where(turned, _NARROW, _GROUP), turned)


def _below(parents: Sequence[int], leaf: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Which indicators each node holds, (nodes, nodes); an indicator holds itself."""
    holds = np.diag(leaf)
    for at in reversed(range(1, len(leaf))):
        holds[parents[at]] |= holds[at]
    return holds
