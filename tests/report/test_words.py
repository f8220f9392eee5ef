"""The words of a build: every text in both languages, everything that data names, methods in words."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping
from importlib import resources

import pytest

from pii.io.samples import read_sample, samples
from pii.io.schemes import built_in_scheme, built_in_schemes
from pii.methods.treat import WinsoriseThenLog
from pii.report.words import (
    Language,
    called,
    is_vietnamese,
    known,
    method_words,
    page_words,
    paragraphs,
    reworded_words,
    said,
)

REPORT = resources.files("pii.report")
BUILD = re.findall(r'^"([^"]+)":', REPORT.joinpath("front/build.json").read_text(encoding="utf-8"), re.MULTILINE)
SLOTS = "{0}", "{1}", "{2}"
FAMILIES = "scale|field|sheet|shows|kind|standing|method|note|provenance"


def every() -> Iterator[tuple[str, Mapping[Language, str]]]:
    """All texts of a build and of the pages, by key."""
    yield from page_words().items()
    yield from method_words().items()
    yield from reworded_words().items()
    for key in BUILD:
        texts: dict[Language, str] = {"en": said(key, "en", *SLOTS), "vi": said(key, "vi", *SLOTS)}
        yield key, texts


def test_every_text_is_in_both_languages() -> None:
    """None empty; places to fill in are the same in both, and every letter is one character."""
    texts = dict(every())
    assert len(texts) > 250
    for key, words in texts.items():
        assert set(words) == {"en", "vi"}, key
        assert all(words.values()), key
        assert set(re.findall(r"\{\w+\}", words["vi"])) <= set(re.findall(r"\{\w+\}", words["en"])), key
        assert unicodedata.normalize("NFC", words["vi"]) == words["vi"], key


def test_no_key_is_given_twice_or_left_over() -> None:
    """Keys of a build stand in the code whole, or begin with a family whose members data names."""
    code = "".join(path.read_text(encoding="utf-8") for path in REPORT.iterdir() if path.name.endswith(".py"))
    code += "".join(
        resources.files("pii.cli").joinpath(f"{one}.py").read_text("utf-8") for one in ("commands", "editions")
    )
    assert len(BUILD) == len(set(BUILD))
    said_whole = set(re.findall(r"[\"']([a-z][a-z.]*)[\"']", code))
    left = [key for key in BUILD if key not in said_whole and not re.match(rf"({FAMILIES})\.", key)]
    assert left == []


def test_a_term_has_one_word_wherever_it_stands() -> None:
    """In the words of a build as in those of the page."""
    page = page_words()
    for key in ("rank", "unit", "weight"):
        assert said(key, "vi") == page[key]["vi"]
    assert said("more.better", "vi") == page["more.better"]["vi"]
    assert said("standing.ours", "vi") == page["standing.ours"]["vi"]
    assert said("standing.follows", "vi") == page["standing.follows"]["vi"]
    assert said("note.synthetic", "vi") == page["synthetic"]["vi"]
    for sheet, section in (("Ranking", "ranking"), ("Indicators", "indicators"), ("Methods", "method")):
        assert said(f"sheet.{sheet}", "vi") == page[f"nav.{section}"]["vi"]


def test_units_of_measurement_of_built_in_schemes_have_words() -> None:
    """Of every indicator and denominator; a percentage says itself."""
    schemes = [built_in_scheme(name) for name in built_in_schemes()]
    units = {indicator.unit for scheme in schemes for indicator in scheme.indicators}
    units |= {column.unit for scheme in schemes for column in scheme.denominators}
    assert {unit for unit in units - {"", "%"} if f"unit.{unit}" not in page_words()} == set()


def test_regions_of_samples_have_words() -> None:
    """As the label of the samples calls them."""
    regions = {region for name in samples() for region in read_sample(name)[1].units.labels.get("region", ())}
    assert len(regions) > 6
    assert all(known("region", region, "vi") != region for region in regions)


def test_what_data_names_is_itself_in_english() -> None:
    """So that a build in English shows what stands in its table and scheme."""
    for key, words in page_words().items():
        family, _, name = key.partition(".")
        if family in {"region", "unit"} and name:
            assert words["en"] == name


def test_what_nobody_knows_is_as_it_is() -> None:
    """In both languages."""
    assert known("region", "Atlantis", "vi") == known("region", "Atlantis", "en") == "Atlantis"


def test_a_method_keeps_its_settings() -> None:
    """In words as by its name."""
    method = WinsoriseThenLog(limit=3)
    assert called("treat", method, "en") == "winsorise_then_log (limit 3)"
    assert called("treat", method, "vi") == f"{method_words()['method.treat.winsorise_then_log']['vi']} (limit 3)"


@pytest.mark.parametrize(
    ("about", "vi", "en"),
    [
        ("Số liệu đã công bố.\n\nAs it was\npublished.", ["Số liệu đã công bố."], ["As it was published."]),
        ("As published.\n\nAnd so on.", ["As published.", "And so on."], ["As published.", "And so on."]),
        ("", [], []),
    ],
)
def test_paragraphs_are_of_a_language(about: str, vi: list[str], en: list[str]) -> None:
    """All of them where a scheme speaks one only."""
    assert (paragraphs(about, "vi"), paragraphs(about, "en")) == (vi, en)


def test_a_name_does_not_make_a_language() -> None:
    """An English text may name places of Viet Nam."""
    assert not is_vietnamese("Of 34 provinces, such as Đà Nẵng and Hồ Chí Minh, none is left out of the ranking.")
