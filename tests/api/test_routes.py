"""Tours and visit rounds through both doors, on both engines: results, files, refusals."""

from __future__ import annotations

import itertools
import json
import re
from pathlib import Path
from typing import Any

import gpxpy
import pytest
from click.testing import CliRunner
from flask.testing import FlaskClient

from api.cli import phumi
from layers.privacy import owner_view
from layers.processes import Reader, execute
from layers.store import Store
from layers.touring import minutes_of

DATE = "2026-11-23"
QUICK = {"date_from": DATE, "area": "8302"}
ROUND = {"date_from": "2026-12-01", "idle_rounds": 100, "seconds": 5}


def run(client: FlaskClient, process: str, form: str = "", **inputs: Any) -> Any:
    path = f"/processes/{process}/execution{form}"
    return client.post(path, json={"inputs": inputs})


def parts(answer: Any, part: str) -> list[dict[str, Any]]:
    return [
        feature["properties"]
        for feature in answer["features"]
        if feature["properties"]["part"] == part
    ]


def points(*items: tuple[float, float, dict[str, Any]]) -> dict[str, Any]:
    return {
        "type": "FeatureCollection",
        "features": [
            {
                "type": "Feature",
                "properties": properties,
                "geometry": {"type": "Point", "coordinates": [lon, lat]},
            }
            for lon, lat, properties in items
        ],
    }


def debtors(**changes: dict[str, Any]) -> dict[str, Any]:
    """The twelve debtors of ROUTE-T1 around Phuket Town."""
    classes = ["time_barred"] * 2 + ["matured"] * 3 + ["in_default"] * 4 + ["normal"] * 3
    return points(
        *(
            (
                98.36 + number / 400,
                7.88,
                {
                    "id": f"c{number:02d}",
                    "debtor_class": code,
                    "days_left": 10 * number,
                    "outstanding_thb": 1000 * number,
                    "overdue_instalments": number,
                    **changes.get(f"c{number:02d}", {}),
                },
            )
            for number, code in enumerate(classes)
        )
    )


# --- Tours ----------------------------------------------------------------------------------


def test_a_tour_of_the_demo_is_a_day_of_numbered_stops_and_legs(owner: FlaskClient) -> None:
    answer = run(owner, "tour-route", **QUICK).get_json()
    stops, legs = parts(answer, "stop"), parts(answer, "leg")
    assert [stop["seq"] for stop in stops] == list(range(1, len(stops) + 1))
    assert len(legs) == len(stops) + 1
    assert all(leg["minutes"] >= 0 and leg["km"] >= 0 and leg["source"] for leg in legs)
    for before, after in itertools.pairwise(stops):
        assert before["leave"] <= after["arrive"] <= after["start"] <= after["leave"]
        (leg,) = (item for item in legs if item["seq"] == after["seq"])
        gap = minutes_of(after["arrive"]) - minutes_of(before["leave"])
        assert 0 <= gap - leg["minutes"] + 0.05 < 1.1  # whole minutes, rounded up
    summary = answer["summary"]
    assert summary["finish"] <= "17:00"
    assert summary["violations"] == []
    assert set(summary["alternatives"]) <= {"one_stop_less", "plus_60_minutes"}
    known = {p["id"] for p in stops} | {p["id"] for p in parts(answer, "left_out")}
    assert len(known) == len(stops) + len(parts(answer, "left_out"))
    assert all(p["reason_th"] and p["reason_en"] for p in parts(answer, "left_out"))


def test_a_tour_says_what_is_estimated_and_which_roads_it_read(owner: FlaskClient) -> None:
    answer = run(owner, "tour-route", **QUICK, mode="tram").get_json()
    assert {leg["source"] for leg in parts(answer, "leg")} == {"straight_line"}
    assert any("Estimate" in note["en"] for note in answer["summary"]["warnings"])
    by_road = run(owner, "tour-route", **QUICK).get_json()
    assert by_road["summary"]["matrix_version"] == by_road["layerVersions"]["roads"]


