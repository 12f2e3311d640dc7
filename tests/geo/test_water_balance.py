"""The monthly balance of LAND-R21 against its worked cases, a literal one, and conservation."""

import math

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely import box

from geo.climate import CLIMATES, CROPS, read_months
from geo.errors import ParameterError
from geo.pond import check_ponds
from geo.pond_design import PondDesigns, PondParameters
from geo.soil import LINED_SEEPAGE_MM_DAY, SOILS
from geo.stage_curve import StageCurves
from geo.water_balance import BalanceParameters, Demand, Supply, simulate

P = PondParameters()
R60, R24, R48 = box(0, 0, 60, 80), box(0, 0, 24, 20), box(0, 0, 48, 30)
NE, AND = CLIMATES["northeast"], CLIMATES["andaman"]


def curves(rim, depth, slope, **options):
    return StageCurves.of(PondDesigns.read([rim], depth, slope, parameters=P, **options))


def balance(
    pond,
    climate,
    seepage,
    *,
    rim_m2,
    rice=0.0,
    orchard=0.0,
    vegetables=0.0,
    residence=0.0,
    outside=0.0,
    persons=4.0,
    evaporation=5.0,
    runoff=0.2,
    **options,
):
    supply = Supply(
        rain_mm=np.array(climate.rain_mm, dtype=float),
        evaporation_mm_day=np.full(12, evaporation),
        catchment_m2=np.array([rim_m2 + runoff * orchard + 3 * runoff * residence + outside]),
        seepage_mm_day=np.array([float(seepage)]),
    )
    demand = Demand(
        persons=np.array([persons]),
        crops=(
            (CROPS["rice"].needs, np.array([rice])),
            (CROPS["orchard"].needs, np.array([orchard])),
            (CROPS["vegetables"].needs, np.array([vegetables])),
        ),
    )
    options = {"start_month": climate.start_month, "dry_months": climate.dry_months} | options
    return simulate(pond, supply, demand, BalanceParameters(**options))


def ten_rai(seepage=5, outside=0.0, dead=0.0, **options):
    pond = curves(R60, 4, 1.5, dead_depth_m=dead)
    areas = {"rice": 4800.0, "orchard": 4800.0, "residence": 1600.0}
    return balance(pond, NE, seepage, rim_m2=4800.0, outside=outside, **areas, **options)


def one_rai(seepage, persons):
    areas = {"vegetables": 480.0, "orchard": 480.0, "residence": 160.0}
    pond = curves(R24, 3, 1.5)
    return balance(pond, AND, seepage, rim_m2=480.0, persons=persons, **areas)


def figures(found, year):
    return found.years().iloc[year - 1]


def verdict(found):
    return found.summary().water_verdict[0]


MONTHS = """
11 14610.82  134.40 134.40 4674.81 701.22 701.22 18.00 486.40 12703.98
12 12703.98   33.60   0.00 4507.13 698.61 698.61 18.60 553.60 10768.17
 1 10768.17   33.60   0.00 4330.43 671.22 671.22 18.60 553.60  8887.13
 2  8887.13  100.80   0.00 4161.46 582.60 582.60 16.80 508.80  7297.12
 3  7297.12  268.80   0.00 4026.49 624.11 624.11 18.60 396.80  5902.31
 4  5902.31  571.20   0.00 3921.21 588.18 588.18 18.00 195.20  5083.95
 5  5083.95 1176.00   0.00 3900.46 604.57 604.57 18.60   0.00  5032.20
 6  5032.20 1276.80   0.00 3905.24 585.79 585.79 18.00   0.00  5119.43
 7  5119.43 1344.00   0.00 3920.24 607.64 607.64 18.60 384.00  4845.56
 8  4845.56 1612.80   0.00 3919.74 607.56 607.56 18.60 204.80  5019.84
 9  5019.84 1612.80   0.00 3936.64 590.50 590.50 18.00 204.80  5228.84
10  5228.84  672.00   0.00 3865.45 599.14 599.14 18.60 960.00  3723.96
"""


def test_the_worked_year_month_by_month():
    """WB-T1: every figure of the twelve months."""
    names = ["month", "start_m3", "inflow_m3", "spill_m3", "surface_m2", "evaporation_m3"]
    names += ["seepage_m3", "household_m3", "crops_m3", "end_m3"]
    expected = np.array([line.split() for line in MONTHS.strip().splitlines()], dtype=float)
    np.testing.assert_allclose(ten_rai().table().head(12)[names], expected, atol=0.0101)


