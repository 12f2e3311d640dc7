"""Plans, projects and budgets, their deadlines, and the documents of every layer.

One ``projects`` row is a project, activity or plan of any level (assessment.md 13.1). Its budget
lines, months, tranches and activity results are lists on it: budget progress reads one project at a
time, so they need no layer of their own. A project may cover several areas: ``areas`` names them
all, ``area_code`` the finest area that contains them.

One ``deadlines`` row is one duty of one area: what the calendar of 15.2 says (``rule_id`` DLnn,
deliverable, actor, rule) and where it stands (``anchor_on``, ``due_on``, ``done_on``). A calendar
entry that no area has taken on yet has no ``area_code``. Contradictory deadlines both stand
(ASM-R147).

One ``documents`` row is a paper, scan or photo of a feature of any layer: ``subject_layer`` and
``subject_id`` name it. Rows are restricted, for they carry signatures and faces; one that was
cleared says so in ``publish_level``. Registry extracts, medical, death and court papers are secret:
their scans stand in ``sealed_file``, never in ``file``, and ``subkind``, which would tell what they
are, is secret with them (privacy.md 11.2).
"""

from __future__ import annotations

from types import MappingProxyType

from layers import fields as f
from layers import people
from layers.fields import family
from layers.model import Layer, Privacy, Text, choices

__all__ = [
    "ACTIVITY_TYPES",
    "DEADLINES",
    "DEADLINE_RULES",
    "DEADLINE_STATES",
    "DOCUMENTS",
    "LAYERS",
    "PROJECTS",
    "PROJECT_STATUSES",
]

INTERNAL, RESTRICTED, SECRET = Privacy.INTERNAL, Privacy.RESTRICTED, Privacy.SECRET

