"""`kill -9` at any moment of an import: afterwards all of it is there, or nothing."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import numpy as np
import psycopg
import pytest

from layers.privacy import owner_view
from layers.query import Query
from layers.store import open_store
from tests.contract.import_rows import KNOWN, LAYER, ROWS, rows

ROOT = Path(__file__).resolve().parents[2]
KILLS = 7  # for each engine, after one import that may end


@contextmanager
def importer(url: str) -> Iterator[subprocess.Popen[str]]:
    """A process that starts an import for each line it is given."""
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.contract.import_rows", url],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        assert said(process) == "ready"
        yield process
    finally:
        process.kill()
        process.wait()


def said(process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None
    return process.stdout.readline().strip()


def run(process: subprocess.Popen[str], moment: float | None, late: bool) -> tuple[str, float]:
    """One import, killed ``moment`` seconds after its start (or after its last statement).

    Returns the last word of the import and how long it lived.
    """
    assert process.stdin is not None
    process.stdin.write("go\n")
    process.stdin.flush()
    word, pid = said(process).split()
    began = time.monotonic()
    if late:
        word = said(process)
    if moment is not None:
        time.sleep(moment)
        with suppress(ProcessLookupError):  # it was quicker
            os.kill(int(pid), signal.SIGKILL)
    while (heard := said(process)) != "gone":
        word = heard
    return word, time.monotonic() - began


def start_anew(url: str) -> None:
    """A layer with the rows that were there before the import."""
    store = open_store(url)
    if LAYER in store.layers():
        store.drop(LAYER.id)
    store.ensure(LAYER)
    store.write(LAYER.id, rows(KNOWN, "old"), mode="append", author="before")
    store.close()


def wait_for_the_server(url: str) -> None:
    """Until PostgreSQL has noticed that its client is gone."""
    if not url.startswith("postgresql"):
        return
    others = (
        "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() "
        "AND pid <> pg_backend_pid() AND backend_type = 'client backend'"
    )
    with psycopg.connect(url, autocommit=True) as connection:
        while connection.execute(others).fetchone() != (0,):
            time.sleep(0.02)


def outcome(url: str) -> str:
    """ "all" or "nothing", when everything that a write touches says so."""
    wait_for_the_server(url)
    store = open_store(url)
    version = store.state(LAYER.id).version
    count = store.count(Query(layer=LAYER.id), owner_view(LAYER))
    names = dict(store.raw(f"SELECT name, count(*) FROM layers.{LAYER.id} GROUP BY name"))
    shapes = next(store.raw(f"SELECT count(geom_3857) FROM layers.{LAYER.id}"))[0]
    journal = list(
        store.raw(
            "SELECT version, author, inserted, updated FROM phumi.changes WHERE layer = ? "
            "ORDER BY version DESC LIMIT 1",
            (LAYER.id,),
        )
    )
    remembered = next(
        store.raw("SELECT count(*) FROM phumi.history WHERE ended_version = ?", (version,))
    )[0]
    store.close()
    nothing = {
        "count": KNOWN,
        "names": {"old": KNOWN},
        "shapes": KNOWN,
        "journal": [(version, "before", KNOWN, 0)],
        "remembered": 0,
    }
    everything = {
        "count": ROWS,
        "names": {"new": ROWS},
        "shapes": ROWS,
        "journal": [(version, "import", ROWS - KNOWN, KNOWN)],
        "remembered": KNOWN,
    }
    found = {
        "count": count,
        "names": names,
        "shapes": shapes,
        "journal": journal,
        "remembered": remembered,
    }
    assert found in (nothing, everything)
    return "all" if found == everything else "nothing"


@pytest.mark.slow
def test_an_import_that_is_killed_is_there_whole_or_not_at_all(store_url: str) -> None:
    """SIGKILL from the first statement to the commit; also acknowledged imports stay."""
    random = np.random.default_rng()
    outcomes: list[tuple[str, str]] = []
    with importer(store_url) as process:
        start_anew(store_url)
        word, lasts = run(process, None, late=False)
        assert (word, outcome(store_url)) == ("done", "all")
        for number in range(KILLS):
            start_anew(store_url)
            late = number % 2 == 1  # the commit itself takes some hundredths of a second
            moment = random.uniform(0, 0.08) if late else random.uniform(0, lasts)
            moment = moment if number else 0.0  # the first before anything was done
            word, _ = run(process, moment, late)
            found = outcome(store_url)
            outcomes.append((word, found))
            assert word != "done" or found == "all", "an acknowledged import was lost"
            if word == "writing":
                assert found == "nothing"
    assert {"nothing"} <= {found for _, found in outcomes}, outcomes


WRITER = """
import os, sys
from layers.store import open_store
from tests.contract.import_rows import LAYER, rows
store = open_store(sys.argv[1])
store.write(LAYER.id, rows(int(sys.argv[2]), "new"), mode="upsert", author="import")
os._exit(0)  # as if killed right after the commit
"""


@pytest.mark.slow
@pytest.mark.parametrize("n", [10, 5_000, 40_000])
def test_a_log_that_breaks_off_anywhere_holds_all_of_a_write_or_nothing(
    tmp_path: Path, n: int
) -> None:
    """What a plug pulled while DuckDB writes its log leaves behind."""
    place, log = tmp_path / "work.duckdb", tmp_path / "work.duckdb.wal"
    url = f"duckdb:///{place}"
    start_anew(url)
    command = [sys.executable, "-c", WRITER, url, str(n)]
    subprocess.run(command, cwd=ROOT, env={**os.environ, "PYTHONPATH": str(ROOT)}, check=True)
    kept, logged = place.read_bytes(), log.read_bytes() if log.exists() else b""
    updated, inserted = min(n, KNOWN), max(n - KNOWN, 0)
    for part in range(0, 13, 2) if logged else [12]:
        place.write_bytes(kept)
        log.write_bytes(logged[: len(logged) * part // 12])
        store = open_store(url)
        names = dict(store.raw(f"SELECT name, count(*) FROM layers.{LAYER.id} GROUP BY name"))
        found = (
            names,
            store.state(LAYER.id).version,
            list(store.raw("SELECT inserted, updated FROM phumi.changes WHERE author = 'import'")),
        )
        store.close()
        nothing: tuple[dict[str, int], int, list[tuple[int, int]]] = ({"old": KNOWN}, 1, [])
        old = {"old": KNOWN - updated} if updated < KNOWN else {}
        everything = ({**old, "new": n}, 2, [(inserted, updated)])
        assert found in (nothing, everything), f"log cut at {part}/12"
        if part == 12:
            assert found == everything
