"""The plot sheet (แผ่นข้อมูลแปลง): everything that one A4 page of a plot shows, as data.

Plan in metres around the plot, section and stage table of each pond, table of zones in
rai-ngan-wah, verdicts, and the words for all of it. Printing and the map draw from it.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from types import MappingProxyType
from typing import Any

import geopandas as gpd
import numpy as np
import shapely

from geo.crs import centres, geodesic_area, to_local
from geo.errors import GeometryError
from geo.layout.profiles import GROUPS, PROFILES, SHARE_VERDICTS, share_verdict
from geo.plot_shape import PLOT_ERRORS
from geo.pond import PondParameters, rounded, stage_table
from geo.pond_section import depth_profile
from geo.text import Text
from geo.units import area_text, format_area
from layers.land import DEVELOPMENT_STEPS, PLOT_STATUSES, ZONE_GROUPS, ZONE_KINDS

__all__ = ["LABELS", "SCALES", "PlotSheet", "plot_sheet"]

SCALES = (100, 200, 250, 500, 750, 1000, 1500, 2000, 2500, 5000, 10_000, 20_000, 50_000)
PLAN_MM = (180.0, 120.0)
"""Width and height of the plan on the page."""
_DECIMALS = 2  # centimetres: finer than any pen

LABELS: Mapping[str, Text] = MappingProxyType(
    {
        "title": Text("แผ่นข้อมูลแปลง โคก หนอง นา", "Khok Nong Na plot sheet"),
        "plan": Text("ผังแปลง", "Plan"),
        "section": Text("รูปตัดสระ", "Section through the pond"),
        "curve": Text("ปริมาตรน้ำตามระดับ", "Volume by depth"),
        "volume": Text("ปริมาตรใต้ระดับ (ลบ.ม.)", "Volume below (m3)"),
        "level_area": Text("พื้นที่ (ตร.ม.)", "Area (m2)"),
        "stages": Text("ตารางระดับน้ำ พื้นที่ และปริมาตร", "Stage, area and volume"),
        "zones": Text("ตารางการใช้พื้นที่", "Table of zones"),
        "verdicts": Text("ผลตรวจ", "Verdicts"),
        "gl": Text("ระดับดินเดิม GL ±0.00", "Original ground GL ±0.00"),
        "water_level": Text("ระดับน้ำ", "Water level"),
        "chainage": Text("ระยะตามแนว (ม.)", "Chainage (m)"),
        "depth": Text("ความลึกจาก GL (ม.)", "Depth below GL (m)"),
        "scale": Text("มาตราส่วน 1:{scale:,}", "Scale 1:{scale:,}"),
        "group": Text("กลุ่ม", "Group"),
        "area": Text("เนื้อที่ (ไร่-งาน-ตร.ว.)", "Area (rai-ngan-sq wah)"),
        "share": Text("สัดส่วน (%)", "Share (%)"),
        "target": Text("เป้าหมาย (%)", "Target (%)"),
        "unassigned": Text("ยังไม่จัดสรร", "Not assigned"),
        "status": Text("สถานะ", "Status"),
        "step": Text("ขั้นการพัฒนา", "Development step"),
        "deed": Text("เนื้อที่ตามเอกสารสิทธิ์", "Deed area"),
        "drawn": Text("เนื้อที่จากแผนที่", "Drawn area"),
        "profile": Text("รูปแบบการจัดสรรพื้นที่", "Layout profile"),
        "version": Text("แบบผัง", "Plan"),
        "as_drawn": Text("ตามที่วาดและขุดจริง", "As drawn and dug"),
        "design_line": Text("เส้นประ: แบบ {design}", "Dashed: the design {design}"),
        "ideas": Text("แนวคิดการออกแบบที่ต้องเห็นในผัง", "Design ideas to show"),
        "no_ponds": Text("แบบผังนี้ยังไม่มีสระ", "This plan has no pond yet"),
        "no_zones": Text("ยังไม่ได้แบ่งพื้นที่ ใช้ plot-layout วางผัง", "Not divided yet; plot-layout can"),
        "figure": Text("ค่า", "Figure"),
        "limit": Text("เกณฑ์", "Limit"),
        "margin": Text("ส่วนต่าง", "Margin"),
        "rule": Text("กฎ", "Rule"),
        "check": Text("รายการตรวจ", "Check"),
        "pond": Text("สระ", "Pond"),
        "slope_note": Text(
            "ปริมาตรคิดที่ความลาดตลิ่ง (ราบ:ดิ่ง) {slope:g}:1",
            "Volume with side slope H:V {slope:g}:1",
        ),
    }
)

DESIGN_IDEAS: tuple[Text, ...] = (
    Text("กิจกรรมการเรียนรู้และท่องเที่ยว", "Learning and tourism activities"),
    Text("การจัดการน้ำในระบบนิเวศที่เกื้อกูล", "Water management in a supporting ecosystem"),
    Text("พึ่งตนเองด้านน้ำ อาหาร และร่มเงา", "Self-reliance in water, food and shade"),
    Text("ใช้แสงแดดและทิศลมในการวางผัง", "Sun and wind place the uses"),
    Text("เส้นทางสู่ฐานการเรียนรู้และเส้นทางศึกษาธรรมชาติ", "Ways to learning bases and nature trail"),
)
"""What the source wants a design to show (PHUKET L1151-1159)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PlotSheet:
    """The data of one page. Lengths in m, areas in m2; x east and y north of ``origin``.

    ``plan``: boundary, zones, ponds, channels and marks as rings and lines of [x, y], with bounds
    and the scale that fits PLAN_MM. ``zones``: a row for each group, then what is not assigned.
    ``ponds``: for each its section (chainage, design depth), stage table and figures, or the error
    that forbids them. ``missing`` names what the record lacks for a full sheet.
    """

    plot_id: str
    origin: tuple[float, float]
    head: dict[str, Any]
    plan: dict[str, Any]
    zones: list[dict[str, Any]]
    ponds: list[dict[str, Any]]
    verdicts: list[dict[str, Any]]
    missing: list[str] = field(default_factory=list)

    def to_json(self) -> dict[str, Any]:
        """The sheet as JSON values, with its labels in both languages."""
        return {
            **asdict(self),
            "origin": list(self.origin),
            "labels": {name: _both(text) for name, text in LABELS.items()},
            "design_ideas": [_both(text) for text in DESIGN_IDEAS],
        }


