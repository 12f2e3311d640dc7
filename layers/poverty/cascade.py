"""From the first list to the measured income: cascade, funnel, provinces (POV-R37 to R39)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from layers import people

__all__ = ["PATH", "cascade", "funnel", "reached_share", "select_lowest"]

_AIDED = frozenset(("aided", "monitored", "exited", "returned"))
_SELECTED = _AIDED | {"selected", "referred"}
_ASSESSED = _SELECTED | {"assessed", "waiting"}
PATH: tuple[tuple[str, frozenset[str]], ...] = (
    ("candidate", frozenset(people.STAGES)),
    ("verified", _ASSESSED | {"verified"}),
    ("assessed", _ASSESSED),
    ("selected", _SELECTED),
    ("aided", _AIDED),
    ("exited", frozenset(("exited",))),
)
"""A step of the cascade and the stages of households that have come so far (7.1)."""


def cascade(households: pd.DataFrame) -> list[dict[str, Any]]:
    """How far households came: distinct households and distinct persons, in two columns.

    ``households``: household_id, stage, household_size. Households whose size is not known are
    counted in ``size_unknown``. Persons per household are never a rate (POV-R37).
    """
    one = households.drop_duplicates("household_id")
    size = pd.to_numeric(one["household_size"], errors="coerce")
    found = []
    for step, stages in PATH:
        here = one["stage"].isin(stages)
        found.append(
            {
                "stage": step,
                "th": people.STAGES[step].th,
                "en": people.STAGES[step].en,
                "households": int(here.sum()),
                "persons": int(size[here].sum()),
                "size_unknown": int(size[here].isna().sum()),
            }
        )
    return found


def funnel(figures: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Printed figures step by step, with a rate only where two have the same, single unit.

    Each figure: indicator, value, unit (text, " / " or " with " for a mixed one), period, source.
    ``unit_conflict`` marks a figure whose unit is mixed or differs from the first's.

    >>> found = funnel([{"indicator": "a", "value": 8, "unit": "persons"},
    ...                 {"indicator": "b", "value": 1, "unit": "persons"},
    ...                 {"indicator": "c", "value": 2, "unit": "persons with households"}])
    >>> [(step["rate"], step["unit_conflict"]) for step in found]
    [(None, False), (0.125, False), (None, True)]
    """
    steps: list[dict[str, Any]] = []
    for figure in figures:
        first = steps[0] if steps else None
        mixed = any(mark in str(figure["unit"]) for mark in (" / ", " with "))
        conflict = mixed or (first is not None and figure["unit"] != first["unit"])
        rate = None
        if first is not None and not conflict and first["value"]:
            rate = figure["value"] / first["value"]
        steps.append({**figure, "rate": rate, "unit_conflict": conflict})
    return steps


def reached_share(reached: int, target: int) -> float | None:
    """Coverage of a target population; no target, no share (POV-R38; OTOU L178).

    >>> reached_share(5, 10), reached_share(0, 0)
    (0.5, None)
    """
    return reached / target if target else None


def select_lowest(values: Mapping[str, float], n: int) -> list[str]:
    """The n codes with the lowest values, ties by code (POV-R39; PMUA L683).

    >>> select_lowest({"A": 5, "B": 3, "C": 3, "D": 9, "E": 4}, 3)
    ['B', 'C', 'E']
    """
    return sorted(values, key=lambda code: (values[code], code))[:n]
