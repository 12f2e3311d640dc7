"""The verdict rows of one pond: each rule with its figure, limit, margin and what would fit.

What would fit is solved: the largest depth or slope, the smallest rim, the part of the crops that
the same check passes with.
"""

from __future__ import annotations

from collections.abc import Iterator

from geo.fitting import largest_that_passes, smallest_that_passes
from geo.pond import VERDICTS, check_ponds
from geo.soil import SOILS
from geo.text import Text
from layers.processes.pond import place_rows, water_rows
from layers.processes.pond.judged import Judged, either
from layers.processes.verdict import Verdict

__all__ = ["pond_rows"]

RULES = (
    place_rows.setback_rows,
    place_rows.notice_rows,
    place_rows.trees_rows,
    place_rows.bank_rows,
    place_rows.share_rows,
    water_rows.earth_rows,
    water_rows.balance_rows,
    water_rows.channels_rows,
    water_rows.season_rows,
)


def pond_rows(pond: Judged) -> list[Verdict]:
    """All rows of a pond that could be judged."""
    return [row for rule in (_form, _bank_slope, *RULES) for row in rule(pond)]


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
    scale = smallest_that_passes(lambda s: pond.sound(pond.depth, pond.slope, s), 1.0, 8.0, 0.01)
    ways = []
    if depth == depth:
        ways.append((f"ลึกไม่เกิน {depth:.2f} ม.", f"{depth:.2f} m deep at most"))
    if slope == slope:
        ways.append((f"ความลาดไม่เกิน {slope:.2f}", f"slope {slope:.2f} at most"))
    if scale == scale:
        area = float(pond.figures["area_m2"]) * scale**2
        ways.append((f"ขยายปากบ่อเป็น {area:,.0f} ตร.ม.", f"rim enlarged to {area:,.0f} m2"))
    return either(ways)


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
