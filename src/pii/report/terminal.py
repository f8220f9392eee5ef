"""A ranking and an audit as lines of text."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from itertools import groupby

from pii.audit import Audit
from pii.figures.words import number
from pii.report.publication import PublishedRow, published_rows, unsettled
from pii.report.rewording import reasons, remark, treatment
from pii.report.words import Language, said
from pii.result import Result

__all__ = ["aligned", "finding_lines", "printable", "ranking_lines", "remark_lines"]


def printable(text: str) -> str:
    r"""Without the control characters by which a name could steer a terminal.

    Examples
    --------
    >>> printable("a\x1b[31mb")
    'a�[31mb'
    """
    return "".join(mark if mark.isprintable() or mark == "\n" else "\ufffd" for mark in text)


def aligned(rows: Iterable[Sequence[str]], *, words: Collection[int], gap: str = "  ") -> list[str]:
    r"""Columns as wide as their widest cell, side by side.

    Parameters
    ----------
    rows
        Cells, with the heads first.
    words
        The columns, from 0, that begin at the left; numbers end at the right.
    gap
        What stands between two columns.

    Examples
    --------
    >>> print(*aligned([("rank", "name"), ("1", "Huế"), ("12", "Hà Nội")], words={1}), sep="\n")
    rank  name
       1  Huế
      12  Hà Nội
    """
    cells = list(rows)
    widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
    return [
        gap.join(
            cell.ljust(width) if at in words else cell.rjust(width)
            for at, (cell, width) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in cells
    ]


def ranking_lines(result: Result, room: int | None = None, language: Language = "en") -> list[str]:
    """The ranking with as many levels of the tree as there is room for; no number is ever cut.

    Parameters
    ----------
    room
        How many columns the terminal has; None for no limit.
    """
    rows = list(published_rows(result, language))
    lines: list[str] = []
    for levels, gap in ((3, "  "), (3, " "), (2, "  "), (1, "  ")):
        lines = _grid(result, rows, levels, gap, language)
        if room is None or max(map(len, lines)) <= room:
            break
    return lines


def remark_lines(result: Result, *, verbose: bool = False, language: Language = "en") -> list[str]:
    """What a person should know of a result besides its ranking.

    Parameters
    ----------
    verbose
        Whether it is said as well what was done to each indicator.
    """
    units = result.measured.units
    name = dict(zip(units.codes, map(printable, units.names), strict=True))
    lines = [
        said("say.remark", language, printable(remark(told, language) or told)) for told in result.measured.remarks
    ]
    if counts := unsettled(result, language):
        lines.append(said("say.unsettled", language, counts))
    lines += (
        said("say.unranked", language, name[code], printable(reasons(why, language)))
        for code, why in result.unranked.items()
    )
    lines += (said("say.forced", language, name[code]) for code in result.screening.forced)
    if result.is_synthetic:
        lines.append(said("say.synthetic", language))
    if verbose:
        rules = result.treatment.rules.items()
        lines += (said("say.treated", language, printable(code), treatment(rule, language)) for code, rule in rules)
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


def _grid(result: Result, rows: list[PublishedRow], levels: int, gap: str, language: Language) -> list[str]:
    """Lines of a table: rank, unit and the scores of the groups of the first levels."""
    scheme = result.scheme
    shown = [at for at, group in enumerate(scheme.groups) if scheme.levels[group.code] < levels]
    heads = (said(key, language).lower() for key in ("rank", "unit"))
    cells = [[*heads, *(printable(scheme.groups[at].code) for at in shown)]]
    for row in rows:
        scores = (number(row.scores[at], language, scheme.decimals) or said("none", language) for at in shown)
        cells.append([number(row.rank, language), printable(row.name), *scores])
    return aligned(cells, words={1}, gap=gap)
