"""Site screening: many plots on a raster of 1,201 squared, the ground alone and all factors."""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from affine import Affine

from geo.crs import from_local
from geo.screening import Terrain, measure_terrain
from geo.terrain import Elevation
from layers.plots import PLOTS
from layers.processes import execute
from tests.bench.data import Sizes
from tests.bench.measure import stopwatch
from tests.bench.pond import Tables, random_rims
from tests.bench.report import Section, Table, figure

__all__ = ["measure"]

RASTER = Path(__file__).resolve().parents[3] / "shared/data/dem/N42E001.hgt.zip"
SIDE = 1_201
PONDS_A_PLOT = 10  # of the pond benchmark, for one plot here
TARGET_S = 30
ROADS, SITES, ZONES = 400, 40, 60


def measure(sizes: Sizes) -> Section:
    """Screen plots of up to 10 rai on a real raster, or on an invented one of the same size."""
    n = sizes.ponds // PONDS_A_PLOT
    section = Section("Site screening", "python -m tests.bench screening")
    with stopwatch() as opened:
        elevation = Elevation.open(str(RASTER)) if RASTER.exists() else _invented()
        terrain = Terrain.of(elevation)
    plots = _plots(n, elevation)
    with stopwatch() as ground:
        found = measure_terrain(np.asarray(plots.geometry.array), terrain)
    reader = _surroundings(plots)
    reader.elevation = str(RASTER) if RASTER.exists() else ""
    with stopwatch() as every:
        result = execute("site-screening", {}, reader)
    if result.summary["plots"] != n or result.left_out:
        raise AssertionError(f"site-screening left out {result.left_out} of {n} plots")
    rows = [
        ["slope, aspect and flow of the raster", "", figure(opened.seconds, "s")],
        ["ground of the plots (F1, F2, F5)", f"{n:,}", figure(ground.seconds, "s")],
        ["all factors from the raster on, verdicts, reasons", f"{n:,}", figure(every.seconds, "s")],
        ["target", "10,000", f"{TARGET_S} s"],
    ]
    section.tables.append(Table("Time", ("What", "Plots", "Time"), rows))
    known = int(found["slope_pct"].notna().sum())
    source = RASTER.name.partition(".")[0] if RASTER.exists() else "an invented raster"
    section.notes.append(f"On {source}; slope known for {known:,} plots; reading is not measured.")
    return section


def _invented() -> Elevation:
    random = np.random.default_rng(11)
    heights = random.normal(0, 3, (SIDE, SIDE)).cumsum(axis=0).cumsum(axis=1) / 200
    step = 1 / (SIDE - 1)
    return Elevation.of(heights, Affine(step, 0, 98, 0, -step, 9), 4326)


def _plots(n: int, elevation: Elevation) -> gpd.GeoDataFrame:
    """Plots all over the raster, each with a record whose field check is complete."""
    rows, columns = elevation.heights.shape
    west, north = elevation.transform * (0.02 * columns, 0.02 * rows)
    east, south = elevation.transform * (0.98 * columns, 0.98 * rows)
    at = np.random.default_rng(5).uniform([west, south], [east, north], (n, 2))
    rims = shapely.transform(random_rims(n)[0], lambda xy: 2 * xy)
    table = pd.DataFrame({"plot_id": "K" + pd.Series(range(n)).astype(str)})
    known = {"deed_type": "chanote", "soil_class": "clay", "access_width_m": 4.0}
    for name in PLOTS.by_name:
        if name not in table:
            table[name] = known.get(name)
    table["field_check"] = [{"boulders": "none", "valley": False, "trees_per_rai": 2.0}] * n
    return gpd.GeoDataFrame(table, geometry=from_local(rims, at), crs=4326)


def _surroundings(plots: gpd.GeoDataFrame) -> Tables:
    """Roads, waste sites, permission zones and hazards all over the same ground."""
    west, south, east, north = plots.total_bounds
    random = np.random.default_rng(6)

    def anywhere(n: int) -> np.ndarray:
        return random.uniform([west, south], [east, north], (n, 2))

    lines = shapely.linestrings(np.stack([anywhere(ROADS), anywhere(ROADS)], axis=1))
    blobs = [shapely.Point(xy).buffer(0.02) for xy in anywhere(2 * ZONES)]
    return Tables(
        {
            "plots": plots,
            "roads": gpd.GeoDataFrame(
                {"motor": None, "road_class": ["local_road"] * ROADS}, geometry=lines, crs=4326
            ),
            "facilities": gpd.GeoDataFrame(
                {"kind": ["waste_water"] * SITES},
                geometry=shapely.points(anywhere(SITES)),
                crs=4326,
            ),
            "permission_zones": gpd.GeoDataFrame(
                {"zone_kind": ["alro"] * ZONES}, geometry=blobs[:ZONES], crs=4326
            ),
            "hazards": gpd.GeoDataFrame(
                {"hazard": "flood", "state": "active", "method": "observed",
                 "severity": random.integers(1, 6, ZONES)},
                geometry=blobs[ZONES:], crs=4326,
            ),
        }
    )  # fmt: skip
