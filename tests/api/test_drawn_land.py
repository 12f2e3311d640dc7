"""Land that a planner draws, through the three analyses over HTTP: the good and the bad."""

from __future__ import annotations

import json
import math
from typing import Any

import numpy as np
import pytest
import rasterio
import shapely
from flask.testing import FlaskClient
from shapely.geometry import mapping

from api.app import create_app
from api.settings import Settings
from geo.crs import from_local
from geo.plot_shape import PLOT_ERRORS
from layers.store import Store

AT = np.array([[98.34, 7.95]])
SQUARE = shapely.box(0, 0, 60, 60)
POND = shapely.box(10, 10, 34, 30)
RAI_5000 = math.sqrt(5000 * 1600)
BOW = shapely.Polygon([(0, 0), (60, 60), (60, 0), (0, 60)])
TOUCHING = shapely.Polygon([(0, 0), (30, 30), (60, 0), (60, 60), (30, 30), (0, 60)])
SHAPES: dict[str, shapely.Geometry] = {
    "self-crossing": BOW,
    "self-touching": TOUCHING,
    "sliver": shapely.box(0, 0, 900, 0.8),
    "tiny": shapely.box(0, 0, 6, 6),
    "huge": shapely.box(0, 0, RAI_5000 + 10, RAI_5000 + 10),
    "multipart": shapely.MultiPolygon([shapely.box(0, 0, 40, 40), shapely.box(50, 0, 80, 40)]),
    "three points": shapely.Polygon([(0, 0), (60, 0), (0, 60)]),
    "line": shapely.LineString([(0, 0), (60, 60)]),
}
PLOT_FINDINGS = {
    "self-crossing": "plot_invalid",
    "self-touching": "plot_invalid",
    "tiny": "plot_too_small",
    "huge": "plot_too_large",
    "line": "plot_invalid",
}


def drawn(shape: shapely.Geometry) -> dict[str, Any]:
    return mapping(from_local([shape], AT)[0])


def run(client: FlaskClient, process: str, **inputs: Any) -> tuple[int, Any]:
    """The status and the document; what is no JSON number in it fails here."""
    body = json.dumps({"inputs": inputs})
    answer = client.post(f"/processes/{process}/execution", data=body)

    def refused(text: str) -> None:
        raise AssertionError(text)

    return answer.status_code, json.loads(answer.data, parse_constant=refused)


# --- What a planner draws -------------------------------------------------------------------


def test_one_drawn_plot_goes_through_all_three_analyses(client: FlaskClient) -> None:
    """SYS-007: one drawn plot laid out, screened and its pond checked, without any layer."""
    plot = drawn(SQUARE)
    status, screened = run(client, "site-screening", plot=plot)
    assert (status, screened["summary"]["plots"]) == (200, 1)
    status, laid_out = run(client, "plot-layout", plot=plot, use_layers=False)
    assert (status, laid_out["summary"]["feasible"]) == (200, 1)
    pond = next(f for f in laid_out["features"] if f["properties"]["feature"] == "pond")
    given = {name: pond["properties"][name] for name in ("depth_m", "slope_h_per_v")}
    status, checked = run(client, "pond-check", ponds=pond["geometry"], plot=plot, **given)
    assert status == 200
    found = checked["features"][0]["properties"]
    assert found["verdict"] == "ok"
    assert found["setback_verdict"] == "not_applicable"
    assert found["volume_m3"] == pond["properties"]["volume_m3"]
    bank = [row for row in found["verdicts"] if row["rule"] == "LAND-R26-H7"]
    assert [row["sign"] for row in bank] == ["pass"]


# --- Bad input ------------------------------------------------------------------------------


@pytest.mark.parametrize("name", SHAPES)
def test_a_bad_plot_is_laid_out_with_a_finding(client: FlaskClient, name: str) -> None:
    status, result = run(client, "plot-layout", plot=drawn(SHAPES[name]), use_layers=False)
    assert status == 200
    codes = [finding["code"] for finding in result["summary"]["findings"]]
    blocked = {**PLOT_FINDINGS, "sliver": "plot_sliver"}.get(name)
    if blocked:
        assert codes == [blocked]
        assert result["features"] == []
    else:
        assert result["summary"]["plans"]
    assert ("plot_in_parts" in codes) == (name == "multipart")


