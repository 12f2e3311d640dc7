"""Nearest facilities, service coverage and delivery zones through the doors, on both engines."""

from __future__ import annotations

import json
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from flask.testing import FlaskClient
from shapely.geometry import shape

import sample_data
from geo.crs import geodesic_area
from geo.errors import ParameterError
from geo.network import RoadNetwork
from layers.catalogue import CATALOGUE
from layers.errors import AccessDenied
from layers.privacy import owner_view, public_view
from layers.processes import Reader, execute
from layers.store import Store
from layers.workspace import open_workspace
from tests.geo.road_cases import at, line


def point(lon: float, lat: float, **properties: Any) -> dict[str, Any]:
    geometry = {"type": "Point", "coordinates": [lon, lat]}
    return {"type": "Feature", "properties": properties, "geometry": geometry}


def collection(*features: dict[str, Any]) -> dict[str, Any]:
    return {"type": "FeatureCollection", "features": list(features)}


def post(client: FlaskClient, process: str, **inputs: Any) -> tuple[int, dict[str, Any]]:
    answer = client.post(f"/processes/{process}/execution", json={"inputs": inputs})
    return answer.status_code, json.loads(answer.data)


def rows(result: dict[str, Any], part: str | None = None) -> list[dict[str, Any]]:
    found = [feature["properties"] for feature in result["features"]]
    return [row for row in found if part is None or row["part"] == part]


@pytest.fixture(scope="module")
def village_roads() -> Any:
    """A straight road of 20 km with a village at each end and a health centre beside each."""
    store = open_workspace("duckdb:///:memory:")
    long = line(*((x, 0) for x in range(0, 20_001, 500)))
    store.write(
        "roads",
        gpd.GeoDataFrame(
            [{"road_id": "R1", "road_class": "rural_road", "speed_kmh": 60.0}],
            geometry=[long],
            crs=4326,
        ),
        author="test",
    )
    yield store
    store.close()


def run(store: Store, process: str, **inputs: Any) -> dict[str, Any]:
    return execute(process, inputs, Reader(store, owner_view)).to_geojson()


# Nearest facilities


def test_every_village_gets_its_nearest_health_centres_with_the_way(client: FlaskClient) -> None:
    """A11, SYS-080: the nearest centre is returned, with time, distance and way."""
    status, result = post(
        client, "nearest-facility", kind="health_promotion_hospital,hospital", k=2
    )
    assert status == 200
    found = pd.DataFrame(rows(result))
    villages = gpd.read_file(sample_data.files()["villages"])
    assert len(found) == 2 * len(villages)
    assert set(found["source"]) == {"road_network"}
    assert set(found["kind"]) <= {"health_promotion_hospital", "hospital"}
    first, second = found[found["rank"] == 1], found[found["rank"] == 2]
    assert (first["minutes"].to_numpy() <= second["minutes"].to_numpy()).all()
    assert {feature["geometry"]["type"] for feature in result["features"]} == {"LineString"}
    assert set(result["layerVersions"]) >= {"roads", "villages", "facilities"}
    assert result["rules"] == ["TOUR-R132", "LOC-R10"]
    _agree_with_a_search(found[found["rank"] == 1], villages)


def _agree_with_a_search(found: pd.DataFrame, villages: gpd.GeoDataFrame) -> None:
    """The first rank is the least of all facilities, by the other engine."""
    facilities = gpd.read_file(sample_data.files()["facilities"])
    facilities = facilities[facilities["kind"].isin(["health_promotion_hospital", "hospital"])]
    network = RoadNetwork.build(gpd.read_file(sample_data.files()["roads"]))
    slow = RoadNetwork(network.topology, engine="dijkstra")
    matrix = slow.matrix(villages.geometry, facilities.geometry)
    expected = dict(zip(villages["code"].astype(str), matrix.minutes.min(axis=1), strict=True))
    for code, minutes in zip(found["place_id"], found["minutes"], strict=True):
        assert minutes == pytest.approx(expected[code], abs=0.06)


def test_a_site_of_the_same_province_comes_before_a_nearer_one(village_roads: Store) -> None:
    """SYS-065: first the same province, then nearby ones, none outside the named list."""
    places = collection(point(*at(9000, 0), id="V", area_code="30010101"))
    facilities = collection(
        point(*at(10_000, 0), id="near", area_code="31010101"),
        point(*at(2000, 0), id="own", area_code="30990101"),
    )
    given = {"places": places, "facilities": facilities, "k": 2}
    plain = rows(run(village_roads, "nearest-facility", **given))
    assert [row["facility_id"] for row in plain] == ["near", "own"]
    first = rows(run(village_roads, "nearest-facility", **given, same_first="province"))
    assert [(row["facility_id"], row["rank"], row["same_area"]) for row in first] == [
        ("own", 1, True),
        ("near", 2, False),
    ]


