"""Debtors of the Women's Development Fund (ลูกหนี้กองทุนพัฒนาบทบาทสตรี).

Two worlds, never mixed in one list (debtors.md 1): ``debtors`` are contracts of the women's fund,
state money lent to persons; ``funds`` is the register of funds of every kind, without a person.
Borrowers of community funds are not held: the sources imply only the names of their fields.

One ``debtors`` row is one loan contract, as the list, the map and the field app show it. The
tables of debtors.md 2 collapse into it as follows:

* ``fund_project`` (2.1) and ``loan_contract`` (2.2) are the row itself; ``contract_id`` is
  fund code and contract number together, the key of the LM register (IMP-LM). District, tambon
  and village are the one ``area_code``. The chapter's ``class`` is ``debtor_class`` here, because
  ``class`` cannot be a Python keyword argument.
* ``party`` (2.3) is the list ``parties``: main borrower, joint debtors, guarantors.
* ``debtor_pin`` (2.4) is append-only: the list ``pins`` keeps them all; the geometry and the
  ``pin_...`` fields are the working pin (DEBT-R25).
* ``measure_case`` (2.6) is the list ``measures``, the running one also ``measure_code`` and
  ``measure_state``, its new end and the overdue instalments of its schedule. Mediation and legal
  cases are secret; only ``legal_status`` is restricted.
* ``document`` (2.5) is a row of the layer ``documents``, ``visit`` (2.7) one of ``visits``.

Class, time bar, anchor, order, measures and papers are computed by ``debtor-classes`` from the
rules in :mod:`layers.debt`.
"""

from __future__ import annotations

from types import MappingProxyType

from layers import fields as f
from layers import people
from layers.debt.classes import CLASS_REASONS, DEBTOR_CLASSES
from layers.debt.countdown import ANCHOR_KINDS, FRESHNESS, TIMEBAR_BANDS
from layers.debt.documents import MEDIATION_PAPERS
from layers.field_rounds import FIELD_ROUNDS, HANDOVERS
from layers.fields import family
from layers.funds import FUNDS
from layers.model import Layer, Privacy, Text, choices
from layers.projects import DOCUMENT_SUBKINDS
from layers.visits import VISITS

__all__ = ["DEBTORS", "DEBTOR_CLASSES", "LAYERS", "LEGAL_STATUSES", "MEASURE_STATES"]

INTERNAL, RESTRICTED, SECRET = Privacy.INTERNAL, Privacy.RESTRICTED, Privacy.SECRET

GENERATIONS = choices(old=("กองทุนเดิม", "Old fund"), new=("กองทุนใหม่", "New fund"))
PROJECT_STATUSES = choices(open=("เปิดโครงการ", "Open"), closed=("ปิดโครงการ", "Closed"))
NEEDED_PAPERS = MappingProxyType(
    {**people.DOCUMENT_KINDS, **{code: DOCUMENT_SUBKINDS[code] for code in MEDIATION_PAPERS}}
)
LEGAL_STATUSES = choices(
    none=("ไม่มี", "None"),
    notice_sent=("ส่งหนังสือทวงถาม", "Notice sent"),
    mediation_invited=("เชิญไกล่เกลี่ย", "Invited to mediation"),
    mediation_set=("นัดไกล่เกลี่ย", "Mediation date set"),
    compromise=("ทำสัญญายอมความ", "Compromise contract"),
    mediation_failed=("ไกล่เกลี่ยไม่สำเร็จ", "Mediation failed"),
    evidence_ready=("รวบรวมหลักฐาน", "Evidence ready"),
    with_prosecutor=("ส่งอัยการ", "With the prosecutor"),
    filed=("ยื่นฟ้อง", "Filed"),
    judgment=("คำพิพากษา", "Judgment"),
    enforcement=("บังคับคดี", "Enforcement"),
    ended=("สิ้นสุด", "Ended"),
)
MEASURE_STATES = choices(
    advised=("แนะนำแล้ว", "Advised"),
    requested=("ยื่นคำขอ", "Requested"),
    complete=("เอกสารครบ", "Papers complete"),
    district_agreed=("อำเภอเห็นชอบ", "District agreed"),
    approved=("จังหวัดอนุมัติ", "Approved by the province"),
    active=("อยู่ระหว่างมาตรการ", "Active"),
    completed=("สำเร็จ", "Completed"),
    rejected=("ไม่อนุมัติ", "Rejected"),
    withdrawn=("ถอนคำขอ", "Withdrawn"),
    broken=("ผิดเงื่อนไข", "Broken"),
)
ADDRESS_KINDS = choices(
    registered=("ตามทะเบียนราษฎร", "Registered"),
    current=("ที่อยู่ปัจจุบัน", "Current"),
    work=("ที่ทำงาน", "Work"),
    market=("จุดค้าขาย", "Market stall"),
)
PIN_METHODS = choices(
    gps=("GPS", "GPS"),
    map_click=("ปักหมุดบนแผนที่", "Click on the map"),
    geocoded=("ค้นจากที่อยู่", "Geocoded"),
    imported_link=("นำเข้าจากลิงก์แผนที่", "Imported link"),
)
PIN_STATUSES = choices(
    unverified=("ยังไม่ยืนยัน", "Unverified"),
    verified=("ยืนยันแล้ว", "Verified"),
    moved=("ย้ายแล้ว", "Moved"),
    not_found=("ไม่พบ", "Not found"),
    wrong=("ผิด", "Wrong"),
)

