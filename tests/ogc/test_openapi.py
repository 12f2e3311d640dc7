"""The API definition is true: what it allows is answered as it says, what it forbids is refused."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from typing import Any

import pytest
import schemathesis
from flask.testing import FlaskClient
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis.errors import Unsatisfiable
from openapi_spec_validator import validate
from schemathesis import GenerationMode
from schemathesis.specs.openapi.checks import positive_data_acceptance

from tests.ogc.conftest import Service

# Areas, points, lines with lists, times with two ends, no geometry, a geometry that is not shown.
REPRESENTATIVE = ("tambons", "villages", "roads", "events", "products", "enterprises")
# A drawn shape, a step that is kept, routes with several forms; they share their two routes.
ANALYSES = ("pond-check", "plot-life", "tour-route")
EVERY_KIND = re.compile(
    rf"^(?!/collections/|/processes/)|^/collections/({'|'.join(REPRESENTATIVE)})(/|$)"
    rf"|^/collections/plots/items/.*/(sheet|life)$|^/processes/({'|'.join(ANALYSES)})(/|$)"
)
EXAMPLES = 8
# Parameters whose good values JSON Schema cannot tell from bad ones, and good values.
SENSIBLE = {
    "filter": "1 = 1",
    "filter-lang": "cql2-text",
    "datetime": "2020-01-01/..",
    "bbox": "98,7,99,8",
    "bbox-crs": "http://www.opengis.net/def/crs/OGC/1.3/CRS84",
    "collections": "tambons",
    "token": None,
    "featureId": "830101",
}


def test_the_definition_is_valid_openapi(client: FlaskClient, owner: FlaskClient) -> None:
    for caller in (client, owner):
        validate(Service(caller).definition())


def test_every_route_that_answers_json_is_in_the_definition(client: FlaskClient) -> None:
    """Pages for people and their files are the only ones that are not."""
    paths = Service(client).definition()["paths"]
    known = {re.sub(r"\{.*?\}", "{}", path) for path in paths}
    known = {re.sub(r"/collections/\w+", "/collections/{}", path) for path in known}
    known = {re.sub(r"/processes/[\w-]+", "/processes/{}", path) for path in known}
    known = {path.replace("WebMercatorQuad", "{}") for path in known}
    pages = {"/favicon.ico", "/map", "/assets/{}", "/static/{}"}
    people = ("/login", "/logout", "/welcome", "/account", "/admin")
    for rule in client.application.url_map.iter_rules():
        path = re.sub(r"<.*?>", "{}", rule.rule).replace("/collections/plots/", "/collections/{}/")
        if path not in pages and not path.startswith(people):
            assert path in known, path


def operations(client: FlaskClient) -> Iterator[Any]:
    """The operations to try, of a server that does not mind how many requests come."""
    config = client.application.config
    config["PHUMI"] = replace(config["PHUMI"], requests_per_minute=0)
    schema = schemathesis.openapi.from_wsgi("/api", client.application)
    for found in schema.get_all_operations():
        operation = found.ok()
        if EVERY_KIND.search(operation.path):
            yield operation


def cases(client: FlaskClient, mode: GenerationMode) -> Iterator[tuple[str, Any]]:
    for operation in operations(client):
        yield operation.label, operation.as_strategy(generation_mode=mode)


def sensible(case: Any) -> Any:
    """The same case with good values where the definition cannot say what those are."""
    if case.path.startswith("/tiles") and case.query:
        case.query.pop("properties", None)  # which names all layers have is not listed there
    for place in (case.query, case.path_parameters):
        for name, value in SENSIBLE.items():
            if name in (place or {}):
                if value is None:
                    del place[name]
                else:
                    place[name] = value
    return case


def left_out(case: Any) -> list[Any]:
    """The checks that say nothing: a body is judged as a whole, which no schema of a part can."""
    return [] if case.method == "GET" else [positive_data_acceptance]


quick = settings(
    max_examples=EXAMPLES,
    deadline=None,
    derandomize=True,
    database=None,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)


@pytest.mark.slow
def test_what_the_definition_allows_is_answered_as_it_says(client: FlaskClient) -> None:
    for label, strategy in cases(client, GenerationMode.POSITIVE):

        @quick
        @given(case=strategy.map(sensible))
        def check(case: Any) -> None:
            case.call_and_validate(excluded_checks=left_out(case), buffered=True)

        print(label)
        check()


@pytest.mark.slow
def test_what_the_definition_forbids_is_refused(client: FlaskClient) -> None:
    for label, strategy in cases(client, GenerationMode.NEGATIVE):

        @quick
        @given(case=strategy)
        def check(case: Any) -> None:
            case.call_and_validate(excluded_checks=left_out(case), buffered=True)

        print(label)
        with suppress(Unsatisfiable):  # an operation without parameters forbids nothing
            check()


@pytest.mark.slow
@pytest.mark.parametrize("mode", list(GenerationMode), ids=lambda mode: mode.name.lower())
def test_each_edge_of_the_definition_is_where_it_says(
    client: FlaskClient, mode: GenerationMode
) -> None:
    """One by one, each parameter at, inside and outside of each of its limits; other methods."""
    for operation in operations(client):
        print(operation.label)
        configured = operation.schema.config.generation
        for case in operation.schema.iter_coverage_cases(
            operation, generation_modes=[mode], generation_config=configured
        ):
            asked = sensible(case) if mode is GenerationMode.POSITIVE else case
            asked.call_and_validate(excluded_checks=left_out(asked), buffered=True)
