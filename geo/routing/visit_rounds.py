"""Plans of visit rounds: the most urgent first, then least driving (debtors.md DEBT-R24).

PyVRP searches: a visit is a client with a prize above any detour, a team on a day is a vehicle,
what a shift may not do is a load that it cannot carry.
"""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pyvrp import Client, ClientGroup, Depot, Location, ProblemData, Route, Solution, VehicleType

from geo.routing.insertion import insert_jobs
from geo.routing.vehicles import StopRule, solve_routes
from geo.routing.visit_jobs import Job, Option, jobs_of
from geo.routing.visits import LeftVisit, RoundRules, Shift, Travel, Visit
from geo.text import Text

__all__ = ["Round", "RoundPlan", "VisitTime", "hold", "plan_rounds"]

LOAD = 1_000  # units of one record, so that an excess costs more than any prize
SHORTEST_S = 600  # a stop with its drive, for how many a shift can hold at most


@dataclass(frozen=True, slots=True, kw_only=True)
class VisitTime:
    """A visit on a round: order from 1, times in seconds of the day, the leg that leads to it."""

    id: str
    seq: int
    place: int
    leg_from: int
    leg_seconds: int
    leg_metres: int
    arrive: int
    start: int
    leave: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Round:
    """One shift as planned; ``leg_`` is the way to its end place."""

    shift: Shift
    depart: int
    finish: int
    leg_seconds: int
    leg_metres: int
    visits: tuple[VisitTime, ...]

    @property
    def drive_seconds(self) -> int:
        """All driving of the day."""
        return self.leg_seconds + sum(visit.leg_seconds for visit in self.visits)

    @property
    def drive_metres(self) -> int:
        """Length of all driving of the day."""
        return self.leg_metres + sum(visit.leg_metres for visit in self.visits)


@dataclass(frozen=True, slots=True, kw_only=True)
class RoundPlan:
    """The rounds (shifts without a visit too), who is left out, and how it was found.

    ``notes`` tell of teams without hours. ``stopped_by``: time, idle, or nothing to search.
    """

    rounds: tuple[Round, ...]
    left_out: tuple[LeftVisit, ...]
    notes: tuple[Text, ...] = ()
    stopped_by: str = "nothing"
    search_rounds: int = 0
    seconds: float = 0.0
    seed: int = 1


def plan_rounds(
    visits: Sequence[Visit],
    shifts: Sequence[Shift],
    travel: Mapping[str, Travel],
    rules: RoundRules | None = None,
) -> RoundPlan:
    """Plan who visits whom and when; every visit is on a round or left out with a reason.

    ``travel`` has the matrices of every mode of the shifts.

    >>> way = np.array([[0, 600, 900], [600, 0, 400], [800, 400, 0]])
    >>> team = Shift(team="a", day=0, start_place=0, end_place=0, start=540, end=720)
    >>> people = [Visit(id=name, place=i, minutes=30) for i, name in ((1, "x"), (2, "y"))]
    >>> plan = plan_rounds(people, [team], {"car": Travel(way, 10 * way)},
    ...                    RoundRules(idle_rounds=50))
    >>> [visit.id for visit in plan.rounds[0].visits], plan.rounds[0].drive_seconds
    (['x', 'y'], 1800)
    """
    rules = rules or RoundRules()
    deadline = time.perf_counter() + rules.seconds
    out, notes = _working(shifts, rules.reserve_pct)
    jobs, left = jobs_of(visits, out, travel)
    jobs, beyond = _considered(jobs, out, rules.consider)
    left += [LeftVisit(visits[i].id, "NO_CAPACITY") for job in beyond for i in job.visits]
    if not jobs:
        rounds = tuple(_timed(shift, [], visits, travel[shift.mode]) for shift in out)
        return RoundPlan(rounds=rounds, left_out=tuple(left), notes=notes, seed=rules.seed)
    first = insert_jobs(jobs, out, travel, deadline=deadline)
    problem = _Problem(jobs, out, travel, strict=_all_must(jobs, first))
    left_s = min(max(deadline - time.perf_counter(), 0.1), rules.seconds)
    stop = StopRule(seconds=left_s, idle_rounds=rules.idle_rounds)
    solved = solve_routes(problem.data, stop, rules.seed, problem.solution(first))
    chosen = problem.chosen(solved.solution) if solved.feasible else first
    rounds = tuple(
        _timed(shift, [jobs[j].options[o] for j, o in chosen[number]], visits, travel[shift.mode])
        for number, shift in enumerate(out)
    )
    done = {job for route in chosen for job, _ in route}
    left += _lost(jobs, done, rounds, visits)
    return RoundPlan(
        rounds=rounds,
        left_out=tuple(left),
        notes=notes,
        stopped_by=solved.stopped_by,
        search_rounds=solved.rounds,
        seconds=solved.seconds,
        seed=rules.seed,
    )


