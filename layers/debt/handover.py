"""Hand-over of pins and files when an officer moves (DEBT-R27; PHUKET L2335)."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import numpy as np
import pandas as pd

from geo.errors import ParameterError
from geo.text import Text
from layers.debt.pins import STALE_AFTER_DAYS
from layers.debt.states import HANDOVER, advance
from layers.errors import Conflict
from layers.model import choices

__all__ = [
    "ACTS",
    "BLOCKING",
    "OVERLAP_DAYS",
    "URGENT_DAYS",
    "BlockingItem",
    "accept",
    "access_ends",
    "blocking_items",
    "named_items",
    "pack_area",
    "stepped",
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

ACTS = choices(
    **{
        "prepare": ("จัดเตรียมชุดส่งมอบ", "Prepare the pack"),
        "send": ("ส่งให้ผู้รับมอบ", "Send it to the successor"),
        "acknowledge": ("รับทราบเรื่องค้าง", "Acknowledge open matters"),
        "accept": ("รับมอบ", "Accept it"),
        "return": ("ส่งกลับ", "Return it"),
    }
)
"""What the two officers do with a pack."""

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


def named_items(text: str) -> list[BlockingItem]:
    """Open matters written as ``contract:code`` between commas.

    >>> named_items("WF83-0001:timebar_near")
    [BlockingItem(contract_id='WF83-0001', code='timebar_near')]

    Raises ParameterError ``item_unknown`` for what is no ``contract:code``.
    """
    found = []
    for part in (part.strip() for part in text.split(",") if part.strip()):
        contract, _, code = part.rpartition(":")
        if not contract or code not in BLOCKING:
            listed = ", ".join(BLOCKING)
            raise ParameterError(
                "item_unknown",
                Text(
                    f"เรื่องค้าง {part!r} ต้องเขียนแบบ รหัสสัญญา:เรื่อง (เรื่อง: {listed})",
                    f"Open matter {part!r} must be contract:code (codes: {listed})",
                ),
                parameter="acknowledge",
            )
        found.append(BlockingItem(contract, code))
    return found


def pack_area(codes: Iterable[str]) -> str | None:
    """The smallest area that holds all codes; None where they lie in several provinces.

    >>> pack_area(["83030101", "83030205"]), pack_area(["83", "82"])
    ('8303', None)
    """
    all_codes = sorted({str(code) for code in codes})
    first, last = all_codes[0], all_codes[-1]  # whatever these two share, all share
    for length in range(len(first), 0, -2):
        if last.startswith(first[:length]):
            return first[:length]
    return None


def stepped(
    pack: Mapping[str, Any],
    act: str,
    on: date,
    *,
    items: Sequence[BlockingItem] = (),
    acknowledged: Sequence[BlockingItem] = (),
    reason: str | None = None,
    overlap_days: int = OVERLAP_DAYS,
) -> dict[str, Any]:
    """The fields of a row of ``handovers`` that one act changes (DEBT-R27).

    ``items`` are what is open in the pack today. On acceptance every one of them must have been
    acknowledged, before or with ``acknowledged``; a return needs a reason (HAND-T1, T2).

    Raises Conflict ``step_not_allowed``, ``reason_missing``, ``not_acknowledged``,
    ``not_in_pack``.

    >>> stepped({"state": "prepared"}, "send", date(2025, 8, 1))["state"]
    'sent'
    """
    state = str(pack.get("state"))
    match act:
        case "send":
            return {"state": advance(HANDOVER, state, "sent"), "sent_at": on}
        case "return":
            back = advance(HANDOVER, state, "returned", reason=reason)
            return {"state": back, "returned_reason": reason}
        case "acknowledge":
            advance(HANDOVER, state, "accepted")  # only a pack that was sent
            return {"acknowledged": _known(pack, items, acknowledged, on)}
        case _:
            taken = advance(HANDOVER, state, "accepted")
            known = _known(pack, items, acknowledged, on)
            pairs = {(item["contract_id"], item["code"]) for item in known}
            accept(items, pairs, str(pack.get("to_officer")))
            ends = access_ends(on, overlap_days)
            return {"state": taken, "acknowledged": known, "accepted_at": on, "access_until": ends}


def _known(
    pack: Mapping[str, Any],
    items: Sequence[BlockingItem],
    acknowledged: Sequence[BlockingItem],
    on: date,
) -> list[dict[str, Any]]:
    """What was acknowledged before, and now; what is not open in the pack cannot be."""
    before = [dict(item) for item in pack.get("acknowledged") or () if isinstance(item, Mapping)]
    seen = {(item.get("contract_id"), item.get("code")) for item in before}
    for item in acknowledged:
        if item not in items:
            raise Conflict(
                "not_in_pack",
                Text(
                    f"ชุดส่งมอบนี้ไม่มีเรื่องค้าง {item.contract_id}:{item.code}",
                    f"This pack has no open matter {item.contract_id}:{item.code}",
                ),
                contract_id=item.contract_id,
                item=item.code,
            )
        if (item.contract_id, item.code) not in seen:
            before.append(
                {"contract_id": item.contract_id, "code": item.code, "on": on.isoformat()}
            )
    return before


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
