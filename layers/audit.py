"""The audit log: append-only entries, each with the hash of the one before (privacy.md 13).

An entry holds keys, counts and hashes, never a restricted value (AUD-R3). It is written in the
transaction of what it tells of, so that neither stands there without the other.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import hmac
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from geo.text import Text
from layers.model import choices
from layers.store import Store
from layers.store.session import Session
from layers.store.sql import Sql

__all__ = ["EVENTS", "Chain", "Entry", "append", "digest", "entries", "record", "utc", "verify"]

EVENTS: Mapping[str, Text] = choices(
    **{
        "AUD-LOGIN": ("เข้าใช้ระบบ", "Login"),
        "AUD-READ": ("เปิดดูข้อมูลจำกัดสิทธิ", "Read of restricted data"),
        "AUD-EXPORT": ("ส่งออกไฟล์", "Export"),
        "AUD-IMPORT": ("นำเข้า", "Import"),
        "AUD-VERIFY": ("ตรวจสอบ", "Verification"),
        "AUD-CHANGE": ("แก้ไข", "Change"),
        "AUD-GRANT": ("ให้สิทธิ", "Grant"),
        "AUD-DENIED": ("ปฏิเสธสิทธิ", "Denied"),
        "AUD-BREAK": ("เปิดสิทธิฉุกเฉิน", "Break glass"),
        "AUD-CONSENT": ("ความยินยอม", "Consent"),
        "AUD-RIGHTS": ("คำขอใช้สิทธิ", "Rights request"),
        "AUD-RETENTION": ("ลบ/ปกปิดตามกำหนด", "Retention"),
        "AUD-SUPPRESS": ("ปกปิดค่า", "Suppression"),
        "AUD-KEY": ("เปลี่ยนกุญแจ", "Key rotation"),
        "AUD-PRINT": ("พิมพ์รายการเยี่ยม", "Visit list printed"),
        "AUD-CONFLICT": ("ข้อมูลขัดกัน", "Sync conflict"),
    }
)
"""The events of privacy.md 13 with their labels, and conflicts of devices."""

COLUMNS = (
    "number, moment AT TIME ZONE 'UTC', event, account, object, area, rows, detail, previous, hash"
)
PART = 5_000  # entries read at once while the chain is checked


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One event: who did what to which object, where, on how many rows."""

    number: int
    moment: dt.datetime
    event: str
    account: str
    object: str
    area: str
    rows: int | None
    detail: Mapping[str, Any]
    previous: str
    hash: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Chain:
    """What a check of the whole log found; ``broken_at`` is the first entry that does not fit."""

    entries: int
    head: str
    broken_at: int | None = None

    @property
    def whole(self) -> bool:
        """Whether every entry is there and unchanged."""
        return self.broken_at is None


def append(
    session: Session,
    event: str,
    *,
    account: str,
    object: str = "",  # noqa: A002 - the word of privacy.md 13
    area: str = "",
    rows: int | None = None,
    **detail: object,
) -> None:
    """Add an entry within a transaction; ``detail`` is JSON and holds no restricted value."""
    if event not in EVENTS:
        raise ValueError(f"unknown audit event {event}")
    moment = dt.datetime.now(dt.UTC)
    account, object, area = map(_plain, (account, object, area))  # noqa: A001
    session.run(Sql("UPDATE phumi.audit_head SET number = number + 1"))  # others wait here
    number, previous = session.query(Sql("SELECT number, hash FROM phumi.audit_head"))[0]
    text = _plain(json.dumps(detail, ensure_ascii=False, sort_keys=True, default=str))
    found = _hash(number, moment, event, account, object, area, rows, text, previous)
    values = (number, moment, event, account, object, area, rows, text, previous, found)
    session.run(Sql("INSERT INTO phumi.audit VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", values))
    session.run(Sql("UPDATE phumi.audit_head SET hash = ?", (found,)))


def record(store: Store, event: str, *, account: str, **parts: Any) -> None:
    """Add an entry in a transaction of its own; the parts are those of :func:`append`."""
    with store.transaction() as session:
        append(session, event, account=account, **parts)


