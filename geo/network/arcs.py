"""What it costs a profile to go along each arc, and from points on edges to their ends."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from geo.crs import Floats
from geo.network.engine import NO_WAY
from geo.network.noding import Integers
from geo.network.profiles import Profile
from geo.network.topology import Topology

if TYPE_CHECKING:
    from geo.network.snapping import Snapped

__all__ = ["Access", "Along", "Arcs", "Objective"]

Objective = Literal["time", "distance"]

DECIDING_SHARE = 1 / 2000
"""How much the second measure weighs against the first: of two ways that are within this share
equally fast, the shorter is taken."""

ROOM = 0.95 * NO_WAY  # what the longest way may weigh


class Access(NamedTuple):
    """Two ways between each of n points and nodes, (n, 2): node, cost and the other measure.

    The cost is infinite where the way may not be gone; the node is then one of the edge's.
    """

    node: Integers
    first: Floats
    second: Floats


class Along(NamedTuple):
    """Going along one edge from point to point, (n, m); infinite where the points share none."""

    first: Floats
    second: Floats


class Arcs:
    """Costs of the arcs of a topology (in the order of ``Topology.tail``) for one profile.

    ``seconds`` and ``metres`` are infinite and true lengths where an arc may not be used;
    ``first`` is what is made least and ``second`` the other measure.
    """

    def __init__(self, topology: Topology, profile: Profile, objective: Objective) -> None:
        self.topology = topology
        speed = profile.speeds(topology.roads)
        kmh = np.concatenate([speed.forward[topology.road], speed.backward[topology.road]])
        with np.errstate(divide="ignore"):
            on_roads = np.tile(topology.length_m, 2) / (kmh / 3.6)
        gates = np.where(profile.passes(topology.gate_kind), 0.0, np.inf)
        self.seconds: Floats = np.concatenate([on_roads, gates, gates])
        self.metres: Floats = np.concatenate(
            [np.tile(topology.length_m, 2), np.zeros(2 * len(gates))]
        )
        self.usable: NDArray[np.bool_] = np.isfinite(self.seconds)
        closed_metres = np.where(self.usable, self.metres, np.inf)
        fastest = objective == "time"
        self.first: Floats = self.seconds if fastest else closed_metres
        self.second: Floats = self.metres if fastest else self.seconds

    @property
    def edges_usable(self) -> NDArray[np.bool_]:
        """Whether each edge may be used in one direction at least."""
        m = len(self.topology.lines)
        return np.asarray(self.usable[:m] | self.usable[m : 2 * m])

    @cached_property
    def scale(self) -> float:
        """Units of weight in a second (or metre): as fine as the longest way allows.

        The longest way is taken to be twice the diagonal of the network and 20 km, at the pace
        that nine tenths of its length are faster than (decision).
        """
        used = self.usable & (self.metres > 0)
        if not used.any():
            return 1.0
        west, south = self.topology.nodes.min(axis=0)
        east, north = self.topology.nodes.max(axis=0)
        width = (east - west) * np.cos(np.radians((south + north) / 2))
        longest = 2 * 111_320 * float(np.hypot(width, north - south)) + 20_000
        pace = self.first[used] / self.metres[used]
        order = np.argsort(pace)
        covered = np.cumsum(self.metres[used][order])
        slow = pace[order][np.searchsorted(covered, 0.9 * covered[-1])]
        return float(min(ROOM / (longest * slow), 1e6))

    @cached_property
    def other_scale(self) -> float:
        """Units of weight in a metre (or second) of the other measure."""
        used = self.usable & (self.metres > 0)
        if not used.any():
            return 1.0
        return float(DECIDING_SHARE * self.scale * self.first[used].sum() / self.second[used].sum())

    @cached_property
    def weights(self) -> Integers:
        """The first measure as whole numbers; at least 1, NO_WAY where an arc is closed."""
        return self._whole(np.maximum(np.rint(self.first * self.scale), 1.0))

    @cached_property
    def decided_weights(self) -> Integers:
        """The first measure with a trace of the second, which decides between equal ways."""
        trace = np.rint(self.second * self.other_scale)
        return self._whole(np.where(self.usable, self.weights + trace, np.inf))

    @staticmethod
    def _whole(weights: Floats) -> Integers:
        # A single arc too long for a weight is closed rather than wrapped round.
        return np.minimum(weights, NO_WAY).astype(np.int64)

    def leaving(self, points: Snapped) -> Access:
        """From points on edges: along to the end (0), back to the start (1)."""
        return self._access(points, forward=1 - points.share, backward=points.share, leaving=True)

    def arriving(self, points: Snapped) -> Access:
        """To points on edges: from the start (0), from the end (1)."""
        return self._access(points, forward=points.share, backward=1 - points.share, leaving=False)

    def _access(
        self, points: Snapped, forward: Floats, backward: Floats, *, leaving: bool
    ) -> Access:
        m = len(self.topology.lines)
        edge = points.edge.clip(min=0)
        ends = (self.topology.end[edge], self.topology.start[edge])
        arcs = np.column_stack([edge, edge + m])
        part = np.column_stack([forward, backward])
        open_ = self.usable[arcs] & points.reached[:, None]
        first = np.where(open_, np.where(open_, self.first[arcs], 0.0) * part, np.inf)
        second = np.where(open_, np.where(open_, self.second[arcs], 0.0) * part, 0.0)
        return Access(np.column_stack(ends if leaving else ends[::-1]), first, second)

    def along(self, start: Snapped, end: Snapped) -> tuple[Along, Along]:
        """Straight along a shared edge: forward and backward."""
        m = len(self.topology.lines)
        shape = (len(start), len(end))
        shared = (start.edge[:, None] == end.edge[None, :]) & start.reached[:, None]
        edge = np.broadcast_to(start.edge.clip(min=0)[:, None], shape)
        step = end.share[None, :] - start.share[:, None]
        found = []
        for arcs, part in ((edge, step), (edge + m, -step)):
            open_ = shared & (part >= 0) & self.usable[arcs]
            first = np.where(open_, np.where(open_, self.first[arcs], 0.0) * part, np.inf)
            second = np.where(open_, np.where(open_, self.second[arcs], 0.0) * part, 0.0)
            found.append(Along(first, second))
        return found[0], found[1]