def test_the_public_may_plan_a_tour(client: FlaskClient) -> None:
    assert run(client, "tour-route", **QUICK).status_code == 200


def test_candidates_of_ones_own_are_planned_exactly_and_an_edit_is_checked(
    owner: FlaskClient,
) -> None:
    hours = [{"open_time": "08:00", "close_time": "17:00", "kind": "open"}]
    mine = points(
        (98.40, 7.88, {"id": "a", "minutes": 60, "score": 50, "opening_windows": hours}),
        (98.38, 7.90, {"id": "b", "minutes": 60, "score": 40, "opening_windows": hours}),
        (98.36, 7.90, {"id": "c", "minutes": 60, "score": 90}),
    )
    inputs = {"candidates": mine, "date_from": DATE, "start": "98.39,7.88"}
    answer = run(owner, "tour-route", **inputs).get_json()
    assert answer["summary"]["state"] == "optimal"
    assert answer["summary"]["score"] == 90
    assert [p["reason"] for p in parts(answer, "left_out")] == ["UNKNOWN_HOURS"]
    whole = run(owner, "tour-route", **inputs, allow_unknown_hours=True).get_json()
    assert whole["summary"]["stops"] == 3
    edited = run(owner, "tour-route", **inputs, order="b,a", day_end="10:30").get_json()
    assert [stop["id"] for stop in parts(edited, "stop")] == ["b", "a"]
    assert [item["code"] for item in edited["summary"]["violations"]] == ["DAY_END"]
    assert edited["summary"]["violations"][0]["rule"] == "TOUR-R125"


def test_a_must_visit_that_cannot_be_met_gives_no_plan_but_a_reason(owner: FlaskClient) -> None:
    wide = {**QUICK, "area": "8301", "time_limit_s": 0.3}
    draft = next(
        p["id"]
        for p in parts(run(owner, "tour-route", **wide).get_json(), "left_out")
        if p["reason"] == "NOT_PUBLISHED"
    )
    answer = run(owner, "tour-route", **wide, must_visit=draft).get_json()
    assert answer["summary"]["state"] == "infeasible"
    assert draft in answer["summary"]["problem"]["th"]
    assert parts(answer, "stop") == []


@pytest.mark.parametrize(
    ("inputs", "code"),
    [
        ({"must_visit": "NONE"}, "stop_unknown"),
        ({"start": "here"}, "parameter_invalid"),
        ({"day_start": "9 am"}, "parameter_invalid"),
        ({"day_start": "17:00", "day_end": "09:00"}, "tour_invalid"),
        ({"scores": "x"}, "scores_invalid"),
        ({"order": "NONE"}, "order_unknown_stop"),
        ({"days": 8}, "parameter_invalid"),
        ({"area": "99"}, "start_missing"),
        ({"area": "83%"}, "area_invalid"),
        ({"area": None}, "area_missing"),
        ({"candidates": points((98, 8, {"minutes": -5}))}, "candidates_invalid"),
    ],
    ids=["must", "start", "day_start", "ends before it starts", "scores", "order", "days",
         "nothing there", "no code", "no area", "negative minutes"],
)  # fmt: skip
def test_a_tour_that_cannot_be_asked_is_refused_by_name(owner: FlaskClient, inputs, code) -> None:
    answer = run(owner, "tour-route", **{**QUICK, **inputs})
    assert answer.status_code == 400
    assert answer.get_json()["code"] == code


def test_a_saved_tour_is_a_draft_route_with_its_stops(demo: Store) -> None:
    inputs = {**QUICK, "route_id": "TR-TEST-1", "route_name": "ทดลอง", "alternatives": False}
    result = execute("tour-route", inputs, Reader(demo, owner_view))
    for layer_id, rows in result.updates.items():
        demo.write(layer_id, rows, mode="upsert", author="test", source="tour-route")
    mine = {"op": "=", "args": [{"property": "route_id"}, "TR-TEST-1"]}
    (route,) = Reader(demo, owner_view).read("tour_routes", filter=mine).to_dict("records")
    assert (route["state"], route["days"], route["area_code"][:4]) == ("draft", 1, "8302")
    stops = Reader(demo, owner_view).read("route_stops", filter=mine)
    assert sorted(stops["seq"]) == list(range(1, len(stops) + 1))
    assert len(stops) == result.summary["stops"]


