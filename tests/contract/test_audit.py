"""The audit log: nothing can be changed, taken away or slipped in without being seen."""

from __future__ import annotations

import threading
from collections.abc import Callable

import psycopg
import pytest

from layers import audit
from layers.store import Store
from layers.store.sql import Sql


def fill(store: Store, number: int) -> None:
    for n in range(number):
        audit.record(store, "AUD-READ", account=f"office-{n % 3}", object="households", rows=n)


def forge(store: Store, sql: str) -> None:
    """Change the log as somebody with the database's own password would."""
    with store.transaction() as session:
        if store.url.startswith("postgresql"):
            session.run(Sql("ALTER TABLE phumi.audit DISABLE TRIGGER append_only"))
        session.run(Sql(sql))


def test_a_log_that_nobody_touched_is_whole(store: Store) -> None:
    """AUD-R2; also longer than what is read at once."""
    fill(store, 25)
    chain = audit.verify(store)
    assert (chain.whole, chain.entries) == (True, 25)
    assert chain.head == audit.entries(store, limit=1)[0].hash


@pytest.mark.parametrize(
    ("forgery", "broken_at"),
    [
        ("UPDATE phumi.audit SET account = 'someone' WHERE number = 7", 7),
        ("UPDATE phumi.audit SET rows = rows + 1 WHERE number = 3", 3),
        ("UPDATE phumi.audit SET detail = '{\"x\": 1}' WHERE number = 4", 4),
        ("UPDATE phumi.audit SET moment = moment + INTERVAL '1 second' WHERE number = 5", 5),
        ("DELETE FROM phumi.audit WHERE number = 1", 1),
        ("DELETE FROM phumi.audit WHERE number = 6", 6),
        ("DELETE FROM phumi.audit WHERE number > 8", 9),
        ("DELETE FROM phumi.audit", 1),
        (
            "INSERT INTO phumi.audit SELECT 11, moment, event, account, object, area, rows, "
            "detail, previous, hash FROM phumi.audit WHERE number = 10",
            None,
        ),
    ],
    ids=["account", "rows", "detail", "moment", "first", "middle", "end", "all", "slipped in"],
)
def test_every_forgery_is_found_where_it_begins(
    store: Store, forgery: str, broken_at: int | None
) -> None:
    """AUD-R1, AUD-R2."""
    fill(store, 10)
    forge(store, forgery)
    if broken_at is None:  # the head does not know of it, and the next entry meets it
        with pytest.raises(Exception, match=r"(?i)unique|duplicate|constraint"):
            fill(store, 1)
        return
    assert audit.verify(store).broken_at == broken_at


def test_the_application_cannot_change_or_empty_the_log_of_postgis(
    new_database: Callable[[], str],
) -> None:
    """AUD-R1: the database itself refuses."""
    from layers.store import open_store

    store = open_store(new_database())
    fill(store, 3)
    for sql in (
        "UPDATE phumi.audit SET account = ''",
        "DELETE FROM phumi.audit",
        "TRUNCATE phumi.audit",
    ):
        with pytest.raises(psycopg.errors.RaiseException), store.transaction() as session:
            session.run(Sql(sql))
    assert audit.verify(store).entries == 3
    store.close()


def test_many_writers_make_one_chain(store: Store) -> None:
    threads = [threading.Thread(target=fill, args=(store, 10)) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    chain = audit.verify(store)
    assert (chain.whole, chain.entries) == (True, 40)


def test_what_is_undone_leaves_no_entry(store: Store) -> None:
    fill(store, 2)
    with pytest.raises(RuntimeError), store.transaction() as session:
        audit.append(session, "AUD-CHANGE", account="office-1")
        raise RuntimeError
    fill(store, 1)
    assert (audit.verify(store).whole, audit.verify(store).entries) == (True, 3)


def test_entries_are_found_by_event_account_object_and_page(store: Store) -> None:
    """AUD-R4."""
    fill(store, 9)
    audit.record(store, "AUD-DENIED", account="office-1", object="debtors", area="8301")
    assert [e.number for e in audit.entries(store, event="AUD-DENIED")] == [10]
    assert {e.account for e in audit.entries(store, account="office-2")} == {"office-2"}
    assert [e.number for e in audit.entries(store, limit=3, before=9)] == [8, 7, 6]
    assert audit.entries(store, object="debtors")[0].area == "8301"


def test_an_event_that_the_catalogue_does_not_know_is_refused(store: Store) -> None:
    with pytest.raises(ValueError, match="AUD-OTHER"):
        audit.record(store, "AUD-OTHER", account="office-1")
