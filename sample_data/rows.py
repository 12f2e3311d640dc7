"""Rows of the demo's layers, and how they are written to small, readable files."""

from __future__ import annotations

import csv
import json
from collections.abc import Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any

import shapely
from shapely.geometry import mapping

__all__ = ["Row", "Tables", "invented", "synthetic", "weekly", "write_table"]

Row = dict[str, Any]
Tables = dict[str, list[Row]]
"""Rows by layer id; the key ``geometry`` holds a shape in degrees, the others are fields."""


def invented(**values: Any) -> Row:
    """A row that was made up for the demo."""
    return {**values, "data_origin": "invented"}


def synthetic(**values: Any) -> Row:
    """A row about a person or household that does not exist."""
    return {**values, "data_origin": "synthetic"}


def weekly(days: list[int], opens: str, closes: str) -> list[dict[str, object]]:
    """Opening windows for the same hours on weekdays 1 (Monday) to 7 (tourism.md 3.6)."""
    return [{"weekday": days, "open_time": opens, "close_time": closes, "kind": "open"}]


def write_table(directory: Path, layer: str, rows: Sequence[Row]) -> Path:
    """Write one layer: GeoJSON with one feature a line, CSV when no row has a geometry.

    Rows are sorted by their first column, the key of the layer. Values that are None are left
    out of GeoJSON and empty in CSV; lists and objects are JSON in both.
    """
    key = next(iter(rows[0]))
    ordered = sorted(rows, key=lambda row: str(row[key]))
    if any("geometry" in row for row in rows):
        return _write_geojson(directory / f"{layer}.geojson", ordered)
    return _write_csv(directory / f"{layer}.csv", ordered)


def _write_geojson(path: Path, rows: Sequence[Row]) -> Path:
    lines = ",\n".join(_feature(row) for row in rows)
    path.write_text(
        f'{{"type":"FeatureCollection","name":"{path.stem}","features":[\n{lines}\n]}}\n',
        encoding="utf-8",
        newline="\n",
    )
    return path


def _feature(row: Row) -> str:
    values = {k: _plain(v) for k, v in row.items() if k != "geometry" and v is not None}
    shape = row.get("geometry")
    if isinstance(shape, shapely.Polygon | shapely.MultiPolygon):
        shape = shapely.orient_polygons(shape)  # outer rings counter-clockwise (RFC 7946)
    geometry = mapping(shape) if shape is not None else None
    return _json({"type": "Feature", "properties": values, "geometry": geometry})


def _write_csv(path: Path, rows: Sequence[Row]) -> Path:
    columns = list(dict.fromkeys(name for row in rows for name in row))
    with path.open("w", encoding="utf-8", newline="") as out:
        writer = csv.writer(out, lineterminator="\n")
        writer.writerow(columns)
        for row in rows:
            writer.writerow([_cell(row.get(name)) for name in columns])
    return path


def _plain(value: Any) -> Any:
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return int(value)  # 12, not 12.0
    return value.isoformat() if isinstance(value, date | datetime) else value


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool | list | dict):
        return _json(value)
    return str(_plain(value))


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
