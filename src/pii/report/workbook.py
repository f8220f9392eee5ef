"""A result as an Excel workbook: ranking, scores, values at every stage, weights, scales, methods, notes."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from io import BytesIO

import numpy as np
from numpy.typing import NDArray

from pii.arrays import Matrix
from pii.figures.words import title
from pii.report.publication import MethodRow, method_rows, notes, published_rows, set_apart
from pii.report.words import Language, known, said
from pii.report.workbook_formulas import Arithmetic
from pii.report.workbook_provenance import provenance_sheet, unsettled
from pii.report.workbook_sheet import MOST_DECIMALS, Cell, Sheet, decimals, styles
from pii.result import Result
from pii.spec import Method
from pii.table import Table, Units
from pii.tree import Node

__all__ = ["workbook"]

_NAME, _WIDE = 26, 60
_NONE = float("nan")


def workbook(result: Result, *, formulas: bool = False, language: Language = "en") -> bytes:
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
    language
        The language of its sheets, headings and notes; names of nodes are those of the scheme in it.
    """
    from xlsxwriter import Workbook

    buffer = BytesIO()
    with Workbook(
        buffer,
        {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False},
    ) as book:
        called = title(result, language)
        book.set_properties({"title": called, "created": _created(), "comments": "made by pii"})
        formats = styles(book, result.scheme.decimals)
        arithmetic = Arithmetic(result, language)
        known_cells = bool(result.measured.noted)
        for name, fill in _SHEETS.items():
            if (name == "Reference" and result.reference is None) or (name == "Provenance" and not known_cells):
                continue
            page = book.add_worksheet(said(f"sheet.{name}", language))
            about = said(f"shows.{name}{'.noted' if name == 'Measured' and known_cells else ''}", language)
            fill(Sheet(page, formats, called, about, live=formulas), arithmetic)
    return buffer.getvalue()


def _created() -> datetime:
    """A time that does not make two builds differ: SOURCE_DATE_EPOCH, else the first day of the zip format."""
    epoch = os.environ.get("SOURCE_DATE_EPOCH", "")
    moment = datetime.fromtimestamp(int(epoch), UTC) if epoch.isdigit() else datetime(1980, 1, 1, tzinfo=UTC)
    return moment.replace(tzinfo=None)


def _ranking(sheet: Sheet, cells: Arithmetic) -> None:
    result = cells.result
    scheme, labels = result.scheme, list(_labels(cells))
    shown = [group for group in scheme.groups if scheme.levels[group.code] < SHOWN_LEVELS]
    rows = list(published_rows(result, cells.language))
    before, last = [*_said(cells, "rank", "code", "unit"), *labels], _said(cells, "reason")
    heads = [*before, *set_apart(_heads(cells, shown), [*before, *last]), *last]
    columns = zip(*(row.labels for row in rows), strict=True)
    longest = [max(map(len, (label, *column))) for label, column in zip(labels, columns, strict=True)]
    why = _WIDE if result.unranked else 16
    widths = [8, 9, _NAME, *(max(12, min(_WIDE, n + 2)) for n in longest), *[14] * len(shown), why]
    sheet.header(heads, freeze=3, widths=widths)
    formats = ["rank", *["text"] * (2 + len(labels)), *["score"] * len(shown), "wrapped"]
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
    before, ranks = _said(cells, "code", "unit"), [said("rank.of", cells.language, g.code) for g in groups]
    pairs = zip(set_apart(_heads(cells, groups), [*before, *ranks]), ranks, strict=True)
    heads = [*before, *(text for pair in pairs for text in pair)]
    sheet.header(heads, freeze=2, widths=[9, _NAME, *(w for head in heads[2::2] for w in (_width(head), 9))])
    rows = list(published_rows(result, cells.language))
    for at, (row, place) in enumerate(zip(rows, _places(result), strict=True)):
        numbers: list[Cell] = [_NONE] * (2 * len(groups))
        if place is not None:
            numbers = [cell for g in groups for cell in (cells.published(g, place), cells.rank(g, place))]
        sheet.row(at, [row.code, row.name, *numbers], ["text", "text", *["score", "rank"] * len(groups)])
    sheet.filters(len(rows))


