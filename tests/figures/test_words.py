"""Every text is there in both languages, with the same gaps to fill."""

from __future__ import annotations

from string import Formatter

import pytest

from pii.figures.words import WORDS, decimal, number, percent, said


@pytest.mark.parametrize("what", WORDS)
def test_both_languages_say_the_same_things(what: str) -> None:
    """Nothing is left out of one."""
    gaps = [
        sorted({field for _, field, _, _ in Formatter().parse(WORDS[what][language]) if field})
        for language in ("en", "vi")
    ]
    assert gaps[0] == gaps[1]
    assert all(WORDS[what].values())


def test_numbers_have_the_mark_of_the_language() -> None:
    """A comma in Vietnamese; nothing for what is not known."""
    assert [number(1.25, language, 1) for language in ("en", "vi")] == ["1.3", "1,3"]
    assert number(float("nan"), "vi", 2) == percent(float("nan"), "vi") == ""
    assert percent(0.5, "vi", 1) == "50,0%"
    assert decimal("0.5", "en") == "0.5"


def test_gaps_are_filled() -> None:
    """By name."""
    assert said("a pair", "vi", upper="Huế", lower="Cà Mau") == "Huế trên Cà Mau"
