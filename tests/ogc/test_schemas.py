"""OGC API Features parts 5 (schemas), 6 (property selection) and 8 (sorting)."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from jsonschema import Draft202012Validator, FormatChecker

from layers.catalogue import CATALOGUE
from tests.ogc.conftest import Service, links

SPEC = "http://www.opengis.net/spec/ogcapi-features-{}/1.0/conf/{}"
REL = "http://www.opengis.net/def/rel/ogc/1.0/"
DRAFT = "https://json-schema.org/draft/2020-12/schema"
KINDS = ("queryables", "sortables", "schema")
UCUM = re.compile(r"(\{[!-z|~]+\}|%|m[23]?|km2?|cm|min|deg|t|d|mo|km/h|h)(/\{[!-z|~]+\})*")


def documents(service: Service, kind: str) -> dict[str, Any]:
    return {
        one["id"]: service.json(f"/collections/{one['id']}/{kind}", "application/schema+json")
        for one in service.collections()
    }


@pytest.mark.parametrize(
    ("part", "name"),
    [
        (5, "schemas"), (5, "core-roles-features"), (5, "returnables-and-receivables"),
        (5, "queryables"), (5, "sortables"), (6, "properties"), (6, "properties-features"),
        (8, "sorting"), (8, "features-sorting"),
    ],
)  # fmt: skip
def test_conf_get_conformance(service: Service, part: int, name: str) -> None:
    assert SPEC.format(part, name) in service.json("/conformance")["conformsTo"]


@pytest.mark.parametrize("kind", KINDS)
def test_conf_link(service: Service, kind: str) -> None:
    for one in service.collections():
        alone = service.json(f"/collections/{one['id']}", "application/json")
        (link,) = links(alone, f"{REL}{kind}")
        assert link["href"] == f"http://localhost/collections/{one['id']}/{kind}"


@pytest.mark.parametrize("kind", KINDS)
def test_conf_schemas_basic_schema_inspection(service: Service, kind: str) -> None:
    for collection, document in documents(service, kind).items():
        Draft202012Validator.check_schema(document)
        assert document["$schema"] == DRAFT
        assert document["$id"] == f"http://localhost/collections/{collection}/{kind}"
        assert document["type"] == "object"
        response = service.get(document["$id"], "application/schema+json")
        assert response.content_type == "application/schema+json"
        for part in document["properties"].values():
            spatial = part.get("format", "").startswith("geometry-")
            assert ("type" in part) != spatial
            assert "$ref" not in part
            unknown = [word for word in part if word.startswith("x-") and "x-ogc-" not in word]
            assert not unknown


def test_conf_schemas_role_id(service: Service) -> None:
    for collection, document in documents(service, "schema").items():
        keys = [n for n, p in document["properties"].items() if p.get("x-ogc-role") == "id"]
        assert keys == [CATALOGUE[collection].key]
        assert document["properties"][keys[0]]["type"] == "string"


def test_conf_schemas_property_seq(service: Service) -> None:
    for document in documents(service, "schema").values():
        places = [part["x-ogc-propertySeq"] for part in document["properties"].values()]
        assert places == sorted(set(places))


def test_conf_schemas_unit(service: Service) -> None:
    units = set()
    for document in documents(service, "schema").values():
        for part in document["properties"].values():
            if "x-ogc-unit" in part:
                assert part["type"] in ("number", "integer")
                assert UCUM.fullmatch(part["x-ogc-unit"]), part["x-ogc-unit"]
                units.add(part["x-ogc-unit"])
    assert {"m", "{THB}"} <= units


def test_conf_core_roles_features_role_primary_geometry(service: Service) -> None:
    placed = {one["id"] for one in service.spatial()}
    for collection, document in documents(service, "schema").items():
        found = [
            n
            for n, p in document["properties"].items()
            if p.get("x-ogc-role") == "primary-geometry"
        ]
        assert found in ([], ["geometry"])
        if collection in placed:
            assert document["properties"]["geometry"]["format"].startswith("geometry-")


def test_conf_core_roles_features_role_primary_temporal(service: Service) -> None:
    for collection, document in documents(service, "schema").items():
        roles = {
            part["x-ogc-role"]: part
            for part in document["properties"].values()
            if part.get("x-ogc-role", "").startswith("primary-i")
        }
        names = set(roles)
        ends = {"primary-interval-start", "primary-interval-end"}
        assert names in (set(), {"primary-instant"}, ends)
        assert all(part["format"] in ("date", "date-time") for part in roles.values())
        assert len({part["format"] for part in roles.values()}) <= 1
        visible = set(CATALOGUE[collection].datetime) & set(document["properties"])
        assert len(names) == len(visible)


def test_conf_returnables_and_receivables_response(service: Service) -> None:
    """Every feature keeps to its schema; the schema names every property that comes."""
    for collection, document in documents(service, "schema").items():
        plain = {**document, "properties": dict(document["properties"])}
        plain["properties"].pop("geometry", None)
        validator = Draft202012Validator(plain, format_checker=FormatChecker())
        for feature in service.page(collection, limit=200)["features"]:
            assert set(feature["properties"]) == set(plain["properties"])
            present = {n: v for n, v in feature["properties"].items() if v is not None}
            validator.validate(present)


def test_computed_fields_are_not_for_writing(service: Service) -> None:
    for collection, document in documents(service, "schema").items():
        for field in CATALOGUE[collection].fields:
            if field.name in document["properties"]:
                assert document["properties"][field.name].get("readOnly", False) == field.computed


def test_conf_sortables_response(service: Service) -> None:
    """Nothing without an order, no geometry; what is not among them is refused."""
    for collection, document in documents(service, "sortables").items():
        assert document["additionalProperties"] is False
        for name, part in document["properties"].items():
            assert part["type"] not in ("object", "array")
            assert not part.get("format", "").startswith("geometry")
            if part["type"] == "integer":
                service.ids(collection, sortby=name, limit=1)
        others = set(service.json(f"/collections/{collection}/schema")["properties"])
        for name in {*others - set(document["properties"]), "nonsense"}:
            response = service.get(f"/collections/{collection}/items", sortby=name)
            assert response.status_code == 400


@pytest.mark.parametrize("sign", ["", "+", "-", " "])
def test_conf_sorting_sortby_response(service: Service, sign: str) -> None:
    """Upwards unless it says otherwise, missing values last, the key breaks ties."""
    features = service.page("villages", limit=10_000)["features"]
    downwards = sign == "-"

    def rank(feature: dict[str, Any]) -> tuple[bool, int]:
        number = feature["properties"]["village_no"]
        return number is None, (-number if downwards else number) if number is not None else 0

    expected = [feature["id"] for feature in sorted(features, key=rank)]  # ids are in order
    assert service.ids("villages", sortby=f"{sign}village_no") == expected


def test_conf_sorting_sortby_definition(service: Service) -> None:
    parameter = service.parameters("/collections/villages/items")["sortby"]
    assert (parameter["in"], parameter["required"]) == ("query", False)
    assert (parameter["style"], parameter["explode"]) == ("form", False)
    assert parameter["schema"]["type"] == "array"
    assert parameter["schema"]["minItems"] == 1
    sortables = service.json("/collections/villages/sortables")["properties"]
    names = {text.lstrip("+-") for text in parameter["schema"]["items"]["enum"]}
    assert names == set(sortables)


def test_conf_properties_response(service: Service) -> None:
    """Only what was asked for; on one feature too."""
    for path in ("/collections/villages/items", "/collections/villages/items/"):
        address = path + (service.ids("villages", limit=1)[0] if path.endswith("/") else "")
        document = service.json(address, properties="name_th,kind")
        for feature in document.get("features", [document]):
            assert set(feature["properties"]) == {"name_th", "kind"}
        assert service.get(address, properties="nonsense").status_code == 400


def test_conf_properties_parameter(service: Service) -> None:
    for path in ("/collections/villages/items", "/collections/villages/items/{featureId}"):
        parameter = service.parameters(path)["properties"]
        assert (parameter["style"], parameter["explode"]) == ("form", False)
        returnables = service.json("/collections/villages/schema")["properties"]
        assert parameter["schema"]["items"]["enum"] == list(returnables)


@pytest.mark.parametrize("language", ["th", "en"])
def test_schemas_speak_the_language_asked_for(service: Service, language: str) -> None:
    response = service.get("/collections/villages/schema", lang=language)
    document = json.loads(response.data)
    assert response.headers["Content-Language"] == language
    layer = CATALOGUE["villages"]
    for field in layer.fields:
        if field.name in document["properties"]:
            assert document["properties"][field.name]["title"] == field.label.get(language)
