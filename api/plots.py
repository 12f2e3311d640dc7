"""Plots beside the standard: the sheet of one, and its way through the procedure."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from flask import Blueprint, Response, request
from markupsafe import Markup

from api.access import current_store, require_account, view_of
from api.documents import DOCUMENT, chosen_format, document_response, json_response
from api.language import asked_language
from api.links import JSON
from api.operations import PROBLEM, content, operation
from api.parameters import takes
from api.processes import input_schema
from geo.errors import ParameterError
from geo.text import Text
from layers.errors import AccessDenied
from layers.land import LAYOUT_PROFILES
from layers.plot_life import RECORDERS
from layers.plot_sheet import LABELS
from layers.plots import PLOTS
from layers.ponds import PONDS
from layers.privacy import THAI_TIME, Person, may
from layers.processes import Reader, Result, execute, process
from layers.processes.sheet import stored_sheet
from layers.processes.stored_plots import stored_plots
from layers.processes.verdict import SIGNS
from webmap.plot_drawing import plan_svg, section_svg, stage_svg

__all__ = ["blueprint", "plot_paths"]

blueprint = Blueprint("plots", __name__)

ITEM = "/collections/plots/items/<plot_id>"


@blueprint.get(f"{ITEM}/sheet")
@takes("plan")
def sheet(plot_id: str) -> Response:
    """Everything that one A4 page of a plot shows, as data or as the page."""
    chosen = chosen_format(DOCUMENT)
    found = stored_sheet(plot_id, _reader(), request.args.get("plan"))
    document = {**found.sheet.to_json(), "plan_id": found.plan, "plans": list(found.plans)}
    if chosen == "json":
        return json_response(document)
    return document_response(
        document,
        "plot_sheet.html",
        layer=PLOTS,
        signs=SIGNS,
        profiles=LAYOUT_PROFILES,
        layer_kinds=PONDS.by_name["kind"].values,
        plan_drawing=_drawn(plan_svg, document["plan"]),
        sections={p["pond_id"]: _drawn(section_svg, p) for p in _sound(document)},
        curves={p["pond_id"]: _drawn(stage_svg, p) for p in _sound(document)},
    )


@blueprint.get(f"{ITEM}/life")
@takes("today")
def life(plot_id: str) -> Response:
    """Where one plot stands: status, what may follow, checklist, what is late or missing."""
    chosen_format(DOCUMENT[:1])
    asked = {"today": request.args["today"]} if "today" in request.args else {}
    return _standing(execute("plot-life", {"plot_id": plot_id, **asked}, _reader()))


@blueprint.post(f"{ITEM}/life")
@takes()
def step(plot_id: str) -> Response:
    """Take one step with a plot (the inputs of the process ``plot-life``) and keep it."""
    person = require_account()
    inputs = _body() | {"plot_id": plot_id}
    plot = stored_plots(_reader(), plot_id).iloc[0]
    _check_right(person, plot.to_dict(), inputs.get("role"))
    if not person.owner:
        inputs["who"] = person.account
    result = execute("plot-life", inputs, _reader())
    for layer_id, rows in result.updates.items():
        current_store().write(
            layer_id, rows, mode="upsert", author=str(person.account), source="plot-life"
        )
    return _standing(result)


def _check_right(person: Person, plot: Mapping[str, Any], role: Any) -> None:
    """Raise AccessDenied where the person may not write the plot, or not for this role."""
    if person.owner:
        return
    area, today = str(plot.get("area_code") or ""), dt.datetime.now(THAI_TIME).date()
    speaks: set[str] = set()
    for grant in person.grants:
        if area.startswith(grant.prefix) and grant.holds_on(today):
            speaks |= RECORDERS.get(grant.role, frozenset())
    if not may(person, PLOTS, "W", plot) or (role is not None and role not in speaks):
        raise AccessDenied(
            "write_refused",
            Text(
                "ไม่มีสิทธิ์บันทึกความก้าวหน้าของแปลงนี้ในบทบาทนี้",
                "You may not change the record of this plot in this role",
            ),
        )


def _reader() -> Reader:
    return Reader(current_store(), view_of)


def _sound(document: dict[str, Any]) -> list[dict[str, Any]]:
    return [pond for pond in document["ponds"] if "error" not in pond]


def _drawn(draw: Any, data: Any) -> Markup:
    return Markup(draw(data, asked_language()))  # noqa: S704 - the drawings escape what they write


def _standing(result: Result) -> Response:
    """The one plot of a result with its checklist, as JSON."""
    (feature,) = result.to_geojson()["features"]
    told = {name: result.summary.get(name) for name in ("today", "checklist", "risks", "late")}
    known = {"rules": list(result.rules), "layerVersions": result.layer_versions}
    return json_response(feature["properties"] | told | known)


def _body() -> dict[str, Any]:
    """The inputs in the body; other types than JSON would let a strange page send a form."""
    body = request.get_json(silent=True) if request.is_json else None
    if isinstance(body, dict):
        return body
    raise ParameterError(
        "body_invalid",
        Text(
            'เนื้อหาคำขอต้องเป็น JSON (Content-Type: application/json) เช่น {"to": "applied"}',
            'The body must be JSON (Content-Type: application/json), as {"to": "applied"}',
        ),
    )


def plot_paths(language: str) -> dict[str, Any]:
    """The sheet and the life of a plot, for the OpenAPI document."""
    life = process("plot-life")
    key = {"name": "featureId", "in": "path", "required": True, "schema": {"type": "string"}}
    base, title = "/collections/plots/items/{featureId}", life.title.get(language)
    taken = [item for item in life.inputs if item.name not in ("plot_id", "filter")]
    body = {
        "type": "object",
        "properties": {item.name: input_schema(item) for item in taken},
        "additionalProperties": False,
    }
    answers = {"200": {"description": title, "content": content(JSON, {"type": "object"})}}
    plan = {"name": "plan", "in": "query", "required": False, "schema": {"type": "string"}}
    today = {"name": "today", "in": "query", "required": False,
             "schema": {"type": "string", "format": "date"}}  # fmt: skip
    read = operation(
        "plot_sheet", LABELS["title"].get(language), DOCUMENT, {"type": "object"},
        parameters=[key, plan], tag="plots",
    )  # fmt: skip
    board = operation(
        "plot_life", title, DOCUMENT[:1], {"type": "object"}, parameters=[key, today], tag="plots"
    )
    change = {
        "operationId": "plot_step",
        "summary": title,
        "tags": ["plots"],
        "parameters": [key],
        "requestBody": {"required": True, "content": content(JSON, body)},
        "responses": answers | dict.fromkeys(("400", "401", "403", "404", "413", "500"), PROBLEM),
    }
    for found in (read, board):
        found["responses"]["403"] = PROBLEM
    return {f"{base}/sheet": {"get": read}, f"{base}/life": {"get": board, "post": change}}
