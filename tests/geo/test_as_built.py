"""Design against as built: the worked cases of land.md 5.6, profiles, and poor surveys."""

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely import LineString, Polygon, box

from geo.as_built import (
    AS_BUILT_FINDINGS,
    AsBuiltParameters,
    Survey,
    compare,
    compare_columns,
    cut_between,
)
from geo.errors import GeometryError, ParameterError
from geo.pond_section import depth_profile, design_depths

DESIGN, BUILT = box(0, 0, 20, 20), box(0, 0, 20.1, 19.8)
LEVELS = [9.55, 9.48, 9.52, 9.60, 9.45]


def compared(survey, slope=1.4, rim=BUILT, **options):
    return compare(DESIGN, 3, 1.5, rim, survey, slope, **({"benchmark": True} | options))


def check(found, name):
    return next(item for item in found.checks if item.name == name)


def test_a_pond_as_it_was_drawn():
    """ASB-T1."""
    survey = Survey.of_elevations(12.500, LEVELS)
    assert survey.depth_m.tolist() == pytest.approx([2.95, 3.02, 2.98, 2.90, 3.05])
    found = compared(survey)
    assert found.mean_depth_m == pytest.approx(2.98)
    assert found.rim_m2 == pytest.approx(397.98)
    assert check(found, "rim_area").figure == pytest.approx(-0.505, abs=5e-4)
    assert found.volume_m3 == pytest.approx(759.08, abs=0.01)
    assert check(found, "volume").figure == pytest.approx(2.44, abs=0.005)
    assert (found.verdict, found.failed) == ("pass", ())


def test_the_slope_of_the_design():
    """ASB-T2."""
    found = compared(Survey.of_elevations(12.5, LEVELS), 1.5)
    assert found.volume_m3 == pytest.approx(733.88, abs=0.01)
    assert check(found, "volume").figure == pytest.approx(-0.96, abs=0.005)
    assert found.verdict == "pass"


def test_too_shallow_though_the_volume_is_within():
    """ASB-T3."""
    found = compared(Survey(np.full(5, 2.75)), 1.5)
    assert found.volume_m3 == pytest.approx(704.22, abs=0.01)
    volume = check(found, "volume")
    assert (volume.figure, volume.passed) == (pytest.approx(-4.96, abs=0.005), True)
    assert found.failed == ("depth_point", "depth_mean")
    assert check(found, "depth_mean").figure == pytest.approx(-0.25)
    assert found.verdict == "fail"


def test_one_shallow_point():
    """ASB-T4."""
    found = compared(Survey(np.array([2.95, 3.02, 2.98, 2.89, 3.05])))
    assert found.failed == ("depth_point",)
    assert check(found, "depth_point").margin == pytest.approx(-0.01)


def test_too_steep():
    """ASB-T5."""
    found = compared(Survey.of_elevations(12.5, LEVELS), 1.25)
    assert "slope" in found.failed
    assert check(found, "slope").limit == pytest.approx(1.30)


def test_no_benchmark_no_inspection():
    """ASB-T6: neither without the record nor without the elevation."""
    missing = compared(Survey.of_elevations(12.5, LEVELS), benchmark=False)
    assert missing.verdict == "not_checkable"
    assert set(missing.findings) == {"benchmark_missing"}
    assert compared(Survey.of_elevations(None, LEVELS)).verdict == "not_checkable"


def test_two_surface_models():
    """ASB-T7; cells without a value are counted, not summed."""
    after = np.full((3, 3), 9.0)
    after[1, 1] = 8.0
    assert cut_between(np.full((3, 3), 10.0), after, 4.0).cut_m3 == pytest.approx(40.00)
    after[0, 0], after[2, 2] = np.nan, 11.0
    found = cut_between(np.full((3, 3), 10.0), after, 4.0)
    assert found == (pytest.approx(32.0), pytest.approx(4.0), 8, 1)


def test_all_nodata_is_nothing_moved():
    found = cut_between(np.full((2, 2), np.nan), np.zeros((2, 2)), 1.0)
    assert found == (0, 0, 0, 4)


def test_a_section_through_the_middle():
    """PROF-T1."""
    chainages = [0, 2, 4.5, 10, 15.5, 18, 20]
    found = depth_profile(DESIGN, 3, 1.5, LineString([(0, 10), (20, 10)]), chainages)
    assert found.design_depth_m.round(2).tolist() == [0.00, 1.33, 3.00, 3.00, 3.00, 1.33, 0.00]


def test_near_a_reflex_corner_the_mitred_inset_decides():
    """At (16, 14) the corner (15, 15) is 1.41 m off, but the planes of both banks are 1 m off."""
    corner = Polygon([(0, 0), (30, 0), (30, 15), (15, 15), (15, 30), (0, 30)])
    points = shapely.points([(16, 14), (14, 14), (7.5, 7.5), (14, 2)])
    found = design_depths(corner, 3, 1.5, points)
    # Beyond the corner the inset has moved diagonally: both planes have come 1 m.
    assert found == pytest.approx([1 / 1.5, 1 / 1.5, 3.0, 2 / 1.5], abs=2e-3)


