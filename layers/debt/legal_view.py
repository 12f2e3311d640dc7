"""What the Civil and Commercial Code suggests beside the fund's classes (DEBT-R8).

General knowledge, for display only, to be confirmed by a lawyer; the class never follows from it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from geo.text import Text
from layers.debt.dates import months_after

__all__ = ["ASK_A_LAWYER", "LegalView", "legal_view"]

ASK_A_LAWYER = Text("ความเห็นเบื้องต้น ต้องให้นักกฎหมายยืนยัน", "Preliminary: a lawyer must confirm")

_DEBT_YEARS, _LIABILITY_YEARS, _JUDGMENT_YEARS = 5, 2, 10
_RESTARTED = Text(
    "หนังสือรับสภาพหนี้ก่อนครบกำหนด อายุความสะดุดหยุดลงและเริ่มนับใหม่ (ม. 193/14, 193/15)",
    "Debt acknowledged before the lapse: the period starts anew (s. 193/14, 193/15)",
)
_TOO_LATE = Text(
    "รับสภาพหนี้หลังขาดอายุความ ให้ปรึกษานักกฎหมาย",
    "Debt acknowledged after the lapse: ask a lawyer",
)
_LIABILITY = Text(
    "หนังสือรับสภาพความรับผิดหลังขาดอายุความ มีอายุความ 2 ปี (ม. 193/28, 193/35)",
    "Liability acknowledged after the lapse: 2 years (s. 193/28, 193/35)",
)
_JUDGMENT = Text(
    "คำพิพากษาหรือสัญญายอมความ มีอายุความ 10 ปี (ม. 193/32)",
    "Judgment or compromise contract: 10 years (s. 193/32)",
)


@dataclass(frozen=True, slots=True)
class LegalView:
    """A day that the law may add (None: no new day), why, and whether it contradicts the class."""

    until: date | None
    note: Text
    conflict: bool


def legal_view(
    limit: date | None,
    *,
    debt_acknowledged: date | None = None,
    liability_acknowledged: date | None = None,
    compromise_or_judgment: date | None = None,
) -> LegalView | None:
    """The view beside the class limit; None where nothing was signed. LEG-T1 to T4.

    >>> legal_view(date(2025, 3, 1), debt_acknowledged=date(2024, 6, 10)).until
    datetime.date(2029, 6, 10)
    >>> legal_view(date(2025, 3, 1)) is None
    True
    """
    if compromise_or_judgment is not None:
        return LegalView(
            months_after(compromise_or_judgment, 12 * _JUDGMENT_YEARS), _JUDGMENT, False
        )
    if limit is None:
        return None
    if liability_acknowledged is not None and liability_acknowledged > limit:
        return LegalView(
            months_after(liability_acknowledged, 12 * _LIABILITY_YEARS), _LIABILITY, True
        )
    if debt_acknowledged is None:
        return None
    if debt_acknowledged > limit:
        return LegalView(None, _TOO_LATE, False)
    return LegalView(months_after(debt_acknowledged, 12 * _DEBT_YEARS), _RESTARTED, True)
