"""Who is to be visited: urgency, length and stops of visits to debtors, households and plots.

Debtors go by DEBT-R9 and R24 (:mod:`layers.debt.rounds`), households by tier. What the sources
leave open (weights, minutes) stands in :class:`VisitRules`.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

import numpy as np
import pandas as pd

from geo.parameters import Parameters, between
from geo.routing.visits import LeftVisit
from geo.text import Text
from layers.debt.classes import CLASS_NUMBERS
from layers.debt.order import list_order
from layers.debt.rounds import SLOTS, STOP_DIGITS, WeekDefinition, visit_list, weeks_of_month

__all__ = ["KINDS", "MINUTES", "Request", "VisitRules", "field_days", "requests"]

KINDS: Mapping[str, Text] = MappingProxyType(
    {
        "debtors": Text("ลูกหนี้กองทุนพัฒนาบทบาทสตรี", "Debtors of the women's fund"),
        "households": Text("ครัวเรือนยากจน", "Poor households"),
        "plots": Text("แปลง", "Plots"),
    }
)
MINUTES: Mapping[str, int] = MappingProxyType({"debtors": 30, "households": 45, "plots": 60})
"""Length of a visit: debtors by DEBT-R24, the others decisions."""

LEVELS: Mapping[str, Mapping[str, int]] = MappingProxyType(
    {
        "debtors": {code: number - 1 for code, number in CLASS_NUMBERS.items()},
        "households": {"1": 0, "2": 1, "3-4": 2, "3": 2, "4": 3},
        "plots": {},
    }
)
"""Urgency by class or tier, 0 the most urgent."""

LEVEL_FIELDS = MappingProxyType({"debtors": "debtor_class", "households": "tier"})
LAST_LEVEL = 4
NO_CAPACITY = 10**9


@dataclass(frozen=True, slots=True, kw_only=True)
class VisitRules(Parameters):
    """A visit of one level is worth ``level_factor`` of the next; decisions.

    >>> VisitRules().level_factor
    4.0
    """

    level_factor: float = between(4.0, 1.5, 10.0)
    promote_timebar_days: int = between(0, 0, 3_650)


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """One stop: who lives there (one or more records), where, how long and how urgent.

    ``rows`` are positions in the frame that was handed over.
    """

    ids: tuple[str, ...]
    rows: tuple[int, ...]
    lon: float
    lat: float
    level: int
    worth: float
    last_day: dt.date | None = None


def field_days(
    start: dt.date,
    count: int,
    *,
    report_weeks: bool = True,
    definition: WeekDefinition = "day_of_month",
) -> list[dt.date]:
    """The next working days (Monday to Friday) in weeks 1 and 3 of a month (DEBT-R23).

    >>> [day.isoformat() for day in field_days(dt.date(2025, 8, 6), 3)]
    ['2025-08-06', '2025-08-07', '2025-08-15']
    """
    found: list[dt.date] = []
    day = start
    while len(found) < count:
        week = int(weeks_of_month(np.array([day], "M8[D]"), definition)[0])
        if day.weekday() < 5 and (not report_weeks or week in SLOTS.values()):
            found.append(day)
        day += dt.timedelta(days=1)
    return found


def requests(
    kind: str,
    people: pd.DataFrame,
    on: dt.date,
    rules: VisitRules | None = None,
    *,
    forced: Collection[str] = (),
) -> tuple[list[Request], list[LeftVisit]]:
    """Stops to be made, the most urgent first, and who cannot be visited, with the reason.

    ``people`` has ``id``, ``lon``, ``lat`` and, as far as known, ``debtor_class``, ``days_left``,
    ``outstanding_thb``, ``overdue_instalments``, ``timebar_date``, ``pin_status``,
    ``next_visit_date`` or ``tier``. A visit agreed for a day after ``on`` waits unless forced;
    who has no usable pin goes to the list "find address" (DEBT-R24).
    """
    rules = rules or VisitRules()
    levels, order = _ranked(kind, people, rules)
    listed = people.iloc[order].reset_index(drop=True)
    pins = pd.DataFrame(
        {
            "contract_id": listed["id"],
            "lon": listed["lon"],
            "lat": listed["lat"],
            "pin_status": _column(listed, "pin_status"),
            "next_visit_date": _column(listed, "next_visit_date"),
        }
    )
    chosen = visit_list(pins, on, capacity=NO_CAPACITY, forced=list(forced))
    count = max(len(listed), 1)
    worth = [
        rules.level_factor ** (LAST_LEVEL - levels[row]) * (1.5 - 0.5 * place / count)
        for place, row in enumerate(order)
    ]
    found = [
        Request(
            ids=tuple(listed["id"].iloc[list(stop)]),
            rows=tuple(int(order[place]) for place in stop),
            lon=round(float(listed["lon"].iloc[stop[0]]), STOP_DIGITS + 2),
            lat=round(float(listed["lat"].iloc[stop[0]]), STOP_DIGITS + 2),
            level=min(levels[order[place]] for place in stop),
            worth=sum(worth[place] for place in stop),
            last_day=_last_day(listed.iloc[list(stop)], on),
        )
        for stop in chosen.stops
    ]
    left = [LeftVisit(listed["id"].iloc[place], "FIND_ADDRESS") for place in chosen.find_address]
    left += [LeftVisit(listed["id"].iloc[place], "NOT_YET") for place in chosen.not_yet]
    return found, left


def _ranked(kind: str, people: pd.DataFrame, rules: VisitRules) -> tuple[list[int], list[int]]:
    """The level of each row, and the rows in the order in which they are listed."""
    codes = _column(people, LEVEL_FIELDS.get(kind, ""))
    levels = [LEVELS[kind].get(str(code), LAST_LEVEL - 1) for code in codes]
    ids = people["id"].astype(str).tolist()
    if kind != "debtors":
        return levels, sorted(range(len(ids)), key=lambda row: (levels[row], ids[row]))
    place = list_order(
        codes.to_numpy(dtype=object),
        days_left=_numbers(people, "days_left"),
        outstanding=_numbers(people, "outstanding_thb"),
        overdue=_numbers(people, "overdue_instalments"),
        contract_id=ids,
        promote_timebar_days=rules.promote_timebar_days,
    )
    rank = np.where(np.isnan(place), np.inf, place)
    if rules.promote_timebar_days:
        near = _numbers(people, "days_left") <= rules.promote_timebar_days
        levels = [0 if soon and lv == 1 else lv for lv, soon in zip(levels, near, strict=True)]
    return levels, sorted(range(len(ids)), key=lambda row: (rank[row], ids[row]))


def _last_day(rows: pd.DataFrame, on: dt.date) -> dt.date | None:
    """The last day before a debt is time-barred, where that is still to come."""
    if "timebar_date" not in rows:
        return None
    days = pd.to_datetime(rows["timebar_date"], errors="coerce").dropna()
    coming = [day.date() for day in days if day.date() >= on]
    return min(coming, default=None)


def _column(table: pd.DataFrame, name: str) -> Any:
    if name in table:
        return table[name].astype(object).where(table[name].notna(), None)
    return pd.Series([None] * len(table), index=table.index, dtype=object)


def _numbers(table: pd.DataFrame, name: str) -> Any:
    return pd.to_numeric(_column(table, name), errors="coerce").to_numpy(dtype=float)
