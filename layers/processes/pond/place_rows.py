"""Verdict rows on where a pond lies: setback, notice, trees, bank, share of water."""

from __future__ import annotations

import math
from collections.abc import Iterator

import shapely

from geo.layout.profiles import PROFILES
from geo.setback import SETBACK_VERDICTS, TREE_VERDICTS, deepest_within, fitted_rim
from geo.text import Text
from geo.water_ratios import SHARE_TOL_PP
from layers.processes.pond.judged import Judged, either
from layers.processes.pond.site import LIMITS, foreign_boundaries
from layers.processes.verdict import Sign, Verdict

__all__ = ["bank_rows", "notice_rows", "setback_rows", "share_rows", "trees_rows"]

UNKNOWN_PLOT = Text(
    "ระบุแปลง (plot) หรือระยะถึงแนวเขต", "Give the plot, or the distance to its boundary"
)


def setback_rows(pond: Judged) -> Iterator[Verdict]:
    """Legal setback, and the duty of protection below its depth (LAND-R16, R16b)."""
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
    return either(ways)


def notice_rows(pond: Judged) -> Iterator[Verdict]:
    """Notice to the local officer (LAND-R16b)."""
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


def trees_rows(pond: Judged) -> Iterator[Verdict]:
    """The nearest large tree (LAND-R17)."""
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


def bank_rows(pond: Judged) -> Iterator[Verdict]:
    """Bank on all sides of the rim (H7)."""
    width = round(float(pond.figures["bank_m"]), 4)  # a tenth of a millimetre
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


def share_rows(pond: Judged) -> Iterator[Verdict]:
    """Share of water in the plot (LAND-R23)."""
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
