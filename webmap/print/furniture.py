"""What stands beside a map: scale bar, north arrow, overview."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import shapely
from matplotlib.axes import Axes
from matplotlib.patches import Polygon, Rectangle

from geo.text import Language, Text
from webmap.print.drawing import area_patch, layer_path
from webmap.print.fonts import letters
from webmap.print.frame import MapFrame
from webmap.print.grey import BLACK, Ink
from webmap.values import UNITS

__all__ = ["BAR_STEPS", "bar_length", "draw_north", "draw_overview", "draw_scale_bar"]

BAR_STEPS = (1, 2, 5, 10)
SEGMENTS = 4
TEXT = 7.5
NORTH = Text("น.", "N")
"""Thai maps write น. (เหนือ)."""

LAND = Ink("fill", "#ececec", 1.0, "#9a9a9a", 0.6)
HERE = Ink("fill", "#bdbdbd", 1.0, "#6a6a6a", 0.8)
"""Overview: other areas, and the one that the map lies in."""


def bar_length(frame: MapFrame, room_mm: float) -> float:
    """Metres on the ground of the longest bar of 1, 2 or 5 times a power of ten that fits."""
    most = room_mm / 1000 * frame.scale * frame.ground_factor
    power = 10.0 ** np.floor(np.log10(most))
    return float(max(step * power for step in BAR_STEPS if step * power <= most))


def draw_scale_bar(
    axes: Axes, frame: MapFrame, at: tuple[float, float], room_mm: float, language: Language
) -> float:
    """Draw the bar in axes of millimetres, its left end at ``at``; returns its length in mm.

    The bar is true to the ground at the middle of the map (a metre of the grid is not one there).
    """
    metres = bar_length(frame, room_mm)
    length = metres / frame.ground_factor / frame.scale * 1000
    x, y = at
    part = length / SEGMENTS
    for number in range(SEGMENTS):
        colour = BLACK if number % 2 == 0 else "white"
        box = Rectangle((x + number * part, y), part, 1.4, facecolor=colour, edgecolor=BLACK)
        box.set_linewidth(0.5)
        axes.add_patch(box)
    unit, size = ("km", 1000) if metres >= 1000 else ("m", 1)
    for share in (0, 0.5, 1):
        words = f"{metres * share / size:,g}"
        if share == 1:
            words += f" {UNITS[unit].get(language)}"
        axes.text(
            x + length * share, y + 2, words,
            fontproperties=letters(TEXT), color=BLACK, ha="center", va="bottom",
        )  # fmt: skip
    return length


def draw_north(
    axes: Axes, frame: MapFrame, centre: tuple[float, float], height: float, language: Language
) -> None:
    """Draw the arrow of true north in axes of millimetres, turned by the grid's convergence."""
    turn = np.radians(frame.convergence)
    half = height * 0.3
    left = np.array([(0, height / 2), (-half, -height / 2), (0, -height / 4)])
    right = left * (-1, 1)
    spin = np.array([(np.cos(turn), np.sin(turn)), (-np.sin(turn), np.cos(turn))])
    for shape, colour in ((left, BLACK), (right, "white")):
        axes.add_patch(
            Polygon(shape @ spin + centre, facecolor=colour, edgecolor=BLACK, linewidth=0.6)
        )
    tip = np.array([(0, height / 2 + 2.2)]) @ spin + centre
    axes.text(
        *tip[0], NORTH.get(language),
        fontproperties=letters(9, bold=True), color=BLACK, ha="center", va="center_baseline",
    )  # fmt: skip


def draw_overview(
    axes: Axes, frame: MapFrame, outlines: Sequence[shapely.Geometry], size: tuple[float, float]
) -> None:
    """Draw the areas around, and where the map lies, into axes of ``size`` mm."""
    shapes = frame.project(np.asarray(outlines, dtype=object))
    window = shapely.box(*frame.window)
    west, south, east, north = shapely.total_bounds([*shapes, window])
    scale = max((east - west) / size[0], (north - south) / size[1]) * 1.08
    mid = ((west + east) / 2, (south + north) / 2)
    axes.set_xlim(mid[0] - size[0] * scale / 2, mid[0] + size[0] * scale / 2)
    axes.set_ylim(mid[1] - size[1] * scale / 2, mid[1] + size[1] * scale / 2)
    fine = shapely.simplify(shapes, scale * 0.1)
    here = shapely.contains_properly(shapes, shapely.centroid(window))
    for chosen, ink in ((fine[~here], LAND), (fine[here], HERE)):
        if len(chosen):
            axes.add_patch(area_patch(layer_path(chosen), ink))
    least = 1.5 * scale  # a frame too small to be seen is shown as a small square
    width, height = (
        max(window.bounds[2] - window.bounds[0], least),
        max(window.bounds[3] - window.bounds[1], least),
    )
    cx, cy = window.centroid.x, window.centroid.y
    axes.add_patch(
        Rectangle(
            (cx - width / 2, cy - height / 2), width, height,
            fill=False, edgecolor="#b3261e", linewidth=1.2, zorder=5,
        )
    )  # fmt: skip
