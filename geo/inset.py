"""Mitred insets: what is left of polygons when all their edges move inward by one distance.

``S(off) = rim.buffer(-off, join_style="mitre", mitre_limit=5)`` is the section of a pond whose
banks are planes (LAND-R11). As long as no edge vanishes its area is exactly

    A(off) = A0 - P * off + T * off^2,    T = sum over the vertices of cot(theta / 2)

with P the perimeter (rings of islands too) and theta the angle on the water side. So A is
quadratic from one event (an edge vanishes, a section splits) to the next. This module finds
the events and the quadratic pieces between them, for a whole column of polygons at once.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import shapely
from numpy.typing import NDArray

from geo.crs import Floats, Geometries

__all__ = ["MITRE_LIMIT", "Insets", "Pieces", "mitred"]

Rows = NDArray[np.int64]

MITRE_LIMIT = 5.0
COLLINEAR_M = 1e-7  # vertices that stand out less are no corners
EVENT_M = 1e-4  # how closely a split is located
STEP_M = 5e-4  # GEOS steps over an event from this much before it to this much after
PATIENCE = 100  # events that are followed one by one; rims traced by GPS have thousands
STRIDES = 200  # in so many strides at most the rest of the way is then made


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

    def moved(self, rows: Rows, offset: Floats) -> Geometries:
        """These polygons (ascending rows) with every corner moved by their offset."""
        move = np.full(int(self.polygon[-1]) + 1, np.nan)
        move[rows] = offset
        mine = np.flatnonzero(~np.isnan(move[self.polygon]))
        points = self.point[mine] + move[self.polygon[mine], None] * self.velocity[mine]
        rings, ring = np.unique(self.ring[mine], return_inverse=True)
        polygon_of_ring = self.polygon[mine][np.searchsorted(ring, np.arange(len(rings)))]
        shells = np.asarray(shapely.linearrings(points, indices=ring))
        polygons = shapely.polygons(shells, indices=np.searchsorted(rows, polygon_of_ring))
        return np.asarray(polygons, dtype=object)


class Pieces(NamedTuple):
    """Parts of sections between two events, (m,) each, ordered by ``row``, their polygon.

    From offset ``start`` to ``end`` the part has the area A(t) of the closed form with t counted
    from ``start``; ``end`` is inf where the part is still there at the reach.
    """

    row: Rows
    start: Floats
    end: Floats
    area: Floats
    perimeter: Floats
    corners: Floats

    def at(self, piece: Rows, offset: Floats) -> Floats:
        """Area of these pieces at offsets, both (k,)."""
        t = offset - self.start[piece]
        return np.maximum(
            self.area[piece] + t * (self.corners[piece] * t - self.perimeter[piece]), 0.0
        )


@dataclass(frozen=True, slots=True)
class Insets:
    """The insets of n polygons from offset 0 to a reach.

    ``rims``, ``area``, ``perimeter`` and ``collapse`` are (n,); ``collapse`` is the offset at
    which nothing is left, inf if beyond reach. ``bevelled`` marks rims with a reflex corner
    sharper than the mitre limit: GEOS cuts it off, so they have no pieces and are asked of GEOS.
    """

    rims: Geometries
    area: Floats
    perimeter: Floats
    collapse: Floats
    bevelled: NDArray[np.bool_]
    pieces: Pieces
    mitre_limit: float = MITRE_LIMIT

    @classmethod
    def of(cls, rims: Geometries, reach: Floats, mitre_limit: float = MITRE_LIMIT) -> Insets:
        """Study n valid, non-empty Polygons in metres, near the origin for the sake of precision.

        >>> insets = Insets.of(np.array([shapely.box(0, 0, 40, 12)]), np.array([8.0]))
        >>> insets.pieces.corners.round(9), insets.collapse
        (array([4.]), array([6.]))
        """
        rims = _cleaned(shapely.orient_polygons(shapely.force_2d(rims)))
        n = len(rims)
        bevelled = np.zeros(n, dtype=bool)
        if n:
            bevelled = (_Corners.of(rims).mitre_ratio() > mitre_limit) & (reach > 0)
        pieces = _pieces(rims, np.flatnonzero(~bevelled), reach)
        collapse = np.zeros(n)
        np.maximum.at(collapse, pieces.row, pieces.end)
        sharp = np.flatnonzero(bevelled)
        collapse[sharp] = _collapse_of_geos(rims[sharp], reach[sharp], mitre_limit)
        area, perimeter = shapely.area(rims), shapely.length(rims)
        return cls(rims, area, perimeter, collapse, bevelled, pieces, mitre_limit)

    def pairs(self, rows: Rows) -> tuple[Rows, Rows]:
        """All pieces of the polygons ``rows`` (m,): indices into ``rows`` and into the pieces."""
        first = np.searchsorted(self.pieces.row, rows, side="left")
        count = np.searchsorted(self.pieces.row, rows, side="right") - first
        query = np.repeat(np.arange(len(rows)), count)
        return query, np.arange(len(query)) + np.repeat(first - np.cumsum(count) + count, count)

    def areas(self, rows: Rows, offset: Floats) -> Floats:
        """The areas of the sections of polygons ``rows`` at ``offset``, both (m,)."""
        query, piece = self._present(rows, offset)
        size = self.pieces.at(piece, offset[query])
        area = np.bincount(query, size, minlength=len(rows)).astype(float)
        sharp = np.flatnonzero(self.bevelled[rows])
        area[sharp] = shapely.area(self._bevelled_sections(rows[sharp], offset[sharp]))
        return area

    def parts(self, rows: Rows, offset: Floats) -> Rows:
        """How many parts the sections have; 0 where nothing is left."""
        query, _ = self._present(rows, offset)
        parts = np.bincount(query, minlength=len(rows))
        sharp = np.flatnonzero(self.bevelled[rows])
        sections = self._bevelled_sections(rows[sharp], offset[sharp])
        parts[sharp] = np.where(shapely.is_empty(sections), 0, shapely.get_num_geometries(sections))
        return parts

    def _present(self, rows: Rows, offset: Floats) -> tuple[Rows, Rows]:
        query, piece = self.pairs(rows)
        off = offset[query]
        there = (off >= self.pieces.start[piece]) & (off < self.pieces.end[piece] - 1e-9)
        return query[there], piece[there]

    def _bevelled_sections(self, rows: Rows, offset: Floats) -> Geometries:
        sections = mitred(self.rims[rows], offset, self.mitre_limit)
        sections[offset >= self.collapse[rows]] = shapely.Polygon()
        return sections


def _cleaned(polygons: Geometries) -> Geometries:
    return np.asarray(
        shapely.simplify(shapely.remove_repeated_points(polygons), COLLINEAR_M), dtype=object
    )


def _pieces(rims: Geometries, rows: Rows, reach: Floats) -> Pieces:
    """Follow the sections of polygons ``rows`` from event to event up to their reach (n,)."""
    found: list[Pieces] = []
    polygons, start = rims[rows], np.zeros(len(rows))
    generation = 0
    while len(rows):
        corner = _Corners.of(polygons)
        rest = reach[rows] - start
        vanish = corner.edges_vanish_at()
        event = _first_event(corner, vanish, rest)
        pieces = Pieces(
            rows,
            start,
            np.where(event < rest, start + event, np.inf),
            shapely.area(polygons),
            shapely.length(polygons),
            np.bincount(corner.polygon, corner.cot).astype(float),
        )
        found.append(pieces)
        every = np.arange(len(rows))
        gone = (event >= vanish) & (pieces.at(every, start + vanish) <= 1e-9 * pieces.area)
        go = np.flatnonzero((event < rest) & ~gone)
        stride = np.full(len(go), STEP_M)
        if generation >= PATIENCE:
            left = pieces.at(go, start[go] + event[go]) / pieces.perimeter[go]
            far = np.maximum(reach[rows[go]] / STRIDES, STEP_M)
            stride = np.where(left > far, far, STEP_M)  # what is thin may end within a stride
        before = np.maximum(event[go] - STEP_M, 0)
        polygons, of = _stepped(corner, go, before, event[go] + stride - before)
        after = np.bincount(of, shapely.area(polygons), len(go)).astype(float)
        _join(pieces, go, stride, after)
        rows, start = rows[go[of]], pieces.end[go[of]]
        order = np.argsort(rows, kind="stable")
        polygons, rows, start = polygons[order], rows[order], start[order]
        generation += 1
    table = [np.concatenate(column) for column in zip(*found, strict=True)] or [np.zeros(0)] * 6
    order = np.argsort(table[0], kind="stable")
    return Pieces(table[0][order].astype(np.int64), *(column[order] for column in table[1:]))


def _first_event(corner: _Corners, vanish: Floats, rest: Floats) -> Floats:
    """The offset, at most ``rest``, at which an edge vanishes or a section splits.

    The closed form holds to an offset if up to there every edge keeps a positive length (linear
    in the offset) and the moved ring is simple at it. No earlier section can then have split:
    edges only move inward, so the winding number of the moved ring falls everywhere and never
    rises; it is 0 or 1 before and after, hence 0 or 1 in between, while a ring that crosses
    itself has three values around the crossing.
    """
    just_before = np.minimum(rest, vanish * (1 - 1e-9))
    rows = np.arange(len(rest))
    rows = rows[~shapely.is_valid(corner.moved(rows, just_before))]
    event = np.minimum(rest, vanish)
    low, high = np.zeros(len(rows)), just_before[rows]
    while len(rows) and (high - low).max() > EVENT_M:
        middle = (low + high) / 2
        simple = shapely.is_valid(corner.moved(rows, middle))
        low, high = np.where(simple, middle, low), np.where(simple, high, middle)
    event[rows] = high
    return event


def _stepped(corner: _Corners, rows: Rows, before: Floats, step: Floats) -> tuple[Geometries, Rows]:
    """Move polygons ``rows`` to just before an event and on over it; parts left and whose.

    GEOS makes the step. Its simplification (1 % of the distance) is nothing over a millimetre.
    What it returns for a polygon thinner than the step may be turned inside out: such a part
    lies too near the edge.
    """
    if not len(rows):
        return np.empty(0, dtype=object), np.empty(0, dtype=np.int64)
    polygons = corner.moved(rows, before)
    parts, of = shapely.get_parts(mitred(polygons, step), return_index=True)
    tip = shapely.get_point(shapely.get_exterior_ring(parts), 0)
    inside = shapely.distance(tip, shapely.boundary(polygons[of])) > 0.98 * step[of]
    keep = inside & (shapely.area(parts) > EVENT_M**2)
    return _cleaned(shapely.orient_polygons(parts[keep])), of[keep]


def _join(pieces: Pieces, rows: Rows, stride: Floats, area_after: Floats) -> None:
    """Draw the pieces that go on out over the stride, to the area that was found behind it."""
    on = area_after > 0
    rows, stride = rows[on], stride[on]
    pieces.end[rows] += stride
    t = pieces.end[rows] - pieces.start[rows]
    fitted = (area_after[on] - pieces.area[rows] + pieces.perimeter[rows] * t) / t**2
    pieces.corners[rows] = np.where(stride > STEP_M, fitted, pieces.corners[rows])


def _collapse_of_geos(rims: Geometries, reach: Floats, mitre_limit: float) -> Floats:
    low, high = np.zeros(len(rims)), reach.copy()
    empty = shapely.is_empty(mitred(rims, reach, mitre_limit))
    while len(rims) and (high - low).max() > EVENT_M:
        middle = (low + high) / 2
        gone = shapely.is_empty(mitred(rims, middle, mitre_limit))
        low, high = np.where(gone, low, middle), np.where(gone, middle, high)
    return np.where(empty, high, np.inf)
