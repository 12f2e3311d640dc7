"""Places that an analysis of travel starts from or leads to: drawn, or features of a layer."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from geo.crs import Geometries
from geo.errors import ParameterError
from geo.text import Text
from layers.fields import PRECISIONS
from layers.privacy import rows_refused
from layers.processes.drawn import drawn_features
from layers.processes.model import Input, Reader

__all__ = ["PRECISION_INPUT", "UNUSED", "Places", "cells", "drawn_places", "stored_places"]

PRECISION_INPUT = Input(
    name="min_precision",
    label=Text("ความละเอียดตำแหน่งขั้นต่ำ", "Least exact location"),
    type="text",
    default="village",
    values={name: PRECISIONS[name] for name in ("parcel", "site", "village", "tambon")},
    description=Text(
        "สถานที่ที่ทราบตำแหน่งหยาบกว่านี้ไม่นำมาคิด (LOC-R10)",
        "Places known less exactly are not used (LOC-R10)",
    ),
)

UNUSED: Mapping[str, Text] = {
    "no_location": Text("ไม่มีตำแหน่ง", "has no location"),
    "too_coarse": Text("ตำแหน่งหยาบเกินไป (LOC-R10)", "location is not exact enough (LOC-R10)"),
    "not_on_earth": Text("พิกัดไม่ใช่ลองจิจูด ละติจูด", "coordinates are no longitude and latitude"),
}
"""Why a place was not used."""


@dataclass(slots=True)
class Places:
    """Usable places: a row each with ``id``, ``name_th``, ``name_en``, ``area_code`` and more.

    ``table`` has points in EPSG:4326 and the further columns that were asked for. ``unused`` names
    the others with the reason.
    """

    table: gpd.GeoDataFrame
    unused: list[dict[str, Any]] = field(default_factory=list)

    def __len__(self) -> int:
        return len(self.table)


def drawn_places(
    document: Mapping[str, Any],
    parameter: str,
    label: Text,
    reader: Reader,
    more: tuple[str, ...] = (),
    precision: str = "village",
) -> Places:
    """Places of a GeoJSON document, their id in ``id`` (or made), names in their properties."""
    features = drawn_features(document, parameter, label)
    reader.refuse_more(len(features))
    columns = ("id", "name_th", "name_en", "area_code", "geom_precision", *more)
    rows = []
    for number, item in enumerate(features, 1):
        row: dict[str, Any] = {name: item.properties.get(name) for name in columns}
        row["id"] = str(row["id"] or item.id or f"{parameter}-{number}")
        rows.append(row)
    table = pd.DataFrame(rows, columns=list(columns))
    shapes = np.array([item.shape for item in features], dtype=object)
    return _sorted_out(table, shapes, parameter, precision)


def stored_places(
    reader: Reader,
    layer_id: str,
    *,
    filter: Mapping[str, Any] | None = None,  # noqa: A002 - the standard's name
    bbox: tuple[float, float, float, float] | None = None,
    more: tuple[str, ...] = (),
    precision: str = "village",
) -> Places:
    """Features of a layer that the caller may see, each at a point on it.

    Raises AccessDenied for a layer whose rows or places are closed to the caller, ParameterError
    for one without places.
    """
    layer = reader.store.layer(layer_id)
    if layer.geometry is None:
        raise ParameterError(
            "layer_without_places",
            Text(
                f"ชั้นข้อมูล {layer.title.th} ไม่มีตำแหน่ง",
                f"The layer {layer_id} has no places",
            ),
            layer=layer_id,
        )
    found = {
        "id": layer.key,
        "name_th": "name_th",
        "name_en": "name_en",
        "area_code": layer.area or "area_code",
        "geom_precision": "geom_precision",
        **{name: name for name in more},
    }
    fields = tuple(dict.fromkeys(name for name in found.values() if name in layer.by_name))
    view = reader.view_of(layer)
    rows = reader.read(
        layer_id,
        filter=filter,
        bbox=bbox,
        fields=tuple(name for name in fields if name in view.fields),
    )
    if not isinstance(rows, gpd.GeoDataFrame) or layer.key not in rows:
        raise rows_refused(layer)
    table = pd.DataFrame(
        {name: rows.get(column) for name, column in found.items()},
        index=rows.index,
    ).reset_index(drop=True)
    return _sorted_out(table, np.asarray(rows.geometry.array, dtype=object), layer_id, precision)


def _sorted_out(table: pd.DataFrame, shapes: Geometries, origin: str, precision: str) -> Places:
    points = shapes.copy()
    there = ~(shapely.is_missing(shapes) | shapely.is_empty(shapes))
    wide = there & (shapely.get_type_id(shapes) > 0)
    points[wide] = shapely.point_on_surface(shapely.make_valid(shapes[wide]))
    there[wide] = ~shapely.is_empty(points[wide])
    order = list(PRECISIONS)
    known = [
        order.index(value) if value in order else -1 for value in table.get("geom_precision", [])
    ]
    box = shapely.bounds(points).reshape(-1, 4)
    with np.errstate(invalid="ignore"):
        odd = there & ~((np.abs(box[:, 0]) <= 180) & (np.abs(box[:, 1]) <= 90))
    coarse = there & ~odd & (np.array(known, dtype=int).reshape(-1) > order.index(precision))
    reasons = np.select(
        [~there, odd, coarse], ["no_location", "not_on_earth", "too_coarse"], default=""
    )
    unused = [
        {"from": origin, "id": str(name), "reason": code,
         "th": UNUSED[code].th, "en": UNUSED[code].en}
        for name, code in zip(table["id"], reasons.tolist(), strict=True)
        if code
    ]  # fmt: skip
    keep = reasons == ""
    kept = gpd.GeoDataFrame(table[keep].reset_index(drop=True), geometry=points[keep], crs=4326)
    return Places(kept, unused)


def cells(columns: Mapping[str, Any]) -> pd.DataFrame:
    """A table for a result: kept as objects, with None for what is not known."""
    made = {name: pd.Series(list(values), dtype=object) for name, values in columns.items()}
    table = pd.DataFrame(made)
    return table.where(table.notna(), None)
