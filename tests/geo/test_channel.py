"""Feeder channels have the sections and volumes of LAND-R15; bad ones are named, not raised."""

import geopandas as gpd
import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely import LineString

from geo.channel import CHANNEL_ERRORS, CHANNEL_VERDICTS, ChannelParameters, check_channels
from geo.crs import from_local
from geo.errors import ParameterError


def straight(length: float) -> LineString:
    return LineString([(0, 0), (length, 0)])


# bottom, top, depths, slope, length -> section at the start, volume, top area, verdict
CASES = {
    "CHAN-T1": (0.5, None, 1.0, None, 1.0, 100, 1.50, 150.00, 250.0, "ok"),
    "CHAN-T2": (None, 2.0, 1.0, None, 1.5, 60, 0.6667, 40.00, 120.0, "collapsed"),
    "CHAN-T3": (0.6, None, 0.8, 1.2, 1.0, 80, 1.12, 129.07, None, "ok"),
    "CHAN-T5": (0.8, None, 0.8, None, 1.5, 120, 1.60, 192.00, 384.0, "ok"),
    "CHAN-T6": (0.6, None, 0.6, None, 1.0, 85.5, 0.72, 61.56, 153.9, "ok"),
    "CHAN-T7": (1.0, None, 1.0, None, 0.0, 40, 1.00, 40.00, 40.0, "ok"),
    "CHAN-T8": (None, 3.0, 1.0, None, 1.0, 100, 2.00, 200.00, 300.0, "ok"),
}


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_a_worked_channel_has_its_section_volume_and_top(case):
    bottom, top, start, end, slope, length, section, volume, area, verdict = case
    found = check_channels([straight(length)], bottom, top, start, end, slope).iloc[0]
    assert found.section_start_m2 == pytest.approx(section, abs=5e-5)
    assert found.volume_m3 == pytest.approx(volume, abs=0.01)
    if area is not None:
        assert found.top_area_m2 == pytest.approx(area, abs=0.01)
        assert found.strip.area == pytest.approx(area, abs=0.01)
    assert found.verdict == verdict
    assert verdict in CHANNEL_VERDICTS


def test_the_depth_that_is_reached_where_the_sides_meet():
    """CHAN-T2: the triangle of a top of 2 m ends at 0.667 m."""
    found = check_channels([straight(60)], None, 2.0, 1.0, None, 1.5).iloc[0]
    assert found.depth_start_m == pytest.approx(0.667, abs=5e-4)


def test_sections_between_two_depths():
    """CHAN-T3: 1.12, 1.60 and 2.16 m2, and less than the average end area says."""
    found = check_channels([straight(80)], 0.6, None, 0.8, 1.2, 1.0).iloc[0]
    assert found.section_start_m2 == pytest.approx(1.12)
    assert found.section_end_m2 == pytest.approx(2.16)
    assert found.volume_m3 < (1.12 + 2.16) / 2 * 80 == pytest.approx(131.20)


def test_what_lies_within_a_rim_is_not_counted():
    """CHAN-T4: 12 of 50 m inside the pond leave 38 m, 57 m3 and 95 m2."""
    pond = shapely.box(38, -20, 70, 20)
    found = check_channels([straight(50)], 0.5, None, 1.0, rims=[pond]).iloc[0]
    assert found.length_m == pytest.approx(38)
    assert found.volume_m3 == pytest.approx(57.00)
    assert found.top_area_m2 == pytest.approx(95.00)
    assert shapely.union_all([pond, found.strip]).area == pytest.approx(pond.area + 95)


def test_a_line_through_a_pond_keeps_the_depths_of_its_own_chainage():
    """Depth falls along the whole line; two rests of a slope from 1 to 2 m have other volumes."""
    pond = shapely.box(40, -5, 60, 5)
    both = check_channels([straight(100)], 1.0, None, 1.0, 2.0, 0.0, rims=[pond]).iloc[0]
    assert both.volume_m3 == pytest.approx(40 * 1.2 + 40 * 1.8)


