"""Layers drawn on matplotlib axes by their styles, a whole layer at a time."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.patches import PathPatch
from matplotlib.path import Path

from webmap.overlay import MapLayer, thin
from webmap.print.frame import MapFrame
from webmap.print.grey import Ink, colour_ink, grey_ink
from webmap.style import Style
from webmap.symbol import OUTLINES, POINT_SCALE, Symbol

__all__ = ["PIXEL", "draw_layer", "ink_of", "layer_path", "marker", "point_scale", "zoom_of"]

PIXEL = 0.75
"""Points of a CSS pixel."""

VERTICES_MAX = 1_500_000
"""Of one layer; finer shapes than this cannot be told apart on A3 at 300 dpi."""

SHAPES_PER_PATH = 2_000  # Agg keeps the cells of a whole path in memory
WORLD_SCALE = 559_082_264.0  # of zoom 0 at the equator with pixels of 0.28 mm (OGC 17-083r4)

POINTS, LINES, AREAS = (0, 4), (1, 2, 5), (3, 6)
WHITE = "#ffffff"

Shapes = npt.NDArray[Any]
Inks = Callable[[Symbol], Ink]


def zoom_of(frame: MapFrame) -> float:
    """The zoom of a web map on which things are as large as on this paper."""
    _, lat = frame.centre
    return math.log2(WORLD_SCALE * math.cos(math.radians(lat)) / frame.scale)


def point_scale(zoom: float) -> float:
    """The factor by which points are drawn smaller on maps of wide areas."""
    (low, least), (high, most) = POINT_SCALE
    return float(np.interp(zoom, (low, high), (least, most)))


def ink_of(style: Style, *, grey: bool) -> Inks:
    """How the symbols of a style are drawn, in colour or safe for black and white."""
    return grey_ink(style) if grey else colour_ink


def draw_layer(
    axes: Axes, item: MapLayer, frame: MapFrame, *, grey: bool = False, zorder: float = 1.0
) -> Shapes:
    """Draw the features of a layer that the frame shows; returns those in metres of the frame.

    The result has one entry for each row of ``item.features``, None for what is not drawn.
    """
    style = item.look
    shapes = np.asarray(item.features.geometry.array, dtype=object)
    seen = ~(shapely.is_missing(shapes) | shapely.is_empty(shapes))
    seen &= shapely.intersects(shapely.box(*frame.bbox), shapes)
    out = np.full(len(shapes), None, dtype=object)
    if not seen.any():
        return out
    kept = item.features[seen]
    out[seen] = frame.project(thin(kept.geometry, VERTICES_MAX))
    rows = pd.DataFrame(kept.drop(columns=kept.geometry.name))
    drawing = style.draw(rows)
    inks = ink_of(style, grey=grey)
    factor = point_scale(zoom_of(frame))
    for number, symbol in enumerate(drawing.symbols):
        chosen = out[seen][drawing.index == number]
        for artist in _artists(chosen, inks(symbol), factor):
            artist.set_zorder(zorder)
            artist.set_clip_on(True)
            axes.add_artist(artist)
    return out


def layer_path(shapes: Shapes) -> Path:
    """All lines, or all rings of areas with their holes, as one path (non-zero winding).

    >>> layer_path(np.array([shapely.box(0, 0, 1, 1)])).codes.tolist()
    [1, 2, 2, 2, 79]
    """
    parts = shapely.get_parts(shapes)
    areal = np.isin(shapely.get_type_id(parts), AREAS)
    rings = shapely.get_rings(shapely.orient_polygons(parts[areal]))
    lines = [*rings, *parts[~areal]]
    points, owner = shapely.get_coordinates(np.asarray(lines, dtype=object), return_index=True)
    codes = np.full(len(points), Path.LINETO, dtype=Path.code_type)
    change = np.flatnonzero(np.diff(owner)) + 1
    codes[np.r_[0, change]] = Path.MOVETO
    ends = np.r_[change, len(points)] - 1
    codes[ends[: len(rings)]] = Path.CLOSEPOLY
    return Path(points, codes)


def marker(shape: str) -> Path | str:
    """A point shape as matplotlib takes it, of the size that its name promises."""
    corners = OUTLINES[shape]
    if corners is None:
        return "o"
    ring = np.asarray([*corners, corners[0]], dtype=float) * (1, -1)
    return Path(ring, closed=True)


def _artists(shapes: Shapes, ink: Ink, factor: float) -> Iterator[Artist]:
    parts = shapely.get_parts(shapes)
    kinds = shapely.get_type_id(parts)
    areas, lines = parts[np.isin(kinds, AREAS)], parts[np.isin(kinds, LINES)]
    points = parts[np.isin(kinds, POINTS)]
    for start in range(0, len(areas), SHAPES_PER_PATH):
        yield area_patch(layer_path(areas[start : start + SHAPES_PER_PATH]), ink)
    if len(lines):
        yield line_patch(layer_path(lines), ink)
    if len(points):
        yield point_marks(shapely.get_coordinates(points), ink, factor)


def area_patch(path: Path, ink: Ink) -> PathPatch:
    """Areas; a pattern is drawn in the colour of the outline."""
    return PathPatch(
        path,
        facecolor="none" if ink.fill is None else (ink.fill, ink.opacity),
        edgecolor=ink.outline or "none",
        linewidth=ink.width * PIXEL if ink.outline else 0.0,
        linestyle=_dashes(ink),
        hatch=ink.hatch,
        joinstyle="round",
    )


def line_patch(path: Path, ink: Ink) -> PathPatch:
    """Lines."""
    return PathPatch(
        path,
        fill=False,
        edgecolor=(ink.outline or WHITE, ink.opacity),
        linewidth=ink.width * PIXEL,
        linestyle=_dashes(ink),
        capstyle="butt" if ink.dash else "round",
        joinstyle="round",
    )


def point_marks(points: npt.NDArray[np.float64], ink: Ink, factor: float = 1.0) -> Line2D:
    """Points, drawn all at once as one marker; a marker of size s spans s points across."""
    shape = marker(ink.shape)
    size = ink.size * PIXEL * factor
    return Line2D(
        points[:, 0],
        points[:, 1],
        linestyle="none",
        marker=shape,
        # matplotlib fits a path of its own into a box of the size, so corners may lie further out
        markersize=size if isinstance(shape, str) else size * _reach(shape),
        markerfacecolor="none" if ink.fill is None else (ink.fill, ink.opacity),
        markeredgecolor=ink.outline or "none",
        markeredgewidth=ink.width * PIXEL if ink.outline else 0.0,
    )


def _reach(shape: Path) -> float:
    return float(np.abs(shape.vertices).max())


def _dashes(ink: Ink) -> Any:
    if not ink.dash:
        return "-"
    width = max(ink.width * PIXEL, 0.1)  # matplotlib counts dashes in line widths
    return (0, tuple(part * PIXEL / width for part in ink.dash))
