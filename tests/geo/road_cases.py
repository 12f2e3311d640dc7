"""Small road networks for tests, and a slow literal search over them as second implementation."""

from __future__ import annotations

import heapq
from collections import defaultdict
from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import geopandas as gpd
import numpy as np
import shapely
from pyproj import Geod

from geo.network import Profile

GEOD = Geod(ellps="WGS84")
LON, LAT = 98.3, 7.9
EAST = 0.01 / GEOD.inv(LON, LAT, LON + 0.01, LAT)[2]  # degrees in a metre
NORTH = 0.01 / GEOD.inv(LON, LAT, LON, LAT + 0.01)[2]


def at(x: float, y: float) -> tuple[float, float]:
    """Longitude and latitude of metres east and north of the test site."""
    return LON + x * EAST, LAT + y * NORTH


def line(*points: tuple[float, float]) -> shapely.LineString:
    """A line through points in metres."""
    return shapely.LineString([at(*point) for point in points])


def roads(lines: Sequence[Any], **columns: Any) -> gpd.GeoDataFrame:
    """A road layer; a column is a value for all or a list."""
    return gpd.GeoDataFrame(columns, index=range(len(lines)), geometry=list(lines), crs=4326)


def grid(side: int, step: float = 100.0) -> list[shapely.LineString]:
    """The blocks of a town: every stretch of street between two crossings."""
    ways = [
        ((x * step, y * step), ((x + dx) * step, (y + dy) * step))
        for x in range(side)
        for y in range(side)
        for dx, dy in ((1, 0), (0, 1))
        if x + dx < side and y + dy < side
    ]
    return [line(*way) for way in ways]


def minutes_and_metres(
    layer: gpd.GeoDataFrame, profile: Profile, spots: Sequence[tuple[int, float]]
) -> tuple[np.ndarray, np.ndarray]:
    """Travel between spots (row of the layer, share of its length) that lie on straight roads.

    A search with a queue over end points and spots, road by road; inf where there is no way.
    """
    graph: dict[Any, list[tuple[Any, float, float]]] = defaultdict(list)
    speed = profile.speeds(layer)
    for row, shape in enumerate(layer.geometry):
        stops = sorted([(0.0, shape.coords[0]), (1.0, shape.coords[-1])])
        stops += [(share, ("spot", n)) for n, (road, share) in enumerate(spots) if road == row]
        stops.sort(key=lambda stop: stop[0])
        metres = GEOD.geometry_length(shape)
        for (low, one), (high, other) in pairwise(stops):
            step = metres * (high - low)
            for kmh, pair in ((speed.forward, (one, other)), (speed.backward, (other, one))):
                if kmh[row] > 0:
                    graph[pair[0]].append((pair[1], step / kmh[row] * 0.06, step))
    found = [_search(graph, ("spot", n), len(spots)) for n in range(len(spots))]
    return np.array([row[0] for row in found]), np.array([row[1] for row in found])


def _search(graph: Any, start: Any, count: int) -> tuple[list[float], list[float]]:
    best: dict[Any, tuple[float, float]] = {}
    queue: list[tuple[float, float, int, Any]] = [(0.0, 0.0, 0, start)]
    number = 0
    while queue:
        minutes, metres, _, node = heapq.heappop(queue)
        if node in best:
            continue
        best[node] = minutes, metres
        for other, cost, step in graph[node]:
            number += 1
            heapq.heappush(queue, (minutes + cost, metres + step, number, other))
    ends = [best.get(("spot", n), (np.inf, np.inf)) for n in range(count)]
    return [end[0] for end in ends], [end[1] for end in ends]
