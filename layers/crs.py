"""The coordinate reference systems that answers and questions may be in (OGC 18-058r1).

Everything is stored as longitude and latitude. A system is named by its URI, and with it comes
the order of its axes: EPSG:4326 is latitude before longitude, the others are east before north.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from types import MappingProxyType
from typing import Any

import shapely
from pyproj import Transformer

from geo.text import Text
from layers.errors import QueryError
from layers.query import WGS84, BBox

__all__ = ["CRS84", "SERVED", "ReferenceSystem", "filter_to_lonlat", "reference_system"]

EPSG = "http://www.opengis.net/def/crs/EPSG/0/"
EDGE_PARTS = 20  # a straight edge of a box is a curve in another system
DEPTH_MAX = 120  # of a filter tree, more than the filter compiler takes


@dataclass(frozen=True, slots=True)
class ReferenceSystem:
    """A system by its URI; ``code`` is the EPSG code for coordinates x before y."""

    uri: str
    code: int
    north_first: bool = False

    def box(self, sides: Sequence[float]) -> BBox | None:
        """Four or six numbers in this system's axis order as x, y, x, y; None if they are no box.

        In degrees the first x may be greater than the second: across the antimeridian.

        >>> reference_system(EPSG + "4326").box([7, 98, 8, 99])
        (98, 7, 99, 8)
        >>> CRS84.box([98, 8, 99, 7]) is None
        True
        """
        if len(sides) == 6:
            sides = [*sides[:2], *sides[3:5]]
        if len(sides) != 4 or not all(map(math.isfinite, sides)):
            return None
        west, south, east, north = sides
        if self.north_first:
            west, south, east, north = south, west, north, east
        if self.code == WGS84:
            inside = -90 <= south <= north <= 90 and -180 <= west <= 180 and -180 <= east <= 180
        else:
            inside = west <= east and south <= north
        return (west, south, east, north) if inside else None

    def to_lonlat(self, shape: shapely.Geometry) -> shapely.Geometry:
        """A geometry with this system's axis order as longitude and latitude."""
        if self.north_first:
            shape = shapely.transform(shape, lambda points: points[:, ::-1])
        if self.code == WGS84:
            return shape
        project: Any = _transformer(self.code).transform  # takes x and y apart
        return shapely.transform(shape, project, interleaved=False)


CRS84 = ReferenceSystem("http://www.opengis.net/def/crs/OGC/1.3/CRS84", WGS84)
"""WGS 84 longitude, latitude: what coordinates are in unless another system is named."""

SERVED: Mapping[str, ReferenceSystem] = MappingProxyType(
    {
        system.uri: system
        for system in (
            CRS84,
            ReferenceSystem(f"{EPSG}4326", WGS84, north_first=True),
            *(ReferenceSystem(f"{EPSG}{code}", code) for code in (3857, 32647, 32648, 24047)),
        )
    }
)
"""Every system that is served, by URI: WGS 84, Web Mercator, UTM 47N and 48N, Indian 1975."""


def reference_system(uri: str | None) -> ReferenceSystem:
    """The system of a URI, CRS84 for None; raises QueryError ``crs_unknown`` for any other.

    >>> reference_system(EPSG + "32647").code
    32647
    """
    if uri is None:
        return CRS84
    if uri not in SERVED:
        served = ", ".join(SERVED)
        raise QueryError(
            "crs_unknown",
            Text(
                f"ไม่รองรับระบบพิกัด {uri[:100]} ใช้ได้: {served}",
                f"The reference system {uri[:100]} is not served; there are {served}",
            ),
            served=list(SERVED),
        )
    return SERVED[uri]


def filter_to_lonlat(tree: Any, system: ReferenceSystem, depth: int = 0) -> Any:
    """A CQL2-JSON tree with its geometries and boxes as longitude and latitude.

    Raises QueryError for a geometry or box that is none; the filter compiler judges the rest.

    >>> place = {"type": "Point", "coordinates": [7.9, 98.4]}
    >>> filter_to_lonlat(place, reference_system(EPSG + "4326"))["coordinates"]
    [98.4, 7.9]
    """
    if system == CRS84 or depth > DEPTH_MAX:
        return tree
    if isinstance(tree, list):
        return [filter_to_lonlat(item, system, depth + 1) for item in tree]
    if not isinstance(tree, Mapping):
        return tree
    if "op" in tree:
        return {**tree, "args": filter_to_lonlat(tree.get("args"), system, depth + 1)}
    if "bbox" in tree or "coordinates" in tree or "geometries" in tree:
        return _geometry_to_lonlat(tree, system)
    return tree


def _geometry_to_lonlat(node: Mapping[str, Any], system: ReferenceSystem) -> dict[str, Any]:
    try:
        if "bbox" in node:
            box = system.box([float(side) for side in node["bbox"]])
            if box is None:
                raise ValueError(node)  # noqa: TRY301 - told below like every other fault
            if system.code == WGS84:
                return {"bbox": list(box)}
            part = max(box[2] - box[0], box[3] - box[1]) / EDGE_PARTS
            shape = replace(system, north_first=False).to_lonlat(
                shapely.segmentize(shapely.box(*box), part) if part else shapely.Point(box[:2])
            )
        else:
            shape = system.to_lonlat(shapely.force_2d(shapely.from_geojson(json.dumps(node))))
        found: dict[str, Any] = json.loads(shapely.to_geojson(shape))
    except (ArithmeticError, LookupError, TypeError, ValueError, shapely.GEOSException):
        raise QueryError(
            "filter_invalid",
            Text(
                "ตัวกรองผิด: รูปเรขาคณิตใช้ไม่ได้ในระบบพิกัดของ filter-crs",
                "Bad filter: a geometry in it is none in the system that filter-crs names",
            ),
        ) from None
    return found


@lru_cache(maxsize=len(SERVED))
def _transformer(code: int) -> Transformer:
    return Transformer.from_crs(code, WGS84, always_xy=True)
