"""OGC API Features part 1 (17-069r4), Annex A: each test under the id that it has there."""

from __future__ import annotations

import datetime as dt
import json
import re
from typing import Any

import pytest
import shapely
from jsonschema import Draft202012Validator
from openapi_spec_validator import validate

from api.conformance import CONFORMANCE
from api.operations import SCHEMAS
from tests.ogc.conftest import Service, links

RFC3339 = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)")
SPEC = "http://www.opengis.net/spec/ogcapi-features-1/1.0/conf"


def conforms(document: Any, name: str) -> None:
    """Valid by the schema that the API definition gives for it."""
    schemas = json.loads(json.dumps(SCHEMAS).replace("#/components/schemas/", "#/$defs/"))
    schemas["geometry"] = {}
    for schema in _walk(schemas):
        if schema.pop("nullable", False) and isinstance(schema.get("type"), str):
            schema["type"] = [schema["type"], "null"]
    Draft202012Validator({"$ref": f"#/$defs/{name}", "$defs": schemas}).validate(document)


def _walk(node: Any) -> Any:
    if isinstance(node, dict):
        yield node
        for part in list(node.values()):
            yield from _walk(part)
    elif isinstance(node, list):
        for part in node:
            yield from _walk(part)


# A.2.1 General, A.2.2 landing page, A.2.3 API definition, A.2.4 conformance


def test_conf_core_crs84(service: Service) -> None:
    """Coordinates are longitude, latitude unless the request says otherwise."""
    for one in service.spatial():
        assert one["extent"]["spatial"].get("crs", "").endswith("OGC/1.3/CRS84")
        west, south, east, north = one["extent"]["spatial"]["bbox"][0]
        for feature in service.page(one["id"], limit=20)["features"]:
            if feature["geometry"] is not None:
                shape = shapely.from_geojson(json.dumps(feature["geometry"]))
                assert shapely.box(west, south, east, north).buffer(1e-6).covers(shape)
                assert 97 < shapely.get_coordinates(shape)[0][0] < 106  # Thailand lies east
                assert 5 < shapely.get_coordinates(shape)[0][1] < 21


def test_conf_core_root_op(service: Service) -> None:
    assert service.get("/").status_code == 200


def test_conf_core_root_success(service: Service) -> None:
    document = service.json("/", "application/json")
    conforms(document, "landing")
    assert links(document, "service-desc") or links(document, "service-doc")
    for rel in ("service-desc", "service-doc", "conformance", "data", "self", "alternate"):
        for link in links(document, rel):
            response = service.get(link["href"])
            assert response.status_code == 200
            assert response.content_type.split(";")[0] == link["type"].split(";")[0]


def test_conf_core_api_definition_op(service: Service) -> None:
    for rel in ("service-desc", "service-doc"):
        for link in links(service.json("/"), rel):
            assert service.get(link["href"], link["type"]).status_code == 200


def test_conf_core_api_definition_success(service: Service) -> None:
    (link,) = links(service.json("/"), "service-desc")
    response = service.get(link["href"], link["type"])
    assert response.content_type == "application/vnd.oai.openapi+json;version=3.0"
    validate(json.loads(response.data))


def test_conf_core_conformance_op(service: Service) -> None:
    for link in links(service.json("/"), "conformance"):
        assert service.get(link["href"]).status_code == 200


def test_conf_core_conformance_success(service: Service) -> None:
    document = service.json("/conformance", "application/json")
    conforms(document, "conformance")
    assert {f"{SPEC}/{name}" for name in ("core", "geojson", "html", "oas30")} <= set(
        document["conformsTo"]
    )
    assert document["conformsTo"] == list(dict.fromkeys(CONFORMANCE))


# A.2.5 collections, A.2.6 collection


def test_conf_core_fc_md_op(service: Service) -> None:
    for link in links(service.json("/"), "data"):
        assert service.get(link["href"]).status_code == 200


def test_conf_core_fc_md_success(service: Service) -> None:
    conforms(service.json("/collections", "application/json"), "collections")


