"""Where single cells come from, as the plain data of the page, and ranks without those that are not final."""

from __future__ import annotations

from typing import Any

import numpy as np

from pii.errors import PiiError
from pii.evidence import rests_on
from pii.provenance import ORIGIN, UNSETTLED, Origin
from pii.report.page_bases import numbers
from pii.result import Result

__all__ = ["origins_part"]

_SHOWN = 6  # significant digits of values in their own units


def origins_part(result: Result) -> dict[str, Any] | None:
    """The cells that are not final or have a footnote, and what of the index rests on those that are not final.

    None where nothing is known of any cell. Cells are lists: unit, among all of the table, column, value, origin.
    Shares and places are those of the ranked units, in their order, without the cells that are not final; None
    where there are none, or the index cannot be computed without them, which ``why`` then says.
    """
    measured = result.measured
    known = measured.noted
    if not known:
        return None
    columns = list(measured.columns)
    shown = [origin.status in UNSETTLED or bool(origin.footnote) for origin in known.origins]
    which = known.which
    wanted = np.array([*shown, False])[which]
    values = [numbers(column, _SHOWN) for column in measured.values.T]
    cells = [[row, at, values[at][row], int(which[row, at])] for row, at in np.argwhere(wanted).tolist()]
    return {
        "counts": known.counts(),
        "columns": [_column(result, code) for code in columns],
        "origins": [_plain(origin) for origin in known.origins],
        "cells": cells,
        **_without(result),
    }


def _column(result: Result, code: str) -> dict[str, str]:
    """What a column of the table is called in both languages."""
    names = {column.code: dict(column.name) for column in result.scheme.denominators}
    names |= {node.code: {"vi": node.title("vi"), "en": node.title("en")} for node in result.scheme.indicators}
    own = names.get(code, {})
    return {"code": code} | {language: own.get(language) or code for language in ("vi", "en")}


def _plain(origin: Origin) -> dict[str, str]:
    return {name: text for name in ORIGIN if (text := getattr(origin, name))}


def _without(result: Result) -> dict[str, Any]:
    """What rests on cells that are not final, by ranked unit."""
    nothing: dict[str, Any] = {"shares": None, "places": None, "left_out": {}, "why": ""}
    try:
        found = rests_on(result, UNSETTLED)
    except PiiError as error:
        return nothing | {"why": "; ".join(str(problem) for problem in error.problems)}
    if not found.cells.any():
        return nothing
    units = found.without.composite.units.codes
    place = dict(zip(units, numbers(found.without.ranking.values[:, 0]), strict=True))
    return {
        "shares": numbers(found.shares, 4),
        "places": [place.get(code) for code in result.composite.units.codes],
        "left_out": dict(found.left_out),
        "why": "",
    }
