"""Due days and states of duties: assessment.md 15, FUND-R9, and the board of the offices."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo.periods import fiscal_quarter
from layers.deadline_rules import (
    calendar,
    days_until,
    due_days,
    monthly_window,
    report_state,
    spacing,
    state,
)
from layers.debt.rounds import slot_due
from layers.projects import DEADLINE_RULES, DEADLINE_STATES

D = date.fromisoformat


@pytest.mark.parametrize(
    ("rule", "anchor", "more", "due"),
    [
        ("after_completion", "2020-02-01", {"offset_days": 7}, ["2020-02-08"]),
        ("after_completion", "2020-03-01", {"offset_days": 15}, ["2020-03-16"]),
        ("after_completion", "2020-03-01", {"offset_days": 7}, ["2020-03-08"]),
        ("after_completion", "2020-01-31", {"offset_months": 1}, ["2020-02-29"]),
        ("within_month", "2020-02-01", {}, ["2020-02-29"]),
        ("day_of_month", "2025-05-31", {"day_of_month": 20}, ["2025-05-20"]),
        ("day_of_month", "2025-02-01", {"day_of_month": 31}, ["2025-02-28"]),
        ("weeks_1_and_3", "2025-06-15", {}, ["2025-06-07", "2025-06-21"]),
        ("quarterly", "2020-02-10", {}, ["2020-03-31"]),
        ("monthly_window", "2021-01-15", {}, ["2021-02-02"]),
        ("monthly_window", "2021-12-15", {}, ["2022-01-02"]),
        ("before_event", "2025-03-31", {"offset_months": 1}, ["2025-02-28"]),
        ("after_completion", "2025-01-01", {}, []),
    ],
    ids=["ASM-T154", "ASM-T155", "ASM-T156 week", "ASM-T156 month", "ASM-T157", "ASM-T159",
         "short month", "ASM-T160", "quarter", "ASM-T150", "ASM-T152", "before", "not told"],
)  # fmt: skip
def test_a_duty_is_due_on_the_day_of_its_rule(
    rule: str, anchor: str, more: dict[str, Any], due: list[str]
) -> None:
    assert [str(day) for day in due_days(rule, D(anchor), **more)] == due


@pytest.mark.parametrize(
    ("due", "done", "reference", "expected", "left"),
    [
        ("2020-02-08", "2020-02-08", "2020-03-01", "done_on_time", 0),
        ("2020-02-08", "2020-02-09", "2020-03-01", "done_late", -1),
        ("2025-05-20", None, "2025-05-20", "due", 0),
        ("2025-05-20", None, "2025-05-21", "overdue", -1),
        ("2025-05-20", None, "2025-05-12", "planned", 8),
        ("2025-05-20", "2025-05-25", "2025-05-22", "overdue", -2),
    ],
    ids=["ASM-T154 on time", "ASM-T154 late", "the 20th", "after the 20th", "far", "not yet done"],
)
def test_the_due_day_itself_is_on_time(
    due: str, done: str | None, reference: str, expected: str, left: int
) -> None:
    """SYS-171: the 20th of the month decides on time or late; SYS-122: day 8 is late."""
    given = D(due), D(done) if done else None, D(reference)
    assert state(*given) == expected
    assert days_until(*given) == left


@pytest.mark.parametrize(
    ("month", "opens", "due"),
    [
        ("2021-01-01", "2021-01-30", "2021-02-02"),
        ("2021-02-10", "2021-02-27", "2021-03-02"),
        ("2024-02-10", "2024-02-28", "2024-03-02"),
        ("2021-04-30", "2021-04-29", "2021-05-02"),
        ("2021-12-01", "2021-12-30", "2022-01-02"),
    ],
    ids=["ASM-T150", "ASM-T151", "ASM-T151 leap year", "ASM-T152 April", "ASM-T152 December"],
)
def test_the_window_of_a_month_is_its_last_two_days_and_the_first_two_of_the_next(
    month: str, opens: str, due: str
) -> None:
    assert monthly_window(D(month)) == (D(opens), D(due))


@pytest.mark.parametrize(
    ("sent", "reference", "expected"),
    [
        ("2021-02-03", "2021-02-03", "late"),
        (None, "2021-02-03", "overdue"),
        ("2021-02-03", "2021-02-02", "open"),
        ("2021-02-02", "2021-02-28", "on_time"),
        (None, "2021-01-29", "not_open"),
        (None, "2021-01-30", "open"),
    ],
    ids=["ASM-T153", "ASM-T153 nothing sent", "not yet sent", "last day", "before", "first day"],
)
def test_a_monthly_report_is_late_after_day_2(
    sent: str | None, reference: str, expected: str
) -> None:
    found = report_state(D("2021-01-15"), D(sent) if sent else None, D(reference))
    assert found == expected


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        ("2019-12-15", (2563, 1)),
        ("2020-01-01", (2563, 2)),
        ("2020-09-15", (2563, 4)),
        ("2020-10-01", (2564, 1)),
    ],
    ids=["ASM-T158 Dec 2562", "ASM-T158 Jan 2563", "ASM-T158 Sep 2563", "ASM-T158 Oct 2563"],
)
def test_a_day_lies_in_a_quarter_of_the_fiscal_year(day: str, expected: tuple[int, int]) -> None:
    assert fiscal_quarter(D(day)) == expected


@pytest.mark.parametrize(
    ("second", "expected"),
    [("2020-02-14", "too_early"), ("2020-02-15", "allowed"), ("2020-02-17", "allowed"),
     ("2020-02-18", "warning")],
    ids=["ASM-T161 too early", "ASM-T161", "day 7", "ASM-T161 8 days"],
)  # fmt: skip
def test_workshop_2_keeps_its_distance_from_workshop_1(second: str, expected: str) -> None:
    assert spacing(D("2020-02-10"), D(second)) == expected


def test_an_evaluation_of_the_second_quarter_is_late_on_26_march() -> None:
    """ASM-T162."""
    due = calendar()["DL03"].due_on
    assert due == D("2020-03-25")
    assert state(due, D("2020-03-26"), D("2020-04-01")) == "done_late"
    assert state(due, D("2020-03-25"), D("2020-04-01")) == "done_on_time"


def test_the_printed_calendar_holds_the_duties_of_the_programmes() -> None:
    """Poverty (poverty.md 7.5), community funds (FUND-R9), women's fund, Click, 7 and 15 days."""
    duties = calendar()
    assert {d.rule for d in duties.values()} <= set(DEADLINE_RULES)
    poverty = [d for d in duties.values() if d.programme_en == "NE low income"]
    assert sorted({str(d.due_on) for d in poverty}) == ["2020-01-31", "2020-02-29", "2020-03-31"]
    assert (duties["DL09"].offset_days, duties["DL43"].offset_days) == (7, 15)
    assert (duties["DL60"].day_of_month, duties["DL61"].rule) == (20, "weeks_1_and_3")
    assert duties["DL65"].offset_days == 45
    for duty in duties.values():
        assert duty.window_start is None or duty.due_on is not None
        assert any("\u0e01" <= letter <= "\u0e5b" for letter in duty.deliverable_th)


