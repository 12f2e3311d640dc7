"""What the layers of the people family share: field families, keys and code lists.

Code lists are those of poverty.md 3.11, 5 and 7 and of debtors.md 2.5, 4 and 7.2.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from layers.model import Text, choices

__all__ = [
    "AID_DIMENSIONS",
    "AID_STATES",
    "CAPITALS",
    "DOCUMENT_KINDS",
    "LIST_STATES",
    "MEASURES",
    "OVERLAP_STATES",
    "PERSON_KEY",
    "PROVIDER_LEVELS",
    "PSEUDONYM",
    "REASONS",
    "REASONS_EXACT",
    "RECORD_STATES",
    "RESULT_STATUSES",
    "SOURCE_LISTS",
    "STAGES",
    "TIERS",
    "TIERS_EXACT",
    "TPMAP_DIMENSIONS",
]

PSEUDONYM = r"^(.*[^0-9 -].*|([0-9][ -]?){1,12}|([0-9][ -]?){14,})$"
"""A key of an office that is not the 13 digits of an ID card, with dashes or without (IMP-R5)."""

PERSON_KEY = r"^[0-9a-f]{32,64}$"
"""A keyed hash in hexadecimal (POV-R19); too long to be an ID-card number."""

SOURCE_LISTS = choices(
    tpmap=("TPMAP", "TPMAP"),
    bmn=("จปฐ.", "Basic minimum needs (BMN)"),
    found_new=("ค้นพบใหม่", "Newly found"),
    district_register=("ทะเบียนอำเภอ", "District register"),
    sammachip=("สัมมาชีพชุมชน", "Sammachip village"),
)
TPMAP_DIMENSIONS = choices(
    health=("สุขภาพ", "Health"),
    living=("ความเป็นอยู่", "Living conditions"),
    education=("การศึกษา", "Education"),
    income=("รายได้", "Income"),
    public_services=("การเข้าถึงบริการภาครัฐ", "Access to public services"),
)
TIERS = choices(
    **{
        "1": (
            "ลำดับ 1 ต่ำกว่า 38,000 บาท พัฒนาได้ มีบัตรสวัสดิการ (TPMAP)",
            "Tier 1: below 38,000, can be developed, welfare card (TPMAP)",
        ),
        "2": (
            "ลำดับ 2 ต่ำกว่า 38,000 บาท พัฒนาได้ (จปฐ.)",
            "Tier 2: below 38,000, can be developed (BMN)",
        ),
        "3-4": ("ลำดับ 3-4", "Tier 3-4"),
    }
)
TIERS_EXACT = choices(
    **{
        **{code: (TIERS[code].th, TIERS[code].en) for code in ("1", "2")},
        "3": ("ลำดับ 3 รายได้ไม่เกิน 100,000 บาท (จปฐ.)", "Tier 3: income up to 100,000 (BMN)"),
        "4": ("ลำดับ 4 (ข้อมูลจำกัดสิทธิ์)", "Tier 4 (restricted)"),
    }
)
RESULT_STATUSES = choices(
    eligible=("เข้าเกณฑ์", "Eligible"),
    pending=("รอข้อมูล", "Waiting for data"),
    blocked=("ตัดออก", "Blocked"),
    route_welfare=("ส่งต่อสวัสดิการ", "Route to welfare"),
    not_eligible=("ไม่เข้าเกณฑ์", "Not eligible"),
)
LIST_STATES = choices(
    selected=("คัดเลือก", "Selected"),
    waiting=("สำรอง", "Waiting"),
    none=("ไม่อยู่ในบัญชี", "Not on the list"),
)
OVERLAP_STATES = choices(
    clear=("ไม่ซ้ำ", "Clear"),
    village_only=("หมู่บ้านซ้ำแต่ไม่ซ้ำกลุ่มเป้าหมาย", "Village repeats, household does not"),
    blocked=("ซ้ำกลุ่มเป้าหมาย", "Blocked: already took part"),
    hold=("ยังไม่มีรายชื่อผู้เข้าร่วมเดิม", "On hold: earlier participant list missing"),
)
REASONS = choices(
    T1_TPMAP_CARD=(
        "รายได้ต่ำกว่าเส้น มีบัตรสวัสดิการ พัฒนาได้ (TPMAP)",
        "Income below the line, welfare card, can be developed (TPMAP)",
    ),
    T2_BMN=("รายได้ต่ำกว่าเส้น พัฒนาได้ (จปฐ.)", "Income below the line, can be developed (BMN)"),
    T34_MERGED=("เข้าเกณฑ์ลำดับ 3-4", "Meets tier 3-4"),
    N_CARD=("ไม่มีบัตรสวัสดิการ จึงไม่เข้าลำดับ 1", "No welfare card: not tier 1"),
    X_MOVED=("ย้ายออก", "Moved"),
    X_DECEASED=("เสียชีวิต", "Deceased"),
    X_UNWILLING=("ไม่ประสงค์", "Unwilling"),
    X_WANTS_MOVE=("ประสงค์ย้ายออก", "Wants to move"),
    U_INCOME=("ขาดข้อมูลรายได้", "Income unknown"),
    U_CARD=("ขาดข้อมูลบัตรสวัสดิการ", "Welfare card unknown"),
    U_DEV=("ขาดข้อมูลการพัฒนาได้", "Whether it can be developed is unknown"),
    U_TPMAP=("ไม่ทราบว่าอยู่ใน TPMAP หรือไม่", "Whether it is in TPMAP is unknown"),
    O_PARTICIPANT=("ซ้ำกลุ่มเป้าหมายของโครงการเดิม", "Already in an earlier programme"),
    O_VILLAGE_ONLY=("หมู่บ้านซ้ำแต่ไม่ซ้ำกลุ่มเป้าหมาย", "Village repeats, household does not"),
    O_HOLD=("ยังไม่มีรายชื่อผู้เข้าร่วมเดิม", "Earlier participant list missing"),
)
_SECRET_REASONS = choices(
    T3_LOW_INCOME=("รายได้ไม่เกินเพดาน (จปฐ.)", "Income up to the ceiling (BMN)"),
    T4_RESTRICTED=("เข้าเกณฑ์ลำดับ 4 (ข้อมูลจำกัดสิทธิ์)", "Meets tier 4 (restricted)"),
    N_ABOVE_CEILING=("รายได้เกินเพดาน", "Income above the ceiling"),
    W_WELFARE_ONLY=(
        "ต้องให้การสงเคราะห์เพียงอย่างเดียว: ส่งต่อสวัสดิการ",
        "Needs welfare only: routed to welfare",
    ),
    U_REHAB=("ขาดข้อมูลที่จำกัดสิทธิ์", "A restricted fact is unknown"),
)
REASONS_EXACT: Mapping[str, Text] = MappingProxyType(
    {code: text for code, text in {**REASONS, **_SECRET_REASONS}.items() if code != "T34_MERGED"}
)
STAGES = choices(
    candidate=("รายชื่อตั้งต้น", "Candidate (start list)"),
    found_new=("ค้นพบใหม่", "Newly found"),
    verified=("สอบทานแล้ว", "Verified"),
    not_found=("ไม่พบครัวเรือน", "Not found"),
    not_poor=("ไม่เข้าเกณฑ์", "Not poor / not eligible"),
    assessed=("วิเคราะห์แล้ว", "Assessed (capitals, level, tier)"),
    selected=("คัดเลือก", "Selected"),
    waiting=("สำรอง", "Waiting"),
    referred=("ส่งต่อแล้ว", "Referred"),
    aided=("ได้รับความช่วยเหลือ", "Aided (incl. material handed over)"),
    monitored=("ติดตาม", "Monitored"),
    exited=("พ้นความยากจน", "Exited"),
    returned=("กลับมายากจน", "Returned"),
    closed=("ปิด (ย้าย/เสียชีวิต)", "Closed"),
)
CAPITALS = choices(
    human=("ทุนมนุษย์", "Human capital"),
    physical=("ทุนกายภาพ", "Physical capital"),
    economic=("ทุนเศรษฐกิจ", "Economic capital"),
    natural=("ทุนธรรมชาติ", "Natural capital"),
    social=("ทุนสังคม", "Social capital"),
)
AID_DIMENSIONS = choices(
    housing=("ที่อยู่อาศัย", "Housing"),
    health=("สุขภาพ", "Health"),
    state_welfare=("สวัสดิการรัฐ", "State welfare"),
    education=("การศึกษา", "Education"),
    occupation=("อาชีพ", "Occupation"),
)
PROVIDER_LEVELS = choices(
    local=("พื้นที่", "Local"), province=("จังหวัด", "Province"), central=("ส่วนกลาง", "Central")
)
AID_STATES = choices(
    proposed=("เสนอ", "Proposed"),
    matched=("จับคู่", "Matched"),
    sent=("ส่งต่อ", "Sent"),
    accepted=("รับเรื่อง", "Accepted"),
    in_progress=("ดำเนินการ", "In progress"),
    delivered=("ให้ความช่วยเหลือแล้ว", "Delivered"),
    confirmed=("ครัวเรือนยืนยัน", "Confirmed by the household"),
    closed=("ปิด", "Closed"),
    rejected=("ปฏิเสธ", "Rejected"),
    cancelled=("ยกเลิก", "Cancelled"),
    duplicate=("ซ้ำซ้อน", "Duplicate"),
)
MEASURES = choices(
    ack_liability=("หนังสือรับสภาพความผิด", "Acknowledgement of liability"),
    ack_debt=("หนังสือรับสภาพหนี้", "Acknowledgement of debt"),
    restructure=("ปรับโครงสร้างหนี้", "Restructuring"),
    release=(
        "ยกเลิกสัญญาค้ำประกันรายบุคคล / ปลดหนี้รายบุคคล",
        "Cancel guarantee / individual release",
    ),
    penalty_waiver=("ลดหรืองดเบี้ยปรับ/ดอกเบี้ยผิดนัด", "Cut or waive penalty / default interest"),
    hardship_2568=(
        "ช่วยเหลือกรณีทุพพลภาพ ชราภาพ ถึงแก่ความตาย หรือไม่สามารถประกอบอาชีพได้ตามปกติ พ.ศ. 2568",
        "Hardship measure 2568",
    ),
    mediation_20ter=(
        "ไกล่เกลี่ยก่อนฟ้อง ป.วิ.พ. มาตรา 20 ตรี",
        "Mediation before suit, s. 20 ter",
    ),
    litigation=("ดำเนินคดี", "Litigation"),
    discipline_advice=("แนะนำ ส่งเสริมวินัยทางการเงิน", "Advice on financial discipline"),
    mediation_discount=("ไกล่เกลี่ยและประนีประนอมยอมความ", "Notice / compromise discount"),
    interest_cut=("ลดอัตราดอกเบี้ยเงินกู้และดอกเบี้ยผิดนัด", "Interest-rate measure"),
)
DOCUMENT_KINDS = choices(
    proposal=("แบบเสนอโครงการ", "Project proposal"),
    loan_contract=("สัญญากู้ยืมเงิน", "Loan contract"),
    guarantee=("สัญญาค้ำประกัน", "Guarantee contract"),
    debt_acknowledgement=("หนังสือรับสภาพหนี้", "Acknowledgement of debt"),
    liability_acknowledgement=("หนังสือรับสภาพความผิด", "Acknowledgement of liability"),
    restructuring=("หนังสือปรับโครงสร้างหนี้", "Restructuring letter"),
    other=("เอกสารหลักฐานอื่น", "Other evidence"),
)
RECORD_STATES = choices(
    draft=("ร่าง", "Draft"),
    submitted=("ส่งแล้ว", "Submitted"),
    returned=("ส่งกลับแก้ไข", "Returned"),
    verified=("ผ่านการตรวจสอบ", "Verified"),
)
