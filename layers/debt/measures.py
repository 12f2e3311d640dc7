"""Which relief measures a class is offered (debtors.md 4; PHUKET L2451-2503)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from geo.text import Text
from layers.debt.contracts import Flags, is_one_of, known_days

__all__ = [
    "COURT_STATUSES",
    "EXTRA",
    "INTEREST_CUT_FROM",
    "LITIGATION_MIN_VISITS",
    "MATRIX",
    "NOTICE_STATUSES",
    "UNTRACED",
    "LitigationGuard",
    "interest_cut_eligible",
    "litigation_guard",
    "notice_received",
    "offered",
]

MATRIX: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "time_barred": (
            "ack_liability", "release", "penalty_waiver", "hardship_2568", "mediation_20ter",
            "litigation",
        ),
        "matured": (
            "ack_debt", "restructure", "release", "penalty_waiver", "hardship_2568",
            "mediation_20ter", "litigation",
        ),
        "in_default": ("release", "penalty_waiver", "hardship_2568"),
        "normal": ("discipline_advice", "release"),
    }
)  # fmt: skip
"""The measures of each class in the order of print (PHUKET L2451-2503)."""

EXTRA: Mapping[str, Text] = MappingProxyType(
    {
        "mediation_20ter": Text(
            "ผิดเงื่อนไขมาตรการเดิม (ตรวจระเบียบก่อนใช้)",
            "An earlier measure was broken (check with the rule)",
        ),
        "mediation_discount": Text(
            "ได้รับหนังสือทวงถามหรืออยู่ระหว่างไกล่เกลี่ย (ตรวจระเบียบก่อนใช้)",
            "Notice received or in court mediation (check with the rule)",
        ),
        "interest_cut": Text(
            "สัญญาตั้งแต่ 30 ก.ย. 2566 และไม่อยู่ในคดี (ตรวจระเบียบก่อนใช้)",
            "Contract since 30 Sep 2023 and not in court (check with the rule)",
        ),
    }
)
"""Measures that no row of the printed matrix has for the class, and when they are added; they
stand after the printed ones (``matrix_extra``, decision)."""

NOTICE_STATUSES = ("notice_sent", "mediation_invited", "mediation_set")
"""Legal statuses in which the notice was sent or a court mediates (DEBT-R12)."""

COURT_STATUSES = ("filed", "judgment", "enforcement")
"""Legal statuses that shut out the interest measure (DEBT-R13; PHUKET L2437)."""

INTEREST_CUT_FROM = date(2023, 9, 30)  # DEBT-R13; PHUKET L2433

UNTRACED = ("not_found", "moved", "refused")
"""Outcomes of a visit that count towards litigation (DEBT-R19)."""

LITIGATION_MIN_VISITS = 2  # DEBT-R19, decision


def offered(
    classes: ArrayLike,
    *,
    measure_broken: Flags,
    notice: Flags,
    interest_cut: Flags,
    matrix_extra: bool = True,
) -> NDArray[np.object_]:
    """The list of measures of each of n debtors, printed ones first; empty without a class.

    Equal lists are one object: they are to be read, not changed.

    >>> no = np.array([False])
    >>> offered(["normal"], measure_broken=no, notice=no, interest_cut=no)[0]
    ['discipline_advice', 'release']
    """
    codes = np.asarray(classes, dtype=object)
    repeated = np.isin(codes, ("in_default", "normal")) & measure_broken
    place, distinct = pd.factorize(codes)
    key = place * 8 + repeated + 2 * notice + 4 * interest_cut
    found, where = np.unique(key, return_inverse=True)
    lists = np.empty(len(found), dtype=object)
    for number, value in enumerate(found):
        printed = MATRIX.get(str(distinct[value // 8]), ()) if value >= 0 else ()
        extra = [code for bit, code in enumerate(EXTRA) if value % 8 >> bit & 1]
        lists[number] = [*printed, *(extra if printed and matrix_extra else ())]
    return np.asarray(lists[where])


def notice_received(rows: pd.DataFrame) -> Flags:
    """Whose legal status says that a notice is out or a court mediates."""
    return is_one_of(rows, "legal_status", NOTICE_STATUSES)


def interest_cut_eligible(rows: pd.DataFrame) -> Flags:
    """Contracts made since 30 Sep 2566 that are in no court (DEBT-R13; unknown is not eligible).

    >>> interest_cut_eligible(pd.DataFrame({"start_date": [date(2023, 9, 29), date(2023, 9, 30)]}))
    array([False,  True])
    """
    recent = known_days(rows, "start_date") >= np.datetime64(INTEREST_CUT_FROM, "D")
    return np.asarray(recent & ~is_one_of(rows, "legal_status", COURT_STATUSES))


@dataclass(frozen=True, slots=True)
class LitigationGuard:
    """Whether a file is ready for the prosecutor, and what stands against it (a warning)."""

    ready: bool
    warnings: tuple[Text, ...]


def litigation_guard(
    outcomes: Sequence[Sequence[str]],
    documents_missing: Sequence[str],
    *,
    min_visits: int = LITIGATION_MIN_VISITS,
) -> LitigationGuard:
    """DEBT-R19: only those who cannot be traced into a measure, with a complete file.

    ``outcomes`` are those of each visit; ``min_visits`` of them must be not_found, moved or
    refused.

    >>> litigation_guard([["not_found"], ["moved"]], []).ready
    True
    >>> litigation_guard([["met"]], []).warnings[0].en
    '0 of 2 visits could not trace the debtor'
    """
    untraced = sum(any(code in UNTRACED for code in visit) for visit in outcomes)
    warnings = []
    if untraced < min_visits:
        warnings.append(
            Text(
                f"ลงพื้นที่แล้วตามตัวไม่ได้ {untraced} จาก {min_visits} ครั้งที่กำหนด",
                f"{untraced} of {min_visits} visits could not trace the debtor",
            )
        )
    if documents_missing:
        listed = ", ".join(documents_missing)
        warnings.append(Text(f"เอกสารยังขาด: {listed}", f"Documents are missing: {listed}"))
    return LitigationGuard(not warnings, tuple(warnings))
