"""Sheets of paper and where things stand on them, in millimetres."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal, NamedTuple

__all__ = ["INCH", "PAPERS", "POINT", "Box", "Layout", "Orientation", "Size", "layout"]

INCH = 25.4
POINT = INCH / 72

Size = Literal["A4", "A3"]
Orientation = Literal["portrait", "landscape"]

PAPERS: Mapping[Size, tuple[float, float]] = MappingProxyType({"A4": (210, 297), "A3": (297, 420)})
"""Width and height upright (ISO 216)."""

MARGIN = 10.0
TITLE = 17.0
COLLAR = 7.0  # outside the neat line: labels of the grid
FOOT = 12.0
GAP = 3.0


class Box(NamedTuple):
    """A rectangle on the page: left and bottom edge, width and height in mm from the lower left."""

    left: float
    bottom: float
    width: float
    height: float

    def inset(self, by: float) -> Box:
        """The same rectangle, smaller by as much on each side."""
        return Box(self.left + by, self.bottom + by, self.width - 2 * by, self.height - 2 * by)


@dataclass(frozen=True, slots=True)
class Layout:
    """Where the parts of a page stand. ``panel`` holds legend, overview, arrow and scale bar."""

    width: float
    height: float
    title: Box
    map: Box
    panel: Box
    foot: Box
    upright: bool


def layout(size: Size, orientation: Orientation) -> Layout:
    """The parts of a page: the panel stands right of the map, or under it on an upright page.

    >>> layout("A4", "landscape").map
    Box(left=17.0, bottom=29.0, width=204.0, height=147.0)
    """
    width, height = PAPERS[size]
    upright = orientation == "portrait"
    if not upright:
        width, height = height, width
    inner = width - 2 * MARGIN
    grown = 1.3 if size == "A3" else 1.0
    title = Box(MARGIN, height - MARGIN - TITLE, inner, TITLE)
    foot = Box(MARGIN, MARGIN, inner, FOOT)
    floor = MARGIN + FOOT + COLLAR
    if upright:
        panel = Box(MARGIN, MARGIN + FOOT + GAP, inner, 62 * grown)
        floor = panel.bottom + panel.height + COLLAR
        map_width = inner - 2 * COLLAR
    else:
        wide = 56 * grown
        left = MARGIN + inner - wide
        panel = Box(left, floor - COLLAR + GAP, wide, title.bottom - floor + COLLAR - GAP)
        map_width = left - GAP - MARGIN - 2 * COLLAR
    frame = Box(MARGIN + COLLAR, floor, map_width, title.bottom - COLLAR - floor)
    return Layout(width, height, title, frame, panel, foot, upright)
