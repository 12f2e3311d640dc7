"""The two survey rounds of debtors of community funds (debtors.md 8.3; CDD L2550-2580)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any

import pandas as pd

from geo.text import Text
from layers.deadline_rules import calendar
from layers.debt.states import FUND_SURVEY, advance
from layers.errors import Conflict

__all__ = [
    "DUTIES",
    "next_state",
    "no_round_1_yet",
    "report_due",
    "round_1_overdue",
    "rounds_side_by_side",
]

_REPORT_DAYS = 7  # within 1 week after the end, FUND-R9
_ROUND_1 = "DL37"

DUTIES: tuple[Text, ...] = (
    Text("กำหนดเป้าหมายและวางแผน", "Set targets and plan"),
    Text("ส่งแบบข้อมูลลูกหนี้และชี้แจง", "Send debtor forms and explain"),
    Text("รวบรวมและวิเคราะห์", "Collect and analyse"),
    Text("ประชุมทีม", "Team meeting"),
    Text("ออกคลินิกเคลื่อนที่สร้างสุขกองทุนชุมชน", "Go out with the Mobile Clinic"),
    Text("ติดตามผล", "Follow up"),
    Text("รายงานผล", "Report"),
)
"""What a team does, 1 to 7 (CDD L2416-2424)."""


def next_state(before: str, after: str) -> str:
    """The next step of a survey; advice needs a processed round 1 (SURV-T1).

    >>> next_state("processed", "round2_planned")
    'round2_planned'
    """
    order = list(FUND_SURVEY.steps)
    early = order.index(before) < order.index("processed") < order.index(after)
    if early:
        raise Conflict(
            "round_1_not_processed",
            Text(
                "ยังไม่ประมวลผลการสำรวจครั้งที่ 1 จึงวางแผนหรือให้คำแนะนำครั้งที่ 2 ไม่ได้",
                "Round 1 is not processed, so round 2 can be neither planned nor done",
            ),
            before=before,
            after=after,
        )
    return advance(FUND_SURVEY, before, after)


def report_due(ended_on: date) -> date:
    """The day until which a visit or meeting is reported; that day is on time (FUND-R9).

    >>> report_due(date(2020, 3, 1))
    datetime.date(2020, 3, 8)
    """
    return ended_on + timedelta(days=_REPORT_DAYS)


def round_1_overdue(
    survey_state: str | None,
    surveys: Sequence[Mapping[str, Any]] | None,
    reference: date,
    window_end: date | None = None,
) -> bool:
    """Whether a chosen fund has no round 1 after the window of the calendar (SURV-T3)."""
    last = window_end or calendar()[_ROUND_1].due_on
    chosen = survey_state in ("chosen", "round1_planned")
    done = any(survey.get("round") == 1 for survey in surveys or ())
    return chosen and not done and last is not None and reference > last


def rounds_side_by_side(surveys: Sequence[Mapping[str, Any]] | None) -> dict[str, tuple[Any, Any]]:
    """The figures of round 1 and round 2 beside each other; None where a round is missing.

    >>> rounds_side_by_side([{"round": 1, "debtors": 12}])["debtors"]
    (12, None)
    """
    by_round = {survey.get("round"): survey for survey in surveys or ()}
    return {
        name: (by_round.get(1, {}).get(name), by_round.get(2, {}).get(name))
        for name in ("date", "debtors", "overdue", "amount_thb", "form_returned", "processed_at")
    }


def no_round_1_yet(funds: pd.DataFrame) -> dict[str, list[str]]:
    """Funds without round 1, by district code.

    ``funds`` has ``fund_id``, ``area_code``, ``debt_surveys``.

    >>> no_round_1_yet(pd.DataFrame({"fund_id": ["F"], "area_code": ["830101"],
    ...                              "debt_surveys": [None]}))
    {'8301': ['F']}
    """
    found: dict[str, list[str]] = {}
    for row in funds.sort_values("fund_id").to_dict("records"):
        surveys = row["debt_surveys"] if isinstance(row["debt_surveys"], list) else []
        if not any(survey.get("round") == 1 for survey in surveys):
            found.setdefault(str(row["area_code"])[:4], []).append(str(row["fund_id"]))
    return dict(sorted(found.items()))