# --- Visit rounds ---------------------------------------------------------------------------


def test_route_t1_the_most_urgent_eight_of_twelve_and_class_4_waits(owner: FlaskClient) -> None:
    """SYS-191: a field day lists debtors by class, then by distance."""
    answer = run(owner, "visit-rounds", **ROUND, visits=debtors()).get_json()
    visited = {name for stop in parts(answer, "stop") for name in stop["records"]}
    assert visited == {"c00", "c01", "c02", "c03", "c04", "c06", "c07", "c08"}
    left = {p["id"]: p["reason"] for p in parts(answer, "left_out")}
    assert left == {
        "c05": "NO_CAPACITY", "c09": "GROUP_MEETING", "c10": "GROUP_MEETING",
        "c11": "GROUP_MEETING",
    }  # fmt: skip
    (day,) = answer["summary"]["days"]
    assert day["depart"] >= "09:00" and day["finish"] <= "15:18"  # ten per cent in reserve


def test_rounds_of_stored_debtors_hold_no_name_and_links_hold_only_places(
    owner: FlaskClient,
) -> None:
    """SYS-229: a link to navigation opens with the pin; the pin's owner stays in the project."""
    chosen = "area_code LIKE '8301%'"
    answer = run(owner, "visit-rounds", **ROUND, filter=chosen)
    text = answer.get_data(as_text=True)
    assert "ผู้กู้ตัวอย่าง" not in text
    document = json.loads(text)
    links = [link for day in document["summary"]["days"] for link in day["navigation"]]
    links += [stop["geo"] for stop in parts(document, "stop")]
    assert links
    for link in links:
        assert re.fullmatch(
            r"(geo:|https://www\.google\.com/maps/dir/\?)[-0-9.,%C7&=apiorgndestwyvlmkb]+", link
        ), link
    stops = parts(document, "stop")
    assert len(stops) == 8
    assert all(stop["name_th"] is None for stop in stops)


def test_a_round_of_debtors_is_kept_as_a_planned_field_round(demo: Store) -> None:
    inputs = {**ROUND, "filter": "area_code LIKE '8303%'"}
    result = execute("visit-rounds", inputs, Reader(demo, owner_view))
    for layer_id, rows in result.updates.items():
        demo.write(layer_id, rows, mode="upsert", author="test", source="visit-rounds")
    (day,) = result.summary["days"]
    mine = {"op": "=", "args": [{"property": "round_id"}, f"8303-20261201-{day['team']}"]}
    (kept,) = Reader(demo, owner_view).read("field_rounds", filter=mine).to_dict("records")
    assert (kept["slot"], kept["status"]) == ("week_1", "planned")
    assert list(kept["contracts"]) == day["stops"]


def test_a_team_gets_its_funds_as_an_ordered_tour(owner: FlaskClient) -> None:
    """SYS-192: a team gets its funds as an ordered tour."""
    funds = points(*((98.36 + i / 200, 7.9, {"id": f"f{i}"}) for i in range(5)))
    teams = points((98.39, 7.88, {"team": "คู่หู 1"}), (98.30, 7.9, {"team": "คู่หู 2"}))
    answer = run(owner, "visit-rounds", **ROUND, kind="plots", visits=funds, teams=teams).get_json()
    for day in answer["summary"]["days"]:
        mine = [s for s in parts(answer, "stop") if s["team"] == day["team"]]
        assert [s["seq"] for s in mine] == list(range(1, len(mine) + 1))
        assert [s["id"] for s in mine] == day["stops"]
    assert answer["summary"]["visited"] == 5


