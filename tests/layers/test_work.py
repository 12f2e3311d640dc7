"""The layers of work: projects, documents, deadlines, indicators, observations."""

from __future__ import annotations

import json
import re

import pytest

from layers import indicators, people, projects
from layers.model import Layer, Privacy
from layers.privacy import public_view

LAYERS = {layer.id: layer for layer in (*projects.LAYERS, *indicators.LAYERS)}
EVERY_LAYER = pytest.mark.parametrize("layer", LAYERS.values(), ids=LAYERS)

INTERNAL, RESTRICTED, SECRET = Privacy.INTERNAL, Privacy.RESTRICTED, Privacy.SECRET

THAI = re.compile(r"[\u0e01-\u0e5b]")


def names(layer: Layer) -> set[str]:
    return {field.name for field in layer.fields}


def test_the_modules_define_the_five_collections_of_work() -> None:
    assert set(LAYERS) == {"projects", "documents", "deadlines", "indicators", "observations"}
    assert {layer.group for layer in LAYERS.values()} == {"work"}


@EVERY_LAYER
def test_every_label_is_thai_in_thai_and_has_no_thai_in_english(layer: Layer) -> None:
    labels = [layer.title, layer.description]
    for field in layer.fields:
        labels += [field.label, *(field.values or {}).values()]
    for label in labels:
        assert THAI.search(label.th), label
        assert label.en.strip() and not THAI.search(label.en), label


@EVERY_LAYER
def test_every_definition_survives_json(layer: Layer) -> None:
    assert Layer.from_json(json.loads(json.dumps(layer.to_json(), ensure_ascii=False))) == layer


@EVERY_LAYER
def test_every_row_has_an_origin(layer: Layer) -> None:
    assert {"source_ref", "data_origin"} <= names(layer)


CODE_LISTS = {
    # assessment.md 3.1, 4.2, 13, 15, 18.1; registers.md 2.3
    "observations.response_state": "reported reported_none no_response not_due not_applicable",
    "observations.qualifier": "exact about more_than at_least at_most less_than",
    "observations.phase": "before after round_1 round_2 none",
    "observations.mark": "present expected none",
    "observations.evidence": "ticked computed document",
    "observations.quality_flags": "figure_words_mismatch sum_mismatch period_mixed unit_conflict "
    "value_conflict small_n derived",
    "observations.record_state": "draft submitted returned verified superseded",
    "indicators.unit_of_analysis": "household village tambon lao district province university "
    "network city quarter site product programme",
    "indicators.value_type": "number boolean ordinal count currency ratio text",
    "indicators.direction": "higher_better lower_better target_range none",
    "indicators.aggregation": "sum weighted_mean share latest none",
    "indicators.period_type": "day month quarter fiscal_year calendar_year round phase custom",
    "indicators.status": "stated derived decision",
    "projects.level": "household village tambon district province region nation",
    "projects.method_class": "self joint supported",
    "projects.supporter_type": "lao agency private community",
    "projects.activity_type": "A B C D E",
    "projects.phase": "upstream midstream downstream",
    "projects.status": "idea in_plan proposed funded not_funded contracted running reported closed "
    "cancelled",
    "deadlines.state": "planned due done_on_time overdue done_late",
    "documents.file_state": "present missing lost unreadable",
    "documents.phase": "before during after",
}


@pytest.mark.parametrize(("where", "codes"), CODE_LISTS.items(), ids=CODE_LISTS)
def test_code_lists_are_those_of_the_chapters(where: str, codes: str) -> None:
    layer, field = where.split(".")
    values = LAYERS[layer].by_name[field].values
    assert values is not None
    assert set(values) == set(codes.split())


def test_documents_know_the_seven_kinds_of_the_fund_among_others() -> None:
    values = LAYERS["documents"].by_name["kind"].values
    assert values is not None
    assert set(people.DOCUMENT_KINDS) < set(values)


CALENDAR_RULES = {
    # Every wording of the rule column of assessment.md 15.2, with the code that stands for it.
    "fixed": "fixed",
    "within month": "within_month",
    "within quarter": "within_quarter",
    "window": "window",
    "+7 days after completion": "after_completion",
    "+15 days after completion": "after_completion",
    "+1 month after completion": "after_completion",
    "within 1 week": "after_start",
    "within 2 years": "after_start",
    "6 months after MOU start (date not stated)": "after_start",
    "12 months (date not stated)": "after_start",
    "-1 month before": "before_event",
    "+5..+7 days": "spacing",
    "not before +45 days": "spacing",
    "day 2 of next month": "day_of_month",
    "day 2 of each month": "day_of_month",
    "day 20 monthly": "day_of_month",
    "monthly window": "monthly_window",
    "weeks 1 and 3 monthly": "weeks_1_and_3",
    "recurring monthly": "monthly",
    "monthly": "monthly",
    "per quarter": "quarterly",
    "quarterly": "quarterly",
    "every 2 years": "every_years",
    "every 5 years": "every_years",
    "after every visit": "every_visit",
}


def test_every_rule_of_the_calendar_has_a_code_and_no_code_is_idle() -> None:
    assert set(CALENDAR_RULES.values()) == set(projects.DEADLINE_RULES)


