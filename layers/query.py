"""What is asked of a layer (Query) and what the asker may see of it (View)."""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from geo.text import Text
from layers.errors import QueryError
from layers.filter_text import parse_filter

__all__ = [
    "BBox",
    "Interval",
    "Mask",
    "Query",
    "SortKey",
    "View",
    "decode_cursor",
    "encode_cursor",
    "page_after",
    "page_token",
    "parse_filter",
]

BBox = tuple[float, float, float, float]

WGS84 = 4326


@dataclass(frozen=True, slots=True)
class SortKey:
    """Sort by one field, upwards unless ``descending``; features without a value come last."""

    field: str
    descending: bool = False


@dataclass(frozen=True, slots=True)
class Interval:
    """A span of time, both ends included, as ISO 8601 texts; None is open."""

    start: str | None
    end: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Query:
    """One question to one layer; everything that decides the answer stands here.

    ``bbox`` is west, south, east, north in ``bbox_crs`` (EPSG code, axis order x, y); west may be
    greater than east, which crosses the antimeridian. ``filter`` is a CQL2-JSON tree.
    ``fields`` None returns all that the view shows. Order is by ``sort``, then by the layer's key,
    so it is total; ``after`` holds the sort values and the key of the last feature seen
    (keyset paging). ``crs`` is the EPSG code of the coordinates that come back, x before y unless
    ``north_first``.
    """

    layer: str
    bbox: BBox | None = None
    bbox_crs: int = WGS84
    datetime: Interval | None = None
    filter: Mapping[str, Any] | None = None
    fields: tuple[str, ...] | None = None
    geometry: bool = True
    sort: tuple[SortKey, ...] = ()
    limit: int | None = 10
    offset: int = 0
    after: tuple[Any, ...] | None = None
    crs: int = WGS84
    north_first: bool = False


@dataclass(frozen=True, slots=True)
class Mask:
    """A field that only those rows show that meet a condition (CQL2-JSON text over any field)."""

    field: str
    when: str


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """What one caller may see of one layer. The store takes one with every call.

    ``fields`` are the names that may be read, filtered and sorted by; of those in ``masks`` only
    some rows show the value, the others NULL. ``prefixes`` are the area codes that rows must
    begin with; None is every row, the empty tuple none. ``rows`` is what they must meet besides
    (CQL2-JSON text over any field of the layer), ``geometry_when`` the same for showing where a
    row lies. A ``pseudonymous`` view shows another key and an approximate place for each row.
    With ``aggregates_only`` no single row leaves the store in any form.
    """

    layer: str
    fields: frozenset[str]
    geometry: bool = True
    prefixes: tuple[str, ...] | None = None
    rows: str | None = None
    masks: tuple[Mask, ...] = ()
    geometry_when: str | None = None
    pseudonymous: bool = False
    aggregates_only: bool = False


def page_token(query: Query, after: tuple[Any, ...]) -> str:
    """An opaque token for the page that begins after these sort values and key.

    It is bound to what decides which features come in which order; size and looks of the page
    (limit, properties, crs) may differ from page to page.

    >>> asked = Query(layer="plots", sort=(SortKey("area_m2"),))
    >>> page_after(page_token(asked, (1.5, "P1")), asked)
    (1.5, 'P1')
    """
    return encode_cursor((_selection(query), *after))


def page_after(token: str, query: Query) -> tuple[Any, ...]:
    """The sort values and key in a token; QueryError when it was given out for another query."""
    selection, *after = decode_cursor(token)
    if selection != _selection(query):
        raise QueryError(
            "cursor_invalid",
            Text(
                "ลิงก์หน้าถัดไปใช้กับคำค้นนี้ไม่ได้ ให้เริ่มจากหน้าแรก",
                "The paging token does not belong to this query; start from the first page",
            ),
        )
    return tuple(after)


def _selection(query: Query) -> str:
    asked = (
        query.layer,
        query.bbox,
        query.bbox_crs,
        query.datetime and (query.datetime.start, query.datetime.end),
        query.filter,
        [(key.field, key.descending) for key in query.sort],
    )
    text = json.dumps(asked, default=dict, sort_keys=True)
    return hashlib.blake2b(text.encode(), digest_size=6).hexdigest()


def encode_cursor(values: tuple[Any, ...]) -> str:
    """Pack the sort values and key of a feature into an opaque token for a link.

    >>> decode_cursor(encode_cursor(("ก", 1.5, None)))
    ('ก', 1.5, None)
    """
    text = json.dumps(values, ensure_ascii=False, separators=(",", ":"), default=str)
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def decode_cursor(token: str) -> tuple[Any, ...]:
    """Unpack a token made by :func:`encode_cursor`; raises QueryError when it is not one."""
    try:
        raw = base64.b64decode(token + "=" * (-len(token) % 4), altchars=b"-_", validate=True)
        values = json.loads(raw)
    except (binascii.Error, ValueError, UnicodeDecodeError, RecursionError):
        values = None
    if not isinstance(values, list) or not 1 <= len(values) <= 20:
        raise QueryError(
            "cursor_invalid",
            Text(
                "ลิงก์หน้าถัดไปไม่ถูกต้อง ให้เริ่มจากหน้าแรก",
                "The paging token is not one of ours; start from the first page",
            ),
        )
    if any(isinstance(value, (list, dict)) for value in values):
        raise QueryError(
            "cursor_invalid", Text("ลิงก์หน้าถัดไปไม่ถูกต้อง", "The paging token is not one of ours")
        )
    return tuple(values)
