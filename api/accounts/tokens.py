"""Tokens: for programs, for devices in the field, and one-time links to set a password.

Shown once; the database keeps the hash. A token never may more than its account.
"""

from __future__ import annotations

import datetime as dt
import secrets
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import segno

from api.accounts.sessions import hashed
from geo.text import Text
from layers import audit
from layers.accounts import find_account
from layers.errors import NotFound, QueryError
from layers.model import choices
from layers.store import Store
from layers.store.sql import Sql

__all__ = ["SCOPES", "Token", "find", "issue", "qr_svg", "redeem", "revoke", "tokens"]

Kind = Literal["program", "device", "invitation"]

SCOPES = choices(
    read=("อ่าน", "read"),
    write=("เขียน", "write"),
    export=("ดาวน์โหลดทั้งชุด", "download whole selections"),
    sync=("ส่งข้อมูลภาคสนามเท่านั้น", "send field data only"),
)
"""What a token may be used for; ``sync`` alone can add and not read."""

DAYS_MAX = {"program": 366, "device": 90, "invitation": 3}
MARK = "phumi_"  # lets scanners of repositories find a token that was leaked


@dataclass(frozen=True, slots=True, kw_only=True)
class Token:
    """A token as it is known here: everything but itself."""

    id: str
    account: str
    kind: Kind
    name: str
    scope: frozenset[str]
    created_at: dt.datetime
    expires_at: dt.datetime
    revoked_at: dt.datetime | None

    @property
    def good(self) -> bool:
        """Whether it still opens anything."""
        return self.revoked_at is None and self.expires_at > dt.datetime.now(dt.UTC)


def issue(
    store: Store,
    account: str,
    *,
    kind: Kind,
    name: str,
    scope: Sequence[str] = ("read",),
    days: int | None = None,
    by: str,
) -> str:
    """Make a token and return it, this once. Raises QueryError, NotFound."""
    find_account(store, account)
    wrong = [word for word in scope if word not in SCOPES]
    most = DAYS_MAX[kind]
    if wrong or not 1 <= (days or most) <= most:
        raise QueryError(
            "token_scope",
            Text(
                f"ขอบเขตต้องเป็น {', '.join(SCOPES)} และอายุ 1-{most} วัน",
                f"A token's scope is of {', '.join(SCOPES)}, its life 1 to {most} days",
            ),
        )
    secret = MARK + secrets.token_urlsafe(32)
    now = dt.datetime.now(dt.UTC)
    end = now + dt.timedelta(days=days or most)
    key = str(uuid.uuid4())
    words = " ".join(sorted(scope))
    with store.transaction() as session:
        values = (key, hashed(secret), account, kind, name, words, now, by, end, None)
        session.run(Sql("INSERT INTO phumi.tokens VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", values))
        audit.append(
            session, "AUD-GRANT", account=by, object=account,
            action="token_issued", token=key, kind=kind, scope=words, until=end,
        )  # fmt: skip
    return secret


def tokens(store: Store, account: str | None = None) -> list[Token]:
    """Tokens of an account, or of all, the newest first."""
    where, values = ("WHERE account = ? ", (account,)) if account is not None else ("", ())
    return [_token(row) for row in store.raw(f"{_SELECT} {where}ORDER BY created_at DESC", values)]


def find(store: Store, secret: str) -> Token | None:
    """The token if it is one of ours and still good."""
    found = [_token(row) for row in store.raw(f"{_SELECT} WHERE hash = ?", (hashed(secret),))]
    return found[0] if found and found[0].good else None


def revoke(store: Store, token_id: str, *, by: str) -> None:
    """Close a token for good. Raises NotFound."""
    found = [one for one in tokens(store) if one.id == token_id]
    if not found:
        raise NotFound("token_unknown", Text("ไม่พบโทเค็นนี้", "There is no such token"))
    with store.transaction() as session:
        sql = "UPDATE phumi.tokens SET revoked_at = now() WHERE id = ? AND revoked_at IS NULL"
        session.run(Sql(sql, (token_id,)))
        audit.append(
            session, "AUD-GRANT", account=by, object=found[0].account,
            action="token_revoked", token=token_id,
        )  # fmt: skip


def redeem(store: Store, secret: str) -> Token | None:
    """Use up an invitation; None if it is not good, or somebody was faster."""
    one = find(store, secret)
    if one is None or one.kind != "invitation":
        return None
    with store.transaction() as session:
        sql = "UPDATE phumi.tokens SET revoked_at = now() WHERE id = ? AND revoked_at IS NULL"
        return one if session.run(Sql(sql, (one.id,))) == 1 else None


def qr_svg(address: str) -> str:
    """A QR code of an address as SVG text."""
    svg: str = segno.make(address, error="m").svg_inline(scale=5, border=3, light="#fff")
    return svg


_SELECT = (
    "SELECT id, account, kind, name, scope, created_at AT TIME ZONE 'UTC', "
    "expires_at AT TIME ZONE 'UTC', revoked_at AT TIME ZONE 'UTC' FROM phumi.tokens"
)


def _token(row: tuple) -> Token:  # type: ignore[type-arg]
    key, account, kind, name, scope, created_at, expires_at, revoked_at = row
    return Token(
        id=key,
        account=account,
        kind=kind,
        name=name,
        scope=frozenset(scope.split()),
        created_at=audit.utc(created_at),
        expires_at=audit.utc(expires_at),
        revoked_at=audit.utc(revoked_at) if revoked_at else None,
    )
