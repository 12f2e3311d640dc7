"""Local delivery within a radius, and the circles that show it (TOUR-R110 to R113)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import ArrayLike, NDArray
from pyproj import Geod

from geo.crs import Floats, Geometries
from geo.parameters import Parameters, between

__all__ = ["DeliveryParameters", "circles", "is_local"]

CORNERS = 180
"""Corners of a circle: its polygon holds 99.98 % of the area (TOUR-T98)."""

_GEOD = Geod(ellps="WGS84")


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliveryParameters(Parameters):
    """TOUR-P31: the radius in m, and whether a place exactly on it is inside."""

    radius_m: float = between(10_000.0, 1.0, 200_000.0)
    inclusive: bool = True


DEFAULTS = DeliveryParameters()


def is_local(
    distance_m: ArrayLike, parameters: DeliveryParameters = DEFAULTS
) -> NDArray[np.object_]:
    """Whether places at these distances are delivered to locally: TOUR-R110.

    The distance is rounded to 1 m before it is compared (TOUR-R113). None where it is unknown.

    >>> is_local([9999.0, 10_000.04, 10_000.6, np.nan]).tolist()
    [True, True, False, None]
    """
    distance = np.asarray(distance_m, dtype=float)
    whole = np.floor(distance + 0.5)
    near = whole <= parameters.radius_m if parameters.inclusive else whole < parameters.radius_m
    found = near.astype(object)
    found[np.isnan(distance)] = None
    return found


def circles(points: Floats, radius_m: float) -> Geometries:
    """Circles on the WGS 84 ellipsoid around longitudes and latitudes (n, 2): TOUR-R113, T98.

    >>> from geo.crs import geodesic_area
    >>> (geodesic_area(circles(np.array([[102.79, 14.63]]), 10_000)) / 1e6).round(1)
    array([314.1])
    """
    # Azimuths run backwards, so that the outer ring runs counter-clockwise (RFC 7946).
    azimuth = np.linspace(360, 0, CORNERS, endpoint=False)
    n = len(points)
    lon, lat, _ = _GEOD.fwd(
        np.repeat(points[:, 0], CORNERS),
        np.repeat(points[:, 1], CORNERS),
        np.tile(azimuth, n),
        np.full(n * CORNERS, float(radius_m)),
    )
    rings = np.column_stack([lon, lat]).reshape(n, CORNERS, 2)
    return np.asarray([shapely.Polygon(ring) for ring in rings], dtype=object)
