"""Pond check: volumes and full verdicts of many ponds, and how near to the closed form."""

from __future__ import annotations

from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from geo.crs import from_local
from geo.pond import check_ponds
from layers.privacy import owner_view
from layers.processes import Reader, execute
from tests.bench.data import Sizes
from tests.bench.measure import stopwatch
from tests.bench.report import Section, Table, figure

__all__ = ["closed_form", "measure", "random_rims"]

TARGET_S, TARGET_REL = 20, 1e-6
AROUND = (102.0, 15.0)
NO_STORE: Any = None  # nothing is read from one
SLOPES = (0.0, 1.0, 1.5, 2.0)


def measure(sizes: Sizes) -> Section:
    """Judge convex and concave ponds, as shapes in metres and as layers in degrees."""
    n = sizes.ponds
    section = Section("Pond check", "python -m tests.bench pond")
    rims, depth, slope = random_rims(n)
    with stopwatch() as volumes:
        found = check_ponds(rims, depth, slope)
    whole, error = _compared(rims, depth, slope, found)
    ponds, plots = _as_layers(rims, depth, slope)
    reader = Tables({"ponds": ponds, "plots": plots})
    with stopwatch() as full:
        result = execute("pond-check", {}, reader)
    if result.summary["ponds"] != n or result.left_out:
        raise AssertionError(f"pond-check left out {result.left_out} of {n} ponds")
    with stopwatch() as text:
        letters = sum(map(len, result.chunks()))
    rows = [
        ["volume, bottom, capacity, verdict (arrays)", f"{n:,}", figure(volumes.seconds, "s")],
        ["every verdict (tables ponds and plots)", f"{n:,}", figure(full.seconds, "s")],
        ["target", "100,000", f"{TARGET_S} s"],
        [
            f"the result as GeoJSON text ({letters / 1e6:.0f} MB)",
            f"{n:,}",
            figure(text.seconds, "s"),
        ],
    ]
    section.tables.append(Table("Time", ("What", "Ponds", "Time"), rows))
    rows = [
        ["ponds of which no edge vanishes", f"{whole:,}", f"{error:.1e}"],
        ["target", "", f"{TARGET_REL:.0e}"],
    ]
    heads = ("Against A0 d - P z d2/2 + T z2 d3/3", "Ponds", "Largest relative error")
    section.tables.append(Table("Volume", heads, rows))
    section.notes.append("Half of the rims are concave; reading is not in these times.")
    return section


def random_rims(n: int, seed: int = 4) -> tuple[Any, Any, Any]:
    """n rims of 4 to 8 corners, 12 to 80 m across, with depth and slope."""
    random = np.random.default_rng(seed)
    rims = np.empty(n, dtype=object)
    for corners in range(4, 9):
        rows = np.arange(corners - 4, n, 5)
        turn = 2 * np.pi * (np.arange(corners) + random.uniform(-0.3, 0.3, (len(rows), corners)))
        turn /= corners
        reach = random.uniform(0.55, 1, (len(rows), corners)) * random.uniform(
            6, 40, (len(rows), 1)
        )
        rims[rows] = shapely.polygons(reach[..., None] * np.stack([np.cos(turn), np.sin(turn)], -1))
    rims[::2] = shapely.convex_hull(rims[::2])
    return rims, np.round(random.uniform(1, 4, n), 1), random.choice(SLOPES, n)


def closed_form(rim: shapely.Polygon, depth: float, slope: float) -> float:
    """A0 d - P z d2/2 + T z2 d3/3, T from the angles of the corners (LAND-R11)."""
    ring = shapely.get_coordinates(shapely.orient_polygons(rim))[:-1]
    ahead, back = np.roll(ring, -1, axis=0) - ring, np.roll(ring, 1, axis=0) - ring
    theta = np.arctan2(back[:, 1], back[:, 0]) - np.arctan2(ahead[:, 1], ahead[:, 0])
    t = (1 / np.tan(theta % (2 * np.pi) / 2)).sum()
    return float(rim.area * depth - rim.length * slope * depth**2 / 2 + t * slope**2 * depth**3 / 3)


def _compared(rims: Any, depth: Any, slope: Any, found: pd.DataFrame) -> tuple[int, float]:
    """Ponds whose bottom still has every corner of the rim, and their largest relative error."""
    bottom = shapely.buffer(rims, -slope * depth * 1.001, join_style="mitre", mitre_limit=1000)
    same = shapely.get_num_coordinates(bottom) == shapely.get_num_coordinates(rims)
    same &= shapely.get_type_id(bottom) == 3
    # Past a mitre of 5 the section itself is cut short, by definition.
    short = shapely.buffer(rims, -slope * depth * 1.001, join_style="mitre", mitre_limit=5)
    same &= shapely.get_num_coordinates(short) == shapely.get_num_coordinates(rims)
    rows = np.flatnonzero(same)
    exact = np.array([closed_form(rims[k], depth[k], slope[k]) for k in rows])
    apart = np.abs(found["volume_m3"].to_numpy(dtype=float)[rows] / exact - 1)
    return len(rows), float(apart.max(initial=0.0))


class Tables(Reader):
    """A reader of tables in memory, so that what is measured is the analysis alone."""

    def __init__(self, tables: dict[str, gpd.GeoDataFrame], elevation: str = "") -> None:
        super().__init__(NO_STORE, owner_view, elevation=elevation)
        self.tables = tables

    def read(self, layer_id: str, **_: Any) -> pd.DataFrame:
        """The table, or an empty one."""
        return self.tables.get(layer_id, gpd.GeoDataFrame({"plot_id": []}, geometry=[], crs=4326))


def _as_layers(rims: Any, depth: Any, slope: Any) -> tuple[gpd.GeoDataFrame, gpd.GeoDataFrame]:
    n = len(rims)
    number = np.arange(n)
    at = np.stack([AROUND[0] + number % 500 * 0.002, AROUND[1] + number // 500 * 0.002], axis=1)
    names = pd.Series(number).astype(str)
    plots = shapely.buffer(shapely.envelope(rims), 8, join_style="mitre")
    ponds = pd.DataFrame(
        {"pond_id": "P" + names, "plot_id": "K" + names, "kind": "design", "depth_m": depth,
         "slope_h_per_v": slope}
    )  # fmt: skip
    for name in ("name", "freeboard_m", "dead_depth_m", "profile", "lined", "engineer_certified",
                 "rim_to_boundary_m", "area_code", "plan_id"):  # fmt: skip
        ponds[name] = None
    return (
        gpd.GeoDataFrame(ponds, geometry=from_local(rims, at), crs=4326),
        gpd.GeoDataFrame({"plot_id": ponds["plot_id"]}, geometry=from_local(plots, at), crs=4326),
    )
