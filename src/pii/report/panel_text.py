"""The editions of a panel in lines for a terminal: ranks by period, coverage, breaks of the series."""

from __future__ import annotations

from math import isnan

from pii.editions.results import Editions
from pii.figures import words
from pii.figures.words import number, percent
from pii.report.terminal import aligned, printable
from pii.report.words import Language, known, said

__all__ = ["panel_lines"]


def panel_lines(found: Editions, node: str | None = None, language: Language = "en") -> list[str]:
    """Ranks by period, the best of the last period first; then coverage, and breaks of the series.

    Parameters
    ----------
    found
        The editions.
    node
        The group or indicator whose ranks are wanted; the index when not given.
    """
    ranks, names = found.ranks(node), found.names
    ordered = ranks.sort_values(ranks.columns[-1], kind="stable", na_position="last")
    rows = [
        [printable(names[str(code)]), *("-" if isnan(place) else number(place, language) for place in places)]
        for code, places in zip(ordered.index, ordered.to_numpy().tolist(), strict=True)
    ]
    of = printable(node) if node else said("panel.index", language)
    scale = printable(known("scale", found.scale, language))
    periods = list(map(printable, found))
    return [
        said("panel.ranks", language, _title(found, language), of, scale),
        "",
        *aligned([[said("unit", language).lower(), *periods], *rows], words={0}),
        "",
        *_coverage(found, language),
        *_breaks(found, language),
    ]


def _title(found: Editions, language: Language) -> str:
    """The name of the index in the last edition, and from when to when; synthetic data says so first."""
    name = f"{found[list(found)[-1]].scheme.index.title(language)} {found.span}"
    return printable(f"{words.said('synthetic', language)} - {name}" if found.is_synthetic else name)


def _coverage(found: Editions, language: Language) -> list[str]:
    records = list(zip(map(printable, found), found.coverage().to_dict("records"), strict=True))
    counts = ("units", "ranked", "indicators")
    heads = [
        said(key, language)
        for key in ("panel.period", "panel.units", "panel.ranked", "panel.indicators", "panel.measured")
    ]
    rows = [
        [period, *(str(row[count]) for count in counts), percent(row["measured"], language, 1)]
        for period, row in records
    ]
    lacking = [
        said(key, language, period, printable(codes))
        for period, row in records
        for key, column in (("panel.columns.empty", "empty_indicators"), ("panel.units.empty", "empty_units"))
        if (codes := row[column])
    ]
    return [*aligned([heads, *rows], words={0}), *([""] if lacking else []), *lacking]


def _breaks(found: Editions, language: Language) -> list[str]:
    names = {one.code: one.title(language) for result in found.values() for one in result.scheme.indicators}
    lines = []
    for row in found.breaks().reset_index().to_dict("records"):
        code = str(row["indicator"])
        measured = printable(row["measured"])
        lines.append("  " + said("panel.broken", language, printable(code), printable(names[code]), measured))
    return ["", said("panel.breaks", language), *lines] if lines else []
