"""Every shape is measured in metres of its own, within 0.01 % of the ellipsoid (LAND-R2)."""

import time

import geopandas as gpd
import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from pyproj import Geod, Transformer

from geo.crs import centres, from_local, geodesic_area, geodesic_length, to_local, utm_epsg
from geo.errors import GeometryError

GEOD = Geod(ellps="WGS84")
SQUARES = {
    "CRS-T1": (32647, 430000, 880000, 1601.087, -0.068),
    "CRS-T2": (32647, 760000, 1700000, 1598.605, 0.087),
    "CRS-T3": (32648, 250000, 1700000, 1598.807, 0.075),
}
LON = st.floats(97.2, 105.8)
LAT = st.floats(5.5, 20.6)


@pytest.mark.parametrize(
    ("epsg", "x", "y", "area", "utm_error"), SQUARES.values(), ids=SQUARES
)  # fmt: skip
def test_a_square_in_utm_has_its_geodesic_area(epsg, x, y, area, utm_error):
    square = gpd.GeoSeries([shapely.box(x, y, x + 40, y + 40)], crs=epsg)
    assert geodesic_area(square)[0] == pytest.approx(area, abs=0.001)
    assert (1600 / geodesic_area(square)[0] - 1) * 100 == pytest.approx(utm_error, abs=0.001)
    local = to_local(square)
    assert local.geometries[0].area == pytest.approx(area, rel=1e-6)
    lon, lat = local.origins[0]
    assert utm_epsg(lon, lat) == epsg


@given(LON, LAT, st.floats(-0.5, 0.5), st.floats(-0.5, 0.5))
def test_the_local_projection_is_that_of_proj(lon, lat, east, north):
    """A point up to half a degree off its origin falls where PROJ's tmerc puts it."""
    point = shapely.Point(lon + east, lat + north)
    local = to_local([point], [(lon, lat)]).geometries[0]
    proj = Transformer.from_crs(
        "EPSG:4326", f"+proj=tmerc +lat_0={lat} +lon_0={lon} +k=1 +ellps=WGS84", always_xy=True
    )
    assert shapely.distance(local, shapely.Point(*proj.transform(point.x, point.y))) < 1e-5
    back = from_local([local], [(lon, lat)])[0]
    assert GEOD.inv(back.x, back.y, point.x, point.y)[2] < 1e-5


def random_plots(n: int, seed: int = 1) -> np.ndarray:
    """Plots of 4 to 9 corners, 10 m to 1 km across, all over Thailand."""
    rng = np.random.default_rng(seed)
    corners = rng.integers(4, 10, n)
    row = np.repeat(np.arange(n), corners)
    angle = rng.uniform(0, 2 * np.pi, len(row))
    angle = angle[np.lexsort((angle, row))]
    radius = rng.uniform(0.5, 1, len(row)) * (10 ** rng.uniform(-4.3, -2.3, n))[row]
    centre = np.column_stack([rng.uniform(97.2, 105.8, n), rng.uniform(5.5, 20.6, n)])
    points = centre[row] + np.column_stack([radius * np.cos(angle), radius * np.sin(angle)])
    plots = shapely.polygons(shapely.linearrings(points, indices=row))
    return np.where(shapely.is_valid(plots), plots, shapely.convex_hull(plots))


def test_local_area_agrees_with_geodesic_area_all_over_thailand():
    """LAND-R2 allows 0.01 %; up to 1 km the local projection is a thousand times better."""
    plots = random_plots(2000)
    local = shapely.area(to_local(plots).geometries)
    np.testing.assert_allclose(local, geodesic_area(plots), rtol=1e-7, atol=1e-3)


def test_local_perimeter_agrees_with_geodesic_length():
    plots = random_plots(500)
    np.testing.assert_allclose(
        shapely.length(to_local(plots).geometries), geodesic_length(plots), rtol=1e-7
    )


def test_a_plot_goes_to_metres_and_back():
    plots = random_plots(500)
    local = to_local(plots)
    back = from_local(local.geometries, local.origins)
    assert shapely.hausdorff_distance(back, plots).max() < 1e-11


def test_parts_holes_and_orientation_are_measured_as_pyproj_does():
    ring = shapely.box(100, 15, 100.1, 15.1)
    holed = ring.difference(shapely.box(100.02, 15.02, 100.05, 15.05))
    two = shapely.MultiPolygon([holed, shapely.box(101, 16, 101.01, 16.01)])
    backwards = shapely.Polygon(ring.exterior.coords[::-1])
    line = shapely.MultiLineString([[(100, 15), (100, 15.1)], [(101, 15), (101.1, 15)]])
    collection = shapely.GeometryCollection([ring, line])
    area = geodesic_area([ring, backwards, holed, two, line, collection])
    polygons = [ring, holed, two]
    metres = [GEOD.geometry_area_perimeter(shapely.orient_polygons(g))[0] for g in polygons]
    around = [GEOD.geometry_length(g.boundary) for g in polygons]
    np.testing.assert_allclose(area[[0, 1, 2, 3]], [metres[i] for i in (0, 0, 1, 2)], rtol=1e-12)
    assert area[4] == 0
    assert area[5] == pytest.approx(metres[0])
    np.testing.assert_allclose(geodesic_length(polygons), around, rtol=1e-12)
    assert geodesic_length([line])[0] == pytest.approx(GEOD.geometry_length(line))


def test_nothing_measures_as_nothing():
    shapes = [None, shapely.Point(100, 15), shapely.Polygon()]
    np.testing.assert_array_equal(geodesic_area(shapes), [np.nan, 0, 0])
    np.testing.assert_array_equal(geodesic_length(shapes), [np.nan, 0, 0])
    local = to_local(shapes)
    assert local.geometries[0] is None
    assert local.geometries[1].equals(shapely.Point(0, 0))
    assert local.geometries[2].is_empty
    assert np.isnan(centres(np.array(shapes))[[0, 2]]).all()


def test_shapes_without_a_crs_are_refused_in_both_languages():
    with pytest.raises(GeometryError) as error:
        to_local(gpd.GeoSeries([shapely.Point(1, 1)]))
    assert error.value.code == "crs_missing"
    assert "EPSG:4326" in error.value.text.th


def test_a_point_east_of_102_is_in_zone_48():
    assert utm_epsg(102.67, 15.36) == 32648
    assert utm_epsg(98.36, 7.96) == 32647


@pytest.mark.slow
def test_a_hundred_thousand_plots_are_measured_in_seconds():
    """Generous, so that a busy machine passes: one transformer per shape would take minutes."""
    plots = random_plots(100_000)
    began = time.perf_counter()
    to_local(plots)
    geodesic_area(plots)
    geodesic_length(plots)
    assert time.perf_counter() - began < 30
