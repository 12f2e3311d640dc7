"""What a zone alone breaks, seen while layouts are still being searched for."""

from __future__ import annotations

import math

import numpy as np
import shapely
from numpy.typing import NDArray

from geo.crs import Geometries
from geo.inset import MITRE_LIMIT
from geo.layout.cuts import polygon_parts
from geo.layout.profiles import GROUPS
from geo.layout.region import Task
from geo.layout.score import ORCHARD, RESIDENCE, WATER
from geo.layout.site import compactness

__all__ = ["zone_faults"]

Rows = NDArray[np.int64]


def zone_faults(shapes: Geometries, group: Rows, task: Task) -> Rows:
    """How many constraints each zone (n,) of a group (n,) is seen to break."""
    site, limits = task.site, task.limits
    faults = np.zeros(len(shapes), dtype=np.int64)
    whole = shapely.get_type_id(shapes) == shapely.GeometryType.POLYGON
    for k in np.flatnonzero(~whole):
        parts = polygon_parts(shapes[k])
        fine = group[k] == ORCHARD and len(parts) <= limits.orchard_parts
        fine = fine and all(part.area >= task.orchard_part_m2 for part in parts)
        faults[k] += 0 if fine else 1
        faults[k] += bool(parts) and min(map(compactness, parts)) < task.compact
    length = np.maximum(shapely.length(shapes[whole]), 1e-9)
    faults[whole] += 4 * math.pi * shapely.area(shapes[whole]) / length**2 < task.compact
    water = group == WATER
    if task.dig_m > 0 and water.any():
        dug = shapely.buffer(
            shapes[water], -task.dig_m, join_style="mitre", mitre_limit=MITRE_LIMIT
        )
        faults[water] += shapely.is_empty(dug)
    if task.doorway is not None and water.any():
        wet = shapely.area(shapely.intersection(shapes[water], task.doorway))
        faults[water] += wet > 0.9 * task.doorway.area
    house = group == RESIDENCE
    if house.any() and site.gate is not None:
        faults[house] += shapely.distance(shapes[house], site.gate) > limits.access_m
    if house.any() and site.avoid is not None:
        faults[house] += shapely.area(shapely.intersection(shapes[house], site.avoid)) > 1e-6
    return faults + _clashes(shapes, group, task)


def _clashes(shapes: Geometries, group: Rows, task: Task) -> Rows:
    """Faults against what the planner fixed: things that stay, and zones drawn by hand."""
    faults = np.zeros(len(shapes), dtype=np.int64)
    for item in task.site.fixed:
        ground = item.shape.buffer(item.buffer_m)
        meets = shapely.intersects(shapes, ground)
        inside = shapely.covers(shapes, ground)
        own = group == (GROUPS.index(item.group) if item.group else -1)
        wrong = (~own & meets) if item.group else (meets & ~inside)
        faults += wrong | (own & ~inside)
        faults += (group == WATER) & meets & (item.group is None)
    for row, shape in enumerate(task.locked):
        if shape is not None:
            faults += (group == row) & (shapely.distance(shapes, shape) > 1e-6)
    return faults
