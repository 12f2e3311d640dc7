"""The key of this installation's keyed hashes: from the environment or a file, never the code."""

from __future__ import annotations

import os
import secrets
from functools import lru_cache
from pathlib import Path

from api.settings import Settings
from geo.errors import ParameterError
from geo.text import Text

__all__ = ["workspace_secret"]

LETTERS_LEAST = 32


def workspace_secret(settings: Settings) -> bytes:
    """The key; a DuckDB workspace gets a file of its own at first need, readable by its owner only.

    Raises ParameterError on PostGIS while neither PHUMI_SECRET nor PHUMI_SECRET_FILE is set, and
    for a key that is too short.
    """
    return _secret(settings.secret, settings.secret_file, settings.database_url)


@lru_cache(maxsize=16)
def _secret(given: str, file: str, url: str) -> bytes:
    text = given
    if not text and file:
        text = Path(file).read_text(encoding="utf-8").strip()
    elif not text and url.startswith("duckdb:///") and not url.endswith(":memory:"):
        text = _beside(Path(url.removeprefix("duckdb:///")))
    elif not text and url.startswith("duckdb:"):
        text = secrets.token_urlsafe(LETTERS_LEAST)  # lives as long as the memory it speaks of
    if len(text) < LETTERS_LEAST:
        raise ParameterError(
            "secret_missing",
            Text(
                f"ต้องตั้งค่า PHUMI_SECRET_FILE เป็นไฟล์กุญแจยาวอย่างน้อย {LETTERS_LEAST} ตัวอักษร "
                "สร้างได้ด้วย: openssl rand -hex 32 > phumi.key",
                f"Set PHUMI_SECRET_FILE to a file with a key of {LETTERS_LEAST} letters or more; "
                "make one by: openssl rand -hex 32 > phumi.key",
            ),
            setting="PHUMI_SECRET_FILE",
        )
    return text.encode()


def _beside(workspace: Path) -> str:
    path = workspace.with_suffix(".key")
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8") as out:
            out.write(secrets.token_urlsafe(LETTERS_LEAST))
    except FileExistsError:
        pass
    return path.read_text(encoding="utf-8").strip()
