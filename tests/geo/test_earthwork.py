"""Earth balance of LAND-R19: worked cases and what a bad mound gives."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely import Polygon, box

from geo.earthwork import EARTH_VERDICTS, EarthParameters, earth_balance, mounds
from geo.soil import SOILS


@pytest.mark.parametrize(
    ("case", "bank", "soil", "loose", "trips", "compacted"),
    [
        ("EARTH-T1", 927.0, "sandy_loam", 1158.75, 194, 834.30),
        ("EARTH-T5", 741.0, "clay", 963.30, 161, 666.90),
        ("EARTH-T6", 741.0, "sand", 829.92, 139, 703.95),
    ],
)
def test_a_worked_dig(case, bank, soil, loose, trips, compacted):
    found = earth_balance([bank], [soil]).iloc[0]
    assert found.loose_m3 == pytest.approx(loose, abs=0.005), case
    assert found.trips == trips
    assert found.compacted_m3 == pytest.approx(compacted, abs=0.005)


@pytest.mark.parametrize(
    ("case", "height", "slope", "volume", "top"),
    [("EARTH-T2", 1.0, 1.5, 124.00, 91.00), ("EARTH-T4", 0.5, 2.0, 67.67, 112.00)],
)
def test_a_worked_mound(case, height, slope, volume, top):
    found = mounds([box(0, 0, 16, 10)], height, slope).iloc[0]
    assert found.volume_m3 == pytest.approx(volume, abs=0.005), case
    assert found.top_area_m2 == pytest.approx(top, abs=0.005)


def test_a_surplus_that_stands_too_high():
    """EARTH-T3: T1 and T2, 710.30 m3 left, 1.48 m high on 480 m2."""
    mound = mounds([box(0, 0, 16, 10)], 1.0, 1.5).volume_m3[0]
    found = earth_balance([927.0], ["sandy_loam"], [mound], [480.0]).iloc[0]
    assert found.surplus_m3 == pytest.approx(710.30, abs=0.005)
    assert found.spread_height_m == pytest.approx(1.48, abs=0.005)
    assert found.verdict == "surplus_high"
    wide = earth_balance([927.0], ["sandy_loam"], [mound], [710.30 / 0.5 + 0.1]).iloc[0]
    assert wide.verdict == "surplus"


def test_each_verdict_is_reached():
    found = earth_balance(
        [100.0] * 5, ["clay"] * 4 + ["unknown"], [90, 91, 0, 0, 0], [0, 0, 0, 900, 0]
    )
    assert found.verdict.tolist() == [
        "balanced",
        "shortage",
        "surplus_unplaced",
        "surplus",
        "unknown",
    ]
    assert set(found.verdict) < set(EARTH_VERDICTS)
    assert np.isnan(found.loose_m3[4])


def test_bad_mounds_are_named():
    bow = Polygon([(0, 0), (10, 10), (10, 0), (0, 10)])
    found = mounds([bow, box(0, 0, 16, 10), box(0, 0, 16, 10)], [1, -1, 1], [1, 1, np.inf])
    assert found.error.tolist() == ["rim_invalid", "depth_invalid", "slope_invalid"]
    assert found.volume_m3.isna().all()


@settings(max_examples=50, deadline=None)
@given(
    bank=st.floats(0, 1e5),
    soil=st.sampled_from(sorted(SOILS)),
    needed=st.floats(0, 1e5),
    truck=st.floats(1, 30),
)
def test_earth_is_conserved(bank, soil, needed, truck):
    """What is dug, compacted, is what is needed and what is left; the trips carry all of it."""
    found = earth_balance([bank], [soil], [needed], None, EarthParameters(truck_m3=truck)).iloc[0]
    assert found.surplus_m3 + needed == pytest.approx(bank * SOILS[soil].compacted, abs=1e-6)
    assert found.trips * truck >= found.loose_m3 - 1e-6
    assert (found.trips - 1) * truck < found.loose_m3 + 1e-6


@settings(max_examples=50, deadline=None)
@given(heights=st.tuples(st.floats(0.1, 3), st.floats(0.1, 3)), slope=st.floats(0, 3))
def test_a_higher_mound_never_holds_less(heights, slope):
    low, high = mounds([box(0, 0, 16, 10)] * 2, sorted(heights), slope).volume_m3
    assert high >= low - 1e-9