def test_conf_core_fc_md_links(service: Service) -> None:
    document = service.json("/collections", "application/json")
    (this,) = links(document, "self")
    assert service.json(this["href"]) == document
    (other,) = links(document, "alternate")
    assert service.get(other["href"]).content_type.startswith(other["type"])


def test_conf_core_fc_md_items(service: Service) -> None:
    known = [one["id"] for one in service.collections()]
    assert len(known) == len(set(known)) > 20


def test_conf_core_fc_md_items_links(service: Service) -> None:
    """A link to the features in every form that they come in."""
    for one in service.collections():
        found = links(one, "items")
        assert {"application/geo+json", "text/html"} <= {link["type"] for link in found}
        for link in found:
            assert link["href"].startswith(f"http://localhost/collections/{one['id']}/items")
    for link in found:
        response = service.get(f"{link['href']}&limit=1")
        assert response.status_code == 200
        assert response.content_type.split(";")[0] == link["type"]


def test_conf_core_fc_md_extent(service: Service) -> None:
    """Everything lies in the extent that is told; so does its time."""
    for one in service.collections():
        extent = one.get("extent", {})
        if "spatial" in extent:
            box = extent["spatial"]["bbox"][0]
            everything = service.ids(one["id"], properties="geometry")
            placed = service.ids(one["id"], bbox=",".join(map(repr, box)), properties="geometry")
            without = service.ids(one["id"], filter="geometry IS NULL", properties="geometry")
            assert set(placed) | set(without) == set(everything)
        if "temporal" in extent:
            start, end = extent["temporal"]["interval"][0]
            within = service.ids(one["id"], datetime=f"{start or '..'}/{end or '..'}")
            timed = _timed(service, one["id"])
            assert set(within) == timed


def _timed(service: Service, collection: str) -> set[str]:
    schema = service.json(f"/collections/{collection}/schema")["properties"]
    roles = [n for n, part in schema.items() if "primary-i" in part.get("x-ogc-role", "")]
    features = service.page(collection, limit=10_000)["features"]
    return {f["id"] for f in features if any(f["properties"][name] for name in roles)}


def test_conf_core_fc_md_extent_multi(service: Service) -> None:
    """One box each, so the first is the box around all."""
    for one in service.spatial():
        assert len(one["extent"]["spatial"]["bbox"]) == 1


def test_conf_core_sfc_md_op(service: Service) -> None:
    for one in service.collections():
        assert service.get(f"/collections/{one['id']}").status_code == 200


def test_conf_core_sfc_md_success(service: Service) -> None:
    for one in service.collections():
        alone = service.json(f"/collections/{one['id']}", "application/json")
        conforms(alone, "collection")
        for part in ("id", "title", "description", "extent", "crs", "itemType"):
            assert alone.get(part) == one.get(part)
        assert links(alone, "items") == links(one, "items")


# A.2.7 features


def test_conf_core_fc_op(service: Service) -> None:
    for one in service.collections():
        assert service.get(f"/collections/{one['id']}/items").status_code == 200


def test_conf_core_fc_bbox_definition(service: Service) -> None:
    parameter = service.parameters("/collections/tambons/items")["bbox"]
    assert (parameter["in"], parameter["required"]) == ("query", False)
    assert (parameter["style"], parameter["explode"]) == ("form", False)
    number = {"type": "number"}
    assert parameter["schema"] == {"type": "array", "minItems": 4, "maxItems": 6, "items": number}
    shared = {"$ref": "#/components/parameters/bbox"}  # every collection has this very one
    paths = service.definition()["paths"]
    for one in service.collections():
        assert shared in paths[f"/collections/{one['id']}/items"]["get"]["parameters"]


