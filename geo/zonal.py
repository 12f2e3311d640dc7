"""A grid seen through polygons: means, flow paths that cross, height above the surroundings."""

from __future__ import annotations

from typing import NamedTuple

import geopandas as gpd
import numpy as np
import shapely
from numpy.typing import NDArray
from pyproj import CRS

from geo.crs import LONLAT, Floats, Geometries
from geo.terrain import Elevation, Flow

__all__ = [
    "Cells",
    "cells_under",
    "crossing_flow",
    "height_above",
    "masked",
    "on_grid",
    "zonal_mean",
]

Ints = NDArray[np.int64]
_CHUNK = 500_000


class Cells(NamedTuple):
    """Cells that polygons cover: number of the polygon, row, column and covered share (0 to 1)."""

    owner: Ints
    row: Ints
    column: Ints
    share: Floats


def masked(shapes: Geometries, keep: NDArray[np.bool_]) -> Geometries:
    """The shapes where ``keep`` is true, None elsewhere.

    >>> masked(np.array([shapely.Point(1, 2), shapely.Point(3, 4)]), np.array([True, False]))
    array([<POINT (1 2)>, None], dtype=object)
    """
    found = np.array(shapes, dtype=object)
    found[~keep] = None
    return found


def on_grid(elevation: Elevation, shapes: Geometries) -> Geometries:
    """Shapes in EPSG:4326 in the coordinates of the grid.

    >>> from affine import Affine
    >>> grid = Elevation.of([[1.0]], Affine(1, 0, 99, 0, -1, 16), "EPSG:4326")
    >>> on_grid(grid, np.array([shapely.Point(100, 15)]))[0].x
    100.0
    """
    if elevation.crs == CRS.from_user_input(LONLAT):
        return shapes
    moved = gpd.GeoSeries(shapes, crs=LONLAT).to_crs(elevation.crs)
    return np.asarray(moved.array, dtype=object)


def _windows(elevation: Elevation, shapes: Geometries, margin: int = 0) -> tuple[Ints, Ints, Ints]:
    """Owner, row and column of all cells of the bounding boxes, cut to the grid."""
    inverse = ~elevation.transform
    box = np.nan_to_num(shapely.bounds(shapes), nan=np.inf)
    rows, columns = elevation.heights.shape
    left = np.floor(np.clip(box[:, 0] * inverse.a + inverse.c, 0, columns)) - margin
    right = np.ceil(np.clip(box[:, 2] * inverse.a + inverse.c, 0, columns)) + margin
    top = np.floor(np.clip(box[:, 3] * inverse.e + inverse.f, 0, rows)) - margin
    bottom = np.ceil(np.clip(box[:, 1] * inverse.e + inverse.f, 0, rows)) + margin
    left, right = np.clip([left, right], 0, columns).astype(np.int64)
    top, bottom = np.clip([top, bottom], 0, rows).astype(np.int64)
    wide = np.maximum(right - left, 0)
    count = wide * np.maximum(bottom - top, 0)
    owner = np.repeat(np.arange(len(shapes)), count)
    at = np.arange(count.sum()) - np.repeat(np.cumsum(count) - count, count)
    return owner, top[owner] + at // wide[owner], left[owner] + at % wide[owner]


def cells_under(elevation: Elevation, shapes: Geometries) -> Cells:
    """The cells under n polygons (in the grid's coordinates), with the share that is covered.

    None, empty and other shapes than polygons cover none.

    >>> from affine import Affine
    >>> grid = Elevation.of(np.zeros((2, 2)), Affine(10, 0, 0, 0, -10, 20), 32647)
    >>> cells_under(grid, np.array([shapely.box(5, 10, 20, 20)])).share.tolist()
    [0.5, 1.0]
    """
    areal = np.isin(shapely.get_type_id(shapes), (3, 6)) & shapely.is_valid(shapes)
    shapes = masked(shapes, areal)
    owner, row, column = _windows(elevation, shapes)
    shapely.prepare(shapes)
    parts = [
        _covered(
            elevation, shapes, owner[i : i + _CHUNK], row[i : i + _CHUNK], column[i : i + _CHUNK]
        )
        for i in range(0, len(owner), _CHUNK)
    ]
    share = np.concatenate(parts) if parts else np.zeros(0)
    some = share > 1e-9
    return Cells(owner[some], row[some], column[some], share[some])


def _covered(
    elevation: Elevation, shapes: Geometries, owner: Ints, row: Ints, column: Ints
) -> Floats:
    t = elevation.transform
    west, north = t.c + column * t.a, t.f + row * t.e
    boxes = shapely.box(west, north + t.e, west + t.a, north)
    share = shapely.contains_properly(shapes[owner], boxes).astype(float)
    edge = share == 0
    cut = shapely.intersection(shapes[owner[edge]], boxes[edge])
    share[edge] = shapely.area(cut) / abs(t.a * t.e)
    return share


