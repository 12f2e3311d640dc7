"""The figures that a layout is held against (LAND-R26), each a parameter with its default."""

from __future__ import annotations

from dataclasses import dataclass, field

from geo.pond_design import PondParameters
from geo.setback import SetbackParameters, required_setback
from geo.units import M2_PER_RAI

__all__ = ["Limits"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """Acceptance figures of H1 to H13; decisions unless a source is named.

    ``near`` holds setback and trees (LAND-R16, R17), ``pond`` what a pond may be. One that is
    not given a depth gets the deepest of ``depths_m`` that leaves a bottom; below
    ``least_depth`` of what a square pond of its area would get, its zone is too narrow.
    ``least_rim`` is the least part of the water zone that the rim fills.
    """

    uncovered_m2: float = 0.1
    uncovered_pct: float = 0.01
    overlap_m2: float = 0.01
    share_pp: float = 0.5
    orchard_parts: int = 2
    orchard_part_pct: float = 10.0
    compact: float = 0.30
    compact_poor: float = 0.20
    compact_plot: float = 0.50
    width_m: float = 3.0
    width_micro_m: float = 2.0
    micro_m2: float = float(M2_PER_RAI)
    opening: float = 0.95
    near: SetbackParameters = field(default_factory=SetbackParameters)
    pond: PondParameters = field(default_factory=PondParameters)
    access_m: float = 30.0
    path_m: float = 2.5
    least_rim: float = 0.40
    least_depth: float = 0.60
    depths_m: tuple[float, ...] = (3.0, 2.5, 2.0, 1.5, 1.0)
    channel_top_m: float = 1.5
    channel_depth_m: float = 0.5
    channel_slope: float = 1.0

    def width_of(self, plot_m2: float) -> float:
        """The least width of a zone, smaller on plots of up to 1 rai (H6)."""
        return self.width_micro_m if plot_m2 <= self.micro_m2 * (1 + 1e-9) else self.width_m

    def compact_of(self, plot_compactness: float) -> float:
        """The least compactness of a zone, lower where the plot itself is poor (H5)."""
        return self.compact if plot_compactness >= self.compact_plot else self.compact_poor

    def setback_of(self, depth_m: float, *, certified: bool) -> float:
        """How far the rim must be from the land of others (LAND-R16); 0: no setback."""
        return 0.0 if certified else float(required_setback(depth_m, self.near))
