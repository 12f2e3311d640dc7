"""Travel on a road network: against a literal search, in closed form, and between two engines."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import geopandas as gpd
import numpy as np
import pytest
import shapely
from hypothesis import assume, given, settings
from hypothesis import strategies as st

import sample_data
from geo.crs import geodesic_length
from geo.errors import GeometryError, ParameterError
from geo.network import PROFILES, RoadNetwork, Topology, connection, straight_line
from geo.network.estimate import geodesic_matrix
from geo.network.profiles import ROAD_COLUMNS
from geo.network.snapping import point_coordinates
from tests.geo.road_cases import GEOD, at, grid, line, minutes_and_metres, roads

ON_THE_SPOT = {name: replace(profile, reach_m=1.0) for name, profile in PROFILES.items()}
"""Profiles whose places join the road that they lie on and no other."""


@pytest.fixture(scope="module")
def demo() -> Topology:
    """The roads of the demo province."""
    return Topology.build(gpd.read_file(sample_data.files()["roads"]))


@pytest.fixture(scope="module")
def villages() -> gpd.GeoSeries:
    """The villages of the demo province."""
    return gpd.read_file(sample_data.files()["villages"]).geometry


STREETS = grid(4, 1500)
SPOT = st.tuples(st.integers(0, len(STREETS) - 1), st.floats(0.05, 0.95))


@settings(deadline=None, max_examples=60)
@given(
    kept=st.lists(st.booleans(), min_size=len(STREETS), max_size=len(STREETS)),
    ways=st.lists(
        st.sampled_from(["both", "forward", "backward", None]),
        min_size=len(STREETS),
        max_size=len(STREETS),
    ),
    classes=st.lists(
        st.sampled_from(["highway", "street", "track", "path"]),
        min_size=len(STREETS),
        max_size=len(STREETS),
    ),
    spots=st.lists(SPOT, min_size=2, max_size=6),
    name=st.sampled_from(list(PROFILES)),
    engine=st.sampled_from(["hierarchy", "dijkstra"]),
)
def test_times_and_distances_agree_with_a_literal_search(
    kept: list[bool], ways: list[Any], classes: list[str], spots: Any, name: str, engine: Any
) -> None:
    """Any town, any way of travelling, places anywhere along its streets."""
    rows = np.flatnonzero(kept)
    spots = [(int(np.flatnonzero(rows == road)[0]), share) for road, share in spots if kept[road]]
    assume(len(spots) > 1)
    layer = roads(
        [STREETS[row] for row in rows],
        oneway=[ways[row] for row in rows],
        road_class=[classes[row] for row in rows],
    )
    profile = ON_THE_SPOT[name]
    minutes, metres = minutes_and_metres(layer, profile, spots)
    points = [layer.geometry[road].interpolate(share, normalized=True) for road, share in spots]
    found = RoadNetwork(Topology.build(layer), profile, engine=engine).matrix(points)
    speed = profile.speeds(layer)
    on_road = np.array([max(speed.forward[r], speed.backward[r]) > 0 for r, _ in spots])
    known = np.isfinite(minutes) & on_road[:, None] & on_road[None, :]
    np.testing.assert_array_equal(found.estimated[known], False)
    apart = shapely.distance(np.array(points)[:, None], np.array(points)[None, :]) > 1e-5
    assert found.estimated[~known & apart].all()
    np.testing.assert_allclose(found.minutes[known], minutes[known], rtol=2e-4, atol=0.02)
    # Of nearly equal ways the search takes the fastest, the network may take the shorter.
    straight = geodesic_matrix(point_coordinates(points), point_coordinates(points))
    assert (found.metres[known] <= metres[known] + 3).all()
    assert (found.metres[known] >= straight[known] - 3).all()


def test_both_engines_find_the_same_between_all_villages(
    demo: Topology, villages: gpd.GeoSeries
) -> None:
    for name in PROFILES:
        fast = RoadNetwork(demo, name).matrix(villages)
        slow = RoadNetwork(demo, name, engine="dijkstra").matrix(villages)
        np.testing.assert_array_equal(fast.minutes, slow.minutes)
        np.testing.assert_array_equal(fast.metres, slow.metres)
        assert not fast.estimated.any()


def test_whole_number_weights_lose_nothing_that_counts(
    demo: Topology, villages: gpd.GeoSeries
) -> None:
    """A way followed edge by edge with exact lengths takes as long and is as long as the matrix."""
    some, others = villages.iloc[:40], villages.iloc[60:100]
    for name in ("car", "walk"):
        network = RoadNetwork(demo, name)
        matrix = network.matrix(some, others)
        ways = network.paths(some, others)
        minutes = np.array([way.minutes for way in ways])
        metres = np.array([way.metres for way in ways])
        np.testing.assert_allclose(minutes, np.diag(matrix.minutes), rtol=6e-4)
        np.testing.assert_allclose(metres, np.diag(matrix.metres), atol=5)


@pytest.mark.parametrize(
    ("kmh", "least", "most", "walked"),
    [(20.004, 1000, 1000, 1000), (19.996, 1000, 2000, 1000), (19.9, 2000, 2000, 2000)],
    ids=["short-is-faster", "nearly-equal", "long-is-faster"],
)
def test_of_equally_fast_ways_the_shorter_is_taken(
    kmh: float, least: float, most: float, walked: float
) -> None:
    """1 km at 20 km/h or 2 km at 40 km/h take three minutes both."""
    layer = roads(
        [line((0, 0), (1000, 0)), line((0, 0), (500, 866.025), (1000, 0))],
        speed_kmh=[kmh, 40.0],
    )
    network = RoadNetwork.build(layer)
    found = network.matrix([at(0, 0)], [at(1000, 0)])
    assert found.minutes[0, 0] == pytest.approx(3, rel=2e-4)
    assert least * 0.999 <= found.metres[0, 0] <= most * 1.001
    assert network.path(at(0, 0), at(1000, 0)).metres == pytest.approx(walked, rel=1e-3)


def test_a_one_way_street_is_left_at_its_end_unless_on_foot() -> None:
    block = [line((0, 0), (300, 0)), line((300, 0), (300, 300), (0, 300), (0, 0))]
    layer = roads(block, oneway=["forward", "both"], road_class="street", speed_kmh=36.0)
    here, there = at(200, 0), at(100, 0)
    drive = RoadNetwork.build(layer, "car").matrix([here], [there])
    assert drive.metres[0, 0] == pytest.approx(1100, rel=0.005)
    assert drive.minutes[0, 0] == pytest.approx(1100 / 10 / 60, rel=0.005)
    walk = RoadNetwork.build(layer, "walk").matrix([here], [there])
    assert walk.metres[0, 0] == pytest.approx(100, rel=0.005)
    back = roads(block, oneway=["backward", None], road_class="street", speed_kmh=36.0)
    drive = RoadNetwork.build(back, "car").matrix([here], [there])
    assert drive.metres[0, 0] == pytest.approx(100, rel=0.005)


@pytest.mark.parametrize(
    ("barrier", "through"),
    [
        (None, {"car", "van", "motorcycle", "bicycle", "walk"}),
        ("bollard", {"motorcycle", "bicycle", "walk"}),
        ("gate", {"walk"}),
        ("wall", set()),
    ],
)
def test_a_barrier_stops_those_that_it_is_meant_for(barrier: Any, through: set[str]) -> None:
    layer = roads(
        [line((0, 0), (2000, 0)), line((2000, 0), (4000, 0))],
        barrier_end=[barrier, None],
    )
    topology = Topology.build(layer)
    passed = {
        name
        for name, profile in ON_THE_SPOT.items()
        if not RoadNetwork(topology, profile).matrix([at(500, 0)], [at(3000, 0)]).estimated.any()
    }
    assert passed == through


@pytest.mark.parametrize(
    ("row", "allowed"),
    [
        ({"road_class": "highway"}, {"car", "van", "motorcycle", "bicycle", "walk"}),
        ({"road_class": "motorway"}, {"car", "van"}),
        ({"road_class": "path"}, {"bicycle", "walk"}),
        ({"road_class": "path", "motorcycle": True}, {"motorcycle", "bicycle", "walk"}),
        ({"road_class": "ferry"}, set()),
        ({"road_class": "street", "motor": False}, {"bicycle", "walk"}),
        (
            {"road_class": "street", "motor": False, "motorcycle": True},
            {"motorcycle", "bicycle", "walk"},
        ),
        ({"road_class": "street", "foot": False}, {"car", "van", "motorcycle", "bicycle"}),
        ({"road_class": "street", "bicycle": False}, {"car", "van", "motorcycle", "walk"}),
        ({"road_class": None}, {"car", "van", "motorcycle", "bicycle", "walk"}),
        ({"road_class": "canal"}, {"car", "van", "motorcycle", "bicycle", "walk"}),
    ],
    ids=[
        "highway", "motorway", "path", "path-motorcycle", "ferry", "no-motor", "motorcycle-lane",
        "no-walking", "no-bicycles", "class-unknown", "class-strange",
    ],
)  # fmt: skip
def test_who_may_use_a_road(row: dict[str, Any], allowed: set[str]) -> None:
    layer = roads([line((0, 0), (100, 0))], **row)
    assert {n for n, p in PROFILES.items() if p.speeds(layer).forward[0] > 0} == allowed


@pytest.mark.parametrize(
    ("row", "name", "kmh"),
    [
        ({"road_class": "rural_road"}, "car", 55),
        ({"road_class": "rural_road", "speed_kmh": 62.0}, "car", 62),
        ({"road_class": "highway", "speed_kmh": 110.0}, "car", 90),
        ({"road_class": "highway", "speed_kmh": 110.0}, "van", 80),
        ({"road_class": "rural_road", "surface": "gravel"}, "car", 44),
        ({"road_class": "rural_road", "surface": "gravel", "speed_kmh": 62.0}, "car", 62),
        ({"road_class": "highway", "speed_kmh": 110.0}, "bicycle", 12),
        ({"road_class": "track", "surface": "earth"}, "walk", 4.5),
        ({"road_class": "rural_road", "speed_kmh": float("nan")}, "car", 55),
    ],
    ids=["class", "own", "top-car", "top-van", "gravel", "gravel-own", "bicycle", "walk", "nan"],
)
def test_how_fast_a_road_is(row: dict[str, Any], name: str, kmh: float) -> None:
    layer = roads([line((0, 0), (100, 0))], **row)
    assert PROFILES[name].speeds(layer).backward[0] == pytest.approx(kmh)


def test_speeds_of_the_chapter_are_those_of_straight_lines() -> None:
    """TOUR-P12: van 50, bicycle 12, walk 4.5, detour 1.3."""
    given_speeds = {name: PROFILES[name].estimate_kmh for name in ("van", "bicycle", "walk")}
    assert given_speeds == {"van": 50, "bicycle": 12, "walk": 4.5}
    assert {profile.detour for profile in PROFILES.values()} == {1.3}


@pytest.mark.parametrize(
    ("mode", "km", "minutes"),
    [
        ("van", 10.0, 16),
        ("van", 0.1, 1),
        ("tram", 5.0, 26),
        ("bicycle", 12.0, 78),
        ("walk", 9, 156),
    ],
)
def test_a_straight_line_is_lengthened_slowed_and_rounded_up(
    mode: str, km: float, minutes: int
) -> None:
    """TOUR-R132: ceil(km x 1.3 / speed x 60); 12 km by bicycle are 78 minutes and not 79."""
    lon, lat, _ = GEOD.fwd(98.3, 7.9, 40, km * 1000)
    found = straight_line(np.array([[98.3, 7.9]]), np.array([[lon, lat]]), mode)
    assert found.minutes[0, 0] == minutes
    assert found.metres[0, 0] == pytest.approx(km * 1300, abs=0.001)


def test_a_boat_needs_a_timetable() -> None:
    """TOUR-R132."""
    with pytest.raises(ParameterError) as caught:
        straight_line(np.zeros((1, 2)), np.zeros((1, 2)), "boat")
    assert caught.value.code == "mode_needs_timetable"


def test_the_way_between_a_place_and_the_road_is_walked() -> None:
    layer = roads([line((0, 0), (2000, 0))], speed_kmh=60.0)
    found = RoadNetwork.build(layer).matrix([at(0, 90)], [at(1000, 0)])
    assert found.metres[0, 0] == pytest.approx(1090, rel=0.003)
    assert found.minutes[0, 0] == pytest.approx(1 + 90 / 1000 / 4.5 * 60, rel=0.005)
    assert found.source[0, 0] == "road_network"


def test_a_place_too_far_from_every_road_gets_a_marked_estimate() -> None:
    """TOUR-R132: the fallback, on rows and columns of that place only."""
    layer = roads([line((0, 0), (5000, 0))])
    points = [at(0, 0), at(5000, 0), at(0, 1500)]
    found = RoadNetwork.build(layer, "van").matrix(points)
    assert found.estimated.tolist() == [[False, False, True], [False, False, True],
                                        [True, True, False]]  # fmt: skip
    assert found.source[0].tolist() == ["road_network", "road_network", "straight_line"]
    line_metres = GEOD.inv(*at(5000, 0), *at(0, 1500))[2] * 1.3
    assert found.metres[1, 2] == pytest.approx(line_metres)
    assert found.minutes[1, 2] == np.ceil(line_metres / 1000 / 50 * 60)


def test_islands_are_joined_by_estimates_only() -> None:
    layer = roads([line((0, 0), (3000, 0)), line((0, 9000), (3000, 9000))])
    network = RoadNetwork.build(layer)
    found = network.matrix([at(0, 0), at(3000, 0), at(0, 9000), at(3000, 9000)])
    apart, together = [False, False, True, True], [True, True, False, False]
    assert found.estimated.tolist() == [apart, apart, together, together]
    assert connection(network).main_share == pytest.approx(0.5, abs=0.001)


def test_a_fragment_of_road_beside_a_place_does_not_cut_it_off() -> None:
    """A car park's lane without a junction: the place joins the road behind it."""
    layer = roads([line((0, 0), (3000, 0)), line((1000, 40), (1060, 40))])
    found = RoadNetwork.build(layer).matrix([at(1030, 45)], [at(3000, 0)])
    assert not found.estimated[0, 0]
    assert found.metres[0, 0] == pytest.approx(1970 + 45, rel=0.005)
    alone = RoadNetwork.build(roads([line((1000, 40), (1060, 40))]))
    assert not alone.matrix([at(1000, 40)], [at(1060, 40)]).estimated[0, 0]


