"""Travel matrices on a road network: contraction hierarchies against SciPy's Dijkstra."""

from __future__ import annotations

from importlib.metadata import version

import geopandas as gpd
import numpy as np
import shapely

from geo.network import RoadNetwork, Topology
from tests.bench.data import Sizes
from tests.bench.measure import rates, stopwatch
from tests.bench.report import Section, Table, factor, figure

__all__ = ["country", "measure"]

PLACES = 100
TARGET_S = 0.1
STEP = 0.005  # degrees between neighbouring junctions, some 550 m
KEPT = 0.72  # of the links of a full grid: 1.4 roads for each junction, as in real networks
CLASSES = np.array(["highway", "rural_road", "local_road", "street", "track"])


def country(nodes: int, seed: int = 1) -> gpd.GeoDataFrame:
    """Roads between neighbouring junctions of an uneven grid, a part of the links missing."""
    rng = np.random.default_rng(seed)
    side = round(nodes**0.5)
    row, column = np.divmod(np.arange(side * side), side)
    spread = rng.uniform(-0.4, 0.4, (side * side, 2))
    points = np.array([99.0, 14.0]) + STEP * (np.column_stack([column, row]) + spread)
    number = np.arange(side * side).reshape(side, side)
    across = np.column_stack([number[:, :-1].ravel(), number[:, 1:].ravel()])
    upward = np.column_stack([number[:-1].ravel(), number[1:].ravel()])
    pairs = np.concatenate([across, upward])
    pairs = pairs[rng.random(len(pairs)) < KEPT]
    return gpd.GeoDataFrame(
        {
            "road_class": rng.choice(CLASSES, len(pairs), p=[0.05, 0.2, 0.35, 0.3, 0.1]),
            "oneway": np.where(rng.random(len(pairs)) < 0.05, "forward", "both"),
        },
        geometry=shapely.linestrings(points[pairs]),
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
