"""Shapes that a caller hands over as GeoJSON: geometries, features and collections."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from shapely.errors import ShapelyError
from shapely.geometry import shape
from shapely.geometry.base import BaseGeometry

from geo.errors import ParameterError
from geo.text import Text

__all__ = ["Drawn", "drawn_features"]


class Drawn(NamedTuple):
    """One feature: its properties, its shape (EPSG:4326, may be None) and its id."""

    properties: Mapping[str, Any]
    shape: BaseGeometry | None
    id: str | None


def drawn_features(document: Mapping[str, Any], parameter: str, label: Text) -> list[Drawn]:
    """The features of a GeoJSON geometry, feature or collection, checked in form only.

    Rings that cross are for the analysis to judge.

    >>> point = {"type": "Point", "coordinates": [98.3, 7.9]}
    >>> drawn_features(point, "trees", Text("ต้นไม้", "Trees"))[0].shape
    <POINT (98.3 7.9)>

    Raises ParameterError ``<parameter>_invalid`` that names the place.
    """
    kind = document.get("type")
    if kind == "FeatureCollection":
        features = document.get("features")
    else:
        features = [document if kind == "Feature" else {"properties": {}, "geometry": document}]
    if not isinstance(features, list) or not all(isinstance(item, dict) for item in features):
        raise _unreadable(parameter, label, "FeatureCollection")
    found = []
    for number, item in enumerate(features):
        properties = item.get("properties") or {}
        if not isinstance(properties, dict):
            raise _unreadable(parameter, label, f"features[{number}].properties")
        place = f"features[{number}].geometry"
        name = item.get("id")
        found.append(
            Drawn(
                properties,
                _shape(item.get("geometry"), parameter, label, place),
                None if name is None else str(name),
            )
        )
    return found


def _shape(geometry: Any, parameter: str, label: Text, place: str) -> BaseGeometry | None:
    if geometry is None:
        return None
    try:
        found: BaseGeometry = shape(geometry)
    except (ValueError, TypeError, KeyError, IndexError, AttributeError, ShapelyError):
        raise _unreadable(parameter, label, place) from None
    return found


def _unreadable(parameter: str, label: Text, place: str) -> ParameterError:
    return ParameterError(
        f"{parameter}_invalid",
        Text(f"อ่าน GeoJSON ของ{label.th}ไม่ได้ที่ {place}", f"{label.en}: not GeoJSON at {place}"),
        parameter=parameter,
    )
