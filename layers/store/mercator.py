"""The tile grid that all web maps share: WebMercatorQuad over EPSG:3857 (OGC 17-083r4, D.1)."""

from __future__ import annotations

import math
from dataclasses import dataclass

from geo.text import Text
from layers.errors import NotFound
from layers.query import BBox

__all__ = ["BUFFER", "EXTENT", "WORLD", "ZOOM_MAX", "TileIndex"]

WORLD = 20037508.342789244  # metres from the middle of EPSG:3857 to its edge: pi times 6,378,137
ZOOM_MAX = 24
EXTENT = 4096  # units along the side of a tile
BUFFER = 64  # units around it, so that lines and symbols meet across tiles
SLACK = 1e-9  # degrees: rounding of a box must not lose what lies on its edge


@dataclass(frozen=True, slots=True)
class TileIndex:
    """One tile: column from the west, row from the north. NotFound outside of the grid.

    >>> TileIndex(1, 1, 0).box()
    (0.0, 0.0, 20037508.342789244, 20037508.342789244)
    >>> [round(side, 4) for side in TileIndex(0, 0, 0).degrees()]
    [-180.0, -85.0511, 180.0, 85.0511]
    """

    zoom: int
    column: int
    row: int

    def __post_init__(self) -> None:
        side = 1 << self.zoom if 0 <= self.zoom <= ZOOM_MAX else 0
        if not (0 <= self.column < side and 0 <= self.row < side):
            place = f"{self.zoom}/{self.row}/{self.column}"
            raise NotFound(
                "tile_unknown",
                Text(
                    f"ไม่มีไทล์ {place} (ระดับ/แถว/สดมภ์) ใน WebMercatorQuad",
                    f"There is no tile {place} (zoom/row/column) in WebMercatorQuad",
                ),
            )

    @property
    def size(self) -> float:
        """Metres of EPSG:3857 along a side."""
        return 2 * WORLD / (1 << self.zoom)

    def box(self, buffer: int = 0) -> BBox:
        """West, south, east, north in EPSG:3857, ``buffer`` units wider on each side."""
        more = self.size * buffer / EXTENT
        west, north = self.column * self.size - WORLD, WORLD - self.row * self.size
        return (west - more, north - self.size - more, west + self.size + more, north + more)

    def degrees(self, buffer: int = 0) -> BBox:
        """The same box in EPSG:4326 (Mercator is monotone, so it holds the same points)."""
        west, south, east, north = self.box(buffer)
        return (
            west / WORLD * 180 - SLACK,
            _latitude(south) - SLACK,
            east / WORLD * 180 + SLACK,
            _latitude(north) + SLACK,
        )


def _latitude(y: float) -> float:
    latitude: float = math.degrees(math.atan(math.sinh(y / WORLD * math.pi)))
    return latitude
