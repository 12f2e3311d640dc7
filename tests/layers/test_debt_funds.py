"""Community funds: levels, teams, faults, surveys, checklist (debtors.md 8)."""

from __future__ import annotations

from datetime import date
from typing import Any

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from layers.deadline_rules import days_until
from layers.debt.fund_checklist import STEPS, checklist_progress, district_totals
from layers.debt.fund_contracts import one_contract_candidates
from layers.debt.fund_faults import (
    FUND_FAULTS,
    current_faults,
    interest_above_legal_rate,
    open_faults,
    weak_points,
)
from layers.debt.fund_findings import find_fund_faults
from layers.debt.fund_levels import (
    INDICATOR_TOTALS,
    QUOTA_PEOPLE,
    TRAINING_SEATS,
    choose_funds,
    count_indicators,
    eligible_for_training,
)
from layers.debt.fund_surveys import (
    DUTIES,
    next_state,
    no_round_1_yet,
    report_due,
    round_1_overdue,
    rounds_side_by_side,
)
from layers.debt.fund_teams import (
    BUDGET_THB,
    DISTRICTS,
    SEATS,
    districts_without_team,
    even_load,
    missing_seats,
    people_reached,
)
from layers.errors import Conflict

D = date.fromisoformat


def funds(*rows: tuple[str, str | None, int, int]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=["fund_id", "level", "mandatory_failed", "indicators_passed"])


FIVE = funds(("E", "3", 0, 20), ("D", "2", 0, 14), ("B", "1", 0, 9), ("C", "2", 0, 13),
             ("A", "1", 2, 12))  # fmt: skip


@pytest.mark.parametrize(
    ("table", "quota", "chosen", "shortage", "missing"),
    [
        (FIVE, 4, "ABCD", 0, []),
        (FIVE, 6, "ABCD", 2, []),
        (funds(("A", "1", 0, 12), ("B", "1", 0, 9)), 1, "B", 0, []),
        (funds(("A", "3", 0, 20), ("B", "3", 1, 19)), 2, "", 2, []),
        (funds(("F", None, 0, 1), ("A", "1", 0, 5)), 3, "A", 2, ["F"]),
    ],
    ids=["FUND-T1", "FUND-T2", "FUND-T3", "FUND-T4", "FUND-T5"],
)
def test_funds_are_chosen_by_level_until_the_quota(
    table: pd.DataFrame, quota: int, chosen: str, shortage: int, missing: list[str]
) -> None:
    found = choose_funds(table, quota)
    assert (found.chosen, found.shortage, found.level_missing) == (list(chosen), shortage, missing)


@given(
    rows=st.lists(
        st.tuples(st.sampled_from(["1", "2", "3", None]), st.integers(0, 2), st.integers(0, 21)),
        max_size=20,
    ),
    quota=st.integers(0, 25),
    order=st.randoms(use_true_random=False),
)
def test_the_choice_is_stable_and_never_of_level_3(
    rows: list[tuple[str | None, int, int]], quota: int, order: Any
) -> None:
    """SYS-026: level 1 first, then 2, up to the quota, returns a stable list."""
    table = funds(*((f"F{n:02d}", *row) for n, row in enumerate(rows)))
    shuffled = list(range(len(table)))
    order.shuffle(shuffled)
    found = choose_funds(table, quota)
    assert choose_funds(table.iloc[shuffled], quota) == found
    assert len(found.chosen) + found.shortage == quota
    levels = table.set_index("fund_id")["level"][found.chosen].tolist()
    assert levels == sorted(levels) and "3" not in levels
    if found.shortage:
        assert len(found.chosen) == sum(level in ("1", "2") for level, *_ in rows)


def test_indicators_are_counted_and_make_no_level() -> None:
    """FUND-R1: 21 for savings groups, 18 for the poverty funds; unknown is not failed."""
    assert dict(INDICATOR_TOTALS) == {"savings_group": 21, "kkj": 18}
    results = {f"i{n}": "pass" for n in range(19)} | {"i19": "fail", "i20": "not_checked"}
    found = count_indicators("savings_group", results, mandatory=["i19", "i20"])
    assert (found.passed, found.failed, found.unknown) == (19, 1, 1)
    assert found.mandatory_failed == 1 and not found.complete
    assert count_indicators("savings_group", results | {"i20": "pass"}).complete


