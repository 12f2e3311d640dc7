"""Static maps of the workspace: what ``phumi print`` and ``/print`` make."""

from __future__ import annotations

import datetime as dt
import io
import math
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, get_args

import geopandas as gpd
import shapely
from flask import Blueprint, Response, request

from api.access import current_person, current_settings, current_store, view_of
from api.documents import chosen_format
from api.exports import export_view
from api.language import asked_language
from api.operations import operation
from api.parameters import flag, parse_bbox, takes
from api.problems import Busy
from geo.text import Language, Text
from layers.errors import AccessDenied, NotFound
from layers.figures import AREA_LAYERS, area_names
from layers.model import Layer, Privacy
from layers.privacy import THAI_TIME
from layers.publications import LEVELS, Level
from layers.query import BBox, Query, View
from layers.store import Store
from webmap.overlay import MapLayer
from webmap.places import say_area
from webmap.print.errors import PrintError
from webmap.print.frame import SCALE_MAX, SCALE_MIN
from webmap.print.grid import GridKind
from webmap.print.paper import Orientation, Size
from webmap.print.sheet import DPI, TITLE_MAX, Format, MapSheet, draw_sheet, save_sheet

__all__ = ["FORMS", "Choice", "area_geometry", "blueprint", "map_sheet", "print_paths"]

blueprint = Blueprint("printing", __name__)

FORMS = (("png", "image/png"), ("pdf", "application/pdf"), ("svg", "image/svg+xml"))

HOME = "provinces"
POINT_ROOM = 0.01  # degrees around a village that is only a point
WEB_DPI_MAX = 300
TURNS, WAIT_SECONDS = 2, 20
TITLE = Text("แผนที่ {name}", "Map of {name}")
WORKSPACE = Text("พื้นที่ทำงาน", "the workspace")

_turns = threading.BoundedSemaphore(TURNS)

Views = Callable[[Layer], View]


@dataclass(frozen=True, kw_only=True)
class Choice:
    """What may be chosen of a printed map; None leaves it to the data."""

    layers: Sequence[str] | None = None
    area: str | None = None
    bbox: BBox | None = None
    title: str | None = None
    subtitle: str | None = None
    size: Size = "A4"
    orientation: Orientation = "landscape"
    scale: float | None = None
    grid: GridKind = "utm"
    grey: bool = False
    author: str = ""
    source: str | None = None
    language: Language = "th"
    logo: Path | None = None
    features_max: int = 200_000


def map_sheet(store: Store, view_of: Views, choice: Choice) -> MapSheet:
    """The map that is asked for, with the layers as the views let them be seen.

    Without ``layers`` all are taken that their styles show at once and that may be seen.
    Raises NotFound for an unknown layer or area and AccessDenied for a layer asked for by name
    that may not be seen, or that leaves only as figures of areas.
    """
    area = None if choice.area is None else area_geometry(store, view_of, choice.area)
    bbox = choice.bbox or _extent(store, view_of, area)
    name = WORKSPACE if choice.area is None else area_title(store, choice.area)
    place = Text(TITLE.th.format(name=name.th), TITLE.en.format(name=name.en))
    sheet = MapSheet(
        title=place if choice.title is None else _given(choice.title),
        items=(),
        bbox=bbox,
        subtitle=None if choice.subtitle is None else _given(choice.subtitle),
        area=area,
        overview=_around(store, view_of, choice.area),
        language=choice.language,
        size=choice.size,
        orientation=choice.orientation,
        scale=choice.scale,
        grid=choice.grid,
        grey=choice.grey,
        source=None if choice.source is None else _given(choice.source),
        author=choice.author,
        date=dt.datetime.now(THAI_TIME).date(),
        logo=choice.logo,
    )
    return _filled(sheet, store, view_of, choice)


def area_geometry(store: Store, view_of: Views, code: str) -> shapely.Geometry:
    """The shape of the area with this code. Raises NotFound."""
    layer = _layer_of(store, code)
    rows = store.read(Query(layer=layer.id, filter=_is(code), limit=1), view_of(layer))
    if rows.empty or rows.geometry.iloc[0] is None:
        raise _unknown(code)
    shape: shapely.Geometry = rows.geometry.iloc[0]
    return shape


def area_title(store: Store, code: str) -> Text:
    """The name of an area with those above it, without its code."""
    names: dict[str, Text] = {}
    for level, digits in LEVELS.items():
        if level in AREA_LAYERS and digits <= len(code):
            known = area_names(store, level, store.state(AREA_LAYERS[level]).version)
            if code[:digits] in known:
                names[code[:digits]] = known[code[:digits]]
    said = say_area(code, names)
    return Text(said.th.removesuffix(f" ({code})"), said.en.removesuffix(f" ({code})"))


