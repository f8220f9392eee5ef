"""The ranking as Markdown: a table that no name can break."""

import re

import pytest

from pii.report.markdown import escaped, ranking_markdown
from tests.report.results import MARKUP, half, negative, small, synthetic


def lines_of_table(text: str) -> list[list[str]]:
    """The cells of each line of the table, by the bars that are not escaped."""
    rows = [line for line in text.splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in re.split(r"(?<!\\)\|", row)[1:-1]] for row in rows]


def test_every_line_has_the_cells_of_the_header() -> None:
    """Whatever bars are in names."""
    table = lines_of_table(ranking_markdown(small()))
    assert table[0] == ["Rank", "Unit", "total", "P1"]
    assert table[1] == ["---:", "---", "---:", "---:"]
    assert {len(row) for row in table} == {4}
    assert len(table) == 2 + 6


def test_unranked_units_close_the_table() -> None:
    """With n/a in place of numbers, and their reason among the notes."""
    text = ranking_markdown(small())
    assert lines_of_table(text)[-1] == ["n/a", "Nghệ An", "n/a", "n/a"]
    assert "- **Not ranked**: Nghệ An: 0 of 3 indicators measured" in text


def test_scores_have_all_their_decimals() -> None:
    """Half-up, and zeros are kept."""
    table = lines_of_table(ranking_markdown(half()))
    assert [row[2] for row in table[2:]] == ["49.37", "10.01"]
    assert [row[2] for row in lines_of_table(ranking_markdown(negative()))[2:]] == ["1.00", "0.00", "-1.00"]


@pytest.mark.parametrize("mark", list("\\`*_[]<>#|~$"))
def test_a_mark_with_a_meaning_is_escaped(mark: str) -> None:
    """So that it shows as itself."""
    assert escaped(f"a{mark}b") == f"a\\{mark}b"


def test_an_entity_is_shown_as_written() -> None:
    """&lt; and &#60; are not turned into a mark; the & of R&D is left alone."""
    assert escaped("&lt; &#60; R&D; R&D x") == r"\&lt; \&\#60; R\&D; R&D x"


def test_a_name_on_two_lines_stays_on_one() -> None:
    """A line break would end the row."""
    assert escaped("a\r\nb\nc").split() == ["a", "b", "c"]
    assert "\n" not in escaped("a\r\nb\nc")


def test_names_are_escaped_in_the_table() -> None:
    """No mark-up of a unit's name is left."""
    assert escaped(MARKUP) in ranking_markdown(small())
    assert MARKUP not in ranking_markdown(small())


def test_synthetic_data_is_in_the_title_and_the_notes() -> None:
    """First line, and a warning under the table."""
    text = ranking_markdown(synthetic())
    assert text.startswith("# SYNTHETIC - ")
    assert "- **Warning**: SYNTHETIC data" in text


def test_it_shows_no_more_than_pillars() -> None:
    """Index, sub-indices and pillars of the 2025 sample; groups below would not fit a page."""
    header = lines_of_table(ranking_markdown(synthetic()))[0]
    assert header == ["Rank", "Unit", "PII", "input", "P1", "P2", "P3", "P4", "P5", "output", "P6", "P7"]


def test_a_ranking_in_vietnamese_has_the_same_numbers() -> None:
    """With commas; heads, title and notes are in the language."""
    text = ranking_markdown(small(), "vi")
    assert text.startswith("# Chỉ số thử 2030\n")
    table, english = lines_of_table(text), lines_of_table(ranking_markdown(small()))
    assert table[0] == ["Hạng", "Địa phương", "total", "P1"]
    assert [[cell.replace(",", ".") for cell in row[2:]] for row in table[1:]] == [row[2:] for row in english[1:]]
    assert "- **Không xếp hạng**: Nghệ An: có số liệu của 0 trên 3 chỉ số, cần có tỷ lệ 0,6667" in text
