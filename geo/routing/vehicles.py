"""Vehicle routing by PyVRP: one way to run it, with the stop rule and seed in the signature."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import NamedTuple

from pyvrp import (
    IteratedLocalSearchParams,
    ProblemData,
    Solution,
    SolveParams,
    solve,
)

from geo.parameters import Parameters, between

__all__ = ["Solved", "StopRule", "solve_routes"]


# A shorter memory than PyVRP's 300 settles sooner: in 10 s on X-n101-k25 it came closer.
PARAMS = SolveParams(ils=IteratedLocalSearchParams(history_length=100))


@dataclass(frozen=True, slots=True, kw_only=True)
class StopRule(Parameters):
    """When the search ends: seconds on the clock, or rounds without a better plan (0 is never).

    >>> StopRule(seconds=5).idle_rounds
    0
    """

    seconds: float = between(15.0, 0.1, 3_600.0)
    idle_rounds: int = between(0, 0, 10_000_000)


class Solved(NamedTuple):
    """The best solution, whether it keeps all constraints, and how it was found.

    ``stopped_by`` is time, idle, or nothing (there was nothing to search).
    """

    solution: Solution
    feasible: bool
    cost: int
    rounds: int
    seconds: float
    seed: int
    stopped_by: str


class _Until:
    """PyVRP's stopping criterion; the clock runs from the moment it is made."""

    def __init__(self, rule: StopRule) -> None:
        self.began = time.perf_counter()
        self.rule = rule
        self.best: int | None = None
        self.idle = 0
        self.stopped_by = "time"

    def __call__(self, best_cost: float) -> bool:
        if time.perf_counter() - self.began >= self.rule.seconds:
            return True
        if self.best is None or best_cost < self.best:
            self.best, self.idle = int(best_cost), 0
        else:
            self.idle += 1
        if self.rule.idle_rounds and self.idle >= self.rule.idle_rounds:
            self.stopped_by = "idle"
            return True
        return False


def solve_routes(
    data: ProblemData,
    stop: StopRule,
    seed: int = 1,
    start: Solution | None = None,
) -> Solved:
    """Search routes until ``stop``; the same data and seed give the same routes when idle ends it.

    Costs are those of PyVRP: distance and duration by the vehicles' unit costs, plus the prizes
    that are not collected. ``start`` is a solution to begin from.
    """
    until = _Until(stop)
    found = solve(
        data, until, seed=seed, collect_stats=False, params=PARAMS, initial_solution=start
    )
    return Solved(
        solution=found.best,
        feasible=found.is_feasible(),
        cost=int(found.cost()) if found.is_feasible() else -1,
        rounds=found.num_iterations,
        seconds=time.perf_counter() - until.began,
        seed=seed,
        stopped_by=until.stopped_by,
    )
