"""Ponds and feeder channels of the demo plots."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
import shapely
import shapely.affinity
from shapely import LineString, Point, Polygon
from shapely.geometry.base import BaseGeometry

from sample_data.demo import Demo
from sample_data.frame import LAND_DECIMALS, lonlat
from sample_data.plots import Plot
from sample_data.rows import Row, invented
from sample_data.shapes import DUMBBELL, RIMS, outline, placed, rectangle

__all__ = ["Pond", "channel_rows", "dig_ponds", "pond_rows"]

BANK = 1.0
SLOPES = (0.5, 1.0, 1.0, 1.5, 1.5, 1.5, 2.0, 0.0)
DEPTHS = (1.5, 2.0, 2.5, 2.5, 3.0, 3.0, 3.5, 4.0)

# Rims that show what pond-check finds (LAND-R12): rim, depth, slope; laid on the larger plots.
SHOWN = (
    (rectangle(30, 12), 3.0, 2.0),  # slopes meet at the bottom: a line
    (rectangle(24, 9), 3.0, 1.5),
    (rectangle(20, 8), 2.0, 2.0),
    (DUMBBELL, 2.5, 1.5),  # the neck closes: two bottoms
    (DUMBBELL, 3.0, 1.5),
    (DUMBBELL, 2.0, 1.5),
    (rectangle(10, 10), 4.0, 1.5),  # slopes meet before the depth: collapsed
    (rectangle(40, 12), 4.0, 2.0),
    (rectangle(16, 8), 3.0, 1.5),
    (outline("oval", 90, np.random.default_rng(0)), 3.5, 2.0),
)


@dataclass
class Pond:
    """A pond of a plot: its rim in metres, depth and slope."""

    plot: Plot
    rim: Polygon
    depth: float
    slope: float


def dig_ponds(demo: Demo, plots: list[Plot]) -> list[Pond]:
    """One pond, on larger plots often two, on every plot that is far enough."""
    rng = demo.chance("ponds")
    designed = [plot for plot in plots if plot.designed]
    roomy = [plot for plot in designed if plot.rai > 2.5 and not plot.zones]
    shown = dict(zip((plot.plot_id for plot in roomy), SHOWN, strict=False))
    ponds: list[Pond] = []
    for plot in designed:
        dug: list[Polygon] = []
        if plot.plot_id in shown:
            rim, depth, slope = shown[plot.plot_id]
            wanted = [(rim, depth, slope)]
        else:
            wanted = [_usual(plot, 0.22, rng)]
            if plot.rai > 2 and rng.random() < 0.4:
                wanted.append(_usual(plot, 0.06, rng))
        for rim, depth, slope in wanted:
            shape = _fitted(plot, rim, plot.plot_id not in shown, dug, rng)
            if shape is not None:
                ponds.append(Pond(plot, shape, depth, slope))
                dug.append(shape)
    return ponds


def _usual(plot: Plot, share: float, rng: np.random.Generator) -> tuple[Polygon, float, float]:
    """A rim of about ``share`` of the plot whose slopes leave a bottom at its depth."""
    rim = outline(RIMS[int(rng.integers(len(RIMS)))], plot.shape.area * share, rng)
    reach = shapely.maximum_inscribed_circle(rim).length
    for depth in sorted(rng.choice(DEPTHS, 3), reverse=True):
        slope = float(rng.choice(SLOPES))
        if depth * slope < 0.8 * reach:
            return rim, float(depth), slope
    return rim, 1.5, 0.5


def _fitted(
    plot: Plot, rim: Polygon, may_shrink: bool, dug: list[Polygon], rng: np.random.Generator
) -> Polygon | None:
    """The rim inside the plot (in its water zone, where there is one), a bank around it."""
    room: BaseGeometry = (plot.zones[0] if plot.zones else plot.shape).buffer(-BANK)
    for other in dug:
        room = room.difference(other.buffer(2.5))
    west, south, east, north = room.bounds
    for attempt in range(400):
        turn = plot.turn + 90 * int(rng.integers(4))
        tried = placed(rim, rng.uniform(west, east), rng.uniform(south, north), turn)
        if room.contains(tried):
            return tried
        if may_shrink and attempt % 12 == 11:
            rim = shapely.affinity.scale(rim, 0.93, 0.93, origin=(0, 0))
    return None


def pond_rows(demo: Demo, ponds: list[Pond]) -> list[Row]:
    """The rows of the layer ``ponds``: every design, and what was dug where digging is over."""
    rng = demo.chance("pond rows")
    rows: list[Row] = []
    numbers: dict[str, int] = {}
    for pond in ponds:
        plot = pond.plot
        number = numbers[plot.plot_id] = numbers.get(plot.plot_id, 0) + 1
        rows.append(_pond_row(pond, f"{plot.plot_id}-P{number}", "design", number, rng))
        if plot.dug and number == 1:
            built = _as_dug(pond, rng)
            rows.append(_pond_row(built, f"{plot.plot_id}-P{number}B", "as_built", 1, rng))
    return rows


def _as_dug(pond: Pond, rng: np.random.Generator) -> Pond:
    """What the machine left: a few centimetres off the drawing in plan and depth."""
    rim = pond.rim.buffer(-float(rng.uniform(0.02, 0.4)), join_style="mitre")
    depth = round(pond.depth - float(rng.choice([0.0, 0.02, 0.05, 0.1, 0.3])), 2)
    return Pond(pond.plot, rim, depth, pond.slope)


def _pond_row(pond: Pond, pond_id: str, kind: str, number: int, rng: np.random.Generator) -> Row:
    approved = date(2021, 6, 1) + timedelta(days=int(rng.integers(0, 1000)))
    pending = pond.plot.status in ("field_checked", "reported", "reserve")
    return invented(
        pond_id=pond_id,
        plot_id=pond.plot.plot_id,
        area_code=pond.plot.place.code,
        name=f"สระ {number}",
        kind=kind,
        version=1,
        approved_at=None if pending else approved,
        depth_m=pond.depth,
        slope_h_per_v=pond.slope,
        freeboard_m=0.3,
        dead_depth_m=float(rng.choice([0.0, 0.0, 0.5])),
        lined=pond.plot.soil == "sand" and bool(rng.random() < 0.6),
        engineer_certified=pond.depth > 3 and bool(rng.random() < 0.7),
        rim_to_boundary_m=round(pond.plot.shape.exterior.distance(pond.rim), 2),
        geometry=lonlat(pond.rim, LAND_DECIMALS),
    )


def channel_rows(demo: Demo, ponds: list[Pond]) -> list[Row]:
    """The rows of the layer ``channels``: from the first pond to the far end of the plot."""
    rng = demo.chance("channels")
    rows, seen = [], set()
    for pond in ponds:
        plot = pond.plot
        if plot.plot_id in seen or rng.random() < 0.3:
            continue
        seen.add(plot.plot_id)
        line = _channel(pond, rng)
        if line is None:
            continue
        by_bottom = rng.random() < 0.6  # one of the two widths is entered (LAND 3.3)
        rows.append(
            invented(
                channel_id=f"{plot.plot_id}-C1",
                plot_id=plot.plot_id,
                area_code=plot.place.code,
                bottom_width_m=0.5 if by_bottom else None,
                top_width_m=None if by_bottom else 1.5,
                depth_start_m=0.6,
                depth_end_m=float(rng.choice([0.4, 0.5, 0.6])),
                slope_h_per_v=0.5 if not by_bottom else 1.0,
                length_m=round(line.length, 2),
                geometry=lonlat(line, LAND_DECIMALS),
            )
        )
    return rows


def _channel(pond: Pond, rng: np.random.Generator) -> LineString | None:
    inner = pond.plot.shape.buffer(-1.2, join_style="mitre")
    if inner.geom_type != "Polygon" or inner.is_empty:
        return None
    corners = [Point(xy) for xy in inner.exterior.coords[:-1]]
    target = max(corners, key=lambda corner: corner.distance(pond.rim))
    start = shapely.shortest_line(pond.rim.exterior, target).interpolate(0)
    aside = np.array([start.y - target.y, target.x - start.x]) * 0.12 * rng.choice([-1, 1])
    middle = np.array([(start.x + target.x) / 2, (start.y + target.y) / 2])
    ways = [
        LineString([start.coords[0], middle + aside, target.coords[0]]),
        LineString([start.coords[0], middle - aside, target.coords[0]]),
        LineString([start.coords[0], target.coords[0]]),
    ]
    dry = pond.plot.shape.difference(pond.rim.buffer(-0.05))
    return next((way for way in ways if dry.covers(way)), None)
