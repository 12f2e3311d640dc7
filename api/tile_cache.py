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

    @property
    def weight(self) -> int:
        """Bytes of memory, about."""
        return len(self.tile.data) + len(self.gzipped or b"") + OVERHEAD


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
        if kept.weight > self.limit:
            return kept
        with self._lock:
            before = self._kept.pop(key, None)
            self.size -= before.weight if before else 0
            self._kept[key] = kept
            self.size += kept.weight
            self._make_room()
        return kept

    def packed(self, key: str, kept: KeptTile) -> bytes | None:
        """The tile of that key under gzip, made at most once; None when that is not worth while."""
        if kept.gzipped is None and len(kept.tile.data) >= WORTH_PACKING:
            gzipped = gzip.compress(kept.tile.data, LEVEL, mtime=0)
            with self._lock:
                if self._kept.get(key) is kept and kept.gzipped is None:
                    self.size += len(gzipped)
                kept.gzipped = gzipped
                self._make_room()
        return kept.gzipped

    def _make_room(self) -> None:
        while self.size > self.limit:
            _, given_up = self._kept.popitem(last=False)
            self.size -= given_up.weight
