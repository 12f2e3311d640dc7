"""Changes that devices made out of reach of the network, brought in one after the other.

Each carries an id that the device made and the row version that it was made on. The same change
twice is applied once. On a row that moved on meanwhile, fields that nobody else touched are
applied; one that somebody else changed to another value is kept apart, marked ``conflict``, for a
person to settle. Nothing is dropped: what rules or rights refuse is kept as ``refused``.
"""

from __future__ import annotations

import datetime as dt
import json
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, cast

import shapely
import shapely.geometry

from geo.errors import PhumiError
from geo.text import Text
from layers import audit, editing
from layers.editing import Current
from layers.errors import AccessDenied, Conflict, Invalid, NotFound, Stale
from layers.model import Layer
from layers.privacy import Person, owner_view
from layers.store import Store, WriteResult
from layers.store.literals import storable
from layers.store.session import Session
from layers.store.sql import Sql
from layers.write_rights import require_right

__all__ = ["GEOMETRY", "Change", "Outcome", "State", "bring", "conflicts", "read_change", "settle"]

Operation = Literal["create", "update", "delete"]
State = Literal["applied", "conflict", "refused", "settled"]

GEOMETRY = "geometry"
WHOLE = "*"  # what collides where the feature itself was made, or removed, by somebody else
TRIES = 20  # others may write between reading and writing that often
NEAR = 1e-8  # degrees: coordinates are kept to about a millimetre


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One change as a device sends it; ``values`` are fields, and ``geometry`` as GeoJSON."""

    id: str
    device: str
    layer: str
    feature: str
    operation: Operation
    base_version: int | None
    values: Mapping[str, Any] = field(default_factory=dict)
    made_at: dt.datetime
    after: str | None = None

    def to_json(self) -> str:
        """The change as it is kept."""
        kept = {"operation": self.operation, "base_version": self.base_version}
        return json.dumps({**kept, "values": dict(self.values)}, sort_keys=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What became of a change: the row version that it made, and the fields that collided."""

    id: str
    state: State
    version: int | None = None
    conflicts: tuple[str, ...] = ()
    violations: tuple[Mapping[str, Any], ...] = ()

    def to_json(self) -> dict[str, Any]:
        """For the device; it holds names of fields, never what others wrote."""
        return {
            "id": self.id,
            "state": self.state,
            "version": self.version,
            "conflicts": list(self.conflicts),
            "violations": list(self.violations),
        }


class _Known(Exception):
    """The change came before, by another request at the same time."""


def read_change(data: Any, device: str) -> Change:
    """A change out of JSON. Raises Invalid for what cannot be one."""
    try:
        operation = data["operation"]
        values = dict(data.get("properties") or {})
        if GEOMETRY in data:
            values[GEOMETRY] = data[GEOMETRY]
        made_at = dt.datetime.fromisoformat(data["made_at"])
        base = data.get("base_version")
        _require_plain(operation, made_at, device, str(data["collection"]), str(data["feature"]))
        return Change(
            id=str(uuid.UUID(data["id"])),
            device=device,
            layer=str(data["collection"]),
            feature=str(data["feature"]),
            operation=operation,
            base_version=None if base is None else int(base),
            values=values,
            made_at=made_at,
            after=str(uuid.UUID(data["after"])) if data.get("after") else None,
        )
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise Invalid(
            "sync_change",
            Text(
                f"รายการส่งข้อมูลไม่ครบหรือผิดรูปแบบ: {error}",
                f"A change lacks something or has another form: {error}",
            ),
            violations=[],
        ) from error


def _require_plain(operation: object, made_at: dt.datetime, *names: str) -> None:
    if operation not in ("create", "update", "delete"):
        raise ValueError(f"operation {operation}")
    if made_at.tzinfo is None:
        raise ValueError("made_at without a time zone")
    if not all(map(storable, names)):
        raise ValueError("a name that cannot be kept")


def bring(store: Store, person: Person, change: Change) -> Outcome:
    """Apply one change, or keep it; the outcome is the same whenever it is sent again.

    Raises Conflict ``sync_gap`` while the change that it names as its predecessor has not come,
    and ``sync_id_taken`` for an id that another account used.
    """
    known = _known(store, change.id, person)
    if known is not None:
        return known
    if change.after is not None and not _came(store, change.after):
        raise Conflict(
            "sync_gap",
            Text(
                f"ยังไม่ได้รับรายการก่อนหน้า {change.after} ให้ส่งตามลำดับ",
                f"The change before, {change.after}, has not come; send them in order",
            ),
            after=change.after,
        )
    for _ in range(TRIES):
        try:
            return _apply(store, person, change)
        except Stale:
            continue
        except _Known:
            return cast(Outcome, _known(store, change.id, person))
        except Invalid as error:
            listed = cast(Sequence[Mapping[str, Any]], error.details.get("violations", []))
            return _keep(store, person, change, "refused", violations=tuple(listed))
        except AccessDenied as error:
            return _keep(store, person, change, "refused", violations=(_said(error),))
    return _keep(store, person, change, "conflict", conflicts=tuple(sorted(change.values)))


