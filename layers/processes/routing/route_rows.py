"""Features of a planned route: numbered stops, legs with minutes and kilometres, who is left out.

Every plan has the same columns, whoever travels, so that one map, one GPX and one day sheet
serve all. ``part`` tells stop, leg and left_out apart.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import geopandas as gpd
import pandas as pd
from shapely import Point

from geo.routing.handover import geo_uri
from geo.text import Text
from layers.model import choices
from layers.processes.model import Output
from layers.processes.routing.ways import Leg
from layers.routes import LEG_SOURCES, STOP_ROLES

__all__ = ["COLUMNS", "PARTS", "left_row", "leg_row", "outputs", "route_table", "stop_row"]

PARTS = choices(
    stop=("จุดแวะ", "Stop"),
    leg=("ช่วงเดินทาง", "Leg"),
    left_out=("ไม่อยู่ในแผน", "Left out"),
)

_SHOWN: tuple[tuple[str, str, str, str, str | None, Mapping[str, Text] | None], ...] = (
    ("part", "ส่วน", "Part", "text", None, PARTS),
    ("team", "ทีม", "Team", "text", None, None),
    ("day", "วันที่", "Day", "integer", None, None),
    ("date", "วันเดือนปี", "Date", "date", None, None),
    ("seq", "ลำดับ", "Order", "integer", None, None),
    ("id", "รหัส", "ID", "text", None, None),
    ("layer", "ชั้นข้อมูล", "Layer", "text", None, None),
    ("name_th", "ชื่อ", "Name (Thai)", "text", None, None),
    ("name_en", "ชื่อภาษาอังกฤษ", "Name (English)", "text", None, None),
    ("role", "บทบาท", "Role", "text", None, STOP_ROLES),
    ("arrive", "ถึง", "Arrive", "text", None, None),
    ("wait_min", "เวลารอ", "Wait", "integer", "min", None),
    ("start", "เริ่ม", "Start", "text", None, None),
    ("leave", "ออก", "Leave", "text", None, None),
    ("minutes", "เวลาเดินทาง", "Travel time", "number", "min", None),
    ("km", "ระยะทาง", "Distance", "number", "km", None),
    ("source", "ที่มาของระยะทาง", "Source of the distance", "text", None, LEG_SOURCES),
    ("mode", "ยานพาหนะ", "Mode", "text", None, None),
    ("price_thb", "ราคาต่อคน", "Price per person", "number", "THB/person", None),
    ("capacity_left", "รับได้อีก", "Capacity left", "integer", "persons", None),
    ("notice_days", "แจ้งล่วงหน้า", "Notice needed", "integer", "days", None),
    ("records", "จำนวนราย", "Records", "list", None, None),
    ("reason", "เหตุผล", "Reason", "text", None, None),
    ("reason_th", "เหตุผล (ไทย)", "Reason (Thai)", "text", None, None),
    ("reason_en", "เหตุผล (อังกฤษ)", "Reason (English)", "text", None, None),
    ("score_lost", "คะแนนที่เสียไป", "Score lost", "number", None, None),
    ("geo", "ตำแหน่งสำหรับนำทาง", "Place for navigation", "text", None, None),
)
COLUMNS = tuple(name for name, *_ in _SHOWN)


def outputs() -> tuple[Output, ...]:
    """The columns with their labels."""
    return tuple(
        Output(name=name, label=Text(th, en), type=type_, unit=unit, values=values)
        for name, th, en, type_, unit, values in _SHOWN
    )


def stop_row(point: Point, **columns: Any) -> dict[str, Any]:
    """A stop with the URI that hands its place to a map program."""
    return {"part": "stop", "geo": geo_uri((point.x, point.y)), "geometry": point, **columns}


def leg_row(leg: Leg, **columns: Any) -> dict[str, Any]:
    """A leg; ``seq`` is that of the stop it leads to."""
    return {
        "part": "leg",
        "minutes": round(leg.minutes, 1),
        "km": round(leg.metres / 1000, 2),
        "source": leg.source,
        "geometry": leg.line,
        **columns,
    }


def left_row(
    point: Point | None, reason: str, label: Text, detail: Text | None = None, **columns: Any
) -> dict[str, Any]:
    """Somebody who is not on the plan, and why, in both languages."""
    told = [
        label.get(language) + (f" ({detail.get(language)})" if detail is not None else "")
        for language in ("th", "en")
    ]
    return {
        "part": "left_out",
        "reason": reason,
        "reason_th": told[0],
        "reason_en": told[1],
        "geometry": point,
        **columns,
    }


def route_table(rows: Sequence[Mapping[str, Any]]) -> gpd.GeoDataFrame:
    """The rows as features with all columns, in EPSG:4326."""
    table = pd.DataFrame(
        {name: pd.Series([row.get(name) for row in rows], dtype=object) for name in COLUMNS}
    )
    shapes = gpd.GeoSeries([row["geometry"] for row in rows], crs=4326)
    return gpd.GeoDataFrame(table, geometry=shapes, crs=4326)
