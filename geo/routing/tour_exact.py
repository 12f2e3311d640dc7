"""Exact search of a tour: dynamic programming over sets of stops (TOUR-R128, R133).

For each day, all sets that one day can hold are built stop by stop. Of two ways to serve the same
set up to the same last stop, one is dropped only where the other can never come out better: not
later, not more travel, and not so early that a wait would become too long. Days are then joined
over disjoint sets.
"""

from __future__ import annotations

import itertools
import time
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from geo.routing.tour import Tour
from geo.routing.tour_clock import NEVER, Clock, Moment

__all__ = ["Choice", "Found", "TooLong", "best_order", "lodging_chains", "search_all"]

Sequence_ = tuple[int, ...]
Key = tuple[int, int, int, int, Sequence_]
"""What TOUR-R128 compares: score (negated), travel, cost in satang, arrival, order of stops."""


class Label(NamedTuple):
    """One way to serve a set: when it ends, its travel, its order."""

    time: int
    travel: int
    sequence: Sequence_
    fed: bool


class DayBest(NamedTuple):
    """The best way of a day for one set."""

    travel: int
    finish: int
    sequence: Sequence_


class Choice(NamedTuple):
    """A whole tour: the stops of each day in order, the lodging of each night."""

    days: tuple[Sequence_, ...]
    lodgings: tuple[int, ...]
    key: Key


class Found(NamedTuple):
    """The best tour, None where the must-visit stops cannot be met, and all stops that fit."""

    best: Choice | None
    fitting: frozenset[int]


class TooLong(Exception):
    """The search did not end by its deadline."""


def search_all(
    clock: Clock,
    lodgings: Sequence[int],
    *,
    price_max: int | None,
    deadline: float | None = None,
) -> Found:
    """The best tour over the stops of ``clock``; ``lodgings`` have beds enough.

    ``price_max`` is what a person may pay for stops and nights, in satang; ``deadline`` is on the
    clock of ``time.perf_counter``. Raises TooLong when it passes.
    """
    search = _Search(clock, price_max, deadline)
    best: Choice | None = None
    for chain in lodging_chains(clock.tour, lodgings):
        found = search.over(chain, best)
        if found is not None and (best is None or found.key < best.key):
            best = found
    return Found(best, frozenset(search.fitting))


def best_order(clock: Clock, day: int, stops: Sequence[int], ends: tuple[int, int]) -> DayBest:
    """The best order of exactly these stops on a day between two places.

    Raises LookupError where no order keeps the rules.
    """
    search = _Search(clock, None, None)
    mask = sum(1 << stop for stop in stops)
    last = day == len(clock.tour.days) - 1
    found = _closed(clock, day, search.labels(day, ends[0], mask), ends[1], last=last)
    return found[mask]


def lodging_chains(tour: Tour, lodgings: Sequence[int]) -> list[tuple[int, ...]]:
    """The lodging of each night: one for the whole trip, else every chain (TOUR-R121)."""
    if tour.nights == 0:
        return [()]
    if tour.rules.lodging_change:
        return list(itertools.product(lodgings, repeat=tour.nights))
    return [(item,) * tour.nights for item in lodgings]


