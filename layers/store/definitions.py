"""The definitions of layers as the database holds them, and the tables that follow from them."""

from __future__ import annotations

import datetime as dt
import json
from abc import ABC, abstractmethod
from collections.abc import Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass

from geo.text import Text
from layers.catalogue import CATALOGUE
from layers.errors import Conflict
from layers.model import Layer
from layers.store.dialect import Dialect
from layers.store.migrations import migrations
from layers.store.protocol import LayerState
from layers.store.session import Session, unknown_layer
from layers.store.sql import Sql, quote
from layers.store.write import create_table

__all__ = ["Definitions"]


@dataclass(frozen=True, slots=True)
class Known:
    """A layer, and the moment at which it was defined so."""

    layer: Layer
    defined_at: dt.datetime


class Definitions(ABC):
    """What layers there are, how they are defined, and at which version each is."""

    dialect: Dialect

    def __init__(self) -> None:
        self._known: dict[str, Known] = {}

    @abstractmethod
    def _reading(self) -> AbstractContextManager[Session]:
        """A session for one or more SELECTs."""

    @abstractmethod
    def _writing(self) -> AbstractContextManager[Session]:
        """A session whose work is committed at the end, or undone when an error leaves it."""

    def migrate(self) -> None:
        """Bring the system tables to the newest state; each migration is one transaction."""
        with self._writing() as session:
            self._lock_schema(session)
            session.run(Sql("CREATE SCHEMA IF NOT EXISTS phumi"))
            session.run(Sql("CREATE SCHEMA IF NOT EXISTS layers"))
            session.run(
                Sql(
                    "CREATE TABLE IF NOT EXISTS phumi.migrations (number integer PRIMARY KEY, "
                    "name text NOT NULL, applied_at timestamptz NOT NULL)"
                )
            )
            done = {row[0] for row in session.query(Sql("SELECT number FROM phumi.migrations"))}
            for number, name, statements in migrations(self.dialect):
                if number in done:
                    continue
                for statement in statements:
                    session.run(Sql(statement))
                if name == "tiles":
                    self._add_simplified(session)
                session.run(
                    Sql("INSERT INTO phumi.migrations VALUES (?, ?, now())", (number, name))
                )

    def _add_simplified(self, session: Session) -> None:
        for (text,) in session.query(Sql(f"SELECT {self._definition()} FROM phumi.layers")):
            for statement in self.dialect.add_simplified(Layer.from_json(json.loads(text))):
                session.run(Sql(statement))

    @abstractmethod
    def _lock_schema(self, session: Session) -> None:
        """Keep other processes from changing tables until the end of the transaction."""

    def layers(self) -> list[Layer]:
        with self._reading() as session:
            columns = f"id, defined_at AT TIME ZONE 'UTC', {self._definition()}"
            found = session.query(Sql(f"SELECT {columns} FROM phumi.layers"))
        known = self._known
        self._known = {
            layer_id: known[layer_id]
            if layer_id in known and known[layer_id].defined_at == defined_at
            else Known(Layer.from_json(json.loads(text)), defined_at)
            for layer_id, defined_at, text in found
        }
        place = {layer_id: number for number, layer_id in enumerate(CATALOGUE)}
        every = [one.layer for one in self._known.values()]
        return sorted(every, key=lambda layer: (place.get(layer.id, len(place)), layer.id))

    def layer(self, layer_id: str) -> Layer:
        if layer_id not in self._known:
            self.layers()
        if layer_id not in self._known:
            raise unknown_layer(layer_id)
        return self._known[layer_id].layer

    def ensure(self, layer: Layer) -> None:
        definition = json.dumps(layer.to_json(), ensure_ascii=False)
        with self._writing() as session:
            self._lock_schema(session)
            known = session.query(
                Sql(f"SELECT {self._definition()} FROM phumi.layers WHERE id = ?", (layer.id,))
            )
            if not known:
                for statement in create_table(layer, self.dialect):
                    session.run(Sql(statement))
                # A layer of that name may have been dropped: its journal stays, the count goes on.
                version = "(SELECT coalesce(max(version), 0) FROM phumi.changes WHERE layer = ?)"
                session.run(
                    Sql(
                        "INSERT INTO phumi.layers VALUES "
                        f"(?, CAST(? AS {self.dialect.json_type}), {version}, now(), now())",
                        (layer.id, definition, layer.id),
                    )
                )
            elif (earlier := Layer.from_json(json.loads(known[0][0]))) != layer:
                self._evolve(session, earlier, layer, definition)
        self._known.pop(layer.id, None)  # to be read with the moment at which it was defined

    def _evolve(self, session: Session, earlier: Layer, layer: Layer, definition: str) -> None:
        for item in layer.fields:
            before = earlier.by_name.get(item.name)
            if before is None:
                kind = self.dialect.types[item.type]
                alter = f"ALTER TABLE {self.dialect.table(layer)} ADD COLUMN IF NOT EXISTS"
                session.run(Sql(f"{alter} {quote(item.name)} {kind}"))
            elif self.dialect.types[before.type] != self.dialect.types[item.type]:
                raise self._incompatible(layer, f"{item.name}: {before.type} -> {item.type}")
        if (earlier.key, earlier.geometry is None) != (layer.key, layer.geometry is None):
            raise self._incompatible(layer, f"{earlier.key}/{earlier.geometry}")
        session.run(
            Sql(
                f"UPDATE phumi.layers SET definition = CAST(? AS {self.dialect.json_type}), "
                "version = version + 1, changed_at = now(), defined_at = now() WHERE id = ?",
                (definition, layer.id),
            )
        )

    def _incompatible(self, layer: Layer, detail: str) -> Conflict:
        return Conflict(
            "layer_incompatible",
            Text(
                f"ชั้นข้อมูล {layer.id} มีอยู่แล้วและนิยามขัดกัน ({detail}) ให้ใช้ชื่ออื่น",
                f"Layer {layer.id} exists with another definition ({detail}); use another name",
            ),
            layer=layer.id,
        )

    def drop(self, layer_id: str) -> None:
        layer = self.layer(layer_id)
        if not layer.user_made:
            raise Conflict(
                "layer_builtin",
                Text(f"ลบชั้นข้อมูลหลัก {layer_id} ไม่ได้", f"Layer {layer_id} is built in"),
            )
        with self._writing() as session:
            session.run(Sql(f"DROP TABLE {self.dialect.table(layer)}"))
            for name in ("layers WHERE id", "cells WHERE layer", "tilings WHERE layer"):
                session.run(Sql(f"DELETE FROM phumi.{name} = ?", (layer_id,)))
        self._known.pop(layer_id, None)

    def _definition(self) -> str:
        return "CAST(definition AS text)"

    def state(self, layer_id: str) -> LayerState:
        return self.states([layer_id])[0]

    def states(self, layer_ids: Sequence[str]) -> list[LayerState]:
        for layer_id in layer_ids:
            self.layer(layer_id)
        wanted = list(dict.fromkeys(layer_ids))
        marks = ", ".join("?" * len(wanted))
        columns = "id, version, changed_at AT TIME ZONE 'UTC', defined_at AT TIME ZONE 'UTC'"
        sql = Sql(f"SELECT {columns} FROM phumi.layers WHERE id IN ({marks})", tuple(wanted))
        with self._reading() as session:
            found = session.query(sql) if wanted else []
        known = {
            layer_id: LayerState(version, changed_at.replace(tzinfo=dt.UTC))
            for layer_id, version, changed_at, _ in found
        }
        for layer_id in wanted:
            if layer_id not in known:
                raise unknown_layer(layer_id)
        at_hand = self._known
        if any(at_hand[i].defined_at != moment for i, _, _, moment in found if i in at_hand):
            self.layers()  # another process has defined one of them anew
        return [known[layer_id] for layer_id in layer_ids]
