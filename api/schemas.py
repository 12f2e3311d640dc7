"""What a layer's features are made of, and what they can be filtered and sorted by."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from flask import Response

from api.access import view_of
from api.documents import DOCUMENT, document_response
from api.field_schemas import field_schema, geometry_schema, roles
from api.language import asked_language
from api.layer_collections import listed_layer
from api.links import SCHEMA, url
from api.parameters import takes
from layers.model import Field, Layer
from layers.query import View

__all__ = ["FORMS", "queryables", "schema", "sortables"]

FORMS = (("schema", SCHEMA), *DOCUMENT)
DRAFT = "https://json-schema.org/draft/2020-12/schema"


@takes()
def queryables(layer_id: str) -> Response:
    """What a filter may speak of: every visible field, and the geometry."""
    return _answer(layer_id, "queryables", lambda layer, view: _all(layer, view))


@takes()
def sortables(layer_id: str) -> Response:
    """What ``sortby`` may name: every visible field that has an order."""

    def ordered(layer: Layer, view: View) -> dict[str, Any]:
        fields = [f for f in _visible(layer, view) if f.type not in ("list", "object")]
        return _properties(layer, fields)

    return _answer(layer_id, "sortables", ordered)


@takes()
def schema(layer_id: str) -> Response:
    """What a feature is made of; what is not ``readOnly`` may be written by those who may write."""

    def whole(layer: Layer, view: View) -> dict[str, Any]:
        found = _all(layer, view)
        for field in _visible(layer, view):
            if field.computed:
                found[field.name]["readOnly"] = True
        return found

    return _answer(layer_id, "schema", whole)


def _answer(
    layer_id: str, kind: str, properties: Callable[[Layer, View], dict[str, Any]]
) -> Response:
    layer, language = listed_layer(layer_id), asked_language()
    view = view_of(layer)
    document: dict[str, Any] = {
        "$schema": DRAFT,
        "$id": url(f"/collections/{layer.id}/{kind}"),
        "type": "object",
        "title": layer.title.get(language),
        "description": layer.description.get(language),
        "properties": properties(layer, view),
        "additionalProperties": False,
    }
    required = [field.name for field in _visible(layer, view) if field.required]
    if kind == "schema" and required:
        document["required"] = required
    return document_response(document, "schema.html", formats=FORMS, layer=layer, kind=kind)


def _visible(layer: Layer, view: View) -> list[Field]:
    return [field for field in layer.fields if field.name in view.fields]


def _all(layer: Layer, view: View) -> dict[str, Any]:
    found = _properties(layer, _visible(layer, view))
    if layer.geometry is not None and view.geometry:
        found["geometry"] = geometry_schema(layer, asked_language())
    for place, part in enumerate(found.values(), 1):
        part["x-ogc-propertySeq"] = place
    return found


def _properties(layer: Layer, fields: Iterable[Field]) -> dict[str, Any]:
    language, parts = asked_language(), roles(layer)
    found = {}
    for field in fields:
        found[field.name] = field_schema(field, language)
        if field.name in parts:
            found[field.name]["x-ogc-role"] = parts[field.name]
    return found
