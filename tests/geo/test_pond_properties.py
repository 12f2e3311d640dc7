"""What holds for every pond: closed form, slow integration, symmetry, order and degenerate rims."""

import time

import numpy as np
import pytest
import shapely
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from shapely import Polygon, affinity, box

from geo.inset import Insets, mitred
from geo.pond import check_ponds

DEPTH = st.floats(0.5, 4)
SLOPE = st.just(0.0) | st.floats(0.01, 2.5)  # GEOS itself fills islands at offsets of 1e-100


@st.composite
def concave_rims(draw, islands: bool = True) -> Polygon:
    """Star-shaped rims of 3 to 9 corners, 10 to 60 m across, some with an island."""
    n = draw(st.integers(3, 9))
    turn = draw(st.lists(st.floats(0.25, 1), min_size=n, max_size=n))
    angle = 2 * np.pi * np.cumsum(turn) / sum(turn)
    radius = np.array(draw(st.lists(st.floats(5, 30), min_size=n, max_size=n)))
    rim = Polygon(np.column_stack([radius * np.cos(angle), radius * np.sin(angle)]))
    if islands and draw(st.booleans()):
        island = affinity.rotate(box(-1, -0.7, 1, 0.8), draw(st.floats(0, 90)))
        rim = rim.difference(island)
    assume(rim.is_valid and rim.geom_type == "Polygon" and rim.area > 20)
    return rim


@st.composite
def convex_rims(draw) -> Polygon:
    rim = draw(concave_rims(islands=False)).convex_hull
    corners = np.array(rim.exterior.coords)[:-1]
    assume(shapely.length(rim) > 20 and len(corners) >= 3)
    return rim


def closed_form(rim: Polygon, d: float, z: float) -> float:
    """A0 d - P z d2 / 2 + T z2 d3 / 3, with T from the angles as a surveyor measures them."""
    p = np.array(shapely.orient_polygons(rim).exterior.coords)[:-1]
    to_next, to_last = np.roll(p, -1, axis=0) - p, np.roll(p, 1, axis=0) - p
    theta = np.arctan2(to_last[:, 1], to_last[:, 0]) - np.arctan2(to_next[:, 1], to_next[:, 0])
    t = (1 / np.tan((theta % (2 * np.pi)) / 2)).sum()
    return float(rim.area * d - rim.length * z * d**2 / 2 + t * z**2 * d**3 / 3)


def slow_volume(rim: Polygon, d: float, z: float, slices: int = 600) -> float:
    """The integral of LAND-R11 taken literally: the middle of each thin slice, by shapely."""
    y = (np.arange(slices) + 0.5) * d / slices
    areas = shapely.area(shapely.buffer(rim, -z * y, join_style="mitre", mitre_limit=5.0))
    return float(areas.sum() * d / slices)


def first_event_is_beyond(rim: Polygon, offset: float) -> bool:
    """No edge of a convex rim has vanished: its inset has as many corners as the rim."""
    inset = shapely.buffer(rim, -offset * 1.001, join_style="mitre")
    return len(shapely.get_coordinates(inset)) == len(shapely.get_coordinates(rim))


@given(convex_rims(), DEPTH, SLOPE)
def test_a_convex_pond_holds_the_closed_form_while_no_edge_vanishes(rim, d, z):
    assume(first_event_is_beyond(rim, z * d))
    pond = check_ponds([rim], d, z).iloc[0]
    assert pond.verdict in ("ok", "line_bottom")
    assert pond.volume_m3 == pytest.approx(closed_form(rim, d, z), rel=1e-6)


@settings(deadline=None)
@given(concave_rims(), DEPTH, SLOPE)
def test_any_pond_holds_what_thin_slices_add_up_to(rim, d, z):
    pond = check_ponds([rim], d, z, workers=1).iloc[0]
    assert pond.volume_m3 == pytest.approx(slow_volume(rim, d, z), rel=2e-3, abs=0.05)


@given(concave_rims(), DEPTH, SLOPE)
def test_the_bottom_is_the_inset_at_the_effective_depth(rim, d, z):
    pond = check_ponds([rim], d, z, workers=1).iloc[0]
    if pond.verdict in ("ok", "split_bottom"):
        bottom = mitred(np.array([rim]), np.array([z * d]))[0]
        assert pond.bottom_area_m2 == pytest.approx(bottom.area, rel=1e-3, abs=0.05)
        assert (pond.bottom_parts > 1) == (pond.verdict == "split_bottom")


@given(convex_rims(), st.floats(0.5, 2.5))
def test_the_slopes_of_a_convex_pond_meet_at_its_inscribed_circle(rim, z):
    radius = shapely.length(shapely.maximum_inscribed_circle(rim, tolerance=1e-4))
    assume(radius / z < 11)
    pond = check_ponds([rim], radius / z + 0.5, z, workers=1).iloc[0]
    assert pond.verdict == "collapsed"
    assert pond.collapse_depth_m * z == pytest.approx(radius, abs=1.5e-3)
    assert pond.bottom_area_m2 == pytest.approx(0, abs=1e-3)


