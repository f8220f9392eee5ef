"""Spellings folded to one key, and the nearest known word suggested."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pii.spelling import did_you_mean, fold, nearest
from tests.strategies import quick


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("Đắk Lắk", "daklak"),
        ("ĐẮK LẮK", "daklak"),
        ("Dak-Lak", "daklak"),
        ("  TP. Hồ Chí Minh ", "tphochiminh"),
        ("Bà Rịa – Vũng Tàu", "bariavungtau"),
        ("Thừa Thiên Huế", "thuathienhue"),
        ("R&D (% of GRDP)", "rdofgrdp"),
        ("1.2.3", "123"),
        ("", ""),
    ],
)
def test_accents_case_and_marks_fold_away(text: str, key: str) -> None:
    """Only letters and digits stay."""
    assert fold(text) == key


@given(st.text())
@quick
def test_folding_twice_is_folding_once(text: str) -> None:
    """A key is its own key, however the text was composed."""
    assert fold(fold(text)) == fold(text)
    assert fold(unicodedata.normalize("NFD", text)) == fold(unicodedata.normalize("NFC", text))


def test_nearest_words_come_best_first() -> None:
    """Only those about as near as the best are named."""
    assert nearest("aritmetic", ["geometric", "arithmetic", "harmonic"]) == ("arithmetic",)
    assert nearest("P11", ["P1", "P12", "Q9"])[0] in {"P1", "P12"}
    assert nearest("anything", []) == ()
    assert nearest("zzz", ["abc"]) == ()


def test_a_word_known_twice_is_named_once() -> None:
    """Codes that are also names do not repeat."""
    assert nearest("weigth", ["weight", "weight"]) == ("weight",)
    assert did_you_mean("weigth", ["weight", "weight"]) == "did you mean weight?"


def test_a_hint_names_the_near_or_all_when_they_are_few() -> None:
    """And says nothing where neither helps."""
    assert did_you_mean("weigth", ["code", "weight"]) == "did you mean weight?"
    assert did_you_mean("zzz", ["code", "weight"]) == "use one of code, weight"
    assert did_you_mean("zzz", []) == ""
    assert did_you_mean("zzz", [f"c{n}" for n in range(25)]) == ""
