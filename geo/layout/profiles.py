"""Profiles of a layout (LAND-R24), areas rounded to square wah (LAND-R25), shares (LAND-R23)."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

from geo.text import Text
from geo.units import M2_PER_WAH

__all__ = [
    "GROUPS",
    "PROFILES",
    "SHARE_VERDICTS",
    "ZONE_GROUPS",
    "Profile",
    "ShareVerdict",
    "apportion",
    "custom_profile",
    "share_verdict",
]

ZONE_GROUPS: Mapping[str, Text] = MappingProxyType(
    {
        "water": Text("แหล่งน้ำ", "Water"),
        "rice": Text("นาข้าว", "Rice"),
        "orchard_forest": Text("พืชสวน/ป่า 3 อย่าง", "Orchard and three-kinds forest"),
        "residence": Text("ที่อยู่อาศัย", "Residence"),
    }
)
"""The four groups of a layout, in the order of the ratio (LAND-R24; PHUKET L619)."""

GROUPS = tuple(ZONE_GROUPS)

SUM_TOLERANCE = 0.01


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """How a plot is to be split, and the limits that go with it (LAND-R24).

    ``shares`` are percentages in the order of GROUPS; ``zone_kinds`` is the land use that a zone
    of each group is drawn as; ``bank_m`` is the least bank around the pond (H7).
    """

    id: str
    shares: tuple[float, float, float, float]
    zone_kinds: tuple[str, str, str, str] = ("pond", "paddy", "orchard", "house")
    bank_m: float = 1.0

    @property
    def total(self) -> float:
        """The sum of the shares, which ought to be 100."""
        return math.fsum(self.shares)

    @property
    def sound(self) -> bool:
        """Whether the shares are numbers of 0 or more that sum to 100 +/- 0.01."""
        return (
            all(math.isfinite(share) and share >= 0 for share in self.shares)
            and abs(self.total - 100) <= SUM_TOLERANCE + 1e-9
        )

    def targets(self, area: float) -> dict[str, float]:
        """The area of each group, which together are ``area``."""
        return {g: area * s / self.total for g, s in zip(GROUPS, self.shares, strict=True)}


PROFILES: Mapping[str, Profile] = MappingProxyType(
    {
        "standard_30_30_30_10": Profile(id="standard_30_30_30_10", shares=(30, 30, 30, 10)),
        "phuket_micro": Profile(
            id="phuket_micro",
            shares=(30, 30, 30, 10),
            zone_kinds=("pond", "cash_crop", "orchard", "house"),
            bank_m=0.5,
        ),
    }
)


def custom_profile(shares: Sequence[float]) -> Profile:
    """A profile of any shares; whether they are sound is for the caller to look at.

    >>> custom_profile([25, 35, 30, 10]).sound, custom_profile([30, 30, 30, 20]).sound
    (True, False)
    """
    water, rice, orchard, residence = (float(share) for share in shares)
    return Profile(id="custom", shares=(water, rice, orchard, residence))


def apportion(total_wah: float, shares: Sequence[float], unit: float = 1.0) -> list[float]:
    """Split an area in square wah into multiples of ``unit`` that add up to it (LAND-R25).

    Largest remainders: every group gets its share rounded down, and the units that are left go
    to the largest remainders; ties go in the order of the groups. What the total itself holds
    below one unit stays with the last unit given out.

    >>> apportion(1445, [30, 30, 30, 10])
    [434.0, 434.0, 433.0, 144.0]
    >>> apportion(133.3, [30, 30, 30, 10], unit=0.1)
    [40.0, 40.0, 40.0, 13.3]
    >>> apportion(0, [30, 30, 30, 10])
    [0.0, 0.0, 0.0, 0.0]
    """
    units = round(total_wah / unit)
    whole = math.fsum(shares)
    raw = [round(units * share / whole, 9) for share in shares]
    floors = [math.floor(value) for value in raw]
    order = sorted(range(len(raw)), key=lambda k: -(raw[k] - floors[k]))  # stable: ties in order
    for k in order[: units - sum(floors)]:
        floors[k] += 1
    return [round(count * unit, 6) for count in floors]


ShareVerdict = Literal["within", "deviates", "off_profile"]

SHARE_VERDICTS: Mapping[str, Text] = MappingProxyType(
    {
        "within": Text("อยู่ในเกณฑ์", "Within the tolerance"),
        "deviates": Text("คลาดเคลื่อน", "Deviates"),
        "off_profile": Text("ไม่ตรงรูปแบบ", "Off the profile"),
    }
)


def share_verdict(
    area: float, plot_area: float, target_pct: float, *, within: float = 2.0, warn: float = 5.0
) -> ShareVerdict:
    """Judge a share against the profile's target, limits in percentage points included (R23).

    >>> share_verdict(448, 1600, 30), share_verdict(447, 1600, 30), share_verdict(399, 1600, 30)
    ('within', 'deviates', 'off_profile')
    """
    deviation = abs(100 * area / plot_area - target_pct)
    if deviation <= within + 1e-9:
        return "within"
    return "deviates" if deviation <= warn + 1e-9 else "off_profile"


def wah(area_m2: float) -> float:
    """Square metres as square wah."""
    return area_m2 / float(M2_PER_WAH)
