"""OGC API Tiles: vector tiles of one layer or of several."""

from __future__ import annotations

import re
from collections.abc import Sequence

from flask import Blueprint, Response, current_app, jsonify, request
from flask.blueprints import BlueprintSetupState

from api.access import current_person, current_settings, current_store, listed, looked_at, view_of
from api.freshness import etag, fresh, not_modified, stamp, states_of
from api.language import asked_language, negotiated
from api.parameters import ITEMS, items_query, takes
from api.problems import NotAcceptable
from api.tile_cache import TileCache
from api.tilesets import (
    JSON_FORMATS,
    MVT,
    NARROWING,
    SCHEME,
    SET_FORMATS,
    TILE_FORMATS,
    Asked,
    openapi_paths,
    scheme,
    schemes,
    tile_links,
    tilejson,
    tileset,
    tilesets,
)
from geo.text import Text
from layers.errors import NotFound, QueryError
from layers.figures import AREA_LAYERS
from layers.model import Layer
from layers.query import Query, View
from layers.store import Tile, TileIndex
from layers.store.mercator import ZOOM_MAX
from layers.store.tiles import require_positions
from layers.total_tiles import drawn_as_totals, total_tile

__all__ = ["CONFORMANCE", "blueprint", "openapi_paths", "tile_links"]

blueprint = Blueprint("tiles", __name__)

NOWHERE = TileIndex(ZOOM_MAX, 0, 0)
PUBLIC, OFFICE = "public", "office"
FREE = ("collections", "f", "lang")  # parameters that narrow nothing
TILES = "http://www.opengis.net/spec/ogcapi-tiles-1/1.0/conf"
SETS = "http://www.opengis.net/spec/tms/2.0/conf"
CONFORMANCE = (
    f"{TILES}/core",
    f"{TILES}/tileset",
    f"{TILES}/tilesets-list",
    f"{TILES}/geodata-tilesets",
    f"{TILES}/dataset-tilesets",
    f"{TILES}/collections-selection",
    f"{TILES}/datetime",
    f"{TILES}/mvt",
    f"{TILES}/oas30",
    f"{SETS}/tilematrixset",
    f"{SETS}/json-tilematrixset",
    f"{SETS}/tilesetmetadata",
    f"{SETS}/json-tilesetmetadata",
)


Narrowed = list[tuple[Query, View]]
Counted = list[tuple[Layer, View]]


@blueprint.record
def _make_cache(state: BlueprintSetupState) -> None:
    limit = state.app.config["PHUMI"].tile_cache_mb * 1_000_000
    state.app.extensions["phumi_tiles"] = TileCache(limit)


@blueprint.get("/collections/<layer_id>/tiles")
@takes()
def layer_tilesets(layer_id: str) -> Response:
    """The tile sets of one layer."""
    _negotiated(JSON_FORMATS)
    layer = current_store().layer(layer_id)
    view = view_of(layer)
    if not drawn_as_totals(layer, view):
        require_positions(view, layer)
    return jsonify(tilesets(f"/collections/{layer_id}/tiles", layer.title))


@blueprint.get("/tiles")
@takes()
def dataset_tilesets() -> Response:
    """The tile sets of all layers together."""
    _negotiated(JSON_FORMATS)
    return jsonify(tilesets("/tiles"))


@blueprint.get("/collections/<layer_id>/tiles/<scheme_id>")
def layer_tileset(layer_id: str, scheme_id: str) -> Response:
    """One tile set of one layer."""
    _require_scheme(scheme_id)
    layer = current_store().layer(layer_id)
    return _tileset(f"/collections/{layer_id}/tiles", layer.title, [layer])


@blueprint.get("/tiles/<scheme_id>")
def dataset_tileset(scheme_id: str) -> Response:
    """One tile set of several layers."""
    _require_scheme(scheme_id)
    return _tileset("/tiles", None, _chosen())


@blueprint.get("/collections/<layer_id>/tiles/<scheme_id>/<zoom>/<row>/<column>")
def layer_tile(layer_id: str, scheme_id: str, zoom: str, row: str, column: str) -> Response:
    """One tile of one layer."""
    index = _index(scheme_id, zoom, row, column)
    return _tile([current_store().layer(layer_id)], index)


@blueprint.get("/tiles/<scheme_id>/<zoom>/<row>/<column>")
def dataset_tile(scheme_id: str, zoom: str, row: str, column: str) -> Response:
    """One tile of several layers."""
    index = _index(scheme_id, zoom, row, column)
    return _tile(_chosen(), index)


@blueprint.get("/tileMatrixSets")
@takes()
def tiling_schemes() -> Response:
    """The tiling schemes."""
    _negotiated(JSON_FORMATS)
    return jsonify(schemes())


@blueprint.get("/tileMatrixSets/<scheme_id>")
@takes()
def tiling_scheme(scheme_id: str) -> Response:
    """One tiling scheme."""
    _negotiated(JSON_FORMATS)
    _require_scheme(scheme_id)
    return jsonify(scheme())


def _tile(layers: Sequence[Layer], index: TileIndex) -> Response:
    _negotiated(TILE_FORMATS)
    asked, counted = _asked(layers)
    states = states_of([*layers, *_areas(counted)])
    changed_at = max((state.changed_at for state in states), default=None)
    # Two requests with the same tag get the same tile, so the tag is the key of the cache too.
    form = (MVT, repr(index), repr(asked), repr([layer.id for layer, _ in counted]), _caller())
    tag = etag(states, [view for _, view in (*asked, *counted)], *form)
    response = not_modified(tag, changed_at)
    if response is None:
        cache: TileCache = current_app.extensions["phumi_tiles"]
        kept = cache.get(tag) or cache.put(tag, _drawn(index, asked, counted))
        looked_at(asked)
        wanted = request.accept_encodings["gzip"] > 0
        packed = cache.packed(tag, kept) if wanted else None
        response = stamp(_sent(kept.tile, packed), tag, changed_at)
    response.headers["Access-Control-Allow-Origin"] = "*"
    response.headers["Access-Control-Expose-Headers"] = "ETag, Phumi-Truncated"
    response.headers["Vary"] = "Accept, Accept-Encoding"
    if counted and _caller() == OFFICE:
        response.headers["Cache-Control"] = "private, no-cache"
    return response


