"""Vector tiles of areas with totals: nothing in them comes from a row that was counted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from layers.model import Layer
from layers.privacy import public_view
from layers.store.dialect import Dialect
from layers.store.mercator import BUFFER, TileIndex
from layers.store.session import Session
from layers.store.sql import Sql, quote
from layers.store.tiles import BYTES_MAX, TRUNCATED, Tile, fitting, mvt, rank, shape
from layers.store.visible import visible_table

__all__ = ["AreaTotal", "draw_totals"]


@dataclass(frozen=True, slots=True)
class AreaTotal:
    """What is told of one area: the count, or None and what is said in its place."""

    area: str
    count: int | None
    shown_th: str
    shown_en: str


def draw_totals(
    session: Session,
    index: TileIndex,
    name: str,
    areas: Layer,
    totals: Sequence[AreaTotal],
    dialect: Dialect,
) -> Tile:
    """One tile with the MVT layer ``name``: the areas of a level, each with its total.

    An area without a total is left out; so is, from a tile above ``BYTES_MAX``, the smallest.
    """
    columns = (
        [one.area for one in totals],
        [one.count for one in totals],
        [one.shown_th for one in totals],
        [one.shown_en for one in totals],
    )

    def made(limit: int | None) -> Sql:
        told = Sql(
            "(SELECT unnest(CAST(? AS text[])) AS _area, unnest(CAST(? AS bigint[])) AS _count, "
            "unnest(CAST(? AS text[])) AS _th, unnest(CAST(? AS text[])) AS _en) AS t",
            columns,
        )
        text = shape(index, areas, dialect).inside("SELECT ", " AS geom, ")
        text += Sql("code, name_th, name_en, _count AS count, _th AS shown_th, _en AS shown_en, ")
        text += Sql("_count IS NULL AS suppressed")
        text += Sql(f", TRUE AS {TRUNCATED} FROM " if limit is not None else " FROM ")
        text += visible_table(public_view(areas), areas, dialect) + Sql(" JOIN ") + told
        text += Sql(f" ON _area = {quote(areas.key)} WHERE ") + dialect.in_tile(index, BUFFER)
        if limit is not None:
            text += Sql(f" ORDER BY {rank(areas)} LIMIT {limit}")
        return mvt(name, text)

    data, whole = fitting(session, made, BYTES_MAX)
    return Tile(data, () if whole else (name,))