def plot_sheet(
    plot: Mapping[str, Any],
    shape: shapely.Geometry,
    *,
    zones: gpd.GeoDataFrame | None = None,
    ponds: gpd.GeoDataFrame | None = None,
    channels: gpd.GeoDataFrame | None = None,
    verdicts: Sequence[Mapping[str, Any]] = (),
) -> PlotSheet:
    """Gather the sheet of one plot from its record, its shape and the rows that belong to it.

    All shapes in EPSG:4326. ``verdicts`` are rows as :class:`layers.processes.verdict.Verdict`
    writes them, from any analysis.

    >>> square = shapely.box(100, 15, 100.0003, 15.0003)
    >>> sheet = plot_sheet({"plot_id": "KNN-30-2564-0001", "status": "digging"}, square)
    >>> sheet.head["drawn_area"], sheet.plan["scale"], sheet.missing
    ('0-2-67.8 ไร่', 500, ['zones', 'ponds'])

    Raises GeometryError ``plot_invalid`` for a shape that is no valid polygon.
    """
    if not shapely.is_valid(shape) or not shapely.area(shape) > 0:
        raise GeometryError(
            "plot_invalid",
            PLOT_ERRORS["plot_invalid"].format(reason=shapely.is_valid_reason(shape)),
        )
    origin = centres(np.array([shape], dtype=object))[0]
    local = _Local(origin)
    boundary = local.of([shape])[0]
    area = float(geodesic_area([shape])[0])
    west, south, east, north = boundary.bounds
    plan = {
        "boundary": _rings(boundary),
        "zones": _parts(zones, local, ("zone_kind", "group")),
        "ponds": _parts(ponds, local, ("pond_id", "name", "kind", "verdict")),
        "channels": _parts(channels, local, ("channel_id",)),
        "marks": _marks(plot.get("site_marks"), local),
        "bounds": [round(v, _DECIMALS) for v in (west, south, east, north)],
        "scale": _scale(east - west, north - south),
    }
    return PlotSheet(
        plot_id=str(plot["plot_id"]),
        origin=(float(origin[0]), float(origin[1])),
        head=_head(plot, area),
        plan=plan,
        zones=_zone_table(plot, zones, area),
        ponds=_pond_sheets(ponds, local),
        verdicts=[dict(row) for row in verdicts],
        missing=[
            name
            for name, rows in (("zones", zones), ("ponds", ponds))
            if rows is None or rows.empty
        ],
    )


class _Local:
    """Shapes of one plot in metres around it."""

    def __init__(self, origin: np.ndarray) -> None:
        self.origin = origin

    def of(self, shapes: Sequence[Any] | np.ndarray) -> np.ndarray:
        given = np.asarray(shapes, dtype=object)
        return np.asarray(to_local(given, np.repeat(self.origin[None], len(given), 0)).geometries)


def _both(text: Text) -> dict[str, str]:
    return {"th": text.th, "en": text.en}


