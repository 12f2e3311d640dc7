"""LM comparison: what differs between the register LM and the base, and how old (DEBT-R10)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd

from geo.errors import ParameterError
from geo.text import Text
from layers.debt.contracts import known_days
from layers.debt.countdown import FRESHNESS, freshness
from layers.debt.dates import today
from layers.debt.findings import FINDINGS_SHOWN
from layers.debt.lm_register import DIFFERENCES, compare_registers
from layers.debt.parameters import ClassRules
from layers.debtors import DEBTORS
from layers.processes.debtor_rows import read_debtors
from layers.processes.layer_outputs import layer_outputs
from layers.processes.model import Input, Output, Process, Reader, Result

__all__ = ["LM_COMPARISON"]

RULES = ("DEBT-R10",)
COMPARED = ("contract_id", "project_status", "outstanding_thb")


def run(parameters: Mapping[str, Any], reader: Reader) -> Result:
    """Hold the rows of LM against the layer; without them tell pins and freshness alone."""
    reference = parameters["reference"] or today()
    ours = read_debtors(None, parameters["filter"], reader).table
    lm, faults = _lm_rows(parameters, reader)
    told = ours[list(COMPARED)] if lm is None else lm
    found = compare_registers(ours, told)
    places = ours.set_index("contract_id")
    found["area_code"] = found["contract_id"].map(places["area_code"])
    found["area_code"] = found["area_code"].astype(object).where(found["area_code"].notna(), None)
    shapes = gpd.GeoSeries(found["contract_id"].map(places.geometry).array, crs=4326)
    states = freshness(
        known_days(ours, "lm_as_of"), np.datetime64(reference, "D"), _rules(parameters)
    )
    return Result(
        features=gpd.GeoDataFrame(found, geometry=shapes),
        summary={
            "reference": reference.isoformat(),
            "contracts": len(ours),
            "contracts_in_lm": None if lm is None else len(lm),
            "differences": {c: int((found["difference"] == c).sum()) for c in DIFFERENCES},
            "balance_difference_thb": _difference(found),
            "freshness": {code: int((states == code).sum()) for code in FRESHNESS},
            "as_of_unknown": int(pd.isna(states).sum()),
            "findings": faults[:FINDINGS_SHOWN],
        },
        rules=RULES,
        left_out=len({fault["row"] for fault in faults}),
    )


def _rules(parameters: Mapping[str, Any]) -> ClassRules:
    return ClassRules(**{name: parameters[name] for name in ("lm_max_age_days", "lm_red_days")})


def _lm_rows(
    parameters: Mapping[str, Any], reader: Reader
) -> tuple[pd.DataFrame | None, list[dict[str, Any]]]:
    """The rows of LM, from a file that was handed over or from a layer that it was imported as."""
    if parameters["lm"] is not None:
        handed = read_debtors(parameters["lm"], None, reader)
        rows = handed.table
        faults = [fault.as_json() for fault in handed.unreadable]
    elif parameters["lm_layer"] is not None:
        rows, faults = reader.read(parameters["lm_layer"]), []
    else:
        return None, []
    missing = [name for name in ("contract_id", "outstanding_thb") if name not in rows]
    if missing:
        listed = ", ".join(missing)
        raise ParameterError(
            "lm_incomplete",
            Text(f"ข้อมูล LM ไม่มีคอลัมน์ {listed}", f"The rows of LM have no {listed}"),
            parameter="lm" if parameters["lm"] is not None else "lm_layer",
        )
    plain = pd.DataFrame({name: rows[name].array for name in COMPARED if name in rows})
    twice = plain["contract_id"].duplicated()
    for row in np.flatnonzero(twice):
        key = plain["contract_id"].iloc[row]
        faults.append({"row": int(row) + 1, "contract_id": key, "field": "contract_id",
                       "code": "duplicate", "th": f"LM มีสัญญา {key} มากกว่าหนึ่งแถว",
                       "en": f"LM has contract {key} in more than one row"})  # fmt: skip
    return plain[~twice].reset_index(drop=True), faults


def _difference(found: pd.DataFrame) -> float:
    changed = found[found["difference"] == "balance_changed"]
    return round(float((changed["lm_thb"] - changed["ours_thb"]).sum()), 2)


_DEFAULTS = ClassRules()


def _days(name: str, th: str, en: str) -> Input:
    return Input(name=name, label=Text(th, en), type="integer", unit="day",
                 default=getattr(_DEFAULTS, name), minimum=0, maximum=3_650)  # fmt: skip


LM_COMPARISON = Process(
    id="lm-comparison",
    version="1.0.0",
    title=Text("เทียบฐานข้อมูลกับ LM", "LM comparison"),
    description=Text(
        "สัญญาที่ขาดในระบบใดระบบหนึ่ง โครงการที่ปิดใน LM แล้ว ยอดคงเหลือที่ต่างกัน รายที่ไม่มีพิกัด "
        "และความเป็นปัจจุบันของข้อมูล LM",
        "Contracts that one register lacks, projects closed in LM, balances that differ, rows "
        "without a pin, and how old the figures of LM are",
    ),
    inputs=(
        Input(
            name="lm",
            label=Text("ข้อมูลจาก LM", "Rows of LM"),
            type="geojson",
            description=Text(
                "GeoJSON ที่มี contract_id, project_status, outstanding_thb",
                "GeoJSON with contract_id, project_status, outstanding_thb",
            ),
        ),
        Input(
            name="lm_layer",
            label=Text("ชั้นข้อมูลที่นำเข้าจาก LM", "Layer imported from LM"),
            type="text",
        ),
        Input(
            name="filter",
            label=Text("ตัวกรอง", "Filter"),
            type="filter",
            description=Text("CQL2 บนชั้นข้อมูลลูกหนี้", "CQL2 over the layer debtors"),
        ),
        Input(
            name="reference",
            label=Text("วันอ้างอิง", "Reference day"),
            type="date",
            description=Text("ไม่ระบุคือวันนี้", "Today when not given"),
        ),
        _days("lm_max_age_days", "อายุข้อมูล LM สูงสุด", "Greatest age of LM figures"),
        _days("lm_red_days", "อายุข้อมูล LM ที่เตือนสีแดง", "Age of LM figures shown red"),
    ),
    outputs=(
        *layer_outputs(DEBTORS, "contract_id", "area_code"),
        Output(name="difference", label=Text("ความแตกต่าง", "Difference"), type="text",
               values=DIFFERENCES),
        Output(name="ours_thb", label=Text("ยอดในฐานข้อมูล", "Balance here"), type="number",
               unit="THB"),
        Output(name="lm_thb", label=Text("ยอดใน LM", "Balance in LM"), type="number", unit="THB"),
    ),
    reads=("debtors",),
    run=run,
)  # fmt: skip
