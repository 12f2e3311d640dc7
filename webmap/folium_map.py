"""Folium maps of any layers: one HTML file to send around, which opens without a network."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Literal

import folium
import numpy as np
from branca.element import MacroElement
from folium.plugins import Fullscreen
from folium.template import Template

from geo.text import Language, Text
from layers.fields import DATA_ORIGINS
from layers.query import BBox
from webmap import assets as packages
from webmap.overlay import MapLayer, overlay, pair
from webmap.places import area_names
from webmap.symbol import OUTLINES, POINT_SCALE

__all__ = ["MapLayer", "PlanningMap", "folium_map", "save"]

Assets = Literal["inline", "cdn"]

THAILAND = (97.3, 5.6, 105.7, 20.5)

WORDS = {
    "panel": Text("ชั้นข้อมูลและสัญลักษณ์", "Layers and legend"),
    "legend": Text("คำอธิบายสัญลักษณ์", "Legend"),
    "nearer": Text("ซูมเข้าเพื่อแสดงชั้นนี้", "Zoom in to see this layer"),
    "farther": Text("ซูมออกเพื่อแสดงชั้นนี้", "Zoom out to see this layer"),
    "empty": Text("แผนที่นี้ยังไม่มีชั้นข้อมูล", "This map has no layers yet"),
    "zoom_in": Text("ขยาย", "Zoom in"),
    "zoom_out": Text("ย่อ", "Zoom out"),
}
FULL = Text("เต็มจอ", "Full screen")
FULL_OFF = Text("ออกจากเต็มจอ", "Leave full screen")

DEMONSTRATION = Text("มีข้อมูลสมมติเพื่อการสาธิต", "Contains invented demonstration data")
NEEDS_NETWORK = Text(
    "ไฟล์นี้ต้องต่ออินเทอร์เน็ตจึงจะแสดงแผนที่ได้ (ติดตั้งแพ็กเกจหน้าเว็บด้วย npm ci เพื่อให้เปิดแบบออฟไลน์ได้)",
    "This file needs the internet to show its map (run npm ci to make maps that open offline)",
)


class PlanningMap(folium.Map):
    """A Folium map that knows whether its file needs a network."""

    self_contained: bool = False


def folium_map(
    items: Sequence[MapLayer],
    *,
    language: Language = "th",
    title: Text | None = None,
    bbox: BBox | None = None,
    assets: Assets = "inline",
    base_map: str | folium.TileLayer | None = None,
    notice: Text | None = None,
    node_modules: Path = packages.NODE_MODULES,
) -> PlanningMap:
    """Return a map of the layers in the order of their styles, with panel, legend and details.

    ``language`` is the one that the map opens in; the reader can change it. ``bbox`` (west, south,
    east, north in degrees) is the first view, by default the extent of what is shown.
    ``base_map`` is anything that Folium takes for tiles ("OpenStreetMap"); the default, none, needs
    no network. ``notice`` is a line about the data, beside what their origin already says.

    With ``assets="inline"`` the file carries its scripts and fonts. Where they are not installed
    (``npm ci``), or with "cdn", Folium's usual links stand in it; the map says so and its attribute
    ``self_contained`` is False. A map with inlined assets has no jQuery and Bootstrap: to add
    Folium's own icon markers and popups to it, use "cdn".
    """
    areas = area_names((item.layer, item.features) for item in items)
    overlays = [overlay(item, areas) for item in items]
    if not any(spec["visible"] for spec in overlays):
        for spec in overlays:  # a map that shows nothing when it opens helps nobody
            spec["visible"] = True
    west, south, east, north = bbox or _extent(items, overlays)
    offline = assets == "inline" and packages.available(node_modules)
    map_ = PlanningMap(
        location=((south + north) / 2, (west + east) / 2),
        zoom_start=10,
        max_zoom=20,
        tiles=base_map,
        prefer_canvas=True,
        zoom_control=False,
        zoom_snap=0.5 if base_map is None else 1,  # pictures of tiles blur between their zooms
    )
    map_.self_contained = offline
    if offline:
        map_.default_js, map_.default_css = [], []
    notices = _notices(items, notice, offline)
    options = {
        "language": language,
        "title": None if title is None else pair(title),
        "words": {name: pair(word) for name, word in WORDS.items()},
        "outlines": OUTLINES,
        "scale": POINT_SCALE,
        "bounds": [[south, west], [north, east]],
        "notices": [pair(text) for text in notices],
        "attribution": pair(DEMONSTRATION) if _invented(items) else None,
    }
    _SetUp(options, node_modules if offline else None).add_to(map_)
    full = Fullscreen(title=FULL.get(language), title_cancel=FULL_OFF.get(language))
    if offline:
        full.default_js, full.default_css = [], []
    full.add_to(map_)
    for spec in overlays:
        _Overlay(spec).add_to(map_)
    _Finish().add_to(map_)
    return map_


def save(map_: folium.Map, path: Path | str) -> int:
    """Write the map to one HTML file and return its size in bytes."""
    data = map_.get_root().render().encode("utf-8")
    Path(path).write_bytes(data)
    return len(data)


def script_json(value: Any) -> str:
    """JSON that may stand inside a ``<script>``: no text can end the script or start a comment."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    for mark in ("<", ">", "&", "\u2028", "\u2029"):
        text = text.replace(mark, f"\\u{ord(mark):04x}")
    return text