def test_both_days_of_a_contradiction_are_kept() -> None:
    """ASM-R147: within February or within January 2563."""
    assert calendar()["DL33a"].due_on == D("2020-02-29")
    assert calendar()["DL33b"].due_on == D("2020-01-31")


@given(
    due=st.dates(date(2000, 1, 1), date(2050, 1, 1)),
    done=st.none() | st.integers(-60, 60),
    reference=st.integers(-60, 60),
    warn=st.integers(0, 30),
)
def test_a_duty_is_late_exactly_when_its_days_are_negative(
    due: date, done: int | None, reference: int, warn: int
) -> None:
    day = due + timedelta(days=reference)
    finished = None if done is None else due + timedelta(days=done)
    found = state(due, finished, day, warn_days=warn)
    assert found in DEADLINE_STATES
    assert (found in ("overdue", "done_late")) == (days_until(due, finished, day) < 0)
    assert (found in ("done_on_time", "done_late")) == (finished is not None and finished <= day)


@given(month=st.dates(date(2000, 1, 1), date(2050, 1, 1)))
def test_slots_never_leave_their_month_and_week_1_comes_first(month: date) -> None:
    for definition in ("day_of_month", "calendar_monday"):
        first, third = slot_due(month, "week_1", definition), slot_due(month, "week_3", definition)
        assert first[0].day == 1 and first[1] < third[0] <= third[1]
        assert {day.month for day in (*first, *third)} == {month.month}
