"""Handing a route over to a navigation program: links and ``geo:`` URIs without any name.

Coordinates only: what is visited, and who, is never part of a link (debtors.md 11).
"""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import urlencode

__all__ = ["WAYPOINTS_MAX", "directions_links", "geo_uri"]

Place = tuple[float, float]
"""Longitude and latitude."""

WAYPOINTS_MAX = 9
"""Stops between origin and destination that one Google Maps link may hold."""

TRAVEL_MODES = {"walk": "walking", "bike": "bicycling", "bicycle": "bicycling"}


def directions_links(places: Sequence[Place], mode: str = "car") -> list[str]:
    """Links that open turn-by-turn directions through the places, in order.

    A route with more stops than one link holds gives several, each beginning where the one before
    ended. Fewer than two places give none.

    >>> directions_links([(98.4, 7.9), (98.3, 7.8)])[0].split("?")[1]
    'api=1&origin=7.90000%2C98.40000&destination=7.80000%2C98.30000&travelmode=driving'
    """
    found = []
    step = WAYPOINTS_MAX + 1
    for first in range(0, max(len(places) - 1, 0), step):
        part = [f"{lat:.5f},{lon:.5f}" for lon, lat in places[first : first + step + 1]]
        query = {"api": "1", "origin": part[0], "destination": part[-1]}
        if len(part) > 2:
            query["waypoints"] = "|".join(part[1:-1])
        query["travelmode"] = TRAVEL_MODES.get(mode, "driving")
        found.append(f"https://www.google.com/maps/dir/?{urlencode(query)}")
    return found


def geo_uri(place: Place) -> str:
    """A place for any map program on a phone (RFC 5870).

    >>> geo_uri((98.4, 7.9))
    'geo:7.90000,98.40000'
    """
    lon, lat = place
    return f"geo:{lat:.5f},{lon:.5f}"
