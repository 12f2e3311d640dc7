"""Feeder channels (คลองไส้ไก่) of a layout: short ways from the pond into the zones (H12)."""

from __future__ import annotations

import heapq
from collections.abc import Sequence

import numpy as np
import shapely
from shapely import LineString, Point
from shapely.geometry.base import BaseGeometry

from geo.layout.cuts import polygon_parts, rings

__all__ = ["connected", "feeder_lines", "shortest_way"]

TOUCH_M = 1e-6
MOST_BENDS = 80  # corners that a way may bend at; beyond, the smallest ones are left out


def shortest_way(start: Point, goals: BaseGeometry, ground: BaseGeometry) -> LineString | None:
    """The shortest line over ``ground`` from a point to ``goals``; None where there is none.

    It bends at reentrant corners of the ground (visibility graph, Dijkstra).

    >>> bent = shapely.box(0, 0, 9, 3).union(shapely.box(0, 0, 3, 9))
    >>> shortest_way(Point(8, 2), Point(2, 8), bent).wkt
    'LINESTRING (8 2, 3 3, 2 8)'
    """
    passable = ground.buffer(10 * TOUCH_M)
    shapely.prepare(passable)
    straight = LineString(shapely.shortest_line(start, goals))
    if passable.covers(straight):
        return straight
    corners = _reentrant(ground)
    nodes = np.vstack([shapely.get_coordinates(start), corners])
    if len(nodes) < 2:
        return None
    ends = shapely.get_coordinates(shapely.shortest_line(shapely.points(nodes), goals))
    exits = _open(nodes, ends.reshape(-1, 2, 2)[:, 1], passable)
    first, second = np.triu_indices(len(nodes), 1)
    metres = np.full((len(nodes), len(nodes)), np.inf)
    metres[first, second] = _open(nodes[first], nodes[second], passable)
    metres = np.minimum(metres, metres.T)
    path = _dijkstra(metres, exits)
    if path is None:
        return None
    return LineString([*nodes[path], ends.reshape(-1, 2, 2)[path[-1], 1]])


def _open(start: np.ndarray, end: np.ndarray, passable: BaseGeometry) -> np.ndarray:
    """Lengths of straight ways (n,), inf where they leave the ground."""
    lines = shapely.linestrings(np.stack([start, end], axis=1))
    return np.where(shapely.covers(passable, lines), shapely.length(lines), np.inf)


def _reentrant(ground: BaseGeometry) -> np.ndarray:
    """Corners of the ground that a shortest way can bend at, (n, 2)."""
    found = []
    for ring in rings(ground):
        points = shapely.get_coordinates(ring)[:-1]
        ahead, behind = np.roll(points, -1, axis=0) - points, points - np.roll(points, 1, axis=0)
        turn = behind[:, 0] * ahead[:, 1] - behind[:, 1] * ahead[:, 0]
        scale = np.hypot(*ahead.T) * np.hypot(*behind.T)
        sharp = turn / np.where(scale > 0, scale, 1)
        found += [(s, x, y) for s, (x, y) in zip(sharp, points, strict=True) if s < -1e-6]
    found.sort()
    return np.array([(x, y) for _, x, y in found[:MOST_BENDS]]).reshape(-1, 2)


def _dijkstra(metres: np.ndarray, exits: np.ndarray) -> list[int] | None:
    """Nodes from 0 to the one whose exit makes the whole way shortest."""
    best = {0: 0.0}
    before: dict[int, int] = {}
    queue = [(0.0, 0)]
    end, whole = None, np.inf
    while queue:
        gone, node = heapq.heappop(queue)
        if gone > best[node] or gone >= whole:
            continue
        if gone + exits[node] < whole:
            end, whole = node, gone + exits[node]
        for other in np.flatnonzero(np.isfinite(metres[node])).tolist():
            there = gone + metres[node, other]
            if there < best.get(other, np.inf):
                best[other], before[other] = there, node
                heapq.heappush(queue, (there, other))
    if end is None:
        return None
    path = [end]
    while path[-1] in before:
        path.append(before[path[-1]])
    return path[::-1]


def feeder_lines(
    rim: BaseGeometry, zones: Sequence[BaseGeometry], ground: BaseGeometry
) -> list[LineString] | None:
    """Centre lines from the rim to the middle of each zone, over ``ground``; None: no way.

    A line starts at the rim or at an earlier line. Of a zone in several parts one must be
    reached, and the others are where there is a way.

    >>> pond, rice = shapely.box(0, 0, 9, 9), shapely.box(0, 10, 9, 20)
    >>> [line.wkt for line in feeder_lines(pond, [rice], shapely.box(0, 0, 9, 20))]
    ['LINESTRING (4.5 9, 4.5 15)']
    """
    dry = ground.difference(rim)
    lines: list[LineString] = []
    for zone in sorted(zones, key=lambda zone: (round(zone.distance(rim), 3), -zone.area)):
        reached = False
        for part in polygon_parts(zone.intersection(dry), 1.0):
            source = shapely.union_all([rim.boundary, *lines])
            line = shortest_way(_middle(part), source, dry)
            if line is not None and line.length > TOUCH_M:
                lines.append(line.reverse())
                reached = True
        if not reached:
            return None
    return lines


def _middle(zone: BaseGeometry) -> Point:
    """The centroid where it is well inside, else the point farthest from the edge."""
    centroid = zone.centroid
    if zone.contains(centroid) and centroid.distance(zone.boundary) > 0.15 * zone.area**0.5:
        return centroid
    circle = shapely.maximum_inscribed_circle(zone, 0.02 * zone.area**0.5)
    return Point(shapely.get_point(circle, 0))


def connected(rim: BaseGeometry, lines: Sequence[LineString]) -> bool:
    """Whether rim and lines are one network."""
    near = shapely.union_all([shape.buffer(TOUCH_M * 100) for shape in (rim.boundary, *lines)])
    return near.geom_type == "Polygon"
