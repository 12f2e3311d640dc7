"""Masked rows: for each feature a pseudonym and an approximate place (JIT-R1 to R5).

They stand in ``phumi.masked`` and are brought to the layer's version when somebody who may see
masked rows asks. Beside the key they hold the version of the row, so that what was computed for
an earlier state is never shown for a later one.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

import numpy as np

from geo.crs import Floats
from layers.model import Layer
from layers.privacy.jitter import approximate, pseudonyms
from layers.store.dialect import Dialect
from layers.store.session import Session
from layers.store.sql import Sql, quote

__all__ = ["fresh", "refresh"]

AT_ONCE = 20_000  # rows of one INSERT
VILLAGE = 8  # digits


def fresh(session: Session, layer: Layer, key: bytes) -> bool:
    """Whether the masked rows are those of the layer's present version and of this key."""
    found = session.query(
        Sql(
            "SELECT 1 FROM phumi.layers AS l JOIN phumi.maskings AS m ON m.layer = l.id "
            "WHERE l.id = ? AND m.version = l.version AND m.key_digest = ?",
            (layer.id, _digest(key)),
        )
    )
    return bool(found)


def refresh(session: Session, layer: Layer, dialect: Dialect, key: bytes) -> None:
    """Make the masked rows of a layer anew, in a transaction that no other shares."""
    if fresh(session, layer, key):
        return
    version = session.query(Sql("SELECT version FROM phumi.layers WHERE id = ?", (layer.id,)))[0][0]
    pointed = layer.geometry == "Point"
    x, y = ("ST_X(geom)", "ST_Y(geom)") if pointed else ("NULL", "NULL")
    area = quote(layer.area) if layer.area else "NULL"
    rows = session.query(
        Sql(f"SELECT {quote(layer.key)}, _version, {area}, {x}, {y} FROM {dialect.table(layer)}")
    )
    ids = [row[0] for row in rows]
    points = np.array([row[3:5] for row in rows], dtype=float).reshape(-1, 2)
    codes, centres = _centres(session, dialect)
    number = {code: i for i, code in enumerate(codes)}
    home = np.array([number.get(row[2] or "", -1) for row in rows], dtype=np.int64)
    coarse = np.array([len(row[2] or "") < VILLAGE for row in rows], dtype=bool)
    points[coarse] = np.nan  # the village is not known: only the centre of the tambon
    places = approximate(key, ids, points, home, centres)
    _store(session, layer, dialect, [row[:2] for row in rows], pseudonyms(key, ids), places)
    session.run(Sql("DELETE FROM phumi.maskings WHERE layer = ?", (layer.id,)))
    session.run(
        Sql("INSERT INTO phumi.maskings VALUES (?, ?, ?)", (layer.id, version, _digest(key)))
    )


def _digest(key: bytes) -> str:
    return hashlib.sha256(b"digest:" + key).hexdigest()


def _centres(session: Session, dialect: Dialect) -> tuple[list[str], Floats]:
    """Codes and centres (n x 2, EPSG:4326) of villages and of tambons."""
    found = []
    known = {name for (name,) in session.query(Sql("SELECT id FROM phumi.layers"))}
    for layer_id, shape in (("villages", "geom"), ("tambons", "ST_PointOnSurface(geom)")):
        if layer_id in known:
            found += session.query(
                Sql(f"SELECT code, ST_X({shape}), ST_Y({shape}) FROM layers.{quote(layer_id)}")
            )
    centres = np.array([row[1:] for row in found], dtype=float).reshape(-1, 2)
    return [row[0] for row in found], centres


def _store(
    session: Session,
    layer: Layer,
    dialect: Dialect,
    rows: list[tuple[str, int]],
    names: list[str],
    places: Floats,
) -> None:
    session.run(Sql("DELETE FROM phumi.masked WHERE layer = ?", (layer.id,)))
    point = dialect.point("x", "y")
    statement = (
        f"INSERT INTO phumi.masked SELECT '{layer.id}', f, v, p, {point}, "
        f"{dialect.transform(point, 4326, 3857)}, x, y, x, y FROM (SELECT "
        "unnest(CAST(? AS text[])) AS f, unnest(CAST(? AS bigint[])) AS v, "
        "unnest(CAST(? AS text[])) AS p, unnest(CAST(? AS float8[])) AS x, "
        "unnest(CAST(? AS float8[])) AS y) AS made"
    )
    told = [[None if np.isnan(v) else v for v in side] for side in places.T.tolist()]
    columns: list[Sequence[object]] = [
        [key for key, _ in rows],
        [version for _, version in rows],
        names,
        *told,
    ]
    for start in range(0, len(rows), AT_ONCE):
        part = tuple(column[start : start + AT_ONCE] for column in columns)
        session.run(Sql(statement, part))