def test_a_street_that_leads_only_out_is_no_place_to_arrive_at() -> None:
    layer = roads([line((0, 0), (3000, 0)), line((1500, 60), (1500, 0))],
                  oneway=["both", "forward"])  # fmt: skip
    found = RoadNetwork.build(layer).matrix([at(0, 0)], [at(1501, 50)])
    assert not found.estimated[0, 0]
    assert found.metres[0, 0] == pytest.approx(1501 + 50, rel=0.005)


def test_neighbours_off_the_road_go_straight() -> None:
    layer = roads([line((0, 0), (3000, 0))])
    found = RoadNetwork.build(layer).matrix([at(500, 400)], [at(530, 400), at(2500, 400)])
    assert found.estimated.tolist() == [[True, False]]
    assert found.minutes[0, 0] == 1  # 39 m on foot, rounded up
    assert found.metres[0, 0] == pytest.approx(39, rel=0.01)


def test_two_visits_at_one_place_are_no_travel_and_no_estimate() -> None:
    for network in (RoadNetwork.build(roads(grid(3))), RoadNetwork.build(roads([]))):
        found = network.matrix([at(10, 5), at(10, 5)])
        assert (found.minutes == 0).all()
        assert not found.estimated.any()
        assert network.path(at(10, 5), at(10, 5)).minutes == 0


