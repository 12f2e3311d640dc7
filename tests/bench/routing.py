"""Routes: published routing problems beside OR-Tools, tours against a longer search, rounds."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import replace
from importlib.metadata import version
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pyvrp

from geo.routing.tour_plan import TourPlan, plan_tour
from geo.routing.tour_search import ROUNDS
from geo.routing.vehicles import StopRule, solve_routes
from geo.routing.visit_rounds import plan_rounds
from geo.routing.visits import Hours, RoundRules, Shift, Travel, Visit
from tests.bench.data import FULL, Sizes
from tests.bench.report import Section, Table, figure
from tests.geo.tour_cases import random_tour

__all__ = ["measure", "or_tools"]

FOLDER = Path(__file__).resolve().parents[3] / "shared/data/routing"
SEEDS = (1, 2, 3)
CANDIDATES, DAYS, LONG = 60, 3, 6
VISITS, TEAMS, ROUND_DAYS = 200, 6, 2


class Published(NamedTuple):
    """A problem with its rounding, seconds to search, and the gap that is asked for."""

    name: str
    rounding: str
    seconds: float
    gap_pct: float


PUBLISHED = (
    Published("X-n101-k25", "round", 10, 0.5),
    Published("X-n139-k10", "round", 10, 1.0),
    Published("PR11A", "exact", 30, 3.0),
)


def measure(sizes: Sizes) -> Section:
    """Search as long as the targets say; a tenth of it when quick."""
    share = sizes.seconds / FULL.seconds
    section = Section("Routes", "python -m tests.bench routing")
    section.versions = {name: version(name) for name in ("pyvrp", "ortools")}
    if FOLDER.is_dir():
        section.tables.append(_published(share, SEEDS if share == 1 else SEEDS[:1]))
    else:
        section.notes.append("The published problems are not on this machine.")
    section.tables.append(_tours(share))
    section.tables.append(_rounds(share))
    section.notes.append("Gaps are to the best known cost; OR-Tools: guided local search.")
    return section


# --- Published problems ---------------------------------------------------------------------


def _published(share: float, seeds: Sequence[int]) -> Table:
    rows = []
    for problem in PUBLISHED:
        data = pyvrp.read(FOLDER / f"{problem.name}.vrp", round_func=problem.rounding)
        best = pyvrp.read_solution(FOLDER / f"{problem.name}.sol", data)
        known = pyvrp.CostEvaluator([1] * data.num_load_dimensions, 1, 1).cost(best)
        rule = StopRule(seconds=problem.seconds * share)
        found = [solve_routes(data, rule, seed) for seed in seeds]
        gaps = [100 * (one.cost / known - 1) for one in found]
        other = or_tools(data, rule.seconds)
        rows.append(
            [
                problem.name,
                f"{data.num_clients}",
                f"{np.mean([one.seconds for one in found]):.1f} s",
                " ".join(f"{gap:.2f}" for gap in gaps) + " %",
                f"{np.mean(gaps):.2f} %",
                f"<= {problem.gap_pct} %",
                "-" if other is None else f"{100 * (other / known - 1):.2f} %",
            ]
        )
    headings = ("Problem", "clients", "wall time", "gaps", "mean gap", "target", "OR-Tools gap")
    return Table(f"Published problems, {len(seeds)} seeds", headings, rows)


def or_tools(data: pyvrp.ProblemData, seconds: float) -> int | None:
    """The cost that OR-Tools' routing reaches with its usual settings, None without a plan."""
    from ortools.constraint_solver import pywrapcp, routing_enums_pb2

    vehicles = [kind for kind in data.vehicle_types() for _ in range(kind.num_available)]
    depots = data.depots()
    starts = [depots[kind.start_depot].location for kind in vehicles]
    ends = [depots[kind.end_depot].location for kind in vehicles]
    manager = pywrapcp.RoutingIndexManager(data.num_locations, len(vehicles), starts, ends)
    routing = pywrapcp.RoutingModel(manager)
    distance = data.distance_matrix(0).tolist()
    way = routing.RegisterTransitMatrix(distance)
    routing.SetArcCostEvaluatorOfAllVehicles(way)
    clients = {client.location: client for client in data.clients()}
    for number, kind in enumerate(vehicles):
        routing.SetFixedCostOfVehicle(kind.fixed_cost, number)
    for load in range(data.num_load_dimensions):
        amounts = [
            clients[place].delivery[load] if place in clients else 0
            for place in range(data.num_locations)
        ]
        demand = routing.RegisterUnaryTransitVector(amounts)
        room = [kind.capacity[load] for kind in vehicles]
        routing.AddDimensionWithVehicleCapacity(demand, 0, room, True, f"load {load}")
    if data.has_time_windows():
        _add_time(routing, manager, data, clients, vehicles)
    settings = pywrapcp.DefaultRoutingSearchParameters()
    first = routing_enums_pb2.FirstSolutionStrategy
    settings.first_solution_strategy = first.PARALLEL_CHEAPEST_INSERTION
    better = routing_enums_pb2.LocalSearchMetaheuristic
    settings.local_search_metaheuristic = better.GUIDED_LOCAL_SEARCH
    settings.time_limit.FromMilliseconds(int(1000 * seconds))
    solution = routing.SolveWithParameters(settings)
    return None if solution is None else int(solution.ObjectiveValue())


