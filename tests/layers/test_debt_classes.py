"""The four classes, their dates and the order of the list: debtors.md 3, every worked case."""

from __future__ import annotations

import calendar
from datetime import date, timedelta
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.errors import ParameterError
from layers.debt.classes import CLASS_REASONS, DEBTOR_CLASSES, classify
from layers.debt.countdown import bands, last_working_day
from layers.debt.dates import add_months, days
from layers.debt.instalments import flatten, overdue_instalments
from layers.debt.legal_view import legal_view
from layers.debt.order import list_order
from layers.debt.parameters import ClassRules

REF = date(2025, 8, 1)
D = date.fromisoformat


def contract(**facts: Any) -> pd.DataFrame:
    """One contract; days are ISO texts."""
    row = {"contract_id": "C", "project_status": "open", **facts}
    return pd.DataFrame(
        {
            name: [D(value) if name.endswith("_date") and value else value]
            for name, value in row.items()
        }
    )


def judged(ref: date = REF, rules: ClassRules | None = None, **facts: Any) -> Any:
    table, findings = classify(contract(**facts), ref, rules)
    assert findings == []
    return table.iloc[0]


def span(start: str, end: str | None, **facts: Any) -> dict[str, Any]:
    return {"start_date": start, "end_date": end, **facts}


ACTIVE = {"measure_code": "restructure", "measure_state": "active"}
T10 = span("2023-07-31", "2025-07-31", last_payment_date="2025-05-01", overdue_instalments=1)
T13 = span("2018-01-15", "2020-01-15", first_due_date="2018-07-15", overdue_instalments=8)

# Case, facts, class, limit, days left (None: not told in the table).
CLASS_CASES: list[tuple[str, dict[str, Any], str, str | None, int | None]] = [
    ("DEBT-T1", span("2016-01-10", "2018-01-10", last_payment_date="2018-03-01",
                     overdue_instalments=5), "time_barred", "2023-03-01", -884),
    ("DEBT-T2", span("2018-06-01", "2020-06-01", last_payment_date="2020-08-01",
                     overdue_instalments=1), "matured", "2025-08-01", 0),
    ("DEBT-T3", span("2018-06-01", "2020-06-01", last_payment_date="2020-07-31",
                     overdue_instalments=1), "time_barred", "2025-07-31", -1),
    ("DEBT-T4", span("2021-02-01", "2023-02-01", last_payment_date="2022-12-01",
                     overdue_instalments=2), "matured", "2027-12-01", 852),
    ("DEBT-T5", span("2024-05-01", "2026-05-01", last_payment_date="2025-03-01",
                     overdue_instalments=1), "in_default", "2030-03-01", None),
    ("DEBT-T6", span("2024-05-01", "2026-05-01", last_payment_date="2025-07-01",
                     overdue_instalments=0), "normal", None, None),
    ("DEBT-T7", span("2021-02-01", "2023-02-01", last_payment_date="2025-07-01",
                     measure_overdue=0, measure_end_date="2026-12-01", **ACTIVE),
     "normal", None, None),
    ("DEBT-T8", span("2024-05-01", "2026-05-01", first_due_date="2024-11-01",
                     overdue_instalments=3), "in_default", "2029-11-01", None),
    ("DEBT-T9", span("2023-08-01", "2025-08-01", last_payment_date="2025-05-01",
                     overdue_instalments=1), "in_default", "2030-05-01", None),
    ("DEBT-T10", T10, "matured", "2030-05-01", 1734),
    ("DEBT-T11", span("2023-08-01", "2025-08-01", last_payment_date="2025-07-01",
                      overdue_instalments=0), "normal", None, None),
    ("DEBT-T12", span("2023-07-31", "2025-07-31", last_payment_date="2025-07-01",
                      overdue_instalments=0, outstanding_thb=1000.0),
     "matured", "2030-07-01", 1795),
    ("DEBT-T13", T13, "time_barred", "2023-07-15", -748),
    ("DEBT-T15", span("2019-01-15", "2021-01-15", overdue_instalments=8),
     "matured", "2026-01-15", 167),
    ("DEBT-T16", span("2021-02-01", "2023-02-01", last_payment_date="2025-01-01",
                      measure_overdue=2, measure_end_date="2026-12-01", **ACTIVE),
     "in_default", "2030-01-01", None),
    ("DEBT-T17", span("2019-02-01", "2021-02-01", last_payment_date="2022-01-01",
                      measure_overdue=2, measure_end_date="2023-02-01", **ACTIVE),
     "matured", "2027-01-01", 518),
    ("DEBT-T18", span("2016-02-01", "2018-02-01", last_payment_date="2020-01-01",
                      measure_overdue=2, measure_end_date="2020-02-01",
                      measure_code="mediation_20ter", measure_state="active"),
     "time_barred", "2025-01-01", -212),
    ("DEBT-T19", span("2017-02-01", "2019-02-01", last_payment_date="2025-07-15",
                      measure_overdue=0, measure_code="mediation_20ter", measure_state="active"),
     "normal", None, None),
    ("DEBT-T20", {"start_date": "2017-02-01", "project_status": "closed",
                  "last_payment_date": "2019-01-01"}, "closed", None, None),
    ("DEBT-T21", {"start_date": "2022-02-01", "outstanding_thb": 0.0,
                  "last_payment_date": "2024-01-01"}, "closed", None, None),
    ("DEBT-T22", {"last_payment_date": "2024-01-01", "overdue_instalments": 1},
     "unclassified", None, None),
    ("DEBT-T23", span("2022-01-01", "2025-12-31", last_payment_date="2025-06-01",
                      overdue_instalments=1), "in_default", "2030-06-01", None),
    ("DEBT-T27", {**T10, "measure_code": "restructure", "measure_state": "requested"},
     "matured", "2030-05-01", 1734),
]  # fmt: skip


