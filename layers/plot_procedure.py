"""What the procedure records of a plot: checks, status, gates, ladder, contract, reports.

The rules over these fields stand in :mod:`layers.plot_life` and :mod:`layers.plot_checks`.
"""

from __future__ import annotations

from layers import fields as f
from layers import land
from layers.model import Text

__all__ = ["CONTRACT", "LIFE", "PROCEDURE"]

PROCEDURE = (
    f.text(
        "standard_plan",
        "แบบมาตรฐานที่เลือก",
        "Standard plan",
        aliases=("แบบมาตรฐาน",),
        source="PHUKET L1207",
    ),
    f.text("standard_plan_file", "แฟ้มแบบมาตรฐาน", "Standard plan file", source="PHUKET L1207"),
    f.record(
        "field_check",
        "ผลตรวจพื้นที่",
        "Field check",
        description=Text(
            "date, boulders (none, some, many), valley, trees_per_rai และ override ของปัจจัยเดียว "
            "(factor, value, reason, photo_id)",
            "date, boulders (none, some, many), valley, trees_per_rai, and the override of one "
            "factor (factor, value, reason, photo_id)",
        ),
        source="PHUKET L1055-1083; LAND-R30",
    ),
    f.flag(
        "standard_plan_not_possible",
        "ขุดตามแบบมาตรฐานไม่ได้",
        "Standard plan not possible",
        source="LAND-R33",
    ),
    f.choice(
        "layout_profile",
        "รูปแบบการจัดสรรพื้นที่",
        "Layout profile",
        land.LAYOUT_PROFILES,
        source="LAND-R24",
    ),
    f.choice(
        "status",
        "สถานะแปลง",
        "Status",
        land.PLOT_STATUSES,
        required=True,
        aliases=("สถานะแปลง",),
        source="PHUKET L986-1257",
    ),
    f.date("status_date", "วันที่เปลี่ยนสถานะ", "Status since", source="land.md 7.1"),
    f.record(
        "dig_gates",
        "เงื่อนไขก่อนขุด",
        "Gates before digging",
        description=Text(
            "แต่ละเงื่อนไข: ผ่าน หรือเหตุผลที่ยกเว้น", "For each gate: passed, or why it is waived"
        ),
        source="LAND-R28",
    ),
    f.integer(
        "development_step",
        "ขั้นการพัฒนา",
        "Development step",
        maximum=10,
        computed=True,
        aliases=("step", "ขั้นพัฒนา 1-10", "ขั้นพัฒนา"),
        source="LAND-R40",
    ),
    f.record(
        "steps_done",
        "วันที่ผ่านแต่ละขั้น",
        "Date of each step",
        description=Text("ขั้นที่ 1-10 กับวันที่", "Step 1 to 10, with its date"),
        source="LAND-R40",
    ),
    f.flag("is_reserve_ready", "แปลงสำรองพร้อม", "Reserve plot ready", source="PHUKET L1173"),
    f.flag(
        "opened_to_public", "เปิดให้เรียนรู้/ท่องเที่ยว", "Open to visitors", source="PHUKET L938, L1159"
    ),
)

CONTRACT = (
    f.money("budget_thb", "วงเงินงบประมาณ", "Budget", source="PHUKET L1207"),
    f.text("notice_no", "เลขที่ใบรับแจ้งการขุดดิน-ถมดิน", "Digging notice", source="PHUKET L1120"),
    f.money("notice_fee_thb", "ค่าธรรมเนียม", "Notice fee", source="PHUKET L1120"),
    f.flag("notice_waived", "ยกเว้นค่าธรรมเนียม", "Fee waived", source="PHUKET L1120"),
    *(
        f.reference(name, th, en, source="PHUKET L1137-1141")
        for name, th, en in (
            ("contractor_id", "ผู้รับจ้าง", "Contractor"),
            ("supervisor_employer_id", "ผู้ควบคุมงานฝ่ายผู้จ้าง", "Supervisor (employer)"),
            ("supervisor_contractor_id", "ผู้ควบคุมงานฝ่ายผู้รับจ้าง", "Supervisor (contractor)"),
        )
    ),
)

LIFE = (
    f.items(
        "moves",
        "ประวัติสถานะ",
        "Changes of status",
        description=Text(
            "รายการของ old, new, who, role, when, reason, file เรียงตามวันที่",
            "Items of old, new, who, role, when, reason, file, oldest first",
        ),
        source="land.md 7.1",
    ),
    f.record(
        "checks",
        "รายการตรวจ",
        "Checklist",
        description=Text(
            "แต่ละรายการ: done (วันที่แล้วเสร็จ) และ days (จำนวนวันที่จังหวัดให้)",
            "For each item: done (its date) and days (that the province gives for it)",
        ),
        source="LAND-R7, R9, R32, R33",
    ),
    f.items(
        "risk_items",
        "ความเสี่ยงของงานขุด",
        "Risks of digging",
        description=Text(
            "รายการของ risk_code (1-7), level (low, medium, high), mitigation, owner, date",
            "Items of risk_code (1-7), level (low, medium, high), mitigation, owner, date",
        ),
        source="PHUKET L1085-1096",
    ),
    f.items(
        "suspensions",
        "การหยุดงาน",
        "Suspensions",
        description=Text(
            "รายการของ cause (flood, machine, weather, other), start, end, pumps_used, note",
            "Items of cause (flood, machine, weather, other), start, end, pumps_used, note",
        ),
        source="PHUKET L1228-1241",
    ),
    f.items(
        "site_reports",
        "รายงานผู้ควบคุมงาน",
        "Supervisor's reports",
        description=Text(
            "รายการของ kind (daily, weekly, monthly), date, signed_by",
            "Items of kind (daily, weekly, monthly), date, signed_by",
        ),
        source="PHUKET L1185, L1224, L1230",
    ),
    f.date(
        "contractor_search_from",
        "วันที่เริ่มหาผู้รับจ้าง",
        "Contractor sought since",
        source="LAND-R29; PHUKET L1126",
    ),
)
