"""The building blocks of the OpenAPI document: parameters, answers, operations, shared schemas."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from api.language import asked_language
from api.links import GEOJSON, HTML, JSON, OPENAPI, SCHEMA
from api.parameters import COMMON, FILTER_LANGUAGES, SORT_KEYS_MAX
from api.settings import Settings
from geo.text import LANGUAGES, Text
from layers.crs import CRS84, SERVED

__all__ = [
    "ADDRESS_MAX",
    "FAULTS",
    "PROBLEM",
    "components",
    "content",
    "names_parameter",
    "operation",
    "reference",
]

ADDRESS_MAX = 64_000  # bytes of a query; web servers take no more of an address either
PROBLEM_KIND = "application/problem+json"
PROBLEM = {"$ref": "#/components/responses/problem"}
FAULTS = ("400", "401", "403", "404", "406", "413", "429", "500", "503")

_TEXT = {"type": "string"}
_SYSTEM = {"type": "string", "format": "uri", "enum": list(SERVED), "default": CRS84.uri}
_LIST = {"style": "form", "explode": False}


def _object(required: Iterable[str] = (), **properties: Any) -> dict[str, Any]:
    schema: dict[str, Any] = {"type": "object", "properties": properties}
    return schema | ({"required": list(required)} if required else {})


def _array(items: Mapping[str, Any], **limits: int) -> dict[str, Any]:
    return {"type": "array", "items": items, **limits}


def reference(kind: str, name: str) -> dict[str, str]:
    """A reference to a shared part."""
    return {"$ref": f"#/components/{kind}/{name}"}


SCHEMAS: dict[str, Any] = {
    "problem": _object(
        ("type", "title", "status", "detail", "code"),
        type=_TEXT, title=_TEXT, status={"type": "integer"}, detail=_TEXT, code=_TEXT,
    ),
    "link": _object(
        ("href", "rel", "type"),
        href={"type": "string", "format": "uri"}, rel=_TEXT, type=_TEXT, title=_TEXT,
    ),
    "links": _array(reference("schemas", "link")),
    "landing": _object(
        ("links",), title=_TEXT, description=_TEXT, links=reference("schemas", "links")
    ),
    "conformance": _object(("conformsTo",), conformsTo=_array(_TEXT)),
    "extent": _object(
        spatial=_object(
            ("bbox",),
            bbox=_array(_array({"type": "number"}, minItems=4, maxItems=6), minItems=1),
            crs={"type": "string", "enum": [CRS84.uri]},
        ),
        temporal=_object(
            ("interval",),
            interval=_array(
                _array(
                    {"type": "string", "format": "date-time", "nullable": True},
                    minItems=2, maxItems=2,
                ),
                minItems=1,
            ),
            trs=_TEXT,
        ),
    ),
    "collection": _object(
        ("id", "links", "itemType"),
        id=_TEXT, title=_TEXT, description=_TEXT, links=reference("schemas", "links"),
        extent=reference("schemas", "extent"), itemType={"type": "string", "enum": ["feature"]},
        crs=_array(_TEXT), storageCrs=_TEXT,
    ),
    "collections": _object(
        ("links", "collections"),
        links=reference("schemas", "links"),
        collections=_array(reference("schemas", "collection")),
    ),
    "schema": _object(
        ("$schema", "$id", "type", "properties"),
        **{"$schema": _TEXT, "$id": {"type": "string", "format": "uri"}},
        type={"type": "string", "enum": ["object"]},
        properties={"type": "object"},
    ),
    "geometry": _object(
        ("type",),
        type={
            "type": "string",
            "enum": [
                "Point", "MultiPoint", "LineString", "MultiLineString", "Polygon", "MultiPolygon",
                "GeometryCollection",
            ],
        },
    )
    | {"nullable": True},
}  # fmt: skip

WORDS: dict[str, Text] = {
    "f": Text("รูปแบบที่ต้องการ แทนหัวข้อ Accept", "The form wanted, instead of the Accept header"),
    "lang": Text("ภาษา แทนหัวข้อ Accept-Language", "The language, instead of Accept-Language"),
    "limit": Text(
        "จำนวนรายการต่อหน้าอย่างมาก ค่าที่เกิน {most:,} นับเป็น {most:,}",
        "The most features on a page; more than {most:,} count as {most:,}",
    ),
    "offset": Text("ข้ามรายการกี่รายการ", "How many features to leave out first"),
    "token": Text("เครื่องหมายหน้าจากลิงก์ next", "Where a page begins; it comes in next links"),
    "number-matched": Text(
        "นับจำนวนทั้งหมดเสมอแม้ใช้เวลานาน", "Count all that match, even where that takes long"
    ),
    "bbox": Text("กรอบพื้นที่ ในระบบพิกัด bbox-crs", "A box, in the system that bbox-crs names"),
    "bbox-crs": Text("ระบบพิกัดของ bbox", "The reference system of bbox"),
    "datetime": Text("เวลาหรือช่วงเวลา (RFC 3339)", "A time or an interval (RFC 3339)"),
    "filter": Text("เงื่อนไขภาษา CQL2", "A condition in CQL2"),
    "filter-lang": Text("รูปแบบภาษาของ filter", "The encoding of the filter"),
    "filter-crs": Text("ระบบพิกัดของ filter", "The reference system of geometries in the filter"),
    "sortby": Text("ฟิลด์ที่ใช้เรียง -ชื่อ คือมากไปน้อย", "Fields to sort by; -name sorts downwards"),
    "properties": Text("ฟิลด์ที่ต้องการ", "The fields to return"),
    "crs": Text("ระบบพิกัดของคำตอบ", "The reference system of the coordinates in the answer"),
}


def components(settings: Settings) -> dict[str, Any]:
    """The parts that operations refer to."""
    language = asked_language()
    whole = {"type": "integer", "minimum": 1, "default": settings.page_limit}
    schemas: dict[str, dict[str, Any]] = {
        "lang": {"schema": {"type": "string", "enum": list(LANGUAGES)}},
        "limit": {"schema": whole} | _LIST,
        "offset": {"schema": {"type": "integer", "minimum": 0, "default": 0}},
        "token": {"schema": {"type": "string"}},
        "number-matched": {"schema": {"type": "boolean", "default": False}},
        "bbox": {"schema": _array({"type": "number"}, minItems=4, maxItems=6)} | _LIST,
        "bbox-crs": {"schema": _SYSTEM},
        "datetime": {"schema": {"type": "string"}} | _LIST,
        "filter": {"schema": {"type": "string"}},
        "filter-lang": {"schema": {"type": "string", "enum": list(FILTER_LANGUAGES)}},
        "filter-crs": {"schema": _SYSTEM},
        "crs": {"schema": _SYSTEM},
    }
    parameters = {
        name: {"name": name, "in": "query", "required": False}
        | parts
        | {"description": WORDS[name].format(most=settings.page_limit_max).get(language)}
        for name, parts in schemas.items()
    }
    problem = {
        "description": "Problem document (RFC 9457)",
        "content": content(PROBLEM_KIND, reference("schemas", "problem")),
    }
    return {"schemas": SCHEMAS, "parameters": parameters, "responses": {"problem": problem}}


def names_parameter(name: str, allowed: Sequence[str]) -> dict[str, Any]:
    """``properties`` or ``sortby`` of a layer with these fields."""
    items: dict[str, Any] = {"type": "string", "enum": list(allowed)}
    limits = {"minItems": 1}
    if name == "sortby":
        items["enum"] = [sign + field for field in allowed for sign in ("", "+", "-")]
        limits["maxItems"] = SORT_KEYS_MAX
    return {
        "name": name,
        "in": "query",
        "required": False,
        "schema": _array(items, **limits),
        "description": WORDS[name].get(asked_language()),
        **_LIST,
    }


def content(kind: str, schema: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """The content of an answer of one media type; text without a schema."""
    return {kind: {"schema": schema or _TEXT}}


def operation(
    name: str,
    summary: str,
    forms: Sequence[tuple[str, str]],
    schema: Mapping[str, Any],
    *,
    parameters: Sequence[Mapping[str, Any]] = (),
    tag: str = "phumi",
) -> dict[str, Any]:
    """A GET operation that answers in these forms (short name, media type).

    JSON of every kind follows ``schema``, the others are text or bytes.
    """
    kinds: dict[str, Any] = {}
    for _, kind in forms:
        in_json = kind in (JSON, GEOJSON, SCHEMA, OPENAPI)
        kinds |= content(kind, schema if in_json else None)
        if not in_json and not kind.startswith(("text/", HTML)):
            kinds[kind]["schema"] = {"type": "string", "format": "binary"}
    language = asked_language()
    choice = {
        "name": COMMON[0],
        "in": "query",
        "required": False,
        "schema": {"type": "string", "enum": [short for short, _ in forms]},
        "description": WORDS[COMMON[0]].get(language),
    }
    return {
        "operationId": name,
        "summary": summary,
        "tags": [tag],
        "parameters": [*parameters, choice, reference("parameters", COMMON[1])],
        "responses": {
            "200": {"description": summary, "content": kinds},
            "304": {"description": "Not modified"},
            **dict.fromkeys(FAULTS, PROBLEM),
        },
    }
