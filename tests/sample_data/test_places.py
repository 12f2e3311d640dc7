"""Tourism, border registers and the printed counts."""

from collections import Counter
from datetime import time
from itertools import pairwise

import pytest
from pyproj import Geod
from shapely import Point

GEODESIC = Geod(ellps="WGS84")


def test_named_attractions_stand_at_their_approximate_points(layers):
    """places.md 7."""
    found = {row["name_en"]: row for row in layers["attractions"]}
    for name, lon, lat in (
        ("Patong Beach", 98.296, 7.896),
        ("Karon Beach", 98.294, 7.846),
        ("Kata Beach", 98.298, 7.820),
        ("Promthep Cape", 98.305, 7.760),
        ("Mai Thon Island", 98.478, 7.763),
        ("Wat Chalong", 98.337, 7.847),
        ("Saphan Hin Park", 98.398, 7.868),
        ("Thao Thep Krasattri Bridge", 98.298, 8.201),
    ):
        assert found[name]["geometry"].equals(Point(lon, lat))
        assert found[name]["data_origin"] == "approximate"
    (province,) = layers["provinces"]
    on_land = [n for n, r in found.items() if province["geometry"].covers(r["geometry"])]
    assert set(found) - set(on_land) == {"Thao Thep Krasattri Bridge"}


def test_timetables_fill_their_programmes(layers):
    """TOUR-Q6: the rows of a timetable add up to the duration."""
    held = [row for row in layers["programmes"] if "slots" in row]
    assert len(layers["programmes"]) == 30 and held
    for row in held:
        times = [(time.fromisoformat(s["start_time"]), time.fromisoformat(s["end_time"]))
                 for s in row["slots"]]  # fmt: skip
        minutes = sum((e.hour - s.hour) * 60 + e.minute - s.minute for s, e in times)
        assert minutes == row["duration_min"]
        assert all(a[1] == b[0] for a, b in pairwise(times))


def test_opening_windows_close_after_they_open(layers):
    for name in ("attractions", "programmes", "markets", "quarters"):
        for row in layers[name]:
            for window in row.get("opening_windows", []):
                assert window["open_time"] < window["close_time"]
                assert set(window["weekday"]) <= {1, 2, 3, 4, 5, 6, 7}


def test_routes_run_along_roads_from_stop_to_stop(layers):
    roads = {xy for row in layers["roads"] for xy in row["geometry"].coords}
    for route in layers["tour_routes"]:
        line = route["geometry"]
        assert set(line.coords) <= roads
        stops = [r for r in layers["route_stops"] if r["route_id"] == route["route_id"]]
        stops.sort(key=lambda row: row["seq"])
        assert [row["seq"] for row in stops] == list(range(1, len(stops) + 1))
        driven = sum(row.get("leg_distance_m", 0) for row in stops)
        assert driven == pytest.approx(GEODESIC.geometry_length(line), rel=0.001, abs=3)
        for before, after in pairwise(stops):
            assert before["leave"] <= after["arrive"] <= after["leave"]


def test_stops_are_what_they_say(layers):
    known = {row["attraction_id"]: row for row in layers["attractions"]}
    known |= {row["programme_id"]: row for row in layers["programmes"]}
    for row in layers["route_stops"]:
        assert known[row["ref_id"]]["geometry"].equals(row["geometry"])


def test_border_fair_provinces_by_country(layers):
    """Twenty-five provinces, 27 neighbours: MM 8, LA 11, KH 5, MY 3 (border.md 7.3)."""
    held = [row for row in layers["fair_sites"] if "area_code" in row]
    assert len(held) == 25 and len(layers["fair_sites"]) == 26
    countries = Counter(c for row in held for c in row["neighbour_country"])
    assert countries == {"MM": 8, "LA": 11, "KH": 5, "MY": 3}


def test_corridors_say_that_their_members_are_general_knowledge(layers):
    """Four corridors with four provinces each; the Southern Corridor has none preset (7.1)."""
    members = {row["code"]: row["members"] for row in layers["corridors"]}
    assert {code: len(codes) for code, codes in members.items()} == {
        "NEC": 4, "NeEC": 4, "CWEC": 4, "SEC": 4, "SOUTHERN_CORRIDOR": 0,
    }  # fmt: skip
    for row in layers["corridors"]:
        if row["members"]:
            assert row["data_origin"] == "general_knowledge"
            assert len(row["geometry"].geoms[0].coords) == len(row["axes"]) * 4


def test_regions_hold_every_province_once(layers):
    held = Counter(code for row in layers["regions"] for code in row["province_codes"])
    assert len(held) == 77 and set(held.values()) == {1}


def test_phuket_summary_is_the_printed_table(layers):
    """Columns of assessment.md 16.3 add up over the districts."""
    value = {(r["indicator_code"], r["area_code"]): float(r["value_num"])
             for r in layers["observations"]}  # fmt: skip
    for code in {indicator for indicator, _ in value}:
        parts = [v for (i, a), v in value.items() if i == code and len(a) == 4]
        assert sum(parts) == value[code, "83"]
    assert value["PHUKET_SUMMARY.villages", "83"] == 96
    assert value["PHUKET_SUMMARY.communities", "83"] == 58
