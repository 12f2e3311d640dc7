"""Pond check: all that land.md asks of a pond, drawn or stored (LAND-R11 to R23, R34).

Over many ponds the result is a table of columns. For a few (``DETAILED``) each pond also carries
its verdict rows, and for one the stage table, the months of the balance and the years.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd

from geo.crs import Floats
from geo.earthwork import EARTH_VERDICTS, mounds
from geo.errors import ParameterError
from geo.layout.profiles import SHARE_VERDICTS
from geo.pond import VERDICTS, check_ponds, rounded, stage_table
from geo.setback import SETBACK_VERDICTS, TREE_VERDICTS, check_fill
from geo.text import Text
from geo.water_balance import WATER_VERDICTS
from layers.model import Layer
from layers.ponds import PONDS
from layers.processes.drawn import drawn_features
from layers.processes.model import Output, Process, Reader, Result
from layers.processes.pond.case import GIVEN, Case, numbers, read_case
from layers.processes.pond.inputs import INPUTS
from layers.processes.pond.judged import Judged
from layers.processes.pond.rows import pond_rows
from layers.processes.pond.site import LIMITS, as_built_columns, channel_columns, site_columns
from layers.processes.pond.survey import compared, survey_rows, survey_summary
from layers.processes.pond.water import WaterCase, earth_columns, rain_summary, water_columns
from layers.processes.verdict import Verdict, counted

__all__ = ["POND_CHECK"]

RULES = ("LAND-R11", "LAND-R12", "LAND-R13", "LAND-R14")
STORED = ("volume_m3", "bottom_area_m2", "effective_depth_m", "capacity_m3", "verdict")
DETAILED = 20  # ponds at most whose verdict rows are worked out


def run(parameters: Mapping[str, Any], reader: Reader) -> Result:
    """Judge the ponds that were handed over, else those of the layer ``ponds``."""
    _check_period(parameters)
    case = read_case(parameters, reader)
    found = _volumes(case)
    channels, of_plot = channel_columns(case, found)
    water = WaterCase.of(case, found, parameters)
    needed, lost = _fill(parameters)
    channel_m3 = of_plot["channel_m3"].to_numpy(dtype=float)
    columns = [
        of_plot[["channel_m3", "channel_m"]],
        site_columns(case, found, channels, of_plot),
        earth_columns(case, found, channel_m3, needed, parameters),
        water_columns(water, found),
        as_built_columns(case, found),
    ]
    figures = pd.concat([found, *columns], axis=1)
    table = _table(case, figures)
    summary = _summary(case, figures)
    rules: tuple[str, ...] = RULES
    if 0 < len(case) <= DETAILED:
        survey = compared(case, parameters)
        rows = _rows(case, figures, water, channels, parameters)
        extra = lost + _neighbours(parameters)
        if survey is not None:
            summary["as_built"] = survey_summary(survey)
            extra += survey_rows(survey)
        for row in rows:
            row += extra
        table["verdicts"] = [[row.as_json() for row in mine] for mine in rows]
        said = [row for mine in rows for row in mine]
        summary["signs"] = counted(said)
        rules = (*RULES, *dict.fromkeys(r.rule for r in said if r.rule not in RULES))
        if len(case) == 1 and pd.isna(found["error"].iloc[0]):
            summary |= _detail(case, found, water, channel_m3)
    return Result(
        features=table,
        summary=summary,
        rules=rules,
        left_out=int(found["error"].notna().sum()),
        updates={} if case.drawn else {"ponds": _updates(table)},
    )


def _check_period(parameters: Mapping[str, Any]) -> None:
    start, end = parameters["dig_from"], parameters["dig_to"]
    if start is not None and end is not None and end < start:
        raise ParameterError(
            "parameter_invalid",
            Text(
                f"วันขุดเสร็จ {end} มาก่อนวันเริ่มขุด {start}",
                f"Digging ends {end}, before it begins {start}",
            ),
            parameter="dig_to",
        )


def _volumes(case: Case) -> pd.DataFrame:
    plots = case.plots.geometry
    return check_ponds(
        case.ponds.geometry,
        numbers(case.ponds, "depth_m"),
        numbers(case.ponds, "slope_h_per_v"),
        profiles=[_benches(cell) for cell in case.ponds["profile"]],
        freeboard_m=numbers(case.ponds, "freeboard_m"),
        dead_depth_m=numbers(case.ponds, "dead_depth_m"),
        plots=plots if plots.notna().any() else None,
    )


def _benches(cell: Any) -> list[Any] | None:
    return cell if isinstance(cell, list) and cell else None


def _fill(parameters: Mapping[str, Any]) -> tuple[float, list[Verdict]]:
    """Compacted fill that is needed in m3, and a row for each mound that cannot be measured."""
    needed = float(parameters["fill_m3"])
    if parameters["mounds"] is None:
        return needed, []
    drawn = drawn_features(parameters["mounds"], "mounds", Text("โคก", "Mounds"))
    found = mounds(
        gpd.GeoSeries([item.shape for item in drawn], crs=4326),
        np.array([item.properties.get("height_m") for item in drawn], dtype=object),
        np.array([item.properties.get("slope_h_per_v") for item in drawn], dtype=object),
    )
    lost = [
        Verdict(
            rule="LAND-R19",
            label=Text(f"โคก {row + 1}", f"Mound {row + 1}"),
            sign="fail",
            hint=text,
        )
        for row, text in enumerate(found["error_text"])
        if text is not None
    ]
    return needed + float(found["volume_m3"].sum()), lost


def _neighbours(parameters: Mapping[str, Any]) -> list[Verdict]:
    """What fill above the neighbours' ground asks for (LAND-R16b, s. 26)."""
    if parameters["fill_height_m"] is None:
        return []
    height, area = float(parameters["fill_height_m"]), float(parameters["fill_area_m2"] or 0)
    higher, notice = (bool(item[0]) for item in check_fill([height], [area], LIMITS))
    thai, english = "จัดทางระบายน้ำไม่ให้เดือดร้อนที่ข้างเคียง", "Drain it so that no neighbour suffers"
    if notice:
        thai += f" และแจ้งการถมดิน (เกิน {LIMITS.fill_notice_m2:,.0f} ตร.ม.)"
        english += f", and give notice of the fill (over {LIMITS.fill_notice_m2:,.0f} m2)"
    return [
        Verdict(
            rule="LAND-R16b",
            label=Text("ดินถมสูงกว่าที่ดินข้างเคียง", "Fill above the neighbour's ground"),
            sign="fix" if higher else "pass",
            figure=area,
            limit=LIMITS.fill_notice_m2,
            margin=LIMITS.fill_notice_m2 - area,
            unit="m2",
            hint=Text(thai, english) if higher else None,
        )
    ]


