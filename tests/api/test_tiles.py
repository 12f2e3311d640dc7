"""OGC API Tiles: routes, errors, caching, and clients that read the tiles of the demo."""

from __future__ import annotations

import gzip
import json
import os
import re
from pathlib import Path
from typing import Any

import jsonschema
import mapbox_vector_tile
import pyogrio
import pytest
import shapely
from flask import Flask
from flask.testing import FlaskClient
from shapely.geometry import shape
from werkzeug.test import TestResponse

from api.app import create_app
from api.settings import Settings
from api.tile_cache import TileCache
from api.tiles import CONFORMANCE
from layers.catalogue import CATALOGUE
from layers.model import Privacy
from layers.privacy import owner_view, public_view
from layers.publications import PUBLISHED
from layers.query import Query
from layers.store import Store, Tile, TileIndex
from layers.store.mercator import ZOOM_MAX

MVT = "application/vnd.mapbox-vector-tile"
SCHEME = "WebMercatorQuad"
PHUKET = "10/489/791"  # zoom/row/column of the island's middle
DRAWN = [layer.id for layer in CATALOGUE.values() if public_view(layer).geometry]


def features(answer: TestResponse) -> dict[str, list[dict[str, Any]]]:
    assert answer.content_type == MVT
    data = gzip.decompress(answer.data) if answer.content_encoding == "gzip" else answer.data
    found = mapbox_vector_tile.decode(data, default_options={"y_coord_down": True})
    return {name: layer["features"] for name, layer in found.items()}


def tile(layer_id: str, place: str = PHUKET, query: str = "") -> str:
    return f"/collections/{layer_id}/tiles/{SCHEME}/{place}{query}"


def keys(answer: TestResponse, layer_id: str) -> set[str]:
    key = CATALOGUE[layer_id].key
    return {one["properties"][key] for one in features(answer)[layer_id]}


# Tiles


def test_the_row_stands_before_the_column(client: FlaskClient, demo: Store) -> None:
    zoom, row, column = map(int, PHUKET.split("/"))
    layer = CATALOGUE["villages"]
    asked = [(Query(layer="villages"), public_view(layer))]
    answer = client.get(tile("villages"))
    assert answer.status_code == 200
    assert answer.data == demo.tile(TileIndex(zoom, column, row), asked).data
    assert len(keys(answer, "villages")) > 50


def test_the_tiles_of_a_zoom_hold_every_feature_of_the_layer(client: FlaskClient) -> None:
    zoom, row, column = map(int, PHUKET.split("/"))
    seen: set[str] = set()
    for r in range(row - 2, row + 3):
        for c in range(column - 2, column + 3):
            answer = client.get(tile("villages", f"{zoom}/{r}/{c}"))
            if answer.status_code == 200:
                seen |= keys(answer, "villages")
            else:
                assert (answer.status_code, answer.data) == (204, b"")
    page = client.get("/collections/villages/items?limit=1000").get_json(force=True)
    located = {one["id"] for one in page["features"] if one["geometry"]}
    assert seen == located


@pytest.mark.parametrize(
    "place",
    ["x/0/0", "-1/0/0", "25/0/0", "3/8/0", "3/0/8", "1.5/0/0", "3/99999999999/0", "3/%00/0"],
)
def test_a_tile_outside_the_scheme_is_not_found(client: FlaskClient, place: str) -> None:
    answer = client.get(tile("villages", place))
    assert answer.status_code == 404
    assert answer.content_type == "application/problem+json"


@pytest.mark.parametrize(
    ("path", "status"),
    [
        (tile("nothing"), 404),
        (f"/collections/villages/tiles/Other/{PHUKET}", 404),
        (tile("ponds"), 403),
        (tile("households", query="?filter=tier=1"), 400),
        (tile("households", query="?no_parameter=1"), 400),
        (tile("products"), 404),
        (tile("villages", query="?filter=no_field=1"), 400),
        (tile("villages", query="?filter=(("), 400),
        (tile("villages", query="?properties=no_field"), 400),
        (tile("villages", query="?datetime=yesterday"), 400),
        (tile("villages", query="?bbox=98,7,99,8"), 400),
        (tile("villages", query="?limit=5"), 400),
        (tile("villages", query="?no_parameter=1"), 400),
        (tile("villages", query="?f=png"), 406),
        (f"/tiles/{SCHEME}/{PHUKET}?collections=villages,nothing", 404),
        (f"/tiles/{SCHEME}/{PHUKET}?collections=villages,ponds", 403),
        (f"/tiles/{SCHEME}/{PHUKET}?collections=", 404),
        (f"/tiles/{SCHEME}/{PHUKET}?collections=" + ",".join(f"c{i}" for i in range(100)), 400),
    ],
)
def test_what_cannot_be_drawn_is_refused_with_a_problem(
    client: FlaskClient, path: str, status: int
) -> None:
    answer = client.get(path)
    assert answer.status_code == status
    assert answer.content_type == "application/problem+json"
    assert "SELECT" not in answer.text


