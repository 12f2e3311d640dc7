"""Shortest ways on a directed graph with whole-number weights, by two independent engines.

Customizable contraction hierarchies (pyroutingkit; Dibbelt, Strasser, Wagner 2016) answer in
microseconds after a preparation that does not depend on the weights. Dijkstra's algorithm (SciPy)
needs no preparation; it takes over where pyroutingkit is not installed, and is the check.
"""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from scipy.sparse import csr_matrix
from scipy.sparse.csgraph import dijkstra

from geo.crs import Floats
from geo.network.noding import Integers

try:
    import pyroutingkit
except ImportError:  # no wheel for this platform
    pyroutingkit = None

__all__ = ["NO_WAY", "DijkstraEngine", "Engine", "Hierarchy", "HierarchyEngine", "graph_matrix"]

NO_WAY = 2**31 - 1
"""The weight of an arc that may not be used; weights and sums of weights stay below it."""


class Engine(Protocol):
    """Ways on one graph with one set of weights."""

    def weights(self, sources: Integers, targets: Integers) -> Floats:
        """The least weight from every source node to every target node, (n, m); inf for none."""

    def arcs(self, source: int, target: int) -> Integers | None:
        """The arcs of a least way from node to node; None where there is none."""


class Hierarchy:
    """The prepared order of a graph's nodes; independent of weights, so that all profiles share it.

    ``tail`` and ``head`` are the nodes of n arcs, ``nodes`` (k, 2) longitudes and latitudes.
    """

    def __init__(self, prepared: Any) -> None:
        self.prepared = prepared

    @classmethod
    def build(cls, tail: Integers, head: Integers, nodes: Floats) -> Hierarchy | None:
        """Prepare a graph; None without pyroutingkit or without arcs."""
        if pyroutingkit is None or not len(tail):
            return None
        prepared = pyroutingkit.CCHTopology()
        # The library reads memory as it lies: a column of a wider array would give it wrong places,
        # and an order of nodes that is right but a hundred times slower.
        lon, lat = np.ascontiguousarray(nodes.T, dtype=np.float32)
        prepared.build(tail.astype(np.uint32), head.astype(np.uint32), lat, lon, len(nodes))
        return cls(prepared)

    def save(self, folder: Path) -> None:
        """Write the order into a folder."""
        folder.mkdir(parents=True, exist_ok=True)
        self.prepared.save(str(folder))

    @classmethod
    def load(cls, folder: Path) -> Hierarchy | None:
        """Read what :meth:`save` wrote; None without pyroutingkit or without the folder."""
        if pyroutingkit is None or not folder.is_dir():
            return None
        prepared = pyroutingkit.CCHTopology()
        prepared.load(str(folder))
        return cls(prepared)


class HierarchyEngine:
    """Ways by contraction hierarchy."""

    def __init__(self, hierarchy: Hierarchy, weights: Integers) -> None:
        self._metric = pyroutingkit.CCHMetric(hierarchy.prepared)
        self._metric.customize(weights.astype(np.uint32))
        self._lock = threading.Lock()

    def weights(self, sources: Integers, targets: Integers) -> Floats:
        """The least weight from every source node to every target node, (n, m); inf for none."""
        if not len(sources) or not len(targets):
            return np.zeros((len(sources), len(targets)))
        with self._lock:
            found = self._metric.distances_many_to_many(
                sources.astype(np.uint32), targets.astype(np.uint32)
            )
        return np.where(found >= NO_WAY, np.inf, found.astype(float))

    def arcs(self, source: int, target: int) -> Integers | None:
        """The arcs of a least way from node to node; None where there is none."""
        if source == target:
            return np.zeros(0, dtype=np.int64)
        with self._lock:
            weight, _, arcs = self._metric.query(source, target)
        return None if weight >= NO_WAY else np.asarray(arcs, dtype=np.int64)


class DijkstraEngine:
    """Ways by Dijkstra's algorithm."""

    def __init__(self, tail: Integers, head: Integers, weights: Integers, nodes: int) -> None:
        self.graph, self._arc = graph_matrix(tail, head, weights, nodes)

    def weights(self, sources: Integers, targets: Integers) -> Floats:
        """The least weight from every source node to every target node, (n, m); inf for none."""
        if not len(sources) or not len(targets):
            return np.zeros((len(sources), len(targets)))
        rows = [dijkstra(self.graph, indices=[node])[0][targets] for node in sources.tolist()]
        return np.array(rows)

    def arcs(self, source: int, target: int) -> Integers | None:
        """The arcs of a least way from node to node; None where there is none."""
        weight, before = dijkstra(self.graph, indices=source, return_predecessors=True)
        if not np.isfinite(weight[target]):
            return None
        found = []
        while target != source:
            node = int(before[target])
            found.append(self._between(node, target))
            target = node
        return np.array(found[::-1], dtype=np.int64)

    def _between(self, tail: int, head: int) -> int:
        row = slice(self.graph.indptr[tail], self.graph.indptr[tail + 1])
        place = np.flatnonzero(self.graph.indices[row] == head)[0]
        return int(self._arc[row][place])


def graph_matrix(
    tail: Integers, head: Integers, weights: Any, nodes: int
) -> tuple[csr_matrix, Integers]:
    """The graph as a sparse matrix, and for each of its entries the arc it stands for.

    Of parallel arcs the lightest stays; arcs of NO_WAY (or inf) and loops are left out.

    >>> graph, arc = graph_matrix(np.array([0, 0]), np.array([1, 1]), np.array([5, 3]), 2)
    >>> graph.toarray().tolist(), arc.tolist()
    ([[0.0, 3.0], [0.0, 0.0]], [1])
    """
    weights = np.asarray(weights, dtype=float)
    usable = np.flatnonzero((weights < NO_WAY) & (tail != head))
    order = usable[np.lexsort((weights[usable], head[usable], tail[usable]))]
    pair = tail[order] * np.int64(nodes) + head[order]
    order = order[np.diff(pair, prepend=-1) != 0]
    starts = np.searchsorted(tail[order], np.arange(nodes + 1))
    graph = csr_matrix((weights[order], head[order], starts), shape=(nodes, nodes))
    return graph, order
