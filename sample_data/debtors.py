"""Debtors of the women's fund, community funds and field work of the demo: synthetic."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np

from sample_data import REFERENCE
from sample_data.demo import Demo
from sample_data.households import moment, uuid4
from sample_data.rows import Row, Tables, invented, synthetic

__all__ = ["debtor_tables"]

COUNT, VISITS = 400, 140
RESTRUCTURED, PAPERED = 24, 12
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
    _put_into_measures(demo, debtors)
    _confirm_pins(demo, debtors)
    rounds = _rounds(demo)
    return {
        "debtors": debtors,
        "funds": _funds(demo),
        "visits": _visits(demo, debtors),
        "documents": _documents(demo, debtors),
        "field_rounds": rounds,
        "handovers": _handovers(demo, debtors),
    }


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
        borrower_key=f"ผู้กู้ตัวอย่าง {number:04d}",
        co_debtors=int(rng.integers(2, 5)),
        keeper_id=None if number % 40 == 0 else f"officer-{place.code[:4]}",
        pin_status=str(rng.choice(["verified", "unverified", "moved"], p=[0.7, 0.25, 0.05])),
        measure_code=str(rng.choice(measure)) if measure else None,
        measure_state="requested" if measure else None,
        geometry=demo.spot(place, rng, 40, 420),
    )


def _put_into_measures(demo: Demo, debtors: list[Row]) -> None:
    """Some matured contracts are restructured; a third of them broke the new schedule.

    Kept: class normal; broken within the new term: in default (DEBT-R3, steps 3 and 4). Overdue
    debts also bear default interest.
    """
    rng = demo.chance("debtor measures")
    matured = [row for row in debtors if row["debtor_class"] == "matured"]
    for number, place in enumerate(rng.permutation(len(matured))[:RESTRUCTURED]):
        broken = number % 3 == 0
        matured[int(place)].update(
            measure_code="restructure",
            measure_state="active",
            measure_end_date=_months(REFERENCE, int(rng.integers(10, 20))),
            measure_overdue=2 if broken else 0,
            legal_status="none",
            debtor_class="in_default" if broken else "normal",
        )
    for row in debtors:
        if row["debtor_class"] in ("time_barred", "matured") and rng.random() < 0.5:
            row["default_interest_thb"] = round(row["outstanding_thb"] * rng.uniform(0.02, 0.2), 2)


def _confirm_pins(demo: Demo, debtors: list[Row]) -> None:
    """Verified pins were confirmed some day of the last year and a half, a few too long ago."""
    rng = demo.chance("debtor pins")
    for row in debtors:
        ago = int(rng.integers(5, 480))
        if row["pin_status"] == "verified":
            row["accuracy_m"] = int(rng.integers(3, 60))
            row["verified_at"] = REFERENCE - timedelta(days=ago)


def _documents(demo: Demo, debtors: list[Row]) -> list[Row]:
    """The papers of a few files: none is complete, and some debts were acknowledged."""
    rng = demo.chance("debtor documents")
    chosen = rng.permutation([n for n, r in enumerate(debtors) if r["debtor_class"] == "matured"])
    return [
        synthetic(
            doc_id=f"DOC-{debtors[place]['contract_id']}-{kind}",
            kind=kind,
            subject_layer="debtors",
            subject_id=debtors[place]["contract_id"],
            doc_date=debtors[place]["start_date"]
            if kind == "loan_contract"
            else date(2024, int(rng.integers(1, 13)), 10),
            file_state="present",
            area_code=debtors[place]["area_code"],
            geometry=debtors[place]["geometry"],
        )
        for place in (int(number) for number in chosen[:PAPERED])
        for kind in ("loan_contract", "debt_acknowledgement")
    ]


def _rounds(demo: Demo) -> list[Row]:
    """Rounds of weeks 1 and 3 of three months: most reported in time, some late, some never."""
    rng = demo.chance("field rounds")
    rows = []
    for district in sorted({tambon.code[:4] for tambon in demo.tambons}):
        for month in (5, 6, 7):
            for slot, planned in (("week_1", 5), ("week_3", 19)):
                reported = date(2025, month, planned + int(rng.integers(0, 5)))
                done = rng.random() < 0.8
                rows.append(
                    synthetic(
                        round_id=f"FR-{district}-2025{month:02d}-{slot}",
                        area_code=district,
                        month=date(2025, month, 1),
                        slot=slot,
                        planned_date=date(2025, month, planned),
                        status="reported" if done else "returned",
                        reported_at=reported if done else None,
                    )
                )
    return rows


def _handovers(demo: Demo, debtors: list[Row]) -> list[Row]:
    """One pack that was accepted, its contracts with the successor, and one on its way."""
    rows = []
    for number, (district, state) in enumerate((("8301", "accepted"), ("8303", "sent")), 1):
        former, successor = f"officer-{district}", f"officer-{district}-2"
        kept = [row for row in debtors if row["keeper_id"] == former]
        chosen = demo.chance(f"handover {district}").permutation(len(kept))[:4]
        pack = [kept[int(place)] for place in sorted(chosen)]
        if state == "accepted":
            for row in pack:
                row["keeper_id"] = successor
        rows.append(
            synthetic(
                handover_id=f"HO-83-{number:02d}",
                area_code=district,
                from_officer=former,
                to_officer=successor,
                reason="ย้ายสถานที่ปฏิบัติงาน",
                contracts=[row["contract_id"] for row in pack],
                prepared_at=date(2025, 7, 1),
                sent_at=date(2025, 7, 2),
                accepted_at=date(2025, 7, 4) if state == "accepted" else None,
                access_until=date(2025, 7, 11) if state == "accepted" else None,
                state=state,
            )
        )
    return rows


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
    rng, work = demo.chance("funds"), demo.chance("fund work")
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
                    **_fund_work(kind, place.code, bool(indicators), work),
                    geometry=demo.spot(place, rng, 30, 150),
                )
            )
    return rows


def _fund_work(kind: str, code: str, measured: bool, rng: np.random.Generator) -> Row:
    """Interest, team and seven-step checklist of a fund; one district has no team yet."""
    steps = [step for step in range(1, 8) if rng.random() < 0.75 - 0.09 * step]
    rate = float(rng.choice([6.0, 9.0, 12.0, 15.0, 18.0], p=[0.2, 0.25, 0.3, 0.17, 0.08]))
    failed = int(rng.random() < 0.2)
    return {
        "interest_rate_pct": None if kind == "kkj" else rate,  # interest-free, CDD L2363
        "mandatory_failed": failed if measured else None,
        "team_id": None if code.startswith("8302") else f"MFF-{code[:4]}",
        "checklist": [{"step": step, "done_on": f"2025-0{step}-20"} for step in steps] or None,
    }
