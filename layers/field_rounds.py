"""Field rounds of a district (รอบการลงพื้นที่) and hand-overs between officers (การส่งมอบ).

One ``field_rounds`` row is one slot of one month of one district (debtors.md 2.8): what was
planned, which of the five steps are done, and when the report was filed. One ``handovers`` row is
one pack of contracts on its way from an officer to the successor (DEBT-R27). Both belong to the
visit log: restricted, and without a name of a debtor.
"""

from __future__ import annotations

from types import MappingProxyType

from layers import fields as f
from layers.debt.classes import DEBTOR_CLASSES
from layers.debt.rounds import EQUIPMENT, FIVE_STEPS, PAPERS
from layers.fields import family
from layers.model import Layer, Privacy, Text, choices

__all__ = ["FIELD_ROUNDS", "HANDOVERS", "HANDOVER_STATES", "LAYERS", "ROUND_STATES"]

SLOT_LABELS = choices(week_1=("สัปดาห์ที่ 1", "Week 1"), week_3=("สัปดาห์ที่ 3", "Week 3"))
ROUND_STATES = choices(
    planned=("วางแผน", "Planned"),
    prepared=("เตรียมพร้อม", "Prepared"),
    in_field=("ลงพื้นที่", "In the field"),
    returned=("กลับ", "Returned"),
    reported=("รายงานแล้ว", "Reported"),
    cancelled=("ยกเลิก", "Cancelled"),
)
HANDOVER_STATES = choices(
    prepared=("จัดเตรียม", "Prepared"),
    sent=("ส่งแล้ว", "Sent"),
    accepted=("รับมอบแล้ว", "Accepted"),
    returned=("ส่งกลับ", "Returned"),
)

FIELD_ROUNDS = Layer(
    id="field_rounds",
    title=Text("รอบการลงพื้นที่", "Field rounds"),
    description=Text(
        "แผน การเตรียม และรายงานการลงพื้นที่ติดตามลูกหนี้ สัปดาห์ที่ 1 และ 3 ของเดือน รายอำเภอ",
        "Plan, preparation and report of the visits to debtors in weeks 1 and 3, by district",
    ),
    group="people",
    geometry=None,
    fields=(
        *family(
            Privacy.RESTRICTED,
            f.key("round_id", "รหัสรอบ", "Round ID"),
            f.area_code(),
            f.date("month", "เดือน (วันที่ 1)", "Month (its first day)"),
            f.choice("slot", "สัปดาห์", "Week", SLOT_LABELS, required=True),
            f.date("planned_date", "วันลงพื้นที่", "Planned day"),
            f.items("team", "คณะที่ลงพื้นที่", "Team"),
            f.items("class_filter", "ประเภทลูกหนี้ที่เลือก", "Classes chosen", DEBTOR_CLASSES),
            f.items(
                "contracts",
                "รายการสัญญาตามลำดับ",
                "Contracts in order",
                description=Text("รหัสสัญญาตามลำดับการเยี่ยม", "Contract ids in the order of visits"),
            ),
            f.items(
                "steps_done", "ขั้นตอนที่ทำแล้ว", "Steps done", FIVE_STEPS, source="PHUKET L2363-2392"
            ),
            f.items(
                "checklist",
                "เอกสารและอุปกรณ์ที่พร้อม",
                "Papers and equipment ready",
                MappingProxyType({**PAPERS, **EQUIPMENT}),
                source="PHUKET L2382-2388",
            ),
            f.choice("status", "สถานะ", "State", ROUND_STATES),
            f.text("cancelled_reason", "เหตุที่ยกเลิก", "Why cancelled"),
            f.date("reported_at", "วันที่รายงาน", "Reported on"),
            f.text("report_file", "แฟ้มรายงาน", "Report file"),
            source="PHUKET L2325, L2392; debtors.md 2.8",
        ),
        *f.provenance(),
    ),
    key="round_id",
    title_field="round_id",
    area="area_code",
    privacy=Privacy.RESTRICTED,
    datetime=("planned_date",),
    source="debtors.md 2.8, 7.4",
)

HANDOVERS = Layer(
    id="handovers",
    title=Text("การส่งมอบพิกัดและแฟ้ม", "Hand-overs"),
    description=Text(
        "ชุดสัญญา พิกัด และเอกสารที่ผู้ดูแลเดิมส่งต่อให้ผู้รับผิดชอบคนใหม่ พร้อมเรื่องค้างที่ต้องรับทราบ",
        "Packs of contracts, pins and papers that go from keeper to keeper, with open matters",
    ),
    group="people",
    geometry=None,
    fields=(
        *family(
            Privacy.RESTRICTED,
            f.key("handover_id", "รหัสการส่งมอบ", "Hand-over ID"),
            f.area_code(),
            f.reference("from_officer", "ผู้ส่งมอบ", "From"),
            f.reference("to_officer", "ผู้รับมอบ", "To"),
            f.text("reason", "เหตุผล", "Reason"),
            f.items("contracts", "รหัสสัญญา", "Contracts"),
            f.items(
                "open_items",
                "เรื่องค้าง",
                "Open matters",
                description=Text("แต่ละเรื่อง: contract_id, code", "Each: contract_id, code"),
            ),
            f.items(
                "acknowledged",
                "เรื่องที่รับทราบแล้ว",
                "Acknowledged",
                description=Text("แต่ละเรื่อง: contract_id, code, on", "Each: contract_id, code, on"),
            ),
            f.date("prepared_at", "วันที่จัดเตรียม", "Prepared on"),
            f.date("sent_at", "วันที่ส่ง", "Sent on"),
            f.date("accepted_at", "วันที่รับ", "Accepted on"),
            f.date("access_until", "สิทธิ์ของผู้ดูแลเดิมถึงวันที่", "Former keeper sees it until"),
            f.text("returned_reason", "เหตุที่ส่งกลับ", "Why returned"),
            f.choice("state", "สถานะ", "State", HANDOVER_STATES),
            source="PHUKET L2335; DEBT-R27",
        ),
        *f.provenance(),
    ),
    key="handover_id",
    title_field="handover_id",
    area="area_code",
    privacy=Privacy.RESTRICTED,
    datetime=("prepared_at",),
    source="debtors.md 2.8; DEBT-R27",
)

LAYERS: tuple[Layer, ...] = (FIELD_ROUNDS, HANDOVERS)
