"""Fund check: level, faults, indicators, choice, surveys and checklist of funds (FUND-R1 to R5)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from typing import Any

import geopandas as gpd
import pandas as pd

from geo.text import Text
from layers.debt.dates import today
from layers.debt.findings import FINDINGS_SHOWN
from layers.debt.fund_checklist import STEPS, checklist_progress, district_totals
from layers.debt.fund_faults import (
    FUND_FAULTS,
    WEAK_POINTS,
    FaultRules,
    current_faults,
    weak_points,
)
from layers.debt.fund_findings import find_fund_faults
from layers.debt.fund_levels import (
    INDICATOR_TOTALS,
    QUOTA_PEOPLE,
    Choice,
    IndicatorCount,
    choose_funds,
    count_indicators,
    eligible_for_training,
)
from layers.debt.fund_surveys import no_round_1_yet, round_1_overdue, rounds_side_by_side
from layers.debt.fund_teams import DISTRICTS, districts_without_team, even_load
from layers.errors import AccessDenied
from layers.funds import FUND_LEVELS, FUNDS
from layers.processes.layer_outputs import layer_outputs
from layers.processes.model import Input, Output, Process, Reader, Result

__all__ = ["FUND_CHECK"]

RULES = ("FUND-R1", "FUND-R2", "FUND-R3", "FUND-R4", "FUND-R5", "FUND-R8", "FUND-R9")
COUNTED = ("indicators_passed", "indicators_total", "mandatory_failed")
SHOWN = ("fund_id", "name", "kind", "area_code", "level", *COUNTED)
STORED = (*COUNTED, "faults", "survey_state")
SURVEYS = "debt_surveys"  # restricted: few may see it
AREAS = {"province": 2, "district": 4, "tambon": 6}
QUOTA = round(sum(funds for funds, _ in QUOTA_PEOPLE.values()) / DISTRICTS / len(QUOTA_PEOPLE))
"""Funds a kind and district: the 9,000 of the programme spread over 878 districts (decision)."""


def run(parameters: Mapping[str, Any], reader: Reader) -> Result:
    """Judge the funds of the layer that the caller may see."""
    reference = parameters["reference"] or today()
    rules = FaultRules(**{item.name: parameters[item.name] for item in fields(FaultRules)})
    rows = _read(parameters["filter"], reader)
    findings = find_fund_faults(rows, max(reference, today()))
    counted = _counted(rows, parameters["mandatory"])
    choices = _choices(counted, parameters["quota"], AREAS[parameters["quota_by"]])
    table = _table(counted, choices, reference, rules, parameters)
    errors: dict[int, str] = {}
    for finding in findings:
        errors.setdefault(finding.row - 1, finding.code)
    table["error"] = [errors.get(row) for row in range(len(rows))]
    summary = _summary(counted, table, choices)
    if len(rows) == 1:
        summary |= _detail(rows.iloc[0])
    summary |= {
        "reference": reference.isoformat(),
        "findings": len(findings),
        "faults_of_data": [finding.as_json() for finding in findings[:FINDINGS_SHOWN]],
    }
    return Result(
        features=gpd.GeoDataFrame(table, geometry=rows.geometry, crs=4326),
        summary={name: value for name, value in summary.items() if value not in (None, [], {})},
        rules=RULES,
        left_out=len(errors),
        updates={"funds": table[["fund_id", *STORED]]},
    )


def _read(chosen: Any, reader: Reader) -> gpd.GeoDataFrame:
    layer = reader.store.layer("funds")
    if "level" not in reader.view_of(layer).fields:
        raise AccessDenied(
            "funds_hidden",
            Text(
                f"ไม่มีสิทธิ์ดูระดับและข้อบกพร่องใน{layer.title.th}",
                f"Levels and faults of {layer.title.en} are not open to you",
            ),
        )
    rows = reader.read("funds", filter=chosen).reset_index(drop=True)
    return gpd.GeoDataFrame(rows, geometry=rows.get("geometry"), crs=4326)


def _counted(rows: gpd.GeoDataFrame, mandatory: str | None) -> pd.DataFrame:
    """The rows with indicators counted from the results of the assessment, where there are any."""
    codes = [code.strip() for code in (mandatory or "").split(",") if code.strip()]
    counted = pd.DataFrame(rows.drop(columns=rows.geometry.name))
    for row, (kind, results) in enumerate(
        zip(rows["kind"], rows["indicator_results"], strict=True)
    ):
        if isinstance(results, Mapping) and results:
            found: IndicatorCount = count_indicators(str(kind), results, codes)
            counted.loc[row, "indicators_passed"] = found.passed
            counted.loc[row, "indicators_total"] = INDICATOR_TOTALS.get(str(kind), len(results))
            if codes:
                counted.loc[row, "mandatory_failed"] = found.mandatory_failed
    return counted


def _choices(rows: pd.DataFrame, quota: int, digits: int) -> dict[tuple[str, str], Choice]:
    """The choice in each area for each kind of fund that indicators are told for (FUND-R2)."""
    measured = rows[rows["kind"].isin(list(INDICATOR_TOTALS))]
    areas = measured["area_code"].astype(str).str[:digits]
    return {
        (str(area), str(kind)): choose_funds(mine, quota)
        for (area, kind), mine in measured.groupby([areas, "kind"])
    }


def _table(
    rows: pd.DataFrame,
    choices: Mapping[tuple[str, str], Choice],
    reference: Any,
    rules: FaultRules,
    parameters: Mapping[str, Any],
) -> pd.DataFrame:
    chosen = {fund for choice in choices.values() for fund in choice.chosen}
    table = rows[list(SHOWN)].copy()
    for name in COUNTED:
        table[name] = pd.to_numeric(table[name], errors="coerce").astype("Int64")
    table["faults"] = pd.Series(current_faults(rows, reference, rules), dtype=object)
    table["weak_points"] = weak_points(rows, reference, rules)
    table["chosen"] = rows["fund_id"].isin(chosen)
    newly = table["chosen"] & rows["survey_state"].isna()
    table["survey_state"] = rows["survey_state"].astype(object).mask(newly, "chosen")
    table["survey_state"] = table["survey_state"].where(table["survey_state"].notna(), None)
    table["round_1_overdue"] = (
        [
            round_1_overdue(state, surveys, reference, parameters["round_1_until"])
            for state, surveys in zip(rows["survey_state"], map(_list, rows[SURVEYS]), strict=True)
        ]
        if SURVEYS in rows
        else None
    )
    table["training"] = eligible_for_training(rows)
    progress = [checklist_progress(_list(cell)) for cell in rows["checklist"]]
    has_steps = rows["kind"].isin(list(STEPS))
    steps = [item.done if told else None for item, told in zip(progress, has_steps, strict=True)]
    table["steps_done"] = pd.array(steps, dtype="Int64")
    table["steps_open_before"] = [list(item.gaps) for item in progress]
    return table


def _list(cell: Any) -> list[Any]:
    return cell if isinstance(cell, list) else []


def _summary(
    rows: pd.DataFrame, table: pd.DataFrame, choices: Mapping[tuple[str, str], Choice]
) -> dict[str, Any]:
    districts = sorted(set(rows["area_code"].astype(str).str[:4]))
    teamed = rows.loc[rows["team_id"].notna(), "area_code"].astype(str).str[:4]
    level = rows["level"].astype(object)
    return {
        "funds": len(rows),
        "kinds": {str(kind): int(n) for kind, n in rows["kind"].value_counts().items()},
        "levels": {code: int((level == code).sum()) for code in FUND_LEVELS},
        "level_missing": sorted(fund for item in choices.values() for fund in item.level_missing),
        "faults": _tally(table["faults"], FUND_FAULTS),
        "weak_points": _tally(table["weak_points"], WEAK_POINTS),
        "choice": [
            {"area_code": area, "kind": kind, "chosen": len(item.chosen), "shortage": item.shortage}
            for (area, kind), item in sorted(choices.items())
        ],
        **_surveys(rows, table),
        "checklist_steps": district_totals(rows),
        "districts_without_team": districts_without_team(districts, set(teamed)),
        "funds_a_team": even_load(int(table["chosen"].sum()), len(districts)).mean
        if districts
        else None,
    }


def _surveys(rows: pd.DataFrame, table: pd.DataFrame) -> dict[str, Any]:
    """Who waits for survey round 1; nothing for a caller who may not see the surveys."""
    if SURVEYS not in rows:
        return {}
    return {
        "no_round_1_yet": {area: len(ids) for area, ids in no_round_1_yet(rows).items()},
        "round_1_overdue": int(table["round_1_overdue"].sum()),
    }


def _tally(lists: pd.Series[Any], codes: Mapping[str, Text]) -> dict[str, int]:
    return {code: sum(code in _list(item) for item in lists) for code in codes}


def _detail(row: pd.Series[Any]) -> dict[str, Any]:
    """The seven steps and both survey rounds of one fund."""
    done = {
        int(item.get("step") or 0): item.get("done_on")
        for item in _list(row["checklist"])
        if isinstance(item, Mapping)
    }
    rounds = rounds_side_by_side(_list(row.get(SURVEYS)))
    return {
        "checklist": [
            {"step": step, "th": label.th, "en": label.en, "done_on": done.get(step)}
            for step, label in enumerate(STEPS.get(str(row["kind"]), ()), 1)
        ],
        "rounds": [
            {"figure": name, "round_1": first, "round_2": second}
            for name, (first, second) in rounds.items()
            if (first, second) != (None, None)
        ],
    }


_LABELS: Mapping[str, tuple[Text, str | None]] = {
    "max_legal_rate_pct": (Text("ดอกเบี้ยสูงสุดตามกฎหมายต่อปี", "Legal maximum of interest a year"), "%"),
    "report_age_days": (Text("อายุงบดุลประจำเดือนสูงสุด", "Greatest age of the monthly balance"), "day"),
    "few_members_below": (Text("สมาชิกน้อยเมื่อต่ำกว่า", "Few members below"), "person"),
    "capital_low_thb": (Text("เตือนเงินทุน กข.คจ. ต่ำกว่า", "Capital of KKJ low below"), "THB"),
    "capital_high_thb": (Text("เตือนเงินทุน กข.คจ. สูงกว่า", "Capital of KKJ high above"), "THB"),
}


def _rule_inputs() -> tuple[Input, ...]:
    return tuple(
        Input(
            name=item.name,
            label=_LABELS[item.name][0],
            type="number" if isinstance(item.default, float) else "integer",
            unit=_LABELS[item.name][1],
            default=item.default,
            minimum=item.metadata["low"],
            maximum=item.metadata["high"],
        )
        for item in fields(FaultRules)
    )


def _output(name: str, th: str, en: str, kind: str, **more: Any) -> Output:
    return Output(name=name, label=Text(th, en), type=kind, **more)


FUND_CHECK = Process(
    id="fund-check",
    version="1.0.0",
    title=Text("ตรวจทะเบียนกองทุนชุมชน", "Fund check"),
    description=Text(
        "ระดับ ข้อบกพร่อง ตัวชี้วัด 21 และ 18 ข้อ กองทุนที่ได้รับคัดเลือกตามโควตา รอบสำรวจลูกหนี้ "
        "และแบบตรวจ 7 ขั้นตอนของแต่ละกองทุน ระดับเป็นค่าที่บันทึก ไม่คำนวณจากจำนวนตัวชี้วัด",
        "Level, faults, the 21 and 18 indicators, funds chosen within the quota, survey rounds and "
        "the seven-step checklist of each fund; the level is as entered, never computed",
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
            description=Text("CQL2 บนชั้นข้อมูลกองทุนชุมชน", "CQL2 over the layer funds"),
        ),
        Input(
            name="quota",
            label=Text("โควตาต่อประเภทและพื้นที่", "Quota a kind and area"),
            type="integer",
            unit="fund",
            default=QUOTA,
            minimum=0,
            maximum=100_000,
            description=Text(
                "ค่าเริ่มต้นเฉลี่ย 4,600 กลุ่มออมทรัพย์ฯ และ 4,400 กข.คจ. ลง 878 อำเภอ",
                "By default the 4,600 savings groups and 4,400 KKJ spread over 878 districts",
            ),
        ),
        Input(
            name="quota_by",
            label=Text("พื้นที่ของโควตา", "Area of the quota"),
            type="text",
            default="district",
            values={
                "province": Text("จังหวัด", "Province"),
                "district": Text("อำเภอ", "District"),
                "tambon": Text("ตำบล", "Tambon"),
            },
        ),
        Input(
            name="mandatory",
            label=Text("รหัสตัวชี้วัดบังคับ", "Codes of mandatory indicators"),
            type="text",
            description=Text(
                "คั่นด้วยจุลภาค แหล่งข้อมูลไม่ได้พิมพ์รายการไว้", "Between commas; the sources print no list"
            ),
        ),
        Input(
            name="round_1_until",
            label=Text("สำรวจรอบที่ 1 ภายใน", "Survey round 1 until"),
            type="date",
            description=Text(
                "ไม่ระบุใช้วันในปฏิทินที่พิมพ์ไว้ (พ.ศ. 2563)", "Else the day of the printed calendar (2020)"
            ),
        ),
        *_rule_inputs(),
    ),
    outputs=(
        *layer_outputs(FUNDS, *SHOWN, "faults"),
        _output("weak_points", "จุดอ่อน", "Weak points", "list", values=WEAK_POINTS),
        _output("chosen", "ได้รับคัดเลือก", "Chosen", "boolean"),
        *layer_outputs(FUNDS, "survey_state"),
        _output("round_1_overdue", "เกินกำหนดสำรวจรอบที่ 1", "Round 1 overdue", "boolean"),
        _output("training", "เข้าอบรมระดับอำเภอ", "Takes part in the training", "boolean"),
        _output("steps_done", "ขั้นตอนที่ทำแล้ว (จาก 7)", "Steps done (of 7)", "integer"),
        _output("steps_open_before", "ขั้นตอนที่ข้าม", "Steps skipped", "list"),
        _output("error", "ข้อมูลผิดเพราะ", "Data at fault", "text"),
    ),
    reads=("funds",),
    writes=("funds",),
    run=run,
)
