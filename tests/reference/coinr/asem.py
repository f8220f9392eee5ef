"""COINr's example, 49 indicators of 51 Asian and European economies: its tree, its data, its files of results."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Any

import numpy as np

from pii.arrays import Matrix
from pii.scheme import Scheme
from pii.scores import Scores
from pii.table import Table, Units
from pii.tree import Group, Indicator
from tests import shared

LABELS = ("GDP_group", "GDPpc_group", "Pop_group", "EurAsia_group")


def number(cell: str) -> float:
    """A number as R wrote it."""
    return float("nan") if cell in ("NA", "") else float(cell)


def rows(name: str) -> list[dict[str, str]]:
    """One file's rows."""
    return shared.read_rows("coinr", *name.split("/"))


@cache
def units() -> Units:
    """The economies in the order of COINr's results, with the labels that group them."""
    about = {row["uCode"]: row for row in rows("in_ASEM_iData.csv")}
    codes = sorted(about)
    labels = {label: tuple(about[code][label] for code in codes) for label in LABELS}
    return Units(tuple(codes), tuple(about[code]["uName"] for code in codes), labels)


@cache
def values(name: str, columns: tuple[str, ...]) -> Matrix:
    """Numbers of one file with a row a unit, (units, columns), in our order."""
    by_code = {row["uCode"]: row for row in rows(name)}
    return np.array([[number(by_code[code][column]) for column in columns] for code in units().codes])


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
