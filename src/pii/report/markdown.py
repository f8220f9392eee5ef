"""A ranking as a Markdown table."""

from __future__ import annotations

import re
from math import isnan

from pii.report.publication import notes, published_rows
from pii.result import Result
from pii.rounding import published

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


def ranking_markdown(result: Result) -> str:
    """The published ranking with sub-indices and pillars, and the notes under it."""
    scheme = result.scheme
    shown = [at for at, group in enumerate(scheme.groups) if scheme.levels[group.code] < SHOWN_LEVELS]
    heads = ["Rank", "Unit", *(escaped(scheme.groups[at].code) for at in shown)]
    lines = [f"# {escaped(result.title)}", "", _line(heads), _line(["---:", "---", *["---:"] * len(shown)])]
    for row in published_rows(result):
        scores = [published(row.scores[at], scheme.decimals) or "n/a" for at in shown]
        lines.append(_line(["n/a" if isnan(row.rank) else f"{row.rank:g}", escaped(row.name), *scores]))
    lines += ["", "## Notes", ""]
    lines += [f"- **{heading}**: {escaped(text)}" for heading, text in notes(result)]
    return "\n".join(lines) + "\n"


SHOWN_LEVELS = 3  # the index, sub-indices and pillars


def _line(cells: list[str]) -> str:
    return f"| {' | '.join(cells)} |"
