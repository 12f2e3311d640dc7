"""Plots beside the standard: the sheet of one, and its way through the procedure."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, request
from markupsafe import Markup

from api.access import current_settings, current_store, view_of
from api.documents import DOCUMENT, chosen_format, document_response, json_response
from api.language import asked_language
from api.parameters import takes
from geo.errors import ParameterError
from geo.text import Text
from layers.errors import AccessDenied
from layers.land import LAYOUT_PROFILES
from layers.plots import PLOTS
from layers.ponds import PONDS
from layers.processes import Reader, Result, execute
from layers.processes.sheet import stored_sheet
from layers.processes.verdict import SIGNS
from webmap.plot_drawing import plan_svg, section_svg, stage_svg

__all__ = ["blueprint"]

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
    inputs = _body()
    author = _author()
    result = execute("plot-life", inputs | {"plot_id": plot_id}, _reader())
    store = current_store()
    for layer_id, rows in result.updates.items():
        store.write(layer_id, rows, mode="upsert", author=author, source="plot-life")
    return _standing(result)


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


def _author() -> str:
    if current_settings().access == "owner":
        return "owner"
    raise AccessDenied(
        "write_refused",
        Text("ไม่มีสิทธิ์บันทึกความก้าวหน้าของแปลง", "You may not change the record of a plot"),
    )


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
