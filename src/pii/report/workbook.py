"""A result as an Excel workbook: ranking, pillars, indicators, methods, notes."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from io import BytesIO
from math import isnan
from typing import TYPE_CHECKING, Any

import numpy as np

from pii.report.publication import MethodRow, method_rows, notes, published_rows
from pii.result import Result
from pii.tree import Node

if TYPE_CHECKING:
    from xlsxwriter.format import Format
    from xlsxwriter.workbook import Workbook
    from xlsxwriter.worksheet import Worksheet

__all__ = ["workbook"]

_TITLE_ROW, _HEADER_ROW = 0, 2
_NAME, _WIDE = 26, 60


def workbook(result: Result) -> bytes:
    """The workbook as the bytes of an .xlsx file; the same result gives the same bytes.

    Text is always written as text, so that no cell runs as a formula. Cells of the sheet Indicators that were
    treated are shaded, those that were imputed are in italics.
    """
    from xlsxwriter import Workbook

    buffer = BytesIO()
    with Workbook(
        buffer,
        {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False},
    ) as book:
        book.set_properties({"title": result.title, "created": _created(), "comments": "made by pii"})
        styles = _styles(book, result.scheme.decimals)
        for name, fill in _SHEETS.items():
            sheet = book.add_worksheet(name)
            sheet.write_string(_TITLE_ROW, 0, result.title, styles["title"])
            fill(_Sheet(sheet, styles), result)
    return buffer.getvalue()


def _created() -> datetime:
    """A time that does not make two builds differ: SOURCE_DATE_EPOCH, else the first day of the zip format."""
    epoch = os.environ.get("SOURCE_DATE_EPOCH", "")
    moment = datetime.fromtimestamp(int(epoch), UTC) if epoch.isdigit() else datetime(1980, 1, 1, tzinfo=UTC)
    return moment.replace(tzinfo=None)


def _styles(book: Workbook, decimals: int) -> dict[str, Format]:
    points = "0." + "0" * decimals if decimals else "0"
    return {
        "title": book.add_format({"bold": True, "font_size": 14}),
        "header": book.add_format(
            {"bold": True, "text_wrap": True, "valign": "top", "bottom": 1, "bg_color": "#E8EEF4"}
        ),
        "text": book.add_format({"num_format": "@"}),
        "wrapped": book.add_format({"num_format": "@", "text_wrap": True, "valign": "top"}),
        "score": book.add_format({"num_format": points}),
        "rank": book.add_format({"num_format": "0.##" if decimals else "0"}),
        "value": book.add_format({"num_format": "#,##0.####"}),
        "treated": book.add_format({"num_format": "#,##0.####", "bg_color": "#FCE4B8"}),
        "imputed": book.add_format({"num_format": "#,##0.####", "italic": True, "font_color": "#7A4A00"}),
        "share": book.add_format({"num_format": "0.0000"}),
    }


class _Sheet:
    """A worksheet that writes every text as text and leaves what is missing empty."""

    def __init__(self, sheet: Worksheet, styles: dict[str, Format]) -> None:
        self.sheet, self.styles = sheet, styles

    def header(self, heads: Iterable[str], *, freeze: int, widths: Sequence[float]) -> None:
        """Write the header row, freeze it with the first columns, and set the widths."""
        for column, head in enumerate(heads):
            self.sheet.write_string(_HEADER_ROW, column, head, self.styles["header"])
        self.sheet.freeze_panes(_HEADER_ROW + 1, freeze)
        for column, width in enumerate(widths):
            self.sheet.set_column(column, column, width)
        self.sheet.repeat_rows(_HEADER_ROW)
        self.sheet.set_landscape()
        self.sheet.set_paper(9)
        self.sheet.fit_to_pages(1, 0)

    def row(self, row: int, cells: Iterable[Any], styles: Iterable[str]) -> None:
        """Write one row under the header, counted from 0."""
        for column, (cell, style) in enumerate(zip(cells, styles, strict=True)):
            if isinstance(cell, str):
                self.sheet.write_string(_HEADER_ROW + 1 + row, column, cell, self.styles[style])
            elif not isnan(cell):
                self.sheet.write_number(_HEADER_ROW + 1 + row, column, cell, self.styles[style])

    def filter_and_bars(self, rows: int, columns: int, bars: int | None = None) -> None:
        """Let the reader filter and sort; draw one column's values as bars."""
        first, last = _HEADER_ROW + 1, _HEADER_ROW + max(rows, 1)
        self.sheet.autofilter(_HEADER_ROW, 0, last, columns - 1)
        if bars is not None:
            self.sheet.conditional_format(first, bars, last, bars, {"type": "data_bar", "bar_color": "#8FB3D9"})


