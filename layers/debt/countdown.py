"""How long a claim still lives: anchor, limit, days left, band, and how old the figures are."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from geo.crs import Floats
from geo.text import Text
from layers.debt.contracts import Contracts, Flags
from layers.debt.dates import Days, add_years
from layers.debt.parameters import ClassRules
from layers.model import choices

__all__ = [
    "ANCHOR_KINDS",
    "FRESHNESS",
    "TIMEBAR_BANDS",
    "anchors",
    "bands",
    "freshness",
    "last_working_day",
    "limits",
]

ANCHOR_KINDS = choices(
    payment_date=("วันชำระล่าสุด", "Date of the latest payment"),
    due_date_of_paid_instalment=("วันครบกำหนดของงวดที่ชำระ", "Due date of the paid instalment"),
    first_due_date=("วันครบกำหนดงวดแรก", "First due date"),
    contract_end=("วันสิ้นสุดสัญญา", "Contract end"),
    contract_start=("วันเริ่มสัญญา", "Contract start"),
)
"""DEBT-R4."""

TIMEBAR_BANDS: Mapping[str, Text] = choices(
    lapsed=("ขาดอายุความแล้ว", "Lapsed"),
    band_1=("เหลือ 0-30 วัน", "0-30 days left"),
    band_2=("เหลือ 31-90 วัน", "31-90 days left"),
    band_3=("เหลือ 91-180 วัน", "91-180 days left"),
    band_4=("เหลือ 181-365 วัน", "181-365 days left"),
    beyond=("เหลือเกิน 365 วัน", "More than 365 days left"),
)
"""DEBT-R7, labelled for the bands 30, 90, 180, 365."""

FRESHNESS = choices(
    fresh=("เป็นปัจจุบัน", "Current"),
    yellow=("เกิน 45 วัน", "Older than 45 days"),
    red=("เกิน 90 วัน", "Older than 90 days"),
)
"""DEBT-R10, labelled for 45 and 90 days."""


def anchors(contracts: Contracts, rules: ClassRules) -> tuple[Days, NDArray[np.object_]]:
    """The day that the five years count from, and which day that is (DEBT-R4); NaT if none.

    The latest instalment received: the day of payment, or the due day of the instalment where that
    is asked for and known. Where nothing was ever paid: ``never_paid_anchor``, else contract end.
    """
    found, kind = contracts.last_payment.copy(), _named(contracts, "payment_date")
    if rules.anchor_kind == "due_date_of_paid_instalment":
        known = ~np.isnat(contracts.last_paid_due)
        found, kind = _instead(found, kind, known, contracts.last_paid_due, rules.anchor_kind)
    source = {
        "first_due_date": contracts.first_due,
        "contract_start": contracts.start,
        "contract_end": contracts.end,
    }
    for name in (rules.never_paid_anchor, "contract_end"):
        found, kind = _instead(found, kind, np.isnat(found), source[name], name)
    kind[np.isnat(found)] = None
    return found, kind


def _named(contracts: Contracts, kind: str) -> NDArray[np.object_]:
    return np.full(len(contracts), kind, dtype=object)


def _instead(
    found: Days, kind: NDArray[np.object_], where: Flags, other: Days, name: str
) -> tuple[Days, NDArray[np.object_]]:
    kind = kind.copy()
    kind[where] = name
    return np.where(where, other, found), kind


def limits(anchor: Days, rules: ClassRules) -> Days:
    """The last day of the claim (DEBT-R3, step 6).

    >>> limits(np.array(["2020-08-01"], "M8[D]"), ClassRules())
    array(['2025-08-01'], dtype='datetime64[D]')
    """
    return add_years(anchor, rules.limit_years)


def bands(
    days_left: Floats, edges: Sequence[int] = ClassRules().timebar_bands
) -> NDArray[np.object_]:
    """The band of each number of days left (DEBT-R7); None where it is unknown.

    >>> bands(np.array([-1, 0, 30, 31, 366, np.nan])).tolist()
    ['lapsed', 'band_1', 'band_1', 'band_2', 'beyond', None]
    """
    codes = np.array([*TIMEBAR_BANDS, None], dtype=object)
    place = np.searchsorted([-1, *edges], days_left, side="left")
    place[np.isnan(days_left)] = len(TIMEBAR_BANDS)
    return np.asarray(codes[place])


def last_working_day(limit: Days, holidays: Sequence[str] = ()) -> Days:
    """The limit, or the last weekday before it that is no holiday (DEBT-R7).

    Public holidays are not in the sources: whoever knows them hands them over.

    >>> last_working_day(np.array(["2025-08-31"], "M8[D]"))
    array(['2025-08-29'], dtype='datetime64[D]')
    """
    known = ~np.isnat(limit)
    found = limit.copy()
    closed = np.array(list(holidays), dtype="datetime64[D]")
    found[known] = np.busday_offset(limit[known], 0, roll="backward", holidays=closed)
    return found


def freshness(lm_as_of: Days, reference: np.datetime64, rules: ClassRules) -> NDArray[np.object_]:
    """How old figures from LM are (DEBT-R10); None where their day is unknown.

    >>> freshness(np.array(["2025-06-17", "2025-06-16"], "M8[D]"), np.datetime64("2025-08-01"),
    ...           ClassRules()).tolist()
    ['fresh', 'yellow']
    """
    age = (reference - lm_as_of).astype("timedelta64[D]")
    codes = np.full(len(lm_as_of), None, dtype=object)
    codes[age <= np.timedelta64(rules.lm_max_age_days, "D")] = "fresh"
    codes[age > np.timedelta64(rules.lm_max_age_days, "D")] = "yellow"
    codes[age > np.timedelta64(rules.lm_red_days, "D")] = "red"
    return codes
