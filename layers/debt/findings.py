"""What cannot be true of a contract, named with row and field; such a row is not classified."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from geo.text import Text
from geo.thai import BE_OFFSET, BE_YEARS, CE_YEARS
from layers.debt.contracts import Contracts, Flags, is_one_of, known_days, numbers
from layers.debt.dates import Days

__all__ = ["FINDINGS_SHOWN", "Finding", "broken_rows", "find_faults"]

FINDINGS_SHOWN = 200
"""How many findings an answer spells out; all are counted."""

_DATES = (
    "start_date", "end_date", "first_due_date", "last_payment_date", "last_paid_due_date",
    "lm_as_of", "measure_end_date",
)  # fmt: skip
_AMOUNTS = (
    "principal_thb", "outstanding_thb", "arrears_thb", "default_interest_thb", "penalty_thb",
    "last_payment_amount", "received_thb", "overdue_instalments", "measure_overdue",
)  # fmt: skip
_FIRST_NEW_FUND_YEAR_BE = 2560  # PHUKET L2420


@dataclass(frozen=True, slots=True)
class Finding:
    """One fault of one contract: where (row from 1, contract, field), which, and in words."""

    row: int
    contract_id: str
    field: str
    code: str
    text: Text

    def as_json(self) -> dict[str, Any]:
        """The finding as JSON values."""
        return {
            "row": self.row,
            "contract_id": self.contract_id,
            "field": self.field,
            "code": self.code,
            "th": self.text.th,
            "en": self.text.en,
        }


def find_faults(rows: pd.DataFrame, contracts: Contracts, known_on: date) -> list[Finding]:
    """All faults of n contracts, by row. Codes:

    ``date_era`` a year 543 too large or too small, ``date_range`` any other impossible year,
    ``payment_in_future``, ``as_of_in_future``, ``end_before_start``, ``payment_before_start``,
    ``negative``, ``closed_with_balance``, ``overdue_without_balance``,
    ``arrears_without_overdue``, ``arrears_over_balance``, ``generation_too_new``.
    """
    found: list[Finding] = []
    for field, code, mask, text in _checks(rows, contracts, np.datetime64(known_on, "D")):
        for position in np.flatnonzero(mask):
            place = int(position)
            value = rows[field].iloc[place]
            found.append(
                Finding(
                    place + 1,
                    str(contracts.contract_id[place]),
                    field,
                    code,
                    _worded(text, value, contracts, place, known_on),
                )
            )
    return sorted(found, key=lambda item: item.row)


def broken_rows(faults: list[Finding], n: int) -> NDArray[np.object_]:
    """The code of the first fault of each of n rows, None where there is none."""
    codes = np.full(n, None, dtype=object)
    for fault in reversed(faults):
        codes[fault.row - 1] = fault.code
    return codes


Check = tuple[str, str, Flags, Text]


def _checks(rows: pd.DataFrame, contracts: Contracts, day: np.datetime64) -> Iterator[Check]:
    yield from _calendar(rows, day)
    for field in _AMOUNTS:
        yield field, "negative", numbers(rows, field) < 0, _NEGATIVE
    yield from _order_of_days(rows, contracts)
    yield from _flags(rows, contracts)


def _calendar(rows: pd.DataFrame, day: np.datetime64) -> Iterator[Check]:
    for field in _DATES:
        if field not in rows:
            continue
        found = known_days(rows, field)
        year = _years(found)
        strange = ~np.isnat(found) & ~np.isin(year, CE_YEARS)
        be = strange & np.isin(year, BE_YEARS)
        early = strange & np.isin(year + BE_OFFSET, CE_YEARS)
        yield field, "date_era", be, _BE_AS_CE
        yield field, "date_era", early, _CE_AS_BE
        yield field, "date_range", strange & ~be & ~early, _RANGE
        if field in _NOT_AHEAD:
            ahead = (found > day) & ~strange
            yield field, _NOT_AHEAD[field][0], ahead, _NOT_AHEAD[field][1]


def _order_of_days(rows: pd.DataFrame, contracts: Contracts) -> Iterator[Check]:
    start = contracts.start
    sound = np.isin(_years(start), CE_YEARS)
    if "end_date" in rows:
        ended = known_days(rows, "end_date")
        usual = sound & np.isin(_years(ended), CE_YEARS)
        yield "end_date", "end_before_start", usual & (ended < start), _END
    if "last_payment_date" in rows:
        paid = contracts.last_payment
        usual = sound & np.isin(_years(paid), CE_YEARS)
        yield "last_payment_date", "payment_before_start", usual & (paid < start), _EARLY


def _flags(rows: pd.DataFrame, contracts: Contracts) -> Iterator[Check]:
    balance, due, arrears = (
        contracts.outstanding,
        contracts.overdue,
        numbers(rows, "arrears_thb"),
    )
    closed = is_one_of(rows, "project_status", ["closed"])
    if "project_status" in rows:
        yield "project_status", "closed_with_balance", closed & (balance > 0), _CLOSED
    if "overdue_instalments" in rows:
        yield "overdue_instalments", "overdue_without_balance", (balance == 0) & (due > 0), _PAID
    if "arrears_thb" in rows:
        yield "arrears_thb", "arrears_without_overdue", (due == 0) & (arrears > 0), _ARREARS
        yield "arrears_thb", "arrears_over_balance", arrears > balance, _OVER
    if "generation" in rows:
        new = is_one_of(rows, "generation", ["new"])
        early = _years(contracts.start) < _FIRST_NEW_FUND_YEAR_BE - BE_OFFSET
        known = np.isin(_years(contracts.start), CE_YEARS)
        yield "generation", "generation_too_new", new & early & known, _GENERATION


def _years(days: Days) -> NDArray[np.int64]:
    """Years of the common era; an unknown day has a year that no calendar holds."""
    return np.asarray(days.astype("datetime64[Y]").astype(np.int64) + 1970)


def _worded(text: Text, value: Any, contracts: Contracts, place: int, day: date) -> Text:
    year = value.year if isinstance(value, date) else 0
    return text.format(
        value=value,
        balance=contracts.outstanding[place],
        start=contracts.start[place],
        day=day,
        be_read=year - BE_OFFSET,
        ce_read=year + BE_OFFSET,
    )


_BE_AS_CE = Text(
    "วันที่ {value} เป็นปี พ.ศ. ที่บันทึกเป็น ค.ศ. (ควรเป็น ค.ศ. {be_read})",
    "{value} is a Buddhist-era year stored as a common-era one (should be {be_read})",
)
_CE_AS_BE = Text(
    "วันที่ {value} เป็นปี ค.ศ. ที่ถูกลบ 543 ซ้ำ (ควรเป็น ค.ศ. {ce_read})",
    "{value} is a common-era year read as Buddhist era (should be {ce_read})",
)
_RANGE = Text("วันที่ {value} อยู่นอกช่วงที่ใช้ได้", "{value} is outside the calendar of the fund")
_FUTURE = Text("วันชำระล่าสุด {value} อยู่หลังวันที่ทราบข้อมูล {day}", "Latest payment {value} is after {day}")
_AS_OF = Text("ข้อมูล ณ วันที่ {value} อยู่หลังวันที่ทราบข้อมูล {day}", "Figures as of {value} are after {day}")
_NOT_AHEAD = {
    "last_payment_date": ("payment_in_future", _FUTURE),
    "lm_as_of": ("as_of_in_future", _AS_OF),
}
_NEGATIVE = Text("ค่า {value} ติดลบ", "{value} is negative")
_END = Text("วันสิ้นสุดสัญญา {value} มาก่อนวันเริ่มสัญญา {start}", "End {value} is before the start {start}")
_EARLY = Text(
    "วันชำระล่าสุด {value} มาก่อนวันเริ่มสัญญา {start}",
    "Latest payment {value} is before the contract start {start}",
)
_CLOSED = Text(
    "ปิดโครงการแล้วแต่ยังมียอดคงเหลือ {balance:,.2f} บาท",
    "Project closed with a balance of {balance:,.2f} THB",
)
_PAID = Text(
    "ไม่มียอดคงเหลือแต่มีงวดค้าง {value} งวด", "No balance left, yet {value} instalments overdue"
)
_ARREARS = Text(
    "ค้างชำระ {value:,.2f} บาท แต่จำนวนงวดค้างเป็น 0",
    "Arrears of {value:,.2f} THB with no instalment overdue",
)
_OVER = Text(
    "ค้างชำระ {value:,.2f} บาท มากกว่ายอดคงเหลือ {balance:,.2f} บาท",
    "Arrears of {value:,.2f} THB exceed the balance of {balance:,.2f} THB",
)
_GENERATION = Text(
    "กองทุนใหม่เริ่มสัญญาตั้งแต่ พ.ศ. 2560 แต่สัญญานี้เริ่ม {start}",
    "The new fund has contracts since 2017; this one starts {start}",
)
