"""The grid: UTM lines every so many metres, or meridians and parallels, with their labels."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

import numpy as np
import shapely
from matplotlib.axes import Axes

from webmap.print.fonts import letters
from webmap.print.frame import MapFrame
from webmap.print.paper import POINT

__all__ = ["GridKind", "GridLine", "draw_grid", "grid_lines"]

GridKind = Literal["utm", "lonlat", "none"]
Axis = Literal["x", "y"]
Side = Literal["top", "bottom", "left", "right"]

SPACING = 45.0
"""Millimetres of paper between two lines, about."""

DEGREE_STEPS = tuple(
    sorted(
        {m / 60 for m in (1, 2, 5, 10, 20, 30)}
        | {s / 3600 for s in (1, 2, 5, 10, 20, 30)}
        | {1.0, 2.0, 5.0, 10.0}
    )
)
LABEL = 7.0
INK = "#555555"


@dataclass(frozen=True, slots=True)
class GridLine:
    """One line in metres of the frame; ``value`` is a UTM coordinate, or degrees."""

    axis: Axis
    value: float
    label: str
    points: tuple[tuple[float, float], ...]


def grid_lines(frame: MapFrame, kind: GridKind) -> tuple[GridLine, ...]:
    """The lines of a grid, each cut to the frame."""
    if kind == "none":
        return ()
    return tuple(_utm(frame) if kind == "utm" else _lonlat(frame))


def draw_grid(axes: Axes, frame: MapFrame, kind: GridKind, zorder: float) -> None:
    """Draw the lines thin on the map and their labels outside of the neat line, on all sides."""
    taken: dict[Side, float] = {}
    for line in grid_lines(frame, kind):
        x, y = zip(*line.points, strict=True)
        axes.plot(x, y, color=INK, linewidth=0.3, alpha=0.8, zorder=zorder)
        for end in (line.points[0], line.points[-1]):
            side = _side(frame, line.axis, end)
            if side is not None:
                _label(axes, frame, side, end, line.label, taken)


def _side(frame: MapFrame, axis: Axis, end: tuple[float, float]) -> Side | None:
    """The side of the neat line on which a line ends, if it is one that carries its labels."""
    west, south, east, north = frame.window
    edge = POINT / 1000 * frame.scale
    sides: dict[Side, float] = (
        {"bottom": abs(end[1] - south), "top": abs(end[1] - north)}
        if axis == "x"
        else {"left": abs(end[0] - west), "right": abs(end[0] - east)}
    )
    nearest = min(sides, key=lambda side: sides[side])
    return nearest if sides[nearest] < edge else None


def _label(
    axes: Axes,
    frame: MapFrame,
    side: Side,
    at: tuple[float, float],
    words: str,
    taken: dict[Side, float],
) -> None:
    upright = side in ("left", "right")
    west, south, east, north = frame.window
    low, high, where = (south, north, at[1]) if upright else (west, east, at[0])
    room = 9 / 1000 * frame.scale
    if not low + room <= where <= high - room or where - taken.get(side, -math.inf) < 2 * room:
        return
    taken[side] = where
    away = {"left": (-3, 0), "right": (3, 0), "bottom": (0, -3), "top": (0, 3)}[side]
    axes.annotate(
        words,
        at,
        xytext=away,
        textcoords="offset points",
        fontproperties=letters(LABEL),
        color=INK,
        rotation=90 if upright else 0,
        rotation_mode="default",
        ha="center" if not upright else "right" if side == "left" else "left",
        va="center" if upright else "top" if side == "bottom" else "bottom",
        annotation_clip=False,
    )


def _utm(frame: MapFrame) -> Iterator[GridLine]:
    west, south, east, north = frame.window
    step = _round_step(SPACING / 1000 * frame.scale)
    for x in _multiples(west, east, step):
        yield GridLine("x", x, f"{x:,.0f} mE", ((x, south), (x, north)))
    for y in _multiples(south, north, step):
        yield GridLine("y", y, f"{y:,.0f} mN", ((west, y), (east, y)))


def _lonlat(frame: MapFrame) -> Iterator[GridLine]:
    west, south, east, north = frame.bbox
    shown = shapely.box(*frame.window)
    wanted = SPACING / 1000 * frame.scale / 111_320
    step = next((s for s in DEGREE_STEPS if s >= wanted), DEGREE_STEPS[-1])
    for lon in _multiples(west, east, step):
        along = np.linspace(south, north, 33)
        points = np.column_stack([np.full(33, lon), along])
        yield from _curve(frame, shown, points, "x", lon, degrees(lon, "EW"))
    for lat in _multiples(south, north, step):
        along = np.linspace(west, east, 33)
        points = np.column_stack([along, np.full(33, lat)])
        yield from _curve(frame, shown, points, "y", lat, degrees(lat, "NS"))


def _curve(
    frame: MapFrame,
    shown: shapely.Polygon,
    points: np.ndarray,
    axis: Axis,
    value: float,
    label: str,
) -> Iterator[GridLine]:
    line = frame.project(np.array([shapely.LineString(points)], dtype=object))[0]
    for part in shapely.get_parts(shapely.intersection(line, shown)):
        if shapely.get_num_coordinates(part) > 1:
            yield GridLine(axis, value, label, tuple(map(tuple, shapely.get_coordinates(part))))


def degrees(value: float, signs: str) -> str:
    """Write an angle in degrees, minutes and, where needed, seconds.

    >>> degrees(98.35, "EW"), degrees(-7.5, "NS"), degrees(100, "EW")
    ('98°21′E', '7°30′S', '100°E')
    """
    seconds = round(abs(value) * 3600)
    whole, rest = divmod(seconds, 3600)
    minutes, seconds = divmod(rest, 60)
    words = f"{whole}°"
    if minutes or seconds:
        words += f"{minutes:02d}′"
    if seconds:
        words += f"{seconds:02d}″"
    return words + (signs[0] if value >= 0 else signs[1])


def _round_step(wanted: float) -> float:
    power = 10.0 ** math.floor(math.log10(wanted))
    return next(f * power for f in (1, 2, 5, 10) if f * power >= wanted * 0.999)


def _multiples(low: float, high: float, step: float) -> Iterator[float]:
    first, last = math.ceil(low / step - 1e-9), math.floor(high / step + 1e-9)
    return (number * step for number in range(first, last + 1))
