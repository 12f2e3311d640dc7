"""Debtors of the women's fund, community funds and field visits of the demo: synthetic."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np

from sample_data.demo import Demo
from sample_data.households import moment, uuid4
from sample_data.rows import Row, Tables, invented, synthetic

__all__ = ["REFERENCE", "debtor_tables"]

REFERENCE = date(2025, 8, 1)
"""The day that classes and time bars are told for (that of the cases of debtors.md 3)."""

COUNT, VISITS = 400, 140
CLASSES = ("time_barred", "matured", "in_default", "normal", "closed")
CLASS_SHARES = (0.16, 0.27, 0.22, 0.3, 0.05)
ACTIVITIES = ("ค้าขาย", "เกษตร", "ประมง", "แปรรูปอาหาร", "ผ้าบาติก", "บริการ")
MEASURES = {
    "time_barred": ("ack_liability", "penalty_waiver"),
    "matured": ("ack_debt", "restructure", "penalty_waiver"),
    "in_default": ("penalty_waiver", "release"),
}
OUTCOMES = (
    ["met"], ["met", "promised"], ["met", "paid"], ["not_home"], ["moved"], ["refused"],
    ["met", "joined_measure"], ["not_found"], ["invited_mediation"],
)  # fmt: skip
OUTCOME_SHARES = (0.2, 0.22, 0.14, 0.16, 0.06, 0.05, 0.08, 0.05, 0.04)

# Kind, Thai word of the name, how many, indicators (FUND-R1), members.
FUNDS = (
    ("village_fund", "กองทุนหมู่บ้าน", 14, None, (60, 220)),
    ("savings_group", "กลุ่มออมทรัพย์เพื่อการผลิต", 12, 21, (40, 320)),
    ("kkj", "กข.คจ.", 8, 18, (15, 60)),
    ("fund_centre", "ศูนย์จัดการกองทุนชุมชน", 3, None, (5, 12)),
    ("mother_fund", "กองทุนแม่ของแผ่นดิน", 3, None, (30, 120)),
)


def debtor_tables(demo: Demo) -> Tables:
    """The rows of debtors and funds, and the visits to debtors."""
    debtors = _debtors(demo)
    return {"debtors": debtors, "funds": _funds(demo), "visits": _visits(demo, debtors)}


def _debtors(demo: Demo) -> list[Row]:
    rng = demo.chance("debtors")
    return [
        _debtor(demo, number, str(rng.choice(CLASSES, p=CLASS_SHARES)), rng)
        for number in range(1, COUNT + 1)
    ]


def _debtor(demo: Demo, number: int, kind: str, rng: np.random.Generator) -> Row:
    place = demo.settlements[int(rng.integers(len(demo.settlements)))]
    start, paid_on, overdue = _dates(kind, rng)
    principal = int(rng.integers(4, 41)) * 5000
    balance = 0.0 if kind == "closed" else round(principal * rng.uniform(0.05, 0.95), 2)
    anchor = paid_on or _months(start, 6)
    measure = MEASURES.get(kind) if rng.random() < 0.25 else None
    return synthetic(
        contract_id=f"WF83-{number:04d}",
        contract_no=f"{number}/{start.year + 543}",
        fund_code="WF83",
        area_code=place.code,
        approval_year_be=start.year + 543,
        generation="new" if start >= date(2017, 1, 1) else "old",  # PHUKET L2420
        project_status="closed" if kind == "closed" else "open",
        activity_kind=str(rng.choice(ACTIVITIES)),
        start_date=start,
        term_months=24,
        end_date=_months(start, 24),
        principal_thb=principal,
        outstanding_thb=balance,
        first_due_date=_months(start, 6),
        last_payment_date=paid_on,
        last_payment_amount=int(rng.integers(1, 12)) * 500 if paid_on else None,
        overdue_instalments=overdue,
        lm_as_of=date(2025, 7, 25),
        legal_status=_legal_status(kind, rng),
        debtor_class=kind,
        anchor_date=anchor if kind in CLASSES[:3] else None,
        timebar_date=_months(anchor, 60) if kind in CLASSES[:3] else None,
        borrower_key=f"ผู้กู้ตัวอย่าง {number:04d}",
        co_debtors=int(rng.integers(2, 5)),
        pin_status=str(rng.choice(["verified", "unverified", "moved"], p=[0.7, 0.25, 0.05])),
        measure_code=str(rng.choice(measure)) if measure else None,
        measure_state="requested" if measure else None,
        geometry=demo.spot(place, rng, 40, 420),
    )


def _dates(kind: str, rng: np.random.Generator) -> tuple[date, date | None, int]:
    """Start, latest payment and overdue instalments that make the class at REFERENCE (DEBT-R3)."""

    def day(first: date, last: date) -> date:
        return first + timedelta(days=int(rng.integers(0, (last - first).days + 1)))

    if kind == "time_barred":  # five years since the latest instalment are over
        start = day(date(2013, 2, 1), date(2017, 6, 30))
        if rng.random() < 0.12:
            return start, None, 8
        return start, day(_months(start, 6), date(2020, 7, 31)), int(rng.integers(1, 8))
    if kind == "matured":
        start = day(date(2018, 8, 1), date(2023, 6, 30))
        first = max(_months(start, 6), date(2020, 8, 1))
        return start, day(first, date(2025, 6, 30)), int(rng.integers(1, 6))
    if kind == "closed":
        start = day(date(2015, 1, 1), date(2022, 1, 1))
        return start, day(_months(start, 12), _months(start, 30)), 0
    start = day(date(2023, 8, 2), date(2024, 11, 30))
    if kind == "in_default":
        paid = day(_months(start, 6), date(2025, 6, 1)) if rng.random() < 0.8 else None
        return start, paid, int(rng.integers(1, 4))
    return start, day(date(2025, 5, 1), date(2025, 7, 20)), 0


def _months(day: date, months: int) -> date:
    """The same day months later, clamped to the end of the month (DEBT-T25, T26)."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    for last in (day.day, 30, 29, 28):
        if last <= day.day:
            try:
                return date(year, month + 1, last)
            except ValueError:
                continue
    raise AssertionError