@given(concave_rims(), DEPTH, SLOPE, st.floats(0, 360), st.floats(0, 8e5), st.floats(6e5, 2.3e6))
def test_turning_and_moving_a_pond_changes_nothing(rim, d, z, angle, east, north):
    moved = affinity.translate(affinity.rotate(rim, angle, origin=(0, 0)), east, north)
    here, there = check_ponds([rim, moved], d, z, workers=1).itertuples()
    assert there.volume_m3 == pytest.approx(here.volume_m3, rel=1e-4, abs=0.01)
    assert there.effective_depth_m == pytest.approx(here.effective_depth_m, abs=0.01)


@given(concave_rims(), st.lists(DEPTH, min_size=2, max_size=5), SLOPE)
def test_a_deeper_pond_holds_more(rim, depths, z):
    volumes = check_ponds([rim] * len(depths), np.sort(depths), z, workers=1).volume_m3
    assert (np.diff(volumes) >= -0.005).all()


@given(concave_rims(), DEPTH, st.lists(SLOPE, min_size=2, max_size=5))
def test_a_flatter_bank_holds_less(rim, d, slopes):
    volumes = check_ponds([rim] * len(slopes), d, np.sort(slopes), workers=1).volume_m3
    assert (np.diff(volumes) <= 0.005).all()


@given(concave_rims(), DEPTH, SLOPE, st.floats(0, 1), st.floats(0, 2))
def test_water_is_never_more_than_what_was_dug(rim, d, z, freeboard, dead):
    pond = check_ponds([rim], d, z, freeboard_m=freeboard, dead_depth_m=dead, workers=1).iloc[0]
    assert 0 <= pond.dead_volume_m3 <= pond.capacity_m3 + 1e-9
    assert pond.capacity_m3 <= pond.volume_m3 + 1e-9
    assert pond.live_capacity_m3 == pytest.approx(pond.capacity_m3 - pond.dead_volume_m3)


@given(concave_rims(), SLOPE, st.floats(0.3, 2), st.floats(0.3, 2))
def test_a_bench_of_no_width_is_no_bench(rim, z, upper, lower):
    profile = [(upper, z, 0.0), (upper + lower, z, 0.0)]
    plain, benched = check_ponds(
        [rim] * 2, upper + lower, z, profiles=[None, profile], workers=1
    ).itertuples()
    assert benched.volume_m3 == pytest.approx(plain.volume_m3, abs=0.003)
    assert benched.verdict == plain.verdict


@given(concave_rims(), DEPTH, SLOPE)
def test_vertices_on_a_straight_edge_count_for_nothing(rim, d, z):
    dense = shapely.segmentize(rim, 0.7)
    here, there = check_ponds([rim, dense], d, z, workers=1).itertuples()
    assert there.volume_m3 == pytest.approx(here.volume_m3, abs=0.005)


# --- Rims that are easily got wrong ---------------------------------------------------------


def spiked(width: float) -> Polygon:
    """A square with a spit of land 8 m long that points into it."""
    return box(0, 0, 20, 20).difference(Polygon([(10 - width, 0), (10, 8), (10 + width, 0)]))


@pytest.mark.parametrize("width", [0.5, 1.5, 1.63, 1.64, 3])
def test_a_spit_of_land_beyond_the_mitre_limit_is_bevelled_as_geos_does(width):
    """8 m long and 2 x 1.633 m wide is a mitre ratio of 5: sharper tips have no closed form."""
    pond = check_ponds([spiked(width)], 2, 1.0).iloc[0]
    assert pond.volume_m3 == pytest.approx(slow_volume(spiked(width), 2, 1.0, 4000), abs=0.02)


def test_the_closed_form_is_not_used_beyond_the_mitre_limit():
    insets = Insets.of(np.array([spiked(0.5), spiked(3)]), np.array([1.0, 1.0]))
    assert insets.bevelled.tolist() == [True, False]
    assert insets.pieces.row.tolist() == [1]


def test_a_doubled_vertex_is_one_vertex():
    doubled = Polygon([(0, 0), (0, 0), (20, 0), (20, 0), (20, 20), (0, 20), (0, 0), (0, 0)])
    assert check_ponds([doubled], 3, 1.5).volume_m3[0] == pytest.approx(741)


def test_a_round_pond_of_many_vertices_is_a_cone_frustum():
    """GEOS drops flat vertices of an inset; the closed form keeps them and meets the cone."""
    circle = shapely.Point(0, 0).buffer(10, quad_segs=256)
    volume = check_ponds([circle], 3, 1.5).volume_m3[0]
    assert volume == pytest.approx(np.pi * 3 / 3 * (100 + 10 * 5.5 + 5.5**2), rel=1e-4)