@pytest.mark.parametrize(
    ("facts", "code", "limit", "left"),
    [case[1:] for case in CLASS_CASES],
    ids=[case[0] for case in CLASS_CASES],
)
def test_a_contract_has_the_class_and_the_limit_of_the_table(
    facts: dict[str, Any], code: str, limit: str | None, left: int | None
) -> None:
    found = judged(**facts)
    assert found["debtor_class"] == code
    assert (
        found["timebar_date"] is pd.NaT
        if limit is None
        else found["timebar_date"] == pd.Timestamp(limit)
    )
    if left is not None:
        assert found["days_left"] == left


BROKEN = {name: facts for name, facts, *_ in CLASS_CASES}


@pytest.mark.parametrize("case", ["DEBT-T16", "DEBT-T17", "DEBT-T18"])
def test_a_broken_measure_is_flagged_whoever_noticed_it(case: str) -> None:
    """Overdue in a running measure, or marked broken by officers: the same class and flag."""
    noticed, marked = judged(**BROKEN[case]), judged(**{**BROKEN[case], "measure_state": "broken"})
    assert noticed["measure_broken"] and marked["measure_broken"]
    assert "measure_broken" in noticed["class_reason"]
    assert noticed["debtor_class"] == marked["debtor_class"]


def test_t12_says_that_a_balance_after_the_end_counts_as_default() -> None:
    assert judged(**BROKEN["DEBT-T12"])["class_reason"] == ["within_limit", "matured_with_balance"]


def test_t14_counts_from_contract_end_when_told_so() -> None:
    """DEBT-T14, and T15: contract end stands in for a first due day that nobody knows."""
    found = judged(rules=ClassRules(never_paid_anchor="contract_end"), **T13)
    assert (found["debtor_class"], found["days_left"]) == ("time_barred", -198)
    assert found["timebar_date"] == pd.Timestamp("2025-01-15")
    assert judged(**BROKEN["DEBT-T15"])["anchor_kind"] == "contract_end"
    assert judged(**T13)["anchor_kind"] == "first_due_date"


@pytest.mark.parametrize(
    ("ref", "code", "left"),
    [("2025-02-28", "matured", 0), ("2025-03-01", "time_barred", -1)],
    ids=["DEBT-T24 last day", "DEBT-T24 day after"],
)
def test_a_payment_on_29_february_lapses_on_the_28th(ref: str, code: str, left: int) -> None:
    found = judged(
        D(ref), **span("2017-01-01", "2019-01-01", last_payment_date="2020-02-29",
                       overdue_instalments=1)
    )  # fmt: skip
    assert (found["debtor_class"], found["days_left"]) == (code, left)
    assert found["timebar_date"] == pd.Timestamp("2025-02-28")


