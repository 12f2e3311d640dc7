"""Site screening: the cases of the domain, and measures against slow or closed answers."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
import shapely
from affine import Affine
from pyproj import Geod

from geo.crs import from_local
from geo.errors import ParameterError
from geo.screening import (
    FACTORS,
    ScreeningParameters,
    Terrain,
    classify,
    factor_signs,
    measure_terrain,
    nearest_m,
    overlaps,
)
from geo.terrain import Elevation, flow
from geo.zonal import cells_under, crossing_flow, height_above, zonal_mean

CLEAN: dict[str, Any] = {
    "slope_pct": 4.0, "upstream_m2": 0.0, "sink_m2": 0.0, "boulders": "none", "waste_m": 2000.0,
    "above_m": 0.0, "trees_per_rai": 2.0, "road_m": 120.0, "access_width_m": 4.0,
    "permission": "not_needed", "soil_class": "clay", "hazard_severity": 0.0,
}  # fmt: skip
NAN = float("nan")
GEOD = Geod(ellps="WGS84")


def judged(**changes: Any) -> tuple[str, dict[str, str]]:
    """Class of a clean site with some changes, and the factors that do not pass."""
    signs = factor_signs(pd.DataFrame([CLEAN | changes]))
    found = {code: sign for code, sign in signs.iloc[0].items() if sign != "pass"}
    return classify(signs)[0], found


@pytest.mark.parametrize(
    ("case", "changes", "expected", "factors"),
    [
        ("SCR-T1", {}, "suitable", {}),
        ("SCR-T2", {"slope_pct": 5.0}, "suitable", {}),
        ("SCR-T2", {"slope_pct": 5.1}, "conditional", {"F1": "fix"}),
        ("SCR-T2", {"slope_pct": 12.0}, "conditional", {"F1": "fix"}),
        ("SCR-T2", {"slope_pct": 12.1}, "unsuitable", {"F1": "fail"}),
        ("SCR-T3", {"waste_m": 99.0}, "unsuitable", {"F4": "fail"}),
        ("SCR-T3", {"waste_m": 100.0}, "conditional", {"F4": "fix"}),
        ("SCR-T3", {"waste_m": 299.0}, "conditional", {"F4": "fix"}),
        ("SCR-T3", {"waste_m": 300.0}, "suitable", {}),
        ("SCR-T4", {"boulders": "some", "trees_per_rai": 16.0}, "conditional",
         {"F3": "fix", "F6": "fix"}),
        ("SCR-T5", {"permission": "to_request"}, "conditional", {"F8": "fix"}),
        ("SCR-T6", {"soil_class": "sand"}, "conditional", {"F9": "fix"}),
        ("SCR-T7", {"slope_pct": NAN, "upstream_m2": NAN, "sink_m2": NAN, "above_m": NAN,
                    "valley": False}, "conditional", {"F1": "unknown", "F2": "unknown"}),
        ("SCR-T9", {"access_width_m": 2.9}, "conditional", {"F7": "fix"}),
        ("F2", {"sink_m2": 100.0}, "conditional", {"F2": "fix"}),
        ("F2", {"upstream_m2": 9_999.0}, "suitable", {}),
        ("F2", {"upstream_m2": 10_000.0}, "conditional", {"F2": "fix"}),
        ("F2", {"upstream_m2": 500_000.0}, "unsuitable", {"F2": "fail"}),
        ("F2", {"upstream_m2": NAN, "sink_m2": 400.0}, "conditional", {"F2": "fix"}),
        ("F3", {"boulders": "many"}, "unsuitable", {"F3": "fail"}),
        ("F5", {"above_m": -5.0}, "suitable", {}),
        ("F5", {"above_m": -5.1}, "conditional", {"F5": "fix"}),
        ("F5", {"above_m": -20.1}, "unsuitable", {"F5": "fail"}),
        ("F5", {"above_m": 0.0, "valley": True}, "conditional", {"F5": "fix"}),
        ("F6", {"trees_per_rai": 40.1}, "unsuitable", {"F6": "fail"}),
        ("F7", {"road_m": 500.1}, "conditional", {"F7": "fix"}),
        ("F7", {"road_m": 2000.1}, "unsuitable", {"F7": "fail"}),
        ("F7", {"access_width_m": NAN}, "conditional", {"F7": "unknown"}),
        ("F8", {"permission": "refused"}, "unsuitable", {"F8": "fail"}),
        ("F8", {"permission": "granted"}, "suitable", {}),
        ("F10", {"hazard_severity": 3.0}, "conditional", {"F10": "fix"}),
        ("F10", {"hazard_severity": 4.0}, "unsuitable", {"F10": "fail"}),
    ],
)  # fmt: skip
def test_the_factors(
    case: str, changes: dict[str, Any], expected: str, factors: dict[str, str]
) -> None:
    """SCR-T1 to T7 and T9, and the limits of LAND-R30 that they leave out."""
    assert judged(**changes) == (expected, factors), case


@pytest.mark.parametrize("measure", sorted(CLEAN))
def test_what_is_not_known_never_makes_a_site_suitable(measure: str) -> None:
    missing = None if isinstance(CLEAN[measure], str) else NAN
    assert judged(**{measure: missing})[0] == "conditional"
    table = pd.DataFrame([CLEAN]).drop(columns=[measure])
    assert classify(factor_signs(table)).tolist() == ["conditional"]


def test_nothing_known_at_all_is_unknown_in_every_factor() -> None:
    signs = factor_signs(pd.DataFrame(index=[0, 1]))
    assert set(signs.to_numpy().ravel()) == {"unknown"}
    assert list(signs) == list(FACTORS)


def test_a_limit_is_a_parameter_within_its_range() -> None:
    steep = pd.DataFrame([CLEAN | {"slope_pct": 8.0}])
    assert factor_signs(steep, ScreeningParameters(slope_caution_pct=8.0))["F1"][0] == "pass"
    with pytest.raises(ParameterError):
        ScreeningParameters(slope_caution_pct=-1)


def square(lon: float, lat: float, side: float) -> shapely.Geometry:
    """A square of ``side`` metres, its south-west corner near a point."""
    return from_local([shapely.box(0, 0, side, side)], np.array([[lon, lat]]))[0]


@pytest.mark.parametrize("metres", [0.5, 99.0, 100.0, 299.0, 1900.0])
def test_distances_are_those_of_the_ellipsoid(metres: float) -> None:
    """SCR-T3 on the ground: a waste point due east of the middle of the plot's eastern side."""
    plot = square(98.3, 7.9, 40)
    _, _, east, _ = plot.bounds
    x, y, _ = GEOD.fwd(east, plot.centroid.y, 90, metres)
    far = shapely.Point(GEOD.fwd(east, 7.9, 90, 60_000)[:2])
    found = nearest_m(np.array([plot]), np.array([far, shapely.Point(x, y)]))
    assert found[0] == pytest.approx(metres, abs=0.02)


