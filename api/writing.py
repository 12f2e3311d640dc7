"""Features part 4: create, replace, update and delete, each on the state that the writer read."""

from __future__ import annotations

import json
import re
from typing import Any
from urllib.parse import quote

from flask import Blueprint, Response, request

from api.access import bare_store, current_settings, require_account, require_scope, view_of
from api.language import asked_language
from api.links import GEOJSON, url
from api.problems import ConditionMissing, Unsupported
from api.secret import workspace_secret
from geo.text import Text
from layers import editing
from layers.editing import Written, violations
from layers.erasure import erased
from layers.errors import Invalid, Stale
from layers.intake.report import Finding
from layers.model import Layer
from layers.privacy import Person, rows_refused
from layers.query import Query

__all__ = ["blueprint", "body", "feature_answer", "matched_version", "row_tag", "writer"]

blueprint = Blueprint("writing", __name__)

MERGE_PATCH = "application/merge-patch+json"
KINDS = {GEOJSON, "application/json"}
ITEMS = "/collections/<layer_id>/items"
ROW = re.compile(r"v(\d+)(-|$)")
FEATURES_MAX = 10_000  # of one bulk insert: it is checked and written while the caller waits


@blueprint.post(ITEMS)
def create(layer_id: str) -> Response:
    """Add one feature, or all those of a FeatureCollection or none."""
    person, layer = writer(layer_id)
    sent = body(KINDS)
    several = isinstance(sent, dict) and sent.get("type") == "FeatureCollection"
    features = sent.get("features") if several else [sent]
    if not isinstance(features, list) or not 1 <= len(features) <= FEATURES_MAX:
        raise _wrong_body(f"features: 1-{FEATURES_MAX:,}")
    _refuse_erased(layer, features)
    written = editing.create(bare_store(), person, layer, features, source="api")
    if several:
        ids = {"ids": list(written.keys), "inserted": written.result.inserted}
        return _json({**ids, "warnings": _said(written)}, 201)
    response = feature_answer(layer, written.keys[0], written, 201)
    response.headers["Location"] = url(f"/collections/{layer.id}/items/{quote(written.keys[0])}")
    return response


@blueprint.put(f"{ITEMS}/<key:key>")
def replace(layer_id: str, key: str) -> Response:
    """Put a feature in the place of the one with this id."""
    person, layer = writer(layer_id)
    version = matched_version(person, layer, key)
    sent = body(KINDS)
    written = editing.replace(bare_store(), person, layer, key, sent, version, source="api")
    return feature_answer(layer, key, written)


@blueprint.patch(f"{ITEMS}/<key:key>")
def update(layer_id: str, key: str) -> Response:
    """Change what a JSON merge patch names (RFC 7396)."""
    person, layer = writer(layer_id)
    version = matched_version(person, layer, key)
    sent = body({MERGE_PATCH, *KINDS})
    written = editing.patch(bare_store(), person, layer, key, sent, version, source="api")
    return feature_answer(layer, key, written)


@blueprint.delete(f"{ITEMS}/<key:key>")
def delete(layer_id: str, key: str) -> Response:
    """Remove a feature."""
    person, layer = writer(layer_id)
    version = matched_version(person, layer, key)
    editing.delete(bare_store(), person, layer, key, version, source="api")
    return Response(status=204)


def writer(layer_id: str) -> tuple[Person, Layer]:
    """Who writes, and what into. Raises NotLoggedIn, AccessDenied."""
    person = require_account()
    require_scope("write")
    layer = bare_store().layer(layer_id)
    if view_of(layer).aggregates_only or view_of(layer).pseudonymous:
        raise rows_refused(layer)
    return person, layer


def body(kinds: set[str]) -> Any:
    """The JSON that was sent. Raises Unsupported, Invalid."""
    if request.mimetype not in kinds:
        raise Unsupported(
            "media_type",
            Text(
                f"ต้องส่งเป็น {', '.join(sorted(kinds))} (ได้ {request.mimetype or '-'})",
                f"Send {' or '.join(sorted(kinds))} (this is {request.mimetype or '-'})",
            ),
        )
    system = request.headers.get("Content-Crs", "")
    if system and "CRS84" not in system:
        raise _wrong_body(f"Content-Crs: {system}")
    try:
        sent = json.loads(request.get_data(), parse_constant=_no_number)
    except (ValueError, RecursionError) as error:
        raise _wrong_body(str(error)[:120]) from error
    if not isinstance(sent, dict):
        raise _wrong_body("object")
    return sent


def matched_version(person: Person, layer: Layer, key: str) -> int | None:
    """The row version that If-Match names; None for ``*``. Raises ConditionMissing, Stale."""
    if "If-Match" not in request.headers:
        raise ConditionMissing(
            "if_match_missing",
            Text(
                "ต้องส่งหัวข้อ If-Match ด้วยค่า ETag ที่ได้ตอนอ่าน เพื่อไม่ให้เขียนทับงานของผู้อื่น",
                "Send If-Match with the ETag that you read, so that nobody's work is overwritten",
            ),
        )
    there = editing.find(bare_store(), person, layer, key).version
    tags = request.if_match
    if tags.star_tag:
        return None
    known = [int(found[1]) for tag in tags if (found := ROW.match(tag))]
    if there in known:
        return there
    raise Stale(
        "feature_changed",
        Text(
            f"{layer.title.th} {key} ถูกแก้ไขไปแล้วหลังจากที่ท่านเปิด เปิดใหม่แล้วลองอีกครั้ง",
            f"{layer.id} {key} was changed since you read it; read it again",
        ),
        feature=key,
        version=there,
    )


def row_tag(version: int) -> str:
    """The ETag of a feature right after it was written."""
    return f'"v{version}"'


def feature_answer(layer: Layer, key: str, written: Written, status: int = 200) -> Response:
    """The feature as the writer sees it now, with its ETag and what should be looked at."""
    found = bare_store().feature(key, Query(layer=layer.id), view_of(layer))
    document = json.loads(found.text)
    if written.warnings:
        document["warnings"] = _said(written)
    response = _json(document, status, GEOJSON)
    response.headers["ETag"] = row_tag(found.version)
    return response


def _refuse_erased(layer: Layer, features: list[Any]) -> None:
    """A person who was erased does not come back under the same key (ERA-R4)."""
    store = bare_store()
    if next(store.raw("SELECT count(*) FROM phumi.erased WHERE layer = ?", (layer.id,)))[0] == 0:
        return
    keys = {}
    for row, one in enumerate(features, 1):
        if isinstance(one, dict):
            inner = one.get("properties")
            inner = inner.get(layer.key) if isinstance(inner, dict) else None
            keys[str(one.get("id") or inner or "")] = row
    gone = erased(store, layer, keys, workspace_secret(current_settings()))
    if gone:
        found = [Finding("IMP-I-ERASED", keys[key], layer.key) for key in sorted(gone)]
        raise Invalid("erased", found[0].text, violations=violations(found))


def _said(written: Written) -> list[dict[str, Any]]:
    return violations(written.warnings)


def _json(document: object, status: int, kind: str = "application/json") -> Response:
    response = Response(json.dumps(document, ensure_ascii=False), status, content_type=kind)
    response.headers["Content-Language"] = asked_language()
    return response


def _no_number(word: str) -> float:
    raise ValueError(word)


def _wrong_body(reason: str) -> Invalid:
    return Invalid(
        "body_unreadable",
        Text(f"อ่านข้อมูลที่ส่งมาไม่ได้: {reason}", f"The body cannot be read: {reason}"),
        violations=[],
    )