def _head(plot: Mapping[str, Any], drawn_m2: float) -> dict[str, Any]:
    """Name, place, areas and stage of the plot, in codes and in words."""
    deed, step = _finite(plot.get("deed_area_m2")), _finite(plot.get("development_step"))
    status = PLOT_STATUSES.get(str(plot.get("status")))
    label = DEVELOPMENT_STEPS.get(int(step)) if step else None
    return {
        "area_code": _word(plot.get("area_code")),
        "status": _word(plot.get("status")),
        "status_label": _both(status) if status else None,
        "step": int(step) if step else None,
        "step_label": _both(label) if label else None,
        "deed_area_m2": deed,
        "deed_area": format_area(deed) if deed else None,
        "drawn_area_m2": round(drawn_m2, 2),
        "drawn_area": format_area(drawn_m2),
        "drawn_area_words": _both(area_text(round(drawn_m2, 2))),
        "layout_profile": _word(plot.get("layout_profile")),
        "gl_datum_elev_m": _finite(plot.get("gl_datum_elev_m")),
    }


def _word(value: Any) -> str | None:
    """A text cell; tables hold nan where there is none."""
    return value if isinstance(value, str) else None


def _finite(value: Any) -> float | None:
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not math.isfinite(value):
        return None
    return float(value)


def _scale(width_m: float, height_m: float) -> int:
    """The largest usual scale at which the plan fits its frame."""
    needed = max(width_m / PLAN_MM[0], height_m / PLAN_MM[1]) * 1000
    return next((scale for scale in SCALES if scale >= needed), math.ceil(needed))


def _rings(shape: shapely.Geometry) -> list[list[list[float]]]:
    """The rings, or lines, of a shape as lists of [x, y]."""
    parts = shapely.get_parts(shape)
    lines = [
        ring
        for part in parts
        for ring in (shapely.get_rings(part) if shapely.get_dimensions(part) == 2 else [part])
    ]
    return [shapely.get_coordinates(line).round(_DECIMALS).tolist() for line in lines]


def _parts(
    rows: gpd.GeoDataFrame | None, local: _Local, names: tuple[str, ...]
) -> list[dict[str, Any]]:
    if rows is None:
        return []
    rows = rows[~(rows.geometry.isna() | rows.geometry.is_empty)]
    shapes = local.of(rows.geometry.array)
    kept = [{name: _word(row.get(name)) for name in names} for row in rows.to_dict("records")]
    found = []
    for row, shape in zip(kept, shapes, strict=True):
        label = ZONE_KINDS.get(str(row.get("zone_kind")))
        words = {"label": _both(label)} if label else {}
        found.append(
            {**row, **words, "rings": _rings(shape), "area_m2": round(shape.area, 2)}
            | ({"name_at": _middle(shape)} if label else {})
        )
    return found


def _middle(shape: Any) -> list[float]:
    """Where the name of a zone stands: the middle of the largest circle in it."""
    circle = shapely.maximum_inscribed_circle(shape, 0.01 * math.sqrt(shape.area))
    x, y = shapely.get_coordinates(circle)[0].round(_DECIMALS)
    return [float(x), float(y)]


def _marks(marks: Any, local: _Local) -> list[dict[str, Any]]:
    given = [m for m in marks if isinstance(m, dict)] if isinstance(marks, list) else []
    placed = [
        m for m in given if _finite(m.get("lon")) is not None and _finite(m.get("lat")) is not None
    ]
    points = local.of([shapely.Point(mark["lon"], mark["lat"]) for mark in placed])
    return [
        {
            "kind": _word(mark.get("kind")),
            "x": round(point.x, _DECIMALS),
            "y": round(point.y, _DECIMALS),
        }
        for mark, point in zip(placed, points, strict=True)
    ]


def _zone_table(
    plot: Mapping[str, Any], zones: gpd.GeoDataFrame | None, plot_m2: float
) -> list[dict[str, Any]]:
    """A row for each group with area, share, target and verdict, and what is not assigned."""
    if zones is None or zones.empty:
        return []
    profile = PROFILES.get(str(plot.get("layout_profile")))
    targets = dict(zip(GROUPS, profile.shares, strict=True)) if profile else {}
    measured = geodesic_area(zones.geometry)
    groups = zones["group"].to_numpy(dtype=object)
    areas = {group: float(np.nansum(measured[groups == group])) for group in GROUPS}
    rows = [_zone_row(group, areas[group], plot_m2, targets.get(group)) for group in GROUPS]
    rest = plot_m2 - sum(areas.values())
    if rest > 0.005 * plot_m2:
        rows.append(_zone_row(None, rest, plot_m2, None))
    return rows


