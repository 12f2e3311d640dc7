"""Vector tiles (MVT 2) in WebMercatorQuad, made inside the engine.

A tile of a crowded zoom, where some tile would hold more features than can be told apart, shows
how many features stand in each cell of a grid; the counts are kept beside the layers and follow
its versions. The zooms below show the features themselves: areas and lines of many corners from
simplified copies, areas smaller than a pixel as a pixel. Nothing is cut without saying so.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from geo.text import Text
from layers.errors import AccessDenied, NotFound
from layers.model import Layer
from layers.query import BBox, Query, View
from layers.store.dialect import BUFFER, EXTENT, SIMPLIFIED_ZOOMS, WORLD, Dialect, metres_per_unit
from layers.store.select import visible, where
from layers.store.sql import Sql, quote

if TYPE_CHECKING:
    from layers.store.base import Session

__all__ = [
    "BYTES_MAX",
    "COUNT",
    "TRUNCATED",
    "ZOOM_MAX",
    "Tile",
    "TileIndex",
    "Tiling",
    "draw",
    "refresh",
    "require_positions",
    "tilings",
]

ZOOM_MAX = 24
BYTES_MAX = 500_000
GRID = 32  # cells along the side of a tile: 8 pixels each
POINTS_MAX = 2_500  # in the fullest tile of a zoom, else the zoom is drawn as cells
SHAPES_MAX = 8_000
CELLS_ZOOM_MAX = 14
PIXEL = EXTENT // 256
TRIES = 4

COUNT = "phumi_count"
TRUNCATED = "phumi_truncated"


@dataclass(frozen=True, slots=True)
class TileIndex:
    """One tile of WebMercatorQuad: column from the west, row from the north.

    >>> TileIndex(1, 1, 0).box()
    (0.0, 0.0, 20037508.342789244, 20037508.342789244)
    >>> [round(side, 4) for side in TileIndex(0, 0, 0).degrees()]
    [-180.0, -85.0511, 180.0, 85.0511]
    """

    zoom: int
    column: int
    row: int

    def __post_init__(self) -> None:
        side = 2**self.zoom if 0 <= self.zoom <= ZOOM_MAX else 0
        if not (0 <= self.column < side and 0 <= self.row < side):
            where = f"{self.zoom}/{self.row}/{self.column}"
            raise NotFound("tile_unknown", Text(f"ไม่มีไทล์ {where}", f"There is no tile {where}"))

    @property
    def size(self) -> float:
        """Metres of EPSG:3857 along a side."""
        return 2 * WORLD / 2**self.zoom

    def box(self, buffer: int = 0) -> BBox:
        """West, south, east, north in EPSG:3857, ``buffer`` units of the extent wider."""
        more = self.size * buffer / EXTENT
        west, north = self.column * self.size - WORLD, WORLD - self.row * self.size
        return (west - more, north - self.size - more, west + self.size + more, north + more)

    def degrees(self, buffer: int = 0) -> BBox:
        """The same box in EPSG:4326; Mercator runs one way, so it holds the same points."""
        west, south, east, north = self.box(buffer)
        slack = 1e-9  # of a degree, for the rounding of the stored coordinates
        return (
            west / WORLD * 180 - slack,
            _latitude(south) - slack,
            east / WORLD * 180 + slack,
            _latitude(north) + slack,
        )


@dataclass(frozen=True, slots=True)
class Tiling:
    """How a layer is drawn: as counted cells down to zoom ``depth`` (-1: nowhere)."""

    version: int
    depth: int


@dataclass(frozen=True, slots=True)
class Tile:
    """The bytes of a tile (none when it is empty) and the layers that did not fit whole."""

    data: bytes
    truncated: tuple[str, ...] = ()


def require_positions(view: View, layer: Layer) -> None:
    """Raise NotFound for a layer without geometry, AccessDenied where positions are not shown."""
    if layer.geometry is None:
        text = Text(f"{layer.title.th} ไม่มีตำแหน่ง", f"{layer.id} has no geometry")
        raise NotFound("tiles_none", text, layer=layer.id)
    where(Query(layer=layer.id), view, layer, _NO_DIALECT)
    if not view.geometry:
        raise AccessDenied(
            "geometry_denied",
            Text(
                f"ตำแหน่งของ {layer.title.th} ไม่เปิดเผย",
                f"The positions of {layer.id} are not open to you",
            ),
            layer=layer.id,
        )
