"""Vector tiles (MVT 2) made inside the engine.

Where some tile of a zoom would hold more features than can be told apart, the zoom shows counts
by grid cell instead. The counts stand in ``phumi.cells`` and are brought from one layer version
to the next by what was written in between. Deeper zooms show the features: areas and lines of
many corners from simplified copies, areas smaller than a pixel as one pixel.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from geo.text import Text
from layers.errors import AccessDenied, NotFound
from layers.model import Field, Layer
from layers.query import WGS84, Query, View
from layers.store.dialect import SIMPLIFIED, Dialect
from layers.store.mercator import BUFFER, EXTENT, WORLD, TileIndex
from layers.store.select import refuse_single, visible, where
from layers.store.sql import Sql, quote

if TYPE_CHECKING:
    from layers.store.base import Session

__all__ = [
    "BYTES_MAX",
    "COUNT",
    "TRUNCATED",
    "Tile",
    "Tiling",
    "draw",
    "refresh",
    "require_positions",
    "tilings",
]

BYTES_MAX = 500_000
GRID = 32  # cells along the side of a tile: 8 pixels each
SHIFT = GRID.bit_length() - 1  # from the number of a cell to that of its tile
POINTS = ("Point", "MultiPoint")
POINTS_MAX = 2_500  # in the fullest tile of a zoom; more are drawn as cells
SHAPES_MAX = 5_000
CELLS_ZOOM_MAX = 14
PIXEL = EXTENT // 256
DRAWN = "geom IS NOT NULL AND NOT ST_IsEmpty(geom)"
TRIES = 5  # at finding how many features fit into a tile

COUNT = "phumi_count"
TRUNCATED = "phumi_truncated"


@dataclass(frozen=True, slots=True)
class Tiling:
    """How a layer of some version is drawn: counted in cells down to zoom ``depth`` (-1: never)."""

    version: int
    depth: int


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


# Drawing


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
    drawn = [_fitting(session, maker, BYTES_MAX) for maker in makers]
    if sum(len(data) for data, _ in drawn) > BYTES_MAX:
        share = BYTES_MAX // len(drawn)
        for place, maker in enumerate(makers):
            if len(drawn[place][0]) > share:
                drawn[place] = _fitting(session, maker, share)
    cut = tuple(one[0].id for one, (_, whole) in zip(asked, drawn, strict=True) if not whole)
    return Tile(b"".join(data for data, _ in drawn), cut)


Maker = Callable[[int | None], Sql]


def _maker(
    index: TileIndex, layer: Layer, query: Query, view: View, tiling: Tiling, dialect: Dialect
) -> Maker:
    """Gives the SQL of the layer's part of the tile, with at most so many features."""
    require_positions(view, layer)
    if index.zoom > tiling.depth:
        return lambda limit: _mvt(layer, _features(index, layer, query, view, dialect, limit))
    if query.filter is None and query.datetime is None and view.prefixes is None:
        cells = _kept_cells(index, layer)
    else:
        cells = _counted_cells(index, layer, query, view, dialect)
    return lambda limit: _mvt(layer, _cells(index, layer, cells))


def _fitting(session: Session, maker: Maker, budget: int) -> tuple[bytes, bool]:
    limit: int | None = None
    for _ in range(TRIES):
        data, found = session.query(maker(limit))[0]
        size = len(data) if found else 0
        if size <= budget:
            return (bytes(data) if found else b""), limit is None
        limit = int(0.9 * found * budget / size)
    return b"", False


def _mvt(layer: Layer, rows: Sql) -> Sql:
    # OFFSET 0 keeps PostgreSQL from cutting out each shape a second time for the condition.
    head = f"SELECT ST_AsMVT(t, '{layer.id}', {EXTENT}, 'geom'), count(*) FROM ("
    return rows.inside(head, f" OFFSET 0) AS t WHERE {DRAWN}")


