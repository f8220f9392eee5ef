"""The page's map: tiles of our own layout, or boundaries from a GeoJSON file, drawn small."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from math import cos, radians
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from pii.places.registry import SYSTEMS, find
from pii.places.tiles import tiles
from pii.report.page_record import lacking
from pii.spelling import fold
from pii.table import Units

__all__ = ["Boundaries", "map_part"]

Boundaries: TypeAlias = Mapping[str, Any]
"""A GeoJSON object: a collection of polygons, each with a name or code among its properties."""

_WIDTH = 1000  # of the drawing, in steps that are too small to see
_FINE = 1.5  # how far, in steps, a simplified line may be from the real one
_CORNERS = 4  # of the smallest ring, its first corner repeated

Points: TypeAlias = NDArray[np.float64]


def map_part(units: Units, boundaries: Boundaries | None) -> tuple[dict[str, Any] | None, list[dict[str, Any]]]:
    """The map, and what it lacks.

    Parameters
    ----------
    units
        Who is on it.
    boundaries
        Drawn in place of the tiles, where at least one of its features is a unit.
    """
    drawn, said = (None, []) if boundaries is None else _shapes(units, boundaries)
    if drawn is not None:
        return drawn, said
    system = next((system for system in SYSTEMS if system == units.system), None)
    if system is None:
        why = lacking(
            "map",
            "Không có bản đồ: đơn vị không thuộc hệ thống tỉnh, thành và không có tệp địa giới.",
            "There is no map: the units are of no known system of provinces, and no boundaries were given.",
        )
        return None, [*said, why]
    return {"kind": "tiles", "tiles": [list(tile) for tile in tiles(system)]}, said


def _shapes(units: Units, boundaries: Boundaries) -> tuple[dict[str, Any] | None, list[dict[str, Any]]]:
    features = boundaries.get("features")
    if not isinstance(features, list):
        return None, [_unread("it is no GeoJSON collection of features", "không phải tập đối tượng GeoJSON")]
    rings: dict[str, list[Points]] = {}
    strange: list[str] = []
    for feature in features:
        properties = feature.get("properties") if isinstance(feature, dict) else None
        code = _unit(properties or {}, units)
        found = list(_rings(feature.get("geometry"))) if isinstance(feature, dict) else []
        if code and found:
            rings.setdefault(code, []).extend(found)
        else:
            strange.append(_called(properties or {}))
    if not rings:
        return None, [_unread("none of its shapes is a unit of this index", "không có hình nào khớp với đơn vị")]
    said = []
    absent = [name for code, name in zip(units.codes, units.names, strict=True) if code not in rings]
    if absent:
        names = _few(absent)
        said.append(
            lacking("map", f"Tệp địa giới không có: {names}.", f"The boundary file has no shape of: {names}.")
        )
    if strange:
        names = _few(strange)
        said.append(lacking("map", f"Hình không khớp đơn vị nào: {names}.", f"Shapes that are no unit: {names}."))
    return _drawn(rings), said


def _unread(en: str, vi: str) -> dict[str, Any]:
    return lacking("map", f"Không vẽ được tệp địa giới: {vi}.", f"The boundary file is not drawn: {en}.")


def _few(names: Sequence[str], most: int = 8) -> str:
    more = f" + {len(names) - most}" if len(names) > most else ""
    return ", ".join(names[:most]) + more


def _called(properties: Mapping[str, Any]) -> str:
    return next((value for value in properties.values() if isinstance(value, str) and value), "?")


def _unit(properties: Mapping[str, Any], units: Units) -> str:
    """The unit that some property names, by name before code; empty for none.

    A name says more than a code, which files also have of their own kind.
    """
    texts = [str(value) for value in properties.values() if isinstance(value, str | int) and str(value).strip()]
    names = {fold(name): code for code, name in zip(units.codes, units.names, strict=True)}
    system = next((system for system in SYSTEMS if system == units.system), None)
    for value in texts:
        if value.isdecimal():
            continue
        province = find(value, system) if system else None
        code = province.code if province else names.get(fold(value), "")
        if code in units.codes:
            return code
    codes = [str(properties[key]) for key in ("code", "Code", "CODE", "unit") if key in properties]
    padded = [value.zfill(2) if system else value for value in codes]
    return next((value for value in padded if value in units.codes), "")


def _rings(geometry: Any) -> Iterator[Points]:
    """The outlines of a polygon, or of several."""
    if not isinstance(geometry, dict) or geometry.get("type") not in ("Polygon", "MultiPolygon"):
        return
    corners: Any = geometry.get("coordinates")
    try:
        for polygon in [corners] if geometry["type"] == "Polygon" else corners:
            for ring in polygon:
                points = np.array([corner[:2] for corner in ring], dtype=np.float64)
                if len(points) >= _CORNERS and np.isfinite(points).all():
                    yield points
    except (TypeError, ValueError):  # no numbers where GeoJSON has them: the rest is no outline
        return


def _drawn(rings: Mapping[str, Iterable[Points]]) -> dict[str, Any]:
    """Shapes as paths: longitudes narrowed by the cosine of the middle latitude, north up."""
    every = np.concatenate([points for own in rings.values() for points in own])
    (west, south), (east, north) = every.min(axis=0), every.max(axis=0)
    narrow = cos(radians((south + north) / 2))
    scale = _WIDTH / max((east - west) * narrow, (north - south) / 2, 1e-9)
    shapes = []
    for code, own in rings.items():
        paths = []
        for points in own:
            x, y = (points[:, 0] - west) * narrow * scale, (north - points[:, 1]) * scale
            kept = _simplified(np.column_stack([x, y]))
            if len(kept) >= _CORNERS:
                paths.append("M" + "L".join(f"{a:.0f} {b:.0f}" for a, b in kept[:-1].tolist()) + "Z")
        shapes.append([code, "".join(paths)])
    box = [0, 0, round((east - west) * narrow * scale), round((north - south) * scale)]
    return {"kind": "shapes", "box": box, "shapes": shapes}


def _simplified(points: Points) -> Points:
    """Without the corners that lie within a step and a half of the line between those that stay.

    Douglas and Peucker (1973), Algorithms for the reduction of the number of points required to represent a
    digitized line or its caricature.
    """
    keep = np.zeros(len(points), dtype=np.bool_)
    keep[[0, len(points) // 2, -1]] = True  # a ring begins where it ends, so it is cut in two
    waiting = [(0, len(points) // 2), (len(points) // 2, len(points) - 1)]
    while waiting:
        start, stop = waiting.pop()
        if stop - start < 2:
            continue
        along = points[stop] - points[start]
        inside = points[start + 1 : stop] - points[start]
        length = float(np.hypot(*along))
        off = np.abs(inside[:, 0] * along[1] - inside[:, 1] * along[0]) / length if length else np.hypot(*inside.T)
        furthest = int(off.argmax())
        if off[furthest] > _FINE:
            at = start + 1 + furthest
            keep[at] = True
            waiting += [(start, at), (at, stop)]
    return points[keep]