def test_locks_hours_skills_and_pairs_reach_the_plan(owner: FlaskClient) -> None:
    changes = {
        "c00": {"hours": "13:00-15:00"},
        "c01": {"skills": "law"},
        "c02": {"pair": "p"},
        "c07": {"pair": "p"},
        "c03": {"minutes": 60},
    }
    teams = points(
        (98.39, 7.88, {"team": "A", "skills": ["law"]}),
        (98.39, 7.88, {"team": "B", "mode": "walk"}),
    )
    answer = run(
        owner,
        "visit-rounds",
        **ROUND,
        visits=debtors(**changes),
        teams=teams,
        locks="c04=A@2026-12-01 10:30",
    ).get_json()
    stops = {stop["id"]: stop for stop in parts(answer, "stop")}
    legs = {(leg["team"], leg["seq"]): leg["minutes"] for leg in parts(answer, "leg")}
    for before, after in itertools.pairwise(parts(answer, "stop")):
        if before["team"] == after["team"]:
            gap = minutes_of(after["arrive"]) - minutes_of(before["leave"])
            assert abs(gap - legs[after["team"], after["seq"]]) < 1.1
    assert stops["c04"]["start"] == "10:30" and stops["c04"]["team"] == "A"
    assert stops["c00"]["start"] >= "13:00"
    assert stops["c01"]["team"] == "A"
    assert stops["c02"]["team"] == stops["c07"]["team"]
    assert abs(stops["c02"]["seq"] - stops["c07"]["seq"]) == 1


def test_the_rest_of_a_day_starts_where_the_team_is(owner: FlaskClient) -> None:
    answer = run(
        owner,
        "visit-rounds",
        **ROUND,
        visits=debtors(),
        done="c00,c01,c02",
        position="98.37,7.88@12:30",
    ).get_json()
    (day,) = answer["summary"]["days"]
    assert day["depart"] >= "12:30"
    assert not {"c00", "c01", "c02"} & set(day["stops"])
    assert len(day["stops"]) <= 5
    assert "origin=7.88000%2C98.37000" in day["navigation"][0]


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"c00": {"hours": "05:00-06:00", "must": True}}, "CLOSED"),
        ({"c00": {"skills": ["boat"], "must": True}}, "NO_SKILL"),
        ({"c00": {"pin_status": "wrong"}}, "FIND_ADDRESS"),
        ({"c00": {"next_visit_date": "2027-01-01"}}, "NOT_YET"),
    ],
    ids=["closed", "skill", "pin", "later"],
)
def test_who_cannot_be_visited_is_listed_with_the_reason(owner, changes, reason) -> None:
    answer = run(owner, "visit-rounds", **ROUND, visits=debtors(**changes)).get_json()
    left = {p["id"]: p["reason"] for p in parts(answer, "left_out")}
    assert left["c00"] == reason


def test_a_team_without_hours_is_named_and_everybody_left_out(owner: FlaskClient) -> None:
    idle = points((98.39, 7.88, {"team": "A", "start": "09:00", "end": "09:00"}))
    answer = run(owner, "visit-rounds", **ROUND, visits=debtors(), teams=idle).get_json()
    assert {p["reason"] for p in parts(answer, "left_out")} == {"NO_HOURS"}
    assert "A" in answer["summary"]["warnings"][0]["th"]


def test_no_visits_give_an_empty_plan(owner: FlaskClient) -> None:
    nobody = {"type": "FeatureCollection", "features": []}
    answer = run(owner, "visit-rounds", **ROUND, visits=nobody).get_json()
    assert answer["features"] == []
    assert answer["summary"]["visited"] == 0


@pytest.mark.parametrize(
    ("inputs", "code"),
    [
        ({"must": "nobody"}, "visit_unknown"),
        ({"locks": "c00"}, "locks_invalid"),
        ({"position": "here"}, "position_invalid"),
        ({"visits": debtors(c00={"hours": "always"})}, "visits_invalid"),
        ({"visits": debtors(c00={"minutes": 0})}, "visits_invalid"),
        ({"visits": debtors(c00={"id": "c01"})}, "visits_invalid"),
        ({"teams": points((98, 8, {"team": "A", "mode": "balloon"}))}, "teams_invalid"),
        ({"teams": points((98, 8, {"team": "A", "start": "late"}))}, "teams_invalid"),
    ],
    ids=["must", "locks", "position", "hours", "minutes", "twice", "mode", "start"],
)
def test_rounds_that_cannot_be_asked_are_refused_by_name(owner, inputs, code) -> None:
    answer = run(owner, "visit-rounds", **{**ROUND, "visits": debtors(), **inputs})
    assert answer.status_code == 400
    assert answer.get_json()["code"] == code


