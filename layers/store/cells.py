"""Counts of features by grid cell: what the crowded zooms of a layer are drawn from.

The counts stand in ``phumi.cells``, from zoom 0 to the deepest at which some tile would hold more
features than can be told apart. They are brought from one layer version to the next by what was
written in between, when the first tile of the new version is asked for.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from layers.model import Layer
from layers.query import WGS84
from layers.store.dialect import Dialect
from layers.store.mercator import WORLD, TileIndex
from layers.store.session import Session
from layers.store.sql import Sql

__all__ = [
    "GRID",
    "POINTS",
    "Tiling",
    "double",
    "gathered",
    "in_tile",
    "middle",
    "refresh",
    "tilings",
]

GRID = 32  # cells along the side of a tile: 8 pixels each
SHIFT = GRID.bit_length() - 1  # from the number of a cell to that of its tile
POINTS = ("Point", "MultiPoint")
POINTS_MAX = 2_500  # in the fullest tile of a zoom; more are drawn as cells
SHAPES_MAX = 5_000
CELLS_ZOOM_MAX = 14


@dataclass(frozen=True, slots=True)
class Tiling:
    """How a layer of some version is drawn: counted in cells down to zoom ``depth`` (-1: never)."""

    version: int
    depth: int


def middle(layer: Layer, geometry: str = "geom_3857") -> tuple[str, str]:
    """Where a feature is counted: the point, or the middle of the box around it."""
    if layer.geometry == "Point":
        return f"ST_X({geometry})", f"ST_Y({geometry})"
    return (
        f"((ST_XMin({geometry}) + ST_XMax({geometry})) / 2)",
        f"((ST_YMin({geometry}) + ST_YMax({geometry})) / 2)",
    )


def gathered(rows: Sql, zoom: int) -> Sql:
    """Cells (x, y, n, dx, dy) from rows of (px, py, n)."""
    size, world = double(2 * WORLD / (GRID << zoom)), double(WORLD)
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


def in_tile(index: TileIndex) -> Sql:
    """True for the cells (x, y) that make up the tile."""
    return Sql(f"x >> {SHIFT} = ? AND y >> {SHIFT} = ?", (index.column, index.row))


def double(value: float) -> str:
    """A number as it stands in SQL; bare, it would be a decimal number.

    >>> double(0.1)
    "CAST('0.1' AS DOUBLE PRECISION)"
    """
    return f"CAST('{value!r}' AS DOUBLE PRECISION)"


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
    px, py = middle(layer)
    while zoom <= CELLS_ZOOM_MAX:
        tile, world = double(2 * WORLD / (1 << zoom)), double(WORLD)
        column, row = f"floor(({px} + {world}) / {tile})", f"floor(({world} - {py}) / {tile})"
        fullest = f"SELECT count(*) AS n FROM {table} GROUP BY {column}, {row}"
        if session.query(Sql(f"SELECT max(n) FROM ({fullest}) AS t"))[0][0] <= _most(layer):
            break
        zoom += 1
    return zoom - 1


def _deep_enough(session: Session, layer: Layer, depth: int) -> bool:
    """Whether ``depth`` is still the last zoom with too many features in a tile."""
    most = _most(layer)
    deeper = depth == CELLS_ZOOM_MAX or _fullest(session, layer, depth + 1) <= most
    return deeper and _fullest(session, layer, depth) > most


def _fullest(session: Session, layer: Layer, zoom: int) -> int:
    """The features in the fullest tile of a zoom: a tile is one cell some zooms above."""
    above = max(zoom - SHIFT, 0)
    shift = SHIFT - (zoom - above)
    tiles = (
        f"SELECT sum(n) AS n FROM phumi.cells WHERE layer = ? AND zoom = {above} "
        f"GROUP BY x >> {shift}, y >> {shift}"
    )
    found = session.query(Sql(f"SELECT max(n) FROM ({tiles}) AS t", (layer.id,)))
    return int(found[0][0] or 0)


def _add(
    session: Session, layer: Layer, dialect: Dialect, since: int, until: int, depth: int
) -> None:
    """Add to the cells what stood at version ``until`` and take away what stood at ``since``."""
    px, py = middle(layer, "shape")
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
    finest = gathered(rows, depth)
    head = f"CREATE TEMP TABLE phumi_cells AS SELECT CAST({depth} AS INTEGER) AS zoom, g.* FROM ("
    session.run(finest.inside(head, ") AS g"))
    for zoom in range(depth, 0, -1):
        size = double(2 * WORLD / (GRID << zoom))
        session.run(
            Sql(
                f"INSERT INTO phumi_cells SELECT {zoom - 1}, x >> 1, y >> 1, sum(n), "
                f"sum(dx + n * (x & 1) * {size}), sum(dy + n * (y & 1) * {size}) "
                f"FROM phumi_cells WHERE zoom = {zoom} GROUP BY x >> 1, y >> 1"
            )
        )
    session.run(Sql("ANALYZE phumi_cells"))  # a few cells are found by the index of tiles
    same = (
        f"c.layer = '{layer.id}' AND c.zoom = d.zoom AND c.x = d.x AND c.y = d.y "
        f"AND c.x >> {SHIFT} = d.x >> {SHIFT} AND c.y >> {SHIFT} = d.y >> {SHIFT}"
    )
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
