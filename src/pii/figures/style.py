"""What all pictures share: colours, axes, marks for gaps, checks of shapes, and the way into a file."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from io import BytesIO
from itertools import cycle, islice
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike, NDArray

from pii.arrays import Matrix, Vector
from pii.errors import MissingExtra, PiiError, Problem
from pii.figures.words import Language, number, percent, said

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.axis import Axis
    from matplotlib.collections import PolyCollection
    from matplotlib.figure import Figure

__all__ = [
    "BAR",
    "GREY",
    "INK",
    "MAP",
    "PALETTE",
    "ROW",
    "across",
    "axes_of",
    "blank",
    "colours",
    "crosses",
    "encoded",
    "finish",
    "frame",
    "heat",
    "key",
    "most",
    "numbered",
    "parts",
    "places",
    "readable",
    "refused",
    "save",
    "table",
    "ticks",
    "title_of",
    "vector",
    "width_of",
    "wrapped",
]

INK, GREY, PALE, BAR = "#222222", "#666666", "#dddddd", "#8fbbe0"
MAP = "cividis_r"
"""Even steps of lightness, and the same order of colours for the colour-blind."""
PALETTE = ("#332288", "#88ccee", "#117733", "#ddcc77", "#882255", "#66bbaa", "#7a4a10", "#f0c8d8")
"""Dark and light by turns, so that neighbours differ in grey; after Tol's colours for the colour-blind."""
ROW = 0.19
"""Inches that a line of names takes."""
_ABOVE = "above"  # what the legend above a picture is called
# What a format calls the date that it is not to have.
_DATES = {"pdf": {"CreationDate": None}, "png": {"Software": None}, "svg": {"Date": None}}


def blank(width: float, height: float) -> Figure:
    """An empty figure of so many inches, which nothing else knows of.

    Raises
    ------
    MissingExtra
        Matplotlib is not installed.
    """
    with _needed():
        from matplotlib.figure import Figure
    return Figure(figsize=(width, height))


@contextmanager
def _needed() -> Iterator[None]:
    """Say how Matplotlib is installed, where it is not."""
    try:
        yield
    except ImportError as error:
        remedy = "pip install 'provincial-innovation-index[plot]'"
        rule = "pictures need the extra pii[plot]"
        raise MissingExtra(Problem(found="matplotlib is not installed", rule=rule, remedy=remedy)) from error


def axes_of(width: float, height: float) -> tuple[Figure, Axes]:
    """A figure of so many inches, and its axes, with room for whatever is put about them."""
    figure = blank(width, height)
    figure.set_layout_engine("constrained")
    return figure, figure.add_subplot()


def finish(figure: Figure, title: str, *sentences: str) -> Figure:
    """The figure with its title, with what it shows as its label, and no text read as a formula."""
    from matplotlib.text import Text

    if title:
        _headed(figure, wrapped(title, figure.get_figwidth() - 0.4, 11))
    for text in figure.findobj(Text):
        text.set_parse_math(False)
    figure.set_label(" ".join(filter(None, sentences)))
    return figure


def _headed(figure: Figure, title: str) -> None:
    """Make a figure taller by its title, so that what it has keeps its size and legends stay below the title."""
    from matplotlib.font_manager import FontProperties
    from matplotlib.layout_engine import ConstrainedLayoutEngine

    high = figure.get_figheight()
    more = 0.12 + 0.19 * (title.count("\n") + 1)
    left = high / (high + more)
    figure.set_figheight(high + more)
    figure.suptitle(title, y=1 - 0.07 / (high + more), fontsize=11, va="top").set_in_layout(False)
    above = [legend for legend in figure.legends if legend.get_label() == _ABOVE]
    engine = figure.get_layout_engine()
    if above:
        # A legend outside is at the very top, and only its own height is kept free: so it has the title's room.
        blank_lines = "\n".join([" "] * len(title.split("\n")))
        above[0].set_title(blank_lines, prop=FontProperties(size=11))
    elif isinstance(engine, ConstrainedLayoutEngine):
        engine.set(rect=(0, 0, 1, left))
    else:
        for axes in figure.axes:
            x, y, wide, tall = axes.get_position().bounds
            axes.set_position((x, y * left, wide, tall * left))


