"""Candidate layouts: a plot is cut in two by straight lines until each part is one zone.

Every way to group the zones on the two sides of a cut is tried, along the sides of the plot and
of its fall, and first a residence at the access with the rest cut around it (LAND-R27, reference
method). A beam keeps the most promising drafts, so that the work has a bound that does not
depend on the clock; ``faults`` counts the constraints that a draft is seen to break.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import NamedTuple

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely import MultiPolygon, Polygon
from shapely.geometry.base import BaseGeometry

from geo.crs import Floats, Geometries
from geo.inset import MITRE_LIMIT
from geo.layout.cuts import half_planes, offsets, polygon_parts, unit
from geo.layout.limits import Limits
from geo.layout.notch import notches
from geo.layout.profiles import GROUPS
from geo.layout.score import ORCHARD, RESIDENCE, WATER, WEIGHTS, terms
from geo.layout.site import Area, Site, compactness

__all__ = ["Candidate", "Region", "Task", "search"]

ARM_DRAFTS = 16  # the most promising drafts, whose arms are cut off one by one as well
QUARTERS = np.arange(4) * math.pi / 2


class Region(NamedTuple):
    """Ground that is still to be divided: the area of each group in it, and along which axis.

    ``axis`` None: along any axis of the plot.
    """

    shape: Area
    areas: tuple[float, float, float, float]
    axis: float | None = None

    @property
    def members(self) -> tuple[int, ...]:
        """The groups that have a part in it."""
        return tuple(row for row, area in enumerate(self.areas) if area > 0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """What a search needs to know besides the regions.

    ``compact`` is the least compactness of a zone; ``dig_m`` is how far the banks of the
    shallowest pond that is taken come in, bank included; ``locked`` are the zones by group that
    stand already. ``doorway`` is the ground at the gate, which water must not take up. ``beam`` is how many drafts go on from one cut to the next.
    """

    site: Site
    limits: Limits
    axes: tuple[float, ...]
    compact: float
    dig_m: float
    locked: tuple[Area | None, ...]
    orchard_part_m2: float
    doorway: Area | None
    beam: int


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
    shapes = np.where(zones == None, Polygon(), zones)  # noqa: E711 - elementwise
    centroid = shapely.get_coordinates(shapely.centroid(shapes[0]))
    known = np.full((4, 2), np.nan)
    known[~shapely.is_empty(shapes[0])] = centroid
    compact = np.array([compactness(shape) if shape.area else np.nan for shape in shapes[0]])
    blank = _Drafts(zones, known[None], compact[None], np.zeros(1, dtype=np.int64), [()])
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
        less = (*region.areas[:RESIDENCE], 0.0)
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
            faults += _leaf_faults(shapes, np.array([row]), task)
            before = zones[0, row] if task.locked[row] is None else None
            whole = MultiPolygon([*polygon_parts(before), *polygon_parts(region.shape)])
            zones[0, row] = region.shape if before is None else whole
            centroid[0, row] = shapely.get_coordinates(zones[0, row].centroid)[0]
            compact[0, row] = compactness(zones[0, row])
    return _Drafts(zones, centroid, compact, faults, [tuple(left)])


class _Cuts(NamedTuple):
    """k cuts: which draft, the sides, which groups stand on the near side, along which axis."""

    draft: NDArray[np.int64]
    near: Geometries
    far: Geometries
    near_groups: NDArray[np.bool_]  # (k, 4)
    far_groups: NDArray[np.bool_]
    axis: Floats


def _divided(drafts: _Drafts, task: Task) -> _Drafts:
    """Cut the first open region of every draft in every way."""
    cuts = _straight_cuts(drafts, task)
    bent = list(_arm_cuts(drafts, task))
    if bent:
        columns = zip(cuts, *bent, strict=True)
        cuts = _Cuts(*(np.concatenate(column) for column in columns))
    return _after(drafts, cuts, task)


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


def _straight_cuts(drafts: _Drafts, task: Task) -> _Cuts:
    rows, axes, groups, far_groups, halves, shapes = [], [], [], [], [], []
    for row, (region, *_) in enumerate(drafts.open):
        turned, near_groups, areas = _ways(region, task)
        normal = unit(turned)
        at = offsets(region.shape, normal, areas * region.shape.area / math.fsum(region.areas))
        centre, reach = _circle(region.shape)
        halves.append(half_planes(normal, at, reach, centre))
        rows.append(np.full(len(turned), row))
        shapes.append(np.full(len(turned), region.shape, dtype=object))
        axes.append(turned)
        groups.append(near_groups)
        far_groups.append((np.array(region.areas) > 0) & ~near_groups)
    half, whole = np.concatenate(halves), np.concatenate(shapes)
    near, far = shapely.intersection(whole, half), shapely.difference(whole, half)
    return _Cuts(
        np.concatenate(rows), near, far, np.concatenate(groups),
        np.concatenate(far_groups), np.concatenate(axes),
    )  # fmt: skip


def _circle(shape: BaseGeometry) -> tuple[Floats, float]:
    west, south, east, north = shape.bounds
    return np.array([(west + east) / 2, (south + north) / 2]), east - west + north - south


def _arm_cuts(drafts: _Drafts, task: Task) -> Iterator[_Cuts]:
    """Cuts of one arm of an indented region, where a line over all of it would cut several."""
    for row, (region, *_) in enumerate(drafts.open[:ARM_DRAFTS]):
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
        rest = shapely.difference(shape, pieces)
        yield _Cuts(
            np.full(len(index), row), pieces, rest, near_groups[index], far_groups, turned[index]
        )


def _indents(shape: BaseGeometry, hull: BaseGeometry, most: int = 4) -> Floats:
    """The corners of a region that lie deepest within its hull, (n, 2)."""
    course = shapely.simplify(shape, 0.01 * math.sqrt(shape.area))
    points = shapely.points(np.unique(np.round(shapely.get_coordinates(course), 6), axis=0))
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


def _low_part(arm: Polygon, normal: Floats, area: float) -> BaseGeometry:
    at = offsets(arm, normal[None], np.array([area]))
    centre, reach = _circle(arm)
    return arm.intersection(half_planes(normal[None], at, reach, centre)[0])


def _after(drafts: _Drafts, cuts: _Cuts, task: Task) -> _Drafts:
    """The drafts that the cuts give, those with many faults left out already."""
    near, far = _cleaned(cuts.near), _cleaned(cuts.far)
    faults = drafts.faults[cuts.draft].copy()
    zones = drafts.zones[cuts.draft].copy()
    centroid, compact = drafts.centroid[cuts.draft].copy(), drafts.compact[cuts.draft].copy()
    for side, groups in ((near, cuts.near_groups), (far, cuts.far_groups)):
        leaf = groups.sum(axis=1) == 1
        rows = np.flatnonzero(leaf)
        group = groups[rows].argmax(axis=1)
        faults[rows] += _leaf_faults(side[rows], group, task)
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
        region, *others = drafts.open[cuts.draft[k]]
        sides = ((near[k], cuts.near_groups[k]), (far[k], cuts.far_groups[k]))
        opened = [
            Region(side, tuple(np.where(groups, region.areas, 0.0).tolist()), cuts.axis[k])
            for side, groups in sides
            if groups.sum() > 1
        ]
        regions.append((*opened, *others))
    return _Drafts(zones[keep], centroid[keep], compact[keep], faults[keep], regions)


def _measures(
    near: Geometries, groups: NDArray[np.bool_], drafts: _Drafts, cuts: _Cuts
) -> NDArray[np.bool_]:
    """Which cuts gave both sides the area that was asked for."""
    first = [regions[0] for regions in drafts.open]
    size = np.array([region.shape.area for region in first])[cuts.draft]
    share = np.array([np.array(region.areas) / math.fsum(region.areas) for region in first])
    wanted = (share[cuts.draft] * groups).sum(axis=1)
    return np.asarray(np.abs(shapely.area(near) / size - wanted) < 1e-6)


def _with_earlier(shapes: Geometries, before: Geometries, group: NDArray[np.int64], task: Task) -> Geometries:
    """Join the two parts of an orchard that was given ground in an earlier region too."""
    joined = shapes.copy()
    for k in np.flatnonzero(before != None):  # noqa: E711 - elementwise
        if task.locked[group[k]] is None:
            joined[k] = MultiPolygon([*polygon_parts(before[k]), *polygon_parts(shapes[k])])
    return joined


def _cleaned(shapes: Geometries) -> Geometries:
    """The sides of cuts without the lines and points that a cut along an edge leaves."""
    odd = shapely.get_type_id(shapes) != shapely.GeometryType.POLYGON
    for k in np.flatnonzero(odd):
        parts = polygon_parts(shapes[k])
        shapes[k] = parts[0] if len(parts) == 1 else MultiPolygon(parts)
    return shapes


def _leaf_faults(shapes: Geometries, group: NDArray[np.int64], task: Task) -> NDArray[np.int64]:
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


def _clashes(shapes: Geometries, group: NDArray[np.int64], task: Task) -> NDArray[np.int64]:
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


def _ranked(
    centroid: Floats, compact: Floats, faults: NDArray[np.int64], task: Task
) -> NDArray[np.int64]:
    """Rows with the fewest faults first, then the highest score as far as it is known."""
    promise = np.round(terms(centroid, compact, task.site) @ WEIGHTS, 9)
    return np.lexsort((-promise, faults))


def _best(drafts: _Drafts, task: Task) -> _Drafts:
    return drafts.take(
        _ranked(drafts.centroid, drafts.compact, drafts.faults, task)[: task.beam]
    )


def _candidates(drafts: _Drafts, task: Task) -> list[Candidate]:
    j = np.round(terms(drafts.centroid, drafts.compact, task.site) @ WEIGHTS, 9)
    perimeter = np.nansum(np.where(drafts.zones == None, 0.0, shapely.length(drafts.zones)), axis=1)  # noqa: E711
    order = np.lexsort((np.round(perimeter, 6), -j, drafts.faults))
    return [
        Candidate(tuple(drafts.zones[k]), int(drafts.faults[k]), float(j[k]), float(perimeter[k]))
        for k in order
    ]
