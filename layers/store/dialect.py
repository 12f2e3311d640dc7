"""What the two engines say differently; everything else is one SQL."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import ClassVar

import shapely

from layers.model import Field, Layer
from layers.query import WGS84, BBox
from layers.store.sql import Sql, quote

__all__ = ["DECIMALS", "Dialect", "DuckDB", "PostGIS"]

DECIMALS = 8  # of a degree: about a millimetre, so both engines print the same short numbers
STAGE = "phumi_stage"

BBOX_COLUMNS = ("_west", "_south", "_east", "_north")


class Dialect(ABC):
    """One engine's words."""

    name: ClassVar[str]
    types: ClassVar[dict[str, str]]
    json_type: ClassVar[str]
    geometry_type: ClassVar[str]
    lower: ClassVar[tuple[str, str]] = ("lower(", ")")  # around a text: its small letters

    @abstractmethod
    def transform(self, geometry: str, source: int, target: int) -> str:
        """The geometry expression in another EPSG code, x before y."""

    @abstractmethod
    def geojson(self, geometry: str, crs: int) -> str:
        """GeoJSON text of a geometry expression."""

    @abstractmethod
    def properties(self, columns: Sequence[tuple[str, str]]) -> str:
        """JSON text of an object made of (name, expression) pairs."""

    @abstractmethod
    def iso_datetime(self, column: str) -> str:
        """A timestamp with time zone as ISO 8601 text in UTC with milliseconds."""

    @abstractmethod
    def from_wkb(self, expression: str) -> str:
        """A geometry in EPSG:4326 from WKB."""

    @abstractmethod
    def in_box(self, layer: Layer, box: BBox) -> Sql:
        """True where the stored geometry meets the box (EPSG:4326), by index where there is one."""

    @abstractmethod
    def near_box(self, box: BBox) -> Sql:
        """A quick test that is true wherever the geometry may meet the box."""

    @abstractmethod
    def table_options(self, layer: Layer) -> tuple[list[str], list[str]]:
        """(extra column definitions, statements to run after CREATE TABLE) of a layer table."""

    @abstractmethod
    def derived_columns(self, geometry: str) -> list[tuple[str, str]]:
        """(column, expression) pairs that the writer fills beside ``geom``."""

    @abstractmethod
    def spatial_order(self, geometry: str, box: BBox | None) -> str:
        """An ORDER BY expression that keeps neighbours together on disk."""

    def column(self, field: Field) -> str:
        """A field's column as a client reads it in JSON."""
        name = quote(field.name)
        return self.iso_datetime(name) if field.type == "datetime" else name

    def table(self, layer: Layer) -> str:
        """The layer's table."""
        return f"layers.{quote(layer.id)}"


def _wkb(box: BBox) -> bytes:
    """The area of a box; one without width or height is a line or a point."""
    west, south, east, north = box
    area: shapely.Geometry = shapely.box(*box)
    if west == east or south == north:
        area = shapely.convex_hull(shapely.MultiPoint([(west, south), (east, north)]))
    wkb: bytes = shapely.to_wkb(area)
    return wkb


