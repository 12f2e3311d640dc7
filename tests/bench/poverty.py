"""Poverty targeting: a million households tiered, guarded and selected, from arrays and layers.

Each measurement runs in a process of its own, so that its memory is its own.
"""

from __future__ import annotations

import multiprocessing
import resource
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import geopandas as gpd
import numpy as np
import pandas as pd

from layers.poverty.overlap import guard
from layers.poverty.parameters import SelectionParameters, TierParameters
from layers.poverty.selection import Candidates, select, with_guard
from layers.poverty.tiers import Facts, judge
from layers.privacy import owner_view
from layers.processes import execute
from layers.store import open_store
from layers.village_targets import target_id
from layers.workspace import open_workspace
from tests.bench.data import AREA, Sizes
from tests.bench.engines import NO_SERVER, server_versions, workspaces
from tests.bench.measure import stopwatch
from tests.bench.report import Section, Table, figure
from tests.bench.store import TimedReader

__all__ = ["households", "measure", "register"]

HOUSEHOLDS_A_POND = 10  # of the pond benchmark, for one pond here
TARGET_S, TARGET_GB = 10, 3
IN_A_VILLAGE = 40
PROGRAMMES = (("SAMMA62", 2562), ("SAMMA63", 2563), ("SEP63", 2563), ("LOWINC62", 2562))
PROCESSES = ("poverty-tiers", "target-selection")


class Taken(NamedTuple):
    """Seconds of reading and of all, peak memory in GB, and how many were selected."""

    reading: float
    seconds: float
    gigabytes: float
    selected: int


def measure(sizes: Sizes) -> Section:
    """A million households by the rules alone, then by the processes on both engines."""
    n = sizes.ponds * HOUSEHOLDS_A_POND
    section = Section("Poverty targeting", "python -m tests.bench poverty")
    rows = [_row("arrays, tiers, guard and lists", _apart(_from_arrays, n))]
    with (
        tempfile.TemporaryDirectory(prefix="phumi-bench-") as folder,
        workspaces(Path(folder)) as urls,
    ):
        if "PostGIS" not in urls:
            section.notes.append(NO_SERVER)
        for engine, url in urls.items():
            _apart(_fill, n, url)
            if engine == "PostGIS":
                section.versions |= server_versions(url)
            for process in PROCESSES:
                rows.append(_row(f"{engine} {process}", _apart(_from_layers, url, process)))
    rows.append(["target", "", f"{TARGET_S} s", "", f"{TARGET_GB} GB", ""])
    heads = ("What", "reading", "computing", "together", "peak memory", "selected")
    section.tables.append(Table(f"{n:,} households", heads, rows))
    section.notes.append(
        "Computing is what is left of the process after reading; reasons stand as codes, worded "
        "reasons are for 50,000 households at most."
    )
    return section


def _row(name: str, taken: Taken) -> list[str]:
    return [
        name,
        figure(taken.reading, "s") if taken.reading else "-",
        figure(taken.seconds - taken.reading, "s"),
        figure(taken.seconds, "s"),
        figure(taken.gigabytes, "GB"),
        f"{taken.selected:,}" if taken.selected else "-",
    ]


def _apart(work: Callable[..., Any], *given: Any) -> Any:
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        return pool.apply(work, given)


def _memory() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20


def _from_arrays(n: int) -> Taken:
    table, programmes = households(n), register(n)
    rules = SelectionParameters()
    with stopwatch() as watch:
        found = judge(Facts.of(table), TierParameters())
        held = guard(table, programmes, rules.overlap_programmes)
        who = Candidates(
            household_id=table["household_id"],
            village=table["area_code"],
            tier=found.tier,
            status=with_guard(found.status, held.state),
            income=found.income,
            household_size=table["household_size"].to_numpy(dtype=float),
            guard=held.state,
        )
        plan = select(who, rules)
    return Taken(0, watch.seconds, _memory(), int(plan.villages["n_selected"].sum()))


def _fill(n: int, url: str) -> None:
    """Write the layers; the workspace is made first."""
    store = open_workspace(url)
    table = households(n)
    random = np.random.default_rng(7)
    west, south, east, north = AREA
    homes = gpd.points_from_xy(random.uniform(west, east, n), random.uniform(south, north, n))
    rows = gpd.GeoDataFrame(table, geometry=homes, crs=4326)
    store.write("households", rows, mode="append", author="bench")
    store.write("village_targets", register(n), mode="append", author="bench")
    store.close()


def _from_layers(url: str, process: str) -> Taken:
    store = open_store(url)
    reader = TimedReader(store, owner_view)
    with stopwatch() as watch:
        result = execute(process, {}, reader)
    store.close()
    if result.left_out or result.features is None:
        raise AssertionError(f"{process} left out {result.left_out} households")
    states = result.summary.get("list_states", {"selected": 0})
    return Taken(reader.seconds, watch.seconds, _memory(), states["selected"])


def households(n: int, seed: int = 1) -> pd.DataFrame:
    """Households with every fact that decides, some of them unknown."""
    random = np.random.default_rng(seed)
    income = np.round(random.lognormal(10.75, 0.45, n), -2)
    number = pd.Series(np.arange(n)).astype(str).str.zfill(8)
    villages = 10_010_101 + random.integers(0, max(n // IN_A_VILLAGE, 1), n)
    table = pd.DataFrame(
        {
            "household_id": "H" + number,
            "area_code": pd.Series(villages).astype(str),
            "household_size": random.integers(1, 9, n),
            "income_pcpy_tpmap": income,
            "income_pcpy_bmn": np.where(random.random(n) < 0.03, np.nan, income),
        }
    )
    for name, yes, unknown in (
        ("in_tpmap", 1.0, 0.0), ("welfare_card", 0.5, 0.05), ("flag_elderly", 0.2, 0.05),
        ("flag_disabled", 0.1, 0.05), ("flag_welfare_only", 0.07, 0.05),
        ("rehab_member", 0.02, 0.1), ("flag_unwilling", 0.03, 0.02),
        ("flag_wants_to_move_out", 0.01, 0.02), ("flag_moved_out", 0.01, 0.0),
        ("flag_deceased", 0.01, 0.0),
    ):  # fmt: skip
        drawn = random.random(n)
        told = pd.array(drawn < unknown + yes, dtype="boolean")
        told[drawn < unknown] = pd.NA
        table[name] = told
    return table


def register(n: int, seed: int = 2) -> pd.DataFrame:
    """Every tenth village in each earlier programme, a third of its households on the list."""
    random = np.random.default_rng(seed)
    members = households(n).groupby("area_code")["household_id"].agg(list)
    parts = []
    for code, year in PROGRAMMES:
        chosen = members[random.random(len(members)) < 0.1]
        parts.append(
            pd.DataFrame(
                {
                    "target_id": [target_id(code, year, village) for village in chosen.index],
                    "area_code": chosen.index,
                    "programme_code": code,
                    "fiscal_year_be": year,
                    "participants": [listed[: len(listed) // 3] for listed in chosen],
                    "participants_loaded": True,
                }
            )
        )
    return pd.concat(parts, ignore_index=True)
