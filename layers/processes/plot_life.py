"""Plot life: where plots stand, what is late, and one step on for one plot (land.md 7).

Without an action the result is the board of the plots on a day. An action (a new status, a ladder
step, a checklist item, a risk, a report, pumps) changes the record of one plot; ``updates`` hold
the change, which the caller stores or not.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

import geopandas as gpd
import pandas as pd

from geo.errors import ParameterError
from geo.text import Text
from layers import land
from layers.errors import AccessDenied
from layers.plot_board import Standing, day, entries, standing
from layers.plot_checks import (
    CHECKLISTS,
    REPORT_KINDS,
    RISK_LEVELS,
    RISKS,
    SUSPENSION_CAUSES,
    CheckParameters,
)
from layers.plot_drawings import drawings_waiting
from layers.plot_life import DIG_GATES, ROLES, Move, allowed_moves, ladder, moved, opens_to_tourism
from layers.plots import PLOTS
from layers.processes.model import Input, Output, Process, Reader, Result
from layers.processes.stored_plots import PLOT_CHOICE, stored_plots

__all__ = ["PLOT_LIFE"]

RULES = ("LAND-R7", "LAND-R9", "LAND-R20b", "LAND-R28", "LAND-R29", "LAND-R31", "LAND-R32",
         "LAND-R33", "LAND-R40")  # fmt: skip
LIMITS = CheckParameters()
LATE_SHOWN = 10  # days, weeks and months that are named; all are counted
Record = dict[str, Any]


def run(parameters: Mapping[str, Any], reader: Reader) -> Result:
    """Take the step that was asked for, then tell where the plots stand."""
    acts = [act for name, act in ACTIONS.items() if parameters[name] is not None]
    if acts and parameters["plot_id"] is None:
        raise ParameterError(
            "parameter_missing",
            Text("ต้องระบุแปลงที่จะบันทึก (plot_id)", "Name the plot to change (plot_id)"),
            parameter="plot_id",
        )
    rows = stored_plots(
        reader, parameters["plot_id"], parameters["filter"], needed=("plot_id", "status")
    )
    today = parameters["today"] or dt.date.today()
    limits = CheckParameters(task_days=parameters["task_days"])
    waiting = _drawings(reader)
    photos = _photos(reader)
    changes: list[Record] = []
    records = rows.drop(columns=rows.geometry.name).to_dict("records")
    for record in records:
        plot = {str(name): value for name, value in record.items()}
        plot["drawing_waits"] = waiting.get(plot["plot_id"])
        change = _changed(plot, acts, parameters, today)
        record |= change
        if change:
            changes.append({"plot_id": plot["plot_id"], **change})
    found = [standing(row, photos.get(row["plot_id"], ()), today, limits) for row in records]
    table = pd.DataFrame(
        [
            _row(row, stand, waiting, parameters["role"])
            for row, stand in zip(records, found, strict=True)
        ]
    )
    summary = _summary(records, found, today)
    if len(found) == 1:
        summary |= _detail(found[0])
    return Result(
        features=gpd.GeoDataFrame(table, geometry=rows.geometry, crs=4326),
        summary=summary,
        rules=RULES,
        updates={"plots": pd.DataFrame(changes)} if changes else {},
    )


def _drawings(reader: Reader) -> dict[str, list[str]]:
    try:
        ponds = reader.read("ponds")
    except AccessDenied:
        return {}
    return drawings_waiting(ponds) if isinstance(ponds, gpd.GeoDataFrame) else {}


def _photos(reader: Reader) -> dict[str, set[str]]:
    """Phases that each plot has photos of, from the layer of documents."""
    of_plots = {"op": "=", "args": [{"property": "subject_layer"}, "plots"]}
    try:
        rows = reader.read("documents", filter=of_plots)
    except AccessDenied:
        return {}
    photos: dict[str, set[str]] = {}
    if {"kind", "subject_id", "phase"} <= set(rows.columns):
        seen = rows[(rows["kind"] == "photo") & rows["phase"].notna()]
        for plot_id, phase in zip(seen["subject_id"], seen["phase"], strict=True):
            photos.setdefault(str(plot_id), set()).add(str(phase))
    return photos


# --- One step on ----------------------------------------------------------------------------


def _changed(
    plot: Record, acts: list[Any], parameters: Mapping[str, Any], today: dt.date
) -> Record:
    """The columns of a plot's record that the actions change, and the step that follows."""
    change: Record = {}
    for act in acts:
        change |= act(plot | change, parameters, today)
    steps = (plot | change).get("steps_done")
    step = ladder(steps).step if isinstance(steps, Mapping) and steps else None
    if step is not None and step != plot.get("development_step"):
        change["development_step"] = step
    return change


