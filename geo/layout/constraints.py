"""The hard constraints H1 to H13 of a layout, each with figure, limit and a way out (LAND-R26)."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from itertools import combinations
from types import MappingProxyType
from typing import Literal, NamedTuple

import shapely
from shapely import LineString
from shapely.geometry.base import BaseGeometry

from geo.layout.cuts import polygon_parts
from geo.layout.feeder import connected
from geo.layout.limits import Limits
from geo.layout.pond_fit import Pond, PondWish, deepest, leaves_a_bottom, outside_setback
from geo.layout.profiles import GROUPS, ZONE_GROUPS, Profile
from geo.layout.site import Area, Site, compactness
from geo.text import Text

__all__ = ["CONSTRAINTS", "Check", "Draft", "check_draft", "reaches"]

Sign = Literal["pass", "fail", "unknown"]

CONSTRAINTS: Mapping[str, Text] = MappingProxyType(
    {
        "H1": Text("เขตครอบคลุมทั้งแปลง", "Zones cover the plot"),
        "H2": Text("เขตไม่ซ้อนทับกัน", "Zones do not overlap"),
        "H3": Text("สัดส่วนตรงรูปแบบ", "Shares match the profile"),
        "H4": Text("แต่ละเขตเป็นผืนเดียว", "Each zone is in one part"),
        "H5": Text("รูปเขตกะทัดรัด", "Zones are compact"),
        "H6": Text("ความกว้างเขตขั้นต่ำ", "Zones are wide enough"),
        "H7": Text("สระอยู่ในเขตน้ำ มีคันรอบ และขุดได้", "The pond fits its zone and can be dug"),
        "H8": Text("ระยะร่นตามกฎหมาย", "Legal setback"),
        "H9": Text("ระยะห่างต้นไม้ใหญ่", "Distance to large trees"),
        "H10": Text("เข้าถึงที่อยู่อาศัยโดยไม่ข้ามน้ำ", "Residence reached without crossing water"),
        "H11": Text("ที่อยู่อาศัยพ้นที่ลุ่มและเขตภัย", "Residence outside sinks and hazards"),
        "H12": Text("คลองไส้ไก่เชื่อมถึงทุกเขตปลูก", "Channels reach the planted zones"),
        "H13": Text("คงสิ่งที่มีอยู่เดิม", "Existing things are kept"),
    }
)


class Check(NamedTuple):
    """One constraint of one layout; ``margin`` is what is left to the limit, below 0: broken."""

    id: str
    sign: Sign
    figure: float | None = None
    limit: float | None = None
    margin: float | None = None
    unit: str | None = None
    hint: Text | None = None

    @property
    def label(self) -> Text:
        """What the constraint asks for."""
        return CONSTRAINTS[self.id]


@dataclass(frozen=True)
class Draft:
    """A layout that is to be checked: zones by group, pond and channels as far as drawn.

    ``complete``: what is not drawn is missing, not just unknown.
    """

    site: Site
    profile: Profile
    zones: Mapping[str, Area]
    pond: Pond | None = None
    channels: tuple[LineString, ...] | None = None
    wish: PondWish = field(default_factory=PondWish)
    limits: Limits = field(default_factory=Limits)
    complete: bool = False

    @cached_property
    def plot_m2(self) -> float:
        """Area of the plot."""
        return float(self.site.plot.area)

    @cached_property
    def plot_compactness(self) -> float:
        """Compactness of the plot; that of its largest part when it is in several."""
        return compactness(polygon_parts(self.site.plot)[0])

    @cached_property
    def wanted(self) -> dict[str, float]:
        """The area of each group after the profile."""
        return self.profile.targets(self.plot_m2)

    @property
    def bodies(self) -> list[Area]:
        """The zones, the residence without the path that leads to it."""
        path = self.site.path
        return [
            zone.difference(path.buffer(1e-3)) if path and group == "residence" else zone
            for group, zone in self.zones.items()
        ]

    def zone(self, group: str) -> Area | None:
        """The zone of a group, None where it has none."""
        zone = self.zones.get(group)
        return zone if zone is not None and not zone.is_empty else None


def check_draft(draft: Draft) -> tuple[Check, ...]:
    """All thirteen constraints, in their order; unknown where the data for one are missing."""
    return (
        _covers(draft),
        _overlaps(draft),
        _shares(draft),
        _parts(draft),
        _compact(draft),
        _wide(draft),
        _pond(draft),
        _setback(draft),
        _trees(draft),
        _access(draft),
        _avoids(draft),
        _channels(draft),
        _kept(draft),
    )


def _at_most(id_: str, figure: float, limit: float, unit: str | None, hint: Text) -> Check:
    return _judged(id_, figure, limit, limit - figure, unit, hint)


def _at_least(id_: str, figure: float, limit: float, unit: str | None, hint: Text) -> Check:
    return _judged(id_, figure, limit, figure - limit, unit, hint)


def _judged(
    id_: str, figure: float, limit: float, margin: float, unit: str | None, hint: Text
) -> Check:
    kept = margin >= -1e-6
    return Check(
        id_, "pass" if kept else "fail", figure, limit, margin, unit, None if kept else hint
    )


def _unknown(id_: str, th: str, en: str) -> Check:
    return Check(id_, "unknown", hint=Text(th, en))


def _covers(draft: Draft) -> Check:
    left = draft.site.plot.difference(shapely.union_all(list(draft.zones.values()))).area
    limit = min(draft.limits.uncovered_m2, draft.limits.uncovered_pct / 100 * draft.plot_m2)
    hint = Text("จัดแนวเขตให้ชนกันและชนขอบแปลง", "Draw the zones up to each other and the boundary")
    return _at_most("H1", left, limit, "m2", hint)


def _overlaps(draft: Draft) -> Check:
    pairs = combinations(draft.zones.values(), 2)
    twice = math.fsum(first.intersection(second).area for first, second in pairs)
    hint = Text("แก้แนวเขตที่ซ้อนทับกัน", "Correct the boundaries that overlap")
    return _at_most("H2", twice, draft.limits.overlap_m2, "m2", hint)


def _shares(draft: Draft) -> Check:
    off = {
        group: 100 * ((zone.area if (zone := draft.zone(group)) else 0.0) - wanted) / draft.plot_m2
        for group, wanted in draft.wanted.items()
    }
    group = max(off, key=lambda name: abs(off[name]))
    name, much = ZONE_GROUPS[group], off[group]
    hint = Text(
        f"{name.th} ต่างจากรูปแบบ {much:+.2f} จุดร้อยละ ปรับแนวเขต เขตที่ล็อกไว้ หรือเลือกรูปแบบอื่น",
        f"{name.en}: {much:+.2f} percentage points off; move its boundary, free a locked zone or "
        "choose another profile",
    )
    return _at_most("H3", abs(off[group]), draft.limits.share_pp, "pp", hint)


def _parts(draft: Draft) -> Check:
    worst = 0
    for group in GROUPS:
        parts = polygon_parts(draft.zone(group), 1e-3)
        if group != "orchard_forest":
            worst = max(worst, len(parts) - 1)
            continue
        least = draft.limits.orchard_part_pct / 100 * draft.wanted[group]
        small = sum(part.area < least - 1e-6 for part in parts) if len(parts) > 1 else 0
        worst = max(worst, len(parts) - draft.limits.orchard_parts, small)
    hint = Text(
        "แปลงแยกส่วนหรือเว้ามาก ลองรูปแบบอื่น ย้ายเขตที่ล็อก หรือวาดเขตด้วยมือ",
        "The plot is divided or deeply indented; try another profile, move a locked zone or draw "
        "the zones by hand",
    )
    return _at_most("H4", float(worst), 0.0, "parts too many", hint)


def _compact(draft: Draft) -> Check:
    parts = [part for zone in draft.bodies for part in polygon_parts(zone, 1e-3)]
    figure = min(map(compactness, parts), default=0.0)
    limit = draft.limits.compact_of(draft.plot_compactness)
    hint = Text(
        "เขตยาวหรือเว้าเกินไป ลองแบบอื่นหรือสัดส่วนที่ต่างไป",
        "A zone is too long or indented; try another layout or other shares",
    )
    return _at_least("H5", figure, limit, None, hint)


def _wide(draft: Draft) -> Check:
    width = draft.limits.width_of(draft.plot_m2)
    kept = [
        zone.buffer(-width / 2).buffer(width / 2).area / zone.area
        for zone in draft.bodies
        if zone.area > 0
    ]
    hint = Text(
        f"บางเขตแคบกว่า {width:g} ม. ลองแบบอื่นหรือรวมเขต",
        f"A zone is narrower than {width:g} m; try another layout or join zones",
    )
    return _at_least("H6", 100 * min(kept, default=0.0), 100 * draft.limits.opening, "%", hint)


def _pond(draft: Draft) -> Check:
    water, pond = draft.zone("water"), draft.pond
    if draft.wanted["water"] <= 0 and water is None:
        return Check("H7", "pass")
    if water is None or (pond is None and not draft.complete):
        return _unknown("H7", "ยังไม่ได้วาดสระ", "No pond is drawn yet")
    if pond is None:
        return _no_pond(draft, water)
    bank = draft.wish.bank_m
    outside = pond.rim.difference(water).area
    found = pond.rim.distance(water.boundary) if outside < 1e-6 else -outside
    if found >= bank - 1e-6 and not leaves_a_bottom(pond.rim, pond.depth_m, pond.slope):
        return _too_deep("H7", pond.rim, pond.depth_m, pond.slope)
    hint = Text(
        f"ย่อแนวปากบ่อให้มีคันกว้าง {bank:g} ม. ทุกด้านในเขตน้ำ",
        f"Draw the rim in, so that a bank of {bank:g} m stays on all sides of the water zone",
    )
    return _at_least("H7", found, bank, "m", hint)


def _no_pond(draft: Draft, water: Area) -> Check:
    """Why the water zone takes no pond of the wished depth."""
    wish = draft.wish
    rim = water.buffer(-wish.bank_m, join_style="mitre")
    depth = wish.depth_m or min(draft.limits.depths_m)
    if not leaves_a_bottom(rim, depth, wish.slope):
        return _too_deep("H7", rim, depth, wish.slope)
    hint = Text(
        "ระยะร่น ต้นไม้ หรือสิ่งที่มีอยู่เดิมเหลือที่ให้สระน้อยเกินไป ลดความลึกไม่เกิน 3 ม. หรือให้วิศวกรรับรอง",
        "Setback, trees or existing things leave too little for the pond; dig 3 m at most or have "
        "an engineer certify it",
    )
    return Check("H7", "fail", limit=draft.limits.least_rim * 100, unit="%", hint=hint)


def _too_deep(id_: str, rim: BaseGeometry, depth: float, slope: float) -> Check:
    fits = deepest(rim, slope, depth)
    hint = Text(
        f"ตลิ่งชนกันก่อนถึง {depth:g} ม. ที่ลาด {slope:g} ขุดได้ลึกไม่เกิน {fits:g} ม. หรือใช้ตลิ่งชันขึ้น",
        f"With slope {slope:g} the banks meet before {depth:g} m; dig {fits:g} m at most or choose "
        "steeper banks",
    )
    return Check(id_, "fail", fits, depth, fits - depth, "m", hint)


def _setback(draft: Draft) -> Check:
    limits, wish = draft.limits, draft.wish
    depth = draft.pond.depth_m if draft.pond else wish.depth_m
    if depth is None:
        return _unknown("H8", "ยังไม่ทราบความลึกสระ", "The depth of the pond is not known yet")
    setback = limits.setback_of(depth, certified=wish.certified)
    free = limits.near.setback_depth_limit_m
    hint = Text(
        f"ขุดลึกไม่เกิน {free:g} ม. หรือให้วิศวกรโยธารับรองการป้องกันดินพัง",
        f"Dig {free:g} m at most, or have a civil engineer certify the works",
    )
    if setback == 0:
        return Check("H8", "pass", limit=0.0, unit="m")
    room = outside_setback(draft.site.plot, draft.site, setback).area
    if room < draft.wanted["water"] - 1e-6:
        return _at_least("H8", room, draft.wanted["water"], "m2", hint)
    if draft.pond is None:
        return _unknown("H8", "ยังไม่ได้วาดสระ", "No pond is drawn yet")
    return _at_least("H8", draft.pond.rim.distance(draft.site.boundary), setback, "m", hint)


def _trees(draft: Draft) -> Check:
    limit = draft.limits.near.tree_min_m
    if not draft.site.trees:
        return Check("H9", "pass", limit=limit, unit="m")
    if draft.pond is None and not draft.channels:
        return _unknown("H9", "ยังไม่ได้วาดสระ", "No pond is drawn yet")
    dug: list[BaseGeometry] = [] if draft.pond is None else [draft.pond.rim]
    dug += [line.buffer(draft.limits.channel_top_m / 2) for line in draft.channels or ()]
    nearest = min(shape.distance(tree) for shape in dug for tree in draft.site.trees)
    hint = Text(
        f"ย้ายแนวขุดให้ห่างต้นไม้อย่างน้อย {limit:g} ม.",
        f"Move the dig line at least {limit:g} m away from the tree",
    )
    return _at_least("H9", nearest, limit, "m", hint)


def reaches(site: Site, water: Area | None, residence: Area, path_m: float) -> bool:
    """Whether a strip of ``path_m`` leads from the access to the residence on dry land.

    >>> plot = shapely.box(0, 0, 40, 40)
    >>> site = Site(plot=plot, access=shapely.Point(32, 40))
    >>> reaches(site, shapely.box(0, 28, 40, 40), shapely.box(24, 0, 40, 10), 2.5)
    False
    """
    gate = site.gate
    if gate is None or residence.distance(gate) < 1e-6:
        return True
    land = site.plot if water is None else site.plot.difference(water)
    if land.distance(gate) > 1e-6:
        return False
    strip = land.buffer(-path_m / 2 + 1e-6)
    # From the gate at the edge to the middle of the strip; at a sharp corner it is farther.
    return any(
        part.distance(residence) <= path_m / 2 and part.distance(gate) <= 2 * path_m
        for part in shapely.get_parts(strip)
    )


def _access(draft: Draft) -> Check:
    residence, gate = draft.zone("residence"), draft.site.access
    limit = draft.limits.access_m
    if residence is None:
        return Check("H10", "pass", limit=limit, unit="m")
    if gate is None:
        return _unknown("H10", "ระบุจุดทางเข้าแปลง", "Give the access point")
    figure = residence.distance(gate)
    if not reaches(draft.site, draft.zone("water"), residence, draft.limits.path_m):
        hint = Text(
            "ทางจากจุดทางเข้าไปที่อยู่อาศัยต้องผ่านน้ำ ย้ายเขตน้ำหรือจุดทางเข้า",
            "The way from the access to the residence crosses water; move the water or the access",
        )
        return Check("H10", "fail", figure, limit, None, "m", hint)
    hint = Text(
        "ย้ายที่อยู่อาศัยใกล้ทางเข้า เพิ่มทางกว้าง 2.5 ม. หรือระบุจุดทางเข้าบนแนวเขตแปลง",
        "Move the residence nearer, add a path 2.5 m wide, or give an access on the boundary",
    )
    return _at_most("H10", figure, limit, "m", hint)


def _avoids(draft: Draft) -> Check:
    residence, avoid = draft.zone("residence"), draft.site.avoid
    overlap = 0.0 if residence is None or avoid is None else residence.intersection(avoid).area
    hint = Text(
        f"ที่อยู่อาศัยทับที่ลุ่ม ทางน้ำ หรือเขตภัย {overlap:.1f} ตร.ม. ย้ายเขตหรือถมดินตามแบบ",
        f"{overlap:.1f} m2 of the residence lie in a sink, flow path or hazard; move it",
    )
    return _at_most("H11", overlap, 0.0, "m2", hint)


def _channels(draft: Draft) -> Check:
    planted = [zone for group in ("rice", "orchard_forest") if (zone := draft.zone(group))]
    if not planted or draft.zone("water") is None:
        return Check("H12", "pass")
    hint = Text(
        "คลองจากสระไปเขตปลูกถูกที่อยู่อาศัย ต้นไม้ หรือแนวแปลงขวาง จัดเขตให้ติดน้ำ",
        "Residence, trees or the boundary stand between pond and planted zones; let them touch",
    )
    if draft.pond is None or (draft.channels is None and not draft.complete):
        return _unknown("H12", "ยังไม่ได้วาดสระและคลอง", "Pond and channels are not drawn yet")
    if draft.channels is None:
        return Check("H12", "fail", 0.0, float(len(planted)), -float(len(planted)), "zones", hint)
    lines = shapely.union_all(list(draft.channels))
    touched = sum(zone.intersection(lines).length > 0.5 for zone in planted)
    if not connected(draft.pond.rim, draft.channels):
        touched = 0
    return _at_least("H12", float(touched), float(len(planted)), "zones", hint)


def _kept(draft: Draft) -> Check:
    broken = list(_disturbed(draft))
    hint = Text(
        f"สิ่งที่มีอยู่เดิม {len(broken)} รายการถูกแนวเขตหรือสระตัด ล็อกเขตรอบสิ่งนั้นไว้ก่อน",
        f"{len(broken)} existing things are cut by a zone or the pond; lock a zone around them",
    )
    return _at_most("H13", float(len(broken)), 0.0, "features", hint)


def _disturbed(draft: Draft) -> Iterable[int]:
    """Fixed features that do not lie in one zone (their own), or are dug away."""
    dug: list[BaseGeometry] = [] if draft.pond is None else [draft.pond.rim]
    dug.extend(draft.channels or ())
    for number, item in enumerate(draft.site.fixed):
        ground = item.shape.buffer(item.buffer_m).intersection(draft.site.plot)
        homes = [item.group] if item.group else list(draft.zones)
        whole = any(
            zone.buffer(1e-6).covers(ground) for group in homes if (zone := draft.zone(group))
        )
        if not whole or any(shape.intersection(ground).area > 1e-6 for shape in dug):
            yield number