def _scores(sheet: Sheet, cells: Arithmetic) -> None:
    units, nodes = cells.result.scores.units, cells.nodes
    shares = ["", *_said(cells, "share"), *map(cells.shown_share, nodes)]
    before = _said(cells, "code", "unit")
    heads = set_apart(_heads(cells, nodes), before)
    widths = [9, _NAME, *map(_width, heads)]
    sheet.header([*before, *heads], freeze=2, widths=widths, above=shares)
    formats = ["text", "text", *["score"] * len(nodes)]
    for at in range(len(units)):
        row = [units.codes[at], units.names[at], *(cells.score(node, at) for node in nodes)]
        sheet.row(at, row, formats)
    sheet.filters(len(units), named=True)


def _treated(sheet: Sheet, cells: Arithmetic) -> None:
    result = cells.result
    values = result.treatment.table.values
    _grid(sheet, cells, result.treatment.table.units, _indicator_heads(cells), values, _done(result))
    sheet.filters(len(values), named=True)


def _reference(sheet: Sheet, cells: Arithmetic) -> None:
    reference = cells.result.reference
    assert reference is not None  # noqa: S101 - without one there is no such sheet
    columns = [indicator.code for indicator in cells.scheme.indicators]
    _table(sheet, cells, reference.select(columns), _indicator_heads(cells))
    sheet.filters(len(reference.units), named=True)


def _indicators(sheet: Sheet, cells: Arithmetic) -> None:
    """Values per their denominators, imputed where they were, with the style that says what was done."""
    result = cells.result
    values = np.array(result.ratios.values)
    ranked = result.screening.eligible
    values[ranked] = np.where(np.isnan(values[ranked]), result.completed.values, values[ranked])
    done = np.full(values.shape, "value", dtype=object)
    done[ranked] = _done(result)
    _grid(sheet, cells, result.measured.units, _indicator_heads(cells), values, done)
    sheet.filters(len(values))


def _done(result: Result) -> NDArray[np.object_]:
    """What was done to the values of the units with scores: imputed, treated, or neither."""
    gaps = np.isnan(result.ratios.values[result.screening.eligible])
    moved = result.treatment.table.values != result.completed.values
    known = ~np.isnan(result.completed.values)
    return np.where(gaps, "imputed", np.where(moved & known, "treated", "value")).astype(object)


def _measured(sheet: Sheet, cells: Arithmetic) -> None:
    measured = cells.result.measured
    heads = [*_heads(cells, cells.scheme.indicators), *measured.columns[len(cells.scheme.indicators) :]]
    _grid(sheet, cells, measured.units, heads, measured.values, unsettled(cells.result))
    sheet.filters(len(measured.units))


def _provenance(sheet: Sheet, cells: Arithmetic) -> None:
    provenance_sheet(sheet, cells.result, cells.language)


def _table(sheet: Sheet, cells: Arithmetic, table: Table, heads: list[str]) -> None:
    _grid(sheet, cells, table.units, heads, table.values, np.full(table.values.shape, "value", dtype=object))


def _grid(
    sheet: Sheet, cells: Arithmetic, units: Units, heads: list[str], values: Matrix, done: NDArray[np.object_]
) -> None:
    """Units down and values across, each column with as many decimals as its values have."""
    sheet.header([*_said(cells, "code", "unit"), *heads], freeze=2, widths=[9, _NAME, *map(_width, heads)])
    places = [decimals(column) for column in values.T]
    rows = zip(units.codes, units.names, values.tolist(), done.tolist(), strict=True)
    for at, (code, name, numbers, what) in enumerate(rows):
        formats = [f"{how} {n}" for how, n in zip(what, places, strict=True)]
        sheet.row(at, [code, name, *numbers], ["text", "text", *formats])


def _weights(sheet: Sheet, cells: Arithmetic) -> None:
    scheme, nodes = cells.scheme, cells.nodes[1:]
    heads = _said(cells, "code", "name", "group", "weight", "share", "effective", "weighed")
    sheet.header(heads, freeze=2, widths=[14, 50, 14, 10, 12, 12, 22])
    formats = ["text", "wrapped", "text", "input" if sheet.live else "share", "share", "share", "text"]
    for at, node in enumerate(nodes):
        group = cells.parent[node.code]
        how = _method(cells, "weigh", scheme.weigher_of(group))
        numbers: list[Cell] = [cells.weight(node), cells.share(node), cells.effective(node)]
        sheet.row(at, [node.code, _title(cells, node), group.code, *numbers, how], formats)
    sheet.filters(len(nodes), named=True)