def zonal_mean(
    elevation: Elevation, shapes: Geometries, cells: Cells, values: Floats, least: float = 0.5
) -> Floats:
    """Mean of ``values`` in each polygon, weighted by covered area.

    nan where less than the share ``least`` of the polygon has values.
    """
    n = len(shapes)
    seen = values[cells.row, cells.column]
    weight = np.where(np.isnan(seen), 0.0, cells.share)
    total = np.bincount(cells.owner, weight, n)
    known = total * abs(elevation.transform.a * elevation.transform.e)
    with np.errstate(invalid="ignore", divide="ignore"):
        mean = np.bincount(cells.owner, weight * np.nan_to_num(seen), n) / total
        enough = known >= least * np.nan_to_num(shapely.area(shapes), nan=np.inf) - 1e-9
    return np.where(enough & (total > 0), mean, np.nan)


def crossing_flow(elevation: Elevation, shapes: Geometries, routed: Flow) -> Floats:
    """The largest upstream area in m2 of the flow paths that cross each polygon.

    A flow path is the line from the middle of a cell to the middle of the one that it drains to;
    its upstream area is that of the cell it leaves. 0 where none crosses.
    """
    owner, row, column = _windows(elevation, shapes, margin=1)
    largest = np.zeros(len(shapes))
    t, width = elevation.transform, elevation.heights.shape[1]
    shapely.prepare(shapes)
    for i in range(0, len(owner), _CHUNK):
        who, r, c = (part[i : i + _CHUNK] for part in (owner, row, column))
        to = routed.downstream[r, c]
        valid = to >= 0
        who, r, c, to = who[valid], r[valid], c[valid], to[valid]
        ends = np.stack([[c, to % width], [r, to // width]]) + 0.5
        x, y = t.c + ends[0] * t.a, t.f + ends[1] * t.e
        paths = shapely.linestrings(np.stack([x.T, y.T], axis=-1))
        hit = shapely.intersects(shapes[who], paths)
        np.maximum.at(largest, who[hit], routed.upstream_m2[r[hit], c[hit]])
    return largest


def height_above(
    elevation: Elevation, points: Geometries, heights: Floats, radius_m: float, least: float = 0.5
) -> Floats:
    """How much ``heights`` (n) lie above the mean of the ground within ``radius_m`` of n points.

    Cells count by their middle, the point's own cell always. nan where less than the share
    ``least`` of the circle has data. Running sums along the rows make the work grow with the
    radius, not with its square.
    """
    # Shapes without a place have no coordinates, so the others must be told by their number.
    places, placed = shapely.get_coordinates(shapely.centroid(points), return_index=True)
    found = np.full(len(points), np.nan)
    found[placed] = _above(elevation, places[:, 0], places[:, 1], heights[placed], radius_m, least)
    return found


def _above(
    elevation: Elevation, x: Floats, y: Floats, heights: Floats, radius_m: float, least: float
) -> Floats:
    rows, columns = elevation.heights.shape
    valid = ~np.isnan(elevation.heights)
    start = np.zeros((rows, 1))
    sums = np.hstack([start, np.cumsum(np.nan_to_num(elevation.heights), axis=1)])
    counts = np.hstack([start, np.cumsum(valid, axis=1)])
    inverse = ~elevation.transform
    at_column, at_row = x * inverse.a + inverse.c - 0.5, y * inverse.e + inverse.f - 0.5
    middle = np.clip(np.round(at_row), 0, rows - 1).astype(np.int64)
    dx, dy = elevation.dx[middle, 0], elevation.dy[middle, 0]
    total, number, expected = np.zeros(len(x)), np.zeros(len(x)), np.zeros(len(x))
    reach = int(np.ceil(radius_m / elevation.dy.min())) + 1
    for step in range(-reach, reach + 1):
        row = np.round(at_row).astype(np.int64) + step
        left_over = radius_m**2 - ((row - at_row) * dy) ** 2
        half = np.sqrt(np.maximum(left_over, 0)) / dx
        first, last = np.ceil(at_column - half), np.floor(at_column + half) + 1
        last = np.where(left_over < 0, first, last)
        if step == 0:  # a cell wider than the circle still says how high it is
            own = np.round(at_column)
            first, last = np.minimum(first, own), np.maximum(last, own + 1)
        expected += np.maximum(last - first, 0)
        inside = (row >= 0) & (row < rows)
        row = np.clip(row, 0, rows - 1)
        first, last = (np.clip(v, 0, columns).astype(np.int64) for v in (first, last))
        total += np.where(inside, sums[row, last] - sums[row, first], 0)
        number += np.where(inside, counts[row, last] - counts[row, first], 0)
    with np.errstate(invalid="ignore", divide="ignore"):
        mean = total / number
    return np.where((number > 0) & (number >= least * expected), heights - mean, np.nan)
