"""Tours of tourism.md 6.2 and 6.6, and random ones, for tests and the benchmark."""

from __future__ import annotations

import random
from collections.abc import Collection, Sequence
from typing import Any

import numpy as np

from geo.routing.tour import Day, Lodging, Meal, Stop, Tour, TourRules, Window

__all__ = ["DAY_1", "FIXTURE_B", "at", "fixture", "random_tour", "two_programmes"]

NAMES = ("D", "S1", "S2", "S3", "S4", "S5", "S6", "S7", "S8", "L1", "L2")
MINUTES = np.array(
    [
        [0, 25, 15, 20, 5, 35, 10, 30, 20, 8, 28],
        [25, 0, 30, 35, 28, 15, 30, 40, 12, 27, 14],
        [15, 30, 0, 5, 12, 40, 18, 22, 30, 16, 32],
        [20, 35, 5, 0, 15, 42, 20, 20, 33, 18, 34],
        [5, 28, 12, 15, 0, 36, 8, 28, 22, 6, 29],
        [35, 15, 40, 42, 36, 0, 38, 45, 20, 36, 10],
        [10, 30, 18, 20, 8, 38, 0, 25, 24, 9, 31],
        [30, 40, 22, 20, 28, 45, 25, 0, 38, 29, 41],
        [20, 12, 30, 33, 22, 20, 24, 38, 0, 21, 18],
        [8, 27, 16, 18, 6, 36, 9, 29, 21, 0, 27],
        [28, 14, 32, 34, 29, 10, 31, 41, 18, 27, 0],
    ]
)
STOPS = (
    ("S1", 45, "06:00", "18:00", False, 0, None, 30),
    ("S2", 180, "09:30", "12:30", True, 250, 35, 80),
    ("S3", 120, "13:00", "15:00", True, 159, 35, 60),
    ("S4", 60, "08:00", "12:00", False, 0, None, 50),
    ("S5", 90, "10:00", "16:00", False, 120, 15, 90),
    ("S6", 40, "08:00", "17:00", False, 20, None, 35),
    ("S7", 75, "13:00", "20:00", False, 50, 60, 55),
    ("S8", 90, "06:00", "09:30", False, 100, 30, 70),
)
LODGINGS = (Lodging(id="L1", price=400, beds=24), Lodging(id="L2", price=300, beds=16))
DAY_1 = (("09:00", "17:00"),)
FIXTURE_B = (("09:00", "18:00"), ("07:30", "15:00"))


def at(text: str) -> int:
    """Minutes of the day."""
    return int(text[:2]) * 60 + int(text[3:])


def fixture(
    days: Sequence[tuple[str, str]] = DAY_1,
    *,
    must: Collection[str] = (),
    closed: Collection[str] = (),
    **rules: Any,
) -> Tour:
    """Fixture A (one day) or B (two days, with lodgings)."""
    stops = tuple(
        Stop(
            id=name,
            minutes=minutes,
            windows=(() if name in closed else (Window(at(opens), at(closes), fixed),),)
            * len(days),
            price=price,
            capacity=capacity,
            score=score,
            must=name in must,
        )
        for name, minutes, opens, closes, fixed, price, capacity, score in STOPS
    )
    places = [0, 0, *range(1, 9 if len(days) == 1 else 11)]
    return Tour(
        stops=stops,
        days=tuple(Day(at(start), at(end)) for start, end in days),
        minutes=MINUTES[np.ix_(places, places)],
        lodgings=() if len(days) == 1 else LODGINGS,
        rules=TourRules(**rules),
    )


def two_programmes(
    start: str = "09:00", *, rounds_per_day: int = 1, score: float = 50, **rules: Any
) -> Tour:
    """Weaving and plaster moulding of Ban Mae San Ban Dong in one day (tourism.md 6.2)."""
    windows = {"weaving": ("09:00", "12:00", 250), "plaster": ("13:00", "15:00", 159)}
    stops = tuple(
        Stop(
            id=name,
            minutes=at(closes) - at(opens),
            windows=((Window(at(opens), at(closes), fixed=True),),),
            price=price,
            capacity=35,
            rounds_per_day=rounds_per_day,
            score=score,
        )
        for name, (opens, closes, price) in windows.items()
    )
    return Tour(
        stops=stops,
        days=(Day(at(start), at("17:00")),),
        minutes=np.zeros((4, 4), dtype=np.int64),
        rules=TourRules(**rules),
    )


def random_tour(seed: int, size: int, days: int, *, tight: bool = True, **rules: Any) -> Tour:
    """A tour on a plane, with closed days, split windows, fixed slots, prices and must-visits."""
    draw = random.Random(seed)
    nights = 2 if days > 1 else 0
    width = 60 if tight else 40
    spots = [(draw.uniform(0, width), draw.uniform(0, width)) for _ in range(1 + size + nights)]
    places = [spots[0], *spots]
    minutes = np.array(
        [[round(np.hypot(a - c, b - d)) for c, d in places] for a, b in places], dtype=np.int64
    )
    stops = []
    for number in range(size):
        service = draw.choice([30, 45, 60, 90, 120])
        windows = tuple(_windows(draw, service) for _ in range(days))
        stops.append(
            Stop(
                id=f"S{number:02d}",
                minutes=service,
                windows=windows,
                score=draw.choice([30, 50, 50, 70, 90]),
                price=draw.choice([0, 50, 50, 120, 250]),
                must=tight and draw.random() < 0.06,
            )
        )
    lodgings = tuple(
        Lodging(id=f"L{number}", price=draw.choice([200, 300, 600]), beds=40)
        for number in range(nights)
    )
    given = {"budget_pp": draw.choice([None, 300, 700, 1500]), "max_wait_min": 45}
    if tight and draw.random() < 0.3:
        given["meal"] = Meal()
    return Tour(
        stops=tuple(stops),
        days=(Day(540, 1020),) * days,
        minutes=minutes,
        lodgings=lodgings,
        rules=TourRules(**{**given, **rules}),
    )


def _windows(draw: random.Random, service: int) -> tuple[Window, ...]:
    chance = draw.random()
    opens = draw.choice([480, 540, 600, 780])
    if chance < 0.1:
        return ()
    if chance < 0.25:
        return (Window(opens, opens + service, fixed=True),)
    if chance < 0.4:
        return (Window(480, 720), Window(780, 1080))
    return (Window(opens, opens + draw.choice([120, 240, 480])),)
