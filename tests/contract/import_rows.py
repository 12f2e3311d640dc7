"""Imports rows and is killed: `python -m tests.contract.import_rows URL` (see test_crash)."""

from __future__ import annotations

import os
import sys
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from layers.model import Layer
from layers.store import open_store
from layers.store.session import Session
from tests.contract.specimens import things

ROWS = 100_000
KNOWN = 1_000  # rows that are there before and that the import changes
LAYER = things("imported", geometry="Point")

__all__ = ["KNOWN", "LAYER", "ROWS", "rows"]


def rows(n: int, name: str) -> gpd.GeoDataFrame:
    """Points with keys 0 to n-1, all with the same name."""
    random = np.random.default_rng(1)
    places = shapely.points(random.uniform(98, 101, n), random.uniform(6, 20, n))
    columns = {"id": np.arange(n).astype(str), "name": name, "count": np.arange(n)}
    return gpd.GeoDataFrame(pd.DataFrame(columns), geometry=places, crs=4326)


def _say_when_committing() -> None:
    """Tell the parent when the last statement is done and only COMMIT is left."""
    for kind in Session.__subclasses__():
        plain = kind.run

        def run(self: Any, sql: Any, plain: Any = plain) -> int:
            done: int = plain(self, sql)
            if sql.text.startswith("DROP TABLE phumi_stage"):
                print("committing", flush=True)
            return done

        kind.run = run  # type: ignore[method-assign]


def main(url: str, layer: Layer = LAYER) -> None:
    """For each line that comes in, import once in a child process of its own."""
    import layers.store.embedded
    import layers.store.server

    _ = layers.store.embedded, layers.store.server
    _say_when_committing()
    table = rows(ROWS, "new")
    print("ready", flush=True)
    for _line in sys.stdin:
        child = os.fork()
        if child == 0:
            store = open_store(url)
            print(f"writing {os.getpid()}", flush=True)
            store.write(layer.id, table, mode="upsert", author="import")
            print("done", flush=True)
            os._exit(0)
        os.waitpid(child, 0)
        print("gone", flush=True)


if __name__ == "__main__":
    main(sys.argv[1])
