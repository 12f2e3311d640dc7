"""Times where no road is known: along the straight line, lengthened and slowed (TOUR-R132)."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike
from pyproj import Geod

from geo.crs import Floats
from geo.errors import ParameterError
from geo.text import Text

__all__ = ["ESTIMATE_KMH", "Estimate", "estimate_minutes", "geodesic_matrix", "straight_line"]

DETOUR = 1.3  # TOUR-P12

ESTIMATE_KMH: Mapping[str, float] = MappingProxyType(
    {"car": 50.0, "van": 50.0, "motorcycle": 40.0, "bicycle": 12.0, "walk": 4.5, "tram": 15.0}
)
"""Speed along straight lines: van, tram, bicycle, walk by TOUR-P12, the others decisions."""

_GEOD = Geod(ellps="WGS84")


class Estimate(NamedTuple):
    """Whole minutes and metres from n origins to m destinations, (n, m)."""

    minutes: Floats
    metres: Floats


def straight_line(
    origins: Floats, destinations: Floats, mode: str, *, detour: float = DETOUR
) -> Estimate:
    """Estimate travel between longitudes and latitudes (n, 2) and (m, 2): TOUR-R132.

    minutes = ceil(geodesic km x detour / speed x 60), metres = geodesic x detour.

    >>> here, there = np.array([[102.79, 14.63]]), np.array([[102.79, 14.720379]])
    >>> straight_line(here, there, "van").minutes
    array([[16.]])

    Raises ParameterError ``mode_needs_timetable`` for a boat or another mode without a speed.
    """
    if mode not in ESTIMATE_KMH:
        raise ParameterError(
            "mode_needs_timetable",
            Text(
                f"ประมาณเวลาเดินทางด้วย {mode} ไม่ได้หากไม่มีตารางเวลา (TOUR-R132)",
                f"Travel by {mode} cannot be estimated without a timetable (TOUR-R132)",
            ),
            mode=mode,
        )
    metres = geodesic_matrix(origins, destinations) * detour
    return Estimate(estimate_minutes(metres, ESTIMATE_KMH[mode]), metres)


def estimate_minutes(metres: Floats, kmh: ArrayLike) -> Floats:
    """Whole minutes for a distance, rounded up (TOUR-R132)."""
    # A millionth of a minute is noise of the arithmetic, not a minute begun.
    return np.asarray(np.ceil(metres / 1000 / np.asarray(kmh) * 60 - 1e-6))


def geodesic_matrix(origins: Floats, destinations: Floats) -> Floats:
    """Metres on the WGS 84 ellipsoid between all pairs, (n, m); nan where a point is missing.

    >>> geodesic_matrix(np.array([[100.0, 15.0]]), np.array([[100.0, 16.0]])).round(1)
    array([[110653.6]])
    """
    n, m = len(origins), len(destinations)
    start = np.repeat(origins, m, axis=0)
    end = np.tile(destinations, (n, 1))
    known = ~(np.isnan(start).any(axis=1) | np.isnan(end).any(axis=1))
    metres = np.full(n * m, np.nan)
    metres[known] = _GEOD.inv(start[known, 0], start[known, 1], end[known, 0], end[known, 1])[2]
    return metres.reshape(n, m)
