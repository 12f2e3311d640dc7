"""OGC API Features: the first doors, on both engines."""

from __future__ import annotations

import json
from typing import Any

import pytest
import shapely
from flask.testing import FlaskClient

from layers.catalogue import CATALOGUE
from layers.model import Privacy
from layers.privacy import owner_view
from layers.query import Query
from layers.store import Store

PUBLIC = [layer.id for layer in CATALOGUE.values() if layer.privacy == Privacy.PUBLIC]
PROTECTED = [layer.id for layer in CATALOGUE.values() if layer.privacy > Privacy.PUBLIC]


def links(document: dict[str, Any]) -> dict[str, str]:
    return {link["rel"]: link["href"] for link in document["links"]}


def test_landing_page_links_to_api_conformance_and_data(client: FlaskClient) -> None:
    found = links(client.get("/").get_json())
    for rel in ("service-desc", "conformance", "data", "self"):
        assert client.get(found[rel]).status_code == 200


def test_people_get_html_and_programs_get_json(client: FlaskClient) -> None:
    page = client.get("/", headers={"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"})
    assert page.content_type.startswith("text/html")
    assert client.get("/", headers={"Accept": "application/json"}).is_json
    assert client.get("/").is_json


def test_conformance_names_the_core_classes(client: FlaskClient) -> None:
    classes = client.get("/conformance").get_json()["conformsTo"]
    for part in ("conf/core", "conf/geojson", "conf/oas30", "conf/html"):
        assert f"http://www.opengis.net/spec/ogcapi-features-1/1.0/{part}" in classes


def test_the_public_is_shown_public_layers_only(client: FlaskClient) -> None:
    shown = [item["id"] for item in client.get("/collections").get_json()["collections"]]
    assert shown == PUBLIC


def test_the_owner_is_shown_every_layer_of_the_contract(owner: FlaskClient) -> None:
    shown = [item["id"] for item in owner.get("/collections").get_json()["collections"]]
    assert shown == list(CATALOGUE)


@pytest.mark.parametrize("layer_id", PROTECTED)
def test_rows_of_protected_layers_are_refused(client: FlaskClient, layer_id: str) -> None:
    """PRIV-R1: a whole layer without rights answers 403."""
    for path in ("", "/items", "/items/x"):
        answer = client.get(f"/collections/{layer_id}{path}")
        assert answer.status_code == 403
        assert answer.content_type == "application/problem+json"


@pytest.mark.parametrize("layer_id", PUBLIC)
def test_no_field_above_public_leaves_but_what_its_person_opened(
    client: FlaskClient, demo: Store, layer_id: str
) -> None:
    """privacy.md 11.2: contact and point only with consent, and an empty consent is none."""
    layer = CATALOGUE[layer_id]
    asked = Query(layer=layer_id, geometry=False, limit=None)
    stored = demo.read(asked, owner_view(layer)).set_index(layer.key)
    page = client.get(f"/collections/{layer_id}/items?limit=1000").get_json()

    def opened(key: str, consent: str | None) -> bool:
        given = consent is not None and str(stored.at[key, consent]) == "True"
        return given and stored.get("consent_state", {}).get(key) != "withdrawn"

    for feature in page["features"]:
        for name, value in feature["properties"].items():
            field = layer.by_name[name]
            assert field.privacy == Privacy.PUBLIC or field.opened_by is not None
            if field.privacy > Privacy.PUBLIC and value is not None:
                assert opened(feature["id"], field.opened_by)
        shape = layer.geometry_privacy
        if shape is not None and shape > Privacy.PUBLIC and feature["geometry"] is not None:
            assert opened(feature["id"], layer.geometry_opened_by)


def test_a_hidden_field_is_as_unknown_as_a_missing_one(client: FlaskClient) -> None:
    layer = CATALOGUE["producers"]
    hidden = next(
        f.name
        for f in layer.fields
        if f.privacy > Privacy.PUBLIC and f.type == "text" and f.opened_by is None
    )
    base = "/collections/producers/items?"
    for query in ("sortby={}", "properties={}", "filter={} is null", "{}=1"):
        answers = [client.get(base + query.format(name)) for name in (hidden, "no_such_field")]
        first, second = (json.loads(answer.data) for answer in answers)
        assert [answer.status_code for answer in answers] == [400, 400]
        assert first["detail"].replace(hidden, "no_such_field") == second["detail"]


def test_items_are_geojson_with_key_as_id(client: FlaskClient) -> None:
    answer = client.get("/collections/tambons/items?limit=3")
    page = answer.get_json(force=True)
    assert answer.content_type == "application/geo+json"
    assert page["type"] == "FeatureCollection"
    assert page["numberReturned"] == len(page["features"]) == 3
    for feature in page["features"]:
        assert feature["id"] == feature["properties"]["code"]
        assert shapely.from_geojson(json.dumps(feature["geometry"])).is_valid


@pytest.mark.parametrize("limit", [1, 7, 100])
@pytest.mark.parametrize("sort", ["", "&sortby=-name_th", "&sortby=kind,-village_no"])
def test_next_links_lead_through_every_feature_once(
    client: FlaskClient, demo: Store, limit: int, sort: str
) -> None:
    if limit == 1:
        limit = 5
    address: str | None = f"/collections/villages/items?limit={limit}{sort}"
    seen: list[str] = []
    while address:
        page = client.get(address).get_json(force=True)
        seen += [feature["id"] for feature in page["features"]]
        address = links(page).get("next")
    layer = CATALOGUE["villages"]
    everything = demo.read(Query(layer="villages", limit=None), owner_view(layer))
    assert sorted(seen) == sorted(everything["code"])


