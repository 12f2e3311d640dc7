"""What is to be done on a plot, and by when: checklists, reports, escalation, photos, risks.

LAND-R7, R9, R29, R31, R32, R33 and the seven risks of PHUKET L1085-1096. Days without a source are
decisions and parameters.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, NamedTuple

import numpy as np

from geo.parameters import Parameters, between
from geo.text import Text
from layers.land import PLOT_STATUSES
from layers.model import choices
from layers.plot_life import DIG_GATES
from layers.projects import PHOTO_PHASES

__all__ = [
    "CHECKLISTS",
    "ESCALATION",
    "REPORT_KINDS",
    "RISKS",
    "RISK_LEVELS",
    "SUSPENSION_CAUSES",
    "CheckParameters",
    "Escalation",
    "Item",
    "Task",
    "checklist",
    "escalation",
    "late_reports",
    "missing_photos",
    "pump_reminder",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckParameters(Parameters):
    """Days and dates of LAND-R29, R31 and R32.

    ``task_days``: what a checklist item may take from the day of the status on, where neither the
    item nor the province says otherwise (the source gives no days: decision).
    """

    task_days: int = between(30, 1, 365)
    esc_level1_days: int = between(7, 1, 90)
    esc_level2_days: int = between(14, 1, 90)
    esc_level3_days: int = between(14, 1, 90)
    monthly_report_day: int = between(5, 1, 28)
    pump_reminder_days: int = between(7, 1, 90)


DEFAULTS = CheckParameters()


class Item(NamedTuple):
    """One thing to be done while a plot has a status; ``due_days`` after the status began."""

    code: str
    label: Text
    source: str
    due_days: int | None = None


def _items(source: str, labels: Mapping[str, Text]) -> tuple[Item, ...]:
    return tuple(Item(code, label, source) for code, label in labels.items())


APPLICATION = choices(
    conditions_explained=(
        "แจ้งเงื่อนไข 6 ข้อ: ประเภทที่ดิน หมู่บ้าน คุณสมบัติ เงื่อนไขและการถอนตัว สถานที่และเวลา โทรศัพท์",
        "Conditions sheet: land, village, applicant, withdrawal, place and time, telephone",
    ),
    conditions_received=("รับหลักฐานรับทราบเงื่อนไขที่ลงนาม", "Signed receipt of the conditions"),
)

SOURCE_CHECKS = choices(
    deed=("ประเภทเอกสารสิทธิ์ ผู้ถือครอง ที่ตั้ง", "Deed type, holder, location"),
    target_area=("อยู่ในพื้นที่เป้าหมาย", "In the target area"),
    permission_zones=("เขตที่ต้องขออนุญาต", "Permission zones"),
    owner_consent=("เจ้าของยินยอมโดยสมัครใจ", "Owner consents freely"),
    way_of_life=("วิถีชีวิตสอดคล้อง", "Way of life fits"),
    field_check=("ตรวจภูมิประเทศพร้อมภาพถ่าย", "Field check of the ground, with photos"),
    soil_test=("ทดสอบดิน", "Soil test"),
    report=("รายงานนายอำเภอและพัฒนาการจังหวัด", "Report to district chief and provincial CD head"),
)
"""The checks before acceptance, in the order of the source (LAND-R9)."""

SITE_ANALYSIS = choices(
    sun=("ทิศทางแสงแดด", "Sun direction"),
    water=("ทิศทางน้ำไหลและน้ำฝนที่ตกหรือผ่านพื้นที่", "Water flow, and rain falling on or crossing"),
    wind=("ทิศทางลม", "Wind direction"),
    wishes=("ความต้องการของเจ้าของและผู้เข้าร่วม", "Wishes of owner and participant"),
    skills=("ทักษะและความต้องการของคนในพื้นที่", "Skills and needs of local people"),
    neighbours=("ผลกระทบต่อแปลงข้างเคียง", "Neighbours affected"),
    soil=("ชนิดดินและความเป็นไปได้ในการขุดตามแบบและงบ", "Soil, and whether the plan can be dug"),
)
"""The form before digging (LAND-R33; PHUKET L1191-1211)."""

FLOOD_STEPS = choices(
    daily_record=("บันทึกประจำวันแจ้งคณะกรรมการตรวจรับ", "Daily record to the inspection committee"),
    superiors_informed=(
        "แจ้งพัฒนาการอำเภอ นายอำเภอ พัฒนาการจังหวัด และเจ้าของแปลง",
        "CD head, district chief, provincial CD head and owner informed",
    ),
    joint_meeting=("ประชุมร่วมกัน", "Joint meeting"),
    progress_report=("รายงานความก้าวหน้า", "Progress reported"),
    pump_request=("ขอเครื่องสูบน้ำจาก อบจ.", "Pumps asked of the PAO"),
    drain_survey=("สำรวจทางระบาย จุดตั้งเครื่องสูบ และที่พักน้ำ", "Drain route, pump place and storage"),
    pumps_installed=("ติดตั้งเครื่องสูบน้ำ", "Pumps installed"),
    thanks_sent=("ส่งหนังสือขอบคุณ", "Thanks letters sent"),
)
"""When water stands in the pond being dug (LAND-R32; PHUKET L1228-1241)."""

_FIRST = ("deed", "target_area", "permission_zones", "owner_consent", "way_of_life")

CHECKLISTS: Mapping[str, tuple[Item, ...]] = MappingProxyType(
    dict.fromkeys(PLOT_STATUSES, ())
    | {
        "inquiry": _items("LAND-R7", APPLICATION),
        "applied": _items("LAND-R9", {code: SOURCE_CHECKS[code] for code in _FIRST}),
        "documents_checked": _items(
            "LAND-R9", {code: SOURCE_CHECKS[code] for code in ("field_check", "soil_test")}
        ),
        "field_checked": _items("LAND-R9", {"report": SOURCE_CHECKS["report"]}),
        "preparing": _items("LAND-R33", SITE_ANALYSIS) + _items("LAND-R28", DIG_GATES),
        "suspended": _items("LAND-R32", FLOOD_STEPS),
        "dug": (
            Item("depth_profile", Text("วัดรูปตัดความลึก", "Depth profile measured"), "LAND-R20a"),
            Item("as_built", Text("เทียบแบบกับที่ขุดจริง", "Design against as built"), "LAND-R20c"),
        ),
    }
)
"""The checklist of each status, in the order of the procedure."""


class Task(NamedTuple):
    """One line of a checklist on a day: done or not, by when, and whether it is late."""

    code: str
    label: Text
    done: bool
    due: dt.date | None
    overdue: bool


def checklist(
    status: str,
    since: dt.date | None,
    done: Collection[str],
    today: dt.date,
    due_days: Mapping[str, int] = MappingProxyType({}),
    parameters: CheckParameters | None = None,
) -> list[Task]:
    """The checklist of a plot on a day.

    ``since`` is when it got its status (None: not known, so nothing is due), ``done`` the codes
    that are ticked, ``due_days`` the days that a province gives for a code. What neither says is
    due after ``task_days`` of the parameters; without parameters it has no due day.

    >>> day = dt.date(2025, 1, 6)
    >>> tasks = checklist("applied", day, {"deed"}, dt.date(2025, 1, 21), {"target_area": 14})
    >>> [(task.code, task.done, task.overdue) for task in tasks][:2]
    [('deed', True, False), ('target_area', False, True)]
    """
    tasks = []
    for item in CHECKLISTS[status]:
        days = due_days.get(item.code, item.due_days)
        if days is None and parameters is not None:
            days = parameters.task_days
        due = None if days is None or since is None else since + dt.timedelta(days)
        ticked = item.code in done
        late = due is not None and not ticked and today > due
        tasks.append(Task(item.code, item.label, ticked, due, late))
    return tasks


ESCALATION: Mapping[int, Text] = MappingProxyType(
    {
        1: Text("พัฒนาการอำเภอรายงานนายอำเภอ", "District CD head reports to the district chief"),
        2: Text("พัฒนาการจังหวัดหาผ่านภาคีเครือข่าย", "Provincial CD head finds one through partners"),
        3: Text("กลุ่มงานส่งเสริมฯ ขอความช่วยเหลือจากสำนักในกรม", "Promotion group asks the bureau"),
    }
)
"""Who looks for a contractor when there is none (LAND-R29; PHUKET L1126-1132)."""


class Escalation(NamedTuple):
    """The level that a search for a contractor is on, until when, and whether all time is up."""

    level: int
    due: dt.date
    overdue: bool


def escalation(
    opened: dt.date, today: dt.date, parameters: CheckParameters = DEFAULTS
) -> Escalation:
    """The level of LAND-R29 on a day; the last day of a level is still in time.

    >>> start = dt.date(2025, 3, 1)
    >>> [escalation(start, start + dt.timedelta(days)).level for days in (7, 8, 21, 22)]
    [1, 2, 2, 3]
    """
    p, due = parameters, opened
    for level, days in enumerate((p.esc_level1_days, p.esc_level2_days, p.esc_level3_days), 1):
        due += dt.timedelta(days)
        if today <= due:
            return Escalation(level, due, overdue=False)
    return Escalation(len(ESCALATION), due, overdue=True)


REPORT_KINDS = choices(
    daily=("รายวัน", "Daily"), weekly=("รายสัปดาห์", "Weekly"), monthly=("รายเดือน", "Monthly")
)
"""LAND-R31."""


class LateReports(NamedTuple):
    """Days, weeks (their Monday) and months (their first day) whose report is late."""

    daily: list[dt.date]
    weekly: list[dt.date]
    monthly: list[dt.date]


def late_reports(
    began: dt.date,
    ended: dt.date | None,
    today: dt.date,
    daily: Collection[dt.date] = (),
    weekly: Collection[dt.date] = (),
    monthly: Collection[dt.date] = (),
    holidays: Collection[dt.date] = (),
    parameters: CheckParameters = DEFAULTS,
) -> LateReports:
    """Reports that are late for digging from ``began`` to ``ended`` (None: goes on) (LAND-R31).

    A daily report is late from the next day on, for working days (Monday to Friday without
    ``holidays``); a weekly one after the following Monday; a monthly one after the 5th of the next
    month. A weekly or monthly report stands under any day of its week or month.
    """
    last = min(ended or today, today)
    if last < began:
        return LateReports([], [], [])
    days = [began + dt.timedelta(n) for n in range((last - began).days + 1)]
    working = np.is_busday(
        np.array(days, dtype="datetime64[D]"), holidays=np.array(list(holidays), "datetime64[D]")
    )
    missing = [
        day for day, works in zip(days, working, strict=True)
        if works and day not in set(daily) and today > day
    ]  # fmt: skip
    weeks = sorted({day - dt.timedelta(day.weekday()) for day in days})
    given = {day - dt.timedelta(day.weekday()) for day in weekly}
    late_weeks = [w for w in weeks if w not in given and today > w + dt.timedelta(7)]
    months = sorted({day.replace(day=1) for day in days})
    reported = {day.replace(day=1) for day in monthly}
    late_months = [
        month for month in months
        if month not in reported and today > _due_month(month, parameters.monthly_report_day)
    ]  # fmt: skip
    return LateReports(missing, late_weeks, late_months)


def _due_month(month: dt.date, day: int) -> dt.date:
    return (month + dt.timedelta(31)).replace(day=day)


SUSPENSION_CAUSES = choices(
    flood=("น้ำท่วม", "Flood"),
    machine=("เครื่องจักรเสีย", "Machine"),
    weather=("สภาพอากาศ", "Weather"),
    other=("อื่น ๆ", "Other"),
)
"""PHUKET L1228-1241."""


def pump_reminder(
    suspension: Mapping[str, Any], today: dt.date, parameters: CheckParameters = DEFAULTS
) -> bool:
    """Whether a plot that flood stopped still has no pump on record after 7 days (LAND-R32).

    ``suspension``: cause, start, end, pumps_used.

    >>> stopped = {"cause": "flood", "start": dt.date(2025, 9, 1)}
    >>> [pump_reminder(stopped, dt.date(2025, 9, day)) for day in (7, 8)]
    [False, True]
    """
    if suspension.get("cause") != "flood" or suspension.get("end") is not None:
        return False
    waited = (today - suspension["start"]).days
    return waited >= parameters.pump_reminder_days and not suspension.get("pumps_used")


_STATUSES = tuple(PLOT_STATUSES)
_PHOTO_FROM = {"before": "reported", "during": "dug", "after": "inspected"}


def missing_photos(status: str, phases: Collection[str]) -> tuple[str, ...]:
    """Phases that a plot should have photos of by now, and has none (PHUKET L1064, L1217).

    Before: with the report of the field check; during: once it is dug; after: at inspection.

    >>> missing_photos("dug", {"during"}), missing_photos("applied", ())
    (('before',), ())
    """
    if status in ("rejected", "withdrawn", "closed"):
        return ()
    rank = _STATUSES.index(status)
    return tuple(
        phase
        for phase in PHOTO_PHASES
        if rank >= _STATUSES.index(_PHOTO_FROM[phase]) and phase not in phases
    )


RISK_LEVELS = choices(low=("ต่ำ", "Low"), medium=("ปานกลาง", "Medium"), high=("สูง", "High"))


class Risk(NamedTuple):
    """A risk of digging, and what the source does about it."""

    label: Text
    mitigation: Text


RISKS: Mapping[int, Risk] = MappingProxyType(
    {
        1: Risk(Text("ทางเข้าแปลง", "Access"),
                Text("สำรวจและประสานแปลงข้างเคียง", "Survey, coordinate with neighbours")),
        2: Risk(Text("งบหรือเวลาเกิน", "Cost or time overrun"),
                Text("กำหนดขอบเขตงานและสัญญา ติดตามสม่ำเสมอ",
                     "Scope and contract, regular follow-up")),
        3: Risk(Text("สภาพอากาศ", "Weather"),
                Text("เลี่ยงฤดูฝน ดูพยากรณ์ เตรียมระบายน้ำ", "Avoid the wet season, forecast, drainage")),
        4: Risk(Text("ผลกระทบแปลงข้างเคียง ดินทรุด น้ำซึม", "Neighbours, subsidence, seepage"),
                Text("แจ้งตามกฎหมายและบอกแปลงข้างเคียง", "Legal notice, tell the neighbours")),
        5: Risk(Text("เครื่องจักรเสีย", "Machine breakdown"),
                Text("ตรวจเครื่องจักรสม่ำเสมอ", "Regular checks")),
        6: Risk(Text("อุบัติเหตุ ดินโคลนถล่ม", "Accident, mud slide"),
                Text("ประเมินคนและเครื่องจักร ติดป้ายเตือน", "Assess people and machines, put up signs")),
        7: Risk(Text("การกำจัดเศษวัสดุ", "Disposal of debris"),
                Text("ไม่เผาในเขตเมือง ตกลงราคาค่าฝังกลบก่อน",
                     "No open burning in town; agree the price of burial beforehand")),
    }
)  # fmt: skip
"""The seven risks with the source's mitigation (PHUKET L1088-1096)."""
