"""The ground of the demo: one metre grid over the island, streams of chance, rounding."""

from __future__ import annotations

from typing import TypeVar
from zlib import crc32

import numpy as np
import shapely
from pyproj import Transformer
from shapely.geometry.base import BaseGeometry

__all__ = ["GROUND", "LAND_DECIMALS", "MAP_DECIMALS", "ground", "lonlat", "stream"]

GROUND = "+proj=tmerc +lat_0=7.95 +lon_0=98.35 +k=1 +datum=WGS84 +units=m"
"""Transverse Mercator in the middle of Phuket; areas are true within 0.001 % (LAND-R2)."""

MAP_DECIMALS = 6  # 0.1 m
LAND_DECIMALS = 8  # 1 mm: whether the slopes of a pond meet is decided within 5 mm (LAND-R12)

G = TypeVar("G", bound=BaseGeometry)

_TO_GROUND = Transformer.from_crs("EPSG:4326", GROUND, always_xy=True)


def ground(shape: G) -> G:
    """Longitude and latitude to metres."""
    return shapely.transform(
        shape, lambda xy: np.column_stack(_TO_GROUND.transform(xy[:, 0], xy[:, 1]))
    )


def lonlat(shape: G, decimals: int = MAP_DECIMALS) -> G:
    """Metres to longitude and latitude, rounded point by point so that shared edges stay shared."""

    def back(xy: np.ndarray) -> np.ndarray:
        lon, lat = _TO_GROUND.transform(xy[:, 0], xy[:, 1], direction="INVERSE")
        return np.round(np.column_stack([lon, lat]), decimals)

    return shapely.transform(shape, back)


def stream(seed: int, part: str) -> np.random.Generator:
    """The chance of one part of the demo: a change in another part leaves it as it is."""
    return np.random.default_rng([seed, crc32(part.encode())])
