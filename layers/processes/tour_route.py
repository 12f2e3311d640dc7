"""Tour route: which stops, in which order, on which day, for a group with limits (tourism.md 5)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np
import shapely
from shapely import Point

from geo.errors import ParameterError
from geo.routing.timetable import timetable
from geo.routing.tour import Day, Tour
from geo.routing.tour_plan import TourPlan, alternatives, plan_tour
from geo.routing.tour_reasons import REASONS
from geo.text import Text
from layers.processes.model import Process, Reader, Result
from layers.processes.routing.route_rows import outputs, route_table
from layers.processes.routing.tour_candidates import Candidates, read_candidates
from layers.processes.routing.tour_inputs import INPUTS, day_minutes, listed, rules_of
from layers.processes.routing.tour_result import TourShown, told_alternatives
from layers.processes.routing.ways import Ways

__all__ = ["TOUR_ROUTE"]

RULES = (*(f"TOUR-R{number}" for number in range(120, 137)), "TOUR-R27")
VISITOR_CENTRE = {"op": "=", "args": [{"property": "kind"}, "visitor_centre"]}
PLAN_SHARE = 0.7
"""Of the time limit; the alternatives share the rest."""


def run(parameters: Mapping[str, Any], reader: Reader) -> Result:
    """Plan the tour, or time the order that the planner made by hand."""
    first = parameters["date_from"] or dt.date.today()
    dates = [first + dt.timedelta(days=number) for number in range(parameters["days"])]
    found = read_candidates(parameters, reader, dates)
    ends = _ends(parameters, reader, found)
    points = [*ends, *(p.point for p in found.stops), *(point for _, point, _ in found.lodgings)]
    ways = Ways(reader, parameters["mode"], points)
    hours = Day(day_minutes(parameters, "day_start"), day_minutes(parameters, "day_end"))
    tour = Tour(
        stops=tuple(place.stop for place in found.stops),
        days=(hours,) * len(dates),
        minutes=ways.whole_minutes(),
        lodgings=tuple(lodging for lodging, _, _ in found.lodgings),
        rules=rules_of(parameters),
    )
    tour, less = _shared_time(tour) if parameters["alternatives"] else (tour, tour)
    plan = _plan(tour, found, parameters)
    others = {}
    if parameters["alternatives"] and parameters["order"] is None:
        others = alternatives(less, plan)
    shown = TourShown(tour, plan, found, ways, dates, parameters)
    summary = shown.summary() | {"alternatives": told_alternatives(others, plan)}
    updates = shown.updates() if parameters["route_id"] and plan.table is not None else {}
    return Result(
        features=route_table(list(shown.rows())),
        summary=summary,
        rules=RULES,
        left_out=0 if plan.table is not None else len(listed(parameters["must_visit"])) or 1,
        updates=updates,
    )


def _shared_time(tour: Tour) -> tuple[Tour, Tour]:
    """The tour with the greater part of the time limit, and with that of one alternative."""
    whole = tour.rules.time_limit_s
    parts = [max(share * whole, 0.1) for share in (PLAN_SHARE, (1 - PLAN_SHARE) / 3)]
    first, second = (replace(tour, rules=replace(tour.rules, time_limit_s=s)) for s in parts)
    return first, second


def _plan(tour: Tour, found: Candidates, parameters: Mapping[str, Any]) -> TourPlan:
    if parameters["order"] is not None:
        order = [listed(day) for day in parameters["order"].split(";")]
        lodgings = listed(parameters["lodgings"])
        if len(lodgings) == 1:
            lodgings *= tour.nights
        table = timetable(tour, order, lodgings[: tour.nights])
        return TourPlan(state="best_found", table=table, left_out=(), stopped_by="planner")
    lost = {str(row["id"]): reason for row, reason in found.out}
    barred = [stop for stop in listed(parameters["must_visit"]) if stop in lost]
    if barred:
        named = ", ".join(f"{stop} {REASONS[lost[stop]].th}" for stop in barred)
        named_en = ", ".join(f"{stop}: {REASONS[lost[stop]].en}" for stop in barred)
        return TourPlan(
            state="infeasible",
            table=None,
            left_out=(),
            problem=Text(
                f"จัดจุดที่ต้องแวะไม่ได้: {named} (TOUR-R131)",
                f"Must-visit stops that cannot be met: {named_en} (TOUR-R131)",
            ),
        )
    return plan_tour(tour)


def _ends(parameters: Mapping[str, Any], reader: Reader, found: Candidates) -> list[Point]:
    """Start and end: as given, else the visitor centre, else the middle of the candidates."""
    start = _place(parameters, "start") or _visitor_centre(parameters, reader, found)
    return [start, _place(parameters, "end") or start]


def _place(parameters: Mapping[str, Any], name: str) -> Point | None:
    if parameters[name] is None:
        return None
    try:
        lon, lat = (float(part) for part in parameters[name].split(","))
    except ValueError:
        lon, lat = np.nan, np.nan
    if not (-180 <= lon <= 180 and -90 <= lat <= 90):
        raise ParameterError(
            "parameter_invalid",
            Text(
                f"{name} ต้องเป็น ลองจิจูด,ละติจูด แต่ได้ {parameters[name]}",
                f"{name} must be longitude,latitude, not {parameters[name]}",
            ),
            parameter=name,
        )
    return Point(lon, lat)


def _visitor_centre(parameters: Mapping[str, Any], reader: Reader, found: Candidates) -> Point:
    points = [place.point for place in found.stops]
    middle = shapely.MultiPoint(points).centroid if points else None
    if parameters["candidates"] is None:
        rows = reader.read("facilities", filter=VISITOR_CENTRE)
        shapes = [s for s in getattr(rows, "geometry", ()) if s is not None and not s.is_empty]
        if shapes and middle is not None:
            nearest: Point = min(shapes, key=middle.distance).representative_point()
            return nearest
    if middle is None:
        raise ParameterError(
            "start_missing",
            Text(
                "ไม่มีจุดที่เลือกได้ในพื้นที่ ระบุพื้นที่อื่นหรือจุดเริ่มต้น (start)",
                "There is no candidate in the area; name another area or a start",
            ),
            parameter="start",
        )
    return Point(middle.x, middle.y)


TOUR_ROUTE = Process(
    id="tour-route",
    version="1.0.0",
    title=Text("จัดเส้นทางท่องเที่ยว", "Tour route"),
    description=Text(
        "เลือกและเรียงจุดแวะให้ได้คะแนนสูงสุดในเวลา งบ และจำนวนคนที่กำหนด พร้อมเหตุผลของจุดที่ไม่ได้เลือก "
        "ทางเลือก และการตรวจลำดับที่จัดเอง",
        "Chooses and orders stops for the highest score within hours, budget and group size, with "
        "the reason for each stop left out, alternatives, and a check of an order made by hand",
    ),
    inputs=INPUTS,
    outputs=outputs(),
    reads=("attractions", "programmes", "tourism_communities", "facilities", "roads"),
    writes=("tour_routes", "route_stops"),
    run=run,
)
