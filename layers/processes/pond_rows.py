"""The verdict rows of one pond: each rule with its figure, limit, margin and what would fit.

What would fit is solved: the largest depth or slope, the smallest rim, the part of the crops that
the same check passes with.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
import shapely

from geo.channel import CHANNEL_ERRORS, ChannelParameters
from geo.crs import Floats
from geo.earthwork import EARTH_VERDICTS
from geo.fitting import largest_that_passes, smallest_that_passes
from geo.layout.profiles import PROFILES
from geo.pond import VERDICTS, check_ponds
from geo.setback import SETBACK_VERDICTS, TREE_VERDICTS, deepest_within, fitted_rim
from geo.soil import LINED_SEEPAGE_MM_DAY, SOILS
from geo.stage_curve import StageCurves
from geo.text import Text
from geo.water_balance import WATER_VERDICTS
from geo.water_ratios import SHARE_TOL_PP
from layers.processes.pond_case import Case
from layers.processes.pond_site import LIMITS, foreign_boundaries
from layers.processes.pond_water import WaterCase
from layers.processes.verdict import Sign, Verdict

__all__ = ["Judged", "pond_rows"]

UNKNOWN_PLOT = Text("ระบุแปลง (plot) หรือระยะถึงแนวเขต", "Give the plot, or the distance to its boundary")


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
    def rim(self) -> shapely.Geometry:
        """The rim in metres."""
        rim: shapely.Geometry = self.case.rims[self.row]
        return rim

    @property
    def plot(self) -> shapely.Geometry | None:
        """The plot in the same metres."""
        plot: shapely.Geometry | None = self.case.fences[self.row]
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

    def sound(self, depth: Floats | float, slope: Floats | float, scale: Floats | float = 1.0) -> Any:
        """Whether the pond would pass with other figures, which are arrays or numbers."""
        depths, slopes, scales = (
            np.atleast_1d(item) for item in np.broadcast_arrays(depth, slope, scale)
        )
        rims = [shapely.affinity.scale(self.rim, s, s) for s in scales.tolist()]
        return (check_ponds(rims, depths, slopes)["verdict"] == "ok").to_numpy()


def pond_rows(pond: Judged) -> list[Verdict]:
    """All rows of a pond that could be judged."""
    return [
        row
        for rule in (_form, _bank_slope, _setback, _notice, _trees, _bank, _share, _earth, _balance)
        for row in rule(pond)
    ] + list(_channels(pond))


def _form(pond: Judged) -> Iterator[Verdict]:
    verdict = str(pond.figures["verdict"])
    label = Text(f"รูปทรงสระ: {VERDICTS[verdict].th}", f"Form: {VERDICTS[verdict].en}")
    reached = float(pond.figures["effective_depth_m"])
    yield Verdict(
        rule="LAND-R12",
        label=label,
        sign="pass" if verdict == "ok" else "fail" if verdict == "collapsed" else "fix",
        figure=reached,
        limit=pond.depth,
        margin=reached - pond.depth,
        unit="m",
        hint=None if verdict == "ok" else _form_that_fits(pond),
    )


def _form_that_fits(pond: Judged) -> Text:
    if pond.benched:
        at = float(pond.figures["effective_depth_m"])
        return Text(
            f"ลดความกว้างตะพักหรือความลาด ตลิ่งชนกันที่ {at:.2f} ม.",
            f"Narrower benches or steeper parts; the banks meet at {at:.2f} m",
        )
    depth = largest_that_passes(lambda d: pond.sound(d, pond.slope), 0.01, pond.depth, 0.01)
    slope = largest_that_passes(lambda z: pond.sound(pond.depth, z), 0.0, pond.slope, 0.01)
    scale = smallest_that_passes(
        lambda s: pond.sound(pond.depth, pond.slope, s), 1.0, 8.0, 0.01
    )
    ways = []
    if depth == depth:
        ways.append((f"ลึกไม่เกิน {depth:.2f} ม.", f"{depth:.2f} m deep at most"))
    if slope == slope:
        ways.append((f"ความลาดไม่เกิน {slope:.2f}", f"slope {slope:.2f} at most"))
    if scale == scale:
        area = float(pond.figures["area_m2"]) * scale**2
        ways.append((f"ขยายปากบ่อเป็น {area:,.0f} ตร.ม.", f"rim enlarged to {area:,.0f} m2"))
    return _either(ways)


def _either(ways: list[tuple[str, str]]) -> Text:
    return Text(" หรือ ".join(way[0] for way in ways), ", or ".join(way[1] for way in ways))


def _bank_slope(pond: Judged) -> Iterator[Verdict]:
    label = Text("ความลาดตลิ่งตามชนิดดิน", "Side slope for the soil")
    soil = SOILS.get(str(pond.case.plots["soil_class"].iloc[pond.row]))
    if soil is None:
        yield Verdict(
            rule="LAND-R10",
            label=label,
            sign="unknown",
            figure=pond.slope,
            unit="H:V",
            hint=Text("ทดสอบดินก่อน (ดินเหนียว ดินร่วนปนทราย ดินทราย)", "Test the soil first"),
        )
        return
    least = soil.least_slope
    hint = None
    if pond.slope < least and not pond.benched:
        fits = check_ponds([pond.rim], pond.depth, least).iloc[0]
        volume = float(fits["volume_m3"])
        ways = f"ใช้ความลาด {least:g} ปริมาตรเหลือ {volume:,.2f} ลบ.ม."
        english = f"Slope {least:g}; the volume is then {volume:,.2f} m3"
        if fits["verdict"] != "ok":
            depth = largest_that_passes(lambda d: pond.sound(d, least), 0.01, pond.depth, 0.01)
            ways += f" และลึกไม่เกิน {depth:.2f} ม."
            english += f", at most {depth:.2f} m deep"
        hint = Text(ways, english)
    yield Verdict.at_least("LAND-R10", label, pond.slope, least, "H:V", hint, otherwise="fix")


def _setback(pond: Judged) -> Iterator[Verdict]:
    found = pond.figures
    verdict = str(found["setback_verdict"])
    distance = float(found["boundary_m"])
    if verdict == "not_applicable":
        limit = float(found["setback_advisory_m"])
        yield Verdict(
            rule="LAND-R16",
            label=Text(f"ระยะร่น: {SETBACK_VERDICTS[verdict].th}", "Setback: does not apply"),
            sign="pass",
            figure=distance,
            unit="m",
        )
        if limit == limit:
            yield Verdict.at_least(
                "LAND-R16b",
                Text("ป้องกันดินพังใกล้แนวเขต", "Protection against collapse near the boundary"),
                distance,
                limit,
                "m",
                _setback_that_fits(pond, limit, advisory=True),
                otherwise="fix",
            )
        return
    text = SETBACK_VERDICTS.get(verdict, Text("ไม่ทราบระยะ", "distance not known"))
    required = float(found["setback_required_m"])
    signs: dict[str, Sign] = {"violation": "fail", "unknown": "unknown"}
    hints = {"unknown": UNKNOWN_PLOT}
    if verdict == "violation":
        hints["violation"] = _setback_that_fits(pond, required)
    yield Verdict(
        rule="LAND-R16",
        label=Text(f"ระยะร่นตามกฎหมาย: {text.th}", f"Legal setback: {text.en}"),
        sign=signs.get(verdict, "pass"),
        figure=distance,
        limit=required,
        margin=distance - required,
        unit="m",
        hint=hints.get(verdict),
    )


def _setback_that_fits(pond: Judged, required: float, *, advisory: bool = False) -> Text:
    distance = float(pond.figures["boundary_m"])
    ways: list[tuple[str, str]] = []
    allowed = distance / LIMITS.setback_factor if advisory else float(deepest_within(distance))
    depth = math.floor(allowed * 100 + 1e-6) / 100
    if depth > 0:
        ways.append((f"ลึกไม่เกิน {depth:.2f} ม.", f"{depth:.2f} m deep at most"))
    foreign = foreign_boundaries(pond.case, pond.case.fences)[pond.row]
    if pond.plot is not None and foreign is not None:
        rim = fitted_rim(pond.rim, pond.plot, foreign, required)
        if rim.area > 0:
            ways.append(
                (
                    f"ลดแนวปากบ่อเหลือ {rim.area:,.2f} ตร.ม. ให้ห่างแนวเขต {required:.2f} ม.",
                    f"cut the rim to {rim.area:,.2f} m2, {required:.2f} m off the boundary",
                )
            )
    if advisory:
        ways.append(("ทำการป้องกันดินพังตามสมควร", "protect the side against collapse"))
    else:
        ways.append(
            ("ให้วิศวกรโยธารับรองการป้องกันดินพัง", "have a civil engineer certify the protection")
        )
    return _either(ways)


def _notice(pond: Judged) -> Iterator[Verdict]:
    needed = bool(pond.figures["notice_needed"])
    yield Verdict(
        rule="LAND-R16b",
        label=Text("การแจ้งเจ้าพนักงานท้องถิ่นก่อนขุด", "Notice to the local officer before digging"),
        sign="fix" if needed else "pass",
        figure=pond.depth,
        limit=LIMITS.setback_depth_limit_m,
        margin=LIMITS.setback_depth_limit_m - pond.depth,
        unit="m",
        hint=Text(
            "ต้องแจ้งการขุดดินต่อเจ้าพนักงานท้องถิ่น (ลึกเกิน 3 ม. หรือปากบ่อเกิน 10,000 ตร.ม.)",
            "Give notice of digging (deeper than 3 m, or a rim over 10,000 m2)",
        )
        if needed
        else None,
    )


def _trees(pond: Judged) -> Iterator[Verdict]:
    verdict = pond.figures["tree_verdict"]
    if not isinstance(verdict, str):
        return
    distance = float(pond.figures["tree_distance_m"])
    near = verdict in ("violation", "tree_in_pond")
    limit = LIMITS.tree_min_m if near else LIMITS.tree_clear_m
    missing = max(0.0, limit - distance)
    text = TREE_VERDICTS[verdict]
    yield Verdict.at_least(
        "LAND-R17",
        Text(f"ระยะห่างต้นไม้ใหญ่: {text.th}", f"Distance to large trees: {text.en}"),
        distance,
        limit,
        "m",
        Text(
            f"ขยับแนวขุดให้ห่างต้นไม้อีก {missing:.2f} ม.",
            f"Move the dig line {missing:.2f} m further from the tree",
        ),
        otherwise="fail" if near else "fix",
    )


def _bank(pond: Judged) -> Iterator[Verdict]:
    width = float(pond.figures["bank_m"])
    if width != width or pond.plot is None:
        return
    profile = str(pond.case.plots["layout_profile"].iloc[pond.row])
    least = PROFILES.get(profile, PROFILES["standard_30_30_30_10"]).bank_m
    rim = fitted_rim(pond.rim, pond.plot, shapely.boundary(pond.plot), least)
    yield Verdict.at_least(
        "LAND-R26-H7",
        Text("คันสระรอบปากบ่อ", "Bank around the rim"),
        width,
        least,
        "m",
        Text(
            f"ลดแนวปากบ่อเหลือ {rim.area:,.2f} ตร.ม. ให้มีคัน {least:g} ม.",
            f"Cut the rim to {rim.area:,.2f} m2 to leave a bank of {least:g} m",
        ),
        otherwise="fix",
    )


def _share(pond: Judged) -> Iterator[Verdict]:
    found = pond.figures
    deviation = float(found["share_deviation_pp"])
    if deviation != deviation:
        return
    zone = float(found["zone_share_pct"])
    share = zone if zone == zone else float(found["open_water_share_pct"])
    plot = float(pond.case.plot_m2[pond.row])
    change = (abs(deviation) - SHARE_TOL_PP) / 100 * plot
    thai, english = ("เพิ่ม", "Add") if deviation < 0 else ("ลด", "Take off")
    yield Verdict(
        rule="LAND-R23",
        label=Text("สัดส่วนแหล่งน้ำ", "Share of water"),
        sign="pass" if found["share_verdict"] == "within" else "fix",
        figure=share,
        limit=share - deviation,
        margin=SHARE_TOL_PP - abs(deviation),
        unit="%",
        hint=None
        if found["share_verdict"] == "within"
        else Text(
            f"{thai}พื้นที่น้ำ {change:,.2f} ตร.ม. จึงอยู่ในเกณฑ์ ±{SHARE_TOL_PP:g} จุด",
            f"{english} {change:,.2f} m2 of water to be within {SHARE_TOL_PP:g} points",
        ),
    )


def _earth(pond: Judged) -> Iterator[Verdict]:
    found = pond.figures
    verdict = str(found["earth_verdict"])
    if verdict not in EARTH_VERDICTS or verdict == "unknown":
        return
    surplus, height = float(found["surplus_m3"]), float(found["spread_height_m"])
    hints = {
        "shortage": Text(
            f"ซื้อดินเพิ่ม {-surplus:,.2f} ลบ.ม. (ปริมาตรบดอัด)", f"Buy {-surplus:,.2f} m3 of compacted fill"
        )
    }
    if surplus > 0:
        needed = surplus / pond.spread_max_m
        place = Text(
            f"เกลี่ยบนพื้นที่อย่างน้อย {needed:,.2f} ตร.ม. หรือขนออก {surplus:,.2f} ลบ.ม.",
            f"Spread it on at least {needed:,.2f} m2, or take {surplus:,.2f} m3 away",
        )
        hints |= {"surplus_high": place, "surplus_unplaced": place}
    text = EARTH_VERDICTS[verdict]
    yield Verdict(
        rule="LAND-R19",
        label=Text(f"สมดุลดิน: {text.th}", f"Earth balance: {text.en}"),
        sign="fix" if verdict in hints else "pass",
        figure=height if surplus > 0 and height == height else surplus,
        limit=pond.spread_max_m if surplus > 0 and height == height else 0.0,
        margin=pond.spread_max_m - height if surplus > 0 and height == height else surplus,
        unit="m" if surplus > 0 and height == height else "m3",
        hint=hints.get(verdict),
    )


def _balance(pond: Judged) -> Iterator[Verdict]:
    found = pond.figures
    verdict = str(found["water_verdict"])
    text = WATER_VERDICTS[verdict]
    label = Text(f"น้ำพอใช้: {text.th}", f"Water lasts: {text.en}")
    if verdict == "unknown":
        yield Verdict(
            rule="LAND-R21",
            label=label,
            sign="unknown",
            hint=Text(
                "ต้องมีชนิดดิน (หรือค่าการซึม) และข้อมูลฝน (rain_mm หรือ climate)",
                "Needs the soil class (or the seepage) and rain (rain_mm or climate)",
            ),
        )
        return
    falling = bool(found["storage_falling"])
    signs: dict[str, Sign] = {"fails": "fail", "first_year_only": "fix"}
    sign = signs.get(verdict, "fix" if falling else "pass")
    missing = float(found["dry_deficit_m3"])
    yield Verdict(
        rule="LAND-R21",
        label=label,
        sign=sign,
        figure=missing,
        limit=0.0,
        margin=-missing,
        unit="m3",
        hint=None if sign == "pass" else _water_that_fits(pond, falling=falling),
    )
    ratio = float(found["thumb_ratio"])
    if ratio == ratio:
        yield Verdict.at_least(
            "LAND-R22",
            Text("ความจุต่อเกณฑ์ 1,000 ลบ.ม./ไร่", "Capacity against 1,000 m3 a rai"),
            ratio,
            1.0,
            None,
            Text(
                f"เพิ่มความจุเป็น {float(found['capacity_m3']) / ratio:,.2f} ลบ.ม. หรือลดพื้นที่ปลูก",
                f"A capacity of {float(found['capacity_m3']) / ratio:,.2f} m3, or fewer crops",
            )
            if ratio > 0
            else None,
            otherwise="fix",
        )


def _water_that_fits(pond: Judged, *, falling: bool) -> Text:
    """The part of the crops, or the further catchment, with which the water lasts."""
    climate = str(pond.water.climate[pond.row])

    def lasts(scale: Floats | float = 1.0, catchment: Floats | float = 0.0, seep: Any = None) -> Any:
        n = max(np.size(scale), np.size(catchment))
        rows = np.full(n, pond.row)
        curves = StageCurves.of(pond.water.designs[rows])
        seepage = None if seep is None else np.full(n, seep)
        done = pond.water.balance(
            rows,
            climate,
            crop_scale=scale,
            catchment_m2=catchment,
            seepage=seepage,
            curves=curves,
        ).summary()
        kept = done["water_verdict"] == "sustained"
        return (kept & ~done["storage_falling"] if falling else kept).to_numpy()

    ways: list[tuple[str, str]] = []
    crops = largest_that_passes(lambda s: lasts(scale=s), 0.0, 1.0, 0.01)
    if 0 < crops < 1:
        area = float(pond.water.uses.crops[pond.row]) * crops
        ways.append(
            (
                f"ลดพื้นที่ปลูกเหลือ {area:,.0f} ตร.ม. ({crops:.0%})",
                f"water {area:,.0f} m2 of crops ({crops:.0%})",
            )
        )
    land = smallest_that_passes(lambda m2: lasts(catchment=m2), 0.0, 500_000.0, 100.0)
    if land == land and pond.water.inputs["outside_runoff"] > 0:
        ways.append(
            (f"มีพื้นที่รับน้ำนอกแปลงเพิ่ม {land:,.0f} ตร.ม.", f"{land:,.0f} m2 more catchment outside")
        )
    if pond.water.seepage[pond.row] > LINED_SEEPAGE_MM_DAY and bool(lasts(seep=LINED_SEEPAGE_MM_DAY)[0]):
        ways.append(("ปูวัสดุกันซึม", "line the pond"))
    if not ways:
        return Text(
            "ไม่มีทางเดียวที่พอ ต้องลดการใช้น้ำและเพิ่มความจุพร้อมกัน",
            "No single change is enough: use less and store more",
        )
    return _either(ways)


def _channels(pond: Judged) -> Iterator[Verdict]:
    """Channels of the pond's plot that fall in or cannot be measured (LAND-R15)."""
    group = pond.case.group.iloc[pond.row]
    lines = pond.case.channels
    for row in np.flatnonzero((pond.channels["group"] == group).to_numpy()):
        found = pond.channels.iloc[row]
        name = str(lines["channel_id"].iloc[row] or row + 1)
        label = Text(f"คลองไส้ไก่ {name}", f"Channel {name}")
        if found["error"] is not None:
            text = CHANNEL_ERRORS[found["error"]].format(limits=ChannelParameters())
            yield Verdict(rule="LAND-R15", label=label, sign="fail", hint=text)
            continue
        depth = pd.to_numeric(lines["depth_start_m"], errors="coerce").iloc[row]
        reached = float(found["depth_start_m"])
        slope = pd.to_numeric(lines["slope_h_per_v"], errors="coerce").fillna(1.0).iloc[row]
        yield Verdict.at_least(
            "LAND-R15",
            label,
            reached,
            float(depth),
            "m",
            Text(
                f"ปากคลองกว้างอย่างน้อย {2 * slope * depth:.2f} ม. หรือลึกไม่เกิน {reached:.2f} ม.",
                f"A top width of {2 * slope * depth:.2f} m at least, or {reached:.2f} m deep at most",
            ),
            otherwise="fix",
        )
