"""The dependency audit finds what the advisories know, and fails for nothing else."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from tests.audit_dependencies import audit

ADVISORY = {
    "id": "PYSEC-0000-1",
    "summary": "an invented weakness",
    "modified": "2026-01-01T00:00:00Z",
    "published": "2026-01-01T00:00:00Z",
    "aliases": [],
    "affected": [
        {
            "package": {"name": "weakling", "ecosystem": "PyPI"},
            "ranges": [{"type": "ECOSYSTEM", "events": [{"introduced": "0"}, {"fixed": "2.0"}]}],
            "versions": ["1.0"],
        }
    ],
}


class Advisories(BaseHTTPRequestHandler):
    """Answers the OSV query of one package."""

    def do_POST(self) -> None:
        asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        known = asked["package"]["name"] == "weakling" and asked["version"] == "1.0"
        body = json.dumps({"vulns": [ADVISORY]} if known else {}).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture(scope="module")
def advisories() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Advisories)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_address[1]}/v1/query"
    server.shutdown()


@pytest.mark.parametrize(("pin", "status"), [("weakling==1.0", 1), ("sturdy==1.0", 0)])
def test_a_known_weakness_fails_and_others_do_not(
    advisories: str, tmp_path: Path, pin: str, status: int
) -> None:
    pytest.importorskip("pip_audit", reason="pip-audit comes with the extra 'dev'")
    pins = tmp_path / "pins.txt"
    pins.write_text(f"{pin}\n", encoding="utf-8")
    found, text = audit(pins, advisories)
    assert found == status, text
    assert ("PYSEC-0000-1" in text) is bool(status), text


def test_advisories_that_do_not_answer_are_no_failure(tmp_path: Path) -> None:
    status, text = audit(tmp_path / "none.txt", "http://127.0.0.1:9/v1/query")
    assert status == 0
    assert "skipped" in text
