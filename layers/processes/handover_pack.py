"""Hand-over packs: what a successor takes over, open matters, and one act with a pack (DEBT-R27).

Without a pack or an officer the result is the board: every pack and where it stands, and the
contracts that nobody keeps. An act changes one row of ``handovers``, on acceptance also the keeper
of its contracts; ``updates`` hold the change, which the caller stores or not.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

import geopandas as gpd
import pandas as pd

from geo.errors import ParameterError
from geo.text import Text
from layers.debt.classes import classify
from layers.debt.dates import today
from layers.debt.findings import FINDINGS_SHOWN
from layers.debt.handover import (
    ACTS,
    BLOCKING,
    OVERLAP_DAYS,
    BlockingItem,
    blocking_items,
    named_items,
    pack_area,
    stepped,
    without_keeper,
)
from layers.debt.parameters import ClassRules
from layers.debtors import DEBTORS
from layers.errors import NotFound
from layers.field_rounds import HANDOVER_STATES, HANDOVERS
from layers.processes.debtor_classes import class_columns
from layers.processes.debtor_rows import DebtorRows, read_debtors, read_papers, visible_rows
from layers.processes.layer_outputs import layer_outputs
from layers.processes.model import Input, Output, Process, Reader, Result

__all__ = ["HANDOVER_PACK"]

RULES = ("DEBT-R3", "DEBT-R7", "DEBT-R20", "DEBT-R25", "DEBT-R27")
KEEPING = ("keeper_id", "pin_status", "verified_at", "address_kind", "directions_note",
           "next_visit_date")  # fmt: skip
LAST_VISIT = ("visited_at", "promised_date", "promised_amount", "problems", "suggestion")
"""What of the last visit goes with a pack; personal notes stay (DEBT-R27)."""


def run(parameters: Mapping[str, Any], reader: Reader) -> Result:
    """One pack with its open matters and the act that was asked for, else the board."""
    on = parameters["reference"] or today()
    packs = visible_rows(reader, "handovers")
    packs = packs.astype(object).where(packs.notna(), None)
    if parameters["handover_id"] is None and parameters["from_officer"] is None:
        return _board(packs, parameters, reader)
    pack = _chosen(packs, parameters, reader, on)
    rows = _contracts(pack["contracts"], reader)
    table = _pack_table(rows, reader, on)
    items = blocking_items(table, on)
    table["open_items"] = [_codes(items, key) for key in table["contract_id"]]
    act = parameters["act"]
    findings = _findings(pack, table)
    updates: dict[str, pd.DataFrame] = {}
    if act is not None:
        change = _change(pack, act, on, items, parameters)
        pack |= change
        updates["handovers"] = pd.DataFrame([{"handover_id": pack["handover_id"], **change}])
        if change.get("state") == "accepted":
            updates["debtors"] = _new_keepers(table, pack)
    shape = gpd.GeoSeries(rows.table.geometry.array, crs=4326)
    return Result(
        features=gpd.GeoDataFrame(table, geometry=shape),
        summary=_pack_summary(pack, table, items, findings),
        rules=RULES,
        left_out=len({finding["contract_id"] for finding in findings}),
        updates=updates,
    )


# --- One pack -------------------------------------------------------------------------------


def _chosen(
    packs: pd.DataFrame, parameters: Mapping[str, Any], reader: Reader, on: date
) -> dict[str, Any]:
    """The stored pack that was named, else a new one of all that an officer keeps."""
    key = parameters["handover_id"]
    stored = packs[packs["handover_id"] == key] if "handover_id" in packs else packs
    if key is not None and len(stored):
        return {str(name): value for name, value in stored.iloc[0].items()}
    former = parameters["from_officer"]
    if former is None:
        raise NotFound(
            "handover_unknown",
            Text(f"ไม่พบชุดส่งมอบ {key}", f"There is no hand-over {key}"),
            handover_id=key,
        )
    chosen: dict[str, Any] = {"op": "=", "args": [{"property": "keeper_id"}, former]}
    if parameters["area"] is not None:
        inside = {"op": "like", "args": [{"property": "area_code"}, f"{parameters['area']}%"]}
        chosen = {"op": "and", "args": [chosen, inside]}
    kept = reader.read("debtors", filter=chosen, fields=("contract_id", "area_code"))
    if not len(kept):
        raise NotFound(
            "nothing_kept",
            Text(f"{former} ไม่ได้ดูแลสัญญาใดในพื้นที่นี้", f"{former} keeps no contract in this area"),
            officer=former,
        )
    return {
        "handover_id": key or f"HO-{former}-{on:%Y%m%d}",
        "area_code": pack_area(kept["area_code"]),
        "from_officer": former,
        "contracts": sorted(kept["contract_id"]),
        "state": None,
    }


def _contracts(keys: Sequence[str], reader: Reader) -> DebtorRows:
    wanted = {"op": "in", "args": [{"property": "contract_id"}, list(keys or ())]}
    return read_debtors(None, wanted, reader, more=KEEPING)


def _pack_table(rows: DebtorRows, reader: Reader, on: date) -> pd.DataFrame:
    """A row a contract: class and countdown, pin, papers, open measure, promises, last visit."""
    rules = ClassRules()
    judged, _ = classify(rows.table, on, rules, known_on=max(on, today()))
    documents = read_papers(reader)
    columns = class_columns(rows, judged, documents, reader, rules, matrix_extra=True)
    shown = ("contract_no", "area_code", *KEEPING, "measure_code", "measure_state")
    table = pd.DataFrame(
        {
            "contract_id": rows.table["contract_id"],
            **{name: _column(rows.table, name) for name in shown},
            **{name: columns[name] for name in ("debtor_class", "timebar_date", "days_left",
                                                "timebar_band", "documents_pct",
                                                "documents_missing")},
        }
    )  # fmt: skip
    found = table.join(_last_visits(reader), on="contract_id")
    for name in set(found) - set(table):
        found[name] = _column(found, str(name))
    return found


def _column(table: pd.DataFrame, name: str) -> pd.Series[Any]:
    if name not in table:
        return pd.Series([None] * len(table), index=table.index, dtype=object)
    return table[name].astype(object).where(table[name].notna(), None)


def _last_visits(reader: Reader) -> pd.DataFrame:
    visits = visible_rows(reader, "visits", "kind", "debtor", fields=("contract_id", *LAST_VISIT))
    found = pd.DataFrame(columns=list(LAST_VISIT))
    if {"contract_id", "visited_at"} <= set(visits.columns):
        seen = visits[visits["contract_id"].notna() & visits["visited_at"].notna()]
        last = seen.sort_values("visited_at").groupby("contract_id").tail(1)
        found = last.set_index("contract_id").reindex(columns=list(LAST_VISIT))
    found = found.astype(object).where(found.notna(), None)
    return found.rename(columns={name: f"last_{name}" for name in ("problems", "suggestion")})


def _codes(items: Sequence[BlockingItem], contract_id: str) -> list[str]:
    return [item.code for item in items if item.contract_id == contract_id]


def _findings(pack: Mapping[str, Any], table: pd.DataFrame) -> list[dict[str, Any]]:
    """Contracts of the pack that are not in the register, or that somebody else keeps by now."""
    keepers = dict(zip(table["contract_id"], table["keeper_id"], strict=True))
    found = []
    for row, key in enumerate(pack["contracts"] or (), 1):
        if key not in keepers:
            code, field = "contract_unknown", "contract_id"
            text = Text(f"ไม่พบสัญญา {key}", f"There is no contract {key}")
        elif pack["state"] != "accepted" and keepers[key] != pack["from_officer"]:
            code, field = "keeper_changed", "keeper_id"
            text = Text(
                f"ผู้ดูแลสัญญา {key} ไม่ใช่ {pack['from_officer']} แล้ว",
                f"{pack['from_officer']} does not keep contract {key} any more",
            )
        else:
            continue
        found.append({"row": row, "contract_id": key, "field": field, "code": code,
                      "th": text.th, "en": text.en})  # fmt: skip
    return found


def _change(
    pack: Mapping[str, Any],
    act: str,
    on: date,
    items: Sequence[BlockingItem],
    parameters: Mapping[str, Any],
) -> dict[str, Any]:
    """The fields of the pack's row that the act changes; for a new pack the whole row."""
    given = {name: parameters[name] for name in ("to_officer", "reason") if parameters[name]}
    successor = given.get("to_officer", pack.get("to_officer"))
    if successor == pack["from_officer"]:
        raise _wrong("to_officer", "ผู้รับมอบต้องไม่ใช่ผู้ส่งมอบ", "The successor must be somebody else")
    if act == "prepare":
        if pack["state"] is not None:
            raise _wrong("act", "ชุดส่งมอบนี้จัดเตรียมไว้แล้ว", "This pack was prepared before")
        open_items = [{"contract_id": item.contract_id, "code": item.code} for item in items]
        whole = {name: pack[name] for name in ("area_code", "from_officer", "contracts")}
        return {**whole, **given, "open_items": open_items, "acknowledged": [],
                "prepared_at": on, "state": "prepared"}  # fmt: skip
    if pack["state"] is None:
        raise _wrong(
            "act", "ต้องจัดเตรียมชุดส่งมอบก่อน (act=prepare)", "Prepare the pack first (act=prepare)"
        )
    if act == "send" and successor is None:
        raise _wrong("to_officer", "ต้องระบุผู้รับมอบ", "Name the successor")
    change = stepped(
        pack,
        act,
        on,
        items=items,
        acknowledged=named_items(parameters["acknowledge"] or ""),
        reason=parameters["reason"],
        overlap_days=parameters["overlap_days"],
    )
    if act == "send" and "to_officer" in given:
        change["to_officer"] = successor
    return change