def test_the_worked_year_in_total():
    """WB-T1: the sums of year 1; year 2 fails from January, year 3 all through the dry season."""
    found = ten_rai()
    year = found.table().head(12)
    sums = {"inflow_m3": 8836.80, "spill_m3": 134.40, "evaporation_m3": 7461.13}
    sums |= {"seepage_m3": 7461.13, "household_m3": 219.00, "crops_m3": 4448.00, "deficit_m3": 0}
    for name, value in sums.items():
        assert year[name].sum() == pytest.approx(value, abs=0.011), name
    first, second, third = (figures(found, year) for year in (1, 2, 3))
    assert (first.end_m3, first.minimum_month) == (pytest.approx(3723.96, abs=0.01), 10)
    assert second.dry_deficit_m3 == pytest.approx(1726.40, abs=0.01)
    assert second.first_deficit_month == 1
    assert second.reliability == pytest.approx(0.5250, abs=5e-5)
    assert third.dry_deficit_m3 == pytest.approx(2803.00, abs=0.01)
    assert verdict(found) == "first_year_only"
    assert found.summary().months_lasting[0] == 14
    assert found.summary().failure_share[0] == pytest.approx(2 / 3)


def test_a_catchment_outside_that_sustains():
    """WB-T2: 40,000 m2 at 0.25."""
    found = ten_rai(outside=10_000.0)
    first, second, third = (figures(found, year) for year in (1, 2, 3))
    assert first.end_m3 == pytest.approx(12183.03, abs=0.01)
    assert (first.minimum_m3, first.minimum_month) == (pytest.approx(6511.95, abs=0.01), 4)
    assert (second.minimum_m3, second.minimum_month) == (pytest.approx(4707.24, abs=0.01), 3)
    assert second.end_m3 == third.end_m3 == pytest.approx(12183.03, abs=0.01)
    assert verdict(found) == "sustained"
    assert not found.summary().storage_falling[0]


def test_a_storage_that_falls_year_by_year():
    """WB-T3: 30,000 m2 at 0.20 last three years, each ending lower."""
    found = ten_rai(outside=6_000.0)
    ends = [figures(found, year).end_m3 for year in (1, 2, 3)]
    assert ends == pytest.approx([10635.52, 8009.33, 6177.65], abs=0.01)
    lowest = [figures(found, year).minimum_m3 for year in (1, 2, 3)]
    assert lowest == pytest.approx([5940.64, 2813.06, 620.06], abs=0.01)
    assert figures(found, 1).minimum_month == 4
    assert verdict(found) == "sustained"
    assert found.summary().storage_falling[0]


def test_sandy_loam_fails():
    """WB-T4: 20 mm a day."""
    found = ten_rai(20)
    first = figures(found, 1)
    assert (first.end_m3, first.minimum_m3, first.minimum_month) == (0, 0, 3)
    assert first.dry_deficit_m3 == pytest.approx(628.60, abs=0.01)
    assert (first.first_deficit_month, first.months_short) == (3, 8)
    assert first.reliability == pytest.approx(0.4659, abs=5e-5)
    assert [figures(found, y).dry_deficit_m3 for y in (2, 3)] == pytest.approx(
        [2803.0] * 2, abs=0.01
    )
    assert verdict(found) == "fails"


def test_sand_holds_nothing():
    """WB-T5: 100 mm a day."""
    found = ten_rai(100)
    first = figures(found, 1)
    assert (first.end_m3, first.minimum_m3, first.minimum_month) == (0, 0, 11)
    assert first.dry_deficit_m3 == pytest.approx(2803.00, abs=0.01)
    assert (first.first_deficit_month, first.reliability) == (11, 0)
    assert verdict(found) == "fails"
    assert found.summary().failure_share[0] == 1
    assert found.summary().months_lasting[0] == 0


def test_an_empty_start_in_may():
    """WB-T6."""
    found = ten_rai(start_month=5, start_share=0.0)
    first = figures(found, 1)
    assert (first.end_m3, first.minimum_m3, first.minimum_month) == (0, 0, 10)
    assert first.dry_deficit_m3 == pytest.approx(2803.00, abs=0.01)
    assert first.first_deficit_month == 10
    assert first.reliability == pytest.approx(0.2943, abs=5e-5)
    assert figures(found, 2).dry_deficit_m3 == pytest.approx(2803.00, abs=0.01)
    assert verdict(found) == "fails"


