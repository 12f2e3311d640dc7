"""What holds for every plot: cuts to the exact area, and no care for how a plot is turned."""

from __future__ import annotations

import math

import numpy as np
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.layout.cuts import half_planes, offsets, sides, unit
from geo.layout.plan import generate_layouts
from geo.layout.profiles import PROFILES, apportion
from geo.layout.site import Frame
from tests.geo.layout_plots import random_site

SEEDS = st.integers(0, 10_000)
ANGLES = st.floats(0, 2 * math.pi)


@settings(deadline=None)
@given(SEEDS, ANGLES, st.floats(0.01, 0.99))
def test_a_cut_takes_exactly_the_area(seed: int, angle: float, share: float) -> None:
    """The closed form against the overlay of the cut-off part by GEOS."""
    plot = random_site(seed).plot
    normal = unit(np.array([angle]))
    at = offsets(plot, normal, np.array([share * plot.area]))
    centre = shapely.get_coordinates(plot.centroid)[0]
    low = plot.intersection(half_planes(normal, at, 1000.0, centre)[0])
    assert math.isclose(low.area, share * plot.area, rel_tol=1e-7, abs_tol=1e-6)


@settings(deadline=None)
@given(SEEDS, ANGLES, st.floats(0.05, 0.95))
def test_both_sides_of_a_cut_are_those_of_the_overlay(
    seed: int, angle: float, share: float
) -> None:
    plot = random_site(seed).plot
    normal = unit(np.array([angle]))
    at = offsets(plot, normal, np.array([share * plot.area]))
    near, far = sides(plot, normal, at)
    half = half_planes(normal, at, 1000.0, shapely.get_coordinates(plot.centroid)[0])[0]
    assert near[0].symmetric_difference(plot.intersection(half)).area < 1e-3
    assert far[0].symmetric_difference(plot.difference(half)).area < 1e-3


@settings(max_examples=12, deadline=None)
@given(SEEDS, ANGLES, st.floats(-1e5, 1e5), st.floats(-1e5, 1e5))
def test_a_plot_may_be_turned_and_moved_with_its_surroundings(
    seed: int, turn: float, east: float, north: float
) -> None:
    """The same plan, turned and moved; the score does not change."""
    site = random_site(seed)
    profile = PROFILES["standard_30_30_30_10"]
    frame = Frame((east, north), turn)
    here = generate_layouts(site, profile)
    there = generate_layouts(frame.site(site), profile)
    assert len(here.plans) == len(there.plans)
    for one, other in zip(here.plans, there.plans, strict=True):
        assert math.isclose(one.j, other.j, abs_tol=1e-5)
        assert one.broken == other.broken
        for group, zone in one.zones.items():
            moved = frame.out(other.zones[group])
            assert zone.symmetric_difference(moved).area < 1e-4 * site.plot.area


@given(
    st.integers(1, 40_000),
    st.lists(st.integers(0, 100), min_size=4, max_size=4).filter(any),
    st.sampled_from([1.0, 0.1]),
)
def test_rounded_areas_add_up_and_stay_near(units: int, shares: list[int], unit_wah: float) -> None:
    total = units * unit_wah
    found = apportion(total, shares, unit_wah)
    assert math.isclose(math.fsum(found), total, abs_tol=1e-6)
    for area, share in zip(found, shares, strict=True):
        assert abs(area - total * share / sum(shares)) < unit_wah + 1e-6
