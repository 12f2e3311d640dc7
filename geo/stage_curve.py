"""Stage curves: the water surface of ponds for the volume that they hold, a column at once.

Within a layer of water that no edge vanishes in, the area is quadratic in the height and the
volume cubic (LAND-R11); the height of a volume is found by Newton's method on that cubic.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from geo.crs import Floats
from geo.excavation import Slices, cut, depth_of_offset, volumes
from geo.inset import Insets
from geo.pond_design import PondDesigns, PondParameters

__all__ = ["StageCurves"]

LAYERS = 12  # layers of water per pond; each is held as a quadratic
_NEWTON = 7


@dataclass(frozen=True, slots=True)
class StageCurves:
    """Stage curves of n ponds: layers from the bottom up, ``first`` (n + 1,) where each begins.

    ``below`` is the volume under a layer, ``volume`` its own, ``lowest``, ``middle``, ``highest``
    its areas; ``capacity`` (n,) is the volume at the water level, ``dead_volume`` (n,) the part
    that cannot be drawn.
    """

    first: NDArray[np.int64]
    below: Floats
    volume: Floats
    lowest: Floats
    middle: Floats
    highest: Floats
    capacity: Floats
    dead_volume: Floats

    @classmethod
    def of(cls, designs: PondDesigns, parameters: PondParameters | None = None) -> StageCurves:
        """Curves of sound ponds (no errors) below their freeboard.

        >>> import shapely
        >>> p = PondParameters()
        >>> read = PondDesigns.read([shapely.box(0, 0, 60, 80)], 4, 1.5, parameters=p)
        >>> curves = StageCurves.of(read)
        >>> curves.capacity.round(2), curves.areas(np.array([12737.58])).round(2)
        (array([14610.82]), array([4507.13]))
        """
        p = parameters or PondParameters()
        n = len(designs)
        banks = designs.banks(p.line_tolerance_m)
        reach = np.zeros(n)
        np.maximum.at(reach, banks.pond, banks.off_bottom)
        insets = Insets.of(designs.rims, reach, p.mitre_limit)
        end = np.fmin(designs.depth, depth_of_offset(banks, insets.collapse))
        water = np.minimum(designs.freeboard, end)
        dead = np.maximum(end - designs.dead_depth, water)
        levels = [water + (end - water) * k / LAYERS for k in range(LAYERS)]
        wet = cut(banks, end, dead, *levels)
        under = np.flatnonzero((wet.top + wet.bottom) / 2 > water[wet.pond])
        upwards = under[np.lexsort((-wet.top[under], wet.pond[under]))]
        wet = Slices(*(part[upwards] for part in wet))  # type: ignore[arg-type]
        volume = volumes(insets, wet, p.volume_tolerance_m3, p.panels)
        half = (wet.off_top + wet.off_bottom) / 2
        low = insets.areas(wet.pond, np.minimum(wet.off_bottom, insets.collapse[wet.pond]))
        total = np.cumsum(volume)
        first = np.searchsorted(wet.pond, np.arange(n + 1))
        base = np.append(0.0, total)[first]
        is_dead = (wet.top + wet.bottom) / 2 > dead[wet.pond]
        return cls(
            first=first,
            below=total - volume - base[wet.pond],
            volume=volume,
            lowest=low,
            middle=insets.areas(wet.pond, half),
            highest=insets.areas(wet.pond, wet.off_top),
            capacity=np.diff(base),
            dead_volume=np.bincount(wet.pond, volume * is_dead, minlength=n).astype(float),
        )

    def __len__(self) -> int:
        return len(self.capacity)

    def areas(self, stored_m3: Floats) -> Floats:
        """The water surface in m2 of each pond (n,) at its volume; 0 for an empty pond."""
        n = len(self)
        held = np.diff(self.first) > 0
        layer = self._layers(stored_m3)
        volume = self.volume[layer] if len(self.volume) else np.ones(n)
        if not len(self.volume):
            return np.zeros(n)
        share = np.clip((stored_m3 - self.below[layer]) / np.where(volume > 0, volume, 1), 0, 1)
        a, b, c = self.lowest[layer], self.middle[layer], self.highest[layer]
        linear, square = -3 * a + 4 * b - c, 2 * a - 4 * b + 2 * c
        whole = a + linear / 2 + square / 3
        # From above: the volume is convex in the height, so that the steps never overshoot.
        t = np.cbrt(share)
        for _ in range(_NEWTON):
            area = a + t * (linear + t * square)
            gap = t * (a + t * (linear / 2 + t * square / 3)) - share * whole
            t = np.clip(t - gap / np.where(area > 0, area, np.inf), 0, 1)
        surface = a + t * (linear + t * square)
        return np.where(held & (stored_m3 > 0), np.maximum(surface, 0.0), 0.0)

    def _layers(self, stored_m3: Floats) -> NDArray[np.int64]:
        """The layer that the surface lies in, per pond, by bisection over its layers."""
        low = self.first[:-1].copy()
        high = np.maximum(self.first[1:] - 1, low)
        low = np.minimum(low, max(len(self.volume) - 1, 0))
        high = np.minimum(high, max(len(self.volume) - 1, 0))
        while (low < high).any():
            middle = (low + high + 1) // 2
            up = self.below[middle] <= stored_m3
            low, high = np.where(up, middle, low), np.where(up, high, middle - 1)
        return low
