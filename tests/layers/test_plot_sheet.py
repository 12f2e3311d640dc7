"""The plot sheet: one page of a plot as data."""

from __future__ import annotations

import json
from typing import Any

import geopandas as gpd
import numpy as np
import pytest
import shapely

from geo.crs import from_local
from geo.errors import GeometryError
from layers.plot_sheet import PLAN_MM, PlotSheet, plot_sheet

AT = np.array([[98.3, 7.9]])
RECORD: dict[str, Any] = {
    "plot_id": "KNN-83-2564-0001", "status": "digging", "development_step": 3,
    "deed_area_m2": 1600.0, "layout_profile": "standard_30_30_30_10",
    "site_marks": [{"kind": "protected_tree", "lon": 98.3, "lat": 7.9}, {"kind": "pump"}, "x"],
}  # fmt: skip


def placed(*shapes: shapely.Geometry) -> np.ndarray:
    return from_local(list(shapes), np.repeat(AT, len(shapes), axis=0))


def rows(shapes: list[shapely.Geometry], **columns: Any) -> gpd.GeoDataFrame:
    return gpd.GeoDataFrame(columns, geometry=placed(*shapes), crs=4326)


@pytest.fixture
def sheet() -> PlotSheet:
    """LAY-T1 on a plot of 40 x 40 m, with the pond POND-T6 lying in its water zone."""
    bands = [shapely.box(0, 0, 40, 12), shapely.box(0, 12, 40, 24),
             shapely.box(0, 24, 24, 40).union(shapely.box(24, 24, 40, 30)),
             shapely.box(24, 30, 40, 40)]  # fmt: skip
    zones = rows(
        bands,
        zone_kind=["pond", "paddy", "orchard", "house"],
        group=["water", "rice", "orchard_forest", "residence"],
    )
    ponds = rows(
        [shapely.box(0, 0, 24, 20), shapely.box(30, 0, 34, 4)],
        pond_id=["P1", "P2"], name=["หนองใหญ่", None], kind=["design", "design"],
        depth_m=[3.0, -1.0], slope_h_per_v=[1.5, 1.0], freeboard_m=[None, 0.2],
    )  # fmt: skip
    channels = rows([shapely.LineString([(24, 10), (40, 10)])], channel_id=["C1"])
    verdict = {"rule": "LAND-R16", "sign": "pass"}
    (plot,) = placed(shapely.box(0, 0, 40, 40))
    return plot_sheet(RECORD, plot, zones=zones, ponds=ponds, channels=channels, verdicts=[verdict])


def test_zones_are_told_in_rai_ngan_wah_with_share_and_verdict(sheet: PlotSheet) -> None:
    """SYS-007: a plot of 1 rai gives 480, 480, 480 and 160 m2, and its deviation."""
    found = [(row["area"], round(row["share_pct"]), row["verdict"]) for row in sheet.zones]
    assert found == [("0-1-20 ไร่", 30, "within")] * 3 + [("0-0-40 ไร่", 10, "within")]
    assert sheet.head["drawn_area"] == "1-0-0 ไร่"
    assert sheet.head["step_label"]["en"].startswith("Vocational training")


def test_the_plan_is_in_metres_and_fits_the_page(sheet: PlotSheet) -> None:
    west, south, east, north = sheet.plan["bounds"]
    assert (east - west, north - south) == pytest.approx((40, 40), abs=0.02)
    assert 40_000 / sheet.plan["scale"] <= min(PLAN_MM)
    assert sheet.plan["scale"] == 500
    ring = np.array(sheet.plan["boundary"][0])
    assert shapely.Polygon(ring).area == pytest.approx(1600, abs=2)
    assert [zone["label"]["th"] for zone in sheet.plan["zones"]] == ["หนอง", "นา", "พืชสวน", "บ้าน"]
    assert [mark["kind"] for mark in sheet.plan["marks"]] == ["protected_tree"]


def test_the_section_and_stages_are_those_of_the_pond(sheet: PlotSheet) -> None:
    """POND-T6: 927 m3; the section goes from rim to rim along the longer side."""
    pond = sheet.ponds[0]
    assert pond["volume_m3"] == pytest.approx(927, abs=0.2)
    depths = [point["design_depth_m"] for point in pond["section"]]
    chainage = [point["chainage_m"] for point in pond["section"]]
    assert chainage[-1] == pytest.approx(24, abs=0.01)
    assert depths[0] == pytest.approx(0, abs=0.01)
    assert max(depths) == 3
    assert depths[-1] == pytest.approx(0, abs=0.01)
    assert pond["water_level_m"] == 0.30
    volume = {stage["depth_m"]: stage["volume_below_m3"] for stage in pond["stages"]}
    assert volume[1.5] == pytest.approx(345.38, abs=0.2)


def test_a_pond_that_cannot_be_drawn_says_why_and_spares_the_rest(sheet: PlotSheet) -> None:
    assert sheet.ponds[1]["error"] == "depth_invalid"
    assert "-1" in sheet.ponds[1]["error_text"]["th"]
    assert "stages" not in sheet.ponds[1]


def test_the_sheet_is_json_with_words_in_both_languages(sheet: PlotSheet) -> None:
    document = json.loads(json.dumps(sheet.to_json(), allow_nan=False))
    assert document["verdicts"] == [{"rule": "LAND-R16", "sign": "pass"}]
    assert all(text["th"] and text["en"] for text in document["labels"].values())
    assert len(document["design_ideas"]) == 5


def test_an_empty_plot_still_has_a_sheet_that_says_what_is_missing() -> None:
    (plot,) = placed(shapely.box(0, 0, 10, 30))
    sheet = plot_sheet({"plot_id": "X", "status": float("nan"), "deed_area_m2": float("nan")}, plot)
    assert sheet.missing == ["zones", "ponds"]
    assert json.dumps(sheet.to_json(), allow_nan=False)


def test_ground_that_no_zone_takes_has_a_row() -> None:
    (plot,) = placed(shapely.box(0, 0, 40, 40))
    zones = rows([shapely.box(0, 0, 40, 12)], zone_kind=["pond"], group=["water"])
    last = plot_sheet(RECORD, plot, zones=zones).zones[-1]
    assert (last["group"], last["area"]) == (None, "0-2-80 ไร่")


def test_a_bow_tie_has_no_sheet() -> None:
    bow = shapely.Polygon([(98, 8), (98.001, 8.001), (98.001, 8), (98, 8.001)])
    for shape in (bow, None, shapely.Polygon(), shapely.Point(98, 8)):
        with pytest.raises(GeometryError) as caught:
            plot_sheet(RECORD, shape)
        assert caught.value.code == "plot_invalid"


@pytest.mark.parametrize("angle", [0, 30, 77])
def test_the_section_runs_along_a_turned_pond(angle: float) -> None:
    pond = shapely.affinity.rotate(shapely.box(5, 10, 35, 22), angle)
    (plot,) = placed(shapely.box(-20, -20, 60, 60))
    ponds = rows([pond], pond_id=["P"], depth_m=[2.0], slope_h_per_v=[1.0])
    line = np.array(plot_sheet(RECORD, plot, ponds=ponds).ponds[0]["line"])
    assert np.hypot(*(line[-1] - line[0])) == pytest.approx(30, abs=0.05)
