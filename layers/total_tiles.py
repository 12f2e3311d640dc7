"""Tiles of layers whose rows a caller may not see: areas with their published counts (SDC-R11).

What stands in them is read from the published set, so a tile tells nothing that
``/collections/{id}/aggregate`` does not tell. Areas are those of the lowest public level; where
these are too many for a zoom, the next coarser ones.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from types import MappingProxyType

from layers.aggregates import aggregate, publication_of
from layers.figures import AREA_LAYERS
from layers.model import FieldType, Layer, Text
from layers.privacy import rows_refused
from layers.publications import LEVELS, Level
from layers.query import View
from layers.store import Store, Tile, TileIndex
from layers.store.totals import AreaTotal

__all__ = ["ATTRIBUTES", "drawn_as_totals", "levels_by_zoom", "total_tile"]

ATTRIBUTES: Mapping[str, tuple[FieldType, Text]] = MappingProxyType(
    {
        "code": ("text", Text("รหัสพื้นที่", "Area code")),
        "name_th": ("text", Text("ชื่อพื้นที่ (ไทย)", "Name of the area (Thai)")),
        "name_en": ("text", Text("ชื่อพื้นที่ (อังกฤษ)", "Name of the area (English)")),
        "count": ("integer", Text("จำนวน (ไม่มีเมื่อปกปิด)", "Count (left out where hidden)")),
        "shown_th": ("text", Text("ข้อความที่แสดง (ไทย)", "What is shown (Thai)")),
        "shown_en": ("text", Text("ข้อความที่แสดง (อังกฤษ)", "What is shown (English)")),
        "suppressed": ("boolean", Text("ปกปิดจำนวน", "Whether the count is hidden")),
    }
)
"""The attributes of an area in such a tile, with their types and labels."""


def drawn_as_totals(layer: Layer, view: View) -> bool:
    """Whether a caller with this view gets areas with counts in place of the layer's features."""
    return view.aggregates_only and publication_of(layer, view) is not None


def levels_by_zoom(store: Store, layer: Layer, view: View, *, office: bool) -> dict[Level, int]:
    """The published levels of a layer from the coarsest, and the first zoom each is drawn at.

    Raises AccessDenied for a layer of which nothing is published.
    """
    found = publication_of(layer, view)
    if found is None:
        raise rows_refused(layer)
    lowest = found.office_level if office and found.office_level else found.level
    levels = [level for level, digits in LEVELS.items() if digits <= LEVELS[lowest]]
    begins = {level: store.tiling(AREA_LAYERS[level]).depth + 1 for level in levels}
    return {**begins, levels[0]: 0}  # below the coarsest there is nothing else to draw


def total_tile(
    store: Store, layer: Layer, view: View, index: TileIndex, *, office: bool = False
) -> Tile:
    """One tile with the areas of a level and their counts, as the MVT layer ``layer.id``.

    ``office`` is a caller who is signed in. Rows that are known less finely than the level are in
    no area. Raises AccessDenied for a layer of which nothing is published.
    """
    begins = levels_by_zoom(store, layer, view, office=office)
    by = [level for level, zoom in begins.items() if zoom <= index.zoom][-1]
    versions = tuple(
        (state.version, state.changed_at)
        for state in store.states([layer.id, *AREA_LAYERS.values()])
    )
    totals = _totals(store, layer.id, view, by, office, versions)  # type: ignore[arg-type]
    return store.totals_tile(index, layer.id, AREA_LAYERS[by], totals)


@lru_cache(maxsize=64)
def _totals(
    store: Store, layer_id: str, view: View, by: Level, office: bool, _versions: tuple[object, ...]
) -> tuple[AreaTotal, ...]:
    """The counts of one level as the tiles of a version of the layer carry them."""
    figures = aggregate(store, store.layer(layer_id), view, by=by, office=office)
    return tuple(AreaTotal(one.area, one.count, *_both(one.shown)) for one in figures)


def _both(shown: int | Text) -> tuple[str, str]:
    return (shown.th, shown.en) if isinstance(shown, Text) else (str(shown), str(shown))
