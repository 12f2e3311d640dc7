"""What a planner enters for visit rounds: whom, which teams, when (DEBT-R22 to R24)."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Any

from shapely import Point

from geo.errors import ParameterError
from geo.routing.visits import RoundRules
from geo.text import Text
from layers.processes.drawn import drawn_features
from layers.processes.model import Input
from layers.processes.routing.tour_inputs import day_minutes, listed
from layers.processes.routing.ways import MODES, mode_input
from layers.touring import minutes_of
from layers.visiting import KINDS

__all__ = ["INPUTS", "Lock", "Team", "locks_of", "position_of", "read_teams"]

IDS = Text("รหัสคั่นด้วยจุลภาค", "IDs separated by commas")
LONGEST_S = 60.0  # that a caller may let the search of rounds run
LABELS = {
    "reserve_pct": (Text("เวลาสำรองไว้เยี่ยมซ้ำ", "Reserve for repeats"), "%", "number"),
    "seconds": (Text("เวลาคำนวณ", "Time limit"), "s", "number"),
    "idle_rounds": (
        Text("หยุดเมื่อไม่ดีขึ้นกี่รอบ (0 = ไม่หยุด)", "Rounds without gain that end it (0: none)"),
        None,
        "integer",
    ),
    "seed": (Text("ค่าเริ่มสุ่ม", "Seed"), None, "integer"),
}
LOCK = re.compile(
    r"(?P<id>[^=]+)=(?P<team>[^@]*)(@(?P<day>\d{4}-\d\d-\d\d))?(\s+(?P<at>\d\d:\d\d))?$"
)

INPUTS = (
    Input(
        name="kind",
        label=Text("เยี่ยมใคร", "Whom to visit"),
        type="text",
        default="debtors",
        values=KINDS,
    ),
    Input(
        name="filter",
        label=Text("ตัวกรอง", "Filter"),
        type="filter",
        description=Text("CQL2 บนชั้นข้อมูลที่เลือก", "CQL2 over the chosen layer"),
    ),
    Input(
        name="visits",
        label=Text("รายการเยี่ยม", "Visits"),
        type="geojson",
        description=Text(
            "รายการของท่านเองแทนชั้นข้อมูล: id, minutes, hours (09:00-12:00,13:00-15:00), skills, "
            "must, pair และคอลัมน์ของลูกหนี้หรือครัวเรือน",
            "Your own instead of the layer: id, minutes, hours (09:00-12:00,13:00-15:00), skills, "
            "must, pair, and the columns of debtors or households",
        ),
    ),
    Input(
        name="teams",
        label=Text("ทีม", "Teams"),
        type="geojson",
        description=Text(
            "จุดละทีม (ฐานของทีม): team, start, end, skills, mode, visits_per_day, dates "
            "ไม่ระบุ = หนึ่งทีมจากสำนักงานพัฒนาชุมชนที่ใกล้ที่สุด",
            "One point a team (its base): team, start, end, skills, mode, visits_per_day, dates; "
            "without it one team from the nearest community development office",
        ),
    ),
    Input(name="date_from", label=Text("วันเริ่ม", "Start date"), type="date"),
    Input(
        name="days",
        label=Text("จำนวนวันลงพื้นที่", "Field days"),
        type="integer",
        unit="days",
        default=1,
        minimum=1,
        maximum=20,
    ),
    Input(
        name="report_weeks",
        label=Text("เฉพาะสัปดาห์ที่ 1 และ 3", "Only weeks 1 and 3"),
        type="boolean",
        default=True,
    ),
    Input(name="day_start", label=Text("เวลาเริ่ม", "Day start"), type="text", default="09:00"),
    Input(name="day_end", label=Text("เวลาเลิก", "Day end"), type="text", default="16:00"),
    Input(
        name="visits_per_day",
        label=Text("จำนวนรายต่อวัน", "Visits per day"),
        type="integer",
        default=8,
        minimum=0,
        maximum=100,
    ),
    Input(
        name="minutes",
        label=Text("นาทีต่อราย", "Minutes per visit"),
        type="integer",
        unit="min",
        minimum=1,
        maximum=480,
    ),
    Input(
        name="minutes_by_class",
        label=Text("นาทีต่อรายตามประเภท", "Minutes by class"),
        type="text",
        description=Text("เช่น time_barred=45, normal=20", "Such as time_barred=45, normal=20"),
    ),
    mode_input("car"),
    Input(name="must", label=Text("ต้องเยี่ยม", "Must visit"), type="text", description=IDS),
    Input(
        name="forced",
        label=Text("เยี่ยมแม้นัดไว้วันหลัง", "Visit though agreed for later"),
        type="text",
        description=IDS,
    ),
    Input(
        name="locks",
        label=Text("กำหนดไว้แล้ว", "Fixed"),
        type="text",
        description=Text(
            "รหัส=ทีม@วัน เวลา คั่นด้วย ; เช่น WF83-1=A@2026-12-01 10:30",
            "ID=team@day time, separated by semicolons: WF83-1=A@2026-12-01 10:30",
        ),
    ),
    Input(name="done", label=Text("เยี่ยมแล้ว", "Already visited"), type="text", description=IDS),
    Input(
        name="position",
        label=Text("ทีมอยู่ที่ไหนขณะนี้", "Where the team is now"),
        type="text",
        description=Text(
            "จัดวันที่เหลือใหม่: ลองจิจูด,ละติจูด@เวลา (ทีมแรก วันแรก)",
            "Plans the rest of the day: longitude,latitude@time (first team, first day)",
        ),
    ),
    Input(
        name="promote_timebar_days",
        label=Text("เลื่อนผู้ใกล้ขาดอายุความ (วัน)", "Promote near the time bar"),
        type="integer",
        unit="days",
        default=0,
        minimum=0,
        maximum=3650,
    ),
    *(
        Input(
            name=item.name,
            label=LABELS[item.name][0],
            type=LABELS[item.name][2],  # type: ignore[arg-type]
            unit=LABELS[item.name][1],
            default=item.default,
            minimum=item.metadata["low"],
            maximum=LONGEST_S if item.name == "seconds" else item.metadata["high"],
        )
        for item in fields(RoundRules)
        if item.name in LABELS
    ),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Team:
    """A team with its base; ``dates`` empty is every field day."""

    name: str
    base: Point
    start: int
    end: int
    mode: str
    visits_max: int
    skills: frozenset[str] = frozenset()
    dates: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Lock:
    """What a planner has fixed for one visit."""

    team: str | None
    day: dt.date | None
    at: int | None


def read_teams(parameters: Mapping[str, Any]) -> list[Team]:
    """The teams that were handed over; ParameterError ``teams_invalid`` names a wrong one."""
    label = Text("ทีม", "Teams")
    found = []
    for number, item in enumerate(drawn_features(parameters["teams"], "teams", label), 1):
        given = item.properties
        name = str(given.get("team") or item.id or f"T{number}")
        if not isinstance(item.shape, Point) or item.shape.is_empty:
            raise _wrong(name, "geometry", "Point")
        mode = str(given.get("mode") or parameters["mode"])
        if mode not in MODES:
            raise _wrong(name, "mode", ", ".join(MODES))
        try:
            start, end = (
                minutes_of(str(given[key])) if given.get(key) else day_minutes(parameters, name_)
                for key, name_ in (("start", "day_start"), ("end", "day_end"))
            )
            most = int(given.get("visits_per_day", parameters["visits_per_day"]))
        except (ValueError, TypeError):
            raise _wrong(name, "start, end, visits_per_day", "09:00, 16:00, 8") from None
        found.append(
            Team(
                name=name,
                base=item.shape,
                start=start,
                end=end,
                mode=mode,
                visits_max=most,
                skills=frozenset(texts(given.get("skills"))),
                dates=frozenset(texts(given.get("dates"))),
            )
        )
    names = [team.name for team in found]
    if len(set(names)) != len(names):
        raise _wrong(", ".join(sorted(names)), "team", "unique")
    return found


def texts(value: Any) -> Sequence[str]:
    """A list of texts, given as a list or with commas."""
    return [str(item) for item in value] if isinstance(value, list) else listed(value)


def locks_of(text: str | None) -> dict[str, Lock]:
    """Locks by visit id.

    >>> locks_of("a=T1@2026-12-01 10:30; b=T2")["b"]
    Lock(team='T2', day=None, at=None)
    """
    found = {}
    for part in filter(None, (part.strip() for part in (text or "").split(";"))):
        match = LOCK.match(part)
        if match is None:
            raise ParameterError(
                "locks_invalid",
                Text(
                    f"อ่าน {part!r} ไม่ได้ ต้องเขียนแบบ รหัส=ทีม@2026-12-01 10:30",
                    f"{part!r} cannot be read; write ID=team@2026-12-01 10:30",
                ),
                parameter="locks",
            )
        day = dt.date.fromisoformat(match["day"]) if match["day"] else None
        at = minutes_of(match["at"]) if match["at"] else None
        found[match["id"].strip()] = Lock(match["team"].strip() or None, day, at)
    return found


def position_of(text: str | None) -> tuple[Point, int] | None:
    """Where a team is, and when.

    >>> position_of("98.4,7.9@12:15")
    (<POINT (98.4 7.9)>, 735)
    """
    if text is None:
        return None
    place, _, time = text.partition("@")
    try:
        lon, lat = (float(part) for part in place.split(","))
        return Point(lon, lat), minutes_of(time)
    except ValueError:
        raise ParameterError(
            "position_invalid",
            Text(
                f"ตำแหน่งทีมต้องเขียนแบบ 98.4,7.9@12:15 แต่ได้ {text}",
                f"The position is written 98.4,7.9@12:15, not {text}",
            ),
            parameter="position",
        ) from None


def _wrong(team: str, what: str, wanted: str) -> ParameterError:
    return ParameterError(
        "teams_invalid",
        Text(f"ทีม {team}: {what} ต้องเป็น {wanted}", f"Team {team}: {what} must be {wanted}"),
        parameter="teams",
        team=team,
    )
