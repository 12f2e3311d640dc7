"""Create, replace, update and delete over HTTP: rules, rights, versions, all or nothing."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import shapely
from flask.testing import FlaskClient

from api.app import create_app
from api.settings import Settings
from layers import audit
from layers.privacy import OWNER, owner_view, view_of
from layers.query import Query
from layers.store import Store
from tests.api.people import account, token

SAMPLES = "/collections/soil_samples/items"
HOUSEHOLDS = "/collections/households/items"


class Program:
    """A program with a token of some account."""

    def __init__(self, client: FlaskClient, headers: dict[str, str]) -> None:
        self.client = client
        self.headers = headers

    def __call__(self, method: str, path: str, body: Any = None, **headers: str) -> Any:
        """Send a request; underscores of header names are hyphens."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        sent = None if body is None else json.dumps(body)
        return self.client.open(
            path, method=method, data=sent,
            headers={"Content-Type": "application/geo+json", **self.headers, **named},
        )  # fmt: skip


@pytest.fixture
def program(client: FlaskClient, demo: Store) -> Callable[..., Program]:
    """Makes programs of accounts with a role in an area."""

    def make(role: str = "province_officer", prefix: str = "83", *scope: str) -> Program:
        name = account(demo, role, prefix, password=False)
        return Program(client, token(demo, name, *(scope or ("read", "write", "export"))))

    return make


@pytest.fixture(scope="module")
def village(demo: Store) -> Iterator[tuple[str, list[float]]]:
    """The code of a village with households in it, and a position in its tambon near it."""
    layer = demo.layer("households")
    page = demo.features(Query(layer="households", limit=1), owner_view(layer))
    code = json.loads(page.features)["properties"]["area_code"]
    tree = {"op": "=", "args": [{"property": "code"}, code]}
    found = demo.read(Query(layer="villages", filter=tree), owner_view(demo.layer("villages")))
    point = found.geometry.iloc[0]
    yield code, [point.x, point.y]


FACTS: dict[str, Any] = {
    "plot_id": "KNN-83-2564-0001",
    "area_code": "83010101",
    "formed": True,
    "source_ref": "ริมสระ",
}


def sample(**properties: Any) -> dict[str, Any]:
    """A soil sample as GeoJSON."""
    place = {"type": "Point", "coordinates": [98.39, 7.88]}
    return {"type": "Feature", "geometry": place, "properties": {**FACTS, **properties}}


def key_of(demo: Store, layer: str) -> str:
    return demo.layer(layer).key


@pytest.fixture
def made(program: Callable[..., Program]) -> tuple[Program, str, str]:
    """An officer, the path of a facility that it made, and its ETag."""
    officer = program()
    answer = officer("POST", SAMPLES, sample())
    assert answer.status_code == 201, answer.text
    return (
        officer,
        answer.headers["Location"].removeprefix("http://localhost"),
        answer.headers["ETag"],
    )


def test_a_feature_is_made_read_changed_and_removed(program: Callable[..., Program]) -> None:
    """Features part 4: Location, ETag, 201, 200, 204, 404."""
    officer = program()
    answer = officer("POST", SAMPLES, sample())
    assert answer.status_code == 201
    path = answer.headers["Location"].removeprefix("http://localhost")
    read = officer("GET", path)
    assert read.get_json()["properties"] == answer.get_json()["properties"]
    etag = read.headers["ETag"]
    changed = officer("PATCH", path, {"properties": {"source_ref": "ชื่อใหม่"}}, If_Match=etag)
    assert changed.status_code == 200
    assert changed.get_json()["properties"]["source_ref"] == "ชื่อใหม่"
    assert changed.get_json()["geometry"] == read.get_json()["geometry"]
    gone = officer("DELETE", path, If_Match=changed.headers["ETag"])
    assert gone.status_code == 204
    assert officer("GET", path).status_code == 404


def test_a_replacement_empties_what_it_does_not_name(made: tuple[Program, str, str]) -> None:
    officer, path, etag = made
    less = {name: value for name, value in FACTS.items() if name != "source_ref"}
    answer = officer("PUT", path, {**sample(), "properties": less}, If_Match=etag)
    assert answer.status_code == 200
    assert answer.get_json()["properties"]["source_ref"] is None
    bare = {**sample(), "properties": {}}
    answer = officer("PUT", path, bare, If_Match=answer.headers["ETag"])
    assert answer.status_code == 422
    assert {v["rule"] for v in answer.get_json()["violations"]} == {"IMP-E-REQUIRED"}
    assert {v["field"] for v in answer.get_json()["violations"]} == set(FACTS) - {"source_ref"}


