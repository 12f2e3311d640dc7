"""The clock of a tour: when a group that goes from place to place can begin (TOUR-R122 to R125)."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from geo.routing.tour import FIRST_STOP, Tour, rounds_needed

__all__ = ["NEVER", "Clock", "Moment", "Opening"]

NEVER = 10**7
"""Minutes for a pair of places that cannot be travelled."""


class Opening(NamedTuple):
    """A window as starts: from ``open`` to ``latest``, or at ``open`` only."""

    open: int
    latest: int
    fixed: bool


class Moment(NamedTuple):
    """Where and when a group is free to go on, and whether it has had its meal of the day."""

    place: int
    time: int
    fed: bool = False


class Clock:
    """Plain lists of a tour for fast stepping. Stops are numbered in the order of their ids.

    ``meal`` is the number that stands for the meal in a sequence of stops.
    """

    def __init__(self, tour: Tour) -> None:
        rules = tour.rules
        self.tour = tour
        self.order = sorted(range(len(tour.stops)), key=lambda place: tour.stops[place].id)
        self.stops = [tour.stops[place] for place in self.order]
        self.meal = len(self.stops)
        self.break_ = rules.meal
        self.max_wait = rules.max_wait_min
        self.buffer = rules.stop_buffer_min
        self.flexible = rules.flexible_departure
        self.places = [FIRST_STOP + place for place in self.order]
        self.travel = [[NEVER if m < 0 else int(m) for m in row] for row in tour.minutes.tolist()]
        self.service = [stop.minutes * max(rounds_needed(stop, rules), 1) for stop in self.stops]
        self.price = [round(100 * stop.price) for stop in self.stops]
        self.score = [round(100 * stop.score) for stop in self.stops]
        self.openings = [
            [self._openings(stop, day) for stop in range(len(self.stops))]
            for day in range(len(tour.days))
        ]
        within = self.places
        self.nearest = [min((self.travel[i][j] for i in range(len(self.travel)) if i != j),
                            default=0) for j in within]  # fmt: skip

    def _openings(self, stop: int, day: int) -> tuple[Opening, ...]:
        found = []
        for window in sorted(self.stops[stop].windows[day]):
            latest = window.close
            if self.tour.rules.window_mode == "finish_within":
                latest -= self.service[stop]
            if window.last_entry is not None:
                latest = min(latest, window.last_entry)
            if latest >= window.open:
                found.append(Opening(window.open, latest, window.fixed))
        return tuple(found)

    def start(self, day: int, stop: int, arrival: int, max_wait: int) -> int:
        """The start of the service after an arrival, -1 where there is none."""
        for opening in self.openings[day][stop]:
            if arrival <= opening.open:
                return opening.open if opening.open - arrival <= max_wait else -1
            if not opening.fixed and arrival <= opening.latest:
                return arrival
        return -1

    def step(self, day: int, at: Moment, item: int) -> Moment | None:
        """Go to a stop (or take the meal) and leave it; None where that breaks a rule."""
        if item == self.meal:
            return self._eat(at)
        place = self.places[item]
        arrival = at.time + self.travel[at.place][place] + self.buffer
        leaves_home = self.flexible and at.time == self.tour.days[day].start
        start = self.start(day, item, arrival, NEVER if leaves_home else self.max_wait)
        return Moment(place, start + self.service[item], at.fed) if start >= 0 else None

    def _eat(self, at: Moment) -> Moment | None:
        if at.fed or self.break_ is None:
            return None
        start = max(at.time, self.break_.open)
        if start - at.time > self.max_wait or start + self.break_.minutes > self.break_.close:
            return None
        return Moment(at.place, start + self.break_.minutes, fed=True)

    def finish(self, day: int, at: Moment, goal: int) -> int:
        """Arrival at the end place of the day, -1 where it is too late or the meal is missing."""
        arrival = at.time + self.travel[at.place][goal]
        if arrival > self.tour.days[day].end:
            return -1
        return arrival if at.fed or not self.needs_meal(day, arrival) else -1

    def needs_meal(self, day: int, finish: int) -> bool:
        """Whether a day that ends then holds the whole time in which the meal may begin."""
        if self.break_ is None:
            return False
        latest = self.break_.close - self.break_.minutes
        return self.tour.days[day].start <= latest < finish

    def walk(self, day: int, origin: int, sequence: Iterable[int], goal: int) -> int:
        """Arrival at the end of a day of stops in this order, -1 where it breaks a rule."""
        at = Moment(origin, self.tour.days[day].start)
        for item in sequence:
            after = self.step(day, at, item)
            if after is None:
                return -1
            at = after
        return self.finish(day, at, goal)

    def travelled(self, origin: int, sequence: Iterable[int], goal: int) -> int:
        """Minutes of travel of a day."""
        places = [origin, *(self.places[i] for i in sequence if i != self.meal), goal]
        return sum(self.travel[i][j] for i, j in itertools.pairwise(places))

    def nights(self, lodging: Sequence[int]) -> list[int]:
        """The places where the days begin and end, given the lodging of each night."""
        return [0, *(self.tour.lodging_place(item) for item in lodging), 1]
