"""Deadline board: what each office has sent, must send soon, and is late with (ASM-R142 to 147)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

import geopandas as gpd
import pandas as pd

from geo.text import Text
from layers.deadline_rules import calendar, days_until, due_days, state
from layers.debt.dates import today
from layers.debt.findings import FINDINGS_SHOWN
from layers.debt.rounds import SLOTS, slot_due
from layers.processes.model import Input, Output, Process, Reader, Result
from layers.projects import DEADLINE_STATES, DEADLINES

__all__ = ["DEADLINE_BOARD"]

FIELD_REPORT = "DL61"  # the report of weeks 1 and 3
RULES = ("ASM-R142", "ASM-R143", "ASM-R144", "ASM-R145", "ASM-R146", "ASM-R147", "DEBT-R23",
         "FUND-R9")  # fmt: skip
OFFICE = ("programme", "area_code", "actor")
COLUMNS = ("deadline_id", "rule_id", "programme", "deliverable_th", "deliverable_en", "actor",
           "area_code", "rule", "window_start", "due_on", "done_on", "state", "days_left",
           "conflicts_with", "source_ref", "error")  # fmt: skip


def run(parameters: Mapping[str, Any], reader: Reader) -> Result:
    """Judge the duties of the layer ``deadlines``, the field rounds, and if asked the calendar."""
    reference = parameters["reference"] or today()
    stored = reader.read("deadlines", filter=parameters["filter"])
    weeks = parameters["week_definition"]
    duties = list(_stored(stored, weeks))
    known = {(row["rule_id"], row["area_code"], row["due_on"]) for row in duties}
    if parameters["filter"] is None:
        rounds = _field_reports(reader, reference, weeks)
        duties += [r for r in rounds if (r["rule_id"], r["area_code"], r["due_on"]) not in known]
    if parameters["calendar"]:
        duties += list(_printed())
    findings = []
    for number, row in enumerate(duties, 1):
        fault = _judge(row, reference, parameters["warn_days"])
        if fault is not None:
            findings.append({"row": number, "deadline_id": row["deadline_id"], **fault})
    chosen = parameters["programme"]
    shown = [row for row in duties if chosen is None or row["programme"] == chosen]
    table = pd.DataFrame(shown, columns=list(COLUMNS), dtype=object)
    table = table.sort_values(["due_on", "area_code", "deadline_id"], na_position="last")
    features = gpd.GeoDataFrame(
        table.reset_index(drop=True), geometry=[None] * len(table), crs=4326
    )
    return Result(
        features=features,
        summary=_summary(table, reference, findings),
        rules=RULES,
        left_out=len({finding["row"] for finding in findings}),
        updates={"deadlines": _updates(duties, stored)},
    )


def _stored(rows: pd.DataFrame, weeks: Any) -> Iterator[dict[str, Any]]:
    """The rows of the layer, with the due day that their rule tells where none is entered."""
    for record in rows.astype(object).where(rows.notna(), None).to_dict("records"):
        row = {name: record.get(name) for name in COLUMNS}
        if row["due_on"] is None:
            told = due_days(
                str(record["rule"]),
                record.get("anchor_on"),
                offset_days=record.get("offset_days"),
                offset_months=record.get("offset_months"),
                day_of_month=record.get("day_of_month"),
                week_definition=weeks,
            )
            row["due_on"] = told[0] if told else None
        yield row


def _field_reports(reader: Reader, reference: date, weeks: Any) -> list[dict[str, Any]]:
    """The reports of weeks 1 and 3 of every district and month that has a round (DEBT-R23)."""
    if reader.view_of(reader.store.layer("field_rounds")).aggregates_only:
        return []
    rounds = reader.read("field_rounds")
    duty = calendar()[FIELD_REPORT]
    filed = {
        (row["area_code"], row["month"], row["slot"]): row["reported_at"]
        for row in rounds.astype(object).where(rounds.notna(), None).to_dict("records")
        if row["month"] is not None and row["status"] != "cancelled"
    }
    found = []
    for area, month in sorted({key[:2] for key in filed}):
        for slot in SLOTS:
            found.append(
                {
                    "deadline_id": f"{FIELD_REPORT}-{area}-{month:%Y%m}-{slot}",
                    "rule_id": FIELD_REPORT,
                    "programme": duty.programme_th,
                    "deliverable_th": duty.deliverable_th,
                    "deliverable_en": duty.deliverable_en,
                    "actor": duty.actor,
                    "area_code": area,
                    "rule": duty.rule,
                    "due_on": slot_due(month, slot, weeks)[1],
                    "done_on": filed.get((area, month, slot)),
                    "source_ref": duty.source,
                }
            )
    return [row for row in found if row["due_on"].replace(day=1) <= reference]


def _printed() -> Iterator[dict[str, Any]]:
    """The printed duties that have a day of their own; contradictory ones name each other."""
    for duty in calendar().values():
        if duty.due_on is None:
            continue
        twins = [
            other.id
            for other in calendar().values()
            if other.deliverable_en == duty.deliverable_en
            and other.programme_en == duty.programme_en
            and other.id != duty.id
        ]
        yield {
            "deadline_id": duty.id,
            "rule_id": duty.id,
            "programme": duty.programme_th,
            "deliverable_th": duty.deliverable_th,
            "deliverable_en": duty.deliverable_en,
            "actor": duty.actor,
            "area_code": None,
            "rule": duty.rule,
            "window_start": duty.window_start,
            "due_on": duty.due_on,
            "done_on": None,
            "conflicts_with": twins or None,
            "source_ref": duty.source,
        }


def _judge(row: dict[str, Any], reference: date, warn_days: int) -> dict[str, str] | None:
    """Write state and days left into the row; what cannot be true comes back, named."""
    due, done = row["due_on"], row["done_on"]
    row |= {"state": None, "days_left": None, "error": None}
    if due is None:
        text = Text("ไม่มีวันครบกำหนดและไม่มีวันเริ่มนับ", "Neither a due day nor a day to count from")
        return _fault(row, "due_on", "due_unknown", text)
    if done is not None and done > max(reference, today()):
        text = Text(f"วันส่ง {done} ยังไม่ถึง", f"Done on {done}, which is still to come")
        return _fault(row, "done_on", "done_in_future", text)
    if row.get("window_start") is not None and row["window_start"] > due:
        text = Text(f"เปิดรับหลังครบกำหนด {due}", f"Opens after it is due, {due}")
        return _fault(row, "window_start", "window_reversed", text)
    row["state"] = state(due, done, reference, warn_days=warn_days)
    row["days_left"] = days_until(due, done, reference)
    return None


def _fault(row: dict[str, Any], field: str, code: str, text: Text) -> dict[str, str]:
    row["error"] = code
    return {"field": field, "code": code, "th": text.th, "en": text.en}


def _summary(table: pd.DataFrame, reference: date, findings: list[Any]) -> dict[str, Any]:
    judged = table[table["state"].notna()]
    offices = []
    for keys, rows in judged.groupby(list(OFFICE), dropna=False, sort=True):
        counts = rows["state"].value_counts()
        left = rows["days_left"].astype(int)
        overdue = rows["state"] == "overdue"
        offices.append(
            {
                **{name: _known(value) for name, value in zip(OFFICE, keys, strict=True)},
                **{code: int(counts.get(code, 0)) for code in DEADLINE_STATES},
                "days_overdue": int(-left[overdue].min()) if overdue.any() else 0,
            }
        )
    province = judged["area_code"].dropna().astype(str).str[:2]
    counted = pd.crosstab(province, judged["state"][province.index])
    return {
        "reference": reference.isoformat(),
        "duties": len(table),
        "states": {code: int((judged["state"] == code).sum()) for code in DEADLINE_STATES},
        "provinces": {
            str(code): {str(name): int(count) for name, count in row.items()}
            for code, row in counted.iterrows()
        },
        "offices": offices,
        "findings": findings[:FINDINGS_SHOWN],
    }


def _known(value: Any) -> Any:
    return None if value is None or pd.isna(value) else value


def _updates(duties: list[dict[str, Any]], stored: pd.DataFrame) -> pd.DataFrame:
    """The computed columns of the layer; duties that were derived are not rows of it."""
    mine = set(stored["deadline_id"]) if len(stored) else set()
    rows = [row for row in duties if row["deadline_id"] in mine]
    return pd.DataFrame(
        {
            "deadline_id": [row["deadline_id"] for row in rows],
            "state": [row["state"] for row in rows],
            "days_left": pd.array([row["days_left"] for row in rows], dtype="Int64"),
        }
    )


def _output(name: str) -> Output:
    item = DEADLINES.by_name[name]
    return Output(name=name, label=item.label, type=item.type, unit=item.unit, values=item.values)


DEADLINE_BOARD = Process(
    id="deadline-board",
    version="1.0.0",
    title=Text("กระดานกำหนดส่ง", "Deadline board"),
    description=Text(
        "สิ่งที่แต่ละหน่วยงานส่งแล้ว ใกล้ครบกำหนด และส่งล่าช้า: สัปดาห์ที่ 1 และ 3 วันที่ 20 "
        "ภายใน 7 และ 15 วัน และปฏิทินของโครงการ",
        "What each office has sent, must send soon and is late with: weeks 1 and 3, the 20th, "
        "within 7 and 15 days, and the calendar of the programmes",
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
            description=Text("CQL2 บนชั้นข้อมูลกำหนดเวลา", "CQL2 over the layer deadlines"),
        ),
        Input(name="programme", label=DEADLINES.by_name["programme"].label, type="text"),
        Input(
            name="warn_days",
            label=Text("เตือนล่วงหน้า", "Warn before"),
            type="integer",
            unit="day",
            default=7,
            minimum=0,
            maximum=365,
        ),
        Input(
            name="week_definition",
            label=Text("นิยามสัปดาห์ของเดือน", "Weeks of the month"),
            type="text",
            default="day_of_month",
            values={
                "day_of_month": Text("วันที่ 1-7 คือสัปดาห์ที่ 1", "Days 1-7 are week 1"),
                "calendar_monday": Text("สัปดาห์เริ่มวันจันทร์", "Weeks begin on Monday"),
            },
        ),
        Input(
            name="calendar",
            label=Text("รวมปฏิทินที่พิมพ์ไว้", "With the printed calendar"),
            type="boolean",
            default=False,
        ),
    ),
    outputs=tuple(_output(name) for name in (
        "deadline_id", "programme", "deliverable_th", "deliverable_en", "actor", "area_code",
        "due_on", "done_on", "state", "days_left", "conflicts_with",
    )),
    reads=("deadlines", "field_rounds"),
    writes=("deadlines",),
    run=run,
)  # fmt: skip