def _wrong(parameter: str, thai: str, english: str) -> ParameterError:
    return ParameterError("parameter_invalid", Text(thai, english), parameter=parameter)


def _new_keepers(table: pd.DataFrame, pack: Mapping[str, Any]) -> pd.DataFrame:
    mine = table.loc[table["keeper_id"] == pack["from_officer"], ["contract_id"]]
    taken: pd.DataFrame = mine.assign(keeper_id=pack["to_officer"]).reset_index(drop=True)
    return taken


def _pack_summary(
    pack: Mapping[str, Any],
    table: pd.DataFrame,
    items: Sequence[BlockingItem],
    findings: list[dict[str, Any]],
) -> dict[str, Any]:
    known = {(i["contract_id"], i["code"]) for i in pack.get("acknowledged") or ()}
    summary = {
        "handover_id": pack["handover_id"],
        "state": pack["state"],
        "from_officer": pack["from_officer"],
        "to_officer": pack.get("to_officer"),
        "access_until": pack.get("access_until"),
        "contracts": len(table),
        "classes": {str(k): int(n) for k, n in table["debtor_class"].value_counts().items()},
        "open_items": [
            {"contract_id": item.contract_id, "code": item.code,
             "th": BLOCKING[item.code].th, "en": BLOCKING[item.code].en,
             "acknowledged": (item.contract_id, item.code) in known}
            for item in items
        ],
        "findings": findings[:FINDINGS_SHOWN],
    }  # fmt: skip
    return {
        name: value.isoformat() if isinstance(value, date) else value
        for name, value in summary.items()
        if value not in (None, [])
    }