def test_distance_to_nothing_is_not_known() -> None:
    plots = np.array([square(98.3, 7.9, 40), None, shapely.Polygon()])
    assert np.isnan(nearest_m(plots, np.array([], dtype=object))).all()
    found = nearest_m(plots, np.array([shapely.Point(98.3001, 7.9001), None]))
    assert found[0] == 0
    assert np.isnan(found[1:]).all()


def test_overlaps_are_measured_on_the_ground() -> None:
    """PERM-T1 and T2 as shapes: strips of a 40 m plot of 0.6 and 1.01 m2, and one that touches."""
    plot = np.array([shapely.box(0, 0, 40, 40)])
    strips = [shapely.box(-9, 0, 0.6 / 40, 40), shapely.box(40 - 1.01 / 40, 0, 60, 40),
              shapely.box(0, 40, 40, 50)]  # fmt: skip
    at = np.array([[98.3, 7.9]])
    found = overlaps(from_local(plot, at), from_local(strips, np.repeat(at, 3, axis=0)))
    shares = dict(zip(found["zone"], found["overlap_m2"], strict=True))
    assert shares[0] == pytest.approx(0.6, abs=1e-3)
    assert shares[1] == pytest.approx(1.01, abs=1e-3)
    assert shares.get(2, 0) == pytest.approx(0, abs=1e-3)


