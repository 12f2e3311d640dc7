"""The ways to cut a region in two by a straight line (LAND-R27, reference method)."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from itertools import combinations
from typing import NamedTuple

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely import Polygon
from shapely.geometry.base import BaseGeometry

from geo.crs import Floats, Geometries
from geo.layout.cuts import GRID_M, half_planes, offsets, polygon_parts, sides, unit
from geo.layout.region import Region, Task
from geo.layout.site import Area

__all__ = ["Cuts", "arm_cuts", "straight_cuts"]

QUARTERS = np.arange(4) * math.pi / 2
ARM_REGIONS = 16  # the most promising regions, whose arms are cut off one by one as well


class Cuts(NamedTuple):
    """k cuts: of which region, its two sides, the groups on either, and along which axis."""

    region: NDArray[np.int64]
    near: Geometries
    far: Geometries
    near_groups: NDArray[np.bool_]  # (k, 4)
    far_groups: NDArray[np.bool_]
    axis: Floats


def _ways(region: Region, task: Task) -> tuple[Floats, NDArray[np.bool_], Floats]:
    """All (direction, grouping) pairs: axes (k,), near groups (k, 4), near areas (k,)."""
    axes = np.array(task.axes if region.axis is None else (region.axis,))
    turned = (axes[:, None] + QUARTERS).ravel()
    members = region.members
    first, others = members[0], members[1:]
    masks = []
    for count in range(len(others)):
        for more in combinations(others, count):
            mask = np.zeros(4, dtype=bool)
            mask[[first, *more]] = True
            masks.append(mask)
    groups = np.repeat(np.array(masks), len(turned), axis=0)
    return np.tile(turned, len(masks)), groups, groups @ np.array(region.areas)


def straight_cuts(regions: Sequence[Region], task: Task) -> Cuts:
    """Cut every region along all its axes, with every grouping of what stands on either side."""
    rows, axes, groups, far_groups, near, far = [], [], [], [], [], []
    for row, region in enumerate(regions):
        turned, near_groups, areas = _ways(region, task)
        normal = unit(turned)
        at = offsets(region.shape, normal, areas * region.shape.area / math.fsum(region.areas))
        below, above = sides(region.shape, normal, at)
        near.append(below)
        far.append(above)
        rows.append(np.full(len(turned), row))
        axes.append(turned)
        groups.append(near_groups)
        far_groups.append((np.array(region.areas) > 0) & ~near_groups)
    columns = (rows, near, far, groups, far_groups, axes)
    return Cuts(*(np.concatenate(column) for column in columns))


def _circle(shape: BaseGeometry) -> tuple[Floats, float]:
    west, south, east, north = shape.bounds
    return np.array([(west + east) / 2, (south + north) / 2]), east - west + north - south


def arm_cuts(regions: Sequence[Region], task: Task) -> Iterator[Cuts]:
    """Cuts of one arm of an indented region, where a line over all of it would cut several."""
    for row, region in enumerate(regions[:ARM_REGIONS]):
        shape = region.shape
        hull = shape.convex_hull
        if shape.area > 0.98 * hull.area:
            continue
        corners = _indents(shape, hull)
        turned, near_groups, areas = _ways(region, task)
        arms: dict[float, list[Polygon]] = {}
        found = []
        for k, (angle, area) in enumerate(zip(turned.tolist(), areas.tolist(), strict=True)):
            if angle not in arms:
                arms[angle] = list(_arms(shape, corners, unit(angle)))
            for arm in arms[angle]:
                if arm.area > area * (1 + 1e-9):
                    found.append((k, arm))
        if not found:
            continue
        index = np.array([k for k, _ in found])
        near = [_low_part(arm, unit(turned[k]), areas[k]) for k, arm in found]
        pieces = np.array(near, dtype=object)
        far_groups = (np.array(region.areas) > 0) & ~near_groups[index]
        rest = shapely.difference(shape, pieces, grid_size=GRID_M)
        yield Cuts(
            np.full(len(index), row), pieces, rest, near_groups[index], far_groups, turned[index]
        )


def _indents(shape: BaseGeometry, hull: BaseGeometry, most: int = 4) -> Floats:
    """The corners of a region that lie deepest within its hull, (n, 2)."""
    course = shapely.simplify(shape, 0.01 * math.sqrt(shape.area))
    points = np.asarray(
        shapely.points(np.unique(np.round(shapely.get_coordinates(course), 6), axis=0))
    )
    deep = np.round(shapely.distance(points, hull.boundary), 6)
    order = np.lexsort((np.round(shapely.distance(points, shape.centroid), 6), -deep))
    chosen = [k for k in order[:most] if deep[k] > 0.03 * math.sqrt(shape.area)]
    return shapely.get_coordinates(points[chosen])


def _arms(shape: BaseGeometry, corners: Floats, normal: Floats) -> Iterator[Polygon]:
    """The separate parts of a region on the near side of lines through its indents."""
    if not len(corners):
        return
    centre, reach = _circle(shape)
    at = np.unique(np.round(corners @ normal, 6))
    halves = half_planes(np.tile(normal, (len(at), 1)), at, reach, centre)
    for low in shapely.intersection(shape, halves):
        parts = polygon_parts(low, 1.0)
        if len(parts) > 1:
            yield from parts


def _low_part(arm: Polygon, normal: Floats, area: float) -> Area:
    at = offsets(arm, normal[None], np.array([area]))
    low: Area = sides(arm, normal[None], at)[0][0]
    return low
