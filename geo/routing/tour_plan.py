"""The best tour of a problem, who is left out and why, and what a little more would bring.

>>> import numpy as np
>>> from geo.routing.tour import Day, Stop, TourRules, Window
>>> temple = Stop(id="temple", minutes=45, score=30, windows=((Window(480, 1020),),))
>>> minutes = np.array([[0, 0, 25], [0, 0, 25], [25, 25, 0]])
>>> plan = plan_tour(Tour(stops=(temple,), days=(Day(540, 1020),), minutes=minutes))
>>> plan.state, plan.table.order, plan.table.travel_min
('optimal', (('temple',),), 50)
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

from geo.routing.timetable import MEAL, Timetable, timetable
from geo.routing.tour import FIRST_STOP, Tour
from geo.routing.tour_clock import Clock
from geo.routing.tour_exact import Choice, TooLong, search_all
from geo.routing.tour_reasons import LeftOut, removed
from geo.routing.tour_search import ROUNDS, search_some
from geo.text import Text

__all__ = ["ALTERNATIVES", "STATES", "TourPlan", "TourState", "alternatives", "plan_tour"]

TourState = Literal["optimal", "best_found", "infeasible", "not_found"]

STATES: dict[TourState, Text] = {
    "optimal": Text("ดีที่สุด", "Optimal"),
    "best_found": Text("ดีที่สุดเท่าที่พบ", "Best found"),
    "infeasible": Text("จัดไม่ได้", "Infeasible"),
    "not_found": Text("ยังหาไม่พบ", "Not found"),
}

ALTERNATIVES: dict[str, Text] = {
    "one_stop_less": Text("ลดหนึ่งจุด", "One stop less"),
    "plus_60_minutes": Text("เพิ่มเวลา 60 นาทีต่อวัน", "60 minutes more a day"),
    "budget_plus_20_pct": Text("เพิ่มงบร้อยละ 20", "20 % more budget"),
}

EXACT_SHARE = 0.7  # of the time limit, before the heuristic takes over


@dataclass(frozen=True, slots=True, kw_only=True)
class TourPlan:
    """What was found: the timetable (None unless there is a plan), who is left out, and how.

    ``problem`` says what forbids any plan. ``stopped_by`` is exhausted, rounds or time.
    """

    state: TourState
    table: Timetable | None
    left_out: tuple[LeftOut, ...]
    problem: Text | None = None
    stopped_by: str = "exhausted"
    rounds: int = 0
    seconds: float = 0.0
    seed: int = 1


def plan_tour(tour: Tour, *, rounds: int = ROUNDS, exact: bool | None = None) -> TourPlan:
    """The best tour by TOUR-R128: exact up to ``exact_max_candidates``, else searched.

    ``exact`` overrides that choice. A search ends after ``rounds`` or the time limit of the
    rules; the same tour gives the same answer unless time cut it short (``stopped_by``).
    """
    began = time.perf_counter()
    beds = _with_beds(tour)
    if tour.nights and not beds:
        return _no_beds(tour)
    whole = Clock(tour)
    out = removed(whole, beds)
    lost = tuple(out[stop] for stop in sorted(out))
    if any(whole.stops[stop].must for stop in out):
        return _infeasible(lost, [whole.stops[s].id for s in out if whole.stops[s].must])
    kept = _kept(tour, {item.id for item in lost})
    timer = Clock(kept)
    if exact is None:
        exact = len(kept.stops) <= tour.rules.exact_max_candidates
    found = _searched(timer, beds, began, rounds, exact=exact)
    if found.choice is None:
        return replace(_unmet(kept, beds, lost, found), seconds=time.perf_counter() - began)
    names = [
        [MEAL if item == timer.meal else timer.stops[item].id for item in day]
        for day in found.choice.days
    ]
    lodgings = [tour.lodgings[item].id for item in found.choice.lodgings]
    chosen = {item for day in found.choice.days for item in day}
    table = timetable(tour, names, lodgings)
    return TourPlan(
        state="optimal" if found.stopped_by == "exhausted" else "best_found",
        table=table,
        left_out=lost + _not_chosen(timer, chosen, found.fitting),
        stopped_by=found.stopped_by,
        rounds=found.rounds,
        seconds=time.perf_counter() - began,
        seed=tour.rules.seed,
    )


def alternatives(tour: Tour, plan: TourPlan, *, rounds: int = ROUNDS // 4) -> dict[str, TourPlan]:
    """The best plans with one stop less, with 60 minutes more a day, with 20 % more budget.

    Only where there is a plan; the last one only where there is a budget.
    """
    if plan.table is None:
        return {}
    rules = tour.rules
    count = sum(map(len, plan.table.order))
    longer = tuple(day._replace(end=day.end + 60) for day in tour.days)
    changed = {"plus_60_minutes": replace(tour, days=longer)}
    if count:
        changed["one_stop_less"] = replace(tour, rules=replace(rules, max_stops=count - 1))
    if rules.budget_pp is not None:
        more = replace(rules, budget_pp=1.2 * rules.budget_pp)
        changed["budget_plus_20_pct"] = replace(tour, rules=more)
    return {
        name: plan_tour(changed[name], rounds=rounds) for name in ALTERNATIVES if name in changed
    }


@dataclass(frozen=True, slots=True)
class _Found:
    choice: Choice | None
    fitting: frozenset[int] | None
    stopped_by: str
    rounds: int = 0


def _searched(
    timer: Clock, beds: Sequence[int], began: float, rounds: int, *, exact: bool
) -> _Found:
    rules = timer.tour.rules
    money = _price_max(timer.tour)
    if money is not None and money < 0:
        return _Found(None, frozenset(), "exhausted")
    deadline = began + rules.time_limit_s
    if exact:
        try:
            part = began + EXACT_SHARE * rules.time_limit_s
            best, fitting = search_all(timer, beds, price_max=money, deadline=part)
        except TooLong:
            pass
        else:
            return _Found(best, fitting, "exhausted")
    found = search_some(timer, beds, price_max=money, rounds=rounds, deadline=deadline)
    return _Found(found.best, None, found.stopped_by, found.rounds)


def _price_max(tour: Tour) -> int | None:
    rules = tour.rules
    if rules.budget_pp is None:
        return None
    return round(100 * rules.budget_pp) - round(100 * rules.fares_pp)


def _with_beds(tour: Tour) -> list[int]:
    group = tour.rules.group_size
    return [i for i, item in enumerate(tour.lodgings) if item.beds is None or item.beds >= group]


def _kept(tour: Tour, gone: set[str]) -> Tour:
    stay = [place for place, stop in enumerate(tour.stops) if stop.id not in gone]
    lodgings = range(FIRST_STOP + len(tour.stops), len(tour.minutes))
    places = [0, 1, *(FIRST_STOP + place for place in stay), *lodgings]
    stops = tuple(tour.stops[place] for place in stay)
    return replace(tour, stops=stops, minutes=tour.minutes[np.ix_(places, places)])


def _no_beds(tour: Tour) -> TourPlan:
    group = tour.rules.group_size
    left = tuple(LeftOut(stop.id, "NOT_SELECTED", stop.score) for stop in tour.stops)
    return TourPlan(
        state="infeasible",
        table=None,
        left_out=left,
        problem=Text(
            f"ไม่มีที่พักที่รับได้ {group} คน (TOUR-R126)", f"No lodging with {group} beds (TOUR-R126)"
        ),
    )


def _infeasible(lost: tuple[LeftOut, ...], must: list[str]) -> TourPlan:
    named = ", ".join(sorted(must))
    return TourPlan(
        state="infeasible",
        table=None,
        left_out=lost,
        problem=Text(
            f"จัดจุดที่ต้องแวะไม่ได้: {named} (TOUR-R131)",
            f"Must-visit stops that cannot be met: {named} (TOUR-R131)",
        ),
    )


NO_TOUR = {
    "BUDGET": Text("งบต่อคนไม่พอค่าที่พักและค่าเดินทาง", "The budget does not pay lodging and fares"),
    "TIME_WINDOW": Text(
        "เดินทางระหว่างจุดเริ่ม ที่พัก และจุดสิ้นสุดไม่ทันในวัน",
        "Start, lodging and end are too far apart for the day",
    ),
}
"""Why there is no tour even without a stop."""


def _unmet(kept: Tour, beds: Sequence[int], lost: tuple[LeftOut, ...], found: _Found) -> TourPlan:
    """No plan though each must-visit stop fits alone: the money or the time for all together."""
    must = [stop.id for stop in kept.stops if stop.must]
    if found.stopped_by != "exhausted":
        thai, english = "ยังหาเส้นทางที่แวะครบไม่พบ", "No tour with all must-visit stops was found"
        problem = Text(f"{thai}: {', '.join(must)}", f"{english}: {', '.join(must)}")
        return TourPlan(state="not_found", table=None, left_out=lost, problem=problem)
    reason = "TIME_WINDOW"
    if kept.rules.budget_pp is not None:
        free = Clock(replace(kept, rules=replace(kept.rules, budget_pp=None)))
        if search_all(free, beds, price_max=None).best is not None:
            reason = "BUDGET"
    if not must:
        return TourPlan(state="infeasible", table=None, left_out=lost, problem=NO_TOUR[reason])
    together = Text("รวมกับจุดอื่นที่ต้องแวะ", "together with the other must-visit stops")
    stops = {stop.id: stop for stop in kept.stops}
    both = tuple(LeftOut(item, reason, stops[item].score, together) for item in must)
    return _infeasible(lost + both, must)


def _not_chosen(
    timer: Clock, chosen: set[int], fitting: frozenset[int] | None
) -> tuple[LeftOut, ...]:
    """NOT_SELECTED with the score lost; TIME_WINDOW for a stop that no order can hold."""
    return tuple(
        LeftOut(
            item.id,
            "NOT_SELECTED" if fitting is None or stop in fitting else "TIME_WINDOW",
            item.score,
        )
        for stop, item in enumerate(timer.stops)
        if stop not in chosen
    )
