"""The OpenAPI document, made from the routes' own definitions, layers and processes."""

from __future__ import annotations

import json
from typing import Any

from flask import Blueprint, Response

from api.access import current_settings, current_store, listed, view_of
from api.language import asked_language
from api.links import GEOJSON, JSON, OPENAPI, url
from api.processes import input_schema
from api.templating import page
from api.words import WORDS
from layers.model import Field, Layer
from layers.processes import PROCESSES, Process

__all__ = ["blueprint", "document", "field_schema"]

blueprint = Blueprint("openapi", __name__)

JSON_TYPES = {
    "text": {"type": "string"},
    "integer": {"type": "integer"},
    "number": {"type": "number"},
    "boolean": {"type": "boolean"},
    "date": {"type": "string", "format": "date"},
    "datetime": {"type": "string", "format": "date-time"},
    "list": {"type": "array", "items": {}},
    "object": {"type": "object"},
}
PROBLEM = {
    "description": "Problem document (RFC 9457)",
    "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/problem"}}},
}
PROBLEM_SCHEMA = {
    "type": "object",
    "required": ["type", "title", "status", "detail", "code"],
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "code": {"type": "string"},
    },
}


@blueprint.get("/api")
def api() -> Response:
    """The document itself."""
    text = json.dumps(document(), ensure_ascii=False)
    return Response(text, content_type=OPENAPI)


@blueprint.get("/api.html")
def api_page() -> Response:
    """The document as a page for people."""
    return page("api.html", document=document())


def document() -> dict[str, Any]:
    """OpenAPI 3.0 of everything that the caller may use."""
    language = asked_language()
    paths: dict[str, Any] = {
        "/": _get("landing", "Landing page", JSON),
        "/conformance": _get("conformance", "Conformance classes", JSON),
        "/api": _get("api", "This document", OPENAPI),
        "/collections": _get("collections", "Layers", JSON),
        "/processes": _get("processes", "Analyses", JSON),
        "/healthz": _get("health", "The process answers", JSON, shared=False),
        "/readyz": _get("ready", "The database answers", JSON, shared=False),
    }
    for layer in current_store().layers():
        if listed(layer):
            paths.update(_layer_paths(layer, language))
    for process in PROCESSES.values():
        paths.update(_process_paths(process, language))
    return {
        "openapi": "3.0.3",
        "info": {
            "title": WORDS["site"].get(language),
            "description": WORDS["purpose"].get(language),
            "version": "0.1.0",
            "license": {"name": "Apache-2.0"},
        },
        "servers": [{"url": url("")}],
        "paths": paths,
        "components": {"schemas": {"problem": PROBLEM_SCHEMA}},
    }


def field_schema(field: Field, language: str) -> dict[str, Any]:
    """The JSON schema of one field's values."""
    schema: dict[str, Any] = {**JSON_TYPES[field.type], "title": field.label.get(language)}
    schema["nullable"] = not field.required
    if field.description:
        schema["description"] = field.description.get(language)
    if field.values and field.type == "text":
        schema["enum"] = [*field.values, *([] if field.required else [None])]
    for name, value in (("minimum", field.minimum), ("maximum", field.maximum)):
        if value is not None:
            schema[name] = value
    if field.unit:
        schema["x-ogc-unit"] = field.unit
    return schema


def _layer_paths(layer: Layer, language: str) -> dict[str, Any]:
    base, title = f"/collections/{layer.id}", layer.title.get(language)
    view = view_of(layer)
    fields = [item for item in layer.fields if item.name in view.fields]
    properties = {item.name: field_schema(item, language) for item in fields}
    feature = {
        "type": "object",
        "required": ["type", "id", "geometry", "properties"],
        "properties": {
            "type": {"type": "string", "enum": ["Feature"]},
            "id": {"type": "string"},
            "geometry": {"type": "object", "nullable": True},
            "properties": {"type": "object", "properties": properties},
        },
    }
    page = {
        "type": "object",
        "required": ["type", "features", "links", "numberReturned", "timeStamp"],
        "properties": {
            "type": {"type": "string", "enum": ["FeatureCollection"]},
            "features": {"type": "array", "items": feature},
            "links": {"type": "array", "items": {"type": "object"}},
            "numberReturned": {"type": "integer", "minimum": 0},
            "numberMatched": {"type": "integer", "minimum": 0},
            "timeStamp": {"type": "string", "format": "date-time"},
        },
    }
    key = {"name": "featureId", "in": "path", "required": True, "schema": {"type": "string"}}
    return {
        base: _get(f"{layer.id}_collection", title, JSON, tag=title),
        f"{base}/items": _get(
            f"{layer.id}_items", title, GEOJSON, _item_parameters(fields), page, tag=title
        ),
        f"{base}/items/{{featureId}}": _get(
            f"{layer.id}_item", title, GEOJSON, [key], feature, tag=title, absent=True
        ),
    }