def test_dead_storage_is_not_drawn():
    """WB-T7: sandy loam, dead depth 0.5 m."""
    first = figures(ten_rai(20, dead=0.5), 1)
    assert first.dry_deficit_m3 == pytest.approx(1154.20, abs=0.01)
    assert (first.first_deficit_month, first.months_short) == (2, 9)
    assert first.reliability == pytest.approx(0.3533, abs=5e-5)


def test_the_new_theory_preset():
    """WB-T8: upright walls, 1 cm a day off, no seepage, no household, no run-off."""
    pond = curves(R60, 4, 0, freeboard_m=0)
    found = balance(
        pond,
        NE,
        0,
        rim_m2=4800.0,
        rice=4800.0,
        orchard=4800.0,
        persons=0,
        evaporation=10.0,
        runoff=0.0,
    )
    first, second, third = (figures(found, year) for year in (1, 2, 3))
    assert (first.end_m3, first.minimum_month) == (pytest.approx(3448.00, abs=0.01), 10)
    year = found.table().head(12)
    assert year.inflow_m3.sum() == pytest.approx(6312.00, abs=0.01)
    assert year.evaporation_m3.sum() == pytest.approx(17520.00, abs=0.01)
    assert second.dry_deficit_m3 == pytest.approx(2054.40, abs=0.01)
    assert second.first_deficit_month == 12
    assert third.dry_deficit_m3 == pytest.approx(2694.40, abs=0.01)
    assert verdict(found) == "first_year_only"


# seepage, persons, end, minimum and its month, dry deficits of years 1 and 2, verdict
MICRO = {
    "WB-T9": (5, 4, 464.88, 28.98, 3, 0, 147.14, "first_year_only"),
    "WB-T10": (20, 4, 0, 0, 2, 214.60, 431.00, "fails"),
    "WB-T11": (5, 0, 596.35, 90.68, 3, 0, 3.93, "first_year_only"),
    "WB-T12": (LINED_SEEPAGE_MM_DAY, 4, 698.06, 198.33, 3, 0, 0, "sustained"),
}


@pytest.mark.parametrize("case", MICRO.values(), ids=MICRO)
def test_a_micro_plot_on_the_andaman_coast(case):
    seepage, persons, end, minimum, month, dry, dry_two, expected = case
    found = one_rai(seepage, persons)
    first, second = figures(found, 1), figures(found, 2)
    assert first.end_m3 == pytest.approx(end, abs=0.01)
    assert (first.minimum_m3, first.minimum_month) == (pytest.approx(minimum, abs=0.01), month)
    assert first.dry_deficit_m3 == pytest.approx(dry, abs=0.01)
    assert second.dry_deficit_m3 == pytest.approx(dry_two, abs=0.01)
    assert verdict(found) == expected


def test_more_of_the_micro_plot():
    """WB-T9, T10, T11: first months; WB-T12: year 2."""
    firsts = [
        figures(one_rai(*case), year).first_deficit_month
        for case, year in (((5, 4), 2), ((20, 4), 1), ((5, 0), 2))
    ]
    assert firsts == [2, 2, 3]
    assert figures(one_rai(20, 4), 1).reliability == pytest.approx(0.4308, abs=5e-5)
    second = figures(one_rai(LINED_SEEPAGE_MM_DAY, 4), 2)
    assert (second.minimum_m3, second.end_m3) == pytest.approx((163.15, 698.06), abs=0.01)


def test_three_rai():
    """WB-T13."""
    pond = curves(R48, 3, 1.5)
    assert pond.capacity[0] == pytest.approx(2926.45, abs=0.01)
    found = balance(pond, NE, 5, rim_m2=1440.0, rice=1440.0, orchard=1440.0, residence=480.0)
    first, second = figures(found, 1), figures(found, 2)
    assert (first.end_m3, first.dry_deficit_m3) == (pytest.approx(122.52, abs=0.01), 0)
    assert second.dry_deficit_m3 == pytest.approx(916.92, abs=0.01)
    assert second.first_deficit_month == 11
    assert verdict(found) == "first_year_only"


RIMS = {
    "square": box(0, 0, 30, 30),
    "L": shapely.Polygon([(0, 0), (30, 0), (30, 15), (15, 15), (15, 30), (0, 30)]),
    "island": box(0, 0, 30, 30).difference(box(12, 12, 18, 18)),
    "two basins": shapely.union_all([box(0, 0, 12, 12), box(12, 4.5, 22, 7.5), box(22, 0, 34, 12)]),
}


