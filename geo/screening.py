"""Site screening: ten factors that speak against a plot, before money is spent (LAND-R30).

The source names the factors and gives no figure (PHUKET L1064); all limits are decisions, and
parameters. What is not known is never taken for good: it keeps a plot at ``conditional``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from geo.crs import Floats, Geometries, from_local, geodesic_length, to_local
from geo.parameters import Parameters, between
from geo.terrain import Elevation, Flow, flow, sinks, slope_aspect
from geo.text import Text
from geo.zonal import cells_under, crossing_flow, height_above, masked, on_grid, zonal_mean

__all__ = [
    "FACTORS",
    "MEASURES",
    "WORDS",
    "Factor",
    "ScreeningParameters",
    "Terrain",
    "classify",
    "factor_signs",
    "measure_terrain",
    "nearest_m",
    "overlaps",
]

Signs = NDArray[np.object_]


@dataclass(frozen=True, slots=True)
class Factor:
    """One factor: its name, the measure that a field check may override, and that one's unit."""

    label: Text
    measure: str
    unit: str | None = None


FACTORS: Mapping[str, Factor] = MappingProxyType(
    {
        "F1": Factor(Text("ต่างระดับ/ลาดชัน", "Slope"), "slope_pct", "%"),
        "F2": Factor(Text("แอ่งกระทะ/ทางน้ำไหลผ่าน", "Basin or flow path"), "upstream_m2", "m2"),
        "F3": Factor(Text("โขดหิน", "Boulders"), "boulders"),
        "F4": Factor(
            Text("แหล่งน้ำเสีย/จุดรวมของเสียอันตราย", "Waste water or hazardous waste"), "waste_m", "m"
        ),
        "F5": Factor(Text("หุบเขา", "Valley"), "above_m", "m"),
        "F6": Factor(Text("ต้นไม้ใหญ่", "Big trees"), "trees_per_rai", "1/rai"),
        "F7": Factor(Text("ห่างไกล/ทางเข้า", "Remoteness and access"), "road_m", "m"),
        "F8": Factor(Text("เขตที่ต้องขออนุญาต", "Permission zone"), "permission"),
        "F9": Factor(Text("ดิน", "Soil"), "soil_class"),
        "F10": Factor(Text("ภัยพิบัติ", "Hazard"), "hazard_severity"),
    }
)

