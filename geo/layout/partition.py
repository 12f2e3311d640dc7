"""Zones made to fit together exactly: shared corners and edges are the very same numbers."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from geo.crs import Floats
from geo.layout.cuts import GRID_M
from geo.layout.site import Area

__all__ = ["fitted", "with_corners"]


SNAP_M = 5 * GRID_M  # edges are drawn through corners of others that lie this near
HAIR_M = 1e-4  # faces thinner than twice this are left by rounding


def fitted(plot: Area, zones: Mapping[str, BaseGeometry]) -> dict[str, Area]:
    """The zones as a coverage of the plot: no gaps, no overlaps, corners in common.

    Plot and zones are on the grid of cuts (1e-6 m). Where a zone's corner lies on an edge of its
    neighbour, the neighbour gets it as well. What no zone covers goes to the nearest one.

    >>> left, right = shapely.box(0, 0, 5, 10), shapely.box(5, 0, 9, 10)
    >>> parts = fitted(shapely.box(0, 0, 9, 10), {"a": left, "b": right})
    >>> bool(shapely.coverage_is_valid(list(parts.values()))), parts["a"].area
    (True, 50.0)
    """
    lines = np.array([plot.boundary, *(zone.boundary for zone in zones.values())], dtype=object)
    corners = shapely.MultiPoint(np.unique(shapely.get_coordinates(lines), axis=0))
    noded = shapely.union_all(shapely.snap(lines, corners, SNAP_M), grid_size=GRID_M)
    faces = shapely.get_parts(shapely.polygonize(shapely.get_parts(noded)))
    inside = shapely.point_on_surface(faces)
    within = shapely.covers(plot, inside)
    hair = shapely.area(faces) < HAIR_M * shapely.length(faces)
    full, inside = faces[within & ~hair], inside[within & ~hair]
    names = list(zones)
    owner = np.array([shapely.distance(inside, zones[name]) for name in names]).argmin(axis=0)
    parts = [full[owner == row].tolist() for row in range(len(names))]
    borders = [shapely.union_all(shapely.boundary(mine)) for mine in parts]
    for face in faces[within & hair]:
        # Given to whom it lies alongside; given to another it would be a spike.
        shared = [shapely.intersection(face.boundary, border).length for border in borders]
        parts[int(np.argmax(shared))].append(face)
    return {
        name: shapely.coverage_union_all(mine)
        for name, mine in zip(names, parts, strict=True)
        if mine
    }


def with_corners(shape: BaseGeometry, at: Floats, to: Floats, within: float) -> Area:
    """The shape with every corner that lies ``within`` a place of ``at`` (n, 2) put on ``to``.

    So numbers that went through a projection become the very ones they came from.

    >>> corner = np.array([[1.0, 1.0]])
    >>> with_corners(shapely.Point(1.0001, 1), corner, corner, 0.001).wkt
    'POINT (1 1)'
    """
    tree = shapely.STRtree(np.asarray(shapely.points(at), dtype=object))

    def placed(points: Floats) -> Floats:
        mine, theirs = tree.query_nearest(shapely.points(points), max_distance=within)
        moved = points.copy()
        moved[mine] = to[theirs]
        return moved

    return shapely.transform(shape, placed)