def conflicts(store: Store, layer_id: str | None = None) -> list[dict[str, Any]]:
    """Changes that wait for a person, the oldest first."""
    where, values = (" AND layer = ?", (layer_id,)) if layer_id is not None else ("", ())
    sql = (
        "SELECT id, device, account, layer, feature, change, outcome FROM phumi.sync_changes "
        f"WHERE state = 'conflict'{where} ORDER BY received_at, id"
    )
    return [
        {
            "id": key,
            "device": device,
            "account": account,
            "collection": layer,
            "feature": feature,
            "change": json.loads(change),
            "conflicts": json.loads(outcome)["conflicts"],
        }
        for key, device, account, layer, feature, change, outcome in store.raw(sql, values)
    ]


def settle(store: Store, person: Person, change_id: str, take: Sequence[str]) -> None:
    """Settle a conflict: the fields in ``take`` get the device's value, the others stay.

    Raises NotFound, and what :func:`layers.editing.patch` raises.
    """
    found = [one for one in conflicts(store) if one["id"] == change_id]
    if not found:
        raise NotFound("conflict", Text("ไม่พบรายการที่ขัดกัน", "There is no such conflict"))
    one = found[0]
    layer = store.layer(one["collection"])
    current = editing.find(store, person, layer, one["feature"])
    require_right(person, layer, current.values)
    taken = {name: one["change"]["values"][name] for name in take if name in one["conflicts"]}

    def mark(session: Session, _: WriteResult | None = None) -> None:
        done = (
            "UPDATE phumi.sync_changes SET state = 'settled', settled_by = ? "
            "WHERE id = ? AND state = 'conflict'"
        )
        session.run(Sql(done, (str(person.account), change_id)))
        audit.append(
            session, "AUD-CONFLICT", account=str(person.account), object=layer.id,
            action="settled", change=change_id, taken=sorted(taken),
        )  # fmt: skip

    if taken:
        editing.patch(
            store, person, layer, current.key, _feature(taken), current.version,
            source="settle", after=mark,
        )  # fmt: skip
        return
    with store.transaction() as session:
        mark(session)


def _apply(store: Store, person: Person, change: Change) -> Outcome:
    layer = store.layer(change.layer)
    if change.operation == "create":
        return _create(store, person, change, layer)
    try:
        current = editing.find(store, person, layer, change.feature)
    except NotFound:
        return _keep(store, person, change, "conflict", conflicts=(WHOLE,))
    if change.operation == "delete":
        if change.base_version != current.version:
            return _keep(store, person, change, "conflict", conflicts=(WHOLE,))
        done = Outcome(id=change.id, state="applied")
        editing.delete(
            store, person, layer, current.key, current.version,
            source=change.device, after=lambda session, _: _enter(session, person, change, done),
        )  # fmt: skip
        return done
    return _update(store, person, change, layer, current)


def _create(store: Store, person: Person, change: Change, layer: Layer) -> Outcome:
    feature = {**_feature(change.values), "id": change.feature}
    feature.setdefault(GEOMETRY, None)
    made: list[Outcome] = []

    def enter(session: Session, result: WriteResult) -> None:
        made.append(Outcome(id=change.id, state="applied", version=result.version))
        _enter(session, person, change, made[0])

    try:
        editing.create(store, person, layer, [feature], source=change.device, after=enter)
    except Conflict as error:
        if error.code != "key_taken":
            raise
        return _keep(store, person, change, "conflict", conflicts=(WHOLE,))
    return made[0]


def _update(
    store: Store, person: Person, change: Change, layer: Layer, current: Current
) -> Outcome:
    base = _base(store, layer, current, change.base_version)
    collided = tuple(
        sorted(name for name in change.values if _collides(name, change, base, current))
    )
    free = {name: value for name, value in change.values.items() if name not in collided}
    if not free and collided:
        return _keep(store, person, change, "conflict", conflicts=collided)
    done: list[Outcome] = []

    def enter(session: Session, result: WriteResult) -> None:
        version = result.version if result.updated else current.version
        state: State = "conflict" if collided else "applied"
        done.append(Outcome(id=change.id, state=state, version=version, conflicts=collided))
        _enter(session, person, change, done[0])

    editing.patch(
        store, person, layer, current.key, _feature(free), current.version,
        source=change.device, before=_only_once(change), after=enter,
    )  # fmt: skip
    return done[0]


