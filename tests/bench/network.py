"""Travel matrices on a road network: contraction hierarchies against SciPy's Dijkstra."""

from __future__ import annotations

from importlib.metadata import version

import geopandas as gpd
import numpy as np
import shapely
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import minimum_spanning_tree
from scipy.spatial import Delaunay

from geo.network import RoadNetwork, Topology
from tests.bench.data import Sizes
from tests.bench.measure import rates, stopwatch
from tests.bench.report import Section, Table, factor, figure

__all__ = ["country", "measure"]

PLACES = 100
TARGET_S = 0.1
DENSITY = 2.0  # junctions on a square kilometre
CLASSES = np.array(["highway", "rural_road", "local_road", "street", "track"])


def country(nodes: int, seed: int = 1) -> gpd.GeoDataFrame:
    """Roads between random places: a tree that joins all, and part of the other short links.

    The links are those of a Gabriel graph; 1.3 roads for each junction, as in rural networks.
    """
    rng = np.random.default_rng(seed)
    side = np.sqrt(nodes / DENSITY) / 111.0  # degrees
    points = np.column_stack([rng.uniform(99, 99 + side, nodes), rng.uniform(14, 14 + side, nodes)])
    corners = Delaunay(points).simplices
    pairs = np.sort(np.concatenate([corners[:, [0, 1]], corners[:, [1, 2]], corners[:, [0, 2]]]))
    pairs = np.unique(pairs, axis=0)
    middle = points[pairs].mean(axis=1)
    length = np.hypot(*(points[pairs[:, 0]] - points[pairs[:, 1]]).T)
    near = shapely.STRtree(shapely.points(points)).query_nearest(shapely.points(middle))
    least = np.full(len(pairs), np.inf)
    np.minimum.at(least, near[0], np.hypot(*(points[near[1]] - middle[near[0]]).T))
    gabriel = least >= length / 2 * (1 - 1e-9)
    tree = minimum_spanning_tree(coo_matrix((length, pairs.T), shape=(nodes, nodes))).tocoo()
    joined = np.sort(np.column_stack([tree.row, tree.col]))
    kept = pairs[gabriel & (rng.random(len(pairs)) < 0.35)]
    roads = np.unique(np.concatenate([joined, kept]), axis=0)
    return gpd.GeoDataFrame(
        {
            "road_class": rng.choice(CLASSES, len(roads), p=[0.05, 0.2, 0.35, 0.3, 0.1]),
            "oneway": np.where(rng.random(len(roads)) < 0.05, "forward", "both"),
        },
        geometry=shapely.linestrings(points[roads]),
        crs=4326,
    )


def measure(sizes: Sizes) -> Section:
    """Prepare a network and ask for matrices of 100 x 100 places, with both engines."""
    section = Section("Road network", "python -m tests.bench network")
    section.versions = {name: version(name) for name in ("pyroutingkit", "scipy")}
    roads = country(sizes.ponds)
    with stopwatch() as joining:
        topology = Topology.build(roads)
    network = RoadNetwork(topology)
    with stopwatch() as ordering:
        assert network.hierarchy is not None
    rng = np.random.default_rng(2)
    pick = rng.integers(0, len(topology.lines), (2, PLACES))
    share = rng.uniform(0, 1, (2, PLACES))
    spots = shapely.line_interpolate_point(topology.lines[pick], share, normalized=True)
    with stopwatch() as first:
        found = network.matrix(*spots)
    slow = RoadNetwork(topology, engine="dijkstra")
    check = slow.matrix(*spots)
    same = np.array_equal(found.minutes, check.minutes)
    section.tables += [
        _prepared(topology, joining.seconds, ordering.seconds, first.seconds),
        _matrices(network, slow, spots, sizes.rounds),
    ]
    section.notes += [
        f"Both engines give {'the same' if same else 'DIFFERENT'} minutes for all "
        f"{PLACES * PLACES:,} pairs; {int(found.estimated.sum())} of them have no way.",
        f"The target is {TARGET_S} s for a matrix after preparation.",
    ]
    return section


def _prepared(topology: Topology, joining: float, ordering: float, first: float) -> Table:
    return Table(
        f"Preparation of {len(topology.nodes):,} junctions, {len(topology.lines):,} roads",
        ("Step", "time"),
        [
            ["join the lines", figure(joining, "s")],
            ["order the junctions (once for all profiles)", figure(ordering, "s")],
            ["weights of a profile, tree of its roads, first matrix", figure(first, "s")],
        ],
    )


def _matrices(network: RoadNetwork, slow: RoadNetwork, spots: np.ndarray, rounds: int) -> Table:
    nodes = np.random.default_rng(3).integers(0, len(network.topology.nodes), (2, PLACES))
    works = {
        "times between junctions": lambda net: net._least.weights(*nodes),
        "times and distances between places": lambda net: net.matrix(*spots),
        "one way with its line": lambda net: net.path(spots[0, 0], spots[1, 0]),
    }
    rows = []
    for name, work in works.items():
        seconds = []
        for net, times in ((network, rounds), (slow, 1)):
            rate = rates({name: work}, [net], times)[name]
            seconds.append(1 / rate)
        rows.append(
            [name, figure(seconds[0], "s"), figure(seconds[1], "s"), factor(seconds[1], seconds[0])]
        )
    return Table(
        f"A matrix of {PLACES} x {PLACES}, and single questions",
        ("Question", "hierarchy", "SciPy", "SciPy / hierarchy"),
        rows,
    )
