"""What the two engines say differently; everything else is one SQL."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import ClassVar

import shapely

from layers.model import Field, Layer
from layers.query import WGS84, BBox
from layers.store.mercator import BUFFER, EXTENT, TileIndex
from layers.store.sql import Sql, quote

__all__ = ["DECIMALS", "SIMPLIFIED", "Dialect", "DuckDB", "PostGIS"]

DECIMALS = 8  # of a degree: about a millimetre, so both engines print the same short numbers
STAGE = "phumi_stage"

BBOX_COLUMNS = ("_west", "_south", "_east", "_north")

# Copies with fewer corners: for tiles up to a zoom, the column. What is simple already has none.
SIMPLIFIED = {5: "_shape_5", 8: "_shape_8", 11: "_shape_11"}
CORNERS_MANY = 16
TOLERANCE = EXTENT / 1024  # in units of a tile of the deepest zoom: a quarter of a pixel


class Dialect(ABC):
    """One engine's words."""

    name: ClassVar[str]
    types: ClassVar[dict[str, str]]
    json_type: ClassVar[str]
    geometry_type: ClassVar[str]
    box_columns: ClassVar[tuple[str, ...]] = ()
    lower: ClassVar[tuple[str, str]] = ("lower(", ")")  # around a text: its small letters

    @abstractmethod
    def transform(self, geometry: str, source: int, target: int) -> str:
        """The geometry expression in another EPSG code, x before y."""

    @abstractmethod
    def geojson(self, geometry: str, crs: int, *, north_first: bool = False) -> str:
        """GeoJSON text of a geometry expression, x before y unless ``north_first``."""

    @abstractmethod
    def properties(self, columns: Sequence[tuple[str, str]]) -> str:
        """JSON text of an object made of (name, expression) pairs."""

    def projected(self, geometry: str, crs: int, *, north_first: bool) -> str:
        """A geometry expression of EPSG:4326 in another code, y before x if ``north_first``."""
        found = self.transform(geometry, WGS84, crs)
        return f"ST_FlipCoordinates({found})" if north_first else found

    @abstractmethod
    def elements(self, column: str) -> str:
        """The elements of a JSON array as an array of texts; NULL for none."""

    def among(self, expression: str, texts: Sequence[str]) -> Sql:
        """True where a text is one of these."""
        places = ", ".join("?" * len(texts))
        return Sql(f"{expression} IN ({places})", tuple(texts))

    @abstractmethod
    def iso_datetime(self, column: str) -> str:
        """A timestamp with time zone as ISO 8601 text in UTC with milliseconds."""

    @abstractmethod
    def point(self, x: str, y: str) -> str:
        """A point in EPSG:4326; NULL where a coordinate is."""

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
    def in_tile(self, index: TileIndex, buffer: int) -> Sql:
        """A quick test that is true wherever the geometry may meet the tile."""

    @abstractmethod
    def tile_geometry(self, geometry: str, index: TileIndex, layer: Layer) -> Sql:
        """A geometry in EPSG:3857 in units of the tile, cut at its buffer; NULL if nothing is."""

    @abstractmethod
    def add_simplified(self, layer: Layer) -> list[str]:
        """Statements that give an older table its columns of simplified copies."""

    @abstractmethod
    def table_options(self, layer: Layer) -> tuple[list[str], list[str]]:
        """(extra column definitions, statements to run after CREATE TABLE) of a layer table."""

    @abstractmethod
    def derived_columns(self, layer: Layer, geometry: str) -> list[tuple[str, str]]:
        """(column, expression) pairs that the writer fills beside ``geom``."""

    @abstractmethod
    def spatial_order(self, geometry: str, box: BBox | None) -> str:
        """An ORDER BY expression that keeps neighbours together on disk."""

    def simplified(self, layer: Layer, geometry: str) -> list[tuple[str, str]]:
        """(column, expression) of the copies in EPSG:3857 that low zooms are drawn from."""
        if layer.geometry in (None, "Point", "MultiPoint"):
            return []
        shape = self.transform(geometry, WGS84, 3857)
        many = f"ST_NPoints({geometry}) > {CORNERS_MANY}"
        return [
            (
                column,
                f"CASE WHEN {many} THEN "
                f"ST_SimplifyPreserveTopology({shape}, {_tolerance(zoom)!r}) END",
            )
            for zoom, column in SIMPLIFIED.items()
        ]

    def geometry_columns(self, layer: Layer) -> list[str]:
        """The columns that say where a feature lies, each in its way."""
        copies = [name for name, _ in self.simplified(layer, "geom")]
        return ["geom", "geom_3857", *copies, *self.box_columns]

    def joined(self, *texts: str) -> str:
        """Text expressions, none of them null, one after the other."""
        return " || ".join(texts)

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


