"""Outlines of fields and pond rims around the origin, in metres."""

from __future__ import annotations

import numpy as np
import shapely.affinity
from shapely import Polygon

__all__ = ["DUMBBELL", "FIELDS", "RIMS", "outline", "placed", "rectangle"]

FIELDS = ("rectangle", "rectangle", "rectangle", "trapezium", "trapezium", "l_shape", "pentagon")
RIMS = ("rectangle", "rectangle", "oval", "l_shape", "trapezium", "curved", "island")

DUMBBELL = Polygon(
    [
        *[(0, 0), (12, 0), (12, 4.5), (22, 4.5), (22, 0), (34, 0)],
        *[(34, 12), (22, 12), (22, 7.5), (12, 7.5), (12, 12), (0, 12)],
    ]
)
"""Two basins and a neck of 3 m: the bottom splits (POND-T25)."""


def rectangle(length: float, width: float) -> Polygon:
    """A rectangle with its middle at the origin."""
    x, y = length / 2, width / 2
    return Polygon([(-x, -y), (x, -y), (x, y), (-x, y)])


def outline(kind: str, area: float, rng: np.random.Generator) -> Polygon:
    """An outline of the kind with exactly this area."""
    shape = _OUTLINES[kind](rng)
    factor = (area / shape.area) ** 0.5
    return shapely.affinity.scale(shape, factor, factor, origin=(0, 0))


def placed(shape: Polygon, x: float, y: float, turn: float) -> Polygon:
    """The shape turned by ``turn`` degrees and moved to (x, y)."""
    return shapely.affinity.translate(shapely.affinity.rotate(shape, turn, origin=(0, 0)), x, y)


def _rectangle(rng: np.random.Generator) -> Polygon:
    return rectangle(rng.uniform(1.0, 2.2), 1.0)


def _trapezium(rng: np.random.Generator) -> Polygon:
    long, left, right = rng.uniform(1.2, 2.0), rng.uniform(0, 0.25), rng.uniform(0, 0.25)
    lower = [(-long / 2, -0.5), (long / 2, -0.5)]
    return Polygon([*lower, (long / 2 - right, 0.5), (left - long / 2, 0.5)])


def _l_shape(rng: np.random.Generator) -> Polygon:
    a, b = rng.uniform(0.42, 0.55, 2)
    foot = [(-0.5, -0.5), (0.5, -0.5), (0.5, a - 0.5)]
    return Polygon([*foot, (b - 0.5, a - 0.5), (b - 0.5, 0.5), (-0.5, 0.5)])


def _pentagon(rng: np.random.Generator) -> Polygon:
    turns = np.linspace(0, 2 * np.pi, 5, endpoint=False) + rng.uniform(-0.15, 0.15, 5)
    radii = rng.uniform(0.85, 1.15, 5)
    return Polygon(np.column_stack([np.cos(turns) * radii * 1.25, np.sin(turns) * radii]))


def _oval(rng: np.random.Generator) -> Polygon:
    turns = np.linspace(0, 2 * np.pi, 24, endpoint=False)
    return Polygon(np.column_stack([np.cos(turns) * rng.uniform(1.1, 1.7), np.sin(turns)]))


def _curved(rng: np.random.Generator) -> Polygon:
    """A soft, uneven rim, as dug along the lie of the land."""
    turns = np.linspace(0, 2 * np.pi, 20, endpoint=False)
    phase = rng.uniform(0, 2 * np.pi)
    radii = 1 + 0.16 * np.cos(2 * turns + phase) + 0.08 * np.cos(3 * turns - phase)
    return Polygon(np.column_stack([np.cos(turns) * radii * 1.3, np.sin(turns) * radii]))


def _island(rng: np.random.Generator) -> Polygon:
    rim = _rectangle(rng)
    hole = rectangle(0.22, 0.2)
    return Polygon(rim.exterior.coords, [hole.exterior.coords[::-1]])


_OUTLINES = {
    "rectangle": _rectangle,
    "trapezium": _trapezium,
    "l_shape": _l_shape,
    "pentagon": _pentagon,
    "oval": _oval,
    "curved": _curved,
    "island": _island,
}
