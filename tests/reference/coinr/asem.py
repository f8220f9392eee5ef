"""COINr's example, 49 indicators of 51 Asian and European economies: its tree, its data, its files of results."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Any

import numpy as np

from pii.arrays import Matrix
from pii.audit import Audit, audit
from pii.compute import compute
from pii.result import Result
from pii.scheme import Scheme
from pii.scores import Scores
from pii.table import Table, Units
from pii.tree import Group, Indicator
from tests import shared

LABELS = ("GDP_group", "GDPpc_group", "Pop_group", "EurAsia_group")


def number(cell: str) -> float:
    """A number as R wrote it."""
    return float("nan") if cell in ("NA", "") else float(cell)


@cache
def rows(name: str) -> list[dict[str, str]]:
    """One file's rows."""
    return shared.read_rows("coinr", *name.split("/"))


def by_code(name: str, key: str = "iCode") -> dict[str, dict[str, str]]:
    """One file's rows by the code of what each is of."""
    return {row[key]: row for row in rows(name)}


def column(name: str, column: str, codes: Sequence[str], key: str = "iCode") -> list[float]:
    """Numbers of one file with a row an indicator, in the order of the codes."""
    found = by_code(name, key)
    return [number(found[code][column]) for code in codes]


@cache
def units() -> Units:
    """The economies in the order of COINr's results, with the labels that group them."""
    about = by_code("in_ASEM_iData.csv", "uCode")
    codes = sorted(about)
    labels = {label: tuple(about[code][label] for code in codes) for label in LABELS}
    return Units(tuple(codes), tuple(about[code]["uName"] for code in codes), labels)


@cache
def values(name: str, columns: tuple[str, ...]) -> Matrix:
    """Numbers of one file with a row a unit, (units, columns), in our order."""
    found = by_code(name, "uCode")
    return np.array([[number(found[code][column]) for column in columns] for code in units().codes])


def _node(row: dict[str, str], meta: Sequence[dict[str, str]], indicator: dict[str, Any]) -> Indicator | Group:
    common = {"code": row["iCode"], "name": row["iName"], "weight": number(row["Weight"])}
    if row["Type"] == "Indicator":
        about = {
            "direction": int(row["Direction"]),
            "denominator": None if row["Denominator"] == "NA" else row["Denominator"],
            "unit": row["Unit"],
        }
        return Indicator.model_validate({**common, **about, **indicator.get(row["iCode"], {})})
    children = [_node(child, meta, indicator) for child in meta if child["Parent"] == row["iCode"]]
    return Group.model_validate({**common, "children": children})


def scheme(indicators: dict[str, dict[str, Any]] | None = None, **fields: Any) -> Scheme:
    """COINr's example as a scheme; fields of single indicators, and of the scheme, may be set."""
    meta = rows("in_ASEM_iMeta.csv")
    top = next(row for row in meta if row["Type"] == "Aggregate" and row["Parent"] == "NA")
    declared = {
        "code": "asem",
        "index": _node(top, meta, indicators or {}),
        "denominators": [{"code": row["iCode"]} for row in meta if row["Type"] == "Denominator"],
        "labels": [{"code": label} for label in LABELS],
        "screen": {"measured": 0.0},
        "denominate": {"method": "ratio", "gap": "missing"},
        "impute": {"method": "group_mean", "by": "EurAsia_group"},
        "treat": {"method": "winsorise_then_log", "ties": "pass_limit"},
    }
    return Scheme.model_validate(declared | fields)


@cache
def codes() -> tuple[str, ...]:
    """The indicators in the order of the scheme."""
    return tuple(indicator.code for indicator in scheme().indicators)


def against(found: Matrix, file: str, columns: tuple[str, ...] = ()) -> tuple[Matrix, Matrix]:
    """Ours and a file's, each column divided by its largest number, so that columns of small numbers count."""
    theirs = values(file, columns or codes())
    largest: Matrix = np.nanmax(np.abs(theirs), axis=0)
    return found / largest, theirs / largest


def raw() -> Table:
    """What was measured, denominators too."""
    columns = scheme().columns
    return Table(units(), columns, values("in_ASEM_iData.csv", columns))


def table(name: str) -> Table:
    """One of COINr's data sets of indicators."""
    return Table(units(), codes(), values(name, codes()))


def scores(name: str) -> Scores:
    """One of COINr's normalised data sets."""
    return Scores(units(), codes(), values(name, codes()))


@cache
def result() -> Result:
    """The example, computed once."""
    return compute(scheme(), raw())


@cache
def on_raw_data() -> Result:
    """The example with nothing put per anything, filled or treated."""
    quantities = {code: {"denominator": None} for code in codes()}
    return compute(scheme(quantities, impute="none", treat="none"), raw())


@cache
def audited(name: str) -> Audit:
    """The audit of one data set whose columns, groups too, stand side by side as indicators."""
    columns = tuple(code for code in rows(name)[0] if code != "uCode")
    return side_by_side(Table(units(), columns, values(name, columns)))


def side_by_side(table: Table) -> Audit:
    """The audit of a table as it is: nothing filled, tempered or put on another scale."""
    beside = Group.model_validate({"code": "all", "children": [{"code": code} for code in table.columns]})
    flat = {"code": "flat", "index": beside, "normalise": "none", "screen": {"measured": 0.0}}
    return audit(compute(Scheme.model_validate(flat), table))
