"""The layout of plots over HTTP and into the layers, on both engines."""

from __future__ import annotations

import json
from typing import Any

import pytest
import shapely
from flask.testing import FlaskClient
from pyproj import Geod
from shapely.geometry import mapping, shape

from layers.privacy import owner_view
from layers.processes import PROCESSES, Reader, execute
from layers.store import Store

GEOD = Geod(ellps="WGS84")
LON, LAT = 98.3, 7.9
OWN = {"use_layers": False}


def place(east: float, north: float) -> tuple[float, float]:
    """Degrees of a point so many metres east and north of the corner, made with pyproj alone."""
    lon, lat, _ = GEOD.fwd(LON, LAT, 90, east)
    lon, lat, _ = GEOD.fwd(lon, lat, 0, north)
    return lon, lat


def polygon(*corners: tuple[float, float]) -> dict[str, Any]:
    return mapping(shapely.Polygon([place(*corner) for corner in corners]))


def point(east: float, north: float) -> dict[str, Any]:
    return {"type": "Point", "coordinates": place(east, north)}


SQUARE = polygon((0, 0), (60, 0), (60, 60), (0, 60))


def run(client: FlaskClient, **inputs: Any) -> tuple[int, dict[str, Any]]:
    answer = client.post("/processes/plot-layout/execution", json={"inputs": inputs})
    return answer.status_code, json.loads(answer.data)


def zones_of(result: dict[str, Any], plan: int = 1) -> list[dict[str, Any]]:
    return [
        feature
        for feature in result["features"]
        if feature["properties"]["feature"] == "zone"
        and feature["properties"]["plan_version"] == plan
    ]


def test_a_drawn_plot_is_laid_out(client: FlaskClient) -> None:
    """LAND-R24 to R27 on a square of 60 m: three plans, 30:30:30:10, all constraints pass."""
    status, result = run(client, plot=SQUARE, access=point(30, 60), downhill_deg=180, **OWN)
    assert status == 200
    plans = result["summary"]["plans"]
    assert [plan["plan_version"] for plan in plans] == [1, 2, 3]
    assert all(plan["feasible"] for plan in plans)
    assert plans[0]["j"] >= plans[1]["j"] >= plans[2]["j"]
    zones = zones_of(result)
    assert [zone["properties"]["zone_kind"] for zone in zones] == [
        "pond", "paddy", "orchard", "house",
    ]  # fmt: skip
    shares = [zone["properties"]["share_pct"] for zone in zones]
    assert shares == pytest.approx([30, 30, 30, 10], abs=0.01)
    area = sum(zone["properties"]["area_m2"] for zone in zones)
    assert area == pytest.approx(abs(GEOD.geometry_area_perimeter(shape(SQUARE))[0]), rel=1e-5)
    assert zones[0]["properties"]["area_text"] == "0-2-70 ไร่"
    signs = {row["rule"]: row["sign"] for row in result["summary"]["verdicts"]}
    assert len(signs) == 13
    assert set(signs.values()) == {"pass"}
    assert "LAND-R26" in result["rules"]
    assert result["parameters"]["seed"] == 0


def test_zones_in_degrees_fit_the_plot(client: FlaskClient) -> None:
    """No gaps or overlaps in the degrees that are handed out (to 0.01 m2)."""
    _, result = run(client, plot=SQUARE, access=point(30, 60), **OWN)
    shapes = [shape(zone["geometry"]) for zone in zones_of(result)]
    assert shapely.coverage_is_valid(shapes)
    square_metre = 1 / (111_000**2)
    whole = shapely.union_all(shapes)
    assert whole.symmetric_difference(shape(SQUARE)).area < 0.01 * square_metre
    corners = {tuple(xy) for xy in shapely.get_coordinates(whole)}
    assert {tuple(xy) for xy in shapely.get_coordinates(shape(SQUARE))} <= corners


def test_pond_and_channels_come_with_the_zones(client: FlaskClient) -> None:
    _, result = run(client, plot=SQUARE, access=point(30, 60), alternatives=1, **OWN)
    found = {feature["properties"]["feature"]: feature for feature in result["features"]}
    pond, water = found["pond"], zones_of(result)[0]
    assert pond["properties"]["verdict"] == "ok"
    assert pond["properties"]["depth_m"] == 3.0
    assert shape(water["geometry"]).contains(shape(pond["geometry"]))
    assert found["channel"]["properties"]["length_m"] > 1
    plan = result["summary"]["plans"][0]
    assert plan["zone_share_pct"] == pytest.approx(30, abs=0.01)
    assert 20 < plan["open_water_share_pct"] < 32
    assert plan["share_verdict"] == "within"


def test_locked_zones_and_a_profile_of_ones_own(client: FlaskClient) -> None:
    house = polygon((45, 45), (60, 45), (60, 60), (45, 60))
    locked = {"type": "Feature", "properties": {"zone_kind": "house"}, "geometry": house}
    status, result = run(
        client, plot=SQUARE, access=point(50, 60), locked=locked, alternatives=1,
        water_pct=20, rice_pct=40, orchard_pct=30, residence_pct=10, **OWN,
    )  # fmt: skip
    assert status == 200
    zones = {zone["properties"]["group"]: zone for zone in zones_of(result)}
    assert zones["rice"]["properties"]["share_pct"] == pytest.approx(40, abs=0.01)
    assert shape(zones["residence"]["geometry"]).buffer(1e-9).contains(shape(house))