KINDS = choices(
    project=("โครงการ", "Project"), activity=("กิจกรรม", "Activity"), plan=("แผน", "Plan")
)
LEVELS = choices(
    household=("ครัวเรือน", "Household"),
    village=("หมู่บ้าน", "Village"),
    tambon=("ตำบล", "Tambon"),
    district=("อำเภอ", "District"),
    province=("จังหวัด", "Province"),
    region=("ภาค", "Region"),
    nation=("ประเทศ", "Nation"),
)
METHODS = choices(
    self=("ทำเอง", "By themselves"),
    joint=("ทำร่วม", "Jointly"),
    supported=("ขอรับการสนับสนุน", "With outside support"),
)
SUPPORTERS = choices(
    lao=("องค์กรปกครองส่วนท้องถิ่น", "Local administrative organisation"),
    agency=("ส่วนราชการ", "Government agency"),
    private=("ภาคเอกชน", "Private sector"),
    community=("ชุมชน", "Community"),
)
ACTIVITY_TYPES = choices(
    A=(
        "การพัฒนาสัมมาชีพและสร้างอาชีพใหม่ (ยกระดับ OTOP ฯลฯ)",
        "Livelihoods and new occupations",
    ),
    B=("การสร้างและพัฒนา Creative Economy (ยกระดับการท่องเที่ยว)", "Creative economy (tourism)"),
    C=(
        "การนำองค์ความรู้ไปช่วยบริการชุมชน (Healthcare / เทคโนโลยี)",
        "Knowledge for community service",
    ),
    D=("การส่งเสริมด้านสิ่งแวดล้อม / Circular Economy", "Environment / circular economy"),
    E=("อื่น ๆ", "Other"),
)
PHASES = choices(
    upstream=("ต้นน้ำ", "Upstream"),
    midstream=("กลางน้ำ", "Midstream"),
    downstream=("ปลายน้ำ", "Downstream"),
)
PROJECT_STATUSES = choices(
    idea=("แนวคิด", "Idea"),
    in_plan=("อยู่ในแผน", "In plan"),
    proposed=("เสนอของบประมาณ", "Proposed"),
    funded=("ได้รับงบประมาณ", "Funded"),
    not_funded=("ไม่ได้รับงบประมาณ", "Not funded"),
    contracted=("ทำสัญญาแล้ว", "Contracted"),
    running=("อยู่ระหว่างดำเนินการ", "Running"),
    reported=("รายงานผลแล้ว", "Reported"),
    closed=("ปิดโครงการ", "Closed"),
    cancelled=("ยกเลิก", "Cancelled"),
)
DEADLINE_RULES = choices(
    fixed=("วันที่กำหนด", "Fixed day"),
    within_month=("ภายในเดือน", "Within the month"),
    within_quarter=("ภายในไตรมาส", "Within the quarter"),
    window=("ช่วงเวลา", "Window from..to"),
    after_completion=("นับจากวันแล้วเสร็จ", "Days or months after completion"),
    after_start=("นับจากวันเริ่ม", "Days, months or years after the start"),
    before_event=("ก่อนถึงกำหนด", "Days or months before an event"),
    spacing=("เว้นระยะห่าง", "Spacing between two events"),
    day_of_month=("ภายในวันที่ของทุกเดือน", "Day of every month"),
    monthly_window=("2 วันสุดท้ายของเดือน ถึงวันที่ 2", "Last 2 days of the month to day 2"),
    weeks_1_and_3=("สัปดาห์ที่ 1 และ 3 ของเดือน", "Weeks 1 and 3 of the month"),
    monthly=("ทุกเดือน", "Monthly"),
    quarterly=("ทุกไตรมาส", "Quarterly"),
    every_years=("ทุกกี่ปี", "Every so many years"),
    every_visit=("ทุกครั้งที่ลงพื้นที่", "After every visit"),
)
DEADLINE_STATES = choices(
    planned=("ยังไม่ถึงกำหนด", "Planned"),
    due=("ถึงกำหนด", "Due"),
    done_on_time=("ส่งตรงเวลา", "Done on time"),
    overdue=("เกินกำหนด", "Overdue"),
    done_late=("ส่งล่าช้า", "Done late"),
)
GENERAL_DOCUMENT_KINDS = choices(
    photo=("ภาพถ่าย", "Photo"),
    drawing=("แบบแปลน", "Drawing"),
    plan_book=("เล่มแผน", "Plan book"),
    minutes=("รายงานการประชุม", "Minutes"),
    budget_book=("ข้อบัญญัติงบประมาณ", "Budget book"),
    receipt_register=("ทะเบียนการรับวัสดุ", "Receipt register"),
    report=("รายงานผล", "Report"),
    agreement=("บันทึกข้อตกลง", "Agreement (MOU, NDA)"),
    knowledge=("ชุดความรู้", "Knowledge, manual or story"),
)
ALL_DOCUMENT_KINDS = MappingProxyType({**people.DOCUMENT_KINDS, **GENERAL_DOCUMENT_KINDS})
DOCUMENT_SUBKINDS = choices(
    notice_letter=("หนังสือทวงถาม", "Notice letter"),
    registry_extract=("คัดทะเบียนราษฎร", "Civil-registry extract"),
    mediation_petition=("คำร้องขอไกล่เกลี่ย", "Mediation petition"),
    compromise_contract=("สัญญาประนีประนอมยอมความ", "Compromise contract"),
    payment_proof=("หลักฐานการชำระเงิน", "Payment proof"),
    bill_payment_slip=("ใบแจ้งชำระ Bill Payment", "Bill Payment slip"),
    court_papers=("เอกสารศาล", "Court papers"),
    medical_certificate=("ใบรับรองแพทย์", "Medical certificate"),
    death_certificate=("ใบมรณบัตร", "Death certificate"),
    follow_up_report=("รายงานการติดตาม", "Follow-up report"),
)
FILE_STATES = choices(
    present=("มี", "Present"),
    missing=("ไม่มี", "Missing"),
    lost=("สูญหาย", "Lost"),
    unreadable=("อ่านไม่ได้", "Unreadable"),
)
PHOTO_PHASES = choices(
    before=("ก่อนดำเนินการ", "Before"),
    during=("ระหว่างดำเนินการ", "During"),
    after=("หลังดำเนินการ", "After"),
)

