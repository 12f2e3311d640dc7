"""The embedded engine: DuckDB with its spatial extension, one file, one process."""

from __future__ import annotations

import threading
from collections.abc import Generator, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from importlib import resources
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa

from geo.text import Text
from layers.errors import StoreUnavailable, WorkspaceLocked
from layers.model import Layer
from layers.query import Query, View
from layers.store import select
from layers.store.base import SqlStore
from layers.store.cells import Tiling
from layers.store.dialect import STAGE, DuckDB
from layers.store.gate import Gate
from layers.store.protocol import LayerState
from layers.store.session import Session, in_parts, not_computable
from layers.store.sql import Sql, quote

__all__ = ["DuckDBStore"]

ROW_GROUP = 16_384  # rows that share the smallest and largest of a column: few for one box to meet
ROWS = 2_048  # of an Arrow batch: one of DuckDB's vectors, since one row may be a province

SORTED_MANY = 50_000  # rows of a layer from which on a page is read in two steps
KEYS_MAX = 300  # of a page so read; more rows are not found sooner by their keys

QUIET_SECONDS = 30.0  # what a commit waits for readers; a slow download must not stop all work


class DuckDBSession(Session):
    """A cursor of the one connection."""

    def __init__(self, cursor: duckdb.DuckDBPyConnection, dialect: DuckDB) -> None:
        self.cursor = cursor
        self.dialect = dialect

    def query(self, sql: Sql) -> list[tuple[Any, ...]]:
        try:
            return self.cursor.execute(sql.text, sql.values).fetchall()
        except duckdb.DataError as error:
            raise not_computable(error) from error

    def run(self, sql: Sql) -> int:
        found = self.cursor.execute(sql.text, sql.values).fetchone()
        return int(found[0]) if found and isinstance(found[0], int) else 0

    def stage(self, layer: Layer, table: pa.Table) -> None:
        columns = []
        for name in table.column_names:
            if name == "geom":
                columns.append(f"{self.dialect.from_wkb('geom')} AS geom")
            else:
                kind = self.dialect.types[layer.by_name[name].type]
                columns.append(f"CAST({quote(name)} AS {kind}) AS {quote(name)}")
        self.cursor.register("phumi_rows", table)
        try:
            self.cursor.execute(
                f"CREATE TEMP TABLE {STAGE} AS SELECT {', '.join(columns)} FROM phumi_rows"
            )
        finally:
            self.cursor.unregister("phumi_rows")


@dataclass(frozen=True, slots=True)
class Remembered:
    """What was read since the last commit: nobody else writes the file, so it still holds."""

    states: dict[str, LayerState] = field(default_factory=dict)
    tilings: dict[str, Tiling | None] = field(default_factory=dict)
    sizes: dict[str, int] = field(default_factory=dict)


class DuckDBStore(SqlStore):
    """A workspace in one file; ``path`` None keeps it in memory (tests, notebooks)."""

    def __init__(self, url: str, path: Path | None) -> None:
        super().__init__(url)
        self.dialect = DuckDB()
        self._connection = _connect(path)
        self._local = threading.local()
        self._writer = threading.RLock()  # DuckDB refuses, not queues, writes that collide
        self._refresher = threading.Lock()
        self._gate = Gate()
        self._remembered = Remembered()
        self.migrate()

    def _cursor(self) -> duckdb.DuckDBPyConnection:
        cursor = getattr(self._local, "cursor", None)
        if cursor is None:
            cursor = self._local.cursor = self._connection.cursor()
            cursor.execute("USE workspace")
        return cursor

    @contextmanager
    def _reading(self) -> Iterator[Session]:
        with self._gate.reading():
            yield DuckDBSession(self._cursor(), DuckDB())

    @contextmanager
    def _writing(self) -> Iterator[Session]:
        with self._writer, self._transaction(QUIET_SECONDS) as session:
            yield session

    @contextmanager
    def transaction(self) -> Iterator[Session]:
        # A few rows go through the log safely, so a slow download need not be waited for.
        with self._writer, self._transaction() as session:
            yield session

    def _lock_schema(self, session: Session) -> None:
        """There is no other process."""

    @contextmanager
    def _refreshing(self, layer: Layer) -> Iterator[Session]:
        # Nothing else writes where the cells stand, so a long import need not be waited for.
        with self._refresher, self._transaction() as session:
            yield session

    @contextmanager
    def _transaction(self, quiet_seconds: float = 0.0) -> Iterator[Session]:
        cursor = self._cursor()
        cursor.execute("BEGIN")
        try:
            yield DuckDBSession(cursor, DuckDB())
        except BaseException:
            cursor.execute("ROLLBACK")
            raise
        try:
            # A commit that nobody reads beside goes to the file at once (see _connect).
            with self._gate.quiet(quiet_seconds):
                cursor.execute("COMMIT")
        finally:
            self._remembered = Remembered()

    def _arrow(self, sql: Sql, layer: Layer) -> pa.Table:
        try:
            with self._gate.reading():
                return self._cursor().execute(sql.text, sql.values).to_arrow_table()
        except duckdb.DataError as error:
            raise not_computable(error) from error

    def states(self, layer_ids: Sequence[str]) -> list[LayerState]:
        known = self._remembered.states  # a commit meanwhile puts another one in its place
        for layer_id in layer_ids:
            if layer_id not in known:
                known[layer_id] = super().states([layer_id])[0]
        return [known[layer_id] for layer_id in layer_ids]

    def _tilings(self, session: Session, layers: Sequence[Layer]) -> list[Tiling | None]:
        known = self._remembered.tilings
        for layer in layers:
            if layer.id not in known:
                known[layer.id] = super()._tilings(session, [layer])[0]
        return [known[layer.id] for layer in layers]

    def _page(
        self, session: Session, query: Query, view: View, layer: Layer
    ) -> list[tuple[Any, ...]]:
        """In two steps out of many rows: keys are sorted sooner than whole rows, a few found by it.

        In a box there are few rows to sort.
        """
        few = query.limit is not None and query.limit <= KEYS_MAX
        if not few or query.bbox is not None or self._size(session, layer) < SORTED_MANY:
            return super()._page(session, query, view, layer)
        with self._snapshot():
            keys = session.query(select.keys_of_page(query, view, layer, self.dialect))
            if not keys:
                return []
            asked = [key for (key,) in keys]
            rows = session.query(select.with_keys(asked, query, view, layer, self.dialect))
        found = {key: row for key, *row in rows}
        return [tuple(found[key]) for key in asked]

    def _size(self, session: Session, layer: Layer) -> int:
        known = self._remembered.sizes
        if layer.id not in known:
            counted = session.query(Sql(f"SELECT count(*) FROM {self.dialect.table(layer)}"))
            known[layer.id] = counted[0][0]
        return known[layer.id]

    @contextmanager
    def _snapshot(self) -> Iterator[None]:
        """Let several statements of this thread see one state."""
        cursor = self._cursor()
        cursor.execute("BEGIN")
        try:
            yield
        finally:
            cursor.execute("ROLLBACK")  # nothing was written

    @contextmanager
    def _own_cursor(self) -> Iterator[duckdb.DuckDBPyConnection]:
        """A cursor beside the thread's, for an answer that is still being read after others."""
        cursor = self._connection.cursor()
        try:
            cursor.execute("USE workspace")
            with self._gate.reading():
                yield cursor
        except duckdb.DataError as error:
            raise not_computable(error) from error
        finally:
            cursor.close()

    def _text_stream(self, sql: Sql) -> Generator[list[tuple[Any, ...]], None, None]:
        with self._own_cursor() as cursor:
            cursor.execute(sql.text, sql.values)
            yield from in_parts(cursor.fetchmany)

    def _arrow_stream(self, sql: Sql, layer: Layer) -> Iterator[pa.RecordBatch]:
        with self._own_cursor() as cursor:
            reader = cursor.execute(sql.text, sql.values).to_arrow_reader(ROWS)
            first = True
            for batch in reader:
                yield batch
                first = False
            if first:
                yield pa.RecordBatch.from_pylist([], reader.schema)

    def close(self) -> None:
        self._connection.close()


