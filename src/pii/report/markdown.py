"""A ranking as a Markdown table."""

from __future__ import annotations

import re

from pii.figures.words import number, title
from pii.report.publication import notes, published_rows
from pii.report.words import Language, said
from pii.result import SHOWN_LEVELS, Result

__all__ = ["escaped", "ranking_markdown"]

_SPECIAL = str.maketrans({mark: "\\" + mark for mark in "\\`*_[]<>#|~$"} | {"\n": " ", "\r": " "})
_ENTITY = re.compile(r"&(?=(?:\\#)?\w+;)")


def escaped(text: str) -> str:
    r"""The text as Markdown shows it, whatever marks are in it.

    Examples
    --------
    >>> print(escaped("a|b <script>"))
    a\|b \<script\>
    """
    return _ENTITY.sub(r"\\&", text.translate(_SPECIAL))


def ranking_markdown(result: Result, language: Language = "en") -> str:
    """The published ranking with sub-indices and pillars, and the notes under it."""
    scheme = result.scheme
    shown = [at for at, group in enumerate(scheme.groups) if scheme.levels[group.code] < SHOWN_LEVELS]
    none = said("none", language)
    codes = (escaped(scheme.groups[at].code) for at in shown)
    heads = [said("rank", language), said("unit", language), *codes]
    lines = [
        f"# {escaped(title(result, language))}",
        "",
        _line(heads),
        _line(["---:", "---", *["---:"] * len(shown)]),
    ]
    for row in published_rows(result, language):
        scores = [number(row.scores[at], language, scheme.decimals) or none for at in shown]
        lines.append(_line([number(row.rank, language) or none, escaped(row.name), *scores]))
    lines += ["", f"## {said('notes', language)}", ""]
    lines += [f"- **{heading}**: {escaped(text)}" for heading, text in notes(result, language)]
    return "\n".join(lines) + "\n"


def _line(cells: list[str]) -> str:
    return f"| {' | '.join(cells)} |"
