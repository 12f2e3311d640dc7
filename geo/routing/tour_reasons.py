"""Why a stop is not on a tour, and which rule an edited tour breaks (TOUR-R130, R131, R136)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np

from geo.routing.tour import Tour, clock, rounds_needed
from geo.routing.tour_clock import NEVER, Clock
from geo.text import Text

__all__ = ["REASONS", "VIOLATIONS", "LeftOut", "Violation", "removed", "shortest"]

REASONS: Mapping[str, Text] = MappingProxyType(
    {
        "CAPACITY": Text("เกินจำนวนที่รับได้", "More people than it can receive"),
        "CLOSED_DAY": Text("ปิดในวันนั้น", "Closed on the day"),
        "TIME_WINDOW": Text("เวลาไม่พอดี", "The time does not fit"),
        "BUDGET": Text("เกินงบ", "Over budget"),
        "UNREACHABLE": Text("เดินทางไม่ถึง", "Cannot be reached"),
        "NO_GEOMETRY": Text("ไม่มีพิกัด", "No place on the map"),
        "NO_CONSENT": Text("ไม่มีความยินยอม", "No consent"),
        "NOT_PUBLISHED": Text("ยังไม่เผยแพร่", "Not published"),
        "UNKNOWN_HOURS": Text("ไม่ทราบเวลาเปิด", "Opening hours unknown"),
        "AVOIDED": Text("ผู้วางแผนตัดออก", "Avoided by the planner"),
        "NOT_SELECTED": Text("ไม่ถูกเลือก", "Not selected"),
    }
)
"""Reason codes with their labels (tourism.md 5.4)."""

VIOLATIONS: Mapping[str, tuple[str, Text]] = MappingProxyType(
    {
        "TWICE": ("TOUR-R120", Text("แวะซ้ำ", "Visited twice")),
        "MUST_MISSING": ("TOUR-R120", Text("ขาดจุดที่ต้องแวะ", "A must-visit stop is missing")),
        "UNREACHABLE": ("TOUR-R122", Text("เดินทางไม่ถึง", "Cannot be reached")),
        "WAIT": ("TOUR-R123", Text("รอนานเกินกำหนด", "The wait is too long")),
        "CLOSED_DAY": ("TOUR-R124", Text("ปิดในวันนั้น", "Closed on the day")),
        "TIME_WINDOW": ("TOUR-R124", Text("ไม่ทันเวลาเปิด", "Outside the opening hours")),
        "DAY_END": ("TOUR-R125", Text("ถึงปลายทางช้ากว่าเวลาเลิก", "The day ends too late")),
        "MEAL": ("TOUR-R122", Text("ไม่มีเวลาพักอาหาร", "No time for the meal")),
        "CAPACITY": ("TOUR-R126", Text("เกินจำนวนที่รับได้", "More people than it can receive")),
        "BEDS": ("TOUR-R126", Text("เตียงไม่พอ", "Not enough beds")),
        "BUDGET": ("TOUR-R127", Text("เกินงบ", "Over budget")),
    }
)
"""What an edited plan may break: the rule and its label."""


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A stop that is not on the tour; ``detail`` has the figures that decided."""

    id: str
    reason: str
    score_lost: float = 0.0
    detail: Text | None = None


@dataclass(frozen=True, slots=True)
class Violation:
    """A rule that a tour breaks; ``day`` counts from 1, ``stop`` is None for a whole day."""

    code: str
    day: int | None
    stop: str | None
    detail: Text

    @property
    def rule(self) -> str:
        """The rule of tourism.md."""
        return VIOLATIONS[self.code][0]

    @property
    def label(self) -> Text:
        """What is wrong, in words."""
        return VIOLATIONS[self.code][1]


def shortest(travel: Sequence[Sequence[int]]) -> list[list[int]]:
    """Least minutes between all places by way of any others (Floyd and Warshall).

    >>> shortest([[0, 9, 2], [9, 0, 3], [2, 3, 0]])
    [[0, 5, 2], [5, 0, 3], [2, 3, 0]]
    """
    best = np.array(travel, dtype=np.int64)
    for middle in range(len(best)):
        np.minimum(best, best[:, middle, None] + best[middle], out=best)
    found: list[list[int]] = best.tolist()
    return found