def _base(
    store: Store, layer: Layer, current: Current, version: int | None
) -> Mapping[str, Any] | None:
    """The feature as it was at a row version; None if it never had that version."""
    if version == current.version:
        return {**current.values, GEOMETRY: current.geometry}
    for one in store.history(layer.id, current.key, owner_view(layer)):
        if one.version == version:
            shape = shapely.from_wkb(one.wkb) if one.wkb is not None else None
            geometry = None if shape is None else json.loads(shapely.to_geojson(shape))
            return {**one.properties, GEOMETRY: geometry}
    return None


def _collides(name: str, change: Change, base: Mapping[str, Any] | None, current: Current) -> bool:
    now = current.geometry if name == GEOMETRY else current.values.get(name)
    if _same(name, change.values[name], now):
        return False
    return base is None or not _same(name, base.get(name), now)


def _same(name: str, first: Any, second: Any) -> bool:
    if name != GEOMETRY or first is None or second is None:
        return bool(first == second)
    try:
        a, b = (shapely.geometry.shape(dict(one)) for one in (first, second))
    except (TypeError, ValueError, KeyError, AttributeError):
        return False
    return bool(shapely.equals_exact(a, b, tolerance=NEAR))


def _feature(values: Mapping[str, Any]) -> dict[str, Any]:
    feature: dict[str, Any] = {"properties": {n: v for n, v in values.items() if n != GEOMETRY}}
    if GEOMETRY in values:
        feature[GEOMETRY] = values[GEOMETRY]
    return feature


def _only_once(change: Change) -> Any:
    def check(session: Session) -> None:
        if session.query(Sql("SELECT 1 FROM phumi.sync_changes WHERE id = ?", (change.id,))):
            raise _Known

    return check


def _keep(
    store: Store,
    person: Person,
    change: Change,
    state: State,
    *,
    conflicts: tuple[str, ...] = (),
    violations: tuple[Mapping[str, Any], ...] = (),
) -> Outcome:
    """Keep a change that was not, or not whole, applied."""
    done = Outcome(id=change.id, state=state, conflicts=conflicts, violations=violations)
    try:
        with store.transaction() as session:
            _enter(session, person, change, done)
    except Exception:  # the same change, kept by another request a moment ago
        known = _known(store, change.id, person)
        if known is None:
            raise
        return known
    return done


def _enter(session: Session, person: Person, change: Change, done: Outcome) -> None:
    # The head of the log is locked first, so that of two requests with one change one waits.
    if done.state == "conflict":
        audit.append(
            session, "AUD-CONFLICT", account=str(person.account), object=change.layer,
            action="kept", change=change.id, fields=list(done.conflicts), device=change.device,
            made_at=change.made_at,
        )  # fmt: skip
    _only_once(change)(session)
    values = (
        change.id, change.device, str(person.account), change.layer, change.feature,
        change.made_at, dt.datetime.now(dt.UTC), done.state, done.version, change.to_json(),
        json.dumps(done.to_json(), ensure_ascii=False), None,
    )  # fmt: skip
    marks = ", ".join("?" * len(values))
    session.run(Sql(f"INSERT INTO phumi.sync_changes VALUES ({marks})", values))


def _known(store: Store, change_id: str, person: Person) -> Outcome | None:
    sql = "SELECT account, state, outcome FROM phumi.sync_changes WHERE id = ?"
    for account, state, text in store.raw(sql, (change_id,)):
        if account != person.account:
            raise Conflict(
                "sync_id_taken",
                Text("รหัสรายการนี้มีผู้ใช้แล้ว", "This id of a change was used by somebody else"),
            )
        found = json.loads(text)
        return Outcome(
            id=change_id,
            state=state,
            version=found["version"],
            conflicts=tuple(found["conflicts"]),
            violations=tuple(found["violations"]),
        )
    return None


def _came(store: Store, change_id: str) -> bool:
    return bool(list(store.raw("SELECT 1 FROM phumi.sync_changes WHERE id = ?", (change_id,))))


def _said(error: PhumiError) -> Mapping[str, Any]:
    return {"rule": error.code, "message": {"th": error.text.th, "en": error.text.en}}