class DuckDB(Dialect):
    """The embedded engine."""

    name = "duckdb"
    json_type = "JSON"
    geometry_type = "GEOMETRY"
    types: ClassVar[dict[str, str]] = {
        "text": "VARCHAR",
        "integer": "BIGINT",
        "number": "DOUBLE",
        "boolean": "BOOLEAN",
        "date": "DATE",
        "datetime": "TIMESTAMPTZ",
        "list": "JSON",
        "object": "JSON",
    }

    def transform(self, geometry: str, source: int, target: int) -> str:
        if source == target:
            return geometry
        return f"ST_Transform({geometry}, 'EPSG:{source}', 'EPSG:{target}', always_xy := true)"

    def geojson(self, geometry: str, crs: int) -> str:
        return f"ST_AsGeoJSON({self.transform(geometry, WGS84, crs)})"

    def properties(self, columns: Sequence[tuple[str, str]]) -> str:
        if not columns:
            return "'{}'"
        pairs = ", ".join(f"{quote(name)} := {value}" for name, value in columns)
        return f"CAST(to_json(struct_pack({pairs})) AS VARCHAR)"

    def iso_datetime(self, column: str) -> str:
        return f"strftime({column} AT TIME ZONE 'UTC', '%Y-%m-%dT%H:%M:%S.%gZ')"

    def from_wkb(self, expression: str) -> str:
        return f"ST_GeomFromWKB({expression})"

    def in_box(self, layer: Layer, box: BBox) -> Sql:
        near = self.near_box(box)
        if layer.geometry == "Point":
            return near  # a point's box is the point
        return near + Sql(f" AND ST_Intersects(geom, {self.from_wkb('?')})", (_wkb(box),))

    def near_box(self, box: BBox) -> Sql:
        west, south, east, north = box
        return Sql(
            "_west <= ? AND _east >= ? AND _south <= ? AND _north >= ?", (east, west, north, south)
        )

    def table_options(self, layer: Layer) -> tuple[list[str], list[str]]:
        if layer.geometry is None:
            return [], []
        columns = ["geom_3857 GEOMETRY", *(f"{name} DOUBLE" for name in BBOX_COLUMNS)]
        return columns, []

    def derived_columns(self, geometry: str) -> list[tuple[str, str]]:
        sides = ("ST_XMin", "ST_YMin", "ST_XMax", "ST_YMax")
        return [
            ("geom_3857", self.transform(geometry, WGS84, 3857)),
            *(
                (name, f"{side}({geometry})")
                for name, side in zip(BBOX_COLUMNS, sides, strict=True)
            ),
        ]

    def spatial_order(self, geometry: str, box: BBox | None) -> str:
        west, south, east, north = box or (-180.0, -90.0, 180.0, 90.0)
        frame = f"ST_Extent(ST_MakeEnvelope({west!r}, {south!r}, {east!r}, {north!r}))"
        return f"ST_Hilbert({geometry}, {frame})"


class PostGIS(Dialect):
    """The server engine."""

    name = "postgis"
    json_type = "jsonb"
    geometry_type = "geometry(Geometry, 4326)"
    types: ClassVar[dict[str, str]] = {
        "text": 'text COLLATE "C"',  # orders as DuckDB does
        "integer": "bigint",
        "number": "double precision",
        "boolean": "boolean",
        "date": "date",
        "datetime": "timestamptz",
        "list": "jsonb",
        "object": "jsonb",
    }
    lower = ("(lower(", ' COLLATE "und-x-icu") COLLATE "C")')  # "C" alone knows A to Z only

    def transform(self, geometry: str, source: int, target: int) -> str:
        return geometry if source == target else f"ST_Transform({geometry}, {target})"

    def geojson(self, geometry: str, crs: int) -> str:
        return f"ST_AsGeoJSON({self.transform(geometry, WGS84, crs)}, {DECIMALS}, 0)"

    def properties(self, columns: Sequence[tuple[str, str]]) -> str:
        if not columns:
            return "'{}'"
        pairs = ", ".join(f"{value} AS {quote(name)}" for name, value in columns)
        return f"(SELECT CAST(row_to_json(p) AS text) FROM (SELECT {pairs}) AS p)"

    def iso_datetime(self, column: str) -> str:
        return f"""to_char({column} AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')"""

    def from_wkb(self, expression: str) -> str:
        return f"ST_GeomFromWKB({expression}, {WGS84})"

    def in_box(self, layer: Layer, box: BBox) -> Sql:
        return Sql(f"ST_Intersects(geom, {self.from_wkb('?')})", (_wkb(box),))

    def near_box(self, box: BBox) -> Sql:
        return Sql(f"geom && ST_MakeEnvelope(?, ?, ?, ?, {WGS84})", box)

    def table_options(self, layer: Layer) -> tuple[list[str], list[str]]:
        if layer.geometry is None:
            return [], []
        generated = "GENERATED ALWAYS AS (ST_Transform(geom, 3857)) STORED"
        table = self.table(layer)
        after = [f"CREATE INDEX ON {table} USING gist ({g})" for g in ("geom", "geom_3857")]
        if layer.area:
            after.append(f"CREATE INDEX ON {table} ({quote(layer.area)})")
        return [f"geom_3857 geometry(Geometry, 3857) {generated}"], after

    def derived_columns(self, geometry: str) -> list[tuple[str, str]]:
        return []  # generated by the table itself

    def spatial_order(self, geometry: str, box: BBox | None) -> str:
        return geometry  # PostGIS sorts geometries along a Hilbert curve
