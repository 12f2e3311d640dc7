"""The pond check of one drawn pond: every rule's row, hints that hold, and bad input."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest
import shapely
from shapely import LineString, Point, Polygon, box
from shapely.geometry import mapping

from geo.crs import from_local
from geo.errors import ParameterError
from layers.processes.pond_check import POND_CHECK
from layers.processes.verdict import Verdict, worst

ORIGIN = np.array([[98.3, 7.9]])
PLOT = box(0, 0, 40, 40)


class NoLayers:
    """A reader for drawn ponds, which need no layer."""

    def read(self, *args: Any, **options: Any) -> None:
        raise AssertionError("a drawn pond reads no layer")

    def refuse_more(self, number: int) -> None:
        pass


def there(shape: shapely.Geometry) -> dict[str, Any]:
    """A shape in metres laid on the earth, as GeoJSON."""
    return mapping(from_local([shape], ORIGIN)[0])


def features(*items: tuple[shapely.Geometry | None, dict[str, Any]]) -> dict[str, Any]:
    return {
        "type": "FeatureCollection",
        "features": [
            {
                "type": "Feature",
                "properties": properties,
                "geometry": None if shape is None else there(shape),
            }
            for shape, properties in items
        ],
    }


def check(rim: shapely.Geometry | None, depth: Any = 3, slope: Any = 1.5, **inputs: Any) -> Any:
    ponds = features((rim, {"depth_m": depth, "slope_h_per_v": slope}))
    result = POND_CHECK.run(POND_CHECK.check({"ponds": ponds} | inputs), NoLayers())
    return json.loads(json.dumps(result.to_geojson(), default=str))


def pond(result: Any) -> Any:
    return result["features"][0]["properties"]


def row(result: Any, rule: str, which: int = 0) -> Any:
    return [item for item in pond(result)["verdicts"] if item["rule"] == rule][which]


def sign(result: Any, rule: str) -> str:
    return str(row(result, rule)["sign"])


def test_each_rule_has_a_row_with_figure_limit_and_margin():
    result = check(
        box(8, 8, 32, 28),
        plot=there(PLOT),
        trees=there(Point(4, 15)),
        soil_class="clay",
        climate="andaman",
        spread_m2=480,
        channels=features(
            (LineString([(30, 20), (39, 39)]), {"bottom_width_m": 0.5, "depth_start_m": 0.5})
        ),
    )
    rules = {item["rule"] for item in pond(result)["verdicts"]}
    assert rules == {
        *("LAND-R10", "LAND-R12", "LAND-R15", "LAND-R16", "LAND-R16b", "LAND-R17", "LAND-R19"),
        *("LAND-R21", "LAND-R22", "LAND-R23", "LAND-R26-H7"),
    }
    assert rules <= set(result["rules"])
    for item in pond(result)["verdicts"]:
        assert item["label"]["th"] and item["label"]["en"]
        assert item["sign"] in ("pass", "fix", "fail", "unknown")
        if item["sign"] in ("fix", "fail"):
            assert item["hint"]["th"] and item["hint"]["en"]
    assert sum(result["summary"]["signs"].values()) == len(pond(result)["verdicts"])


def test_the_collapse_hint_gives_depth_and_slope_that_fit():
    """POND-T10: 40 x 12, 4 m, slope 2: 2.99 m deep or slope 1.49 leave a bottom."""
    rim = box(0, 0, 40, 12)
    hint = row(check(rim, 4, 2), "LAND-R12")["hint"]["en"]
    assert "2.99 m deep" in hint
    assert "slope 1.49" in hint
    assert sign(check(rim, 2.99, 2), "LAND-R12") == "pass"
    assert sign(check(rim, 4, 1.49), "LAND-R12") == "pass"
    assert sign(check(rim, 3.01, 2), "LAND-R12") == "fail"
    assert sign(check(rim, 4, 1.51), "LAND-R12") == "fail"


def test_the_neck_hint_keeps_the_bottom_in_one_part():
    """POND-T25: the neck of 3 m closes at an offset of 1.5 m."""
    rim = shapely.union_all([box(0, 0, 12, 12), box(12, 4.5, 22, 7.5), box(22, 0, 34, 12)])
    result = check(rim, 2.5, 1.5)
    assert sign(result, "LAND-R12") == "fix"
    depth = float(row(result, "LAND-R12")["hint"]["en"].split(" m deep")[0])
    assert depth == pytest.approx(1.0, abs=0.011)
    assert sign(check(rim, depth, 1.5), "LAND-R12") == "pass"
    assert sign(check(rim, depth + 0.01, 1.5), "LAND-R12") == "fix"


def test_the_setback_hint_gives_a_depth_that_passes():
    """8 m off the boundary: 4.5 m deep is too near, 4.00 m passes (SET-T6, SET-T11)."""
    rim = box(8.001, 8.001, 31, 28)
    result = check(rim, 4.5, plot=there(PLOT))
    assert row(result, "LAND-R16")["margin"] == pytest.approx(-1, abs=0.01)
    assert "4.00 m deep" in row(result, "LAND-R16")["hint"]["en"]
    assert sign(check(rim, 4.0, plot=there(PLOT)), "LAND-R16") == "pass"
    certified = check(rim, 4.5, plot=there(PLOT), certified=True)
    assert pond(certified)["setback_verdict"] == "ok_by_certificate"


def test_a_side_of_the_same_owner_is_drawn():
    """SET-T10."""
    sides = features((LineString([(0, 0), (0, 40)]), {"side": "same_owner"}))
    rim = box(2, 9, 31, 31)
    assert pond(check(rim, 4, plot=there(PLOT)))["setback_verdict"] == "violation"
    found = pond(check(rim, 4, plot=there(PLOT), sides=sides))
    assert found["setback_verdict"] == "ok"
    assert found["boundary_m"] == pytest.approx(9, abs=1e-3)
    assert found["bank_m"] == pytest.approx(2, abs=1e-3)


def test_below_the_limit_there_is_a_duty_of_protection():
    """SET-T2: 3 m deep, 2 m off: no violation, but an advisory of 6 m."""
    result = check(box(2, 12, 20, 30), 3, plot=there(PLOT))
    assert sign(result, "LAND-R16") == "pass"
    assert row(result, "LAND-R16b")["sign"] == "fix"
    assert row(result, "LAND-R16b")["limit"] == pytest.approx(6)


def test_without_plot_the_setback_is_unknown_not_passed():
    result = check(box(0, 0, 20, 20), 4)
    assert sign(result, "LAND-R16") == "unknown"
    assert row(result, "LAND-R16")["hint"]["en"]


def test_a_tree_near_a_channel_counts():
    """LAND-R17 holds for the top edges of channels too."""
    channel = features(
        (LineString([(20, 10), (38, 10)]), {"top_width_m": 2.0, "depth_start_m": 0.5})
    )
    alone = {"plot": there(PLOT), "trees": there(Point(34, 13))}
    assert sign(check(box(2, 2, 20, 20), **alone), "LAND-R17") == "pass"
    result = check(box(2, 2, 20, 20), channels=channel, **alone)
    assert sign(result, "LAND-R17") == "fail"
    assert row(result, "LAND-R17")["figure"] == pytest.approx(2.0, abs=0.01)


def test_rim_and_channel_strip_share_the_plot():
    """SHARE-T6: 400 m2 of rim and 95 m2 of strip (CHAN-T4) are 30.94 % of 1,600 m2."""
    channel = features(
        (LineString([(0, 10), (50, 10)]), {"bottom_width_m": 0.5, "depth_start_m": 1.0})
    )
    found = pond(
        check(
            box(38, 0, 58, 20), deed_area_m2=1600, channels=channel, plot=there(box(-1, -1, 60, 26))
        )
    )
    assert found["open_water_m2"] == pytest.approx(495, abs=0.01)
    assert found["open_water_share_pct"] == pytest.approx(30.94, abs=0.005)
    assert found["share_verdict"] == "within"
    assert found["channel_m3"] == pytest.approx(57.00, abs=0.01)


def test_the_share_hint_brings_it_within():
    result = check(box(8, 8, 28, 27), plot=there(PLOT))
    assert sign(result, "LAND-R23") == "fix"
    assert "68.00 m2" in row(result, "LAND-R23")["hint"]["en"]  # 448 - 380


def test_the_balance_of_a_micro_plot():
    """WB-T9 through the process: year 1 ends at 464.88, year 2 is 147.14 short."""
    inputs = {
        "climate": "andaman",
        "soil_class": "clay",
        "vegetables_m2": 480,
        "orchard_m2": 480,
        "residence_m2": 160,
    }
    result = check(box(0, 0, 24, 20), **inputs)
    years = result["summary"]["years"]
    assert years[0]["end_m3"] == pytest.approx(464.88, abs=0.05)
    assert years[1]["dry_deficit_m3"] == pytest.approx(147.14, abs=0.05)
    assert pond(result)["water_verdict"] == "first_year_only"
    assert len(result["summary"]["months"]) == 36
    assert pond(check(box(0, 0, 24, 20), lined=True, **inputs))["water_verdict"] == "sustained"


def test_the_water_hint_lasts():
    """The crops that the hint leaves are watered in every year."""
    inputs = {"climate": "andaman", "soil_class": "clay", "orchard_m2": 480}
    result = check(box(0, 0, 24, 20), vegetables_m2=480, **inputs)
    hint = row(result, "LAND-R21")["hint"]["en"]
    share = int(hint.split("(")[1].split("%")[0]) / 100
    # Run-off is from the whole orchard, whatever is watered: ask with the crops scaled by need.
    assert 0 < share < 1
    assert pond(result)["water_verdict"] == "first_year_only"
    more = float(hint.split("or ")[1].split(" m2 more")[0].replace(",", ""))
    found = check(box(0, 0, 24, 20), vegetables_m2=480, outside_m2=more, **inputs)
    assert pond(found)["water_verdict"] == "sustained"
    less = check(box(0, 0, 24, 20), vegetables_m2=480, outside_m2=more - 100, **inputs)
    assert pond(less)["water_verdict"] != "sustained"


def test_rain_of_many_years_is_pasted():
    rain = ";".join(" ".join([str(mm)] * 12) for mm in (500, 500, 0, 0, 500))
    result = check(box(0, 0, 24, 20), soil_class="clay", rain_mm=rain)
    assert len(result["summary"]["years"]) == 4
    assert 0 < pond(result)["failure_share"] < 1


@pytest.mark.parametrize(
    ("climate", "period", "months"),
    [
        ("andaman", ("2024-01-10", "2024-04-30"), 0),
        ("andaman", ("2024-04-30", "2024-05-01"), 1),
        ("andaman", ("2023-11-30", "2023-12-05"), 1),
        ("northeast", ("2023-11-01", "2024-04-30"), 0),
        ("northeast", ("2024-01-01", "2026-01-01"), 6),
    ],
)
def test_digging_in_the_wet_season_is_warned_of(climate, period, months):
    """LAND-R18: Andaman May to November, Northeast May to October."""
    dates = dict(zip(("dig_from", "dig_to"), period, strict=True))
    result = check(box(0, 0, 24, 20), climate=climate, soil_class="clay", **dates)
    assert row(result, "LAND-R18")["figure"] == months
    assert sign(result, "LAND-R18") == ("fix" if months else "pass")


@pytest.mark.parametrize("missing", ["soil_class", "climate"])
def test_without_soil_or_rain_the_water_is_unknown(missing):
    inputs = {"soil_class": "clay", "climate": "northeast"}
    del inputs[missing]
    result = check(box(0, 0, 24, 20), **inputs)
    assert pond(result)["water_verdict"] == "unknown"
    assert sign(result, "LAND-R21") == "unknown"


def test_the_earth_of_pond_and_mound():
    """EARTH-T3 through the process."""
    mounds = features((box(0, 0, 16, 10), {"height_m": 1.0, "slope_h_per_v": 1.5}))
    result = check(box(0, 0, 24, 20), soil_class="sandy_loam", mounds=mounds, spread_m2=480)
    found = pond(result)
    assert found["truck_trips"] == 194
    assert found["surplus_m3"] == pytest.approx(710.30, abs=0.02)
    assert found["earth_verdict"] == "surplus_high"
    place = row(result, "LAND-R19")["hint"]["en"].split("at least ")[1].split(" m2")[0]
    wide = float(place.replace(",", "")) + 0.1
    again = check(box(0, 0, 24, 20), soil_class="sandy_loam", mounds=mounds, spread_m2=wide)
    assert pond(again)["earth_verdict"] == "surplus"


def test_fill_above_the_neighbours_ground():
    result = check(box(0, 0, 24, 20), fill_height_m=0.5, fill_area_m2=2500)
    drainage = row(result, "LAND-R16b", 1)
    assert drainage["sign"] == "fix"
    assert "notice" in drainage["hint"]["en"]


LEVELS = (9.55, 9.48, 9.52, 9.60, 9.45)
SPOTS = ((6, 6), (14, 6), (14, 14), (6, 14), (10, 10))


def survey(*more: tuple[shapely.Geometry, dict[str, Any]]) -> dict[str, Any]:
    spots = [(Point(at), {"elevation_m": z}) for at, z in zip(SPOTS, LEVELS, strict=True)]
    return {
        "survey": features(*spots, *more),
        "gl_elevation_m": 12.5,
        "benchmark": True,
        "built_rim": there(box(0, 0, 20.1, 19.8)),
        "built_slope": 1.4,
    }


def test_a_survey_is_compared():
    """ASB-T1 through the process."""
    result = check(box(0, 0, 20, 20), **survey())
    built = result["summary"]["as_built"]
    assert (built["verdict"], built["mean_depth_m"]) == ("pass", 2.98)
    assert built["volume_m3"] == pytest.approx(759.08, abs=0.02)
    assert {item["sign"] for item in pond(result)["verdicts"] if item["rule"] == "LAND-R20c"} == {
        "pass"
    }


def test_survey_points_outside_the_rim_are_a_finding():
    result = check(box(0, 0, 20, 20), **survey((Point(90, 90), {"elevation_m": 12.4})))
    built = result["summary"]["as_built"]
    assert (built["verdict"], built["findings"]) == ("pass", ["points_outside_rim"])


def test_a_depth_profile_is_a_survey():
    line = LineString([(0, 10), (20, 10)])
    profile = {"chainages_m": [0, 5, 7, 10, 13, 15, 19], "depths_m": [0, 3, 3, 3, 3, 3, 0.7]}
    inputs = survey() | {"survey": features((line, profile)), "built_slope": 1.5}
    found = check(box(0, 0, 20, 20), **inputs)["summary"]["as_built"]
    assert found["verdict"] == "pass"
    assert set(found["findings"]) == {"points_on_bank", "points_clustered"}


def test_no_benchmark_no_comparison():
    """ASB-T6 through the process."""
    result = check(box(0, 0, 20, 20), **(survey() | {"benchmark": False}))
    assert result["summary"]["as_built"]["verdict"] == "not_checkable"
    assert sign(result, "LAND-R20a") == "unknown"


BOW = Polygon([(0, 0), (10, 10), (10, 0), (0, 10)])
TOUCHING = Polygon([(0, 0), (20, 0), (10, 10), (20, 20), (0, 20), (10, 10)])


@pytest.mark.parametrize(
    ("rim", "depth", "slope", "code"),
    [
        (BOW, 3, 1.5, "rim_invalid"),
        (TOUCHING, 3, 1.5, "rim_invalid"),
        (Polygon(), 3, 1.5, "rim_invalid"),
        (None, 3, 1.5, "rim_invalid"),
        (LineString([(0, 0), (9, 9)]), 3, 1.5, "rim_invalid"),
        (shapely.union_all([box(0, 0, 5, 5), box(9, 9, 20, 20)]), 3, 1.5, "rim_invalid"),
        (box(0, 0, 200, 0.001), 3, 1.5, "rim_too_small"),
        (box(0, 0, 20, 20), 0, 1.5, "depth_invalid"),
        (box(0, 0, 20, 20), -2, 1.5, "depth_invalid"),
        (box(0, 0, 20, 20), None, 1.5, "depth_invalid"),
        (box(0, 0, 20, 20), "deep", 1.5, "depth_invalid"),
        (box(0, 0, 20, 20), 3, -0.5, "slope_invalid"),
        (box(0, 0, 20, 20), 3, 1e400, "slope_invalid"),
        (box(0, 0, 20, 20), 3, None, "slope_invalid"),
        (box(30, 30, 50, 50), 3, 1.5, "rim_outside_plot"),
    ],
)
def test_a_bad_pond_is_a_finding(rim, depth, slope, code):
    result = check(rim, depth, slope, plot=there(PLOT), soil_class="clay", climate="andaman")
    found = pond(result)
    assert found["error"] == code
    assert [item["sign"] for item in found["verdicts"]] == ["fail"]
    assert found["verdicts"][0]["hint"]["th"]
    for name in ("volume_m3", "verdict", "setback_verdict", "water_verdict", "earth_verdict"):
        assert found[name] is None, name
    assert result["summary"]["errors"] == {code: 1}


@pytest.mark.parametrize(
    ("name", "plot"),
    [
        ("tiny", box(0, 0, 6, 6)),
        ("sliver", Polygon([(0, 0), (200, 0.5), (0, 0.4)])),
        ("self-crossing", BOW),
        ("three points", Polygon([(0, 0), (60, 0), (0, 60)])),
        ("multipart", shapely.union_all([box(0, 0, 40, 40), box(50, 0, 90, 40)])),
        ("a hole", box(0, 0, 40, 40).difference(box(30, 30, 36, 36))),
        ("over 5,000 rai", box(-2000, -2000, 2000, 2000)),
    ],
)
def test_odd_plots_give_a_finding_or_a_true_distance(name, plot):
    rim = box(3, 3, 15, 15)
    found = pond(check(rim, 2, 1, plot=there(plot)))
    if not plot.is_valid:
        assert found["error"] == "plot_invalid"
    elif not plot.covers(rim):
        assert found["error"] == "rim_outside_plot"
    else:
        assert found["error"] is None
        assert found["boundary_m"] == pytest.approx(rim.distance(plot.boundary), rel=1e-4)


@pytest.mark.parametrize(
    ("inputs", "code"),
    [
        ({"plot": {"type": "Point", "coordinates": [98, 8]}}, "plot_invalid"),
        ({"trees": {"type": "Polygon"}}, "trees_invalid"),
        ({"channels": {"type": "FeatureCollection", "features": 5}}, "channels_invalid"),
        ({"rain_mm": "1,2,3"}, "months_invalid"),
        ({"rain_mm": "1,2", "climate": "andaman"}, "months_invalid"),
        ({"dry_months": "13"}, "months_invalid"),
        ({"soil_class": "peat"}, "parameter_invalid"),
        ({"years": 0}, "parameter_invalid"),
        ({"dig_from": "2024-05-01", "dig_to": "2024-04-01"}, "parameter_invalid"),
        ({"seepage_mm_day": -1}, "parameter_invalid"),
        (
            {"survey": {"type": "Point", "coordinates": [98, 8]}, "built_rim": {"type": "X"}},
            "built_rim_invalid",
        ),
    ],
)
def test_a_wrong_input_is_named(inputs, code):
    with pytest.raises(ParameterError) as caught:
        check(box(0, 0, 20, 20), **({"soil_class": "clay", "climate": "northeast"} | inputs))
    assert caught.value.code == code
    assert caught.value.text.th and caught.value.text.en


def test_a_bad_channel_is_a_finding():
    channels = features((LineString([(0, 0), (9, 9)]), {"depth_start_m": 1.0}))
    result = check(box(10, 10, 30, 30), plot=there(PLOT), channels=channels)
    assert sign(result, "LAND-R15") == "fail"


def test_a_slope_steeper_than_the_soil_stands():
    """LAND-R10: sand asks for 2.0; the hint gives the volume that is left."""
    result = check(box(0, 0, 20, 20), 3, 1, soil_class="sand")
    assert sign(result, "LAND-R10") == "fix"
    assert "624.0" in row(result, "LAND-R10")["hint"]["en"]


def test_every_input_is_labelled_in_both_languages():
    for item in POND_CHECK.inputs:
        assert item.label.th and item.label.en
        if item.default is not None:
            assert item.parse(item.default) == item.default


def test_the_gravest_sign_wins():
    from geo.text import Text

    rows = [
        Verdict(rule="LAND-R12", label=Text("ก", "a"), sign=sign)
        for sign in ("pass", "unknown", "fix")
    ]
    assert worst(rows) == "fix"
    assert worst(rows[:2]) == "unknown"
