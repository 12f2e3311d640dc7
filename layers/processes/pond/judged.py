"""One pond with all that was found about it, as the verdict rows see it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from shapely.affinity import scale as scaled
from shapely.geometry.base import BaseGeometry

from geo.crs import Floats
from geo.pond import check_ponds
from geo.text import Text
from layers.processes.pond.case import Case
from layers.processes.pond.water import WaterCase

__all__ = ["Judged", "either"]


@dataclass(frozen=True, slots=True)
class Judged:
    """One pond with all that was found; ``figures`` holds every column of the result."""

    case: Case
    row: int
    figures: pd.Series[Any]
    water: WaterCase
    channels: pd.DataFrame
    spread_max_m: float

    @property
    def rim(self) -> BaseGeometry:
        """The rim in metres."""
        rim: BaseGeometry = self.case.rims[self.row]
        return rim

    @property
    def plot(self) -> BaseGeometry | None:
        """The plot in the same metres."""
        plot: BaseGeometry | None = self.case.fences[self.row]
        return plot

    @property
    def depth(self) -> float:
        """Depth below GL."""
        return float(self.case.ponds["depth_m"].iloc[self.row])

    @property
    def slope(self) -> float:
        """Horizontal per vertical."""
        return float(self.figures["slope_h_per_v"])

    @property
    def benched(self) -> bool:
        """Whether benches stand for depth and slope."""
        profile = self.case.ponds["profile"].iloc[self.row]
        return isinstance(profile, list) and bool(profile)

    def sound(
        self, depth: Floats | float, slope: Floats | float, scale: Floats | float = 1.0
    ) -> Any:
        """Whether the pond would pass with other figures, which are arrays or numbers."""
        depths, slopes, scales = (
            np.atleast_1d(item) for item in np.broadcast_arrays(depth, slope, scale)
        )
        rims = [scaled(self.rim, s, s) for s in scales.tolist()]
        return (check_ponds(rims, depths, slopes)["verdict"] == "ok").to_numpy()


def either(ways: list[tuple[str, str]]) -> Text:
    """Several ways out in one sentence, Thai and English."""
    return Text(" หรือ ".join(way[0] for way in ways), ", or ".join(way[1] for way in ways))