def test_the_printed_totals_of_the_programme_hold() -> None:
    """FUND-R2 to R4, R10, TEAM-T3; SYS-192: 878 x 4 = 3,512 and 9,000 / 878 = 10.25."""
    assert people_reached(QUOTA_PEOPLE) == {
        "savings_group": 92_000, "kkj": 66_000, "all": 158_000,
    }  # fmt: skip
    assert sum(number for number, _ in QUOTA_PEOPLE.values()) == 9_000
    assert DISTRICTS * len(SEATS) == 3_512
    assert DISTRICTS * sum(TRAINING_SEATS) == 17_560
    assert DISTRICTS * TRAINING_SEATS[1] == 14_048
    load = even_load(9_000, DISTRICTS)
    assert (load.mean, load.teams_with_more, load.teams_with_fewer) == (10.25, 220, 658)
    assert sum(BUDGET_THB.values()) == 73_073_200
    assert BUDGET_THB["district_training"] / 17_560 == 490
    assert BUDGET_THB["debtor_survey"] / 9_000 == 800
    assert BUDGET_THB["access_meetings"] / 9_000 == 4_800
    assert BUDGET_THB["access_meetings"] / (9_000 * 20) == 240


def test_the_header_counts_other_people_than_the_kpi() -> None:
    """SYS-029: 158,000 of the KPI beside 180,000 of the header, a conflict that stays."""
    assert 9_000 * 20 - people_reached(QUOTA_PEOPLE)["all"] == 22_000


def test_a_team_of_three_names_the_missing_seat() -> None:
    """TEAM-T1."""
    assert [seat.en for seat in missing_seats(["cd_worker", "savings_expert", "kkj_expert"])] == [
        "Member of the fund centre committee"
    ]


def test_a_district_without_team_is_listed() -> None:
    """TEAM-T2."""
    assert districts_without_team(["8301", "8303", "8302"], {"8302"}) == ["8301", "8303"]


def test_training_takes_failed_and_low_funds_and_kkj_of_level_3_only_if_needed() -> None:
    """FUND-R3."""
    table = pd.DataFrame(
        {
            "kind": ["savings_group", "savings_group", "kkj", "kkj"],
            "level": ["3", "3", "2", "3"],
            "mandatory_failed": [1, 0, 0, 0],
        }
    )
    assert eligible_for_training(table).tolist() == [True, False, True, False]
    assert eligible_for_training(table, too_few=True).tolist() == [True, False, True, True]
    assert eligible_for_training(table.drop(index=2)).tolist() == [True, False, True]


@pytest.mark.parametrize(("rate", "fault"), [(15.0, False), (15.01, True), (1.5 * 12, True)])
def test_interest_above_15_per_cent_a_year_is_a_fault(rate: float, fault: bool) -> None:
    """FAULT-T1."""
    assert interest_above_legal_rate([rate]).tolist() == [fault]


def test_a_fixed_fault_is_no_longer_open() -> None:
    """SYS-027: missing or late accounts is a listed fault, with a date."""
    log = [{"code": "F1b", "found_at": "2025-01-01", "fixed_at": "2025-02-01"},
           {"code": "F1a", "found_at": "2025-02-01", "fixed_at": None}]  # fmt: skip
    assert open_faults(log, D("2025-01-31")) == ["F1b"]
    assert open_faults(log, D("2025-02-01")) == ["F1a"]


def test_faults_follow_accounts_rate_and_log_and_nothing_is_guessed() -> None:
    """FUND-R5: a fault that was fixed is gone although it was entered; nobody looked is null."""
    log = [{"code": "F2", "found_at": "2025-01-01", "fixed_at": "2025-02-01"},
           {"code": "F3a", "found_at": "2025-03-01"}]  # fmt: skip
    table = pd.DataFrame(
        {
            "accounts_current": ["yes", "none", "unknown", None, "no"],
            "interest_rate_pct": [15.0, 15.01, None, None, None],
            "faults": [["F1a", "F4", "F5"], None, ["F2", "F5"], None, ["F1b"]],
            "fault_log": [None, None, log, None, None],
        }
    )
    assert current_faults(table, D("2025-08-01")) == [
        ["F5"], ["F1b", "F4"], ["F3a", "F5"], None, ["F1a"],
    ]  # fmt: skip


@given(
    accounts=st.sampled_from(["yes", "no", "none", "unknown", None]),
    rate=st.none() | st.floats(0, 100),
    entered=st.none() | st.lists(st.sampled_from(list(FUND_FAULTS)), unique=True),
)
def test_a_second_check_finds_the_faults_that_the_first_one_stored(
    accounts: str | None, rate: float | None, entered: list[str] | None
) -> None:
    table = pd.DataFrame(
        {"accounts_current": [accounts], "interest_rate_pct": [rate], "faults": [entered]}
    )
    first = current_faults(table, D("2025-08-01"))
    table["faults"] = pd.Series(first, dtype=object)
    assert current_faults(table, D("2025-08-01")) == first