@pytest.mark.parametrize("heights", [False, True])
def test_conf_core_fc_bbox_response(service: Service, heights: bool) -> None:
    """What shapely says meets the box, and nothing else; features without a place do not."""
    for one in service.spatial():
        west, south, east, north = one["extent"]["spatial"]["bbox"][0]
        box = (west, south, (west + east) / 2, (south + north) / 2)
        asked = (*box[:2], -100, *box[2:], 9000) if heights else box
        found = service.ids(one["id"], bbox=",".join(map(repr, asked)))
        area, sure = shapely.box(*box), 1e-7  # printed coordinates are rounded
        for feature in service.page(one["id"], limit=10_000)["features"]:
            if feature["geometry"] is None:
                assert feature["id"] not in found
                continue
            shape = shapely.from_geojson(json.dumps(feature["geometry"]))
            if not shape.intersects(area.buffer(sure)):
                assert feature["id"] not in found
            elif shape.intersects(area.buffer(-sure)):
                assert feature["id"] in found


def test_conf_core_fc_limit_definition(service: Service) -> None:
    parameter = service.parameters("/collections/tambons/items")["limit"]
    assert (parameter["in"], parameter["required"]) == ("query", False)
    assert (parameter["style"], parameter["explode"]) == ("form", False)
    assert parameter["schema"]["type"] == "integer"
    assert parameter["schema"]["minimum"] == 1
    assert parameter["schema"]["default"] == 10


@pytest.mark.parametrize("limit", [1, 5, 16, 17, 18, 10_000, 10_001, 10**9, 10**30])
def test_conf_core_fc_limit_response(service: Service, limit: int) -> None:
    """Never more than asked for; more than the maximum counts as the maximum."""
    page = service.page("tambons", limit=limit)
    assert len(page["features"]) == min(limit, 17)


def test_conf_core_fc_time_definition(service: Service) -> None:
    parameter = service.parameters("/collections/events/items")["datetime"]
    assert (parameter["in"], parameter["required"]) == ("query", False)
    assert (parameter["style"], parameter["explode"]) == ("form", False)
    assert parameter["schema"] == {"type": "string"}


@pytest.mark.parametrize(
    "asked",
    [
        "2023-01-01/2023-12-31",
        "2023-01-01T00:00:00Z/2023-12-31T23:59:59Z",
        "2023-06-01T12:00:00+07:00/..",
        "../2023-06-01",
        "/2023-06-01",
        "2023-06-01/",
        "2024-02-10",
    ],
)
def test_conf_core_fc_time_response(service: Service, asked: str) -> None:
    """Events whose days meet the interval, counted by hand from their start and end."""
    ends = [None if end in ("", "..") else _moment(end) for end in asked.split("/")]
    first, last = ends[0], ends[-1]
    if len(asked) == 10:
        last = _moment(f"{asked}T23:59:59Z")
    elif last is not None and len(asked.split("/")[-1]) == 10:
        last += dt.timedelta(days=1, seconds=-1)
    expected = []
    for feature in service.page("events", limit=10_000)["features"]:
        start, end = (feature["properties"][name] for name in ("start_date", "end_date"))
        if start is None and end is None:
            continue
        begins_late = last is not None and start is not None and start > last.date().isoformat()
        ended_early = first is not None and end is not None and end < first.date().isoformat()
        if not begins_late and not ended_early and (start is not None or last is None):
            expected.append(feature["id"])
    assert service.ids("events", datetime=asked) == expected


def _moment(text: str) -> dt.datetime:
    moment = dt.datetime.fromisoformat(text)
    return (moment if moment.tzinfo else moment.replace(tzinfo=dt.UTC)).astimezone(dt.UTC)


def test_conf_core_query_param_invalid(service: Service) -> None:
    for name, value in (
        ("limit", "0"), ("limit", "1.5"), ("bbox", "1,2,3"), ("bbox", "a,b,c,d"),
        ("datetime", "2023-13-01"), ("datetime", "2024-01-01/2023-01-01"), ("offset", "-1"),
        ("crs", "x"), ("bbox-crs", "x"), ("filter-crs", "x"), ("filter-lang", "sql"),
        ("filter", "x"), ("sortby", "x"), ("properties", "x"), ("token", "x"), ("lang", "x"),
        ("number-matched", "1"),
    ):  # fmt: skip
        response = service.client.get("/collections/tambons/items", query_string={name: value})
        assert response.status_code == 400, (name, value)
        assert response.content_type == "application/problem+json"
        assert {"type", "title", "status", "detail"} <= set(json.loads(response.data))


