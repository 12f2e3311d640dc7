"""Rules for a plot and who may have one: areas, sizes, candidates, permission, soil (land.md 4)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Literal, NamedTuple

import numpy as np
import shapely
from numpy.typing import ArrayLike, NDArray

from geo.crs import centres, to_local
from geo.errors import ParameterError
from geo.parameters import Parameters, between
from geo.soil import SOILS
from geo.text import Text
from geo.units import M2_PER_RAI

__all__ = [
    "DEED_ZONES",
    "KNN_CONDITIONS",
    "Permission",
    "PlotSoil",
    "RuleParameters",
    "area_checks",
    "failed_conditions",
    "permission",
    "place_codes",
    "plot_soil",
    "samples_outside",
    "size_classes",
    "soil_class",
]

Aggregation = Literal["worst", "majority", "by_point"]


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleParameters(Parameters):
    """Limits of LAND-R3, R8 and R10.

    ``soil_reach_m``: how far beyond the boundary a sample may lie for the error of a hand-held
    receiver (decision).
    """

    area_mismatch_warn_pct: float = between(2.0, 0, 100)
    area_mismatch_error_pct: float = between(5.0, 0, 100)
    zone_overlap_min_m2: float = between(1.0, 0, 1e6)
    soil_min_points: int = between(3, 1, 100)
    soil_reach_m: float = between(10.0, 0, 100)


DEFAULTS = RuleParameters()


def place_codes(plots: ArrayLike, areas: ArrayLike, codes: Sequence[str]) -> list[str | None]:
    """The code of the area that holds each plot, by its point on surface (LAND-R4).

    The place decides, not the applicant's address (PHUKET L1045). All shapes in EPSG:4326; of
    areas that share a border the first counts. None: no area holds the plot, or it has no shape.

    >>> west, east = shapely.box(98, 7, 99, 8), shapely.box(99, 7, 100, 8)
    >>> place_codes([shapely.box(98.9, 7.1, 99.3, 7.2), None], [west, east], ["8301", "8302"])
    ['8302', None]
    """
    shapes = np.asarray(plots, dtype=object)
    sound = np.flatnonzero(shapely.is_valid(shapes) & ~shapely.is_empty(shapes))
    points = shapely.point_on_surface(shapes[sound])
    point, area = shapely.STRtree(np.asarray(areas, dtype=object)).query(points, "intersects")
    found: list[str | None] = [None] * len(shapes)
    for row, number in sorted(zip(point.tolist(), area.tolist(), strict=True), reverse=True):
        found[int(sound[row])] = codes[number]
    return found


def area_checks(
    deed_m2: ArrayLike, drawn_m2: ArrayLike, parameters: RuleParameters = DEFAULTS
) -> NDArray[np.object_]:
    """Deed area against drawn area: ok, warning, area_mismatch; None where one is missing.

    The difference is in % of the deed area; the limits themselves are still within (LAND-R3).

    >>> area_checks([1600, 1600, 1600, None], [1632, 1680, 1681, 1600]).tolist()
    ['ok', 'warning', 'area_mismatch', None]
    """
    deed, drawn = np.asarray(deed_m2, dtype=float), np.asarray(drawn_m2, dtype=float)
    with np.errstate(divide="ignore", invalid="ignore"):
        off = np.abs(drawn - deed) / deed * 100 - 1e-9
    found = np.select(
        [off <= parameters.area_mismatch_warn_pct, off <= parameters.area_mismatch_error_pct],
        ["ok", "warning"],
        "area_mismatch",
    ).astype(object)
    found[~(np.isfinite(off) & (deed > 0))] = None
    return found


def size_classes(deed_m2: ArrayLike) -> NDArray[np.object_]:
    """Size class by deed area: up to 1 rai, under 3, 3 to 15, over 15 (LAND-R5); None if unknown.

    >>> size_classes([1600, 1600.4, 4800, 24_500, float("nan")]).tolist()
    ['micro', 'small_between', 'standard', 'over_standard', None]
    """
    rai = np.asarray(deed_m2, dtype=float) / float(M2_PER_RAI)
    found = np.select(
        [rai <= 1, rai < 3, rai <= 15], ["micro", "small_between", "standard"], "over_standard"
    ).astype(object)
    found[~(rai > 0)] = None
    return found


KNN_CONDITIONS: Mapping[str, Text] = MappingProxyType(
    {
        "owns_farmland": Text("มีที่ดินทำการเกษตรเป็นของตนเอง", "Owns farmland"),
        "sufficiency_3_areas": Text(
            "ปฏิบัติตามหลักปรัชญาของเศรษฐกิจพอเพียงครบ 3 ด้าน (อาหาร สิ่งแวดล้อม ภูมิคุ้มกันทางสังคม)",
            "Practises the sufficiency economy in 3 areas (food, environment, social immunity)",
        ),
        "income_increased": Text(
            "ประกอบอาชีพที่ฝึกต่อเนื่องและมีรายได้เพิ่มขึ้น",
            "Continues the occupation trained for, with increased income",
        ),
    }
)
"""What a household must fulfil, all of it (LAND-R6; CDD L217)."""


def failed_conditions(household: Mapping[str, bool | None]) -> tuple[str, ...]:
    """The conditions of LAND-R6 that a household does not fulfil; empty when it is eligible.

    What is not answered is not fulfilled.

    >>> failed_conditions({"owns_farmland": True, "sufficiency_3_areas": True})
    ('income_increased',)
    """
    return tuple(code for code in KNN_CONDITIONS if household.get(code) is not True)


DEED_ZONES: Mapping[str, str] = MappingProxyType(
    {
        "spk401": "alro",
        "nk3": "self_help_settlement",
        "ksn5": "coop_settlement",
        "ratchaphatsadu": "state_land",
    }
)
"""Deeds that are only given out within a permission zone (LAND-R8, PERM-T4; general knowledge)."""

_ASKED = ("requested", "granted", "refused")


@dataclass(frozen=True, slots=True)
class Permission:
    """Zones that a plot lies in, and where the asking stands.

    ``zones``: dicts of zone_kind, overlap_m2, share_pct (None for a zone that only the deed tells
    of) and reason (overlap or deed_type). ``state`` is a code of PERMISSION_STATES, or None where
    no zones were at hand and the deed says nothing.
    """

    zones: tuple[Mapping[str, Any], ...]
    state: str | None

    @property
    def needs_permission(self) -> bool:
        """Whether an agency must agree before the plot is accepted."""
        return bool(self.zones)


def permission(
    overlaps: Iterable[tuple[str, float]],
    plot_m2: float,
    deed_type: str | None = None,
    state: str | None = None,
    *,
    zones_loaded: bool = True,
    parameters: RuleParameters = DEFAULTS,
) -> Permission:
    """Whether a plot needs permission (LAND-R8): ``overlaps`` are zone kinds with shared m2.

    An overlap counts above ``zone_overlap_min_m2``. ``state``: what the record of the plot says.

    >>> permission([("reserved_forest", 0.6)], 1600).state
    'not_needed'
    >>> permission([], 1600, "spk401", zones_loaded=False).zones[0]["reason"]
    'deed_type'
    """
    zones = [
        {
            "zone_kind": kind,
            "overlap_m2": round(m2, 2),
            "share_pct": round(100 * m2 / plot_m2, 2),
            "reason": "overlap",
        }
        for kind, m2 in overlaps
        if m2 > parameters.zone_overlap_min_m2
    ]
    by_deed = DEED_ZONES.get(deed_type or "")
    if by_deed and by_deed not in {zone["zone_kind"] for zone in zones}:
        zones.append(
            {"zone_kind": by_deed, "overlap_m2": None, "share_pct": None, "reason": "deed_type"}
        )
    if zones:
        return Permission(tuple(zones), state if state in _ASKED else "to_request")
    if state in _ASKED:  # someone asked, so there is a zone that is not loaded here
        return Permission((), state)
    return Permission((), "not_needed" if zones_loaded else None)


def soil_class(formed: bool, breaks: bool | None) -> str:
    """The class that the rod test tells (LAND-R10): sand, sandy_loam or clay.

    >>> soil_class(False, None), soil_class(True, True), soil_class(True, False)
    ('sand', 'sandy_loam', 'clay')

    Raises ParameterError ``soil_test_invalid``: no rod can break that was not formed, and whether
    a formed one breaks must be known.
    """
    if formed is (breaks is None):
        raise ParameterError(
            "soil_test_invalid",
            Text(
                "ผลปั้นแท่งดินไม่ถูกต้อง ถ้าปั้นไม่ได้ให้เว้นช่องแท่งดินขาด ถ้าปั้นได้ต้องระบุว่าขาดหรือไม่",
                "The rod test contradicts itself: leave “breaks” empty when no rod was formed, "
                "and answer it when one was",
            ),
            formed=formed,
            breaks=breaks,
        )
    if not formed:
        return "sand"
    return "sandy_loam" if breaks else "clay"


class PlotSoil(NamedTuple):
    """The soil of a plot: its class (None without samples, or by point), counts and warnings."""

    soil_class: str | None
    counts: dict[str, int]
    warnings: tuple[str, ...]


def plot_soil(
    classes: Sequence[str],
    aggregation: Aggregation = "worst",
    parameters: RuleParameters = DEFAULTS,
) -> PlotSoil:
    """One class for the samples of a plot (LAND-R10): the leakiest, or the most frequent.

    A tie of the majority goes to the leakier class; fewer samples than ``soil_min_points`` warn.

    >>> plot_soil(["clay", "clay", "sandy_loam"])
    PlotSoil(soil_class='sandy_loam', counts={'clay': 2, 'sandy_loam': 1}, warnings=())
    >>> plot_soil(["clay", "sand"], "majority")[::2]
    ('sand', ('soil_points_few',))
    """
    order = {name: rank for rank, name in enumerate(SOILS)}  # from the tightest to the leakiest
    found = Counter(name for name in classes if name in order)
    counts = {name: found[name] for name in order if found[name]}
    few = ("soil_points_few",) if 0 < found.total() < parameters.soil_min_points else ()
    if not counts or aggregation == "by_point":
        return PlotSoil(None, counts, few)
    if aggregation == "majority":
        return PlotSoil(max(counts, key=lambda name: (counts[name], order[name])), counts, few)
    return PlotSoil(max(counts, key=lambda name: order[name]), counts, few)


def samples_outside(
    plot: shapely.Geometry, samples: ArrayLike, parameters: RuleParameters = DEFAULTS
) -> dict[int, ParameterError]:
    """Samples (EPSG:4326) that cannot be of this plot: ``outside_plot`` with metres (SOIL-T8)."""
    points = np.asarray(samples, dtype=object)
    origin = centres(np.array([plot], dtype=object))
    local = to_local(np.array([plot, *points], dtype=object), np.repeat(origin, len(points) + 1, 0))
    metres = shapely.distance(local.geometries[0], local.geometries[1:])
    return {
        int(row): ParameterError(
            "outside_plot",
            Text(
                "ตัวอย่างดินอยู่นอกแปลง {m:.0f} ม. (ยอมให้คลาดเคลื่อนไม่เกิน {limit:g} ม.)",
                "The soil sample lies {m:.0f} m outside the plot (at most {limit:g} m are allowed)",
            ).format(m=metres[row], limit=parameters.soil_reach_m),
            distance_m=float(metres[row]),
        )
        for row in np.flatnonzero(metres > parameters.soil_reach_m)
    }
