"""The one query builder: a Query and a View become SQL for either engine."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from pyproj import Transformer
from pyproj.exceptions import CRSError, ProjError

from geo.text import Text
from layers.errors import QueryError
from layers.model import Layer
from layers.privacy import rows_refused
from layers.query import WGS84, BBox, Query, SortKey, View
from layers.store.dialect import Dialect
from layers.store.filters import Scope, compile_filter, field_of, storable, time_filter
from layers.store.sql import Sql, quote
from layers.store.visible import visible_table

__all__ = [
    "collection",
    "count",
    "extent",
    "feature",
    "keys_of_page",
    "refuse_single",
    "rows",
    "single",
    "texts",
    "times",
    "where",
    "with_keys",
]


def where(query: Query, view: View, layer: Layer, dialect: Dialect) -> Sql:
    """The condition that a visible row must meet (see :func:`visible_table`) to be meant."""
    if query.layer != layer.id:
        raise ValueError(f"query of {query.layer} must speak of {layer.id}")
    refuse_single(view, layer)
    parts = []
    if query.bbox is not None and layer.geometry is not None:
        parts.append(_in_bbox(query.bbox, query, layer, view, dialect))
    if query.datetime is not None:
        parts.append(time_filter(layer, view, query.datetime))
    if query.filter is not None:
        parts.append(compile_filter(query.filter, Scope(layer, view, dialect)))
    return Sql.join(" AND ", [part.inside("(", ")") for part in parts]) if parts else Sql("TRUE")


def refuse_single(view: View, layer: Layer) -> None:
    """Raise AccessDenied when no single row of the layer may leave."""
    if view.layer != layer.id:
        raise ValueError(f"view of {view.layer} must speak of {layer.id}")
    if view.aggregates_only:
        raise rows_refused(layer)


def collection(query: Query, view: View, layer: Layer, dialect: Dialect) -> Sql:
    """One row for each feature: its GeoJSON text, then what the cursor of a page after it holds.

    One row more than the limit is read to learn whether there is a next page.
    """
    marks = [_sort_value(key, layer, dialect) for key in _order(query, view, layer)]
    columns = ", ".join([feature(query, view, layer, dialect), *marks])
    page = _page(query, view, layer, dialect, extra=1)
    return page.inside(f"SELECT {columns} FROM (", ") AS page")


def keys_of_page(query: Query, view: View, layer: Layer, dialect: Dialect) -> Sql:
    """The keys of what :func:`collection` gives, in its order."""
    page = _page(query, view, layer, dialect, extra=1)
    return page.inside(f"SELECT {quote(layer.key)} FROM (", ") AS page")


def with_keys(keys: Sequence[str], query: Query, view: View, layer: Layer, dialect: Dialect) -> Sql:
    """Key and what :func:`collection` gives of the features with these keys, in any order."""
    marks = [_sort_value(key, layer, dialect) for key in _order(query, view, layer)]
    columns = ", ".join([quote(layer.key), feature(query, view, layer, dialect), *marks])
    places = ", ".join("?" * len(keys))
    named = Sql(f" WHERE {quote(layer.key)} IN ({places})", (*keys,))
    return visible_table(view, layer, dialect).inside(f"SELECT {columns} FROM ") + named


def texts(query: Query, view: View, layer: Layer, dialect: Dialect) -> Sql:
    """One row for each feature: its GeoJSON text."""
    page = _page(query, view, layer, dialect, ordered=_order_matters(query))
    return page.inside(f"SELECT {feature(query, view, layer, dialect)} FROM (", ") AS page")


def single(key: str, query: Query, view: View, layer: Layer, dialect: Dialect) -> Sql:
    """The GeoJSON text and row version of one feature, if the view shows it."""
    allowed = where(query, view, layer, dialect)
    text = f"SELECT {feature(query, view, layer, dialect)}, _version FROM "
    named = visible_table(view, layer, dialect).inside(text, f" WHERE {quote(layer.key)} = ?")
    return named + Sql(" AND ", (key,)) + allowed.inside("(", ")")


def rows(query: Query, view: View, layer: Layer, dialect: Dialect, *, ordered: bool = True) -> Sql:
    """The visible columns as they are stored, the geometry as WKB in the column ``geometry``.

    Not ``ordered``, the rows of a whole layer come as they lie in the table, with nothing to sort.
    """
    _require_crs(query.crs)
    columns = [quote(name) for name in visible(query, view, layer)]
    if _shape(query, view, layer):
        columns.append(f"ST_AsBinary({dialect.transform('geom', WGS84, query.crs)}) AS geometry")
    if not columns:
        columns = ["1 AS nothing"]
    page = _page(query, view, layer, dialect, ordered=ordered or _order_matters(query))
    return page.inside(f"SELECT {', '.join(columns)} FROM (", ") AS page")


def count(query: Query, view: View, layer: Layer, dialect: Dialect) -> Sql:
    """How many features match; paging is not looked at."""
    found = where(query, view, layer, dialect)
    return visible_table(view, layer, dialect).inside("SELECT count(*) FROM ", " WHERE ") + found


def extent(view: View, layer: Layer, dialect: Dialect) -> Sql:
    """West, south, east, north of all features that the view shows."""
    sides = ("ST_XMin", "ST_YMin", "ST_XMax", "ST_YMax")
    measured = ", ".join(f"{'min' if 'Min' in side else 'max'}({side}(geom))" for side in sides)
    allowed = where(Query(layer=layer.id), view, layer, dialect)
    table = visible_table(view, layer, dialect)
    return table.inside(f"SELECT {measured} FROM ", " WHERE ") + allowed


def times(view: View, layer: Layer, dialect: Dialect) -> Sql:
    """First start and last end of all visible features as ISO texts, and how many have no end."""
    start, end = layer.datetime[0], layer.datetime[-1]
    ends = [
        _iso(f"{pick}({quote(name)})", layer.by_name[name].type, dialect)
        for pick, name in (("min", start), ("max", end))
    ]
    open_ended = f"count(*) FILTER (WHERE {quote(end)} IS NULL AND {quote(start)} IS NOT NULL)"
    allowed = where(Query(layer=layer.id), view, layer, dialect)
    table = visible_table(view, layer, dialect)
    return table.inside(f"SELECT {', '.join(ends)}, {open_ended} FROM ", " WHERE ") + allowed


def _iso(expression: str, kind: str, dialect: Dialect) -> str:
    if kind == "datetime":
        return dialect.iso_datetime(expression)
    return f"CAST({expression} AS VARCHAR)"


def visible(query: Query, view: View, layer: Layer) -> list[str]:
    """The names of the fields to return, in the layer's order."""
    if query.fields is None:
        return [item.name for item in layer.fields if item.name in view.fields]
    asked = {field_of(layer, view, name) for name in query.fields}
    return [item.name for item in layer.fields if item.name in asked]


