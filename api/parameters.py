"""Query parameters, from text to a Query; every fault names its parameter."""

from __future__ import annotations

import datetime as dt
import math
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from functools import wraps
from typing import Any, TypeVar

from flask import request
from jsonschema import Draft202012Validator, FormatChecker
from werkzeug.datastructures import MultiDict

from api.field_schemas import field_schema
from api.settings import Settings
from geo.text import LANGUAGES, Text
from layers.crs import CRS84, ReferenceSystem, filter_to_lonlat, reference_system
from layers.errors import QueryError
from layers.model import Field, Layer
from layers.query import BBox, Interval, Query, SortKey, View, page_after, parse_filter
from layers.store.literals import storable

__all__ = [
    "COMMON",
    "FILTER_LANGUAGES",
    "ITEM",
    "ITEMS",
    "SORT_KEYS_MAX",
    "flag",
    "items_query",
    "parse_bbox",
    "queryable",
    "single_query",
    "takes",
]

COMMON = ("f", "lang")
ITEM = ("crs", "properties")
SELECTION = ("bbox", "bbox-crs", "datetime", "filter", "filter-lang", "filter-crs", "sortby")
PAGING = ("limit", "offset", "token", "number-matched")
ITEMS = (*PAGING, *SELECTION, *ITEM)
FILTER_LANGUAGES = ("cql2-text", "cql2-json")
SORT_KEYS_MAX = 10
NUMBER_MAX = 10**12  # of features: more is as good as this
DECIMAL = re.compile(r"-?[0-9]{1,400}(\.[0-9]{1,400})?([eE][-+]?[0-9]{1,4})?")
NOTHING: Mapping[str, Any] = {"op": "and", "args": [False]}
SHOWN = 60

Args = MultiDict[str, str]
Handler = TypeVar("Handler", bound=Callable[..., Any])


def takes(*names: str) -> Callable[[Handler], Handler]:
    """Let a route take these parameters beside the common ones and refuse all others.

    The names stand in the attribute ``parameters`` of the view function.
    """

    def mark(handler: Handler) -> Handler:
        @wraps(handler)
        def checked(*args: Any, **values: Any) -> Any:
            _only((*names, *COMMON), request.args)
            return handler(*args, **values)

        checked.parameters = names  # type: ignore[attr-defined]
        return checked  # type: ignore[return-value]

    return mark


def items_query(layer: Layer, view: View, args: Args, settings: Settings) -> Query:
    """The Query of an items request. Raises QueryError for anything that is not a parameter."""
    known = (*COMMON, *ITEMS)
    fields = {field.name for field in layer.fields if queryable(field, view)} - set(known)
    _only((*known, *fields), args, layer)
    # By the standard, a box or a time means features without a place or a time, too; to the caller
    # those that are not to be seen are none.
    here = layer.geometry is not None and view.geometry
    timed = view.fields.issuperset(layer.datetime)
    box, interval = _box(args), _interval(args.get("datetime"))
    system = _system("crs", args)
    query = Query(
        layer=layer.id,
        bbox=box if here else None,
        bbox_crs=_system("bbox-crs", args).code,
        datetime=interval if timed else None,
        filter=_filter(args, layer, fields),
        fields=_names(args),
        sort=_sort(args.get("sortby")),
        limit=min(_whole("limit", args, settings.page_limit, 1), settings.page_limit_max),
        offset=_whole("offset", args, 0, 0),
        crs=system.code,
        north_first=system.north_first,
    )
    flag("number-matched", args)
    return replace(query, after=page_after(args["token"], query)) if "token" in args else query


def single_query(layer: Layer, args: Args) -> Query:
    """The Query of a request for one feature."""
    _only((*COMMON, *ITEM), args, layer)
    system = _system("crs", args)
    return Query(
        layer=layer.id, fields=_names(args), crs=system.code, north_first=system.north_first
    )


def queryable(field: Field, view: View) -> bool:
    """Whether a field can be asked for by a parameter of its name: visible, and one plain value."""
    return field.name in view.fields and field.type not in ("list", "object")


