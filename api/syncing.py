"""The door of devices: changes made in the field come in order, each is answered with what became

of it, and sending them again does no harm.
"""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, jsonify, request

from api.access import bare_store, current_settings, current_token, require_account, view_of
from api.problems import TooMuch
from api.secret import workspace_secret
from api.writing import body
from geo.text import Text
from layers import sync
from layers.editing import violations
from layers.erasure import erased
from layers.errors import AccessDenied, Conflict, Invalid, NotFound
from layers.intake.report import Finding
from layers.privacy import Person
from layers.query import Query

__all__ = ["blueprint"]

blueprint = Blueprint("syncing", __name__)

CHANGES_MAX = 500


@blueprint.post("/sync")
def bring() -> Response:
    """Apply the changes of a device in order; at a gap the rest waits for the device."""
    person = _sender()
    sent = body({"application/json"})
    changes, device = sent.get("changes"), sent.get("device")
    if not isinstance(changes, list) or not isinstance(device, str) or not 0 < len(device) <= 80:
        raise Invalid(
            "sync_body",
            Text("ต้องมี device และรายการ changes", "The body holds device and a list changes"),
            violations=[],
        )
    if len(changes) > CHANGES_MAX:
        raise TooMuch(
            "sync_many",
            Text(f"ส่งได้ครั้งละ {CHANGES_MAX} รายการ", f"At most {CHANGES_MAX} changes at once"),
        )
    read = [sync.read_change(one, device) for one in changes]
    outcomes: list[dict[str, Any]] = []
    gap: dict[str, Any] | None = None
    for change in read:
        if _is_erased(change):
            outcomes.append(_refused(change))  # not kept: it would bring the person back
            continue
        try:
            outcomes.append(sync.bring(bare_store(), person, change).to_json())
        except Conflict as error:
            gap = {"code": error.code, "id": change.id, **error.details}
            break
    return jsonify({"outcomes": outcomes, "stopped": gap})


@blueprint.get("/sync/conflicts")
def waiting() -> Response:
    """Conflicts on features that the caller sees, for a person to settle."""
    store, person = bare_store(), require_account()
    found = []
    for one in sync.conflicts(store, request.args.get("collection")):
        layer = store.layer(one["collection"])
        if person.owner or _sees(layer.id, one["feature"]):
            visible = view_of(layer).fields | {sync.GEOMETRY}
            values = one["change"]["values"]
            kept = {name: value for name, value in values.items() if name in visible}
            found.append({**one, "change": {**one["change"], "values": kept}})
    return jsonify({"conflicts": found})


@blueprint.post("/sync/conflicts/<change_id>")
def settle(change_id: str) -> Response:
    """Take the device's value for the named fields, and leave the others."""
    person = require_account()
    take = body({"application/json"}).get("take", [])
    if not isinstance(take, list) or not all(isinstance(name, str) for name in take):
        raise Invalid(
            "sync_take", Text("take ต้องเป็นรายการชื่อฟิลด์", "take is a list of fields"), violations=[]
        )
    sync.settle(bare_store(), person, change_id, take)
    return Response(status=204)


def _sender() -> Person:
    person, token = require_account(), current_token()
    if token is not None and not token.scope & {"sync", "write"}:
        raise AccessDenied(
            "token_scope",
            Text("โทเค็นนี้ส่งข้อมูลไม่ได้", "This token was not made to send data"),
        )
    return person


def _is_erased(change: sync.Change) -> bool:
    store = bare_store()
    layer = store.layer(change.layer)
    some = next(store.raw("SELECT count(*) FROM phumi.erased WHERE layer = ?", (layer.id,)))[0]
    return bool(some) and bool(
        erased(store, layer, [change.feature], workspace_secret(current_settings()))
    )


def _refused(change: sync.Change) -> dict[str, Any]:
    found = violations([Finding("IMP-I-ERASED", 1)])
    return sync.Outcome(id=change.id, state="refused", violations=tuple(found)).to_json()


def _sees(layer_id: str, key: str) -> bool:
    layer = bare_store().layer(layer_id)
    view = view_of(layer)
    if view.aggregates_only:
        return False
    try:
        bare_store().feature(key, Query(layer=layer_id, fields=(layer.key,), geometry=False), view)
    except NotFound:
        return False
    return True
