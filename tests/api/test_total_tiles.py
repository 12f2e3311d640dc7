"""Tiles of people's layers for those who may not see rows: areas with published counts."""

from __future__ import annotations

from typing import Any

import mapbox_vector_tile
import pytest
from flask.testing import FlaskClient
from shapely.geometry import shape

from layers.catalogue import CATALOGUE
from layers.privacy import owner_view
from layers.publications import PUBLISHED
from layers.query import Query
from layers.store import Store
from tests.api.people import account, token

WORLD = "0/0/0"
PHUKET = "10/489/791"  # zoom/row/column
LEVEL = {name: found.level for name, found in PUBLISHED.items()}


def tile(client: FlaskClient, layer_id: str, place: str = WORLD, **headers: str) -> dict[str, Any]:
    """The attributes of the areas of a tile by their codes."""
    path = f"/collections/{layer_id}/tiles/WebMercatorQuad/{place}"
    answer = client.get(path, headers=headers)
    assert answer.status_code == 200, answer.text
    decoded = mapbox_vector_tile.decode(answer.data)
    assert set(decoded) == {layer_id}
    for feature in decoded[layer_id]["features"]:
        assert shape(feature["geometry"]).geom_type in ("Polygon", "MultiPolygon")
    return {one["properties"]["code"]: one["properties"] for one in decoded[layer_id]["features"]}


def totals(client: FlaskClient, layer_id: str, by: str, **headers: str) -> dict[str, Any]:
    """What the aggregate door answers, by area code."""
    answer = client.get(f"/collections/{layer_id}/aggregate?by={by}&lang=en", headers=headers)
    return {row["code"]: row for row in answer.get_json()["areas"]}


@pytest.mark.parametrize("layer_id", PUBLISHED)
@pytest.mark.parametrize("place", [WORLD, PHUKET])
def test_a_tile_tells_what_the_aggregate_tells_and_no_more(
    client: FlaskClient, layer_id: str, place: str
) -> None:
    """SDC-R7, SDC-R11; PRIV-R7: areas of the lowest public level with the published counts."""
    told = totals(client, layer_id, LEVEL[layer_id])
    found = tile(client, layer_id, place)
    assert found and set(found) <= set(told)
    for code, drawn in found.items():
        row = told[code]
        assert drawn.get("count") == row["count"]
        assert drawn["suppressed"] == row["suppressed"]
        assert (drawn["shown_en"], drawn["name_th"]) == (row["shown"], row["name_th"])
        assert set(drawn) <= {
            "code", "name_th", "name_en", "count", "shown_th", "shown_en", "suppressed",
        }  # fmt: skip
    if place == WORLD:
        assert {code for code, row in told.items() if row["count"]} <= set(found)


@pytest.mark.parametrize("layer_id", ["households", "debtors", "plots", "visits"])
def test_rows_stay_closed_beside_the_tile(client: FlaskClient, layer_id: str) -> None:
    """PRIV-T1: the map shows areas; items, single features and queryables are refused."""
    for path in ("items", "items/HH-0001", "queryables", "schema"):
        assert client.get(f"/collections/{layer_id}/{path}").status_code == 403


def test_no_key_and_no_small_count_of_a_person_stands_in_a_tile(
    client: FlaskClient, demo: Store
) -> None:
    frame = demo.read(
        Query(layer="households", geometry=False, limit=None), owner_view(CATALOGUE["households"])
    )
    truth = frame["area_code"].str[:6].value_counts()
    base = "/collections/households/tiles/WebMercatorQuad"
    for place in (WORLD, PHUKET, "14/7833/12663"):
        data = client.get(f"{base}/{place}").data
        assert not any(key.encode() in data for key in frame[CATALOGUE["households"].key])
        if not data:
            continue
        for one in mapbox_vector_tile.decode(data)["households"]["features"]:
            told, count = one["properties"], int(truth.get(one["properties"]["code"], 0))
            assert told.get("count", count) == count
            assert "count" not in told or count == 0 or count >= 5


