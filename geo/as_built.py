"""Design against as built: is the pond that was dug the pond that was drawn? (LAND-R20a, R20c)

Depth is measured from the original ground GL ±0.00, fixed and photographed before work and used
again at hand-over (PHUKET L1187, L1217). The tolerances are decisions.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, Literal, NamedTuple

import numpy as np
import pandas as pd
import shapely
from numpy.typing import ArrayLike

from geo.crs import Floats
from geo.parameters import Parameters, between
from geo.pond import check_ponds
from geo.pond_design import Profile
from geo.pond_section import design_depths
from geo.text import Text

__all__ = [
    "AS_BUILT_FINDINGS",
    "AS_BUILT_VERDICTS",
    "AsBuilt",
    "AsBuiltParameters",
    "Check",
    "Cut",
    "Survey",
    "compare",
    "compare_columns",
    "cut_between",
]

AS_BUILT_VERDICTS: Mapping[str, Text] = MappingProxyType(
    {
        "pass": Text("ผ่าน ตรงตามแบบ", "Pass: as designed"),
        "fail": Text("ไม่ผ่าน ไม่ตรงตามแบบ", "Fail: not as designed"),
        "not_checkable": Text("ตรวจไม่ได้", "Cannot be checked"),
    }
)

AS_BUILT_FINDINGS: Mapping[str, Text] = MappingProxyType(
    {
        "benchmark_missing": Text(
            "ไม่มีหลักฐานระดับอ้างอิง GL ±0.00 (ภาพถ่ายและค่าระดับ) ก่อนเริ่มงาน",
            "No record of the benchmark GL ±0.00 (photo and elevation) from before the work",
        ),
        "rim_invalid": Text("แนวปากบ่อหลังขุดจริงไม่ถูกต้อง", "The as-built rim is not valid"),
        "design_invalid": Text("แบบสระไม่ถูกต้อง จึงเทียบไม่ได้", "The design is not valid"),
        "points_few": Text(
            "จุดวัดความลึกก้นสระมี {n} จุด ต้องมีอย่างน้อย {least} จุด",
            "{n} depth points on the bottom; at least {least} are needed",
        ),
        "points_invalid": Text(
            "จุดวัด {n} จุดไม่มีค่าระดับหรือพิกัดที่ใช้ได้ ไม่นำมาคิด",
            "{n} survey points have no usable level or place and are left out",
        ),
        "points_outside_rim": Text(
            "จุดวัด {n} จุดอยู่นอกแนวปากบ่อหลังขุดจริง ไม่นำมาคิด",
            "{n} survey points lie outside the as-built rim and are left out",
        ),
        "points_on_bank": Text(
            "จุดวัด {n} จุดอยู่บนตลิ่ง ไม่ใช่ก้นสระ ไม่นำมาคิดความลึกก้นสระ",
            "{n} survey points lie on the bank, not the bottom, and are left out of the depths",
        ),
        "points_clustered": Text(
            "จุดวัดกระจุกตัว ครอบคลุมเพียง {pct:.0f} % ของก้นสระ ควรกระจายให้ทั่ว",
            "The survey points are clustered: they span only {pct:.0f} % of the bottom",
        ),
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class AsBuiltParameters(Parameters):
    """Tolerances of LAND-R20c, and what a survey must have.

    ``edge_m`` is how far off the rim a point may lie that is still of the pond.
    """

    depth_tol_m: float = between(0.10, 0, 2)
    rim_tol_pct: float = between(3.0, 0, 50)
    slope_tol: float = between(0.20, 0, 2)
    volume_tol_pct: float = between(5.0, 0, 50)
    least_points: int = between(5, 1, 1000)
    spread_pct: float = between(20.0, 0, 100)
    edge_m: float = between(0.10, 0, 1)
    rounding: float = between(1e-6, 0, 1e-3)


DEFAULTS = AsBuiltParameters()

CheckName = Literal["depth_point", "depth_mean", "rim_area", "slope", "volume"]


class Check(NamedTuple):
    """One comparison; ``figure`` is held against ``limit`` in ``unit``, ``margin`` what is left."""

    name: CheckName
    figure: float
    limit: float
    margin: float
    unit: str
    passed: bool


class Survey(NamedTuple):
    """Bottom depths in m below GL ±0.00 (n,), and where they were taken (points, or None)."""

    depth_m: Floats
    points: Sequence[shapely.Point | None] | None = None

    @classmethod
    def of_elevations(
        cls,
        gl_m: float | None,
        elevation_m: ArrayLike,
        points: Sequence[shapely.Point | None] | None = None,
    ) -> Survey:
        """Depths from elevations: GL minus the point (LAND-R20a); nan without a benchmark.

        >>> Survey.of_elevations(12.5, [9.55, 9.48]).depth_m.round(2)
        array([2.95, 3.02])
        """
        gl = np.nan if gl_m is None else gl_m
        return cls(np.round(gl - np.asarray(elevation_m, dtype=float), 9), points)


@dataclass(frozen=True, slots=True)
class AsBuilt:
    """What the comparison found; ``findings`` says what was left out or makes it impossible."""

    verdict: Literal["pass", "fail", "not_checkable"]
    checks: tuple[Check, ...] = ()
    findings: Mapping[str, Text] = field(default_factory=dict)
    mean_depth_m: float = float("nan")
    rim_m2: float = float("nan")
    volume_m3: float = float("nan")

    @property
    def failed(self) -> tuple[str, ...]:
        """Names of the checks that failed."""
        return tuple(check.name for check in self.checks if not check.passed)


def compare(
    design_rim: shapely.Geometry,
    depth_m: float,
    slope_h_per_v: float,
    built_rim: shapely.Geometry,
    survey: Survey,
    built_slope: float | None = None,
    *,
    benchmark: bool,
    profile: Profile | None = None,
    parameters: AsBuiltParameters = DEFAULTS,
) -> AsBuilt:
    """Hold a pond as it was dug against its design (LAND-R20c), all in the same metres.

    ``built_slope``: measured, or rim-to-toe distance over depth; None takes the design's, and the
    slope is then not checked. ``benchmark``: GL ±0.00 was fixed and photographed before work.
    Points outside the as-built rim or over the bank of the design are left out and counted.

    >>> square = shapely.box(0, 0, 20, 20)
    >>> built = shapely.box(0, 0, 20.1, 19.8)
    >>> found = compare(square, 3, 1.5, built, Survey(np.full(5, 2.75)), 1.5, benchmark=True)
    >>> found.verdict, found.failed, round(found.volume_m3, 2)
    ('fail', ('depth_point', 'depth_mean'), 704.22)
    """
    design = check_ponds([design_rim], depth_m, slope_h_per_v, profiles=[profile]).iloc[0]
    if design["error"] is not None:
        return _impossible("design_invalid")
    if not benchmark:
        return _impossible("benchmark_missing")
    if check_ponds([built_rim], 1.0, 0.0)["error"].iloc[0] is not None:
        return _impossible("rim_invalid")
    usable, findings = _bottom_depths(
        survey, design_rim, built_rim, (depth_m, slope_h_per_v, profile), parameters
    )
    if len(usable) < parameters.least_points:
        few = AS_BUILT_FINDINGS["points_few"].format(n=len(usable), least=parameters.least_points)
        return AsBuilt("not_checkable", findings=findings | {"points_few": few})
    mean = float(usable.mean())
    slope = slope_h_per_v if built_slope is None else built_slope
    built = check_ponds([built_rim], mean, slope).iloc[0]
    if built["error"] is not None:
        return AsBuilt("not_checkable", findings=findings | {built["error"]: built["error_text"]})
    p = parameters
    checks = [
        _at_least("depth_point", float(usable.min()), depth_m - p.depth_tol_m, "m", p.rounding),
        _within("depth_mean", mean - depth_m, p.depth_tol_m, "m", p.rounding),
        _within("rim_area", _pct(built, design, "area_m2"), p.rim_tol_pct, "%", p.rounding),
    ]
    if built_slope is not None:
        checks.append(
            _at_least("slope", built_slope, slope_h_per_v - p.slope_tol, "H:V", p.rounding)
        )
    checks.append(
        _within("volume", _pct(built, design, "volume_m3"), p.volume_tol_pct, "%", p.rounding)
    )
    return AsBuilt(
        "pass" if all(check.passed for check in checks) else "fail",
        tuple(checks),
        findings,
        mean,
        float(built["area_m2"]),
        float(built["volume_m3"]),
    )


def _impossible(code: str) -> AsBuilt:
    return AsBuilt("not_checkable", findings={code: AS_BUILT_FINDINGS[code]})


def _pct(built: pd.Series[Any], design: pd.Series[Any], name: str) -> float:
    return 100 * (float(built[name]) - float(design[name])) / float(design[name])


def _at_least(name: CheckName, figure: float, limit: float, unit: str, slack: float) -> Check:
    margin = figure - limit
    return Check(name, figure, limit, margin, unit, margin >= -slack)


def _within(name: CheckName, figure: float, limit: float, unit: str, slack: float) -> Check:
    margin = limit - abs(figure)
    return Check(name, figure, limit, margin, unit, margin >= -slack)


def _bottom_depths(
    survey: Survey,
    design_rim: shapely.Geometry,
    built_rim: shapely.Geometry,
    design: tuple[float, float, Profile | None],
    p: AsBuiltParameters,
) -> tuple[Floats, dict[str, Text]]:
    """Depths that were taken on the bottom, and what was wrong with the others."""
    depth = np.asarray(survey.depth_m, dtype=float)
    usable = np.ones(len(depth), dtype=bool)
    findings: dict[str, Text] = {}

    def drop(wrong: np.ndarray, code: str) -> None:
        nonlocal usable
        count = int((usable & wrong).sum())
        if count:
            findings[code] = AS_BUILT_FINDINGS[code].format(n=count)
        usable = usable & ~wrong

    unread = ~np.isfinite(depth)
    points = None if survey.points is None else np.asarray(survey.points, dtype=object)
    if points is not None:
        unread |= ~np.isfinite(shapely.bounds(points).reshape(-1, 4)).all(axis=1)
    drop(unread, "points_invalid")
    if points is None:
        return depth[usable], findings
    drop(shapely.distance(built_rim, points) > p.edge_m, "points_outside_rim")
    rows = np.flatnonzero(usable)
    depth_m, slope, profile = design
    wanted = np.zeros(len(points))
    wanted[rows] = design_depths(design_rim, depth_m, slope, points[rows], profile=profile)
    found = check_ponds([design_rim], depth_m, slope, profiles=[profile]).iloc[0]
    drop(wanted < float(found["effective_depth_m"]) - p.depth_tol_m, "points_on_bank")
    hull = shapely.convex_hull(shapely.multipoints(points[usable])) if usable.any() else None
    bottom = float(found["bottom_area_m2"])
    span = 100 * float(shapely.area(hull)) / bottom if hull is not None and bottom > 0 else 100.0
    if span < p.spread_pct:
        findings["points_clustered"] = AS_BUILT_FINDINGS["points_clustered"].format(pct=span)
    return depth[usable], findings


def compare_columns(
    design_area_m2: ArrayLike,
    design_depth_m: ArrayLike,
    design_slope: ArrayLike,
    design_volume_m3: ArrayLike,
    built_area_m2: ArrayLike,
    built_depth_m: ArrayLike,
    built_slope: ArrayLike,
    built_volume_m3: ArrayLike,
    parameters: AsBuiltParameters = DEFAULTS,
) -> np.ndarray:
    """The verdict of n ponds that have one measured depth each: pass, fail or not_checkable.

    >>> compare_columns([400], [3], [1.5], [741], [397.98], [2.75], [1.5], [704.22]).tolist()
    ['fail']
    """
    p = parameters
    area, depth, slope, volume = (
        np.asarray(item, dtype=float)
        for item in (design_area_m2, design_depth_m, design_slope, design_volume_m3)
    )
    found = [
        np.asarray(item, dtype=float)
        for item in (built_area_m2, built_depth_m, built_slope, built_volume_m3)
    ]
    with np.errstate(divide="ignore", invalid="ignore"):
        margins = np.stack(
            [
                p.rim_tol_pct - 100 * np.abs(found[0] / area - 1),
                p.depth_tol_m - np.abs(found[1] - depth),
                found[2] - slope + p.slope_tol,
                p.volume_tol_pct - 100 * np.abs(found[3] / volume - 1),
            ]
        )
    known = np.isfinite(margins).all(axis=0)
    passed = (margins >= -p.rounding).all(axis=0)
    return np.where(known, np.where(passed, "pass", "fail"), "not_checkable")


class Cut(NamedTuple):
    """Earth moved between two surface models; cells without a value in either are not counted."""

    cut_m3: float
    fill_m3: float
    cells: int
    empty_cells: int


def cut_between(before_m: ArrayLike, after_m: ArrayLike, cell_m2: float) -> Cut:
    """Sum (before - after) over the cells of two surface models (LAND-R20c); nan is no data.

    >>> after = np.full((3, 3), 9.0)
    >>> after[1, 1] = 8.0
    >>> cut_between(np.full((3, 3), 10.0), after, 4.0).cut_m3
    40.0
    """
    down = np.asarray(before_m, dtype=float) - np.asarray(after_m, dtype=float)
    known = np.isfinite(down)
    return Cut(
        cut_m3=float(np.where(known & (down > 0), down, 0.0).sum() * cell_m2),
        fill_m3=float(np.where(known & (down < 0), -down, 0.0).sum() * cell_m2),
        cells=int(known.sum()),
        empty_cells=int((~known).sum()),
    )
