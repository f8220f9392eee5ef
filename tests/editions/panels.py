"""Panels that several tests need."""

from __future__ import annotations

from typing import Any

import numpy as np
from hypothesis import strategies as st

from pii.scheme import Scheme
from pii.table import Panel, Table, Units
from tests import strategies
from tests.shared import group, leaf, scheme

__all__ = ["GAP", "PERIODS", "drawn_panels", "index", "panel"]

GAP = float("nan")
PERIODS = ("2021", "2023", "2024")


def index(**fields: Any) -> Scheme:
    """Two pillars of two indicators; in one, less is better."""
    tree = group("i", group("p", leaf("a"), leaf("b", direction=-1)), group("q", leaf("c", weight=2.0), leaf("d")))
    return scheme(tree, **fields)


def panel(*, units: int = 8, seed: int = 0) -> Panel:
    """Three periods; the second lacks a unit, the third lists its units the other way round and has one more."""
    rng = np.random.default_rng(seed)
    x = rng.lognormal(2, 0.5, size=(3, units + 1, 4)) + np.arange(3)[:, None, None]
    codes = tuple(f"u{at}" for at in range(units + 1))
    rows = (range(units), range(1, units), range(units, -1, -1))
    return Panel(
        tuple(
            Table(
                Units(tuple(codes[at] for at in kept), tuple(f"Unit {codes[at]}" for at in kept)),
                tuple("abcd"),
                x[when, list(kept)],
                period,
            )
            for when, (period, kept) in enumerate(zip(PERIODS, rows, strict=True))
        )
    )


@st.composite
def drawn_panels(draw: st.DrawFn) -> tuple[Scheme, Panel]:
    """A small scheme of any methods, and two or three periods of a table that fits it."""
    read, first = draw(strategies.indices())
    k = len(read.indicators)
    tables = [first]
    for _ in range(draw(st.integers(1, 2))):
        values = np.array(first.values)
        values[:, :k] = draw(strategies.matrices(rows=(k, k), units=(len(values), len(values)))).T
        tables.append(first.holding(values))
    periods = [str(2020 + at) for at in range(len(tables))]
    return read, Panel(
        tuple(
            Table(table.units, table.columns, table.values, period)
            for table, period in zip(tables, periods, strict=True)
        )
    )
