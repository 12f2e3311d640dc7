"""The map frame: which part of the world at which scale, in the UTM zone of its middle."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Any

import numpy as np
import numpy.typing as npt
import shapely
from pyproj import CRS, Geod, Proj, Transformer

from geo.crs import utm_epsg
from geo.text import Text
from layers.query import BBox
from webmap.print.errors import PrintError

__all__ = ["SCALE_MAX", "SCALE_MIN", "SCALE_STEPS", "MapFrame", "frame_around", "zone_of"]

SCALE_STEPS = (1, 1.25, 1.5, 2, 2.5, 3, 4, 5, 6, 7.5, 8, 10)
"""Scales that are printed: 1 to these times a power of ten."""

SCALE_MIN, SCALE_MAX = 100, 20_000_000
"""Beyond, UTM has little left to do with the ground."""

SMALLEST = 20.0  # metres: a frame around a single point
ROOM = 1.06  # what is asked for does not touch the neat line
WORLD = (-180.0, -80.0, 180.0, 84.0)  # where UTM is defined
EDGE_PARTS = 16

_GEOD = Geod(ellps="WGS84")

Floats = npt.NDArray[np.float64]


def zone_of(epsg: int) -> str:
    """The usual name of a UTM zone.

    >>> zone_of(32647)
    '47N'
    """
    return f"{epsg % 100}{'N' if epsg < 32700 else 'S'}"


@lru_cache(maxsize=16)
def _transformer(epsg: int) -> Transformer:
    return Transformer.from_crs(4326, epsg, always_xy=True)


@dataclass(frozen=True)
class MapFrame:
    """A rectangle in UTM metres (``window``: west, south, east, north) shown at 1 : ``scale``."""

    epsg: int
    window: BBox
    scale: float
    cut: bool = False

    @property
    def centre(self) -> tuple[float, float]:
        """Longitude and latitude of the middle."""
        west, south, east, north = self.window
        lon, lat = _transformer(self.epsg).transform(
            (west + east) / 2, (south + north) / 2, direction="INVERSE"
        )
        return float(lon), float(lat)

    @cached_property
    def bbox(self) -> BBox:
        """The box in degrees that holds the whole frame (its edges are curves there)."""
        west, south, east, north = self.lonlat(shapely.box(*self.window)).bounds
        return float(west), float(south), float(east), float(north)

    @property
    def crosses_zones(self) -> bool:
        """Whether the frame holds ground of the next UTM zone."""
        west, _, east, _ = self.bbox
        return bool(utm_epsg(west) != utm_epsg(east))

    @property
    def convergence(self) -> float:
        """Degrees by which true north lies left of grid north at the middle (negative: right)."""
        factors = Proj(CRS.from_epsg(self.epsg)).get_factors(*self.centre)
        return float(factors.meridian_convergence)

    @property
    def ground_factor(self) -> float:
        """Metres on the ground of one metre of the grid, eastwards at the middle."""
        west, south, east, north = self.window
        middle, half = (south + north) / 2, (east - west) / 200
        across = ((west + east) / 2 - half, (west + east) / 2 + half)
        lon, lat = _transformer(self.epsg).transform(across, (middle, middle), direction="INVERSE")
        return float(_GEOD.inv(lon[0], lat[0], lon[1], lat[1])[2]) / (2 * half)

    def project(self, shapes: npt.NDArray[Any]) -> npt.NDArray[Any]:
        """Shapes in EPSG:4326 as shapes in metres of the frame's zone."""
        points = shapely.get_coordinates(shapes)
        x, y = _transformer(self.epsg).transform(points[:, 0], points[:, 1])
        moved = shapely.set_coordinates(shapes.copy(), np.column_stack([x, y]))
        return np.asarray(moved, dtype=object)

    def lonlat(self, shape: shapely.Geometry) -> shapely.Geometry:
        """A shape of the frame in EPSG:4326, its edges as the curves that they are."""
        west, _, east, _ = self.window
        fine = shapely.segmentize(shape, (east - west) / EDGE_PARTS)
        to_degrees: Any = lambda x, y: _transformer(self.epsg).transform(x, y, direction="INVERSE")  # noqa: E731
        return shapely.transform(fine, to_degrees, interleaved=False)


def frame_around(
    bbox: BBox, width_mm: float, height_mm: float, scale: float | None = None
) -> MapFrame:
    """The frame of a size on paper around a box in degrees.

    Without ``scale`` it is the largest usual one at which the box fits with some room. With one,
    ``cut`` tells that the box is larger than the paper. The zone is that of the middle of the box.
    Raises PrintError for a box outside of what UTM maps or a scale that is none.
    """
    west, south, east, north = bbox
    if not (WORLD[0] <= west <= east <= WORLD[2] and WORLD[1] <= south <= north <= WORLD[3]):
        raise PrintError(
            "print_extent",
            Text(
                f"กรอบแผนที่ {bbox} อยู่นอกขอบเขตที่พิมพ์ได้ (ตะวันตก,ใต้,ตะวันออก,เหนือ เป็นองศา)",
                f"The extent {bbox} cannot be printed (west,south,east,north in degrees)",
            ),
        )
    epsg = int(utm_epsg((west + east) / 2, (south + north) / 2))
    side = max(east - west, north - south) / EDGE_PARTS
    edge = shapely.box(*bbox)
    outline = shapely.get_coordinates(shapely.segmentize(edge, side) if side else edge)
    x, y = _transformer(epsg).transform(outline[:, 0], outline[:, 1])
    needed = max(
        max(np.ptp(x), SMALLEST) * ROOM / (width_mm / 1000),
        max(np.ptp(y), SMALLEST) * ROOM / (height_mm / 1000),
    )
    chosen = _usual_scale(float(needed)) if scale is None else scale
    if not (math.isfinite(chosen) and SCALE_MIN <= chosen <= SCALE_MAX):
        raise PrintError(
            "print_scale",
            Text(
                f"มาตราส่วน 1:{chosen:,.0f} พิมพ์ไม่ได้ (ใช้ได้ 1:{SCALE_MIN:,} ถึง 1:{SCALE_MAX:,})",
                f"A scale of 1:{chosen:,.0f} cannot be printed "
                f"(1:{SCALE_MIN:,} to 1:{SCALE_MAX:,} can)",
            ),
        )
    half = (width_mm / 2000 * chosen, height_mm / 2000 * chosen)
    mid = ((x.min() + x.max()) / 2, (y.min() + y.max()) / 2)
    window = (mid[0] - half[0], mid[1] - half[1], mid[0] + half[0], mid[1] + half[1])
    return MapFrame(epsg, tuple(map(float, window)), chosen, cut=chosen < needed / ROOM * 0.999)


def _usual_scale(needed: float) -> float:
    power = 10.0 ** math.floor(math.log10(needed))
    return next(step * power for step in SCALE_STEPS if step * power >= needed * (1 - 1e-9))