def test_number_matched_is_told_when_one_page_holds_all(client: FlaskClient) -> None:
    whole = client.get("/collections/tambons/items?limit=100").get_json(force=True)
    part = client.get("/collections/tambons/items?limit=2").get_json(force=True)
    assert whole["numberMatched"] == 17
    assert "numberMatched" not in part


def test_bbox_gives_what_intersects_it(client: FlaskClient, demo: Store) -> None:
    box = (98.30, 7.85, 98.36, 7.92)
    address = f"/collections/tambons/items?limit=100&bbox={','.join(map(str, box))}"
    found = {f["id"] for f in client.get(address).get_json(force=True)["features"]}
    rows = demo.read(Query(layer="tambons", limit=None), owner_view(CATALOGUE["tambons"]))
    expected = set(rows.loc[rows.geometry.intersects(shapely.box(*box)), "code"])
    assert found == expected
    assert 0 < len(found) < len(rows)


def test_filter_and_equality_parameters_agree(client: FlaskClient) -> None:
    base = "/collections/villages/items?limit=1000&"
    by_filter = client.get(base + "filter=kind = 'community'").get_json(force=True)
    by_name = client.get(base + "kind=community").get_json(force=True)
    assert [f["id"] for f in by_filter["features"]] == [f["id"] for f in by_name["features"]]
    assert by_name["numberReturned"] == 58


def test_properties_selects_fields(client: FlaskClient) -> None:
    page = client.get("/collections/tambons/items?properties=name_th").get_json(force=True)
    assert all(set(feature["properties"]) == {"name_th"} for feature in page["features"])


def test_single_feature_equals_the_one_in_the_list(client: FlaskClient) -> None:
    listed = client.get("/collections/tambons/items?limit=1").get_json(force=True)["features"][0]
    alone = client.get(f"/collections/tambons/items/{listed['id']}").get_json(force=True)
    assert {name: alone[name] for name in listed} == listed
    assert {"self", "collection"} <= set(links(alone))


@pytest.mark.parametrize(
    ("path", "status", "code"),
    [
        ("/collections/nowhere", 404, "layer_unknown"),
        ("/collections/nowhere/items", 404, "layer_unknown"),
        ("/collections/tambons/items/000000", 404, "feature_unknown"),
        ("/collections/tambons/items?limit=0", 400, "parameter_invalid"),
        ("/collections/tambons/items?limit=-1", 400, "parameter_invalid"),
        ("/collections/tambons/items?limit=ten", 400, "parameter_invalid"),
        ("/collections/tambons/items?limit=", 400, "parameter_invalid"),
        ("/collections/tambons/items?limit=1&limit=2", 400, "parameter_invalid"),
        ("/collections/tambons/items?bbox=1,2,3", 400, "parameter_invalid"),
        ("/collections/tambons/items?bbox=nan,2,3,4", 400, "parameter_invalid"),
        ("/collections/tambons/items?bbox=1,9,3,4", 400, "parameter_invalid"),
        ("/collections/tambons/items?bbox=", 400, "parameter_invalid"),
        ("/collections/tambons/items?datetime=yesterday", 400, "parameter_invalid"),
        ("/collections/tambons/items?datetime=2026-02-01/2026-01-01", 400, "parameter_invalid"),
        ("/collections/tambons/items?nonsense=1", 400, "parameter_unknown"),
        ("/collections/tambons/items?token=abc", 400, "cursor_invalid"),
        ("/collections/tambons/items?filter=code >>> 1", 400, "filter_syntax"),
        ("/collections/tambons/items?filter=nothing = 1", 400, "field_unknown"),
        ("/collections/tambons/items?filter=code = 1", 400, "filter_invalid"),
        ("/collections/tambons/items?sortby=nothing", 400, "field_unknown"),
        ("/collections/tambons/items?f=exe", 406, "format_unknown"),
        ("/no/such/page", 404, "http_404"),
    ],
)
def test_a_wrong_request_is_a_problem_document(
    client: FlaskClient, path: str, status: int, code: str
) -> None:
    """RFC 9457, in the language asked for."""
    for language in ("th", "en"):
        answer = client.get(path, headers={"Accept-Language": language})
        document = json.loads(answer.data)
        assert (answer.status_code, document["status"], document["code"]) == (status, status, code)
        assert answer.content_type == "application/problem+json"
        thai = any("\u0e00" <= letter <= "\u0e7f" for letter in document["title"])
        assert thai == (language == "th")


def test_deeply_nested_filters_are_refused_and_the_server_lives(client: FlaskClient) -> None:
    for text in ("(" * 3000 + "code = '1'" + ")" * 3000, "not " * 3000 + "code = '1'"):
        answer = client.get("/collections/tambons/items", query_string={"filter": text})
        assert answer.status_code == 400
    assert client.get("/healthz").status_code == 200


def test_an_unexpected_fault_tells_nothing_of_the_inside(
    client: FlaskClient, monkeypatch: pytest.MonkeyPatch, demo: Store
) -> None:
    def broken(*_: object) -> None:
        raise RuntimeError("SELECT secret FROM inside")

    monkeypatch.setattr(type(demo), "features", broken)
    answer = client.get("/collections/tambons/items")
    assert answer.status_code == 500
    assert b"SELECT" not in answer.data
    assert json.loads(answer.data)["code"] == "internal"


def test_pages_for_people_show_labels_not_codes(client: FlaskClient) -> None:
    page = client.get("/collections/villages/items?f=html&lang=th&limit=200").get_data(as_text=True)
    assert "ชุมชน" in page
    page = client.get("/collections/villages?f=html&lang=en").get_data(as_text=True)
    assert "Community" in page


@pytest.mark.parametrize("path", ["/healthz", "/readyz"])
def test_health_is_told(client: FlaskClient, path: str) -> None:
    assert client.get(path).get_json()["status"] == "ok"
