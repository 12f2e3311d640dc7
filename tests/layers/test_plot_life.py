"""The life of a plot: moves, gates, checklists, reports, the ladder."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest

from layers import land
from layers.errors import QueryError
from layers.plot_checks import (
    CHECKLISTS,
    ESCALATION,
    RISKS,
    SOURCE_CHECKS,
    CheckParameters,
    checklist,
    escalation,
    late_reports,
    missing_photos,
    pump_reminder,
)
from layers.plot_life import (
    DIG_GATES,
    MOVERS,
    NEXT,
    REASON_NEEDED,
    ROLES,
    STEP_FILES,
    Move,
    allowed_moves,
    ladder,
    move,
    open_gates,
    opens_to_tourism,
)
from layers.projects import PHOTO_PHASES

START = dt.date(2025, 3, 3)  # a Monday
PASSED = dict.fromkeys(DIG_GATES, True)


def change(old: str, new: str, role: str | None = None, **values: str) -> Move:
    given = {"reason": "as agreed", "file": "scan.pdf"} | values
    return Move(plot_id="KNN-83-2568-0001", old=old, new=new, who="u1",
                role=role or min(MOVERS[new]), when=START, **given)  # fmt: skip


def refused(plot: dict, moved: Move) -> str:
    with pytest.raises(QueryError) as caught:
        move(plot, moved)
    assert moved.plot_id in caught.value.text.th
    return caught.value.code


def test_exactly_the_moves_of_the_procedure_are_allowed() -> None:
    """land.md 7.1: every pair of statuses, allowed or refused; none is skipped."""
    assert set(NEXT) == set(land.PLOT_STATUSES) == set(MOVERS)
    for old in NEXT:
        for new in NEXT:
            plot = {"status": old, "dig_gates": PASSED}
            reopened = not NEXT[old] and new == "inquiry"
            if new in NEXT[old] or reopened:
                assert move(plot, change(old, new)).new == new
            else:
                assert refused(plot, change(old, new)) == "transition_not_allowed"


def test_a_move_from_a_status_that_the_plot_no_longer_has_is_refused() -> None:
    plot = {"status": "applied"}
    assert refused(plot, change("inquiry", "applied")) == "transition_not_allowed"


def test_only_the_roles_of_the_procedure_may_move() -> None:
    """land.md 9: for every move, every role."""
    for old, following in NEXT.items():
        for new in following:
            for role in ROLES:
                plot, moved = {"status": old, "dig_gates": PASSED}, change(old, new, role)
                if role in MOVERS[new]:
                    assert move(plot, moved) is moved
                    assert new in allowed_moves(old, role)
                else:
                    assert refused(plot, moved) == "role_not_allowed"
                    assert new not in allowed_moves(old, role)


@pytest.mark.parametrize("ended", ["rejected", "withdrawn", "closed"])
def test_only_the_province_reopens_and_says_why(ended: str) -> None:
    plot = {"status": ended}
    assert move(plot, change(ended, "inquiry", "province")).new == "inquiry"
    assert refused(plot, change(ended, "inquiry", "district")) == "role_not_allowed"
    assert refused(plot, change(ended, "inquiry", "province", reason=" ")) == "reason_missing"


def test_reasons_and_files_are_asked_for_where_the_step_has_them() -> None:
    for old, following in NEXT.items():
        for new in following:
            plot = {"status": old, "dig_gates": PASSED}
            bare = replace(change(old, new), reason="", file="")
            if new in REASON_NEEDED:
                assert refused(plot, bare) == "reason_missing"
            elif new in STEP_FILES:
                assert refused(plot, bare) == "file_missing"
            else:
                assert move(plot, bare) is bare


@pytest.mark.parametrize("gate", sorted(DIG_GATES))
def test_every_gate_must_be_passed_or_waived_with_a_reason(gate: str) -> None:
    """LAND-R28."""
    ready = change("preparing", "ready_to_dig")
    for still_open in (False, None, "", "  ", 1):
        plot = {"status": "preparing", "dig_gates": PASSED | {gate: still_open}}
        assert open_gates(plot["dig_gates"]) == (gate,)
        with pytest.raises(QueryError) as caught:
            move(plot, ready)
        assert caught.value.code == "gates_open"
        assert DIG_GATES[gate].th in caught.value.text.th
    waived = {"status": "preparing", "dig_gates": PASSED | {gate: "ไม่จำเป็นสำหรับแปลงนี้"}}
    assert move(waived, ready) is ready
    assert open_gates(None) == tuple(DIG_GATES)


def test_the_ladder_counts_without_a_gap() -> None:
    """LAND-R40, LADDER-T1: 1, 2, 3 and 6 give step 3, with 6 done early."""
    done = dict.fromkeys((1, 2, 3, 6), "2025-01-01")
    assert ladder(done) == (3, (6,))
    assert ladder({str(step): date for step, date in done.items()}) == (3, (6,))
    assert ladder(None) == ladder({2: None}) == (0, ())
    assert ladder(dict.fromkeys(range(1, 11), "2025-01-01")) == (10, ())
    assert ladder({1: "2025-01-01", 11: "2025-01-01"}) == (1, ())


def test_step_ten_and_open_to_the_public_leads_to_tourism() -> None:
    assert opens_to_tourism({"10": "2025-01-01"}, True)
    assert not opens_to_tourism({"10": "2025-01-01"}, None)
    assert not opens_to_tourism({"9": "2025-01-01"}, True)


def test_escalation_without_contractor() -> None:
    """LAND-R29, ESC-T1: day 7 is level 1 in time, day 8 is level 2."""
    found = {n: escalation(START, START + dt.timedelta(n)) for n in (0, 7, 8, 21, 22, 35, 36)}
    assert {n: (e.level, e.overdue) for n, e in found.items()} == {
        0: (1, False), 7: (1, False), 8: (2, False), 21: (2, False), 22: (3, False),
        35: (3, False), 36: (3, True),
    }  # fmt: skip
    assert set(ESCALATION) == {1, 2, 3}


def test_flood_without_pump_is_reminded_of() -> None:
    """LAND-R32, FLOOD-T1: after 7 days."""
    stopped = {"cause": "flood", "start": START}
    week = START + dt.timedelta(7)
    assert pump_reminder(stopped, week)
    assert not pump_reminder(stopped, week - dt.timedelta(1))
    assert not pump_reminder(stopped | {"pumps_used": 2}, week)
    assert not pump_reminder(stopped | {"end": week}, week)
    assert not pump_reminder(stopped | {"cause": "machine"}, week)


def test_daily_reports_are_late_the_next_day_on_working_days() -> None:
    """LAND-R31."""
    monday, tuesday = START, START + dt.timedelta(1)
    assert late_reports(monday, None, monday).daily == []
    assert late_reports(monday, None, tuesday).daily == [monday]
    assert late_reports(monday, None, tuesday, daily=[monday]).daily == []
    assert late_reports(monday, None, tuesday, holidays=[monday]).daily == []
    friday, next_monday = START + dt.timedelta(4), START + dt.timedelta(7)
    assert late_reports(friday, None, next_monday).daily == [friday]
    assert late_reports(monday, monday, next_monday).daily == [monday]
    assert late_reports(next_monday, None, monday).daily == []


def test_weekly_reports_are_due_by_the_following_monday() -> None:
    following = START + dt.timedelta(7)
    assert late_reports(START, None, following).weekly == []
    late = late_reports(START, None, following + dt.timedelta(1))
    assert late.weekly == [START]
    done = [START + dt.timedelta(4)]
    assert late_reports(START, None, following + dt.timedelta(1), weekly=done).weekly == []


def test_monthly_reports_are_due_on_the_fifth() -> None:
    assert late_reports(START, None, dt.date(2025, 4, 5)).monthly == []
    assert late_reports(START, None, dt.date(2025, 4, 6)).monthly == [dt.date(2025, 3, 1)]
    given = [dt.date(2025, 3, 31)]
    assert late_reports(START, None, dt.date(2025, 4, 6), monthly=given).monthly == []
    december = late_reports(dt.date(2025, 12, 31), dt.date(2025, 12, 31), dt.date(2026, 1, 6))
    assert december.monthly == [dt.date(2025, 12, 1)]


@pytest.mark.parametrize(
    ("status", "codes", "rule"),
    [
        ("inquiry", {"conditions_explained", "conditions_received"}, "LAND-R7"),
        ("preparing", {"sun", "water", "wind", "wishes", "skills", "neighbours", "soil"},
         "LAND-R33"),
        ("suspended", {"pump_request", "drain_survey", "thanks_sent"}, "LAND-R32"),
        ("dug", {"as_built"}, "LAND-R20c"),
    ],
)  # fmt: skip
def test_each_stage_has_the_checks_of_its_rule(status: str, codes: set[str], rule: str) -> None:
    """LAND-R7, LAND-R32, LAND-R33: in both languages, and all due where a province sets days."""
    items = {item.code: item for item in CHECKLISTS[status] if item.source == rule}
    assert codes <= set(items)
    assert all(item.label.th and item.label.en for item in items.values())
    tasks = checklist(status, START, (), START, parameters=CheckParameters(task_days=9))
    assert {task.due for task in tasks} == {START + dt.timedelta(9)}
    assert {task.due for task in checklist(status, None, (), START)} == {None}


def test_the_source_s_checks_come_in_its_order() -> None:
    """LAND-R9: deed first, report last, over the three statuses before it is reported."""
    shown = [
        item.code
        for status in ("applied", "documents_checked", "field_checked")
        for item in CHECKLISTS[status]
    ]
    assert shown == list(SOURCE_CHECKS)
    assert set(CHECKLISTS) == set(land.PLOT_STATUSES)
    assert {item.code for item in CHECKLISTS["preparing"]} >= set(DIG_GATES)


def test_a_task_is_overdue_the_day_after_it_was_due() -> None:
    due = {"deed": 10}
    for days, late in ((10, False), (11, True)):
        task = checklist("applied", START, (), START + dt.timedelta(days), due)[0]
        assert (task.due, task.overdue) == (START + dt.timedelta(10), late)
    done = checklist("applied", START, {"deed"}, START + dt.timedelta(99), due)[0]
    assert (done.done, done.overdue) == (True, False)


def test_photos_before_during_and_after_are_missed_in_time() -> None:
    assert missing_photos("field_checked", ()) == ()
    assert missing_photos("reported", ()) == ("before",)
    assert missing_photos("digging", {"before"}) == ()
    assert missing_photos("dug", {"before"}) == ("during",)
    assert missing_photos("inspected", ()) == tuple(PHOTO_PHASES)
    assert missing_photos("closed", ()) == ()


def test_the_seven_risks_have_a_mitigation_in_both_languages() -> None:
    assert list(RISKS) == list(range(1, 8))
    assert all(risk.mitigation.th and risk.mitigation.en for risk in RISKS.values())
