"""Features as pages for people: a table, a map, one feature in full, links to every other form."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import geopandas as gpd
import pandas as pd
from flask import request

from api.access import current_store, listed, view_of
from api.formats import DOWNLOADS
from api.language import asked_language
from api.links import GEOJSON, HTML, page_link, url
from api.templating import page
from api.words import WORDS
from geo.text import Text
from layers.errors import NotFound
from layers.model import Field, Layer, Privacy
from layers.query import Query, View
from layers.store import Page
from webmap.assets import available
from webmap.overlay import MapLayer, may_be_named
from webmap.places import area_names, say_area
from webmap.style import Drawing, Style
from webmap.values import display, names

__all__ = ["ROWS_MAX", "area_layers", "drawn_map", "item_page", "items_page"]

ROWS_MAX = 500  # of one page: more is a download, or the map
LONG = 28  # letters of a cell that wants a wider column
COLUMNS_SHOWN = 7  # at first; the rest on demand
AREAS = {"provinces": 2, "districts": 4, "tambons": 6, "villages": 8}  # layer, digits of its codes
PAGING = {"limit": None, "offset": None, "token": None}
NOT_FILTERS = frozenset({"f", "lang", "limit", "offset", "token", "sortby", "properties", "crs"})
NOT_FILTERS |= {"filter-lang", "filter-crs", "bbox-crs", "number-matched"}


@dataclass(frozen=True, slots=True)
class Column:
    """One column of the table: its heading, its words, row by row, and how it can be sorted."""

    field: Field
    cells: list[Text | None]
    sort: str | None
    sorted: str

    @property
    def kind(self) -> str:
        """How it is set: figures flush right, long words with room, dates in one line."""
        kinds = []
        if self.field.type in ("integer", "number") and not self.field.values:
            kinds.append("number")
        if any(len(cell.th) > LONG for cell in self.cells if cell):
            kinds.append("long")
        elif self.field.type == "date":
            kinds.append("line")
        return " ".join(kinds)


def area_layers() -> list[Layer]:
    """The layers whose names stand beside area codes, as far as they are there to be seen."""
    found = []
    for layer_id in AREAS:
        try:
            layer = current_store().layer(layer_id)
        except NotFound:
            continue
        if listed(layer):
            found.append(layer)
    return found


def items_page(layer: Layer, view: View, query: Query, found: Page, following: str | None) -> Any:
    """The page of a layer's features; ``following`` is the address of the next ones."""
    features = json.loads(f"[{found.features}]")
    rows = _frame(features, layer)
    return page(
        "items.html",
        layer=layer,
        total=current_store().count(query, view),
        rows=len(features),
        keys=[feature["id"] for feature in features],
        headings=_headings(layer, features, rows),
        columns=_columns(layer, view, rows),
        shown=COLUMNS_SHOWN if query.fields is None else len(layer.fields),
        following=following,
        first=_changed(**PAGING) if query.after or query.offset else None,
        filters=_filters(layer),
        choices=_choices(layer, view),
        downloads=_downloads(layer, view),
        geojson=page_link("alternate", GEOJSON, f="geojson")["href"],
        map=_map(layer, view, found.features, rows, zoom_to=True),
    )


def item_page(layer: Layer, view: View, text: str) -> Any:
    """The page of one feature, from its GeoJSON text."""
    feature = json.loads(text)
    rows = _frame([feature], layer)
    areas = _areas(layer, rows)
    facts: dict[str, list[tuple[Field, Text]]] = {"open": [], "closed": []}
    empty = []
    for field in _ordered(layer):
        if field.name not in rows:
            continue
        word = _words(layer, field, rows, areas)[0]
        if word is None:
            empty.append(field)
        else:
            facts["open" if _open(field, layer) else "closed"].append((field, word))
    (heading,) = _headings(layer, [feature], rows)
    return page(
        "item.html",
        layer=layer,
        key=feature["id"],
        heading=heading,
        place=_place(layer, rows, areas),
        facts=facts,
        empty=empty,
        point=_point(feature.get("geometry")),
        geojson=page_link("alternate", GEOJSON, f="geojson")["href"],
        map=_map(layer, view, text, rows, zoom_to=False),
    )


