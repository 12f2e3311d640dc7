"""Travel between the places of a plan: matrices, and the line of each leg that is taken."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from shapely import LineString, Point

from geo.network import PROFILES, RoadNetwork, straight_line
from geo.routing.visits import Travel
from geo.text import Text
from layers.processes.model import Input, Reader
from layers.processes.travel import network_of
from layers.routes import LEG_MODES

__all__ = ["LEG_MODE", "MODES", "Leg", "Ways", "mode_input"]

MODES: Mapping[str, Text] = {
    **{code: profile.label for code, profile in PROFILES.items()},
    "tram": LEG_MODES["tram"],
}
"""How people can travel; a tram goes by estimate only."""

LEG_MODE = {"bicycle": "bike", "motorcycle": "car"}
"""Codes of legs where they differ."""


class Leg(NamedTuple):
    """One leg as travelled, with its line in EPSG:4326."""

    line: LineString
    minutes: float
    metres: float
    source: str


def mode_input(default: str) -> Input:
    """The input for the way of travelling."""
    return Input(
        name="mode", label=Text("ยานพาหนะ", "Mode"), type="text", default=default, values=MODES
    )


class Ways:
    """Travel between n points in EPSG:4326 by one mode.

    ``version`` is the version of the roads that was used, 0 for an estimate throughout.
    """

    def __init__(self, reader: Reader, mode: str, points: Sequence[Point]) -> None:
        self.points = list(points)
        self.network: RoadNetwork | None = None
        lonlat = np.array([[point.x, point.y] for point in points], dtype=float).reshape(-1, 2)
        if mode in PROFILES:
            self.network = network_of(reader, mode)
            found: Any = self.network.matrix(lonlat)
            self.estimated = np.asarray(found.estimated)
        else:
            found = straight_line(lonlat, lonlat, mode)
            self.estimated = np.ones((len(points), len(points)), dtype=bool)
        self.minutes = np.asarray(found.minutes, dtype=float)
        self.metres = np.asarray(found.metres, dtype=float)
        np.fill_diagonal(self.estimated, val=False)
        self.version = reader.versions.get("roads", 0) if mode in PROFILES else 0

    def whole_minutes(self) -> NDArray[np.int64]:
        """Minutes rounded up, negative where there is no way (TOUR-R132)."""
        known = np.isfinite(self.minutes)
        whole = np.ceil(np.where(known, self.minutes, 0) - 1e-6)
        return np.where(known, whole, -1).astype(np.int64)

    def travel(self) -> Travel:
        """Whole seconds and metres, negative where there is no way."""
        known = np.isfinite(self.minutes)
        seconds = np.where(known, np.rint(np.where(known, self.minutes, 0) * 60), -1)
        metres = np.where(known, np.rint(np.where(known, self.metres, 0)), -1)
        return Travel(seconds.astype(np.int64), metres.astype(np.int64))

    def legs(self, pairs: Sequence[tuple[int, int]]) -> list[Leg]:
        """The legs between pairs of places, in order."""
        if self.network is not None and len(self.network.topology.lines):
            lonlat = np.array([[p.x, p.y] for p in self.points], dtype=float).reshape(-1, 2)
            paths = self.network.paths(lonlat[[a for a, _ in pairs]], lonlat[[b for _, b in pairs]])
            return [Leg(p.geometry, p.minutes, p.metres, p.source) for p in paths]
        return [
            Leg(
                LineString([self.points[a], self.points[b]]),
                float(self.minutes[a, b]),
                float(self.metres[a, b]),
                "straight_line",
            )
            for a, b in pairs
        ]
