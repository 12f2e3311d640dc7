"""What the generator found, as features, verdict rows, and rows of the layers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from shapely.geometry.base import BaseGeometry

from geo.crs import geodesic_area, geodesic_length
from geo.layout.limits import Limits
from geo.layout.partition import with_corners
from geo.layout.plan import Layouts, Plan
from geo.layout.profiles import GROUPS, Profile, apportion, share_verdict, wah
from geo.pond import check_ponds, rounded
from geo.text import Text
from geo.units import M2_PER_WAH, format_area
from layers.processes.layout_site import PlotInput, in_degrees
from layers.processes.verdict import Verdict

__all__ = ["Sheet", "feature_rows", "plan_row", "updates", "verdict_rows"]

CORNER_DEG = 1e-10  # 0.01 mm: corners nearer than this are the plot's own
POND_FIGURES = ("volume_m3", "bottom_area_m2", "effective_depth_m", "capacity_m3", "verdict")


class Sheet(NamedTuple):
    """One plot, the layouts found for it, and the number of its first plan."""

    plot: PlotInput
    profile: Profile
    layouts: Layouts
    first_version: int

    def plan_id(self, number: int) -> str:
        """The key of its plan ``number`` (0 is the best)."""
        return f"{self.plot.plot_id or 'plot'}-L{self.first_version + number}"

    def head(self, number: int) -> dict[str, Any]:
        """What every row of a plan begins with."""
        return {
            "plot_id": self.plot.plot_id,
            "plan_id": self.plan_id(number),
            "plan_version": self.first_version + number,
        }


def feature_rows(sheet: Sheet) -> Iterator[dict[str, Any]]:
    """Zones, pond and channels of all plans of a plot, in degrees."""
    for number, plan in enumerate(sheet.layouts.plans):
        head = sheet.head(number) | {"j": plan.j, "feasible": plan.feasible}
        yield from (head | row for row in _zone_rows(sheet, plan))
        if plan.pond is not None:
            yield head | {"feature": "pond"} | _pond_row(sheet, plan)
        for line in _channel_lines(sheet, plan):
            length = round(float(geodesic_length([line])[0]), 2)
            yield head | {"feature": "channel", "length_m": length, "geometry": line}


def _zone_rows(sheet: Sheet, plan: Plan) -> list[dict[str, Any]]:
    """One row per zone; the areas in square wah add up to the plot (LAND-R25)."""
    corners = shapely.get_coordinates(sheet.plot.shape)
    shapes = [
        with_corners(item, corners, corners, CORNER_DEG)
        for item in in_degrees(list(plan.zones.values()), sheet.plot)
    ]
    area = geodesic_area(shapes)
    units = apportion(wah(float(area.sum())), area.tolist(), unit=0.1)
    rows = []
    for group, item, m2, count in zip(plan.zones, shapes, area, units, strict=True):
        place = GROUPS.index(group)
        rows.append(
            {
                "feature": "zone",
                "group": group,
                "zone_kind": sheet.profile.zone_kinds[place],
                "area_m2": round(float(m2), 2),
                "area_text": format_area(count * float(M2_PER_WAH)),
                "share_pct": round(100 * float(m2 / area.sum()), 4),
                "target_pct": sheet.profile.shares[place],
                "geometry": item,
            }
        )
    return rows


def _pond_row(sheet: Sheet, plan: Plan) -> dict[str, Any]:
    pond = plan.pond
    if pond is None:
        return {}
    rim = in_degrees([pond.rim], sheet.plot)[0]
    found = check_ponds(gpd.GeoSeries([rim], crs=4326), pond.depth_m, pond.slope, workers=1)
    figures = rounded(found[["area_m2", *POND_FIGURES]]).to_dict("records")[0]
    return {
        "depth_m": pond.depth_m,
        "slope_h_per_v": pond.slope,
        **{str(name): value for name, value in figures.items()},
        "geometry": rim,
    }


def _channel_lines(sheet: Sheet, plan: Plan) -> list[BaseGeometry]:
    return in_degrees(list(plan.channels), sheet.plot) if plan.channels else []


def plan_row(sheet: Sheet, number: int) -> dict[str, Any]:
    """Score, shares and standing of one plan."""
    plan, layouts = sheet.layouts.plans[number], sheet.layouts
    whole = sum(zone.area for zone in plan.zones.values())
    water = plan.zones["water"].area if "water" in plan.zones else 0.0
    return {
        **sheet.head(number),
        "feasible": plan.feasible,
        "broken": list(plan.broken),
        "j": plan.j,
        "terms": dict(plan.terms),
        "zone_share_pct": round(100 * water / whole, 4),
        "open_water_share_pct": round(100 * _open_water(plan) / whole, 4),
        "share_verdict": share_verdict(water, whole, sheet.profile.shares[0]),
        "candidates": layouts.candidates,
        "examined": layouts.examined,
        "stop": layouts.stop,
    }


def _open_water(plan: Plan) -> float:
    """Rim and channel strips together, nothing counted twice (LAND-R23)."""
    half = Limits().channel_top_m / 2
    wet = [line.buffer(half, cap_style="flat") for line in plan.channels or ()]
    return float(shapely.union_all([*wet, *([plan.pond.rim] if plan.pond else [])]).area)


def verdict_rows(sheet: Sheet) -> Iterator[dict[str, Any]]:
    """The thirteen constraints of every plan as verdicts."""
    for number, plan in enumerate(sheet.layouts.plans):
        for check in plan.checks:
            verdict = Verdict(
                rule=f"LAND-R26-{check.id}",
                label=check.label,
                sign=check.sign,
                figure=check.figure,
                limit=check.limit,
                margin=check.margin,
                unit=check.unit,
                hint=check.hint,
            )
            yield {"plan_id": sheet.plan_id(number), **verdict.as_json()}


def updates(sheets: Sequence[Sheet], source: str, limits: Limits) -> dict[str, pd.DataFrame]:
    """Rows for plot_zones, ponds and channels from the feasible plans of stored plots."""
    rows: dict[str, list[dict[str, Any]]] = {"plot_zones": [], "ponds": [], "channels": []}
    for sheet in sheets:
        if not sheet.plot.stored:
            continue
        for number, plan in enumerate(sheet.layouts.plans):
            if plan.feasible:
                base = sheet.head(number) | {
                    "area_code": sheet.plot.values.get("area_code"),
                    "source_ref": source,
                }
                rows["plot_zones"] += _stored_zones(sheet, plan, base)
                rows["ponds"] += _stored_ponds(sheet, plan, base)
                rows["channels"] += _stored_channels(sheet, plan, base, limits)
    return {
        layer_id: gpd.GeoDataFrame(found, geometry="geometry", crs=4326)
        for layer_id, found in rows.items()
        if found
    }


def _stored_zones(sheet: Sheet, plan: Plan, base: Mapping[str, Any]) -> list[dict[str, Any]]:
    kept = ("zone_kind", "group", "area_m2", "share_pct")
    return [
        {"zone_id": f"{base['plan_id']}-Z{number}", **base, "source": "generated"}
        | {name: row[name] for name in kept}
        | {"geometry": shapely.MultiPolygon(shapely.get_parts(row["geometry"]).tolist())}
        for number, row in enumerate(_zone_rows(sheet, plan), 1)
    ]


def _stored_ponds(sheet: Sheet, plan: Plan, base: Mapping[str, Any]) -> list[dict[str, Any]]:
    if plan.pond is None:
        return []
    found = _pond_row(sheet, plan)
    del found["area_m2"]
    version = base["plan_version"]
    name = Text(f"สระ (แบบผัง {version})", f"Pond (plan {version})")
    return [
        {
            "pond_id": f"{base['plan_id']}-P1",
            **base,
            "name": name.th,
            "kind": "design",
            "version": version,
            **found,
        }
    ]


def _stored_channels(
    sheet: Sheet, plan: Plan, base: Mapping[str, Any], limits: Limits
) -> list[dict[str, Any]]:
    lines = _channel_lines(sheet, plan)
    metres = np.round(geodesic_length(lines), 2)
    return [
        {
            "channel_id": f"{base['plan_id']}-C{number}",
            **base,
            "top_width_m": limits.channel_top_m,
            "depth_start_m": limits.channel_depth_m,
            "depth_end_m": limits.channel_depth_m,
            "slope_h_per_v": limits.channel_slope,
            "length_m": float(length),
            "geometry": line,
        }
        for number, (line, length) in enumerate(zip(lines, metres, strict=True), 1)
    ]