def title_of(figure: Figure) -> str:
    """What a file of the figure is called: its title, and what it shows."""
    title = " ".join(figure.get_suptitle().split())
    return ". ".join(text for text in (title, str(figure.get_label())) if text)


def save(figure: Figure, path: str | Path) -> None:
    """Write a figure as SVG, PNG or PDF, by the path's suffix: the same bytes every time, with no date in them.

    Its label, after its ``suptitle`` if it has one, is the file's title. Another suffix raises PiiError.
    """
    kind = Path(path).suffix.lower().removeprefix(".")
    if kind not in _DATES:
        raise refused(f"{str(path)!r} ends in none of {', '.join(_DATES)}", "the suffix says the format")
    content = encoded(figure, kind)
    Path(path).write_bytes(content)


def encoded(figure: Figure, kind: str) -> bytes:
    """The bytes of a file of the figure: svg, png or pdf."""
    import matplotlib

    buffer = BytesIO()
    with matplotlib.rc_context({"svg.hashsalt": "pii"}):  # without it an SVG names its parts at random
        figure.savefig(buffer, format=kind, dpi=150, metadata={"Title": title_of(figure), **_DATES[kind]})
    return buffer.getvalue()


def refused(found: str, rule: str) -> PiiError:
    """What cannot be drawn, and the rule."""
    return PiiError(Problem(found=found, rule=rule))


def vector(what: str, values: ArrayLike, n: int) -> Vector:
    """One number for each name.

    Raises
    ------
    PiiError
        There is another number of them, or none at all.
    """
    found = np.array(values, dtype=np.float64)
    if found.shape != (n,) or n == 0:
        raise refused(f"{what} of shape {found.shape} for {n} names", "there is one number for each, and one name")
    return found


def table(what: str, values: ArrayLike, n: int, k: int) -> Matrix:
    """One number for each of n names and k labels.

    Raises
    ------
    PiiError
        The shape is another, or there is nothing.
    """
    found = np.array(values, dtype=np.float64)
    if found.shape != (n, k) or found.size == 0:
        raise refused(
            f"{what} of shape {found.shape} for {n} names and {k} labels",
            "there is a row for each name, a column for each label",
        )
    return found


def parts(what: str, values: ArrayLike, n: int, columns: int | None = None) -> Matrix:
    """A row of parts of 1 for each name, and a column too if so many are asked for.

    Raises
    ------
    PiiError
        The shape is another, or a number is not from 0 to 1.
    """
    found = np.array(values, dtype=np.float64)
    if found.ndim != 2 or len(found) != n or found.size == 0 or columns not in (None, found.shape[1]):
        raise refused(f"{what} of shape {found.shape} for {n} names", "there is a row, or both, for each name")
    if (found < 0).any() or (found > 1).any():
        raise refused(f"{what} from {np.nanmin(found):g} to {np.nanmax(found):g}", "parts are from 0 to 1")
    return found


def most(
    what: str,
    names: Sequence[str],
    values: Vector,
    language: Language,
    *,
    decimals: int | None = None,
    is_share: bool = False,
) -> str:
    """A sentence about the one with the largest value; none where nothing is known."""
    if np.isnan(values).all():
        return ""
    at = int(np.nanargmax(values))
    value = abs(float(values[at]))
    said_so = percent(value, language) if is_share else number(value, language, decimals)
    return said(what, language, name=names[at], value=said_so)


def places(values: Vector) -> NDArray[np.intp]:
    """The line of each, from 0 for the smallest; NaN last."""
    return np.argsort(np.argsort(values, kind="stable"))


def numbered(names: Sequence[str], ranks: Vector) -> list[str]:
    """Names with their ranks; a name alone where there is none."""
    return [name if np.isnan(rank) else f"{name}  {rank:g}" for name, rank in zip(names, ranks, strict=True)]


