"""A result as an Excel workbook: ranking, pillars, indicators, methods, notes."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from io import BytesIO
from math import floor, isnan, log10
from textwrap import wrap
from typing import TYPE_CHECKING, Any

import numpy as np

from pii.arrays import Vector
from pii.report.publication import MethodRow, method_rows, notes, published_rows
from pii.result import Result
from pii.tree import Node

if TYPE_CHECKING:
    from xlsxwriter.format import Format
    from xlsxwriter.workbook import Workbook
    from xlsxwriter.worksheet import Worksheet

__all__ = ["workbook"]

_TITLE_ROW, _ABOUT_ROW, _HEADER_ROW = 0, 1, 2
_NAME, _WIDE = 26, 60
_LINE, _HIGHEST = 15, 409  # points: a line of text, and the highest row that Excel allows
_PAGE = 150  # characters that can be read on the width of a page
_DIGITS, _MOST_DECIMALS = 4, 8  # of the largest value of a column, and of any


def workbook(result: Result) -> bytes:
    """The workbook as the bytes of an .xlsx file; the same result gives the same bytes.

    Text is always written as text, so that no cell runs as a formula. Cells of the sheet Indicators that were
    treated are shaded, those that were imputed are in italics. Rows have the height of their text, which not every
    program works out by itself.
    """
    from xlsxwriter import Workbook

    buffer = BytesIO()
    with Workbook(
        buffer,
        {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False},
    ) as book:
        book.set_properties({"title": result.title, "created": _created(), "comments": "made by pii"})
        styles = _styles(book, result.scheme.decimals)
        for name, (about, fill) in _SHEETS.items():
            sheet = book.add_worksheet(name)
            sheet.write_string(_TITLE_ROW, 0, result.title, styles["title"])
            sheet.write_string(_ABOUT_ROW, 0, about, styles["about"])
            fill(_Sheet(sheet, styles), result)
    return buffer.getvalue()


def _created() -> datetime:
    """A time that does not make two builds differ: SOURCE_DATE_EPOCH, else the first day of the zip format."""
    epoch = os.environ.get("SOURCE_DATE_EPOCH", "")
    moment = datetime.fromtimestamp(int(epoch), UTC) if epoch.isdigit() else datetime(1980, 1, 1, tzinfo=UTC)
    return moment.replace(tzinfo=None)


def _styles(book: Workbook, decimals: int) -> dict[str, Format]:
    cells = {
        "title": {"bold": True, "font_size": 14},
        "about": {"font_color": "#555555"},
        "header": {"bold": True, "text_wrap": True, "valign": "top", "bottom": 1, "bg_color": "#E8EEF4"},
        "text": {"num_format": "@", "valign": "top"},
        "wrapped": {"num_format": "@", "text_wrap": True, "valign": "top"},
        "score": {"num_format": _points(decimals)},
        "rank": {"align": "center", "valign": "top"},
        "share": {"num_format": "0.0000", "valign": "top"},
    }
    for places in range(_MOST_DECIMALS + 1):
        points = {"num_format": f"#,##{_points(places)}"}
        cells[f"value {places}"] = points
        cells[f"treated {places}"] = points | {"bg_color": "#FCE4B8"}
        cells[f"imputed {places}"] = points | {"italic": True, "font_color": "#7A4A00"}
    return {name: book.add_format(cell) for name, cell in cells.items()}


def _points(decimals: int) -> str:
    return "0." + "0" * decimals if decimals else "0"


class _Sheet:
    """A worksheet that writes every text as text and leaves what is missing empty."""

    def __init__(self, sheet: Worksheet, styles: dict[str, Format]) -> None:
        self.sheet, self.styles = sheet, styles
        self.widths: Sequence[float] = ()

    def header(self, heads: Sequence[str], *, freeze: int, widths: Sequence[float]) -> None:
        """Write the header row, freeze it with the first columns, set the widths, and arrange it for print."""
        self.widths = widths
        for column, (head, width) in enumerate(zip(heads, widths, strict=True)):
            self.sheet.write_string(_HEADER_ROW, column, head, self.styles["header"])
            self.sheet.set_column(column, column, width)
        self.sheet.set_row(_HEADER_ROW, _height(heads, [width - 2 for width in widths]))
        self.sheet.freeze_panes(_HEADER_ROW + 1, freeze)
        self.sheet.repeat_rows(_TITLE_ROW, _HEADER_ROW)
        self.sheet.set_landscape()
        self.sheet.set_paper(9)
        self.sheet.set_footer("&C&A, &P / &N")
        if sum(widths) <= _PAGE:
            self.sheet.fit_to_pages(1, 0)
        else:
            self.sheet.set_print_scale(60)
            self.sheet.repeat_columns(0, freeze - 1)

    def row(self, row: int, cells: Iterable[Any], styles: Iterable[str]) -> None:
        """Write one row under the header, counted from 0."""
        wrapped = [""] * len(self.widths)
        for column, (cell, style) in enumerate(zip(cells, styles, strict=True)):
            if isinstance(cell, str):
                if cell:
                    self.sheet.write_string(_HEADER_ROW + 1 + row, column, cell, self.styles[style])
                wrapped[column] = cell if style == "wrapped" else ""
            elif not isnan(cell):
                self.sheet.write_number(_HEADER_ROW + 1 + row, column, cell, self.styles[style])
        if any(wrapped):
            self.sheet.set_row(_HEADER_ROW + 1 + row, _height(wrapped, self.widths))

    def filters(self, rows: int) -> None:
        """Let the reader filter and sort."""
        self.sheet.autofilter(_HEADER_ROW, 0, _HEADER_ROW + max(rows, 1), len(self.widths) - 1)

    def bars(self, rows: int, column: int, lowest: float) -> None:
        """Draw one column's values as bars that begin at 0, or at the lowest value below it."""
        # The bars of Excel 2007: other programs warn of those of 2010, which they do not know.
        bars = {"type": "data_bar", "bar_color": "#B9D0E8", "min_type": "num", "min_value": min(0.0, lowest)}
        self.sheet.conditional_format(_HEADER_ROW + 1, column, _HEADER_ROW + max(rows, 1), column, bars)


