"""Accounts and what they are granted: roles and permissions in areas, for a time (PRIV-R2 to R6).

A grant counts only once it is confirmed by somebody of the next higher level (PRIV-R5): an area
whose code is a shorter beginning of the grant's. Whoever sits at the machine (the command line)
stands above all of them.
"""

from __future__ import annotations

import datetime as dt
import re
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, cast

from geo.text import Text
from layers import audit
from layers.errors import AccessDenied, Conflict, NotFound, QueryError
from layers.privacy import PERMISSIONS, ROLES
from layers.privacy.person import THAI_TIME, Role
from layers.store import Store
from layers.store.session import Session
from layers.store.sql import Sql

__all__ = [
    "CONFIRMERS",
    "CONSOLE",
    "Account",
    "Granted",
    "accounts",
    "add_account",
    "confirm",
    "disable",
    "end_grant",
    "find_account",
    "grant",
    "grants",
    "hand_over",
    "may_confirm",
    "may_grant",
    "refused",
    "today",
    "wrong_grant",
]

CONSOLE = "console"
"""Whoever sits at the machine that holds the workspace."""

RESERVED = frozenset({CONSOLE, "owner", "public", "anonymous", "demo", "system"})
NAME = re.compile(r"[a-z][a-z0-9._-]{2,39}")
AREA = re.compile(r"([0-9]{2}){0,4}")

CONFIRMERS: frozenset[str] = frozenset({"admin", "province_officer", "district_officer"})
"""Roles that may propose and confirm grants below their own area."""

HANDOVER_OVERLAP_DAYS = 7
"""How long the former keeper still sees the unit after a hand-over (PRIV-R4, DEBT-R27)."""

