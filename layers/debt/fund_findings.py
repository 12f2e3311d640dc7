"""What cannot be true in the register of community funds: by row and field, the rest is judged."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import pandas as pd

from geo.text import Text
from layers.debt.contracts import Flags, known_days, numbers
from layers.debt.fund_levels import INDICATOR_TOTALS, RESULTS

__all__ = ["FundFinding", "find_fund_faults"]

_COUNTS = ("members", "savings_thb", "capital_thb", "committee_count", "indicators_passed",
           "mandatory_failed")  # fmt: skip
_PAST = ("last_monthly_report", "last_yearly_balance")


@dataclass(frozen=True, slots=True)
class FundFinding:
    """One fault of one row: where (row from 1, fund, field), which, and in words."""

    row: int
    fund_id: str
    field: str
    code: str
    text: Text

    def as_json(self) -> dict[str, Any]:
        """The finding as JSON values."""
        return {"row": self.row, "fund_id": self.fund_id, "field": self.field, "code": self.code,
                "th": self.text.th, "en": self.text.en}  # fmt: skip


def find_fund_faults(funds: pd.DataFrame, known_on: date) -> list[FundFinding]:
    """All faults of n rows of the layer ``funds``, by row. Codes:

    ``negative``, ``indicators_over_total``, ``total_differs`` (21 for savings groups, 18 for
    กข.คจ.), ``result_unknown`` (neither pass, fail nor not_checked), ``in_future``.

    >>> funds = pd.DataFrame({"fund_id": ["F"], "kind": ["kkj"], "indicators_total": [21]})
    >>> [found.code for found in find_fund_faults(funds, date(2025, 8, 1))]
    ['total_differs']
    """
    found = [
        FundFinding(
            int(row) + 1,
            str(funds["fund_id"].iloc[row]),
            field,
            code,
            text.format(value=funds[field].iloc[row], day=known_on),
        )
        for field, code, mask, text in _checks(funds, known_on)
        for row in np.flatnonzero(mask)
    ]
    return sorted(found, key=lambda item: item.row)


def _checks(funds: pd.DataFrame, known_on: date) -> Iterator[tuple[str, str, Flags, Text]]:
    for field in _COUNTS:
        yield field, "negative", numbers(funds, field) < 0, _NEGATIVE
    total, passed = numbers(funds, "indicators_total"), numbers(funds, "indicators_passed")
    usual = funds["kind"].map(INDICATOR_TOTALS).to_numpy(dtype=float, na_value=np.nan)
    yield "indicators_passed", "indicators_over_total", passed > np.fmin(total, usual), _OVER
    told = ~np.isnan(total) & ~np.isnan(usual)
    yield "indicators_total", "total_differs", told & (total != usual), _TOTAL
    if "indicator_results" in funds:
        strange = [
            isinstance(cell, Mapping) and not set(cell.values()) <= set(RESULTS)
            for cell in funds["indicator_results"]
        ]
        yield "indicator_results", "result_unknown", np.array(strange, dtype=bool), _RESULT
    day = np.datetime64(known_on, "D")
    for field in _PAST:
        yield field, "in_future", known_days(funds, field) > day, _FUTURE


_NEGATIVE = Text("ค่า {value} ติดลบ", "{value} is negative")
_OVER = Text("ผ่าน {value} ตัวชี้วัด มากกว่าตัวชี้วัดทั้งหมด", "{value} passed, more than there are")
_TOTAL = Text(
    "ตัวชี้วัดทั้งหมด {value} ไม่ตรงกับประเภทกองทุน (กลุ่มออมทรัพย์ฯ 21, กข.คจ. 18)",
    "{value} indicators in all do not fit the kind (savings groups 21, KKJ 18)",
)
_RESULT = Text(
    "ผลตัวชี้วัด {value} ต้องเป็น pass, fail หรือ not_checked",
    "Results {value} must be pass, fail or not_checked",
)
_FUTURE = Text("วันที่ {value} อยู่หลังวันที่ทราบข้อมูล {day}", "{value} is after {day}")
