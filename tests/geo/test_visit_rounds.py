"""Visit rounds: the most urgent first, hours and limits kept, everybody accounted for."""

from __future__ import annotations

import itertools
import time
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import pyvrp
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.errors import ParameterError
from geo.routing.vehicles import StopRule, solve_routes
from geo.routing.visit_rounds import Round, RoundPlan, VisitTime, hold, plan_rounds
from geo.routing.visits import LEFT_OUT, Hours, RoundRules, Shift, Travel, Visit, rest_of_day

QUICK = RoundRules(reserve_pct=0, seconds=5, idle_rounds=150)
ROUTING = Path(__file__).resolve().parents[3] / "shared" / "data" / "routing"


def on_a_plane(spots: Sequence[tuple[float, float]]) -> Travel:
    """Travel of one second a unit between points."""
    xy = np.array(spots, dtype=float)
    way = np.rint(np.hypot(*(xy[:, None] - xy[None]).T)).astype(np.int64)
    return Travel(way, 10 * way)


def visits_at(count: int, **changes: Any) -> list[Visit]:
    return [Visit(id=f"v{i}", place=1 + i, minutes=30, **changes) for i in range(count)]


def team(name: str = "a", day: int = 0, **changes: Any) -> Shift:
    given_: dict[str, Any] = {"start_place": 0, "end_place": 0, "start": 540, "end": 960}
    return Shift(team=name, day=day, **{**given_, **changes})


def reasons(plan: RoundPlan) -> dict[str, str]:
    return {item.id: item.reason for item in plan.left_out}


def visited(plan: RoundPlan) -> list[str]:
    return [visit.id for one in plan.rounds for visit in one.visits]


def broken(
    plan: RoundPlan, visits: Sequence[Visit], travel: dict[str, Travel]
) -> list[tuple[Any, ...]]:
    """Everything that a plan breaks, checked literally from what it says."""
    known = {visit.id: visit for visit in visits}
    faults = [fault for one in plan.rounds for fault in _faults(one, known, travel[one.shift.mode])]
    told = visited(plan) + list(reasons(plan))
    if sorted(told) != sorted(known):
        faults.append(("not told once", told))
    return faults


def _faults(one: Round, known: dict[str, Visit], travel: Travel) -> Iterator[tuple[Any, ...]]:
    shift, now, place = one.shift, one.depart, one.shift.start_place
    if now < 60 * shift.start or one.finish > 60 * shift.end:
        yield "hours", shift
    for timed in one.visits:
        visit = known[timed.id]
        if timed.arrive != now + travel.seconds[place, visit.place]:
            yield "arrival", timed
        if timed.start < timed.arrive or timed.leave != timed.start + 60 * visit.minutes:
            yield "times", timed
        if not _at_home(visit, shift, timed):
            yield "closed", timed
        if not visit.skills <= shift.skills:
            yield "skill", timed
        if visit.team not in (None, shift.team) or visit.day not in (None, shift.day):
            yield "lock", timed
        now, place = timed.leave, visit.place
    if one.visits and one.finish != now + travel.seconds[place, shift.end_place]:
        yield "way back", shift
    records = sum(known[timed.id].records for timed in one.visits)
    if shift.visits_max is not None and records > shift.visits_max:
        yield "too many", shift


def _at_home(visit: Visit, shift: Shift, timed: VisitTime) -> bool:
    if visit.at is not None:
        return timed.start == 60 * visit.at
    return any(
        hours.day in (None, shift.day)
        and 60 * hours.open <= timed.start
        and timed.leave <= 60 * hours.close
        for hours in visit.hours or (Hours(0, 1440),)
    )


# --- The plan -------------------------------------------------------------------------------


