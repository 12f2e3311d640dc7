"""Whatever stands in an address: the answer is a problem document, soon, and tells no SQL."""

from __future__ import annotations

import json
import socket
import time
import tracemalloc
import urllib.request
from contextlib import ExitStack
from urllib.parse import quote

import pytest
from flask.testing import FlaskClient
from werkzeug.test import create_environ, run_wsgi_app

from api.parameters import COMMON, ITEM, ITEMS
from api.tilesets import NARROWING
from tests.api.test_serve import serving

HOSTILE = {
    "empty": "",
    "space": " ",
    "huge number": "9" * 400,
    "negative": "-1",
    "NaN": "NaN",
    "infinity": "-Infinity",
    "text": "ตำบล",
    "emoji": "🏝" * 100,
    "NUL": "a\x00b",
    "quote": "'; DROP TABLE layers.tambons; --",
    "union": "1 UNION SELECT definition FROM phumi.layers",
    "percent": "%s%d%(x)s",
    "braces": "{0.__class__}",
    "null": "null",
    "list": "[]",
    "object": "{}",
    "commas": "," * 5_000,
    "slashes": "/" * 5_000,
    "long": "x" * 30_000,
    "control": "\r\nX-Injected: 1",
    "exponent": "1e999",
    "hexadecimal": "0x10",
    "Thai digits": "๑๐",
    "half a box": "98,7,99",
    "box of NaN": "nan,nan,nan,nan",
    "box upside down": "98,8,99,7",
    "box of texts": "a,b,c,d",
    "far box": "1000,1000,2000,2000",
    "time out of range": "9999-99-99T99:99:99Z",
    "three times": "2020-01-01/2021-01-01/2022-01-01",
    "time upside down": "2022-01-01/2021-01-01",
}
# Where a hostile value is a good one.
HARMLESS = {
    ("limit", "huge number"), ("offset", "huge number"),
}  # fmt: skip
SECONDS = 5
LEAKS = (b"SELECT ", b"select ", b"layers.", b"psycopg", b"duckdb", b"Traceback", b"phumi.layers ")


def calm(response: object, seconds: float) -> dict[str, object]:
    """The problem document of a refusal that came in time."""
    assert seconds < SECONDS
    found: dict[str, object] = json.loads(response.data)  # type: ignore[attr-defined]
    assert {"type", "title", "status", "detail", "code"} <= set(found)
    return found


@pytest.mark.parametrize("name", [*COMMON, *ITEMS])
def test_a_parameter_refuses_every_hostile_value(client: FlaskClient, name: str) -> None:
    for kind, value in HOSTILE.items():
        began = time.monotonic()
        response = client.get("/collections/tambons/items", query_string={name: value})
        seconds = time.monotonic() - began
        assert "X-Injected" not in response.headers
        if (name, kind) in HARMLESS:
            assert response.status_code == 200
            continue
        assert 400 <= response.status_code < 500, kind
        calm(response, seconds)
        for leak in LEAKS:
            assert leak not in response.data.replace(value.encode(), b"") or leak in value.encode()


@pytest.mark.parametrize("name", [*COMMON, *ITEM])
def test_one_feature_refuses_hostile_values(client: FlaskClient, name: str) -> None:
    for value in HOSTILE.values():
        address = "/collections/tambons/items/830101"
        response = client.get(address, query_string={name: value})
        assert 400 <= response.status_code < 500
        calm(response, 0)


@pytest.mark.parametrize("name", [*COMMON, *ITEMS, "code", "nonsense"])
def test_a_parameter_given_twice_is_refused(client: FlaskClient, name: str) -> None:
    address = "/collections/tambons/items"
    twice = client.get(address, query_string=[(name, "1"), (name, "1")])
    assert twice.status_code == (406 if name == "f" else 400)
    many = [(name, "1")] * 5_000
    response = client.get(address, query_string=many)
    assert response.status_code in (400, 406, 413)


@pytest.mark.parametrize("key", [value for value in HOSTILE.values() if value.strip(" /")])
def test_a_feature_of_a_hostile_name_is_not_there(client: FlaskClient, key: str) -> None:
    for layer in ("tambons", quote(key, safe="")):
        response = client.get(f"/collections/{layer}/items/{quote(key, safe='')}")
        assert response.status_code == 404
        assert b"SELECT" not in response.data.replace(key.encode(), b"")


