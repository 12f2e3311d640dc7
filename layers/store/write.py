"""The statements of one write: staged rows become inserts, updates and deletes with history."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from layers.model import Layer
from layers.query import BBox
from layers.store.dialect import STAGE, Dialect
from layers.store.sql import Sql, quote

__all__ = ["Mode", "Write", "create_table"]

Mode = Literal["append", "upsert", "replace"]


def create_table(layer: Layer, dialect: Dialect) -> list[str]:
    """The statements that make the table of a layer and its indexes."""
    table = dialect.table(layer)
    columns = [
        f"{quote(item.name)} {dialect.types[item.type]}"
        + (" PRIMARY KEY" if item.name == layer.key else "")
        for item in layer.fields
    ]
    if layer.geometry is not None:
        columns.append(f"geom {dialect.geometry_type}")
    extra, after = dialect.table_options(layer)
    columns += [
        *extra,
        "_version bigint NOT NULL",
        "_changed_at timestamptz NOT NULL",
        "_changed_by text NOT NULL",
    ]
    return [f"CREATE TABLE {table} ({', '.join(columns)})", *after]


class Write:
    """SQL of one write into one layer, from the table of staged rows.

    ``names`` are the fields that the rows bring; an upsert leaves the others as they are, a
    replace empties them. A row that equals what is stored is not touched, so the same file twice
    changes nothing.
    """

    def __init__(self, layer: Layer, dialect: Dialect, names: Sequence[str], mode: Mode) -> None:
        self.layer = layer
        self.dialect = dialect
        self.mode = mode
        self.names = [item.name for item in layer.fields if item.name in set(names)]
        self.table = dialect.table(layer)
        self.key = quote(layer.key)
        shape = ["geom"] if layer.geometry is not None else []
        brought = {*names}
        everything = [item.name for item in layer.fields] + shape
        self.set_names = (
            everything if mode == "replace" else [n for n in everything if n in brought]
        )
        self.values = {n: f"s.{quote(n)}" if n in brought else "NULL" for n in everything}

    def taken(self) -> str:
        """Keys that are in the layer already (wrong when appending)."""
        return (
            f"SELECT s.{self.key} FROM {STAGE} s JOIN {self.table} t "
            f"ON t.{self.key} = s.{self.key} ORDER BY 1 LIMIT 6"
        )

    def changed(self) -> str:
        """The staged rows that differ from the stored ones, as table ``phumi_changed``."""
        differs = [
            f"t.{quote(n)} IS DISTINCT FROM {self.values[n]}"
            for n in self.set_names
            if n not in (self.layer.key, "geom") and self.values[n] != "NULL"
        ]
        differs += [f"t.{quote(n)} IS NOT NULL" for n in self.set_names if self.values[n] == "NULL"]
        if self.values.get("geom", "NULL") != "NULL" and "geom" in self.set_names:
            differs.append("ST_AsBinary(t.geom) IS DISTINCT FROM ST_AsBinary(s.geom)")
        return (
            f"CREATE TEMP TABLE phumi_changed AS SELECT s.* FROM {STAGE} s JOIN {self.table} t "
            f"ON t.{self.key} = s.{self.key} WHERE {' OR '.join(differs) or 'FALSE'}"
        )

    def remember(self, operation: str, version: int) -> Sql:
        """Copy the stored rows that this write ends into the history."""
        layer, d = self.layer, self.dialect
        columns = [(item.name, d.column(item)) for item in layer.fields]
        shape = "geom" if layer.geometry is not None else "NULL"
        staged = "phumi_changed" if operation == "update" else STAGE
        negated = "NOT " if operation == "delete" else ""
        return Sql(
            "INSERT INTO phumi.history SELECT ?, t." + self.key + ", t._version, t._changed_at, "
            f"t._changed_by, CAST(? AS BIGINT), ?, CAST({d.properties(columns)} AS {d.json_type}), "
            f"{shape} FROM {self.table} t WHERE {negated}EXISTS "
            f"(SELECT 1 FROM {staged} s WHERE s.{self.key} = t.{self.key})",
            (layer.id, version, operation),
        )

    def update(self, version: int, author: str) -> Sql:
        """Bring the stored rows to the staged state."""
        pairs = [f"{quote(n)} = {self.values[n]}" for n in self.set_names if n != self.layer.key]
        if "geom" in self.set_names:
            shape = self.values["geom"]
            pairs += [f"{c} = {e}" for c, e in self.dialect.derived_columns(self.layer, shape)]
        pairs += ["_version = CAST(? AS BIGINT)", "_changed_at = now()", "_changed_by = ?"]
        return Sql(
            f"UPDATE {self.table} AS t SET {', '.join(pairs)} FROM phumi_changed s "
            f"WHERE t.{self.key} = s.{self.key}",
            (version, author),
        )

    def delete(self) -> str:
        """Remove the stored rows that are not among the staged ones."""
        return (
            f"DELETE FROM {self.table} AS t WHERE NOT EXISTS "
            f"(SELECT 1 FROM {STAGE} s WHERE s.{self.key} = t.{self.key})"
        )

    def insert(self, version: int, author: str, box: BBox | None) -> Sql:
        """Add the staged rows that are not stored yet, neighbours together."""
        names = [n for n in self.values if self.values[n] != "NULL"]
        derived = self.dialect.derived_columns(self.layer, "s.geom") if "geom" in names else []
        columns = [*map(quote, names), *(column for column, _ in derived)]
        values = [*(self.values[n] for n in names), *(value for _, value in derived)]
        order = self.dialect.spatial_order("s.geom", box) if "geom" in names else f"s.{self.key}"
        return Sql(
            f"INSERT INTO {self.table} ({', '.join(columns)}, _version, _changed_at, _changed_by) "
            f"SELECT {', '.join(values)}, CAST(? AS BIGINT), now(), ? FROM {STAGE} s "
            f"WHERE NOT EXISTS (SELECT 1 FROM {self.table} t WHERE t.{self.key} = s.{self.key}) "
            f"ORDER BY {order}",
            (version, author),
        )
