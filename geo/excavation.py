"""Volumes dug out under a rim: side slopes with benches, cut into slices and integrated.

``off(y)``, how far the bank has come inward at depth y, is linear between benches; the volume
between two depths is the integral of the inset area A(off(y)) (LAND-R11, R13).
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

import numpy as np

from geo.crs import Floats
from geo.inset import Insets, Rows

__all__ = ["Segment", "Slices", "cut", "depth_of_offset", "segments", "volumes"]

SMALLEST_PANEL_M = 1e-4


class Segment(NamedTuple):
    """One part of a bank profile (LAND-R13).

    The bank falls to ``depth_to`` (m below the rim) with ``slope`` (horizontal per vertical);
    ``bench_at_top`` is the width in m of the level step (ตะพัก) where the part begins.
    """

    depth_to: float
    slope: float
    bench_at_top: float = 0.0


class Slices(NamedTuple):
    """Layers of water or banks, (m,) each, ordered by pond and depth.

    Depths ``top`` and ``bottom`` in m below the rim, offsets of the bank at both, all of them
    linear in between.
    """

    pond: Rows
    top: Floats
    bottom: Floats
    off_top: Floats
    off_bottom: Floats

    @property
    def height(self) -> Floats:
        """Thickness in m."""
        return self.bottom - self.top

    @property
    def slope(self) -> Floats:
        """Horizontal per vertical."""
        return (self.off_bottom - self.off_top) / self.height


def segments(profiles: Iterable[Iterable[Segment]]) -> Slices:
    """Lay out the profiles of ponds 0, 1, 2, ... as slices of their banks.

    >>> segments([[Segment(1, 1), Segment(3, 1.5, 1)]]).off_bottom
    array([1., 5.])
    """
    rows = []
    for pond, profile in enumerate(profiles):
        top = off = 0.0
        for depth_to, slope, bench in profile:
            off += bench
            reach = off + slope * (depth_to - top)
            rows.append((pond, top, depth_to, off, reach))
            top, off = depth_to, reach
    table = np.array(rows, dtype=float).reshape(-1, 5)
    return Slices(table[:, 0].astype(np.int64), *table[:, 1:].T)


def depth_of_offset(banks: Slices, offset: Floats) -> Floats:
    """The depth at which the bank of each pond first comes to ``offset`` (n,); nan if never."""
    goal = offset[banks.pond]
    with np.errstate(divide="ignore", invalid="ignore"):
        depth = banks.top + np.maximum(goal - banks.off_top, 0) / banks.slope
    depth = np.where(goal <= banks.off_top, banks.top, depth)
    depth = np.where(goal <= banks.off_bottom, depth, np.nan)
    first = np.full(len(offset), np.nan)
    np.fmin.at(first, banks.pond, depth)
    return first


def cut(banks: Slices, end: Floats, *levels: Floats) -> Slices:
    """Cut the banks of n ponds at depth levels, each (n,), and drop all that lies below ``end``.

    A nan level cuts nothing.
    """
    ponds = np.arange(len(end))
    pond = np.concatenate([banks.pond, *[ponds] * (len(levels) + 1)])
    depth = np.concatenate([banks.top, end, *levels])
    inside = (depth >= 0) & (depth <= end[pond])
    pond, depth = pond[inside], depth[inside]
    order = np.lexsort((depth, pond))
    pond, depth = pond[order], depth[order]
    layer = np.flatnonzero((pond[1:] == pond[:-1]) & (depth[1:] > depth[:-1]))
    pond, top, bottom = pond[layer], depth[layer], depth[layer + 1]
    deep = 1 + 2 * max(banks.bottom.max(initial=0), end.max(initial=0))
    key, middle = banks.pond * deep + banks.top, pond * deep + (top + bottom) / 2
    bank = np.searchsorted(key, middle, side="right") - 1
    start, slope = banks.off_top[bank], banks.slope[bank]
    return Slices(
        pond,
        top,
        bottom,
        start + slope * (top - banks.top[bank]),
        start + slope * (bottom - banks.top[bank]),
    )


def volumes(insets: Insets, slices: Slices, tolerance_m3: float, panels: int) -> Floats:
    """Volume of each slice in m3.

    Simpson's rule is exact on the quadratic pieces of the area. Ponds with a corner beyond the
    mitre limit have none: they are integrated in panels, at least ``panels`` from rim to bottom,
    which are halved until the error of a pond is under ``tolerance_m3``.
    """
    query, piece = insets.pairs(slices.pond)
    top, bottom = slices.off_top[query], slices.off_bottom[query]
    begin, end = insets.pieces.start[piece], insets.pieces.end[piece]
    first, last = np.maximum(top, begin), np.minimum(bottom, end)
    upright = bottom - top < 1e-12
    with np.errstate(divide="ignore", invalid="ignore"):
        share = np.where(upright, (begin <= top) & (top < end), (last - first) / (bottom - top))
    on = np.flatnonzero(share > 0)
    query, piece, first, last, share = query[on], piece[on], first[on], last[on], share[on]
    mean = sum(
        weight * insets.pieces.at(piece, first + (last - first) * part)
        for part, weight in ((0, 1 / 6), (0.5, 4 / 6), (1, 1 / 6))
    )
    volume = np.bincount(query, mean * share * slices.height[query], len(slices.pond)).astype(float)
    sharp = np.flatnonzero(insets.bevelled[slices.pond])
    if len(sharp):
        depth = np.bincount(slices.pond, slices.height).astype(float)
        volume[sharp] = _adaptive(insets, slices, sharp, depth, tolerance_m3, panels)
    return volume


def _adaptive(
    insets: Insets, slices: Slices, sharp: Rows, depth: Floats, tolerance_m3: float, panels: int
) -> Floats:
    share = slices.height[sharp] / depth[slices.pond[sharp]]
    count = np.ceil(share * panels / 2).astype(np.int64)  # each is judged by its two halves
    of = np.repeat(np.arange(len(sharp)), count)
    number = np.arange(len(of)) - np.repeat(np.cumsum(count) - count, count)
    height = slices.height[sharp][of] / count[of]
    step = (slices.off_bottom - slices.off_top)[sharp][of] / count[of]
    first = slices.off_top[sharp][of] + number * step
    pond = slices.pond[sharp]
    top, middle, bottom = (insets.areas(pond[of], first + step * part) for part in (0.0, 0.5, 1.0))
    volume = np.zeros(len(sharp))
    while len(of):
        upper = insets.areas(pond[of], first + step / 4)
        lower = insets.areas(pond[of], first + step * 3 / 4)
        whole = height / 6 * (top + 4 * middle + bottom)
        halves = height / 12 * (top + 4 * upper + 2 * middle + 4 * lower + bottom)
        allowed = tolerance_m3 * height / depth[pond[of]]
        done = (np.abs(halves - whole) <= allowed) | (height < SMALLEST_PANEL_M)
        volume += np.bincount(of[done], halves[done], minlength=len(sharp))
        go = ~done
        of, height, step = np.tile(of[go], 2), np.tile(height[go], 2) / 2, np.tile(step[go], 2) / 2
        first = np.concatenate([first[go], first[go] + step[: go.sum()]])
        top, middle, bottom = (
            np.concatenate([top[go], middle[go]]),
            np.concatenate([upper[go], lower[go]]),
            np.concatenate([middle[go], bottom[go]]),
        )
    return volume
