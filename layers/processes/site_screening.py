"""Site screening: is this ground worth the money? Ten factors, judged and explained (LAND-R30)."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import fields
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd

from geo.screening import FACTORS, MEASURES, ScreeningParameters, classify, factor_signs
from geo.text import Text
from layers import land
from layers.plots import PLOTS
from layers.processes.model import Input, Output, Process, Reader, Result
from layers.processes.screening_sites import (
    COLUMNS,
    NOTES,
    Measured,
    Sites,
    drawn_sites,
    elevation_of,
    measure,
)
from layers.processes.screening_verdicts import rule_of, site_verdicts
from layers.processes.stored_plots import PLOT_CHOICE, stored_plots
from layers.processes.verdict import SIGNS, Verdict

__all__ = ["SITE_SCREENING"]

RULES = ("LAND-R4", "LAND-R8", "LAND-R10", *(rule_of(code) for code in FACTORS))
SHOWN = ("area_m2", "elevation_m", "aspect_deg", *MEASURES)


def run(parameters: Mapping[str, Any], reader: Reader) -> Result:
    """Screen the sites that were handed over, else one plot, else the plots of the layer."""
    if parameters["plot"] is not None:
        sites = drawn_sites(parameters["plot"], reader)
    else:
        rows = stored_plots(
            reader,
            parameters["plot_id"],
            parameters["filter"],
            bbox=parameters["bbox"],
            needed=COLUMNS,
        )
        sites = Sites(rows, drawn=False)
    given = {item.name: parameters[item.name] for item in fields(ScreeningParameters)}
    limits = ScreeningParameters(**given)
    terrain = elevation_of(parameters["elevation"], reader)
    measured = measure(
        sites, reader, terrain[0] if terrain else None, limits, parameters["soil_aggregation"]
    )
    signs = factor_signs(measured.table, limits)
    sound = np.array([code is None for code in sites.errors], dtype=bool)
    classes = classify(signs)
    classes[~sound] = None
    rows = _verdicts(measured, signs, limits, sound)
    return Result(
        features=_table(sites, measured, classes, rows),
        summary=_summary(sites, signs[sound], classes, terrain and terrain[1]),
        rules=RULES,
        left_out=int((~sound).sum()),
        updates={}
        if sites.drawn
        else {"plots": _updates(sites, measured, classes, parameters["target_areas"])},
    )


def _verdicts(
    measured: Measured, signs: pd.DataFrame, limits: ScreeningParameters, sound: np.ndarray
) -> list[list[Verdict]]:
    records: Any = zip(
        measured.table.to_dict("records"), signs.to_dict("records"), sound, strict=True
    )
    return [site_verdicts(site, found, limits) if ok else [] for site, found, ok in records]


def _table(
    sites: Sites, measured: Measured, classes: np.ndarray, rows: list[list[Verdict]]
) -> gpd.GeoDataFrame:
    """A feature for each site: class, what stands against it in words, figures and verdicts."""
    against = [[row for row in site if row.sign != "pass"] for site in rows]
    columns: dict[str, Any] = {
        "plot_id": sites.table["plot_id"].tolist(),
        "screening_class": classes.tolist(),
        "factors": [[row.rule.split()[-1] for row in site if row.sign == "fail"]
                    + [row.rule.split()[-1] for row in site if row.sign == "fix"]
                    for site in rows],
        "unknown": [[row.rule.split()[-1] for row in site if row.sign == "unknown"]
                    for site in rows],
    }  # fmt: skip
    for language in ("th", "en"):
        columns[f"reasons_{language}"] = [
            _told(site, error, notes, language)
            for site, error, notes in zip(against, sites.texts, measured.notes, strict=True)
        ]
    for name in SHOWN:
        if name in measured.table:
            columns[name] = [_plain(value) for value in measured.table[name]]
    columns["place_code"] = measured.table["place_code"].tolist()
    columns["permission_zones"] = measured.table["zones"].tolist()
    columns["override"] = measured.table["override"].tolist()
    columns["verdicts"] = [[row.as_json() for row in site] for site in rows]
    columns["notes"] = measured.notes
    columns["error"] = sites.errors
    # Kept as objects: a number column would show what is not known as nan.
    table = pd.DataFrame({name: pd.Series(v, dtype=object) for name, v in columns.items()})
    return gpd.GeoDataFrame(table, geometry=sites.table.geometry.array, crs=4326)


def _told(site: list[Verdict], error: Text | None, notes: list[str], language: str) -> list[str]:
    if error is not None:
        return [error.get(language)]
    told = [
        f"{row.rule.split()[-1]} {row.label.get(language)}: {row.hint.get(language)}"
        for row in site
        if row.hint is not None
    ]
    return told + [NOTES[code].get(language) for code in notes]


def _plain(value: Any) -> Any:
    """A cell for JSON: figures to a hundredth, None for what is not known."""
    if isinstance(value, float):
        return round(float(value), 2) if math.isfinite(value) else None
    return None if value is None or value is pd.NA else value


def _summary(
    sites: Sites, signs: pd.DataFrame, classes: np.ndarray, elevation: str | None
) -> dict[str, Any]:
    errors = [code for code in sites.errors if code is not None]
    return {
        "plots": len(sites),
        "elevation": elevation,
        "classes": {code: int((classes == code).sum()) for code in land.SCREENING_CLASSES},
        "factors": {
            code: {sign: int((signs[code] == sign).sum()) for sign in SIGNS} for code in FACTORS
        },
        "errors": {code: errors.count(code) for code in dict.fromkeys(errors)},
    }


def _updates(
    sites: Sites, measured: Measured, classes: np.ndarray, targets: str | None
) -> pd.DataFrame:
    """The computed columns of the layer; a plot that cannot be judged loses its old class."""
    soil = measured.table["soil_class"].where(measured.table["soil_class"].notna(), None)
    places = [
        code if "place_differs" in notes else recorded
        for code, recorded, notes in zip(
            measured.table["place_code"], sites.table["area_code"], measured.notes, strict=True
        )
    ]
    columns: dict[str, Any] = {
        "plot_id": sites.table["plot_id"],
        "area_code": places,
        "screening_class": classes,
        "soil_class": soil,
    }
    if targets is not None:
        columns["in_target_area"] = _targeted(measured, targets)
    return pd.DataFrame(columns)


def _targeted(measured: Measured, targets: str) -> list[bool | None]:
    """Whether each site lies in one of the areas (LAND-R4); None where its place is not known."""
    prefixes = tuple(filter(None, targets.replace(" ", "").split(",")))
    return [code and code.startswith(prefixes) for code in measured.table["place_code"]]


LIMIT_LABELS: Mapping[str, tuple[Text, str | None]] = {
    "slope_caution_pct": (Text("ความลาดชันที่ต้องระวัง", "Slope, caution"), "%"),
    "slope_exclude_pct": (Text("ความลาดชันที่ไม่รับ", "Slope, exclude"), "%"),
    "sink_depth_m": (Text("ความลึกแอ่งกระทะ", "Depth of a basin"), "m"),
    "sink_area_m2": (Text("เนื้อที่แอ่งกระทะ", "Area of a basin"), "m2"),
    "flow_caution_m2": (Text("พื้นที่รับน้ำที่ต้องระวัง", "Upstream area, caution"), "m2"),
    "flow_exclude_m2": (Text("พื้นที่รับน้ำที่ไม่รับ", "Upstream area, exclude"), "m2"),
    "waste_caution_m": (Text("ระยะแหล่งของเสียที่ต้องระวัง", "Waste site, caution"), "m"),
    "waste_exclude_m": (Text("ระยะแหล่งของเสียที่ไม่รับ", "Waste site, exclude"), "m"),
    "valley_caution_m": (Text("ความลึกหุบเขาที่ต้องระวัง", "Depth of valley, caution"), "m"),
    "valley_exclude_m": (Text("ความลึกหุบเขาที่ไม่รับ", "Depth of valley, exclude"), "m"),
    "valley_radius_m": (Text("รัศมีพื้นที่รอบแปลง", "Radius of the surroundings"), "m"),
    "trees_caution": (Text("ต้นไม้ใหญ่ต่อไร่ที่ต้องระวัง", "Big trees per rai, caution"), "1/rai"),
    "trees_exclude": (Text("ต้นไม้ใหญ่ต่อไร่ที่ไม่รับ", "Big trees per rai, exclude"), "1/rai"),
    "road_caution_m": (Text("ระยะถนนที่ต้องระวัง", "Motor road, caution"), "m"),
    "road_exclude_m": (Text("ระยะถนนที่ไม่รับ", "Motor road, exclude"), "m"),
    "access_width_m": (Text("ความกว้างทางเข้าขั้นต่ำ", "Least width of access"), "m"),
    "hazard_caution": (Text("ระดับภัยที่ต้องระวัง", "Hazard severity, caution"), None),
    "hazard_exclude": (Text("ระดับภัยที่ไม่รับ", "Hazard severity, exclude"), None),
    "hazard_area_share": (Text("สัดส่วนพื้นที่ที่ถือว่าถูกภัย", "Share of area that counts"), None),
}


def _limits() -> tuple[Input, ...]:
    """An input for each limit, with the default and the range that the parameter set has."""
    return tuple(
        Input(
            name=item.name,
            label=LIMIT_LABELS[item.name][0],
            type="number",
            unit=LIMIT_LABELS[item.name][1],
            default=item.default,
            minimum=item.metadata["low"],
            maximum=item.metadata["high"],
        )
        for item in fields(ScreeningParameters)
    )


def _figure(name: str, th: str, en: str, unit: str | None = None) -> Output:
    return Output(name=name, label=Text(th, en), type="number", unit=unit)


SITE_SCREENING = Process(
    id="site-screening",
    version="1.0.0",
    title=Text("คัดกรองพื้นที่", "Site screening"),
    description=Text(
        "ตรวจความลาดชัน แอ่งน้ำและทางน้ำ หุบเขา แหล่งของเสีย ถนน เขตขออนุญาต ดิน และภัย "
        "แล้วบอกว่าพื้นที่เหมาะสม มีเงื่อนไข หรือไม่เหมาะสม พร้อมเหตุผล",
        "Slope, basins, flow paths, valleys, waste, roads, permission zones, soil and hazards: "
        "whether a site is suitable, suitable under conditions or not, and why",
    ),
    inputs=(
        Input(
            name="plot",
            label=Text("รูปแปลง", "Plot"),
            type="geojson",
            description=Text(
                "GeoJSON (EPSG:4326) ไม่ระบุจะคัดกรองชั้นข้อมูลแปลง "
                "คุณสมบัติที่ใช้: access_width_m, deed_type, soil_class, boulders, valley, "
                "trees_per_rai, permission_state, override",
                "GeoJSON (EPSG:4326); without it the layer plots is screened. Properties used: "
                "access_width_m, deed_type, soil_class, boulders, valley, trees_per_rai, "
                "permission_state, override",
            ),
        ),
        *PLOT_CHOICE,
        Input(name="bbox", label=Text("กรอบพื้นที่", "Box"), type="bbox", unit="deg"),
        Input(
            name="elevation",
            label=Text("ไฟล์ความสูง", "Elevation file"),
            type="text",
            description=Text(
                "แรสเตอร์ความสูงเป็นเมตร ใช้ที่เครื่องนี้เท่านั้น ไม่ระบุใช้ PHUMI_ELEVATION",
                "A raster of heights in m, at this machine only; PHUMI_ELEVATION when not given",
            ),
        ),
        Input(
            name="soil_aggregation",
            label=Text("วิธีสรุปดินของแปลง", "How samples make one class"),
            type="text",
            default="worst",
            values={
                "worst": Text("ตัวอย่างที่รั่วซึมที่สุด", "The leakiest sample"),
                "majority": Text("เสียงข้างมาก", "The majority"),
                "by_point": Text("ไม่สรุป", "No class for the plot"),
            },
        ),
        Input(
            name="target_areas",
            label=Text("พื้นที่เป้าหมาย", "Target areas"),
            type="text",
            description=Text(
                "รหัสพื้นที่คั่นด้วยจุลภาค เช่น 8303,830101", "Area codes, as 8303,830101"
            ),
        ),
        *_limits(),
    ),
    outputs=(
        Output(name="plot_id", label=PLOTS.by_name["plot_id"].label, type="text"),
        Output(
            name="screening_class",
            label=PLOTS.by_name["screening_class"].label,
            type="text",
            values=land.SCREENING_CLASSES,
        ),
        Output(name="factors", label=Text("ปัจจัยที่ติด", "Factors found"), type="list"),
        Output(name="unknown", label=Text("ปัจจัยที่ไม่มีข้อมูล", "Factors unknown"), type="list"),
        _figure("slope_pct", "ความลาดชันเฉลี่ย", "Mean slope", "%"),
        _figure("aspect_deg", "ทิศลาดลง", "Downslope azimuth", "deg"),
        _figure("elevation_m", "ความสูงเฉลี่ย", "Mean elevation", "m"),
        _figure("upstream_m2", "พื้นที่รับน้ำไหลผ่าน", "Upstream area crossing", "m2"),
        _figure("sink_m2", "แอ่งกระทะ", "Basin", "m2"),
        _figure("waste_m", "ระยะแหล่งของเสีย", "Waste site", "m"),
        _figure("road_m", "ระยะถนนรถยนต์", "Motor road", "m"),
        Output(name="error", label=Text("คัดกรองไม่ได้เพราะ", "Not screened because"), type="text"),
    ),
    reads=(
        "plots", "tambons", "soil_samples", "facilities", "roads", "permission_zones", "hazards",
    ),
    writes=("plots",),
    run=run,
)  # fmt: skip