def across(axes: Axes, last: int, language: Language) -> None:
    """Ranks, numbered at both ends of a picture that may be long."""
    axes.set_xticks([1, *range(5, last + 1, 5)])
    axes.tick_params(labeltop=True)
    axes.set_xlabel(said("rank", language))


def frame(axes: Axes) -> None:
    """A light grid behind all, and no box."""
    axes.grid(color=PALE, linewidth=0.6)
    axes.set_axisbelow(True)
    axes.tick_params(length=0)
    axes.spines[:].set_visible(False)


def ticks(axis: Axis, language: Language) -> None:
    """Numbers along an axis in the language's way, and none as a power of ten."""
    from matplotlib.ticker import FuncFormatter

    axis.set_major_formatter(FuncFormatter(lambda value, _: number(round(value, 9), language)))


def heat(
    figure: Figure,
    axes: Axes,
    values: Matrix,
    label: str,
    language: Language,
    *,
    limits: tuple[float, float] = (0.0, 1.0),
    colour_map: str = MAP,
) -> PolyCollection:
    """Cells numbered from 1, the darker the more; white where NaN."""
    from matplotlib.collections import PolyCollection

    down, over = np.nonzero(~np.isnan(values))
    corners = np.array([[0.5, 0.5], [1.5, 0.5], [1.5, 1.5], [0.5, 1.5]])
    cells = PolyCollection(np.stack([over, down], axis=1)[:, None] + corners, edgecolors="white", linewidths=0.3)
    cells.set(array=values[down, over], cmap=colour_map, clim=limits)
    axes.add_collection(cells)
    axes.set(xlim=(0.5, values.shape[1] + 0.5), ylim=(len(values) + 0.5, 0.5))
    frame(axes)
    bar = figure.colorbar(cells, ax=axes, label=label, shrink=min(1.0, 3 / (ROW * len(values))), aspect=18)
    ticks(bar.ax.yaxis, language)
    return cells


def crosses(figure: Figure, axes: Axes, values: Matrix, what: str) -> None:
    """A cross in every cell that has no value, and what it means."""
    down, over = np.nonzero(np.isnan(values))
    if down.size:
        axes.plot(over + 1, down + 1, "x", color=GREY, markersize=4, label=what, zorder=3)
        figure.legend(loc="outside lower center", frameon=False)


def key(figure: Figure) -> None:
    """What the marks mean, above the picture, in as many columns as have room."""
    _, labels = figure.axes[0].get_legend_handles_labels()
    widest = max(width_of(label, 9) for label in labels) + 0.6
    columns = max(1, min(len(labels), int((figure.get_figwidth() - 0.2) / widest)))
    figure.legend(loc="outside upper center", ncols=columns, frameon=False, fontsize=9).set_label(_ABOVE)


def readable(cells: PolyCollection, values: Vector) -> list[str]:
    """For each value the colour of letters that is read on its cell."""
    shades = np.array(cells.to_rgba(values))[..., :3]
    light = np.where(shades <= 0.04045, shades / 12.92, ((shades + 0.055) / 1.055) ** 2.4)
    # Where both have the same contrast, by the formula of the guidelines for web content.
    return ["white" if one < 0.21 else INK for one in (light @ [0.2126, 0.7152, 0.0722]).tolist()]


def colours(k: int) -> list[str]:
    """As many colours as there are parts; they come again after eight."""
    return list(islice(cycle(PALETTE), k))


@cache
def width_of(text: str, size: float) -> float:
    """Inches that a line takes in letters of so many points.

    Raises
    ------
    MissingExtra
        Matplotlib is not installed.
    """
    with _needed():
        from matplotlib.font_manager import FontProperties
        from matplotlib.textpath import text_to_path
    width, _, _ = text_to_path.get_text_width_height_descent(text, FontProperties(size=size), False)
    return float(width) / 72


def wrapped(text: str, width: float, size: float) -> str:
    """The text in lines that are no wider than so many inches, as far as its words allow."""
    lines: list[str] = []
    for word in text.split(" "):
        if lines and width_of(f"{lines[-1]} {word}", size) <= width:
            lines[-1] += f" {word}"
        else:
            lines.append(word)
    return "\n".join(lines)