@pytest.mark.parametrize("rim", RIMS.values(), ids=RIMS)
@pytest.mark.parametrize("depth", [1.0, 2.5, 4.0])
def test_the_curve_agrees_with_the_sections_themselves(rim, depth):
    """Area at a volume, against GEOS insets integrated in a thousand slices."""
    slope, freeboard = 1.5, 0.3
    pond = curves(rim, depth, slope)
    levels = np.linspace(depth, freeboard, 1001)
    areas = np.array([shapely.buffer(rim, -slope * y, join_style="mitre").area for y in levels])
    height = -np.diff(levels)
    volumes = np.append(0, np.cumsum((areas[1:] + areas[:-1]) / 2 * height))
    assert pond.capacity[0] == pytest.approx(volumes[-1], rel=1e-4)
    for share in (0.05, 0.3, 0.5, 0.8, 1.0):
        volume = share * volumes[-1]
        found = pond.areas(np.array([volume]))[0]
        assert found == pytest.approx(np.interp(volume, volumes, areas), rel=5e-3, abs=0.5)


def test_the_capacity_is_that_of_the_pond_check():
    rims = [R60, R24, RIMS["L"], RIMS["island"]]
    designs = PondDesigns.read(rims, [4, 3, 3, 2], 1.5, dead_depth_m=0.5, parameters=P)
    checked = check_ponds(rims, [4, 3, 3, 2], 1.5, dead_depth_m=0.5)
    found = StageCurves.of(designs)
    np.testing.assert_allclose(found.capacity, checked.capacity_m3, rtol=1e-9)
    np.testing.assert_allclose(found.dead_volume, checked.dead_volume_m3, rtol=1e-9)


def test_benches_step_the_water_surface():
    """POND-T30: steps of 2 m; the surface is that of the step which the water stands on."""
    profile = [(1, 0, 0), (2, 0, 2), (3, 0, 2)]
    pond = curves(box(0, 0, 24, 24), 3, 0, profiles=[profile], freeboard_m=0)
    volumes = [np.array([v]) for v in (100.0, 300.0, 1000.0)]
    assert [pond.areas(v)[0] for v in volumes] == pytest.approx([256, 400, 576])


@settings(max_examples=40, deadline=None)
@given(
    sides=st.tuples(st.floats(6, 80), st.floats(6, 80)),
    depth=st.floats(0.5, 5),
    slope=st.floats(0, 3),
    seepage=st.floats(0, 100),
    persons=st.floats(0, 30),
    rice=st.floats(0, 5000),
    rain=st.lists(st.floats(0, 500), min_size=24, max_size=24),
    start=st.integers(1, 12),
    silt=st.floats(0, 20),
    dead=st.floats(0, 1),
)
def test_water_is_conserved(sides, depth, slope, seepage, persons, rice, rain, start, silt, dead):
    """Each month start + inflow - spill - losses - served is the end; nothing is negative."""
    pond = curves(box(0, 0, *sides), depth, slope, dead_depth_m=dead)
    found = simulate(
        pond,
        Supply(
            rain_mm=np.array(rain).reshape(2, 12),
            evaporation_mm_day=np.full(12, 5.0),
            catchment_m2=np.array([sides[0] * sides[1]]),
            seepage_mm_day=np.array([seepage]),
        ),
        Demand(persons=np.array([persons]), crops=((CROPS["rice"].needs, np.array([rice])),)),
        BalanceParameters(start_month=start, silt_pct=silt),
    )
    table = found.table()
    rest = table.start_m3 + table.inflow_m3 - table.spill_m3 - table.evaporation_m3
    rest = rest - table.seepage_m3 - table.household_m3 - table.crops_m3
    np.testing.assert_allclose(rest, table.end_m3, atol=0.01)
    assert (table.drop(columns=["year", "month"]) >= -1e-9).all().all()
    assert (table.end_m3 <= pond.capacity[0] + 1e-6).all()
    assert (table.start_m3[1:].to_numpy() == table.end_m3[:-1].to_numpy()).all()
    served = table.household_m3 + table.crops_m3 + table.deficit_m3
    np.testing.assert_allclose(served, found.demand[:, 0], atol=1e-6)