def _ranking(sheet: _Sheet, result: Result) -> None:
    scheme, labels = result.scheme, list(result.measured.units.labels)
    shown = [at for at, group in enumerate(scheme.groups) if scheme.levels[group.code] < 2]
    heads = ["Rank", "Code", "Unit", *labels, *(_head(scheme.groups[at]) for at in shown), "Why not ranked"]
    widths = [7, 8, _NAME, *[_NAME] * len(labels), *[14] * len(shown), 40]
    sheet.header(heads, freeze=3, widths=widths)
    styles = ["rank", *["text"] * (2 + len(labels)), *["score"] * len(shown), "text"]
    rows = list(published_rows(result))
    for at, row in enumerate(rows):
        sheet.row(
            at, [row.rank, row.code, row.name, *row.labels, *(row.scores[i] for i in shown), row.reason], styles
        )
    sheet.filter_and_bars(len(rows), len(heads), bars=3 + len(labels))


def _pillars(sheet: _Sheet, result: Result) -> None:
    groups = result.scheme.groups
    heads = ["Code", "Unit", *(text for g in groups for text in (_head(g), f"Rank {g.code}"))]
    sheet.header(heads, freeze=2, widths=[8, _NAME, *[14, 8] * len(groups)])
    ranks = dict(zip(result.composite.units.codes, result.ranking.values.tolist(), strict=True))
    missing = [float("nan")] * len(groups)
    rows = list(published_rows(result))
    for at, row in enumerate(rows):
        pairs = zip(row.scores, ranks.get(row.code, missing), strict=True)
        sheet.row(
            at,
            [row.code, row.name, *(number for pair in pairs for number in pair)],
            ["text", "text", *["score", "rank"] * len(groups)],
        )
    sheet.filter_and_bars(len(rows), len(heads))


def _indicators(sheet: _Sheet, result: Result) -> None:
    indicators, units = result.scheme.indicators, result.measured.units
    heads = [f"{_head(i)}{f' ({i.unit})' if i.unit else ''}" for i in indicators]
    sheet.header(["Code", "Unit", *heads], freeze=2, widths=[8, _NAME, *[14] * len(indicators)])
    values, styles = _values_with_styles(result)
    for at in range(len(units)):
        sheet.row(at, [units.codes[at], units.names[at], *values[at]], ["text", "text", *styles[at]])
    sheet.filter_and_bars(len(units), 2 + len(indicators))


def _values_with_styles(result: Result) -> tuple[list[list[float]], list[list[str]]]:
    """Values per their denominators, imputed where they were, with the style that says what was done."""
    values = np.array(result.ratios.values)
    ranked = result.screening.eligible
    gaps = np.isnan(values[ranked])
    values[ranked] = np.where(gaps, result.completed.values, values[ranked])
    styles = np.full(values.shape, "value", dtype=object)
    moved = result.treatment.table.values != result.completed.values
    styles[ranked] = np.where(gaps, "imputed", np.where(moved & ~np.isnan(values[ranked]), "treated", "value"))
    return values.tolist(), styles.tolist()


def _indicator_scores(sheet: _Sheet, result: Result) -> None:
    indicators, units = result.scheme.indicators, result.scores.units
    sheet.header(["Code", "Unit", *map(_head, indicators)], freeze=2, widths=[8, _NAME, *[14] * len(indicators)])
    styles = ["text", "text", *["score"] * len(indicators)]
    for at, scores in enumerate(result.scores.values.tolist()):
        sheet.row(at, [units.codes[at], units.names[at], *scores], styles)
    sheet.filter_and_bars(len(units), 2 + len(indicators))


def _methods(sheet: _Sheet, result: Result) -> None:
    heads = [field.replace("_", " ") for field in MethodRow._fields]
    wide = {"name_vi": 40, "name_en": 40, "standing": 24, "source": 30, "note": _WIDE, "treated": 20}
    sheet.header(heads, freeze=2, widths=[wide.get(field, 14) for field in MethodRow._fields])
    numbers = {"level": "rank", "weight": "share", "share": "share", "effective": "share"}
    styles = [numbers.get(field, "wrapped") for field in MethodRow._fields]
    rows = list(method_rows(result))
    for at, row in enumerate(rows):
        sheet.row(at, row, styles)
    sheet.filter_and_bars(len(rows), len(heads))


def _notes(sheet: _Sheet, result: Result) -> None:
    sheet.header(["About", "Text"], freeze=0, widths=[20, 110])
    for at, pair in enumerate(notes(result)):
        sheet.row(at, pair, ["text", "wrapped"])


def _head(node: Node) -> str:
    return f"{node.code} {node.title()}" if node.name else node.code


_SHEETS = {
    "Ranking": _ranking,
    "Pillars": _pillars,
    "Indicators": _indicators,
    "Indicator scores": _indicator_scores,
    "Methods": _methods,
    "Notes": _notes,
}