def flag(name: str, args: Args) -> bool:
    """A parameter that is ``true`` or ``false``; false when it is not there."""
    if args.get(name, "false") not in ("true", "false"):
        raise _wrong(name, "ต้องเป็น true หรือ false", "must be true or false")
    return args.get(name) == "true"


def _only(known: Iterable[str], args: Args, layer: Layer | None = None) -> None:
    known = set(known)
    for name in args:
        if name not in known:
            shown = name[:SHOWN].encode(errors="replace").decode()
            place = layer.title if layer else Text(request.path, request.path)
            raise QueryError(
                "parameter_unknown",
                Text(
                    f"ไม่รู้จักพารามิเตอร์ {shown} ของ {place.th}",
                    f"{shown} is not a parameter of {layer.id if layer else place.en}",
                ),
                parameter=shown,
            )
        if len(args.getlist(name)) > 1:
            raise _wrong(name, "ใช้ได้ครั้งเดียว", "may stand there once only")
    if args.get("lang", LANGUAGES[0]) not in LANGUAGES:
        raise _wrong("lang", "ต้องเป็น th หรือ en", "must be th or en")


def _whole(name: str, args: Args, default: int, low: int) -> int:
    text = args.get(name)
    if text is None:
        return default
    digits = text.lstrip("0") or "0"
    if not re.fullmatch(r"[0-9]+", text) or (len(digits) < 13 and int(digits) < low):
        raise _wrong(name, f"ต้องเป็นจำนวนเต็มตั้งแต่ {low}", f"must be a whole number from {low}")
    return int(digits) if len(digits) < 13 else NUMBER_MAX


def _system(name: str, args: Args) -> ReferenceSystem:
    try:
        return reference_system(args.get(name))
    except QueryError as error:
        raise _wrong(name, error.text.th, f"- {error.text.en}") from None


def _box(args: Args) -> BBox | None:
    return parse_bbox(args.get("bbox"), _system("bbox-crs", args))


def parse_bbox(text: str | None, system: ReferenceSystem = CRS84) -> BBox | None:
    """Four or six numbers between commas in a system's axis order, as x, y, x, y."""
    if text is None:
        return None
    try:
        box = system.box([float(side) for side in text.split(",", 6)])
    except ValueError:
        box = None
    if box is None:
        axes = Text("ใต้,ตะวันตก,เหนือ,ตะวันออก", "south,west,north,east")
        if not system.north_first:
            axes = Text("ตะวันตก,ใต้,ตะวันออก,เหนือ", "west,south,east,north")
        raise _wrong(
            "bbox",
            f"ต้องเป็น {axes.th} ในระบบพิกัด {system.uri}",
            f"must be {axes.en} in {system.uri}",
        )
    return box


def _interval(text: str | None) -> Interval | None:
    if text is None:
        return None
    ends = text.split("/", 2)
    if len(ends) > 2 or not text:
        raise _bad_time()
    parsed = [None if end in ("", "..") and len(ends) == 2 else _moment(end) for end in ends]
    start, end = parsed[0], parsed[-1]
    if start and end and _instant(start) > _instant(end, last=True):
        raise _bad_time()
    return Interval(start, end)


def _moment(text: str) -> str:
    try:
        if re.fullmatch(r"\d{4}-\d\d-\d\d", text, re.ASCII):
            return dt.date.fromisoformat(text).isoformat()
        if not re.match(r"\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d", text, re.ASCII):
            raise _bad_time()
        moment = dt.datetime.fromisoformat(text)
        aware = moment if moment.tzinfo else moment.replace(tzinfo=dt.UTC)
        return aware.astimezone(dt.UTC).isoformat()
    except (ValueError, OverflowError):
        raise _bad_time() from None


def _instant(text: str, *, last: bool = False) -> dt.datetime:
    if len(text) == 10:
        text += "T23:59:59.999999+00:00" if last else "T00:00:00+00:00"
    return dt.datetime.fromisoformat(text)


