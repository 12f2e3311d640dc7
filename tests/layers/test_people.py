"""The layers of people: households, aid cases, debtors, funds, visits."""

from __future__ import annotations

import json
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from layers import aid, debtors, funds, households, people, village_targets, visits
from layers.model import Field, Layer, Privacy
from layers.privacy import public_view

LAYERS = {
    layer.id: layer
    for layer in (
        *households.LAYERS,
        *aid.LAYERS,
        *village_targets.LAYERS,
        *debtors.LAYERS,
    )
}
EVERY_LAYER = pytest.mark.parametrize("layer", LAYERS.values(), ids=LAYERS)

INTERNAL, RESTRICTED, SECRET = Privacy.INTERNAL, Privacy.RESTRICTED, Privacy.SECRET

THAI = re.compile(r"[\u0e01-\u0e5b]")
LATIN_IN_THAI = {"GPS", "TPMAP"}  # what a Thai office writes in Latin letters as well


def names(layer: Layer) -> set[str]:
    return {field.name for field in layer.fields}


def wordings(layer: Layer) -> list[tuple[str, str]]:
    labels = [layer.title, layer.description]
    for field in layer.fields:
        labels += [field.label, *(field.values or {}).values()]
    return [(label.th, label.en) for label in labels]


def test_the_modules_define_the_collections_of_people() -> None:
    assert set(LAYERS) >= {"households", "debtors", "funds", "visits", "aid_cases"}
    assert {layer.group for layer in LAYERS.values()} == {"people"}


@EVERY_LAYER
def test_every_label_is_thai_in_thai_and_has_no_thai_in_english(layer: Layer) -> None:
    for th, en in wordings(layer):
        assert THAI.search(th) or th in LATIN_IN_THAI, th
        assert en.strip() and not THAI.search(en), en


@EVERY_LAYER
def test_no_two_fields_of_a_layer_share_a_label(layer: Layer) -> None:
    for language in ("th", "en"):
        labels = [field.label.get(language) for field in layer.fields]
        assert sorted(set(labels)) == sorted(labels)


@EVERY_LAYER
def test_every_definition_survives_json(layer: Layer) -> None:
    assert Layer.from_json(json.loads(json.dumps(layer.to_json(), ensure_ascii=False))) == layer


@EVERY_LAYER
def test_every_row_has_an_origin_and_one_area_code_and_stores_no_parent_area(layer: Layer) -> None:
    assert layer.area == "area_code"
    assert "data_origin" in names(layer)
    parents = {"village_id", "village_code", "tambon_id", "district_id", "province_id"}
    assert not names(layer) & parents


@EVERY_LAYER
def test_every_field_but_the_keys_of_ours_cites_its_source(layer: Layer) -> None:
    own = {"source_ref", "data_origin", "area_code"}
    assert [f.name for f in layer.fields if not f.source and f.name not in own] == []


# Privacy -----------------------------------------------------------------------------------------

