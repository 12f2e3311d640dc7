"""Rules on rows that people send which no field can tell alone: place and confirmation."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any

import pandas as pd
import shapely

from layers.intake.features import Checked
from layers.intake.report import Finding
from layers.model import Layer
from layers.own_village import Areas, debtor_pins, own_village
from layers.privacy import owner_view
from layers.query import Query
from layers.store import Store

__all__ = ["judged", "point"]

NOTHING: Mapping[str, Any] = MappingProxyType({})

HOUSEHOLD_LAYERS = frozenset({"households"})
"""Whose rows must lie in the village that they declare (LOC-R1)."""

DEBTOR_LAYERS = frozenset({"debtors"})
"""Whose pins must lie in the province of the fund (LOC-R4)."""


def judged(
    checked: Checked,
    store: Store,
    layer: Layer,
    stored: Mapping[str, Any] = NOTHING,
    geometry: Mapping[str, Any] | None = None,
) -> Checked:
    """With the findings of the rules on confirmation and place, where the layer has them."""
    checked = Checked(
        checked.rows, (*checked.findings, *_self_verified(checked.rows, stored or {}))
    )
    if layer.id not in HOUSEHOLD_LAYERS | DEBTOR_LAYERS:
        return checked
    rows = checked.rows
    n = len(rows)
    points = list(rows["geometry"]) if "geometry" in rows else [point(geometry)] * n
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


def _self_verified(rows: pd.DataFrame, stored: Mapping[str, Any]) -> list[Finding]:
    """A pin becomes verified by confirming it, not by saying so (PRIV-R2)."""
    stands = stored.get("pin_status") == "verified"
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


def point(geometry: Mapping[str, Any] | None) -> shapely.Point | None:
    """The point of a GeoJSON geometry, None for any other."""
    if geometry is None:
        return None
    shape = shapely.geometry.shape(dict(geometry))
    return shape if isinstance(shape, shapely.Point) else None
