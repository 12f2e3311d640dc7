"""Ground that is still to be divided, and what a search for layouts must know of its site."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple, TypeAlias

from geo.layout.limits import Limits
from geo.layout.site import Area, Site

__all__ = ["Areas", "Region", "Task"]

Areas: TypeAlias = tuple[float, float, float, float]
"""Square metres of each group, in the order of GROUPS."""


class Region(NamedTuple):
    """Ground that is still to be divided: the area of each group in it, and along which axis.

    ``axis`` None: along any axis of the plot.
    """

    shape: Area
    areas: Areas
    axis: float | None = None

    @property
    def members(self) -> tuple[int, ...]:
        """The groups that have a part in it."""
        return tuple(row for row, area in enumerate(self.areas) if area > 0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """What a search needs to know besides the regions.

    ``compact`` is the least compactness of a zone; ``dig_m`` is how far the banks of the
    shallowest pond that is taken come in, bank included; ``locked`` are the zones by group that
    stand already. ``doorway`` is the ground at the gate, which water must not take up. ``beam``
    is how many drafts go on from one cut to the next.
    """

    site: Site
    limits: Limits
    axes: tuple[float, ...]
    compact: float
    dig_m: float
    locked: tuple[Area | None, ...]
    orchard_part_m2: float
    doorway: Area | None
    beam: int