def feature(query: Query, view: View, layer: Layer, dialect: Dialect) -> str:
    """An expression that gives the GeoJSON text of one row."""
    _require_crs(query.crs)
    shape = "'null'"
    if _shape(query, view, layer):
        text = dialect.geojson("geom", query.crs, north_first=query.north_first)
        shape = f"coalesce({text}, 'null')"
    shown = [(name, dialect.column(layer.by_name[name])) for name in visible(query, view, layer)]
    identity = f"CAST(to_json({quote(layer.key)}) AS {dialect.types['text'].split()[0]})"
    return dialect.joined(
        """'{"type":"Feature","id":'""", identity, """',"geometry":'""", shape,
        """',"properties":'""", dialect.properties(shown), "'}'",
    )  # fmt: skip


def _order_matters(query: Query) -> bool:
    """Whether another order would be another answer, or one that was not asked for."""
    return bool(query.sort or query.offset or query.after or query.limit is not None)


def _page(
    query: Query,
    view: View,
    layer: Layer,
    dialect: Dialect,
    extra: int = 0,
    *,
    ordered: bool = True,
) -> Sql:
    if (query.limit or 0) < 0 or query.offset < 0:
        raise QueryError(
            "paging_invalid",
            Text("limit และ offset ต้องไม่ติดลบ", "limit and offset must not be negative"),
        )
    order = _order(query, view, layer)
    text = visible_table(view, layer, dialect).inside("SELECT * FROM ", " WHERE ")
    text += where(query, view, layer, dialect)
    if query.after is not None:
        text += Sql(" AND ") + _after(query.after, order, layer).inside("(", ")")
    if ordered:
        text += Sql(f" ORDER BY {_by(order, layer)}")
    if query.limit is not None:
        text += Sql(f" LIMIT {int(query.limit) + extra}")
    return text + Sql(f" OFFSET {int(query.offset)}") if query.offset else text


def _order(query: Query, view: View, layer: Layer) -> tuple[SortKey, ...]:
    """The sort that was asked for, made total by the key."""
    asked = tuple(SortKey(field_of(layer, view, k.field), k.descending) for k in query.sort)
    for key in asked:
        if layer.by_name[key.field].type in ("list", "object"):
            raise QueryError(
                "sort_invalid",
                Text(f"เรียงตามฟิลด์ {key.field} ไม่ได้", f"Field {key.field} has no order"),
                field=key.field,
            )
    if any(key.field == layer.key for key in asked):
        return asked
    return (*asked, SortKey(layer.key))


def _by(order: tuple[SortKey, ...], layer: Layer) -> str:
    words = []
    for key in order:
        # The key is never null, and without these words its index gives the order.
        nulls = "" if key.field == layer.key else " NULLS LAST"
        words.append(f"{quote(key.field)} {'DESC' if key.descending else 'ASC'}{nulls}")
    return ", ".join(words)


