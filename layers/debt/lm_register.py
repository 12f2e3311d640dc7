"""The register LM against ours: what is missing on either side or differs (DEBT-R10).

The source asks for correct LM data with all menus working (PHUKET L2544).
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from layers.debt.contracts import is_one_of, numbers
from layers.debt.money import satang
from layers.model import choices

__all__ = ["DIFFERENCES", "compare_registers"]

DIFFERENCES = choices(
    missing_here=("มีใน LM แต่ไม่มีในฐานข้อมูล", "In LM, missing here"),
    missing_in_lm=("มีในฐานข้อมูลแต่ไม่มีใน LM", "Here, missing in LM"),
    closed_in_lm=("เปิดอยู่ในฐานข้อมูลแต่ปิดใน LM", "Open here, closed in LM"),
    balance_changed=("ยอดคงเหลือเปลี่ยน", "Balance changed"),
    no_pin=("ไม่มีพิกัด", "No pin"),
)


def compare_registers(ours: pd.DataFrame, lm: pd.DataFrame) -> pd.DataFrame:
    """One row a difference: ``contract_id``, ``difference``, ``ours_thb``, ``lm_thb``.

    Both have ``contract_id``, ``project_status`` and ``outstanding_thb``; ours has ``geometry`` or
    ``pin_status`` too. A balance that is unknown on one side is no change.

    >>> ours = pd.DataFrame({"contract_id": ["a"], "outstanding_thb": [5.0], "pin_status": ["x"]})
    >>> lm = pd.DataFrame({"contract_id": ["a", "b"], "outstanding_thb": [4.99, 1.0]})
    >>> compare_registers(ours, lm)["difference"].tolist()
    ['balance_changed', 'missing_here']
    """
    both = _facts(ours).add_suffix("_ours").join(_facts(lm).add_suffix("_lm"), how="outer")
    here, there = both["known_ours"].notna(), both["known_lm"].notna()
    before, after = both["satang_ours"], both["satang_lm"]
    pinned = _pinned(ours).reindex(both.index)
    masks = {
        "missing_here": ~here & there,
        "missing_in_lm": here & ~there,
        "closed_in_lm": here & there & (both["closed_ours"] == 0) & (both["closed_lm"] == 1),
        "balance_changed": before.notna() & after.notna() & (before != after),
        "no_pin": here & (pinned == 0),
    }
    parts = [
        pd.DataFrame(
            {
                "contract_id": both.index[mask],
                "difference": code,
                "ours_thb": before[mask].to_numpy() / 100,
                "lm_thb": after[mask].to_numpy() / 100,
            }
        )
        for code, mask in masks.items()
        if mask.any()
    ]
    if not parts:
        return pd.DataFrame(columns=["contract_id", "difference", "ours_thb", "lm_thb"])
    found = pd.concat(parts).sort_values(["contract_id", "difference"], kind="stable")
    return found.reset_index(drop=True)


def _facts(rows: pd.DataFrame) -> pd.DataFrame:
    balance = numbers(rows, "outstanding_thb")
    known = ~np.isnan(balance)
    exact = np.full(len(rows), np.nan)
    exact[known] = satang(balance[known])
    facts = {
        "known": 1.0,
        "satang": exact,
        "closed": is_one_of(rows, "project_status", ["closed"]).astype(float),
    }
    return pd.DataFrame(facts, index=pd.Index(rows["contract_id"], name="contract_id"))


def _pinned(rows: pd.DataFrame) -> pd.Series[Any]:
    there = rows["geometry"].notna() if "geometry" in rows else rows["pin_status"].notna()
    return pd.Series(there.to_numpy(dtype=float), index=rows["contract_id"])
