"""Columns between pandas and the engines: GeoDataFrame to Arrow and back."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pyarrow as pa
import shapely

from geo.text import Text
from layers.errors import QueryError
from layers.model import Field, Layer
from layers.query import WGS84
from layers.store.dialect import DECIMALS

__all__ = ["from_arrow", "to_arrow"]

ARROW: dict[str, pa.DataType] = {
    "text": pa.string(),
    "integer": pa.int64(),
    "number": pa.float64(),
    "boolean": pa.bool_(),
    "date": pa.date32(),
    "datetime": pa.timestamp("us", tz="UTC"),
    "list": pa.string(),
    "object": pa.string(),
}


def to_arrow(rows: pd.DataFrame, layer: Layer) -> pa.Table:
    """The layer's columns that ``rows`` has, typed, and ``geom`` as WKB (n rows, EPSG:4326).

    Coordinates are kept to about a millimetre, Z is dropped and outer rings run
    counter-clockwise (RFC 7946). Raises QueryError for a column that is not a field, a value of
    the wrong type, or a key that is empty.
    """
    names = [str(name) for name in rows.columns if name != "geometry"]
    for name in names:
        if name not in layer.by_name:
            raise _wrong(layer, f"ไม่มีฟิลด์ {name}", f"there is no field {name}")
    if layer.key not in names:
        raise _wrong(layer, f"ไม่มีรหัส {layer.key}", f"the key {layer.key} is missing")
    columns = {name: _column(rows[name], layer.by_name[name], layer) for name in names}
    if columns[layer.key].null_count:
        raise _wrong(layer, f"มีแถวที่ไม่มีรหัส {layer.key}", f"a row has no {layer.key}")
    if layer.geometry is not None:
        shapes = rows["geometry"].to_numpy() if "geometry" in rows else np.full(len(rows), None)
        columns["geom"] = pa.array(_wkb(np.asarray(shapes, dtype=object)), pa.binary())
    return pa.table(columns)


def from_arrow(table: pa.Table, layer: Layer, crs: int = WGS84) -> pd.DataFrame:
    """A GeoDataFrame (a plain DataFrame where there is no geometry) with pandas dtypes."""
    columns: dict[str, Any] = {}
    for name in table.column_names:
        if name in layer.by_name:
            columns[name] = _series(table[name], layer.by_name[name])
    frame = pd.DataFrame(columns, index=pd.RangeIndex(table.num_rows))
    if "geometry" not in table.column_names:
        return frame
    shapes = shapely.from_wkb(table["geometry"].to_numpy(zero_copy_only=False))
    return gpd.GeoDataFrame(frame, geometry=shapes, crs=crs)


def _column(values: pd.Series[Any], field: Field, layer: Layer) -> pa.Array:
    if field.type in ("list", "object"):
        cells: Iterable[Any] = (_json_text(value) for value in values)
        return pa.array(cells, pa.string())
    try:
        if field.type == "datetime":
            values = pd.to_datetime(values, utc=True)
        elif field.type == "date":
            values = pd.to_datetime(values).dt.date
        found = pa.Array.from_pandas(values, type=ARROW[field.type], safe=True)
    except (pa.ArrowInvalid, pa.ArrowTypeError, ValueError, TypeError) as error:
        raise _wrong(layer, f"{field.name}: {error}", f"{field.name}: {error}") from error
    return found.combine_chunks() if isinstance(found, pa.ChunkedArray) else found


def _json_text(value: Any) -> str | None:
    if value is None or (isinstance(value, float) and np.isnan(value)) or value is pd.NA:
        return None
    if isinstance(value, np.ndarray):
        value = value.tolist()
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _wkb(shapes: Any) -> Any:
    flat = shapely.force_2d(shapes)
    rounded = shapely.transform(flat, lambda xy: np.round(xy, DECIMALS))
    return shapely.to_wkb(shapely.orient_polygons(rounded, exterior_cw=False))


def _series(column: pa.ChunkedArray, field: Field) -> Any:
    if field.type in ("list", "object"):
        return [json.loads(text) if text is not None else None for text in column.to_pylist()]
    if field.type == "integer":
        return column.to_pandas(types_mapper={pa.int64(): pd.Int64Dtype()}.get)
    if field.type == "boolean":
        return column.to_pandas(types_mapper={pa.bool_(): pd.BooleanDtype()}.get)
    return column.to_pandas()


def _wrong(layer: Layer, thai: str, english: str) -> QueryError:
    return QueryError(
        "rows_invalid", Text(f"ชั้นข้อมูล {layer.id}: {thai}", f"Layer {layer.id}: {english}")
    )
