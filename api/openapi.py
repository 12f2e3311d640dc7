"""The OpenAPI document, made from the routes' own definitions, layers and processes."""

from __future__ import annotations

import json
from importlib.metadata import version
from typing import Any

from flask import Blueprint, Response

from api.access import current_settings, current_store, listed, view_of
from api.aggregates import openapi_paths as aggregate_paths
from api.documents import DOCUMENT, chosen_format
from api.field_schemas import field_schema
from api.formats import ITEM, item_forms
from api.language import asked_language
from api.links import GEOJSON, HTML, JSON, OPENAPI, url
from api.operations import (
    FAULTS,
    PROBLEM,
    components,
    content,
    names_parameter,
    operation,
    reference,
)
from api.parameters import ITEMS as ITEMS_PARAMETERS
from api.parameters import queryable, takes
from api.plot_life import life_paths
from api.plots import plot_paths
from api.printing import print_paths
from api.processes import input_schema
from api.schemas import FORMS as SCHEMA_FORMS
from api.templating import page
from api.tiles import openapi_paths, tile_links
from api.words import WORDS
from api.writing_operations import device_paths, layer_writing_paths
from layers.model import Field, Layer
from layers.processes import PROCESSES, Process
from layers.query import View
from layers.total_tiles import drawn_as_totals

__all__ = ["blueprint", "document"]

blueprint = Blueprint("openapi", __name__)

PAGE = (("html", HTML),)
API = (("openapi", OPENAPI), ("json", JSON), ("html", HTML))


@blueprint.get("/api")
@takes()
def api() -> Response:
    """The document itself."""
    chosen = chosen_format(API)
    if chosen == "html":
        return page("api.html", document=document())
    kind = OPENAPI if chosen == "openapi" else JSON
    response = Response(json.dumps(document(), ensure_ascii=False), content_type=kind)
    response.headers["Content-Language"] = asked_language()
    return response


@blueprint.get("/api.html")
@takes()
def api_page() -> Response:
    """The document as a page for people."""
    chosen_format(PAGE)
    return page("api.html", document=document())


def document() -> dict[str, Any]:
    """OpenAPI 3.0 of everything that the caller may use."""
    language = asked_language()
    shown = [layer for layer in current_store().layers() if listed(layer)]
    drawn = [layer for layer in shown if tile_links(layer, view_of(layer))]
    paths: dict[str, Any] = dict(_shared_paths(language))
    for layer in shown:
        paths |= _layer_paths(layer, view_of(layer), language)
    everything = [(layer, view_of(layer)) for layer in current_store().layers()]
    totals = [layer for layer, view in everything if drawn_as_totals(layer, view)]
    paths |= openapi_paths(drawn, totals, PROBLEM)
    paths |= aggregate_paths(everything, language)
    paths |= plot_paths(language)
    paths |= life_paths()
    paths |= print_paths()
    paths |= device_paths()
    for process in PROCESSES.values():
        paths |= _process_paths(process, language)
    return {
        "openapi": "3.0.3",
        "info": {
            "title": WORDS["site"].get(language),
            "description": WORDS["purpose"].get(language),
            "version": version("phumi"),
            "license": {"name": "Apache-2.0"},
        },
        "servers": [{"url": url("")}],
        "paths": paths,
        "components": components(current_settings()),
    }


def _shared_paths(language: str) -> dict[str, Any]:
    named = {
        "/": ("landing", "site", "landing"),
        "/conformance": ("conformance", "conformance", "conformance"),
        "/collections": ("collections", "layers", "collections"),
    }
    paths = {
        path: _get(name, WORDS[word].get(language), DOCUMENT, reference("schemas", schema))
        for path, (name, word, schema) in named.items()
    }
    free = {"type": "object"}
    paths["/api"] = _get("api", "OpenAPI", API, free)
    paths["/api.html"] = _get("api_page", "OpenAPI", PAGE, free)
    paths["/processes"] = _get("processes", "OGC API Processes", DOCUMENT, free, tag="processes")
    for path, name in (("/healthz", "health"), ("/readyz", "ready")):
        answers = {"200": {"description": name, "content": content(JSON, free)}}
        if name == "ready":
            answers["503"] = {"description": "Database unavailable", "content": content(JSON, free)}
        paths[path] = {"get": {"operationId": name, "summary": name, "responses": answers}}
    return paths