def _drawn(index: TileIndex, asked: Narrowed, counted: Counted) -> Tile:
    """The tile of the layers that show their features and of those that show totals."""
    store, office = current_store(), _caller() == OFFICE
    parts = [total_tile(store, layer, view, index, office=office) for layer, view in counted]
    if asked:
        parts.append(store.tile(index, asked))
    data = b"".join(part.data for part in parts)  # layers of a tile stand one after the other
    return Tile(data, tuple(name for part in parts for name in part.truncated))


def _caller() -> str:
    """Whose totals: an account sees some that the public does not (SDC-R2)."""
    return PUBLIC if current_person().account is None else OFFICE


def _areas(counted: Counted) -> list[Layer]:
    """The layers that totals are drawn with."""
    store = current_store()
    return [store.layer(layer_id) for layer_id in AREA_LAYERS.values()] if counted else []


def _sent(tile: Tile, packed: bytes | None) -> Response:
    response = Response(packed or tile.data, 200 if tile.data else 204, content_type=MVT)
    if packed:
        response.headers["Content-Encoding"] = "gzip"
    if tile.truncated:
        response.headers["Phumi-Truncated"] = ", ".join(tile.truncated)
    return response


def _tileset(base: str, title: Text | None, layers: Sequence[Layer]) -> Response:
    chosen = _negotiated(SET_FORMATS)
    narrowed, counted = _asked(layers)
    if "filter" in request.args:  # a wrong one is told here, not only by every tile
        current_store().tile(NOWHERE, narrowed)
    asked = Asked(
        [(current_store().layer(query.layer), query, view) for query, view in narrowed],
        counted,
        office=_caller() == OFFICE,
    )
    kept = {name: text for name, text in request.args.items() if name not in ("f", "lang")}
    make = tilejson if chosen == "tilejson" else tileset
    form = f"{chosen};{asked_language()};{_caller()}"
    return fresh([*layers, *_areas(counted)], form, lambda: jsonify(make(base, title, asked, kept)))


def _asked(layers: Sequence[Layer]) -> tuple[Narrowed, Counted]:
    """What the request wants of each layer, and the layers that are drawn as totals by area.

    Totals cannot be narrowed (SDC-R9). AccessDenied where there is neither.
    """
    for name in request.args:
        if name in ITEMS and name not in NARROWING:
            raise _wrong("parameter_unknown", name, "ไม่ใช้กับไทล์", "is not for tiles")
    args = request.args.copy()
    args.poplist("collections")
    narrowed, counted = [], []
    for layer in layers:
        view = view_of(layer)
        if drawn_as_totals(layer, view):
            _refuse_parameters()
            counted.append((layer, view))
        else:
            require_positions(view, layer)
            narrowed.append((items_query(layer, view, args, current_settings()), view))
    return narrowed, counted


def _refuse_parameters() -> None:
    for name in request.args:
        if name not in FREE:
            raise _wrong(
                "parameter_unknown", name, "ไม่ใช้กับผลรวมตามพื้นที่", "is not for totals by area"
            )


def _chosen() -> list[Layer]:
    """The layers that ``collections`` names, each once; without it all that may be drawn."""
    store, most = current_store(), current_settings().tile_layers_max
    if "collections" not in request.args:
        shown = [layer for layer in store.layers() if listed(layer)]
        return [layer for layer in shown if tile_links(layer, view_of(layer))][:most]
    names = [name for text in request.args.getlist("collections") for name in text.split(",")]
    names = list(dict.fromkeys(name.rpartition("/collections/")[2] for name in names))
    if len(names) > most:
        raise _wrong(
            "parameter_invalid",
            "collections",
            f"ระบุได้ไม่เกิน {most} ชั้นข้อมูล",
            f"names more than {most} layers",
        )
    return [store.layer(name) for name in names]


def _index(scheme_id: str, *numbers: str) -> TileIndex:
    _require_scheme(scheme_id)
    zoom, row, column = (int(text) if re.fullmatch(r"[0-9]{1,9}", text) else -1 for text in numbers)
    return TileIndex(zoom, column, row)


def _require_scheme(scheme_id: str) -> None:
    if scheme_id != SCHEME:
        raise NotFound(
            "tiling_scheme_unknown",
            Text(
                f"ไม่มีระบบไทล์ {scheme_id[:60]} มีเฉพาะ {SCHEME}",
                f"There is no tiling scheme {scheme_id[:60]}; there is {SCHEME}",
            ),
        )


def _negotiated(formats: Sequence[tuple[str, str]]) -> str:
    chosen = negotiated(formats)
    if chosen is None:
        names = ", ".join(name for name, _ in formats)
        raise NotAcceptable(
            "format_unknown",
            Text(f"ไม่มีรูปแบบที่ขอ มี {names}", f"There is no such format here; there are {names}"),
        )
    return chosen


def _wrong(code: str, name: str, thai: str, english: str) -> QueryError:
    text = Text(f"พารามิเตอร์ {name} {thai}", f"Parameter {name} {english}")
    return QueryError(code, text, parameter=name)