def _frame(features: Sequence[Mapping[str, Any]], layer: Layer) -> pd.DataFrame:
    """The properties as columns of objects, so that nothing is turned into something else."""
    present = {name for feature in features for name in feature["properties"]}
    columns = {
        field.name: pd.Series([f["properties"].get(field.name) for f in features], dtype=object)
        for field in layer.fields
        if field.name in present
    }
    return pd.DataFrame(columns, index=pd.RangeIndex(len(features)))


def _headings(
    layer: Layer, features: Sequence[Mapping[str, Any]], rows: pd.DataFrame
) -> list[Text]:
    """What each feature is called: its name where that may be read by anyone, else its key."""
    keys = [Text(feature["id"], feature["id"]) for feature in features]
    if not may_be_named(layer) or layer.title_field not in rows:
        return keys
    found = names(layer, rows, str(layer.title_field))
    return [name or key for name, key in zip(found, keys, strict=True)]


def _columns(layer: Layer, view: View, rows: pd.DataFrame) -> list[Column]:
    """Columns with something in them, what the map tells first, nothing that is people's own."""
    areas = _areas(layer, rows)
    title = str(layer.title_field)
    heading = {title, title.removesuffix("_th") + "_en"} if may_be_named(layer) else {layer.key}
    asked = request.args.get("sortby", "")
    columns = []
    for field in _ordered(layer):
        if field.name not in rows or field.name in heading or not _open(field, layer):
            continue
        cells = _words(layer, field, rows, areas)
        if not any(cells):
            continue
        state = {field.name: "ascending", f"-{field.name}": "descending"}.get(asked, "none")
        turned = f"-{field.name}" if state == "ascending" else field.name
        sortable = field.type not in ("list", "object") and field.name in view.fields
        address = _changed(**PAGING | {"sortby": turned}) if sortable else None
        columns.append(Column(field, cells, address, state))
    return columns


def _open(field: Field, layer: Layer) -> bool:
    """Whether a value shows without being asked for: people's details open on demand.

    Of a restricted layer the kinds, figures and dates that its map tells, and no free text.
    """
    if field.privacy <= Privacy.INTERNAL:
        return True
    plain = bool(field.values) or field.type not in ("text", "list", "object")
    told = field.privacy <= layer.privacy and field.name in _style(layer).popup
    return told and plain and field.privacy < Privacy.SECRET


def _ordered(layer: Layer) -> list[Field]:
    told = [layer.by_name[name] for name in _style(layer).popup if name in layer.by_name]
    return [*told, *(field for field in layer.fields if field not in told)]


def _words(
    layer: Layer, field: Field, rows: pd.DataFrame, areas: Mapping[str, Text]
) -> list[Text | None]:
    words = display(field, rows[field.name])
    if field.name == layer.area and field.name != layer.key:
        return [None if word is None else say_area(word.th, areas) for word in words]
    return words


def _areas(layer: Layer, rows: pd.DataFrame) -> dict[str, Text]:
    """Names of the areas that the rows lie in, one query for each level."""
    if layer.area is None or layer.area not in rows:
        return {}
    codes = {str(code) for code in rows[layer.area].dropna()}
    found = []
    for known in area_layers():
        digits = AREAS[known.id]
        wanted = sorted({code[:digits] for code in codes if len(code) >= digits})
        if wanted:
            found.append((known, _named(known, wanted)))
    return area_names(found)


def _named(layer: Layer, codes: list[str]) -> pd.DataFrame:
    asked = {"op": "in", "args": [{"property": layer.key}, codes]}
    names_only = tuple(f.name for f in layer.fields if f.name in (layer.key, "name_th", "name_en"))
    query = Query(layer=layer.id, filter=asked, fields=names_only, geometry=False, limit=None)
    return current_store().read(query, view_of(layer))


