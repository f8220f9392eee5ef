"""A ranking and the weights behind it as tables of LaTeX, with the rules of the package booktabs."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from math import isnan

from pii.report.publication import published_rows
from pii.result import Result
from pii.rounding import published
from pii.scheme import Scheme

__all__ = ["escaped", "ranking_latex", "weights_latex"]

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


def ranking_latex(result: Result) -> str:
    r"""The published ranking with sub-indices and pillars, as a table that may run over pages.

    It needs ``\usepackage{booktabs, longtable}``, and for Vietnamese an engine that reads Unicode (XeLaTeX or
    LuaLaTeX). Units without a rank stand last, with ``--`` for what they have not.
    """
    scheme = result.scheme
    shown = [at for at, group in enumerate(scheme.groups) if scheme.levels[group.code] < SHOWN_LEVELS]
    heads = ["Rank", "Unit", *(escaped(scheme.groups[at].code) for at in shown)]
    rows = (
        [_NONE if isnan(row.rank) else f"{row.rank:g}", escaped(row.name)]
        + [published(row.scores[at], scheme.decimals) or _NONE for at in shown]
        for row in published_rows(result)
    )
    return _table(result.title, "ranking", "rl" + "r" * len(shown), heads, rows)


SHOWN_LEVELS = 3  # the index, sub-indices and pillars


def weights_latex(result: Result) -> str:
    r"""Each node's share of its group and of the index, indented by its level.

    It needs the packages that :func:`ranking_latex` needs.
    """
    heads = ["Node", "Name", "Share of group", "Share of index"]
    return _table(f"{result.title}: weights", "weights", "llrr", heads, _weights(result, result.scheme))


def _weights(result: Result, scheme: Scheme) -> Iterator[list[str]]:
    weights = result.weights
    shares = zip(weights.shares.tolist(), weights.effective.tolist(), strict=True)
    of = dict(zip(weights.nodes, shares, strict=True))
    for node in scheme.nodes[1:]:
        share, effective = of[node.code]
        indent = rf"\hspace*{{{scheme.levels[node.code] - 1}em}}"
        name = escaped(node.title()) if node.name else ""
        yield [indent + escaped(node.code), name, f"{share:.4f}", f"{effective:.4f}"]


_NONE = "--"


def _table(caption: str, label: str, columns: str, heads: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    header = [r"\toprule", f"{' & '.join(heads)} \\\\", r"\midrule"]
    lines = [rf"\begin{{longtable}}{{{columns}}}", rf"\caption{{{escaped(caption)}}}\label{{tab:{label}}} \\"]
    lines += [*header, r"\endfirsthead", *header, r"\endhead", r"\bottomrule", r"\endfoot"]
    lines += [f"{' & '.join(row)} \\\\" for row in rows]
    return "\n".join([*lines, r"\end{longtable}", ""])
