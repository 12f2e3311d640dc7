"""Field work: weeks, visit lists, pins, mediation, hand-over, papers, states (debtors.md 6, 7)."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from shapely import Point, box

from layers import debtors, field_rounds, funds
from layers.debt import states
from layers.debt.dates import days
from layers.debt.documents import completeness, in_mediation, papers_held
from layers.debt.handover import (
    BLOCKING,
    accept,
    access_ends,
    blocking_items,
    pack_area,
    without_keeper,
)
from layers.debt.lm_register import compare_registers
from layers.debt.mediation import day_two_blockers, earliest_hearing, task_lists
from layers.debt.pins import check_pin, is_stale, status_after_visit, working_pin
from layers.debt.rounds import (
    FIVE_STEPS,
    contact_allowed,
    province_report_due,
    slot_due,
    slot_states,
    visit_candidates,
    visit_list,
    weeks_of_month,
)
from layers.errors import Conflict

D = date.fromisoformat
AUGUST = D("2025-08-01")

WEEKS = [
    ("2025-08-01", 1, 1), ("2025-08-03", 1, 1), ("2025-08-04", 1, 2), ("2025-08-07", 1, 2),
    ("2025-08-08", 2, 2), ("2025-08-11", 2, 3), ("2025-08-15", 3, 3), ("2025-08-17", 3, 3),
    ("2025-08-18", 3, 4), ("2025-08-21", 3, 4), ("2025-08-22", 4, 4), ("2025-08-31", 5, 5),
]  # fmt: skip


@pytest.mark.parametrize(("day", "by_day", "by_monday"), WEEKS)
def test_weeks_of_the_month_follow_the_chosen_definition(
    day: str, by_day: int, by_monday: int
) -> None:
    """DEBT-R23."""
    assert weeks_of_month(days([day])).tolist() == [by_day]
    assert weeks_of_month(days([day]), "calendar_monday").tolist() == [by_monday]


@given(day=st.dates(date(1950, 1, 1), date(2100, 1, 1)))
def test_a_calendar_week_is_that_of_pythons_calendar(day: date) -> None:
    first = day.replace(day=1)
    mondays = (day.toordinal() - 1) // 7 - (first.toordinal() - 1) // 7
    assert weeks_of_month(days([day]), "calendar_monday").tolist() == [mondays + 1]


@pytest.mark.parametrize(
    ("filed", "reference", "slot", "state", "late"),
    [
        (["2025-08-07"], "2025-08-31", "week_1", "on_time", 0),
        (["2025-08-09"], "2025-08-31", "week_1", "late", 2),
        (["2025-08-05"], "2025-08-22", "week_3", "missing", 1),
        ([], "2025-08-21", "week_3", "not_due", 0),
    ],
    ids=["WEEK-T1", "WEEK-T2", "WEEK-T3", "last day"],
)
def test_a_report_is_on_time_until_the_last_day_of_its_week(
    filed: list[str], reference: str, slot: str, state: str, late: int
) -> None:
    """SYS-191: the week-1 and week-3 reports show on time or late."""
    found = slot_states([D(day) for day in filed], AUGUST, D(reference))[slot]
    assert (found.state, found.days_late) == (state, late)


def test_two_reports_in_week_1_are_one_of_two() -> None:
    """WEEK-T4."""
    found = slot_states([D("2025-08-02"), D("2025-08-06")], AUGUST, D("2025-08-31"))
    assert [report.filed_on is not None for report in found.values()] == [True, False]


def test_weeks_that_begin_on_monday_end_earlier() -> None:
    assert slot_due(AUGUST, "week_1", "calendar_monday") == (D("2025-08-01"), D("2025-08-03"))
    assert slot_due(AUGUST, "week_3", "calendar_monday")[1] == D("2025-08-17")


def test_the_province_reports_a_week_after_a_visit() -> None:
    assert province_report_due(D("2025-08-01")) == D("2025-08-08")


def test_a_round_has_five_steps() -> None:
    """DEBT-R22."""
    assert len(FIVE_STEPS) == 5


def listed(n: int, **changes: Any) -> pd.DataFrame:
    table = pd.DataFrame(
        {
            "contract_id": [f"C{k}" for k in range(n)],
            "lon": 98.3 + np.arange(n) / 1000,
            "lat": 7.9,
            "pin_status": "verified",
            "next_visit_date": None,
        }
    )
    return table.assign(**changes)


def test_the_most_urgent_are_visited_until_capacity() -> None:
    """ROUTE-T1: 12 debtors in list order, 8 visits: classes 1 and 2, then 3; class 4 stays."""
    classes = np.array([1, 1, 2, 2, 2, 3, 3, 3, 3, 4, 4, 4])
    found = visit_list(listed(12), AUGUST, capacity=8)
    assert classes[list(found.chosen)].tolist() == [1, 1, 2, 2, 2, 3, 3, 3]
    assert classes[list(found.left_over)].tolist() == [3, 4, 4, 4]


def test_a_round_is_planned_for_whom_the_filter_names() -> None:
    """DEBT-R24: area, classes, bands, not visited since n days, pin unverified."""
    table = pd.DataFrame(
        {
            "debtor_class": ["matured", "matured", "in_default", "closed"],
            "timebar_band": ["band_1", "beyond", None, None],
            "area_code": ["830101", "830201", "830101", "830101"],
            "last_visit_date": [D("2025-07-02"), D("2025-07-01"), None, None],
            "pin_status": ["verified", "unverified", None, "verified"],
        }
    )

    def chosen(**filters: Any) -> list[int]:
        return np.flatnonzero(visit_candidates(table, AUGUST, **filters)).tolist()

    assert chosen() == [0, 1, 2]
    assert chosen(classes=["matured"]) == [0, 1]
    assert chosen(bands=["band_1"]) == [0]
    assert chosen(area="8301") == [0, 2]
    assert chosen(not_visited_days=30) == [1, 2]
    assert chosen(pin_unverified=True) == [1, 2]


def test_a_visit_verifies_the_pin_or_says_that_nobody_lives_there() -> None:
    """DEBT-R25."""
    assert status_after_visit("unverified", ["met", "paid"], True) == "verified"
    assert status_after_visit("verified", ["not_found"], True) == "not_found"
    assert status_after_visit("unverified", ["not_home"], None) == "unverified"


def test_two_debtors_at_one_pin_are_one_stop_with_two_records() -> None:
    """ROUTE-T2."""
    found = visit_list(listed(3, lon=[98.3, 98.4, 98.3]), AUGUST)
    assert found.stops == ((0, 2), (1,))


def test_a_visit_agreed_for_later_waits_unless_forced() -> None:
    """ROUTE-T3."""
    table = listed(2, next_visit_date=[D("2025-09-01"), D("2025-08-01")])
    assert visit_list(table, AUGUST).not_yet == (0,)
    assert visit_list(table, AUGUST, forced=["C0"]).chosen == (0, 1)


@pytest.mark.parametrize("status", ["wrong", "not_found", "moved"])
def test_a_debtor_without_a_usable_pin_goes_to_find_address(status: str) -> None:
    table = listed(2, pin_status=[status, "unverified"])
    found = visit_list(table, AUGUST)
    assert (found.find_address, found.chosen) == ((0,), (1,))


PROVINCE, TAMBON = box(98.2, 7.7, 98.5, 8.2), box(98.3, 7.9, 98.4, 8.0)


@pytest.mark.parametrize(
    ("place", "accuracy", "accepted", "note"),
    [
        ((98.4018, 7.95), 10.0, True, "tambon"),
        ((98.35, 7.95), 80.0, True, "over 50 m"),
        ((98.1, 7.5), 10.0, False, "outside the province"),
    ],
    ids=["PIN-T1", "PIN-T2", "PIN-T3"],
)
def test_a_pin_is_saved_with_a_warning_or_refused(
    place: tuple[float, float], accuracy: float, accepted: bool, note: str
) -> None:
    found = check_pin(Point(place), PROVINCE, TAMBON, accuracy)
    assert found.accepted is accepted
    assert found.status == ("unverified" if accepted else None)
    assert note in found.notes[0].en


def test_the_newest_verified_pin_of_the_current_address_is_gone_by() -> None:
    """DEBT-R25: a new pin overwrites none; what is not verified is not gone by."""
    pins = [
        {
            "pin_id": "a",
            "address_kind": "registered",
            "status": "verified",
            "verified_at": "2025-06",
        },
        {"pin_id": "b", "address_kind": "current", "status": "verified", "verified_at": "2024-01"},
        {"pin_id": "c", "address_kind": "current", "status": "verified", "verified_at": "2024-06"},
        {"pin_id": "d", "address_kind": "current", "status": "unverified", "verified_at": None},
    ]
    found = working_pin(pins)
    assert found is not None and found["pin_id"] == "c"
    assert working_pin(pins[3:]) is None
    assert is_stale(D("2024-07-31"), AUGUST) is True


@pytest.mark.parametrize(
    ("channel", "hearing"),
    [("post", "2025-07-16"), ("field", "2025-06-02")],
    ids=["MED-T1", "MED-T2"],
)
def test_an_invitation_in_the_field_needs_no_45_days(channel: Any, hearing: str) -> None:
    assert earliest_hearing(channel, D("2025-06-01")) == D(hearing)


def test_day_two_is_blocked_without_petition_or_registry_extract() -> None:
    """MED-T3: the paper is named."""
    assert day_two_blockers(["registry_extract", "mediation_petition", "notice_letter"]) == ()
    missing = [text.th for text in day_two_blockers(["notice_letter"])]
    assert missing == ["คัดทะเบียนราษฎร", "คำร้องขอไกล่เกลี่ย"]


def test_a_mediation_has_two_dated_task_lists() -> None:
    """SYS-189: a mediation case has two dated task lists."""
    one, two = task_lists(D("2025-06-02"))
    assert {task.on for task in one} == {D("2025-06-01")}
    assert {task.on for task in two} == {D("2025-06-02")}
    assert len(one) == 5 and len(two) == 4


def pack(n: int) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "contract_id": [f"C{k}" for k in range(n)],
            "debtor_class": "matured",
            "days_left": 400,
            "pin_status": "verified",
            "verified_at": D("2025-07-01"),
            "documents_missing": [[] for _ in range(n)],
            "measure_state": None,
            "keeper_id": "officer-1",
        }
    )


def test_blocking_items_of_a_pack_are_acknowledged_one_by_one() -> None:
    """HAND-T1: 40 contracts, 6 blocking items."""
    contracts = pack(40)
    contracts.loc[0, "days_left"] = 180
    contracts.loc[1, "days_left"] = 181
    contracts.loc[2, "pin_status"] = "unverified"
    contracts.loc[3, "verified_at"] = D("2024-07-31")
    contracts.at[4, "documents_missing"] = ["guarantee"]
    contracts.loc[5, "measure_state"] = "district_agreed"
    contracts.loc[6, "verified_at"] = None
    items = blocking_items(contracts, AUGUST)
    assert [(item.contract_id, item.code) for item in items] == [
        ("C0", "timebar_near"), ("C2", "pin_unverified"), ("C3", "pin_unverified"),
        ("C4", "documents_missing"), ("C5", "measure_open"), ("C6", "pin_unverified"),
    ]  # fmt: skip
    assert {item.code for item in items} == set(BLOCKING)
    known = {(item.contract_id, item.code) for item in items}
    with pytest.raises(Conflict) as refused:
        accept(items, known - {("C4", "documents_missing")}, "officer-2")
    assert "C4" in refused.value.text.en
    assert accept(items, known, "officer-2") == "officer-2"
    assert access_ends(AUGUST) == D("2025-08-08")


def test_a_returned_pack_needs_a_reason_and_is_not_accepted() -> None:
    """HAND-T2: the keeper stays, for only accepting changes it."""
    with pytest.raises(Conflict) as refused:
        states.advance(states.HANDOVER, "sent", "returned")
    assert refused.value.code == "reason_missing"
    assert states.advance(states.HANDOVER, "sent", "returned", reason="แฟ้มไม่ครบ") == "returned"
    assert not states.HANDOVER.allows("returned", "accepted")


@given(codes=st.lists(st.from_regex(r"8[0-9]([0-9]{2}){0,3}", fullmatch=True), min_size=1))
def test_the_area_of_a_pack_holds_all_its_contracts_and_no_smaller_one_does(
    codes: list[str],
) -> None:
    area = pack_area(codes) or ""
    assert len(area) % 2 == 0 and all(code.startswith(area) for code in codes)
    longer = {code[: len(area) + 2] for code in codes}
    assert len(longer) > 1 or longer == {area}


def test_contracts_of_a_closed_account_have_no_keeper() -> None:
    """HAND-T3."""
    contracts = pack(3)
    contracts.loc[1, "keeper_id"] = "officer-2"
    assert without_keeper(contracts, {"officer-2"}) == ["C0", "C2"]


@pytest.mark.parametrize(
    ("when", "more", "allowed"),
    [
        ("2025-08-01T08:00", {}, True),
        ("2025-08-01T20:01", {}, False),
        ("2025-08-02T18:00", {}, True),
        ("2025-08-02T18:01", {}, False),
        ("2025-08-01T19:00", {"holidays": {date(2025, 8, 1)}}, False),
        ("2025-08-01T12:00", {"contacts_today": 1}, False),
    ],
)
def test_debtors_are_contacted_in_lawful_hours_once_a_day(
    when: str, more: dict[str, Any], allowed: bool
) -> None:
    """DEBT-R29."""
    assert contact_allowed(datetime.fromisoformat(when), **more) is allowed


# Papers ------------------------------------------------------------------------------------------

YES, NO = np.array([True]), np.array([False])


@pytest.mark.parametrize(
    ("code", "flags", "missing"),
    [
        ("time_barred", {}, "proposal loan_contract liability_acknowledgement"),
        ("matured", {}, "proposal loan_contract debt_acknowledgement"),
        ("matured", {"guarantor": YES}, "proposal loan_contract guarantee debt_acknowledgement"),
        ("in_default", {"restructuring": YES}, "proposal loan_contract restructuring"),
        ("normal", {"mediation": YES},
         "proposal loan_contract registry_extract mediation_petition notice_letter"),
        ("closed", {"mediation": YES}, ""),
    ],
)  # fmt: skip
def test_each_class_and_case_needs_its_papers(
    code: str, flags: dict[str, Any], missing: str
) -> None:
    """DEBT-R20."""
    usual = {"guarantor": NO, "restructuring": NO, "mediation": NO}
    found = completeness([code], np.array([None], dtype=object), **{**usual, **flags})
    assert found.missing[0] == missing.split()
    assert np.isnan(found.percent[0]) if not missing else found.percent[0] == 0


def test_only_papers_that_are_present_count() -> None:
    documents = pd.DataFrame(
        {
            "subject_layer": ["debtors", "debtors", "projects", "debtors"],
            "subject_id": ["C1", "C1", "C1", "C2"],
            "kind": ["proposal", "loan_contract", "guarantee", "other"],
            "subkind": [None, None, None, "notice_letter"],
            "file_state": ["present", "lost", "present", "present"],
        }
    )
    held = papers_held(documents, ["C1", "C2", "C3"])
    assert held.tolist() == [
        frozenset({"proposal"}), frozenset({"other", "notice_letter"}), None,
    ]  # fmt: skip
    none = np.zeros(3, dtype=bool)
    found = completeness(
        ["in_default"] * 3, held, guarantor=none, restructuring=none, mediation=none
    )
    assert found.percent.tolist() == [50.0, 0.0, 0.0]


def test_who_is_invited_or_mediated_as_a_measure_is_in_mediation() -> None:
    rows = pd.DataFrame(
        {
            "legal_status": ["mediation_set", "none", None],
            "measure_code": [None, "mediation_20ter", "mediation_20ter"],
            "measure_state": [None, "active", "requested"],
        }
    )
    assert in_mediation(rows).tolist() == [True, True, False]


# The register LM -----------------------------------------------------------------------------


def test_the_report_on_lm_names_every_difference_and_nothing_else() -> None:
    """DEBT-R10; SYS-022: contracts are matched by their number, whichever system they are from."""
    ours = pd.DataFrame(
        {
            "contract_id": ["same", "gone", "shut", "paid", "unknown"],
            "project_status": "open",
            "outstanding_thb": [100.10, 5.0, 7.0, 9.0, None],
            "geometry": [1, 1, 1, 1, None],
        }
    )
    lm = pd.DataFrame(
        {
            "contract_id": ["paid", "same", "shut", "unknown", "new"],
            "project_status": ["open", "open", "closed", "open", "open"],
            "outstanding_thb": [8.99, 100.10, 7.0, 3.0, 1.0],
        }
    )
    found = compare_registers(ours, lm)
    assert list(zip(found["contract_id"], found["difference"], strict=True)) == [
        ("gone", "missing_in_lm"), ("new", "missing_here"), ("paid", "balance_changed"),
        ("shut", "closed_in_lm"), ("unknown", "no_pin"),
    ]  # fmt: skip
    assert found.loc[2, ["ours_thb", "lm_thb"]].tolist() == [9.0, 8.99]
    assert len(compare_registers(ours[:1], lm[1:2])) == 0


# States ------------------------------------------------------------------------------------------

COURSES = {
    "project": (states.PROJECT, debtors.PROJECT_STATUSES),
    "measure": (states.MEASURE_CASE, debtors.MEASURE_STATES),
    "legal": (states.LEGAL_STATUS, debtors.LEGAL_STATUSES),
    "round": (states.ROUND, field_rounds.ROUND_STATES),
    "handover": (states.HANDOVER, field_rounds.HANDOVER_STATES),
    "survey": (states.FUND_SURVEY, funds.SURVEY_STATES),
}


@pytest.mark.parametrize(("course", "codes"), COURSES.values(), ids=COURSES)
def test_every_state_of_the_layer_has_its_place_in_the_course(course: Any, codes: Any) -> None:
    assert set(course.steps) == set(codes)
    assert {after for steps in course.steps.values() for after in steps} <= set(codes)
    reached, todo = set(), [next(iter(codes))]
    while todo:
        state = todo.pop()
        if state not in reached:
            reached.add(state)
            todo += course.steps[state]
    assert reached == set(codes)


@pytest.mark.parametrize(
    ("course", "before", "after"),
    [
        (states.MEASURE_CASE, "broken", "active"),
        (states.MEASURE_CASE, "approved", "withdrawn"),
        (states.MEASURE_CASE, "requested", "approved"),
        (states.LEGAL_STATUS, "notice_sent", "filed"),
        (states.ROUND, "reported", "cancelled"),
    ],
    ids=["broken stays", "withdrawn too late", "two levels", "no leap to court", "reported stays"],
)
def test_a_step_that_is_not_drawn_is_refused(course: Any, before: str, after: str) -> None:
    """debtors.md 7."""
    with pytest.raises(Conflict) as refused:
        states.advance(course, before, after)
    assert refused.value.code == "step_not_allowed"


def test_a_field_invitation_and_a_broken_compromise_are_allowed() -> None:
    assert states.LEGAL_STATUS.allows("none", "mediation_invited")
    assert states.LEGAL_STATUS.allows("compromise", "notice_sent")


def test_a_closed_project_is_opened_only_with_a_reason() -> None:
    with pytest.raises(Conflict):
        states.advance(states.PROJECT, "closed", "open", reason=" ")
    assert states.advance(states.PROJECT, "closed", "open", reason="ปิดผิดสัญญา") == "open"


def test_who_asks_does_not_decide() -> None:
    with pytest.raises(Conflict) as refused:
        states.refuse_same_person("u1", "u1")
    assert refused.value.code == "same_person"
    states.refuse_same_person("u1", "u2")
