"""Conditions on rows that views are made of: CQL2-JSON, as the store compiles it.

They are few (and, or, =, <>, in, like with a beginning, isNull), so that what a row was in the
past can be judged without the engine.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any

__all__ = ["Tree", "as_text", "begins", "both", "either", "equal", "is_null", "meets", "one_of"]

Tree = Mapping[str, Any]


def equal(field: str, value: object) -> Tree:
    """The field has this value."""
    return {"op": "=", "args": [{"property": field}, value]}


def is_null(field: str) -> Tree:
    """The field has no value."""
    return {"op": "isNull", "args": [{"property": field}]}


def one_of(field: str, values: Iterable[str]) -> Tree:
    """The field has one of these values."""
    return {"op": "in", "args": [{"property": field}, list(values)]}


def begins(field: str, prefix: str) -> Tree:
    """The text begins with these digits."""
    return {"op": "like", "args": [{"property": field}, f"{prefix}%"]}


def both(parts: Iterable[Tree]) -> Tree:
    """All of the conditions; of none, every row."""
    return _joined("and", list(parts), empty=True)


def either(parts: Iterable[Tree]) -> Tree:
    """At least one of the conditions; of none, no row."""
    return _joined("or", list(parts), empty=False)


def _joined(op: str, parts: list[Tree], *, empty: bool) -> Tree:
    if len(parts) == 1:
        return parts[0]
    return {"op": op, "args": parts or [empty]}


def as_text(tree: Tree) -> str:
    """The condition as it stands in a View."""
    return json.dumps(tree, ensure_ascii=False, separators=(",", ":"))


def meets(values: Mapping[str, Any], condition: str | None) -> bool:
    """Whether a row with these values meets a condition, as SQL would tell.

    >>> public = as_text(either([is_null("level"), one_of("level", ["public"])]))
    >>> [meets({"level": level}, public) for level in (None, "public", "internal")]
    [True, True, False]
    >>> in_area = as_text(both([begins("code", "83"), equal("open", True)]))
    >>> meets({"code": "830101", "open": True}, in_area), meets({"code": "83"}, in_area)
    (True, False)
    >>> meets({}, None)
    True
    """
    return condition is None or _holds(json.loads(condition), values)


def _holds(tree: Any, values: Mapping[str, Any]) -> bool:
    if isinstance(tree, bool):
        return tree
    op, args = tree["op"], tree["args"]
    if op in ("and", "or"):
        return (all if op == "and" else any)(_holds(part, values) for part in args)
    value = values.get(args[0]["property"])
    if op == "isNull":
        return value is None
    if value is None:
        return False
    if op == "like":
        return str(value).startswith(args[1].removesuffix("%"))
    if op == "in":
        return value in args[1]
    return bool((value == args[1]) == (op == "="))