FAMILIES: dict[Privacy, dict[str, str]] = {
    # privacy.md 11.2, row by row: the fields of each family and the least class they may have.
    RESTRICTED: {
        # household survey row: household id, indicators, income
        "households": "household_id ext_ids house_no household_no person_key bmn_results "
        "income_pcpy_tpmap income_pcpy_bmn household_size in_tpmap problems_needs poverty_causes "
        # welfare card, deceased, moved, unwilling
        "welfare_card flag_deceased flag_moved_out flag_wants_to_move_out flag_unwilling "
        # poverty tier and reason
        "tier reason_codes provisional_could_be poverty_level rank_in_village list_state "
        # occupation wishes
        "occupation_wanted occupation_suitable",
        # aid given: dimension, amount, date
        "aid_cases": "household_id dimension kind amount_thb start_on end_on state",
        # debtor contract and money: contract, balance, arrears, class, legal status
        "debtors": "contract_id contract_no outstanding_thb principal_thb arrears_thb "
        "default_interest_thb penalty_thb last_payment_date last_payment_amount "
        "overdue_instalments debtor_class class_reason timebar_date days_left legal_status "
        "received_thb last_paid_due_date measure_end_date measure_overdue measures_offered "
        "timebar_band last_working_day list_order lm_state "
        # debtor party, pin, address: name, telephone, coordinates, registered address
        "parties borrower_key person_key pins pin_status pin_method accuracy_m address_kind "
        "verified_by verified_at directions_note keeper_id documents_missing",
        # visit log: date, team, result
        "visits": "visited_at planned_on team team_id outcome visit_state household_id contract_id "
        "party_id visitor_user_id respondent_role income_now_pcpy progress_note photos "
        "promised_amount paid_amount ability_to_pay",
        # debtors of a fund are debtor data too
        "funds": "debt_surveys",
    },
    SECRET: {
        # elderly, disabled, welfare only; drug-treatment member, tier 4 and its reason; health need
        "households": "flag_elderly flag_disabled flag_welfare_only rehab_member tier_exact "
        "reason_codes_exact member_conditions health_need status developable",
        "aid_cases": "health_detail",
        # debtor personal note, hardship, disputed payment; court and mediation
        "debtors": "payment_disputed payment_dispute_note mediation_cases legal_case",
        "visits": "hardship personal_note",
    },
    INTERNAL: {
        # fund governance; fund members and savings
        "funds": "level level_year_be indicators_passed indicators_total mandatory_failed "
        "indicator_results faults fault_log accounts_current last_monthly_report "
        "last_yearly_balance members savings_thb capital_thb committee_count committee_term_end "
        "survey_state team_id chosen_for interest_rate_pct",
    },
}
PROTECTED = [
    (layer, field, least)
    for least, by_layer in FAMILIES.items()
    for layer, fields in by_layer.items()
    for field in fields.split()
]


@pytest.mark.parametrize(("layer", "field", "least"), PROTECTED)
def test_no_field_is_less_protected_than_its_family(layer: str, field: str, least: Privacy) -> None:
    assert LAYERS[layer].by_name[field].privacy >= least


@pytest.mark.parametrize(
    "layer", ["households", "debtors", "visits", "aid_cases", "field_rounds", "handovers"]
)
def test_the_public_sees_neither_a_row_nor_a_home(layer: str) -> None:
    view = public_view(LAYERS[layer])
    assert view.aggregates_only
    assert not view.fields
    assert not view.geometry
    assert LAYERS[layer].privacy is RESTRICTED
    assert LAYERS[layer].geometry_privacy is RESTRICTED


def test_the_public_sees_of_a_fund_only_what_kind_it_is_and_where() -> None:
    view = public_view(LAYERS["funds"])
    assert view.fields == {"fund_id", "name", "kind", "area_code", "source_ref", "data_origin"}
    assert view.geometry


def test_without_the_secret_fields_nothing_tells_tier_4_from_tier_3() -> None:
    """PRIV-R13: tiers 3 and 4 are one value, and no reason code tells them apart."""
    readable = [f for f in LAYERS["households"].fields if f.privacy < SECRET]
    codes = {f.name: set(f.values) for f in readable if f.values is not None}
    assert codes["tier"] == codes["provisional_could_be"] == {"1", "2", "3-4"}
    telling = {"T3_LOW_INCOME", "T4_RESTRICTED", "N_ABOVE_CEILING", "W_WELFARE_ONLY"}
    assert not any(telling & values for values in codes.values())
    assert not any("4" in values for values in codes.values())
    assert not any("route_welfare" in values for values in codes.values())


def test_conditions_of_a_member_stand_only_in_the_secret_list() -> None:
    restricted = LAYERS["households"].by_name["member_list"].description
    assert restricted is not None
    for word in ("elderly", "disabled", "welfare_only", "rehab"):
        assert word not in restricted.en


# ID cards ----------------------------------------------------------------------------------------

ID_WORDS = re.compile(
    r"id.?card|citizen|national.?id|id.?number|\bpid\b|\bcid\b|เลขบัตร|เลขประจำตัว|บัตรประชาชน", re.I
)
PERSON_KEYS = [
    LAYERS[layer].by_name[field]
    for layer, field in (
        ("households", "household_id"),
        ("households", "person_key"),
        ("aid_cases", "household_id"),
        ("debtors", "borrower_key"),
        ("debtors", "person_key"),
        ("visits", "household_id"),
    )
]


