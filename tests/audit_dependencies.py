"""Ask a copy of the advisory database for known weaknesses of what is installed (`make audit`).

``PHUMI_ADVISORIES`` is the address of a service that speaks the OSV query API. Without one, or
while it does not answer, nothing is asked and the reason is printed; that is no failure.
"""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from pathlib import Path
from urllib.parse import urlsplit

__all__ = ["audit"]

CONSTRAINTS = Path(__file__).resolve().parents[1] / "constraints.txt"


def audit(pins: Path, address: str) -> tuple[int, str]:
    """Exit status and text: 1 when a pin has a known weakness, 0 also when nobody could be asked.

    >>> audit(CONSTRAINTS, "")
    (0, 'Dependency audit skipped: PHUMI_ADVISORIES names no copy of the advisories')
    """
    if not address:
        return 0, "Dependency audit skipped: PHUMI_ADVISORIES names no copy of the advisories"
    host = urlsplit(address)
    try:
        port = host.port or (443 if host.scheme == "https" else 80)
        socket.create_connection((host.hostname or "", port), timeout=5).close()
    except OSError as error:
        return 0, f"Dependency audit skipped: the advisories do not answer ({error})"
    words = ["--no-deps", "--disable-pip", "--progress-spinner", "off", "-s", "osv"]
    command = [sys.executable, "-m", "pip_audit", "-r", str(pins), *words, "--osv-url", address]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    return done.returncode, done.stdout + done.stderr


if __name__ == "__main__":
    status, text = audit(CONSTRAINTS, os.environ.get("PHUMI_ADVISORIES", ""))
    print(text)
    sys.exit(status)
