"""Field rounds: five steps, weeks 1 and 3, who is visited (DEBT-R22 to R24, R28, R29)."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from types import MappingProxyType
from typing import Literal, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from geo.text import Text
from layers.debt.classes import CLASS_NUMBERS
from layers.debt.contracts import known_days
from layers.debt.dates import Days
from layers.model import choices

__all__ = [
    "EQUIPMENT",
    "FIVE_STEPS",
    "PAPERS",
    "SLOTS",
    "STOP_DIGITS",
    "SlotState",
    "VisitList",
    "WeekDefinition",
    "contact_allowed",
    "province_report_due",
    "purge_on",
    "slot_due",
    "slot_states",
    "visit_candidates",
    "visit_list",
    "weeks_of_month",
]

FIVE_STEPS: Mapping[str, Text] = choices(
    check_status=("ตรวจสอบสถานะใน LM และฐานข้อมูลลูกหนี้", "Check status in LM and the debtor base"),
    rank_classes=("จัดประเภทลูกหนี้ 4 ประเภท", "Rank into four classes"),
    plan_meeting=("ประชุมวางแผนร่วมกับคณะทำงาน", "Planning meeting with officers and teams"),
    prepare=("แจ้งและเตรียมเอกสาร อุปกรณ์ แบบฟอร์ม", "Notify, prepare papers, equipment, forms"),
    go_out=("ลงพื้นที่และรายงานต่อคณะอนุกรรมการฯ จังหวัด", "Go out and report to the province"),
)
"""DEBT-R22 (PHUKET L2363-2392)."""

PAPERS = choices(
    debtor_register=("ทะเบียนคุมลูกหนี้", "Debtor register"),
    loan_contract=("สัญญากู้ยืมเงิน", "Loan contract"),
    bill_payment=("ใบแจ้งชำระ Bill Payment", "Bill Payment slips"),
)
EQUIPMENT = choices(
    computer=("คอมพิวเตอร์โน้ตบุ๊ก", "Notebook computer"),
    printer=("เครื่องพิมพ์", "Printer"),
    internet=("อินเทอร์เน็ต", "Internet"),
    paper=("กระดาษ", "Paper"),
    pen=("ปากกา", "Pens"),
    stapler=("ที่เย็บกระดาษ", "Stapler"),
    ledger=("สมุดบันทึก", "Ledger"),
    forms=("แบบฟอร์มมาตรฐาน", "Standard forms"),
)
"""Papers and equipment of a round (PHUKET L2382-2388)."""

SLOTS = MappingProxyType({"week_1": 1, "week_3": 3})
"""The weeks of the month in which districts report (DEBT-R23; PHUKET L2325, L2392)."""

WeekDefinition = Literal["day_of_month", "calendar_monday"]
SlotState = Literal["on_time", "late", "missing", "not_due"]

STOP_DIGITS = 5
"""Pins that agree to so many decimals of a degree (about 1 m) are one stop (ROUTE-T2)."""


def weeks_of_month(days: Days, definition: WeekDefinition = "day_of_month") -> NDArray[np.int64]:
    """The week of the month that each day lies in (DEBT-R23); the source defines no week.

    >>> august = np.array(["2025-08-04", "2025-08-08"], "M8[D]")
    >>> weeks_of_month(august), weeks_of_month(august, "calendar_monday")
    (array([1, 2]), array([2, 2]))
    """
    first = days.astype("datetime64[M]").astype("datetime64[D]")
    since = (days - first).astype(np.int64)
    if definition == "day_of_month":
        return np.asarray(since // 7 + 1)
    monday_based = (first.astype(np.int64) + 3) % 7  # 1970-01-01 was a Thursday
    return np.asarray((since + monday_based) // 7 + 1)


def slot_due(
    month: date, slot: str, definition: WeekDefinition = "day_of_month"
) -> tuple[date, date]:
    """The first and last day of a slot in the month of ``month``; the last is still on time.

    >>> slot_due(date(2025, 8, 20), "week_3")
    (datetime.date(2025, 8, 15), datetime.date(2025, 8, 21))
    """
    first = np.datetime64(month.replace(day=1), "D")
    days = first + np.arange(28)
    inside = days[weeks_of_month(days, definition) == SLOTS[slot]]
    return inside[0].item(), inside[-1].item()


class SlotReport(NamedTuple):
    """A slot of a district: its state, days late (0 unless late or missing), when it was filed."""

    state: SlotState
    days_late: int
    filed_on: date | None


def slot_states(
    filed: Collection[date],
    month: date,
    reference: date,
    definition: WeekDefinition = "day_of_month",
) -> dict[str, SlotReport]:
    """Both slots of a district's month (WEEK-T1 to T4).

    ``filed`` are the days of its reports; a report before week 3 begins is of week 1, and the first
    of a slot counts.

    >>> slot_states([date(2025, 8, 9)], date(2025, 8, 1), date(2025, 8, 9))["week_1"]
    SlotReport(state='late', days_late=2, filed_on=datetime.date(2025, 8, 9))
    """
    third_begins = slot_due(month, "week_3", definition)[0]
    mine = sorted(day for day in filed if (day.year, day.month) == (month.year, month.month))
    by_slot = {
        "week_1": [day for day in mine if day < third_begins],
        "week_3": [day for day in mine if day >= third_begins],
    }
    found = {}
    for slot, reports in by_slot.items():
        due = slot_due(month, slot, definition)[1]
        if reports and reports[0] <= reference:
            late = max((reports[0] - due).days, 0)
            found[slot] = SlotReport("late" if late else "on_time", late, reports[0])
        else:
            late = max((reference - due).days, 0)
            found[slot] = SlotReport("missing" if late else "not_due", late, None)
    return found


def province_report_due(visited_on: date, report_days: int = 7) -> date:
    """The province reports after every visit (PHUKET L2392); so many days later (decision)."""
    return visited_on + timedelta(days=report_days)


def purge_on(planned_date: date, purge_days: int = 7) -> date:
    """The day on which a device drops the data of its round (DEBT-R28, decision)."""
    return planned_date + timedelta(days=purge_days)


def visit_candidates(
    debtors: pd.DataFrame,
    on: date,
    *,
    classes: Collection[str] = tuple(CLASS_NUMBERS),
    bands: Collection[str] | None = None,
    area: str = "",
    not_visited_days: int = 0,
    pin_unverified: bool = False,
) -> NDArray[np.bool_]:
    """Who a round may be planned for, as a mask (the filter of DEBT-R24).

    ``debtors`` has the columns of the layer; ``area`` is a code that the place begins with. With
    ``not_visited_days`` only those whose last visit is longer ago, or who were never visited.
    """
    chosen = debtors["debtor_class"].isin(list(classes))
    if area:
        chosen &= debtors["area_code"].astype(str).str.startswith(area)
    if bands is not None:
        chosen &= debtors["timebar_band"].isin(list(bands))
    if not_visited_days:
        since = np.datetime64(on, "D") - known_days(debtors, "last_visit_date")
        chosen &= ~(since <= np.timedelta64(not_visited_days, "D"))
    if pin_unverified:
        chosen &= debtors["pin_status"] != "verified"
    return chosen.to_numpy(dtype=bool)


@dataclass(frozen=True, slots=True)
class VisitList:
    """Who is visited, by position in the frame handed over.

    ``stops`` groups the chosen by pin, in list order; ``find_address`` have no usable pin,
    ``not_yet`` a visit agreed for a later day, ``left_over`` are beyond capacity.
    """

    stops: tuple[tuple[int, ...], ...]
    find_address: tuple[int, ...]
    not_yet: tuple[int, ...]
    left_over: tuple[int, ...]

    @property
    def chosen(self) -> tuple[int, ...]:
        """All who are visited, in list order."""
        return tuple(sorted(position for stop in self.stops for position in stop))


def visit_list(
    debtors: pd.DataFrame, on: date, *, capacity: int = 8, forced: Sequence[str] = ()
) -> VisitList:
    """Take debtors in the order of the list until capacity (DEBT-R24; ROUTE-T1 to T3).

    ``debtors`` are in the order of DEBT-R9 with ``contract_id``, ``lon``, ``lat``, ``pin_status``
    and ``next_visit_date``. A pin that is wrong, not found or moved is not usable. The order of
    travel is another matter (A7).
    """
    usable = debtors["lon"].notna() & debtors["lat"].notna()
    usable &= ~debtors["pin_status"].isin(["wrong", "not_found", "moved"])
    later = pd.to_datetime(debtors["next_visit_date"]) > pd.Timestamp(on)
    later &= ~debtors["contract_id"].isin(list(forced))
    stops: dict[tuple[float, float], list[int]] = {}
    find_address, not_yet, left_over = [], [], []
    taken = 0
    for position, (place, waits) in enumerate(zip(usable, later, strict=True)):
        if waits:
            not_yet.append(position)
        elif not place:
            find_address.append(position)
        elif taken == capacity:
            left_over.append(position)
        else:
            row = debtors.iloc[position]
            pin = (round(row["lon"], STOP_DIGITS), round(row["lat"], STOP_DIGITS))
            stops.setdefault(pin, []).append(position)
            taken += 1
    return VisitList(
        tuple(tuple(stop) for stop in stops.values()),
        tuple(find_address),
        tuple(not_yet),
        tuple(left_over),
    )


def contact_allowed(
    moment: datetime, *, holidays: Collection[date] = (), contacts_today: int = 0
) -> bool:
    """Whether a debtor may be contacted now (DEBT-R29; Debt Collection Act B.E. 2558).

    Weekdays 08:00-20:00, weekends and holidays 08:00-18:00, once a day. General knowledge: that
    the act binds a state fund is to be confirmed. ``moment`` is local time.

    >>> contact_allowed(datetime(2025, 8, 1, 19, 30)), contact_allowed(datetime(2025, 8, 2, 19, 30))
    (True, False)
    """
    free = moment.weekday() >= 5 or moment.date() in holidays
    closes = 18 if free else 20
    minutes = moment.hour * 60 + moment.minute
    return contacts_today < 1 and 8 * 60 <= minutes <= closes * 60