def _tolerance(zoom: int) -> float:
    return TileIndex(zoom, 0, 0).size * TOLERANCE / EXTENT


class DuckDB(Dialect):
    """The embedded engine."""

    name = "duckdb"
    json_type = "JSON"
    geometry_type = "GEOMETRY"
    box_columns = BBOX_COLUMNS
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

    def geojson(self, geometry: str, crs: int, *, north_first: bool = False) -> str:
        return f"ST_AsGeoJSON({self.projected(geometry, crs, north_first=north_first)})"

    def properties(self, columns: Sequence[tuple[str, str]]) -> str:
        if not columns:
            return "'{}'"
        pairs = ", ".join(f"{quote(name)} := {value}" for name, value in columns)
        return f"CAST(to_json(struct_pack({pairs})) AS VARCHAR)"

    def joined(self, *texts: str) -> str:
        return f"concat({', '.join(texts)})"  # a || for each would take longer to plan

    def elements(self, column: str) -> str:
        return f"json_extract_string({column}, '$[*]')"

    def among(self, expression: str, texts: Sequence[str]) -> Sql:
        # One value: to plan a list of placeholders takes longer than to look into a list.
        return Sql(f"list_contains(CAST(? AS VARCHAR[]), {expression})", (list(texts),))

    def iso_datetime(self, column: str) -> str:
        return f"strftime({column} AT TIME ZONE 'UTC', '%Y-%m-%dT%H:%M:%S.%gZ')"

    def point(self, x: str, y: str) -> str:
        return f"ST_Point({x}, {y})"

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

    def in_tile(self, index: TileIndex, buffer: int) -> Sql:
        return self.near_box(index.degrees(buffer))

    def tile_geometry(self, geometry: str, index: TileIndex, layer: Layer) -> Sql:
        def cut(shape: str, *, clip: bool) -> Sql:
            frame = f"ST_Extent(ST_MakeEnvelope(?, ?, ?, ?)), {EXTENT}, {BUFFER}, {clip}"
            return Sql(f"ST_AsMVTGeom({shape}, {frame})", index.box())

        if layer.geometry == "Point":
            return cut(geometry, clip=True)
        if layer.geometry == "Geometry":
            collected = f"ST_GeometryType({geometry}) = 'GEOMETRYCOLLECTION'"
            geometry = (
                f"CASE WHEN {collected} THEN ST_CollectionExtract({geometry}) ELSE {geometry} END"
            )
        # Rounding to the grid of the tile may leave a shape that cannot be cut any more.
        frame = ", ".join(repr(side) for side in index.box(BUFFER))
        before = f"ST_Intersection(ST_MakeValid({geometry}), ST_MakeEnvelope({frame}))"
        safe = [cut(geometry, clip=True), cut(before, clip=False)]
        return Sql.join(", ", [part.inside("TRY(", ")") for part in safe]).inside("coalesce(", ")")

    def add_simplified(self, layer: Layer) -> list[str]:
        table, copies = self.table(layer), self.simplified(layer, "geom")
        if not copies:
            return []
        pairs = ", ".join(f"{column} = {expression}" for column, expression in copies)
        added = [f"ALTER TABLE {table} ADD COLUMN {column} GEOMETRY" for column, _ in copies]
        return [*added, f"UPDATE {table} SET {pairs}"]

    def table_options(self, layer: Layer) -> tuple[list[str], list[str]]:
        if layer.geometry is None:
            return [], []
        columns = ["geom_3857 GEOMETRY", *(f"{name} DOUBLE" for name in BBOX_COLUMNS)]
        return columns + [f"{name} GEOMETRY" for name, _ in self.simplified(layer, "geom")], []

    def derived_columns(self, layer: Layer, geometry: str) -> list[tuple[str, str]]:
        sides = ("ST_XMin", "ST_YMin", "ST_XMax", "ST_YMax")
        return [
            ("geom_3857", self.transform(geometry, WGS84, 3857)),
            *self.simplified(layer, geometry),
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

    def geojson(self, geometry: str, crs: int, *, north_first: bool = False) -> str:
        projected = self.projected(geometry, crs, north_first=north_first)
        return f"ST_AsGeoJSON({projected}, {DECIMALS}, 0)"

    def properties(self, columns: Sequence[tuple[str, str]]) -> str:
        if not columns:
            return "'{}'"
        pairs = ", ".join(f"{value} AS {quote(name)}" for name, value in columns)
        return f"(SELECT CAST(row_to_json(p) AS text) FROM (SELECT {pairs}) AS p)"

    def elements(self, column: str) -> str:
        texts = f"ARRAY(SELECT CAST(e AS VARCHAR) FROM jsonb_array_elements_text({column}) AS e)"
        return f"(CASE jsonb_typeof({column}) WHEN 'array' THEN {texts} END)"

    def among(self, expression: str, texts: Sequence[str]) -> Sql:
        # One value, which the server looks up by hash, however many the texts.
        return Sql(f"{expression} = ANY(CAST(? AS text[]))", (list(texts),))

    def iso_datetime(self, column: str) -> str:
        return f"""to_char({column} AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')"""

    def point(self, x: str, y: str) -> str:
        return f"ST_SetSRID(ST_Point({x}, {y}), {WGS84})"

    def from_wkb(self, expression: str) -> str:
        return f"ST_GeomFromWKB({expression}, {WGS84})"

    def in_box(self, layer: Layer, box: BBox) -> Sql:
        if layer.geometry == "Point":  # the quick test knows boxes to about a metre only
            west, south, east, north = box
            sides = " AND ST_X(geom) BETWEEN ? AND ? AND ST_Y(geom) BETWEEN ? AND ?"
            return self.near_box(box) + Sql(sides, (west, east, south, north))
        return Sql(f"ST_Intersects(geom, {self.from_wkb('?')})", (_wkb(box),))

    def near_box(self, box: BBox) -> Sql:
        return Sql(f"geom && ST_MakeEnvelope(?, ?, ?, ?, {WGS84})", box)

    def in_tile(self, index: TileIndex, buffer: int) -> Sql:
        return Sql("geom_3857 && ST_MakeEnvelope(?, ?, ?, ?, 3857)", index.box(buffer))

    def tile_geometry(self, geometry: str, index: TileIndex, layer: Layer) -> Sql:
        frame = f"ST_MakeEnvelope(?, ?, ?, ?, 3857), {EXTENT}, {BUFFER}, true"
        return Sql(f"ST_AsMVTGeom({geometry}, {frame})", index.box())

    def add_simplified(self, layer: Layer) -> list[str]:
        columns = self._simplified_columns(layer)
        return [f"ALTER TABLE {self.table(layer)} ADD COLUMN {column}" for column in columns]

    def _simplified_columns(self, layer: Layer) -> list[str]:
        return [
            f"{name} geometry(Geometry, 3857) GENERATED ALWAYS AS ({expression}) STORED"
            for name, expression in self.simplified(layer, "geom")
        ]

    def table_options(self, layer: Layer) -> tuple[list[str], list[str]]:
        if layer.geometry is None:
            return [], []
        generated = "GENERATED ALWAYS AS (ST_Transform(geom, 3857)) STORED"
        table = self.table(layer)
        after = [f"CREATE INDEX ON {table} USING gist ({g})" for g in ("geom", "geom_3857")]
        if layer.area:
            after.append(f"CREATE INDEX ON {table} ({quote(layer.area)})")
        columns = [f"geom_3857 geometry(Geometry, 3857) {generated}"]
        return columns + self._simplified_columns(layer), after

    def derived_columns(self, layer: Layer, geometry: str) -> list[tuple[str, str]]:
        return []  # generated by the table itself

    def spatial_order(self, geometry: str, box: BBox | None) -> str:
        return geometry  # PostGIS sorts geometries along a Hilbert curve