def _add_time(
    routing: Any, manager: Any, data: pyvrp.ProblemData, clients: dict[int, Any], vehicles: Any
) -> None:
    service = [
        clients[place].service_duration if place in clients else 0
        for place in range(data.num_locations)
    ]
    took = data.duration_matrix(0) + np.array(service)[:, None]
    late = max(min(kind.tw_late, 10**9) for kind in vehicles)
    transit = routing.RegisterTransitMatrix(took.tolist())
    routing.AddDimension(transit, late, late, False, "time")
    clock = routing.GetDimensionOrDie("time")
    for place, client in clients.items():
        window = client.tw_early, min(client.tw_late, late)
        clock.CumulVar(manager.NodeToIndex(place)).SetRange(*window)
    for number, kind in enumerate(vehicles):
        clock.CumulVar(routing.Start(number)).SetRange(kind.tw_early, min(kind.tw_late, late))
        clock.CumulVar(routing.End(number)).SetRange(kind.tw_early, min(kind.tw_late, late))
        clock.SetSpanUpperBoundForVehicle(min(kind.shift_duration, late), number)


# --- Tours and rounds -----------------------------------------------------------------------


def _tours(share: float) -> Table:
    rows = []
    for seed in range(1, 4 if share == 1 else 2):
        limits = {"time_limit_s": 10 * share, "max_wait_min": 90, "budget_pp": 1_500}
        tour = random_tour(seed, CANDIDATES, DAYS, tight=False, **limits)
        short = plan_tour(tour)
        more = LONG * 10 * share
        longer = replace(tour, rules=replace(tour.rules, time_limit_s=more))
        long = plan_tour(longer, rounds=LONG * ROUNDS)
        score, best = (_score(plan) for plan in (short, long))
        rows.append(
            [
                f"tour {seed}",
                f"{short.seconds:.1f} s",
                figure(score),
                short.stopped_by,
                f"{long.seconds:.1f} s",
                figure(best),
                f"{100 * (1 - score / max(score, best)):.2f} %",
                "<= 2 %",
            ]
        )
    headings = ("Tour", "wall time", "score", "ended by", "longer", "its score", "short of it",
                "target")  # fmt: skip
    return Table(f"{CANDIDATES} candidates, {DAYS} days", headings, rows)


def _score(plan: TourPlan) -> float:
    return 0.0 if plan.table is None else plan.table.score


def _rounds(share: float) -> Table:
    draw = np.random.default_rng(1)
    spots = draw.uniform(0, 40_000, (VISITS + TEAMS, 2))
    metres = np.rint(1.3 * np.hypot(*(spots[:, None] - spots[None]).T)).astype(np.int64)
    travel = {"car": Travel(np.rint(metres / 1000 / 50 * 3600).astype(np.int64), metres)}
    visits = [
        Visit(
            id=f"v{number:03d}",
            place=TEAMS + number,
            minutes=30,
            worth=4.0 ** int(draw.integers(0, 4)),
            hours=(Hours(540, 780),) if draw.random() < 0.3 else (),
        )
        for number in range(VISITS)
    ]
    shifts = [
        Shift(team=f"t{team}", day=day, start_place=team, end_place=team, start=540, end=960,
              visits_max=8)
        for team in range(TEAMS)
        for day in range(ROUND_DAYS)
    ]  # fmt: skip
    rows = []
    for name, idle in (("default", RoundRules().idle_rounds), ("whole time", 0)):
        began = time.perf_counter()
        plan = plan_rounds(visits, shifts, travel, RoundRules(seconds=15 * share, idle_rounds=idle))
        done = {visit.id for one in plan.rounds for visit in one.visits}
        rows.append(
            [
                name,
                f"{time.perf_counter() - began:.1f} s",
                f"{len(done)}",
                f"{sum(visit.worth for visit in visits if visit.id in done):,.0f}",
                f"{sum(one.drive_seconds for one in plan.rounds) / 60:.0f} min",
                plan.stopped_by,
                "<= 15 s",
            ]
        )
    headings = ("Stop rule", "wall time", "visited", "worth", "driving", "ended by", "target")
    return Table(f"{VISITS} visits, {TEAMS} teams, {ROUND_DAYS} days", headings, rows)
