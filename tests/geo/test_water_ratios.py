"""Share of water, rule of thumb and rain held: the worked cases of land.md 5.7 and 5.8."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely import LineString, box

from geo.channel import check_channels
from geo.water_ratios import open_water, rain_held, thumb_ratio, water_share

SHARES = {
    "SHARE-T1": (1600, 480, 30.00, 0.00, "within"),
    "SHARE-T2": (1600, 448, 28.00, -2.00, "within"),
    "SHARE-T3": (1600, 447, 27.94, -2.06, "deviates"),
    "SHARE-T4": (1600, 400, 25.00, -5.00, "deviates"),
    "SHARE-T5": (1600, 399, 24.94, -5.06, "off_profile"),
    "SHARE-T7": (5780, 1734, 30.00, 0.00, "within"),
}


@pytest.mark.parametrize("case", SHARES.values(), ids=SHARES)
def test_a_worked_share(case):
    plot, water, share, deviation, verdict = case
    found = water_share(water, plot).iloc[0]
    assert found.share_pct == pytest.approx(share, abs=0.005)
    assert found.deviation_pp == pytest.approx(deviation, abs=0.005)
    assert found.verdict == verdict


def test_rim_and_channel_strip_together():
    """SHARE-T6: rim 400 m2 and the strip of CHAN-T4, 95 m2, touch and are not counted twice."""
    rim = box(38, -10, 58, 10)
    line = LineString([(0, 0), (50, 0)])
    strip = check_channels([line], 0.5, None, 1.0, rims=[rim]).strip
    water = open_water(np.array([rim]), strip.to_numpy())
    assert water == pytest.approx(495)
    found = water_share(water, 1600).iloc[0]
    assert (found.share_pct, found.verdict) == (pytest.approx(30.94, abs=0.005), "within")
    assert found.deviation_pp == pytest.approx(0.94, abs=0.005)


def test_overlapping_rims_count_once():
    assert open_water(np.array([box(0, 0, 9, 9), box(0, 0, 9, 9)]), np.array([None])) == 81


def test_no_plot_no_share():
    found = water_share([1.0, 1.0, np.nan], [0.0, np.nan, 5.0])
    assert found.verdict.tolist() == ["unknown"] * 3
    assert found.share_pct.isna().all()


@pytest.mark.parametrize(
    ("case", "capacity", "rai", "ratio"),
    [("ROT-T1", 788.86, 0.6, 1.31), ("ROT-T2", 14610.82, 6, 2.44), ("ROT-T3", 382.72, 0.3, 1.28)],
)
def test_a_worked_rule_of_thumb(case, capacity, rai, ratio):
    assert thumb_ratio([capacity], [rai * 1600])[0] == pytest.approx(ratio, abs=0.005), case


def test_no_crops_no_rule_of_thumb():
    assert np.isnan(thumb_ratio([100.0], [0.0])[0])


@pytest.mark.parametrize(
    ("case", "rain", "plot", "expected"),
    [
        ("RAIN-T1", 1.14, 1600, 1824),
        ("RAIN-T2", 1.278, 1600, 2044.8),
        ("RAIN-T2", 1.278, 12800, 16358.4),
    ],
)
def test_rain_that_falls(case, rain, plot, expected):
    assert rain_held(rain, plot, 0.0).rain_m3[0] == pytest.approx(expected), case


def test_rain_that_is_held():
    """LAND-R34, RAIN-T3: pond, channel and bunded paddy hold 0.31 of the rain of a year."""
    found = rain_held(2.220, 1600, 788.86, 57.0, 480).iloc[0]
    assert found.rain_m3 == pytest.approx(3552)
    assert found.storage_m3 == pytest.approx(1085.86)
    assert found.ratio == pytest.approx(0.31, abs=0.005)


@settings(max_examples=50, deadline=None)
@given(
    plot=st.floats(40, 1e6),
    waters=st.tuples(st.floats(0, 1), st.floats(0, 1)),
    target=st.floats(0, 100),
)
def test_nearer_the_target_is_never_judged_worse(plot, waters, target):
    order = ["within", "deviates", "off_profile"]
    found = water_share(np.array(waters) * plot, plot, target)
    near, far = np.argsort(found.deviation_pp.abs().to_numpy())
    assert order.index(found.verdict[near]) <= order.index(found.verdict[far])
