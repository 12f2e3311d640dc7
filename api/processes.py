"""OGC API Processes: list, description, synchronous execution."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import Blueprint, Response, request

from api.access import current_settings, current_store, view_of
from api.documents import DOCUMENT, chosen_format, json_response
from api.formats import disposition
from api.language import asked_language
from api.links import GEOJSON, link
from api.parameters import takes
from api.process_answers import answer_of
from api.process_pages import FORM, Filled, form_page, listing_page, sent_form
from api.route_documents import ROUTE_FORMS, route_document
from geo.errors import ParameterError, PhumiError
from geo.text import Text
from layers.processes import PROCESSES, Input, Process, Reader, Result, execute, process

__all__ = ["blueprint", "input_schema"]

blueprint = Blueprint("processes", __name__)

SCHEMAS: dict[str, dict[str, Any]] = {
    "number": {"type": "number"},
    "integer": {"type": "integer"},
    "text": {"type": "string"},
    "boolean": {"type": "boolean"},
    "date": {"type": "string", "format": "date"},
    "geojson": {"type": "object", "format": "geojson-feature-collection"},
    "filter": {"type": ["string", "object"], "description": "CQL2 text or JSON"},
    "bbox": {"type": "array", "items": {"type": "number"}, "minItems": 4, "maxItems": 4},
}


@blueprint.get("/processes")
@takes()
def listing() -> Response:
    """All registered analyses."""
    chosen = chosen_format(DOCUMENT)
    summaries = [_summary(item) for item in PROCESSES.values()]
    document = {"processes": summaries, "links": [link("/processes", "self")]}
    return listing_page(document) if chosen == "html" else json_response(document)


@blueprint.get("/processes/<process_id>")
@takes()
def description(process_id: str) -> Response:
    """One analysis: its inputs with defaults and units, its outputs."""
    form = chosen_format(DOCUMENT)
    chosen = process(process_id)
    if form == "html":
        return form_page(chosen)
    language = asked_language()
    document = _summary(chosen) | {
        "inputs": {
            item.name: {
                "title": item.label.get(language),
                "description": item.description.get(language) if item.description else "",
                "minOccurs": 1 if item.required else 0,
                "maxOccurs": 1,
                "schema": input_schema(item),
            }
            for item in chosen.inputs
        },
        "outputs": {
            "result": {
                "title": chosen.title.get(language),
                "schema": {"type": "object", "format": "geojson-feature-collection"},
                "columns": {
                    item.name: {
                        "title": item.label.get(language),
                        "type": item.type,
                        **({"unit": item.unit} if item.unit else {}),
                        **(
                            {"values": {c: t.get(language) for c, t in item.values.items()}}
                            if item.values
                            else {}
                        ),
                    }
                    for item in chosen.outputs
                },
            }
        },
    }
    return json_response(document)


@blueprint.post("/processes/<process_id>/execution")
def execution(process_id: str) -> Response:
    """Run an analysis now and answer with its result; ``f=gpx`` and ``f=html`` for routes.

    A form of our pages is answered by its page, with the result or what is wrong below it.
    """
    chosen = process(process_id)
    if request.mimetype == FORM:
        return _answered_form(chosen)
    return _result(_run(chosen, _body_inputs()))


def _answered_form(chosen: Process) -> Response:
    filled = Filled()
    try:
        filled = Filled(sent_form(chosen))
        result = _run(chosen, filled.given)
    except PhumiError as fault:
        return form_page(chosen, Filled(filled.given or request.form, fault))
    if "f" not in request.args:
        return form_page(chosen, filled, answer_of(chosen, result, asked_language()))
    response = _result(result)
    if response.mimetype == GEOJSON:
        name = f"{chosen.title.get(asked_language())}.geojson"
        response.headers["Content-Disposition"] = disposition(name, f"{chosen.id}.geojson")
    return response


def _run(chosen: Process, inputs: Mapping[str, Any]) -> Result:
    settings = current_settings()
    reader = Reader(
        current_store(),
        view_of,
        max_features=settings.process_features_max,
        elevation=settings.elevation,
        road_cache=settings.road_cache,
    )
    return execute(chosen.id, inputs, reader)


def _result(result: Result) -> Response:
    form = request.args.get("f", "")
    document = route_document(result, form, asked_language())
    if document is not None:
        return Response(document, content_type=ROUTE_FORMS[form])
    return Response(result.chunks(), content_type=GEOJSON)


def input_schema(item: Input) -> dict[str, Any]:
    """The JSON schema of one input."""
    schema = dict(SCHEMAS[item.type])
    for name, value in (
        ("default", item.default),
        ("minimum", item.minimum),
        ("maximum", item.maximum),
    ):
        if value is not None:
            schema[name] = value
    if item.unit:
        schema["x-unit"] = item.unit
    if item.values:
        schema["enum"] = list(item.values)
    return schema


def _summary(chosen: Process) -> dict[str, Any]:
    language = asked_language()
    return {
        "id": chosen.id,
        "version": chosen.version,
        "title": chosen.title.get(language),
        "description": chosen.description.get(language),
        "jobControlOptions": ["sync-execute"],
        "outputTransmission": ["value"],
        "links": [
            link(f"/processes/{chosen.id}", "self"),
            link(
                f"/processes/{chosen.id}/execution",
                "http://www.opengis.net/def/rel/ogc/1.0/execute",
            ),
        ],
    }


def _body_inputs() -> dict[str, Any]:
    body = request.get_json(silent=True, force=True) if request.get_data() else {}
    inputs = body.get("inputs", {}) if isinstance(body, dict) else None
    if not isinstance(inputs, dict):
        raise ParameterError(
            "body_invalid",
            Text(
                'เนื้อหาคำขอต้องเป็น JSON แบบ {"inputs": {...}}',
                'The body must be JSON of the form {"inputs": {...}}',
            ),
        )
    return inputs