def test_benches_in_a_section():
    """Down 1 m at 1:1, a bench of 1 m, then 1.5:1."""
    profile = [(1.0, 1.0, 0), (3.0, 1.5, 1.0)]
    line = LineString([(0, 12), (24, 12)])
    found = depth_profile(
        box(0, 0, 24, 24), 3, 1.5, line, [0, 0.5, 1.5, 2.75, 5.0, 12], profile=profile
    )
    assert found.design_depth_m.tolist() == pytest.approx([0, 0.5, 1.0, 1.5, 3.0, 3.0], abs=1e-3)


def test_upright_walls_are_deep_at_once():
    found = design_depths(DESIGN, 3, 0, shapely.points([(0.01, 10), (-1, 10)]))
    assert found.tolist() == [3.0, 0.0]


def test_a_section_that_is_no_line():
    with pytest.raises(GeometryError, match="section"):
        depth_profile(DESIGN, 3, 1.5, LineString([(1, 1), (1, 1)]))


@settings(max_examples=30, deadline=None)
@given(x=st.floats(0, 20), y=st.floats(0, 20), slope=st.floats(0.2, 3), depth=st.floats(0.5, 4))
def test_in_a_convex_pond_the_nearest_edge_decides(x, y, slope, depth):
    expected = min(depth, min(x, y, 20 - x, 20 - y) / slope)
    found = design_depths(DESIGN, depth, slope, shapely.points([(x, y)]))[0]
    assert found == pytest.approx(expected, abs=2e-3)


SPREAD = [(6, 6), (14, 6), (14, 14), (6, 14), (10, 10)]


def placed(depths, points):
    return Survey(np.array(depths, dtype=float), list(shapely.points(points)))


def test_points_outside_the_rim_are_left_out_and_said():
    survey = placed([3.0] * 5 + [0.2], [*SPREAD, (40, 40)])
    found = compared(survey, 1.5)
    assert found.verdict == "pass"
    assert set(found.findings) == {"points_outside_rim"}
    assert "1 " in found.findings["points_outside_rim"].en


def test_points_on_the_bank_are_no_bottom():
    found = compared(placed([3.0] * 5 + [0.7], [*SPREAD, (1, 10)]), 1.5)
    assert (found.verdict, set(found.findings)) == ("pass", {"points_on_bank"})


def test_clustered_points_are_said():
    near = [(10 + 0.1 * k, 10 + 0.1 * (k % 2)) for k in range(5)]
    found = compared(placed([3.0] * 5, near), 1.5)
    assert (found.verdict, set(found.findings)) == ("pass", {"points_clustered"})


@pytest.mark.parametrize(
    "survey",
    [
        Survey(np.zeros(0)),
        Survey(np.full(4, 3.0)),
        Survey(np.array([3, 3, 3, 3, np.nan])),
        Survey(np.full(5, 3.0), [None] * 5),
        Survey(np.full(5, 3.0), list(shapely.points([(50, 50)] * 5))),
        Survey(np.full(5, 3.0), [shapely.Point()] * 5),
    ],
)
def test_too_few_points_cannot_be_checked(survey):
    found = compared(survey)
    assert found.verdict == "not_checkable"
    assert "points_few" in found.findings
    assert set(found.findings) <= set(AS_BUILT_FINDINGS)


@pytest.mark.parametrize(
    ("design", "built", "depths", "code"),
    [
        (DESIGN, None, 3.0, "rim_invalid"),
        (DESIGN, Polygon([(0, 0), (10, 10), (10, 0), (0, 10)]), 3.0, "rim_invalid"),
        (Polygon([(0, 0), (10, 10), (10, 0), (0, 10)]), BUILT, 3.0, "design_invalid"),
        (DESIGN, BUILT, -3.0, "depth_invalid"),
        (DESIGN, BUILT, 99.0, "depth_invalid"),
    ],
)
def test_what_cannot_be_compared_is_named(design, built, depths, code):
    found = compare(design, 3, 1.5, built, Survey(np.full(5, depths)), 1.5, benchmark=True)
    assert found.verdict == "not_checkable"
    assert code in found.findings


def test_an_infinite_slope_is_named():
    found = compared(Survey(np.full(5, 3.0)), float("inf"))
    assert (found.verdict, set(found.findings)) == ("not_checkable", {"slope_invalid"})


def test_columns_of_ponds_judge_as_one_by_one():
    depth = np.array([2.98, 2.75, 3.0, np.nan])
    slope = np.array([1.4, 1.5, 1.25, 1.5])
    found = compare_columns(
        *[np.full(4, v) for v in (400, 3, 1.5, 741)],
        np.full(4, 397.98),
        depth,
        slope,
        np.array([759.08, 704.22, 741, 741]),
    )
    assert found.tolist() == ["pass", "fail", "fail", "not_checkable"]


def test_tolerances_have_ranges():
    with pytest.raises(ParameterError, match="slope_tol"):
        AsBuiltParameters(slope_tol=-0.1)


@settings(max_examples=50, deadline=None)
@given(
    depths=st.lists(st.floats(0.5, 5), min_size=5, max_size=8),
    tolerances=st.tuples(st.floats(0, 2), st.floats(0, 2)),
)
def test_a_wider_tolerance_never_fails_more(depths, tolerances):
    tight, wide = (
        set(compared(Survey(np.array(depths)), parameters=AsBuiltParameters(depth_tol_m=t)).failed)
        for t in sorted(tolerances)
    )
    assert wide <= tight
