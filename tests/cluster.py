"""A throw-away PostgreSQL cluster with PostGIS for one test session."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

__all__ = ["cluster", "free_port", "server_programs"]


def server_programs() -> Path | None:
    """The folder of initdb and pg_ctl of the newest PostgreSQL that has PostGIS."""
    for root in sorted(Path("/usr/lib/postgresql").glob("*"), key=lambda p: -float(p.name)):
        share = Path("/usr/share/postgresql") / root.name / "extension" / "postgis.control"
        if (root / "bin" / "initdb").exists() and share.exists():
            return root / "bin"
    found = shutil.which("initdb")
    return Path(found).parent if found else None


@contextmanager
def cluster(programs: Path) -> Iterator[str]:
    """Start a server on a free port in a temporary folder; yield its URL; stop and remove it.

    A watcher process stops the server even when the test session is killed.
    """
    folder = Path(tempfile.mkdtemp(prefix="phumi-pg-"))
    as_root = os.geteuid() == 0  # PostgreSQL refuses to run as root
    if as_root:
        shutil.chown(folder, "postgres", "postgres")
    folder.chmod(0o755)
    data = folder / "data"
    port = free_port()

    def run(*command: str) -> None:
        prefix = ["runuser", "-u", "postgres", "--"] if as_root else []
        subprocess.run([*prefix, *command], check=True, capture_output=True, cwd="/")

    initdb = ("-A", "trust", "-U", "phumi", "-E", "UTF8", "--locale=C.UTF-8", "--no-sync")
    run(str(programs / "initdb"), "-D", str(data), *initdb)
    settings = (
        f"-p {port} -c listen_addresses=127.0.0.1 -c unix_socket_directories={folder} "
        "-c fsync=off -c max_connections=50 -c shared_buffers=256MB"
    )
    stop = [str(programs / "pg_ctl"), "-D", str(data), "-m", "immediate", "stop"]
    watcher = _stop_after_us(os.getpid(), stop, folder, as_root=as_root)
    try:
        run(
            str(programs / "pg_ctl"),
            "-D",
            str(data),
            "-w",
            "-l",
            str(folder / "log"),
            "-o",
            settings,
            "start",
        )
        yield f"postgresql://phumi@127.0.0.1:{port}/postgres"
    finally:
        watcher.terminate()
        run(*stop)
        shutil.rmtree(folder, ignore_errors=True)


def _stop_after_us(
    parent: int, stop: list[str], folder: Path, *, as_root: bool
) -> subprocess.Popen[bytes]:
    prefix = "runuser -u postgres -- " if as_root else ""
    script = (
        f"while kill -0 {parent} 2>/dev/null; do sleep 1; done; cd /; "
        f"{prefix}{' '.join(stop)}; rm -rf {folder}"
    )
    return subprocess.Popen(
        ["/bin/sh", "-c", script],
        start_new_session=True,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )


def free_port() -> int:
    """A TCP port of this machine that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
