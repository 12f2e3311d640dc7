"""The server engine: PostgreSQL with PostGIS through psycopg 3 and its pool."""

from __future__ import annotations

import io
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pacsv
from psycopg_pool import ConnectionPool, PoolTimeout

from geo.text import Text
from layers.errors import StoreUnavailable
from layers.model import Layer
from layers.store.base import SqlStore
from layers.store.dialect import STAGE, PostGIS
from layers.store.frames import ARROW
from layers.store.session import Session, in_parts, not_computable
from layers.store.sql import Sql, quote

__all__ = ["PostGISStore"]

COPIED = 4_000_000  # bytes of CSV that become one Arrow batch
SCHEMA_LOCK = 4_867_417  # any number, the same in every process
CELLS_LOCK = 4_867_418
POOL_SECONDS = 10.0


class PostGISSession(Session):
    """One connection from the pool, inside a transaction."""

    def __init__(self, connection: psycopg.Connection[tuple[Any, ...]], dialect: PostGIS) -> None:
        self.connection = connection
        self.dialect = dialect

    def query(self, sql: Sql) -> list[tuple[Any, ...]]:
        return self._execute(sql).fetchall()

    def run(self, sql: Sql) -> int:
        return self._execute(sql).rowcount

    def _execute(self, sql: Sql) -> psycopg.Cursor[tuple[Any, ...]]:
        text = _percent(sql.text) if sql.values else sql.text
        # In binary, since the bytes of a tile would come twice as long in text.
        return self.connection.execute(text, sql.values or None, binary=True)

    def stage(self, layer: Layer, table: pa.Table) -> None:
        columns = [
            f"{quote(name)} "
            + (
                self.dialect.geometry_type
                if name == "geom"
                else self.dialect.types[layer.by_name[name].type]
            )
            for name in table.column_names
        ]
        with self.connection.cursor() as cursor:
            cursor.execute(f"CREATE TEMP TABLE {STAGE} ({', '.join(columns)}) ON COMMIT DROP")
            with cursor.copy(f"COPY {STAGE} FROM STDIN (FORMAT csv)") as copy:
                for block in _csv_blocks(table):
                    copy.write(block)
            cursor.execute(f"ANALYZE {STAGE}")


