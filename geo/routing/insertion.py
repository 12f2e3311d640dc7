"""A first plan of rounds: jobs by worth, each where it adds least driving."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence

from geo.routing.visit_jobs import Job, Option
from geo.routing.visits import Shift, Travel

__all__ = ["insert_jobs"]

Pair = tuple[int, int]
"""A job and the way in which it is done."""


def insert_jobs(
    jobs: Sequence[Job],
    shifts: Sequence[Shift],
    travel: Mapping[str, Travel],
    *,
    deadline: float | None = None,
) -> list[list[Pair]]:
    """Routes of (job, option) for each shift that keep every hour and limit.

    Must-visits first, then by worth; a job that fits nowhere is left out, and so is the rest when
    ``deadline`` passes (clock of ``time.perf_counter``).
    """
    return _Insertion(jobs, shifts, travel).run(deadline)


class _Insertion:
    def __init__(
        self, jobs: Sequence[Job], shifts: Sequence[Shift], travel: Mapping[str, Travel]
    ) -> None:
        self.jobs, self.shifts = jobs, shifts
        lists = {mode: travel[mode].seconds.tolist() for mode in {s.mode for s in shifts}}
        self.seconds = [lists[shift.mode] for shift in shifts]
        self.routes: list[list[Pair]] = [[] for _ in shifts]
        self.records = [0] * len(shifts)

    def run(self, deadline: float | None) -> list[list[Pair]]:
        jobs = self.jobs
        for job in sorted(range(len(jobs)), key=lambda j: (not jobs[j].must, -jobs[j].worth, j)):
            if deadline is not None and time.perf_counter() > deadline:
                break
            best: tuple[int, int, int, int] | None = None
            for number, option in enumerate(jobs[job].options):
                for shift in option.shifts:
                    offer = self._best_place(shift, job, option)
                    if offer is not None and (best is None or offer < best[:2]):
                        best = (*offer, shift, number)
            if best is not None:
                _, at, shift, number = best
                self.routes[shift].insert(at, (job, number))
                self.records[shift] += jobs[job].records
        return self.routes

    def _best_place(self, shift: int, job: int, option: Option) -> tuple[int, int] | None:
        most = self.shifts[shift].visits_max
        if most is not None and self.records[shift] + self.jobs[job].records > most:
            return None
        seconds, route = self.seconds[shift], self.routes[shift]
        stops = [self.jobs[j].options[o] for j, o in route]
        leaves = [self.shifts[shift].start_place, *(stop.leave for stop in stops)]
        enters = [*(stop.enter for stop in stops), self.shifts[shift].end_place]
        offers = []
        for at, (before, after) in enumerate(zip(leaves, enters, strict=True)):
            there, back = seconds[before][option.enter], seconds[option.leave][after]
            if there >= 0 and back >= 0:
                offers.append((there + back - max(seconds[before][after], 0), at))
        for more, at in sorted(offers):
            if self._fits(shift, [*stops[:at], option, *stops[at:]]):
                return more, at
        return None

    def _fits(self, shift: int, stops: Sequence[Option]) -> bool:
        seconds = self.seconds[shift]
        now, place = 60 * self.shifts[shift].start, self.shifts[shift].start_place
        for stop in stops:
            start = max(now + seconds[place][stop.enter], stop.early)
            if start > stop.late:
                return False
            now, place = start + stop.work, stop.leave
        back = seconds[place][self.shifts[shift].end_place]
        return bool(now + back <= 60 * self.shifts[shift].end)