def test_facilities_can_be_kept_to_the_provinces_of_a_list(demo: Store) -> None:
    """SYS-065: never outside the 20 NE provinces; Phuket is in the southern list."""
    reader = Reader(demo, public_view)
    inside = execute("nearest-facility", {"province_list": "RS14", "lines": False}, reader)
    assert inside.summary["facilities"] > 0
    with pytest.raises(ParameterError) as caught:
        execute("nearest-facility", {"province_list": "NE20"}, Reader(demo, public_view))
    assert caught.value.code == "no_facilities"


def test_time_and_source_of_a_drawn_place(village_roads: Store) -> None:
    result = run(
        village_roads,
        "nearest-facility",
        places=collection(point(*at(0, 0)), point(*at(0, 8000))),
        facilities=collection(point(*at(5000, 0), id="F", name_th="สถานีอนามัย")),
        profile="van",
        max_minutes=6,
    )
    near, far = rows(result)
    assert (near["minutes"], near["metres"]) == (5.0, pytest.approx(5000, abs=2))
    assert (near["source"], near["within_limit"]) == ("road_network", True)
    assert (far["source"], far["within_limit"]) == ("straight_line", False)
    assert far["minutes"] == np.ceil(9.434 * 1.3 / 50 * 60)
    assert (result["summary"]["estimated"], result["summary"]["beyond_limit"]) == (1, 1)
    assert "1" in result["summary"]["notes"][0]["en"]
    ends = shape(result["features"][1]["geometry"])
    assert len(ends.coords) == 2


def test_speeds_and_way_of_travelling_are_parameters(village_roads: Store) -> None:
    given = {
        "places": collection(point(*at(0, 0))),
        "facilities": collection(point(*at(3000, 0))),
    }
    walk = rows(run(village_roads, "nearest-facility", **given, profile="walk"))[0]
    assert walk["minutes"] == pytest.approx(40, abs=0.1)
    slow = run(village_roads, "nearest-facility", **given, profile="walk", speeds="rural_road=2")
    assert rows(slow)[0]["minutes"] == pytest.approx(90, abs=0.1)
    assert slow["parameters"]["speeds"] == "rural_road=2"


def test_places_known_too_coarsely_are_listed_and_not_used(village_roads: Store) -> None:
    """LOC-R10."""
    places = collection(
        point(*at(0, 0), id="A", geom_precision="village"),
        point(*at(0, 0), id="B", geom_precision="tambon"),
        {"type": "Feature", "id": "C", "properties": {}, "geometry": None},
        point(430_000, 870_000, id="D"),
    )
    reader = Reader(village_roads, owner_view)
    facilities = collection(point(*at(3000, 0)))
    found = execute("nearest-facility", {"places": places, "facilities": facilities}, reader)
    assert found.features["place_id"].tolist() == ["A"]
    assert found.left_out == 3
    assert [(item["id"], item["reason"]) for item in found.summary["not_used"]] == [
        ("B", "too_coarse"),
        ("C", "no_location"),
        ("D", "not_on_earth"),
    ]
    wider = execute(
        "nearest-facility",
        {"places": places, "facilities": facilities, "min_precision": "tambon"},
        reader,
    )
    assert wider.features["place_id"].tolist() == ["A", "B"]


def test_without_roads_everything_is_an_estimate_and_says_so() -> None:
    store = open_workspace("duckdb:///:memory:")
    found = run(
        store,
        "nearest-facility",
        places=collection(point(98.3, 7.9)),
        facilities=collection(point(98.4, 7.9)),
    )
    store.close()
    assert rows(found)[0]["source"] == "straight_line"
    assert found["summary"]["notes"][0]["th"].startswith("ไม่มีข้อมูลถนน")


def test_people_are_no_places_for_the_public(client: FlaskClient, demo: Store) -> None:
    status, problem = post(client, "nearest-facility", place_layer="households")
    assert status == 403
    with pytest.raises(AccessDenied):
        execute("nearest-facility", {"place_layer": "households"}, Reader(demo, public_view))
    own = Reader(demo, owner_view)
    found = execute("nearest-facility", {"place_layer": "households", "lines": False}, own)
    assert len(found.features) > 100
    assert "name" not in problem


