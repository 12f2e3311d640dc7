"""What is known of sites: drawn or stored shapes, field checks, soil, zones, hazards and roads."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType
from typing import Any, NamedTuple

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from geo.crs import Geometries, geodesic_area
from geo.plot_shape import plot_error
from geo.screening import (
    FACTORS,
    WORDS,
    ScreeningParameters,
    Terrain,
    measure_terrain,
    nearest_m,
    overlaps,
)
from geo.terrain import Elevation
from geo.text import Text
from geo.units import M2_PER_RAI
from geo.zonal import masked
from layers.errors import AccessDenied
from layers.plot_rules import Aggregation, permission, place_codes, plot_soil
from layers.processes.drawn import drawn_features
from layers.processes.model import Reader

__all__ = ["COLUMNS", "NOTES", "Measured", "Sites", "drawn_sites", "elevation_of", "measure"]

COLUMNS = (
    "plot_id", "area_code", "deed_type", "permission_state", "soil_class", "access_width_m",
    "site_marks", "field_check",
)  # fmt: skip
CHECKED = ("boulders", "valley", "trees_per_rai", "override")
WASTE = ("waste_water", "hazardous_waste")
HARMFUL = ("flood", "landslide")
NO_MOTOR = ("path", "ferry")
REACH_DEG = 0.5
"""A layer is taken to cover a site when it holds anything this near, some 55 km (decision)."""
ROADS_NEAR_DEG = 0.05  # tried first: roads are many
NOTES: Mapping[str, Text] = MappingProxyType(
    {
        "place_differs": Text(
            "รหัสพื้นที่ในทะเบียนไม่ตรงกับที่ตั้งแปลง ใช้ตามที่ตั้งแปลง",
            "The recorded area is not where the plot lies; the place of the plot decides",
        ),
        "soil_points_few": Text("ตัวอย่างดินน้อยกว่าเกณฑ์", "Too few soil samples"),
        "override_incomplete": Text(
            "ไม่ใช้ผลแก้ไขจากพื้นที่ เพราะต้องมี factor (F1-F10), value, reason และ photo_id",
            "The override was not used: it needs factor (F1-F10), value, reason and photo_id",
        ),
    }
)


@dataclass(slots=True)
class Sites:
    """Sites to screen: a row each, with COLUMNS; ``shapes`` in EPSG:4326 (None where unusable)."""

    table: gpd.GeoDataFrame
    drawn: bool
    errors: list[str | None] = field(default_factory=list)
    texts: list[Text | None] = field(default_factory=list)

    def __post_init__(self) -> None:
        for name in COLUMNS:
            if name not in self.table:
                self.table[name] = None
        given = np.asarray(self.table.geometry.array, dtype=object)
        found = [plot_error(*site) for site in zip(given, _areas(given), strict=True)]
        self.errors = [wrong and wrong.code for wrong in found]
        self.texts = [wrong and wrong.text for wrong in found]

    @property
    def shapes(self) -> Geometries:
        """Shapes of the sites that can be screened, None for the others."""
        sound = np.array([code is None for code in self.errors], dtype=bool)
        return masked(np.asarray(self.table.geometry.array, dtype=object), sound)

    def __len__(self) -> int:
        return len(self.table)


def _areas(shapes: Geometries) -> np.ndarray:
    areal = np.isin(shapely.get_type_id(shapes), (3, 6)) & shapely.is_valid(shapes)
    return geodesic_area(masked(shapes, areal))


def drawn_sites(document: Mapping[str, Any], reader: Reader) -> Sites:
    """Sites from GeoJSON; properties are COLUMNS, those of the field check beside them or in it."""
    features = drawn_features(document, "plot", Text("แปลง", "Plot"))
    reader.refuse_more(len(features))
    rows = []
    for number, item in enumerate(features):
        row = {name: item.properties.get(name) for name in COLUMNS}
        check = dict(row["field_check"] or {}) if isinstance(row["field_check"], dict) else {}
        check |= {name: item.properties[name] for name in CHECKED if name in item.properties}
        row["field_check"] = check
        row["plot_id"] = str(row["plot_id"] or item.id or f"plot-{number + 1}")
        rows.append(row)
    table = pd.DataFrame(rows, columns=list(COLUMNS))
    shapes = [item.shape for item in features]
    return Sites(gpd.GeoDataFrame(table, geometry=shapes, crs=4326), drawn=True)


def elevation_of(path: str | None, reader: Reader) -> tuple[Terrain, str] | None:
    """The terrain to use and the name of its file; None where no raster is set.

    A caller over the network cannot name files of the server (AccessDenied).
    """
    if path is not None and not reader.local_files:
        raise AccessDenied(
            "file_refused",
            Text(
                "ระบุไฟล์ความสูงผ่านเครือข่ายไม่ได้ ผู้ดูแลกำหนดได้ที่ PHUMI_ELEVATION",
                "A file cannot be named over the network; PHUMI_ELEVATION sets the raster",
            ),
        )
    chosen = path or reader.elevation
    if not chosen:
        return None
    file = Path(chosen)
    stamp = file.stat().st_mtime_ns if file.is_file() else 0
    return _terrain(chosen, stamp), file.name


@lru_cache(maxsize=2)
def _terrain(path: str, stamp: int) -> Terrain:  # noqa: ARG001 - a file that changed is read anew
    return Terrain.of(Elevation.open(path))


class Measured(NamedTuple):
    """Measures of sites, a row each (MEASURES, zones, override), and what else was noted."""

    table: pd.DataFrame
    notes: list[list[str]]


def measure(
    sites: Sites,
    reader: Reader,
    terrain: Terrain | None,
    parameters: ScreeningParameters,
    aggregation: Aggregation = "worst",
) -> Measured:
    """Everything that the factors are judged by; what no data tell stays missing."""
    shapes = sites.shapes
    ground = pd.DataFrame(index=sites.table.index)
    if terrain is not None:
        ground = measure_terrain(shapes, terrain, parameters)
    table = ground.assign(
        area_m2=_areas(shapes),
        waste_m=_waste(shapes, reader),
        road_m=_roads(shapes, reader),
        hazard_severity=_hazards(shapes, reader, parameters),
        access_width_m=_numbers(sites.table["access_width_m"]),
    )
    table["soil_class"], notes = _soil(sites, reader, aggregation)
    allowed = _permissions(sites, shapes, reader)
    table["permission"] = [found.state for found in allowed]
    table["zones"] = [list(found.zones) for found in allowed]
    table["place_code"] = _places(sites, shapes, reader, notes)
    _field_checks(sites, table)
    _overrides(sites, table, notes)
    return Measured(table, notes)


def _numbers(column: pd.Series) -> np.ndarray:
    values = pd.to_numeric(column, errors="coerce").to_numpy(dtype=float, na_value=np.nan)
    return np.where(values >= 0, values, np.nan)


def _around(reader: Reader, layer: str, shapes: Geometries, reach: float) -> gpd.GeoDataFrame:
    """Features of a layer near the sites; none where the caller may not see them."""
    west, south, east, north = shapely.total_bounds(shapes)
    if math.isnan(west):
        return gpd.GeoDataFrame(geometry=[], crs=4326)
    box = (
        max(west - reach, -180.0), max(south - reach, -90.0),
        min(east + reach, 180.0), min(north + reach, 90.0),
    )  # fmt: skip
    try:
        rows = reader.read(layer, bbox=box)
    except AccessDenied:
        rows = None
    if not isinstance(rows, gpd.GeoDataFrame):
        return gpd.GeoDataFrame(geometry=[], crs=4326)
    return rows[~(rows.geometry.isna() | rows.geometry.is_empty)]


def _shapes(rows: gpd.GeoDataFrame) -> Geometries:
    return np.asarray(rows.geometry.array, dtype=object)


def _waste(shapes: Geometries, reader: Reader) -> np.ndarray:
    rows = _around(reader, "facilities", shapes, REACH_DEG)
    if "kind" in rows:
        rows = rows[rows["kind"].isin(WASTE)]
    return nearest_m(shapes, _shapes(rows)) if len(rows) else np.full(len(shapes), np.nan)


def _roads(shapes: Geometries, reader: Reader) -> np.ndarray:
    for reach in (ROADS_NEAR_DEG, REACH_DEG):
        rows = _around(reader, "roads", shapes, reach)
        if "motor" in rows:
            rows = rows[~rows["motor"].isin([False]) & ~rows["road_class"].isin(NO_MOTOR)]
        if len(rows):
            return nearest_m(shapes, _shapes(rows))
    return np.full(len(shapes), np.nan)


def _hazards(shapes: Geometries, reader: Reader, p: ScreeningParameters) -> np.ndarray:
    """Severity of the worst flood or landslide zone on each site; 0 for none, nan without data.

    Ground that water once took stays in danger, so zones count beyond their time; forecasts are
    of the weather, not of the ground. A zone without severity counts as the least that warns.
    """
    rows = _around(reader, "hazards", shapes, REACH_DEG)
    if "hazard" in rows:
        rows = rows[
            rows["hazard"].isin(HARMFUL)
            & ~rows["state"].isin(["withdrawn"])
            & ~rows["method"].isin(["forecast"])
        ]
    if not len(rows):
        return np.full(len(shapes), np.nan)
    pairs = overlaps(shapes, _shapes(rows))
    pairs = pairs[pairs["share"] >= p.hazard_area_share]
    severity = _numbers(rows["severity"])
    severity = np.where(np.isnan(severity), p.hazard_caution, severity)
    worst = np.where(shapely.is_missing(shapes), np.nan, 0.0)
    np.maximum.at(worst, pairs["plot"].to_numpy(), severity[pairs["zone"].to_numpy()])
    return worst


def _soil(
    sites: Sites, reader: Reader, aggregation: Aggregation
) -> tuple[list[str | None], list[list[str]]]:
    """Soil class of each site, from its samples or else from its record."""
    samples: dict[str, list[str]] = {}
    if not sites.drawn:
        rows = reader.read("soil_samples", fields=("sample_id", "plot_id", "soil_class"))
        if {"plot_id", "soil_class"} <= set(rows.columns):
            rows = rows.dropna(subset=["plot_id", "soil_class"])
            samples = {
                str(key): list(group) for key, group in rows.groupby("plot_id")["soil_class"]
            }
    classes, notes = [], []
    for plot_id, known in zip(sites.table["plot_id"], sites.table["soil_class"], strict=True):
        found = plot_soil(samples.get(plot_id, []), aggregation)
        classes.append(found.soil_class or (known if isinstance(known, str) else None))
        notes.append(list(found.warnings))
    return classes, notes


def _permissions(sites: Sites, shapes: Geometries, reader: Reader) -> list[Any]:
    rows = _around(reader, "permission_zones", shapes, REACH_DEG)
    shared: dict[int, list[tuple[str, float]]] = {}
    whole: dict[int, float] = {}
    if len(rows):
        kinds = rows["zone_kind"].tolist()
        pairs = overlaps(shapes, _shapes(rows))
        for plot, zone, m2, share in pairs.itertuples(index=False, name=None):
            shared.setdefault(plot, []).append((kinds[zone], m2))
            whole[plot] = m2 / share if share else whole.get(plot, 1.0)
    columns = (sites.table["deed_type"], sites.table["permission_state"])
    return [
        permission(
            shared.get(row, ()),
            whole.get(row, 1.0),
            deed if isinstance(deed, str) else None,
            state if isinstance(state, str) else None,
            zones_loaded=len(rows) > 0,
        )
        for row, (deed, state) in enumerate(zip(*columns, strict=True))
    ]


def _places(
    sites: Sites, shapes: Geometries, reader: Reader, notes: list[list[str]]
) -> list[str | None]:
    """The tambon that each site lies in, whatever its record says (LAND-R4)."""
    rows = _around(reader, "tambons", shapes, 0.0)
    if "code" not in rows or not len(rows):
        return [None] * len(sites)
    found = place_codes(shapes, _shapes(rows), rows["code"].tolist())
    for row, (code, recorded) in enumerate(zip(found, sites.table["area_code"], strict=True)):
        if code and isinstance(recorded, str) and not _agree(code, recorded):
            notes[row].append("place_differs")
    return found


def _agree(code: str, recorded: str) -> bool:
    """Whether one code is the other's parent, or the same."""
    return code.startswith(recorded) or recorded.startswith(code)


