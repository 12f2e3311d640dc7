"""Poverty households (ครัวเรือนยากจน).

One ``households`` row is one household = one seat = one representative. The tables of
poverty.md 3 collapse into it as follows:

* ``poverty_household`` (3.1) is the row itself; village, tambon, district and province are the one
  ``area_code``, the home is the restricted point.
* ``household_member`` (3.2) is the list ``member_list``; what its class forbids there (age,
  disability, welfare need, drug treatment) stands in the secret list ``member_conditions``.
* ``target_list_entry`` (3.4) is the result of the latest run (``run_id``, ``params_version``).
* ``capital_assessment`` (3.8) is the latest assessment: the answers (``capital_items``) and one
  score per capital. The years of POV-R40 are the list ``yearly_snapshots``.
* ``household_visit`` (3.7) is a row of the layer ``visits``.
* ``aid_need`` (3.9) is the list ``aid_needs`` with the secret flag ``health_need``; ``aid_case`` is
  a row of ``aid_cases`` (:mod:`layers.aid`).
* Rows of the basic-minimum-needs survey (IMP-BMN) keep their answers in ``bmn_results``.

Tier 4 means one fact only, drug treatment of a member, so its number alone discloses it
(PRIV-R13). ``tier`` and ``reason_codes`` therefore speak of "3-4" and leave out every reason that
tells 3 from 4; ``tier_exact`` and ``reason_codes_exact`` are secret. In the same way "needs welfare
only" is a secret flag, so what follows from it alone (``developable``, the result
``route_welfare``) is secret too; ``list_state`` is what a field team works by.

Yes-or-no fields have three values: true, false and, as null, unknown, which is never read as false.
No field holds an ID-card number; ``person_key`` is a keyed hash made outside the file (IMP-R5).
"""

from __future__ import annotations

from layers import fields as f
from layers import people
from layers.fields import family
from layers.model import Layer, Privacy, Text

__all__ = ["HOUSEHOLDS", "LAYERS"]

INTERNAL, RESTRICTED, SECRET = Privacy.INTERNAL, Privacy.RESTRICTED, Privacy.SECRET

_IDENTITY = (
    *family(
        RESTRICTED,
        f.key(
            "household_id",
            "รหัสครัวเรือน",
            "Household id",
            pattern=people.PSEUDONYM,
            source="IMP-TPMAP",
        ),
        f.record(
            "ext_ids",
            "รหัสระบบภายนอก",
            "External ids",
            description=Text(
                "รหัสในระบบ tpmap, bmn, pppconnex, ineq_db",
                "Ids in the systems tpmap, bmn, pppconnex, ineq_db",
            ),
            source="PMUA L754",
        ),
        f.text(
            "person_key",
            "กุญแจจับคู่บุคคล",
            "Person match key",
            pattern=people.PERSON_KEY,
            description=Text(
                "ค่าแฮชมีกุญแจของผู้แทนครัวเรือน ไม่เก็บเลขประจำตัวประชาชน",
                "Keyed hash of the household's representative; the number itself is never stored",
            ),
            source="POV-R19",
        ),
        f.text("house_no", "บ้านเลขที่", "House no."),
        f.integer(
            "household_no", "ลำดับครัวเรือน", "Survey household no.", minimum=1, identifies=True
        ),
        f.number(
            "gps_accuracy_m", "ความแม่นของ GPS", "GPS accuracy", "m", minimum=0, aliases=("ความแม่น",)
        ),
        f.consent_state(),
        source="IMP-BMN",
    ),
    *family(
        INTERNAL,
        f.area_code(source="CDD L1603", aliases=("รหัสหมู่บ้าน", "รหัสหมู่บ้านหรือชุมชน", "village_code")),
        f.geom_precision(),
        f.items("source_list", "แหล่งรายชื่อ", "Source list", people.SOURCE_LISTS, source="PMUA L693"),
        f.integer(
            "source_year_be",
            "ปีข้อมูล (พ.ศ.)",
            "Data year (BE)",
            minimum=2555,
            maximum=2600,
            aliases=("ปีข้อมูล", "ปีจัดเก็บ", "survey_year"),
            source="CDD L1604",
        ),
        f.date("data_as_of", "ข้อมูล ณ วันที่", "Data as of"),
        source="poverty.md 3.1",
    ),
)

_MEMBERS = (
    *family(
        RESTRICTED,
        f.integer(
            "household_size",
            "จำนวนสมาชิก",
            "Household size",
            "person",
            minimum=1,
            maximum=30,
            aliases=("members",),
            source="IMP-TPMAP",
        ),
        f.items(
            "member_list",
            "สมาชิกครัวเรือน",
            "Members of the household",
            description=Text(
                "แต่ละคน: member_id, role (head, spouse, child, other), birth_year_be, person_key, "
                "deceased, moved_out, unwilling, wants_to_move_out, is_participant",
                "Each: member_id, role (head, spouse, child, other), birth_year_be, person_key, "
                "deceased, moved_out, unwilling, wants_to_move_out, is_participant",
            ),
        ),
        source="poverty.md 3.2",
    ),
    *family(
        SECRET,
        f.items(
            "member_conditions",
            "ภาวะของสมาชิก",
            "Conditions of members",
            permission="tier4_view",
            description=Text(
                "แต่ละคน: member_id, elderly, disabled, welfare_only, rehab_completed",
                "Each: member_id, elderly, disabled, welfare_only, rehab_completed",
            ),
        ),
        source="CDD L1607, L1611",
    ),
)