def _layer_paths(layer: Layer, view: View, language: str) -> dict[str, Any]:
    base, title = f"/collections/{layer.id}", layer.title.get(language)
    fields = [item for item in layer.fields if item.name in view.fields]
    feature = _feature_schema(fields, language)
    key = {"name": "featureId", "in": "path", "required": True, "schema": {"type": "string"}}
    selected = names_parameter("properties", [*(f.name for f in fields), "geometry"])
    one = [key, reference("parameters", "crs"), selected]
    paths = {
        base: _get(
            f"{layer.id}_collection", title, DOCUMENT, reference("schemas", "collection"), tag=title
        ),
        f"{base}/items": _get(
            f"{layer.id}_items",
            title,
            item_forms(layer, view),
            _page_schema(feature),
            parameters=_items_parameters(layer, view, language),
            tag=title,
        ),
        f"{base}/items/{{featureId}}": _get(
            f"{layer.id}_item", title, ITEM, feature, parameters=one, tag=title
        ),
    }
    for kind in ("queryables", "sortables", "schema"):
        paths[f"{base}/{kind}"] = _get(
            f"{layer.id}_{kind}",
            f"{title}: {WORDS[kind].get(language)}",
            SCHEMA_FORMS,
            reference("schemas", "schema"),
            tag=title,
        )
    for path, methods in layer_writing_paths(layer, feature).items():
        paths.setdefault(path, {}).update(methods)
    return paths


def _items_parameters(layer: Layer, view: View, language: str) -> list[dict[str, Any]]:
    fields = [item for item in layer.fields if item.name in view.fields]
    plain = [item for item in fields if queryable(item, view)]
    own = {
        "properties": names_parameter("properties", [*(f.name for f in fields), "geometry"]),
        "sortby": names_parameter("sortby", [f.name for f in plain]),
    }
    return [
        *(own.get(name) or reference("parameters", name) for name in ITEMS_PARAMETERS),
        *(
            {
                "name": item.name,
                "in": "query",
                "required": False,
                "schema": _without_titles(field_schema(item, language)),
                "description": item.label.get(language),
            }
            for item in plain
            if item.name not in ITEMS_PARAMETERS
        ),
    ]


def _without_titles(schema: dict[str, Any]) -> dict[str, Any]:
    """The same in the words of OpenAPI 3.0, which knows no ``const``."""
    return {name: value for name, value in schema.items() if name != "oneOf"}


def _feature_schema(fields: list[Field], language: str) -> dict[str, Any]:
    properties = {item.name: field_schema(item, language, nullable=True) for item in fields}
    return {
        "type": "object",
        "required": ["type", "id", "geometry", "properties"],
        "properties": {
            "type": {"type": "string", "enum": ["Feature"]},
            "id": {"type": "string"},
            "geometry": reference("schemas", "geometry"),
            "properties": {"type": "object", "properties": properties},
            "links": reference("schemas", "links"),
        },
    }


def _page_schema(feature: dict[str, Any]) -> dict[str, Any]:
    count = {"type": "integer", "minimum": 0}
    return {
        "type": "object",
        "required": ["type", "features", "links", "numberReturned", "timeStamp"],
        "properties": {
            "type": {"type": "string", "enum": ["FeatureCollection"]},
            "features": {"type": "array", "items": feature},
            "links": reference("schemas", "links"),
            "numberReturned": count,
            "numberMatched": count,
            "timeStamp": {"type": "string", "format": "date-time"},
        },
    }


def _process_paths(process: Process, language: str) -> dict[str, Any]:
    base, title = f"/processes/{process.id}", process.title.get(language)
    inputs = {item.name: input_schema(item) for item in process.inputs}
    for schema in inputs.values():
        if isinstance(schema.get("type"), list):
            schema["anyOf"] = [{"type": kind} for kind in schema.pop("type")]  # one each in 3.0
    known = {"type": "object", "properties": inputs, "additionalProperties": False}
    body = {"type": "object", "properties": {"inputs": known}}
    faults = dict.fromkeys(FAULTS, PROBLEM)
    execution = {
        "operationId": f"{process.id}_execute",
        "summary": title,
        "tags": ["processes"],
        "requestBody": {"content": content(JSON, body)},
        "responses": {
            "200": {"description": title, "content": content(GEOJSON, {"type": "object"})},
            **faults,
        },
    }
    return {
        base: _get(
            f"{process.id}_description", title, DOCUMENT, {"type": "object"}, tag="processes"
        ),
        f"{base}/execution": {"post": execution},
    }


def _get(*args: Any, **named: Any) -> dict[str, Any]:
    return {"get": operation(*args, **named)}