_PROJECT = (
    *family(
        RESTRICTED,
        f.text("fund_code", "รหัสกองทุน", "Fund code", required=True, source="PHUKET L603"),
        f.reference("project_id", "รหัสโครงการ", "Project ID"),
        f.text("lm_ref", "เลขที่ใน LM", "LM no.", aliases=("เลขที่โครงการ", "project_no")),
        f.text("sarf_ref", "เลขที่ในระบบเดิม", "Legacy no."),
        f.text("title", "ชื่อโครงการ", "Project title", aliases=("project_name",)),
        f.text("activity_kind", "ประเภทอาชีพ", "Activity"),
        f.choice(
            "legal_status", "สถานะทางคดี", "Legal status", LEGAL_STATUSES, aliases=("สถานะคดี",)
        ),
        source="PHUKET L592, L2329-2333",
    ),
    *family(
        INTERNAL,
        f.area_code(),
        f.integer(
            "approval_year_be",
            "ปีที่อนุมัติ (พ.ศ.)",
            "Approval year (BE)",
            minimum=2555,
            maximum=2600,
            aliases=("ปีที่อนุมัติ", "approval_year"),
        ),
        f.choice(
            "generation",
            "รุ่นกองทุน",
            "Fund generation",
            GENERATIONS,
            aliases=("กองทุนเดิม/ใหม่",),
            source="PHUKET L2420",
        ),
        f.choice(
            "project_status",
            "สถานะโครงการ",
            "Project status",
            PROJECT_STATUSES,
            source="PHUKET L2333",
        ),
        f.date(
            "lm_as_of",
            "ข้อมูล LM ณ วันที่",
            "LM as of",
            aliases=("ข้อมูล ณ วันที่", "as_of_date"),
            source="PHUKET L592, L2544; DEBT-R10",
        ),
        source="PHUKET L603",
    ),
)

_CONTRACT = family(
    RESTRICTED,
    f.key("contract_id", "รหัสสัญญา", "Contract ID", source="IMP-LM"),
    f.text("contract_no", "เลขที่สัญญา", "Contract no.", required=True, source="PHUKET L592"),
    f.date("start_date", "วันเริ่มสัญญา", "Start", aliases=("วันทำสัญญา", "contract_date")),
    f.integer(
        "term_months",
        "ระยะสัญญา (เดือน)",
        "Term",
        "month",
        minimum=1,
        aliases=("อายุสัญญา เดือน",),
        source="PHUKET L2373",
    ),
    f.date("end_date", "วันสิ้นสุดสัญญา", "End", aliases=("contract_end",)),
    f.money("principal_thb", "เงินต้น", "Principal"),
    f.money("outstanding_thb", "ยอดคงเหลือ", "Outstanding", aliases=("คงเหลือ", "balance")),
    f.money("arrears_thb", "ค้างชำระ", "Arrears"),
    f.money("default_interest_thb", "ดอกเบี้ยผิดนัด", "Default interest", source="PHUKET L2426"),
    f.money("penalty_thb", "เบี้ยปรับ", "Penalty", source="PHUKET L2426"),
    f.percent("loan_rate_pct", "อัตราดอกเบี้ยต่อปี", "Loan rate per year", source="PHUKET L2435"),
    f.percent(
        "default_rate_pct", "อัตราดอกเบี้ยผิดนัดต่อปี", "Default rate per year", source="PHUKET L2435"
    ),
    f.date("first_due_date", "วันครบกำหนดงวดแรก", "First due"),
    f.items(
        "schedule",
        "ตารางงวด",
        "Schedule",
        description=Text("แต่ละงวด: due_date, amount_thb", "Each instalment: due_date, amount_thb"),
    ),
    f.date("last_payment_date", "วันชำระล่าสุด", "Latest instalment received"),
    f.date(
        "last_paid_due_date",
        "วันครบกำหนดของงวดที่ชำระล่าสุด",
        "Due date of the latest paid instalment",
        source="DEBT-R4",
    ),
    f.money("last_payment_amount", "ยอดชำระล่าสุด", "Latest amount received"),
    f.money("received_thb", "ยอดรับชำระรวม", "Received in all", source="DEBT-R5"),
    f.integer(
        "overdue_instalments",
        "จำนวนงวดค้าง",
        "Overdue instalments",
        "instalment",
        aliases=("งวดที่ผิดนัด", "missed_instalments"),
        source="PHUKET L2373; DEBT-R5",
    ),
    source="PHUKET L594, L605, L2371-2374",
)

