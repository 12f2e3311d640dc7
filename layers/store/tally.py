"""Counts and sums by area: what the aggregates are made of."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from layers.model import Layer
from layers.query import View
from layers.store.dialect import Dialect
from layers.store.filters import field_of
from layers.store.sql import Sql, quote
from layers.store.visible import visible_table

__all__ = ["Tally", "tally"]


@dataclass(frozen=True, slots=True)
class Tally:
    """The rows of one area and group: how many, and of a field how many, sum, two greatest."""

    area: str
    group: str | None
    rows: int
    known: int = 0
    total: float = 0.0
    first: float = 0.0
    second: float = 0.0


def tally(
    view: View,
    layer: Layer,
    dialect: Dialect,
    *,
    digits: int,
    group: str | None,
    value: str | None,
    of: Sequence[tuple[str, str]] = (),
) -> Sql:
    """Rows by the first ``digits`` of the area code, and by the values of a coded field.

    A row that is known less finely stands under its own shorter code, one without an area
    nowhere. ``of`` are values that counted rows have in fields (a field twice: either).
    """
    if layer.area is None:
        return Sql("SELECT '', NULL, 0, 0, 0.0, 0.0, 0.0 WHERE FALSE")
    text = dialect.types["text"].split()[0]
    area = quote(field_of(layer, view, layer.area))
    code = f"CAST({quote(field_of(layer, view, group))} AS {text})" if group else "NULL"
    number = quote(field_of(layer, view, value)) if value else "NULL"
    rows = Sql(
        f"SELECT left({area}, {int(digits)}) AS area, CAST({code} AS {text}) AS code, "
        f"CAST({number} AS DOUBLE PRECISION) AS number FROM "
    )
    rows += visible_table(view, layer, dialect) + Sql(f" WHERE {area} IS NOT NULL")
    fields = dict.fromkeys(name for name, _ in of)
    for name in fields:
        values = tuple(code for field, code in of if field == name)
        places = ", ".join("?" * len(values))
        rows += Sql(f" AND {quote(field_of(layer, view, name))} IN ({places})", values)
    ranked = rows.inside(
        "SELECT *, row_number() OVER (PARTITION BY area, code ORDER BY number DESC NULLS LAST) "
        "AS place FROM (",
        ") AS picked",
    )
    return ranked.inside(
        "SELECT area, code, count(*), count(number), coalesce(sum(number), 0.0), "
        "coalesce(max(number) FILTER (WHERE place = 1), 0.0), "
        "coalesce(max(number) FILTER (WHERE place = 2), 0.0) FROM (",
        ") AS ranked GROUP BY area, code ORDER BY area, code",
    )