def hold(visits: Sequence[Visit], plan: RoundPlan) -> list[Visit]:
    """The visits with team and day fixed as planned; those left out stay free.

    So a visit can be added without moving anybody to another day.
    """
    where = {v.id: one.shift for one in plan.rounds for v in one.visits}
    return [
        replace(visit, team=where[visit.id].team, day=where[visit.id].day, must=True)
        if visit.id in where
        else visit
        for visit in visits
    ]


def _working(shifts: Sequence[Shift], reserve_pct: float) -> tuple[list[Shift], tuple[Text, ...]]:
    """The shifts that have time for a visit, the reserve taken off; notes on the others."""
    found, notes = [], []
    for shift in shifts:
        end = shift.start + int((shift.end - shift.start) * (1 - reserve_pct / 100))
        if shift.end > shift.start and shift.visits_max != 0:
            found.append(replace(shift, end=end))
        else:
            day = shift.day + 1
            notes.append(
                Text(
                    f"ทีม {shift.team} ไม่มีเวลาทำงานในวันที่ {day} ของแผน",
                    f"Team {shift.team} has no hours on day {day} of the plan",
                )
            )
    return found, tuple(notes)


def _considered(
    jobs: list[Job], shifts: Sequence[Shift], consider: float
) -> tuple[list[Job], list[Job]]:
    """The jobs of most worth that the shifts could hold so many times over, and the rest."""
    room = sum(
        (60 * (shift.end - shift.start)) // SHORTEST_S
        if shift.visits_max is None
        else shift.visits_max
        for shift in shifts
    )
    limit = max(int(consider * room), 1)
    order = sorted(range(len(jobs)), key=lambda j: (not jobs[j].must, -jobs[j].worth, j))
    kept, count = [], 0
    for number in order:
        if not jobs[number].must and count >= limit:
            break
        kept.append(number)
        count += jobs[number].records
    inside = set(kept)
    return [jobs[j] for j in sorted(kept)], [j for i, j in enumerate(jobs) if i not in inside]


def _all_must(jobs: Sequence[Job], routes: Sequence[Sequence[tuple[int, int]]]) -> bool:
    """Whether the routes hold every must-visit, so that the search may insist on them."""
    held = {job for route in routes for job, _ in route}
    return all(number in held for number, job in enumerate(jobs) if job.must)


class _Problem:
    """Jobs and shifts as PyVRP data, and the way back.

    Must-visits are required where that is possible (``strict``), else worth more than any other.
    """

    def __init__(
        self,
        jobs: Sequence[Job],
        shifts: Sequence[Shift],
        travel: Mapping[str, Travel],
        *,
        strict: bool,
    ) -> None:
        self.shifts = shifts
        self.client_of = [(j, o) for j, job in enumerate(jobs) for o in range(len(job.options))]
        self.number = {pair: client for client, pair in enumerate(self.client_of)}
        options = [jobs[j].options[o] for j, o in self.client_of]
        bans = self._bans(options)
        ends = sorted({place for s in shifts for place in (s.start_place, s.end_place)})
        enters = [*ends, *(option.enter for option in options)]
        leaves = [*ends, *(option.leave for option in options)]
        modes = sorted({shift.mode for shift in shifts})
        matrices = [_between(travel[mode].seconds, leaves, enters) for mode in modes]
        farthest = 2 * max(int(m[m < FORBIDDEN].max()) for m in matrices) + 1
        prizes = _prizes(jobs, farthest)
        groups = [[c for c, (j, _) in enumerate(self.client_of) if j == job]
                  for job in range(len(jobs))]  # fmt: skip
        shared = [group for group in groups if len(group) > 1]
        group_of = {client: g for g, members in enumerate(shared) for client in members}
        self.data = ProblemData(
            locations=[Location(0.0, 0.0) for _ in enters],
            clients=[
                Client(
                    location=len(ends) + client,
                    delivery=[LOAD * jobs[j].records, *(int(b in bans[client]) * LOAD
                                                        for b in range(len(self.banned)))],
                    service_duration=options[client].work,
                    tw_early=options[client].early,
                    tw_late=options[client].late,
                    prize=prizes[j],
                    required=strict and jobs[j].must and client not in group_of,
                    group=group_of.get(client),
                )
                for client, (j, _) in enumerate(self.client_of)
            ],
            depots=[Depot(number) for number in range(len(ends))],
            vehicle_types=[
                VehicleType(
                    start_depot=ends.index(shift.start_place),
                    end_depot=ends.index(shift.end_place),
                    capacity=self._capacity(number, jobs),
                    tw_early=60 * shift.start,
                    tw_late=60 * shift.end,
                    profile=modes.index(shift.mode),
                    name=f"{shift.team} {shift.day}",
                )
                for number, shift in enumerate(shifts)
            ],
            distance_matrices=matrices,
            duration_matrices=matrices,
            groups=[
                ClientGroup(group, required=strict and jobs[self.client_of[group[0]][0]].must)
                for group in shared
            ],
        )  # fmt: skip

    def _bans(self, options: Sequence[Option]) -> list[set[int]]:
        """Each set of shifts that some option must not use is a kind of load."""
        everyone = frozenset(range(len(self.shifts)))
        self.banned: list[frozenset[int]] = []
        found = []
        for option in options:
            ban = everyone - option.shifts
            if ban and ban not in self.banned:
                self.banned.append(ban)
            found.append({self.banned.index(ban)} if ban else set())
        return found

    def _capacity(self, shift: int, jobs: Sequence[Job]) -> list[int]:
        whole = LOAD * sum(job.records for job in jobs)
        most = self.shifts[shift].visits_max
        return [
            whole if most is None else LOAD * most,
            *(0 if shift in ban else whole for ban in self.banned),
        ]

    def solution(self, routes: Sequence[Sequence[tuple[int, int]]]) -> Solution:
        """Routes of (job, option) as a solution to start from."""
        return Solution(
            self.data,
            [
                Route(self.data, [self.number[pair] for pair in route], vehicle_type=number)
                for number, route in enumerate(routes)
                if route
            ],
        )

    def chosen(self, solution: Solution) -> list[list[tuple[int, int]]]:
        """The (job, option) pairs of each shift, in order."""
        found: list[list[tuple[int, int]]] = [[] for _ in self.shifts]
        for route in solution.routes():
            found[route.vehicle_type()] = [
                self.client_of[visit.idx] for visit in route if visit.is_client()
            ]
        return found


