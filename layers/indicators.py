"""Indicators (ตัวชี้วัด) and what was observed of them (ค่าที่สังเกต).

One ``indicators`` row is an indicator or the framework that heads a set of them: ``kind`` tells
which. A framework row exists because some sources print only how many indicators there are; its
names are never invented (assessment.md 3.4). Thresholds of levels are a list on the indicator.

One ``observations`` row is one value, or one silence, of one indicator for one subject and period.
Absence of data is never zero: ``value_num`` and ``value_text`` are empty unless ``response_state``
is ``reported``; a reported nothing is ``reported_none`` and counts as 0 in sums (ASM-R1, R2). Two
official values of one fact stand side by side in one ``conflict_group`` (ASM-R5).

Rows are internal: they are drafts until another account verifies them, and site values of schools
and prisons stay inside; what the public gets are aggregates by area. Answers of single households
are not observations: they stand in ``households`` and ``visits``, so no row here is of a person.
"""

from __future__ import annotations

from layers import fields as f
from layers import people
from layers.fields import family
from layers.model import Layer, Privacy, Text, choices

__all__ = [
    "INDICATORS",
    "LAYERS",
    "OBSERVATIONS",
    "QUALIFIERS",
    "QUALITY_FLAGS",
    "RESPONSE_STATES",
    "UNITS_OF_ANALYSIS",
]

INTERNAL, RESTRICTED = Privacy.INTERNAL, Privacy.RESTRICTED

KINDS = choices(framework=("กรอบตัวชี้วัด", "Framework"), indicator=("ตัวชี้วัด", "Indicator"))
UNITS_OF_ANALYSIS = choices(
    household=("ครัวเรือน", "Household"),
    village=("หมู่บ้าน", "Village"),
    tambon=("ตำบล", "Tambon"),
    lao=("องค์กรปกครองส่วนท้องถิ่น", "Local administrative organisation"),
    district=("อำเภอ", "District"),
    province=("จังหวัด", "Province"),
    university=("มหาวิทยาลัย", "University"),
    network=("เครือข่าย", "Network"),
    city=("เมือง", "City"),
    quarter=("ย่านวัฒนธรรม", "Cultural quarter"),
    site=("สถานที่", "Site"),
    product=("ผลิตภัณฑ์", "Product"),
    programme=("โครงการ", "Programme"),
)
VALUE_TYPES = choices(
    number=("จำนวนจริง", "Number"),
    boolean=("ใช่/ไม่ใช่", "Yes or no"),
    ordinal=("ระดับ", "Ordinal"),
    count=("จำนวนนับ", "Count"),
    currency=("จำนวนเงิน", "Currency"),
    ratio=("สัดส่วน", "Ratio"),
    text=("ข้อความ", "Text"),
)
DIRECTIONS = choices(
    higher_better=("ยิ่งมากยิ่งดี", "Higher is better"),
    lower_better=("ยิ่งน้อยยิ่งดี", "Lower is better"),
    target_range=("อยู่ในช่วงเป้าหมาย", "Target range"),
    none=("ไม่มีทิศทาง", "None"),
)
AGGREGATIONS = choices(
    sum=("ผลรวม", "Sum"),
    weighted_mean=("ค่าเฉลี่ยถ่วงน้ำหนัก (ตัวตั้ง/ตัวหาร)", "Weighted mean"),
    share=("ร้อยละ", "Share"),
    latest=("ค่าล่าสุด", "Latest"),
    none=("ไม่รวม", "None"),
)
PERIOD_TYPES = choices(
    day=("วัน", "Day"),
    month=("เดือน", "Month"),
    quarter=("ไตรมาส", "Quarter"),
    fiscal_year=("ปีงบประมาณ", "Fiscal year"),
    calendar_year=("ปีปฏิทิน", "Calendar year"),
    round=("รอบ", "Round"),
    phase=("ระยะ", "Phase"),
    custom=("กำหนดเอง", "Custom"),
)
RESULT_LEVELS = choices(
    output=("ผลผลิต", "Output"), outcome=("ผลลัพธ์", "Outcome"), impact=("ผลกระทบ", "Impact")
)
SOURCE_STATUSES = choices(
    stated=("ระบุในต้นฉบับ", "Stated"),
    derived=("คำนวณจากต้นฉบับ", "Derived"),
    decision=("กำหนดโดยแพลตฟอร์ม", "Decision"),
)
SUBJECT_TYPES = choices(
    area=("พื้นที่", "Area"),
    lao=("องค์กรปกครองส่วนท้องถิ่น", "Local administrative organisation"),
    site=("สถานที่", "Site"),
    project=("โครงการ", "Project"),
    university=("มหาวิทยาลัย", "University"),
    network=("เครือข่าย", "Network"),
    city=("เมือง", "City"),
    quarter=("ย่านวัฒนธรรม", "Cultural quarter"),
    product=("ผลิตภัณฑ์", "Product"),
    programme=("แผนงาน", "Programme"),
    fund=("กองทุน", "Fund"),
)
PHASES = choices(
    before=("ก่อนดำเนินการ", "Before"),
    after=("หลังดำเนินการ", "After"),
    round_1=("รอบที่ 1", "Round 1"),
    round_2=("รอบที่ 2", "Round 2"),
    none=("ไม่มีระยะ", "None"),
)
RESPONSE_STATES = choices(
    reported=("รายงานค่า", "Value reported"),
    reported_none=("รายงานว่าไม่มี", "Reported none"),
    no_response=("ไม่ตอบ", "No answer"),
    not_due=("ยังไม่ถึงกำหนด หรืออยู่ระหว่างดำเนินการ", "Not due yet or in progress"),
    not_applicable=("ไม่เกี่ยวข้อง", "Not applicable"),
)
QUALIFIERS = choices(
    exact=("เท่ากับ", "Exact"),
    about=("ประมาณ", "About"),
    more_than=("มากกว่า", "More than"),
    at_least=("ไม่น้อยกว่า", "At least"),
    at_most=("ไม่เกิน", "At most"),
    less_than=("น้อยกว่า", "Less than"),
)
MARKS = choices(
    present=("มีอยู่แล้ว", "Already there"),
    expected=("คาดว่าจะเกิด", "Expected"),
    none=("ไม่ได้ระบุ", "Not addressed"),
)
EVIDENCE = choices(
    ticked=("ทำเครื่องหมาย", "Ticked"),
    computed=("คำนวณ", "Computed"),
    document=("เอกสาร", "Document"),
)
QUALITY_FLAGS = choices(
    figure_words_mismatch=("ตัวเลขไม่ตรงกับตัวหนังสือ", "Figure and words differ"),
    sum_mismatch=("ผลรวมไม่ตรง", "Sum differs"),
    period_mixed=("รวมหลายช่วงเวลา", "Periods mixed"),
    unit_conflict=("หน่วยขัดกัน", "Unit conflict"),
    value_conflict=("ค่าขัดกัน", "Value conflict"),
    small_n=("จำนวนน้อย", "Small number"),
    derived=("ค่าที่คำนวณ", "Derived"),
)
CHECK_STATES = choices(
    **{code: (label.th, label.en) for code, label in people.RECORD_STATES.items()},
    superseded=("มีฉบับใหม่แทน", "Superseded"),
)

