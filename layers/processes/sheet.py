"""The plot sheet of a stored plot: its record, one plan of its zones and ponds, the verdicts."""

from __future__ import annotations

from typing import Any, NamedTuple

import geopandas as gpd
import pandas as pd

from geo.errors import ParameterError
from geo.text import Text
from layers.errors import AccessDenied
from layers.plot_sheet import PlotSheet, plot_sheet
from layers.processes.model import Reader
from layers.processes.pond_check import POND_CHECK
from layers.processes.stored_plots import stored_plots

__all__ = ["StoredSheet", "stored_sheet"]


class StoredSheet(NamedTuple):
    """A sheet, the plan that it shows ("" is what was drawn and built), and all that there are."""

    sheet: PlotSheet
    plan: str
    plans: tuple[str, ...]


def stored_sheet(plot_id: str, reader: Reader, plan: str | None = None) -> StoredSheet:
    """The sheet of one plot of the layer, as far as the caller may see it.

    ``plan`` is a plan_id, or "" for what was drawn by hand and dug; by default that where there
    is any, else the first plan of the generator. Its ponds come with the verdicts of the pond
    check, as-built ponds too.

    Raises NotFound ``plot_unknown``, AccessDenied, ParameterError ``plan_unknown`` and what
    :func:`layers.plot_sheet.plot_sheet` raises.
    """
    rows = stored_plots(reader, plot_id, needed=("plot_id", "status"))
    parts = {name: _of_plot(reader, name, plot_id) for name in ("plot_zones", "ponds", "channels")}
    plans = _plans(parts["plot_zones"], parts["ponds"])
    if plan is not None and plan not in plans:
        listed = ", ".join(filter(None, plans)) or "-"
        raise ParameterError(
            "plan_unknown",
            Text(
                f"แปลง {plot_id} ไม่มีแบบผัง {plan} มี {listed}",
                f"Plot {plot_id} has no plan {plan}; it has {listed}",
            ),
            parameter="plan",
        )
    chosen = plan if plan is not None else plans[0] if plans else ""
    shown = {
        name: part[part["plan_id"].fillna("") == chosen] if part is not None else None
        for name, part in parts.items()
    }
    record = rows.drop(columns=rows.geometry.name).to_dict("records")[0]
    sheet = plot_sheet(
        {str(name): value for name, value in record.items()},
        rows.geometry.iloc[0],
        zones=shown["plot_zones"],
        ponds=shown["ponds"],
        channels=shown["channels"],
        verdicts=_verdicts(shown["ponds"], plot_id, reader),
    )
    return StoredSheet(sheet, chosen, plans)


def _of_plot(reader: Reader, layer_id: str, plot_id: str) -> gpd.GeoDataFrame | None:
    mine = {"op": "=", "args": [{"property": "plot_id"}, plot_id]}
    try:
        rows = reader.read(layer_id, filter=mine)
    except AccessDenied:
        return None
    if not isinstance(rows, gpd.GeoDataFrame) or "plan_id" not in rows:
        return None
    return rows


def _plans(*parts: gpd.GeoDataFrame | None) -> tuple[str, ...]:
    """The plans that there are; what belongs to none first, then by number."""
    number: dict[str, float] = {}
    for rows in parts:
        if rows is None:
            continue
        versions = pd.to_numeric(rows["plan_version"], errors="coerce").fillna(0)
        number |= dict(zip(rows["plan_id"].fillna(""), versions, strict=True))
    return tuple(sorted(number, key=lambda plan: (number[plan], plan)))


def _verdicts(ponds: gpd.GeoDataFrame | None, plot_id: str, reader: Reader) -> list[dict[str, Any]]:
    """The verdict rows of each pond, with the pond that they speak of."""
    if ponds is None or ponds.empty:
        return []
    mine = {"op": "=", "args": [{"property": "plot_id"}, plot_id]}
    result = POND_CHECK.run(POND_CHECK.check({"filter": mine}), reader)
    found = result.features
    if found is None or "verdicts" not in found:
        return []
    shown = found[found["pond_id"].isin(set(ponds["pond_id"]))]
    return [
        {"pond_id": pond_id, **row}
        for pond_id, rows in zip(shown["pond_id"], shown["verdicts"], strict=True)
        for row in rows
    ]