def _move(plot: Record, given: Mapping[str, Any], today: dt.date) -> Record:
    old, new = str(plot.get("status")), given["to"]
    change = Move(
        plot_id=plot["plot_id"],
        old=old,
        new=new,
        who=given["who"] or "",
        role=given["role"] or "",
        when=today,
        reason=given["reason"] or "",
        file=given["file"] or "",
    )
    record = moved(plot, change)
    stops = _open_stops(plot, today if old == "suspended" else None)
    if new == "suspended":
        stops.append({"cause": given["cause"] or "other", "start": today.isoformat(),
                      "note": given["reason"] or ""})  # fmt: skip
    if new == "suspended" or old == "suspended":
        record["suspensions"] = stops
    return record


def _open_stops(plot: Record, end: dt.date | None) -> list[Record]:
    """The suspensions of a record as they are kept; one that still lasts ends on ``end``."""
    kept = plot.get("suspensions")
    return [
        dict(item) | ({"end": end.isoformat()} if end and not day(item.get("end")) else {})
        for item in (kept if isinstance(kept, list) else [])
        if isinstance(item, dict)
    ]


def _pumps(plot: Record, given: Mapping[str, Any], _today: dt.date) -> Record:
    stops = _open_stops(plot, None)
    if plot.get("status") != "suspended" or not stops:
        raise ParameterError(
            "not_suspended",
            Text(
                f"แปลง {plot['plot_id']} ไม่ได้หยุดงาน จึงบันทึกเครื่องสูบน้ำไม่ได้",
                f"Work on plot {plot['plot_id']} is not suspended, so no pumps can be recorded",
            ),
            parameter="pumps",
        )
    stops[-1]["pumps_used"] = given["pumps"]
    return {"suspensions": stops}


def _step(plot: Record, given: Mapping[str, Any], today: dt.date) -> Record:
    kept = plot.get("steps_done")
    steps = dict(kept) if isinstance(kept, Mapping) else {}
    if plot.get("status") not in ("developing", "learning_centre"):
        raise ParameterError(
            "step_too_early",
            Text(
                f"แปลง {plot['plot_id']} ยังไม่อยู่ในขั้นพัฒนา จึงบันทึกขั้นการพัฒนาไม่ได้",
                f"Plot {plot['plot_id']} is not being developed yet, so no step can be recorded",
            ),
            parameter="step",
        )
    return {"steps_done": steps | {str(given["step"]): today.isoformat()}}


def _tick(plot: Record, given: Mapping[str, Any], today: dt.date) -> Record:
    """Tick a checklist item; a gate may be waived with a reason instead (LAND-R28)."""
    code = given["done"]
    known = {item.code: item.label for item in CHECKLISTS.get(str(plot.get("status")), ())}
    if code not in known:
        listed = Text(
            ", ".join(f"{c} ({text.th})" for c, text in known.items()) or "-",
            ", ".join(f"{c} ({text.en})" for c, text in known.items()) or "-",
        )
        raise ParameterError(
            "check_unknown",
            Text(
                "สถานะนี้ไม่มีรายการตรวจ {code} มี {listed.th}",
                "The checklist of this status has no {code}; it has {listed.en}",
            ).format(code=code, listed=listed),
            parameter="done",
        )
    if code in DIG_GATES:
        gates = plot.get("dig_gates")
        passed = given["waive"] or True
        return {"dig_gates": (dict(gates) if isinstance(gates, Mapping) else {}) | {code: passed}}
    kept = plot.get("checks")
    checks = dict(kept) if isinstance(kept, Mapping) else {}
    before = checks.get(code)
    ticked = dict(before) if isinstance(before, Mapping) else {}
    return {"checks": checks | {code: ticked | {"done": today.isoformat()}}}