@settings(max_examples=25, deadline=None)
@given(pair=st.tuples(st.floats(0, 100), st.floats(0, 100)), persons=st.floats(0, 50))
def test_more_seepage_never_leaves_more(pair, persons):
    low, high = sorted(pair)
    ends = [ten_rai(s, persons=persons).summary().minimum_m3[0] for s in (low, high)]
    assert ends[1] <= ends[0] + 1e-6


@settings(max_examples=25, deadline=None)
@given(pair=st.tuples(st.floats(0, 60000), st.floats(0, 60000)))
def test_more_catchment_never_fails_more(pair):
    deficits = [ten_rai(outside=a).summary().dry_deficit_m3[0] for a in sorted(pair)]
    assert deficits[1] <= deficits[0] + 1e-6


def test_many_ponds_are_as_each_alone():
    rims, depths = [R60, R24, R48], [4, 3, 3]
    designs = PondDesigns.read(rims, depths, 1.5, parameters=P)
    supply = Supply(
        rain_mm=np.array(NE.rain_mm, dtype=float),
        evaporation_mm_day=np.full(12, 5.0),
        catchment_m2=np.array([4800.0, 480.0, 1440.0]),
        seepage_mm_day=np.array([5.0, 20.0, 0.5]),
    )
    demand = Demand(persons=np.full(3, 4.0))
    together = simulate(StageCurves.of(designs), supply, demand)
    for row in range(3):
        alone = simulate(
            StageCurves.of(designs[[row]]),
            Supply(
                rain_mm=supply.rain_mm,
                evaporation_mm_day=supply.evaporation_mm_day,
                catchment_m2=supply.catchment_m2[[row]],
                seepage_mm_day=supply.seepage_mm_day[[row]],
            ),
            Demand(persons=np.full(1, 4.0)),
        )
        np.testing.assert_allclose(together.table(row), alone.table(), rtol=1e-9, atol=1e-9)


def test_a_series_of_years_gives_a_chance_of_failure():
    """Wet and dry years in turn, from January: the dry ones fail."""
    series = np.array([[500.0] * 12, [0.0] * 12, [500.0] * 12, [0.0] * 12])
    pond = curves(R24, 3, 1.5)
    found = simulate(
        pond,
        Supply(
            rain_mm=series,
            evaporation_mm_day=np.full(12, 5.0),
            catchment_m2=np.array([480.0]),
            seepage_mm_day=np.array([5.0]),
        ),
        Demand(persons=np.array([10.0])),
        BalanceParameters(start_month=1, dry_months=tuple(range(1, 13))),
    )
    assert found.summary().failure_share[0] == 0.5
    assert found.summary().water_verdict[0] == "first_year_only"
    shifted = BalanceParameters(start_month=11)
    assert (
        len(
            simulate(
                pond,
                Supply(
                    rain_mm=series,
                    evaporation_mm_day=np.full(12, 5.0),
                    catchment_m2=np.array([480.0]),
                    seepage_mm_day=np.array([5.0]),
                ),
                Demand(persons=np.array([0.0])),
                shifted,
            ).years()
        )
        == 3
    )


def test_months_are_read_in_thai_and_in_rows():
    thai = "๕ ๑๕ ๔๐ ๘๕ ๑๗๕ ๑๙๐ ๒๐๐ ๒๔๐ ๒๔๐ ๑๐๐ ๒๐ ๕"
    assert read_months(thai).tolist() == [list(NE.rain_mm)]
    assert read_months(f"{thai}\n{thai};{thai}").shape == (3, 12)


@pytest.mark.parametrize("text", ["", "1,2,3", "x " * 12, "-1 " * 12, "nan " * 12, "9999 " * 12])
def test_wrong_months_are_named(text):
    with pytest.raises(ParameterError) as caught:
        read_months(text)
    assert caught.value.code == "months_invalid"


@pytest.mark.parametrize(
    "wrong", [{"start_month": 13}, {"efficiency": 0}, {"dry_months": ()}, {"dry_months": (13,)}]
)
def test_a_parameter_out_of_range_is_refused(wrong):
    with pytest.raises(ParameterError):
        BalanceParameters(**wrong)


def test_soils_get_leakier_in_their_order():
    seepage = [soil.seepage_mm_day for soil in SOILS.values()]
    assert seepage == sorted(seepage) == [5, 20, 100]
    assert all(math.isfinite(soil.swell) for soil in SOILS.values())
