"""What is held of one person: a copy on request, and erasure (PDPA-R7, R9; privacy.md 14.2).

A subject is a field and its value, such as ``household_id=HH-0001``: every layer that has the
field holds rows of the subject. Totals stay, since they are counted, not kept.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import hmac
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from geo.text import Text
from layers import audit
from layers.errors import NotFound, QueryError
from layers.model import Layer
from layers.privacy import owner_view
from layers.query import Query
from layers.store import Store, WriteResult
from layers.store.session import Session
from layers.store.sql import Sql

__all__ = ["Erasure", "Subject", "erase", "erased", "export", "purge", "read_subject"]


@dataclass(frozen=True, slots=True)
class Subject:
    """Whose data: a field and the value that names the person or household."""

    field: str
    value: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Erasure:
    """What was deleted and what was kept, by layer; ``kept`` holds the reasons (ERA-R2, R6)."""

    subject: Subject
    deleted: Mapping[str, int]
    kept: Mapping[str, str]
    receivers: tuple[str, ...]

    def answer(self, store: Store) -> Text:
        """The answer to the person (ERA-R6)."""
        title = {name: store.layer(name).title for name in (*self.deleted, *self.kept)}
        th = [f"ลบ{title[name].th} {n} รายการ" for name, n in self.deleted.items()]
        th += [f"เก็บ{title[name].th}ไว้ เพราะ{why}" for name, why in self.kept.items()]
        en = [f"{n} of {title[name].en} deleted" for name, n in self.deleted.items()]
        en += [f"{title[name].en} kept: {why}" for name, why in self.kept.items()]
        if self.receivers:
            th.append(f"ต้องแจ้งผู้รับข้อมูล: {', '.join(self.receivers)}")
            en.append(f"Receivers to be told: {', '.join(self.receivers)}")
        return Text("\n".join(th) or "ไม่พบข้อมูล", "\n".join(en) or "Nothing was held")


def read_subject(text: str) -> Subject:
    """A subject out of ``field=value``.

    >>> read_subject("household_id=HH-0001")
    Subject(field='household_id', value='HH-0001')
    """
    field, mark, value = text.partition("=")
    if not mark or not field or not value:
        raise QueryError(
            "subject",
            Text(
                f"ระบุเป็น ฟิลด์=ค่า เช่น household_id=HH-0001 (ได้ {text})",
                f"Give field=value, such as household_id=HH-0001 (this is {text})",
            ),
        )
    return Subject(field, value)


def export(store: Store, subject: Subject, *, by: str) -> dict[str, Any]:
    """Everything that is held of a subject, and who looked at it (PDPA-R7, AUD-R5).

    Raises NotFound when nothing is.
    """
    held = {layer.id: _features(store, layer, subject) for layer in _layers(store, subject)}
    held = {name: features for name, features in held.items() if features}
    if not held:
        raise _nothing(subject)
    keys = {(name, one["id"]) for name, features in held.items() for one in features}
    read = [
        {"moment": entry.moment.isoformat(), "account": entry.account, "layer": entry.object}
        for entry in audit.entries(store, event="AUD-READ", limit=None)
        if (entry.object, entry.detail.get("feature")) in keys
    ]
    rows = sum(map(len, held.values()))
    audit.record(store, "AUD-RIGHTS", account=by, rows=rows, action="access", layers=sorted(held))
    return {"subject": {subject.field: subject.value}, "layers": held, "read_by": read}


def erase(
    store: Store,
    subject: Subject,
    *,
    by: str,
    secret: bytes,
    keep: Mapping[str, str] | None = None,
) -> Erasure:
    """Delete a subject's rows with their earlier states, and keep it from coming back.

    ``keep`` names layers that must stay, with the ground (ERA-R2). A keyed hash of each key stays
    (ERA-R4). Raises NotFound when nothing is held.
    """
    kept: dict[str, str] = {}
    deleted: dict[str, int] = {}
    for layer in _layers(store, subject):
        keys = [one["id"] for one in _features(store, layer, subject)]
        if not keys:
            continue
        if keep and layer.id in keep:
            kept[layer.id] = keep[layer.id]
            continue
        deleted[layer.id] = _delete(store, layer, keys, by, secret)
    if not deleted and not kept:
        raise _nothing(subject)
    return Erasure(
        subject=subject, deleted=deleted, kept=kept, receivers=_receivers(store, deleted)
    )


def erased(store: Store, layer: Layer, keys: Iterable[str], secret: bytes) -> frozenset[str]:
    """Those of the keys that were erased and must not come back (IMP-I-ERASED)."""
    known = {h for (h,) in store.raw("SELECT hash FROM phumi.erased WHERE layer = ?", (layer.id,))}
    return frozenset(key for key in keys if known and _hash(layer, key, secret) in known)


def purge(session: Session, layer: Layer, keys: Iterable[str]) -> None:
    """Remove all that is kept beside the rows: earlier states, changes of devices, masked rows."""
    for key in keys:
        for table in ("history", "sync_changes", "unverified", "masked"):
            sql = f"DELETE FROM phumi.{table} WHERE layer = ? AND feature = ?"
            session.run(Sql(sql, (layer.id, key)))
    # Cells of low zooms are counted on from the history; without it they begin anew.
    for table in ("cells", "tilings", "maskings"):
        session.run(Sql(f"DELETE FROM phumi.{table} WHERE layer = ?", (layer.id,)))


def _delete(store: Store, layer: Layer, keys: list[str], by: str, secret: bytes) -> int:
    now = dt.datetime.now(dt.UTC)

    def clear(session: Session, result: WriteResult) -> None:
        purge(session, layer, keys)
        for key in keys:
            values = (layer.id, _hash(layer, key, secret), now)
            session.run(Sql("INSERT INTO phumi.erased VALUES (?, ?, ?)", values))
        audit.append(
            session, "AUD-RIGHTS", account=by, object=layer.id, rows=result.deleted,
            action="erasure", keys=[_hash(layer, key, secret)[:16] for key in keys],
        )  # fmt: skip

    rows = pd.DataFrame({layer.key: keys})
    done = store.write(layer.id, rows, mode="delete", author=by, source="erasure", after=clear)
    return done.deleted


def _layers(store: Store, subject: Subject) -> list[Layer]:
    found = [
        layer
        for layer in store.layers()
        if subject.field in layer.by_name and layer.by_name[subject.field].type == "text"
    ]
    if not found:
        raise QueryError(
            "subject_field",
            Text(f"ไม่มีฟิลด์ {subject.field}", f"No layer has a field {subject.field}"),
        )
    return found


def _features(store: Store, layer: Layer, subject: Subject) -> list[dict[str, Any]]:
    tree = {"op": "=", "args": [{"property": subject.field}, subject.value]}
    page = store.features(Query(layer=layer.id, filter=tree, limit=None), owner_view(layer))
    features: list[dict[str, Any]] = json.loads(f"[{page.features}]")
    return features


def _receivers(store: Store, layers: Iterable[str]) -> tuple[str, ...]:
    """Who took exports of these layers in the last 24 months (ERA-R5)."""
    since = dt.datetime.now(dt.UTC) - dt.timedelta(days=731)
    found = audit.entries(store, event="AUD-EXPORT", since=since, limit=None)
    named = {str(e.detail.get("recipient")) for e in found if e.object in set(layers)}
    return tuple(sorted(named - {"None", ""}))


def _hash(layer: Layer, key: str, secret: bytes) -> str:
    return hmac.new(secret, f"{layer.id}\n{key}".encode(), hashlib.sha256).hexdigest()


def _nothing(subject: Subject) -> NotFound:
    return NotFound(
        "subject_unknown",
        Text(f"ไม่พบข้อมูลของ {subject.field} นี้ในระบบ", f"Nothing is held of this {subject.field}"),
    )
