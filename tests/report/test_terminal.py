"""Lines for a terminal: as much as there is room for, and nothing that could steer it."""

from __future__ import annotations

from pii.audit import audit
from pii.report.terminal import finding_lines, printable, ranking_lines
from tests.report import results


def test_levels_are_left_out_before_a_number_is_cut() -> None:
    """With less room the pillars go first, then the sub-indices; every line is as wide as the others allow."""
    wide = ranking_lines(results.small())
    widths = [max(map(len, ranking_lines(results.small(), room))) for room in (200, 40, 10)]
    assert widths[0] == max(map(len, wide))
    assert widths == sorted(widths, reverse=True)


def test_control_characters_do_not_reach_the_terminal() -> None:
    """Line breaks do."""
    assert printable("a\x1b]0;b\n") == "a\ufffd]0;b\n"


def test_findings_stand_under_their_chapter() -> None:
    """With the sources of the thresholds, and the place of each."""
    found = audit(results.small())
    lines = finding_lines(found)
    assert lines[0].endswith(f"{len(found.findings)} findings")
    assert sum(line.startswith("  ") for line in lines) == len(found.gathered)