def _rows(
    case: Case,
    figures: pd.DataFrame,
    water: WaterCase,
    channels: pd.DataFrame,
    parameters: Mapping[str, Any],
) -> list[list[Verdict]]:
    slopes = water.designs.slope
    figures = figures.assign(slope_h_per_v=slopes)
    rows = []
    for row in range(len(case)):
        mine = figures.iloc[row]
        if mine["error"] is not None:
            label = Text("ข้อมูลสระ", "Input")
            said = [Verdict(rule="LAND-R11", label=label, sign="fail", hint=mine["error_text"])]
        else:
            said = pond_rows(Judged(case, row, mine, water, channels, parameters["spread_max_m"]))
        rows.append(said)
    return rows


def _table(case: Case, figures: pd.DataFrame) -> gpd.GeoDataFrame:
    names = ["pond_id", "plot_id", "name", *GIVEN[:2]]
    shown = rounded(figures.drop(columns=["error_text"]))
    table = gpd.GeoDataFrame(
        pd.concat([case.ponds[names], shown], axis=1), geometry=case.ponds.geometry, crs=4326
    )
    for language in ("th", "en"):
        table[f"verdict_{language}"] = [
            text.get(language) if error is not None else VERDICTS[verdict].get(language)
            for text, error, verdict in zip(
                figures["error_text"], figures["error"], figures["verdict"], strict=True
            )
        ]
    return table


def _summary(case: Case, figures: pd.DataFrame) -> dict[str, Any]:
    judged = figures[figures["error"].isna()]
    totals = rounded(judged[["volume_m3", "capacity_m3"]].sum().to_frame().T)
    summary: dict[str, Any] = {
        "ponds": len(case),
        **{str(name): float(totals[name].iloc[0]) for name in totals},
        "verdicts": _count(judged["verdict"], VERDICTS),
        "setbacks": _count(judged["setback_verdict"], SETBACK_VERDICTS),
        "water": _count(judged["water_verdict"], WATER_VERDICTS),
        "errors": figures["error"].dropna().value_counts().to_dict(),
    }
    return summary


def _count(column: pd.Series[Any], values: Mapping[str, Text]) -> dict[str, int]:
    return {code: int((column == code).sum()) for code in values}


def _detail(
    case: Case, found: pd.DataFrame, water: WaterCase, channel_m3: Floats
) -> dict[str, Any]:
    """Stage table, and the balance by month and year, of one pond."""
    ponds = case.ponds
    stages = stage_table(
        ponds.geometry,
        float(numbers(ponds, "depth_m")[0]),
        float(numbers(ponds, "slope_h_per_v")[0]),
        profile=_benches(ponds["profile"].iloc[0]),
    )
    detail: dict[str, Any] = {"stages": rounded(stages).to_dict("records")}
    if water.known[0]:
        climate = str(water.climate[0])
        balance = water.balance(np.array([0]), climate)
        detail["months"] = rounded(balance.table()).to_dict("records")
        detail["years"] = rounded(balance.years()).round({"reliability": 4}).to_dict("records")
        detail["rain_held"] = rain_summary(case, water, found, channel_m3)
    return detail


