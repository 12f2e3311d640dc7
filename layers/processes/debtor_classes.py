"""Debtor classes: class, time bar, order, measures and papers of each contract (DEBT-R2 to R10)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import fields
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd

from geo.errors import ParameterError
from geo.text import Text
from layers.debt.classes import DEBTOR_CLASSES, classify
from layers.debt.countdown import ANCHOR_KINDS, TIMEBAR_BANDS
from layers.debt.dates import days, plain, today
from layers.debt.documents import (
    completeness,
    has_guarantor,
    in_mediation,
    in_restructuring,
    papers_held,
)
from layers.debt.findings import FINDINGS_SHOWN
from layers.debt.legal_view import ASK_A_LAWYER, LegalView, legal_view
from layers.debt.measures import interest_cut_eligible, notice_received, offered
from layers.debt.order import list_order
from layers.debt.parameters import ANCHORS, NEVER_PAID_ANCHORS, ClassRules
from layers.debtors import DEBTORS
from layers.processes.debtor_rows import DebtorRows, read_debtors, read_papers, visible_rows
from layers.processes.model import Input, Output, Process, Reader, Result
from layers.projects import LEVELS

__all__ = ["DEBTOR_CLASSES_PROCESS", "class_columns", "class_rules"]

RULES = tuple(f"DEBT-R{number}" for number in (1, 2, 3, 4, 5, 7, 8, 9, 10, 20, 21))
SHOWN = ("contract_id", "contract_no", "area_code", "outstanding_thb", "last_payment_date")
STORED = (
    "debtor_class", "class_reason", "measure_broken", "anchor_date", "anchor_kind", "timebar_date",
    "days_left", "timebar_band", "last_working_day", "list_order", "lm_state", "measures_offered",
    "documents_pct", "documents_missing", "last_visit_date",
)  # fmt: skip
SMALLEST_CELL = 5  # internal tables by area hide smaller ones (debtors.md 9)
CODE_LENGTHS = {"province": 2, "district": 4, "tambon": 6, "village": 8}


def run(parameters: Mapping[str, Any], reader: Reader) -> Result:
    """Judge the debtors that were handed over, else those of the layer."""
    rules = class_rules(parameters)
    reference = parameters["reference"] or today()
    known_on = max(reference, today())
    rows = read_debtors(parameters["debtors"], parameters["filter"], reader)
    judged, findings = classify(
        rows.table, reference, rules, known_on=known_on, faults=rows.unreadable
    )
    documents = pd.DataFrame()
    if not rows.drawn:
        documents = read_papers(reader)
    columns = class_columns(rows, judged, documents, reader, rules, parameters["matrix_extra"])
    table = _table(rows, columns, documents if parameters["legal_view"] else pd.DataFrame())
    summary = {
        "reference": reference.isoformat(),
        **_summary(rows.table, judged, parameters["by"]),
        "moved": _moved(rows, judged, rules, parameters["compare_to"], known_on),
        "findings": len(findings),
        "faults": [item.as_json() for item in findings[:FINDINGS_SHOWN]],
    }
    return Result(
        features=table,
        summary={name: value for name, value in summary.items() if value not in (None, [])},
        rules=RULES,
        left_out=int(judged["error"].notna().sum()),
        updates={} if rows.drawn else {"debtors": _updates(rows, columns, rules)},
    )


def class_rules(parameters: Mapping[str, Any]) -> ClassRules:
    """The parameter set out of the inputs of the same names."""
    names = {item.name for item in fields(ClassRules)} & set(parameters)
    given = {name: parameters[name] for name in names - {"timebar_bands"}}
    return ClassRules(**given, timebar_bands=_edges(parameters["timebar_bands"]))


def _edges(text: str) -> tuple[int, ...]:
    try:
        return tuple(int(part) for part in text.split(","))
    except ValueError:
        raise ParameterError(
            "timebar_bands_invalid",
            Text(
                f"ช่วงนับถอยหลัง {text!r} ต้องเป็นจำนวนวันคั่นด้วยจุลภาค เช่น 30,90,180,365",
                f"Bands {text!r} must be days between commas, as 30,90,180,365",
            ),
            parameter="timebar_bands",
        ) from None


def class_columns(
    rows: DebtorRows,
    judged: pd.DataFrame,
    documents: pd.DataFrame,
    reader: Reader,
    rules: ClassRules,
    matrix_extra: bool,
) -> dict[str, Any]:
    """The computed columns of the layer, by name, for n judged contracts."""
    table = rows.table
    codes = judged["debtor_class"].to_numpy(dtype=object)
    order = list_order(
        codes,
        days_left=judged["days_left"].to_numpy(dtype=float, na_value=np.nan),
        outstanding=_floats(table, "outstanding_thb"),
        overdue=judged["overdue_used"].to_numpy(dtype=float, na_value=np.nan),
        contract_id=table["contract_id"],
        promote_timebar_days=rules.promote_timebar_days,
    )
    papers = completeness(
        codes,
        papers_held(documents, table["contract_id"]),
        guarantor=has_guarantor(table),
        restructuring=in_restructuring(table),
        mediation=in_mediation(table),
    )
    found: dict[str, Any] = {
        name: plain(days(judged[name]))
        for name in ("anchor_date", "timebar_date", "last_working_day", "contract_end")
    }
    for name in ("debtor_class", "class_reason", "measure_broken", "anchor_kind", "days_left",
                 "timebar_band", "lm_state", "error", "overdue_used"):  # fmt: skip
        found[name] = judged[name].array
    return found | {
        "list_order": pd.Series(order).astype("Int64").array,
        "measures_offered": offered(
            codes,
            measure_broken=judged["measure_broken"].to_numpy(dtype=bool),
            notice=notice_received(table),
            interest_cut=interest_cut_eligible(table),
            matrix_extra=matrix_extra,
        ),
        "documents_pct": papers.percent,
        "documents_missing": papers.missing,
        "last_visit_date": _last_visits(rows, reader),
    }


def _floats(table: pd.DataFrame, name: str) -> Any:
    if name not in table:
        return np.full(len(table), np.nan)
    return table[name].to_numpy(dtype=float, na_value=np.nan)


def _last_visits(rows: DebtorRows, reader: Reader) -> Any:
    none = np.full(len(rows.table), None, dtype=object)
    visits = (
        pd.DataFrame()
        if rows.drawn
        else visible_rows(reader, "visits", "kind", "debtor", fields=("contract_id", "visited_at"))
    )
    if not {"contract_id", "visited_at"} <= set(visits.columns) or not len(visits):
        return none
    mine = visits[visits["contract_id"].notna() & visits["visited_at"].notna()]
    last = mine.groupby("contract_id")["visited_at"].max()
    found = rows.table["contract_id"].map(last)
    return plain(days(found)) if found.notna().any() else none


def _table(
    rows: DebtorRows, columns: Mapping[str, Any], documents: pd.DataFrame
) -> gpd.GeoDataFrame:
    shown = {name: rows.table[name].array for name in SHOWN if name in rows.table}
    views = _legal_views(rows.table["contract_id"], columns["timebar_date"], documents)
    table = pd.DataFrame({**shown, **columns, **views})
    return gpd.GeoDataFrame(table, geometry=rows.table.geometry.array, crs=4326)


def _legal_views(keys: pd.Series[Any], limits: Any, documents: pd.DataFrame) -> dict[str, Any]:
    """What the law suggests for those who signed something (DEBT-R8)."""
    signed = dict(_signed(documents))
    if not signed:
        return {}
    views: list[LegalView | None] = [
        legal_view(limit, **signed[key]) if key in signed else None
        for key, limit in zip(keys, limits, strict=True)
    ]
    return {
        "legal_view_until": [None if view is None else view.until for view in views],
        "legal_view_th": [None if view is None else view.note.th for view in views],
        "legal_view_en": [None if view is None else view.note.en for view in views],
        "legal_conflict": [None if view is None else view.conflict for view in views],
    }


_SIGNED = {
    "debt_acknowledgement": "debt_acknowledged",
    "liability_acknowledgement": "liability_acknowledged",
    "compromise_contract": "compromise_or_judgment",
}


def _signed(documents: pd.DataFrame) -> Iterator[tuple[str, dict[str, Any]]]:
    """The latest day of what was signed for each contract, as far as the caller sees papers."""
    wanted = {"subject_id", "kind", "doc_date"}
    if not len(documents) or not wanted <= set(documents.columns):
        return
    papers = documents[["subject_id", "kind", "doc_date"]]
    if "subkind" in documents:
        papers = papers.assign(kind=documents["subkind"].fillna(documents["kind"]))
    papers = papers[papers["kind"].isin(list(_SIGNED)) & papers["doc_date"].notna()]
    for contract, mine in papers.groupby("subject_id"):
        latest = mine.sort_values("doc_date").groupby("kind")["doc_date"].last()
        yield str(contract), {_SIGNED[str(kind)]: day for kind, day in latest.items()}


def _summary(table: pd.DataFrame, judged: pd.DataFrame, by: str) -> dict[str, Any]:
    codes = judged["debtor_class"]
    summary: dict[str, Any] = {
        "debtors": len(table),
        "classes": {code: int((codes == code).sum()) for code in DEBTOR_CLASSES},
        "bands": {code: int((judged["timebar_band"] == code).sum()) for code in TIMEBAR_BANDS},
        "measures_broken": int(judged["measure_broken"].sum()),
        "lm_stale": int(judged["lm_state"].isin(["yellow", "red"]).sum()),
        "areas": [],
    }
    if "area_code" in table and len(table):
        area = table["area_code"].astype(str).str[: CODE_LENGTHS[by]].rename("area_code")
        counts = pd.crosstab(area, codes.rename("class"))
        summary["areas"] = [
            {"area_code": code} | {name: _cell(int(row.get(name, 0))) for name in DEBTOR_CLASSES}
            for code, row in counts.iterrows()
        ]
    return summary


def _cell(count: int) -> int | str:
    return count if count == 0 or count >= SMALLEST_CELL else f"<{SMALLEST_CELL}"


def _moved(
    rows: DebtorRows, judged: pd.DataFrame, rules: ClassRules, earlier: Any, known_on: Any
) -> list[dict[str, Any]] | None:
    """How many went from which class to which since an earlier day (debtors.md 9)."""
    if earlier is None:
        return None
    before = classify(rows.table, earlier, rules, known_on=known_on)[0]["debtor_class"]
    after = judged["debtor_class"]
    pairs = pd.DataFrame({"from": before, "to": after})[before != after].value_counts()
    return [
        {"from": str(row["from"]), "to": str(row["to"]), "debtors": int(row["count"])}
        for row in pairs.reset_index().to_dict("records")
    ]


def _updates(rows: DebtorRows, columns: Mapping[str, Any], rules: ClassRules) -> pd.DataFrame:
    """The computed columns of the layer; bands of other widths than the labels' are not stored."""
    usual = rules.timebar_bands == ClassRules().timebar_bands
    stored = [name for name in STORED if usual or name != "timebar_band"]
    return pd.DataFrame(
        {"contract_id": rows.table["contract_id"], **{name: columns[name] for name in stored}}
    )