@pytest.mark.parametrize(
    ("process", "inputs", "code"),
    [
        ("nearest-facility", {"speeds": "track"}, "speeds_invalid"),
        ("nearest-facility", {"speeds": "lane=4"}, "road_class_unknown"),
        ("nearest-facility", {"speeds": "track=999"}, "parameter_out_of_range"),
        ("nearest-facility", {"profile": "horse"}, "parameter_invalid"),
        ("nearest-facility", {"kind": "spaceport"}, "no_facilities"),
        ("nearest-facility", {"place_layer": "aid_cases"}, "layer_without_places"),
        ("nearest-facility", {"k": 0}, "parameter_invalid"),
        ("service-coverage", {"limits": "ten"}, "limits_invalid"),
        ("service-coverage", {"limits": "0,5"}, "limits_invalid"),
        ("service-coverage", {"limits": ""}, "limits_invalid"),
        ("delivery-zone", {"origin": "hub"}, "no_origin"),
        ("delivery-zone", {"radius_m": 0}, "parameter_invalid"),
    ],
)
def test_a_wrong_input_is_named(
    client: FlaskClient, process: str, inputs: dict[str, Any], code: str
) -> None:
    status, problem = post(client, process, **inputs)
    assert (status, problem["code"]) == (400, code)


def test_an_unknown_layer_is_not_found(client: FlaskClient) -> None:
    assert post(client, "nearest-facility", place_layer="castles")[0] == 404


# Service coverage


def test_who_lives_beyond_each_limit_is_counted(client: FlaskClient) -> None:
    """A11; SYS-071: villages beyond x km of a market are listed."""
    status, result = post(
        client, "service-coverage", facility_layer="markets", measure="km", limits="10,2,5"
    )
    assert status == 200
    summary = result["summary"]
    villages = pd.DataFrame(rows(result, "place"))
    assert [row["limit"] for row in summary["within"]] == [2, 5, 10]
    for row in summary["within"]:
        inside = villages[villages["metres"] <= row["limit"] * 1000]
        assert row["places"] == len(inside)
        assert row["households"] == inside["households"].sum()
        assert row["population"] == inside["population"].sum()
    beyond = summary["beyond"]
    assert beyond["places"] + summary["within"][-1]["places"] == summary["places"] == len(villages)
    listed = villages[villages["beyond"]]
    assert len(listed) == beyond["places"]
    assert sum(row["places"] for row in summary["by_area"]) == beyond["places"]
    assert sum(row["places_all"] for row in summary["by_area"]) == len(villages)
    assert {row["area_code"] for row in summary["by_area"]} == {"8301", "8302", "8303"}
    areas = [f for f in result["features"] if f["properties"]["part"] == "area"]
    assert [f["properties"]["limit"] for f in areas] == [10, 5, 2]
    shapes = [shape(f["geometry"]) for f in areas]
    assert shapes[0].area > shapes[1].area > shapes[2].area > 0


def test_the_area_holds_the_places_within_it(village_roads: Store) -> None:
    places = [point(*at(x, 0), id=str(x), households=10) for x in range(500, 10_000, 1000)]
    result = run(
        village_roads,
        "service-coverage",
        facilities=collection(point(*at(0, 0), id="F")),
        places=collection(*places),
        limits="2,5",
    )
    found = rows(result, "place")
    assert [row["limit"] for row in found] == [2, 2, 5, 5, 5, None, None, None, None, None]
    assert result["summary"]["beyond"]["households"] == 50
    wide = shape(result["features"][0]["geometry"])
    inside = [wide.covers(shapely.Point(at(int(row["place_id"]), 0))) for row in found]
    assert inside == [True] * 5 + [False] * 5


def test_a_limit_that_is_met_exactly_is_within(village_roads: Store) -> None:
    result = run(
        village_roads,
        "service-coverage",
        facilities=collection(point(*at(0, 0))),
        places=collection(point(*at(0, 0), id="here")),
        limits="1",
        areas=False,
    )
    assert rows(result)[0]["beyond"] is False
    assert len(result["features"]) == 1


def test_unknown_numbers_of_households_are_said_and_not_taken_for_none(
    village_roads: Store,
) -> None:
    result = run(
        village_roads,
        "service-coverage",
        facilities=collection(point(*at(0, 0))),
        places=collection(point(*at(9000, 0), households=7), point(*at(9000, 0))),
        limits="1",
    )
    beyond = result["summary"]["beyond"]
    assert (beyond["households"], beyond["households_unknown"]) == (7, 1)


def test_facilities_that_no_road_reaches_are_named(village_roads: Store) -> None:
    result = run(
        village_roads,
        "service-coverage",
        facilities=collection(point(*at(0, 0), id="A"), point(*at(0, 9000), id="island")),
        places=collection(point(*at(500, 0))),
        limits="5",
    )
    assert result["summary"]["facilities_off_road"] == ["island"]


