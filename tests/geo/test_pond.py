"""Ponds hold what the worked cases of LAND-R11 to R14 say, and bad ones are named, not raised."""

import math

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from shapely import Polygon, affinity, box

from geo.crs import from_local
from geo.errors import GeometryError, ParameterError
from geo.pond import INPUT_ERRORS, VERDICTS, PondParameters, check_ponds, rounded, stage_table

SQUARE, R24, R60, R40 = box(0, 0, 20, 20), box(0, 0, 24, 20), box(0, 0, 60, 80), box(0, 0, 40, 12)
R30 = box(0, 0, 30, 20)
L1 = Polygon([(0, 0), (30, 0), (30, 15), (15, 15), (15, 30), (0, 30)])
L2 = Polygon([(0, 0), (30, 0), (30, 8), (8, 8), (8, 30), (0, 30)])
PENTA = Polygon([(0, 0), (28, -3), (36, 14), (17, 26), (-4, 15)])
CONC = Polygon([(0, 0), (34, 0), (38, 12), (30, 22), (18, 14), (8, 24), (-3, 13)])
TRI = Polygon([(0, 0), (40, 0), (0, 30)])
TRAP = Polygon([(0, 0), (40, 0), (32, 18), (6, 18)])
DUMB = shapely.union_all([box(0, 0, 12, 12), box(12, 4.5, 22, 7.5), box(22, 0, 34, 12)])
G32 = Polygon(
    [(10 * math.cos(k * math.pi / 16), 10 * math.sin(k * math.pi / 16)) for k in range(32)]
)
ISL = box(0, 0, 30, 30).difference(box(12, 12, 18, 18))
TURNED = affinity.translate(affinity.rotate(R30, 30, origin=(0, 0)), 430000, 880000)
BENCH = [(1.0, 1.0, 0), (3.0, 1.5, 1.0)]
STEPS = [(1, 0, 0), (2, 0, 2), (3, 0, 2)]

# rim, depth, slope (or profile), A0, P, volume, bottom, effective depth, verdict
CASES = {
    "POND-T1": (SQUARE, 3, 0, 400, 80, 1200, 400, 3, "ok"),
    "POND-T2": (SQUARE, 3, 1, 400, 80, 876, 196, 3, "ok"),
    "POND-T3": (SQUARE, 3, 1.5, 400, 80, 741, 121, 3, "ok"),
    "POND-T4": (SQUARE, 3, 2, 400, 80, 624, 64, 3, "ok"),
    "POND-T5": (R30, 2.5, 1.5, 600, 100, 1078.125, 281.25, 2.5, "ok"),
    "POND-T6": (R24, 3, 1.5, 480, 88, 927, 165, 3, "ok"),
    "POND-T7": (R60, 4, 0, 4800, 280, 19200, 4800, 4, "ok"),
    "POND-T8": (R60, 4, 1.5, 4800, 280, 16032, 3264, 4, "ok"),
    "POND-T9": (R40, 3, 2, 480, 104, 648, 0, 3, "line_bottom"),
    "POND-T10": (R40, 4, 2, 480, 104, 648, 0, 3, "collapsed"),
    "POND-T11": (box(0, 0, 10, 10), 4, 1.5, 100, 40, 111.11, 0, 3.333, "collapsed"),
    "POND-T12": (L1, 3, 0, 675, 120, 2025, 675, 3, "ok"),
    "POND-T13": (L1, 3, 1, 675, 120, 1521, 351, 3, "ok"),
    "POND-T14": (L1, 3, 1.5, 675, 120, 1296, 216, 3, "ok"),
    "POND-T15": (L1, 3, 2, 675, 120, 1089, 99, 3, "ok"),
    "POND-T16": (L2, 3, 1.5, 416, 120, 526.22, 0, 2.667, "collapsed"),
    "POND-T17": (PENTA, 3, 1, 778.5, 108.65, 1879.49, 485.47, 3, "ok"),
    "POND-T18": (PENTA, 3, 1.5, 778.5, 108.65, 1676.18, 363.65, 3, "ok"),
    "POND-T19": (PENTA, 3, 2, 778.5, 108.65, 1489.34, 258.29, 3, "ok"),
    "POND-T20": (CONC, 2.5, 1, 702, 116.92, 1408.96, 432.90, 2.5, "ok"),
    "POND-T21": (CONC, 2.5, 1.5, 702, 116.92, 1250.44, 315.75, 2.5, "ok"),
    "POND-T22": (CONC, 2.5, 2, 702, 116.92, 1101.59, 210.20, 2.5, "ok"),
    "POND-T23": (TRI, 3, 1.5, 600, 120, 1111.5, 181.5, 3, "ok"),
    "POND-T24": (TRAP, 2, 2, 594, 104.67, 815.15, 244.06, 2, "ok"),
    "POND-T25": (DUMB, 2.5, 1.5, 318, 110, 380.25, 40.5, 2.5, "split_bottom"),
    "POND-T26": (G32, 3, 1.5, 312.14, 62.73, 576.82, 93.68, 3, "ok"),
    "POND-T27": (ISL, 2, 1, 864, 144, 1440, 576, 2, "ok"),
    "POND-T28": (TURNED, 2.5, 1.5, 600, 100, 1078.125, 281.25, 2.5, "ok"),
    "POND-T29": (box(0, 0, 24, 24), 3, BENCH, 576, 96, 1113.33, 196, 3, "ok"),
    "POND-T30": (box(0, 0, 24, 24), 3, STEPS, 576, 96, 1232, 256, 3, "ok"),
    "POND-T31": (box(0, 0, 40, 20), 2.5, 2, 800, 120, 1333.33, 300, 2.5, "ok"),
}


