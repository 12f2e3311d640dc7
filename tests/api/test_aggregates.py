"""Totals by area over HTTP: what anyone gets of layers whose rows they may not see."""

from __future__ import annotations

import csv
import io
import json

import pytest
import shapely
from flask.testing import FlaskClient

from layers.catalogue import CATALOGUE
from layers.privacy import owner_view
from layers.query import Query
from layers.store import Store


def rows(client: FlaskClient, path: str) -> list[dict[str, object]]:
    """The areas of an answer."""
    answer = client.get(path)
    assert answer.status_code == 200, answer.text
    found: list[dict[str, object]] = answer.get_json()["areas"]
    return found


def true_counts(demo: Store, layer: str, digits: int) -> dict[str, int]:
    """What an owner counts by hand."""
    frame = demo.read(
        Query(layer=layer, fields=("area_code",), geometry=False, limit=None),
        owner_view(CATALOGUE[layer]),
    )
    return frame["area_code"].str[:digits].value_counts().to_dict()  # type: ignore[no-any-return]


def test_rows_are_refused_and_counts_come_suppressed(client: FlaskClient, demo: Store) -> None:
    """PRIV-T1; SYS-214: the public sees aggregates by tambon with small cells hidden."""
    for path in ("items", "items/HH-0001", "queryables", "schema"):
        assert client.get(f"/collections/households/{path}").status_code == 403
    found = rows(client, "/collections/households/aggregate?by=tambon")
    truth = true_counts(demo, "households", 6)
    for row in found:
        count = truth.get(str(row["code"]), 0)
        if 0 < count < 5:
            assert row["count"] is None
        if row["count"] is not None:
            assert row["count"] == count
        assert row["suppressed"] == (row["count"] is None)
    assert sum(row["count"] is not None for row in found) > len(found) / 2


@pytest.mark.parametrize("layer", ["households", "debtors", "aid_cases", "visits", "plots"])
def test_no_answer_shows_a_small_number_of_people(client: FlaskClient, layer: str) -> None:
    for by in ("province", "district", "tambon"):
        answer = client.get(f"/collections/{layer}/aggregate?by={by}")
        if layer == "debtors" and by != "province":
            assert answer.status_code == 404  # SDC-R7
            continue
        least = 10 if layer == "debtors" else 5
        for row in answer.get_json()["areas"]:
            assert row["count"] is None or row["count"] == 0 or row["count"] >= least


def test_what_is_not_published_does_not_exist(client: FlaskClient) -> None:
    """SDC-T9b, SDC-T12, SDC-R8: no finer level, no second filter, no free polygon."""
    base = "/collections/households/aggregate"
    answer = client.get(f"{base}?by=tambon&group=tier")
    assert (answer.status_code, answer.get_json()["code"]) == (404, "aggregate_level")
    for asked in (
        "group=rehab_member",
        "group=tier_exact",
        "group=nonsense",
        "value=nonsense",
        "group=welfare_card&value=income_pcpy_bmn",
    ):
        answer = client.get(f"{base}?by=district&{asked}")
        assert (answer.status_code, answer.get_json()["code"]) == (404, "aggregate_unpublished")
    for asked in ("bbox=98,7,99,8", "filter=tier%3D'4'", "tier=1", "by=road", "statistic=max"):
        assert client.get(f"{base}?{asked}").status_code == 400


@pytest.mark.parametrize("layer", ["observations", "deadlines", "documents", "ponds"])
def test_layers_without_a_public_form_give_no_totals(client: FlaskClient, layer: str) -> None:
    assert client.get(f"/collections/{layer}/aggregate").status_code == 403


def test_a_public_layer_is_counted_as_it_stands(client: FlaskClient, demo: Store) -> None:
    found = rows(client, "/collections/villages/aggregate?by=tambon&group=kind")
    assert sum(int(str(row["count"])) for row in found) == demo.count(
        Query(layer="villages"), owner_view(CATALOGUE["villages"])
    )
    assert {row["group"] for row in found} <= {"village", "community"}


def test_the_owner_gets_exact_counts(owner: FlaskClient, demo: Store) -> None:
    found = rows(owner, "/collections/debtors/aggregate?by=tambon")
    assert {str(row["code"]): row["count"] for row in found} == true_counts(demo, "debtors", 6)


def test_totals_come_as_json_map_table_and_page(client: FlaskClient) -> None:
    base = "/collections/households/aggregate?by=tambon&group=welfare_card"
    listed = rows(client, base)
    mapped = client.get(f"{base}&f=geojson")
    assert mapped.content_type == "application/geo+json"
    features = json.loads(mapped.text)["features"]
    assert {f["id"] for f in features} == {row["code"] for row in listed}
    for feature in features:
        assert shapely.from_geojson(json.dumps(feature["geometry"])).is_valid
        told = {part["group"]: part["count"] for part in feature["properties"]["groups"]}
        assert told == {r["group"]: r["count"] for r in listed if r["code"] == feature["id"]}
    table = list(csv.DictReader(io.StringIO(client.get(f"{base}&f=csv").text.lstrip("\ufeff"))))
    assert [r["code"] for r in table] == [row["code"] for row in listed]
    assert [r["count"] for r in table] == [
        "" if row["count"] is None else str(row["count"]) for row in listed
    ]
    for language, word in (("th", "รายตำบล"), ("en", "By tambon")):
        assert word in client.get(f"{base}&f=html&lang={language}").text


def test_the_document_names_the_totals_that_there_are(client: FlaskClient) -> None:
    paths = client.get("/api?f=json").get_json()["paths"]
    asked = {
        p["name"]: p["schema"]["enum"]
        for p in paths["/collections/households/aggregate"]["get"]["parameters"]
        if "name" in p and p["name"] != "f"
    }
    assert asked["by"] == ["province", "district", "tambon"]
    assert "tier" in asked["group"] and "rehab_member" not in asked["group"]
    assert "/collections/documents/aggregate" not in paths
    for group in asked["group"]:
        assert (
            client.get(f"/collections/households/aggregate?by=province&group={group}").status_code
            == 200
        )