def removed(timer: Clock, lodgings: Sequence[int]) -> dict[int, LeftOut]:
    """The stops of a clock that no tour can hold, each with the first reason (TOUR-R130).

    Judged alone and at best: on any day, from any place where that day can begin.
    """
    ways = shortest(timer.travel)
    found = {}
    for stop, item in enumerate(timer.stops):
        judged = (
            _capacity(timer, stop)
            or _times(timer, stop, ways, lodgings)
            or _budget(timer, stop, lodgings)
        )
        if judged is not None:
            found[stop] = LeftOut(item.id, judged[0], item.score, judged[1])
    return found


_Reason = tuple[str, Text | None]


def _capacity(timer: Clock, stop: int) -> _Reason | None:
    item, rules = timer.stops[stop], timer.tour.rules
    if rounds_needed(item, rules):
        return None
    group, places = rules.group_size, item.capacity
    return "CAPACITY", Text(f"กลุ่ม {group} คน รับได้ {places} คน", f"{group} people, {places} places")


def _times(
    timer: Clock, stop: int, ways: list[list[int]], lodgings: Sequence[int]
) -> _Reason | None:
    if not any(timer.openings[day][stop] for day in range(len(timer.tour.days))):
        closed = not any(timer.stops[stop].windows)
        return ("CLOSED_DAY", None) if closed else ("TIME_WINDOW", _too_short(timer, stop))
    late: list[tuple[int, int]] = []
    reached = False
    for day, (origins, goals) in enumerate(_ends(timer.tour, lodgings)):
        place = timer.places[stop]
        there = min((ways[origin][place] for origin in origins), default=NEVER)
        back = min((ways[place][goal] for goal in goals), default=NEVER)
        if there >= NEVER or back >= NEVER:
            continue
        reached = True
        arrival = timer.tour.days[day].start + there + timer.buffer
        for opening in timer.openings[day][stop]:
            start = max(arrival, opening.open)
            leave = start + timer.service[stop]
            if start <= (opening.open if opening.fixed else opening.latest):
                if leave + back <= timer.tour.days[day].end:
                    return None
                late.append((leave + back, timer.tour.days[day].end))
            else:
                close = opening.open if opening.fixed else opening.latest + timer.service[stop]
                late.append((arrival if opening.fixed else leave, close))
    if not reached:
        open_any = any(timer.openings[day][stop] for day in range(len(timer.tour.days)))
        return ("UNREACHABLE", None) if open_any else ("CLOSED_DAY", None)
    needs, limit = min(late, default=(0, 0), key=lambda pair: pair[0] - pair[1])
    return "TIME_WINDOW", Text(
        f"เร็วที่สุด {clock(needs)} แต่ต้องไม่เกิน {clock(limit)}",
        f"{clock(needs)} at the earliest, {clock(limit)} at the latest",
    )


def _too_short(timer: Clock, stop: int) -> Text:
    minutes = timer.service[stop]
    return Text(f"เปิดสั้นกว่า {minutes} นาที", f"Open for less than {minutes} minutes")


def _ends(tour: Tour, lodgings: Sequence[int]) -> list[tuple[list[int], list[int]]]:
    """Where each day may begin and where it may end."""
    beds = [tour.lodging_place(item) for item in lodgings]
    last = len(tour.days) - 1
    return [([0] if day == 0 else beds, [1] if day == last else beds) for day in range(last + 1)]


def _budget(timer: Clock, stop: int, lodgings: Sequence[int]) -> _Reason | None:
    rules, tour = timer.tour.rules, timer.tour
    if rules.budget_pp is None:
        return None
    night = min((tour.lodgings[item].price for item in lodgings), default=0.0)
    least = timer.stops[stop].price + rules.fares_pp + night * tour.nights
    if round(100 * least) <= round(100 * rules.budget_pp):
        return None
    return "BUDGET", Text(
        f"อย่างน้อย {least:,.0f} บาทต่อคน เกินงบ {rules.budget_pp:,.0f} บาท",
        f"At least {least:,.0f} THB per person, over the budget of {rules.budget_pp:,.0f} THB",
    )
