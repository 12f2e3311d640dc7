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
from layers.errors import NotFound
from layers.model import Layer
from layers.privacy.jitter import masking_key
from layers.query import BBox, Interval, Query, View
from layers.store import cells, masked, select, tiles
from layers.store.cells import Tiling
from layers.store.definitions import Definitions
from layers.store.filters import storable
from layers.store.frames import from_arrow, to_arrow
from layers.store.mercator import TileIndex
from layers.store.protocol import Feature, Page, Store, Version, WriteResult
from layers.store.session import Session
from layers.store.sql import Sql
from layers.store.tally import Tally, tally
from layers.store.tiles import Tile
from layers.store.totals import AreaTotal, draw_totals
from layers.store.visible import past
from layers.store.write import After, Before, Mode, Write, refuse_repeated, write_rows

__all__ = ["SqlStore"]


class SqlStore(Definitions, Store, ABC):
    """Everything that both engines do alike."""

    def __init__(self, url: str) -> None:
        super().__init__()
        self.url = url

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

    # Reading

    def _seen(self, layer_id: str, view: View) -> Layer:
        """The layer, and what a view puts in place of its rows is brought up to date."""
        layer = self.layer(layer_id)
        if view.pseudonymous and not view.aggregates_only:
            key = masking_key()
            with self._reading() as session:
                known = masked.fresh(session, layer, key)
            if not known:
                with self._refreshing(layer) as session:
                    masked.refresh(session, layer, self.dialect, key)
        return layer

    def features(self, query: Query, view: View) -> Page:
        layer = self._seen(query.layer, view)
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
        layer = self._seen(query.layer, view)
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
        layer = self._seen(query.layer, view)
        with self._reading() as session:
            return int(session.query(select.count(query, view, layer, self.dialect))[0][0])

    def extent(self, layer_id: str, view: View) -> BBox | None:
        layer = self._seen(layer_id, view)
        if layer.geometry is None or not view.geometry:
            return None
        with self._reading() as session:
            found = session.query(select.extent(view, layer, self.dialect))[0]
        west, south, east, north = found
        return None if west is None else (west, south, east, north)

    def times(self, layer_id: str, view: View) -> Interval | None:
        layer = self._seen(layer_id, view)
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
        layer = self._seen(layer_id, view)
        select.refuse_single(view, layer)
        sql = tally(view, layer, self.dialect, digits=digits, group=group, value=value, of=of)
        with self._reading() as session:
            return [Tally(*row) for row in session.query(sql)]

    def read(self, query: Query, view: View) -> pd.DataFrame:
        layer = self._seen(query.layer, view)
        table = self._arrow(select.rows(query, view, layer, self.dialect), layer)
        return from_arrow(table, layer, query.crs)

    def stream(self, query: Query, view: View) -> Generator[list[str], None, None]:
        layer = self._seen(query.layer, view)
        sql = select.texts(query, view, layer, self.dialect)
        with closing(self._text_stream(sql)) as parts:
            for rows in parts:
                yield [text for (text,) in rows]

    def batches(self, query: Query, view: View) -> Generator[pa.RecordBatch, None, None]:
        layer = self._seen(query.layer, view)
        sql = select.rows(query, view, layer, self.dialect, ordered=False)
        yield from self._arrow_stream(sql, layer)

    def tile(self, index: TileIndex, asked: Sequence[tuple[Query, View]]) -> Tile:
        layers = [self._seen(query.layer, view) for query, view in asked]
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

    def totals_tile(
        self, index: TileIndex, name: str, areas: str, totals: Sequence[AreaTotal]
    ) -> Tile:
        layer = self.layer(areas)
        with self._reading() as session:
            return draw_totals(session, index, name, layer, totals, self.dialect)

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
        layer = self._seen(layer_id, view)
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
            seen = past(json.loads(text), view, layer)
            if seen is None:
                continue
            shown, placed = seen
            shape = bytes(wkb) if wkb is not None and placed else None
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
        self.state(layer_id)  # hears of another definition
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