class PostGISStore(SqlStore):
    """A database for many users and many processes."""

    def __init__(self, url: str, *, pool_size: int = 8) -> None:
        super().__init__(url)
        self.dialect = PostGIS()
        self._pool = _open_pool(url, pool_size)
        try:
            self._require_postgis()
            self.migrate()
        except psycopg.errors.InsufficientPrivilege as error:
            self._pool.close()
            raise StoreUnavailable(
                "database_rights",
                Text(
                    f"ผู้ใช้ฐานข้อมูลไม่มีสิทธิที่ต้องใช้: {error} ให้ผู้ดูแลสั่ง GRANT CREATE ON DATABASE",
                    f"The database user lacks a right: {error}. Ask the administrator to run "
                    "GRANT CREATE ON DATABASE",
                ),
            ) from error
        except BaseException:
            self._pool.close()
            raise

    @contextmanager
    def _reading(self) -> Iterator[Session]:
        with self._connection() as connection:
            yield PostGISSession(connection, PostGIS())

    @contextmanager
    def _writing(self) -> Iterator[Session]:
        with self._connection() as connection, connection.transaction():
            yield PostGISSession(connection, PostGIS())

    @contextmanager
    def _refreshing(self, layer: Layer) -> Iterator[Session]:
        with self._writing() as session:
            lock = "SELECT pg_advisory_xact_lock(?, hashtext(?))"
            session.query(Sql(lock, (CELLS_LOCK, layer.id)))
            yield session

    @contextmanager
    def _connection(self) -> Iterator[psycopg.Connection[tuple[Any, ...]]]:
        try:
            with self._pool.connection() as connection:
                yield connection
        except (PoolTimeout, psycopg.OperationalError) as error:
            raise _unreachable(self.url, str(error)) from error
        except psycopg.DataError as error:
            raise not_computable(error) from error

    def _arrow(self, sql: Sql, layer: Layer) -> pa.Table:
        with self._connection() as connection, psycopg.ClientCursor(connection) as cursor:
            text = f"COPY ({_percent(sql.text)}) TO STDOUT (FORMAT csv, HEADER)"
            with cursor.copy(text, sql.values) as copy:
                data = b"".join(bytes(block) for block in copy)
        return _from_csv(data, layer)

    def _text_stream(self, sql: Sql) -> Generator[list[tuple[Any, ...]], None, None]:
        with (
            self._connection() as connection,
            connection.transaction(),
            connection.cursor("phumi_stream") as cursor,
        ):
            text = _percent(sql.text) if sql.values else sql.text
            cursor.execute(text, sql.values or None)
            yield from in_parts(cursor.fetchmany)

    def _arrow_stream(self, sql: Sql, layer: Layer) -> Iterator[pa.RecordBatch]:
        with self._connection() as connection, psycopg.ClientCursor(connection) as cursor:
            text = f"COPY ({_percent(sql.text)}) TO STDOUT (FORMAT csv, HEADER)"
            with cursor.copy(text, sql.values) as copy:
                head = bytes(next(iter(copy)))
                rows, size, first = [head], 0, True
                for row in copy:  # the server sends whole rows
                    rows.append(bytes(row))
                    size += len(row)
                    if size >= COPIED:
                        yield _one_batch(b"".join(rows), layer)
                        rows, size, first = [head], 0, False
                if size or first:
                    yield _one_batch(b"".join(rows), layer)

    def _lock_schema(self, session: Session) -> None:
        session.query(Sql("SELECT pg_advisory_xact_lock(?)", (SCHEMA_LOCK,)))
        # Opening a catalogue makes this session hear of what was made while it waited.
        session.query(Sql("SELECT oid FROM pg_namespace"))

    def _require_postgis(self) -> None:
        with self._connection() as connection:
            try:
                # Two processes that open a new database at once must not both create it.
                with connection.transaction():
                    connection.execute("SELECT pg_advisory_xact_lock(%s)", (SCHEMA_LOCK,))
                    connection.execute("CREATE EXTENSION IF NOT EXISTS postgis")
            except psycopg.Error as error:
                raise StoreUnavailable(
                    "postgis_missing",
                    Text(
                        f"ฐานข้อมูลไม่มี PostGIS: {error} ให้ผู้ดูแลติดตั้งแพ็กเกจ postgis "
                        "แล้วสั่ง CREATE EXTENSION postgis",
                        f"The database has no PostGIS: {error}. Ask its administrator to install "
                        "the postgis package and to run CREATE EXTENSION postgis",
                    ),
                ) from error

    def close(self) -> None:
        self._pool.close()


def _open_pool(url: str, size: int) -> ConnectionPool[psycopg.Connection[tuple[Any, ...]]]:
    # JIT pays only on queries of many seconds and costs every short one.
    options = "-c jit=off -c timezone=UTC"
    pool = ConnectionPool(
        url,
        min_size=1,
        max_size=size,
        timeout=POOL_SECONDS,
        # Reading is one statement: BEGIN and COMMIT around it would be two more journeys.
        kwargs={"options": options, "application_name": "phumi", "autocommit": True},
        open=False,
    )
    try:
        psycopg.connect(url, connect_timeout=5).close()  # says why, where the pool only waits
        pool.open(wait=True, timeout=POOL_SECONDS)
    except (psycopg.Error, PoolTimeout) as error:
        pool.close()
        found = _unreachable(url, str(error))
        raise found from (None if found.code == "database_url" else error)
    return pool


def _unreachable(url: str, reason: str) -> StoreUnavailable:
    try:
        where = _without_password(url)
    except psycopg.ProgrammingError:
        # The reason quotes what may be a piece of the password.
        return StoreUnavailable(
            "database_url",
            Text(
                "ที่อยู่ฐานข้อมูล postgresql://... อ่านไม่ได้ "
                "อักขระพิเศษในรหัสผ่านต้องเขียนแบบ %xx (เช่น / เป็น %2F)",
                "The address postgresql://... cannot be read; "
                "special characters of a password are written as %xx (/ is %2F)",
            ),
        )
    return StoreUnavailable(
        "database_unreachable",
        Text(
            f"ติดต่อฐานข้อมูล {where} ไม่ได้: {reason.strip()} (ตรวจด้วย phumi doctor)",
            f"The database {where} cannot be reached: {reason.strip()} (phumi doctor helps)",
        ),
    )


