"""Lines become junctions and edges: where roads meet, and what cannot be used."""

from __future__ import annotations

from typing import Any

import geopandas as gpd
import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from geo.errors import GeometryError, ParameterError
from geo.network import RoadNetwork, Topology, connection, crossings, near_misses
from geo.network.noding import cut_at_points, cut_at_shared_vertices
from tests.geo.road_cases import LAT, LON, at, grid, line, roads

CROSS = [line((0, 0), (100, 0), (200, 0)), line((100, -100), (100, 0), (100, 100))]
OVERPASS = [line((0, 0), (200, 0)), line((100, -100), (100, 100))]


def built(lines: list[Any], snap_m: float = 1.0, **columns: Any) -> Topology:
    return Topology.build(roads(lines, **columns), snap_m)


def parts(topology: Topology) -> int:
    return connection(RoadNetwork(topology, "walk")).parts


def test_roads_meet_at_a_vertex_that_both_pass_through() -> None:
    found = built(CROSS)
    assert (len(found.lines), len(found.nodes), parts(found)) == (4, 5, 1)
    assert found.road.tolist() == [0, 0, 1, 1]


def test_a_bridge_above_a_shared_vertex_is_not_joined() -> None:
    found = built(CROSS, bridge=[None, True])
    assert (len(found.lines), parts(found)) == (2, 2)


def test_roads_that_only_cross_are_not_joined_and_are_counted() -> None:
    found = built(OVERPASS)
    assert (len(found.lines), parts(found), crossings(found)) == (2, 2, 1)
    assert crossings(built(OVERPASS, bridge=[False, True])) == 0
    assert crossings(built(CROSS)) == 0


@pytest.mark.parametrize(("gap", "joined"), [(0.0, True), (0.9, True), (1.2, False)])
def test_ends_that_nearly_meet_are_joined_within_the_snapping_distance(
    gap: float, joined: bool
) -> None:
    found = built([line((0, 0), (100, 0)), line((100 + gap, 0), (200, 0))])
    assert parts(found) == (1 if joined else 2)
    assert found.report.snapped == (1 if joined and gap else 0)
    assert found.report.largest_gap_m == pytest.approx(gap if joined else 0, abs=0.01)


@pytest.mark.parametrize(("gap", "joined"), [(0.0, True), (0.8, True), (1.5, False)])
def test_an_end_on_another_road_makes_a_junction(gap: float, joined: bool) -> None:
    found = built([line((0, 0), (200, 0)), line((80, gap), (80, 100))])
    assert parts(found) == (1 if joined else 2)
    assert found.report.touching == (1 if joined else 0)
    if joined:
        assert sorted(found.length_m.round()) == [80, round(100 - gap), 120]


def test_an_end_below_a_bridge_makes_no_junction() -> None:
    found = built([line((0, 0), (200, 0)), line((80, 0.2), (80, 100))], bridge=[True, None])
    assert (parts(found), found.report.touching) == (2, 0)


def test_ends_that_meet_on_the_middle_of_a_road_cut_it_once() -> None:
    found = built([line((0, 0), (200, 0)), line((80, 0), (80, 50)), line((80, -50), (80, 0))])
    assert (len(found.lines), parts(found), found.report.touching) == (4, 1, 1)


def test_what_is_no_road_is_left_out_and_named_by_its_row() -> None:
    good = line((0, 0), (100, 0))
    far = shapely.LineString([(430_000, 870_000), (430_100, 870_000)])
    shapes = [good, None, shapely.LineString(), shapely.Point(at(0, 0)), far,
              shapely.LineString([at(5, 5), at(5, 5)])]  # fmt: skip
    found = built(shapes)
    assert found.report.unusable == {
        "missing": [1, 2],
        "not_a_line": [3],
        "not_lonlat": [4],
        "zero_length": [5],
    }
    assert (found.report.roads, len(found.lines)) == (6, 1)


def test_a_loop_is_halved_so_that_it_has_two_ends() -> None:
    ring = line((0, 0), (50, 0), (50, 50), (0, 50), (0, 0))
    found = built([ring, line((-100, 0), (0, 0))])
    assert (len(found.lines), found.report.loops, parts(found)) == (3, 1, 1)
    assert (found.start != found.end).all()
    assert found.length_m.sum() == pytest.approx(300, rel=0.01)


