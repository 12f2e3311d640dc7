"""Plot layout: plots divided 30:30:30:10 or otherwise, best plans first (LAND-R23 to R27)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

import geopandas as gpd
import pandas as pd
import shapely
from shapely.geometry.base import BaseGeometry

from geo.crs import geodesic_length
from geo.errors import ParameterError
from geo.layout.constraints import CONSTRAINTS
from geo.layout.plan import Layouts, generate_layouts
from geo.layout.pond_fit import PondWish
from geo.layout.profiles import PROFILES, Profile, custom_profile
from geo.layout.site import Finding
from geo.text import Text
from layers.plots import PLOT_ZONES
from layers.ponds import CHANNELS, PONDS
from layers.processes.drawn import drawn_features
from layers.processes.layout_inputs import LAYOUT_INPUTS, LIMITS
from layers.processes.layout_result import Sheet, feature_rows, plan_row, updates, verdict_rows
from layers.processes.layout_site import Around, Feature, PlotInput, as_site, features_of, point_of
from layers.processes.model import Output, Process, Reader, Result
from layers.processes.stored_plots import stored_plots

__all__ = ["PLOT_LAYOUT"]

RULES = (
    "LAND-R2",
    "LAND-R16",
    "LAND-R17",
    "LAND-R23",
    "LAND-R24",
    "LAND-R25",
    "LAND-R26",
    "LAND-R27",
)
VERSION = "1.0.0"
MOST_PLOTS = 500
ONE_PLOT, MANY_PLOTS = 3, 1  # plans for each plot, where the caller does not say
ROAD_M = 200.0  # a plot without access point is entered from a road no farther than this
LABELS = {item.name: item.label for item in LAYOUT_INPUTS}
SHARES = ("water_pct", "rice_pct", "orchard_pct", "residence_pct")
HARMFUL = ("flood", "landslide")
OVER = ("expired", "withdrawn")


def run(parameters: Mapping[str, Any], reader: Reader) -> Result:
    """Lay out the plot that was drawn, else those of the layer ``plots``."""
    plots = _drawn(parameters) if parameters["plot"] is not None else _stored(parameters, reader)
    if len(plots) > MOST_PLOTS:
        raise ParameterError(
            "too_many_plots",
            Text(
                f"{len(plots):,} แปลง เกิน {MOST_PLOTS} แปลงต่อครั้ง ให้กรองให้แคบลง",
                f"{len(plots):,} plots are more than {MOST_PLOTS} at a time; narrow the filter",
            ),
        )
    around = _around(parameters)
    roads, hazards = _near(plots, reader, parameters)
    count = parameters["alternatives"] or (ONE_PLOT if len(plots) == 1 else MANY_PLOTS)
    sheets = []
    for plot, first in zip(plots, _first_versions(plots, reader), strict=True):
        entered, remark = _entered(plot, around, roads)
        here = replace(entered, avoid=[*around.avoid, *hazards])
        found, profile = _laid_out(plot, here, parameters, count)
        if remark is not None and not any(finding.blocks for finding in found.findings):
            found = replace(found, findings=(remark, *found.findings))
        sheets.append(Sheet(plot, profile, found, first))
    return _result(sheets, parameters)


def _drawn(parameters: Mapping[str, Any]) -> list[PlotInput]:
    if parameters["plot_id"] is not None or parameters["filter"] is not None:
        raise ParameterError(
            "plot_twice",
            Text(
                "ระบุรูปแปลง (plot) หรือแปลงในชั้นข้อมูล (plot_id, filter) อย่างใดอย่างหนึ่ง",
                "Give a shape (plot) or plots of the layer (plot_id, filter), not both",
            ),
            parameter="plot",
        )
    drawn = drawn_features(parameters["plot"], "plot", LABELS["plot"])
    return [PlotInput(item.shape, {"plot_id": item.id, **item.properties}) for item in drawn]


def _stored(parameters: Mapping[str, Any], reader: Reader) -> list[PlotInput]:
    """Plots by id or filter; without either, those that have neither zones nor a pond yet."""
    rows = stored_plots(reader, parameters["plot_id"], parameters["filter"])
    if parameters["plot_id"] is None and parameters["filter"] is None:
        for layer_id in ("plot_zones", "ponds"):
            done = reader.read(layer_id, fields=("plot_id",))
            rows = rows[~rows["plot_id"].isin(set(done["plot_id"]))]
    records = rows.drop(columns=rows.geometry.name).to_dict("records")
    pairs = zip(rows.geometry, records, strict=True)
    return [PlotInput(item, {str(k): v for k, v in row.items()}, True) for item, row in pairs]


def _first_versions(plots: Sequence[PlotInput], reader: Reader) -> list[int]:
    """The number of the next plan of each plot."""
    stored = [plot.plot_id for plot in plots if plot.stored]
    if not stored:
        return [1 for _ in plots]
    args = [{"property": "plot_id"}, stored]
    rows = reader.read("plot_zones", filter={"op": "in", "args": args})
    if "plan_version" not in rows:
        return [1 for _ in plots]
    last = pd.to_numeric(rows["plan_version"]).groupby(rows["plot_id"]).max().fillna(0)
    return [int(last.get(plot.plot_id, 0)) + 1 for plot in plots]


def _around(parameters: Mapping[str, Any]) -> Around:
    given = {
        name: features_of(parameters[name], name, LABELS[name])
        for name in ("locked", "trees", "keep", "avoid", "same_owner", "elevations")
    }
    return Around(
        access=point_of(features_of(parameters["access"], "access", LABELS["access"]), "access"),
        downhill_deg=parameters["downhill_deg"],
        fall_pct=parameters["fall_pct"],
        wind_from_deg=parameters["wind_from_deg"],
        **given,
    )


def _near(
    plots: Sequence[PlotInput], reader: Reader, parameters: Mapping[str, Any]
) -> tuple[gpd.GeoDataFrame | None, list[Feature]]:
    """Roads and hazards around the plots."""
    shapes = [plot.shape for plot in plots if plot.shape is not None and _on_earth(plot.shape)]
    if not shapes or not parameters["use_layers"]:
        return None, []
    west, south, east, north = shapely.total_bounds(shapes)
    margin = ROAD_M / 100_000
    box = (west - margin, south - margin, east + margin, north + margin)
    roads = reader.read("roads", bbox=box, fields=("road_id",))
    risks = reader.read("hazards", bbox=box, fields=("hazard", "state"))
    harmful = risks[risks["hazard"].isin(HARMFUL) & ~risks["state"].isin(OVER)]
    found: list[Feature] = [(item, {}) for item in harmful.geometry if item is not None]
    return (roads if len(roads) else None), found


def _on_earth(item: BaseGeometry) -> bool:
    west, south, east, north = item.bounds if not item.is_empty else (0.0, 99.0, 0.0, 99.0)
    return -180 <= west <= east <= 180 and -90 <= south <= north <= 90


def _entered(
    plot: PlotInput, around: Around, roads: gpd.GeoDataFrame | None
) -> tuple[Around, Finding | None]:
    """The surroundings with an access; from the nearest road where nobody gave one."""
    known = around.access is not None or isinstance(plot.values.get("access_point"), dict)
    if known or roads is None or plot.shape is None or plot.shape.is_empty:
        return around, None
    road = shapely.union_all(roads.geometry.to_numpy())
    way = shapely.shortest_line(plot.shape.boundary, road)
    metres = float(geodesic_length([way])[0])
    if not metres <= ROAD_M:
        return around, None
    remark = Finding(
        "access_assumed",
        Text(
            f"ไม่มีจุดทางเข้า จึงใช้จุดบนแนวเขตที่ใกล้ถนนที่สุด (ห่าง {metres:.0f} ม.)",
            f"No access point is known; the boundary nearest to a road ({metres:.0f} m) was taken",
        ),
    )
    return replace(around, access=shapely.get_point(way, 0)), remark


def _laid_out(
    plot: PlotInput, around: Around, parameters: Mapping[str, Any], count: int
) -> tuple[Layouts, Profile]:
    profile = _profile(plot, parameters)
    bank = parameters["bank_m"]
    wish = PondWish(
        depth_m=parameters["depth_m"],
        slope=parameters["slope_h_per_v"],
        certified=parameters["engineer_certified"],
        bank_m=profile.bank_m if bank is None else bank,
    )
    if plot.shape is not None and not _on_earth(plot.shape):
        finding = Finding.of("crs_missing", blocks=True)
        return Layouts(
            plans=(), findings=(finding,), candidates=0, examined=0, stop="input"
        ), profile
    found = generate_layouts(
        as_site(plot, around),
        profile,
        wish=wish,
        alternatives=count,
        beam=parameters["candidates"],
        seed=parameters["seed"],
        seconds=parameters["seconds"],
        limits=LIMITS,
    )
    return found, profile


def _profile(plot: PlotInput, parameters: Mapping[str, Any]) -> Profile:
    """The profile that was asked for, else that of the plot, else the standard one."""
    shares = [parameters[name] for name in SHARES]
    chosen = parameters["profile"] or plot.values.get("layout_profile")
    if parameters["profile"] in (None, "custom") and any(share is not None for share in shares):
        return custom_profile([share or 0.0 for share in shares])
    if parameters["profile"] == "custom":
        return custom_profile([0, 0, 0, 0])
    return PROFILES.get(str(chosen), PROFILES["standard_30_30_30_10"])


def _result(sheets: Sequence[Sheet], parameters: Mapping[str, Any]) -> Result:
    rows = [row for sheet in sheets for row in feature_rows(sheet)]
    features = gpd.GeoDataFrame(rows, geometry="geometry", crs=4326) if rows else None
    feasible = sum(sheet.layouts.feasible for sheet in sheets)
    source = (
        f"plot-layout {VERSION} seed={parameters['seed']} candidates={parameters['candidates']}"
    )
    return Result(
        features=features,
        summary={
            "plots": len(sheets),
            "feasible": feasible,
            "plans": [row for sheet in sheets for row in _plan_rows(sheet)],
            "findings": [row for sheet in sheets for row in _finding_rows(sheet)],
            "verdicts": [row for sheet in sheets for row in verdict_rows(sheet)],
        },
        rules=RULES,
        left_out=len(sheets) - feasible,
        updates=updates(sheets, source, LIMITS),
    )


def _plan_rows(sheet: Sheet) -> Iterator[dict[str, Any]]:
    for number in range(len(sheet.layouts.plans)):
        yield plan_row(sheet, number)


def _finding_rows(sheet: Sheet) -> Iterator[dict[str, Any]]:
    for finding in sheet.layouts.findings:
        yield {
            "plot_id": sheet.plot.plot_id,
            "code": finding.code,
            "blocks": finding.blocks,
            "th": finding.text.th,
            "en": finding.text.en,
        }


def _outputs() -> tuple[Output, ...]:
    fields = [PLOT_ZONES.by_name[name] for name in ("plot_id", "plan_id", "plan_version")]
    fields += [PLOT_ZONES.by_name[name] for name in ("zone_kind", "group", "area_m2", "share_pct")]
    fields += [PONDS.by_name[name] for name in ("depth_m", "slope_h_per_v", "volume_m3", "verdict")]
    fields += [CHANNELS.by_name["length_m"]]
    more = (
        Output(name="feature", label=Text("สิ่งที่วาด", "Feature"), type="text"),
        Output(
            name="area_text", label=Text("เนื้อที่ (ไร่-งาน-ตร.ว.)", "Area (rai-ngan-wah)"), type="text"
        ),
        Output(name="target_pct", label=Text("สัดส่วนตามรูปแบบ", "Target"), type="number", unit="%"),
        Output(name="j", label=Text("คะแนน", "Score"), type="number"),
    )
    stored = (
        Output(name=f.name, label=f.label, type=f.type, unit=f.unit, values=f.values)
        for f in fields
    )
    return (*stored, *more)


PLOT_LAYOUT = Process(
    id="plot-layout",
    version=VERSION,
    title=Text("จัดผังแปลง 30:30:30:10", "Plot layout 30:30:30:10"),
    description=Text(
        "แบ่งแปลงเป็นแหล่งน้ำ นา พืชสวน/ป่า และที่อยู่อาศัยตามรูปแบบ หลายแบบให้เลือก "
        f"พร้อมผลตรวจข้อกำหนด {len(CONSTRAINTS)} ข้อและคะแนน",
        "Divides plots into water, rice, orchard and residence after a profile: several plans to "
        f"choose from, each with a score and the verdicts of {len(CONSTRAINTS)} constraints",
    ),
    inputs=LAYOUT_INPUTS,
    outputs=_outputs(),
    reads=("plots", "plot_zones", "ponds", "roads", "hazards"),
    writes=("plot_zones", "ponds", "channels"),
    run=run,
)