def check_one(rim, depth, slope, **options) -> pd.Series:
    if isinstance(slope, list):
        slope, options["profiles"] = np.nan, [slope]
    return check_ponds([rim], depth, slope, **options).iloc[0]


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_a_worked_pond_has_its_volume_bottom_and_verdict(case):
    rim, depth, slope, area, perimeter, volume, bottom, effective, verdict = case
    pond = check_one(rim, depth, slope)
    assert pond.area_m2 == pytest.approx(area, abs=0.01)
    assert pond.perimeter_m == pytest.approx(perimeter, abs=0.01)
    assert pond.volume_m3 == pytest.approx(volume, abs=0.006)
    assert pond.bottom_area_m2 == pytest.approx(bottom, abs=0.006)
    assert pond.effective_depth_m == pytest.approx(effective, abs=0.001)
    assert pond.lost_depth_m == pytest.approx(depth - effective, abs=0.001)
    assert pond.verdict == verdict
    assert pond.bottom_parts == {"ok": 1, "split_bottom": 2}.get(verdict, 0)
    assert pond.error is None
    assert VERDICTS[pond.verdict].th
    assert VERDICTS[pond.verdict].en


def test_all_worked_ponds_in_one_column_are_as_one_by_one():
    cases = list(CASES.values())
    profiles = [c[2] if isinstance(c[2], list) else None for c in cases]
    slopes = [np.nan if isinstance(c[2], list) else c[2] for c in cases]
    index = [f"P{i}" for i in range(len(cases))]
    rims = gpd.GeoSeries([c[0] for c in cases], index=index)
    ponds = check_ponds(rims, [c[1] for c in cases], slopes, profiles=profiles)
    assert list(ponds.index) == index
    one_by_one = [check_one(*c[:3]).volume_m3 for c in cases]
    np.testing.assert_allclose(ponds.volume_m3, one_by_one, atol=0.002)


def test_thirty_degrees_and_big_coordinates_change_nothing():
    """POND-T28 equals POND-T5."""
    turned, straight = check_one(TURNED, 2.5, 1.5), check_one(R30, 2.5, 1.5)
    assert turned.volume_m3 == pytest.approx(straight.volume_m3, abs=1e-4)


# --- Input errors ---------------------------------------------------------------------------

with np.errstate(invalid="ignore"):
    NOT_A_NUMBER = shapely.from_wkt("POLYGON ((0 0, 9 0, 9 NaN, 0 0))")