def _features(
    index: TileIndex, layer: Layer, query: Query, view: View, dialect: Dialect, limit: int | None
) -> Sql:
    shown = visible(query, view, layer)
    if layer.key in view.fields and layer.key not in shown:
        shown = [layer.key, *shown]  # without it nothing could be said of a feature
    columns = [f"{_property(layer.by_name[n], dialect)} AS {quote(n)}" for n in shown]
    if limit is not None:
        columns.append(f"TRUE AS {TRUNCATED}")
    text = _shape(index, layer, dialect).inside("SELECT ", " AS geom")
    text += Sql(", ".join(["", *columns]) + f" FROM {dialect.table(layer)} WHERE ")
    text += dialect.in_tile(index, BUFFER)
    text += where(query, view, layer, dialect).inside(" AND (", ")")
    if limit is not None:
        text += Sql(f" ORDER BY {_rank(layer)} LIMIT {limit}")
    return text


def _property(field: Field, dialect: Dialect) -> str:
    if field.type in ("date", "list", "object"):
        return f"CAST({quote(field.name)} AS VARCHAR)"  # a tile knows texts, numbers and booleans
    return dialect.column(field)


def _shape(index: TileIndex, layer: Layer, dialect: Dialect) -> Sql:
    copy = next((name for zoom, name in SIMPLIFIED.items() if index.zoom <= zoom), None)
    points = layer.geometry in POINTS
    source = f"coalesce({copy}, geom_3857)" if copy and not points else "geom_3857"
    shape = dialect.tile_geometry(source, index, layer)
    if points or layer.geometry in ("LineString", "MultiLineString"):
        return shape
    unit, (west, _, _, north) = index.size / EXTENT, index.box()
    x, y = _middle(layer)
    u, v = f"round(({x} - {_double(west)}) / {unit})", f"round(({_double(north)} - {y}) / {unit})"
    small = f"greatest({_WIDTH}, {_HEIGHT}) < {unit * PIXEL}"
    if layer.geometry == "Geometry":
        small += " AND ST_Dimension(geom_3857) = 2"
    half = PIXEL // 2
    pixel = _square(f"{u} - {half}", f"{v} - {half}", f"{u} + {half}", f"{v} + {half}")
    return shape.inside(f"CASE WHEN {small} THEN {pixel} ELSE ", " END")


def _square(left: str, top: str, right: str, bottom: str) -> str:
    """A box in units of a tile, its corners in the order that makes it an outer ring of MVT."""
    return f"ST_MakeEnvelope({right}, {top}, {left}, {bottom})"


def _double(value: float) -> str:
    return f"CAST('{value!r}' AS DOUBLE PRECISION)"  # bare, it would be a decimal number


_WIDTH = "(ST_XMax(geom_3857) - ST_XMin(geom_3857))"
_HEIGHT = "(ST_YMax(geom_3857) - ST_YMin(geom_3857))"


def _rank(layer: Layer) -> str:
    even = f"md5({quote(layer.key)})"
    return even if layer.geometry == "Point" else f"{_WIDTH} + {_HEIGHT} DESC, {even}"


# Cells


def _cells(index: TileIndex, layer: Layer, cells: Sql) -> Sql:
    """A point at the middle of the points in each cell; the cell itself for lines and areas."""
    side, unit = EXTENT // GRID, _double(index.size / EXTENT)
    left, top = f"(x - {index.column * GRID}) * {side}", f"(y - {index.row * GRID}) * {side}"
    if layer.geometry in POINTS:
        shape = f"ST_Point(round({left} + dx / n / {unit}), round({top} + dy / n / {unit}))"
    else:
        shape = _square(left, top, f"{left} + {side}", f"{top} + {side}")
    return cells.inside(f"SELECT {shape} AS geom, n AS {COUNT} FROM (", ") AS c")


def _kept_cells(index: TileIndex, layer: Layer) -> Sql:
    inside = _in_index(index)
    text = "SELECT x, y, n, dx, dy FROM phumi.cells WHERE layer = ? AND zoom = ? AND "
    return Sql(text, (layer.id, index.zoom)) + inside


def _counted_cells(
    index: TileIndex, layer: Layer, query: Query, view: View, dialect: Dialect
) -> Sql:
    px, py = _middle(layer)
    found = dialect.in_tile(index, 0) + where(query, view, layer, dialect).inside(" AND (", ")")
    rows = found.inside(f"SELECT {px} AS px, {py} AS py, 1 AS n FROM {dialect.table(layer)} WHERE ")
    return _gathered(rows, index.zoom).inside("SELECT * FROM (", ") AS g WHERE ") + _in_index(index)


