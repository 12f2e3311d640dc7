"""Vector tiles (MVT 2) made inside the engine.

A crowded zoom shows counts by grid cell (see :mod:`layers.store.cells`). Deeper ones show the
features: areas and lines of many corners from simplified copies, areas smaller than a pixel as
one pixel. A tile that would be too heavy leaves out its least features and says so.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from geo.text import Text
from layers.errors import AccessDenied, NotFound
from layers.model import Field, Layer
from layers.query import Query, View
from layers.store.cells import GRID, POINTS, Tiling, double, gathered, in_tile, middle
from layers.store.dialect import SIMPLIFIED, Dialect
from layers.store.mercator import BUFFER, EXTENT, TileIndex
from layers.store.select import refuse_single, visible, where
from layers.store.session import Session
from layers.store.sql import Sql, quote
from layers.store.visible import shows_every_row, visible_table

__all__ = [
    "BYTES_MAX",
    "COUNT",
    "TRUNCATED",
    "Tile",
    "draw",
    "fitting",
    "mvt",
    "properties",
    "rank",
    "require_positions",
    "shape",
]

BYTES_MAX = 500_000
PIXEL = EXTENT // 256
DRAWN = "geom IS NOT NULL AND NOT ST_IsEmpty(geom)"
TRIES = 5  # at finding how many features fit into a tile

COUNT = "phumi_count"
TRUNCATED = "phumi_truncated"


@dataclass(frozen=True, slots=True)
class Tile:
    """The bytes of a tile, none when it is empty, and the layers of which features are missing."""

    data: bytes
    truncated: tuple[str, ...] = ()


def require_positions(view: View, layer: Layer) -> None:
    """Raise NotFound for a layer without positions, AccessDenied when they are not to be shown."""
    refuse_single(view, layer)
    if layer.geometry is None:
        raise NotFound(
            "tiles_none",
            Text(f"ชั้นข้อมูล {layer.title.th} ไม่มีตำแหน่ง", f"Layer {layer.id} has no positions"),
            layer=layer.id,
        )
    if not view.geometry:
        raise AccessDenied(
            "positions_denied",
            Text(
                f"ตำแหน่งของ {layer.title.th} ไม่เปิดเผยแก่ท่าน",
                f"The positions of {layer.id} are not open to you",
            ),
            layer=layer.id,
        )


def properties(query: Query, view: View, layer: Layer) -> list[Field]:
    """The fields that come with a feature: those asked for, and the key (MVT ids are numbers)."""
    asked = set(visible(query, view, layer)) | ({layer.key} & view.fields)
    return [field for field in layer.fields if field.name in asked]


def draw(
    session: Session,
    index: TileIndex,
    asked: Sequence[tuple[Layer, Query, View, Tiling]],
    dialect: Dialect,
) -> Tile:
    """One tile with one MVT layer for each layer asked; each query is that of its layer.

    Where all together are more than ``BYTES_MAX``, those above their equal share lose their
    least features: the smallest areas and shortest lines, or points evenly.
    """
    makers = [_maker(index, *one, dialect) for one in asked]
    drawn = [fitting(session, maker, BYTES_MAX) for maker in makers]
    if sum(len(data) for data, _ in drawn) > BYTES_MAX:
        share = BYTES_MAX // len(drawn)
        for place, maker in enumerate(makers):
            if len(drawn[place][0]) > share:
                drawn[place] = fitting(session, maker, share)
    cut = tuple(one[0].id for one, (_, whole) in zip(asked, drawn, strict=True) if not whole)
    return Tile(b"".join(data for data, _ in drawn), cut)


Maker = Callable[[int | None], Sql]


def _maker(
    index: TileIndex, layer: Layer, query: Query, view: View, tiling: Tiling, dialect: Dialect
) -> Maker:
    """Gives the SQL of the layer's part of the tile, with at most so many features."""
    require_positions(view, layer)
    properties(query, view, layer)  # refuses what is not a field, at every zoom
    if index.zoom > tiling.depth:
        return lambda limit: mvt(layer.id, _features(index, layer, query, view, dialect, limit))
    if query.filter is None and query.datetime is None and shows_every_row(view):
        cells = _kept_cells(index, layer)
    else:
        cells = _counted_cells(index, layer, query, view, dialect)
    return lambda limit: mvt(layer.id, _cells(index, layer, cells))


def fitting(session: Session, maker: Maker, budget: int) -> tuple[bytes, bool]:
    """A part of a tile within a budget of bytes, and whether all its features are in it."""
    limit: int | None = None
    for _ in range(TRIES):
        data, found = session.query(maker(limit))[0]
        size = len(data) if found else 0
        if size <= budget:
            return (bytes(data) if found else b""), limit is None
        limit = int(0.9 * found * budget / size)
    return b"", False