CHAPTER_FIELDS = {
    "projects": "project_id code name_th name_en programme_code framework_no fiscal_year_be "
    "owner_org lead_institution partners level method_class supporter_type activity_type areas "
    "geom_precision allocated_thb contracted_thb spent_thb phase status goals indicators "
    "in_lao_plan evidence funding_source budget_lines budget_months tranches activity_results",
    "deadlines": "rule_id area_code anchor_on due_on done_on state programme deliverable_en actor "
    "receiver rule area_level evidence be_text",
    "documents": "doc_id kind subkind doc_date signed_by file file_state uploaded_by uploaded_at",
    "indicators": "framework_code name_th name_en owner unit_of_analysis n_groups n_indicators "
    "list_known cycle valid_from_be valid_to_be version indicator_code group_code unit value_type "
    "direction aggregation numerator_code denominator_code norm_min norm_max period_type sensitive "
    "source_ref status thresholds",
    "observations": "subject_type subject_id indicator_code period_start period_end period_label "
    "phase response_state value_num value_text reason_code reason_text scope_note as_of source_ref "
    "source_priority quality_flags entered_by verified_by record_state qualifier range_low "
    "range_high conflict_group",
}


@pytest.mark.parametrize(("layer", "fields"), CHAPTER_FIELDS.items(), ids=CHAPTER_FIELDS)
def test_every_main_field_of_the_chapter_tables_is_there(layer: str, fields: str) -> None:
    assert set(fields.split()) - names(LAYERS[layer]) == set()


COMPUTED = {
    "projects": set(),
    "documents": set(),
    "deadlines": {"state", "days_left"},
    "indicators": set(),
    "observations": {"quality_flags"},
}


@EVERY_LAYER
def test_what_a_rule_fills_in_is_marked_computed_and_nothing_else(layer: Layer) -> None:
    assert {f.name for f in layer.fields if f.computed} == COMPUTED[layer.id]


TIMES = {
    "projects": ("start_date", "end_date"),
    "documents": ("doc_date",),
    "deadlines": ("due_on",),
    "indicators": (),
    "observations": ("period_start", "period_end"),
}


@EVERY_LAYER
def test_a_time_filter_speaks_of_the_named_day_or_span(layer: Layer) -> None:
    assert layer.datetime == TIMES[layer.id]
    assert {layer.by_name[name].type for name in layer.datetime} <= {"date", "datetime"}


@EVERY_LAYER
def test_what_belongs_to_a_place_has_one_area_code(layer: Layer) -> None:
    assert layer.area == (None if layer.id == "indicators" else "area_code")


def test_an_observation_always_has_subject_period_and_response_state() -> None:
    """ASM-R1, ASM-R3: silence is a state and the period is explicit; the value may be empty."""
    fields = LAYERS["observations"].by_name
    needed = {name for name, field in fields.items() if field.required}
    assert needed == {
        "observation_id",
        "indicator_code",
        "subject_type",
        "subject_id",
        "period_start",
        "period_end",
        "response_state",
    }


# Privacy -----------------------------------------------------------------------------------------


def test_projects_and_budgets_are_public_but_not_their_evidence() -> None:
    """privacy.md 11.2: project, plan, budget are public; scans with signatures or faces are not."""
    view = public_view(LAYERS["projects"])
    assert {"name_th", "allocated_thb", "spent_thb", "budget_months", "status"} <= view.fields
    assert "evidence" not in view.fields
    assert LAYERS["projects"].by_name["evidence"].privacy is RESTRICTED


def test_the_register_of_indicators_is_public() -> None:
    assert public_view(LAYERS["indicators"]).fields == names(LAYERS["indicators"])


@pytest.mark.parametrize("layer", ["observations", "deadlines", "documents"])
def test_the_public_sees_no_single_row_of_what_is_inside_the_office(layer: str) -> None:
    view = public_view(LAYERS[layer])
    assert view.aggregates_only
    assert not view.fields
    assert not view.geometry


DOCUMENT_CLASSES = {
    # documents with signatures or faces; debtor documents of kinds 1-6 and payment papers
    "doc_id": RESTRICTED,
    "kind": RESTRICTED,
    "file": RESTRICTED,
    "signed_by": RESTRICTED,
    "subject_id": RESTRICTED,
    "party_id": RESTRICTED,
    # registry extract, medical and death papers; court and mediation
    "sealed_file": SECRET,
    "subkind": SECRET,
}


@pytest.mark.parametrize(("field", "least"), DOCUMENT_CLASSES.items())
def test_documents_are_as_protected_as_their_family(field: str, least: Privacy) -> None:
    assert LAYERS["documents"].privacy >= RESTRICTED
    assert LAYERS["documents"].by_name[field].privacy >= least


def test_no_observation_is_of_a_household_or_a_person() -> None:
    """Household answers are restricted survey rows; they may not slip into the indicator table."""
    values = LAYERS["observations"].by_name["subject_type"].values
    assert values is not None
    assert not {"household", "person", "member", "debtor"} & set(values)


def test_accounts_of_authors_and_verifiers_are_restricted() -> None:
    for field in ("entered_by", "verified_by"):
        assert LAYERS["observations"].by_name[field].privacy >= RESTRICTED


# Column headings ---------------------------------------------------------------------------------

BPM_HEADINGS = {
    # registers.md 9.8; the results themselves are items of activity_results
    "fiscal_year_be": ["ปีงบประมาณ", "fiscal_year"],
    "project_id": ["รหัสกิจกรรม", "activity_id"],
    "area_code": ["พื้นที่", "area_code"],
    "start_date": ["วันเริ่ม", "start_date"],
    "end_date": ["วันเสร็จ", "end_date"],
    "allocated_thb": ["งบจัดสรร", "allocated"],
    "spent_thb": ["งบเบิกจ่าย", "spent"],
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


def test_headings_of_the_activity_template_lead_to_their_field() -> None:
    index = heading_index(LAYERS["projects"])
    for field, headings in BPM_HEADINGS.items():
        for heading in headings:
            assert index.get(bare(heading)) == {field}, heading


@EVERY_LAYER
def test_no_heading_means_two_fields(layer: Layer) -> None:
    assert {text: found for text, found in heading_index(layer).items() if len(found) > 1} == {}
