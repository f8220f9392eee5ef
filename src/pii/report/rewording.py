"""What a result and an audit say in English of units and indicators, said in another language."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from functools import cache
from types import MappingProxyType

from pii.figures.words import Language, decimal
from pii.report.words import known, reworded_words, said

__all__ = ["detail", "reasons", "remark", "search", "source", "target", "treatment"]


def reasons(every: Iterable[str], language: Language) -> str:
    """Why a unit is not ranked, in a line.

    Examples
    --------
    >>> reasons(["2 of 3 indicators measured, 0.75 of them needed"], "vi")
    'có số liệu của 2 trên 3 chỉ số, cần có tỷ lệ 0,75'
    """
    return "; ".join(_reworded("reason", one, language) or one for one in every)


def remark(text: str, language: Language) -> str | None:
    """What the reader of a table did; None where it is not known to be said so.

    Examples
    --------
    >>> remark("'..' is read as missing: 3 cells", "vi")
    "'..' được đọc là không có số liệu: 3 ô"
    """
    return _reworded("remark", text, language)


def treatment(rule: str, language: Language) -> str:
    """What was done to an indicator's values.

    Examples
    --------
    >>> treatment("winsorise: 5 high, then log", "vi")
    'kéo giá trị ngoại lai về giá trị kế cận: 5 giá trị cao, sau đó lấy logarit'
    """
    if language == "en" or not rule:
        return rule
    return ", sau đó ".join(_reworded("treatment", step, language) or step for step in rule.split(", then "))


def detail(figures: str, language: Language) -> str | None:
    """The figures of a finding; None where they are not known to be said so.

    Examples
    --------
    >>> detail("P1: 0.12", "vi"), detail("0.82 with grdp", "vi"), detail("quite a lot", "vi")
    ('P1: 0,12', '0,82 với grdp', None)
    """
    return _reworded("detail", figures, language)


def source(threshold: str, language: Language) -> str:
    """Where a threshold is from.

    Examples
    --------
    >>> source("our choice, as for indicators", "vi")
    'lựa chọn của chúng tôi, như với chỉ số'
    """
    return _reworded("source", threshold, language) or threshold


def target(asked: str, language: Language) -> str:
    """What an improvement is to reach.

    Examples
    --------
    >>> target("rank 3, 0.6 of the indicators above the mean", "vi")
    'hạng 3, tỷ lệ 0,6 số chỉ số trên mức trung bình'
    """
    return ", ".join(_reworded("target", part, language) or part for part in asked.split(", "))


def search(way: str, language: Language) -> str:
    """How an improvement was found, and how sure it is that nothing cheaper does.

    Examples
    --------
    >>> search("exact (linear program)", "vi")
    'chính xác (quy hoạch tuyến tính)'
    """
    return _reworded("search", way, language) or way


def _reworded(family: str, text: str, language: Language) -> str | None:
    """The text by the first template of a family that it is made by."""
    if language == "en":
        return text
    for pattern, other in _patterns(family, language):
        if found := pattern.fullmatch(text):
            parts = {slot: _SLOTS[slot][1](part, language) for slot, part in found.groupdict().items()}
            return other.format(**parts)
    return None


@cache
def _patterns(family: str, language: Language) -> tuple[tuple[re.Pattern[str], str], ...]:
    templates = (texts for key, texts in reworded_words().items() if key.startswith(f"{family}."))
    return tuple((_pattern(texts["en"]), texts[language]) for texts in templates)


def _pattern(template: str) -> re.Pattern[str]:
    parts = re.split(r"\{(\w+)\}", template)
    return re.compile(
        "".join(f"(?P<{part}>{_SLOTS[part][0]})" if at % 2 else re.escape(part) for at, part in enumerate(parts))
    )


def _as_it_is(part: str, language: Language) -> str:  # noqa: ARG001 - slots share a signature
    return part


def _step(part: str, language: Language) -> str:
    """A way of treatment by the name that it says of itself."""
    return known("method.treat", part, language)


def _list(part: str, language: Language) -> str:
    """Codes, each with its number, and how many more; codes may have points in them, numbers end at a comma."""
    numbers = re.sub(r"(?<= )([+-]?\d+)\.(\d+)(?=,|$)", lambda one: decimal(one[0], language), part)
    return re.sub(r"and (\d+) more$", lambda one: said("detail.more", language, one[1]), numbers)


def _pairs(part: str, language: Language) -> str:
    """Numbers, each with the column that it is with."""
    pattern = r"(?:^|(?<=, ))([+-]?\d\.\d\d) with "
    return re.sub(pattern, lambda one: f"{decimal(one[1], language)} {said('detail.with', language)} ", part)


_NUMBER = r"[+-]?(?:\d+(?:\.\d+)?(?:e[+-]?\d+)?%?|nan|inf)"
_SLOTS: Mapping[str, tuple[str, Callable[[str, Language], str]]] = MappingProxyType(
    {
        "code": (".+", _as_it_is),
        "other": (".+", _as_it_is),
        "work": (".+", _as_it_is),
        "rule": (r"\w+", _step),
        "n": (r"\d+", _as_it_is),
        "m": (r"\d+", _as_it_is),
        "x": (_NUMBER, decimal),
        "y": (_NUMBER, decimal),
        "list": (".+", _list),
        "pairs": (r"[+-]?\d\.\d\d with .+", _pairs),
    }
)
"""What may stand in each slot of a template, and how it is said in another language."""