def test_conf_core_query_param_unknown(service: Service) -> None:
    for path in (
        "/", "/conformance", "/collections", "/collections/tambons", "/api",
        "/collections/tambons/queryables", "/collections/tambons/sortables",
        "/collections/tambons/schema", "/collections/tambons/items",
        "/collections/tambons/items/830101", "/processes",
    ):  # fmt: skip
        response = service.get(path, nonsense="1")
        assert response.status_code == 400, path
        assert json.loads(response.data)["parameter"] == "nonsense"


def test_conf_core_fc_response(service: Service) -> None:
    for one in service.collections():
        page = service.page(one["id"])
        assert page["type"] == "FeatureCollection"
        assert isinstance(page["features"], list)


def test_conf_core_fc_links(service: Service) -> None:
    """This page, it in every other form, and the next; the same in the header."""
    response = service.get("/collections/villages/items", "application/geo+json", limit=3)
    page = json.loads(response.data)
    (this,) = links(page, "self")
    again = service.json(this["href"])
    assert again["features"] == page["features"]
    for link in links(page, "alternate"):
        other = service.get(link["href"])
        assert other.status_code == 200
        assert other.content_type.split(";")[0] == link["type"]
    forms = {link["type"] for link in links(page, "alternate")} | {this["type"]}
    (collection,) = links(page, "collection")
    offered = links(service.json(collection["href"]), "items")
    assert forms == {link["type"] for link in offered}
    (following,) = links(page, "next")
    after = service.json(following["href"])
    assert not {f["id"] for f in after["features"]} & {f["id"] for f in page["features"]}
    for link in page["links"]:
        assert f'<{link["href"]}>; rel="{link["rel"]}"' in response.headers["Link"]


def test_conf_core_fc_timeStamp(service: Service) -> None:  # noqa: N802 - its id in the standard
    before = dt.datetime.now(dt.UTC).replace(microsecond=0)
    text = service.page("tambons")["timeStamp"]
    assert RFC3339.fullmatch(text)
    assert before <= dt.datetime.fromisoformat(text) <= dt.datetime.now(dt.UTC)


def test_conf_core_fc_numberMatched(service: Service) -> None:  # noqa: N802
    """Exact whenever it is told, and always told when asked for."""
    for query in ({}, {"filter": "code > '830200'"}, {"limit": 5, "offset": 14}, {"limit": 17}):
        page = service.page("tambons", **query)
        chosen = {name: query[name] for name in query if name == "filter"}
        counted = len(service.ids("tambons", **chosen))
        assert page.get("numberMatched", counted) == counted
        assert service.page("tambons", number_matched="true", **query)["numberMatched"] == counted


def test_conf_core_fc_numberReturned(service: Service) -> None:  # noqa: N802
    for one in service.collections():
        page = service.page(one["id"], limit=7)
        assert page["numberReturned"] == len(page["features"]) <= 7


# A.2.8 feature


def test_conf_core_f_op(service: Service) -> None:
    for one in service.collections():
        for key in service.ids(one["id"], limit=2):
            assert service.get(f"/collections/{one['id']}/items/{key}").status_code == 200


def test_conf_core_f_success(service: Service) -> None:
    for one in service.collections():
        for feature in service.page(one["id"], limit=2)["features"]:
            alone = service.json(f"/collections/{one['id']}/items/{feature['id']}")
            assert {name: alone[name] for name in feature} == feature


def test_conf_core_f_links(service: Service) -> None:
    alone = service.json("/collections/tambons/items/830101", "application/geo+json")
    (this,) = links(alone, "self")
    assert service.json(this["href"])["id"] == alone["id"]
    (collection,) = links(alone, "collection")
    assert service.json(collection["href"])["id"] == "tambons"
    for link in links(alone, "alternate"):
        assert service.get(link["href"]).content_type.split(";")[0] == link["type"]
