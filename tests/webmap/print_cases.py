"""Layers and pages that the tests of printing share; a small made-up place near Phuket."""

from __future__ import annotations

import datetime as dt
from typing import Any

import geopandas as gpd
import numpy as np
from shapely.geometry import LineString, MultiPolygon, Point, box

from geo.text import Text
from layers.catalogue import CATALOGUE
from webmap.overlay import MapLayer
from webmap.print.sheet import MapSheet

__all__ = ["DAY", "HERE", "ZONE_48", "map_sheet", "places"]

HERE = (98.30, 7.85, 98.42, 7.95)
ZONE_48 = (104.70, 16.50, 104.82, 16.60)
DAY = dt.date(2026, 11, 20)


def _frame(shapes: list[Any], **columns: list[Any]) -> gpd.GeoDataFrame:
    columns["data_origin"] = ["invented"] * len(shapes)
    return gpd.GeoDataFrame(columns, geometry=shapes, crs=4326)


def places(bbox: tuple[float, float, float, float] = HERE) -> list[MapLayer]:
    """Two districts, two roads, plots of every status and some attractions in a box."""
    west, south, east, north = bbox
    middle = (west + east) / 2
    cross = [((west, south), (east, north)), ((west, north), (east, south))]
    halves = [box(west, south, middle, north), box(middle, south, east, north)]
    rng = np.random.default_rng(7)
    at = rng.uniform((west + 0.01, south + 0.01), (east - 0.02, north - 0.02), (24, 2))
    states = list(CATALOGUE["plots"].by_name["status"].values or {})
    plots = [MultiPolygon([box(x, y, x + 0.004, y + 0.003)]) for x, y in at[: len(states)]]
    kinds = ["natural", "cultural", "agro", "market"]
    return [
        MapLayer(
            CATALOGUE["districts"],
            _frame(
                [MultiPolygon([half]) for half in halves],
                code=["8301", "8303"], name_th=["กะทู้", "ปั้นน้ำฝั่ง"], name_en=["Kathu", "Pan Nam"],
            ),
        ),
        MapLayer(
            CATALOGUE["roads"],
            _frame(
                [LineString(line) for line in cross],
                road_id=["1", "2"], name_th=["ถนนเทพกระษัตรี", "ถนนฝั่งน้ำ"],
                road_class=["highway", "track"],
            ),
        ),
        MapLayer(
            CATALOGUE["plots"],
            _frame(plots, plot_id=[str(i) for i in range(len(plots))], status=states[: len(plots)]),
        ),
        MapLayer(
            CATALOGUE["attractions"],
            _frame(
                [Point(xy) for xy in at[20:]],
                attraction_id=list("abcd"), kind=kinds,
                name_th=["วัดกตัญญู", "หาดทรายขาว", "สวนฐูป", "ตลาดน้ำ"],
            ),
        ),
    ]  # fmt: skip


def map_sheet(bbox: tuple[float, float, float, float] = HERE, **changes: Any) -> MapSheet:
    """A page of those layers, with everything on it."""
    items = places(bbox)
    asked: dict[str, Any] = {
        "title": Text("แผนที่ปั้นน้ำกตัญญู", "Map of a made-up place"),
        "subtitle": Text("จังหวัดสมมติ", "A province that is none"),
        "items": items,
        "bbox": bbox,
        "area": items[0].features.geometry.iloc[1],
        "overview": list(items[0].features.geometry),
        "author": "สำนักงานทดสอบ",
        "date": DAY,
    }
    return MapSheet(**{**asked, **changes})