def _height(texts: Iterable[str], widths: Iterable[float]) -> float:
    """The height of a row in which texts are wrapped to the widths of their columns."""
    lines = max(len(wrap(text, max(1, int(width)))) for text, width in zip(texts, widths, strict=True))
    return min(_HIGHEST, _LINE * max(1, lines))


def _ranking(sheet: _Sheet, result: Result) -> None:
    scheme, labels = result.scheme, list(result.measured.units.labels)
    shown = [at for at, group in enumerate(scheme.groups) if scheme.levels[group.code] < 2]
    heads = ["Rank", "Code", "Unit", *labels, *(_head(scheme.groups[at]) for at in shown), "Why not ranked"]
    widths = [8, 9, _NAME, *[_NAME] * len(labels), *[14] * len(shown), 50]
    sheet.header(heads, freeze=3, widths=widths)
    styles = ["rank", *["text"] * (2 + len(labels)), *["score"] * len(shown), "wrapped"]
    rows = list(published_rows(result))
    for at, row in enumerate(rows):
        sheet.row(
            at, [row.rank, row.code, row.name, *row.labels, *(row.scores[i] for i in shown), row.reason], styles
        )
    sheet.filters(len(rows))
    sheet.bars(
        len(rows), 3 + len(labels), lowest=min((row.scores[0] for row in rows if not row.reason), default=0.0)
    )


def _pillars(sheet: _Sheet, result: Result) -> None:
    groups = result.scheme.groups
    heads = ["Code", "Unit", *(text for g in groups for text in (_head(g), f"Rank {g.code}"))]
    sheet.header(heads, freeze=2, widths=[9, _NAME, *[14, 9] * len(groups)])
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
    sheet.filters(len(rows))


