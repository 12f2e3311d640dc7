"""Right-livelihood villages: trainers, seats, groups, Khok Nong Na candidates (POV-R20 to R25b)."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from layers.poverty.logic import YES, Truth, all_of
from layers.poverty.parameters import SammachipParameters

__all__ = [
    "GROUP_ELEMENTS",
    "forum_seats",
    "group_complete",
    "groups_required",
    "khok_nong_na_candidate",
    "mentors_overloaded",
    "needed_people",
    "preparation_seats",
    "sep_leader_seats",
    "support_trainers",
    "village_training_seats",
    "workshop_seats",
]

GROUP_ELEMENTS = ("members", "committee", "rules", "fund", "activity")
"""The five ก of a group (CDD L261)."""

OFFICERS, STAFF = 3, 1  # of a district workshop (CDD L128-132)
CLASSES = 4  # of the preparation of teams (CDD L1795-1821)
SEP_AREAS = 3  # food, environment, social (CDD L217)


def needed_people(villages: int, limits: SammachipParameters) -> dict[str, int]:
    """Sages, households and support trainers of so many villages (POV-R20).

    >>> needed_people(16_000, SammachipParameters())
    {'sages': 80000, 'households': 320000, 'support_trainers': 32000}
    """
    return {
        "sages": limits.sages_per_village * villages,
        "households": limits.households_samma * villages,
        "support_trainers": limits.support_trainers * villages,
    }


def workshop_seats(villages: int, limits: SammachipParameters) -> int:
    """Seats of the one-day workshop of a district: 7V + 4 (POV-R24; CDD L128-138)."""
    each = limits.sages_per_village + limits.support_trainers
    return each * villages + OFFICERS + STAFF


def village_training_seats(limits: SammachipParameters) -> int:
    """Seats of the two-day training of a village: 25 (CDD L186-193)."""
    return limits.sages_per_village + limits.households_samma


def sep_leader_seats(villages: int, districts: int) -> int:
    """Seats of the training of sufficiency-economy leaders: 2V + D (CDD L687, L693)."""
    return 2 * villages + districts


def preparation_seats(provinces: int, districts: int) -> tuple[int, float]:
    """People of the preparation of district teams, P + 2D, and of each class (CDD L1795-1821)."""
    people = provinces + 2 * districts
    return people, people / CLASSES


def forum_seats(villages: int, households_per_village: int) -> int:
    """Seats of the learning forum: the households and one of the team (CDD L1891, L1911)."""
    return (households_per_village + 1) * villages


def groups_required(villages: int, limits: SammachipParameters) -> int:
    """Villages that must form an occupation group (POV-R25; CDD L249).

    >>> [groups_required(v, SammachipParameters()) for v in (80, 85, 5, 16_000, 0)]
    [8, 9, 1, 1600, 0]
    """
    # Rounded first: 0.1 x 30 is a little more than 3 in binary.
    share = round(limits.group_share * villages, 9)
    rounding = {"ceil": math.ceil, "floor": math.floor, "half": lambda x: math.floor(x + 0.5)}
    return int(rounding[limits.group_rounding](share))


def group_complete(elements: Sequence[str]) -> list[str]:
    """What of the five elements a group lacks; empty: the group counts (CDD L261).

    >>> group_complete(["members", "rules", "fund", "activity"])
    ['committee']
    """
    return [name for name in GROUP_ELEMENTS if name not in elements]


def support_trainers(
    trainers: pd.DataFrame, village: str, occupations: Sequence[str], limits: SammachipParameters
) -> pd.DataFrame:
    """Who may support a village, best first, and why others may not (POV-R22; CDD L108).

    ``trainers``: ``trainer_id``, ``samma_year_be`` (year of the own sammachip village),
    ``skills`` (list), ``area_code`` (home), ``can_continue`` (bool or None), ``course`` (passed the
    course: a preference), ``distance_m``. Adds ``eligible`` and ``lacks`` (list of year,
    knowledge, place, continuity).
    """
    wanted = set(occupations)
    year = trainers["samma_year_be"]
    homes = trainers["area_code"].astype(str)
    held = {
        "year": year.between(limits.trainer_years_from, limits.trainer_years_to).fillna(False),
        "knowledge": trainers["skills"].map(lambda skills: bool(wanted & set(skills or ()))),
        "place": homes.str[:4] == village[:4],
        "continuity": trainers["can_continue"].map(lambda told: told is True or told == 1),
    }
    met = np.stack([part.to_numpy(dtype=bool) for part in held.values()], axis=1)
    names = np.array(list(held))
    found = trainers.assign(
        eligible=np.asarray(met.all(axis=1)),
        lacks=[names[~row].tolist() for row in met],
        same_tambon=(homes.str[:6] == village[:6]).to_numpy(),
        preferred=trainers["course"].map(lambda told: told is True or told == 1).to_numpy(),
    )
    order = ["eligible", "preferred", "same_tambon", "distance_m", "trainer_id"]
    return found.sort_values(order, ascending=[False, False, False, True, True], kind="stable")


def mentors_overloaded(households: NDArray[Any], limits: SammachipParameters) -> NDArray[np.bool_]:
    """Which trainers have more households than the ratio allows (POV-R23; CDD L201).

    >>> mentors_overloaded(np.array([5, 4, 4, 4, 3]), SammachipParameters()).tolist()
    [True, False, False, False, False]
    """
    return np.asarray(households > limits.mentor_ratio)


def khok_nong_na_candidate(owns_farmland: Truth, sep_areas: Any, income_up: Truth) -> Truth:
    """Owns farmland, practises all three areas and earns more by what was trained (POV-R25b).

    ``sep_areas`` are counts 0 to 3, nan unknown. Three-valued.

    >>> khok_nong_na_candidate(np.array([2]), [3], np.array([0])).tolist()
    [0]
    """
    areas = pd.to_numeric(pd.Series(sep_areas), errors="coerce").to_numpy(dtype=float)
    practised = np.where(np.isnan(areas), 1, np.where(areas >= SEP_AREAS, YES, 0)).astype(np.int8)
    return all_of(owns_farmland, practised, income_up)