@pytest.mark.parametrize(
    ("start", "end"),
    [("2023-08-31", "2025-08-31"), ("2024-02-29", "2026-02-28")],
    ids=["DEBT-T25", "DEBT-T26"],
)
def test_the_end_follows_from_start_and_term(start: str, end: str) -> None:
    found = judged(start_date=start, end_date=None, overdue_instalments=0)
    assert found["contract_end"] == pd.Timestamp(end)


SCHEDULE = [{"due_date": f"2025-{month:02d}-01", "amount_thb": 2500} for month in (2, 5, 8, 11)]


@pytest.mark.parametrize(
    ("paid", "tolerance", "ref", "overdue"),
    [
        (5000, 0, "2025-08-01", 0),
        (5000, 0, "2025-08-02", 1),
        (4999.99, 0, "2025-07-01", 1),
        (4999.99, 1.0, "2025-07-01", 0),
        (0, 0, "2025-11-02", 4),
    ],
    ids=["DUE-T1", "DUE-T2", "DUE-T3", "DUE-T4", "DUE-T5"],
)
def test_money_received_covers_the_oldest_instalment_first(
    paid: float, tolerance: float, ref: str, overdue: int
) -> None:
    found = overdue_instalments(
        flatten([None, SCHEDULE]), [0, paid], np.datetime64(ref), tolerance_thb=tolerance
    )
    assert np.isnan(found[0]) and found[1] == overdue


def test_the_figure_of_lm_wins_until_it_is_45_days_old() -> None:
    """DEBT-R5: then the schedule is computed and the row says so."""
    facts = span("2024-11-01", "2026-11-01", schedule=SCHEDULE, received_thb=2500.0,
                 overdue_instalments=0, last_payment_date="2025-02-01")  # fmt: skip
    fresh = judged(lm_as_of=D("2025-06-17"), **facts)
    stale = judged(lm_as_of=D("2025-06-16"), **facts)
    assert (fresh["debtor_class"], fresh["overdue_used"], fresh["lm_state"]) == (
        "normal", 0, "fresh",
    )  # fmt: skip
    assert (stale["debtor_class"], stale["overdue_used"], stale["lm_state"]) == (
        "in_default", 1, "yellow",
    )  # fmt: skip
    assert "lm_stale" in stale["class_reason"]


def test_an_unknown_number_of_overdue_instalments_is_not_taken_for_none() -> None:
    found = judged(**span("2024-05-01", "2026-05-01", last_payment_date="2025-07-01"))
    assert (found["debtor_class"], found["class_reason"]) == ("unclassified", ["overdue_unknown"])


BAND_CASES = [
    ("2020-07-31", "2025-07-31", -1, "lapsed"),
    ("2020-08-01", "2025-08-01", 0, "band_1"),
    ("2020-08-31", "2025-08-31", 30, "band_1"),
    ("2020-09-01", "2025-09-01", 31, "band_2"),
    ("2020-10-30", "2025-10-30", 90, "band_2"),
    ("2020-10-31", "2025-10-31", 91, "band_3"),
    ("2021-01-28", "2026-01-28", 180, "band_3"),
    ("2021-01-29", "2026-01-29", 181, "band_4"),
    ("2021-08-01", "2026-08-01", 365, "band_4"),
    ("2021-08-02", "2026-08-02", 366, "beyond"),
]


@pytest.mark.parametrize(("paid", "limit", "left", "band"), BAND_CASES)
def test_the_countdown_falls_into_the_bands_of_the_table(
    paid: str, limit: str, left: int, band: str
) -> None:
    """DEBT-R7."""
    found = judged(**span("2016-01-01", "2018-01-01", last_payment_date=paid,
                          overdue_instalments=1))  # fmt: skip
    assert found["timebar_date"] == pd.Timestamp(limit)
    assert (found["days_left"], found["timebar_band"]) == (left, band)


def test_only_matured_and_lapsed_claims_have_a_band() -> None:
    """Classes 3 and 4 show a date in the popup at most (DEBT-R7)."""
    assert judged(**BROKEN["DEBT-T5"])["timebar_band"] is None
    assert judged(**BROKEN["DEBT-T6"])["timebar_band"] is None


def test_a_limit_on_a_weekend_or_holiday_is_preceded_by_a_working_day() -> None:
    """31 Aug 2025 is a Sunday; the Friday before may be a holiday."""
    sunday = days(["2025-08-31", None])
    assert last_working_day(sunday).astype(str).tolist() == ["2025-08-29", "NaT"]
    assert str(last_working_day(sunday, ["2025-08-29"])[0]) == "2025-08-28"


