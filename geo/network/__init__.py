"""Road networks: lines in; times, distances, ways and reach for a vehicle out.

``Topology`` joins lines into junctions and edges, once for all vehicles. ``Profile`` says where a
vehicle may go and how fast. ``RoadNetwork`` answers questions for one profile on one topology.
Nothing here knows a database: roads are a GeoDataFrame, places are points in EPSG:4326.
"""

from __future__ import annotations

from geo.network.checks import Connection, connection, crossings, near_misses
from geo.network.estimate import ESTIMATE_KMH, Estimate, straight_line
from geo.network.network import Path, PathLeg, RoadNetwork, TravelMatrix
from geo.network.profiles import PROFILES, ROAD_COLUMNS, Profile
from geo.network.reach import Reach, reach
from geo.network.topology import Topology, TopologyReport

__all__ = [
    "ESTIMATE_KMH",
    "PROFILES",
    "ROAD_COLUMNS",
    "Connection",
    "Estimate",
    "Path",
    "PathLeg",
    "Profile",
    "Reach",
    "RoadNetwork",
    "Topology",
    "TopologyReport",
    "TravelMatrix",
    "connection",
    "crossings",
    "near_misses",
    "reach",
    "straight_line",
]
