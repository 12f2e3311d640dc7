"""Mitred insets: what is left of polygons when all their edges move inward by one distance.

``S(off) = rim.buffer(-off, join_style="mitre", mitre_limit=5)`` is the section of a pond whose
banks are planes (LAND-R11). As long as no edge vanishes its area is exactly

    A(off) = A0 - P * off + T * off^2,    T = sum over the vertices of cot(theta / 2)

with P the perimeter (rings of islands too) and theta the angle on the water side. This module
finds for each polygon of a column how far that holds, and asks GEOS only beyond.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import shapely
from numpy.typing import NDArray

from geo.crs import Floats, Geometries

__all__ = ["MITRE_LIMIT", "Insets", "mitred"]

Rows = NDArray[np.int64]

MITRE_LIMIT = 5.0
COLLINEAR_M = 1e-7  # vertices that stand out less are no corners
COLLAPSE_TOLERANCE_M = 2e-4  # of the bisection; GEOS empties an inset up to 1e-3 early


def mitred(rims: Geometries, offset: Floats, mitre_limit: float = MITRE_LIMIT) -> Geometries:
    """Inset each polygon by its offset (n,), in the units of the coordinates.

    >>> mitred(np.array([shapely.box(0, 0, 20, 20)]), np.array([3.0]))[0].area
    196.0
    """
    inset = shapely.buffer(rims, -offset, join_style="mitre", mitre_limit=mitre_limit)
    return np.asarray(inset, dtype=object)


@dataclass(frozen=True, slots=True)
class _Corners:
    """All vertices of a column of polygons, ring by ring, without the closing ones.

    ``cot`` is cot(theta / 2); ``velocity`` (m, 2) is how the vertex moves per unit of offset, so
    its length is the mitre ratio; ``edge`` is the length of the edge to the next vertex.
    """

    point: Floats
    velocity: Floats
    cot: Floats
    edge: Floats
    ring: Rows
    polygon: Rows
    following: Rows

    @classmethod
    def of(cls, rims: Geometries) -> _Corners:
        rings, polygon_of_ring = shapely.get_rings(rims, return_index=True)
        points, ring = shapely.get_coordinates(rings, return_index=True)
        last = np.append(ring[1:] != ring[:-1], True)  # the closing vertex repeats the first
        points, ring = points[~last], ring[~last]
        index = np.arange(len(ring))
        first = np.flatnonzero(np.diff(ring, prepend=-1))
        end = np.append(first[1:], len(ring)) - 1
        following, before = index + 1, index - 1
        following[end], before[first] = first, end
        step = points[following] - points
        edge = np.hypot(step[:, 0], step[:, 1])
        ahead = step / edge[:, None]
        behind = ahead[before]
        cos = np.maximum((ahead * behind).sum(axis=1), -1 + 1e-15)
        sin = behind[:, 0] * ahead[:, 1] - behind[:, 1] * ahead[:, 0]
        inward = ahead + behind
        velocity = np.column_stack([-inward[:, 1], inward[:, 0]]) / (1 + cos)[:, None]
        return cls(points, velocity, sin / (1 + cos), edge, ring, polygon_of_ring[ring], following)

    def edges_vanish_at(self) -> Floats:
        """The offset at which the first edge of each polygon has shrunk to nothing."""
        shrinking = self.cot + self.cot[self.following]
        with np.errstate(divide="ignore", invalid="ignore"):
            at = np.where(shrinking > 0, self.edge / shrinking, np.inf)
        return np.asarray(np.minimum.reduceat(at, self._starts()))

    def mitre_ratio(self) -> Floats:
        """The largest mitre ratio among the reflex corners of each polygon, at least 1."""
        ratio = np.where(self.cot < 0, np.hypot(self.velocity[:, 0], self.velocity[:, 1]), 1.0)
        return np.asarray(np.maximum.reduceat(ratio, self._starts()))

    def _starts(self) -> Rows:
        return np.flatnonzero(np.diff(self.polygon, prepend=-1))

    def remain_simple(self, rows: Rows, offset: Floats) -> NDArray[np.bool_]:
        """Whether the moved corners of these polygons (ascending rows) still make polygons."""
        move = np.full(int(self.polygon[-1]) + 1, np.nan)
        move[rows] = offset
        mine = np.flatnonzero(~np.isnan(move[self.polygon]))
        points = self.point[mine] + move[self.polygon[mine], None] * self.velocity[mine]
        rings, ring = np.unique(self.ring[mine], return_inverse=True)
        polygon_of_ring = self.polygon[mine][np.searchsorted(ring, np.arange(len(rings)))]
        shells = np.asarray(shapely.linearrings(points, indices=ring))
        polygons = shapely.polygons(shells, indices=np.searchsorted(rows, polygon_of_ring))
        return np.asarray(shapely.is_valid(polygons))


@dataclass(frozen=True, slots=True)
class Insets:
    """The insets of n polygons from offset 0 to ``reach``, all (n,).

    ``area``, ``perimeter`` and ``corners`` are A0, P and T. Up to ``quadratic_to`` the area is
    the closed form. ``collapse`` is the offset at which nothing is left, inf if beyond reach.
    """

    rims: Geometries
    area: Floats
    perimeter: Floats
    corners: Floats
    quadratic_to: Floats
    collapse: Floats
    mitre_limit: float = MITRE_LIMIT

    @classmethod
    def of(cls, rims: Geometries, reach: Floats, mitre_limit: float = MITRE_LIMIT) -> Insets:
        """Study n valid, non-empty Polygons in metres, near the origin for the sake of precision.

        The closed form holds to an offset if up to there every edge keeps a positive length
        (linear in the offset) and the moved ring is simple at it. No earlier section can then
        have split: edges only move inward, so the winding number of the moved ring falls
        everywhere and never rises; it is 0 or 1 before and after, hence 0 or 1 in between,
        while a ring that crosses itself has three values around the crossing.

        >>> insets = Insets.of(np.array([shapely.box(0, 0, 40, 12)]), np.array([8.0]))
        >>> insets.corners.round(9), insets.collapse
        (array([4.]), array([6.]))
        """
        if len(rims) == 0:
            nothing = np.zeros(0)
            return cls(rims, nothing, nothing, nothing, nothing, nothing, mitre_limit)
        rims = shapely.remove_repeated_points(shapely.orient_polygons(shapely.force_2d(rims)))
        rims = shapely.simplify(rims, COLLINEAR_M)
        corner = _Corners.of(rims)
        area, perimeter = shapely.area(rims), shapely.length(rims)
        cot_sum = np.bincount(corner.polygon, corner.cot).astype(float)
        vanish = corner.edges_vanish_at()
        # GEOS bevels corners beyond the limit: leave those rims wholly to it.
        vanish[corner.mitre_ratio() > mitre_limit * 0.98] = 0.0
        quadratic_to = _quadratic_to(corner, vanish, reach)
        anywhere = np.full(len(rims), np.inf)
        insets = cls(rims, area, perimeter, cot_sum, quadratic_to, anywhere, mitre_limit)
        return replace(insets, collapse=insets._collapse_before(reach, vanish))

    def _closed_form(self, rows: Rows, offset: Floats) -> Floats:
        return self.area[rows] + offset * (self.corners[rows] * offset - self.perimeter[rows])

    def _collapse_before(self, reach: Floats, vanish: Floats) -> Floats:
        """The collapse where it comes before ``reach``, by closed form or bisection."""
        collapse = np.full(len(reach), np.inf)
        rows = np.flatnonzero(self.quadratic_to < reach)
        at_once = (self.quadratic_to[rows] >= vanish[rows]) & (
            self._closed_form(rows, vanish[rows]) <= 1e-9 * self.area[rows]
        )
        collapse[rows[at_once]] = vanish[rows[at_once]]
        rows = rows[~at_once]
        rows = rows[shapely.is_empty(self.shapes(rows, reach[rows]))]
        low, high = self.quadratic_to[rows], reach[rows]
        while len(rows) and (high - low).max() > COLLAPSE_TOLERANCE_M:
            middle = (low + high) / 2
            empty = shapely.is_empty(self.shapes(rows, middle))
            low, high = np.where(empty, low, middle), np.where(empty, middle, high)
        collapse[rows] = high
        return collapse

    def shapes(self, rows: Rows, offset: Floats) -> Geometries:
        """The sections of polygons ``rows`` at ``offset``, both (m,)."""
        return mitred(self.rims[rows], offset, self.mitre_limit)

    def areas(self, rows: Rows, offset: Floats) -> Floats:
        """The areas of the sections of polygons ``rows`` at ``offset``, both (m,)."""
        area = np.maximum(self._closed_form(rows, offset), 0.0)
        late = np.flatnonzero(offset > self.quadratic_to[rows] + 1e-9)
        area[late] = shapely.area(self.shapes(rows[late], offset[late]))
        area[offset >= self.collapse[rows]] = 0.0
        return area

    def parts(self, rows: Rows, offset: Floats) -> Rows:
        """How many parts the sections have; 0 where nothing is left."""
        parts = np.ones(len(rows), dtype=np.int64)
        late = np.flatnonzero(offset > self.quadratic_to[rows] + 1e-9)
        shapes = self.shapes(rows[late], offset[late])
        parts[late] = np.where(shapely.is_empty(shapes), 0, shapely.get_num_geometries(shapes))
        parts[offset >= self.collapse[rows]] = 0
        return parts


def _quadratic_to(corner: _Corners, vanish: Floats, reach: Floats) -> Floats:
    """The offset, at most ``reach``, to which no edge vanishes and no section splits."""
    just_before = np.minimum(reach, vanish * (1 - 1e-9))
    rows = np.arange(len(reach))
    rows = rows[~corner.remain_simple(rows, just_before)]
    limit = np.minimum(reach, vanish)
    low, high = np.zeros(len(rows)), just_before[rows]
    for _ in range(12 if len(rows) else 0):  # a fine bound saves nothing: GEOS takes over there
        middle = (low + high) / 2
        simple = corner.remain_simple(rows, middle)
        low, high = np.where(simple, middle, low), np.where(simple, high, middle)
    limit[rows] = low
    return limit