def traced_rim(radius: float, wave: float) -> Polygon:
    """A rim of 600 uneven vertices, as a GPS receiver draws it."""
    angle = np.linspace(0, 2 * np.pi, 600, endpoint=False)
    radii = radius + wave * np.sin(3 * angle)
    radii += np.random.default_rng(5).uniform(-0.03, 0.03, 600)
    return Polygon(np.column_stack([radii * np.cos(angle), radii * np.sin(angle)]))


def test_a_traced_rim_is_followed_through_hundreds_of_events_to_the_bottom():
    """GEOS flattens what stands out by 1 % of the offset, hence a tolerance of 0.1 %."""
    rim = traced_rim(25, 5)
    pond = check_ponds([rim], 3, 1.5, workers=1).iloc[0]
    assert pond.verdict == "ok"
    assert pond.volume_m3 == pytest.approx(slow_volume(rim, 3, 1.5, 100), rel=1e-3)


def test_a_traced_rim_collapses_where_geos_finds_nothing_left():
    rim = traced_rim(6, 0)
    pond = check_ponds([rim], 4.5, 1.5, workers=1).iloc[0]
    assert pond.verdict == "collapsed"
    around = 1.5 * pond.collapse_depth_m + np.array([-0.05, 0.05])
    assert shapely.is_empty(mitred(np.array([rim, rim]), around)).tolist() == [False, True]


def test_a_neck_that_closes_leaves_two_pieces_where_it_closes():
    dumbbell = shapely.union_all([box(0, 0, 12, 12), box(12, 4.5, 22, 7.5), box(22, 0, 34, 12)])
    insets = Insets.of(np.array([dumbbell]), np.array([3.75]))
    assert insets.pieces.end[0] == pytest.approx(1.5, abs=0.001)
    assert insets.parts(np.zeros(3, int), np.array([1.4, 1.6, 3.7])).tolist() == [1, 2, 2]


def test_an_island_that_reaches_the_bank_splits_nothing_but_is_not_quadratic():
    rim = box(0, 0, 30, 12).difference(box(14, 2, 16, 10))
    pond = check_ponds([rim], 1.2, 1.0).iloc[0]
    assert pond.verdict == "split_bottom"
    assert pond.volume_m3 == pytest.approx(slow_volume(rim, 1.2, 1.0, 5000), abs=0.01)


@pytest.mark.parametrize(("extra", "verdict"), [
    (-0.006, "ok"), (-0.004, "line_bottom"), (0.004, "line_bottom"), (0.006, "collapsed"),
])  # fmt: skip
def test_slopes_that_meet_within_half_a_centimetre_make_a_line(extra, verdict):
    pond = check_ponds([box(0, 0, 40, 12)], 3 + extra, 2).iloc[0]
    assert pond.verdict == verdict
    assert pond.effective_depth_m == pytest.approx(min(3, 3 + extra))


def test_a_bench_that_fills_the_pond_ends_it_there_with_a_flat_bottom():
    pond = check_ponds([box(0, 0, 10, 10)], 3, 0, profiles=[[(1, 1, 0), (3, 1, 6)]]).iloc[0]
    assert pond.verdict == "collapsed"
    assert pond.effective_depth_m == pytest.approx(1)
    assert pond.bottom_area_m2 == pytest.approx(64)


def generated_ponds(n: int, seed: int = 7):
    """A third rectangles, a third convex, a third concave rims of 5 to 12 corners; n of each array.

    Rims are 16 to 70 m across, depths 1 to 4 m, slopes 0 to 2.
    """
    rng = np.random.default_rng(seed)
    corners = rng.integers(5, 13, n)
    row = np.repeat(np.arange(n), corners)
    place = np.arange(len(row)) - np.repeat(np.cumsum(corners) - corners, corners)
    angle = 2 * np.pi * (place + rng.uniform(-0.35, 0.35, len(row))) / corners[row]
    radius = rng.uniform(0.55, 1, len(row)) * rng.uniform(8, 35, n)[row]
    points = np.column_stack([radius * np.cos(angle), radius * np.sin(angle)])
    rims = shapely.polygons(shapely.linearrings(points, indices=row))
    kind = np.arange(n) % 3
    rims = np.where(kind == 1, shapely.convex_hull(rims), rims)
    rims = np.where(kind == 2, shapely.box(0, 0, *rng.uniform(8, 60, (2, n))), rims)
    return rims, rng.uniform(1, 4, n).round(2), rng.choice([0, 0.5, 1, 1.5, 2], n)


@pytest.mark.slow
def test_a_hundred_thousand_ponds_are_checked_in_under_twenty_seconds():
    ponds = generated_ponds(100_000)
    began = time.perf_counter()
    checked = check_ponds(*ponds)
    assert time.perf_counter() - began < 20
    assert checked.error.isna().all()


def test_chunks_and_threads_change_nothing():
    rims, depth, slope = generated_ponds(9000)
    threads = check_ponds(rims, depth, slope, workers=3)
    alone = check_ponds(rims[8000:], depth[8000:], slope[8000:], workers=1)
    np.testing.assert_allclose(threads.volume_m3[8000:], alone.volume_m3, rtol=1e-12)
