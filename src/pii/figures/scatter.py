"""Scores against something else, such as income per person: what is expected, and who is far from it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from pii.arrays import Matrix, Vector
from pii.figures.style import GREY, INK, axes_of, finish, frame, key, most, refused, ticks, vector, width_of
from pii.figures.words import Language, said

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

__all__ = ["scatter"]

_NAMED = 10  # names of those furthest from the curve
_LETTERS = 8.0  # points of names
_ABOVE, _BELOW, _BAND = "#1f5a94", "#b5651d", "#d5e3f0"
_FAR = (7.0, 11.0, 16.0, 24.0, 34.0, 48.0, 66.0)  # points from a mark to its name, the nearest first
_NEAR = 16.0  # points from which on a line leads to a name
_WAYS = tuple(np.deg2rad([0, 180, 90, 270, 45, 135, 315, 225]))


def scatter(
    names: Sequence[str],
    covariate: ArrayLike,
    scores: ArrayLike,
    curve: tuple[ArrayLike, ArrayLike, ArrayLike, ArrayLike],
    *,
    axes_names: tuple[str, str] = ("covariate", "score"),
    is_log: bool = False,
    title: str = "",
    language: Language = "en",
) -> Figure:
    """Each unit's score against its covariate, with what is expected, and the names of those furthest from it.

    A thin line leads from each mark to the curve: it is the residual. Marks above the band point up, marks below it
    down. A name that finds no free place near its mark is left out; the label says who is furthest.

    Parameters
    ----------
    names
        The units; those without a covariate or a score are left out.
    covariate, scores
        (units,), each in its own unit.
    curve
        Points of the curve in rising order: covariate, expected score, and low and high end of the band, as of
        ``Expectation.to_frame``. Between them it is straight.
    axes_names
        What the covariate and the scores are.
    is_log
        Whether steps of the covariate are drawn as parts of it, and not as differences.
    title, language
        What stands above the figure, and in which language its words are.

    Examples
    --------
    >>> line = ([1, 3], [10, 30], [8, 28], [12, 32])
    >>> print(scatter(["x", "y", "z"], [1, 2, 3], [11, 27, 22], line, axes_names=("GRDP", "PII")).get_label())
    PII of 3 units against GRDP. The furthest above what is expected is y, by 7.00. The furthest below is z,
    by 8.00.
    """
    n = len(names)
    x, y = vector("covariate", covariate, n), vector("scores", scores, n)
    shown = ~(np.isnan(x) | np.isnan(y))
    if is_log and (x[shown] <= 0).any():
        raise refused(f"a covariate of {x[shown].min():g}", "only a number above 0 has a place on such an axis")
    points = _points(curve)
    expected, low, high = (_on(points, row, x, is_log=is_log) for row in (1, 2, 3))
    residual = np.where(shown, y - expected, np.nan)
    figure, axes = axes_of(7.2, 5.2)
    if is_log:
        axes.set_xscale("log")
    of_band, of_curve = said("band", language), said("expected", language)
    axes.fill_between(points[0], points[2], points[3], color=_BAND, linewidth=0, label=of_band, zorder=1)
    axes.plot(points[0], points[1], color=INK, linewidth=1.3, label=of_curve, zorder=3)
    axes.vlines(x, expected, y, color=GREY, linewidth=0.6, zorder=2)
    above, below = shown & (y > high), shown & (y < low)
    for here, mark, colour, label in (
        (above, "^", _ABOVE, "above expected"),
        (shown & ~above & ~below, "o", GREY, "in line"),
        (below, "v", _BELOW, "below expected"),
    ):
        axes.plot(
            x[here],
            y[here],
            mark,
            color=colour,
            markeredgecolor="white",
            markersize=6.5,
            label=said(label, language),
            zorder=4,
        )
    axes.set(xlabel=axes_names[0], ylabel=axes_names[1])
    axes.margins(0.07)
    _scale(axes, language, is_log=is_log)
    frame(axes)
    key(figure)
    left = n - int(shown.sum())
    finish(
        figure,
        title,
        said("scatter of", language, score=axes_names[1], covariate=axes_names[0], n=n - left),
        said("left out", language, n=left) if left else "",
        most("most above", names, np.where(residual > 0, residual, np.nan), language, decimals=2),
        most("most below", names, np.where(residual < 0, -residual, np.nan), language, decimals=2),
    )
    furthest = np.argsort(-np.abs(residual), kind="stable")[: min(_NAMED, int((~np.isnan(residual)).sum()))]
    sticks = np.stack([x, expected, y], axis=1)
    _name(
        figure,
        axes,
        [(names[at], float(x[at]), float(y[at])) for at in furthest],
        sticks[~np.isnan(residual)],
        points,
    )
    return figure


def _points(curve: tuple[ArrayLike, ...]) -> Matrix:
    """The curve as four rows."""
    found = [np.array(row, dtype=np.float64) for row in curve]
    if len(found) != 4 or found[0].ndim != 1 or len({row.shape for row in found}) != 1 or not found[0].size:
        raise refused(f"a curve of shapes {[row.shape for row in found]}", "it is four rows of as many numbers")
    points: Matrix = np.stack(found)
    if np.isnan(points).any() or (np.diff(points[0]) < 0).any():
        raise refused("a curve with gaps, or that goes back", "its points are in rising order of the covariate")
    return points


def _on(points: Matrix, row: int, x: Vector, *, is_log: bool) -> Vector:
    """A row of the curve at other places; NaN beyond its ends."""
    scale = np.log if is_log else np.asarray
    known = np.where(np.isnan(x), points[0, 0], x)
    found: Vector = np.interp(scale(known), scale(points[0]), points[row], left=np.nan, right=np.nan)
    return np.where(np.isnan(x), np.nan, found)


def _scale(axes: Axes, language: Language, *, is_log: bool) -> None:
    from matplotlib.ticker import LogLocator, NullLocator

    if is_log:
        low, high = axes.get_xlim()
        close = (1, 1.5, 2, 3, 4, 5, 6, 7, 8, 9) if high < 6 * low else (1, 2, 5) if high < 600 * low else (1,)
        axes.xaxis.set_major_locator(LogLocator(subs=close))
        axes.xaxis.set_minor_locator(NullLocator())
    ticks(axes.xaxis, language)
    ticks(axes.yaxis, language)


class _Box(NamedTuple):
    """A rectangle, in points."""

    left: float
    low: float
    right: float
    high: float

    def holds(self, other: _Box) -> bool:
        """Whether the other is all in this one."""
        return (
            self.left <= other.left
            and other.right <= self.right
            and self.low <= other.low
            and other.high <= self.high
        )

    def crossed(self, x: float, y: float, dx: float, dy: float) -> bool:
        """Whether a straight line from a point by so much goes through it."""
        steps = [step / 30 for step in range(31)]
        return any(self.left < x + t * dx < self.right and self.low < y + t * dy < self.high for t in steps)

    def meets(self, other: _Box) -> bool:
        """Whether the two have anything in common."""
        return (
            self.left < other.right and other.left < self.right and self.low < other.high and other.low < self.high
        )


def _name(
    figure: Figure, axes: Axes, named: Sequence[tuple[str, float, float]], sticks: Matrix, points: Matrix
) -> None:
    """Put names beside their marks where nothing else is, the first name first."""
    figure.draw_without_rendering()  # so that the axes have their size
    scale = 72 / figure.dpi

    def on_paper(x: Vector, y: Vector) -> list[tuple[float, float]]:
        found = axes.transData.transform(np.stack([x, y], axis=1)) * scale
        return [(float(across), float(up)) for across, up in found]

    ends = axes.get_window_extent()
    inside = _Box(ends.x0 * scale, ends.y0 * scale, ends.x1 * scale, ends.y1 * scale)
    x, expected, y = sticks.T
    marks, feet = on_paper(x, y), on_paper(x, expected)
    taken = [_Box(left - 4.5, up - 4.5, left + 4.5, up + 4.5) for left, up in marks]
    lines = [_Box(a - 1, min(b, d), a + 1, max(b, d)) for (a, b), (_, d) in zip(marks, feet, strict=True)]
    fine = np.linspace(0, points.shape[1] - 1, 200)
    curve = on_paper(*(np.interp(fine, np.arange(points.shape[1]), row) for row in points[:2]))
    lines += [_Box(left - 2, up - 2, left + 2, up + 2) for left, up in curve]
    for name, across, score in named:
        (left, up), *_ = on_paper(np.array([across]), np.array([score]))
        wide, tall = 72 * 1.05 * width_of(name, _LETTERS) + 2, _LETTERS + 2.5
        others = [box for box in taken if not box.holds(_Box(left, up, left, up))]
        tries = [
            (dx, dy, box, led)
            for dx, dy, led in _tries(wide, tall)
            for box in [_Box(left + dx - wide / 2, up + dy - tall / 2, left + dx + wide / 2, up + dy + tall / 2)]
            if inside.holds(box)
            and not any(map(box.meets, taken))
            and not (led and any(other.crossed(left, up, dx, dy) for other in others))
        ]
        # Over a line of the picture only where there is no other place.
        free = [one for one in tries if not any(map(one[2].meets, lines))]
        for dx, dy, box, led in (free or tries)[:1]:
            arrow = {
                "arrowstyle": "-",
                "color": GREY,
                "linewidth": 0.5,
                "linestyle": ":",
                "shrinkA": 0,
                "shrinkB": 3,
            }
            text = axes.annotate(
                name,
                (across, score),
                (dx, dy),
                textcoords="offset points",
                ha="center",
                va="center",
                fontsize=_LETTERS,
                arrowprops=arrow if led else None,
                zorder=5,
                parse_math=False,
            )
            text.set_in_layout(False)
            taken.append(box)


def _tries(wide: float, tall: float) -> Iterator[tuple[float, float, bool]]:
    """Where the middle of a name may be, from its mark, near before far; and whether a line leads to it."""
    for far in _FAR:
        for way in _WAYS:
            across, up = np.cos(way), np.sin(way)
            yield float(across * (far + wide / 2)), float(up * (far + tall / 2)), far > _NEAR
