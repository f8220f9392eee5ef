"""Tables of LaTeX: the published numbers, marks that cannot break them."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pii.report.latex import escaped, ranking_latex
from pii.report.publication import published_rows
from tests.report.results import half, small, synthetic


def body(table: str) -> list[list[str]]:
    """The cells under the header."""
    lines = table.split("\\endfoot\n")[1].splitlines()[:-1]
    assert all(line.endswith(r" \\") for line in lines)
    return [line.removesuffix(r" \\").split(" & ") for line in lines]


def test_the_ranking_is_the_published_one() -> None:
    """Rank, name, index, sub-indices and pillars: rounded half-up with all their decimals."""
    result = synthetic()
    shown = [at for at, group in enumerate(result.scheme.groups) if result.scheme.levels[group.code] < 3]
    rows = list(published_rows(result))
    found = body(ranking_latex(result))
    assert [row[:2] for row in found] == [[f"{row.rank:g}", row.name] for row in rows]
    assert [row[2:] for row in found] == [[f"{row.scores[at]:.2f}" for at in shown] for row in rows]
    assert [row[2] for row in body(ranking_latex(half()))] == ["49.37", "10.01"]


def test_units_without_a_rank_stand_last() -> None:
    """With dashes, and not left out."""
    assert body(ranking_latex(small()))[-1] == ["--", "Nghệ An", "--", "--"]


def test_a_table_is_whole() -> None:
    """Begun and ended, with its rules, a caption that says what is synthetic, and the header on every page."""
    table = ranking_latex(synthetic())
    assert table.startswith("\\begin{longtable}{")
    assert table.endswith("\\end{longtable}\n")
    assert table.count(r"\toprule") == table.count(r"\midrule") == 2
    assert table.count(r"\bottomrule") == 1
    assert r"\caption{SYNTHETIC {-} Provincial" in table
    columns = re.search(r"\{longtable\}\{([lr]+)\}", table)
    assert columns is not None
    assert {len(row) for row in body(table)} == {len(columns[1])}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("R&D 5%", r"R\&D 5\%"),
        ("a_b{c}$#", r"a\_b\{c\}\$\#"),
        ("\\input", r"\textbackslash{}input"),
        ("~^", r"\textasciitilde{}\textasciicircum{}"),
        ("[x]*", "{[}x{]}{*}"),
        ("--", "{-}{-}"),
        ("a\nb", "a b"),
        ("Đắk Lắk", "Đắk Lắk"),
    ],
)
def test_marks_are_shown_as_they_are(text: str, said: str) -> None:
    """None of them does anything."""
    assert escaped(text) == said


@given(st.text())
def test_nothing_in_a_text_runs(text: str) -> None:
    """Without what escaping wrote, no mark of LaTeX is left, and braces are balanced."""
    found = escaped(text)
    plain = re.sub(r"\\text[a-z]+\{\}|\\[&%$#_{}]|\{[\[\]*'`-]\}", "", found)
    assert not set(plain) & set("\\&%$#_{}~^\n\r")


def test_a_table_in_vietnamese_has_the_same_numbers() -> None:
    """With commas; heads and caption are in the language."""
    table = ranking_latex(synthetic(), "vi")
    assert "Hạng & Địa phương & PII" in table
    assert r"\caption{SYNTHETIC (số liệu mô phỏng) {-} Chỉ số đổi mới sáng tạo" in table
    found = [[cell.replace(",", ".") for cell in row] for row in body(table)]
    assert found == body(ranking_latex(synthetic()))
