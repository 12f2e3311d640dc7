"""The inputs of the relief calculator: facts of a case, and what the sources leave open."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from typing import Any

from geo.text import Text
from layers import people
from layers.debt.classes import DEBTOR_CLASSES
from layers.debt.interest import DAY_COUNTS, InterestRules
from layers.debt.measures import LITIGATION_MIN_VISITS
from layers.debt.relief import HARDSHIP_KINDS, ReliefRules
from layers.debtors import DEBTORS, GENERATIONS, LEGAL_STATUSES
from layers.processes.model import Input

__all__ = ["FACTS", "INPUTS"]

FACTS = ("outstanding_thb", "default_interest_thb", "penalty_thb")
"""The amounts that a debtor who is in no register is told by."""


def _of_layer(name: str, **changes: Any) -> Input:
    item = DEBTORS.by_name[name]
    kinds: dict[str, Any] = {"number": "number", "integer": "integer", "date": "date"}
    return Input(
        name=name,
        label=item.label,
        type=kinds.get(item.type, "text"),
        unit=item.unit,
        minimum=item.minimum,
        maximum=item.maximum,
        values=item.values,
        **changes,
    )


def _text(name: str, th: str, en: str, **more: Any) -> Input:
    return Input(name=name, label=Text(th, en), type="text", **more)


def _date(name: str, th: str, en: str) -> Input:
    return Input(name=name, label=Text(th, en), type="date")


_LABELS: Mapping[str, tuple[Text, str | None]] = {
    "restructure_max_months": (Text("ขยายเวลาได้ไม่เกิน", "Extension at most"), "month"),
    "restructure_rate_pct": (Text("ดอกเบี้ยระหว่างขยายเวลา", "Interest of the extension"), "%"),
    "notice_days": (Text("ชำระหลังได้รับหนังสือภายใน", "Paid after the notice within"), "day"),
    "notice_pct": (Text("ลดก่อนฟ้องไม่เกิน", "Cut before suit, at most"), "%"),
    "compromise_days": (Text("ชำระหลังยอมความภายใน", "Paid after compromise within"), "day"),
    "compromise_pct": (Text("ลดหลังยอมความไม่เกิน", "Cut after compromise, at most"), "%"),
    "compromise_late_days": (Text("ชำระหลังยอมความอย่างช้า", "Paid after compromise, latest"), "day"),
    "compromise_late_pct": (Text("ลดเมื่อชำระช้าไม่เกิน", "Cut when paid late, at most"), "%"),
    "penalty_waiver_days": (Text("ชำระหลังอนุมัติงดเบี้ยปรับภายใน", "Paid after waiver within"), "day"),
    "phase1_months": (Text("ช่วงแรกของมาตรการดอกเบี้ย", "First phase of interest"), "month"),
    "phase1_rate_pct": (Text("ดอกเบี้ยผิดนัดช่วงแรก", "Default interest, first phase"), "%"),
    "gap_rate_pct": (Text("ดอกเบี้ยเดือนที่ 3", "Interest of month 3"), "%"),
    "disciplined_rate_pct": (Text("ดอกเบี้ยเมื่อมีวินัย", "Interest with discipline"), "%"),
    "default_rate_pct": (Text("ดอกเบี้ยเมื่อยังผิดนัด", "Interest still in default"), "%"),
}


def _rule_inputs() -> tuple[Input, ...]:
    return tuple(
        Input(
            name=item.name,
            label=_LABELS[item.name][0],
            type="number" if item.name.endswith("_pct") else "integer",
            unit=_LABELS[item.name][1],
            default=item.default,
            minimum=item.metadata["low"],
            maximum=item.metadata["high"],
        )
        for kind in (ReliefRules, InterestRules)
        for item in fields(kind)
        if "low" in item.metadata
    )


INPUTS = (
    _of_layer("contract_id"),
    Input(
        name="filter",
        label=Text("ตัวกรอง", "Filter"),
        type="filter",
        description=Text("CQL2 บนชั้นข้อมูลลูกหนี้", "CQL2 over the layer debtors"),
    ),
    _date("reference", "วันอ้างอิง", "Reference day"),
    _text("measure", "มาตรการ", "Measure", values=people.MEASURES),
    _text("debtor_class", "ประเภทลูกหนี้", "Class", values=DEBTOR_CLASSES),
    *(_of_layer(name) for name in FACTS),
    _of_layer("start_date"),
    _of_layer("end_date"),
    _of_layer("co_debtors"),
    _text("generation", "รุ่นกองทุน", "Fund generation", values=GENERATIONS),
    _text("legal_status", "สถานะทางคดี", "Legal status", values=LEGAL_STATUSES),
    _date("approved_on", "วันที่จังหวัดอนุมัติ", "Approved by the province on"),
    Input(
        name="months",
        label=Text("จำนวนงวดที่ขอขยาย", "Instalments asked for"),
        type="integer",
        unit="month",
        default=24,
        minimum=1,
    ),
    _text(
        "restructure_from",
        "นับระยะขยายจาก",
        "Extension counted from",
        default="approval_date",
        values={
            "approval_date": Text("วันที่อนุมัติ", "Day of approval"),
            "original_end": Text("วันสิ้นสุดสัญญาเดิม", "Old end of the contract"),
        },
    ),
    _text(
        "situation",
        "ชำระเมื่อ",
        "Paid after",
        default="notice",
        values={
            "notice": Text("ได้รับหนังสือทวงถาม", "A notice letter"),
            "compromise": Text("ทำสัญญายอมความ", "A compromise contract"),
        },
    ),
    _date("base_date", "วันที่ได้รับหนังสือหรือทำสัญญายอมความ", "Day of the notice or compromise"),
    _date("paid_on", "วันที่ชำระ", "Paid on"),
    Input(
        name="in_full",
        label=Text("ชำระเต็มจำนวน", "Paid in full"),
        type="boolean",
        default=True,
    ),
    Input(
        name="granted_pct",
        label=Text("ร้อยละที่เจ้าหน้าที่ให้ลด", "Cut granted by the officer"),
        type="number",
        unit="%",
        minimum=0,
        maximum=100,
    ),
    _date("until", "คิดดอกเบี้ยถึงวันที่", "Interest until"),
    Input(
        name="disciplined",
        label=Text("ชำระมีวินัยตั้งแต่เดือนที่ 4", "Disciplined from month 4"),
        type="boolean",
        default=True,
    ),
    _text(
        "day_count",
        "วิธีนับวัน",
        "Day count",
        default=DAY_COUNTS[0],
        values={code: Text(code, code) for code in DAY_COUNTS},
    ),
    _text(
        "applicant_role",
        "ผู้ขอปลด",
        "Who asks for release",
        default="joint_debtor",
        values={
            "main_borrower": Text("ผู้กู้หลัก", "Main borrower"),
            "joint_debtor": Text("ลูกหนี้ร่วม", "Joint debtor"),
            "guarantor": Text("ผู้ค้ำประกัน", "Guarantor"),
        },
    ),
    _text("must_consent", "รหัสผู้ที่ต้องยินยอม (คั่นด้วยจุลภาค)", "Keys of those who must consent"),
    _text("consents", "รหัสผู้ที่ยินยอมแล้ว (คั่นด้วยจุลภาค)", "Keys of those who consented"),
    Input(
        name="payment_proof",
        label=Text("มีหลักฐานการชำระ", "Proof of payment"),
        type="boolean",
        default=False,
    ),
    _text("hardship_kind", "สภาพความเดือดร้อน", "Hardship", values=HARDSHIP_KINDS),
    _text("hardship_proof", "หลักฐานความเดือดร้อน", "Proof of hardship"),
    Input(
        name="min_visits_before_litigation",
        label=Text("ลงพื้นที่ก่อนดำเนินคดีอย่างน้อย", "Visits before litigation, at least"),
        type="integer",
        default=LITIGATION_MIN_VISITS,
        minimum=0,
        maximum=20,
    ),
    *_rule_inputs(),
)
