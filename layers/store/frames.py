"""Columns between pandas and the engines: GeoDataFrame to Arrow and back."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import shapely
from pyproj import CRS

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


# The kinds of column that are taken for a field type; nothing else is guessed into it.
ACCEPTED: dict[str, Callable[[pa.DataType], bool]] = {
    "text": lambda t: pa.types.is_string(t) or pa.types.is_large_string(t),
    "integer": lambda t: pa.types.is_integer(t) or pa.types.is_floating(t),
    "number": lambda t: pa.types.is_integer(t) or pa.types.is_floating(t),
    "boolean": pa.types.is_boolean,
    "date": lambda t: pa.types.is_temporal(t) or ACCEPTED["text"](t),
    "datetime": lambda t: pa.types.is_temporal(t) or ACCEPTED["text"](t),
}


LONLAT = CRS.from_epsg(WGS84)
# What a layer's geometry type lets in; a part or a collection of the same dimension.
KINDS = {
    "Point": {"POINT"},
    "MultiPoint": {"POINT", "MULTIPOINT"},
    "LineString": {"LINESTRING", "MULTILINESTRING"},
    "MultiLineString": {"LINESTRING", "MULTILINESTRING"},
    "Polygon": {"POLYGON", "MULTIPOLYGON"},
    "MultiPolygon": {"POLYGON", "MULTIPOLYGON"},
}


def to_arrow(rows: pd.DataFrame, layer: Layer) -> pa.Table:
    """The layer's columns that ``rows`` has, typed, and ``geom`` as WKB (n rows, EPSG:4326).

    Coordinates are kept to about a millimetre, Z is dropped and outer rings run
    counter-clockwise (RFC 7946); moments are kept to the millisecond. Raises QueryError for a
    column that is not a field, a value of the wrong type, or a key that is empty.
    """
    names = [str(name) for name in rows.columns if name != "geometry"]
    for name in names:
        if name not in layer.by_name:
            raise _wrong(layer, f"ไม่มีฟิลด์ {name}", f"there is no field {name}")
    if layer.key not in names:
        raise _wrong(layer, f"ไม่มีรหัส {layer.key}", f"the key {layer.key} is missing")
    columns = {name: _column(rows[name], layer.by_name[name], layer) for name in names}
    keys = columns[layer.key]
    if keys.null_count or pc.any(pc.equal(keys, "")).as_py():
        raise _wrong(layer, f"มีแถวที่ไม่มีรหัส {layer.key}", f"a row has no {layer.key}")
    if layer.geometry is not None and "geometry" in rows:
        columns["geom"] = pa.array(_wkb(_shapes(rows, layer)), pa.binary())
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
    located: pd.DataFrame = gpd.GeoDataFrame(frame, geometry=shapes, crs=crs)
    return located


def _column(values: pd.Series[Any], field: Field, layer: Layer) -> pa.Array:
    try:
        if field.type in ("list", "object"):
            cells: Iterable[Any] = (_json_text(value, field) for value in values)
            found = pa.array(cells, pa.string())
        else:
            found = _typed(values, field)
    except (ArithmeticError, RuntimeError, TypeError, ValueError) as error:
        raise _wrong(layer, f"{field.name}: {error}", f"{field.name}: {error}") from error
    return found


def _typed(values: pd.Series[Any], field: Field) -> pa.Array:
    if isinstance(values.dtype, pd.CategoricalDtype):
        values = values.astype(object)
    given = _whole(pa.Array.from_pandas(values))
    if given.null_count < len(given) and not ACCEPTED[field.type](given.type):
        raise TypeError(f"{field.type} expected, not {given.type}")
    if field.type == "datetime":
        given = _whole(
            pa.Array.from_pandas(pd.to_datetime(values, utc=True, format="ISO8601").dt.floor("ms"))
        )
    elif field.type == "date":
        given = pa.Array.from_pandas(
            pd.to_datetime(values, format="ISO8601").dt.date, type=pa.date32()
        )
    found = given.cast(ARROW[field.type], safe=field.type != "number")
    if field.type == "number" and pc.all(pc.is_finite(found)).as_py() is False:
        raise ValueError("a number must be finite")
    if field.type == "text" and pc.any(pc.match_substring(found, "\0")).as_py():
        raise ValueError("a text must not hold the character NUL")
    return found


def _whole(column: pa.Array | pa.ChunkedArray) -> pa.Array:
    return column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column


def _json_text(value: Any, field: Field) -> str | None:
    if value is None or (isinstance(value, float) and np.isnan(value)) or value is pd.NA:
        return None
    if isinstance(value, np.ndarray):
        value = value.tolist()
    if isinstance(value, str):
        value = json.loads(value)
    if not isinstance(value, list if field.type == "list" else dict):
        raise TypeError(f"a JSON {field.type} expected, not {value!r:.60}")
    text = json.dumps(value, ensure_ascii=False, allow_nan=False)
    if "\\u0000" in text.replace("\\\\", ""):
        raise ValueError("a text must not hold the character NUL")
    return text


def _shapes(rows: pd.DataFrame, layer: Layer) -> Any:
    crs = rows.crs if isinstance(rows, gpd.GeoDataFrame) else None
    if crs is not None and not LONLAT.equals(crs.to_2d(), ignore_axis_order=True):
        raise _wrong(layer, f"พิกัดเป็น {crs.name} ไม่ใช่ WGS 84", f"{crs.name} is not WGS 84")
    shapes = np.array(rows["geometry"], dtype=object)
    if not shapely.is_valid_input(shapes).all():
        raise _wrong(layer, "มีค่าที่ไม่ใช่รูปเรขาคณิต", "a geometry is not a shapely geometry")
    shapes[shapely.is_empty(shapes)] = None  # an empty shape is no place
    kinds = {shapely.GeometryType(kind).name for kind in np.unique(shapely.get_type_id(shapes))}
    strange = sorted(kinds - {"MISSING"} - KINDS.get(str(layer.geometry), kinds))
    if strange:
        raise _wrong(
            layer,
            f"รูปเรขาคณิต {strange[0]} ไม่ใช่ {layer.geometry}",
            f"a {strange[0]} is not a {layer.geometry}",
        )
    places = shapely.get_coordinates(shapes)
    outside = places[~(np.abs(places) <= (180, 90)).all(axis=1)]
    if len(outside):
        x, y = outside[0]
        raise _wrong(layer, f"พิกัด {x:g}, {y:g} ไม่ใช่องศา", f"{x:g}, {y:g} are not degrees")
    return shapes


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
