"""What the OpenAPI document says of writing, of earlier states and of devices."""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from api.language import asked_language
from api.links import GEOJSON, JSON
from api.operations import PROBLEM, content
from geo.text import Text
from layers.model import Layer

__all__ = ["IF_MATCH", "KEY", "device_paths", "layer_writing_paths"]

MERGE_PATCH = "application/merge-patch+json"
FREE: Mapping[str, Any] = {"type": "object"}
KEY = {"name": "featureId", "in": "path", "required": True, "schema": {"type": "string"}}
VERSION = {"name": "version", "in": "path", "required": True, "schema": {"type": "integer"}}
IF_MATCH = {
    "name": "If-Match",
    "in": "header",
    "required": False,
    "schema": {"type": "string", "pattern": r'^("v[0-9]+[-0-9a-f]*"|\*)$'},
    "description": "The ETag of the feature as it was read; 428 without one",
}
REASON: Mapping[str, Any] = {
    "type": "object",
    "required": ["reason"],
    "properties": {"reason": {"type": "string", "minLength": 5}},
}
READING = (400, 401, 403, 404, 413, 429, 500, 503)
WRITING = (*READING, 409, 412, 415, 422, 428)

WORDS = {
    "create": Text("เพิ่ม", "Add"),
    "replace": Text("แทนที่ทั้งรายการ", "Replace"),
    "update": Text("แก้ไขบางฟิลด์", "Change some fields"),
    "delete": Text("ลบ", "Remove"),
    "versions": Text("ฉบับก่อนหน้า", "Earlier states"),
    "version": Text("ฉบับหนึ่ง", "One earlier state"),
    "difference": Text("เทียบสองฉบับ", "Compare two states"),
    "restore": Text("นำฉบับก่อนหน้ากลับมา", "Bring a state back"),
    "confirm": Text("ยืนยันพิกัดหรือรายการ", "Confirm the pin or the row"),
    "return": Text("ส่งกลับตำแหน่งหรือลำดับที่รอตรวจสอบ", "Send back a position or tier that waits"),
    "unverified": Text("รายการที่รอผู้ตรวจสอบ", "What waits for a second person"),
    "sync": Text("ส่งข้อมูลจากเครื่องภาคสนาม", "Send changes from a device"),
    "conflicts": Text("รายการที่ขัดกัน", "Conflicts that wait for a person"),
    "settle": Text("ตัดสินรายการที่ขัดกัน", "Settle a conflict"),
}


def layer_writing_paths(layer: Layer, feature: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """Operations by path and method that change a layer or look at its past."""
    items = f"/collections/{layer.id}/items"
    one = f"{items}/{{featureId}}"
    past = f"{one}/versions/{{version}}"
    sent = content(GEOJSON, feature)
    changes = content(MERGE_PATCH, FREE) | sent
    several = content(GEOJSON, {"anyOf": [feature, FREE]})

    def of(name: str, *status: int, **parts: Any) -> dict[str, Any]:
        tag = layer.title.get(asked_language())
        return _operation(f"{layer.id}_{name}", f"{tag}: {_said(name)}", tag, *status, **parts)

    numbers = [
        {"name": name, "in": "query", "required": True, "schema": {"type": "integer"}}
        for name in ("from", "to")
    ]
    change = {"parameters": [KEY, IF_MATCH], "kind": GEOJSON}
    return {
        items: {"post": of("create", 201, body=several, kind=GEOJSON)},
        one: {
            "put": of("replace", 200, body=sent, **change),
            "patch": of("update", 200, body=changes, **change),
            "delete": of("delete", 204, parameters=[KEY, IF_MATCH]),
        },
        f"{one}/versions": {"get": of("versions", 200, parameters=[KEY], faults=READING)},
        f"{one}/versions/diff": {
            "get": of("difference", 200, parameters=[KEY, *numbers], faults=READING)
        },
        past: {"get": of("version", 200, parameters=[KEY, VERSION], faults=READING, kind=GEOJSON)},
        f"{past}/restore": {
            "post": of("restore", 200, parameters=[KEY, VERSION, IF_MATCH], kind=GEOJSON)
        },
        f"{one}/confirm": {"post": of("confirm", 200, **change)},
        f"{one}/return": {"post": of("return", 200, body=content(JSON, REASON), **change)},
        f"/collections/{layer.id}/unverified": {"get": of("unverified", 200, faults=READING)},
    }


def device_paths() -> dict[str, dict[str, Any]]:
    """Operations of devices, and of the people who settle what collided."""
    change = {"name": "change_id", "in": "path", "required": True, "schema": {"type": "string"}}

    def of(name: str, *status: int, **parts: Any) -> dict[str, Any]:
        return _operation(name, _said(name), "sync", *status, **parts)

    changes = {"type": "array", "maxItems": 500, "items": FREE}
    batch = {
        "type": "object",
        "required": ["device", "changes"],
        "properties": {
            "device": {"type": "string", "minLength": 1, "maxLength": 80},
            "changes": changes,
        },
    }
    taken = {"type": "array", "items": {"type": "string"}}
    choice = {"type": "object", "properties": {"take": taken}}
    return {
        "/sync": {"post": of("sync", 200, body=content(JSON, batch))},
        "/sync/conflicts": {"get": of("conflicts", 200, faults=READING)},
        "/sync/conflicts/{change_id}": {
            "post": of("settle", 204, body=content(JSON, choice), parameters=[change])
        },
    }


def _said(name: str) -> str:
    return WORDS[name].get(asked_language())


def _operation(
    name: str,
    summary: str,
    tag: str,
    status: int,
    *,
    body: Mapping[str, Any] | None = None,
    parameters: list[Any] | None = None,
    faults: tuple[int, ...] = WRITING,
    kind: str = JSON,
) -> dict[str, Any]:
    answer: dict[str, Any] = {"description": HTTPStatus(status).phrase}
    if status != HTTPStatus.NO_CONTENT:
        answer["content"] = content(kind, FREE) | content(JSON, FREE)
    found: dict[str, Any] = {
        "operationId": name,
        "summary": summary,
        "tags": [tag],
        "parameters": parameters or [],
        "responses": {str(status): answer, **{str(code): PROBLEM for code in faults}},
    }
    return found | ({"requestBody": {"required": True, "content": body}} if body else {})