def _legal_status(kind: str, rng: np.random.Generator) -> str:
    if kind not in ("time_barred", "matured") or rng.random() < 0.6:
        return "none"
    return str(rng.choice(["notice_sent", "mediation_invited", "compromise", "with_prosecutor"]))


def _visits(demo: Demo, debtors: list[Row]) -> list[Row]:
    rng = demo.chance("debtor visits")
    open_debts = [row for row in debtors if row["debtor_class"] != "closed"]
    rows = []
    for _ in range(VISITS):
        debtor = open_debts[int(rng.integers(len(open_debts)))]
        day = date(2025, 1, 6) + timedelta(days=int(rng.integers(0, 200)))
        outcome = OUTCOMES[int(rng.choice(len(OUTCOMES), p=OUTCOME_SHARES))]
        rows.append(
            synthetic(
                visit_id=uuid4(rng),
                kind="debtor",
                contract_id=debtor["contract_id"],
                area_code=debtor["area_code"],
                visited_at=moment(day, rng),
                gps_accuracy_m=round(float(rng.uniform(3, 25)), 1),
                method=str(rng.choice(["home_visit", "home_visit", "informal", "clinic"])),
                outcome=list(outcome),
                ability_to_pay=str(rng.choice(["full", "part", "none", "unknown"])),
                promised_date=day + timedelta(days=14) if "promised" in outcome else None,
                promised_amount=1000 if "promised" in outcome else None,
                paid_amount=int(rng.integers(1, 8)) * 500 if "paid" in outcome else None,
                leader_present=bool(rng.random() < 0.3),
                pin_confirmed="met" in outcome,
                sync_state="stored",
                record_state="submitted",
                geometry=debtor["geometry"],
            )
        )
    return rows


def _funds(demo: Demo) -> list[Row]:
    rng = demo.chance("funds")
    places = [demo.villages[k] for k in rng.permutation(len(demo.villages))]
    rows: list[Row] = []
    for kind, word, count, indicators, (fewest, most) in FUNDS:
        for _ in range(count):
            place = places[len(rows)]
            members = int(rng.integers(fewest, most))
            level = str(rng.choice(["1", "2", "3"], p=[0.25, 0.45, 0.3])) if indicators else None
            passed = {"1": 0.5, "2": 0.75, "3": 0.95}.get(level or "", 0)
            current = rng.random() < 0.75
            rows.append(
                invented(
                    fund_id=f"FUND-83-{len(rows) + 1:03d}",
                    name=f"{word}{place.name_th}",
                    kind=kind,
                    area_code=place.code,
                    founded_year_be=int(rng.integers(2536, 2560)),
                    members=members,
                    savings_thb=0 if kind == "kkj" else members * int(rng.integers(2, 12)) * 1000,
                    capital_thb=280_000 if kind == "kkj" else None,
                    committee_count=int(rng.integers(7, 16)),
                    level=level,
                    level_year_be=2567 if level else None,
                    indicators_passed=round(indicators * passed) if indicators else None,
                    indicators_total=indicators,
                    faults=None if current or not indicators else ["F1a"],
                    accounts_current="yes" if current else "no",
                    last_monthly_report=date(2025, 6, 30) if current else date(2025, 2, 28),
                    geometry=demo.spot(place, rng, 30, 150),
                )
            )
    return rows
