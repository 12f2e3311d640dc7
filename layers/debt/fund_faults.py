"""Faults and weak points of community funds (FUND-R5, R8; CDD L2516-2521, PHUKET L2053-2058)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import pandas as pd

from geo.parameters import Parameters, between
from layers.debt.contracts import known_days, numbers
from layers.model import choices

__all__ = [
    "FUND_FAULTS",
    "WEAK_POINTS",
    "FaultRules",
    "current_faults",
    "interest_above_legal_rate",
    "open_faults",
    "weak_points",
]

FUND_FAULTS = choices(
    F1a=("บัญชีไม่เป็นปัจจุบัน", "Accounts not current"),
    F1b=("ไม่มีการจัดทำบัญชี", "No accounts"),
    F2=("การดำเนินงานไม่เป็นไปตามระเบียบ", "Not run by the rules"),
    F3a=("คณะกรรมการไม่โปร่งใส", "Committee not transparent"),
    F3b=("ไม่มีการประชุมคณะกรรมการหรือสมาชิก", "No meetings of committee or members"),
    F4=("คิดดอกเบี้ยเกินกว่าที่กฎหมายกำหนด", "Interest above the legal rate"),
    F5=(
        "ให้บุคคลภายนอกที่ไม่ใช่สมาชิกหรือครัวเรือนเป้าหมายกู้",
        "Lends to outsiders who are not members or target households",
    ),
)
WEAK_POINTS = choices(
    term_ended=("คณะกรรมการหมดวาระ", "Term of the committee ended"),
    report_late=("รายงานงบดุลประจำเดือนไม่เป็นปัจจุบัน", "Monthly balance not current"),
    few_members=("สมาชิกน้อย", "Few members"),
    capital_unusual=("เงินทุน กข.คจ. ต่างจาก 280,000 บาทมาก", "Capital far from 280,000 THB"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class FaultRules(Parameters):
    """Limits that the sources do not give (decisions; the legal rate is general knowledge)."""

    max_legal_rate_pct: float = between(15.0, 0.0, 100.0)
    report_age_days: int = between(45, 1, 3_650)
    few_members_below: int = between(15, 0, 10_000)
    capital_low_thb: float = between(250_000.0, 0.0, 1e9)
    capital_high_thb: float = between(400_000.0, 0.0, 1e9)


def interest_above_legal_rate(rate_pct_per_year: Any, rules: FaultRules | None = None) -> Any:
    """F4: whether a yearly rate is above the legal one; False where it is unknown.

    >>> interest_above_legal_rate([15.0, 15.01, 12 * 1.5, None]).tolist()
    [False, True, True, False]
    """
    rate = np.array([np.nan if r is None else r for r in np.atleast_1d(rate_pct_per_year)], float)
    return rate > (rules or FaultRules()).max_legal_rate_pct


def open_faults(log: Sequence[Mapping[str, Any]], reference: date) -> list[str]:
    """The codes that were found and not yet fixed at the day, in the order of the list.

    >>> open_faults([{"code": "F2", "found_at": "2025-01-05", "fixed_at": "2025-03-01"},
    ...              {"code": "F1a", "found_at": "2025-02-01"}], date(2025, 2, 1))
    ['F1a', 'F2']
    """
    day = reference.isoformat()
    found = {
        str(item.get("code"))
        for item in log
        if str(item.get("found_at") or "") <= day
        and (item.get("fixed_at") is None or str(item["fixed_at"]) > day)
    }
    return [code for code in FUND_FAULTS if code in found]


_TOLD_BY_ACCOUNTS: Mapping[str, tuple[str, ...]] = {"yes": (), "no": ("F1a",), "none": ("F1b",)}


def current_faults(
    funds: pd.DataFrame, reference: date, rules: FaultRules | None = None
) -> list[list[str] | None]:
    """The faults of each of n funds at the day, in the order of the list; None: nobody looked.

    FUND-R5: F1 follows ``accounts_current`` and F4 ``interest_rate_pct`` where these are known;
    every other code is what ``fault_log`` says, or ``faults`` as entered where the log is silent.

    >>> funds = pd.DataFrame({"accounts_current": ["no"], "faults": [["F1b", "F2"]]})
    >>> current_faults(funds, date(2025, 8, 1))
    [['F1a', 'F2']]
    """
    n = len(funds)
    high = interest_above_legal_rate(numbers(funds, "interest_rate_pct"), rules)
    rated = ~np.isnan(numbers(funds, "interest_rate_pct"))
    accounts, entered, logs = (
        funds[name] if name in funds else pd.Series([None] * n)
        for name in ("accounts_current", "faults", "fault_log")
    )
    found: list[list[str] | None] = []
    for row in range(n):
        log = [item for item in _listed(logs.iloc[row]) if isinstance(item, Mapping)]
        logged = {str(item.get("code")) for item in log}
        codes = {code for code in _listed(entered.iloc[row]) if code not in logged}
        codes |= set(open_faults(log, reference))
        told = _TOLD_BY_ACCOUNTS.get(str(accounts.iloc[row]))
        looked = log or told is not None or rated[row] or isinstance(entered.iloc[row], list)
        if told is not None:
            codes = (codes - {"F1a", "F1b"}) | set(told)
        if rated[row]:
            codes = (codes - {"F4"}) | ({"F4"} if high[row] else set())
        found.append([code for code in FUND_FAULTS if code in codes] if looked else None)
    return found


def _listed(cell: Any) -> list[Any]:
    return cell if isinstance(cell, list) else []


def weak_points(
    funds: pd.DataFrame, reference: date, rules: FaultRules | None = None
) -> list[list[str]]:
    """The weak points of each of n funds; what is unknown is none.

    ``funds`` has ``kind``, ``committee_term_end``, ``last_monthly_report``, ``members``,
    ``capital_thb`` (FUND-R8: capital of กข.คจ. is flagged only far from 280,000 THB).
    """
    rules = rules or FaultRules()
    day = np.datetime64(reference, "D")
    capital = numbers(funds, "capital_thb")
    kkj = (funds["kind"] == "kkj").to_numpy(dtype=bool)
    age = day - known_days(funds, "last_monthly_report")
    masks = {
        "term_ended": known_days(funds, "committee_term_end") < day,
        "report_late": age > np.timedelta64(rules.report_age_days, "D"),
        "few_members": numbers(funds, "members") < rules.few_members_below,
        "capital_unusual": kkj
        & ((capital < rules.capital_low_thb) | (capital > rules.capital_high_thb)),
    }
    return [[code for code, mask in masks.items() if mask[row]] for row in range(len(funds))]
