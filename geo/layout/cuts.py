"""Straight cuts: lines placed so that what lies on one side has a given area.

The area left of a line that sweeps over a polygon is a quadratic between one vertex and the
next, so its place is found in closed form, for many directions at once.
"""

from __future__ import annotations

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely import MultiPolygon, Polygon
from shapely.geometry.base import BaseGeometry

from geo.crs import Floats, Geometries

__all__ = [
    "GRID_M",
    "areal",
    "areas_before",
    "edges",
    "half_planes",
    "offsets",
    "polygon_parts",
    "rings",
    "sides",
    "unit",
]

GRID_DIGITS = 6
GRID_M = 10.0**-GRID_DIGITS
"""What cuts are rounded to, so that a cut along an edge leaves no hair of ground behind."""


def unit(azimuth: Floats | float) -> Floats:
    """Unit vectors of directions in radians counter-clockwise from the x axis, (..., 2)."""
    return np.stack([np.cos(azimuth), np.sin(azimuth)], axis=-1)


def rings(shape: BaseGeometry) -> Geometries:
    """The rings of one or several polygons, the inside on their left."""
    found = shapely.get_rings(shapely.get_parts(shapely.orient_polygons(shape)))
    return np.asarray(found, dtype=object)


def edges(shape: BaseGeometry) -> tuple[Floats, Floats]:
    """Start and end of all edges (n, 2), the inside on their left.

    >>> start, end = edges(shapely.box(0, 0, 2, 1))
    >>> start.tolist()[0], end.tolist()[0]
    ([2.0, 0.0], [2.0, 1.0])
    """
    points, ring = shapely.get_coordinates(rings(shape), return_index=True)
    same = ring[1:] == ring[:-1]
    return points[:-1][same], points[1:][same]


def areas_before(start: Floats, end: Floats, normal: Floats, offset: Floats) -> Floats:
    """Area of {x : x . normal <= offset} within the polygon of these edges.

    ``start``, ``end`` (n, 2) with the inside on the left; ``normal`` (k, 2) unit vectors;
    ``offset`` (k, m). Returns (k, m). By Green's theorem the area is the sum over the clipped
    edges of the integral of (s - offset) dr, s along the normal and r across it.
    """
    across = np.stack([-normal[:, 1], normal[:, 0]], axis=-1)
    from_line = (normal @ start.T)[:, None, :] - offset[:, :, None]
    to_line = (normal @ end.T)[:, None, :] - offset[:, :, None]
    rise = (across @ (end - start).T)[:, None, :]
    crosses = (from_line < 0) != (to_line < 0)
    advance = np.where(crosses, to_line - from_line, 1.0)
    from_line, to_line = np.minimum(from_line, 0.0), np.minimum(to_line, 0.0)
    # An edge that does not cross the line counts whole, however small its advance.
    part = np.where(crosses, (to_line - from_line) / advance, 1.0)
    return np.asarray((part * (from_line + to_line) / 2 * rise).sum(axis=-1))


def offsets(shape: BaseGeometry, normal: Floats, area: Floats) -> Floats:
    """Where lines across ``normal`` (k, 2) cut off ``area`` (k,) on their near side, (k,).

    The areas must lie between 0 and that of the shape, one or several polygons.

    >>> square = shapely.box(0, 0, 40, 40)
    >>> offsets(square, np.array([[0.0, 1.0], [1.0, 0.0]]), np.array([480.0, 160.0]))
    array([12.,  4.])
    """
    start, end = edges(shape)
    middle = start.mean(axis=0)
    start, end = start - middle, end - middle
    levels = np.sort(normal @ start.T, axis=1)
    area_at = areas_before(start, end, normal, levels)
    rows = np.arange(len(normal))
    high = np.clip((area_at < area[:, None]).sum(axis=1), 1, levels.shape[1] - 1)
    a, b = levels[rows, high - 1], levels[rows, high]
    area_a, area_b = area_at[rows, high - 1], area_at[rows, high]
    area_m = areas_before(start, end, normal, ((a + b) / 2)[:, None])[:, 0]
    # q(x) = bend x^2 + slope x with x in [0, 1] from a to b, through the middle value.
    bend = 2 * (area_a + area_b - 2 * area_m)
    slope = area_b - area_a - bend
    wanted = area - area_a
    root = np.sqrt(np.maximum(slope**2 + 4 * bend * wanted, 0.0))
    below = slope + root
    x = np.where(below > 0, 2 * wanted / np.where(below > 0, below, 1.0), 0.0)
    return np.asarray(a + np.clip(x, 0, 1) * (b - a) + normal @ middle)


