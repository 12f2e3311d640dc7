"""Plots as the layout generator needs them: shapes in degrees become a site in metres."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd
import shapely
from shapely import Point
from shapely.geometry import shape
from shapely.geometry.base import BaseGeometry

from geo.crs import centres, from_local, to_local
from geo.errors import ParameterError
from geo.layout.profiles import GROUPS
from geo.layout.site import Fixed, Locked, Site, gradient_from_fall, plane_from_points
from geo.text import Text
from layers.land import ZONE_GROUPS
from layers.processes.drawn import drawn_features

__all__ = ["Around", "Feature", "PlotInput", "as_site", "features_of", "in_degrees", "point_of"]

SIDE_M = 1.0  # how near a line tagged same_owner must run to be a side of the plot
GROUP_OF_KIND = {
    "water": ("pond", "channel", "other_water", "bank"),
    "rice": ("paddy", "cash_crop", "vegetable", "herb"),
    "orchard_forest": ("orchard", "forest_3_kinds"),
    "residence": ("house", "animal_pen", "path", "learning_base", "parking"),
}
"""land.md 3.4."""

Feature = tuple[BaseGeometry, Mapping[str, Any]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Around:
    """What the planner said about the surroundings, in degrees; the same for every plot."""

    access: Point | None = None
    locked: Sequence[Feature] = ()
    trees: Sequence[Feature] = ()
    keep: Sequence[Feature] = ()
    avoid: Sequence[Feature] = ()
    same_owner: Sequence[Feature] = ()
    elevations: Sequence[Feature] = ()
    downhill_deg: float | None = None
    fall_pct: float = 2.0
    wind_from_deg: float | None = None


@dataclass(frozen=True, slots=True)
class PlotInput:
    """One plot with its attributes, drawn or from the layer, its shape in degrees."""

    shape: BaseGeometry | None
    values: Mapping[str, Any] = field(default_factory=dict)
    stored: bool = False

    @property
    def plot_id(self) -> str | None:
        """The key of the plot, None for a drawn one without."""
        found = _known(self.values.get("plot_id"))
        return None if found is None else str(found)

    @property
    def origin(self) -> np.ndarray:
        """Where its metres count from, in degrees."""
        return np.asarray(centres(np.array([self.shape], dtype=object))[0])


def features_of(document: Mapping[str, Any] | None, name: str, label: Text) -> list[Feature]:
    """Shapes and properties of a GeoJSON geometry, feature or collection; none for None."""
    if document is None:
        return []
    found = drawn_features(document, name, label)
    return [(item.shape, item.properties) for item in found if item.shape is not None]


def point_of(features: Sequence[Feature], name: str) -> Point | None:
    """The one point among features; ParameterError where there is another shape."""
    if not features:
        return None
    found = features[0][0]
    if len(features) > 1 or not isinstance(found, Point) or found.is_empty:
        raise ParameterError(
            "point_expected",
            Text(f"{name} ต้องเป็นจุดเดียว (GeoJSON Point)", f"{name} must be one GeoJSON point"),
            parameter=name,
        )
    return found


def as_site(plot: PlotInput, around: Around) -> Site:
    """The site of a plot in metres around its own origin.

    What the planner gives comes before what the layer says of the plot.
    """
    values = plot.values

    def local(shapes: Iterable[BaseGeometry]) -> list[BaseGeometry]:
        listed = np.array([*shapes], dtype=object)
        return list(to_local(listed, np.tile(plot.origin, (len(listed), 1))).geometries)

    def metres(features: Sequence[Feature]) -> list[BaseGeometry]:
        return local(item for item, _ in features)

    outline = local([plot.shape])[0] if plot.shape is not None else shapely.Polygon()
    access = around.access or _point(values.get("access_point"))
    downhill = around.downhill_deg
    if downhill is None:
        downhill = _known(values.get("water_flow_azimuth_deg"))
    heights = [_known(found.get("elevation_m")) for _, found in around.elevations]
    gradient = _gradient(metres(around.elevations), heights)
    if gradient is None and downhill is not None:
        gradient = gradient_from_fall(float(downhill), around.fall_pct)
    wind = around.wind_from_deg
    if wind is None:
        wind = _known(values.get("wind_azimuth_deg"))
    trees = [item for item, _ in around.trees] + _tree_marks(values.get("site_marks"))
    return Site(
        plot=outline,
        access=None if access is None else shapely.get_parts(local([access]))[0],
        gradient=gradient,
        setback_from=_others(outline, metres(_own_sides(values)) + metres(around.same_owner)),
        trees=tuple(part for part in shapely.get_parts(local(trees)) if not part.is_empty),
        fixed=tuple(
            Fixed(item, float(_known(found.get("buffer_m")) or 2.0), _group(found))
            for item, (_, found) in zip(metres(around.keep), around.keep, strict=True)
        ),
        locked=_locked(around, metres),
        avoid=shapely.union_all(metres(around.avoid)) if around.avoid else None,
        wind_from_deg=225.0 if wind is None else float(wind),
    )


def in_degrees(shapes: Sequence[BaseGeometry], plot: PlotInput) -> list[BaseGeometry]:
    """Shapes of the plot's site back in EPSG:4326."""
    listed = np.array([*shapes], dtype=object)
    return list(from_local(listed, np.tile(plot.origin, (len(listed), 1))))


