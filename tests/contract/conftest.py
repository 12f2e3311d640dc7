"""One database per module and engine, and layers in it that nobody else writes."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator

import pytest

from layers.model import Layer
from layers.store import Store, open_store
from tests.contract.specimens import things


@pytest.fixture(scope="module", params=["duckdb", "postgis"])
def shared(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Store]:
    """A store that the tests of a module share, once for each engine."""
    if request.param == "duckdb":
        url = f"duckdb:///{tmp_path_factory.mktemp('contract')}/work.duckdb"
    else:
        url = request.getfixturevalue("new_database")()
    store = open_store(url)
    yield store
    store.close()


@pytest.fixture(scope="module")
def both(
    tmp_path_factory: pytest.TempPathFactory, new_database: Callable[[], str]
) -> Iterator[tuple[Store, Store]]:
    """DuckDB and PostGIS side by side."""
    stores = (
        open_store(f"duckdb:///{tmp_path_factory.mktemp('both')}/work.duckdb"),
        open_store(new_database()),
    )
    yield stores
    for store in stores:
        store.close()


_numbers = itertools.count()


@pytest.fixture(scope="module")
def new_layer(shared: Store) -> Callable[..., Layer]:
    """Makes empty layers of things in the shared store."""

    def make(**changes: object) -> Layer:
        layer = things(f"things_{next(_numbers)}", **changes)  # type: ignore[arg-type]
        shared.ensure(layer)
        return layer

    return make


@pytest.fixture
def layer(new_layer: Callable[..., Layer]) -> Layer:
    """An empty layer of things in the shared store."""
    return new_layer()