def test_an_empty_network_estimates_everything() -> None:
    network = RoadNetwork.build(roads([]))
    found = network.matrix([at(0, 0), at(900, 0)], [at(0, 1000)])
    assert found.estimated.all()
    assert found.minutes.tolist() == [[2.0], [3.0]]
    assert network.path(at(0, 0), at(0, 1000)).source == "straight_line"
    assert np.isnan(connection(network).main_share)


def test_a_missing_point_is_unknown_and_spares_the_others() -> None:
    network = RoadNetwork.build(roads(grid(3)))
    found = network.matrix([shapely.Point(at(0, 0)), None, shapely.Point()], [at(100, 100)])
    assert np.isfinite(found.minutes[:, 0]).tolist() == [True, False, False]
    assert network.nearest([None, shapely.Point(at(0, 0))], [at(0, 0)])["origin"].tolist() == [1]


def test_no_points_give_an_empty_matrix() -> None:
    network = RoadNetwork.build(roads(grid(3)))
    assert network.matrix(np.zeros((0, 2)), [at(0, 0)]).minutes.shape == (0, 1)
    assert network.matrix([at(0, 0)], np.zeros((0, 2))).minutes.shape == (1, 0)
    assert network.paths(np.zeros((0, 2)), np.zeros((0, 2))) == []
    assert network.nearest(np.zeros((0, 2)), [at(0, 0)]).empty


