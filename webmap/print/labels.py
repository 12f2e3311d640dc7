"""Names on the map: each at the best place where it covers no other, else left out.

The classic greedy way (Imhof's places, most important first): a name of an area goes to its
middle, the name of a point to one of eight places around it. Nothing is left to chance, so the
same map has the same labels in every format. Libraries that push labels apart were not taken
because they move names away from what they name instead of leaving some out.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely
from matplotlib.axes import Axes
from matplotlib.patheffects import Stroke

from geo.text import Language
from webmap.overlay import MapLayer, may_be_named
from webmap.print.drawing import PIXEL, point_scale, zoom_of
from webmap.print.fonts import letters, text_width
from webmap.print.frame import MapFrame
from webmap.print.paper import POINT
from webmap.values import names

__all__ = ["Label", "Placed", "draw_labels", "layer_labels", "place", "point_boxes"]

SIZE, STRONG = 8.0, 9.5
LINE = 1.45  # Thai needs room for marks above and below
LABELS_MAX = 1_500
POINT_TYPE = 0  # of shapely
INK = "#222222"

PLACES = ((1, 0), (-1, 0), (0, 1), (0, -1), (1, 1), (1, -1), (-1, 1), (-1, -1))
"""Around a point: right, left, above, below, then the corners."""


@dataclass(frozen=True, slots=True)
class Label:
    """A name and what it belongs to, in metres of the frame; ``gap`` in points from a point."""

    words: str
    x: float
    y: float
    size: float = SIZE
    strong: bool = False
    gap: float | None = None


@dataclass(frozen=True, slots=True)
class Placed:
    """A label and the middle of its text in points from the lower left of the frame."""

    label: Label
    x: float
    y: float
    box: tuple[float, float, float, float]


def layer_labels(
    item: MapLayer, shapes: npt.NDArray[Any], frame: MapFrame, language: Language
) -> list[Label]:
    """The labels of a layer's drawn features, larger areas first; none where names are personal."""
    rule = item.look.label
    zoom = zoom_of(frame)
    if rule is None or not may_be_named(item.layer) or rule.field not in item.features.columns:
        return []
    if not rule.min_zoom - 0.75 <= zoom <= rule.max_zoom + 0.75:  # paper is finer than a screen
        return []
    rows = pd.DataFrame(item.features.drop(columns=item.features.geometry.name))
    drawn = np.flatnonzero([shape is not None for shape in shapes])
    words = names(item.layer, rows, rule.field)
    shown = shapely.intersection(shapes[drawn], shapely.box(*frame.window))
    order = np.lexsort((drawn, -shapely.area(shown), -shapely.length(shown)))
    order = order[np.argsort(-shapely.area(shown)[order], kind="stable")]
    symbol = item.look.symbol
    gap = symbol.size / 2 * PIXEL * point_scale(zoom) + 1.5 if symbol.kind == "point" else None
    size = STRONG if rule.strong else SIZE
    found = []
    for i in order[:LABELS_MAX]:
        word, shape = words[drawn[i]], shown[i]
        if word is None or shape.is_empty:
            continue
        at = (
            shape.interpolate(0.5, normalized=True)
            if symbol.kind == "line" and (shape.geom_type == "LineString")
            else shapely.point_on_surface(shape)
        )
        found.append(Label(word.get(language), at.x, at.y, size, rule.strong, gap))
    return found


