"""The demo province behind the doors, once for each engine."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from flask.testing import FlaskClient

import sample_data
from api.app import create_app
from api.settings import Settings
from layers.catalogue import CATALOGUE
from layers.intake import prepare
from layers.store import Store
from layers.workspace import open_workspace
from tests.api.test_serve import serving


@pytest.fixture(scope="module", params=["duckdb", "postgis"])
def demo_url(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> str:
    """The address of a workspace that holds the demo, closed."""
    url = _address(request, tmp_path_factory)
    store = open_workspace(url)
    for layer_id, path in sample_data.files().items():
        rows = prepare(path, CATALOGUE[layer_id], layer_id=layer_id).rows
        store.write(layer_id, rows, author="test", source=path.name)
    store.close()
    return url


def _address(request: pytest.FixtureRequest, folders: pytest.TempPathFactory) -> str:
    if request.param == "duckdb":
        return f"duckdb:///{folders.mktemp('demo')}/demo.duckdb"
    make: Callable[[], str] = request.getfixturevalue("new_database")
    return make()


@pytest.fixture(scope="module")
def demo(demo_url: str) -> Iterator[Store]:
    """The open store of the demo."""
    store = open_workspace(demo_url)
    yield store
    store.close()


@pytest.fixture
def client(demo: Store, demo_url: str) -> FlaskClient:
    """A caller without a login."""
    return create_app(Settings(database_url=demo_url), demo).test_client()


@pytest.fixture
def owner(demo: Store, demo_url: str) -> FlaskClient:
    """The owner of the workspace, at the machine."""
    return create_app(Settings(database_url=demo_url, access="owner"), demo).test_client()


@pytest.fixture(scope="module")
def live_server(demo_url: str) -> Iterator[str]:
    """The address of a server process with the demo; a module that uses it opens no store."""
    with serving(demo_url) as address:
        yield address


@pytest.fixture(scope="session")
def project() -> Path:
    """The root folder of the project."""
    return Path(__file__).resolve().parents[2]
