"""Confirming a pin, or a row, by somebody else than who wrote it (PRIV-R2, CDD L1853, DEBT-R25)."""

from __future__ import annotations

import json
from itertools import pairwise
from typing import Any

import geopandas as gpd
import pandas as pd
import shapely

from geo.text import Text
from layers import audit, editing, two_person
from layers.accounts import today
from layers.editing import Current
from layers.errors import AccessDenied, NotFound, QueryError
from layers.history import states
from layers.model import Layer
from layers.privacy import Person, may, owner_view
from layers.store import Store, WriteResult
from layers.store.session import Session
from layers.store.write import After, Mode
from layers.write_rights import VERIFICATION

__all__ = ["confirm", "send_back"]

REASON_LEAST = 5  # letters


def confirm(
    store: Store, person: Person, layer: Layer, key: str, version: int | None
) -> WriteResult:
    """Enter who confirmed the feature as it stands, and on what day; pins keep the history.

    What waited by the two-person rule waits no longer. Raises QueryError for a layer without
    confirmation, AccessDenied without the right V or for whoever wrote the position.
    """
    if layer.id not in two_person.GUARDED and not _told(layer):
        raise QueryError(
            "no_verification",
            Text(f"{layer.title.th} ไม่มีการยืนยัน", f"{layer.id} knows no confirmation"),
        )
    current, author = _judge(store, person, layer, key)
    rows = pd.DataFrame([_confirmed(layer, current, person, author)])
    enter = _entry(person, layer, current, author, "verify")
    return _change(store, person, layer, rows, "upsert", {key: version}, enter, "confirm")


def send_back(
    store: Store, person: Person, layer: Layer, key: str, version: int | None, reason: str
) -> WriteResult:
    """Take back what waits: the verified position and tier again; a new feature is removed.

    All other fields stay as they are. Raises QueryError when nothing waits or no reason is given,
    AccessDenied without the right V or for the author, NotFound when what was before is deleted.
    """
    if len(reason.strip()) < REASON_LEAST:
        raise QueryError(
            "return_reason", Text("ระบุเหตุผลที่ส่งกลับ", "Say why it is sent back"), parameter="reason"
        )
    current, author = _judge(store, person, layer, key)
    found = two_person.waiting(store, layer, key)
    if not found:
        raise QueryError(
            "nothing_waits",
            Text(f"{key} ไม่มีรายการรอตรวจสอบ", f"Nothing of {key} waits to be verified"),
            feature=key,
        )
    enter = _entry(person, layer, current, author, "return", reason=reason.strip()[:500])
    mode: Mode = "delete" if found[0].before is None else "upsert"
    rows = pd.DataFrame({layer.key: [key]})
    if found[0].before is not None:
        rows = _as_before(store, layer, key, found[0].before)
    return _change(store, person, layer, rows, mode, {key: version}, enter, "return")


def _told(layer: Layer) -> bool:
    return set(layer.by_name) >= VERIFICATION


def _judge(store: Store, person: Person, layer: Layer, key: str) -> tuple[Current, str]:
    """The feature and who changed it, for somebody else who may verify it."""
    current = editing.find(store, person, layer, key)
    waits = two_person.waiting(store, layer, key)
    author = waits[0].author if waits else _author(store, layer, key)
    if not may(person, layer, "V", current.values):
        raise _denied(store, person, layer, key, "AUTH-E-SCOPE")
    if author == person.account:
        raise _denied(store, person, layer, key, "AUTH-E-SELFVERIFY")
    return current, author


def _confirmed(layer: Layer, current: Current, person: Person, author: str) -> dict[str, Any]:
    row: dict[str, Any] = {layer.key: current.key}
    if not _told(layer):
        return row  # nothing of it stands in the row itself
    day = today()
    row |= {"verified_by": person.account, "verified_at": day}
    if "pin_status" in layer.by_name:
        row["pin_status"] = "verified"
    if "pins" in layer.by_name:
        pin = _pin(current.geometry, author) | {"verified_by": person.account}
        pins = [*(current.values.get("pins") or []), pin | {"verified_at": day.isoformat()}]
        row["pins"] = json.dumps(pins, ensure_ascii=False)
    return row


def _as_before(store: Store, layer: Layer, key: str, version: int) -> gpd.GeoDataFrame:
    """The verified position and tier, and what told that they are verified."""
    view = owner_view(layer)
    past = next((one for one in store.history(layer.id, key, view) if one.version == version), None)
    if past is None:
        raise NotFound(
            "version_unknown",
            Text(f"{key} ไม่มีฉบับที่ {version}", f"{key} has no version {version}"),
            feature=key,
        )
    names = [*two_person.GUARDED[layer.id], *sorted(VERIFICATION), "pin_status"]
    row = {name: past.properties.get(name) for name in names if name in layer.by_name}
    shape = None if past.wkb is None else shapely.from_wkb(past.wkb)
    return gpd.GeoDataFrame([{layer.key: key, **row}], geometry=[shape], crs="EPSG:4326")


def _entry(
    person: Person, layer: Layer, current: Current, author: str, action: str, **detail: Any
) -> After:
    def enter(session: Session, result: WriteResult) -> None:
        two_person.forget(session, layer, [current.key])
        audit.append(
            session, "AUD-VERIFY", account=str(person.account), object=layer.id,
            area=str(current.values.get(layer.area or "") or ""), author=author,
            feature=current.key, version=result.version, action=action, **detail,
        )  # fmt: skip

    return enter


def _change(
    store: Store,
    person: Person,
    layer: Layer,
    rows: pd.DataFrame,
    mode: Mode,
    versions: dict[str, int | None],
    enter: After,
    source: str,
) -> WriteResult:
    return store.write(
        layer.id, rows, mode=mode, author=str(person.account), source=source,
        before=editing.expect(layer, versions), after=enter,
    )  # fmt: skip


def _author(store: Store, layer: Layer, key: str) -> str:
    """Who wrote the position that stands now: the oldest state in a row that has it."""
    known = states(store, layer, key, owner_view(layer))
    author = known[0].written_by
    for newer, older in pairwise(known):
        if newer.geometry != older.geometry or newer.version != older.ended:
            break
        author = older.written_by
    return author


def _pin(geometry: Any, author: str) -> dict[str, Any]:
    if geometry is None:
        return {"keeper": author}
    point = shapely.geometry.shape(dict(geometry)).representative_point()
    return {"lon": point.x, "lat": point.y, "keeper": author}


def _denied(store: Store, person: Person, layer: Layer, key: str, rule: str) -> AccessDenied:
    audit.record(
        store, "AUD-DENIED", account=str(person.account), object=layer.id, reason=rule, feature=key
    )
    texts = {
        "AUTH-E-SELFVERIFY": Text(
            "ผู้บันทึกตรวจสอบข้อมูลของตนเองไม่ได้", "The person who entered a row cannot verify it"
        ),
        "AUTH-E-SCOPE": Text(
            f"ท่านไม่มีสิทธิ์ยืนยัน{layer.title.th}ในพื้นที่นี้", f"You may not confirm {layer.id} here"
        ),
    }
    return AccessDenied(rule, texts[rule], rule=rule)