def half_planes(normal: Floats, offset: Floats, reach: float, centre: Floats) -> Geometries:
    """Squares that stand for {x : x . normal <= offset} within ``reach`` of ``centre``, (k,)."""
    across = np.stack([-normal[:, 1], normal[:, 0]], axis=-1)
    foot = centre + (offset - normal @ centre)[:, None] * normal
    side = across * reach
    back = normal * 2 * reach
    corners = np.stack([foot - side, foot + side, foot + side - back, foot - side - back], axis=1)
    return np.asarray(shapely.polygons(corners), dtype=object)


def sides(shape: BaseGeometry, normal: Floats, offset: Floats) -> tuple[Geometries, Geometries]:
    """Both sides of k cuts of a shape: {x . normal <= offset} and the rest, rounded to the grid.

    >>> near, far = sides(shapely.box(0, 0, 4, 2), np.array([[1.0, 0.0]]), np.array([1.0]))
    >>> near[0].area, far[0].area
    (2.0, 6.0)
    """
    near, far = np.empty(len(normal), dtype=object), np.empty(len(normal), dtype=object)
    plain = np.zeros(len(normal), dtype=bool)
    if shape.geom_type == "Polygon" and shapely.get_num_interior_rings(shape) == 0:
        plain = _cut_in_two(shape, normal, offset, near, far)
    odd = np.flatnonzero(~plain)
    if len(odd):
        west, south, east, north = shape.bounds
        middle = np.array([(west + east) / 2, (south + north) / 2])
        half = half_planes(normal[odd], offset[odd], east - west + north - south, middle)
        near[odd] = areal(shapely.intersection(shape, half, grid_size=GRID_M))
        far[odd] = areal(shapely.difference(shape, half, grid_size=GRID_M))
    return near, far


def _cut_in_two(
    shape: BaseGeometry, normal: Floats, offset: Floats, near: Geometries, far: Geometries
) -> NDArray[np.bool_]:
    """Fill in the sides of cuts that meet the ring in two places, and no corner; say which."""
    ring = shapely.get_coordinates(shapely.orient_polygons(shape))[:-1]
    n = len(ring)
    beyond = normal @ ring.T - offset[:, None]
    crosses = (beyond < 0) != (np.roll(beyond, -1, axis=1) < 0)
    clear = np.abs(beyond).min(axis=1) > 2 * GRID_M
    plain = np.asarray((crosses.sum(axis=1) == 2) & clear, dtype=np.bool_)
    rows = np.flatnonzero(plain)
    if not len(rows):
        return plain
    first, last = crosses[rows].argmax(axis=1), n - 1 - crosses[rows][:, ::-1].argmax(axis=1)

    def met(edge: NDArray[np.int64]) -> Floats:
        after = (edge + 1) % n
        here, there = beyond[rows, edge], beyond[rows, after]
        way = (here / (here - there))[:, None]
        return np.asarray(np.round(ring[edge] + way * (ring[after] - ring[edge]), GRID_DIGITS))

    entry, leave = met(first), met(last)
    twice = np.concatenate([ring, ring])
    chains = []
    for k, (i, j) in enumerate(zip(first.tolist(), last.tolist(), strict=True)):
        chains += [entry[k : k + 1], twice[i + 1 : j + 1], leave[k : k + 1]]
        chains += [leave[k : k + 1], twice[j + 1 : i + 1 + n], entry[k : k + 1]]
    inner, outer = last - first + 2, n - (last - first) + 2
    sizes = np.column_stack([inner, outer]).ravel()
    rings = shapely.linearrings(
        np.concatenate(chains), indices=np.repeat(np.arange(len(sizes)), sizes)
    )
    parts = np.asarray(shapely.polygons(rings), dtype=object).reshape(-1, 2)
    low = beyond[rows, (first + 1) % n] < 0
    near[rows] = np.where(low, parts[:, 0], parts[:, 1])
    far[rows] = np.where(low, parts[:, 1], parts[:, 0])
    return plain


def areal(shapes: Geometries) -> Geometries:
    """Shapes without the lines and points that a cut along an edge leaves.

    >>> mixed = shapely.union(shapely.box(0, 0, 1, 1), shapely.LineString([(1, 1), (2, 2)]))
    >>> areal(np.array([mixed], dtype=object))[0].area, mixed.geom_type
    (1.0, 'GeometryCollection')
    """
    cleaned = shapes.copy()
    for k in np.flatnonzero(shapely.get_type_id(shapes) != shapely.GeometryType.POLYGON):
        parts = polygon_parts(shapes[k])
        cleaned[k] = parts[0] if len(parts) == 1 else MultiPolygon(parts)
    return cleaned


def polygon_parts(shape: shapely.Geometry | None, least_m2: float = 1e-6) -> list[Polygon]:
    """The polygons of a shape that are larger than ``least_m2``, largest first."""
    parts = [
        part
        for part in shapely.get_parts(shapely.get_parts(shape))
        if part.geom_type == "Polygon" and part.area > least_m2
    ]
    return sorted(parts, key=lambda part: -part.area)