def test_what_is_computed_may_come_back_as_it_was_read_and_not_otherwise(
    made: tuple[Program, str, str],
) -> None:
    officer, path, _ = made
    read = officer("GET", path)
    same = read.get_json()
    answer = officer("PUT", path, same, If_Match=read.headers["ETag"])
    assert answer.status_code == 200, answer.text
    same["properties"]["soil_class"] = "clay"
    answer = officer("PUT", path, same, If_Match="*")
    assert answer.status_code == 422
    assert answer.get_json()["violations"][0]["rule"] == "EDIT-E-COMPUTED"


def test_null_in_a_patch_empties_and_a_missing_name_keeps(made: tuple[Program, str, str]) -> None:
    """RFC 7396."""
    officer, path, etag = made
    before = officer("GET", path).get_json()["properties"]
    patch = {"properties": {"source_ref": "School"}}
    first = officer("PATCH", path, patch, If_Match=etag)
    assert first.get_json()["properties"]["source_ref"] == "School"
    patch = {"properties": {"source_ref": None}}
    second = officer("PATCH", path, patch, If_Match=first.headers["ETag"])
    after = second.get_json()["properties"]
    assert after["source_ref"] is None
    assert {k: v for k, v in after.items() if k != "source_ref"} == {
        k: v for k, v in before.items() if k != "source_ref"
    }


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE"])
def test_a_change_says_which_state_it_was_made_on(
    made: tuple[Program, str, str], method: str
) -> None:
    """428 without If-Match, 412 for a state that has passed, and nothing is changed."""
    officer, path, etag = made
    body = None if method == "DELETE" else sample()
    assert officer(method, path, body).status_code == 428
    patch = {"properties": {"source_ref": "Meanwhile"}}
    assert officer("PATCH", path, patch, If_Match=etag).status_code == 200
    for old in (etag, '"v999999"', '"other"', 'W/"other"'):
        late = officer(method, path, body, If_Match=old)
        assert late.status_code == 412, old
        assert late.get_json()["code"] == "feature_changed"
    assert officer("GET", path).get_json()["properties"]["source_ref"] == "Meanwhile"


def test_the_etag_of_any_form_that_was_read_opens_the_change(
    made: tuple[Program, str, str],
) -> None:
    officer, path, _ = made
    for query in (
        "",
        "?f=json",
        "?f=html&lang=en",
        "?crs=http://www.opengis.net/def/crs/EPSG/0/32647",
    ):
        etag = officer("GET", path + query).headers["ETag"]
        patch = {"properties": {"source_ref": f"Read {len(query)}"}}
        assert officer("PATCH", path, patch, If_Match=etag).status_code == 200, query


@pytest.mark.parametrize(
    ("change", "rule", "field"),
    [
        ({"data_origin": "castle"}, "IMP-E-ENUM", "data_origin"),
        ({"area_code": "12x"}, "IMP-E-PATTERN", "area_code"),
        ({"area_code": None}, "IMP-E-REQUIRED", "area_code"),
        ({"king": 1}, "EDIT-E-FIELD", "king"),
        ({"_version": 1}, "EDIT-E-FIELD", "_version"),
        ({"_changed_by": "someone"}, "EDIT-E-FIELD", "_changed_by"),
        ({"geom": "x"}, "EDIT-E-FIELD", "geom"),
        ({'x" = 1; DROP TABLE phumi.accounts; --': 1}, "EDIT-E-FIELD", None),
    ],
    ids=["enum", "pattern", "required", "unknown", "version", "author", "geom", "sql"],
)
def test_every_violation_names_field_value_and_rule_in_both_languages(
    program: Callable[..., Program], change: dict[str, Any], rule: str, field: str | None
) -> None:
    """422 with a list; names that are no fields are refused, so nothing is assigned in passing."""
    answer = program()("POST", SAMPLES, sample(**change))
    assert answer.status_code == 422
    problem = answer.get_json()
    found = [v for v in problem["violations"] if v["rule"] == rule]
    assert found, problem
    assert found[0]["field"] == (field or next(iter(change)))
    assert found[0]["message"]["th"] != found[0]["message"]["en"]


