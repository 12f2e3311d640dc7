"""What there is to divide: the input looked over, locked zones taken out, the rest shared out."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import combinations, product

import shapely
from shapely.geometry.base import BaseGeometry

from geo.layout.cuts import polygon_parts
from geo.layout.feeder import shortest_way
from geo.layout.limits import Limits
from geo.layout.pond_fit import PondWish
from geo.layout.profiles import GROUPS, ZONE_GROUPS, Profile
from geo.layout.region import Areas, Region
from geo.layout.score import ORCHARD
from geo.layout.site import Area, Finding, Locked, Site
from geo.plot_shape import plot_error

__all__ = ["divided_ground", "examine", "way_in"]

NOTHING = 0.001  # of the plot: a smaller part of a group, or of the ground, is not cut out
MOST_PARTS = 4  # parts of the ground that are shared out; smaller ones go to their neighbours
MOST_STARTS = 6


def examine(site: Site, profile: Profile, wish: PondWish, limits: Limits) -> tuple[Finding, ...]:
    """Look over the input; findings that block come alone with those found before them."""
    blocking = next(_blocking(site, profile, wish, limits), None)
    if blocking is not None:
        return (blocking,)
    return tuple(_remarks(site, limits))


def _blocking(site: Site, profile: Profile, wish: PondWish, limits: Limits) -> Iterator[Finding]:
    """What makes a layout impossible to try, most basic first; the first one stands for all."""
    plot = site.plot
    if (wrong := plot_error(plot, 0.0 if plot is None else plot.area)) is not None:
        yield Finding(wrong.code, wrong.text, blocks=True)
    elif (wide := _wide_share(site, limits)) < 0.05:
        width = limits.width_of(plot.area)
        yield Finding.of("plot_sliver", blocks=True, limit=width, share=100 * wide)
    if not profile.sound:
        yield Finding.of("shares_invalid", blocks=True, total=profile.total)
    depth = wish.depth_m
    if depth is not None and not 0 < depth <= limits.pond.max_depth_m:
        yield Finding.of("depth_invalid", blocks=True, depth=depth, limit=limits.pond.max_depth_m)
    if not 0 <= wish.slope <= limits.pond.max_slope:
        yield Finding.of(
            "slope_invalid", blocks=True, slope=wish.slope, limit=limits.pond.max_slope
        )
    yield from _locked_wrong(site, limits)


def _locked_wrong(site: Site, limits: Limits) -> Iterator[Finding]:
    for item in site.locked:
        if not item.shape.is_valid:
            yield Finding.of("locked_invalid", blocks=True, group=ZONE_GROUPS[item.group])
            return
    twice = math.fsum(a.shape.intersection(b.shape).area for a, b in combinations(site.locked, 2))
    if twice > limits.overlap_m2:
        yield Finding.of("locked_overlap", blocks=True, area=twice)


def _wide_share(site: Site, limits: Limits) -> float:
    half = limits.width_of(site.plot.area) / 2
    return float(site.plot.buffer(-half).buffer(half).area / site.plot.area)


def _remarks(site: Site, limits: Limits) -> Iterator[Finding]:
    wide = _wide_share(site, limits)
    if wide < 0.8:
        width = limits.width_of(site.plot.area)
        yield Finding.of("plot_sliver", limit=width, share=100 * wide)
    parts = len(polygon_parts(site.plot))
    if parts > 1:
        yield Finding.of("plot_in_parts", parts=parts)
    if site.access is None:
        yield Finding.of("access_missing")
    elif (distance := site.plot.distance(site.access)) > limits.access_m:
        yield Finding.of("access_far", distance=distance, limit=limits.access_m)
    if site.gradient is None:
        yield Finding.of("elevation_missing")
    for item in site.locked:
        outside = item.shape.difference(site.plot).area
        if outside > limits.overlap_m2:
            yield Finding.of("locked_outside", group=ZONE_GROUPS[item.group], area=outside)


def way_in(site: Site, limits: Limits) -> Site:
    """The site with a path to a residence that the planner placed far from the access (H10)."""
    homes = [item.shape for item in site.locked if item.group == "residence"]
    if not homes or site.gate is None:
        return site
    home = shapely.union_all(homes)
    if home.distance(site.gate) <= limits.access_m:
        return site
    others = [item.shape for item in site.locked if item.group != "residence"]
    half = limits.path_m / 2
    ground = site.plot.difference(shapely.union_all(others).buffer(half, join_style="mitre"))
    inside = home.buffer(-half)  # so that the strip meets the house at its full width
    line = shortest_way(site.gate, home if inside.is_empty else inside, ground)
    if line is None:
        return site
    strip = line.buffer(1.001 * half, cap_style="square", join_style="mitre")
    added = strip.intersection(site.plot).difference(shapely.union_all([home, *others]))
    parts = polygon_parts(added, 0.01)
    locked = (*site.locked, *(Locked("residence", part) for part in parts))
    return replace(site, locked=locked, path=shapely.union_all(parts))


def divided_ground(
    site: Site, profile: Profile, limits: Limits
) -> tuple[dict[str, Area], list[tuple[Region, ...]]]:
    """The locked zones by group, and the ways to share the rest of the plot out to the groups."""
    locked: dict[str, BaseGeometry] = {}
    for item in site.locked:
        inside = item.shape.intersection(site.plot)
        if inside.area > 0:
            locked[item.group] = locked.get(item.group, inside).union(inside)
    zones: dict[str, Area] = {
        group: shapely.union_all(polygon_parts(shape)) for group, shape in locked.items()
    }
    plot = site.plot.area
    free = site.plot.difference(shapely.union_all(list(zones.values()))) if zones else site.plot
    least = NOTHING * plot
    parts = polygon_parts(free, min(least, 1.0))[:MOST_PARTS]
    targets = profile.targets(plot)
    wanted = [max(0.0, targets[g] - (zones[g].area if g in zones else 0.0)) for g in GROUPS]
    wanted = [area if area > least else 0.0 for area in wanted]
    if not parts or not any(wanted):
        return zones, [()]
    scale = math.fsum(part.area for part in parts) / math.fsum(wanted)
    wanted = [area * scale for area in wanted]
    if len(parts) == 1:
        return zones, [(Region(parts[0], _four(wanted)),)]
    return zones, list(_shared_out(parts, wanted, zones, limits))


def _four(areas: list[float]) -> Areas:
    water, rice, orchard, residence = areas
    return water, rice, orchard, residence


def _shared_out(
    parts: Sequence[Area],
    wanted: list[float],
    locked: Mapping[str, Area],
    limits: Limits,
) -> Iterator[tuple[Region, ...]]:
    """Ways to give each whole group to one part of the ground, the orchard taking what is left.

    The ways that fit best come first; where none fits the shares suffer, which H3 will say.
    """
    whole = [row for row, area in enumerate(wanted) if area > 0 and row != ORCHARD]
    ways = []
    for homes in product(range(len(parts)), repeat=len(whole)):
        areas = [[0.0] * 4 for _ in parts]
        misfit = 0.0
        for row, home in zip(whole, homes, strict=True):
            areas[home][row] = wanted[row]
            if GROUPS[row] in locked and parts[home].distance(locked[GROUPS[row]]) > 1e-6:
                misfit += wanted[row]
        for part, given in zip(parts, areas, strict=True):
            left = part.area - math.fsum(given)
            small = limits.orchard_part_pct / 100 * wanted[ORCHARD]
            if wanted[ORCHARD] > 0 and (left >= small or not any(given)):
                given[ORCHARD] = left
            misfit += max(0.0, -left) + (left if 0 < left < small else 0.0)
        misfit += wanted[ORCHARD] * max(
            0, sum(a[ORCHARD] > 0 for a in areas) - limits.orchard_parts
        )
        ways.append((round(misfit, 6), homes, areas))
    ways.sort(key=lambda way: way[:2])
    fitting = [way for way in ways if way[0] <= NOTHING * sum(wanted)] or ways[:1]
    for _, _, areas in fitting[:MOST_STARTS]:
        yield tuple(
            Region(part, _four([a * part.area / math.fsum(given) for a in given]))
            for part, given in zip(parts, areas, strict=True)
            if any(given)
        )