def _risk(plot: Record, given: Mapping[str, Any], today: dt.date) -> Record:
    code = given["risk"]
    others = [item for item in entries(plot.get("risk_items")) if item.get("risk_code") != code]
    item = {
        "risk_code": code,
        "level": given["level"] or "medium",
        "mitigation": given["reason"] or RISKS[code].mitigation.th,
        "owner": given["who"] or "",
        "date": today.isoformat(),
    }
    return {"risk_items": [*others, item]}


def _report(plot: Record, given: Mapping[str, Any], today: dt.date) -> Record:
    kept = plot.get("site_reports")
    reports = list(kept) if isinstance(kept, list) else []
    signed = {"kind": given["report"], "date": today.isoformat(), "signed_by": given["who"] or ""}
    return {"site_reports": [*reports, signed]}


ACTIONS = {"to": _move, "step": _step, "done": _tick, "risk": _risk, "report": _report,
           "pumps": _pumps}  # fmt: skip


# --- The board ------------------------------------------------------------------------------


def _row(
    record: Record, found: Standing, waiting: Mapping[str, Any], role: str | None
) -> dict[str, Any]:
    roles = ROLES if role is None else (role,)
    following = {new for one in roles for new in allowed_moves(found.status, one)}
    late = found.late
    opened = record.get("opened_to_public")
    return {
        "plot_id": record["plot_id"],
        "status": found.status,
        "status_date": found.since,
        "next": [status for status in land.PLOT_STATUSES if status in following],
        "development_step": found.ladder.step or None,
        "steps_early": list(found.ladder.early),
        "tasks_open": sum(not task.done for task in found.tasks),
        "overdue": list(found.overdue),
        "gates_open": None if found.gates is None else list(found.gates),
        "photos_missing": list(found.photos),
        "late_daily": None if late is None else len(late.daily),
        "late_weekly": None if late is None else len(late.weekly),
        "late_monthly": None if late is None else len(late.monthly),
        "contractor_level": None if found.contractor is None else found.contractor.level,
        "pump_reminder": found.pump,
        "drawings_waiting": waiting.get(record["plot_id"], []),
        "risks_high": list(found.risks),
        "for_tour_routes": opens_to_tourism(
            record["steps_done"] if isinstance(record.get("steps_done"), Mapping) else None,
            opened is True,
        ),
    }


def _summary(records: list[Record], found: list[Standing], today: dt.date) -> dict[str, Any]:
    count = pd.Series([stand.status for stand in found], dtype=object).value_counts()
    return {
        "plots": len(records),
        "today": today.isoformat(),
        "statuses": {code: int(count[code]) for code in land.PLOT_STATUSES if code in count},
        "overdue": sum(bool(stand.overdue) for stand in found),
        "late_reports": sum(bool(stand.late and any(stand.late)) for stand in found),
        "photos_missing": sum(bool(stand.photos) for stand in found),
        "pump_reminders": sum(stand.pump for stand in found),
    }


def _detail(found: Standing) -> dict[str, Any]:
    """The checklist, late reports and high risks of one plot, in words."""
    detail: dict[str, Any] = {
        "checklist": [
            {"code": task.code, "th": task.label.th, "en": task.label.en, "done": task.done,
             "due": task.due and task.due.isoformat(), "overdue": task.overdue}
            for task in found.tasks
        ],
        "risks": [
            {"risk": code, "th": f"{RISKS[code].label.th}: {RISKS[code].mitigation.th}",
             "en": f"{RISKS[code].label.en}: {RISKS[code].mitigation.en}"}
            for code in found.risks
        ],
    }  # fmt: skip
    if found.late is not None:
        detail["late"] = {
            kind: [date.isoformat() for date in dates[-LATE_SHOWN:]]
            for kind, dates in found.late._asdict().items()
        }
    return detail


def _input(name: str, th: str, en: str, type_: Any = "text", **more: Any) -> Input:
    return Input(name=name, label=Text(th, en), type=type_, **more)


