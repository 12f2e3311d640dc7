"""Planned visit rounds as features, figures and field rounds; ids only, no person's name."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
from shapely import Point

from geo.routing.handover import directions_links
from geo.routing.tour import clock
from geo.routing.visit_rounds import Round, RoundPlan
from geo.routing.visits import LEFT_OUT, LeftVisit
from geo.text import Text
from layers.debt.rounds import SLOTS, weeks_of_month
from layers.processes.routing.route_rows import left_row, leg_row, stop_row
from layers.processes.routing.ways import Leg, Ways
from layers.visiting import Request

__all__ = ["RoundsShown"]

GROUP_CLASS = "normal"
DISTRICT_DIGITS = 4


class RoundsShown:
    """The plan as features and figures; ids only, no person's name anywhere."""

    def __init__(
        self,
        parameters: Mapping[str, Any],
        people: pd.DataFrame,
        found: Sequence[Request],
        plan: RoundPlan,
        left: Sequence[LeftVisit],
        ways: Mapping[str, Ways],
        dates: Sequence[dt.date],
    ) -> None:
        self.parameters, self.people, self.plan, self.left = parameters, people, plan, left
        self.ways, self.dates = ways, dates
        self.of = {item.ids[0]: item for item in found}
        known = people["debtor_class"] if "debtor_class" in people else pd.Series(dtype=object)
        self.classes = dict(zip(people["id"], known, strict=False))
        self.legs: dict[tuple[str, int, int], Leg] = {}
        for one in plan.rounds:
            self._draw(one)

    def _draw(self, one: Round) -> None:
        if not one.visits:
            return
        pairs = [(visit.leg_from, visit.place) for visit in one.visits]
        pairs.append((one.visits[-1].place, one.shift.end_place))
        legs = self.ways[one.shift.mode].legs(pairs)
        for seq, leg in enumerate(legs, 1):
            self.legs[one.shift.team, one.shift.day, seq] = leg

    def rows(self) -> Iterator[dict[str, Any]]:
        """Stops and legs of each round in order, then who is left out."""
        for one in self.plan.rounds:
            yield from self._round(one)
        for lost in [*self.plan.left_out, *self.left]:
            yield from self._lost(lost)

    def _round(self, one: Round) -> Iterator[dict[str, Any]]:
        shift = one.shift
        known: dict[str, Any] = {
            "team": shift.team,
            "day": shift.day + 1,
            "date": self.dates[shift.day],
            "mode": shift.mode,
            "layer": self.parameters["kind"],
        }
        for visit in one.visits:
            yield leg_row(self.legs[shift.team, shift.day, visit.seq], seq=visit.seq, **known)
            yield stop_row(
                self.ways[shift.mode].points[visit.place],
                seq=visit.seq,
                id=visit.id,
                records=list(self.of[visit.id].ids),
                arrive=clock(visit.arrive / 60),
                wait_min=(visit.start - visit.arrive) // 60,
                start=clock(visit.start / 60),
                leave=clock(visit.leave / 60),
                role="activity",
                **known,
            )
        if one.visits:
            seq = len(one.visits) + 1
            yield leg_row(self.legs[shift.team, shift.day, seq], seq=seq, **known)

    def _lost(self, lost: LeftVisit) -> Iterator[dict[str, Any]]:
        item = self.of.get(lost.id)
        for name in item.ids if item is not None else (lost.id,):
            reason = lost.reason
            if reason in ("NO_CAPACITY", "NO_TIME") and self.classes.get(name) == GROUP_CLASS:
                reason = "GROUP_MEETING"
            point = None if item is None else Point(item.lon, item.lat)
            kind = self.parameters["kind"]
            yield left_row(point, reason, LEFT_OUT[reason], lost.detail, id=name, layer=kind)

    def summary(self, rows: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
        """Figures of the plan and of each round, with the links to navigation."""
        records = [name for row in rows if row["part"] == "stop" for name in row["records"]]
        reasons = [row["reason"] for row in rows if row["part"] == "left_out"]
        estimated = sum(leg.source == "straight_line" for leg in self.legs.values())
        warnings = [*self.plan.notes]
        if estimated:
            thai = f"ประมาณการ: {estimated} ช่วงคิดจากเส้นตรง"
            warnings.append(Text(thai, f"Estimate: {estimated} legs are straight lines"))
        return {
            "asked": len(self.people),
            "visited": len(records),
            "stops": sum(len(one.visits) for one in self.plan.rounds),
            "drive_min": round(sum(one.drive_seconds for one in self.plan.rounds) / 60),
            "km": round(sum(one.drive_metres for one in self.plan.rounds) / 1000, 1),
            "reasons": {code: reasons.count(code) for code in LEFT_OUT if code in reasons},
            "days": [self._day(one) for one in self.plan.rounds],
            "warnings": [{"th": text.th, "en": text.en} for text in warnings],
            "stopped_by": self.plan.stopped_by,
            "rounds": self.plan.search_rounds,
            "seed": self.plan.seed,
            "matrix_version": max((way.version for way in self.ways.values()), default=0),
        }

    def _day(self, one: Round) -> dict[str, Any]:
        shift = one.shift
        points = self.ways[shift.mode].points
        route = [shift.start_place, *(visit.place for visit in one.visits), shift.end_place]
        spots = [(points[place].x, points[place].y) for place in route]
        return {
            "team": shift.team,
            "day": shift.day + 1,
            "date": self.dates[shift.day],
            "stops": [visit.id for visit in one.visits],
            "depart": clock(one.depart / 60),
            "finish": clock(one.finish / 60),
            "drive_min": round(one.drive_seconds / 60),
            "km": round(one.drive_metres / 1000, 1),
            "free_min": 0 if shift.end < 0 else round(shift.end - one.finish / 60),
            "navigation": directions_links(spots, shift.mode) if one.visits else [],
        }

    # --- To be stored ---------------------------------------------------------------------

    def field_rounds(self) -> pd.DataFrame:
        """A planned field round for each team and day in weeks 1 and 3 (debtors.md 2.8)."""
        rows = [self._field_round(one) for one in self.plan.rounds if one.visits]
        return pd.DataFrame([row for row in rows if row is not None])

    def _field_round(self, one: Round) -> dict[str, Any] | None:
        date = self.dates[one.shift.day]
        week = int(weeks_of_month(np.array([date], "M8[D]"))[0])
        slot = next((name for name, number in SLOTS.items() if number == week), None)
        contracts = [name for visit in one.visits for name in self.of[visit.id].ids]
        mine = self.people[self.people["id"].isin(contracts)]
        districts = sorted({str(code)[:DISTRICT_DIGITS] for code in mine["area_code"].dropna()})
        if slot is None or not districts:
            return None
        area = districts[0] if len(districts) == 1 else districts[0][:2]
        return {
            "round_id": f"{area}-{date:%Y%m%d}-{one.shift.team}",
            "area_code": area,
            "month": date.replace(day=1),
            "slot": slot,
            "planned_date": date,
            "team": [one.shift.team],
            "contracts": contracts,
            "status": "planned",
        }
