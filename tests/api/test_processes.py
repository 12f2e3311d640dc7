"""OGC API Processes: the pond check over HTTP, on both engines."""

from __future__ import annotations

import json
from typing import Any

import pytest
from flask.testing import FlaskClient
from pyproj import Geod

SQUARE_M = 20.0


def square(lon: float = 98.3, lat: float = 7.9, side: float = SQUARE_M) -> dict[str, Any]:
    """A square pond whose sides are geodesics of ``side`` metres, made with pyproj alone."""
    geod = Geod(ellps="WGS84")
    east, _, _ = geod.fwd(lon, lat, 90, side)
    _, north, _ = geod.fwd(lon, lat, 0, side)
    ring = [[lon, lat], [east, lat], [east, north], [lon, north], [lon, lat]]
    return {"type": "Polygon", "coordinates": [ring]}


def execute(client: FlaskClient, **inputs: Any) -> tuple[int, dict[str, Any]]:
    answer = client.post("/processes/pond-check/execution", json={"inputs": inputs})
    return answer.status_code, json.loads(answer.data)


def test_a_drawn_pond_is_judged(client: FlaskClient) -> None:
    """POND-T3 drawn on the earth: 20 x 20 m, 3 m deep, slope 1.5, holds 741 m3."""
    status, result = execute(client, ponds=square(), depth_m=3, slope_h_per_v=1.5)
    assert status == 200
    pond = result["features"][0]["properties"]
    assert pond["volume_m3"] == pytest.approx(741, rel=5e-4)
    assert pond["verdict"] == "ok"
    assert result["rules"][:4] == ["LAND-R11", "LAND-R12", "LAND-R13", "LAND-R14"]
    assert result["parameters"]["depth_m"] == 3
    assert result["summary"]["stages"][0]["depth_m"] == 0


def test_each_drawn_pond_brings_its_own_depth_and_slope(client: FlaskClient) -> None:
    features = [
        {"type": "Feature", "properties": {"depth_m": d, "slope_h_per_v": z}, "geometry": square()}
        for d, z in ((3, 0), (3, 1), (4, 3), (-1, 1))
    ]
    _, result = execute(client, ponds={"type": "FeatureCollection", "features": features})
    found = [feature["properties"] for feature in result["features"]]
    assert [round(pond["volume_m3"]) for pond in found[:2]] == [1200, 876]
    assert found[2]["verdict"] == "collapsed"
    assert found[3]["error"] == "depth_invalid"
    assert result["summary"]["errors"] == {"depth_invalid": 1}


def test_the_whole_layer_is_judged_for_who_may_see_it(owner: FlaskClient) -> None:
    status, result = execute(owner)
    assert status == 200
    assert result["layerVersions"]["ponds"] == 1
    assert len(result["features"]) == result["summary"]["ponds"] > 50
    assert sum(result["summary"]["verdicts"].values()) == result["summary"]["ponds"]


def test_a_filter_narrows_the_layer(owner: FlaskClient) -> None:
    _, all_ponds = execute(owner)
    _, deep = execute(owner, filter="depth_m > 3")
    expected = [f for f in all_ponds["features"] if f["properties"]["depth_m"] > 3]
    assert len(deep["features"]) == len(expected) > 0


def test_the_public_may_not_have_the_layer_judged(client: FlaskClient) -> None:
    status, problem = execute(client)
    assert (status, problem["code"]) == (403, "aggregates_only")


@pytest.mark.parametrize(
    ("inputs", "code"),
    [
        ({"depth_m": "deep"}, "parameter_invalid"),
        ({"depth_m": 99}, "parameter_invalid"),
        ({"depth_m": float("nan")}, "parameter_invalid"),
        ({"depth_m": True}, "parameter_invalid"),
        ({"colour": "blue"}, "parameter_unknown"),
        ({"ponds": 5}, "parameter_invalid"),
        ({"ponds": {"type": "Polygon"}}, "ponds_invalid"),
        ({"ponds": {"type": "FeatureCollection", "features": [1]}}, "ponds_invalid"),
    ],
)
def test_a_wrong_input_is_named(client: FlaskClient, inputs: dict[str, Any], code: str) -> None:
    body = json.dumps({"inputs": inputs})
    answer = client.post("/processes/pond-check/execution?lang=en", data=body)
    assert answer.status_code == 400
    document = json.loads(answer.data)
    assert document["code"] == code
    if code.startswith("parameter"):
        assert next(iter(inputs)) in document["detail"]


def test_a_body_that_is_no_json_is_refused(client: FlaskClient) -> None:
    answer = client.post("/processes/pond-check/execution", data="depth=3")
    assert (answer.status_code, json.loads(answer.data)["code"]) == (400, "body_invalid")


def test_too_large_a_body_is_413(client: FlaskClient) -> None:
    answer = client.post("/processes/pond-check/execution", data=b" " * 21_000_000)
    assert answer.status_code == 413


def test_description_gives_inputs_in_both_languages(client: FlaskClient) -> None:
    titles = {
        language: client.get(f"/processes/pond-check?lang={language}").get_json()["title"]
        for language in ("th", "en")
    }
    assert titles == {"th": "ตรวจปริมาตรสระ", "en": "Pond check"}
    inputs = client.get("/processes/pond-check").get_json()["inputs"]
    assert inputs["depth_m"]["schema"]["x-unit"] == "m"
    assert inputs["depth_m"]["schema"]["maximum"] == 12


def test_unknown_process_is_404(client: FlaskClient) -> None:
    assert client.get("/processes/nothing").status_code == 404
    assert client.post("/processes/nothing/execution", json={}).status_code == 404