class _Search:
    """The sets of each day by origin, kept from one lodging to the next."""

    def __init__(self, clock: Clock, price_max: int | None, deadline: float | None) -> None:
        self.clock = clock
        self.price_max = price_max
        self.deadline = deadline
        self.must = sum(1 << i for i, stop in enumerate(clock.stops) if stop.must)
        self.known: dict[tuple[int, int], _Labels] = {}
        self.fitting: set[int] = set()

    def over(self, chain: tuple[int, ...], beat: Choice | None) -> Choice | None:
        """The best tour that sleeps in these lodgings, if it is better than ``beat``."""
        clock = self.clock
        tour = clock.tour
        places = clock.nights(chain)
        nights = sum(round(100 * tour.lodgings[item].price) for item in chain)
        room = None if self.price_max is None else self.price_max - nights
        if room is not None and room < 0:
            return None
        joined: dict[int, tuple[int, tuple[Sequence_, ...]]] = {0: (0, ())}
        for day in range(len(tour.days) - 1):
            options = self._options(day, places[day], places[day + 1], last=False)
            joined = self._joined(joined, options, room)
        last = len(tour.days) - 1
        options = self._options(last, places[last], places[last + 1], last=True)
        return self._ended(joined, options, chain, nights, room, beat)

    def _options(self, day: int, origin: int, goal: int, *, last: bool) -> Mapping[int, DayBest]:
        if (day, origin) not in self.known:
            everything = (1 << len(self.clock.stops)) - 1
            self.known[day, origin] = self.labels(day, origin, everything)
        options = _closed(self.clock, day, self.known[day, origin], goal, last=last)
        self.fitting.update(i for mask in options for i in _members(mask))
        return options

    def labels(self, day: int, origin: int, allowed: int) -> _Labels:
        """All ways to serve sets of the allowed stops on a day, by set and last place."""
        clock = self.clock
        items = list(_members(allowed)) + ([clock.meal] if clock.break_ is not None else [])
        early = _Early(clock, day)
        found: _Labels = {}
        level: _Labels = {(0, origin): [Label(clock.tour.days[day].start, 0, (), fed=False)]}
        while level:
            found |= level
            following: _Labels = {}
            for (mask, place), labels in level.items():
                self._in_time()
                for item in items:
                    bit = 1 << item
                    if not mask & bit and self._affordable(mask | bit):
                        for label in labels:
                            _extend(clock, day, mask | bit, place, label, item, early, following)
            level = following
        return found

    def _in_time(self) -> None:
        if self.deadline is not None and time.perf_counter() > self.deadline:
            raise TooLong

    def _affordable(self, mask: int) -> bool:
        limit = self.clock.tour.rules.max_stops
        if limit is not None and (mask & ~(1 << self.clock.meal)).bit_count() > limit:
            return False
        return self.price_max is None or self._price(mask) <= self.price_max

    def _price(self, mask: int) -> int:
        price = self.clock.price
        return sum(price[i] for i in _members(mask & ~(1 << self.clock.meal)))

    def _score(self, mask: int) -> int:
        return sum(self.clock.score[i] for i in _members(mask))

    def _joined(
        self,
        joined: Mapping[int, tuple[int, tuple[Sequence_, ...]]],
        options: Mapping[int, DayBest],
        room: int | None,
    ) -> dict[int, tuple[int, tuple[Sequence_, ...]]]:
        found: dict[int, tuple[int, tuple[Sequence_, ...]]] = {}
        everything = (1 << len(self.clock.stops)) - 1
        for before, (travel, days) in joined.items():
            self._in_time()
            free = everything & ~before
            few = 1 << free.bit_count() < len(options)
            for mask in _subsets(free) if few else options:
                option = options.get(mask)
                if option is None or before & mask:
                    continue
                union = before | mask
                offer = (travel + option.travel, (*days, option.sequence))
                held = found.get(union)
                if held is None or _rank(*offer) < _rank(*held):
                    found[union] = offer
        if room is None and self.clock.tour.rules.max_stops is None:
            return found
        return {mask: offer for mask, offer in found.items() if self._allowed(mask, room)}

    def _allowed(self, mask: int, room: int | None) -> bool:
        limit = self.clock.tour.rules.max_stops
        if limit is not None and mask.bit_count() > limit:
            return False
        return room is None or self._price(mask) <= room

    def _ended(
        self,
        joined: Mapping[int, tuple[int, tuple[Sequence_, ...]]],
        options: Mapping[int, DayBest],
        chain: tuple[int, ...],
        nights: int,
        room: int | None,
        beat: Choice | None,
    ) -> Choice | None:
        best: Choice | None = None
        bar = beat.key if beat is not None else None
        first = sorted(((self._score(m), m, o) for m, o in joined.items()), key=lambda t: -t[0])
        second = sorted(((self._score(m), m, o) for m, o in options.items()), key=lambda t: -t[0])
        for score, before, (travel, days) in first:
            self._in_time()
            for gain, mask, option in second:
                if bar is not None and score + gain < -bar[0]:
                    break
                union = before | mask
                if before & mask or union & self.must != self.must:
                    continue
                if not self._allowed(union, room):
                    continue
                whole = (*days, option.sequence)
                cost = self._price(union) + nights
                key = (-score - gain, travel + option.travel, cost, option.finish, _flat(whole))
                if bar is None or key < bar:
                    best, bar = Choice(whole, chain, key), key
        return best


