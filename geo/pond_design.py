"""Pond drawings as they come in: rims, depths, slopes and benches, and what is wrong with them.

A column of ponds is read at once; a bad pond gets an error code and never stops the others.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from types import MappingProxyType
from typing import Any, TypeAlias

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import ArrayLike, NDArray

from geo.crs import Floats, Geometries, centres, lonlat, to_local
from geo.errors import GeometryError
from geo.excavation import Segment, Slices, segments
from geo.inset import MITRE_LIMIT
from geo.parameters import Parameters, between
from geo.text import Text

__all__ = ["INPUT_ERRORS", "PondDesigns", "PondParameters", "Profile", "Rims"]

Profile: TypeAlias = Sequence[Sequence[float] | Mapping[str, float]]
Rims: TypeAlias = gpd.GeoSeries | ArrayLike | Sequence[Any]

INPUT_ERRORS: Mapping[str, Text] = MappingProxyType(
    {
        "crs_missing": Text(
            "แนวปากบ่อเป็นองศาแต่ไม่ได้ระบุระบบพิกัด (CRS) โปรดระบุ เช่น EPSG:4326",
            "The rim is in degrees but no CRS is given; say which, as EPSG:4326",
        ),
        "rim_invalid": Text(
            "แนวปากบ่อไม่ถูกต้อง ต้องเป็นรูปปิดรูปเดียวที่เส้นขอบไม่ตัดกันเอง ({reason})",
            "The rim must be one polygon whose edges do not cross ({reason})",
        ),
        "rim_too_small": Text(
            "พื้นที่ปากบ่อ {area_m2:.2f} ตร.ม. น้อยกว่าขั้นต่ำ {limits.min_rim_m2:g} ตร.ม.",
            "The rim holds {area_m2:.2f} m2, less than the smallest of {limits.min_rim_m2:g} m2",
        ),
        "depth_invalid": Text(
            "ความลึก {depth_m:g} ม. ไม่ถูกต้อง ต้องมากกว่า 0 และไม่เกิน {limits.max_depth_m:g} ม.",
            "Depth {depth_m:g} m must be over 0 and at most {limits.max_depth_m:g} m",
        ),
        "slope_invalid": Text(
            "ความลาดตลิ่ง (ราบ:ดิ่ง) {slope:g} ไม่ถูกต้อง ต้องอยู่ระหว่าง 0 ถึง {limits.max_slope:g}",
            "Side slope H:V {slope:g} must be 0 to {limits.max_slope:g}",
        ),
        "profile_invalid": Text(
            "ระดับตะพักไม่ถูกต้อง ความลึกต้องเพิ่มขึ้นทุกระดับจนถึงความลึกของสระ "
            "ไม่เกิน {limits.max_depth_m:g} ม. ความลาด 0 ถึง {limits.max_slope:g} "
            "และความกว้างตะพักต้องไม่ติดลบ",
            "Benches must go down in rising depths to the depth of the pond, at most "
            "{limits.max_depth_m:g} m, with slopes of 0 to {limits.max_slope:g} and widths "
            "of 0 or more",
        ),
        "freeboard_invalid": Text(
            "ระยะพ้นน้ำ {freeboard_m:g} ม. ต้องไม่ติดลบ",
            "Freeboard {freeboard_m:g} m must not be negative",
        ),
        "dead_depth_invalid": Text(
            "ระดับน้ำก้นสระสำรอง {dead_depth_m:g} ม. ต้องไม่ติดลบ",
            "Dead depth {dead_depth_m:g} m must not be negative",
        ),
        "plot_invalid": Text(
            "ขอบเขตแปลงไม่ถูกต้อง เส้นขอบต้องไม่ตัดกันเอง",
            "The boundary of the plot is not valid: its edges must not cross",
        ),
        "rim_outside_plot": Text(
            "แนวปากบ่ออยู่นอกแปลง {outside_m2:.2f} ตร.ม.",
            "{outside_m2:.2f} m2 of the rim lie outside the plot",
        ),
    }
)

# A rim here that is under one unit wide is in degrees; as metres it would be too small anyway.
_COUNTRY_BOX = shapely.box(97.2, 5.5, 105.8, 20.6)


@dataclass(frozen=True, slots=True, kw_only=True)
class PondParameters(Parameters):
    """Limits and defaults of the pond check (LAND-R11 to R14); all are decisions.

    >>> PondParameters(freeboard_m=0.5).max_depth_m
    12.0

    Raises ParameterError ``parameter_out_of_range``.
    """

    max_depth_m: float = between(12.0, 0.1, 100)
    max_slope: float = between(5.0, 0, 20)
    min_rim_m2: float = between(4.0, 0.01, 1e6)
    freeboard_m: float = between(0.30, 0, 5)
    dead_depth_m: float = between(0.0, 0, 10)
    mitre_limit: float = between(MITRE_LIMIT, 1, 100)
    line_tolerance_m: float = between(0.005, 0.001, 0.1)
    volume_tolerance_m3: float = between(0.001, 1e-6, 1)
    panels: int = between(16, 2, 1024)
    stage_step_m: float = between(0.5, 0.01, 10)
    outside_tolerance_m2: float = between(0.01, 0, 100)


@dataclass(frozen=True, slots=True)
class PondDesigns:
    """n ponds that were read; every attribute is (n,).

    ``rims`` are in metres around their own centres, ``given`` as they came. ``outside_m2`` is
    the area outside the plot (nan: no plot to compare). ``error`` is a key of INPUT_ERRORS, or
    None for a pond that can be judged.
    """

    given: Geometries
    rims: Geometries
    depth: Floats
    slope: Floats
    freeboard: Floats
    dead_depth: Floats
    profiles: NDArray[np.object_]
    outside_m2: Floats
    error: NDArray[np.object_]

    def __getitem__(self, rows: Any) -> PondDesigns:
        return PondDesigns(*(getattr(self, item.name)[rows] for item in fields(self)))

    def __len__(self) -> int:
        return len(self.given)

    @classmethod
    def read(
        cls,
        rims: Rims,
        depth_m: ArrayLike,
        slope_h_per_v: ArrayLike,
        *,
        profiles: Iterable[Profile | None] | None = None,
        freeboard_m: ArrayLike | None = None,
        dead_depth_m: ArrayLike | None = None,
        plots: Rims | None = None,
        parameters: PondParameters,
    ) -> PondDesigns:
        """Read and judge the input; arguments as of :func:`geo.pond.check_ponds`.

        Raises GeometryError ``crs_missing`` where only one of rims and plots has a CRS.
        """
        placed = isinstance(rims, gpd.GeoSeries) and rims.crs is not None
        given = _single_parts(lonlat(rims) if placed else np.asarray(rims, dtype=object))
        n = len(given)
        origins = np.nan_to_num(centres(given))
        local = to_local(given, origins).geometries if placed else _shifted(given, origins)
        designs = cls(
            given=given,
            rims=local,
            depth=_column(depth_m, n),
            slope=_column(slope_h_per_v, n),
            freeboard=_column(freeboard_m, n, parameters.freeboard_m),
            dead_depth=_column(dead_depth_m, n, parameters.dead_depth_m),
            profiles=np.full(n, None, dtype=object),
            outside_m2=np.full(n, np.nan),
            error=np.full(n, None, dtype=object),
        )
        if not placed:
            small = np.ptp(shapely.bounds(given).reshape(-1, 2, 2), axis=1).max(axis=1) < 1
            degrees = small & shapely.within(shapely.points(origins), _COUNTRY_BOX)
            designs._blame(degrees, "crs_missing")
        designs._check_rims(parameters)
        designs._blame(~(designs.freeboard >= 0), "freeboard_invalid")
        designs._blame(~(designs.dead_depth >= 0), "dead_depth_invalid")
        designs._read_profiles(profiles or (), parameters)
        if plots is not None:
            designs._check_plots(_fences(plots, origins, placed), parameters)
        return designs

    def _blame(self, wrong: NDArray[np.bool_], code: str) -> None:
        """Give the error to the ponds that are wrong and have none yet."""
        self.error[wrong & (self.error == None)] = code  # noqa: E711 - elementwise

    def _check_rims(self, limits: PondParameters) -> None:
        self._blame(~_sound(self.rims), "rim_invalid")
        self._blame(shapely.area(self.rims) < limits.min_rim_m2, "rim_too_small")

    def _read_profiles(self, profiles: Iterable[Profile | None], limits: PondParameters) -> None:
        """Read benches; they stand for depth and slope, which are judged where there are none."""
        for row, profile in enumerate(profiles):
            if not profile:
                continue
            drawn = _segments(profile, limits)
            goal = self.depth[row]
            if drawn and not abs(drawn[-1].depth_to - goal) > limits.line_tolerance_m:
                self.profiles[row] = drawn
                self.depth[row], self.slope[row] = drawn[-1].depth_to, drawn[-1].slope
            elif self.error[row] is None:
                self.error[row] = "profile_invalid"
        self._blame(~((self.depth > 0) & (self.depth <= limits.max_depth_m)), "depth_invalid")
        self._blame(~((self.slope >= 0) & (self.slope <= limits.max_slope)), "slope_invalid")

    def _check_plots(self, plots: Geometries, limits: PondParameters) -> None:
        given = ~shapely.is_missing(plots)
        sound = shapely.is_valid(plots) & _sound(self.rims)
        self._blame(given & ~shapely.is_valid(plots), "plot_invalid")
        rest = shapely.difference(self.rims[sound], plots[sound])
        self.outside_m2[sound] = shapely.area(rest)
        self._blame(self.outside_m2 > limits.outside_tolerance_m2, "rim_outside_plot")

    def banks(self, extra_m: float) -> Slices:
        """Lay out the banks, the last part of each drawn on for ``extra_m`` below the bottom."""
        if all(profile is None for profile in self.profiles):
            top, bottom = np.zeros(len(self)), self.depth + extra_m
            return Slices(np.arange(len(self)), top, bottom, top, bottom * self.slope)
        drawn = []
        for depth, slope, profile in zip(self.depth, self.slope, self.profiles, strict=True):
            *upper, last = profile or [Segment(depth, slope)]
            drawn.append([*upper, last._replace(depth_to=last.depth_to + extra_m)])
        return segments(drawn)

    def error_texts(self, limits: PondParameters) -> NDArray[np.object_]:
        """The errors in words that name the value and the rule; None for sound ponds."""
        texts = np.full(len(self), None, dtype=object)
        for row in np.flatnonzero(self.error != None):  # noqa: E711 - elementwise
            texts[row] = INPUT_ERRORS[self.error[row]].format(
                reason=shapely.is_valid_reason(self.given[row]) or "no polygon",
                area_m2=shapely.area(self.rims[row]),
                depth_m=self.depth[row],
                slope=self.slope[row],
                freeboard_m=self.freeboard[row],
                dead_depth_m=self.dead_depth[row],
                outside_m2=self.outside_m2[row],
                limits=limits,
            )
        return texts


def _sound(shapes: Geometries) -> NDArray[np.bool_]:
    polygon = shapely.get_type_id(shapes) == shapely.GeometryType.POLYGON
    return np.asarray(polygon & shapely.is_valid(shapes) & ~shapely.is_empty(shapes))


def _single_parts(shapes: Geometries) -> Geometries:
    """Take the one polygon out of a collection that holds no more."""
    one = shapely.get_num_geometries(shapes) == 1
    return np.where(one, shapely.get_geometry(shapes, 0), shapes)


def _shifted(shapes: Geometries, origins: Floats) -> Geometries:
    points, owner = shapely.get_coordinates(shapes, return_index=True)
    return np.asarray(shapely.set_coordinates(shapes.copy(), points - origins[owner]), dtype=object)


def _fences(plots: Rims, origins: Floats, placed: bool) -> Geometries:
    if placed:
        return to_local(plots, origins).geometries
    if isinstance(plots, gpd.GeoSeries) and plots.crs is not None:
        raise GeometryError("crs_missing", INPUT_ERRORS["crs_missing"])
    return _shifted(np.asarray(plots, dtype=object), origins)


def _column(values: ArrayLike | None, n: int, default: float = np.nan) -> Floats:
    """Return n floats; what is missing or no number takes the default."""
    column = pd.Series(np.atleast_1d(np.asarray(values, dtype=object)))
    numbers = pd.to_numeric(column, errors="coerce").to_numpy(dtype=float)
    return np.where(np.isnan(numbers), default, numbers) * np.ones(n)


def _segments(profile: Profile, limits: PondParameters) -> list[Segment] | None:
    try:
        drawn = [
            Segment(**part) if isinstance(part, Mapping) else Segment(*map(float, part))
            for part in profile
        ]
    except (TypeError, ValueError):
        return None
    top = 0.0
    for part in drawn:
        if not (
            top < part.depth_to <= limits.max_depth_m
            and 0 <= part.slope <= limits.max_slope
            and 0 <= part.bench_at_top < np.inf
        ):
            return None
        top = part.depth_to
    return drawn
