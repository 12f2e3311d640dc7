"""Earlier states of a feature over HTTP: list, one, the difference of two, bring back, confirm."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, jsonify, request

from api.access import bare_store, current_person, current_store, view_of
from api.layer_collections import listed_layer
from api.links import GEOJSON
from api.writing import feature_answer, matched_version, writer
from geo.text import Text
from layers import history
from layers.editing import Written
from layers.errors import NotFound, QueryError
from layers.history import Past
from layers.model import Layer
from layers.verification import confirm

__all__ = ["blueprint"]

blueprint = Blueprint("versions", __name__)

ITEM = "/collections/<layer_id>/items/<path:key>"


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
