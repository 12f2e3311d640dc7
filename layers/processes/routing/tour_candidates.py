"""The candidate stops and lodgings of a tour: from the layers, or handed over (TOUR-R129, R130)."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import geopandas as gpd
import pandas as pd
from shapely import Point
from shapely.geometry.base import BaseGeometry

from geo.errors import ParameterError
from geo.routing.tour import Lodging, Stop, Window
from geo.text import Text
from layers.fields import AREA_CODE
from layers.processes.drawn import drawn_features
from layers.processes.model import Reader
from layers.processes.routing.tour_inputs import listed, weights_of
from layers.touring import score, unfit, windows_on

__all__ = ["Candidates", "Place", "read_candidates"]

WHOLE_DAY = (Window(0, 1440),)
CANDIDATES_MAX = 150  # of the highest score; a tour of a week holds far fewer
LODGINGS_MAX = 8  # the nearest
STAY_MIN = 60  # where the length of a visit is not known

Record = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Place:
    """A stop or a lodging with what its row tells."""

    stop: Stop
    point: Point
    layer: str
    row: Mapping[str, Any]


@dataclass(slots=True)
class Candidates:
    """The places of a tour; ``out`` holds rows that are no candidates, with the reason code."""

    stops: list[Place] = field(default_factory=list)
    lodgings: list[tuple[Lodging, Point, Record]] = field(default_factory=list)
    out: list[tuple[Record, str]] = field(default_factory=list)
    unknown_hours: list[str] = field(default_factory=list)


def read_candidates(
    parameters: Mapping[str, Any], reader: Reader, dates: Sequence[dt.date]
) -> Candidates:
    """Candidates of the area, or those handed over; every row is one of the three.

    Raises ParameterError ``stop_unknown`` for a must-visit stop that is not among them.
    """
    if parameters["candidates"] is not None:
        rows = _drawn(parameters["candidates"], reader)
    else:
        rows = _stored(parameters["area"], reader, nights=len(dates) > 1)
    planned = _planner_scores(parameters["scores"])
    must, avoid = set(listed(parameters["must_visit"])), set(listed(parameters["avoid"]))
    _known(must | avoid | set(planned), {str(row["id"]) for row in rows})
    class_b = _class_b(reader) if parameters["candidates"] is None else frozenset()
    weights, theme = weights_of(parameters), listed(parameters["theme"])
    found = Candidates()
    wanted = set(listed(parameters["lodgings"]))
    for row in rows:
        if row.get("kind") == "lodging":
            if _point(row) is not None and (not wanted or row["id"] in wanted):
                found.lodgings.append((_lodging(row), _point(row) or Point(), row))
            continue
        reason = "AVOIDED" if row["id"] in avoid else unfit(row)
        windows = [windows_on(row.get("opening_windows"), day) for day in dates]
        unknown = any(item is None for item in windows)
        if reason is None and unknown and not parameters["allow_unknown_hours"]:
            reason = "UNKNOWN_HOURS"
        if reason is not None:
            found.out.append((row, reason))
            continue
        if unknown:
            found.unknown_hours.append(row["id"])
        points = planned.get(row["id"], row.get("score"))
        if points is None:
            points = score(row, weights, class_b=row.get("community_id") in class_b, theme=theme)
        stop = _stop(row, [WHOLE_DAY if item is None else item for item in windows], points)
        point = _point(row) or Point()
        place = Place(replace(stop, must=stop.id in must), point, row["layer"], row)
        found.stops.append(place)
    return _fewer(found)


def _fewer(found: Candidates) -> Candidates:
    """The candidates of most score, and the lodgings nearest to them."""
    ranked = sorted(found.stops, key=lambda p: (not p.stop.must, -p.stop.score, p.stop.id))
    found.out += [(dict(place.row), "NOT_SELECTED") for place in ranked[CANDIDATES_MAX:]]
    kept = {place.stop.id for place in ranked[:CANDIDATES_MAX]}
    found.stops = [place for place in found.stops if place.stop.id in kept]
    if found.stops and len(found.lodgings) > LODGINGS_MAX:
        count = len(found.stops)
        middle = Point(
            sum(place.point.x for place in found.stops) / count,
            sum(place.point.y for place in found.stops) / count,
        )
        found.lodgings.sort(key=lambda item: (middle.distance(item[1]), item[0].id))
        del found.lodgings[LODGINGS_MAX:]
    return found


def _stop(row: Record, windows: list[tuple[Window, ...]], points: float) -> Stop:
    minutes = row.get("minutes") or row.get("visit_min") or row.get("duration_min") or STAY_MIN
    capacity = row.get("capacity")
    return Stop(
        id=row["id"],
        minutes=int(minutes),
        windows=tuple(windows),
        score=float(points),
        price=float(row.get("price_thb") or 0),
        capacity=None if capacity is None else int(capacity),
        rounds_per_day=int(row.get("rounds_per_day") or 1),
    )


def _lodging(row: Record) -> Lodging:
    beds = row.get("beds")
    price = float(row.get("price_thb") or 0)
    return Lodging(id=row["id"], price=price, beds=None if beds is None else int(beds))


def _point(row: Record) -> Point | None:
    shape: BaseGeometry | None = row.get("geometry")
    if shape is None or shape.is_empty:
        return None
    return shape if isinstance(shape, Point) else shape.representative_point()


def _drawn(document: Mapping[str, Any], reader: Reader) -> list[Record]:
    features = drawn_features(document, "candidates", Text("จุดที่เลือกได้", "Candidates"))
    reader.refuse_more(len(features))
    rows = []
    for number, item in enumerate(features, 1):
        row = {**item.properties, "geometry": item.shape, "layer": "candidates"}
        row["id"] = str(item.properties.get("id") or item.id or f"stop-{number}")
        rows.append(row)
    _numbers(rows)
    return rows


def _numbers(rows: Sequence[Record]) -> None:
    for row in rows:
        for name in ("minutes", "score", "price_thb", "capacity", "rounds_per_day", "beds"):
            value = row.get(name)
            if value is not None and (isinstance(value, bool) or not _at_least_0(value)):
                raise ParameterError(
                    "candidates_invalid",
                    Text(
                        f"จุด {row['id']}: {name} = {value} ต้องเป็นจำนวนไม่ติดลบ",
                        f"Stop {row['id']}: {name} = {value} must be a number, 0 or more",
                    ),
                    parameter="candidates",
                )


def _at_least_0(value: Any) -> bool:
    return isinstance(value, int | float) and 0 <= value < float("inf")


def _stored(area: str | None, reader: Reader, *, nights: bool) -> list[Record]:
    if area is None or not re.match(AREA_CODE, area):
        raise ParameterError(
            "area_missing" if area is None else "area_invalid",
            Text(
                "ระบุรหัสพื้นที่ 2-8 หลัก (area=8301) หรือจุดของท่านเอง (candidates)",
                "Name an area by its code of 2 to 8 digits (area=8301), or your own candidates",
            ),
            parameter="area",
        )
    within: dict[str, Any] = {"op": "like", "args": [{"property": "area_code"}, f"{area}%"]}
    rows = _rows(reader, "attractions", "attraction_id", within)
    rows += _rows(reader, "programmes", "programme_id", within)
    if nights:
        kind: dict[str, Any] = {"op": "=", "args": [{"property": "kind"}, "lodging"]}
        chosen = {"op": "and", "args": [within, kind]}
        rows += _rows(reader, "facilities", "facility_id", chosen)
    return rows


def _rows(reader: Reader, layer: str, key: str, chosen: Any) -> list[Record]:
    table = reader.read(layer, filter=chosen)
    shapes = table.geometry if isinstance(table, gpd.GeoDataFrame) else [None] * len(table)
    found = []
    for record, shape in zip(table.to_dict("records"), shapes, strict=True):
        row = {str(k): v for k, v in record.items() if _there(v)}
        found.append(row | {"id": str(row[key]), "layer": layer, "geometry": shape})
    return found


def _there(value: Any) -> bool:
    return isinstance(value, list | dict) or not pd.isna(value)


def _class_b(reader: Reader) -> frozenset[str]:
    table = reader.read("tourism_communities")
    chosen = table.loc[table["class_code"] == "B", "community_id"]
    return frozenset(chosen.astype(str))


def _planner_scores(text: str | None) -> dict[str, float]:
    found = {}
    for part in listed(text):
        name, mark, value = part.partition("=")
        try:
            found[name.strip()] = float(value)
        except ValueError:
            mark = ""
        if not mark or not 0 <= found[name.strip()] <= 100:
            raise ParameterError(
                "scores_invalid",
                Text(
                    f"คะแนน {part!r} ต้องเขียนแบบ รหัส=คะแนน 0-100",
                    f"The score {part!r} must be ID=score, 0 to 100",
                ),
                parameter="scores",
            )
    return found


def _known(asked: set[str], known: set[str]) -> None:
    for stop in sorted(asked - known):
        raise ParameterError(
            "stop_unknown",
            Text(f"ไม่มีจุดแวะ {stop} ในพื้นที่ที่เลือก", f"There is no stop {stop} in the chosen area"),
            stop=stop,
        )