@pytest.mark.parametrize(
    ("geometry", "rule"),
    [
        ({"type": "Point", "coordinates": [0, 0]}, "LOC-E-ZERO"),
        ({"type": "Point", "coordinates": [7.88, 98.39]}, "LOC-E-SWAP"),
        ({"type": "Point", "coordinates": ["a", 1]}, "EDIT-E-GEOMETRY"),
        ({"type": "Point"}, "EDIT-E-GEOMETRY"),
        ({"type": "Blob", "coordinates": [98, 7]}, "EDIT-E-GEOMETRY"),
        ("POINT (98 7)", "EDIT-E-GEOMETRY"),
        (json.loads(shapely.to_geojson(shapely.box(98, 7, 99, 8))), "GEO-E-KIND"),
        ({"type": "Point", "coordinates": [139.7, 35.6]}, "LOC-E-COUNTRY"),
    ],
    ids=["zero", "swapped", "words", "empty", "unknown", "wkt", "kind", "country"],
)
def test_a_position_that_cannot_be_is_refused(
    program: Callable[..., Program], geometry: Any, rule: str
) -> None:
    body = {"type": "Feature", "geometry": geometry, "properties": FACTS}
    answer = program()("POST", SAMPLES, body)
    assert answer.status_code == 422
    assert rule in {v["rule"] for v in answer.get_json()["violations"]}


@pytest.mark.parametrize(
    ("body", "kind", "status"),
    [
        (b"", "application/geo+json", 422),
        (b"{", "application/geo+json", 422),
        (b"[1]", "application/geo+json", 422),
        (b"null", "application/geo+json", 422),
        (b'{"a": NaN}', "application/geo+json", 422),
        (b"[" * 100_000, "application/geo+json", 422),
        (b"\xff\xfe", "application/geo+json", 422),
        (b'{"type": "FeatureCollection"}', "application/geo+json", 422),
        (b'{"type": "FeatureCollection", "features": []}', "application/geo+json", 422),
        (b"{}", "text/plain", 415),
        (b"<x/>", "application/gml+xml", 415),
    ],
    ids=[
        "empty", "cut", "list", "null", "nan", "deep", "bytes", "collection", "none", "text", "gml",
    ],
)  # fmt: skip
def test_a_body_that_is_no_feature_is_refused(
    program: Callable[..., Program], body: bytes, kind: str, status: int
) -> None:
    officer = program()
    answer = officer.client.post(SAMPLES, data=body, content_type=kind, headers=officer.headers)
    assert answer.status_code == status


def test_a_collection_is_inserted_whole_or_not_at_all(
    program: Callable[..., Program], demo: Store
) -> None:
    officer = program()
    layer = demo.layer("soil_samples")

    def count() -> int:
        return demo.count(Query(layer="soil_samples"), view_of(OWNER, layer))

    good = [{**sample(), "id": f"BULK-{n}"} for n in range(5)]
    bad = [*good, {**sample(data_origin="castle"), "id": "BULK-5"}]
    before = count()
    refused = officer("POST", SAMPLES, {"type": "FeatureCollection", "features": bad})
    assert refused.status_code == 422
    assert {v["index"] for v in refused.get_json()["violations"]} == {5}
    assert count() == before
    twice = officer("POST", SAMPLES, {"type": "FeatureCollection", "features": [*good, good[0]]})
    assert twice.status_code == 422
    taken = officer("POST", SAMPLES, {"type": "FeatureCollection", "features": good})
    assert taken.status_code == 201
    assert taken.get_json()["ids"] == [f"BULK-{n}" for n in range(5)]
    again = officer("POST", SAMPLES, {"type": "FeatureCollection", "features": good[4:]})
    assert again.status_code == 409
    assert count() == before + 5


def test_an_id_never_changes(made: tuple[Program, str, str], demo: Store) -> None:
    officer, path, etag = made
    patch = {"properties": {key_of(demo, "soil_samples"): "OTHER"}}
    answer = officer("PATCH", path, patch, If_Match=etag)
    assert answer.status_code == 422
    assert answer.get_json()["violations"][0]["rule"] == "EDIT-E-KEY"


