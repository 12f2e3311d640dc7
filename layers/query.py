"""What is asked of a layer (Query) and what the asker may see of it (View)."""

from __future__ import annotations

import base64
import binascii
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import cql2

from geo.text import Text
from layers.errors import QueryError

__all__ = [
    "BBox",
    "Interval",
    "Query",
    "SortKey",
    "View",
    "decode_cursor",
    "encode_cursor",
    "parse_filter",
]

BBox = tuple[float, float, float, float]

WGS84 = 4326

MAX_FILTER_TEXT = 100_000
MAX_FILTER_OPERATORS = 1_000
MAX_FILTER_NESTING = 50


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
    (keyset paging). ``crs`` is the EPSG code of the coordinates that come back.
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


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """What one caller may see of one layer. The store takes one with every call.

    ``fields`` are the names that may be read, filtered and sorted by. ``prefixes`` are the area
    codes that rows must begin with; None is every row, the empty tuple none. With
    ``aggregates_only`` no single row leaves the store in any form.
    """

    layer: str
    fields: frozenset[str]
    geometry: bool = True
    prefixes: tuple[str, ...] | None = None
    aggregates_only: bool = False


def parse_filter(text: str | Mapping[str, Any]) -> Mapping[str, Any]:
    """A CQL2 filter as its JSON tree; takes CQL2 text, CQL2-JSON text or a tree.

    Raises QueryError that shows where the text stops making sense.

    >>> parse_filter("depth_m > 3")
    {'op': '>', 'args': [{'property': 'depth_m'}, 3.0]}
    """
    if isinstance(text, Mapping):
        return text
    try:
        if text.lstrip().startswith("{"):
            tree = json.loads(text)
        else:
            _refuse_deep(text)
            tree = cql2.parse_text(text).to_json()
    except QueryError:
        raise
    except Exception as error:  # cql2 raises bare Exception for a text that it cannot parse
        detail = str(error).strip()
        raise QueryError(
            "filter_syntax",
            Text(f"อ่านตัวกรองไม่ได้:\n{detail}", f"The filter cannot be read:\n{detail}"),
        ) from error
    if not isinstance(tree, Mapping):
        raise QueryError(
            "filter_syntax",
            Text("ตัวกรองต้องเป็นเงื่อนไข", "A filter must be a condition"),
        )
    return tree


def _refuse_deep(text: str) -> None:
    """Keep texts away from the parser that would exhaust its stack, which ends the process."""
    bare = re.sub(r"'(?:[^']|'')*'|\"[^\"]*\"", "''", text)
    level = deepest = 0
    for mark in re.findall(r"[()\[\]]", bare):
        level += 1 if mark in "([" else -1
        deepest = max(deepest, level)
    runs = re.search(r"(?:\bnot\b\s*){30,}|(?:-\s*){30,}", bare, re.IGNORECASE)
    operators = len(re.findall(r"\b(?:and|or|div)\b|[-+*/^%]", bare, re.IGNORECASE))
    too_long = len(text) > MAX_FILTER_TEXT or operators > MAX_FILTER_OPERATORS
    if deepest > MAX_FILTER_NESTING or runs or too_long:
        raise QueryError(
            "filter_large",
            Text(
                f"ตัวกรองยาวหรือซ้อนเกินไป (ไม่เกิน {MAX_FILTER_TEXT} อักขระ "
                f"{MAX_FILTER_OPERATORS} ตัวดำเนินการ ซ้อน {MAX_FILTER_NESTING} ชั้น)",
                f"The filter is too long or too deep (at most {MAX_FILTER_TEXT} characters, "
                f"{MAX_FILTER_OPERATORS} operators, {MAX_FILTER_NESTING} levels)",
            ),
        )


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
