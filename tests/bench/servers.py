"""The servers that are loaded: phumi and its peers, each on a free port."""

from __future__ import annotations

import json
import os
import signal
import string
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
import venv
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from psycopg.conninfo import conninfo_to_dict

from layers.catalogue import CATALOGUE
from tests.bench.data import POINTS
from tests.cluster import free_port

__all__ = ["NotServing", "fetch", "phumi", "pygeoapi", "tipg", "versions"]

WORKERS = 2
STARTING = 60.0  # seconds
PEERS = Path(__file__).with_name("peers")
ENVIRONMENTS = Path(__file__).resolve().parents[2] / "build" / "peers"
LAYERS = (POINTS, CATALOGUE["tambons"])


class NotServing(Exception):
    """A server cannot be installed or does not start; the text says why."""


@contextmanager
def phumi(database: str, **settings: object) -> Iterator[str]:
    """phumi as `phumi serve` starts it; yields its address."""
    command = [str(Path(sys.executable).parent / "phumi"), "serve", "--port", "{port}"]
    given = {f"PHUMI_{name.upper()}": str(value) for name, value in settings.items()}
    environment = {"PHUMI_DATABASE_URL": database, "PHUMI_WORKERS": str(WORKERS), **given}
    with _serving(command, environment, "/conformance") as address:
        yield address


@contextmanager
def tipg(database: str) -> Iterator[str]:
    """tipg under uvicorn, on the same tables and columns."""
    tables = {
        f"layers_{layer.id}": {
            "pk": layer.key,
            "geomcol": "geom",
            "properties": [*(field.name for field in layer.fields), "geom"],
        }
        for layer in LAYERS
    }
    environment = {
        "DATABASE_URL": database,
        "TIPG_DB_SCHEMAS": '["layers"]',
        "TIPG_DB_TABLES": json.dumps([f"layers.{layer.id}" for layer in LAYERS]),
        "TIPG_DB_EXCLUDE_FUNCTION_SCHEMAS": '["public", "layers"]',
        "TIPG_TABLE_CONFIG": json.dumps(tables),
        "TIPG_MAX_FEATURES_PER_TILE": "1000000",  # a tile of all points shows all points
    }
    command = [
        str(_environment("tipg") / "uvicorn"), "tipg.main:app", "--port", "{port}",
        "--workers", str(WORKERS), "--no-access-log", "--log-level", "warning",
    ]  # fmt: skip
    with _serving(command, environment, "/conformance") as address:
        yield address


@contextmanager
def pygeoapi(database: str) -> Iterator[str]:
    """pygeoapi under gunicorn, on the same tables and columns."""
    programs = _environment("pygeoapi")
    port = free_port()
    place = conninfo_to_dict(database)
    values = {
        "url": f"http://127.0.0.1:{port}",
        "host": place["host"],
        "port": place["port"],
        "name": place["dbname"],
        "user": place["user"],
        "password": place.get("password", ""),
        **{f"{layer.id}_fields": ", ".join(f.name for f in layer.fields) for layer in LAYERS},
    }
    with tempfile.TemporaryDirectory() as folder:
        config, document = Path(folder) / "config.yml", Path(folder) / "openapi.json"
        template = string.Template((PEERS / "pygeoapi.yml").read_text(encoding="utf-8"))
        config.write_text(template.substitute(values), encoding="utf-8")
        environment = {"PYGEOAPI_CONFIG": str(config), "PYGEOAPI_OPENAPI": str(document)}
        describe = ["openapi", "generate", str(config), "-f", "json", "-of", str(document)]
        _run([str(programs / "pygeoapi"), *describe], environment)
        command = [
            str(programs / "gunicorn"), "pygeoapi.flask_app:APP", "--bind", "127.0.0.1:{port}",
            "--workers", str(WORKERS), "--log-level", "warning",
        ]  # fmt: skip
        with _serving(command, environment, "/conformance?f=json", port) as address:
            yield address


def versions(name: str) -> dict[str, str]:
    """The pinned versions of a peer and its server."""
    wanted = {"tipg": ("tipg", "uvicorn"), "pygeoapi": ("pygeoapi", "gunicorn")}[name]
    lines = (PEERS / f"{name}.txt").read_text(encoding="utf-8").splitlines()
    pins = dict(line.split("==") for line in lines)
    return {package: pins[package] for package in wanted}


def fetch(url: str) -> bytes:
    """The body of an answer; HTTPError when it is not a success."""
    with urllib.request.urlopen(url, timeout=60) as answer:
        body: bytes = answer.read()
    return body


def _environment(name: str) -> Path:
    """The folder of programs of a peer's own environment, made when its pins have changed."""
    folder, pins = ENVIRONMENTS / name, PEERS / f"{name}.txt"
    ready = folder / pins.name
    wanted = pins.read_text(encoding="utf-8")
    if not ready.exists() or ready.read_text(encoding="utf-8") != wanted:
        venv.create(folder, clear=True, with_pip=True)
        pip = [str(folder / "bin" / "python"), "-m", "pip", "install", "--quiet"]
        _run([*pip, "--disable-pip-version-check", "-r", str(pins)], {})
        ready.write_text(wanted, encoding="utf-8")
    return folder / "bin"


def _run(command: Sequence[str], environment: Mapping[str, str]) -> None:
    try:
        subprocess.run(
            command, check=True, capture_output=True, text=True, env={**os.environ, **environment}
        )
    except subprocess.CalledProcessError as error:
        raise NotServing(f"{Path(command[0]).name}: {error.stderr.strip()[-500:]}") from error


@contextmanager
def _serving(
    command: Sequence[str], environment: Mapping[str, str], probe: str, port: int | None = None
) -> Iterator[str]:
    port = port or free_port()
    address = f"http://127.0.0.1:{port}"
    with tempfile.TemporaryFile() as log:
        process = subprocess.Popen(
            [part.format(port=port) for part in command],
            env={**os.environ, **environment},
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,  # so that its workers can be stopped with it
        )
        try:
            if not _answers(address + probe, process):
                log.seek(0)
                tail = log.read().decode(errors="replace").strip()[-500:]
                raise NotServing(f"{Path(command[0]).name} does not answer: {tail}")
            yield address
        finally:
            _stop(process)


def _answers(url: str, process: subprocess.Popen[bytes]) -> bool:
    deadline = time.monotonic() + STARTING
    while time.monotonic() < deadline and process.poll() is None:
        try:
            fetch(url)
        except (urllib.error.URLError, ConnectionError):
            time.sleep(0.2)
        else:
            return True
    return False


def _stop(process: subprocess.Popen[bytes]) -> None:
    for sign in (signal.SIGTERM, signal.SIGKILL):
        try:
            os.killpg(process.pid, sign)
            process.wait(timeout=10)
        except ProcessLookupError:
            break
        except subprocess.TimeoutExpired:
            continue
    process.wait()