# Rights


def test_nobody_writes_without_a_login(client: FlaskClient) -> None:
    for method in ("POST", "PUT", "PATCH", "DELETE"):
        path = SAMPLES if method == "POST" else f"{SAMPLES}/S-1"
        assert client.open(path, method=method, json={}).status_code == 401


@pytest.mark.parametrize(
    ("role", "prefix", "status"),
    [
        ("province_officer", "81", 404),
        ("analyst", "83", 403),
        ("admin", "", 404),
        ("university_si", "83", 403),
    ],
)
def test_who_has_no_right_to_write_households_does_not(
    program: Callable[..., Program], demo: Store, role: str, prefix: str, status: int
) -> None:
    layer = demo.layer("households")
    page = demo.features(Query(layer="households", limit=1), owner_view(layer))
    key = json.loads(page.features)["id"]
    officer = program(role, prefix)
    answer = officer("PATCH", f"{HOUSEHOLDS}/{key}", {"properties": {}}, If_Match="*")
    assert answer.status_code in (status, 403)
    still = demo.features(Query(layer="households", limit=1), owner_view(layer))
    assert json.loads(still.features) == json.loads(page.features)


def test_a_row_is_not_moved_into_or_out_of_somebody_elses_area(
    program: Callable[..., Program], demo: Store
) -> None:
    district = program("district_officer", "8301")
    layer = demo.layer("households")
    tree = {"op": "like", "args": [{"property": "area_code"}, "8301%"]}
    page = demo.features(Query(layer="households", limit=1, filter=tree), owner_view(layer))
    own = json.loads(page.features)["id"]
    away = {"properties": {"area_code": "83020101"}, "geometry": None}
    answer = district("PATCH", f"{HOUSEHOLDS}/{own}", away, If_Match="*")
    assert answer.status_code == 403
    assert answer.get_json()["code"] == "AUTH-E-SCOPE"
    tree = {"op": "like", "args": [{"property": "area_code"}, "8302%"]}
    page = demo.features(Query(layer="households", limit=1, filter=tree), owner_view(layer))
    other = json.loads(page.features)["id"]
    for method, body in (("PATCH", {"properties": {}}), ("DELETE", None)):
        assert district(method, f"{HOUSEHOLDS}/{other}", body, If_Match="*").status_code == 404


def test_what_a_writer_does_not_see_stays_and_cannot_be_set(
    program: Callable[..., Program], demo: Store
) -> None:
    """A field officer has no right to secret fields; a replacement by one leaves them alone."""
    layer = demo.layer("households")
    tree = {"op": "like", "args": [{"property": "area_code"}, "8301%"]}
    query = Query(layer="households", limit=1, filter=tree)
    whole = json.loads(demo.features(query, owner_view(layer)).features)
    hidden = [f.name for f in layer.fields if f.privacy.name == "SECRET" and f.type == "boolean"]
    assert hidden
    officer = program("field_officer", "8301")
    path = f"{HOUSEHOLDS}/{whole['id']}"
    smuggled = officer("PATCH", path, {"properties": {hidden[0]: True}}, If_Match="*")
    assert smuggled.status_code == 422
    assert smuggled.get_json()["violations"][0]["rule"] == "EDIT-E-FIELD"
    seen = officer("GET", path).get_json()
    assert hidden[0] not in seen["properties"]
    body = {"type": "Feature", "geometry": whole["geometry"], "properties": seen["properties"]}
    answer = officer("PUT", path, body, If_Match="*")
    assert answer.status_code == 200, answer.text
    after = json.loads(demo.feature(whole["id"], Query(layer="households"), owner_view(layer)).text)
    for name in hidden:
        assert after["properties"][name] == whole["properties"][name]


