"""The method in words: every method has its name in both languages, and a page says what was done."""

from __future__ import annotations

from typing import Any

import pytest

from pii.compute import compute
from pii.report.page_method import method_part
from pii.report.words import method_words
from pii.scheme import FAMILIES
from pii.spec import members
from pii.table import Table
from tests.report.results import negative, small, synthetic
from tests.shared import group, leaf, scheme

SAID = ("denominate", "impute", "treat", "normalise", "weigh", "aggregate")


@pytest.mark.parametrize("family", SAID)
def test_every_method_has_a_name_in_both_languages(family: str) -> None:
    """A new method needs one too."""
    for method in members(FAMILIES[family]):
        words = method_words()[f"method.{family}.{method.method_name()}"]
        assert set(words) == {"vi", "en"}
        assert all(words.values())


def test_a_method_that_was_taken_away_has_no_name() -> None:
    """The list is no longer than the families."""
    known = {f"method.{family}.{one.method_name()}" for family in SAID for one in members(FAMILIES[family])}
    assert set(method_words()) <= known


def test_every_stage_is_said_with_its_settings() -> None:
    """In the order in which the index is made."""
    said = [words["en"] for words in method_part(small())[1]["said"]]
    assert "Gaps: the mean of the other units." in said
    assert "Outliers: winsorised (limit 1, skewness 1, kurtosis 1)." in said
    assert (
        said.index("Scale: min-max.")
        < said.index("Weights: as declared.")
        < said.index("Aggregation: arithmetic mean.")
    )


def test_each_language_is_told_in_its_own() -> None:
    """Of a scheme that says what it is about in both."""
    _, _, standing = method_part(synthetic())
    assert any(
        words["vi"].startswith("Chính thức:") and words["en"].startswith("Official:") for words in standing["said"]
    )
    assert "45 are official" in standing["said"][0]["en"]


def test_a_scheme_of_one_language_tells_both_readers() -> None:
    """Rather that than nothing; the page says which language it is."""
    _, _, standing = method_part(small())
    assert standing["said"][1:] == [{"en": "First paragraph."}, {"en": "Second paragraph."}]


def test_a_fixed_scale_is_said() -> None:
    """So that scores of two editions are known to compare."""
    fixed = compute(negative().scheme, negative().measured, reference=negative())
    said = [words["en"] for words in method_part(fixed)[1]["said"]]
    assert "The scale is fixed by the values of a base edition." in said


def test_rules_of_screening_and_coverage_are_said_where_there_are_any() -> None:
    """A rule that asks for nothing is none."""
    table = Table.of({"a": [1.0, 2.0], "b": [3.0, 1.0]}, units=["x", "y"])
    index = group("total", leaf("a"), leaf("b"))

    def said(**fields: Any) -> list[str]:
        rules = scheme(index, **fields)
        return [words["en"] for words in method_part(compute(rules, table))[1]["said"] if "%" in words["en"]]

    assert said(screen={"measured": 0}, coverage=0) == []
    assert said(screen={"measured": 0.5}, coverage=0.75) == [
        "A unit needs 50% of the indicators measured to be ranked.",
        "A group has a score only where 75% of its children have one.",
    ]
