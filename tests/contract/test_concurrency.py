"""Many readers and writers at once, a second process, a database that is not there."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import threading
import time
import traceback
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psycopg
import pytest
import shapely

from layers.errors import PhumiError, StoreUnavailable, WorkspaceLocked
from layers.privacy import owner_view
from layers.query import Query
from layers.store import Store, open_store
from tests.contract.specimens import everything, parsed, things, write

ROOT = Path(__file__).resolve().parents[2]
LAYER = things("busy")


def test_every_read_sees_one_whole_version_while_another_writes(store: Store) -> None:
    """Eight readers and one writer: no errors, never half a write."""
    store.ensure(LAYER)
    point = shapely.Point(98.3, 7.9)

    def rows(number: int) -> list[dict[str, object]]:
        # The number of rows changes too, so that half a replace would show.
        return [{"id": str(i), "count": number, "geometry": point} for i in range(20 + number % 7)]

    write(store, LAYER, rows(0), "replace")
    done = threading.Event()
    seen: set[int] = set()

    def read(kind: int) -> int:
        query, view, n = Query(layer=LAYER.id, limit=None), owner_view(LAYER), 0
        while not done.is_set():
            if kind % 2:
                counts = [f["properties"]["count"] for f in parsed(store.features(query, view))]
            else:
                counts = store.read(query, view)["count"].tolist()
            assert len(set(counts)) == 1, "a mixture of two versions"
            assert len(counts) == 20 + counts[0] % 7
            seen.add(counts[0])
            n += 1
        return n

    with ThreadPoolExecutor(8) as pool:
        readers = [pool.submit(read, kind) for kind in range(8)]
        try:
            for number in range(1, 15):
                assert write(store, LAYER, rows(number), "replace").version == number + 1
        finally:
            done.set()
        reads = [reader.result() for reader in readers]
    assert min(reads) > 0
    assert len(seen) > 2


def test_two_threads_that_write_one_layer_both_get_through(store: Store) -> None:
    store.ensure(LAYER)
    versions: list[int] = []

    def run(name: str) -> None:
        for number in range(10):
            rows = [{"id": f"{name}{number}"}, {"id": "both", name: name}]
            versions.append(write(store, LAYER, rows).version)

    with ThreadPoolExecutor(2) as pool:
        for job in [pool.submit(run, name) for name in ("name", "ชื่อไทย")]:
            job.result()
    assert sorted(versions) == list(range(1, 21))
    found = everything(store, LAYER)
    assert len(found) == 21
    assert found["both"]["properties"]["name"] == "name"
    assert found["both"]["properties"]["ชื่อไทย"] == "ชื่อไทย"
    journal = "SELECT version, inserted, updated FROM phumi.changes ORDER BY version"
    assert [row[0] for row in store.raw(journal)] == list(range(1, 21))


def test_threads_that_write_different_layers_do_not_disturb_each_other(store: Store) -> None:
    layers = [things(f"lane_{number}") for number in range(3)]

    def run(number: int) -> None:
        store.ensure(layers[number])
        for turn in range(5):
            assert write(store, layers[number], [{"id": "a", "count": turn}]).version == turn + 1

    with ThreadPoolExecutor(3) as pool:
        list(pool.map(run, range(3)))


WRITER = """
import sys
from layers.store import open_store
from tests.contract.specimens import things, write
store = open_store(sys.argv[1])
layer = things("busy")
store.ensure(layer)
print("ready", flush=True)
sys.stdin.readline()
for number in range(int(sys.argv[3])):
    name = sys.argv[2]
    done = write(store, layer, [{"id": f"{name}{number}"}, {"id": "both", name: name}])
    print(done.version, flush=True)
