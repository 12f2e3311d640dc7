"""Terrain: the worked grid of the domain, real ground, and second opinions on both."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import rasterio
from affine import Affine
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from pyproj import Geod
from scipy import ndimage

from geo.errors import ParameterError
from geo.terrain import Elevation, Flow, flow, sinks, slope_aspect

HEIGHTS = np.array(
    [
        [12.0, 11.8, 11.6, 11.5, 11.7, 12.0],
        [11.5, 11.2, 11.0, 10.9, 11.1, 11.5],
        [11.0, 10.6, 10.3, 10.2, 10.5, 11.0],
        [10.6, 10.1, 9.2, 9.6, 10.0, 10.6],
        [10.3, 9.8, 9.7, 9.4, 9.7, 10.2],
        [10.1, 9.6, 9.3, 9.0, 9.4, 9.9],
    ]
)
TEN_M = Affine(10, 0, 430_000, 0, -10, 880_060)
REAL = Path(__file__).parents[3] / "shared/data/dem/N42E001.hgt.zip"


@pytest.fixture(scope="module")
def grid() -> Elevation:
    return Elevation.of(HEIGHTS, TEN_M, 32647)


@pytest.fixture(scope="module")
def real() -> Elevation:
    if not REAL.exists():
        pytest.skip("the real elevation tile is not on this machine")
    return Elevation.open(REAL)


def test_slope_of_the_worked_grid(grid: Elevation) -> None:
    """DEM-T1."""
    expected = [
        [6.43, 6.58, 6.41, 6.65],
        [7.38, 7.76, 7.06, 6.80],
        [6.28, 4.16, 4.37, 6.02],
        [4.60, 2.63, 2.40, 5.38],
    ]
    slope, _ = slope_aspect(grid)
    assert slope[1:-1, 1:-1].round(2).tolist() == expected
    assert np.isnan(slope[[0, -1]]).all()
    assert np.isnan(slope[:, [0, -1]]).all()


def test_downslope_azimuth_of_the_worked_grid(grid: Elevation) -> None:
    """DEM-T2."""
    expected = [
        [155.9, 165.7, 185.6, 208.0],
        [146.0, 165.1, 193.3, 216.0],
        [125.3, 147.3, 211.0, 228.4],
        [112.4, 115.3, 207.9, 234.5],
    ]
    assert slope_aspect(grid)[1][1:-1, 1:-1].round(1).tolist() == expected


def test_sink_of_the_worked_grid(grid: Elevation) -> None:
    """DEM-T3: row 4, column 3 is filled from 9.2 to 9.4."""
    routed = flow(grid)
    numbers, table = sinks(grid, routed)
    assert table[["area_m2", "depth_m", "volume_m3"]].round(6).values.tolist() == [[100, 0.2, 20]]
    assert np.argwhere(numbers).tolist() == [[3, 2]]
    assert routed.filled[3, 2] == pytest.approx(9.4)
    assert sinks(grid, routed, least_depth_m=0.2)[1].shape[0] == 1
    assert sinks(grid, routed, least_depth_m=0.201)[1].empty
    assert sinks(grid, routed, least_m2=101)[1].empty


def test_flow_accumulation_of_the_worked_grid(grid: Elevation) -> None:
    """DEM-T4, cells and square metres."""
    routed = flow(grid)
    found = {at: routed.upstream_cells[at] for at in ((5, 3), (4, 3), (3, 2), (3, 3))}
    assert found == {(5, 3): 36, (4, 3): 23, (3, 2): 11, (3, 3): 9}
    assert routed.upstream_m2[5, 3] == 3600


def test_a_grid_stored_south_up_gives_the_same(grid: Elevation) -> None:
    turned = Elevation.of(HEIGHTS[::-1], Affine(10, 0, 430_000, 0, 10, 880_000), 32647)
    assert turned.transform == grid.transform
    assert np.array_equal(turned.heights, grid.heights)


def test_cells_of_a_geographic_grid_are_measured_on_the_ellipsoid() -> None:
    step = 1 / 1200
    grid = Elevation.of(np.zeros((3, 3)), Affine(step, 0, 98, 0, -step, 8), 4326)
    geod = Geod(ellps="WGS84")
    lat = 8 - 1.5 * step
    assert grid.dx[1, 0] == pytest.approx(geod.line_length([98, 98 + step], [lat, lat]), rel=1e-6)
    ring = [98, 98 + step, 98 + step, 98], [lat - step / 2] * 2 + [lat + step / 2] * 2
    assert grid.cell_m2[1, 0] == pytest.approx(geod.polygon_area_perimeter(*ring)[0], rel=1e-5)


@pytest.mark.parametrize("void", [-9999.0, np.nan, -32768.0])
def test_cells_without_data_stay_without_an_answer(void: float) -> None:
    heights = HEIGHTS.copy()
    heights[2, 3] = void
    grid = Elevation.of(heights, TEN_M, 32647, nodata=-9999.0)
    slope, aspect = slope_aspect(grid)
    assert np.isnan(slope[1:4, 2:5]).all()
    assert np.isnan(aspect[1:4, 2:5]).all()
    routed = flow(grid)
    assert np.isnan(routed.upstream_m2[2, 3])
    assert routed.downstream[2, 3] == -1
    assert np.nansum(routed.upstream_m2[_outlets(routed)]) == 3500


def test_a_grid_without_any_data_has_no_answer() -> None:
    grid = Elevation.of(np.full((4, 4), -9999.0), TEN_M, 32647, nodata=-9999.0)
    routed = flow(grid)
    assert np.isnan(slope_aspect(grid)[0]).all()
    assert np.isnan(routed.upstream_m2).all()
    assert sinks(grid, routed)[1].empty


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        ((HEIGHTS, TEN_M, None), "elevation_crs_missing"),
        ((HEIGHTS, Affine(10, 1, 0, 1, -10, 0), 32647), "elevation_rotated"),
        ((HEIGHTS[0], TEN_M, 32647), "elevation_shape"),
    ],
)
def test_a_grid_that_cannot_be_used_is_named(arguments: tuple, code: str) -> None:
    with pytest.raises(ParameterError) as caught:
        Elevation.of(*arguments)
    assert caught.value.code == code


def test_a_file_that_is_no_raster_is_named_without_its_folder(tmp_path: Path) -> None:
    path = tmp_path / "notes.tif"
    path.write_text("not a raster")
    with pytest.raises(ParameterError) as caught:
        Elevation.open(path)
    assert caught.value.code == "elevation_unreadable"
    assert "notes.tif" in caught.value.text.th
    assert str(tmp_path) not in caught.value.text.en


def test_scale_offset_and_mask_of_a_dataset_are_honoured(tmp_path: Path) -> None:
    path = tmp_path / "scaled.tif"
    profile = {"driver": "GTiff", "dtype": "int16", "count": 1, "height": 2, "width": 2,
               "crs": "EPSG:32647", "transform": TEN_M, "nodata": -1}  # fmt: skip
    with rasterio.open(path, "w", **profile) as out:
        out.write(np.array([[100, 200], [-1, 50]], dtype="int16"), 1)
        out.scales, out.offsets = (0.1,), (5.0,)
    heights = Elevation.open(path).heights
    assert np.allclose(heights, [[15, 25], [np.nan, 10]], equal_nan=True)


@settings(max_examples=30, deadline=None)
@given(arrays(np.int64, (7, 8), elements=st.integers(0, 30)))
def test_all_water_leaves_the_grid_and_never_runs_uphill(metres: np.ndarray) -> None:
    grid = Elevation.of(metres, TEN_M, 32647)
    routed = flow(grid)
    assert np.array_equal(routed.filled, _slow_fill(grid.heights))
    assert routed.upstream_cells[_outlets(routed)].sum() == metres.size
    there = routed.filled.ravel()[routed.downstream]
    assert (there <= routed.filled).all()
    assert np.array_equal(routed.upstream_cells, _slow_accumulation(routed))


def test_slope_of_real_ground_is_that_of_sobel_s_operator(real: Elevation) -> None:
    assert np.isnan(real.heights).sum() == 7652
    slope, _ = slope_aspect(real)
    east = ndimage.sobel(real.heights, axis=1) / (8 * real.dx)
    north = ndimage.sobel(real.heights, axis=0) / (8 * real.dy)
    expected = 100 * np.hypot(east, north)
    inner = np.zeros(slope.shape, dtype=bool)
    inner[1:-1, 1:-1] = True
    known = inner & ~ndimage.binary_dilation(np.isnan(real.heights), np.ones((3, 3)))
    assert np.array_equal(~np.isnan(slope), known)
    assert np.allclose(slope[known], expected[known], rtol=1e-9)


def test_sinks_and_flow_of_real_ground_have_a_second_opinion(real: Elevation) -> None:
    """A piece with voids: filled by slow flooding to a standstill, counted by walking each path."""
    hole = np.argwhere(np.isnan(real.heights))[3000]
    top, left = np.clip(hole - 60, 0, 1080)
    step = real.transform.a
    piece = Elevation.of(
        real.heights[top : top + 120, left : left + 120],
        Affine(step, 0, real.transform.c + left * step, 0, -step, real.transform.f - top * step),
        real.crs,
    )
    assert np.isnan(piece.heights).any()
    routed = flow(piece)
    assert np.allclose(routed.filled, _slow_fill(piece.heights), equal_nan=True)
    assert (routed.sink_depth > 0).sum() > 20
    assert np.allclose(routed.upstream_cells, _slow_accumulation(routed), equal_nan=True)


def _outlets(routed: Flow) -> np.ndarray:
    own = np.arange(routed.downstream.size).reshape(routed.downstream.shape)
    return routed.downstream == own


def _slow_fill(heights: np.ndarray) -> np.ndarray:
    """Planchon and Darboux: start drowned, and let the water sink until nothing moves."""
    void = np.isnan(heights)
    edged = np.pad(void, 1, constant_values=True)
    outlet = ~void & ndimage.binary_dilation(edged, np.ones((3, 3)))[1:-1, 1:-1]
    level = np.where(outlet, heights, np.inf)
    level[void] = np.inf
    while True:
        lowest = ndimage.minimum_filter(level, size=3, mode="constant", cval=np.inf)
        sunk = np.where(void, np.inf, np.minimum(level, np.maximum(heights, lowest)))
        if np.array_equal(sunk, level):
            return np.where(void, np.nan, level)
        level = sunk


def _slow_accumulation(routed: Flow) -> np.ndarray:
    to = routed.downstream.ravel()
    count = np.zeros(to.size)
    for start in np.flatnonzero(to >= 0):
        at, steps = start, 0
        while True:
            count[at] += 1
            steps += 1
            assert steps <= to.size, "a path must not run in a circle"
            if to[at] == at:
                break
            at = to[at]
    count[to < 0] = np.nan
    return count.reshape(routed.downstream.shape)
