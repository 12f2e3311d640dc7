"""The bed of a pond as designed: its depth at any point, and along a section line (LAND-R20c)."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
import shapely
from numpy.typing import ArrayLike

from geo.crs import Floats, Geometries
from geo.errors import GeometryError
from geo.excavation import Slices
from geo.inset import mitred
from geo.pond_design import PondDesigns, PondParameters, Profile
from geo.text import Text

__all__ = ["depth_profile", "design_depths"]

OFFSET_M = 1e-4  # how closely the inset that a point lies on is found
DEFAULTS = PondParameters()


def design_depths(
    rim: shapely.Geometry,
    depth_m: float,
    slope_h_per_v: float,
    points: ArrayLike | Sequence[shapely.Point],
    *,
    profile: Profile | None = None,
    parameters: PondParameters = DEFAULTS,
) -> Floats:
    """Depth in m below GL ±0.00 that the drawing asks for at points (n,); 0 outside the rim.

    ``rim`` and ``points`` in the same metres. At a distance x from the nearest edge it is
    min(d, x / z); near a corner that points into the pond, the mitred inset that still contains
    the point decides. Under a bench the depth is that of the bench.

    >>> design_depths(shapely.box(0, 0, 20, 20), 3, 1.5, shapely.points([(2, 10), (9, 9)])).round(2)
    array([1.33, 3.  ])

    Raises GeometryError with a code of ``geo.pond.INPUT_ERRORS``.
    """
    design = PondDesigns.read(
        [rim], depth_m, slope_h_per_v, profiles=[profile], parameters=parameters
    )
    if design.error[0] is not None:
        raise GeometryError(design.error[0], design.error_texts(parameters)[0])
    places = np.asarray(points, dtype=object)
    return _depth_at(design.banks(0.0), _offsets(rim, places, parameters.mitre_limit))


def _offsets(rim: shapely.Geometry, points: Geometries, mitre_limit: float) -> Floats:
    """The largest mitred inset of ``rim`` that contains each point; -1 outside the rim."""
    inside = shapely.covers(rim, points)
    rows = np.flatnonzero(inside)
    # The mitred inset lies within the round one, so the distance to the edge is the most.
    high = shapely.distance(points[rows], shapely.boundary(rim))
    low = np.zeros(len(rows))
    shells = np.full(len(rows), rim, dtype=object)
    covered = shapely.covers(
        mitred(shells, np.maximum(high - OFFSET_M, 0), mitre_limit), points[rows]
    )
    low = np.where(covered, high, low)
    while len(rows) and (high - low).max() > OFFSET_M:
        middle = (low + high) / 2
        covered = shapely.covers(mitred(shells, middle, mitre_limit), points[rows])
        low, high = np.where(covered, middle, low), np.where(covered, high, middle)
    offset = np.full(len(points), -1.0)
    offset[rows] = low
    return offset


def _depth_at(banks: Slices, offset: Floats) -> Floats:
    """The deepest level that the bank has not come in over at each offset."""
    depth = np.zeros(len(offset))
    for top, bottom, near, far in zip(
        banks.top, banks.bottom, banks.off_top, banks.off_bottom, strict=True
    ):
        share = (offset - near) / (far - near) if far > near else np.ones(len(offset))
        reached = top + np.clip(share, 0, 1) * (bottom - top)
        depth = np.where(offset >= near, np.maximum(depth, reached), depth)
    return depth


def depth_profile(
    rim: shapely.Geometry,
    depth_m: float,
    slope_h_per_v: float,
    line: shapely.LineString,
    chainages: ArrayLike | None = None,
    *,
    profile: Profile | None = None,
    step_m: float = 0.5,
) -> pd.DataFrame:
    """Tabulate the design depth along a section line (รูปตัดความลึก), for the sheet.

    ``chainages`` in m from the start of the line; by default every ``step_m``. Returns chainage_m
    and design_depth_m.

    >>> line = shapely.LineString([(0, 10), (20, 10)])
    >>> found = depth_profile(shapely.box(0, 0, 20, 20), 3, 1.5, line, [0, 2, 4.5, 10])
    >>> found.design_depth_m.round(2).tolist()
    [0.0, 1.33, 3.0, 3.0]

    Raises GeometryError ``section_invalid`` for a line of no length.
    """
    if not isinstance(line, shapely.LineString) or not line.length > 0:
        raise GeometryError(
            "section_invalid",
            Text("แนวรูปตัดต้องเป็นเส้นที่ยาวกว่า 0 ม.", "A section must be a line longer than 0 m"),
        )
    if chainages is None:
        chainages = np.unique(np.append(np.arange(0, line.length, step_m), line.length))
    at = np.asarray(chainages, dtype=float)
    points = shapely.line_interpolate_point(line, at)
    depths = design_depths(rim, depth_m, slope_h_per_v, points, profile=profile)
    on_line = (at >= 0) & (at <= line.length + 1e-9)
    return pd.DataFrame({"chainage_m": at, "design_depth_m": np.where(on_line, depths, np.nan)})
