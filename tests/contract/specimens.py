"""A layer with every type of field, and rows for it."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from layers.model import Field, FieldType, GeometryType, Layer, Text
from layers.privacy import owner_view
from layers.query import Query
from layers.store import Page, Store, WriteResult

__all__ = ["everything", "field", "frame", "grid_shapes", "keys", "parsed", "things", "write"]


def field(name: str, kind: FieldType = "text") -> Field:
    """A field that says nothing but its name and type."""
    return Field(name=name, label=Text(name, name), type=kind)


FIELDS = (
    field("id"),
    field("name"),
    field("area_code"),
    field("count", "integer"),
    field("size", "number"),
    field("open", "boolean"),
    field("day", "date"),
    field("moment", "datetime"),
    field("tags", "list"),
    field("detail", "object"),
    field("ชื่อไทย"),
)


def things(layer_id: str, geometry: GeometryType | None = "Geometry", **changes: Any) -> Layer:
    """A user layer with one field of every type."""
    given: dict[str, Any] = {
        "id": layer_id,
        "title": Text("สิ่งของ", "Things"),
        "description": Text("ใช้ทดสอบ", "For tests"),
        "group": "user",
        "geometry": geometry,
        "fields": FIELDS,
        "key": "id",
        "area": "area_code",
        "user_made": True,
    }
    return Layer(**{**given, **changes})


def frame(rows: Sequence[Mapping[str, Any]], crs: Any = 4326) -> pd.DataFrame:
    """Rows as a frame, values untouched (dtype object); a GeoDataFrame if they have geometry."""
    names = list(dict.fromkeys(name for row in rows for name in row))
    columns = {}
    for name in names:
        cells = np.empty(len(rows), dtype=object)
        cells[:] = [row.get(name) for row in rows]
        columns[name] = pd.Series(cells, dtype=object)
    if "geometry" not in columns:
        return pd.DataFrame(columns)
    shapes = columns.pop("geometry").to_numpy()
    located: pd.DataFrame = gpd.GeoDataFrame(pd.DataFrame(columns), geometry=shapes, crs=crs)
    return located


def write(
    store: Store, layer: Layer, rows: Sequence[Mapping[str, Any]], mode: Any = "upsert"
) -> WriteResult:
    """Write rows as anyone."""
    return store.write(layer.id, frame(rows), mode=mode, author="tester", source="test")


def parsed(page: Page) -> list[dict[str, Any]]:
    """The GeoJSON features of a page."""
    found: list[dict[str, Any]] = json.loads(f"[{page.features}]")
    assert len(found) == page.returned
    return found


def everything(store: Store, layer: Layer) -> dict[str, dict[str, Any]]:
    """All that is stored, as {key: GeoJSON feature}."""
    page = store.features(Query(layer=layer.id, limit=None), owner_view(layer))
    return {feature["id"]: feature for feature in parsed(page)}


def keys(store: Store, layer: Layer, **query: Any) -> list[str]:
    """The keys of the features that answer a query, in order."""
    asked = Query(**{"layer": layer.id, "limit": None, "fields": (layer.key,), **query})
    return [feature["id"] for feature in parsed(store.features(asked, owner_view(layer)))]


def grid_shapes(seed: int, n: int) -> list[shapely.Geometry | None]:
    """Points, lines and polygons whose corners are half degrees, so that they often touch."""
    random = np.random.default_rng(seed)
    found: list[shapely.Geometry | None] = []
    for _ in range(n):
        x, y = 98 + random.integers(0, 9) / 2, 6 + random.integers(0, 9) / 2
        w, h = random.integers(1, 5, 2) / 2
        kind = random.integers(0, 6)
        if kind == 0:
            found.append(shapely.Point(x, y))
        elif kind == 1:
            found.append(shapely.LineString([(x, y), (x + w, y + h), (x + w, y)]))
        elif kind == 2:
            found.append(shapely.box(x, y, x + w, y + h))
        elif kind == 3:
            found.append(shapely.Polygon([(x, y), (x + w, y), (x, y + h)]))
        elif kind == 4:
            hole = shapely.box(x + 0.5, y + 0.5, x + 1, y + 1)
            ring = shapely.difference(shapely.box(x, y, x + 2, y + 2), hole)
            found.append(shapely.MultiPolygon([ring, shapely.box(x + 3, y, x + 4, y + 1)]))
        else:
            found.append(None)
    return found
