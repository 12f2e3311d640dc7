"""Rules of chapter 4 of the land domain, case by case."""

from __future__ import annotations

import numpy as np
import pytest
import shapely

from geo.crs import from_local
from geo.errors import ParameterError
from geo.units import parse_area
from layers import land
from layers.plot_rules import (
    DEED_ZONES,
    KNN_CONDITIONS,
    area_checks,
    failed_conditions,
    permission,
    plot_soil,
    samples_outside,
    size_classes,
    soil_class,
)


@pytest.mark.parametrize(
    ("area", "expected"),
    [
        ("0-2-0", "micro"), ("1-0-0", "micro"), ("1-0-0.1", "small_between"),
        ("3-0-0", "standard"), ("15-0-0", "standard"), ("15-1-25", "over_standard"),
    ],
)  # fmt: skip
def test_size_classes(area: str, expected: str) -> None:
    """SIZE-T1, SIZE-T2, SIZE-T3, SIZE-T4, SIZE-T5 and SIZE-T6."""
    assert size_classes([float(parse_area(area))]).tolist() == [expected]
    assert expected in land.SIZE_CLASSES


@pytest.mark.parametrize("nothing", [0, -5, float("nan")])
def test_an_area_that_is_none_has_no_class(nothing: float) -> None:
    assert size_classes([nothing])[0] is None
    assert area_checks([nothing], [1600])[0] is None


def test_deed_and_drawn_area_at_the_limits() -> None:
    """LAND-R3: 2 % and 5 % of the deed area are still within."""
    drawn = [1600, 1632, 1632.1, 1568, 1680, 1680.1, 1519, float("nan")]
    found = area_checks([1600] * 8, drawn).tolist()
    assert found == ["ok", "ok", "warning", "ok", "warning", "area_mismatch", "area_mismatch", None]
    assert set(found) - {None} == set(land.AREA_CHECKS)


def test_a_candidate_fulfils_all_three_conditions() -> None:
    """LAND-R6, KNN-T1 and KNN-T2: the condition that failed is named."""
    household = dict.fromkeys(KNN_CONDITIONS, True)
    assert failed_conditions(household) == ()
    assert failed_conditions({**household, "income_increased": False}) == ("income_increased",)
    assert failed_conditions({}) == tuple(KNN_CONDITIONS)


def test_permission_counts_overlaps_above_one_square_metre() -> None:
    """PERM-T1, PERM-T2 and PERM-T3."""
    assert not permission([("reserved_forest", 0.6)], 1600).needs_permission
    found = permission([("reserved_forest", 1.01)], 1600)
    assert (found.needs_permission, found.state) == (True, "to_request")
    two = permission([("national_park", 200.0), ("alro", 40.0)], 1600).zones
    assert [(z["zone_kind"], z["overlap_m2"], z["share_pct"]) for z in two] == [
        ("national_park", 200, 12.5), ("alro", 40, 2.5)
    ]  # fmt: skip


def test_a_deed_alone_can_ask_for_permission() -> None:
    """PERM-T4: land-reform title, and no polygon layer loaded."""
    found = permission([], 1600, "spk401", zones_loaded=False)
    assert found.needs_permission
    assert [zone["reason"] for zone in found.zones] == ["deed_type"]
    # The polygon says it too: one line, with its figures.
    both = permission([("alro", 1600.0)], 1600, "spk401")
    assert [zone["reason"] for zone in both.zones] == ["overlap"]
    assert set(DEED_ZONES) <= set(land.DEED_TYPES)
    assert set(DEED_ZONES.values()) <= set(land.PERMISSION_ZONE_KINDS)


@pytest.mark.parametrize("state", ["requested", "granted", "refused"])
def test_the_answer_of_the_agency_stands(state: str) -> None:
    assert permission([("alro", 50.0)], 1600, state=state).state == state
    assert permission([], 1600, state=state).state == state


def test_without_zones_and_deed_permission_is_not_known() -> None:
    assert permission([], 1600, "chanote", zones_loaded=False).state is None
    assert permission([], 1600, "chanote", "not_needed").state == "not_needed"
    assert permission([("alro", 9.0)], 1600, state="not_needed").state == "to_request"


def test_the_rod_test_tells_the_class() -> None:
    """SOIL-T1, SOIL-T2 and SOIL-T3."""
    assert soil_class(formed=False, breaks=None) == "sand"
    assert soil_class(formed=True, breaks=True) == "sandy_loam"
    assert soil_class(formed=True, breaks=False) == "clay"


def test_samples_make_the_class_of_a_plot() -> None:
    """SOIL-T4, SOIL-T5 and SOIL-T6; the counts are always there."""
    mixed = ["clay", "clay", "sandy_loam"]
    assert plot_soil(mixed).soil_class == "sandy_loam"
    assert plot_soil(mixed, "majority").soil_class == "clay"
    assert plot_soil(mixed, "by_point") == (None, {"clay": 2, "sandy_loam": 1}, ())
    for aggregation in ("worst", "majority"):
        found = plot_soil(["clay", "sand"], aggregation)
        assert found == ("sand", {"clay": 1, "sand": 1}, ("soil_points_few",))
    assert plot_soil([]) == (None, {}, ())


@pytest.mark.parametrize("answer", [(False, True), (False, False), (True, None)])
def test_a_rod_test_that_contradicts_itself_is_refused(answer: tuple[bool, bool | None]) -> None:
    """SOIL-T7."""
    with pytest.raises(ParameterError) as caught:
        soil_class(*answer)
    assert caught.value.code == "soil_test_invalid"


def test_a_sample_of_another_place_is_refused() -> None:
    """SOIL-T8: 60 m outside; a few metres are the receiver's error."""
    at = np.array([[98.3, 7.9]])
    plot = from_local([shapely.box(0, 0, 40, 40)], at)[0]
    points = shapely.points([(100, 20), (44, 20), (20, 20)])
    found = samples_outside(plot, from_local(points, np.repeat(at, 3, axis=0)))
    assert list(found) == [0]
    assert found[0].code == "outside_plot"
    assert found[0].details["distance_m"] == pytest.approx(60, abs=0.01)
