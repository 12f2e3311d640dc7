"""The whole pond check over the layers of the demo, on both engines."""

from __future__ import annotations

import json
from typing import Any

import pytest
from flask.testing import FlaskClient

from layers.privacy import owner_view
from layers.processes import Reader, execute
from layers.store import Store

COLUMNS = (
    "setback_verdict",
    "boundary_m",
    "bank_m",
    "share_verdict",
    "open_water_share_pct",
    "channel_m3",
    "truck_trips",
    "water_verdict",
    "months_lasting",
    "failure_share",
)


def run(client: FlaskClient, **inputs: Any) -> Any:
    answer = client.post("/processes/pond-check/execution", json={"inputs": inputs})
    assert answer.status_code == 200, answer.data
    return json.loads(answer.data)


def test_the_layer_is_judged_by_every_rule(owner: FlaskClient) -> None:
    result = run(owner)
    ponds = [feature["properties"] for feature in result["features"]]
    sound = [pond for pond in ponds if pond["error"] is None]
    assert len(sound) > 50
    for name in COLUMNS:
        assert any(pond[name] is not None for pond in sound), name
    assert {pond["water_verdict"] for pond in sound} > {"fails"}
    assert set(result["layerVersions"]) == {"ponds", "plots", "channels", "plot_zones"}


def test_distances_agree_with_what_was_measured_on_paper(owner: FlaskClient, demo: Store) -> None:
    """The demo's rim_to_boundary_m was measured in its own metres; the process measures anew."""
    reader = Reader(demo, owner_view)
    stored = reader.read("ponds").set_index("pond_id")["rim_to_boundary_m"]
    ponds = [feature["properties"] for feature in run(owner)["features"]]
    apart = [
        abs(pond["boundary_m"] - stored[pond["pond_id"]]) for pond in ponds if pond["error"] is None
    ]
    assert max(apart) < 0.05


def test_violations_are_those_of_the_law(owner: FlaskClient) -> None:
    """LAND-R16, literally: deeper than 3 m, nearer than twice the depth, not certified."""
    ponds = [feature["properties"] for feature in run(owner)["features"]]
    for pond in (pond for pond in ponds if pond["error"] is None):
        deep = pond["depth_m"] > 3
        near = pond["boundary_m"] < 2 * pond["depth_m"] - 0.001
        if pond["setback_verdict"] == "violation":
            assert deep and near
        elif pond["setback_verdict"] == "not_applicable":
            assert not deep
        elif pond["setback_verdict"] == "ok":
            assert deep and not near


def test_as_built_ponds_are_held_against_their_design(owner: FlaskClient) -> None:
    ponds = [feature["properties"] for feature in run(owner)["features"]]
    built = [pond for pond in ponds if pond["as_built_verdict"] is not None]
    assert built
    for pond in built:
        assert pond["design_id"] == pond["pond_id"].removesuffix("B")
        assert pond["as_built_verdict"] in ("pass", "fail")


def test_one_pond_of_the_layer_has_all_detail(owner: FlaskClient) -> None:
    everything = run(owner)["features"]
    chosen = next(
        feature["properties"]
        for feature in everything
        if feature["properties"]["water_verdict"] not in (None, "unknown")
    )
    result = run(owner, filter=f"pond_id = '{chosen['pond_id']}'")
    found = result["features"][0]["properties"]
    assert {row["rule"] for row in found["verdicts"]} >= {"LAND-R12", "LAND-R16", "LAND-R21"}
    assert len(result["summary"]["months"]) == 36
    assert found["volume_m3"] == chosen["volume_m3"]
    assert found["boundary_m"] == pytest.approx(chosen["boundary_m"])


def test_a_drawn_pond_in_a_stored_plot(owner: FlaskClient, demo: Store) -> None:
    """What is drawn is judged with the plot, soil and channels that are stored."""
    result = run(owner)
    feature = next(
        item
        for item in result["features"]
        if item["properties"]["error"] is None and item["properties"]["boundary_m"] is not None
    )
    pond = feature["properties"]
    inputs = {"depth_m": pond["depth_m"], "slope_h_per_v": pond["slope_h_per_v"]}
    drawn = run(owner, ponds=feature["geometry"], plot_id=pond["plot_id"], **inputs)
    found = drawn["features"][0]["properties"]
    assert found["boundary_m"] == pytest.approx(pond["boundary_m"], abs=1e-3)
    assert found["volume_m3"] == pytest.approx(pond["volume_m3"], rel=1e-6)


def test_an_unknown_plot_is_named(owner: FlaskClient) -> None:
    square = {
        "type": "Polygon",
        "coordinates": [[[98.3, 7.9], [98.301, 7.9], [98.3, 7.901], [98.3, 7.9]]],
    }
    answer = owner.post(
        "/processes/pond-check/execution",
        json={"inputs": {"ponds": square, "plot_id": "KNN-83-2564-9999"}},
    )
    assert (answer.status_code, json.loads(answer.data)["code"]) == (400, "plot_unknown")


def test_the_results_can_be_saved_into_the_layer(demo: Store) -> None:
    """Volume, verdict and setback are columns of the layer; unknown is stored as nothing."""
    found = execute("pond-check", {}, Reader(demo, owner_view))
    rows = found.updates["ponds"]
    done = demo.write("ponds", rows, mode="upsert", author="test", source="pond-check")
    assert done.updated > 50
    stored = Reader(demo, owner_view).read("ponds")
    assert set(stored["setback_verdict"].dropna()) >= {"not_applicable"}