def _connect(path: Path | None) -> duckdb.DuckDBPyConnection:
    """Open the file behind an in-memory catalogue, so that the extension is there before it."""
    connection = duckdb.connect(
        ":memory:",
        config={"autoinstall_known_extensions": "false", "autoload_known_extensions": "false"},
    )
    connection.execute(f"LOAD '{_extension()}'")
    connection.execute("SET TimeZone = 'UTC'")
    # DuckDB 1.5.5 logs a bulk insert as pointers to blocks, and takes them from a log that breaks
    # off before the commit (duckdb/duckdb#25931). A commit this large goes to the file at once.
    connection.execute("SET checkpoint_threshold = '100KB'")
    target = ":memory:" if path is None else str(path)
    try:
        if path is not None:
            path.parent.mkdir(parents=True, exist_ok=True)
        place = target.replace("'", "''")
        connection.execute(f"ATTACH '{place}' AS workspace (ROW_GROUP_SIZE {ROW_GROUP})")
    except duckdb.IOException as error:
        connection.close()
        raise _not_opened(target, str(error)) from error
    except (duckdb.Error, OSError) as error:
        connection.close()
        raise StoreUnavailable(
            "workspace_unreadable",
            Text(
                f"เปิดไฟล์ฐานข้อมูล {target} ไม่ได้: {error}",
                f"The workspace file {target} cannot be opened: {error}",
            ),
        ) from error
    connection.execute("SET enable_external_access = false")  # SQL may not read other files
    return connection


def _not_opened(target: str, reason: str) -> StoreUnavailable:
    if "lock" not in reason.lower():
        return StoreUnavailable(
            "workspace_unreadable",
            Text(
                f"เปิดไฟล์ฐานข้อมูล {target} ไม่ได้: {reason}",
                f"The workspace file {target} cannot be opened: {reason}",
            ),
        )
    return WorkspaceLocked(
        "workspace_locked",
        Text(
            f"ไฟล์ {target} เปิดอยู่ในโปรแกรมอื่น ({_holder(reason)}) ให้ปิดโปรแกรมนั้นก่อน "
            "หรือใช้ PostGIS ถ้าต้องใช้หลายคนพร้อมกัน (PHUMI_DATABASE_URL=postgresql://...)",
            f"{target} is open in another process ({_holder(reason)}). Stop that one first, "
            "or use PostGIS for several at once (PHUMI_DATABASE_URL=postgresql://...)",
        ),
    )


def _holder(reason: str) -> str:
    _, found, rest = reason.partition("(PID ")
    return f"PID {rest.split(')')[0]}" if found else "PID ?"


def _extension() -> Path:
    """The spatial extension that the package of the same version brought along."""
    root = resources.files("duckdb_extension_spatial")
    version = f"v{duckdb.__version__}"
    path = Path(str(root)) / "extensions" / version / "spatial.duckdb_extension"
    if not path.is_file():
        raise StoreUnavailable(
            "extension_missing",
            Text(
                f"ไม่พบส่วนเสริม spatial ของ DuckDB {duckdb.__version__} ให้ติดตั้งใหม่: make install",
                f"The spatial extension of DuckDB {duckdb.__version__} is missing: make install",
            ),
        )
    return path
