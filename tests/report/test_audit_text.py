"""The audit as a report: its chapters, its figures, and texts that cannot break it."""

from __future__ import annotations

import re
from functools import cache

import numpy as np
import pytest

from pii.audit import audit
from pii.compute import compute
from pii.io.samples import read_sample
from pii.report.audit_text import markdown
from pii.report.markdown import escaped
from pii.table import Table
from pii.thresholds import RULES
from tests.reference.coinr import asem
from tests.report.results import MARKUP, negative, small, synthetic
from tests.shared import group, leaf, scheme


@cache
def of_synthetic() -> str:
    """The report of the sample."""
    return markdown(audit(synthetic()))


@cache
def of_coinr() -> str:
    """The report of COINr's example."""
    return markdown(audit(compute(asem.scheme(), asem.raw())))


def tables(text: str) -> list[list[str]]:
    """The lines of each table."""
    return [block.splitlines() for block in text.split("\n\n") if block.startswith("|")]


def test_the_chapters_are_those_of_an_audit() -> None:
    """Numbered, in order, and the method last."""
    heads = re.findall(r"^## (.*)$", of_synthetic(), flags=re.MULTILINE)
    assert heads == [
        "1. The framework in numbers",
        "2. Data checks",
        "3. Statistical coherence",
        "4. Weights and influence",
        "5. Redundancy, compensability, frontier",
        "6. What to look at first",
        "Notes on method",
    ]


def test_synthetic_data_is_called_so_in_the_title() -> None:
    """A reader of the first line knows."""
    assert of_synthetic().startswith("# Statistical audit: SYNTHETIC - ")


def test_every_finding_for_readers_is_in_its_chapter_once() -> None:
    """None is dropped, and the serious are marked."""
    found = audit(compute(asem.scheme(), asem.raw()))
    chapters = of_coinr().split("## 6.")[0]
    bullets = [line for line in chapters.splitlines() if line.startswith("- ")]
    assert len(bullets) == len(found.gathered)
    assert all(any(escaped(one.said[1:]) in line for line in bullets) for one in found.gathered)
    serious = sum(one.severity == "serious" for one in found.findings)
    assert sum(line.startswith("- **serious** ") for line in bullets) == serious > 0


def test_tables_are_small_and_whole() -> None:
    """Every line has the cells of its head; only groups and rules may be many."""
    for text in (of_synthetic(), of_coinr(), markdown(audit(small()))):
        for lines in tables(text):
            assert len({len(re.findall(r"(?<!\\)\|", line)) for line in lines}) == 1
            assert len(lines) <= 2 + max(len(RULES), 30)


def test_the_first_to_look_at_has_all_its_findings() -> None:
    """With its name, under its number."""
    last = of_coinr().split("## 6.")[1]
    first = last.split("\n1. ")[1].split("\n2. ")[0].splitlines()
    assert first[0] == "**TBTs Technical barriers to trade**"
    assert len(first) == 4


def test_figures_are_those_of_the_frames() -> None:
    """Some of every chapter."""
    found = audit(synthetic())
    text = of_synthetic()
    free, bounded = ((found.frontier[column] > 1 - 1e-9).sum() for column in ("free", "bounded"))
    assert f"{free} of 34 units" in text
    assert f"{bounded} do (" in text
    alpha = found.reliability.query("group == 'P1'")["alpha"].iloc[0]
    assert f"| P1 | 2 | {alpha:.2f} |" in text
    assert f"{found.statistics['measured'].mean():.1%} are measured" in text
    assert all(escaped(rule.says) in text for rule in RULES.values())


def test_texts_are_escaped() -> None:
    """Names of units and nodes are shown as they are, and make no markup."""
    x = np.random.default_rng(0).uniform(1, 9, size=(3, 30))
    tree = group("g", *(leaf(code, name=f"{MARKUP} {code}") for code in "abc"), name=MARKUP)
    names = [f"{MARKUP} {at}" for at in range(30)]
    table = Table.of(dict(zip("abc", x, strict=True)), units=names)
    text = markdown(audit(compute(scheme(tree), table)))
    assert escaped(f"{MARKUP} 1") in text
    assert "<b>" not in text
    assert MARKUP not in text


def test_units_without_a_rank_are_named_with_the_reason() -> None:
    """In the chapter on coverage."""
    text = markdown(audit(small()))
    assert "- Not ranked: Nghệ An: 0 of 3 indicators measured" in text


def test_scores_below_0_have_no_frontier() -> None:
    """And the report says why."""
    text = markdown(audit(negative()))
    assert "so that no frontier can be found" in text
    assert "there is no geometric mean" in text


def test_children_that_were_never_measured_together_have_no_dimensions() -> None:
    """Their group has a line that says so."""
    x, none = np.arange(1.0, 13.0), np.full(6, np.nan)
    columns = {"a": x, "b": x[::-1] ** 2, "c": np.append(none, x[:6]), "d": np.append(x[:6], none)}
    tree = group("t", group("p", leaf("a"), leaf("b")), group("q", leaf("c"), leaf("d")))
    table = Table.of(columns, units=[f"u{at}" for at in range(12)])
    text = markdown(audit(compute(scheme(tree, screen={"measured": 0.0}), table)))
    assert "| q | 2 | n/a | n/a | n/a | n/a | n/a | n/a |" in text


def test_where_a_geometric_mean_moves_nobody_no_unit_is_listed() -> None:
    """Pillars that say the same have one order by every mean."""
    x = np.arange(1.0, 13.0)
    tree = group("t", leaf("a"), leaf("b"), leaf("c"))
    rules = scheme(tree, normalise={"method": "minmax", "floor": 1.0})
    table = Table.of({"a": x, "b": 2 * x, "c": 3 * x}, units=[f"u{at}" for at in range(12)])
    text = markdown(audit(compute(rules, table)))
    assert "The geometric mean moves a unit by 0.0 places on average, 0 at most" in text
    assert "| Unit | Arithmetic | Geometric" not in text


@pytest.mark.parametrize("correction", ["holm", "fdr"])
def test_the_notes_say_how_p_values_are_corrected(correction: str) -> None:
    """By name and year."""
    named = {"holm": "Holm (1979)", "fdr": "Benjamini and Hochberg (1995)"}
    text = markdown(audit(small(), correction=correction))  # type: ignore[arg-type]
    assert [name in text for name in named.values()] == [key == correction for key in named]


def test_the_same_result_gives_the_same_report() -> None:
    """To the last letter, computed again."""
    assert markdown(audit(compute(*read_sample()))) == of_synthetic()
