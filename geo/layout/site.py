"""The plot that is to be laid out, with all that lies around and on it, in metres."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import NamedTuple, TypeAlias, TypeVar

import numpy as np
import shapely
from shapely import Point
from shapely.geometry.base import BaseGeometry

from geo.crs import Floats
from geo.layout.cuts import edges, polygon_parts
from geo.plot_shape import PLOT_ERRORS
from geo.text import Text

__all__ = [
    "FINDINGS",
    "Area",
    "Finding",
    "Fixed",
    "Frame",
    "Locked",
    "Site",
    "apart",
    "compactness",
    "dominant_axes",
    "gradient_from_fall",
    "plane_from_points",
    "quarter_turn",
    "reference_frame",
]

Area: TypeAlias = BaseGeometry
"""A Polygon or MultiPolygon; shapely does not tell which an operation gives."""

Shape = TypeVar("Shape", bound=BaseGeometry)

FINDINGS: Mapping[str, Text] = MappingProxyType(
    {
        **PLOT_ERRORS,
        "crs_missing": Text(
            "พิกัดแปลงไม่ใช่องศา (EPSG:4326) โปรดแปลงระบบพิกัดก่อน",
            "The plot is not in degrees (EPSG:4326); transform it first",
        ),
        "plot_sliver": Text(
            "แปลงแคบเกินไป ส่วนที่กว้างถึง {limit:g} ม. มีเพียง {share:.0f} % ของแปลง",
            "The plot is a sliver: only {share:.0f} % of it is {limit:g} m wide",
        ),
        "plot_in_parts": Text(
            "แปลงแยกเป็น {parts} ส่วน เขตแหล่งน้ำ นา และที่อยู่อาศัยต้องอยู่ในส่วนเดียว",
            "The plot is in {parts} parts; water, rice and residence must each fit into one",
        ),
        "shares_invalid": Text(
            "สัดส่วนรวมได้ {total:g} % ต้องรวมเป็น 100 และแต่ละส่วนต้องไม่ติดลบ",
            "The shares sum to {total:g} %; they must be 100, none below 0",
        ),
        "depth_invalid": Text(
            "ความลึกสระ {depth:g} ม. ไม่ถูกต้อง ต้องมากกว่า 0 และไม่เกิน {limit:g} ม.",
            "Pond depth {depth:g} m must be over 0 and at most {limit:g} m",
        ),
        "slope_invalid": Text(
            "ความลาดตลิ่ง (ราบ:ดิ่ง) {slope:g} ต้องอยู่ระหว่าง 0 ถึง {limit:g}",
            "Side slope H:V {slope:g} must be 0 to {limit:g}",
        ),
        "locked_outside": Text(
            "เขตที่ล็อกไว้ ({group}) อยู่นอกแปลง {area:.1f} ตร.ม. จึงใช้เฉพาะส่วนในแปลง",
            "{area:.1f} m2 of the locked zone {group} lie outside the plot and are left out",
        ),
        "locked_overlap": Text(
            "เขตที่ล็อกไว้ซ้อนทับกัน {area:.1f} ตร.ม. โปรดแก้แนวเขต",
            "Locked zones overlap by {area:.1f} m2; correct their boundaries",
        ),
        "locked_invalid": Text(
            "เขตที่ล็อกไว้ ({group}) ไม่ถูกต้อง เส้นขอบต้องไม่ตัดกันเอง",
            "The locked zone {group} is not valid: its edges must not cross",
        ),
        "access_missing": Text(
            "ไม่ทราบจุดทางเข้า จึงตรวจทางเข้าที่อยู่อาศัยไม่ได้",
            "The access point is not known, so the way to the residence cannot be checked",
        ),
        "access_far": Text(
            "จุดทางเข้าอยู่ห่างแปลง {distance:,.0f} ม. (เกิน {limit:g} ม.) โปรดระบุจุดบนแนวเขตแปลง",
            "The access point is {distance:,.0f} m from the plot (over {limit:g} m); "
            "give a point on the boundary",
        ),
        "elevation_missing": Text(
            "ไม่มีข้อมูลระดับดินหรือทิศที่ต่ำ คะแนนด้านระดับจึงเป็นค่ากลาง",
            "No elevation or low side is known; the two height terms are neutral",
        ),
    }
)


class Finding(NamedTuple):
    """Something about the input that the planner must know; ``blocks``: nothing was laid out."""

    code: str
    text: Text
    blocks: bool = False

    @classmethod
    def of(cls, code: str, *, blocks: bool = False, **values: object) -> Finding:
        """The finding ``code`` with its values filled in."""
        th = FINDINGS[code].th.format(**_worded(values, "th"))
        en = FINDINGS[code].en.format(**_worded(values, "en"))
        return cls(code, Text(th, en), blocks)


def _worded(values: Mapping[str, object], language: str) -> dict[str, object]:
    """The values of a finding with its texts in one language."""
    return {k: v.get(language) if isinstance(v, Text) else v for k, v in values.items()}


class Fixed(NamedTuple):
    """A thing that stays (H13): nothing may change within ``buffer_m`` of it.

    ``group`` is the zone it must lie in; None: any, but one zone only, and not the pond.
    """

    shape: BaseGeometry
    buffer_m: float = 2.0
    group: str | None = None


class Locked(NamedTuple):
    """A zone that the planner drew by hand, which stays as it is."""

    group: str
    shape: Area


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """A plot and its surroundings, in metres.

    ``gradient`` is the slope of the ground (dz/dx, dz/dy), None where unknown; ``access`` the
    point where one enters. ``setback_from`` are the parts of the boundary to land of others or
    to public land (LAND-R16), None: the whole boundary. ``avoid`` are sinks, flow paths and
    hazards that a residence must keep out of (H11). ``path`` is a strip to the residence that was
    added for H10 and need not be compact. ``north_deg`` is where true north lies,
    degrees clockwise from the y axis; azimuths count clockwise from it.
    """

    plot: Area
    access: Point | None = None
    gradient: tuple[float, float] | None = None
    setback_from: BaseGeometry | None = None
    trees: tuple[Point, ...] = ()
    fixed: tuple[Fixed, ...] = ()
    locked: tuple[Locked, ...] = ()
    avoid: BaseGeometry | None = None
    path: Area | None = None
    wind_from_deg: float = 225.0
    north_deg: float = 0.0

    @property
    def boundary(self) -> BaseGeometry:
        """The boundary that the legal setback counts from."""
        return self.plot.boundary if self.setback_from is None else self.setback_from

    @property
    def gate(self) -> Point | None:
        """The access point, or the point of the plot nearest to it."""
        if self.access is None or self.plot.intersects(self.access):
            return self.access
        return Point(shapely.get_point(shapely.shortest_line(self.plot, self.access), 0))

    @property
    def diagonal(self) -> float:
        """The diagonal of the smallest box around the plot, whichever way it is turned."""
        box = shapely.get_coordinates(shapely.oriented_envelope(self.plot))
        return float(np.hypot(*(box[2] - box[0])))

    def rounded(self, grid: float) -> Site:
        """The site with plot and locked zones on a grid, so that cuts leave their corners be."""
        digits = round(-math.log10(grid))

        def on_grid(shape: Area) -> Area:
            placed = shapely.transform(shape, lambda xy: np.round(xy, digits))
            return placed if placed.is_valid else shape

        locked = tuple(item._replace(shape=on_grid(item.shape)) for item in self.locked)
        return replace(self, plot=on_grid(self.plot), locked=locked)

    def azimuth(self, vector: Floats) -> Floats:
        """Azimuths of vectors (..., 2) in degrees clockwise from true north, nan for none."""
        clockwise = np.degrees(np.arctan2(vector[..., 0], vector[..., 1]))
        nothing = np.hypot(vector[..., 0], vector[..., 1]) < 1e-9
        # Rounded, so that a turned plot does not fall on the other side of a limit.
        return np.where(nothing, np.nan, np.round(clockwise - self.north_deg, 6) % 360)

    def elevation(self, points: Floats) -> Floats:
        """Height of points (..., 2) over the origin of the coordinates; 0 where unknown."""
        return np.asarray(points @ np.asarray(self.gradient or (0.0, 0.0)))

    def elevation_range(self) -> tuple[float, float]:
        """Lowest and highest ground of the plot."""
        heights = self.elevation(shapely.get_coordinates(self.plot))
        return float(heights.min()), float(heights.max())


def gradient_from_fall(
    downhill_deg: float, fall_pct: float = 2.0, north_deg: float = 0.0
) -> tuple[float, float]:
    """The gradient of ground that falls towards an azimuth.

    >>> [round(part, 6) + 0 for part in gradient_from_fall(180, 2.5)]
    [0.0, 0.025]
    """
    angle = math.radians(downhill_deg + north_deg)
    return (-math.sin(angle) * fall_pct / 100, -math.cos(angle) * fall_pct / 100)


def plane_from_points(xyz: Floats) -> tuple[float, float] | None:
    """The gradient of the plane nearest to points (n, 3); None where they do not give one.

    >>> plane_from_points(np.array([[0, 0, 1.0], [10, 0, 1.0], [0, 10, 2.0], [9, 9, np.nan]]))
    (0.0, 0.1)
    """
    points = xyz[np.isfinite(xyz).all(axis=1)]
    if len(points) < 3:
        return None
    centred = points - points.mean(axis=0)
    if np.linalg.matrix_rank(centred[:, :2], tol=1e-3) < 2:
        return None
    gradient, *_ = np.linalg.lstsq(centred[:, :2], centred[:, 2], rcond=None)
    return float(round(gradient[0], 12)) + 0.0, float(round(gradient[1], 12)) + 0.0


def compactness(shape: BaseGeometry) -> float:
    """4 pi A / P^2: 1 for a circle, 0.785 for a square, 0 for what has no area.

    >>> round(compactness(shapely.box(0, 0, 2, 1)), 4), compactness(shapely.Point(0, 0))
    (0.6981, 0.0)
    """
    return 4 * math.pi * shape.area / shape.length**2 if shape.length else 0.0


def dominant_axes(plot: Area, most: int) -> list[float]:
    """Directions of the longest edges in radians, at least 10 degrees apart modulo 90.

    Edges of the plot and of its convex hull count, a boundary traced by GPS smoothed to its
    course. A corner of such an axis system fits the plot best when it follows its sides.
    """
    course = shapely.simplify(plot, 0.02 * math.sqrt(plot.area))
    if course.is_empty:
        course = plot
    sides: list[tuple[float, float]] = []
    for shape in (course, course.convex_hull):
        start, end = edges(shape)
        step = end - start
        metres = np.round(np.hypot(step[:, 0], step[:, 1]), 6)
        angle = quarter_turn(np.arctan2(step[:, 1], step[:, 0]))
        sides += zip(metres.tolist(), angle.tolist(), strict=True)
    sides.sort(key=lambda side: -side[0])  # stable: equal sides in the order of the ring
    chosen: list[float] = []
    for _, bearing in sides:
        if all(apart(bearing, other) >= 10 for other in chosen):
            chosen.append(bearing)
    return chosen[:most]


def quarter_turn(angle: Floats) -> Floats:
    """Angles in radians brought to 0 up to a right angle; just below one it is 0.

    >>> quarter_turn(np.array([math.pi, -1e-15, 2.0])).round(4).tolist()
    [0.0, 0.0, 0.4292]
    """
    turned = np.round(angle, 12) % (math.pi / 2)
    return np.where(turned > math.pi / 2 - 1e-9, 0.0, turned)


def apart(one: float, other: float) -> float:
    """Degrees between two axis systems given in radians, 0 to 45.

    >>> apart(0.0, math.pi / 2), apart(0.1, 0.1 + math.radians(50))
    (0.0, 40.0)
    """
    quarter = math.pi / 2
    return round(math.degrees(abs((one - other + quarter / 2) % quarter - quarter / 2)), 6)


@dataclass(frozen=True, slots=True)
class Frame:
    """A turned and shifted system of coordinates: x' = R(-turn) (x - origin)."""

    origin: tuple[float, float]
    turn: float = field(default=0.0)

    def into(self, shape: Shape) -> Shape:
        """A shape in the coordinates of the frame."""
        return shapely.transform(shape, lambda xy: self._turned(xy - self.origin, -self.turn))

    def out(self, shape: Shape) -> Shape:
        """A shape of the frame in the coordinates outside."""
        return shapely.transform(shape, lambda xy: self._turned(xy, self.turn) + self.origin)

    def site(self, site: Site) -> Site:
        """The whole site in the coordinates of the frame."""
        slope = site.gradient and self._turned(np.array([site.gradient]), -self.turn)[0]
        return replace(
            site,
            plot=self.into(site.plot),
            access=site.access and self.into(site.access),
            gradient=None if slope is None else (float(slope[0]), float(slope[1])),
            setback_from=site.setback_from and self.into(site.setback_from),
            trees=tuple(self.into(tree) for tree in site.trees),
            fixed=tuple(item._replace(shape=self.into(item.shape)) for item in site.fixed),
            locked=tuple(item._replace(shape=self.into(item.shape)) for item in site.locked),
            avoid=site.avoid and self.into(site.avoid),
            north_deg=site.north_deg + math.degrees(self.turn),
        )

    @staticmethod
    def _turned(points: Floats, angle: float) -> Floats:
        sin, cos = math.sin(angle), math.cos(angle)
        return np.asarray(points @ np.array([[cos, sin], [-sin, cos]]))


def reference_frame(site: Site) -> Frame:
    """The frame in which a site looks the same however it is turned and wherever it lies.

    Its origin is the centroid of the plot, its x axis runs along the longest side, in that one
    of the four ways that points to the access point (else downhill, else along the ring).
    """
    centre = site.plot.centroid
    axis = dominant_axes(site.plot, 1)[0]
    if site.access is not None:
        pointing = np.array([site.access.x - centre.x, site.access.y - centre.y])
    elif site.gradient is not None:
        pointing = -np.asarray(site.gradient)
    else:
        pointing = np.diff(shapely.get_coordinates(polygon_parts(site.plot)[0])[:2], axis=0)[0]
    wanted = math.atan2(pointing[1], pointing[0])
    # 40 and not 45 degrees: an access at the corner of a square must not sit on the limit.
    quarter = math.floor((wanted - axis + math.radians(40)) / (math.pi / 2))
    return Frame((centre.x, centre.y), axis + quarter * math.pi / 2)
