"""The store as an account reads it: what is restricted enters the audit log on the way out.

Every door takes its store from one place, so none can forget (AUD-READ, privacy.md 13).
"""

from __future__ import annotations

import datetime as dt
import threading
from collections.abc import Generator, Sequence
from contextlib import closing
from typing import Any

import pandas as pd
import pyarrow as pa

from layers import audit
from layers.errors import NotFound
from layers.model import Layer, Privacy
from layers.privacy import OWNER, Person
from layers.privacy import view_of as view_for
from layers.query import Query, View
from layers.store import Feature, Page, Store, Tile, TileIndex, Version

__all__ = ["AuditedStore", "is_sensitive"]

TILES_EVERY = dt.timedelta(minutes=10)  # one entry for the many tiles of one look at a map

_looked: dict[tuple[str, str], dt.datetime] = {}
_lock = threading.Lock()


def is_sensitive(layer: Layer, fields: Sequence[str] | frozenset[str]) -> bool:
    """Whether rows of the layer, or one of the fields, are restricted or secret."""
    if layer.privacy >= Privacy.RESTRICTED:
        return True
    return any(layer.by_name[name].privacy >= Privacy.RESTRICTED for name in fields)


class AuditedStore:
    """Passes every call on, and logs those that give restricted rows to an account."""

    def __init__(self, store: Store, person: Person) -> None:
        self._store = store
        self._person = person

    def __getattr__(self, name: str) -> Any:
        return getattr(self._store, name)

    def __eq__(self, other: object) -> bool:
        return self._store is getattr(other, "_store", other)

    def __hash__(self) -> int:
        return hash(self._store)

    def features(self, query: Query, view: View) -> Page:
        """A page; logged with the number of rows on it."""
        page = self._store.features(query, view)
        self._tell(query, view, "list", page.returned)
        return page

    def feature(self, key: str, query: Query, view: View) -> Feature:
        """One feature; logged, and so is one that is there but not for this person (PRIV-T2)."""
        try:
            found = self._store.feature(key, query, view)
        except NotFound:
            self._tell_denied(key, query, view)
            raise
        self._tell(query, view, "single", 1, feature=key)
        return found

    def read(self, query: Query, view: View) -> pd.DataFrame:
        """Rows for a page or a process; logged with their number."""
        rows = self._store.read(query, view)
        self._tell(query, view, "rows", len(rows))
        return rows

    def stream(self, query: Query, view: View) -> Generator[list[str], None, None]:
        """Rows as texts; logged when they have gone out, with their number."""
        sent = 0
        try:
            with closing(self._store.stream(query, view)) as parts:
                for texts in parts:
                    sent += len(texts)
                    yield texts
        finally:
            self._tell(query, view, "file", sent)

    def batches(self, query: Query, view: View) -> Generator[pa.RecordBatch, None, None]:
        """Rows as Arrow; logged when they have gone out, with their number."""
        sent = 0
        try:
            with closing(self._store.batches(query, view)) as parts:
                for batch in parts:
                    sent += batch.num_rows
                    yield batch
        finally:
            self._tell(query, view, "file", sent)

    def tile(self, index: TileIndex, asked: Sequence[tuple[Query, View]]) -> Tile:
        """One tile; a look at a map is logged once in ten minutes."""
        tile = self._store.tile(index, asked)
        for query, view in asked:
            self.looked_at(query, view)
        return tile

    def history(self, layer_id: str, key: str, view: View) -> list[Version]:
        """Earlier states; logged."""
        found = self._store.history(layer_id, key, view)
        self._tell(Query(layer=layer_id), view, "history", len(found), feature=key)
        return found

    def looked_at(self, query: Query, view: View) -> None:
        """Enter that somebody looks at a map of the layer, unless it stands there of late."""
        key, now = (str(self._person.account), query.layer), dt.datetime.now(dt.UTC)
        with _lock:
            if now - _looked.get(key, dt.datetime.min.replace(tzinfo=dt.UTC)) < TILES_EVERY:
                return
            _looked[key] = now
        self._tell(query, view, "tiles", None)

    def _tell(
        self, query: Query, view: View, how: str, rows: int | None, *, feature: str | None = None
    ) -> None:
        layer = self._store.layer(query.layer)
        fields = sorted(view.fields if query.fields is None else view.fields & {*query.fields})
        if rows == 0 or not is_sensitive(layer, fields):
            return
        detail: dict[str, Any] = {"fields": fields, "how": how, "purpose": self._person.purpose}
        if feature is not None:
            detail["feature"] = feature
        if self._person.break_glass is not None:
            detail["break_glass"] = self._person.break_glass.reason
        detail["roles"] = sorted({grant.role for grant in self._person.grants})
        audit.record(
            self._store, "AUD-READ", account=str(self._person.account), object=layer.id,
            area=_area(view), rows=rows, **detail,
        )  # fmt: skip

    def _tell_denied(self, key: str, query: Query, view: View) -> None:
        layer = self._store.layer(query.layer)
        if layer.privacy < Privacy.RESTRICTED:
            return
        try:
            self._store.feature(key, Query(layer=layer.id, fields=()), view_for(OWNER, layer))
        except NotFound:
            return
        audit.record(
            self._store, "AUD-DENIED", account=str(self._person.account), object=layer.id,
            area=_area(view), reason="AUTH-E-SCOPE", feature=key,
        )  # fmt: skip


def _area(view: View) -> str:
    return "" if view.prefixes is None else " ".join(view.prefixes)