class _SetUp(MacroElement):
    """Scripts and styles, then the state that layers and panel share."""

    _template = Template(
        "{% macro script(this, kwargs) %}"
        "phumi.setUp({{ this._parent.get_name() }}, {{ this.options }});"
        "{% endmacro %}"
    )

    def __init__(self, options: dict[str, Any], node_modules: Path | None) -> None:
        super().__init__()
        self._name = "SetUp"
        self.options = script_json(options)
        self.node_modules = node_modules

    def render(self, **kwargs: Any) -> str:
        # Only now: Leaflet, from wherever it comes, must stand before what builds on it.
        figure = self.get_root()
        if self.node_modules is not None:
            packages.inline(figure, self.node_modules)
        packages.own(figure)
        return str(super().render(**kwargs))


class _Overlay(MacroElement):
    """One layer; ``map.phumi.overlays`` holds its Leaflet layer."""

    _template = Template(
        "{% macro script(this, kwargs) %}"
        "phumi.overlay({{ this._parent.get_name() }}, {{ this.spec }});"
        "{% endmacro %}"
    )

    def __init__(self, spec: dict[str, Any]) -> None:
        super().__init__()
        self._name = "Overlay"
        self.spec = script_json(spec)


class _Finish(MacroElement):
    """Panel and labels, and the first drawing."""

    _template = Template(
        "{% macro script(this, kwargs) %}phumi.finish({{ this._parent.get_name() }});{% endmacro %}"
    )


def _extent(items: Sequence[MapLayer], overlays: Sequence[dict[str, Any]]) -> BBox:
    shown = [i for i, spec in zip(items, overlays, strict=True) if spec["visible"]] or items
    boxes = np.array([i.features.total_bounds for i in shown if len(i.features)]).reshape(-1, 4)
    boxes = boxes[~np.isnan(boxes).any(axis=1)]
    if not len(boxes):
        return THAILAND
    west, south = boxes[:, :2].min(axis=0).tolist()
    east, north = boxes[:, 2:].max(axis=0).tolist()
    return west, south, east, north


def _origins(items: Sequence[MapLayer]) -> dict[str, list[Text]]:
    """For each origin of data that is not first-hand, the layers that hold such data."""
    found: dict[str, list[Text]] = {}
    for origin in ("invented", "synthetic", "general_knowledge", "approximate"):
        for item in items:
            column = item.features.get("data_origin")
            if column is not None and (column == origin).any():
                found.setdefault(origin, []).append(item.layer.title)
    return found


def _invented(items: Sequence[MapLayer]) -> bool:
    return not {"invented", "synthetic"}.isdisjoint(_origins(items))


def _notices(items: Sequence[MapLayer], notice: Text | None, offline: bool) -> list[Text]:
    lines = [] if notice is None else [notice]
    for origin, titles in _origins(items).items():
        label = DATA_ORIGINS[origin]
        thai = ", ".join(title.th for title in titles)
        english = ", ".join(title.en for title in titles)
        lines.append(Text(f"{label.th}: {thai}", f"{label.en}: {english}"))
    if not offline:
        lines.append(NEEDS_NETWORK)
    return lines
