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
import shapely

from geo.text import Text
from layers import audit
from layers.errors import AccessDenied, Invalid, NotFound, Stale
from layers.intake.features import Checked, check_features
from layers.intake.report import Finding
from layers.model import Layer, Privacy
from layers.own_village import Areas, debtor_pins, own_village
from layers.privacy import Person, may, owner_view, view_of
from layers.query import Query
from layers.store import Store, WriteResult
from layers.store.session import Session
from layers.store.sql import Sql, quote
from layers.store.write import After, Before, Mode

__all__ = [
    "Current",
    "Written",
    "create",
    "delete",
    "expect",
    "find",
    "patch",
    "replace",
    "require_right",
    "violations",
]

HOUSEHOLD_LAYERS = frozenset({"households"})
"""Whose rows must lie in the village that they declare (LOC-R1)."""

VERIFICATION = frozenset({"verified_by", "verified_at"})
"""Fields that only confirming fills in, and a new position empties (PRIV-R2)."""

DEBTOR_LAYERS = frozenset({"debtors"})
"""Whose pins must lie in the province of the fund (LOC-R4)."""


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
    checked = check_features(features, layer, writable=_writable(person, layer))
    _refuse(_judged(checked, store, layer))
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
    return _write(store, person, layer, rows, "delete", source=source, before=before, after=after)


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


def require_right(person: Person, layer: Layer, values: Mapping[str, Any]) -> None:
    """Raise AccessDenied unless the person may write a row with these values."""
    if not may(person, layer, "W", values):
        area = str(values.get(layer.area or "") or "-")
        raise AccessDenied(
            "AUTH-E-SCOPE",
            Text(
                f"ท่านไม่มีสิทธิ์เขียน{layer.title.th}ในพื้นที่ {area}",
                f"You may not write {layer.id} in the area {area}",
            ),
            rule="AUTH-E-SCOPE",
            area=area,
        )


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
    writable = _writable(person, layer, current.values)
    checked = check_features([sent], layer, writable=writable, key=current.key, whole=whole)
    _refuse(_judged(checked, store, layer, current))
    rows = checked.rows
    require_right(person, layer, {**current.values, **_records(rows)[0]})  # also where it goes to
    if not person.owner:
        _lapse(rows, layer, current)

    def both(session: Session) -> None:
        if before is not None:
            before(session)
        expect(layer, {current.key: version})(session)

    result = _write(store, person, layer, rows, "upsert", source=source, before=both, after=after)
    return Written((current.key,), result, _warnings(checked))


def _lapse(rows: pd.DataFrame, layer: Layer, current: Current) -> None:
    """A position that moved is confirmed by nobody yet, whatever was sent."""
    if not set(layer.by_name) >= VERIFICATION or "geometry" not in rows:
        return
    if rows["geometry"].iloc[0] == _point(current):
        return
    for name in VERIFICATION:
        rows[name] = None
    if "pin_status" in layer.by_name:
        rows["pin_status"] = "unverified"


def _writable(
    person: Person, layer: Layer, values: Mapping[str, Any] | None = None
) -> frozenset[str]:
    """The fields that the person sees and may write (the rows' own area is judged apart)."""
    visible = view_of(person, layer).fields
    if person.owner:
        return visible
    shown = {layer.key, *(() if layer.area is None else (layer.area,)), *visible}
    if values is None:
        areas = [grant.prefix for grant in person.grants]
        tried = [{layer.area or "": prefix} for prefix in areas]
    else:
        tried = [dict(values)]
    return frozenset(
        name
        for name in shown - VERIFICATION
        if any(
            may(person, layer, "W", row, privacy=max(layer.privacy, layer.by_name[name].privacy))
            for row in tried
        )
    )


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


