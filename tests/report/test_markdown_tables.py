"""Tables and figures of a report."""

from __future__ import annotations

import pytest

from pii.report.markdown_tables import counted, number, p_value, percent, table


def test_a_table_has_as_many_cells_in_every_line() -> None:
    """Heads, alignment and rows."""
    lines = list(table(["unit", "score", "note"], [["x", "1", "good"]], left=(0, 2)))
    assert {line.count("|") for line in lines} == {4}
    assert lines[1] == "| --- | ---: | --- |"


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        (number(float("nan")), "n/a"),
        (number(-0.004), "0.00"),
        (number(1.25, 1), "1.2"),
        (percent(0.004), "0.4%"),
        (percent(0.999), "99.9%"),
        (percent(float("nan")), "n/a"),
        (p_value(0.0004), "< 0.001"),
        (p_value(float("nan")), "n/a"),
        (counted(0, "unit"), "0 units"),
    ],
)
def test_figures_say_what_they_are(said: str, expected: str) -> None:
    """Missing ones too, and those at the ends of a scale."""
    assert said == expected
