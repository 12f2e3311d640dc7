"""The demo province behind the doors, and its collections as the standard's tests see them."""

from __future__ import annotations

import json
from typing import Any

import pytest
from flask.testing import FlaskClient

from tests.api.conftest import client, demo, demo_url, live_server, owner

__all__ = ["client", "demo", "demo_url", "live_server", "owner"]


class Service:
    """A client that follows the links of a service and reads its JSON."""

    def __init__(self, client: FlaskClient) -> None:
        self.client = client

    def get(self, address: str, accept: str | None = None, **query: Any) -> Any:
        """The response to a GET; query names may have _ for -."""
        words = {name.replace("_", "-"): value for name, value in query.items()}
        headers = {"Accept": accept} if accept else {}
        # Read to the end, as a client does: a download keeps its place until then.
        return self.client.get(address, query_string=words or None, headers=headers, buffered=True)

    def json(self, address: str, accept: str | None = None, **query: Any) -> Any:
        """The JSON of a successful response."""
        response = self.get(address, accept, **query)
        assert response.status_code == 200, (address, response.get_data(as_text=True)[:500])
        return json.loads(response.data)

    def collections(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self.json("/collections", "application/json")["collections"]
        return found

    def spatial(self) -> list[dict[str, Any]]:
        """The collections with somewhere to be."""
        return [one for one in self.collections() if "spatial" in one.get("extent", {})]

    def page(self, collection: str, **query: Any) -> Any:
        return self.json(f"/collections/{collection}/items", "application/geo+json", **query)

    def ids(self, collection: str, **query: Any) -> list[str]:
        page = self.page(collection, **{"limit": 10_000, **query})
        return [feature["id"] for feature in page["features"]]

    def definition(self) -> Any:
        return self.json("/api", "application/vnd.oai.openapi+json;version=3.0")

    def parameters(self, path: str) -> dict[str, Any]:
        """The query parameters of the GET operation at a path of the API definition, by name."""
        definition = self.definition()
        found = {}
        for one in definition["paths"][path]["get"]["parameters"]:
            if "$ref" in one:
                one = definition["components"]["parameters"][one["$ref"].rpartition("/")[2]]
            found[one["name"]] = one
        return found


@pytest.fixture
def service(client: FlaskClient) -> Service:
    """The service as anyone sees it."""
    return Service(client)


def links(document: dict[str, Any], rel: str) -> list[dict[str, Any]]:
    """The links of a relation."""
    return [link for link in document["links"] if link["rel"] == rel]
