"""Target selection: quota, waiting list, overlap guard and load of a programme (POV-R10 to R18).

The plan of a run is written as the participants of the programme's villages, so that next year's
guard reads it and next year's run is compared with it.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from geo.errors import ParameterError
from geo.text import Text
from layers.model import Privacy
from layers.poverty import overlap
from layers.poverty.allocation import (
    COUNTS,
    against_allocation,
    check_allocation,
    district_load,
    totals,
)
from layers.poverty.members import MEMBERS
from layers.poverty.parameters import (
    SelectionParameters,
    TierParameters,
    params_version,
    thresholds,
)
from layers.poverty.selection import (
    LIST_STATES,
    compared,
)
from layers.poverty.tiers import BLOCKED, FACTS, PENDING, STATUSES
from layers.processes.model import Input, Output, Process, Reader, Result
from layers.processes.poverty.columns import (
    REASON_OUTPUTS,
    STORED,
    TOLD,
    classes_of,
    outputs_of,
    reason_texts,
)
from layers.processes.poverty.inputs import HOUSEHOLD_INPUTS, inputs_of, parameters_of
from layers.processes.poverty.plan import (
    VILLAGE_COLUMNS,
    Plan,
    plan_columns,
    plan_id,
    plan_updates,
    planned,
)
from layers.processes.poverty.register import only_visible, read_households
from layers.village_targets import VILLAGE_TARGETS

__all__ = ["TARGET_SELECTION"]

RULES = tuple(f"POV-R{number}" for number in range(1, 19))
REGISTER = (
    "target_id",
    "programme_code",
    "fiscal_year_be",
    "area_code",
    "participants",
    "participants_loaded",
    "quota",
    "state",
    "run_id",
    "params_version",
)
LISTED = ("overlap_state", "list_state", "rank_in_village")


def run(parameters: Mapping[str, Any], reader: Reader) -> Result:
    """Select in the households that were handed over, else in those of the layer."""
    limits = parameters_of(TierParameters, parameters)
    rules = parameters_of(SelectionParameters, parameters)
    needed = (
        *FACTS,
        *MEMBERS,
        "volunteer",
        *(("list_state",) if parameters["households"] is None else ()),
    )
    register = read_households(parameters, reader, needed, limits.data_year_be, by_village=True)
    programmes = reader.read("village_targets", fields=REGISTER)
    plan = planned(register, programmes, limits, rules, parameters)
    version = params_version(parameters["programme_code"], limits, rules)
    run_id = parameters["run_id"] or plan_id(parameters, version, plan)
    columns = plan_columns(plan)
    shown: dict[str, Any] = {
        "area_code": register.table["area_code"].to_numpy(dtype=object), **columns
    }  # fmt: skip
    if len(register.table) <= TOLD:
        shown |= reason_texts(columns, plan.tiers, limits, plan.guard)
    if register.stored:
        shown = only_visible(shown, reader)
    ids = register.table["household_id"]
    table = gpd.GeoDataFrame(
        {"household_id": ids, **shown, "person_elsewhere": plan.guard.elsewhere},
        geometry=register.table.geometry.array,
        crs=4326,
    )
    named = {"run_id": run_id, "params_version": version}
    summary = _summary(plan, columns, programmes, parameters, rules) | named
    summary |= {"thresholds": thresholds(limits, rules), "privacy": classes_of(table)}
    return Result(
        features=table,
        summary=summary,
        rules=RULES,
        left_out=register.left_out,
        updates=plan_updates(plan, columns, programmes, parameters, named, reader)
        if register.stored
        else {},
    )


def _summary(
    plan: Plan,
    columns: Mapping[str, Any],
    programmes: pd.DataFrame,
    parameters: Mapping[str, Any],
    rules: SelectionParameters,
) -> dict[str, Any]:
    sound = plan.register.findings.sound
    villages = plan.selection.villages
    targets = villages[villages["has_targets"]]
    load = district_load(villages, rules)
    ids = plan.register.table["household_id"]
    now = pd.DataFrame({"household_id": ids, "list_state": columns["list_state"]})
    summary: dict[str, Any] = {
        "households": len(ids),
        "list_states": _counted(columns["list_state"], LIST_STATES),
        "overlap": _counted(columns["overlap_state"], overlap.STATES),
        "pending": int((plan.status[sound] == PENDING).sum()),
        "blocked": int((plan.status[sound] == BLOCKED).sum()),
        "statuses": {
            code: int((plan.status[sound] == number).sum()) for number, code in enumerate(STATUSES)
        },
        "person_elsewhere": int(plan.guard.elsewhere.sum()),
        "villages": {
            "all": len(villages),
            "with_targets": len(targets),
            "quota": int(targets["quota"].sum()),
            "quota_unfilled": int(targets["quota_unfilled"].sum()),
        },
        "village_list": targets.to_dict("records"),
        "district_load": load.to_dict("records"),
        "load_warnings": sorted(set(load.loc[load["province_warning"], "district_code"].str[:2])),
        "left_out": plan.register.left_out,
        "findings": plan.register.findings.summary(),
    }
    if parameters["allocation"] is not None:
        summary["allocation"] = _allocation(parameters["allocation"], villages, rules)
    before = _earlier(programmes, parameters)
    if before is not None:
        summary["compared_with"] = before[1] | compared(now, before[0])
    if "list_state" in plan.register.table:
        stored = plan.register.table[["household_id", "list_state"]]
        if stored["list_state"].notna().any():
            summary["changed_since_last_run"] = compared(now, stored)
    return summary


def _allocation(text: str, villages: pd.DataFrame, rules: SelectionParameters) -> dict[str, Any]:
    """Is the table in itself consistent (POV-R16), and does the plan keep to it?"""
    try:
        table = pd.DataFrame(json.loads(text))
        table = table.astype(dict.fromkeys(COUNTS, int) | {"province_code": str})
    except (KeyError, TypeError, ValueError) as error:
        named = ", ".join(("province_code", *COUNTS))
        raise ParameterError(
            "allocation_invalid",
            Text(
                f"ตารางจัดสรรต้องเป็น JSON รายจังหวัดที่มี {named}",
                f"The allocation must be JSON, a row for each province with {named}",
            ),
            parameter="allocation",
        ) from error
    return {
        "checked": check_allocation(table, rules).to_dict("records"),
        "totals": totals(table),
        "plan": against_allocation(villages, table).to_dict("records"),
    }


def _earlier(
    programmes: pd.DataFrame, parameters: Mapping[str, Any]
) -> tuple[pd.DataFrame, dict[str, Any]] | None:
    """The selected of an earlier plan (``compare_with``), and which run made it."""
    asked = parameters["compare_with"]
    if asked is None or not len(programmes):
        return None
    rows = programmes[overlap.programmes_of(programmes) == asked]
    ids = rows["participants"].explode().dropna()
    told = {"programme": asked, "villages": len(rows)}
    for name in ("run_id", "params_version"):
        told[name] = sorted(rows[name].dropna().unique())
    return pd.DataFrame({"household_id": ids, "list_state": "selected"}), told


def _counted(column: NDArray[np.object_], codes: tuple[str, ...]) -> dict[str, int]:
    return {code: int((column == code).sum()) for code in codes}


def _village_outputs() -> tuple[Output, ...]:
    return tuple(
        Output(name=name, label=item.label, type=item.type, unit=item.unit, values=item.values)
        for name in VILLAGE_COLUMNS
        for item in (VILLAGE_TARGETS.by_name[name],)
        if item.privacy <= Privacy.INTERNAL and name not in LISTED
    )


TARGET_SELECTION = Process(
    id="target-selection",
    version="1.0.0",
    title=Text("คัดเลือกกลุ่มเป้าหมาย", "Target selection"),
    description=Text(
        "คัดเลือกครัวเรือนตามลำดับและโควตาของหมู่บ้าน กันการซ้ำซ้อนกับโครงการเดิม "
        "จัดบัญชีสำรอง ตรวจภาระของทีมอำเภอ และเทียบกับแผนเดิม",
        "Selects households by tier within the quota of each village, guards against earlier "
        "programmes, keeps the waiting list, checks the load of districts, compares plans",
    ),
    inputs=(
        *HOUSEHOLD_INPUTS,
        Input(
            name="programme_code",
            label=VILLAGE_TARGETS.by_name["programme_code"].label,
            type="text",
            default="NEPOOR63",
        ),
        Input(
            name="fiscal_year_be",
            label=VILLAGE_TARGETS.by_name["fiscal_year_be"].label,
            type="integer",
            unit="BE",
            default=2563,
            minimum=2400,
            maximum=2650,
        ),
        Input(
            name="run_id",
            label=Text("รอบการคัดเลือก", "Run"),
            type="text",
            description=Text(
                "ไม่ระบุจะตั้งจากโครงการ ปี เกณฑ์ และรุ่นของข้อมูล",
                "Without it: made of programme, year, parameters and data versions",
            ),
        ),
        Input(
            name="allocation",
            label=Text("ตารางจัดสรร", "Allocation table"),
            type="text",
            description=Text(
                "JSON รายจังหวัด: province_code, districts (อำเภอเป้าหมาย), villages, team_members, "
                "households",
                "JSON, a row for each province: province_code, districts (target districts), "
                "villages, team_members, households",
            ),
        ),
        Input(
            name="compare_with",
            label=Text("เทียบกับแผน", "Plan to compare with"),
            type="text",
            description=Text("เช่น NEPOOR:2562", "For example NEPOOR:2562"),
        ),
        *inputs_of(TierParameters, SelectionParameters),
    ),
    outputs=(
        *outputs_of("household_id", "area_code", *LISTED, *STORED),
        *REASON_OUTPUTS,
        Output(
            name="person_elsewhere",
            label=Text("มีชื่อในหมู่บ้านอื่น", "On a list of another village"),
            type="boolean",
        ),
        *_village_outputs(),
    ),
    reads=("households", "village_targets", "villages", "tambons"),
    writes=("households", "village_targets"),
    run=run,
)