@EVERY_LAYER
def test_no_field_asks_for_an_id_card_number(layer: Layer) -> None:
    for field in layer.fields:
        for text in (field.name, field.label.th, field.label.en, *field.aliases):
            assert not ID_WORDS.search(text), field.name


@given(digits=st.text("0123456789", min_size=13, max_size=13))
@pytest.mark.parametrize("field", PERSON_KEYS, ids=lambda f: f.name)
def test_no_key_of_a_person_takes_thirteen_digits(field: Field, digits: str) -> None:
    """IMP-R5, with the dashes and blanks that an ID card is printed with, and without."""
    groups = digits[0], digits[1:5], digits[5:10], digits[10:12], digits[12]
    assert field.pattern is not None
    for number in (digits, "-".join(groups), " ".join(groups)):
        assert not re.fullmatch(field.pattern, number)


@given(key=st.from_regex(r"[0-9]([0-9 -]?[0-9]){0,20}", fullmatch=True))
def test_a_key_of_digits_is_refused_only_for_having_thirteen(key: str) -> None:
    thirteen = sum(letter.isdigit() for letter in key) == 13
    assert bool(re.fullmatch(people.PSEUDONYM, key)) is not thirteen


@pytest.mark.parametrize("key", ["HH-0001", "B-0001", "83010101-12", "83010101-1234", "hh/7"])
def test_keys_of_the_registers_are_taken(key: str) -> None:
    assert re.fullmatch(people.PSEUDONYM, key)


# Code lists --------------------------------------------------------------------------------------

CODE_LISTS = {
    # poverty.md 3.1, 3.4, 3.7, 3.9, 3.11, 5.3, 7
    "households.source_list": "tpmap bmn found_new district_register sammachip",
    "households.tier_exact": "1 2 3 4",
    "households.status": "eligible pending blocked route_welfare not_eligible",
    "households.list_state": "selected waiting none",
    "households.overlap_state": "clear village_only blocked hold",
    "households.stage": "candidate found_new verified not_found not_poor assessed selected waiting "
    "referred aided monitored exited returned closed",
    "households.reason_codes_exact": "T1_TPMAP_CARD T2_BMN T3_LOW_INCOME T4_RESTRICTED N_CARD "
    "N_ABOVE_CEILING X_MOVED X_DECEASED X_UNWILLING X_WANTS_MOVE W_WELFARE_ONLY U_INCOME U_CARD "
    "U_DEV U_TPMAP O_PARTICIPANT O_VILLAGE_ONLY O_HOLD U_REHAB",
    "aid_cases.dimension": "housing health state_welfare education occupation",
    "aid_cases.route": "local province central",
    "aid_cases.state": "proposed matched sent accepted in_progress delivered confirmed closed "
    "rejected cancelled duplicate",
    "visits.record_state": "draft submitted returned verified",
    "visits.respondent_role": "head adult_member",
    # registers.md 2.9
    "visits.visit_state": "completed no_respondent refused inaccessible_building moved",
    # debtors.md 2, 3, 4, 7, 8
    "debtors.generation": "old new",
    "debtors.project_status": "open closed",
    "debtors.debtor_class": "time_barred matured in_default normal closed unclassified",
    "debtors.legal_status": "none notice_sent mediation_invited mediation_set compromise "
    "mediation_failed evidence_ready with_prosecutor filed judgment enforcement ended",
    "debtors.measure_code": "ack_liability ack_debt restructure release penalty_waiver "
    "hardship_2568 mediation_20ter litigation discipline_advice mediation_discount interest_cut",
    "debtors.measure_state": "advised requested complete district_agreed approved active completed "
    "rejected withdrawn broken",
    "debtors.address_kind": "registered current work market",
    "debtors.pin_method": "gps map_click geocoded imported_link",
    "debtors.pin_status": "unverified verified moved not_found wrong",
    "debtors.documents_missing": "proposal loan_contract guarantee debt_acknowledgement "
    "liability_acknowledgement restructuring other registry_extract mediation_petition "
    "notice_letter",
    "debtors.timebar_band": "lapsed band_1 band_2 band_3 band_4 beyond",
    "field_rounds.slot": "week_1 week_3",
    "field_rounds.status": "planned prepared in_field returned reported cancelled",
    "field_rounds.steps_done": "check_status rank_classes plan_meeting prepare go_out",
    "handovers.state": "prepared sent accepted returned",
    "visits.method": "home_visit group_meeting phone online clinic informal",
    "visits.ability_to_pay": "full part none unknown",
    "visits.hardship": "illness disability old_age death no_income disaster other",
    "visits.sync_state": "draft queued stored conflict",
    "funds.kind": "women_fund savings_group kkj fund_centre mother_fund village_fund nsf "
    "state_bank",
    "funds.level": "1 2 3",
    "funds.accounts_current": "yes no none unknown",
    "funds.faults": "F1a F1b F2 F3a F3b F4 F5",
    "funds.survey_state": "chosen round1_planned round1_done processed round2_planned advised "
    "reported_district reported_province in_bpm",
    "funds.chosen_for": "activity_2 mobile_clinic outstanding_76",
}


