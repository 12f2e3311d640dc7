"""Confirming a pin, or a row, by somebody else than who wrote it (PRIV-R2, CDD L1853, DEBT-R25)."""

from __future__ import annotations

import json
from itertools import pairwise
from typing import Any

import pandas as pd
import shapely

from geo.text import Text
from layers import audit, editing
from layers.accounts import today
from layers.errors import AccessDenied, QueryError
from layers.history import states
from layers.model import Layer
from layers.privacy import Person, may, owner_view
from layers.store import Store, WriteResult
from layers.store.session import Session

__all__ = ["confirm"]


def confirm(
    store: Store, person: Person, layer: Layer, key: str, version: int | None
) -> WriteResult:
    """Enter who confirmed the feature as it stands, and on what day; pins keep the history.

    Raises QueryError for a layer without confirmation, AccessDenied without the right V or for
    whoever wrote the position.
    """
    if not {"verified_by", "verified_at"} <= set(layer.by_name):
        raise QueryError(
            "no_verification",
            Text(f"{layer.title.th} ไม่มีการยืนยัน", f"{layer.id} knows no confirmation"),
        )
    current = editing.find(store, person, layer, key)
    author = _author(store, layer, key)
    if not may(person, layer, "V", current.values):
        raise _denied(store, person, layer, key, "AUTH-E-SCOPE")
    if author == person.account:
        raise _denied(store, person, layer, key, "AUTH-E-SELFVERIFY")
    day = today()
    row: dict[str, Any] = {layer.key: key, "verified_by": person.account, "verified_at": day}
    if "pin_status" in layer.by_name:
        row["pin_status"] = "verified"
    if "pins" in layer.by_name:
        pin = _pin(current.geometry, author) | {"verified_by": person.account}
        pins = [*(current.values.get("pins") or []), pin | {"verified_at": day.isoformat()}]
        row["pins"] = json.dumps(pins, ensure_ascii=False)

    def enter(session: Session, result: WriteResult) -> None:
        audit.append(
            session, "AUD-VERIFY", account=str(person.account), object=layer.id,
            area=str(current.values.get(layer.area or "") or ""), author=author, feature=key,
            version=result.version,
        )  # fmt: skip

    return store.write(
        layer.id, pd.DataFrame([row]), mode="upsert", author=str(person.account),
        source="confirm", before=editing.expect(layer, {key: version}), after=enter,
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
