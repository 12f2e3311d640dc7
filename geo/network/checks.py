"""Is the network sound: unconnected parts, dead ends that nearly touch, crossings not joined."""

from __future__ import annotations

from typing import NamedTuple

import geopandas as gpd
import numpy as np
import shapely

from geo.crs import from_local
from geo.network.network import RoadNetwork
from geo.network.snapping import FRAGMENT_M, parts_of
from geo.network.topology import Topology

__all__ = ["NEAR_M", "Connection", "connection", "crossings", "near_misses"]

NEAR_M = 20.0
"""A dead end this near to another road may be a gap in the data (decision)."""


class Connection(NamedTuple):
    """How connected a network is for its profile, in m of road.

    ``main_m``: the largest part within which every place is reached from every other and back;
    ``fragments``: parts shorter than 1 km; ``one_way_only_m``: road between or outside parts.
    """

    usable_m: float
    main_m: float
    parts: int
    fragments: int
    one_way_only_m: float

    @property
    def main_share(self) -> float:
        """Share of the usable length that is in the largest part; nan without roads."""
        return self.main_m / self.usable_m if self.usable_m else float("nan")


def connection(network: RoadNetwork) -> Connection:
    """Measure how connected the network is.

    >>> roads = shapely.from_wkt(["LINESTRING (100 15, 100.1 15)", "LINESTRING (101 15, 101.3 15)"])
    >>> found = connection(RoadNetwork.build(gpd.GeoDataFrame(geometry=roads, crs=4326)))
    >>> found.parts, round(found.main_share, 2)
    (2, 0.75)
    """
    topology, usable = network.topology, network.arcs.edges_usable
    part, length = parts_of(topology, network.arcs)
    roads = length[np.unique(part[part >= 0])]
    return Connection(
        float(topology.length_m[usable].sum()),
        float(roads.max(initial=0.0)),
        len(roads),
        int((roads < FRAGMENT_M).sum()),
        float(topology.length_m[usable & (part < 0)].sum()),
    )


def near_misses(topology: Topology, near_m: float = NEAR_M) -> gpd.GeoDataFrame:
    """Dead ends that nearly touch another road: a point each (EPSG:4326), nearest gap first.

    Columns ``road`` (row of the road layer), ``other``, ``gap_m``. Roads with which the dead end
    already has a junction do not count.

    >>> roads = shapely.from_wkt(["LINESTRING (100 15, 100.02 15)",
    ...                           "LINESTRING (100.01 15.0001, 100.01 15.02)"])
    >>> found = near_misses(Topology.build(gpd.GeoDataFrame(geometry=roads, crs=4326)))
    >>> found["gap_m"].round(1).tolist()
    [11.0]
    """
    ends = np.concatenate([topology.start, topology.end])
    edge = np.tile(np.arange(len(topology.lines)), 2)
    # An end with a barrier is meant to be one: it has a gate as its second neighbour.
    degree = np.bincount(np.concatenate([ends, topology.gates.ravel()]), minlength=1)
    loose = np.flatnonzero(degree[ends] == 1)
    points = topology.plane(shapely.points(topology.nodes[ends[loose]]))
    place, other = shapely.STRtree(topology.plane_lines).query(points, "dwithin", near_m)
    own = edge[loose[place]]
    neighbour = np.array(
        [
            bool({topology.start[a], topology.end[a]} & {topology.start[b], topology.end[b]})
            for a, b in zip(own.tolist(), other.tolist(), strict=True)
        ],
        dtype=bool,
    )
    place, other = place[~neighbour], other[~neighbour]
    gap = shapely.distance(points[place], topology.plane_lines[other])
    order = np.argsort(gap, kind="stable")
    _, first = np.unique(place[order], return_index=True)
    chosen = order[np.sort(first)]
    where = from_local(points[place[chosen]], np.tile(topology.origin, (len(chosen), 1)))
    return gpd.GeoDataFrame(
        {
            "road": topology.road[edge[loose[place[chosen]]]],
            "other": topology.road[other[chosen]],
            "gap_m": gap[chosen],
        },
        geometry=where,
        crs=4326,
    )


def crossings(topology: Topology) -> int:
    """How many pairs of edges cross without a junction, bridges left out.

    Many of them mean that the layer's lines are not cut at its crossings.

    >>> cross = shapely.from_wkt(["LINESTRING (100 15, 100.1 15)",
    ...                           "LINESTRING (100.05 14.9, 100.05 15.1)"])
    >>> crossings(Topology.build(gpd.GeoDataFrame(geometry=cross, crs=4326)))
    1
    """
    bridge = topology.roads["bridge"].fillna(False).to_numpy(dtype=bool)[topology.road]
    ground = topology.lines[~bridge]
    one, other = shapely.STRtree(ground).query(ground, "crosses")
    return int((one < other).sum())