_COMPUTED = family(
    RESTRICTED,
    f.choice("debtor_class", "ประเภทลูกหนี้", "Class", DEBTOR_CLASSES, computed=True),
    f.items("class_reason", "เหตุผลของประเภท", "Class reason", CLASS_REASONS, computed=True),
    f.flag("measure_broken", "ผิดเงื่อนไขมาตรการ", "Measure broken", computed=True),
    f.date("anchor_date", "วันเริ่มนับอายุความ", "Anchor date", computed=True, source="DEBT-R4"),
    f.choice(
        "anchor_kind", "ที่มาของวันเริ่มนับ", "Anchor", ANCHOR_KINDS, computed=True, source="DEBT-R4"
    ),
    f.date("timebar_date", "วันขาดอายุความ", "Time-bar date", computed=True, source="DEBT-R3"),
    f.integer(
        "days_left", "วันคงเหลือ", "Days left", "day", minimum=None, computed=True, source="DEBT-R7"
    ),
    f.choice(
        "timebar_band", "ช่วงนับถอยหลัง", "Countdown", TIMEBAR_BANDS, computed=True, source="DEBT-R7"
    ),
    f.date(
        "last_working_day",
        "วันทำการสุดท้ายก่อนขาดอายุความ",
        "Last working day before the time bar",
        computed=True,
        source="DEBT-R7",
    ),
    f.integer("list_order", "ลำดับในบัญชี", "Place in the list", computed=True, source="DEBT-R9"),
    f.choice(
        "lm_state", "ความเป็นปัจจุบันของ LM", "LM figures", FRESHNESS, computed=True, source="DEBT-R10"
    ),
    f.items(
        "measures_offered",
        "มาตรการที่เสนอได้",
        "Measures offered",
        people.MEASURES,
        computed=True,
        source="PHUKET L2451-2503",
    ),
    f.percent("documents_pct", "เอกสารครบร้อยละ", "Documents complete", computed=True),
    f.items("documents_missing", "เอกสารที่ขาด", "Missing documents", NEEDED_PAPERS, computed=True),
    source="PHUKET L2369-2374; DEBT-R3 to R10, R20",
)

_PEOPLE = (
    *family(
        RESTRICTED,
        f.text(
            "borrower_key",
            "รหัสผู้กู้",
            "Borrower key",
            pattern=people.PSEUDONYM,
            description=Text(
                "นามแฝงที่สำนักงานเลขานุการกองทุนกำหนด ไม่ใช่เลขประจำตัวประชาชน",
                "Pseudonym of the fund secretariat, never an ID-card number",
            ),
            source="IMP-LM",
        ),
        f.text("person_key", "กุญแจจับคู่บุคคล", "Person match key", pattern=people.PERSON_KEY),
        f.items(
            "parties",
            "คู่สัญญา",
            "Parties",
            description=Text(
                "แต่ละคน: party_id, role (main_borrower ผู้กู้หลัก, joint_debtor ลูกหนี้ร่วม, "
                "guarantor ผู้ค้ำประกัน), name, phone, person_key, is_deceased, is_moved",
                "Each: party_id, role (main_borrower, joint_debtor, guarantor), name, phone, "
                "person_key, is_deceased, is_moved",
            ),
        ),
        f.integer(
            "co_debtors",
            "จำนวนลูกหนี้ร่วม/ผู้ค้ำ",
            "Joint debtors and guarantors",
            "person",
            maximum=20,
        ),
        source="PHUKET L2420; debtors.md 2.3",
    ),
    *family(
        RESTRICTED,
        f.choice("address_kind", "ชนิดที่อยู่", "Address kind", ADDRESS_KINDS),
        f.choice("pin_method", "วิธีได้พิกัด", "Method", PIN_METHODS),
        f.choice("pin_status", "สถานะพิกัด", "Pin status", PIN_STATUSES),
        f.number("accuracy_m", "ความคลาดเคลื่อน", "Accuracy", "m", minimum=0),
        f.reference("verified_by", "ผู้ยืนยัน", "Verified by"),
        f.date("verified_at", "วันที่ยืนยัน", "Verified on", aliases=("ยืนยันเมื่อ", "pin_confirmed_at")),
        f.text("directions_note", "คำบอกทาง", "How to get there"),
        f.reference("keeper_id", "ผู้ดูแล", "Keeper"),
        f.items(
            "pins",
            "ประวัติพิกัด",
            "Pin history",
            description=Text(
                "แต่ละหมุด: pin_id, party_id, lon, lat, accuracy_m, address_kind, method, status, "
                "verified_by, verified_at, directions_note",
                "Each pin: pin_id, party_id, lon, lat, accuracy_m, address_kind, method, status, "
                "verified_by, verified_at, directions_note",
            ),
        ),
        source="PHUKET L605, L2335, L2355, L2513; DEBT-R25",
    ),
)

