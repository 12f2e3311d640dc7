"""The four classes of debtors at any reference date (DEBT-R2 to R5; PHUKET L2369-2374)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from itertools import compress
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from geo.crs import Floats
from geo.text import Text
from layers.debt.contracts import Contracts, Flags, read_contracts
from layers.debt.countdown import anchors, bands, freshness, last_working_day, limits
from layers.debt.dates import NO_DAY
from layers.debt.findings import Finding, broken_rows, find_faults
from layers.debt.instalments import overdue_instalments
from layers.debt.parameters import ClassRules
from layers.model import choices

__all__ = ["CLASS_NUMBERS", "CLASS_REASONS", "DEBTOR_CLASSES", "classify", "overdue"]

DEBTOR_CLASSES = choices(
    time_barred=("ลูกหนี้ขาดอายุความ", "Time-barred"),
    matured=("ลูกหนี้สิ้นสุดสัญญา", "Matured"),
    in_default=("ลูกหนี้ผิดนัดชำระหนี้", "In default"),
    normal=("ลูกหนี้ปกติ", "Normal"),
    closed=("ปิดบัญชีแล้ว", "Closed"),
    unclassified=("ยังจัดประเภทไม่ได้", "Unclassified"),
)
CLASS_NUMBERS = {"time_barred": 1, "matured": 2, "in_default": 3, "normal": 4}
"""The numbers that the fund calls its classes by."""

CLASS_REASONS: Mapping[str, Text] = choices(
    project_closed=("ปิดโครงการหรือไม่มียอดคงเหลือ", "Project closed or no balance left"),
    data_fault=("ข้อมูลขัดกัน ต้องแก้ก่อนจัดประเภท", "Data contradict themselves"),
    no_contract_date=("ไม่มีวันเริ่มและวันสิ้นสุดสัญญา", "Neither start nor end of the contract"),
    overdue_unknown=("ไม่ทราบจำนวนงวดค้าง", "Number of overdue instalments unknown"),
    measure_kept=("เข้าร่วมมาตรการและชำระตามงวดใหม่", "In a measure and paying the new instalments"),
    measure_broken=("ผิดเงื่อนไขมาตรการ", "Measure broken"),
    in_term_overdue=(
        "อยู่ในอายุสัญญาและค้างตั้งแต่ 1 งวด",
        "Within the term, 1 instalment or more overdue",
    ),
    in_term_paying=("อยู่ในอายุสัญญาและชำระตามงวด", "Within the term and paying"),
    over_limit=("พ้นกำหนดสัญญาและเกินอายุความ", "Term ended, longer than the limit since the anchor"),
    within_limit=("พ้นกำหนดสัญญาแต่ยังไม่เกินอายุความ", "Term ended, within the limit since the anchor"),
    matured_with_balance=("สิ้นสุดสัญญาแล้วแต่ยังมียอดคงเหลือ", "Term ended with a balance left"),
    never_paid=("ไม่เคยชำระ", "Never paid"),
    lm_stale=("ข้อมูล LM เก่าเกินกำหนด", "LM figures too old"),
)
"""Why a contract is of its class; several may hold."""


def classify(
    rows: pd.DataFrame,
    reference: date,
    rules: ClassRules | None = None,
    *,
    known_on: date | None = None,
    faults: Iterable[Finding] = (),
) -> tuple[pd.DataFrame, list[Finding]]:
    """Sort n contracts into the classes of DEBT-R3 at ``reference``.

    ``rows`` has the columns of the layer ``debtors``; those that are missing are unknown. Returns a
    frame of n rows with ``debtor_class``, ``class_reason`` (codes), ``measure_broken``,
    ``contract_end``, ``overdue_used``, ``anchor_date``, ``anchor_kind``, ``timebar_date``,
    ``days_left``, ``timebar_band``, ``last_working_day`` (days as datetime64[D]), ``lm_state`` and
    ``error``; and the findings, those of ``faults`` among them. A row with a finding is
    ``unclassified``, the others are judged.

    ``known_on`` is the day that the facts were known (default: the reference); what happened after
    it is a finding. The date of the time bar stands in classes 1 to 3, the band in class 2 (and
    ``lapsed`` in 1).

    >>> rows = pd.DataFrame({"contract_id": ["T2"], "start_date": [date(2018, 6, 1)],
    ...     "end_date": [date(2020, 6, 1)], "last_payment_date": [date(2020, 8, 1)],
    ...     "overdue_instalments": [1]})
    >>> found, _ = classify(rows, date(2025, 8, 1))
    >>> found["debtor_class"].tolist(), found["days_left"].tolist()
    (['matured'], [0])
    """
    rules = rules or ClassRules()
    day = np.datetime64(reference, "D")
    contracts = read_contracts(rows, rules)
    found = [*faults, *find_faults(rows, contracts, known_on or reference)]
    found.sort(key=lambda fault: fault.row)
    error = broken_rows(found, len(contracts))
    steps = _Steps(contracts, rules, day, pd.notna(error))
    codes = steps.classes()
    anchor, kind = anchors(contracts, rules)
    running = np.isin(codes, ("time_barred", "matured", "in_default"))
    limit = np.where(running, limits(anchor, rules), NO_DAY)
    left = _whole_days(limit - day)
    counted = np.where(np.isin(codes, ("time_barred", "matured")), left, np.nan)
    table = pd.DataFrame(
        {
            "debtor_class": codes,
            "class_reason": steps.reasons(),
            "measure_broken": steps.broken,
            "contract_end": contracts.end,
            "overdue_used": _whole(steps.due),
            "anchor_date": np.where(running, anchor, NO_DAY),
            "anchor_kind": pd.Series(kind).where(running, None),
            "timebar_date": limit,
            "days_left": _whole(left),
            "timebar_band": bands(counted, rules.timebar_bands),
            "last_working_day": last_working_day(limit),
            "lm_state": freshness(contracts.lm_as_of, day, rules),
            "error": error,
        }
    )
    return table, found


def overdue(contracts: Contracts, rules: ClassRules, day: np.datetime64) -> tuple[Floats, Flags]:
    """Overdue instalments of the contract, and where LM's figure was too old to win (DEBT-R5).

    Where LM is stale and there is no schedule to compute from, LM's figure is all there is.
    """
    with np.errstate(invalid="ignore"):
        age = day - contracts.lm_as_of
        stale = age > np.timedelta64(rules.lm_max_age_days, "D")
    computed = overdue_instalments(
        contracts.instalments,
        contracts.paid_in_all,
        day,
        grace_days=rules.grace_days,
        tolerance_thb=rules.instalment_tolerance_thb,
    )
    lm = contracts.overdue
    use_computed = ~np.isnan(computed) & (stale | np.isnan(lm))
    return np.where(use_computed, computed, lm), stale


class _Steps:
    """DEBT-R3, step by step; the first step that holds for a contract decides."""

    def __init__(
        self, contracts: Contracts, rules: ClassRules, day: np.datetime64, fault: Flags
    ) -> None:
        self.closed = contracts.closed & ~fault
        self.fault = fault
        self.undated = np.isnat(contracts.end)
        due, self.stale = overdue(contracts, rules, day)
        in_measure = contracts.measure_in_force | contracts.measure_recorded_broken
        renewed = np.where(
            np.isnan(contracts.measure_overdue), contracts.overdue, contracts.measure_overdue
        )
        self.kept = contracts.measure_in_force & (renewed == 0)
        self.broken = contracts.measure_recorded_broken | (
            contracts.measure_in_force & (renewed >= 1)
        )
        self.due = np.where(in_measure, renewed, due)
        later = np.where(np.isnat(contracts.measure_end), contracts.end, contracts.measure_end)
        end = np.where(self.broken, np.maximum(contracts.end, later), contracts.end)
        self.ended = day > end
        anchor, _ = anchors(contracts, rules)
        self.lapsed = day > limits(anchor, rules)
        self.never_paid = np.isnat(contracts.last_payment)
        self.quiet_balance = (self.due == 0) & ~(contracts.outstanding <= 0)

    def _decided(self) -> dict[str, Flags]:
        """Which step decides each contract: exactly one, in the order of the rule."""
        unknown = np.isnan(self.due)
        conditions = {
            "data_fault": self.fault,
            "project_closed": self.closed,
            "no_contract_date": self.undated,
            "measure_kept": self.kept,
            "over_limit": self.ended & self.lapsed,
            "within_limit": self.ended,
            "overdue_unknown": unknown,
            "in_term_overdue": self.due >= 1,
            "in_term_paying": np.ones(len(self.due), dtype=bool),
        }
        open_, decided = np.ones(len(self.due), dtype=bool), {}
        for code, holds in conditions.items():
            decided[code] = open_ & holds
            open_ &= ~holds
        return decided

    def classes(self) -> NDArray[np.object_]:
        found = np.full(len(self.due), "unclassified", dtype=object)
        for code, mask in self._decided().items():
            found[mask] = _CLASS_OF_STEP[code]
        return found

    def reasons(self) -> list[list[str]]:
        """The deciding step and what else explains it; equal lists are one object."""
        decided = self._decided()
        judged = ~(decided["data_fault"] | decided["project_closed"] | decided["no_contract_date"])
        ended = decided["over_limit"] | decided["within_limit"]
        further = {
            "measure_broken": self.broken & judged,
            "matured_with_balance": ended & self.quiet_balance,
            "never_paid": ended & self.never_paid,
            "lm_stale": judged & self.stale,
        }
        masks = [*decided.values(), *further.values()]
        names = [*decided, *further]
        code = np.zeros(len(self.due), dtype=np.int64)
        for bit, mask in enumerate(masks):
            code |= mask.astype(np.int64) << bit
        distinct, place = np.unique(code, return_inverse=True)
        lists = np.empty(len(distinct), dtype=object)
        for position, bits in enumerate(distinct):
            lists[position] = list(compress(names, (bits >> b & 1 for b in range(len(names)))))
        found: list[list[str]] = lists[place].tolist()
        return found


_CLASS_OF_STEP = {
    "data_fault": "unclassified",
    "project_closed": "closed",
    "no_contract_date": "unclassified",
    "measure_kept": "normal",
    "over_limit": "time_barred",
    "within_limit": "matured",
    "overdue_unknown": "unclassified",
    "in_term_overdue": "in_default",
    "in_term_paying": "normal",
}


def _whole(numbers: Floats) -> pd.Series[Any]:
    return pd.Series(numbers).astype("Int64")


def _whole_days(span: Any) -> Floats:
    """Spans of days as numbers, nan where one end is unknown."""
    count = span.astype("timedelta64[D]")
    return np.where(np.isnat(count), np.nan, count.astype(np.int64).astype(float))
