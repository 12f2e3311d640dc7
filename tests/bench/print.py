"""Printed maps: seconds of a page and of an atlas, memory of a large page."""

from __future__ import annotations

import io
import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import shapely

import sample_data
from api.atlas import atlas_pages
from api.printing import Choice
from geo.text import Text
from layers.catalogue import CATALOGUE
from layers.intake import prepare
from layers.privacy import public_view
from layers.workspace import open_workspace
from tests.bench.data import FULL, Sizes
from tests.bench.measure import rates, stopwatch
from tests.bench.report import Section, Table
from webmap.overlay import MapLayer
from webmap.print.atlas import draw_pages
from webmap.print.sheet import MapSheet, draw_sheet, save_sheet

__all__ = ["measure", "sheet"]

POLYGONS = 20_000
HERE = (98.2, 7.7, 98.6, 8.0)
LIMITS = {"png": 0.8, "pdf": 2.0, "svg": 2.0}
A3_MEMORY_MB = 1_500
ATLAS_SECONDS = 20


def sheet(polygons: int, **changes: Any) -> MapSheet:
    """A page of so many plots of every status, on a lattice."""
    west, south, east, north = HERE
    side = int(np.ceil(np.sqrt(polygons)))
    wide, high = (east - west) / side, (north - south) / side
    column, row = np.divmod(np.arange(polygons), side)
    angle = np.linspace(0, 2 * np.pi, 12)
    x = west + (column[:, None] + 0.5 + 0.42 * np.cos(angle)) * wide
    y = south + (row[:, None] + 0.5 + 0.42 * np.sin(angle)) * high
    rings = np.stack([x, y], axis=2)
    rings[:, -1] = rings[:, 0]
    states = list(CATALOGUE["plots"].by_name["status"].values or {})
    rows = gpd.GeoDataFrame(
        {
            "plot_id": np.arange(polygons).astype(str),
            "status": np.resize(np.array(states), polygons),
            "data_origin": "invented",
        },
        geometry=shapely.multipolygons([[ring] for ring in shapely.polygons(rings)]),
        crs=4326,
    )
    item = MapLayer(CATALOGUE["plots"], rows)
    return MapSheet(title=Text("แปลง", "Plots"), items=[item], bbox=HERE, **changes)


def measure(sizes: Sizes) -> Section:
    """A4 at 150 dpi in each format, the memory of A3 at 300 dpi, and an atlas."""
    section = Section("Printed maps", "python -m tests.bench print")
    number = POLYGONS if sizes is FULL else 500
    asked = sheet(number)
    works = {kind: _page(kind) for kind in LIMITS}
    found = rates(works, [asked], sizes.rounds)
    headings = ("Page", "seconds", "of it processor", "limit", "seconds / limit")
    rows = []
    for kind, limit in LIMITS.items():
        seconds, busy = 1 / found[kind], _processor(works[kind], asked)
        words = (f"{seconds:.2f}", f"{busy:.2f}", f"{limit:g}", f"{seconds / limit:.2f}")
        rows.append([f"A4 {kind} 150 dpi", *words])
    section.tables.append(Table(f"{number:,} polygons, warm", headings, rows))
    peak = _peak(number)
    section.notes.append(
        f"A3 PNG at 300 dpi with {number:,} polygons: a process of its own holds {peak:,.0f} MB at "
        f"most (limit {A3_MEMORY_MB:,} MB)."
    )
    section.tables.append(_atlas())
    return section


def _atlas() -> Table:
    """The 17 tambons of the demo province, in the form that is bound."""
    with tempfile.TemporaryDirectory(prefix="phumi-bench-") as folder:
        store = open_workspace(f"duckdb:///{folder}/demo.duckdb")
        for layer_id, path in sample_data.files().items():
            rows = prepare(path, CATALOGUE[layer_id], layer_id=layer_id).rows
            store.write(layer_id, rows, author="bench", source=path.name)
        pages = atlas_pages(store, public_view, "tambon", Choice(area="83"), reader="public")
        with stopwatch() as first:
            number = sum(item.new for item in draw_pages(pages, Path(folder) / "atlas", "pdf", 150))
        with stopwatch() as again:
            list(draw_pages(pages, Path(folder) / "atlas", "pdf", 150))
        store.close()
    rows = [
        [f"{number} tambons", f"{first.seconds:.1f}", f"{ATLAS_SECONDS:g}"],
        ["the same again, nothing changed", f"{again.seconds:.2f}", "-"],
    ]
    return Table(f"Atlas on {os.cpu_count()} cores", ("Atlas", "seconds", "limit"), rows)


def _page(kind: Any) -> Any:
    return lambda asked: save_sheet(draw_sheet(asked), io.BytesIO(), kind, 150)


def _processor(work: Any, argument: Any) -> float:
    """Seconds of processor time, which neighbours on the machine do not lengthen as much."""
    start = time.process_time()
    work(argument)
    return time.process_time() - start


def _peak(number: int) -> float:
    """Most memory in MB of a process that draws a large page."""
    command = [sys.executable, "-m", "tests.bench.print", str(number)]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    return float(done.stdout)


def _large_page() -> None:
    figure = draw_sheet(sheet(int(sys.argv[1]), size="A3"))
    save_sheet(figure, io.BytesIO(), "png", 300)
    print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)


if __name__ == "__main__":
    _large_page()