def test_a_road_shorter_than_the_snapping_distance_becomes_part_of_its_junction() -> None:
    found = built([line((0, 0), (100, 0)), line((100, 0), (100.5, 0)), line((100.5, 0), (200, 0))])
    assert (len(found.lines), found.report.collapsed, parts(found)) == (2, 1, 1)


def test_the_parts_of_a_multi_line_are_roads_of_one_row() -> None:
    both = shapely.MultiLineString([line((0, 0), (100, 0)), line((100, 0), (100, 100))])
    found = built([both])
    assert found.road.tolist() == [0, 0]
    assert parts(found) == 1


def test_repeated_vertices_and_heights_do_no_harm() -> None:
    points = [(*at(x, 0), 5.0) for x in (0, 50, 50, 100)]
    found = built([shapely.LineString(points)])
    assert (len(found.lines), found.report.unusable["zero_length"]) == (1, [])


def test_an_empty_layer_makes_an_empty_topology() -> None:
    found = Topology.build(gpd.GeoDataFrame({"road_class": []}, geometry=[], crs=4326))
    assert (len(found.nodes), len(found.lines), found.report.roads) == (0, 0, 0)
    assert near_misses(found).empty
    assert crossings(found) == 0


def test_roads_in_another_crs_are_brought_to_longitude_and_latitude() -> None:
    there = roads(CROSS)
    found = Topology.build(there.to_crs(32647))
    np.testing.assert_allclose(np.sort(found.length_m), np.sort(Topology.build(there).length_m))
    with pytest.raises(GeometryError) as caught:
        Topology.build(there.set_crs(None, allow_override=True))
    assert caught.value.code == "crs_missing"


def test_a_snapping_distance_out_of_range_is_refused() -> None:
    with pytest.raises(ParameterError):
        built(CROSS, snap_m=51)


def test_dead_ends_that_nearly_touch_are_listed_the_nearest_first() -> None:
    lines = [line((0, 0), (300, 0)), line((100, 4), (100, 90)), line((200, 15), (200, 90)),
             line((290, 30), (290, 90))]  # fmt: skip
    found = near_misses(built(lines))
    assert found["gap_m"].round(1).tolist() == [4.0, 15.0]
    assert list(zip(found["road"], found["other"], strict=True)) == [(1, 0), (2, 0)]
    assert found.geometry[0].distance(shapely.Point(at(100, 4))) < 1e-7


def test_a_town_whose_streets_are_stretches_has_a_node_for_each_crossing() -> None:
    found = built(grid(5))
    assert (len(found.nodes), len(found.lines), parts(found)) == (25, 40, 1)


@given(
    st.lists(
        st.lists(st.tuples(st.integers(0, 4), st.integers(0, 4)), min_size=2, max_size=5),
        min_size=1,
        max_size=6,
    )
)
def test_cutting_loses_no_stretch_and_leaves_no_junction_inside(
    ways: list[list[tuple[int, int]]],
) -> None:
    """A vertex that is an end of any piece, or lies on two pieces, is inside no piece."""
    lines = [shapely.LineString(way) for way in ways]
    lines = [item for item in lines if item.length > 0]
    if not lines:
        return
    found = cut_at_shared_vertices(np.array(lines, dtype=object))
    lengths = np.bincount(found.owner, shapely.length(found.lines), minlength=len(lines))
    np.testing.assert_allclose(lengths, shapely.length(lines))
    ends, inner = set(), []
    for piece in found.lines:
        points = list(piece.coords)
        ends |= {points[0], points[-1]}
        inner += points[1:-1]
    assert not ends & set(inner)
    assert len(inner) == len(set(inner))


@given(st.lists(st.floats(0.01, 6.99), min_size=1, max_size=6))
def test_cutting_at_distances_gives_stretches_of_those_lengths(stops: list[float]) -> None:
    bent = shapely.LineString([(0, 0), (3, 0), (3, 4)])
    found = cut_at_points(np.array([bent]), np.zeros(len(stops), int), np.array(stops))
    cuts = [0.0, *sorted(set(stops)), 7.0]
    np.testing.assert_allclose(shapely.length(found.lines), np.diff(cuts), atol=1e-9)
    assert shapely.get_coordinates(found.lines[0])[0].tolist() == [0, 0]


def test_the_site_of_the_cases_is_where_a_metre_is_a_metre() -> None:
    found = built([line((0, 0), (1000, 0)), line((0, 0), (0, 1000))])
    assert found.length_m == pytest.approx([1000, 1000], abs=0.1)
    assert at(0, 0) == (LON, LAT)
