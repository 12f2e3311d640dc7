"""Query parameters of the items route, from text to a Query; every fault names its parameter."""

from __future__ import annotations

import datetime as dt
import math
import re
from typing import Any

from werkzeug.datastructures import MultiDict

from api.settings import Settings
from geo.text import Text
from layers.errors import QueryError
from layers.model import Layer
from layers.query import BBox, Interval, Query, SortKey, View, decode_cursor, parse_filter

__all__ = ["CRS84", "items_query", "parse_bbox", "single_query"]

CRS84 = "http://www.opengis.net/def/crs/OGC/1.3/CRS84"

COMMON = frozenset({"f", "lang"})
PAGING = frozenset({"limit", "offset", "token"})
SELECTION = frozenset({"bbox", "datetime", "filter", "filter-lang", "sortby", "properties"})


def items_query(layer: Layer, view: View, args: MultiDict[str, str], settings: Settings) -> Query:
    """The Query of an items request. Raises QueryError for anything that is not a parameter."""
    for name in args:
        if len(args.getlist(name)) > 1:
            raise _wrong(name, "ใช้ได้ครั้งเดียว", "may stand there once only")
    known = COMMON | PAGING | SELECTION
    equal = {name: value for name, value in args.items() if name not in known}
    return Query(
        layer=layer.id,
        bbox=parse_bbox(args.get("bbox")),
        datetime=_interval(args.get("datetime")),
        filter=_filter(args, equal, layer, view),
        fields=_names(args.get("properties")),
        sort=_sort(args.get("sortby")),
        limit=min(
            _whole("limit", args.get("limit"), settings.page_limit, 1), settings.page_limit_max
        ),
        offset=_whole("offset", args.get("offset"), 0, 0),
        after=decode_cursor(args["token"]) if "token" in args else None,
    )


def single_query(layer: Layer, args: MultiDict[str, str]) -> Query:
    """The Query of a request for one feature."""
    for name in args:
        if name not in COMMON | {"properties"}:
            raise _unknown(name, layer)
    return Query(layer=layer.id, fields=_names(args.get("properties")))


def _whole(name: str, text: str | None, default: int, low: int) -> int:
    if text is None:
        return default
    if not re.fullmatch(r"[0-9]{1,9}", text) or int(text) < low:
        raise _wrong(name, f"ต้องเป็นจำนวนเต็มตั้งแต่ {low}", f"must be a whole number from {low}")
    return int(text)


def parse_bbox(text: str | None) -> BBox | None:
    """West, south, east, north in degrees from text (six numbers: heights are left out)."""
    if text is None:
        return None
    try:
        sides = [float(side) for side in text.split(",")]
    except ValueError:
        sides = []
    if len(sides) == 6:
        sides = [*sides[:2], *sides[3:5]]
    inside = (
        len(sides) == 4
        and all(map(math.isfinite, sides))
        and -90 <= sides[1] <= sides[3] <= 90
        and all(-180 <= side <= 180 for side in sides[::2])
    )
    if not inside:
        raise _wrong(
            "bbox",
            "ต้องเป็น ตะวันตก,ใต้,ตะวันออก,เหนือ (องศา)",
            "must be west,south,east,north in degrees",
        )
    west, south, east, north = sides
    return west, south, east, north


def _interval(text: str | None) -> Interval | None:
    if text is None:
        return None
    ends = text.split("/")
    if len(ends) > 2 or not text:
        raise _bad_time()
    parsed = [None if end in ("", "..") and len(ends) == 2 else _moment(end) for end in ends]
    start, end = parsed[0], parsed[-1]
    if start and end and len(ends) == 2 and start[:10] > end[:10]:
        raise _bad_time()
    return Interval(start, end)


def _moment(text: str) -> str:
    try:
        if len(text) == 10:
            return dt.date.fromisoformat(text).isoformat()
        if not re.match(r"\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d", text):
            raise _bad_time()
        moment = dt.datetime.fromisoformat(text)
    except ValueError:
        raise _bad_time() from None
    return (moment if moment.tzinfo else moment.replace(tzinfo=dt.UTC)).isoformat()


def _bad_time() -> QueryError:
    return _wrong(
        "datetime",
        "ต้องเป็นวันที่ เวลา หรือช่วง เช่น 2026-01-01/2026-12-31 หรือ 2026-01-01/..",
        "must be a date, a time or an interval such as 2026-01-01/2026-12-31 or 2026-01-01/..",
    )


def _filter(
    args: MultiDict[str, str], equal: dict[str, str], layer: Layer, view: View
) -> dict[str, Any] | None:
    language = args.get("filter-lang", "cql2-text")
    if language not in ("cql2-text", "cql2-json"):
        raise _wrong(
            "filter-lang", "ต้องเป็น cql2-text หรือ cql2-json", "must be cql2-text or cql2-json"
        )
    parts = [parse_filter(args["filter"])] if "filter" in args else []
    for name, text in equal.items():
        if name not in view.fields:
            raise _unknown(name, layer)
        value = _literal(name, text, layer)
        parts.append({"op": "=", "args": [{"property": name}, value]})
    if len(parts) == 1:
        return dict(parts[0])
    return {"op": "and", "args": parts} if parts else None


def _literal(name: str, text: str, layer: Layer) -> Any:
    kind = layer.by_name[name].type
    try:
        if kind == "integer":
            return int(text)
        if kind == "number":
            return float(text)
        if kind == "boolean":
            return {"true": True, "false": False}[text.lower()]
    except (ValueError, KeyError):
        raise _wrong(name, f"ต้องเป็นค่าชนิด {kind}", f"must be a {kind}") from None
    return text


def _names(text: str | None) -> tuple[str, ...] | None:
    return None if text is None else tuple(filter(None, text.split(",")))


def _sort(text: str | None) -> tuple[SortKey, ...]:
    if not text:
        return ()
    return tuple(
        SortKey(part.lstrip("+- "), part.startswith("-")) for part in text.split(",") if part
    )


def _unknown(name: str, layer: Layer) -> QueryError:
    return QueryError(
        "parameter_unknown",
        Text(
            f"ไม่รู้จักพารามิเตอร์ {name} ของ {layer.title.th}",
            f"{name} is not a parameter of {layer.id}",
        ),
        parameter=name,
    )


def _wrong(name: str, thai: str, english: str) -> QueryError:
    text = Text(f"พารามิเตอร์ {name} {thai}", f"Parameter {name} {english}")
    return QueryError("parameter_invalid", text, parameter=name)
