"""The seven-step checklist of each kind of fund (debtors.md 8.4; PHUKET L2123-2133).

The table of the source is damaged: this is its reading.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any, NamedTuple

import pandas as pd

from geo.text import Text

__all__ = ["STEPS", "Progress", "checklist_progress", "district_totals"]

_REPORT = Text("รายงานผู้บังคับบัญชา", "Report")
_CONDITION = Text("ตรวจสภาพและจัดระดับ", "Check condition, set level")

STEPS: Mapping[str, tuple[Text, ...]] = MappingProxyType(
    {
        "savings_group": (
            Text("ทบทวนเป้าหมายและระเบียบ", "Review targets and rules"),
            _CONDITION,
            Text("งบดุลประจำเดือน", "Monthly balance report"),
            Text("ขยายสมาชิกหรือกลุ่ม", "Win members or groups"),
            Text("เพิ่มสมาชิกและเงินออม", "More members and savings"),
            Text("งบดุลประจำปี", "Yearly balance"),
            _REPORT,
        ),
        "kkj": (
            Text("ตรวจสถานการณ์กองทุน", "Check the situation of the fund"),
            Text("สอบถามเชิงลึกกับผู้นำ", "Ask leaders in depth"),
            Text("ค้นหาครัวเรือนที่มีปัญหา", "Find problem households"),
            Text("รายงานพัฒนาการอำเภอและวางแผน", "Report to the district head, plan solutions"),
            Text("หาแนวทางแก้ไขที่เหมาะสม", "Find fitting solutions"),
            Text("ลงพื้นที่แก้ไข", "Go out and solve"),
            _REPORT,
        ),
        "fund_centre": (
            Text("ทบทวนเป้าหมาย ระเบียบ กรรมการ", "Review targets, rules, committee"),
            Text("ประเมินศักยภาพ", "Assess potential"),
            Text("จำแนกลูกหนี้ตามเกณฑ์ของกองทุน", "Classify debtors by the fund's lines"),
            Text("บริหารหนี้สู่ 1 ครัวเรือน 1 สัญญา", "Debt management: 1 household 1 contract"),
            Text("อาชีพ เพิ่มรายได้ ลดหนี้", "Occupation, income up, debt down"),
            Text("วินัยทางการเงิน", "Financial discipline"),
            _REPORT,
        ),
        "mother_fund": (
            Text("ทบทวนกรรมการและระเบียบ", "Review committee and rules"),
            _CONDITION,
            Text("แผนกิจกรรม", "Activity plan"),
            Text("สร้างความตระหนัก", "Awareness"),
            Text("กิจกรรมต้านยาเสพติด", "Activities against drugs"),
            Text("รณรงค์ กองทุนศรัทธา", "Campaign, faith fund"),
            _REPORT,
        ),
    }
)
"""What each step is, by kind of fund."""


class Progress(NamedTuple):
    """Steps done of seven, and the gaps: open steps before a later one that is done."""

    done: int
    gaps: tuple[int, ...]


def checklist_progress(checklist: Sequence[Mapping[str, Any]] | None) -> Progress:
    """How far a fund is; steps may be done out of order, the gap is shown (decision).

    >>> checklist_progress([{"step": 1, "done_on": "2025-01-10"}, {"step": 3, "done_on": "2025"}])
    Progress(done=2, gaps=(2,))
    >>> checklist_progress(None)
    Progress(done=0, gaps=())
    """
    done = {
        int(item["step"])
        for item in checklist or ()
        if item.get("done_on") and 1 <= int(item.get("step") or 0) <= 7
    }
    last = max(done, default=0)
    return Progress(len(done), tuple(step for step in range(1, last) if step not in done))


def district_totals(funds: pd.DataFrame) -> dict[str, int]:
    """Steps done in all funds of each district; ``funds`` has ``area_code`` and ``checklist``."""
    done = funds["checklist"].map(
        lambda items: checklist_progress(items if isinstance(items, list) else None).done
    )
    totals = done.groupby(funds["area_code"].astype(str).str[:4]).sum()
    return {str(code): int(count) for code, count in totals.items()}