def test_data_that_cannot_be_true_are_named_by_row_and_field() -> None:
    table = pd.DataFrame(
        {
            "fund_id": ["A", "B", "C"],
            "kind": ["savings_group", "kkj", "mother_fund"],
            "indicators_total": [18, 18, 5],
            "indicators_passed": [18, 19, 5],
            "indicator_results": [None, {"i1": "maybe"}, None],
            "capital_thb": [None, -1.0, 5.0],
            "last_yearly_balance": [D("2025-08-02"), None, D("2025-08-01")],
        }
    )
    found = [(f.row, f.field, f.code) for f in find_fund_faults(table, D("2025-08-01"))]
    assert sorted(found) == [
        (1, "indicators_total", "total_differs"),
        (1, "last_yearly_balance", "in_future"),
        (2, "capital_thb", "negative"),
        (2, "indicator_results", "result_unknown"),
        (2, "indicators_passed", "indicators_over_total"),
    ]


def test_weak_points_are_named_and_unknown_is_none() -> None:
    """SYS-032: a village fund far from 280,000 THB gets a warning."""
    table = pd.DataFrame(
        {
            "kind": ["kkj", "kkj", "savings_group"],
            "committee_term_end": [D("2025-07-31"), None, D("2025-08-01")],
            "last_monthly_report": [D("2025-06-17"), None, D("2025-06-16")],
            "members": [30, None, 5],
            "capital_thb": [249_999.0, 297_414.0, 1.0],
        }
    )
    assert weak_points(table, D("2025-08-01")) == [
        ["term_ended", "capital_unusual"], [], ["report_late", "few_members"],
    ]  # fmt: skip


def test_advice_waits_for_a_processed_round_1() -> None:
    """SURV-T1."""
    for before in ("chosen", "round1_planned", "round1_done"):
        with pytest.raises(Conflict) as refused:
            next_state(before, "advised")
        assert refused.value.code == "round_1_not_processed"
    assert next_state("round2_planned", "advised") == "advised"
    assert len(DUTIES) == 7


def test_a_report_8_days_after_the_visit_is_one_day_late() -> None:
    """SURV-T2."""
    due = report_due(D("2020-02-20"))
    assert days_until(due, D("2020-02-28"), D("2020-03-10")) == -1


def test_a_chosen_fund_without_round_1_is_overdue_after_the_window() -> None:
    """SURV-T3."""
    assert not round_1_overdue("chosen", None, D("2020-02-29"))
    assert round_1_overdue("chosen", None, D("2020-03-01"))
    assert not round_1_overdue("chosen", [{"round": 1}], D("2020-03-01"))


def test_rounds_stand_side_by_side_and_what_is_missing_is_listed_by_district() -> None:
    """SYS-025: round 1 and 2 side by side; "no round 1 yet" is complete by district."""
    both = [{"round": 1, "debtors": 10, "overdue": 4}, {"round": 2, "debtors": 9, "overdue": 2}]
    assert rounds_side_by_side(both)["overdue"] == (4, 2)
    table = pd.DataFrame(
        {
            "fund_id": ["b", "a", "c", "d"],
            "area_code": ["830101", "83010102", "8302", "830201"],
            "debt_surveys": [None, [{"round": 2}], both, []],
        }
    )
    assert no_round_1_yet(table) == {"8301": ["a", "b"], "8302": ["d"]}


def test_a_household_with_two_funds_is_a_candidate_for_one_contract() -> None:
    """HOUSE-T1, T2; SYS-033: matched by household or keyed hash, never by a name."""
    table = pd.DataFrame(
        {
            "household_id": ["H1", "H1", "H2", "H3", None, None, None],
            "person_key": [None, None, None, None, "k" * 32, "k" * 32, None],
            "fund_id": ["kkj-1", "sav-1", "sav-1", "sav-1", "kkj-1", "sav-2", "sav-1"],
            "area_code": ["830101"] * 5 + ["83010102", "830101"],
            "balance_thb": [1_000.10, 2_000.20, 5.0, None, 7.0, 8.0, 9.0],
            "surname": ["x"] * 7,
        }
    )
    found = one_contract_candidates(table)
    assert found["household"].tolist() == ["H1", "k" * 32]
    assert found["funds"].tolist() == [["kkj-1", "sav-1"], ["kkj-1", "sav-2"]]
    assert found["balance_thb"].tolist() == [3_000.30, 15.0]


def test_each_kind_has_seven_steps_and_gaps_show() -> None:
    """SYS-037: each fund shows steps done 0-7 of its kind and a district total."""
    assert {kind: len(steps) for kind, steps in STEPS.items()} == dict.fromkeys(
        ("savings_group", "kkj", "fund_centre", "mother_fund"), 7
    )
    done = [{"step": n, "done_on": "2025-01-01"} for n in (1, 4)] + [{"step": 5, "done_on": None}]
    assert checklist_progress(done) == (2, (2, 3))
    table = pd.DataFrame({"area_code": ["830101", "8301", "8302"], "checklist": [done, done, None]})
    assert district_totals(table) == {"8301": 4, "8302": 0}
