"""Pin check: where each debtor's pin lies, how fresh it is, what visits made of it (DEBT-R25)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any, NamedTuple

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from shapely.geometry.base import BaseGeometry

from geo.text import Text
from layers.debt.dates import days, plain, today
from layers.debt.findings import FINDINGS_SHOWN
from layers.debt.pins import PIN_NOTES, check_pin, is_stale, status_after_visit, working_pin
from layers.debtors import DEBTORS, PIN_STATUSES
from layers.errors import AccessDenied
from layers.processes.debtor_rows import visible_rows
from layers.processes.layer_outputs import layer_outputs
from layers.processes.model import Input, Output, Process, Reader, Result

__all__ = ["PIN_CHECK"]

RULES = ("DEBT-R24", "DEBT-R25")
FIELDS = ("contract_id", "area_code", "project_status", "pin_status", "accuracy_m", "verified_at",
          "verified_by", "pins")  # fmt: skip
SAID = ("contract_id", "visited_at", "outcome", "pin_confirmed", "visitor_user_id")
STORED = ("contract_id", "pin_status", "verified_at", "verified_by")
LOST = ("moved", "not_found", "wrong")


class _Told(NamedTuple):
    """What the latest visit that says something about a pin said: when, who, what."""

    on: date
    by: str | None
    outcomes: tuple[str, ...]
    confirmed: bool


def run(parameters: Mapping[str, Any], reader: Reader) -> Result:
    """Judge the pins of the open contracts that the caller may see."""
    reference = parameters["reference"] or today()
    rows = _read(parameters["filter"], reader)
    provinces, tambons = _areas(reader, "provinces"), _areas(reader, "tambons")
    told = _told(reader, reference)
    judged, findings = [], []
    for number, row in enumerate(rows.to_dict("records"), 1):
        found = _judged(row, provinces, tambons, told.get(row["contract_id"]), reference)
        judged.append(found)
        if found["error"] is not None:
            text = PIN_NOTES[found["error"]]
            findings.append({"row": number, "contract_id": row["contract_id"], "field": "geometry",
                             "code": found["error"], "th": text.th, "en": text.en})  # fmt: skip
    table = pd.DataFrame(judged, columns=[*STORED, "area_code", "pin_before", "notes", "stale",
                                          "find_address", "error"], dtype=object)  # fmt: skip
    changed = table["pin_status"].ne(table["pin_before"]) | _differs(table, rows)
    return Result(
        features=gpd.GeoDataFrame(table, geometry=rows.geometry.array, crs=4326),
        summary={
            "reference": reference.isoformat(),
            "pins": len(table),
            "statuses": {code: int((table["pin_status"] == code).sum()) for code in PIN_STATUSES},
            "notes": {code: sum(code in n for n in table["notes"]) for code in PIN_NOTES},
            "stale": int((table["stale"] == True).sum()),  # noqa: E712 - None is unknown
            "find_address": _by_district(table),
            "changed": int(changed.sum()),
            "findings": findings[:FINDINGS_SHOWN],
        },
        rules=RULES,
        left_out=len(findings),
        updates={"debtors": table.loc[changed, list(STORED)].reset_index(drop=True)},
    )


def _read(chosen: Any, reader: Reader) -> gpd.GeoDataFrame:
    layer = reader.store.layer("debtors")
    visible = reader.view_of(layer).fields
    found = reader.read(
        "debtors", filter=chosen, fields=tuple(name for name in FIELDS if name in visible)
    )
    if not isinstance(found, gpd.GeoDataFrame) or "pin_status" not in found:
        raise AccessDenied(
            "pins_hidden",
            Text("ไม่มีสิทธิ์ดูพิกัดของลูกหนี้", "The pins of debtors are not open to you"),
        )
    rows = found.astype({name: object for name in FIELDS if name in found})
    rows = rows.where(rows.notna(), None)
    if "project_status" in rows:
        rows = rows[rows["project_status"] != "closed"]
    return gpd.GeoDataFrame(rows, geometry=found.geometry[rows.index], crs=4326).reset_index(
        drop=True
    )


def _areas(reader: Reader, layer_id: str) -> dict[str, BaseGeometry]:
    """The shapes of areas by code, prepared for many questions."""
    areas = reader.read(layer_id, fields=("code",))
    found = {
        str(code): shape
        for code, shape in zip(areas["code"], areas.geometry, strict=True)
        if shape is not None
    }
    shapely.prepare(list(found.values()))
    return found


def _told(reader: Reader, reference: date) -> dict[str, _Told]:
    """What the latest visit up to the day says of the pin of each contract."""
    visits = visible_rows(reader, "visits", "kind", "debtor", fields=SAID)
    if not {"contract_id", "visited_at", "outcome"} <= set(visits.columns):
        return {}
    seen = visits[visits["contract_id"].notna() & visits["visited_at"].notna()].copy()
    seen["day"] = plain(days(seen["visited_at"]))
    return {told[0]: told[1] for told in _sayings(seen.sort_values("visited_at"), reference)}


def _sayings(visits: pd.DataFrame, reference: date) -> Iterator[tuple[str, _Told]]:
    for visit in visits.to_dict("records"):
        outcomes = tuple(visit["outcome"]) if isinstance(visit["outcome"], list) else ()
        confirmed = visit.get("pin_confirmed") is True
        if visit["day"] <= reference and (confirmed or {"moved", "not_found"} & set(outcomes)):
            by = visit.get("visitor_user_id")
            known = by if isinstance(by, str) else None
            yield visit["contract_id"], _Told(visit["day"], known, outcomes, confirmed)


def _judged(
    row: Mapping[str, Any],
    provinces: Mapping[str, BaseGeometry],
    tambons: Mapping[str, BaseGeometry],
    told: _Told | None,
    reference: date,
) -> dict[str, Any]:
    """The status of one pin after its place and its latest visit, and what to mind."""
    code, point = str(row["area_code"]), row["geometry"]
    status, verified, by = row["pin_status"], row.get("verified_at"), row.get("verified_by")
    if told is not None and (verified is None or told.on >= verified):
        status = status_after_visit(str(status), told.outcomes, told.confirmed)
        if status == "verified":
            verified, by = told.on, told.by or by
    notes, error = [], None
    province = provinces.get(code[:2])
    if point is None or point.is_empty:
        notes.append("no_pin")
    elif province is None:
        error = "province_unknown"
    else:
        found = check_pin(point, province, tambons.get(code[:6]), _number(row.get("accuracy_m")))
        notes += found.codes
        if not found.accepted:
            status, error = "wrong", "outside_province"
    stale = is_stale(verified, reference) if status == "verified" else None
    if _moved_on(row, point):
        notes.append("other_pin")
    if error is not None and error not in notes:
        notes.append(error)
    return {
        "contract_id": row["contract_id"],
        "area_code": row["area_code"],
        "pin_before": row["pin_status"],
        "pin_status": status,
        "verified_at": verified,
        "verified_by": by,
        "notes": [*notes, "stale"] if stale else notes,
        "stale": stale,
        "find_address": status in LOST or "no_pin" in notes,
        "error": error,
    }


def _number(value: Any) -> float | None:
    return None if value is None or pd.isna(value) else float(value)


def _moved_on(row: Mapping[str, Any], point: Any) -> bool:
    """Whether the history holds another working pin than the one that is shown."""
    pins = row.get("pins")
    best = working_pin(pins) if isinstance(pins, list) else None
    if best is None or point is None or best.get("lon") is None or best.get("lat") is None:
        return False
    return not np.allclose([best["lon"], best["lat"]], [point.x, point.y], rtol=0, atol=1e-6)


def _differs(table: pd.DataFrame, rows: gpd.GeoDataFrame) -> pd.Series[bool]:
    before = rows["verified_at"] if "verified_at" in rows else pd.Series([None] * len(rows))
    return (table["verified_at"] != before) & ~(table["verified_at"].isna() & before.isna())


def _by_district(table: pd.DataFrame) -> dict[str, int]:
    lost = table.loc[table["find_address"].astype(bool), "area_code"].astype(str).str[:4]
    return {str(code): int(count) for code, count in lost.value_counts().sort_index().items()}


def _output(name: str, th: str, en: str, kind: str, **more: Any) -> Output:
    return Output(name=name, label=Text(th, en), type=kind, **more)


PIN_CHECK = Process(
    id="pin-check",
    version="1.0.0",
    title=Text("ตรวจพิกัดลูกหนี้", "Pin check"),
    description=Text(
        "พิกัดอยู่ในจังหวัดและตำบลตามทะเบียนหรือไม่ ความคลาดเคลื่อน ยืนยันล่าสุดเมื่อใด "
        "สถานะหลังการลงพื้นที่ และรายที่ต้องหาที่อยู่ใหม่",
        "Whether pins lie in the province and the registered tambon, their accuracy and age, the "
        "status that visits gave them, and whose address must be found",
    ),
    inputs=(
        Input(
            name="reference",
            label=Text("วันอ้างอิง", "Reference day"),
            type="date",
            description=Text("ไม่ระบุคือวันนี้", "Today when not given"),
        ),
        Input(
            name="filter",
            label=Text("ตัวกรอง", "Filter"),
            type="filter",
            description=Text("CQL2 บนชั้นข้อมูลลูกหนี้", "CQL2 over the layer debtors"),
        ),
    ),
    outputs=(
        *layer_outputs(DEBTORS, "contract_id", "area_code", "pin_status", "verified_at"),
        _output("pin_before", "สถานะพิกัดเดิม", "Pin status before", "text", values=PIN_STATUSES),
        _output("notes", "ข้อสังเกต", "Notes", "list", values=PIN_NOTES),
        _output("stale", "ยืนยันนานเกินกำหนด", "Verified too long ago", "boolean"),
        _output("find_address", "ต้องหาที่อยู่", "Find the address", "boolean"),
        _output("error", "ข้อมูลผิดเพราะ", "Data at fault", "text", values=PIN_NOTES),
    ),
    reads=("debtors", "visits", "provinces", "tambons"),
    writes=("debtors",),
    run=run,
)