@pytest.mark.parametrize("name", [*COMMON, *NARROWING, "collections"])
@pytest.mark.parametrize("address", ["/tiles/WebMercatorQuad", "/tiles/WebMercatorQuad/0/0/0"])
def test_tiles_refuse_every_hostile_value(client: FlaskClient, address: str, name: str) -> None:
    for kind, value in HOSTILE.items():
        began = time.monotonic()
        response = client.get(address, query_string={name: value})
        assert 400 <= response.status_code < 500, kind
        calm(response, time.monotonic() - began)
        for leak in LEAKS:
            assert leak not in response.data.replace(value.encode(), b"") or leak in value.encode()


@pytest.mark.parametrize("place", [0, 1, 2])
def test_a_tile_of_a_hostile_number_is_not_there(client: FlaskClient, place: int) -> None:
    for value in HOSTILE.values():
        numbers = ["5", "15", "24"]
        numbers[place] = quote(value, safe="") or "-"
        response = client.get(f"/tiles/WebMercatorQuad/{'/'.join(numbers)}")
        assert response.status_code == 404


def test_a_layer_named_a_thousand_times_is_drawn_once(client: FlaskClient) -> None:
    address = "/tiles/WebMercatorQuad/5/15/24"
    once = client.get(f"{address}?collections=tambons")
    assert (once.status_code, len(once.data) > 100) == (200, True)
    for query in ("collections=" + ",".join(["tambons"] * 1_000), "collections=tambons&" * 1_000):
        began = time.monotonic()
        answer = client.get(f"{address}?{query}")
        assert time.monotonic() - began < SECONDS
        assert answer.data == once.data
    others = ",".join(f"layer_{number}" for number in range(1_000))
    assert client.get(f"{address}?collections={others}").status_code == 400


CHOICES = ["x" * 8] * 1_000_000
BODIES = {
    "a text of ten megabytes": '{"inputs": {"filter": "' + "a = 1 OR " * 1_200_000 + 'b = 1"}}',
    "a list of ten megabytes": json.dumps(
        {"inputs": {"filter": {"op": "in", "args": [{"property": "pond_id"}, CHOICES]}}}
    ),
    "a tree that is too deep": '{"inputs": {"filter": ' + '{"op":"not","args":[' * 500_000 + "1",
    "a list that is too deep": "[" * 5_000_000,
    "no object": '["inputs"]',
    "no inputs": '{"inputs": 1}',
    "no JSON": "'; DROP TABLE layers.tambons; --",
    "no UTF-8": b"\xff\xfe\xff",
    "an unknown input": '{"inputs": {"nonsense": 1}}',
    "no number": '{"inputs": {"depth_m": "3; SELECT 1"}}',
    "not a number": '{"inputs": {"depth_m": NaN}}',
    "an infinite number": '{"inputs": {"depth_m": 1e999}}',
    "a negative number": '{"inputs": {"depth_m": -3}}',
    "a wrong box": '{"inputs": {"bbox": [1, 2, "3", null]}}',
    "another kind of filter": '{"inputs": {"filter": 7}}',
    "no features": '{"inputs": {"ponds": {"type": "FeatureCollection", "features": 7}}}',
}


@pytest.mark.parametrize("kind", BODIES)
def test_an_analysis_refuses_every_hostile_body(owner: FlaskClient, kind: str) -> None:
    began = time.monotonic()
    response = owner.post(
        "/processes/pond-check/execution", data=BODIES[kind], content_type="application/json"
    )
    assert 400 <= response.status_code < 500
    calm(response, time.monotonic() - began)
    assert all(leak not in response.data or leak in str(BODIES[kind]).encode() for leak in LEAKS)
    assert owner.get("/healthz").status_code == 200


def test_a_body_that_is_too_large_is_not_read(owner: FlaskClient) -> None:
    response = owner.post("/processes/pond-check/execution", data=b" " * 20_000_001)
    assert response.status_code == 413
    calm(response, 0)


