"""What a pond is judged with: the ponds, and of each the plot, its channels, trees and zones.

Everything comes either from the layers, as far as the caller may see them, or from what the
caller drew and entered; what was entered stands for what is stored.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from shapely.geometry.base import BaseGeometry

from geo.crs import Floats, Geometries, centres, geodesic_area, lonlat, to_local
from geo.errors import ParameterError
from geo.text import Text
from layers.errors import AccessDenied
from layers.processes.drawn import drawn_features
from layers.processes.model import Reader

__all__ = ["GIVEN", "Case", "numbers", "read_case", "texts"]

GIVEN = ("depth_m", "slope_h_per_v", "freeboard_m", "dead_depth_m")
POND = (
    "pond_id",
    "plot_id",
    "name",
    "kind",
    *GIVEN,
    "profile",
    "lined",
    "engineer_certified",
    "rim_to_boundary_m",
    "area_code",
    "plan_id",
)
PLOT = ("plot_id", "deed_area_m2", "soil_class", "layout_profile", "boundary_sides", "site_marks")
CHANNEL = (
    "channel_id",
    "plot_id",
    "plan_id",
    "bottom_width_m",
    "top_width_m",
    "depth_start_m",
    "depth_end_m",
    "slope_h_per_v",
)
OTHER = "other_owner"
ZONE = ("plot_id", "plan_id", "zone_kind", "group")


@dataclass(frozen=True, slots=True)
class Case:
    """Ponds and what surrounds them.

    ``plots`` has a row for each pond, without geometry where there is no plot. ``channels`` and
    ``zones`` belong to ponds by ``plot_id`` and ``plan_id``, see :attr:`group`; ``zones`` is None
    where the caller may not see them. ``trees`` are points for each pond. All in EPSG:4326.
    """

    ponds: gpd.GeoDataFrame
    plots: gpd.GeoDataFrame
    channels: gpd.GeoDataFrame
    zones: pd.DataFrame | None
    trees: list[Geometries]
    sides: list[list[tuple[BaseGeometry, str]]]
    drawn: bool

    def __len__(self) -> int:
        return len(self.ponds)

    @property
    def origins(self) -> Floats:
        """The middle of each pond, around which all that belongs to it is measured."""
        return np.nan_to_num(centres(lonlat(self.ponds.geometry)))

    @property
    def rims(self) -> Geometries:
        """The rims in metres around their origins."""
        return to_local(self.ponds.geometry, self.origins).geometries

    @property
    def fences(self) -> Geometries:
        """The plots in metres around the origins of their ponds; None where there is none."""
        return to_local(self.plots.geometry, self.origins).geometries

    @property
    def group(self) -> pd.Series[str]:
        """What ponds have in common that share a plot: its id, the plan and design or as built.

        A pond without plot stands alone.
        """
        alone = pd.Series([f"#{row}" for row in range(len(self))], index=self.ponds.index)
        plot = self.ponds["plot_id"].where(self.ponds["plot_id"].notna(), alone).astype(str)
        group: pd.Series[str] = plot + "|" + texts(self.ponds, "plan_id")
        return group + "|" + texts(self.ponds, "kind")

    @property
    def plot_m2(self) -> Floats:
        """Area of each plot: that of the deed, else as drawn (LAND-R23); nan where unknown."""
        deed = numbers(self.plots, "deed_area_m2")
        unknown = ~(deed > 0)
        deed[unknown] = np.nan
        drawn = unknown & self.plots.geometry.notna().to_numpy()
        unique, row = np.unique(texts(self.plots, "plot_id")[drawn], return_index=True)
        areas = geodesic_area(self.plots.geometry[drawn].iloc[row])
        deed[drawn] = texts(self.plots, "plot_id")[drawn].map(dict(zip(unique, areas, strict=True)))
        return deed


def read_case(parameters: Mapping[str, Any], reader: Reader) -> Case:
    """Gather the ponds that were drawn, else those of the layer, and what belongs to them."""
    drawn = parameters["ponds"] is not None
    ponds = _drawn_ponds(parameters, reader) if drawn else _stored_ponds(parameters, reader)
    _tried(ponds, parameters)
    stored = not drawn or parameters["plot_id"] is not None
    only = _of_plot(parameters["plot_id"]) if drawn else None
    plots = _plots(ponds, parameters, reader, only) if stored else _frame(PLOT, len(ponds))
    plots = plots.set_axis(ponds.index)
    for name in ("soil_class", "layout_profile", "deed_area_m2"):
        if parameters[name] is not None:
            plots[name] = parameters[name]
    if parameters["plot"] is not None:
        plots = plots.set_geometry([_plot(parameters)] * len(ponds), crs=4326)
    if drawn and (parameters["plot"] is not None or stored):
        ponds["plot_id"] = plots["plot_id"] = parameters["plot_id"] or "drawn"
    channels = _frame(CHANNEL, 0)
    if parameters["channels"] is not None:
        channels = _drawn_channels(parameters)
        channels["plot_id"] = ponds["plot_id"].iloc[0] if len(ponds) else None
    elif stored:
        channels = _layer("channels", CHANNEL, reader, only)
    zones = _layer("plot_zones", ZONE, reader, only) if stored else _frame(ZONE, 0)
    return Case(
        ponds,
        plots,
        channels,
        zones if len(zones) else None,
        _trees(plots, parameters),
        _sides(plots, parameters),
        drawn,
    )


def _tried(ponds: gpd.GeoDataFrame, parameters: Mapping[str, Any]) -> None:
    """Let what was entered stand for the values of every pond."""
    entered = {name: parameters[name] for name in GIVEN}
    entered |= {"lined": parameters["lined"], "engineer_certified": parameters["certified"]}
    for name, value in entered.items():
        if value is not None:
            ponds[name] = value
    if any(parameters[name] is not None for name in ("depth_m", "slope_h_per_v")):
        ponds["profile"] = None  # a trial depth or slope stands for the benches too


def numbers(rows: pd.DataFrame, name: str) -> Floats:
    """A column as floats; what is no number becomes nan, which the check names."""
    values = pd.to_numeric(rows[name], errors="coerce")
    return np.array(values.to_numpy(dtype=float, na_value=np.nan))


def texts(rows: pd.DataFrame, name: str) -> pd.Series[str]:
    """A column as texts, empty where there is none."""
    return rows[name].astype(object).where(rows[name].notna(), "").astype(str)


def _frame(columns: tuple[str, ...], n: int) -> gpd.GeoDataFrame:
    empty = pd.DataFrame(None, index=range(n), columns=list(columns), dtype=object)
    return gpd.GeoDataFrame(empty, geometry=[None] * n, crs=4326)


def _of_plot(plot_id: str | None) -> dict[str, Any] | None:
    return None if plot_id is None else {"op": "=", "args": [{"property": "plot_id"}, plot_id]}


def _stored_ponds(parameters: Mapping[str, Any], reader: Reader) -> gpd.GeoDataFrame:
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
    return _completed(rows, POND)


def _completed(rows: gpd.GeoDataFrame, columns: tuple[str, ...]) -> gpd.GeoDataFrame:
    missing = {name: None for name in columns if name not in rows}
    return rows[[*(n for n in columns if n in rows), "geometry"]].assign(**missing)


def _drawn_ponds(parameters: Mapping[str, Any], reader: Reader) -> gpd.GeoDataFrame:
    found = drawn_features(parameters["ponds"], "ponds", Text("สระ", "Ponds"))
    reader.refuse_more(len(found))
    records = []
    for number, item in enumerate(found):
        record = {name: item.properties.get(name) for name in POND}
        name = record["pond_id"] or item.id or f"pond-{number + 1}"
        records.append(record | {"pond_id": str(name)})
    frame = pd.DataFrame(records, columns=list(POND), dtype=object)
    return gpd.GeoDataFrame(frame, geometry=[item.shape for item in found], crs=4326)


def _layer(
    layer_id: str, columns: tuple[str, ...], reader: Reader, only: dict[str, Any] | None
) -> gpd.GeoDataFrame:
    """The rows of a layer that the caller may see; none where it is not open to the caller."""
    try:
        rows = reader.read(layer_id, filter=only)
    except AccessDenied:
        return _frame(columns, 0)
    if not isinstance(rows, gpd.GeoDataFrame) or "plot_id" not in rows:
        return _frame(columns, 0)
    return _completed(rows, columns)


def _plots(
    ponds: gpd.GeoDataFrame,
    parameters: Mapping[str, Any],
    reader: Reader,
    only: dict[str, Any] | None,
) -> gpd.GeoDataFrame:
    """The plot of each pond, row by row."""
    rows = reader.read("plots", filter=only)
    if not isinstance(rows, gpd.GeoDataFrame) or "plot_id" not in rows:
        return _frame(PLOT, len(ponds))
    rows = _completed(rows, PLOT)
    wanted = ponds["plot_id"]
    if only is not None:
        if rows.empty:
            raise ParameterError(
                "plot_unknown",
                Text(
                    f"ไม่พบแปลง {parameters['plot_id']}", f"There is no plot {parameters['plot_id']}"
                ),
                parameter="plot_id",
            )
        wanted = pd.Series(parameters["plot_id"], index=ponds.index)
    return rows.set_index("plot_id", drop=False).reindex(wanted)


def _plot(parameters: Mapping[str, Any]) -> BaseGeometry:
    label = Text("แปลง", "Plot")
    shapes = [item.shape for item in drawn_features(parameters["plot"], "plot", label)]
    if len(shapes) == 1 and shapes[0] is not None and shapely.get_dimensions(shapes[0]) == 2:
        return shapes[0]
    raise ParameterError(
        "plot_invalid",
        Text("ขอบเขตแปลงต้องเป็นรูปปิดหนึ่งรูป", "The plot must be one polygon"),
        parameter="plot",
    )


def _drawn_channels(parameters: Mapping[str, Any]) -> gpd.GeoDataFrame:
    found = drawn_features(parameters["channels"], "channels", Text("คลองไส้ไก่", "Channels"))
    frame = pd.DataFrame(
        [{name: item.properties.get(name) for name in CHANNEL} for item in found],
        columns=list(CHANNEL),
        dtype=object,
    )
    return gpd.GeoDataFrame(frame, geometry=[item.shape for item in found], crs=4326)


def _trees(plots: gpd.GeoDataFrame, parameters: Mapping[str, Any]) -> list[Geometries]:
    """Large trees to keep, by pond: those entered, else the marks of the plot (LAND-R17)."""
    if parameters["trees"] is not None:
        found = drawn_features(parameters["trees"], "trees", Text("ต้นไม้", "Trees"))
        shapes = np.array([item.shape for item in found if item.shape is not None], dtype=object)
        return [shapely.get_parts(shapes)] * len(plots)
    return [_marked_trees(cell) for cell in plots["site_marks"]]


def _marked_trees(cell: Any) -> Geometries:
    marks = cell if isinstance(cell, list) else ()
    places = []
    for mark in marks:
        if isinstance(mark, dict) and mark.get("kind") == "protected_tree":
            try:
                places.append((float(mark["lon"]), float(mark["lat"])))
            except (KeyError, TypeError, ValueError):
                continue
    return np.asarray(shapely.points(places) if places else [], dtype=object)


def _sides(
    plots: gpd.GeoDataFrame, parameters: Mapping[str, Any]
) -> list[list[tuple[BaseGeometry, str]]]:
    """Tagged sides of the boundary, by pond (LAND-R16)."""
    if parameters["sides"] is not None:
        found = drawn_features(parameters["sides"], "sides", Text("ด้านของแปลง", "Sides"))
        tagged = [
            (item.shape, str(item.properties.get("side") or OTHER))
            for item in found
            if item.shape is not None
        ]
        return [tagged] * len(plots)
    return [_marked_sides(cell) for cell in plots["boundary_sides"]]


def _marked_sides(cell: Any) -> list[tuple[BaseGeometry, str]]:
    sides = []
    for item in cell if isinstance(cell, list) else ():
        if not isinstance(item, dict):
            continue
        properties = item.get("properties")
        tag = item.get("side") or (properties.get("side") if isinstance(properties, dict) else None)
        geometry = item["geometry"] if isinstance(item.get("geometry"), dict) else item
        try:
            lines = drawn_features(geometry, "sides", Text("ด้านของแปลง", "Sides"))
        except ParameterError:
            continue  # a stored side that cannot be read counts as another's
        sides += [(line.shape, str(tag or OTHER)) for line in lines if line.shape is not None]
    return sides