@pytest.mark.parametrize(("where", "codes"), CODE_LISTS.items(), ids=CODE_LISTS)
def test_code_lists_are_those_of_the_chapters(where: str, codes: str) -> None:
    layer, field = where.split(".")
    values = LAYERS[layer].by_name[field].values
    assert values is not None
    assert set(values) == set(codes.split())


def test_outcomes_of_a_visit_are_those_of_both_kinds() -> None:
    household = "met no_respondent refused not_found moved_out deceased"
    debtor = (
        "met not_home moved deceased refused not_found paid promised joined_measure "
        "invited_mediation"
    )
    assert set(visits.HOUSEHOLD_OUTCOMES) == set(household.split())
    assert set(visits.DEBTOR_OUTCOMES) == set(debtor.split())
    outcome = LAYERS["visits"].by_name["outcome"]
    assert outcome.type == "list"
    assert outcome.values is not None
    assert set(outcome.values) == set(household.split()) | set(debtor.split())


def test_wordings_printed_in_the_chapters_are_kept() -> None:
    assert people.TIERS_EXACT["4"].th == "ลำดับ 4 (ข้อมูลจำกัดสิทธิ์)"
    assert people.TIERS["3-4"].th == "ลำดับ 3-4"
    assert people.AID_DIMENSIONS["state_welfare"].th == "สวัสดิการรัฐ"
    assert debtors.DEBTOR_CLASSES["time_barred"].th == "ลูกหนี้ขาดอายุความ"
    assert debtors.LEGAL_STATUSES["with_prosecutor"].th == "ส่งอัยการ"
    assert funds.FUND_FAULTS["F4"].th == "คิดดอกเบี้ยเกินกว่าที่กฎหมายกำหนด"


# Fields of the chapters --------------------------------------------------------------------------

CHAPTER_FIELDS = {
    "households": "household_id ext_ids house_no geom_precision source_list source_year_be "
    "in_tpmap "
    "income_pcpy_tpmap income_pcpy_bmn welfare_card flag_elderly flag_disabled flag_welfare_only "
    "flag_unwilling flag_wants_to_move_out flag_moved_out flag_deceased rehab_member volunteer "
    "developable poverty_causes problems_needs tpmap_dims_failed occupation_suitable "
    "occupation_wanted owns_farmland sep_areas_practised trainer_id has_loan_source has_savings "
    "fund_member poverty_level level_config_version stage consent_state data_as_of "
    "run_id params_version tier status provisional_could_be list_state rank_in_village "
    "reason_codes assessed_on capital_human capital_physical capital_economic capital_natural "
    "capital_social potential",
    "aid_cases": "household_id dimension severity kind provider_id route start_on end_on "
    "amount_thb state",
    "debtors": "project_id lm_ref sarf_ref approval_year_be generation title activity_kind "
    "legal_status contract_id start_date term_months end_date principal_thb outstanding_thb "
    "default_interest_thb penalty_thb loan_rate_pct default_rate_pct first_due_date schedule "
    "last_payment_date last_payment_amount overdue_instalments lm_as_of payment_disputed "
    "class_reason timebar_date days_left parties address_kind verified_by verified_at "
    "directions_note keeper_id accuracy_m measures mediation_cases legal_case",
    "visits": "visit_id round_id party_id household_id team_id visitor_user_id planned_on "
    "visited_at "
    "outcome respondent_role causes problems_needs agencies_to_help occupation_suitable "
    "progress_note income_now_pcpy gps_accuracy_m record_state verified_by verified_at team "
    "leader_present method ability_to_pay hardship promised_date promised_amount paid_amount "
    "bill_payment_ref measure_explained measure_chosen problems suggestion personal_note photos "
    "next_visit_date pin_confirmed sync_state",
    "funds": "fund_id name kind founded_year_be members savings_thb capital_thb committee_count "
    "committee_term_end level level_year_be indicators_passed indicators_total mandatory_failed "
    "faults accounts_current last_monthly_report last_yearly_balance survey_state team_id "
    "chosen_for",
}


