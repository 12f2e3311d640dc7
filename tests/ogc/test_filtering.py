"""OGC API Features part 3 (19-079r2), Annex A, and queryables as parameters."""

from __future__ import annotations

import json
from typing import Any

import pyproj
import pytest
import shapely

from tests.ogc.conftest import Service, links

SPEC = "http://www.opengis.net/spec/ogcapi-features-3/1.0/conf"
REL = "http://www.opengis.net/def/rel/ogc/1.0/"
DRAFT = "https://json-schema.org/draft/2020-12/schema"
THOROUGH = ("villages", "events", "markets")
EPSG = "http://www.opengis.net/def/crs/EPSG/0/"


def queryables(service: Service, collection: str) -> dict[str, Any]:
    found: dict[str, Any] = service.json(f"/collections/{collection}/queryables")["properties"]
    return found


def box_filter(box: list[float]) -> str:
    west, south, east, north = box
    return f"S_INTERSECTS(geometry, BBOX({west!r}, {south!r}, {east!r}, {north!r}))"


@pytest.mark.parametrize(
    "name", ["filter", "features-filter", "queryables", "queryables-query-parameters"]
)
def test_conf_filter_get_conformance(service: Service, name: str) -> None:
    assert f"{SPEC}/{name}" in service.json("/conformance")["conformsTo"]


def test_conf_filter_get_queryables(service: Service) -> None:
    for one in service.collections():
        address = f"/collections/{one['id']}/queryables"
        response = service.get(address, "application/schema+json", lang="en")
        assert response.content_type == "application/schema+json"
        document = json.loads(response.data)
        assert document["$schema"] == DRAFT
        assert document["$id"] == f"http://localhost{address}"
        assert document["type"] == "object"
        assert document["properties"]
        assert document["additionalProperties"] is False


def test_conf_filter_get_collection(service: Service) -> None:
    for one in service.collections():
        (link,) = links(service.json(f"/collections/{one['id']}"), f"{REL}queryables")
        assert link["href"] == f"http://localhost/collections/{one['id']}/queryables"


def test_conf_filter_filter_param(service: Service) -> None:
    """``IS NULL`` finds what has no value: every queryable of some layers, one of each other."""
    for one in service.collections():
        features = service.page(one["id"], limit=10_000)["features"]
        names = list(queryables(service, one["id"]))
        for name in names if one["id"] in THOROUGH else names[-1:]:
            expected = [
                f["id"]
                for f in features
                if (f["geometry"] if name == "geometry" else f["properties"][name]) is None
            ]
            query = {"filter": f'"{name}" IS NULL', "filter_lang": "cql2-text"}
            assert service.ids(one["id"], **query) == expected, (one["id"], name)
        query = {"filter": "THIS IS NOT A FILTER", "filter_lang": "cql2-text"}
        assert service.get(f"/collections/{one['id']}/items", **query).status_code == 400


def test_conf_filter_filter_lang_default(service: Service) -> None:
    """CQL2 text, unless it begins as JSON does."""
    text = service.ids("tambons", filter="code > '830200'")
    assert text == service.ids("tambons", filter="code > '830200'", filter_lang="cql2-text")
    tree = json.dumps({"op": ">", "args": [{"property": "code"}, "830200"]})
    assert text == service.ids("tambons", filter=tree, filter_lang="cql2-json")
    assert text == service.ids("tambons", filter=tree)
    for asked, language in (("code > '1'", "cql2-json"), (tree, "cql2-text")):
        response = service.get("/collections/tambons/items", filter=asked, filter_lang=language)
        assert response.status_code == 400


def test_conf_filter_expression_construction(service: Service) -> None:
    for one in service.collections():
        query = {"filter": "this_is_not_a_queryable IS NULL"}
        assert service.get(f"/collections/{one['id']}/items", **query).status_code == 400


def test_conf_filter_filter_crs_wgs84(service: Service) -> None:
    for one in service.spatial():
        placed = service.ids(one["id"], filter="NOT geometry IS NULL")
        box = one["extent"]["spatial"]["bbox"][0]
        assert service.ids(one["id"], filter=box_filter(box)) == placed
        far = box_filter([1e6, 1e6, 2e6, 2e6])
        assert service.get(f"/collections/{one['id']}/items", filter=far).status_code == 400


