"""Writing single features by a person: rights, rules and versions, then one transaction.

What a writer may not see stays as it is, whatever is sent: a replacement speaks of the visible
fields only. Every change of a restricted layer enters the audit log in the same transaction.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from geo.text import Text
from layers import two_person
from layers.change_log import enter_change
from layers.errors import Invalid, NotFound, Stale
from layers.intake.features import Checked, check_features
from layers.intake.report import Finding
from layers.model import Layer
from layers.privacy import Person, owner_view, view_of
from layers.query import Query
from layers.row_rules import judged, point
from layers.store import Store, WriteResult
from layers.store.session import Session
from layers.store.sql import Sql, quote
from layers.store.write import After, Before, Mode
from layers.write_rights import VERIFICATION, require_right, writable

__all__ = [
    "Current",
    "Written",
    "create",
    "delete",
    "expect",
    "find",
    "patch",
    "replace",
    "violations",
]


@dataclass(frozen=True, slots=True)
class Current:
    """A feature as it stands, for those who decide: all values, its shape, its row version."""

    key: str
    values: Mapping[str, Any]
    geometry: Mapping[str, Any] | None
    version: int


@dataclass(frozen=True, slots=True)
class Written:
    """The keys that were written, the layer version, and warnings that people should read."""

    keys: tuple[str, ...]
    result: WriteResult
    warnings: tuple[Finding, ...]


def create(
    store: Store,
    person: Person,
    layer: Layer,
    features: Sequence[Any],
    *,
    source: str = "",
    after: After | None = None,
) -> Written:
    """Add features, all or none. Raises Invalid, AccessDenied, Conflict (a key is taken)."""
    checked = check_features(features, layer, writable=writable(person, layer))
    _refuse(judged(checked, store, layer))
    rows = checked.rows
    for values in _records(rows):
        require_right(person, layer, values)
    result = _write(store, person, layer, rows, "append", source=source, after=after)
    return Written(tuple(rows[layer.key]), result, _warnings(checked))


def replace(
    store: Store,
    person: Person,
    layer: Layer,
    key: str,
    feature: Any,
    version: int | None,
    *,
    source: str = "",
) -> Written:
    """Put a feature in the place of one; ``version`` is the row version it was made on."""
    current = find(store, person, layer, key)
    sent = _without_unchanged(feature, current, layer)
    return _change(store, person, layer, current, sent, version, whole=True, source=source)


def patch(
    store: Store,
    person: Person,
    layer: Layer,
    key: str,
    change: Any,
    version: int | None,
    *,
    source: str = "",
    before: Before | None = None,
    after: After | None = None,
) -> Written:
    """Change what a merge patch names (RFC 7396: null empties), and nothing else."""
    current = find(store, person, layer, key)
    sent = _without_unchanged(change, current, layer)
    return _change(
        store, person, layer, current, sent, version, whole=False, source=source,
        before=before, after=after,
    )  # fmt: skip


def delete(
    store: Store,
    person: Person,
    layer: Layer,
    key: str,
    version: int | None,
    *,
    source: str = "",
    after: After | None = None,
) -> WriteResult:
    """Remove a feature; its last state stays in the history."""
    current = find(store, person, layer, key)
    require_right(person, layer, current.values)
    rows = pd.DataFrame({layer.key: [key]})
    before = expect(layer, {key: version})
    return _write(
        store, person, layer, rows, "delete", source=source, before=before, after=after, old=current
    )


def find(store: Store, person: Person, layer: Layer, key: str) -> Current:
    """A feature that the person sees. Raises NotFound, for one that is hidden too (PRIV-R10)."""
    view = view_of(person, layer)
    if view.aggregates_only or view.pseudonymous:
        raise NotFound(
            "feature_unknown",
            Text(f"ไม่พบ {key} ใน {layer.title.th}", f"There is no {key} in {layer.id}"),
            layer=layer.id,
        )
    store.feature(key, Query(layer=layer.id, fields=(layer.key,), geometry=False), view)
    found = store.feature(key, Query(layer=layer.id), owner_view(layer))
    feature = json.loads(found.text)
    return Current(key, feature["properties"], feature["geometry"], found.version)


def expect(layer: Layer, versions: Mapping[str, int | None]) -> Before:
    """A part of a write that refuses it unless the rows still have these versions; None: any.

    Raises Stale with the version that is there.
    """

    def check(session: Session) -> None:
        key, table = quote(layer.key), f"layers.{quote(layer.id)}"
        for name, wanted in versions.items():
            sql = Sql(f"SELECT _version FROM {table} WHERE {key} = ?", (name,))
            found = session.query(sql)
            there = found[0][0] if found else None
            if there is None or (wanted is not None and there != wanted):
                raise _stale(layer, name, there)

    return check


def violations(findings: Sequence[Finding]) -> list[dict[str, Any]]:
    """Findings for a problem document: which feature, field and value, in which words."""
    return [
        {
            "index": None if one.row is None else one.row - 1,
            "field": one.column,
            "value": one.value,
            "rule": one.code,
            "message": {"th": one.text.th, "en": one.text.en},
        }
        for one in findings
    ]


def _change(
    store: Store,
    person: Person,
    layer: Layer,
    current: Current,
    sent: Any,
    version: int | None,
    *,
    whole: bool,
    source: str,
    before: Before | None = None,
    after: After | None = None,
) -> Written:
    require_right(person, layer, current.values)
    allowed = writable(person, layer, current.values)
    checked = check_features([sent], layer, writable=allowed, key=current.key, whole=whole)
    _refuse(judged(checked, store, layer, current.values, current.geometry))
    rows = checked.rows
    require_right(person, layer, {**current.values, **_records(rows)[0]})  # also where it goes to
    if not person.owner:
        _lapse(rows, layer, current)

    def both(session: Session) -> None:
        if before is not None:
            before(session)
        expect(layer, {current.key: version})(session)

    result = _write(
        store, person, layer, rows, "upsert", source=source, before=both, after=after, old=current
    )
    return Written((current.key,), result, _warnings(checked))


def _lapse(rows: pd.DataFrame, layer: Layer, current: Current) -> None:
    """A position that moved is confirmed by nobody yet, whatever was sent."""
    if not set(layer.by_name) >= VERIFICATION or "geometry" not in rows:
        return
    if rows["geometry"].iloc[0] == point(current.geometry):
        return
    for name in VERIFICATION:
        rows[name] = None
    if "pin_status" in layer.by_name:
        rows["pin_status"] = "unverified"


def _without_unchanged(feature: Any, current: Current, layer: Layer) -> Any:
    """The same without computed values that are sent back as they were read."""
    if not isinstance(feature, Mapping) or not isinstance(feature.get("properties"), Mapping):
        return feature
    kept = {
        name: value
        for name, value in feature["properties"].items()
        if not (
            name in layer.by_name
            and layer.by_name[name].computed
            and current.values.get(name) == value
        )
    }
    return {**feature, "properties": kept}


def _records(rows: pd.DataFrame) -> list[dict[str, Any]]:
    columns = [str(name) for name in rows.columns if name != "geometry"]
    cells = zip(*(rows[name] for name in columns), strict=True)
    return [dict(zip(columns, row, strict=True)) for row in cells]


def _write(
    store: Store,
    person: Person,
    layer: Layer,
    rows: pd.DataFrame,
    mode: Mode,
    *,
    source: str,
    before: Before | None = None,
    after: After | None = None,
    old: Current | None = None,
) -> WriteResult:
    author, keys = str(person.account), [str(key) for key in rows[layer.key]]

    def enter(session: Session, result: WriteResult) -> None:
        if not person.owner:
            known = None if old is None else {**old.values, "geometry": old.geometry}
            enter_change(session, layer, rows, mode, result, author=author, old=known)
            two_person.mark(session, layer, keys, result, author)
        if mode == "delete":
            two_person.forget(session, layer, keys)
        if after is not None:
            after(session, result)

    return store.write(
        layer.id, rows, mode=mode, author=author, source=source, before=before, after=enter
    )


def _warnings(checked: Checked) -> tuple[Finding, ...]:
    return tuple(one for one in checked.findings if one.severity == "warn")


def _refuse(checked: Checked) -> None:
    if not checked.errors:
        return
    first = checked.errors[0].text
    n = len(checked.errors)
    more = Text(f" และอีก {n - 1} รายการ", f" and {n - 1} more") if n > 1 else Text("", "")
    raise Invalid(
        "invalid_feature",
        Text(first.th + more.th, first.en + more.en),
        violations=violations(checked.errors),
    )


def _stale(layer: Layer, key: str, version: int | None) -> Stale:
    return Stale(
        "feature_changed",
        Text(
            f"{layer.title.th} {key} ถูกแก้ไขหรือลบไปแล้วหลังจากที่ท่านเปิด เปิดใหม่แล้วลองอีกครั้ง",
            f"{layer.id} {key} was changed or removed since you read it; read it again",
        ),
        feature=key,
        version=version,
    )
