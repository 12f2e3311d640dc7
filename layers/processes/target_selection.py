"""Target selection: quota, waiting list, overlap guard and load of a programme (POV-R10 to R18).

The plan of a run is written as the participants of the programme's villages, so that next year's
guard reads it and next year's run is compared with it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from geo.text import Text
from layers.model import Privacy
from layers.poverty import overlap
from layers.poverty.allocation import district_load
from layers.poverty.overlap import Guard, guard
from layers.poverty.parameters import (
    SelectionParameters,
    TierParameters,
    params_version,
    thresholds,
)
from layers.poverty.reasons import BIT, Mask
from layers.poverty.selection import (
    LIST_STATES,
    Candidates,
    Selection,
    compared,
    select,
    with_guard,
)
from layers.poverty.tiers import BLOCKED, FACTS, PENDING, STATUSES, Facts, Tiers, judge
from layers.processes.model import Input, Output, Process, Reader, Result
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
from layers.village_targets import VILLAGE_TARGETS, target_id

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


def run(parameters: Mapping[str, Any], reader: Reader) -> Result:
    """Select in the households that were handed over, else in those of the layer."""
    limits = parameters_of(TierParameters, parameters)
    rules = parameters_of(SelectionParameters, parameters)
    needed = (*FACTS, "volunteer", *(("list_state",) if parameters["households"] is None else ()))
    register = read_households(parameters, reader, needed, limits.data_year_be)
    programmes = reader.read("village_targets", fields=REGISTER)
    plan = _planned(register, programmes, limits, rules, parameters)
    version = params_version(parameters["programme_code"], limits, rules)
    run_id = parameters["run_id"] or _run_id(parameters, version, plan)
    columns = _columns(plan)
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
        updates=_updates(plan, columns, programmes, parameters, named, reader)
        if register.stored
        else {},
    )


def _planned(
    register: Register,
    programmes: pd.DataFrame,
    limits: TierParameters,
    rules: SelectionParameters,
    parameters: Mapping[str, Any],
) -> Plan:
    table, sound = register.table, register.findings.sound
    tiers = judge(Facts.of(table), limits)
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


def _columns(plan: Plan) -> dict[str, Any]:
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


def _updates(
    plan: Plan,
    columns: Mapping[str, Any],
    programmes: pd.DataFrame,
    parameters: Mapping[str, Any],
    named: Mapping[str, str],
    reader: Reader,
) -> dict[str, pd.DataFrame]:
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
    """The villages with targets as rows of the layer; the state of a known one is kept."""
    places = reader.read("villages", fields=("code",))
    villages = plan.selection.villages
    villages = villages[villages["has_targets"]].reset_index(drop=True)
    code, year = parameters["programme_code"], parameters["fiscal_year_be"]
    chosen = plan.selection.list_state == LIST_STATES.index("selected")
    listed = (
        plan.register.table.loc[chosen, ["area_code", "household_id"]]
        .sort_values("household_id")
        .groupby("area_code")["household_id"]
        .agg(list)
    )
    own = _of_run(programmes, parameters)
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
            "participants": area.map(listed).to_numpy(dtype=object),
            "participants_loaded": True,
            "state": [known.get(village) or "proposed" for village in area],
        },
        geometry=shapes.where(shapes.notna(), None).to_numpy(dtype=object),
        crs=4326,
    )


def _run_id(parameters: Mapping[str, Any], version: str, plan: Plan) -> str:
    """The same parameters that lead to the same list have the same run id."""
    listed = plan.register.table["household_id"].astype(str) + plan.selection.rank.astype(str)
    text = version + "".join(sorted(listed))
    digest = hashlib.sha256(text.encode()).hexdigest()[:8]
    return f"{parameters['programme_code']}-{parameters['fiscal_year_be']}-{digest}"


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
    before = _earlier(programmes, parameters)
    if before is not None:
        summary["compared_with"] = before[1] | compared(now, before[0])
    if "list_state" in plan.register.table:
        stored = plan.register.table[["household_id", "list_state"]]
        if stored["list_state"].notna().any():
            summary["changed_since_last_run"] = compared(now, stored)
    return summary


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