def _updates(table: gpd.GeoDataFrame) -> pd.DataFrame:
    """The computed columns of the layer; a pond that cannot be judged loses its old verdict."""
    updates = pd.DataFrame(table[["pond_id", *STORED, "setback_verdict"]])
    known = updates["setback_verdict"].isin(list(SETBACK_VERDICTS))
    updates["setback_verdict"] = updates["setback_verdict"].where(known, None)
    return updates


def _outputs(layer: Layer) -> tuple[Output, ...]:
    known = ("pond_id", "name", "depth_m", "slope_h_per_v", *STORED, "setback_verdict")
    from_layer = tuple(
        Output(name=item.name, label=item.label, type=item.type, unit=item.unit, values=item.values)
        for item in (layer.by_name[name] for name in known)
    )
    return from_layer + tuple(
        Output(
            name=name,
            label=Text(th, en),
            type="text" if values is not None or unit == "text" else "number",
            unit=None if unit == "text" else unit,
            values=values,
        )
        for name, th, en, unit, values in FURTHER
    )


Further = tuple[str, str, str, str | None, Mapping[str, Text] | None]

FURTHER: tuple[Further, ...] = (
    ("area_m2", "พื้นที่ปากบ่อ", "Rim area", "m2", None),
    ("live_capacity_m3", "ความจุใช้การ", "Live capacity", "m3", None),
    ("lost_depth_m", "ความลึกที่เสียไป", "Lost depth", "m", None),
    ("boundary_m", "ระยะถึงที่ดินผู้อื่น", "Distance to land of others", "m", None),
    ("setback_missing_m", "ระยะร่นที่ขาด", "Setback missing", "m", None),
    ("setback_advisory_m", "ระยะที่ควรป้องกันดินพัง", "Protection advised within", "m", None),
    ("bank_m", "ความกว้างคันสระ", "Bank", "m", None),
    ("tree_distance_m", "ระยะถึงต้นไม้ใหญ่", "Distance to large trees", "m", None),
    ("tree_verdict", "ผลตรวจต้นไม้", "Trees", None, TREE_VERDICTS),
    ("open_water_share_pct", "สัดส่วนผิวน้ำ", "Open water", "%", None),
    ("zone_share_pct", "สัดส่วนเขตแหล่งน้ำ", "Water zone", "%", None),
    ("share_verdict", "ผลตรวจสัดส่วน", "Share", None, SHARE_VERDICTS),
    ("channel_m3", "ปริมาตรคลองไส้ไก่", "Channel volume", "m3", None),
    ("loose_m3", "ดินขุดหลวม", "Loose earth", "m3", None),
    ("truck_trips", "เที่ยวรถบรรทุก", "Truck trips", None, None),
    ("surplus_m3", "ดินเหลือ (บดอัด)", "Surplus, compacted", "m3", None),
    ("earth_verdict", "สมดุลดิน", "Earth balance", None, EARTH_VERDICTS),
    ("water_verdict", "น้ำพอใช้", "Water lasts", None, WATER_VERDICTS),
    ("months_lasting", "เดือนที่น้ำพอ", "Months that the water lasts", None, None),
    ("failure_share", "โอกาสน้ำไม่พอ (สัดส่วนปี)", "Chance of failure (share of years)", None, None),
    ("reliability", "ความเชื่อถือได้", "Reliability", None, None),
    ("thumb_ratio", "ความจุต่อเกณฑ์ 1,000 ลบ.ม./ไร่", "Capacity against 1,000 m3 a rai", None, None),
    ("design_id", "แบบที่เทียบ", "Design compared with", "text", None),
    ("as_built_verdict", "ผลเทียบแบบ", "Against the design", "text", None),
    ("error", "ตรวจไม่ได้เพราะ", "Not judged because", "text", None),
)

POND_CHECK = Process(
    id="pond-check",
    version="2.0.0",
    title=Text("ตรวจปริมาตรสระ", "Pond check"),
    description=Text(
        "ปริมาตรและรูปทรงสระ คลองไส้ไก่ ระยะร่นตามกฎหมาย ต้นไม้ คันสระ สัดส่วนน้ำ สมดุลดิน "
        "น้ำพอใช้กี่เดือน และเทียบแบบกับหลังขุดจริง พร้อมค่าที่จะทำให้ผ่าน",
        "Volume and form, channels, legal setback, trees, bank, share of water, earth balance, "
        "how long the water lasts, design against as built, and what would make it pass",
    ),
    inputs=INPUTS,
    outputs=_outputs(PONDS),
    reads=("ponds", "plots", "channels", "plot_zones"),
    writes=("ponds",),
    run=run,
)