def test_points_in_another_crs_are_brought_to_the_roads() -> None:
    """Mixed CRS: a GeoSeries says its own; bare metres are refused."""
    network = RoadNetwork.build(roads(grid(4)))
    points = gpd.GeoSeries([shapely.Point(at(0, 0)), shapely.Point(at(300, 300))], crs=4326)
    np.testing.assert_allclose(
        network.matrix(points.to_crs(32647)).metres, network.matrix(points).metres, atol=0.01
    )
    with pytest.raises(GeometryError) as caught:
        network.matrix([[430_000.0, 870_000.0]])
    assert caught.value.code == "points_not_lonlat"
    with pytest.raises(GeometryError):
        network.matrix([line((0, 0), (1, 1))])


def test_a_path_runs_from_place_to_place_without_a_gap(
    demo: Topology, villages: gpd.GeoSeries
) -> None:
    network = RoadNetwork(demo, "motorcycle")
    for way, start, end in zip(
        network.paths(villages.iloc[:25], villages.iloc[50:75]),
        villages.iloc[:25],
        villages.iloc[50:75],
        strict=True,
    ):
        points = shapely.get_coordinates(way.geometry)
        np.testing.assert_allclose(points[0], start.coords[0], atol=1e-7)
        np.testing.assert_allclose(points[-1], end.coords[0], atol=1e-7)
        # Ends that were snapped are off by at most the snapping distance each.
        assert geodesic_length([way.geometry])[0] == pytest.approx(way.metres, abs=6)
        assert sum(leg.minutes for leg in way.legs) == pytest.approx(way.minutes)
        assert {leg.source for leg in way.legs} <= {"road_network", "straight_line"}
        assert shapely.is_valid(way.geometry)
        assert way.roads