def _locked(around: Around, metres: Any) -> tuple[Locked, ...]:
    found = []
    for item, (_, values) in zip(metres(around.locked), around.locked, strict=True):
        group = _group(values)
        if group is None or item.geom_type not in ("Polygon", "MultiPolygon"):
            listed = ", ".join(f"{code} ({ZONE_GROUPS[code].th})" for code in GROUPS)
            raise ParameterError(
                "locked_group",
                Text(
                    f"เขตที่ล็อกไว้ทุกเขตต้องเป็นรูปปิดและระบุ group หรือ zone_kind: {listed}",
                    f"Locked zones must be polygons with group or zone_kind: {', '.join(GROUPS)}",
                ),
                parameter="locked",
            )
        found.append(Locked(group, item))
    return tuple(found)


def _group(values: Mapping[str, Any]) -> str | None:
    if values.get("group") in GROUPS:
        return str(values["group"])
    kind = values.get("zone_kind")
    return next((group for group, kinds in GROUP_OF_KIND.items() if kind in kinds), None)


def _gradient(points: Sequence[BaseGeometry], heights: Sequence[Any]) -> tuple[float, float] | None:
    if not points:
        return None
    places = shapely.get_coordinates([point.centroid for point in points])
    if len(places) != len(points):
        return None
    numbers = pd.to_numeric(pd.Series(heights), errors="coerce").to_numpy(dtype=float)
    return plane_from_points(np.column_stack([places, numbers]))


def _others(outline: BaseGeometry, own: Sequence[BaseGeometry]) -> BaseGeometry | None:
    """The boundary without the sides to land of the same owner; None: all of it."""
    if not own:
        return None
    near = shapely.union_all(own).buffer(SIDE_M, cap_style="flat")
    return outline.boundary.difference(near)


def _own_sides(values: Mapping[str, Any]) -> list[Feature]:
    sides = values.get("boundary_sides")
    if not isinstance(sides, list):
        return []
    own = [side for side in sides if isinstance(side, dict) and side.get("side") == "same_owner"]
    return [
        (found, side) for side in own if (found := _shape(side.get("geometry") or side)) is not None
    ]


def _tree_marks(marks: Any) -> list[BaseGeometry]:
    if not isinstance(marks, list):
        return []
    trees = [
        mark for mark in marks if isinstance(mark, dict) and mark.get("kind") == "protected_tree"
    ]
    places = [(_known(tree.get("lon")), _known(tree.get("lat"))) for tree in trees]
    return [Point(lon, lat) for lon, lat in places if lon is not None and lat is not None]


def _point(value: Any) -> Point | None:
    found = _shape(value)
    return found if isinstance(found, Point) and not found.is_empty else None


def _shape(value: Any) -> BaseGeometry | None:
    if not isinstance(value, dict):
        return None
    try:
        found: BaseGeometry = shape(value)
    except (ValueError, TypeError, KeyError, IndexError, AttributeError, shapely.GEOSException):
        return None
    return found


def _known(value: Any) -> Any:
    """A value, None where the table holds none."""
    if value is None or isinstance(value, (list, dict)):
        return value
    return None if pd.isna(value) else value