_INCOME_AND_FLAGS = (
    *family(
        RESTRICTED,
        f.flag("in_tpmap", "อยู่ใน TPMAP", "In TPMAP", source="CDD L1604, L1611"),
        f.money(
            "income_pcpy_tpmap",
            "รายได้เฉลี่ยต่อคนต่อปี (TPMAP)",
            "Income per person per year (TPMAP)",
            aliases=("รายได้เฉลี่ย (TPMAP)",),
            source="CDD L1604",
        ),
        f.money(
            "income_pcpy_bmn",
            "รายได้เฉลี่ยต่อคนต่อปี (จปฐ.)",
            "Income per person per year (BMN)",
            aliases=("รายได้เฉลี่ย (จปฐ.)",),
            source="CDD L1605-1606",
        ),
        f.record(
            "bmn_results",
            "ผลตัวชี้วัด จปฐ.",
            "BMN indicator results",
            description=Text(
                "รหัสตัวชี้วัด i01..i38 กับผล 1 ผ่าน 0 ไม่ผ่าน N ไม่เกี่ยวข้อง และ form_version",
                "Indicator code i01..i38 with 1 pass, 0 fail, N not applicable, and form_version",
            ),
            source="PHUKET L645",
        ),
        f.flag(
            "welfare_card",
            "ลงทะเบียนบัตรสวัสดิการแห่งรัฐ",
            "Welfare card",
            aliases=("บัตรสวัสดิการแห่งรัฐ",),
            source="CDD L1604",
        ),
        f.flag("flag_unwilling", "ไม่ประสงค์เข้าร่วม", "Unwilling"),
        f.flag("flag_wants_to_move_out", "ประสงค์ย้ายออก", "Wants to move", aliases=("will_move",)),
        f.flag("flag_moved_out", "ย้ายออกแล้ว", "Moved", aliases=("moved_out",)),
        f.flag("flag_deceased", "เสียชีวิต", "Deceased"),
        source="CDD L1611",
    ),
    *family(
        SECRET,
        f.flag("flag_elderly", "คนชรา", "Elderly", aliases=("ชรา",)),
        f.flag("flag_disabled", "พิการ", "Disabled"),
        f.flag(
            "flag_welfare_only",
            "ต้องให้การสงเคราะห์เพียงอย่างเดียว",
            "Needs welfare only",
            aliases=("สงเคราะห์อย่างเดียว", "welfare_only"),
        ),
        f.flag(
            "rehab_member",
            "มีผู้ผ่านการบำบัดรักษายาเสพติด",
            "Member passed drug treatment",
            permission="tier4_view",
            source="CDD L1607",
        ),
        f.flag("health_need", "มีความต้องการด้านสุขภาพ", "Health need", source="PMUA L693, L697"),
        source="CDD L1611",
    ),
)

_SITUATION = family(
    RESTRICTED,
    f.flag("volunteer", "สมัครใจเข้าร่วม", "Volunteers", source="CDD L100"),
    f.items(
        "tpmap_dims_failed",
        "มิติความยากจน",
        "Poverty dimensions",
        people.TPMAP_DIMENSIONS,
        aliases=("มิติความขัดสน 5 มิติ",),
        source="OTOU L621",
    ),
    f.items("poverty_causes", "สาเหตุความยากจน", "Causes of poverty", source="CDD L1851"),
    f.items("problems_needs", "ปัญหาและความต้องการ", "Problems and needs", source="CDD L1849-1853"),
    f.items(
        "aid_needs",
        "ความต้องการรายมิติ",
        "Needs by dimension",
        description=Text(
            "แต่ละรายการ: dimension (ยกเว้นสุขภาพ), severity 1-3, recorded_on",
            "Each: dimension (all but health), severity 1-3, recorded_on",
        ),
        source="PMUA L697",
    ),
    f.text("occupation_suitable", "อาชีพที่เหมาะสม", "Suitable occupation", source="CDD L102-106"),
    f.text("occupation_wanted", "อาชีพที่ต้องการ", "Wanted occupation", source="CDD L1756-1758"),
    f.flag("owns_farmland", "มีที่ดินทำกินเป็นของตนเอง", "Owns farmland", source="CDD L217"),
    f.integer(
        "sep_areas_practised",
        "ปฏิบัติ 3 ด้าน (อาหาร สิ่งแวดล้อม สังคม)",
        "SEP areas practised (food, environment, social)",
        maximum=3,
        source="CDD L201, L217",
    ),
    f.reference("trainer_id", "วิทยากรพี่เลี้ยง", "Mentor", source="CDD L201"),
    f.flag("has_loan_source", "มีแหล่งกู้", "Loan source"),
    f.flag("has_savings", "มีการออม", "Savings"),
    f.flag("fund_member", "เป็นสมาชิกกองทุน", "Fund member"),
    source="CDD L2440-2445, L2602-2612",
)

