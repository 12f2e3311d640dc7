"""One layer made ready for a page: shapes thinned, values written, symbols and legend chosen."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from geo.text import Text
from layers.catalogue import FAMILIES
from layers.model import Layer, Privacy
from webmap.legend import build_legend
from webmap.places import say_area
from webmap.style import Style, StyleError, default_style, load_style
from webmap.values import display, names

__all__ = ["MAX_VERTICES", "MapLayer", "may_be_named", "overlay", "pair", "thin"]

MAX_VERTICES = 90_000
"""Vertices of one layer that a page carries (about 1.5 MB of text); more are thinned."""

CAUTION = Text(
    "ข้อมูล{th}: ใช้เท่าที่จำเป็นต่อหน้าที่ ห้ามเผยแพร่ต่อ",
    "{en}: for your duties only, do not pass on",
)


@dataclass(frozen=True, slots=True)
class MapLayer:
    """A layer, its features (EPSG:4326, already cut to what the reader may see), and its style.

    ``style`` None takes the layer's own document, or a plain one where there is none.
    ``visible`` None leaves it to the style.
    """

    layer: Layer
    features: gpd.GeoDataFrame
    style: Style | None = None
    visible: bool | None = None

    @property
    def look(self) -> Style:
        """The style that draws the layer."""
        if self.style is not None:
            return self.style
        try:
            return load_style(self.layer.id)
        except StyleError as why:
            if why.code != "style_unknown":
                raise
            return default_style(self.layer)


def pair(text: Text) -> list[str]:
    """A text as the pages take it: [Thai, English]."""
    return [text.th, text.en]


def may_be_named(layer: Layer) -> bool:
    """May a feature's name show without being asked for (on hover, as a label)?

    Not where the layer is restricted or its name is not public: it mostly speaks of people.
    """
    if layer.title_field is None or layer.privacy > Privacy.INTERNAL:
        return False
    return layer.by_name[layer.title_field].privacy <= Privacy.PUBLIC


def overlay(item: MapLayer, areas: Mapping[str, Text] | None = None) -> dict[str, Any]:
    """What ``phumi.overlay`` of ``static/overlay.js`` draws, as JSON values.

    ``areas`` are names by area code; with them details name the place beside its code.
    """
    layer, style = item.layer, item.look
    shapes = item.features.geometry
    drawn = item.features[~(shapes.isna() | shapes.is_empty)]
    features = pd.DataFrame(drawn.drop(columns=drawn.geometry.name))
    drawing = style.draw(features)
    table = _Values(layer, features, areas or {})
    popup = [table.column(name) for name in style.popup if name in features.columns]
    heading = table.names(layer.title_field)
    shapes = thin(drawn.geometry)
    labelled = style.label if style.label and may_be_named(layer) else None
    label = None
    if labelled and labelled.field in features.columns:
        label = {
            "field": table.names(labelled.field),
            "zoom": [labelled.min_zoom, labelled.max_zoom],
            "strong": labelled.strong,
            "points": _anchors(shapes),
            "lift": style.symbol.size / 2 + 9 if style.symbol.kind == "point" else 0,
        }
    return {
        "id": layer.id,
        "title": pair(layer.title),
        "group": pair(FAMILIES[layer.group]),
        "order": style.order,
        "visible": style.visible if item.visible is None else item.visible,
        "zoom": list(style.zoom),
        "symbols": [symbol.leaflet() for symbol in drawing.symbols],
        "legend": build_legend(layer, style, features).to_json(),
        "fields": table.fields,
        "popup": popup,
        "heading": heading,
        "hover": heading if may_be_named(layer) else None,
        "label": label,
        "caution": _caution(layer),
        "features": [
            [shape["type"], shape["coordinates"], symbol, values]
            for shape, symbol, values in zip(
                _coordinates(shapes), drawing.index.tolist(), table.rows(), strict=True
            )
        ],
    }


def thin(shapes: gpd.GeoSeries, max_vertices: int = MAX_VERTICES) -> np.ndarray[Any, Any]:
    """Return shapes with at most about ``max_vertices`` vertices, common borders kept common.

    What fits is left as it is; the tolerance starts at 1/20,000 of the extent and doubles.
    """
    out = np.asarray(shapes.array)
    if not len(out) or shapely.get_num_coordinates(out).sum() <= max_vertices:
        return out
    west, south, east, north = shapes.total_bounds
    tolerance = max(east - west, north - south) / 20_000
    coverage = bool(np.isin(shapely.get_type_id(out), (3, 6)).all())
    for _ in range(12):
        if shapely.get_num_coordinates(out).sum() <= max_vertices:
            break
        simplify = shapely.coverage_simplify if coverage else shapely.simplify
        out = simplify(out, tolerance)
        tolerance *= 2
    return out


class _Values:
    """The table behind the details: each distinct wording once, features point at it."""

    def __init__(self, layer: Layer, features: pd.DataFrame, areas: Mapping[str, Text]) -> None:
        self.layer, self.features, self.areas = layer, features, areas
        self.fields: list[dict[str, Any]] = []
        self._places: list[list[int]] = []
        self._known: dict[tuple[str, bool], int] = {}

    def column(self, name: str) -> int:
        """Add a field and return its place in ``fields``."""
        return self._add(name, named=False)

    def names(self, name: str | None) -> int | None:
        """Add a field of names (Thai and English together) and return its place."""
        return None if name is None or name not in self.features else self._add(name, named=True)

    def rows(self) -> Iterable[list[int]]:
        """For every feature the place of its value in each field's pool, -1 for none."""
        if not self._places:
            return [[] for _ in range(len(self.features))]
        return (list(row) for row in zip(*self._places, strict=True))

    def _add(self, name: str, *, named: bool) -> int:
        if (name, named) in self._known:
            return self._known[name, named]
        field = self.layer.by_name[name]
        words = self._words(name, named)
        pool: dict[Text, int] = {}
        self._places.append([-1 if w is None else pool.setdefault(w, len(pool)) for w in words])
        self.fields.append({"label": pair(field.label), "pool": [_wording(w) for w in pool]})
        self._known[name, named] = len(self.fields) - 1
        return self._known[name, named]

    def _words(self, name: str, named: bool) -> list[Text | None]:
        if named:
            return names(self.layer, self.features, name)
        words = display(self.layer.by_name[name], self.features[name])
        if name == self.layer.area and name != self.layer.key:
            return [None if word is None else say_area(word.th, self.areas) for word in words]
        return words


def _wording(text: Text) -> str | list[str]:
    return text.th if text.th == text.en else pair(text)


def _caution(layer: Layer) -> list[str] | None:
    if layer.privacy < Privacy.RESTRICTED:
        return None
    label = layer.privacy.label
    return pair(CAUTION.format(th=label.th, en=label.en.capitalize()))


def _coordinates(shapes: np.ndarray[Any, Any]) -> Sequence[dict[str, Any]]:
    if not len(shapes):
        return []
    west, _, east, _ = shapely.total_bounds(shapes)
    decimals = 5 if east - west > 2 else 6  # 1 m is enough for a map of several provinces
    rounded = shapely.transform(shapely.force_2d(shapes), lambda xy: np.round(xy, decimals))
    return [json.loads(text) for text in shapely.to_geojson(rounded)]


def _anchors(shapes: np.ndarray[Any, Any]) -> list[list[float] | None]:
    points = shapely.point_on_surface(shapes)
    return [
        None if shapely.is_empty(point) else [round(point.x, 5), round(point.y, 5)]
        for point in points
    ]