def entries(
    store: Store,
    *,
    event: str | None = None,
    account: str | None = None,
    object: str | None = None,  # noqa: A002
    since: dt.datetime | None = None,
    until: dt.datetime | None = None,
    before: int | None = None,
    limit: int | None = 200,
) -> list[Entry]:
    """The newest entries that match, newest first; ``before`` is the number to go on from."""
    asked = {
        "event = ?": event,
        "account = ?": account,
        "object = ?": object,
        "moment >= ?": since,
        "moment < ?": until,
        "number < ?": before,
    }
    given = {sql: value for sql, value in asked.items() if value is not None}
    where = f"WHERE {' AND '.join(given)} " if given else ""
    last = "" if limit is None else f"LIMIT {int(limit)}"
    sql = f"SELECT {COLUMNS} FROM phumi.audit {where}ORDER BY number DESC {last}"
    return [_entry(row) for row in store.raw(sql, tuple(given.values()))]


def verify(store: Store) -> Chain:
    """Compute every hash anew: a changed, removed or added entry breaks the chain (AUD-R2).

    >>> from layers.store import open_store
    >>> store = open_store("duckdb:///:memory:")
    >>> record(store, "AUD-LOGIN", account="somchit", result="ok")
    >>> verify(store).whole, verify(store).entries
    (True, 1)
    >>> with store.transaction() as session:
    ...     _ = session.run(Sql("UPDATE phumi.audit SET account = 'other'"))
    >>> verify(store).broken_at
    1
    >>> store.close()
    """
    number, previous = 0, ""
    # The head first: entries that are added meanwhile come after it.
    last, head = next(store.raw("SELECT number, hash FROM phumi.audit_head"))
    for row in _ascending(store):
        if number == last:
            break
        values = (row[0], utc(row[1]), *row[2:8], previous)
        if row[0] != number + 1 or row[8] != previous or row[9] != _hash(*values):
            return Chain(entries=number, head=previous, broken_at=number + 1)
        number, previous = row[0], row[9]
    if (number, previous) != (last, head):
        return Chain(entries=number, head=previous, broken_at=number + 1)
    return Chain(entries=number, head=previous)


def digest(value: object, key: bytes) -> str:
    """A keyed hash of a value: tells that it changed, not what it was, however few it can be.

    >>> digest(None, b"k")
    ''
    >>> digest(True, b"k") == digest(True, b"k"), digest(True, b"k") == digest(True, b"other")
    (True, False)
    """
    if value is None:
        return ""
    text = json.dumps(value, ensure_ascii=False, sort_keys=True, default=str)
    return hmac.new(key, text.encode(), hashlib.sha256).hexdigest()[:16]


def utc(moment: dt.datetime) -> dt.datetime:
    """A moment read ``AT TIME ZONE 'UTC'``, with its zone."""
    return moment.replace(tzinfo=dt.UTC)


def _plain(text: str) -> str:
    """Text that both engines hold; strangers choose some of it."""
    return "".join(letter for letter in text if letter.isprintable())


def _ascending(store: Store) -> Iterator[tuple[Any, ...]]:
    number = 0
    sql = f"SELECT {COLUMNS} FROM phumi.audit WHERE number > ? ORDER BY number LIMIT {PART}"
    while rows := list(store.raw(sql, (number,))):
        yield from rows
        number = rows[-1][0]


def _entry(row: tuple[Any, ...]) -> Entry:
    number, moment, event, account, thing, area, rows, detail, previous, found = row
    return Entry(
        number=number,
        moment=utc(moment),
        event=event,
        account=account,
        object=thing,
        area=area,
        rows=rows,
        detail=json.loads(detail),
        previous=previous,
        hash=found,
    )


def _hash(number: int, moment: dt.datetime, *rest: object) -> str:
    stamp = moment.strftime("%Y-%m-%dT%H:%M:%S.%f")
    text = json.dumps([number, stamp, *rest], ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()