def _without_password(url: str) -> str:
    parts = psycopg.conninfo.conninfo_to_dict(url)
    port = str(parts.get("port", 5432)).replace(",", "")
    if "@" in f"{parts.get('host')}{parts.get('dbname')}" or not port.isdigit():
        raise psycopg.ProgrammingError("a password with a bare / or @ in it")
    place = f"{parts.get('host', 'localhost')}:{parts.get('port', 5432)}"
    return f"postgresql://{place}/{parts.get('dbname', '')}"


def _percent(text: str) -> str:
    """Our ``?`` places in psycopg's words."""
    return text.replace("%", "%%").replace("?", "%s")


def _csv_blocks(table: pa.Table) -> Iterator[bytes]:
    columns = {}
    for name in table.column_names:
        column = table[name]
        if pa.types.is_binary(column.type):
            cells = column.to_pylist()
            column = pa.array([None if c is None else c.hex() for c in cells], pa.string())
        elif pa.types.is_boolean(column.type) or pa.types.is_temporal(column.type):
            column = pc.cast(column, pa.string())
        columns[name] = column
    # Quoted texts and bare nulls: COPY reads an unquoted empty cell as NULL.
    options = pacsv.WriteOptions(include_header=False, quoting_style="all_valid")
    for batch in pa.table(columns).to_batches(max_chunksize=20_000):
        sink = io.BytesIO()
        pacsv.write_csv(batch, sink, options)
        yield sink.getvalue()


def _one_batch(data: bytes, layer: Layer) -> pa.RecordBatch:
    table = _from_csv(data, layer).combine_chunks()
    return pa.RecordBatch.from_arrays([_flat(c) for c in table.columns], schema=table.schema)


def _flat(column: pa.ChunkedArray) -> pa.Array:
    return column.chunk(0) if column.num_chunks else pa.array([], column.type)


def _from_csv(data: bytes, layer: Layer) -> pa.Table:
    head = data.split(b"\n", 1)[0].decode()
    names = [name.strip('"') for name in head.split(",")]
    types = {n: ARROW[layer.by_name[n].type] for n in names if n in layer.by_name}
    for name, kind in types.items():
        if pa.types.is_boolean(kind) or pa.types.is_temporal(kind):
            types[name] = pa.string()
    if "geometry" in names:
        types["geometry"] = pa.string()
    table = pacsv.read_csv(
        io.BytesIO(data),
        # One block: a row, which may be the border of a province, must not straddle two.
        read_options=pacsv.ReadOptions(block_size=min(len(data) + 1, 2**31 - 1)),
        parse_options=pacsv.ParseOptions(newlines_in_values=True, ignore_empty_lines=False),
        convert_options=pacsv.ConvertOptions(
            column_types=types,
            strings_can_be_null=True,
            quoted_strings_can_be_null=False,
            null_values=[""],
        ),
    )
    return pa.table({name: _as_arrow(table[name], name, layer) for name in table.column_names})


def _as_arrow(column: pa.ChunkedArray, name: str, layer: Layer) -> Any:
    if name == "geometry":
        cells = column.to_pylist()
        return pa.array([None if c is None else bytes.fromhex(c[2:]) for c in cells], pa.binary())
    kind = ARROW[layer.by_name[name].type] if name in layer.by_name else column.type
    if pa.types.is_boolean(kind):
        return pc.equal(column, "t")
    if pa.types.is_date(kind):
        return pc.cast(pc.cast(column, pa.timestamp("s")), kind)
    if pa.types.is_timestamp(kind):
        stamps = pc.replace_substring_regex(column, r"\+00$", "Z")
        return pc.cast(stamps, kind)
    return column
