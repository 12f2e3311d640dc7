"""Earlier states of a feature: the list of them, what differs between two, one brought back."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import shapely

from geo.text import Text
from layers import audit, editing
from layers.editing import Written
from layers.errors import NotFound
from layers.model import Layer
from layers.privacy import Person
from layers.query import Query, View
from layers.store import Store
from layers.store.sql import quote

__all__ = ["Past", "difference", "restore", "state", "states"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Past:
    """A feature as it was from one write to the next; ``ended`` None is how it stands now."""

    version: int
    written_at: dt.datetime
    written_by: str
    ended: int | None
    operation: str | None
    values: Mapping[str, Any]
    geometry: Mapping[str, Any] | None


def states(store: Store, layer: Layer, key: str, view: View) -> list[Past]:
    """All states that the view shows, the newest first. Raises NotFound if there is none."""
    found = [
        Past(
            version=one.version,
            written_at=one.written_at,
            written_by=one.written_by,
            ended=one.ended_version,
            operation=one.operation,
            values=one.properties,
            geometry=_geometry(one.wkb),
        )
        for one in store.history(layer.id, key, view)
    ]
    now = _now(store, layer, key, view)
    if now is not None:
        found.insert(0, now)
    if not found:
        raise _unknown(layer, key)
    return found


def state(store: Store, layer: Layer, key: str, version: int, view: View) -> Past:
    """The state that a write made. Raises NotFound."""
    for one in states(store, layer, key, view):
        if one.version == version:
            return one
    raise NotFound(
        "version_unknown",
        Text(f"{key} ไม่มีฉบับที่ {version}", f"{key} has no version {version}"),
        feature=key,
        version=version,
    )


def difference(first: Past, second: Past) -> list[dict[str, Any]]:
    """The fields that two states tell differently, and the geometry if it moved.

    >>> made = dict(written_at=dt.datetime(2026, 1, 1), written_by="a", ended=None, operation=None)
    >>> old = Past(version=1, values={"name": "ก", "n": 1}, geometry=None, **made)
    >>> new = Past(version=2, values={"name": "ข", "n": 1}, geometry=None, **made)
    >>> difference(old, new)
    [{'field': 'name', 'from': 'ก', 'to': 'ข'}]
    """
    names = dict.fromkeys((*first.values, *second.values))
    changed = [
        {"field": name, "from": first.values.get(name), "to": second.values.get(name)}
        for name in names
        if first.values.get(name) != second.values.get(name)
    ]
    if first.geometry != second.geometry:
        changed.append({"field": "geometry", "from": first.geometry, "to": second.geometry})
    return changed


def restore(
    store: Store, person: Person, layer: Layer, key: str, past: Past, version: int | None
) -> Written:
    """Bring a state back as a new version, also of a feature that was removed.

    ``version`` is the row version that stands now. What is computed is not brought back.
    """
    values = {n: v for n, v in past.values.items() if not layer.by_name[n].computed}
    feature = {"type": "Feature", "id": key, "geometry": past.geometry, "properties": values}
    source = f"restore {past.version}"
    try:
        editing.find(store, person, layer, key)
    except NotFound:
        return editing.create(store, person, layer, [feature], source=source)
    return editing.replace(store, person, layer, key, feature, version, source=source)


def _now(store: Store, layer: Layer, key: str, view: View) -> Past | None:
    try:
        found = store.feature(key, Query(layer=layer.id), view)
    except NotFound:
        return None
    sql = (
        "SELECT _changed_at AT TIME ZONE 'UTC', _changed_by "
        f"FROM layers.{quote(layer.id)} WHERE {quote(layer.key)} = ?"
    )
    feature = json.loads(found.text)
    for written_at, author in store.raw(sql, (key,)):
        return Past(
            version=found.version,
            written_at=audit.utc(written_at),
            written_by=author,
            ended=None,
            operation=None,
            values=feature["properties"],
            geometry=feature["geometry"],
        )
    return None


def _geometry(wkb: bytes | None) -> Mapping[str, Any] | None:
    if wkb is None:
        return None
    shape: Mapping[str, Any] = json.loads(shapely.to_geojson(shapely.from_wkb(wkb)))
    return shape


def _unknown(layer: Layer, key: str) -> NotFound:
    return NotFound(
        "feature_unknown",
        Text(f"ไม่พบ {key} ใน {layer.title.th}", f"There is no {key} in {layer.id}"),
        layer=layer.id,
        feature=key,
    )
