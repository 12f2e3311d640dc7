"""OGC API Features part 1 (17-069r4), Annex A.3 to A.5: GeoJSON, HTML and OpenAPI 3.0."""

from __future__ import annotations

import json
from html.parser import HTMLParser
from pathlib import Path

import pytest
import shapely
from jsonschema import Draft202012Validator
from openapi_spec_validator import validate

from api.conformance import CONFORMANCE
from tests.ogc.conftest import Service

# A.3 GeoJSON, A.4 HTML


def test_conf_geojson_definition(service: Service) -> None:
    response = service.get("/collections/tambons/items", "application/geo+json")
    assert response.content_type == "application/geo+json"
    response = service.get("/collections/tambons/items/830101", "application/geo+json")
    assert response.content_type == "application/geo+json"
    for path in ("/", "/conformance", "/collections", "/collections/tambons"):
        assert service.get(path, "application/json").content_type == "application/json"


def test_conf_geojson_content(service: Service) -> None:
    for one in service.collections():
        page = service.page(one["id"])
        for feature in page["features"]:
            assert feature["type"] == "Feature"
            assert isinstance(feature["properties"], dict)
            assert isinstance(feature["id"], str)
            if feature["geometry"] is not None:
                assert shapely.from_geojson(json.dumps(feature["geometry"])).is_valid


class Page(HTMLParser):
    """Counts links and collects text."""

    def __init__(self) -> None:
        super().__init__()
        self.hrefs: list[str] = []
        self.text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.hrefs += [value or "" for name, value in attrs if tag == "a" and name == "href"]

    def handle_data(self, data: str) -> None:
        self.text += data


HTML_PATHS = (
    "/", "/conformance", "/collections", "/collections/tambons", "/collections/tambons/items",
    "/collections/tambons/items/830101", "/collections/tambons/queryables",
    "/collections/tambons/sortables", "/collections/tambons/schema", "/api",
)  # fmt: skip


@pytest.mark.parametrize("path", HTML_PATHS)
def test_conf_html_definition(service: Service, path: str) -> None:
    response = service.get(path, "text/html")
    assert response.status_code == 200
    assert response.content_type == "text/html; charset=utf-8"


@pytest.mark.parametrize("path", HTML_PATHS)
def test_conf_html_content(service: Service, path: str) -> None:
    """What the JSON says stands on the page, and every link on it leads somewhere."""
    page = Page()
    page.feed(service.get(path, "text/html", lang="en").get_data(as_text=True))
    document = service.json(path, "application/json", lang="en") if path != "/api" else {}
    if path.endswith("/items"):
        assert all(feature["id"] in page.text for feature in document["features"])
    elif path.endswith("830101"):
        assert document["properties"]["code"] in page.text
    for name in document.get("properties", {}) if "$schema" in document else ():
        assert name in page.text
    for href in {href for href in page.hrefs if href and not href.startswith("#")}:
        if href.startswith(("/", "http://localhost")) and "/map" not in href:
            assert service.get(href).status_code == 200, href


# A.5 OpenAPI 3.0


def test_conf_oas30_definition_1(service: Service) -> None:
    validate(service.definition())


def test_conf_oas30_definition_2(service: Service) -> None:
    assert service.definition()["openapi"].startswith("3.0")


def test_conf_oas30_oas_impl(service: Service) -> None:
    """Every GET that the document has, made of examples, is answered as it says."""
    definition = service.definition()
    for path, methods in definition["paths"].items():
        if "get" not in methods or "{" in path or "tambons" not in path:
            continue
        response = service.get(path)
        described = methods["get"]["responses"][str(response.status_code)]
        if "$ref" in described:
            described = definition["components"]["responses"][described["$ref"].split("/")[-1]]
        assert response.content_type.split(";")[0] in {
            kind.split(";")[0] for kind in described["content"]
        }


def test_conf_oas30_completeness(service: Service) -> None:
    """Status codes that the operations use are in the document."""
    operation = service.definition()["paths"]["/collections/tambons/items"]["get"]
    long = {"filter": "x" * 70_000}
    asked = (({}, "200"), ({"limit": 0}, "400"), ({"f": "x"}, "406"), (long, "413"))
    for query, status in asked:
        response = service.get("/collections/tambons/items", **query)
        assert str(response.status_code) == status
        assert status in operation["responses"]
    tag = service.get("/collections/tambons/items").headers["ETag"]
    response = service.client.get("/collections/tambons/items", headers={"If-None-Match": tag})
    assert response.status_code == 304
    assert "304" in operation["responses"]


def test_conf_oas30_exceptions_codes(service: Service) -> None:
    problem = service.definition()["components"]["schemas"]["problem"]
    for path in ("/collections/nowhere", "/collections/tambons/items/x", "/nothing", "/?x=1"):
        response = service.get(path)
        assert response.status_code in (400, 404)
        Draft202012Validator(problem).validate(json.loads(response.data))


TESTS = {
    "ogcapi-features-1": ("test_features_core.py", "test_features_encodings.py"),
    "ogcapi-features-2": ("test_features_crs.py",),
    "ogcapi-features-3": ("test_filtering.py",),
    "ogcapi-features-5": ("test_schemas.py",),
    "ogcapi-features-6": ("test_schemas.py",),
    "ogcapi-features-8": ("test_schemas.py",),
    "cql2": ("test_cql2.py",),
}


def test_every_declared_class_of_features_is_named_in_its_tests() -> None:
    for uri in CONFORMANCE:
        part, _, _, name = uri.removeprefix("http://www.opengis.net/spec/").split("/")
        if part in TESTS:
            texts = [Path(__file__).with_name(file).read_text() for file in TESTS[part]]
            assert any(name in text or name.replace("-", "_") in text for text in texts), uri