def _zone_row(
    group: str | None, area_m2: float, plot_m2: float, target: float | None
) -> dict[str, Any]:
    verdict = None if target is None else share_verdict(area_m2, plot_m2, float(target))
    return {
        "group": group,
        "label": _both(ZONE_GROUPS[group] if group else LABELS["unassigned"]),
        "area_m2": round(area_m2, 2),
        "area": format_area(area_m2),
        "share_pct": round(100 * area_m2 / plot_m2, 2),
        "target_pct": target,
        "verdict": verdict,
        "verdict_label": _both(SHARE_VERDICTS[verdict]) if verdict else None,
    }


def _pond_sheets(ponds: gpd.GeoDataFrame | None, local: _Local) -> list[dict[str, Any]]:
    if ponds is None or ponds.empty:
        return []
    rims = local.of(ponds.geometry.array)
    records = ponds.to_dict("records")
    sheets = [_pond_sheet(row, rim) for row, rim in zip(records, rims, strict=True)]
    for sheet, row, rim in zip(sheets, records, rims, strict=True):
        if row.get("kind") == "as_built" and "line" in sheet:
            sheet |= _design_below(sheet, rim, records, rims)
    return sheets


def _design_below(
    sheet: Mapping[str, Any], rim: Any, records: Sequence[Mapping[str, Any]], rims: Any
) -> dict[str, Any]:
    """The design that an as-built pond covers most, along the section of what was dug."""
    common = [
        shapely.area(shapely.intersection(rim, other)) if row.get("kind") == "design" else 0.0
        for row, other in zip(records, rims, strict=True)
    ]
    best = int(np.argmax(common))
    depth, slope = (_finite(records[best].get(name)) for name in ("depth_m", "slope_h_per_v"))
    if not common[best] > 0 or depth is None or slope is None:
        return {}
    benches = records[best].get("profile")
    line = shapely.LineString(sheet["line"])
    try:
        drawn = depth_profile(
            _single(rims[best]), depth, slope, line,
            profile=benches if isinstance(benches, list) and benches else None,
        )  # fmt: skip
    except GeometryError:
        return {}
    return {
        "design_id": _word(records[best].get("pond_id")),
        "design_section": drawn.round(3).to_dict("records"),
    }


def _single(rim: Any) -> Any:
    return shapely.get_geometry(rim, 0) if shapely.get_num_geometries(rim) == 1 else rim


def _pond_sheet(row: Mapping[str, Any], rim: Any) -> dict[str, Any]:
    """One pond: section along its longer axis, stage table, and the note on its slope."""
    sheet: dict[str, Any] = {name: _word(row.get(name)) for name in ("pond_id", "name", "kind")}
    depth, slope = _finite(row.get("depth_m")), _finite(row.get("slope_h_per_v"))
    profile = row.get("profile") if isinstance(row.get("profile"), list) else None
    rim = _single(rim)
    try:
        stages = stage_table(
            rim, math.nan if depth is None else depth, math.nan if slope is None else slope,
            profile=profile or None,
        )  # fmt: skip
        line = _section_line(rim)
        section = depth_profile(rim, depth or 0.0, slope or 0.0, line, profile=profile or None)
    except GeometryError as error:
        return sheet | {"error": error.code, "error_text": _both(error.text)}
    freeboard = _finite(row.get("freeboard_m"))
    return sheet | {
        "depth_m": depth,
        "slope_h_per_v": slope,
        "water_level_m": PondParameters().freeboard_m if freeboard is None else freeboard,
        "volume_m3": float(rounded(stages)["volume_below_m3"].iloc[0]),
        "slope_note": _both(LABELS["slope_note"].format(slope=slope)),
        "stages": rounded(stages).to_dict("records"),
        "line": _rings(line)[0],
        "section": section.round(3).to_dict("records"),
    }


def _section_line(rim: shapely.Geometry) -> shapely.LineString:
    """The longest cut through the middle of a pond, along the longer side of its tightest box."""
    box = shapely.get_coordinates(shapely.oriented_envelope(rim))
    first, second = box[1] - box[0], box[2] - box[1]
    along = first if np.hypot(*first) >= np.hypot(*second) else second
    middle = shapely.centroid(rim)
    if not shapely.contains(rim, middle):
        middle = shapely.point_on_surface(rim)
    centre = shapely.get_coordinates(middle)[0]
    cut = shapely.intersection(rim, shapely.LineString([centre - along, centre + along]))
    lines = [part for part in shapely.get_parts(cut) if part.geom_type == "LineString"]
    if not lines:
        return shapely.LineString()
    ends = shapely.get_coordinates(shapely.union_all(lines))
    far = np.argsort(ends @ along)
    return shapely.LineString([ends[far[0]], ends[far[-1]]])
