"""From lines to junctions and edges: where roads meet, once for all vehicles."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, NamedTuple

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components
from scipy.spatial import cKDTree

from geo.crs import Floats, Geometries, centres, geodesic_length, lonlat, to_local
from geo.errors import ParameterError
from geo.network.noding import (
    Integers,
    Pieces,
    cut_at_points,
    cut_at_shared_vertices,
    vertex_keys,
)
from geo.network.profiles import ROAD_COLUMNS
from geo.text import Text

__all__ = ["SNAP_M", "Topology", "TopologyReport"]

SNAP_M = 1.0
"""Ends of roads that are at most this far apart are one junction (decision)."""

MOST_SNAP_M = 50.0


@dataclass(frozen=True, slots=True, kw_only=True)
class TopologyReport:
    """What was made of the lines, and what could not be used.

    ``unusable``: row numbers by reason (``missing``, ``not_a_line``, ``not_lonlat``,
    ``zero_length``). ``loops`` ended where they began and were halved; ``collapsed`` pieces were
    shorter than the snapping distance and are now part of a junction. ``snapped`` ends moved to a
    junction, the farthest by ``largest_gap_m``; at ``touching`` places a road was cut because
    another one ends there.
    """

    roads: int
    edges: int
    nodes: int
    length_m: float
    unusable: dict[str, list[int]]
    loops: int
    collapsed: int
    snapped: int
    largest_gap_m: float
    touching: int


@dataclass(frozen=True, kw_only=True, eq=False)
class Topology:
    """Junctions (nodes) and the stretches of road between them (edges).

    ``nodes`` (n, 2) degrees; of m edges ``start`` and ``end`` node, ``length_m`` (geodesic),
    ``lines`` (EPSG:4326, from start to end) and ``road``, the row of ``roads`` it is part of
    (whose index is that of the layer it was built from).
    ``gates`` (k, 2): pairs of nodes that a barrier of kind ``gate_kind`` stands between.
    """

    nodes: Floats
    start: Integers
    end: Integers
    length_m: Floats
    lines: Geometries
    road: Integers
    roads: pd.DataFrame
    gates: Integers
    gate_kind: NDArray[np.object_]
    report: TopologyReport = field(repr=False)

    @classmethod
    def build(cls, roads: gpd.GeoDataFrame, snap_m: float = SNAP_M) -> Topology:
        """Join the lines of a road layer (any CRS; columns: any of ROAD_COLUMNS).

        Lines meet at shared vertices, where ends are at most ``snap_m`` apart, and where an end
        lies at most ``snap_m`` from another line. Lines that only cross are not joined. What is
        no usable line is left out and named in the report; an empty layer makes an empty
        topology.

        >>> lines = shapely.from_wkt(["LINESTRING (100 15, 100.01 15)",
        ...                           "LINESTRING (100.01 15.000001, 100.01 15.01)"])
        >>> found = Topology.build(gpd.GeoDataFrame(geometry=lines, crs=4326))
        >>> len(found.nodes), found.report.snapped, round(found.report.largest_gap_m, 2)
        (3, 1, 0.11)

        Raises GeometryError ``crs_missing``, ParameterError for ``snap_m`` outside 0 to 50.
        """
        if not 0 <= snap_m <= MOST_SNAP_M:
            raise ParameterError(
                "parameter_out_of_range",
                Text(
                    f"ระยะเชื่อมปลายถนน {snap_m} ต้องอยู่ระหว่าง 0 ถึง {MOST_SNAP_M:g} ม.",
                    f"The snapping distance {snap_m} must be 0 to {MOST_SNAP_M:g} m",
                ),
                name="snap_m",
            )
        table = _attributes(roads)
        pieces, unusable = _usable(lonlat(roads.geometry))
        level = table["bridge"].fillna(False).to_numpy(dtype=float)
        shared = cut_at_shared_vertices(pieces.lines, level[pieces.owner])
        pieces = Pieces(shared.lines, pieces.owner[shared.owner])
        pieces, touching = _cut_where_ends_touch(pieces, level, snap_m)
        return _joined(pieces, table, unusable, touching, snap_m)

    @property
    def tail(self) -> Integers:
        """Node that each arc leaves: edges forward, edges backward, gates both ways."""
        return np.concatenate([self.start, self.end, self.gates[:, 0], self.gates[:, 1]])

    @property
    def head(self) -> Integers:
        """Node that each arc leads to."""
        return np.concatenate([self.end, self.start, self.gates[:, 1], self.gates[:, 0]])

    @cached_property
    def origin(self) -> Floats:
        """Longitude and latitude in the middle, where the plane of :meth:`plane` touches."""
        if not len(self.nodes):
            return np.zeros(2)
        return np.asarray((self.nodes.min(axis=0) + self.nodes.max(axis=0)) / 2)

    def plane(self, shapes: Any) -> Geometries:
        """Shapes in metres around the middle of the network (LAND-R2's projection)."""
        return to_local(shapes, np.tile(self.origin, (len(shapes), 1))).geometries

    @cached_property
    def plane_lines(self) -> Geometries:
        """The edges in metres around the middle of the network."""
        return self.plane(self.lines)


def _attributes(roads: gpd.GeoDataFrame) -> pd.DataFrame:
    kept = {
        name: roads[name].to_numpy() if name in roads else np.full(len(roads), None, dtype=object)
        for name in ROAD_COLUMNS
    }
    table = pd.DataFrame(kept, index=roads.index)
    return table.astype(object).where(table.notna(), None).infer_objects()


def _usable(shapes: Geometries) -> tuple[Pieces, dict[str, list[int]]]:
    """The single lines among shapes, and the rows that have none, by reason."""
    empty = shapely.is_missing(shapes) | shapely.is_empty(shapes)
    linear = np.isin(shapely.get_type_id(shapes), (1, 2, 5))
    box = shapely.bounds(shapes).reshape(-1, 4)
    with np.errstate(invalid="ignore"):
        placed = (np.abs(box[:, [0, 2]]) <= 180).all(axis=1)
        placed &= (np.abs(box[:, [1, 3]]) <= 90).all(axis=1)
    sound = ~empty & linear & placed
    long = np.zeros(len(shapes), dtype=bool)
    long[sound] = shapely.length(shapes[sound]) > 0
    reasons = {
        "missing": empty,
        "not_a_line": ~empty & ~linear,
        "not_lonlat": ~empty & linear & ~placed,
        "zero_length": sound & ~long,
    }
    rows = np.flatnonzero(sound & long)
    lines, part = shapely.get_parts(shapely.force_2d(shapes[rows]), return_index=True)
    points, line = shapely.get_coordinates(lines, return_index=True)
    lines = np.asarray(shapely.linestrings(points, indices=line), dtype=object)
    whole = shapely.length(lines) > 0
    unusable = {name: np.flatnonzero(mask).tolist() for name, mask in reasons.items()}
    return Pieces(lines[whole], rows[part][whole]), unusable


def _plane(lines: Geometries) -> Geometries:
    middle = np.nanmean(centres(lines), axis=0) if len(lines) else np.zeros(2)
    return to_local(lines, np.tile(middle, (len(lines), 1))).geometries


def _cut_where_ends_touch(pieces: Pieces, level: Floats, snap_m: float) -> tuple[Pieces, int]:
    """Cut lines on which another one ends; a line passing below a bridge does not end on it."""
    lines, owner = pieces
    plane = _plane(lines)
    ends = np.concatenate([shapely.get_point(plane, 0), shapely.get_point(plane, -1)])
    of = np.tile(np.arange(len(lines)), 2)
    point, line = shapely.STRtree(plane).query(ends, "dwithin", snap_m)
    apart = of[point] != line
    apart &= level[owner[of[point]]] == level[owner[line]]
    point, line = point[apart], line[apart]
    along = shapely.line_locate_point(plane[line], ends[point])
    inside = (along > snap_m) & (along < shapely.length(plane[line]) - snap_m)
    line, along = line[inside], along[inside]
    if not len(line):
        return pieces, 0
    share = along / shapely.length(plane[line])
    # Ends that meet at one place cut the line once.
    _, once = np.unique(np.column_stack([line, np.rint(along / max(snap_m, 0.01))]), axis=0,
                        return_index=True)  # fmt: skip
    found = cut_at_points(lines, line[once], share[once] * shapely.length(lines[line[once]]))
    return Pieces(found.lines, owner[found.owner]), len(once)


def _joined(
    pieces: Pieces,
    table: pd.DataFrame,
    unusable: dict[str, list[int]],
    touching: int,
    snap_m: float,
) -> Topology:
    pieces, loops = _halve_loops(pieces, snap_m)
    ends = _cluster(pieces.lines, snap_m)
    first = np.diff(pieces.owner, prepend=-1) != 0
    last = np.diff(pieces.owner, append=-1) != 0
    kinds = []
    for outer, name in ((first, "barrier_start"), (last, "barrier_end")):
        kind = np.array(table[name].to_numpy(dtype=object)[pieces.owner])
        kind[~outer] = None
        kinds.append(kind)
    keep = ends.start != ends.end
    lines, road = pieces.lines[keep], pieces.owner[keep]
    nodes, start, end, gates, gate_kind = _gated(
        ends.nodes, ends.start[keep], ends.end[keep], (kinds[0][keep], kinds[1][keep])
    )
    length = geodesic_length(lines)
    report = TopologyReport(
        roads=len(table),
        edges=len(lines),
        nodes=len(nodes),
        length_m=float(length.sum()),
        unusable=unusable,
        loops=loops,
        collapsed=int((~keep).sum()),
        snapped=ends.snapped,
        largest_gap_m=ends.gap,
        touching=touching,
    )
    return Topology(
        nodes=nodes,
        start=start,
        end=end,
        length_m=length,
        lines=lines,
        road=road,
        roads=table,
        gates=gates,
        gate_kind=gate_kind,
        report=report,
    )


class _Ends(NamedTuple):
    """Nodes in degrees, start and end node of each line, how many ends moved and how far."""

    nodes: Floats
    start: Integers
    end: Integers
    snapped: int
    gap: float


def _halve_loops(pieces: Pieces, snap_m: float) -> tuple[Pieces, int]:
    """Cut lines that end where they began: an edge must lead from one node to another."""
    ends = _cluster(pieces.lines, snap_m)
    loops = np.flatnonzero(
        (ends.start == ends.end) & (shapely.length(_plane(pieces.lines)) > 2 * snap_m)
    )
    if not len(loops):
        return pieces, 0
    found = cut_at_points(pieces.lines, loops, shapely.length(pieces.lines[loops]) / 2)
    return Pieces(found.lines, pieces.owner[found.owner]), len(loops)


def _cluster(lines: Geometries, snap_m: float) -> _Ends:
    """Make one node of all ends that are at most ``snap_m`` apart."""
    if not len(lines):
        nothing = np.zeros(0, dtype=np.int64)
        return _Ends(np.zeros((0, 2)), nothing, nothing, 0, 0.0)
    ends = np.concatenate([shapely.get_point(lines, 0), shapely.get_point(lines, -1)])
    degrees = shapely.get_coordinates(ends)
    _, which, place = np.unique(vertex_keys(degrees), return_index=True, return_inverse=True)
    plane = shapely.get_coordinates(_plane(ends[which]))
    pairs = cKDTree(plane).query_pairs(snap_m, output_type="ndarray")
    near = coo_matrix((np.ones(len(pairs)), (pairs[:, 0], pairs[:, 1])), shape=(len(plane),) * 2)
    count, group = connected_components(near, directed=False)
    _, leader = np.unique(group, return_index=True)
    moved = np.hypot(*(plane - plane[leader[group]]).T)
    start, end = group[place].astype(np.int64).reshape(2, -1)
    gap = float(moved.max(initial=0.0))
    return _Ends(degrees[which][leader], start, end, len(plane) - count, gap)


def _gated(
    nodes: Floats, start: Integers, end: Integers, kinds: tuple[Any, Any]
) -> tuple[Floats, Integers, Integers, Integers, NDArray[np.object_]]:
    """Give the ends of roads with a barrier a node of their own behind it."""
    gates: list[Integers] = []
    names: list[NDArray[np.object_]] = []
    ends = [start.copy(), end.copy()]
    for side, kind in zip(ends, kinds, strict=True):
        barred = np.array([isinstance(value, str) for value in kind], dtype=bool)
        behind = len(nodes) + np.arange(barred.sum())
        gates.append(np.column_stack([side[barred], behind]))
        names.append(np.asarray(kind[barred], dtype=object))
        nodes = np.concatenate([nodes, nodes[side[barred]]])
        side[barred] = behind
    return nodes, ends[0], ends[1], np.concatenate(gates), np.concatenate(names)
