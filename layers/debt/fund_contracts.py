"""Households with debts in several funds: "1 household 1 contract" (FUND-R7; PHUKET L736-744)."""

from __future__ import annotations

import numpy as np
import pandas as pd

from layers.debt.contracts import numbers
from layers.debt.money import baht, satang

__all__ = ["one_contract_candidates"]


def one_contract_candidates(contracts: pd.DataFrame) -> pd.DataFrame:
    """Households with open contracts in two or more funds of one tambon (HOUSE-T1, T2).

    ``contracts`` has ``household_id``, ``person_key``, ``fund_id``, ``area_code`` and
    ``balance_thb``. Households are matched by id, else by keyed hash, never by name. Returns
    ``household``, ``tambon``, ``funds`` (ids in order) and ``balance_thb``.
    """
    household = contracts["household_id"].where(
        contracts["household_id"].notna(), contracts["person_key"]
    )
    rows = pd.DataFrame(
        {
            "household": household,
            "tambon": contracts["area_code"].astype(str).str[:6],
            "fund_id": contracts["fund_id"].astype(str),
            "satang": satang(np.nan_to_num(numbers(contracts, "balance_thb"))),
        }
    )
    grouped = rows[rows["household"].notna()].groupby(["household", "tambon"])
    found = grouped.agg(
        funds=("fund_id", lambda ids: sorted(set(ids))), satang=("satang", "sum")
    ).reset_index()
    found = found[found["funds"].map(len) >= 2].reset_index(drop=True)
    found["balance_thb"] = baht(found["satang"].to_numpy(dtype=np.int64))
    return found.drop(columns="satang")