INDICATORS = Layer(
    id="indicators",
    title=Text("ตัวชี้วัด", "Indicators"),
    description=Text(
        "ทะเบียนกรอบตัวชี้วัดและตัวชี้วัด พร้อมหน่วย ทิศทาง การรวมค่า และเกณฑ์ระดับ",
        "Registry of frameworks and indicators with unit, direction, aggregation and thresholds",
    ),
    group="work",
    geometry=None,
    fields=(
        f.key("indicator_code", "รหัสตัวชี้วัด", "Indicator code"),
        f.choice("kind", "ประเภท", "Kind", KINDS, required=True),
        f.text("framework_code", "รหัสกรอบ", "Framework code", required=True),
        f.text("group_code", "หมวด/ด้าน", "Group"),
        f.name_th(),
        f.name_en(),
        f.text("owner", "หน่วยงานเจ้าของ", "Owner"),
        f.choice("unit_of_analysis", "หน่วยวิเคราะห์", "Unit of analysis", UNITS_OF_ANALYSIS),
        f.integer("n_groups", "จำนวนหมวด", "Groups"),
        f.integer("n_indicators", "จำนวนตัวชี้วัด", "Number of indicators"),
        f.flag("list_known", "มีรายการตัวชี้วัด", "List known"),
        f.text("cycle", "รอบการเก็บ", "Cycle"),
        f.integer("valid_from_be", "ใช้ตั้งแต่ (พ.ศ.)", "Valid from (BE)", minimum=2400, maximum=2700),
        f.integer("valid_to_be", "ใช้ถึง (พ.ศ.)", "Valid to (BE)", minimum=2400, maximum=2700),
        f.text("version", "ฉบับ", "Version", source="PHUKET L645, L655"),
        f.text("unit", "หน่วย", "Unit"),
        f.choice("value_type", "ชนิดค่า", "Value type", VALUE_TYPES),
        f.choice("direction", "ทิศทาง", "Direction", DIRECTIONS),
        f.choice("aggregation", "การรวมค่า", "Aggregation", AGGREGATIONS, source="ASM-R6"),
        f.reference("numerator_code", "ตัวตั้ง", "Numerator"),
        f.reference("denominator_code", "ตัวหาร", "Denominator"),
        f.number("norm_min", "ค่าต่ำสุดอ้างอิง", "Radar minimum"),
        f.number("norm_max", "ค่าสูงสุดอ้างอิง", "Radar maximum"),
        f.choice("period_type", "ชนิดงวด", "Period type", PERIOD_TYPES),
        f.choice("result_level", "ระดับผล", "Result level", RESULT_LEVELS, source="PMUA L2337"),
        f.flag("sensitive", "อ่อนไหว", "Sensitive"),
        f.items(
            "thresholds",
            "เกณฑ์ระดับ",
            "Thresholds",
            description=Text(
                "แต่ละระดับ: class_code, label_th, label_en, min, max (ว่าง = เปิด), min_inclusive, "
                "max_inclusive, colour, valid_from_be, source_ref, status",
                "Each class: class_code, label_th, label_en, min, max (null = open), "
                "min_inclusive, max_inclusive, colour, valid_from_be, source_ref, status",
            ),
        ),
        f.choice("status", "สถานะของที่มา", "Status of the source", SOURCE_STATUSES),
        *f.provenance(),
    ),
    key="indicator_code",
    title_field="name_th",
    source="assessment.md 3.1",
)

