"""A pond in its water zone: the rim within the bank, setback and trees, and the depth that fits."""

from __future__ import annotations

import math
from dataclasses import dataclass

import shapely
from shapely import Polygon
from shapely.geometry.base import BaseGeometry

from geo.inset import MITRE_LIMIT
from geo.layout.cuts import polygon_parts
from geo.layout.limits import Limits
from geo.layout.site import Area, Site

__all__ = [
    "Pond",
    "PondWish",
    "deepest",
    "dug_in",
    "least_dig",
    "leaves_a_bottom",
    "outside_setback",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class PondWish:
    """The pond that is asked for; ``depth_m`` None: what fits the zone."""

    depth_m: float | None = None
    slope: float = 1.5
    certified: bool = False
    bank_m: float = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Pond:
    """A pond that is drawn: its rim at GL +/-0.00, depth and side slope."""

    rim: Polygon
    depth_m: float
    slope: float


def leaves_a_bottom(rim: BaseGeometry, depth_m: float, slope: float) -> bool:
    """Whether the slopes leave one bottom at this depth: verdict ok of LAND-R12.

    >>> square = shapely.box(0, 0, 10, 10)
    >>> leaves_a_bottom(square, 3, 1.5), leaves_a_bottom(square, 4, 1.5)
    (True, False)
    """
    # The verdict of a pond counts slopes that meet within 5 mm of the depth as a line.
    off = slope * (depth_m + 0.006)
    bottom = rim.buffer(-off, join_style="mitre", mitre_limit=MITRE_LIMIT)
    return bottom.geom_type == "Polygon" and bottom.area > 1e-3


def deepest(rim: BaseGeometry, slope: float, most_m: float) -> float:
    """The greatest depth in steps of 0.1 m that leaves a bottom; 0: none does."""
    low, high = 0, math.floor(round(most_m * 10, 6))
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (
            (middle, high) if leaves_a_bottom(rim, middle / 10, slope) else (low, middle - 1)
        )
    return low / 10


def outside_setback(shape: Area, site: Site, setback_m: float) -> BaseGeometry:
    """What of a shape is at least ``setback_m`` away from the land of others.

    >>> plot = shapely.box(0, 0, 40, 40)
    >>> outside_setback(plot, Site(plot=plot), 8.0).area
    576.0
    """
    if setback_m <= 0:
        return shape
    near = site.boundary.buffer(
        setback_m, join_style="mitre", mitre_limit=MITRE_LIMIT, cap_style="square"
    )
    return shape.difference(near)


def _usual_depth(water: Area, wish: PondWish, limits: Limits) -> tuple[float, ...]:
    """The depths to try, deepest first: a square pond keeps a bottom of 30 % of its width."""
    side = math.sqrt(water.area) - 2 * wish.bank_m
    square = 0.35 * side / wish.slope if wish.slope > 0 else math.inf
    wanted = next((depth for depth in limits.depths_m if depth <= square), limits.depths_m[-1])
    least = limits.least_depth * wanted
    return tuple(depth for depth in limits.depths_m if least - 1e-9 <= depth <= wanted)


def dug_in(water: Area, site: Site, wish: PondWish, limits: Limits) -> Pond | None:
    """The largest pond in a water zone that keeps bank, setback, trees and fixed things.

    None where no rim is left, its slopes meet too early, or it fills too little of the zone.
    """
    depths = _usual_depth(water, wish, limits) if wish.depth_m is None else (wish.depth_m,)
    for depth in depths:
        rim = _rim(water, site, wish, depth, limits)
        if rim is None or rim.area < limits.least_rim * water.area:
            continue
        if leaves_a_bottom(rim, depth, wish.slope):
            return Pond(rim=rim, depth_m=depth, slope=wish.slope)
    return None


def _rim(water: Area, site: Site, wish: PondWish, depth: float, limits: Limits) -> Polygon | None:
    room: BaseGeometry = water.buffer(-wish.bank_m, join_style="mitre", mitre_limit=MITRE_LIMIT)
    if room.is_empty:
        return None
    room = outside_setback(room, site, limits.setback_of(depth, certified=wish.certified))
    # Polygons around a circle, so that their sides keep the distance too.
    round_out = 1.001 / math.cos(math.pi / 16)
    kept = [tree.buffer(limits.near.tree_min_m * round_out, quad_segs=4) for tree in site.trees]
    kept += [item.shape.buffer(item.buffer_m * round_out, quad_segs=4) for item in site.fixed]
    for shape in kept:
        if room.intersects(shape):
            room = room.difference(shape)
    parts = polygon_parts(_without_tails(room, wish.slope * depth / 2), 1.0)
    return parts[0] if parts else None


def _without_tails(room: Area, half_width: float) -> BaseGeometry:
    """A rim without arms that the slopes would close before half the depth."""
    inner = room.buffer(-half_width, join_style="mitre", mitre_limit=MITRE_LIMIT)
    return inner.buffer(half_width, join_style="mitre", mitre_limit=MITRE_LIMIT).intersection(room)


def least_dig(water_m2: float, wish: PondWish, limits: Limits) -> float:
    """How far bank and slopes of the shallowest pond that is taken come in from each side."""
    if water_m2 <= 0:
        return 0.0
    square = shapely.box(0, 0, math.sqrt(water_m2), math.sqrt(water_m2))
    depth = wish.depth_m or _usual_depth(square, wish, limits)[-1]
    return wish.bank_m + wish.slope * depth
