"""One transaction on one connection, and how its rows are fetched."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Generator
from typing import Any

import pyarrow as pa

from geo.text import Text
from layers.errors import NotFound, QueryError
from layers.model import Layer
from layers.store.sql import Sql

__all__ = ["Session", "in_parts", "not_computable", "unknown_layer"]

PART = 1_000_000  # letters of GeoJSON that a stream hands on at a time, about
PART_ROWS = 2_000


class Session(ABC):
    """One transaction on one connection."""

    @abstractmethod
    def query(self, sql: Sql) -> list[tuple[Any, ...]]:
        """The rows of a SELECT."""

    @abstractmethod
    def run(self, sql: Sql) -> int:
        """Execute and tell how many rows were touched."""

    @abstractmethod
    def stage(self, layer: Layer, table: pa.Table) -> None:
        """Fill the temporary table of staged rows (columns of ``table``, geom as geometry)."""


def in_parts(
    fetch: Callable[[int], list[tuple[str]]],
) -> Generator[list[tuple[str]], None, None]:
    """Fetch texts until there are no more, as many at a time as their length allows."""
    number = 50
    while rows := fetch(number):
        size = sum(len(text) for (text,) in rows)
        yield rows
        number = min(PART_ROWS, len(rows) * PART // max(size, 1) + 1)
        del rows  # before the next ones come


def not_computable(error: Exception) -> QueryError:
    """What an engine refused to compute: a power of a negative number, an overflow."""
    reason = str(error).strip()
    return QueryError(
        "not_computable", Text(f"คำนวณตามคำขอไม่ได้: {reason}", f"This cannot be computed: {reason}")
    )


def unknown_layer(layer_id: str) -> NotFound:
    """The error of a layer that is not in the database, or not any more."""
    text = Text(f"ไม่มีชั้นข้อมูล {layer_id}", f"There is no layer {layer_id}")
    return NotFound("layer_unknown", text, layer=layer_id)