_IDENTITY = (
    f.key("project_id", "รหัสโครงการ", "Project id", aliases=("รหัสกิจกรรม", "activity_id")),
    f.text("code", "รหัสย่อ", "Project code", source="PMUA L734-741, L2364-2371"),
    f.choice("kind", "ประเภท", "Kind", KINDS),
    f.name_th(aliases=("ชื่อโครงการ", "กิจกรรม", "project", "activity")),
    f.name_en(),
    f.reference("parent_id", "อยู่ภายใต้โครงการหรือแผน", "Under project or plan", source="CDD L424"),
    f.text("programme_code", "แผนงาน", "Programme"),
    f.text("framework_no", "กรอบการวิจัย", "Framework"),
    f.integer(
        "fiscal_year_be",
        "ปีงบประมาณ (พ.ศ.)",
        "Fiscal year (BE)",
        minimum=2400,
        maximum=2700,
        aliases=("ปีงบประมาณ", "fiscal_year"),
    ),
    f.date("start_date", "วันเริ่ม", "Start", source="CDD L543"),
    f.date("end_date", "วันเสร็จ", "End", source="CDD L543"),
    f.text("owner_org", "หน่วยงาน", "Owner", source="PMUA L613"),
    f.text("lead_institution", "สถาบัน", "Lead institution", source="PMUA L613"),
    f.items("partners", "ภาคี", "Partners", source="PMUA L613"),
    f.area_code(required=False, source="CDD L164", aliases=("พื้นที่",)),
    f.items("areas", "พื้นที่ทั้งหมด", "All areas", description=Text("รหัสพื้นที่", "Area codes")),
    f.geom_precision(),
)

_SUBSTANCE = (
    f.choice("level", "ระดับ", "Level", LEVELS, source="CDD L424, L654"),
    f.integer("priority", "ลำดับความสำคัญ", "Priority", minimum=1, source="CDD L490"),
    f.choice("method_class", "วิธีดำเนินการ", "Method", METHODS, source="CDD L480-486"),
    f.choice("supporter_type", "ผู้สนับสนุน", "Supporter", SUPPORTERS, source="CDD L523-526"),
    f.choice(
        "activity_type", "ประเภทกิจกรรม", "Activity type", ACTIVITY_TYPES, source="OTOU L239-243"
    ),
    f.choice("phase", "ต้นน้ำ / กลางน้ำ / ปลายน้ำ", "Phase", PHASES, source="PMUA L613"),
    f.choice("status", "สถานะ", "Status", PROJECT_STATUSES, source="assessment.md 18.1"),
    f.items("goals", "เป้าหมาย", "Goals", source="OTOU L246-262"),
    f.items("indicators", "ตัวชี้วัด", "Indicators"),
    f.flag("in_lao_plan", "อยู่ในแผนท้องถิ่น", "In LAO plan", source="CDD L509-517"),
    f.items(
        "evidence",
        "หลักฐาน",
        "Evidence",
        privacy=RESTRICTED,
        description=Text("รหัสเอกสาร", "Document ids"),
        source="CDD L509-517",
    ),
)

