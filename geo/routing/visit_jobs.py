"""Visits as jobs for a solver: each with the ways in which it can be done, and who may do it."""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from geo.routing.tour import clock
from geo.routing.visits import Hours, LeftVisit, Shift, Travel, Visit
from geo.text import Text

__all__ = ["Job", "Option", "jobs_of"]


class Option(NamedTuple):
    """One way to do a job: enter and leave places, seconds of work, earliest and latest start
    (seconds of the day), the shifts that can, and the order of the visits.
    """

    enter: int
    leave: int
    work: int
    early: int
    late: int
    shifts: frozenset[int]
    visits: tuple[int, ...]


class Job(NamedTuple):
    """One or two visits done in one go."""

    visits: tuple[int, ...]
    options: tuple[Option, ...]
    records: int
    worth: float
    must: bool


def jobs_of(
    visits: Sequence[Visit], shifts: Sequence[Shift], travel: Mapping[str, Travel]
) -> tuple[list[Job], list[LeftVisit]]:
    """The jobs that some shift can do, and the visits that none can, with the first reason."""
    jobs, left = [], []
    for members in _together(visits):
        options: list[Option] = []
        for order in itertools.permutations(members):
            options += _options([visits[i] for i in order], order, shifts, travel)
        if options:
            jobs.append(
                Job(
                    visits=tuple(members),
                    options=tuple(dict.fromkeys(options)),
                    records=sum(visits[i].records for i in members),
                    worth=sum(visits[i].worth for i in members),
                    must=any(visits[i].must for i in members),
                )
            )
        else:
            left += [_reason(visits[i], len(members) > 1, shifts, travel) for i in members]
    return jobs, left


def _together(visits: Sequence[Visit]) -> list[list[int]]:
    """Visits of one pair stand together, the others alone; in the order given."""
    groups: dict[object, list[int]] = {}
    for number, visit in enumerate(visits):
        groups.setdefault(visit.pair if visit.pair is not None else (number,), []).append(number)
    found = []
    for members in groups.values():
        found += [members[i : i + 2] for i in range(0, len(members), 2)]
    return found


def _options(
    visits: Sequence[Visit],
    order: tuple[int, ...],
    shifts: Sequence[Shift],
    travel: Mapping[str, Travel],
) -> list[Option]:
    found: dict[tuple[int, int, int], set[int]] = {}
    for number, shift in enumerate(shifts):
        if not all(_may(visit, shift) for visit in visits):
            continue
        between_ = _between(visits, travel[shift.mode])
        if between_ is None:
            continue
        work = between_ + 60 * sum(visit.minutes for visit in visits)
        for early, late in _starts(visits, between_, shift):
            if _there_and_back(visits, shift, travel[shift.mode], work, early, late) is None:
                found.setdefault((work, early, late), set()).add(number)
    first, last = visits[0].place, visits[-1].place
    return [
        Option(first, last, work, early, late, frozenset(able), order)
        for (work, early, late), able in found.items()
    ]


def _may(visit: Visit, shift: Shift) -> bool:
    return _wanted(visit, shift) and visit.skills <= shift.skills


def _wanted(visit: Visit, shift: Shift) -> bool:
    """Whether the planner left this team and day open."""
    last = visit.not_after_day
    return (
        visit.team in (None, shift.team)
        and visit.day in (None, shift.day)
        and shift.day >= visit.not_before_day
        and (last is None or shift.day <= last)
    )


def _between(visits: Sequence[Visit], travel: Travel) -> int | None:
    """Seconds from one visit of a pair to the other; 0 for one alone; None without a way."""
    legs = [int(travel.seconds[a.place, b.place]) for a, b in itertools.pairwise(visits)]
    return None if any(leg < 0 for leg in legs) else sum(legs)


def _hours(visit: Visit, shift: Shift) -> list[tuple[int, int]]:
    """Earliest and latest start of a visit on the day of a shift, in seconds."""
    if visit.at is not None:
        return [(60 * visit.at, 60 * visit.at)]
    given = visit.hours or (Hours(0, 1440),)
    spans = [(h.open, h.close - visit.minutes) for h in given if h.day in (None, shift.day)]
    return [(60 * early, 60 * late) for early, late in spans if early <= late]


def _starts(visits: Sequence[Visit], legs: int, shift: Shift) -> list[tuple[int, int]]:
    """Earliest and latest start of the job."""
    first = _hours(visits[0], shift)
    if len(visits) == 1:
        return first
    before = 60 * visits[0].minutes + legs
    found = []
    for (early, late), (open_, close) in itertools.product(first, _hours(visits[1], shift)):
        both = max(early, open_ - before), min(late, close - before)
        if both[0] <= both[1]:
            found.append(both)
    return found


def _there_and_back(
    visits: Sequence[Visit], shift: Shift, travel: Travel, work: int, early: int, late: int
) -> str | None:
    """Why a shift cannot do the job even alone; None where it can."""
    there = int(travel.seconds[shift.start_place, visits[0].place])
    back = int(travel.seconds[visits[-1].place, shift.end_place])
    if there < 0 or back < 0:
        return "NO_ROAD"
    start = max(60 * shift.start + there, early)
    if start > late:
        return "CLOSED" if late < 60 * shift.start or there == 0 else "TOO_FAR"
    if start + work + back > 60 * shift.end:
        return "CLOSED" if early >= 60 * shift.end else "TOO_FAR"
    full = shift.visits_max is not None and shift.visits_max < sum(v.records for v in visits)
    return "NO_CAPACITY" if full else None


def _reason(
    visit: Visit, paired: bool, shifts: Sequence[Shift], travel: Mapping[str, Travel]
) -> LeftVisit:
    """The first test that no shift passes."""
    if not shifts:
        return LeftVisit(visit.id, "NO_HOURS")
    able = [shift for shift in shifts if visit.skills <= shift.skills]
    if not able:
        named = ", ".join(sorted(visit.skills))
        return LeftVisit(visit.id, "NO_SKILL", Text(named, named))
    able = [shift for shift in able if _wanted(visit, shift)]
    if not able:
        return LeftVisit(visit.id, "NO_TEAM")
    pair = Text("เยี่ยมคู่กัน", "visited as a pair") if paired else None
    faults = []
    for shift in able:
        for early, late in _starts([visit], 0, shift) or [(-1, -1)]:
            work = 60 * visit.minutes
            fault = _there_and_back([visit], shift, travel[shift.mode], work, early, late)
            faults.append("CLOSED" if early < 0 else fault)
    for code in ("NO_CAPACITY", "TOO_FAR", "CLOSED", "NO_ROAD"):
        if code in faults:
            return LeftVisit(visit.id, code, pair or _shown(visit, code))
    return LeftVisit(visit.id, "NO_TIME", pair)


def _shown(visit: Visit, code: str) -> Text | None:
    if code != "CLOSED" or not visit.hours:
        return None
    spans = ", ".join(f"{clock(h.open)}-{clock(h.close)}" for h in visit.hours)
    return Text(spans, spans)