_WHAT = (
    f.key("observation_id", "รหัสค่าที่สังเกต", "Observation id"),
    f.reference("indicator_code", "รหัสตัวชี้วัด", "Indicator code", required=True),
    f.choice("subject_type", "หน่วยที่วัด", "Subject type", SUBJECT_TYPES, required=True),
    f.text("subject_id", "รหัสหน่วยที่วัด", "Subject", required=True),
    f.area_code(required=False),
    f.date("period_start", "วันเริ่มงวด", "Period start", required=True, source="ASM-R3"),
    f.date("period_end", "วันสิ้นสุดงวด", "Period end", required=True, source="ASM-R3"),
    f.text("period_label", "งวด", "Period"),
    f.choice("phase", "ระยะ", "Phase", PHASES),
    f.text("column_code", "คอลัมน์ของแบบ", "Form column", source="OTOU L245"),
    f.text("form_version", "ฉบับแบบฟอร์ม", "Form version", source="OTOU L229"),
)
_VALUE = (
    f.choice(
        "response_state",
        "สถานะการตอบ",
        "Response state",
        RESPONSE_STATES,
        required=True,
        source="ICT L9, L93, L126; CDD L2054; ASM-R1",
    ),
    f.number("value_num", "ค่า", "Value", source="ICT L110-148"),
    f.text("value_text", "ค่าที่เป็นข้อความ", "Value in words"),
    f.text("unit", "หน่วย", "Unit"),
    f.choice("qualifier", "ลักษณะค่า", "Qualifier", QUALIFIERS, source="NUM-R4"),
    f.number("range_low", "ช่วงต่ำ", "Range low", source="NUM-R6"),
    f.number("range_high", "ช่วงสูง", "Range high", source="NUM-R6"),
    f.choice("mark", "เครื่องหมายของแบบ", "Form mark", MARKS, source="OTOU L231-233; ASM-R20"),
    f.choice("evidence", "หลักฐาน", "Evidence", EVIDENCE),
    f.text("reason_code", "รหัสเหตุผล", "Reason code"),
    f.text("reason_text", "เหตุผล", "Reason"),
    f.text("scope_note", "ขอบเขต", "Scope", source="ICT L110; ASM-R4"),
)
_TRUST = (
    f.as_of(),
    f.integer("source_priority", "ลำดับความน่าเชื่อถือ", "Source priority", source="ASM-R5"),
    f.text("conflict_group", "กลุ่มค่าขัดกัน", "Conflict group", source="ASM-R5"),
    f.items("quality_flags", "ธงคุณภาพ", "Quality flags", QUALITY_FLAGS, computed=True),
    f.reference("entered_by", "ผู้บันทึก", "Entered by", privacy=RESTRICTED),
    f.reference("verified_by", "ผู้ตรวจสอบ", "Verified by", privacy=RESTRICTED),
    f.choice(
        "record_state", "สถานะบันทึก", "Record state", CHECK_STATES, source="assessment.md 18.1"
    ),
)

OBSERVATIONS = Layer(
    id="observations",
    title=Text("ค่าที่สังเกต", "Observations"),
    description=Text(
        "ค่าตัวชี้วัดรายหน่วยและงวด พร้อมสถานะการตอบ การไม่ตอบไม่นับเป็นศูนย์",
        "Indicator values by subject and period with response state; silence is never zero",
    ),
    group="work",
    geometry=None,
    fields=(
        *family(INTERNAL, *_WHAT, *_VALUE, *_TRUST, source="assessment.md 3.1"),
        *f.provenance(),
    ),
    key="observation_id",
    title_field="observation_id",
    area="area_code",
    privacy=INTERNAL,
    datetime=("period_start", "period_end"),
    source="assessment.md 3.1, 4.2; registers.md 2.3",
)

LAYERS: tuple[Layer, ...] = (INDICATORS, OBSERVATIONS)