def test_the_public_may_not_plan_visits_to_debtors(client: FlaskClient) -> None:
    answer = run(client, "visit-rounds", **ROUND)
    assert answer.status_code in (401, 403, 404)
    assert "WF83" not in answer.get_data(as_text=True)


# --- Files ----------------------------------------------------------------------------------


def test_gpx_is_read_by_another_library_and_holds_every_stop_and_leg(owner: FlaskClient) -> None:
    inputs = {**QUICK, "alternatives": False}
    plan = run(owner, "tour-route", **inputs).get_json()
    answer = run(owner, "tour-route", "?f=gpx", **inputs)
    assert answer.mimetype == "application/gpx+xml"
    gpx = gpxpy.parse(answer.get_data(as_text=True))
    assert [len(route.points) for route in gpx.routes] == [len(parts(plan, "stop"))]
    assert [len(track.segments) for track in gpx.tracks] == [len(parts(plan, "leg"))]


@pytest.mark.parametrize("language", ["th", "en"])
def test_the_day_sheet_shows_every_stop_time_and_a_code_to_scan(
    owner: FlaskClient, language: str
) -> None:
    inputs = {**QUICK, "alternatives": False}
    plan = run(owner, "tour-route", **inputs).get_json()
    sheet = owner.post(
        f"/processes/tour-route/execution?f=html&lang={language}", json={"inputs": inputs}
    ).get_data(as_text=True)
    for stop in parts(plan, "stop"):
        assert stop["arrive"] in sheet
        assert f'href="{stop["geo"]}"' in sheet
    assert sheet.count("<svg") == len(plan["summary"]["days"])
    assert "<script" not in sheet
    assert f'lang="{language}"' in sheet


def test_the_sheet_of_a_round_names_no_debtor(owner: FlaskClient) -> None:
    answer = run(owner, "visit-rounds", "?f=html", **ROUND, filter="area_code LIKE '8303%'")
    assert "ผู้กู้ตัวอย่าง" not in answer.get_data(as_text=True)
    assert "WF83-" in answer.get_data(as_text=True)


def test_the_command_line_writes_gpx_sheet_and_geojson(demo_url: str, tmp_path: Path) -> None:
    if demo_url.startswith("duckdb"):
        demo_url = f"duckdb:///{tmp_path / 'work.duckdb'}"
    stops = tmp_path / "stops.geojson"
    hours = [{"open_time": "08:00", "close_time": "17:00", "kind": "open"}]
    place = {"id": "a", "opening_windows": hours, "name_th": "วัด"}
    stops.write_text(json.dumps(points((98.4, 7.88, place))), encoding="utf-8")
    options = ["--database", demo_url, "--lang", "en"]
    CliRunner().invoke(phumi, [*options, "init"], catch_exceptions=False)
    asked = ["run", "tour-route", f"candidates=@{stops}", "start=98.39,7.88", "mode=tram"]

    def written(name: str) -> str:
        path = tmp_path / name
        words = [*options, *asked, "--out", str(path)]
        done = CliRunner().invoke(phumi, words, catch_exceptions=False)
        assert done.exit_code == 0, done.output
        return path.read_text(encoding="utf-8")

    assert len(gpxpy.parse(written("day.gpx")).routes[0].points) == 1
    assert "วัด" in written("day.html")
    assert json.loads(written("day.geojson"))["process"] == "tour-route"
    words = [*options, *asked, "--out", str(tmp_path / "day.doc")]
    assert CliRunner().invoke(phumi, words, catch_exceptions=False).exit_code == 2
