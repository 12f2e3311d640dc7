"""Isochrones: in closed form on a straight road, and against the travel matrix on a town."""

from __future__ import annotations

from dataclasses import replace

import geopandas as gpd
import numpy as np
import pytest
import shapely

import sample_data
from geo.crs import geodesic_area
from geo.errors import ParameterError
from geo.network import PROFILES, RoadNetwork, Topology, reach
from tests.geo.road_cases import at, grid, line, roads

STRAIGHT = [line(*((x, 0) for x in range(0, 10_001, 250)))]


def length(network: RoadNetwork, places: object, limit: float, *, toward: bool = False) -> float:
    """Metres of road within a limit."""
    return float(reach(network, places, [limit], toward=toward).areas["road_m"][0])


def test_both_ways_along_a_road_for_as_long_as_the_limit() -> None:
    network = RoadNetwork.build(roads(STRAIGHT, speed_kmh=60.0))
    assert length(network, [at(5000, 0)], 2) == pytest.approx(4000, abs=2)
    assert length(network, [at(500, 0)], 2) == pytest.approx(2500, abs=2)
    assert length(network, [at(5000, 0)], 60) == pytest.approx(10_000, abs=2)


def test_a_limit_by_distance_is_metres_of_road() -> None:
    network = RoadNetwork(Topology.build(roads(STRAIGHT)), "walk", objective="distance")
    assert length(network, [at(5000, 0)], 1200) == pytest.approx(2400, abs=1)


def test_the_walk_to_the_road_counts() -> None:
    network = RoadNetwork.build(roads(STRAIGHT, speed_kmh=60.0))
    assert length(network, [at(5000, 75)], 2) == pytest.approx(2000, abs=3)
    assert length(network, [at(5000, 200)], 2) == 0


def test_what_two_places_reach_counts_once() -> None:
    network = RoadNetwork.build(roads(STRAIGHT, speed_kmh=60.0))
    assert length(network, [at(5000, 0), at(6000, 0)], 2) == pytest.approx(5000, abs=3)
    assert length(network, [at(5000, 0), at(5000, 0)], 2) == pytest.approx(4000, abs=3)


def test_one_way_roads_reach_forward_and_are_reached_from_behind() -> None:
    network = RoadNetwork.build(roads(STRAIGHT, speed_kmh=60.0, oneway="forward"))
    away = reach(network, [at(5000, 0)], [2], corridor_m=10).areas.geometry[0]
    toward = reach(network, [at(5000, 0)], [2], corridor_m=10, toward=True).areas.geometry[0]
    ahead, behind = shapely.Point(at(6500, 0)), shapely.Point(at(3500, 0))
    assert (away.contains(ahead), away.contains(behind)) == (True, False)
    assert (toward.contains(ahead), toward.contains(behind)) == (False, True)


def test_the_ground_beside_the_road_is_a_strip_with_round_ends() -> None:
    network = RoadNetwork.build(roads(STRAIGHT, speed_kmh=60.0))
    found = reach(network, [at(5000, 0)], [2], corridor_m=100).areas
    expected = 4000 * 200 + np.pi * 100**2
    assert geodesic_area(found.geometry)[0] == pytest.approx(expected, rel=0.005)


@pytest.mark.parametrize("toward", [False, True], ids=["away", "toward"])
def test_a_spot_is_inside_when_its_travel_time_keeps_the_limit(toward: bool) -> None:
    """On the demo's roads with their one-way streets, for spots all over the island."""
    layer = gpd.read_file(sample_data.files()["roads"])
    every_second = np.arange(len(layer)) % 3 == 0
    layer["oneway"] = np.where(every_second, "forward", layer["oneway"])
    profile = replace(PROFILES["car"], reach_m=5.0)
    network = RoadNetwork(Topology.build(layer), profile)
    places = [shapely.Point(98.39, 7.885), shapely.Point(98.33, 8.03)]
    places = [layer.geometry.union_all().interpolate(0), *_on_roads(network, places)]
    rng = np.random.default_rng(3)
    edge = rng.integers(0, len(network.topology.lines), 400)
    spots = shapely.line_interpolate_point(
        network.topology.lines[edge], rng.uniform(0.02, 0.98, 400), normalized=True
    )
    pair = (spots, places) if toward else (places, spots)
    found = network.matrix(*pair)
    minutes = np.where(found.estimated, np.inf, found.minutes)
    nearest = minutes.min(axis=1 if toward else 0)
    limits = [4.0, 9.0, 20.0]
    areas = reach(network, places, limits, toward=toward, corridor_m=10).areas
    for limit, area in zip(limits, areas.geometry, strict=True):
        clear = np.abs(nearest - limit) > 0.05
        shapely.prepare(area)
        inside = shapely.contains(area, spots)
        # Parallel lanes less than the corridor apart count for each other.
        wrong = (inside != (nearest <= limit)) & clear
        assert wrong.sum() <= 4
        assert not (wrong & (nearest <= limit)).any()
    assert np.isfinite(nearest).mean() > 0.4


def _on_roads(network: RoadNetwork, points: list[shapely.Point]) -> list[shapely.Point]:
    tree = shapely.STRtree(network.topology.lines)
    lines = network.topology.lines[tree.nearest(points)]
    return [
        road.interpolate(road.project(point)) for road, point in zip(lines, points, strict=True)
    ]


def test_an_area_holds_those_of_smaller_limits_and_is_valid() -> None:
    network = RoadNetwork.build(roads(grid(8, 400)))
    areas = reach(network, [at(1000, 1200)], [1, 2, 4, 8]).areas
    assert areas["limit"].tolist() == [1, 2, 4, 8]
    assert areas["road_m"].is_monotonic_increasing
    assert shapely.is_valid(areas.geometry).all()
    for small, large in zip(areas.geometry, areas.geometry[1:], strict=False):
        assert large.buffer(1e-4).covers(small)


def test_places_that_no_road_reaches_are_named() -> None:
    network = RoadNetwork.build(roads(STRAIGHT))
    found = reach(network, [shapely.Point(at(5000, 0)), shapely.Point(at(0, 5000)), None], [5])
    assert found.unreached == (1, 2)
    nothing = reach(RoadNetwork.build(roads([])), [at(0, 0)], [5])
    assert nothing.areas.geometry[0].is_empty
    assert nothing.areas["road_m"][0] == 0


@pytest.mark.parametrize("limits", [[], [0], [5, -1]], ids=["none", "zero", "negative"])
def test_a_limit_must_be_above_zero(limits: list[float]) -> None:
    with pytest.raises(ParameterError):
        reach(RoadNetwork.build(roads(STRAIGHT)), [at(0, 0)], limits)
