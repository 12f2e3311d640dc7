"""Earlier states of a feature over HTTP: list, one, the difference of two, bring back, verify."""

from __future__ import annotations

import json
from typing import Any

from flask import Blueprint, Response, jsonify, request

from api.access import bare_store, current_person, current_store, require_account, view_of
from api.layer_collections import listed_layer
from api.links import GEOJSON
from api.writing import body, feature_answer, matched_version, writer
from geo.text import Text
from layers import history, two_person
from layers.editing import Written
from layers.errors import NotFound, QueryError
from layers.history import Past
from layers.model import Layer
from layers.privacy.conditions import one_of
from layers.query import Query
from layers.verification import confirm, send_back

__all__ = ["blueprint"]

blueprint = Blueprint("versions", __name__)

ITEM = "/collections/<layer_id>/items/<key:key>"
LISTED_MOST = 1_000  # of what waits, the oldest first


@blueprint.get(f"{ITEM}/versions")
def listing(layer_id: str, key: str) -> Response:
    """Who wrote the feature when, the newest first."""
    layer = listed_layer(layer_id)
    return _private(jsonify({"versions": [_told(one) for one in _states(layer, key)]}))


@blueprint.get(f"{ITEM}/versions/<version>")
def single(layer_id: str, key: str, version: str) -> Response:
    """The feature as one write made it."""
    layer = listed_layer(layer_id)
    one = history.state(current_store(), layer, key, _numbered(version), view_of(layer))
    document = {
        "type": "Feature",
        "id": key,
        "geometry": one.geometry,
        "properties": dict(one.values),
        "version": _told(one),
    }
    response = jsonify(document)
    response.content_type = GEOJSON
    return _private(response)


@blueprint.get(f"{ITEM}/versions/diff")
def difference(layer_id: str, key: str) -> Response:
    """What two states tell differently: ``from`` and ``to`` are versions."""
    layer = listed_layer(layer_id)
    known = {one.version: one for one in _states(layer, key)}
    first, second = (known.get(_number(name)) for name in ("from", "to"))
    if first is None or second is None:
        raise NotFound(
            "version_unknown",
            Text(f"{key} ไม่มีฉบับที่ขอ", f"{key} has not both of these versions"),
            known=sorted(known),
        )
    changed = history.difference(first, second)
    for one in changed:
        item = layer.by_name.get(one["field"])
        if item is not None:
            one["label"] = {"th": item.label.th, "en": item.label.en}
    return _private(jsonify({"from": _told(first), "to": _told(second), "changed": changed}))


@blueprint.post(f"{ITEM}/versions/<version>/restore")
def restore(layer_id: str, key: str, version: str) -> Response:
    """Bring an earlier state back as a new version; If-Match names the one that stands."""
    person, layer = writer(layer_id)
    past = history.state(bare_store(), layer, key, _numbered(version), view_of(layer))
    there = matched_version(person, layer, key) if _stands(layer, key) else None
    written = history.restore(bare_store(), person, layer, key, past, there)
    return feature_answer(layer, key, written)


@blueprint.post(f"{ITEM}/confirm")
def confirm_pin(layer_id: str, key: str) -> Response:
    """Enter that the pin, or the row, was checked by somebody else than who wrote it."""
    person, layer = writer(layer_id)
    version = matched_version(person, layer, key)
    result = confirm(bare_store(), person, layer, key, version)
    return feature_answer(layer, key, Written((key,), result, ()))


@blueprint.post(f"{ITEM}/return")
def return_change(layer_id: str, key: str) -> Response:
    """Take back a position or tier that waits for a second person, with the reason."""
    person, layer = writer(layer_id)
    version = matched_version(person, layer, key)
    reason = str(body({"application/json"}).get("reason", ""))
    result = send_back(bare_store(), person, layer, key, version, reason)
    if result.deleted:
        return Response(status=204)
    return feature_answer(layer, key, Written((key,), result, ()))


@blueprint.get("/collections/<layer_id>/unverified")
def unverified(layer_id: str) -> Response:
    """Positions and tiers that wait for a second person, as far as the caller sees the features."""
    require_account()
    layer = listed_layer(layer_id)
    known = two_person.waiting(bare_store(), layer)[:LISTED_MOST]
    query = Query(
        layer=layer.id, filter=one_of(layer.key, [one.feature for one in known]),
        fields=(layer.key,), geometry=False, limit=None,
    )  # fmt: skip
    view = view_of(layer)
    page = bare_store().features(query, view).features if known else ""
    seen = set() if view.pseudonymous else {one["id"] for one in json.loads(f"[{page}]")}
    return _private(jsonify({"waiting": [_waits(one) for one in known if one.feature in seen]}))


def _waits(one: two_person.Waiting) -> dict[str, Any]:
    said = [two_person.REASONS[name] for name in one.changed]
    return {
        "feature": one.feature,
        "author": one.author,
        "since": one.since.isoformat(),
        "changed": list(one.changed),
        "label": {"th": ", ".join(x.th for x in said), "en": ", ".join(x.en for x in said)},
        "before_version": one.before,
    }


def _states(layer: Layer, key: str) -> list[Past]:
    return history.states(current_store(), layer, key, view_of(layer))


def _stands(layer: Layer, key: str) -> bool:
    newest = history.states(bare_store(), layer, key, view_of(layer))[0]
    return newest.ended is None


def _told(one: Past) -> dict[str, Any]:
    told: dict[str, Any] = {
        "version": one.version,
        "written_at": one.written_at.isoformat(),
        "ended_by_version": one.ended,
        "ended_by": one.operation,
    }
    if current_person().account is not None:  # names of accounts are not for the public
        told["written_by"] = one.written_by
    return told


def _numbered(version: str) -> int:
    return int(version) if version.isascii() and version.isdigit() and len(version) < 19 else 0


def _number(name: str) -> int:
    try:
        return int(request.args[name])
    except (KeyError, ValueError):
        raise QueryError(
            "version_number",
            Text(f"ระบุเลขฉบับใน {name}", f"Give the number of a version in {name}"),
            parameter=name,
        ) from None


def _private(response: Response) -> Response:
    response.headers["Cache-Control"] = "private, no-cache"
    return response