def _place(layer: Layer, rows: pd.DataFrame, areas: Mapping[str, Text]) -> Text | None:
    if layer.area is None or layer.area not in rows or rows[layer.area].isna().all():
        return None
    return say_area(str(rows[layer.area].iloc[0]), areas)


def _point(geometry: Mapping[str, Any] | None) -> str | None:
    if geometry is None or geometry["type"] != "Point":
        return None
    x, y = geometry["coordinates"][:2]
    return f"{y:.6f}, {x:.6f}"


# --- Links ----------------------------------------------------------------------------------


def _changed(**changes: Any) -> str:
    return page_link("self", HTML, **{"f": "html"} | changes)["href"]


def _downloads(layer: Layer, view: View) -> list[tuple[str, str]]:
    """(title, address) of the same selection, whole, in every form that can hold it."""
    return [
        (form.title, page_link("alternate", form.media_type, **PAGING | {"f": form.name})["href"])
        for form in DOWNLOADS.values()
        if form.holds(layer, view)
    ]


def _filters(layer: Layer) -> list[tuple[str, str]]:
    """(words, address without it) of everything that narrows the selection."""
    language = asked_language()
    chips = []
    for name, value in request.args.items():
        if name in NOT_FILTERS:
            continue
        label, shown = WORDS.get(f"by_{name}", Text(name, name)), value
        if (field := layer.by_name.get(name)) is not None:
            label = field.label
            shown = (field.values or {}).get(value, Text(value, value)).get(language)
        address = _changed(**PAGING | {name: None})
        chips.append((f"{label.get(language)}: {shown}", address))
    return chips


def _choices(layer: Layer, view: View) -> list[tuple[Field, list[tuple[Text, str]]]]:
    """Fields that the map colours by, each with its codes and the address that asks for one."""
    coloured = dict.fromkeys(classes.field for classes in _style(layer).classes)
    found = []
    for field in (layer.by_name[name] for name in coloured if name in view.fields):
        if field.values and field.type == "text":
            codes = field.values.items()
            links = [(label, _changed(**PAGING | {field.name: code})) for code, label in codes]
            found.append((field, links))
    return found


# --- The map --------------------------------------------------------------------------------


def _style(layer: Layer) -> Style:
    return MapLayer(layer, gpd.GeoDataFrame(geometry=[])).look


def _map(
    layer: Layer, view: View, features: str, rows: pd.DataFrame, *, zoom_to: bool
) -> dict[str, Any] | None:
    """What ``static/features.js`` draws; None where there is nothing to draw."""
    if layer.geometry is None or not view.geometry or not features:
        return None
    search = _changed(**PAGING | {"bbox": None}) if zoom_to else None
    return drawn_map(features, _style(layer).draw(rows), without=layer.id, search=search)


def drawn_map(
    features: str,
    drawing: Drawing,
    *,
    without: str = "",
    search: str | None = None,
    closest: float | None = None,
) -> dict[str, Any]:
    """What the template's map box takes: GeoJSON features, each with its symbol.

    ``without`` is the layer whose borders are not drawn around, for they are what is shown;
    ``search`` is the address that a moved map adds its box to; ``closest`` is the zoom that the
    map opens at if the features are small.
    """
    if not available():
        return {"missing": True}
    options = {
        "symbols": [symbol.leaflet() for symbol in drawing.symbols],
        "index": drawing.index.tolist(),
        "outlines": [
            url(f"/collections/{area.id}/items")
            for area in area_layers()
            if area.geometry and area.id != without
        ],
        "name": f"name_{asked_language()}",
        "search": search,
        "closest": closest,
        "words": {name: WORDS[name].get(asked_language()) for name in ("zoom_in", "zoom_out")},
    }
    text = json.dumps(options, ensure_ascii=False)
    # "<" can stand in JSON only inside texts, where \u003c means the same and closes no element.
    safe = f'{{"options":{text},"features":[{features}]}}'.replace("<", "\\u003c")
    return {"data": safe}