BOW = Polygon([(0, 0), (10, 10), (10, 0), (0, 10)])
ERRORS = {
    "POND-E1 zero": ("depth_invalid", SQUARE, 0, 1, {}),
    "POND-E1 negative": ("depth_invalid", SQUARE, -1, 1, {}),
    "POND-E1 missing": ("depth_invalid", SQUARE, None, 1, {}),
    "POND-E1 over 12 m": ("depth_invalid", SQUARE, 12.01, 0, {}),
    "POND-E1 text": ("depth_invalid", SQUARE, "ลึก", 0, {}),
    "POND-E2": ("slope_invalid", SQUARE, 3, -0.5, {}),
    "POND-E2 over 5": ("slope_invalid", SQUARE, 3, 5.5, {}),
    "POND-E3": ("rim_invalid", BOW, 3, 1, {}),
    "no rim": ("rim_invalid", None, 3, 1, {}),
    "empty rim": ("rim_invalid", Polygon(), 3, 1, {}),
    "a line": ("rim_invalid", shapely.LineString([(0, 0), (9, 9)]), 3, 1, {}),
    "two rims": ("rim_invalid", shapely.union(SQUARE, box(50, 0, 60, 9)), 3, 1, {}),
    "not a number": ("rim_invalid", NOT_A_NUMBER, 3, 1, {}),
    "POND-E4": ("rim_outside_plot", SQUARE, 3, 1, {"plots": [box(-5, -5, 15, 25)]}),
    "a broken plot": ("plot_invalid", SQUARE, 3, 1, {"plots": [BOW]}),
    "POND-E5": ("rim_too_small", box(0, 0, 1.9, 2), 3, 0, {}),
    "POND-E6": ("crs_missing", box(98.3, 7.9, 98.3002, 7.9002), 3, 1, {}),
    "benches that rise": ("profile_invalid", SQUARE, 3, 1, {"profiles": [[(2, 1), (1, 1)]]}),
    "a bench that juts out": ("profile_invalid", SQUARE, 3, 1, {"profiles": [[(3, 1, -1)]]}),
    "benches to another depth": ("profile_invalid", SQUARE, 3, 1, {"profiles": [[(2, 1)]]}),
    "half a bench": ("profile_invalid", SQUARE, 3, 1, {"profiles": [[(3,)]]}),
    "freeboard": ("freeboard_invalid", SQUARE, 3, 1, {"freeboard_m": -0.1}),
    "dead depth": ("dead_depth_invalid", SQUARE, 3, 1, {"dead_depth_m": -0.1}),
}


@pytest.mark.parametrize(("code", "rim", "depth", "slope", "more"), ERRORS.values(), ids=ERRORS)
def test_a_pond_that_cannot_be_judged_gets_its_code_and_words(code, rim, depth, slope, more):
    pond = check_one(rim, depth, slope, **more)
    assert pond.error == code
    assert pond.verdict is None
    assert np.isnan(pond.volume_m3)
    for language in ("th", "en"):
        words = pond.error_text.get(language)
        assert words
        assert "{" not in words


def test_every_error_is_tried_above():
    assert {case[0] for case in ERRORS.values()} == set(INPUT_ERRORS)


def test_a_rim_outside_its_plot_says_how_much():
    pond = check_one(SQUARE, 3, 1, plots=[box(-5, -5, 15, 25)])
    assert pond.outside_plot_m2 == pytest.approx(100)
    assert "100.00" in pond.error_text.th


def test_one_bad_pond_does_not_harm_its_neighbours():
    ponds = check_ponds([SQUARE, BOW, None, SQUARE], [3, 3, 3, 3], [1.5, 1.5, 1.5, 9])
    assert ponds.error.tolist() == [None, "rim_invalid", "rim_invalid", "slope_invalid"]
    assert ponds.volume_m3[0] == pytest.approx(741)
    assert ponds.volume_m3[1:].isna().all()


@pytest.mark.parametrize("rims", [[], [None], [BOW, BOW]])
def test_a_column_without_any_sound_pond_is_a_table_of_errors(rims):
    ponds = check_ponds(rims, [3.0] * len(rims), 1)
    assert len(ponds) == len(rims)
    assert (ponds.error == "rim_invalid").all()


def test_a_plot_in_another_kind_of_coordinates_is_refused():
    with pytest.raises(GeometryError, match="CRS"):
        check_ponds([SQUARE], 3, 1, plots=gpd.GeoSeries([SQUARE], crs=32647))


