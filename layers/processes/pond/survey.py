"""A drawn pond against its survey: as-built rim, depth points or a depth profile (LAND-R20c)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from geo.as_built import AS_BUILT_VERDICTS, AsBuilt, Survey, compare
from geo.crs import to_local
from geo.errors import ParameterError
from geo.text import Text
from layers.processes.drawn import Drawn, drawn_features
from layers.processes.pond.case import Case
from layers.processes.verdict import Verdict

__all__ = ["compared", "survey_rows", "survey_summary"]

LABELS: Mapping[str, Text] = {
    "depth_point": Text("ความลึกจุดที่ตื้นที่สุด", "Depth at the shallowest point"),
    "depth_mean": Text("ความลึกเฉลี่ยต่างจากแบบ", "Mean depth off the design"),
    "rim_area": Text("พื้นที่ปากบ่อต่างจากแบบ", "Rim area off the design"),
    "slope": Text("ความลาดตลิ่งหลังขุด", "Side slope as built"),
    "volume": Text("ปริมาตรต่างจากแบบ", "Volume off the design"),
}


def compared(case: Case, inputs: Mapping[str, Any]) -> AsBuilt | None:
    """The comparison of the one pond of the case; None where no survey was handed over.

    Raises ParameterError where there is a survey but not exactly one pond.
    """
    if inputs["survey"] is None and inputs["built_rim"] is None:
        return None
    if len(case) != 1:
        raise ParameterError(
            "survey_needs_one_pond",
            Text("ผลสำรวจใช้ได้กับสระครั้งละหนึ่งสระ", "A survey is compared with one pond at a time"),
            parameter="survey",
        )
    pond = case.ponds.iloc[0]
    rim = case.rims[0]
    built = _built_rim(case, inputs)
    profile = pond["profile"]
    return compare(
        rim,
        float(pond["depth_m"] if pond["depth_m"] is not None else np.nan),
        float(pond["slope_h_per_v"] if pond["slope_h_per_v"] is not None else np.nan),
        rim if built is None else built,
        _survey(case, inputs),
        inputs["built_slope"],
        benchmark=bool(inputs["benchmark"]),
        profile=profile if isinstance(profile, list) and profile else None,
    )


def _local(case: Case, shapes: list[BaseGeometry | None]) -> list[BaseGeometry | None]:
    origin = np.repeat(case.origins[0][None], len(shapes), axis=0)
    return list(to_local(np.array(shapes, dtype=object), origin).geometries)


def _built_rim(case: Case, inputs: Mapping[str, Any]) -> BaseGeometry | None:
    if inputs["built_rim"] is None:
        return None
    label = Text("แนวปากบ่อหลังขุดจริง", "As-built rim")
    shapes = [item.shape for item in drawn_features(inputs["built_rim"], "built_rim", label)]
    if len(shapes) != 1 or shapes[0] is None:
        raise ParameterError(
            "built_rim_invalid",
            Text("แนวปากบ่อหลังขุดจริงต้องเป็นรูปปิดหนึ่งรูป", "The as-built rim must be one polygon"),
            parameter="built_rim",
        )
    return _local(case, shapes)[0]


def _survey(case: Case, inputs: Mapping[str, Any]) -> Survey:
    if inputs["survey"] is None:
        return Survey(np.zeros(0))
    found = drawn_features(inputs["survey"], "survey", Text("จุดวัดความลึก", "Depth survey"))
    readings = [_Readings.of(item) for item in found]
    local = _local(case, [item.shape for item in readings])
    points: list[shapely.Point | None] = []
    for item, line in zip(readings, local, strict=True):
        points += item.places(line)
    depths = np.array([value for item in readings for value in item.depths], dtype=float)
    levels = [value for item in readings for value in item.elevations]
    elevations = Survey.of_elevations(inputs["gl_elevation_m"], np.array(levels, dtype=float))
    return Survey(np.where(np.isnan(depths), elevations.depth_m, depths), points)


@dataclass(frozen=True, slots=True)
class _Readings:
    """Levels of a point or along a section line; of depth and elevation one is nan."""

    shape: BaseGeometry | None
    chainages: list[float] | None
    depths: list[float]
    elevations: list[float]

    @classmethod
    def of(cls, item: Drawn) -> _Readings:
        values = item.properties
        if item.shape is not None and item.shape.geom_type == "LineString":
            chainages = _floats(values.get("chainages_m"))
            depths = _floats(values.get("depths_m"))
            elevations = _floats(values.get("elevations_m"))
            n = len(chainages)
            if len(depths) not in (0, n) or len(elevations) not in (0, n) or not n:
                raise ParameterError(
                    "survey_invalid",
                    Text(
                        "รูปตัดต้องมี chainages_m และ depths_m หรือ elevations_m จำนวนเท่ากัน",
                        "A section needs chainages_m and as many depths_m or elevations_m",
                    ),
                    parameter="survey",
                )
            empty = [float("nan")] * n
            return cls(item.shape, chainages, depths or empty, elevations or empty)
        return cls(
            item.shape,
            None,
            _floats([values.get("depth_m")]),
            _floats([values.get("elevation_m")]),
        )

    def places(self, shape: BaseGeometry | None) -> list[shapely.Point | None]:
        """Where the levels were taken, ``shape`` in metres; what is off the line has no place."""
        if self.chainages is None:
            is_point = shape is not None and shape.geom_type == "Point"
            return [shape if is_point else None]  # type: ignore[list-item]
        assert isinstance(shape, shapely.LineString)  # noqa: S101 - as it was read
        return [
            shape.interpolate(at) if 0 <= at <= shape.length + 0.01 else None
            for at in self.chainages
        ]


def _floats(values: Any) -> list[float]:
    found = []
    for value in values if isinstance(values, list) else ():
        try:
            found.append(float(value))
        except (TypeError, ValueError):
            found.append(float("nan"))
    return found


def survey_rows(found: AsBuilt) -> list[Verdict]:
    """A row per check, and one for each thing that was left out or is missing."""
    rows = [
        Verdict(
            rule="LAND-R20c",
            label=LABELS[check.name],
            sign="pass" if check.passed else "fail",
            figure=check.figure,
            limit=check.limit,
            margin=check.margin,
            unit=check.unit,
            hint=None if check.passed else _hint(check.name, -check.margin, check.unit),
        )
        for check in found.checks
    ]
    for code, text in found.findings.items():
        rows.append(
            Verdict(
                rule="LAND-R20a" if code == "benchmark_missing" else "LAND-R20c",
                label=AS_BUILT_VERDICTS[found.verdict],
                sign="unknown" if found.verdict == "not_checkable" else "fix",
                hint=text,
            )
        )
    return rows


def _hint(name: str, short: float, unit: str) -> Text:
    if name == "depth_point":
        return Text(f"ขุดเพิ่มจุดที่ตื้นอีก {short:.2f} ม.", f"Dig the shallow points {short:.2f} m deeper")
    if name == "slope":
        return Text(
            f"ปรับตลิ่งให้ลาดลงอีก {short:.2f} (ราบ:ดิ่ง)", f"Flatten the banks by {short:.2f} H:V"
        )
    shown = "ม." if unit == "m" else "%"
    return Text(
        f"เกินเกณฑ์ {short:.2f} {shown} แก้ให้ตรงแบบหรือขออนุมัติแบบฉบับใหม่",
        f"{short:.2f} {unit} over the tolerance: rework, or have a new version approved",
    )


def survey_summary(found: AsBuilt) -> dict[str, Any]:
    """The comparison as JSON values."""
    return {
        "verdict": found.verdict,
        "failed": list(found.failed),
        "findings": list(found.findings),
        "mean_depth_m": None if np.isnan(found.mean_depth_m) else round(found.mean_depth_m, 3),
        "rim_m2": None if np.isnan(found.rim_m2) else round(found.rim_m2, 2),
        "volume_m3": None if np.isnan(found.volume_m3) else round(found.volume_m3, 2),
    }
