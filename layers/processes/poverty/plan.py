"""One run of target selection: what it decided of every household, and the rows it leaves."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from layers.poverty import overlap
from layers.poverty.members import with_members
from layers.poverty.overlap import Guard, guard
from layers.poverty.parameters import SelectionParameters, TierParameters
from layers.poverty.reasons import BIT, Mask
from layers.poverty.selection import LIST_STATES, Candidates, Selection, select, with_guard
from layers.poverty.tiers import Facts, Tiers, judge
from layers.processes.model import Reader
from layers.processes.poverty.columns import tier_columns
from layers.processes.poverty.register import Register
from layers.village_targets import target_id

__all__ = ["VILLAGE_COLUMNS", "Plan", "plan_columns", "plan_id", "plan_updates", "planned"]

VILLAGE_COLUMNS = (
    "has_targets",
    "quota",
    "n_selected",
    "n_waiting",
    "n_pending",
    "quota_unfilled",
    "overlap_state",
)


@dataclass(frozen=True, slots=True)
class Plan:
    """Everything that one run decided about n households."""

    register: Register
    tiers: Tiers
    guard: Guard
    status: NDArray[np.int8]
    reasons: Mask
    selection: Selection


def planned(
    register: Register,
    programmes: pd.DataFrame,
    limits: TierParameters,
    rules: SelectionParameters,
    parameters: Mapping[str, Any],
) -> Plan:
    """Judge, guard and list the households of a register; ``programmes`` is village_targets."""
    table, sound = register.table, register.findings.sound
    tiers = judge(Facts.of(with_members(table, limits)), limits)
    held = guard(table, programmes, rules.overlap_programmes)
    status = with_guard(tiers.status, held.state)
    reasons = tiers.reasons.copy()
    for state, code in (
        (overlap.BLOCKED, "O_PARTICIPANT"),
        (overlap.HOLD, "O_HOLD"),
        (overlap.VILLAGE_ONLY, "O_VILLAGE_ONLY"),
    ):
        reasons[held.state == state] |= BIT[code]
    who = Candidates(
        household_id=table["household_id"],
        village=table["area_code"],
        tier=tiers.tier,
        status=np.where(sound, status, np.int8(-1)).astype(np.int8),
        income=tiers.income,
        household_size=pd.to_numeric(table["household_size"], errors="coerce").to_numpy(float),
        guard=held.state,
    )
    quota = _quota(table["area_code"], programmes, rules, parameters)
    return Plan(register, tiers, held, status, reasons, select(who, rules, quota))


def _quota(
    villages: pd.Series[Any],
    programmes: pd.DataFrame,
    rules: SelectionParameters,
    parameters: Mapping[str, Any],
) -> NDArray[np.int64]:
    """The quota of each household's village: that of its row in the programme, else the rule's."""
    own = _of_run(programmes, parameters)
    given = villages.map(own.dropna(subset="quota").set_index("area_code")["quota"])
    return given.fillna(rules.households_per_village).to_numpy(dtype=np.int64)


def _of_run(programmes: pd.DataFrame, parameters: Mapping[str, Any]) -> pd.DataFrame:
    code, year = parameters["programme_code"], parameters["fiscal_year_be"]
    mine = (programmes["programme_code"] == code) & (programmes["fiscal_year_be"] == year)
    found: pd.DataFrame = programmes[mine]
    return found


def plan_columns(plan: Plan) -> dict[str, Any]:
    """The computed fields of the layer households; empty for who was left out."""
    sound = plan.register.findings.sound
    rank = pd.array(plan.selection.shown_rank, dtype="Int64")
    rank[plan.selection.shown_rank == 0] = pd.NA
    columns = tier_columns(plan.tiers, plan.status, plan.reasons, sound)
    listed = {
        "overlap_state": np.array(overlap.STATES, dtype=object)[plan.guard.state],
        "list_state": np.array(LIST_STATES, dtype=object)[plan.selection.list_state],
    }
    for values in listed.values():
        values[~sound] = None
    return {**columns, **listed, "rank_in_village": rank}


def plan_updates(
    plan: Plan,
    columns: Mapping[str, Any],
    programmes: pd.DataFrame,
    parameters: Mapping[str, Any],
    named: Mapping[str, str],
    reader: Reader,
) -> dict[str, pd.DataFrame]:
    """The rows of both layers that a run fills, by layer id."""
    ids = plan.register.table["household_id"]
    return {
        "households": pd.DataFrame({"household_id": ids, **columns, **named}),
        "village_targets": _village_rows(plan, programmes, parameters, named, reader),
    }


def _village_rows(
    plan: Plan,
    programmes: pd.DataFrame,
    parameters: Mapping[str, Any],
    named: Mapping[str, str],
    reader: Reader,
) -> gpd.GeoDataFrame:
    """The villages with targets, and those that were targets before, as rows of the layer.

    The state of a known village is kept.
    """
    places = reader.read("villages", fields=("code",))
    villages = plan.selection.villages
    own = _of_run(programmes, parameters)
    listed_now = villages["has_targets"] | villages["area_code"].isin(own["area_code"])
    villages = villages[listed_now].reset_index(drop=True)
    code, year = parameters["programme_code"], parameters["fiscal_year_be"]
    chosen = plan.selection.list_state == LIST_STATES.index("selected")
    listed = (
        plan.register.table.loc[chosen, ["area_code", "household_id"]]
        .sort_values("household_id")
        .groupby("area_code")["household_id"]
        .agg(list)
    )
    known = dict(zip(own["area_code"], own["state"].where(own["state"].notna(), None), strict=True))
    area = villages["area_code"]
    shapes = area.map(dict(zip(places["code"], places["geometry"], strict=True)))
    return gpd.GeoDataFrame(
        {
            "target_id": [target_id(code, year, village) for village in area],
            "area_code": area,
            "programme_code": code,
            "fiscal_year_be": year,
            # The quota of a village is what people set; a run reads it and leaves it.
            **{name: villages[name] for name in VILLAGE_COLUMNS if name != "quota"},
            **named,
            "participants": [listed.get(village, []) for village in area],
            "participants_loaded": True,
            "state": [known.get(village) or "proposed" for village in area],
        },
        geometry=shapes.where(shapes.notna(), None).to_numpy(dtype=object),
        crs=4326,
    )


def plan_id(parameters: Mapping[str, Any], version: str, plan: Plan) -> str:
    """The same parameters that lead to the same list have the same run id."""
    listed = plan.register.table["household_id"].astype(str) + plan.selection.rank.astype(str)
    text = version + "".join(sorted(listed))
    digest = hashlib.sha256(text.encode()).hexdigest()[:8]
    return f"{parameters['programme_code']}-{parameters['fiscal_year_be']}-{digest}"
