"""Aid: gaps, duplicates, aid without a need, area tables (POV-R32 to R34, R36; PMUA L695-697)."""

from __future__ import annotations

import datetime as dt
from typing import Any

import numpy as np
import pandas as pd

from layers.poverty.parameters import AidParameters

__all__ = ["DEAD", "DELIVERED", "OPEN", "area_table", "needs_state", "pairs", "unneeded"]

OPEN = ("sent", "accepted", "in_progress")
DELIVERED = ("delivered", "confirmed", "closed")
DEAD = ("rejected", "cancelled", "duplicate")
"""States of a case (poverty.md 7.3): help is on the way; was given; will not come of this case."""

PAIR = ["household_id", "dimension"]


def needs_state(
    needs: pd.DataFrame, cases: pd.DataFrame, as_of: dt.date, limits: AidParameters
) -> pd.DataFrame:
    """Every need with ``served``: an open case, or aid delivered within the window (POV-R32).

    ``needs``: household_id, dimension, one row each. ``cases``: household_id, dimension, state,
    start_on, end_on. Aid was delivered on ``end_on``, else ``start_on``; without a date, or with
    one after ``as_of``, it does not count.
    """
    given = _days(cases["end_on"]).fillna(_days(cases["start_on"]))
    age = (pd.Timestamp(as_of) - given).dt.days
    recent = cases["state"].isin(DELIVERED) & age.between(0, limits.aid_served_window_days)
    serving = cases.loc[cases["state"].isin(OPEN) | recent, PAIR].drop_duplicates()
    found = needs.merge(serving.assign(served=True), on=PAIR, how="left")
    return found.assign(served=found["served"].fillna(False).astype(bool))


def unneeded(needs: pd.DataFrame, cases: pd.DataFrame) -> pd.DataFrame:
    """Living cases in a dimension in which the household has no recorded need (POV-R34)."""
    living = cases[~cases["state"].isin(DEAD)]
    known = living.merge(needs[PAIR].drop_duplicates().assign(needed=True), on=PAIR, how="left")
    return known[known["needed"].isna()].drop(columns="needed")


def pairs(cases: pd.DataFrame, as_of: dt.date) -> pd.DataFrame:
    """Pairs of cases of one household and dimension that run at the same time (POV-R33).

    Closed date intervals, an open end is ``as_of``; providers must be known and different. A pair
    of one ``kind`` is ``duplicate``, of different kinds ``complementary``. One row per pair:
    case_a, case_b, provider_a, provider_b, household_id, dimension, overlap_from, overlap_to,
    days, relation.

    ``cases``: case_id, household_id, dimension, kind, state, start_on, end_on, provider.
    """
    living = cases[~cases["state"].isin(DEAD) & cases["provider"].notna()]
    table = living[[*PAIR, "case_id", "kind", "provider"]].assign(
        start=_days(living["start_on"]),
        end=_days(living["end_on"]).fillna(pd.Timestamp(as_of)),
    )
    table = table[table.duplicated(PAIR, keep=False) & table["start"].notna()]
    both = table.merge(table, on=PAIR, suffixes=("_a", "_b"))
    ordered = (both["start_a"] < both["start_b"]) | (
        (both["start_a"] == both["start_b"]) & (both["case_id_a"] < both["case_id_b"])
    )
    both = both[ordered & (both["provider_a"] != both["provider_b"])]
    begins = both["start_a"].where(both["start_a"] >= both["start_b"], both["start_b"])
    ends = both["end_a"].where(both["end_a"] <= both["end_b"], both["end_b"])
    same = (both["kind_a"] == both["kind_b"]) & both["kind_a"].notna()
    found = both[PAIR].assign(
        case_a=both["case_id_a"],
        case_b=both["case_id_b"],
        provider_a=both["provider_a"],
        provider_b=both["provider_b"],
        overlap_from=begins.dt.date,
        overlap_to=ends.dt.date,
        days=(ends - begins).dt.days + 1,
        relation=np.where(same, "duplicate", "complementary"),
    )
    return found[found["days"] > 0].sort_values(["case_a", "case_b"]).reset_index(drop=True)


def area_table(
    state: pd.DataFrame, found: pd.DataFrame, area: pd.Series[Any], digits: int
) -> pd.DataFrame:
    """Need, served, gap, duplicate and gap rate by area and dimension (POV-R36).

    ``state`` is of :func:`needs_state`, ``found`` of :func:`pairs`; ``area`` gives the code of a
    household by id; ``digits`` of it are kept (2 province, 4 district, 6 tambon, 8 village).
    Duplicates are households, not pairs. Where there is no need there is no rate (nan).
    """
    keyed = state.assign(area_code=state["household_id"].map(area).str[:digits])
    table = keyed.groupby(["area_code", "dimension"]).agg(
        need=("served", "size"), served=("served", "sum")
    )
    twice = found[found["relation"] == "duplicate"].drop_duplicates(PAIR)
    codes = twice["household_id"].map(area).str[:digits].rename("area_code")
    doubled = twice.groupby([codes, "dimension"]).size().rename("duplicate")
    table = table.join(doubled, how="outer").fillna(0).astype(int)
    gap = table["need"] - table["served"]
    rate = gap.div(table["need"].where(table["need"] > 0))
    return table.assign(gap=gap, gap_rate=rate).reset_index()


def _days(column: pd.Series[Any]) -> pd.Series[Any]:
    return pd.to_datetime(column, errors="coerce")
