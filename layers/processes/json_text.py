"""Results as JSON text: what Python and pandas hold becomes what JSON can say."""

from __future__ import annotations

import datetime as dt
import json
import math
from collections.abc import Mapping
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

__all__ = ["dumped", "feature_texts"]


def dumped(value: Any) -> str:
    """JSON text; numbers that are not finite become null, dates ISO 8601.

    >>> dumped({"when": dt.date(2025, 3, 3), "m": float("nan"), "n": np.int64(3)})
    '{"when":"2025-03-03","m":null,"n":3}'
    """
    try:
        return _text(value)
    except ValueError:
        return _text(_finite(value))


def feature_texts(rows: gpd.GeoDataFrame) -> str:
    """The rows as GeoJSON features, separated by commas; coordinates as they are (EPSG:4326).

    >>> square = gpd.GeoDataFrame({"m": [1.5, None]}, geometry=[shapely.Point(1, 2), None])
    >>> feature_texts(square.iloc[1:])
    '{"type":"Feature","properties":{"m":null},"geometry":null}'
    """
    table = pd.DataFrame(rows.drop(columns=rows.geometry.name))
    names = [str(name) for name in table]
    columns = [_cells(table.iloc[:, place]) for place in range(len(names))]
    shapes = shapely.to_geojson(np.asarray(rows.geometry.array, dtype=object))
    cells = zip(*columns, strict=True) if columns else [()] * len(rows)
    return ",".join(
        f'{{"type":"Feature","properties":{dumped(dict(zip(names, row, strict=True)))},'
        f'"geometry":{shape or "null"}}}'
        for row, shape in zip(cells, shapes, strict=True)
    )


def _cells(column: pd.Series[Any]) -> list[Any]:
    found = column.astype(object)
    return list(found.where(column.notna(), None))


def _text(value: Any) -> str:
    return json.dumps(
        value, ensure_ascii=False, allow_nan=False, separators=(",", ":"), default=_plain
    )


def _plain(value: Any) -> Any:
    if value is pd.NaT or value is pd.NA:
        return None
    if isinstance(value, (dt.date, dt.datetime)):
        return value.isoformat()
    if isinstance(value, (np.generic, np.ndarray)):
        return _finite(value.tolist())
    return str(value)


def _finite(value: Any) -> Any:
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, Mapping):
        return {name: _finite(item) for name, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_finite(item) for item in value]
    return value
