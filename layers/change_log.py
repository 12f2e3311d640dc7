"""The log entry of a write: who changed which fields of which rows, values as hashes (AUD-CHANGE).

The hashes are keyed, so that a copy of the log alone tells no value however few there can be; the
key stands in the database and in no entry (AUD-R3). The new hash of one entry is the old one of
the next, which shows that nothing came between.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping
from typing import Any

import pandas as pd
import shapely
import shapely.geometry

from layers import audit
from layers.model import Layer, Privacy
from layers.store import WriteResult
from layers.store.session import Session
from layers.store.sql import Sql

__all__ = ["enter_change"]

GEOMETRY = "geometry"
WHOLE = "*"  # a row that was removed, or many rows at once
KEYS_NAMED = 20


def enter_change(
    session: Session,
    layer: Layer,
    rows: pd.DataFrame,
    mode: str,
    result: WriteResult,
    *,
    author: str,
    old: Mapping[str, Any] | None = None,
) -> None:
    """Enter a write of restricted or secret fields in the log, in its transaction; others not.

    ``old`` holds the values before, with ``geometry`` as GeoJSON; None for new rows.
    """
    names = [str(name) for name in rows.columns if name not in (layer.key, GEOMETRY)]
    if not _is_restricted(layer, [*rows.columns]):
        return
    key = str(session.query(Sql("SELECT key FROM phumi.audit_key"))[0][0]).encode()
    audit.append(
        session, "AUD-CHANGE", account=author, object=layer.id, area=_area(rows, layer),
        rows=result.inserted + result.updated + result.deleted, mode=mode,
        keys=[str(one) for one in rows[layer.key][:KEYS_NAMED]], version=result.version,
        fields=names, values=_hashes(layer, rows, mode, old or {}, key),
    )  # fmt: skip


def _is_restricted(layer: Layer, names: list[str]) -> bool:
    classes = [layer.privacy]
    classes += [layer.by_name[name].privacy for name in names if name in layer.by_name]
    if GEOMETRY in names:
        classes.append(Privacy(layer.geometry_privacy or 0))
    return max(classes) >= Privacy.RESTRICTED


def _hashes(
    layer: Layer, rows: pd.DataFrame, mode: str, old: Mapping[str, Any], key: bytes
) -> dict[str, list[str]]:
    """Old and new hash of what differs."""
    if mode == "delete":
        return {WHOLE: [audit.digest(dict(old), key), ""]}
    new = [{n: _plain(n, rows[n].iloc[i], layer) for n in map(str, rows)} for i in range(len(rows))]
    if len(new) > 1:
        return {WHOLE: ["", audit.digest(new, key)]}
    found = {}
    for name, value in new[0].items():
        pair = [audit.digest(_plain(name, old.get(name), layer), key), audit.digest(value, key)]
        if pair[0] != pair[1] and name != layer.key:
            found[name] = pair
    return found


def _plain(name: str, value: Any, layer: Layer) -> Any:
    """A value in the one form that it is hashed in, as stored or as sent."""
    if value is None or (not isinstance(value, (list, dict, shapely.Geometry)) and pd.isna(value)):
        return None
    if name == GEOMETRY:
        shape = value if isinstance(value, shapely.Geometry) else shapely.geometry.shape(value)
        return shapely.to_wkt(shape, rounding_precision=8)
    kind = layer.by_name[name].type
    if kind in ("list", "object"):
        return json.loads(value) if isinstance(value, str) else value
    if kind == "datetime":
        return pd.Timestamp(value).tz_convert(dt.UTC).isoformat()
    if kind == "date":
        return str(value)[:10]
    if kind == "number":
        return float(value)
    return value.item() if hasattr(value, "item") else value


def _area(rows: pd.DataFrame, layer: Layer) -> str:
    if layer.area is None or layer.area not in rows:
        return ""
    return " ".join(sorted({str(code) for code in rows[layer.area].dropna()})[:20])