PAID_2020 = span("2016-03-01", "2018-03-01", last_payment_date="2020-03-01", overdue_instalments=1)


@pytest.mark.parametrize(
    ("signed", "until", "conflict"),
    [
        ({"debt_acknowledged": "2024-06-10"}, "2029-06-10", True),
        ({"debt_acknowledged": "2025-04-01"}, None, False),
        ({"liability_acknowledged": "2025-06-15"}, "2027-06-15", True),
        ({"compromise_or_judgment": "2025-02-01"}, "2035-02-01", False),
    ],
    ids=["LEG-T1", "LEG-T2", "LEG-T3", "LEG-T4"],
)
def test_the_legal_view_stands_beside_the_class_and_never_changes_it(
    signed: dict[str, str], until: str | None, conflict: bool
) -> None:
    found = judged(**PAID_2020)
    limit = found["timebar_date"].date()
    assert (found["debtor_class"], limit) == ("time_barred", D("2025-03-01"))
    view = legal_view(limit, **{name: D(value) for name, value in signed.items()})
    assert view is not None
    assert view.until == (D(until) if until else None)
    assert view.conflict is conflict
    assert until is not None or "lawyer" in view.note.en


ORDER_CASE: dict[str, Any] = {
    "classes": ["matured", "time_barred", "matured", "in_default", "normal", "time_barred",
                "in_default"],
    "days_left": [14, None, 852, None, None, None, None],
    "outstanding": [12000, 30000, None, 15000, 5000, 9000, 40000],
    "overdue": [None, None, None, 3, None, None, 1],
    "contract_id": list("ABCDEFG"),
}  # fmt: skip


@pytest.mark.parametrize(
    ("promote", "order"), [(0, "BFACDGE"), (30, "ABFCDGE")], ids=["ORDER-T1", "ORDER-T2"]
)
def test_the_list_is_in_the_order_of_urgency(promote: int, order: str) -> None:
    rank = list_order(**ORDER_CASE, promote_timebar_days=promote)
    assert "".join(np.array(list("ABCDEFG"))[np.argsort(rank)]) == order


# Bad input ---------------------------------------------------------------------------------------

