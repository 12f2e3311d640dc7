"""A planned tour as features, figures and rows for the layers of routes (tourism.md 5.4)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
from shapely import LineString

from geo.routing.handover import directions_links
from geo.routing.timetable import MEAL, Timetable
from geo.routing.tour import Tour, clock
from geo.routing.tour_plan import STATES, TourPlan
from geo.routing.tour_reasons import REASONS, Violation
from geo.text import Text
from layers.processes.routing.route_rows import left_row, leg_row, stop_row
from layers.processes.routing.tour_candidates import Candidates
from layers.processes.routing.ways import LEG_MODE, Leg, Ways

__all__ = ["TourShown", "told_alternatives"]

REF_TYPES = {"attractions": "attraction", "programmes": "programme"}
EDITED = Text("จัดลำดับเอง", "Ordered by hand")


class TourShown:
    """The plan as features and figures."""

    def __init__(
        self,
        tour: Tour,
        plan: TourPlan,
        found: Candidates,
        ways: Ways,
        dates: Sequence[dt.date],
        parameters: Mapping[str, Any],
    ) -> None:
        self.tour, self.plan, self.found, self.ways = tour, plan, found, ways
        self.dates, self.parameters = dates, parameters
        self.places = {place.stop.id: place for place in found.stops}
        self.beds = {lodging.id: (point, row) for lodging, point, row in found.lodgings}
        self.legs = self._legs(plan.table)

    def _legs(self, table: Timetable | None) -> dict[tuple[int, int], Leg]:
        """The legs of each day, by day and order; the way to its end comes last."""
        if table is None:
            return {}
        pairs = {}
        for day in table.days:
            stops = [stop for stop in day.stops if stop.id != MEAL]
            for stop in stops:
                pairs[day.number, stop.seq] = stop.leg_from, stop.place
            last = stops[-1].place if stops else day.origin
            pairs[day.number, len(stops) + 1] = last, day.goal
        return dict(zip(pairs, self.ways.legs(list(pairs.values())), strict=True))

    def rows(self) -> Iterator[dict[str, Any]]:
        """Stops and legs of each day in order, then who is left out."""
        if self.plan.table is not None:
            yield from self._days(self.plan.table)
        for lost in self.plan.left_out:
            place = self.places[lost.id]
            yield left_row(
                place.point,
                lost.reason,
                REASONS[lost.reason],
                lost.detail,
                id=lost.id,
                layer=place.layer,
                name_th=place.row.get("name_th"),
                name_en=place.row.get("name_en"),
                score_lost=lost.score_lost,
            )
        for row, reason in self.found.out:
            shape = row.get("geometry")
            yield left_row(
                None if shape is None else shape.representative_point(),
                reason,
                REASONS[reason],
                id=row["id"],
                layer=row["layer"],
                name_th=row.get("name_th"),
                name_en=row.get("name_en"),
            )

    def _days(self, table: Timetable) -> Iterator[dict[str, Any]]:
        mode = self.parameters["mode"]
        for day in table.days:
            date = self.dates[day.number - 1]
            known: dict[str, Any] = {"day": day.number, "date": date, "mode": mode}
            for stop in day.stops:
                times = {
                    "arrive": clock(stop.arrive),
                    "start": clock(stop.start),
                    "leave": clock(stop.leave),
                    "wait_min": stop.wait,
                }
                if stop.id == MEAL:
                    point = self.ways.points[stop.place]
                    meal = {"id": MEAL, "role": "meal", "name_th": "พักอาหาร", "name_en": "Meal"}
                    yield stop_row(point, **known, **times, **meal)
                    continue
                yield leg_row(self.legs[day.number, stop.seq], seq=stop.seq, **known)
                paid = {"price_thb": stop.price, "capacity_left": stop.capacity_left}
                yield self._stop(stop.id, **known, **times, **paid, seq=stop.seq)
            last = sum(stop.seq > 0 for stop in day.stops) + 1
            yield leg_row(self.legs[day.number, last], seq=last, **known)
            if day.number <= len(table.lodgings):
                yield self._night(table.lodgings[day.number - 1], clock(day.finish), known)

    def _stop(self, stop: str, **columns: Any) -> dict[str, Any]:
        place = self.places[stop]
        notice = place.row.get("notice_days") if place.row.get("by_appointment") else None
        return stop_row(
            place.point,
            id=stop,
            layer=place.layer,
            name_th=place.row.get("name_th"),
            name_en=place.row.get("name_en"),
            role="activity",
            notice_days=notice,
            **columns,
        )

    def _night(self, lodging: str, arrive: str, known: Mapping[str, Any]) -> dict[str, Any]:
        point, row = self.beds[lodging]
        return stop_row(
            point,
            id=lodging,
            layer=row["layer"],
            name_th=row.get("name_th"),
            name_en=row.get("name_en"),
            role="lodging",
            arrive=arrive,
            price_thb=row.get("price_thb"),
            **known,
        )

    # --- Figures --------------------------------------------------------------------------

    def summary(self) -> dict[str, Any]:
        """State, totals, days with their links, income, warnings, what is broken."""
        plan, table = self.plan, self.plan.table
        state = EDITED if plan.stopped_by == "planner" else STATES[plan.state]
        told: dict[str, Any] = {
            "state": plan.state,
            "state_th": state.th,
            "state_en": state.en,
            "problem": _both(plan.problem),
            "stopped_by": plan.stopped_by,
            "rounds": plan.rounds,
            "seed": plan.seed,
            "matrix_version": self.ways.version,
            "candidates": len(self.found.stops),
            "warnings": self._warnings(),
        }
        if table is None:
            return told
        return told | {
            "score": table.score,
            "stops": sum(map(len, table.order)),
            "travel_min": table.travel_min,
            "km": round(sum(leg.metres for leg in self.legs.values()) / 1000, 1),
            "wait_min": table.wait_min,
            "cost_pp": table.cost_pp,
            "cost_group": table.cost_pp * self.tour.rules.group_size,
            "finish": clock(table.finish),
            "lodgings": list(table.lodgings),
            "days": [self._day(table, number) for number in range(len(table.days))],
            "income": self._income(table),
            "violations": [_violation(item) for item in table.violations],
        }

    def _day(self, table: Timetable, number: int) -> dict[str, Any]:
        day = table.days[number]
        route = [day.origin, *(s.place for s in day.stops if s.id != MEAL), day.goal]
        spots = [(self.ways.points[p].x, self.ways.points[p].y) for p in route]
        return {
            "day": day.number,
            "date": self.dates[number],
            "depart": clock(day.depart),
            "finish": clock(day.finish),
            "stops": list(table.order[number]),
            "navigation": directions_links(spots, self.parameters["mode"]),
        }

    def _income(self, table: Timetable) -> list[dict[str, Any]]:
        """What the group pays at each stop, with its community (tourism.md 5.4)."""
        group = self.tour.rules.group_size
        return [
            {
                "id": stop.id,
                "community_id": self.places[stop.id].row.get("community_id"),
                "income_thb": stop.price * group,
            }
            for day in table.days
            for stop in day.stops
            if stop.id != MEAL and stop.price
        ]

    def _warnings(self) -> list[dict[str, str]]:
        found = []
        if any(leg.source == "straight_line" for leg in self.legs.values()):
            found.append(
                Text("ประมาณการ: บางช่วงคิดจากเส้นตรง", "Estimate: some legs are straight lines")
            )
        visited = {stop for day in self.plan.table.order for stop in day} if self.plan.table else {}
        for stop in sorted(visited):
            row = self.places[stop].row
            if stop in self.found.unknown_hours:
                found.append(Text(f"{stop}: ไม่ทราบเวลาเปิด", f"{stop}: opening hours unknown"))
            if row.get("price_thb") is None:
                found.append(Text(f"{stop}: ไม่ทราบราคา", f"{stop}: price unknown"))
            if row.get("by_appointment"):
                days = int(row.get("notice_days") or 0)
                notice = Text(" {n} วัน", ", {n} days").format(n=days) if days else Text("", "")
                found.append(
                    Text(f"{stop}: ต้องแจ้งล่วงหน้า{notice.th}", f"{stop}: notice needed{notice.en}")
                )
            season = row.get("season")
            if isinstance(season, list) and season and "all" not in season:
                named = ", ".join(season)
                found.append(Text(f"{stop}: เฉพาะฤดู {named}", f"{stop}: only in season {named}"))
        return [{"th": text.th, "en": text.en} for text in found]

    # --- To be stored ---------------------------------------------------------------------

    def updates(self) -> dict[str, pd.DataFrame]:
        """The plan as a draft route with its stops, for the layers of routes."""
        table, route = self.plan.table, self.parameters["route_id"]
        if table is None:
            return {}
        name = self.parameters["route_name"] or route
        codes = [str(self.places[s].row.get("area_code") or "") for d in table.order for s in d]
        area = _common_prefix([code for code in codes if code]) or self.parameters["area"]
        line = _joined([leg.line for leg in self.legs.values()])
        routes = pd.DataFrame(
            {
                "route_id": [route],
                "name_th": [name],
                "area_code": [area],
                "kind": ["tram" if self.parameters["mode"] == "tram" else "community"],
                "days": [len(table.days)],
                "state": ["draft"],
                "score": [table.score],
                "travel_min": [table.travel_min],
                "cost_pp": [table.cost_pp],
                "solver_state": [self.plan.state],
                "matrix_version": [str(self.ways.version)],
                "geometry": [line],
            }
        )
        stops = [row for row in self._days(table) if row["part"] == "stop" and row.get("seq")]
        return {
            "tour_routes": routes,
            "route_stops": pd.DataFrame([self._stored(row, route) for row in stops]),
        }

    def _stored(self, row: Mapping[str, Any], route: str) -> dict[str, Any]:
        leg = self.legs[row["day"], row["seq"]]
        mode = self.parameters["mode"]
        return {
            "stop_id": f"{route}-{row['day']:02d}-{row['seq']:02d}",
            "route_id": route,
            "name_th": row["name_th"] or row["id"],
            "name_en": row["name_en"],
            "area_code": self.places[row["id"]].row.get("area_code"),
            "day_no": row["day"],
            "seq": row["seq"],
            "ref_type": REF_TYPES.get(row["layer"]),
            "ref_id": row["id"],
            "arrive": row["arrive"],
            "start": row["start"],
            "leave": row["leave"],
            "wait_min": row["wait_min"],
            "role": row["role"],
            "leg_mode": LEG_MODE.get(mode, mode),
            "leg_distance_m": round(leg.metres),
            "leg_minutes": int(np.ceil(leg.minutes - 1e-6)),
            "leg_source": leg.source,
            "geometry": row["geometry"],
        }


def _joined(lines: Sequence[LineString]) -> LineString:
    return LineString([spot for line in lines for spot in line.coords])


def _common_prefix(codes: Sequence[str]) -> str:
    """The finest area that holds all: 8, 6, 4 or 2 digits."""
    for digits in (8, 6, 4, 2):
        parts = {code[:digits] for code in codes if len(code) >= digits}
        if len(parts) == 1 and all(len(code) >= digits for code in codes):
            return parts.pop()
    return ""


def told_alternatives(others: Mapping[str, TourPlan], plan: TourPlan) -> dict[str, Any]:
    """What a little more or less would bring, against the plan."""
    if plan.table is None:
        return {}
    return {
        name: {
            "state": other.state,
            "order": [list(day) for day in other.table.order],
            "lodgings": list(other.table.lodgings),
            "score": other.table.score,
            "score_gain": other.table.score - plan.table.score,
            "travel_min": other.table.travel_min,
            "cost_pp": other.table.cost_pp,
            "finish": clock(other.table.finish),
        }
        for name, other in others.items()
        if other.table is not None
    }


def _violation(item: Violation) -> dict[str, Any]:
    return {
        "rule": item.rule,
        "code": item.code,
        "day": item.day,
        "stop": item.stop,
        "th": f"{item.label.th} {item.detail.th}",
        "en": f"{item.label.en}: {item.detail.en}",
    }


def _both(text: Text | None) -> dict[str, str] | None:
    return None if text is None else {"th": text.th, "en": text.en}