_DEFAULTS = ClassRules()
_LABELS: Mapping[str, tuple[Text, str | None]] = {
    "limit_years": (Text("อายุความ", "Time bar"), "year"),
    "term_months": (Text("ระยะสัญญาเมื่อไม่ระบุ", "Term where none is recorded"), "month"),
    "grace_days": (Text("วันผ่อนผันงวด", "Grace of an instalment"), "day"),
    "instalment_tolerance_thb": (Text("ส่วนขาดที่ยอมรับต่องวด", "Shortfall let pass"), "THB"),
    "lm_max_age_days": (Text("อายุข้อมูล LM สูงสุด", "Greatest age of LM figures"), "day"),
    "lm_red_days": (Text("อายุข้อมูล LM ที่เตือนสีแดง", "Age of LM figures shown red"), "day"),
    "promote_timebar_days": (Text("ยกขึ้นบนสุดเมื่อเหลือไม่เกิน", "Put on top with days left"), "day"),
}


def rule_inputs() -> tuple[Input, ...]:
    """The parameters that the sources leave open, as inputs of a process."""
    ranged = [item for item in fields(ClassRules) if item.name in _LABELS]
    numbers = tuple(
        Input(
            name=item.name,
            label=_LABELS[item.name][0],
            type="number" if item.name.endswith("_thb") else "integer",
            unit=_LABELS[item.name][1],
            default=item.default,
            minimum=item.metadata["low"],
            maximum=item.metadata["high"],
        )
        for item in ranged
    )
    return (
        *numbers,
        Input(
            name="never_paid_anchor",
            label=Text("เริ่มนับเมื่อไม่เคยชำระ", "Counted from where never paid"),
            type="text",
            default=_DEFAULTS.never_paid_anchor,
            values={code: ANCHOR_KINDS[code] for code in NEVER_PAID_ANCHORS},
        ),
        Input(
            name="anchor_kind",
            label=Text("วันที่ของงวดล่าสุดที่รับชำระ", "Day of the latest instalment received"),
            type="text",
            default=_DEFAULTS.anchor_kind,
            values={code: ANCHOR_KINDS[code] for code in ANCHORS},
        ),
        Input(
            name="timebar_bands",
            label=Text("ช่วงนับถอยหลัง (วัน)", "Bands of the countdown (days)"),
            type="text",
            default=",".join(str(edge) for edge in _DEFAULTS.timebar_bands),
        ),
    )


