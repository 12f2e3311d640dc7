"""Shapes of a file: into EPSG:4326, flat, of one kind, valid, and in a place that makes sense."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from typing import Any, cast

import numpy as np
import pandas as pd
import shapely
from pyproj import CRS, Transformer

from geo.text import Text
from layers.fields import THAILAND
from layers.intake.report import Finding
from layers.model import GeometryType

__all__ = ["KIND_LABELS", "CheckedShapes", "check_shapes", "common_kind"]

MERCATOR_LATITUDE = 85.06
"""Beyond it the square of web maps ends."""

KIND_LABELS: dict[str, Text] = {
    "Point": Text("จุด", "point"),
    "LineString": Text("เส้น", "line"),
    "LinearRing": Text("วงเส้น", "ring"),
    "Polygon": Text("พื้นที่", "polygon"),
    "MultiPoint": Text("จุดหลายจุด", "multi-point"),
    "MultiLineString": Text("เส้นหลายส่วน", "multi-line"),
    "MultiPolygon": Text("พื้นที่หลายส่วน", "multi-polygon"),
    "GeometryCollection": Text("รูปทรงปนชนิด", "geometry collection"),
}
_TYPE_NAMES = np.array(
    [
        "Point",
        "LineString",
        "LinearRing",
        "Polygon",
        "MultiPoint",
        "MultiLineString",
        "MultiPolygon",
        "GeometryCollection",
    ]
)  # by shapely type id
_MULTI = {"Point": "MultiPoint", "LineString": "MultiLineString", "Polygon": "MultiPolygon"}
_COLLECT: dict[str, Any] = {
    "MultiPoint": shapely.multipoints,
    "MultiLineString": shapely.multilinestrings,
    "MultiPolygon": shapely.multipolygons,
}
_REASONS = {
    "Self-intersection": "เส้นขอบตัดกันเอง",
    "Ring Self-intersection": "เส้นขอบวนมาแตะตัวเอง",
    "Too few points in geometry component": "มีจุดน้อยเกินไป",
    "Hole lies outside shell": "ช่องว่างอยู่นอกพื้นที่",
    "Holes are nested": "ช่องว่างซ้อนกัน",
    "Interior is disconnected": "พื้นที่ภายในขาดจากกัน",
    "Nested shells": "พื้นที่ซ้อนกันเอง",
    "Duplicate Rings": "เส้นขอบซ้ำกัน",
    "Invalid Coordinate": "พิกัดไม่ใช่จำนวน",
    "Ring is not closed": "เส้นขอบไม่ปิด",
}
_PROPOSAL_ZONES = (47, 48)


@dataclass(frozen=True, slots=True)
class CheckedShapes:
    """Shapes in EPSG:4326 (None where a row has none) and what was found on the way."""

    shapes: Any
    findings: tuple[Finding, ...]


def common_kind(shapes: Any) -> GeometryType | None:
    """The kind that most of the shapes are of, multi where any of them is; None without shapes.

    >>> common_kind(shapely.from_wkt(["POINT (1 2)", "MULTIPOINT (1 2, 3 4)", "POLYGON EMPTY"]))
    'MultiPoint'
    """
    known = shapes[~(shapely.is_missing(shapes) | shapely.is_empty(shapes))]
    if not len(known):
        return None
    names = _kinds(known)
    families = Counter(str(name).removeprefix("Multi") for name in names)
    family = families.most_common(1)[0][0].replace("LinearRing", "LineString")
    if family == "GeometryCollection":
        return "Geometry"
    multi = _MULTI[family]
    return cast(GeometryType, multi if (names == multi).any() else family)


def check_shapes(
    shapes: Any,
    rows: pd.Index[Any],
    *,
    crs: CRS,
    kind: GeometryType,
    bounds: tuple[float, float, float, float] | None = None,
    column: str = "geometry",
    repair: bool = False,
) -> CheckedShapes:
    """Check n shapes whose row numbers are ``rows`` and bring them into EPSG:4326.

    Heights are dropped. A single shape becomes a multi shape, or a multi shape of one part a
    single one, as ``kind`` wants. Findings name missing, broken, misplaced and other shapes; a
    row has at most one of them, in the order of LOC-R7. Invalid shapes are repaired only with
    ``repair``, and said to be. ``bounds`` is west, south, east, north in degrees.
    """
    work = _Shapes(np.array(shapes, dtype=object), rows, column)
    work.drop_empty()
    work.flatten()
    work.drop_not_finite()
    if not _is_lonlat(crs):
        work.reproject(crs)
    work.place(bounds)
    work.align(kind)
    work.validate(kind, repair)
    return CheckedShapes(work.shapes, tuple(work.findings))


class _Shapes:
    """Shapes on their way through the checks; ``open`` marks those that no check stopped yet."""

    def __init__(self, shapes: Any, rows: pd.Index[Any], column: str) -> None:
        self.shapes = shapes
        self.rows = rows
        self.column = column
        self.open = np.ones(len(shapes), dtype=bool)
        self.findings: list[Finding] = []

    def stop(self, code: str, mask: Any, words: Any = None, **values: object) -> None:
        """A finding for every open shape in the mask; ``words(i)`` gives value and places."""
        mask = self.open & mask
        for i in np.flatnonzero(mask).tolist():
            value, places = words(i) if words else (None, {})
            row = int(self.rows[i])
            self.findings.append(Finding(code, row, self.column, value, {**values, **places}))
        self.open &= ~mask

    def drop_empty(self) -> None:
        empty = shapely.is_missing(self.shapes) | shapely.is_empty(self.shapes)
        self.shapes[empty] = None
        self.stop("GEO-W-NULL", empty)

    def flatten(self) -> None:
        high = shapely.has_z(self.shapes) | shapely.has_m(self.shapes)
        if not high.any():
            return
        z, owner = shapely.get_coordinates(self.shapes, include_z=True, return_index=True)
        n = len(np.unique(owner[(z[:, 2] != 0) & ~np.isnan(z[:, 2])]))
        self.shapes = shapely.force_2d(self.shapes)
        if n:  # KML has a height of 0 everywhere
            values = {"n": n}
            self.findings.append(Finding("GEO-I-ZDROPPED", column=self.column, values=values))

    def drop_not_finite(self) -> None:
        xy, owner = shapely.get_coordinates(self.shapes, return_index=True)
        bad = np.zeros(len(self.shapes), dtype=bool)
        bad[owner[~np.isfinite(xy).all(axis=1)]] = True
        self.stop("GEO-E-NAN", bad)

    def reproject(self, crs: CRS) -> None:
        transformer = Transformer.from_crs(crs, 4326, always_xy=True)

        def to_lonlat(xy: Any) -> Any:
            return np.column_stack(transformer.transform(xy[:, 0], xy[:, 1]))

        self.shapes[self.open] = shapely.transform(self.shapes[self.open], to_lonlat)
        name = crs.to_string() if len(crs.to_string()) < 60 else crs.name
        self.findings.append(Finding("GEO-I-REPROJECTED", values={"crs": name}))
        self.drop_not_finite()

    def place(self, bounds: tuple[float, float, float, float] | None) -> None:
        """LOC-R7: nought, swapped, metres, no longitude and latitude, off the web map, outside."""
        box = np.full((len(self.shapes), 4), np.nan)
        box[self.open] = shapely.bounds(self.shapes[self.open])
        self.stop("LOC-E-ZERO", (box == 0).all(axis=1), lambda _: ("0, 0", {}))
        home = bounds or THAILAND
        outside = ~_inside(box, home) if bounds else ~_inside(box, (-180, -90, 180, 90))
        swapped = outside & _inside(box[:, [1, 0, 3, 2]], home)
        self.stop("LOC-E-SWAP", swapped, lambda i: (_at(box[i]), {"proposal": _at(box[i, [1, 0]])}))
        lonlat = _inside(box, (-180, -90, 180, 90))
        zones = _utm_zones(box, ~lonlat & self.open, home)
        self.stop("LOC-W-UTM", zones > 0, lambda i: _utm_words(box[i], int(zones[i])))
        self.stop("GEO-E-LATLON", ~lonlat, lambda i: (_at(box[i]), {}))
        beyond = np.abs(box[:, [1, 3]]).max(axis=1)
        if bounds:
            self._outside(box, bounds)
        self.stop("GEO-E-MERCATOR", beyond > MERCATOR_LATITUDE, lambda i: (f"{beyond[i]:.5f}", {}))

    def _outside(self, box: Any, bounds: tuple[float, float, float, float]) -> None:
        code = "LOC-E-COUNTRY" if bounds == THAILAND else "GEO-E-BOUNDS"
        words = ", ".join(f"{edge:g}" for edge in bounds)
        self.stop(code, ~_inside(box, bounds), lambda i: (_at(box[i]), {}), bounds=words)

    def align(self, kind: GeometryType) -> None:
        """Single to multi and back, where nothing is lost; any other kind is a finding."""
        if kind == "Geometry":
            return
        names = _kinds(self.shapes)
        single = kind.removeprefix("Multi")
        if kind != single:
            promote = self.open & (names == single)
            parts = self.shapes[promote]
            self.shapes[promote] = _COLLECT[kind](parts, indices=np.arange(len(parts)))
        else:
            one = shapely.get_num_geometries(self.shapes) == 1
            demote = self.open & (names == _MULTI[kind]) & one
            self.shapes[demote] = shapely.get_geometry(self.shapes[demote], 0)
        names = _kinds(self.shapes)
        self.stop(
            "GEO-E-KIND",
            names != kind,
            lambda i: (str(names[i]), {"found": KIND_LABELS[names[i]]}),
            expected=KIND_LABELS[kind],
        )

    def validate(self, kind: GeometryType, repair: bool) -> None:
        broken = self.open & ~shapely.is_valid(self.shapes)
        if not broken.any():
            return
        reasons = dict(
            zip(np.flatnonzero(broken), shapely.is_valid_reason(self.shapes[broken]), strict=True)
        )
        if repair:
            self._repair(kind, broken, reasons)
            broken &= ~shapely.is_valid(self.shapes)
        self.stop("GEO-E-INVALID", broken, lambda i: (reasons[i], {"reason": _reason(reasons[i])}))

    def _repair(self, kind: GeometryType, broken: Any, reasons: dict[Any, str]) -> None:
        before = shapely.area(self.shapes)
        mended = shapely.make_valid(self.shapes[broken], method="structure", keep_collapsed=False)
        fine = ~shapely.is_empty(mended)
        where = np.flatnonzero(broken)[fine].tolist()
        self.shapes[where] = mended[fine]
        after = shapely.area(self.shapes)
        self.align(kind)
        for i in where:
            share = 100 * (after[i] - before[i]) / before[i] if before[i] else 0.0
            places = {"reason": _reason(reasons[i]), "pct": f"{share:+.2f}"}
            self.findings.append(
                Finding("GEO-W-REPAIRED", int(self.rows[i]), self.column, reasons[i], places)
            )


def _kinds(shapes: Any) -> Any:
    """The name of every shape's kind; anything for a missing one."""
    return _TYPE_NAMES[shapely.get_type_id(shapes)]