_BUDGET = (
    f.text("funding_source", "แหล่งงบประมาณ", "Funding source", source="CDD L480"),
    f.money("allocated_thb", "งบจัดสรร", "Allocated", source="PMUA L2384-2391"),
    f.money("contracted_thb", "ออกสัญญา", "Contracted", source="PMUA L2384-2391"),
    f.money("spent_thb", "เบิกจ่าย", "Spent", aliases=("งบเบิกจ่าย",), source="CDD L164; ASM-R136"),
    f.items(
        "budget_lines",
        "รายการงบประมาณ",
        "Budget lines",
        description=Text(
            "แต่ละรายการ: line_code (T, 1, 1.1 .. 3.1), parent_code, name_th, name_en, budget_thb",
            "Each: line_code (T, 1, 1.1 .. 3.1), parent_code, name_th, name_en, budget_thb",
        ),
        source="OTOU L351-375",
    ),
    f.items(
        "budget_months",
        "แผนและผลรายเดือน",
        "Plan and actual by month",
        description=Text(
            "แต่ละเดือน: line_code, year_month, plan_thb, actual_thb (ว่าง = ยังไม่รายงาน), "
            "explanation, entered_at",
            "Each: line_code, year_month, plan_thb, actual_thb (null = not reported), "
            "explanation, entered_at",
        ),
        source="OTOU L332, L348-352",
    ),
    f.items(
        "tranches",
        "งวดการจ่ายเงิน",
        "Tranches",
        description=Text(
            "แต่ละงวด: n, share, condition, paid_on", "Each: n, share, condition, paid_on"
        ),
        source="OTOU L411-428",
    ),
    f.items(
        "activity_results",
        "ผลการดำเนินงาน",
        "Activity results",
        description=Text(
            "แต่ละกิจกรรม: activity, area_code, completed_on, reported_on, target, quantity, unit, "
            "people, quality_result, files, photos (จำนวน)",
            "Each: activity, area_code, completed_on, reported_on, target, quantity, unit, "
            "people, quality_result, files, photos (counts)",
        ),
        source="CDD L164, L498-512, L543-544",
    ),
)

PROJECTS = Layer(
    id="projects",
    title=Text("โครงการ แผน และงบประมาณ", "Projects, plans and budgets"),
    description=Text(
        "โครงการ กิจกรรม และแผนทุกระดับ พร้อมพื้นที่ งบประมาณ และความก้าวหน้า",
        "Projects, activities and plans of every level with area, budget and progress",
    ),
    group="work",
    geometry="Geometry",
    fields=(*_IDENTITY, *_SUBSTANCE, *_BUDGET, *f.provenance()),
    key="project_id",
    title_field="name_th",
    area="area_code",
    datetime=("start_date", "end_date"),
    bounds=f.THAILAND,
    source="assessment.md 13.1, 13.2, 18.1",
)

DEADLINES = Layer(
    id="deadlines",
    title=Text("กำหนดเวลา", "Deadlines"),
    description=Text(
        "หน้าที่รายงานรายพื้นที่ตามปฏิทิน วันครบกำหนด และสถานะการส่ง",
        "Reporting duties by area after the calendar, with due day and state",
    ),
    group="work",
    geometry=None,
    fields=family(
        INTERNAL,
        f.key("deadline_id", "รหัสรายการ", "Deadline id"),
        f.text("rule_id", "รหัสกำหนดเวลา", "Calendar id (DLnn)"),
        f.text("programme", "แผนงาน/โครงการ", "Programme", required=True),
        f.reference("project_id", "รหัสโครงการ", "Project id"),
        f.text("deliverable_th", "สิ่งที่ต้องส่ง", "Deliverable (Thai)"),
        f.text("deliverable_en", "สิ่งที่ต้องส่ง (อังกฤษ)", "Deliverable (English)"),
        f.text("actor", "ผู้ส่ง", "Actor"),
        f.text("receiver", "ผู้รับ", "Receiver"),
        f.choice("area_level", "ระดับพื้นที่", "Area level", LEVELS),
        f.area_code(required=False),
        f.choice("rule", "กติกา", "Rule", DEADLINE_RULES, required=True),
        f.text("be_text", "ข้อความกำหนดเวลาตามต้นฉบับ", "Deadline as printed"),
        f.integer("offset_days", "จำนวนวัน", "Days", "day"),
        f.integer("offset_days_max", "จำนวนวันสูงสุด", "Days at most", "day", source="ASM-R148"),
        f.integer("offset_months", "จำนวนเดือน", "Months", "month"),
        f.integer("day_of_month", "วันที่ของเดือน", "Day of the month", minimum=1, maximum=31),
        f.date("anchor_on", "เริ่มนับ", "Counted from"),
        f.date("window_start", "เปิดรับตั้งแต่", "Open from"),
        f.date("due_on", "ครบกำหนด", "Due"),
        f.date("done_on", "ส่งเมื่อ", "Done"),
        f.choice("state", "สถานะ", "State", DEADLINE_STATES, computed=True),
        f.integer("days_left", "วันคงเหลือ", "Days left", "day", minimum=None, computed=True),
        f.items("conflicts_with", "ขัดกับกำหนด", "Conflicts with", source="ASM-R147"),
        f.items("evidence", "หลักฐาน", "Evidence", description=Text("รหัสเอกสาร", "Document ids")),
        *f.provenance(),
        source="assessment.md 13.1, 15; ASM-R146",
    ),
    key="deadline_id",
    title_field="deliverable_th",
    area="area_code",
    privacy=INTERNAL,
    datetime=("due_on",),
    source="assessment.md 13.1, 15",
)

