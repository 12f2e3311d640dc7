"""Pond check: volume, capacity and verdict of ponds, drawn or stored (LAND-R11 to R14)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from shapely.geometry import shape

from geo.errors import ParameterError
from geo.pond import VERDICTS, PondParameters, check_ponds, rounded, stage_table
from geo.text import Text
from layers.errors import AccessDenied
from layers.model import Layer
from layers.ponds import PONDS
from layers.processes.model import Input, Output, Process, Reader, Result

__all__ = ["POND_CHECK"]

RULES = ("LAND-R11", "LAND-R12", "LAND-R13", "LAND-R14")
LIMITS = PondParameters()
GIVEN = ("depth_m", "slope_h_per_v", "freeboard_m", "dead_depth_m")
STORED = ("volume_m3", "bottom_area_m2", "effective_depth_m", "capacity_m3", "verdict")


def run(parameters: Mapping[str, Any], reader: Reader) -> Result:
    """Judge the ponds that were handed over, else those of the layer ``ponds``."""
    drawn = parameters["ponds"] is not None
    ponds = _drawn(parameters["ponds"], reader) if drawn else _stored(parameters, reader)
    for name in GIVEN:
        if parameters[name] is not None:
            ponds[name] = parameters[name]
    if any(parameters[name] is not None for name in ("depth_m", "slope_h_per_v")):
        ponds["profile"] = None  # a trial depth or slope stands for the benches too
    plots = None if drawn else _plots_of(ponds, reader)
    found = check_ponds(
        ponds.geometry,
        _numbers(ponds, "depth_m"),
        _numbers(ponds, "slope_h_per_v"),
        profiles=[_benches(cell) for cell in ponds["profile"]],
        freeboard_m=_numbers(ponds, "freeboard_m"),
        dead_depth_m=_numbers(ponds, "dead_depth_m"),
        plots=plots,
    )
    table = _table(ponds, found)
    return Result(
        features=table,
        summary=_summary(ponds, found),
        rules=RULES,
        left_out=int(found["error"].notna().sum()),
        updates={} if drawn else {"ponds": _updates(table)},
    )


def _stored(parameters: Mapping[str, Any], reader: Reader) -> gpd.GeoDataFrame:
    rows = reader.read("ponds", filter=parameters["filter"], bbox=parameters["bbox"])
    needed = {"pond_id", *GIVEN, "profile"}
    if not isinstance(rows, gpd.GeoDataFrame) or not needed <= set(rows.columns):
        raise AccessDenied(
            "ponds_hidden",
            Text(
                "ไม่มีสิทธิ์ดูแบบสระ จึงตรวจทั้งชั้นข้อมูลไม่ได้ แต่ส่งรูปสระมาตรวจได้ (ponds=...)",
                "The drawings of ponds are not open to you; hand over shapes of yours (ponds=...)",
            ),
        )
    return rows


def _drawn(document: dict[str, Any], reader: Reader) -> gpd.GeoDataFrame:
    """Ponds from a GeoJSON geometry, feature or collection (EPSG:4326)."""
    kind = document["type"]
    if kind == "FeatureCollection":
        features = document.get("features")
    else:
        features = [document if kind == "Feature" else {"properties": {}, "geometry": document}]
    if not isinstance(features, list) or not all(isinstance(item, dict) for item in features):
        raise _not_ponds("FeatureCollection")
    reader.refuse_more(len(features))
    records = []
    for number, item in enumerate(features):
        values = item.get("properties") or {}
        if not isinstance(values, dict):
            raise _not_ponds(f"features[{number}].properties")
        record = {name: values.get(name) for name in (*GIVEN, "profile", "plot_id", "name")}
        name = values.get("pond_id") or item.get("id") or f"pond-{number + 1}"
        records.append(record | {"pond_id": str(name)})
    columns = ["pond_id", "plot_id", "name", *GIVEN, "profile"]
    shapes = [_shape(item.get("geometry"), number) for number, item in enumerate(features)]
    return gpd.GeoDataFrame(pd.DataFrame(records, columns=columns), geometry=shapes, crs=4326)


def _shape(geometry: Any, number: int) -> shapely.Geometry | None:
    if geometry is None:
        return None
    try:
        # Rings that cross are for the check to judge, so nothing but the form is looked at here.
        found: shapely.Geometry = shape(geometry)
    except (ValueError, TypeError, KeyError, IndexError, AttributeError, shapely.GEOSException):
        raise _not_ponds(f"features[{number}].geometry") from None
    return found


def _not_ponds(place: str) -> ParameterError:
    return ParameterError(
        "ponds_invalid",
        Text(f"อ่าน GeoJSON ของสระไม่ได้ที่ {place}", f"The ponds are not GeoJSON at {place}"),
        parameter="ponds",
    )


def _plots_of(ponds: gpd.GeoDataFrame, reader: Reader) -> gpd.GeoSeries | None:
    """The plot of each pond, where the caller may see it (POND-E4)."""
    plots = reader.read("plots", fields=("plot_id",))
    if not isinstance(plots, gpd.GeoDataFrame) or "plot_id" not in plots:
        return None
    shapes = dict(zip(plots["plot_id"], plots.geometry, strict=True))
    matched = [shapes.get(plot_id) for plot_id in ponds["plot_id"]]
    return gpd.GeoSeries(matched, index=ponds.index, crs=ponds.crs)


def _numbers(ponds: gpd.GeoDataFrame, name: str) -> np.ndarray[Any, Any]:
    """A column as floats; what is no number becomes nan, which the check names."""
    values = pd.to_numeric(ponds[name], errors="coerce")
    return np.asarray(values.to_numpy(dtype=float, na_value=np.nan))


def _benches(cell: Any) -> list[Any] | None:
    return cell if isinstance(cell, list) and cell else None


def _table(ponds: gpd.GeoDataFrame, found: pd.DataFrame) -> gpd.GeoDataFrame:
    names = [name for name in ("pond_id", "plot_id", "name", *GIVEN[:2]) if name in ponds]
    figures = rounded(found.drop(columns=["error_text"]))
    table = gpd.GeoDataFrame(
        pd.concat([ponds[names], figures], axis=1), geometry=ponds.geometry, crs=4326
    )
    for language in ("th", "en"):
        table[f"verdict_{language}"] = [
            text.get(language) if error is not None else VERDICTS[verdict].get(language)
            for text, error, verdict in zip(
                found["error_text"], found["error"], found["verdict"], strict=True
            )
        ]
    return table


def _summary(ponds: gpd.GeoDataFrame, found: pd.DataFrame) -> dict[str, Any]:
    judged = found[found["error"].isna()]
    totals = rounded(judged[["volume_m3", "capacity_m3"]].sum().to_frame().T)
    summary: dict[str, Any] = {
        "ponds": len(found),
        **{str(name): float(totals[name].iloc[0]) for name in totals},
        "verdicts": {code: int((judged["verdict"] == code).sum()) for code in VERDICTS},
        "errors": found["error"].dropna().value_counts().to_dict(),
    }
    if len(found) == 1 and len(judged) == 1:
        stages = stage_table(
            ponds.geometry,
            float(_numbers(ponds, "depth_m")[0]),
            float(_numbers(ponds, "slope_h_per_v")[0]),
            profile=_benches(ponds["profile"].iloc[0]),
        )
        summary["stages"] = rounded(stages).to_dict("records")
    return summary


def _updates(table: gpd.GeoDataFrame) -> pd.DataFrame:
    """The computed columns of the layer; a pond that cannot be judged loses its old verdict."""
    return pd.DataFrame(table[["pond_id", *STORED]])


def _trial(name: str, minimum: float, maximum: float) -> Input:
    """A value that stands for that of every pond, labelled as the layer labels it."""
    field = PONDS.by_name[name]
    return Input(
        name=name,
        label=field.label,
        type="number",
        unit=field.unit,
        minimum=minimum,
        maximum=maximum,
        description=Text("ใช้แทนค่าของทุกสระ", "Stands for the value of every pond"),
    )


def _outputs(layer: Layer) -> tuple[Output, ...]:
    known = ("pond_id", "name", "depth_m", "slope_h_per_v", *STORED)
    from_layer = tuple(
        Output(name=item.name, label=item.label, type=item.type, unit=item.unit, values=item.values)
        for item in (layer.by_name[name] for name in known)
    )
    more = (
        Output(name="area_m2", label=Text("พื้นที่ปากบ่อ", "Rim area"), type="number", unit="m2"),
        Output(
            name="live_capacity_m3",
            label=Text("ความจุใช้การ", "Live capacity"),
            type="number",
            unit="m3",
        ),
        Output(
            name="lost_depth_m", label=Text("ความลึกที่เสียไป", "Lost depth"), type="number", unit="m"
        ),
        Output(name="error", label=Text("ตรวจไม่ได้เพราะ", "Not judged because"), type="text"),
    )
    return from_layer + more


POND_CHECK = Process(
    id="pond-check",
    version="1.0.0",
    title=Text("ตรวจปริมาตรสระ", "Pond check"),
    description=Text(
        "คำนวณปริมาตรดินขุด พื้นที่ก้นสระ ความจุ และบอกว่าตลิ่งชนกันก่อนถึงความลึกที่ออกแบบหรือไม่",
        "Excavated volume, bottom area and capacity of ponds, and whether the slopes meet too early",
    ),
    inputs=(
        Input(
            name="ponds",
            label=Text("รูปสระ", "Ponds"),
            type="geojson",
            description=Text(
                "GeoJSON (EPSG:4326) ที่มี depth_m และ slope_h_per_v ไม่ระบุจะตรวจชั้นข้อมูลสระ",
                "GeoJSON with depth_m and slope_h_per_v; without it the layer ponds is judged",
            ),
        ),
        Input(
            name="filter",
            label=Text("ตัวกรอง", "Filter"),
            type="filter",
            description=Text("CQL2 บนชั้นข้อมูลสระ", "CQL2 over the layer ponds"),
        ),
        Input(name="bbox", label=Text("กรอบพื้นที่", "Box"), type="bbox", unit="deg"),
        _trial("depth_m", 0.01, LIMITS.max_depth_m),
        _trial("slope_h_per_v", 0, LIMITS.max_slope),
        _trial("freeboard_m", 0, 5),
        _trial("dead_depth_m", 0, 10),
    ),
    outputs=_outputs(PONDS),
    reads=("ponds", "plots"),
    writes=("ponds",),
    run=run,
)
