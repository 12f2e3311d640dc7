"""The workspace as one stand-alone map: what the command line writes and ``/map`` shows."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Literal

import geopandas as gpd

from geo.text import Text
from layers.model import Layer
from layers.query import BBox, Query, View
from layers.store import Store
from webmap.folium_map import MapLayer, folium_map

__all__ = ["workspace_map"]

HOME = "provinces"
FEATURES_MAX = 20_000  # of one layer on one stand-alone page


def workspace_map(
    store: Store,
    view_of: Callable[[Layer], View],
    *,
    layers: Sequence[str] | None = None,
    bbox: BBox | None = None,
    language: Literal["th", "en"] = "th",
    title: Text | None = None,
) -> str:
    """A complete HTML page with the layers that the caller may see and that hold features.

    ``layers`` None takes every layer with a geometry. ``bbox`` (EPSG:4326) cuts and frames;
    without it the map opens on the provinces.
    Raises NotFound for an unknown layer and AccessDenied for one that the caller asked for by
    name but may not see.
    """
    chosen = [store.layer(name) for name in layers] if layers else store.layers()
    items, cut = [], []
    for layer in chosen:
        view = view_of(layer)
        if layer.geometry is None or (not layers and not view.geometry):
            continue
        query = Query(layer=layer.id, bbox=bbox, limit=FEATURES_MAX + 1)
        rows = store.read(query, view)
        if not isinstance(rows, gpd.GeoDataFrame) or rows.empty:
            continue
        if len(rows) > FEATURES_MAX:
            cut.append(layer)
            rows = rows.head(FEATURES_MAX)
        items.append(MapLayer(layer, rows))
    frame = bbox or _home(store, view_of)
    page = folium_map(items, language=language, title=title, bbox=frame, notice=_notice(cut))
    html: str = page.get_root().render()
    return html


def _home(store: Store, view_of: Callable[[Layer], View]) -> BBox | None:
    """Where the map opens: the provinces of the workspace, since corridors span the country."""
    layer = store.layer(HOME)
    return store.extent(HOME, view_of(layer))


def _notice(cut: Sequence[Layer]) -> Text | None:
    if not cut:
        return None
    return Text(
        f"แสดงเพียง {FEATURES_MAX:,} รายการแรกของ " + ", ".join(layer.title.th for layer in cut),
        f"Only the first {FEATURES_MAX:,} features of "
        + ", ".join(layer.title.en for layer in cut)
        + " are shown",
    )