def _output(name: str, th: str, en: str, type_: str = "text") -> Output:
    return Output(name=name, label=Text(th, en), type=type_)


PLOT_LIFE = Process(
    id="plot-life",
    version="1.0.0",
    title=Text("ความก้าวหน้าของแปลง", "Plot life"),
    description=Text(
        "สถานะ ขั้นการพัฒนา รายการตรวจและกำหนดเวลา รายงานที่ล่าช้า ภาพถ่ายที่ขาด ความเสี่ยง "
        "และบันทึกความก้าวหน้าของแปลงหนึ่งแปลง",
        "Status, ladder, checklists with due days, late reports, missing photos and risks; and the "
        "next step of one plot",
    ),
    inputs=(
        *PLOT_CHOICE,
        _input("today", "ณ วันที่", "On the day", "date"),
        _input("to", "สถานะใหม่", "New status", values=land.PLOT_STATUSES),
        _input("role", "บทบาทผู้บันทึก", "Role of who acts", values=ROLES),
        _input("who", "ผู้บันทึก", "Who acts"),
        _input("reason", "เหตุผลหรือมาตรการ", "Reason or measure"),
        _input("file", "แฟ้มแนบ", "File"),
        _input("cause", "สาเหตุที่หยุดงาน", "Cause of suspension", values=SUSPENSION_CAUSES),
        _input("step", "ขั้นการพัฒนาที่แล้วเสร็จ", "Ladder step done", "integer", minimum=1, maximum=10),
        _input("done", "รายการตรวจที่แล้วเสร็จ", "Checklist item done"),
        _input("waive", "เหตุผลที่ยกเว้นเงื่อนไข", "Why a gate is waived"),
        _input("risk", "ความเสี่ยง", "Risk", "integer", minimum=1, maximum=len(RISKS)),
        _input("level", "ระดับความเสี่ยง", "Level of the risk", values=RISK_LEVELS),
        _input("report", "รายงานที่ส่ง", "Report handed in", values=REPORT_KINDS),
        _input("pumps", "เครื่องสูบน้ำที่ใช้", "Pumps used", "integer", minimum=0, maximum=1000),
        _input(
            "task_days", "วันที่ให้ต่อรายการตรวจ", "Days for a checklist item", "integer",
            default=LIMITS.task_days, minimum=1, maximum=365,
        ),
    ),
    outputs=(
        Output(name="plot_id", label=PLOTS.by_name["plot_id"].label, type="text"),
        Output(name="status", label=PLOTS.by_name["status"].label, type="text",
               values=land.PLOT_STATUSES),
        Output(name="status_date", label=PLOTS.by_name["status_date"].label, type="date"),
        _output("next", "สถานะถัดไปที่ทำได้", "May go to", "list"),
        Output(name="development_step", label=PLOTS.by_name["development_step"].label,
               type="integer"),
        _output("tasks_open", "รายการที่ยังไม่เสร็จ", "Items open", "integer"),
        _output("overdue", "รายการเกินกำหนด", "Items overdue", "list"),
        _output("gates_open", "เงื่อนไขก่อนขุดที่ยังไม่ครบ", "Gates open", "list"),
        _output("photos_missing", "ภาพถ่ายที่ขาด", "Photos missing", "list"),
        _output("late_daily", "รายงานประจำวันที่ล่าช้า", "Daily reports late", "integer"),
        _output("late_weekly", "รายงานประจำสัปดาห์ที่ล่าช้า", "Weekly reports late", "integer"),
        _output("late_monthly", "รายงานประจำเดือนที่ล่าช้า", "Monthly reports late", "integer"),
        _output("contractor_level", "ระดับการหาผู้รับจ้าง", "Search for a contractor", "integer"),
        _output("pump_reminder", "เตือนเรื่องเครื่องสูบน้ำ", "Reminder of pumps", "boolean"),
        _output("drawings_waiting", "แบบที่รออนุมัติ", "Drawings that wait for approval", "list"),
        _output("risks_high", "ความเสี่ยงสูง", "High risks", "list"),
    ),
    reads=("plots", "ponds", "documents"),
    writes=("plots",),
    run=run,
)  # fmt: skip
