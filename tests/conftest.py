"""What all tests share: the two engines, and the reference data beside the project."""

from __future__ import annotations

import itertools
import os
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest

from layers.store import Store, open_store
from tests.cluster import cluster, server_programs

REFERENCE = Path(__file__).resolve().parents[2] / "shared" / "data"


@pytest.fixture(scope="session")
def reference() -> Path:
    """The folder of real data that stands beside the project on some machines."""
    if not REFERENCE.is_dir():
        pytest.skip("the reference data folder ../shared/data is not on this machine")
    return REFERENCE


@pytest.fixture(scope="session")
def postgres() -> Iterator[str]:
    """The URL of a PostgreSQL server that tests may do anything with."""
    given = os.environ.get("PHUMI_TEST_DATABASE_URL")
    if given:
        yield given
        return
    programs = server_programs()
    if programs is None:
        pytest.fail("PostgreSQL with PostGIS is missing: run `make test`, it says how to get it")
    with cluster(programs) as url:
        yield url


_numbers = itertools.count()


@pytest.fixture(scope="session")
def new_database(postgres: str) -> Callable[[], str]:
    """Makes empty databases on the server and returns their URLs."""

    def make() -> str:
        name = f"phumi_test_{os.getpid()}_{next(_numbers)}"
        with psycopg.connect(postgres, autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE {name}")
        return postgres.rsplit("/", 1)[0] + f"/{name}"

    return make


@pytest.fixture(params=["duckdb", "postgis"])
def store_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of an empty workspace, once for each engine."""
    if request.param == "duckdb":
        return f"duckdb:///{tmp_path}/work.duckdb"
    make: Callable[[], str] = request.getfixturevalue("new_database")
    return make()


@pytest.fixture
def store(store_url: str) -> Iterator[Store]:
    """An empty store, once for each engine."""
    opened = open_store(store_url)
    yield opened
    opened.close()
