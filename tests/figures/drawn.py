"""What a picture shows, read back from its parts."""

from __future__ import annotations

import numpy as np
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection, PolyCollection
from matplotlib.figure import Figure
from matplotlib.text import Text

__all__ = ["axes_of", "bars", "cells", "downwards", "labels", "lines", "overlaps"]


def axes_of(figure: Figure) -> Axes:
    """The axes that hold the picture."""
    return figure.axes[0]


def labels(axes: Axes, which: str = "y") -> list[str]:
    """The words along an axis."""
    ticks = axes.get_yticklabels() if which == "y" else axes.get_xticklabels()
    return [tick.get_text() for tick in ticks]


def downwards(axes: Axes) -> list[str]:
    """The words along the vertical axis, from the top."""
    at = axes.transData.transform([(0, y) for y in axes.get_yticks()])[:, 1]
    return [labels(axes)[i] for i in np.argsort(-at)]


def bars(axes: Axes) -> list[tuple[float, float]]:
    """Both ends of every horizontal bar, from left to right."""
    return [(bar.get_x(), bar.get_x() + bar.get_width()) for bar in axes.patches]  # type: ignore[attr-defined]


def lines(axes: Axes) -> list[list[list[float]]]:
    """The ends of every line of the first collection of lines."""
    found = next(one for one in axes.collections if isinstance(one, LineCollection))
    return [np.asarray(segment).tolist() for segment in found.get_segments()]


def cells(axes: Axes) -> dict[tuple[int, int], float]:
    """The value of every coloured cell, by row and column from 1."""
    found = next(one for one in axes.collections if isinstance(one, PolyCollection))
    centres = [np.asarray(path.vertices)[:4].mean(axis=0) for path in found.get_paths()]
    values = np.asarray(found.get_array()).tolist()
    return {(round(y), round(x)): value for (x, y), value in zip(centres, values, strict=True)}


def overlaps(figure: Figure) -> list[tuple[str, str]]:
    """Texts of a picture that cover one another, as pairs."""
    figure.draw_without_rendering()
    found = []
    texts = [text for text in figure.findobj(Text) if text.get_text().strip() and text.get_visible()]
    # Not that of an annotation, which has its line as well.
    seen = [(text.get_text(), Text.get_window_extent(text).padded(-1)) for text in texts]
    for at, (one, box) in enumerate(seen):
        found += [(one, other) for other, its in seen[at + 1 :] if box.overlaps(its) and box.width and its.width]
    return found
