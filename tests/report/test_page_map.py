"""The map of the page: tiles, or boundaries that were given, whatever is wrong with them."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from pii.places.registry import SYSTEMS
from pii.report.page_map import map_part
from pii.table import Units

VN34 = Units(("01", "24", "48"), ("Hà Nội", "Bắc Ninh", "Đà Nẵng"), system="VN34")
OTHERS = Units(("x", "y"), ("Xa", "Yên"))


def square(west: float, south: float, size: float = 1.0) -> dict[str, Any]:
    """A polygon with four corners."""
    ring = [[west, south], [west + size, south], [west + size, south + size], [west, south + size], [west, south]]
    return {"type": "Polygon", "coordinates": [ring]}


def collection(*features: tuple[dict[str, Any], Any]) -> dict[str, Any]:
    """GeoJSON of properties and geometries."""
    made = [{"type": "Feature", "properties": own, "geometry": shape} for own, shape in features]
    return {"type": "FeatureCollection", "features": made}


@pytest.mark.parametrize("system", SYSTEMS)
def test_provinces_have_tiles(system: str) -> None:
    """Of their own system."""
    drawn, said = map_part(Units(("01",), ("Hà Nội",), system=system), None)
    assert drawn is not None
    assert drawn["kind"] == "tiles"
    assert len(drawn["tiles"]) == int(system[2:]) + 2
    assert said == []


def test_other_units_have_no_map_without_boundaries() -> None:
    """Which is said."""
    drawn, said = map_part(OTHERS, None)
    assert drawn is None
    assert "no boundaries were given" in said[0]["en"]


def test_boundaries_match_by_name_in_any_spelling_before_code() -> None:
    """A file's own numbers are not the provinces' codes; 24 was Bắc Giang once."""
    drawn, said = map_part(
        VN34,
        collection(
            ({"id": 24, "name": "Ha Noi"}, square(105, 21)),
            ({"NAME_1": "TP. Đà Nẵng"}, square(108, 16)),
            ({"code": 24}, square(106, 21)),
        ),
    )
    assert drawn is not None
    assert [code for code, _ in drawn["shapes"]] == ["01", "48", "24"]
    assert said == []


def test_what_does_not_match_is_said_both_ways() -> None:
    """Shapes that are no unit, units without a shape; the rest is drawn."""
    drawn, said = map_part(
        VN34, collection(({"name": "Hà Nội"}, square(105, 21)), ({"name": "Lào"}, square(103, 19)))
    )
    assert drawn is not None
    assert "Bắc Ninh, Đà Nẵng" in said[0]["en"]
    assert "Lào" in said[1]["vi"]


@pytest.mark.parametrize(
    "wrong",
    [
        {},
        {"features": "no"},
        {"features": [None, 3, {}]},
        collection(({"name": "Lào"}, square(1, 1))),
        collection(({"name": "Hà Nội"}, None), ({"name": "Hà Nội"}, {"type": "Point", "coordinates": [1, 2]})),
        collection(({"name": "Hà Nội"}, {"type": "Polygon", "coordinates": [[["a", "b"]] * 5]})),
        collection(
            ({"name": "Hà Nội"}, {"type": "Polygon"}),
            ({"name": "Hà Nội"}, {"type": "MultiPolygon", "coordinates": 3}),
        ),
    ],
)
def test_a_file_that_cannot_be_drawn_leaves_the_tiles(wrong: dict[str, Any]) -> None:
    """And why is said."""
    drawn, said = map_part(VN34, wrong)
    assert drawn is not None
    assert drawn["kind"] == "tiles"
    assert said[0]["en"].startswith("The boundary file is not drawn")


def test_units_of_any_kind_match_by_name_or_code() -> None:
    """Folded, as everywhere."""
    drawn, _ = map_part(OTHERS, collection(({"n": "YEN"}, square(0, 0)), ({"unit": "x"}, square(2, 0))))
    assert drawn is not None
    assert [code for code, _ in drawn["shapes"]] == ["y", "x"]


def test_a_shape_keeps_its_corners_and_loses_what_is_between() -> None:
    """North is up; a thousand points on straight lines are four."""
    along = np.linspace(0, 1, 250, endpoint=False)
    none, full = np.zeros(250), np.ones(250)
    ring = np.column_stack(
        [
            np.concatenate([along, full, 1 - along, none, [0.0]]),
            np.concatenate([none, along, full, 1 - along, [0.0]]),
        ]
    )
    drawn, _ = map_part(OTHERS, collection(({"n": "Xa"}, {"type": "Polygon", "coordinates": [ring.tolist()]})))
    assert drawn is not None
    assert drawn["shapes"][0][1] == "M0 1000L1000 1000L1000 0L0 0Z"


def test_rings_too_small_to_be_seen_are_left_out() -> None:
    """Three points, gaps, and islands that are one point on the page; the rest is drawn."""
    shape = {
        "type": "MultiPolygon",
        "coordinates": [
            square(0, 0)["coordinates"],
            [[[5, 5], [6, 6], [5, 5]]],
            [[[2, 2], [3, None], [3, 3], [2, 3], [2, 2]]],
            square(0.5, 0.5, 1e-9)["coordinates"],
        ],
    }
    alone, _ = map_part(OTHERS, collection(({"n": "Xa"}, square(0, 0))))
    drawn, _ = map_part(OTHERS, collection(({"n": "Xa"}, shape)))
    assert drawn == alone