def _in_index(index: TileIndex) -> Sql:
    return Sql(f"x >> {SHIFT} = ? AND y >> {SHIFT} = ?", (index.column, index.row))


def _middle(layer: Layer, geometry: str = "geom_3857") -> tuple[str, str]:
    """Where a feature is counted: the point, or the middle of the box around it."""
    if layer.geometry == "Point":
        return f"ST_X({geometry})", f"ST_Y({geometry})"
    return (
        f"((ST_XMin({geometry}) + ST_XMax({geometry})) / 2)",
        f"((ST_YMin({geometry}) + ST_YMax({geometry})) / 2)",
    )


def _gathered(rows: Sql, zoom: int) -> Sql:
    """Cells (x, y, n, dx, dy) from rows of (px, py, n)."""
    size, world = _double(2 * WORLD / (GRID << zoom)), _double(WORLD)
    last = (GRID << zoom) - 1

    def number(distance: str) -> str:
        return f"CAST(least(greatest(floor(({distance}) / {size}), 0), {last}) AS BIGINT)"

    placed = (
        f"SELECT px + {world} AS east, {world} - py AS south, "
        f"{number(f'px + {world}')} AS x, {number(f'{world} - py')} AS y, n FROM ("
    )
    sums = (
        "SELECT x, y, CAST(sum(n) AS BIGINT) AS n, "
        f"sum(n * (east - x * {size})) AS dx, sum(n * (south - y * {size})) AS dy FROM ("
    )
    return rows.inside(sums + placed, ") AS r) AS p GROUP BY x, y")


# Bringing the cells up to date


def tilings(session: Session, layers: Sequence[Layer]) -> list[Tiling | None]:
    """How each layer is drawn; None where the cells do not speak of its present version."""
    marks = ", ".join("?" for _ in layers)
    rows = session.query(
        Sql(
            "SELECT l.id, l.version, t.version, t.depth FROM phumi.layers AS l "
            f"LEFT JOIN phumi.tilings AS t ON t.layer = l.id WHERE l.id IN ({marks})",
            tuple(layer.id for layer in layers),
        )
    )
    found = {
        layer_id: Tiling(version, depth)
        for layer_id, version, drawn, depth in rows
        if drawn == version
    }
    return [found.get(layer.id) for layer in layers]


def refresh(session: Session, layer: Layer, dialect: Dialect) -> Tiling:
    """Bring the cells of a layer to its present version, in a transaction that no other shares.

    Each stored row, present or past, says from which version to which it stood, so the change
    between two versions is the same at whatever moment it is asked for.
    """
    version = session.query(Sql("SELECT version FROM phumi.layers WHERE id = ?", (layer.id,)))[0][0]
    known = session.query(
        Sql("SELECT version, depth FROM phumi.tilings WHERE layer = ?", (layer.id,))
    )
    since, depth = known[0] if known else (-1, -1)
    if since == version:
        return Tiling(version, depth)
    if depth >= 0:
        _add(session, layer, dialect, since, version, depth)
    if depth < 0 or not _deep_enough(session, layer, depth):
        session.run(Sql("DELETE FROM phumi.cells WHERE layer = ?", (layer.id,)))
        depth = _depth(session, layer, dialect)
        if depth >= 0:
            _add(session, layer, dialect, -1, version, depth)
    statement = (
        "UPDATE phumi.tilings SET version = ?, depth = ? WHERE layer = ?"
        if known
        else "INSERT INTO phumi.tilings (version, depth, layer) VALUES (?, ?, ?)"
    )
    session.run(Sql(statement, (version, depth, layer.id)))
    return Tiling(version, depth)


def _most(layer: Layer) -> int:
    return POINTS_MAX if layer.geometry in POINTS else SHAPES_MAX