@pytest.mark.parametrize(("layer", "fields"), CHAPTER_FIELDS.items(), ids=CHAPTER_FIELDS)
def test_every_field_of_the_chapter_tables_is_there(layer: str, fields: str) -> None:
    assert set(fields.split()) - names(LAYERS[layer]) == set()


COMPUTED = {
    "households": "developable tier tier_exact status provisional_could_be reason_codes "
    "reason_codes_exact overlap_state list_state rank_in_village run_id params_version "
    "poverty_level level_config_version capital_human capital_physical capital_economic "
    "capital_natural capital_social capital_items_answered",
    "debtors": "debtor_class class_reason measure_broken anchor_date anchor_kind timebar_date "
    "days_left timebar_band last_working_day list_order lm_state measures_offered documents_pct "
    "documents_missing last_visit_date",
    "field_rounds": "",
    "handovers": "",
    "funds": "",
    "visits": "",
    "aid_cases": "",
    "aid_providers": "",
    "village_targets": "has_targets overlap_state n_selected n_waiting n_pending quota_unfilled "
    "run_id params_version",
}


@pytest.mark.parametrize(("layer", "fields"), COMPUTED.items(), ids=COMPUTED)
def test_what_a_rule_fills_in_is_marked_computed_and_nothing_else(layer: str, fields: str) -> None:
    assert {f.name for f in LAYERS[layer].fields if f.computed} == set(fields.split())


TIMES = {
    "households": ("data_as_of",),
    "aid_cases": ("start_on", "end_on"),
    "aid_providers": (),
    "village_targets": (),
    "debtors": ("start_date", "end_date"),
    "funds": ("as_of",),
    "visits": ("visited_at",),
    "field_rounds": ("planned_date",),
    "handovers": ("prepared_at",),
}


@EVERY_LAYER
def test_a_time_filter_speaks_of_the_named_day_or_span(layer: Layer) -> None:
    assert layer.datetime == TIMES[layer.id]
    assert {layer.by_name[name].type for name in layer.datetime} <= {"date", "datetime"}


@pytest.mark.parametrize(
    ("layer", "geometry"),
    [
        ("households", "Point"),
        ("debtors", "Point"),
        ("funds", "Point"),
        ("visits", "Point"),
        ("aid_cases", None),
        ("field_rounds", None),
        ("handovers", None),
    ],
)
def test_homes_and_offices_are_points_and_aid_has_no_place_of_its_own(
    layer: str, geometry: str | None
) -> None:
    assert LAYERS[layer].geometry == geometry


def test_days_left_may_be_negative_and_money_may_not() -> None:
    fields = LAYERS["debtors"].by_name
    assert fields["days_left"].minimum is None
    money = [f for layer in LAYERS.values() for f in layer.fields if f.unit == "THB"]
    assert len(money) > 10
    assert all(f.minimum == 0 for f in money)


# Column headings ---------------------------------------------------------------------------------