def _item_parameters(fields: list[Field]) -> list[dict[str, Any]]:
    limits = current_settings()
    bbox = {"type": "array", "items": {"type": "number"}, "minItems": 4, "maxItems": 6}
    limit = {
        "type": "integer",
        "minimum": 1,
        "maximum": limits.page_limit_max,
        "default": limits.page_limit,
    }
    found = [
        {"name": "limit", "in": "query", "schema": limit, "style": "form", "explode": False},
        {"name": "bbox", "in": "query", "schema": bbox, "style": "form", "explode": False},
        {
            "name": "datetime",
            "in": "query",
            "schema": {"type": "string"},
            "style": "form",
            "explode": False,
        },
        {"name": "offset", "in": "query", "schema": {"type": "integer", "minimum": 0}},
        {"name": "token", "in": "query", "schema": {"type": "string"}},
        {"name": "filter", "in": "query", "schema": {"type": "string"}},
        {
            "name": "filter-lang",
            "in": "query",
            "schema": {"type": "string", "enum": ["cql2-text", "cql2-json"]},
        },
        {"name": "sortby", "in": "query", "schema": {"type": "string"}},
        {"name": "properties", "in": "query", "schema": {"type": "string"}},
    ]
    equal = [
        {"name": item.name, "in": "query", "schema": {"type": JSON_TYPES[item.type]["type"]}}
        for item in fields
        if item.type in ("text", "integer", "number", "boolean", "date")
    ]
    return found + equal


def _process_paths(process: Process, language: str) -> dict[str, Any]:
    base, title = f"/processes/{process.id}", process.title.get(language)
    inputs = {item.name: input_schema(item) for item in process.inputs}
    for schema in inputs.values():
        if isinstance(schema.get("type"), list):
            del schema["type"]  # OpenAPI 3.0 knows one type only
    body = {"type": "object", "properties": {"inputs": {"type": "object", "properties": inputs}}}
    result = {"description": title, "content": {GEOJSON: {"schema": {"type": "object"}}}}
    execution = {
        "operationId": f"{process.id}_execute",
        "summary": title,
        "tags": ["processes"],
        "requestBody": {"content": {JSON: {"schema": body}}},
        "responses": {"200": result, "400": PROBLEM, "403": PROBLEM, "413": PROBLEM},
    }
    return {
        base: _get(f"{process.id}_description", title, JSON, tag="processes"),
        f"{base}/execution": {"post": execution},
    }


def _get(
    name: str,
    summary: str,
    kind: str,
    parameters: list[dict[str, Any]] | None = None,
    schema: dict[str, Any] | None = None,
    *,
    tag: str = "phumi",
    shared: bool = True,
    absent: bool = False,
) -> dict[str, Any]:
    common = [
        {"name": "f", "in": "query", "schema": {"type": "string"}},
        {"name": "lang", "in": "query", "schema": {"type": "string", "enum": ["th", "en"]}},
    ]
    answer = {"description": summary, "content": {kind: {"schema": schema or {"type": "object"}}}}
    responses: dict[str, Any] = {"200": answer}
    if shared:
        responses |= {"400": PROBLEM, "406": PROBLEM}
    if absent:
        responses["404"] = PROBLEM
    operation = {
        "operationId": name,
        "summary": summary,
        "tags": [tag],
        "parameters": (parameters or []) + (common if shared else []),
        "responses": responses,
    }
    return {"get": operation}