def _sort_value(key: SortKey, layer: Layer, dialect: Dialect) -> str:
    kind = layer.by_name[key.field].type
    if kind in ("date", "datetime"):
        return f"CAST({quote(key.field)} AS {dialect.types['text'].split()[0]})"
    if kind == "boolean":
        return f"CAST({quote(key.field)} AS INTEGER)"
    return quote(key.field)


def _after(values: tuple[Any, ...], order: tuple[SortKey, ...], layer: Layer) -> Sql:
    """Rows that come after the one with these sort values (keyset paging, nulls last)."""
    if len(values) != len(order):
        raise _bad_cursor()
    alternatives, equal = [], Sql("TRUE")
    for key, value in zip(order, values, strict=True):
        column = quote(key.field)
        if value is None:  # nulls are last: nothing comes after them but other nulls
            same = Sql(f"{column} IS NULL")
        else:
            bound = _bound(value, layer.by_name[key.field].type)
            comes = "<" if key.descending else ">"
            later = Sql(f"{column} {comes} ") + bound
            if key.field != layer.key:
                later = later.inside("(", f" OR {column} IS NULL)")
            alternatives.append(equal + Sql(" AND ") + later)
            same = Sql(f"{column} = ") + bound
        equal = equal + Sql(" AND ") + same
    return (
        Sql.join(" OR ", [part.inside("(", ")") for part in alternatives])
        if alternatives
        else Sql("FALSE")
    )


def _bound(value: Any, kind: str) -> Sql:
    casts = {
        "text": (str, "VARCHAR"),
        "integer": (int, "BIGINT"),
        "number": ((int, float), "DOUBLE PRECISION"),
        "boolean": (int, "BOOLEAN"),
        "date": (str, "DATE"),
        "datetime": (str, "TIMESTAMPTZ"),
    }
    expected, cast = casts.get(kind, (type(None), ""))
    if isinstance(value, bool) or not isinstance(value, expected):  # type: ignore[arg-type]
        raise _bad_cursor()
    try:
        if kind == "boolean":
            return Sql("TRUE" if value else "FALSE")
        if kind == "integer" and not -(2**63) <= value < 2**63:
            raise _bad_cursor()
        if kind == "number":
            value = float(value)
        if kind == "date":
            dt.date.fromisoformat(value)
        if kind == "datetime":
            dt.datetime.fromisoformat(value)
    except (OverflowError, ValueError):
        raise _bad_cursor() from None
    if isinstance(value, str) and not storable(value):
        raise _bad_cursor()
    return Sql(f"CAST(? AS {cast})", (value,))


def _bad_cursor() -> QueryError:
    return QueryError(
        "cursor_invalid",
        Text(
            "ลิงก์หน้าถัดไปใช้กับคำค้นนี้ไม่ได้ ให้เริ่มจากหน้าแรก",
            "The paging token does not belong to this query; start from the first page",
        ),
    )


def _in_bbox(bbox: BBox, query: Query, layer: Layer, view: View, dialect: Dialect) -> Sql:
    if not view.geometry:
        raise QueryError(
            "bbox_denied",
            Text("ชั้นข้อมูลนี้ค้นด้วยกรอบพื้นที่ไม่ได้", "This layer cannot be searched by a box"),
        )
    _require_crs(query.bbox_crs)
    if query.bbox_crs != WGS84 and all(map(math.isfinite, bbox)) and bbox[1] <= bbox[3]:
        try:
            bbox = _transformer(query.bbox_crs).transform_bounds(*bbox)
        except ProjError:
            bbox = (math.nan,) * 4  # refused below
    west, south, east, north = bbox
    if not all(map(math.isfinite, bbox)) or south > north:
        raise QueryError(
            "bbox_invalid",
            Text(
                f"กรอบพื้นที่ {bbox} ไม่ถูกต้อง ต้องเป็น ตะวันตก,ใต้,ตะวันออก,เหนือ",
                f"Box {bbox} is not west,south,east,north",
            ),
        )
    if west <= east:
        return dialect.in_box(layer, bbox)
    halves = ((west, south, 180.0, north), (-180.0, south, east, north))
    return Sql.join(" OR ", [dialect.in_box(layer, half).inside("(", ")") for half in halves])


def _require_crs(code: int) -> None:
    try:
        _transformer(code)
    except CRSError as error:
        raise QueryError(
            "crs_unknown",
            Text(f"ไม่รู้จักระบบพิกัด EPSG:{code}", f"There is no EPSG:{code} to project to"),
        ) from error


@lru_cache(maxsize=32)
def _transformer(crs: int) -> Transformer:
    return Transformer.from_crs(crs, WGS84, always_xy=True)


def _shape(query: Query, view: View, layer: Layer) -> bool:
    return query.geometry and view.geometry and layer.geometry is not None
