"""Candidate layouts: a plot is cut in two by straight lines until each part is one zone.

Every way to group the zones on the two sides of a cut is tried, along the sides of the plot and
of its fall, and first a residence at the access with the rest cut around it (LAND-R27, reference
method). A beam keeps the most promising drafts, so that the work has a bound that does not
depend on the clock; ``faults`` counts the constraints that a draft is seen to break.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely import MultiPolygon

from geo.crs import Floats, Geometries
from geo.layout.cuts import areal, polygon_parts
from geo.layout.divide import Cuts, arm_cuts, straight_cuts
from geo.layout.faults import zone_faults
from geo.layout.notch import notches
from geo.layout.profiles import GROUPS
from geo.layout.region import Region, Task
from geo.layout.score import RESIDENCE, WEIGHTS, terms, zone_figures
from geo.layout.site import Area, compactness

__all__ = ["Candidate", "search"]


class Candidate(NamedTuple):
    """A draft that is complete: zones in the order of GROUPS, its faults and its score."""

    zones: tuple[Area | None, ...]
    faults: int
    j: float
    perimeter: float


@dataclass(frozen=True)
class _Drafts:
    """n drafts side by side; ``open`` are the regions that each has still to divide."""

    zones: Geometries  # (n, 4)
    centroid: Floats  # (n, 4, 2)
    compact: Floats  # (n, 4)
    faults: NDArray[np.int64]
    open: list[tuple[Region, ...]]

    def take(self, rows: NDArray[np.int64]) -> _Drafts:
        return _Drafts(
            self.zones[rows],
            self.centroid[rows],
            self.compact[rows],
            self.faults[rows],
            [self.open[row] for row in rows],
        )

    @classmethod
    def joined(cls, several: Sequence[_Drafts]) -> _Drafts:
        return cls(
            np.concatenate([item.zones for item in several]),
            np.concatenate([item.centroid for item in several]),
            np.concatenate([item.compact for item in several]),
            np.concatenate([item.faults for item in several]),
            [regions for item in several for regions in item.open],
        )


def search(starts: Sequence[tuple[Region, ...]], task: Task) -> list[Candidate]:
    """Divide the regions of every start; candidates with the fewest faults first, then best J."""
    drafts = _Drafts.joined([_started(start, task) for start in starts])
    done: list[_Drafts] = []
    while len(drafts.open):
        complete = np.array([not regions for regions in drafts.open])
        if complete.any():
            done.append(drafts.take(np.flatnonzero(complete)))
        drafts = drafts.take(np.flatnonzero(~complete))
        if len(drafts.open):
            drafts = _best(_divided(drafts, task), task)
    return _candidates(_Drafts.joined(done), task) if done else []


def _started(regions: tuple[Region, ...], task: Task) -> _Drafts:
    """The first drafts of a start: nothing divided, and residences at the access."""
    zones = np.full((1, 4), None, dtype=object)
    for row, shape in enumerate(task.locked):
        zones[0, row] = shape
    centroid, compact = zone_figures(dict(zip(GROUPS, task.locked, strict=True)))
    blank = _Drafts(zones, centroid[None], compact[None], np.zeros(1, dtype=np.int64), [()])
    begun = [_with_leaves(blank, regions, task)]
    gate = task.site.gate
    for number, region in enumerate(regions):
        size = region.areas[RESIDENCE]
        alone = region.members == (RESIDENCE,)
        if gate is None or size <= 0 or alone or task.locked[RESIDENCE] is not None:
            continue
        if region.shape.distance(gate) > task.limits.access_m:
            continue
        others = (*regions[:number], *regions[number + 1 :])
        water, rice, orchard, _ = region.areas
        less = (water, rice, orchard, 0.0)
        for zone, rest, axis in notches(region.shape, gate, size):
            house = Region(zone, (0.0, 0.0, 0.0, size))
            begun.append(_with_leaves(blank, (house, Region(rest, less, axis), *others), task))
    return _Drafts.joined(begun)


def _with_leaves(drafts: _Drafts, regions: tuple[Region, ...], task: Task) -> _Drafts:
    """One draft with regions of a single group made its zones, the others left open."""
    zones, centroid = drafts.zones.copy(), drafts.centroid.copy()
    compact, faults = drafts.compact.copy(), drafts.faults.copy()
    left = []
    for region in regions:
        if len(region.members) > 1:
            left.append(region)
            continue
        for row in region.members:
            shapes = np.array([region.shape], dtype=object)
            faults += zone_faults(shapes, np.array([row]), task)
            before = zones[0, row] if task.locked[row] is None else None
            whole = MultiPolygon([*polygon_parts(before), *polygon_parts(region.shape)])
            zones[0, row] = region.shape if before is None else whole
            centroid[0, row] = shapely.get_coordinates(zones[0, row].centroid)[0]
            compact[0, row] = compactness(zones[0, row])
    return _Drafts(zones, centroid, compact, faults, [tuple(left)])


def _divided(drafts: _Drafts, task: Task) -> _Drafts:
    """Cut the first open region of every draft in every way."""
    regions = [first for first, *_ in drafts.open]
    cuts = straight_cuts(regions, task)
    bent = list(arm_cuts(regions, task))
    if bent:
        columns = zip(cuts, *bent, strict=True)
        cuts = Cuts(*(np.concatenate(column) for column in columns))
    return _after(drafts, cuts, task)


def _after(drafts: _Drafts, cuts: Cuts, task: Task) -> _Drafts:
    """The drafts that the cuts give, those with many faults left out already."""
    near, far = areal(cuts.near), areal(cuts.far)
    faults = drafts.faults[cuts.region].copy()
    zones = drafts.zones[cuts.region].copy()
    centroid, compact = drafts.centroid[cuts.region].copy(), drafts.compact[cuts.region].copy()
    for side, groups in ((near, cuts.near_groups), (far, cuts.far_groups)):
        leaf = groups.sum(axis=1) == 1
        rows = np.flatnonzero(leaf)
        group = groups[rows].argmax(axis=1)
        faults[rows] += zone_faults(side[rows], group, task)
        faults[~leaf] += shapely.get_type_id(side[~leaf]) != shapely.GeometryType.POLYGON
        side = side.copy()
        side[rows] = _with_earlier(side[rows], zones[rows, group], group, task)
        zones[rows, group] = side[rows]
        middle = shapely.get_coordinates(shapely.centroid(side))
        round_ = 4 * math.pi * shapely.area(side) / np.maximum(shapely.length(side), 1e-9) ** 2
        centroid = np.where(groups[:, :, None], middle[:, None, :], centroid)
        compact = np.where(groups, round_[:, None], compact)
    keep = _ranked(centroid, compact, faults, task)
    keep = keep[_measures(near, cuts.near_groups, drafts, cuts)[keep]][: task.beam]
    regions = []
    for k in keep:
        region, *others = drafts.open[cuts.region[k]]
        sides = ((near[k], cuts.near_groups[k]), (far[k], cuts.far_groups[k]))
        opened = [
            Region(side, tuple(np.where(groups, region.areas, 0.0).tolist()), cuts.axis[k])
            for side, groups in sides
            if groups.sum() > 1
        ]
        regions.append((*opened, *others))
    return _Drafts(zones[keep], centroid[keep], compact[keep], faults[keep], regions)


def _measures(
    near: Geometries, groups: NDArray[np.bool_], drafts: _Drafts, cuts: Cuts
) -> NDArray[np.bool_]:
    """Which cuts gave both sides the area that was asked for."""
    first = [regions[0] for regions in drafts.open]
    size = np.array([region.shape.area for region in first])[cuts.region]
    share = np.array([np.array(region.areas) / math.fsum(region.areas) for region in first])
    wanted = (share[cuts.region] * groups).sum(axis=1)
    return np.asarray(np.abs(shapely.area(near) / size - wanted) < 1e-5)


def _with_earlier(
    shapes: Geometries, before: Geometries, group: NDArray[np.int64], task: Task
) -> Geometries:
    """Join the two parts of an orchard that was given ground in an earlier region too."""
    joined = shapes.copy()
    for k in np.flatnonzero(before != None):  # noqa: E711 - elementwise
        if task.locked[group[k]] is None:
            joined[k] = MultiPolygon([*polygon_parts(before[k]), *polygon_parts(shapes[k])])
    return joined


def _ranked(
    centroid: Floats, compact: Floats, faults: NDArray[np.int64], task: Task
) -> NDArray[np.int64]:
    """Rows with the fewest faults first, then the highest score as far as it is known."""
    promise = np.round(terms(centroid, compact, task.site) @ WEIGHTS, 9)
    return np.lexsort((-promise, faults))


def _best(drafts: _Drafts, task: Task) -> _Drafts:
    return drafts.take(_ranked(drafts.centroid, drafts.compact, drafts.faults, task)[: task.beam])


def _candidates(drafts: _Drafts, task: Task) -> list[Candidate]:
    j = np.round(terms(drafts.centroid, drafts.compact, task.site) @ WEIGHTS, 9)
    perimeter = np.nansum(np.where(drafts.zones == None, 0.0, shapely.length(drafts.zones)), axis=1)  # noqa: E711
    order = np.lexsort((np.round(perimeter, 6), -j, drafts.faults))
    return [
        Candidate(tuple(drafts.zones[k]), int(drafts.faults[k]), float(j[k]), float(perimeter[k]))
        for k in order
    ]
