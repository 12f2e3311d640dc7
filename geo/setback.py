"""How near to others and to trees may be dug: legal setback, bank, fill, protected trees.

LAND-R16 (PHUKET L1226): deeper than 3 m, the rim must be at least twice the depth away from the
land of others and from public land, unless a civil engineer certifies the protection. LAND-R16b
(Excavation and Landfill Act B.E. 2543, general knowledge): the notice to the local officer, and
the duty of protection at 3 m or less. LAND-R17 (PHUKET L1222): 3 to 5 m off large trees.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np
import pandas as pd
import shapely
from numpy.typing import ArrayLike, NDArray
from shapely.geometry.base import BaseGeometry

from geo.crs import Floats, Geometries
from geo.parameters import Parameters, between, column
from geo.text import Text

__all__ = [
    "SETBACK_VERDICTS",
    "SIDES",
    "TREE_VERDICTS",
    "SetbackParameters",
    "check_fill",
    "check_setbacks",
    "check_trees",
    "deepest_within",
    "fitted_rim",
    "foreign_boundary",
    "required_setback",
    "room",
]

SETBACK_VERDICTS: Mapping[str, Text] = MappingProxyType(
    {
        "ok": Text("ระยะร่นเพียงพอ", "Far enough"),
        "ok_by_certificate": Text("ผ่านโดยวิศวกรรับรอง", "Passes by engineer's certificate"),
        "violation": Text("ระยะร่นไม่พอ", "Too near"),
        "not_applicable": Text("ไม่เข้าเกณฑ์ (ลึกไม่เกิน 3 เมตร)", "Not applicable (3 m deep or less)"),
    }
)

TREE_VERDICTS: Mapping[str, Text] = MappingProxyType(
    {
        "clear": Text("พ้นระยะ", "Clear"),
        "warning": Text("อยู่ในระยะเฝ้าระวัง", "Within the band of caution"),
        "violation": Text("ใกล้ต้นไม้ใหญ่เกินไป", "Too near a large tree"),
        "tree_in_pond": Text("ต้นไม้อยู่ในแนวขุด", "Tree within the dig line"),
    }
)

SIDES: Mapping[str, Text] = MappingProxyType(
    {
        "other_owner": Text("ที่ดินของผู้อื่น", "Land of another owner"),
        "public": Text("ที่สาธารณะ", "Public land"),
        "same_owner": Text("ที่ดินเจ้าของเดียวกัน", "Land of the same owner"),
    }
)
"""What lies beyond a side of the plot; a side without tag counts as ``other_owner``."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SetbackParameters(Parameters):
    """Limits of LAND-R16, R16b and R17.

    ``tolerance_m`` is that of comparisons; ``side_tolerance_m`` is how far off the boundary the
    line of a tagged side may be drawn.
    """

    setback_depth_limit_m: float = between(3.0, 0, 12)
    setback_factor: float = between(2.0, 0, 10)
    notice_rim_m2: float = between(10_000.0, 0, 1e7)
    fill_notice_m2: float = between(2_000.0, 0, 1e7)
    tree_min_m: float = between(3.0, 0, 50)
    tree_clear_m: float = between(5.0, 0, 50)
    tolerance_m: float = between(1e-6, 0, 0.01)
    side_tolerance_m: float = between(0.5, 0.01, 5)


DEFAULTS = SetbackParameters()


def check_setbacks(
    depth_m: ArrayLike,
    distance_m: ArrayLike,
    certified: ArrayLike = False,
    rim_m2: ArrayLike | None = None,
    parameters: SetbackParameters = DEFAULTS,
) -> pd.DataFrame:
    """Judge n depths by their distance to the land of others, in metres (LAND-R16, R16b).

    ``distance_m``: from the rim; nan where it is not known, inf where no side is foreign.
    ``certified``: protected as a licensed civil engineer certified.

    Returns verdict (SETBACK_VERDICTS, or ``unknown``), required_m (twice the depth; 0 where the
    rule does not apply), missing_m, advisory_m (twice the depth where a pond of 3 m or less is
    nearer: a duty of protection, no violation; else nan) and notice_needed.

    >>> check_setbacks([3.0, 3.1, 3.1], [2.0, 6.2, 6.19])[["verdict", "missing_m", "advisory_m"]]
              verdict  missing_m  advisory_m
    0  not_applicable       0.00         6.0
    1              ok       0.00         NaN
    2       violation       0.01         NaN
    """
    p = parameters
    depth = column(depth_m, np.size(depth_m))
    n = len(depth)
    distance = column(distance_m, n)
    proved = np.asarray(certified, dtype=bool) & np.ones(n, dtype=bool)
    required = required_setback(depth, p)
    deep = required > 0
    twice = p.setback_factor * depth
    near = distance < twice - p.tolerance_m
    verdict = np.select(
        [~deep, ~near & ~np.isnan(distance), proved, near],
        ["not_applicable", "ok", "ok_by_certificate", "violation"],
        "unknown",
    )
    missing = np.where(deep & near, twice - distance, 0.0)
    return pd.DataFrame(
        {
            "verdict": verdict,
            "required_m": required,
            "missing_m": missing.round(9),
            "advisory_m": np.where(~deep & near, twice, np.nan),
            "notice_needed": deep | (column(rim_m2, n, 0.0) > p.notice_rim_m2),
        }
    )


def required_setback(depth_m: ArrayLike, parameters: SetbackParameters = DEFAULTS) -> Floats:
    """How far a rim must be from the land of others without a certificate (LAND-R16); 0: no rule.

    >>> required_setback([3.0, 3.1])
    array([0. , 6.2])
    """
    depth = np.asarray(depth_m, dtype=float)
    deep = depth > parameters.setback_depth_limit_m + 1e-9
    return np.where(deep, parameters.setback_factor * depth, 0.0)