def test_no_places_make_an_empty_answer(village_roads: Store) -> None:
    result = run(
        village_roads,
        "service-coverage",
        facilities=collection(point(*at(0, 0))),
        places=collection(),
        limits="5",
    )
    assert (result["summary"]["places"], result["summary"]["beyond"]["places"]) == (0, 0)
    nearest = run(
        village_roads,
        "nearest-facility",
        facilities=collection(point(*at(0, 0))),
        places=collection(),
    )
    assert nearest["features"] == []


# Delivery zones: tourism.md 6.9

HUB = collection(point(102.79, 14.63, id="hub"))
MERCHANT = collection(point(102.805, 14.645, id="M", category="food_service"))


@pytest.mark.parametrize(
    ("lat", "lon", "metres", "modes"),
    [
        (14.720370, 102.790000, 9_999, ["local", "post"]),
        (14.720379, 102.790000, 10_000, ["local", "post"]),
        (14.629982, 102.882831, 10_001, ["post"]),
        (14.661951, 102.822822, 5_000, ["local", "post"]),
        (14.565763, 102.855944, 10_050, ["post"]),
    ],
    ids=["TOUR-T91", "TOUR-T92", "TOUR-T93", "TOUR-T94", "TOUR-T95"],
)
def test_an_address_is_delivered_to_within_ten_kilometres(
    village_roads: Store, lat: float, lon: float, metres: int, modes: list[str]
) -> None:
    """SYS-112: at 9.9 km local or post, at 10.1 km post; TOUR-R110, R111, R113."""
    buyers = collection(point(lon, lat, id="B"))
    result = run(village_roads, "delivery-zone", hub=HUB, buyers=buyers, origin="hub")
    (row,) = rows(result, "buyer")
    assert (row["metres"], row["modes"]) == (metres, modes)
    assert row["local"] is ("local" in modes)


@pytest.mark.parametrize(
    ("lat", "lon", "hub", "merchant"),
    [
        (14.66, 102.89, (11_272, False), (9_306, True)),
        (14.60, 102.72, (8_240, True), (10_424, False)),
    ],
    ids=["TOUR-T96", "TOUR-T97"],
)
def test_where_the_distance_begins_decides(
    village_roads: Store,
    lat: float,
    lon: float,
    hub: tuple[int, bool],
    merchant: tuple[int, bool],
) -> None:
    """TOUR-R112: the order is checked from the merchant, the map is drawn from the hub."""
    given = {"hub": HUB, "merchants": MERCHANT, "buyers": collection(point(lon, lat, id="B"))}
    for origin, expected in (("hub", hub), ("merchant", merchant)):
        result = run(village_roads, "delivery-zone", **given, origin=origin)
        (row,) = rows(result, "buyer")
        assert (row["metres"], row["local"]) == expected
    assert [row["part"] for row in rows(result)] == [
        "merchant_zone", "hub_zone", "merchant", "buyer",
    ]  # fmt: skip


def test_the_zone_of_the_hub_holds_its_circle(village_roads: Store) -> None:
    """TOUR-T98: at least 313.6 km2."""
    result = run(village_roads, "delivery-zone", hub=HUB, origin="hub", buyers=collection())
    (zone,) = rows(result, "hub_zone")
    assert zone["area_km2"] >= 313.6
    drawn = shape(result["features"][0]["geometry"])
    assert geodesic_area([drawn])[0] / 1e6 == pytest.approx(zone["area_km2"], abs=0.01)


def test_a_limit_that_is_not_inclusive_keeps_its_edge_out(village_roads: Store) -> None:
    """TOUR-R110, TOUR-P31."""
    buyers = collection(point(102.79, 14.720379, id="B"))
    given = {"hub": HUB, "buyers": buyers, "origin": "hub"}
    (row,) = rows(run(village_roads, "delivery-zone", **given, inclusive=False), "buyer")
    assert row["modes"] == ["post"]


def test_the_shares_of_the_first_shops(village_roads: Store) -> None:
    """TOUR-T99, SYS-112: 77 + 34 + 3 = 114 shops."""
    kinds = ["food_service"] * 77 + ["e_commerce"] * 34 + ["lodging"] * 3
    merchants = collection(*(point(102.79, 14.63, category=kind) for kind in kinds))
    result = run(village_roads, "delivery-zone", merchants=merchants, buyers=collection())
    found = result["summary"]["merchants"]
    assert found["total"] == 114
    assert [found[kind]["share_pct"] for kind in ("food_service", "e_commerce", "lodging")] == [
        67.54, 29.82, 2.63,
    ]  # fmt: skip


