"""OGC API Processes: list, description, synchronous execution."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, request

from api.access import current_settings, current_store, view_of
from api.documents import chosen_format, json_response
from api.language import asked_language
from api.links import GEOJSON, JSON, link
from api.parameters import takes
from api.route_documents import ROUTE_FORMS, route_document
from geo.errors import ParameterError
from geo.text import Text
from layers.processes import PROCESSES, Input, Process, Reader, execute, process

__all__ = ["blueprint", "input_schema"]

blueprint = Blueprint("processes", __name__)

FORMS = (("json", JSON),)
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
    chosen_format(FORMS)
    summaries = [_summary(item) for item in PROCESSES.values()]
    return json_response({"processes": summaries, "links": [link("/processes", "self")]})


@blueprint.get("/processes/<process_id>")
@takes()
def description(process_id: str) -> Response:
    """One analysis: its inputs with defaults and units, its outputs."""
    chosen_format(FORMS)
    chosen = process(process_id)
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
    """Run an analysis now and answer with its result; ``f=gpx`` and ``f=html`` for routes."""
    process(process_id)
    inputs = _body_inputs()
    settings = current_settings()
    reader = Reader(
        current_store(),
        view_of,
        max_features=settings.process_features_max,
        elevation=settings.elevation,
        road_cache=settings.road_cache,
    )
    result = execute(process_id, inputs, reader)
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
