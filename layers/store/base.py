"""The store over any SQL engine; an engine adds connections and the bulk paths in and out."""

from __future__ import annotations

import datetime as dt
import json
from abc import ABC, abstractmethod
from collections.abc import Generator, Iterator, Sequence
from contextlib import AbstractContextManager, closing
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pyarrow as pa

from geo.text import Text
from layers.catalogue import CATALOGUE
from layers.errors import Conflict, NotFound
from layers.model import Layer
from layers.query import BBox, Interval, Query, View
from layers.store import cells, select, tiles
from layers.store.cells import Tiling
from layers.store.dialect import Dialect
from layers.store.filters import storable
from layers.store.frames import from_arrow, to_arrow
from layers.store.mercator import TileIndex
from layers.store.migrations import migrations
from layers.store.protocol import Feature, LayerState, Page, Store, Version, WriteResult
from layers.store.session import Session, unknown_layer
from layers.store.sql import Sql, quote
from layers.store.tally import Tally, tally
from layers.store.tiles import Tile
from layers.store.write import After, Before, Mode, Write, create_table, refuse_repeated, write_rows

__all__ = ["SqlStore"]


class SqlStore(Store, ABC):
    """Everything that both engines do alike."""

    dialect: Dialect

    def __init__(self, url: str) -> None:
        self.url = url
        self._known: dict[str, Layer] = {}

    @abstractmethod
    def _reading(self) -> AbstractContextManager[Session]:
        """A session for one or more SELECTs."""

    @abstractmethod
    def _writing(self) -> AbstractContextManager[Session]:
        """A session whose work is committed at the end, or undone when an error leaves it."""

    @abstractmethod
    def _arrow(self, sql: Sql, layer: Layer) -> pa.Table:
        """The rows of a SELECT over layer columns and ``geometry``, in bulk."""

    @abstractmethod
    def _text_stream(self, sql: Sql) -> Generator[list[tuple[Any, ...]], None, None]:
        """The rows of a SELECT, some thousand at a time, from a connection of their own."""

    @abstractmethod
    def _arrow_stream(self, sql: Sql, layer: Layer) -> Iterator[pa.RecordBatch]:
        """What ``_arrow`` gives, part by part, from a connection of its own."""

    @abstractmethod
    def _refreshing(self, layer: Layer) -> AbstractContextManager[Session]:
        """A session like that of ``_writing``, for one at a time to bring cells up to date."""

    # Definitions

    def migrate(self) -> None:
        """Bring the system tables to the newest state; each migration is one transaction."""
        with self._writing() as session:
            self._lock_schema(session)
            session.run(Sql("CREATE SCHEMA IF NOT EXISTS phumi"))
            session.run(Sql("CREATE SCHEMA IF NOT EXISTS layers"))
            session.run(
                Sql(
                    "CREATE TABLE IF NOT EXISTS phumi.migrations (number integer PRIMARY KEY, "
                    "name text NOT NULL, applied_at timestamptz NOT NULL)"
                )
            )
            done = {row[0] for row in session.query(Sql("SELECT number FROM phumi.migrations"))}
            for number, name, statements in migrations(self.dialect):
                if number in done:
                    continue
                for statement in statements:
                    session.run(Sql(statement))
                if name == "tiles":
                    self._add_simplified(session)
                session.run(
                    Sql("INSERT INTO phumi.migrations VALUES (?, ?, now())", (number, name))
                )

    def _add_simplified(self, session: Session) -> None:
        for (text,) in session.query(Sql(f"SELECT {self._definition()} FROM phumi.layers")):
            for statement in self.dialect.add_simplified(Layer.from_json(json.loads(text))):
                session.run(Sql(statement))

    def _lock_schema(self, session: Session) -> None:
        """Keep other processes from changing tables until the end of the transaction."""

    def layers(self) -> list[Layer]:
        with self._reading() as session:
            found = session.query(Sql(f"SELECT {self._definition()} FROM phumi.layers"))
        place = {layer_id: number for number, layer_id in enumerate(CATALOGUE)}
        every = [Layer.from_json(json.loads(text)) for (text,) in found]
        every.sort(key=lambda layer: (place.get(layer.id, len(place)), layer.id))
        self._known = {layer.id: layer for layer in every}
        return every

    def layer(self, layer_id: str) -> Layer:
        if layer_id not in self._known:
            self.layers()
        if layer_id not in self._known:
            raise unknown_layer(layer_id)
        return self._known[layer_id]

    def ensure(self, layer: Layer) -> None:
        definition = json.dumps(layer.to_json(), ensure_ascii=False)
        with self._writing() as session:
            self._lock_schema(session)
            known = session.query(
                Sql(f"SELECT {self._definition()} FROM phumi.layers WHERE id = ?", (layer.id,))
            )
            if not known:
                for statement in create_table(layer, self.dialect):
                    session.run(Sql(statement))
                # A layer of that name may have been dropped: its journal stays, the count goes on.
                version = "(SELECT coalesce(max(version), 0) FROM phumi.changes WHERE layer = ?)"
                session.run(
                    Sql(
                        "INSERT INTO phumi.layers VALUES "
                        f"(?, CAST(? AS {self.dialect.json_type}), {version}, now())",
                        (layer.id, definition, layer.id),
                    )
                )
            elif (earlier := Layer.from_json(json.loads(known[0][0]))) != layer:
                self._evolve(session, earlier, layer, definition)
        self._known[layer.id] = layer

    def _evolve(self, session: Session, earlier: Layer, layer: Layer, definition: str) -> None:
        for item in layer.fields:
            before = earlier.by_name.get(item.name)
            if before is None:
                kind = self.dialect.types[item.type]
                alter = f"ALTER TABLE {self.dialect.table(layer)} ADD COLUMN IF NOT EXISTS"
                session.run(Sql(f"{alter} {quote(item.name)} {kind}"))
            elif self.dialect.types[before.type] != self.dialect.types[item.type]:
                raise self._incompatible(layer, f"{item.name}: {before.type} -> {item.type}")
        if (earlier.key, earlier.geometry is None) != (layer.key, layer.geometry is None):
            raise self._incompatible(layer, f"{earlier.key}/{earlier.geometry}")
        session.run(
            Sql(
                f"UPDATE phumi.layers SET definition = CAST(? AS {self.dialect.json_type}), "
                "version = version + 1, changed_at = now() WHERE id = ?",
                (definition, layer.id),
            )
        )

    def _incompatible(self, layer: Layer, detail: str) -> Conflict:
        return Conflict(
            "layer_incompatible",
            Text(
                f"ชั้นข้อมูล {layer.id} มีอยู่แล้วและนิยามขัดกัน ({detail}) ให้ใช้ชื่ออื่น",
                f"Layer {layer.id} exists with another definition ({detail}); use another name",
            ),
            layer=layer.id,
        )

    def drop(self, layer_id: str) -> None:
        layer = self.layer(layer_id)
        if not layer.user_made:
            raise Conflict(
                "layer_builtin",
                Text(f"ลบชั้นข้อมูลหลัก {layer_id} ไม่ได้", f"Layer {layer_id} is built in"),
            )
        with self._writing() as session:
            session.run(Sql(f"DROP TABLE {self.dialect.table(layer)}"))
            for name in ("layers WHERE id", "cells WHERE layer", "tilings WHERE layer"):
                session.run(Sql(f"DELETE FROM phumi.{name} = ?", (layer_id,)))
        self._known.pop(layer_id, None)

    def _definition(self) -> str:
        return "CAST(definition AS text)"

    # Reading

    def state(self, layer_id: str) -> LayerState:
        return self.states([layer_id])[0]

    def states(self, layer_ids: Sequence[str]) -> list[LayerState]:
        for layer_id in layer_ids:
            self.layer(layer_id)
        wanted = list(dict.fromkeys(layer_ids))
        marks = ", ".join("?" * len(wanted))
        columns = "id, version, changed_at AT TIME ZONE 'UTC'"
        sql = Sql(f"SELECT {columns} FROM phumi.layers WHERE id IN ({marks})", tuple(wanted))
        with self._reading() as session:
            found = session.query(sql) if wanted else []
        known = {
            layer_id: LayerState(version, changed_at.replace(tzinfo=dt.UTC))
            for layer_id, version, changed_at in found
        }
        for layer_id in wanted:
            if layer_id not in known:
                raise unknown_layer(layer_id)
        return [known[layer_id] for layer_id in layer_ids]

    def features(self, query: Query, view: View) -> Page:
        layer = self.layer(query.layer)
        with self._reading() as session:
            found = self._page(session, query, view, layer)
        shown = found[: query.limit]
        more = shown and len(found) > len(shown)
        return Page(
            ",".join(text for text, *_ in shown), len(shown), tuple(shown[-1][1:]) if more else None
        )

    def _page(
        self, session: Session, query: Query, view: View, layer: Layer
    ) -> list[tuple[Any, ...]]:
        return session.query(select.collection(query, view, layer, self.dialect))

    def feature(self, key: str, query: Query, view: View) -> Feature:
        layer = self.layer(query.layer)
        found = []
        if storable(key):
            with self._reading() as session:
                found = session.query(select.single(key, query, view, layer, self.dialect))
        if not found:
            raise NotFound(
                "feature_unknown",
                Text(f"ไม่พบ {key} ใน {layer.title.th}", f"There is no {key} in {layer.id}"),
                layer=layer.id,
                feature=key,
            )
        return Feature(*found[0])

    def count(self, query: Query, view: View) -> int:
        layer = self.layer(query.layer)
        with self._reading() as session:
            return int(session.query(select.count(query, view, layer, self.dialect))[0][0])

    def extent(self, layer_id: str, view: View) -> BBox | None:
        layer = self.layer(layer_id)
        if layer.geometry is None or not view.geometry:
            return None
        with self._reading() as session:
            found = session.query(select.extent(view, layer, self.dialect))[0]
        west, south, east, north = found
        return None if west is None else (west, south, east, north)

    def times(self, layer_id: str, view: View) -> Interval | None:
        layer = self.layer(layer_id)
        if not layer.datetime or not view.fields.issuperset(layer.datetime):
            return None
        with self._reading() as session:
            start, end, unended = session.query(select.times(view, layer, self.dialect))[0]
        lasting = len(layer.datetime) == 2 and unended
        return Interval(start, None if lasting else end) if start or end else None

    def tally(
        self,
        layer_id: str,
        view: View,
        digits: int,
        *,
        group: str | None = None,
        value: str | None = None,
        of: Sequence[tuple[str, str]] = (),
    ) -> list[Tally]:
        layer = self.layer(layer_id)
        select.refuse_single(view, layer)
        sql = tally(view, layer, self.dialect, digits=digits, group=group, value=value, of=of)
        with self._reading() as session:
            return [Tally(*row) for row in session.query(sql)]

    def read(self, query: Query, view: View) -> pd.DataFrame:
        layer = self.layer(query.layer)
        table = self._arrow(select.rows(query, view, layer, self.dialect), layer)
        return from_arrow(table, layer, query.crs)

    def stream(self, query: Query, view: View) -> Generator[list[str], None, None]:
        layer = self.layer(query.layer)
        sql = select.texts(query, view, layer, self.dialect)
        with closing(self._text_stream(sql)) as parts:
            for rows in parts:
                yield [text for (text,) in rows]

    def batches(self, query: Query, view: View) -> Generator[pa.RecordBatch, None, None]:
        layer = self.layer(query.layer)
        sql = select.rows(query, view, layer, self.dialect, ordered=False)
        yield from self._arrow_stream(sql, layer)

    def tile(self, index: TileIndex, asked: Sequence[tuple[Query, View]]) -> Tile:
        layers = [self.layer(query.layer) for query, _ in asked]
        for layer, (_, view) in zip(layers, asked, strict=True):
            tiles.require_positions(view, layer)
        with self._reading() as session:
            known = self._tilings(session, layers)
            if None not in known:
                return self._draw(session, index, layers, asked, known)
        fresh = [one or self._refresh(layer) for one, layer in zip(known, layers, strict=True)]
        with self._reading() as session:
            return self._draw(session, index, layers, asked, fresh)

    def _draw(
        self,
        session: Session,
        index: TileIndex,
        layers: Sequence[Layer],
        asked: Sequence[tuple[Query, View]],
        known: Sequence[Tiling | None],
    ) -> Tile:
        parts = [
            (layer, query, view, tiling)
            for layer, (query, view), tiling in zip(layers, asked, known, strict=True)
            if tiling is not None
        ]
        return tiles.draw(session, index, parts, self.dialect)

    def tiling(self, layer_id: str) -> Tiling:
        layer = self.layer(layer_id)
        with self._reading() as session:
            known = self._tilings(session, [layer])[0]
        return known or self._refresh(layer)

    def _tilings(self, session: Session, layers: Sequence[Layer]) -> list[Tiling | None]:
        return cells.tilings(session, layers)

    def _refresh(self, layer: Layer) -> Tiling:
        with self._refreshing(layer) as session:
            return cells.refresh(session, layer, self.dialect)

    def history(self, layer_id: str, key: str, view: View) -> list[Version]:
        layer = self.layer(layer_id)
        select.refuse_single(view, layer)
        if not storable(key):
            return []
        with self._reading() as session:
            found = session.query(
                Sql(
                    "SELECT row_version, written_at AT TIME ZONE 'UTC', written_by, "
                    "ended_version, operation, CAST(properties AS text), ST_AsBinary(geom) "
                    "FROM phumi.history "
                    "WHERE layer = ? AND feature = ? ORDER BY row_version DESC",
                    (layer_id, key),
                )
            )
        versions = []
        for version, written_at, author, ended, operation, text, wkb in found:
            values = json.loads(text)
            if not select.in_scope(values, view, layer):
                continue
            shown = {name: value for name, value in values.items() if name in view.fields}
            shape = bytes(wkb) if wkb is not None and view.geometry else None
            written = written_at.replace(tzinfo=dt.UTC)
            versions.append(Version(version, written, author, ended, operation, shown, shape))
        return versions

    def raw(self, sql: str, values: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
        with self._reading() as session:
            yield from session.query(Sql(sql, values))

    # Writing

    def write(
        self,
        layer_id: str,
        rows: pd.DataFrame,
        *,
        mode: Mode = "upsert",
        author: str,
        source: str = "",
        before: Before | None = None,
        after: After | None = None,
    ) -> WriteResult:
        layer = self.layer(layer_id)
        table = to_arrow(rows, layer)
        refuse_repeated(table, layer)
        statements = Write(layer, self.dialect, table.column_names, mode)
        with self._writing() as session:
            return write_rows(
                session,
                statements,
                table,
                _bounds(rows),
                author=author,
                source=source,
                before=before,
                after=after,
            )

    def transaction(self) -> AbstractContextManager[Session]:
        return self._writing()


def _bounds(rows: pd.DataFrame) -> BBox | None:
    if not isinstance(rows, gpd.GeoDataFrame) or rows.empty:
        return None
    west, south, east, north = (float(side) for side in rows.total_bounds)
    return (west, south, east, north) if np.isfinite([west, south, east, north]).all() else None
