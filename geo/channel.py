"""Feeder channels (คลองไส้ไก่): trapezoid sections, volumes and the strips that they cover.

LAND-R15: the trapezoid is recommended so that the sides do not fall in; width, length and depth
are free by terrain (PHUKET L1220). A channel ends where a pond begins, so that nothing is counted
twice; bends are not corrected and the ends stand upright (decisions).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import ArrayLike, NDArray

from geo.crs import Floats, Geometries, centres, lonlat, to_local
from geo.parameters import Parameters, between, column
from geo.text import Text

__all__ = ["CHANNEL_ERRORS", "CHANNEL_VERDICTS", "ChannelParameters", "Sections", "check_channels"]

CHANNEL_VERDICTS: Mapping[str, Text] = MappingProxyType(
    {
        "ok": Text("ผ่าน", "OK"),
        "collapsed": Text(
            "ปากคลองแคบ ตลิ่งชนกันก่อนถึงความลึก", "Top too narrow: the sides meet before the depth"
        ),
        "inside_pond": Text("อยู่ในแนวปากบ่อทั้งเส้น", "Wholly inside the rim of a pond"),
    }
)

CHANNEL_ERRORS: Mapping[str, Text] = MappingProxyType(
    {
        "line_invalid": Text(
            "แนวคลองต้องเป็นเส้นเดียวที่ยาวกว่า 0 ม.", "A channel must be one line, longer than 0 m"
        ),
        "width_ambiguous": Text(
            "ต้องกรอกความกว้างก้นคลองหรือความกว้างปากคลองอย่างใดอย่างหนึ่งเท่านั้น",
            "Enter either the bottom or the top width, and only one of them",
        ),
        "width_invalid": Text(
            "ความกว้างคลองไม่ถูกต้อง ก้นคลองต้องไม่ติดลบ ปากคลองต้องมากกว่า 0 และไม่เกิน "
            "{limits.max_width_m:g} ม.",
            "The bottom width must be 0 or more, the top width over 0, at most "
            "{limits.max_width_m:g} m",
        ),
        "depth_invalid": Text(
            "ความลึกคลองต้องมากกว่า 0 และไม่เกิน {limits.max_depth_m:g} ม.",
            "The depth of a channel must be over 0 and at most {limits.max_depth_m:g} m",
        ),
        "slope_invalid": Text(
            "ความลาดตลิ่งคลอง (ราบ:ดิ่ง) ต้องอยู่ระหว่าง 0 ถึง {limits.max_slope:g}",
            "The side slope H:V of a channel must be 0 to {limits.max_slope:g}",
        ),
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ChannelParameters(Parameters):
    """Limits and defaults of LAND-R15; all are decisions."""

    slope_h_per_v: float = between(1.0, 0, 5)
    max_slope: float = between(5.0, 0, 20)
    max_depth_m: float = between(5.0, 0.1, 20)
    max_width_m: float = between(50.0, 0.1, 1000)


DEFAULTS = ChannelParameters()


@dataclass(frozen=True, slots=True)
class Sections:
    """Cross-sections, (n,) each: depth that is reached, area, top and bottom width, in metres.

    >>> Sections.of(np.array([np.nan]), np.array([2.0]), np.array([1.0]), np.array([1.5])).area
    array([0.66666667])
    """

    depth: Floats
    area: Floats
    top: Floats
    bottom: Floats
    collapsed: NDArray[np.bool_]

    @classmethod
    def of(cls, bottom: Floats, top: Floats, depth: Floats, slope: Floats) -> Sections:
        """Sections by either width (the other is nan); ``collapsed`` where the sides meet."""
        floor = np.where(np.isnan(bottom), top - 2 * slope * depth, bottom)
        collapsed = floor < -1e-9
        with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
            reached = np.where(collapsed, top / (2 * slope), depth)
        floor = np.maximum(floor, 0.0)
        return cls(
            depth=reached,
            area=(floor + slope * reached) * reached,
            top=np.where(np.isnan(top), floor + 2 * slope * reached, top),
            bottom=floor,
            collapsed=collapsed,
        )


def check_channels(
    lines: gpd.GeoSeries | Sequence[Any],
    bottom_width_m: ArrayLike | None,
    top_width_m: ArrayLike | None,
    depth_start_m: ArrayLike,
    depth_end_m: ArrayLike | None = None,
    slope_h_per_v: ArrayLike | None = None,
    *,
    rims: gpd.GeoSeries | Sequence[Any] | None = None,
    parameters: ChannelParameters = DEFAULTS,
) -> pd.DataFrame:
    """Measure n channels; one row of results each, never an exception for a bad one.

    ``lines``: centre lines; a GeoSeries with a CRS is measured in a local projection, shapes
    without CRS are in metres. Exactly one of the widths is a number. ``depth_end_m`` and
    ``slope_h_per_v``: where missing, the depth at the start and the default. ``rims``: for each
    channel the rims of its ponds in one shape (in the CRS of the lines), or None; what lies
    inside them is not counted.

    Returns a DataFrame with the index of ``lines``: length_m (counted), section_start_m2,
    section_end_m2, depth_start_m, depth_end_m (that are reached), top_start_m, top_end_m,
    volume_m3, top_area_m2, verdict (CHANNEL_VERDICTS), error (CHANNEL_ERRORS) and strip, the
    ground it covers, in metres around the middle of the line's box (see ``origin``: lon, lat) or
    in the coordinates given. Where the depth changes the strip has the mean width of its part.

    >>> line = shapely.LineString([(0, 0), (50, 0)])
    >>> pond = shapely.box(38, -10, 60, 10)
    >>> found = check_channels([line], 0.5, None, 1.0, rims=[pond])
    >>> found[["length_m", "volume_m3", "top_area_m2"]].values.tolist()
    [[38.0, 57.0, 95.0]]
    """
    placed = isinstance(lines, gpd.GeoSeries) and lines.crs is not None
    given = lonlat(lines) if placed else np.asarray(lines, dtype=object)
    n = len(given)
    origins = np.nan_to_num(centres(given))
    local = to_local(given, origins).geometries if placed else given
    start = column(depth_start_m, n)
    end = column(depth_end_m, n)
    slope = column(slope_h_per_v, n, parameters.slope_h_per_v)
    design = _Design(
        bottom=column(bottom_width_m, n),
        top=column(top_width_m, n),
        start=start,
        end=np.where(np.isnan(end), start, end),
        slope=slope,
    )
    error = _errors(local, design, parameters)
    part, of = _open_parts(local, np.flatnonzero(error == None), _fences(rims, origins, placed))  # noqa: E711
    result = _sums(_measured(local, design, part, of), design, n)
    result.loc[error != None, :] = np.nan  # noqa: E711 - elementwise
    verdict = np.where(_collapsed(design), "collapsed", "ok").astype(object)
    verdict[result["length_m"].to_numpy() <= 0] = "inside_pond"
    verdict[error != None] = None  # noqa: E711 - elementwise
    result["verdict"] = pd.Series(verdict, dtype=object)
    result["error"] = pd.Series(error, dtype=object)
    width = (result["top_start_m"] + result["top_end_m"]).to_numpy() / 2
    result["strip"] = _strips(local, part, of, width)
    result["origin"] = list(map(tuple, origins.tolist()))
    if isinstance(lines, gpd.GeoSeries):
        result.index = lines.index
    return result


@dataclass(frozen=True, slots=True)
class _Design:
    bottom: Floats
    top: Floats
    start: Floats
    end: Floats
    slope: Floats

    def sections(self, rows: NDArray[np.int64], share: Floats) -> Sections:
        """Sections of channels ``rows`` at shares (0 start, 1 end) of their whole length."""
        depth = self.start[rows] + (self.end - self.start)[rows] * share
        return Sections.of(self.bottom[rows], self.top[rows], depth, self.slope[rows])


def _collapsed(design: _Design) -> NDArray[np.bool_]:
    deepest = np.fmax(design.start, design.end)
    return Sections.of(design.bottom, design.top, deepest, design.slope).collapsed


def _errors(lines: Geometries, design: _Design, limits: ChannelParameters) -> NDArray[np.object_]:
    error = np.full(len(lines), None, dtype=object)

    def blame(wrong: NDArray[np.bool_], code: str) -> None:
        error[wrong & (error == None)] = code  # noqa: E711 - elementwise

    line = shapely.get_type_id(lines) == shapely.GeometryType.LINESTRING
    length = shapely.length(lines)
    blame(~(line & (length > 0) & np.isfinite(length)), "line_invalid")
    blame(np.isnan(design.bottom) == np.isnan(design.top), "width_ambiguous")
    width = np.fmax(design.bottom, design.top)
    blame(~((width >= 0) & (width <= limits.max_width_m)), "width_invalid")
    blame(design.top <= 0, "width_invalid")
    for depth in (design.start, design.end):
        blame(~((depth > 0) & (depth <= limits.max_depth_m)), "depth_invalid")
    blame(~((design.slope >= 0) & (design.slope <= limits.max_slope)), "slope_invalid")
    return error


def _fences(rims: Any, origins: Floats, placed: bool) -> Geometries:
    if rims is None:
        return np.full(len(origins), None, dtype=object)
    return to_local(rims, origins).geometries if placed else np.asarray(rims, dtype=object)


def _open_parts(
    lines: Geometries, rows: NDArray[np.int64], rims: Geometries
) -> tuple[Geometries, NDArray[np.int64]]:
    """What lies outside the rims, as single lines, and whose they are."""
    open_ = lines[rows]
    dug = ~shapely.is_missing(rims[rows])
    open_[dug] = shapely.difference(open_[dug], rims[rows][dug])
    parts, of = shapely.get_parts(open_, return_index=True)
    kept = shapely.length(parts) > 0
    return parts[kept], rows[of[kept]]


def _measured(
    lines: Geometries, design: _Design, part: Geometries, of: NDArray[np.int64]
) -> pd.DataFrame:
    """Length, volume and top area of the parts, by the prismoid between their ends."""
    whole = shapely.length(lines[of])
    length = shapely.length(part)
    ends = [shapely.line_locate_point(lines[of], shapely.get_point(part, i)) for i in (0, -1)]
    # On a closed line the far end may be found at the start; the length tells where it is.
    first = np.minimum(*ends) / whole
    last = np.minimum(first + length / whole, 1.0)
    top, middle, bottom = (design.sections(of, s) for s in (first, (first + last) / 2, last))
    return pd.DataFrame(
        {
            "of": of,
            "length_m": length,
            "volume_m3": length / 6 * (top.area + 4 * middle.area + bottom.area),
            "top_area_m2": length / 6 * (top.top + 4 * middle.top + bottom.top),
        }
    )


def _sums(parts: pd.DataFrame, design: _Design, n: int) -> pd.DataFrame:
    sums = parts.groupby("of").sum().reindex(np.arange(n), fill_value=0.0).astype(float)
    rows = np.arange(n)
    for name, share in (("start", 0.0), ("end", 1.0)):
        section = design.sections(rows, np.full(n, share))
        sums[f"section_{name}_m2"] = section.area
        sums[f"depth_{name}_m"] = section.depth
        sums[f"top_{name}_m"] = section.top
    return sums.rename_axis(None)


def _strips(
    lines: Geometries, part: Geometries, of: NDArray[np.int64], width: Floats
) -> Geometries:
    """The ground under each channel: flat ends, mitred bends, so that area is length x width."""
    strips = np.full(len(lines), None, dtype=object)
    if len(part):
        bands = shapely.buffer(part, width[of] / 2, cap_style="flat", join_style="mitre")
        order = np.argsort(of, kind="stable")
        rows, first = np.unique(of[order], return_index=True)
        for row, mine in zip(rows, np.split(bands[order], first[1:]), strict=True):
            strips[row] = shapely.union_all(mine)
    return strips