BAD_PLOTS: dict[str, dict[str, Any]] = {
    "plot_invalid": {"plot": polygon((0, 0), (40, 40), (40, 0), (0, 40))},
    "plot_too_small": {"plot": polygon((0, 0), (6, 0), (6, 6), (0, 6))},
    "plot_sliver": {"plot": polygon((0, 0), (900, 0), (900, 0.8), (0, 0.8))},
    "plot_too_large": {"plot": polygon((0, 0), (3000, 0), (3000, 3000), (0, 3000))},
    "plot_missing": {"plot": {"type": "Feature", "properties": {}, "geometry": None}},
    "crs_missing": {"plot": mapping(shapely.box(430000, 880000, 430040, 880040))},
    "shares_invalid": {"plot": SQUARE, "profile": "custom", "water_pct": 50, "rice_pct": 20},
}


@pytest.mark.parametrize("code", BAD_PLOTS)
def test_a_bad_plot_is_a_finding(client: FlaskClient, code: str) -> None:
    """A clear finding, never an exception."""
    status, result = run(client, **BAD_PLOTS[code])
    assert status == 200
    assert [finding["code"] for finding in result["summary"]["findings"]] == [code]
    assert result["summary"]["feasible"] == 0
    assert result["features"] == []


def test_what_blocks_is_named(client: FlaskClient) -> None:
    """LAY-T6 over HTTP: half a rai, 4 m deep, no certificate."""
    side = 800**0.5
    small = polygon((0, 0), (side, 0), (side, side), (0, side))
    _, result = run(client, plot=small, access=point(14, side), depth_m=4, slope_h_per_v=1, **OWN)
    assert result["summary"]["feasible"] == 0
    assert "H8" in result["summary"]["plans"][0]["broken"]
    rows = {row["rule"]: row for row in result["summary"]["verdicts"]}
    row = rows["LAND-R26-H8"]
    assert row["sign"] == "fail"
    assert row["figure"] == pytest.approx(150.9, abs=0.2)
    assert row["hint"]["th"]
    assert "engineer" in row["hint"]["en"]


@pytest.mark.parametrize(
    ("inputs", "code"),
    [
        ({"plot": SQUARE, "plot_id": "KNN-83-2564-0001"}, "plot_twice"),
        ({"plot": {"type": "Polygon"}}, "plot_invalid"),
        ({"plot": SQUARE, "access": SQUARE}, "point_expected"),
        ({"plot": SQUARE, "locked": SQUARE}, "locked_group"),
        ({"plot": SQUARE, "profile": "square"}, "parameter_invalid"),
        ({"plot": SQUARE, "depth_m": -1}, "parameter_invalid"),
        ({"plot": SQUARE, "slope_h_per_v": float("inf")}, "parameter_invalid"),
        ({"plot": SQUARE, "alternatives": 99}, "parameter_invalid"),
    ],
)
def test_a_wrong_input_is_named(client: FlaskClient, inputs: dict[str, Any], code: str) -> None:
    answer = client.post(
        "/processes/plot-layout/execution?lang=en", data=json.dumps({"inputs": inputs})
    )
    assert answer.status_code == 400
    assert json.loads(answer.data)["code"] == code


def test_the_public_may_not_have_the_layer_laid_out(client: FlaskClient) -> None:
    status, problem = run(client, plot_id="KNN-83-2564-0001")
    assert (status, problem["code"]) == (403, "aggregates_only")


def test_an_unknown_plot_is_named(owner: FlaskClient) -> None:
    status, problem = run(owner, plot_id="KNN-83-2564-9999")
    assert (status, problem["code"]) == (404, "plot_unknown")


def test_a_plot_of_the_layer_is_laid_out_into_plans_with_versions(demo: Store) -> None:
    """Zones, pond and channels are saved as plans; a second run makes further plans."""
    reader = Reader(demo, owner_view)
    plot_id = "KNN-83-2564-0008"
    for first in (1, 3):
        result = execute("plot-layout", {"plot_id": plot_id, "alternatives": 2}, reader)
        plans = result.summary["plans"]
        assert [plan["plan_version"] for plan in plans] == [first, first + 1]
        assert set(result.updates) == set(PROCESSES["plot-layout"].writes)
        for layer_id, rows in result.updates.items():
            assert demo.write(layer_id, rows, author="test").inserted == len(rows)
    zones = reader.read("plot_zones", filter=_plan(f"{plot_id}-L4"))
    # A micro plot in Phuket grows cash crops in the place of rice (LAND-R24).
    assert sorted(zones["zone_kind"]) == ["cash_crop", "house", "orchard", "pond"]
    assert set(zones["source"]) == {"generated"}
    assert set(zones["plan_version"]) == {4}
    assert zones["share_pct"].sum() == pytest.approx(100, abs=0.01)
    assert zones["area_code"].notna().all()
    pond = reader.read("ponds", filter=_plan(f"{plot_id}-L4"))
    assert pond["verdict"].tolist() == ["ok"]
    assert pond["kind"].tolist() == ["design"]
    channels = reader.read("channels", filter=_plan(f"{plot_id}-L4"))
    assert len(channels) >= 1
    assert channels["bottom_width_m"].isna().all()  # one of the two widths is entered


def test_without_a_plot_those_without_a_plan_are_laid_out(demo: Store) -> None:
    reader = Reader(demo, owner_view)
    result = execute("plot-layout", {}, reader)
    done = {*reader.read("plot_zones")["plot_id"], *reader.read("ponds")["plot_id"]}
    assert not done & {plan["plot_id"] for plan in result.summary["plans"]}
    assert result.summary["plots"] == result.summary["feasible"] + result.left_out > 10
    assert {"plots", "plot_zones", "ponds"} <= set(result.layer_versions)


def _plan(plan_id: str) -> dict[str, Any]:
    return {"op": "=", "args": [{"property": "plan_id"}, plan_id]}