def test_totals_cannot_be_narrowed(client: FlaskClient) -> None:
    """SDC-R9, SDC-T12: no filter, no time, no chosen fields, on tiles and their descriptions."""
    base = "/collections/households/tiles/WebMercatorQuad"
    for asked in (
        "filter=tier%3D'1'", "datetime=2025-01-01/..", "properties=tier", "bbox=98,7,99,8",
        "limit=1", "tier=1",
    ):  # fmt: skip
        for path in (base, f"{base}/{WORLD}"):
            answer = client.get(f"{path}?{asked}")
            assert answer.status_code == 400, (path, asked)


def test_an_office_sees_the_level_that_offices_are_told(client: FlaskClient, demo: Store) -> None:
    """SDC-R2, SDC-T4b; PRIV-T5: debtors by district for an account without row rights."""
    office = token(demo, account(demo, "university_si", "8301", password=False))
    found = tile(client, "debtors", **office)
    assert {len(code) for code in found} == {4}
    assert {len(code) for code in tile(client, "debtors")} == {2}
    told = totals(client, "debtors", "district", **office)
    assert {code: one.get("count") for code, one in found.items()} == {
        code: told[code]["count"] for code in found
    }


def test_a_tag_stands_for_layer_version_and_caller(client: FlaskClient, demo: Store) -> None:
    path = "/collections/aid_cases/tiles/WebMercatorQuad/0/0/0"
    office = token(demo, account(demo, "university_si", "8301", password=False))
    first, again = client.get(path), client.get(path)
    assert first.headers["ETag"] == again.headers["ETag"]
    known = {"If-None-Match": first.headers["ETag"]}
    assert client.get(path, headers=known).status_code == 304
    seen = client.get(path, headers=known | office)
    assert seen.status_code == 200
    assert "private" in seen.headers["Cache-Control"]
    layer = CATALOGUE["aid_cases"]
    rows = demo.read(Query(layer="aid_cases", limit=1), owner_view(layer))
    rows["amount_thb"] = 12_345.0
    demo.write("aid_cases", rows, author="test")
    after = client.get(path, headers=known)
    assert after.status_code == 200
    assert after.headers["ETag"] != first.headers["ETag"]


def test_features_and_totals_stand_in_one_tile(client: FlaskClient) -> None:
    answer = client.get(f"/tiles/WebMercatorQuad/{PHUKET}?collections=villages,households")
    found = mapbox_vector_tile.decode(answer.data)
    assert set(found) == {"villages", "households"}
    whole = client.get("/tiles/WebMercatorQuad?f=tilejson").get_json(force=True)
    assert "households" not in {one["id"] for one in whole["vector_layers"]}


@pytest.mark.parametrize("layer_id", PUBLISHED)
def test_the_descriptions_name_the_attributes_that_are_there(
    client: FlaskClient, layer_id: str
) -> None:
    base = f"/collections/{layer_id}/tiles"
    listed = client.get(base).get_json()["tilesets"]
    assert len(listed) == 1
    described = client.get(f"{base}/WebMercatorQuad").get_json()["layers"][0]
    named = client.get(f"{base}/WebMercatorQuad?f=tilejson").get_json(force=True)["vector_layers"]
    attributes = described["propertiesSchema"]["properties"]
    assert (described["geometryType"], described["id"]) == ("polygons", layer_id)
    assert set(attributes) == set(named[0]["fields"])
    kinds = {"string": str, "integer": int, "boolean": bool}
    for drawn in tile(client, layer_id).values():
        for name, value in drawn.items():
            assert type(value) is kinds[attributes[name]["type"]]
    levels = [one["level"] for one in described["phumi:levels"]]
    assert levels[-1] == LEVEL[layer_id]
    links = client.get(f"/collections/{layer_id}/aggregate?by={LEVEL[layer_id]}").get_json()[
        "links"
    ]
    assert any(one["href"].endswith(base) for one in links)


def test_the_document_names_the_tiles_of_totals(client: FlaskClient) -> None:
    paths = client.get("/api?f=json").get_json()["paths"]
    for layer_id in PUBLISHED:
        base = f"/collections/{layer_id}/tiles/WebMercatorQuad"
        asked = paths[f"{base}/{{tileMatrix}}/{{tileRow}}/{{tileCol}}"]["get"]["parameters"]
        names = {one.get("name", one.get("$ref", "").rpartition("/")[2]) for one in asked}
        assert names.isdisjoint({"filter", "datetime", "properties"})
        assert {"tileMatrix", "tileRow", "tileCol"} <= names
    assert "/collections/ponds/tiles" not in paths
