"""What shape a plot must have before anything is worked out for it, and how the fault is told."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple

import shapely
from shapely.geometry.base import BaseGeometry

from geo.text import Text
from geo.units import M2_PER_RAI

__all__ = ["LEAST_M2", "MOST_M2", "PLOT_ERRORS", "PlotError", "plot_error"]

LEAST_M2, MOST_M2 = 40.0, 5000.0 * float(M2_PER_RAI)
"""The smallest and largest plot that is analysed (decision)."""

PLOT_ERRORS: Mapping[str, Text] = MappingProxyType(
    {
        "plot_missing": Text("ไม่มีรูปแปลง", "There is no shape of the plot"),
        "plot_invalid": Text(
            "ขอบเขตแปลงไม่ถูกต้อง ต้องเป็นรูปปิดที่เส้นขอบไม่ตัดกันเอง ({reason})",
            "The boundary of the plot must be a polygon whose edges do not cross ({reason})",
        ),
        "plot_too_small": Text(
            "แปลงมีเนื้อที่ {area:.1f} ตร.ม. เล็กกว่า {least:g} ตร.ม. ที่วิเคราะห์ได้",
            "The plot holds {area:.1f} m2, less than the {least:g} m2 that can be analysed",
        ),
        "plot_too_large": Text(
            "แปลงมีเนื้อที่ {area:,.0f} ตร.ม. ใหญ่กว่า {most:,.0f} ตร.ม. (5,000 ไร่) โปรดแบ่งแปลงก่อน",
            "The plot holds {area:,.0f} m2, over {most:,.0f} m2 (5,000 rai); divide it first",
        ),
    }
)


class PlotError(NamedTuple):
    """A fault of a plot's shape: its code (of PLOT_ERRORS) and the sentence about this plot."""

    code: str
    text: Text


def plot_error(shape: BaseGeometry | None, area_m2: float) -> PlotError | None:
    """What is wrong with the shape of a plot that holds ``area_m2``, None for a sound one.

    >>> plot_error(shapely.box(0, 0, 5, 5), 25.0).code, plot_error(shapely.box(0, 0, 9, 9), 81.0)
    ('plot_too_small', None)
    >>> bow = shapely.Polygon([(0, 0), (9, 9), (9, 0), (0, 9)])
    >>> plot_error(bow, 0.0).code, plot_error(None, 0.0).code
    ('plot_invalid', 'plot_missing')
    """
    if shape is None or shape.is_empty:
        code = "plot_missing"
    elif shape.geom_type not in ("Polygon", "MultiPolygon") or not shape.is_valid:
        code = "plot_invalid"
    elif area_m2 < LEAST_M2:
        code = "plot_too_small"
    elif area_m2 > MOST_M2:
        code = "plot_too_large"
    else:
        return None
    values = {"area": area_m2, "least": LEAST_M2, "most": MOST_M2}
    reason = "" if shape is None else shapely.is_valid_reason(shape)
    if shape is not None and shape.is_valid:
        reason = shape.geom_type
    return PlotError(code, PLOT_ERRORS[code].format(reason=reason, **values))
