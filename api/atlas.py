"""Atlases of the workspace: one page for each area or feature of a layer."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import geopandas as gpd
import pandas as pd

from api.printing import Choice, Views, map_sheet
from geo.text import Text
from layers.errors import AccessDenied, NotFound
from layers.figures import AREA_LAYERS
from layers.model import Layer
from layers.query import Query
from layers.store import Store
from webmap.overlay import MapLayer
from webmap.print.atlas import AtlasPage
from webmap.print.sheet import MapSheet
from webmap.values import display, names

__all__ = ["FIGURES_MAX", "atlas_pages"]

FIGURES_MAX = 6
"""Numbers of the area or feature that stand on its page."""

PAGES_MAX = 5_000
ROOM = 0.01  # degrees around a point


def atlas_pages(
    store: Store, view_of: Views, by: str, choice: Choice, *, reader: str
) -> list[AtlasPage]:
    """The pages of an atlas: for each area of a level ("tambon"), or each feature of a layer.

    ``choice.area`` takes only what lies in it. ``reader`` names who sees (it enters the stamps).
    Raises NotFound for an unknown layer and AccessDenied where single features may not be seen.
    """
    layer = store.layer(AREA_LAYERS.get(by, by))  # type: ignore[call-overload]
    view = view_of(layer)
    if layer.geometry is None or view.aggregates_only or not view.geometry:
        raise AccessDenied(
            "atlas_layer",
            Text(
                f"ทำสมุดแผนที่ราย{layer.title.th}ไม่ได้ (ไม่มีตำแหน่ง หรือไม่มีสิทธิ์ดูรายตำแหน่ง)",
                f"There can be no page for each of {layer.title.en}: no places, or not for you",
            ),
            layer=layer.id,
        )
    inside = _inside(layer, choice.area)
    rows = store.read(Query(layer=layer.id, filter=inside, limit=PAGES_MAX), view)
    rows = rows[~(rows.geometry.isna() | rows.geometry.is_empty)].sort_values(layer.key)
    if rows.empty:
        raise NotFound(
            "atlas_empty",
            Text(
                f"ไม่มี{layer.title.th}ในพื้นที่ {choice.area or 'นี้'}",
                f"There are no {layer.title.en} in {choice.area or 'the workspace'}",
            ),
        )
    words = names(layer, pd.DataFrame(rows), layer.title_field or layer.key)
    stamp = _stamp(store, choice, reader)
    return [
        _page(store, view_of, layer, rows.iloc[[at]], word, choice, stamp)
        for at, word in enumerate(words)
    ]


def _page(
    store: Store, view_of: Views, layer: Layer, row: gpd.GeoDataFrame, name: Text | None,
    choice: Choice, stamp: str,
) -> AtlasPage:  # fmt: skip
    key = str(row[layer.key].iloc[0])
    area = layer.area == layer.key
    shown = name or Text(key, key)

    def sheet() -> MapSheet:
        own = replace(choice, area=key if area else choice.area)
        if not area:
            west, south, east, north = row.total_bounds
            grown = ROOM if west == east else 0.0
            own = replace(own, bbox=(west - grown, south - grown, east + grown, north + grown))
        page = map_sheet(store, view_of, own)
        found = replace(page, figures=_figures(layer, row))
        return found if area else replace(found, title=shown, area=row.geometry.iloc[0])

    return AtlasPage(_file_name(key), shown, stamp, sheet)


def _figures(layer: Layer, row: gpd.GeoDataFrame) -> tuple[tuple[Text, Text], ...]:
    """The numbers of a feature, in the order of its style's details."""
    found = []
    for name in MapLayer(layer, row).look.popup:
        field = layer.by_name[name]
        if name in row.columns and field.type in ("integer", "number"):
            (said,) = display(field, row[name])
            if said is not None:
                found.append((field.label, said))
    return tuple(found[:FIGURES_MAX])


def _inside(layer: Layer, code: str | None) -> Mapping[str, Any] | None:
    if code is None or layer.area is None:
        return None
    return {"op": "like", "args": [{"property": layer.area}, f"{code}%"]}


def _stamp(store: Store, choice: Choice, reader: str) -> str:
    ids: Sequence[str] = [layer.id for layer in store.layers()]
    versions = [(i, state.version) for i, state in zip(ids, store.states(ids), strict=True)]
    told = repr((choice, reader, versions))
    return hashlib.blake2b(told.encode(), digest_size=12).hexdigest()


def _file_name(key: str) -> str:
    """The key, or a hash of it where it could not be the name of a file."""
    if key.replace("-", "").replace("_", "").isalnum() and key.isascii() and len(key) <= 80:
        return key
    return hashlib.blake2b(key.encode(), digest_size=8).hexdigest()
