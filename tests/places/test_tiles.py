"""The layout of the map of tiles: complete, without collisions, and where provinces lie."""

from __future__ import annotations

from itertools import pairwise

import pytest

from pii.places.registry import SYSTEMS, System, provinces
from pii.places.tiles import tiles

SOUTHWARD = ("04", "01", "38", "40", "42", "44", "46", "48", "56", "79", "96")
"""Provinces of both systems from the north down."""
WESTWARD = {"VN34": ("22", "24", "01"), "VN63": ("31", "27", "01", "17")}
"""Neighbours from the sea inland."""


@pytest.mark.parametrize("system", SYSTEMS)
def test_every_province_has_one_tile(system: System) -> None:
    """And nothing else has one, but for parts that lie apart."""
    own = [tile.code for tile in tiles(system) if not tile.part]
    assert sorted(own) == sorted(province.code for province in provinces(system))
    assert {tile.code for tile in tiles(system)} == set(own)


@pytest.mark.parametrize("system", SYSTEMS)
def test_no_two_are_on_one_place(system: System) -> None:
    """Nor off the grid."""
    places = [(tile.x, tile.y) for tile in tiles(system)]
    assert len(set(places)) == len(places)
    assert min(min(place) for place in places) == 0


@pytest.mark.parametrize("system", SYSTEMS)
def test_north_is_up_and_west_is_left(system: System) -> None:
    """Along the coast, and from the sea inland."""
    at = {tile.code: tile for tile in tiles(system) if not tile.part}
    assert all(at[upper].y <= at[lower].y for upper, lower in pairwise(SOUTHWARD))
    assert all(at[right].x > at[left].x for right, left in pairwise(WESTWARD[system]))


@pytest.mark.parametrize("system", SYSTEMS)
def test_the_islands_are_on_the_map(system: System) -> None:
    """East of the provinces that they belong to."""
    at = {tile.code: tile for tile in tiles(system) if not tile.part}
    parts = [tile for tile in tiles(system) if tile.part]
    assert {(tile.code, tile.part) for tile in parts} == {("48", "Hoàng Sa"), ("56", "Trường Sa")}
    assert all(tile.x > at[tile.code].x for tile in parts)
