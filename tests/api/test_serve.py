"""The web server as a user starts it: real processes, real sockets."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.cluster import free_port

pytestmark = pytest.mark.slow

PHUMI = Path(sys.executable).with_name("phumi")
SECONDS = 40


def get(address: str) -> tuple[int, Any]:
    try:
        with urllib.request.urlopen(address, timeout=10) as answer:
            return answer.status, json.load(answer)
    except urllib.error.HTTPError as error:
        return error.code, json.load(error)


@contextmanager
def serving(url: str, *words: str) -> Iterator[str]:
    """``phumi serve`` on a free port, stopped at the end."""
    port = free_port()
    command = [str(PHUMI), "--database", url, "serve", "--port", str(port), *words]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    address = f"http://127.0.0.1:{port}"
    try:
        _wait(address, process)
        yield address
    finally:
        process.send_signal(signal.SIGINT)
        try:
            process.wait(timeout=15)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _wait(address: str, process: subprocess.Popen[bytes]) -> None:
    end = time.monotonic() + SECONDS
    while time.monotonic() < end:
        if process.poll() is not None:
            assert process.stdout is not None
            pytest.fail(f"the server ended: {process.stdout.read().decode()}")
        try:
            urllib.request.urlopen(f"{address}/readyz", timeout=2).close()
        except OSError:
            time.sleep(0.2)
        else:
            return
    pytest.fail("the server did not answer in time")


def test_the_server_answers_and_stops_when_asked(store_url: str) -> None:
    with serving(store_url) as address:
        status, page = get(f"{address}/")
        assert status == 200
        assert page["links"][0]["href"].startswith(address)
        status, page = get(f"{address}/collections/tambons/items")
        assert (status, page["features"]) == (200, [])
        assert get(f"{address}/collections/households/items")[0] == 403


def test_several_processes_serve_postgis(new_database: Any) -> None:
    with serving(new_database(), "--workers", "2") as address:
        for _ in range(20):
            assert get(f"{address}/readyz")[0] == 200


def test_a_second_program_on_the_same_file_is_told_who_holds_it(tmp_path: Path) -> None:
    """The workspace of a running server cannot be opened twice; the message names the remedy."""
    url = f"duckdb:///{tmp_path}/work.duckdb"
    with serving(url):
        second = subprocess.run(
            [str(PHUMI), "--database", url, "--lang", "en", "init"], capture_output=True, text=True
        )
        assert second.returncode == 2
        assert "PID" in second.stderr
        assert "PostGIS" in second.stderr
        assert "Traceback" not in second.stderr


def test_demo_ends_with_maps_and_status_0(tmp_path: Path, store_url: str) -> None:
    environment = {**os.environ, "PHUMI_DATABASE_URL": store_url}
    for _ in range(2):
        done = subprocess.run(
            [str(PHUMI), "--lang", "en", "demo", "--no-serve", "--out", "out"],
            cwd=tmp_path, env=environment, capture_output=True, text=True,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
    made = {path.name for path in (tmp_path / "out").iterdir()}
    assert {"map.html", "map-en.html", "map-public.html", "pond-check.geojson"} <= made
    judged = json.loads((tmp_path / "out" / "pond-check.geojson").read_text())
    assert all(count >= 1 for count in judged["summary"]["verdicts"].values())


def test_the_demo_leaves_layers_of_the_user_alone(tmp_path: Path, reference: Path) -> None:
    url = f"duckdb:///{tmp_path}/work.duckdb"

    def phumi(*words: str) -> subprocess.CompletedProcess[str]:
        command = [str(PHUMI), "--database", url, "--lang", "en", *words]
        return subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)

    assert phumi("import", "tambons", str(reference / "boundaries" / "tambon.fgb")).returncode == 0
    done = phumi("demo", "--no-serve")
    assert done.returncode == 0
    assert "tambons" in done.stderr
    phumi("export", "tambons", "back.csv")
    lines = (tmp_path / "back.csv").read_text(encoding="utf-8-sig").splitlines()
    assert len(lines) == 7426
    assert not any("invented" in line for line in lines)
