"""Plots of the layer that an analysis is about: one, those of a filter or a box, or all."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import geopandas as gpd

from geo.text import Text
from layers.errors import AccessDenied, NotFound
from layers.plots import PLOTS
from layers.processes.model import Input, Reader

__all__ = ["PLOT_CHOICE", "stored_plots"]

PLOT_CHOICE = (
    Input(name="plot_id", label=PLOTS.by_name["plot_id"].label, type="text"),
    Input(
        name="filter",
        label=Text("ตัวกรอง", "Filter"),
        type="filter",
        description=Text("CQL2 บนชั้นข้อมูลแปลง", "CQL2 over the layer plots"),
    ),
)


def stored_plots(
    reader: Reader,
    plot_id: str | None,
    filter: Mapping[str, Any] | None = None,  # noqa: A002 - the standard's name
    *,
    bbox: tuple[float, float, float, float] | None = None,
    needed: Iterable[str] = ("plot_id",),
) -> gpd.GeoDataFrame:
    """Rows of the layer ``plots`` with the fields that the analysis cannot do without.

    Raises AccessDenied ``plots_hidden`` where the caller may not see them, and NotFound
    ``plot_unknown`` where the plot that was asked for is not there.
    """
    chosen = filter
    if plot_id is not None:
        this = {"op": "=", "args": [{"property": "plot_id"}, plot_id]}
        chosen = this if filter is None else {"op": "and", "args": [this, filter]}
    rows = reader.read("plots", filter=chosen, bbox=bbox)
    if not isinstance(rows, gpd.GeoDataFrame) or not {*needed} <= set(rows.columns):
        raise AccessDenied(
            "plots_hidden",
            Text(
                "ไม่มีสิทธิ์ดูแปลงในชั้นข้อมูล แต่ส่งรูปแปลงของท่านมาวิเคราะห์ได้ (plot=...)",
                "The plots of the layer are not open to you; hand over one of yours (plot=...)",
            ),
        )
    if plot_id is not None and not len(rows):
        raise NotFound(
            "plot_unknown",
            Text(f"ไม่พบแปลง {plot_id}", f"There is no plot {plot_id}"),
            plot_id=plot_id,
        )
    return rows.reset_index(drop=True)
