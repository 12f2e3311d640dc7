"""Calculators of the relief measures (DEBT-R11, R12, R15 to R17; PHUKET L2412-2449).

All are estimates for the talk with the debtor: LM and the committees decide. Money is in satang.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from geo.errors import ParameterError
from geo.parameters import Parameters, between
from geo.text import Text
from layers.debt.dates import months_after
from layers.debt.interest import Phase, interest
from layers.debt.money import Satang, cut, split
from layers.debt.parameters import one_of, refuse_unknown
from layers.model import choices

__all__ = [
    "CEILING",
    "HARDSHIP_KINDS",
    "Cut",
    "Instalment",
    "Release",
    "ReliefRules",
    "Restructuring",
    "Situation",
    "allocate",
    "discount",
    "hardship_missing",
    "release",
    "restructure",
    "waiver_last_day",
    "waiver_state",
]

CEILING = Text("เพดานสูงสุด ไม่ใช่สิทธิอัตโนมัติ", "A ceiling, not an automatic right")

HARDSHIP_KINDS = choices(
    disability=("ทุพพลภาพ", "Disability"),
    old_age=("ชราภาพ", "Old age"),
    death=("ถึงแก่ความตาย", "Death"),
    unable_to_work=("ไม่สามารถประกอบอาชีพได้ตามปกติ", "Unable to work as usual"),
)
"""DEBT-R17 (PHUKET L2443); the source names no figures, so no amount is computed."""

Situation = Literal["notice", "compromise"]


@dataclass(frozen=True, slots=True, kw_only=True)
class ReliefRules(Parameters):
    """Parameters of DEBT-R11, R12 and R15; ``penalty_waiver_days`` is 30 in the text of the
    measure (PHUKET L2439) and 90 in the class table (L2465, L2479, L2491).
    """

    restructure_max_months: int = between(24, 1, 120)
    restructure_from: str = one_of("approval_date", "original_end")
    restructure_rate_pct: float = between(0.0, 0.0, 100.0)
    notice_days: int = between(30, 0, 365)
    notice_pct: float = between(80.0, 0.0, 100.0)
    compromise_days: int = between(60, 0, 365)
    compromise_pct: float = between(60.0, 0.0, 100.0)
    compromise_late_days: int = between(90, 0, 365)
    compromise_late_pct: float = between(50.0, 0.0, 100.0)
    penalty_waiver_days: int = between(30, 1, 365)

    def __post_init__(self) -> None:
        Parameters.__post_init__(self)
        refuse_unknown(self)


class Instalment(NamedTuple):
    """One instalment of a new schedule, in satang."""

    number: int
    due: date
    amount: int


@dataclass(frozen=True, slots=True)
class Restructuring:
    """A new schedule; ``latest_end`` is the last day that the measure allows."""

    latest_end: date
    total: int
    schedule: tuple[Instalment, ...]


def restructure(
    outstanding: int, months: int, start: date, rules: ReliefRules | None = None
) -> Restructuring:
    """Equal monthly instalments, the last takes the remainder (DEBT-R11).

    ``start`` is the approval, or the old end of the contract where ``restructure_from`` says so.
    Interest during the extension is not in the source: ``restructure_rate_pct`` 0.

    Raises ParameterError ``over_24_months`` for more months than the measure allows.

    >>> plan = restructure(1_000_000, 24, date(2025, 8, 1))
    >>> plan.latest_end, plan.schedule[0].amount, plan.schedule[-1].amount
    (datetime.date(2027, 8, 1), 41667, 41659)
    """
    rules = rules or ReliefRules()
    most = rules.restructure_max_months
    if not 1 <= months <= most:
        raise ParameterError(
            "over_24_months",
            Text(
                f"ขยายเวลาได้ 1 ถึง {most} เดือน (ขอ {months} เดือน) ตาม DEBT-R11",
                f"Repayment may be extended by 1 to {most} months, not {months} (DEBT-R11)",
            ),
            limit=most,
        )
    end = months_after(start, months)
    total = outstanding + interest(outstanding, [Phase(start, end, rules.restructure_rate_pct)])
    each, last = (int(part) for part in split(total, months))
    schedule = tuple(
        Instalment(n, months_after(start, n), last if n == months else each)
        for n in range(1, months + 1)
    )
    return Restructuring(months_after(start, most), total, schedule)


class Cut(NamedTuple):
    """A cut of default interest and penalty: days counted, ceiling in %, cut and rest in satang."""

    days: int
    ceiling_pct: float
    granted_pct: float
    cut: int
    to_pay: int


def discount(
    base: int,
    situation: Situation,
    base_date: date,
    paid_on: date,
    *,
    in_full: bool = True,
    granted_pct: float | None = None,
    rules: ReliefRules | None = None,
) -> Cut:
    """The cut of default interest and penalty after a notice or a compromise (DEBT-R12).

    ``base`` is default interest and penalty in satang. The cut is a ceiling and rounded down; an
    officer may grant less. Raises ParameterError ``over_maximum`` and ``paid_before_base``.

    >>> discount(123_457, "notice", date(2025, 6, 1), date(2025, 6, 6)).cut
    98765
    """
    rules = rules or ReliefRules()
    days = (paid_on - base_date).days
    if days < 0:
        raise ParameterError(
            "paid_before_base",
            Text(
                f"วันชำระ {paid_on} มาก่อนวันที่เริ่มนับ {base_date}",
                f"Payment {paid_on} is before the day that is counted from, {base_date}",
            ),
        )
    ceiling = _ceiling(situation, days, rules) if in_full else 0.0
    granted = ceiling if granted_pct is None else granted_pct
    if not 0 <= granted <= ceiling:
        raise ParameterError(
            "over_maximum",
            Text(
                f"ลดร้อยละ {granted:g} ไม่ได้ เพดานร้อยละ {ceiling:g} (DEBT-R12)",
                f"A cut of {granted:g} % exceeds the ceiling of {ceiling:g} % (DEBT-R12)",
            ),
            limit=ceiling,
        )
    taken = int(cut(base, granted))
    return Cut(days, ceiling, granted, taken, base - taken)


def _ceiling(situation: Situation, days: int, rules: ReliefRules) -> float:
    if situation == "notice":
        return rules.notice_pct if days <= rules.notice_days else 0.0
    if days <= rules.compromise_days:
        return rules.compromise_pct
    return rules.compromise_late_pct if days <= rules.compromise_late_days else 0.0


def waiver_last_day(approved_on: date, rules: ReliefRules) -> date:
    """The last day to pay after the provincial approval (DEBT-R15).

    >>> waiver_last_day(date(2025, 8, 1), ReliefRules(penalty_waiver_days=90))
    datetime.date(2025, 10, 30)
    """
    return approved_on + timedelta(days=rules.penalty_waiver_days)


def waiver_state(
    approved_on: date, paid_in_full_on: date | None, reference: date, rules: ReliefRules
) -> Literal["running", "closed", "broken"]:
    """Where the penalty waiver stands; broken brings interest at the legal rate (DEBT-R15)."""
    last = waiver_last_day(approved_on, rules)
    if paid_in_full_on is not None and paid_in_full_on <= reference:
        return "closed" if paid_in_full_on <= last else "broken"
    return "running" if reference <= last else "broken"


@dataclass(frozen=True, slots=True)
class Release:
    """The release of one person: whether it may go to the district, and what stands against it.

    ``shares`` proposes equal parts of the balance, in satang.
    """

    possible: bool
    against: tuple[Text, ...]
    shares: tuple[int, ...]


def release(
    generation: str,
    role: str,
    *,
    outstanding: int,
    joint_debtors: int,
    must_consent: Sequence[str] = (),
    consents: Sequence[str] = (),
    payment_proof: bool = False,
) -> Release:
    """Cancel one guarantee (old fund) or release one joint debtor (new fund, since 2560; DEBT-R16).

    ``must_consent`` are the keys of the borrower and all guarantors, ``consents`` those who agreed.
    Then the district screening sub-committee agrees and the provincial one approves.

    >>> release("new", "joint_debtor", outstanding=10_000, joint_debtors=3,
    ...         payment_proof=True).shares
    (3333, 3333, 3334)
    """
    against = []
    if role == "main_borrower":
        against.append(Text("ผู้กู้หลักใช้มาตรการนี้ไม่ได้", "The main borrower cannot use this measure"))
    if generation == "old":
        against += [
            Text(f"ยังไม่มีหนังสือยินยอมของ {party}", f"The consent of {party} is missing")
            for party in must_consent
            if party not in consents
        ]
    if not payment_proof:
        against.append(
            Text("ไม่มีหลักฐานการชำระส่วนที่ขอปลด", "No proof of payment of the amount to be released")
        )
    each, last = split(outstanding, max(joint_debtors, 1))
    shares = (int(each),) * (max(joint_debtors, 1) - 1) + (int(last),)
    return Release(not against, tuple(against), shares)


def hardship_missing(
    kind: str | None, proof: str | None, decided_on: date | None
) -> tuple[Text, ...]:
    """What the record of a hardship case still lacks (DEBT-R17); no amount follows from it.

    >>> [item.en for item in hardship_missing("death", None, None)]
    ['Proof', 'Day of the decision']
    """
    wanted = (
        (kind if kind in HARDSHIP_KINDS else None, Text("ประเภทความเดือดร้อน", "Kind of hardship")),
        (proof, Text("หลักฐาน", "Proof")),
        (decided_on, Text("วันที่มีมติ", "Day of the decision")),
    )
    return tuple(label for value, label in wanted if not value)


def allocate(
    paid: ArrayLike, default_interest: ArrayLike, loan_interest: ArrayLike, principal: ArrayLike
) -> tuple[Satang, Satang, Satang, Satang]:
    """Payments in satang over default interest, then interest, then principal; the rest last.

    The order is not in the sources (debtors.md 12).

    >>> [int(part) for part in allocate(1_000, 300, 200, 900)]
    [300, 200, 500, 0]
    """
    rest = np.asarray(paid, dtype=np.int64)
    parts = []
    for claim in (default_interest, loan_interest, principal):
        taken = np.minimum(rest, np.asarray(claim, dtype=np.int64))
        parts.append(np.asarray(taken))
        rest = rest - taken
    first, second, third = parts
    return first, second, third, np.asarray(rest)
