"""Figures shown beside the water balance: share of water, rule of thumb, rain that is held."""

from __future__ import annotations

import numpy as np
import pandas as pd
import shapely
from numpy.typing import ArrayLike

from geo.crs import Floats, Geometries
from geo.layout.profiles import share_verdict
from geo.units import M2_PER_RAI

__all__ = [
    "BUND_M",
    "SHARE_TOL_PP",
    "SHARE_WARN_PP",
    "THUMB_M3_PER_RAI",
    "open_water",
    "rain_held",
    "thumb_ratio",
    "water_share",
]

SHARE_TOL_PP = 2.0
SHARE_WARN_PP = 5.0
THUMB_M3_PER_RAI = 1_000.0
BUND_M = 0.50


def open_water(rims: Geometries, strips: Geometries) -> float:
    """Area in m2 of pond rims and channel strips together, nothing counted twice (LAND-R23).

    Shapes in the same metres; None counts as nothing.

    >>> open_water(np.array([shapely.box(0, 0, 20, 20)]), np.array([shapely.box(18, 0, 30, 2)]))
    420.0
    """
    return float(shapely.union_all(np.concatenate([rims, strips])).area)


def water_share(
    water_m2: ArrayLike,
    plot_m2: ArrayLike,
    target_pct: ArrayLike = 30.0,
    *,
    within_pp: float = SHARE_TOL_PP,
    warn_pp: float = SHARE_WARN_PP,
) -> pd.DataFrame:
    """Hold the share of water of n plots against the profile (LAND-R23); a report, never a bar.

    Returns share_pct, deviation_pp (percentage points) and verdict: within, deviates,
    off_profile, or unknown where the plot's area is not.

    >>> water_share([448, 447], 1600).round(2).values.tolist()
    [[28.0, -2.0, 'within'], [27.94, -2.06, 'deviates']]
    """
    water, plot, target = np.broadcast_arrays(
        *(np.atleast_1d(np.asarray(item, dtype=float)) for item in (water_m2, plot_m2, target_pct))
    )
    known = (plot > 0) & np.isfinite(water) & np.isfinite(plot)
    share = np.full(len(water), np.nan)
    share[known] = 100 * water[known] / plot[known]
    verdict = [
        share_verdict(w, a, t, within=within_pp, warn=warn_pp) if k else "unknown"
        for w, a, t, k in zip(
            water.tolist(), plot.tolist(), target.tolist(), known.tolist(), strict=True
        )
    ]
    return pd.DataFrame({"share_pct": share, "deviation_pp": share - target, "verdict": verdict})


def thumb_ratio(capacity_m3: ArrayLike, crop_m2: ArrayLike) -> Floats:
    """Capacity over 1,000 m3 per rai of crops, the dry-season rule of thumb (LAND-R22).

    Published with the New Theory (general knowledge); nan without crops.

    >>> thumb_ratio([788.86], [960]).round(2)
    array([1.31])
    """
    crops = np.asarray(crop_m2, dtype=float) / float(M2_PER_RAI)
    need = THUMB_M3_PER_RAI * np.where(crops > 0, crops, np.nan)
    return np.asarray(np.asarray(capacity_m3, dtype=float) / need)


def rain_held(
    rain_m: ArrayLike,
    plot_m2: ArrayLike,
    capacity_m3: ArrayLike,
    channel_m3: ArrayLike = 0.0,
    paddy_m2: ArrayLike = 0.0,
    *,
    bund_m: float = BUND_M,
    held_share: float = 1.0,
) -> pd.DataFrame:
    """What ponds, channels and bunded paddies store against a year's rain on the plot (LAND-R34).

    Khok Nong Na practice (general knowledge): a wish, not a limit. Returns rain_m3, storage_m3
    and ratio.

    >>> rain_held(2.22, 1600, 788.86, 57.0, 480).round(2).values.tolist()
    [[3552.0, 1085.86, 0.31]]
    """
    rain = np.atleast_1d(np.asarray(rain_m, dtype=float) * np.asarray(plot_m2, dtype=float))
    rain = rain * held_share
    storage = np.asarray(capacity_m3, dtype=float) + np.asarray(channel_m3, dtype=float)
    storage = storage + np.asarray(paddy_m2, dtype=float) * bund_m + np.zeros(len(rain))
    ratio = storage / np.where(rain > 0, rain, np.nan)
    return pd.DataFrame({"rain_m3": rain, "storage_m3": storage, "ratio": ratio})
