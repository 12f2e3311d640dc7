"""Fields as JSON Schema: in queryables, sortables and schemas, and in the OpenAPI document."""

from __future__ import annotations

from typing import Any

from geo.text import Text
from layers.model import Field, Layer

__all__ = ["field_schema", "geometry_schema", "roles", "ucum"]

TYPES: dict[str, dict[str, Any]] = {
    "text": {"type": "string"},
    "integer": {"type": "integer"},
    "number": {"type": "number"},
    "boolean": {"type": "boolean"},
    "date": {"type": "string", "format": "date"},
    "datetime": {"type": "string", "format": "date-time"},
    "list": {"type": "array", "items": {}},
    "object": {"type": "object"},
}
# Our units that UCUM knows, in its words; all others are written as its annotations.
UCUM = {unit: unit for unit in ("m", "m2", "m3", "km", "km2", "cm", "%", "min", "deg", "t", "km/h")}
UCUM |= {"day": "d", "days": "d", "month": "mo"}
GEOMETRY = Text("ตำแหน่งหรือขอบเขต", "Geometry")


def field_schema(field: Field, language: str, *, nullable: bool = False) -> dict[str, Any]:
    """The JSON Schema of a field's values; ``nullable`` in the words of OpenAPI 3.0.

    Codes stand in ``enum``, and with their titles in ``oneOf``.
    """
    schema: dict[str, Any] = {**TYPES[field.type], "title": field.label.get(language)}
    if field.description:
        schema["description"] = field.description.get(language)
    if field.values and field.type in ("text", "list"):
        codes: dict[str, Any] = {"enum": list(field.values)}
        if nullable and field.type == "text":
            codes["enum"].append(None)
        elif not nullable:
            codes["oneOf"] = [
                {"const": code, "title": label.get(language)}
                for code, label in field.values.items()
            ]
        schema |= codes if field.type == "text" else {"items": {"type": "string", **codes}}
    for name, value in (
        ("minimum", field.minimum),
        ("maximum", field.maximum),
        ("pattern", field.pattern),
    ):
        if value is not None:
            schema[name] = value
    if field.unit:
        schema["x-ogc-unit"] = ucum(field.unit)
    if nullable:
        schema["nullable"] = True
    return schema


def geometry_schema(layer: Layer, language: str) -> dict[str, Any]:
    """The geometry as a property of the logical schema (OGC 23-058r1, 7.2)."""
    kind = str(layer.geometry).lower()
    return {
        "title": GEOMETRY.get(language),
        "format": "geometry-any" if kind == "geometry" else f"geometry-{kind}",
        "x-ogc-role": "primary-geometry",
    }


def roles(layer: Layer) -> dict[str, str]:
    """The part that each field has in the layer, by the words of OGC 23-058r1."""
    found = {layer.key: "id"}
    if len(layer.datetime) == 1:
        found[layer.datetime[0]] = "primary-instant"
    elif layer.datetime:
        start, end = layer.datetime
        found |= {start: "primary-interval-start", end: "primary-interval-end"}
    return found


def ucum(unit: str) -> str:
    """A unit in the case-sensitive code of UCUM.

    >>> ucum("km2"), ucum("THB/person"), ucum("per fiscal year")
    ('km2', '{THB}/{person}', '{per_fiscal_year}')
    """
    if unit in UCUM:
        return UCUM[unit]
    return "/".join(f"{{{part.strip().replace(' ', '_')}}}" for part in unit.split("/"))
