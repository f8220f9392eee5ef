"""A ranking and an audit as lines of text."""

from __future__ import annotations

from itertools import groupby
from math import isnan

from pii.audit import Audit
from pii.report.publication import PublishedRow, published_rows
from pii.result import Result
from pii.rounding import published

__all__ = ["finding_lines", "printable", "ranking_lines"]


def printable(text: str) -> str:
    r"""Without the control characters by which a name could steer a terminal.

    Examples
    --------
    >>> printable("a\x1b[31mb")
    'a�[31mb'
    """
    return "".join(mark if mark.isprintable() or mark == "\n" else "\ufffd" for mark in text)


def ranking_lines(result: Result, room: int | None = None) -> list[str]:
    """The ranking with as many levels of the tree as there is room for; no number is ever cut.

    Parameters
    ----------
    room
        How many columns the terminal has; None for no limit.
    """
    rows = list(published_rows(result))
    lines: list[str] = []
    for levels, gap in ((3, "  "), (3, " "), (2, "  "), (1, "  ")):
        lines = _grid(result, rows, levels, gap)
        if room is None or max(map(len, lines)) <= room:
            break
    return lines


def finding_lines(audit: Audit) -> list[str]:
    """The findings of an audit by severity and chapter, each with its place and the source of its threshold."""
    count = len(audit.findings)
    lines = [f"{printable(audit.result.title)}: {count} finding{'' if count == 1 else 's'}"]
    for (severity, topic), found in groupby(audit.gathered, key=lambda finding: (finding.severity, finding.topic)):
        several = list(found)
        sources = dict.fromkeys(finding.source for finding in several)
        lines += ["", f"{severity}: {topic} ({'; '.join(sources)})"]
        lines += [f"  {printable(finding.place)}: {printable(finding.said)}" for finding in several]
    return lines


def _grid(result: Result, rows: list[PublishedRow], levels: int, gap: str) -> list[str]:
    """Lines of a table: rank, unit and the scores of the groups of the first levels."""
    scheme = result.scheme
    shown = [at for at, group in enumerate(scheme.groups) if scheme.levels[group.code] < levels]
    cells = [["rank", "unit", *(printable(scheme.groups[at].code) for at in shown)]]
    for row in rows:
        scores = (published(row.scores[at], scheme.decimals) or "n/a" for at in shown)
        cells.append(["" if isnan(row.rank) else f"{row.rank:g}", printable(row.name), *scores])
    widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
    return [
        gap.join(
            cell.ljust(width) if at == 1 else cell.rjust(width)
            for at, (cell, width) in enumerate(zip(line, widths, strict=True))
        )
        for line in cells
    ]
