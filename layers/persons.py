"""Who an account is to the rules of privacy: grants, agreements, rounds, break glass."""

from __future__ import annotations

import datetime as dt
import json
from typing import cast

from layers import audit
from layers.accounts import Granted, find_account, grants, today
from layers.break_glass import broken
from layers.debt.rounds import purge_on
from layers.privacy import Agreement, Assignment, Grant, Person
from layers.privacy.person import Role
from layers.store import Store
from layers.store.sql import Sql

__all__ = ["agree", "assignments", "person_of"]

ROUNDS = "field_rounds"
BY_ROUND = frozenset({"field_officer"})
"""Roles that see debtors of the assigned round only: small letters in the matrix."""


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
        assignments=assignments(store, account, day) if _goes_out(held) else (),
        break_glass=broken(store, account),
    )


def assignments(store: Store, account: str, day: dt.date) -> tuple[Assignment, ...]:
    """What the field rounds hand to an account: their debtors, with visits and the round itself.

    An account goes on a round whose ``team`` names it, from the day that the round is planned
    until ``round_purge_days`` after it (privacy.md 11.4, DEBT-R28). A cancelled round hands out
    nothing.
    """
    known = {layer.id for layer in store.layers()}
    if ROUNDS not in known:
        return ()
    sql = (
        f"SELECT round_id, planned_date, CAST(team AS text), CAST(contracts AS text) "
        f"FROM layers.{ROUNDS} WHERE planned_date >= ? AND status IS DISTINCT FROM 'cancelled'"
    )
    found: list[Assignment] = []
    for key, planned, team, contracts in store.raw(sql, (day - (purge_on(day) - day),)):
        if account not in json.loads(team or "[]"):
            continue
        debtors, until = tuple(map(str, json.loads(contracts or "[]"))), purge_on(planned)
        found += (
            Assignment(layer=ROUNDS, keys=(key,), valid_to=until),
            Assignment(layer="debtors", keys=debtors, valid_to=until),
            Assignment(layer="visits", field="contract_id", keys=debtors, valid_to=until),
        )
    return tuple(found)


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


def _goes_out(held: list[Granted]) -> bool:
    return any(one.name in BY_ROUND for one in held)


def _agreements(store: Store, account: str) -> tuple[Agreement, ...]:
    sql = "SELECT id, layer, valid_to FROM phumi.agreements WHERE account = ? ORDER BY id, layer"
    found: dict[tuple[str, dt.date], set[str]] = {}
    for agreement, layer, valid_to in store.raw(sql, (account,)):
        found.setdefault((agreement, valid_to), set()).add(layer)
    return tuple(
        Agreement(layers=frozenset(layers), valid_to=valid_to)
        for (_, valid_to), layers in found.items()
    )
