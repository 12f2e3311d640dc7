"""Cutting lines where ways meet: at vertices they share, and where one ends on another.

Lines that only cross, as on a bridge, share no vertex and are not cut.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import shapely
from numpy.typing import ArrayLike, NDArray

from geo.crs import Floats, Geometries

__all__ = ["Pieces", "cut_at_points", "cut_at_shared_vertices", "vertex_keys"]

Integers = NDArray[np.int64]
Flags = NDArray[np.bool_]

STEPS_PER_DEGREE = 10_000_000  # coordinates of OpenStreetMap: 1e-7 degrees, 1 cm


class Pieces(NamedTuple):
    """Lines after cutting, in order along the line ``owner`` (a row number) they come from."""

    lines: Geometries
    owner: Integers


def vertex_keys(points: Floats) -> Integers:
    """One number for each longitude and latitude (n, 2); equal where they agree to 1e-7 degrees.

    >>> keys = vertex_keys(np.array([[98.3, 7.9], [98.30000001, 7.9], [98.3, 7.8]]))
    >>> (keys[0] == keys[1], keys[0] == keys[2])
    (np.True_, np.False_)
    """
    steps = np.rint(points * STEPS_PER_DEGREE).astype(np.int64)
    return np.asarray((steps[:, 0] << 32) + steps[:, 1])


def cut_at_shared_vertices(
    lines: Geometries, level: ArrayLike | None = None, cuts: ArrayLike | None = None
) -> Pieces:
    """Cut n lines (EPSG:4326) at every vertex that is a junction.

    A vertex is a junction where it is also the end of a line, where two lines of the same
    ``level`` (n numbers: 0 on the ground, 1 on a bridge) pass through it, or where one line passes
    twice. ``cuts`` are further points (k, 2) at which lines are cut that have a vertex there.

    >>> cross = shapely.from_wkt(["LINESTRING (0 0, 1 0, 2 0)", "LINESTRING (1 -1, 1 0, 1 1)"])
    >>> cut_at_shared_vertices(cross).owner.tolist()
    [0, 0, 1, 1]
    >>> cut_at_shared_vertices(cross, level=[0, 1]).owner.tolist()
    [0, 1]
    """
    if not len(lines):
        return Pieces(lines, np.zeros(0, dtype=np.int64))
    lines = np.asarray(shapely.remove_repeated_points(lines), dtype=object)
    points, owner = shapely.get_coordinates(lines, return_index=True)
    first = np.diff(owner, prepend=-1) != 0
    last = np.diff(owner, append=owner[-1] + 1) != 0
    inner = ~(first | last)
    _, vertex = np.unique(vertex_keys(points), return_inverse=True)
    levels = np.zeros(len(lines)) if level is None else np.asarray(level, dtype=float)
    _, deck = np.unique(levels[owner], return_inverse=True)
    ends = np.bincount(vertex[~inner], minlength=vertex.max() + 1)
    passing = vertex * (deck.max() + 1) + deck
    passes = np.bincount(passing[inner], minlength=passing.max() + 1)
    cut = inner & ((ends[vertex] > 0) | (passes[passing] > 1))
    if cuts is not None:
        wanted = vertex_keys(np.asarray(cuts, dtype=float).reshape(-1, 2))
        cut |= inner & np.isin(vertex_keys(points), wanted)
    # A vertex that is cut ends one piece and begins the next, so it stands twice.
    copies = np.repeat(np.arange(len(points)), 1 + cut)
    second = np.diff(copies, prepend=-1) == 0
    begins = second | (first[copies] & ~second)
    piece = np.cumsum(begins) - 1
    return Pieces(
        np.asarray(shapely.linestrings(points[copies], indices=piece), dtype=object),
        owner[copies][begins],
    )


def cut_at_points(lines: Geometries, line: Integers, along: Floats) -> Pieces:
    """Cut n lines at distances ``along`` the lines with the numbers ``line`` (both k long).

    >>> (road,) = shapely.from_wkt(["LINESTRING (0 0, 4 0)"])
    >>> found = cut_at_points(np.array([road]), np.array([0, 0]), np.array([3.0, 1.0]))
    >>> [piece.length for piece in found.lines]
    [1.0, 2.0, 1.0]
    """
    parts: list[Geometries] = []
    owners: list[Integers] = []
    start = 0
    order = np.lexsort((along, line))
    for number in np.unique(line).tolist():
        stops = np.unique(along[order][line[order] == number])
        parts += [lines[start:number], _stretches(lines[number], stops)]
        owners += [np.arange(start, number), np.full(len(parts[-1]), number)]
        start = number + 1
    parts.append(lines[start:])
    owners.append(np.arange(start, len(lines)))
    return Pieces(np.concatenate(parts), np.concatenate(owners))


def _stretches(line: shapely.LineString, stops: Floats) -> Geometries:
    points = shapely.get_coordinates(line)
    at = np.concatenate([[0.0], np.cumsum(np.hypot(*np.diff(points, axis=0).T))])
    stops = stops[(stops > 0) & (stops < at[-1])]
    placed = shapely.get_coordinates(shapely.line_interpolate_point(line, stops))
    every = np.concatenate([at, stops])
    order = np.argsort(every, kind="stable")
    points = np.concatenate([points, placed])[order]
    ends = np.concatenate([np.zeros(len(at), bool), np.ones(len(stops), bool)])[order]
    copies = np.repeat(np.arange(len(points)), 1 + ends)
    second = np.diff(copies, prepend=-1) == 0
    return np.asarray(shapely.linestrings(points[copies], indices=np.cumsum(second)), dtype=object)
