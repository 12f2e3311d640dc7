"""The page of a plot's life: what is done, what is due, and the steps that the reader may take."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Mapping
from typing import Any, NamedTuple

from flask import Response

from api.problems import status_of
from api.process_pages import FORM
from api.templating import page
from geo.errors import PhumiError
from geo.text import Text
from layers import land
from layers.errors import AccessDenied, QueryError
from layers.plot_board import day, entries
from layers.plot_checks import REPORT_KINDS, RISK_LEVELS, RISKS, SUSPENSION_CAUSES
from layers.plot_life import (
    DIG_GATES,
    ENDED,
    MOVERS,
    NEXT,
    REASON_NEEDED,
    REOPENED_AS,
    ROLES,
    STEP_FILES,
)
from layers.plots import PLOTS
from layers.processes import Reader, process
from layers.projects import PHOTO_PHASES

__all__ = ["life_page"]


class Way(NamedTuple):
    """A status that may follow: who decides it, for whom of them the reader records, its needs."""

    status: str
    label: Text
    movers: list[Text]
    roles: Mapping[str, Text]
    reason: bool
    file: Text | None


class Rung(NamedTuple):
    """A step of the ladder and the day on which it was done."""

    number: int
    label: Text
    done: dt.date | None


def life_page(
    document: Mapping[str, Any],
    record: Mapping[str, Any],
    version: int,
    roles: Collection[str],
    reader: Reader,
    *,
    fault: PhumiError | None = None,
) -> Response:
    """The page; ``roles`` are those that the reader records for, none where only looking."""
    status = str(document["status"])
    response = page(
        "plot_life.html",
        document=document,
        title=process("plot-life").title,
        layer=PLOTS,
        version=version,
        roles=roles,
        fault=fault,
        form_kind=FORM,
        statuses=land.PLOT_STATUSES,
        since=day(document["status_date"]),
        today=day(document["today"]),
        ways=_ways(status, roles),
        causes=SUSPENSION_CAUSES,
        checklist=[{**task, "due": day(task["due"])} for task in document["checklist"] or ()],
        gates=DIG_GATES,
        rungs=_rungs(record.get("steps_done")),
        climbs=status in ("developing", "learning_centre"),
        digs=status in ("digging", "suspended"),
        reports=REPORT_KINDS,
        late={kind: [day(text) for text in days] for kind, days in _late(document).items()},
        risks=_risks(record),
        risk_kinds={code: risk.label for code, risk in RISKS.items()},
        risk_levels=RISK_LEVELS,
        photos=_photos(str(document["plot_id"]), reader),
        phases=PHOTO_PHASES,
        moves=[{**move, "when": day(move.get("when"))} for move in entries(record.get("moves"))],
        movers=ROLES,
    )
    if fault is not None:
        response.status_code = status_of(fault)
    return response


def _ways(status: str, roles: Collection[str]) -> list[Way]:
    following: Iterable[str] = (REOPENED_AS,) if status in ENDED else NEXT.get(status, ())
    return [
        Way(
            new,
            land.PLOT_STATUSES[new],
            [label for role, label in ROLES.items() if role in MOVERS[new]],
            {role: label for role, label in ROLES.items() if role in MOVERS[new] and role in roles},
            new in REASON_NEEDED,
            STEP_FILES.get(new),
        )
        for new in following
    ]


def _rungs(steps: Any) -> list[Rung]:
    done = steps if isinstance(steps, Mapping) else {}
    return [
        Rung(number, label, day(done.get(str(number))))
        for number, label in ((int(code), text) for code, text in land.DEVELOPMENT_STEPS.items())
    ]


def _late(document: Mapping[str, Any]) -> Mapping[str, list[str]]:
    late: Mapping[str, list[str]] = document.get("late") or {}
    return late


def _risks(record: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The risks on record: what each is, how high, what is done about it."""
    return [
        {
            "label": RISKS[item["risk_code"]].label,
            "level": RISK_LEVELS.get(str(item.get("level"))),
            "mitigation": item.get("mitigation") or "",
            "date": day(item.get("date")),
        }
        for item in entries(record.get("risk_items"))
        if item.get("risk_code") in RISKS
    ]


def _photos(plot_id: str, reader: Reader) -> dict[str, list[tuple[str, str]]] | None:
    """(id, title) of the photos of each phase; None where the reader may not see documents."""
    of_plot = [
        {"op": "=", "args": [{"property": name}, value]}
        for name, value in (("subject_layer", "plots"), ("subject_id", plot_id), ("kind", "photo"))
    ]
    try:
        rows = reader.read("documents", filter={"op": "and", "args": of_plot})
    except (AccessDenied, QueryError):  # a field that is hidden cannot be asked for
        return None
    if not {"doc_id", "phase"} <= set(rows.columns):
        return None
    found: dict[str, list[tuple[str, str]]] = {phase: [] for phase in PHOTO_PHASES}
    for row in rows.to_dict("records"):
        if row["phase"] in found:
            found[row["phase"]].append((str(row["doc_id"]), str(row.get("title") or row["doc_id"])))
    return found
