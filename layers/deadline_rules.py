"""When a duty is due and how it stands (ASM-R140 to R148, DEBT-R23, FUND-R9).

``CALENDAR`` holds the printed duties of the programmes for the poor, the women's fund, community
funds and what the same offices report (assessment.md 15.2); the years stand in the data.
"""

from __future__ import annotations

import csv
from calendar import monthrange
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from typing import Literal

from layers.debt.dates import months_after
from layers.debt.rounds import SLOTS, WeekDefinition, slot_due

__all__ = [
    "Duty",
    "ReportState",
    "Spacing",
    "calendar",
    "days_until",
    "due_days",
    "monthly_window",
    "report_state",
    "spacing",
    "state",
]

ReportState = Literal["not_open", "open", "on_time", "overdue", "late"]
Spacing = Literal["too_early", "allowed", "warning"]

_CALENDAR = Path(__file__).with_name("deadline_calendar.csv")
_MONTHLY_WINDOW_DAYS = 2  # the last two days of the month to day 2 of the next, OTOU L332
_WORKSHOP_GAP_DAYS = (5, 7)  # CDD L2810, L2829, L2922


@dataclass(frozen=True, slots=True, kw_only=True)
class Duty:
    """One line of the calendar; texts in both languages, days None where the rule tells them."""

    id: str
    programme_th: str
    programme_en: str
    deliverable_th: str
    deliverable_en: str
    actor: str
    rule: str
    offset_days: int | None
    day_of_month: int | None
    window_start: date | None
    due_on: date | None
    be_text: str
    source: str


@cache
def calendar() -> Mapping[str, Duty]:
    """The printed duties by id (DLnn).

    >>> calendar()["DL60"].day_of_month, calendar()["DL43"].offset_days
    (20, 15)
    """
    with _CALENDAR.open(encoding="utf-8", newline="") as lines:
        return {row["id"]: _duty(row) for row in csv.DictReader(lines)}


def _duty(row: dict[str, str]) -> Duty:
    def number(name: str) -> int | None:
        return int(row[name]) if row[name] else None

    def day(name: str) -> date | None:
        return date.fromisoformat(row[name]) if row[name] else None

    words = ("id", "programme_th", "programme_en", "deliverable_th", "deliverable_en", "actor",
             "rule", "be_text", "source")  # fmt: skip
    return Duty(
        **{name: row[name] for name in words},
        offset_days=number("offset_days"),
        day_of_month=number("day_of_month"),
        window_start=day("window_start"),
        due_on=day("due_on"),
    )


def due_days(
    rule: str,
    anchor: date | None,
    *,
    offset_days: int | None = None,
    offset_months: int | None = None,
    day_of_month: int | None = None,
    week_definition: WeekDefinition = "day_of_month",
) -> tuple[date, ...]:
    """The days on which a duty counted from ``anchor`` is due; none where that cannot be told.

    The due day itself is on time (ASM-R142); weekends and holidays shift nothing (ASM-R145). A duty
    of the month is counted from any day of it; weeks 1 and 3 give two days.

    >>> due_days("after_completion", date(2020, 3, 1), offset_days=15)
    (datetime.date(2020, 3, 16),)
    >>> [str(day) for day in due_days("weeks_1_and_3", date(2025, 6, 1))]
    ['2025-06-07', '2025-06-21']
    >>> due_days("fixed", None)
    ()
    """
    if anchor is None:
        return ()
    match rule:
        case "weeks_1_and_3":
            return tuple(slot_due(anchor, slot, week_definition)[1] for slot in SLOTS)
        case "within_month" | "monthly":
            return (_month_end(anchor),)
        case "within_quarter" | "quarterly":
            return (_month_end(date(anchor.year, (anchor.month + 2) // 3 * 3, 1)),)
        case "day_of_month" if day_of_month is not None:
            last = monthrange(anchor.year, anchor.month)[1]
            return (anchor.replace(day=min(day_of_month, last)),)
        case "monthly_window":
            return (monthly_window(anchor)[1],)
        case "after_completion" | "after_start" | "every_visit":
            return _offset(anchor, offset_days, offset_months, 1)
        case "before_event":
            return _offset(anchor, offset_days, offset_months, -1)
        case _:
            return ()


def _offset(anchor: date, days: int | None, months: int | None, sign: int) -> tuple[date, ...]:
    if days is None and months is None:
        return ()
    moved = months_after(anchor, sign * (months or 0))
    return (moved + timedelta(days=sign * (days or 0)),)


def _month_end(day: date) -> date:
    return day.replace(day=monthrange(day.year, day.month)[1])


def monthly_window(month: date) -> tuple[date, date]:
    """First and last day on which the report of a month is taken (ASM-R140; OTOU L332).

    >>> [str(day) for day in monthly_window(date(2021, 1, 15))]
    ['2021-01-30', '2021-02-02']
    """
    last = _month_end(month)
    return last - timedelta(days=_MONTHLY_WINDOW_DAYS - 1), last + timedelta(
        days=_MONTHLY_WINDOW_DAYS
    )


def report_state(month: date, sent: date | None, reference: date) -> ReportState:
    """How the report of a month stands on a day (ASM-R140); what is sent early is on time.

    >>> report_state(date(2021, 1, 1), None, date(2021, 2, 2))
    'open'
    """
    opens, due = monthly_window(month)
    if sent is not None and sent <= reference:
        return "on_time" if sent <= due else "late"
    if reference > due:
        return "overdue"
    return "open" if reference >= opens else "not_open"


def spacing(first_ended: date, second: date) -> Spacing:
    """Whether workshop 2 keeps its distance from workshop 1 (ASM-R148).

    Allowed from day 5, a warning after day 7.

    >>> spacing(date(2020, 2, 10), date(2020, 2, 15))
    'allowed'
    """
    least, most = _WORKSHOP_GAP_DAYS
    gap = (second - first_ended).days
    return "too_early" if gap < least else "allowed" if gap <= most else "warning"


def state(due: date, done: date | None, reference: date, *, warn_days: int = 7) -> str:
    """planned, due (within ``warn_days``), done_on_time, overdue or done_late (assessment.md 18.1).

    >>> state(date(2025, 5, 20), date(2025, 5, 21), date(2025, 6, 1))
    'done_late'
    """
    if done is not None and done <= reference:
        return "done_on_time" if done <= due else "done_late"
    if reference > due:
        return "overdue"
    return "due" if (due - reference).days <= warn_days else "planned"


def days_until(due: date, done: date | None, reference: date) -> int:
    """Days left to the due day; negative: days late of what was done, days overdue of what was not.

    >>> days_until(date(2025, 8, 7), date(2025, 8, 9), date(2025, 9, 1))
    -2
    """
    return (due - (done if done is not None and done <= reference else reference)).days
