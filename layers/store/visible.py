"""The table that a caller sees: what a view leaves of a layer, as what SQL reads from.

Every statement that answers a caller reads from :func:`visible_table` and from nothing else of
the layer. So filter, order, box, tile, count and extent know only what the view shows, by
construction. The planners of both engines flatten the sub-select: what is not masked is still
found by its index.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from itertools import groupby
from typing import Any

from layers.model import Layer
from layers.privacy import owner_view
from layers.privacy.conditions import meets
from layers.query import View
from layers.store.dialect import Dialect
from layers.store.filters import Scope, compile_filter
from layers.store.sql import Sql, quote

__all__ = ["MASKED", "past", "shows_every_row", "visible_table"]

MASKED = "phumi.masked"
"""Another key and an approximate place for each row (see :mod:`layers.store.masked`)."""


def visible_table(view: View, layer: Layer, dialect: Dialect) -> Sql:
    """What stands after FROM: the layer's own table, or what the view leaves of it."""
    asked = view, layer.id, dialect.name
    known = _made.get(asked)
    if known is None or known[0] is not layer:
        if len(_made) >= MADE_MAX:
            _made.clear()
        known = _made[asked] = layer, _table(view, layer, dialect)
    return known[1]


MADE_MAX = 1_000
_made: dict[tuple[View, str, str], tuple[Layer, Sql]] = {}


def _table(view: View, layer: Layer, dialect: Dialect) -> Sql:
    table = dialect.table(layer)
    if shows_every_row(view) and view.fields.issuperset(layer.by_name) and not view.masks:
        return Sql(table)
    met = _condition(view, layer, dialect).inside(" WHERE ")
    if view.pseudonymous:
        # What was computed for an earlier version of a row says nothing of the present one.
        joined = (
            f") AS r JOIN {MASKED} AS m ON m.layer = '{layer.id}' "
            f"AND m.feature = r.{quote(layer.key)} AND m.row_version = r._version"
        )
        rows = met.inside(f" FROM (SELECT * FROM {table}", joined)
        branches = [_picked(view, layer, dialect, "m.") + rows]
    elif view.geometry_when is not None:
        # Two parts, so that the index finds the places of the one and the other need not be read.
        placed = _compiled(view.geometry_when, layer, dialect)
        branches = [
            _picked(view, layer, dialect, place)
            + met.inside(f" FROM {table} AS r", " AND ")
            + placed.inside("(", f") IS {truth}")
            for place, truth in (("r.", "TRUE"), (None, "NOT TRUE"))
        ]
    else:
        branches = [_picked(view, layer, dialect, "r.") + met.inside(f" FROM {table} AS r")]
    return Sql.join(" UNION ALL ", branches).inside("(", f") AS {quote(layer.id)}")


def shows_every_row(view: View) -> bool:
    """Whether the view shows all rows of its layer, each where it lies."""
    whole = view.prefixes is None and view.rows is None
    return whole and view.geometry_when is None and not view.pseudonymous


def past(values: Mapping[str, Any], view: View, layer: Layer) -> tuple[dict[str, Any], bool] | None:
    """What a view shows of an earlier state of a row, and whether its place; None for nothing.

    A view that hides who a row is of shows no past: it would tell.
    """
    area = str(values.get(layer.area or "") or "")
    inside = view.prefixes is None or (
        view.prefixes != () and (layer.area is None or area.startswith(view.prefixes))
    )
    if view.pseudonymous or not inside or not meets(values, view.rows):
        return None
    closed = {mask.field for mask in view.masks if not meets(values, mask.when)}
    shown = {n: value for n, value in values.items() if n in view.fields and n not in closed}
    return shown, view.geometry and meets(values, view.geometry_when)


def _condition(view: View, layer: Layer, dialect: Dialect) -> Sql:
    parts = []
    if view.prefixes is not None:
        parts.append(_in_areas(view.prefixes, layer, dialect))
    if view.rows is not None:
        parts.append(_compiled(view.rows, layer, dialect))
    return Sql.join(" AND ", [part.inside("(", ")") for part in parts]) if parts else Sql("TRUE")


def _picked(view: View, layer: Layer, dialect: Dialect, place: str | None) -> Sql:
    """SELECT and the columns; those that tell the place come from ``place`` or are NULL."""
    masks = {mask.field: mask.when for mask in view.masks}
    found = []
    for item in layer.fields:
        name = quote(item.name)
        if item.name == layer.key:
            found.append(Sql(f"m.pseudonym AS {name}" if view.pseudonymous else f"r.{name}"))
        elif item.name in view.fields:
            shown = Sql(f"r.{name}")
            if item.name in masks:
                shown = _where(masks[item.name], shown, layer, dialect) + Sql(f" AS {name}")
            found.append(shown)
    found.append(Sql("r._version"))
    if layer.geometry is not None and view.geometry:
        for column in dialect.geometry_columns(layer):
            kind = "double precision" if column in dialect.box_columns else "geometry"
            nowhere = f"CAST(NULL AS {kind}) AS {column}"
            found.append(Sql(f"{place}{column}" if place else nowhere))
    return Sql.join(", ", found).inside("SELECT ")


def _where(when: str, value: Sql, layer: Layer, dialect: Dialect) -> Sql:
    shown = _compiled(when, layer, dialect).inside("CASE WHEN ", " THEN ")
    return shown + value + Sql(" END")


def _compiled(when: str, layer: Layer, dialect: Dialect) -> Sql:
    """A condition of the view itself, which may speak of every field."""
    return compile_filter(json.loads(when), Scope(layer, owner_view(layer), dialect))


def _in_areas(prefixes: tuple[str, ...], layer: Layer, dialect: Dialect) -> Sql:
    if not prefixes:
        return Sql("FALSE")
    if layer.area is None:
        return Sql("TRUE")
    # Prefixes of one length are one look into a list; a longer one below a shorter says nothing.
    area = quote(layer.area)
    widest = {p for p in prefixes if not any(p != q and p.startswith(q) for q in prefixes)}
    parts = []
    for length, group in groupby(sorted(widest, key=lambda p: (len(p), p)), key=len):
        same = tuple(group)
        alone = Sql(f"starts_with({area}, ?)", same)
        many = dialect.among(f"left({area}, {length})", same)
        parts.append(alone if len(same) == 1 else many)
    return Sql.join(" OR ", parts)
