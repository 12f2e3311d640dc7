"""Shares, rounding and hand-drawn layouts against the numbered cases of land.md section 6."""

from __future__ import annotations

import math

import pytest
import shapely
from shapely import Point, box

from geo.layout.constraints import CONSTRAINTS
from geo.layout.plan import Plan, check_layout, generate_layouts
from geo.layout.pond_fit import Pond, PondWish
from geo.layout.profiles import GROUPS, PROFILES, apportion, custom_profile, share_verdict
from geo.layout.site import Site
from geo.units import format_area

STANDARD = PROFILES["standard_30_30_30_10"]
PLOT = box(0, 0, 40, 40)
SITE = Site(plot=PLOT, access=Point(32, 40), gradient=(0.0, 0.025))

HOUSE = box(24, 30, 40, 40)
T1 = {
    "water": box(0, 0, 40, 12),
    "rice": box(0, 12, 40, 24),
    "orchard_forest": box(0, 24, 40, 40).difference(HOUSE),
    "residence": HOUSE,
}
T2 = {
    "water": box(0, 0, 40, 12),
    "rice": box(0, 12, 40, 24),
    "orchard_forest": box(0, 24, 40, 36),
    "residence": box(0, 36, 40, 40),
}
T3 = {
    "water": box(0, 28, 40, 40),
    "rice": box(0, 16, 40, 28),
    "orchard_forest": box(0, 0, 40, 16).difference(box(24, 0, 40, 10)),
    "residence": box(24, 0, 40, 10),
}


def signs(plan: Plan) -> dict[str, str]:
    return {check.id: check.sign for check in plan.checks}


ROUNDINGS = {
    "ROUND-T1": (1445, STANDARD.shares, 1, [434, 434, 433, 144]),
    "ROUND-T2": (1445, STANDARD.shares, 0.1, [433.5, 433.5, 433.5, 144.5]),
    "ROUND-T3": (401, STANDARD.shares, 1, [121, 120, 120, 40]),
    "ROUND-T4": (403, STANDARD.shares, 1, [121, 121, 121, 40]),
    "ROUND-T5": (407, (25, 35, 30, 10), 1, [102, 142, 122, 41]),
    "ROUND-T6": (133.3, STANDARD.shares, 0.1, [40.0, 40.0, 40.0, 13.3]),
}


@pytest.mark.parametrize("case", ROUNDINGS)
def test_zone_areas_are_rounded_by_largest_remainder(case: str) -> None:
    """ROUND-T1 to T6 (LAND-R25)."""
    wah, shares, unit, expected = ROUNDINGS[case]
    found = apportion(wah, shares, unit)
    assert found == expected
    assert math.fsum(found) == pytest.approx(wah)


@pytest.mark.parametrize(
    ("rai", "texts"),
    [
        (0.5, ["0-0-60", "0-0-60", "0-0-60", "0-0-20"]),
        (1, ["0-1-20", "0-1-20", "0-1-20", "0-0-40"]),
        (3, ["0-3-60", "0-3-60", "0-3-60", "0-1-20"]),
        (10, ["3-0-0", "3-0-0", "3-0-0", "1-0-0"]),
        (15, ["4-2-0", "4-2-0", "4-2-0", "1-2-0"]),
    ],
)
def test_table_of_zone_areas(rai: float, texts: list[str]) -> None:
    """The table of LAND-R25, in rai-ngan-wah."""
    wah = apportion(rai * 400, STANDARD.shares)
    assert [format_area(4 * count, unit=False) for count in wah] == texts


SHARES = {
    "SHARE-T1": (1600, 480, "within"),
    "SHARE-T2": (1600, 448, "within"),
    "SHARE-T3": (1600, 447, "deviates"),
    "SHARE-T4": (1600, 400, "deviates"),
    "SHARE-T5": (1600, 399, "off_profile"),
    "SHARE-T6": (1600, 400 + 95, "within"),
    "SHARE-T7": (5780, 1734, "within"),
}


