"""Verdict rows on earth, water and channels of a pond."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pandas as pd

from geo.channel import CHANNEL_ERRORS, ChannelParameters
from geo.climate import CLIMATES, wet_months_within
from geo.crs import Floats
from geo.earthwork import EARTH_VERDICTS
from geo.fitting import largest_that_passes, smallest_that_passes
from geo.soil import LINED_SEEPAGE_MM_DAY
from geo.stage_curve import StageCurves
from geo.text import Text
from geo.water_balance import WATER_VERDICTS
from layers.processes.pond.judged import Judged, either
from layers.processes.verdict import Sign, Verdict

__all__ = ["balance_rows", "channels_rows", "earth_rows", "season_rows"]


def earth_rows(pond: Judged) -> Iterator[Verdict]:
    """Earth balance of the pond and its channels (LAND-R19)."""
    found = pond.figures
    verdict = str(found["earth_verdict"])
    if verdict not in EARTH_VERDICTS or verdict == "unknown":
        return
    surplus, height = float(found["surplus_m3"]), float(found["spread_height_m"])
    hints = {
        "shortage": Text(
            f"ซื้อดินเพิ่ม {-surplus:,.2f} ลบ.ม. (ปริมาตรบดอัด)",
            f"Buy {-surplus:,.2f} m3 of compacted fill",
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


def season_rows(pond: Judged) -> Iterator[Verdict]:
    """Whether the contract period touches the wet season (LAND-R18)."""
    start, end = pond.water.inputs["dig_from"], pond.water.inputs["dig_to"]
    climate = CLIMATES.get(str(pond.water.climate[pond.row]))
    if start is None or end is None or climate is None:
        return
    wet = wet_months_within(start, end, climate.wet_months)
    dry = [month for month in range(1, 13) if month not in climate.wet_months]
    listed = ", ".join(map(str, dry))
    yield Verdict.at_most(
        "LAND-R18",
        Text("เดือนฤดูฝนในช่วงขุด", "Wet months while digging"),
        float(len(wet)),
        0.0,
        "months",
        Text(f"ขุดในเดือน {listed}", f"Dig in months {listed}"),
        otherwise="fix",
    )


def balance_rows(pond: Judged) -> Iterator[Verdict]:
    """Whether the water lasts, and the rule of thumb beside it (LAND-R21, R22)."""
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

    def lasts(
        scale: Floats | float = 1.0, catchment: Floats | float = 0.0, seep: Any = None
    ) -> Any:
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
    if pond.water.seepage[pond.row] > LINED_SEEPAGE_MM_DAY and bool(
        lasts(seep=LINED_SEEPAGE_MM_DAY)[0]
    ):
        ways.append(("ปูวัสดุกันซึม", "line the pond"))
    if not ways:
        return Text(
            "ไม่มีทางเดียวที่พอ ต้องลดการใช้น้ำและเพิ่มความจุพร้อมกัน",
            "No single change is enough: use less and store more",
        )
    return either(ways)


def channels_rows(pond: Judged) -> Iterator[Verdict]:
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
                f"A top of {2 * slope * depth:.2f} m at least, or {reached:.2f} m deep at most",
            ),
            otherwise="fix",
        )
