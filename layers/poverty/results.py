"""Money and results of a programme: averages, income KPI, uplift (POV-R41 to R42b)."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from geo.parameters import column
from geo.text import Text
from layers.model import choices
from layers.poverty.parameters import ResultParameters

__all__ = [
    "NEPOOR63_BUDGET",
    "UPLIFT_STATES",
    "IncomeKpi",
    "budget_rest",
    "income_kpi",
    "project_flags",
    "uplift_states",
]

NEPOOR63_BUDGET: Mapping[str, float] = MappingProxyType(
    {"visits": 2_500_000, "forum": 20_200_000, "occupation": 40_000_000, "total": 65_000_000}
)
"""CDD L1861, L1913, L1953, L1668."""

UPLIFT_STATES: Mapping[str, Text] = choices(
    achieved=("บรรลุ", "Achieved"),
    on_track=("ตามแผน", "On track"),
    behind=("ล่าช้า", "Behind"),
    no_data=("ยังไม่วัด", "No data"),
)
IncomeKpi = Mapping[str, float | bool | int | None]


def budget_rest(budget: Mapping[str, float]) -> tuple[float, float]:
    """What is itemised, and what of the total is not.

    >>> budget_rest(NEPOOR63_BUDGET)
    (62700000, 2300000)
    """
    itemised = sum(amount for name, amount in budget.items() if name != "total")
    return itemised, budget["total"] - itemised


def project_flags(
    budget_thb: ArrayLike, people: ArrayLike, limits: ResultParameters
) -> pd.DataFrame:
    """Is a village project above its budget, or above the average per person (CDD L1939)?

    >>> project_flags([80_000, 80_001], [20, 20], ResultParameters())["flag"].tolist()
    [False, True]
    """
    budget = np.asarray(budget_thb, dtype=float)
    heads = np.asarray(people, dtype=float)
    average = np.divide(budget, heads, out=np.full(len(budget), np.nan), where=heads > 0)
    above = (budget > limits.village_support_thb) | (average > limits.per_person_avg_thb)
    return pd.DataFrame({"per_person_thb": average, "flag": above})


def income_kpi(
    before: ArrayLike, after: ArrayLike, target: int, limits: ResultParameters
) -> IncomeKpi:
    """Share of households whose income rose (POV-R42); incomes of one source, nan unknown.

    With denominator ``target`` who was not measured counts in it. ``target`` 0 gives no share.

    >>> income_kpi([1, 1], [2, 1], 2, ResultParameters())["met"]
    False
    """
    n = len(np.atleast_1d(before))
    first, last = column(before, n), column(after, n)
    measured = ~(np.isnan(first) | np.isnan(last))
    increased = int((last[measured] > first[measured]).sum())
    by = target if limits.income_kpi_denominator == "target" else int(measured.sum())
    share = increased / by if by else None
    return {
        "target": target,
        "measured": int(measured.sum()),
        "increased": increased,
        "share": share,
        "met": share is not None and share >= limits.income_kpi_share,
    }


def uplift_states(
    uplift_thb_month: ArrayLike, months: ArrayLike, limits: ResultParameters
) -> NDArray[np.object_]:
    """State of each household on the straight way to the uplift target (POV-R42b).

    >>> uplift_states([2500, 2499, None], [12, 12, 12], ResultParameters()).tolist()
    ['on_track', 'behind', 'no_data']
    """
    n = len(np.atleast_1d(np.asarray(uplift_thb_month, dtype=object)))
    uplift = column(uplift_thb_month, n)
    passed = np.minimum(np.asarray(months, dtype=float), limits.uplift_months)
    expected = limits.uplift_target_thb_month * passed / limits.uplift_months
    return np.select(
        [np.isnan(uplift), uplift >= limits.uplift_target_thb_month, uplift >= expected],
        ["no_data", "achieved", "on_track"],
        "behind",
    ).astype(object)
