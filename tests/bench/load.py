"""The loads: wrk on a web server, pgbench on PostgreSQL, eight callers each."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from psycopg.conninfo import conninfo_to_dict

from tests.bench.data import Sizes
from tests.cluster import server_programs

__all__ = ["CALLERS", "THREADS", "Load", "missing", "pgbench", "wrk"]

THREADS, CALLERS = 2, 8
SCRIPT = Path(__file__).with_name("urls.lua")


@dataclass(frozen=True, slots=True)
class Load:
    """Answers a second, the slowest hundredth in milliseconds, and how many were no answers."""

    per_second: float
    p99_ms: float | None = None
    failed: int = 0


def missing() -> str | None:
    """Why nothing can be loaded here, if so; root gets wrk installed."""
    if shutil.which("wrk") is None and os.geteuid() == 0 and shutil.which("apt-get"):
        install = ["apt-get", "install", "-y", "-qq", "--no-install-recommends", "wrk"]
        for command in (["apt-get", "update", "-qq"], install):
            subprocess.run(command, check=False, capture_output=True)
    if shutil.which("wrk") is None:
        return "wrk is not here (as root: apt-get install wrk): no server was loaded."
    return None


def wrk(address: str, paths: Sequence[str], sizes: Sizes) -> Load:
    """Load a server with the paths in turn, after a warm-up over the same ones."""
    with tempfile.NamedTemporaryFile("w", suffix=".txt") as file:
        file.write("\n".join(paths) + "\n")
        file.flush()
        for seconds in (sizes.warm_up, sizes.seconds):
            command = ["wrk", f"-t{THREADS}", f"-c{CALLERS}", f"-d{seconds}s", "--timeout", "30s"]
            command += ["-s", str(SCRIPT), address, "--", file.name]
            printed = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    found = json.loads(printed.splitlines()[-1])
    failed = found["failed"] + found["refused"]
    rate = (found["requests"] - found["refused"]) / found["microseconds"] * 1e6
    return Load(rate, found["p99"] / 1000, failed)


def pgbench(database: str, script: str, sizes: Sizes) -> Load:
    """Load PostgreSQL with a script of pgbench's own language."""
    programs = server_programs()
    program = programs / "pgbench" if programs else None
    if program is None or not program.exists():
        program = Path(shutil.which("pgbench") or "pgbench")
    place = conninfo_to_dict(database)
    environment = os.environ | {"PGPASSWORD": str(place.get("password", ""))}
    with tempfile.NamedTemporaryFile("w", suffix=".sql") as file:
        file.write(script)
        file.flush()
        for seconds in (sizes.warm_up, sizes.seconds):
            command = [
                str(program), "-n", "-M", "prepared", "-f", file.name, "-T", str(seconds),
                "-c", str(CALLERS), "-j", str(THREADS), "-h", str(place["host"]),
                "-p", str(place["port"]), "-U", str(place["user"]), str(place["dbname"]),
            ]  # fmt: skip
            done = subprocess.run(
                command, check=True, capture_output=True, text=True, env=environment
            )
    found = re.search(r"tps = ([0-9.]+)", done.stdout)
    if found is None:
        raise RuntimeError(f"pgbench printed no rate: {done.stdout[-300:]}")
    return Load(float(found[1]))
