"""What is reached within a limit: isochrones along the roads, and the ground beside them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import geopandas as gpd
import numpy as np
import shapely
from scipy.sparse import csr_matrix, hstack, vstack
from scipy.sparse.csgraph import dijkstra
from shapely.ops import substring

from geo.crs import Floats, Geometries, from_local
from geo.errors import ParameterError
from geo.network.engine import graph_matrix
from geo.network.network import RoadNetwork
from geo.network.noding import Integers
from geo.network.snapping import Snapped, point_coordinates
from geo.text import Text

__all__ = ["CORRIDOR_M", "Reach", "reach"]

CORRIDOR_M = 250.0
"""Ground this far from a road that is reached counts as reached (decision)."""


@dataclass(frozen=True, slots=True, eq=False)
class Reach:
    """What the nearest of several places reaches.

    ``areas``: a row per limit, ``limit`` (minutes, or m for a network of distances), ``road_m``
    (length of road within it) and ``geometry`` (MultiPolygon, EPSG:4326; each area holds those
    of smaller limits). ``unreached`` are the rows of places that no road reaches.
    """

    areas: gpd.GeoDataFrame
    unreached: tuple[int, ...]


class _Stretches(NamedTuple):
    """Parts of edges, from share to share of their length."""

    edge: Integers
    begin: Floats
    end: Floats


def reach(
    network: RoadNetwork,
    places: Any,
    limits: Sequence[float],
    *,
    toward: bool = False,
    corridor_m: float = CORRIDOR_M,
) -> Reach:
    """The ground that is reached from any of the places within each limit.

    ``limits`` are minutes, or metres where the network's objective is distance. ``toward`` True
    asks for the ground from which a place is reached, which differs on one-way roads.
    ``corridor_m``: how far from the road the ground counts.

    >>> from geo.network.network import RoadNetwork
    >>> roads = gpd.GeoDataFrame(geometry=shapely.from_wkt(["LINESTRING (100 15, 100.04 15)"]),
    ...                          crs=4326)
    >>> found = reach(RoadNetwork.build(roads, "walk"), [[100.02, 15]], [20])
    >>> round(found.areas["road_m"][0])
    3000

    Raises ParameterError for a limit or corridor that is not above zero.
    """
    if not limits or min(limits) <= 0 or not corridor_m > 0:
        raise ParameterError(
            "limit_invalid",
            Text("ขีดจำกัดและระยะข้างถนนต้องมากกว่า 0", "Limits and corridor must be above zero"),
        )
    unit = 60.0 if network.objective == "time" else 1.0
    spots = network.snapping.snap(point_coordinates(places))
    reached = spots.take(spots.reached)
    off_road = _off_road_cost(network, reached)
    costs = _node_costs(network, reached, off_road, max(limits) * unit, toward=toward)
    rows = []
    for limit in limits:
        found = _stretches(network, costs, limit * unit, toward=toward)
        found = _with_spots(network, found, reached, off_road, limit * unit, toward=toward)
        lines, metres = _lines(network, found)
        rows.append({"limit": limit, "road_m": metres, "geometry": _area(lines, corridor_m)})
    areas = gpd.GeoDataFrame(rows, geometry="geometry", crs=4326)
    origin = np.tile(network.topology.origin, (len(areas), 1))
    areas["geometry"] = from_local(np.asarray(areas.geometry.array, dtype=object), origin)
    return Reach(areas, tuple(np.flatnonzero(~spots.reached).tolist()))


def _off_road_cost(network: RoadNetwork, spots: Snapped) -> Floats:
    if network.objective == "time":
        return spots.offset_m / (network.profile.off_road_kmh / 3.6)
    return spots.offset_m


def _node_costs(
    network: RoadNetwork, spots: Snapped, off_road: Floats, limit: float, *, toward: bool
) -> Floats:
    """Cost from the nearest place to each node (or back), inf beyond the limit."""
    topology, arcs = network.topology, network.arcs
    n = len(topology.nodes)
    if not n or not len(spots):
        return np.full(n, np.inf)
    graph, _ = graph_matrix(topology.tail, topology.head, arcs.first, n)
    access = arcs.arriving(spots) if toward else arcs.leaving(spots)
    cost = access.first + off_road[:, None]
    entry = np.full(n, np.inf)
    np.minimum.at(entry, access.node.ravel(), cost.ravel())
    # One more node that leads to all entries stands for all places at once.
    doors = np.flatnonzero(np.isfinite(entry))
    row = csr_matrix((entry[doors] + 1e-9, (np.zeros(len(doors), int), doors)), shape=(1, n))
    graph = vstack([graph.T if toward else graph, row])
    graph = csr_matrix(hstack([graph, csr_matrix((n + 1, 1))]))
    return np.asarray(dijkstra(graph, indices=n, limit=limit + 1e-6)[:n])


def _stretches(network: RoadNetwork, costs: Floats, limit: float, *, toward: bool) -> _Stretches:
    """The parts of edges that are entered from their ends before the limit."""
    topology, arcs = network.topology, network.arcs
    m = len(topology.lines)
    forward, backward = arcs.first[:m], arcs.first[m : 2 * m]
    ahead, behind = (topology.end, topology.start) if toward else (topology.start, topology.end)
    from_start = _share(limit - costs[behind if toward else ahead], backward if toward else forward)
    from_end = _share(limit - costs[ahead if toward else behind], forward if toward else backward)
    whole = from_start + from_end >= 1
    edge = np.arange(m)
    some_start, some_end = ~whole & (from_start > 0), ~whole & (from_end > 0)
    return _Stretches(
        np.concatenate([edge[whole], edge[some_start], edge[some_end]]),
        np.concatenate([np.zeros(whole.sum() + some_start.sum()), 1 - from_end[some_end]]),
        np.concatenate([np.ones(whole.sum()), from_start[some_start], np.ones(some_end.sum())]),
    )


def _share(left: Floats, cost: Floats) -> Floats:
    """How much of an edge can be gone with what is left."""
    known = np.isfinite(left) & (left > 0) & np.isfinite(cost)
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(known, np.minimum(left / cost, 1.0), 0.0)


def _with_spots(
    network: RoadNetwork,
    found: _Stretches,
    spots: Snapped,
    off_road: Floats,
    limit: float,
    *,
    toward: bool,
) -> _Stretches:
    """The parts beside the places themselves, which no end of their edge may reach in time."""
    if not len(spots):
        return found
    m = len(network.topology.lines)
    left = limit - off_road
    ahead = _share(left, network.arcs.first[spots.edge])
    back = _share(left, network.arcs.first[spots.edge + m])
    if toward:
        ahead, back = back, ahead
    return _Stretches(
        np.concatenate([found.edge, spots.edge]),
        np.concatenate([found.begin, (spots.share - back).clip(0, 1)]),
        np.concatenate([found.end, (spots.share + ahead).clip(0, 1)]),
    )


def _lines(network: RoadNetwork, found: _Stretches) -> tuple[Geometries, float]:
    """Lines in the plane, and how long they are together on the ground, nothing counted twice."""
    order = np.lexsort((found.begin, found.edge))
    edge, begin, end = found.edge[order], found.begin[order], found.end[order]
    # Along each edge, a stretch counts from where the ones before it have ended.
    first = np.diff(edge, prepend=-1) != 0
    lift = 2.0 * (np.cumsum(first) - 1)
    before = np.maximum.accumulate(np.concatenate([[0.0], (end + lift)[:-1]]))
    begin = np.maximum(begin, np.where(first, 0.0, before - lift))
    keep = end - begin > 1e-12
    edge, begin, end = edge[keep], begin[keep], end[keep]
    lines = network.topology.plane_lines[edge]
    part = (begin > 0) | (end < 1)
    lines[part] = [
        substring(line, a, b, normalized=True)
        for line, a, b in zip(lines[part], begin[part], end[part], strict=True)
    ]
    return lines, float((network.topology.length_m[edge] * (end - begin)).sum())


def _area(lines: Geometries, corridor_m: float) -> shapely.MultiPolygon:
    """The ground on both sides of lines."""
    grown = shapely.union_all(shapely.buffer(lines, corridor_m, quad_segs=4))
    smooth = shapely.simplify(grown, corridor_m / 50)
    return shapely.MultiPolygon([p for p in shapely.get_parts(smooth) if p.geom_type == "Polygon"])