@pytest.fixture(scope="module")
def ground() -> Terrain:
    """A plane that falls 3 % to the south with a basin of 40 x 40 m, 0.5 m deep."""
    n = 80
    rows = np.arange(n)[:, None]
    heights = 100 - 0.3 * rows + np.zeros((n, n))
    heights[30:34, 30:34] = heights[34, 0] - 0.5
    transform = Affine(10, 0, 430_000, 0, -10, 880_800)
    return Terrain.of(Elevation.of(heights, transform, 32647))


def on_ground(*boxes: shapely.Geometry) -> np.ndarray:
    import geopandas as gpd

    return np.asarray(gpd.GeoSeries(list(boxes), crs=32647).to_crs(4326).array, dtype=object)


def test_a_plot_on_a_plane_has_the_slope_of_the_plane(ground: Terrain) -> None:
    plots = on_ground(shapely.box(430_453, 880_303, 430_493, 880_351))
    found = measure_terrain(plots, ground).iloc[0]
    assert found["slope_pct"] == pytest.approx(3.0, rel=1e-6)
    assert found["aspect_deg"] == pytest.approx(180)
    assert found["above_m"] == pytest.approx(0, abs=0.1)
    assert found["sink_m2"] == 0


def test_a_basin_under_a_plot_is_found_with_its_size(ground: Terrain) -> None:
    """F2: at least 0.30 m deep over at least 100 m2."""
    basin = shapely.box(430_305, 880_465, 430_335, 880_495)
    found = measure_terrain(on_ground(basin), ground).iloc[0]
    assert found["sink_m2"] == pytest.approx(1600, rel=0.01)
    deeper = ScreeningParameters(sink_depth_m=0.51)
    assert measure_terrain(on_ground(basin), ground, deeper)["sink_m2"][0] == 0


def test_plots_without_ground_below_are_unknown(ground: Terrain) -> None:
    away, none = shapely.box(500_000, 900_000, 500_040, 900_040), shapely.Polygon()
    bow = shapely.Polygon([(430_300, 880_300), (430_340, 880_340), (430_340, 880_300),
                           (430_300, 880_340)])  # fmt: skip
    found = measure_terrain(on_ground(away, none, bow), ground)
    columns = ["slope_pct", "above_m", "sink_m2", "upstream_m2", "elevation_m"]
    assert found[columns].isna().all(axis=None)


def test_a_grid_of_voids_tells_nothing() -> None:
    voids = Elevation.of(np.full((9, 9), np.nan), Affine(10, 0, 430_000, 0, -10, 880_090), 32647)
    found = measure_terrain(on_ground(shapely.box(430_020, 880_020, 430_060, 880_060)),
                            Terrain.of(voids))  # fmt: skip
    signs = factor_signs(found)
    assert signs[["F1", "F2", "F5"]].iloc[0].tolist() == ["unknown"] * 3


def test_cells_larger_than_the_limit_cannot_tell_small_flow_paths() -> None:
    heights = np.add.outer(np.arange(9.0)[::-1], np.zeros(9)) * 5
    grid = Elevation.of(heights, Affine(150, 0, 430_000, 0, -150, 881_350), 32647)
    plots = on_ground(shapely.box(430_420, 880_820, 430_480, 880_900))
    assert np.isnan(measure_terrain(plots, Terrain.of(grid))["upstream_m2"][0])


def test_the_mean_over_a_polygon_weighs_cells_by_covered_area() -> None:
    rng = np.random.default_rng(5)
    grid = Elevation.of(rng.uniform(0, 50, (12, 12)), Affine(10, 0, 0, 0, -10, 120), 32647)
    shapes = np.array([
        shapely.Polygon(rng.uniform(0, 120, (7, 2))).convex_hull,
        shapely.Point(60, 60).buffer(2),
        shapely.Point(35, 70).buffer(33).difference(shapely.Point(35, 70).buffer(11)),
    ])  # fmt: skip
    found = zonal_mean(grid, shapes, cells_under(grid, shapes), grid.heights)
    for shape, mean in zip(shapes, found, strict=True):
        weight = np.array([
            [shapely.box(10 * c, 110 - 10 * r, 10 * c + 10, 120 - 10 * r).intersection(shape).area
             for c in range(12)] for r in range(12)
        ])  # fmt: skip
        assert weight.sum() == pytest.approx(shape.area)
        assert mean == pytest.approx((weight * grid.heights).sum() / weight.sum())