@pytest.mark.parametrize(
    "layer_id",
    [x.id for x in CATALOGUE.values() if x.privacy > Privacy.PUBLIC and x.id not in PUBLISHED],
)
def test_layers_without_a_public_form_give_the_public_no_tile(
    client: FlaskClient, layer_id: str
) -> None:
    """PRIV-R1: what items refuse, tiles and their descriptions refuse too."""
    base = f"/collections/{layer_id}/tiles"
    for path in (base, f"{base}/{SCHEME}", f"{base}/{SCHEME}/{PHUKET}"):
        assert client.get(path).status_code == 403


@pytest.mark.parametrize("layer_id", DRAWN)
def test_no_field_above_public_leaves_in_a_tile(client: FlaskClient, layer_id: str) -> None:
    answer = client.get(tile(layer_id, "5/15/24"))
    shown = public_view(CATALOGUE[layer_id]).fields | {"phumi_count", "phumi_truncated"}
    if answer.status_code == 204:
        return
    for one in features(answer)[layer_id]:
        assert set(one["properties"]) <= shown


def test_a_filter_and_chosen_properties_narrow_a_tile(client: FlaskClient) -> None:
    whole = features(client.get(tile("villages")))["villages"]
    tambon = whole[0]["properties"]["code"][:6]
    query = f"?filter=code LIKE '{tambon}%25'&properties=name_th"
    found = features(client.get(tile("villages", query=query)))["villages"]
    expected = {
        one["properties"]["code"] for one in whole if one["properties"]["code"][:6] == tambon
    }
    assert {one["properties"]["code"] for one in found} == expected
    assert all(set(one["properties"]) <= {"code", "name_th"} for one in found)


def test_several_layers_come_in_one_tile_each_once(client: FlaskClient) -> None:
    names = ",".join(["tambons", "villages"] * 500)
    answer = client.get(f"/tiles/{SCHEME}/{PHUKET}?collections={names}")
    assert list(features(answer)) == ["tambons", "villages"]
    alone = client.get(tile("villages"))
    assert features(answer)["villages"] == features(alone)["villages"]
    address = "http://localhost/collections/villages"
    same = client.get(f"/tiles/{SCHEME}/{PHUKET}?collections={address}")
    assert same.data == alone.data


def test_without_names_the_tile_holds_all_that_the_public_may_see(client: FlaskClient) -> None:
    found = features(client.get(f"/tiles/{SCHEME}/{PHUKET}"))
    assert {"tambons", "villages", "facilities"} <= set(found) <= set(DRAWN)


# Freshness