@pytest.mark.parametrize("wrong", [{"max_depth_m": 0}, {"panels": 1}, {"freeboard_m": math.nan}])
def test_a_parameter_out_of_range_is_refused(wrong):
    with pytest.raises(ParameterError) as error:
        PondParameters(**wrong)
    assert next(iter(wrong)) in error.value.text.th


# --- Capacity and stages (LAND-R14) ---------------------------------------------------------

CAPACITIES = {
    "CAP-T1": ("POND-T6", 788.86, 92.625, 696.23),
    "CAP-T2": ("POND-T5", 904.79, 154.125, 750.67),
    "CAP-T3": ("POND-T8", 14610.82, 1675.875, 12934.94),
}


@pytest.mark.parametrize(("case", "capacity", "dead", "live"), CAPACITIES.values(), ids=CAPACITIES)
def test_capacity_leaves_out_freeboard_and_dead_water(case, capacity, dead, live):
    pond = check_one(*CASES[case][:3], freeboard_m=0.30, dead_depth_m=0.50)
    assert pond.capacity_m3 == pytest.approx(capacity, abs=0.01)
    assert pond.dead_volume_m3 == pytest.approx(dead, abs=0.001)
    assert pond.live_capacity_m3 == pytest.approx(live, abs=0.01)


def test_freeboard_and_dead_depth_default_where_they_are_missing():
    ponds = check_ponds([R24] * 3, 3, 1.5, freeboard_m=[None, 0.3, 0], dead_depth_m=np.nan)
    assert ponds.capacity_m3.round(2).tolist() == [788.86, 788.86, 927.0]
    assert ponds.dead_volume_m3.tolist() == [0, 0, 0]


def test_a_pond_that_is_all_freeboard_or_all_dead_water_has_no_live_capacity():
    ponds = check_ponds([R24] * 2, 1, 1, freeboard_m=[1.5, 0.2], dead_depth_m=[0, 9])
    assert ponds.live_capacity_m3.tolist() == [0, 0]
    assert ponds.capacity_m3[0] == 0
    assert ponds.capacity_m3[1] == ponds.dead_volume_m3[1] > 0


STAGES = [
    (0, 480, 927), (0.3, 441.21, 788.86), (0.5, 416.25, 703.125), (1, 357, 510),
    (1.5, 302.25, 345.375), (2, 252, 207), (2.5, 206.25, 92.625), (3, 165, 0),
]  # fmt: skip


def test_the_stage_table_of_pond_t6():
    table = stage_table(R24, 3, 1.5)
    np.testing.assert_allclose(table.to_numpy(), STAGES, atol=0.006)


def test_a_stage_table_ends_where_the_slopes_meet():
    table = stage_table(R40, 4, 2)
    assert table.depth_m.iloc[-1] == pytest.approx(3)
    assert table.area_m2.iloc[-1] == pytest.approx(0, abs=1e-6)
    assert table.volume_below_m3.iloc[0] == pytest.approx(648)


def test_a_stage_on_a_bench_has_the_area_below_it():
    table = stage_table(box(0, 0, 24, 24), 3, 0, profile=STEPS, levels=[0, 1, 1.5, 3])
    assert table.area_m2.round(6).tolist() == [576, 400, 400, 256]
    assert table.volume_below_m3.round(6).tolist() == [1232, 656, 456, 0]


def test_no_stage_table_for_a_broken_rim():
    with pytest.raises(GeometryError) as error:
        stage_table(BOW, 3, 1.5)
    assert error.value.code == "rim_invalid"


# --- Figures of the planning tables ---------------------------------------------------------

# A(0), A(d/2), A(d) put into prismoid, frustum and average end area; V in m3
FORMULAE = {
    "POND-T3": (SQUARE, 3, 1.5, 741, 741, 741, 781.5),
    "POND-T6": (R24, 3, 1.5, 927, 927, 926.42, 967.5),
    "POND-T8": (R60, 4, 1.5, 16032, 16032, 16029.58, 16128),
    "POND-T14": (L1, 3, 1.5, 1296, 1296, 1272.84, 1336.5),
    "60 x 8": (box(0, 0, 60, 8), 3, 1, 864, 864, 815.68, 882),
    "POND-T25": (DUMB, 2.5, 1.5, 380.25, 376.25, 393.32, 448.12),
}


