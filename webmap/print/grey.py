"""Black-and-white-safe symbols: what colour told apart, grey, pattern, shape and dashes do."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from webmap.style import Style
from webmap.symbol import OUTLINES, Symbol, hex_colour

__all__ = ["Ink", "colour_ink", "grey_ink"]

HATCHES = (None, "////", "....", "\\\\\\\\", "xxxx", "----", "||||", "oooo", "++++")
DASHES: tuple[tuple[float, ...], ...] = ((), (6, 3), (2, 2), (8, 3, 2, 3), (12, 4), (4, 1.5))
SHAPES = tuple(OUTLINES)
LIGHTEST, DARKEST = 0.97, 0.35
BLACK = "#1a1a1a"
NEUTRAL = "Greys"
"""The scheme whose lines (roads, borders) differ by width and dashes already."""


@dataclass(frozen=True, slots=True)
class Ink:
    """What a symbol looks like on paper; ``size`` is the diameter of a point in CSS pixels."""

    kind: str
    fill: str | None
    opacity: float
    outline: str | None
    width: float
    dash: tuple[float, ...] = ()
    size: float = 0.0
    shape: str = "circle"
    hatch: str | None = None


def colour_ink(symbol: Symbol) -> Ink:
    """The symbol as the style has it."""
    filled = symbol.kind != "line" and symbol.opacity > 0
    return Ink(
        kind=symbol.kind,
        fill=symbol.fill if filled else None,
        opacity=symbol.opacity,
        outline=symbol.outline,
        width=symbol.width,
        dash=symbol.dash,
        size=symbol.size,
        shape=symbol.shape,
    )


def grey_ink(style: Style) -> Callable[[Symbol], Ink]:
    """How to draw the symbols of a style in black and white, one look for each of its colours.

    Colours are ranked by how light they are; the ranks get greys from light to dark, and beside
    them patterns (areas), shapes (points) or dashes (lines), so that photocopies keep them apart.
    """
    ranks = _ranks(style)
    number = max(len(ranks), 1)

    def ink(symbol: Symbol) -> Ink:
        plain = colour_ink(symbol)
        rank = ranks.get(symbol.colour, 0)
        grey = _grey(LIGHTEST - (LIGHTEST - DARKEST) * rank / max(number - 1, 1))
        outline = None if plain.outline is None else BLACK
        changes: dict[str, Any] = {"outline": outline}
        if plain.fill is not None:
            changes["fill"] = "#ffffff" if symbol.hollow else grey
        if symbol.kind == "line" and symbol.colour.startswith(NEUTRAL):
            changes = {}
        elif symbol.kind == "line":
            changes |= {"outline": BLACK, "dash": DASHES[rank % len(DASHES)]}
            changes["width"] = symbol.width * (1 + 0.8 * (rank // len(DASHES)))
        elif symbol.kind == "point":
            changes |= {"outline": BLACK, "shape": _shape(symbol, rank, number)}
        elif number > 1:
            changes |= {"hatch": HATCHES[rank % len(HATCHES)], "outline": BLACK}
        return replace(plain, **changes)

    return ink


def _ranks(style: Style) -> Mapping[str, int]:
    colours = dict.fromkeys(
        [style.symbol.colour]
        + [
            str(case.change["colour"])
            for classes in style.classes
            for case in classes.all_cases
            if "colour" in case.change
        ]
    )
    order = sorted(colours, key=lambda name: (-_lightness(hex_colour(name)), name))
    return {name: rank for rank, name in enumerate(order)}


def _shape(symbol: Symbol, rank: int, number: int) -> str:
    if number == 1 or symbol.shape != "circle":
        return symbol.shape
    return SHAPES[rank % len(SHAPES)]


def _lightness(colour: str) -> float:
    red, green, blue = (int(colour[i : i + 2], 16) for i in (1, 3, 5))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _grey(level: float) -> str:
    return "#" + f"{round(level * 255):02x}" * 3
