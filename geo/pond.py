"""Pond check: volume, bottom, capacity and verdict of ponds, one or a hundred thousand at once.

All of it is engineering practice (LAND-R11 to R14); depths count from ground level GL ±0.00
(PHUKET L1187). The mathematics of the banks is in ``geo.inset`` and ``geo.excavation``.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from geo.crs import Floats
from geo.errors import GeometryError
from geo.excavation import Slices, cut, depth_of_offset, volumes
from geo.inset import Insets
from geo.pond_design import INPUT_ERRORS, PondDesigns, PondParameters, Profile, Rims
from geo.text import Text

__all__ = ["INPUT_ERRORS", "VERDICTS", "PondParameters", "check_ponds", "rounded", "stage_table"]

VERDICTS: Mapping[str, Text] = MappingProxyType(
    {
        "ok": Text("ผ่าน", "OK"),
        "split_bottom": Text("ก้นสระแยกส่วน", "Bottom in several parts"),
        "line_bottom": Text("ก้นสระเป็นแนวเส้น", "Bottom is a line"),
        "collapsed": Text("ตลิ่งชนกันก่อนถึงความลึกที่ออกแบบ", "Slopes meet before the design depth"),
    }
)

DEFAULTS = PondParameters()
_CHUNK = 4096  # ponds that one thread takes at a time


def check_ponds(
    rims: Rims,
    depth_m: ArrayLike,
    slope_h_per_v: ArrayLike,
    *,
    profiles: Iterable[Profile | None] | None = None,
    freeboard_m: ArrayLike | None = None,
    dead_depth_m: ArrayLike | None = None,
    plots: Rims | None = None,
    parameters: PondParameters = DEFAULTS,
    workers: int | None = None,
) -> pd.DataFrame:
    """Check n ponds; one row of results per pond, never an exception for a bad one.

    ``rims``: polygons, islands as holes. A GeoSeries with a CRS is measured in a local
    projection (LAND-R2); shapes without CRS are in metres. ``depth_m`` below GL ±0.00 and
    ``slope_h_per_v`` (1.5 = 1.5 level to 1 down): numbers or (n,). ``profiles``: for each pond
    None or its benches as (depth_to, slope, bench_at_top), which then stand for depth and slope
    (LAND-R13). ``freeboard_m``, ``dead_depth_m``: None or nan takes the default. ``plots``: the
    plot that each rim must lie in, in the CRS of the rims, or None. ``workers``: threads, by
    default one per processor.

    Returns a DataFrame with the index of ``rims``: area_m2, perimeter_m, volume_m3,
    bottom_area_m2, bottom_parts, effective_depth_m, lost_depth_m, collapse_depth_m (nan: the
    slopes do not meet above the design depth), verdict (a key of VERDICTS), capacity_m3,
    dead_volume_m3, live_capacity_m3 (LAND-R14), outside_plot_m2, error (a key of INPUT_ERRORS
    or None) and error_text (Text or None). Where error is set, the results are missing.

    >>> import shapely
    >>> rims = [shapely.box(0, 0, 24, 20), shapely.box(0, 0, 1, 1)]
    >>> check_ponds(rims, 3, 1.5)[["volume_m3", "verdict", "error"]]
       volume_m3 verdict          error
    0      927.0      ok           None
    1        NaN    None  rim_too_small
    """
    designs = PondDesigns.read(
        rims,
        depth_m,
        slope_h_per_v,
        profiles=profiles,
        freeboard_m=freeboard_m,
        dead_depth_m=dead_depth_m,
        plots=plots,
        parameters=parameters,
    )
    sound = np.flatnonzero(pd.isna(designs.error))
    chunks = [sound[at : at + _CHUNK] for at in range(0, len(sound), _CHUNK)] or [sound]
    with ThreadPoolExecutor(workers or os.cpu_count()) as pool:
        tables = list(pool.map(lambda rows: _judge(designs[rows], parameters), chunks))
    result = pd.concat(tables).set_axis(sound).reindex(np.arange(len(designs)))
    result["verdict"] = result["verdict"].astype(object).where(result["verdict"].notna(), None)
    result["bottom_parts"] = result["bottom_parts"].astype("Int64")
    result["outside_plot_m2"] = designs.outside_m2
    result["error"] = pd.Series(designs.error, dtype=object)
    result["error_text"] = pd.Series(designs.error_texts(parameters), dtype=object)
    if isinstance(rims, gpd.GeoSeries):
        result.index = rims.index
    return result


@dataclass(frozen=True, slots=True)
class _Dig:
    """Sound ponds with their sections worked out, (n,) each but the banks.

    ``collapse`` is the depth at which the slopes meet (nan: below the design depth), ``end`` the
    depth that is reached.
    """

    insets: Insets
    banks: Slices
    collapse: Floats
    end: Floats

    @classmethod
    def of(cls, designs: PondDesigns, p: PondParameters) -> _Dig:
        banks = designs.banks(p.line_tolerance_m)
        reach = np.zeros(len(designs))
        np.maximum.at(reach, banks.pond, banks.off_bottom)
        insets = Insets.of(designs.rims, reach, p.mitre_limit)
        collapse = depth_of_offset(banks, insets.collapse)
        return cls(insets, banks, collapse, np.fmin(designs.depth, collapse))

    def slices(self, *levels: Floats) -> Slices:
        return cut(self.banks, self.end, *levels)

    def volumes(self, slices: Slices, p: PondParameters) -> Floats:
        return volumes(self.insets, slices, p.volume_tolerance_m3, p.panels)


def _judge(designs: PondDesigns, p: PondParameters) -> pd.DataFrame:
    """Results of sound ponds (LAND-R11, R12, R14)."""
    n = len(designs)
    dig = _Dig.of(designs, p)
    water = designs.freeboard
    dead = np.maximum(dig.end - designs.dead_depth, water)
    slices = dig.slices(water, dead)
    volume = dig.volumes(slices, p)
    pond, middle = slices.pond, (slices.top + slices.bottom) / 2

    def total(part: Any) -> Floats:
        return np.bincount(pond, np.where(part, volume, 0.0), minlength=n).astype(float)

    capacity, dead_volume = total(middle > water[pond]), total(middle > dead[pond])
    bottom = np.zeros(n)
    np.maximum.at(bottom, pond, slices.off_bottom)
    parts = dig.insets.parts(np.arange(n), bottom)
    over = designs.depth - dig.collapse  # nan where the slopes do not meet
    return pd.DataFrame(
        {
            "area_m2": dig.insets.area,
            "perimeter_m": dig.insets.perimeter,
            "volume_m3": total(True),
            "bottom_area_m2": dig.insets.areas(np.arange(n), bottom),
            "bottom_parts": parts,
            "effective_depth_m": dig.end,
            "lost_depth_m": designs.depth - dig.end,
            "collapse_depth_m": dig.collapse,
            "verdict": np.select(
                [over > p.line_tolerance_m, np.abs(over) <= p.line_tolerance_m, parts > 1],
                ["collapsed", "line_bottom", "split_bottom"],
                "ok",
            ),
            "capacity_m3": capacity,
            "dead_volume_m3": dead_volume,
            "live_capacity_m3": capacity - dead_volume,
        }
    )


def stage_table(
    rim: Any,
    depth_m: float,
    slope_h_per_v: float,
    *,
    profile: Profile | None = None,
    levels: Sequence[float] | None = None,
    parameters: PondParameters = DEFAULTS,
) -> pd.DataFrame:
    """Tabulate area and volume below by depth, for the pond sheet (LAND-R14).

    ``rim`` in metres, or a GeoSeries of one shape with a CRS. ``levels`` in m below the rim; by
    default steps of ``stage_step_m``, the water level and the bottom. On a bench the area is
    the one below it.

    >>> import shapely
    >>> stage_table(shapely.box(0, 0, 24, 20), 3, 1.5, levels=[0, 1.5, 3])
       depth_m  area_m2  volume_below_m3
    0      0.0   480.00          927.000
    1      1.5   302.25          345.375
    2      3.0   165.00            0.000

    Raises GeometryError with a code of INPUT_ERRORS.
    """
    designs = PondDesigns.read(
        rim if isinstance(rim, gpd.GeoSeries) else [rim],
        depth_m,
        slope_h_per_v,
        profiles=[profile],
        parameters=parameters,
    )
    if designs.error[0] is not None:
        raise GeometryError(designs.error[0], designs.error_texts(parameters)[0])
    dig = _Dig.of(designs, parameters)
    end = dig.end[0]
    if levels is None:
        levels = [*np.arange(0, end, parameters.stage_step_m), parameters.freeboard_m, end]
    depths = np.unique(np.clip(np.asarray(levels, dtype=float), 0, end))
    slices = dig.slices(*depths[:, None])
    at = np.searchsorted(slices.top, depths)
    offset = np.append(slices.off_top, slices.off_bottom[-1:])[at]
    volume = dig.volumes(slices, parameters)
    return pd.DataFrame(
        {
            "depth_m": depths,
            "area_m2": dig.insets.areas(np.zeros(len(depths), dtype=np.int64), offset),
            "volume_below_m3": np.append(np.cumsum(volume[::-1])[::-1], 0.0)[at],
        }
    )


def rounded(result: pd.DataFrame) -> pd.DataFrame:
    """Round areas and volumes half up to 0.01 and depths to 0.001, for show (LAND-R12).

    >>> rounded(pd.DataFrame({"volume_m3": [1078.125], "effective_depth_m": [10 / 3]}))
       volume_m3  effective_depth_m
    0    1078.13              3.333
    """
    shown = result.copy()
    for name in shown.columns:
        digits = 2 if name.endswith(("_m2", "_m3")) else 3 if name.endswith("_m") else None
        if digits is not None:
            # The nudge lifts what is held as 0.00499999... over the half that was meant.
            shown[name] = np.floor(shown[name] * 10**digits + 0.5 + 1e-6) / 10**digits
    return shown
