"""Style documents: read, checked, and applied to whole layers at once."""

from __future__ import annotations

import json
import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from jsonschema import Draft202012Validator
from jsonschema.exceptions import best_match

from geo.errors import PhumiError
from geo.text import Text
from layers.model import Layer
from webmap.symbol import Symbol, SymbolKind, hex_colour

__all__ = [
    "STYLES",
    "Case",
    "Classes",
    "Drawing",
    "LabelRule",
    "Style",
    "StyleError",
    "default_style",
    "leaflet_style",
    "load_style",
    "read_style",
]

STYLES = Path(__file__).resolve().parent.parent / "styles"

KINDS: dict[str | None, SymbolKind] = {
    "LineString": "line",
    "MultiLineString": "line",
    "Polygon": "fill",
    "MultiPolygon": "fill",
}  # anything else, mixed shapes too, is drawn as points

Indices = npt.NDArray[np.intp]


class StyleError(PhumiError):
    """A style document is missing, breaks the schema or contradicts itself."""


@dataclass(frozen=True, slots=True)
class Case:
    """One class: the codes that belong to it (none for a numeric class) and what it changes."""

    values: tuple[str, ...]
    change: Mapping[str, Any]
    label: Text | None = None


@dataclass(frozen=True, slots=True)
class Classes:
    """How one field divides a layer: into ``cases`` by code, or by ``breaks`` of a number.

    Features without a value, or with one that no case names, fall to ``other``, which is the case
    after the last; without ``other`` they keep what they had.
    """

    field: str
    cases: tuple[Case, ...]
    breaks: tuple[float, ...] = ()
    other: Case | None = None

    @property
    def all_cases(self) -> tuple[Case, ...]:
        """The cases in the order of the legend, ``other`` last."""
        return self.cases if self.other is None else (*self.cases, self.other)

    def classify(self, column: pd.Series[Any]) -> Indices:
        """Return for each value the index in :attr:`all_cases`, -1 where no case fits."""
        rest = -1 if self.other is None else len(self.cases)
        if self.breaks:
            numbers = pd.to_numeric(column, errors="coerce").to_numpy(float, na_value=np.nan)
            index = np.searchsorted(np.asarray(self.breaks), numbers, side="right")
            return np.where(np.isnan(numbers), rest, index).astype(np.intp)
        known = {code: i for i, case in enumerate(self.cases) for code in case.values}
        place, distinct = pd.factorize(column)
        found = [known.get(_code(value), rest) for value in distinct]
        return np.asarray([*found, rest], dtype=np.intp)[place]  # factorize marks missing as -1


@dataclass(frozen=True, slots=True)
class Drawing:
    """A layer with its symbols chosen: ``symbols[index[i]]`` draws feature ``i``."""

    symbols: tuple[Symbol, ...]
    index: Indices


@dataclass(frozen=True, slots=True)
class LabelRule:
    """Which field is written beside a feature, and at which zooms."""

    field: str
    min_zoom: float
    max_zoom: float = 22
    strong: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Style:
    """One style document (``styles/schema.json`` says what each part means)."""

    layer: str
    order: int
    symbol: Symbol
    popup: tuple[str, ...]
    classes: tuple[Classes, ...] = ()
    label: LabelRule | None = None
    zoom: tuple[float, float] = (0, 22)
    visible: bool = True
    legend: Text | None = None
    note: Text | None = None
    document: Mapping[str, Any] = field(default_factory=dict, repr=False, compare=False)

    @property
    def field_names(self) -> frozenset[str]:
        """Every field that the style reads."""
        label = () if self.label is None else (self.label.field,)
        return frozenset((*self.popup, *label, *(classes.field for classes in self.classes)))

    def draw(self, features: pd.DataFrame) -> Drawing:
        """Choose the symbol of every feature, a column at a time.

        A field that the frame does not have (the view hides it) divides nothing.
        """
        active = [classes for classes in self.classes if classes.field in features.columns]
        if not len(features):
            return Drawing((), np.zeros(0, dtype=np.intp))
        hits = [classes.classify(features[classes.field]) for classes in active]
        rows = np.stack(hits, axis=1) if hits else np.zeros((len(features), 0), dtype=np.intp)
        combinations, index = np.unique(rows, axis=0, return_inverse=True)
        symbols = tuple(self._combine(active, combination) for combination in combinations)
        return Drawing(symbols, index.reshape(-1).astype(np.intp))

    def _combine(self, active: list[Classes], combination: Indices) -> Symbol:
        symbol = self.symbol
        for classes, case in zip(active, combination, strict=True):
            if case >= 0:
                symbol = symbol.override(classes.all_cases[case].change)
        return symbol


@cache
def load_style(layer_id: str) -> Style:
    """Return the style of a layer of the catalogue; raises StyleError when there is none."""
    path = STYLES / f"{layer_id}.json"
    if layer_id == "schema" or not layer_id.isidentifier() or not path.is_file():
        raise StyleError(
            "style_unknown",
            Text(f"ไม่มีรูปแบบแสดงผลของชั้นข้อมูล {layer_id}", f"There is no style for layer {layer_id}"),
            layer=layer_id,
        )
    return read_style(json.loads(path.read_text(encoding="utf-8")))


