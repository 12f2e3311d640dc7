"""Plots to lay out: those of the handbook, and random ones, half of them concave."""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np
import shapely
from shapely import Polygon, box
from shapely.affinity import rotate, scale, translate

from geo.layout.site import Site, gradient_from_fall

__all__ = ["GEN", "RAI", "cut_site", "gen_site", "random_site"]

RAI = 1600.0

GEN = {
    "GEN-T1": [(0, 0), (40, 0), (40, 40), (0, 40)],
    "GEN-T2": [(0, 0), (20, 0), (20, 40), (0, 40)],
    "GEN-T3": [(0, 0), (90, 0), (75, 64), (15, 64)],
    "GEN-T4": [(0, 0), (160, 0), (160, 60), (64, 60), (64, 160), (0, 160)],
    "GEN-T5": [(0, 0), (180, 10), (200, 110), (120, 160), (20, 130)],
    "GEN-T6": [(0, 0), (16, 0), (16, 100), (0, 100)],
}
"""land.md 6.3."""


def gen_site(case: str) -> Site:
    """The plot on a plane that falls 2 % to its longest side, entered from the far side."""
    ring = np.array(GEN[case], dtype=float)
    after = np.roll(ring, -1, axis=0)
    length = np.hypot(*(after - ring).T)
    low = int(np.argmax(np.round(length, 6)))
    outward = -np.array([-(after - ring)[low][1], (after - ring)[low][0]]) / length[low]
    middle = (ring + after) / 2
    far = int(np.argmin(np.round((middle - middle[low]) @ outward, 6)))
    east, north = -0.02 * outward
    return Site(
        plot=Polygon(ring), access=shapely.Point(middle[far]), gradient=(float(east), float(north))
    )


def random_site(seed: int) -> Site:
    """A plot of 0.25 to 15 rai turned any way; even seeds convex, odd ones concave."""
    rng = np.random.default_rng(seed)
    shape = next(_concave(rng) if seed % 2 else _convex(rng))
    area = rng.uniform(0.25, 15) * RAI if rng.random() < 0.6 else rng.uniform(0.25, 2) * RAI
    size = math.sqrt(area / shape.area)
    shape = scale(shape, size, size, origin=(0, 0))
    shape = shapely.orient_polygons(rotate(shape, rng.uniform(0, 360), origin=(0, 0)))
    return Site(
        plot=shape,
        access=shape.exterior.interpolate(rng.uniform(0, 1), normalized=True),
        gradient=gradient_from_fall(rng.uniform(0, 360), rng.uniform(0.2, 5)),
    )


def cut_site(area: shapely.Geometry, seed: int) -> Site:
    """A piece of 0.25 to 15 rai cut from an area in metres, along its real border.

    Even seeds cut with a convex shape, odd ones with a concave one.
    """
    rng = np.random.default_rng(seed)
    while True:
        shape = next(_concave(rng) if seed % 2 else _convex(rng))
        size = math.sqrt(rng.uniform(0.4, 15) * RAI / shape.area)
        shape = rotate(scale(shape, size, size, origin=(0, 0)), rng.uniform(0, 360), origin=(0, 0))
        place = area.boundary.interpolate(rng.uniform(0, 1), normalized=True)
        cut = area.intersection(translate(shape, place.x, place.y))
        parts = [part for part in shapely.get_parts(cut) if part.geom_type == "Polygon"]
        piece = max(parts, key=shapely.area, default=Polygon())
        if 0.25 * RAI <= piece.area <= 15 * RAI and not piece.equals(shape):
            break
    piece = shapely.orient_polygons(piece)
    return Site(
        plot=piece,
        access=piece.exterior.interpolate(rng.uniform(0, 1), normalized=True),
        gradient=gradient_from_fall(rng.uniform(0, 360), rng.uniform(0.2, 5)),
    )


def _convex(rng: np.random.Generator) -> Iterator[Polygon]:
    """Hulls of random points, up to three times as long as wide."""
    while True:
        points = rng.normal(size=(2 * int(rng.integers(3, 9)), 2)) * [1, rng.uniform(0.35, 1)]
        yield shapely.MultiPoint(points).convex_hull


def _concave(rng: np.random.Generator) -> Iterator[Polygon]:
    """Stars with uneven rays, and rectangles with pieces missing."""
    while True:
        found = _star(rng) if rng.random() < 0.5 else _bitten(rng)
        if found.geom_type == "Polygon" and found.area < 0.995 * found.convex_hull.area:
            yield found


def _star(rng: np.random.Generator) -> Polygon:
    while True:
        angles = np.sort(rng.uniform(0, 2 * np.pi, int(rng.integers(5, 13))))
        if np.diff(np.append(angles, angles[0] + 2 * np.pi)).max() < 2.6:
            reach = rng.uniform(0.45, 1, len(angles))
            return Polygon(np.column_stack([reach * np.cos(angles), reach * np.sin(angles)]))


def _bitten(rng: np.random.Generator) -> Polygon:
    high = rng.uniform(0.4, 1)
    wide, deep = rng.uniform(0.2, 0.6), rng.uniform(0.2, 0.65) * high
    corner = box(1 - wide, high - deep, 2, 2)
    slot = rng.uniform(0.2, 0.5)
    bites = (
        corner,
        box(slot, high - deep, slot + wide * 0.6, 2),
        corner.union(box(-1, high - 0.7 * deep, 0.25, 2)),
    )
    return box(0, 0, 1, high).difference(bites[int(rng.integers(3))])
