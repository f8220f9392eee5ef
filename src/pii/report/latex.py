"""A ranking as a table of LaTeX, with the rules of the package booktabs."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from pii.figures.words import number, title
from pii.report.publication import published_rows
from pii.report.words import Language, said
from pii.result import SHOWN_LEVELS, Result

__all__ = ["escaped", "ranking_latex"]

_SPECIAL = str.maketrans(
    {mark: f"\\{mark}" for mark in "&%$#_{}"}
    | {"\\": r"\textbackslash{}", "~": r"\textasciitilde{}", "^": r"\textasciicircum{}"}
    | {"<": r"\textless{}", ">": r"\textgreater{}", "|": r"\textbar{}", '"': r"\textquotedbl{}"}
    | {"[": "{[}", "]": "{]}", "*": "{*}", "-": "{-}", "'": "{'}", "`": "{`}", "\n": " ", "\r": " "}
)


def escaped(text: str) -> str:
    r"""The text as LaTeX shows it, whatever marks are in it.

    Brackets and stars stand in braces, as they mean something after the end of a row; so do hyphens and quotes,
    which several of make another mark.

    Examples
    --------
    >>> print(escaped("R&D: 50 % of #1"))
    R\&D: 50 \% of \#1
    """
    return text.translate(_SPECIAL)


def ranking_latex(result: Result, language: Language = "en") -> str:
    r"""The published ranking with sub-indices and pillars, as a table that may run over pages.

    It needs ``\usepackage{booktabs, longtable}``, and for Vietnamese an engine that reads Unicode (XeLaTeX or
    LuaLaTeX). Units without a rank stand last, with ``--`` for what they have not.
    """
    scheme = result.scheme
    shown = [at for at, group in enumerate(scheme.groups) if scheme.levels[group.code] < SHOWN_LEVELS]
    heads = [said("rank", language), said("unit", language), *(escaped(scheme.groups[at].code) for at in shown)]
    rows = (
        [number(row.rank, language) or _NONE, escaped(row.name)]
        + [number(row.scores[at], language, scheme.decimals) or _NONE for at in shown]
        for row in published_rows(result, language)
    )
    return _table(title(result, language), "rl" + "r" * len(shown), heads, rows)


_NONE = "--"


def _table(caption: str, columns: str, heads: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    header = [r"\toprule", f"{' & '.join(heads)} \\\\", r"\midrule"]
    lines = [rf"\begin{{longtable}}{{{columns}}}", rf"\caption{{{escaped(caption)}}}\label{{tab:ranking}} \\"]
    lines += [*header, r"\endfirsthead", *header, r"\endhead", r"\bottomrule", r"\endfoot"]
    lines += [f"{' & '.join(row)} \\\\" for row in rows]
    return "\n".join([*lines, r"\end{longtable}", ""])