BAD: list[tuple[str, dict[str, Any], str, str]] = [
    ("BE year stored as CE", {"last_payment_date": "2563-05-01"}, "last_payment_date", "date_era"),
    ("CE year read as BE", {"start_date": "1477-05-01"}, "start_date", "date_era"),
    ("year of no calendar", {"end_date": "0202-05-01"}, "end_date", "date_range"),
    ("last payment ahead", {"last_payment_date": "2025-08-02"}, "last_payment_date",
     "payment_in_future"),
    ("end before start", {"end_date": "2018-05-31"}, "end_date", "end_before_start"),
    ("payment before start", {"last_payment_date": "2018-05-31"}, "last_payment_date",
     "payment_before_start"),
    ("negative balance", {"outstanding_thb": -1.0}, "outstanding_thb", "negative"),
    ("negative penalty", {"penalty_thb": -0.01}, "penalty_thb", "negative"),
    ("closed with balance", {"project_status": "closed", "outstanding_thb": 5.0},
     "project_status", "closed_with_balance"),
    ("overdue without balance", {"outstanding_thb": 0.0}, "overdue_instalments",
     "overdue_without_balance"),
    ("arrears, none overdue", {"overdue_instalments": 0, "arrears_thb": 5.0}, "arrears_thb",
     "arrears_without_overdue"),
    ("arrears over balance", {"outstanding_thb": 3000.0, "arrears_thb": 5000.0}, "arrears_thb",
     "arrears_over_balance"),
    ("new fund before it began", {"generation": "new", "start_date": "2016-05-01",
     "end_date": "2018-05-01"}, "generation", "generation_too_new"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("facts", "field", "code"), [case[1:] for case in BAD], ids=[case[0] for case in BAD]
)
def test_a_fault_is_named_with_row_and_field_and_the_rest_is_judged(
    facts: dict[str, Any], field: str, code: str
) -> None:
    sound = span("2018-06-01", "2020-06-01", last_payment_date="2020-08-01", overdue_instalments=1)
    rows = pd.concat([contract(**sound), contract(**{**sound, **facts})], ignore_index=True)
    rows["contract_id"] = ["good", "bad"]
    table, findings = classify(rows, REF)
    assert [(f.row, f.contract_id, f.field, f.code) for f in findings] == [(2, "bad", field, code)]
    assert table["debtor_class"].tolist() == ["matured", "unclassified"]
    assert table["class_reason"][1] == ["data_fault"]
    assert findings[0].text.th != findings[0].text.en


def test_a_wrong_era_is_proposed_the_right_year() -> None:
    _, findings = classify(contract(last_payment_date="2563-05-01"), REF)
    assert "2020" in findings[0].text.th and "2020" in findings[0].text.en


@pytest.mark.parametrize(
    "wrong",
    [{"limit_years": 0}, {"never_paid_anchor": "birthday"}, {"timebar_bands": (90, 30, 1, 2)}],
    ids=["limit", "anchor", "bands"],
)
def test_a_parameter_out_of_range_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(ParameterError):
        ClassRules(**wrong)


def test_no_contracts_give_an_empty_table() -> None:
    table, findings = classify(pd.DataFrame({"contract_id": []}), REF)
    assert len(table) == 0 and findings == []


# A slow, literal second implementation -----------------------------------------------------------


def later(day: date, months: int) -> date:
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def literal_class(row: dict[str, Any], ref: date, never_paid: str) -> tuple[str, date | None]:
    """DEBT-R3 as it is written, one contract at a time."""
    if row["project_status"] == "closed" or row["outstanding_thb"] == 0:
        return "closed", None
    start, end = row["start_date"], row["end_date"]
    if start is None and end is None:
        return "unclassified", None
    if end is None:
        end = later(start, 24 if row["term_months"] is None else int(row["term_months"]))
    kept, overdue, extended = literal_measure(row, end)
    if kept:
        return "normal", None
    anchor = row["last_payment_date"]
    if anchor is None:
        anchor = {"first_due_date": row["first_due_date"], "contract_start": start,
                  "contract_end": end}[never_paid]  # fmt: skip
    limit = later(end if anchor is None else anchor, 60)
    if ref > extended:
        return ("time_barred" if ref > limit else "matured"), limit
    if overdue is None:
        return "unclassified", None
    return ("in_default", limit) if overdue >= 1 else ("normal", None)


def literal_measure(row: dict[str, Any], end: date) -> tuple[bool, Any, date]:
    """Steps 3 and 4: is a measure kept, which instalments count, which end holds."""
    state, renewed = row["measure_state"], row["measure_overdue"]
    if state not in ("approved", "active", "broken"):
        return False, row["overdue_instalments"], end
    if renewed is None:
        renewed = row["overdue_instalments"]
    broken = state == "broken" or (renewed is not None and renewed >= 1)
    if broken and row["measure_end_date"] is not None:
        end = max(end, row["measure_end_date"])
    return state != "broken" and renewed == 0, renewed, end


def random_contracts(n: int, seed: int) -> pd.DataFrame:
    """Contracts without a fault, every fact sometimes unknown."""
    rng = np.random.default_rng(seed)
    rows = []
    for number in range(n):
        start = date(2013, 1, 1) + timedelta(days=int(rng.integers(0, 4500)))
        maybe = lambda value, p=0.2: None if rng.random() < p else value  # noqa: E731
        known = rng.random() < 0.9
        paid = start + timedelta(days=int(rng.integers(0, max((REF - start).days, 1))))
        rows.append(
            {
                "contract_id": f"C{number}",
                "project_status": str(rng.choice(["open", "open", "open", "closed"])),
                "outstanding_thb": maybe(
                    float(rng.choice([0.0, 100.5, 9000.0], p=[0.1, 0.5, 0.4]))
                ),
                "start_date": start if known else None,
                "end_date": maybe(start + timedelta(days=int(rng.integers(0, 1100))), 0.5),
                "term_months": maybe(int(rng.integers(1, 40)), 0.5),
                "first_due_date": maybe(start + timedelta(days=180)),
                "last_payment_date": maybe(paid, 0.3),
                "overdue_instalments": maybe(int(rng.integers(0, 3))),
                "measure_state": maybe(
                    str(rng.choice(["requested", "approved", "active", "broken", "completed"])), 0.4
                ),
                "measure_overdue": maybe(int(rng.integers(0, 2)), 0.4),
                "measure_end_date": maybe(
                    start + timedelta(days=int(rng.integers(700, 2500))), 0.4
                ),
            }
        )
        row = rows[-1]
        if row["project_status"] == "closed":
            row["outstanding_thb"] = maybe(0.0, 0.5)
        if row["outstanding_thb"] == 0:
            row["overdue_instalments"] = maybe(0)
    return pd.DataFrame(rows, dtype=object)


@pytest.mark.parametrize("never_paid", ["first_due_date", "contract_end", "contract_start"])
def test_classes_agree_with_a_literal_second_implementation(never_paid: str) -> None:
    """10,000 random contracts, one at a time as the rule is written."""
    rows = random_contracts(10_000, seed=len(never_paid))
    table, findings = classify(rows, REF, ClassRules(never_paid_anchor=never_paid))
    assert findings == []
    expected = [literal_class(row, REF, never_paid) for row in rows.to_dict("records")]
    assert table["debtor_class"].tolist() == [code for code, _ in expected]
    found = [None if pd.isna(day) else day.date() for day in table["timebar_date"]]
    assert found == [limit for _, limit in expected]
    assert set(table["debtor_class"]) == set(DEBTOR_CLASSES)


REFERENCES = st.dates(date(2010, 1, 1), date(2045, 12, 31))


@settings(deadline=None, max_examples=25)
@given(first=REFERENCES, second=REFERENCES, seed=st.integers(0, 1000))
def test_every_contract_has_one_class_and_time_never_runs_backwards(
    first: date, second: date, seed: int
) -> None:
    """Classes partition the open projects at every date; no date later than another takes a debtor
    back from time-barred."""
    before, after = sorted((first, second))
    rows = random_contracts(40, seed)
    random = np.random.default_rng(seed)
    rows["schedule"] = [SCHEDULE if random.random() < 0.5 else None for _ in range(40)]
    rows["received_thb"] = random.integers(0, 10_000, 40)
    rows["lm_as_of"] = days(np.datetime64("2024-01-01") + random.integers(0, 600, 40))
    early, late = (classify(rows, day, known_on=REF)[0] for day in (before, after))
    for table in (early, late):
        assert table["debtor_class"].isin(list(DEBTOR_CLASSES)).all()
        assert all(reason and set(reason) <= set(CLASS_REASONS) for reason in table["class_reason"])
        closed = (rows["project_status"] == "closed") | (rows["outstanding_thb"] == 0)
        assert not ((table["debtor_class"] == "closed") & ~closed).any()
    barred = early["debtor_class"] == "time_barred"
    assert (late["debtor_class"][barred] == "time_barred").all()


@settings(deadline=None, max_examples=50)
@given(day=st.dates(date(1950, 1, 1), date(2100, 1, 1)), months=st.integers(0, 240))
def test_months_are_added_as_a_calendar_does(day: date, months: int) -> None:
    assert add_months(np.datetime64(day), months).item() == later(day, months)


@settings(deadline=None, max_examples=50)
@given(left=st.lists(st.integers(-4000, 4000), max_size=20))
def test_bands_cover_every_number_of_days(left: list[int]) -> None:
    edges = {"lapsed": (-9999, -1), "band_1": (0, 30), "band_2": (31, 90), "band_3": (91, 180),
             "band_4": (181, 365), "beyond": (366, 9999)}  # fmt: skip
    for number, band in zip(left, bands(np.array(left, dtype=float)), strict=True):
        assert edges[band][0] <= number <= edges[band][1]


@settings(deadline=None, max_examples=25)
@given(seed=st.integers(0, 1000))
def test_the_order_of_the_list_does_not_depend_on_the_order_of_input(seed: int) -> None:
    rows = random_contracts(30, seed)
    shuffled = rows.sample(frac=1, random_state=seed).reset_index(drop=True)

    def order(frame: pd.DataFrame) -> list[str]:
        table, _ = classify(frame, REF)
        rank = list_order(
            table["debtor_class"], days_left=table["days_left"].to_numpy(float, na_value=np.nan),
            outstanding=frame["outstanding_thb"].to_numpy(),
            overdue=table["overdue_used"].to_numpy(float, na_value=np.nan),
            contract_id=frame["contract_id"],
        )  # fmt: skip
        return [
            str(frame["contract_id"][row]) for row in np.argsort(rank) if rank[row] == rank[row]
        ]

    assert order(rows) == order(shuffled)