def _depth(session: Session, layer: Layer, dialect: Dialect) -> int:
    """The deepest zoom at which some tile holds too many features; -1 if none does."""
    table = f"{dialect.table(layer)} WHERE geom_3857 IS NOT NULL"
    count = session.query(Sql(f"SELECT count(*) FROM {table}"))[0][0]
    if count <= _most(layer):
        return -1
    # However evenly they lie, n features do not fit into fewer than n / most tiles.
    zoom = math.ceil(math.log(count / _most(layer), 4))
    px, py = _middle(layer)
    while zoom <= CELLS_ZOOM_MAX:
        tile, world = _double(2 * WORLD / (1 << zoom)), _double(WORLD)
        column, row = f"floor(({px} + {world}) / {tile})", f"floor(({world} - {py}) / {tile})"
        fullest = f"SELECT count(*) AS n FROM {table} GROUP BY {column}, {row}"
        if session.query(Sql(f"SELECT max(n) FROM ({fullest}) AS t"))[0][0] <= _most(layer):
            break
        zoom += 1
    return zoom - 1


def _deep_enough(session: Session, layer: Layer, depth: int) -> bool:
    """Whether ``depth`` is still the last zoom with too many features in a tile."""

    def fullest(shift: int) -> int:
        inner = f"SELECT sum(n) AS n FROM phumi.cells WHERE layer = ? AND zoom = {depth} "
        grouped = f"{inner} GROUP BY x >> {shift}, y >> {shift}"
        found = session.query(Sql(f"SELECT max(n) FROM ({grouped}) AS t", (layer.id,)))
        return int(found[0][0] or 0)

    most = _most(layer)
    return fullest(SHIFT) > most and (depth == CELLS_ZOOM_MAX or fullest(SHIFT - 1) <= most)


def _add(
    session: Session, layer: Layer, dialect: Dialect, since: int, until: int, depth: int
) -> None:
    """Add to the cells what stood at version ``until`` and take away what stood at ``since``."""
    px, py = _middle(layer, "shape")
    past = dialect.transform("geom", WGS84, 3857)
    rows = Sql(
        f"SELECT {px} AS px, {py} AS py, n FROM ("
        f"SELECT geom_3857 AS shape, 1 AS n FROM {dialect.table(layer)} "
        f"WHERE _version > {since} AND _version <= {until} UNION ALL "
        f"SELECT {past}, CASE WHEN row_version > {since} THEN 1 ELSE -1 END FROM phumi.history "
        f"WHERE layer = '{layer.id}' AND ended_version > {since} "
        f"AND row_version <= {until} AND (row_version > {since}) = (ended_version > {until})"
        ") AS s WHERE shape IS NOT NULL"
    )
    finest = _gathered(rows, depth)
    head = f"CREATE TEMP TABLE phumi_cells AS SELECT CAST({depth} AS INTEGER) AS zoom, g.* FROM ("
    session.run(finest.inside(head, ") AS g"))
    for zoom in range(depth, 0, -1):
        size = _double(2 * WORLD / (GRID << zoom))
        session.run(
            Sql(
                f"INSERT INTO phumi_cells SELECT {zoom - 1}, x >> 1, y >> 1, sum(n), "
                f"sum(dx + n * (x & 1) * {size}), sum(dy + n * (y & 1) * {size}) "
                f"FROM phumi_cells WHERE zoom = {zoom} GROUP BY x >> 1, y >> 1"
            )
        )
    same = f"c.layer = '{layer.id}' AND c.zoom = d.zoom AND c.x = d.x AND c.y = d.y"
    session.run(
        Sql(
            "UPDATE phumi.cells AS c SET n = c.n + d.n, dx = c.dx + d.dx, dy = c.dy + d.dy "
            f"FROM phumi_cells AS d WHERE {same}"
        )
    )
    session.run(
        Sql(
            f"INSERT INTO phumi.cells SELECT '{layer.id}', zoom, x, y, n, dx, dy "
            f"FROM phumi_cells AS d WHERE NOT EXISTS (SELECT 1 FROM phumi.cells AS c WHERE {same}) "
            "ORDER BY zoom, x, y"
        )
    )
    session.run(
        Sql(
            "DELETE FROM phumi.cells AS c WHERE n = 0 "
            f"AND EXISTS (SELECT 1 FROM phumi_cells AS d WHERE {same})"
        )
    )
    session.run(Sql("DROP TABLE phumi_cells"))