def test_the_legs_of_a_path_say_which_part_is_on_the_road() -> None:
    network = RoadNetwork.build(roads([line((0, 0), (1000, 0))], speed_kmh=60.0))
    way = network.path(at(100, 50), at(900, -20))
    assert [leg.source for leg in way.legs] == ["straight_line", "road_network", "straight_line"]
    assert [round(leg.metres) for leg in way.legs] == pytest.approx([50, 800, 20], abs=3)
    assert shapely.get_coordinates(way.geometry) == pytest.approx(
        np.array([at(100, 50), at(100, 0), at(900, 0), at(900, -20)]), abs=1e-6
    )
    back = network.path(at(900, -20), at(100, 50))
    np.testing.assert_allclose(
        shapely.get_coordinates(back.geometry)[::-1], shapely.get_coordinates(way.geometry),
        atol=1e-8,
    )  # fmt: skip


def test_a_path_keeps_to_the_direction_of_a_roundabout() -> None:
    ring = shapely.LineString(
        [at(50 * np.cos(a), 50 * np.sin(a)) for a in np.linspace(0, 2 * np.pi, 33)]
    )
    layer = roads([ring, line((50, 0), (500, 0)), line((-50, 0), (-500, 0))],
                  oneway=["forward", "both", "both"])  # fmt: skip
    network = RoadNetwork.build(layer)
    out, back = network.path(at(500, 0), at(-500, 0)), network.path(at(-500, 0), at(500, 0))
    assert out.metres == pytest.approx(900 + 157, rel=0.01)
    assert back.metres == pytest.approx(900 + 157, rel=0.01)
    assert shapely.get_coordinates(out.geometry)[:, 1].max() > at(0, 45)[1]
    assert shapely.get_coordinates(back.geometry)[:, 1].min() < at(0, -45)[1]


