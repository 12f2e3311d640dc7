"""One write: staged rows become inserts, updates and deletes with history, or nothing at all."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

import pyarrow as pa
import pyarrow.compute as pc

from geo.text import Text
from layers.errors import Conflict
from layers.model import Layer
from layers.query import BBox
from layers.store.dialect import STAGE, Dialect
from layers.store.session import Session, unknown_layer
from layers.store.sql import Sql, quote

__all__ = [
    "After",
    "Before",
    "Mode",
    "Write",
    "WriteResult",
    "create_table",
    "refuse_repeated",
    "write_rows",
]

Mode = Literal["append", "upsert", "replace", "delete"]


@dataclass(frozen=True, slots=True)
class WriteResult:
    """What one write did; ``version`` is the layer's version after it."""

    inserted: int
    updated: int
    deleted: int
    version: int


Before = Callable[[Session], None]  # in the transaction, once nobody else writes to the layer
After = Callable[[Session, WriteResult], None]  # in the transaction, when the rows are written


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
    replace empties them, a delete needs but the key. A row that equals what is stored is not
    touched, so the same file twice changes nothing.
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
        negated = "NOT " if operation == "delete" and self.mode == "replace" else ""
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
        """Remove the stored rows that are staged; replacing, those that are not."""
        negated = "NOT " if self.mode == "replace" else ""
        return (
            f"DELETE FROM {self.table} AS t WHERE {negated}EXISTS "
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


def write_rows(
    session: Session,
    write: Write,
    table: pa.Table,
    box: BBox | None,
    *,
    author: str,
    source: str,
    before: Before | None = None,
    after: After | None = None,
) -> WriteResult:
    """Write the rows of ``table``, which lie in ``box``, and enter it in the journal.

    Raises NotFound when the layer is gone, Conflict when keys to append are taken.
    """
    layer = write.layer
    session.stage(layer, table)
    bump = "UPDATE phumi.layers SET version = version + 1 WHERE id = ?"
    if not session.run(Sql(bump, (layer.id,))):  # also keeps other writers waiting
        raise unknown_layer(layer.id)
    current = Sql("SELECT version FROM phumi.layers WHERE id = ?", (layer.id,))
    version = session.query(current)[0][0]
    if before is not None:
        before(session)
    inserted, updated, deleted = _apply(session, write, version, author, box)
    if inserted or updated or deleted:
        moment = "UPDATE phumi.layers SET changed_at = now() WHERE id = ?"
        session.run(Sql(moment, (layer.id,)))
        entry = (layer.id, version, author, source, write.mode, inserted, updated, deleted)
        journal = "INSERT INTO phumi.changes VALUES (?, ?, now(), ?, ?, ?, ?, ?, ?)"
        session.run(Sql(journal, entry))
    else:
        version -= 1  # nothing differs, so nothing that was cached is stale
        unbump = "UPDATE phumi.layers SET version = ? WHERE id = ?"
        session.run(Sql(unbump, (version, layer.id)))
    session.run(Sql(f"DROP TABLE {STAGE}"))
    result = WriteResult(inserted, updated, deleted, version)
    if after is not None:
        after(session, result)
    return result


def _apply(
    session: Session, write: Write, version: int, author: str, box: BBox | None
) -> tuple[int, int, int]:
    updated = deleted = 0
    if write.mode == "delete":
        session.run(write.remember("delete", version))
        return 0, 0, session.run(Sql(write.delete()))
    if write.mode == "append":
        taken = [str(row[0]) for row in session.query(Sql(write.taken()))]
        if taken:
            raise _taken(write.layer, taken)
    else:
        session.run(Sql(write.changed()))
        if session.query(Sql("SELECT count(*) FROM phumi_changed"))[0][0]:
            session.run(write.remember("update", version))
            updated = session.run(write.update(version, author))
        session.run(Sql("DROP TABLE phumi_changed"))
    if write.mode == "replace":
        session.run(write.remember("delete", version))
        deleted = session.run(Sql(write.delete()))
    inserted = session.run(write.insert(version, author, box))
    return inserted, updated, deleted


def refuse_repeated(table: pa.Table, layer: Layer) -> None:
    """Raise Conflict when two of the rows have the same key."""
    counted = pc.value_counts(table[layer.key])
    repeated = counted.filter(pc.greater(counted.field("counts"), 1)).field("values")
    if len(repeated):
        shown = ", ".join(repeated.slice(0, 5).to_pylist())
        raise Conflict(
            "key_repeated",
            Text(f"รหัสซ้ำใน {layer.title.th}: {shown}", f"The same {layer.key} twice: {shown}"),
            layer=layer.id,
        )


def _taken(layer: Layer, keys: list[str]) -> Conflict:
    shown = ", ".join(keys[:5]) + (" ..." if len(keys) > 5 else "")
    return Conflict(
        "key_taken",
        Text(
            f"มี {layer.key} นี้อยู่แล้วใน {layer.title.th}: {shown} (ใช้ --mode upsert เพื่อแก้ไข)",
            f"{layer.id} already holds {layer.key} {shown} (use mode upsert to change them)",
        ),
        layer=layer.id,
        keys=keys,
    )
