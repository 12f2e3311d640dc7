"""Features as files: each form, read back by another library, says what GeoJSON says."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import geopandas as gpd
import pandas as pd
import pyarrow.parquet as pq
import pyogrio
import pytest
import shapely
from flask.testing import FlaskClient

from api.app import create_app
from api.formats import DOWNLOADS
from api.settings import Settings
from layers.catalogue import CATALOGUE
from layers.model import Layer
from layers.privacy import public_view
from layers.query import Query
from layers.store import Store
from tests.contract.specimens import frame, things

LAYERS = ("facilities", "tambons", "roads", "indicators", "hazards")
FORMS = tuple(DOWNLOADS)
EVIL = ("=1+1", "+66 81 234", "-cmd|' /C calc'!A0", "@SUM(1)", "'=x", "\tx", 'ก,"ข"\nค', "ปกติ")

Feature = dict[str, Any]
Read = Callable[[bytes, Path], dict[str, Feature]]


def answer(client: FlaskClient, address: str) -> Any:
    response = client.get(address)
    assert response.status_code == 200, response.text
    return response


def geojson(client: FlaskClient, layer_id: str, query: str = "") -> dict[str, Feature]:
    found = answer(client, f"/collections/{layer_id}/items?f=geojson&limit=10000{query}").json
    assert all(link["rel"] != "next" for link in found["links"])
    return {feature["id"]: feature for feature in found["features"]}


def plain(value: Any) -> Any:
    """A cell of a file as JSON would have it: nothing is None, moments are ISO texts."""
    if hasattr(value, "tolist"):
        value = value.tolist()
    if not isinstance(value, list) and pd.isna(value):
        return None
    if isinstance(value, pd.Timestamp):
        if value.tzinfo is None and value == value.normalize():
            return value.date().isoformat()
        return value.isoformat()
    return value.isoformat() if hasattr(value, "isoformat") else value


def of_frame(rows: pd.DataFrame, layer: Layer) -> dict[str, Feature]:
    found = {}
    for record in rows.to_dict("records"):
        shape = record.pop("geometry", None)
        properties = {str(name): plain(value) for name, value in record.items()}
        found[properties[layer.key]] = {
            "geometry": None if shape is None else shapely.geometry.mapping(shape),
            "properties": properties,
        }
    return found


def read_sequence(data: bytes, path: Path, layer: Layer) -> dict[str, Feature]:
    """RFC 8142: every text begins with a record separator and ends with a line feed."""
    texts = data.decode().split("\x1e")
    assert texts.pop(0) == ""
    assert all(text.endswith("\n") and "\n" not in text[:-1] for text in texts)
    return {feature["id"]: feature for feature in map(json.loads, texts)}


def read_lines(data: bytes, path: Path, layer: Layer) -> dict[str, Feature]:
    return {feature["id"]: feature for feature in map(json.loads, data.decode().splitlines())}


def read_csv(data: bytes, path: Path, layer: Layer) -> dict[str, Feature]:
    """As a spreadsheet sees it: UTF-8 with a mark, an apostrophe before what would be a formula."""
    assert data.startswith(b"\xef\xbb\xbf")
    found = {}
    for row in csv.DictReader(io.StringIO(data.decode("utf-8-sig"), newline="")):
        shape = None
        if row.get("lon"):
            shape = shapely.Point(float(row["lon"]), float(row["lat"]))
        elif row.get("wkt"):
            shape = shapely.from_wkt(row["wkt"])
        for name in ("lon", "lat", "wkt"):
            row.pop(name, None)
        values = {name: of_cell(cell, layer.by_name[name].type) for name, cell in row.items()}
        place = None if shape is None else shapely.geometry.mapping(shape)
        found[values[layer.key]] = {"geometry": place, "properties": values}
    return found


def of_cell(cell: str, kind: str) -> Any:
    if re.match(r"'+[=+\-@\t\r]", cell):
        cell = cell[1:]
    if cell == "":
        return None
    convert: dict[str, Callable[[str], Any]] = {
        "integer": int,
        "number": float,
        "boolean": {"true": True, "false": False}.__getitem__,
        "list": json.loads,
        "object": json.loads,
    }
    return convert.get(kind, str)(cell)


def read_fgb(data: bytes, path: Path, layer: Layer) -> dict[str, Feature]:
    path = path.with_suffix(".fgb")
    path.write_bytes(data)
    return of_frame(pyogrio.read_dataframe(path, datetime_as_string=False), layer)


def read_parquet(data: bytes, path: Path, layer: Layer) -> dict[str, Feature]:
    path.write_bytes(data)
    if "geo" not in (pq.read_metadata(path).metadata or {}) and layer.geometry is None:
        return of_frame(pd.read_parquet(path), layer)
    rows = gpd.read_parquet(path)
    assert rows.crs.to_epsg() == 4326
    return of_frame(rows, layer)


READERS: dict[str, Any] = {
    "geojsonseq": read_sequence,
    "ndjson": read_lines,
    "csv": read_csv,
    "fgb": read_fgb,
    "parquet": read_parquet,
}


def same(found: dict[str, Feature], expected: dict[str, Feature], layer: Layer) -> None:
    assert set(found) == set(expected)
    for key, feature in expected.items():
        other = found[key]
        if feature["geometry"] is None:
            assert other["geometry"] is None
        else:
            here = shapely.geometry.shape(feature["geometry"])
            there = shapely.geometry.shape(other["geometry"])
            assert there.equals_exact(here, 1e-8, normalize=True) or _parts(there, here)
        assert set(other["properties"]) == set(feature["properties"])
        for name, value in feature["properties"].items():
            assert alike(other["properties"][name], value, layer.by_name[name].type), (key, name)


def _parts(there: Any, here: Any) -> bool:
    """FlatGeobuf holds lines and polygons as features of one part."""
    return bool(
        there.geom_type == f"Multi{here.geom_type}"
        and len(there.geoms) == 1
        and there.geoms[0].equals_exact(here, 1e-8, normalize=True)
    )


def alike(found: Any, expected: Any, kind: str) -> bool:
    if kind in ("list", "object") and isinstance(found, str):
        found = json.loads(found)
    if found is None or expected is None:
        return found is expected
    if kind == "datetime":
        return bool(pd.Timestamp(found).tz_convert("UTC") == pd.Timestamp(expected))
    if kind == "number":
        return bool(abs(found - expected) <= 1e-12 * max(1, abs(expected)))
    return bool(found == expected)


@pytest.mark.parametrize("layer_id", LAYERS)
@pytest.mark.parametrize("form", FORMS)
def test_a_download_holds_the_whole_layer_as_geojson_tells_it(
    client: FlaskClient, tmp_path: Path, form: str, layer_id: str
) -> None:
    layer = CATALOGUE[layer_id]
    if layer.geometry is None and DOWNLOADS[form].needs_place:
        response = client.get(f"/collections/{layer_id}/items?f={form}")
        assert response.status_code == 406
        return
    response = answer(client, f"/collections/{layer_id}/items?f={form}")
    expected = geojson(client, layer_id)
    assert len(expected) > {"facilities": 100}.get(layer_id, 5)  # more than a page
    same(READERS[form](response.data, tmp_path / "file", layer), expected, layer)


@pytest.mark.parametrize("form", FORMS)
def test_a_download_takes_filter_box_fields_and_limit(
    client: FlaskClient, tmp_path: Path, form: str
) -> None:
    layer = CATALOGUE["facilities"]
    query = "&bbox=98.2,7.8,98.4,8.0&filter=capacity>200&properties=facility_id,kind,capacity"
    response = answer(client, f"/collections/facilities/items?f={form}{query}")
    expected = geojson(client, "facilities", query)
    assert 0 < len(expected) < len(geojson(client, "facilities"))
    same(READERS[form](response.data, tmp_path / "all", layer), expected, layer)
    few = answer(client, f"/collections/facilities/items?f={form}&limit=3&sortby=-capacity")
    found = READERS[form](few.data, tmp_path / "few", layer)
    top = client.get("/collections/facilities/items?f=geojson&limit=3&sortby=-capacity").json
    assert set(found) == {feature["id"] for feature in top["features"]}


@pytest.mark.parametrize("form", FORMS)
def test_an_empty_selection_is_an_empty_file(
    client: FlaskClient, tmp_path: Path, form: str
) -> None:
    response = answer(client, f"/collections/attractions/items?f={form}&attraction_id=none")
    found = READERS[form](response.data, tmp_path / "file", CATALOGUE["attractions"])
    assert found == {}


@pytest.mark.parametrize("form", FORMS)
def test_a_download_is_named_by_accept_too_and_tells_its_type(
    client: FlaskClient, form: str
) -> None:
    kind = DOWNLOADS[form].media_type
    response = client.get("/collections/attractions/items", headers={"Accept": kind})
    assert response.status_code == 200
    assert response.mimetype == kind
    assert response.data == client.get(f"/collections/attractions/items?f={form}").data


@pytest.mark.parametrize("form", FORMS)
def test_a_file_has_a_thai_name_with_the_date_of_the_data(client: FlaskClient, form: str) -> None:
    response = answer(client, f"/collections/attractions/items?f={form}&lang=th")
    match = re.fullmatch(
        r"attachment; filename=\"(attractions_[\d-]{10}\.\w+)\"; filename\*=UTF-8''([\w.%~-]+)",
        response.headers["Content-Disposition"],
    )
    assert match
    name = unquote(match[2])
    assert name.startswith(CATALOGUE["attractions"].title.th + "_2")
    assert name.endswith(DOWNLOADS[form].suffix)


@pytest.fixture
def thing_layer(demo: Store) -> Layer:
    """A layer with every type of value, texts that spreadsheets would run, and shapes of parts."""
    layer = things("form_things", geometry="Polygon")
    demo.ensure(layer)
    square, other = shapely.box(98, 7, 98.5, 7.5), shapely.box(99, 7, 99.5, 7.5)
    rows = [
        {
            "id": f"t{number}",
            "name": text,
            "count": (-5, None)[number % 2],
            "size": (0.1, None)[number % 2],
            "open": (True, False, None)[number % 3],
            "day": ("2026-02-28", None)[number % 2],
            "moment": ("2026-02-28T17:30:15.250Z", None)[number % 2],
            "tags": (["ก", 1, {"x": None}], None)[number % 2],
            "detail": ({"ข": [1, 2]}, None)[number % 2],
            "geometry": (square, shapely.MultiPolygon([square, other]), None)[number % 3],
        }
        for number, text in enumerate(EVIL)
    ]
    demo.write(layer.id, frame(rows), mode="replace", author="test")
    return layer


@pytest.mark.parametrize("form", FORMS)
def test_every_type_nothing_and_parts_survive(
    owner: FlaskClient, thing_layer: Layer, tmp_path: Path, form: str
) -> None:
    response = answer(owner, f"/collections/{thing_layer.id}/items?f={form}")
    expected = geojson(owner, thing_layer.id)
    same(READERS[form](response.data, tmp_path / "file", thing_layer), expected, thing_layer)


def test_no_cell_of_a_csv_begins_like_a_formula(owner: FlaskClient, thing_layer: Layer) -> None:
    data = answer(owner, f"/collections/{thing_layer.id}/items?f=csv").text
    rows = list(csv.reader(io.StringIO(data.lstrip("\ufeff"), newline="")))
    names = [row[rows[0].index("name")] for row in rows[1:]]
    assert not any(cell[:1] in "=+-@\t\r" for cell in names if cell)
    assert len([cell for cell in names if cell.startswith("'")]) >= 5


@pytest.mark.parametrize("form", ["csv", "fgb", "parquet"])
def test_a_file_takes_another_system_of_coordinates(
    client: FlaskClient, tmp_path: Path, form: str
) -> None:
    query = "crs=http://www.opengis.net/def/crs/EPSG/0/32647"
    data = answer(client, f"/collections/facilities/items?f={form}&{query}").data
    path = tmp_path / f"file.{form}"
    path.write_bytes(data)
    expected = gpd.GeoDataFrame.from_features(
        list(geojson(client, "facilities").values()), crs=4326
    ).to_crs(32647)
    places = dict(zip(expected["facility_id"], expected.geometry, strict=True))
    if form == "csv":
        rows = pd.read_csv(path)
        found = dict(
            zip(rows["facility_id"], gpd.points_from_xy(rows["x"], rows["y"]), strict=True)
        )
    else:
        shapes = gpd.read_parquet(path) if form == "parquet" else gpd.read_file(path)
        assert shapes.crs.to_epsg() == 32647
        found = dict(zip(shapes["facility_id"], shapes.geometry, strict=True))
    assert set(found) == set(places)
    assert max(found[key].distance(places[key]) for key in places) < 0.01


@pytest.mark.parametrize("form", FORMS)
def test_a_layer_of_people_leaves_in_no_form(client: FlaskClient, form: str) -> None:
    """SYS-16: what may not be read as GeoJSON may not be downloaded either."""
    response = client.get(f"/collections/households/items?f={form}")
    assert response.status_code == 403
    assert "Content-Disposition" not in response.headers


@pytest.mark.parametrize("form", FORMS)
def test_hidden_fields_and_places_are_not_in_the_file(
    client: FlaskClient, tmp_path: Path, form: str
) -> None:
    layer = CATALOGUE["producers"]  # rows are public, a place only with the person's consent
    response = client.get(f"/collections/producers/items?f={form}")
    found = READERS[form](response.data, tmp_path / "file", layer)
    expected = geojson(client, "producers")
    assert set(found) == set(expected)
    closed = [key for key, feature in expected.items() if feature["geometry"] is None]
    assert 0 < len(closed) < len(expected)
    for key, feature in found.items():
        assert (feature["geometry"] is None) == (key in closed)
        assert set(feature["properties"]) == set(expected[key]["properties"])


@pytest.mark.parametrize("form", FORMS)
def test_too_much_at_once_is_refused_not_cut(demo: Store, demo_url: str, form: str) -> None:
    app = create_app(Settings(database_url=demo_url, download_limit_max=20), demo)
    client = app.test_client()
    refused = client.get(f"/collections/facilities/items?f={form}&lang=en")
    assert refused.status_code == 413
    assert refused.json["code"] == "download_large"
    facilities = demo.layer("facilities")
    count = demo.count(Query(layer="facilities"), public_view(facilities))
    assert f" {count:,} " in refused.json["detail"]
    assert client.get(f"/collections/facilities/items?f={form}&limit=20").status_code == 200
    assert client.get(f"/collections/facilities/items?f={form}&kind=school").status_code in (
        200,
        413,
    )


@pytest.mark.parametrize("form", FORMS)
def test_a_wrong_query_is_a_problem_not_half_a_file(client: FlaskClient, form: str) -> None:
    for wrong in ("filter=capacity%20%3E", "nosuch=1", "sortby=nosuch", "limit=0", "limit=x"):
        response = client.get(f"/collections/facilities/items?f={form}&{wrong}")
        assert response.status_code == 400
        assert response.mimetype == "application/problem+json"


def test_downloads_leave_threads_for_others(demo: Store, demo_url: str) -> None:
    """A few slow readers cannot hold the whole server; the next one is told to come again."""
    app = create_app(Settings(database_url=demo_url, threads=3), demo)
    client = app.test_client()
    address = "/collections/facilities/items?f=geojsonseq"
    slow = [client.get(address, buffered=False) for _ in range(2)]
    refused = client.get(address)
    assert refused.status_code == 503
    assert refused.headers["Retry-After"].isdigit()
    assert client.get("/collections/facilities/items?f=geojson").status_code == 200
    for response in slow:
        response.close()
    assert client.get(address).status_code == 200


def test_head_sends_the_headers_and_holds_nothing(demo: Store, demo_url: str) -> None:
    app = create_app(Settings(database_url=demo_url, threads=2), demo)
    client = app.test_client()
    for form in FORMS * 2:
        response = client.head(f"/collections/facilities/items?f={form}")
        assert response.status_code == 200
        assert response.data == b""
        assert response.headers["Content-Disposition"]