@pytest.mark.parametrize("name", SHAPES)
def test_a_bad_plot_is_screened_with_a_finding(client: FlaskClient, name: str) -> None:
    status, result = run(client, "site-screening", plot=drawn(SHAPES[name]))
    assert status == 200
    found = result["features"][0]["properties"]
    assert found["error"] == PLOT_FINDINGS.get(name)
    assert (found["screening_class"] is None) == (name in PLOT_FINDINGS)
    if name in PLOT_FINDINGS:
        assert found["error"] in PLOT_ERRORS
        assert found["reasons_th"][0] and found["reasons_en"][0]


@pytest.mark.parametrize("name", SHAPES)
def test_a_bad_shape_as_pond_is_judged_or_named(client: FlaskClient, name: str) -> None:
    """Never a wrong number: a volume, or an error that says why there is none."""
    status, result = run(
        client, "pond-check", ponds=drawn(SHAPES[name]), depth_m=2, slope_h_per_v=1.5
    )
    assert status == 200
    found = result["features"][0]["properties"]
    bad = {"self-crossing", "self-touching", "multipart", "line"}
    assert found["error"] == ("rim_invalid" if name in bad else None)
    assert (found["volume_m3"] is None) == (name in bad)


@pytest.mark.parametrize("name", ["self-crossing", "self-touching", "line"])
def test_a_bad_plot_around_a_good_pond_is_named(client: FlaskClient, name: str) -> None:
    inputs = {"ponds": drawn(POND), "depth_m": 3, "slope_h_per_v": 1.5}
    status, result = run(client, "pond-check", plot=drawn(SHAPES[name]), **inputs)
    if name == "line":
        assert (status, result["code"]) == (400, "plot_invalid")
    else:
        assert result["features"][0]["properties"]["error"] == "plot_invalid"


def test_an_access_point_far_away_is_said(client: FlaskClient) -> None:
    far = drawn(shapely.Point(30, 900))
    _, result = run(client, "plot-layout", plot=drawn(SQUARE), access=far, use_layers=False)
    codes = [finding["code"] for finding in result["summary"]["findings"]]
    assert "access_far" in codes
    assert "elevation_missing" in codes


@pytest.mark.parametrize("shares", [(30, 30, 30, 20), (0, 0, 0, 0), (100, 0, 0, 1)])
def test_shares_that_do_not_sum_to_a_hundred_are_said(
    client: FlaskClient, shares: tuple[float, ...]
) -> None:
    names = ("water_pct", "rice_pct", "orchard_pct", "residence_pct")
    status, result = run(
        client, "plot-layout", plot=drawn(SQUARE), **dict(zip(names, shares, strict=True))
    )
    assert status == 200
    (finding,) = result["summary"]["findings"]
    assert (finding["code"], finding["blocks"]) == ("shares_invalid", True)
    assert f"{sum(shares):g}" in finding["th"]


@pytest.mark.parametrize("depth", [-3, 0, 12.1])
def test_a_depth_out_of_range_is_said(client: FlaskClient, depth: float) -> None:
    feature = {"type": "Feature", "geometry": drawn(POND),
               "properties": {"depth_m": depth, "slope_h_per_v": 1.5}}  # fmt: skip
    status, result = run(client, "pond-check", ponds=feature)
    assert status == 200
    assert result["features"][0]["properties"]["error"] == "depth_invalid"
    status, problem = run(client, "plot-layout", plot=drawn(SQUARE), depth_m=depth)
    assert (status, problem["code"]) == (400, "parameter_invalid")