NUMBERS = (
    "slope_pct", "upstream_m2", "sink_m2", "waste_m", "above_m", "trees_per_rai", "road_m",
    "access_width_m", "hazard_severity",
)  # fmt: skip
WORDS = ("boulders", "valley", "permission", "soil_class")
MEASURES = (*NUMBERS, *WORDS)
"""Columns that the factors are judged by; a missing column or value is unknown."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ScreeningParameters(Parameters):
    """Limits of LAND-R30: beyond ``caution`` a condition, beyond ``exclude`` no plot.

    Heights of sinks and valleys are in m, areas in m2, distances in m, trees per rai. Hazard
    severities are 1 to 5 (decision: 3 is medium, 4 and 5 are high).
    """

    slope_caution_pct: float = between(5.0, 0, 100)
    slope_exclude_pct: float = between(12.0, 0, 200)
    sink_depth_m: float = between(0.30, 0.001, 50)
    sink_area_m2: float = between(100.0, 0, 1e6)
    flow_caution_m2: float = between(10_000.0, 1, 1e9)
    flow_exclude_m2: float = between(500_000.0, 1, 1e12)
    waste_caution_m: float = between(300.0, 0, 50_000)
    waste_exclude_m: float = between(100.0, 0, 50_000)
    valley_caution_m: float = between(5.0, 0, 1000)
    valley_exclude_m: float = between(20.0, 0, 1000)
    valley_radius_m: float = between(300.0, 10, 5000)
    trees_caution: float = between(15.0, 0, 1000)
    trees_exclude: float = between(40.0, 0, 1000)
    road_caution_m: float = between(500.0, 0, 50_000)
    road_exclude_m: float = between(2000.0, 0, 50_000)
    access_width_m: float = between(3.0, 0, 20)
    hazard_caution: float = between(3.0, 1, 5)
    hazard_exclude: float = between(4.0, 1, 5)
    hazard_area_share: float = between(0.10, 0, 1)


DEFAULTS = ScreeningParameters()


class Terrain(NamedTuple):
    """A grid with what is derived from it, made once for any number of plots."""

    elevation: Elevation
    slope_pct: Floats
    aspect_deg: Floats
    routed: Flow

    @classmethod
    def of(cls, elevation: Elevation) -> Terrain:
        """Derive slope, aspect and flow."""
        return cls(elevation, *slope_aspect(elevation), flow(elevation))


def measure_terrain(
    plots: Geometries, terrain: Terrain, parameters: ScreeningParameters = DEFAULTS
) -> pd.DataFrame:
    """What the ground says of n plots (EPSG:4326): the measures of F1, F2 and F5.

    slope_pct is the mean over the plot; aspect_deg its mean downslope azimuth; elevation_m the
    mean height; above_m the height above the surroundings; sink_m2 the largest sink under it;
    upstream_m2 that of the largest flow path across it. nan where the raster does not reach,
    and for small flow paths where one cell of the grid is larger than the limit itself.
    """
    p, (elevation, slope, aspect, routed) = parameters, terrain
    shapes = on_grid(elevation, masked(plots, shapely.is_valid(plots)))
    cells = cells_under(elevation, shapes)

    def mean(values: Floats) -> Floats:
        return zonal_mean(elevation, shapes, cells, values)

    height = mean(elevation.heights)
    turn = np.radians(aspect)
    azimuth = np.degrees(np.arctan2(mean(np.sin(turn)), mean(np.cos(turn)))) % 360
    known = ~np.isnan(height)
    numbers, table = sinks(elevation, routed, p.sink_depth_m, p.sink_area_m2)
    size = np.zeros(int(numbers.max(initial=0)) + 1)
    size[table["number"].to_numpy()] = table["area_m2"].to_numpy()
    basin = np.zeros(len(shapes))
    np.maximum.at(basin, cells.owner, size[numbers[cells.row, cells.column]])
    upstream = crossing_flow(elevation, shapes, routed)
    coarse = elevation.cell_m2.max() > p.flow_caution_m2
    measured = known & ((upstream >= p.flow_exclude_m2) if coarse else True)
    return pd.DataFrame(
        {
            "elevation_m": height,
            "slope_pct": mean(slope),
            "aspect_deg": azimuth,
            "above_m": height_above(elevation, shapes, height, p.valley_radius_m),
            "sink_m2": np.where(known, basin, np.nan),
            "upstream_m2": np.where(measured, upstream, np.nan),
        }
    )


def nearest_m(plots: Geometries, features: Geometries) -> Floats:
    """Metres from each plot to the nearest of the features (EPSG:4326), 0 inside; nan if none.

    >>> plot = shapely.box(100, 15, 100.001, 15.001)
    >>> nearest_m(np.array([plot]), np.array([shapely.Point(100.002, 15.0005)])).round(1).tolist()
    [107.6]
    """
    found = np.full(len(plots), np.nan)
    sound = shapely.is_valid(plots) & ~shapely.is_empty(plots)
    features = features[~(shapely.is_missing(features) | shapely.is_empty(features))]
    if not len(features) or not sound.any():
        return found
    # One conformal plane picks the pair; its scale does not matter to the geodesic length.
    west, south, east, north = shapely.total_bounds(plots[sound])
    origin = np.array([[(west + east) / 2, (south + north) / 2]])
    here = to_local(plots[sound], np.repeat(origin, sound.sum(), axis=0)).geometries
    there = to_local(features, np.repeat(origin, len(features), axis=0)).geometries
    pair = shapely.STRtree(there).query_nearest(here, all_matches=False)
    lines = shapely.shortest_line(here[pair[0]], there[pair[1]])
    metres = np.full(len(here), np.nan)
    metres[pair[0]] = geodesic_length(from_local(lines, np.repeat(origin, len(lines), axis=0)))
    found[sound] = metres
    return found


def overlaps(plots: Geometries, zones: Geometries) -> pd.DataFrame:
    """Pairs of plot and zone (EPSG:4326) that share ground: plot, zone, overlap_m2, share (0-1).

    >>> west, east = shapely.box(100, 15, 100.001, 15.001), shapely.box(100.0005, 15, 101, 16)
    >>> overlaps(np.array([west]), np.array([east])).round(4).to_dict("records")
    [{'plot': 0, 'zone': 0, 'overlap_m2': 5950.1471, 'share': 0.5}]
    """
    sound = masked(plots, shapely.is_valid(plots))
    pair = shapely.STRtree(shapely.make_valid(zones)).query(sound, predicate="intersects")
    cut = shapely.intersection(sound[pair[0]], shapely.make_valid(zones[pair[1]]))
    origins = shapely.get_coordinates(shapely.centroid(sound[pair[0]]))
    area = shapely.area(to_local(cut, origins).geometries)
    whole = shapely.area(to_local(sound[pair[0]], origins).geometries)
    table = {"plot": pair[0], "zone": pair[1], "overlap_m2": area, "share": area / whole}
    return pd.DataFrame(table).sort_values(["plot", "zone"], ignore_index=True)


def factor_signs(
    measures: pd.DataFrame, parameters: ScreeningParameters = DEFAULTS
) -> pd.DataFrame:
    """Judge n sites: a column for each factor with pass, fix (caution), fail (exclude) or unknown.

    ``measures`` has columns of MEASURES; those that are missing are unknown.

    >>> signs = factor_signs(pd.DataFrame({"slope_pct": [5.0, 5.1, 12.1, float("nan")]}))
    >>> signs["F1"].tolist()
    ['pass', 'fix', 'fail', 'unknown']
    """
    p, n = parameters, len(measures)

    def number(name: str) -> Floats:
        values = pd.to_numeric(measures.get(name, pd.Series(np.nan, measures.index)))
        return np.asarray(values.to_numpy(dtype=float, na_value=np.nan))

    def word(name: str, signs: Mapping[Any, str]) -> Signs:
        values = measures[name].tolist() if name in measures else [None] * n
        return np.array([signs.get(value, "unknown") for value in values], dtype=object)

    depth = -number("above_m")
    entered = word("valley", {True: "fix", False: "pass"})
    measured = _over(depth, p.valley_caution_m, p.valley_exclude_m)
    waters = [_least(number("upstream_m2"), p.flow_caution_m2, p.flow_exclude_m2)]
    waters.append(_least(number("sink_m2"), p.sink_area_m2, np.inf))
    distance = _over(number("road_m"), p.road_caution_m, p.road_exclude_m)
    width = _over(-number("access_width_m"), -p.access_width_m, np.inf)
    return pd.DataFrame(
        {
            "F1": _over(number("slope_pct"), p.slope_caution_pct, p.slope_exclude_pct),
            "F2": _gravest(*waters),
            "F3": word("boulders", {"none": "pass", "some": "fix", "many": "fail"}),
            "F4": _over(-number("waste_m"), -p.waste_caution_m, -p.waste_exclude_m),
            "F5": np.where(measured == "unknown", entered, _gravest(measured, _known(entered))),
            "F6": _over(number("trees_per_rai"), p.trees_caution, p.trees_exclude),
            "F7": _gravest(distance, width),
            "F8": word(
                "permission",
                {
                    "not_needed": "pass",
                    "granted": "pass",
                    "to_request": "fix",
                    "requested": "fix",
                    "refused": "fail",
                },
            ),
            "F9": word("soil_class", {"clay": "pass", "sandy_loam": "fix", "sand": "fix"}),
            "F10": _least(number("hazard_severity"), p.hazard_caution, p.hazard_exclude),
        },
        index=measures.index,
    )


def classify(signs: pd.DataFrame) -> Signs:
    """The class of each site: unsuitable, conditional or suitable (LAND-R30).

    >>> classify(pd.DataFrame({"F1": ["pass", "pass", "fix"], "F2": ["pass", "unknown", "fail"]}))
    array(['suitable', 'conditional', 'unsuitable'], dtype=object)
    """
    table = signs.to_numpy(dtype=object)
    fails, passes = (table == "fail").any(axis=1), (table == "pass").all(axis=1)
    return np.select([fails, ~passes], ["unsuitable", "conditional"], "suitable").astype(object)


def _over(values: Floats, caution: float, exclude: float) -> Signs:
    """More than a limit breaks it."""
    return _signs(values, values > exclude + 1e-9, values > caution + 1e-9)


def _least(values: Floats, caution: float, exclude: float) -> Signs:
    """A limit itself breaks it."""
    return _signs(values, values >= exclude - 1e-9, values >= caution - 1e-9)


def _signs(values: Floats, fails: NDArray[np.bool_], warns: NDArray[np.bool_]) -> Signs:
    picked = np.select([np.isnan(values), fails, warns], ["unknown", "fail", "fix"], "pass")
    return picked.astype(object)


def _gravest(*columns: Signs) -> Signs:
    """Of several findings the one that weighs most; a caution outweighs what is not known."""
    stacked = np.stack(columns)
    picked = np.select(
        [(stacked == sign).any(axis=0) for sign in ("fail", "fix", "unknown")],
        ["fail", "fix", "unknown"],
        "pass",
    )
    return picked.astype(object)


def _known(signs: Signs) -> Signs:
    return np.where(signs == "unknown", "pass", signs)
