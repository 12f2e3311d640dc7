"""Measures offered and what they give: debtors.md 4 and 5, every worked case."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo.errors import ParameterError
from layers import people
from layers.debt.interest import InterestRules, Phase, eligible, interest, phases
from layers.debt.measures import EXTRA, MATRIX, litigation_guard, offered
from layers.debt.money import baht, cut, satang, split
from layers.debt.relief import (
    HARDSHIP_KINDS,
    ReliefRules,
    allocate,
    discount,
    hardship_missing,
    release,
    restructure,
    waiver_last_day,
    waiver_state,
)
from layers.processes.relief_answers import RULES

D = date.fromisoformat
NO, YES = np.array([False]), np.array([True])
CLASS_3 = ["release", "penalty_waiver", "hardship_2568"]


def measures(code: str, **flags: Any) -> list[str]:
    usual = {"measure_broken": NO, "notice": NO, "interest_cut": NO}
    found: list[str] = offered([code], **{**usual, **flags})[0]
    return found


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("time_barred", ["ack_liability", "release", "penalty_waiver", "hardship_2568",
                         "mediation_20ter", "litigation"]),
        ("matured", ["ack_debt", "restructure", "release", "penalty_waiver", "hardship_2568",
                     "mediation_20ter", "litigation"]),
        ("in_default", CLASS_3),
        ("normal", ["discipline_advice", "release"]),
        ("closed", []),
        ("unclassified", []),
    ],
    ids=["MAT-T1", "MAT-T2", "MAT-T3", "MAT-T4", "closed", "unclassified"],
)  # fmt: skip
def test_a_class_is_offered_the_measures_in_the_order_of_print(
    code: str, expected: list[str]
) -> None:
    """SYS-190: the allowed measures of a class list in order."""
    assert measures(code) == expected


def test_a_broken_measure_in_term_adds_mediation_after_the_printed_ones() -> None:
    """MAT-T5."""
    assert measures("in_default", measure_broken=YES) == [*CLASS_3, "mediation_20ter"]
    assert measures("time_barred", measure_broken=YES) == measures("time_barred")


def test_measures_of_no_row_are_extras_that_can_be_switched_off() -> None:
    everything = {"measure_broken": YES, "notice": YES, "interest_cut": YES}
    assert measures("in_default", **everything) == [*CLASS_3, *EXTRA]
    assert measures("in_default", **everything, matrix_extra=False) == CLASS_3
    assert measures("closed", **everything) == []


def test_every_measure_of_the_matrix_is_known_and_has_a_rule() -> None:
    used = {code for row in MATRIX.values() for code in row} | set(EXTRA)
    assert used == set(people.MEASURES) == set(RULES)
    assert [len(row) for row in MATRIX.values()] == [6, 7, 3, 2]


def test_many_debtors_are_offered_what_each_alone_would_be() -> None:
    rng = np.random.default_rng(1)
    codes = rng.choice([*MATRIX, "closed"], 200)
    flags = {name: rng.random(200) < 0.4 for name in ("measure_broken", "notice", "interest_cut")}
    together = offered(codes, **flags)
    for row, code in enumerate(codes):
        alone = {name: flag[[row]] for name, flag in flags.items()}
        assert together[row] == measures(code, **alone)


@pytest.mark.parametrize(
    ("thb", "months", "each", "last"),
    [
        (37_500.00, 24, 1_562.50, 1_562.50),
        (10_000.00, 24, 416.67, 416.59),
        (50_000.00, 24, 2_083.33, 2_083.41),
        (25_000.55, 12, 2_083.38, 2_083.37),
    ],
    ids=["RES-T1", "RES-T2", "RES-T3", "RES-T4"],
)
def test_instalments_are_equal_and_the_last_takes_the_remainder(
    thb: float, months: int, each: float, last: float
) -> None:
    plan = restructure(int(satang(thb)), months, D("2025-08-01"))
    amounts = [float(baht(item.amount)) for item in plan.schedule]
    assert amounts == [each] * (months - 1) + [last]
    assert sum(item.amount for item in plan.schedule) == int(satang(thb))
    assert plan.schedule[-1].due == plan.schedule[0].due.replace(
        year=2025 + (7 + months) // 12, month=(7 + months) % 12 + 1
    )


@pytest.mark.parametrize(
    ("start", "latest"),
    [("2025-08-01", "2027-08-01"), ("2025-02-01", "2027-02-01")],
    ids=["RES-T5", "RES-T6"],
)
def test_the_new_term_is_two_years_at_most(start: str, latest: str) -> None:
    assert restructure(100, 1, D(start)).latest_end == D(latest)


def test_more_than_24_months_are_refused() -> None:
    """RES-T7."""
    with pytest.raises(ParameterError) as refused:
        restructure(100_000, 25, D("2025-08-01"))
    assert refused.value.code == "over_24_months"


def test_interest_of_the_extension_is_a_parameter_that_is_zero_by_default() -> None:
    plan = restructure(10_000_000, 12, D("2025-08-01"), ReliefRules(restructure_rate_pct=1.0))
    assert plan.total == 10_000_000 + 100_000


DISCOUNTS: list[tuple[str, float, str, str, str, float, float, dict[str, Any]]] = [
    ("DISC-T1", 1000, "notice", "2025-06-01", "2025-07-01", 800, 200, {}),
    ("DISC-T2", 1000, "notice", "2025-06-01", "2025-07-02", 0, 1000, {}),
    ("DISC-T3", 1000, "compromise", "2025-03-10", "2025-05-09", 600, 400, {}),
    ("DISC-T4", 1000, "compromise", "2025-03-10", "2025-05-10", 500, 500, {}),
    ("DISC-T5", 1000, "compromise", "2025-03-10", "2025-06-08", 500, 500, {}),
    ("DISC-T6", 1000, "compromise", "2025-03-10", "2025-06-09", 0, 1000, {}),
    ("DISC-T7", 1000, "notice", "2025-06-01", "2025-06-11", 0, 1000, {"in_full": False}),
    ("DISC-T8", 1234.57, "notice", "2025-06-01", "2025-06-06", 987.65, 246.92, {}),
    ("DISC-T9", 1234.57, "compromise", "2025-03-10", "2025-05-09", 740.74, 493.83, {}),
    ("DISC-T10", 1234.57, "compromise", "2025-03-10", "2025-05-24", 617.28, 617.29, {}),
    ("DISC-T11", 333.33, "notice", "2025-06-01", "2025-07-01", 266.66, 66.67, {}),
    ("DISC-T12", 1000, "notice", "2025-06-01", "2025-06-11", 400, 600, {"granted_pct": 40}),
]


@pytest.mark.parametrize(
    ("base", "situation", "counted", "paid", "taken", "rest", "more"),
    [case[1:] for case in DISCOUNTS],
    ids=[case[0] for case in DISCOUNTS],
)
def test_penalties_are_cut_by_the_day_of_payment(
    base: float, situation: Any, counted: str, paid: str, taken: float, rest: float,
    more: dict[str, Any],
) -> None:  # fmt: skip
    found = discount(int(satang(base)), situation, D(counted), D(paid), **more)
    assert (float(baht(found.cut)), float(baht(found.to_pay))) == (taken, rest)


def test_an_officer_cannot_grant_more_than_the_ceiling() -> None:
    """DISC-T13."""
    with pytest.raises(ParameterError) as refused:
        discount(100_000, "notice", D("2025-06-01"), D("2025-06-11"), granted_pct=85)
    assert refused.value.code == "over_maximum"


def test_a_payment_before_the_notice_is_refused() -> None:
    with pytest.raises(ParameterError) as refused:
        discount(100_000, "notice", D("2025-06-01"), D("2025-05-31"))
    assert refused.value.code == "paid_before_base"


INTEREST = [
    ("INT-T1", 100_000, 0.10, 365, 100.00, 101.39),
    ("INT-T2", 100_000, 0.10, 30, 8.22, 8.33),
    ("INT-T3", 100_000, 7.5, 92, 1_890.41, 1_916.67),
    ("INT-T4", 100_000, 7.5, 365, 7_500.00, 7_604.17),
    ("INT-T5", 50_000, 1, 90, 123.29, 125.00),
    ("INT-T6", 50_000, 0.10, 91, 12.47, 12.64),
    ("INT-T7", 50_000, 7.5, 91, 934.93, 947.92),
    ("INT-T8", 20_000, 7.5, 366, 1_504.11, 1_525.00),
    ("INT-T9", 12_345.67, 7.5, 45, 114.16, 115.74),
]


@pytest.mark.parametrize(
    ("principal", "rate", "days", "act365", "act360"),
    [case[1:] for case in INTEREST],
    ids=[case[0] for case in INTEREST],
)
def test_interest_is_simple_and_rounded_half_up_once(
    principal: float, rate: float, days: int, act365: float, act360: float
) -> None:
    start = D("2025-01-01")
    span = [Phase(start, start + timedelta(days=days), rate)]
    amount = int(satang(principal))
    assert float(baht(interest(amount, span))) == act365
    assert float(baht(interest(amount, span, "ACT/360"))) == act360


@pytest.mark.parametrize(
    ("disciplined", "due"), [(True, 135.75), (False, 1_058.22)], ids=["INT-T10", "INT-T11"]
)
def test_the_interest_measure_has_phases(disciplined: bool, due: float) -> None:
    spans = phases(D("2025-01-15"), D("2025-07-15"), disciplined=disciplined, rules=InterestRules())
    assert [(span.end - span.start).days for span in spans] == [90, 91]
    assert float(baht(interest(5_000_000, spans))) == due


def test_with_two_first_months_the_third_has_the_gap_rate() -> None:
    rules = InterestRules(phase1_months=2, gap_rate_pct=5.0)
    spans = phases(D("2025-01-15"), D("2025-07-15"), disciplined=True, rules=rules)
    assert [(str(span.start), span.rate_pct) for span in spans] == [
        ("2025-01-15", 1.0), ("2025-03-15", 5.0), ("2025-04-15", 0.1),
    ]  # fmt: skip


def test_thirty_day_months_count_a_year_as_360_days() -> None:
    year = [Phase(D("2025-01-31"), D("2026-01-31"), 7.5)]
    assert interest(10_000_000, year, "30/360") == 750_000


@pytest.mark.parametrize(
    ("start", "status", "open_"),
    [
        ("2023-09-29", None, False),
        ("2023-09-30", None, True),
        ("2024-01-01", "filed", False),
        ("2024-01-01", "judgment", False),
        ("2024-01-01", "notice_sent", True),
        (None, None, None),
    ],
    ids=["INT-T12 before", "INT-T12 since", "INT-T13 filed", "INT-T13 judgment", "notice",
         "unknown"],
)  # fmt: skip
def test_the_interest_measure_is_for_recent_contracts_out_of_court(
    start: str | None, status: str | None, open_: bool | None
) -> None:
    assert eligible(D(start) if start else None, status) is open_


@pytest.mark.parametrize(
    ("days", "last"), [(30, "2025-08-31"), (90, "2025-10-30")], ids=["PEN-T1 30", "PEN-T1 90"]
)
def test_the_last_day_of_the_waiver_follows_the_named_setting(days: int, last: str) -> None:
    """SYS-190: the conflict of 30 and 90 days is a named setting."""
    rules = ReliefRules(penalty_waiver_days=days)
    assert waiver_last_day(D("2025-08-01"), rules) == D(last)


def test_a_waiver_paid_on_the_last_day_closes_and_a_day_later_is_broken() -> None:
    """PEN-T2."""
    approved, rules = D("2025-08-01"), ReliefRules()
    paid = D("2025-08-31")
    assert waiver_state(approved, paid, D("2025-09-05"), rules) == "closed"
    assert waiver_state(approved, D("2025-09-01"), D("2025-09-05"), rules) == "broken"
    assert waiver_state(approved, None, D("2025-08-31"), rules) == "running"
    assert waiver_state(approved, None, D("2025-09-01"), rules) == "broken"


@pytest.mark.parametrize(
    ("thb", "persons", "shares"),
    [(100_000, 5, [20_000] * 5), (100, 3, [33.33, 33.33, 33.34])],
    ids=["REL-T1", "REL-T2"],
)
def test_the_balance_is_shared_equally(thb: float, persons: int, shares: list[float]) -> None:
    found = release(
        "new", "joint_debtor", outstanding=int(satang(thb)), joint_debtors=persons,
        payment_proof=True,
    )  # fmt: skip
    assert found.possible
    assert [float(baht(share)) for share in found.shares] == shares


GUARANTORS = ["borrower", "g1", "g2", "g3"]


@pytest.mark.parametrize(
    ("generation", "role", "consents", "proof", "told"),
    [
        ("old", "guarantor", ["borrower", "g1", "g3"], True, "g2"),
        ("new", "main_borrower", [], True, "main borrower"),
        ("new", "joint_debtor", [], False, "proof"),
        ("old", "main_borrower", GUARANTORS, True, "main borrower"),
    ],
    ids=["REL-T3", "REL-T4", "REL-T5", "MAT-T6"],
)
def test_a_release_is_refused_with_what_stands_against_it(
    generation: str, role: str, consents: list[str], proof: bool, told: str
) -> None:
    found = release(
        generation, role, outstanding=100, joint_debtors=3, must_consent=GUARANTORS,
        consents=consents, payment_proof=proof,
    )  # fmt: skip
    assert not found.possible
    assert told in found.against[0].en


def test_a_guarantee_is_cancelled_with_all_consents_and_proof() -> None:
    found = release(
        "old", "guarantor", outstanding=100, joint_debtors=1, must_consent=GUARANTORS,
        consents=GUARANTORS, payment_proof=True,
    )  # fmt: skip
    assert found.possible and found.against == ()


def test_a_hardship_record_needs_kind_proof_and_decision_and_no_amount() -> None:
    """DEBT-R17: the source has no figures."""
    assert len(HARDSHIP_KINDS) == 4
    assert len(hardship_missing(None, None, None)) == 3
    assert hardship_missing("disability", "DOC-1", D("2025-08-01")) == ()


def test_litigation_warns_until_visits_failed_and_papers_are_complete() -> None:
    """DEBT-R19."""
    assert not litigation_guard([["not_found"]], []).ready
    assert not litigation_guard([["not_found"], ["refused"]], ["guarantee"]).ready
    assert litigation_guard([["met"], ["not_found"], ["refused", "met"]], []).ready


AMOUNTS = st.integers(0, 10**12)


@given(amount=AMOUNTS, parts=st.integers(1, 600))
def test_parts_add_up_to_the_whole(amount: int, parts: int) -> None:
    each, last = split(amount, parts)
    assert int(each) * (parts - 1) + int(last) == amount
    exact = (Decimal(amount) / parts).quantize(Decimal(1), ROUND_HALF_UP)
    assert int(each) == int(exact)


@given(amount=AMOUNTS, percent=st.sampled_from([80, 60, 50, 40, 33.33, 0, 100]))
def test_a_cut_never_passes_its_ceiling_and_misses_it_by_less_than_a_satang(
    amount: int, percent: float
) -> None:
    exact = Decimal(amount) * Decimal(str(percent)) / 100
    assert 0 <= exact - int(cut(amount, percent)) < 1


@given(thb=st.integers(0, 10**15).map(lambda n: Decimal(n) / 100))
def test_two_decimals_survive_as_satang(thb: Decimal) -> None:
    assert int(satang(float(thb))) == int(thb * 100)


@given(paid=AMOUNTS, claims=st.tuples(AMOUNTS, AMOUNTS, AMOUNTS))
def test_payments_are_allocated_in_order_and_nothing_is_lost(
    paid: int, claims: tuple[int, int, int]
) -> None:
    """Default interest, then interest, then principal (debtors.md 12)."""
    *parts, rest = (int(part) for part in allocate(paid, *claims))
    assert sum(parts) + rest == paid
    for earlier, (part, claim) in enumerate(zip(parts, claims, strict=True)):
        assert part <= claim
        if part < claim:
            assert parts[earlier + 1 :] == [0] * (2 - earlier) and rest == 0


@given(principal=AMOUNTS, days=st.integers(0, 3000), rate=st.sampled_from([0.1, 1.0, 7.5]))
def test_interest_agrees_with_decimal_arithmetic(principal: int, days: int, rate: float) -> None:
    start = D("2020-01-01")
    exact = Decimal(principal) * Decimal(str(rate)) * days / 36500
    expected = int(exact.quantize(Decimal(1), ROUND_HALF_UP))
    assert interest(principal, [Phase(start, start + timedelta(days=days), rate)]) == expected
