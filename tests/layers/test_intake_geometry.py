"""Shapes are checked one by one; none is mended, moved or chosen silently."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from pyproj import CRS, Transformer

from layers.fields import THAILAND
from layers.intake.geometry import check_shapes

WGS84 = CRS.from_epsg(4326)
BOWTIE = "POLYGON ((100 13, 101 14, 101 13, 100 14, 100 13))"
SQUARE = "POLYGON ((100 13, 101 13, 101 14, 100 14, 100 13))"


def check(*texts: str | None, kind="Point", crs=WGS84, bounds=THAILAND, **options):
    shapes = shapely.from_wkt(np.array(texts, dtype=object))
    rows = pd.RangeIndex(1, len(texts) + 1)
    return check_shapes(shapes, rows, crs=crs, kind=kind, bounds=bounds, **options)


def codes(checked) -> list[tuple[int | None, str]]:
    return [(finding.row, finding.code) for finding in checked.findings]


def test_a_good_point_has_no_finding():
    """LOC-T1's point, seen by the position checks alone."""
    checked = check("POINT (100.01 15.01)")
    assert codes(checked) == []
    assert checked.shapes[0].wkt == "POINT (100.01 15.01)"


def test_missing_and_empty_shapes_are_warned_of_and_become_none():
    checked = check(None, "POINT EMPTY", "POINT (100 13)")
    assert codes(checked) == [(1, "GEO-W-NULL"), (2, "GEO-W-NULL")]
    assert checked.shapes[0] is None
    assert checked.shapes[1] is None


def test_the_point_nought_nought_is_refused():
    """LOC-T8."""
    assert codes(check("POINT (0 0)")) == [(1, "LOC-E-ZERO")]
    assert codes(check("POINT (0 0)", bounds=None)) == [(1, "LOC-E-ZERO")]


def test_swapped_coordinates_come_with_a_proposal():
    """LOC-T9."""
    checked = check("POINT (15.01 100.01)")
    assert codes(checked) == [(1, "LOC-E-SWAP")]
    assert checked.findings[0].values["proposal"] == "100.01, 15.01"
    assert "100.01, 15.01" in checked.findings[0].text.th
    assert codes(check("POINT (15.01 100.01)", bounds=None)) == [(1, "LOC-E-SWAP")]


def test_metres_come_with_the_zone_and_the_place_they_mean():
    """LOC-T10; the row waits for a person though it is a warning."""
    checked = check("POINT (665000 1660000)")
    finding = checked.findings[0]
    assert finding.code == "LOC-W-UTM"
    assert finding.rejects
    assert finding.values["zone"] == "47N"
    lon, lat = map(float, finding.values["proposal"].split(", "))
    there = Transformer.from_crs(4326, 32647, always_xy=True).transform(lon, lat)
    assert there == pytest.approx((665000, 1660000), abs=2)


def test_a_point_outside_the_bounds_is_refused():
    """LOC-T16, and a layer of one province."""
    assert codes(check("POINT (100.01 21)")) == [(1, "LOC-E-COUNTRY")]
    phuket = (98.2, 7.7, 98.5, 8.3)
    checked = check("POINT (100 13)", bounds=phuket)
    assert codes(checked) == [(1, "GEO-E-BOUNDS")]
    assert "98.2, 7.7, 98.5, 8.3" in checked.findings[0].text.en
    assert codes(check("POINT (100 13)", bounds=None)) == []


def test_a_shape_partly_outside_the_bounds_is_refused():
    assert codes(check("LINESTRING (105 15, 106 15)", kind="LineString")) == [(1, "LOC-E-COUNTRY")]


def test_latitudes_off_the_web_map_and_off_the_earth_are_refused():
    assert codes(check("POINT (10 85.05)", bounds=None)) == []
    assert codes(check("POINT (10 86)", bounds=None)) == [(1, "GEO-E-MERCATOR")]
    assert codes(check("POINT (10 -86)", bounds=None)) == [(1, "GEO-E-MERCATOR")]
    assert codes(check("POINT (200 13)", bounds=None)) == [(1, "GEO-E-LATLON")]


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
def test_coordinates_that_are_no_numbers_are_refused(bad):
    shapes = np.array([shapely.Point(bad, 13), shapely.LineString([[100, 13], [101, bad]])])
    checked = check_shapes(shapes, pd.Index([1, 2]), crs=WGS84, kind="Point")
    assert [finding.code for finding in checked.findings] == ["GEO-E-NAN", "GEO-E-NAN"]


