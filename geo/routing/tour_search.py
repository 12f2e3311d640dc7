"""Search of a tour beyond the exact one: ruin and recreate with annealing (TOUR-R133 to R135).

Each round takes a few stops out, puts stops back in where they cost least travel, and keeps the
result if it is better or, early on, not much worse. Rounds are counted, not timed, so that the
same tour gives the same answer; the time limit only cuts a slow machine short.
"""

from __future__ import annotations

import math
import random
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from geo.routing.tour_clock import Clock, Moment
from geo.routing.tour_exact import Choice, Key, best_order

__all__ = ["ROUNDS", "Searched", "search_some"]

ROUNDS = 15_000
HURRY_FROM, HURRY = 0.2, 1.25  # of the time gone, and how far the rounds lag behind it
ORDER_MAX = 9  # stops of a day whose order is settled exactly at the end
HOT, COLD = 0.4, 0.004  # temperatures in shares of the mean score of a stop
TRAVEL_WORTH = 0.002  # of the mean score, for a minute of travel less
MISSED = 10**9  # of a must-visit stop


class Searched(NamedTuple):
    """The best tour, None where a must-visit stop found no place; the rounds; what ended them."""

    best: Choice | None
    rounds: int
    seconds: float
    stopped_by: str


@dataclass(slots=True)
class _Plan:
    """Stops of each day, the lodging of each night, and what they are worth."""

    days: list[list[int]]
    chain: tuple[int, ...]
    energy: float = 0.0
    inside: set[int] = field(default_factory=set)

    def copy(self) -> _Plan:
        return _Plan([list(day) for day in self.days], self.chain, self.energy, set(self.inside))


def search_some(
    clock: Clock,
    lodgings: Sequence[int],
    *,
    price_max: int | None,
    rounds: int = ROUNDS,
    deadline: float | None = None,
) -> Searched:
    """The best tour found; ``lodgings`` have beds enough, prices are in satang.

    ``deadline`` is on the clock of ``time.perf_counter``.
    """
    return _Search(clock, lodgings, price_max).run(rounds, deadline)


