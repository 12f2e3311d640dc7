"""The sheet of one plot: everything that one A4 page shows, as data or as the page."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, request
from markupsafe import Markup

from api.access import current_store, view_of
from api.documents import DOCUMENT, chosen_format, document_response, json_response
from api.language import asked_language
from api.operations import operation
from api.parameters import takes
from api.writing_operations import KEY
from layers.land import LAYOUT_PROFILES
from layers.plot_sheet import LABELS
from layers.plots import PLOTS
from layers.ponds import PONDS
from layers.processes import Reader
from layers.processes.sheet import stored_sheet
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


def _reader() -> Reader:
    return Reader(current_store(), view_of)


def _sound(document: dict[str, Any]) -> list[dict[str, Any]]:
    return [pond for pond in document["ponds"] if "error" not in pond]


def _drawn(draw: Any, data: Any) -> Markup:
    return Markup(draw(data, asked_language()))  # noqa: S704 - the drawings escape what they write


def plot_paths(language: str) -> dict[str, Any]:
    """The sheet of a plot, for the OpenAPI document."""
    plan = {"name": "plan", "in": "query", "required": False, "schema": {"type": "string"}}
    read = operation(
        "plot_sheet", LABELS["title"].get(language), DOCUMENT, {"type": "object"},
        parameters=[KEY, plan], tag="plots",
    )  # fmt: skip
    return {f"/collections/plots/items/{{{KEY['name']}}}/sheet": {"get": read}}