@given(seed=st.integers(0, 10**6), count=st.integers(0, 14), teams=st.integers(0, 3))
@settings(max_examples=30, deadline=None)
def test_a_plan_keeps_every_hour_lock_skill_and_limit_and_tells_of_everybody(seed, count, teams):
    draw = np.random.default_rng(seed)
    travel = {"car": on_a_plane(draw.uniform(0, 2500, (count + 1, 2)).tolist())}
    visits = [
        Visit(
            id=f"v{i}",
            place=1 + i,
            minutes=int(draw.choice([15, 30, 60])),
            worth=float(draw.choice([1, 4, 16])),
            hours=tuple(
                Hours(int(o), int(o) + 120, day=draw.choice([None, 0, 1]))
                for o in draw.choice([480, 600, 780, 900], size=draw.integers(0, 3))
            ),
            skills=frozenset(["law"]) if draw.random() < 0.2 else frozenset(),
            must=bool(draw.random() < 0.1),
            pair="p" if i in (1, 2) else None,
            records=int(draw.choice([1, 1, 2])),
            team="t0" if draw.random() < 0.1 else None,
            day=1 if draw.random() < 0.1 else None,
            at=615 if draw.random() < 0.05 else None,
        )
        for i in range(count)
    ]
    shifts = [
        team(f"t{t}", day, visits_max=5, skills=frozenset(["law"]) if t == 0 else frozenset())
        for t, day in itertools.product(range(teams), range(2))
    ]
    plan = plan_rounds(visits, shifts, travel, QUICK)
    assert broken(plan, visits, travel) == []
    assert set(reasons(plan).values()) <= set(LEFT_OUT)


def test_driving_is_the_least_of_all_orders_and_teams():
    draw = np.random.default_rng(5)
    travel = on_a_plane(draw.uniform(0, 3000, (7, 2)).tolist())
    visits, shifts = visits_at(6), [team("a", end=1400), team("b", end=1400)]
    plan = plan_rounds(visits, shifts, {"car": travel}, QUICK)

    def tour(places: tuple[int, ...]) -> int:
        way = (0, *places, 0) if places else (0,)
        return int(sum(travel.seconds[a, b] for a, b in itertools.pairwise(way)))

    least = min(
        tour(order[:cut]) + tour(order[cut:])
        for order in itertools.permutations(range(1, 7))
        for cut in range(7)
    )
    assert sum(one.drive_seconds for one in plan.rounds) == least
    assert len(visited(plan)) == 6


def test_the_most_urgent_are_visited_even_where_they_live_far_away():
    spots = [(0, 0), *[(60 * i, 0) for i in range(1, 5)], (-6000, 0)]
    visits = [*visits_at(4), Visit(id="urgent", place=5, minutes=30, worth=64)]
    plan = plan_rounds(visits, [team(visits_max=2, end=1400)], {"car": on_a_plane(spots)}, QUICK)
    assert "urgent" in visited(plan)
    assert len(visited(plan)) == 2
    assert list(reasons(plan).values()) == ["NO_CAPACITY"] * 3


def test_a_pair_is_visited_by_one_team_one_directly_after_the_other():
    draw = np.random.default_rng(3)
    travel = {"car": on_a_plane(draw.uniform(0, 3000, (9, 2)).tolist())}
    visits = visits_at(8)
    for i in (2, 7):
        visits[i] = replace(visits[i], pair="couple")
    plan = plan_rounds(visits, [team("a"), team("b")], travel, QUICK)
    rows = [[v.id for v in one.visits] for one in plan.rounds]
    (mine,) = (row for row in rows if "v2" in row)
    assert abs(mine.index("v2") - mine.index("v7")) == 1
    assert broken(plan, visits, travel) == []


def test_a_reserve_at_the_end_of_the_day_stays_free():
    plan = plan_rounds(
        visits_at(20),
        [team()],
        {"car": on_a_plane([(0, 0)] * 21)},
        replace(QUICK, reserve_pct=25),
    )
    assert plan.rounds[0].finish <= 60 * (540 + 0.75 * 420)
    assert len(visited(plan)) == 10
    assert set(reasons(plan).values()) == {"NO_TIME"}


def test_the_team_leaves_as_late_as_its_first_visit_allows():
    visits = [Visit(id="noon", place=1, minutes=30, hours=(Hours(720, 900),))]
    plan = plan_rounds(visits, [team()], {"car": on_a_plane([(0, 0), (600, 0)])}, QUICK)
    assert plan.rounds[0].depart == 60 * 720 - 600
    assert plan.rounds[0].visits[0].arrive == plan.rounds[0].visits[0].start