def mvt(name: str, rows: Sql) -> Sql:
    """The bytes of the MVT layer that rows with a ``geom`` in units of the tile make, how many."""
    # OFFSET 0 keeps PostgreSQL from cutting out each shape a second time for the condition.
    head = f"SELECT ST_AsMVT(_tile, '{name}', {EXTENT}, 'geom'), count(*) FROM ("
    return rows.inside(head, f" OFFSET 0) AS _tile WHERE {DRAWN}")


def _features(
    index: TileIndex, layer: Layer, query: Query, view: View, dialect: Dialect, limit: int | None
) -> Sql:
    shown = properties(query, view, layer)
    columns = [f"{_property(field, dialect)} AS {quote(field.name)}" for field in shown]
    if limit is not None:
        columns.append(f"TRUE AS {TRUNCATED}")
    text = shape(index, layer, dialect).inside("SELECT ", " AS geom")
    text += visible_table(view, layer, dialect).inside(
        ", ".join(["", *columns]) + " FROM ", " WHERE "
    )
    text += dialect.in_tile(index, BUFFER)
    text += where(query, view, layer, dialect).inside(" AND (", ")")
    if limit is not None:
        text += Sql(f" ORDER BY {rank(layer)} LIMIT {limit}")
    return text


def _property(field: Field, dialect: Dialect) -> str:
    if field.type in ("date", "list", "object"):
        return f"CAST({quote(field.name)} AS VARCHAR)"  # a tile knows texts, numbers and booleans
    return dialect.column(field)


def shape(index: TileIndex, layer: Layer, dialect: Dialect) -> Sql:
    """A feature's shape in units of the tile; an area smaller than a pixel as one pixel."""
    copy = next((name for zoom, name in SIMPLIFIED.items() if index.zoom <= zoom), None)
    points = layer.geometry in POINTS
    source = f"coalesce({copy}, geom_3857)" if copy and not points else "geom_3857"
    drawn = dialect.tile_geometry(source, index, layer)
    if points or layer.geometry in ("LineString", "MultiLineString"):
        return drawn
    unit, (west, _, _, north) = index.size / EXTENT, index.box()
    x, y = middle(layer)
    u, v = f"round(({x} - {double(west)}) / {unit})", f"round(({double(north)} - {y}) / {unit})"
    small = f"greatest({_WIDTH}, {_HEIGHT}) < {unit * PIXEL}"
    if layer.geometry == "Geometry":
        small += " AND ST_Dimension(geom_3857) = 2"
    half = PIXEL // 2
    pixel = _square(f"{u} - {half}", f"{v} - {half}", f"{u} + {half}", f"{v} + {half}")
    return drawn.inside(f"CASE WHEN {small} THEN {pixel} ELSE ", " END")


def _square(left: str, top: str, right: str, bottom: str) -> str:
    """A box in units of a tile, its corners in the order that makes it an outer ring of MVT."""
    return f"ST_MakeEnvelope({right}, {top}, {left}, {bottom})"


_WIDTH = "(ST_XMax(geom_3857) - ST_XMin(geom_3857))"
_HEIGHT = "(ST_YMax(geom_3857) - ST_YMin(geom_3857))"


def rank(layer: Layer) -> str:
    """An ORDER BY that puts what can be left out of a heavy tile last."""
    even = f"md5({quote(layer.key)})"
    return even if layer.geometry == "Point" else f"{_WIDTH} + {_HEIGHT} DESC, {even}"


def _cells(index: TileIndex, layer: Layer, cells: Sql) -> Sql:
    """A point at the middle of the points in each cell; the cell itself for lines and areas."""
    side, unit = EXTENT // GRID, double(index.size / EXTENT)
    left, top = f"(x - {index.column * GRID}) * {side}", f"(y - {index.row * GRID}) * {side}"
    if layer.geometry in POINTS:
        drawn = f"ST_Point(round({left} + dx / n / {unit}), round({top} + dy / n / {unit}))"
    else:
        drawn = _square(left, top, f"{left} + {side}", f"{top} + {side}")
    return cells.inside(f"SELECT {drawn} AS geom, n AS {COUNT} FROM (", ") AS c")


def _kept_cells(index: TileIndex, layer: Layer) -> Sql:
    inside = in_tile(index)
    text = "SELECT x, y, n, dx, dy FROM phumi.cells WHERE layer = ? AND zoom = ? AND "
    return Sql(text, (layer.id, index.zoom)) + inside


def _counted_cells(
    index: TileIndex, layer: Layer, query: Query, view: View, dialect: Dialect
) -> Sql:
    px, py = middle(layer)
    found = dialect.in_tile(index, 0) + where(query, view, layer, dialect).inside(" AND (", ")")
    table = visible_table(view, layer, dialect)
    rows = table.inside(f"SELECT {px} AS px, {py} AS py, 1 AS n FROM ", " WHERE ") + found
    return gathered(rows, index.zoom).inside("SELECT * FROM (", ") AS g WHERE ") + in_tile(index)
