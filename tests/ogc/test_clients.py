"""Clients that people use read the demo from a live server: GDAL (and so QGIS), and OWSLib."""

from __future__ import annotations

import http.client
import json
import urllib.request
from typing import Any

import pyogrio
import pytest
import shapely
from owslib.ogcapi.features import Features

import sample_data
from layers.catalogue import CATALOGUE
from layers.intake import prepare

pytestmark = pytest.mark.slow

EPSG = "http://www.opengis.net/def/crs/EPSG/0/"
LAYERS = ("tambons", "villages", "roads", "events", "products")


def sample(layer_id: str) -> Any:
    """The rows of a layer as they went into the demo."""
    path = sample_data.files()[layer_id]
    return prepare(path, CATALOGUE[layer_id], layer_id=layer_id).rows


def gdal(live_server: str, layer_id: str, **options: Any) -> Any:
    return pyogrio.read_dataframe(f"OAPIF:{live_server}/collections/{layer_id}", **options)


def test_conf_core_http(live_server: str) -> None:
    """HTTP 1.1, and HEAD and OPTIONS as it asks for where there is GET."""
    connection = http.client.HTTPConnection(live_server.removeprefix("http://"), timeout=20)
    for method, path in (("GET", "/"), ("HEAD", "/collections"), ("OPTIONS", "/conformance")):
        connection.request(method, path, headers={"Accept": "application/json"})
        response = connection.getresponse()
        body = response.read()
        assert response.status == 200
        assert bool(body) == (method == "GET")
    connection.request("DELETE", "/conformance")
    refused = connection.getresponse()
    assert refused.status == 405
    assert "GET" in (refused.getheader("Allow") or "")


def test_gdal_lists_the_layers(live_server: str) -> None:
    found = {str(name) for name, _ in pyogrio.list_layers(f"OAPIF:{live_server}")}
    assert set(LAYERS) <= found
    assert "households" not in found


@pytest.mark.parametrize("layer_id", LAYERS)
def test_gdal_reads_every_feature_over_many_pages(live_server: str, layer_id: str) -> None:
    """It follows the next links; page size 7 makes it follow many."""
    found = gdal(live_server, layer_id, PAGE_SIZE=7)
    expected = sample(layer_id)
    key = CATALOGUE[layer_id].key
    assert sorted(found[key]) == sorted(expected[key])
    if CATALOGUE[layer_id].geometry:
        mine = expected.set_index(key).geometry
        theirs = found.set_index(key).geometry
        for name in mine.index:
            if mine[name] is not None:
                assert mine[name].equals_exact(theirs[name], 1e-7) or mine[name].equals(
                    shapely.set_precision(theirs[name], 0)
                )


def test_gdal_reads_in_another_reference_system(live_server: str) -> None:
    found = gdal(live_server, "villages", CRS=f"{EPSG}32647")
    assert found.crs.to_epsg() == 32647
    expected = sample("villages").to_crs(32647).set_index("code").geometry
    for code, place in found.set_index("code").geometry.items():
        assert place.distance(expected[code]) < 0.01


def test_gdal_knows_that_epsg_4326_is_latitude_first(live_server: str) -> None:
    found = gdal(live_server, "villages", CRS=f"{EPSG}4326").set_index("code").geometry
    expected = sample("villages").set_index("code").geometry
    assert all(place.distance(expected[code]) < 1e-6 for code, place in found.items())


def test_gdal_hands_its_filters_on(live_server: str) -> None:
    box = (98.30, 7.85, 98.37, 7.93)
    found = gdal(live_server, "villages", bbox=box)
    assert sorted(found["code"]) == sorted(
        sample("villages").cx[box[0] : box[2], box[1] : box[3]]["code"]
    )
    found = gdal(live_server, "villages", where="kind = 'community'")
    expected = sample("villages")
    assert sorted(found["code"]) == sorted(expected.loc[expected["kind"] == "community", "code"])


def test_owslib_reads_the_service(live_server: str) -> None:
    service = Features(f"{live_server}/")
    assert service.links
    assert "http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/core" in str(
        service.conformance()
    )
    assert service.api()["openapi"].startswith("3.0")
    assert set(LAYERS) <= set(service.feature_collections())
    assert service.collection("tambons")["storageCrs"].endswith("CRS84")
    assert "name_th" in service.collection_queryables("tambons")["properties"]
    page = service.collection_items("tambons", limit=5)
    assert page["numberReturned"] == 5
    first = page["features"][0]
    assert service.collection_item("tambons", first["id"])["properties"] == first["properties"]
    found = service.collection_items("villages", limit=1000, filter="kind = 'community'")
    expected = sample("villages")
    assert len(found["features"]) == (expected["kind"] == "community").sum()


def test_a_browser_of_another_site_can_read(live_server: str) -> None:
    request = urllib.request.Request(
        f"{live_server}/collections/tambons/items", headers={"Origin": "https://example.org"}
    )
    with urllib.request.urlopen(request, timeout=20) as answer:
        assert answer.headers["Access-Control-Allow-Origin"] == "*"
        assert "Content-Crs" in answer.headers["Access-Control-Expose-Headers"]
        assert json.load(answer)["type"] == "FeatureCollection"