def test_an_invalid_shape_is_refused_with_its_reason_and_kept_as_it_is():
    checked = check(BOWTIE, SQUARE, kind="Polygon")
    assert codes(checked) == [(1, "GEO-E-INVALID")]
    assert "เส้นขอบตัดกันเอง ที่ 100.5 13.5" in checked.findings[0].text.th
    assert "Self-intersection at 100.5 13.5" in checked.findings[0].text.en
    assert checked.shapes[0].equals_exact(shapely.from_wkt(BOWTIE))


def test_repair_mends_on_request_and_says_so():
    checked = check(BOWTIE, kind="MultiPolygon", repair=True)
    assert codes(checked) == [(1, "GEO-W-REPAIRED")]
    assert shapely.is_valid(checked.shapes[0])
    assert shapely.area(checked.shapes[0]) == pytest.approx(0.5)


def test_repair_that_would_change_the_kind_is_refused():
    assert (1, "GEO-E-KIND") in codes(check(BOWTIE, kind="Polygon", repair=True))


def test_single_and_multi_shapes_become_each_other_where_nothing_is_lost():
    assert check(SQUARE, kind="MultiPolygon").shapes[0].geom_type == "MultiPolygon"
    assert check("MULTIPOINT (100 13)").shapes[0].geom_type == "Point"
    assert codes(check("MULTIPOINT (100 13, 101 14)")) == [(1, "GEO-E-KIND")]


def test_other_kinds_are_refused_by_name():
    checked = check("POINT (100 13)", "LINESTRING (100 13, 101 14)", SQUARE)
    assert codes(checked) == [(2, "GEO-E-KIND"), (3, "GEO-E-KIND")]
    assert checked.findings[1].text.th == "แถว 3: เป็นพื้นที่ แต่ชั้นข้อมูลนี้เก็บจุด"
    mixed = check("POINT (100 13)", SQUARE, kind="Geometry")
    assert codes(mixed) == []


def test_heights_are_dropped_and_counted():
    checked = check("POINT Z (100 13 5)", "POINT (101 14)")
    assert codes(checked) == [(None, "GEO-I-ZDROPPED")]
    assert checked.findings[0].values["n"] == 1
    assert not shapely.has_z(checked.shapes).any()


@given(st.floats(97.5, 105.5), st.floats(6, 20))
def test_utm_coordinates_come_back_to_their_place(lon, lat):
    there = Transformer.from_crs(4326, 32647, always_xy=True).transform(lon, lat)
    checked = check(shapely.Point(there).wkt, crs=CRS.from_epsg(32647))
    assert codes(checked) == [(None, "GEO-I-REPROJECTED")]
    assert checked.shapes[0].x == pytest.approx(lon, abs=1e-7)
    assert checked.shapes[0].y == pytest.approx(lat, abs=1e-7)


@given(st.lists(st.sampled_from(["in", "zero", "out", "none", "swap"]), min_size=1, max_size=30))
def test_each_row_gets_its_own_finding_and_no_other(kinds):
    texts = {
        "in": "POINT (100 13)",
        "zero": "POINT (0 0)",
        "out": "POINT (120 13)",
        "none": None,
        "swap": "POINT (13 100)",
    }
    expected = {
        "zero": "LOC-E-ZERO",
        "out": "LOC-E-COUNTRY",
        "none": "GEO-W-NULL",
        "swap": "LOC-E-SWAP",
    }
    checked = check(*(texts[kind] for kind in kinds))
    found = {finding.row: finding.code for finding in checked.findings}
    assert len(found) == len(checked.findings)
    assert found == {i: expected[k] for i, k in enumerate(kinds, 1) if k != "in"}