def test_an_order_is_measured_from_its_own_merchant(village_roads: Store) -> None:
    merchants = collection(point(102.79, 14.63, id="far"), point(102.88, 14.66, id="near"))
    buyers = collection(
        point(102.89, 14.66, id="A", merchant_id="far"),
        point(102.89, 14.66, id="B"),
        point(102.89, 14.66, id="C", merchant_id="closed"),
    )
    reader = Reader(village_roads, owner_view)
    found = execute("delivery-zone", {"merchants": merchants, "buyers": buyers}, reader)
    table = found.features[found.features["part"] == "buyer"]
    assert table["origin_id"].tolist() == ["far", "near", None]
    assert table["local"].tolist() == [False, True, None]
    assert table["reason"].tolist() == [None, None, "merchant_unknown"]
    assert found.left_out == 1


def test_the_distance_by_road_is_longer_than_the_straight_one(village_roads: Store) -> None:
    """TOUR-R113, the option road network: 12 km along the road, 8.4 km straight."""
    merchants = collection(point(*at(0, 0), id="M"))
    buyers = collection(point(*at(9_900, 0), id="in"), point(*at(10_100, 0), id="out"))
    result = run(village_roads, "delivery-zone", merchants=merchants, buyers=buyers, metric="road")
    inside, outside = rows(result, "buyer")
    assert (inside["local"], outside["local"]) == (True, False)
    assert inside["source"] == "road_network"
    assert inside["metres"] == pytest.approx(9_900, abs=2)
    (zone,) = rows(result, "merchant_zone")
    assert zone["area_km2"] == pytest.approx(10 * 0.5 + np.pi * 0.25**2, rel=0.02)


def test_the_demo_answers_without_any_input(client: FlaskClient) -> None:
    """What `make demo` runs: every process with its defaults."""
    for process in ("nearest-facility", "service-coverage", "delivery-zone"):
        status, result = post(client, process)
        assert status == 200, (process, result)
        assert result["features"]
        json.dumps(result, allow_nan=False)


def test_labels_stand_in_both_languages(client: FlaskClient) -> None:
    for process in ("nearest-facility", "service-coverage", "delivery-zone"):
        thai, english = (
            client.get(f"/processes/{process}", headers={"Accept-Language": code}).get_json()
            for code in ("th", "en")
        )
        assert thai["title"] != english["title"]
        for name, item in thai["inputs"].items():
            assert item["title"] != english["inputs"][name]["title"], name


def test_the_layers_that_a_process_names_exist() -> None:
    from layers.processes import PROCESSES

    for process in ("nearest-facility", "service-coverage", "delivery-zone"):
        assert set(PROCESSES[process].reads) <= set(CATALOGUE)


# The road layer itself


def test_a_road_check_names_gaps_separate_parts_and_lines_that_cannot_be_used() -> None:
    store = open_workspace("duckdb:///:memory:")
    lines = [
        line((0, 0), (2000, 0)),
        line((1000, 12), (1000, 900)),  # ends 12 m before the first
        line((5000, 0), (5400, 0)),
        line((0, 0), (0, 0)),
    ]
    table = [{"road_id": f"R{i}", "road_class": "rural_road"} for i in range(4)]
    frame = gpd.GeoDataFrame(table, geometry=lines, crs=4326)
    try:
        store.write("roads", frame, author="test")
        result = run(store, "road-check")
        nearer = run(store, "road-check", near_m=5)
        joined = run(store, "road-check", snap_m=20)
    finally:
        store.close()
    faults = {(row["road_id"], row["fault"]) for row in rows(result)}
    assert faults == {
        ("R1", "near_miss"), ("R1", "unconnected"), ("R2", "unconnected"), ("R3", "zero_length"),
    }  # fmt: skip
    near = next(row for row in rows(result) if row["fault"] == "near_miss")
    assert near["other_road_id"] == "R0" and near["gap_m"] == pytest.approx(12, abs=0.1)
    assert result["summary"]["parts"] == 3
    assert result["summary"]["main_share"] == pytest.approx(2000 / 3288, abs=0.001)
    assert "near_miss" not in nearer["summary"]["faults"]
    assert joined["summary"]["parts"] == 2 and joined["summary"]["touching"] == 1


def test_the_demo_roads_hang_together(client: FlaskClient) -> None:
    status, result = post(client, "road-check")
    assert status == 200
    assert result["summary"]["main_share"] == 1
    assert set(result["summary"]["faults"]) <= {"near_miss"}