def test_the_same_input_and_seed_give_the_same_plan():
    draw = np.random.default_rng(8)
    travel = {"car": on_a_plane(draw.uniform(0, 3000, (31, 2)).tolist())}
    one, two = (plan_rounds(visits_at(30), [team(), team("b")], travel, QUICK) for _ in range(2))
    assert one.rounds == two.rounds
    assert (one.stopped_by, one.seed) == ("idle", 1)


# --- Locks, additions, the rest of a day ----------------------------------------------------


def test_a_fixed_team_day_and_hour_stay():
    visits = visits_at(6)
    visits[0] = replace(visits[0], team="b", day=1, at=630, must=True)
    shifts = [team(name, day) for name in "ab" for day in range(2)]
    plan = plan_rounds(visits, shifts, {"car": on_a_plane([(0, 0)] * 7)}, QUICK)
    (fixed,) = (one for one in plan.rounds if one.shift.team == "b" and one.shift.day == 1)
    (v0,) = (visit for visit in fixed.visits if visit.id == "v0")
    assert v0.start == 60 * 630


def test_a_visit_is_added_without_moving_anybody_to_another_day():
    draw = np.random.default_rng(2)
    spots = draw.uniform(0, 3000, (10, 2)).tolist()
    visits, shifts = visits_at(8), [team("a"), team("a", 1)]
    before = plan_rounds(visits, shifts, {"car": on_a_plane(spots)}, QUICK)
    more = [*hold(visits, before), Visit(id="new", place=9, minutes=30)]
    after = plan_rounds(more, shifts, {"car": on_a_plane(spots)}, QUICK)
    where = [{v.id: one.shift.day for one in p.rounds for v in one.visits} for p in (before, after)]
    assert where[1].items() > where[0].items()
    assert "new" in where[1]


def test_the_rest_of_a_day_is_planned_from_where_the_team_is():
    spots = [(0, 0), *[(600 * i, 0) for i in range(1, 6)]]
    travel = {"car": on_a_plane(spots)}
    day = team(visits_max=4)
    rest = rest_of_day(day, place=3, now=700, visited=2)
    plan = plan_rounds([v for v in visits_at(5) if v.place > 2], [rest], travel, QUICK)
    (one,) = plan.rounds
    assert one.depart >= 60 * 700
    assert one.visits[0].leg_from == 3
    assert len(one.visits) == 2
    assert broken(plan, [v for v in visits_at(5) if v.place > 2], travel) == []


# --- Why not --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("reason", "visit", "shift"),
    [
        ("CLOSED", {"hours": (Hours(300, 420),)}, {}),
        ("CLOSED", {"hours": (Hours(600, 620),)}, {}),
        ("CLOSED", {"hours": (Hours(600, 900, day=3),)}, {}),
        ("NO_SKILL", {"skills": frozenset(["law"])}, {}),
        ("NO_TEAM", {"team": "b"}, {}),
        ("NO_TEAM", {"not_after_day": -1}, {}),
        ("TOO_FAR", {"minutes": 500}, {}),
        ("NO_CAPACITY", {"records": 3}, {"visits_max": 2}),
        ("NO_HOURS", {}, {"end": 540}),
        ("NO_HOURS", {}, {"visits_max": 0}),
    ],
    ids=["before work", "too short", "another day", "skill", "team", "too late", "too long",
         "too many", "no hours", "no visits"],
)  # fmt: skip
def test_a_must_visit_that_cannot_be_met_says_why(reason, visit, shift):
    visits = [Visit(**{"id": "x", "place": 1, "minutes": 30, "must": True, **visit})]
    plan = plan_rounds(visits, [team(**shift)], {"car": on_a_plane([(0, 0), (60, 0)])}, QUICK)
    assert reasons(plan) == {"x": reason}
    assert all(text.th and text.en for text in plan.notes)
    assert bool(plan.notes) == (reason == "NO_HOURS")


