"""Where places join a network: the nearest spot on an edge that leads somewhere."""

from __future__ import annotations

from typing import Any, NamedTuple

import geopandas as gpd
import numpy as np
import shapely
from numpy.typing import NDArray
from pyproj import Geod
from scipy.sparse.csgraph import connected_components

from geo.crs import Floats, Geometries, from_local, lonlat
from geo.errors import GeometryError
from geo.network.arcs import Arcs
from geo.network.engine import graph_matrix
from geo.network.noding import Integers
from geo.network.profiles import Profile
from geo.network.topology import Topology
from geo.text import Text

__all__ = ["FRAGMENT_M", "Snapped", "Snapping", "parts_of", "point_coordinates"]

FRAGMENT_M = 1000.0
"""A part of the network that is shorter is a fragment: a place joins it only where there is no
other road in reach (decision)."""

_GEOD = Geod(ellps="WGS84")


class Snapped(NamedTuple):
    """Where n points join: ``edge`` (-1 for none) at ``share`` 0 to 1 of its length, ``offset_m``
    metres from the point (inf for none). ``points`` (n, 2) are the points themselves in degrees.
    """

    points: Floats
    edge: Integers
    share: Floats
    offset_m: Floats

    def __len__(self) -> int:  # of a tuple this would be 4
        return len(self.points)

    @property
    def reached(self) -> NDArray[np.bool_]:
        """Whether a road is in reach."""
        return np.asarray(self.edge >= 0)

    def take(self, rows: Any) -> Snapped:
        """Some of the points."""
        return Snapped(self.points[rows], self.edge[rows], self.share[rows], self.offset_m[rows])


def point_coordinates(points: Any) -> Floats:
    """Longitudes and latitudes (n, 2) of points; nan for missing and empty ones.

    ``points``: a GeoSeries or GeoDataFrame in any CRS, shapely points in EPSG:4326 or numbers.

    >>> point_coordinates([shapely.Point(98.3, 7.9), None])
    array([[98.3,  7.9],
           [ nan,  nan]])

    Raises GeometryError ``points_not_lonlat`` for other shapes or numbers out of range.
    """
    if isinstance(points, gpd.GeoDataFrame):
        points = points.geometry
    if isinstance(points, gpd.GeoSeries):
        found = _of_shapes(lonlat(points))
    else:
        given = np.asarray(points, dtype=object)
        shapes = given.ndim == 1 and (shapely.is_geometry(given) | shapely.is_missing(given)).all()
        found = _of_shapes(given) if shapes else np.asarray(points, dtype=float).reshape(-1, 2)
    with np.errstate(invalid="ignore"):
        wrong = (np.abs(found) > (180, 90)).any(axis=1)
    if wrong.any():
        raise _no_lonlat(int(np.flatnonzero(wrong)[0]), found[wrong][0].tolist())
    return found


def _of_shapes(shapes: Geometries) -> Floats:
    kinds = shapely.get_type_id(shapes)
    if (kinds > 0).any():
        row = int(np.flatnonzero(kinds > 0)[0])
        raise _no_lonlat(row, shapes[row].geom_type)
    found = np.full((len(shapes), 2), np.nan)
    there = ~(shapely.is_missing(shapes) | shapely.is_empty(shapes))
    found[there] = shapely.get_coordinates(shapes[there])
    return found


def _no_lonlat(row: int, found: object) -> GeometryError:
    return GeometryError(
        "points_not_lonlat",
        Text(
            f"แถว {row + 1}: {found} ไม่ใช่จุดลองจิจูด ละติจูด (EPSG:4326) โปรดตรวจระบบพิกัด",
            f"Row {row + 1}: {found} is no point of longitude and latitude; check the CRS",
        ),
        row=row,
    )


def parts_of(topology: Topology, arcs: Arcs) -> tuple[Integers, Floats]:
    """Which strongly connected part each edge belongs to, and the length of each part in m.

    -1 for an edge that may not be used, or that leads from one part to another only.
    """
    graph, _ = graph_matrix(topology.tail, topology.head, arcs.first, len(topology.nodes))
    count, part = connected_components(graph, directed=True, connection="strong")
    inside = arcs.edges_usable & (part[topology.start] == part[topology.end])
    of = np.where(inside, part[topology.start], -1).astype(np.int64)
    length = np.zeros(max(count, 1))
    np.add.at(length, of[inside], topology.length_m[inside])
    return of, length


class Snapping:
    """Finds where points join the network of one profile."""

    def __init__(self, topology: Topology, arcs: Arcs, profile: Profile) -> None:
        self.topology = topology
        self.reach_m = profile.reach_m
        self.part, self.part_length = parts_of(topology, arcs)
        usable = arcs.edges_usable
        main = usable & (self.part >= 0) & (self.part_length[self.part.clip(min=0)] >= FRAGMENT_M)
        self._trees = [
            (shapely.STRtree(topology.plane_lines[rows]), rows)
            for rows in (np.flatnonzero(main), np.flatnonzero(usable))
            if len(rows)
        ]

    def snap(self, points: Floats) -> Snapped:
        """Join longitudes and latitudes (n, 2) to the network; nan joins nothing."""
        edge = np.full(len(points), -1, dtype=np.int64)
        known = ~np.isnan(points).any(axis=1)
        plane = np.full(len(points), None, dtype=object)
        plane[known] = self.topology.plane(shapely.points(points[known]))
        for tree, rows in self._trees:
            open_ = np.flatnonzero(known & (edge < 0))
            if len(open_):
                place, line = tree.query_nearest(
                    plane[open_], max_distance=self._margin, all_matches=False
                )
                edge[open_[place]] = rows[line]
        return self._measured(points, plane, edge)

    @property
    def _margin(self) -> float:
        # The plane stretches far from its middle; what is too far on the ground goes out below.
        return max(self.reach_m * 1.01, 0.001)

    def _measured(self, points: Floats, plane: Geometries, edge: Integers) -> Snapped:
        share = np.zeros(len(points))
        offset = np.full(len(points), np.inf)
        on = np.flatnonzero(edge >= 0)
        lines = self.topology.plane_lines[edge[on]]
        share[on] = shapely.line_locate_point(lines, plane[on], normalized=True).clip(0, 1)
        foot = shapely.line_interpolate_point(lines, share[on], normalized=True)
        at = shapely.get_coordinates(from_local(foot, np.tile(self.topology.origin, (len(on), 1))))
        offset[on] = _GEOD.inv(points[on, 0], points[on, 1], at[:, 0], at[:, 1])[2]
        far = offset > max(self.reach_m, 0.001)
        edge[far], share[far], offset[far] = -1, 0.0, np.inf
        return Snapped(points, edge, share, offset)
