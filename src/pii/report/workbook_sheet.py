"""One sheet of a workbook: header, widths, formats, and cells that are text, numbers or formulas."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from math import floor, isnan, log10
from textwrap import wrap
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias

import numpy as np

from pii.arrays import Vector
from pii.errors import BuildError, Problem

if TYPE_CHECKING:
    from xlsxwriter.format import Format
    from xlsxwriter.workbook import Workbook
    from xlsxwriter.worksheet import Worksheet

__all__ = ["MOST_DECIMALS", "Cell", "Formula", "Sheet", "decimals", "styles"]

_LINE, _HIGHEST = 15, 409  # points: a line of text, and the highest row that Excel allows
_PAGE = 150  # characters that can be read on the width of a page
_DIGITS = 4  # of the largest value of a column
MOST_DECIMALS = 8
"""Digits after the point that a value is shown with at most."""


class Formula(NamedTuple):
    """A cell that a spreadsheet program works out, and what it gives."""

    text: str
    """From its equals sign on."""
    value: float
    """What programs show that do not work it out; NaN is an empty text."""
    array: bool = False
    """Whether it goes through ranges cell by cell."""


Cell: TypeAlias = str | float | Formula
"""What a cell holds; NaN leaves it empty."""


def styles(book: Workbook, decimals: int) -> dict[str, Format]:
    """The formats of all cells, by name; those of values are followed by their decimals."""
    share = {"num_format": "0.0000", "valign": "top", "align": "right", "indent": 1}  # apart from a text beside it
    cells: dict[str, dict[str, Any]] = {
        "title": {"bold": True, "font_size": 14},
        "about": {"font_color": "#555555"},
        "header": {"bold": True, "text_wrap": True, "valign": "top", "bottom": 1, "bg_color": "#E8EEF4"},
        "text": {"num_format": "@", "valign": "top"},
        "wrapped": {"num_format": "@", "text_wrap": True, "valign": "top"},
        "score": {"num_format": _points(decimals)},
        "rank": {"align": "center", "valign": "top"},
        "share": share,
        "above": {"num_format": "0.0000", "italic": True, "font_color": "#555555"},
        "input": share | {"bg_color": "#FFF9D6", "font_color": "#1F3F8F"},
    }
    for places in range(MOST_DECIMALS + 1):
        points = {"num_format": f"#,##{_points(places)}", "valign": "top"}
        cells[f"value {places}"] = points
        cells[f"treated {places}"] = points | {"bg_color": "#FCE4B8"}
        cells[f"imputed {places}"] = points | {"italic": True, "font_color": "#7A4A00"}
        cells[f"unsettled {places}"] = points | {"bg_color": "#E6DDF2"}
    return {name: book.add_format(cell) for name, cell in cells.items()}


def _points(decimals: int) -> str:
    return "0." + "0" * decimals if decimals else "0"


def decimals(column: Vector) -> int:
    """As many digits after the point as a column's values have, as far as they matter for the largest.

    Examples
    --------
    >>> decimals(np.array([1000.0, 2.0])), decimals(np.array([100 / 3, 1.5]))
    (0, 2)
    """
    known = np.abs(column[~np.isnan(column)])
    largest = known.max(initial=0.0)
    most = min(MOST_DECIMALS, max(0, _DIGITS - 1 - floor(log10(largest)))) if largest else 0
    return next((n for n in range(most) if np.array_equal(known.round(n), known)), most)


class Sheet:
    """A worksheet that writes every text as text and leaves what is missing empty.

    Parameters
    ----------
    sheet
        Of the workbook's own library.
    formats
        By the names that rows ask for.
    title, about
        The first two lines.
    live
        Whether formulas are written, or only what they give.
    """

    def __init__(
        self, sheet: Worksheet, formats: dict[str, Format], title: str, about: str, *, live: bool = False
    ) -> None:
        self.sheet, self.formats, self.live = sheet, formats, live
        self.widths: Sequence[float] = ()
        self.head = 2  # the header's row, counted from 0
        sheet.write_string(0, 0, title, formats["title"])
        sheet.write_string(1, 0, about, formats["about"])

    def header(
        self, heads: Sequence[str], *, freeze: int, widths: Sequence[float], above: Sequence[Cell] = ()
    ) -> None:
        """Write the header row, freeze it with the first columns, set the widths, and arrange it for print.

        A row of cells may stand above it, such as the shares of the columns.
        """
        self.widths = widths
        if above:
            for column, cell in enumerate(above):
                self._write(self.head, column, cell, "above")
            self.head += 1
        for column, (head, width) in enumerate(zip(heads, widths, strict=True)):
            self.sheet.write_string(self.head, column, head, self.formats["header"])
            self.sheet.set_column(column, column, width)
        self.sheet.set_row(self.head, _height(heads, [width - 2 for width in widths]))
        self.sheet.freeze_panes(self.head + 1, freeze)
        self.sheet.repeat_rows(0, self.head)
        self.sheet.set_landscape()
        self.sheet.set_paper(9)
        self.sheet.set_footer("&C&A, &P / &N")
        if sum(widths) <= _PAGE:
            self.sheet.fit_to_pages(1, 0)
        else:
            self.sheet.set_print_scale(60)
            self.sheet.repeat_columns(0, freeze - 1)

    def row(self, row: int, cells: Iterable[Cell], formats: Iterable[str]) -> None:
        """Write one row under the header, counted from 0."""
        wrapped = [""] * len(self.widths)
        at = self.head + 1 + row
        for column, (cell, name) in enumerate(zip(cells, formats, strict=True)):
            self._write(at, column, cell, name)
            wrapped[column] = cell if isinstance(cell, str) and name == "wrapped" else ""
        if any(wrapped):
            self.sheet.set_row(at, _height(wrapped, self.widths))

    def _write(self, row: int, column: int, cell: Cell, name: str) -> None:
        style, lost = self.formats[name], 0
        if isinstance(cell, Formula):
            if self.live:
                value = "" if isnan(cell.value) else cell.value
                if cell.array:
                    self.sheet.write_array_formula(row, column, row, column, f"{{{cell.text}}}", style, value)
                else:
                    self.sheet.write_formula(row, column, cell.text, style, value)
                return
            cell = cell.value
        if isinstance(cell, str):
            lost = self.sheet.write_string(row, column, cell, style) if cell else 0
        elif not isnan(cell):
            lost = self.sheet.write_number(row, column, cell, style)
        if lost:
            self._refuse(row, column, cell)

    def _refuse(self, row: int, column: int, cell: str | float) -> None:
        """Say which cell a sheet has no room for; the library would pass over it."""
        where = f"row {row + 1:,}, column {column + 1:,}"
        long = f", of {len(cell):,} characters" if isinstance(cell, str) else ""
        raise BuildError(
            Problem(
                found=f"sheet {self.sheet.get_name()!r} would have a cell in {where}{long}",
                rule="a sheet of Excel has 1,048,576 rows, 16,384 columns, and texts of 32,767 characters",
                remedy="rank fewer units in one build, or make the text shorter",
            )
        )

    def filters(self, rows: int, *, named: bool = False) -> None:
        """Let the reader filter and sort; not where formulas of other sheets name the cells, if there are any."""
        if self.live and named:
            return
        self.sheet.autofilter(self.head, 0, self.head + max(rows, 1), len(self.widths) - 1)

    def bars(self, rows: int, column: int, lowest: float) -> None:
        """Draw one column's values as bars that begin at 0, or at the lowest value below it."""
        # The bars of Excel 2007: other programs warn of those of 2010, which they do not know.
        bars = {"type": "data_bar", "bar_color": "#B9D0E8", "min_type": "num", "min_value": min(0.0, lowest)}
        self.sheet.conditional_format(self.head + 1, column, self.head + max(rows, 1), column, bars)


def _height(texts: Iterable[str], widths: Iterable[float]) -> float:
    """The height of a row in which texts are wrapped to the widths of their columns."""
    lines = max(len(wrap(text, max(1, int(width)))) for text, width in zip(texts, widths, strict=True))
    return min(_HIGHEST, _LINE * max(1, lines))
