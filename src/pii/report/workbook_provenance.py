"""The sheet of a workbook that says where single cells come from, and the marks of those that are not final."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from pii.provenance import ORIGIN, UNSETTLED
from pii.report.words import Language, known, said
from pii.report.workbook_sheet import Cell, Sheet, decimals
from pii.result import Result

__all__ = ["provenance_sheet", "unsettled"]

_STYLE = "unsettled"  # of a value that is not final; followed by its decimals
_ABOUT = ("text", "text", "text", "wrapped")
_WIDTHS = {"status": 14, "source": 36, "date": 12, "supplier": 26, "evidence": 36, "footnote": 46}


def provenance_sheet(sheet: Sheet, result: Result, language: Language) -> None:
    """One row a cell that something is known of, unit by unit: its value, status, source and footnote.

    Parameters
    ----------
    sheet
        An empty one.
    result
        What was computed; its table says where cells come from.
    language
        Of headings, statuses and names.
    """
    measured = result.measured
    titles = {column.code: dict(column.name).get(language, "") for column in result.scheme.denominators}
    titles |= {node.code: node.title(language) if node.name else "" for node in result.scheme.nodes}
    heads = [said(key, language) for key in ("code", "unit", "column", "name", "value")]
    heads += [_titled(known("provenance", field, language)) for field in ORIGIN]
    sheet.header(heads, freeze=3, widths=[9, 26, 12, 40, 14, *(_WIDTHS[field] for field in ORIGIN)])
    rows = {code: at for at, code in enumerate(measured.units.codes)}
    columns = {code: at for at, code in enumerate(measured.columns)}
    places = [decimals(column) for column in measured.values.T]
    for number, ((unit, column), origin) in enumerate(measured.noted.items()):
        at, across = rows[unit], columns[column]
        texts: list[Cell] = [getattr(origin, field) for field in ORIGIN[1:]]
        status = known("status", origin.status, language)
        value = float(measured.values[at, across])
        about: list[Cell] = [unit, measured.units.names[at], column, titles.get(column, ""), value]
        style = "value" if origin.status not in UNSETTLED else _STYLE
        formats = [*_ABOUT, f"{style} {places[across]}", "text", *["wrapped"] * len(texts)]
        sheet.row(number, [*about, status, *texts], formats)
    sheet.filters(len(measured.noted))


def _titled(word: str) -> str:
    return word[:1].upper() + word[1:]


def unsettled(result: Result) -> NDArray[np.object_]:
    """The style of every measured value, (units, columns): whether it is final."""
    measured = result.measured
    marked = measured.noted.marked(measured.units.codes, measured.columns, UNSETTLED)
    styles: NDArray[Any] = np.where(marked, _STYLE, "value").astype(object)
    return styles