def test_a_household_stands_in_its_own_village(
    program: Callable[..., Program], demo: Store, village: tuple[str, list[float]]
) -> None:
    """LOC-R1 (PHUKET L1799-1801): no recording across villages."""
    officer = program("province_officer", "83")
    code, inside = village
    layer = demo.layer("households")
    tree = {"op": "=", "args": [{"property": "area_code"}, code]}
    page = demo.features(Query(layer="households", limit=1, filter=tree), owner_view(layer))
    key = json.loads(page.features)["id"]
    path = f"{HOUSEHOLDS}/{key}"
    away = {"geometry": {"type": "Point", "coordinates": [98.30, 8.19]}, "properties": {}}
    answer = officer("PATCH", path, away, If_Match="*")
    assert answer.status_code == 422, answer.text
    assert answer.get_json()["violations"][0]["rule"] == "LOC-E-OUTSIDE"
    home = {"geometry": {"type": "Point", "coordinates": inside}, "properties": {}}
    assert officer("PATCH", path, home, If_Match="*").status_code == 200


def test_writes_of_restricted_rows_are_in_the_log_without_their_values(
    program: Callable[..., Program], demo: Store, village: tuple[str, list[float]]
) -> None:
    """AUD-CHANGE, AUD-R3: keys, counts and names of fields only."""
    layer = demo.layer("households")
    tree = {"op": "=", "args": [{"property": "area_code"}, village[0]]}
    page = demo.features(Query(layer="households", limit=1, filter=tree), owner_view(layer))
    key = json.loads(page.features)["id"]
    officer = program("province_officer", "83")
    body = {"properties": {"house_no": "เลขที่ลับ 99/1"}}
    assert officer("PATCH", f"{HOUSEHOLDS}/{key}", body, If_Match="*").status_code == 200
    entry = audit.entries(demo, event="AUD-CHANGE", limit=1)[0]
    assert (entry.object, entry.rows, entry.detail["keys"]) == ("households", 1, [key])
    assert entry.detail["fields"] == ["house_no"]
    assert "ลับ" not in str(entry)
    assert audit.verify(demo).whole


def test_reads_and_exports_of_restricted_rows_are_in_the_log(
    program: Callable[..., Program], demo: Store
) -> None:
    """AUD-READ, AUD-EXPORT, PRIV-R14, PRIV-T2."""
    officer = program("province_officer", "83")
    page = officer("GET", f"{HOUSEHOLDS}?limit=3").get_json()
    entry = audit.entries(demo, event="AUD-READ", limit=1)[0]
    assert (entry.object, entry.rows, entry.detail["purpose"]) == ("households", 3, "planning")
    assert officer("GET", f"{HOUSEHOLDS}?f=csv").get_json()["code"] == "export_terms"
    terms = {"Phumi_Recipient": "district office", "Phumi_Until": "2099-01-01"}
    taken = officer("GET", f"{HOUSEHOLDS}?f=csv", **terms)
    assert taken.status_code == 200
    assert taken.data
    taken.close()
    entry = audit.entries(demo, event="AUD-EXPORT", limit=1)[0]
    assert (entry.object, entry.detail["recipient"]) == ("households", "district office")
    district = program("field_officer", "8302")
    other = next(f for f in page["features"] if not f["properties"]["area_code"].startswith("8302"))
    assert district("GET", f"{HOUSEHOLDS}/{other['id']}").status_code == 404
    entry = audit.entries(demo, event="AUD-DENIED", limit=1)[0]
    assert (entry.object, entry.detail["reason"]) == ("households", "AUTH-E-SCOPE")


def test_a_look_at_a_map_of_restricted_rows_is_in_the_log_once(
    program: Callable[..., Program], demo: Store
) -> None:
    """Tiles count too, also those that come from the cache; not each of them."""
    path = "/collections/households/tiles/WebMercatorQuad/14/7679/12664"
    for officer in (program("province_officer", "83"), program("province_officer", "83")):
        before = len(audit.entries(demo, event="AUD-READ", limit=None))
        for _ in range(3):
            tile = officer("GET", path)
            assert tile.status_code in (200, 204)
            assert tile.headers["Cache-Control"].startswith("private")
        found = audit.entries(demo, event="AUD-READ", limit=None)
        assert len(found) == before + 1
        assert found[0].detail["how"] == "tiles"


def test_the_owner_writes_everything(demo: Store, demo_url: str) -> None:
    app = create_app(Settings(database_url=demo_url, access="owner"), demo)
    owner = Program(app.test_client(), {})
    answer = owner("POST", SAMPLES, sample())
    assert answer.status_code == 201
