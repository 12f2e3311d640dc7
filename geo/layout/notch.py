"""Residences at the access: a piece with square corners cut out of the side one enters by."""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np
import shapely
from shapely import Point, Polygon

from geo.crs import Floats
from geo.layout.cuts import GRID_M, edges, half_planes, offsets, polygon_parts
from geo.layout.site import Area

__all__ = ["notches"]

PROPORTIONS = (0.75, 1.0, 1.4)  # depth of the piece against the side of a square of its area


def notches(ground: Area, gate: Point, area: float) -> Iterator[tuple[Area, Area, float]]:
    """Pieces of this area near the gate: (piece, what is left, angle of the side).

    The piece stands at either end of the side that the gate is at, in the middle before the
    gate, or beside it. Pieces that would leave the ground in parts are left out.

    >>> pieces = list(notches(shapely.box(0, 0, 40, 40), Point(20, 40), 160.0))
    >>> len(pieces), {round(piece.area, 3) for piece, _, _ in pieces}
    (15, {160.0})
    """
    along = _side_at(ground, gate)
    inward = np.array([-along[1], along[0]])
    foot = np.array([gate.x, gate.y])
    centre = np.array([ground.centroid.x, ground.centroid.y])
    reach = 2 * math.hypot(*np.ptp(shapely.get_coordinates(ground), axis=0)) + gate.distance(ground)
    angle = math.atan2(along[1], along[0])
    for proportion in PROPORTIONS:
        depth = proportion * math.sqrt(area)
        inner = half_planes(inward[None], np.array([foot @ inward + depth]), reach, centre)[0]
        strip = shapely.intersection(ground, inner, grid_size=GRID_M)
        band = min(polygon_parts(strip), key=gate.distance, default=None)
        if band is None or band.area <= area * 1.02:
            continue
        for piece in _placed(band, foot, along, area, area / depth, reach):
            if piece.geom_type != "Polygon":
                continue
            rest = shapely.difference(ground, piece, grid_size=GRID_M)
            if rest.geom_type == "Polygon":
                yield piece, rest, angle


def _placed(
    band: Polygon, foot: Floats, along: Floats, area: float, width: float, reach: float
) -> Iterator[Area]:
    at = float(foot @ along)
    starts = ((along, -math.inf), (-along, -math.inf), (along, at - width / 2), (along, at),
              (-along, -at))  # fmt: skip
    for direction, start in starts:
        part: Polygon = band
        if math.isfinite(start):
            before = half_planes(direction[None], np.array([start]), reach, foot)[0]
            cut = polygon_parts(shapely.difference(band, before, grid_size=GRID_M), 1.0)
            if len(cut) != 1:
                continue
            part = cut[0]
        if part.area > area * (1 + 1e-9):
            end = offsets(part, direction[None], np.array([area]))
            near = half_planes(direction[None], end, reach, foot)[0]
            yield shapely.intersection(part, near, grid_size=GRID_M)


def _side_at(ground: Area, gate: Point) -> Floats:
    """Unit vector along the side of the ground nearest to the gate, the ground on its left."""
    course = shapely.simplify(ground, 0.02 * math.sqrt(ground.area))
    start, end = edges(course)
    step = end - start
    far = np.round(
        shapely.distance(shapely.linestrings(np.stack([start, start + step], 1)), gate), 6
    )
    length = np.hypot(step[:, 0], step[:, 1])
    # At a corner the longer side.
    side = int(np.lexsort((-np.round(length, 6), np.asarray(far)))[0])
    return np.asarray(step[side] / length[side])
