"""Visit rounds: who is visited when and by which team, the most urgent first (DEBT-R22 to R29)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

import geopandas as gpd
import pandas as pd
import shapely
from shapely import Point

from geo.errors import ParameterError
from geo.routing.handover import directions_links
from geo.routing.tour import clock
from geo.routing.visit_rounds import Round, RoundPlan, plan_rounds
from geo.routing.visits import LEFT_OUT, Hours, LeftVisit, RoundRules, Shift, Visit, rest_of_day
from geo.text import Text
from layers.errors import AccessDenied
from layers.processes.drawn import drawn_features
from layers.processes.model import Process, Reader, Result
from layers.processes.routing.round_inputs import (
    INPUTS,
    Lock,
    Team,
    locks_of,
    position_of,
    read_teams,
    texts,
)
from layers.processes.routing.route_rows import left_row, leg_row, outputs, route_table, stop_row
from layers.processes.routing.tour_inputs import day_minutes, listed
from layers.processes.routing.ways import Leg, Ways
from layers.touring import minutes_of
from layers.visiting import MINUTES, Request, VisitRules, field_days, requests

__all__ = ["VISIT_ROUNDS"]

RULES = ("DEBT-R9", "DEBT-R22", "DEBT-R23", "DEBT-R24", "DEBT-R25", "POV-R27", "TOUR-R132")
FIELDS = {
    "debtors": ("contract_id", "debtor_class", "days_left", "outstanding_thb",
                "overdue_instalments", "timebar_date", "pin_status", "next_visit_date"),
    "households": ("household_id", "tier"),
    "plots": ("plot_id",),
}  # fmt: skip
"""What is read of each layer, its key first; no name of a person is among it."""
CLOSED = "closed"
WAITING = ("NOT_YET", "NO_CAPACITY", "NO_TIME", "GROUP_MEETING")
"""Reasons of those whose turn comes later; the others cannot be visited as things are."""
GROUP_CLASS = "normal"
OFFICE = {"op": "=", "args": [{"property": "kind"}, "community_development_office"]}


def run(parameters: Mapping[str, Any], reader: Reader) -> Result:
    """Plan the rounds; everybody asked for is a stop or left out with a reason."""
    first = parameters["date_from"] or dt.date.today()
    dates = field_days(first, parameters["days"], report_weeks=parameters["report_weeks"])
    people = _people(parameters, reader)
    people = people[~people["id"].isin(listed(parameters["done"]))].reset_index(drop=True)
    rules = VisitRules(promote_timebar_days=parameters["promote_timebar_days"])
    found, left = requests(
        parameters["kind"], people, dates[0], rules, forced=listed(parameters["forced"])
    )
    teams = _teams(parameters, reader, found)
    position = position_of(parameters["position"])
    points = [team.base for team in teams] + [Point(item.lon, item.lat) for item in found]
    points += [position[0]] if position is not None else []
    ways = {mode: Ways(reader, mode, points) for mode in sorted({team.mode for team in teams})}
    visits = _visits(parameters, people, found, len(teams), dates)
    shifts = _shifts(teams, dates)
    if position is not None and shifts:
        visited = len(listed(parameters["done"]))
        shifts[0] = rest_of_day(shifts[0], place=len(points) - 1, now=position[1], visited=visited)
        shifts = [shift for shift in shifts if shift.team == shifts[0].team and shift.day == 0]
    limits = RoundRules(
        **{name: parameters[name] for name in ("reserve_pct", "seconds", "idle_rounds", "seed")}
    )
    if position is not None:
        limits = replace(limits, reserve_pct=0.0)
    plan = plan_rounds(visits, shifts, {mode: way.travel() for mode, way in ways.items()}, limits)
    shown = _Shown(parameters, people, found, plan, left, ways, dates)
    rows = list(shown.rows())
    return Result(
        features=route_table(rows),
        summary=shown.summary(rows),
        rules=RULES,
        left_out=sum(row["part"] == "left_out" and row["reason"] not in WAITING for row in rows),
    )


# --- What is asked for ----------------------------------------------------------------------


def _people(parameters: Mapping[str, Any], reader: Reader) -> pd.DataFrame:
    """Rows with ``id``, ``lon``, ``lat`` and what decides their urgency; closed debts are not."""
    if parameters["visits"] is not None:
        table = _drawn(parameters["visits"], reader)
    else:
        table = _stored(parameters["kind"], parameters["filter"], reader)
    if "debtor_class" in table:
        table = table[table["debtor_class"] != CLOSED]
    return table.reset_index(drop=True)


def _stored(kind: str, chosen: Any, reader: Reader) -> pd.DataFrame:
    layer = reader.store.layer(kind)
    visible = reader.view_of(layer).fields
    fields = tuple(name for name in FIELDS[kind] if name in visible)
    rows = reader.read(kind, filter=chosen, fields=fields)
    if FIELDS[kind][0] not in rows or not isinstance(rows, gpd.GeoDataFrame):
        raise AccessDenied(
            "visits_hidden",
            Text(
                f"ไม่มีสิทธิ์ดูที่อยู่ใน{layer.title.th} จึงวางแผนเยี่ยมไม่ได้",
                f"The places of {layer.title.en} are not open to you; no visits can be planned",
            ),
        )
    return _placed(
        pd.DataFrame(rows.drop(columns="geometry")), list(rows.geometry), FIELDS[kind][0]
    )


def _drawn(document: Mapping[str, Any], reader: Reader) -> pd.DataFrame:
    features = drawn_features(document, "visits", Text("รายการเยี่ยม", "Visits"))
    reader.refuse_more(len(features))
    rows = []
    for number, item in enumerate(features, 1):
        name = str(item.properties.get("id") or item.id or f"visit-{number}")
        rows.append({**item.properties, "id": name})
    table = pd.DataFrame(rows, columns=None if rows else ["id"])
    if table["id"].duplicated().any():
        twice = ", ".join(sorted(set(table.loc[table["id"].duplicated(), "id"])))
        raise ParameterError(
            "visits_invalid",
            Text(f"รหัสซ้ำ: {twice}", f"The same id twice: {twice}"),
            parameter="visits",
        )
    return _placed(table, [item.shape for item in features], "id")


def _placed(table: pd.DataFrame, shapes: Sequence[Any], key: str) -> pd.DataFrame:
    points = [None if s is None or s.is_empty else s.representative_point() for s in shapes]
    return table.rename(columns={key: "id"}).assign(
        lon=pd.Series([None if p is None else p.x for p in points], index=table.index, dtype=float),
        lat=pd.Series([None if p is None else p.y for p in points], index=table.index, dtype=float),
    )


def _teams(parameters: Mapping[str, Any], reader: Reader, found: Sequence[Request]) -> list[Team]:
    if parameters["teams"] is not None:
        return read_teams(parameters)
    rows = reader.read("facilities", filter=OFFICE)
    offices = [s.representative_point() for s in getattr(rows, "geometry", ()) if s is not None]
    if not offices:
        raise ParameterError(
            "teams_missing",
            Text(
                "ไม่มีสำนักงานพัฒนาชุมชนในชั้นข้อมูลสถานที่ ระบุฐานของทีม (teams)",
                "There is no community development office among the facilities; name the teams",
            ),
            parameter="teams",
        )
    middle = shapely.MultiPoint([(item.lon, item.lat) for item in found] or [offices[0]]).centroid
    return [
        Team(
            name="1",
            base=min(offices, key=middle.distance),
            start=day_minutes(parameters, "day_start"),
            end=day_minutes(parameters, "day_end"),
            mode=parameters["mode"],
            visits_max=parameters["visits_per_day"],
        )
    ]


def _shifts(teams: Sequence[Team], dates: Sequence[dt.date]) -> list[Shift]:
    return [
        Shift(
            team=team.name,
            day=day,
            start_place=place,
            end_place=place,
            start=team.start,
            end=team.end,
            visits_max=team.visits_max,
            skills=team.skills,
            mode=team.mode,
        )
        for place, team in enumerate(teams)
        for day, date in enumerate(dates)
        if not team.dates or date.isoformat() in team.dates
    ]


def _visits(
    parameters: Mapping[str, Any],
    people: pd.DataFrame,
    found: Sequence[Request],
    first_place: int,
    dates: Sequence[dt.date],
) -> list[Visit]:
    must = set(listed(parameters["must"]))
    locks = locks_of(parameters["locks"])
    _known(must | set(locks), set(people["id"]))
    visits = []
    for number, item in enumerate(found):
        rows = _records(people, item.rows)
        lock = next((locks[name] for name in item.ids if name in locks), Lock(None, None, None))
        last = None
        if item.last_day is not None:
            last = len([date for date in dates if date <= item.last_day]) - 1
        visits.append(
            Visit(
                id=item.ids[0],
                place=first_place + number,
                minutes=sum(_minutes(row, parameters) for row in rows),
                worth=item.worth,
                hours=_hours(rows),
                skills=frozenset(skill for row in rows for skill in texts(row.get("skills"))),
                must=bool(must & set(item.ids))
                or any(row.get("must") is True for row in rows)
                or lock != Lock(None, None, None),
                pair=next((str(row["pair"]) for row in rows if "pair" in row), None),
                records=len(item.ids),
                team=lock.team,
                day=None if lock.day is None else _day(lock.day, dates),
                at=lock.at,
                not_after_day=last,
            )
        )
    return visits


def _records(people: pd.DataFrame, rows: Sequence[int]) -> list[dict[str, Any]]:
    """Rows with what is known of each."""
    found = people.iloc[list(rows)].to_dict("records")
    return [
        {str(name): v for name, v in row.items() if isinstance(v, list) or not pd.isna(v)}
        for row in found
    ]


def _day(day: dt.date, dates: Sequence[dt.date]) -> int:
    return dates.index(day) if day in dates else -1


def _minutes(row: Mapping[str, Any], parameters: Mapping[str, Any]) -> int:
    """By row, else by class, else as asked, else the length usual for the kind."""
    if "minutes" in row:
        return _whole(row["minutes"], str(row["id"]))
    by_class = dict(
        part.split("=", 1) for part in listed(parameters["minutes_by_class"]) if "=" in part
    )
    code = str(row.get("debtor_class") or row.get("tier") or "")
    if code in by_class:
        return _whole(by_class[code], code)
    return int(parameters["minutes"] or MINUTES[parameters["kind"]])


def _whole(value: Any, name: str) -> int:
    try:
        minutes = int(value)
    except (TypeError, ValueError):
        minutes = 0
    if not 1 <= minutes <= 1440 or isinstance(value, bool):
        raise ParameterError(
            "visits_invalid",
            Text(
                f"{name}: จำนวนนาที {value} ต้องเป็น 1 ถึง 1,440",
                f"{name}: minutes {value} must be 1 to 1,440",
            ),
            parameter="visits",
        )
    return minutes


def _hours(rows: Sequence[Mapping[str, Any]]) -> tuple[Hours, ...]:
    """When all who live at a stop are at home, as far as it is told."""
    given = [_spans(row) for row in rows if "hours" in row]
    if not given:
        return ()
    found = given[0]
    for more in given[1:]:
        found = [(max(a, c), min(b, d)) for a, b in found for c, d in more if max(a, c) < min(b, d)]
    return tuple(Hours(opens, closes) for opens, closes in found) or (Hours(0, 0),)


def _spans(row: Mapping[str, Any]) -> list[tuple[int, int]]:
    try:
        pairs = [part.split("-", 1) for part in texts(row["hours"])]
        return [(minutes_of(opens.strip()), minutes_of(closes.strip())) for opens, closes in pairs]
    except (ValueError, AttributeError):
        raise ParameterError(
            "visits_invalid",
            Text(
                f"{row['id']}: เวลา {row['hours']} ต้องเขียนแบบ 09:00-12:00",
                f"{row['id']}: hours {row['hours']} must be written 09:00-12:00",
            ),
            parameter="visits",
        ) from None


def _known(asked: set[str], known: set[str]) -> None:
    for name in sorted(asked - known):
        raise ParameterError(
            "visit_unknown",
            Text(f"ไม่มี {name} ในรายการเยี่ยม", f"{name} is not among the visits"),
            visit=name,
        )


# --- What is shown --------------------------------------------------------------------------


class _Shown:
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
            if reason in ("NO_CAPACITY", "NO_TIME") and self._class(name) == GROUP_CLASS:
                reason = "GROUP_MEETING"
            point = None if item is None else Point(item.lon, item.lat)
            kind = self.parameters["kind"]
            yield left_row(point, reason, LEFT_OUT[reason], lost.detail, id=name, layer=kind)

    def _class(self, name: str) -> str | None:
        if "debtor_class" not in self.people:
            return None
        found = self.people.loc[self.people["id"] == name, "debtor_class"]
        return None if found.empty else str(found.iloc[0])

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


VISIT_ROUNDS = Process(
    id="visit-rounds",
    version="1.0.0",
    title=Text("วางแผนเยี่ยม", "Visit rounds"),
    description=Text(
        "จัดรายที่เร่งด่วนที่สุดให้ทีมในสัปดาห์ที่ 1 และ 3 โดยเดินทางน้อยที่สุด พร้อมเวลาถึง เวลาสำรอง "
        "และเหตุผลของรายที่ยังไม่ได้เยี่ยม ตรึงรายที่นัดไว้ เพิ่มราย และจัดวันที่เหลือใหม่ได้",
        "Gives the most urgent to the teams in weeks 1 and 3 with least driving: arrival times, a "
        "reserve, a reason for everybody left out; fixed visits stay, visits can be added, the "
        "rest of a day planned anew",
    ),
    inputs=INPUTS,
    outputs=outputs(),
    reads=("debtors", "households", "plots", "facilities", "roads"),
    run=run,
)
