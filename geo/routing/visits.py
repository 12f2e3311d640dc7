"""Visit rounds: who is to be visited, which team is out when, and why somebody is left out.

Clock times are minutes of the day; travel is whole seconds. ``place`` numbers the rows of the
travel matrices.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from geo.errors import ParameterError
from geo.parameters import Parameters, between
from geo.text import Text

__all__ = [
    "LEFT_OUT",
    "Hours",
    "LeftVisit",
    "RoundRules",
    "Shift",
    "Travel",
    "Visit",
    "rest_of_day",
]

LEFT_OUT: Mapping[str, Text] = MappingProxyType(
    {
        "FIND_ADDRESS": Text("ต้องหาที่อยู่ก่อน", "Find the address first"),
        "NOT_YET": Text("นัดไว้วันหลัง", "Agreed for a later day"),
        "NO_HOURS": Text("ไม่มีทีมที่มีเวลาทำงาน", "No team has working hours"),
        "NO_SKILL": Text("ไม่มีทีมที่มีความชำนาญ", "No team has the skill"),
        "NO_TEAM": Text("ทีมหรือวันที่กำหนดไว้ไม่มี", "The team or day asked for is not there"),
        "NO_ROAD": Text("เดินทางไปไม่ถึง", "Cannot be reached"),
        "CLOSED": Text("ไม่มีใครอยู่ในเวลาทำงานของทีม", "Nobody at home while a team is out"),
        "TOO_FAR": Text("ไปกลับไม่ทันในเวลาทำงาน", "There and back takes longer than a day's work"),
        "NO_CAPACITY": Text("เต็มจำนวนการเยี่ยมต่อวัน", "The visits of the day are used up"),
        "NO_TIME": Text("เวลาไม่พอ มีรายที่เร่งด่วนกว่า", "No time left; others are more urgent"),
        "GROUP_MEETING": Text("รอการประชุมกลุ่ม", "Waits for the group meeting"),
    }
)
"""Reasons with their labels."""


class Hours(NamedTuple):
    """When somebody is at home; ``day`` None is every day. A visit must end by ``close``."""

    open: int
    close: int
    day: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """One stop to be made. ``worth`` weighs urgency: two of 1 are as good as one of 2.

    ``records`` counts the people who are visited there (two debtors at one pin are one stop).
    Visits of one ``pair`` are made one directly after the other by one team. ``team``, ``day``
    and ``at`` (start, minutes of the day) are what a planner has fixed; days count from 0.
    """

    id: str
    place: int
    minutes: int
    worth: float = 1.0
    hours: tuple[Hours, ...] = ()
    skills: frozenset[str] = frozenset()
    must: bool = False
    pair: str | None = None
    records: int = 1
    team: str | None = None
    day: int | None = None
    at: int | None = None
    not_before_day: int = 0
    not_after_day: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Shift:
    """A team out on one day, from one place to another; ``mode`` names its travel matrix."""

    team: str
    day: int
    start_place: int
    end_place: int
    start: int
    end: int
    visits_max: int | None = None
    skills: frozenset[str] = frozenset()
    mode: str = "car"


@dataclass(frozen=True, slots=True)
class Travel:
    """Seconds and metres between all places, (n, n), for one mode; negative is no way."""

    seconds: NDArray[np.int64]
    metres: NDArray[np.int64]

    def __post_init__(self) -> None:
        n = len(self.seconds)
        if self.seconds.shape != (n, n) or self.metres.shape != (n, n):
            shapes = f"{self.seconds.shape}, {self.metres.shape}"
            raise ParameterError(
                "travel_invalid",
                Text(f"ตารางเดินทางไม่เป็นจัตุรัส {shapes}", f"Travel is not square: {shapes}"),
            )


@dataclass(frozen=True, slots=True, kw_only=True)
class RoundRules(Parameters):
    """What decides a plan of rounds; all decisions.

    ``reserve_pct`` of each shift stays free at its end for repeats; the search ends after
    ``seconds``, or after ``idle_rounds`` without a better plan (0 is never). Of very many visits
    those of most worth are considered, ``consider`` times what the shifts can hold.
    """

    reserve_pct: float = between(10.0, 0.0, 90.0)
    seconds: float = between(15.0, 0.1, 3_600.0)
    idle_rounds: int = between(2_000, 0, 10_000_000)
    seed: int = between(1, 0, 2**31 - 1)
    consider: float = between(2.0, 1.0, 100.0)


@dataclass(frozen=True, slots=True)
class LeftVisit:
    """A visit that is not on the plan, and why."""

    id: str
    reason: str
    detail: Text | None = None


def rest_of_day(shift: Shift, *, place: int, now: int, visited: int = 0) -> Shift:
    """What is left of a shift for a team that is at a place now, after so many visits.

    >>> day = Shift(team="a", day=0, start_place=0, end_place=0, start=540, end=960, visits_max=8)
    >>> rest = rest_of_day(day, place=4, now=735, visited=3)
    >>> rest.start_place, rest.start, rest.end, rest.visits_max
    (4, 735, 960, 5)
    """
    left = None if shift.visits_max is None else max(shift.visits_max - visited, 0)
    return replace(shift, start_place=place, start=max(shift.start, now), visits_max=left)