HEADINGS = {
    # registers.md 9.1 and 9.2
    "households": {
        "source_year_be": ["ปีข้อมูล", "ปีจัดเก็บ", "survey_year"],
        "household_id": ["รหัสครัวเรือน", "household_id"],
        "area_code": ["รหัสหมู่บ้าน", "village_code", "รหัสหมู่บ้านหรือชุมชน", "area_code"],
        "household_no": ["ลำดับครัวเรือน", "household_no"],
        "household_size": ["จำนวนสมาชิก", "members"],
        "welfare_card": ["บัตรสวัสดิการแห่งรัฐ", "welfare_card"],
        "flag_elderly": ["ชรา", "elderly"],
        "flag_disabled": ["พิการ", "disabled"],
        "flag_welfare_only": ["สงเคราะห์อย่างเดียว", "welfare_only"],
        "flag_unwilling": ["ไม่ประสงค์เข้าร่วม", "unwilling"],
        "flag_wants_to_move_out": ["ประสงค์ย้ายออก", "will_move"],
        "flag_moved_out": ["ย้ายออกแล้ว", "moved_out"],
        "flag_deceased": ["เสียชีวิต", "deceased"],
        "gps_accuracy_m": ["ความแม่น", "gps_accuracy_m"],
    },
    # registers.md 9.4
    "debtors": {
        "lm_as_of": ["ข้อมูล ณ วันที่", "as_of_date"],
        "fund_code": ["รหัสกองทุน", "fund_code"],
        "contract_no": ["เลขที่สัญญา", "contract_no"],
        "lm_ref": ["เลขที่โครงการ", "project_no"],
        "title": ["ชื่อโครงการ", "project_name"],
        "generation": ["กองทุนเดิม/ใหม่", "fund_generation"],
        "approval_year_be": ["ปีที่อนุมัติ", "approval_year"],
        "borrower_key": ["รหัสผู้กู้", "borrower_key"],
        "co_debtors": ["จำนวนลูกหนี้ร่วม/ผู้ค้ำ", "co_debtors"],
        "start_date": ["วันทำสัญญา", "contract_date"],
        "term_months": ["อายุสัญญา เดือน", "term_months"],
        "end_date": ["วันสิ้นสุดสัญญา", "contract_end"],
        "first_due_date": ["วันครบกำหนดงวดแรก", "first_due_date"],
        "principal_thb": ["เงินต้น", "principal"],
        "outstanding_thb": ["คงเหลือ", "balance"],
        "arrears_thb": ["ค้างชำระ", "arrears"],
        "last_payment_date": ["วันชำระล่าสุด", "last_payment_date"],
        "overdue_instalments": ["งวดที่ผิดนัด", "missed_instalments"],
        "project_status": ["สถานะโครงการ", "project_status"],
        "measure_code": ["มาตรการ", "measure_code"],
        "measure_date": ["measure_date"],
        "legal_status": ["สถานะคดี", "legal_status"],
        "verified_at": ["ยืนยันเมื่อ", "pin_confirmed_at"],
    },
    "visits": {
        "visit_state": ["สถานะการเยี่ยม", "visit_state"],
        "respondent_role": ["ผู้ตอบ", "respondent_kind"],
        "visited_at": ["วันเวลาสัมภาษณ์", "interviewed_at"],
        "visitor_user_id": ["รหัสผู้จัดเก็บ", "enumerator_id"],
    },
}


def bare(heading: str) -> str:
    return re.sub(r"[\s_-]+", "", heading).casefold()


def heading_index(layer: Layer) -> dict[str, set[str]]:
    """Every wording that a column may carry, as intake compares them, to the fields it means."""
    index: dict[str, set[str]] = {}
    for field in layer.fields:
        for text in (field.name, field.label.th, field.label.en, *field.aliases):
            index.setdefault(bare(text), set()).add(field.name)
    return index


@pytest.mark.parametrize("layer", HEADINGS)
def test_headings_of_the_import_templates_lead_to_their_field(layer: str) -> None:
    index = heading_index(LAYERS[layer])
    for field, headings in HEADINGS[layer].items():
        for heading in headings:
            assert index.get(bare(heading)) == {field}, heading


@EVERY_LAYER
def test_no_heading_means_two_fields(layer: Layer) -> None:
    assert {text: found for text, found in heading_index(layer).items() if len(found) > 1} == {}


@EVERY_LAYER
def test_an_alias_says_something_new(layer: Layer) -> None:
    for field in layer.fields:
        known = {bare(text) for text in (field.name, field.label.th, field.label.en)}
        assert not known & {bare(alias) for alias in field.aliases}, field.name


def test_no_heading_opens_the_list_of_the_poor_to_drug_treatment() -> None:
    """IMP-TPMAP refuses the column; only the field's own name and labels speak of it."""
    assert LAYERS["households"].by_name["rehab_member"].aliases == ()
