"""Accounts and grants: who may give which right to whom, and when it counts."""

from __future__ import annotations

import datetime as dt

import pytest

from layers import accounts, audit, break_glass
from layers.accounts import CONSOLE, today
from layers.errors import AccessDenied, Conflict, NotFound, QueryError
from layers.persons import person_of
from layers.store import Store

YEAR = dt.timedelta(days=365)


def office(store: Store, name: str, role: str, prefix: str, *, days: int = 365) -> str:
    """An account that holds a role at once."""
    accounts.add_account(store, name, by=CONSOLE)
    until = today() + dt.timedelta(days=days)
    accounts.grant(store, name, role, prefix=prefix, valid_to=until, by=CONSOLE)
    return name


def propose(store: Store, account: str, role: str, prefix: str, by: str) -> str:
    return accounts.grant(store, account, role, prefix=prefix, valid_to=today() + YEAR, by=by).id


def roles(store: Store, account: str) -> set[tuple[str, str]]:
    person = person_of(store, account)
    assert person is not None
    return {(grant.role, grant.prefix) for grant in person.grants}


def test_a_grant_counts_once_the_next_higher_level_confirmed_it(store: Store) -> None:
    """PRIV-R5: district by province."""
    office(store, "phuket", "province_officer", "83")
    office(store, "thalang", "district_officer", "8303")
    accounts.add_account(store, "srisunthon", by="thalang")
    grant = propose(store, "srisunthon", "field_officer", "830302", by="thalang")
    assert roles(store, "srisunthon") == set()
    accounts.confirm(store, grant, by="phuket")
    assert roles(store, "srisunthon") == {("field_officer", "830302")}


@pytest.mark.parametrize("by", ["thalang", "thalang-2", "srisunthon", "krabi", "analyst"])
def test_nobody_else_confirms(store: Store, by: str) -> None:
    """PRIV-R5: not the proposer, not the holder, not an equal, not another province, no analyst."""
    office(store, "thalang", "district_officer", "8303")
    office(store, "thalang-2", "district_officer", "8303")
    office(store, "krabi", "province_officer", "81")
    office(store, "analyst", "analyst", "83")
    accounts.add_account(store, "srisunthon", by=CONSOLE)
    grant = propose(store, "srisunthon", "district_officer", "8303", by="thalang")
    with pytest.raises(AccessDenied):
        accounts.confirm(store, grant, by=by)
    assert roles(store, "srisunthon") == set()
    assert audit.entries(store, event="AUD-DENIED")[0].account == by


@pytest.mark.parametrize(
    ("by", "prefix"),
    [("thalang", "83"), ("thalang", "8301"), ("thalang", ""), ("field", "830301")],
)
def test_nobody_gives_more_than_the_own_area(store: Store, by: str, prefix: str) -> None:
    office(store, "thalang", "district_officer", "8303")
    office(store, "field", "field_officer", "8303")
    accounts.add_account(store, "other", by=CONSOLE)
    with pytest.raises(AccessDenied):
        propose(store, "other", "district_officer", prefix, by=by)


def test_a_grant_for_the_whole_country_comes_from_the_machine_only(store: Store) -> None:
    office(store, "root", "admin", "")
    accounts.add_account(store, "second", by="root")
    grant = propose(store, "second", "admin", "", by="root")
    with pytest.raises(AccessDenied):
        accounts.confirm(store, grant, by="root")
    accounts.confirm(store, grant, by=CONSOLE)
    assert roles(store, "second") == {("admin", "")}


def test_a_grant_ends_with_its_last_day(store: Store) -> None:
    """PRIV-R3: no old scope after valid_to."""
    office(store, "phuket", "province_officer", "83", days=0)
    assert roles(store, "phuket") == {("province_officer", "83")}
    found = accounts.grants(store, "phuket")[0]
    assert not found.holds_on(today() + dt.timedelta(days=1))
    with pytest.raises(QueryError):
        accounts.grant(
            store, "phuket", "analyst", prefix="83",
            valid_to=today() - dt.timedelta(days=1), by=CONSOLE,
        )  # fmt: skip


def test_hand_over_gives_the_area_to_the_successor_and_ends_the_former_in_seven_days(
    store: Store,
) -> None:
    """PRIV-R4."""
    office(store, "phuket", "province_officer", "83")
    office(store, "former", "field_officer", "830302")
    accounts.add_account(store, "successor", by=CONSOLE)
    assert accounts.hand_over(store, "former", "successor", by="phuket") == 1
    assert roles(store, "successor") == {("field_officer", "830302")}
    assert roles(store, "former") == {("field_officer", "830302")}
    ends = [one.valid_to for one in accounts.grants(store, "former")]
    assert ends == [today() + dt.timedelta(days=7)]


def test_a_disabled_account_is_nobody(store: Store) -> None:
    office(store, "phuket", "province_officer", "83")
    accounts.disable(store, "phuket", by=CONSOLE)
    assert person_of(store, "phuket") is None


def test_break_glass_opens_for_an_hour_by_the_province(store: Store) -> None:
    """PRIV-T7, 11.4: reason, approval by province, R for 60 minutes, an audit event each."""
    office(store, "root", "admin", "")
    office(store, "phuket", "province_officer", "83")
    with pytest.raises(QueryError):
        break_glass.ask(store, "root", reason="why not", prefix="83")
    request = break_glass.ask(store, "root", reason="flood: who lives there", prefix="83")
    person = person_of(store, "root")
    assert person is not None
    assert person.break_glass is None
    with pytest.raises(AccessDenied):
        break_glass.approve(store, request, by="root")
    end = break_glass.approve(store, request, by="phuket")
    assert dt.timedelta(minutes=59) < end - dt.datetime.now(dt.UTC) <= dt.timedelta(minutes=60)
    person = person_of(store, "root")
    assert person is not None
    assert person.break_glass is not None
    assert person.break_glass.approved_by == "phuket"
    assert [e.detail["action"] for e in audit.entries(store, event="AUD-BREAK")] == [
        "approved",
        "asked",
    ]


@pytest.mark.parametrize(
    "name", ["", "ab", "1abc", "a b", "A'; DROP", "owner", "console", "x" * 41]
)
def test_a_name_that_cannot_be_an_account(store: Store, name: str) -> None:
    with pytest.raises(QueryError):
        accounts.add_account(store, name, by=CONSOLE)


def test_taken_and_unknown_names_are_told(store: Store) -> None:
    accounts.add_account(store, "phuket", by=CONSOLE)
    with pytest.raises(Conflict):
        accounts.add_account(store, "phuket", by=CONSOLE)
    with pytest.raises(NotFound):
        propose(store, "nobody", "analyst", "83", by=CONSOLE)
    for role, prefix in (("king", "83"), ("public", "83"), ("analyst", "8"), ("analyst", "8a")):
        with pytest.raises(QueryError):
            propose(store, "phuket", role, prefix, by=CONSOLE)


def test_every_change_of_rights_is_in_the_log(store: Store) -> None:
    """AUD-GRANT."""
    office(store, "phuket", "province_officer", "83")
    accounts.end_grant(store, accounts.grants(store, "phuket")[0].id, by=CONSOLE)
    accounts.disable(store, "phuket", by=CONSOLE)
    found = [e.detail["action"] for e in audit.entries(store, event="AUD-GRANT")]
    assert found == ["account_disabled", "ended", "granted", "account_created"]
    assert audit.verify(store).whole
