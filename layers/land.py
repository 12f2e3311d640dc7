"""What the layers of the land family share: code lists of land.md, and some fields."""

from __future__ import annotations

from geo import setback
from geo.layout.profiles import ZONE_GROUPS
from geo.pond import VERDICTS
from layers import fields as f
from layers.model import Field, Text, choices

__all__ = [
    "ABOVE_ZERO",
    "AREA_CHECKS",
    "DEED_TYPES",
    "DEVELOPMENT_STEPS",
    "LAYOUT_PROFILES",
    "PERMISSION_STATES",
    "PERMISSION_ZONE_KINDS",
    "PLOT_STATUSES",
    "POND_VERDICTS",
    "SCREENING_CLASSES",
    "SETBACK_VERDICTS",
    "SIZE_CLASSES",
    "SOIL_CLASSES",
    "ZONE_GROUPS",
    "ZONE_KINDS",
    "plan",
    "plot_id",
    "side_slope",
]

ABOVE_ZERO = 0.01
"""The least length or area that a form takes where the rule says "more than 0"."""

DEED_TYPES = choices(
    chanote=("โฉนดที่ดิน (น.ส.4)", "Chanote title deed (NS4)"),
    ns3k=("น.ส.3ก", "NS3K certificate of use"),
    ns3=("น.ส.3", "NS3 certificate of use"),
    sk1=("ส.ค.1", "SK1 notice of possession"),
    spk401=("ส.ป.ก.4-01", "ALRO 4-01 land-reform title"),
    nk3=("น.ค.3", "NK3 self-help settlement title"),
    ksn5=("กสน.5", "KSN5 co-operative settlement title"),
    ratchaphatsadu=("ที่ราชพัสดุ", "State land"),
    other=("อื่น ๆ", "Other"),
)
"""land.md 3.7."""

AREA_CHECKS = choices(
    ok=("ตรงกัน", "Agree"),
    warning=("ต่างกันเล็กน้อย", "Differ slightly"),
    area_mismatch=("ไม่ตรงกัน", "Do not agree"),
)
"""LAND-R3: deed area against drawn area."""

SIZE_CLASSES = choices(
    micro=("ขนาดเล็ก (ไม่เกิน 1 ไร่)", "Micro (up to 1 rai)"),
    small_between=("1-3 ไร่ (ต้นทางไม่ได้จัดกลุ่ม)", "1 to 3 rai (not classed by the source)"),
    standard=("3-15 ไร่", "Standard (3 to 15 rai)"),
    over_standard=("เกิน 15 ไร่ (ต้นทางไม่ได้จัดกลุ่ม)", "Over 15 rai (not classed by the source)"),
)
"""LAND-R5, by deed area."""

PERMISSION_ZONE_KINDS = choices(
    reserved_forest=("เขตพื้นที่ป่าสงวน", "Reserved forest"),
    national_park=("เขตอุทยานแห่งชาติ", "National park"),
    royal_project_forest=(
        "ป่าสงวนแห่งชาติที่โครงการหลวงขอใช้พื้นที่แล้ว",
        "National reserved forest already requested by a royal project",
    ),
    state_land=("ที่ราชพัสดุ (กรมธนารักษ์)", "State land, Treasury Department"),
    self_help_settlement=("นิคมสร้างตนเอง", "Self-help settlement"),
    coop_settlement=(
        "นิคมสหกรณ์ (เอกสารสิทธิ์ถาวร 5 ปีขึ้นไป)",
        "Co-operative settlement with permanent title of 5 years or more",
    ),
    alro=("เขต ส.ป.ก. 4-01", "Land-reform area"),
    other=("อื่น ๆ", "Other"),
)
"""LAND-R8."""

PERMISSION_STATES = choices(
    not_needed=("ไม่ต้องขออนุญาต", "Not needed"),
    to_request=("ต้องยื่นขอ", "To be requested"),
    requested=("ยื่นขอแล้ว", "Requested"),
    granted=("ได้รับอนุญาต", "Granted"),
    refused=("ไม่ได้รับอนุญาต", "Refused"),
)

SOIL_CLASSES = choices(
    clay=("ดินเหนียว", "Clay"),
    sandy_loam=("ดินร่วนปนทราย", "Sandy loam"),
    sand=("ดินทราย", "Sand"),
    unknown=("ไม่ทราบ", "Unknown"),
)
"""LAND-R10."""

LAYOUT_PROFILES = choices(
    standard_30_30_30_10=("มาตรฐาน 30:30:30:10", "Standard 30:30:30:10"),
    phuket_micro=("แปลงเล็กภูเก็ต (พืชเศรษฐกิจ/สมุนไพร)", "Phuket micro (cash crops and herbs)"),
    custom=("กำหนดเอง", "Custom"),
)
"""LAND-R24."""