"""


def start(url: str, name: str, times: int) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", WRITER, url, name, str(times)],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )


def test_two_processes_that_write_one_layer_lose_no_update(new_database: Callable[[], str]) -> None:
    url = new_database()
    processes = [start(url, name, 8) for name in ("name", "ชื่อไทย")]  # both make the tables too
    try:
        for process in processes:
            assert process.stdout is not None
            assert process.stdout.readline() == "ready\n"
        told = []
        for process in processes:
            assert process.stdin is not None
            process.stdin.write("go\n")
            process.stdin.flush()
        for process in processes:
            out, _ = process.communicate(timeout=60)
            told += [int(line) for line in out.split()]
            assert process.returncode == 0
    finally:
        for process in processes:
            process.kill()
            process.wait()
    assert sorted(told) == list(range(1, 17))
    store = open_store(url)
    both = everything(store, LAYER)["both"]["properties"]
    assert (both["name"], both["ชื่อไทย"]) == ("name", "ชื่อไทย")
    assert store.state(LAYER.id).version == 16
    store.close()


def test_a_second_process_on_a_duckdb_file_is_told_who_has_it_and_what_to_do(
    tmp_path: Path,
) -> None:
    url = f"duckdb:///{tmp_path}/work.duckdb"
    holder = start(url, "name", 1)
    try:
        assert holder.stdout is not None
        assert holder.stdin is not None
        assert holder.stdout.readline() == "ready\n"
        with pytest.raises(WorkspaceLocked) as locked:
            open_store(url)
        assert locked.value.code == "workspace_locked"
        for language, remedy in (("th", "ให้ปิดโปรแกรมนั้นก่อน"), ("en", "Stop that one first")):
            told = locked.value.text.get(language)
            assert f"PID {holder.pid}" in told
            assert remedy in told
            assert "PHUMI_DATABASE_URL=postgresql://" in told
            assert "work.duckdb" in told
        holder.stdin.write("go\n")
        holder.communicate(timeout=60)
        assert holder.returncode == 0, "the first process was disturbed"
    finally:
        holder.kill()
        holder.wait()
    store = open_store(url)
    assert set(everything(store, LAYER)) == {"name0", "both"}
    store.close()


def test_a_file_that_is_no_workspace_is_refused_and_left_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "notes.duckdb"
    path.write_text("ไม่ใช่ฐานข้อมูล" * 1000)
    before = path.read_bytes()
    with pytest.raises(StoreUnavailable) as refused:
        open_store(f"duckdb:///{path}")
    assert refused.value.code == "workspace_unreadable"
    assert "notes.duckdb" in refused.value.text.th
    assert path.read_bytes() == before


def test_a_folder_that_cannot_be_made_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    with pytest.raises(StoreUnavailable):
        open_store(f"duckdb:///{tmp_path}/file/work.duckdb")


@pytest.mark.parametrize(
    "url", ["sqlite:///x", "x", "", "duckdb:x", "duckdb://x", "mysql://u:hunter2@h/d"]
)
def test_an_address_of_another_kind_is_refused(url: str) -> None:
    with pytest.raises(StoreUnavailable) as refused:
        open_store(url)
    assert refused.value.code == "database_url"
    assert "hunter2" not in str(refused.value.text)


def told(error: PhumiError) -> str:
    """All that a person or a log could get to see of an error."""
    chain = "".join(traceback.format_exception(error))
    source = re.compile(r"^    .*$", re.MULTILINE)  # lines of our own code
    return source.sub("", chain) + error.text.th + error.text.en + repr(error.details)


@pytest.mark.parametrize(
    "address",
    [
        "postgresql://somebody:hunter2@127.0.0.1:1/phumi",
        "postgresql://somebody:hunter2@no-such-host.invalid/phumi",
        "postgresql://somebody:hun/ter2@127.0.0.1:1/phumi",
        "postgresql://somebody:hun@ter2@127.0.0.1:1/phumi",
        "postgresql://somebody:hun%ter2@127.0.0.1:1/phumi",
        "postgresql://somebody@127.0.0.1:1/phumi?password=hunter2",
        "postgresql://somebody:hunter2@127.0.0.1:1/phumi?nonsense=1",
    ],
)
def test_a_server_that_is_not_there_is_said_soon_and_without_the_password(address: str) -> None:
    began = time.monotonic()
    with pytest.raises(StoreUnavailable) as refused:
        open_store(address)
    assert time.monotonic() - began < 12
    assert refused.value.text.th != refused.value.text.en
    for piece in ("hunter2", "ter2"):
        assert piece not in told(refused.value)


def test_a_wrong_password_or_database_is_said_without_the_password(postgres: str) -> None:
    place = postgres.split("@")[1].rsplit("/", 1)[0]
    for address in (
        f"postgresql://nobody_knows:hunter2@{place}/postgres",
        f"postgresql://phumi:hunter2@{place}/no_such_database",
    ):
        with pytest.raises(StoreUnavailable) as refused:
            open_store(address)
        assert refused.value.code == "database_unreachable"
        assert "hunter2" not in told(refused.value)


@pytest.fixture
def weak(new_database: Callable[[], str]) -> Callable[[bool], str]:
    """URLs of databases whose user may log in and nothing else."""

    def make(postgis: bool) -> str:
        url = new_database()
        with psycopg.connect(url, autocommit=True) as connection:
            if postgis:
                connection.execute("CREATE EXTENSION postgis")
            connection.execute("DROP ROLE IF EXISTS phumi_weak")
            connection.execute("CREATE ROLE phumi_weak LOGIN PASSWORD 'hunter2'")
        return "postgresql://phumi_weak:hunter2@" + url.split("@")[1]

    return make


def test_a_database_without_postgis_says_what_the_administrator_must_do(
    weak: Callable[[bool], str],
) -> None:
    with pytest.raises(StoreUnavailable) as refused:
        open_store(weak(False))
    assert refused.value.code == "postgis_missing"
    for language in ("th", "en"):
        assert "CREATE EXTENSION postgis" in refused.value.text.get(language)
    assert "hunter2" not in told(refused.value)


def test_a_user_who_may_not_make_tables_is_told_so(weak: Callable[[bool], str]) -> None:
    with pytest.raises(StoreUnavailable) as refused:
        open_store(weak(True))
    assert refused.value.code == "database_rights"
    for language in ("th", "en"):
        assert "GRANT CREATE ON DATABASE" in refused.value.text.get(language)


def test_connections_that_the_server_cut_are_an_error_that_says_so_and_then_heal(
    new_database: Callable[[], str],
) -> None:
    url = new_database()
    store = open_store(url)
    store.ensure(LAYER)
    write(store, LAYER, [{"id": "a"}])
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
            "WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
    try:
        store.count(Query(layer=LAYER.id), owner_view(LAYER))
    except StoreUnavailable as error:
        assert error.code == "database_unreachable"
    assert store.count(Query(layer=LAYER.id), owner_view(LAYER)) == 1
    assert write(store, LAYER, [{"id": "b"}]).version == 2
    store.close()