def _given(words: str) -> Text:
    return Text(words, words)


def _filled(sheet: MapSheet, store: Store, view_of: Views, choice: Choice) -> MapSheet:
    items, cut = [], []
    for layer, view in _chosen(store, view_of, choice.layers):
        query = Query(layer=layer.id, bbox=sheet.frame.bbox, limit=choice.features_max + 1)
        rows = store.read(query, view)
        if not isinstance(rows, gpd.GeoDataFrame):
            continue
        if len(rows) > choice.features_max:
            cut.append(layer.title)
            rows = rows.head(choice.features_max)
        items.append(MapLayer(layer, rows))
    notices = [_first_only(choice.features_max, title) for title in cut]
    return replace(sheet, items=tuple(items), notices=(*sheet.notices, *notices))


def _chosen(store: Store, view_of: Views, names: Sequence[str] | None) -> list[tuple[Layer, View]]:
    if names:
        asked = [(layer, view_of(layer)) for layer in map(store.layer, names)]
        for layer, view in asked:
            if layer.geometry is None or view.aggregates_only or not view.geometry:
                raise AccessDenied(
                    "print_layer",
                    Text(
                        f"พิมพ์ตำแหน่งของ{layer.title.th}ไม่ได้ (ไม่มีตำแหน่ง หรือไม่มีสิทธิ์ดูรายตำแหน่ง)",
                        f"{layer.title.en} cannot be drawn: no places, or not for you to see",
                    ),
                    layer=layer.id,
                )
        return asked
    found = []
    for layer in store.layers():
        personal = layer.privacy > Privacy.INTERNAL  # must be asked for by name (PRIV-R14)
        if layer.geometry is None or personal or not _shown_at_once(layer):
            continue
        try:
            view = view_of(layer)
        except AccessDenied:
            continue
        if view.geometry and not view.aggregates_only:
            found.append((layer, view))
    return found


def _shown_at_once(layer: Layer) -> bool:
    return MapLayer(layer, gpd.GeoDataFrame()).look.visible


def _extent(store: Store, view_of: Views, area: shapely.Geometry | None) -> BBox:
    if area is None:
        home = store.extent(HOME, view_of(store.layer(HOME)))
        if home is None:
            raise PrintError(
                "print_nowhere",
                Text(
                    "ยังไม่รู้ว่าจะพิมพ์พื้นที่ใด ให้ระบุ area (รหัสพื้นที่) หรือ bbox",
                    "There is no province to print; give an area (code) or a bbox",
                ),
            )
        return home
    west, south, east, north = area.bounds
    if west == east:
        return west - POINT_ROOM, south - POINT_ROOM, east + POINT_ROOM, north + POINT_ROOM
    return west, south, east, north


def _around(store: Store, view_of: Views, code: str | None) -> tuple[shapely.Geometry, ...]:
    """The outlines for the overview.

    Of a village the tambons of its district, of a tambon or district the districts of its
    province, else all provinces.
    """
    digits = {8: 6, 6: 4, 4: 4}.get(len(code or ""), 2)
    layer = store.layer(AREA_LAYERS[_level(digits)])
    parent = (code or "")[: digits - 2]
    query = Query(layer=layer.id, filter=_begins(parent) if parent else None, limit=None)
    rows = store.read(query, view_of(layer))
    if rows.empty:
        return ()
    return tuple(shape for shape in rows.geometry if shape is not None and not shape.is_empty)


def _layer_of(store: Store, code: str) -> Layer:
    if not (code.isascii() and code.isdigit()) or len(code) not in map(LEVELS.get, AREA_LAYERS):
        raise _unknown(code)
    return store.layer(AREA_LAYERS[_level(len(code))])


def _level(digits: int) -> Level:
    return next(level for level in AREA_LAYERS if LEVELS[level] == digits)


def _unknown(code: str) -> NotFound:
    return NotFound(
        "area_unknown",
        Text(
            f"ไม่พบพื้นที่รหัส {code[:20]} (จังหวัด 2 อำเภอ 4 ตำบล 6 หมู่บ้าน 8 หลัก)",
            f"There is no area {code[:20]} (province 2, district 4, tambon 6, village 8 digits)",
        ),
        area=code[:20],
    )


def _is(code: str) -> dict[str, Any]:
    return {"op": "=", "args": [{"property": "code"}, code]}


def _begins(prefix: str) -> dict[str, Any]:
    return {"op": "like", "args": [{"property": "code"}, f"{prefix}%"]}


def _first_only(number: int, title: Text) -> Text:
    return Text(
        f"แสดงเพียง {number:,} รายการแรกของ{title.th}",
        f"Only the first {number:,} features of {title.en} are shown",
    )