# --- The board ------------------------------------------------------------------------------


def _board(packs: pd.DataFrame, parameters: Mapping[str, Any], reader: Reader) -> Result:
    """Every pack, and how many contracts of each district have no keeper (HAND-T3)."""
    wanted = ("handover_id", "state", "from_officer", "to_officer", "area_code", "prepared_at",
              "sent_at", "accepted_at", "access_until")  # fmt: skip
    table = pd.DataFrame({name: _column(packs, name) for name in wanted}, index=packs.index)
    table["contracts"] = [len(c or ()) for c in _column(packs, "contracts")]
    debtors = reader.read("debtors", fields=("contract_id", "area_code", "keeper_id"))
    officers = [name.strip() for name in (parameters["officers"] or "").split(",") if name.strip()]
    known = set(officers) or set(_column(debtors, "keeper_id")) - {None}
    lost = debtors[debtors["contract_id"].isin(without_keeper(debtors, known))]
    by_district = lost["area_code"].astype(str).str[:4].value_counts().sort_index()
    return Result(
        features=gpd.GeoDataFrame(table, geometry=[None] * len(table), crs=4326),
        summary={
            "handovers": len(table),
            "states": {code: int((table["state"] == code).sum()) for code in HANDOVER_STATES},
            "without_keeper": {str(code): int(count) for code, count in by_district.items()},
            "no_keeper": [
                {"contract_id": key, "area_code": area}
                for key, area in zip(lost["contract_id"], lost["area_code"], strict=True)
            ][:FINDINGS_SHOWN],
        },
        rules=RULES,
    )