def _prizes(jobs: Sequence[Job], farthest: int) -> list[int]:
    """What each job is worth in seconds of driving: the least one more than any detour."""
    worth = [max(job.worth, LEAST_WORTH) for job in jobs]
    least, most = min(worth), max(worth)
    return [
        round(farthest * (MUST_FACTOR * most if job.must else one) / least)
        for job, one in zip(jobs, worth, strict=True)
    ]


LEAST_WORTH = 0.001
MUST_FACTOR = 4
FORBIDDEN = 10**8  # seconds of a way that does not exist


def _between(seconds: NDArray[np.int64], leaves: list[int], enters: list[int]) -> Any:
    found = seconds[np.ix_(leaves, enters)].astype(np.int64)
    found[found < 0] = FORBIDDEN
    np.fill_diagonal(found, 0)
    return found


def _timed(
    shift: Shift, options: Sequence[Option], visits: Sequence[Visit], travel: Travel
) -> Round:
    """Times along a round; the team leaves as late as its first visit allows."""
    now, place = 60 * shift.start, shift.start_place
    timed: list[VisitTime] = []
    for option in options:
        for step, number in enumerate(option.visits):
            visit = visits[number]
            leg = int(travel.seconds[place, visit.place])
            arrive = now + leg
            start = max(arrive, option.early) if step == 0 else arrive
            timed.append(
                VisitTime(
                    id=visit.id,
                    seq=len(timed) + 1,
                    place=visit.place,
                    leg_from=place,
                    leg_seconds=leg,
                    leg_metres=int(travel.metres[place, visit.place]),
                    arrive=arrive,
                    start=start,
                    leave=start + 60 * visit.minutes,
                )
            )
            now, place = timed[-1].leave, visit.place
    if timed:
        timed[0] = replace(timed[0], arrive=timed[0].start)
    back = int(travel.seconds[place, shift.end_place]) if timed else 0
    return Round(
        shift=shift,
        depart=timed[0].arrive - timed[0].leg_seconds if timed else now,
        finish=now + back,
        leg_seconds=back,
        leg_metres=int(travel.metres[place, shift.end_place]) if timed else 0,
        visits=tuple(timed),
    )


def _lost(
    jobs: Sequence[Job], done: set[int], rounds: Sequence[Round], visits: Sequence[Visit]
) -> list[LeftVisit]:
    """The visits that lost against others: no visit left in any shift, else no time."""
    records = {visit.id: visit.records for visit in visits}
    room = [
        one.shift.visits_max is None
        or sum(records[v.id] for v in one.visits) < one.shift.visits_max
        for one in rounds
    ]
    found = []
    for number, job in enumerate(jobs):
        if number in done:
            continue
        able = frozenset().union(*(option.shifts for option in job.options))
        reason = "NO_TIME" if any(room[shift] for shift in able) else "NO_CAPACITY"
        found += [LeftVisit(visits[i].id, reason) for i in job.visits]
    return found
