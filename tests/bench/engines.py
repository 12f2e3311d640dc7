"""An empty workspace in each engine."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg

from tests.cluster import cluster, server_programs

__all__ = ["NO_SERVER", "postgis", "server_versions", "workspaces"]

NO_SERVER = "PostgreSQL with PostGIS is not here (`make test` says how to get it): not measured."


@contextmanager
def postgis() -> Iterator[str | None]:
    """The address of an empty database on a server of our own, or on the one for tests; or None."""
    given = os.environ.get("PHUMI_TEST_DATABASE_URL")
    programs = server_programs()
    if given is not None:
        with _database(given) as url:
            yield url
    elif programs is not None:
        with cluster(programs) as server, _database(server) as url:
            yield url
    else:
        yield None


@contextmanager
def _database(server: str) -> Iterator[str]:
    name = f"phumi_bench_{os.getpid()}"
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")
        try:
            yield server.rsplit("/", 1)[0] + f"/{name}"
        finally:
            connection.execute(f"DROP DATABASE {name} WITH (FORCE)")


@contextmanager
def workspaces(folder: Path) -> Iterator[dict[str, str]]:
    """Addresses by engine; PostGIS is left out where there is none."""
    with postgis() as server:
        found = {"DuckDB": f"duckdb:///{folder}/bench.duckdb"}
        if server is not None:
            found["PostGIS"] = server
        yield found


def server_versions(url: str) -> dict[str, str]:
    """The versions of a PostgreSQL server and its PostGIS."""
    ask = "SELECT current_setting('server_version'), postgis_lib_version()"
    with psycopg.connect(url) as connection:
        row: Any = connection.execute(ask).fetchone()
    return {"PostgreSQL": row[0].split()[0], "PostGIS": row[1]}