def _scale(sheet: Sheet, cells: Arithmetic) -> None:
    scheme = cells.scheme
    heads = _said(cells, "code", "name", "method", "direction", "worst", "best", "mean", "deviation")
    sheet.header(heads, freeze=2, widths=[14, 50, 20, 16, 14, 14, 14, 14])
    for at, indicator in enumerate(scheme.indicators):
        n = decimals(cells.result.treatment.table.column(indicator.code))
        method = _method(cells, "normalise", scheme.normaliser_of(indicator))
        direction = _said(cells, "more.better" if indicator.direction > 0 else "less.better")
        about = [indicator.code, _title(cells, indicator), method, *direction]
        ends, moments = f"value {n}", f"value {min(n + 1, MOST_DECIMALS)}"
        formats = ["text", "wrapped", "text", "text", ends, ends, moments, moments]
        sheet.row(at, [*about, *cells.scale(indicator)], formats)
    sheet.filters(len(scheme.indicators), named=True)


def _methods(sheet: Sheet, cells: Arithmetic) -> None:
    heads = _said(cells, *(f"field.{field}" for field in MethodRow._fields))
    wide = {"name_vi": 40, "name_en": 40, "treat": 20, "standing": 20, "source": 30, "note": _WIDE}
    wide |= {"level": 8, "kind": 10, "weight": 9, "share": 9, "effective": 10}
    sheet.header(heads, freeze=2, widths=[wide.get(field, 14) for field in MethodRow._fields])
    numbers = {"level": "rank", "weight": "share", "share": "share", "effective": "share"}
    formats = [numbers.get(field, "wrapped") for field in MethodRow._fields]
    rows = list(method_rows(cells.result, cells.language))
    for at, row in enumerate(rows):
        sheet.row(at, row, formats)
    sheet.filters(len(rows))


def _notes(sheet: Sheet, cells: Arithmetic) -> None:
    sheet.header(_said(cells, "about", "text"), freeze=0, widths=[20, 110])
    for at, pair in enumerate([*notes(cells.result, cells.language), *(cells.remarks() if sheet.live else ())]):
        sheet.row(at, pair, ["text", "wrapped"])


def _said(cells: Arithmetic, *keys: str) -> list[str]:
    return [said(key, cells.language) for key in keys]


def _title(cells: Arithmetic, node: Node) -> str:
    return node.title(cells.language) if node.name else ""


def _heads(cells: Arithmetic, nodes: Sequence[Node]) -> list[str]:
    return [" ".join(filter(None, (node.code, _title(cells, node)))) for node in nodes]


def _method(cells: Arithmetic, family: str, method: Method) -> str:
    """The name that scheme files use; in another language what it is called."""
    name = method.method_name()
    return name if cells.language == "en" else known(f"method.{family}", name, cells.language)


def _labels(cells: Arithmetic) -> Iterator[str]:
    """The codes of labels; in another language what the scheme calls them, or the page of an index."""
    titles = {column.code: dict(column.name) for column in cells.scheme.labels}
    for label in cells.result.measured.units.labels:
        title = titles.get(label, {}).get(cells.language, "")
        yield label if cells.language == "en" else title or known("label", label, cells.language)


def _width(head: str) -> float:
    """Of a column of numbers: a long header gets a wider one, so that it is not too high."""
    return max(14, min(24, len(head) / 3))


def _indicator_heads(cells: Arithmetic) -> list[str]:
    indicators = cells.scheme.indicators
    units = (known("unit", indicator.unit, cells.language) for indicator in indicators)
    return [
        f"{head} ({unit})" if unit else head for head, unit in zip(_heads(cells, indicators), units, strict=True)
    ]


_SHEETS: dict[str, Callable[[Sheet, Arithmetic], None]] = {
    "Ranking": _ranking,
    "Pillars": _pillars,
    "Scores": _scores,
    "Treated": _treated,
    "Indicators": _indicators,
    "Measured": _measured,
    "Provenance": _provenance,
    "Weights": _weights,
    "Scale": _scale,
    "Reference": _reference,
    "Methods": _methods,
    "Notes": _notes,
}
"""What fills each sheet, by what it is called in the words of a build."""