def deepest_within(distance_m: ArrayLike, parameters: SetbackParameters = DEFAULTS) -> Floats:
    """The depth that a distance allows without a certificate (LAND-R16, solved for the depth).

    >>> deepest_within([2.0, 7.0])
    array([3. , 3.5])
    """
    distance = np.asarray(distance_m, dtype=float)
    with np.errstate(divide="ignore"):
        allowed = distance / parameters.setback_factor
    return np.maximum(allowed, parameters.setback_depth_limit_m)


def foreign_boundary(
    plot: BaseGeometry,
    sides: list[tuple[BaseGeometry, str]],
    parameters: SetbackParameters = DEFAULTS,
) -> BaseGeometry:
    """The part of a plot's boundary behind which another's or public land lies (LAND-R16).

    ``sides``: lines along the boundary with their tag (SIDES), in the metres of ``plot``. An edge,
    or its part between the ends of a line, is the same owner's where a ``same_owner`` line follows
    it; what is not tagged is another's (decision).

    >>> plot = shapely.box(0, 0, 40, 40)
    >>> west = shapely.LineString([(0, 0), (0, 40)])
    >>> foreign_boundary(plot, [(west, "same_owner")]).length
    120.0
    """
    boundary = shapely.boundary(plot)
    own = [line for line, side in sides if side == "same_owner"]
    if not own:
        return boundary
    lines = shapely.union_all(own)
    corners = shapely.get_point(shapely.get_parts(own), 0).tolist()
    corners += shapely.get_point(shapely.get_parts(own), -1).tolist()
    edges = _edges(boundary, np.array(corners, dtype=object), parameters.side_tolerance_m)
    along = np.ones(len(edges), dtype=bool)
    for share in (0.0, 0.25, 0.5, 0.75, 1.0):
        points = shapely.line_interpolate_point(edges, share, normalized=True)
        along &= shapely.distance(points, lines) <= parameters.side_tolerance_m
    return shapely.union_all(edges[~along])


def _edges(boundary: BaseGeometry, cuts: Geometries, tolerance: float) -> Geometries:
    """The edges of a boundary, cut where the tagged lines begin and end."""
    edges = []
    for ring in shapely.get_parts(boundary):
        corners = shapely.points(shapely.get_coordinates(ring))
        near = cuts[shapely.distance(cuts, ring) <= tolerance]
        on = np.concatenate([corners, near])
        at = np.append(shapely.line_locate_point(ring, on), ring.length)
        stops = np.sort(at)
        stops = stops[np.diff(stops, prepend=-1.0) > 1e-7]
        points = shapely.get_coordinates(shapely.line_interpolate_point(ring, stops))
        edges += [shapely.LineString(pair) for pair in np.stack([points[:-1], points[1:]], axis=1)]
    return np.array(edges, dtype=object)


def check_trees(
    dig: BaseGeometry,
    trees: ArrayLike,
    parameters: SetbackParameters = DEFAULTS,
) -> pd.DataFrame:
    """Judge n trees (points) by their distance to the dig line, in metres (LAND-R17).

    ``dig``: pond rims and channel strips in one areal shape. Returns distance_m (0 inside) and
    verdict (TREE_VERDICTS).

    >>> rim = shapely.box(0, 0, 20, 20)
    >>> check_trees(rim, shapely.points([(5, -2.5), (5, -3), (10, 10)])).verdict.tolist()
    ['violation', 'warning', 'tree_in_pond']
    """
    points = np.asarray(trees, dtype=object)
    distance = shapely.distance(points, dig)
    inside = shapely.intersects(points, dig)
    low, high = parameters.tree_min_m, parameters.tree_clear_m
    tolerance = parameters.tolerance_m
    verdict = np.select(
        [inside, distance < low - tolerance, distance < high - tolerance],
        ["tree_in_pond", "violation", "warning"],
        "clear",
    )
    return pd.DataFrame({"distance_m": distance, "verdict": verdict})


def check_fill(
    height_m: ArrayLike, area_m2: ArrayLike, parameters: SetbackParameters = DEFAULTS
) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Whether fill above the neighbours' ground needs drainage, and a notice (LAND-R16b, s. 26).

    ``height_m`` is how much higher the fill stands than the neighbour's ground.

    >>> check_fill([0.0, 0.5, 0.5], [3000, 500, 2001])
    (array([False,  True,  True]), array([False, False,  True]))
    """
    higher = np.asarray(height_m, dtype=float) > 0
    return higher, higher & (np.asarray(area_m2, dtype=float) > parameters.fill_notice_m2)


def room(plot: BaseGeometry, foreign: BaseGeometry, setback_m: float) -> BaseGeometry:
    """The part of a plot that is at least ``setback_m`` from its foreign boundary.

    >>> room(shapely.box(0, 0, 40, 40), shapely.box(0, 0, 40, 40).exterior, 8.0).area
    576.0
    """
    return shapely.difference(plot, shapely.buffer(foreign, setback_m, quad_segs=64))


def fitted_rim(
    rim: BaseGeometry, plot: BaseGeometry, foreign: BaseGeometry, setback_m: float
) -> BaseGeometry:
    """The largest single part of a rim that keeps the setback; empty where nothing is left.

    >>> plot = shapely.box(0, 0, 40, 40)
    >>> fitted_rim(shapely.box(4, 8, 32, 28), plot, plot.exterior, 8.0).area
    480.0
    """
    left = shapely.intersection(rim, room(plot, foreign, setback_m))
    parts = shapely.get_parts(left)
    parts = parts[shapely.get_dimensions(parts) == 2]
    return parts[np.argmax(shapely.area(parts))] if len(parts) else shapely.Polygon()
