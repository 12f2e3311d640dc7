"""Earth dug and earth needed: swelling, truck trips, fill, mounds, what is left (LAND-R19)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from geo.parameters import Parameters, between, column
from geo.pond import check_ponds
from geo.soil import soil_figures
from geo.text import Text

__all__ = ["EARTH_VERDICTS", "EarthParameters", "earth_balance", "mounds"]

EARTH_VERDICTS: Mapping[str, Text] = MappingProxyType(
    {
        "balanced": Text("ดินพอดี", "In balance"),
        "surplus": Text("ดินเหลือ เกลี่ยได้", "Surplus, can be spread"),
        "surplus_high": Text("ดินเหลือมาก เกลี่ยแล้วสูงเกินเกณฑ์", "Surplus stands too high when spread"),
        "surplus_unplaced": Text("ดินเหลือ ยังไม่มีที่เกลี่ย", "Surplus without a place"),
        "shortage": Text("ดินไม่พอ ต้องซื้อเพิ่ม", "Shortage, fill must be bought"),
        "unknown": Text("ไม่ทราบประเภทดิน", "Soil class is not known"),
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class EarthParameters(Parameters):
    """Truck load, and the height up to which a surplus may be spread (decisions)."""

    truck_m3: float = between(6.0, 0.5, 60)
    spread_max_m: float = between(0.5, 0.01, 10)
    balance_tolerance_m3: float = between(0.5, 0, 1000)


DEFAULTS = EarthParameters()


def earth_balance(
    bank_m3: ArrayLike,
    soil_class: Sequence[str | None],
    needed_m3: ArrayLike = 0.0,
    spread_m2: ArrayLike | None = None,
    parameters: EarthParameters = DEFAULTS,
) -> pd.DataFrame:
    """Balance the earth of n digs.

    ``bank_m3``: dug volume as it lay, of ponds and channels. ``needed_m3``: compacted fill for
    mounds, dykes and paths. ``spread_m2``: ground that a surplus is spread on, nan or 0 for none.

    Returns loose_m3, trips, compacted_m3, surplus_m3 (compacted; negative: shortage),
    spread_height_m and verdict (EARTH_VERDICTS); nan where the soil is not known.

    >>> earth_balance([927.0], ["sandy_loam"]).iloc[:, :3].round(2).values.tolist()
    [[1158.75, 194.0, 834.3]]
    """
    bank = column(bank_m3, len(soil_class))
    swell = soil_figures(soil_class, "swell")
    loose = bank * swell
    compacted = bank * soil_figures(soil_class, "compacted")
    surplus = compacted - column(needed_m3, len(bank), 0.0)
    place = column(spread_m2, len(bank), 0.0)
    with np.errstate(divide="ignore", invalid="ignore"):
        height = np.where(surplus > 0, surplus / place, 0.0)
    height = np.where((place > 0) | (surplus <= 0), height, np.nan)
    even = np.abs(surplus) <= parameters.balance_tolerance_m3
    verdict = np.select(
        [
            np.isnan(surplus),
            even,
            surplus < 0,
            np.isnan(height),
            height > parameters.spread_max_m + 1e-9,
        ],
        ["unknown", "balanced", "shortage", "surplus_unplaced", "surplus_high"],
        "surplus",
    )
    return pd.DataFrame(
        {
            "loose_m3": loose,
            # What a sum holds as a hair over a full load is no trip more.
            "trips": np.ceil(loose / parameters.truck_m3 - 1e-9),
            "compacted_m3": compacted,
            "surplus_m3": surplus,
            "spread_height_m": np.where(np.isnan(surplus), np.nan, height),
            "verdict": verdict,
        }
    )


def mounds(
    bases: gpd.GeoSeries | Sequence[Any], height_m: ArrayLike, slope_h_per_v: ArrayLike
) -> pd.DataFrame:
    """Mounds (โคก): the pond upside down. Volume in m3 and area of the top in m2 of each.

    ``bases`` in metres or a GeoSeries with a CRS. Also ``height_m`` (what is reached before the
    slopes meet) and error, error_text as of :func:`geo.pond.check_ponds`.

    >>> import shapely
    >>> mound = mounds([shapely.box(0, 0, 16, 10)], 1.0, 1.5).iloc[0]
    >>> print(round(mound.volume_m3, 2), round(mound.top_area_m2, 2))
    124.0 91.0
    """
    upside_down = check_ponds(bases, height_m, slope_h_per_v, freeboard_m=0, dead_depth_m=0)
    names = {
        "volume_m3": "volume_m3",
        "bottom_area_m2": "top_area_m2",
        "effective_depth_m": "height_m",
        "error": "error",
        "error_text": "error_text",
    }
    return upside_down[list(names)].rename(columns=names)
