"""A symbol: how one feature is drawn, whatever draws it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields, replace
from functools import cache
from math import cos, pi, sin
from typing import Any, Literal

from branca.utilities import color_brewer

__all__ = ["OUTLINES", "POINT_SCALE", "Symbol", "SymbolKind", "hex_colour"]

SymbolKind = Literal["point", "line", "fill"]

Outline = tuple[tuple[float, float], ...]


def _polygon(
    corners: int, start: float, radius: float = 1.0, inner: float | None = None
) -> Outline:
    steps = corners if inner is None else corners * 2
    radii = [radius if inner is None or step % 2 == 0 else inner for step in range(steps)]
    angles = [start + 2 * pi * step / steps for step in range(steps)]
    return tuple(
        (round(r * cos(a), 3), round(r * sin(a), 3)) for r, a in zip(radii, angles, strict=True)
    )


UP = -pi / 2  # screen coordinates grow downwards

OUTLINES: dict[str, Outline | None] = {
    "circle": None,
    "square": _polygon(4, pi / 4, 1.15),
    "diamond": _polygon(4, UP, 1.25),
    "triangle": _polygon(3, UP, 1.3),
    "triangle_down": _polygon(3, -UP, 1.3),
    "pentagon": _polygon(5, UP, 1.15),
    "hexagon": _polygon(6, UP, 1.1),
    "star": _polygon(5, UP, 1.4, 0.6),
    "cross": tuple(
        (round(x * 0.4, 3), round(y * 0.4, 3))
        for x, y in (
            *((-1, -3), (1, -3), (1, -1), (3, -1), (3, 1), (1, 1)),
            *((1, 3), (-1, 3), (-1, 1), (-3, 1), (-3, -1), (-1, -1)),
        )
    ),
}
"""Point shapes by name: corners in units of half the symbol's size, y downwards; None: a circle.

The factors make the shapes look equally large."""

POINT_SCALE = ((9, 0.5), (14, 1.0))
"""Zoom and factor between which points grow linearly: whole provinces are not paved with them."""


@cache
def hex_colour(name: str) -> str:
    """Return ``#rrggbb`` of a colour written as ColorBrewer scheme, number of classes and index.

    >>> hex_colour("Dark2_08/1")
    '#d95f02'

    Raises ValueError for a scheme or an index that ColorBrewer does not have.
    """
    match = re.fullmatch(r"([A-Za-z0-9]+)_(\d\d)/(\d+)", name)
    if match is None:
        raise ValueError(f"{name!r} is not written like Dark2_08/1")
    scheme, size, index = match[1], int(match[2]), int(match[3])
    colours = color_brewer(scheme, size)
    if not index < size <= 12:
        raise ValueError(f"{scheme} with {size} classes has no colour {index}")
    return colours[index]


@dataclass(frozen=True, slots=True, kw_only=True)
class Symbol:
    """How one feature is drawn. Lengths are CSS pixels, colours ColorBrewer references.

    ``colour`` fills points and areas and strokes lines; ``stroke`` is the outline of points and
    areas (None: none), ``width`` its width or that of the line. ``hollow`` keeps the outline in
    the fill's colour and leaves the inside white, so a state shows without a second hue.
    ``size`` is the diameter of a point.
    """

    kind: SymbolKind
    colour: str
    opacity: float = 1.0
    stroke: str | None = None
    width: float = 1.0
    dash: tuple[float, ...] = ()
    size: float = 8.0
    shape: str = "circle"
    hollow: bool = False

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Symbol:
        """Read a symbol from a style document that the schema has accepted."""
        return cls(**_arguments(data))

    def override(self, data: Mapping[str, Any]) -> Symbol:
        """The same symbol with the properties that a class changes."""
        return replace(self, **_arguments(data))

    def to_json(self) -> dict[str, Any]:
        """The properties that differ from their defaults."""
        defaults = {item.name: item.default for item in fields(self)}
        return {name: v for name, v in asdict(self).items() if v != defaults[name]}

    @property
    def fill(self) -> str:
        """The colour of the inside as ``#rrggbb``."""
        return "#ffffff" if self.hollow else hex_colour(self.colour)

    @property
    def outline(self) -> str | None:
        """The colour of the outline or of the line as ``#rrggbb``; None where there is none."""
        if self.kind == "line" or self.hollow:
            return hex_colour(self.colour)
        return hex_colour(self.stroke) if self.stroke and self.width else None

    def leaflet(self) -> dict[str, Any]:
        """Leaflet path options; points carry ``radius`` and ``shape`` too.

        >>> Symbol(kind="line", colour="Blues_09/7", width=3).leaflet()
        {'fill': False, 'color': '#08519c', 'weight': 3}
        """
        options: dict[str, Any] = {}
        if self.kind == "line" or not self.opacity:
            options["fill"] = False  # what lies under an unfilled area can be reached
        else:
            options |= {"fill": True, "fillColor": self.fill, "fillOpacity": self.opacity}
        if self.outline is None:
            options["stroke"] = False
        else:
            options |= {"color": self.outline, "weight": self.width}
            if self.kind == "line" and self.opacity < 1:
                options["opacity"] = self.opacity
            if self.dash:
                options["dashArray"] = " ".join(f"{part:g}" for part in self.dash)
        if self.kind == "point":
            options |= {"radius": self.size / 2, "shape": self.shape}
        return options

    def swatch(self, width: int = 24, height: int = 18) -> str:
        """A small SVG picture of the symbol for legends (no attribute holds user text)."""
        x, y = width / 2, height / 2
        stroke = self.outline
        pen = f'stroke="{stroke}" stroke-width="{self.width:g}"' if stroke else 'stroke="none"'
        if self.dash:
            pen += f' stroke-dasharray="{" ".join(f"{part:g}" for part in self.dash)}"'
        if self.kind == "line":
            body = f'<path d="M1 {y:g}H{width - 1}" fill="none" opacity="{self.opacity:g}" {pen}/>'
        else:
            ink = f'fill="{self.fill}" fill-opacity="{self.opacity:g}" {pen}'
            body = self._body(x, y, width, height, ink)
        return (
            f'<svg width="{width}" height="{height}" viewBox="0 0 {width} {height}" '
            f'aria-hidden="true">{body}</svg>'
        )

    def _body(self, x: float, y: float, width: int, height: int, ink: str) -> str:
        if self.kind == "fill":
            return f'<rect x="2" y="2" width="{width - 4}" height="{height - 4}" rx="2" {ink}/>'
        radius = min(self.size / 2, y - 1.5)
        corners = OUTLINES[self.shape]
        if corners is None:
            return f'<circle cx="{x:g}" cy="{y:g}" r="{radius:g}" {ink}/>'
        path = "L".join(f"{x + cx * radius:.1f} {y + cy * radius:.1f}" for cx, cy in corners)
        return f'<path d="M{path}Z" stroke-linejoin="round" {ink}/>'


def _arguments(data: Mapping[str, Any]) -> dict[str, Any]:
    return {name: tuple(v) if isinstance(v, list) else v for name, v in data.items()}