def test_a_place_that_no_road_reaches_is_named():
    way = np.array([[0, -1], [-1, 0]])
    plan = plan_rounds(visits_at(1), [team()], {"car": Travel(way, way)}, QUICK)
    assert reasons(plan) == {"v0": "NO_ROAD"}


def test_must_visits_that_exclude_each_other_leave_one_out_and_the_rest_in():
    visits = visits_at(5)
    for i in (0, 1):
        visits[i] = replace(visits[i], at=600, must=True)
    plan = plan_rounds(visits, [team()], {"car": on_a_plane([(0, 0)] * 6)}, QUICK)
    assert len(visited(plan)) == 4
    assert set(reasons(plan)) < {"v0", "v1"}


def test_two_visits_at_one_place_are_two_stops_without_a_drive():
    plan = plan_rounds(
        visits_at(2), [team()], {"car": on_a_plane([(0, 0), (600, 0), (600, 0)])}, QUICK
    )
    assert plan.rounds[0].drive_seconds == 1200


def test_nobody_to_visit_gives_empty_rounds():
    plan = plan_rounds([], [team()], {"car": on_a_plane([(0, 0)])}, QUICK)
    assert [one.visits for one in plan.rounds] == [()]
    assert (plan.left_out, plan.stopped_by) == ((), "nothing")
    assert plan_rounds([], [], {}, QUICK).rounds == ()


def test_two_thousand_visits_end_by_the_stop_rule():
    draw = np.random.default_rng(1)
    travel = {"car": on_a_plane(draw.uniform(0, 2400, (2001, 2)).tolist())}
    visits = [replace(v, worth=4.0 ** (i % 4)) for i, v in enumerate(visits_at(2000))]
    shifts = [team(f"t{k}", day, visits_max=8) for k in range(3) for day in range(2)]
    plan = plan_rounds(visits, shifts, travel, RoundRules(seconds=3, idle_rounds=0))
    assert plan.stopped_by == "time"
    assert plan.seconds <= 3.3
    assert len(visited(plan)) == 48
    urgent = {visit.id for visit in visits if visit.worth == 64}
    assert set(visited(plan)) <= urgent


def test_travel_that_is_not_square_is_refused():
    with pytest.raises(ParameterError):
        Travel(np.zeros((2, 3), dtype=np.int64), np.zeros((2, 3), dtype=np.int64))


# --- The same solver on published problems --------------------------------------------------


@pytest.mark.parametrize(
    ("name", "rounding", "rounds", "gap"),
    [("X-n101-k25", "round", 400, 0.03), ("X-n139-k10", "round", 400, 0.03),
     ("PR11A", "exact", 1500, 0.12)],
    ids=["X-n101-k25", "X-n139-k10", "PR11A"],
)  # fmt: skip
def test_published_problems_are_solved_close_to_their_best_known_cost(name, rounding, rounds, gap):
    if not ROUTING.is_dir():
        pytest.skip("the published problems are not on this machine")
    data = pyvrp.read(ROUTING / f"{name}.vrp", round_func=rounding)
    best = pyvrp.read_solution(ROUTING / f"{name}.sol", data)
    known = int(pyvrp.CostEvaluator([1] * data.num_load_dimensions, 1, 1).cost(best))
    found = solve_routes(data, StopRule(seconds=120, idle_rounds=rounds), seed=1)
    assert found.feasible
    assert found.stopped_by == "idle"
    assert known <= found.cost <= (1 + gap) * known


def test_the_stop_rule_counts_from_the_call():
    draw = np.random.default_rng(1)
    xy = draw.uniform(0, 1000, (101, 2))
    way = np.rint(np.hypot(*(xy[:, None] - xy[None]).T)).astype(np.int64)
    data = pyvrp.ProblemData(
        [pyvrp.Location(*spot) for spot in xy],
        [pyvrp.Client(i, delivery=[1]) for i in range(1, 101)],
        [pyvrp.Depot(0)],
        [pyvrp.VehicleType(10, capacity=[20])],
        [way],
        [way],
    )
    began = time.perf_counter()
    found = solve_routes(data, StopRule(seconds=1), seed=1)
    assert found.stopped_by == "time"
    assert found.seconds <= time.perf_counter() - began
    assert found.rounds > 0
