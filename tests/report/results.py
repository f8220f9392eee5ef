"""Small results whose numbers can be worked out by hand, with names that a format could trip over."""

from __future__ import annotations

from functools import cache

import numpy as np

from pii.arrays import Matrix
from pii.compute import compute
from pii.io.samples import read_sample
from pii.report.workbook_formulas import breadth_first
from pii.result import Result
from pii.table import Table, Units
from pii.tree import Indicator
from tests.shared import group, leaf, scheme

FORMULA = "=cmd|' /C calc'!A0"
MARKUP = "a|b <b>*x*</b> `y` [z](u) _v_ # & ~~w~~"
NAN = float("nan")


@cache
def small() -> Result:
    """Six units of which one cannot be ranked; a filled gap, a pulled-in outlier, a tie, awkward names."""
    index = group(
        "total",
        group("P1", leaf("1.1", name={"vi": "Tỷ lệ", "en": "Rate"}, unit="%", standing="official"), leaf("1.2")),
        leaf("2", name="Cost", direction=-1, standing="ours", note="Chosen | by us"),
        name={"vi": "Chỉ số thử", "en": "Trial index"},
    )
    rules = scheme(
        index,
        about="First paragraph.\n\nSecond\nparagraph.",
        impute="mean",
        treat={"method": "winsorise", "limit": 1, "skewness": 1, "kurtosis": 1},
        labels=[{"code": "region"}],
        screen={"empty": "exclude"},
    )
    units = Units(
        ("01", "02", "03", "04", "05", "06"),
        ("Đắk Lắk", FORMULA, MARKUP, "Huế", "Cà Mau", "Nghệ An"),
        {"region": ("north", "+south", "north", "", "north", "")},
    )
    columns = {
        "1.1": [10.0, 20.0, 30.0, NAN, 30.0, NAN],
        "1.2": [1.5, 2.5, 3.5, 4.5, 3.5, NAN],
        "2": [4.0, 3.0, 2.0, 90.0, 2.0, NAN],
    }
    return compute(rules, Table.of(columns, units=units, period="2030", title="Trial table", notes=["A footnote"]))


@cache
def half() -> Result:
    """Scores that lie exactly between two published ones: 49.365, which binary floats round down."""
    rules = scheme(group("total", leaf("a"), leaf("b")), normalise="none")
    return compute(rules, Table.of({"a": [51.50, 10.0], "b": [47.23, 10.01]}, units=["Huế", "X"]))


@cache
def negative() -> Result:
    """Scores below 0, as z-scores are."""
    rules = scheme(group("total", leaf("a")), normalise="zscore")
    return compute(rules, Table.of({"a": [1.0, 2.0, 3.0]}, units=["-1", "@x", "z"]))


@cache
def alone() -> Result:
    """One unit, which has nobody to be held against."""
    return compute(scheme(group("total", leaf("a")), normalise="none"), Table.of({"a": [7.0]}, units=["x"]))


@cache
def synthetic() -> Result:
    """The sample that is built when nothing else is named."""
    return compute(*read_sample())


@cache
def based() -> Result:
    """Three units on the scale of an earlier edition, with a denominator and weights of 3 and 1."""
    tree = group("total", leaf("a", weight=3, denominator="people"), leaf("b", direction=-1))
    rules = scheme(tree, denominators=[{"code": "people"}])

    def year(a: list[float], b: list[float], period: str) -> Table:
        return Table.of({"a": a, "b": b, "people": [2.0, 2.0, 2.0]}, units=["01", "02", "03"], period=period)

    before = compute(rules, year([2.0, 6.0, 10.0], [60.0, 40.0, 20.0], "2024"))
    return compute(rules, year([4.0, NAN, 12.0], [50.0, 30.0, 10.0], "2025"), reference=before)


def every_score(result: Result) -> Matrix:
    """The scores of every node, (units, nodes), level by level."""
    nodes = breadth_first(result.scheme)
    grids = [result.scores if isinstance(node, Indicator) else result.composite for node in nodes]
    return np.array([grid.column(node.code) for grid, node in zip(grids, nodes, strict=True)]).T


@cache
def twins() -> Result:
    """Groups and indicators that are coded as columns of the outputs are called."""
    index = group("rank", group("reason", leaf("unit"), leaf("b")), group("Rank", leaf("c")))
    columns = {"unit": [1.0, 2.0, 4.0], "b": [1.0, 3.0, 2.0], "c": [2.0, 1.0, 3.0]}
    return compute(scheme(index), Table.of(columns, units=["x", "y", "z"]))
