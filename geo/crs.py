"""Metres on the ground: a local projection for every shape, geodesic areas and lengths.

Geometry is kept in EPSG:4326. Whatever is measured or constructed is done in a transverse
Mercator (k = 1, WGS 84) centred on the shape itself (LAND-R2), because UTM is up to 0.09 % off
in area within Thailand. A column of shapes is projected in one go with Krueger's series, so
no transformer is built per shape; the result agrees with PROJ to better than 0.01 mm.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple, TypeAlias

import geopandas as gpd
import numpy as np
import shapely
from numpy.typing import ArrayLike, NDArray
from pyproj import CRS, Geod

from geo.errors import GeometryError
from geo.text import Text

__all__ = [
    "LONLAT",
    "Geometries",
    "Local",
    "centres",
    "from_local",
    "geodesic_area",
    "geodesic_length",
    "lonlat",
    "to_local",
    "utm_epsg",
]

LONLAT = "EPSG:4326"
Floats: TypeAlias = NDArray[np.float64]
Geometries: TypeAlias = NDArray[np.object_]

_GEOD = Geod(ellps="WGS84")

# Krueger's series in the third flattening n, to n^4 (Karney 2011, eqs. 35, 36; Snyder 1987 for
# the conformal latitude). What is left out is below 1e-6 m.
_F = _GEOD.f
_E = _GEOD.es**0.5
_N = _F / (2 - _F)
_RECTIFYING_RADIUS = _GEOD.a / (1 + _N) * (1 + _N**2 / 4 + _N**4 / 64)


def _series(*rows: tuple[float, ...]) -> Floats:
    """Coefficients of sin(2jx): row j holds the factors of n^j, n^(j+1), ..."""
    return np.array(
        [sum(c * _N ** (j + k) for k, c in enumerate(row)) for j, row in enumerate(rows, 1)]
    )


_ALPHA = _series(
    (1 / 2, -2 / 3, 5 / 16, 41 / 180),
    (13 / 48, -3 / 5, 557 / 1440),
    (61 / 240, -103 / 140),
    (49561 / 161280,),
)
_BETA = _series(
    (1 / 2, -2 / 3, 37 / 96, -1 / 360),
    (1 / 48, 1 / 15, -437 / 1440),
    (17 / 480, -37 / 840),
    (4397 / 161280,),
)
_DELTA = _series(
    (2, -2 / 3, -2, 116 / 45),
    (7 / 3, -8 / 5, -227 / 45),
    (56 / 15, -136 / 35),
    (4279 / 630,),
)


def _sines(coefficients: Floats, angle: NDArray[Any]) -> NDArray[Any]:
    total = np.zeros_like(angle)
    for j, coefficient in enumerate(coefficients, 1):
        total += coefficient * np.sin(2 * j * angle)
    return total


def _conformal(lat: Floats) -> Floats:
    """Tangent of the conformal latitude; ``lat`` in radians."""
    s = np.sin(lat)
    return np.asarray(np.sinh(np.arctanh(s) - _E * np.arctanh(_E * s)))


def _northing(lat: Floats) -> Floats:
    """Metres along the meridian from the equator."""
    xi = np.arctan(_conformal(lat))
    return np.asarray(_RECTIFYING_RADIUS * (xi + _sines(_ALPHA, xi)))


def _project(points: Floats, origins: Floats) -> Floats:
    """Degrees (n, 2) to metres east and north of the origin of each point (n, 2)."""
    lat = np.radians(points[:, 1])
    dlon = np.radians(points[:, 0] - origins[:, 0])
    tan_chi = _conformal(lat)
    zeta = np.arctan2(tan_chi, np.cos(dlon)) + 1j * np.arcsinh(
        np.sin(dlon) / np.hypot(tan_chi, np.cos(dlon))
    )
    zeta = _RECTIFYING_RADIUS * (zeta + _sines(_ALPHA, zeta))
    return np.column_stack([zeta.imag, zeta.real - _northing(np.radians(origins[:, 1]))])


def _unproject(points: Floats, origins: Floats) -> Floats:
    north = points[:, 1] + _northing(np.radians(origins[:, 1]))
    zeta = (north + 1j * points[:, 0]) / _RECTIFYING_RADIUS
    zeta = zeta - _sines(_BETA, zeta)
    chi = np.arcsin(np.sin(zeta.real) / np.cosh(zeta.imag))
    dlon = np.arctan2(np.sinh(zeta.imag), np.cos(zeta.real))
    lat = chi + _sines(_DELTA, chi)
    return np.column_stack([origins[:, 0] + np.degrees(dlon), np.degrees(lat)])


def lonlat(geometries: gpd.GeoSeries | ArrayLike | Sequence[Any]) -> Geometries:
    """Return shapes in EPSG:4326 as an array; a plain array is taken to be in it already.

    Raises GeometryError ``crs_missing`` for a GeoSeries that does not say its CRS.
    """
    if not isinstance(geometries, gpd.GeoSeries):
        return np.asarray(geometries, dtype=object)
    if geometries.crs is None:
        raise GeometryError(
            "crs_missing",
            Text(
                "ข้อมูลไม่ได้ระบุระบบพิกัด (CRS) โปรดกำหนดระบบพิกัดก่อน เช่น EPSG:4326 หรือ EPSG:32647",
                "The shapes have no CRS; say which one they are in, as EPSG:4326 or EPSG:32647",
            ),
        )
    if CRS.from_user_input(geometries.crs) != CRS.from_user_input(LONLAT):
        geometries = geometries.to_crs(LONLAT)
    return np.asarray(geometries.array, dtype=object)


def utm_epsg(lon: ArrayLike, lat: ArrayLike = 0.0) -> NDArray[np.int64]:
    """EPSG code of the UTM zone of a point: in Thailand 32647 west of 102 E, else 32648.

    >>> utm_epsg([98.36, 101.99, 102.0]).tolist()
    [32647, 32647, 32648]
    """
    zone = np.floor((np.asarray(lon, dtype=float) + 180) / 6).astype(np.int64) % 60 + 1
    return np.where(np.asarray(lat) < 0, 32700, 32600) + zone


def centres(geometries: Geometries) -> Floats:
    """Middle of the bounding box of each shape, (n, 2); nan for None and empty shapes."""
    box = shapely.bounds(geometries).reshape(-1, 4)
    return (box[:, :2] + box[:, 2:]) / 2


class Local(NamedTuple):
    """Shapes in metres around their origins, and the origins in degrees, (n, 2)."""

    geometries: Geometries
    origins: Floats


def to_local(
    geometries: gpd.GeoSeries | ArrayLike | Sequence[Any], origins: ArrayLike | None = None
) -> Local:
    """Project each shape to the transverse Mercator (k = 1) centred on it.

    ``geometries``: n shapes in EPSG:4326 (or a GeoSeries in any CRS). ``origins``: (n, 2)
    longitudes and latitudes, where shapes must share the system of others, as ponds and their
    plots; by default the middle of each shape. Z is dropped; None stays None.

    >>> square = shapely.box(100, 15, 100.001, 15.001)
    >>> local = to_local([square, None])
    >>> round(local.geometries[0].area), local.geometries[1] is None
    (11900, True)
    """
    shapes = lonlat(geometries)
    at = centres(shapes) if origins is None else np.asarray(origins, dtype=float)
    return Local(_transform(shapes, at, _project), at)


def from_local(geometries: ArrayLike | Sequence[Any], origins: ArrayLike) -> Geometries:
    """Return shapes in metres around ``origins`` to EPSG:4326; the inverse of to_local."""
    shapes = np.asarray(geometries, dtype=object)
    return _transform(shapes, np.asarray(origins, dtype=float), _unproject)


def _transform(shapes: Geometries, origins: Floats, function: Any) -> Geometries:
    points, owner = shapely.get_coordinates(shapes, return_index=True)
    moved = shapely.set_coordinates(shapes.copy(), function(points, origins[owner]))
    return np.asarray(moved, dtype=object)


def geodesic_area(geometries: gpd.GeoSeries | ArrayLike | Sequence[Any]) -> Floats:
    """Area of each shape on the WGS 84 ellipsoid in m2; nan for None, 0 for lines and points.

    >>> geodesic_area([shapely.box(100, 15, 100.001, 15.001), None]).round(1)
    array([11900.3,     nan])
    """
    shapes = shapely.orient_polygons(lonlat(geometries))
    areal = np.isin(shapely.get_type_id(shapes), (3, 6, 7))
    area = np.where(shapely.is_missing(shapes), np.nan, 0.0)
    area[areal] = [_GEOD.geometry_area_perimeter(shape)[0] for shape in shapes[areal]]
    return np.asarray(area)


def geodesic_length(geometries: gpd.GeoSeries | ArrayLike | Sequence[Any]) -> Floats:
    """Length of each line, or whole perimeter of each polygon, in m; nan for None.

    >>> geodesic_length([shapely.LineString([(100, 15), (100, 16)]), shapely.Point(1, 1)]).round(1)
    array([110653.6,      0. ])
    """
    shapes = lonlat(geometries)
    length = np.where(shapely.is_missing(shapes), np.nan, 0.0)
    parts, owner = shapely.get_parts(shapes, return_index=True)
    boundary = np.where(shapely.get_dimensions(parts) == 2, shapely.boundary(parts), parts)
    lines, part = shapely.get_parts(boundary, return_index=True)
    points, line = shapely.get_coordinates(lines, return_index=True)
    same = line[1:] == line[:-1]
    start, end = points[:-1][same], points[1:][same]
    _, _, metres = _GEOD.inv(start[:, 0], start[:, 1], end[:, 0], end[:, 1])
    steps = np.bincount(owner[part[line[1:][same]]], metres, minlength=len(shapes))
    return np.asarray(length + steps)
