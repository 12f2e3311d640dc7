"""CQL2 filters as people and programs write them, read into their JSON tree."""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from typing import Any

import cql2

from geo.text import Text
from layers.errors import QueryError

__all__ = ["parse_filter"]

MAX_TEXT = 100_000
MAX_OPERATORS = 1_000
MAX_NESTING = 50
STACK_BYTES = 64_000_000
SHOWN = 24  # letters on either side of a fault

QUOTED = re.compile(r"'(?:[^']|'')*'|\"[^\"]*\"")
JSON_QUOTED = re.compile(r'"(?:[^"\\]|\\.)*"')
BRACKETS = re.compile(r"[()\[\]{}]")
LOGIC = re.compile(r"\b(?:and|or)\b", re.IGNORECASE)
OPERATORS = re.compile(r"\b(?:not|div|like|between|in|is)\b|<>|[<>]=?|[-+*/^%=]", re.IGNORECASE)
PLACE = re.compile(r"-->\s*(\d+):(\d+)")


def parse_filter(text: str | Mapping[str, Any], language: str | None = None) -> Mapping[str, Any]:
    """A CQL2 filter as its JSON tree; takes CQL2 text, CQL2-JSON text or a tree.

    ``language`` is ``cql2-text`` or ``cql2-json``; None takes whichever it looks like.
    Raises QueryError that names the line and the letter where the text stops making sense.

    >>> parse_filter("depth_m > 3")
    {'op': '>', 'args': [{'property': 'depth_m'}, 3.0]}
    """
    if isinstance(text, Mapping):
        return text
    if not isinstance(text, str):
        raise _no_condition()
    if len(text) > MAX_TEXT:
        raise _too_large()
    as_json = text.lstrip().startswith("{") if language is None else language == "cql2-json"
    tree = _from_json(text) if as_json else _from_text(text)
    if isinstance(tree, bool):
        return {"op": "and", "args": [tree]}
    if not isinstance(tree, Mapping):
        raise _no_condition()
    return tree


def _from_json(text: str) -> Any:
    if _depth(JSON_QUOTED.sub('""', text)) > 4 * MAX_NESTING:  # an operation is {"args": [{
        raise _too_large()
    try:
        return json.loads(text)
    except json.JSONDecodeError as error:
        raise _unreadable(text, error.lineno, error.colno) from None
    except ValueError as error:  # a number of thousands of digits
        raise QueryError(
            "filter_syntax", Text("อ่านตัวกรองไม่ได้", f"The filter cannot be read: {error}")
        ) from None


def _from_text(text: str) -> Any:
    bare = QUOTED.sub("''", text)
    operators = max(len(LOGIC.findall(bare)), len(OPERATORS.findall(bare)))
    if _depth(bare) > MAX_NESTING or operators > MAX_OPERATORS:
        raise _too_large()
    try:
        with _STARTING:
            parser = _parser()
        return parser.submit(lambda: cql2.parse_text(text).to_json()).result()
    except Exception as error:  # cql2 also raises bare Exception for a text that it cannot parse
        place = PLACE.search(str(error))
        if place is None:
            detail = str(error).strip()[:200]
            raise QueryError(
                "filter_syntax",
                Text(f"อ่านตัวกรองไม่ได้: {detail}", f"The filter cannot be read: {detail}"),
            ) from None
        raise _unreadable(text, int(place[1]), int(place[2])) from None


def _depth(bare: str) -> int:
    level = deepest = 0
    for mark in BRACKETS.findall(bare):
        level += 1 if mark in "([{" else -1
        deepest = max(deepest, level)
    return deepest


_STARTING = threading.Lock()  # the size of a stack is set for all threads that start


@cache
def _parser() -> ThreadPoolExecutor:
    """A thread with a large stack: the parser recurses, and an exhausted stack ends the process.

    What the limits above let through needs less than a tenth of it.
    """
    usual = threading.stack_size(STACK_BYTES)
    try:
        pool = ThreadPoolExecutor(1, thread_name_prefix="cql2")
        pool.submit(int).result()  # starts the thread
    finally:
        threading.stack_size(usual)
    return pool


def _unreadable(text: str, line: int, column: int) -> QueryError:
    lines = text.splitlines() or [""]
    faulty = lines[min(line, len(lines)) - 1]
    before, after = faulty[max(0, column - 1 - SHOWN) : column - 1], faulty[column - 1 :][:SHOWN]
    shown = f"{before}⟪{after}⟫"
    return QueryError(
        "filter_syntax",
        Text(
            f"อ่านตัวกรองไม่ได้ที่บรรทัด {line} อักขระที่ {column}: {shown}",
            f"The filter cannot be read at line {line}, character {column}: {shown}",
        ),
        line=line,
        column=column,
    )


def _no_condition() -> QueryError:
    return QueryError("filter_syntax", Text("ตัวกรองต้องเป็นเงื่อนไข", "A filter must be a condition"))


def _too_large() -> QueryError:
    return QueryError(
        "filter_large",
        Text(
            f"ตัวกรองยาวหรือซ้อนเกินไป (ไม่เกิน {MAX_TEXT} อักขระ "
            f"{MAX_OPERATORS} ตัวดำเนินการ ซ้อน {MAX_NESTING} ชั้น)",
            f"The filter is too long or too deep (at most {MAX_TEXT} characters, "
            f"{MAX_OPERATORS} operators, {MAX_NESTING} levels)",
        ),
    )
