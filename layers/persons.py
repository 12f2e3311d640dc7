"""Who an account is to the rules of privacy: its grants, permissions, agreements, break glass."""

from __future__ import annotations

import datetime as dt
from typing import cast

from layers import audit
from layers.accounts import find_account, grants, today
from layers.break_glass import broken
from layers.privacy import Agreement, Grant, Person
from layers.privacy.person import Role
from layers.store import Store
from layers.store.sql import Sql

__all__ = ["agree", "person_of"]


def person_of(store: Store, account: str, *, purpose: str | None = None) -> Person | None:
    """Who an account is now: its confirmed grants and agreements; None once it is disabled."""
    open_ = "SELECT 1 FROM phumi.accounts WHERE name = ? AND disabled_at IS NULL"
    if not list(store.raw(open_, (account,))):
        return None
    day = today()
    held = [one for one in grants(store, account) if one.holds_on(day)]
    return Person(
        account=account,
        grants=tuple(
            Grant(
                role=cast(Role, one.name),
                prefix=one.prefix,
                valid_from=one.valid_from,
                valid_to=one.valid_to,
            )
            for one in held
            if one.kind == "role"
        ),
        permissions=frozenset(one.name for one in held if one.kind == "permission"),
        purpose=purpose,
        agreements=_agreements(store, account),
        break_glass=broken(store, account),
    )


def agree(
    store: Store, agreement: str, account: str, layers: list[str], *, valid_to: dt.date, by: str
) -> None:
    """List an account in an agreement that opens layers until a day (PRIV-R6)."""
    find_account(store, account)
    for layer in layers:
        store.layer(layer)
    with store.transaction() as session:
        for layer in layers:
            values = (agreement, account, layer, valid_to, by, dt.datetime.now(dt.UTC))
            session.run(Sql("INSERT INTO phumi.agreements VALUES (?, ?, ?, ?, ?, ?)", values))
        audit.append(
            session, "AUD-GRANT", account=by, object=account,
            action="agreement", agreement=agreement, layers=layers, until=valid_to,
        )  # fmt: skip


def _agreements(store: Store, account: str) -> tuple[Agreement, ...]:
    sql = "SELECT id, layer, valid_to FROM phumi.agreements WHERE account = ? ORDER BY id, layer"
    found: dict[tuple[str, dt.date], set[str]] = {}
    for agreement, layer, valid_to in store.raw(sql, (account,)):
        found.setdefault((agreement, valid_to), set()).add(layer)
    return tuple(
        Agreement(layers=frozenset(layers), valid_to=valid_to)
        for (_, valid_to), layers in found.items()
    )
