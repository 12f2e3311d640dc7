"""Hand-over of pins and files when an officer moves (DEBT-R27; PHUKET L2335)."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
import pandas as pd

from geo.text import Text
from layers.debt.pins import STALE_AFTER_DAYS
from layers.errors import Conflict
from layers.model import choices

__all__ = [
    "BLOCKING",
    "OVERLAP_DAYS",
    "URGENT_DAYS",
    "accept",
    "access_ends",
    "blocking_items",
    "without_keeper",
]

OVERLAP_DAYS = 7
URGENT_DAYS = 180

BLOCKING = choices(
    pin_unverified=("พิกัดยังไม่ยืนยันหรือยืนยันเกิน 365 วัน", "Pin unverified or older than 365 days"),
    documents_missing=("เอกสารไม่ครบ", "Documents missing"),
    timebar_near=("สิ้นสุดสัญญา เหลืออายุความไม่เกิน 180 วัน", "Matured, 180 days or fewer left"),
    measure_open=("คำขอมาตรการรอมติ", "Measure waiting for a decision"),
)
"""What a successor must acknowledge one by one (decision)."""

_UNDECIDED = ("requested", "complete", "district_agreed")


@dataclass(frozen=True, slots=True)
class BlockingItem:
    """One open matter of one contract."""

    contract_id: str
    code: str


def blocking_items(contracts: pd.DataFrame, reference: date) -> list[BlockingItem]:
    """The open matters of a pack.

    ``contracts`` has ``contract_id``, ``debtor_class``, ``days_left``, ``pin_status``,
    ``verified_at``, ``documents_missing`` (lists) and ``measure_state``.
    """
    since = (pd.Timestamp(reference) - pd.to_datetime(contracts["verified_at"])).dt.days
    doubtful = (contracts["pin_status"] != "verified") | ~(since <= STALE_AFTER_DAYS)
    left = pd.to_numeric(contracts["days_left"], errors="coerce").astype(float)
    masks = {
        "pin_unverified": doubtful,
        "documents_missing": contracts["documents_missing"].map(
            lambda missing: isinstance(missing, list) and bool(missing)
        ),
        "timebar_near": (contracts["debtor_class"] == "matured") & (left <= URGENT_DAYS),
        "measure_open": contracts["measure_state"].isin(_UNDECIDED),
    }
    keys = np.asarray(contracts["contract_id"], dtype=object)
    return [
        BlockingItem(str(keys[row]), code)
        for row in range(len(contracts))
        for code, mask in masks.items()
        if bool(mask.iloc[row])
    ]


def accept(
    items: Sequence[BlockingItem], acknowledged: Collection[tuple[str, str]], successor: str
) -> str:
    """The new keeper, once every blocking item is acknowledged.

    Raises Conflict ``not_acknowledged`` that names the first open item.
    """
    for item in items:
        if (item.contract_id, item.code) not in acknowledged:
            label = BLOCKING[item.code]
            raise Conflict(
                "not_acknowledged",
                Text(
                    f"สัญญา {item.contract_id}: ยังไม่รับทราบ “{label.th}”",
                    f"Contract {item.contract_id}: “{label.en}” is not acknowledged",
                ),
                contract_id=item.contract_id,
                item=item.code,
            )
    return successor


def access_ends(accepted_on: date, overlap_days: int = OVERLAP_DAYS) -> date:
    """The last day on which the former keeper sees the pack (decision).

    >>> access_ends(date(2025, 8, 1))
    datetime.date(2025, 8, 8)
    """
    return accepted_on + timedelta(days=overlap_days)


def without_keeper(contracts: pd.DataFrame, officers: Collection[str]) -> list[str]:
    """Contracts whose keeper is nobody, or an account that is closed (HAND-T3).

    >>> without_keeper(pd.DataFrame({"contract_id": ["a", "b"], "keeper_id": ["u1", None]}), ["u1"])
    ['b']
    """
    lost = ~contracts["keeper_id"].isin(list(officers))
    return [str(key) for key in contracts.loc[lost, "contract_id"]]