Kind = Literal["role", "permission"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """A name that can log in; names are office names, not those of people."""

    name: str
    subject: str | None
    created_at: dt.datetime
    created_by: str
    disabled_at: dt.datetime | None
    has_password: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Granted:
    """A role or a permission as it was granted, confirmed or not."""

    id: str
    account: str
    kind: Kind
    name: str
    prefix: str
    valid_from: dt.date
    valid_to: dt.date
    granted_by: str
    confirmed_by: str | None
    ended_by: str | None

    @property
    def label(self) -> Text:
        """The role or permission in words."""
        return ROLES[cast(Role, self.name)] if self.kind == "role" else PERMISSIONS[self.name]

    def holds_on(self, day: dt.date) -> bool:
        """Whether it is confirmed, not ended, and in force on a day."""
        standing = self.confirmed_by is not None and self.ended_by is None
        return standing and self.valid_from <= day <= self.valid_to


def today() -> dt.date:
    """The day in Thailand."""
    return dt.datetime.now(THAI_TIME).date()


# Accounts


def add_account(store: Store, name: str, *, by: str, subject: str | None = None) -> Account:
    """Make an account that may nothing yet. Raises QueryError, Conflict."""
    if not NAME.fullmatch(name) or name in RESERVED:
        raise QueryError(
            "account_name",
            Text(
                f"ชื่อบัญชี {name} ใช้ไม่ได้ ใช้ a-z 0-9 . _ - ยาว 3-40 ตัว ขึ้นต้นด้วยตัวอักษร",
                f"{name} cannot be an account name: 3-40 of a-z 0-9 . _ -, a letter first",
            ),
            account=name,
        )
    with store.transaction() as session:
        if _found(session, name) is not None:
            raise Conflict(
                "account_taken",
                Text(f"มีบัญชี {name} อยู่แล้ว", f"There is an account {name} already"),
                account=name,
            )
        values = (name, None, subject, dt.datetime.now(dt.UTC), by, None)
        session.run(Sql("INSERT INTO phumi.accounts VALUES (?, ?, ?, ?, ?, ?)", values))
        audit.append(session, "AUD-GRANT", account=by, object=name, action="account_created")
    return find_account(store, name)


def find_account(store: Store, name: str) -> Account:
    """One account; NotFound."""
    found = [one for one in accounts(store) if one.name == name]
    if not found:
        raise NotFound(
            "account_unknown",
            Text(f"ไม่มีบัญชี {name}", f"There is no account {name}"),
            account=name,
        )
    return found[0]


def accounts(store: Store) -> list[Account]:
    """All accounts by name."""
    sql = (
        "SELECT name, subject, created_at AT TIME ZONE 'UTC', created_by, "
        "disabled_at AT TIME ZONE 'UTC', password IS NOT NULL FROM phumi.accounts ORDER BY name"
    )
    return [
        Account(
            name=name,
            subject=subject,
            created_at=audit.utc(created_at),
            created_by=created_by,
            disabled_at=audit.utc(disabled_at) if disabled_at else None,
            has_password=has_password,
        )
        for name, subject, created_at, created_by, disabled_at, has_password in store.raw(sql)
    ]


def disable(store: Store, name: str, *, by: str) -> None:
    """Close an account with its sessions and tokens; what it did stays under its name."""
    find_account(store, name)
    now = dt.datetime.now(dt.UTC)
    with store.transaction() as session:
        close = "UPDATE phumi.accounts SET disabled_at = ?, password = NULL WHERE name = ?"
        session.run(Sql(close, (now, name)))
        for table, column in (("sessions", "ended_at"), ("tokens", "revoked_at")):
            ended = f"UPDATE phumi.{table} SET {column} = ? WHERE account = ? AND {column} IS NULL"
            session.run(Sql(ended, (now, name)))
        audit.append(session, "AUD-GRANT", account=by, object=name, action="account_disabled")


# Grants


def grants(store: Store, account: str | None = None) -> list[Granted]:
    """The grants of one account, or of all, the newest first."""
    where, values = ("WHERE account = ? ", (account,)) if account is not None else ("", ())
    sql = (
        "SELECT id, account, kind, name, prefix, valid_from, valid_to, granted_by, confirmed_by, "
        f"ended_by FROM phumi.grants {where}ORDER BY granted_at DESC, id"
    )
    names = (
        "id", "account", "kind", "name", "prefix", "valid_from", "valid_to", "granted_by",
        "confirmed_by", "ended_by",
    )  # fmt: skip
    return [Granted(**dict(zip(names, row, strict=True))) for row in store.raw(sql, values)]


def grant(
    store: Store,
    account: str,
    name: str,
    *,
    prefix: str,
    valid_to: dt.date,
    by: str,
    valid_from: dt.date | None = None,
) -> Granted:
    """Propose a role or a permission in an area; from the console it counts at once (PRIV-R5).

    Raises QueryError for a name, area or time that cannot be, AccessDenied when ``by`` may not.
    """
    kind = _kind(name)
    start = valid_from or today()
    if not AREA.fullmatch(prefix):
        raise wrong_grant("grant_area", f"รหัสพื้นที่ {prefix} ไม่ถูกต้อง", f"{prefix} is no area code")
    if valid_to < start:
        raise wrong_grant("grant_time", f"วันสิ้นสุด {valid_to} ผ่านไปแล้ว", f"{valid_to} is in the past")
    find_account(store, account)
    if by != CONSOLE and not may_grant(grants(store, by), prefix, today()):
        raise refused(by, prefix)
    confirmed = (by, dt.datetime.now(dt.UTC)) if by == CONSOLE else (None, None)
    key = str(uuid.uuid4())
    now = dt.datetime.now(dt.UTC)
    values = (key, account, kind, name, prefix, start, valid_to, by, now, *confirmed, None)
    with store.transaction() as session:
        marks = ", ".join("?" * len(values))
        session.run(Sql(f"INSERT INTO phumi.grants VALUES ({marks})", values))
        audit.append(
            session, "AUD-GRANT", account=by, object=account, area=prefix,
            action="granted", name=name, until=valid_to, confirmed=by == CONSOLE,
        )  # fmt: skip
    return _granted(store, key)


def confirm(store: Store, grant_id: str, *, by: str) -> Granted:
    """Let a proposed grant count. Raises AccessDenied for the proposer, or too low a level."""
    one = _granted(store, grant_id)
    if by != CONSOLE and (by in (one.granted_by, one.account) or not _above(store, by, one)):
        with store.transaction() as session:
            audit.append(
                session, "AUD-DENIED", account=by, object=one.account, area=one.prefix,
                reason="confirm_level",
            )  # fmt: skip
        raise AccessDenied(
            "confirm_level",
            Text(
                "ผู้ยืนยันต้องเป็นผู้ดูแลระดับที่สูงกว่า และไม่ใช่ผู้เสนอหรือเจ้าของบัญชี",
                "A grant is confirmed by the next higher level, not by who proposed or holds it",
            ),
            rule="PRIV-R5",
        )
    return _set_confirmed(store, grant_id, by)


def end_grant(store: Store, grant_id: str, *, by: str) -> None:
    """Take a grant away at once. Raises AccessDenied."""
    one = _granted(store, grant_id)
    if by != CONSOLE and not may_grant(grants(store, by), one.prefix, today()):
        raise refused(by, one.prefix)
    with store.transaction() as session:
        session.run(Sql("UPDATE phumi.grants SET ended_by = ? WHERE id = ?", (by, grant_id)))
        audit.append(
            session, "AUD-GRANT", account=by, object=one.account, area=one.prefix,
            action="ended", name=one.name,
        )  # fmt: skip


def may_grant(held: list[Granted], prefix: str, day: dt.date) -> bool:
    """Whether these grants let somebody propose and end grants in an area."""
    return any(
        one.name in CONFIRMERS and prefix.startswith(one.prefix) and one.holds_on(day)
        for one in held
        if one.kind == "role"
    )


def may_confirm(held: list[Granted], prefix: str, day: dt.date) -> bool:
    """Whether these grants stand above an area: a shorter beginning of its code (PRIV-R5)."""
    return bool(prefix) and any(
        may_grant([one], prefix, day) and len(one.prefix) < len(prefix) for one in held
    )


def hand_over(store: Store, former: str, successor: str, *, by: str, prefix: str = "") -> int:
    """Give a successor all grants of a former keeper within an area; the number handed over.

    The former keeper's end ``HANDOVER_OVERLAP_DAYS`` later (PRIV-R4, DEBT-R27). Pins and history
    stay with the area, so nothing else moves.
    """
    day = today()
    end = day + dt.timedelta(days=HANDOVER_OVERLAP_DAYS)
    theirs = [
        one
        for one in grants(store, former)
        if one.holds_on(day) and one.kind == "role" and one.prefix.startswith(prefix)
    ]
    for one in theirs:
        new = grant(store, successor, one.name, prefix=one.prefix, valid_to=one.valid_to, by=by)
        if by != CONSOLE and by != successor and _above(store, by, one):
            _set_confirmed(store, new.id, by)  # one action: who hands over stands above the unit
    with store.transaction() as session:
        for one in theirs:
            shorten = "UPDATE phumi.grants SET valid_to = ? WHERE id = ?"
            session.run(Sql(shorten, (min(end, one.valid_to), one.id)))
        audit.append(
            session, "AUD-GRANT", account=by, object=former, area=prefix, rows=len(theirs),
            action="handed_over", successor=successor, until=end,
        )  # fmt: skip
    return len(theirs)


def _kind(name: str) -> Kind:
    if name in ROLES and name != "public":
        return "role"
    if name in PERMISSIONS:
        return "permission"
    allowed = ", ".join([*(role for role in ROLES if role != "public"), *PERMISSIONS])
    raise wrong_grant(
        "grant_name", f"ไม่มีบทบาท {name} (ใช้ได้: {allowed})", f"No role {name} (allowed: {allowed})"
    )


def _set_confirmed(store: Store, grant_id: str, by: str) -> Granted:
    one = _granted(store, grant_id)
    with store.transaction() as session:
        done = "UPDATE phumi.grants SET confirmed_by = ?, confirmed_at = ? WHERE id = ?"
        session.run(Sql(done, (by, dt.datetime.now(dt.UTC), grant_id)))
        audit.append(
            session, "AUD-GRANT", account=by, object=one.account, area=one.prefix,
            action="confirmed", name=one.name, until=one.valid_to,
        )  # fmt: skip
    return _granted(store, grant_id)


def _above(store: Store, by: str, one: Granted) -> bool:
    return may_confirm(grants(store, by), one.prefix, today())


def _granted(store: Store, grant_id: str) -> Granted:
    found = [one for one in grants(store) if one.id == grant_id]
    if not found:
        raise NotFound("grant_unknown", Text("ไม่พบการให้สิทธินี้", "There is no such grant"))
    return found[0]


def _found(session: Session, name: str) -> tuple[object, ...] | None:
    rows = session.query(Sql("SELECT name FROM phumi.accounts WHERE name = ?", (name,)))
    return rows[0] if rows else None


def wrong_grant(code: str, thai: str, english: str) -> QueryError:
    """The error of a grant, or a request for one, that cannot be."""
    return QueryError(code, Text(thai, english))


def refused(by: str, prefix: str) -> AccessDenied:
    """The error of somebody who may not manage grants in an area."""
    area: Mapping[str, str] = {"th": prefix or "ทั้งประเทศ", "en": prefix or "the whole country"}
    return AccessDenied(
        "AUTH-E-SCOPE",
        Text(
            f"บัญชี {by} ไม่มีสิทธิ์จัดการสิทธิในพื้นที่ {area['th']}",
            f"Account {by} may not manage grants in {area['en']}",
        ),
        account=by,
    )
