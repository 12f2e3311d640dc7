"""Pieces of SQL with their bound values; a value is never written into the text."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

__all__ = ["Sql", "quote"]


@dataclass(frozen=True, slots=True)
class Sql:
    """SQL text with ``?`` where the values go, in order.

    >>> Sql("a = ?", (1,)) + Sql(" AND b = ?", (2,))
    Sql(text='a = ? AND b = ?', values=(1, 2))
    """

    text: str
    values: tuple[Any, ...] = ()

    def __add__(self, other: Sql) -> Sql:
        return Sql(self.text + other.text, self.values + other.values)

    def inside(self, before: str, after: str = "") -> Sql:
        """The same between two pieces of plain text."""
        return Sql(before + self.text + after, self.values)

    @classmethod
    def join(cls, separator: str, parts: Iterable[Sql]) -> Sql:
        """All parts, one after the other, with ``separator`` between them."""
        parts = tuple(parts)
        text = separator.join(part.text for part in parts)
        return cls(text, tuple(value for part in parts for value in part.values))


def quote(name: str) -> str:
    """A name as an SQL identifier.

    >>> quote("ชื่อ"), quote('a"b')
    ('"ชื่อ"', '"a""b"')
    """
    return '"' + name.replace('"', '""') + '"'