def test_of_parallel_roads_the_faster_is_taken() -> None:
    layer = roads(
        [line((0, 0), (1000, 0)), line((0, 0), (500, 100), (1000, 0))], speed_kmh=[20.0, 60.0]
    )
    for engine in ("hierarchy", "dijkstra"):
        network = RoadNetwork(Topology.build(layer), engine=engine)
        assert network.path(at(0, 0), at(1000, 0)).roads == (1,)


def test_the_shortest_way_is_another_than_the_fastest() -> None:
    layer = roads(
        [line((0, 0), (1000, 0)), line((0, 0), (500, 400), (1000, 0))], speed_kmh=[20.0, 80.0]
    )
    topology = Topology.build(layer)
    fast = RoadNetwork(topology).matrix([at(0, 0)], [at(1000, 0)])
    short = RoadNetwork(topology, objective="distance").matrix([at(0, 0)], [at(1000, 0)])
    assert fast.metres[0, 0] == pytest.approx(1281, rel=0.005)
    assert short.metres[0, 0] == pytest.approx(1000, rel=0.005)
    assert short.minutes[0, 0] == pytest.approx(3.0, rel=0.005)
    assert RoadNetwork(topology, objective="distance").path(at(0, 0), at(1000, 0)).roads == (0,)


def test_the_nearest_come_in_order_and_ties_keep_theirs() -> None:
    network = RoadNetwork.build(roads([line((0, 0), (4000, 0))], speed_kmh=60.0))
    found = network.nearest([at(0, 0), at(4000, 0)], [at(3000, 0), at(1000, 0), at(1000, 0)], 2)
    assert found[["origin", "rank", "destination"]].to_numpy().tolist() == [
        [0, 1, 1], [0, 2, 2], [1, 1, 0], [1, 2, 1],
    ]  # fmt: skip
    assert found["minutes"].tolist() == pytest.approx([1, 1, 1, 3], rel=0.005)
    assert len(network.nearest([at(0, 0)], [at(1000, 0)], 5)) == 1


def test_the_nearest_can_be_measured_from_the_facility() -> None:
    """An ambulance drives the other way round the block."""
    block = [line((0, 0), (1000, 0)), line((1000, 0), (1000, 1000), (0, 1000), (0, 0))]
    network = RoadNetwork.build(roads(block, oneway="forward", speed_kmh=60.0))
    there = network.nearest([at(100, 0)], [at(900, 0)])
    back = network.nearest([at(100, 0)], [at(900, 0)], toward=False)
    assert there["metres"][0] == pytest.approx(800, rel=0.005)
    assert back["metres"][0] == pytest.approx(3200, rel=0.005)


def test_speeds_can_be_changed_by_class_within_bounds() -> None:
    slow = PROFILES["car"].with_speeds({"track": 5, "highway": 0})
    layer = roads([line((0, 0), (100, 0))] * 2, road_class=["track", "highway"])
    assert slow.speeds(layer).forward.tolist() == [5, 0]
    assert PROFILES["car"].kmh["track"] == 15
    for wrong, code in (({"lane": 5}, "road_class_unknown"),
                        ({"track": 500}, "parameter_out_of_range")):  # fmt: skip
        with pytest.raises(ParameterError) as caught:
            PROFILES["car"].with_speeds(wrong)
        assert caught.value.code == code
    with pytest.raises(ParameterError):
        replace(PROFILES["car"], detour=0.9)


def test_a_layer_without_any_of_the_columns_is_a_network_of_local_roads() -> None:
    layer = roads(grid(3))
    assert not set(ROAD_COLUMNS) & set(layer.columns)
    found = RoadNetwork.build(layer).matrix([at(0, 0)], [at(200, 0)])
    assert found.minutes[0, 0] == pytest.approx(0.2 / 40 * 60, rel=0.005)


@pytest.mark.parametrize("name", list(PROFILES))
def test_the_roads_of_the_demo_are_one_network_for_everyone(demo: Topology, name: str) -> None:
    found = connection(RoadNetwork(demo, name))
    assert (found.parts, found.main_share) == (1, pytest.approx(1))
    assert demo.report.length_m > 400_000
