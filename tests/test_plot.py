"""Pictures have a mark for every number, a name for every unit, and the same bytes twice."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection, PolyCollection
from matplotlib.figure import Figure

from pii import plot
from pii.errors import MissingExtra, PiiError
from pii.numerics.dominance import direct, tiers

NAN = float("nan")
NAMES = ["Đắk Lắk", "Huế", "Quảng Ngãi"]
EDGES = [("Huế", "Đắk Lắk"), ("Đắk Lắk", "Quảng Ngãi")]
MADE: dict[str, Callable[[], Figure]] = {
    "rank_intervals": lambda: plot.rank_intervals(NAMES, [2, 1, 3], [1, 1, 2], [3, 2, 3], ([1, 1, 1], [3, 3, 3])),
    "acceptability": lambda: plot.acceptability([[0.2, 0.6, 0.2], [0.8, 0.2, 0], [0, 0.2, 0.8]], NAMES, [2, 1, 3]),
    "effects": lambda: plot.effects(NAMES, [0.1, 0.5, 0.2], [0.2, 0.7, 0.3], ([0, 0.4, 0.1], [0.2, 0.6, 0.3])),
    "pair_robustness": lambda: plot.pair_robustness([[1, NAN, 0.4], [0.1, 1, 0.9], [NAN, NAN, 1]], NAMES),
    "hasse": lambda: plot.hasse(NAMES, EDGES, [2, 1, 3]),
}


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


# What is drawn


def test_ranks_are_drawn_from_the_best_down_with_their_numbers() -> None:
    """Names are at the marks, whatever the order given."""
    axes = axes_of(MADE["rank_intervals"]())
    assert downwards(axes) == ["Huế  1", "Đắk Lắk  2", "Quảng Ngãi  3"]
    mark = next(line for line in axes.lines if line.get_label() == "rank")
    assert np.asarray(mark.get_xydata()).tolist() == [[2, 1], [1, 0], [3, 2]]


def test_probable_ranks_are_bars_inside_the_lines_of_possible_ones() -> None:
    """Both reach as far beyond their ends, so that one never seems to pass the other."""
    axes = axes_of(MADE["rank_intervals"]())
    assert np.allclose(bars(axes), [(0.65, 3.35), (0.65, 2.35), (1.65, 3.35)])
    assert np.allclose(lines(axes), [[[0.65, y], [3.35, y]] for y in (1, 0, 2)])


def test_without_possible_ranks_there_is_no_line() -> None:
    """Nor a word of them in the legend."""
    figure = plot.rank_intervals(NAMES, [1, 2, 3], [1, 2, 3], [1, 2, 3])
    assert [text.get_text() for text in figure.legends[0].get_texts()] == ["rank", "probable ranks"]
    assert not [one for one in axes_of(figure).collections if isinstance(one, LineCollection)]
    assert "possible" not in str(figure.get_label())


def test_a_unit_without_a_rank_comes_last_by_its_name_alone() -> None:
    """It has no bar: neither for NaN, nor for the 0 of a study without a score."""
    for gap in (NAN, 0):
        figure = plot.rank_intervals(NAMES, [NAN, 2, 1], [gap, 2, 1], [gap, 2, 2], ([NAN, 1, 1], [NAN, 2, 2]))
        assert downwards(axes_of(figure)) == ["Quảng Ngãi  1", "Huế  2", "Đắk Lắk"]
        assert np.isnan(bars(axes_of(figure))).any(axis=1).tolist() == [True, False, False]


def test_acceptability_has_a_cell_for_every_rank_that_a_unit_ever_has() -> None:
    """Rows are in the order of the ranks; what never happens stays white."""
    axes = axes_of(MADE["acceptability"]())
    assert downwards(axes) == ["Huế  1", "Đắk Lắk  2", "Quảng Ngãi  3"]
    first, second, third = (
        {(1, 1): 0.8, (1, 2): 0.2},
        {(2, 1): 0.2, (2, 2): 0.6, (2, 3): 0.2},
        {(3, 2): 0.2, (3, 3): 0.8},
    )
    assert cells(axes) == first | second | third


def test_acceptability_of_a_unit_without_scores_is_white() -> None:
    """NaN is no share."""
    axes = axes_of(plot.acceptability([[NAN, NAN], [1.0, 0.0]], ["x", "y"], [NAN, 1]))
    assert cells(axes) == {(1, 1): 1.0}
    assert downwards(axes) == ["y  1", "x"]


def test_acceptability_may_have_more_ranks_than_units() -> None:
    """A part of a table can be drawn."""
    assert axes_of(plot.acceptability(np.full((2, 7), 1 / 7), ["x", "y"], [1, 2])).get_xlim() == (0.5, 7.5)


def test_effects_are_two_bars_a_choice_the_largest_total_on_top() -> None:
    """Alone above in all, with a line for an interval."""
    axes = axes_of(MADE["effects"]())
    assert downwards(axes) == ["Huế", "Quảng Ngãi", "Đắk Lắk"]
    assert np.allclose(bars(axes), [(0, 0.1), (0, 0.5), (0, 0.2), (0, 0.2), (0, 0.7), (0, 0.3)])
    assert np.allclose([[a[0], b[0]] for a, b in lines(axes)], [(0, 0.2), (0.4, 0.6), (0.1, 0.3)])


def test_an_effect_on_what_never_changes_has_no_bar() -> None:
    """It is unknown, and its choice stands last."""
    figure = plot.effects(["x", "y"], [NAN, 0.5], [NAN, 0.5])
    assert downwards(axes_of(figure)) == ["y", "x"]
    assert "y, 0.50" in str(figure.get_label())
    assert str(plot.effects(["x"], [NAN], [NAN]).get_label()) == "Effects of 1 choices, alone and in all."


def test_pairs_are_drawn_once_and_no_unit_against_itself() -> None:
    """Who is above most others is on top, and first across."""
    axes = axes_of(MADE["pair_robustness"]())
    assert downwards(axes) == labels(axes, "x") == ["Huế", "Đắk Lắk", "Quảng Ngãi"]
    assert cells(axes) == {(1, 2): 0.1, (1, 3): 0.9, (2, 3): 0.4}


def test_the_matrix_given_is_left_as_it_is() -> None:
    """Leaving the diagonal out changes nothing for the caller."""
    matrix = np.ones((2, 2))
    plot.pair_robustness(matrix, ["x", "y"])
    assert (matrix == 1).all()


def test_a_hasse_diagram_names_each_unit_in_its_tier() -> None:
    """Tier 1 is on top, and each edge a line from its upper unit to its lower one."""
    axes = axes_of(plot.hasse(NAMES, [*EDGES], [2, 1, 3]))
    at = {text.get_text().replace("\n", " "): text.get_position() for text in axes.texts}
    assert {name: y for name, (_, y) in at.items()} == {"Huế": 0, "Đắk Lắk": 1, "Quảng Ngãi": 2}
    assert downwards(axes) == ["1", "2", "3"]
    ends = [(tuple(way[0]), tuple(way[-1])) for way in (np.asarray(line.get_xydata()) for line in axes.lines)]
    assert ends == [(at[upper], at[lower]) for upper, lower in EDGES]


def test_a_line_that_passes_a_tier_is_lighter_and_bends_there() -> None:
    """It goes by the units of the tier, not through one."""
    axes = axes_of(plot.hasse(["a", "b", "c", "d"], [("a", "b"), ("b", "c"), ("d", "c")], [1, 2, 3, 1]))
    near, _, far = axes.lines
    assert [len(np.asarray(line.get_xydata())) for line in (near, far)] == [2, 3]
    assert near.get_color() != far.get_color()
    bend, b = np.asarray(far.get_xydata())[1], axes.texts[1].get_position()
    assert bend[1] == b[1]
    assert abs(bend[0] - b[0]) > 0.15


def test_edges_may_call_units_by_code() -> None:
    """Names are for people."""
    figure = plot.hasse(["Huế", "Hà Nội"], [("46", "01")], [1, 2], ["46", "01"])
    assert len(axes_of(figure).lines) == 1


def test_barycentres_undo_a_crossing() -> None:
    """Two chains given crosswise stand side by side."""
    axes = axes_of(plot.hasse(list("abcd"), [("a", "d"), ("b", "c")], [1, 1, 2, 2]))
    (a, d), (b, c) = (np.asarray(line.get_xydata())[:, 0] for line in axes.lines)
    assert (a - b) * (d - c) > 0


@given(st.integers(1, 12), st.integers(0, 2**32 - 1))
def test_no_two_units_of_a_hasse_diagram_overlap(n: int, seed: int) -> None:
    """In any order, boxes of a tier stand apart and every edge has its line."""
    scores = np.random.default_rng(seed).random((n, 3))
    above = np.asarray((scores[:, None] > scores).all(axis=2), dtype=np.bool_)
    names = [f"unit {at}" for at in range(n)]
    edges = [(names[upper], names[lower]) for upper, lower in np.argwhere(direct(above))]
    axes = axes_of(plot.hasse(names, edges, tiers(above)))
    assert len(axes.lines) == len(edges)
    at = np.array([text.get_position() for text in axes.texts])
    for tier in set(at[:, 1]):
        x = np.sort(at[at[:, 1] == tier, 0])
        assert (np.diff(x) > 0.7).all()


@given(st.lists(st.floats(-5, 5), min_size=1, max_size=8), st.data())
def test_points_are_set_nearest_to_where_they_want_to_be(wanted: list[float], data: st.DataObject) -> None:
    """As far apart as asked; no other places so far apart are nearer in the sum of squares."""
    gaps = np.array(data.draw(st.lists(st.floats(0, 2), min_size=len(wanted) - 1, max_size=len(wanted) - 1)))
    aim = np.array(wanted)
    found = plot._spaced(aim, gaps)
    assert (np.diff(found) >= gaps - 1e-9).all()
    other = np.cumsum(np.append(data.draw(st.floats(-5, 5)), gaps + data.draw(st.floats(0, 1))))
    assert ((found - aim) ** 2).sum() <= ((other - aim) ** 2).sum() + 1e-9


@pytest.mark.parametrize("n", [34, 63])
def test_every_name_of_a_long_list_has_room(n: int) -> None:
    """Lines of names do not overlap in a picture of all provinces."""
    names, ranks = [f"Bà Rịa - Vũng Tàu {at}" for at in range(n)], np.arange(1, n + 1)
    figures = (
        plot.rank_intervals(names, ranks, ranks, ranks),
        plot.acceptability(np.eye(n), names, ranks),
        plot.pair_robustness(np.triu(np.ones((n, n))), names),
    )
    for figure in figures:
        figure.draw_without_rendering()
        boxes = [tick.get_window_extent() for tick in axes_of(figure).get_yticklabels()]
        lows, highs = sorted(box.y0 for box in boxes), sorted(box.y1 for box in boxes)
        assert len(boxes) == n
        assert all(low >= high for low, high in zip(lows[1:], highs[:-1], strict=True))
        assert min(box.x0 for box in boxes) >= 0


@pytest.mark.parametrize(
    "make",
    [
        lambda: plot.rank_intervals(["x"], [1], [1], [1], ([1], [1])),
        lambda: plot.rank_intervals(["x"], [NAN], [NAN], [NAN]),
        lambda: plot.acceptability([[1.0]], ["x"], [1]),
        lambda: plot.effects(["x"], [1], [1], ([1], [1]), ([1], [1])),
        lambda: plot.pair_robustness([[1.0]], ["x"]),
        lambda: plot.hasse(["x"], [], [1]),
        lambda: plot.hasse(["x", "y"], [], [1, 1]),
        lambda: plot.hasse(["x", "y"], [("x", "y")], [1, 3]),
    ],
)
def test_little_can_be_drawn(make: Callable[[], Figure]) -> None:
    """One unit, no order, an empty tier: a picture, without a warning."""
    make().draw_without_rendering()


# What is said


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("rank_intervals", "possible and probable ranks. The widest probable ranks are of Đắk Lắk, 2 from end"),
        ("acceptability", "The most often first is Huế, in 80% of draws."),
        ("effects", "The largest in all is of Huế, 0.70."),
        ("pair_robustness", "The closest pair is Huế above Đắk Lắk, 0.10."),
        ("hasse", "Hasse diagram of 3 units in 3 tiers. On top: Huế."),
    ],
)
def test_a_figure_says_what_it_shows(name: str, said: str) -> None:
    """For those who do not see it, with its main finding."""
    assert said in str(MADE[name]().get_label())


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (lambda: plot.rank_intervals(NAMES, [1, 2], [1, 2, 3], [1, 2, 3]), r"ranks of shape (2,) for 3 names"),
        (lambda: plot.rank_intervals(NAMES, [1, 2, 3], [1, 2], [1, 2, 3]), r"low of shape (2,) for 3 names"),
        (lambda: plot.rank_intervals(["x"], [1], [1], [1], ([1, 2], [1])), r"possible ranks of shape (2,) for 1"),
        (lambda: plot.rank_intervals([], [], [], []), "for 0 names"),
        (lambda: plot.acceptability(np.eye(2), NAMES, [1, 2, 3]), "shares of shape (2, 2) for 3 names"),
        (lambda: plot.acceptability([1, 0, 0], NAMES, [1, 2, 3]), "shares of shape (3,) for 3 names"),
        (lambda: plot.acceptability(np.eye(3), NAMES, [1, 2]), "ranks of shape (2,) for 3 names"),
        (lambda: plot.acceptability(np.eye(3) * 100, NAMES, [1, 2, 3]), "from 0 to 100; parts are from 0 to 1"),
        (lambda: plot.effects(NAMES, [1, 2, 3], [1, 2]), "total of shape (2,) for 3 names"),
        (lambda: plot.effects(["x"], [1], [1], ([1, 1], [1])), "ends of an interval of shape (2,) for 1 names"),
        (lambda: plot.pair_robustness(np.ones((3, 2)), NAMES), "a matrix of shape (3, 2) for 3 names"),
        (lambda: plot.pair_robustness(-np.ones((3, 3)), NAMES), "from -1 to -1; parts are from 0 to 1"),
        (lambda: plot.hasse(NAMES, EDGES, [1, 2]), "tiers of shape (2,) for 3 names"),
        (lambda: plot.hasse(NAMES, EDGES, [0, 1, 2]), "a tier is not a whole number from 1"),
        (lambda: plot.hasse(NAMES, EDGES, [1, 1.5, 2]), "a tier is not a whole number from 1"),
        (lambda: plot.hasse(NAMES, EDGES, [1, NAN, 2]), "a tier is not a whole number from 1"),
        (lambda: plot.hasse(NAMES, [("Huế", "Hue")], [2, 1, 3]), "an edge from 'Huế' to 'Hue'; edges join Đắk Lắk"),
        (lambda: plot.hasse(NAMES, EDGES[::-1], [1, 1, 3]), "'Huế' is not in a higher tier than 'Đắk Lắk'"),
        (lambda: plot.hasse(NAMES, [], [1, 1, 1], ["a", "b"]), "2 different codes for 3 names"),
        (lambda: plot.hasse(NAMES, [], [1, 1, 1], ["a", "b", "b"]), "2 different codes for 3 names"),
    ],
)
def test_what_does_not_go_with_the_names_is_refused(make: Callable[[], Figure], said: str) -> None:
    """With what was found and the rule."""
    with pytest.raises(PiiError) as refused:
        make()
    assert said in str(refused.value)


@pytest.mark.parametrize("name", MADE)
def test_without_matplotlib_the_extra_is_named(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """And how to install it."""
    monkeypatch.setitem(sys.modules, "matplotlib.figure", None)
    with pytest.raises(MissingExtra, match=r"pii\[plot\]; pip install 'provincial-innovation-index\[plot\]'"):
        MADE[name]()


# What is written


@pytest.mark.parametrize("suffix", ["svg", "png", "pdf"])
@pytest.mark.parametrize("name", MADE)
def test_a_picture_has_the_same_bytes_twice(name: str, suffix: str, tmp_path: Path) -> None:
    """Made and written anew."""
    for folder in ("one", "two"):
        (tmp_path / folder).mkdir()
        plot.save(MADE[name](), tmp_path / folder / f"picture.{suffix}")
    one, two = ((tmp_path / folder / f"picture.{suffix}").read_bytes() for folder in ("one", "two"))
    assert one == two
    assert len(one) > 1000


def test_no_file_has_a_date(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Not even one that the environment asks for."""
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "0")
    for suffix in ("svg", "png", "pdf"):
        plot.save(MADE["effects"](), tmp_path / f"picture.{suffix}")
        assert b"1970" not in (tmp_path / f"picture.{suffix}").read_bytes()


