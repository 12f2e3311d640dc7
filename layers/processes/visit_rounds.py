"""Visit rounds: who is visited when and by which team, the most urgent first (DEBT-R22 to R29)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import geopandas as gpd
import pandas as pd
import shapely
from shapely import Point

from geo.errors import ParameterError
from geo.routing.visit_rounds import plan_rounds
from geo.routing.visits import Hours, LeftVisit, RoundRules, Shift, Visit, rest_of_day
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
from layers.processes.routing.round_result import RoundsShown
from layers.processes.routing.route_rows import outputs, route_table
from layers.processes.routing.tour_inputs import day_minutes, listed
from layers.processes.routing.ways import Ways
from layers.touring import minutes_of
from layers.visiting import MINUTES, Request, VisitRules, field_days, requests

__all__ = ["VISIT_ROUNDS"]

RULES = ("DEBT-R9", "DEBT-R22", "DEBT-R23", "DEBT-R24", "DEBT-R25", "POV-R27", "TOUR-R132")
FIELDS = {
    "debtors": ("contract_id", "debtor_class", "days_left", "outstanding_thb",
                "overdue_instalments", "timebar_date", "pin_status", "next_visit_date",
                "area_code"),
    "households": ("household_id", "tier"),
    "plots": ("plot_id",),
}  # fmt: skip
"""What is read of each layer, its key first; no name of a person is among it."""
CLOSED = "closed"
WAITING = ("NOT_YET", "NO_CAPACITY", "NO_TIME", "GROUP_MEETING")
"""Reasons of those whose turn comes later; the others cannot be visited as things are."""
AHEAD, AHEAD_LEAST = 4, 200
"""Times the visits that the teams can make, and the least, of which the ways are computed."""
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
    found, later = _soonest(parameters, found, sum(team.visits_max for team in teams) * len(dates))
    left += later
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
    shown = RoundsShown(parameters, people, found, plan, left, ways, dates)
    rows = list(shown.rows())
    kept = parameters["kind"] == "debtors" and parameters["visits"] is None
    planned = shown.field_rounds() if kept else pd.DataFrame()
    return Result(
        features=route_table(rows),
        summary=shown.summary(rows),
        rules=RULES,
        left_out=sum(row["part"] == "left_out" and row["reason"] not in WAITING for row in rows),
        updates={"field_rounds": planned} if len(planned) else {},
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


def _soonest(
    parameters: Mapping[str, Any], found: list[Request], room: int
) -> tuple[list[Request], list[LeftVisit]]:
    """The most urgent whose ways are worth computing, and those whose turn cannot come."""
    fixed = set(listed(parameters["must"])) | set(locks_of(parameters["locks"]))
    limit = max(AHEAD * room, AHEAD_LEAST)
    asked = parameters["visits"] is not None  # rows of one's own may be must-visits or pairs
    kept = [
        asked or place < limit or bool(fixed & set(item.ids)) for place, item in enumerate(found)
    ]
    later = [item for item, stays in zip(found, kept, strict=True) if not stays]
    return (
        [item for item, stays in zip(found, kept, strict=True) if stays],
        [LeftVisit(name, "NO_CAPACITY") for item in later for name in item.ids],
    )


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
    writes=("field_rounds",),
    reads=("debtors", "households", "plots", "facilities", "roads"),
    run=run,
)