def test_height_above_the_surroundings_is_that_of_a_slow_count() -> None:
    rng = np.random.default_rng(8)
    heights = rng.uniform(0, 50, (60, 50))
    heights[10:20, 5:20] = np.nan
    step = 0.0005
    grid = Elevation.of(heights, Affine(step, 0, 98, 0, -step, 8.03), 4326)
    points = shapely.points(rng.uniform([98.001, 8.001], [98.024, 8.029], (20, 2)))
    own = np.zeros(20)
    found = height_above(grid, points, own, 300, least=0.0)
    for point, above in zip(points, found, strict=True):
        rows, columns = np.mgrid[0:60, 0:50]
        x = (98 + (columns + 0.5) * step - point.x) / step
        y = (8.03 - (rows + 0.5) * step - point.y) / step
        row = int(np.clip(np.round((8.03 - point.y) / step - 0.5), 0, 59))
        near = (x * grid.dx[row, 0]) ** 2 + (y * grid.dy[row, 0]) ** 2 <= 300**2
        assert above == pytest.approx(-np.nanmean(heights[near]))


def test_flow_paths_count_where_they_cross() -> None:
    heights = np.abs(np.arange(21) - 10.0)[None, :] + np.arange(30, 0, -1)[:, None] * 0.5
    grid = Elevation.of(heights, Affine(10, 0, 0, 0, -10, 300), 32647)
    routed = flow(grid)
    across, beside = shapely.box(98, 20, 112, 60), shapely.box(106, 20, 109, 24)
    found = crossing_flow(grid, np.array([across, beside, None]), routed)
    # Row 27 lies 25 m above the lower edge: the last cell that drains across the plot.
    assert found[0] == routed.upstream_m2[27, 10]
    assert found[0] > 20 * 21 * 100
    assert found[1] < 1000
    assert found[2] == 0


def test_sites_without_a_shape_do_not_disturb_the_others(ground: Terrain) -> None:
    """One finding for each bad site, and the figures of the good ones as if they were alone."""
    good = on_ground(shapely.box(430_453, 880_303, 430_493, 880_351),
                     shapely.box(430_305, 880_465, 430_335, 880_495),
                     shapely.box(430_200, 880_200, 430_260, 880_270))  # fmt: skip
    mixed = np.array([None, good[0], shapely.Polygon(), good[1], None, good[2], None], dtype=object)
    found, alone = measure_terrain(mixed, ground), measure_terrain(good, ground)
    assert found.iloc[[0, 2, 4, 6]].isna().all(axis=None)
    pd.testing.assert_frame_equal(found.iloc[[1, 3, 5]].reset_index(drop=True), alone)


def test_many_plots_are_measured_as_each_alone() -> None:
    """Plots in one call share the work and not the result; none is done twice."""
    rng = np.random.default_rng(11)
    noise = rng.normal(0, 3, (301, 301)).cumsum(axis=0).cumsum(axis=1) / 200
    step = 1 / 1200
    terrain = Terrain.of(
        Elevation.of(np.clip(noise, -100, 3000), Affine(step, 0, 98, 0, -step, 9), 4326)
    )
    centres = rng.uniform([98.01, 8.76], [98.24, 8.99], (500, 2))
    plots = from_local(shapely.box(-30, -30, 30, rng.uniform(0, 80, 500)), centres)
    found = measure_terrain(plots, terrain)
    assert found["slope_pct"].notna().all()
    for row in range(0, 500, 50):
        pd.testing.assert_frame_equal(
            found.iloc[[row]].reset_index(drop=True), measure_terrain(plots[[row]], terrain)
        )
