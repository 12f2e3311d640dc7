"""A million debtors classified: from columns in memory, and from the store on both engines."""

from __future__ import annotations

import resource
import tempfile
from datetime import date
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from layers.debt.classes import DEBTOR_CLASSES, classify
from layers.privacy import owner_view
from layers.processes import execute
from layers.workspace import open_workspace
from tests.bench.data import AREA, Sizes
from tests.bench.engines import NO_SERVER, workspaces
from tests.bench.measure import stopwatch
from tests.bench.report import Section, Table, figure
from tests.bench.store import TimedReader

__all__ = ["debtors", "measure"]

A_MILLION, OF_POINTS = 1_000_000, 300_000  # debtors for so many points of the other subjects
SECONDS, GIGABYTES = 10, 3
REFERENCE = date(2025, 8, 1)


def measure(sizes: Sizes) -> Section:
    """Classify as many debtors as the size asks for, with reading shown apart."""
    section = Section("Debtor classes", "python -m tests.bench debtors")
    n = round(A_MILLION * sizes.points / OF_POINTS)
    rows = debtors(n)
    with stopwatch() as watch:
        table, findings = classify(rows, REFERENCE)
    if findings or not table["debtor_class"].isin(list(DEBTOR_CLASSES)).all():
        raise AssertionError("the generated debtors are not sound")
    found = [["columns in memory", "-", figure(watch.seconds, "s"), "-", f"< {SECONDS} s"]]
    with (
        tempfile.TemporaryDirectory(prefix="phumi-bench-") as folder,
        workspaces(Path(folder)) as urls,
    ):
        if "PostGIS" not in urls:
            section.notes.append(NO_SERVER)
        found += [[engine, *_from_store(url, rows)] for engine, url in urls.items()]
    section.tables.append(
        Table(
            f"{n:,} debtors into classes, with time bar, order, measures and papers",
            ("From", "reading", "computing", "together", "computing, target"),
            found,
        )
    )
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
    section.notes.append(
        f"Greatest memory of the process: {figure(peak, 'GB')} (target < {GIGABYTES} GB)."
    )
    return section


def debtors(n: int, seed: int = 6) -> gpd.GeoDataFrame:
    """Contracts of ten years, paid or not, some in a measure, in made-up tambons."""
    random = np.random.default_rng(seed)
    start = np.datetime64("2015-01-01") + random.integers(0, 3_800, n)
    since = (np.datetime64(REFERENCE) - start).astype(np.int64)
    paid = start + (random.random(n) * since).astype(np.int64)
    number = pd.Series(np.arange(n)).astype(str).str.zfill(7)
    measure = random.random(n) < 0.1
    codes = 100_101 + random.integers(0, 7_425, n)
    frame = pd.DataFrame(
        {
            "contract_id": "C" + number,
            "contract_no": number,
            "fund_code": "WF",
            "area_code": pd.Series(codes).astype(str),
            "project_status": "open",
            "start_date": start,
            "term_months": 24,
            "first_due_date": start + 180,
            "last_payment_date": pd.Series(paid).where(random.random(n) < 0.9),
            "overdue_instalments": random.integers(0, 4, n),
            "outstanding_thb": np.round(random.random(n) * 100_000 + 1, 2),
            "lm_as_of": np.datetime64("2025-07-25"),
            "generation": "old",
            "co_debtors": 3,
            "legal_status": random.choice(["none", "notice_sent"], n),
            "measure_code": pd.Series("restructure", index=range(n)).where(measure),
            "measure_state": pd.Series("active", index=range(n)).where(measure),
            "measure_overdue": pd.Series(random.integers(0, 2, n)).where(measure),
        }
    )
    west, south, east, north = AREA
    x, y = west + random.random(n) * (east - west), south + random.random(n) * (north - south)
    return gpd.GeoDataFrame(frame, geometry=shapely.points(x, y), crs=4326)


def _from_store(url: str, rows: gpd.GeoDataFrame) -> list[str]:
    store = open_workspace(url)
    store.write("debtors", rows, author="bench")
    reader = TimedReader(store, owner_view)
    with stopwatch() as together:
        result = execute("debtor-classes", {"reference": REFERENCE.isoformat()}, reader)
    store.close()
    if result.summary["debtors"] != len(rows) or result.left_out:
        raise AssertionError(f"{result.left_out} debtors were left out")
    return [
        figure(reader.seconds, "s"),
        figure(together.seconds - reader.seconds, "s"),
        figure(together.seconds, "s"),
        f"< {SECONDS} s",
    ]