_RELIEF = (
    *family(
        RESTRICTED,
        f.choice("measure_code", "มาตรการ", "Measure", people.MEASURES),
        f.date("measure_date", "วันที่เริ่มมาตรการ", "Measure start"),
        f.choice("measure_state", "สถานะมาตรการ", "Measure state", MEASURE_STATES),
        f.date("measure_end_date", "วันสิ้นสุดตามมาตรการ", "New end by the measure"),
        f.integer(
            "measure_overdue",
            "งวดค้างตามตารางใหม่",
            "Overdue instalments of the new schedule",
            "instalment",
            source="DEBT-R3",
        ),
        f.items(
            "measures",
            "การเข้าร่วมมาตรการ",
            "Measure cases",
            description=Text(
                "แต่ละกรณี: case_id, party_id, measure, requested_at, district_decision, "
                "province_decision, start_date, new_end_date, new_schedule, amounts, state, "
                "broken_at",
                "Each: case_id, party_id, measure, requested_at, district_decision, "
                "province_decision, start_date, new_end_date, new_schedule, amounts, state, "
                "broken_at",
            ),
        ),
        f.date("last_visit_date", "เยี่ยมล่าสุด", "Last visit", computed=True),
        f.date("next_visit_date", "นัดครั้งต่อไป", "Next visit"),
        source="PHUKET L2412-2449",
    ),
    *family(
        SECRET,
        f.flag("payment_disputed", "อ้างว่าชำระแล้ว", "Payment disputed", source="PHUKET L2319"),
        f.text("payment_dispute_note", "รายละเอียดการอ้างชำระ", "Dispute", source="PHUKET L2319"),
        f.items(
            "mediation_cases",
            "การไกล่เกลี่ย",
            "Mediation cases",
            description=Text(
                "แต่ละกรณี: court, invite_channel, invited_at, hearing_at, attended, result, "
                "compromise_date, amount, due_dates, state",
                "Each: court, invite_channel, invited_at, hearing_at, attended, result, "
                "compromise_date, amount, due_dates, state",
            ),
        ),
        f.record(
            "legal_case",
            "คดี",
            "Legal case",
            description=Text(
                "ลำดับของคดี: evidence_ready_at, sent_to_prosecutor_at, filed_at, case_no, "
                "judgment_at, enforcement_at, state",
                "evidence_ready_at, sent_to_prosecutor_at, filed_at, case_no, judgment_at, "
                "enforcement_at, state",
            ),
        ),
        source="PHUKET L2329-2331; debtors.md 2.6",
    ),
)

DEBTORS = Layer(
    id="debtors",
    title=Text("ลูกหนี้กองทุนพัฒนาบทบาทสตรี", "Women's fund debtors"),
    description=Text(
        "สัญญากู้ยืมของโครงการที่เปิดอยู่ คู่สัญญา พิกัด มาตรการ และสถานะทางคดี รายสัญญา ห้ามเปิดเผยแก่บุคคลภายนอก",
        "Loan contracts of open projects with parties, pin, measures and legal status, one row per "
        "contract; not to be disclosed to outsiders",
    ),
    group="people",
    geometry="Point",
    fields=(*_CONTRACT, *_PROJECT, *_COMPUTED, *_PEOPLE, *_RELIEF, *f.provenance()),
    key="contract_id",
    title_field="contract_no",
    area="area_code",
    privacy=RESTRICTED,
    geometry_privacy=RESTRICTED,
    datetime=("start_date", "end_date"),
    bounds=f.THAILAND,
    source="debtors.md 2.1-2.6",
)


LAYERS: tuple[Layer, ...] = (DEBTORS, FUNDS, VISITS, FIELD_ROUNDS, HANDOVERS)
