"""A panel in lines: the best of the last period first, what is missing, in both languages."""

from __future__ import annotations

from pii.editions.compute import compute_panel
from pii.editions.results import Editions
from pii.report.panel_text import panel_lines
from pii.table import Panel, Table, Units
from tests.shared import group, leaf, scheme

NAN = float("nan")
UNITS = Units(("x", "y", "z"), ("Alpha", "\x1b[31mBeta", "Gamma"))


def made(title: str = "") -> Editions:
    """Two periods, the second without an indicator and a unit."""
    index = group("total", leaf("a", name={"en": "First", "vi": "Thứ nhất"}), leaf("b", name="Second"))
    rules = scheme(index, screen={"measured": 0.5, "empty": "exclude"}, normalise="rank")
    values = {"2023": ([1.0, 3, 2], [2.0, 4, 3]), "2024": ([9.0, 3, NAN], [NAN, NAN, NAN])}
    tables = [
        Table.of({"a": a, "b": b}, units=UNITS, period=period, title=title) for period, (a, b) in values.items()
    ]
    return compute_panel(rules, Panel(tuple(tables)))


def test_ranks_coverage_and_breaks() -> None:
    """A name cannot steer the terminal."""
    assert panel_lines(made()) == [
        "total 2023-2024: ranks by the index, scale own",
        "",
        "unit       2023  2024",
        "Alpha         3     1",
        "\ufffd[31mBeta     1     2",
        "Gamma         2     -",
        "",
        "period  units  ranked  indicators  measured",
        "2023        3       3           2    100.0%",
        "2024        3       2           2     33.3%",
        "",
        "2024: indicators without any value: b",
        "2024: units without any value: z",
        "",
        "breaks of the series",
        "  b Second: measured 2023",
    ]


def test_the_same_in_vietnamese_of_a_node() -> None:
    """Numbers are written as there; synthetic data says so."""
    lines = panel_lines(made("synthetic"), "a", "vi")
    assert lines[0] == "SYNTHETIC (số liệu mô phỏng) - total 2023-2024: hạng theo a, thang đo của từng kỳ"
    assert lines[2].split() == ["địa", "phương", "2023", "2024"]
    assert lines[9].split() == ["2024", "3", "2", "2", "33,3%"]
    assert lines[11:13] == ["2024: chỉ số không có giá trị nào: b", "2024: địa phương không có giá trị nào: z"]
    assert lines[-1] == "  b Second: có số liệu 2023"
