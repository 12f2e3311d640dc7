"""The legend on paper: what is drawn, in columns that fill the room."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from matplotlib.axes import Axes
from matplotlib.path import Path

from geo.text import Language, Text
from webmap.legend import Legend
from webmap.print.drawing import Inks, area_patch, line_patch, point_marks
from webmap.print.fonts import letters
from webmap.print.grey import Ink
from webmap.print.paper import POINT
from webmap.print.wrap import wrap

__all__ = ["HEADING", "draw_legend"]

HEADING = Text("คำอธิบายสัญลักษณ์", "Legend")
MORE = Text("และอีก {n} รายการ", "and {n} more")

SIZES = (9.0, 8.0, 7.0, 6.0)
"""Points of a line, tried in turn until everything fits."""

LINE = 1.55
SWATCH = 6.0
INDENT = 8.0
COLUMN = 11.0
"""Narrowest column, in letters."""

INK = "#1a1a1a"


@dataclass(frozen=True, slots=True)
class _Line:
    words: str
    ink: Ink | None = None
    bold: bool = False
    heading: bool = False
    tail: int = 0
    indent: float = 0.0
    space: float = 0.0


def draw_legend(
    axes: Axes,
    legends: Sequence[tuple[Legend, Inks]],
    size: tuple[float, float],
    language: Language,
    factor: float = 1.0,
) -> int:
    """Write the legends into axes of ``size`` mm; returns how many lines found no room.

    ``factor`` is by how much points are drawn smaller on the map.
    """
    width, height = size
    for points in SIZES:
        columns = max(1, int(width // (COLUMN * points * POINT)))
        lines = _lines(legends, language, width / columns, points)
        step = points * POINT * LINE
        placed, left = _flow(lines, columns, width / columns, height, step)
        if not left:
            break
    if left:
        more = _Line(MORE.format(n=left + 1).get(language), indent=INDENT)
        placed[-1] = (placed[-1][0], placed[-1][1], more)
        left += 1
    for x, y, line in placed:
        if line.ink is not None:
            _swatch(axes, line.ink, x + line.indent, y, factor)
        axes.text(
            x + line.indent + (INDENT if line.ink else 0),
            y - points * POINT * 0.3,
            line.words,
            fontproperties=letters(points, bold=line.bold),
            color=INK,
            parse_math=False,
        )
    return left


def _lines(
    legends: Sequence[tuple[Legend, Inks]], language: Language, width: float, size: float
) -> list[_Line]:
    found: list[_Line] = []

    def add(words: str, ink: Ink | None = None, *, bold: bool = False, space: float = 0.0) -> None:
        room = (width - 2 - (INDENT if ink else 0)) / POINT
        first, *rest = wrap(words, room, size, bold=bold, lines_max=3)
        heading = ink is None and bool(space)
        found.append(_Line(first, ink, bold, heading, len(rest), space=space))
        found.extend(_Line(more, indent=INDENT if ink else 0.0) for more in rest)

    for legend, inks in legends:
        symbol = None if legend.symbol is None else inks(legend.symbol)
        add(legend.title.get(language), symbol, bold=True, space=0.4)
        for group in legend.groups:
            if len(legend.groups) > 1:
                add(group.heading.get(language), space=0.1)
            for entry in group.entries:
                add(entry.label.get(language), inks(entry.symbol))
        if legend.note is not None:
            add(legend.note.get(language))
    return found


def _flow(
    lines: Sequence[_Line], columns: int, width: float, height: float, step: float
) -> tuple[list[tuple[float, float, _Line]], int]:
    placed: list[tuple[float, float, _Line]] = []
    column, y = 0, height
    for number, line in enumerate(lines):
        fall = step * (1 + (line.space if y < height else 0))
        together = line.tail + (1 if line.heading and number + 1 < len(lines) else 0)
        if y - fall - step * together < 0:
            column, y, fall = column + 1, height, step
        if column == columns:
            return placed, len(lines) - number
        y -= fall
        placed.append((column * width, y + step / 2, line))
    return placed, 0


def _swatch(axes: Axes, ink: Ink, x: float, y: float, factor: float) -> None:
    if ink.kind == "point":
        axes.add_line(point_marks(np.array([(x + SWATCH / 2, y)]), ink, factor))
    elif ink.kind == "line":
        axes.add_patch(line_patch(Path([(x, y), (x + SWATCH, y)]), ink))
    else:
        low, high = y - 1.5, y + 1.5
        ring = [(x, low), (x + SWATCH, low), (x + SWATCH, high), (x, high), (x, low)]
        axes.add_patch(area_patch(Path(ring, closed=True), ink))
