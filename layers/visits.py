"""Visits (การลงพื้นที่) to poor households and to debtors of the women's fund.

One row is one call; ``kind`` tells whose (poverty.md 3.7, debtors.md 2.7). ``outcome`` is a list,
since a debtor may be met, promise and join a measure in one call; a household has one. What the
talk tells of illness, disability, character and family is secret in both kinds. The point is where
the team stood, so it is as restricted as the home.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from layers import fields as f
from layers import people
from layers.fields import family
from layers.model import Layer, Privacy, Text, choices

__all__ = [
    "DEBTOR_OUTCOMES",
    "HARDSHIPS",
    "HOUSEHOLD_OUTCOMES",
    "LAYERS",
    "SURVEY_VISIT_STATES",
    "VISITS",
]

INTERNAL, RESTRICTED, SECRET = Privacy.INTERNAL, Privacy.RESTRICTED, Privacy.SECRET

UUID = r"^[0-9a-f]{8}-([0-9a-f]{4}-){3}[0-9a-f]{12}$"
VISIT_KINDS = choices(
    household=("เยี่ยมครัวเรือนยากจน", "Visit to a poor household"),
    debtor=("ติดตามลูกหนี้กองทุน", "Visit to a fund debtor"),
)
VISIT_METHODS = choices(
    home_visit=("เยี่ยมถึงครัวเรือน", "Home visit"),
    group_meeting=("ประชุมรวม", "Group meeting"),
    phone=("โทรศัพท์", "Telephone"),
    online=("ออนไลน์", "Online"),
    clinic=("คลินิกกฎหมาย", "Legal clinic"),
    informal=("ไม่เป็นทางการ", "Informal"),
)
HOUSEHOLD_OUTCOMES = choices(
    met=("พบ", "Met"),
    no_respondent=("ไม่พบผู้ให้ข้อมูล", "No respondent"),
    refused=("ปฏิเสธ", "Refused"),
    not_found=("ไม่พบที่อยู่", "Not found"),
    moved_out=("ย้ายออก", "Moved out"),
    deceased=("เสียชีวิต", "Deceased"),
)
DEBTOR_OUTCOMES = choices(
    met=("พบ", "Met"),
    not_home=("ไม่อยู่", "Not at home"),
    moved=("ย้าย", "Moved"),
    deceased=("เสียชีวิต", "Deceased"),
    refused=("ปฏิเสธ", "Refused"),
    not_found=("ไม่พบที่อยู่", "Not found"),
    paid=("ชำระ", "Paid"),
    promised=("นัดชำระ", "Promised to pay"),
    joined_measure=("เข้าร่วมมาตรการ", "Joined a measure"),
    invited_mediation=("เชิญไกล่เกลี่ย", "Invited to mediation"),
)
VISIT_OUTCOMES: Mapping[str, Text] = MappingProxyType({**HOUSEHOLD_OUTCOMES, **DEBTOR_OUTCOMES})
SURVEY_VISIT_STATES = choices(
    completed=("สัมภาษณ์ครบ", "Completed"),
    no_respondent=("ไม่พบผู้ให้ข้อมูล", "No respondent"),
    refused=("ไม่ให้ข้อมูล", "Refused"),
    inaccessible_building=("เข้าอาคารไม่ได้", "Building not accessible"),
    moved=("ย้ายออก", "Moved"),
)
RESPONDENTS = choices(
    head=("หัวหน้าครัวเรือน", "Head of the household"),
    adult_member=("สมาชิกที่บรรลุนิติภาวะ", "Adult member"),
)
ABILITIES = choices(
    full=("เต็มจำนวน", "In full"),
    part=("บางส่วน", "In part"),
    none=("ไม่ได้", "Not at all"),
    unknown=("ไม่ทราบ", "Unknown"),
)
HARDSHIPS = choices(
    illness=("เจ็บป่วย", "Illness"),
    disability=("ทุพพลภาพ", "Disability"),
    old_age=("ชราภาพ", "Old age"),
    death=("ถึงแก่ความตาย", "Death"),
    no_income=("ไม่มีรายได้", "No income"),
    disaster=("ประสบภัยพิบัติ", "Disaster"),
    other=("อื่น ๆ", "Other"),
)
SYNC_STATES = choices(
    draft=("ร่างในเครื่อง", "Draft on the device"),
    queued=("รอส่ง", "Queued"),
    stored=("บันทึกแล้ว", "Stored"),
    conflict=("ข้อมูลขัดกัน", "Conflict"),
)

VISITS = Layer(
    id="visits",
    title=Text("บันทึกการลงพื้นที่", "Visits"),
    description=Text(
        "การเยี่ยมครัวเรือนยากจนและการติดตามลูกหนี้ ไม่เดาคำตอบ ไม่พบผู้ให้ข้อมูลต้องกลับไปใหม่",
        "Visits to poor households and fund debtors; answers are never guessed, nobody at home "
        "means coming back",
    ),
    group="people",
    geometry="Point",
    fields=(
        *family(
            RESTRICTED,
            f.key("visit_id", "รหัสการเยี่ยม", "Visit ID", pattern=UUID),
            f.choice("kind", "ประเภทการเยี่ยม", "Kind of visit", VISIT_KINDS, required=True),
            f.reference("household_id", "รหัสครัวเรือน", "Household id", pattern=people.PSEUDONYM),
            f.reference("contract_id", "รหัสสัญญา", "Contract ID"),
            f.reference("party_id", "คู่สัญญาที่พบ", "Party"),
            f.reference("round_id", "รอบการลงพื้นที่", "Field round"),
            f.reference("team_id", "รหัสทีม", "Team id"),
            f.reference(
                "visitor_user_id", "ผู้เยี่ยม", "Visitor", aliases=("รหัสผู้จัดเก็บ", "enumerator_id")
            ),
            f.date("planned_on", "วันนัด", "Planned"),
            f.datetime(
                "visited_at", "วันที่เยี่ยม", "Visited", aliases=("วันเวลาสัมภาษณ์", "interviewed_at")
            ),
            f.number("gps_accuracy_m", "ความคลาดเคลื่อน", "Accuracy", "m", minimum=0),
            f.items("team", "ผู้ร่วมลงพื้นที่", "Team members"),
            f.flag("leader_present", "ผู้นำร่วมสังเกตการณ์", "Local leader present"),
            f.choice("method", "วิธีติดตาม", "Method", VISIT_METHODS),
            f.items("outcome", "ผลการเยี่ยม", "Outcome", VISIT_OUTCOMES),
            f.choice(
                "visit_state",
                "สถานะการเยี่ยม",
                "Survey visit state",
                SURVEY_VISIT_STATES,
                source="PHUKET L1748, L1780",
            ),
            f.choice(
                "respondent_role",
                "ผู้ให้ข้อมูล",
                "Respondent",
                RESPONDENTS,
                aliases=("ผู้ตอบ", "respondent_kind"),
            ),
            source="PHUKET L1787-1809, L2317-2327, L2390-2401; CDD L1849",
        ),
        *family(
            RESTRICTED,
            f.items("causes", "สาเหตุ", "Causes"),
            f.items("problems_needs", "ปัญหาและความต้องการ", "Problems and needs"),
            f.items("agencies_to_help", "หน่วยงานที่ช่วยได้", "Agencies that can help"),
            f.items("occupation_suitable", "อาชีพที่เหมาะสม", "Suitable occupations"),
            f.text("progress_note", "ความก้าวหน้า", "Progress", source="CDD L1947"),
            f.money("income_now_pcpy", "รายได้ปัจจุบันต่อคนต่อปี", "Income now", source="CDD L1673"),
            source="CDD L1756, L1849-1853",
        ),
        *family(
            RESTRICTED,
            f.choice("ability_to_pay", "ความสามารถในการชำระหนี้", "Ability to pay", ABILITIES),
            f.date("promised_date", "วันที่นัด", "Promised on"),
            f.money("promised_amount", "ยอดนัด", "Promised amount"),
            f.money("paid_amount", "ยอดชำระ", "Paid amount"),
            f.text("bill_payment_ref", "เลขอ้างอิง Bill Payment", "Bill Payment reference"),
            f.items("measure_explained", "มาตรการที่อธิบาย", "Measures explained", people.MEASURES),
            f.items("measure_chosen", "มาตรการที่เลือก", "Measures chosen", people.MEASURES),
            f.text("problems", "ปัญหา/อุปสรรค", "Problems"),
            f.text("suggestion", "ข้อเสนอแนะ", "Suggestions"),
            f.items("photos", "ภาพ", "Photos", source="PHUKET L2335"),
            f.date("next_visit_date", "นัดครั้งต่อไป", "Next visit"),
            f.flag("pin_confirmed", "ยืนยันพิกัด", "Pin confirmed", source="PHUKET L2335"),
            source="PHUKET L2325, L2384, L2392, L2412",
        ),
        *family(
            SECRET,
            f.items("hardship", "สภาพความเดือดร้อน", "Hardship", HARDSHIPS),
            f.text(
                "personal_note",
                "ข้อมูลเฉพาะบุคคล",
                "Personal note",
                permission="personal_note_view",
                source="PHUKET L2402",
            ),
            source="PHUKET L2412, L2443",
        ),
        *family(
            INTERNAL,
            f.area_code(),
            f.choice("sync_state", "สถานะส่งข้อมูล", "Sync", SYNC_STATES),
            f.choice("record_state", "สถานะบันทึก", "Record state", people.RECORD_STATES),
            source="CDD L1853; debtors.md 2.7",
        ),
        *family(
            RESTRICTED,
            f.reference("verified_by", "ผู้ตรวจสอบ", "Verifier"),
            f.datetime("verified_at", "วันที่ตรวจสอบ", "Verified on"),
            source="CDD L1853",
        ),
        *f.provenance(),
    ),
    key="visit_id",
    title_field="visit_id",
    area="area_code",
    privacy=RESTRICTED,
    geometry_privacy=RESTRICTED,
    datetime=("visited_at",),
    bounds=f.THAILAND,
    source="debtors.md 2.7; poverty.md 3.7, 7.2",
)

LAYERS: tuple[Layer, ...] = (VISITS,)