@pytest.mark.parametrize("case", FORMULAE.values(), ids=FORMULAE)
def test_other_formulae_differ_from_the_volume_as_printed(case):
    rim, d, z, exact, prismoid, frustum, ends = case
    assert check_one(rim, d, z).volume_m3 == pytest.approx(exact, abs=0.005)
    first, middle, last = stage_table(rim, d, z, levels=[0, d / 2, d]).area_m2
    assert d / 6 * (first + 4 * middle + last) == pytest.approx(prismoid, abs=0.006)
    assert d / 3 * (first + last + math.sqrt(first * last)) == pytest.approx(frustum, abs=0.006)
    assert d / 2 * (first + last) == pytest.approx(ends, abs=0.006)


PLANNING = {  # plot of so many rai, 30 % of it a square rim, z = 1.5: V at d 2, 3, 4, bottom at 3
    0.5: (240, 318.10, 382.72, 408.39, 42.15),
    1: (480, 721.09, 929.46, 1060.37, 166.64),
    3: (1440, 2448.63, 3376.42, 4130.53, 837.95),
    10: (4800, 8792.62, 12610.39, 16066.46, 3633.92),
    15: (7200, 13405.77, 19389.97, 24919.06, 5753.65),
}


@pytest.mark.parametrize("rai", PLANNING)
def test_a_square_pond_of_thirty_percent_holds_the_planning_figure(rai):
    area, *volumes, bottom = PLANNING[rai]
    assert area == pytest.approx(rai * 1600 * 0.3)
    rim = box(0, 0, math.sqrt(area), math.sqrt(area))
    ponds = check_ponds([rim] * 3, [2, 3, 4], 1.5)
    np.testing.assert_allclose(ponds.volume_m3, volumes, atol=0.006)
    assert ponds.bottom_area_m2[1] == pytest.approx(bottom, abs=0.006)


SQUARE_RIMS = [
    (4800, (19200, 17068.31, 16066.46, 15107.28)),
    (7200, (28800, 26170.04, 24919.06, 23710.75)),
]


@pytest.mark.parametrize(("area", "volumes"), SQUARE_RIMS)
def test_a_square_pond_of_four_metres_by_slope(area, volumes):
    rim = box(0, 0, math.sqrt(area), math.sqrt(area))
    ponds = check_ponds([rim] * 4, 4, [0, 1, 1.5, 2])
    np.testing.assert_allclose(ponds.volume_m3, volumes, atol=0.006)


def test_the_pond_of_half_a_rai_collapses_when_drawn_four_metres_deep():
    pond = check_one(box(0, 0, math.sqrt(240), math.sqrt(240)), 4, 2)
    assert pond.verdict == "collapsed"
    assert pond.collapse_depth_m == pytest.approx(3.873, abs=0.0005)
    assert pond.volume_m3 == pytest.approx(309.84, abs=0.006)


def test_ponds_in_degrees_are_measured_on_the_ground():
    """The rim of POND-T5 laid out in Phuket and given in EPSG:4326 holds the same water."""
    local = affinity.translate(R30, -15, -10)
    plot = from_local([local.buffer(5)], [(98.36, 7.96)])
    rim = gpd.GeoSeries(from_local([local], [(98.36, 7.96)]), crs=4326, index=["KNN-1"])
    ponds = check_ponds(rim, 2.5, 1.5, plots=gpd.GeoSeries(plot, crs=4326))
    assert ponds.error["KNN-1"] is None
    assert ponds.volume_m3["KNN-1"] == pytest.approx(1078.125, abs=1e-4)
    assert stage_table(rim, 2.5, 1.5).volume_below_m3[0] == pytest.approx(1078.125, abs=1e-4)
    utm = check_ponds(rim.to_crs(32647), 2.5, 1.5).volume_m3["KNN-1"]
    assert utm == pytest.approx(1078.125, abs=1e-4)


def test_results_are_shown_rounded_half_up():
    shown = rounded(check_ponds([R30], 2.5, 1.5))
    assert shown.volume_m3[0] == 1078.13
    assert shown.verdict[0] == "ok"
