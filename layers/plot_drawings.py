"""Changes of a pond's drawing while it is dug: a changed version must be approved first.

LAND-R20b (PHUKET L1218).
"""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from geo.crs import geodesic_area

__all__ = ["drawings_waiting"]

SAME_M2 = 0.01
SAME_M = 1e-6
"""Rims and depths that differ by less are the same drawing (decision)."""


def drawings_waiting(ponds: gpd.GeoDataFrame) -> dict[str, list[str]]:
    """Ponds, by plot, whose newest drawing differs from the approved one and is not approved.

    ``ponds``: pond_id, plot_id, plan_id, kind, version, approved_at, depth_m, shapes in
    EPSG:4326. Drawings are versions of one pond where they share plot and plan and overlap; a plan
    without any approved drawing is a proposal and waits for nothing.

    >>> drawings_waiting(gpd.GeoDataFrame({"plot_id": []}, geometry=[], crs=4326))
    {}
    """
    if ponds.empty:
        return {}
    designs = ponds[(ponds["kind"] == "design") & ponds.geometry.notna()].reset_index(drop=True)
    approved = pd.notna(designs["approved_at"]).to_numpy(dtype=bool)
    version = pd.to_numeric(designs["version"], errors="coerce").fillna(0).to_numpy(dtype=float)
    key = designs["plot_id"].astype(str) + "|" + designs["plan_id"].fillna("").astype(str)
    shapes = np.asarray(designs.geometry.array, dtype=object)
    waiting: dict[str, list[str]] = {}
    for rows in key.groupby(key.to_numpy()).indices.values():
        if approved[rows].all() or not approved[rows].any():
            continue
        for row in rows[~approved[rows]]:
            mine = rows[shapely.intersects(shapes[rows], shapes[row])]
            held = mine[approved[mine]]
            newest = not len(mine[version[mine] > version[row]])
            if not len(held) or not newest:
                continue
            last = held[np.argmax(version[held])]
            if version[last] < version[row] and _differ(designs, int(last), int(row)):
                plot = str(designs["plot_id"].iloc[row])
                waiting.setdefault(plot, []).append(str(designs["pond_id"].iloc[row]))
    return waiting


def _differ(designs: gpd.GeoDataFrame, one: int, other: int) -> bool:
    rims, depths = designs.geometry, designs["depth_m"]
    if abs(float(depths.iloc[one]) - float(depths.iloc[other])) > SAME_M:
        return True
    apart = shapely.symmetric_difference(rims.iloc[one], rims.iloc[other])
    return not apart.is_empty and float(geodesic_area([apart])[0]) > SAME_M2