PLOT_STATUSES = choices(
    inquiry=("สอบถาม", "Enquiry"),
    applied=("ยื่นใบสมัคร", "Applied"),
    documents_checked=("ตรวจเอกสารสิทธิ์แล้ว", "Documents checked"),
    field_checked=("ตรวจพื้นที่และดินแล้ว", "Field and soil checked"),
    reported=("รายงานนายอำเภอ/พัฒนาการจังหวัดแล้ว", "Reported"),
    reserve=("แปลงสำรอง", "Reserve plot"),
    accepted=("ผ่านการคัดเลือก", "Accepted"),
    preparing=("เตรียมการก่อนขุด", "Preparing"),
    ready_to_dig=("พร้อมขุด", "Ready to dig"),
    digging=("กำลังขุด", "Digging"),
    suspended=("หยุดงานชั่วคราว", "Suspended"),
    dug=("ขุดแล้วเสร็จ", "Dug"),
    rework=("แก้ไขงาน", "Rework"),
    inspected=("ตรวจรับแล้ว", "Inspected"),
    developing=("กำลังพัฒนา", "Developing"),
    learning_centre=("ศูนย์เรียนรู้ชุมชนต้นแบบ", "Model learning centre"),
    rejected=("ไม่ผ่าน", "Rejected"),
    withdrawn=("ถอนตัว", "Withdrawn"),
    closed=("ปิดแปลง", "Closed"),
)
"""land.md 7.1, in the order of the procedure (PHUKET L986-1257)."""

DEVELOPMENT_STEPS: dict[int, Text] = {
    1: Text("สร้างความมั่นคงทางอาหาร", "Food security"),
    2: Text("พัฒนาระบบการเก็บน้ำ", "Water-storage system"),
    3: Text("ศูนย์ฝึกอาชีพ ศูนย์แบ่งปันเมล็ดพันธุ์และต้นกล้า", "Vocational training; seed and seedling sharing"),
    4: Text("พัฒนาระบบนิเวศ", "Ecosystem"),
    5: Text("ขั้นที่ 5 (ต้นฉบับอ่านไม่ชัด)", "Step 5 (unclear in print)"),
    6: Text("สร้างเครือข่าย โคก หนอง นา", "Khok Nong Na network"),
    7: Text("ขยายผลผลิตทางการเกษตร", "More farm output"),
    8: Text("ขั้นที่ 8 (ต้นฉบับอ่านไม่ชัด)", "Step 8 (unclear in print)"),
    9: Text("แปรรูปผลิตภัณฑ์ทางการเกษตร/สมุนไพร", "Processing of farm and herb products"),
    10: Text("การท่องเที่ยว", "Tourism"),
}
"""The ladder "Step by Step" (LAND-R40; PHUKET L1246-1257)."""

POND_VERDICTS = VERDICTS
"""LAND-R12."""

SETBACK_VERDICTS = setback.SETBACK_VERDICTS
"""LAND-R16."""

ZONE_KINDS = choices(
    pond=("หนอง", "Pond"),
    channel=("คลองไส้ไก่", "Feeder channel"),
    other_water=("แหล่งน้ำอื่น", "Other water"),
    bank=("คันสระ", "Pond bank"),
    paddy=("นา", "Paddy"),
    cash_crop=("พืชเศรษฐกิจ", "Cash crop"),
    vegetable=("ผัก", "Vegetables"),
    herb=("สมุนไพร", "Herbs"),
    orchard=("พืชสวน", "Orchard"),
    forest_3_kinds=("ป่า 3 อย่าง", "Three-kinds forest"),
    house=("บ้าน", "House"),
    animal_pen=("คอกสัตว์", "Animal pen"),
    path=("ทางเดิน", "Path"),
    learning_base=("ฐานการเรียนรู้", "Learning base"),
    parking=("ที่จอดรถ", "Parking"),
)
"""land.md 3.4."""

SCREENING_CLASSES = choices(
    suitable=("เหมาะสม", "Suitable"),
    conditional=("เหมาะสมแบบมีเงื่อนไข", "Suitable under conditions"),
    unsuitable=("ไม่เหมาะสม", "Unsuitable"),
)
"""LAND-R30."""


def plot_id() -> Field:
    """The plot that a pond, a channel, a zone or a sample belongs to."""
    return f.reference("plot_id", "รหัสแปลง", "Plot ID", required=True, aliases=("รหัสแปลง",))


def plan() -> tuple[Field, Field]:
    """The plan (แบบผังแปลง) that a zone, pond or channel is part of; a plot may have several."""
    return (
        f.reference("plan_id", "รหัสแบบผังแปลง", "Plan ID", source="land.md 6.3"),
        f.integer("plan_version", "แบบผังฉบับที่", "Plan version", minimum=1, source="land.md 6.3"),
    )


def side_slope(default: float | None = None) -> Field:
    """Horizontal run per unit of depth; ``default`` is what an empty value reads as."""
    empty = ("", "") if default is None else (f" ไม่ระบุใช้ {default}", f"; {default} when not given")
    return f.number(
        "slope_h_per_v",
        "ความลาดตลิ่ง (ราบ:ดิ่ง)",
        "Side slope H:V",
        minimum=0,
        maximum=5,
        description=Text(
            f"ราบต่อดิ่ง 1.5 คือราบ 1.5 ดิ่ง 1 (แบบไทยเขียน 1:1.5){empty[0]}",
            f'Horizontal per vertical; 1.5 is "1:1.5" on Thai drawings{empty[1]}',
        ),
        source="LAND-R11",
    )
