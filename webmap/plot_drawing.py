"""The drawings of a plot sheet as SVG: plan, section through a pond, stage curve.

One unit of the plan is a millimetre on paper at the scale of the sheet. Colours come from the
styles of the layers; ponds as built have solid rims and designs dashed ones.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from html import escape
from typing import Any

import numpy as np
import pandas as pd

from webmap.style import load_style
from webmap.symbol import Symbol

__all__ = ["plan_svg", "section_svg", "stage_svg"]

INK, SOFT, GRID, EARTH, WATER = "#1b211e", "#56615b", "#dbe2de", "#e9e2d3", "#d5e5f3"
MARGIN = 9.0  # mm around the plan
LETTER = 3.7  # mm, 14 px on a screen
WIDE = 170.0  # mm of a section or curve
BARS_M = (1, 2, 5, 10, 20, 50, 100, 200, 500, 1000)

Point = Sequence[float]


def plan_svg(plan: Mapping[str, Any], language: str = "th") -> str:
    """Boundary, zones, ponds, channels and marks of a sheet's plan, with scale bar and north.

    ``plan`` is the part ``plan`` of :meth:`layers.plot_sheet.PlotSheet.to_json`.
    """
    west, south, east, north = plan["bounds"]
    to_mm = 1000 / plan["scale"]
    width = max((east - west) * to_mm + 2 * MARGIN, 70.0)
    height = (north - south) * to_mm + 2 * MARGIN + 6
    shift = (width - (east - west) * to_mm) / 2

    def placed(points: Iterable[Point]) -> list[tuple[float, float]]:
        return [(shift + (x - west) * to_mm, MARGIN + (north - y) * to_mm) for x, y in points]

    parts = [_areas("plot_zones", plan["zones"], placed)]
    parts.append(_path(plan["boundary"], placed, fill="none", stroke=INK, width=0.7))
    parts.append(_areas("ponds", plan["ponds"], placed))
    for line, symbol in zip(plan["channels"], _symbols("channels", plan["channels"]), strict=True):
        parts.append(_path(line["rings"], placed, closed=False, fill="none",
                           stroke=symbol.outline or INK, width=1.0))  # fmt: skip
    for mark in plan["marks"]:
        ((x, y),) = placed([(mark["x"], mark["y"])])
        name = escape(mark["kind"] or "")
        parts.append(f'<circle cx="{x:.2f}" cy="{y:.2f}" r="1.2" fill="#ffffff" stroke="{INK}" '
                     f'stroke-width="0.5"><title>{name}</title></circle>')  # fmt: skip
    parts += [_zone_name(zone, placed, language) for zone in plan["zones"]]
    parts.append(_scale_bar(width, height, to_mm))
    parts.append(_north(width))
    return _svg(width, height, parts)


def section_svg(pond: Mapping[str, Any], language: str = "th") -> str:
    """The bed along a section below GL, water up to its level, the design dashed beside it.

    ``pond`` is one of the ``ponds`` of a sheet without error. Depths are drawn at twice the scale
    of lengths where they would else be too flat to read.
    """
    bed = [(p["chainage_m"], p["design_depth_m"]) for p in pond["section"]]
    drawn = [(p["chainage_m"], p["design_depth_m"]) for p in pond.get("design_section", [])]
    long = max(x for x, _ in bed)
    deep = max(y for _, y in [*bed, *drawn, (0, 1.0)])
    across = (WIDE - 34) / long
    down = min(2 * across, 42 / deep)
    left, top = 16.0, 9.0
    height = top + deep * down + 14

    def at(x: float, y: float) -> str:
        return f"{left + x * across:.2f},{top + y * down:.2f}"

    level = min(pond["water_level_m"], deep)
    wet = [(x, max(y, level)) for x, y in bed]
    full, floor = left + long * across, top + deep * down + 5
    parts = [
        f'<path d="M4,{top} H{WIDE - 4:.1f} V{floor:.2f} H4 Z" fill="{EARTH}"/>',
        f'<path d="M{at(*bed[0])} L{" ".join(at(x, y) for x, y in bed)} Z" fill="#ffffff"/>',
        f'<path d="M{" ".join(at(x, y) for x, y in [*wet, (long, level), (0, level)])} Z" '
        f'fill="{WATER}"/>',
        f'<path d="M4,{top} H{left} M{full:.2f},{top} H{WIDE - 4:.1f}" stroke="{INK}" '
        'stroke-width="0.5" fill="none"/>',
        f'<polyline points="{" ".join(at(x, y) for x, y in bed)}" fill="none" stroke="{INK}" '
        'stroke-width="0.7"/>',
        f'<path d="M{left},{top} H{full:.2f}" stroke="{SOFT}" stroke-width="0.3" '
        'stroke-dasharray="2 1.5"/>',
    ]
    if drawn:
        points = " ".join(at(x, y) for x, y in drawn)
        parts.append(f'<polyline points="{points}" fill="none" stroke="{SOFT}" stroke-width="0.5" '
                     'stroke-dasharray="2 1.2"/>')  # fmt: skip
    metre = {"th": "ม.", "en": "m"}[language]
    parts.append(_text(left, top - 2.5, "GL ±0.00"))
    parts.append(_text(full + 1.5, top + deep * down, f"-{deep:.2f} {metre}"))
    parts.append(_text(left + long * across / 2, floor + 5.5, f"{long:.2f} {metre}", "middle"))
    stretched = f"{down / across:.1f} : 1"
    words = {"th": f"แนวดิ่ง : แนวราบ {stretched}", "en": f"vertical : horizontal {stretched}"}
    parts.append(_text(WIDE - 4, top - 2.5, words[language], "end"))
    return _svg(WIDE, height, parts)


def stage_svg(pond: Mapping[str, Any], language: str = "th") -> str:
    """Volume below each level against its depth: the stage curve of one pond."""
    stages = [(stage["volume_below_m3"], stage["depth_m"]) for stage in pond["stages"]]
    most, deep = max(v for v, _ in stages), max(d for _, d in stages)
    left, top, wide, tall = 16.0, 5.0, WIDE - 34, 46.0

    def at(volume: float, depth: float) -> str:
        return f"{left + wide * volume / most:.2f},{top + tall * depth / deep:.2f}"

    parts = [f'<path d="M{left},{top} V{top + tall} H{left + wide}" fill="none" stroke="{SOFT}" '
             'stroke-width="0.4"/>']  # fmt: skip
    for share in (0.25, 0.5, 0.75, 1.0):
        x = left + wide * share
        parts.append(f'<path d="M{x:.2f},{top} V{top + tall}" stroke="{GRID}" stroke-width="0.3"/>')
        parts.append(_text(x, top + tall + 5, f"{most * share:,.0f}", "middle"))
    for depth in np.linspace(0, deep, 4):
        y = top + tall * depth / deep
        parts.append(f'<path d="M{left},{y:.2f} H{left + wide}" stroke="{GRID}" '
                     'stroke-width="0.3"/>')  # fmt: skip
        parts.append(_text(left - 1.5, y + 1.2, f"{depth:.1f}", "end"))
    points = " ".join(at(volume, depth) for volume, depth in stages)
    parts.append(f'<polyline points="{points}" fill="none" stroke="#2b6cb0" stroke-width="0.8"/>')
    units = {"th": "ลบ.ม.", "en": "m3"}
    parts.append(_text(left + wide + 7, top + tall + 5, units[language]))
    parts.append(_text(2, top + 1.2, {"th": "ม.", "en": "m"}[language]))
    return _svg(WIDE, top + tall + 9, parts)


def _symbols(layer: str, rows: Sequence[Mapping[str, Any]]) -> list[Symbol]:
    table = pd.DataFrame([dict(row) for row in rows], dtype=object)
    drawing = load_style(layer).draw(table)
    return [drawing.symbols[number] for number in drawing.index.tolist()]


def _areas(layer: str, rows: Sequence[Mapping[str, Any]], placed: Any) -> str:
    return "".join(
        _path(row["rings"], placed, fill=symbol.fill, opacity=symbol.opacity,
              stroke=symbol.outline or INK, width=0.4, dash=row.get("kind") == "design")
        for row, symbol in zip(rows, _symbols(layer, rows), strict=True)
    )  # fmt: skip


def _path(
    rings: Iterable[Iterable[Point]],
    placed: Any,
    *,
    fill: str,
    stroke: str,
    width: float,
    opacity: float = 1.0,
    dash: bool = False,
    closed: bool = True,
) -> str:
    lines = [" ".join(f"{x:.2f},{y:.2f}" for x, y in placed(ring)) for ring in rings]
    steps = " ".join(f"M{line}{' Z' if closed else ''}" for line in lines)
    dashes = ' stroke-dasharray="1.6 1.2"' if dash else ""
    return (
        f'<path d="{steps}" fill="{fill}" fill-opacity="{opacity}" fill-rule="evenodd" '
        f'stroke="{stroke}" stroke-width="{width}"{dashes}/>'
    )


def _zone_name(zone: Mapping[str, Any], placed: Any, language: str) -> str:
    words = zone.get("label")
    if not words:
        return ""
    ring = np.array(zone["rings"][0])
    middle = (ring.min(axis=0) + ring.max(axis=0)) / 2
    ((x, y),) = placed([zone.get("name_at") or middle])
    return _text(x, y, words[language], "middle", halo=True)


def _scale_bar(width: float, height: float, to_mm: float) -> str:
    metres = max((bar for bar in BARS_M if bar * to_mm <= 45), default=BARS_M[0])
    x, y = MARGIN, height - 4
    bar = f'<path d="M{x},{y - 1.5} V{y} H{x + metres * to_mm:.2f} V{y - 1.5}" fill="none" '
    label = _text(min(x + metres * to_mm + 2, width - 20), y, f"{metres} m")
    return f'{bar}stroke="{INK}" stroke-width="0.5"/>{label}'


def _north(width: float) -> str:
    x = width - 5
    return f'<path d="M{x},2 l2,6 l-2,-1.3 l-2,1.3 Z" fill="{INK}"/>' + _text(x, 12, "N", "middle")


def _text(x: float, y: float, words: str, anchor: str = "start", *, halo: bool = False) -> str:
    behind = ' stroke="#ffffff" stroke-width="1" paint-order="stroke"' if halo else ""
    return (
        f'<text x="{x:.2f}" y="{y:.2f}" font-size="{LETTER}" text-anchor="{anchor}" '
        f'fill="{INK}"{behind}>{escape(words)}</text>'
    )


def _svg(width: float, height: float, parts: Iterable[str]) -> str:
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:.1f} {height:.1f}" '
        f'width="{width:.1f}mm" height="{height:.1f}mm" role="img">'
        f'<rect width="100%" height="100%" fill="#ffffff"/>{"".join(parts)}</svg>'
    )
