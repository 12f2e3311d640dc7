"""Setback, trees, fill (LAND-R16 to R17): worked cases, solved limits, monotony."""

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely import LineString, box

from geo.errors import ParameterError
from geo.fitting import largest_that_passes, smallest_that_passes
from geo.pond import check_ponds
from geo.setback import (
    SetbackParameters,
    check_fill,
    check_setbacks,
    check_trees,
    deepest_within,
    fitted_rim,
    foreign_boundary,
    room,
)

# depth, distance, certificate -> verdict, missing, advisory
CASES = {
    "SET-T1": (2.9, 0.5, False, "not_applicable", 0, 5.8),
    "SET-T2": (3.0, 2.0, False, "not_applicable", 0, 6.0),
    "SET-T3": (3.1, 6.2, False, "ok", 0, None),
    "SET-T4": (3.1, 6.19, False, "violation", 0.01, None),
    "SET-T5": (3.5, 7.0, False, "ok", 0, None),
    "SET-T6": (4.0, 8.0, False, "ok", 0, None),
    "SET-T7": (4.0, 7.9, False, "violation", 0.10, None),
    "SET-T8": (4.0, 5.0, True, "ok_by_certificate", 3.0, None),
    "SET-T9": (5.0, 10.0, False, "ok", 0, None),
}


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_a_worked_setback(case):
    depth, distance, certified, verdict, missing, advisory = case
    found = check_setbacks([depth], [distance], [certified]).iloc[0]
    assert found.verdict == verdict
    assert found.missing_m == pytest.approx(missing, abs=1e-9)
    if advisory is None:
        assert np.isnan(found.advisory_m)
    else:
        assert found.advisory_m == pytest.approx(advisory)


def test_a_side_of_the_same_owner_does_not_count():
    """SET-T10: 2 m to the own land in the west, 9 m to the others, 4 m deep."""
    plot = box(0, 0, 40, 40)
    rim = box(2, 9, 31, 31)
    west = LineString([(0, 0), (0, 40)])
    foreign = foreign_boundary(plot, [(west, "same_owner")])
    assert rim.distance(foreign) == pytest.approx(9)
    assert check_setbacks([4.0], [rim.distance(foreign)]).verdict[0] == "ok"
    assert (
        check_setbacks([4.0], [rim.distance(foreign_boundary(plot, []))]).verdict[0] == "violation"
    )


@pytest.mark.parametrize("tag", ["public", "other_owner", "a tag of no meaning"])
def test_only_the_tag_same_owner_frees_a_side(tag):
    plot = box(0, 0, 40, 40)
    foreign = foreign_boundary(plot, [(LineString([(0, 0), (0, 40)]), tag)])
    assert foreign.length == pytest.approx(160)


def test_a_tag_may_cover_part_of_a_side_and_be_drawn_a_little_off():
    plot = box(0, 0, 40, 40)
    drawn = LineString([(0.3, 10), (-0.2, 30)])
    foreign = foreign_boundary(plot, [(drawn, "same_owner")])
    assert foreign.length == pytest.approx(140, abs=0.5)
    assert shapely.Point(0, 20).distance(foreign) == pytest.approx(10, abs=0.5)


def test_a_rim_in_its_plot():
    """SET-T11: (8,8)-(32,28) in 40 x 40 is 8 m off; 4 m deep at 1.5 it holds 1,056 m3."""
    plot, rim = box(0, 0, 40, 40), box(8, 8, 32, 28)
    distance = rim.distance(foreign_boundary(plot, []))
    assert distance == 8.0
    assert check_setbacks([4.0], [distance]).verdict[0] == "ok"
    pond = check_ponds([rim], 4.0, 1.5).iloc[0]
    assert pond.volume_m3 == pytest.approx(1056.00, abs=0.01)
    assert pond.bottom_area_m2 == pytest.approx(96.00, abs=0.01)


RAI = {0.5: 800, 1: 1600, 3: 4800, 10: 16000, 15: 24000}
ROOM = {
    0.5: (690.86, 252.31, 204.04, 150.90, 68.63),
    1: (1444.00, 761.76, 676.00, 576.00, 400.00),
    3: (4526.87, 3235.57, 3056.10, 2838.97, 2428.72),
    10: (15498.04, 13016.78, 12654.25, 12208.28, 11340.36),
    15: (23384.32, 20311.76, 19858.26, 19298.58, 18203.23),
}


