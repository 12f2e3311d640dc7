"""Ways over the demo's roads, for the lines of its tour routes."""

from __future__ import annotations

from heapq import heappop, heappush

import shapely
from shapely import LineString, Point

from sample_data.frame import ground
from sample_data.network import Road

__all__ = ["Ways"]

Node = tuple[float, float]


class Ways:
    """Shortest ways over roads; one-way streets are kept."""

    def __init__(self, roads: list[Road]) -> None:
        self.out: dict[Node, list[tuple[float, Node, list[Node]]]] = {}
        for road in roads:
            xy = [(float(x), float(y)) for x, y in road.line.coords]
            length = ground(road.line).length
            self.out.setdefault(xy[0], []).append((length, xy[-1], xy))
            self.out.setdefault(xy[-1], [])
            if not road.oneway:
                self.out[xy[-1]].append((length, xy[0], xy[::-1]))
        self.nodes = sorted(self.out)
        self.tree = shapely.STRtree([Point(node) for node in self.nodes])

    def way(self, start: Point, end: Point) -> tuple[LineString, float]:
        """The shortest way between the crossings nearest to two points: line, length in m."""
        first, last = (self.nodes[int(self.tree.nearest(p))] for p in (start, end))
        best: dict[Node, float] = {first: 0.0}
        came: dict[Node, tuple[Node, list[Node]]] = {}
        queue = [(0.0, first)]
        while queue:
            cost, node = heappop(queue)
            if node == last:
                break
            for length, other, line in self.out[node]:
                if cost + length < best.get(other, float("inf")):
                    best[other] = cost + length
                    came[other] = node, line
                    heappush(queue, (cost + length, other))
        xy: list[Node] = [last]
        while xy[0] != first:
            before, line = came[xy[0]]
            xy = [*line[:-1], *xy]
            if xy[0] != before:
                raise AssertionError(before)
        return LineString(xy if len(xy) > 1 else [first, first]), best[last]
