"""Relief calculator: what each measure would give a debtor, or all of a list (DEBT-R11 to R21).

Estimates for the talk: the register LM and the committees decide.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd

from geo.errors import ParameterError
from geo.text import Text
from layers import people
from layers.debt.classes import DEBTOR_CLASSES, classify
from layers.debt.contracts import numbers
from layers.debt.dates import days, plain, today
from layers.debt.documents import (
    completeness,
    has_guarantor,
    in_mediation,
    in_restructuring,
    papers_held,
)
from layers.debt.findings import FINDINGS_SHOWN
from layers.debt.measures import (
    MATRIX,
    interest_cut_eligible,
    notice_received,
    offered,
)
from layers.debt.money import baht, cut, satang, split
from layers.debt.relief import ReliefRules
from layers.debtors import DEBTORS
from layers.processes.debtor_rows import DebtorRows, read_debtors, visible_rows
from layers.processes.model import Output, Process, Reader, Result
from layers.processes.relief_answers import RULES, ReliefCase, answer, rule_set
from layers.processes.relief_inputs import FACTS, INPUTS

__all__ = ["RELIEF_CALCULATOR"]

DISCLAIMER = Text(
    "เป็นการประมาณเพื่อประกอบการพูดคุย ผู้ตัดสินคือ LM และคณะอนุกรรมการ",
    "An estimate for the talk: LM and the committees decide",
)


def run(parameters: Mapping[str, Any], reader: Reader) -> Result:
    """One debtor in full when one is named or amounts are given, else a line for each."""
    reference = parameters["reference"] or today()
    if parameters["contract_id"] is None and any(parameters[n] is not None for n in FACTS):
        return _one(parameters, None, None, {})
    rows = read_debtors(None, _filter(parameters), reader)
    if parameters["contract_id"] is not None:
        if not len(rows.table):
            raise ParameterError(
                "contract_unknown",
                Text(
                    f"ไม่พบสัญญา {parameters['contract_id']} ที่ท่านมีสิทธิดู",
                    f"There is no contract {parameters['contract_id']} that you may see",
                ),
                parameter="contract_id",
            )
        judged, _ = classify(rows.table, reference, known_on=max(reference, today()))
        return _one(parameters, rows, judged.iloc[0], _file(rows, judged, reader))
    return _all(parameters, rows)


def _filter(parameters: Mapping[str, Any]) -> Any:
    key = parameters["contract_id"]
    if key is None:
        return parameters["filter"]
    return {"op": "=", "args": [{"property": "contract_id"}, key]}


def _file(rows: DebtorRows, judged: pd.DataFrame, reader: Reader) -> dict[str, Any]:
    """What visits and papers say of one contract, where the caller may see them."""
    key = str(rows.table["contract_id"].iloc[0])
    visits = visible_rows(reader, "visits", "contract_id", key)
    papers = completeness(
        judged["debtor_class"],
        papers_held(visible_rows(reader, "documents", "subject_id", key), [key]),
        guarantor=has_guarantor(rows.table),
        restructuring=in_restructuring(rows.table),
        mediation=in_mediation(rows.table),
    )
    outcomes = visits.get("outcome")
    return {
        "visit_outcomes": None
        if outcomes is None
        else [item if isinstance(item, list) else [] for item in outcomes],
        "documents_missing": papers.missing[0],
    }


def _one(
    parameters: Mapping[str, Any], rows: DebtorRows | None, judged: Any, file: Mapping[str, Any]
) -> Result:
    facts = {} if rows is None else rows.table.iloc[0].to_dict()
    code = parameters["debtor_class"] or (None if judged is None else judged["debtor_class"])
    case = replace(_case(parameters, facts), **file)
    chosen = parameters["measure"]
    measures = [chosen] if chosen else _measures(code, rows, judged)
    answers = [answer(measure, case) for measure in measures]
    summary = {
        "contract_id": parameters["contract_id"],
        "debtor_class": code,
        "note": {"th": DISCLAIMER.th, "en": DISCLAIMER.en},
        "measures": [item.as_json() for item in answers],
    }
    return Result(
        summary={name: value for name, value in summary.items() if value is not None},
        rules=tuple(dict.fromkeys(["DEBT-R21", *(RULES[measure] for measure in measures)])),
    )


def _measures(code: Any, rows: DebtorRows | None, judged: Any) -> list[str]:
    """The matrix order of the class; every measure where no class is known (DEBT-R21)."""
    if code not in MATRIX:
        return list(people.MEASURES)
    if rows is None:
        return list(MATRIX[code])
    found: list[str] = offered(
        [code],
        measure_broken=np.array([bool(judged["measure_broken"])]),
        notice=notice_received(rows.table),
        interest_cut=interest_cut_eligible(rows.table),
    )[0]
    return found


def _case(parameters: Mapping[str, Any], facts: Mapping[str, Any]) -> ReliefCase:
    """What was entered goes before what is stored."""

    def fact(name: str) -> Any:
        value = parameters.get(name)
        stored = facts.get(name)
        if value is None and stored is not None and pd.notna(stored):
            value = stored
        return value

    base = [fact("default_interest_thb"), fact("penalty_thb")]
    joint = fact("co_debtors")
    return ReliefCase(
        reference=parameters["reference"] or today(),
        outstanding_thb=fact("outstanding_thb"),
        base_thb=None if base == [None, None] else sum(part or 0 for part in base),
        start=fact("start_date"),
        end=fact("end_date"),
        generation=fact("generation"),
        legal_status=fact("legal_status"),
        joint_debtors=None if joint is None else int(joint),
        given=parameters,
    )


def _all(parameters: Mapping[str, Any], rows: DebtorRows) -> Result:
    """A line for each debtor: class, measures, instalment, ceilings, share."""
    reference = parameters["reference"] or today()
    judged, findings = classify(rows.table, reference, known_on=max(reference, today()))
    rules: ReliefRules = rule_set(ReliefRules, parameters)
    table = rows.table
    sound = judged["error"].isna().to_numpy()
    open_ = sound & judged["debtor_class"].isin(list(MATRIX)).to_numpy()
    balance = numbers(table, "outstanding_thb")
    base = np.nan_to_num(numbers(table, "default_interest_thb"))
    base = base + np.nan_to_num(numbers(table, "penalty_thb"))
    base[~((base > 0) & open_)] = np.nan
    owed = np.where(open_ & (balance > 0), balance, np.nan)
    each, last = _split(owed, np.full(len(table), parameters["months"]))
    persons = np.maximum(np.nan_to_num(numbers(table, "co_debtors"), nan=1), 1)
    columns = {
        "contract_id": table["contract_id"],
        "debtor_class": judged["debtor_class"],
        "measures_offered": offered(
            judged["debtor_class"],
            measure_broken=judged["measure_broken"].to_numpy(dtype=bool),
            notice=notice_received(table),
            interest_cut=interest_cut_eligible(table),
        ),
        "outstanding_thb": owed,
        "instalment_thb": each,
        "last_instalment_thb": last,
        "base_thb": base,
        "cut_notice_thb": _cut(base, rules.notice_pct),
        "cut_compromise_thb": _cut(base, rules.compromise_pct),
        "cut_compromise_late_thb": _cut(base, rules.compromise_late_pct),
        "share_thb": _split(owed, persons)[0],
        "timebar_date": plain(days(judged["timebar_date"])),
        "error": judged["error"],
    }
    features = gpd.GeoDataFrame(pd.DataFrame(columns), geometry=table.geometry.array, crs=4326)
    summary: dict[str, Any] = {
        "debtors": len(table),
        "outstanding_thb": _total(owed),
        "cut_notice_thb": _total(columns["cut_notice_thb"]),
        "note": {"th": DISCLAIMER.th, "en": DISCLAIMER.en},
        "findings": len(findings),
    }
    if findings:
        summary["faults"] = [item.as_json() for item in findings[:FINDINGS_SHOWN]]
    return Result(
        features=features,
        summary=summary,
        rules=("DEBT-R3", "DEBT-R11", "DEBT-R12", "DEBT-R16", "DEBT-R21"),
        left_out=int((~sound).sum()),
    )


def _split(thb: Any, parts: Any) -> tuple[Any, Any]:
    """Equal parts and the last, in THB; nan where the amount is unknown."""
    known = ~np.isnan(thb)
    each, last = np.full(len(thb), np.nan), np.full(len(thb), np.nan)
    one, rest = split(satang(thb[known]), np.asarray(parts)[known])
    each[known], last[known] = baht(one), baht(rest)
    return each, last


def _cut(thb: Any, percent: float) -> Any:
    known = ~np.isnan(thb)
    found = np.full(len(thb), np.nan)
    found[known] = baht(cut(satang(thb[known]), percent))
    return found


def _total(thb: Any) -> float:
    return float(baht(satang(thb[~np.isnan(thb)]).sum()))


def _money(name: str, th: str, en: str) -> Output:
    return Output(name=name, label=Text(th, en), type="number", unit="THB")


RELIEF_CALCULATOR = Process(
    id="relief-calculator",
    version="1.0.0",
    title=Text("คำนวณมาตรการช่วยเหลือ", "Relief calculator"),
    description=Text(
        "ปรับโครงสร้างหนี้ ลดเบี้ยปรับตามจำนวนวัน ช่วงดอกเบี้ย ปลดหนี้รายบุคคล และกรณีเดือดร้อน "
        "พร้อมกติกาและค่าที่ต้นฉบับไม่ได้กำหนด",
        "Restructuring, cuts by day, interest phases, individual release and hardship, each with "
        "its rule and the parameters that the sources leave open",
    ),
    inputs=INPUTS,
    outputs=(
        Output(name="contract_id", label=DEBTORS.by_name["contract_id"].label, type="text"),
        Output(
            name="debtor_class",
            label=DEBTORS.by_name["debtor_class"].label,
            type="text",
            values=DEBTOR_CLASSES,
        ),
        _money("outstanding_thb", "ยอดคงเหลือ", "Outstanding"),
        _money("instalment_thb", "ผ่อนงวดละ", "Instalment"),
        _money("last_instalment_thb", "งวดสุดท้าย", "Last instalment"),
        _money("base_thb", "ดอกเบี้ยผิดนัดและเบี้ยปรับ", "Default interest and penalty"),
        _money("cut_notice_thb", "ลดได้ก่อนฟ้อง (เพดาน)", "Cut before suit (ceiling)"),
        _money("cut_compromise_thb", "ลดได้หลังยอมความ (เพดาน)", "Cut after compromise (ceiling)"),
        _money("share_thb", "ส่วนแบ่งต่อคน", "Share of one person"),
        Output(name="error", label=Text("คำนวณไม่ได้เพราะ", "Not computed because"), type="text"),
    ),
    reads=("debtors", "documents", "visits"),
    run=run,
)
