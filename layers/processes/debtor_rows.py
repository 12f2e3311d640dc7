"""Debtors for the processes: those of the layer, or rows that a caller hands over as GeoJSON."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd

from geo.errors import UnitError
from geo.text import Text
from geo.thai import parse_dates
from layers.debt.findings import Finding
from layers.debtors import DEBTORS
from layers.processes.drawn import drawn_features
from layers.processes.model import Reader

__all__ = ["DebtorRows", "read_debtors", "read_papers", "visible_rows"]

WANTED = (
    "contract_id", "contract_no", "area_code", "project_status", "outstanding_thb", "principal_thb",
    "arrears_thb", "default_interest_thb", "penalty_thb", "received_thb", "start_date",
    "term_months", "end_date", "first_due_date", "schedule", "last_payment_date",
    "last_payment_amount", "last_paid_due_date", "overdue_instalments", "lm_as_of", "generation",
    "co_debtors", "measure_code", "measure_state", "measure_end_date", "measure_overdue",
    "legal_status",
)  # fmt: skip
"""The fields that rules on debts read; no name of a person is among them."""

PAPER_FIELDS = ("doc_id", "subject_layer", "subject_id", "kind", "subkind", "doc_date",
                "file_state")  # fmt: skip

_LABEL = Text("ลูกหนี้", "Debtors")
_NO_NUMBER = Text("“{value}” ไม่ใช่ตัวเลข", "“{value}” is not a number")


@dataclass(frozen=True, slots=True)
class DebtorRows:
    """n contracts, index from 0; ``unreadable`` are cells of handed-over rows that say nothing."""

    table: gpd.GeoDataFrame
    drawn: bool
    unreadable: tuple[Finding, ...] = ()


def read_debtors(
    document: Mapping[str, Any] | None,
    filter_: Mapping[str, Any] | None,
    reader: Reader,
    *,
    more: tuple[str, ...] = (),
) -> DebtorRows:
    """The features of ``document``, else those of the layer that the caller may see.

    ``more`` are fields of the layer that are read besides ``WANTED``.
    """
    if document is not None:
        return _handed_over(document, reader)
    layer = reader.store.layer("debtors")
    visible = reader.view_of(layer).fields
    fields = tuple(name for name in (*WANTED, *more) if name in visible)
    found = reader.read("debtors", filter=filter_, fields=fields)
    rows = found.reset_index(drop=True)
    if "geometry" not in rows:
        rows["geometry"] = None
    return DebtorRows(gpd.GeoDataFrame(rows, geometry="geometry", crs=4326), drawn=False)


def visible_rows(
    reader: Reader,
    layer_id: str,
    field: str | None = None,
    value: str = "",
    *,
    fields: tuple[str, ...] | None = None,
) -> pd.DataFrame:
    """Rows of another layer about debtors, those with ``value`` in ``field``; none where the
    caller may see no rows of it, or not this field. ``fields`` are read as far as visible.
    """
    view = reader.view_of(reader.store.layer(layer_id))
    if view.aggregates_only or (field is not None and field not in view.fields):
        return pd.DataFrame()
    chosen = None if field is None else {"op": "=", "args": [{"property": field}, value]}
    seen = None if fields is None else tuple(name for name in fields if name in view.fields)
    return reader.read(layer_id, filter=chosen, fields=seen)


def read_papers(reader: Reader) -> pd.DataFrame:
    """The documents about debtors with what rules on papers ask of them."""
    return visible_rows(reader, "documents", "subject_layer", "debtors", fields=PAPER_FIELDS)


def _handed_over(document: Mapping[str, Any], reader: Reader) -> DebtorRows:
    features = drawn_features(document, "debtors", _LABEL)
    reader.refuse_more(len(features))
    names = [name for name in WANTED if any(name in item.properties for item in features)]
    given = {name: [item.properties.get(name) for item in features] for name in names}
    keys = [
        str(item.properties.get("contract_id") or item.id or number)
        for number, item in enumerate(features, 1)
    ]
    given["contract_id"] = list(keys)
    found: list[Finding] = []
    columns = {name: _typed(name, cells, keys, found) for name, cells in given.items()}
    shapes = gpd.GeoSeries([item.shape for item in features], crs=4326)
    table = gpd.GeoDataFrame(pd.DataFrame(columns), geometry=shapes)
    return DebtorRows(table, drawn=True, unreadable=tuple(sorted(found, key=lambda f: f.row)))


def _typed(name: str, cells: list[Any], keys: list[str], found: list[Finding]) -> pd.Series[Any]:
    kind = DEBTORS.by_name[name].type
    if kind == "date":
        read = parse_dates(cells)
        found += [_finding(row, keys, name, error) for row, error in read.errors.items()]
        return pd.Series(read.values, dtype=object)
    if kind in ("number", "integer"):
        numbers = pd.to_numeric(pd.Series(cells, dtype=object), errors="coerce")
        wrong = numbers.isna() & pd.Series([cell is not None for cell in cells])
        for row in np.flatnonzero(wrong):
            text = _NO_NUMBER.format(value=cells[row])
            found.append(Finding(int(row) + 1, keys[row], name, "not_a_number", text))
        return numbers
    return pd.Series(cells, dtype=object)


def _finding(row: int, keys: list[str], field: str, error: UnitError) -> Finding:
    return Finding(row + 1, keys[row], field, error.code, error.text)
