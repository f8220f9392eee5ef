"""Both languages say everything, each in its own words."""

from __future__ import annotations

from dataclasses import fields
from string import Formatter
from typing import get_args

import pytest

from pii.compare.comparability import Kind
from pii.compare.hybrids import Step
from pii.report.change_words import DIFFERENCES, WORDS, Language


def blanks(text: str) -> set[str]:
    """What a text is filled in with."""
    return {name for _, name, _, _ in Formatter().parse(text) if name}


def test_both_languages_say_every_difference() -> None:
    """With the same blanks."""
    assert set(WORDS) == set(DIFFERENCES) == set(get_args(Language))
    for kind in get_args(Kind):
        texts = [DIFFERENCES[language][kind] for language in ("en", "vi")]
        assert blanks(texts[0]) == blanks(texts[1])
        assert texts[0] != texts[1]


def test_both_languages_name_every_part() -> None:
    """In tables and in sentences."""
    parts = {"others", *get_args(Step)}
    for words in WORDS.values():
        assert set(words.steps) == parts | {"own"}
        assert set(words.brought) == parts


def test_texts_have_the_same_blanks_and_are_not_left_in_english() -> None:
    """Every text of one is a text of the other."""
    english, vietnamese = WORDS["en"], WORDS["vi"]
    for field in fields(english):
        one, other = getattr(english, field.name), getattr(vietnamese, field.name)
        if isinstance(one, str):
            assert blanks(one) == blanks(other), field.name
            assert one != other or field.name == "part", field.name
        else:
            assert len(one) == len(other), field.name


@pytest.mark.parametrize(
    ("language", "said"), [("en", ["+1.25", "-0.50", "0.00", "n/a"]), ("vi", ["+1,25", "-0,50", "0,00", "n/a"])]
)
def test_changes_have_a_sign_and_the_decimal_mark(language: Language, said: list[str]) -> None:
    """A change of 0 has no sign, and none is n/a."""
    values = (1.25, -0.5, -0.0001, float("nan"))
    assert [WORDS[language].signed(value, 2) for value in values] == said


def test_places_are_said_with_their_sign() -> None:
    """Whole, or halves where ties share."""
    words = WORDS["vi"]
    assert [words.places(n) for n in (3.0, -1.5, 0.0, float("nan"))] == ["+3", "-1,5", "0", "n/a"]
    assert words.moved(-6.0, 23.0) == "giảm 6 bậc, xuống hạng 23"
    assert WORDS["en"].moved(-6.0, 23.0) == "down 6 to 23"
