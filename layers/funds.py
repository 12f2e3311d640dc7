"""Community funds (กองทุนชุมชน): the register of funds of every kind, without a single person.

The place of a fund is its meeting place or village, not a home (debtors.md 8.1). The level is
entered or imported, never computed from the number of indicators (FUND-R1). Results of debt surveys
are restricted: no debtor figure below province level is public (debtors.md 9).
"""

from __future__ import annotations

from layers import fields as f
from layers.debt.fund_faults import FUND_FAULTS
from layers.fields import family
from layers.model import Layer, Privacy, Text, choices

__all__ = ["FUNDS", "FUND_FAULTS", "FUND_KINDS", "FUND_LEVELS", "LAYERS", "SURVEY_STATES"]

PUBLIC, INTERNAL, RESTRICTED = Privacy.PUBLIC, Privacy.INTERNAL, Privacy.RESTRICTED

FUND_KINDS = choices(
    women_fund=("กองทุนพัฒนาบทบาทสตรี", "Women's Development Fund"),
    savings_group=("กลุ่มออมทรัพย์เพื่อการผลิต", "Savings group for production"),
    kkj=("โครงการแก้ไขปัญหาความยากจน (กข.คจ.)", "Poverty alleviation fund (KKJ)"),
    fund_centre=("ศูนย์จัดการกองทุนชุมชน", "Community fund management centre"),
    mother_fund=("กองทุนแม่ของแผ่นดิน", "Mother of the Land fund"),
    village_fund=("กองทุนหมู่บ้าน", "Village fund"),
    nsf=("กองทุนการออมแห่งชาติ (กอช.)", "National Savings Fund"),
    state_bank=("สถาบันการเงินของรัฐ", "State financial institution"),
)
FUND_LEVELS = choices(
    **{
        "1": ("ระดับ 1 พอใช้/ปรับปรุง", "Level 1, fair or needs improvement"),
        "2": ("ระดับ 2 ปานกลาง", "Level 2, medium"),
        "3": ("ระดับ 3 ดี", "Level 3, good"),
    }
)
ACCOUNT_STATES = choices(
    yes=("เป็นปัจจุบัน", "Current"),
    no=("ไม่เป็นปัจจุบัน", "Not current"),
    none=("ไม่มีบัญชี", "No accounts"),
    unknown=("ไม่ทราบ", "Unknown"),
)
SURVEY_STATES = choices(
    chosen=("คัดเลือก", "Chosen"),
    round1_planned=("วางแผนสำรวจ ครั้งที่ 1", "Round 1 planned"),
    round1_done=("สำรวจลูกหนี้ ครั้งที่ 1", "Round 1 done"),
    processed=("ประมวลผล", "Processed"),
    round2_planned=("วางแผนลงพื้นที่ ครั้งที่ 2", "Round 2 planned"),
    advised=("ลงพื้นที่ให้คำแนะนำ (ครั้งที่ 2)", "Advised (round 2)"),
    reported_district=("อำเภอรายงานแล้ว", "Reported by the district"),
    reported_province=("จังหวัดรายงานแล้ว", "Reported by the province"),
    in_bpm=("บันทึกใน BPM แล้ว", "In BPM"),
)
CHOSEN_FOR = choices(
    activity_2=("กิจกรรมที่ 2", "Activity 2"),
    mobile_clinic=("คลินิกเคลื่อนที่สร้างสุขกองทุนชุมชน", "Mobile Clinic"),
    outstanding_76=("กองทุนดีเด่น 76 กองทุน", "76 outstanding funds"),
)

