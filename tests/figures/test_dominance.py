"""A Hasse diagram joins each unit with those that it is always above, and no two overlap."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from pii.figures.dominance import _spaced, hasse
from pii.numerics.dominance import direct, tiers
from tests.figures.drawn import axes_of, downwards

NAMES = ["Đắk Lắk", "Huế", "Quảng Ngãi"]
EDGES = [("Huế", "Đắk Lắk"), ("Đắk Lắk", "Quảng Ngãi")]


def test_a_hasse_diagram_names_each_unit_in_its_tier() -> None:
    """Tier 1 is on top, and each edge a line from its upper unit to its lower one."""
    axes = axes_of(hasse(NAMES, [*EDGES], [2, 1, 3]))
    at = {text.get_text().replace("\n", " "): text.get_position() for text in axes.texts}
    assert {name: y for name, (_, y) in at.items()} == {"Huế": 0, "Đắk Lắk": 1, "Quảng Ngãi": 2}
    assert downwards(axes) == ["1", "2", "3"]
    ends = [(tuple(way[0]), tuple(way[-1])) for way in (np.asarray(line.get_xydata()) for line in axes.lines)]
    assert ends == [(at[upper], at[lower]) for upper, lower in EDGES]


def test_a_line_that_passes_a_tier_is_lighter_and_bends_there() -> None:
    """It goes by the units of the tier, not through one."""
    axes = axes_of(hasse(["a", "b", "c", "d"], [("a", "b"), ("b", "c"), ("d", "c")], [1, 2, 3, 1]))
    near, _, far = axes.lines
    assert [len(np.asarray(line.get_xydata())) for line in (near, far)] == [2, 3]
    assert near.get_color() != far.get_color()
    bend, b = np.asarray(far.get_xydata())[1], axes.texts[1].get_position()
    assert bend[1] == b[1]
    assert abs(bend[0] - b[0]) > 0.15


def test_edges_may_call_units_by_code() -> None:
    """Names are for people."""
    figure = hasse(["Huế", "Hà Nội"], [("46", "01")], [1, 2], ["46", "01"])
    assert len(axes_of(figure).lines) == 1


def test_barycentres_undo_a_crossing() -> None:
    """Two chains given crosswise stand side by side."""
    axes = axes_of(hasse(list("abcd"), [("a", "d"), ("b", "c")], [1, 1, 2, 2]))
    (a, d), (b, c) = (np.asarray(line.get_xydata())[:, 0] for line in axes.lines)
    assert (a - b) * (d - c) > 0


@given(st.integers(1, 12), st.integers(0, 2**32 - 1))
def test_no_two_units_of_a_hasse_diagram_overlap(n: int, seed: int) -> None:
    """In any order, boxes of a tier stand apart and every edge has its line."""
    scores = np.random.default_rng(seed).random((n, 3))
    above = np.asarray((scores[:, None] > scores).all(axis=2), dtype=np.bool_)
    names = [f"unit {at}" for at in range(n)]
    edges = [(names[upper], names[lower]) for upper, lower in np.argwhere(direct(above))]
    axes = axes_of(hasse(names, edges, tiers(above)))
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
    found = _spaced(aim, gaps)
    assert (np.diff(found) >= gaps - 1e-9).all()
    other = np.cumsum(np.append(data.draw(st.floats(-5, 5)), gaps + data.draw(st.floats(0, 1))))
    assert ((found - aim) ** 2).sum() <= ((other - aim) ** 2).sum() + 1e-9