def _is_lonlat(crs: CRS) -> bool:
    return crs.is_geographic and crs.equals(CRS.from_epsg(4326), ignore_axis_order=True)


def _inside(box: Any, frame: tuple[float, float, float, float]) -> Any:
    west, south, east, north = frame
    with np.errstate(invalid="ignore"):
        return (
            (box[:, 0] >= west) & (box[:, 1] >= south) & (box[:, 2] <= east) & (box[:, 3] <= north)
        )


def _utm_zones(box: Any, mask: Any, home: tuple[float, float, float, float]) -> Any:
    """The UTM zone that puts the box's corner into the home box; 0 where none does."""
    zones = np.zeros(len(box), dtype=int)
    where = np.flatnonzero(mask)
    for zone in _PROPOSAL_ZONES:
        back = Transformer.from_crs(32600 + zone, 4326, always_xy=True)
        lon, lat = back.transform(box[where, 0], box[where, 1])
        fits = _inside(np.column_stack([lon, lat, lon, lat]), home) & (zones[where] == 0)
        zones[where[fits]] = zone
    return zones


def _utm_words(box: Any, zone: int) -> tuple[str, dict[str, object]]:
    back = Transformer.from_crs(32600 + zone, 4326, always_xy=True)
    proposal = _at(back.transform(box[0], box[1]))
    return _at(box), {"zone": f"{zone}N", "proposal": proposal}


def _at(xy: Any) -> str:
    return ", ".join(f"{float(v):.5f}".rstrip("0").rstrip(".") for v in xy[:2])


def _reason(words: str) -> Text:
    """GEOS's reason in both languages, with its place.

    >>> _reason("Self-intersection[98.3 7.9]").th
    'เส้นขอบตัดกันเอง ที่ 98.3 7.9'
    """
    match = re.fullmatch(r"(.+?)(?:\[(.+)\])?", words, re.DOTALL)
    name, place = (match[1], match[2]) if match else (words, None)
    thai = _REASONS.get(name, name)
    return Text(f"{thai} ที่ {place}", f"{name} at {place}") if place else Text(thai, name)