FUNDS = Layer(
    id="funds",
    title=Text("กองทุนชุมชน", "Community funds"),
    description=Text(
        "ทะเบียนกองทุน ที่ทำการ ระดับการพัฒนา ข้อบกพร่อง และรอบสำรวจ ไม่มีข้อมูลรายบุคคล",
        "Register of funds with meeting place, level, faults and survey rounds; no single person",
    ),
    group="people",
    geometry="Point",
    fields=(
        *family(
            PUBLIC,
            f.key("fund_id", "รหัสกองทุน", "Fund ID", aliases=("fund_code",)),
            f.name("ชื่อกองทุน", "Fund name"),
            f.choice("kind", "ประเภทกองทุน", "Kind", FUND_KINDS, required=True),
            f.area_code(source="CDD L2572"),
            source="CDD L2544-2548, L2624-2628; PHUKET L1999, L2045-2057",
        ),
        *family(
            INTERNAL,
            f.integer("founded_year_be", "ปีก่อตั้ง (พ.ศ.)", "Founded (BE)", minimum=2400),
            f.integer("members", "สมาชิก", "Members", "person"),
            f.money("savings_thb", "เงินสะสม", "Savings"),
            f.money("capital_thb", "เงินทุน", "Capital"),
            f.percent(
                "interest_rate_pct", "อัตราดอกเบี้ยเงินกู้ต่อปี", "Loan interest per year", source="FUND-R5"
            ),
            f.integer("committee_count", "จำนวนกรรมการ", "Committee", "person"),
            f.date("committee_term_end", "วันสิ้นวาระกรรมการ", "Term end of the committee"),
            source="CDD L2363; PHUKET L716, L2056",
        ),
        *family(
            INTERNAL,
            f.choice("level", "ระดับการพัฒนา", "Level", FUND_LEVELS),
            f.integer("level_year_be", "ปีที่จัดระดับ (พ.ศ.)", "Year of the level (BE)", minimum=2400),
            f.integer("indicators_passed", "ตัวชี้วัดที่ผ่าน", "Indicators passed"),
            f.integer("indicators_total", "ตัวชี้วัดทั้งหมด", "Indicators in all"),
            f.integer("mandatory_failed", "ตัวชี้วัดบังคับที่ไม่ผ่าน", "Mandatory indicators failed"),
            f.record(
                "indicator_results",
                "ผลรายตัวชี้วัด",
                "Indicator results",
                description=Text(
                    "รหัสตัวชี้วัดกับผล pass, fail, not_checked",
                    "Indicator code with pass, fail, not_checked",
                ),
            ),
            f.items("faults", "ข้อบกพร่อง", "Faults", FUND_FAULTS, source="FUND-R5"),
            f.items(
                "fault_log",
                "ประวัติข้อบกพร่อง",
                "Fault log",
                description=Text(
                    "แต่ละข้อ: code, found_at, found_by, fixed_at",
                    "Each: code, found_at, found_by, fixed_at",
                ),
                source="FUND-R5",
            ),
            f.choice("accounts_current", "บัญชีเป็นปัจจุบัน", "Accounts current", ACCOUNT_STATES),
            f.date("last_monthly_report", "งบดุลประจำเดือนล่าสุด", "Latest monthly balance"),
            f.date("last_yearly_balance", "งบดุลประจำปีล่าสุด", "Latest yearly balance"),
            f.choice("survey_state", "สถานะสำรวจลูกหนี้", "Survey state", SURVEY_STATES),
            f.reference("team_id", "ทีม Move for fund", "Move for fund team"),
            f.items("chosen_for", "กิจกรรมที่ได้รับเลือก", "Chosen for", CHOSEN_FOR),
            f.items(
                "checklist",
                "แบบตรวจ 7 ขั้นตอน",
                "Seven-step checklist",
                description=Text("แต่ละขั้น: step, done_on, done_by", "Each: step, done_on, done_by"),
                source="PHUKET L2123-2133",
            ),
            f.as_of(),
            source="CDD L2400-2433, L2509-2521, L2546-2558, L2640-2677; PHUKET L2129-2132",
        ),
        *family(
            RESTRICTED,
            f.items(
                "debt_surveys",
                "ผลสำรวจลูกหนี้รายรอบ",
                "Debt surveys by round",
                description=Text(
                    "แต่ละรอบ: round, date, team, debtors, overdue, amount_thb, form_returned, "
                    "processed_at",
                    "Each round: round, date, team, debtors, overdue, amount_thb, form_returned, "
                    "processed_at",
                ),
            ),
            source="CDD L2550-2558",
        ),
        *f.provenance(),
    ),
    key="fund_id",
    title_field="name",
    area="area_code",
    datetime=("as_of",),
    bounds=f.THAILAND,
    source="debtors.md 8.1, 8.3, 8.4",
)

LAYERS: tuple[Layer, ...] = (FUNDS,)