def _field_checks(sites: Sites, table: pd.DataFrame) -> None:
    """Boulders, valley and trees as the field check has them; trees else from the marks."""
    checks = [value if isinstance(value, dict) else {} for value in sites.table["field_check"]]
    table["boulders"] = [check.get("boulders") for check in checks]
    table["valley"] = [check.get("valley") for check in checks]
    rai = table["area_m2"].to_numpy(dtype=float) / float(M2_PER_RAI)
    marked = np.array(
        [
            sum(
                1
                for mark in marks
                if isinstance(mark, dict) and mark.get("kind") == "protected_tree"
            )
            if isinstance(marks, list)
            else np.nan
            for marks in sites.table["site_marks"]
        ],
        dtype=float,
    )
    entered = _numbers(pd.Series([check.get("trees_per_rai") for check in checks], dtype=object))
    table["trees_per_rai"] = np.where(np.isnan(entered), marked / rai, entered)


def _overrides(sites: Sites, table: pd.DataFrame, notes: list[list[str]]) -> None:
    """Put the value of a field check in place of a computed one, and keep both (SCR-T8)."""
    kept: list[dict[str, Any] | None] = [None] * len(sites)
    for row, check in enumerate(sites.table["field_check"]):
        override = check.get("override") if isinstance(check, dict) else None
        if override is None:
            continue
        name = _override_measure(override)
        if name is None:
            notes[row].append("override_incomplete")
            continue
        if name not in table:
            table[name] = np.nan
        computed = table[name].iloc[row]
        kept[row] = dict(override) | {"computed": None if pd.isna(computed) else computed}
        table[name] = table[name].where(table.index != table.index[row], override["value"])
    table["override"] = pd.Series(kept, index=table.index, dtype=object)


def _override_measure(override: Any) -> str | None:
    """The measure that an override stands for; None where its reason, photo or value is missing."""
    given = override if isinstance(override, dict) else {}
    factor, value = FACTORS.get(str(given.get("factor"))), given.get("value")
    if factor is None or not all(given.get(name) for name in ("reason", "photo_id")):
        return None
    if factor.measure in WORDS:
        return factor.measure if isinstance(value, str) else None
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not math.isfinite(value):
        return None
    return factor.measure
