"""A result as an Excel workbook: ranking, scores, values at every stage, weights, scales, methods, notes."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from io import BytesIO

import numpy as np
from numpy.typing import NDArray

from pii.arrays import Matrix
from pii.report.publication import MethodRow, method_rows, notes, published_rows
from pii.report.workbook_formulas import Arithmetic
from pii.report.workbook_sheet import MOST_DECIMALS, Cell, Sheet, decimals, styles
from pii.result import Result
from pii.table import Table, Units
from pii.tree import Node

__all__ = ["workbook"]

_NAME, _WIDE = 26, 60
_NONE = float("nan")


def workbook(result: Result, *, formulas: bool = False) -> bytes:
    """The workbook as the bytes of an .xlsx file; the same result gives the same bytes.

    Text is always written as text, so that no cell of a table runs as a formula. Cells of the sheets Indicators and
    Treated that were treated are shaded, those that were imputed are in italics. Rows have the height of their
    text, which not every program works out by itself.

    Parameters
    ----------
    result
        What was computed.
    formulas
        Whether scales, scores, shares and ranks are formulas over the treated values and the weights. A reader can
        then follow the arithmetic in the sheet, and change a weight. Each formula holds what it gives as well, for
        programs that do not work it out. What no formula of a spreadsheet says stands as a number, and the sheet
        Notes says so.
    """
    from xlsxwriter import Workbook

    buffer = BytesIO()
    with Workbook(
        buffer,
        {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False},
    ) as book:
        book.set_properties({"title": result.title, "created": _created(), "comments": "made by pii"})
        formats = styles(book, result.scheme.decimals)
        arithmetic = Arithmetic(result)
        for name, (about, fill) in _SHEETS.items():
            if name == "Reference" and result.reference is None:
                continue
            fill(Sheet(book.add_worksheet(name), formats, result.title, about, live=formulas), arithmetic)
    return buffer.getvalue()


def _created() -> datetime:
    """A time that does not make two builds differ: SOURCE_DATE_EPOCH, else the first day of the zip format."""
    epoch = os.environ.get("SOURCE_DATE_EPOCH", "")
    moment = datetime.fromtimestamp(int(epoch), UTC) if epoch.isdigit() else datetime(1980, 1, 1, tzinfo=UTC)
    return moment.replace(tzinfo=None)


def _ranking(sheet: Sheet, cells: Arithmetic) -> None:
    result = cells.result
    scheme, labels = result.scheme, list(result.measured.units.labels)
    shown = [group for group in scheme.groups if scheme.levels[group.code] < SHOWN_LEVELS]
    heads = ["Rank", "Code", "Unit", *labels, *map(_head, shown), "Why not ranked"]
    longest = [max(map(len, (label, *column))) for label, column in result.measured.units.labels.items()]
    why = _WIDE if result.unranked else 16
    widths = [8, 9, _NAME, *(max(12, min(_WIDE, n + 2)) for n in longest), *[14] * len(shown), why]
    sheet.header(heads, freeze=3, widths=widths)
    formats = ["rank", *["text"] * (2 + len(labels)), *["score"] * len(shown), "wrapped"]
    rows = list(published_rows(result))
    for at, (row, place) in enumerate(zip(rows, _places(result), strict=True)):
        rank: Cell = _NONE if place is None else cells.rank(scheme.index, place)
        scores: list[Cell] = [_NONE if place is None else cells.published(group, place) for group in shown]
        sheet.row(at, [rank, row.code, row.name, *row.labels, *scores, row.reason], formats)
    sheet.filters(len(rows))
    lowest = min((row.scores[0] for row in rows if not row.reason), default=0.0)
    sheet.bars(len(rows), 3 + len(labels), lowest=lowest)


SHOWN_LEVELS = 2  # the index and its sub-indices


def _places(result: Result) -> Iterator[int | None]:
    """Where the units of the published rows stand among those with scores; None for those that are not ranked."""
    yield from result.best_first.tolist()
    yield from [None] * len(result.unranked)


def _pillars(sheet: Sheet, cells: Arithmetic) -> None:
    result, groups = cells.result, cells.scheme.groups
    heads = ["Code", "Unit", *(text for g in groups for text in (_head(g), f"Rank {g.code}"))]
    sheet.header(heads, freeze=2, widths=[9, _NAME, *(w for head in heads[2::2] for w in (_width(head), 9))])
    rows = list(published_rows(result))
    for at, (row, place) in enumerate(zip(rows, _places(result), strict=True)):
        numbers: list[Cell] = [_NONE] * (2 * len(groups))
        if place is not None:
            numbers = [cell for g in groups for cell in (cells.published(g, place), cells.rank(g, place))]
        sheet.row(at, [row.code, row.name, *numbers], ["text", "text", *["score", "rank"] * len(groups)])
    sheet.filters(len(rows))


def _scores(sheet: Sheet, cells: Arithmetic) -> None:
    units, nodes = cells.result.scores.units, cells.nodes
    shares = ["", "Share of its group", *map(cells.shown_share, nodes)]
    heads = [_head(node) for node in nodes]
    sheet.header(["Code", "Unit", *heads], freeze=2, widths=[9, _NAME, *map(_width, heads)], above=shares)
    formats = ["text", "text", *["score"] * len(nodes)]
    for at in range(len(units)):
        row = [units.codes[at], units.names[at], *(cells.score(node, at) for node in nodes)]
        sheet.row(at, row, formats)
    sheet.filters(len(units), named=True)


def _treated(sheet: Sheet, cells: Arithmetic) -> None:
    result = cells.result
    values = result.treatment.table.values
    _grid(sheet, result.treatment.table.units, _indicator_heads(cells), values, _done(result))
    sheet.filters(len(values), named=True)


def _reference(sheet: Sheet, cells: Arithmetic) -> None:
    reference = cells.result.reference
    if reference is not None:
        columns = [indicator.code for indicator in cells.scheme.indicators]
        _table(sheet, reference.select(columns), _indicator_heads(cells))
        sheet.filters(len(reference.units), named=True)


def _indicators(sheet: Sheet, cells: Arithmetic) -> None:
    """Values per their denominators, imputed where they were, with the style that says what was done."""
    result = cells.result
    values = np.array(result.ratios.values)
    ranked = result.screening.eligible
    values[ranked] = np.where(np.isnan(values[ranked]), result.completed.values, values[ranked])
    done = np.full(values.shape, "value", dtype=object)
    done[ranked] = _done(result)
    _grid(sheet, result.measured.units, _indicator_heads(cells), values, done)
    sheet.filters(len(values))


def _done(result: Result) -> NDArray[np.object_]:
    """What was done to the values of the units with scores: imputed, treated, or neither."""
    gaps = np.isnan(result.ratios.values[result.screening.eligible])
    moved = result.treatment.table.values != result.completed.values
    known = ~np.isnan(result.completed.values)
    return np.where(gaps, "imputed", np.where(moved & known, "treated", "value")).astype(object)


def _measured(sheet: Sheet, cells: Arithmetic) -> None:
    measured = cells.result.measured
    heads = [*map(_head, cells.scheme.indicators), *measured.columns[len(cells.scheme.indicators) :]]
    _table(sheet, measured, heads)
    sheet.filters(len(measured.units))


def _table(sheet: Sheet, table: Table, heads: list[str]) -> None:
    _grid(sheet, table.units, heads, table.values, np.full(table.values.shape, "value", dtype=object))


def _grid(sheet: Sheet, units: Units, heads: list[str], values: Matrix, done: NDArray[np.object_]) -> None:
    """Units down and values across, each column with as many decimals as its values have."""
    sheet.header(["Code", "Unit", *heads], freeze=2, widths=[9, _NAME, *map(_width, heads)])
    places = [decimals(column) for column in values.T]
    rows = zip(units.codes, units.names, values.tolist(), done.tolist(), strict=True)
    for at, (code, name, numbers, what) in enumerate(rows):
        formats = [f"{how} {n}" for how, n in zip(what, places, strict=True)]
        sheet.row(at, [code, name, *numbers], ["text", "text", *formats])


def _weights(sheet: Sheet, cells: Arithmetic) -> None:
    scheme, nodes = cells.scheme, cells.nodes[1:]
    heads = ["Code", "Name", "Group", "Weight", "Share of its group", "Share of the index", "Weighed by"]
    sheet.header(heads, freeze=2, widths=[14, 50, 14, 10, 12, 12, 22])
    formats = ["text", "wrapped", "text", "input" if sheet.live else "share", "share", "share", "text"]
    for at, node in enumerate(nodes):
        group = cells.parent[node.code]
        how = scheme.weigher_of(group).method_name()
        numbers: list[Cell] = [cells.weight(node), cells.share(node), cells.effective(node)]
        sheet.row(at, [node.code, node.title() if node.name else "", group.code, *numbers, how], formats)
    sheet.filters(len(nodes), named=True)


def _scale(sheet: Sheet, cells: Arithmetic) -> None:
    scheme = cells.scheme
    heads = ["Code", "Name", "Method", "Direction", "Worst", "Best", "Mean", "Standard deviation"]
    sheet.header(heads, freeze=2, widths=[14, 50, 20, 16, 14, 14, 14, 14])
    for at, indicator in enumerate(scheme.indicators):
        n = decimals(cells.result.treatment.table.column(indicator.code))
        method = scheme.normaliser_of(indicator).method_name()
        direction = "more is better" if indicator.direction > 0 else "less is better"
        about = [indicator.code, indicator.title() if indicator.name else "", method, direction]
        ends, moments = f"value {n}", f"value {min(n + 1, MOST_DECIMALS)}"
        formats = ["text", "wrapped", "text", "text", ends, ends, moments, moments]
        sheet.row(at, [*about, *cells.scale(indicator)], formats)
    sheet.filters(len(scheme.indicators), named=True)


def _methods(sheet: Sheet, cells: Arithmetic) -> None:
    heads = [field.replace("_", " ") for field in MethodRow._fields]
    wide = {"name_vi": 40, "name_en": 40, "treat": 20, "standing": 20, "source": 30, "note": _WIDE}
    wide |= {"level": 8, "kind": 10, "weight": 9, "share": 9, "effective": 10}
    sheet.header(heads, freeze=2, widths=[wide.get(field, 14) for field in MethodRow._fields])
    numbers = {"level": "rank", "weight": "share", "share": "share", "effective": "share"}
    formats = [numbers.get(field, "wrapped") for field in MethodRow._fields]
    rows = list(method_rows(cells.result))
    for at, row in enumerate(rows):
        sheet.row(at, row, formats)
    sheet.filters(len(rows))


def _notes(sheet: Sheet, cells: Arithmetic) -> None:
    sheet.header(["About", "Text"], freeze=0, widths=[20, 110])
    for at, pair in enumerate([*notes(cells.result), *(cells.remarks() if sheet.live else ())]):
        sheet.row(at, pair, ["text", "wrapped"])


def _head(node: Node) -> str:
    return f"{node.code} {node.title()}" if node.name else node.code


def _width(head: str) -> float:
    """Of a column of numbers: a long header gets a wider one, so that it is not too high."""
    return max(14, min(24, len(head) / 3))


def _indicator_heads(cells: Arithmetic) -> list[str]:
    indicators = cells.scheme.indicators
    return [f"{_head(i)} ({i.unit})" if i.unit else _head(i) for i in indicators]


_SHEETS: dict[str, tuple[str, Callable[[Sheet, Arithmetic], None]]] = {
    "Ranking": ("Published scores, the best first", _ranking),
    "Pillars": ("Published scores and ranks of every group, the best first", _pillars),
    "Scores": ("Scores of every node, unrounded: groups first, level by level; more is better", _scores),
    "Treated": ("Values that are scored. Shaded: moved by treatment. In italics: imputed.", _treated),
    "Indicators": (
        "Values per their denominators. Shaded: treated for the scores. In italics: imputed. Empty: not measured.",
        _indicators,
    ),
    "Measured": ("Values as they were read, with denominators. Empty: not measured.", _measured),
    "Weights": ("Weights and the shares that they make, level by level", _weights),
    "Scale": ("What fixes the scale of every indicator, in its own units", _scale),
    "Reference": ("Treated values of another edition, which fix the scales", _reference),
    "Methods": ("How every node is made", _methods),
    "Notes": ("What a reader should know besides the numbers", _notes),
}
