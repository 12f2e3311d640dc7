"""Sessions of browsers: an opaque random name in a cookie, its hash in the database."""

from __future__ import annotations

import datetime as dt
import hashlib
import hmac
import secrets
from dataclasses import dataclass

from flask import Request, Response, request

from api.settings import Settings
from layers import audit
from layers.store import Store
from layers.store.sql import Sql

__all__ = [
    "Session",
    "begin",
    "cookie_name",
    "csrf_token",
    "end",
    "end_all",
    "forget",
    "hashed",
    "present",
    "set_purpose",
]

TOUCH = dt.timedelta(minutes=1)  # how exactly the last use is known: not a write per request


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """One browser that is logged in."""

    hash: str
    account: str
    created_at: dt.datetime
    seen_at: dt.datetime
    purpose: str | None


def cookie_name() -> str:
    """The cookie's name; the prefix binds it to this host, behind TLS (RFC 6265bis)."""
    return "__Host-phumi" if request.is_secure else "phumi"


def hashed(secret: str) -> str:
    """What stands in the database of 256 random bits: nobody can log in with it."""
    return hashlib.sha256(secret.encode()).hexdigest()


def begin(store: Store, account: str, response: Response, *, purpose: str | None = None) -> None:
    """Log a browser in under a new name; one that it came with ends (no fixation)."""
    secret = secrets.token_urlsafe(32)
    now = dt.datetime.now(dt.UTC)
    former = request.cookies.get(cookie_name(), "")
    with store.transaction() as session:
        ended = "UPDATE phumi.sessions SET ended_at = ? WHERE hash = ? AND ended_at IS NULL"
        session.run(Sql(ended, (now, hashed(former))))
        values = (hashed(secret), account, now, now, None, purpose)
        session.run(Sql("INSERT INTO phumi.sessions VALUES (?, ?, ?, ?, ?, ?)", values))
        audit.append(session, "AUD-LOGIN", account=account, action="login", result="ok")
    response.set_cookie(
        cookie_name(), secret, httponly=True, samesite="Lax", secure=request.is_secure, path="/"
    )


def present(store: Store, incoming: Request, settings: Settings) -> Session | None:
    """The session that a request belongs to, if it has not ended, idled or grown too old."""
    secret = incoming.cookies.get(cookie_name())
    if not secret:
        return None
    sql = (
        "SELECT hash, account, created_at AT TIME ZONE 'UTC', seen_at AT TIME ZONE 'UTC', purpose "
        "FROM phumi.sessions WHERE hash = ? AND ended_at IS NULL"
    )
    found = list(store.raw(sql, (hashed(secret),)))
    if not found:
        return None
    key, account, created_at, seen_at, purpose = found[0]
    one = Session(
        hash=key,
        account=account,
        created_at=audit.utc(created_at),
        seen_at=audit.utc(seen_at),
        purpose=purpose,
    )
    now = dt.datetime.now(dt.UTC)
    idle, old = now - one.seen_at, now - one.created_at
    if idle > dt.timedelta(minutes=settings.session_idle_minutes):
        return None
    if old > dt.timedelta(hours=settings.session_hours):
        return None
    if idle > TOUCH:
        with store.transaction() as session:
            session.run(Sql("UPDATE phumi.sessions SET seen_at = ? WHERE hash = ?", (now, key)))
    return one


def end(store: Store, one: Session) -> None:
    """Log one browser out."""
    with store.transaction() as session:
        ended = "UPDATE phumi.sessions SET ended_at = now() WHERE hash = ?"
        session.run(Sql(ended, (one.hash,)))
        audit.append(session, "AUD-LOGIN", account=one.account, action="logout", result="ok")


def end_all(store: Store, account: str) -> None:
    """Log every browser of an account out."""
    with store.transaction() as session:
        ended = "UPDATE phumi.sessions SET ended_at = now() WHERE account = ? AND ended_at IS NULL"
        session.run(Sql(ended, (account,)))
        audit.append(session, "AUD-LOGIN", account=account, action="logout_all", result="ok")


def set_purpose(store: Store, one: Session, purpose: str | None) -> None:
    """Say for what the person looks at personal data from now on."""
    with store.transaction() as session:
        update = "UPDATE phumi.sessions SET purpose = ? WHERE hash = ?"
        session.run(Sql(update, (purpose, one.hash)))
        audit.append(session, "AUD-LOGIN", account=one.account, action="purpose", purpose=purpose)


def forget(response: Response) -> None:
    """Take the cookie away."""
    response.delete_cookie(
        cookie_name(), httponly=True, samesite="Lax", secure=request.is_secure, path="/"
    )


def csrf_token(secret: str) -> str:
    """What a form must send back: only pages of ours can know it, for it hangs on the cookie."""
    return hmac.new(secret.encode(), b"phumi form", hashlib.sha256).hexdigest()
