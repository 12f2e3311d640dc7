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


def fitted(plot: Area, zones: Mapping[str, BaseGeometry]) -> dict[str, Area]:
    """The zones as a coverage of the plot: no gaps, no overlaps, corners in common.

    Plot and zones are on the grid of cuts (1e-6 m). Where a zone's corner lies on an edge of its
    neighbour, the neighbour gets it as well. What no zone covers goes to the nearest one.

    >>> left, right = shapely.box(0, 0, 5, 10), shapely.box(5, 0, 9, 10)
    >>> parts = fitted(shapely.box(0, 0, 9, 10), {"a": left, "b": right})
    >>> bool(shapely.coverage_is_valid(list(parts.values()))), parts["a"].area
    (True, 50.0)
    """
    lines = [plot.boundary, *(zone.boundary for zone in zones.values())]
    noded = shapely.union_all(lines, grid_size=GRID_M)
    faces = shapely.get_parts(shapely.polygonize(shapely.get_parts(noded)))
    inside = shapely.point_on_surface(faces)
    faces = faces[shapely.covers(plot, inside)]
    inside = inside[shapely.covers(plot, inside)]
    names = list(zones)
    far = np.array([shapely.distance(inside, zones[name]) for name in names])
    nearest = far.argmin(axis=0)
    return {
        name: shapely.coverage_union_all(faces[nearest == row])
        for row, name in enumerate(names)
        if (nearest == row).any()
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
