"""Where a plot stands on a day: what is to be done, what is late, what is missing.

Reads the record of one plot (:mod:`layers.plot_procedure`) by the rules of :mod:`layers.plot_life`
and :mod:`layers.plot_checks`. Cells that cannot be read count as not there.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from layers.plot_checks import (
    DEFAULTS,
    REPORT_KINDS,
    RISKS,
    CheckParameters,
    Escalation,
    LateReports,
    Task,
    checklist,
    escalation,
    late_reports,
    missing_photos,
    pump_reminder,
)
from layers.plot_life import Ladder, ladder, open_gates

__all__ = ["Standing", "day", "entries", "standing"]

DIGGING = ("digging", "suspended")
BEFORE_DIGGING = ("preparing", "ready_to_dig")


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """One plot on one day.

    ``tasks``: the checklist of its status; ``gates``: those still open before digging, None once
    it is past them; ``late``: reports that are late, None when no digging goes on;
    ``contractor``: the level of the search, None when none is sought; ``pump``: a flooded plot is
    to be reminded of pumps; ``risks``: codes that were judged high.
    """

    status: str
    since: dt.date | None
    tasks: list[Task]
    gates: tuple[str, ...] | None
    ladder: Ladder
    photos: tuple[str, ...]
    late: LateReports | None
    contractor: Escalation | None
    pump: bool
    risks: tuple[int, ...]

    @property
    def overdue(self) -> tuple[str, ...]:
        """Checklist items past their day."""
        return tuple(task.code for task in self.tasks if task.overdue)


def standing(
    plot: Mapping[str, Any],
    phases: Collection[str],
    today: dt.date,
    parameters: CheckParameters = DEFAULTS,
) -> Standing:
    """Judge the record of one plot; ``phases``: those that it has photos of.

    >>> found = standing({"status": "applied", "status_date": dt.date(2025, 3, 3),
    ...                   "checks": {"deed": {"done": "2025-03-04"}}}, (), dt.date(2025, 4, 3))
    >>> [task.done for task in found.tasks][:2], found.overdue[:2]
    ([True, False], ('target_area', 'permission_zones'))
    """
    status = str(plot.get("status"))
    since = day(plot.get("status_date"))
    checks = plot.get("checks")
    done, days = _ticked(checks if isinstance(checks, Mapping) else {})
    kept = plot.get("dig_gates")
    gates: Mapping[str, Any] = kept if isinstance(kept, Mapping) else {}
    still_open = open_gates(gates)
    done |= {code for code in gates if code not in still_open}
    sought = day(plot.get("contractor_search_from"))
    hired = isinstance(plot.get("contractor_id"), str)
    stops = [item for item in entries(plot.get("suspensions")) if item.get("start")]
    steps = plot.get("steps_done")
    return Standing(
        status=status,
        since=since,
        tasks=checklist(status, since, done, today, days, parameters),
        gates=still_open if status in BEFORE_DIGGING else None,
        ladder=ladder(steps if isinstance(steps, Mapping) else None),
        photos=missing_photos(status, phases),
        late=_late(plot, status, since, stops, today, parameters) if status in DIGGING else None,
        contractor=None if sought is None or hired else escalation(sought, today, parameters),
        pump=any(pump_reminder(stop, today, parameters) for stop in stops),
        risks=tuple(
            sorted(
                int(item["risk_code"])
                for item in entries(plot.get("risk_items"))
                if item.get("level") == "high" and item.get("risk_code") in RISKS
            )
        ),
    )


def _ticked(checks: Mapping[str, Any]) -> tuple[set[str], dict[str, int]]:
    """The items that are done, and the days that the province gives for an item."""
    found = {code: item for code, item in checks.items() if isinstance(item, Mapping)}
    days = {code: item["days"] for code, item in found.items() if isinstance(item.get("days"), int)}
    return {code for code, item in found.items() if day(item.get("done"))}, days


def _late(
    plot: Mapping[str, Any],
    status: str,
    since: dt.date | None,
    stops: list[dict[str, Any]],
    today: dt.date,
    parameters: CheckParameters,
) -> LateReports | None:
    """Reports that are late since digging began; none is asked for while the work stands still."""
    begun = [day(item.get("when")) for item in entries(plot.get("moves"))
             if item.get("new") == "digging" and item.get("old") == "ready_to_dig"]  # fmt: skip
    start = next((found for found in reversed(begun) if found), since)
    if start is None:
        return None
    still = [pause for stop in stops for pause in _days_of(stop, today)]
    if status == "suspended" and since is not None:
        still += _days_of({"start": since, "end": None}, today)
    given: dict[str, list[dt.date]] = {kind: [] for kind in REPORT_KINDS}
    for item in entries(plot.get("site_reports")):
        reported = day(item.get("date"))
        if item.get("kind") in given and reported:
            given[item["kind"]].append(reported)
    return late_reports(start, None, today, **given, holidays=still, parameters=parameters)


def _days_of(stop: Mapping[str, Any], today: dt.date) -> list[dt.date]:
    first, last = stop.get("start"), stop.get("end") or today
    if not isinstance(first, dt.date):
        return []
    return [first + dt.timedelta(n) for n in range((last - first).days + 1)]


def day(value: Any) -> dt.date | None:
    """A date as records hold it, or None.

    >>> day("2025-03-03"), day(float("nan")), day("soon")
    (datetime.date(2025, 3, 3), None, None)
    """
    if isinstance(value, str):
        try:
            return dt.date.fromisoformat(value[:10])
        except ValueError:
            return None
    if isinstance(value, dt.datetime):
        return None if pd.isna(value) else value.date()
    return value if isinstance(value, dt.date) else None


def entries(cell: Any) -> Iterator[dict[str, Any]]:
    """The objects of a list cell, with ``start`` and ``end`` as dates."""
    for item in cell if isinstance(cell, list) else ():
        if isinstance(item, dict):
            dates = {name: day(item[name]) for name in ("start", "end") if name in item}
            if dates.get("start", 0) is not None:
                yield item | dates