def _outputs() -> tuple[Output, ...]:
    known = ("contract_id", "list_order", "debtor_class", "class_reason", "timebar_date",
             "days_left", "timebar_band", "measures_offered", "documents_pct")  # fmt: skip
    of_layer = (DEBTORS.by_name[name] for name in known)
    return (
        *(
            Output(name=f.name, label=f.label, type=f.type, unit=f.unit, values=f.values)
            for f in of_layer
        ),
        Output(
            name="error", label=Text("จัดประเภทไม่ได้เพราะ", "Not classified because"), type="text"
        ),
    )


DEBTOR_CLASSES_PROCESS = Process(
    id="debtor-classes",
    version="1.0.0",
    title=Text("จัดประเภทลูกหนี้", "Debtor classes"),
    description=Text(
        "จัดลูกหนี้เป็น 4 ประเภท ณ วันใดก็ได้ วันขาดอายุความและวันคงเหลือ ลำดับความเร่งด่วน "
        "มาตรการที่เสนอได้ และเอกสารที่ขาด พร้อมเหตุผล",
        "Four classes of debtors at any day, time bar and days left, order of urgency, measures "
        "offered and missing papers, with reasons",
    ),
    inputs=(
        Input(
            name="reference",
            label=Text("วันอ้างอิง", "Reference day"),
            type="date",
            description=Text("ไม่ระบุคือวันนี้", "Today when not given"),
        ),
        Input(
            name="debtors",
            label=Text("รายการลูกหนี้", "Debtors"),
            type="geojson",
            description=Text(
                "GeoJSON ที่มีฟิลด์ของชั้นข้อมูลลูกหนี้ ไม่ระบุจะจัดทั้งชั้นข้อมูล",
                "GeoJSON with the fields of the layer debtors; without it the layer is classified",
            ),
        ),
        Input(
            name="filter",
            label=Text("ตัวกรอง", "Filter"),
            type="filter",
            description=Text("CQL2 บนชั้นข้อมูลลูกหนี้", "CQL2 over the layer debtors"),
        ),
        Input(
            name="compare_to",
            label=Text("เทียบกับวันก่อนหน้า", "Compare with an earlier day"),
            type="date",
        ),
        Input(
            name="by",
            label=Text("นับแยกตาม", "Counted by"),
            type="text",
            default="district",
            values={code: LEVELS[code] for code in CODE_LENGTHS},
        ),
        *rule_inputs(),
        Input(
            name="matrix_extra",
            label=Text("เสนอมาตรการนอกตาราง", "Offer measures beyond the printed table"),
            type="boolean",
            default=True,
        ),
        Input(
            name="legal_view",
            label=Text("แสดงความเห็นทางกฎหมาย", "Show the legal view"),
            type="boolean",
            default=True,
            description=ASK_A_LAWYER,
        ),
    ),
    outputs=_outputs(),
    reads=("debtors", "documents", "visits"),
    writes=("debtors",),
    run=run,
)
