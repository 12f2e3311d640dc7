"""Guessing slowed down: failed logins are counted by name and by address, in the database.

A name that is not known is counted like one that is, so the answers do not tell them apart.
"""

from __future__ import annotations

import datetime as dt
import hashlib

from api.problems import TooMany
from geo.text import Text
from layers.store import Store
from layers.store.sql import Sql

__all__ = [
    "FAILURES_PER_ADDRESS",
    "FAILURES_PER_NAME",
    "WINDOW",
    "failed",
    "require_calm",
    "succeeded",
]

WINDOW = dt.timedelta(minutes=15)
FAILURES_PER_NAME = 5
FAILURES_PER_ADDRESS = 50  # an office shares one address


def require_calm(store: Store, name: str, address: str) -> None:
    """Raise TooMany while the name or the address had too many failures of late (ASVS 6.3.1)."""
    since = dt.datetime.now(dt.UTC) - WINDOW
    sql = "SELECT count(*) FROM phumi.attempts WHERE key = ? AND moment > ?"
    for key, most in _keys(name, address):
        if next(store.raw(sql, (key, since)))[0] >= most:
            raise TooMany(
                "login_locked",
                Text(
                    "ลองเข้าใช้ผิดหลายครั้งเกินไป รอ 15 นาทีแล้วลองใหม่ หรือติดต่อผู้ดูแลระบบ",
                    "Too many failed logins. Wait 15 minutes, or ask an administrator.",
                ),
            )


def failed(store: Store, name: str, address: str) -> None:
    """Count a failed login; what is older than a day is forgotten."""
    now = dt.datetime.now(dt.UTC)
    with store.transaction() as session:
        session.run(
            Sql("DELETE FROM phumi.attempts WHERE moment < ?", (now - dt.timedelta(days=1),))
        )
        for key, _ in _keys(name, address):
            session.run(Sql("INSERT INTO phumi.attempts VALUES (?, ?)", (key, now)))


def succeeded(store: Store, name: str, address: str) -> None:
    """Forget the failures of a name; those of the address stay."""
    (key, _), _ = _keys(name, address)
    with store.transaction() as session:
        session.run(Sql("DELETE FROM phumi.attempts WHERE key = ?", (key,)))


def _keys(name: str, address: str) -> tuple[tuple[str, int], tuple[str, int]]:
    def key(kind: str, text: str) -> str:
        return hashlib.sha256(f"{kind}:{text}".encode()).hexdigest()

    return (key("name", name), FAILURES_PER_NAME), (key("address", address), FAILURES_PER_ADDRESS)