@pytest.mark.parametrize("rai", RAI)
def test_room_left_inside_the_setback(rai):
    """The table of land.md 5.4: bank of 1 m to 3 m depth, else twice the depth."""
    side = RAI[rai] ** 0.5
    plot = box(0, 0, side, side)
    for setback, area in zip((1.0, 6.2, 7.0, 8.0, 10.0), ROOM[rai], strict=True):
        left = room(plot, shapely.boundary(plot), setback).area
        assert left == pytest.approx(area, abs=0.01)


def test_an_unknown_distance_is_unknown_only_where_the_rule_applies():
    found = check_setbacks([3.0, 3.1, 3.1], [np.nan] * 3, [False, False, True])
    assert found.verdict.tolist() == ["not_applicable", "unknown", "ok_by_certificate"]


def test_no_foreign_side_is_far_enough():
    assert check_setbacks([5.0], [np.inf]).verdict[0] == "ok"


def test_notice_by_depth_or_area():
    found = check_setbacks([3.0, 3.01, 2.0], [99] * 3, False, [10_000, 100, 10_000.5])
    assert found.notice_needed.tolist() == [False, True, True]


@pytest.mark.parametrize(
    ("case", "point", "verdict"),
    [
        ("TREE-T1", (5, -2.5), "violation"),
        ("TREE-T2", (5, -3.0), "warning"),
        ("TREE-T3", (5, -4.99), "warning"),
        ("TREE-T4", (5, -5.0), "clear"),
        ("TREE-T5", (10, 10), "tree_in_pond"),
    ],
)
def test_a_worked_tree(case, point, verdict):
    found = check_trees(box(0, 0, 20, 20), shapely.points([point])).iloc[0]
    assert found.verdict == verdict, case


def test_fill_above_the_neighbours():
    drain, notice = check_fill([0.0, -0.2, 0.3, 0.3], [9000, 9000, 2000, 2000.1])
    assert drain.tolist() == [False, False, True, True]
    assert notice.tolist() == [False, False, False, True]


def test_a_parameter_out_of_range_is_named():
    for wrong in (-1.0, float("nan")):
        with pytest.raises(ParameterError, match="setback_factor"):
            SetbackParameters(setback_factor=wrong)


@settings(max_examples=50, deadline=None)
@given(
    depth=st.floats(0.1, 12),
    distances=st.tuples(st.floats(0, 40), st.floats(0, 40)),
    certified=st.booleans(),
)
def test_a_longer_distance_never_worsens_the_setback(depth, distances, certified):
    order = ["violation", "ok_by_certificate", "ok", "not_applicable"]
    near, far = (
        order.index(verdict)
        for verdict in check_setbacks([depth] * 2, sorted(distances), certified).verdict
    )
    assert far >= near


@settings(max_examples=50, deadline=None)
@given(distance=st.floats(0, 40))
def test_the_solved_depth_passes_and_a_little_more_does_not(distance):
    depth = float(deepest_within(distance))
    assert check_setbacks([depth], [distance]).verdict[0] in ("ok", "not_applicable")
    assert check_setbacks([depth + 0.01], [distance]).verdict[0] == "violation"


@settings(max_examples=50, deadline=None)
@given(
    corner=st.tuples(st.floats(0, 20), st.floats(0, 20)),
    size=st.tuples(st.floats(3, 19), st.floats(3, 19)),
    setback=st.floats(0.5, 15),
)
def test_a_fitted_rim_keeps_the_setback(corner, size, setback):
    plot = box(0, 0, 40, 40)
    rim = box(*corner, corner[0] + size[0], corner[1] + size[1])
    fitted = fitted_rim(rim, plot, plot.exterior, setback)
    assert fitted.is_empty or fitted.distance(plot.exterior) >= setback - 1e-6
    if rim.distance(plot.exterior) >= setback:
        assert fitted.area == pytest.approx(rim.area)


@settings(max_examples=50, deadline=None)
@given(limit=st.floats(0.02, 9.9))
def test_solving_finds_the_last_value_that_passes(limit):
    largest = largest_that_passes(lambda v: v <= limit, 0, 10, 0.01)
    assert largest <= limit + 1e-9 < largest + 0.01 + 2e-9
    smallest = smallest_that_passes(lambda v: v >= limit, 0, 10, 0.01)
    assert smallest - 0.01 - 2e-9 < limit <= smallest + 1e-9


def test_solving_says_when_nothing_passes():
    assert np.isnan(largest_that_passes(lambda v: v > 99, 0, 10, 0.01))
    assert np.isnan(smallest_that_passes(lambda v: v > 99, 0, 10, 0.01))