DOCUMENTS = Layer(
    id="documents",
    title=Text("เอกสารและภาพถ่าย", "Documents and photos"),
    description=Text(
        "เอกสาร หลักฐาน และภาพถ่ายที่แนบกับข้อมูลทุกชั้น พร้อมสถานะแฟ้ม",
        "Papers, evidence and photos attached to features of any layer, with the state of the file",
    ),
    group="work",
    geometry="Point",
    fields=(
        *family(
            RESTRICTED,
            f.key("doc_id", "รหัสเอกสาร", "Document id"),
            f.text("title", "ชื่อเอกสาร", "Title"),
            f.choice("kind", "ประเภทเอกสาร", "Kind", ALL_DOCUMENT_KINDS, required=True),
            f.text("subject_layer", "ชั้นข้อมูลที่แนบ", "Layer it belongs to"),
            f.reference("subject_id", "รหัสข้อมูลที่แนบ", "Feature it belongs to"),
            f.reference("party_id", "คู่สัญญา", "Party"),
            f.date("doc_date", "วันที่เอกสาร", "Date of the document"),
            f.text("signed_by", "ผู้ลงนาม", "Signed by"),
            f.text("file", "แฟ้ม", "File"),
            f.choice("file_state", "สถานะแฟ้ม", "File state", FILE_STATES),
            f.reference("uploaded_by", "ผู้นำเข้า", "Uploaded by"),
            f.datetime("uploaded_at", "เวลานำเข้า", "Uploaded at"),
            source="PHUKET L592, L2335; debtors.md 2.5",
        ),
        *family(
            RESTRICTED,
            f.choice("phase", "ระยะ", "Phase", PHOTO_PHASES),
            f.datetime("taken_at", "เวลาถ่ายภาพ", "Taken at"),
            f.azimuth("azimuth", "ทิศกล้อง", "Camera azimuth"),
            source="PHUKET L1064, L1217; land.md 3.6",
        ),
        *family(
            SECRET,
            f.choice("subkind", "ชนิดย่อย", "Sub-kind", DOCUMENT_SUBKINDS),
            f.text("sealed_file", "แฟ้มลับ", "Sealed file"),
            source="PHUKET L2443, L2513",
        ),
        *family(
            INTERNAL,
            f.area_code(required=False),
            f.text("origin_url", "หน้าเว็บต้นทาง", "Origin page", source="PHUKET L2104"),
            f.date("retrieved_on", "วันที่สืบค้น", "Retrieved on"),
            f.publish_level(),
            f.tags(),
        ),
        *f.provenance(),
    ),
    key="doc_id",
    title_field="title",
    area="area_code",
    privacy=RESTRICTED,
    geometry_privacy=RESTRICTED,
    datetime=("doc_date",),
    bounds=f.THAILAND,
    source="debtors.md 2.5; assessment.md 13.1; land.md 3.6",
)

LAYERS: tuple[Layer, ...] = (PROJECTS, DOCUMENTS, DEADLINES)
