"""Literal values of filters: what a text, number, time or geometry must be to reach an engine."""

from __future__ import annotations

import datetime as dt
import json
import math
import re
import reprlib
import sys
import unicodedata
from typing import Any, NamedTuple, get_args

import shapely

from geo.text import Text
from layers.errors import QueryError
from layers.model import GeometryType
from layers.query import BBox
from layers.store.sql import Sql

__all__ = [
    "Typed",
    "box_of",
    "checked_time",
    "latin_accents",
    "literal",
    "plain",
    "shape_of",
    "shown",
    "storable",
    "wrong",
]

MAX_NUMBER = sys.float_info.max
UNSTORABLE = re.compile("[\x00\ud800-\udfff]")
WORLD = (-180.0, -90.0, 180.0, 90.0)
GEOMETRIES = {*get_args(GeometryType), "GeometryCollection"}


def storable(text: str) -> bool:
    """Whether both engines can hold the text: no NUL, no half of a surrogate pair."""
    return not UNSTORABLE.search(text)


class Typed(NamedTuple):
    """A scalar expression and the type of its value."""

    sql: Sql
    type: str


def literal(value: Any) -> Typed:
    """A value as a bound parameter with its type; QueryError for what is none."""
    if isinstance(value, bool):
        return Typed(Sql("TRUE" if value else "FALSE"), "boolean")
    if isinstance(value, int) and abs(value) < 2**63:
        return Typed(Sql("CAST(? AS BIGINT)", (value,)), "integer")
    if isinstance(value, (int, float)) and abs(value) <= MAX_NUMBER:
        return Typed(Sql("CAST(? AS DOUBLE PRECISION)", (float(value),)), "number")
    if isinstance(value, str) and storable(value):
        return Typed(Sql("CAST(? AS VARCHAR)", (value,)), "text")
    raise wrong(f"{shown(value)} is not a value", f"{shown(value)} ไม่ใช่ค่า")


def plain(value: Any) -> str:
    """An element of a list as the engines write it when they take it out of a JSON array."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if isinstance(value, (int, float)) and abs(value) <= MAX_NUMBER:
        return repr(value)
    if isinstance(value, str) and storable(value):
        return value
    raise wrong(f"{shown(value)} is not a value", f"{shown(value)} ไม่ใช่ค่า")


def latin_accents() -> tuple[str, str]:
    """Letters A to Z with accents, then the accents by themselves; the bare letters of the first.

    >>> accented, bare = latin_accents()
    >>> dict(zip(accented, bare))["é"], "\u0301" in accented[len(bare):], "กู้"[1] in accented
    ('e', True, False)
    """
    accented, bare = [], []
    for code in (*range(0xC0, 0x250), *range(0x1E00, 0x1F00)):
        base = unicodedata.normalize("NFD", chr(code))
        if len(base) > 1 and base[0].isascii():
            accented.append(chr(code))
            bare.append(base[0])
    alone = [chr(code) for code in range(0x300, 0x370)]
    return "".join(accented + alone), "".join(bare)


def shape_of(node: Any) -> shapely.Geometry:
    """A GeoJSON geometry or ``bbox`` in EPSG:4326; QueryError unless it relates to others."""
    found: Any
    try:
        if "bbox" in node:
            found = _area_of_box([float(side) for side in node["bbox"]])
        else:
            found = shapely.force_2d(shapely.from_geojson(json.dumps(node)))
        usable = not found.is_empty and bool(found.is_valid) and found.geom_type in GEOMETRIES
        usable = usable and bool(shapely.box(*WORLD).covers(shapely.box(*found.bounds)))
    except (
        ArithmeticError,
        AttributeError,
        LookupError,
        RecursionError,
        TypeError,
        ValueError,
        shapely.GEOSException,
    ):
        usable = False
    if not usable:
        raise wrong(f"{shown(node)} is not a geometry", f"{shown(node)} ไม่ใช่รูปเรขาคณิตที่ใช้ได้")
    known: shapely.Geometry = found
    return known


def _area_of_box(sides: list[float]) -> shapely.Geometry:
    if len(sides) not in (4, 6) or not all(map(math.isfinite, sides)):
        raise ValueError(sides)
    west, south, east, north = sides if len(sides) == 4 else (*sides[:2], *sides[3:5])
    if west <= east:
        return shapely.box(west, south, east, north)
    halves = ((west, 180.0), (-180.0, east))  # it crosses the antimeridian
    return shapely.MultiPolygon([shapely.box(left, south, right, north) for left, right in halves])


def box_of(geometry: shapely.Geometry) -> BBox:
    """The box around a geometry."""
    west, south, east, north = (float(side) for side in shapely.bounds(geometry))
    return west, south, east, north


def checked_time(value: Any, kind: str) -> str:
    """A date or timestamp in ISO form, timestamps with their offset (UTC unless they say)."""
    try:
        if kind == "date":
            return dt.date.fromisoformat(value).isoformat()
        moment = dt.datetime.fromisoformat(value)
    except (ArithmeticError, TypeError, ValueError):
        raise wrong(f"{shown(value)} is not a {kind}", f"{shown(value)} ไม่ใช่วันที่หรือเวลา") from None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=dt.UTC)
    return moment.isoformat()


def shown(value: object) -> str:
    """Whatever was given, short enough for a message."""
    text = reprlib.repr(value).encode(errors="replace").decode()  # never deep, never long
    return text if len(text) <= 60 else text[:57] + "..."


def wrong(english: str, thai: str) -> QueryError:
    """The error of a filter that makes no sense."""
    return QueryError("filter_invalid", Text(f"ตัวกรองผิด: {thai}", f"Bad filter: {english}"))