# --- HTTP -----------------------------------------------------------------------------------

PARAMETERS = (
    "layers", "area", "bbox", "title", "subtitle", "size", "orientation", "scale", "grid", "grey",
    "author", "source", "dpi",
)  # fmt: skip

CHOICES: dict[str, tuple[str, ...]] = {
    "size": get_args(Size),
    "orientation": get_args(Orientation),
    "grid": get_args(GridKind),
}


@blueprint.get("/print")
@takes(*PARAMETERS)
def print_page() -> Response:
    """A map as PNG, PDF or SVG. Layers with restricted rows leave as exports do (PRIV-R14)."""
    args = request.args
    kind: Format = chosen_format(FORMS)  # type: ignore[assignment]
    chosen = {name: _one_of(name, args[name]) for name in CHOICES if name in args}
    texts = {name: args[name] for name in ("title", "subtitle", "author", "source") if name in args}
    names = [name for name in args.get("layers", "").split(",") if name]
    language: Language = asked_language()  # type: ignore[assignment]
    choice = Choice(
        layers=names or None,
        area=args.get("area"),
        bbox=parse_bbox(args.get("bbox")),
        scale=_number("scale", args["scale"]) if "scale" in args else None,
        grey=flag("grey", args),
        language=language,
        features_max=current_settings().process_features_max,
        **chosen,  # type: ignore[arg-type]
        **texts,  # type: ignore[arg-type]
    )
    dpi = _number("dpi", args.get("dpi", "150"))
    if not (dpi.is_integer() and dpi <= WEB_DPI_MAX):
        raise _wrong("dpi", args["dpi"], f"{DPI[0]} - {WEB_DPI_MAX}")
    views = export_view if names else view_of
    sheet = map_sheet(current_store(), views, choice)
    page = io.BytesIO()
    with _turn():
        save_sheet(draw_sheet(sheet), page, kind, int(dpi))
    response = Response(page.getvalue(), content_type=dict(FORMS)[kind])
    response.headers["Content-Language"] = language
    response.headers["Content-Disposition"] = f'inline; filename="phumi-map.{kind}"'
    if current_person().account is not None:
        response.headers["Cache-Control"] = "private, no-store"
    return response


@contextmanager
def _turn() -> Iterator[None]:
    """Drawing keeps a processor busy for seconds, so only some pages are drawn at once."""
    if not _turns.acquire(timeout=WAIT_SECONDS):
        raise Busy(
            "print_busy",
            Text(
                "ขณะนี้มีการพิมพ์แผนที่อยู่มาก โปรดลองใหม่ในอีกสักครู่",
                "Many maps are being printed just now; try again in a moment",
            ),
        )
    try:
        yield
    finally:
        _turns.release()


def _one_of(name: str, value: str) -> str:
    if value not in CHOICES[name]:
        raise _wrong(name, value, ", ".join(CHOICES[name]))
    return value


def _number(name: str, text: str) -> float:
    try:
        number = float(text)
    except ValueError:
        number = math.nan
    if not math.isfinite(number):
        raise _wrong(name, text, "1, 2, 3 ...")
    return number


def _wrong(name: str, value: str, allowed: str) -> PrintError:
    return PrintError(
        "print_parameter",
        Text(
            f"พารามิเตอร์ {name} = {value[:60]} ใช้ไม่ได้ (ใช้ได้: {allowed})",
            f"Parameter {name} = {value[:60]} cannot be used (allowed: {allowed})",
        ),
        parameter=name,
    )


def print_paths() -> dict[str, Any]:
    """The printed map, for the OpenAPI document."""
    schemas: dict[str, Any] = {name: {"type": "string"} for name in PARAMETERS}
    schemas |= {name: {"type": "string", "enum": list(values)} for name, values in CHOICES.items()}
    schemas["scale"] = {"type": "number", "minimum": SCALE_MIN, "maximum": SCALE_MAX}
    schemas |= {name: {"type": "string", "maxLength": TITLE_MAX} for name in ("title", "subtitle")}
    schemas["area"] = {"type": "string", "pattern": "^([0-9]{2}){1,4}$"}
    schemas["dpi"] = {"type": "integer", "minimum": DPI[0], "maximum": WEB_DPI_MAX}
    schemas["grey"] = {"type": "boolean"}
    parameters = [
        {"name": name, "in": "query", "required": False, "schema": schema}
        for name, schema in schemas.items()
    ]
    summary = Text("แผนที่สำหรับพิมพ์", "A map to print").get(asked_language())
    found = operation("print", summary, FORMS, {}, parameters=parameters)
    return {"/print": {"get": found}}