def _indicators(sheet: _Sheet, result: Result) -> None:
    indicators, units = result.scheme.indicators, result.measured.units
    heads = [f"{_head(i)} ({i.unit})" if i.unit else _head(i) for i in indicators]
    sheet.header(["Code", "Unit", *heads], freeze=2, widths=[9, _NAME, *[14] * len(indicators)])
    values, styles = _values_with_styles(result)
    for at in range(len(units)):
        sheet.row(at, [units.codes[at], units.names[at], *values[at]], ["text", "text", *styles[at]])
    sheet.filters(len(units))


def _values_with_styles(result: Result) -> tuple[list[list[float]], list[list[str]]]:
    """Values per their denominators, imputed where they were, with the style that says what was done."""
    values = np.array(result.ratios.values)
    ranked = result.screening.eligible
    gaps = np.isnan(values[ranked])
    values[ranked] = np.where(gaps, result.completed.values, values[ranked])
    done = np.full(values.shape, "value", dtype=object)
    moved = result.treatment.table.values != result.completed.values
    done[ranked] = np.where(gaps, "imputed", np.where(moved & ~np.isnan(values[ranked]), "treated", "value"))
    places = [_decimals(column) for column in values.T]
    styles = [[f"{what} {n}" for what, n in zip(row, places, strict=True)] for row in done.tolist()]
    return values.tolist(), styles


def _decimals(column: Vector) -> int:
    """As many digits after the point as a column's values have, as far as they matter for the largest."""
    known = np.abs(column[~np.isnan(column)])
    largest = known.max(initial=0.0)
    most = min(_MOST_DECIMALS, max(0, _DIGITS - 1 - floor(log10(largest)))) if largest else 0
    return next((n for n in range(most) if np.array_equal(known.round(n), known)), most)


def _indicator_scores(sheet: _Sheet, result: Result) -> None:
    indicators, units = result.scheme.indicators, result.scores.units
    sheet.header(["Code", "Unit", *map(_head, indicators)], freeze=2, widths=[9, _NAME, *[14] * len(indicators)])
    styles = ["text", "text", *["score"] * len(indicators)]
    for at, scores in enumerate(result.scores.values.tolist()):
        sheet.row(at, [units.codes[at], units.names[at], *scores], styles)
    sheet.filters(len(units))


def _methods(sheet: _Sheet, result: Result) -> None:
    heads = [field.replace("_", " ") for field in MethodRow._fields]
    wide = {"name_vi": 40, "name_en": 40, "treat": 20, "standing": 20, "source": 30, "note": _WIDE}
    wide |= {"level": 8, "kind": 10, "weight": 9, "share": 9, "effective": 10}
    sheet.header(heads, freeze=2, widths=[wide.get(field, 14) for field in MethodRow._fields])
    numbers = {"level": "rank", "weight": "share", "share": "share", "effective": "share"}
    styles = [numbers.get(field, "wrapped") for field in MethodRow._fields]
    rows = list(method_rows(result))
    for at, row in enumerate(rows):
        sheet.row(at, row, styles)
    sheet.filters(len(rows))


def _notes(sheet: _Sheet, result: Result) -> None:
    sheet.header(["About", "Text"], freeze=0, widths=[20, 110])
    for at, pair in enumerate(notes(result)):
        sheet.row(at, pair, ["text", "wrapped"])


def _head(node: Node) -> str:
    return f"{node.code} {node.title()}" if node.name else node.code


_SHEETS = {
    "Ranking": ("Published scores, the best first", _ranking),
    "Pillars": ("Scores and ranks of every group, the best first", _pillars),
    "Indicators": (
        "Values per their denominators. Shaded: treated for the scores. In italics: imputed. Empty: not measured.",
        _indicators,
    ),
    "Indicator scores": ("Indicators on one scale, on which more is better", _indicator_scores),
    "Methods": ("How every node is made", _methods),
    "Notes": ("What a reader should know besides the numbers", _notes),
}