@pytest.mark.parametrize("case", SHARES)
def test_share_is_judged_against_the_profile(case: str) -> None:
    """SHARE-T1 to T7 (LAND-R23)."""
    plot, water, expected = SHARES[case]
    assert share_verdict(water, plot, 30) == expected


def test_profiles_are_those_of_the_handbook() -> None:
    """LAND-R24: 30:30:30:10 in the order water, rice, orchard, residence."""
    assert GROUPS == ("water", "rice", "orchard_forest", "residence")
    assert all(profile.shares == (30, 30, 30, 10) for profile in PROFILES.values())
    assert PROFILES["phuket_micro"].bank_m == 0.5
    assert custom_profile([33.33, 33.33, 20, 13.34]).sound
    assert custom_profile([100, 0, 0, 0]).sound
    assert not custom_profile([50, 60, -10, 0]).sound
    assert not custom_profile([30, 30, 30, 9.98]).sound
    assert not custom_profile([float("nan"), 30, 30, 40]).sound


def test_lay_t1_is_feasible_with_its_score() -> None:
    """LAND-R27, LAY-T1: the terms and J 0.8756."""
    plan = check_layout(SITE, STANDARD, T1)
    assert plan.feasible
    expected = {"low": 0.85, "high": 0.875, "access": 0.9116, "compact": 0.7448, "sun": 1}
    assert {name: round(plan.terms[name], 4) for name in expected} == expected
    assert plan.terms["wind"] == pytest.approx(0.9619, abs=5e-5)
    assert plan.j == pytest.approx(0.8756, abs=5e-5)
    assert set(signs(plan)) == set(CONSTRAINTS)


def test_lay_t2_fails_for_its_long_residence() -> None:
    """LAY-T2: H5, 0.2596 < 0.30; J would be 0.8311."""
    plan = check_layout(SITE, STANDARD, T2)
    assert plan.broken == ("H5",)
    compact = plan.checks[4]
    assert (round(compact.figure or 0, 4), compact.limit) == (0.2596, 0.30)
    assert plan.j == pytest.approx(0.8311, abs=5e-5)


def test_lay_t3_fails_since_water_bars_the_way() -> None:
    """LAY-T3: H10, and J 0.2932."""
    plan = check_layout(SITE, STANDARD, T3)
    assert plan.broken == ("H10",)
    assert plan.j == pytest.approx(0.2932, abs=5e-5)


def test_lay_t4_fails_the_setback() -> None:
    """LAY-T4: depth 4 m with the rim at the south edge needs 8 m."""
    pond = Pond(rim=box(1, 0, 39, 11), depth_m=4.0, slope=1.0)
    plan = check_layout(SITE, STANDARD, T1, pond=pond)
    setback = plan.checks[7]
    assert (setback.sign, setback.figure, setback.limit, setback.margin) == ("fail", 0.0, 8.0, -8.0)


def test_lay_t5_is_feasible_and_both_shares_are_known() -> None:
    """LAY-T5: rim 380 m2 in a water zone of 480 m2."""
    pond = Pond(rim=box(1, 1, 39, 11), depth_m=3.0, slope=1.5)
    plan = check_layout(SITE, STANDARD, T1, pond=pond)
    assert plan.feasible
    assert signs(plan)["H7"] == "pass"
    assert 100 * plan.zones["water"].area / PLOT.area == 30.0
    assert 100 * pond.rim.area / PLOT.area == 23.75