@pytest.mark.parametrize("code", [4326, 3857, 32647, 32648, 24047])
def test_conf_filter_filter_crs_param(service: Service, code: int) -> None:
    uri = f"{EPSG}{code}"
    project = pyproj.Transformer.from_crs("OGC:CRS84", f"EPSG:{code}")
    for collection in ("tambons", "villages", "roads"):
        box = service.json(f"/collections/{collection}")["extent"]["spatial"]["bbox"][0]
        around = shapely.box(*box).buffer(1e-6).bounds  # coordinates are rounded on the way
        sides = [float(side) for side in project.transform_bounds(*around)]
        placed = service.ids(collection, filter="NOT geometry IS NULL")
        assert service.ids(collection, filter=box_filter(sides), filter_crs=uri) == placed
        middle = shapely.Point((box[0] + box[2]) / 2, (box[1] + box[3]) / 2)
        area = middle.buffer(0.03, quad_segs=4)
        moved = shapely.transform(area, project.transform, interleaved=False)
        inside = service.ids(collection, filter=f"S_INTERSECTS(geometry, {area.wkt})")
        text = f"S_INTERSECTS(geometry, {shapely.to_wkt(moved, rounding_precision=9)})"
        assert service.ids(collection, filter=text, filter_crs=uri) == inside
        tree = {"op": "s_intersects", "args": [{"property": "geometry"}, _mapping(moved)]}
        assert service.ids(collection, filter=json.dumps(tree), filter_crs=uri) == inside
    nowhere = "http://www.opengis.net/def/crs/OGC/0/does_not_exist"
    response = service.get(
        "/collections/tambons/items", filter=box_filter([98, 7, 99, 8]), filter_crs=nowhere
    )
    assert response.status_code == 400


def _mapping(shape: shapely.Geometry) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(shapely.to_geojson(shape))
    return found


def test_conf_filter_mixing_expression(service: Service) -> None:
    for one in service.spatial():
        box = one["extent"]["spatial"]["bbox"][0]
        bbox = ",".join(map(repr, box))
        whole = service.ids(one["id"], bbox=bbox)
        assert service.ids(one["id"], filter=box_filter(box), bbox=bbox) == whole
        assert service.ids(one["id"], filter=box_filter(box), bbox="10,50,11,51") == []


def test_queryables_hold_the_geometry_and_the_codes_with_their_titles(service: Service) -> None:
    for language, title in (("th", "ชุมชน"), ("en", "Community")):
        document = service.json("/collections/villages/queryables", lang=language)
        kind = document["properties"]["kind"]
        titles = {one["const"]: one["title"] for one in kind["oneOf"]}
        assert titles["community"] == title
        assert list(titles) == kind["enum"]
        assert document["properties"]["geometry"]["format"] == "geometry-point"


@pytest.mark.parametrize("collection", THOROUGH)
def test_conf_queryables_query_parameters_parameters(service: Service, collection: str) -> None:
    """Every queryable of one plain value is a parameter with its schema, and filters as = does."""
    declared = service.parameters(f"/collections/{collection}/items")
    features = service.page(collection, limit=10_000)["features"]
    tried = 0
    for name, schema in queryables(service, collection).items():
        if schema.get("type") not in ("string", "integer", "number", "boolean"):
            assert name not in declared
            continue
        assert declared[name]["schema"]["type"] == schema["type"]
        assert declared[name]["schema"].get("enum") == schema.get("enum")
        values = [f["properties"][name] for f in features]
        value = next((v for v in values if v is not None), None)
        if value is None:
            continue
        expected = [f["id"] for f, v in zip(features, values, strict=True) if v == value]
        text = json.dumps(value) if isinstance(value, bool) else value
        query = {name: text, "limit": 10_000}
        found = service.client.get(f"/collections/{collection}/items", query_string=query)
        assert [f["id"] for f in json.loads(found.data)["features"]] == expected, name
        tried += 1
    assert tried > 5


@pytest.mark.parametrize(
    ("text", "line", "column"),
    [
        ("code >>> 1", 1, 7),
        ("code = 'a' AND\nname_th LIKE >", 2, 14),
        ("(code = 'a'", 1, 12),
        ("ชื่อ = 1", 1, 3),
        ('{"op": "=", "args": [}', 1, 22),
    ],
)
def test_a_filter_that_cannot_be_read_names_the_place(
    service: Service, text: str, line: int, column: int
) -> None:
    for language, word in (("th", "อักขระที่"), ("en", "character")):
        response = service.get("/collections/tambons/items", filter=text, lang=language)
        problem = json.loads(response.data)
        assert response.status_code == 400
        assert problem["line"] == line
        assert abs(problem["column"] - column) <= 3
        assert f"{word} {problem['column']}" in problem["detail"]
