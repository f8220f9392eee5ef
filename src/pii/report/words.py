"""The words of a build in each language, and what methods, regions and units of measurement are called."""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Mapping
from functools import cache
from importlib import resources

from pii.figures.words import Language
from pii.spec import Method

__all__ = [
    "Language",
    "called",
    "declared",
    "is_vietnamese",
    "known",
    "method_words",
    "page_words",
    "paragraphs",
    "reworded_words",
    "said",
]


def said(key: str, language: Language, *parts: object) -> str:
    """One of the texts of a build, filled in.

    Examples
    --------
    >>> said("note.ranked", "en", 33, 34), said("note.ranked", "vi", 33, 34)
    ('33 of 34 units are ranked.', 'Xếp hạng 33 trên 34 đơn vị.')
    """
    return _packaged("build")[key][language].format(*parts)


def known(family: str, name: str, language: Language) -> str:
    """What something that data or a scheme names is called; its name where no word is known.

    Examples
    --------
    >>> known("unit", "persons", "vi"), known("unit", "hubs per person", "vi")
    ('người', 'hubs per person')
    """
    key = f"{family}.{name}"
    return next((words[key][language] for words in _named() if key in words), name)


def called(family: str, method: Method, language: Language) -> str:
    """A method in a line, its name in Vietnamese in words.

    Examples
    --------
    >>> from pii.methods.normalise import MinMax, ZScore
    >>> called("normalise", ZScore(mean=50.0), "en"), called("normalise", ZScore(mean=50.0), "vi")
    ('zscore (mean 50)', 'điểm z (mean 50)')
    """
    line = declared(method)
    if language == "en":
        return line
    name = method.method_name()
    return known(f"method.{family}", name, language) + line.removeprefix(name)


def declared(method: Method) -> str:
    """A method in a line: the name that scheme files use, and the parameters that are not the default.

    Examples
    --------
    >>> from pii.methods.normalise import PercentileRank, ZScore
    >>> declared(ZScore(mean=50.0)), declared(PercentileRank())
    ('zscore (mean 50)', 'percentile_rank')
    """
    said_of = method.declaration()
    if isinstance(said_of, str):
        return said_of
    chosen = (f"{key} {_plain(value)}" for key, value in said_of.items() if key != "method")
    return f"{said_of['method']} ({', '.join(chosen)})"


def _plain(value: object) -> str:
    return f"{value:g}" if isinstance(value, float) else str(value)


def paragraphs(about: str, language: Language) -> list[str]:
    r"""The paragraphs of a scheme's own text that are in a language; all of them where none is.

    Examples
    --------
    >>> paragraphs("Đã được công bố.\n\nAs it was published.", "vi"), paragraphs("As published.", "vi")
    (['Đã được công bố.'], ['As published.'])
    """
    every = [" ".join(paragraph.split()) for paragraph in about.split("\n\n") if paragraph.strip()]
    return [one for one in every if is_vietnamese(one) == (language == "vi")] or every


def is_vietnamese(paragraph: str) -> bool:
    """Whether it is written with the marks of Vietnamese, and does not only name places.

    Examples
    --------
    >>> is_vietnamese("Bộ chỉ số đổi mới sáng tạo"), is_vietnamese("The index of Đà Nẵng and 33 other provinces")
    (True, False)
    """
    marked = sum(unicodedata.decomposition(letter) != "" or letter in "đĐ" for letter in paragraph)
    return marked > len(paragraph) / 12


def page_words() -> Mapping[str, Mapping[Language, str]]:
    """The words of the page of an index, with those that data names: regions, units of measure, choices."""
    return _packaged("words")


def method_words() -> Mapping[str, Mapping[Language, str]]:
    """What each method is called, by ``method.family.name``."""
    return _packaged("methods")


def reworded_words() -> Mapping[str, Mapping[Language, str]]:
    """Templates of what is said in English of units and indicators, and the same in each language."""
    return _packaged("reworded")


def _named() -> tuple[Mapping[str, Mapping[Language, str]], ...]:
    return _packaged("build"), page_words(), method_words()


@cache
def _packaged(name: str) -> Mapping[str, Mapping[Language, str]]:
    text = resources.files("pii.report").joinpath(f"front/{name}.json").read_text(encoding="utf-8")
    found: Mapping[str, Mapping[Language, str]] = json.loads(text)
    return found
