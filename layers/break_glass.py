"""An administrator's look at restricted rows in an emergency: asked, approved, over in an hour."""

from __future__ import annotations

import datetime as dt
import uuid

from geo.text import Text
from layers import audit
from layers.accounts import CONSOLE, grants, refused, today, wrong_grant
from layers.errors import NotFound
from layers.privacy import BreakGlass
from layers.store import Store
from layers.store.sql import Sql

__all__ = ["approve", "ask", "broken", "requests"]

BREAK_GLASS_MINUTES = 60
"""How long an approved break glass lasts (privacy.md 11.4)."""


def ask(store: Store, account: str, *, reason: str, prefix: str) -> str:
    """An administrator asks to look at restricted rows in an emergency; the id of the request."""
    if len(reason.strip()) < 10:
        raise wrong_grant(
            "break_glass_reason",
            "ต้องระบุเหตุผลการเปิดสิทธิฉุกเฉินอย่างน้อย 10 ตัวอักษร",
            "Breaking the glass needs a reason of ten letters or more",
        )
    key = str(uuid.uuid4())
    with store.transaction() as session:
        values = (key, account, reason, prefix, dt.datetime.now(dt.UTC), None, None, None)
        session.run(Sql("INSERT INTO phumi.break_glass VALUES (?, ?, ?, ?, ?, ?, ?, ?)", values))
        audit.append(
            session, "AUD-BREAK", account=account, object=key, area=prefix,
            action="asked", reason=reason, minutes=BREAK_GLASS_MINUTES,
        )  # fmt: skip
    return key


def requests(store: Store) -> list[tuple[str, str, str, str]]:
    """(id, account, area, reason) of the requests that wait for an approver."""
    sql = (
        "SELECT id, account, prefix, reason FROM phumi.break_glass "
        "WHERE approved_at IS NULL ORDER BY asked_at DESC"
    )
    return [(key, name, area, reason) for key, name, area, reason in store.raw(sql)]


def approve(store: Store, request: str, *, by: str) -> dt.datetime:
    """A province officer (or the console) opens it for 60 minutes; returns the end."""
    sql = "SELECT account, prefix FROM phumi.break_glass WHERE id = ? AND approved_at IS NULL"
    found = list(store.raw(sql, (request,)))
    if not found:
        raise NotFound("break_glass", Text("ไม่พบคำขอที่รออนุมัติ", "There is no such request"))
    account, prefix = found[0]
    day = today()
    approver = by == CONSOLE or any(
        one.name == "province_officer" and one.holds_on(day) and prefix.startswith(one.prefix)
        for one in grants(store, by)
    )
    if not approver or by == account:
        raise refused(by, prefix)
    now = dt.datetime.now(dt.UTC)
    end = now + dt.timedelta(minutes=BREAK_GLASS_MINUTES)
    with store.transaction() as session:
        sql = "UPDATE phumi.break_glass SET approved_by = ?, approved_at = ?, valid_to = ? "
        session.run(Sql(sql + "WHERE id = ?", (by, now, end, request)))
        audit.append(
            session, "AUD-BREAK", account=account, object=request, area=prefix,
            action="approved", approver=by, minutes=BREAK_GLASS_MINUTES,
        )  # fmt: skip
    return end


def broken(store: Store, account: str) -> BreakGlass | None:
    """The break glass of an account that is open now."""
    sql = (
        "SELECT reason, approved_by, prefix, valid_to AT TIME ZONE 'UTC' FROM phumi.break_glass "
        "WHERE account = ? AND valid_to > ? ORDER BY valid_to DESC LIMIT 1"
    )
    for reason, approver, prefix, until in store.raw(sql, (account, dt.datetime.now(dt.UTC))):
        return BreakGlass(
            reason=reason, approved_by=approver, until=audit.utc(until), prefix=prefix
        )
    return None