def read_style(document: Mapping[str, Any]) -> Style:
    """Check a style document against the schema and read it; raises StyleError with the place."""
    error = best_match(_validator().iter_errors(document))
    if error is not None:
        raise _bad(document, error.json_path, error.message)
    classes = tuple(_classes(document, part) for part in document.get("classes", ()))
    style = Style(
        layer=document["layer"],
        order=document["order"],
        symbol=Symbol.from_json(document["symbol"]),
        popup=tuple(document["popup"]),
        classes=classes,
        label=_label(document.get("label")),
        zoom=tuple(document.get("zoom", (0, 22))),
        visible=document.get("visible", True),
        legend=_text(document.get("legend")),
        note=_text(document.get("note")),
        document=document,
    )
    for colour in _colours(document):
        try:
            hex_colour(colour)
        except ValueError as why:
            raise _bad(document, "$", str(why)) from why
    return style


def default_style(layer: Layer) -> Style:
    """A plain style for a layer that has no document of its own (layers that users make).

    The colour follows from the id, so that a layer looks the same on every map.
    """
    kind = KINDS.get(layer.geometry, "point")
    colour = f"Dark2_08/{zlib.crc32(layer.id.encode()) % 7}"  # the eighth is the grey of "other"
    parts: dict[SymbolKind, dict[str, Any]] = {
        "point": {"size": 9, "stroke": "Greys_09/0"},
        "line": {"width": 2.5},
        "fill": {"opacity": 0.35, "stroke": colour},
    }
    symbol = {"kind": kind, "colour": colour, **parts[kind]}
    order = {"fill": 150, "line": 450, "point": 850}[kind]
    popup = [item.name for item in layer.fields if item.type != "object"]
    return Style(layer=layer.id, order=order, symbol=Symbol.from_json(symbol), popup=tuple(popup))


def leaflet_style(style: Style) -> Callable[[Mapping[str, Any]], dict[str, Any]]:
    """Compile to the ``style_function`` that ``folium.GeoJson`` takes: feature -> path options."""

    def style_function(feature: Mapping[str, Any]) -> dict[str, Any]:
        row = pd.DataFrame([feature.get("properties") or {}])
        return style.draw(row).symbols[0].leaflet()

    return style_function


def _code(value: Any) -> str:
    if isinstance(value, (bool, np.bool_)):
        return "true" if value else "false"
    if isinstance(value, (float, np.floating)) and float(value).is_integer():
        return str(int(value))  # a column of whole numbers with gaps comes as floats
    return str(value)


@cache
def _validator() -> Draft202012Validator:
    return Draft202012Validator(json.loads((STYLES / "schema.json").read_text(encoding="utf-8")))


def _text(data: Mapping[str, str] | None) -> Text | None:
    return None if data is None else Text(data["th"], data["en"])


def _label(data: Mapping[str, Any] | None) -> LabelRule | None:
    if data is None:
        return None
    strong = data.get("weight") == "strong"
    return LabelRule(data["field"], data["min_zoom"], data.get("max_zoom", 22), strong)


def _classes(document: Mapping[str, Any], part: Mapping[str, Any]) -> Classes:
    other = part.get("other")
    rest = None if other is None else Case((), other["symbol"], _text(other.get("label")))
    if "breaks" in part:
        breaks, symbols = tuple(part["breaks"]), part["symbols"]
        if list(breaks) != sorted(set(breaks)) or len(symbols) != len(breaks) + 1:
            raise _bad(document, part["field"], "n rising breaks need n + 1 symbols")
        return Classes(part["field"], tuple(Case((), change) for change in symbols), breaks, rest)
    cases = tuple(
        Case(tuple(_code(v) for v in case["values"]), case["symbol"], _text(case.get("label")))
        for case in part["cases"]
    )
    codes = [code for case in cases for code in case.values]
    if len(codes) != len(set(codes)):
        raise _bad(document, part["field"], "a value stands in two classes")
    return Classes(part["field"], cases, (), rest)


def _colours(part: Any) -> list[str]:
    if isinstance(part, list):
        return [colour for item in part for colour in _colours(item)]
    if not isinstance(part, Mapping):
        return []
    own = [part[name] for name in ("colour", "stroke") if isinstance(part.get(name), str)]
    return own + [colour for item in part.values() for colour in _colours(item)]


def _bad(document: Mapping[str, Any], place: str, why: str) -> StyleError:
    layer = document.get("layer") if isinstance(document, Mapping) else None
    return StyleError(
        "style_invalid",
        Text(
            f"รูปแบบแสดงผลของ {layer} ผิดที่ {place}: {why}",
            f"Style of {layer} is wrong at {place}: {why}",
        ),
        layer=layer,
        place=place,
    )
