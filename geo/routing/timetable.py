"""The timetable of a tour in a given order, with every rule that it breaks (TOUR-R122, R136)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from geo.errors import ParameterError
from geo.routing.tour import Tour, clock, rounds_needed
from geo.routing.tour_clock import NEVER, Clock
from geo.routing.tour_reasons import Violation
from geo.text import Text

__all__ = ["MEAL", "DayTimes", "StopTime", "Timetable", "timetable"]

MEAL = "meal"
"""Stands for the meal break in an order of stop ids."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StopTime:
    """A stop of a day: its times in minutes of the day, the leg that leads to it.

    ``seq`` counts from 1 (0 for the meal); ``place`` and ``leg_from`` are places of the matrix.
    """

    id: str
    seq: int
    place: int
    leg_from: int
    leg_minutes: int
    arrive: int
    start: int
    leave: int
    price: float = 0.0
    rounds: int = 1
    capacity_left: int | None = None

    @property
    def wait(self) -> int:
        """Minutes between arrival and start."""
        return self.start - self.arrive


@dataclass(frozen=True, slots=True, kw_only=True)
class DayTimes:
    """A day: departure, stops, and the leg to the place where it ends."""

    number: int
    origin: int
    goal: int
    depart: int
    finish: int
    leg_minutes: int
    stops: tuple[StopTime, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Timetable:
    """A timed tour and its totals; cost in baht per person."""

    days: tuple[DayTimes, ...]
    lodgings: tuple[str, ...]
    score: float
    travel_min: int
    wait_min: int
    cost_pp: float
    violations: tuple[Violation, ...]

    @property
    def order(self) -> tuple[tuple[str, ...], ...]:
        """The ids of the stops of each day, without the meals."""
        return tuple(tuple(s.id for s in day.stops if s.seq) for day in self.days)

    @property
    def finish(self) -> int:
        """Arrival at the end of the last day."""
        return self.days[-1].finish


def timetable(
    tour: Tour, order: Sequence[Sequence[str]], lodgings: Sequence[str] = ()
) -> Timetable:
    """Time the stops in exactly this order; nothing is moved, what does not fit is listed.

    ``order`` holds stop ids, and MEAL where the break is taken, for each day.

    Raises ParameterError ``order_unknown_stop`` or ``order_days`` for an order that is not of
    this tour.
    """
    return _Timing(tour).table(order, lodgings)


class _Timing:
    def __init__(self, tour: Tour) -> None:
        self.tour = tour
        self.clock = Clock(tour)
        self.number = {stop.id: place for place, stop in enumerate(self.clock.stops)}
        self.lodging = {item.id: place for place, item in enumerate(tour.lodgings)}
        self.violations: list[Violation] = []

    def table(self, order: Sequence[Sequence[str]], lodgings: Sequence[str]) -> Timetable:
        self._known(order, lodgings)
        chain = [self.lodging[item] for item in lodgings]
        places = self.clock.nights(chain)
        days = tuple(
            self._day(number, places[number], list(stops), places[number + 1])
            for number, stops in enumerate(order)
        )
        visited = [stop for stops in order for stop in stops if stop != MEAL]
        cost = self._cost(set(visited), chain)
        self._whole(visited, chain, cost)
        return Timetable(
            days=days,
            lodgings=tuple(lodgings),
            score=sum(self.clock.score[self.number[stop]] for stop in set(visited)) / 100,
            travel_min=sum(d.leg_minutes + sum(s.leg_minutes for s in d.stops) for d in days),
            wait_min=sum(s.wait for d in days for s in d.stops),
            cost_pp=cost,
            violations=tuple(self.violations),
        )

    def _known(self, order: Sequence[Sequence[str]], lodgings: Sequence[str]) -> None:
        for stop in (stop for stops in order for stop in stops):
            if stop != MEAL and stop not in self.number:
                raise _not_of_tour(stop)
        for item in lodgings:
            if item not in self.lodging:
                raise _not_of_tour(item)
        if len(order) != len(self.tour.days) or len(lodgings) != self.tour.nights:
            days = len(self.tour.days)
            raise ParameterError(
                "order_days",
                Text(
                    f"ลำดับต้องมี {days} วันและที่พัก {days - 1} คืน",
                    f"The order must have {days} days and lodgings for {days - 1} nights",
                ),
            )

    def _day(self, number: int, origin: int, order: list[str], goal: int) -> DayTimes:
        depart = now = self.tour.days[number].start
        place, fed = origin, False
        stops: list[StopTime] = []
        for stop in order:
            if stop == MEAL:
                timed = self._meal(number, place, now)
                fed = True
            else:
                first = self.clock.flexible and now == self.tour.days[number].start
                timed = self._visit(number, stop, place, now, sum(s.seq > 0 for s in stops), first)
                if first and not stops:
                    depart = timed.arrive - timed.leg_minutes - self.clock.buffer
            stops.append(timed)
            place, now = timed.place, timed.leave
        leg = self._leg(number, None, place, goal)
        finish = now + leg
        self._ended(number, finish, fed=fed)
        return DayTimes(
            number=number + 1,
            origin=origin,
            goal=goal,
            depart=depart,
            finish=finish,
            leg_minutes=leg,
            stops=tuple(stops),
        )

    def _visit(
        self, day: int, stop: str, place: int, now: int, before: int, flexible: bool
    ) -> StopTime:
        number = self.number[stop]
        there = self.clock.places[number]
        leg = self._leg(day, stop, place, there)
        arrive = now + leg + self.clock.buffer
        start = self.clock.start(day, number, arrive, NEVER if flexible else self.clock.max_wait)
        if start < 0:
            start = self._misfit(day, number, arrive)
        if flexible:
            arrive = start
        item, rules = self.clock.stops[number], self.tour.rules
        rounds = rounds_needed(item, rules)
        if not rounds:
            group = rules.group_size
            self._broken("CAPACITY", day, stop, f"{group} > {item.capacity}")
        left = None if item.capacity is None else item.capacity * max(rounds, 1) - rules.group_size
        return StopTime(
            id=stop,
            seq=before + 1,
            place=there,
            leg_from=place,
            leg_minutes=leg,
            arrive=arrive,
            start=start,
            leave=start + self.clock.service[number],
            price=item.price,
            rounds=max(rounds, 1),
            capacity_left=left,
        )

    def _meal(self, day: int, place: int, now: int) -> StopTime:
        meal = self.clock.break_
        if meal is None:
            raise _not_of_tour(MEAL)
        start = max(now, meal.open)
        if start + meal.minutes > meal.close or start - now > self.clock.max_wait:
            self._broken("MEAL", day, None, f"{clock(start)}-{clock(start + meal.minutes)}")
        return StopTime(
            id=MEAL,
            seq=0,
            place=place,
            leg_from=place,
            leg_minutes=0,
            arrive=now,
            start=start,
            leave=start + meal.minutes,
        )

    def _misfit(self, day: int, number: int, arrive: int) -> int:
        """The start of a service that breaks a rule, which is noted."""
        stop, openings = self.clock.stops[number].id, self.clock.openings[day][number]
        later = [opening.open for opening in openings if opening.open >= arrive]
        if later:
            wait, limit = min(later) - arrive, self.clock.max_wait
            self._broken("WAIT", day, stop, f"{wait} > {limit} min")
            return min(later)
        if openings:
            latest = max(o.open if o.fixed else o.latest for o in openings)
            self._broken("TIME_WINDOW", day, stop, f"{clock(arrive)} > {clock(latest)}")
        elif self.clock.stops[number].windows[day]:
            self._broken("TIME_WINDOW", day, stop, f"{self.clock.service[number]} min")
        else:
            self._broken("CLOSED_DAY", day, stop, clock(arrive))
        return arrive

    def _leg(self, day: int, stop: str | None, origin: int, goal: int) -> int:
        minutes = self.clock.travel[origin][goal]
        if minutes < NEVER:
            return minutes
        self._broken("UNREACHABLE", day, stop, "-")
        return 0

    def _ended(self, day: int, finish: int, *, fed: bool) -> None:
        end = self.tour.days[day].end
        if finish > end:
            self._broken("DAY_END", day, None, f"{clock(finish)} > {clock(end)}")
        if not fed and self.clock.needs_meal(day, finish):
            self._broken("MEAL", day, None, "-")

    def _cost(self, visited: set[str], chain: Sequence[int]) -> float:
        satang = sum(self.clock.price[self.number[stop]] for stop in visited)
        satang += sum(round(100 * self.tour.lodgings[item].price) for item in chain)
        return (satang + round(100 * self.tour.rules.fares_pp)) / 100

    def _whole(self, visited: Sequence[str], chain: Sequence[int], cost: float) -> None:
        rules = self.tour.rules
        for stop, times in Counter(visited).items():
            if times > 1:
                self._broken("TWICE", None, stop, f"{times} > 1")
        for item in self.clock.stops:
            if item.must and item.id not in visited:
                self._broken("MUST_MISSING", None, item.id, item.id)
        for number in sorted(set(chain)):
            lodging = self.tour.lodgings[number]
            if lodging.beds is not None and lodging.beds < rules.group_size:
                self._broken("BEDS", None, lodging.id, f"{rules.group_size} > {lodging.beds}")
        if rules.budget_pp is not None and cost > rules.budget_pp:
            self._broken("BUDGET", None, None, f"{cost:,.0f} > {rules.budget_pp:,.0f} THB")

    def _broken(self, code: str, day: int | None, stop: str | None, figures: str) -> None:
        number = None if day is None else day + 1
        self.violations.append(Violation(code, number, stop, Text(figures, figures)))


def _not_of_tour(stop: str) -> ParameterError:
    return ParameterError(
        "order_unknown_stop",
        Text(f"ไม่มี {stop} ในเส้นทางนี้", f"{stop} is no part of this tour"),
        stop=stop,
    )
