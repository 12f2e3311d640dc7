"""Layouts of random plots: how many are feasible, how exact, how good, how fast."""

from __future__ import annotations

import collections
import time
from collections.abc import Iterator, Sequence
from typing import NamedTuple

import geopandas as gpd
import numpy as np
import shapely

from geo.crs import to_local
from geo.layout.plan import generate_layouts
from geo.layout.profiles import GROUPS, PROFILES, Profile
from geo.layout.site import Site, compactness
from tests.bench.data import Sizes, tambons
from tests.bench.report import Section, Table, figure
from tests.geo.layout_plots import RAI, cut_site, random_site

__all__ = ["measure"]

ALL = 2_000  # drafts that go on from cut to cut when the best of all is wanted
PONDS_A_PLOT = 100  # of the pond benchmark, for one plot here
SHARE_PP, FEASIBLE_PCT, ONE_MS, BEST_S = 0.1, 95, 150, 1
FIGURES = (
    "Plots",
    "number",
    "feasible",
    "compact > 0.5",
    "share error",
    "J",
    "mean",
    "slowest 5 %",
)


class Found(NamedTuple):
    """One plot that was laid out; ``error`` is the worst share in percentage points."""

    compact: float
    feasible: bool
    error: float
    j: float
    seconds: float
    broken: tuple[str, ...]


def measure(sizes: Sizes) -> Section:
    """Lay out convex and concave plots of 0.25 to 15 rai, on one core."""
    section = Section("Plot layout", "python -m tests.bench layout")
    count = sizes.ponds // PONDS_A_PLOT
    found = [_lay_out(random_site(seed)) for seed in range(count)]
    best = [_lay_out(random_site(seed), beam=ALL) for seed in range(max(count // 10, 10))]
    areas, source = tambons()
    pieces = [_lay_out(site) for site in _pieces(areas, count // 4)]
    rows = [
        _row("convex", found[::2]),
        _row("concave", found[1::2]),
        _row("all", found),
        _row(f"cut from tambons ({source})", pieces),
        _row(f"best of all (the first {len(best)})", best),
        ["target", "", "", f">= {FEASIBLE_PCT} %", f"<= {SHARE_PP} pp", "", f"{ONE_MS} ms", ""],
        ["target, best of all", "", "", "", "", "", f"{BEST_S} s", ""],
    ]
    section.tables.append(Table(f"30:30:30:10 on {count:,} random plots", FIGURES, rows))
    blocked = collections.Counter(id_ for item in found + pieces for id_ in item.broken)
    named = ", ".join(f"{id_} {number}" for id_, number in blocked.most_common()) or "none"
    section.notes.append(f"Constraints that block where no plan is feasible: {named}.")
    section.notes.append("Seconds are those of the processor; share errors of feasible plans.")
    return section


def _pieces(areas: gpd.GeoDataFrame, count: int) -> Iterator[Site]:
    chosen = areas.geometry.iloc[:: max(len(areas) // 100, 1)]
    local = [
        max(shapely.get_parts(shape), key=shapely.area) for shape in to_local(chosen).geometries
    ]
    return (cut_site(local[seed % len(local)], seed) for seed in range(count))


def _profile(site: Site) -> Profile:
    return PROFILES["phuket_micro" if site.plot.area <= RAI else "standard_30_30_30_10"]


def _lay_out(site: Site, beam: int = 80) -> Found:
    profile = _profile(site)
    start = time.process_time()
    result = generate_layouts(site, profile, beam=beam)
    seconds = time.process_time() - start
    compact = compactness(site.plot)
    if not result.plans:
        codes = tuple(finding.code for finding in result.findings)
        return Found(compact, False, np.nan, np.nan, seconds, codes)
    plan = result.plans[0]
    shares = [100 * plan.zones[group].area / site.plot.area for group in GROUPS]
    error = float(np.abs(np.subtract(shares, profile.shares)).max())
    return Found(compact, plan.feasible, error, plan.j, seconds, plan.broken)


def _row(name: str, found: Sequence[Found]) -> list[str]:
    good = [item for item in found if item.feasible]
    regular = [item.feasible for item in found if item.compact > 0.5]
    seconds = np.array([item.seconds for item in found])
    return [
        name,
        f"{len(found):,}",
        f"{100 * len(good) / len(found):.1f} %",
        f"{100 * np.mean(regular):.1f} %" if regular else "-",
        f"{max((item.error for item in good), default=np.nan):.1e} pp",
        figure(float(np.mean([item.j for item in good])) if good else None),
        figure(1000 * float(seconds.mean()), "ms"),
        figure(1000 * float(np.quantile(seconds, 0.95)), "ms"),
    ]