def test_lay_t6_blocks_on_the_setback_and_says_what_helps() -> None:
    """LAY-T6: 0.5 rai square, 4 m deep: 150.90 m2 inside the setback, 240 needed."""
    side = math.sqrt(800)
    site = Site(plot=box(0, 0, side, side), access=Point(side / 2, side), gradient=(0.0, 0.02))
    deep = PondWish(depth_m=4.0, slope=1.0)
    found = generate_layouts(site, STANDARD, wish=deep)
    assert not found.feasible
    setback = found.plans[0].checks[7]
    assert setback.sign == "fail"
    assert setback.figure == pytest.approx(150.90, abs=0.005)
    assert setback.limit == pytest.approx(240)
    assert setback.hint is not None
    assert "3 m" in setback.hint.en
    assert "engineer" in setback.hint.en
    for wish in (
        PondWish(depth_m=3.0, slope=1.0),
        PondWish(depth_m=4.0, slope=1.0, certified=True),
    ):
        assert generate_layouts(site, STANDARD, wish=wish).feasible


def test_lay_t7_is_within_for_the_check_but_not_for_the_generator() -> None:
    """LAY-T7: shares 28, 32, 30, 10."""
    zones = T1 | {"water": box(0, 0, 40, 11.2), "rice": box(0, 11.2, 40, 24)}
    plan = check_layout(SITE, STANDARD, zones)
    assert plan.broken == ("H3",)
    assert plan.checks[2].figure == pytest.approx(2.0)
    assert share_verdict(zones["water"].area, PLOT.area, 30) == "within"


def test_gaps_and_overlaps_are_measured() -> None:
    """H1 and H2 with figures: 40 m2 not covered, 20 m2 twice."""
    gap = check_layout(SITE, STANDARD, T1 | {"water": box(0, 0, 40, 11)})
    assert "H1" in gap.broken
    assert gap.checks[0].figure == pytest.approx(40)
    twice = check_layout(SITE, STANDARD, T1 | {"water": box(0, 0, 40, 12.5)})
    assert "H2" in twice.broken
    assert twice.checks[1].figure == pytest.approx(20)


def test_the_bank_and_the_depth_of_a_drawn_pond_are_checked() -> None:
    """H7: 0.5 m of bank where 1 m is asked for; banks that meet too early."""
    near = Pond(rim=box(0.5, 0.5, 39.5, 11.5), depth_m=2.0, slope=1.0)
    check = check_layout(SITE, STANDARD, T1, pond=near).checks[6]
    assert (check.sign, check.figure, check.limit) == ("fail", 0.5, 1.0)
    steep = Pond(rim=box(1, 1, 39, 11), depth_m=3.0, slope=2.0)
    check = check_layout(SITE, STANDARD, T1, pond=steep).checks[6]
    assert check.sign == "fail"
    assert check.figure == pytest.approx(2.4)  # 10 m wide at 2:1 meets at 2.5 m


def test_trees_keep_three_metres_from_the_dig_line() -> None:
    """TREE-T1 to T5 within a layout (LAND-R17)."""
    plot = box(-10, -10, 30, 30)
    water = {"water": plot}
    pond = Pond(rim=box(0, 0, 20, 20), depth_m=2.0, slope=1.0)
    for (x, y), sign in {
        (5, -2.5): "fail", (5, -3.0): "pass", (5, -4.99): "pass", (5, -5): "pass", (10, 10): "fail",
    }.items():  # fmt: skip
        site = Site(plot=plot, trees=(Point(x, y),))
        assert check_layout(site, STANDARD, water, pond=pond).checks[8].sign == sign


def test_what_is_not_drawn_is_unknown_not_broken() -> None:
    plan = check_layout(Site(plot=PLOT), STANDARD, T1)
    assert {signs(plan)[name] for name in ("H7", "H8", "H10", "H12")} == {"unknown"}
    assert all(check.hint for check in plan.checks if check.sign == "unknown")


def test_hints_come_in_both_languages() -> None:
    for zones in (T1, T2, T3, T1 | {"water": box(0, 0, 40, 11)}):
        for check in check_layout(SITE, STANDARD, zones).checks:
            if check.sign != "pass":
                assert check.hint is not None
                assert check.hint.th
                assert check.hint.en
    assert all(shapely.is_valid(zone) for zone in T1.values())
