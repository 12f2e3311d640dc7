"""Is an allocation consistent? Teams, households, villages a district (POV-R16 to R18)."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from layers.poverty.parameters import SelectionParameters

__all__ = ["COUNTS", "against_allocation", "check_allocation", "district_load", "totals"]

COUNTS = ("districts", "villages", "team_members", "households")
LOAD_TOLERANCE = 1e-9  # exactly 3.00 is within the limit


def check_allocation(table: pd.DataFrame, limits: SelectionParameters) -> pd.DataFrame:
    """One row per province with ``districts``, ``villages``, ``team_members``, ``households``.

    ``districts`` are the target districts of the project. Adds ``villages_per_district`` (two
    decimals), ``team_ok``, ``households_ok`` and ``load_warning``: the average is above the limit,
    which is a "should" and blocks nothing (CDD L1645).

    >>> table = pd.DataFrame({"districts": [22], "villages": [67], "team_members": [110],
    ...                       "households": [1340]})
    >>> check_allocation(table, SelectionParameters())[["villages_per_district", "load_warning"]]
       villages_per_district  load_warning
    0                   3.05          True
    """
    people = limits.team_state + limits.team_people
    average = table["villages"] / table["districts"]
    return table.assign(
        villages_per_district=average.round(2),
        team_ok=table["team_members"] == people * table["districts"],
        households_ok=table["households"] == limits.households_per_village * table["villages"],
        load_warning=average > limits.village_avg_per_district_max + LOAD_TOLERANCE,
    )


def totals(table: pd.DataFrame) -> dict[str, Any]:
    """Sums of the counts, and the load of a team that they make (POV-R18)."""
    sums: dict[str, Any] = {name: int(table[name].sum()) for name in COUNTS}
    districts = sums["districts"]
    sums["villages_per_team"] = round(sums["villages"] / districts, 2) if districts else None
    sums["households_per_team"] = round(sums["households"] / districts, 2) if districts else None
    return sums


def district_load(villages: pd.DataFrame, limits: SelectionParameters) -> pd.DataFrame:
    """Target villages and selected households of every district (POV-R17).

    ``villages`` has ``area_code`` (8 digits) and ``n_selected``; a village counts as a target with
    somebody selected. ``over_average`` is information only, as is ``province_warning``.
    """
    targets = villages[villages["n_selected"] > 0]
    load = (
        targets.assign(district_code=targets["area_code"].str[:4])
        .groupby("district_code", as_index=False)
        .agg(villages=("area_code", "size"), households=("n_selected", "sum"))
    )
    most = limits.village_avg_per_district_max
    province = load["district_code"].str[:2]
    average = load.groupby(province)["villages"].transform("mean")
    return load.assign(
        team_members=limits.team_state + limits.team_people,
        over_average=np.asarray(load["villages"] > most + LOAD_TOLERANCE),
        province_average=average.round(2),
        province_warning=np.asarray(average > most + LOAD_TOLERANCE),
    )


def against_allocation(villages: pd.DataFrame, allocation: pd.DataFrame) -> pd.DataFrame:
    """A plan against what its provinces were allocated: both numbers, and who is above (SYS-127).

    ``villages`` as for :func:`district_load`; ``allocation`` has ``province_code``, ``villages``
    and ``households``. A province without an allocation has been given nothing.

    >>> plan = pd.DataFrame({"area_code": ["30010101"], "n_selected": [21]})
    >>> given = pd.DataFrame({"province_code": ["30"], "villages": [1], "households": [20]})
    >>> against_allocation(plan, given)[["households", "selected", "over"]].values.tolist()
    [[20, 21, True]]
    """
    targets = villages[villages["n_selected"] > 0]
    planned = (
        targets.assign(province_code=targets["area_code"].str[:2])
        .groupby("province_code")
        .agg(target_villages=("area_code", "size"), selected=("n_selected", "sum"))
    )
    given = allocation.set_index("province_code")[["villages", "households"]]
    found = given.join(planned, how="outer").fillna(0).astype(int)
    over = (found["target_villages"] > found["villages"]) | (
        found["selected"] > found["households"]
    )
    return found.assign(over=over).rename_axis("province_code").reset_index()