def place(
    labels: Sequence[Label], frame: MapFrame, obstacles: npt.NDArray[np.float64] | None = None
) -> list[Placed]:
    """Find a place for each label, in order; what has none is left out.

    ``obstacles`` are boxes (n, 4) in points of the frame that nothing may cover.
    """
    west, south, east, north = frame.window
    to_points = 1000 / frame.scale / POINT
    width, height = (east - west) * to_points, (north - south) * to_points
    taken = _Taken(obstacles)
    found = []
    seen: set[tuple[str, int, int]] = set()
    for label in labels:
        x, y = (label.x - west) * to_points, (label.y - south) * to_points
        near = (label.words, round(x / 120), round(y / 120))
        if near in seen:  # the pieces of one road carry its name once
            continue
        wide = text_width(label.words, label.size, bold=label.strong) + 2
        high = label.size * LINE
        for cx, cy in _candidates(label, x, y, wide, high):
            box = (cx - wide / 2, cy - high / 2, cx + wide / 2, cy + high / 2)
            inside = box[0] >= 1 and box[1] >= 1 and box[2] <= width - 1 and box[3] <= height - 1
            if inside and taken.free(box):
                taken.add(box)
                seen.add(near)
                found.append(Placed(label, cx, cy, box))
                break
    return found


def point_boxes(
    drawn: Sequence[tuple[MapLayer, npt.NDArray[Any]]], frame: MapFrame
) -> npt.NDArray[np.float64]:
    """The boxes (n, 4) that the points of layers cover, in points from the corner of the frame."""
    to_points = 1000 / frame.scale / POINT
    factor = point_scale(zoom_of(frame))
    boxes = [np.zeros((0, 4))]
    for item, shapes in drawn:
        points = shapes[shapely.get_type_id(shapes) == POINT_TYPE]
        if item.look.symbol.kind == "point" and len(points):
            at = (shapely.get_coordinates(points) - frame.window[:2]) * to_points
            half = item.look.symbol.size / 2 * PIXEL * factor
            boxes.append(np.hstack([at - half, at + half]))
    return np.vstack(boxes)


def draw_labels(axes: Axes, placed: Sequence[Placed], frame: MapFrame, zorder: float) -> None:
    """Write the labels with a white edge; the letters themselves stay text in a PDF."""
    to_metres = frame.scale / 1000 * POINT
    west, south, _, _ = frame.window
    for item in placed:
        at = (west + item.x * to_metres, south + item.y * to_metres)
        font = letters(item.label.size, bold=item.label.strong)
        common: dict[str, Any] = {"ha": "center", "va": "center_baseline", "clip_on": True}
        common |= {"fontproperties": font, "parse_math": False, "zorder": zorder}
        edge = [Stroke(linewidth=2.2, foreground="white")]
        axes.text(*at, item.label.words, color="white", path_effects=edge, **common)
        axes.text(*at, item.label.words, color=INK, **common)


class _Taken:
    """Boxes that are taken, in a grid of cells so that only neighbours are compared."""

    CELL = 40.0

    def __init__(self, boxes: npt.NDArray[np.float64] | None) -> None:
        self._cells: dict[tuple[int, int], list[tuple[float, float, float, float]]] = {}
        for box in () if boxes is None else boxes.tolist():
            self.add(tuple(box))

    def add(self, box: tuple[float, float, float, float]) -> None:
        for cell in self._of(box):
            self._cells.setdefault(cell, []).append(box)

    def free(self, box: tuple[float, float, float, float]) -> bool:
        return not any(
            box[0] < other[2] and other[0] < box[2] and box[1] < other[3] and other[1] < box[3]
            for cell in self._of(box)
            for other in self._cells.get(cell, ())
        )

    def _of(self, box: tuple[float, float, float, float]) -> Iterator[tuple[int, int]]:
        for i in range(int(box[0] // self.CELL), int(box[2] // self.CELL) + 1):
            for j in range(int(box[1] // self.CELL), int(box[3] // self.CELL) + 1):
                yield i, j


def _candidates(
    label: Label, x: float, y: float, wide: float, high: float
) -> Iterator[tuple[float, float]]:
    if label.gap is None:
        yield x, y
        for step in (0.6, -0.6, 1.2, -1.2):
            yield x, y + step * high
        return
    for dx, dy in PLACES:
        yield x + dx * (label.gap + wide / 2), y + dy * (label.gap / 2 + high / 2)
