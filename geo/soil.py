"""Soil classes and what they mean for digging and holding water (LAND-R10).

The three classes come from the rod test (PHUKET L1075-1077); the figures are engineering
defaults. Published seepage of natural ponds, for orientation: clay 1.25 to 10, loam 3 to 20,
sandy loam 13 to 76, sand 25 to 250 mm a day (FAO).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np

from geo.crs import Floats
from geo.parameters import Parameters, between

__all__ = ["LINED_SEEPAGE_MM_DAY", "SOILS", "Soil", "soil_figures"]

LINED_SEEPAGE_MM_DAY = 0.5


@dataclass(frozen=True, slots=True, kw_only=True)
class Soil(Parameters):
    """One soil class.

    ``seepage_mm_day`` over the water surface; ``swell`` is loose over bank volume, ``compacted``
    fill over bank volume; a bank steeper than ``least_slope`` (H:V) is warned of.
    """

    seepage_mm_day: float = between(20.0, 0, 1000)
    swell: float = between(1.25, 1, 2)
    compacted: float = between(0.90, 0.5, 1.2)
    least_slope: float = between(1.5, 0, 5)


SOILS: Mapping[str, Soil] = MappingProxyType(
    {
        "clay": Soil(seepage_mm_day=5, swell=1.30, compacted=0.90, least_slope=1.0),
        "sandy_loam": Soil(seepage_mm_day=20, swell=1.25, compacted=0.90, least_slope=1.5),
        "sand": Soil(seepage_mm_day=100, swell=1.12, compacted=0.95, least_slope=2.0),
    }
)
"""From the tightest to the leakiest."""


def soil_figures(classes: Iterable[str | None], figure: str) -> Floats:
    """One figure of Soil for a column of classes; nan where the class is not known.

    >>> soil_figures(["clay", "unknown", None], "swell")
    array([1.3, nan, nan])
    """
    known = {name: float(getattr(soil, figure)) for name, soil in SOILS.items()}
    return np.array([known.get(name or "", np.nan) for name in classes], dtype=float)