def _bad_time() -> QueryError:
    return _wrong(
        "datetime",
        "ต้องเป็นวันที่ เวลา หรือช่วง เช่น 2026-01-01/2026-12-31 หรือ 2026-01-01/..",
        "must be a date, a time or an interval such as 2026-01-01/2026-12-31 or 2026-01-01/..",
    )


def _filter(args: Args, layer: Layer, fields: set[str]) -> Mapping[str, Any] | None:
    language = args.get("filter-lang")
    if language not in (None, *FILTER_LANGUAGES):
        names = Text(" หรือ ".join(FILTER_LANGUAGES), " or ".join(FILTER_LANGUAGES))
        raise _wrong("filter-lang", f"ต้องเป็น {names.th}", f"must be {names.en}")
    system = _system("filter-crs", args)
    parts: list[Any] = []
    if "filter" in args:
        parts.append(filter_to_lonlat(parse_filter(args["filter"], language), system))
    for name in sorted(fields & set(args)):
        parts.append(_equals(layer.by_name[name], args[name]))
    if len(parts) == 1:
        return dict(parts[0])
    return {"op": "and", "args": parts} if parts else None


def _equals(field: Field, text: str) -> Mapping[str, Any]:
    value: Any = text
    if field.type in ("integer", "number", "boolean"):
        value = _plain(text, field.type)
    schema = field_schema(field, LANGUAGES[0])
    if not Draft202012Validator(schema, format_checker=FormatChecker()).is_valid(value):
        codes = ", ".join(field.values or ())
        limits = Text(f" ({codes})", f" ({codes})") if codes else Text("", "")
        raise _wrong(
            field.name,
            f"ใช้ค่านี้ไม่ได้ ต้องเป็นค่าที่ใช้ได้ของฟิลด์ {field.label.th}{limits.th}",
            f"does not take this value; it must be one that {field.name} can have{limits.en}",
        )
    if isinstance(value, str) and not storable(value):
        return NOTHING  # no stored text is that
    if isinstance(value, int) and abs(value) >= 2**63:
        return NOTHING
    return {"op": "=", "args": [{"property": field.name}, value]}


def _plain(text: str, kind: str) -> Any:
    """The number or truth value that a text is; the text itself when it is none."""
    if kind == "boolean":
        return {"true": True, "false": False}.get(text, text)
    if kind == "integer":
        return int(text) if re.fullmatch(r"-?[0-9]{1,4000}", text) else text
    value = float(text) if DECIMAL.fullmatch(text) else math.nan
    return value if math.isfinite(value) else text


def _names(args: Args) -> tuple[str, ...] | None:
    text = args.get("properties")
    if text is None:
        return None
    names = tuple(name for name in text.split(",") if name != "geometry")
    if "" in names:
        raise _wrong("properties", "ต้องเป็นชื่อฟิลด์คั่นด้วย ,", "must be field names between commas")
    return names


def _sort(text: str | None) -> tuple[SortKey, ...]:
    if text is None:
        return ()
    parts = text.split(",", SORT_KEYS_MAX)
    # A plus sign that was not percent-encoded arrives as a space.
    found = [re.fullmatch(r"([-+ ]?)([^-+\s].*)", part, re.DOTALL) for part in parts]
    if len(parts) > SORT_KEYS_MAX or not all(found):
        raise _wrong(
            "sortby",
            f"ต้องเป็นชื่อฟิลด์ไม่เกิน {SORT_KEYS_MAX} ชื่อคั่นด้วย , (-ชื่อ คือมากไปน้อย)",
            f"must be up to {SORT_KEYS_MAX} field names between commas (-name sorts downwards)",
        )
    return tuple(SortKey(part[2], part[1] == "-") for part in found if part)


def _wrong(name: str, thai: str, english: str) -> QueryError:
    text = Text(f"พารามิเตอร์ {name} {thai}", f"Parameter {name} {english}")
    return QueryError("parameter_invalid", text, parameter=name)