def _input(name: str, th: str, en: str, kind: Any = "text", **more: Any) -> Input:
    return Input(name=name, label=Text(th, en), type=kind, **more)


HANDOVER_PACK = Process(
    id="handover-pack",
    version="1.0.0",
    title=Text("ชุดส่งมอบพิกัดและแฟ้ม", "Hand-over pack"),
    description=Text(
        "สัญญา ประเภทและอายุความ พิกัด เอกสาร มาตรการ นัดหมาย และเรื่องค้างที่ผู้รับมอบต้องรับทราบทีละเรื่อง "
        "จัดเตรียม ส่ง รับ หรือส่งกลับ และสัญญาที่ไม่มีผู้ดูแล",
        "Contracts with class and time bar, pins, papers, measures, promises and the open matters "
        "that a successor acknowledges one by one; prepare, send, accept or return a pack; and "
        "the contracts that nobody keeps",
    ),
    inputs=(
        _input("handover_id", "รหัสการส่งมอบ", "Hand-over ID"),
        _input("from_officer", "ผู้ส่งมอบ", "From"),
        _input("to_officer", "ผู้รับมอบ", "To"),
        _input("area", "เฉพาะพื้นที่ (รหัส)", "Only in the area (code)"),
        _input("act", "การดำเนินการ", "Act", values=ACTS),
        _input(
            "acknowledge", "เรื่องค้างที่รับทราบ", "Open matters acknowledged",
            description=Text("รหัสสัญญา:เรื่อง คั่นด้วยจุลภาค", "contract:code, between commas"),
        ),
        _input("reason", "เหตุผล", "Reason"),
        _input(
            "officers", "บัญชีผู้ดูแลที่ยังใช้งาน", "Accounts that are open",
            description=Text(
                "คั่นด้วยจุลภาค สัญญาของบัญชีอื่นถือว่าไม่มีผู้ดูแล",
                "Between commas; contracts of other accounts have no keeper",
            ),
        ),
        _input(
            "overlap_days", "ผู้ดูแลเดิมยังเห็นข้อมูลอีก", "Former keeper still sees it for", "integer",
            unit="day", default=OVERLAP_DAYS, minimum=0, maximum=365,
        ),
        _input("reference", "วันอ้างอิง", "Reference day", "date",
               description=Text("ไม่ระบุคือวันนี้", "Today when not given")),
    ),
    outputs=(
        *layer_outputs(HANDOVERS, "handover_id", "state", "from_officer", "to_officer",
                       "prepared_at", "sent_at", "accepted_at", "access_until"),
        *layer_outputs(DEBTORS, "contract_id", "debtor_class", "timebar_date", "days_left",
                       "pin_status", "verified_at", "documents_pct", "documents_missing",
                       "measure_code", "measure_state", "next_visit_date"),
        Output(name="open_items", label=Text("เรื่องค้าง", "Open matters"), type="list",
               values=BLOCKING),
    ),
    reads=("handovers", "debtors", "documents", "visits"),
    writes=("handovers", "debtors"),
    run=run,
)  # fmt: skip
