"""Khok Nong Na plots of the demo, with their zones and soil samples."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta

import numpy as np
import shapely
from pyproj import Geod
from shapely import MultiPolygon, Point, Polygon, STRtree

from sample_data.demo import Demo
from sample_data.frame import LAND_DECIMALS, lonlat
from sample_data.rows import Row, invented
from sample_data.settlements import Settlement
from sample_data.shapes import FIELDS, outline, placed

__all__ = ["RAI", "Plot", "draw_plots", "plot_rows", "soil_rows", "zone_rows"]

RAI = 1600.0
COUNT = 120
IN_COMMUNITIES = 14
GEODESIC = Geod(ellps="WGS84")
STEPS = 10
STATUSES = (
    ("inquiry", 5), ("applied", 8), ("documents_checked", 7), ("field_checked", 9),
    ("reported", 5), ("reserve", 6), ("accepted", 10), ("preparing", 8), ("ready_to_dig", 6),
    ("digging", 7), ("suspended", 3), ("dug", 6), ("rework", 2), ("inspected", 8),
    ("developing", 18), ("learning_centre", 6), ("rejected", 2), ("withdrawn", 2), ("closed", 2),
)  # fmt: skip
BEFORE_DESIGN = {"inquiry", "applied", "documents_checked", "rejected", "withdrawn"}
AFTER_DIGGING = {"dug", "rework", "inspected", "developing", "learning_centre"}
DEEDS = ("chanote", "chanote", "chanote", "ns3k", "ns3k", "ns3", "sk1", "spk401", "ratchaphatsadu")

# Share of the deed area that the drawn area differs by: 1.5 % is fine, 5 % is a mismatch (LAND-R3).
MISFITS = ((-0.015, 0.015),) * 9 + ((0.025, 0.045),) * 2 + ((0.07, 0.15),)

ZONES = (("pond", "water", 0.3), ("paddy", "rice", 0.3), ("orchard", "orchard_forest", 0.3))
HOUSE = ("house", "residence", 0.1)


@dataclass
class Plot:
    """A plot: its outline in metres and degrees, its place and where it stands in the procedure."""

    plot_id: str
    place: Settlement
    shape: Polygon
    turn: float
    status: str
    soil: str
    zones: list[Polygon] = field(default_factory=list)
    drawn: MultiPolygon = field(init=False)

    def __post_init__(self) -> None:
        self.drawn = MultiPolygon([lonlat(self.shape, LAND_DECIMALS)])

    @property
    def rai(self) -> float:
        """Drawn size in rai."""
        return self.shape.area / RAI

    @property
    def designed(self) -> bool:
        """Whether the plot is far enough for a drawing of the pond."""
        return self.status not in BEFORE_DESIGN

    @property
    def dug(self) -> bool:
        """Whether a pond has been dug."""
        return self.status in AFTER_DIGGING


def draw_plots(demo: Demo) -> list[Plot]:
    """Draw the plots near their settlements, inside one tambon, clear of roads and each other."""
    rng = demo.chance("plots")
    statuses = [status for status, count in STATUSES for _ in range(count)]
    statuses = [statuses[k] for k in rng.permutation(COUNT)]
    sizes = _sizes(rng)
    villages, communities = demo.villages, [s for s in demo.settlements if s.kind == "community"]
    plots: list[Plot] = []
    for k in range(COUNT):
        homes = communities if k % (COUNT // IN_COMMUNITIES) == 5 else villages
        place = homes[int(rng.integers(len(homes)))]
        kind = FIELDS[int(rng.integers(len(FIELDS)))]
        shape, turn = _free_ground(demo, place, outline(kind, sizes[k], rng), plots, rng)
        soil = str(rng.choice(["clay", "sandy_loam", "sand"], p=[0.5, 0.38, 0.12]))
        plot_id = f"KNN-83-{2564 + k * 4 // COUNT}-{k + 1:04d}"
        zones: list[Polygon] = []
        if kind == "rectangle" and statuses[k] not in BEFORE_DESIGN:
            shape, zones = _divided(shape)
        plots.append(Plot(plot_id, place, shape, turn, statuses[k], soil, zones))
    return plots


def _sizes(rng: np.random.Generator) -> np.ndarray:
    """Areas in m2: two in five up to 1 rai, the others up to 15 (LAND-R5)."""
    groups = [(0.25, 1.0, 48), (1.0, 3.0, 24), (3.0, 8.0, 32), (8.0, 15.0, 16)]
    rai = np.concatenate([rng.uniform(low, high, n) for low, high, n in groups])
    return np.asarray(rng.permutation(rai) * RAI)


def _free_ground(
    demo: Demo, place: Settlement, shape: Polygon, plots: list[Plot], rng: np.random.Generator
) -> tuple[Polygon, float]:
    taken = STRtree([plot.shape for plot in plots])
    reach = 500.0
    while True:
        point = demo.near(place, rng, 120, reach)
        turn = float(rng.uniform(0, 180))
        tried = placed(shape, point.x, point.y, turn)
        reach *= 1.02
        if (
            demo.in_tambon(place.code, tried, 12)
            and not len(demo.road_tree.query(tried, "dwithin", 7))
            and not len(taken.query(tried, "dwithin", 4))
            and demo.terrain.at(*lonlat(point).coords[0]) < 90
        ):
            return tried, turn


def _divided(shape: Polygon) -> tuple[Polygon, list[Polygon]]:
    """A rectangle cut across its length: water, rice, orchard, house (LAND-R24).

    The outline comes back with the ends of the cuts on it, so that zones share their edges with
    the plot to the last digit.
    """
    a, b, c, d = np.array(shape.exterior.coords[:4])
    if np.hypot(*(b - a)) < np.hypot(*(c - b)):
        a, b, c, d = b, c, d, a
    cuts = np.cumsum([0, *(zone[2] for zone in (*ZONES, HOUSE))])[:, None]
    low, high = a + (b - a) * cuts, d + (c - d) * cuts
    bands = [Polygon([low[k], low[k + 1], high[k + 1], high[k]]) for k in range(len(cuts) - 1)]
    return Polygon([*low, *high[::-1]]), bands


def plot_rows(demo: Demo, plots: list[Plot]) -> list[Row]:
    """The rows of the layer ``plots``."""
    rng, seen = demo.chance("plot rows"), demo.chance("field checks")
    rows = [_plot_row(plot, k, rng) for k, plot in enumerate(plots)]
    for plot, row in zip(plots, rows, strict=True):
        row["field_check"] = _field_check(plot, row["status_date"], seen)
    return rows


def _field_check(plot: Plot, status_date: date, rng: np.random.Generator) -> Row | None:
    """What the officers found on the ground (LAND-R9); nothing before they went there."""
    if plot.status in BEFORE_DESIGN:
        return None
    found: Row = {
        "date": str(status_date - timedelta(days=30)),
        "boulders": str(rng.choice(["none", "some", "many"], p=[0.9, 0.08, 0.02])),
        "valley": False,
        "trees_per_rai": round(float(rng.uniform(0, 18)), 1),
    }
    if rng.random() < 0.4:  # the raster is too coarse for small flow paths; a walk tells
        found["override"] = {
            "factor": "F2",
            "value": 0,
            "reason": "เดินสำรวจแล้วไม่พบทางน้ำ",
            "photo_id": f"{plot.plot_id}-F1",
        }
    return found


def _plot_row(plot: Plot, k: int, rng: np.random.Generator) -> Row:
    drawn = _geodesic_area(plot.drawn)
    low, high = MISFITS[k % len(MISFITS)]
    misfit = rng.uniform(low, high) * (-1 if k % 5 == 0 else 1)
    deed = round(drawn / (1 + misfit) / 0.4) * 0.4  # deeds print tenths of a square wah
    steps = int(rng.integers(1, 9)) if plot.status == "developing" else 0
    steps = STEPS if plot.status == "learning_centre" else steps
    begun = date(2021, 2, 1) + timedelta(days=int(rng.integers(0, 1200)))
    deed_type = DEEDS[int(rng.integers(len(DEEDS)))]
    asked = deed_type in ("spk401", "ratchaphatsadu")
    return invented(
        plot_id=plot.plot_id,
        area_code=plot.place.code,
        place_kind=plot.place.kind,
        deed_area_m2=round(deed, 1),
        drawn_area_m2=round(drawn, 2),
        size_class=_size_class(deed / RAI),
        in_target_area=bool(rng.random() < 0.85),
        permission_state=_permission(plot, asked),
        soil_class=plot.soil if plot.status not in ("inquiry", "applied") else "unknown",
        access_width_m=round(float(rng.uniform(2.5, 6.5)), 1),
        wind_azimuth_deg=int(rng.choice([225, 240, 60])),
        water_flow_azimuth_deg=int(rng.integers(0, 24)) * 15,
        standard_plan=str(rng.choice(["แบบมาตรฐาน 1 ไร่", "แบบมาตรฐาน 3 ไร่"])),
        layout_profile="phuket_micro" if deed <= RAI else "standard_30_30_30_10",
        status=plot.status,
        status_date=begun + timedelta(days=60 + 30 * steps),
        development_step=steps if plot.dug else None,
        steps_done=_ladder(begun, steps),
        is_reserve_ready=True if plot.status == "reserve" else None,
        opened_to_public=plot.status == "learning_centre",
        budget_thb=int(rng.integers(40, 110)) * 1000 if plot.designed else None,
        deed_type=deed_type,
        owner_consent=plot.status != "inquiry",
        conditions_received=plot.status not in ("inquiry", "withdrawn"),
        geometry=plot.drawn,
    )


def _ladder(begun: date, steps: int) -> dict[str, str] | None:
    """The steps that are done, one a month (LAND-R40)."""
    done = {str(n): str(begun + timedelta(days=30 * n)) for n in range(1, steps + 1)}
    return done or None


def _permission(plot: Plot, asked: bool) -> str:
    if not asked:
        return "not_needed"
    if plot.dug:
        return "granted"
    return "requested" if plot.designed else "to_request"


def _size_class(rai: float) -> str:
    """LAND-R5."""
    if rai <= 1:
        return "micro"
    if rai < 3:
        return "small_between"
    return "standard" if rai <= 15 else "over_standard"


def _geodesic_area(shape: MultiPolygon | Polygon) -> float:
    return abs(float(GEODESIC.geometry_area_perimeter(shape)[0]))


def zone_rows(plots: list[Plot]) -> list[Row]:
    """The rows of the layer ``plot_zones``: 30:30:30:10 on the plots that are divided."""
    rows = []
    for plot in plots:
        micro = plot.rai <= 1  # cash crops take the place of rice (LAND-R24, phuket_micro)
        for number, (zone, band) in enumerate(zip((*ZONES, HOUSE), plot.zones, strict=False), 1):
            kind, group, _ = zone
            shape = MultiPolygon([lonlat(band, LAND_DECIMALS)])
            area = _geodesic_area(shape)
            rows.append(
                invented(
                    zone_id=f"{plot.plot_id}-Z{number}",
                    plot_id=plot.plot_id,
                    area_code=plot.place.code,
                    zone_kind="cash_crop" if micro and kind == "paddy" else kind,
                    group=group,
                    area_m2=round(area, 2),
                    share_pct=round(100 * area / _geodesic_area(plot.drawn), 2),
                    source="drawn",
                    geometry=shape,
                )
            )
    return rows


def soil_rows(demo: Demo, plots: list[Plot]) -> list[Row]:
    """The rows of the layer ``soil_samples``: three to five on the plots that were checked."""
    rng = demo.chance("soil")
    checked = [plot for plot in plots if plot.soil and plot.status not in ("inquiry", "applied")]
    rows = []
    for plot in checked[::3] + checked[1::3]:
        for number in range(1, int(rng.integers(3, 6)) + 1):
            soil = plot.soil
            if number > 1 and soil != "clay" and rng.random() < 0.4:
                soil = "clay"  # the plot is as leaky as its worst sample (LAND-R10)
            rows.append(
                invented(
                    sample_id=f"{plot.plot_id}-S{number}",
                    plot_id=plot.plot_id,
                    area_code=plot.place.code,
                    sampled_at=date(2021, 3, 1) + timedelta(days=int(rng.integers(0, 1100))),
                    dig_depth_cm=30,
                    roll_length_cm=5,
                    formed=soil != "sand",
                    breaks=None if soil == "sand" else soil == "sandy_loam",
                    soil_class=soil,
                    geometry=lonlat(_inside(plot.shape, rng), LAND_DECIMALS),
                )
            )
    return rows


def _inside(shape: Polygon, rng: np.random.Generator) -> Point:
    west, south, east, north = shape.bounds
    while True:
        point = Point(rng.uniform(west, east), rng.uniform(south, north))
        if shapely.contains(shape.buffer(-1), point):
            return point