def test_slope_zero_is_upright_walls(client: FlaskClient) -> None:
    """POND-T1's figure scaled: area times depth, and nothing collapses."""
    status, result = run(client, "pond-check", ponds=drawn(POND), depth_m=3, slope_h_per_v=0)
    assert status == 200
    found = result["features"][0]["properties"]
    assert found["volume_m3"] == pytest.approx(3 * found["area_m2"], abs=0.02)
    assert found["verdict"] == "ok"
    status, result = run(
        client, "plot-layout", plot=drawn(SQUARE), slope_h_per_v=0, use_layers=False
    )
    assert result["summary"]["feasible"] == 1


@pytest.mark.parametrize("slope", [math.inf, -0.5, 99])
def test_a_slope_out_of_range_is_said(client: FlaskClient, slope: float) -> None:
    feature = {"type": "Feature", "geometry": drawn(POND),
               "properties": {"depth_m": 3, "slope_h_per_v": slope}}  # fmt: skip
    status, result = run(client, "pond-check", ponds=feature)
    assert status == 200
    assert result["features"][0]["properties"]["error"] == "slope_invalid"
    status, problem = run(client, "plot-layout", plot=drawn(SQUARE), slope_h_per_v=slope)
    assert (status, problem["code"]) == (400, "parameter_invalid")


def test_without_elevation_slope_and_flow_are_unknown(client: FlaskClient) -> None:
    """SCR-T7 over HTTP."""
    _, result = run(client, "site-screening", plot=drawn(SQUARE))
    found = result["features"][0]["properties"]
    assert {"F1", "F2"} <= set(found["unknown"])
    assert found["screening_class"] == "conditional"


def test_an_elevation_of_voids_is_no_elevation(demo: Store, demo_url: str, tmp_path: Any) -> None:
    path = tmp_path / "void.tif"
    profile = {"driver": "GTiff", "dtype": "float32", "count": 1, "height": 40, "width": 40,
               "crs": "EPSG:4326", "nodata": -9999.0,
               "transform": rasterio.Affine(0.00025, 0, 98.335, 0, -0.00025, 7.955)}  # fmt: skip
    with rasterio.open(path, "w", **profile) as out:
        out.write(np.full((40, 40), -9999, dtype="float32"), 1)
    settings = Settings(database_url=demo_url, elevation=str(path))
    status, result = run(
        create_app(settings, demo).test_client(), "site-screening", plot=drawn(SQUARE)
    )
    assert status == 200
    assert {"F1", "F2"} <= set(result["features"][0]["properties"]["unknown"])


def test_survey_points_outside_the_rim_are_said(client: FlaskClient) -> None:
    spots = [(15, 15), (20, 20), (25, 15), (30, 25), (12, 27), (55, 55)]
    survey = {
        "type": "FeatureCollection",
        "features": [
            {"type": "Feature", "geometry": drawn(shapely.Point(spot)),
             "properties": {"depth_m": 2.95}}
            for spot in spots
        ],
    }  # fmt: skip
    status, result = run(
        client, "pond-check", ponds=drawn(POND), depth_m=3, slope_h_per_v=1.5,
        survey=survey, benchmark=True, built_slope=1.5,
    )  # fmt: skip
    assert status == 200, result
    assert "points_outside_rim" in result["summary"]["as_built"]["findings"]


def test_the_place_of_a_plot_decides_where_it_is(owner: FlaskClient, demo: Store) -> None:
    """LAND-R4: the tambon under the plot, whatever the record says; a difference is a note."""
    feature = {
        "type": "Feature",
        "geometry": drawn(SQUARE),
        "properties": {"area_code": "10010101"},
    }
    _, result = run(owner, "site-screening", plot=feature)
    found = result["features"][0]["properties"]
    tambons = json.loads(owner.get("/collections/tambons/items?limit=100").data)["features"]
    (under,) = [
        tambon["properties"]["code"]
        for tambon in tambons
        if shapely.contains_xy(shapely.geometry.shape(tambon["geometry"]), 98.3402, 7.9502)
    ]
    assert found["place_code"] == under
    assert "place_differs" in found["notes"]
    feature["properties"]["area_code"] = under
    _, result = run(owner, "site-screening", plot=feature)
    assert "place_differs" not in result["features"][0]["properties"]["notes"]