class _Search:
    def __init__(self, clock: Clock, lodgings: Sequence[int], price_max: int | None) -> None:
        self.clock = clock
        self.lodgings = list(lodgings)
        self.price_max = price_max
        self.stops_max = clock.tour.rules.max_stops
        self.random = random.Random(clock.tour.rules.seed)  # noqa: S311 - repeatable by design
        self.mean = max(sum(clock.score) / max(len(clock.score), 1), 1.0)
        self.must = {i for i, stop in enumerate(clock.stops) if stop.must}

    def run(self, rounds: int, deadline: float | None) -> Searched:
        began = time.perf_counter()
        plan = self._first()
        done, stopped = 0, "rounds"
        if plan is None:
            return Searched(None, 0, time.perf_counter() - began, stopped)
        best, key = plan.copy(), self._key(plan)
        for done in range(1, rounds + 1):
            if deadline is not None and time.perf_counter() > deadline:
                stopped = "time"
                break
            offer = self._changed(plan)
            share = max(done / rounds, self._hurry(began, deadline, done / rounds))
            heat = self.mean * HOT * (COLD / HOT) ** share
            if offer is None or not self._accepted(offer.energy - plan.energy, heat):
                continue
            plan = offer
            if plan.energy >= best.energy - self.mean * TRAVEL_WORTH:
                found = self._key(plan)
                if found < key:
                    best, key = plan.copy(), found
        choice = self._settled(best) if self.must <= best.inside else None
        return Searched(choice, done, time.perf_counter() - began, stopped)

    def _hurry(self, began: float, deadline: float | None, share: float) -> float:
        """The share of the time that is gone, where the rounds will not be done in it; else 0."""
        if deadline is None:
            return 0.0
        gone = (time.perf_counter() - began) / max(deadline - began, 1e-9)
        return gone if gone > HURRY_FROM and gone > HURRY * share else 0.0

    def _accepted(self, gain: float, heat: float) -> bool:
        return gain >= 0 or self.random.random() < math.exp(gain / heat)

    def _first(self) -> _Plan | None:
        """An empty plan in the cheapest lodging whose days can be travelled, filled up."""
        nights = self.clock.tour.nights
        lodgings = sorted(self.lodgings, key=lambda i: (self.clock.tour.lodgings[i].price, i))
        for chain in [(item,) * nights for item in lodgings] if nights else [()]:
            plan = _Plan([[] for _ in self.clock.tour.days], chain)
            if self._mended(plan):
                self._fill(plan)
                return plan
        return None

    def _changed(self, plan: _Plan) -> _Plan | None:
        offer = plan.copy()
        self._ruin(offer)
        if not self._mended(offer):
            return None
        self._fill(offer)
        return offer

    # --- Ruin -----------------------------------------------------------------------------

    def _ruin(self, plan: _Plan) -> None:
        if plan.chain and len(self.lodgings) > 1 and self.random.random() < 0.05:
            plan.chain = self._other_chain(plan.chain)
        for _ in range(self.random.randint(1, 2)):
            day = self.random.choice(plan.days)
            if not day:
                continue
            count = self.random.randint(1, min(3, len(day)))
            start = self.random.randint(0, len(day) - count)
            plan.inside.difference_update(day[start : start + count])
            del day[start : start + count]

    def _other_chain(self, chain: tuple[int, ...]) -> tuple[int, ...]:
        chosen = self.random.choice(self.lodgings)
        if not self.clock.tour.rules.lodging_change:
            return (chosen,) * len(chain)
        night = self.random.randrange(len(chain))
        return (*chain[:night], chosen, *chain[night + 1 :])

    def _mended(self, plan: _Plan) -> bool:
        """Take stops out until every day keeps the rules again; False where none can."""
        places = self.clock.nights(plan.chain)
        for number, day in enumerate(plan.days):
            ends = places[number], places[number + 1]
            while self.clock.walk(number, ends[0], day, ends[1]) < 0:
                if not day:
                    return False
                plan.inside.discard(day.pop(self.random.randrange(len(day))))
        while not self._room(plan, 0):
            filled = [day for day in plan.days if any(i != self.clock.meal for i in day)]
            if not filled:
                return False
            day = self.random.choice(filled)
            plan.inside.discard(day.pop(self.random.randrange(len(day))))
        return all(
            self.clock.walk(number, places[number], day, places[number + 1]) >= 0
            for number, day in enumerate(plan.days)
        )

    # --- Recreate -------------------------------------------------------------------------

    def _fill(self, plan: _Plan) -> None:
        """Put in what fits: the meals, then stops in a random order that favours score."""
        clock = self.clock
        places = clock.nights(plan.chain)
        moments = [self._moments(plan, day, places) for day in range(len(plan.days))]
        for _ in range(1 if clock.break_ is None else 2):
            if clock.break_ is not None:
                for day in range(len(plan.days)):
                    if clock.meal not in plan.days[day]:
                        self._put(plan, clock.meal, [day], moments, places)
            for item in self._order(plan):
                if self._room(plan, item + 1):
                    self._put(plan, item, range(len(plan.days)), moments, places)
        self._weigh(plan, places)

    def _order(self, plan: _Plan) -> list[int]:
        clock = self.clock
        free = [i for i in range(len(clock.stops)) if i not in plan.inside]
        draw = self.random.random
        if draw() < 0.3:
            weights = {i: draw() for i in free}
        elif draw() < 0.5:
            weights = {i: clock.score[i] * (0.4 + draw()) for i in free}
        else:
            weights = {i: clock.score[i] / (clock.service[i] + 20) * (0.4 + draw()) for i in free}
        return sorted(free, key=lambda i: (i not in self.must, -weights[i], i))

    def _room(self, plan: _Plan, item: int) -> bool:
        """Whether money and number allow the plan, with stop ``item - 1`` if not 0."""
        inside = plan.inside | {item - 1} if item else plan.inside
        if self.stops_max is not None and len(inside) > self.stops_max:
            return False
        if self.price_max is None:
            return True
        return self._cost(inside, plan.chain) <= self.price_max

    def _cost(self, inside: set[int], chain: tuple[int, ...]) -> int:
        nights = sum(round(100 * self.clock.tour.lodgings[i].price) for i in chain)
        return nights + sum(self.clock.price[i] for i in inside)

    def _moments(self, plan: _Plan, day: int, places: Sequence[int]) -> list[Moment]:
        found = [Moment(places[day], self.clock.tour.days[day].start)]
        for item in plan.days[day]:
            after = self.clock.step(day, found[-1], item)
            if after is None:
                raise AssertionError(item)
            found.append(after)
        return found

    def _put(
        self,
        plan: _Plan,
        item: int,
        days: Sequence[int] | range,
        moments: list[list[Moment]],
        places: Sequence[int],
    ) -> None:
        """Insert where it adds least travel, if it fits anywhere."""
        best: tuple[float, int, int] | None = None
        for day in days:
            if item != self.clock.meal and not self.clock.openings[day][item]:
                continue
            goal = places[day + 1]
            for at in range(len(plan.days[day]) + 1):
                more = self._detour(plan.days[day], moments[day], item, at, goal)
                if best is not None and more >= best[0]:
                    continue
                if self._fits(day, plan.days[day], moments[day], item, at, goal):
                    best = more, day, at
        if best is not None:
            _, day, at = best
            plan.days[day].insert(at, item)
            if item != self.clock.meal:
                plan.inside.add(item)
            moments[day] = self._moments(plan, day, places)

    def _detour(
        self, stops: list[int], moments: list[Moment], item: int, at: int, goal: int
    ) -> float:
        if item == self.clock.meal:
            return float(at)
        place = self.clock.places[item]
        before = moments[at].place
        after = goal if at == len(stops) else moments[at + 1].place
        travel = self.clock.travel
        more = travel[before][place] + travel[place][after] - travel[before][after]
        return more * (0.85 + 0.3 * self.random.random())

    def _fits(
        self, day: int, stops: list[int], moments: list[Moment], item: int, at: int, goal: int
    ) -> bool:
        now = self.clock.step(day, moments[at], item)
        if now is None:
            return False
        for number in range(at, len(stops)):
            now = self.clock.step(day, now, stops[number])
            if now is None:
                return False
            if now == moments[number + 1]:
                return True  # a wait took up the delay
        return self.clock.finish(day, now, goal) >= 0

    # --- Worth ----------------------------------------------------------------------------

    def _weigh(self, plan: _Plan, places: Sequence[int]) -> None:
        travel = self._travel(plan, places)
        score = sum(self.clock.score[i] for i in plan.inside)
        missed = len(self.must - plan.inside)
        plan.energy = score - travel * self.mean * TRAVEL_WORTH - missed * MISSED

    def _travel(self, plan: _Plan, places: Sequence[int]) -> int:
        return sum(
            self.clock.travelled(places[number], day, places[number + 1])
            for number, day in enumerate(plan.days)
        )

    def _key(self, plan: _Plan) -> tuple[int, Key]:
        places = self.clock.nights(plan.chain)
        last = len(plan.days) - 1
        finish = self.clock.walk(last, places[last], plan.days[last], places[last + 1])
        return len(self.must - plan.inside), (
            -sum(self.clock.score[i] for i in plan.inside),
            self._travel(plan, places),
            self._cost(plan.inside, plan.chain),
            finish,
            tuple(item for day in plan.days for item in day),
        )

    def _settled(self, plan: _Plan) -> Choice:
        """The plan with the order within each day settled exactly where that is quick."""
        places = self.clock.nights(plan.chain)
        for number, day in enumerate(plan.days):
            stops = [item for item in day if item != self.clock.meal]
            if len(stops) <= ORDER_MAX:
                ends = places[number], places[number + 1]
                plan.days[number] = list(best_order(self.clock, number, stops, ends).sequence)
        return Choice(tuple(tuple(day) for day in plan.days), plan.chain, self._key(plan)[1])
