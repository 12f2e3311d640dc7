"""A road network for one traveller: travel matrices, ways, the nearest places."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Literal, NamedTuple

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray
from shapely import LineString, Point
from shapely.ops import substring

from geo.crs import Floats, from_local
from geo.network.arcs import Arcs, Objective
from geo.network.engine import DijkstraEngine, Engine, Hierarchy, HierarchyEngine
from geo.network.estimate import estimate_minutes, geodesic_matrix
from geo.network.noding import Integers
from geo.network.profiles import PROFILES, Profile
from geo.network.snapping import Snapped, Snapping, point_coordinates
from geo.network.topology import SNAP_M, Topology

__all__ = ["Path", "PathLeg", "RoadNetwork", "Source", "TravelMatrix"]

Source = Literal["road_network", "straight_line"]
EngineName = Literal["hierarchy", "dijkstra"]

SAME_PLACE_M = 0.01  # nobody travels between places this near
ORIGINS_AT_ONCE = 1000  # rows of a matrix that stand in memory at the same time


@dataclass(frozen=True, slots=True, eq=False)
class TravelMatrix:
    """Travel from n origins to m destinations, (n, m) each; nan where a point is missing.

    ``estimated`` marks pairs that no road connects: straight line, lengthened and slowed
    (TOUR-R132). ``metres`` are along the fastest way. Where two ways are equally fast to within
    0.1 %, minutes are those of the faster and metres lie between those of the two.
    """

    minutes: Floats
    metres: Floats
    estimated: NDArray[np.bool_]

    @property
    def source(self) -> NDArray[np.object_]:
        """``road_network`` or ``straight_line`` for each pair (the codes of route_stops)."""
        return np.where(self.estimated, "straight_line", "road_network").astype(object)


@dataclass(frozen=True, slots=True)
class PathLeg:
    """A part of a way: on the road, or straight between the road and a place."""

    geometry: LineString
    minutes: float
    metres: float
    source: Source


@dataclass(frozen=True, slots=True)
class Path:
    """One way in EPSG:4326, whole and by legs; ``source`` is that of its main part.

    ``roads`` are the rows of the road layer that it runs along, in order.
    """

    geometry: LineString
    minutes: float
    metres: float
    source: Source
    legs: tuple[PathLeg, ...]
    roads: tuple[int, ...] = ()


class _Ways(NamedTuple):
    """How each pair is connected: cost in s or m, and by which of the points' accesses.

    ``choice``: 2 x origin's access + destination's, 4 forward or 5 backward along one edge, -1.
    """

    first: Floats
    second: Floats
    choice: Integers


class RoadNetwork:
    """One topology as one profile sees it.

    ``objective`` ``time`` finds the fastest ways, ``distance`` the shortest. Places are points in
    EPSG:4326: a GeoSeries (any CRS), shapely points, or longitudes and latitudes (n, 2). They
    join the network at the nearest spot of an edge that the profile may use and that is no
    isolated fragment, and are reached from there in a straight line.
    """

    def __init__(
        self,
        topology: Topology,
        profile: Profile | str = "car",
        *,
        objective: Objective = "time",
        hierarchy: Hierarchy | None = None,
        engine: EngineName = "hierarchy",
    ) -> None:
        """``hierarchy``: one made earlier of the same topology; ``engine`` ``dijkstra``: SciPy."""
        self.topology = topology
        self.profile = PROFILES[profile] if isinstance(profile, str) else profile
        self.arcs = Arcs(topology, self.profile, objective)
        self.objective = objective
        self._engine = engine
        self._hierarchy = hierarchy

    @classmethod
    def build(
        cls, roads: gpd.GeoDataFrame, profile: Profile | str = "car", *, snap_m: float = SNAP_M
    ) -> RoadNetwork:
        """Make a network of a road layer in one go; see :meth:`Topology.build`.

        >>> line = shapely.from_wkt("LINESTRING (100 15, 100.1 15)")
        >>> roads = gpd.GeoDataFrame({"road_class": ["street"]}, geometry=[line], crs=4326)
        >>> network = RoadNetwork.build(roads, "walk")
        >>> found = network.matrix([[100, 15], [100.05, 15]], [[100.1, 15], [101, 15]])
        >>> found.minutes.round(1).tolist(), found.estimated.tolist()
        ([[143.4, 1865.0], [71.7, 1771.0]], [[False, True], [False, True]])
        """
        return cls(Topology.build(roads, snap_m), profile)

    @cached_property
    def hierarchy(self) -> Hierarchy | None:
        """The prepared order of nodes; None where pyroutingkit is missing or not wanted."""
        if self._engine == "dijkstra":
            return None
        found = self._hierarchy
        if found is None:
            topology = self.topology
            found = Hierarchy.build(topology.tail, topology.head, topology.nodes)
        return found

    def _new_engine(self, weights: Integers) -> Engine:
        if self.hierarchy is not None:
            return HierarchyEngine(self.hierarchy, weights)
        topology = self.topology
        return DijkstraEngine(topology.tail, topology.head, weights, len(topology.nodes))

    @cached_property
    def _least(self) -> Engine:
        """Finds the least cost."""
        return self._new_engine(self.arcs.weights)

    @cached_property
    def _decided(self) -> Engine:
        """Finds the same ways, and of nearly equal ones that which is less in the other measure."""
        return self._new_engine(self.arcs.decided_weights)

    @cached_property
    def snapping(self) -> Snapping:
        """Finds the spots of the network nearest to points."""
        return Snapping(self.topology, self.arcs, self.profile)

    def snap(self, points: Any) -> Snapped:
        """Where n points join the network."""
        return self.snapping.snap(point_coordinates(points))

    def matrix(self, origins: Any, destinations: Any = None) -> TravelMatrix:
        """Times and distances between all pairs; destinations default to the origins.

        Pairs without a way get a straight-line estimate, marked as such. Two places nearer to
        each other than to the road are connected by the straight line too.

        Raises GeometryError ``points_not_lonlat`` for what are no longitudes and latitudes.
        """
        start = self.snap(origins)
        end = start if destinations is None else self.snap(destinations)
        parts = []
        for row in range(0, max(len(start), 1), ORIGINS_AT_ONCE):
            parts.append(self._matrix(start.take(slice(row, row + ORIGINS_AT_ONCE)), end))
        return TravelMatrix(*(np.concatenate(found) for found in zip(*parts, strict=True)))

    def _matrix(self, start: Snapped, end: Snapped) -> tuple[Floats, Floats, Any]:
        ways = self._ways(start, end)
        seconds, metres = ways.first, ways.second
        if self.objective == "distance":
            seconds, metres = metres, seconds
        off_road = start.offset_m[:, None] + end.offset_m[None, :]
        minutes = seconds / 60 + off_road / (self.profile.off_road_kmh / 3.6) / 60
        metres = metres + off_road
        geodesic = geodesic_matrix(start.points, end.points)
        here = geodesic < SAME_PLACE_M
        neighbours = np.isfinite(off_road) & (geodesic <= off_road)
        estimated = (~np.isfinite(minutes) | neighbours) & ~here
        line = geodesic * self.profile.detour
        kmh = np.where(neighbours, self.profile.off_road_kmh, self.profile.estimate_kmh)
        found = np.where(estimated, estimate_minutes(line, kmh), minutes)
        return np.where(here, 0.0, found), np.where(estimated | here, line, metres), estimated

    def _ways(self, start: Snapped, end: Snapped) -> _Ways:
        """Least cost and the other measure for all pairs of points, over the road only."""
        if not len(self.topology.lines):
            nowhere = np.full((len(start), len(end)), np.inf)
            return _Ways(nowhere, nowhere, np.full(nowhere.shape, -1))
        leave, arrive = self.arcs.leaving(start), self.arcs.arriving(end)
        sources, source = np.unique(leave.node, return_inverse=True)
        targets, target = np.unique(arrive.node, return_inverse=True)
        source, target = source.reshape(-1, 2), target.reshape(-1, 2)
        least = self._least.weights(sources, targets)
        decided = self._decided.weights(sources, targets)
        between = least / self.arcs.scale
        with np.errstate(invalid="ignore"):  # no way in both
            other = (decided - least) / self.arcs.other_scale
        options = [
            leave.first[:, [a]] + between[np.ix_(source[:, a], target[:, b])] + arrive.first[:, b]
            for a in (0, 1)
            for b in (0, 1)
        ]
        others = [
            leave.second[:, [a]] + other[np.ix_(source[:, a], target[:, b])] + arrive.second[:, b]
            for a in (0, 1)
            for b in (0, 1)
        ]
        for along in self.arcs.along(start, end):
            options.append(along.first)
            others.append(along.second)
        costs = np.stack(options)
        choice = costs.argmin(axis=0)
        pick = choice[None]
        first = np.take_along_axis(costs, pick, axis=0)[0]
        second = np.take_along_axis(np.stack(others), pick, axis=0)[0]
        choice = np.where(np.isfinite(first), choice, -1)
        self._measure_again(leave, arrive, choice, first, second)
        return _Ways(first, second, choice)

    def _measure_again(
        self, leave: Any, arrive: Any, choice: Integers, first: Floats, second: Floats
    ) -> None:
        """Follow the few ways that are too long for both measures to fit into one weight."""
        for o, d in np.argwhere(np.isfinite(first) & ~np.isfinite(second)).tolist():
            a, b = divmod(int(choice[o, d]), 2)
            arcs = self._least.arcs(int(leave.node[o, a]), int(arrive.node[d, b]))
            if arcs is not None:
                between = float(self.arcs.second[arcs].sum())
                second[o, d] = leave.second[o, a] + between + arrive.second[d, b]

    def path(self, origin: Any, destination: Any) -> Path:
        """The way between two points, with its geometry and legs."""
        return self.paths(_single(origin), _single(destination))[0]

    def paths(self, origins: Any, destinations: Any) -> list[Path]:
        """The ways of n pairs: from the first origin to the first destination, and so on.

        A missing point is an error here: a way must lead from somewhere to somewhere.
        """
        start, end = self.snap(origins), self.snap(destinations)
        return [
            self._path(start.take(slice(row, row + 1)), end.take(slice(row, row + 1)))
            for row in range(len(start))
        ]

    def _path(self, start: Snapped, end: Snapped) -> Path:
        minutes, metres, estimated = (found[0, 0] for found in self._matrix(start, end))
        if estimated or metres < SAME_PLACE_M * self.profile.detour:
            line = LineString([start.points[0], end.points[0]])
            source: Source = "straight_line" if estimated else "road_network"
            leg = PathLeg(line, float(minutes), float(metres), source)
            return Path(line, leg.minutes, leg.metres, leg.source, (leg,))
        choice = int(self._ways(start, end).choice[0, 0])
        road, roads, seconds, length = self._on_the_road(start, end, choice)
        middle = PathLeg(road, seconds / 60, length, "road_network")
        legs = (self._off_road(start, road, 0), middle, self._off_road(end, road, -1))
        found = tuple(leg for leg in legs if leg is not None)
        points = np.concatenate([shapely.get_coordinates(leg.geometry) for leg in found])
        return Path(
            LineString(points[_changes(points)]),
            sum(leg.minutes for leg in found),
            sum(leg.metres for leg in found),
            "road_network",
            found,
            roads,
        )

    def _off_road(self, place: Snapped, road: LineString, end: int) -> PathLeg | None:
        """Straight between a place and the road's first (0) or last (-1) point."""
        metres = float(place.offset_m[0])
        if metres < 0.01:
            return None
        points = [place.points[0], road.coords[end]]
        minutes = metres / 1000 / self.profile.off_road_kmh * 60
        return PathLeg(
            LineString(points if end == 0 else points[::-1]), minutes, metres, "straight_line"
        )

    def _on_the_road(
        self, start: Snapped, end: Snapped, choice: int
    ) -> tuple[LineString, tuple[int, ...], float, float]:
        """Line, road rows, seconds and metres between the spots where two points join the road."""
        edges = (int(start.edge[0]), int(end.edge[0]))
        shares = (float(start.share[0]), float(end.share[0]))
        if choice >= 4:
            pieces = [(edges[0], *shares)]
        else:
            a, b = divmod(choice, 2)
            leave, arrive = self.arcs.leaving(start), self.arcs.arriving(end)
            arcs = self._decided.arcs(int(leave.node[0, a]), int(arrive.node[0, b]))
            m = len(self.topology.lines)
            between = [] if arcs is None else arcs[arcs < 2 * m].tolist()
            pieces = [
                (edges[0], shares[0], 1.0 - a),
                *((arc % m, arc // m, 1 - arc // m) for arc in between),
                (edges[1], float(b), shares[1]),
            ]
        return self._follow(pieces)

    def _follow(
        self, pieces: Sequence[tuple[int, float, float]]
    ) -> tuple[LineString, tuple[int, ...], float, float]:
        """Go along edges from share to share of each."""
        edge = np.array([piece[0] for piece in pieces])
        share = np.array([piece[1:] for piece in pieces])
        part = np.abs(share[:, 1] - share[:, 0])
        backward = share[:, 1] < share[:, 0]
        arc = edge + backward * len(self.topology.lines)
        seconds = float((self.arcs.seconds[arc] * part)[part > 0].sum())
        metres = float((self.topology.length_m[edge] * part).sum())
        points = np.concatenate(
            [shapely.get_coordinates(self._stretch(*piece)) for piece in pieces]
        )
        points = points[_changes(points)]
        if len(points) == 1:
            points = np.repeat(points, 2, axis=0)
        roads = self.topology.road[edge[part > 0]]
        return (
            LineString(points),
            tuple(roads[np.diff(roads, prepend=-1) != 0].tolist()),
            seconds,
            metres,
        )

    def _stretch(self, edge: int, begin: float, end: float) -> Any:
        if {begin, end} == {0.0, 1.0}:
            line = self.topology.lines[edge]
            return line if begin < end else shapely.reverse(line)
        part = substring(self.topology.plane_lines[edge], begin, end, normalized=True)
        return from_local([part], self.topology.origin[None])[0]

    def nearest(
        self, origins: Any, destinations: Any, k: int = 1, *, toward: bool = True
    ) -> pd.DataFrame:
        """The k destinations that are least far from each origin, a row for each.

        Columns: ``origin`` and ``destination`` (row numbers), ``rank`` (from 1), ``minutes``,
        ``metres``, ``source``. ``toward`` False measures the travel from the destination to the
        origin, as for an ambulance. Ties go to the destination that stands first. Missing points
        have no rows.
        """
        found = []
        start, end = point_coordinates(origins), point_coordinates(destinations)
        for row in range(0, len(start), ORIGINS_AT_ONCE):
            some = start[row : row + ORIGINS_AT_ONCE]
            matrix = self.matrix(some, end) if toward else self.matrix(end, some)
            columns = [matrix.minutes, matrix.metres, matrix.source]
            columns = columns if toward else [column.T for column in columns]
            found.append(_least_rows(columns, self.objective, k).assign(first=row))
        table = pd.concat(found) if found else _least_rows([], self.objective, k).assign(first=0)
        table["origin"] += table.pop("first")
        return table.reset_index(drop=True)


def _least_rows(columns: list[Any], objective: Objective, k: int) -> pd.DataFrame:
    names = ("origin", "destination", "rank", "minutes", "metres", "source")
    if not columns or not columns[0].size:
        return pd.DataFrame({name: pd.Series(dtype=object) for name in names})
    cost = columns[0] if objective == "time" else columns[1]
    order = np.argsort(np.where(np.isnan(cost), np.inf, cost), axis=1, kind="stable")[:, :k]
    row = np.repeat(np.arange(len(cost)), order.shape[1])
    place = order.ravel()
    known = ~np.isnan(cost[row, place])
    rank = np.tile(np.arange(1, order.shape[1] + 1), len(cost))
    minutes, metres, source = (column[row, place] for column in columns)
    values = (row, place, rank, minutes, metres, source)
    return pd.DataFrame({n: v[known] for n, v in zip(names, values, strict=True)})


def _single(point: Any) -> Any:
    """One point as an array of one."""
    return [point] if isinstance(point, Point) else np.asarray(point, dtype=float).reshape(1, 2)


def _changes(points: Floats) -> NDArray[np.bool_]:
    """Which points differ from the one before (1e-9 degrees, a tenth of a millimetre)."""
    step = np.abs(np.diff(points, axis=0, prepend=points[:1] + 1)).max(axis=1)
    return np.asarray(step > 1e-9)
