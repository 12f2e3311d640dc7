"""Tiles in memory, the least lately asked for given up first."""

from __future__ import annotations

import gzip
import threading
from collections import OrderedDict
from dataclasses import dataclass

from layers.store import Tile

__all__ = ["KeptTile", "TileCache"]

OVERHEAD = 500  # bytes that an entry takes beside its tile
WORTH_PACKING = 1_000  # bytes; what is smaller goes in one packet anyway
LEVEL = 4


@dataclass(slots=True)
class KeptTile:
    """A tile, and the same under gzip once someone has asked for it so."""

    tile: Tile
    gzipped: bytes | None = None

    def packed(self) -> bytes | None:
        """The tile under gzip; None when that is not worth while."""
        if self.gzipped is None and len(self.tile.data) >= WORTH_PACKING:
            self.gzipped = gzip.compress(self.tile.data, LEVEL, mtime=0)
        return self.gzipped


class TileCache:
    """At most ``limit`` bytes of tiles; the key says all that decides what is in a tile.

    >>> cache = TileCache(2_000)
    >>> for name in "abcd":
    ...     _ = cache.put(name, Tile(b"tile"))
    >>> cache.get("a"), cache.get("d").tile.data
    (None, b'tile')
    """

    def __init__(self, limit: int) -> None:
        self.limit = limit
        self.size = 0
        self._kept: OrderedDict[str, KeptTile] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, key: str) -> KeptTile | None:
        """The tile of that key, if it is still here."""
        with self._lock:
            found = self._kept.get(key)
            if found is not None:
                self._kept.move_to_end(key)
            return found

    def put(self, key: str, tile: Tile) -> KeptTile:
        """Keep a tile; others leave until it fits, and one larger than all is not kept."""
        kept = KeptTile(tile)
        weight = _weight(tile)
        with self._lock:
            before = self._kept.pop(key, None)
            self.size -= _weight(before.tile) if before else 0
            while self._kept and self.size + weight > self.limit:
                _, given_up = self._kept.popitem(last=False)
                self.size -= _weight(given_up.tile)
            if weight <= self.limit:
                self._kept[key] = kept
                self.size += weight
        return kept


def _weight(tile: Tile) -> int:
    return 2 * len(tile.data) + OVERHEAD  # the packed copy may come beside it
