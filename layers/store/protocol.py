"""What every store promises, whichever engine is below it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Generator, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any, Protocol

import pandas as pd
import pyarrow as pa

from layers.model import Layer
from layers.query import BBox, Interval, Query, View
from layers.store.cells import Tiling
from layers.store.mercator import TileIndex
from layers.store.session import Session
from layers.store.tally import Tally
from layers.store.tiles import Tile
from layers.store.totals import AreaTotal
from layers.store.write import After, Before, Mode, WriteResult

__all__ = ["Feature", "LayerState", "Page", "Store", "Version", "WriteResult"]


@dataclass(frozen=True, slots=True)
class Page:
    """Features as comma-separated GeoJSON texts, how many, and where the next page begins."""

    features: str
    returned: int
    next: tuple[Any, ...] | None


@dataclass(frozen=True, slots=True)
class Feature:
    """One feature as GeoJSON text, and the layer version that wrote it."""

    text: str
    version: int


@dataclass(frozen=True, slots=True)
class LayerState:
    """How often a layer was written, and when last."""

    version: int
    changed_at: dt.datetime


@dataclass(frozen=True, slots=True)
class Version:
    """A feature as it was, from one write to the next."""

    version: int
    written_at: dt.datetime
    written_by: str
    ended_version: int
    operation: str
    properties: dict[str, Any]
    wkb: bytes | None


class Store(Protocol):
    """Layers in one database. Every reading call takes the View of who asks."""

    url: str

    def layers(self) -> list[Layer]:
        """All layers, in the order of the catalogue, then user layers by id."""

    def layer(self, layer_id: str) -> Layer:
        """One layer; NotFound if there is none."""

    def ensure(self, layer: Layer) -> None:
        """Make the layer's table, or bring it to this definition (fields are added, never lost)."""

    def drop(self, layer_id: str) -> None:
        """Remove a user layer with its rows; its history and journal stay."""

    def state(self, layer_id: str) -> LayerState:
        """Version and time of the last write."""

    def states(self, layer_ids: Sequence[str]) -> list[LayerState]:
        """The states of several layers at one moment, in the order asked for.

        If another process has defined one of them anew, :meth:`layer` gives the new definition
        from then on.
        """

    def features(self, query: Query, view: View) -> Page:
        """A page of features as GeoJSON text made inside the engine."""

    def feature(self, key: str, query: Query, view: View) -> Feature:
        """One feature; NotFound if there is none that the view shows."""

    def count(self, query: Query, view: View) -> int:
        """The number of features that match, whatever the page."""

    def extent(self, layer_id: str, view: View) -> BBox | None:
        """The box around all visible features in EPSG:4326; None when there are none."""

    def times(self, layer_id: str, view: View) -> Interval | None:
        """From the first start to the last end of all visible features; None if none has any."""

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
        """Visible rows by the first digits of their area code and the values of a coded field.

        With ``value``, of that number too. ``of`` are (field, value) that counted rows have; a
        field that stands there twice has either. Rows without an area are not counted.
        """

    def read(self, query: Query, view: View) -> pd.DataFrame:
        """Matching features as a GeoDataFrame in ``query.crs`` (a DataFrame without geometry)."""

    def stream(self, query: Query, view: View) -> Generator[list[str], None, None]:
        """Matching features as GeoJSON texts, some thousand at a time, in memory that stays flat.

        The order is that of :meth:`features`, except that a whole layer for which no order was
        asked comes as it is stored. Everything is of one moment. Close the iterator to let go of
        the connection before the end.
        """

    def batches(self, query: Query, view: View) -> Generator[pa.RecordBatch, None, None]:
        """The same as Arrow columns: visible fields, ``geometry`` as WKB in ``query.crs``.

        Lists and objects are JSON text. There is at least one batch, so the schema is known.
        """

    def tile(self, index: TileIndex, asked: Sequence[tuple[Query, View]]) -> Tile:
        """One vector tile with a part for each query; what was committed before is in it.

        Of a query, the filter, the time and the fields count. A part is named after its layer;
        at crowded zooms (see :meth:`tiling`) its features are cells with ``phumi_count``.
        """

    def totals_tile(
        self, index: TileIndex, name: str, areas: str, totals: Sequence[AreaTotal]
    ) -> Tile:
        """One vector tile of an area layer whose features carry these totals, as layer ``name``.

        Each has ``code name_th name_en count shown_th shown_en suppressed``.
        """

    def tiling(self, layer_id: str) -> Tiling:
        """Down to which zoom a layer is drawn as counted cells."""

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
        """Write rows (EPSG:4326) in one transaction: rows, history and journal, or nothing.

        ``before`` and ``after`` take part in it: what they raise undoes the write.
        """

    def transaction(self) -> AbstractContextManager[Session]:
        """A short transaction over tables of the schema ``phumi`` beside the layers' own.

        It is committed at the end, or undone when an error leaves it. Statements are our own,
        never text from a user.
        """

    def history(self, layer_id: str, key: str, view: View) -> list[Version]:
        """Earlier states of a feature, newest first."""

    def raw(self, sql: str, values: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
        """Rows of a statement of our own (benchmarks, diagnosis); never text from a user."""

    def close(self) -> None:
        """Let go of connections and files."""
