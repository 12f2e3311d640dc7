"""Where layers are stored: one protocol, two engines."""

from __future__ import annotations

from pathlib import Path

from geo.text import Text
from layers.errors import StoreUnavailable
from layers.store.cells import Tiling
from layers.store.mercator import TileIndex
from layers.store.protocol import Feature, LayerState, Page, Store, Version, WriteResult
from layers.store.tiles import Tile

__all__ = [
    "Feature",
    "LayerState",
    "Page",
    "Store",
    "Tile",
    "TileIndex",
    "Tiling",
    "Version",
    "WriteResult",
    "open_store",
]


def open_store(url: str, *, pool_size: int = 8) -> Store:
    """Open ``duckdb:///path/file.duckdb``, ``duckdb:///:memory:`` or ``postgresql://...``.

    The system tables are made or brought up to date. Raises StoreUnavailable with the remedy
    (WorkspaceLocked when another process has the file).

    >>> store = open_store("duckdb:///:memory:")
    >>> store.layers()
    []
    >>> store.close()
    """
    scheme, _, rest = url.partition("://")
    if scheme == "duckdb" and rest.startswith("/"):
        from layers.store.embedded import DuckDBStore

        place = rest[1:]
        return DuckDBStore(url, None if place == ":memory:" else Path(place))
    if scheme in ("postgresql", "postgres"):
        from layers.store.server import PostGISStore

        return PostGISStore(url, pool_size=pool_size)
    raise StoreUnavailable(
        "database_url",
        Text(
            f"ที่อยู่ฐานข้อมูล {scheme}://... ไม่ถูกต้อง ใช้ duckdb:///ไฟล์ หรือ postgresql://...",
            f"{scheme}://... is not a database address; use duckdb:///file or postgresql://...",
        ),
    )
