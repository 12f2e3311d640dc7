"""The tour model: stops, days, lodgings and rules of an orienteering problem (tourism.md 5.2).

Times are whole minutes of the day, prices baht per person. Places stand in one travel matrix in
the order start, end, stops, lodgings; a pair that cannot be travelled is negative.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil
from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from geo.errors import ParameterError
from geo.parameters import Parameters, between
from geo.text import Text

__all__ = [
    "END",
    "FIRST_STOP",
    "START",
    "Day",
    "Lodging",
    "Meal",
    "Stop",
    "Tour",
    "TourRules",
    "Window",
    "clock",
    "rounds_needed",
]

START, END, FIRST_STOP = 0, 1, 2
"""Places of the travel matrix."""

MAX_DAYS = 7

WindowMode = Literal["finish_within", "start_within"]


class Window(NamedTuple):
    """When a stop receives visitors; a fixed one begins at ``open`` for everybody."""

    open: int
    close: int
    fixed: bool = False
    last_entry: int | None = None


class Day(NamedTuple):
    """A day of the tour: departure and the latest arrival at its end place."""

    start: int
    end: int


class Meal(NamedTuple):
    """A break that a day across its window must hold, taken where the group then is."""

    open: int = 660
    close: int = 810
    minutes: int = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Stop:
    """A candidate stop; ``windows`` holds those of each day, none where it is closed."""

    id: str
    minutes: int
    windows: tuple[tuple[Window, ...], ...]
    score: float = 0.0
    price: float = 0.0
    capacity: int | None = None
    rounds_per_day: int = 1
    must: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Lodging:
    """A place to sleep; beds unknown means no limit."""

    id: str
    price: float = 0.0
    beds: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TourRules(Parameters):
    """What the planner sets (tourism.md 5.1, 12), with the defaults of TOUR-P10 to P14.

    ``budget_pp`` and ``max_stops`` are None for no limit; ``fares_pp`` is added to the cost.

    >>> TourRules(group_size=12).max_wait_min
    90
    """

    group_size: int = between(20, 1, 10_000)
    max_wait_min: int = between(90, 0, 1_440)
    stop_buffer_min: int = between(0, 0, 240)
    fares_pp: float = between(0.0, 0.0, 1_000_000.0)
    exact_max_candidates: int = between(12, 0, 14)
    time_limit_s: float = between(10.0, 0.1, 600.0)
    seed: int = between(1, 0, 2**32 - 1)
    budget_pp: float | None = None
    max_stops: int | None = None
    meal: Meal | None = None
    window_mode: WindowMode = "finish_within"
    allow_group_split: bool = False
    lodging_change: bool = False
    flexible_departure: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Tour:
    """One orienteering problem. ``minutes`` is (k, k) with k = 2 + stops + lodgings.

    Raises ParameterError ``tour_invalid`` that names the part that does not fit.
    """

    stops: tuple[Stop, ...]
    days: tuple[Day, ...]
    minutes: NDArray[np.int64]
    lodgings: tuple[Lodging, ...] = ()
    rules: TourRules = TourRules()

    def __post_init__(self) -> None:
        size = FIRST_STOP + len(self.stops) + len(self.lodgings)
        ids = [stop.id for stop in self.stops]
        faults = (
            (not 1 <= len(self.days) <= MAX_DAYS, f"days: {len(self.days)}, 1-{MAX_DAYS}"),
            (self.minutes.shape != (size, size), f"minutes: {self.minutes.shape}, {size} x {size}"),
            (len(set(ids)) != len(ids), "stop ids: duplicate"),
            (any(len(s.windows) != len(self.days) for s in self.stops), "windows: one per day"),
            (any(day.end < day.start for day in self.days), "day: end < start"),
            (any(s.minutes < 0 or s.price < 0 for s in self.stops), "minutes, price: negative"),
        )
        for broken, what in faults:
            if broken:
                raise ParameterError(
                    "tour_invalid",
                    Text(f"โจทย์เส้นทางไม่ถูกต้อง ({what})", f"This is no tour ({what})"),
                )

    def lodging_place(self, lodging: int) -> int:
        """The place of a lodging in the matrix."""
        return FIRST_STOP + len(self.stops) + lodging

    @property
    def nights(self) -> int:
        """Nights between the days."""
        return len(self.days) - 1


def rounds_needed(stop: Stop, rules: TourRules) -> int:
    """Rounds in which the group visits a stop: 1, or 0 where it cannot (TOUR-R126).

    >>> weaving = Stop(id="w", minutes=180, windows=(), capacity=35, rounds_per_day=2)
    >>> [rounds_needed(weaving, TourRules(group_size=n, allow_group_split=True))
    ...  for n in (35, 36, 71)]
    [1, 2, 0]
    """
    if stop.capacity is None or rules.group_size <= stop.capacity:
        return 1
    if not rules.allow_group_split or stop.capacity < 1:
        return 0
    rounds = ceil(rules.group_size / stop.capacity)
    return rounds if rounds <= stop.rounds_per_day else 0


def clock(minutes: float) -> str:
    """Minutes of the day as a time.

    >>> clock(555), clock(1500)
    ('09:15', '25:00')
    """
    return f"{int(minutes) // 60:02d}:{int(minutes) % 60:02d}"