def test_what_a_figure_shows_is_in_its_file(tmp_path: Path) -> None:
    """After the title that somebody gave it."""
    figure = MADE["effects"]()
    figure.suptitle("SYNTHETIC")
    plot.save(figure, tmp_path / "picture.svg")
    said = f"<title>SYNTHETIC. {figure.get_label()}</title>"
    assert said in (tmp_path / "picture.svg").read_text(encoding="utf-8")
    plot.save(figure, str(tmp_path / "picture.PNG"))
    assert b"SYNTHETIC. Effects of 3 choices" in (tmp_path / "picture.PNG").read_bytes()


@pytest.mark.parametrize("name", ["picture.jpg", "picture"])
def test_other_formats_are_refused(name: str, tmp_path: Path) -> None:
    """Those named are tested to be the same twice."""
    with pytest.raises(PiiError, match="ends in none of pdf, png, svg"):
        plot.save(MADE["effects"](), tmp_path / name)


def test_drawing_leaves_the_settings_of_matplotlib_alone(tmp_path: Path) -> None:
    """And makes no figure that pyplot knows of."""
    import matplotlib
    from matplotlib import _pylab_helpers

    before = repr(matplotlib.rcParams)
    for name, make in MADE.items():
        plot.save(make(), tmp_path / f"{name}.svg")
    assert repr(matplotlib.rcParams) == before
    assert _pylab_helpers.Gcf.get_all_fig_managers() == []