_CAPITALS = family(
    RESTRICTED,
    *(
        f.number(
            f"capital_{code}", label.th, label.en, "points", minimum=0, maximum=100, computed=True
        )
        for code, label in people.CAPITALS.items()
    ),
    f.record(
        "capital_items",
        "คำตอบรายข้อ",
        "Answers to the items",
        description=Text(
            "รหัสข้อกับคะแนน 0-100 ตามชุดเกณฑ์", "Item code with 0 to 100, as the configuration asks"
        ),
    ),
    f.record(
        "capital_items_answered",
        "จำนวนข้อที่ตอบรายทุน",
        "Items answered by capital",
        description=Text("รหัสทุนกับจำนวนข้อ", "Capital code with number of items"),
        computed=True,
    ),
    f.date("assessed_on", "วันที่วิเคราะห์ทุน", "Capitals assessed on"),
    f.text("potential", "ศักยภาพ", "Potential"),
    f.text("poverty_level", "ระดับความยากจนครัวเรือน", "Household poverty level", computed=True),
    f.text("level_config_version", "ชุดเกณฑ์ระดับ", "Level configuration", computed=True),
    f.items(
        "yearly_snapshots",
        "สถานะความยากจนรายปี",
        "Poverty by year",
        description=Text(
            "แต่ละรายการ: year_be, poor, rule (เส้นและปีที่ใช้), level, stage",
            "Each: year_be, poor, rule (line and year used), level, stage",
        ),
        source="POV-R40",
    ),
    source="PMUA L693; POV-R30",
)

_TARGETING = (
    *family(
        RESTRICTED,
        f.text("run_id", "รอบการคัดเลือก", "Run", computed=True),
        f.text("params_version", "ชุดเกณฑ์", "Parameter set", computed=True),
        f.choice("tier", "ลำดับที่", "Tier", people.TIERS, computed=True),
        f.items("provisional_could_be", "อาจเป็นลำดับ", "Could be tier", people.TIERS, computed=True),
        f.items("reason_codes", "เหตุผล", "Reasons", people.REASONS, computed=True),
        f.choice("overlap_state", "การซ้ำซ้อน", "Overlap", people.OVERLAP_STATES, computed=True),
        f.choice(
            "list_state", "คัดเลือก / สำรอง", "Selected / waiting", people.LIST_STATES, computed=True
        ),
        f.integer("rank_in_village", "ลำดับในหมู่บ้าน", "Rank", minimum=1, computed=True),
        f.choice("stage", "สถานะ", "Stage", people.STAGES, source="PMUA L693-718"),
        source="CDD L1603-1620; POV-R6 to R14; PRIV-R13",
    ),
    *family(
        SECRET,
        f.flag("developable", "พัฒนาได้", "Can be developed", computed=True, source="POV-R5"),
        f.choice(
            "tier_exact",
            "ลำดับที่ (ละเอียด)",
            "Tier (exact)",
            people.TIERS_EXACT,
            computed=True,
            permission="tier4_view",
        ),
        f.choice("status", "ผล", "Result", people.RESULT_STATUSES, computed=True),
        f.items(
            "reason_codes_exact",
            "เหตุผล (ละเอียด)",
            "Reasons (exact)",
            people.REASONS_EXACT,
            computed=True,
            permission="tier4_view",
        ),
        source="CDD L1603-1611; POV-R7 to R9; PRIV-R13",
    ),
)

HOUSEHOLDS = Layer(
    id="households",
    title=Text("ครัวเรือนยากจน", "Poverty households"),
    description=Text(
        "ทะเบียนครัวเรือนยากจนและรายได้น้อย พร้อมหลักฐาน ผลการคัดเลือกและสถานะ "
        "ข้อมูลส่วนบุคคล ห้ามเปิดเผยแก่บุคคลภายนอก",
        "Register of poor and low-income households with evidence, selection result and status; "
        "personal data, not to be disclosed to outsiders",
    ),
    group="people",
    geometry="Point",
    fields=(
        *_IDENTITY,
        *_MEMBERS,
        *_INCOME_AND_FLAGS,
        *_SITUATION,
        *_CAPITALS,
        *_TARGETING,
        *f.provenance(),
    ),
    key="household_id",
    title_field="household_id",
    area="area_code",
    privacy=RESTRICTED,
    geometry_privacy=RESTRICTED,
    datetime=("data_as_of",),
    bounds=f.THAILAND,
    source="poverty.md 3.1-3.4, 3.8",
)

LAYERS: tuple[Layer, ...] = (HOUSEHOLDS,)