_Labels = dict[tuple[int, int], list[Label]]


class _Early:
    """From which time on being earlier can never make a later wait too long."""

    def __init__(self, clock: Clock, day: int) -> None:
        self.at = [
            max((o.open for o in openings), default=-NEVER) - clock.max_wait - near - clock.buffer
            for openings, near in zip(clock.openings[day], clock.nearest, strict=True)
        ]
        if clock.break_ is not None:
            self.at.append(clock.break_.open - clock.max_wait)
        self.of: dict[int, int] = {}

    def safe(self, mask: int) -> int:
        """The time for the items that are not in the set yet."""
        if mask not in self.of:
            open_items = (time for i, time in enumerate(self.at) if not mask >> i & 1)
            self.of[mask] = max(open_items, default=-NEVER)
        return self.of[mask]


def _extend(
    clock: Clock,
    day: int,
    mask: int,
    place: int,
    label: Label,
    item: int,
    early: _Early,
    into: _Labels,
) -> None:
    after = clock.step(day, Moment(place, label.time, label.fed), item)
    if after is None or after.time > clock.tour.days[day].end:
        return
    travel = label.travel + (0 if item == clock.meal else clock.travel[place][after.place])
    new = Label(after.time, travel, (*label.sequence, item), after.fed)
    held = into.setdefault((mask, after.place), [])
    safe = early.safe(mask)
    if not any(_beats(old, new, safe) for old in held):
        held[:] = [old for old in held if not _beats(new, old, safe)]
        held.append(new)


def _beats(one: Label, other: Label, safe: int) -> bool:
    """Whether ``one`` can never come out worse than ``other`` (same set, same last place)."""
    if one.time > other.time or (one.time < other.time and one.time < safe):
        return False
    return (one.travel, one.sequence) <= (other.travel, other.sequence)


def _closed(
    clock: Clock, day: int, labels: _Labels, goal: int, *, last: bool
) -> dict[int, DayBest]:
    """The best way of each set that reaches the end of the day, the meal taken out of the set."""
    best: dict[int, tuple[tuple[int, int, Sequence_], DayBest]] = {}
    stops = ~(1 << clock.meal)
    for (mask, place), ways in labels.items():
        for label in ways:
            finish = clock.finish(day, Moment(place, label.time, label.fed), goal)
            if finish < 0:
                continue
            travel = label.travel + clock.travel[place][goal]
            rank = (travel, finish if last else 0, label.sequence)
            if mask & stops not in best or rank < best[mask & stops][0]:
                best[mask & stops] = rank, DayBest(travel, finish, label.sequence)
    return {mask: found for mask, (_, found) in best.items()}


def _rank(travel: int, days: tuple[Sequence_, ...]) -> tuple[int, Sequence_]:
    return travel, _flat(days)


def _flat(days: tuple[Sequence_, ...]) -> Sequence_:
    return tuple(itertools.chain.from_iterable(days))


def _subsets(mask: int) -> Iterator[int]:
    """All sets within a set, itself first, the empty one last."""
    part = mask
    while part:
        yield part
        part = (part - 1) & mask
    yield 0


def _members(mask: int) -> list[int]:
    return [i for i in range(mask.bit_length()) if mask >> i & 1]