def test_a_tile_that_the_caller_has_is_not_sent_again(client: FlaskClient) -> None:
    first = client.get(tile("villages"))
    assert first.headers["Cache-Control"] == "no-cache"
    again = client.get(tile("villages"), headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")
    assert again.headers["ETag"] == first.headers["ETag"]
    other = client.get(tile("villages", query="?properties=name_th"))
    assert other.headers["ETag"] != first.headers["ETag"]


def test_an_empty_tile_has_a_tag_too(client: FlaskClient) -> None:
    first = client.get(tile("villages", "10/0/0"))
    assert first.status_code == 204
    again = client.get(tile("villages", "10/0/0"), headers={"If-None-Match": first.headers["ETag"]})
    assert again.status_code == 304


def test_owner_and_public_never_share_a_tile(client: FlaskClient, owner: FlaskClient) -> None:
    differing = next(
        layer.id
        for layer in (CATALOGUE[name] for name in DRAWN)
        if public_view(layer) != owner_view(layer)
    )
    first, second = (one.get(tile(differing, "0/0/0")) for one in (client, owner))
    assert first.headers["ETag"] != second.headers["ETag"]


def test_a_committed_edit_shows_in_the_very_next_tile(client: FlaskClient, demo: Store) -> None:
    first = client.get(tile("villages"))
    rows = demo.read(Query(layer="villages", limit=1), public_view(CATALOGUE["villages"]))
    before = str(rows["name_th"][0])
    try:
        demo.write("villages", rows.assign(name_th="บ้านเปลี่ยนชื่อ"), author="test")
        next_one = client.get(tile("villages"), headers={"If-None-Match": first.headers["ETag"]})
        assert next_one.status_code == 200
        names = {one["properties"].get("name_th") for one in features(next_one)["villages"]}
        assert "บ้านเปลี่ยนชื่อ" in names
    finally:
        demo.write("villages", rows.assign(name_th=before), author="test")


def test_a_tile_is_drawn_once_for_all_who_ask(
    client: FlaskClient, demo: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    drawn: list[TileIndex] = []
    draw = demo.tile
    monkeypatch.setattr(
        demo, "tile", lambda index, asked: drawn.append(index) or draw(index, asked)
    )
    answers = [client.get(tile("villages")).data for _ in range(3)]
    assert len(drawn) == 1
    assert answers[0] == answers[1] == answers[2]


def test_without_memory_for_tiles_each_is_drawn(demo: Store, demo_url: str) -> None:
    app = create_app(Settings(database_url=demo_url, tile_cache_mb=0), demo)
    client = app.test_client()
    assert client.get(tile("villages")).data == client.get(tile("villages")).data
    assert kept(app).size == 0


def kept(app: Flask) -> TileCache:
    cache: TileCache = app.extensions["phumi_tiles"]
    return cache


def test_the_cache_stays_within_its_bytes_and_forgets_the_oldest() -> None:
    cache = TileCache(10_000)
    for number in range(50):
        cache.put(str(number), Tile(bytes(1_000)))
        cache.get("0")
        assert cache.size <= cache.limit
    assert cache.get("0")
    assert cache.get("1") is None
    assert cache.get("49")
    cache.put("huge", Tile(bytes(20_000)))
    assert cache.get("huge") is None


def test_what_is_packed_counts_too() -> None:
    cache, tile = TileCache(10_000), Tile(os.urandom(2_000))
    for number in range(10):
        key = str(number)
        kept = cache.put(key, tile)
        assert cache.packed(key, kept) is cache.packed(key, kept)
        assert cache.size <= cache.limit
    assert [key for key in "0123456789" if cache.get(key)] == ["8", "9"]
    assert cache.size > 2 * 4_000


def test_a_tile_is_packed_for_those_who_can_read_it(client: FlaskClient) -> None:
    bare = client.get(tile("tambons"))
    packed = client.get(tile("tambons"), headers={"Accept-Encoding": "gzip, br"})
    assert bare.content_encoding is None
    assert packed.content_encoding == "gzip"
    assert gzip.decompress(packed.data) == bare.data
    assert "Accept-Encoding" in packed.headers["Vary"]


# Descriptions


def test_conformance_names_the_classes_of_tiles(client: FlaskClient) -> None:
    assert set(CONFORMANCE) <= set(client.get("/conformance").get_json()["conformsTo"])


@pytest.mark.parametrize("path", ["/", "/collections/villages"])
def test_tiles_are_found_from_the_landing_page_and_the_collection(
    client: FlaskClient, path: str
) -> None:
    """From the link to the list, to the set, to its scheme, to a tile."""
    rel = "http://www.opengis.net/def/rel/ogc/1.0/"
    links = {one["rel"]: one["href"] for one in client.get(path).get_json()["links"]}
    (entry,) = client.get(links[f"{rel}tilesets-vector"]).get_json()["tilesets"]
    assert entry["tileMatrixSetURI"].endswith(SCHEME)
    assert entry["dataType"] == "vector"
    links = {one["rel"]: one["href"] for one in entry["links"]}
    assert client.get(links[f"{rel}tiling-scheme"]).get_json()["id"] == SCHEME
    found = client.get(links["self"]).get_json()
    (template,) = [one["href"] for one in found["links"] if one["rel"] == "item"]
    zoom, row, column = PHUKET.split("/")
    address = template.format(tileMatrix=zoom, tileRow=row, tileCol=column)
    assert "villages" in features(client.get(address))


def test_the_tile_set_says_what_is_in_its_tiles(client: FlaskClient) -> None:
    document = client.get(f"/collections/tambons/tiles/{SCHEME}?lang=en").get_json()
    (layer,) = document["layers"]
    assert layer["id"] == "tambons"
    assert layer["geometryType"] == "polygons"
    assert "simplified" in layer["description"]
    assert set(layer["propertiesSchema"]["properties"]) == set(
        public_view(CATALOGUE["tambons"]).fields
    )
    west, south = document["boundingBox"]["lowerLeft"]
    assert 98 < west < 98.6 and 7 < south < 8.2


def test_tilejson_leads_to_the_tiles_with_the_same_filter(client: FlaskClient) -> None:
    query = "filter=code LIKE '830101%25'&properties=name_th"
    address = f"/collections/villages/tiles/{SCHEME}?f=tilejson&{query}"
    document = client.get(address).get_json()
    schema = {
        "type": "object",
        "required": ["tilejson", "tiles", "vector_layers"],
        "properties": {
            "tilejson": {"const": "3.0.0"},
            "tiles": {"type": "array", "items": {"type": "string"}, "minItems": 1},
            "bounds": {"type": "array", "minItems": 4, "maxItems": 4},
            "vector_layers": {
                "type": "array",
                "items": {"type": "object", "required": ["id", "fields"]},
            },
        },
    }
    jsonschema.validate(document, schema)
    (layer,) = document["vector_layers"]
    assert layer["fields"] == {"code": "String", "name_th": "String"}
    zoom, row, column = PHUKET.split("/")
    place = document["tiles"][0].format(z=zoom, y=row, x=column)
    assert all(key.startswith("830101") for key in keys(client.get(place), "villages"))


def test_the_tiling_scheme_is_that_of_the_standard(client: FlaskClient) -> None:
    """The numbers that OGC 17-083r4, annex D.1 prints."""
    (entry,) = client.get("/tileMatrixSets").get_json()["tileMatrixSets"]
    assert entry["id"] == SCHEME
    document = client.get(f"/tileMatrixSets/{SCHEME}").get_json()
    matrices = document["tileMatrices"]
    assert [matrix["id"] for matrix in matrices] == [str(zoom) for zoom in range(ZOOM_MAX + 1)]
    printed = {0: 559082264.028717, 10: 545978.773465544, 24: 33.3238997476528}
    for zoom, scale in printed.items():
        assert matrices[zoom]["scaleDenominator"] == pytest.approx(scale, rel=1e-12)
        assert matrices[zoom]["matrixWidth"] == 2**zoom
    assert matrices[10]["cellSize"] == pytest.approx(152.874056570352, rel=1e-12)
    assert client.get("/tileMatrixSets/Other").status_code == 404


def test_both_languages_describe_the_tiles(client: FlaskClient) -> None:
    for language, letters in (("th", "[ก-๙]"), ("en", "[a-z]")):
        document = client.get(f"/tiles/{SCHEME}?lang={language}&collections=villages").get_json()
        assert re.search(letters, document["title"])
        assert re.search(letters, document["layers"][0]["description"])


# Clients


def test_gdal_reads_the_tiles_where_the_features_stand(client: FlaskClient, tmp_path: Path) -> None:
    zoom, row, column = map(int, PHUKET.split("/"))
    path = tmp_path / f"{zoom}" / f"{column}" / f"{row}.pbf"
    path.parent.mkdir(parents=True)
    answer = client.get(f"/tiles/{SCHEME}/{PHUKET}?collections=tambons,villages")
    path.write_bytes(answer.data)
    names = [name for name, _ in pyogrio.list_layers(path)]
    assert names == ["tambons", "villages"]
    villages = pyogrio.read_dataframe(path, layer="villages", X=column, Y=row, Z=zoom)
    page = client.get("/collections/villages/items?limit=1000").get_json(force=True)
    stored = {one["id"]: shape(one["geometry"]) for one in page["features"] if one["geometry"]}
    places = villages.set_crs(3857, allow_override=True).to_crs(4326)
    assert len(villages) > 50
    for code, point in zip(villages["code"], places.geometry, strict=True):
        assert shapely.distance(point, stored[code]) < 2e-4  # a unit of the tile is ten metres
    tambons = pyogrio.read_dataframe(path, layer="tambons", X=column, Y=row, Z=zoom)
    assert tambons.geometry.is_valid.all()
    assert set(json.loads(tambons.to_json())["features"][0]["properties"]) >= {"code", "name_th"}
