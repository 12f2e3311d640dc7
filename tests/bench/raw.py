"""What a person would write by hand for the same answers: the yardstick of each engine."""

from __future__ import annotations

import json
import shutil
from abc import ABC, abstractmethod
from importlib import resources
from pathlib import Path
from typing import Any

import duckdb
import psycopg

from layers.query import BBox
from tests.bench.data import POINTS

__all__ = ["DuckDBRaw", "PostGISRaw", "Raw", "geojson", "open_raw", "same"]

TABLE = f"layers.{POINTS.id}"
IN_BOX = {
    "PostGIS": "ST_Intersects(geom, ST_MakeEnvelope({}, {}, {}, {}, 4326))",
    "DuckDB": "_east >= {} AND _north >= {} AND _west <= {} AND _south <= {}",
}
OBJECT = {"PostGIS": "json_build_object", "DuckDB": "json_object"}
ARRAY = {"PostGIS": "json_agg(f)", "DuckDB": "json_group_array(f)"}


def geojson(engine: str, rows: str, names: tuple[str, ...], key: str) -> str:
    """A statement that gives a FeatureCollection of ``rows`` (the text from FROM on)."""
    make = OBJECT[engine]
    properties = ", ".join(f"'{name}', {name}" for name in names)
    feature = (
        f"{make}('type', 'Feature', 'id', {key}, "
        f"'geometry', CAST(ST_AsGeoJSON(geom{', 8' if engine == 'PostGIS' else ''}) AS json), "
        f"'properties', {make}({properties}))"
    )
    return (
        f"SELECT CAST({make}('type', 'FeatureCollection', 'features', {ARRAY[engine]}) AS text) "
        f"FROM (SELECT {feature} AS f {rows}) AS page"
    )


class Raw(ABC):
    """Hand-written statements over the table of points."""

    engine: str
    mark: str

    def __init__(self, page: int) -> None:
        names = tuple(field.name for field in POINTS.fields)
        inside = IN_BOX[self.engine].format(*[self.mark] * 4)
        rows = f"FROM {TABLE} WHERE {inside} ORDER BY id LIMIT {page}"
        self._page = geojson(self.engine, rows, names, "id")
        self._single = geojson(self.engine, f"FROM {TABLE} WHERE id = {self.mark}", names, "id")
        self._count = f"SELECT count(*) FROM {TABLE} WHERE {inside}"

    @abstractmethod
    def _one(self, sql: str, values: Any) -> Any:
        """The first column of the first row."""

    def page(self, box: BBox) -> str:
        """The first features of a box in the order of their ids."""
        text: str = self._one(self._page, box)
        return text

    def single(self, key: str) -> str:
        """One feature, in a collection of its own."""
        text: str = self._one(self._single, (key,))
        return text

    def count(self, box: BBox) -> int:
        """How many points are in a box."""
        return int(self._one(self._count, box))

    @abstractmethod
    def close(self) -> None:
        """Let go of the connection."""


class PostGISRaw(Raw):
    """One connection, by psycopg."""

    engine, mark = "PostGIS", "%s"

    def __init__(self, url: str, page: int) -> None:
        super().__init__(page)
        self._connection = psycopg.connect(url, autocommit=True, options="-c jit=off")

    def _one(self, sql: str, values: Any) -> Any:
        row = self._connection.execute(sql, values).fetchone()
        return row[0] if row else None

    def close(self) -> None:
        self._connection.close()


class DuckDBRaw(Raw):
    """One connection of DuckDB's own client, to a copy of the file (a file has one owner)."""

    engine, mark = "DuckDB", "?"

    def __init__(self, file: Path, page: int) -> None:
        super().__init__(page)
        copy = shutil.copy(file, file.with_suffix(".raw.duckdb"))
        self._connection = duckdb.connect()
        package = Path(str(resources.files("duckdb_extension_spatial")))
        extension = next(package.rglob(f"v{duckdb.__version__}/spatial.duckdb_extension"))
        self._connection.execute(f"LOAD '{extension}'")
        self._connection.execute(f"ATTACH '{copy}' AS workspace")
        self._connection.execute("USE workspace")

    def _one(self, sql: str, values: Any) -> Any:
        row = self._connection.execute(sql, values).fetchone()
        return row[0] if row else None

    def close(self) -> None:
        self._connection.close()


def open_raw(url: str, page: int) -> Raw:
    """The yardstick of the engine behind a store's address; a DuckDB store must be closed."""
    if url.startswith("duckdb:"):
        return DuckDBRaw(Path(url.removeprefix("duckdb:///")), page)
    return PostGISRaw(url, page)


def same(raw: str, features: str) -> bool:
    """Whether a hand-made collection holds the same features as a store's text."""
    return bool(json.loads(raw)["features"] == json.loads(f"[{features}]"))