def test_a_filter_of_ten_megabytes_is_refused_in_little_time_and_memory(
    client: FlaskClient,
) -> None:
    environ = create_environ("/collections/tambons/items")
    environ["QUERY_STRING"] = "filter=" + "code%20=%20'1'%20OR%20" * 500_000
    assert len(environ["QUERY_STRING"]) > 10_000_000
    began = time.monotonic()
    body, status, _ = run_wsgi_app(client.application, environ)
    assert time.monotonic() - began < SECONDS
    assert status.startswith("413")
    assert json.loads(b"".join(body))["code"] == "http_413"
    tracemalloc.start()
    run_wsgi_app(client.application, environ)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 100_000_000
    assert client.get("/healthz").status_code == 200


@pytest.mark.parametrize(
    ("bbox", "number"),
    [
        ("-180,-90,180,90", 17),
        ("170,-90,-170,90", 0),
        ("170,-90,110,90", 17),  # across the antimeridian as far as Thailand
        ("98,90,99,90", 0),
        ("98,-90,99,-90", 0),
        ("-180,-90,-180,90", 0),
        ("98.3,7.9,98.3,7.9", 0),
    ],
)
def test_boxes_over_the_antimeridian_and_the_poles_are_answered(
    client: FlaskClient, bbox: str, number: int
) -> None:
    response = client.get(f"/collections/tambons/items?limit=100&bbox={bbox}")
    assert response.status_code == 200
    found = json.loads(response.data)["numberReturned"]
    assert found == number or bbox.startswith("98.3")


@pytest.mark.parametrize("system", ["4326", "3857", "32647", "24047"])
def test_boxes_at_the_end_of_the_world_are_answered_or_refused(
    client: FlaskClient, system: str
) -> None:
    uri = f"http://www.opengis.net/def/crs/EPSG/0/{system}"
    for side in ("90", "180", "2e7", "1e8", "1e15", "1e308"):
        bbox = f"-{side},-{side},{side},{side}"
        response = client.get(
            "/collections/tambons/items", query_string={"bbox": bbox, "bbox-crs": uri}
        )
        assert response.status_code in (200, 400)


def test_a_token_of_another_query_is_refused(client: FlaskClient) -> None:
    page = json.loads(client.get("/collections/villages/items?limit=5").data)
    following = next(link["href"] for link in page["links"] if link["rel"] == "next")
    assert client.get(following).status_code == 200
    for more in (
        "sortby=-code", "filter=kind='community'", "kind=community", "bbox=98,7,99,8",
        "datetime=2024-01-01",
    ):  # fmt: skip
        response = client.get(f"{following}&{more}")
        assert response.status_code == 400
        assert json.loads(response.data)["code"] == "cursor_invalid"
    token = following.partition("token=")[2]
    assert client.get(f"/collections/tambons/items?token={token}").status_code == 400
    for harmless in ("properties=code", "crs=http://www.opengis.net/def/crs/EPSG/0/32647"):
        assert client.get(f"{following}&{harmless}").status_code == 200


def test_pages_of_other_sites_may_read_what_is_public_and_nothing_else(
    client: FlaskClient, owner: FlaskClient
) -> None:
    for path in ("/collections", "/collections/tambons/items", "/api"):
        assert client.get(path).headers["Access-Control-Allow-Origin"] == "*"
        assert "Access-Control-Allow-Origin" not in owner.get(path).headers
    preflight = client.options("/collections/tambons/items")
    assert "GET" in preflight.headers["Access-Control-Allow-Methods"]


@pytest.mark.slow
def test_a_thousand_slow_clients_do_not_keep_others_waiting(store_url: str) -> None:
    """Each sends half a request and waits; the server still answers."""
    with serving(store_url) as address, ExitStack() as open_ones:
        host, port = address.removeprefix("http://").split(":")
        for _ in range(1_000):
            one = socket.create_connection((host, int(port)), timeout=10)
            open_ones.callback(one.close)
            one.sendall(b"GET /collections HTTP/1.1\r\nHost: x\r\n")
        began = time.monotonic()
        with urllib.request.urlopen(f"{address}/collections", timeout=20) as answer:
            assert answer.status == 200
        assert time.monotonic() - began < 10
