"""Pieces of real tambons: what is laid out on them holds, and what cannot be says why."""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd
import numpy as np
import pytest
import shapely

from geo.crs import from_local, to_local
from geo.layout.constraints import CONSTRAINTS
from geo.layout.plan import check_layout, generate_layouts
from geo.layout.profiles import GROUPS, PROFILES
from geo.layout.site import compactness
from geo.pond import check_ponds
from tests.geo.layout_plots import RAI, cut_site

PIECES = 60


@pytest.fixture(scope="module")
def areas(reference: Path) -> list[shapely.Geometry]:
    """Every 60th tambon of the country, each in metres around itself."""
    rows = gpd.read_file(reference / "boundaries" / "tambon.fgb").to_crs(4326).iloc[::60]
    local = to_local(rows.geometry).geometries
    return [max(shapely.get_parts(shape), key=shapely.area) for shape in local]


def test_layouts_of_real_pieces_hold_or_say_what_blocks(areas: list[shapely.Geometry]) -> None:
    """LAND-R26, SYS-007: all hard constraints on every feasible plan, judged anew."""
    compact = []
    for seed in range(PIECES):
        site = cut_site(areas[seed % len(areas)], seed)
        micro = site.plot.area <= RAI
        profile = PROFILES["phuket_micro" if micro else "standard_30_30_30_10"]
        found = generate_layouts(site, profile)
        if not found.feasible:
            assert any(finding.blocks for finding in found.findings) or found.plans[0].broken
            assert set(found.plans[0].broken if found.plans else ()) <= set(CONSTRAINTS)
        else:
            plan = found.plans[0]
            again = check_layout(site, profile, plan.zones, pond=plan.pond, channels=plan.channels)
            assert again.broken == ()
            shares = [100 * plan.zones[group].area / site.plot.area for group in GROUPS]
            assert np.abs(np.subtract(shares, profile.shares)).max() <= 0.1
        if compactness(site.plot) > 0.5:
            compact.append(found.feasible)
    assert np.mean(compact) >= 0.95


def test_the_pond_of_a_real_piece_passes_the_pond_check(areas: list[shapely.Geometry]) -> None:
    """LAND-R12: what the generator draws holds water to its depth, in metres and in degrees."""
    rims, depths, slopes, plots = [], [], [], []
    for seed in range(0, PIECES, 3):
        site = cut_site(areas[seed % len(areas)], seed)
        found = generate_layouts(site, PROFILES["standard_30_30_30_10"])
        if found.feasible and (pond := found.plans[0].pond) is not None:
            at = np.array([[100.0 + seed / 100, 15.0]])
            around = site.plot.centroid
            moved = [
                shapely.transform(shape, lambda xy, c=around: xy - (c.x, c.y))
                for shape in (pond.rim, site.plot)
            ]
            rims.append(from_local([moved[0]], at)[0])
            plots.append(from_local([moved[1]], at)[0])
            depths.append(pond.depth_m)
            slopes.append(pond.slope)
    assert len(rims) > PIECES / 6
    judged = check_ponds(
        gpd.GeoSeries(rims, crs=4326), depths, slopes, plots=gpd.GeoSeries(plots, crs=4326)
    )
    assert judged["error"].isna().all()
    assert set(judged["verdict"]) == {"ok"}


def test_real_pieces_as_ponds_are_judged_one_and_all(areas: list[shapely.Geometry]) -> None:
    """A piece of any shape dug as a pond: a verdict, and the volume of thin slices."""
    rims = [cut_site(areas[seed % len(areas)], seed).plot for seed in range(PIECES)]
    judged = check_ponds(rims, 3.0, 1.5)
    assert judged["error"].isna().all()
    depth = (np.arange(400) + 0.5) * 3.0 / 400
    for rim, volume in zip(rims[::6], judged["volume_m3"][::6], strict=True):
        areas_below = shapely.area(
            shapely.buffer(rim, -1.5 * depth, join_style="mitre", mitre_limit=5.0)
        )
        assert volume == pytest.approx(areas_below.sum() * 3.0 / 400, rel=2e-3, abs=0.5)
