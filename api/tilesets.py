"""Documents about tiles: tile sets, TileJSON, the tiling scheme, and what OpenAPI says of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from api.access import current_store, view_of
from api.language import asked_language
from api.links import JSON, link, url
from api.operations import names_parameter, operation, reference
from geo.text import Text
from layers.figures import AREA_LAYERS
from layers.model import FieldType, Layer
from layers.privacy import public_view
from layers.query import BBox, Query, View
from layers.store.cells import GRID, POINTS
from layers.store.dialect import SIMPLIFIED
from layers.store.mercator import WORLD, ZOOM_MAX
from layers.store.tiles import BYTES_MAX, COUNT, TRUNCATED, properties
from layers.total_tiles import ATTRIBUTES, drawn_as_totals, levels_by_zoom

__all__ = [
    "JSON_FORMATS",
    "MVT",
    "NARROWING",
    "SCHEME",
    "SET_FORMATS",
    "TILE_FORMATS",
    "Asked",
    "openapi_paths",
    "scheme",
    "schemes",
    "tile_links",
    "tilejson",
    "tileset",
    "tilesets",
]

SCHEME = "WebMercatorQuad"
SCHEME_URI = f"http://www.opengis.net/def/tilematrixset/OGC/1.0/{SCHEME}"
CRS = "http://www.opengis.net/def/crs/EPSG/0/3857"
CRS84 = "http://www.opengis.net/def/crs/OGC/1.3/CRS84"
REL = "http://www.opengis.net/def/rel/ogc/1.0/"
MVT = "application/vnd.mapbox-vector-tile"
TILEJSON = "application/vnd.mapbox.tile+json"
TILE_FORMATS = (("mvt", MVT), ("pbf", "application/x-protobuf"))
SET_FORMATS = (("json", JSON), ("tilejson", TILEJSON))
JSON_FORMATS = (("json", JSON),)
NARROWING = ("datetime", "filter", "filter-crs", "filter-lang", "properties")
DEEPEST = 16  # worth asking for: a unit of its tiles is 15 cm, and clients enlarge them
PIXEL_METRES = 0.00028  # of the standard's screen (OGC 17-083r4, 6.1.1.1)
DIMENSIONS = {"Point": 0, "LineString": 1, "Polygon": 2}
KINDS = {0: "points", 1: "lines", 2: "polygons"}
TILEJSON_TYPES = {"integer": "Number", "number": "Number", "boolean": "Boolean"}
JSON_TYPES = {"integer": "integer", "number": "number", "boolean": "boolean"}

TITLE = Text("ไทล์เวกเตอร์", "Vector tiles")
COLLECTIONS = Text("ชั้นข้อมูลที่ต้องการ คั่นด้วยจุลภาค", "The layers wanted, with commas between")
CELLS = Text(
    f"ระดับ 0 ถึง {{depth}} แสดงจำนวนรายการในแต่ละช่องตาราง ({COUNT})",
    f"Zooms 0 to {{depth}} show counts by grid cell ({COUNT}).",
)
SHAPES = Text(
    f"ถึงระดับ {max(SIMPLIFIED)} เส้นและขอบเขตที่มีจุดมากถูกลดจุด คลาดเคลื่อนไม่เกินหนึ่งในสี่พิกเซล "
    "พื้นที่ที่เล็กกว่าหนึ่งพิกเซลวาดเป็นหนึ่งพิกเซล",
    f"Down to zoom {max(SIMPLIFIED)} lines and areas of many corners are simplified by a quarter "
    "of a pixel at most; areas smaller than a pixel are drawn as one.",
)
HEAVY = Text(
    f"ไทล์ที่เกิน {BYTES_MAX // 1000} กิโลไบต์ตัดรายการที่เล็กที่สุดออกและระบุ {TRUNCATED}",
    f"A tile above {BYTES_MAX // 1000} kB leaves out its least features and says {TRUNCATED}.",
)

TOTALS = Text(
    "พื้นที่พร้อมจำนวนที่เผยแพร่ จำนวนน้อยถูกปกปิด (shown_th, shown_en) ไม่มีข้อมูลรายบุคคล",
    "Areas with published counts; small ones are hidden (shown_th, shown_en), no single row shows.",
)


@dataclass(frozen=True, slots=True)
class Asked:
    """The layers of a tile set: those drawn feature by feature, those drawn as totals by area.

    ``office`` is a caller who is signed in.
    """

    drawn: Sequence[tuple[Layer, Query, View]]
    counted: Sequence[tuple[Layer, View]] = ()
    office: bool = False


def tile_links(layer: Layer, view: View) -> list[dict[str, str]]:
    """The links to the tiles of a collection; none where positions are not to be seen."""
    placed = layer.geometry is not None and view.geometry and not view.aggregates_only
    if not placed and not drawn_as_totals(layer, view):
        return []
    return [link(f"/collections/{layer.id}/tiles", f"{REL}tilesets-vector", JSON)]


def tilesets(base: str, title: Text | None = None) -> dict[str, Any]:
    """The list of tile sets under ``base``: there is one, in the one tiling scheme."""
    entry = _head(title) | {"links": [link(f"{base}/{SCHEME}", "self"), _scheme_link()]}
    return {"links": [link(base, "self")], "tilesets": [entry]}


def tileset(
    base: str, title: Text | None, asked: Asked, parameters: Mapping[str, str]
) -> dict[str, Any]:
    """Tile set metadata (OGC 17-083r4, 7); ``parameters`` are kept in the address of the tiles."""
    address = f"{base}/{SCHEME}"
    document = _head(title) | {
        "tileMatrixSetDefinition": url(f"/tileMatrixSets/{SCHEME}"),
        "mediaTypes": [MVT],
        "layers": [
            *(_described(*one) for one in asked.drawn),
            *(_described_totals(*one, office=asked.office) for one in asked.counted),
        ],
        "links": [
            link(address + _query(parameters), "self"),
            link(address + _query({**parameters, "f": "tilejson"}), "alternate", TILEJSON),
            _scheme_link(),
            {
                "href": _template(address, "{tileMatrix}/{tileRow}/{tileCol}", parameters),
                "rel": "item",
                "type": MVT,
                "templated": True,
            },
        ],
    }
    bounds = _bounds(asked)
    if bounds:
        corners = {"lowerLeft": bounds[:2], "upperRight": bounds[2:], "crs": CRS84}
        document["boundingBox"] = corners
    return document


def tilejson(
    base: str, title: Text | None, asked: Asked, parameters: Mapping[str, str]
) -> dict[str, Any]:
    """The same as TileJSON 3.0.0, which MapLibre, QGIS and GDAL read."""
    language = asked_language()
    document: dict[str, Any] = {
        "tilejson": "3.0.0",
        "name": (title or TITLE).get(language),
        "tiles": [_template(f"{base}/{SCHEME}", "{z}/{y}/{x}", parameters)],
        "minzoom": 0,
        "maxzoom": DEEPEST,
        "vector_layers": [
            {
                "id": layer.id,
                "description": _how_drawn(layer),
                "minzoom": 0,
                "maxzoom": DEEPEST,
                "fields": {
                    **{
                        field.name: TILEJSON_TYPES.get(field.type, "String")
                        for field in properties(query, view, layer)
                    },
                    **({COUNT: "Number"} if _depth(layer) >= 0 else {}),
                },
            }
            for layer, query, view in asked.drawn
        ]
        + [_totals_layer(layer) for layer, _ in asked.counted],
    }
    bounds = _bounds(asked)
    return document | ({"bounds": bounds} if bounds else {})


def schemes() -> dict[str, Any]:
    """The tiling schemes: one."""
    entry = {
        "id": SCHEME,
        "uri": SCHEME_URI,
        "crs": CRS,
        "links": [link(f"/tileMatrixSets/{SCHEME}", "self")],
    }
    return {"links": [link("/tileMatrixSets", "self")], "tileMatrixSets": [entry]}


def scheme() -> dict[str, Any]:
    """WebMercatorQuad, zoom by zoom (OGC 17-083r4, D.1)."""
    matrices = []
    for zoom in range(ZOOM_MAX + 1):
        side = 1 << zoom
        cell = 2 * WORLD / 256 / side
        matrices.append(
            {
                "id": str(zoom),
                "scaleDenominator": cell / PIXEL_METRES,
                "cellSize": cell,
                "cornerOfOrigin": "topLeft",
                "pointOfOrigin": [-WORLD, WORLD],
                "tileWidth": 256,
                "tileHeight": 256,
                "matrixWidth": side,
                "matrixHeight": side,
            }
        )
    return {
        "id": SCHEME,
        "title": "Google Maps Compatible for the World",
        "uri": SCHEME_URI,
        "crs": CRS,
        "orderedAxes": ["X", "Y"],
        "wellKnownScaleSet": "http://www.opengis.net/def/wkss/OGC/1.0/GoogleMapsCompatible",
        "tileMatrices": matrices,
        "links": [link(f"/tileMatrixSets/{SCHEME}", "self")],
    }


def _head(title: Text | None) -> dict[str, Any]:
    return {
        "title": (title or TITLE).get(asked_language()),
        "dataType": "vector",
        "crs": CRS,
        "tileMatrixSetURI": SCHEME_URI,
    }


def _scheme_link() -> dict[str, str]:
    return link(f"/tileMatrixSets/{SCHEME}", f"{REL}tiling-scheme")


def _query(parameters: Mapping[str, str]) -> str:
    return f"?{urlencode(parameters)}" if parameters else ""


def _template(address: str, place: str, parameters: Mapping[str, str]) -> str:
    return url(f"{address}/{place}") + _query(parameters)


def _described(layer: Layer, query: Query, view: View) -> dict[str, Any]:
    language = asked_language()
    depth = _depth(layer)
    described: dict[str, Any] = {
        "id": layer.id,
        "title": layer.title.get(language),
        "description": _how_drawn(layer),
        "dataType": "vector",
        "minTileMatrix": "0",
        "maxTileMatrix": str(ZOOM_MAX),
        "propertiesSchema": {
            "type": "object",
            "properties": {
                field.name: _schema(field.type, field.label, language)
                for field in properties(query, view, layer)
            },
        },
        "links": [link(f"/collections/{layer.id}", "collection")],
    }
    dimension = DIMENSIONS.get(str(layer.geometry).removeprefix("Multi"))
    if dimension is not None:
        described |= {"geometryDimension": dimension, "geometryType": KINDS[dimension]}
    if depth >= 0:
        described["phumi:cells"] = {"maxTileMatrix": str(depth), "side": GRID, "count": COUNT}
    if layer.geometry not in POINTS:
        described["phumi:simplified"] = {"maxTileMatrix": str(max(SIMPLIFIED))}
    return described


def _described_totals(layer: Layer, view: View, *, office: bool) -> dict[str, Any]:
    language = asked_language()
    levels = levels_by_zoom(current_store(), layer, view, office=office)
    return {
        "id": layer.id,
        "title": layer.title.get(language),
        "description": TOTALS.get(language),
        "dataType": "vector",
        "geometryDimension": 2,
        "geometryType": KINDS[2],
        "minTileMatrix": "0",
        "maxTileMatrix": str(ZOOM_MAX),
        "propertiesSchema": {
            "type": "object",
            "properties": {
                name: _schema(kind, label, language) for name, (kind, label) in ATTRIBUTES.items()
            },
        },
        "phumi:levels": [
            {"level": level, "minTileMatrix": str(zoom)} for level, zoom in levels.items()
        ],
        "links": [link(f"/collections/{layer.id}/aggregate", "related", JSON)],
    }


def _totals_layer(layer: Layer) -> dict[str, Any]:
    return {
        "id": layer.id,
        "description": TOTALS.get(asked_language()),
        "minzoom": 0,
        "maxzoom": DEEPEST,
        "fields": {n: TILEJSON_TYPES.get(kind, "String") for n, (kind, _) in ATTRIBUTES.items()},
    }


def _schema(kind: FieldType, label: Text, language: str) -> dict[str, str]:
    of = JSON_TYPES.get(kind, "string")  # a tile has texts, numbers and booleans only
    return {"type": of, "title": label.get(language)}


def _how_drawn(layer: Layer) -> str:
    language, depth = asked_language(), _depth(layer)
    parts = [CELLS.format(depth=depth)] if depth >= 0 else []
    parts += [SHAPES] if layer.geometry not in POINTS else []
    return " ".join(part.get(language) for part in (*parts, HEAVY))


def _depth(layer: Layer) -> int:
    return current_store().tiling(layer.id).depth


def _bounds(asked: Asked) -> list[float] | None:
    boxes: list[BBox] = []
    shown = [(layer, view) for layer, _, view in asked.drawn]
    if asked.counted:
        provinces = current_store().layer(AREA_LAYERS["province"])
        shown.append((provinces, public_view(provinces)))
    for layer, view in shown:
        box = current_store().extent(layer.id, view)
        if box is not None:
            boxes.append(box)
    if not boxes:
        return None
    west, south, east, north = zip(*boxes, strict=True)
    return [min(west), min(south), max(east), max(north)]


# OpenAPI


def openapi_paths(
    layers: Sequence[Layer], counted: Sequence[Layer], problem: Mapping[str, Any]
) -> dict[str, Any]:
    """The path items of the tiles of these layers and of all together, in OpenAPI 3.0.

    Tiles of ``counted`` layers show totals by area and take no parameters. ``problem`` is the
    answer of an error. Operation ids end as the standard asks (OGC 20-057, 16).
    """
    names = {"type": "array", "items": {"type": "string"}}
    several = {
        "name": "collections",
        "in": "query",
        "schema": names,
        "style": "form",
        "explode": False,
        "description": COLLECTIONS.get(asked_language()),
    }
    scheme_list = _operation("getTileMatrixSetsList", JSON_FORMATS, problem)
    paths = {
        "/tileMatrixSets": scheme_list,
        f"/tileMatrixSets/{SCHEME}": _operation("getTileMatrixSet", JSON_FORMATS, problem),
        **_family("/tiles", "dataset.vector", problem, [_ANY_NAMES, several]),
    }
    for layer in layers:
        base, shown = f"/collections/{layer.id}/tiles", view_of(layer).fields
        own = [field.name for field in layer.fields if field.name in shown]
        selected = names_parameter("properties", [*own, "geometry"])
        paths |= _family(base, f"{layer.id}.collection.vector", problem, [selected])
    for layer in counted:
        base = f"/collections/{layer.id}/tiles"
        paths |= _family(base, f"{layer.id}.collection.vector", problem, None)
    return paths


# Which names all layers that are asked for have, only the request tells.
_ANY_NAMES = {
    "name": "properties",
    "in": "query",
    "schema": {"type": "array", "items": {"type": "string"}, "minItems": 1},
    "style": "form",
    "explode": False,
}


def _family(
    base: str, name: str, problem: Mapping[str, Any], more: Sequence[Mapping[str, Any]] | None
) -> dict[str, Any]:
    """The paths of one tile set; with ``more`` parameters beside those that narrow it, or none."""
    shared = [reference("parameters", one) for one in NARROWING if one != "properties"]
    narrowing = [] if more is None else [*shared, *more]
    places = [
        {"name": place, "in": "path", "required": True, "schema": {"type": "integer", **limits}}
        for place, limits in {
            "tileMatrix": {"minimum": 0, "maximum": ZOOM_MAX},
            "tileRow": {"minimum": 0},
            "tileCol": {"minimum": 0},
        }.items()
    ]
    address = f"{base}/{SCHEME}"
    tile = _operation(f"{name}.getTile", TILE_FORMATS, problem, [*places, *narrowing])
    tile["get"]["responses"]["204"] = {"description": "Empty tile"}
    return {
        base: _operation(f"{name}.getTileSetsList", JSON_FORMATS, problem),
        address: _operation(f"{name}.getTileSet", SET_FORMATS, problem, narrowing),
        f"{address}/{{tileMatrix}}/{{tileRow}}/{{tileCol}}": tile,
    }


def _operation(
    name: str,
    forms: Sequence[tuple[str, str]],
    problem: Mapping[str, Any],
    parameters: Sequence[Mapping[str, Any]] = (),
) -> dict[str, Any]:
    summary = TITLE.get(asked_language())
    made = operation(name, summary, forms, {"type": "object"}, parameters=parameters, tag="tiles")
    made["responses"]["403"] = problem
    return {"get": made}
