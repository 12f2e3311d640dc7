"""The score J of a layout and its six terms (LAND-R27)."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from geo.crs import Floats
from geo.layout.profiles import GROUPS
from geo.layout.site import Site, compactness
from geo.text import Text

__all__ = ["NEUTRAL", "SQUARE", "TERMS", "WEIGHTS", "score", "terms", "zone_figures"]

SQUARE: Final = 0.7854  # compactness of a square
NEUTRAL: Final = 0.5  # of a term for which nothing is known

TERMS: Mapping[str, Text] = MappingProxyType(
    {
        "low": Text("น้ำอยู่ที่ต่ำ", "Water low"),
        "high": Text("บ้านอยู่ที่สูง", "House high"),
        "access": Text("บ้านใกล้ทางเข้า", "House near the access"),
        "compact": Text("รูปเขตกะทัดรัด", "Compact zones"),
        "sun": Text("ไม้ใหญ่ไม่บังแดดนา", "Trees do not shade the rice"),
        "wind": Text("ลมผ่านน้ำก่อนถึงบ้าน", "Wind crosses the water before the house"),
    }
)
WEIGHTS = np.array([0.25, 0.15, 0.15, 0.20, 0.15, 0.10])
"""In the order of TERMS."""

WATER, RICE, ORCHARD, RESIDENCE = range(len(GROUPS))


def zone_figures(zones: Mapping[str, BaseGeometry | None]) -> tuple[Floats, Floats]:
    """Centroids (4, 2) and compactness (4,) in the order of GROUPS; nan for a missing zone."""
    centroid, compact = np.full((4, 2), np.nan), np.full(4, np.nan)
    for row, group in enumerate(GROUPS):
        if (zone := zones.get(group)) is not None and zone.area > 0:
            centroid[row] = shapely.get_coordinates(zone.centroid)[0]
            compact[row] = compactness(zone)
    return centroid, compact


def terms(centroid: Floats, compact: Floats, site: Site) -> Floats:
    """The six terms of n layouts, (n, 6), each 0 to 1.

    ``centroid`` (n, 4, 2) and ``compact`` (n, 4) of the zones, nan where a group has none; a
    term that cannot be had because a zone, the access or the ground is unknown is 0.5.
    """
    low, high = site.elevation_range()
    height = site.elevation(centroid)
    flat = high - low < 1e-9
    rise = np.full(height.shape, np.nan) if flat else (height - low) / (high - low)
    gate = site.access
    near = np.full(len(centroid), np.nan)
    if gate is not None:
        way = np.hypot(*(centroid[:, RESIDENCE] - [gate.x, gate.y]).T)
        near = np.maximum(0.0, 1 - way / site.diagonal)
    shade = site.azimuth(centroid[:, ORCHARD] - centroid[:, RICE])
    sun = np.select(
        [np.isnan(shade), (shade >= 225) | (shade < 45), shade < 135], [np.nan, 1.0, 0.5], 0.0
    )
    wind = site.azimuth(centroid[:, WATER] - centroid[:, RESIDENCE]) - site.wind_from_deg
    square = np.minimum(1.0, compact / SQUARE)
    count = np.maximum(1, np.isfinite(square).sum(axis=1))
    found = np.column_stack(
        [
            np.clip(1 - rise[:, WATER], 0, 1),
            np.clip(rise[:, RESIDENCE], 0, 1),
            near,
            np.nansum(square, axis=1) / count,
            sun,
            (1 + np.cos(np.radians(wind))) / 2,
        ]
    )
    return np.where(np.isnan(found), NEUTRAL, found)


def score(zones: Mapping[str, BaseGeometry], site: Site) -> tuple[float, dict[str, float]]:
    """J of one layout in [0, 1], and its terms.

    >>> plot = shapely.box(0, 0, 40, 40)
    >>> score({"water": plot}, Site(plot=plot))[0], score({}, Site(plot=plot))[0]
    (0.599999532, 0.4)
    """
    centroid, compact = zone_figures(zones)
    values = terms(centroid[None], compact[None], site)[0]
    named = dict(zip(TERMS, values.round(9).tolist(), strict=True))
    return float(round(WEIGHTS @ values, 9)), named