def _judged(
    checked: Checked, store: Store, layer: Layer, current: Current | None = None
) -> Checked:
    """With the findings of the rules on confirmation and place, where the layer has them."""
    checked = Checked(checked.rows, (*checked.findings, *_self_verified(checked.rows, current)))
    if layer.id not in HOUSEHOLD_LAYERS | DEBTOR_LAYERS:
        return checked
    rows = checked.rows
    stored = current.values if current is not None else {}
    n = len(rows)
    points = list(rows["geometry"]) if "geometry" in rows else [_point(current)] * n
    codes = _column(rows, layer.area or "", stored)
    areas = sorted({str(code) for code in codes if code})
    if layer.id in DEBTOR_LAYERS:
        accuracy = _column(rows, "accuracy_m", stored)
        more = debtor_pins(
            points, codes, accuracy, _areas(store, "tambons", areas, 6),
            _areas(store, "provinces", areas, 2),
        )  # fmt: skip
    else:
        accuracy = _column(rows, "gps_accuracy_m", stored)
        villages = _areas(store, "villages", areas, 6)
        more = own_village(points, codes, accuracy, villages, _areas(store, "tambons", areas, 6))
    return Checked(rows, (*checked.findings, *more))


def _self_verified(rows: pd.DataFrame, current: Current | None) -> list[Finding]:
    """A pin becomes verified by confirming it, not by saying so (PRIV-R2)."""
    stands = current is not None and current.values.get("pin_status") == "verified"
    if stands or "pin_status" not in rows:
        return []
    said = [int(row) for row in rows.index[rows["pin_status"] == "verified"]]
    return [Finding("AUTH-E-SELFVERIFY", row, "pin_status", "verified") for row in said]


def _areas(store: Store, layer_id: str, codes: Sequence[str], digits: int) -> Areas:
    """The areas around these codes: those whose code begins with their first digits."""
    layer = store.layer(layer_id)
    starts = sorted({code[:digits] for code in codes})
    asked = [{"op": "like", "args": [{"property": "code"}, f"{start}%"]} for start in starts]
    if not asked:
        return Areas([], [])
    tree = asked[0] if len(asked) == 1 else {"op": "or", "args": asked}
    query = Query(layer=layer_id, filter=tree, fields=("code",), limit=None)
    frame = store.read(query, owner_view(layer))
    return Areas(list(frame["code"]), list(frame["geometry"]))


def _column(rows: pd.DataFrame, name: str, stored: Mapping[str, Any]) -> list[Any]:
    if name not in rows:
        return [stored.get(name)] * len(rows)
    return [None if pd.isna(value) else value for value in rows[name]]


def _records(rows: pd.DataFrame) -> list[dict[str, Any]]:
    columns = [str(name) for name in rows.columns if name != "geometry"]
    cells = zip(*(rows[name] for name in columns), strict=True)
    return [dict(zip(columns, row, strict=True)) for row in cells]


def _point(current: Current | None) -> shapely.Point | None:
    if current is None or current.geometry is None:
        return None
    shape = shapely.geometry.shape(dict(current.geometry))
    return shape if isinstance(shape, shapely.Point) else None


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
) -> WriteResult:
    author = str(person.account)

    def enter(session: Session, result: WriteResult) -> None:
        if layer.privacy >= Privacy.RESTRICTED and not person.owner:
            audit.append(
                session, "AUD-CHANGE", account=author, object=layer.id, area=_area(rows, layer),
                rows=result.inserted + result.updated + result.deleted, mode=mode,
                keys=[str(key) for key in rows[layer.key][:20]], version=result.version,
                fields=[name for name in rows.columns if name not in (layer.key, "geometry")],
            )  # fmt: skip
        if after is not None:
            after(session, result)

    return store.write(
        layer.id, rows, mode=mode, author=author, source=source, before=before, after=enter
    )


def _area(rows: pd.DataFrame, layer: Layer) -> str:
    if layer.area is None or layer.area not in rows:
        return ""
    return " ".join(sorted({str(code) for code in rows[layer.area].dropna()})[:20])


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
