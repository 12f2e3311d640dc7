"""Villages of programmes: the targets of ours, and the registers of the overlap guard.

One row is one village in one programme and fiscal year (poverty.md 3.3 ``village_target`` and 3.5
``programme_village``), with the list of its participants. So the plan that a run of
target-selection leaves behind is the register that next year's guard reads.
"""

from __future__ import annotations

from layers import fields as f
from layers import people
from layers.common_columns import year_be
from layers.fields import family
from layers.model import Field, Layer, Privacy, Text, choices

__all__ = ["LAYERS", "STATES", "VILLAGE_TARGETS", "target_id"]

INTERNAL, RESTRICTED = Privacy.INTERNAL, Privacy.RESTRICTED

STATES = choices(
    proposed=("เสนอ", "Proposed"),
    checked=("ตรวจสอบแล้ว", "Checked"),
    agreed_board=("ศจพ.อ. เห็นชอบ", "Agreed by the district board"),
    approved=("อนุมัติ", "Approved"),
    active=("ดำเนินการ", "Active"),
    closed=("ปิด", "Closed"),
)


def target_id(programme: str, fiscal_year_be: int, village: str) -> str:
    """The key of a village in a programme and year.

    >>> target_id("NEPOOR63", 2563, "30010101")
    'NEPOOR63-2563-30010101'
    """
    return f"{programme}-{fiscal_year_be}-{village}"


def _count(name: str, th: str, en: str, source: str = "") -> Field:
    return f.integer(name, th, en, "household", computed=True, source=source)


VILLAGE_TARGETS = Layer(
    id="village_targets",
    title=Text("หมู่บ้านเป้าหมายของโครงการ", "Villages of programmes"),
    description=Text(
        "หมู่บ้านในแต่ละโครงการและปีงบประมาณ พร้อมรายชื่อผู้เข้าร่วม โควตา และการซ้ำซ้อน",
        "Villages by programme and fiscal year, with participants, quota and overlap",
    ),
    group="people",
    geometry="Point",
    fields=(
        *family(
            INTERNAL,
            f.key("target_id", "รหัสหมู่บ้านเป้าหมาย", "Village target"),
            f.area_code(),
            f.text("programme_code", "รหัสโครงการ", "Programme", required=True),
            year_be("fiscal_year_be", "ปีงบประมาณ", "Fiscal year", required=True),
            f.flag(
                "has_targets", "มีครัวเรือนเป้าหมาย", "Has target households", computed=True,
                source="CDD L1617",
            ),
            f.choice(
                "overlap_state", "การซ้ำซ้อน", "Overlap", people.OVERLAP_STATES, computed=True,
                source="CDD L1618-1620",
            ),
            f.integer("quota", "โควตา", "Quota", "household", source="CDD L1603",
                description=Text(
                    "เฉพาะหมู่บ้านนี้ ไม่ระบุใช้ตามเกณฑ์ของโครงการ",
                    "Of this village alone; without it that of the programme holds",
                ),),
            _count("n_selected", "จำนวนคัดเลือก", "Selected"),
            _count("n_waiting", "จำนวนสำรอง", "Waiting"),
            _count("n_pending", "จำนวนรอข้อมูล", "Pending"),
            _count("quota_unfilled", "โควตาที่ว่าง", "Quota unfilled", "POV-R15"),
            f.text("run_id", "รอบการคัดเลือก", "Run", computed=True),
            f.text("params_version", "ชุดเกณฑ์", "Parameter set", computed=True),
            f.reference(
                "learning_site_id", "จุดเรียนรู้", "Learning site", source="CDD L1889"
            ),
            f.money("budget_thb", "งบโครงการอาชีพ", "Occupation budget", source="CDD L1939"),
            f.reference("team_id", "ทีมปฏิบัติการอำเภอ", "District team", source="CDD L1600"),
            f.choice("state", "สถานะ", "State", STATES, source="CDD L1738, L1939"),
            f.flag(
                "participants_loaded", "รายชื่อผู้เข้าร่วมครบ", "Participant list complete",
                source="POV-R11",
            ),
            source="poverty.md 3.3",
        ),
        *family(
            RESTRICTED,
            f.items(
                "participants",
                "ผู้เข้าร่วม",
                "Participants",
                description=Text(
                    "รหัสครัวเรือนหรือกุญแจจับคู่บุคคล", "Household ids or person match keys"
                ),
            ),
            source="poverty.md 3.5",
        ),
        *f.provenance(),
    ),
    key="target_id",
    title_field="target_id",
    area="area_code",
    privacy=INTERNAL,
    bounds=f.THAILAND,
    source="poverty.md 3.3, 3.5; CDD L1615-1620",
)  # fmt: skip

LAYERS: tuple[Layer, ...] = (VILLAGE_TARGETS,)
