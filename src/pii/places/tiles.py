"""A map of tiles: each province a square of the same size, near where it lies."""

from __future__ import annotations

import csv
from functools import cache
from importlib import resources
from typing import NamedTuple

from pii.places.registry import System

__all__ = ["Tile", "tiles"]


class Tile(NamedTuple):
    """A place on the grid."""

    code: str
    """The province's, in its system."""
    x: int
    """Columns from the west, from 0."""
    y: int
    """Rows from the north, from 0."""
    part: str
    """What lies apart and belongs to the province, such as islands; empty for the province itself."""


@cache
def tiles(system: System) -> tuple[Tile, ...]:
    """The tiles of a system; the layout is our own.

    Examples
    --------
    >>> [tile for tile in tiles("VN34") if tile.code == "48"]
    [Tile(code='48', x=5, y=9, part=''), Tile(code='48', x=7, y=9, part='Hoàng Sa')]
    """
    packaged = resources.files("pii.places").joinpath("tiles.csv").read_text(encoding="utf-8")
    rows = csv.DictReader(line for line in packaged.splitlines() if not line.startswith("#"))
    return tuple(
        Tile(row["code"], int(row["x"]), int(row["y"]), row["part"]) for row in rows if row["system"] == system
    )
