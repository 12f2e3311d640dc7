"""The store in process: import, pages of GeoJSON beside raw SQL, pond-check."""

from __future__ import annotations

import tempfile
from pathlib import Path

import numpy as np
import pandas as pd

from layers.intake import prepare
from layers.privacy import owner_view
from layers.processes import Reader, execute
from layers.query import BBox, Query
from layers.store import Store, open_store
from layers.workspace import open_workspace
from tests.bench import data
from tests.bench.data import POINTS, Sizes
from tests.bench.engines import NO_SERVER, server_versions, workspaces
from tests.bench.measure import rates, stopwatch
from tests.bench.raw import Raw, open_raw, same
from tests.bench.report import Section, Table, factor, figure

__all__ = ["measure"]

RATIO = 0.7
POND_SECONDS = 20
COUNT_COLUMNS = ("Engine", "Case", "phumi /s", "raw SQL /s", "phumi / raw", "target")


def measure(sizes: Sizes) -> Section:
    """Import, read and judge on both engines."""
    section = Section("Store, in process", "python -m tests.bench store")
    imports = Table(
        f"Import of {sizes.points:,} points from FlatGeobuf",
        ("Engine", "file to rows /s", "rows written /s", "prepare", "write", "from file /s"),
        rows := [],
    )
    reads = Table("Reading, one caller", COUNT_COLUMNS, read_rows := [])
    judged = Table(
        f"pond-check over {sizes.ponds:,} ponds",
        ("Engine", "reading", "computing", "together", "target"),
        pond_rows := [],
    )
    section.tables += [imports, reads, judged]
    with tempfile.TemporaryDirectory(prefix="phumi-bench-") as folder:
        file = Path(folder) / "points.fgb"
        data.points(sizes.points).to_file(file)
        with workspaces(Path(folder)) as urls:
            if "PostGIS" not in urls:
                section.notes.append(NO_SERVER)
            for engine, url in urls.items():
                rows.append([engine, *_import(url, file)])
                if engine == "PostGIS":
                    section.versions |= server_versions(url)
                read_rows += [[engine, *row] for row in _read(url, sizes)]
                pond_rows.append([engine, *_judge(url, sizes)])
    section.notes.append(
        "Raw SQL is one statement on one open connection by psycopg or DuckDB's client, on the "
        "same table; its answer was compared with phumi's feature by feature."
    )
    return section


def _import(url: str, file: Path) -> list[str]:
    store = open_store(url)
    store.ensure(POINTS)
    with stopwatch() as preparing:
        intake = prepare(file, POINTS, layer_id=POINTS.id)
    with stopwatch() as writing:
        store.write(POINTS.id, intake.rows, author="bench", source=file.name)
    n = store.count(Query(layer=POINTS.id), owner_view(POINTS))
    store.close()
    return [
        figure(n / preparing.seconds),
        figure(n / writing.seconds),
        figure(preparing.seconds, "s"),
        figure(writing.seconds, "s"),
        figure(n / (preparing.seconds + writing.seconds)),
    ]


def _read(url: str, sizes: Sizes) -> list[list[str]]:
    raw = open_raw(url, sizes.page)
    store = open_store(url)
    try:
        return _compare(store, raw, sizes)
    finally:
        raw.close()
        store.close()


def _compare(store: Store, raw: Raw, sizes: Sizes) -> list[list[str]]:
    view = owner_view(POINTS)
    single = Query(layer=POINTS.id)

    def page(box: BBox) -> str:
        return store.features(Query(layer=POINTS.id, bbox=box, limit=sizes.page), view).features

    def one(key: str) -> str:
        return store.feature(key, single, view).text

    def count(box: BBox) -> int:
        return store.count(Query(layer=POINTS.id, bbox=box), view)

    boxes = list(data.boxes(sizes.calls, sizes.box_side))
    numbers = np.random.default_rng(5).integers(0, sizes.points, sizes.calls)
    keys = [f"p{number}" for number in numbers]
    if not (
        all(same(raw.page(box), page(box)) for box in boxes[:10])
        and all(same(raw.single(key), one(key)) for key in keys[:10])
        and all(raw.count(box) == count(box) for box in boxes[:10])
    ):
        raise AssertionError("raw SQL and the store give different answers: nothing to compare")
    cases = (
        (f"{sizes.page} features in a box", page, raw.page, boxes),
        ("one feature", one, raw.single, keys),
        ("count in a box", count, raw.count, boxes),
    )
    rows = []
    for name, ours, by_hand, arguments in cases:
        found = rates({"phumi": ours, "raw": by_hand}, arguments, sizes.rounds)
        ratio = factor(found["phumi"], found["raw"])
        target = "-" if name.startswith("count") else f">= {RATIO} x"
        rows.append([name, figure(found["phumi"]), figure(found["raw"]), ratio, target])
    return rows


class TimedReader(Reader):
    """Knows how long reading took."""

    seconds = 0.0

    def read(self, layer_id: str, **asked: object) -> pd.DataFrame:
        """As of Reader."""
        with stopwatch() as watch:
            found = super().read(layer_id, **asked)  # type: ignore[arg-type]
        self.seconds += watch.seconds
        return found


def _judge(url: str, sizes: Sizes) -> list[str]:
    store = open_workspace(url)
    store.write("plots", data.plots(sizes.ponds), author="bench")
    store.write("ponds", data.ponds(sizes.ponds), author="bench")
    reader = TimedReader(store, owner_view)
    with stopwatch() as together:
        result = execute("pond-check", {}, reader)
    store.close()
    if result.summary["ponds"] != sizes.ponds or result.left_out:
        raise AssertionError(f"pond-check left out {result.left_out} of the ponds")
    return [
        figure(reader.seconds, "s"),
        figure(together.seconds - reader.seconds, "s"),
        figure(together.seconds, "s"),
        f"< {POND_SECONDS} s",
    ]