def test_wholly_inside_a_pond():
    found = check_channels([straight(5)], 1.0, None, 1.0, rims=[shapely.box(-1, -1, 9, 9)]).iloc[0]
    assert (found.verdict, found.volume_m3, found.length_m) == ("inside_pond", 0, 0)


def test_metres_on_the_ground():
    """A line of 100 m on the earth holds what it holds in metres."""
    line = from_local([straight(100)], np.array([[98.3, 7.9]]))
    found = check_channels(gpd.GeoSeries(line, crs=4326), 0.5, None, 1.0).iloc[0]
    assert found.volume_m3 == pytest.approx(150, rel=1e-6)


@pytest.mark.parametrize(
    ("line", "bottom", "top", "depth", "slope", "code"),
    [
        (None, 1, None, 1, 1, "line_invalid"),
        (LineString(), 1, None, 1, 1, "line_invalid"),
        (LineString([(1, 1), (1, 1)]), 1, None, 1, 1, "line_invalid"),
        (shapely.Point(1, 1), 1, None, 1, 1, "line_invalid"),
        (straight(9), 1, 2, 1, 1, "width_ambiguous"),
        (straight(9), None, None, 1, 1, "width_ambiguous"),
        (straight(9), "wide", None, 1, 1, "width_ambiguous"),
        (straight(9), -1, None, 1, 1, "width_invalid"),
        (straight(9), None, 0, 1, 1, "width_invalid"),
        (straight(9), float("inf"), None, 1, 1, "width_invalid"),
        (straight(9), 1, None, 0, 1, "depth_invalid"),
        (straight(9), 1, None, -1, 1, "depth_invalid"),
        (straight(9), 1, None, None, 1, "depth_invalid"),
        (straight(9), 1, None, 1, -0.5, "slope_invalid"),
        (straight(9), 1, None, 1, float("inf"), "slope_invalid"),
    ],
)
def test_a_bad_channel_is_named_and_does_not_stop_the_others(line, bottom, top, depth, slope, code):
    found = check_channels(
        [line, straight(100)], [bottom, 0.5], [top, None], [depth, 1], None, [slope, 1]
    )
    assert found.error.tolist() == [code, None]
    assert code in CHANNEL_ERRORS
    assert np.isnan(found.volume_m3[0])
    assert found.verdict[0] is None
    assert found.volume_m3[1] == pytest.approx(150)


def test_parameters_have_ranges():
    with pytest.raises(ParameterError, match="max_width_m"):
        ChannelParameters(max_width_m=-1)


@settings(max_examples=50, deadline=None)
@given(
    bottom=st.floats(0, 5),
    depth=st.floats(0.1, 3),
    slope=st.floats(0, 4),
    length=st.floats(1, 300),
    cut=st.floats(0, 1),
)
def test_a_channel_cut_in_two_holds_the_same(bottom, depth, slope, length, cut):
    at = length * (0.01 + 0.98 * cut)
    parts = [straight(length), straight(at), LineString([(at, 0), (length, 0)])]
    volume = check_channels(parts, bottom, None, depth, None, slope).volume_m3
    assert volume[1] + volume[2] == pytest.approx(volume[0], rel=1e-9)


@settings(max_examples=50, deadline=None)
@given(bottom=st.floats(0, 5), depth=st.floats(0.1, 3), slope=st.floats(0, 4))
def test_top_and_bottom_width_describe_the_same_channel(bottom, depth, slope):
    by_bottom = check_channels([straight(10)], bottom, None, depth, None, slope).iloc[0]
    top = bottom + 2 * slope * depth
    if top > 0:
        by_top = check_channels([straight(10)], None, top, depth, None, slope).iloc[0]
        assert by_top.volume_m3 == pytest.approx(by_bottom.volume_m3, abs=1e-6)


@settings(max_examples=50, deadline=None)
@given(top=st.floats(0.2, 5), slope=st.floats(0.1, 4), depths=st.tuples(*[st.floats(0.1, 4)] * 2))
def test_deeper_never_holds_less(top, slope, depths):
    low, high = sorted(depths)
    found = check_channels([straight(10)] * 2, None, top, [low, high], None, slope).volume_m3
    assert found[1] >= found[0] - 1e-9
