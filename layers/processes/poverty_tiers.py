"""Poverty tiers: every household in strict order, with reasons and thresholds (POV-R1 to R9)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd

from geo.text import Text
from layers import people
from layers.poverty.members import MEMBERS, with_members
from layers.poverty.parameters import TierParameters, params_version, thresholds
from layers.poverty.tiers import FACTS, STATUSES, Facts, Tiers, judge
from layers.processes.model import Process, Reader, Result
from layers.processes.poverty.columns import (
    REASON_OUTPUTS,
    STORED,
    TOLD,
    classes_of,
    outputs_of,
    reason_texts,
    tier_columns,
)
from layers.processes.poverty.inputs import HOUSEHOLD_INPUTS, inputs_of, parameters_of
from layers.processes.poverty.register import Register, only_visible, read_households

__all__ = ["POVERTY_TIERS"]

RULES = tuple(f"POV-R{number}" for number in range(1, 10))
CONTRADICTIONS = (
    "tier1_card_join",
    "developable_reading",
    "developable_requires_tpmap",
    "literal_p3_p4",
)
"""Where the sources contradict themselves or are ambiguous: options, told in every result."""


def run(parameters: Mapping[str, Any], reader: Reader) -> Result:
    """Judge the households that were handed over, else those of the layer."""
    limits = parameters_of(TierParameters, parameters)
    needed = (*FACTS, *MEMBERS, "volunteer")
    register = read_households(parameters, reader, needed, limits.data_year_be)
    found = judge(Facts.of(with_members(register.table, limits)), limits)
    sound = register.findings.sound
    columns = tier_columns(found, found.status, found.reasons, sound)
    shown = _shown(register, columns, found, limits)
    if register.stored:
        shown = only_visible(shown, reader)
    version = params_version("tiers", limits)
    table = gpd.GeoDataFrame(
        {"household_id": register.table["household_id"], **shown},
        geometry=register.table.geometry.array,
        crs=4326,
    )
    updates = pd.DataFrame(
        {"household_id": register.table["household_id"], **columns, "params_version": version}
    )
    return Result(
        features=table,
        summary=_summary(register, found, limits, version) | {"privacy": classes_of(table)},
        rules=RULES,
        left_out=register.left_out,
        updates={"households": updates} if register.stored else {},
    )


def _shown(
    register: Register, columns: dict[str, Any], found: Tiers, limits: TierParameters
) -> dict[str, Any]:
    shown = {"area_code": register.table["area_code"].to_numpy(dtype=object), **columns}
    if len(register.table) <= TOLD:
        shown |= reason_texts(columns, found, limits)
    return shown


def _summary(
    register: Register, found: Tiers, limits: TierParameters, version: str
) -> dict[str, Any]:
    sound = register.findings.sound
    tiers = np.minimum(found.tier[sound], 3)
    return {
        "households": len(register.table),
        "tiers": {
            code: int((tiers == number).sum()) for number, code in enumerate(people.TIERS, 1)
        },
        "no_tier": int((tiers == 0).sum()),
        "provisional": int(((found.could_be > 0) & (found.tier > 0))[sound].sum()),
        "statuses": {
            code: int((found.status[sound] == number).sum()) for number, code in enumerate(STATUSES)
        },
        "left_out": register.left_out,
        "findings": register.findings.summary(),
        "params_version": version,
        "options": {name: getattr(limits, name) for name in CONTRADICTIONS},
        "thresholds": thresholds(limits),
    }


POVERTY_TIERS = Process(
    id="poverty-tiers",
    version="1.0.0",
    title=Text("จัดลำดับครัวเรือนยากจน", "Poverty tiers"),
    description=Text(
        "จัดครัวเรือนเข้าลำดับ 1-4 ตามเกณฑ์ที่ประกาศ บอกเหตุผล เกณฑ์ที่ใช้ และข้อมูลที่ยังขาด",
        "Puts households into tiers 1 to 4 by the published rules, with reasons, thresholds used "
        "and what is not known",
    ),
    inputs=(*HOUSEHOLD_INPUTS, *inputs_of(TierParameters)),
    outputs=(
        *outputs_of("household_id", "area_code", *STORED),
        *REASON_OUTPUTS,
    ),
    reads=("households", "tambons"),
    writes=("households",),
    run=run,
)
