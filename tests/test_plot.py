"""Pictures have a mark for every number, a name for every unit, and the same bytes twice."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from matplotlib.figure import Figure
from matplotlib.text import Text

from pii import plot
from pii.errors import MissingExtra, PiiError
from pii.figures.style import width_of
from pii.figures.words import WORDS, Language
from tests.figures.drawn import axes_of, overlaps

NAN = float("nan")
NAMES = ["Đắk Lắk", "Huế", "Quảng Ngãi"]
EDGES = [("Huế", "Đắk Lắk"), ("Đắk Lắk", "Quảng Ngãi")]
CORRELATED = [[1, 0.5, -0.4], [0.5, 1, NAN], [-0.4, NAN, 1]]
LINE = ([1, 3], [10, 30], [8, 28], [12, 32])
MADE: dict[str, Callable[..., Figure]] = {
    "rank_intervals": lambda **kw: plot.rank_intervals(
        NAMES, [2, 1, 3], [1, 1, 2], [3, 2, 3], ([1, 1, 1], [3, 3, 3]), **kw
    ),
    "acceptability": lambda **kw: plot.acceptability(
        [[0.2, 0.6, 0.2], [0.8, 0.2, 0], [0, 0.2, 0.8]], NAMES, [2, 1, 3], **kw
    ),
    "effects": lambda **kw: plot.effects(
        NAMES, [0.1, 0.5, 0.2], [0.2, 0.7, 0.3], ([0, 0.4, 0.1], [0.2, 0.6, 0.3]), **kw
    ),
    "pair_robustness": lambda **kw: plot.pair_robustness(
        [[1, NAN, 0.4], [0.1, 1, 0.9], [NAN, NAN, 1]], NAMES, **kw
    ),
    "hasse": lambda **kw: plot.hasse(NAMES, EDGES, [2, 1, 3], **kw),
    "stacked": lambda **kw: plot.stacked(NAMES, [[2, 1], [4, 3], [1, 1]], ["Đầu vào", "Đầu ra"], **kw),
    "heat_map": lambda **kw: plot.heat_map(
        NAMES, [[2.0, 1.0], [4.0, NAN], [1.0, 1.0]], ["Đầu vào", "Đầu ra"], [2, 1, 3], **kw
    ),
    "profile": lambda **kw: plot.profile(
        NAMES,
        [4, NAN, 6],
        [1, 2, 3],
        [3, 5, 5],
        [9, 8, 7],
        unit="Gia Lai",
        ranks=["2", "", "1"],
        leaders=["x", "y", "z"],
        **kw,
    ),
    "change_arrows": lambda **kw: plot.change_arrows(NAMES, [1, 3, 2], [2, 1, NAN], ["2023", "2024"], **kw),
    "waterfall": lambda **kw: plot.waterfall(["2023", "Đầu vào", "Đầu ra", "2024"], [12, 14.5, 13, 13], **kw),
    "correlation_map": lambda **kw: plot.correlation_map(NAMES, CORRELATED, ["I", "I", "II"], **kw),
    "framework": lambda **kw: plot.framework(
        ["PII", "Đầu vào", *NAMES], [-1, 0, 1, 1, 0], [1, 0.6, 0.4, 0.2, 0.4], **kw
    ),
    "scatter": lambda **kw: plot.scatter(NAMES, [1, 2, 3], [11, 27, 22], LINE, axes_names=("GRDP", "PII"), **kw),
}


@pytest.mark.parametrize("n", [34, 63])
def test_every_name_of_a_long_list_has_room(n: int) -> None:
    """Lines of names do not overlap in a picture of all provinces."""
    names, ranks = [f"Bà Rịa - Vũng Tàu {at}" for at in range(n)], np.arange(1, n + 1)
    figures = (
        plot.rank_intervals(names, ranks, ranks, ranks),
        plot.acceptability(np.eye(n), names, ranks),
        plot.pair_robustness(np.triu(np.ones((n, n))), names),
        plot.stacked(names, np.ones((n, 7)), list("abcdefg")),
        plot.heat_map(names, np.ones((n, 7)), ["Trình độ phát triển của thị trường"] * 7, ranks),
        plot.change_arrows(names, ranks[::-1], ranks, ["2023", "2024"]),
        plot.correlation_map(names, np.eye(n)),
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
        lambda: plot.stacked(["x"], [[NAN]], ["a"]),
        lambda: plot.stacked(["x"], [[0.0]], ["a"]),
        lambda: plot.heat_map(["x"], [[NAN]], ["a"], [NAN]),
        lambda: plot.profile(["a"], [NAN], [NAN], [NAN], [NAN], unit="x"),
        lambda: plot.change_arrows(["x"], [NAN], [NAN], ["", ""]),
        lambda: plot.correlation_map(["a"], [[NAN]]),
        lambda: plot.framework(["a", "b"], [-1, 0], [1, 0]),
        lambda: plot.scatter(["x"], [1], [1], ([1], [1], [1], [1])),
        lambda: plot.scatter(["x"], [NAN], [1], ([1], [1], [1], [1]), is_log=True),
    ],
)
def test_little_can_be_drawn(make: Callable[[], Figure]) -> None:
    """One unit, no order, an empty tier: a picture, without a warning."""
    make().draw_without_rendering()


@pytest.mark.parametrize("language", ["en", "vi"])
@pytest.mark.parametrize("name", MADE)
def test_no_text_covers_another(name: str, language: Language) -> None:
    """Nor does a title cover what stands below it, in either language."""
    figure = MADE[name](title="SYNTHETIC (số liệu mô phỏng) - Chỉ số đổi mới sáng tạo 2025", language=language)
    assert overlaps(figure) == []
    assert figure.get_suptitle().startswith("SYNTHETIC")


@pytest.mark.parametrize("name", MADE)
def test_each_has_its_words_in_vietnamese(name: str) -> None:
    """No word of the picture, or beside it, is left in English."""
    other = MADE[name](language="vi")
    own = str(MADE[name]().get_label())
    assert str(other.get_label()) != own
    english = {WORDS[what]["en"] for what in WORDS if WORDS[what]["en"] != WORDS[what]["vi"]}
    assert not english & {text.get_text() for text in other.findobj(Text)}


def test_no_name_is_read_as_a_formula() -> None:
    """Prices have dollars."""
    odd = ["a $x_$ b", "$_$", "$"]
    for figure in (
        plot.stacked(odd, np.ones((3, 3)), odd, title="$_$"),
        plot.correlation_map(odd, np.eye(3), odd),
        plot.framework(odd, [-1, 0, 0], [1, 0.5, 0.5]),
        plot.scatter(odd, [1, 2, 3], [1, 2, 3], LINE, axes_names=("$_$", "$_$")),
        plot.hasse(odd, [], [1, 1, 1]),
    ):
        figure.draw_without_rendering()


# What is said


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("rank_intervals", "possible and probable ranks. The widest probable ranks are of Đắk Lắk, 2 from end"),
        ("acceptability", "The most often first is Huế, in 80% of draws."),
        ("effects", "The largest in all is of Huế, 0.70."),
        ("pair_robustness", "The closest pair is Huế above Đắk Lắk, 0.10."),
        ("hasse", "Hasse diagram of 3 units in 3 tiers. On top: Huế."),
        ("stacked", "The highest score is of Huế, 7.0. Most is brought by Đầu vào, 58% of all."),
        ("heat_map", "Scores of 3 units on 2 nodes, from 1 to 4. 1 scores are missing."),
        ("profile", "Gia Lai on 3 nodes: above the mean on 2. Furthest above it: Đắk Lắk, by 1.0."),
        ("change_arrows", "2023 and 2024: 1 rose, 1 fell, 0 stayed. The furthest up is Huế, by 2."),
        ("waterfall", "The score goes from 12 to 13: Đầu vào +2.5, Đầu ra -1.5."),
        ("correlation_map", "1 of 2 pairs are negative. The strongest is of Đắk Lắk with Huế, 0.50."),
        ("framework", "The framework of PII: 3 indicators in 2 levels of groups. The heaviest is"),
        (
            "scatter",
            "The furthest above what is expected is Huế, by 7.00. The furthest below is Quảng Ngãi, by 8.00.",
        ),
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
        (lambda: plot.stacked(NAMES, [[1, 2]], ["a", "b"]), "parts of shape (1, 2) for 3 names and 2 labels"),
        (lambda: plot.stacked([], np.ones((0, 2)), ["a", "b"]), "parts of shape (0, 2) for 0 names and 2 labels"),
        (
            lambda: plot.heat_map(NAMES, np.ones((3, 1)), ["a", "b"], [1, 2, 3]),
            "scores of shape (3, 1) for 3 names",
        ),
        (lambda: plot.heat_map(NAMES, np.ones((3, 1)), ["a"], [1, 2]), "ranks of shape (2,) for 3 names"),
        (lambda: plot.profile(["a"], [1], [1], [1, 2], [1], unit="x"), "means of shape (2,) for 1 names"),
        (lambda: plot.profile(["a"], [1], [1], [1], [1], unit="x", leaders=["y", "z"]), "2 leaders for 1 names"),
        (
            lambda: plot.change_arrows(NAMES, [1, 2], [1, 2, 3], ["a", "b"]),
            "ranks before of shape (2,) for 3 names",
        ),
        (lambda: plot.change_arrows(NAMES, [1, 2, 3], [1, 2, 3], ["a"]), "1 names of editions"),
        (lambda: plot.correlation_map(NAMES, np.ones((3, 2))), "coefficients of shape (3, 2) for 3 names"),
        (lambda: plot.correlation_map(["a"], [[2.0]]), "coefficients from 2 to 2; they are from -1 to 1"),
        (lambda: plot.correlation_map(NAMES, np.eye(3), ["I"]), "1 groups for 3 names"),
        (lambda: plot.framework(NAMES, [-1, 0], [1, 1, 1]), "parents [-1, 0] for 3 names"),
        (
            lambda: plot.framework(NAMES, [-1, 2, 0], [1, 1, 1]),
            "parents [-1, 2, 0] for 3 names; the index is first",
        ),
        (lambda: plot.framework(["a"], [-1], [1]), "parents [-1] for 1 names"),
        (lambda: plot.framework(NAMES, [-1, 0, 0], [1, 1]), "weights of shape (2,) for 3 names"),
        (lambda: plot.scatter(NAMES, [1, 2], [1, 2, 3], LINE), "covariate of shape (2,) for 3 names"),
        (
            lambda: plot.scatter(NAMES, [0, 1, 2], [1, 2, 3], LINE, is_log=True),
            "a covariate of 0; only a number above 0",
        ),
        (lambda: plot.scatter(NAMES, [1, 2, 3], [1, 2, 3], ([3, 1], [1, 2], [1, 2], [1, 2])), "or that goes back"),
        (lambda: plot.scatter(NAMES, [1, 2, 3], [1, 2, 3], ([1], [1, 2], [1], [1])), "a curve of shapes"),
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
    for module in [name for name in sys.modules if name.partition(".")[0] == "matplotlib"]:
        monkeypatch.setitem(sys.modules, module, None)
    width_of.cache_clear()
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
