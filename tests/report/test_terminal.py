"""Lines for a terminal: as much as there is room for, and nothing that could steer it."""

from __future__ import annotations

from pii.audit import audit
from pii.compute import compute
from pii.provenance import Origin, Provenance
from pii.report.terminal import aligned, finding_lines, printable, ranking_lines, remark_lines
from pii.table import Table, Units
from tests.report import results
from tests.report.results import NAN
from tests.shared import group, leaf, scheme


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


def test_columns_are_as_wide_as_their_widest_cell() -> None:
    """Words to the left, numbers to the right, and no blank at the end of a line."""
    rows = [("n", "name"), ("10", "Huế"), ("9", "")]
    assert aligned(rows, words={1}) == [" n  name", "10  Huế", " 9"]
    assert aligned(rows, words=(), gap="|") == [" n|name", "10| Huế", " 9|"]


def test_a_ranking_in_vietnamese_is_as_wide_as_its_words() -> None:
    """Columns stay under their heads, numbers have commas."""
    english, other = ranking_lines(results.small()), ranking_lines(results.small(), None, "vi")
    assert other[0].split() == ["hạng", "địa", "phương", "total", "P1"]
    assert len(other) == len(english)
    assert [line.replace(",", ".").split() for line in other[1:]] == [line.split() for line in english[1:]]
    assert len({len(line) for line in other[:-1]}) == 1


def test_remarks_say_who_is_not_ranked_and_what_was_done() -> None:
    """In each language; what was done only when it is asked for."""
    english = remark_lines(results.small(), verbose=True)
    assert english == [
        "not ranked: Nghệ An: 0 of 3 indicators measured, 0.6667 of them needed",
        "treated: 2: winsorise: 1 high",
    ]
    assert remark_lines(results.small(), language="vi") == [
        "không xếp hạng: Nghệ An: có số liệu của 0 trên 3 chỉ số, cần có tỷ lệ 0,6667"
    ]
    assert remark_lines(results.synthetic(), language="vi") == [
        "lưu ý: '..' được đọc là không có số liệu: 3 ô",
        "cảnh báo: dữ liệu MÔ PHỎNG: thứ hạng ở đây không nói lên điều gì về địa phương có thật",
    ]


def test_remarks_count_the_cells_that_are_not_final() -> None:
    """And say which command says what rests on them."""
    result = results.small()
    noted = result.measured.noting(
        Provenance.of({("04", "1.2"): Origin("provisional"), ("05", "1.2"): Origin("final")})
    )
    lines = remark_lines(compute(result.scheme, noted))
    assert lines[0].startswith("remark: cells that are not final: 1 provisional; pii evidence says")


def test_remarks_cannot_steer_the_terminal() -> None:
    """No name, in no language."""
    index = group("i", leaf("a"), leaf("b"), at_least=2)
    units = Units(("x", "y", "z"), ("\x1b]0;x", "y", "z"))
    table = Table.of({"a": [1.0, 2.0, 3.0], "b": [NAN, 1.0, 2.0]}, units=units)
    result = compute(scheme(index, screen={"measured": 0.5}), table)
    assert result.unranked
    for line in (*remark_lines(result, verbose=True), *remark_lines(result, verbose=True, language="vi")):
        assert "\x1b" not in line
